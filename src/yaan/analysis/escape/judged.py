"""Escapes of one ascent, flown and judged: what every part of their analysis reads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.analysis.escape.failures import FailureJudged
from yaan.analysis.escape.margins import END, Judge, Margins
from yaan.analysis.escape.returns import Returning
from yaan.description import Plan
from yaan.escape.modes import ModeFlown

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """One mode, flown and judged: of each instant the best of its choices."""

    name: str
    flown: ModeFlown
    margins: Margins
    error_load: float | None
    error_place: float | None

    @property
    def time(self) -> Array:
        """Its instants [s]."""
        return self.flown.asked.time


@dataclass(frozen=True)
class Escaped:
    """All escapes of one ascent, flown and judged."""

    plan: Plan
    judge: Judge
    judged: tuple[Judged, ...]
    failures: tuple[FailureJudged, ...]
    every: Array
    """All instants [s]."""
    returning: Returning | None
    """Home from the orbit at once; None where it is not asked for."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the constraints, as columns of margins."""
        return (END, *self.judge.asked)

    @property
    def active(self) -> list[bool]:
        """Which of them colour the map."""
        return active_of(self.judge)

    def at(self, one: Judged) -> NDArray[np.int64]:
        """Where the instants of a mode are among all."""
        return np.searchsorted(self.every, one.time - 1e-9)


def active_of(judge: Judge) -> list[bool]:
    """Which columns of margins colour the map: the end always does."""
    return [True, *(one.active and grades(judge, name) for name, one in judge.asked.items())]


def grades(judge: Judge, name: str) -> bool:
    """Whether a constraint is known well enough to colour the map."""
    if name != "crew_load":
        return True
    condition = judge.spec.constraints.crew_load.condition
    fitting = [c for c in judge.limits.curves if c.condition in (condition, "all")]
    return any(curve.grades for curve in fitting)


def size(flown: ModeFlown) -> Array:
    """The load of all rows [lanes, rows; g0], whatever its direction; none where not known."""
    load = flown.seen.load
    return np.sqrt(sum(np.nan_to_num(np.asarray(x)) ** 2 for x in (load.x, load.y, load.z)))
