"""Closed expander: fuel that has cooled the chamber turns the turbine and goes on into it."""

import math

from yaan.base import NoSolutionError
from yaan.propulsion.cycles.assumptions import EXPANDER, Inputs
from yaan.propulsion.cycles.fluid import fluid, real
from yaan.propulsion.cycles.parts import close, fed, real_turbine
from yaan.propulsion.cycles.records import (
    Balance,
    EnginePoint,
    Pump,
    Quantity,
    Residual,
    Station,
    Turbine,
)
from yaan.propulsion.cycles.told import closing_sentence, line_stations, pump_energy

_WIDEST = 4.0  # pressure ratio of a turbine


class _Machine:
    """The engine at a pressure ratio of its turbine."""

    def __init__(self, point: EnginePoint, inputs: Inputs) -> None:
        self.point, self.inputs = point, inputs
        self.fuel = real(point.fuel_liquid, "expanded by its heat")
        fluid(point.fuel_liquid, inputs["fuel_temperature"], "fuel_temperature")  # is it liquid?
        self.oxidiser = fluid(
            point.oxidiser_liquid, inputs["oxidiser_temperature"], "oxidiser_temperature"
        )
        self.outlet = point.chamber_pressure + inputs["fuel_injector_drop"]
        self.heat = inputs.optional("jacket_heat")
        self.hot = inputs["turbine_temperature"] if self.heat is None else None
        self.through = (1.0 - inputs["turbine_bypass"]) * point.fuel_flow
        drop = inputs["oxidiser_injector_drop"] + inputs["oxidiser_line_drop"]
        self.oxidiser_pump = fed(
            point, inputs, "oxidiser", self.oxidiser, point.chamber_pressure + drop
        )

    def fuel_pump(self, ratio: float) -> Pump:
        """The fuel's pump, which lifts it through jacket and turbine."""
        outlet = self.outlet * ratio + self.inputs["jacket_drop"] + self.inputs["fuel_line_drop"]
        return fed(self.point, self.inputs, "fuel", self.fuel, outlet)

    def inlet(self, ratio: float, one: Pump) -> float:
        """Temperature of the turbine's inlet [K]."""
        if self.heat is None:
            assert self.hot is not None
            return self.hot
        cold = self.fuel.enthalpy(one.outlet_pressure, one.outlet_temperature)
        return self.fuel.temperature(self.outlet * ratio, cold + self.heat / self.point.fuel_flow)

    def turbine(self, ratio: float, one: Pump) -> Turbine:
        """The turbine at a pressure ratio."""
        hot, efficiency = self.inlet(ratio, one), self.inputs["turbine_efficiency"]
        inlet = (self.outlet * ratio, hot)
        return real_turbine(self.fuel, self.through, inlet, self.outlet, efficiency)

    def surplus(self, ratio: float) -> float:
        """Power of the turbine less that of the pumps [W]."""
        one = self.fuel_pump(ratio)
        gained = self.inputs["mechanical_efficiency"] * self.turbine(ratio, one).power
        return gained - one.power - self.oxidiser_pump.power


def balance(point: EnginePoint, inputs: Inputs) -> Balance:
    """The pressure ratio of the turbine at which it drives both pumps."""
    machine = _Machine(point, inputs)
    found = close(machine.surplus, 1.0 + 1e-6, _WIDEST)
    ratio = found.at
    one = machine.fuel_pump(ratio)
    made = machine.turbine(ratio, one)
    pumps = (one, machine.oxidiser_pump)
    power = math.fsum(p.power for p in pumps)
    flow = point.fuel_flow
    cold = machine.fuel.enthalpy(one.outlet_pressure, one.outlet_temperature)
    warm = machine.fuel.enthalpy(made.inlet_pressure, made.inlet_temperature)
    spent = machine.fuel.enthalpy(made.outlet_pressure, made.outlet_temperature)
    used = inputs["mechanical_efficiency"] * made.flow * (warm - spent)
    warmed = pump_energy(pumps, machine.fuel, machine.oxidiser)
    outcome, sentence = closing_sentence(
        EXPANDER, found, power, f"a pressure ratio of {ratio:.3g} of its turbine"
    )
    mixed = (made.flow * spent + (flow - made.flow) * warm) / flow
    try:
        joined = machine.fuel.temperature(made.outlet_pressure, mixed)
    except NoSolutionError:
        joined = math.nan
    return Balance(
        cycle=EXPANDER,
        point=point,
        outcome=outcome,
        sentence=sentence,
        shortfall=0.0 if found.closed else -found.surplus,
        inputs=inputs.told(),
        pumps=pumps,
        turbine=made,
        stations=(
            *line_stations("fuel", one, machine.fuel),
            Station(
                "fuel", "turbine inlet", made.inlet_pressure, made.inlet_temperature, flow, warm
            ),
            Station(
                "fuel",
                "turbine outlet",
                made.outlet_pressure,
                made.outlet_temperature,
                made.flow,
                spent,
            ),
            Station("fuel", "injector", made.outlet_pressure, joined, flow, mixed),
            *line_stations("oxidiser", pumps[1], machine.oxidiser),
        ),
        residuals=(
            Residual("power", found.surplus, "W", found.surplus / power),
            Residual("flow", flow + point.oxidiser_flow - point.flow, "kg/s", 0.0),
            Residual("energy", used - warmed, "W", (used - warmed) / power),
        ),
        chamber_mixture_ratio=point.mixture_ratio,
        isp_cost=0.0,
        extra=(Quantity("jacket, heat", flow * (warm - cold), "W"),),
    )
