"""An entry of a rigid body told beside the point's: how far off, how it turned, what it asked."""

from typing import Any

import numpy as np

from yaan.analysis.event import degrees
from yaan.design.deorbit import offsets
from yaan.design.landing import Landed, Lander
from yaan.flight.turning import FIRMER, Turning
from yaan.motion.base import Leg
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History
from yaan.spacetime.zone import distance

AT_LIMIT = 0.999
"""Share of the largest moment from which a thruster counts as open throughout."""

_FELT = 10.0  # [Pa] of dynamic pressure: the angle off the trim counts from there

Array = np.ndarray


def told_turning(
    history: History, lander: Lander, landed: Landed, rows: Array
) -> dict[str, Any] | None:
    """What a rigid entry adds to the summary; `rows` are those of the entry. None for a point."""
    turning, turned = lander.turning, landed.turned
    if turning is None or turned is None:
        return None
    point, firm = turned.point, turned.firm
    held = firm.outcome[0] == OutcomeCode.REACHED
    along, right = _offset(history, rows, _place(point.entry), _place(landed.entry))
    return {
        "step": turning.step,
        "entry_end": {
            "distance": float(distance(*_place(landed.entry), *_place(point.entry))),
            "along": along,
            "right": right,
            "later": float(landed.entry.end.t[0] - point.entry.end.t[0]),
        },
        "landing_distance": float(distance(*landed.end[1:], *point.end[1:])),
        "point_landing": [degrees(angle) for angle in point.end[1:]],
        "point_miss": point.miss,
        "firm_distance": (float(distance(*_place(firm), *_place(point.entry))) if held else None),
        "firm": f"{FIRMER:g} times the frequency and unlimited moments",
        **_peaks(history, turning, rows),
    }


def turning_words(told: dict[str, Any]) -> str:
    """One sentence for the verdict on the landing."""
    words = f"The point entry on the same bank comes down {told['landing_distance']:.0f} m away"
    if told["firm_distance"] is None:
        return f"{words}."
    return f"{words}; held firmly, the body ends its entry {told['firm_distance']:.0f} m from it."


def _peaks(history: History, turning: Turning, rows: Array) -> dict[str, Any]:
    """Greatest angles off what was asked, rates and moments."""
    h, capsule = history, turning.body.capsule
    trim = np.interp(h["mach"][rows], np.asarray(capsule.mach), np.asarray(capsule.angle))
    air = h["dynamic_pressure"][rows] > _FELT
    off = np.hypot(h["incidence"][rows] + trim, h["sideslip"][rows])
    astray = h["bank"][rows] - h["bank_commanded"][rows]
    astray = np.abs((astray + np.pi) % (2.0 * np.pi) - np.pi)
    limit = turning.control.limit
    most = np.array([float(np.asarray(x)) for x in (limit.x, limit.y, limit.z)])
    asked = np.abs(h["moment_control"][rows])
    full = np.any(asked >= AT_LIMIT * np.maximum(most, 1e-9), axis=1)
    span = np.diff(h["time"][rows], append=h["time"][rows][-1])
    return {
        "peak_off_trim_deg": degrees(np.max(off[air], initial=0.0)),
        "peak_sideslip_deg": degrees(np.max(np.abs(h["sideslip"][rows])[air], initial=0.0)),
        "peak_bank_error_deg": degrees(np.max(astray)),
        "peak_rate_deg": degrees(np.max(np.linalg.norm(h["rate_body"][rows], axis=1))),
        "peak_moment": [float(m) for m in np.max(asked, axis=0)],
        "moment_limit": [float(m) for m in most],
        "at_limit": float(np.sum(span[full])),
        "impulse": [float(m) for m in np.sum(asked * span[:, None], axis=0)],
    }


def _place(leg: Leg) -> tuple[float, float]:
    return float(leg.place.latitude[0]), float(leg.place.longitude[0])


def _offset(
    history: History, rows: Array, point: tuple[float, float], body: tuple[float, float]
) -> tuple[float, float]:
    """How far beyond and to the right of the point's end the body's is [m]."""
    start = (history["latitude"][rows[0]], history["longitude"][rows[0]])
    origin, there, here = ((np.array([one[0]]), np.array([one[1]])) for one in (start, point, body))
    along, right = offsets(origin, there, here)
    return float(along[0]), float(right[0])
