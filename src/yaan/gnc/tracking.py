"""Tracking of an attitude: a commanded axis, or a commanded quaternion, to a commanded moment.

    M = I (w^2 e + 2 z w (commanded rate - rate)) + rate x I rate

with e twice the vector part of the quaternion from the body to the command: the small angles about
the body axes that are left to turn. Gains follow the inertia, so that frequency and damping of the
closed loop stay as the vehicle burns off. The moment is what is asked; what actuators give of it is
`gnc.gimbal` or `gnc.thrusters`.

An axis alone leaves the roll free: its rate is damped, its angle is nobody's. The command passes
through a reference that turns no faster than it may, so that a jump of guidance is no jump here.

Ignores: flexible modes and their filters, integral action (a steady disturbance leaves an angle of
M / (I w^2)), limits of the actuators.

Source: Wie, Space Vehicle Dynamics and Control (2008), section 7.3 (not re-read).
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.lanes import held
from yaan.base.trigonometry import sincos
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Inertia

Scalar = Float[Array, ""]

_OPPOSED = 1e-12
"""Of one plus a cosine: nearer to half a turn than this the axis to turn about is chosen."""


class Tracking(eqx.Module):
    """How firmly an attitude is followed; leaves may have lanes."""

    frequency: Float[Any, "*lanes"] = eqx.field(converter=held)
    """Natural frequency of the closed loop without air [rad/s]; about the roll axis, half of it
    is the inverse time constant in which a roll rate dies where the roll is free."""
    damping_ratio: Float[Any, "*lanes"] = eqx.field(converter=held)
    turn_rate: Float[Any, "*lanes"] = eqx.field(converter=held)
    """Of the reference, at most [rad/s]."""


class Reference(eqx.Module):
    """The axis that is followed, and how it turns."""

    axis: Vector
    """Unit vector, GCRS."""
    rate: Vector
    """Angular velocity of the axis [rad/s], GCRS; square to it."""


def still(axis: Vector) -> Reference:
    """A reference that stands at an axis."""
    return Reference(axis, axis * 0.0)


def followed(reference: Reference, wanted: Vector, period: Scalar, turn_rate: Scalar) -> Reference:
    """The reference `period` [s] later, turned towards `wanted` by no more than it may.

    `wanted` is a direction of any length but zero; one that is no direction, or no number, leaves
    the axis where it is. Against half a turn any way round is as short: it is chosen.
    """
    length = jnp.sqrt(wanted.dot(wanted))
    known = jnp.isfinite(length) & (length > 0.0)
    axis = reference.axis
    # Chosen before the division, so that what is no number reaches no sum.
    goal = where(known, wanted, axis)
    goal = goal / jnp.sqrt(goal.dot(goal))
    across = axis.cross(goal)
    sine, cosine = jnp.sqrt(across.dot(across) + 1e-300), axis.dot(goal)
    opposed = 1.0 + cosine < _OPPOSED
    about = where(opposed, _square_to(axis), across / sine)
    left = jnp.where(opposed, jnp.pi, jnp.arctan2(sine, cosine))
    turned = jnp.minimum(left, turn_rate * jnp.maximum(period, 0.0))
    sine, cosine = sincos(turned)
    moved = axis * cosine + about.cross(axis) * sine
    moved = moved / jnp.sqrt(moved.dot(moved))
    return Reference(moved, about * (turned / jnp.maximum(period, 1e-9)))


def pointing_error(attitude: Rotation, axis: Vector) -> Vector:
    """What is left to turn so that the body's x axis points along `axis` (unit, GCRS).

    Twice the vector part of the shortest quaternion, body axes [rad for small angles]; no part
    about x. Its length is 2 sin(angle / 2); against half a turn it is about y.
    """
    goal = attitude.apply(axis)
    both = 1.0 + goal.x
    opposed = both < _OPPOSED
    # x cross goal is (0, -z, y), of length sin(angle); over cos(angle / 2) it is 2 sin(angle / 2).
    scale = jnp.sqrt(2.0 / jnp.where(opposed, 1.0, both))
    zero = jnp.zeros_like(goal.x)
    return where(
        opposed,
        Vector(zero, zero + 2.0, zero, Frame.BODY),
        Vector(zero, -goal.z * scale, goal.y * scale, Frame.BODY),
    )


def attitude_error(attitude: Rotation, commanded: Rotation) -> Vector:
    """What is left to turn from `attitude` to `commanded`, both GCRS to body; the shorter way.

    Twice the vector part of the quaternion, body axes [rad for small angles].
    """
    error = attitude.inverse().then(commanded)
    # A passive rotation from the body to the command turns the body by its own vector part.
    twice = jnp.where(error.w < 0.0, -2.0, 2.0)
    return Vector(error.x, error.y, error.z, Frame.BODY) * twice


def error_angle(error: Vector) -> Scalar:
    """The angle [rad] whose half sine such an error is twice of."""
    length = jnp.sqrt(error.dot(error) + 1e-300)
    return 2.0 * jnp.arcsin(jnp.clip(0.5 * length, 0.0, 1.0))


def track_axis(
    tracking: Tracking, inertia: Inertia, attitude: Rotation, rate: Vector, reference: Reference
) -> Vector:
    """The moment [N m, body axes] that brings the x axis to the reference and stops the roll.

    `rate` [rad/s]: of the body against GCRS, body axes.
    """
    error = pointing_error(attitude, reference.axis)
    return _moment(tracking, inertia, error, rate, attitude.apply(reference.rate))


def track_attitude(
    tracking: Tracking,
    inertia: Inertia,
    attitude: Rotation,
    rate: Vector,
    commanded: Rotation,
    commanded_rate: Vector,
) -> Vector:
    """The moment [N m, body axes] towards a commanded attitude: the roll is held as well.

    `commanded` is GCRS to body, `commanded_rate` [rad/s] that of the command, in its own axes.
    """
    between = commanded.inverse().then(attitude)
    turning = between.apply(commanded_rate)
    return _moment(tracking, inertia, attitude_error(attitude, commanded), rate, turning)


def _moment(
    tracking: Tracking, inertia: Inertia, error: Vector, rate: Vector, wanted_rate: Vector
) -> Vector:
    w, z = tracking.frequency, tracking.damping_ratio
    wanted = error * w**2 + (wanted_rate - rate) * (2.0 * z * w)
    moment = inertia.apply(wanted) + rate.cross(inertia.apply(rate))
    # An attitude or a rate that is no number asks for nothing.
    known = jnp.isfinite(moment.x) & jnp.isfinite(moment.y) & jnp.isfinite(moment.z)
    return jax.tree.map(lambda part: jnp.where(known, part, 0.0), moment)


def _square_to(axis: Vector) -> Vector:
    """A unit vector square to a unit vector, of two candidates the one farther from it."""
    one, zero = jnp.ones_like(axis.x), jnp.zeros_like(axis.x)
    steep = jnp.abs(axis.x) < 0.8
    across = axis.cross(
        Vector(jnp.where(steep, one, zero), jnp.where(steep, zero, one), zero, axis.frame)
    )
    return across / jnp.sqrt(across.dot(across))
