"""Prints the saturated values of library/propellants/{lox,lh2,ch4}.yaml by CoolProp.

    python builders/propellants.py oxygen

Points are closer where the critical one is near, so that cubics through them keep 1e-3.
"""

import sys

import CoolProp.CoolProp as coolprop  # pyright: ignore[reportMissingTypeStubs]
import numpy as np

FLUIDS = {"oxygen": ("Oxygen", "Oxygen"), "hydrogen": ("ParaHydrogen", "Hydrogen")}
FLUIDS["methane"] = ("Methane", "Methane")
POINTS = 14
HIGHEST = 0.94  # of the critical temperature


def main(name: str) -> None:
    fluid, viscous = FLUIDS[name]
    low = coolprop.PropsSI("Ttriple", fluid)
    critical = coolprop.PropsSI("Tcrit", fluid)
    # Even steps in the root of the distance from the critical point.
    roots = np.linspace((1 - low / critical) ** 0.6, (1 - HIGHEST) ** 0.6, POINTS)
    temperatures = [round(critical * (1 - r ** (1 / 0.6)), 2) for r in roots]
    temperatures[0] = round(low + 0.005, 2)
    for key, letter, unit, digits in (
        ("density", "D", "kg/m3", 6),
        ("vapour_pressure", "P", "Pa", 6),
        ("heat_capacity", "C", "J/(kg K)", 5),
        ("viscosity", "V", "mPa s", 4),
    ):
        source = viscous if key == "viscosity" else fluid
        factor = 1e3 if key == "viscosity" else 1.0
        values = [coolprop.PropsSI(letter, "T", t, "Q", 0, source) for t in temperatures]
        told = ", ".join(f'"{factor * value:.{digits}g} {unit}"' for value in values)
        print(f"{key}:\n  table:")
        print("    temperature: [" + ", ".join(f'"{t:g} K"' for t in temperatures) + "]")
        print(f"    value: [{told}]")


if __name__ == "__main__":
    main(sys.argv[1])
