"""What a blow of up to half a second does to a seated body: Brinkley's dynamic response.

Along each axis of the seat the body is a mass on a damped spring that the seat drives: x'' + 2 zeta
omega x' + omega^2 x = A(t), with A the specific force along it. Its response is DR = omega^2 x /
g0, and of the three together beta = max over time of sqrt(sum (DR / limit)^2), with the limit of
the sign that DR has. At 1 the limit of a level of risk is reached.

The load is straight between its rows, and the oscillator's answer to a straight load is exact,
whatever the rows' spacing. It is looked at every millisecond at least, and between two looks its
largest value is that of the cubic through both with their slopes: within 1e-6 of a peak of one
axis, and 1e-3 of beta where another axis changes its sign, and so its limit, right there. Before
the first row the body is at rest under the first load.

Valid: a person held by five straps, without a gap to the seat, head and neck held by suit and
helmet.
Source: NASA/TM-2013-217380 (Somers et al.), recalled; it is said to tell too little of Soyuz's
landings by NASA itself (OCHMO, Risk of Injury from Dynamic Loads).
Ignores: the couch's own springs and struts, the helmet, slack, rotation, and who it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from yaan.crew.limits import Condition, Level, Oscillator, ResponseLimits

CAVEAT: Final = (
    "screening: Brinkley's model holds for a crew in five straps without a gap to the seat, and"
    " is known to tell too little of hard landings; beta below one is no proof of safety"
)

_STEP = 1e-3  # [s] between looks: (2 x 62.8 x 1e-3)^4 / 384 = 7e-7 of a square
_RINGING = 0.15  # [s] after the last row: more than a period of the slowest oscillator


@dataclass(frozen=True)
class Response:
    """How the bodies of many lanes answered to a blow each.

    Attributes:
        beta: by level of risk, shape [lanes]; 1 is the limit of the level.
        time: when the beta of level low, if it is asked, is largest [s], shape [lanes].
        least: least response along x, y and z [g0], shape [lanes, 3]; at most zero.
        greatest: greatest response likewise; at least zero.
        graded: whether the limits were read by somebody, so that beta may pass or fail.
        text: what it is worth; `CAVEAT`, and the standing of the limits.
    """

    beta: Mapping[Level, Float[np.ndarray, " lanes"]]
    time: Float[np.ndarray, " lanes"]
    least: Float[np.ndarray, "lanes 3"]
    greatest: Float[np.ndarray, "lanes 3"]
    graded: bool
    text: str

    def margin(self, level: Level) -> Float[np.ndarray, " lanes"]:
        """One at rest, zero at the limit of a level, negative beyond; NaN if not graded."""
        beta = self.beta[level]
        return 1.0 - beta if self.graded else np.full_like(beta, np.nan)


def dynamic_response(
    time: ArrayLike,
    load: ArrayLike,
    limits: ResponseLimits,
    condition: Condition = "fresh",
    *,
    counts: ArrayLike | None = None,
    levels: Sequence[Level] | None = None,
) -> Response:
    """What blows do to the bodies of many lanes.

    Args:
        time: of the rows [s], shape [lanes, rows], never falling; two equal times are a jump.
        load: specific force on the seat's axes x, y and z [g0], shape [lanes, rows, 3].
        limits: oscillators and levels, as `load_limits().response`.
        condition: of the crew; a deconditioned one bears less.
        counts: rows of each lane that count, shape [lanes]; all of them if left out. After the last
            one its load stays on while the body swings out.
        levels: those of which beta is asked; all of the limits if left out.

    Raises:
        ValueError: the shapes do not fit, a value that counts is not finite, or time falls.
    """
    t, f = _checked(time, load, counts)
    factor = limits.deconditioned if condition == "deconditioned" else 1.0
    bounds: dict[Level, NDArray[np.float64]] = {
        name: factor * np.array(pairs)
        for name, pairs in limits.levels.items()
        if levels is None or name in levels
    }
    squares: dict[Level, NDArray[np.float64]] = {name: np.zeros(len(t)) for name in bounds}
    when, least, greatest = t[:, 0].copy(), np.minimum(f[:, 0], 0.0), np.maximum(f[:, 0], 0.0)
    last = {name: (np.zeros(len(t)), np.zeros(len(t))) for name in bounds}
    for index, (instant, step, before, after) in enumerate(_swing(t, f, limits.oscillators)):
        _raise(greatest, before, after, step[:, None])
        _raise(least, before, after, step[:, None], -1.0)
        for name, pairs in bounds.items():
            old = last[name] if index else _square(before, pairs)
            last[name] = _square(after, pairs)
            grown, share = _raise(squares[name], old, last[name], step)
            if name == "low":
                when[grown] = (instant - step + share * step)[grown]
    graded = limits.grades(condition)
    standing = f"limits {limits.status}" if graded else f"ungraded: limits {limits.status}"
    beta: dict[Level, NDArray[np.float64]] = {
        name: np.sqrt(square) for name, square in squares.items()
    }
    return Response(beta, when, least, greatest, graded, f"{CAVEAT}; {standing}: {limits.source}")


_Moving = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Values, and how fast they change."""


def _square(response: _Moving, pairs: NDArray[np.float64]) -> _Moving:
    """The square of beta of each lane, and how fast it changes."""
    limit = np.where(response[0] < 0.0, pairs[:, 0], pairs[:, 1])
    share = response[0] / limit
    pace = np.einsum("la,la->l", share, response[1] / limit)
    return np.einsum("la,la->l", share, share), 2.0 * pace


def _raise(
    best: NDArray[np.float64],
    before: _Moving,
    after: _Moving,
    step: NDArray[np.float64],
    sign: float = 1.0,
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Raise `best` to the largest of a cubic between two looks; of a negative `sign`, lower it.

    Returns:
        Where it was raised, and at which share of the step.
    """
    low, high = sign * before[0], sign * after[0]
    top, share = high.copy(), np.ones_like(high)
    inside = (sign * before[1] > 0.0) & (sign * after[1] < 0.0)
    if inside.any():
        h = np.broadcast_to(step, low.shape)[inside]
        p0, p1 = low[inside], high[inside]
        m0, m1 = sign * before[1][inside] * h, sign * after[1][inside] * h
        a, b = 3.0 * (2.0 * (p0 - p1) + m0 + m1), 2.0 * (3.0 * (p1 - p0) - 2.0 * m0 - m1)
        # The root of a s^2 + b s + m0 at which it falls; it does, from m0 > 0 to m1 < 0.
        s = 2.0 * m0 / (np.sqrt(np.maximum(b * b - 4.0 * a * m0, 0.0)) - b)
        top[inside] = p0 + s * (m0 + s * (0.5 * b + s * a / 3.0))
        share[inside] = s
    grown = top > sign * best
    best[grown] = sign * top[grown]
    return grown, share


def event_window(
    time: ArrayLike,
    load: ArrayLike,
    start: float | ArrayLike,
    duration: float,
    *,
    counts: ArrayLike | None = None,
) -> tuple[Float[np.ndarray, "lanes rows"], Float[np.ndarray, "lanes rows 3"]]:
    """The part of each history around an event: an ignition, a snatch of canopies.

    The load is as sharp as the history's rows are dense: one that is written every second tells
    nothing of a blow.

    Args:
        time: of the rows [s], shape [lanes, rows], never falling; two equal times are a jump.
        load: on the seat's axes [g0], shape [lanes, rows, 3].
        start: of the window in each lane [s], shape [lanes]; the body is at rest under the load
            then.
        duration: of the window [s].
        counts: rows of each lane that count, shape [lanes]; all of them if left out.

    Returns:
        Rows and loads for `dynamic_response`, cut at both ends, repeating the last row where a lane
        has fewer rows in its window than others.

    Raises:
        ValueError: as for `dynamic_response`.
    """
    t, f = _checked(time, load, counts)
    begin = np.broadcast_to(np.asarray(start, dtype=float), len(t))
    cut = []
    for lane, (times, loads) in enumerate(zip(t, f, strict=True)):
        ends = (begin[lane], begin[lane] + duration)
        first, last = np.searchsorted(times, ends[0], "right"), np.searchsorted(times, ends[1])
        at = np.array([[np.interp(end, times, loads[:, i]) for i in range(3)] for end in ends])
        inner = slice(first, max(first, last))
        cut.append(
            (
                np.concatenate([[ends[0]], times[inner], [ends[1]]]),
                np.concatenate([at[:1], loads[inner], at[1:]]),
            )
        )
    rows = max(len(times) for times, _ in cut)
    return (
        np.stack([np.pad(times, (0, rows - len(times)), mode="edge") for times, _ in cut]),
        np.stack([np.pad(x, ((0, rows - len(x)), (0, 0)), mode="edge") for _, x in cut]),
    )


def _checked(
    time: ArrayLike, load: ArrayLike, counts: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows that do not count repeat the last one that does."""
    t, f = np.asarray(time, dtype=float), np.asarray(load, dtype=float)
    if t.ndim != 2 or t.size == 0 or f.shape != (*t.shape, 3):
        raise ValueError(
            f"blow: time {t.shape} and load {f.shape}: expected [lanes, rows] and [lanes, rows, 3]"
        )
    if counts is not None:
        n = np.asarray(counts).astype(np.int64)
        if n.shape != (len(t),) or n.min() < 1 or n.max() > t.shape[1]:
            raise ValueError(f"blow: counts: expected one a lane, from 1 to {t.shape[1]}")
        row = np.minimum(np.arange(t.shape[1]), n[:, None] - 1)
        t, f = np.take_along_axis(t, row, 1), np.take_along_axis(f, row[:, :, None], 1)
    if not (np.isfinite(t).all() and np.isfinite(f).all() and (np.diff(t) >= 0.0).all()):
        raise ValueError("blow: time and load must be finite, and time must not fall")
    return t, f


def _swing(
    time: NDArray[np.float64],
    load: NDArray[np.float64],
    oscillators: tuple[Oscillator, Oscillator, Oscillator],
):
    """Looks along the rows and between, one after another.

    Each has its instant [lanes], the step since the look before [lanes, s], and the responses
    [lanes, 3] and their rates of change at both.

    Of u = omega^2 x / g0: u'' + 2 zeta omega u' + omega^2 u = omega^2 (a + s t). Its steady part is
    p + s t, p = a - 2 zeta s / omega; what is left swings freely.
    """
    omega = np.array([one.frequency for one in oscillators])
    zeta = np.array([one.damping for one in oscillators])
    decay, ringing = zeta * omega, omega * np.sqrt(1.0 - zeta**2)
    time = np.concatenate([time, time[:, -1:] + _RINGING], axis=1)
    load = np.concatenate([load, load[:, -1:]], axis=1)
    place, speed = load[:, 0].copy(), np.zeros_like(load[:, 0])
    seen = place, speed
    for row in range(time.shape[1] - 1):
        span = time[:, row + 1] - time[:, row]
        looks = int(np.ceil(span.max() / _STEP - 1e-9))
        if looks == 0:
            continue  # a jump in every lane
        step = (span / looks)[:, None]
        # A jump has no slope, and nothing moves while it lasts.
        slope = np.where(step > 0.0, load[:, row + 1] - load[:, row], 0.0)
        slope = slope / np.where(step > 0.0, span[:, None], 1.0)
        steady = load[:, row] - 2.0 * zeta * slope / omega
        fade, turn = np.exp(-decay * step), ringing * step
        cosine, sine = fade * np.cos(turn), fade * np.sin(turn)
        free, pace = place - steady, speed - slope
        for k in range(1, looks + 1):
            swing = (pace + decay * free) / ringing
            free, pace = (
                free * cosine + swing * sine,
                pace * cosine - (decay * swing + ringing * free) * sine,
            )
            place = free + steady + slope * (step * k)
            before, seen = seen, (place, pace + slope)
            yield time[:, row] + step[:, 0] * k, step[:, 0], before, seen
        speed = pace + slope
