"""Phases of a flight, the searches that steer them, and what they show."""

from yaan.phases.ascent import Ledger, Leg, State, ascend
from yaan.phases.base import End, Phases
from yaan.phases.body import BodyEnd, BodyLeg, BodyPhases, fly_body
from yaan.phases.canopies import Deployment
from yaan.phases.descent import (
    Descent,
    DescentObservation,
    DescentState,
    descend,
    observe_descent,
)
from yaan.phases.entering import Entry, EntryObservation, Handover
from yaan.phases.entry import EntryState, enter, observe_entry
from yaan.phases.entry_rigid import (
    RigidObservation,
    RigidState,
    enter_rigid,
    observe_rigid,
    trimmed,
)
from yaan.phases.fall import Fall, fall
from yaan.phases.observe_body import BodyObservation, observe_body
from yaan.phases.orbit import Burns, Cruise, OrbitState, cruise, observe_cruise
from yaan.phases.pointing import Pointed, Pointing
from yaan.phases.search import Answers, Solution, Tolerance, Unknown
from yaan.phases.targeting import find

__all__ = [
    "Answers",
    "BodyEnd",
    "BodyLeg",
    "BodyObservation",
    "BodyPhases",
    "Burns",
    "Cruise",
    "Deployment",
    "Descent",
    "DescentObservation",
    "DescentState",
    "End",
    "Entry",
    "EntryObservation",
    "EntryState",
    "Fall",
    "Handover",
    "Ledger",
    "Leg",
    "OrbitState",
    "Phases",
    "Pointed",
    "Pointing",
    "RigidObservation",
    "RigidState",
    "Solution",
    "State",
    "Tolerance",
    "Unknown",
    "ascend",
    "cruise",
    "descend",
    "enter",
    "enter_rigid",
    "fall",
    "find",
    "fly_body",
    "observe_body",
    "observe_cruise",
    "observe_descent",
    "observe_entry",
    "observe_rigid",
    "trimmed",
]
