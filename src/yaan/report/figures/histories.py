"""The figures of the flight itself: histories against time, the path, the profiles."""

from dataclasses import replace
from typing import Final

import numpy as np

from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    PURPLE,
    STAGE_COLOURS,
    VERMILION,
    Array,
    Figure,
    event_marks,
)
from yaan.report.span import aloft
from yaan.report.text import clock, known, label, number
from yaan.results import FlightRecord, History
from yaan.results.summary import Peaks

KILO: Final = 1e3  # [1]
_LEAST: Final = {"Load": 1e-4, "Dynamic pressure": 1e-3}  # [g0], [kPa]: with less none is drawn
_NEAR: Final = 10e3  # [m] over ground: below it distances are in metres
MOST_ROWS: Final = 2500  # rows drawn; the file keeps all of them


def motion(record: FlightRecord) -> Figure | None:
    """Height, speeds, flight-path angles and masses against time."""
    history = thinned(record.history)
    if history is None:
        return None
    panels = [
        _single(history, "height", "Height", "km", KILO, BLUE),
        _pair(history, "speed", "Speed", "km/s", KILO, 3),
        _angles(history),
        _masses(history),
    ]
    kept = [panel for panel in panels if panel is not None]
    last = record.summary.timeline[-1:]
    ends = "".join(f" It ends at {number(event.height / KILO)} km." for event in last)
    alt = (
        "Height, inertial and relative speed, flight-path angle, and the masses of vehicle and"
        f" propellants against time since ignition, each event marked.{ends}"
    )
    caption = (
        "Motion against time. Dotted lines mark the events, numbered as in the timeline. Speeds and"
        " angles: inertial (GCRS) and relative to the rotating Earth; the vehicle's mass and the"
        " propellant left in each stage on a logarithmic axis."
    )
    return _against_time(record, Words("motion", alt, caption), kept, history)


def environment(record: FlightRecord) -> Figure | None:
    """Load, dynamic pressure, Mach number and heat flux against time."""
    history = thinned(record.history)
    if history is None:
        return None
    panels = [
        _single(history, "load", "Load", "g", 1.0, BLUE, digits=2),
        _single(history, "dynamic_pressure", "Dynamic pressure", "kPa", KILO, BLUE, digits=2),
        _single(history, "mach", "Mach number", "", 1.0, BLUE, digits=2),
        _heat(history),
    ]
    peaks = record.summary.peaks
    kept = [_with_peak(panel, peaks) for panel in panels if panel is not None]
    found = [f"{p.words.lower()} peaks at {p.notes[0][2]}" for p in kept if p.notes]
    alt = "Load, dynamic pressure, Mach number and heat flux against time since ignition."
    alt += f" {'; '.join(found).capitalize()}." if found else ""
    caption = (
        "What the crew and the vehicle feel. Load is the specific force over 9.80665 m/s²; heat"
        " flux is the free stream's, \u00bd \u03c1 v\u00b3, on a logarithmic axis. Triangles mark"
        " the peaks."
    )
    return _against_time(record, Words("environment", alt, caption), kept, history)


def downrange(record: FlightRecord, start: str = "the launch site") -> Figure | None:
    """Height against distance over ground from the `start`."""
    history = thinned(record.history)
    if history is None or "downrange" not in history or "height" not in history:
        return None
    near = float(np.nanmax(history["downrange"])) < _NEAR
    scale, unit = (1.0, "m") if near else (KILO, "km")
    distance = history["downrange"] / scale
    end = float(np.nanmax(distance)) * 1.01
    marks = event_marks(record.summary, lambda event: event.downrange, scale)
    alt = (
        f"Height against distance from {start}: the path ends {number(end / 1.01)} {unit}"
        f" downrange at {number(float(history['height'][-1]) / KILO)} km."
    )
    caption = (
        "The path in height and distance over ground, the vertical scale stretched. Numbers are"
        " those of the timeline."
    )
    hover = f"%{{x:,.0f}} {unit} downrange"
    panel = Panel("Height", "km", (Curve("height", history["height"] / KILO, BLUE),), 1, floor=0.0)
    return stack(
        Words("downrange", alt, caption),
        [panel],
        distance,
        marks,
        Axis((0.0, end), f"Distance over ground from {start}, {unit}", hover),
        (230, 190),
    )


def falls(record: FlightRecord) -> Figure | None:
    """Height, speed and load of every branch against time."""
    branches = record.branches
    if not branches:
        return None
    short = {name: thinned(history) for name, history in branches.items()}

    def panel(key: str, words: str, unit: str, scale: float, digits: int) -> Panel:
        curves = tuple(
            Curve(label(name), one[key] / scale, *_look(i), against=one["time"])
            for i, (name, one) in enumerate(short.items())
            if one is not None and key in one
        )
        return Panel(words, unit, curves, digits, floor=0.0)

    panels = [
        panel("height", "Height", "km", KILO, 2),
        panel("speed_relative", "Speed, relative", "m/s", 1.0, 1),
        panel("load", "Load", "g", 1.0, 2),
        panel("dynamic_pressure", "Dynamic pressure", "kPa", KILO, 2),
    ]
    first = min(float(one["time"][0]) for one in branches.values())
    last = max(float(one["time"][-1]) for one in branches.values())
    told = ", ".join(
        f"{label(name)} {number(float(np.nanmax(one['height'])) / KILO)} km"
        for name, one in branches.items()
    )
    alt = f"Height, speed, load and dynamic pressure of the branches; highest points: {told}."
    caption = (
        "What has left the flight, from the event at which it left. The speed is relative to the"
        " rotating Earth, the load is the specific force over 9.80665 m/s²."
    )
    since = "the epoch" if aloft(record.summary) else "ignition"
    shared = Axis((first, last), f"Time since {since}, s")
    kept = [one for one in panels if one.curves and _highest(one) > _LEAST.get(one.words, 0.0)]
    return stack(Words("falls", alt, caption), kept, [], [], shared, (130, 110))


def _highest(panel: Panel) -> float:
    """The largest value that a panel shows; zero of nothing."""
    return max(float(np.nanmax(np.asarray(c.values), initial=0.0)) for c in panel.curves)


def profiles(record: FlightRecord) -> Figure | None:
    """Height and load of every profile against time."""
    names = [name.split("/", 1)[1] for name in record.groups if name.startswith("profiles/")]
    flown = record.summary.profile
    names.sort(key=lambda name: name != flown)
    if len(names) < 2:
        return None
    members = {name: record.groups[f"profiles/{name}"] for name in names}

    def panel(key: str, words: str, unit: str, scale: float, digits: int) -> Panel:
        curves = tuple(
            Curve(label(n), m[key] / scale, *_look(i), against=m["time"])
            for i, (n, m) in enumerate(members.items())
            if key in m
        )
        return Panel(words, unit, curves, digits, floor=0.0)

    end = max(float(m["time"][-1]) for m in members.values())
    apexes = ", ".join(
        f"{label(n)} {number(float(np.nanmax(m['height'])) / KILO)} km"
        for n, m in members.items()
        if "height" in m
    )
    alt = f"Height and load against time for each profile; highest points: {apexes}."
    caption = "The profiles of this mission; the first one named is the one flown."
    panels = [panel("height", "Height", "km", KILO, 1), panel("load", "Load", "g", 1.0, 2)]
    return stack(
        Words("profiles", alt, caption),
        [p for p in panels if p.curves],
        [],
        [],
        Axis((0.0, end)),
        (150, 120),
    )


def _look(index: int) -> tuple[str, str]:
    """Colour and dash of one of several flights in a panel."""
    colours = (BLUE, VERMILION, GREEN, PURPLE)
    return colours[index % len(colours)], ("solid", "dash", "dot")[index % 3]


def _against_time(
    record: FlightRecord, words: Words, panels: list[Panel], history: History
) -> Figure | None:
    if not panels:
        return None
    time = history["time"]
    span = (float(time[0]), float(time[-1]))
    return stack(words, panels, time, event_marks(record.summary), Axis(span))


def thinned(history: History | None, most: int = MOST_ROWS) -> History | None:
    """At most so many rows, evenly taken, the last one kept; None if there is no curve."""
    if history is None or len(history) < 2:
        return None
    rows = np.unique(np.linspace(0, len(history) - 1, min(len(history), most)).astype(int))
    return history.rows(rows)


def _single(
    history: History,
    key: str,
    words: str,
    unit: str,
    scale: float,
    colour: str,
    *,
    digits: int = 1,
) -> Panel | None:
    if key not in history:
        return None
    return Panel(words, unit, (Curve(words, history[key] / scale, colour),), digits, floor=0.0)


def _pair(
    history: History, key: str, words: str, unit: str, scale: float, digits: int
) -> Panel | None:
    kinds = (("inertial", BLUE, "solid"), ("relative", VERMILION, "dash"))
    curves = tuple(
        Curve(kind, history[f"{key}_{kind}"] / scale, colour, dash)
        for kind, colour, dash in kinds
        if f"{key}_{kind}" in history
    )
    return Panel(words, unit, curves, digits, floor=0.0) if curves else None


def _angles(history: History) -> Panel | None:
    kinds = (("inertial", BLUE, "solid"), ("relative", VERMILION, "dash"))
    curves = tuple(
        Curve(kind, _degrees(history, kind), colour, dash)
        for kind, colour, dash in kinds
        if f"flight_path_angle_{kind}" in history
    )
    return Panel("Flight-path angle", "deg", curves, 2) if curves else None


def _degrees(history: History, kind: str) -> Array:
    angle = np.degrees(history[f"flight_path_angle_{kind}"])
    speed = f"speed_{kind}"
    # A vehicle that stands has no direction; its angle would be noise.
    return np.where(history[speed] > 1.0, angle, np.nan) if speed in history else angle


def _masses(history: History) -> Panel | None:
    if "mass" not in history:
        return None
    tonnes = history["mass"] / KILO
    curves = [Curve("vehicle", tonnes, INK)]
    if "propellant" in history:
        for column, stage in enumerate(history.stages):
            left = history["propellant"][:, column] / KILO
            shown = np.where(left > 0.05, left, np.nan)  # [t], below it a tank is drawn as empty
            colour = STAGE_COLOURS[column % len(STAGE_COLOURS)]
            curves.append(Curve(label(stage), shown, colour, ("dash", "dot", "solid")[column % 3]))
    drawn = np.concatenate([np.asarray(curve.values) for curve in curves])
    low, high = np.nanmin(drawn), np.nanmax(drawn)
    exponents = (float(np.log10(low)) - 0.1, float(np.log10(high)) + 0.1)
    return Panel("Mass", "t", tuple(curves), 2, log=exponents)


def _heat(history: History) -> Panel | None:
    if "heat_flux" not in history:
        return None
    flux = history["heat_flux"] / KILO
    shown = np.where(flux > 1e-2, flux, np.nan)  # [kW/m2], what is below heats nothing
    if not np.isfinite(shown).any():
        return None
    exponents = (max(float(np.log10(np.nanmin(shown))), -2.0), float(np.log10(np.nanmax(shown))))
    curve = Curve("heat flux", shown, BLUE)
    return Panel("Heat flux", "kW/m²", (curve,), 2, log=(exponents[0], exponents[1] + 0.2))


def _with_peak(panel: Panel, peaks: Peaks) -> Panel:
    """The panel with its peak marked, where the summary has one."""
    load, pressure = peaks.load, peaks.dynamic_pressure
    if panel.words == "Load" and load is not None:
        time, value, text = load.time, load.value_g, f"{number(load.value_g, 2)} g"
    elif panel.words == "Dynamic pressure" and pressure is not None:
        time, value = pressure.time, pressure.value / KILO
        text = f"{number(value, 1)} kPa"
        text += f", M {number(pressure.mach, 2)}" if known(pressure.mach) else ""
        text += f", {number(pressure.height / KILO, 1)} km" if known(pressure.height) else ""
    else:
        return panel
    notes = ((time, value, f"{text} at {clock(time)}"),)
    return replace(panel, notes=notes) if known(time) and known(value) else panel
