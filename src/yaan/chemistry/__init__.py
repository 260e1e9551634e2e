"""Chemical equilibrium: reactants, species data, NASA's `cea` in a process, and its guard."""

from yaan.chemistry.equilibrium import Equilibrium, State, equilibrate, equilibrium
from yaan.chemistry.guard import Certificate
from yaan.chemistry.reactants import Propellant, Reactant, names

__all__ = [
    "Certificate",
    "Equilibrium",
    "Propellant",
    "Reactant",
    "State",
    "equilibrate",
    "equilibrium",
    "names",
]
