"""Cycle balances against a station table, and against what is published of two turbines."""

import importlib.util
import json
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from yaan.base import parse
from yaan.base.constants import STANDARD_GRAVITY
from yaan.propulsion.cycles import Balance, EnginePoint, balance
from yaan.propulsion.cycles.fluid import RealFluid
from yaan.propulsion.propellants import liquid
from yaan.validation.case import Case, Fly, Line, data, number

_KGF_CM2: Final = 1e4 * STANDARD_GRAVITY  # [Pa]
_FRICTION: Final = 0.985
"""Of the RL10's gears and bearings, assumed 0.97 to 1: its table has 1.6 % of the turbine left."""

_TWO: Final = "2 % were asked; the table's hydrogen is of another equation of state"
_SOLVED: Final = "2 %, as of the states, with 1.5 % assumed for gears and bearings (0 to 3 %)"
_F1: Final = (
    "10 % were asked; flows of the source, discharge pressures recalled (NASA), efficiencies "
    "assumed: 0.60 or 0.80 instead of 0.70 would move it by +17 or -12 %"
)
_RD170: Final = (
    "10 % were asked; 'about 190 MW' has no source of its own. Flows of pumps read in a table; "
    "efficiencies 0.74 and 0.79, drops along the way and the gas's temperature assumed"
)


def cases() -> tuple[Case, ...]:
    """Four engines."""
    return (
        Case(
            suite="cycles",
            name="rl10a-3-3a",
            title="RL10A-3-3A, closed expander",
            files=(),
            about=(
                "Powers of pumps and turbine from pressures and temperatures of the station table,"
                " by CoolProp's para-hydrogen and oxygen, against its flows and enthalpies: two"
                " columns against a third. Then the balance: efficiencies that these pressures and"
                " temperatures imply, flows, drops and inlet states are given, and the turbine's"
                " pressure ratio is found."
            ),
            source="NASA TM-107318, as transcribed in ask-hovik/pyskyfire (MIT)",
            measure=rl10,
        ),
        Case(
            suite="cycles",
            name="f-1",
            title="F-1, gas generator",
            files=(),
            about=(
                "Volume flows and discharge pressures are given; what its turbine must give is"
                " found with the default efficiencies. A second line has nothing but its catalogue"
                " entry."
            ),
            source="enginehistory.org RPE08.11; discharge pressures recalled",
            measure=f1,
        ),
        Case(
            suite="cycles",
            name="rd-170",
            title="RD-170, oxidiser-rich staged combustion",
            files=(),
            about=(
                "What its pumps pass is given (more than its chambers burn: fuel drives a boost"
                " pump and actuators, and returns); pressures along the way are the default shares"
                " of its chamber's. The turbine's pressure ratio is found. A second line has"
                " nothing but its catalogue entry."
            ),
            source="de.wikipedia (about 190 MW); AIAA 91-2510; a table of Energomash's pumps",
            measure=rd170,
        ),
        Case(
            suite="cycles",
            name="vulcain-2",
            title="Vulcain 2, gas generator",
            files=(),
            about=(
                "Powers of its pumps from its catalogue entry alone; only reported, for what is"
                " published of them has no source that could be weighed."
            ),
            source="a public collection without sources, 3 and 12 MW",
            measure=vulcain2,
        ),
    )


@cache
def _truth() -> dict[str, Any]:
    return json.loads(data("cycles.json").read_text(encoding="utf-8"), parse_int=float)


def _absent(package: str) -> list[Line]:
    """The one line there is where a package of the extra `engines` is not installed."""
    if importlib.util.find_spec(package) is not None:
        return []
    told = f"{package} is not installed: nothing was compared"
    return [number(told, "", (1.0, 0.0), None, 'pip install "yaan[engines]"')]


def _row(line: str, at: str) -> dict[str, float]:
    rows = _truth()["rl10a-3-3a"][line]
    (found,) = [row for row in rows if row["at"] == at]
    return found


def _state(row: dict[str, float]) -> tuple[float, float]:
    return float(row["p_total_Pa"]), float(row["T_K"])


def _rise(fluid: RealFluid, line: str, first: str, second: str) -> tuple[float, float]:
    """Rise of enthalpy between two stations [J/kg]: the table's, and of its states."""
    one, other = _row(line, first), _row(line, second)
    ours = fluid.enthalpy(*_state(other)) - fluid.enthalpy(*_state(one))
    return other["h_J_kg"] - one["h_J_kg"], ours


def rl10(fly: Fly) -> Sequence[Line]:
    """Powers of the states, and the solved balance."""
    del fly
    if absent := _absent("CoolProp"):
        return absent
    hydrogen, oxygen = RealFluid("ParaHydrogen"), RealFluid("Oxygen")
    fuel = _row("fuel", "pump discharge")["mdot_kg_s"]
    through = _row("fuel", "turbine inlet")["mdot_kg_s"]
    flow = _row("oxidiser", "pump discharge")["mdot_kg_s"]
    parts = {
        "fuel pump": (fuel, _rise(hydrogen, "fuel", "pump inlet", "pump discharge")),
        "oxidiser pump": (flow, _rise(oxygen, "oxidiser", "pump inlet", "pump discharge")),
        "turbine": (-through, _rise(hydrogen, "fuel", "turbine inlet", "turbine housing exit")),
        "jacket": (fuel, _rise(hydrogen, "fuel", "jacket inlet", "jacket exit")),
    }
    power = {key: (kg * theirs, kg * ours) for key, (kg, (theirs, ours)) in parts.items()}
    lines = [
        number(f"{key}, power of its states", "kW", _kilo(pair), 0.02e-3 * pair[0], _TWO)
        for key, pair in power.items()
    ]
    left = [power["turbine"][k] - power["fuel pump"][k] - power["oxidiser pump"][k] for k in (0, 1)]
    why = "2 % of the turbine's power were asked"
    pair = (left[0], left[1])
    margin = 0.02e-3 * power["turbine"][0]
    lines.append(number("what closes the powers, of the states", "kW", _kilo(pair), margin, why))
    return [*lines, *_solved_rl10(hydrogen, oxygen, power, fuel, flow)]


def _kilo(pair: tuple[float, float]) -> tuple[float, float]:
    return 1e-3 * pair[0], 1e-3 * pair[1]


def _solved_rl10(
    hydrogen: RealFluid,
    oxygen: RealFluid,
    power: dict[str, tuple[float, float]],
    fuel: float,
    oxidiser: float,
) -> list[Line]:
    made = _balance_of_rl10(hydrogen, oxygen, fuel, oxidiser)
    turbine = made.turbine
    assert turbine is not None
    lines = [
        number(f"{name}, power of the balance", "kW", _kilo(pair), 0.02e-3 * pair[0], _SOLVED)
        for name, pair in (
            ("fuel pump", (power["fuel pump"][0], made.pumps[0].power)),
            ("oxidiser pump", (power["oxidiser pump"][0], made.pumps[1].power)),
            ("turbine", (power["turbine"][0], turbine.power)),
        )
    ]
    inlet, outlet = (_row("fuel", at) for at in ("turbine inlet", "turbine housing exit"))
    ratio = inlet["p_total_Pa"] / outlet["p_total_Pa"]
    found = (ratio, turbine.pressure_ratio)
    lines.append(number("turbine, pressure ratio of the balance", "", found, 0.02 * ratio, _SOLVED))
    discharge = _row("fuel", "pump discharge")["p_total_Pa"]
    found = (1e-6 * discharge, 1e-6 * made.pumps[0].outlet_pressure)
    margin = 0.02e-6 * discharge
    lines.append(number("fuel pump, discharge of the balance", "MPa", found, margin, _SOLVED))
    (energy,) = [one for one in made.residuals if one.name == "energy"]
    why = "1e-6 of the powers: what is solved is solved"
    lines.append(number("energy that is left over", "W", (0.0, energy.value), 0.6, why))
    return lines


def _balance_of_rl10(
    hydrogen: RealFluid, oxygen: RealFluid, fuel: float, oxidiser: float
) -> Balance:
    """The expander with drops, flows and inlet states of the table."""
    truth = _truth()["rl10a-3-3a"]

    def at(line: str, station: str) -> tuple[float, float]:
        return _state(_row(line, station))

    def drop(line: str, first: str, second: str) -> float:
        return at(line, first)[0] - at(line, second)[0]

    def efficiency(fluid: RealFluid, line: str, first: str, second: str) -> float:
        ideal = fluid.isentropic(*at(line, first), at(line, second)[0])
        return ideal / _rise(fluid, line, first, second)[1]

    lines = drop("fuel", "pump discharge", "jacket inlet")
    lines += drop("fuel", "jacket exit", "turbine inlet")
    chamber = truth["chamber_pressure_Pa"]
    wheel = efficiency(hydrogen, "fuel", "turbine inlet", "turbine housing exit")
    heat = _rise(hydrogen, "fuel", "jacket inlet", "jacket exit")[1]
    return balance(
        "expander",
        EnginePoint("LH2", "LOX", chamber, oxidiser / fuel, fuel + oxidiser),
        fuel_inlet_pressure=at("fuel", "pump inlet")[0],
        fuel_temperature=at("fuel", "pump inlet")[1],
        oxidiser_inlet_pressure=at("oxidiser", "pump inlet")[0],
        oxidiser_temperature=at("oxidiser", "pump inlet")[1],
        fuel_pump_efficiency=efficiency(hydrogen, "fuel", "pump inlet", "pump discharge"),
        oxidiser_pump_efficiency=efficiency(oxygen, "oxidiser", "pump inlet", "pump discharge"),
        turbine_efficiency=1.0 / wheel,
        mechanical_efficiency=_FRICTION,
        fuel_line_drop=lines,
        jacket_drop=drop("fuel", "jacket inlet", "jacket exit"),
        fuel_injector_drop=at("fuel", "turbine housing exit")[0] - chamber,
        oxidiser_line_drop=drop("oxidiser", "pump discharge", "injector plenum"),
        oxidiser_injector_drop=at("oxidiser", "injector plenum")[0] - chamber,
        jacket_heat=fuel * heat,
        turbine_bypass=1.0 - _row("fuel", "turbine inlet")["mdot_kg_s"] / fuel,
    )


def f1(fly: Fly) -> Sequence[Line]:
    """Power of the turbine."""
    del fly
    truth = _truth()["f-1"]
    chamber = 6.77e6  # [Pa], as the catalogue has it
    fuel = truth["rp1_flow_m3_s"] * liquid("RP-1").density()
    oxidiser = truth["lox_flow_m3_s"] * liquid("LOX").density()
    outlets = [
        parse(f"{truth[key]} psi", "pressure") for key in ("rp1_discharge_psi", "lox_discharge_psi")
    ]
    made = balance(
        "gas generator",
        EnginePoint("RP-1", "LOX", chamber, oxidiser / fuel, fuel + oxidiser),
        fuel_injector_drop=outlets[0] - chamber,
        jacket_drop=0.0,
        fuel_line_drop=0.0,
        oxidiser_injector_drop=outlets[1] - chamber,
        oxidiser_line_drop=0.0,
    )
    alone = balance(
        "gas generator", EnginePoint.of_thrust("RP-1", "LOX", chamber, 2.27, 7.89501e6, 305.0)
    )
    return _turbines(truth["turbine_power_W"], made, alone, _F1)


def _turbines(theirs: float, made: Balance, alone: Balance, why: str) -> list[Line]:
    one, bare = made.required().turbine, alone.required().turbine
    assert one is not None
    assert bare is not None
    pair, other = ((1e-6 * theirs, 1e-6 * turbine.power) for turbine in (one, bare))
    reported = "nothing is known but thrust, impulse, mixture and pressure: all else is assumed"
    return [
        number("turbine, power", "MW", pair, 0.1 * pair[0], why),
        number("turbine, power from the catalogue entry alone", "MW", other, None, reported),
    ]


def rd170(fly: Fly) -> Sequence[Line]:
    """Power of the turbine, and the pressures that follow."""
    del fly
    if absent := _absent("cea"):
        return absent
    truth = _truth()["rd-170"]
    fuel, oxidiser = truth["fuel_flow_kg_s"], truth["lox_flow_kg_s"]
    chamber, cycle = truth["chamber_pressure_Pa"], "oxidiser-rich staged combustion"
    made = balance(cycle, EnginePoint("RG-1", "LOX", chamber, oxidiser / fuel, fuel + oxidiser))
    entry = EnginePoint.of_thrust(
        "RG-1",
        "LOX",
        chamber,
        truth["mixture_ratio"],
        truth["thrust_vacuum_N"],
        truth["isp_vacuum_s"],
    )
    lines = _turbines(truth["turbine_power_W"], made, balance(cycle, entry), _RD170)
    why = "drops along the way are assumed shares of the chamber's pressure"
    for line, key, one in (
        ("fuel", "fuel_discharge_kgf_cm2", made.pumps[0]),
        ("oxidiser", "lox_discharge_kgf_cm2", made.pumps[1]),
    ):
        pair = (1e-6 * _KGF_CM2 * truth[key], 1e-6 * one.outlet_pressure)
        lines.append(number(f"{line} pump, discharge", "MPa", pair, None, why))
    return lines


def vulcain2(fly: Fly) -> Sequence[Line]:
    """Powers of both pumps."""
    del fly
    if absent := _absent("cea"):
        return absent
    truth = _truth()["vulcain-2"]
    entry = EnginePoint.of_thrust(
        "LH2",
        "LOX",
        truth["chamber_pressure_Pa"],
        truth["mixture_ratio"],
        truth["thrust_vacuum_N"],
        truth["isp_vacuum_s"],
    )
    fuel, oxidiser = balance("gas generator", entry).required().pumps
    why = "its source is weak, and efficiencies and drops are assumed"
    return [
        number(f"{line} pump, power", "MW", (1e-6 * truth[key], 1e-6 * one.power), None, why)
        for line, key, one in (
            ("fuel", "lh2_pump_power_W", fuel),
            ("oxidiser", "lox_pump_power_W", oxidiser),
        )
    ]
