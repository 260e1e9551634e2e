"""Where a vehicle is and how it moves: what the rows of every history show."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.dynamics.forces import Surroundings
from yaan.spacetime.frame import Vector


class Whereabouts(eqx.Module):
    """Rows of a history; names and units are those of `yaan.results.trajectory`."""

    latitude: Float[Array, "*rows"]
    longitude: Float[Array, "*rows"]
    height: Float[Array, "*rows"]
    speed_relative: Float[Array, "*rows"]
    speed_inertial: Float[Array, "*rows"]
    flight_path_angle_relative: Float[Array, "*rows"]
    flight_path_angle_inertial: Float[Array, "*rows"]


def whereabouts(around: Surroundings, position: Vector, velocity: Vector) -> Whereabouts:
    """One row, of a state in GCRS [m, m/s] and what is around it."""
    # At rest a velocity has no direction; the sine of nothing is zero.
    relative = jnp.sqrt(around.relative.dot(around.relative) + 1e-12)
    speed = jnp.sqrt(velocity.dot(velocity) + 1e-12)
    climb = around.relative.dot(around.up) / relative
    rise = position.dot(velocity) / (position.norm() * speed)
    return Whereabouts(
        latitude=around.place.latitude,
        longitude=around.place.longitude,
        height=around.place.height,
        speed_relative=relative,
        speed_inertial=speed,
        flight_path_angle_relative=jnp.arcsin(jnp.clip(climb, -1.0, 1.0)),
        flight_path_angle_inertial=jnp.arcsin(jnp.clip(rise, -1.0, 1.0)),
    )
