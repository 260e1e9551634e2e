"""What a mission rests on: every assumption, and every source."""

import hashlib
import io
import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ruamel.yaml import YAML

from yaan.base import format_quantity
from yaan.base.plain import is_list, is_mapping, mapping
from yaan.base.provenance import Assumption, Provenance, Source, text_of
from yaan.description.quantity import FILE
from yaan.description.vehicle import EngineSpec
from yaan.mission.file.tree import Address, Tree, dotted

_UNITS: Final = {"isp": "s", "thrust": "kN", "exit_area": "m2"}

_TOLD: Final = (("engine", "design"), ("engine", "published"))
"""Blocks of an engine that its flight does not feel."""


def provenance_of(tree: Tree) -> Provenance:
    """What a checked mission rests on."""
    together = tuple(tuple(same) for same in assumptions_by_place(tree))
    return Provenance(together, tuple(sources(tree)), _resolved(tree))


def assumptions(tree: Tree) -> list[Assumption]:
    """Every assumption of a checked mission, in the order of the tree."""
    return [one for _, one in _placed(tree)]


def assumptions_by_place(tree: Tree) -> list[list[Assumption]]:
    """The same, those of one place in a file that is used twice taken together.

    This is how assumptions are counted: who mends the file mends all of them.
    """
    found: dict[object, list[Assumption]] = {}
    for place, one in _placed(tree):
        found.setdefault(place, []).append(one)
    return list(found.values())


def _placed(tree: Tree) -> Iterator[tuple[object, Assumption]]:
    """Every assumption with its place, in the order of the tree."""
    for path, block in _flown(tree):
        for key, note in mapping(block, "assumed").items():
            if is_mapping(note) and "why" in note and key in block:
                at = (*path, key)
                yield tree.place(at), _assumption(tree, at, block, note)
        yield from _derived(tree, path, block)


def _derived(
    tree: Tree, path: Address, block: Mapping[str, Any]
) -> Iterator[tuple[object, Assumption]]:
    """What an engine's file leaves out, and its design point tells."""
    if path[-1:] != ("engine",) or "design" not in block:
        return
    # Without a design to ask, no array library is loaded.
    if "isp" in block and not block.keys().isdisjoint({"thrust", "thrust_curve"}):
        return
    engine = EngineSpec.model_validate(dict(block), context=FILE)
    node = tree.node((*path, "design"))
    for key, one in engine.derived.items():
        value, low, high = (
            format_quantity(x, _UNITS[key], digits=6) for x in (one.value, one.low, one.high)
        )
        same = low == high
        yield (
            (*tree.place((*path, "design")), key),
            Assumption(
                key=dotted((*path, key), tree.data),
                file=node.source.name,
                line=node.line,
                value=value,
                low=None if same else low,
                high=None if same else high,
                why=one.why,
                calibrated=False,
            ),
        )


def sources(tree: Tree) -> list[Source]:
    """The source of every block that has one, in the order of the tree."""
    found: list[Source] = []
    for path, block in _flown(tree):
        text = block.get("source")
        if isinstance(text, str) and text:
            node = tree.node((*path, "source"))
            found.append(Source(dotted(path, tree.data), text, node.source.name, node.line))
    return found


def _flown(tree: Tree) -> Iterator[tuple[Address, Mapping[str, Any]]]:
    """The blocks that matter: what turns a vehicle does not where its flight is that of a point.

    An engine's design point and what is published of it move nothing that flies.
    """
    turns = mapping(tree.data, "entry").get("motion") == "rigid"
    steered = mapping(tree.data, "attitude").get("motion") == "rigid"
    for path, block in tree.blocks():
        if path[:1] == ("attitude",) and not steered:
            continue
        told = any(pair in _TOLD for pair in itertools.pairwise(path))
        if not told and (turns or "rigid" not in path):
            yield path, block


def _assumption(
    tree: Tree, path: Address, block: Mapping[str, Any], note: Mapping[str, Any]
) -> Assumption:
    key = str(path[-1])
    ends = note.get("range")
    low, high = ends if is_list(ends) else (None, None)
    node = tree.node(path)
    return Assumption(
        key=dotted(path, tree.data),
        file=node.source.name,
        line=node.line,
        value=text_of(block[key]),
        low=low,
        high=high,
        why=str(note["why"]),
        calibrated=key in mapping(block, "calibrated"),
    )


def _resolved(tree: Tree) -> str:
    """The resolved mission as YAML; it loads again as a mission of its own."""
    text = text_of_tree(tree)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]
    return f"# Resolved by Yaan: every reference is inline. Content {digest}.\n{text}"


def text_of_tree(tree: Tree) -> str:
    """The tree as YAML, its keys in the order of the file: whoever reads it adds up alike."""
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.representer.sort_base_mapping_type_on_output = False
    yaml.dump(tree.data, out)
    return out.getvalue()
