"""The format as a JSON schema, for editors that complete and check while one types."""

from typing import Any, Final

from yaan.mission.file.plain import is_list, is_mapping, mapping
from yaan.mission.spec import MissionSpec

# Models that a file may replace by a reference, and what the reference is called.
_REFERENCES: Final = {
    "VehicleSpec": "vehicle",
    "EngineSpec": "engine",
    "SiteSpec": "site",
    "AeroTableSpec": "table of force coefficients",
}
_WIND: Final = "WindSpec"  # may be the word none instead


def json_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a mission file, with quantities as texts with units.

    It is looser than `check`: a file may take what it does not say from another one (`from:`), so
    only `schema` and `kind` are required, and names that refer to each other are not followed.
    """
    schema = MissionSpec.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    for model in definitions.values():
        model.pop("required", None)
    for name, what in _REFERENCES.items():
        _allow_from(definitions[name], what)
    _point_to_references(schema)
    _allow_from(schema, "mission")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Yaan mission file",
        "required": ["schema", "kind"],
    }


def _allow_from(model: dict[str, Any], what: str) -> None:
    """Let a mapping start from a file."""
    text = f"{what} from the library by name, or by a path that ends in .yaml"
    model["properties"]["from"] = {"type": "string", "description": text}


def _point_to_references(node: Any) -> None:
    """Let a text stand wherever the format allows a reference, and `none` for the wind."""
    if is_list(node):
        for item in node:
            _point_to_references(item)
    elif is_mapping(node):
        for key, item in node.items():
            name = str(mapping(item).get("$ref", "")).rpartition("/")[2]
            if name in (*_REFERENCES, _WIND) and key != "anyOf":
                node[key] = _reference(item, name)
            else:
                _point_to_references(item)


def _reference(item: dict[str, Any], name: str) -> dict[str, Any]:
    still: dict[str, Any] = {"const": "none"}
    text = {"type": "string", "description": f"{_REFERENCES.get(name)}, by name or path"}
    rest = {key: value for key, value in item.items() if key != "$ref"}
    return {"anyOf": [still if name == _WIND else text, {"$ref": item["$ref"]}], **rest}
