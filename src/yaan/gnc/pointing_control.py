"""Control of a body's attitude: its x axis to a direction, or the attitude that it had.

    M = I (w^2 e - 2 z w omega),   each axis within its limit

with e the rotation vector from the attitude to the wanted one, by the shorter way, and omega the
rate against the stars; so what turns at a rate is followed at 2 z / w times that rate behind. Of a
direction only the x axis has an error, the roll about it is damped. Moments are continuous between
their limits; real thrusters pulse.

Ignores: what the thrusters burn, the force of thrusters that are no couples, delay, what the
sensors do not know.

Source: Wie, Space Vehicle Dynamics and Control (2008), section 7.3 (not re-read).
"""

import enum

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from yaan.gnc.pointing import Facing
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Inertia

_BEHIND = 1e-9  # across, of a unit vector: nearer to the opposite no axis is the shorter way


class Aim(enum.IntEnum):
    """Where the x axis is turned to."""

    RATES_ONLY = 0
    """Nowhere: what turns is stopped."""
    HELD = 1
    """The attitude of `held` as the phase began is kept, against the stars."""
    STREAM = 2
    """Into the air that it meets."""
    OPPOSED = 3
    """Away from it: the base goes first, of a capsule its heat shield."""
    VELOCITY = 4
    """Along the velocity against the turning Earth."""
    UP = 5
    """Away from the Earth, square to the ellipsoid."""


class PointingEstimate(eqx.Module):
    """What the control knows; directions in GCRS, of any length."""

    stream: Vector
    """Velocity against the air."""
    velocity: Vector
    """Against the turning Earth."""
    up: Vector
    attitude: Rotation
    """GCRS to BODY."""
    rate: Vector
    """Against GCRS [rad/s], body axes."""
    held: Rotation
    """The attitude that is to be held, GCRS to BODY."""


class PointingControl(eqx.Module):
    """How an attitude is held; leaves may have phases."""

    aim: Int[Array, "*phases"]
    """An `Aim`."""
    frequency: Float[Array, "*phases"]
    """Natural frequency of the closed loop without air [rad/s]."""
    damping_ratio: Float[Array, "*phases"]
    limit: Vector
    """Largest moment about each axis [N m], body axes; zero for no control."""
    held: Facing
    """What `Aim.HELD` holds: the attitude as the phase begins, or one that is told."""

    def moment(self, estimate: PointingEstimate, inertia: Inertia) -> Vector:
        """The moment [N m, body axes] that is asked for, one lane."""
        aim, w, z, own = self.aim, self.frequency, self.damping_ratio, estimate.attitude
        motion = where(aim == int(Aim.VELOCITY), estimate.velocity, estimate.stream)
        wanted = where(aim == int(Aim.UP), estimate.up, motion)
        sense = jnp.where(aim == int(Aim.OPPOSED), -1.0, 1.0)
        error = _to_axis(own.apply(wanted) * sense)
        error = where(aim == int(Aim.HELD), _to_attitude(own, estimate.held), error)
        size = jnp.where(aim == int(Aim.RATES_ONLY), 0.0, w * w)
        asked = inertia.apply(error * size - estimate.rate * (2.0 * z * w))
        return jax.tree.map(lambda m, most: jnp.clip(m, -most, most), asked, self.limit)


def _to_axis(wanted: Vector) -> Vector:
    """The rotation vector [rad] that turns x onto a direction, both in body axes."""
    length = jnp.sqrt(wanted.dot(wanted) + 1e-24)
    x, y, z = wanted.x / length, wanted.y / length, wanted.z / length
    across = jnp.sqrt(y * y + z * z + 1e-300)
    behind = (across < _BEHIND) & (x < 0.0)
    angle = jnp.arctan2(across, x)
    zero = jnp.zeros_like(x)
    # x cross the direction; opposite to it every way round is as short, and y is one.
    pitch, yaw = jnp.where(behind, 1.0, -z / across), jnp.where(behind, 0.0, y / across)
    return Vector(zero, pitch, yaw, Frame.BODY) * angle


def _to_attitude(own: Rotation, wanted: Rotation) -> Vector:
    """The rotation vector [rad, body axes] that turns `own` to `wanted`, GCRS to BODY both."""
    turn = own.inverse().then(wanted)
    sense = jnp.where(turn.w < 0.0, -1.0, 1.0)
    size = jnp.sqrt(turn.x**2 + turn.y**2 + turn.z**2 + 1e-300)
    angle = 2.0 * jnp.arctan2(size, turn.w * sense)
    return Vector(turn.x, turn.y, turn.z, Frame.BODY) * (angle * sense / size)
