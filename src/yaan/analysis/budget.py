"""Budgets of a flight: mass at every event, propellant, and where the velocity went."""

from typing import Any

import jax
import numpy as np

from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import Ascent
from yaan.design.steer import Steered
from yaan.results.trajectory import History

_TERMS = ("ideal", "gravity", "drag", "steering", "back_pressure")


def leg_rows(history: History, steered: Steered) -> list[tuple[int, int]]:
    """First and last row of each leg that was flown."""
    label = np.asarray(steered.lane.tape.label)[: len(history)]
    found = []
    for i in range(len(steered.task.sequence.legs)):
        rows = np.flatnonzero(label == i)
        if len(rows):
            found.append((int(rows[0]), int(rows[-1])))
    return found


def mass_ledger(
    ascent: Ascent, history: History, steered: Steered
) -> tuple[list[dict[str, Any]], float]:
    """Every change of mass, and what it leaves unexplained [kg].

    The mass of the history comes from the dynamics; the ledger adds up burnt propellant and
    dropped items on its own, so that the difference is a check.
    """
    vehicle, launcher = steered.task.vehicle, steered.task.case.launcher
    dry = dict(zip(vehicle.stages, np.asarray(launcher.dry_mass), strict=True))
    items = dict(zip(vehicle.items, np.asarray(launcher.item_mass), strict=True))
    mass = float(np.sum(launcher.propellant) + sum(dry.values()) + sum(items.values()))
    rows = [{"event": "ignition", "item": "all aboard", "change": 0.0, "mass": mass}]
    worst = abs(mass - float(history["mass"][0]))
    burnt, legs = history["propellant"], steered.task.sequence.legs
    left = dict(zip(vehicle.stages, burnt[0], strict=True))
    event = "ignition"
    for leg, (first, last) in zip(legs, leg_rows(history, steered), strict=False):
        for name in leg.phase.drop if leg.begins else []:
            change = dry[name] + left[name] if name in dry else items[name]
            mass -= float(change)
            rows.append({"event": event, "item": name, "change": -float(change), "mass": mass})
            left.pop(name, None)
        worst = max(worst, abs(mass - float(history["mass"][first])))
        event = leg.event or event
        for i, name in enumerate(vehicle.stages):
            change = float(burnt[first, i] - burnt[last, i])
            if name in left and change > 0.0:
                mass -= change
                left[name] = float(burnt[last, i])
                item = f"{name} propellant"
                rows.append({"event": event, "item": item, "change": -change, "mass": mass})
        worst = max(worst, abs(mass - float(history["mass"][last])))
    return rows, worst


def propellant(ascent: Ascent, steered: Steered) -> list[dict[str, Any]]:
    """What each stage carried, burnt and kept, and what velocity the rest is worth [m/s]."""
    launcher, lane = steered.task.case.launcher, steered.lane
    loaded = np.asarray(launcher.propellant)
    left = np.asarray(lane.legs.inner.propellant)[len(steered.task.sequence.legs) - 1]
    rows = []
    for i, name in enumerate(steered.task.vehicle.stages):
        carried = _carried(ascent, steered, i, float(left[i]))
        isp = ascent.vehicle.stages[name].engine.isp
        rows.append(
            {
                "stage": name,
                "loaded": float(loaded[i]),
                "used": float(loaded[i] - left[i]),
                "left": float(left[i]),
                "margin_velocity": _worth(isp, carried, float(left[i])),
            }
        )
    return rows


def _carried(ascent: Ascent, steered: Steered, stage: int, left: float) -> float:
    """Mass at the end of the last leg that the stage was aboard, without what it had left [kg]."""
    phases, launcher = jax.device_get((steered.task.sequence.phases, steered.task.case.launcher))
    aboard = np.asarray(phases.stages_aboard)[: len(steered.task.sequence.legs), stage]
    leg = int(np.flatnonzero(aboard)[-1])
    burnt_down = np.asarray(steered.lane.legs.inner.propellant)[leg] + launcher.dry_mass
    stages = np.sum(burnt_down * phases.stages_aboard[leg])
    items = np.sum(np.asarray(launcher.item_mass) * phases.items_aboard[leg])
    return float(stages + items) - left


def _worth(isp: float, empty: float, left: float) -> float:
    """Ideal velocity of `left` [kg] on a vehicle of `empty` [kg]; below zero it is missing."""
    return isp * STANDARD_GRAVITY * float(np.log1p(left / empty))


def velocity_ledger(history: History, steered: Steered) -> dict[str, Any]:
    """Ideal velocity and its losses by phase, against the turning Earth."""
    ledger = steered.lane.tape.state.losses
    count = len(history)
    series = {name: np.asarray(getattr(ledger, name))[:count] for name in _TERMS}
    speed = history["speed_relative"]
    rows: dict[str, dict[str, Any]] = {}
    for leg, (first, last) in zip(
        steered.task.sequence.legs, leg_rows(history, steered), strict=False
    ):
        row = rows.setdefault(
            leg.phase.name, {"phase": leg.phase.name} | dict.fromkeys(_TERMS, 0.0)
        )
        for name in _TERMS:
            row[name] += float(series[name][last] - series[name][first])
        row["achieved"] = row.get("achieved", 0.0) + float(speed[last] - speed[first])
    total = {name: sum(r[name] for r in rows.values()) for name in (*_TERMS, "achieved")}
    lost = sum(total[name] for name in _TERMS[1:])
    return {
        "phases": list(rows.values()),
        "total": total,
        "residual": total["ideal"] - lost - total["achieved"],
        "relative_speed": "Earth-relative speed; gravity includes the centrifugal term",
    }
