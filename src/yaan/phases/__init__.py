"""Phases of a flight, the searches that steer them, and what they show."""

from yaan.phases.ascent import Ledger, Leg, State, ascend
from yaan.phases.base import End, Phases
from yaan.phases.entry import Entry, EntryObservation, EntryState, enter, observe_entry
from yaan.phases.fall import Fall, fall
from yaan.phases.targeting import Answers, Solution, Tolerance, Unknown, find

__all__ = [
    "Answers",
    "End",
    "Entry",
    "EntryObservation",
    "EntryState",
    "Fall",
    "Ledger",
    "Leg",
    "Phases",
    "Solution",
    "State",
    "Tolerance",
    "Unknown",
    "ascend",
    "enter",
    "fall",
    "find",
    "observe_entry",
]
