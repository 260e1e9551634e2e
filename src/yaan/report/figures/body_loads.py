"""What acts on a body: how it meets the air, and forces and moments by their source."""

from typing import Final

import numpy as np

from yaan.report.figures.body_panels import (
    acts,
    drawn,
    powered,
    prefixed,
    rows_of,
    three,
    unwrapped,
)
from yaan.report.figures.panels import Curve, Panel, Words
from yaan.report.figures.style import BLUE, INK, VERMILION, Array, Figure
from yaan.report.span import column
from yaan.results import FlightRecord, History, Summary

_FELT: Final = 1e-6  # of the largest dynamic pressure: with less the angles say nothing
_FORCES: Final = (
    ("force_body", "Force of the air", "linear"),
    ("force_engine", "Force of the engine", "linear"),
    ("force_pulses", "Force of the pulses", "hv"),
)
_SIZES: Final = (
    ("thrust", "Thrust"),
    ("drag", "Drag"),
    ("lift", "Lift"),
    ("parachute_load", "Force of the canopies"),
)
_MOMENTS: Final = (
    ("moment_body", "Moment of the air", "linear"),
    ("moment_engine", "Moment of the engine", "linear"),
    ("moment_pulses", "Moment of the pulses", "hv"),
    ("moment_gravity", "Torque of gravity", "linear"),
)
"""Column, words, and how its values are joined: a pulse is constant from row to row."""


def body_air(record: FlightRecord) -> Figure | None:
    """Angles to the stream, dynamic pressure and Mach number, where the air acts."""
    rows = rows_of(record)
    acting = ("force_body", "moment_body", "drag")
    if rows is None or not any(acts(rows, name) for name in acting):
        return None
    # A point has no axes, or not all the angles.
    turns = all(column(rows, name) is not None for name in ("incidence", "sideslip"))
    panels = [*([_angles(rows)] if turns else []), *_stream(rows)]
    caption = "How it meets the air, wind included."
    if turns:
        caption = (
            "How it meets the air, wind included: angle of attack in the plane of the x and z"
            " axes, sideslip out of it, and the total angle between the x axis and the motion."
            " Angles are left out where there is hardly any air."
        )
    return drawn(record, rows, Words("body-air", _alt(panels), caption), panels)


def body_loads(record: FlightRecord) -> Figure | None:
    """Load, and every force and moment that ever acts, by its source."""
    rows = rows_of(record)
    if rows is None:
        return None
    forces, moments = _sources(rows, _FORCES, "N"), _sources(rows, _MOMENTS, "N m")
    panels = [*_sizes(rows, record.summary), *forces, *moments]
    if acts(rows, "load"):
        load, unit = powered(rows["load"], "g")
        panels.insert(0, Panel("Load", unit, (Curve("load", load, BLUE),), 4, floor=0.0))
    if not panels:
        return None
    words = Words("body-loads", _alt(panels), _caption(record.summary, rows))
    return drawn(record, rows, words, panels)


def _caption(summary: Summary, rows: History) -> str:
    """Only of what is drawn."""
    said: list[str] = []
    if summary.sequence is not None:
        said.append("What a phase does not know is left out of it.")
    if acts(rows, "load"):
        said.append("Load is the specific force of all but gravity, over 9.80665 m/s\u00b2.")
        if any(model.name == "sunlight" for model in summary.models):
            said.append("Sunlight's force is in it and is not drawn by itself.")
    if any(acts(rows, name) for name, *_ in _FORCES):
        said.append("Forces are on body axes.")
    if any(acts(rows, name) for name, *_ in _MOMENTS):
        damped = "; that of the air has its damping in it" if acts(rows, "moment_body") else ""
        said.append(f"Moments are on body axes, about the centre of mass{damped}.")
    return " ".join(said)


def _sizes(rows: History, summary: Summary) -> list[Panel]:
    """Of a chain, whose points have no axes: forces by their size."""
    if summary.sequence is None:
        return []
    panels: list[Panel] = []
    for name, words in _SIZES:
        if acts(rows, name):
            values, unit = prefixed(rows[name], "N")
            panels.append(Panel(words, unit, (Curve(words.lower(), values, BLUE),), 3, floor=0.0))
    return panels


def _sources(rows: History, columns: tuple[tuple[str, str, str], ...], unit: str) -> list[Panel]:
    panels: list[Panel] = []
    for name, words, shape in columns:
        if acts(rows, name):
            values, shown = prefixed(rows[name], unit)
            panels.append(Panel(words, shown, three(values, shape), 3))
    return panels


def _angles(rows: History) -> Panel:
    names = (
        ("total", "angle_of_attack", INK, "solid"),
        ("attack", "incidence", BLUE, "dash"),
        ("sideslip", "sideslip", VERMILION, "dot"),
    )
    pressure = rows["dynamic_pressure"]
    felt = pressure > _FELT * np.nanmax(pressure)
    curves = tuple(
        Curve(words, unwrapped(np.where(felt, np.degrees(rows[key]), np.nan)), colour, dash)
        for words, key, colour, dash in names
    )
    return Panel("Angles to the stream", "deg", curves, 2)


def _stream(rows: History) -> list[Panel]:
    pressure, unit = prefixed(rows["dynamic_pressure"], "Pa")
    curve = Curve("dynamic pressure", pressure, BLUE)
    mach = np.where(_airy(rows), rows["mach"], np.nan)
    return [
        Panel("Dynamic pressure", unit, (curve,), 3, floor=0.0),
        Panel("Mach number", "", (Curve("Mach number", mach, BLUE),), 3, floor=0.0),
    ]


def _airy(rows: History) -> Array:
    """Where there is air, and so a speed of sound that means something."""
    if "density" not in rows:
        return np.full(len(rows), fill_value=True)
    return ~(rows["density"] <= 0.0)  # of a phase that does not tell it, not known


def _alt(panels: list[Panel]) -> str:
    return f"{', '.join(panel.words for panel in panels)} against time.".capitalize()
