"""The figures of a body's flight and of a chain: motion, how it turns, its path from the start."""

from typing import Final

import numpy as np

from yaan.report.figures.body_panels import drawn, plain_degrees, rows_of, three, unwrapped
from yaan.report.figures.panels import Curve, Panel, Words
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    STAGE_COLOURS,
    VERMILION,
    Array,
    Figure,
)
from yaan.report.span import column
from yaan.report.text import label, number
from yaan.results import FlightRecord, History

KILO: Final = 1e3  # [1]
FAR: Final = 50e3  # [m] over ground: from here on a map says more than a path

_ROUNDING: Final = 1e-12
_AROUND: Final = 1.5  # [rad] of longitude or latitude


def body_motion(record: FlightRecord) -> Figure | None:
    """Height, speeds, flight-path angle, and the masses where they change."""
    rows = rows_of(record)
    if rows is None:
        return None
    panels = [
        Panel("Height", "km", (Curve("height", rows["height"] / KILO, BLUE),), 3),
        _pair(rows, "Speed", "m/s", "speed", 1.0),
        _pair(rows, "Flight-path angle", "deg", "flight_path_angle", np.pi / 180.0),
    ]
    panels += _masses(record, rows)
    end = f"{number(float(rows['height'][-1]) / KILO, 2)} km"
    alt = f"Height, speed and flight-path angle against time. It ends at {end}."
    caption = (
        "Motion against time. Dotted lines mark the events, numbered as in the"
        " timeline. Speeds and angles: inertial (GCRS) and relative to the rotating Earth."
    )
    return drawn(record, rows, Words("body-motion", alt, caption), panels)


def _masses(record: FlightRecord, rows: History) -> list[Panel]:
    """The mass, and of a chain the propellant of each stage, where they change."""
    panels: list[Panel] = []
    if _changes(rows["mass"]):
        heavy = np.nanmax(rows["mass"]) >= 10.0 * KILO
        mass, unit = (rows["mass"] / KILO, "t") if heavy else (rows["mass"], "kg")
        panels.append(Panel("Mass", unit, (Curve("mass", mass, INK),), 2, floor=0.0))
    if record.summary.sequence is None or "propellant" not in rows:
        return panels
    heavy = np.nanmax(rows["propellant"], initial=0.0) >= 10.0 * KILO
    scale, unit = (KILO, "t") if heavy else (1.0, "kg")
    curves = tuple(
        Curve(label(stage), left / scale, STAGE_COLOURS[i % len(STAGE_COLOURS)])
        for i, (stage, left) in enumerate(zip(rows.stages, rows["propellant"].T, strict=True))
        if _changes(left)
    )
    return panels + ([Panel("Propellant left", unit, curves, 2, floor=0.0)] if curves else [])


def _changes(values: Array) -> bool:
    """Whether there is more than one value, and not by rounding alone."""
    known = values[np.isfinite(values)]
    return len(known) > 0 and bool(np.ptp(known) > _ROUNDING * np.max(np.abs(known)))


def body_attitude(record: FlightRecord) -> Figure | None:
    """Yaw, pitch and roll, and the rates on body axes; against VVLH what goes around the Earth."""
    rows = rows_of(record)
    if rows is None or "attitude" not in rows or column(rows, "yaw") is None:
        return None
    orbital = goes_around(record) and column(rows, "yaw_vvlh") is not None
    panels = _angles(rows, "{}_vvlh" if orbital else "{}")
    rates = plain_degrees(rows["rate_body"])
    panels.append(Panel("Body rates", "deg/s", three(rates), 4))
    fastest = float(np.nanmax(np.linalg.norm(rates, axis=1)))
    start, more = "north, east and down of where it is", ""
    if orbital:
        panels.append(Panel("Against VVLH", "deg/s", three(plain_degrees(rows["rate_vvlh"])), 4))
        start = (
            "VVLH (x nearly along the velocity, y against the orbit's angular momentum, z to the"
            " Earth's centre)"
        )
        more = ", and below them against VVLH"
    against = "VVLH" if orbital else "north, east and down"
    alt = (
        f"Yaw, pitch and roll against {against}, and the three body rates, against time."
        f" It turns at {number(fastest, 2)} degrees a second at most."
    )
    caption = (
        f"Yaw, pitch and roll, in this order, take {start} to the body's axes: x forward, y right,"
        f" z down. Rates are on those axes, against the stars{more}."
    )
    return drawn(record, rows, Words("body-attitude", alt, caption), panels)


def _angles(rows: History, named: str) -> list[Panel]:
    panels: list[Panel] = []
    for word, colour in (("yaw", BLUE), ("pitch", VERMILION), ("roll", GREEN)):
        name = "pitch_body" if named.format(word) == "pitch" else named.format(word)
        curve = Curve(word, unwrapped(plain_degrees(rows[name])), colour)
        panels.append(Panel(label(word), "deg", (curve,), 2))
    return panels


def body_path(record: FlightRecord) -> Figure | None:
    """How far it is north, east and down of its start, of a flight that stays near."""
    rows = rows_of(record)
    if rows is None or goes_far(record) or "position_itrs" not in rows:
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
    return drawn(record, rows, Words("body-path", alt, caption), panels)


def goes_far(record: FlightRecord) -> bool:
    """Whether the flight leaves its neighbourhood, so that a map shows it best."""
    history = record.history
    return history is not None and float(np.nanmax(history["downrange"], initial=0.0)) > FAR


def goes_around(record: FlightRecord) -> bool:
    """Whether it goes so far around the Earth that only a globe shows it."""
    history = record.history
    if history is None or not goes_far(record):
        return False
    east, north = np.ptp(np.unwrap(history["longitude"])), np.ptp(history["latitude"])
    return bool(east > _AROUND or north > _AROUND)


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
