"""What a cycle balance takes and tells: plain records in SI, each number with its unit."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, runtime_checkable

from yaan.base import InputError, NoSolutionError, Problem
from yaan.base.constants import STANDARD_GRAVITY
from yaan.propulsion.propellants import Liquid, liquid

GAS_CONSTANT: Final = 8.31446261815324
"""Molar gas constant [J/(mol K)] (CODATA 2018, exact)."""

Outcome = Literal["closed", "cannot close", "not found"]


@runtime_checkable
class Designed(Protocol):
    """What a balance reads of the design point of a catalogue's entry."""

    @property
    def fuel(self) -> str:
        """Name of a propellant."""
        ...

    @property
    def oxidiser(self) -> str:
        """Name of a propellant."""
        ...

    @property
    def chamber_pressure(self) -> float | None:
        """[Pa], where it is published."""
        ...

    @property
    def mixture_ratio(self) -> float | None:
        """Oxidiser over fuel by mass, where it is published."""
        ...


@dataclass(frozen=True)
class EnginePoint:
    """What an engine does, as its catalogue entry has it.

    Attributes:
        fuel: name of a propellant of the library, or a liquid of one's own.
        oxidiser: likewise.
        chamber_pressure: [Pa].
        mixture_ratio: of the whole engine, mass of oxidiser for one of fuel.
        flow: of the whole engine, all that leaves the tanks [kg/s].
        isp: of the whole engine in vacuum [s]; without it what the cycle costs is told as a share
            of the flow alone.
        name: for people.
    """

    fuel: str | Liquid
    oxidiser: str | Liquid
    chamber_pressure: float
    mixture_ratio: float
    flow: float
    isp: float | None = None
    name: str = ""

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for key in ("chamber_pressure", "mixture_ratio", "flow", "isp"):
            value = getattr(self, key)
            if value is not None and not 0.0 < value < math.inf:
                problems.append(Problem("", None, key, f"{value:g}", "a number above 0"))
        for key in ("fuel", "oxidiser"):
            value = getattr(self, key)
            try:
                if isinstance(value, str):
                    liquid(value)
            except InputError as error:
                one = error.problems[0]
                problems.append(Problem("", None, key, one.value, one.expected, one.hint))
        if problems:
            raise InputError(problems)

    @classmethod
    def of_thrust(
        cls,
        fuel: str | Liquid,
        oxidiser: str | Liquid,
        chamber_pressure: float,
        mixture_ratio: float,
        thrust: float,
        isp: float,
        name: str = "",
    ) -> "EnginePoint":
        """The point of an engine of a thrust [N] and a specific impulse [s], both in vacuum."""
        for key, value in (("thrust", thrust), ("isp", isp)):
            if not 0.0 < value < math.inf:
                raise InputError(Problem("", None, key, f"{value:g}", "a number above 0"))
        flow = thrust / (isp * STANDARD_GRAVITY)
        return cls(fuel, oxidiser, chamber_pressure, mixture_ratio, flow, isp, name)

    @classmethod
    def of_entry(cls, design: Designed, thrust: float, isp: float, name: str = "") -> "EnginePoint":
        """The point of a catalogue's entry, of its thrust [N] and specific impulse [s] in vacuum.

        Raises:
            InputError: its chamber's pressure or its mixture ratio is not published.
        """
        known = (design.chamber_pressure, design.mixture_ratio)
        missing = [
            Problem("", None, key, "", f"required for a balance, and not published of {name}")
            for key, value in zip(("chamber_pressure", "mixture_ratio"), known, strict=True)
            if value is None
        ]
        pressure, mixture = known
        if pressure is None or mixture is None:
            raise InputError(missing)
        return cls.of_thrust(design.fuel, design.oxidiser, pressure, mixture, thrust, isp, name)

    @property
    def fuel_liquid(self) -> Liquid:
        """The fuel."""
        return liquid(self.fuel) if isinstance(self.fuel, str) else self.fuel

    @property
    def oxidiser_liquid(self) -> Liquid:
        """The oxidiser."""
        return liquid(self.oxidiser) if isinstance(self.oxidiser, str) else self.oxidiser

    @property
    def fuel_flow(self) -> float:
        """From the tank [kg/s]."""
        return self.flow / (1.0 + self.mixture_ratio)

    @property
    def oxidiser_flow(self) -> float:
        """From the tank [kg/s]."""
        return self.flow - self.fuel_flow


@dataclass(frozen=True)
class Given:
    """One number that a balance rests on.

    Attributes:
        name: of `ASSUMPTIONS`.
        value: in `unit`.
        unit: SI; empty for a pure number.
        assumed: it is a default, not of the caller.
        low: least that it may plausibly be.
        high: greatest.
        why: reason of the default and its bounds, in words.
    """

    name: str
    value: float
    unit: str
    assumed: bool
    low: float
    high: float
    why: str


@dataclass(frozen=True)
class DriveGas:
    """The gas that turns a turbine: an ideal gas of constant heat capacity.

    Attributes:
        temperature: at the turbine's inlet, total [K].
        heat_capacity: at constant pressure [J/(kg K)].
        gamma: ratio of heat capacities, or isentropic exponent.
        mixture_ratio: mass of oxidiser for one of fuel in it; None where it is not burnt.
        molar_mass: [kg/mol]; None where it is not told.
        source: where it is from.
        assumed: it is not of certified equilibrium, or that does not hold for it.
        uncertainty: share that its temperature may be out by.
    """

    temperature: float
    heat_capacity: float
    gamma: float
    mixture_ratio: float | None = None
    molar_mass: float | None = None
    source: str = "given"
    assumed: bool = False
    uncertainty: float = 0.0

    def __post_init__(self) -> None:
        for key, least in (("temperature", 0.0), ("heat_capacity", 0.0), ("gamma", 1.0)):
            value = getattr(self, key)
            if not least < value < math.inf:
                expected = f"a number above {least:g}"
                raise InputError(Problem("", None, f"drive.{key}", f"{value:g}", expected))


@dataclass(frozen=True)
class Station:
    """A place along a line.

    Attributes:
        line: fuel, oxidiser, gas.
        at: where, in words.
        pressure: total [Pa].
        temperature: [K].
        flow: [kg/s].
        enthalpy: [J/kg], on the scale of its line; None where only a pressure is known.
    """

    line: str
    at: str
    pressure: float
    temperature: float
    flow: float
    enthalpy: float | None = None


@dataclass(frozen=True)
class Suction:
    """How far a pump is from drawing vapour.

    Attributes:
        available: net positive suction head [m], of the pressure at its inlet less the vapour's.
        required: [m], by the suction specific speed; None where no shaft speed is given.
    """

    available: float
    required: float | None

    @property
    def margin(self) -> float | None:
        """What is left of it [m]; below zero the pump cavitates."""
        return None if self.required is None else self.available - self.required


@dataclass(frozen=True)
class Pump:
    """One pump.

    Attributes:
        line: what it pumps.
        flow: [kg/s].
        inlet_pressure: [Pa].
        outlet_pressure: [Pa].
        inlet_temperature: [K].
        outlet_temperature: [K].
        efficiency: isentropic.
        power: on its shaft [W].
        suction: its head at the inlet; None for a stage behind another.
    """

    line: str
    flow: float
    inlet_pressure: float
    outlet_pressure: float
    inlet_temperature: float
    outlet_temperature: float
    efficiency: float
    power: float
    suction: Suction | None = None


@dataclass(frozen=True)
class Turbine:
    """The turbine, or all of them taken as one.

    Attributes:
        flow: [kg/s].
        inlet_pressure: [Pa].
        outlet_pressure: [Pa].
        inlet_temperature: [K].
        outlet_temperature: [K].
        efficiency: total to total, isentropic.
        power: [W].
    """

    flow: float
    inlet_pressure: float
    outlet_pressure: float
    inlet_temperature: float
    outlet_temperature: float
    efficiency: float
    power: float

    @property
    def pressure_ratio(self) -> float:
        """Inlet over outlet."""
        return self.inlet_pressure / self.outlet_pressure


@dataclass(frozen=True)
class Residual:
    """What does not add up.

    Attributes:
        name: power, flow, energy.
        value: in `unit`.
        unit: W or kg/s.
        share: of the largest term.
    """

    name: str
    value: float
    unit: str
    share: float


@dataclass(frozen=True)
class Quantity:
    """A number of a balance for a table: its name in words, value and SI unit."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Balance:
    """A balance of an engine's cycle.

    Attributes:
        cycle: its name in `CYCLES`.
        point: what the engine does.
        outcome: "closed"; "cannot close", however the turbine is set; or "not found", where the
            solver met a state that a fluid does not have.
        sentence: the outcome for people.
        shortfall: power that is missing at the best turbine [W]; 0 where it closes.
        inputs: every number that it rests on.
        pumps: fuel first.
        turbine: None where nothing is pumped.
        drive: gas of the turbine; None where the fuel itself drives it, or nothing does.
        stations: pressures and temperatures along the way.
        residuals: what does not add up.
        generator_flow: through the generator or preburner [kg/s]; 0 where there is none.
        dumped: share of the engine's flow that does not reach the chamber.
        chamber_mixture_ratio: what is left for the chamber.
        exhaust_isp: of what is dumped [s]; None where nothing is.
        isp_cost: specific impulse of the chamber less that of the engine [s]; None where no
            specific impulse is given; 0 for closed cycles.
        extra: further numbers of one cycle.
        notes: what must be known of it, sentences.
    """

    cycle: str
    point: EnginePoint
    outcome: Outcome
    sentence: str
    shortfall: float
    inputs: tuple[Given, ...]
    pumps: tuple[Pump, ...] = ()
    turbine: Turbine | None = None
    drive: DriveGas | None = None
    stations: tuple[Station, ...] = ()
    residuals: tuple[Residual, ...] = ()
    generator_flow: float = 0.0
    dumped: float = 0.0
    chamber_mixture_ratio: float | None = None
    exhaust_isp: float | None = None
    isp_cost: float | None = None
    extra: tuple[Quantity, ...] = ()
    notes: tuple[str, ...] = field(default_factory=tuple)

    @property
    def pump_power(self) -> float:
        """Of all pumps [W]."""
        return math.fsum(pump.power for pump in self.pumps)

    def required(self) -> "Balance":
        """This balance, if it closed.

        Raises:
            NoSolutionError: it did not.
        """
        if self.outcome != "closed":
            raise NoSolutionError(self.sentence)
        return self

    def summary(self) -> dict[str, Any]:
        """Plain data for JSON, in SI; what is not known is None."""
        told: dict[str, Any] = {
            "cycle": self.cycle,
            "engine": self.point.name,
            "outcome": self.outcome,
            "sentence": self.sentence,
            "shortfall": self.shortfall,
        }
        lists = {
            "quantities": self.quantities(),
            "inputs": self.inputs,
            "stations": self.stations,
            "residuals": self.residuals,
        }
        told |= {key: [dict(vars(one)) for one in items] for key, items in lists.items()}
        told["drive"] = None if self.drive is None else dict(vars(self.drive))
        return _without_nan(told | {"notes": list(self.notes)})

    def quantities(self) -> tuple[Quantity, ...]:
        """All numbers in the order of a table."""
        return tuple(self._quantities())

    def _quantities(self) -> Iterator[Quantity]:
        for pump in self.pumps:
            yield Quantity(f"{pump.line} pump, power", pump.power, "W")
            yield Quantity(f"{pump.line} pump, outlet pressure", pump.outlet_pressure, "Pa")
            rise = pump.outlet_temperature - pump.inlet_temperature
            yield Quantity(f"{pump.line} pump, temperature rise", rise, "K")
            if pump.suction is not None:
                yield Quantity(f"{pump.line} pump, NPSH available", pump.suction.available, "m")
                if pump.suction.required is not None:
                    yield Quantity(f"{pump.line} pump, NPSH required", pump.suction.required, "m")
        if self.turbine is not None:
            yield Quantity("turbine, power", self.turbine.power, "W")
            yield Quantity("turbine, flow", self.turbine.flow, "kg/s")
            yield Quantity("turbine, inlet temperature", self.turbine.inlet_temperature, "K")
            yield Quantity("turbine, outlet temperature", self.turbine.outlet_temperature, "K")
            yield Quantity("turbine, pressure ratio", self.turbine.pressure_ratio, "")
        if self.drive is not None and self.drive.mixture_ratio is not None:
            yield Quantity("generator, mixture ratio", self.drive.mixture_ratio, "")
        if self.generator_flow:
            yield Quantity("generator, flow", self.generator_flow, "kg/s")
        if self.dumped:
            yield Quantity("dumped share of the flow", self.dumped, "")
        if self.exhaust_isp is not None:
            yield Quantity("exhaust, specific impulse in vacuum", self.exhaust_isp, "s")
        if self.isp_cost is not None:
            yield Quantity("specific impulse that the cycle costs", self.isp_cost, "s")
        yield from self.extra
        for one in self.residuals:
            yield Quantity(f"residual, {one.name}", one.value, one.unit)


def _without_nan(value: Any) -> Any:
    """Plain data with None where a number is not known."""
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
