"""Mission files: found, merged, checked; and what a mission rests on."""

from yaan.mission.account import Assumption, Source, assumptions, sources
from yaan.mission.file import Tree, library_text, names
from yaan.mission.load import load_tree, override
from yaan.mission.schema import json_schema
from yaan.mission.spec import MissionSpec, check
from yaan.mission.template import template

__all__ = [
    "Assumption",
    "MissionSpec",
    "Source",
    "Tree",
    "assumptions",
    "check",
    "json_schema",
    "library_text",
    "load_tree",
    "names",
    "override",
    "sources",
    "template",
]
