"""What goes into a chamber: shares of mass, atoms and enthalpy of a mixture of two sides."""

import functools
import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from yaan.base.errors import YaanError
from yaan.chemistry.reactants import Ingredient, Propellant, mixture

Formula = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class System:
    """What the library must know to make a solver, the same for all mixtures of two propellants.

    Attributes:
        formulas: of the reactants.
        elements: symbols in capitals, sorted; `E` last where there are ions.
    """

    formulas: tuple[Formula, ...]
    elements: tuple[str, ...]

    @property
    def ions(self) -> bool:
        """Whether charged species may form."""
        return "E" in self.elements


@dataclass(frozen=True, eq=False)
class Feed:
    """One mixture.

    Attributes:
        system: its reactants and elements.
        weights: shares of mass of the reactants, in the order of the system.
        atoms: of each element [mol/kg].
        enthalpy: [J/kg].
    """

    system: System
    weights: tuple[float, ...]
    atoms: Float[np.ndarray, "elements"]
    enthalpy: float


def feed(
    fuel: Propellant, oxidiser: Propellant | None, ratio: float | None, *, ions: bool = False
) -> Feed:
    """The mixture of oxidiser over fuel `ratio`, by mass; of the fuel alone without an oxidiser."""
    burnt = _side(fuel)
    if oxidiser is None:
        if ratio is not None:
            raise YaanError("a mixture ratio was given without an oxidiser")
        shares = list(burnt)
    else:
        if ratio is None or not math.isfinite(ratio) or ratio <= 0.0:
            raise YaanError(
                f"mixture {ratio}: the ratio of oxidiser to fuel by mass, above zero, was expected"
            )
        fraction = ratio / (1.0 + ratio)
        shares = [(one, share * (1.0 - fraction)) for one, share in burnt]
        shares += [(one, share * fraction) for one, share in _side(oxidiser)]
    return _feed(tuple(shares), ions)


def _side(side: Propellant) -> tuple[tuple[Ingredient, float], ...]:
    return _named_side(side) if isinstance(side, str) else mixture(side)


@functools.cache
def _named_side(name: str) -> tuple[tuple[Ingredient, float], ...]:
    return mixture(name)


def _feed(shares: tuple[tuple[Ingredient, float], ...], ions: bool) -> Feed:
    system, per_kilogram = _system(tuple(one for one, _ in shares), ions)
    weights = np.array([share for _, share in shares])
    enthalpy = math.fsum(one.enthalpy * share for one, share in shares)
    return Feed(system, tuple(weights.tolist()), weights @ per_kilogram, enthalpy)


@functools.lru_cache(maxsize=512)
def _system(
    ingredients: tuple[Ingredient, ...], ions: bool
) -> tuple[System, Float[np.ndarray, "reactants elements"]]:
    formulas = tuple(one.formula for one in ingredients)
    found = sorted({symbol for formula in formulas for symbol, _ in formula} - {"E"})
    elements = (*found, "E") if ions else tuple(found)
    per_kilogram = np.array(
        [
            [dict(one.formula).get(symbol, 0.0) / one.molar_mass for symbol in elements]
            for one in ingredients
        ]
    )
    return System(formulas, elements), per_kilogram
