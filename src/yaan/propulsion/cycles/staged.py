"""Staged combustion: all of one propellant burns with a little of the other, and turns the turbine.

From there it goes on into the chamber. One preburner and one turbine stand for those of a real
engine.
"""

import math
from collections.abc import Callable

from yaan.propulsion.cycles.assumptions import FUEL_RICH, OXIDISER_RICH, Inputs
from yaan.propulsion.cycles.drive import gas_of
from yaan.propulsion.cycles.fluid import AbstractFluid, fluid
from yaan.propulsion.cycles.parts import Closing, close, fed, ideal_turbine, pump
from yaan.propulsion.cycles.records import (
    Balance,
    DriveGas,
    EnginePoint,
    Pump,
    Quantity,
    Residual,
    Station,
    Turbine,
)
from yaan.propulsion.cycles.told import closing_sentence, line_stations, pump_energy

_WIDEST = 8.0  # pressure ratio of a turbine
_PASSES = 2  # gas and pumps, each by the other; a third moves powers by 1e-5


class _Machine:
    """The engine at a pressure ratio of its turbine."""

    def __init__(self, point: EnginePoint, inputs: Inputs, gas: DriveGas, rich: str) -> None:
        self.point, self.inputs, self.gas, self.rich = point, inputs, gas, rich
        self.lean = "fuel" if rich == "oxidiser" else "oxidiser"
        self.fluids: dict[str, AbstractFluid] = {
            "fuel": fluid(point.fuel_liquid, inputs["fuel_temperature"], "fuel_temperature"),
            "oxidiser": fluid(
                point.oxidiser_liquid, inputs["oxidiser_temperature"], "oxidiser_temperature"
            ),
        }
        self.outlet = point.chamber_pressure + inputs[f"{rich}_injector_drop"]
        mixture = gas.mixture_ratio
        assert mixture is not None
        all_of = point.oxidiser_flow if rich == "oxidiser" else point.fuel_flow
        self.little = all_of / mixture if rich == "oxidiser" else all_of * mixture
        self.hot_flow = all_of + self.little

    def pumps(self, ratio: float) -> tuple[Pump, ...]:
        """Main pumps, and the stage that lifts the little to the preburner."""
        point, inputs = self.point, self.inputs
        preburner = self.outlet * ratio + inputs["generator_drop"]
        jacket = inputs["jacket_drop"]
        through = {"oxidiser": 0.0, "fuel": jacket}  # fuel cools, on either side of the turbine
        rich_outlet = preburner + inputs[f"{self.rich}_line_drop"] + through[self.rich]
        lean_outlet = point.chamber_pressure + inputs[f"{self.lean}_injector_drop"]
        lean_outlet += inputs[f"{self.lean}_line_drop"] + through[self.lean]
        outlets = {self.rich: rich_outlet, self.lean: lean_outlet}
        main = tuple(
            fed(point, inputs, line, self.fluids[line], outlets[line])
            for line in ("fuel", "oxidiser")
        )
        if preburner <= lean_outlet:
            return main
        behind = main[0] if self.lean == "fuel" else main[1]
        kick = pump(
            f"{self.lean} preburner",
            self.fluids[self.lean],
            self.little,
            (behind.outlet_pressure, behind.outlet_temperature),
            preburner,
            inputs[f"{self.lean}_pump_efficiency"],
        )
        return (*main, kick)

    def turbine(self, ratio: float) -> Turbine:
        """All of the gas, at a pressure ratio."""
        efficiency = self.inputs["turbine_efficiency"]
        return ideal_turbine(self.gas, self.hot_flow, self.outlet * ratio, ratio, efficiency)

    def surplus(self, ratio: float) -> float:
        """Power of the turbine less that of the pumps [W]."""
        power = math.fsum(one.power for one in self.pumps(ratio))
        return self.inputs["mechanical_efficiency"] * self.turbine(ratio).power - power

    def works(self, ratio: float) -> Callable[[float], float]:
        """Work of the pumps on a kilogram of the preburner's gas of a mixture ratio [J/kg]."""
        pumps = self.pumps(ratio)
        work = {one.line: one.power / one.flow for one in pumps[:2]}
        if len(pumps) > len(work):
            work[self.lean] += pumps[-1].power / pumps[-1].flow
        return lambda mixture: (work["fuel"] + mixture * work["oxidiser"]) / (1.0 + mixture)


def _solved(
    point: EnginePoint, inputs: Inputs, drive: DriveGas | None, rich: str
) -> tuple[_Machine, Closing]:
    """The machine with its gas, and where its powers are equal."""

    def with_gas(gas: DriveGas) -> tuple[_Machine, Closing]:
        machine = _Machine(point, inputs, gas, rich)
        return machine, close(machine.surplus, 1.0 + 1e-6, _WIDEST)

    if drive is not None:
        return with_gas(drive)
    hot, oxidiser_rich = inputs["turbine_temperature"], rich == "oxidiser"
    pressure = 2.0 * point.chamber_pressure
    machine, found = with_gas(gas_of(point, hot, pressure, oxidiser_rich=oxidiser_rich))
    for _ in range(_PASSES):
        pumped, pressure = machine.works(found.at), machine.outlet * found.at
        gas = gas_of(point, hot, pressure, oxidiser_rich=oxidiser_rich, pumped=pumped)
        machine, found = with_gas(gas)
    return machine, found


def balance(point: EnginePoint, inputs: Inputs, drive: DriveGas | None, cycle: str) -> Balance:
    """The pressure ratio of the turbine at which it drives all pumps."""
    rich = "oxidiser" if cycle == OXIDISER_RICH else "fuel"
    machine, found = _solved(point, inputs, drive, rich)
    ratio = found.at
    pumps, made = machine.pumps(ratio), machine.turbine(ratio)
    power = math.fsum(one.power for one in pumps)
    used = inputs["mechanical_efficiency"] * made.power
    warmed = pump_energy(pumps, machine.fluids["fuel"], machine.fluids["oxidiser"])
    outcome, sentence = closing_sentence(
        cycle, found, power, f"a pressure ratio of {ratio:.3g} of its turbine"
    )
    left = point.flow - machine.hot_flow
    lean_all = point.fuel_flow if machine.lean == "fuel" else point.oxidiser_flow
    return Balance(
        cycle=cycle,
        point=point,
        outcome=outcome,
        sentence=sentence,
        shortfall=0.0 if found.closed else -found.surplus,
        inputs=inputs.told(),
        pumps=pumps,
        turbine=made,
        drive=machine.gas,
        stations=(
            *line_stations("fuel", pumps[0], machine.fluids["fuel"]),
            *line_stations("oxidiser", pumps[1], machine.fluids["oxidiser"]),
            Station("gas", "preburner", made.inlet_pressure, made.inlet_temperature, made.flow),
            Station(
                "gas", "turbine outlet", made.outlet_pressure, made.outlet_temperature, made.flow
            ),
            Station("gas", "chamber", point.chamber_pressure, math.nan, point.flow),
        ),
        residuals=(
            Residual("power", found.surplus, "W", found.surplus / power),
            Residual("flow", lean_all - machine.little - left, "kg/s", 0.0),
            Residual("energy", used - warmed, "W", (used - warmed) / power),
        ),
        generator_flow=machine.hot_flow,
        chamber_mixture_ratio=point.mixture_ratio,
        isp_cost=0.0,
        extra=(Quantity("preburner, pressure", made.inlet_pressure, "Pa"),),
        notes=_notes(machine.gas, cycle),
    )


def _notes(gas: DriveGas, cycle: str) -> tuple[str, ...]:
    told = ["One preburner and one turbine stand for all; boost pumps are in the main ones."]
    if cycle == FUEL_RICH and gas.assumed:
        told.append(f"The preburner's gas is limited by rates; {gas.source} is a guess for it.")
    return tuple(told)
