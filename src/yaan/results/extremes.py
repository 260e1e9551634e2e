"""Where a history turns, between its rows: the largest value of a column, apsides, an apex.

A peak of what is only known at the rows is that of a parabola. A path is known with its rate, so
that the polynomial which takes both from up to six rows (Hermite's, of degree 11) is as good as the
integration: apsides of orbits are found to a microsecond and a millimetre from rows 60 s apart.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # a quarter of a second that most flights do without
    from scipy.interpolate import KroghInterpolator

_RESOLVED = 0.2
"""A summit whose neighbours are below this share of it is not resolved: its row is told."""

_AT_ONCE = 1e-9  # [s]
_UNEQUAL = 20.0  # steps that differ by more are not joined


class Extreme(NamedTuple):
    """Where a value is largest."""

    row: int
    """The row nearest to it, which tells everything else that was so then."""
    time: float  # [s]
    value: float


def peak(time: NDArray[np.float64], values: NDArray[np.float64]) -> Extreme:
    """The largest of `values`, at the vertex of the polynomial through the rows around it.

    Of fourth order through five rows that rise to it and fall from it, else of second order through
    three. Rows of one instant, at borders of phases, are not joined, nor is a summit that the rows
    do not resolve. Values that are no numbers are left out; NaN where all are.
    """
    row = int(np.argmax(np.where(np.isfinite(values), values, -np.inf)))
    told = Extreme(row, float(time[row]), float(values[row]))
    for reach in (2, 1):
        near = slice(row - reach, row + reach + 1)
        if row >= reach and row + reach < len(values) and _summit(time[near], values[near]):
            return _vertex(told, time[near], values[near])
    return told


def _summit(time: NDArray[np.float64], values: NDArray[np.float64]) -> bool:
    """Whether rows rise to the middle one and fall from it, at about equal distances."""
    middle = len(values) // 2
    rise, steps = np.diff(values), np.diff(time)
    turns = np.all(rise[:middle] > 0.0) and np.all(rise[middle:] < 0.0)
    resolved = min(values[middle - 1], values[middle + 1]) > _RESOLVED * values[middle]
    apart = np.min(steps) > max(_AT_ONCE, np.max(steps) / _UNEQUAL)
    return bool(turns and resolved and apart)


def _vertex(told: Extreme, time: NDArray[np.float64], values: NDArray[np.float64]) -> Extreme:
    """The summit of the polynomial through all rows, between those beside the middle one."""
    middle = len(time) // 2
    scale = time[middle + 1] - time[middle - 1]
    x = (time - told.time) / scale
    curve = np.polynomial.Polynomial(np.linalg.solve(np.vander(x, increasing=True), values))
    roots = curve.deriv().roots()
    inner = [r.real for r in roots if abs(r.imag) < 1e-9 and x[middle - 1] < r.real < x[middle + 1]]
    if not inner:
        return told
    best = max(inner, key=lambda r: float(curve(r)))
    if curve(best) < told.value:
        return told
    return Extreme(told.row, float(told.time + best * scale), float(curve(best)))


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
        from scipy.interpolate import KroghInterpolator

        return float(KroghInterpolator(time[self.rows] - self.time, values)(0.0))

    def with_rate(
        self,
        time: NDArray[np.float64],
        values: NDArray[np.float64],
        rates: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """The same of a column [rows, ...] whose rate is known at the rows too."""
        path = _hermite(time[self.rows] - self.time, values[self.rows], rates[self.rows])
        return np.asarray(path(0.0))


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

    def slope(path: "KroghInterpolator") -> Callable[[float], float]:
        return lambda t: float(np.dot(path(t), path.derivative(t, 1)))

    return _turned(time, position, velocity, rows, middle, slope)


def turning_height(
    time: NDArray[np.float64],
    height: NDArray[np.float64],
    rise: NDArray[np.float64],
    rows: NDArray[np.intp],
    middle: int,
) -> Around:
    """Where a height [m] of the rate `rise` [m/s] turns, likewise."""

    def slope(path: "KroghInterpolator") -> Callable[[float], float]:
        return lambda t: float(path.derivative(t, 1))

    return _turned(time, height, rise, rows, middle, slope)


def _turned(
    time: NDArray[np.float64],
    values: NDArray[np.float64],
    rates: NDArray[np.float64],
    rows: NDArray[np.intp],
    middle: int,
    slope_of: "Callable[[KroghInterpolator], Callable[[float], float]]",
) -> Around:
    near = rows[max(middle - _EACH_SIDE, 0) : middle + _EACH_SIDE + 1]
    # Times count from the row itself: powers of large ones would lose digits.
    here = float(time[rows[middle]])
    path = _hermite(time[near] - here, values[near], rates[near])
    slope = slope_of(path)
    low, high = (float(time[rows[middle + k]]) - here for k in (-1, 1))
    if slope(low) * slope(high) >= 0.0:
        return Around(near, here)
    from scipy.optimize import brentq

    found: float = brentq(slope, low, high, xtol=1e-10, rtol=1e-15)  # pyright: ignore
    return Around(near, here + found)


def _hermite(
    since: NDArray[np.float64], values: NDArray[np.float64], rates: NDArray[np.float64]
) -> "KroghInterpolator":
    """The polynomial that has both the values and the rates."""
    from scipy.interpolate import KroghInterpolator

    both = np.stack([values, rates], axis=1).reshape(-1, *values.shape[1:])
    return KroghInterpolator(np.repeat(since, 2), both)
