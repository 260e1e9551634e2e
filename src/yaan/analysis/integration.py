"""What a flight is out by, told: a row a phase, and the verdict on all of them."""

from typing import Any

import numpy as np

from yaan.analysis.verdict import verdict
from yaan.description import IntegrationSpec
from yaan.flight.accuracy import PhaseError

NAME = "integration"


def tell_integration(errors: list[PhaseError], bounds: IntegrationSpec) -> dict[str, Any]:
    """The errors of each phase at its end, and of the peaks within it; None: not known."""
    return {
        "bounds": {
            "peak": bounds.peak,
            "position": bounds.position,
            "speed": bounds.speed,
            "orbit": bounds.orbit,
        },
        "phases": [_row(error, bounds) for error in errors],
    }


def _row(error: PhaseError, bounds: IntegrationSpec) -> dict[str, Any]:
    peaks = error.peaks
    flux = [peaks[name] for name in ("heat_flux_stagnation", "heat_flux") if name in peaks]
    return {
        "phase": error.phase,
        "steps": error.steps,
        "shortest_step": _known(error.shortest),
        "position": _known(error.position),
        "speed": _known(error.speed),
        "time": _known(error.time),
        "load_share": _known(peaks.get("load")),
        "dynamic_pressure_share": _known(peaks.get("dynamic_pressure")),
        "heat_flux_share": _known(flux[0] if flux else None),
        "bound": "orbit" if error.airless else "air",
        "excess": _known(error.excess(bounds)),
    }


def _known(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


def judge_integration(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Whether every phase keeps to the bounds; open where nothing flew."""
    told = body[NAME]
    rows, bounds = told["phases"], told["bounds"]
    if not rows:
        return []
    limit = (
        f"{bounds['position']:g} m and {bounds['speed']:g} m/s in air, {bounds['orbit']:g} m a day"
        f" in orbit, {100.0 * bounds['peak']:g} % of a peak"
    )
    over = [r["phase"] for r in rows if r["excess"] is None or r["excess"] > 1.0]
    words = "Estimated from the same flight on longer steps."
    if over:
        words = f"Too large in {', '.join(over)}: shorten the steps there. {words}"
    return [verdict(NAME, not over, _value(rows), limit, words)]


def _value(rows: list[dict[str, Any]]) -> str:
    """The largest errors of all phases, in words."""
    shares = ("load_share", "dynamic_pressure_share", "heat_flux_share")
    peaks = [r[name] for r in rows for name in shares if r[name] is not None]
    told = []
    for key, unit in (("position", "m"), ("speed", "m/s")):
        values = [r[key] for r in rows]
        known = [v for v in values if v is not None]
        told.append(f"{max(known):.2g} {unit}" if len(known) == len(values) else f"no {unit} known")
    if peaks:
        told.append(f"{100.0 * max(peaks):.2g} % of a peak")
    return ", ".join(told) + " at most"
