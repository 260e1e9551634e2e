"""Whether a body's flight stayed inside the tables that it rests on."""

from typing import Any

import numpy as np

from yaan.analysis.verdict import verdict
from yaan.description import BodyAirSpec, CoefficientSpec, FreeFlight
from yaan.environment.atmosphere import StandardAtmosphere1976
from yaan.flight.body import FlownBody
from yaan.flight.models.body import TABLES
from yaan.flight.models.world import left_table
from yaan.results.trajectory import History

_AGAINST = {
    "drag": "angle_of_attack",
    "lift": "incidence",
    "side": "sideslip",
    "roll": "sideslip",
    "pitch": "incidence",
    "yaw": "sideslip",
}
"""The angle that each coefficient is against, as a column of the history."""

_WORDS = {
    "angle_of_attack": "the total angle of attack",
    "incidence": "the angle of attack",
    "sideslip": "the sideslip",
    "mach": "the Mach number",
}
_FELT = 1e-6  # of the largest dynamic pressure: with less the angles say nothing
_SLACK = 1e-9  # [rad] and [1]


def judge_tables(free: FreeFlight, flown: FlownBody) -> tuple[list[dict[str, Any]], list[str]]:
    """The verdict on the tables, none where there are none, and a note for each that was left."""
    environment = free.plan.environment
    airs = [c.aerodynamics for c in free.body.configurations.values()]
    notes: list[str] = []
    thin: list[str] = []
    height = left_table(flown.world, flown.history["height"])
    if height is not None:
        # Above its top the standard atmosphere says nothing is there, which is no extrapolation.
        kind = thin if isinstance(flown.world.atmosphere, StandardAtmosphere1976) else notes
        kind.append(height)
    notes += [text for phase in range(len(free.phases)) for text in _left(free, flown, phase)]
    if environment.atmosphere.model == "none" or not (notes or any(airs)):
        return [], [*notes, *thin]
    value = f"left in {len(notes)} places" if notes else "inside"
    if len(notes) == 1:
        value = "left in one place"
    words = notes[0] if notes else "Air and coefficients were known wherever it flew."
    limit = "air and coefficients inside their tables"
    return [verdict("inside its tables", not notes, value, limit, words)], [*notes, *thin]


def _left(free: FreeFlight, flown: FlownBody, index: int) -> list[str]:
    """A sentence for each axis of each table that a phase has left."""
    history = flown.history
    phase = free.phases[index]
    name = free.configuration_of(phase)
    air = free.body.configurations[name].aerodynamics
    pressure = history["dynamic_pressure"]
    felt = pressure > _FELT * np.max(pressure)
    rows = np.flatnonzero(felt & (history["phase"] == index))
    if air is None or not len(rows):
        return []
    return [
        f"In phase {phase.name} {_WORDS[column]} {text}, beyond {names} of configuration {name}:"
        " the values at the edge are held."
        for (column, text), names in _excursions(air, history, rows).items()
    ]


def _excursions(air: BodyAirSpec, history: History, rows: np.ndarray) -> dict[tuple[str, str], str]:
    """What leaves which coefficients' tables: column and how far, to their names."""
    found: dict[tuple[str, str], str] = {}
    for name in TABLES:
        table: CoefficientSpec | None = getattr(air, name)
        if table is None:
            continue
        for column, nodes in ((_AGAINST[name], table.angle), ("mach", table.mach)):
            text = _beyond(history[column][rows], nodes, angle=column != "mach")
            if text:
                known = found.get((column, text))
                found[column, text] = f"{known} and {name}" if known else f"the table of {name}"
    return found


def _beyond(values: np.ndarray, nodes: list[float] | None, *, angle: bool) -> str:
    if nodes is None:
        return ""
    low, high = float(np.min(values)), float(np.max(values))
    scale, unit = (180.0 / np.pi, " deg") if angle else (1.0, "")
    if low < nodes[0] - _SLACK:
        return f"falls to {low * scale:.4g}{unit}, below {nodes[0] * scale:.4g}{unit}"
    if high > nodes[-1] + _SLACK:
        return f"rises to {high * scale:.4g}{unit}, above {nodes[-1] * scale:.4g}{unit}"
    return ""
