"""What the two written forms of a CCSDS message have in common: keys with values, in order.

Key-value notation and XML have the same keywords; either is read into `Leaf`s, and written from
them. `Leaves` gives their values in SI and says of a wrong one where it stands.
"""

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from yaan.base.errors import InputError, YaanError, nearest
from yaan.formats.clock import read_time
from yaan.formats.source import Source
from yaan.spacetime.time import Epoch

COMMENT: Final = "COMMENT"
USER: Final = "USER_DEFINED_"

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One keyword with its value as written, its unit if it has one, and its line."""

    key: str
    value: str
    unit: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Leaves that belong together; `tag` is their element in XML, "" for none of their own."""

    tag: str
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is made of keywords alone: an OPM or an OMM.

    Attributes:
        kind: oem, opm or omm.
        version: of its standard.
        line: where it begins.
        leaves: everything below, header first.
    """

    kind: str
    version: str
    line: int | None
    leaves: tuple[Leaf, ...]


@dataclass(slots=True)
class Leaves:
    """Values by keyword, each at most once; comments apart."""

    source: Source
    line: int | None
    leaves: Iterable[Leaf]
    known: Collection[str]
    comments: list[str] = field(default_factory=list[str])
    user: dict[str, str] = field(default_factory=dict[str, str])
    _by_key: dict[str, Leaf] = field(default_factory=dict[str, Leaf])

    def __post_init__(self) -> None:
        """Refuse a keyword that is not known here, or stands twice."""
        for leaf in self.leaves:
            if leaf.key == COMMENT:
                self.comments.append(leaf.value)
            elif leaf.key.startswith(USER):
                self.user[leaf.key.removeprefix(USER)] = leaf.value
            elif leaf.key not in self.known:
                hint = nearest(leaf.key, self.known)
                raise self.source.refusal(leaf.line, leaf.key, leaf.value, "a keyword", hint)
            elif leaf.key in self._by_key:
                first = self._by_key[leaf.key].line
                hint = f"it stands in line {first} already"
                raise self.source.refusal(leaf.line, leaf.key, leaf.value, "a keyword once", hint)
            else:
                self._by_key[leaf.key] = leaf

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def refusal(self, key: str, expected: str, hint: str = "") -> InputError:
        """The error about the value of `key`, or about its absence."""
        leaf = self._by_key.get(key)
        if leaf is None:
            return self.source.refusal(self.line, key, None, expected, hint)
        return self.source.refusal(leaf.line, key, leaf.value, expected, hint)

    def text(self, key: str, default: str | None = None) -> str:
        """The text of `key`; without a default it is required."""
        leaf = self._by_key.get(key)
        if leaf is not None and leaf.value:
            return leaf.value
        if default is None:
            raise self.refusal(key, "required")
        return default

    def number(
        self,
        key: str,
        unit: str = "",
        scale: float = 1.0,
        *,
        ends: tuple[float, float] = (-math.inf, math.inf),
    ) -> float:
        """The number of `key`, written in `unit` and within `ends` of it, times `scale`."""
        leaf = self._by_key.get(key)
        if leaf is None or not leaf.value:
            raise self.refusal(key, "required")
        value = number_of(leaf.value)
        low, high = ends
        told = "a number" if not unit else f"a number of {unit}"
        if math.isfinite(low):
            told += f" from {low:g} to {high:g}" if math.isfinite(high) else f" from {low:g} up"
        if value is None or not low <= value <= high:
            raise self.refusal(key, told)
        if leaf.unit and _unit(leaf.unit) != _unit(unit):
            wanted = f"the unit {unit}" if unit else "no unit"
            raise self.refusal(key, f"{wanted}, not {leaf.unit}")
        return value * scale

    def maybe(
        self,
        key: str,
        unit: str = "",
        scale: float = 1.0,
        *,
        ends: tuple[float, float] = (-math.inf, math.inf),
    ) -> float | None:
        """The same, or None where it is not told."""
        leaf = self._by_key.get(key)
        return None if leaf is None else self.number(key, unit, scale, ends=ends)

    def whole(self, key: str, default: int, ends: tuple[int, int]) -> int:
        """A whole number within `ends`."""
        leaf = self._by_key.get(key)
        if leaf is None or not leaf.value:
            return default
        if not _WHOLE.fullmatch(leaf.value) or not ends[0] <= int(leaf.value) <= ends[1]:
            raise self.refusal(key, f"a whole number from {ends[0]} to {ends[1]}")
        return int(leaf.value)

    def epoch(self, key: str, system: str) -> Epoch:
        """The instant of `key` in a time system."""
        text = self.text(key)
        try:
            return read_time(text, system)
        except YaanError as error:
            raise self.refusal(key, f"a time in {system}", str(error)) from error

    def choice(self, key: str, known: Collection[str], default: str | None = None) -> str:
        """One of some words, whatever the size of its letters."""
        text = self.text(key, default).upper()
        if text not in known:
            raise self.refusal(key, f"one of {', '.join(known)}")
        return text


def number_of(text: str) -> float | None:
    """A finite number; None of anything else."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def _unit(text: str) -> str:
    return text.strip().lower().replace("**", "").replace("^", "")
