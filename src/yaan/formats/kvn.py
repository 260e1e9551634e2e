"""Key-value notation: one keyword a line (CCSDS 502.0-B-3, section 7, not re-read)."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from yaan.formats.leaf import COMMENT, Leaf, Message, Part
from yaan.formats.source import Source

_PAIR: Final = re.compile(r"([A-Za-z0-9_]+)\s*=\s*(.*?)\s*(?:\[([^\]]*)\])?")
_FIRST: Final = re.compile(r"CCSDS_O[PME]M_VERS")


def lines_of(source: Source) -> Iterator[tuple[int, str]]:
    """Line numbers from 1 and lines that hold something, blanks around them cut."""
    for number, line in enumerate(source.text.splitlines(), 1):
        if line.strip():
            yield number, line.strip()


def leaf_of(source: Source, number: int, line: str) -> Leaf:
    """The keyword of a line.

    Raises:
        InputError: a line that is neither a comment nor `KEY = value`.
    """
    if line == COMMENT or line.startswith(f"{COMMENT} "):
        return Leaf(COMMENT, line[len(COMMENT) + 1 :], "", number)
    match = _PAIR.fullmatch(line)
    if match is None:
        raise source.refusal(number, "", line, "KEY = value, or COMMENT")
    return Leaf(match[1].upper(), match[2], match[3] or "", number)


def messages(source: Source) -> list[Message]:
    """The messages of a text in key-value notation, one after the other; of OPM and OMM.

    Raises:
        InputError: a line that is no keyword, or stands before the first message.
    """
    found: list[tuple[Leaf, list[Leaf]]] = []
    for number, line in lines_of(source):
        leaf = leaf_of(source, number, line)
        if _FIRST.fullmatch(leaf.key):
            found.append((leaf, []))
        elif not found:
            raise source.refusal(number, leaf.key, leaf.value, "CCSDS_..._VERS first")
        else:
            found[-1][1].append(leaf)
    return [
        Message(head.key.split("_")[1].lower(), head.value, head.line, tuple(below))
        for head, below in found
    ]


def written(leaves: Iterable[Leaf]) -> Iterator[str]:
    """Lines of leaves."""
    for leaf in leaves:
        if leaf.key == COMMENT:
            yield f"{COMMENT} {leaf.value}".rstrip()
        else:
            unit = f" [{leaf.unit}]" if leaf.unit else ""
            yield f"{leaf.key} = {leaf.value}{unit}"


def message_text(kind: str, version: str, header: Part, parts: Iterable[Part]) -> str:
    """A message of keywords alone, a blank line between its parts."""
    blocks = [f"CCSDS_{kind.upper()}_VERS = {version}\n" + "\n".join(written(header.leaves))]
    blocks += ["\n".join(written(part.leaves)) for part in parts if part.leaves]
    return "\n\n".join(blocks) + "\n"
