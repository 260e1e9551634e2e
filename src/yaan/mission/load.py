"""Find mission files, follow their references, lay them over each other.

A mission, or an entry, is a name from the library or a YAML file. Where the format allows a
reference (a vehicle, an engine, a site, a table of force coefficients, a spacecraft, a capsule,
parachutes, a landing zone, another mission) the file may hold

- a name from the library, as `engine: s200`;
- a path that ends in .yaml, relative to the file that it is written in;
- a mapping, complete or with `from:` and what differs.

`load_tree` replaces every reference by what it refers to, so that one plain tree is left.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from yaan.base import InputError, Problem, quote
from yaan.mission.arc_start import arc_start
from yaan.mission.continued import continued
from yaan.mission.file.address import set_node
from yaan.mission.file.library import is_path
from yaan.mission.file.read import printable, read
from yaan.mission.file.resolve import Resolver, root_kind
from yaan.mission.file.tree import OVERRIDE, Node, Origin, Tree, children
from yaan.mission.given import given

_LONGEST_NAME: Final = 80  # characters, that of `spec.quantity.MissionName`


def load_tree(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> Tree:
    """Load a mission into one plain tree.

    Args:
        name_or_path: a name from the library, or the path of a YAML file.
        overrides: dotted key -> value. A text is read as YAML ("8.4 t", "null" removes the key,
            "[a, b]"); anything else must be plain data.

    Returns:
        The tree; references that could not be followed are in its `problems`.

    Raises:
        InputError: no such mission, a file that is no mission, or an override without a place.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, Path) and not is_path(text):
        text = f"./{text}"
    resolver = Resolver()
    root = resolver.root(text)
    if root is None:
        raise InputError(resolver.problems)
    return complete(override(resolver.tree(_named(root, text)), overrides or {}))


def complete(tree: Tree) -> Tree:
    """The tree with what its start takes from a run, or from a file of others, in its place.

    Raises:
        InputError: of what cannot be read there, or is not in it.
    """
    return arc_start(given(continued(tree)))


def tree_of(data: Mapping[str, Any], label: str) -> Tree:
    """The tree of plain data that no file holds; `label` is what errors call it.

    Raises:
        InputError: something that is no plain data.
    """
    return Tree(_node_of(data, Origin(label, Path())))


def resolved(tree: Tree) -> Tree:
    """The tree with the library's files and those of paths in the place of their names."""
    resolver = Resolver()
    return resolver.tree(resolver.resolve(tree.root, root_kind(tree.root), ()))


def tree_of_text(text: str, label: str) -> Tree:
    """The tree of a resolved mission, as `Provenance.text` holds it; `label` is its file.

    Raises:
        InputError: something that is no YAML.
    """
    return Tree(read(text, Origin(label, Path())))


def override(tree: Tree, overrides: Mapping[str, Any]) -> Tree:
    """Return the tree with values replaced by dotted key; see `load_tree`.

    Raises:
        InputError: an address that leads nowhere, or a value that is not YAML.
    """
    if not overrides:
        return tree
    resolver = Resolver(list(tree.problems), set(tree.unresolved))
    source = Origin(OVERRIDE, Path())
    root = tree.root
    wrong: list[Problem] = []
    for key, value in overrides.items():
        try:
            node = _override_node(value, source)
            root = set_node(root, key, node)
        except InputError as error:
            wrong += [
                Problem(OVERRIDE, None, key, quote(value), problem.expected, problem.hint)
                for problem in error.problems
            ]
    if wrong:
        raise InputError(wrong)
    # A new value may be a reference itself, as vehicle.stages.s200.engine=my-engine.yaml.
    made = resolver.tree(resolver.resolve(root, root_kind(root), ()))
    return replace(made, given=tree.given)


def _named(root: Node, text: str) -> Node:
    """Give a mission without a name that of its file: its run folder needs one."""
    if root.child("name") is not None:
        return root
    name = name_of(Path(text))
    return root.with_value({"name": Node(name, root.source, root.line), **children(root)})


def name_of(file: Path) -> str:
    """The name of a mission that a file holds: that of the file, as far as a name may have it."""
    stem = re.sub(r"\.ya?ml$", "", file.name)
    return re.sub(r"[^A-Za-z0-9._-]+", "-", stem)[:_LONGEST_NAME].strip("-._") or "mission"


def _override_node(value: Any, source: Origin) -> Node:
    if not isinstance(value, str):
        return _node_of(value, source)
    try:
        return read(value, source, line=None)
    except InputError as error:
        reason = error.problems[0].hint
        problem = Problem(OVERRIDE, None, "", quote(value), "a value in YAML", reason)
        raise InputError(problem) from error


def _node_of(value: Any, source: Origin) -> Node:
    """Nodes of plain data that a program hands over."""
    if isinstance(value, Mapping):
        pairs = cast("Mapping[Any, Any]", value).items()
        below = {printable(str(key)): _node_of(item, source) for key, item in pairs}
        return Node(below, source, None)
    if isinstance(value, (list, tuple)):
        items = cast("list[Any]", value)
        return Node([_node_of(item, source) for item in items], source, None)
    if isinstance(value, str):
        return Node(printable(value), source, None)
    if value is None or isinstance(value, (int, float, bool)):
        return Node(value, source, None)
    problem = Problem(source.label, None, "", quote(value), "a text, a number, a list or a mapping")
    raise InputError(problem)
