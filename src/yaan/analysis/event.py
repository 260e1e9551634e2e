"""Rows of the timeline: what a history says at an instant."""

from typing import Any

import numpy as np

from yaan.results.extremes import Extreme
from yaan.results.trajectory import History
from yaan.spacetime.elements import Elements


def degrees(angle: Any) -> float:
    """Radians as degrees, a plain number."""
    return float(np.degrees(angle))


def row_at(history: History, time: float, *, last: bool = True) -> int:
    """The last row at or before `time` [s], or the first at or after it."""
    if last:
        return max(int(np.searchsorted(history["time"], time + 1e-6, side="right")) - 1, 0)
    found = int(np.searchsorted(history["time"], time - 1e-6, side="left"))
    return min(found, len(history) - 1)


def entry(
    history: History, row: int, after: int, name: str, phase: str, kind: str
) -> dict[str, Any]:
    """One row of the timeline; `after` is the history's row once the event has happened."""
    h = history
    return {
        "event": name,
        "phase": phase,
        "kind": kind,
        "time": float(h["time"][row]),
        "height": float(h["height"][row]),
        "latitude_deg": degrees(h["latitude"][row]),
        "longitude_deg": degrees(h["longitude"][row]),
        "downrange": float(h["downrange"][row]),
        "speed_relative": float(h["speed_relative"][row]),
        "speed_inertial": float(h["speed_inertial"][row]),
        "flight_path_angle_deg": degrees(h["flight_path_angle_inertial"][row]),
        "flight_path_angle_relative_deg": degrees(h["flight_path_angle_relative"][row]),
        "mass_before": float(h["mass"][row]),
        "mass_after": float(h["mass"][after]),
        "dynamic_pressure": float(h["dynamic_pressure"][row]),
        "load_g": float(h["load"][row]),
    }


def event(
    history: History, time: float, name: str, phase: str, kind: str = "event"
) -> dict[str, Any]:
    """The row of an event at `time` [s] that the history has."""
    row = row_at(history, time, last=False)
    return entry(history, row, row_at(history, time), name, phase, kind)


def told_elements(e: Elements, frame: str) -> dict[str, Any]:
    """Osculating elements, and what they are against; heights and lengths in metres."""
    return {
        "perigee": float(e.perigee),
        "apogee": float(e.apogee),
        "inclination_deg": degrees(e.inclination),
        "raan_deg": degrees(e.right_ascension),
        "argument_of_perigee_deg": degrees(e.argument_of_perigee),
        "true_anomaly_deg": degrees(e.true_anomaly),
        "semi_major_axis": float(e.semi_major_axis),
        "eccentricity": float(e.eccentricity),
        "frame": frame,
    }


def told_peak(history: History, found: Extreme, name: str) -> dict[str, Any]:
    """The row of a peak of the history, told at its own instant."""
    told = entry(history, found.row, found.row, name, "", "peak")
    return told | {"time": found.time}


def in_time(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a timeline in the order of time, events before peaks."""
    return sorted(rows, key=lambda row: (row["time"], row["kind"]))
