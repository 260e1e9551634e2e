"""What a balance assumes where nobody says better: each number with bounds and a reason.

Pressure drops are by default shares of the chamber's pressure, and in Pa where they are given.
Efficiencies are those of what has flown (Huzel and Huang, NASA SP-8107, SP-8109, SP-8110;
recalled, not re-read), so each is marked assumed and has its bounds.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from yaan.base import InputError, Problem, nearest, quote
from yaan.propulsion.cycles.records import EnginePoint, Given
from yaan.propulsion.propellants import Liquid


@dataclass(frozen=True)
class Assumption:
    """A number with a default.

    Attributes:
        unit: SI; empty for a pure number.
        default: in `unit`, or a share of the chamber's pressure; by cycle where they differ, under
            "" for the others; NaN where there is none and nothing is assumed.
        bounds: what the default may plausibly be, as it is written.
        why: reason.
        least: what a given number must be above, or at least where `closed`.
        most: what it must not be above.
        closed: whether `least` itself may be given.
        of_pressure: the default and its bounds are shares of the chamber's pressure.
    """

    unit: str
    default: float | Mapping[str, float]
    bounds: tuple[float, float]
    why: str
    least: float = 0.0
    most: float = math.inf
    closed: bool = False
    of_pressure: bool = False

    def for_cycle(self, cycle: str) -> float:
        """The default of a cycle, as it is written."""
        if isinstance(self.default, Mapping):
            return self.default.get(cycle, self.default.get("", math.nan))
        return self.default


GAS_GENERATOR: Final = "gas generator"
OXIDISER_RICH: Final = "oxidiser-rich staged combustion"
FUEL_RICH: Final = "fuel-rich staged combustion"
EXPANDER: Final = "expander"
PRESSURE_FED: Final = "pressure fed"


def _efficiency(default: float | Mapping[str, float], low: float, high: float, why: str):
    return Assumption("", default, (low, high), why, most=1.0)


def _drop(default: float | Mapping[str, float], low: float, high: float, why: str):
    return Assumption("Pa", default, (low, high), why, closed=True, of_pressure=True)


ASSUMPTIONS: Final[dict[str, Assumption]] = {
    "fuel_inlet_pressure": Assumption(
        "Pa", 3e5, (1.5e5, 6e5), "Tanks of launchers are kept at 2 to 5 bar."
    ),
    "oxidiser_inlet_pressure": Assumption(
        "Pa", 3.5e5, (1.5e5, 8e5), "Tanks of launchers are kept at 2 to 5 bar, and stand higher."
    ),
    "fuel_temperature": Assumption("K", math.nan, (math.nan, math.nan), "As it is stored."),
    "oxidiser_temperature": Assumption("K", math.nan, (math.nan, math.nan), "As it is stored."),
    "fuel_pump_efficiency": _efficiency(
        {OXIDISER_RICH: 0.74, FUEL_RICH: 0.74, "": 0.70}, 0.55, 0.80, "Pumps of engines that fly."
    ),
    "oxidiser_pump_efficiency": _efficiency(
        {OXIDISER_RICH: 0.74, FUEL_RICH: 0.74, "": 0.70}, 0.55, 0.80, "Pumps of engines that fly."
    ),
    "turbine_efficiency": _efficiency(
        {GAS_GENERATOR: 0.55, OXIDISER_RICH: 0.79, FUEL_RICH: 0.77, EXPANDER: 0.72},
        0.40,
        0.85,
        "Impulse turbines of generators reach 0.45 to 0.7, reaction turbines of closed cycles 0.7 "
        "to 0.85.",
    ),
    "mechanical_efficiency": _efficiency(0.98, 0.94, 1.0, "Bearings, seals, gears."),
    "fuel_injector_drop": _drop(
        {EXPANDER: 0.15, FUEL_RICH: 0.12, "": 0.20},
        0.08,
        0.35,
        "Keeps the flame from feeding back.",
    ),
    "oxidiser_injector_drop": _drop(
        {OXIDISER_RICH: 0.12, "": 0.20}, 0.08, 0.35, "Keeps the flame from feeding back."
    ),
    "jacket_drop": _drop(
        {OXIDISER_RICH: 0.6, FUEL_RICH: 0.25, EXPANDER: 0.45, PRESSURE_FED: 0.0, "": 0.3},
        0.0,
        0.9,
        "Cooling channels; 0.3 of a gas generator's, more where heat flux is high.",
    ),
    "fuel_line_drop": _drop(0.1, 0.03, 0.3, "Main valve, lines, orifice of calibration."),
    "oxidiser_line_drop": _drop(0.1, 0.03, 0.3, "Main valve, lines, orifice of calibration."),
    "generator_drop": _drop(0.2, 0.1, 0.4, "Valve and injector of the generator or preburner."),
    "generator_pressure": Assumption(
        "Pa", 1.0, (0.6, 1.1), "Near that of the chamber; F-1: 0.97.", of_pressure=True
    ),
    "turbine_pressure_ratio": Assumption(
        "", {GAS_GENERATOR: 16.0}, (8.0, 30.0), "Two impulse stages; F-1: 16.", least=1.0
    ),
    "turbine_temperature": Assumption(
        "K",
        math.nan,
        (math.nan, math.nan),
        "What blades without cooling stand, and what oxygen allows; by cycle and propellants.",
    ),
    "turbine_bypass": Assumption(
        "",
        {EXPANDER: 0.03},
        (0.0, 0.1),
        "Share of the gas past the turbine, by which the engine is trimmed.",
        most=0.9,
        closed=True,
    ),
    "jacket_heat": Assumption("W", math.nan, (math.nan, math.nan), "By the turbine's temperature."),
    "exhaust_pressure_ratio": Assumption(
        "", {GAS_GENERATOR: 5.0}, (2.0, 30.0), "A short nozzle behind the turbine.", least=1.0
    ),
    "fuel_shaft_speed": Assumption("rad/s", math.nan, (math.nan, math.nan), ""),
    "oxidiser_shaft_speed": Assumption("rad/s", math.nan, (math.nan, math.nan), ""),
    "suction_specific_speed": Assumption(
        "",
        8.0,
        (4.0, 12.0),
        "Inducers, omega Q^0.5 / (g NPSH)^0.75 in SI, where 7.3 is 20,000 in US units.",
    ),
    "pressurant_temperature": Assumption("K", {PRESSURE_FED: 290.0}, (250.0, 320.0), "Unheated."),
}

_HYDROGEN: Final = ("lh2",)
_HYDRAZINES: Final = ("udmh", "uh25", "mmh", "n2h4")

# Turbine temperature [K] with its bounds, by cycle and kind of fuel.
_HOT: Final = {
    (GAS_GENERATOR, "hydrogen"): (900.0, 750.0, 1000.0),
    (GAS_GENERATOR, "hydrazine"): (1200.0, 900.0, 1300.0),
    (GAS_GENERATOR, ""): (1000.0, 850.0, 1100.0),
    (OXIDISER_RICH, ""): (760.0, 550.0, 800.0),
    (FUEL_RICH, "hydrogen"): (900.0, 750.0, 1050.0),
    (FUEL_RICH, ""): (1000.0, 800.0, 1200.0),
    (EXPANDER, "hydrogen"): (210.0, 180.0, 320.0),
    (EXPANDER, ""): (450.0, 350.0, 550.0),
}


def _turbine_temperature(cycle: str, fuel: str) -> tuple[float, float, float]:
    """Default and bounds [K]; NaN of a cycle without a turbine."""
    kind = "hydrogen" if fuel in _HYDROGEN else "hydrazine" if fuel in _HYDRAZINES else ""
    nothing = (math.nan, math.nan, math.nan)
    return _HOT.get((cycle, kind), _HOT.get((cycle, ""), nothing))


class Inputs:
    """The numbers of one balance, given or assumed; remembers which were asked for."""

    def __init__(self, cycle: str, point: EnginePoint, given: Mapping[str, float]) -> None:
        problems = [_problem(name, float(value)) for name, value in given.items()]
        problems = [one for one in problems if one is not None]
        if problems:
            raise InputError(problems)
        self._cycle = cycle
        self._point = point
        self._given = {name: float(value) for name, value in given.items()}
        self._asked: dict[str, Given] = {}

    def __getitem__(self, name: str) -> float:
        """The value in SI; NaN where it is neither given nor assumed."""
        if name not in self._asked:
            self._asked[name] = self._resolved(name)
        return self._asked[name].value

    def optional(self, name: str) -> float | None:
        """The value in SI, or None where it is neither given nor assumed."""
        value = self[name]
        return None if math.isnan(value) else value

    def told(self, *, strict: bool = True) -> tuple[Given, ...]:
        """What was asked for and is known.

        Raises:
            InputError: a number was given that nothing asked for; not unless `strict`.
        """
        unused = [name for name in self._given if name not in self._asked]
        if unused and strict:
            hint = f"known: {', '.join(sorted(self._asked))}"
            expected = f"a number that a balance of {self._cycle} uses"
            raise InputError([Problem("", None, name, "", expected, hint) for name in unused])
        return tuple(one for one in self._asked.values() if not math.isnan(one.value))

    def _resolved(self, name: str) -> Given:
        one = ASSUMPTIONS[name]
        scale = self._point.chamber_pressure if one.of_pressure else 1.0
        value, (low, high) = one.for_cycle(self._cycle), one.bounds
        if name in ("fuel_temperature", "oxidiser_temperature"):
            value = low = high = self._stored(name)
        if name == "turbine_temperature":
            fuel = self._point.fuel_liquid.name
            value, low, high = _turbine_temperature(self._cycle, fuel)
        if name in self._given:
            value = self._given[name]
            return Given(name, value, one.unit, assumed=False, low=value, high=value, why="given")
        return Given(name, scale * value, one.unit, True, scale * low, scale * high, one.why)

    def _stored(self, name: str) -> float:
        point: EnginePoint = self._point
        one: Liquid = point.fuel_liquid if name.startswith("fuel") else point.oxidiser_liquid
        return one.stored_at


def _problem(name: str, value: float) -> Problem | None:
    """What is wrong with a given number; None if nothing is."""
    if name not in ASSUMPTIONS:
        hint = nearest(name, ASSUMPTIONS)
        return Problem("", None, "", quote(name), "a number that a balance knows", hint)
    one = ASSUMPTIONS[name]
    if math.isfinite(value) and one.least <= value <= one.most:
        if value > one.least or one.closed:
            return None
    unit = f" {one.unit}" if one.unit else ""
    least = f"{'at least' if one.closed else 'above'} {one.least:g}{unit}"
    most = f" and at most {one.most:g}{unit}" if math.isfinite(one.most) else ""
    return Problem("", None, name, f"{value:g}{unit}", f"a number {least}{most}")
