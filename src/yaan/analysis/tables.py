"""Whether a flight stayed inside the tables that it rests on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from yaan.description import Ascent, BodyAirSpec, CoefficientSpec, FreeFlight
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
_PRESSURE = 1.0  # [Pa] with less the air does not matter to a launcher
_FELT = 1e-6  # of the largest dynamic pressure: with less the angles of a body say nothing
_SLACK = 1e-9  # [rad] and [1]


def ascent_excursions(ascent: Ascent, history: History) -> Iterator[str]:
    """A sentence for each axis of the force tables that an ascent left where the air matters."""
    stages, parts = ascent.vehicle.stages.values(), ascent.vehicle.parts.values()
    tables = [part.aerodynamics.table for part in (*stages, *parts) if part.aerodynamics]
    felt = history["dynamic_pressure"] > _PRESSURE
    if not tables or not np.any(felt):
        return
    mach, angle = history["mach"][felt].max(), history["angle_of_attack"][felt].max()
    least_mach = min(t.mach[-1] for t in tables)
    least_angle = min(t.angle_of_attack[-1] for t in tables)
    if mach > least_mach:
        yield (
            f"Mach {mach:.1f} is beyond the force tables, which end at {least_mach:g}; "
            "their last values are held."
        )
    if angle > least_angle:
        yield (
            f"An angle of attack of {np.degrees(angle):.1f} deg above 1 Pa is beyond the force "
            f"tables, which end at {np.degrees(least_angle):.0f} deg; their last values are held."
        )


@dataclass(frozen=True)
class Excursions:
    """What a body left of the tables that it rests on, a sentence each."""

    left: list[str] = field(default_factory=list[str])
    thin: list[str] = field(default_factory=list[str])
    """Above the top of a standard that says that nothing is there, which is no extrapolation."""

    @property
    def notes(self) -> list[str]:
        """All of them."""
        return [*self.left, *self.thin]


def body_excursions(free: FreeFlight, flown: FlownBody) -> Excursions:
    """Where a body left the air that is known, and the coefficients of what flies."""
    found = Excursions()
    height = left_table(flown.world, flown.history["height"])
    if height is not None:
        standard = isinstance(flown.world.atmosphere, StandardAtmosphere1976)
        (found.thin if standard else found.left).append(height)
    for phase in range(len(free.phases)):
        found.left.extend(_left(free, flown.history, phase))
    return found


def _left(free: FreeFlight, history: History, index: int) -> list[str]:
    """A sentence for each axis of each table that a phase has left."""
    phase = free.phases[index]
    name = free.configuration_of(phase)
    air = free.body.configurations[name].aerodynamics
    pressure = history["dynamic_pressure"]
    rows = np.flatnonzero((pressure > _FELT * np.max(pressure)) & (history["phase"] == index))
    # On a rail the wind is square to what stands still, and what it does across moves nothing.
    if air is None or phase.rail is not None or not len(rows):
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
