"""Properties of a mixture from those of its parts.

Density by volumes that add up; heat capacity by masses; vapour pressure by Raoult's law; the
logarithm of viscosity by moles (Grunberg and Nissan without their interaction). Each is a first
guess: hydrazines and water attract each other, so that a real mixture is denser by up to 3 % and
its vapour pressure lower. What was measured goes into the mixture's own file and is used instead.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from yaan.base import InputError
from yaan.propulsion.liquid_property import LiquidProperty

_DOUBT: Final = {
    "density": 0.03,
    "vapour_pressure": 0.3,
    "heat_capacity": 0.05,
    "viscosity": 0.5,
}
"""Share by which a rule may be out, beyond what its parts are."""


@dataclass(frozen=True)
class Part:
    """A part of a mixture.

    Attributes:
        name: of the propellant, or of the gas that is dissolved.
        share: of the mass.
        curve: its properties by their names; None for a gas.
        density: that a dissolved gas adds its mass with [kg/m^3]; None for a propellant.
        molar_mass: [kg/mol].
    """

    name: str
    share: float
    curve: Callable[[str], LiquidProperty] | None
    density: float | None
    molar_mass: float


def mixed(name: str, parts: Sequence[Part], units: Mapping[str, str]) -> dict[str, LiquidProperty]:
    """The properties that the rules give, of those that all parts have.

    A dissolved gas counts in the density alone; the vapour pressure and the viscosity of what it
    is dissolved in are not told, for they are not those without it.
    """
    rules = {
        "density": _density,
        "vapour_pressure": _vapour_pressure,
        "heat_capacity": _heat_capacity,
        "viscosity": _viscosity,
    }
    found: dict[str, LiquidProperty] = {}
    gases = any(part.curve is None for part in parts)
    for what, rule in rules.items():
        if gases and what != "density":
            continue
        try:
            inside = [(part, part.curve(what) if part.curve else None) for part in parts]
        except InputError:
            continue
        known = [one for _, one in inside if one is not None]
        if not known:
            continue
        found[what] = LiquidProperty(
            what=what.replace("_", " "),
            of=name,
            unit=units[what],
            low=max(one.low for one in known),
            high=min(one.high for one in known),
            uncertainty=_DOUBT[what] + max(one.uncertainty for one in known),
            grade="C",
            source="from its parts: " + ", ".join(f"{p.share:g} {p.name}" for p in parts),
            value=_bound(rule, inside),
        )
    return found


_Inside = Sequence[tuple[Part, LiquidProperty | None]]


def _bound(rule: Callable[[_Inside, float], float], inside: _Inside) -> Callable[[float], float]:
    return lambda temperature: rule(inside, temperature)


def _values(inside: _Inside, temperature: float) -> list[tuple[Part, float]]:
    return [(part, one.value(temperature)) for part, one in inside if one is not None]


def _density(inside: _Inside, temperature: float) -> float:
    volume = math.fsum(part.share / rho for part, rho in _values(inside, temperature))
    volume += math.fsum(part.share / part.density for part, _ in inside if part.density)
    return math.fsum(part.share for part, _ in inside) / volume


def _heat_capacity(inside: _Inside, temperature: float) -> float:
    return math.fsum(part.share * value for part, value in _values(inside, temperature))


def _moles(inside: _Inside) -> float:
    return math.fsum(part.share / part.molar_mass for part, _ in inside)


def _vapour_pressure(inside: _Inside, temperature: float) -> float:
    values = _values(inside, temperature)
    total = math.fsum(part.share / part.molar_mass * value for part, value in values)
    return total / _moles(inside)


def _viscosity(inside: _Inside, temperature: float) -> float:
    values = _values(inside, temperature)
    total = math.fsum(part.share / part.molar_mass * math.log(value) for part, value in values)
    return math.exp(total / _moles(inside))
