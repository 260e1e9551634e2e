"""Stations by their names or files, for who asks outside of a mission."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from yaan.base import InputError, Problem, quote
from yaan.description.block import mistakes_of
from yaan.description.quantity import FILE
from yaan.description.stations import StationSpec
from yaan.mission.file.resolve import Resolver
from yaan.mission.file.tree import Node, Origin, Tree, children, dotted


def load_stations(names: Sequence[str]) -> list[StationSpec]:
    """The stations of the library of those names, or of the files at those paths.

    Raises:
        InputError: every name that the library has not, and every mistake of a file.
    """
    resolver = Resolver()
    found: list[StationSpec] = []
    problems: list[Problem] = []
    for name in names:
        node = resolver.follow(name, Origin("", Path()), "station", ())
        if node is None:
            problems += resolver.problems
            resolver.problems = []
            continue
        inside = {k: v for k, v in children(node).items() if k not in ("schema", "kind")}
        try:
            found.append(StationSpec.model_validate(node.with_value(inside).plain(), context=FILE))
        except ValidationError as error:
            problems += _problems(node, error)
    if problems:
        raise InputError(problems)
    return found


def _problems(node: Node, error: ValidationError) -> Iterator[Problem]:
    tree = Tree(node)
    for mistake in mistakes_of(error):
        file, line = tree.origin(mistake.at)
        value = tree.node(mistake.at).plain()
        shown = "" if isinstance(value, dict) else quote(value)
        yield Problem(file, line, dotted(mistake.at, None), shown, mistake.expected, mistake.hint)
