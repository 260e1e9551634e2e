"""Osculating orbital elements."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.constants import EARTH_RADIUS
from yaan.spacetime.frame import Frame, Vector


class Elements(eqx.Module):
    """Osculating Keplerian elements, in the frame of the state they came from.

    Lengths in [m], angles in [rad]; perigee and apogee are heights above 6378.137 km.
    """

    semi_major_axis: Float[Array, "*batch"]
    eccentricity: Float[Array, "*batch"]
    inclination: Float[Array, "*batch"]
    right_ascension: Float[Array, "*batch"]
    argument_of_perigee: Float[Array, "*batch"]
    true_anomaly: Float[Array, "*batch"]

    @property
    def perigee(self) -> Float[Array, "*batch"]:
        """Height of perigee [m]."""
        return self.semi_major_axis * (1.0 - self.eccentricity) - EARTH_RADIUS

    @property
    def apogee(self) -> Float[Array, "*batch"]:
        """Height of apogee [m]; meaningless at or above escape speed."""
        return self.semi_major_axis * (1.0 + self.eccentricity) - EARTH_RADIUS


def energy(position: Vector, velocity: Vector, mu: Float[Array, ""]) -> Float[Array, "*batch"]:
    """Specific orbital energy [m^2/s^2]."""
    return 0.5 * velocity.dot(velocity) - mu / position.norm()


def elements(position: Vector, velocity: Vector, mu: Float[Array, ""]) -> Elements:
    """Osculating elements of a state in one inertial frame [m, m/s].

    Valid: not rectilinear; for a circular or equatorial orbit the angles that are not defined
    come out as zero-based arbitrary values, their sums stay right.
    Source: Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), algorithm 9.
    """
    r, h = position.norm(), position.cross(velocity)
    ecc = velocity.cross(h) / mu - position / r
    e, hz = jnp.sqrt(ecc.dot(ecc) + 1e-300), h.z / h.norm()
    node = jnp.arctan2(h.x, -h.y)
    # Angles in the plane are measured from the node towards motion.
    cos_node, sin_node = jnp.cos(node), jnp.sin(node)

    def along(v: Vector) -> Array:
        ahead = (h.cross(Vector(cos_node, sin_node, jnp.zeros_like(node), v.frame))).unit()
        return jnp.arctan2(v.dot(ahead), v.x * cos_node + v.y * sin_node)

    perigee = along(ecc)
    return Elements(
        semi_major_axis=1.0 / (2.0 / r - velocity.dot(velocity) / mu),
        eccentricity=e,
        inclination=jnp.arccos(jnp.clip(hz, -1.0, 1.0)),
        right_ascension=node % (2 * jnp.pi),
        argument_of_perigee=perigee % (2 * jnp.pi),
        true_anomaly=(along(position) - perigee) % (2 * jnp.pi),
    )


def state_of_elements(orbit: Elements, mu: Float[Array, ""], frame: Frame) -> tuple[Vector, Vector]:
    """Position [m] and velocity [m/s] of osculating elements, in the `frame` that they are of.

    Valid: ellipses. Source: Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), algorithm 10.
    """
    e, along = orbit.eccentricity, orbit.argument_of_perigee + orbit.true_anomaly
    parameter = orbit.semi_major_axis * (1.0 - e**2)
    radius = parameter / (1.0 + e * jnp.cos(orbit.true_anomaly))
    pace = jnp.sqrt(mu / parameter)
    node, tilt = orbit.right_ascension, orbit.inclination
    zero = jnp.zeros_like(node)
    ascending = Vector(jnp.cos(node), jnp.sin(node), zero, frame)
    across = Vector(
        -jnp.sin(node) * jnp.cos(tilt), jnp.cos(node) * jnp.cos(tilt), jnp.sin(tilt), frame
    )
    position = (ascending * jnp.cos(along) + across * jnp.sin(along)) * radius
    slow = jnp.sin(along) + e * jnp.sin(orbit.argument_of_perigee)
    fast = jnp.cos(along) + e * jnp.cos(orbit.argument_of_perigee)
    return position, (across * fast - ascending * slow) * pace
