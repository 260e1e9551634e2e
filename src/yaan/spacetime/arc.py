"""Where one craft is against time, for whoever asks on the host: passes, events, files, fits.

An arc says nothing of how it was made: propagated, read from an ephemeris, flown, or by SGP4.
"""

import abc
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import override

from yaan.base.errors import YaanError
from yaan.spacetime.time import Epoch

Array = NDArray[np.float64]

Indices = NDArray[np.int64]

_UNEVEN: Final = 6.0  # times: so much farther apart than those of the cell may rows be, or nearer

NODES: Final = 6
"""Rows that one polynomial goes through, with their velocities: of degree eleven."""


class AbstractArc(abc.ABC):
    """Position and velocity of one craft in GCRS, against seconds since an epoch."""

    name: str
    epoch: Epoch
    start: float
    """First instant that it knows [s] since the epoch."""
    stop: float
    """Last instant that it knows [s] since the epoch."""

    @abc.abstractmethod
    def _at(self, t: Array) -> tuple[Array, Array]:
        """The same as `at`, of instants that lie within the arc."""

    def at(self, t: ArrayLike) -> tuple[Array, Array]:
        """Position [n, 3, m] and velocity [n, 3, m/s] in GCRS at `t` [n, s] since the epoch.

        Raises:
            YaanError: an instant before the first or after the last that the arc knows.
        """
        wanted = np.atleast_1d(np.asarray(t, dtype=float))
        outside = wanted[(wanted < self.start) | (wanted > self.stop) | np.isnan(wanted)]
        if outside.size:
            raise YaanError(
                f"{self.name}: {(self.epoch + float(outside[0])).iso()} is outside its arc, "
                f"{(self.epoch + self.start).iso()} to {(self.epoch + self.stop).iso()}"
            )
        return self._at(wanted)


@dataclass(frozen=True)
class TabulatedArc(AbstractArc):
    """An arc through rows of positions and velocities: a Hermite polynomial by `NODES` of them.

    Two rows at one instant are an event, at which one polynomial ends and another begins; the
    later row counts. In a low orbit rows 240 s apart are met between within 1e-5 m and 1e-7 m/s;
    at the two ends of an arc, where rows are missing on one side, within 0.01 m.
    Source: Hermite interpolation by divided differences (Stoer and Bulirsch, Introduction to
    Numerical Analysis, section 2.1.5; equation number not re-read).
    """

    name: str
    epoch: Epoch
    time: Array
    """[n, s] since the epoch, not falling."""
    position: Array
    """[n, 3, m], GCRS."""
    velocity: Array
    """[n, 3, m/s], GCRS."""

    @property
    def start(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride] - of its rows
        """Instant of the first row [s]."""
        return float(self.time[0])

    @property
    def stop(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride] - of its rows
        """Instant of the last row [s]."""
        return float(self.time[-1])

    @override
    def _at(self, t: Array) -> tuple[Array, Array]:
        time = self.time
        # Rows [first, last] of each smooth piece; an event ends one and begins the next.
        breaks = np.flatnonzero(np.diff(time) <= 0.0)
        firsts = np.concatenate([[0], breaks + 1])
        lasts = np.concatenate([breaks, [len(time) - 1]])
        piece = np.clip(np.searchsorted(time[firsts], t, side="right") - 1, 0, len(firsts) - 1)
        position, velocity = np.empty((t.size, 3)), np.empty((t.size, 3))
        for one in np.unique(piece):
            own = np.flatnonzero(piece == one)
            rows = slice(firsts[one], lasts[one] + 1)
            part = time[rows], self.position[rows], self.velocity[rows]
            position[own], velocity[own] = _hermite(*part, t[own])
        return position, velocity


@dataclass(frozen=True)
class ChainedArc(AbstractArc):
    """Arcs one after the other, of one epoch; where two of them meet the later one counts."""

    name: str
    epoch: Epoch
    arcs: tuple[AbstractArc, ...]

    @property
    def start(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride] - of its first
        """Where the first begins [s]."""
        return self.arcs[0].start + (self.arcs[0].epoch - self.epoch)

    @property
    def stop(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride] - of its last
        """Where the last ends [s]."""
        return self.arcs[-1].stop + (self.arcs[-1].epoch - self.epoch)

    @override
    def _at(self, t: Array) -> tuple[Array, Array]:
        after = np.array([arc.epoch - self.epoch for arc in self.arcs])
        begins = np.array([arc.start for arc in self.arcs]) + after
        which = np.clip(np.searchsorted(begins, t, side="right") - 1, 0, len(self.arcs) - 1)
        position, velocity = np.empty((t.size, 3)), np.empty((t.size, 3))
        for i in np.unique(which):
            own, arc = which == i, self.arcs[i]
            # A rounding beyond an end is within it.
            inside = np.clip(t[own] - after[i], arc.start, arc.stop)
            position[own], velocity[own] = arc.at(inside)
        return position, velocity


def _hermite(time: Array, position: Array, velocity: Array, t: Array) -> tuple[Array, Array]:
    """Position and velocity at `t` within one smooth piece of rows."""
    if len(time) == 1:
        return np.repeat(position, t.size, axis=0), np.repeat(velocity, t.size, axis=0)
    cell = np.clip(np.searchsorted(time, t, side="right") - 1, 0, len(time) - 2)
    first, last = _windows(time, cell)
    found, slope = np.empty((t.size, 3)), np.empty((t.size, 3))
    for count in np.unique(last - first):
        own = np.flatnonzero(last - first == count)
        rows = first[own][:, None] + np.arange(count + 1)
        part = (time[rows], position[rows], velocity[rows], time[cell[own]])
        scale = time[cell[own] + 1] - time[cell[own]]
        found[own], slope[own] = _through(*part, scale, t[own])
    return found, slope


def _windows(time: Array, cell: Indices) -> tuple[Indices, Indices]:
    """First and last row that the polynomial of each cell goes through.

    Rows are taken on both sides in turn, as long as they lie about as densely as the cell's: a
    polynomial through rows of seconds and of minutes would blow up whatever kink is among them.
    """
    gap = np.diff(time)
    first, last = cell.copy(), cell + 1
    for _ in range(NODES - 2):
        left, right = first > 0, last < len(time) - 1
        share = gap[np.maximum(first - 1, 0)] / gap[cell]
        left &= (share <= _UNEVEN) & (share >= 1.0 / _UNEVEN)
        share = gap[np.minimum(last, len(gap) - 1)] / gap[cell]
        right &= (share <= _UNEVEN) & (share >= 1.0 / _UNEVEN)
        balanced = cell - first < last - cell
        go_left = left & (balanced | ~right)
        go_right = right & ~go_left
        first, last = first - go_left, last + go_right
    return first, last


def _through(
    time: Array, position: Array, velocity: Array, origin: Array, scale: Array, t: Array
) -> tuple[Array, Array]:
    """The Hermite polynomial of each window of rows [m, count], and its slope, at `t` [m]."""
    count = time.shape[1]
    # Instants in the length of a cell: differences of high order keep their digits.
    nodes = np.repeat((time - origin[:, None]) / scale[:, None], 2, axis=1)  # [m, 2 count]
    slopes = np.repeat(velocity * scale[:, None, None], 2, axis=1)
    foot = position[:, :1]
    table = np.repeat(position - foot, 2, axis=1)
    coefficients = [table[:, 0]]
    for order in range(1, 2 * count):
        rise = table[:, 1:] - table[:, :-1]
        gap = (nodes[:, order:] - nodes[:, :-order])[:, :, None]
        double = gap == 0.0  # a row twice: its slope
        table = np.where(double, slopes[:, : rise.shape[1]], rise / np.where(double, 1.0, gap))
        coefficients.append(table[:, 0])
    at = ((t - origin) / scale)[:, None]
    value, slope = coefficients[-1], np.zeros_like(coefficients[-1])
    for order in range(2 * count - 2, -1, -1):
        ahead = at - nodes[:, order : order + 1]
        slope = slope * ahead + value
        value = value * ahead + coefficients[order]
    return value + foot[:, 0], slope / scale[:, None]
