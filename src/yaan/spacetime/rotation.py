"""Rotations between frames, as unit quaternions that know both."""

import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.errors import FrameError
from yaan.base.trigonometry import sincos
from yaan.spacetime.frame import Frame, Vector


class Rotation(eqx.Module):
    """Takes the components of a vector from frame `source` to frame `target`.

    Scalar-first unit quaternion q of the passive rotation: v_target = q* v_source q, that is
    the direction cosine matrix C of Markley and Crassidis, Fundamentals of Spacecraft Attitude
    Determination and Control (2014), chapter 2 (equation number not re-read).
    """

    w: Float[Any, "*batch"]
    x: Float[Any, "*batch"]
    y: Float[Any, "*batch"]
    z: Float[Any, "*batch"]
    source: Frame = eqx.field(static=True)
    target: Frame = eqx.field(static=True)

    def apply(self, v: Vector) -> Vector:
        """The same vector with its components in `target`.

        Raises:
            FrameError: when `v` is not in `source`.
        """
        if v.frame is not self.source:
            raise FrameError(
                f"this rotation starts in {self.source.name}, the vector is in {v.frame.name}"
            )
        # v + 2 w (v x u) + 2 (v x u) x u, with u the vector part: no matrix is formed.
        tx = 2.0 * (v.y * self.z - v.z * self.y)
        ty = 2.0 * (v.z * self.x - v.x * self.z)
        tz = 2.0 * (v.x * self.y - v.y * self.x)
        return Vector(
            v.x + self.w * tx + ty * self.z - tz * self.y,
            v.y + self.w * ty + tz * self.x - tx * self.z,
            v.z + self.w * tz + tx * self.y - ty * self.x,
            self.target,
        )

    def inverse(self) -> "Rotation":
        """The rotation back, from `target` to `source`."""
        return Rotation(self.w, -self.x, -self.y, -self.z, self.target, self.source)

    def then(self, other: "Rotation") -> "Rotation":
        """This rotation followed by `other`.

        Raises:
            FrameError: when `other` does not start where this one ends.
        """
        if other.source is not self.target:
            raise FrameError(
                f"cannot chain: the first ends in {self.target.name}, "
                f"the next starts in {other.source.name}"
            )
        a, b = self, other
        return Rotation(
            a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
            a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
            a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
            a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
            a.source,
            b.target,
        )


def from_matrix(c: np.ndarray, source: Frame, target: Frame) -> Rotation:
    """The rotations of direction cosine matrices `c` [..., 3, 3] (v_target = c v_source).

    Host code. Source: Markley, Unit Quaternion from Rotation Matrix, J. Guidance 31-2 (2008),
    440-442: the longest of the four possible vectors, so that no division is by a small number.
    """
    c = np.asarray(c, dtype=float)
    xx, yy, zz = c[..., 0, 0], c[..., 1, 1], c[..., 2, 2]
    trace = xx + yy + zz
    wx = c[..., 1, 2] - c[..., 2, 1]
    wy = c[..., 2, 0] - c[..., 0, 2]
    wz = c[..., 0, 1] - c[..., 1, 0]
    xy = c[..., 0, 1] + c[..., 1, 0]
    xz = c[..., 2, 0] + c[..., 0, 2]
    yz = c[..., 1, 2] + c[..., 2, 1]
    rows = [
        [1 + trace, wx, wy, wz],
        [wx, 1 + 2 * xx - trace, xy, xz],
        [wy, xy, 1 + 2 * yy - trace, yz],
        [wz, xz, yz, 1 + 2 * zz - trace],
    ]
    four = np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)
    best = np.argmax(np.sum(four**2, axis=-1), axis=-1)
    chosen = np.take_along_axis(four, best[..., None, None], axis=-2)[..., 0, :]
    q = chosen / np.linalg.norm(chosen, axis=-1, keepdims=True)
    w, x, y, z = (np.asarray(q[..., i]) for i in range(4))
    return Rotation(w, x, y, z, source, target)


_SMALL = 0.01
"""The square of half an angle [rad^2] below which a series takes it."""
_TERMS = 5


def about(vector_angle: Vector, target: Frame) -> Rotation:
    """Rotation of the axes by the angle and about the axis of `vector_angle` [rad].

    From the frame of `vector_angle` to `target`; smooth through zero angle. A small turn, as of the
    Earth from one node to the next, takes a series: no root, no quotient, no sine.
    """
    square = 0.25 * vector_angle.dot(vector_angle)
    if square.ndim == 0:  # of one lane only the side that it is on costs anything
        cosine, factor = jax.lax.cond(square < _SMALL, _by_series, _by_sine, square)
    else:
        cosine, factor = _by_sine(square)
    return Rotation(
        cosine,
        vector_angle.x * factor,
        vector_angle.y * factor,
        vector_angle.z * factor,
        vector_angle.frame,
        target,
    )


def _by_series(square: Array) -> tuple[Array, Array]:
    """Cosine of half the angle, and its sine over the angle; the first terms left out are 3e-17."""
    sine = cosine = jnp.zeros_like(square)
    for n in range(_TERMS - 1, -1, -1):
        sine = sine * -square + 1.0 / math.factorial(2 * n + 1)
        cosine = cosine * -square + 1.0 / math.factorial(2 * n)
    return cosine, 0.5 * sine


def _by_sine(square: Array) -> tuple[Array, Array]:
    half = jnp.sqrt(square + 1e-300)
    sine, cosine = sincos(half)
    return cosine, 0.5 * sine / half
