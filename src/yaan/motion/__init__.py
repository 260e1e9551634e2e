"""Kinds of motion: each one integration, and the rows that it shows."""

from yaan.motion.body import BodyEnd, BodyLeg, BodyPhases, fly_body
from yaan.motion.body_row import BodyObservation, observe_body
from yaan.motion.descent import (
    Descent,
    DescentObservation,
    DescentState,
    descend,
    observe_descent,
)
from yaan.motion.entering import Entry, EntryObservation, Handover
from yaan.motion.entry import EntryState, enter, observe_entry
from yaan.motion.fall import Fall, fall
from yaan.motion.orbit import Burns, Cruise, OrbitState, cruise, observe_cruise
from yaan.motion.phases import End, Phases
from yaan.motion.powered import Ledger, Leg, State, ascend
from yaan.motion.rigid_entry import (
    RigidObservation,
    RigidState,
    enter_rigid,
    observe_rigid,
    trimmed,
)

__all__ = [
    "BodyEnd",
    "BodyLeg",
    "BodyObservation",
    "BodyPhases",
    "Burns",
    "Cruise",
    "Descent",
    "DescentObservation",
    "DescentState",
    "End",
    "Entry",
    "EntryObservation",
    "EntryState",
    "Fall",
    "Handover",
    "Ledger",
    "Leg",
    "OrbitState",
    "Phases",
    "RigidObservation",
    "RigidState",
    "State",
    "ascend",
    "cruise",
    "descend",
    "enter",
    "enter_rigid",
    "fall",
    "fly_body",
    "observe_body",
    "observe_cruise",
    "observe_descent",
    "observe_entry",
    "observe_rigid",
    "trimmed",
]
