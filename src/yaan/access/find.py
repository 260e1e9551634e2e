"""Zeros and extrema of functions of time that are asked for many instants at once.

A function is sampled at most a step apart. Between two samples of other signs is a zero. Where a
sample stands out from both its neighbours without a change of sign, the extremum between the
neighbours is looked for, and if it lies across zero there are two zeros beside it: what is short
is found by its height, not by its length. Nothing is missed as long as the function turns at most
once within two steps; two extrema that are closer may hide between samples.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yaan.base.errors import YaanError

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

TOLERANCE: Final = 1e-7
"""[s], to which a zero is bracketed."""
LARGEST: Final = 20_000_000
"""Samples of one question; more take more memory than a table of events is worth."""

_GOLDEN: Final = 0.5 * (np.sqrt(5.0) - 1.0)
_FINEST: Final = 1e-5  # [s] the bracket of an extremum; its value is flat there
_MOST: Final = 200  # rounds; halving alone needs 60 from a year to the tolerance


@dataclass(frozen=True)
class Zeros:
    """Where a function passes through zero, in order of time."""

    time: Array
    """[n, s]"""
    rising: NDArray[np.bool_]
    """[n], whether it rises there"""


@dataclass(frozen=True)
class Extrema:
    """Where a function turns, in order of time."""

    time: Array
    """[n, s], within 1e-4 s of a smooth extremum: values there are flat"""
    value: Array
    """[n]"""


def samples(start: float, stop: float, step: float) -> Array:
    """Instants from `start` to `stop` [s], evenly, at most `step` apart.

    Raises:
        YaanError: a span that is empty, or more samples than are wise.
    """
    if not stop > start:
        raise YaanError(f"events are looked for from {start:g} s to {stop:g} s: an empty span")
    count = int(np.ceil((stop - start) / step - 1e-9)) + 1
    if count > LARGEST:
        raise YaanError(
            f"{(stop - start) / 86400.0:.4g} days every {step:g} s are {count:,d} samples,"
            f" more than {LARGEST:,d}: ask for a shorter span"
        )
    return np.linspace(start, stop, max(count, 3))


def zeros(function: Function, at: Array, values: Array | None = None) -> Zeros:
    """All zeros of a function whose samples are taken at `at` [n, s], rising.

    `values` are those of the function there, where they are known. A function that is zero
    throughout has none; one that touches zero without passing has none.
    """
    values = function(at) if values is None else values
    low, high = [at[:-1]], [at[1:]]
    start_signs, end_signs = [values[:-1]], [values[1:]]
    for sign in (1.0, -1.0):  # tops below zero, bottoms above it
        turn, height = _turns(lambda t, sign=sign: sign * function(t), at, sign * values, below=0.0)
        across = height > 0.0
        if np.any(across):
            i, top = turn.index[across], turn.time[across]
            left, right = at[np.maximum(i - 1, 0)], at[np.minimum(i + 1, len(at) - 1)]
            first, last = function(left), function(right)
            low += [left, top]
            high += [top, right]
            peak = sign * height[across]
            start_signs += [first, peak]
            end_signs += [peak, last]
    a, b = np.concatenate(low), np.concatenate(high)
    fa, fb = np.concatenate(start_signs), np.concatenate(end_signs)
    # A sample on zero belongs to the interval that it begins.
    change = (fa >= 0.0) != (fb >= 0.0)
    rising = fb[change] >= 0.0
    found = _bracketed(function, a[change], b[change], (fa[change], fb[change]))
    order = np.argsort(found, kind="stable")
    return Zeros(found[order], rising[order])


def maxima(function: Function, at: Array) -> Extrema:
    """All maxima of a function between the first and the last of its samples, without the ends."""
    turn, height = _turns(function, at, function(at), below=np.inf)
    inside = (turn.time > at[0] + 2 * _FINEST) & (turn.time < at[-1] - 2 * _FINEST)
    order = np.argsort(turn.time[inside], kind="stable")
    return Extrema(turn.time[inside][order], height[inside][order])


def minima(function: Function, at: Array) -> Extrema:
    """The same of minima."""
    found = maxima(lambda t: -function(t), at)
    return Extrema(found.time, -found.value)


def largest_between(function: Function, at: Array, spans: tuple[Array, Array]) -> Extrema:
    """The largest value of a function within each of `spans`, starts and ends [m, s], and when."""
    start, stop = spans
    inside = [at[(at > a) & (at < b)] for a, b in zip(start, stop, strict=True)]
    rows = [np.concatenate([[a], t, [b]]) for a, t, b in zip(start, inside, stop, strict=True)]
    if not rows:
        return Extrema(np.empty(0), np.empty(0))
    flat = function(np.concatenate(rows))
    low, high = np.empty(len(rows)), np.empty(len(rows))
    first = 0
    for i, row in enumerate(rows):
        best = int(np.argmax(flat[first : first + len(row)]))
        low[i], high[i] = row[max(best - 1, 0)], row[min(best + 1, len(row) - 1)]
        first += len(row)
    return Extrema(*_golden(function, low, high))


@dataclass(frozen=True)
class _Turn:
    index: NDArray[np.int64]
    time: Array


def _turns(function: Function, at: Array, values: Array, *, below: float) -> tuple[_Turn, Array]:
    """Maxima beside samples that stand out and lie below a value, with their heights."""
    padded = np.concatenate([[-np.inf], values, [-np.inf]])
    out = (values >= padded[:-2]) & (values >= padded[2:]) & (values < below)
    index = np.flatnonzero(out)
    low, high = at[np.maximum(index - 1, 0)], at[np.minimum(index + 1, len(at) - 1)]
    time, height = _golden(function, low, high)
    # Two samples alike share one maximum.
    keep = np.append(np.diff(time) > 10 * _FINEST, True) if len(time) else np.ones(0, bool)
    return _Turn(index[keep], time[keep]), height[keep]


def _golden(function: Function, low: Array, high: Array) -> tuple[Array, Array]:
    """The maximum of a function that turns once within each bracket, by the golden section."""
    if not len(low):
        return np.empty(0), np.empty(0)
    a, b = low.copy(), high.copy()
    c, d = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
    fc, fd = function(c), function(d)
    while np.max(b - a) > _FINEST:
        left = fc > fd
        a, b = np.where(left, a, c), np.where(left, d, b)
        new = np.where(left, b - _GOLDEN * (b - a), a + _GOLDEN * (b - a))
        value = function(new)
        c, d = np.where(left, new, d), np.where(left, c, new)
        fc, fd = np.where(left, value, fd), np.where(left, fc, value)
    # The ends too: what only rises or falls has its maximum there.
    places = np.stack([0.5 * (a + b), low, high])
    heights = np.stack([function(place) for place in places])
    best = np.argmax(heights, axis=0)
    every = np.arange(len(low))
    return places[best, every], heights[best, every]


def _bracketed(function: Function, low: Array, high: Array, ends: tuple[Array, Array]) -> Array:
    """The zero within each bracket, by the secant of Illinois, halved where that is slow."""
    if not len(low):
        return np.empty(0)
    a, b = low.copy(), high.copy()
    fa, fb = ends[0].copy(), ends[1].copy()
    for turn in range(_MOST):
        if np.all((b - a <= TOLERANCE) | (fa == 0.0) | (fb == 0.0)):
            break
        with np.errstate(invalid="ignore", divide="ignore"):
            middle = b - fb * (b - a) / (fb - fa)
        # Every third step halves, so that no shape of the function is slow.
        halve = (turn % 3 == 2) | ~((middle > a) & (middle < b))
        middle = np.where(halve, 0.5 * (a + b), middle)
        value = function(middle)
        same = (value >= 0.0) == (fa >= 0.0)
        # The end that stays is halved in value, lest it stay for ever (Illinois).
        fa, fb = (
            np.where(same, value, np.where(halve, fa, 0.5 * fa)),
            np.where(same, np.where(halve, fb, 0.5 * fb), value),
        )
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    return np.where(fa == 0.0, a, np.where(fb == 0.0, b, 0.5 * (a + b)))
