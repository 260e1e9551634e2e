"""Motion: the world's forces on a point, and the only loop that integrates."""

from yaan.dynamics.forces import Airload, Surroundings, World, airload, surroundings
from yaan.dynamics.method import DOP853, RK4, AbstractMethod
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve

__all__ = [
    "DOP853",
    "RK4",
    "AbstractMethod",
    "Airload",
    "Arrival",
    "Problem",
    "Surroundings",
    "Tape",
    "World",
    "airload",
    "blank_tape",
    "solve",
    "surroundings",
]
