"""Pumps, turbines, suction, and the search for the setting at which powers are equal."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from yaan.base import NoSolutionError
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.roots import root
from yaan.propulsion.cycles.assumptions import Inputs
from yaan.propulsion.cycles.fluid import AbstractFluid
from yaan.propulsion.cycles.records import DriveGas, EnginePoint, Pump, Suction, Turbine
from yaan.propulsion.propellants import Liquid


def pump(
    line: str,
    fluid: AbstractFluid,
    flow: float,
    inlet: tuple[float, float],
    outlet_pressure: float,
    efficiency: float,
) -> Pump:
    """A pump from `inlet`, pressure [Pa] and temperature [K], to a pressure [Pa].

    w = (h_s - h_1) / eta, h_2 = h_1 + w.
    """
    pressure, temperature = inlet
    work = fluid.isentropic(pressure, temperature, outlet_pressure) / efficiency
    enthalpy = fluid.enthalpy(pressure, temperature) + work
    return Pump(
        line=line,
        flow=flow,
        inlet_pressure=pressure,
        outlet_pressure=outlet_pressure,
        inlet_temperature=temperature,
        outlet_temperature=fluid.temperature(outlet_pressure, enthalpy),
        efficiency=efficiency,
        power=flow * work,
    )


def fed(
    point: EnginePoint, inputs: Inputs, line: str, fluid: AbstractFluid, outlet_pressure: float
) -> Pump:
    """The main pump of a line, with its suction."""
    liquid: Liquid = point.fuel_liquid if line == "fuel" else point.oxidiser_liquid
    flow = point.fuel_flow if line == "fuel" else point.oxidiser_flow
    pressure, temperature = inputs[f"{line}_inlet_pressure"], inputs[f"{line}_temperature"]
    efficiency = inputs[f"{line}_pump_efficiency"]
    one = pump(line, fluid, flow, (pressure, temperature), outlet_pressure, efficiency)
    speed = inputs.optional(f"{line}_shaft_speed")
    fast = None if speed is None else (speed, inputs["suction_specific_speed"])
    density = fluid.density(pressure, temperature)
    head = suction(liquid, (pressure, temperature), flow / density, fast)
    return replace(one, suction=head)


def suction(
    liquid: Liquid,
    inlet: tuple[float, float],
    volume_flow: float,
    speed: tuple[float, float] | None = None,
) -> Suction:
    """Suction head at an inlet of a pressure [Pa] and a temperature [K].

    NPSH = (p - p_v) / (rho g); required is ((omega Q^0.5) / S)^(4/3) / g by a shaft's speed omega
    [rad/s] and a suction specific speed S, both in `speed`, and the volume flow Q [m^3/s].
    """
    pressure, temperature = inlet
    weight = liquid.density(temperature) * STANDARD_GRAVITY
    available = (pressure - liquid.vapour_pressure(temperature)) / weight
    if speed is None:
        return Suction(available, None)
    omega, specific = speed
    needed = (omega * math.sqrt(volume_flow) / specific) ** (4.0 / 3.0) / STANDARD_GRAVITY
    return Suction(available, needed)


def ideal_turbine(
    gas: DriveGas, flow: float, inlet_pressure: float, ratio: float, efficiency: float
) -> Turbine:
    """A turbine of an ideal gas: w = eta c_p T (1 - pi^(-(gamma-1)/gamma))."""
    share = 1.0 - ratio ** (-(gas.gamma - 1.0) / gas.gamma)
    work = efficiency * gas.heat_capacity * gas.temperature * share
    return Turbine(
        flow=flow,
        inlet_pressure=inlet_pressure,
        outlet_pressure=inlet_pressure / ratio,
        inlet_temperature=gas.temperature,
        outlet_temperature=gas.temperature - work / gas.heat_capacity,
        efficiency=efficiency,
        power=flow * work,
    )


def real_turbine(
    fluid: AbstractFluid,
    flow: float,
    inlet: tuple[float, float],
    outlet_pressure: float,
    efficiency: float,
) -> Turbine:
    """A turbine of a real gas from `inlet`, pressure [Pa] and temperature [K]."""
    pressure, temperature = inlet
    work = -efficiency * fluid.isentropic(pressure, temperature, outlet_pressure)
    enthalpy = fluid.enthalpy(pressure, temperature) - work
    return Turbine(
        flow=flow,
        inlet_pressure=pressure,
        outlet_pressure=outlet_pressure,
        inlet_temperature=temperature,
        outlet_temperature=fluid.temperature(outlet_pressure, enthalpy),
        efficiency=efficiency,
        power=flow * work,
    )


@dataclass(frozen=True)
class Closing:
    """Where powers are equal.

    Attributes:
        at: the setting, or the best one where there is none.
        surplus: power there [W].
        closed: whether they are equal.
        failed: words of the states that did not exist; empty where all of them did.
    """

    at: float
    surplus: float
    closed: bool
    failed: str = ""


_SETTINGS: Final = 60


def close(surplus: Callable[[float], float], low: float, high: float) -> Closing:
    """The least setting from `low` to `high` at which a surplus of power is zero.

    The range is cut in sixty parts, evenly in its logarithm, and the first change of sign is
    closed (`base.roots`). Where there is none, the best part is searched for its
    maximum, so that what is missing is told, not guessed. A state that does not exist before that
    top leaves it open whether there is a setting.
    """
    from scipy.optimize import minimize_scalar

    failed, first_failed = "", math.inf
    points: list[tuple[float, float]] = []
    for i in range(_SETTINGS + 1):
        at = low * (high / low) ** (i / _SETTINGS)
        try:
            points.append((at, surplus(at)))
        except NoSolutionError as error:
            failed, first_failed = str(error), min(first_failed, at)
            continue
        if points[-1][1] >= 0.0:
            break
    if not points:
        return Closing(low, -math.inf, closed=False, failed=failed)
    if points[-1][1] >= 0.0:
        if len(points) == 1:
            return Closing(points[0][0], points[0][1], closed=True)
        at = root(surplus, points[-2][0], points[-1][0], within=1e-13)
        return Closing(at, surplus(at), closed=True)
    best = max(range(len(points)), key=lambda k: points[k][1])
    if best < len(points) - 1 and first_failed > points[-1][0]:
        failed = ""  # only beyond the top, where pumps already take more than the turbine gains
    if failed:
        return Closing(*points[best], closed=False, failed=failed)
    left, right = points[max(best - 1, 0)][0], points[min(best + 1, len(points) - 1)][0]
    found: Any = minimize_scalar(lambda x: -surplus(x), bounds=(left, right), method="bounded")
    at, most = float(found.x), -float(found.fun)
    if most >= 0.0:  # a narrow top between two settings
        at = root(surplus, left, at, within=1e-13)
        return Closing(at, surplus(at), closed=True)
    return Closing(at, most, closed=False, failed=failed)
