"""How a property of a liquid goes with its temperature: the forms that files of propellants have.

Each is plain host code, in SI, and knows between which temperatures it holds; beyond them it
refuses. What makes one of a file's block is `of`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from yaan.base import InputError, Problem

_SAME: Final = 1e-9
"""Share of a temperature by which an end of a range may be passed: rounding of units."""


@dataclass(frozen=True)
class LiquidProperty:
    """One property against temperature.

    Attributes:
        what: the property, in words.
        of: name of the liquid.
        unit: of its values, SI.
        low: temperature from which on it holds [K].
        high: temperature up to which it holds [K].
        uncertainty: share of the value that it may be out by, as its file says.
        grade: trust of its source: A a handbook or report, B a compilation of such, C assumed.
        source: where it is from.
        value: the function itself, of a temperature within the range [K].
    """

    what: str
    of: str
    unit: str
    low: float
    high: float
    uncertainty: float
    grade: str
    source: str
    value: Callable[[float], float]

    def __call__(self, temperature: float) -> float:
        """The property at a temperature [K].

        Raises:
            InputError: a temperature at which it is not known.
        """
        slack = _SAME * self.high
        if not self.low - slack <= temperature <= self.high + slack:
            expected = f"a temperature from {self.low:g} K to {self.high:g} K"
            hint = f"the {self.what} of {self.of} is known there"
            raise InputError(Problem("", None, "temperature", f"{temperature:g} K", expected, hint))
        return self.value(min(max(temperature, self.low), self.high))


def polynomial(coefficients: tuple[float, ...]) -> Callable[[float], float]:
    """c0 + c1 T + c2 T^2 .. in the property's unit, T in K."""

    def value(temperature: float) -> float:
        total = 0.0
        for one in reversed(coefficients):
            total = total * temperature + one
        return total

    return value


def rackett(block: Mapping[str, Any]) -> Callable[[float], float]:
    """Density of a saturated liquid, from one point and the critical temperature.

    rho(T) = rho0 Z^((1 - T0/Tc)^(2/7) - (1 - T/Tc)^(2/7)).

    Source: H. G. Rackett, J. Chem. Eng. Data 15 (1970) 514, in the form of Spencer and Danner with
    its constant taken by a point (as Poling, Prausnitz and O'Connell give it; not re-read).
    """
    critical = block["critical_temperature"]
    known = (1.0 - block["temperature"] / critical) ** (2.0 / 7.0)
    logarithm = math.log(block["z"])

    def value(temperature: float) -> float:
        here = (1.0 - temperature / critical) ** (2.0 / 7.0)
        return block["density"] * math.exp(logarithm * (known - here))

    return value


def antoine(a: float, b: float, c: float) -> Callable[[float], float]:
    """Vapour pressure: ln p = a - b / (T + c), p in Pa and T in K."""
    return lambda temperature: math.exp(a - b / (temperature + c))


def wagner(block: Mapping[str, Any]) -> Callable[[float], float]:
    """Vapour pressure, to the critical point.

    ln(p/pc) = (a t + b t^1.5 + c t^2.5 + d t^5) Tc/T, with t = 1 - T/Tc.
    """
    critical, pressure = block["critical_temperature"], block["critical_pressure"]
    factors = tuple(block["coefficients"])

    def value(temperature: float) -> float:
        t = 1.0 - temperature / critical
        terms = zip(factors, (1.0, 1.5, 2.5, 5.0), strict=True)
        total = math.fsum(factor * t**power for factor, power in terms)
        return pressure * math.exp(total * critical / temperature)

    return value


def table(block: Mapping[str, Any], *, logarithmic: bool) -> Callable[[float], float]:
    """Through points by piecewise cubics that keep their shape (PCHIP); straight through two.

    Where `logarithmic`, the logarithm of the value goes with the inverse of the temperature, as
    vapour pressures and viscosities nearly do.
    """
    xs, ys = list(block["temperature"]), list(block["value"])
    if len(xs) == 1:
        return lambda temperature: ys[0]
    if logarithmic:
        through = _through([1.0 / x for x in reversed(xs)], [math.log(y) for y in reversed(ys)])
        return lambda temperature: math.exp(through(1.0 / temperature))
    return _through(xs, ys)


def _through(xs: list[float], ys: list[float]) -> Callable[[float], float]:
    from scipy.interpolate import PchipInterpolator

    found = PchipInterpolator(xs, ys, extrapolate=True)
    return lambda x: float(found(x))


def of(block: Mapping[str, Any], what: str, unit: str, name: str) -> LiquidProperty:
    """The property that a checked block of a file makes, its quantities in SI."""
    low, high = block.get("range") or (None, None)
    if (points := block.get("table")) is not None:
        logarithmic = what in ("vapour pressure", "viscosity")
        value = table(points, logarithmic=logarithmic)
        low = points["temperature"][0] if low is None else low
        high = points["temperature"][-1] if high is None else high
    elif (terms := block.get("polynomial")) is not None:
        value = polynomial(tuple(terms))
    elif (one := block.get("rackett")) is not None:
        value = rackett(one)
    elif (one := block.get("wagner")) is not None:
        value = wagner(one)
    else:
        value = antoine(*block["antoine"])
    assert low is not None
    assert high is not None  # a file's form requires the range
    return LiquidProperty(
        what=what,
        of=name,
        unit=unit,
        low=low,
        high=high,
        uncertainty=block.get("uncertainty") or 0.0,
        grade=block.get("grade") or "C",
        source=block.get("source") or "",
        value=value,
    )
