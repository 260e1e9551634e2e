"""Mission files: found, merged, checked; and what a mission rests on."""

from yaan.base.provenance import Assumption, Source
from yaan.description import Ascent, Plan
from yaan.mission.checks import check, check_ascent
from yaan.mission.file import Tree, library_text, names
from yaan.mission.load import load_tree, name_of, override
from yaan.mission.provenance import assumptions, provenance_of, sources
from yaan.mission.schema import json_schema
from yaan.mission.template import template

__all__ = [
    "Ascent",
    "Assumption",
    "Plan",
    "Source",
    "Tree",
    "assumptions",
    "check",
    "check_ascent",
    "json_schema",
    "library_text",
    "load_tree",
    "name_of",
    "names",
    "override",
    "provenance_of",
    "sources",
    "template",
]
