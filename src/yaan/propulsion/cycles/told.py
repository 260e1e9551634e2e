"""What balances tell alike: stations of a line, the energy of pumps, the outcome in words."""

import math
from collections.abc import Sequence

from yaan.propulsion.cycles.fluid import AbstractFluid
from yaan.propulsion.cycles.parts import Closing
from yaan.propulsion.cycles.records import Outcome, Pump, Station


def line_stations(line: str, one: Pump, fluid: AbstractFluid) -> tuple[Station, Station]:
    """A pump's inlet and outlet."""
    places = (
        ("pump inlet", one.inlet_pressure, one.inlet_temperature),
        ("pump outlet", one.outlet_pressure, one.outlet_temperature),
    )
    first, second = (
        Station(line, at, pressure, temperature, one.flow, fluid.enthalpy(pressure, temperature))
        for at, pressure, temperature in places
    )
    return first, second


def pump_energy(pumps: Sequence[Pump], fuel: AbstractFluid, oxidiser: AbstractFluid) -> float:
    """Power that the pumped propellants gained [W], told anew from pressures and temperatures."""
    return math.fsum(
        one.flow
        * (
            of.enthalpy(one.outlet_pressure, one.outlet_temperature)
            - of.enthalpy(one.inlet_pressure, one.inlet_temperature)
        )
        for one in pumps
        for of in (fuel if one.line.startswith("fuel") else oxidiser,)
    )


def closing_sentence(cycle: str, found: Closing, power: float, setting: str) -> tuple[Outcome, str]:
    """The outcome, and what it means."""
    if found.closed:
        return "closed", f"The {cycle} cycle closes: its pumps take {power / 1e6:.4g} MW."
    if found.failed:
        return (
            "not found",
            f"No balance of the {cycle} cycle was found, and it may have one: {found.failed}",
        )
    missing = -found.surplus
    return (
        "cannot close",
        f"The {cycle} cycle cannot close: with {setting}, where it comes nearest, "
        f"{missing / 1e6:.4g} MW of the {power / 1e6:.4g} MW of its pumps are missing.",
    )
