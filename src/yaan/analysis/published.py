"""Our figures beside the published ones."""

from typing import Any

from yaan.analysis.verdict import verdict
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import Plan, PublishedSpec

_AT = {
    "time": ("time", "s"),
    "height": ("height", "m"),
    "latitude": ("latitude_deg", "deg"),
    "longitude": ("longitude_deg", "deg"),
    "downrange": ("downrange", "m"),
    "speed_inertial": ("speed_inertial", "m/s"),
    "speed_relative": ("speed_relative", "m/s"),
    "flight_path_angle": ("flight_path_angle_deg", "deg"),
    "flight_path_angle_relative": ("flight_path_angle_relative_deg", "deg"),
    "mass": ("mass_after", "kg"),
    "dynamic_pressure": ("dynamic_pressure", "Pa"),
}
"""Quantities at an event: their key in the timeline and their unit."""

_DEGREE = 57.29577951308232  # [deg/rad]
_TOLD = {
    "flight_path_angle": _DEGREE,
    "flight_path_angle_relative": _DEGREE,
    "latitude": _DEGREE,
    "longitude": _DEGREE,
    "inclination": _DEGREE,
    "max_load": 1.0 / STANDARD_GRAVITY,
    "max_opening_load": 1.0 / STANDARD_GRAVITY,
}
"""From SI to the unit that a quantity is told in."""


def compare_published(plan: Plan, summary: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each published figure; `within` is None where no tolerance is given.

    A figure of an event that was not reached has no value of ours.
    """
    return [_row(p, summary) for p in plan.published]


def judge_published(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """Whether every figure that has a tolerance is within it; open where an event never came."""
    judged = [row for row in summary["published"] if row["tolerance"] is not None]
    if not judged:
        return []
    outside = [row["what"] for row in judged if row["within"] is False]
    absent = [row["what"] for row in judged if row["within"] is None]
    value = f"{len(judged) - len(outside) - len(absent)} of {len(judged)} within"
    told = [f"Outside: {', '.join(outside)}."] if outside else []
    told += [f"Never came: {', '.join(absent)}."] if absent else []
    passed = False if outside else None if absent else True
    words = " ".join(told) or "Those with a tolerance."
    limit = "every one within its tolerance"
    return [verdict("published figures", passed, value, limit, words)]


def _row(published: PublishedSpec, summary: dict[str, Any]) -> dict[str, Any]:
    ours, unit = _ours(published, summary)
    factor = _TOLD.get(published.quantity, 1.0)
    theirs = published.value * factor
    tolerance = None if published.tolerance is None else published.tolerance * factor
    difference = None if ours is None else ours - theirs
    within = None
    if tolerance is not None and difference is not None:
        within = abs(difference) <= tolerance
    return {
        "what": published.what,
        "ours": ours,
        "published": theirs,
        "difference": difference,
        "unit": unit,
        "tolerance": tolerance,
        "within": within,
        "calibrated": published.calibrated,
        "source": published.source,
    }


def _ours(published: PublishedSpec, summary: dict[str, Any]) -> tuple[float | None, str]:
    quantity = published.quantity
    if quantity in _AT:
        key, unit = _AT[quantity]
        found = [e[key] for e in summary["timeline"] if e["event"] == published.at]
        return (found[0] if found else None), unit
    if quantity in ("propellant_used", "propellant_left"):
        key = quantity.removeprefix("propellant_")
        rows = summary.get("propellant", [])
        found = [r[key] for r in rows if r["stage"] == published.stage]
        return (found[0] if found else None), "kg"
    orbit, peaks = summary.get("orbit") or {}, summary["peaks"]
    hung = (summary.get("descent") or {}).get("peak_load") or {}
    simple: dict[str, tuple[float | None, str]] = {
        "liftoff_mass": ((summary.get("liftoff") or {}).get("mass"), "kg"),
        "perigee": (orbit.get("perigee"), "m"),
        "apogee": (orbit.get("apogee"), "m"),
        "inclination": (orbit.get("inclination_deg"), "deg"),
        "max_dynamic_pressure": (peaks["dynamic_pressure"]["value"], "Pa"),
        "max_load": (peaks["load"]["value_g"], "g0"),
        "max_opening_load": (hung.get("value_g"), "g0"),
    }
    return simple[quantity]
