"""The segments of a flight of phases: one file a motion, each a function from state to state.

A new motion is one more file, and a line in `FLIERS`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yaan.flight.segments.base import (
    LANES,
    Flier,
    PhaseFlown,
    Scene,
    SegmentFlown,
    joined_columns,
)
from yaan.flight.segments.body import turn
from yaan.flight.segments.canopies import hang
from yaan.flight.segments.entry import glide
from yaan.flight.segments.fall import sink, sink_together
from yaan.flight.segments.orbit import coast
from yaan.flight.segments.powered import drive

__all__ = [
    "FLIERS",
    "LANES",
    "PhaseFlown",
    "Scene",
    "SegmentFlown",
    "joined_columns",
    "sink_together",
]

FLIERS: Final[Mapping[str, Flier]] = MappingProxyType(
    {
        "powered": drive,
        "orbit": coast,
        "entry": glide,
        "canopies": hang,
        "rigid": turn,
        "point": turn,
        "fall": sink,
    }
)
"""What flies the phases of each motion."""
