"""The segments of a flight of phases: one file a motion, each a function from state to state."""

from yaan.flight.segments.base import (
    LANES,
    PhaseFlown,
    Scene,
    SegmentFlown,
    joined_columns,
)
from yaan.flight.segments.fall import sink_together
from yaan.flight.segments.fliers import FLIERS

__all__ = [
    "FLIERS",
    "LANES",
    "PhaseFlown",
    "Scene",
    "SegmentFlown",
    "joined_columns",
    "sink_together",
]
