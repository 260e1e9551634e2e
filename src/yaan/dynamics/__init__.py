"""Motion: the world's forces on a point or a body, and the only loop that integrates."""

from yaan.dynamics.body import BodyState, Instant, Pulses, Scene, instant
from yaan.dynamics.forces import Airload, Surroundings, World, airload, surroundings
from yaan.dynamics.method import DOP853, RK4, AbstractMethod
from yaan.dynamics.rigid import Exhaust, angular_acceleration, gravity_gradient
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve

__all__ = [
    "DOP853",
    "RK4",
    "AbstractMethod",
    "Airload",
    "Arrival",
    "BodyState",
    "Exhaust",
    "Instant",
    "Problem",
    "Pulses",
    "Scene",
    "Surroundings",
    "Tape",
    "World",
    "airload",
    "angular_acceleration",
    "blank_tape",
    "gravity_gradient",
    "instant",
    "solve",
    "surroundings",
]
