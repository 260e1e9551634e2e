"""The phases of a body, what ends them, and what parts it as they begin."""

import enum
from typing import TypeVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.dynamics.body import BodyState
from yaan.dynamics.state import State
from yaan.gnc.pointing_control import PointingControl
from yaan.spacetime.attitude import normalised
from yaan.spacetime.frame import Vector

Moved = TypeVar("Moved", State, BodyState)


class BodyEnd(enum.IntEnum):
    """What can end a phase besides its time, by the names of the keys of `until`.

    A new one is a member here, its function in `Body._ends`, and its key. The ground comes last:
    it ends every phase, and is the wanted end of those that say so.
    """

    HEIGHT_BELOW = 0
    DEPLETED = 1
    HEIGHT_ABOVE = 2
    APEX = 3
    SPEED_ABOVE = 4
    SPEED_BELOW = 5
    MACH_ABOVE = 6
    MACH_BELOW = 7
    RAIL = 8
    STUCK = 9
    DYNAMIC_PRESSURE_BELOW = 10
    DYNAMIC_PRESSURE_ABOVE = 11
    GROUND = 12


def limits(**ends: float) -> Float[Array, " ends"]:
    """Where the `ends` of one phase are, by their names in `BodyEnd`; what is left out is none."""
    given = {end: ends.pop(end.name.lower(), jnp.nan) for end in BodyEnd}
    assert not ends, f"no ends of a body: {', '.join(ends)}"
    return jnp.asarray([given[end] for end in BodyEnd], dtype=float)


class BodyPhases(eqx.Module):
    """Phases in turn, one entry each on the first axis; shared by all lanes."""

    rigid: Bool[Array, "*phases"]
    pointing: Int[Array, "*phases"]
    configuration: Int[Array, "*phases"]
    engine: Bool[Array, "*phases"]
    duration: Float[Array, "*phases"]  # [s]
    limits: Float[Array, "*phases ends"]
    """Where each `BodyEnd` ends it, in SI; NaN: it does not. Of those without a value, any number.

    A phase with `RAIL` [m] is on a rail for that length, with its x axis as it stands at the start,
    whatever its pointing.
    """
    time: Float[Array, "*phases"]
    """Ends at this time since the epoch [s], and at once where that has passed."""
    step: Float[Array, "*phases"]  # [s]
    control: PointingControl | None = None
    """What holds a rigid body, of each phase; None where nothing ever does."""
    separates: Bool[Array, "*phases"] | None = None
    """Something leaves as a phase begins; None where nothing ever does."""
    before: Int[Array, "*phases"] | None = None
    """What flew before it, of phases of which some separate: a configuration."""


def parted(state: Moved, shift: Vector) -> Moved:
    """The state after the centre of mass has moved by `shift` [m, body axes], as something left.

    What stays goes on as the part of the rigid body that it was. Of one lane, a `State` or any
    other with its position, velocity, attitude and rate.
    """
    to_inertial = normalised(state.attitude).inverse()
    place = state.position + to_inertial.apply(shift)
    speed = state.velocity + to_inertial.apply(state.rate.cross(shift))
    return eqx.tree_at(lambda s: (s.position, s.velocity), state, (place, speed))
