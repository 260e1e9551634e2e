"""One file that is no mission, checked for who asks outside of one: an engine, a propellant."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from yaan.base import InputError, Problem, quote
from yaan.description.block import Block, mistakes_of
from yaan.description.quantity import FILE, Mistake
from yaan.mission.file.library import is_path, user_node
from yaan.mission.file.resolve import Resolver
from yaan.mission.file.tree import Origin, Tree, children, dotted

Part = TypeVar("Part", bound=Block)


def kind_at(text: str) -> str | None:
    """The kind that a file says that it is, if the text is the path of one that says it."""
    if not is_path(text):
        return None
    try:
        said = user_node(Path(text), Origin(text, None)).child("kind")
    except InputError:
        return None  # whoever reads it tells what is wrong
    return said.value if said is not None and isinstance(said.value, str) else None


def checked_part(
    name: str, kind: str, model: type[Part], more: Callable[[Tree], Iterable[Mistake]]
) -> tuple[Part, Tree]:
    """The file of the library of this name, or at this path, as a block, and its tree.

    Args:
        name: of the library, or a path.
        kind: that it must be of.
        model: of its block.
        more: what else is wrong with it, that the block cannot see.

    Raises:
        InputError: there is none, or every mistake of its file, each with its line.
    """
    resolver = Resolver()
    node = resolver.follow(name, Origin("", Path()), kind, ())
    if node is None:
        raise InputError(resolver.problems)
    inside = {k: v for k, v in children(node).items() if k not in ("schema", "kind")}
    tree = Tree(node.with_value(inside))
    try:
        part, mistakes = model.model_validate(tree.data, context=FILE), list[Mistake]()
    except ValidationError as error:
        part, mistakes = None, mistakes_of(error)
    mistakes = [*more(tree), *mistakes]
    if part is None or mistakes:
        raise InputError([_problem(tree, mistake) for mistake in mistakes])
    return part, tree


def _problem(tree: Tree, mistake: Mistake) -> Problem:
    file, line = tree.origin(mistake.at)
    value = tree.node(mistake.at).plain()
    shown = "" if isinstance(value, dict) else quote(value)
    return Problem(file, line, dotted(mistake.at, None), shown, mistake.expected, mistake.hint)
