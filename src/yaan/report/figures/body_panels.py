"""What the figures of a body and of a chain share: rows, the axis of time, curves, scales."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import BLUE, GREEN, VERMILION, Array, Figure, event_marks
from yaan.report.span import aloft, alone, cut
from yaan.results import FlightRecord, History, Summary

MOST_ROWS: Final = 2500  # rows drawn; the file keeps all of them
TINY: Final = 1e-12  # of any force, moment or load: nothing acts

_GREY: Final = "Grey bands: in the Earth's umbra."
_AXES: Final = (("x", BLUE, "solid"), ("y", VERMILION, "dash"), ("z", GREEN, "dot"))
_LONG: Final = 9_000.0  # [s] from here on time is shown in hours
_LEAST: Final = 1e-6
_NOISE: Final = 1e-9  # of the largest value: what is smaller is the noise of sums
_PLAIN: Final = 1e-2  # from here on a number is read without a power of ten
_PREFIXES: Final = ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (_LEAST, "\u00b5"))
_SUPERSCRIPTS: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def rows_of(record: FlightRecord) -> History | None:
    """At most about `MOST_ROWS` rows of a body's flight or a chain of phases; None of any other.

    The last row is kept, and those beside an event: a pulse may last for one of them.
    """
    history = cut(record.history, alone(record.summary))
    if history is None or len(history) < 2:
        return None
    last = len(history) - 1
    few = np.linspace(0, last, min(len(history), MOST_ROWS)).astype(int)
    at = [mark.at for mark in event_marks(record.summary)]
    beside = np.searchsorted(history["time"], at)[:, None] + np.array([-1, 0, 1])
    kept = np.unique(np.concatenate([few, np.clip(beside, 0, last).ravel()]))
    return history.rows(kept)


def drawn(
    record: FlightRecord, rows: History, words: Words, panels: Sequence[Panel]
) -> Figure | None:
    """The figure of `panels` against the time since the epoch, None without any."""
    if not panels:
        return None
    long = float(rows["time"][-1]) > _LONG
    scale, unit = (3600.0, "h") if long else (1.0, "s")
    time = rows["time"] / scale
    reach = (float(time[0]), float(time[-1]))
    hover = f"T+ %{{x:.{4 if long else 2}f}} {unit}"
    since = "the epoch" if aloft(record.summary) else "ignition"
    bands = tuple((start / scale, end / scale) for start, end in umbras(record.summary))
    shared = Axis(reach, f"Time since {since}, {unit}", hover, bands)
    words = replace(words, caption=f"{words.caption} {_GREY}") if bands else words
    return stack(words, panels, time, event_marks(record.summary, scale=scale), shared)


def umbras(summary: Summary) -> Iterator[tuple[float, float]]:
    """From when to when what is in orbit is in the Earth's umbra [s]."""
    shadow = summary.shadow
    if shadow is None:
        return
    for one in shadow.passes:
        if one.umbra > 0.0:
            start = shadow.start if one.umbra_start is None else one.umbra_start.time
            yield start, shadow.end if one.umbra_end is None else one.umbra_end.time


def acts(rows: History, name: str) -> bool:
    """Whether the column is there and is ever more than nothing."""
    return name in rows and bool(np.nanmax(np.abs(rows[name]), initial=0.0) > TINY)


def three(values: Array, shape: str = "linear") -> tuple[Curve, ...]:
    """The components of a vector on body axes."""
    return tuple(
        Curve(n, values[:, i], c, dash, shape=shape) for i, (n, c, dash) in enumerate(_AXES)
    )


def prefixed(values: Array, unit: str) -> tuple[Array, str]:
    """Values in the multiple of their unit that suits the largest, and its name."""
    largest = float(np.nanmax(np.abs(values)))
    scale, prefix = next((s, p) for s, p in _PREFIXES if largest >= s or s == _LEAST)
    return _audible(values, largest) / scale, f"{prefix}{unit}"


def powered(values: Array, unit: str) -> tuple[Array, str]:
    """Values over the power of ten that suits the largest, for a unit that takes no prefix."""
    largest = float(np.nanmax(np.abs(values)))
    if largest >= _PLAIN or largest == 0.0:
        return values, unit
    power = 3 * int(np.floor(np.log10(largest) / 3.0))
    shown = f"10{str(power).translate(_SUPERSCRIPTS)} {unit}"
    return _audible(values, largest) * 10.0**-power, shown


def _audible(values: Array, largest: float) -> Array:
    """Values without their noise, which would be drawn large where it is alone."""
    return np.where(np.abs(values) > _NOISE * largest, values, 0.0)


def plain_degrees(angle: Array) -> Array:
    """Degrees without the noise of the last digits, which a panel of nothing else would show."""
    return np.round(np.degrees(angle), 9)


def unwrapped(angle: Array) -> Array:
    """The angle [deg] with a gap where it jumps by a whole turn."""
    shown = angle.copy()
    shown[1:][np.abs(np.diff(angle)) > 180.0] = np.nan
    return shown
