"""The balance of an engine's cycle, from its entry in the catalogue, as tables."""

import math
from collections.abc import Iterator
from typing import Final

from yaan.base.errors import YaanError
from yaan.description.catalogue import Entry
from yaan.propulsion.cycles import CYCLES, Balance, EnginePoint, balance

_SHOWN: Final = {"W": (1e6, "MW"), "Pa": (1e6, "MPa")}

Told = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def balanced(entry: Entry) -> Balance | str:
    """The balance, with what nobody publishes assumed; or why there is none."""
    design = entry.design
    if design.cycle not in CYCLES:
        return f"the cycle {design.cycle} is none that is balanced ({', '.join(CYCLES)})"
    if entry.spec.thrust is None:
        return "thrust not known"
    try:
        point = EnginePoint.of_entry(design, entry.spec.thrust, entry.spec.isp, entry.name)
        return balance(design.cycle, point)
    except YaanError as error:
        return "; ".join(str(error).splitlines()).rstrip(".")


def tables(found: Balance) -> Iterator[Told]:
    """Powers and pressures, what does not add up, the way of the propellants, what is assumed."""
    rows = [
        (one.name, _number(one.value, one.unit), _unit(one.unit))
        for one in found.quantities()
        if not one.name.startswith("residual")
    ]
    if rows:
        yield f"The {found.cycle} cycle", ("quantity", ">value", "unit"), rows
    rows = [
        (one.name, _number(one.value, one.unit), _unit(one.unit), f"{100.0 * one.share:.3g} %")
        for one in found.residuals
    ]
    if rows:
        yield "What does not add up", ("residual", ">value", "unit", ">of the largest term"), rows
    rows = [
        (
            one.line,
            one.at,
            f"{one.pressure / 1e6:.4g}",
            "-" if math.isnan(one.temperature) else f"{one.temperature:.1f}",
            f"{one.flow:.4g}",
        )
        for one in found.stations
    ]
    if rows:
        heads = ("line", "at", ">pressure MPa", ">temperature K", ">flow kg/s")
        yield "Along the way", heads, rows
    rows = [
        (
            one.name.replace("_", " "),
            _number(one.value, one.unit),
            _unit(one.unit),
            ""
            if not one.assumed
            else f"{_number(one.low, one.unit)} to {_number(one.high, one.unit)}",
            one.why if one.assumed else "given",
        )
        for one in found.inputs
    ]
    if rows:
        heads = ("input", ">value", "unit", ">range", "why it is assumed")
        yield "What the balance rests on", heads, rows


def _number(value: float, unit: str) -> str:
    return f"{value / _SHOWN.get(unit, (1.0, ''))[0]:.4g}"


def _unit(unit: str) -> str:
    return _SHOWN.get(unit, (1.0, unit))[1]
