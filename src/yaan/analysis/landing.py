"""The entry, the parachutes and the touchdown, told in numbers: of a mission or of an entry."""

from typing import Any

import numpy as np

from yaan.analysis.event import degrees, event, in_time
from yaan.analysis.turning import told_turning
from yaan.crew import grade, load_limits
from yaan.crew.limits import Condition
from yaan.description import BoxSpec, EntryPhaseSpec, ParachutesSpec
from yaan.design.landing import Landed, Lander
from yaan.motion.descent import TIMEOUT as HANGING
from yaan.motion.descent import Descended
from yaan.motion.entry import TIMEOUT
from yaan.results.extremes import peak
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History

FIRST_LOAD = 0.05
"""The load at which an entry is felt first, in standard gravities: Apollo's 0.05 g."""


_NEAR = 0.5  # [m] above the ground: it has come down to it


def phase_rows(history: History, *names: str) -> np.ndarray:
    """Rows of the named phases."""
    wanted = [history.phases.index(name) for name in names if name in history.phases]
    return np.flatnonzero(np.isin(history["phase"], wanted))


def cut_to(history: History, *names: str) -> History:
    """The rows of the named phases, as a history."""
    return history.rows(phase_rows(history, *names))


def interface(history: History, row: int) -> dict[str, Any]:
    """The state at the entry interface."""
    h = history
    position, velocity = h["position_gcrs"][row], h["velocity_gcrs"][row]
    up = position / np.linalg.norm(position)
    east = np.cross([0.0, 0.0, 1.0], up)
    east /= np.linalg.norm(east)
    heading = np.arctan2(velocity @ east, velocity @ np.cross(up, east))
    return {
        "time": float(h["time"][row]),
        "height": float(h["height"][row]),
        "latitude_deg": degrees(h["latitude"][row]),
        "longitude_deg": degrees(h["longitude"][row]),
        "speed_inertial": float(h["speed_inertial"][row]),
        "speed_relative": float(h["speed_relative"][row]),
        "flight_path_angle_inertial_deg": degrees(h["flight_path_angle_inertial"][row]),
        "flight_path_angle_relative_deg": degrees(h["flight_path_angle_relative"][row]),
        "heading_deg": degrees(heading) % 360.0,
    }


def entry_sentence(code: OutcomeCode) -> str:
    """How an entry ended, in words of its own where those of other phases do not fit."""
    if code is OutcomeCode.TIMED_OUT:
        return (
            f"The entry did not come down within {TIMEOUT:g} s. "
            "Enter more steeply or more slowly, from less high, or with less lift."
        )
    return code.sentence("entry")


def told_entry(
    history: History, lander: Lander, landed: Landed, spec: EntryPhaseSpec
) -> dict[str, Any]:
    """The entry: its interface, its bank, its peaks."""
    rows = phase_rows(history, "entry")
    h, flown = history, landed.entry
    loads, fluxes = (peak(h["time"][rows], h[c][rows]) for c in ("load", "heat_flux_stagnation"))
    load, flux = rows[loads.row], rows[fluxes.row]
    ground = float(lander.world.ground)
    code = OutcomeCode(int(flown.outcome[0]))
    bank = landed.bank
    kind = "solved" if landed.banked is not None else "given"
    return {
        "interface": interface(h, int(rows[0])),
        "bank": {
            "kind": kind,
            "magnitude_deg": None if landed.banked is None else degrees(landed.banked.magnitude),
            "reversal": (
                None
                if landed.banked is None
                else float(h["time"][rows[0]]) + landed.banked.reversal
            ),
            "time": [float(t) for t in np.asarray(bank.time)],
            "angle_deg": [degrees(a) for a in np.asarray(bank.angle)],
        },
        "peak_load": {
            "time": loads.time,
            "value_g": loads.value,
            "rising": bool(load == rows[-1] and h["height"][load] > ground + _NEAR),
            "height": float(h["height"][load]),
            "speed_relative": float(h["speed_relative"][load]),
        },
        "peak_flux": {
            "time": fluxes.time,
            "value": fluxes.value,
            "height": float(h["height"][flux]),
        },
        "heat_load": float(flown.added.heat_load[0]),
        "wall_temperature": float(np.max(h["wall_temperature"][rows])),
        "duration": float(h["time"][rows[-1]] - h["time"][rows[0]]),
        "load_limit_g": spec.load_limit,
        "ballistic_peak_g": landed.ballistic_load,
        "motion": spec.motion,
        "turning": told_turning(history, lander, landed, rows),
        "outcome": code.word,
        "text": entry_sentence(code),
    }


def descent_sentence(code: OutcomeCode) -> str:
    """How a descent ended; it has no condition that a file could mend."""
    if code is OutcomeCode.TIMED_OUT:
        return (
            f"The descent did not come down within {HANGING:g} s under its canopies. "
            "Deploy them lower, let them be smaller, or the capsule heavier."
        )
    return code.sentence("descent")


def _seconds(value: Any) -> float | None:
    """An instant, or None for what has not happened."""
    number = float(value)
    return number if np.isfinite(number) else None


def told_descent(
    history: History, landed: Landed, spec: ParachutesSpec | None
) -> dict[str, Any] | None:
    """The parachutes: each step as it went."""
    descent, canopies = landed.descent, landed.canopies
    if descent is None or canopies is None or spec is None:
        return None
    hung = cut_to(history, "descent")
    opening = peak(hung["time"], hung["load"])
    steps = [_step(canopies, spec, i) for i in range(len(spec.steps))]
    code = OutcomeCode(int(descent.outcome[0]))
    return {
        "steps": steps,
        "peak_load": {"time": opening.time, "value_g": opening.value},
        "outcome": code.word,
        "text": descent_sentence(code),
    }


def _step(descent: Descended, spec: ParachutesSpec, i: int) -> dict[str, Any]:
    step, record, openings = spec.steps[i], descent.deployed, descent.openings
    deployed = _seconds(record.time[i])
    started = np.isfinite(np.asarray(openings.start[i]))
    fills = [float(f) for f in np.asarray(openings.fill[i])[started]]
    deploy = None
    if deployed is not None:
        deploy = {
            "time": deployed,
            "height": float(record.height[i]),
            "speed": float(record.speed[i]),
            "dynamic_pressure": float(record.dynamic_pressure[i]),
            "mach": float(record.mach[i]),
            "in_box": bool(descent.in_box[i]),
            "outside": _outside(descent, i, step.box),
        }
    box = None
    if step.box is not None:
        box = {
            "mach": list(step.box.mach),
            "dynamic_pressure": list(step.box.dynamic_pressure),
            "height": None if step.box.height is None else list(step.box.height),
        }
    carries = step.drags == "capsule"
    released = _seconds(descent.released[i])
    return {
        "name": step.name,
        "carries": carries,
        "carries_at_end": bool(carries and step.opened and deployed is not None and not released),
        "count": step.count,
        "working": step.opened,
        "deploy": deploy,
        "fill_times": fills,
        "full_open": _seconds(descent.full_open[i]),
        "release": released,
        "peak_load": float(descent.peak_load[i]),
        "box": box,
    }


def _outside(descent: Descended, i: int, box: BoxSpec | None) -> str:
    """What was outside the box at a deployment, in words; empty where nothing was."""
    if box is None or descent.in_box[i]:
        return ""
    record = descent.deployed
    sides = (
        ("Mach", record.mach[i], box.mach, "", 1.0, 3),
        ("at", record.dynamic_pressure[i], box.dynamic_pressure, " kPa", 1e3, 3),
        ("at", record.height[i], box.height, " km", 1e3, 3),
    )
    return ", ".join(
        f"{word} {float(value) / scale:.{digits}g}{unit}, allowed is"
        f" {ends[0] / scale:g} to {ends[1] / scale:g}{unit}"
        for word, value, ends, unit, scale, digits in sides
        if ends is not None and not ends[0] <= value <= ends[1]
    )


def told_crew(history: History, condition: Condition, *phases: str) -> dict[str, Any]:
    """The loads of the named phases graded."""
    rows = phase_rows(history, *phases)
    loads = np.stack([history[f"load_{axis}"][rows] for axis in "xyz"], axis=1)
    axes = grade(history["time"][rows], loads, load_limits(), condition)
    return {"condition": condition, "axes": [axis.row() for axis in axes]}


def landing_events(
    history: History, landed: Landed, spec: ParachutesSpec | None, *, touched: bool
) -> list[dict[str, Any]]:
    """Events from the interface to the ground, if it has `touched` that, and peaks between."""
    h, rows = history, phase_rows(history, "entry")
    time, load = h["time"][rows], h["load"][rows]
    found = [event(h, float(time[0]), "entry-interface", "entry")]
    felt = np.flatnonzero(load >= FIRST_LOAD)
    if len(felt) and felt[0] > 0:
        k = int(felt[0])
        share = (FIRST_LOAD - load[k - 1]) / (load[k] - load[k - 1])
        row = event(h, float(time[k]), "first-load", "entry")
        row["time"] = float(time[k - 1] + share * (time[k] - time[k - 1]))
        found.append(row)
    for name, column in (("peak-heat-flux", "heat_flux_stagnation"), ("peak-load", "load")):
        at = rows[np.argmax(h[column][rows])]
        found.append(event(h, float(h["time"][at]), name, "entry", "peak"))
    found.append(event(h, float(time[-1]), "entry-end", "entry"))
    if touched:
        found.append(event(h, float(h["time"][-1]), "touchdown", h.phases[int(h["phase"][-1])]))
    if landed.canopies is None or spec is None:
        return in_time(found)
    hung = phase_rows(history, "descent")
    at = hung[np.argmax(h["load"][hung])]
    found.append(event(h, float(h["time"][at]), "peak-opening-load", "descent", "peak"))
    for i, step in enumerate(spec.steps):
        at = _seconds(landed.canopies.deployed.time[i])
        if at is not None:
            found.append(event(h, at, step.name, "descent"))
    return in_time(found)
