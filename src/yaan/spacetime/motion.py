"""States from what an interface is given by: a place, a speed and two angles."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.lanes import held
from yaan.spacetime.earth import WGS84, EarthRotation, Ellipsoid, geodetic
from yaan.spacetime.frame import Vector


class Motion(eqx.Module):
    """A speed [m/s], its angle above the horizon and its heading, clockwise from north [rad]."""

    speed: Float[Any, "*batch"] = eqx.field(converter=held)
    flight_path_angle: Float[Any, "*batch"] = eqx.field(converter=held)
    heading: Float[Any, "*batch"] = eqx.field(converter=held)


def inertial_state(
    earth: EarthRotation, t: Float[Array, "*batch"], place: Vector, motion: Motion
) -> tuple[Vector, Vector]:
    """Position and velocity in GCRS [m, m/s] at `t` [s] over `place` (ITRS), moving inertially.

    The horizon is at right angles to the radius, as in `flight_path_angle_inertial`.
    """
    return _state(earth, t, place, motion, place.unit())


def relative_state(
    earth: EarthRotation,
    t: Float[Array, "*batch"],
    place: Vector,
    motion: Motion,
    shape: Ellipsoid = WGS84,
) -> tuple[Vector, Vector]:
    """The same with a motion against the turning Earth.

    The horizon is that of the ellipsoid `shape`, as in `flight_path_angle_relative`.
    """
    position, velocity = _state(earth, t, place, motion, geodetic(place, shape).up())
    spin = earth.rotation(t).inverse().apply(earth.spin(t))
    return position, velocity + spin.cross(position)


def _state(
    earth: EarthRotation, t: Array, place: Vector, motion: Motion, up: Vector
) -> tuple[Vector, Vector]:
    east = geodetic(place).east()  # of any ellipsoid about the same axis
    north = up.cross(east)
    ahead = north * jnp.cos(motion.heading) + east * jnp.sin(motion.heading)
    angle = motion.flight_path_angle
    velocity = (ahead * jnp.cos(angle) + up * jnp.sin(angle)) * motion.speed
    to_inertial = earth.rotation(t).inverse()
    return to_inertial.apply(place), to_inertial.apply(velocity)
