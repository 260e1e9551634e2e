"""One design point of an engine, all that is said of it: performance, separation, heat, real Isp.

Everything rests on certified equilibrium (`propulsion.chamber`). Shifting and frozen flow stand
beside each other: what a real nozzle would do without losses lies between them, or near.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from yaan.base.errors import YaanError
from yaan.chemistry.species import GAS_CONSTANT, species
from yaan.propulsion.chamber import Design, Performance, Station, rocket_many
from yaan.propulsion.heat import Gas, ThroatHeat, diameter_of, throat_heat
from yaan.propulsion.nozzle import Judged, judge, together

SEA_LEVEL: Final = 101_325.0
"""Pressure of the air at sea level [Pa], of the US Standard Atmosphere 1976."""

Flow = Literal["shifting", "frozen"]

FLOWS: Final[tuple[Flow, ...]] = get_args(Flow)

_SUBSONIC: Final = 0.9  # Mach number, below which stations may be those of both flows
_G0: Final = 9.80665  # [m/s^2]
_ALONG: Final = (1.05, 1.2, 1.5, 2.0, 3.0, 4.5, 7.0, 10.0, 15.0, 22.0, 32.0, 46.0, 68.0, 100.0)


@dataclass(frozen=True)
class Outside:
    """The air around a nozzle: words such as `12 km`, and its pressure [Pa]."""

    words: str
    pressure: float


@dataclass(frozen=True)
class Size:
    """How large an engine is, where anything is said of that.

    Attributes:
        throat: diameter [m].
        thrust: in vacuum [N], of which the throat follows by the ideal thrust coefficient.
        wall: gas-side temperature at the throat [K]; assumed where None.
        curvature: radius of the throat's curvature [m]; assumed where None.
    """

    throat: float | None = None
    thrust: float | None = None
    wall: float | None = None
    curvature: float | None = None


@dataclass(frozen=True)
class EnginePoint:
    """A design point with its answers.

    Attributes:
        flows: the performance by flow, `shifting` and `frozen`; one of them may be missing.
        refused: why a flow is missing, by its name.
        outside: where Isp is told, vacuum apart: sea level, and what was asked for.
        separation: at sea level, by each criterion.
        judged_at: the same wherever Isp is told, by its words.
        throat: diameter [m]; None where no size is known.
        heat: at the throat; None where no size is known.
        along: many stations from chamber to exit, by flow.
    """

    flows: dict[str, Performance]
    refused: dict[str, str]
    outside: tuple[Outside, ...]
    separation: tuple[Judged, ...]
    throat: float | None
    heat: ThroatHeat | None
    along: Mapping[str, tuple[Station, ...]]
    judged_at: Mapping[str, tuple[Judged, ...]]

    @property
    def main(self) -> Performance:
        """Shifting flow, or what there is."""
        return self.flows.get(FLOWS[0]) or next(iter(self.flows.values()))

    @property
    def exit(self) -> Station:
        """The station at the exit."""
        return self.main.stations[-1]

    @property
    def mass_flow(self) -> float | None:
        """Through the throat [kg/s], ideal; None where no size is known."""
        if self.throat is None:
            return None
        area = 0.25 * math.pi * self.throat**2
        return self.main.stagnation_pressure * area / self.main.cstar

    def isp(self, flow: str, where: Outside) -> float | None:
        """Specific impulse against the air [s], as if the nozzle ran full; None if none is left."""
        found = self.flows[flow].isp(where.pressure)
        return found if found > 0.0 else None

    def called(self, where: Outside) -> str:
        """The words of a place, and what the Isp there supposes."""
        judged_ = self.judged_at.get(where.words, ())
        full = "" if together(judged_) == "held" else ", if it ran full"
        return f"{where.words} ({where.pressure / 1e3:.4g} kPa){full}"

    @property
    def ends(self) -> list[tuple[str, Station]]:
        """Flow and station of all that is told in a table; what both flows share stands once."""
        first = next(iter(self.flows.values()))
        shared = {row.name: row.temperature for row in first.stations if row.mach < _SUBSONIC}
        found: list[tuple[str, Station]] = []
        for flow, one in self.flows.items():
            for row in one.stations:
                same = one is not first and shared.get(row.name) == row.temperature
                found += [] if same else [(flow, row)]
        return found

    def thrust(self, ambient: float) -> float | None:
        """Ideal thrust [N] against a pressure [Pa]; None where no size is known."""
        flow = self.mass_flow
        return None if flow is None else flow * _G0 * self.main.isp(ambient)


def point(
    design: Design,
    flows: Sequence[Flow] = FLOWS,
    outside: Sequence[Outside] = (),
    size: Size | None = None,
) -> EnginePoint:
    """Compute one design point, its last area ratio being the exit's.

    Args:
        design: what is asked for; `flow` of it is overridden by `flows`.
        flows: shifting, frozen or both.
        outside: where Isp is told, beside vacuum and sea level.
        size: of the engine.

    Raises:
        YaanError: no flow has a certified answer; its sentence.
    """
    asked = [replace(design, flow=flow, transport=True) for flow in flows]
    found, refused = dict[str, Performance](), dict[str, str]()
    for flow, one in zip(flows, rocket_many(asked), strict=True):
        if not isinstance(one, YaanError):
            found[flow] = one
        elif len(flows) == 1:
            raise one
        else:
            refused[flow] = str(one)
    if not found:
        raise YaanError("; ".join(dict.fromkeys(refused.values())))
    made = EnginePoint(found, refused, (), (), None, None, {}, {})
    along = _along(found)
    throat = _throat(made.main, size or Size())
    everywhere = (Outside("sea level", SEA_LEVEL), *outside)
    wall = along[made.main.design.flow]
    found_at = {one.words: judged(made.main, wall, one.pressure) for one in everywhere}
    return replace(
        made,
        outside=everywhere,
        separation=found_at["sea level"],
        judged_at=found_at,
        throat=throat,
        heat=None if throat is None else heat_of(made, throat, size or Size()),
        along=along,
    )


def _along(flows: Mapping[str, Performance]) -> dict[str, tuple[Station, ...]]:
    """The stations between throat and exit too, each an answer of its own; some may be missing."""
    jobs = [
        replace(one.design, area_ratios=(ratio,))
        for one in flows.values()
        for ratio in _ALONG
        if ratio < 0.97 * one.design.area_ratios[-1] and _follows(one.design, ratio)
    ]
    found: dict[str, list[Station]] = {flow: [] for flow in flows}
    for job, one in zip(jobs, rocket_many(jobs), strict=True):
        if not isinstance(one, YaanError):
            found[job.flow].append(one.stations[-1])
    return {
        flow: (*one.stations[:-1], *found[flow], one.stations[-1]) for flow, one in flows.items()
    }


def _follows(design: Design, ratio: float) -> bool:
    """Whether a station lies behind the one where the flow freezes."""
    return isinstance(design.freeze, str) or design.flow == FLOWS[0] or ratio > design.freeze


def judged(
    made: Performance, along: Sequence[Station] = (), ambient: float = SEA_LEVEL
) -> tuple[Judged, ...]:
    """Whether the nozzle runs full against the air."""
    wall = [(one.area_ratio, one.pressure, one.mach) for one in along if one.mach > 1.001]
    last = made.stations[-1]
    return judge(last.pressure, last.mach, ambient, wall)


def heat_of(made: EnginePoint, throat: float, size: Size) -> ThroatHeat | None:
    """Heat flux at the throat; None where the gas's viscosity is not known."""
    rest = made.main.stations[0]
    if rest.viscosity is None or not math.isfinite(rest.viscosity):
        return None
    told: tuple[str, ...] = ()
    try:
        capacity, gamma = _unreacting(rest)
    except YaanError:
        capacity, gamma = rest.heat_capacity, rest.gamma
        told = ("heat capacity of the reacting gas, which is too high",)
    gas = Gas(
        pressure=made.main.stagnation_pressure,
        temperature=rest.temperature,
        cstar=made.main.cstar,
        gamma=gamma,
        heat_capacity=capacity,
        viscosity=rest.viscosity,
        prandtl=4.0 * gamma / (9.0 * gamma - 5.0),
    )
    heat = throat_heat(gas, throat, size.wall, size.curvature)
    return replace(heat, assumed=(*heat.assumed, *told))


def _unreacting(rest: Station) -> tuple[float, float]:
    """Heat capacity [J/(kg K)] and its ratio of a gas that does not react, which Bartz means.

    Raises:
        YaanError: the data of a species are not there.
    """
    mass, capacity, gas = 0.0, 0.0, 0.0
    for name, share in rest.mole_fractions.items():
        one = species(name)
        rise = one.molar_enthalpy(rest.temperature + 1.0)
        rise -= one.molar_enthalpy(rest.temperature - 1.0)
        mass += share * one.molar_mass
        capacity += share * 0.5 * rise
        gas += 0.0 if one.condensed else share
    return capacity / mass, capacity / (capacity - GAS_CONSTANT * gas)


def _throat(made: Performance, size: Size) -> float | None:
    if size.throat is not None or size.thrust is None:
        return size.throat
    return diameter_of(size.thrust / (made.thrust_coefficient(0.0) * made.stagnation_pressure))
