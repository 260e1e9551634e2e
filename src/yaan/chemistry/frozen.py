"""Frozen expansion: the composition of one station is kept to the exit.

What is condensed keeps its amount too, and melts or freezes at its melting point, in equilibrium
with itself: no undercooling. `cea` stops where a condensed phase leaves its range (alumina below
2327 K); here the phases of one formula are one substance.
"""

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import numpy as np
from jaxtyping import Float

from yaan.base.errors import NoSolutionError
from yaan.chemistry.guard import COLDEST, ENERGY, Certificate, Mixture, cold
from yaan.chemistry.nozzle import Place, at_area, throat
from yaan.chemistry.species import GAS_CONSTANT, STANDARD_PRESSURE, SpeciesTable
from yaan.chemistry.stations import Stations

Wanted = tuple[Literal["throat", "pressure", "subsonic", "supersonic"], float]
"""A place of the frozen flow: by pressure [Pa], or by area ratio."""

_HOTTEST: Final = 8000.0  # [K]


@dataclass(frozen=True, eq=False)
class _Substance:
    """The phases of one formula that is condensed, from cold to hot.

    Attributes:
        columns: of the phases in the table.
        amount: of all of them [mol/kg].
        changes: temperatures between the phases [K].
    """

    columns: tuple[int, ...]
    amount: float
    changes: tuple[float, ...]


class FrozenFlow:
    """The isentropic flow of a composition; call it with a pressure [Pa].

    Attributes:
        table: the species, with all phases of what is condensed.
    """

    def __init__(
        self,
        table: SpeciesTable,
        amounts: Float[np.ndarray, "species"],
        enthalpy: float,
        entropy: float,
    ) -> None:
        """Start from a station: its amounts [mol/kg], its entropy, and the enthalpy at rest."""
        self.table = table
        self.enthalpy, self.entropy = enthalpy, entropy
        gases = np.where(table.condensed, 0.0, amounts)
        self._gases = gases
        self._moles = float(gases.sum())
        share = gases / self._moles
        there = share > 1e-100  # what is less says nothing, and may be too small for a logarithm
        self._mixing = -float(gases[there] @ np.log(share[there])) * GAS_CONSTANT
        self._substances = _substances(table, amounts)
        held = [i for one in self._substances for i in one.columns]
        held += np.flatnonzero(gases > 0.0).tolist()
        ends = table.lower[held][np.isfinite(table.lower[held])]
        self._ends: list[float] = np.unique(ends).tolist()
        self._rows: dict[tuple[int, tuple[int, ...]], _Row] = {}

    def __call__(self, pressure: float) -> Place:
        """The place at this pressure."""
        temperature, row, amounts, plateau = self._at(pressure)
        enthalpy, _, capacity = row
        density = pressure / (self._moles * GAS_CONSTANT * temperature)
        # While it melts the temperature stands still, and the gas expands as at one temperature.
        gamma = 1.0 if plateau else capacity / (capacity - self._moles * GAS_CONSTANT)
        velocity = math.sqrt(max(2.0 * (self.enthalpy - enthalpy), 0.0))
        return Place(pressure, density, velocity, gamma, (temperature, amounts, capacity))

    def _at(
        self, pressure: float
    ) -> tuple[float, tuple[float, float, float], Float[np.ndarray, "species"], bool]:
        """Temperature; enthalpy, entropy and capacity; amounts; and whether a phase changes."""
        pressure_part = self._moles * GAS_CONSTANT * math.log(pressure / STANDARD_PRESSURE)
        target = self.entropy + pressure_part - self._mixing
        low, high = COLDEST, _HOTTEST
        for i, substance in enumerate(self._substances):
            for k, change in enumerate(substance.changes):
                phases = self._phases(change)
                cold, hot = (
                    self._row(change, (*phases[:i], n, *phases[i + 1 :])) for n in (k, k + 1)
                )
                below, above = _sums(cold.polynomial, change), _sums(hot.polynomial, change)
                if below[1] <= target <= above[1]:
                    share = (target - below[1]) / (above[1] - below[1])
                    sums = tuple(x + share * (y - x) for x, y in zip(below, above, strict=True))
                    amounts = cold.amounts + share * (hot.amounts - cold.amounts)
                    return change, (sums[0], sums[1], sums[2]), amounts, True
                if target > above[1]:
                    low = max(low, change)
                else:
                    high = min(high, change)
        return (*self._between(target, low, high), False)

    def _between(
        self, target: float, low: float, high: float
    ) -> tuple[float, tuple[float, float, float], Float[np.ndarray, "species"]]:
        """Temperature at which the entropy is `target`, Newton's steps kept in brackets."""
        temperature = 0.5 * (low + high)
        phases = self._phases(temperature)
        if target < _sums(self._row(low, phases).polynomial, low)[1]:
            raise NoSolutionError(f"the gas would be colder than {COLDEST:g} K")
        for _ in range(100):
            row = self._row(temperature, phases)
            sums = _sums(row.polynomial, temperature)
            step = (target - sums[1]) / sums[2]
            if step > 0.0:
                low = temperature
            else:
                high = temperature
            if abs(step) < 1e-14 or high - low < 1e-10:
                return temperature, sums, row.amounts
            following = temperature * math.exp(min(max(step, -0.5), 0.5))
            temperature = following if low < following < high else 0.5 * (low + high)
        raise NoSolutionError("no temperature of the frozen flow was found")

    def _phases(self, temperature: float) -> tuple[int, ...]:
        """Which phase of each substance there is."""
        return tuple(bisect.bisect_left(one.changes, temperature) for one in self._substances)

    def _row(self, temperature: float, phases: tuple[int, ...]) -> "_Row":
        """The amounts with these phases, and their one polynomial about this temperature."""
        interval = bisect.bisect_left(self._ends, temperature)
        key = (interval, phases)
        if key not in self._rows:
            amounts = self._gases.copy()
            for one, phase in zip(self._substances, phases, strict=True):
                amounts[one.columns[phase]] += one.amount
            which = np.sum(self.table.lower[:, 1:] < temperature, axis=1)
            rows = self.table.coefficients[np.arange(len(amounts)), which]
            self._rows[key] = _Row(amounts, tuple((GAS_CONSTANT * (amounts @ rows)).tolist()))
        return self._rows[key]


@dataclass(frozen=True, eq=False)
class _Row:
    """Amounts [mol/kg], and the nine coefficients of all of them together [J/(kg K)]."""

    amounts: Float[np.ndarray, "species"]
    polynomial: tuple[float, ...]


def _sums(polynomial: tuple[float, ...], t: float) -> tuple[float, float, float]:
    """Enthalpy [J/kg], entropy without pressure and mixing, and capacity [J/(kg K)] at t [K]."""
    a, b, c, d, e, f, g, h, s = polynomial
    log, tt = math.log(t), t * t
    enthalpy = (
        -a / t + b * log + t * (c + t * (d / 2.0 + t * (e / 3.0 + t * (f / 4.0 + t * g / 5.0)))) + h
    )
    entropy = (
        -a / (2.0 * tt)
        - b / t
        + c * log
        + t * (d + t * (e / 2.0 + t * (f / 3.0 + t * g / 4.0)))
        + s
    )
    capacity = a / tt + b / t + c + t * (d + t * (e + t * (f + t * g)))
    return enthalpy, entropy, capacity


def _substances(
    table: SpeciesTable, amounts: Float[np.ndarray, "species"]
) -> tuple[_Substance, ...]:
    """What is condensed, by formula, with all its phases."""
    found: list[_Substance] = []
    seen: set[int] = set()
    for i in np.flatnonzero(table.condensed & (amounts > 0.0)).tolist():
        if i in seen:
            continue
        same = table.condensed & np.all(table.atoms == table.atoms[i], axis=1)
        columns = sorted(np.flatnonzero(same).tolist(), key=lambda k: table.lower[k, 0])
        seen.update(columns)
        changes = tuple(float(table.lower[k, 0]) for k in columns[1:])
        found.append(_Substance(tuple(columns), float(amounts[columns].sum()), changes))
    return tuple(found)


def with_phases(table: SpeciesTable, full: SpeciesTable) -> SpeciesTable:
    """The table with all phases of `full` that have the formula of one of its condensed species."""
    formulas = {tuple(row) for row in table.atoms[table.condensed].tolist()}
    names = [
        name
        for name, atoms, condensed in zip(full.names, full.atoms, full.condensed, strict=True)
        if name in table.names or (condensed and tuple(atoms.tolist()) in formulas)
    ]
    return table if len(names) == len(table.names) else SpeciesTable.of(names, table.elements)


def widened(
    table: SpeciesTable, wider: SpeciesTable, amounts: Float[np.ndarray, "n species"]
) -> Float[np.ndarray, "n wider"]:
    """Amounts over a table that holds more species."""
    position = {name: i for i, name in enumerate(wider.names)}
    spread = np.zeros((len(amounts), len(wider.names)))
    spread[:, [position[name] for name in table.names]] = amounts
    return spread


def freeze(
    stations: Stations, at: int, order: Sequence[int | Wanted], full: SpeciesTable
) -> Stations:
    """A nozzle with the composition of one station, and what is upstream of it.

    Args:
        stations: of the shifting flow.
        at: the station whose composition is kept.
        order: of the stations wanted: of the shifting flow by number, or to be found.
        full: every species of these elements, for the other phases of what is condensed.
    """
    table = with_phases(stations.table, full)
    mixture = over(stations.mixture, stations.table, table)
    rest = float(stations.mixture.enthalpy[0] + 0.5 * stations.velocity[0] ** 2)
    flow = FrozenFlow(table, mixture.amounts[at], rest, float(mixture.entropy[at]))
    found = _found(stations, at, order, flow)
    kept = [one for one in order if isinstance(one, int)]
    places = [one for one in found if one is not None]
    rows = np.empty(len(order), int)  # of the joined columns below
    rows[[one is None for one in found]] = np.arange(len(kept))
    rows[[one is not None for one in found]] = len(kept) + np.arange(len(places))

    def joined(shifting: Any, frozen: Any) -> Any:
        tail = np.array(frozen).reshape(len(places), *shifting.shape[1:])
        return np.concatenate([shifting[kept], tail])[rows]

    mixed = Mixture.of(
        table,
        joined(mixture.temperature, [one.state[0] for one in places]),
        joined(mixture.pressure, [one.pressure for one in places]),
        joined(mixture.amounts, [one.state[1] for one in places]),
    )
    frozen = np.array([one is not None for one in found])
    gain = np.abs(mixed.entropy - mixture.entropy[at]) / mixed.heat_capacity
    residual = float(np.max(gain[frozen], initial=0.0))
    if not residual <= ENERGY:
        raise NoSolutionError(f"the frozen flow gains entropy: {residual:.1e}")
    transport = stations.transport
    return Stations(
        table,
        mixed,
        joined(stations.velocity, [one.velocity for one in places]),
        joined(stations.gamma, [one.gamma for one in places]),
        joined(stations.heat_capacity, [one.state[2] for one in places]),
        None if transport is None else joined(transport, np.full((len(places), 3), np.nan)),
        stations.throat,
        stations.stagnation,
        _with_residual(stations.certificate, residual, mixed.temperature),
    )


def _found(
    stations: Stations, at: int, order: Sequence[int | Wanted], flow: FrozenFlow
) -> list[Place | None]:
    """The places that are found with the frozen composition; None for those that are known."""
    narrowest = _place(stations, stations.throat) if at >= stations.throat else None
    found: list[Place | None] = []
    for one in order:
        if isinstance(one, int):
            found.append(None)
            continue
        kind, value = one
        if kind == "pressure":
            found.append(flow(value))
            continue
        if narrowest is None:
            narrowest = throat(flow, stations.stagnation)
        if kind == "throat":
            found.append(narrowest)
        else:
            found.append(
                at_area(flow, narrowest, stations.stagnation, value, subsonic=kind == "subsonic")
            )
    return found


def _place(stations: Stations, i: int) -> Place:
    mixture = stations.mixture
    return Place(
        float(mixture.pressure[i]),
        float(mixture.density[i]),
        float(stations.velocity[i]),
        float(stations.gamma[i]),
        None,
    )


def _with_residual(
    certificate: Certificate, residual: float, temperature: Float[np.ndarray, "n"]
) -> Certificate:
    return replace(
        certificate,
        energy_residual=max(certificate.energy_residual, residual),
        notes=tuple(dict.fromkeys([*certificate.notes, *cold(temperature)])),
    )


def over(mixture: Mixture, table: SpeciesTable, wider: SpeciesTable) -> Mixture:
    """The stations over a table that holds more species."""
    if wider is table:
        return mixture
    amounts = widened(table, wider, mixture.amounts)
    return replace(
        Mixture.of(wider, mixture.temperature, mixture.pressure, amounts),
        enthalpy=mixture.enthalpy,
        entropy=mixture.entropy,
    )
