"""The figures of a body's flight: its motion, how it turns, the air, its path from the start."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    VERMILION,
    Array,
    Figure,
    event_marks,
)
from yaan.report.span import span
from yaan.report.text import label, number
from yaan.results import FlightRecord, History

KILO: Final = 1e3  # [1]
MOST_ROWS: Final = 2500  # rows drawn; the file keeps all of them
FAR: Final = 50e3  # [m] over ground: from here on a map says more than a path

_AROUND: Final = 1.5  # [rad] of longitude or latitude
_AXES: Final = (("x", BLUE, "solid"), ("y", VERMILION, "dash"), ("z", GREEN, "dot"))
_FELT: Final = 1e-6  # of the largest dynamic pressure: with less the angles say nothing
_LONG: Final = 9_000.0  # [s] from here on time is shown in hours
_TINY: Final = 1e-12  # of any force, moment or load: nothing acts
_LEAST: Final = 1e-6
_PREFIXES: Final = ((1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (_LEAST, "\u00b5"))


def body_motion(record: FlightRecord) -> Figure | None:
    """Height, speeds, flight-path angle, and the mass where it changes."""
    rows = _rows(record)
    if rows is None:
        return None
    panels = [
        Panel("Height", "km", (Curve("height", rows["height"] / KILO, BLUE),), 3),
        _pair(rows, "Speed", "m/s", "speed", 1.0),
        _pair(rows, "Flight-path angle", "deg", "flight_path_angle", np.pi / 180.0),
    ]
    if np.ptp(rows["mass"]) > 0.0:
        heavy = np.max(rows["mass"]) >= 10.0 * KILO
        mass, unit = (rows["mass"] / KILO, "t") if heavy else (rows["mass"], "kg")
        panels.append(Panel("Mass", unit, (Curve("mass", mass, INK),), 2, floor=0.0))
    end = f"{number(float(rows['height'][-1]) / KILO, 2)} km"
    alt = f"Height, speed and flight-path angle against time. It ends at {end}."
    caption = (
        "Motion against time. Dotted lines mark the events, numbered as in the"
        " timeline. Speeds and angles: inertial (GCRS) and relative to the rotating Earth."
    )
    return _figure(record, rows, Words("body-motion", alt, caption), panels)


def body_attitude(record: FlightRecord) -> Figure | None:
    """Yaw, pitch and roll against the local level, and the rates on body axes."""
    rows = _rows(record)
    if rows is None or "attitude" not in rows:
        return None
    names = (("yaw", BLUE), ("pitch_body", VERMILION), ("roll", GREEN))
    panels = [
        Panel(
            label(name.removesuffix("_body")),
            "deg",
            (Curve(name.removesuffix("_body"), _unwrapped(_plain_degrees(rows[name])), colour),),
            2,
        )
        for name, colour in names
    ]
    rates = _plain_degrees(rows["rate_body"])
    panels.append(Panel("Body rates", "deg/s", _three(rates), 4))
    fastest = float(np.max(np.linalg.norm(rates, axis=1)))
    alt = (
        "Yaw, pitch and roll against north, east and down, and the three body rates, against time."
        f" It turns at {number(fastest, 2)} degrees a second at most."
    )
    caption = (
        "Yaw, pitch and roll, in this order, take north, east and down of where it is to the body's"
        " axes: x forward, y right, z down. Rates are against the stars, on those axes."
    )
    return _figure(record, rows, Words("body-attitude", alt, caption), panels)


def body_air(record: FlightRecord) -> Figure | None:
    """Angles to the stream, dynamic pressure, Mach number, forces, moments and load."""
    rows = _rows(record)
    if rows is None or "force_body" not in rows:
        return None
    pressure = rows["dynamic_pressure"]
    acts = [rows[name] for name in ("force_body", "moment_body", "load")]
    if not any(np.max(np.abs(values)) > _TINY for values in acts):
        return None
    felt = pressure > _FELT * np.max(pressure)
    panels: list[Panel] = []
    if np.max(np.abs(rows["force_body"])) > _TINY or np.max(np.abs(rows["moment_body"])) > _TINY:
        panels += [_angles(rows, felt), *_stream(rows)]
    if np.max(rows["load"]) > _TINY:
        panels.append(Panel("Load", "g", (Curve("load", rows["load"], BLUE),), 4, floor=0.0))
    for name, words, unit in (
        ("force_body", "Force of the air", "N"),
        ("moment_body", "Moment of the air", "N m"),
    ):
        if np.max(np.abs(rows[name])) > _TINY:
            values, shown = _prefixed(rows[name], unit)
            panels.append(Panel(words, shown, _three(values), 3))
    alt = f"{', '.join(panel.words for panel in panels)} against time.".capitalize()
    caption = (
        "What acts on the body. Forces and moments of the air are on body axes, moments about the"
        " centre of mass with their damping; load is the specific force of all but gravity, over"
        " 9.80665 m/s\u00b2. Angles are left out where there is hardly any air."
    )
    return _figure(record, rows, Words("body-air", alt, caption), panels)


def body_path(record: FlightRecord) -> Figure | None:
    """How far it is north, east and down of its start, of a flight that stays near."""
    rows = _rows(record)
    if rows is None or goes_far(record):
        return None
    north, east, down = _local(rows)
    panels = [
        Panel(words, "m", (Curve(words.lower(), values, colour),), 3)
        for words, values, colour in (
            ("North of the start", north, BLUE),
            ("East of the start", east, VERMILION),
            ("Below the start", down, GREEN),
        )
    ]
    ends = ", ".join(
        f"{number(float(v[-1]), 2)} m {w}" for w, v in (("north", north), ("east", east))
    )
    alt = f"Distance north, east and down of the start against time. It ends {ends}."
    caption = (
        "The path from the start, against the turning Earth: north, east and down are those of"
        " the start, and stay what they were there."
    )
    return _figure(record, rows, Words("body-path", alt, caption), panels)


def goes_far(record: FlightRecord) -> bool:
    """Whether the flight leaves its neighbourhood, so that a map shows it best."""
    history = record.history
    return history is not None and float(np.nanmax(history["downrange"])) > FAR


def goes_around(record: FlightRecord) -> bool:
    """Whether it goes so far around the Earth that only a globe shows it."""
    history = record.history
    if history is None or not goes_far(record):
        return False
    east, north = np.ptp(np.unwrap(history["longitude"])), np.ptp(history["latitude"])
    return bool(east > _AROUND or north > _AROUND)


def _rows(record: FlightRecord) -> History | None:
    """At most `MOST_ROWS` rows of a body's flight, the last one kept; None of any other."""
    history = record.history
    if history is None or len(history) < 2 or span(record.summary, "body") is None:
        return None
    few = np.unique(np.linspace(0, len(history) - 1, min(len(history), MOST_ROWS)).astype(int))
    return History({k: v[few] for k, v in history.columns.items()}, history.stages, history.phases)


def _figure(
    record: FlightRecord, rows: History, words: Words, panels: Sequence[Panel]
) -> Figure | None:
    if not panels:
        return None
    long = float(rows["time"][-1]) > _LONG
    scale, unit = (3600.0, "h") if long else (1.0, "s")
    time = rows["time"] / scale
    reach = (float(time[0]), float(time[-1]))
    hover = f"T+ %{{x:.{4 if long else 2}f}} {unit}"
    shared = Axis(reach, f"Time since the epoch, {unit}", hover)
    return stack(words, panels, time, event_marks(record.summary, "time", scale), shared)


def _pair(rows: History, words: str, unit: str, key: str, scale: float) -> Panel:
    kinds = (("inertial", BLUE, "solid"), ("relative", VERMILION, "dash"))
    still = rows["speed_relative"] < 0.1  # [m/s]: what stands has no direction
    curves = tuple(
        Curve(
            kind,
            np.where(
                still & (kind == "relative") & (key != "speed"),
                np.nan,
                rows[f"{key}_{kind}"] / scale,
            ),
            colour,
            dash,
        )
        for kind, colour, dash in kinds
    )
    return Panel(words, unit, curves, 2)


def _angles(rows: History, felt: Array) -> Panel:
    names = (
        ("total", "angle_of_attack", INK, "solid"),
        ("attack", "incidence", BLUE, "dash"),
        ("sideslip", "sideslip", VERMILION, "dot"),
    )
    curves = tuple(
        Curve(words, _unwrapped(np.where(felt, np.degrees(rows[key]), np.nan)), colour, dash)
        for words, key, colour, dash in names
    )
    return Panel("Angles to the stream", "deg", curves, 2)


def _stream(rows: History) -> list[Panel]:
    pressure, unit = _prefixed(rows["dynamic_pressure"], "Pa")
    curve = Curve("dynamic pressure", pressure, BLUE)
    return [
        Panel("Dynamic pressure", unit, (curve,), 3, floor=0.0),
        Panel("Mach number", "", (Curve("Mach number", rows["mach"], BLUE),), 3, floor=0.0),
    ]


def _prefixed(values: Array, unit: str) -> tuple[Array, str]:
    """Values in the multiple of their unit that suits the largest, and its name."""
    largest = float(np.max(np.abs(values)))
    scale, prefix = next((s, p) for s, p in _PREFIXES if largest >= s or s == _LEAST)
    # What is smaller by so much is the noise of sums, and would be drawn large where it is alone.
    shown = np.where(np.abs(values) > 1e-9 * largest, values, 0.0)
    return shown / scale, f"{prefix}{unit}"


def _three(values: Array) -> tuple[Curve, ...]:
    return tuple(Curve(n, values[:, i], c, dash) for i, (n, c, dash) in enumerate(_AXES))


def _plain_degrees(angle: Array) -> Array:
    """Degrees without the noise of the last digits, which a panel of nothing else would show."""
    return np.round(np.degrees(angle), 9)


def _unwrapped(angle: Array) -> Array:
    """The angle with a gap where it jumps by a whole turn."""
    shown = angle.copy()
    shown[1:][np.abs(np.diff(angle)) > 180.0] = np.nan
    return shown


def _local(rows: History) -> tuple[Array, Array, Array]:
    """North, east and down of the start [m], along the axes that it had there."""
    moved = rows["position_itrs"] - rows["position_itrs"][0]
    latitude, longitude = rows["latitude"][0], rows["longitude"][0]
    slat, clat, slon, clon = (
        np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude),
    )  # fmt: skip
    axes = np.array(
        [
            [-slat * clon, -slat * slon, clat],
            [-slon, clon, 0.0],
            [-clat * clon, -clat * slon, -slat],
        ]
    )
    north, east, down = np.round(moved @ axes.T, 6).T
    return north, east, down
