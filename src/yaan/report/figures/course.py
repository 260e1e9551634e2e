"""The figures of a propagated orbit: its elements against time, and how far it may be off."""

from typing import Final

import numpy as np

from yaan.report.course import Course
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import BLUE, GREEN, VERMILION, Array, Figure, Mark
from yaan.report.text import SPACE, legible, quantity

_MOST_BANDS: Final = 40  # stays in the umbra, that are drawn
_MOST_MARKS: Final = 40  # burns, that are marked
_ROUND: Final = 1e-3  # eccentricity below which the perigee wanders
_KILO: Final = 1e3


def elements(course: Course) -> Figure | None:
    """Height and osculating elements against time."""
    columns = course.columns
    if len(columns["time"]) < 2:
        return None
    roundness = columns["eccentricity"]
    panels = [
        _panel("Height", "km", columns["height"] / _KILO, 2),
        _panel("Semi-major axis", "km", columns["semi_major_axis"] / _KILO, 3),
        _panel("Eccentricity", "", roundness, 6),
        _panel("Inclination", "deg", np.degrees(columns["inclination"]), 4),
        _panel("Ascending node", "deg", np.degrees(np.unwrap(columns["node"])), 4),
        _panel("Argument of perigee", "deg", _turning(columns["argument_of_perigee"]), 3),
    ]
    height = columns["height"]
    alt = (
        "Geodetic height, semi-major axis, eccentricity, inclination, ascending node and argument"
        f" of perigee against time. The height is {legible(float(height.min()) / _KILO, 1)} to"
        f" {legible(float(height.max()) / _KILO, 1)} km."
    )
    caption = (
        "Geodetic height and osculating elements against the equator of GCRS; the node goes on"
        " where a turn ends."
    )
    if course.burns:
        caption += " Dotted lines are burns, numbered as in their table."
    bands = _bands(course)
    caption += " Grey is the umbra." if bands else ""
    if float(roundness.min()) < _ROUND:
        caption += " Of an orbit as round as this one the perigee wanders about."
    rows = quantity(course.spec.rows_step, "s")
    caption += f" {len(columns['time'])} instants are drawn; states.csv has a row every {rows}."
    return _stack(course, Words("elements", alt, caption), panels, columns["time"], bands)


def uncertainty(course: Course) -> Figure | None:
    """Standard deviations of position along the axes of RTN, on a logarithmic axis."""
    if course.spread is None:
        return None
    time, sigmas = course.spread
    place = sigmas[:, :3]
    shown = np.where(place > 0.0, place, np.nan)
    if len(time) < 2 or not np.isfinite(shown).any():
        return None
    looks = (("radial", BLUE), ("along the motion", VERMILION), ("across", GREEN))
    curves = tuple(
        Curve(name, shown[:, i], colour, ("solid", "dash", "dot")[i])
        for i, (name, colour) in enumerate(looks)
    )
    low, high = (float(np.log10(f(shown))) for f in (np.nanmin, np.nanmax))
    panel = Panel("Position, one sigma", "m", curves, 2, log=(low - 0.1, high + 0.1))
    last = ", ".join(
        f"{quantity(float(x), 'm', 3)} {name}"
        for x, (name, _) in zip(place[-1], looks, strict=True)
    )
    alt = f"Standard deviations of the position against time; at the end {last}."
    caption = (
        f"What is known of the position, one sigma along the axes of RTN; at the end {last}."
        " Linear in what is known of the start: no force and no burn is uncertain."
    )
    words = Words("uncertainty", alt, caption)
    return _stack(course, words, [panel], time, (), (230, 190))


def _stack(
    course: Course,
    words: Words,
    panels: list[Panel],
    time: Array,
    bands: tuple[tuple[float, float], ...],
    heights: tuple[int, int] = (112, 96),
) -> Figure:
    unit, letter = course.clock
    span = (float(time[0]) / unit, float(time[-1]) / unit)
    shared = Axis(span, f"Time since the epoch, {letter}", f"%{{x:.3f}}{SPACE}{letter}", bands)
    marks = [Mark(i, one.name, one.time / unit) for i, one in enumerate(course.burns, 1)]
    return stack(words, panels, time / unit, marks[:_MOST_MARKS], shared, heights)


def _panel(words: str, unit: str, values: Array, digits: int) -> Panel:
    return Panel(words, unit, (Curve(words.lower(), values, BLUE),), digits)


def _turning(angle: Array) -> Array:
    """An angle in degrees from 0 to 360, with a gap where it goes on from the other end."""
    degrees = np.degrees(angle) % 360.0
    over = np.flatnonzero(np.abs(np.diff(degrees)) > 180.0) + 1
    degrees[over] = np.nan
    return degrees


def _bands(course: Course) -> tuple[tuple[float, float], ...]:
    dark = [one for one in course.spells if one.kind == "umbra"]
    unit = course.clock[0]
    if len(dark) > _MOST_BANDS:
        return ()
    return tuple((one.start / unit, one.end / unit) for one in dark)
