"""Orbits from states: propagated to a stated accuracy, with what a change would do."""

from yaan.propagation.build import (
    burn_length,
    burn_start,
    centre_of,
    craft_of,
    start_of,
    world_of,
)
from yaan.propagation.propagate import Changed, Propagated, Scene, changed_state, propagate
from yaan.propagation.rows import places

__all__ = [
    "Changed",
    "Propagated",
    "Scene",
    "burn_length",
    "burn_start",
    "centre_of",
    "changed_state",
    "craft_of",
    "places",
    "propagate",
    "start_of",
    "world_of",
]
