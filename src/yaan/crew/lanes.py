"""Grades many histories at once, each as `yaan.crew.loads.grade` grades one.

Utilisation is in level: the largest of L / allowed_level(T) over levels L, where T is the longest
time without a pause at or above L, of those that outlast what is graded. It is above one where
`grade` fails, and moves smoothly from flight to flight, which utilisation in time does not. A
margin is one less it.

Method. For levels between two of which L is the lower and r their ratio, utilisation is at most r
times that at L, since both exposure and allowed level fall as levels rise. Intervals of levels that
may hold the worst are halved until r is within a bound, 5e-4, and the best of them until it is
within 1e-6. A history so close to the limit that the bound might hide it, is graded by the careful
scan of `grade` too, whose word on passing counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.typing import ArrayLike, NDArray

from yaan.crew.limits import Axis, Condition, Curve, Turning, fitting
from yaan.crew.loads import worst_exposure

AXES: tuple[Axis, ...] = get_args(Axis)
"""Directions of the seat, in the order of the last axis of `LaneLoads`."""

TURNS: tuple[Turning, ...] = get_args(Turning)
"""What is graded of turning, likewise."""

_BOUND = 5e-4  # [1] of utilisation, by which a level between those that are looked at may exceed it
_POLISH = 9  # halvings more of the best interval
_DECIDED = 2e-3  # [1] from the limit; closer to it the careful scan decides
_START = 12  # levels at first
_LEAST = 0.02  # [g0, rad/s or rad/s2] levels below are not looked at, nor below a share of the peak
_NOTHING = -1e300  # before the first row and after the last
_AT_ONCE = 4_000_000  # rows of all lanes; more are graded in parts, for the memory


@dataclass(frozen=True)
class LaneLoads:
    """What was graded of many flights, each on `axes`; NaN where nothing is graded.

    Attributes:
        axes: of the last axis of the arrays: `AXES` of loads, `TURNS` of turning.
        curves: of each axis; without one a missing curve of no name.
        utilisation: in level, 1 at the limit; 0 where nothing lasts long enough to be graded.
        level: that uses it [g0, or rad/s and rad/s2].
        duration: longest time without a pause at or above it [s].
        start: when that begins [s].
        allowed: level that may be borne for so long.
        passed: by the rule; False where it is not graded, which `graded` tells.
        peak: largest value on the axis; alone it never passes or fails anything.
        peak_time: when [s].
    """

    axes: tuple[str, ...]
    curves: tuple[Curve, ...]
    utilisation: Float[np.ndarray, "lanes axes"]
    level: Float[np.ndarray, "lanes axes"]
    duration: Float[np.ndarray, "lanes axes"]
    start: Float[np.ndarray, "lanes axes"]
    allowed: Float[np.ndarray, "lanes axes"]
    passed: Bool[np.ndarray, "lanes axes"]
    peak: Float[np.ndarray, "lanes axes"]
    peak_time: Float[np.ndarray, "lanes axes"]

    @property
    def graded(self) -> Bool[np.ndarray, " axes"]:
        """Whether each axis has a curve that grades."""
        return np.array([curve.grades for curve in self.curves])

    @property
    def margin(self) -> Float[np.ndarray, "lanes axes"]:
        """One at rest, zero at the limit, negative beyond; NaN where nothing is graded."""
        return 1.0 - self.utilisation

    def worst(self) -> tuple[Float[np.ndarray, " lanes"], Int[np.ndarray, " lanes"]]:
        """Least margin over the graded axes, and its axis; NaN and -1 if none is graded."""
        if not self.graded.any():
            lanes = len(self.utilisation)
            return np.full(lanes, np.nan), np.full(lanes, -1)
        margin = np.where(self.graded, self.margin, np.inf)
        axis = np.argmin(margin, axis=1)
        return np.take_along_axis(margin, axis[:, None], axis=1)[:, 0], axis


def grade_lanes(
    time: ArrayLike,
    load: ArrayLike,
    curves: Sequence[Curve],
    condition: Condition,
    *,
    counts: ArrayLike | None = None,
) -> LaneLoads:
    """Grade many histories of loads on the six directions of the seat.

    Args:
        time: of the rows [s], shape [lanes, rows], never falling; two equal times are a jump.
        load: specific force on the seat axes x, y, z [g0], shape [lanes, rows, 3].
        curves: the limits, as those of `load_limits().curves`.
        condition: of the crew; a curve for "all" serves every condition.
        counts: rows of each lane that count, shape [lanes], at least 1; all of them if left out.

    Raises:
        ValueError: the shapes do not fit, a value that counts is not finite, or time falls.
    """
    t, loads, n = _checked(time, load, counts)
    ways = [(1.0 if axis[0] == "+" else -1.0, "xyz".index(axis[1])) for axis in AXES]
    fits = [fitting(curves, axis, condition) for axis in AXES]
    return _graded(AXES, fits, t, n, lambda i: ways[i][0] * loads[:, :, ways[i][1]])


def grade_turning(
    time: ArrayLike,
    rate: ArrayLike,
    acceleration: ArrayLike,
    curves: Sequence[Curve],
    condition: Condition,
    *,
    counts: ArrayLike | None = None,
) -> LaneLoads:
    """Grade how fast and how suddenly the seat turns, about any axis.

    Args:
        time: of the rows [s], shape [lanes, rows], never falling.
        rate: angular velocity on any three axes [rad/s], shape [lanes, rows, 3].
        acceleration: angular acceleration on any three axes [rad/s2], likewise.
        curves: the limits, as those of `load_limits().turning`.
        condition: of the crew.
        counts: rows of each lane that count, shape [lanes]; all of them if left out.

    Raises:
        ValueError: as for `grade_lanes`.
    """
    t, turns, n = _checked(time, rate, counts)
    _, sudden, _ = _checked(time, acceleration, counts)
    sizes = [np.linalg.norm(turns, axis=2), np.linalg.norm(sudden, axis=2)]
    fits = [fitting(curves, axis, condition) for axis in TURNS]
    return _graded(TURNS, fits, t, n, lambda i: sizes[min(i, 1)])


def _checked(
    time: ArrayLike, load: ArrayLike, counts: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    t, f = np.asarray(time, dtype=float), np.asarray(load, dtype=float)
    if t.ndim != 2 or t.size == 0 or f.shape != (*t.shape, 3):
        raise ValueError(
            f"loads: time {t.shape} and load {f.shape}: expected [lanes, rows] and [lanes, rows, 3]"
        )
    lanes, rows = t.shape
    n = np.full(lanes, rows) if counts is None else np.asarray(counts).astype(np.int64)
    if n.shape != (lanes,) or n.min() < 1 or n.max() > rows:
        raise ValueError(f"loads: counts: expected one a lane, from 1 to {rows}")
    count = np.arange(rows) < n[:, None]
    # What does not count repeats the last row that does, so that time never falls.
    t = np.where(count, t, np.take_along_axis(t, n[:, None] - 1, axis=1))
    f = np.where(count[:, :, None], f, 0.0)
    if not (np.isfinite(t).all() and np.isfinite(f).all() and (np.diff(t) >= 0.0).all()):
        raise ValueError("loads: time and load must be finite, and time must not fall")
    return t, f, n


def _graded(
    axes: tuple[str, ...],
    curves: Sequence[Curve],
    time: NDArray[np.float64],
    counts: NDArray[np.int64],
    along: Callable[[int], NDArray[np.float64]],
) -> LaneLoads:
    lanes, rows = time.shape
    count = np.arange(rows) < counts[:, None]
    shape = (lanes, len(axes))
    out = {name: np.full(shape, np.nan) for name in ("used", "level", "held", "start", "allowed")}
    passed = np.zeros(shape, dtype=bool)
    peak, peak_time = np.empty(shape), np.empty(shape)
    # A row before the first and one after the last, at which nothing is felt, end every exposure.
    padded = np.concatenate([time[:, :1], time, time[:, -1:]], axis=1)
    part = max(1, _AT_ONCE // (rows + 2))
    for i, curve in enumerate(curves):
        load = np.where(count, along(i), _NOTHING)
        at = np.argmax(load, axis=1)
        peak[:, i] = np.maximum(np.take_along_axis(load, at[:, None], axis=1)[:, 0], 0.0)
        peak_time[:, i] = np.take_along_axis(time, at[:, None], axis=1)[:, 0]
        if not curve.grades:
            continue
        load = np.pad(load, ((0, 0), (1, 1)), constant_values=_NOTHING)
        for first in range(0, lanes, part):
            some = slice(first, first + part)
            found = _Histories(padded[some], load[some], curve).worst()
            for name, values in found.items():
                out[name][some, i] = values
        used = out["used"][:, i]
        passed[:, i] = used <= 1.0
        for lane in np.flatnonzero(np.abs(used - 1.0) < _DECIDED):
            rest = slice(1, int(counts[lane]) + 1)
            passed[lane, i] = worst_exposure(padded[lane, rest], load[lane, rest], curve).used <= 1
        beyond = np.nextafter(1.0, 2.0)
        out["used"][:, i] = np.where(passed[:, i], np.minimum(used, 1.0), np.maximum(used, beyond))
    return LaneLoads(
        axes,
        tuple(curves),
        out["used"],
        out["level"],
        out["held"],
        out["start"],
        out["allowed"],
        passed,
        peak,
        peak_time,
    )


@dataclass(frozen=True)
class _Histories:
    """Histories of one axis, each between two rows of nothing, against one curve."""

    time: NDArray[np.float64]
    load: NDArray[np.float64]
    curve: Curve

    def worst(self) -> dict[str, NDArray[np.float64]]:
        """The level of each lane that uses most of what is allowed, and what it uses."""
        lanes = np.arange(len(self.time))
        peak = self.load.max(axis=1)
        lanes = lanes[peak > 0.0]
        best = _Best(len(self.time))
        if not lanes.size:
            return best.told(self.curve)
        top = peak[lanes]
        foot = np.minimum(_LEAST, 0.5 * top)
        grid = np.geomspace(foot, top, _START, axis=1)
        used = np.stack([self._looked(lanes, grid[:, k], best) for k in range(_START)], axis=1)
        at = np.repeat(lanes, _START - 1)
        low, high = grid[:, :-1].ravel(), grid[:, 1:].ravel()
        below = used[:, :-1].ravel()
        while True:
            open_ = below * high / low > best.used[at] * (1.0 + _BOUND)
            open_ &= high / low > 1.0 + _BOUND
            at, low, high, below = at[open_], low[open_], high[open_], below[open_]
            if not at.size:
                break
            middle = np.sqrt(low * high)
            above = self._looked(at, middle, best)
            at = np.concatenate([at, at])
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
            below = np.concatenate([below, above])
        self._polished(lanes, top, best)
        return best.told(self.curve)

    def _polished(self, lanes: NDArray[np.int64], top: NDArray[np.float64], best: "_Best") -> None:
        """Follow the best level of each lane up and down, by ever smaller steps."""
        lasting = np.isfinite(best.level[lanes])
        lanes, top = lanes[lasting], top[lasting]
        ratio = 1.0 + _BOUND
        for _ in range(_POLISH):
            ratio = np.sqrt(ratio)
            self._looked(lanes, np.minimum(best.level[lanes] * ratio, top), best)
            self._looked(lanes, best.level[lanes] / ratio, best)

    def _looked(
        self, lanes: NDArray[np.int64], levels: NDArray[np.float64], best: "_Best"
    ) -> NDArray[np.float64]:
        """Utilisation of `lanes` (which may repeat) at `levels`; the best are kept."""
        held, start = np.empty(len(lanes)), np.empty(len(lanes))
        part = max(1, _AT_ONCE // self.time.shape[1])
        for first in range(0, len(lanes), part):
            some = slice(first, first + part)
            held[some], start[some] = _longest(self.time, self.load, lanes[some], levels[some])
        allowed = self.curve.allowed_level(np.maximum(held, 1e-9))
        used = np.where(held > self.curve.shortest, levels / allowed, 0.0)
        best.keep(lanes, used, levels, held, start)
        return used


class _Best:
    """The worst level that was looked at of each lane, so far."""

    def __init__(self, lanes: int) -> None:
        self.used = np.zeros(lanes)
        self.level, self.held, self.start = (np.full(lanes, np.nan) for _ in range(3))

    def keep(
        self,
        lanes: NDArray[np.int64],
        used: NDArray[np.float64],
        levels: NDArray[np.float64],
        held: NDArray[np.float64],
        start: NDArray[np.float64],
    ) -> None:
        """Take what uses more than what was known; of a lane that repeats, the most."""
        order = np.argsort(used, kind="stable")  # of values to one index the last one stays
        order = order[used[order] > self.used[lanes[order]]]
        lane = lanes[order]
        self.used[lane], self.level[lane] = used[order], levels[order]
        self.held[lane], self.start[lane] = held[order], start[order]

    def told(self, curve: Curve) -> dict[str, NDArray[np.float64]]:
        known = np.isfinite(self.held)
        allowed = np.full(len(self.used), np.nan)
        allowed[known] = curve.allowed_level(self.held[known])
        return {
            "used": self.used,
            "level": self.level,
            "held": self.held,
            "start": self.start,
            "allowed": allowed,
        }


def _longest(
    time: NDArray[np.float64],
    load: NDArray[np.float64],
    lanes: NDArray[np.int64],
    levels: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Longest time without a pause at or above a level of each of `lanes`, and when it begins [s].

    All begin and end below every level, so that ends of exposures alternate.
    """
    width = time.shape[1]
    above = load[lanes] >= levels[:, None]
    crossings = np.flatnonzero(above[:, 1:] != above[:, :-1])
    item, row = np.divmod(crossings, width - 1)
    lane, level = lanes[item], levels[item]
    before, after = load[lane, row], load[lane, row + 1]
    share = (level - before) / (after - before)
    earlier = time[lane, row]
    instants = earlier + share * (time[lane, row + 1] - earlier)
    starts, lengths, item = instants[::2], instants[1::2] - instants[::2], item[::2]
    held, begun = np.zeros(len(lanes)), np.full(len(lanes), np.nan)
    order = np.argsort(lengths, kind="stable")
    held[item[order]], begun[item[order]] = lengths[order], starts[order]
    return held, begun
