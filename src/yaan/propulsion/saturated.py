"""CoolProp, where it is installed and right: oxygen, para-hydrogen, methane.

Imported when first asked. It knows no storable propellant, and kerosene as n-dodecane, 8 % too
light: neither is asked of it.
"""

import functools
import importlib
from typing import Any, Final

from yaan.propulsion.liquid_property import LiquidProperty

OUTPUTS: Final = {"density": "D", "vapour_pressure": "P", "heat_capacity": "C"}
"""Properties that are asked of it, and its letters; viscosities it has not of all three."""

_BELOW: Final = 0.999
"""Share of the critical temperature up to which the liquid is asked for."""


@functools.cache
def installed() -> bool:
    """Whether CoolProp can be imported."""
    try:
        _props()
    except ImportError:
        return False
    return True


@functools.cache
def _props() -> Any:
    return importlib.import_module("CoolProp.CoolProp").PropsSI  # an extra, so by its name


def number(output: str, fluid: str, **inputs: float) -> float:
    """One number of CoolProp, of two inputs by its letters.

    Raises:
        ValueError: there is no such state, by CoolProp's words.
        ImportError: CoolProp is not installed.
    """
    (first, one), (second, two) = inputs.items()
    return float(_props()(output, first, one, second, two, fluid))


@functools.cache
def of(fluid: str, name: str, unit: str, liquid: str) -> LiquidProperty:
    """A property of the saturated liquid from the triple point to almost the critical one."""
    output = OUTPUTS[name]

    def value(temperature: float) -> float:
        return number(output, fluid, T=temperature, Q=0.0)

    return LiquidProperty(
        what=name.replace("_", " "),
        of=liquid,
        unit=unit,
        low=float(_props()("Ttriple", fluid)),
        high=_BELOW * float(_props()("Tcrit", fluid)),
        uncertainty=0.001,
        grade="A",
        source=f"CoolProp, {fluid}, saturated liquid",
        value=value,
    )
