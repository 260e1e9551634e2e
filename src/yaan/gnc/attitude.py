"""Attitude of a capsule in its entry: what is commanded, and the moment that is asked for it.

The prescribed attitude: the trim angle of attack of the Mach number, no sideslip, and the bank
of a programme that is known beforehand, eased so that the roll starts and stops at a finite
acceleration. The law is a feedback of the quaternion between the two attitudes and of the rate
against the commanded one, with the roll's own acceleration fed forward:

    M = I (a - w^2 e - 2 z w (rate - commanded rate)),   each axis within its limit

with e twice the vector part of that quaternion, the small angles about the body axes. Moments are
continuous between their limits; real thrusters pulse.

Source: Wie, Space Vehicle Dynamics and Control (2008), section 7.3 (not re-read).
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.constants import EARTH_RADIUS
from yaan.base.lanes import held
from yaan.base.trigonometry import sincos
from yaan.dynamics.forces import Surroundings
from yaan.gnc.bank import BankProfile, eased, eased_acceleration
from yaan.spacetime.attitude import from_axes, rate_of
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Inertia
from yaan.vehicle.capsule import Capsule

Scalar = Float[Array, ""]


class AirPath(eqx.Module):
    """How the capsule moves through the air, as navigation believes; GCRS axes."""

    stream: Vector
    """Velocity against the air [m/s]."""
    up: Vector
    mach: Scalar


class EntryEstimate(eqx.Module):
    """What the control knows of a capsule in its entry."""

    elapsed: Scalar  # [s] since the entry's start
    path: AirPath
    path_rate: AirPath
    """Change of `path` per second."""
    attitude: Rotation
    """From GCRS to the body."""
    rate: Vector
    """Of the body against GCRS [rad/s], body axes."""


class AttitudeControl(eqx.Module):
    """How firmly an attitude is held; leaves may have lanes."""

    frequency: Float[Any, "*lanes"] = eqx.field(converter=held)
    """Natural frequency of the closed loop without air [rad/s]."""
    damping_ratio: Float[Any, "*lanes"] = eqx.field(converter=held)
    easing: Float[Any, "*lanes"] = eqx.field(converter=held)
    """In which the roll comes up to its rate [s]."""
    limit: Vector
    """Largest moment about each axis [N m], body axes."""
    inertia: Inertia


class AttitudeCommand(eqx.Module):
    """The attitude that is asked for."""

    attitude: Rotation
    rate: Vector  # [rad/s], body axes of `attitude`
    acceleration: Vector
    """Of the roll about the stream [rad/s^2], body axes of `attitude`."""
    bank: Scalar  # [rad]


class Motion(eqx.Module):
    """What moves the path on: the capsule's own change, and that of the world around it."""

    spin: Vector
    """Of the Earth [rad/s], GCRS."""
    velocity: Vector
    acceleration: Vector
    sound_gradient: Scalar
    """Change of the speed of sound with height [1/s]."""


def believe(
    elapsed: Scalar, attitude: Rotation, rate: Vector, around: Surroundings, motion: Motion
) -> EntryEstimate:
    """Navigation without error.

    Ignores, in the rates only: how the wind changes with height, and the ellipsoid's flattening.
    """
    stream, up, relative = around.stream, around.up, around.relative
    speed, sound = jnp.sqrt(stream.dot(stream) + 1e-12), around.air.sound_speed
    climb = relative.dot(up)
    stream_rate = motion.acceleration - motion.spin.cross(motion.velocity)
    over = (relative - up * climb) / (EARTH_RADIUS + around.place.height)
    mach = speed / sound
    gained = stream.dot(stream_rate) / (speed * sound)
    return EntryEstimate(
        elapsed=elapsed,
        path=AirPath(stream, up, mach),
        path_rate=AirPath(
            stream_rate,
            over + motion.spin.cross(up),
            gained - mach * motion.sound_gradient * climb / sound,
        ),
        attitude=attitude,
        rate=rate,
    )


def trim_attitude(path: AirPath, bank: Scalar, angle: Scalar) -> Rotation:
    """From GCRS to a body that flies heat shield first, `angle` [rad] off the stream.

    x is the axis through the heat shield; it leans away from the lift, which stands `bank` [rad]
    to the right of the vertical; z points away from the lift.
    """
    ahead = path.stream / jnp.sqrt(path.stream.dot(path.stream) + 1e-12)
    above = path.up - ahead * path.up.dot(ahead)
    above = above / jnp.sqrt(above.dot(above) + 1e-24)
    across, up = sincos(bank)
    lift = above * up + ahead.cross(above) * across
    sine, cosine = sincos(angle)
    forward = ahead * cosine - lift * sine
    down = -(lift * cosine + ahead * sine)
    return from_axes(forward, down.cross(forward), down, Frame.BODY)


def command_trim(
    estimate: EntryEstimate, capsule: Capsule, bank: BankProfile, control: AttitudeControl
) -> AttitudeCommand:
    """The prescribed attitude and how fast it turns, which is its derivative along the path."""

    def prescribed(elapsed: Scalar, path: AirPath) -> tuple[Rotation, Scalar]:
        turned = eased(bank, elapsed, control.easing)
        return trim_attitude(path, turned, capsule.trim(path.mach).angle), turned

    point = (estimate.elapsed, estimate.path)
    ahead = (jnp.ones_like(estimate.elapsed), estimate.path_rate)
    (attitude, turned), (change, _) = jax.jvp(prescribed, point, ahead)
    rolling = eased_acceleration(bank, estimate.elapsed, control.easing)
    stream = estimate.path.stream
    ahead_of_it = attitude.apply(stream / jnp.sqrt(stream.dot(stream) + 1e-12))
    return AttitudeCommand(attitude, rate_of(attitude, change), ahead_of_it * rolling, turned)


def control_moment(
    control: AttitudeControl, estimate: EntryEstimate, command: AttitudeCommand
) -> Vector:
    """The moment [N m, body axes] that is asked of the thrusters."""
    error = command.attitude.inverse().then(estimate.attitude)
    # The shorter way round.
    twice = jnp.where(error.w < 0.0, -2.0, 2.0)
    angle = Vector(error.x, error.y, error.z, Frame.BODY) * twice
    slow = error.apply(command.rate) - estimate.rate
    w, z = control.frequency, control.damping_ratio
    wanted = error.apply(command.acceleration) - angle * w**2 + slow * (2.0 * z * w)
    return _within(control.inertia.apply(wanted), control.limit)


def _within(moment: Vector, limit: Vector) -> Vector:
    return Vector(
        jnp.clip(moment.x, -limit.x, limit.x),
        jnp.clip(moment.y, -limit.y, limit.y),
        jnp.clip(moment.z, -limit.z, limit.z),
        moment.frame,
    )
