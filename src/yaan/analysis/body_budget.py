"""Budgets of a body's flight: its mass, phase by phase, and the propellant of what burns."""

from typing import Any

import numpy as np

from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import FreeFlight
from yaan.results.trajectory import History


def legs_of(history: History) -> list[tuple[int, int, int]]:
    """Phase, first row and last row of each phase that was flown."""
    phase = history["phase"]
    found: list[tuple[int, int, int]] = []
    for index in range(len(history.phases)):
        rows = np.flatnonzero(phase == index)
        if len(rows):
            found.append((index, int(rows[0]), int(rows[-1])))
    return found


def mass_ledger(free: FreeFlight, history: History) -> tuple[list[dict[str, Any]], float]:
    """Every change of mass, and what it leaves unexplained [kg].

    The ledger adds up dry masses and propellant on its own; the mass of the history is that of
    the dynamics.
    """
    names = list(free.body.configurations)
    dry = {name: c.ends()[0].mass for name, c in free.body.configurations.items()}
    left, rows, worst = history["propellant"], list[dict[str, Any]](), 0.0
    before: str | None = None
    mass = 0.0
    for index, first, last in legs_of(history):
        phase = free.phases[index]
        name = free.configuration_of(phase)
        column = names.index(name)
        if name != before:
            whole = dry[name] + float(left[first, column])
            what = "all aboard" if before is None else f"{before} becomes {name}"
            at = "start" if before is None else f"{free.phases[index - 1].name}-end"
            change = 0.0 if before is None else whole - mass
            rows.append({"event": at, "item": what, "change": change, "mass": whole})
            mass, before = whole, name
        worst = max(worst, abs(mass - float(history["mass"][first])))
        burnt = float(left[first, column] - left[last, column])
        if burnt > 0.0:
            mass -= burnt
            item = f"{name} propellant"
            rows.append({"event": f"{phase.name}-end", "item": item, "change": -burnt})
            rows[-1]["mass"] = mass
        worst = max(worst, abs(mass - float(history["mass"][last])))
    return rows, worst


def propellant(free: FreeFlight, history: History) -> list[dict[str, Any]]:
    """What each configuration carried, burnt and kept, and what velocity the rest is worth."""
    rows: list[dict[str, Any]] = []
    for k, (name, configuration) in enumerate(free.body.configurations.items()):
        empty, full = configuration.ends()
        loaded, left = full.mass - empty.mass, float(history["propellant"][-1, k])
        if loaded <= 0.0:
            continue
        worth: float | None = None
        engine = configuration.engine
        if engine is not None:
            swift = (engine.specific_impulse or 0.0) * STANDARD_GRAVITY
            swift = swift or engine.vacuum_thrust / (engine.flow or np.inf)
            worth = swift * float(np.log1p(left / empty.mass))
        rows.append(
            {
                "stage": name,
                "loaded": loaded,
                "used": loaded - left,
                "left": left,
                "margin_velocity": worth,
            }
        )
    return rows
