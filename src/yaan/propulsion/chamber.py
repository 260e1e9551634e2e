"""Performance of one design point: what an ideal engine of these propellants does.

One-dimensional flow of an ideal gas, with condensed phases of no volume that keep the gas's
velocity and temperature; equilibrium (`shifting`), or frozen from a station on. No losses: those
are factors of `losses`.
"""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.errors import YaanError
from yaan.chemistry.feed import Feed, feed
from yaan.chemistry.frozen import Wanted, freeze
from yaan.chemistry.guard import Certificate
from yaan.chemistry.products import all_of
from yaan.chemistry.reactants import Propellant
from yaan.chemistry.shifting import expand
from yaan.chemistry.species import GAS_CONSTANT
from yaan.chemistry.stations import Point, Stations

_PRESSURES: Final = (100.0, 2.0e8)  # [Pa] of chambers that are told; gases are ideal
_LARGEST: Final = 10_000.0  # area ratio
_NEAR: Final = 3.0  # pressure ratio that may lie before the throat

Freeze = str | float
"""Where a flow freezes: "chamber", "throat", or an area ratio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A design point.

    Attributes:
        fuel: a name, a reactant, or reactants with shares of mass; alone for a monopropellant or
            a solid.
        oxidiser: as the fuel; None for what burns alone.
        pressure: of the chamber [Pa], at the injector where its area is finite.
        mixture: oxidiser over fuel by mass; None for what burns alone.
        area_ratios: of the exits over the throat, above one.
        flow: "shifting" or "frozen".
        freeze: where frozen flow freezes: "chamber", "throat", or an area ratio.
        contraction: chamber over throat area; None for an infinite chamber.
        mass_flux: through the chamber [kg/(m^2 s)] instead of a contraction.
        pressure_ratios: chamber over exit, for stations that are found by pressure; they come
            before those of `subsonic_ratios` and `area_ratios`.
        subsonic_ratios: area ratios upstream of the throat.
        transport: whether viscosity and conductivity are wanted; they cost more than the rest.
        ions: whether charged species may form.
    """

    fuel: Propellant
    oxidiser: Propellant | None = None
    pressure: float
    mixture: float | None = None
    area_ratios: tuple[float, ...] = ()
    flow: str = "shifting"
    freeze: Freeze = "throat"
    contraction: float | None = None
    mass_flux: float | None = None
    pressure_ratios: tuple[float, ...] = ()
    subsonic_ratios: tuple[float, ...] = ()
    transport: bool = False
    ions: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """The gas at one place.

    Attributes:
        name: "chamber", "combustor end", "throat", "exit".
        area_ratio: over the throat; inf in an infinite chamber.
        pressure: [Pa].
        temperature: [K].
        density: [kg/m^3], condensed phases without volume.
        enthalpy: [J/kg], elements at 298.15 K being zero.
        entropy: [J/(kg K)].
        molar_mass: of the gas with what is condensed, mass over moles of gas [kg/mol].
        gamma: isentropic exponent, as the flow is (shifting or frozen).
        heat_capacity: [J/(kg K)], likewise.
        sound_speed: [m/s].
        velocity: [m/s].
        mach: velocity over sound speed.
        viscosity: [Pa s]; None where transport was not asked for, and in frozen flow.
        conductivity: [W/(m K)]; likewise.
        prandtl: likewise.
        mole_fractions: of all moles, condensed ones too; those above 1e-12.
    """

    name: str
    area_ratio: float
    pressure: float
    temperature: float
    density: float
    enthalpy: float
    entropy: float
    molar_mass: float
    gamma: float
    heat_capacity: float
    sound_speed: float
    velocity: float
    mach: float
    viscosity: float | None
    conductivity: float | None
    prandtl: float | None
    mole_fractions: dict[str, float]


class Performance:
    """What a design point does; `stations`, `cstar`, `isp` and what follows from them.

    Attributes:
        design: what was asked.
        certificate: the proof of the equilibrium.
    """

    def __init__(self, design: Design, stations: Stations) -> None:
        self.design = design
        self.certificate: Certificate = stations.certificate
        self._stations = stations

    @functools.cached_property
    def _flux(self) -> Float[np.ndarray, "n"]:
        return self._stations.mixture.density * self._stations.velocity

    @property
    def cstar(self) -> float:
        """Characteristic velocity [m/s]: pressure at rest over the mass flux of the throat.

        With a finite chamber the pressure at rest is what its momentum leaves, as NASA prints it.
        """
        return self.stagnation_pressure / float(self._flux[self._stations.throat])

    @property
    def stagnation_pressure(self) -> float:
        """Pressure at rest of the nozzle's flow [Pa], that of `cstar` and `thrust_coefficient`.

        With a finite chamber it is below the pressure at the injector, `design.pressure`.
        """
        return float(self._stations.stagnation)

    @property
    def isp_vacuum(self) -> float:
        """Specific impulse of the last exit in vacuum [s]."""
        return self.isp(0.0)

    def isp(self, ambient_pressure: float) -> float:
        """Specific impulse of the last exit [s] against an ambient pressure [Pa], flowing full."""
        return self._impulse(-1, ambient_pressure) / STANDARD_GRAVITY

    def isp_at(self, station: int, ambient_pressure: float = 0.0) -> float:
        """Specific impulse [s] of a nozzle that ends at this station."""
        return self._impulse(station, ambient_pressure) / STANDARD_GRAVITY

    def thrust_coefficient(self, ambient_pressure: float = 0.0) -> float:
        """Thrust of the last exit over pressure at rest and throat area."""
        return self._impulse(-1, ambient_pressure) / self.cstar

    def _impulse(self, station: int, ambient: float) -> float:
        """Thrust over mass flow [m/s]: velocity, and pressure on the area that a flow has."""
        if not math.isfinite(ambient) or ambient < 0.0:
            raise YaanError(f"ambient pressure {ambient} Pa: zero or more was expected")
        pressure = self._stations.mixture.pressure[station] - ambient
        return float(self._stations.velocity[station] + pressure / self._flux[station])

    @functools.cached_property
    def stations(self) -> tuple[Station, ...]:
        """Chamber, (combustor end,) throat, and the exits in order."""
        return tuple(self._station(i) for i in range(len(self._stations.velocity)))

    def _station(self, i: int) -> Station:
        s, mix = self._stations, self._stations.mixture
        names = ("chamber", "combustor end", "throat") if s.throat == 2 else ("chamber", "throat")
        molar_mass = 1.0 / mix.gas_amount[i]
        sound = math.sqrt(s.gamma[i] * GAS_CONSTANT * mix.temperature[i] / molar_mass)
        total = mix.amounts[i].sum()
        flux, throat = self._flux[i], self._flux[s.throat]
        told = s.transport is not None and bool(np.isfinite(s.transport[i, 0]))
        transport = map(float, s.transport[i]) if told and s.transport is not None else (None,) * 3
        viscosity, conductivity, prandtl = transport
        return Station(
            names[i] if i < len(names) else "exit",
            float(throat / flux) if flux > 0.0 else math.inf,
            float(mix.pressure[i]),
            float(mix.temperature[i]),
            float(mix.density[i]),
            float(mix.enthalpy[i]),
            float(mix.entropy[i]),
            float(molar_mass),
            float(s.gamma[i]),
            float(s.heat_capacity[i]),
            sound,
            float(s.velocity[i]),
            float(s.velocity[i]) / sound,
            viscosity,
            conductivity,
            prandtl,
            {
                name: float(x / total)
                for name, x in zip(s.table.names, mix.amounts[i], strict=True)
                if x > 1e-12 * total
            },
        )


def rocket(  # noqa: PLR0913 - a design point has these numbers; `Design` has the rare ones
    fuel: Propellant,
    oxidiser: Propellant | None = None,
    *,
    pressure: float,
    mixture: float | None = None,
    area_ratios: tuple[float, ...] = (),
    flow: str = "shifting",
    freeze: Freeze = "throat",
    contraction: float | None = None,
) -> Performance:
    """Performance of one design point, with transport properties; `Design` tells the arguments."""
    design = Design(
        fuel=fuel,
        oxidiser=oxidiser,
        pressure=pressure,
        mixture=mixture,
        area_ratios=tuple(area_ratios),
        flow=flow,
        freeze=freeze,
        contraction=contraction,
        transport=True,
    )
    (answer,) = rocket_many([design])
    if isinstance(answer, YaanError):
        raise answer
    return answer


def rocket_many(designs: Sequence[Design]) -> list[Performance | YaanError]:
    """Performance of many design points: for each what it does, or why it cannot be told."""
    answers: list[Performance | YaanError | None] = [None] * len(designs)
    for transport in (False, True):
        asked: list[tuple[int, Point]] = []
        for i, design in enumerate(designs):
            if design.transport is not transport:
                continue
            try:
                asked.append((i, _point(design)))
            except YaanError as error:
                answers[i] = error
        solved = expand([point for _, point in asked], transport=transport)
        for (i, _), stations in zip(asked, solved, strict=True):
            answers[i] = _performance(designs[i], stations)
    return [answer for answer in answers if answer is not None]


def _performance(design: Design, stations: Stations | YaanError) -> Performance | YaanError:
    if isinstance(stations, YaanError):
        return stations
    if design.flow == "shifting":
        return Performance(design, stations)
    try:
        return Performance(design, _frozen(design, stations))
    except YaanError as error:
        return error


def _frozen(design: Design, stations: Stations) -> Stations:
    """The stations of a flow that freezes, made of the shifting ones that `_shifting` asked for."""
    full = all_of(stations.table.elements)
    chamber = stations.throat  # how many stations lie before the throat
    wanted: list[int | Wanted] = list(range(chamber))
    if design.freeze == "chamber":
        wanted.append(("throat", 1.0))
        wanted.extend(("pressure", design.pressure / r) for r in design.pressure_ratios)
        wanted.extend(("subsonic", ratio) for ratio in design.subsonic_ratios)
        wanted.extend(("supersonic", ratio) for ratio in design.area_ratios)
        return freeze(stations, chamber - 1, wanted, full)
    pressures, subsonic, supersonic = _shifting(design)
    known = iter(range(chamber + 1, len(stations.velocity)))
    by_pressure = {ratio: next(known) for ratio in pressures}
    by_area = {ratio: next(known) for ratio in (*subsonic, *supersonic)}
    at = chamber if isinstance(design.freeze, str) else by_area[design.freeze]
    wanted.append(chamber)
    for ratio in design.pressure_ratios:
        # Upstream of where it freezes the flow is in equilibrium.
        shifting = design.pressure / ratio >= stations.mixture.pressure[at]
        if shifting and ratio not in by_pressure:
            raise YaanError(f"pressure ratio {ratio:g}: it lies upstream of where the flow freezes")
        wanted.append(by_pressure[ratio] if shifting else ("pressure", design.pressure / ratio))
    wanted += [by_area[ratio] for ratio in design.subsonic_ratios]
    wanted += [by_area.get(ratio, ("supersonic", ratio)) for ratio in design.area_ratios]
    return freeze(stations, at, wanted, full)


def _shifting(
    design: Design,
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """The exits that are asked of the flow in equilibrium: by pressure, subsonic, supersonic.

    Of a frozen flow only what may lie upstream of where it freezes: the rest of the nozzle may be
    colder than any equilibrium holds.
    """
    if design.flow == "shifting":
        return design.pressure_ratios, design.subsonic_ratios, design.area_ratios
    if design.freeze == "chamber":
        return (), (), ()
    near = tuple(dict.fromkeys(r for r in design.pressure_ratios if r < _NEAR))
    subsonic = tuple(dict.fromkeys(design.subsonic_ratios))
    if isinstance(design.freeze, str):
        return near, subsonic, ()
    upstream = [ratio for ratio in design.area_ratios if ratio <= design.freeze]
    pressures = tuple(dict.fromkeys(design.pressure_ratios))
    return pressures, subsonic, tuple(dict.fromkeys([*upstream, design.freeze]))


def _point(design: Design) -> Point:
    """What the equilibrium is asked, or the one thing that is wrong with the design."""
    _check(design)
    mixed: Feed = feed(design.fuel, design.oxidiser, design.mixture, ions=design.ions)
    return Point(mixed, design.pressure, *_shifting(design), design.contraction, design.mass_flux)


def _check(design: Design) -> None:
    """Refuse what cannot be asked, by name and value."""
    if not _PRESSURES[0] <= design.pressure <= _PRESSURES[1]:
        raise YaanError(
            f"chamber pressure {design.pressure:g} Pa: {_PRESSURES[0]:g} to {_PRESSURES[1]:g} Pa "
            "was expected"
        )
    for ratio in (*design.area_ratios, *design.subsonic_ratios):
        if not 1.0 < ratio <= _LARGEST:
            raise YaanError(f"area ratio {ratio:g}: above 1 and up to {_LARGEST:g} was expected")
    for ratio in design.pressure_ratios:
        if not 1.0 < ratio < math.inf:
            raise YaanError(f"pressure ratio {ratio:g}: chamber over exit, above 1, was expected")
    if design.flow not in ("shifting", "frozen"):
        raise YaanError(f"flow {design.flow!r}: shifting or frozen was expected")
    if isinstance(design.freeze, str):
        if design.freeze not in ("chamber", "throat"):
            raise YaanError(
                f"freeze {design.freeze!r}: chamber, throat or an area ratio was expected"
            )
    elif not 1.0 < design.freeze <= _LARGEST:
        raise YaanError(
            f"freeze {design.freeze:g}: chamber, throat, or an area ratio above 1 was expected"
        )
    if design.contraction is not None and design.mass_flux is not None:
        raise YaanError("a finite chamber has a contraction or a mass flux, not both")
    if design.contraction is not None and not 1.0 < design.contraction <= _LARGEST:
        raise YaanError(f"contraction {design.contraction:g}: above 1 was expected")
    if design.mass_flux is not None and not 0.0 < design.mass_flux < math.inf:
        raise YaanError(f"mass flux {design.mass_flux:g} kg/(m^2 s): above zero was expected")
