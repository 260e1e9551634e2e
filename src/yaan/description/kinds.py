"""The kinds of file that fly."""

from yaan.description.body import BodyFlightSpec
from yaan.description.entry import EntrySpec
from yaan.description.mission import MissionSpec

Spec = MissionSpec | EntrySpec | BodyFlightSpec
