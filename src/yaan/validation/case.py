"""What a validation case is, and what one line of the wall says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from yaan.api import Flight

Array = npt.NDArray[np.float64]


Fly = Callable[[str, Mapping[str, Any]], Flight]
"""Flies a mission file of `cases`, or of the library, with dotted keys changed."""


@dataclass(frozen=True)
class Line:
    """One line of the wall: a quantity, what the outside world says, what Yaan says.

    Attributes:
        quantity: in words.
        unit: of all numbers here; empty for a pure number.
        reference: value of the outside world, where the distance is largest.
        ours: Yaan's value there.
        distance: how far they are apart, never negative.
        margin: largest distance that holds; None where it is only reported.
        why: reason for this margin, or for there being none.
        time: times of `trace` [s].
        trace: distance over time, for the plot.
    """

    quantity: str
    unit: str
    reference: float
    ours: float
    distance: float
    margin: float | None
    why: str
    time: Array | None = field(default=None, repr=False)
    trace: Array | None = field(default=None, repr=False)

    @property
    def held(self) -> bool | None:
        """Whether the margin held; None for a line that is only reported."""
        return None if self.margin is None else bool(self.distance <= self.margin)

    @property
    def verdict(self) -> str:
        """`held`, `FAILED` or `reported`."""
        return {None: "reported", True: "held", False: "FAILED"}[self.held]


@dataclass(frozen=True)
class Case:
    """One case: files that `yaan fly` accepts, and how their flights are measured.

    Attributes:
        suite: the family it belongs to.
        name: short name, unique in its suite.
        title: one line.
        files: mission files, as `path` finds them; empty where nothing has to fly.
        about: what is compared, what was left out and why.
        source: public origin of the truth.
        measure: flies what it needs and returns the lines.
    """

    suite: str
    name: str
    title: str
    files: tuple[str, ...]
    about: str
    source: str
    measure: Callable[[Fly], Sequence[Line]] = field(repr=False)

    @property
    def key(self) -> str:
        """Suite and name."""
        return f"{self.suite}/{self.name}"


@dataclass(frozen=True)
class Result:
    """A case that was measured."""

    case: Case
    lines: tuple[Line, ...]
    seconds: float

    @property
    def held(self) -> bool:
        """Whether no gated line failed."""
        return all(line.held is not False for line in self.lines)


def path(name: str) -> Path | str:
    """The file `cases/NAME.yaml`, or the name itself where the library is meant."""
    own = Path(str(resources.files("yaan.validation"))) / "cases" / f"{name}.yaml"
    return own if own.is_file() else name


def data(name: str) -> Path:
    """A file of the thinned truth."""
    return Path(str(resources.files("yaan.validation"))) / "data" / name


def number(
    quantity: str,
    unit: str,
    numbers: tuple[float, float],
    margin: float | None,
    why: str,
) -> Line:
    """A line for one pair of `numbers`: reference and ours."""
    reference, ours = (float(value) for value in numbers)
    return Line(quantity, unit, reference, ours, abs(ours - reference), margin, why)
