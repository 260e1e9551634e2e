"""Families of thrust directions with four constants, which explicit guidance solves.

- `Primer`: the direction of the primer vector of a minimum of propellant in a central field, from
  where it is now to the end of the burn. Its four constants are two in the plane and two across.
- `Corrected`: the linear-tangent programmes of a design (`gnc.powered`), with a correction that is
  linear in time of tan(pitch) and of yaw, so that what flies as designed is steered as designed.

Both are integrated along with the state, so that a predictor does not know which it flies.
"""

import abc
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float
from typing_extensions import override

from yaan.base.constants import EARTH_RADIUS
from yaan.base.trigonometry import sincos
from yaan.gnc.powered import TANGENT_UNIT
from yaan.spacetime.frame import Frame, Vector, where

Carried = tuple[Any, ...]
"""What is integrated of a direction: numbers or vectors."""


class AbstractDirection(eqx.Module):
    """A family of directions of thrust. One lane; vectors in GCRS, [m, m/s], time in [s]."""

    @abc.abstractmethod
    def nothing(self, t: Float[Array, ""]) -> Carried:
        """What is carried before anything is solved."""

    @abc.abstractmethod
    def guess(
        self, slope: Float[Array, "2"], t: Array, position: Vector, velocity: Vector
    ) -> Float[Array, "4"]:
        """Constants near a tan(pitch) with its rate [1/s], without yaw; from nothing known."""

    @abc.abstractmethod
    def carried(
        self, constants: Float[Array, "4"], position: Vector, velocity: Vector, normal: Vector
    ) -> Carried:
        """What is carried from here on.

        The constants are in the plane a value and its rate [1/s], then likewise across it; `normal`
        is the unit normal of the plane that is aimed at.
        """

    @abc.abstractmethod
    def constants(self, carried: Carried, position: Vector, normal: Vector) -> Float[Array, "4"]:
        """The constants of what is carried here: the inverse of `carried`."""

    @abc.abstractmethod
    def rate(self, carried: Carried, position: Vector, mu: Float[Array, ""]) -> Carried:
        """How it changes with time."""

    @abc.abstractmethod
    def axis(self, carried: Carried, t: Array, position: Vector, velocity: Vector) -> Vector:
        """Where it points: a unit vector, and never anything else."""

    @abc.abstractmethod
    def closing(
        self, carried: Carried, position: Vector, velocity: Vector, pole: Vector
    ) -> Float[Array, ""]:
        """Zero where the constants are best, of a plane of which the inclination alone is asked.

        Of order one as an angle across is.
        """


def advanced(carried: Carried, rate: Carried, step: Float[Array, ""]) -> Carried:
    """What is carried after a `step` [s] at a rate."""
    return tuple(x + dx * step for x, dx in zip(carried, rate, strict=True))


class Primer(AbstractDirection):
    """Along the primer vector of a minimum of propellant in a central field.

    lambda'' = -(mu / r^3) (lambda - 3 (lambda . r^) r^), which a pull along the radius alone
    gives; on the way the vector r x lambda' - v x lambda is constant. Where a burn may end at any
    place of its orbit, the part of it along the normal of the orbit is zero, which leaves four
    constants; where the node is free too, the part along the Earth's axis is zero. Carries lambda
    and lambda' (scaled so that lambda is 1 level and ahead, as constants are taken).
    Ignores: what oblateness does to the primer vector. Not defined for thrust backwards.
    Source: Lawden, Optimal Trajectories for Space Navigation, 1963, chapter 3 (not re-read); the
    constant: Pines, AIAA Journal 2 (1964), 1633-1634 (not re-read).
    """

    @override
    def nothing(self, t: Array) -> Carried:
        zero = jnp.zeros_like(t)
        still = Vector(zero, zero, zero, Frame.GCRS)
        return (still, still)

    @override
    def guess(self, slope: Array, t: Array, position: Vector, velocity: Vector) -> Array:
        del t
        # The vertical turns: a slope that is held falls behind it in space.
        r = position.norm()
        turning = _level(position, velocity)[1] / r
        zero = jnp.zeros_like(r)
        return jnp.stack([slope[0], slope[1] - turning, zero, zero])

    @override
    def carried(
        self, constants: Array, position: Vector, velocity: Vector, normal: Vector
    ) -> Carried:
        up, ahead, across = _axes(position, normal)
        slope, rising, side, aside = constants
        primer = ahead + up * slope + across * side
        # The part of the constant along the normal is zero.
        arm = normal.cross(position).dot(ahead)
        back = normal.dot(velocity.cross(primer)) / jnp.maximum(arm, 1.0)
        return (
            primer,
            ahead * back + up * rising + across * aside,
        )

    @override
    def constants(self, carried: Carried, position: Vector, normal: Vector) -> Array:
        primer, rate = carried
        up, ahead, across = _axes(position, normal)
        scale = jnp.maximum(primer.dot(ahead), 1e-3)
        parts = [primer.dot(up), rate.dot(up), primer.dot(across), rate.dot(across)]
        return jnp.stack(parts) / scale

    @override
    def rate(self, carried: Carried, position: Vector, mu: Array) -> Carried:
        primer, rate = carried
        square = jnp.maximum(position.dot(position), (0.5 * EARTH_RADIUS) ** 2)
        pull = mu / (square * jnp.sqrt(square))
        along = primer.dot(position) / square
        return (rate, position * (3.0 * pull * along) - primer * pull)

    @override
    def axis(self, carried: Carried, t: Array, position: Vector, velocity: Vector) -> Vector:
        del t
        primer = carried[0]
        long = primer.dot(primer)
        known = long > 1e-12
        # Before anything is solved it points along the motion; at rest along the vertical.
        v2 = velocity.dot(velocity)
        moving = where(v2 > 1e-6, velocity, position)
        other = moving / jnp.sqrt(moving.dot(moving))
        return where(known, primer / jnp.sqrt(jnp.where(known, long, 1.0)), other)

    @override
    def closing(self, carried: Carried, position: Vector, velocity: Vector, pole: Vector) -> Array:
        primer, rate = carried
        constant = position.cross(rate) - velocity.cross(primer)
        return constant.dot(pole) / jnp.sqrt(velocity.dot(velocity) + 1.0)


class Corrected(AbstractDirection):
    """Designed linear-tangent programmes, corrected; with nothing carried, exactly those.

    tan(pitch) = a + b s + c s^2 + p + p' (t - now) above the geocentric horizontal, s in hundreds
    of seconds since the programme began; heading along the inertial velocity turned to its right by
    yaw + y + y' (t - now). Carries p, p', y, y'.
    """

    coefficients: Float[Array, "programmes 3"]
    """a, b, c in turn; the a of one that goes on where another ended is that of its start."""
    origins: Float[Array, " programmes"]
    """When they began as designed [s], rising; before the first it is in force too."""
    yaw: Float[Array, ""]  # [rad]

    def slope(self, t: Float[Array, ""]) -> Float[Array, ""]:
        """tan(pitch) as designed."""
        begun: Bool[Array, " programmes"] = t >= self.origins - 1e-9
        index = jnp.maximum(jnp.sum(begun) - 1, 0)
        s = (t - self.origins[index]) / TANGENT_UNIT
        a, b, c = self.coefficients[index]
        return a + s * (b + s * c)

    @override
    def nothing(self, t: Array) -> Carried:
        zero = jnp.zeros_like(t)
        return (zero, zero, zero, zero)

    @override
    def guess(self, slope: Array, t: Array, position: Vector, velocity: Vector) -> Array:
        del slope, position, velocity
        return jnp.zeros_like(t, shape=4)

    @override
    def carried(
        self, constants: Array, position: Vector, velocity: Vector, normal: Vector
    ) -> Carried:
        del position, velocity, normal
        return tuple(constants)

    @override
    def constants(self, carried: Carried, position: Vector, normal: Vector) -> Array:
        del position, normal
        return jnp.stack(carried)

    @override
    def rate(self, carried: Carried, position: Vector, mu: Array) -> Carried:
        del position, mu
        _, rising, _, aside = carried
        zero = jnp.zeros_like(rising)
        return (rising, zero, aside, zero)

    @override
    def axis(self, carried: Carried, t: Array, position: Vector, velocity: Vector) -> Vector:
        up = position.unit()
        level = velocity - up * velocity.dot(up)
        # Straight up no heading is known: the axis of the frame serves.
        spare = Vector(-up.y, up.x, jnp.zeros_like(up.z), up.frame)
        level = level + spare * 1e-9
        ahead = level / jnp.sqrt(level.dot(level) + 1e-24)
        slope, yaw = self.slope(t) + carried[0], self.yaw + carried[2]
        sine, cosine = sincos(yaw)
        heading = ahead * cosine + ahead.cross(up) * sine
        return (heading + up * slope) / jnp.sqrt(1.0 + slope**2)

    @override
    def closing(self, carried: Carried, position: Vector, velocity: Vector, pole: Vector) -> Array:
        del position, velocity, pole
        # The correction of yaw is constant.
        return carried[3] * TANGENT_UNIT


def _axes(position: Vector, normal: Vector) -> tuple[Vector, Vector, Vector]:
    """Up, ahead in the plane of a normal, and across it."""
    up = position.unit()
    ahead = normal.cross(up)
    ahead = ahead / jnp.sqrt(ahead.dot(ahead) + 1e-24)
    return up, ahead, up.cross(ahead)


def _level(position: Vector, velocity: Vector) -> tuple[Vector, Array]:
    """The level part of a velocity, and its size [m/s]."""
    up = position.unit()
    level = velocity - up * velocity.dot(up)
    return level, jnp.sqrt(level.dot(level) + 1e-12)
