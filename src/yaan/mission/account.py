"""What a mission rests on: every assumption, and every source."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from yaan.mission.file.plain import is_list, is_mapping, mapping
from yaan.mission.file.tree import Address, Tree, dotted
from yaan.mission.spec.home_cross import HOME_BLOCKS

_LONGEST: Final = 60  # characters of a table that are shown


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that nobody published.

    Attributes:
        key: dotted address of the value; `load_tree` and `Mission.replace` take it.
        file: file that the value stands in, from the folder of the mission on; "--set" for an
            override.
        line: line of the value; None for an override.
        value: the value as text; a table is shortened.
        low: lower end of the plausible range as plain data that can replace the value, or None.
        high: upper end, likewise.
        why: reason in words.
        calibrated: the value was fitted to a flight, so it is frozen for all others.
    """

    key: str
    file: str
    line: int | None
    value: str
    low: Any
    high: Any
    why: str
    calibrated: bool

    @property
    def low_text(self) -> str | None:
        """Lower end as text; None without a range."""
        return None if self.low is None else text_of(self.low)

    @property
    def high_text(self) -> str | None:
        """Upper end as text; None without a range."""
        return None if self.high is None else text_of(self.high)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the values of a block come from: its dotted address, the text, file and line."""

    key: str
    text: str
    file: str
    line: int | None


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
    """The blocks that matter: what turns a capsule does not where its entry is that of a point."""
    turns = mapping(tree.data, "entry").get("motion") == "rigid"
    for path, block in tree.blocks():
        if turns or "rigid" not in path:
            yield path, block


def of_ascent(key: str) -> bool:
    """Whether the ascent can depend on the value at a dotted key.

    What comes home is flown after the ascent, which sees it only as the payload's mass.
    """
    return key.partition(".")[0] not in HOME_BLOCKS


def text_of(value: Any) -> str:
    """Plain data as short text: a text as it is, a table as the start of its list."""
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


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
