"""The format as a JSON schema, for editors that complete and check while one types."""

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from yaan.mission.file.plain import is_list, is_mapping, mapping
from yaan.mission.spec import BodyFlightSpec, EntrySpec, MissionSpec
from yaan.mission.spec.environment import TURNINGS
from yaan.mission.spec.gravity import FIELDS

# Models that a file may replace by a reference, and what the reference is called.
_REFERENCES: Final = {
    "VehicleSpec": "vehicle",
    "EngineSpec": "engine",
    "SiteSpec": "site",
    "AeroTableSpec": "table of force coefficients",
    "SpacecraftSpec": "spacecraft",
    "CapsuleSpec": "capsule",
    "TrimSpec": "table of force coefficients at trim",
    "ParachutesSpec": "parachute train",
    "ZoneSpec": "landing zone",
}
# Models that a file may replace by a word.
_WORDS: Final = {
    "WindSpec": ["none"],
    "AtmosphereSpec": ["us76", "none"],
    "EarthSpec": list(TURNINGS),
    "GravityFieldSpec": list(FIELDS),
    "ShapeSpec": ["wgs84"],
}
_ROOTS: Final = {"MissionSpec": "mission", "EntrySpec": "entry", "BodyFlightSpec": "body"}


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of what can be flown, with quantities as texts with units.

    It is looser than `check`: a file may take what it does not say from another one (`from:`), so
    only `schema` and `kind` are required, and names that refer to each other are not followed.
    """
    roots = (MissionSpec, EntrySpec, BodyFlightSpec)
    _, schema = models_json_schema([(root, "validation") for root in roots], by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    for model in definitions.values():
        model.pop("required", None)
    for name, what in _REFERENCES.items():
        _allow_from(definitions[name], what)
    _point_to_references(definitions)
    for name, what in _ROOTS.items():
        _allow_from(definitions[name], what)
        definitions[name]["required"] = ["schema", "kind"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Yaan mission file",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in _ROOTS],
        "$defs": definitions,
    }


def _allow_from(model: dict[str, Any], what: str) -> None:
    """Let a mapping start from a file."""
    text = f"{what} from the library by name, or by a path that ends in .yaml"
    model["properties"]["from"] = {"type": "string", "description": text}


def _point_to_references(node: Any) -> None:
    """Let a text stand wherever the format allows a reference, and a word a model."""
    if is_list(node):
        for item in node:
            _point_to_references(item)
    elif is_mapping(node):
        for key, item in node.items():
            if key == "anyOf" and is_list(item):
                node[key] = [option for each in item for option in _options(each)]
            elif _named(item) is not None:
                rest = {key: value for key, value in item.items() if key != "$ref"}
                node[key] = {"anyOf": _options(item), **rest}
            else:
                _point_to_references(item)


def _named(item: Any) -> str | None:
    """The model that an item refers to, if something else may stand for it."""
    name = str(mapping(item).get("$ref", "")).rpartition("/")[2]
    return name if name in (*_REFERENCES, *_WORDS) else None


def _options(item: Any) -> list[Any]:
    """What may stand for an item: itself, and the text that it may be instead."""
    name = _named(item)
    if name is None:
        _point_to_references(item)
        return [item]
    if name in _WORDS:
        return [{"enum": _WORDS[name]}, {"$ref": item["$ref"]}]
    text = {"type": "string", "description": f"{_REFERENCES[name]}, by name or path"}
    return [text, {"$ref": item["$ref"]}]
