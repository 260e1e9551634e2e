"""What a sweep goes over: keys of a mission and the values that each takes."""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import numpy as np

from yaan.base.errors import InputError, Problem, quote

SWEEP: Final = "sweep"
"""What stands for the file in messages."""

MOST_LANES: Final = 100_000
"""Flights of one sweep."""

_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE: Final = re.compile(
    rf"\s*(?P<first>{_NUMBER})\s*\.\.\s*(?P<last>{_NUMBER})\s*(?P<unit>[^:]*?)\s*(?::\s*(?P<count>\d+)\s*)?"
)
_QUANTITY: Final = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>\S.*?)?\s*")


@dataclass(frozen=True)
class Axis:
    """One key and its values, as they stand in a file."""

    key: str
    values: tuple[Any, ...]

    @property
    def numbers(self) -> tuple[np.ndarray, str] | None:
        """The values as numbers of one unit, and that unit; None where they are no such."""
        found: list[float] = []
        units: set[str] = set()
        for value in self.values:
            if isinstance(value, bool):
                return None
            if isinstance(value, (int, float)):
                found.append(float(value))
                units.add("1")
                continue
            match = _QUANTITY.fullmatch(value) if isinstance(value, str) else None
            if match is None:
                return None
            found.append(float(match["number"]))
            units.add(match["unit"] or "1")
        return (np.array(found), units.pop()) if len(units) == 1 else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The values as text."""
        return tuple(value if isinstance(value, str) else repr(value) for value in self.values)


def axes_of(over: Mapping[str, Sequence[Any]]) -> tuple[Axis, ...]:
    """The axes of keys and their values.

    Raises:
        InputError: no key, a key without values, or values that are no sequence.
    """
    wrong: list[Problem] = []
    found: list[Axis] = []
    if not over:
        wrong.append(Problem(SWEEP, None, "", "", "at least one key with its values"))
    for key, values in over.items():
        if isinstance(values, str) or not hasattr(values, "__iter__"):
            wrong.append(Problem(SWEEP, None, key, quote(values), "a list of values"))
            continue
        plain = tuple(x.item() if isinstance(x, np.generic) else x for x in values)
        if not plain:
            wrong.append(Problem(SWEEP, None, key, "[]", "at least one value"))
        found.append(Axis(key, plain))
    if wrong:
        raise InputError(wrong)
    return tuple(found)


def lanes_of(axes: Sequence[Axis], *, zipped: bool) -> list[dict[str, Any]]:
    """The values of each flight: all combinations, the last key fastest; or side by side.

    Raises:
        InputError: values side by side whose numbers differ, or more flights than `MOST_LANES`.
    """
    lengths = {axis.key: len(axis.values) for axis in axes}
    if zipped and len(set(lengths.values())) > 1:
        first = axes[0]
        expected = f"{len(first.values)} values, as many as {first.key} has"
        raise InputError(
            [
                Problem(SWEEP, None, axis.key, f"{len(axis.values)} values", expected)
                for axis in axes[1:]
                if len(axis.values) != len(first.values)
            ]
        )
    count = len(axes[0].values) if zipped else int(np.prod([*lengths.values()], dtype=float))
    if count > MOST_LANES:
        expected = f"at most {MOST_LANES:,} flights"
        raise InputError(Problem(SWEEP, None, "", f"{count:,} flights", expected))
    keys = [axis.key for axis in axes]
    values = [axis.values for axis in axes]
    rows = zip(*values, strict=True) if zipped else itertools.product(*values)
    return [dict(zip(keys, row, strict=True)) for row in rows]


def parse_values(text: str, count: int | None = None) -> list[Any]:
    """Values from one word of the command line.

    `300..800km:6` are six values from 300 km to 800 km, both ends among them, and `300..800km` are
    `count`; `a, b, c` are three, read as YAML each.

    Raises:
        InputError: a range without a number of values, or with fewer than two.
    """
    found = _RANGE.fullmatch(text)
    if found is not None and (found["count"] or count is not None):
        count, unit = int(found["count"] or count or 0), found["unit"]
        if count < 2:
            raise InputError(Problem(SWEEP, None, "", quote(text), "a range of two values or more"))
        numbers = np.linspace(float(found["first"]), float(found["last"]), count)
        return [f"{x:.12g} {unit}" if unit else float(x) for x in numbers]
    if ".." in text:
        expected = "FIRST..LAST UNIT:COUNT, as 300..800km:6, or values with commas between"
        raise InputError(Problem(SWEEP, None, "", quote(text), expected))
    return cast("list[Any]", [value.strip() for value in _split(text) if value.strip()])


def _split(text: str) -> list[str]:
    """At commas that stand in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
