"""What is burnt: reactants by name or by formula, mixtures by mass, and their enthalpies.

A name is one of the propellants below, or NASA's own name of a reactant or species. Propellants
come first: `N2H4` is the liquid that tanks hold; NASA's gas of that name is `N2H4(g)`.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yaan.base.errors import YaanError, nearest
from yaan.chemistry.liquids import LIQUIDS
from yaan.chemistry.species import Species, atomic_mass, library

_AT_REST: Final = 298.15  # [K]


@dataclass(frozen=True, slots=True)
class Reactant:
    """One reactant.

    Attributes:
        name: a propellant's name, NASA's own, or any where there is a formula.
        formula: atoms a molecule; None for a known name.
        enthalpy: [J/mol] at `temperature`, elements at 298.15 K being zero; None for a known name.
        temperature: [K]; None for the one at which the enthalpy is known.
    """

    name: str
    formula: Mapping[str, float] | None = None
    enthalpy: float | None = None
    temperature: float | None = None


Propellant = str | Reactant | Sequence[tuple[Reactant, float]]
"""One side of a mixture: a name, a reactant, or reactants with their shares of mass."""


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A reactant resolved.

    Attributes:
        name: as the user wrote it.
        formula: atoms a molecule, symbols in capitals.
        molar_mass: [kg/mol].
        enthalpy: [J/kg] at the temperature.
        temperature: [K].
        entry: NASA's name of its data, which tells liquids from gases; empty of the user's own.
        gas: whether those are data of a gas.
    """

    name: str
    formula: tuple[tuple[str, float], ...]
    molar_mass: float
    enthalpy: float
    temperature: float
    entry: str = ""
    gas: bool = False


_ALIASES: Final[Mapping[str, str]] = {
    "LOX": "O2(L)",
    "LO2": "O2(L)",
    "GOX": "O2",
    "LH2": "H2(L)",
    "GH2": "H2",
    "LCH4": "CH4(L)",
    "CH4": "CH4(L)",
    "methane": "CH4(L)",
    "LNG": "CH4(L)",
    "RP1": "RP-1",
    "kerosene": "RP-1",
    "Isrosene": "RP-1",
    "N2O4": "N2O4(L)",
    "NTO": "N2O4(L)",
    "UDMH": "C2H8N2(L),UDMH",
    "MMH": "CH6N2(L)",
    "N2H4": "N2H4(L)",
    "hydrazine": "N2H4(L)",
    "H2O2": "H2O2(L)",
    "NH3": "NH3(L)",
    "ammonia": "NH3(L)",
    "ethanol": "C2H5OH(L)",
    "C2H5OH": "C2H5OH(L)",
    "methanol": "CH3OH(L)",
    "CH3OH": "CH3OH(L)",
    "propane": "C3H8(L)",
    "C3H8": "C3H8(L)",
    "water": "H2O(L)",
    "H2O": "H2O(L)",
    "nitric acid": "HNO3(L)",
    "HNO3": "HNO3(L)",
    "LF2": "F2(L)",
    "Jet-A": "Jet-A(L)",
    "AP": "NH4CLO4(I)",
    "Al": "AL(cr)",
}

# Enthalpy of NO dissolved in N2O4 [J/mol] at 298.15 K: as N2O3(L), 50.3 kJ/mol (CRC Handbook,
# standard thermodynamic properties; not re-read), less half of NASA's N2O4(L). NO as a gas would
# have 91.3 kJ/mol: with MON-3 the difference is 0.02 % of specific impulse.
_DISSOLVED_NO: Final = 50_300.0 + 0.5 * 17_549.0  # [J/mol]

_RECIPES: Final[Mapping[str, tuple[tuple[str, float], ...]]] = {
    # 75 % UDMH and 25 % hydrazine hydrate N2H4 H2O, that is 64 % N2H4 and 36 % water by mass;
    # the heat of hydration is neglected.
    "UH25": (("UDMH", 0.75), ("N2H4", 0.16), ("H2O", 0.09)),
    "Aerozine-50": (("UDMH", 0.50), ("N2H4", 0.50)),
}

_STRENGTHS: Final[Mapping[str, tuple[str, str]]] = {
    "H2O2": ("H2O2", "H2O"),
    "HTP": ("H2O2", "H2O"),
    "ethanol": ("ethanol", "H2O"),
}


def names() -> tuple[str, ...]:
    """Names of propellants, besides NASA's own."""
    return (*_ALIASES, *_RECIPES, "MON-3", "H2O2-90", "ethanol-75")


def mixture(side: Propellant) -> tuple[tuple[Ingredient, float], ...]:
    """The ingredients of one side and their shares of mass, which add up to one."""
    if isinstance(side, str):
        return _named(side, None)
    if isinstance(side, Reactant):
        if side.formula is None:
            _refuse_loose_enthalpy(side)
            return _named(side.name, side.temperature)
        return ((_own(side), 1.0),)
    parts = list(side)
    total = math.fsum(share for _, share in parts)
    if not parts or not math.isfinite(total) or total <= 0.0 or any(x < 0.0 for _, x in parts):
        raise YaanError("a mixture needs reactants with shares of mass above zero")
    found: list[tuple[Ingredient, float]] = []
    for reactant, share in parts:
        found += [(one, share / total * inner) for one, inner in mixture(reactant)]
    return tuple(found)


def _named(name: str, temperature: float | None) -> tuple[tuple[Ingredient, float], ...]:
    recipe = _recipe(name)
    if recipe is None:
        return ((_known(name, temperature), 1.0),)
    found: list[tuple[Ingredient, float]] = []
    for part, share in recipe:
        if part == "NO dissolved":
            found.append((_no_dissolved(temperature), share))
        else:
            found += [(one, share * inner) for one, inner in _named(part, temperature)]
    return tuple(found)


def _recipe(name: str) -> tuple[tuple[str, float], ...] | None:
    """What a mixture of a known name is made of, by mass; None where it is no mixture."""
    folded = {key.casefold(): value for key, value in _RECIPES.items()}
    if name.casefold() in folded:
        return folded[name.casefold()]
    match = re.fullmatch(r"(?i)(MON|H2O2|HTP|ethanol)-?(\d{1,2}(?:\.\d+)?)", name)
    if match is None:
        return None
    kind, percent = match[1].casefold(), float(match[2])
    if kind == "mon":
        if not 0.0 < percent <= 30.0:
            raise YaanError(f"{name}: mixed oxides of nitrogen hold 1 to 30 % of NO")
        return (("N2O4", 1.0 - percent / 100.0), ("NO dissolved", percent / 100.0))
    main, water = next(value for key, value in _STRENGTHS.items() if key.casefold() == kind)
    if percent < 50.0:
        raise YaanError(f"{name}: a strength of 50 to 100 % by mass was expected")
    return ((main, percent / 100.0), (water, 1.0 - percent / 100.0))


def _known(name: str, temperature: float | None) -> Ingredient:
    """A reactant of NASA's file, its enthalpy taken to the temperature."""
    found = _entry(name)
    if found.enthalpy is None:
        at = _AT_REST if temperature is None else temperature
        low, high = found.ranges[0][0], found.ranges[-1][1]
        # NASA lists solids from 300 K on and takes them at 298.15 K all the same.
        if not low - 2.0 <= at <= high + 0.2:
            if temperature is None:
                at = low if at < low else high
            else:
                raise YaanError(
                    f"{name} at {temperature:g} K: its data hold from {low:g} to {high:g} K"
                )
        enthalpy = found.molar_enthalpy(at)
    else:
        reference = found.ranges[0][0]
        at = reference if temperature is None else temperature
        enthalpy = found.enthalpy + _warming(name, found, at)
    made = _ingredient(name, found.formula, enthalpy, at, found.molar_mass)
    return replace(made, entry=found.name, gas=not found.condensed)


def _warming(name: str, found: Species, temperature: float) -> float:
    """Enthalpy [J/mol] between the one temperature of a reactant and this one."""
    reference = found.ranges[0][0]
    if abs(temperature - reference) <= 0.01:
        return 0.0
    liquid = LIQUIDS.get(found.name)
    if liquid is None:
        raise YaanError(
            f"{name}: its enthalpy is known at {reference:g} K only and no heat capacity is; "
            f"leave the temperature out, or give formula, enthalpy and temperature"
        )
    return liquid.enthalpy_between(name, reference, temperature) * found.molar_mass


def _entry(name: str) -> Species:
    known = library()
    folded = {key.casefold(): value for key, value in _ALIASES.items()}
    target = folded.get(name.casefold(), name)
    if target.endswith("(g)") and target not in known:
        target = target[:-3]
    if target in known:
        return known[target]
    insensitive = {key.casefold(): key for key in known}
    if target.casefold() in insensitive:
        return known[insensitive[target.casefold()]]
    hint = nearest(name, [*names(), *known])
    raise YaanError(
        f"{name}: no propellant or species of this name is known{f' ({hint})' if hint else ''}; "
        "give a formula, an enthalpy and a temperature to make one"
    )


def _no_dissolved(temperature: float | None) -> Ingredient:
    at = _AT_REST if temperature is None else temperature
    warming = _warming("MON", library()["N2O4(L)"], at) / library()["N2O4(L)"].molar_mass
    formula = {"N": 1.0, "O": 1.0}
    mass = _mass("NO", formula)
    return _ingredient("NO dissolved", formula, _DISSOLVED_NO + warming * mass, at, mass)


def _refuse_loose_enthalpy(reactant: Reactant) -> None:
    if reactant.enthalpy is not None:
        raise YaanError(
            f"{reactant.name}: an enthalpy without a formula was given; give both, or neither"
        )


def _own(reactant: Reactant) -> Ingredient:
    """A reactant of the user's own."""
    formula = {key.upper(): float(count) for key, count in (reactant.formula or {}).items()}
    if not formula or any(not math.isfinite(x) or x <= 0.0 for x in formula.values()):
        raise YaanError(f"{reactant.name}: a formula of atoms with counts above zero was expected")
    if reactant.enthalpy is None or not math.isfinite(reactant.enthalpy):
        raise YaanError(f"{reactant.name}: a formula needs an enthalpy [J/mol] beside it")
    temperature = _AT_REST if reactant.temperature is None else reactant.temperature
    if not math.isfinite(temperature) or temperature <= 0.0:
        raise YaanError(f"{reactant.name}: a temperature above 0 K was expected")
    mass = _mass(reactant.name, formula)
    return _ingredient(reactant.name, formula, reactant.enthalpy, temperature, mass)


def _mass(name: str, formula: Mapping[str, float]) -> float:
    try:
        return math.fsum(atomic_mass(symbol) * count for symbol, count in formula.items())
    except YaanError as error:
        raise YaanError(f"{name}: {error}") from error


def _ingredient(
    name: str, formula: Mapping[str, float], enthalpy: float, temperature: float, mass: float
) -> Ingredient:
    return Ingredient(name, tuple(sorted(formula.items())), mass, enthalpy / mass, temperature)
