"""The format as a JSON schema, for editors that complete and check while one types."""

import copy
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from yaan.base.plain import is_list, is_mapping, mapping
from yaan.description.arc import ArcSpec
from yaan.description.environment import ACTIVITIES, TURNINGS
from yaan.description.gravity import FIELDS
from yaan.description.propellant import PropellantSpec
from yaan.mission.file.library import library_node, names_of_kind
from yaan.mission.forms import BodyFlightSpec, EntrySpec, FlightSpec, MissionSpec

# Models that a file may replace by a reference, the kind of file that it refers to, what it is
# called, and the key that tells it from another model of the same kind.
_REFERENCES: Final = {
    "VehicleSpec": ("vehicle", "vehicle", ""),
    "EngineSpec": ("engine", "engine", ""),
    "SiteSpec": ("site", "site", ""),
    "AeroTableSpec": ("aerodynamics", "table of force coefficients", "axial_force"),
    "SpacecraftSpec": ("spacecraft", "spacecraft", ""),
    "CapsuleSpec": ("capsule", "capsule", ""),
    "TrimSpec": ("aerodynamics", "table of force coefficients at trim", "lift"),
    "BodyAirSpec": ("aerodynamics", "table of a body's coefficients", "area"),
    "ParachutesSpec": ("parachutes", "parachute train", ""),
    "ZoneSpec": ("zone", "landing zone", ""),
    "StationSpec": ("station", "station", ""),
    "EscapeSpec": ("escape", "escape system", ""),
    "LimitsSpec": ("limits", "limits of a crew", ""),
}
# Models that a file may replace by a word.
_WORDS: Final = {
    "WindSpec": ["none"],
    "AtmosphereSpec": ["us76", "none"],
    "SolarActivitySpec": list(ACTIVITIES),
    "EarthSpec": list(TURNINGS),
    "GravityFieldSpec": list(FIELDS),
    "ShapeSpec": ["wgs84"],
}
# Models of files that no other file refers to and that nothing flies, and their kind.
_ALONE: Final = {"PropellantSpec": "propellant"}
_ROOTS: Final = {
    "FlightSpec": "flight",
    "MissionSpec": "mission",
    "EntrySpec": "entry",
    "BodyFlightSpec": "body",
    "ArcSpec": "orbit",
}


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of every kind of file, with quantities as texts with units.

    The `kind` of a file chooses what it is checked against, so that a wrong key is told as one.
    The schema is looser than `check`: a file may take what it does not say from another one
    (`from:`), so only `schema` and `kind` are required, and names within a file are not followed.
    """
    roots = (FlightSpec, MissionSpec, EntrySpec, BodyFlightSpec, ArcSpec, PropellantSpec)
    _, schema = models_json_schema([(root, "validation") for root in roots], by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    for model in definitions.values():
        _allow_null(model)
    _point_to_references(definitions)
    _allow_items_by_name(definitions)
    parts = {name: _file_of(definitions[name], kind) for name, (kind, *_) in _REFERENCES.items()}
    parts |= {name: _file_of(definitions[name], kind) for name, kind in _ALONE.items()}
    for name, (kind, what, key) in _REFERENCES.items():
        _allow_from(definitions[name], what, _known(kind, key))
    for name, kind in _ROOTS.items():
        _allow_from(definitions[name], kind, names_of_kind(kind))
        definitions[name]["required"] = ["schema", "kind"]
    definitions |= {f"{name}File": file for name, file in parts.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Yaan mission file",
        "type": "object",
        "properties": {"kind": {"enum": list(_kinds()), "description": "kind of file"}},
        "required": ["schema", "kind"],
        "allOf": [_only_if(kind, models) for kind, models in _kinds().items()],
        "$defs": definitions,
    }


def _allow_null(model: dict[str, Any]) -> None:
    """Let a null stand where it removes what a file takes from another, and require nothing."""
    required = model.pop("required", ())
    properties = mapping(model, "properties")
    for key, value in properties.items():
        _allow_null_of_names(value)
        if key not in required:
            properties[key] = _or_null(value)


def _allow_null_of_names(value: dict[str, Any]) -> None:
    """The same for keys that the author names."""
    for part in (value, *value.get("anyOf", ())):
        for name, below in mapping(part, "patternProperties").items():
            part["patternProperties"][name] = _or_null(below)
        if is_mapping(part.get("additionalProperties")):
            part["additionalProperties"] = _or_null(part["additionalProperties"])


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    null = {"type": "null"}
    if "anyOf" in value:
        options = value["anyOf"]
        return {**value, "anyOf": options if null in options else [*options, null]}
    told = {key: value[key] for key in ("title", "description", "default") if key in value}
    plain = {key: part for key, part in value.items() if key not in told}
    return {"anyOf": [plain, null], **told}


def _kinds() -> dict[str, list[str]]:
    """Every kind of file, and the models that a file of it may be."""
    kinds = {kind: [name] for name, kind in _ROOTS.items()}
    for name, (kind, *_) in _REFERENCES.items():
        kinds.setdefault(kind, []).append(f"{name}File")
    return kinds | {kind: [f"{name}File"] for name, kind in _ALONE.items()}


def _only_if(kind: str, models: list[str]) -> dict[str, Any]:
    """A file that says it is of a kind is checked against that kind only."""
    choices = [{"$ref": f"#/$defs/{model}"} for model in models]
    said = {"properties": {"kind": {"const": kind}}, "required": ["kind"]}
    return {"if": said, "then": choices[0] if len(choices) == 1 else {"anyOf": choices}}


def _file_of(model: dict[str, Any], kind: str) -> dict[str, Any]:
    """A model as a file of its own."""
    made = copy.deepcopy(model)
    said = {"schema": {"const": 1, "description": "version of the format"}, "kind": {"const": kind}}
    made["properties"] = said | made["properties"]
    return made


def _known(kind: str, key: str) -> list[str]:
    """Names of the library's files of a kind, those that have a key if one is named."""
    return [name for name in names_of_kind(kind) if not key or library_node(kind, name).child(key)]


def _reference(what: str, known: list[str]) -> list[dict[str, Any]]:
    """A name of the library, or a path."""
    by_name: dict[str, Any] = {"enum": known, "description": f"{what} of the library, by name"}
    path = {"type": "string", "pattern": r"\.ya?ml$", "description": f"{what}, by its path"}
    return [by_name, path] if known else [path]


def _allow_from(model: dict[str, Any], what: str, known: list[str]) -> None:
    """Let a mapping start from a file."""
    text = f"{what} from the library by name, or by a path that ends in .yaml"
    model["properties"]["from"] = {"anyOf": _reference(what, known), "description": text}


def _allow_items_by_name(node: Any) -> None:
    """Let a mapping stand for a list of blocks: it changes the items of one that it is `from`."""
    if is_list(node):
        for item in node:
            _allow_items_by_name(item)
    elif is_mapping(node):
        for item in node.values():
            _allow_items_by_name(item)
        if node.get("type") == "array" and "$ref" in mapping(node, "items"):
            one = {"anyOf": [node["items"], {"type": "null"}]}
            text = "changes to the list that it starts `from`, by name or by index"
            changes = {"type": "object", "additionalProperties": one, "description": text}
            array = {
                key: node.pop(key)
                for key in ("type", "items", "minItems", "maxItems") & node.keys()
            }
            node["anyOf"] = [array, changes]


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
    kind, what, key = _REFERENCES[name]
    return [*_reference(what, _known(kind, key)), {"$ref": item["$ref"]}]
