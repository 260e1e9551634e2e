"""A mission file as a tree of nodes, each of which knows the file and the line it came from.

`Node` is what a file is read into, merged and overridden; `Tree` is the finished result: plain
data beside an index from address to origin. Nodes are never changed once made, so that a library
file is read once in a process and shared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from yaan.base import Problem, nearest, quote
from yaan.base.plain import is_list, is_mapping, item, items

if TYPE_CHECKING:
    from yaan.description.own import Given

_ENTRY: Final = 2  # steps: dispersions or requirements, and a key
_WHOLE: Final = ("dispersions", "requirements")
"""Blocks whose entries replace those of the same key: two do not mix."""

Scalar = str | int | float | bool | None
Address = tuple[str | int, ...]

OVERRIDE: Final = "--set"

_NAMED: Final = (
    "phases",
    "branches",
    "steps",
    "pulses",
    "stations",
)  # lists whose items have names


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a node was written.

    Attributes:
        label: the file as the user knows it; for the library its path there, as engines/s200.yaml.
        folder: folder that relative references start from; None inside the library.
        told: the file as results call it, from the folder of the mission on, so that they are the
            same whoever flies it from wherever; the label if left out.
    """

    label: str
    folder: Path | None
    told: str = ""

    @property
    def name(self) -> str:
        """The file as results call it."""
        return self.told or self.label


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a mapping or a list, with its origin.

    Attributes:
        value: scalar, mapping of nodes or list of nodes.
        source: the file it came from.
        line: line of its key, from 1; None for an override.
        whole: it stands for a complete file, so merging replaces instead of mixing.
    """

    value: "Scalar | dict[str, Node] | list[Node]"
    source: Origin
    line: int | None
    whole: bool = False

    def child(self, key: str) -> "Node | None":
        """The node below `key`, or None."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def with_value(self, value: "Scalar | dict[str, Node] | list[Node]") -> "Node":
        """The same place, another value."""
        return Node(value, self.source, self.line, self.whole)

    def plain(self) -> Any:
        """Plain data below this node; a mapping loses its keys whose value is null."""
        if isinstance(self.value, dict):
            items = self.value.items()
            return {key: node.plain() for key, node in items if node.value is not None}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


@dataclass(frozen=True, slots=True)
class Tree:
    """A resolved mission: references replaced by what they refer to, overrides applied.

    Attributes:
        root: the nodes.
        problems: references that could not be followed; `check` reports them with all the rest.
        unresolved: addresses of those references; nothing is known about what is below them.
        given: models of the user's own, which are in no file; the nodes name their classes.
    """

    root: Node
    problems: tuple[Problem, ...] = ()
    unresolved: frozenset[Address] = frozenset()
    given: "Mapping[str, Given]" = field(default_factory=dict[str, "Given"])
    _data: dict[str, Any] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def data(self) -> dict[str, Any]:
        """The same as plain dicts, lists and scalars, as written (quantities are texts)."""
        if self._data is None:  # of most trees on the way to a checked one nobody asks
            object.__setattr__(self, "_data", self.root.plain())
        assert self._data is not None
        return self._data

    def origin(self, path: Address) -> tuple[str, int | None]:
        """File and line of the node at `path`, or of its nearest parent that exists."""
        node = self.node(path)
        return node.source.label, node.line

    def node(self, path: Address) -> Node:
        """The node at `path`, or its nearest parent that exists."""
        node = self.root
        for step in path:
            found = None
            if isinstance(node.value, dict):
                found = node.value.get(str(step))
            elif isinstance(node.value, list) and isinstance(step, int):
                found = node.value[step] if 0 <= step < len(node.value) else None
            if found is None:
                return node
            node = found
        return node

    def place(self, path: Address) -> tuple[str, int | None, Address]:
        """File, line, and the address within the file: the same wherever the file is used.

        An override has no lines, and keeps the whole address.
        """
        label, line = self.origin(path)
        if line is None:
            return label, line, path
        above = [self.origin(path[:depth])[0] != label for depth in range(len(path) + 1)]
        return label, line, path[max((i for i, other in enumerate(above) if other), default=0) :]

    def nulls(self) -> Iterator[Address]:
        """Addresses of the keys whose value is null; the plain data does not have them."""
        yield from _nulls((), self.root)

    def blocks(self) -> Iterator[tuple[Address, Mapping[str, Any]]]:
        """Every mapping of the plain data with its address, in the order of the file."""
        yield from _blocks((), self.data)


def dotted(path: Address, data: Any) -> str:
    """Write an address with dots; a phase or a parachute step is called by its name if it has one.

    Args:
        path: keys and list indices from the root.
        data: the plain data that the address is of.
    """
    words: list[str] = []
    for depth, step in enumerate(path):
        name = None
        if isinstance(step, int) and depth and path[depth - 1] in _NAMED:
            name = _name(_at(data, path[: depth - 1]), str(path[depth - 1]), step)
        words.append(str(step) if name is None else name)
    return ".".join(words)


def _at(data: Any, path: Address) -> Any:
    """The mapping at an address of keys; None if there is none."""
    for step in path:
        data = item(data, str(step))
    return data


def merge(base: Node, over: Node, path: Address, wrong: list[Problem]) -> Node:
    """Lay `over` on `base`: mappings mix, anything else replaces, null removes.

    A mapping mixes with a list too: its keys are the names of items, or their indices from 0.
    A value that is replaced takes along what its block said under `assumed` and `calibrated` about
    the old one, unless `over` says it again. A distribution and a requirement replace:
    two of them do not mix.

    Args:
        base: what is changed.
        over: what changes it.
        path: address of both.
        wrong: gets a problem for each key that is no item of a list.
    """
    if over.whole or not isinstance(over.value, dict):
        return over
    if len(path) == _ENTRY and path[0] in _WHOLE:
        return over
    if isinstance(base.value, list):
        return _merge_items(base, base.value, over, path, wrong)
    if not isinstance(base.value, dict):
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        below = merged.get(key)
        merged[key] = node if below is None else merge(below, node, (*path, key), wrong)
    replaced = {key for key in over.value if key in base.value and _is_value(over.value[key])}
    return Node(forget(merged, replaced, over), over.source, over.line, base.whole)


def _merge_items(
    base: Node, items: list[Node], over: Node, path: Address, wrong: list[Problem]
) -> Node:
    """Change items of a list by their names."""
    merged: list[Node | None] = list(items)
    for key, node in children(over).items():
        index = position(items, key)
        if index is None:
            at, value = dotted((*path, key), None), quote(node.plain())
            label, line = node.source.label, node.line
            wrong.append(Problem(label, line, at, value, *no_item(items, key)))
        elif node.value is None:
            merged[index] = None
        else:
            merged[index] = merge(items[index], node, (*path, key), wrong)
    kept = [item for item in merged if item is not None]
    return Node(kept, over.source, over.line, base.whole)


def children(node: Node) -> dict[str, Node]:
    """The nodes below a mapping; none below anything else."""
    return node.value if isinstance(node.value, dict) else {}


def position(items: list[Node], step: str) -> int | None:
    """Index of a list's item by its name, or by its number from 0; None if there is none."""
    named = _names(items)
    if step in named:
        return named.index(step)
    if step.isascii() and step.isdigit() and int(step[:9]) < len(items):
        return int(step[:9])
    return None


def no_item(items: list[Node], step: str) -> tuple[str, str]:
    """What was expected in place of a step that leads to no item, and a hint."""
    known = [name for name in _names(items) if name]
    expected = f"one of {len(items)} items, by index from 0 or by name, not {step}"
    return expected, nearest(step, known)


def _names(items: list[Node]) -> list[str]:
    found = [item.child("name") for item in items]
    return [str(name.value) if name is not None else "" for name in found]


def forget(block: dict[str, Node], replaced: set[str], over: Node | None = None) -> dict[str, Node]:
    """Drop what `assumed` and `calibrated` of a block say about keys whose value was replaced."""
    for note in ("assumed", "calibrated"):
        node = block.get(note)
        if node is None or not isinstance(node.value, dict) or not replaced & node.value.keys():
            continue
        said = over.child(note) if over is not None else None
        again = said.value if said is not None and isinstance(said.value, dict) else {}
        kept = {k: v for k, v in node.value.items() if k not in replaced or k in again}
        block = {**block, note: node.with_value(kept)}
    return block


def _is_value(node: Node) -> bool:
    return not isinstance(node.value, dict) or node.whole


def _nulls(path: Address, node: Node) -> Iterator[Address]:
    if isinstance(node.value, dict):
        for key, below in node.value.items():
            yield from _nulls((*path, key), below)
    elif isinstance(node.value, list):
        for index, below in enumerate(node.value):
            yield from _nulls((*path, index), below)
    elif node.value is None and path and isinstance(path[-1], str):
        yield path


def _name(data: Any, key: str, index: int) -> str | None:
    """Name of an item of a list if it is unmistakable: a text that no other item has."""
    names = [item(entry, "name") for entry in items(data, key)]
    if not 0 <= index < len(names):
        return None
    name = names[index]
    return name if isinstance(name, str) and name and names.count(name) == 1 else None


def _blocks(path: Address, value: Any) -> Iterator[tuple[Address, Mapping[str, Any]]]:
    if is_mapping(value):
        yield path, value
        for key, below in value.items():
            yield from _blocks((*path, key), below)
    elif is_list(value):
        for index, below in enumerate(value):
            yield from _blocks((*path, index), below)
