"""The summary of a body's flight, from a file of kind `body`."""

from importlib.metadata import version
from typing import Any

import numpy as np

from yaan.analysis.body_budget import mass_ledger, propellant
from yaan.analysis.body_models import models
from yaan.analysis.body_orbit import orbit_at
from yaan.analysis.body_steps import judge_steps
from yaan.analysis.body_tables import judge_tables
from yaan.analysis.body_timeline import highest, rate_of, timeline
from yaan.analysis.conclusion import conclude
from yaan.analysis.event import degrees
from yaan.analysis.flown import Flown
from yaan.analysis.integration import judge_integration, tell_integration
from yaan.analysis.published import compare_published, judge_published
from yaan.analysis.summary import SCHEMA, told_assumption, told_sources
from yaan.analysis.verdict import verdict
from yaan.description import FreeFlight, Plan
from yaan.flight.body import FlownBody
from yaan.flight.models.world import epoch_of
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History

CLOSE = 1e-9
"""The mass ledger closes within this share of the mass."""

_ADVICE = {
    OutcomeCode.STRUCK_GROUND: "End the phase earlier, or at a height with `until.height_below`",
    OutcomeCode.OUT_OF_STEPS: "Enlarge the phase's `step`, or give its `until` a duration",
}


def summarise_body(flown: Flown, free: FreeFlight, one: FlownBody) -> dict[str, Any]:
    """`summary.json` of a body's flight."""
    plan, history = flown.plan, flown.history
    masses, closure = mass_ledger(free, history)
    tables, notes = judge_tables(free, one)
    start, end = state_at(plan, one, 0), state_at(plan, one, len(history) - 1)
    orbits = start["orbit"] is not None and end["orbit"] is not None
    body: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": "flight",
        "mission": plan.name,
        "title": plan.title,
        "yaan": version("yaan"),
        "epoch": plan.epoch,
        "spans": {"body": [float(history["time"][0]), float(history["time"][-1])]},
        "outcome": outcome(free, one),
        "timeline": timeline(free, history, orbits=orbits),
        "start": start,
        "end": end,
        "peaks": peaks(history),
        "phases": phase_rows(free, one),
        "mass_ledger": masses,
        "mass_closure": closure,
        "propellant": propellant(free, history),
        "assumptions": [told_assumption(r) for r in flown.ranked],
        "sources": told_sources(flown.provenance),
        "notes": [*flown.notes, *notes],
        "models": models(free),
        "integration": tell_integration(flown.errors, plan.integration),
    }
    body["published"] = compare_published(plan, body)
    body["verdicts"] = [
        *tables,
        *judge_steps(free, history),
        *judge_integration(body),
        *_ledger_verdict(body),
        *judge_published(body),
    ]
    body["outcome"] = conclude(body["outcome"], body["verdicts"], plan.title or plan.name)
    return body


def outcome(free: FreeFlight, flown: FlownBody) -> dict[str, Any]:
    """How the flight ended: a word and a sentence."""
    for phase, code in zip(free.phases, flown.outcomes, strict=True):
        if code is OutcomeCode.REACHED:
            continue
        text = code.sentence(phase.name)
        if code in _ADVICE:
            text = f"{text.split('. ')[0].rstrip('.')}. {_ADVICE[code]}."
        undefined = _undefined(flown.history)
        if code is OutcomeCode.NOT_FINITE and undefined:
            text = (
                f"Phase {phase.name!r} left the numbers at once: {', '.join(undefined)} cannot be"
                " told at its first instant. Check `start` and where the phase points."
            )
        return {"code": code.word, "text": text, "shortfall": 0.0}
    h = flown.history
    if h["time"][-1] <= h["time"][0]:
        code, name = OutcomeCode.NOTHING_FLOWN, free.phases[-1].name
        return {"code": code.word, "text": code.sentence(name), "shortfall": 0.0}
    end = float(h["height"][-1])
    height = f"{end / 1e3:.3f} km" if abs(end) >= 1e4 else f"{end:.2f} m"
    speed = f"{float(h['speed_relative'][-1]):.2f} m/s"
    text = (
        f"After {float(h['time'][-1]):g} s it is at a height of {height}, at {speed} against the"
        " Earth."
    )
    return {"code": OutcomeCode.REACHED.word, "text": text, "shortfall": 0.0}


def _undefined(history: History) -> list[str]:
    """Columns that are no numbers from the start, which then is all that there is."""
    if len(history) > 1:
        return []
    return [
        name
        for name, values in history.columns.items()
        if not name.endswith("_vvlh") and not np.all(np.isfinite(values[0]))
    ]


def state_at(plan: Plan, flown: FlownBody, row: int) -> dict[str, Any]:
    """The whole state of a row, in full digits: SI, and degrees where the key says so."""
    h = flown.history
    time = float(h["time"][row])
    return {
        "time": time,
        "utc": (epoch_of(plan) + time).iso(),
        "phase": h.phases[int(h["phase"][row])],
        "position_gcrs": _plain(h["position_gcrs"][row]),
        "velocity_gcrs": _plain(h["velocity_gcrs"][row]),
        "position_itrs": _plain(h["position_itrs"][row]),
        "velocity_itrs": _plain(velocity_itrs(h, row)),
        "latitude_deg": degrees(h["latitude"][row]),
        "longitude_deg": degrees(h["longitude"][row]),
        "height": float(h["height"][row]),
        "velocity_ned": _plain(h["velocity_ned"][row]),
        "quaternion": _plain(h["attitude"][row]),
        "matrix": [_plain(line) for line in matrix(h["attitude"][row])],
        "yaw_deg": degrees(h["yaw"][row]),
        "pitch_deg": degrees(h["pitch_body"][row]),
        "roll_deg": degrees(h["roll"][row]),
        "rate_body": _plain(h["rate_body"][row]),
        "mass": float(h["mass"][row]),
        "orbit": orbit_at(h, row, flown.world.mu),
    }


def _plain(values: np.ndarray) -> list[float]:
    return [float(value) for value in values]


def velocity_itrs(history: History, row: int) -> np.ndarray:
    """Velocity against the turning Earth in ITRS [m/s]."""
    north, east, down = history["velocity_ned"][row]
    latitude, longitude = history["latitude"][row], history["longitude"][row]
    slat, clat = np.sin(latitude), np.cos(latitude)
    slon, clon = np.sin(longitude), np.cos(longitude)
    return (
        north * np.array([-slat * clon, -slat * slon, clat])
        + east * np.array([-slon, clon, 0.0])
        - down * np.array([clat * clon, clat * slon, slat])
    )


def matrix(q: np.ndarray) -> np.ndarray:
    """Direction cosines [3, 3] of a unit quaternion: GCRS components to body components."""
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def peaks(history: History) -> dict[str, Any]:
    """The largest dynamic pressure, load and rate, and the highest point."""
    h, rate = history, rate_of(history)
    columns = (h["dynamic_pressure"], h["load"], rate)
    q, load, turn = (peak(h["time"], column) for column in columns)
    time, height = highest(history)
    return {
        "dynamic_pressure": {
            "time": q.time,
            "value": q.value,
            # Where there is no air there is no sound in it.
            "mach": float(h["mach"][q.row]) if h["density"][q.row] > 0.0 else None,
            "height": float(h["height"][q.row]),
        },
        "load": {"time": load.time, "value_g": load.value},
        "rate": {"time": turn.time, "value_deg": degrees(turn.value)},
        "height": {"time": time, "value": height},
    }


def phase_rows(free: FreeFlight, flown: FlownBody) -> list[dict[str, Any]]:
    """Each phase: what flew, how, from when to when, by what steps, and how it ended."""
    legs = flown.legs
    return [
        {
            "phase": phase.name,
            "configuration": free.configuration_of(phase),
            "motion": phase.motion,
            "pointing": phase.pointing or "stream" if phase.motion == "point" else None,
            "engine": phase.engine,
            "start": float(legs.start[k]),
            "end": float(legs.stop[k]),
            "steps": int(legs.steps[k]),
            "step": phase.step,
            "outcome": code.word,
        }
        for k, (phase, code) in enumerate(zip(free.phases, flown.outcomes, strict=True))
    ]


def _ledger_verdict(body: dict[str, Any]) -> list[dict[str, Any]]:
    if not body["propellant"]:
        return []
    mass, closure = body["mass_ledger"][0]["mass"], body["mass_closure"]
    limit, words = f"{CLOSE:g} of the mass", "What the mass ledger leaves unexplained."
    value = f"{closure:.3g} kg of {mass:g} kg"
    return [verdict("ledgers close", closure <= CLOSE * mass, value, limit, words)]
