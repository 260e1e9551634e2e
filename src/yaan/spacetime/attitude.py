"""Attitude: the axes of a body against those of the sky, of a place, or of an orbit.

An attitude is the `Rotation` from a frame to `Frame.BODY`. Its three angles are yaw about z, then
pitch about the new y, then roll about the new x (3-2-1). Angular velocities are those of the body
against the frame, written in body axes.

Source: Markley and Crassidis, Fundamentals of Spacecraft Attitude Determination and Control
(2014), chapters 2 and 3 (equation numbers not re-read).
"""

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.spacetime.earth import Geodetic
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation

Scalar = Float[Array, "*batch"]


class Angles(eqx.Module):
    """Yaw, pitch and roll [rad]: yaw and roll within pi of zero, pitch within a right angle."""

    yaw: Scalar
    pitch: Scalar
    roll: Scalar


def from_angles(
    angles: Angles, source: Frame, order: Sequence[str] = ("yaw", "pitch", "roll")
) -> Rotation:
    """The attitude against `source` that has these angles, turned by in this order.

    Each turn is about an axis that the turns before it have turned.
    """
    zero = jnp.zeros_like(angles.yaw)
    turns = {
        name: (jnp.cos(0.5 * angle), jnp.sin(0.5 * angle))
        for name, angle in (("yaw", angles.yaw), ("pitch", angles.pitch), ("roll", angles.roll))
    }
    attitude = Rotation(zero + 1.0, zero, zero, zero, source, Frame.BODY)
    for name in order:
        cosine, sine = turns[name]
        x, y, z = (sine if name == about else zero for about in ("roll", "pitch", "yaw"))
        attitude = attitude.then(Rotation(cosine, x, y, z, Frame.BODY, Frame.BODY))
    return attitude


def angles_of(attitude: Rotation) -> Angles:
    """The angles of an attitude; at a pitch of a right angle only yaw and roll together mean one.

    The quaternion may have any length but zero.
    """
    w, x, y, z = attitude.w, attitude.x, attitude.y, attitude.z
    square = w * w + x * x + y * y + z * z
    return Angles(
        yaw=jnp.arctan2(2.0 * (x * y + w * z), w * w + x * x - y * y - z * z),
        pitch=-jnp.arcsin(jnp.clip(2.0 * (x * z - w * y) / square, -1.0, 1.0)),
        roll=jnp.arctan2(2.0 * (y * z + w * x), w * w - x * x - y * y + z * z),
    )


def normalised(attitude: Rotation) -> Rotation:
    """The attitude with a quaternion of length one."""
    w, x, y, z = attitude.w, attitude.x, attitude.y, attitude.z
    k = 1.0 / jnp.sqrt(w * w + x * x + y * y + z * z)
    return Rotation(w * k, x * k, y * k, z * k, attitude.source, attitude.target)


def kinematics(attitude: Rotation, rate: Vector) -> Rotation:
    """How fast the four components change: half the product with `rate` [rad/s].

    `rate` is that of the target frame against the source frame, in target axes. The equation is
    linear: a quaternion whose length drifts still points as it should.
    """
    spinning = Rotation(
        jnp.zeros_like(rate.x), rate.x, rate.y, rate.z, attitude.target, attitude.target
    )
    rate.require_frame(Vector(rate.x, rate.y, rate.z, attitude.target), "turn an attitude")
    change = attitude.then(spinning)
    return jax.tree.map(lambda leaf: 0.5 * leaf, change)


def rate_of(attitude: Rotation, change: Rotation) -> Vector:
    """The angular velocity [rad/s, target axes] behind a `change` of the components per second."""
    product = attitude.inverse().then(change)
    square = attitude.w**2 + attitude.x**2 + attitude.y**2 + attitude.z**2
    return Vector(product.x, product.y, product.z, attitude.target) * (2.0 / square)


def ned(place: Geodetic) -> Rotation:
    """From ITRS to north, east and down of `place`."""
    half_lon, half_tilt = 0.5 * place.longitude, -0.5 * (place.latitude + 0.5 * jnp.pi)
    zero = jnp.zeros_like(half_lon)
    turned = Rotation(jnp.cos(half_lon), zero, zero, jnp.sin(half_lon), Frame.ITRS, Frame.ITRS)
    tilt = Rotation(jnp.cos(half_tilt), zero, jnp.sin(half_tilt), zero, Frame.ITRS, Frame.NED)
    return turned.then(tilt)


def vvlh(position: Vector, velocity: Vector) -> Rotation:
    """From GCRS to the orbit's VVLH, which many call LVLH; not defined for a straight fall."""
    down = -position.unit()
    right = velocity.cross(position).unit()
    return from_axes(right.cross(down), right, down, Frame.VVLH)


def orbital_rate(position: Vector, velocity: Vector) -> Vector:
    """Angular velocity [rad/s] of VVLH against GCRS, in GCRS, for motion in a fixed plane."""
    return position.cross(velocity) / position.dot(position)


def from_axes(x: Vector, y: Vector, z: Vector, target: Frame) -> Rotation:
    """To the frame whose unit axes, square to one another, are x, y and z in their own frame.

    Source: Markley, Unit Quaternion from Rotation Matrix, J. Guidance 31-2 (2008), 440-442: the
    longest of the four possible vectors, so that no division is by a small number.
    """
    x.require_frame(y, "make axes")
    x.require_frame(z, "make axes")
    trace = x.x + y.y + z.z
    wx, wy, wz = y.z - z.y, z.x - x.z, x.y - y.x
    xy, xz, yz = x.y + y.x, z.x + x.z, y.z + z.y
    four = (
        (1.0 + trace, wx, wy, wz),
        (wx, 1.0 + 2.0 * x.x - trace, xy, xz),
        (wy, xy, 1.0 + 2.0 * y.y - trace, yz),
        (wz, xz, yz, 1.0 + 2.0 * z.z - trace),
    )
    # The diagonal entries are four times the squares of the components.
    best = jnp.argmax(jnp.stack([four[i][i] for i in range(4)]), axis=0)
    w, i, j, k = (jnp.choose(best, [row[n] for row in four], mode="clip") for n in range(4))
    return normalised(Rotation(w, i, j, k, x.frame, target))
