"""Kinds of motion: one file each, each one integration between two states that are handed over."""

from yaan.motion.base import AbstractMotion, Leg, Legs, fly, fly_in_turn, rows_of
from yaan.motion.body import Body, fly_body, observe_body
from yaan.motion.body_phases import BodyEnd, BodyPhases, limits
from yaan.motion.descent import Descended, Descent, Until, descended
from yaan.motion.entry import Entry, Handover
from yaan.motion.fall import Fall, Fallen, fall
from yaan.motion.handover import ended, from_rigid, mass_of, to_point, to_rigid
from yaan.motion.orbit import Burns, Orbit
from yaan.motion.powered import Powered, ascend
from yaan.motion.powered_phases import End, Phases
from yaan.motion.rigid_entry import RigidEntry
from yaan.motion.row import Row

__all__ = [
    "AbstractMotion",
    "Body",
    "BodyEnd",
    "BodyPhases",
    "Burns",
    "Descended",
    "Descent",
    "End",
    "Entry",
    "Fall",
    "Fallen",
    "Handover",
    "Leg",
    "Legs",
    "Orbit",
    "Phases",
    "Powered",
    "RigidEntry",
    "Row",
    "Until",
    "ascend",
    "descended",
    "ended",
    "fall",
    "fly",
    "fly_body",
    "fly_in_turn",
    "from_rigid",
    "limits",
    "mass_of",
    "observe_body",
    "rows_of",
    "to_point",
    "to_rigid",
]
