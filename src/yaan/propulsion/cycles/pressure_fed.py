"""Pressure fed: tanks stand above the chamber's pressure, and a gas fills them as they empty."""

from typing import Final

from yaan.propulsion.cycles.assumptions import PRESSURE_FED, Inputs
from yaan.propulsion.cycles.records import (
    GAS_CONSTANT,
    Balance,
    EnginePoint,
    Quantity,
    Residual,
    Station,
)

_HELIUM: Final = 4.002602e-3
"""Molar mass [kg/mol]."""


def balance(point: EnginePoint, inputs: Inputs) -> Balance:
    """Pressures of the tanks, and how much helium they take."""
    stations: list[Station] = []
    extra: list[Quantity] = []
    helium = 0.0
    hot = inputs["pressurant_temperature"]
    for line in ("fuel", "oxidiser"):
        one = point.fuel_liquid if line == "fuel" else point.oxidiser_liquid
        flow = point.fuel_flow if line == "fuel" else point.oxidiser_flow
        temperature = inputs[f"{line}_temperature"]
        injector = point.chamber_pressure + inputs[f"{line}_injector_drop"]
        valve = injector + (inputs["jacket_drop"] if line == "fuel" else 0.0)
        tank = valve + inputs[f"{line}_line_drop"]
        stations += [
            Station(line, "tank", tank, temperature, flow),
            Station(line, "behind the valve", valve, temperature, flow),
            Station(line, "injector", injector, temperature, flow),
        ]
        volume = flow / one.density(temperature)
        helium += tank * volume * _HELIUM / (GAS_CONSTANT * hot)
        extra.append(Quantity(f"{line} tank, pressure", tank, "Pa"))
        extra.append(
            Quantity(
                f"{line} tank, pressure above its vapour's",
                tank - one.vapour_pressure(temperature),
                "Pa",
            )
        )
    total = point.fuel_flow + point.oxidiser_flow
    return Balance(
        cycle=PRESSURE_FED,
        point=point,
        outcome="closed",
        sentence="The pressure fed cycle closes: its tanks push, and nothing is pumped.",
        shortfall=0.0,
        inputs=inputs.told(),
        stations=tuple(stations),
        residuals=(Residual("flow", total - point.flow, "kg/s", (total - point.flow) / total),),
        chamber_mixture_ratio=point.mixture_ratio,
        isp_cost=0.0,
        extra=(*extra, Quantity("helium", helium, "kg/s")),
        notes=("Helium as an ideal gas that neither cools nor dissolves.",),
    )
