"""Gas generator: a little of both propellants drives the turbine and leaves past the chamber."""

import math
from typing import Final

from yaan.base.constants import STANDARD_GRAVITY
from yaan.propulsion.cycles.assumptions import GAS_GENERATOR, Inputs
from yaan.propulsion.cycles.drive import gas_of
from yaan.propulsion.cycles.fluid import fluid
from yaan.propulsion.cycles.parts import close, fed, ideal_turbine
from yaan.propulsion.cycles.records import (
    GAS_CONSTANT,
    Balance,
    DriveGas,
    EnginePoint,
    Quantity,
    Residual,
    Station,
)
from yaan.propulsion.cycles.told import closing_sentence, line_stations, pump_energy

_LEAST: Final = 1e-6  # share of the flow


def balance(point: EnginePoint, inputs: Inputs, drive: DriveGas | None) -> Balance:
    """The flow through the generator at which its turbine drives both pumps."""
    pressure = point.chamber_pressure
    heated = inputs["generator_pressure"]
    gas = drive or gas_of(point, inputs["turbine_temperature"], heated, oxidiser_rich=False)
    ratio = inputs["turbine_pressure_ratio"]
    feed = heated + inputs["generator_drop"]
    cold = inputs["fuel_injector_drop"] + inputs["jacket_drop"] + inputs["fuel_line_drop"]
    fuel_outlet = max(pressure + cold, feed)
    drop = inputs["oxidiser_injector_drop"] + inputs["oxidiser_line_drop"]
    oxidiser_outlet = max(pressure + drop, feed)
    fuel = fluid(point.fuel_liquid, inputs["fuel_temperature"], "fuel_temperature")
    oxidiser = fluid(point.oxidiser_liquid, inputs["oxidiser_temperature"], "oxidiser_temperature")
    pumps = (
        fed(point, inputs, "fuel", fuel, fuel_outlet),
        fed(point, inputs, "oxidiser", oxidiser, oxidiser_outlet),
    )
    power = math.fsum(one.power for one in pumps)
    efficiency, mechanical = inputs["turbine_efficiency"], inputs["mechanical_efficiency"]

    def turbine(flow: float):
        return ideal_turbine(gas, flow, heated, ratio, efficiency)

    # As much as leaves the chamber something of both.
    share = 1.0 if gas.mixture_ratio is None else _largest(point, gas.mixture_ratio)
    found = close(
        lambda flow: mechanical * turbine(flow).power - power,
        _LEAST * point.flow,
        share * point.flow,
    )
    made = turbine(found.at)
    exhaust = _exhaust_speed(gas, made.outlet_temperature, inputs["exhaust_pressure_ratio"])
    flow = found.at
    chamber, mixture = _chamber(point, gas, flow)
    cost = None
    if point.isp is not None and chamber > 0.0:
        jet = point.isp * STANDARD_GRAVITY
        cost = ((point.flow * jet - flow * exhaust) / chamber - jet) / STANDARD_GRAVITY
    used, warmed = mechanical * made.power, pump_energy(pumps, fuel, oxidiser)
    outcome, sentence = closing_sentence(GAS_GENERATOR, found, power, "all of its flow")
    return Balance(
        cycle=GAS_GENERATOR,
        point=point,
        outcome=outcome,
        sentence=sentence,
        shortfall=0.0 if found.closed else -found.surplus,
        inputs=inputs.told(),
        pumps=pumps,
        turbine=made,
        drive=gas,
        stations=(
            *line_stations("fuel", pumps[0], fuel),
            *line_stations("oxidiser", pumps[1], oxidiser),
            Station("gas", "generator", heated, gas.temperature, flow),
            Station("gas", "turbine outlet", made.outlet_pressure, made.outlet_temperature, flow),
            Station("gas", "chamber", pressure, math.nan, chamber),
        ),
        residuals=(
            Residual("power", found.surplus, "W", found.surplus / power),
            Residual("flow", point.flow - flow - chamber, "kg/s", 0.0),
            Residual("energy", used - warmed, "W", (used - warmed) / power),
        ),
        generator_flow=flow,
        dumped=flow / point.flow,
        chamber_mixture_ratio=mixture,
        exhaust_isp=exhaust / STANDARD_GRAVITY,
        isp_cost=cost,
        extra=() if mixture is None else (Quantity("chamber, mixture ratio", mixture, ""),),
        notes=_notes(gas),
    )


def _largest(point: EnginePoint, mixture: float) -> float:
    """Share of the engine's flow at which a generator takes all of one propellant."""
    fuel = point.fuel_flow * (1.0 + mixture)
    oxidiser = point.oxidiser_flow * (1.0 + mixture) / mixture
    return min(fuel, oxidiser) / point.flow


def _chamber(point: EnginePoint, gas: DriveGas, flow: float) -> tuple[float, float | None]:
    """What is left for the chamber [kg/s], and its mixture ratio."""
    if gas.mixture_ratio is None:
        return point.flow - flow, None
    burnt = flow / (1.0 + gas.mixture_ratio)
    fuel = point.fuel_flow - burnt
    oxidiser = point.oxidiser_flow - gas.mixture_ratio * burnt
    return fuel + oxidiser, oxidiser / fuel if fuel > 0.0 else None


def _exhaust_speed(gas: DriveGas, temperature: float, ratio: float) -> float:
    """Effective speed of the turbine's exhaust in vacuum [m/s], from a nozzle of a pressure ratio.

    v + p_e / (rho_e v), with rho_e = p_e / (R T_e) and R = c_p (gamma - 1) / gamma where the molar
    mass is not told.
    """
    gamma = gas.gamma
    cold = temperature * ratio ** (-(gamma - 1.0) / gamma)
    speed = math.sqrt(2.0 * gas.heat_capacity * (temperature - cold))
    constant = gas.heat_capacity * (gamma - 1.0) / gamma
    if gas.molar_mass is not None:
        constant = GAS_CONSTANT / gas.molar_mass
    return speed + constant * cold / speed


def _notes(gas: DriveGas) -> tuple[str, ...]:
    if not gas.assumed:
        return ()
    return (
        f"The generator's gas is limited by rates ({gas.source}): its mixture ratio, heat capacity "
        f"and gamma are assumed, its temperature within {100 * gas.uncertainty:.0f} %.",
    )
