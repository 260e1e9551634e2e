"""Where a history turns, between its rows: the largest value of a column, apsides, an apex.

A peak of what is only known at the rows is that of a polynomial through them, or of two of them
where a border of layers of the air, an open canopy or a throttled thrust makes a kink. A path is
known with its rate, so that the polynomial which takes both from up to six rows (Hermite's, of
degree 11) is as good as the integration: apsides of orbits are found to a microsecond and a
millimetre from rows 60 s apart.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import NDArray

from yaan.base.roots import root

_RESOLVED = 0.2
"""A summit whose neighbours are below this share of it is not resolved: its row is told."""

_ALIKE = 4.0
"""Third differences of one smooth arc, whose rows are not quite even, differ by no more."""

_ALIKE_BUT_FOR_ROUNDING = 1e-12
"""Values that differ by this share are one: the rounding of some thousand operations."""

_AT_ONCE = 1e-9  # [s]
_UNEQUAL = 20.0  # steps that differ by more are not joined


class Extreme(NamedTuple):
    """Where a value is largest."""

    row: int
    """The row nearest to it, which tells everything else that was so then."""
    time: float  # [s]
    value: float
    doubt: float = 0.0
    """How far the rows leave it uncertain: by how much others miss the row that is nearest."""


def peak(time: NDArray[np.float64], values: NDArray[np.float64]) -> Extreme:
    """The largest of `values`, between the rows around it.

    Five rows that rise to it and fall from it: the vertex of the polynomial of fourth order through
    them, or, where the values have a kink there, the summit of two parabolas that meet at it. Three
    such rows: the vertex of a parabola. Rows of one instant, at borders of phases, are not joined,
    nor is a summit that the rows do not resolve. Of a value that is held the first row is told.
    Values that are no numbers are left out; NaN where all are.
    """
    known = np.where(np.isfinite(values), values, -np.inf)
    largest = np.max(known)
    # Of a value that is held, as a load by a throttle, rounding would choose the row.
    row = int(np.argmax(known >= largest - _ALIKE_BUT_FOR_ROUNDING * np.abs(largest)))
    told = Extreme(row, float(time[row]), float(values[row]))
    for reach in (3, 2, 1):
        near = slice(row - reach, row + reach + 1)
        if row < reach or row + reach >= len(values):
            continue
        t, v = time[near] - time[row], values[near]
        whole = reach == 3 and bool(np.all(np.isfinite(v)))
        if whole and _summit(t[1:-1], v[1:-1]) and _even(t):
            return _kinked(told, t, v) or _vertex(told, t[1:-1], v[1:-1])
        if _summit(t, v):
            return _vertex(told, t, v)
    return told


def _even(time: NDArray[np.float64]) -> bool:
    """Whether rows are about as far from each other as their neighbours."""
    steps = np.diff(time)
    return bool(np.min(steps) > max(_AT_ONCE, np.max(steps) / _UNEQUAL))


def _summit(time: NDArray[np.float64], values: NDArray[np.float64]) -> bool:
    """Whether rows rise to the middle one and fall from it, at about equal distances."""
    middle, rise = len(values) // 2, np.diff(values)
    turns = np.all(rise[:middle] > 0.0) and np.all(rise[middle:] < 0.0)
    resolved = min(values[middle - 1], values[middle + 1]) > _RESOLVED * values[middle]
    return bool(turns and resolved and _even(time))


def _through(time: NDArray[np.float64], values: NDArray[np.float64]) -> Polynomial:
    """The polynomial through all rows, in units of their length so that it is well conditioned."""
    scale = float(np.ptp(time))
    curve = np.linalg.solve(np.vander(time / scale, increasing=True), values)
    return Polynomial(curve / scale ** np.arange(len(time)))


def _top(curve: Polynomial, start: float, end: float) -> tuple[float, float]:
    """Largest value of a polynomial between two times: when, and what."""
    turns = [r.real for r in curve.deriv().roots() if abs(r.imag) < 1e-9 and start < r.real < end]
    return max(((t, float(curve(t))) for t in (start, *turns, end)), key=lambda found: found[1])


def _vertex(told: Extreme, time: NDArray[np.float64], values: NDArray[np.float64]) -> Extreme:
    """The summit of the polynomial through all rows; times are from the middle one's."""
    middle = len(time) // 2
    late, summit = _top(_through(time, values), time[middle - 1], time[middle + 1])
    doubt = abs(summit - told.value) if middle == 1 else _missed(time, values)
    return Extreme(told.row, float(told.time + late), summit, doubt)


def _missed(time: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """By how much the polynomial through the other rows misses the middle one."""
    beside = time != 0.0
    return abs(float(_through(time[beside], values[beside])(0.0)) - float(values[len(values) // 2]))


def _kinked(
    told: Extreme, time: NDArray[np.float64], values: NDArray[np.float64]
) -> Extreme | None:
    """The summit of seven rows with a kink at the middle one or beside it; None without one.

    The three rows on a side predict the middle one well unless a kink lies between, and much better
    than all its neighbours do if there is one.
    """
    missed = _missed(time[1:-1], values[1:-1])
    before, after = _through(time[:3], values[:3]), _through(time[4:], values[4:])
    early, late = (abs(float(side(0.0)) - told.value) for side in (before, after))
    doubt = min(early, late)
    if missed <= doubt:
        return None
    # The row belongs to the side that predicts it; so may the next, if the kink lies beyond it.
    start, end = float(time[2]), float(time[4])
    if early == doubt:
        before, beyond = _through(time[1:4], values[1:4]), 4
        farther = before
    else:
        after, beyond = _through(time[3:6], values[3:6]), 2
        farther = after
    meets = [r.real for r in (before - after).roots() if abs(r.imag) < 1e-9]
    kinks = [r for r in meets if start < r < end]
    reaches = abs(float(farther(time[beyond])) - float(values[beyond])) < _ALIKE * doubt
    if reaches or not kinks:
        tops = [_top(farther, start, end)]
    else:
        kink = min(kinks, key=abs)
        tops = [_top(before, start, kink), _top(after, kink, end)]
    when, summit = max([(0.0, told.value), *tops], key=lambda found: found[1])
    return Extreme(told.row, float(told.time + when), float(summit), doubt)


_EACH_SIDE = 3  # rows before and after a turning that the polynomial takes in


class Around(NamedTuple):
    """The rows about a turning, of one smooth arc, and where it turns between them."""

    rows: NDArray[np.intp]
    time: float  # [s]

    def at(self, time: NDArray[np.float64], values: NDArray[np.float64]) -> float:
        """A smooth column where it turns, from the values at the rows alone."""
        return self.along(time, values[self.rows])

    def along(self, time: NDArray[np.float64], values: NDArray[np.float64]) -> float:
        """The same of values at these rows only."""
        since = time[self.rows] - self.time
        return float(_newton(since, values[:, None]).at(0.0)[0][0])

    def with_rate(
        self,
        time: NDArray[np.float64],
        values: NDArray[np.float64],
        rates: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """The same of a column [rows, ...] whose rate is known at the rows too."""
        path = _hermite(time[self.rows] - self.time, values[self.rows], rates[self.rows])
        return path.at(0.0)[0]


def turning_radius(
    time: NDArray[np.float64],
    position: NDArray[np.float64],
    velocity: NDArray[np.float64],
    rows: NDArray[np.intp],
    middle: int,
) -> Around:
    """Where the distance from the centre turns near `rows[middle]`; `rows` are of one smooth arc.

    The root of position times velocity between the rows on either side of it.
    """

    def slope(place: NDArray[np.float64], motion: NDArray[np.float64]) -> float:
        return float(np.dot(place, motion))

    return _turned(time, position, velocity, rows, middle, slope)


def turning_height(
    time: NDArray[np.float64],
    height: NDArray[np.float64],
    rise: NDArray[np.float64],
    rows: NDArray[np.intp],
    middle: int,
) -> Around:
    """Where a height [m] of the rate `rise` [m/s] turns, likewise."""

    def slope(place: NDArray[np.float64], motion: NDArray[np.float64]) -> float:
        del place
        return float(motion)

    return _turned(time, height, rise, rows, middle, slope)


def _turned(
    time: NDArray[np.float64],
    values: NDArray[np.float64],
    rates: NDArray[np.float64],
    rows: NDArray[np.intp],
    middle: int,
    slope_of: Callable[[NDArray[np.float64], NDArray[np.float64]], float],
) -> Around:
    rows, middle = _spread(time, rows, middle)
    near = rows[max(middle - _EACH_SIDE, 0) : middle + _EACH_SIDE + 1]
    # Times count from the row itself: powers of large ones would lose digits.
    here = float(time[rows[middle]])
    path = _hermite(time[near] - here, values[near], rates[near])

    def slope(t: float) -> float:
        return slope_of(*path.at(t))

    beside = rows[max(middle - 1, 0)], rows[min(middle + 1, len(rows) - 1)]
    low, high = (float(time[row]) - here for row in beside)
    if slope(low) * slope(high) >= 0.0:
        return Around(near, here)
    return Around(near, here + root(slope, low, high, within=1e-10))


def _spread(
    time: NDArray[np.float64], rows: NDArray[np.intp], middle: int
) -> tuple[NDArray[np.intp], int]:
    """The rows without those that crowd the ones nearer to the middle one, and where that is.

    A leg may begin with a step of a microsecond: divided by that, rounding would be all there is.
    """
    near = rows[max(middle - _EACH_SIDE, 0) : middle + _EACH_SIDE + 1]
    least = float(np.max(np.diff(time[near]), initial=0.0)) / _UNEQUAL
    sides: list[list[np.intp]] = []
    for side in (rows[: middle + 1][::-1], rows[middle:]):
        kept = [side[0]]
        for row in side[1:]:
            if abs(time[row] - time[kept[-1]]) >= least:
                kept.append(row)
            if len(kept) > _EACH_SIDE:
                break
        sides.append(kept)
    return np.array([*sides[0][:0:-1], *sides[1]]), len(sides[0]) - 1


class _Newton(NamedTuple):
    """A polynomial by its divided differences [terms, ...] over nodes."""

    nodes: NDArray[np.float64]
    differences: NDArray[np.float64]

    def at(self, t: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The value and the rate at `t`."""
        value = rate = np.zeros(self.differences.shape[1:])
        for node, difference in zip(self.nodes[::-1], self.differences[::-1], strict=True):
            rate = rate * (t - node) + value
            value = value * (t - node) + difference
        return np.asarray(value), np.asarray(rate)


def _newton(
    nodes: NDArray[np.float64],
    values: NDArray[np.float64],
    rates: NDArray[np.float64] | None = None,
) -> _Newton:
    """The polynomial through `values` at nodes; of those that are repeated it has the `rates`."""
    column, found = values, [values[0]]
    for order in range(1, len(nodes)):
        apart = (nodes[order:] - nodes[:-order]).reshape(-1, *[1] * (values.ndim - 1))
        rise, same = np.diff(column, axis=0), apart == 0.0
        column = rise / np.where(same, 1.0, apart)
        if rates is not None:
            column = np.where(same, rates[order:], column)
        found.append(column[0])
    return _Newton(nodes, np.stack(found))


def _hermite(
    since: NDArray[np.float64], values: NDArray[np.float64], rates: NDArray[np.float64]
) -> _Newton:
    """The polynomial that has both the values and the rates."""
    return _newton(*(np.repeat(given, 2, axis=0) for given in (since, values, rates)))
