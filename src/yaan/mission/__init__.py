"""Mission files: found, merged, checked; and what a mission rests on."""

from yaan.mission.account import Assumption, Source, assumptions, sources
from yaan.mission.file import Tree, library_text, names
from yaan.mission.load import load_tree, name_of, override
from yaan.mission.schema import json_schema
from yaan.mission.spec import BodyFlightSpec, EntrySpec, MissionSpec, check, check_mission
from yaan.mission.template import template

__all__ = [
    "Assumption",
    "BodyFlightSpec",
    "EntrySpec",
    "MissionSpec",
    "Source",
    "Tree",
    "assumptions",
    "check",
    "check_mission",
    "json_schema",
    "library_text",
    "load_tree",
    "name_of",
    "names",
    "override",
    "sources",
    "template",
]
