"""Units at the door: text with a unit in, SI floats out, and back again for people.

One plain table. Inside Yaan every number is in kg, m, s, rad, K, Pa, N; a text such as "205 t" is
read here once. There is no arithmetic on units: a quantity has one of the dimensions below.
"""

import math
import re
from typing import Final

from yaan.base.errors import UnitError, nearest, quote

_G0: Final = 9.80665  # [m/s^2], CGPM 1901
_POUND: Final = 0.45359237  # [kg], international pound of 1959
_INCH: Final = 0.0254  # [m]
_FOOT: Final = 0.3048  # [m]
_SLUG: Final = _POUND * _G0 / _FOOT  # [kg], what a pound of force gives 1 ft/s^2
_PSI: Final = _POUND * _G0 / _INCH**2  # [Pa]
_DEGREE: Final = math.pi / 180.0  # [rad]

# Dimension -> unit -> factor to SI. The first unit of each dimension is the SI one.
UNITS: Final[dict[str, dict[str, float]]] = {
    "mass": {"kg": 1.0, "t": 1e3, "g": 1e-3, "lb": _POUND, "slug": _SLUG},
    "length": {
        "m": 1.0,
        "km": 1e3,
        "cm": 1e-2,
        "mm": 1e-3,
        "ft": _FOOT,
        "in": _INCH,
        "nmi": 1852.0,
    },
    "time": {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "day": 86400.0},
    "angle": {"rad": 1.0, "deg": _DEGREE, "arcmin": _DEGREE / 60.0, "arcsec": _DEGREE / 3600.0},
    "force": {"N": 1.0, "kN": 1e3, "MN": 1e6, "tf": 1e3 * _G0, "lbf": _POUND * _G0},
    "pressure": {
        "Pa": 1.0,
        "hPa": 1e2,
        "kPa": 1e3,
        "MPa": 1e6,
        "bar": 1e5,
        "atm": 101325.0,
        "psi": _PSI,
    },
    "temperature": {"K": 1.0},
    "speed": {"m/s": 1.0, "km/s": 1e3, "km/h": 1.0 / 3.6, "ft/s": _FOOT, "kn": 1852.0 / 3600.0},
    "acceleration": {"m/s2": 1.0, "g0": _G0, "ug": 1e-6 * _G0},
    "area": {"m2": 1.0, "cm2": 1e-4, "mm2": 1e-6, "ft2": _FOOT**2},
    "volume": {"m3": 1.0, "l": 1e-3},
    "impulse": {"N s": 1.0, "kN s": 1e3, "MN s": 1e6},
    "heat flux": {"W/m2": 1.0, "kW/m2": 1e3, "MW/m2": 1e6, "W/cm2": 1e4},
    "heat load": {"J/m2": 1.0, "kJ/m2": 1e3, "MJ/m2": 1e6, "J/cm2": 1e4},
    "density": {"kg/m3": 1.0, "g/cm3": 1e3, "slug/ft3": _SLUG / _FOOT**3},
    "gravitational parameter": {"m3/s2": 1.0, "km3/s2": 1e9, "ft3/s2": _FOOT**3},
    "load product": {"Pa rad": 1.0, "Pa deg": _DEGREE, "kPa deg": 1e3 * _DEGREE},
    "mass per area": {"kg/m2": 1.0, "g/cm2": 10.0},
    "mass flow": {"kg/s": 1.0, "t/s": 1e3},
    "angular rate": {"rad/s": 1.0, "deg/s": _DEGREE, "deg/h": _DEGREE / 3600.0},
    "angular acceleration": {"rad/s2": 1.0, "deg/s2": _DEGREE},
    "moment of inertia": {"kg m2": 1.0, "slug ft2": _SLUG * _FOOT**2},
    "torque": {"N m": 1.0, "kN m": 1e3, "lbf ft": _POUND * _G0 * _FOOT},
    "power": {"W": 1.0, "kW": 1e3, "MW": 1e6},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "heat capacity": {"J/(kg K)": 1.0, "kJ/(kg K)": 1e3},
    "viscosity": {"Pa s": 1.0, "mPa s": 1e-3},
    "molar mass": {"kg/mol": 1.0, "g/mol": 1e-3},
    "molar enthalpy": {"J/mol": 1.0, "kJ/mol": 1e3},
    "share of air": {"mol/mol": 1.0, "ppm": 1e-6},
    "specific energy": {"J/kg": 1.0, "kJ/kg": 1e3, "MJ/kg": 1e6},
    "pressure rate": {"Pa/s": 1.0, "kPa/min": 1e3 / 60.0, "psi/min": _PSI / 60.0},
    "number per mass": {"1/kg": 1.0, "1/t": 1e-3},
}

_DIMENSION: Final = {unit: name for name, units in UNITS.items() for unit in units}
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPELLINGS: Final = str.maketrans({"²": "2", "³": "3", "°": "deg", "·": " ", "*": " ", "^": ""})


def parse(text: object, dimension: str, unit: str = "") -> float:
    """Read a quantity such as "205 t" and return it in the SI unit of its dimension.

    Args:
        text: number and unit; a space between them may be left out.
        dimension: a key of `UNITS`, as "mass".
        unit: the unit that hints are written in; left out, the SI one.

    Raises:
        UnitError: not a text, no unit, an unknown unit, another dimension, or not finite.
    """
    number, found = _split(text, dimension, unit or next(iter(UNITS[dimension])))
    factor = UNITS[dimension].get(found)
    if factor is None:
        raise UnitError(quote(text), describe(dimension), _unit_hint(found, dimension))
    value = float(number) * factor
    if not math.isfinite(value):
        raise UnitError(quote(text), describe(dimension), "the number is too large")
    return value


def format_quantity(value: float, unit: str, *, digits: int = 12) -> str:
    """Write an SI value in `unit`, as `format_quantity(205e3, "t") == "205 t"`.

    Args:
        value: finite value in the SI unit of the unit's dimension.
        unit: any unit of the table.
        digits: significant digits; trailing zeros are not written.

    Raises:
        UnitError: the unit is not in the table.
    """
    dimension = dimension_of(unit)
    return f"{value / UNITS[dimension][unit]:.{digits}g} {unit}"


def dimension_of(unit: str) -> str:
    """Return the dimension of a unit: "km" is a "length".

    Raises:
        UnitError: the unit is not in the table.
    """
    if unit not in _DIMENSION:
        raise UnitError(quote(unit), "a unit", nearest(unit, _DIMENSION))
    return _DIMENSION[unit]


def _split(text: object, dimension: str, usual: str) -> tuple[str, str]:
    """Separate number and unit; refuse what is not a number followed by a unit.

    `usual` is the unit that the hints propose.
    """
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        advice = f'write it with a unit, as "{text:.12g} {usual}"'
        raise UnitError(quote(text), describe(dimension), advice)
    if not isinstance(text, str):
        raise UnitError(quote(text), describe(dimension), f'write a text, as "1 {usual}"')
    plain = text.strip().translate(_SPELLINGS)
    match = _NUMBER.match(plain)
    if match is None:
        advice = f'write a number and a unit, as "1 {usual}"'
        raise UnitError(quote(text), describe(dimension), advice)
    unit = " ".join(plain[match.end() :].split())
    if not unit:
        advice = f'write it with a unit, as "{match.group()} {usual}"'
        raise UnitError(quote(text), describe(dimension), advice)
    return match.group(), unit


def _unit_hint(unit: str, dimension: str) -> str:
    """Say why `unit` does not serve: another dimension, a near spelling, or nothing known."""
    if unit in _DIMENSION:
        return f"{unit} measures {describe(_DIMENSION[unit], listed=False)}"
    if unit[:1] in ",_":
        return "write a point before the decimals, and no thousands separators"
    close = nearest(unit, UNITS[dimension])
    return f"unknown unit {quote(unit)}; {close}" if close else f"unknown unit {quote(unit)}"


def describe(dimension: str, *, listed: bool = True) -> str:
    """Name a dimension with its article, and its units where `listed`."""
    article = "an" if dimension[0] in "aeiou" else "a"
    units = f" in {', '.join(UNITS[dimension])}" if listed else ""
    return f"{article} {dimension}{units}"
