"""What a powered flight is guided to: a place on an orbit, in a plane."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.base.constants import EARTH_RADIUS
from yaan.gnc.explicit_burns import Predicted
from yaan.gnc.explicit_directions import AbstractDirection
from yaan.spacetime.frame import Vector, where
from yaan.spacetime.rotation import Rotation

_BEST = 1e5  # [m], as which an angle across counts that is not the best
_FLAT = 0.05  # sine of an inclination below which its node is ill defined


class Target(eqx.Module):
    """Radius, speed, flight-path angle and plane at the end of the last tail-off.

    Valid: an ellipse above the centre of the Earth; with an inclination alone, one of 3 to 177 deg.
    """

    radius: Float[Array, ""]  # [m]
    speed: Float[Array, ""]  # [m/s], inertial
    flight_path_angle: Float[Array, ""]  # [rad], inertial
    inclination: Float[Array, ""]  # [rad], against `pole`
    normal: Vector
    """Of the plane, a unit vector, GCRS; read where `noded`."""
    noded: Bool[Array, ""]
    """The node is asked for too."""
    pole: Vector
    """The Earth's axis, a unit vector, GCRS."""
    mu: Float[Array, ""]  # [m^3/s^2], of its elements

    @property
    def energy(self) -> Float[Array, ""]:
        """Specific orbital energy [m^2/s^2]."""
        return 0.5 * self.speed**2 - self.mu / self.radius

    def excess(self, position: Vector, velocity: Vector) -> Float[Array, ""]:
        """Energy of a state above that of the target, as speed [m/s]."""
        energy = 0.5 * velocity.dot(velocity) - self.mu / position.norm()
        return (energy - self.energy) / self.speed

    def ending(self, end: Predicted) -> Vector:
        """The normal of the plane that a prediction ends in, or of the one that is asked for."""
        turning = end.position.cross(end.velocity)
        own = turning / jnp.sqrt(turning.dot(turning) + 1e-6)
        return where(self.noded, self.normal, own)

    def plane(self, position: Vector, velocity: Vector) -> Vector:
        """The normal of the plane that is aimed at from a state, before any prediction.

        With an inclination alone: of the plane of that inclination through the place which is
        nearest to the motion, and where the place is too far from the equator, of the motion.
        """
        now = position.cross(velocity)
        now = now / jnp.sqrt(now.dot(now) + 1e-12)
        up = position.unit()
        # n = cos(i) pole + ..., normal to up, of length one.
        sine = up.dot(self.pole)
        level = self.pole - up * sine
        square = jnp.maximum(level.dot(level), 1e-12)
        part = jnp.cos(self.inclination) / square
        left = 1.0 - part**2 * square
        aside = up.cross(self.pole) / jnp.sqrt(square)
        sense = jnp.where(now.dot(aside) < 0.0, -1.0, 1.0)
        root = jnp.sqrt(jnp.where(left > 0.0, left, 1.0))
        free = where(left > 0.0, level * part + aside * (sense * root), now)
        return where(self.noded, self.normal, free)

    def misses(
        self, direction: AbstractDirection, begun: Predicted, end: Predicted
    ) -> Float[Array, "5"]:
        """Height [m], climb [m/s], energy [m/s], plane: place [m] and motion [m/s].

        Of an inclination alone the place is what the constants lack to be best, times 100 km.
        """
        r, v = end.position, end.velocity
        radius, speed = r.norm(), jnp.sqrt(v.dot(v) + 1e-6)
        climb = v.dot(r) / radius
        level = jnp.sqrt(jnp.maximum(speed**2 - climb**2, 1e-6))
        gamma = self.flight_path_angle
        steep = climb * jnp.cos(gamma) - level * jnp.sin(gamma)
        turning = r.cross(v)
        cosine = turning.dot(self.pole) / jnp.sqrt(turning.dot(turning) + 1e-6)
        sine = jnp.maximum(jnp.sin(self.inclination), _FLAT)
        tilted = (jnp.cos(self.inclination) - cosine) / sine * self.speed
        best = direction.closing(begun.carried, begun.position, begun.velocity, self.pole)
        return jnp.stack(
            [
                radius - self.radius,
                steep,
                self.excess(r, v),
                jnp.where(self.noded, r.dot(self.normal), _BEST * best),
                jnp.where(self.noded, v.dot(self.normal), tilted),
            ]
        )


def arrival(
    perigee: Float[Array, ""],
    apogee: Float[Array, ""],
    inclination: Float[Array, ""],
    true_anomaly: Float[Array, ""],
    *,
    node: Float[Array, ""] | None,
    of_date: Rotation,
    mu: Float[Array, ""],
) -> Target:
    """The target at a true anomaly [rad] of an orbit.

    Perigee and apogee are heights above 6378.137 km [m]; inclination and node [rad] are against the
    axes of `of_date`, the rotation from GCRS to those of the Earth's true equator. Without a `node`
    any will do.
    """
    near, far = EARTH_RADIUS + perigee, EARTH_RADIUS + apogee
    eccentricity = (far - near) / (far + near)
    parameter = near * (1.0 + eccentricity)
    along = 1.0 + eccentricity * jnp.cos(true_anomaly)
    radius = parameter / along
    pace = jnp.sqrt(mu / parameter)
    speed = jnp.sqrt(jnp.maximum(mu * (2.0 / radius - 2.0 / (near + far)), 0.0))
    angle = jnp.arctan2(pace * eccentricity * jnp.sin(true_anomaly), pace * along)
    to_gcrs, zero = of_date.inverse(), jnp.zeros_like(radius)
    turned = zero if node is None else node
    tilt = jnp.sin(inclination)
    axis = Vector(
        tilt * jnp.sin(turned), -tilt * jnp.cos(turned), jnp.cos(inclination), of_date.target
    )
    pole = Vector(zero, zero, zero + 1.0, of_date.target)
    return Target(
        radius=radius,
        speed=speed,
        flight_path_angle=angle,
        inclination=jnp.asarray(inclination) + zero,
        normal=to_gcrs.apply(axis),
        noded=jnp.asarray(node is not None),
        pole=to_gcrs.apply(pole),
        mu=jnp.asarray(mu),
    )
