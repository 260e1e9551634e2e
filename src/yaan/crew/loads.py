"""Grades the sustained loads of a flight against the limits of its crew.

Signs. A load is the specific force, what an accelerometer in the seat reads, over 9.80665 m/s^2,
on the axes of a seated person: x out of the chest, y to the left, z to the head. Thrust from
behind pushes the back forward and presses the organs towards the seat: that is +x, "eyeballs in".
-x hangs in the straps, +z is felt head to foot ("eyeballs down"), -z foot to head.

Rule. For each level L, the longest time without a pause at or above L must not exceed the time
which the curve allows at L. The history is straight between its points; two points at one time are
a jump. Two pulses with a pause between are two exposures: the curves say nothing of recovery.

Exposures of up to 0.5 s are not sustained loads and are not graded here.

Two measures of one rule. Utilisation is in time where one history is told (`AxisLoads`): the
longest time at a level over what is allowed there. In level it is where many are compared
(`yaan.crew.lanes`): the level over what is allowed for that time. Both are above one for the same
histories. In time it is steep, since near its end a curve allows a level without end just below one
that it allows for minutes; in level it is smooth.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.crew.limits import Axis, Condition, Curve, fitting
from yaan.results.summary import AxisLoads

Verdict = Literal["pass", "fail", "provisional-pass", "provisional-fail", "ungraded"]

_LEVELS = 400  # levels scanned besides those where the longest exposure can jump


def grade(
    time: ArrayLike, load: ArrayLike, curves: Sequence[Curve], condition: Condition
) -> list[AxisLoads]:
    """Grade a history of loads on the six directions of the seat.

    Args:
        time: of the points [s], shape [n], never falling; two equal times are a jump.
        load: specific force on the seat axes x, y, z [g0], shape [n, 3].
        curves: the limits, as those of `load_limits().curves`.
        condition: of the crew; a curve for "all" serves every condition.

    Returns:
        One verdict for each of +x, -x, +y, -y, +z, -z: "pass" or "fail" by a primary source,
        "provisional-pass" or "provisional-fail" by a second-hand one, otherwise "ungraded". Its
        worst level is, where every level may be borne without end, the highest that lasts more
        than 0.5 s; None if nothing does, or nothing is graded. Without a curve its name is "".

    Raises:
        ValueError: the shapes do not fit, a value is not finite, or time falls.
    """
    t, loads = np.asarray(time, dtype=float), np.asarray(load, dtype=float)
    if t.ndim != 1 or t.size == 0 or loads.shape != (t.size, 3):
        raise ValueError(f"loads: time {t.shape} and load {loads.shape}: expected [n] and [n, 3]")
    if not (np.isfinite(t).all() and np.isfinite(loads).all() and (np.diff(t) >= 0.0).all()):
        raise ValueError("loads: time and load must be finite, and time must not fall")
    verdicts = []
    for axis in get_args(Axis):
        along = loads[:, "xyz".index(axis[1])] * (1.0 if axis[0] == "+" else -1.0)
        curve = fitting(curves, axis, condition)
        verdicts.append(_graded(t, along, curve) if curve.grades else _ungraded(along, curve))
    return verdicts


def longest_exposure(time: ArrayLike, load: ArrayLike, level: float) -> float:
    """Longest time without a pause [s] for which `load` [n] is at or above `level`.

    Args:
        time: of the points [s], shape [n], never falling.
        load: any unit, shape [n]; straight between the points.
        level: same unit.
    """
    t, f = np.asarray(time, dtype=float), np.asarray(load, dtype=float)
    above = f >= level
    crossings = np.flatnonzero(above[1:] != above[:-1])
    before, after = f[crossings], f[crossings + 1]
    share = (level - before) / (after - before)
    instants = t[crossings] + share * (t[crossings + 1] - t[crossings])
    starts = np.concatenate([t[:1][above[:1]], instants[above[crossings + 1]]])
    ends = np.concatenate([instants[above[crossings]], t[-1:][above[-1:]]])
    return float(np.max(ends - starts, initial=0.0))


class Worst(NamedTuple):
    """The level whose longest exposure uses most of what its curve allows.

    Attributes:
        used: of what is allowed, in time; 1 is the limit.
        level: of the curve; None where nothing lasts long enough to be graded.
        held: longest time at or above it [s].
        allowed: for it [s]; None is without end.
    """

    used: float
    level: float | None
    held: float | None
    allowed: float | None


def worst_exposure(time: NDArray[np.float64], load: NDArray[np.float64], curve: Curve) -> Worst:
    """The worst level of a history, shape [n] each; a level counts that outlasts the shortest."""
    levels = _levels(load, curve)
    held = np.array([longest_exposure(time, load, level) for level in levels])
    sustained = held > curve.shortest
    levels, held = levels[sustained], held[sustained]
    if not levels.size:
        return Worst(0.0, None, None, None)
    allowed = curve.allowed_duration(levels)
    used = held / allowed
    # Levels rise: among equals, as all those that may be borne without end, the highest.
    i = int(len(used) - 1 - np.argmax(used[::-1]))
    limit = None if np.isinf(allowed[i]) else float(allowed[i])
    return Worst(float(used[i]), float(levels[i]), float(held[i]), limit)


def _graded(time: NDArray[np.float64], load: NDArray[np.float64], curve: Curve) -> AxisLoads:
    """The verdict of a curve that grades."""
    peak = max(0.0, float(load.max()))
    worst = worst_exposure(time, load, curve)
    if worst.level is None:
        text = f"no load is borne for more than {curve.shortest:g} s"
    else:
        may = "without end" if worst.allowed is None else f"for {worst.allowed:.4g} s"
        text = f"{worst.level:.3g} g for {worst.held:.3g} s; allowed {may}"
    good = worst.used <= 1.0
    verdict: Verdict = "pass" if good else "fail"
    if curve.status == "second-hand":
        verdict = "provisional-pass" if good else "provisional-fail"
        text += "; provisional, since the curve was read second-hand"
    if longest_exposure(time, load, curve.levels[0]) > 0.0 and (worst.level or 0.0) < peak:
        text += f"; the peak of {peak:.3g} g is too short to be graded as sustained"
    return _verdict(curve, verdict, worst, peak, text)


def _levels(load: NDArray[np.float64], curve: Curve) -> NDArray[np.float64]:
    """Levels [g0], rising, on which the worst exposure is found.

    The longest exposure falls steadily with the level, but for jumps: just above a minimum of the
    history, where an exposure splits, and just above a plateau, where it ends. It is longest at the
    jump, so those levels are scanned with the points of the curve, and finely between.
    """
    peak = float(load.max())
    if peak <= 0.0:
        return np.empty(0)
    foot = min(curve.levels[-1], 0.5 * peak)
    ends = np.concatenate([[np.inf], load, [np.inf]])
    minima = load[(load <= ends[:-2]) & (load <= ends[2:])]
    plateaus = load[1:][np.diff(load) == 0.0]
    levels = np.concatenate([np.geomspace(foot, peak, _LEVELS), minima, plateaus, curve.levels])
    return np.unique(levels[(levels >= foot) & (levels <= peak)])


def _ungraded(load: NDArray[np.float64], curve: Curve) -> AxisLoads:
    why = "nobody has re-read the curve" if curve.levels else "no curve was obtained"
    peak = max(0.0, float(load.max()))
    text = f"ungraded: {why}; the peak is {peak:.3g} g"
    return _verdict(curve, "ungraded", None, peak, text)


def _verdict(
    curve: Curve, verdict: Verdict, worst: Worst | None, peak: float, text: str
) -> AxisLoads:
    return AxisLoads(
        axis=curve.axis,
        curve=curve.name,
        status=curve.status,
        verdict=verdict,
        worst_level_g=None if worst is None else worst.level,
        worst_duration=None if worst is None else worst.held,
        allowed_duration=None if worst is None else worst.allowed,
        utilisation=None if worst is None else worst.used,
        peak_g=peak,
        source=curve.cited,
        text=text,
        allowed=tuple(zip(curve.durations, curve.levels, strict=True)),
        document=curve.document,
        clause=curve.clause,
        revision=curve.revision,
    )
