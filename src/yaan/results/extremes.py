"""The largest value of a history's column, between two rows where it lies between."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_RESOLVED = 0.2
"""A summit whose neighbours are below this share of it is not resolved: its row is told."""

_AT_ONCE = 1e-9  # [s]


class Extreme(NamedTuple):
    """Where a value is largest."""

    row: int
    """The row nearest to it, which tells everything else that was so then."""
    time: float  # [s]
    value: float


def peak(time: NDArray[np.float64], values: NDArray[np.float64]) -> Extreme:
    """The largest of `values`, at the vertex of the parabola through the rows around it.

    Rows of one instant, at borders of phases, are not joined by a parabola, nor is a summit that
    the rows do not resolve. Values that are no numbers are left out.

    Raises:
        ValueError: where there is no number.
    """
    row = int(np.nanargmax(values))
    told = Extreme(row, float(time[row]), float(values[row]))
    if not 0 < row < len(values) - 1:
        return told
    before, after = time[row] - time[row - 1], time[row + 1] - time[row]
    left, middle, right = (float(v) for v in values[row - 1 : row + 2])
    rising = min(left, right) > _RESOLVED * middle and max(left, right) < middle
    if not rising or min(before, after) <= _AT_ONCE:
        return told
    rise, fall = (middle - left) / before, (right - middle) / after
    slope = (rise * after + fall * before) / (before + after)
    bend = (fall - rise) / (before + after)
    return Extreme(row, told.time - slope / (2.0 * bend), told.value - slope**2 / (4.0 * bend))
