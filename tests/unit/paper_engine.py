"""A rocket of paper: an ideal gas of constant properties, so that engines are computed in no time.

Its chamber is hottest at the mixture `BEST`, so that the best mixture is known.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from scipy.optimize import brentq

from yaan.base.errors import YaanError
from yaan.chemistry import Certificate
from yaan.propulsion.chamber import Design, Station

BEST = 5.25
HOTTEST = 3400.0  # [K]
GAMMA, MOLAR_MASS = 1.2, 0.012  # [1, kg/mol]
GAS = 8.31446261815324 / MOLAR_MASS  # [J/(kg K)]
G0 = 9.80665  # [m/s^2]
REFUSED = 9.5
"""Mixtures above it have no answer."""


@dataclass(frozen=True)
class Paper:
    """What `Performance` is, of paper."""

    design: Design
    stations: tuple[Station, ...]
    cstar: float
    certificate: Certificate = field(
        default_factory=lambda: Certificate(1e-12, 2e-10, -3.5, "C(gr)", notes=("of paper",))
    )

    @property
    def stagnation_pressure(self) -> float:
        return self.design.pressure

    @property
    def isp_vacuum(self) -> float:
        return self.isp(0.0)

    def isp(self, ambient: float) -> float:
        last = self.stations[-1]
        push = (last.pressure - ambient) / (last.density * last.velocity)
        return (last.velocity + push) / G0

    def thrust_coefficient(self, ambient: float = 0.0) -> float:
        return self.isp(ambient) * G0 / self.cstar


def rocket_many(designs: list[Design]) -> list[Any]:
    """As `yaan.propulsion.chamber.rocket_many`."""
    return [_one(design) for design in designs]


def _one(design: Design) -> Any:
    assert design.mixture is not None
    if design.mixture > REFUSED:
        return YaanError("paper does not burn so rich")
    hot = HOTTEST - 40.0 * (design.mixture - BEST) ** 2
    if hot < 500.0:
        return YaanError("paper does not burn so lean")
    hot *= 0.99 if design.flow == "frozen" else 1.0
    rest = _station("chamber", design.pressure, hot, 0.0, math.inf)
    throat = _at(design.pressure, hot, 1.0, "throat", 1.0)
    cstar = design.pressure / (throat.density * throat.velocity)
    exits = [_at(design.pressure, hot, _mach(ratio), "exit", ratio) for ratio in design.area_ratios]
    return Paper(design, (rest, throat, *exits), cstar)


def _mach(ratio: float) -> float:
    def area(mach: float) -> float:
        rise = 2.0 / (GAMMA + 1.0) * (1.0 + 0.5 * (GAMMA - 1.0) * mach**2)
        return rise ** (0.5 * (GAMMA + 1.0) / (GAMMA - 1.0)) / mach

    found: Any = brentq(lambda mach: area(mach) - ratio, 1.0, 50.0, xtol=1e-13)
    return float(found)


def _at(pressure: float, hot: float, mach: float, name: str, ratio: float) -> Station:
    rise = 1.0 + 0.5 * (GAMMA - 1.0) * mach**2
    return _station(name, pressure * rise ** (-GAMMA / (GAMMA - 1.0)), hot / rise, mach, ratio)


def _station(name: str, pressure: float, hot: float, mach: float, ratio: float) -> Station:
    sound = math.sqrt(GAMMA * GAS * hot)
    return Station(
        name=name,
        area_ratio=ratio,
        pressure=pressure,
        temperature=hot,
        density=pressure / (GAS * hot),
        enthalpy=0.0,
        entropy=0.0,
        molar_mass=MOLAR_MASS,
        gamma=GAMMA,
        heat_capacity=GAMMA * GAS / (GAMMA - 1.0),
        sound_speed=sound,
        velocity=mach * sound,
        mach=mach,
        viscosity=1e-4,
        conductivity=0.5,
        prandtl=0.6,
        mole_fractions={"H2O": 0.7, "H2": 0.29, "OH": 0.01},
    )
