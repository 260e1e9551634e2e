"""What flies the phases of each motion: a new motion is one more file here, and a line below."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from yaan.flight.segments.base import Flier
from yaan.flight.segments.body import turn
from yaan.flight.segments.canopies import hang
from yaan.flight.segments.entry import glide
from yaan.flight.segments.fall import sink
from yaan.flight.segments.orbit import coast
from yaan.flight.segments.powered import drive

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
