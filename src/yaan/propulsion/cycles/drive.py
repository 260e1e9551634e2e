"""The gas of a generator or preburner: of certified equilibrium, or of a correlation.

Equilibrium holds where there is oxygen or hydrogen in excess. A fuel-rich generator of kerosene is
limited by rates: equilibrium cracks its kerosene to a third of soot and is some 180 K too hot, so
it has a correlation of its own, marked as assumed. Fuel-rich gases of hydrazines are limited
likewise; they are of equilibrium here, and say so.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from yaan.base import InputError, NoSolutionError, Problem, YaanError
from yaan.base.roots import root
from yaan.propulsion.cycles.records import GAS_CONSTANT, DriveGas, EnginePoint
from yaan.propulsion.propellants import Liquid

_GRID: Final = 24
_OXYGEN: Final = ("lox",)
_KEROSENES: Final = ("rp-1", "isrosene")
_SLOW: Final = ("udmh", "uh25", "mmh", "n2h4", "ch4")


@dataclass(frozen=True)
class _Burnt:
    """Equilibrium at the wanted temperature.

    Attributes:
        excess: enthalpy that the propellants bring beyond it [J/kg]; above 0 they would be hotter.
        gamma: isentropic exponent.
        molar_mass: [kg/mol].
    """

    excess: float
    gamma: float
    molar_mass: float


def kerosene_rich(mixture_ratio: float | None = None, temperature: float | None = None) -> DriveGas:
    """Gas of a fuel-rich generator of oxygen and kerosene, by its mixture or its temperature.

    T = 1063 K + 1700 K (MR - 0.416). The point is the F-1's (1453 F, recalled); the slope is
    assumed, 1200 to 2200 K, as are c_p = 2700 J/(kg K), 2500 to 2850, and gamma = 1.12, 1.10 to
    1.14 (Huzel and Huang's sample engine has 2734 and 1.124; recalled).

    Valid: 850 to 1150 K; 6 % of the temperature.

    Raises:
        InputError: neither is given, or it is out of that range.
    """
    point, hot, slope = 0.416, 1063.0, 1700.0  # [-], [K], [K]
    if temperature is None:
        if mixture_ratio is None:
            raise InputError(
                Problem("", None, "mixture_ratio", "", "a mixture ratio or a temperature")
            )
        temperature = hot + slope * (mixture_ratio - point)
    if not 850.0 <= temperature <= 1150.0:
        expected = "a gas from 850 K to 1150 K"
        hint = "the correlation of fuel-rich kerosene holds there: mixture ratios of 0.29 to 0.47"
        raise InputError(
            Problem("", None, "turbine_temperature", f"{temperature:g} K", expected, hint)
        )
    return DriveGas(
        temperature=temperature,
        heat_capacity=2700.0,
        gamma=1.12,
        mixture_ratio=point + (temperature - hot) / slope,
        source="correlation of fuel-rich kerosene generators, which equilibrium does not describe",
        assumed=True,
        uncertainty=0.06,
    )


def gas_of(
    point: EnginePoint,
    temperature: float,
    pressure: float,
    *,
    oxidiser_rich: bool,
    pumped: Callable[[float], float] | None = None,
) -> DriveGas:
    """Gas of a temperature [K] at a pressure [Pa], of the engine's propellants as they are stored.

    Args:
        point: the engine.
        temperature: that it must have.
        pressure: of the generator.
        oxidiser_rich: on which side of the best mixture it lies.
        pumped: work that pumps did on a kilogram of a mixture ratio [J/kg], which heats it.

    Raises:
        NoSolutionError: no mixture has that temperature.
        YaanError: equilibrium cannot be asked for.
    """
    fuel, oxidiser = point.fuel_liquid, point.oxidiser_liquid
    if not oxidiser_rich and fuel.name in _KEROSENES and oxidiser.name in _OXYGEN:
        return kerosene_rich(temperature=temperature)
    burnt = _burner(fuel, oxidiser, temperature, pressure)

    def excess(logarithm: float) -> float:
        mixture = math.exp(logarithm)
        work = 0.0 if pumped is None else pumped(mixture)
        return burnt(mixture).excess + work

    best = point.mixture_ratio
    ends = (1.5 * best, 60.0 * best) if oxidiser_rich else (0.9 * best, 0.01 * best)
    mixture = math.exp(_zero(excess, math.log(ends[0]), math.log(ends[1]), point, temperature))
    gas = burnt(mixture)
    slow = not oxidiser_rich and fuel.name in _SLOW
    return DriveGas(
        temperature=temperature,
        # With the isentropic exponent this one gives the work of an expansion, burning or not.
        heat_capacity=GAS_CONSTANT / gas.molar_mass * gas.gamma / (gas.gamma - 1.0),
        gamma=gas.gamma,
        mixture_ratio=mixture,
        molar_mass=gas.molar_mass,
        source="certified equilibrium",
        assumed=slow,
        uncertainty=0.15 if slow else 0.02,
    )


def _zero(
    excess: Callable[[float], float], start: float, end: float, point: EnginePoint, wanted: float
) -> float:
    """Where the mixture, getting leaner from `start`, has cooled to what is wanted."""
    last: float | None = None
    hottest, coldest, failed = -math.inf, math.inf, ""
    for i in range(_GRID + 1):
        at = start + (end - start) * i / _GRID
        try:
            value = excess(at)
        except YaanError as error:
            failed, last = str(error), None
            continue
        hottest, coldest = max(hottest, value), min(coldest, value)
        if last is not None and value <= 0.0:
            return root(excess, last, at, within=1e-13)
        last = at if value > 0.0 else None
    if not math.isfinite(hottest):
        raise YaanError(failed)
    fuel, oxidiser = point.fuel_liquid.name, point.oxidiser_liquid.name
    told = "hotter" if coldest > 0.0 else "colder" if hottest < 0.0 else "hotter or not told"
    raise NoSolutionError(
        f"No mixture of {oxidiser} and {fuel} on that side burns at {wanted:g} K: all are {told}."
    )


def _burner(
    fuel: Liquid, oxidiser: Liquid, temperature: float, pressure: float
) -> Callable[[float], _Burnt]:
    """The gas of a mixture at the wanted temperature, kept of those that were asked for."""
    from yaan.chemistry import State, equilibrium
    from yaan.chemistry.feed import feed

    known: dict[float, _Burnt] = {}
    one, other = _reactant(fuel), _reactant(oxidiser)

    def burnt(mixture: float) -> _Burnt:
        if mixture not in known:
            gas = equilibrium(
                State(
                    fuel=one,
                    oxidiser=other,
                    mixture=mixture,
                    pressure=pressure,
                    temperature=temperature,
                )
            )
            brought = feed(one, other, mixture).enthalpy
            known[mixture] = _Burnt(brought - gas.enthalpy, gas.gamma, gas.molar_mass)
        return known[mixture]

    return burnt


def _reactant(liquid: Liquid) -> Any:
    """What chemistry takes of a liquid.

    Raises:
        NoSolutionError: its file tells nothing.
    """
    from yaan.chemistry import Reactant

    if liquid.reactant is None:
        raise NoSolutionError(f"{liquid.name} cannot be burnt: its file has no `reactant`.")
    one = liquid.reactant
    return one.name if one.formula is None else Reactant(**vars(one))
