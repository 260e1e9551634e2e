"""What the vehicle believes about itself."""

import equinox as eqx
from jaxtyping import Array, Float

from yaan.dynamics.forces import Surroundings
from yaan.spacetime.frame import Vector


class Estimate(eqx.Module):
    """The navigated state that guidance receives; guidance never sees the true one."""

    t: Float[Array, ""]  # [s] since ignition
    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    relative: Vector
    """Velocity against the turning Earth [m/s], GCRS axes."""
    up: Vector
    east: Vector
    north: Vector
    """Local geodetic directions, GCRS axes."""


def perfect(
    t: Float[Array, ""], position: Vector, velocity: Vector, around: Surroundings
) -> Estimate:
    """Navigation without error. Ignores drift, noise and delay."""
    return Estimate(t, position, velocity, around.relative, around.up, around.east, around.north)
