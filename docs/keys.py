"""Writes the tables of keys of every kind of file that can be flown from their JSON schemas."""

import re
from pathlib import Path
from typing import Any

# Every block may carry these. They are told once, by hand, and in a table only where required.
NOTES = ("title", "source", "assumed", "calibrated")


def write_reference(path: Path) -> None:
    """Write one table a block, in the order in which a reader meets the blocks."""
    blocks = _blocks_of_files()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(_section(name, blocks[name]) for name in _order(blocks))
    path.write_text(text, encoding="utf-8", newline="\n")


def write_nouns(path: Path) -> None:
    """Write what `yaan.Plan` takes, and the blocks that plans are made of in Python."""
    import yaan

    in_files = {_title(name) for name in _order(_blocks_of_files())}
    rows, own = [], []
    for noun, spec in sorted(vars(yaan)["_NOUNS"].items()):
        block, title = getattr(yaan, noun), _title(spec)
        told = block.__doc__.splitlines()[0]
        rows.append(f"| `yaan.{noun}` | {told} | [{title}](#{title.replace(' ', '-')}) |")
        if title not in in_files:
            own.append(_section(spec, block.model_json_schema()))
    table = ["| noun | what it is | its keys |", "|---|---|---|", *rows]
    text = "\n".join([_section("Plan", yaan.Plan.model_json_schema()), "### nouns", "", *table, ""])
    text = "\n".join([text, *own])
    for title in in_files:
        anchor = f"(#{title.replace(' ', '-')})"
        text = text.replace(anchor, f"(mission-file.md{anchor[1:]}")
    path.write_text(text, encoding="utf-8", newline="\n")


def _blocks_of_files() -> dict[str, Any]:
    from pydantic.json_schema import models_json_schema

    from yaan.description.arc import ArcSpec
    from yaan.mission.forms import BodyFlightSpec, EntrySpec, FlightSpec, MissionSpec

    roots = (MissionSpec, EntrySpec, BodyFlightSpec, FlightSpec, ArcSpec)
    _, schema = models_json_schema([(root, "validation") for root in roots], by_alias=True)
    return schema["$defs"]


def _order(blocks: dict[str, Any]) -> list[str]:
    order, waiting = (
        [],
        [
            "FlightSpec",
            "MissionSpec",
            "EntrySpec",
            "BodyFlightSpec",
            "ArcSpec",
        ],
    )
    while waiting:
        name = waiting.pop(0)
        block = blocks.get(name)
        if name in order or block is None or not block.get("properties"):
            continue
        order.append(name)
        waiting += [
            n for key, p in block["properties"].items() if key not in NOTES for n in _refs(p)
        ]
    return order


def _refs(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else []
        return own + [name for value in node.values() for name in _refs(value)]
    if isinstance(node, list):
        return [name for value in node for name in _refs(value)]
    return []


def _section(name: str, block: dict[str, Any]) -> str:
    required = block.get("required", [])
    rows = [
        f"| `{key}` | {_kind(entry)} | {_default(key, entry, required)} | {_meaning(entry)} |"
        for key, entry in block["properties"].items()
        if key not in NOTES or key in required
    ]
    head = f"### {_title(name)}\n\n{block.get('description', '').splitlines()[0]}\n"
    return "\n".join([head, "| key | value | default | meaning |", "|---|---|---|---|", *rows, ""])


def _title(name: str) -> str:
    """Words of a model's name; the kinds of file are told apart from their blocks."""
    files = {"FlightSpec": "A flight", "MissionSpec": "A mission", "EntrySpec": "An entry"}
    files["BodyFlightSpec"] = "A body"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Spec"))
    return files.get(name, words.lower())


def _kind(entry: dict[str, Any]) -> str:
    if "$ref" in entry:
        title = _title(entry["$ref"].rsplit("/", 1)[-1])
        return f"[{title}](#{title.replace(' ', '-')})"
    if "enum" in entry or "const" in entry:
        return " or ".join(f"`{value}`" for value in entry.get("enum") or [entry["const"]])
    if "anyOf" in entry:
        kinds = [_kind(option) for option in entry["anyOf"] if option.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    kind = entry.get("type", "any")
    if kind == "array":
        return f"list of {_kind(entry.get('items', {}))}" if entry.get("items") else "list"
    if kind == "object":
        patterns = list(entry.get("patternProperties", {}).values())
        below = patterns[0] if patterns else entry.get("additionalProperties")
        return f"names to {_kind(below)}" if isinstance(below, dict) else "mapping"
    examples = entry.get("examples")
    return f'{kind}, as `"{examples[0]}"`' if kind == "string" and examples else str(kind)


def _default(key: str, entry: dict[str, Any], required: list[str]) -> str:
    if key in required:
        return "required"
    value = entry.get("default")
    if value in (None, "", [], {}):
        return ""
    items = entry.get("items", {})
    if isinstance(value, list) and "examples" in items and not any(value):
        return f'`["0 {_si_unit(items["examples"][0])}", ..]`'
    if isinstance(value, float) and entry.get("type") == "string":
        return f'`"{value:g} {_si_unit(entry["examples"][0])}"`'
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _si_unit(example: str) -> str:
    """The SI unit of the dimension of a quantity such as "170 km"."""
    from yaan.base import UNITS

    unit = example.split(" ", 1)[1]
    return next(next(iter(units)) for units in UNITS.values() if unit in units)


def _meaning(entry: dict[str, Any]) -> str:
    return str(entry.get("description", "")).replace("|", "\\|").replace("\n", " ")
