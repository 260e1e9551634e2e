"""Cycle balances: powers, pressures and temperatures of what feeds an engine, and its cost."""

from yaan.propulsion.cycles.assumptions import ASSUMPTIONS, Assumption
from yaan.propulsion.cycles.balance import CYCLES, balance
from yaan.propulsion.cycles.drive import gas_of, kerosene_rich
from yaan.propulsion.cycles.records import (
    Balance,
    Designed,
    DriveGas,
    EnginePoint,
    Given,
    Pump,
    Quantity,
    Residual,
    Station,
    Suction,
    Turbine,
)

__all__ = [
    "ASSUMPTIONS",
    "CYCLES",
    "Assumption",
    "Balance",
    "Designed",
    "DriveGas",
    "EnginePoint",
    "Given",
    "Pump",
    "Quantity",
    "Residual",
    "Station",
    "Suction",
    "Turbine",
    "balance",
    "gas_of",
    "kerosene_rich",
]
