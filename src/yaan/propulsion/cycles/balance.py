"""Balances an engine's cycle: from its catalogue entry, what is known of it, and assumptions."""

from typing import Final

from yaan.base import InputError, NoSolutionError, Problem, nearest, quote
from yaan.propulsion.cycles import expander, gas_generator, pressure_fed, staged
from yaan.propulsion.cycles.assumptions import (
    EXPANDER,
    FUEL_RICH,
    GAS_GENERATOR,
    OXIDISER_RICH,
    PRESSURE_FED,
    Inputs,
)
from yaan.propulsion.cycles.records import Balance, DriveGas, EnginePoint

CYCLES: Final = (GAS_GENERATOR, OXIDISER_RICH, FUEL_RICH, EXPANDER, PRESSURE_FED)
"""Cycles that are balanced, as the catalogue calls them."""

_SPELLINGS: Final = {
    "closed expander": EXPANDER,
    "oxidizer-rich staged combustion": OXIDISER_RICH,
    "pressure-fed": PRESSURE_FED,
}


def balance(
    cycle: str, engine: EnginePoint, drive: DriveGas | None = None, **given: float
) -> Balance:
    """Balance a cycle.

    Args:
        cycle: one of `CYCLES`.
        engine: what the engine does.
        drive: gas of the generator or preburner; left out, of certified equilibrium (extra
            `engines`) at the turbine's temperature, or of a correlation for fuel-rich kerosene.
        given: numbers of `ASSUMPTIONS` in SI that are known; the others are assumed and marked.

    Raises:
        InputError: an unknown cycle or number, or one out of its bounds.
        YaanError: a gas that cannot be told, as equilibrium is not installed.

    A cycle that does not close is an outcome of the record, not an error; `Balance.required`
    makes it one.
    """
    name = _SPELLINGS.get(cycle.strip().casefold(), cycle.strip().casefold())
    if name not in CYCLES:
        expected = "a cycle that is balanced"
        raise InputError(Problem("", None, "", quote(cycle), expected, nearest(name, CYCLES)))
    if drive is not None and name in (EXPANDER, PRESSURE_FED):
        expected = f"nothing: no gas is burnt for the turbine of a cycle that is {name}"
        raise InputError(Problem("", None, "drive", "", expected))
    if drive is not None and drive.mixture_ratio is None and name in (OXIDISER_RICH, FUEL_RICH):
        expected = "a mixture ratio, which tells how much flows through the preburner"
        raise InputError(Problem("", None, "drive.mixture_ratio", "", expected))
    inputs = Inputs(name, engine, given)
    try:
        if name == GAS_GENERATOR:
            return gas_generator.balance(engine, inputs, drive)
        if name == EXPANDER:
            return expander.balance(engine, inputs)
        if name == PRESSURE_FED:
            return pressure_fed.balance(engine, inputs)
        return staged.balance(engine, inputs, drive, name)
    except NoSolutionError as error:
        sentence = f"No balance of the {name} cycle was found: {error}"
        return Balance(name, engine, "not found", sentence, float("nan"), inputs.told(strict=False))
