"""Whether a state can be: no flight is faster than its energy allows.

Gravity turns height into speed, engines add what they add, and the air, which turns with the Earth
and blows, adds at most its own speed. A state beyond that is an integration that has gone wrong,
however finite its numbers are.
"""

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.spacetime.frame import Vector

_CARRIED = 2e3
"""What air that turns and blows, harmonics and third bodies may add [m/s], generously."""

_GROUND = 6.35e6
"""No flight is nearer to the Earth's centre [m]."""


def can_be(
    position: Vector,
    velocity: Vector,
    mu: Float[Any, ""],
    begun: Float[Array, ""],
    given: Float[Array, ""] | float = 0.0,
) -> Bool[Array, ""]:
    """Whether a state in GCRS [m, m/s] can follow one of the specific energy `begun` [m^2/s^2].

    `given` [m/s] is what engines may have added to the speed meanwhile. They add most energy where
    it is fastest, which is at most the speed of a fall to the ground: that speed grows by no more.
    """
    deepest = jnp.sqrt(jnp.maximum(2.0 * (begun + mu / _GROUND), 0.0)) + given
    energy = 0.5 * deepest**2 - mu / _GROUND
    falling = jnp.sqrt(jnp.maximum(2.0 * (energy + mu / position.norm()), 0.0))
    return velocity.norm() <= falling + _CARRIED
