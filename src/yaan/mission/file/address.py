"""Dotted addresses such as `vehicle.payload.mass` or `phases.core.until.time`.

Steps are keys of mappings, indices of lists, or the name of a phase or of a parachute step.
`spacecraft.mass` is short for `vehicle.payload.mass`, so are the payload's other keys; in a mission
`capsule` is short for `spacecraft.capsule`.
"""

from typing import Final

from yaan.base import InputError, Problem
from yaan.mission.file.tree import Node, forget, no_item, position

_PAYLOAD: Final = ("mass", "ballistic_coefficient")
_SHORT: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("spacecraft", key): ("vehicle", "payload", key) for key in _PAYLOAD
}


def steps(key: str) -> tuple[str, ...]:
    """Split a dotted address, with short names written out.

    Raises:
        InputError: an empty address or an empty step.
    """
    words = _words(key)
    return (*_SHORT.get(words[:2], words[:2]), *words[2:])


def _words(key: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in key.split("."))
    if not all(words):
        raise _nowhere(key, "a dotted address, as vehicle.payload.mass")
    return words


NOTHING: Final = "none"
"""The word of a block that has nothing in it, as `wind: none`: a key below it may be set."""


def set_node(root: Node, key: str, node: Node) -> Node:
    """Return the tree with `node` at the address `key`; keys that are missing are made.

    A replaced value takes along what `assumed` and `calibrated` said about the old one. A null
    removes the key, or the item of a list.

    Raises:
        InputError: the address leads through a value, past the end of a list, or to a phase that
            does not exist.
    """
    kind = root.child("kind")
    if kind is not None and kind.value == "orbit":
        return _set(root, _words(key), key, node)  # it has no payload that names are short for
    path = steps(key)
    if path[0] == "capsule" and root.child("spacecraft") is not None:
        path = ("spacecraft", *path)
    return _set(root, path, key, node)


def _set(here: Node, path: tuple[str, ...], key: str, node: Node) -> Node:
    step, rest = path[0], path[1:]
    if isinstance(here.value, list):
        index = _index(here.value, step, key)
        below = _set(here.value[index], rest, key, node) if rest else node
        kept = [] if below.value is None else [below]
        return here.with_value([*here.value[:index], *kept, *here.value[index + 1 :]])
    if not isinstance(here.value, dict):
        if here.value is not None and here.value != NOTHING:
            above = key.rsplit(".", len(path))[0]
            raise _nowhere(key, f"an address of a value; {above} is a single value", f"set {above}")
        here = here.with_value({})
    block = here.value
    assert isinstance(block, dict)
    if not rest:
        changed = {**block, step: node}
        return here.with_value(forget(changed, {step}))
    start = block.get(step) or Node({}, node.source, node.line)
    return here.with_value({**block, step: _set(start, rest, key, node)})


def _index(items: list[Node], step: str, key: str) -> int:
    """Position in a list by number, or by name where the items have names."""
    index = position(items, step)
    if index is None:
        raise _nowhere(key, *no_item(items, step))
    return index


def _nowhere(key: str, expected: str, hint: str = "") -> InputError:
    return InputError(Problem("--set", None, key, "", expected, hint))
