"""Follow the references of a mission file, until one tree is left.

Each kind of file has slots that may hold a reference to a file of another kind. A slot holds a
name, a path, a complete mapping, or a mapping with `from:` that changes what it refers to.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from yaan.base import InputError, Problem, quote
from yaan.mission.file.library import is_path, library_node, names, unknown, user_node, wanted
from yaan.mission.file.samples import with_samples
from yaan.mission.file.tree import Address, Node, Origin, Tree, children, dotted, merge

SCHEMA: Final = 1

# Kind of file -> places in it that may refer to another file, and the kind that they refer to.
_SLOTS: Final[dict[str, dict[tuple[str, ...], str]]] = {
    "mission": {
        ("vehicle",): "vehicle",
        ("launch", "site"): "site",
        ("spacecraft",): "spacecraft",
        ("landing", "zone"): "zone",
        ("escape",): "escape",
        ("stations", "*"): "station",
        ("crew", "limits"): "limits",
    },
    "flight": {
        ("vehicle",): "vehicle",
        ("start", "pad", "site"): "site",
        ("escape",): "escape",
        ("stations", "*"): "station",
        ("crew", "limits"): "limits",
    },
    "entry": {
        ("capsule",): "capsule",
        ("stations", "*"): "station",
        ("crew", "limits"): "limits",
    },
    "body": {("stations", "*"): "station"},
    "orbit": {("stations", "*"): "station"},
    "spacecraft": {("capsule",): "capsule"},
    "escape": {
        ("capsule",): "capsule",
        ("bodies", "*", "aerodynamics"): "aerodynamics",
        ("modes", "*", "parachutes"): "parachutes",
        ("return_now", "zones", "*"): "zone",
    },
    "capsule": {("aerodynamics",): "aerodynamics", ("parachutes",): "parachutes"},
    "vehicle": {
        ("stages", "*", "engine"): "engine",
        ("stages", "*", "aerodynamics", "table"): "aerodynamics",
        ("parts", "*", "aerodynamics", "table"): "aerodynamics",
        ("parts", "*", "capsule"): "capsule",
        ("parts", "*", "parachutes"): "parachutes",
        ("stages", "*", "parachutes"): "parachutes",
        ("bodies", "*", "aerodynamics"): "aerodynamics",
    },
    "engine": {},
    "site": {},
    "aerodynamics": {},
    "parachutes": {},
    "zone": {},
    "station": {},
    "limits": {},
    "propellant": {},
}

ROOTS: Final = ("mission", "entry", "body", "flight", "orbit")
"""Kinds of file that can be flown or propagated; each may start `from` another one of its kind."""

_LONGEST_CHAIN: Final = 20  # files; a vehicle, its engine and a few missions are five


@dataclass
class Resolver:
    """Follows references. Collects what it cannot follow, so that all of it is told at once."""

    problems: list[Problem] = field(default_factory=list[Problem])
    unresolved: set[Address] = field(default_factory=set[Address])
    _chain: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def tree(self, root: Node) -> Tree:
        """The finished tree, with what could not be followed."""
        return Tree(root, tuple(self.problems), frozenset(self.unresolved))

    def follow(self, text: str, origin: Origin, kind: str, path: Address) -> Node | None:
        """The complete tree of the file that `text` refers to; None if there is a problem."""
        try:
            identity, raw = self._open(text, origin, kind)
            if origin.label:  # what is named on the command line is asked for its kind below
                _refuse_other_kind(text, raw, kind)
            self._enter(identity)
        except InputError as error:
            self.problems += error.problems
            return None
        try:
            if not self._is_of_kind(raw, kind, path):
                return None
            node = self.resolve(raw, kind, path)
        finally:
            self._chain.pop()
        return Node(node.value, node.source, node.line, whole=True)

    def root(self, text: str) -> Node | None:
        """The complete tree of a file that can be flown; None if there is a problem."""
        origin = Origin("", Path())
        try:
            if not is_path(text) and text not in (known := names(ROOTS[0])):
                raise unknown(ROOTS[0], text, known)  # of any kind: all of them can be flown
            _, raw = self._open(text, origin, "mission")
        except InputError as error:
            self.problems += error.problems
            return None
        return self.follow(text, origin, root_kind(raw), ())

    def resolve(self, node: Node, kind: str, path: Address) -> Node:
        """Replace the references in a tree of one kind by what they refer to."""
        if kind in ROOTS and node.child("from") is not None:
            node = self._base(node, kind)
        for pattern, below in _SLOTS[kind].items():
            node = self._at(node, pattern, below, path)
        return with_samples(node, self.problems, self.unresolved) if kind in ROOTS else node

    def _base(self, node: Node, kind: str) -> Node:
        """Lay a mission over the one that it is `from`, an entry likewise."""
        assert isinstance(node.value, dict)
        rest = {key: value for key, value in node.value.items() if key != "from"}
        base = self._reference(node.value["from"], kind, ("from",))
        over = self.resolve(node.with_value(rest), kind, ())
        return self._lost(over, ()) if base is None else merge(base, over, (), self.problems)

    def _at(self, node: Node, pattern: tuple[str, ...], kind: str, path: Address) -> Node:
        """Resolve every place below `node` that matches `pattern`."""
        if not pattern:
            return self._slot(node, kind, path)
        if isinstance(node.value, list) and pattern[0] == "*":
            items = enumerate(node.value)
            return node.with_value(
                [self._at(one, pattern[1:], kind, (*path, i)) for i, one in items]
            )
        if not isinstance(node.value, dict):
            return node
        keys = list(node.value) if pattern[0] == "*" else [pattern[0]]
        changed = {
            key: self._at(node.value[key], pattern[1:], kind, (*path, key))
            for key in keys
            if key in node.value and node.value[key].value is not None
        }
        return node.with_value({**node.value, **changed})

    def _slot(self, node: Node, kind: str, path: Address) -> Node:
        """Resolve one place that may refer to a file of `kind`."""
        if isinstance(node.value, str):
            return self._reference(node, kind, path) or self._lost(node, path)
        if not isinstance(node.value, dict):
            return node
        start = node.value.get("from")
        rest = {key: value for key, value in node.value.items() if key != "from"}
        over = self.resolve(node.with_value(rest if start is not None else node.value), kind, path)
        if start is None:
            return over
        base = self._reference(start, kind, (*path, "from"))
        if base is None:
            return self._lost(node, path)
        merged = merge(base, over, path, self.problems)
        return Node(merged.value, node.source, node.line, whole=True)

    def _reference(self, node: Node, kind: str, path: Address) -> Node | None:
        """Follow the reference that `node` holds; tell problems at its place."""
        if not isinstance(node.value, str):
            self._add(node, path, wanted(kind), "")
            return None
        before = len(self.problems)
        below_path = path[:-1] if path[-1:] == ("from",) else path
        found = self.follow(node.value, node.source, kind, below_path)
        if found is None:
            new, self.problems[before:] = self.problems[before:], []
            for problem in new:
                if problem.file:
                    self.problems.append(problem)
                else:  # about the reference itself
                    self._add(node, path, problem.expected, problem.hint)
            return None
        # The name of a base mission is not the name of the mission that changes it.
        dropped = ("name",) if kind in ROOTS else ("schema", "kind")
        below = {key: value for key, value in children(found).items() if key not in dropped}
        return Node(below, node.source, node.line, whole=kind not in ROOTS)

    def _lost(self, node: Node, path: Address) -> Node:
        """Leave a place empty whose reference leads nowhere; its problem is told already."""
        self.unresolved.add(path)
        return node if path == () else node.with_value(None)

    def _add(self, node: Node, path: Address, expected: str, hint: str) -> None:
        key = dotted(path, None)
        problem = Problem(node.source.label, node.line, key, quote(node.plain()), expected, hint)
        self.problems.append(problem)

    def _open(self, text: str, origin: Origin, kind: str) -> tuple[tuple[str, str], Node]:
        """Read the file that `text` refers to, and name it so that circles are seen."""
        if not is_path(text):
            return (kind, text), library_node(kind, text)
        if origin.folder is None:
            raise InputError(Problem("", None, "", quote(text), "a name from the library"))
        path = origin.folder / text
        try:
            identity = str(path.resolve())
        except (OSError, ValueError, RuntimeError):
            identity = str(path)
        return ("file", identity), user_node(
            path, Origin(str(path), path.parent, _told(text, origin))
        )

    def _enter(self, identity: tuple[str, str]) -> None:
        if len(self._chain) >= _LONGEST_CHAIN:
            expected = f"at most {_LONGEST_CHAIN} files that refer to each other"
            raise InputError(Problem("", None, "", quote(identity[1]), expected))
        if identity in self._chain:
            ring = [name for _, name in self._chain[self._chain.index(identity) :]]
            circle = " -> ".join([*ring, identity[1]])
            raise InputError(Problem("", None, "", quote(identity[1]), "no circle", circle))
        self._chain.append(identity)

    def _is_of_kind(self, node: Node, kind: str, path: Address) -> bool:
        """Check that a file is what it is used as, in the version that this Yaan reads."""
        label = node.source.label
        if not isinstance(node.value, dict):
            found = "the file is empty" if node.value is None else "the file is no mapping"
            expected = f"{found}, expected keys and values"
            self.problems.append(Problem(label, node.line, "", "", expected))
            return False
        before = len(self.problems)
        self._check_word(node, (*path, "schema"), SCHEMA, _version_advice(node))
        self._check_word(node, (*path, "kind"), kind, _kind_advice(kind, path))
        return len(self.problems) == before

    def _check_word(self, node: Node, path: Address, right: Any, hint: str) -> None:
        key, child = dotted(path, None), node.child(str(path[-1]))
        if child is None or child.value is None:
            expected = f"required: write {path[-1]}: {right}"
            self.problems.append(Problem(node.source.label, node.line, key, "", expected, hint))
        elif child.value != right or isinstance(child.value, bool):
            line, value = child.line, quote(child.plain())
            label = node.source.label
            self.problems.append(Problem(label, line, key, value, str(right), hint))


def _refuse_other_kind(text: str, raw: Node, kind: str) -> None:
    """A good file of another kind is not at fault: the reference is.

    Raises:
        InputError: without a place, for the reference.
    """
    said = raw.child("kind")
    if said is None or not isinstance(said.value, str):
        return
    if said.value in _SLOTS and said.value != kind:
        hint = f"{text} is of kind {said.value}"
        raise InputError(Problem("", None, "", quote(text), wanted(kind), hint))


def _told(text: str, origin: Origin) -> str:
    """A file as results call it: from the folder of the mission on, its folders only if written."""
    if not origin.told or Path(text).is_absolute():
        return Path(text).name
    return os.path.normpath(Path(origin.told).parent / text).replace(os.sep, "/")


def root_kind(node: Node) -> str:
    """What a file that is to be flown says that it is; a mission if it says nothing that can be."""
    said = node.child("kind")
    return str(said.value) if said is not None and said.value in ROOTS else ROOTS[0]


def _kind_advice(kind: str, path: Address) -> str:
    """What else can be flown, where the file itself is at fault."""
    others = ", ".join(other for other in ROOTS if other != kind)
    return f"or {others}" if kind in ROOTS and path == () else ""


def _version_advice(node: Node) -> str:
    child = node.child("schema")
    if child is None or not isinstance(child.value, int) or child.value <= SCHEMA:
        return f"this Yaan reads version {SCHEMA} of the format"
    return f"this Yaan reads version {SCHEMA}; the file is newer, so update Yaan to fly it"
