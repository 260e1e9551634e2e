"""Stations of expansions, many at once: brought to their minimum, judged, and handed out.

`cea` and the slower search of `own` give temperature, pressure and amounts; all else is computed
here, from the polynomials: the last Newton's steps, the pressures of throat and exits, enthalpy and
entropy, heat capacity and isentropic exponent, and the certificate.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float, Int

from yaan.base.errors import YaanError
from yaan.chemistry import gibbs
from yaan.chemistry.feed import Feed
from yaan.chemistry.guard import (
    BALANCE,
    COLDEST,
    DRIVING,
    ENERGY,
    STATIONARY,
    TRACE,
    Certificate,
    Mixture,
    judge,
    remarks,
)
from yaan.chemistry.species import GAS_CONSTANT, SpeciesTable

FLOW: Final = 2e-4
"""Largest relative error of an area, of Mach one at the throat, or of momentum in the chamber."""

_NUDGE: Final = 5e-3  # largest correction of a pressure's logarithm that is made here
CHAMBER, INFINITE, END, THROAT, BY_PRESSURE, SUBSONIC, SUPERSONIC = range(7)


@dataclass(frozen=True, slots=True)
class Point:
    """What is asked: one chamber and where its gas is looked at.

    Attributes:
        feed: what is burnt.
        pressure: of the chamber, at the injector where it is finite [Pa].
        pressure_ratios: chamber over exit.
        subsonic: area ratios upstream of the throat.
        supersonic: area ratios downstream.
        contraction: chamber over throat area; None for an infinite chamber.
        mass_flux: through the chamber [kg/(m^2 s)], instead of a contraction.
    """

    feed: Feed
    pressure: float
    pressure_ratios: tuple[float, ...] = ()
    subsonic: tuple[float, ...] = ()
    supersonic: tuple[float, ...] = ()
    contraction: float | None = None
    mass_flux: float | None = None

    @property
    def finite(self) -> bool:
        """Whether the chamber has a finite area."""
        return self.contraction is not None or self.mass_flux is not None

    def roles(self) -> tuple[tuple[int, float], ...]:
        """What each station is and the ratio that it was asked for, as the library orders them."""
        chamber = (
            ((CHAMBER, 1.0), (INFINITE, 1.0), (END, self.contraction or 0.0), (THROAT, 1.0))
            if self.finite
            else ((CHAMBER, 1.0), (THROAT, 1.0))
        )
        return (
            *chamber,
            *((BY_PRESSURE, ratio) for ratio in self.pressure_ratios),
            *((SUBSONIC, ratio) for ratio in self.subsonic),
            *((SUPERSONIC, ratio) for ratio in self.supersonic),
        )


@dataclass(frozen=True, eq=False)
class Raw:
    """Stations as they were found: one row a station.

    Attributes:
        temperature: [K].
        pressure: [Pa].
        amounts: of each species [mol/kg].
        transport: viscosity [Pa s], conductivity [W/(m K)], Prandtl number; None where not asked.
        notes: what was done, each a sentence.
    """

    temperature: Float[np.ndarray, "n"]
    pressure: Float[np.ndarray, "n"]
    amounts: Float[np.ndarray, "n species"]
    transport: Float[np.ndarray, "n 3"] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Stations:
    """The stations of one point, in order: chamber, (combustor end), throat, exits.

    Attributes:
        table: the species of `mixture`.
        mixture: temperature, pressure, amounts, enthalpy and entropy.
        velocity: [m/s].
        gamma: isentropic exponent, composition as the flow has it.
        heat_capacity: [J/(kg K)], composition as the flow has it.
        transport: viscosity [Pa s], conductivity [W/(m K)], Prandtl number; None where not asked.
        throat: index of the throat.
        stagnation: pressure from which the throat is fed without loss [Pa].
        certificate: of the worst station.
    """

    table: SpeciesTable
    mixture: Mixture
    velocity: Float[np.ndarray, "n"]
    gamma: Float[np.ndarray, "n"]
    heat_capacity: Float[np.ndarray, "n"]
    transport: Float[np.ndarray, "n 3"] | None
    throat: int
    stagnation: float
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer that was not certified.

    Attributes:
        error: the sentence.
        missing: species that would lower the Gibbs energy, or that belong into the product list.
    """

    error: YaanError
    missing: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Rows:
    """What the rows of a batch are."""

    starts: Int[np.ndarray, "points"]
    point: Int[np.ndarray, "n"]
    role: Int[np.ndarray, "n"]
    ratio: Float[np.ndarray, "n"]
    reference: Int[np.ndarray, "n"]
    throat: Int[np.ndarray, "n"]
    atoms: Float[np.ndarray, "n elements"]
    rest: Float[np.ndarray, "n"]

    @property
    def at_rest(self) -> Bool[np.ndarray, "n"]:
        return self.role <= INFINITE


def _rows(points: Sequence[Point]) -> _Rows:
    roles = [point.roles() for point in points]
    counts = np.array([len(one) for one in roles])
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    point = np.repeat(np.arange(len(points)), counts)
    finite = np.array([one.finite for one in points])
    first, throats = starts + finite, starts + np.where(finite, 3, 1)
    return _Rows(
        starts,
        point,
        np.array([role for one in roles for role, _ in one]),
        np.array([ratio for one in roles for _, ratio in one]),
        first[point],
        throats[point],
        np.array([one.feed.atoms for one in points])[point],
        np.array([one.feed.enthalpy for one in points])[point],
    )


def certify(
    points: Sequence[Point], raws: Sequence[Raw], table: SpeciesTable, full: SpeciesTable
) -> list[Stations | Refused]:
    """Bring found stations to their minimum, judge them, and hand out what holds."""
    rows = _rows(points)
    temperature = np.concatenate([raw.temperature for raw in raws])
    pressure = np.concatenate([raw.pressure for raw in raws])
    amounts = np.concatenate([raw.amounts for raw in raws])
    with np.errstate(all="ignore"):
        mixture = _refined(rows, table, temperature, pressure, amounts)
        capacity, gamma = gibbs.derivatives(table, mixture)
        velocity = np.sqrt(np.maximum(2.0 * (rows.rest - mixture.enthalpy), 0.0))
        velocity[rows.at_rest] = 0.0
        findings = judge(mixture, table, full, rows.atoms)
        energy = _energy(rows, mixture)
        flow = _flow(rows, points, table, mixture, velocity, gamma)
        warm = mixture.temperature >= COLDEST
        sound = findings.holds & (energy <= ENERGY) & (flow <= FLOW) & warm
    answers: list[Stations | Refused] = []
    ends = np.append(rows.starts[1:], len(rows.point))
    good = np.logical_and.reduceat(sound, rows.starts)
    with np.errstate(invalid="ignore"):
        own = (findings.balance <= BALANCE) & (findings.stationarity <= STATIONARY)
    settled = np.logical_and.reduceat(own & (energy <= ENERGY), rows.starts)
    worst = [
        np.fmax.reduceat(column, rows.starts).tolist()
        for column in (findings.balance, energy, findings.trace, findings.stationarity, flow)
    ]
    for i, (start, end) in enumerate(zip(rows.starts.tolist(), ends.tolist(), strict=True)):
        part = slice(start, end)
        row = start + int(np.argmax(findings.driving[part]))
        force = float(findings.driving[row])
        phase = full.names[int(findings.absent[row])] if np.isfinite(force) else ""
        certificate = Certificate(
            worst[0][i],
            worst[1][i],
            force,
            phase,
            worst[2][i],
            worst[3][i],
            worst[4][i],
            (*raws[i].notes, *remarks(table, mixture.temperature[part], mixture.amounts[part])),
        )
        if not good[i]:
            lowest = float(np.min(mixture.temperature[part]))
            misplaced = bool(findings.misplaced[part].any())
            answers.append(
                Refused(
                    YaanError(_why(points[i], certificate, lowest, misplaced=misplaced)),
                    # Of a state that is none in equilibrium over its own list nothing is learnt.
                    _lacking(findings.missing[part], full) if settled[i] else frozenset(),
                )
            )
            continue
        keep = np.arange(start, end)
        if points[i].finite:  # the infinite chamber that feeds the throat is no station
            keep = np.delete(keep, 1)
        chosen = raws[i].transport
        if chosen is not None:
            chosen = chosen[keep - start]
        answers.append(
            Stations(
                table,
                cut(mixture, keep if points[i].finite else part),
                velocity[keep],
                gamma[keep],
                capacity[keep],
                chosen,
                2 if points[i].finite else 1,
                float(mixture.pressure[rows.reference[start]]),
                certificate,
            )
        )
    return answers


def _refined(
    rows: _Rows,
    table: SpeciesTable,
    temperature: Float[np.ndarray, "n"],
    pressure: Float[np.ndarray, "n"],
    amounts: Float[np.ndarray, "n species"],
) -> Mixture:
    """The last Newton's steps: chambers, then the rest at their entropy, pressures with them."""
    temperature, pressure, amounts = temperature.copy(), pressure.copy(), amounts.copy()
    rest, moving = np.flatnonzero(rows.at_rest), np.flatnonzero(~rows.at_rest)

    def step(which: Int[np.ndarray, "m"], kind: int, target: Any, times: int) -> None:
        problem = gibbs.Problem(
            np.full(len(which), kind), rows.atoms[which], pressure[which], target
        )
        temperature[which], amounts[which], _ = gibbs.refine(
            table, problem, temperature[which], amounts[which], times
        )

    pressure *= np.exp(_nudge(rows, table, Mixture.of(table, temperature, pressure, amounts)))
    step(rest, gibbs.HP, rows.rest[rest], 2)
    chambers = Mixture.of(table, temperature[rest], pressure[rest], amounts[rest])
    entropy = np.zeros(len(temperature))
    entropy[rest] = chambers.entropy
    step(moving, gibbs.SP, entropy[rows.reference[moving]], 2)
    return Mixture.of(table, temperature, pressure, amounts)


def _nudge(rows: _Rows, table: SpeciesTable, mixture: Mixture) -> Float[np.ndarray, "n"]:
    """Corrections of the pressures' logarithms, to Mach one and to the areas asked for."""
    velocity = np.sqrt(np.maximum(2.0 * (rows.rest - mixture.enthalpy), 1e-12))
    gamma = gibbs.exponent(table, mixture)
    mach = velocity**2 * mixture.density / (gamma * mixture.pressure)
    flux = velocity * mixture.density
    miss = np.log(flux[rows.throat] / flux) - np.log(rows.ratio)
    by_area = -miss * gamma * mach / (1.0 - mach)
    at_throat = np.log((1.0 + gamma * mach) / (1.0 + gamma))
    wanted = np.select(
        [rows.role == THROAT, rows.role >= SUBSONIC], [at_throat, by_area], default=0.0
    )
    # Where a phase changes at the throat, Mach one is passed in a jump.
    return np.where(np.isfinite(wanted) & (np.abs(wanted) < _NUDGE), wanted, 0.0)


def _energy(rows: _Rows, mixture: Mixture) -> Float[np.ndarray, "n"]:
    """Relative error of temperature that enthalpy, at rest, or entropy, in motion, leave."""
    heat = mixture.heat_capacity * mixture.temperature
    enthalpy = np.abs(mixture.enthalpy - rows.rest) / heat
    entropy = np.abs(mixture.entropy - mixture.entropy[rows.reference]) / mixture.heat_capacity
    return np.where(rows.at_rest, enthalpy, entropy)


def _flow(
    rows: _Rows,
    points: Sequence[Point],
    table: SpeciesTable,
    mixture: Mixture,
    velocity: Float[np.ndarray, "n"],
    gamma: Float[np.ndarray, "n"],
) -> Float[np.ndarray, "n"]:
    """Relative errors of areas, of Mach one at the throat, and of momentum in the chamber."""
    flux = velocity * mixture.density
    mach = velocity / np.sqrt(gamma * mixture.pressure / mixture.density)
    at_throat = np.abs(mach - 1.0)
    changing = (rows.role == THROAT) & _changing(table, mixture)
    at_throat[changing] = 0.0
    area = np.abs(flux[rows.throat] / flux / rows.ratio - 1.0)
    # On the other side of the throat there is another place of this area.
    wrong = (rows.role == SUBSONIC) & (mach > 1.0) | (rows.role == SUPERSONIC) & (mach < 1.0)
    area[wrong] = np.inf
    error = np.select([rows.role == THROAT, rows.role >= SUBSONIC], [at_throat, area], default=0.0)
    for end in np.flatnonzero(rows.role == END).tolist():
        point = points[int(rows.point[end])]
        pushed = mixture.pressure[end] + flux[end] * velocity[end]
        error[end] = abs(pushed / point.pressure - 1.0)
        wanted = (
            flux[rows.throat[end]] / point.contraction
            if point.contraction is not None
            else point.mass_flux or 0.0
        )
        error[end] = max(error[end], abs(flux[end] / wanted - 1.0))
    return error


def _changing(table: SpeciesTable, mixture: Mixture) -> Bool[np.ndarray, "n"]:
    """Whether two phases of one formula are there, as at a melting point."""
    columns = np.flatnonzero(table.condensed)
    there = mixture.amounts[:, columns] > 0.0
    changing = np.zeros(len(mixture.temperature), bool)
    for a in range(len(columns)):
        for b in range(a):
            if np.array_equal(table.atoms[columns[a]], table.atoms[columns[b]]):
                changing |= there[:, a] & there[:, b]
    return changing


def _lacking(missing: Bool[np.ndarray, "n full"], full: SpeciesTable) -> frozenset[str]:
    """Names of the species that any station lacks."""
    return frozenset(full.names[i] for i in np.flatnonzero(missing.any(axis=0)).tolist())


def _why(point: Point, found: Certificate, lowest: float, *, misplaced: bool) -> str:
    """The sentence: what of the certificate does not hold."""
    reasons: list[str] = []
    if not found.element_balance <= BALANCE:
        reasons.append(f"the elements are out of balance by {found.element_balance:.1e}")
    if not found.energy_residual <= ENERGY:
        reasons.append(f"its enthalpy or entropy is out by {found.energy_residual:.1e}")
    if found.worst_driving_force > DRIVING:
        reasons.append(
            f"{found.absent_phase} would form (driving force {found.worst_driving_force:.2g} RT)"
        )
    if not found.stationarity <= STATIONARY:
        reasons.append(f"a mole fraction is out by {found.stationarity:.1e}")
    if not found.trace_left_out <= TRACE:
        reasons.append(f"a gas left out would have a fraction of {found.trace_left_out:.1e}")
    if not found.flow_residual <= FLOW:
        reasons.append(f"an area or the momentum is out by {found.flow_residual:.1e}")
    if misplaced:
        reasons.append("a condensed phase is outside the range of its data")
    if lowest < COLDEST:
        reasons.append(f"a station is at {lowest:.0f} K, and no data hold below {COLDEST:g} K")
    said = "; ".join(reasons) or "a number is not finite"
    return f"the equilibrium at {point.pressure:.6g} Pa could not be certified: {said}"


def cut(mixture: Mixture, part: Any) -> Mixture:
    """Some rows of many stations."""
    return replace(
        mixture, **{name: getattr(mixture, name)[part] for name in Mixture.__dataclass_fields__}
    )


def sound_speed(stations: Stations) -> Float[np.ndarray, "n"]:
    """Speed of sound [m/s], composition as the flow has it."""
    mixture = stations.mixture
    return np.sqrt(stations.gamma * mixture.gas_amount * GAS_CONSTANT * mixture.temperature)
