"""Budgets of the way home: mass at every event, and where the velocity went.

The ledger of the dynamics is the history's mass, thrust and drag; this one adds up what was burnt
and left behind on its own, so that the difference is a check. A burn against the motion has a
negative ideal velocity, so that the sums hold. Ignores the work of the lift in a wind, some m/s.
"""

from typing import Any

import numpy as np

from yaan.analysis.event import row_at
from yaan.analysis.landing import phase_rows
from yaan.analysis.return_phases import Told
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import Ascent
from yaan.design.record import PHASES, along_motion
from yaan.results.trajectory import History

_TERMS = ("ideal", "gravity", "drag", "steering", "back_pressure", "achieved")


def mass_rows(
    told: Told, burns: list[dict[str, Any]], mass: float
) -> tuple[list[dict[str, Any]], float]:
    """Every change of mass after the launcher, from `mass` [kg], and the worst disagreement."""
    home, h = told.home, told.history
    first = row_at(h, float(home.separated.t[0]))
    rows: list[dict[str, Any]] = []
    worst = abs(mass - float(h["mass"][first]))
    exhaust = float(home.task.raising.craft.isp) * STANDARD_GRAVITY
    for burn in burns:
        spent = burn["thrust"] / exhaust * burn["duration"]
        mass -= spent
        rows.append(_row(f"{burn['name']}-cut-off", "service module propellant", -spent, mass))
        after = row_at(h, burn["start"] + burn["duration"] + 1e-3)
        worst = max(worst, abs(mass - float(h["mass"][after])))
    if home.down is None or home.landed is None:
        return rows, worst
    capsule = float(np.asarray(home.task.craft.capsule.mass))
    rows.append(_row("service-module-separation", "service module", capsule - mass, capsule))
    return rows, max(worst, abs(capsule - float(h["mass"][-1])))


def _row(event: str, item: str, change: float, mass: float) -> dict[str, Any]:
    return {"event": event, "item": item, "change": change, "mass": mass}


def propellant_row(ascent: Ascent, told: Told, burns: list[dict[str, Any]]) -> dict[str, Any]:
    """What the service module carried, burnt and kept."""
    module = told.asked.spacecraft.service_module
    used = sum(burn["propellant"] for burn in burns)
    left = module.propellant - used
    mass = ascent.vehicle.payload.mass - module.propellant
    worth = module.engine.isp * STANDARD_GRAVITY * float(np.log1p(left / mass))
    return {
        "stage": "service_module",
        "loaded": module.propellant,
        "used": used,
        "left": left,
        "margin_velocity": worth,
    }


def velocity_ledger(told: Told) -> dict[str, Any]:
    """Where the Earth-relative velocity went, by phase of the way home."""
    h = told.history
    rows = []
    for name in PHASES:
        found = phase_rows(h, name)
        if len(found):
            rows.append({"phase": name} | dict.fromkeys(_TERMS, 0.0) | _phase(told, h, found))
    total = {term: sum(row[term] for row in rows) for term in _TERMS}
    lost = sum(total[term] for term in ("gravity", "drag", "steering", "back_pressure"))
    return {
        "phases": rows,
        "total": total,
        "residual": total["ideal"] - lost - total["achieved"],
        "relative_speed": "Earth-relative speed; gravity includes the centrifugal term; a burn "
        "against the motion counts as negative",
    }


def _phase(told: Told, h: History, rows: np.ndarray) -> dict[str, float]:
    """The terms of one phase; it may come in several spells, as the orbit between burns."""
    terms: dict[str, float] = {term: 0.0 for term in _TERMS}
    breaks = np.flatnonzero(np.diff(rows) > 1) + 1
    for spell in np.split(rows, breaks):
        # From the last row of the phase before: the step between belongs to this one.
        first = max(int(spell[0]) - 1, 0)
        used = np.arange(first, int(spell[-1]) + 1)
        for name, value in _spell(told, h, used).items():
            terms[name] += value
    return terms


def _spell(told: Told, h: History, rows: np.ndarray) -> dict[str, float]:
    t, mass = h["time"][rows], h["mass"][rows]
    pull, inertial, stream = along_motion(told.home.world, h, rows)
    # The thrust of a step is that at its end: before it, it may not have burnt yet.
    push = np.nan_to_num(h["thrust"][rows]) / mass
    push = np.minimum(push, np.append(push[1:], push[-1]))
    sense = _sense(told, t)
    braking = np.nan_to_num(h["drag"][rows]) / mass
    ideal = np.trapezoid(push * sense, t)
    along = np.trapezoid(push * sense * inertial, t)
    speed = h["speed_relative"][rows]
    return {
        "ideal": float(ideal),
        "gravity": float(-np.trapezoid(pull, t)),
        "drag": float(np.trapezoid(braking * stream, t)),
        "steering": float(ideal - along),
        "achieved": float(speed[-1] - speed[0]),
    }


def _sense(told: Told, t: np.ndarray) -> np.ndarray:
    """+1 while burns push along the motion, -1 against."""
    home = told.home
    sense = np.ones(len(t))
    burns, lane = home.raised.burns, home.orbit
    for i in range(burns.start.shape[1]):
        start, stop = burns.start[lane, i], burns.start[lane, i] + burns.duration[lane, i]
        sense[(t >= start - 1.0) & (t <= stop + 1.0)] = burns.sense[lane, i]
    if home.down is not None:
        sense[t >= float(home.down.ignition[0]) - 1.0] = -1.0
    return sense
