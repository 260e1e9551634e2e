"""Frames, and vectors that know theirs.

A `Vector` holds its three components as separate arrays: a batch is then a structure of arrays,
which compiles to straight lane arithmetic. Its frame is static, so that mixing two frames fails
while tracing and costs nothing in the compiled code.
"""

import enum
from typing import Any, ClassVar, Final

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.errors import FrameError, meant


class Frame(enum.Enum):
    """The frames in which Yaan writes components."""

    GCRS = "geocentric celestial reference system"
    CIRS = "true equator of date, origin at the celestial intermediate origin"
    ITRS = "international terrestrial reference system, fixed to the Earth"
    BODY = "axes of a body: x forward, y right, z down, from its centre of mass"
    NED = "north, east and down of a place on the ellipsoid"
    VVLH = "z to the Earth's centre, y against the orbit's angular momentum, x ahead"
    EME2000 = "mean equator and equinox of J2000.0"
    MOD = "mean equator and equinox of date"
    TOD = "true equator and equinox of date"
    TEME = "true equator of date, mean equinox: the frame of SGP4"
    RTN = "x from the Earth's centre, z along the orbit's angular momentum, y ahead"
    TNW = "x along the velocity, z along the orbit's angular momentum"
    VNC = "x along the velocity, y along the orbit's angular momentum"


_OTHERS: Final = {
    "j2000": Frame.EME2000,
    "gcrf": Frame.GCRS,
    "itrf": Frame.ITRS,
    "rsw": Frame.RTN,
    "ric": Frame.RTN,
    "qsw": Frame.RTN,
    "vnb": Frame.VNC,
}
"""Names of others for frames that are the same here."""


def frame_named(name: str) -> Frame:
    """The frame of a name, in either case; `vnb`, `rsw`, `ric`, `qsw`, `gcrf`, `itrf`, `j2000` too.

    Raises:
        FrameError: no such frame, or `lvlh`, which names two.
    """
    word = name.strip().lower()
    if word == "lvlh":
        raise FrameError(
            "lvlh names two frames: with z to the Earth's centre write vvlh, with x along the "
            "radius write rtn"
        )
    names = {frame.name.lower(): frame for frame in Frame} | _OTHERS
    if word not in names:
        known = f"known: {', '.join(frame.name.lower() for frame in Frame)}"
        raise FrameError(f'"{name}" is no frame; {meant(word, names) or known}')
    return names[word]


class Vector(eqx.Module):
    """Three components in a named frame.

    Adding, subtracting, or multiplying two vectors of different frames raises `FrameError`.
    """

    x: Float[Any, "*batch"]
    y: Float[Any, "*batch"]
    z: Float[Any, "*batch"]
    frame: Frame = eqx.field(static=True)
    # A number of NumPy times a vector is a vector, not an array of objects.
    __array_ufunc__: ClassVar[None] = None

    def __add__(self, other: "Vector") -> "Vector":
        self.require_frame(other, "add")
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z, self.frame)

    def __sub__(self, other: "Vector") -> "Vector":
        self.require_frame(other, "subtract")
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z, self.frame)

    def __mul__(self, factor: Float[Array, "*batch"] | float) -> "Vector":
        return Vector(self.x * factor, self.y * factor, self.z * factor, self.frame)

    def __rmul__(self, factor: Float[Array, "*batch"] | float) -> "Vector":
        return self * factor

    def __truediv__(self, divisor: Float[Array, "*batch"] | float) -> "Vector":
        # One division for three: divisions keep the compiler from fusing what follows.
        return self * (1.0 / divisor)

    def __neg__(self) -> "Vector":
        return Vector(-self.x, -self.y, -self.z, self.frame)

    def dot(self, other: "Vector") -> Float[Array, "*batch"]:
        """Scalar product, in the product of the two units."""
        self.require_frame(other, "take the scalar product")
        return self.x * other.x + self.y * other.y + self.z * other.z

    def cross(self, other: "Vector") -> "Vector":
        """Vector product, in the product of the two units."""
        self.require_frame(other, "take the vector product")
        return Vector(
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
            self.frame,
        )

    def norm(self) -> Float[Array, "*batch"]:
        """Length; its gradient is not defined at zero."""
        return jnp.sqrt(self.dot(self))

    def unit(self) -> "Vector":
        """Direction of a vector that is not zero."""
        return self / self.norm()

    def require_frame(self, other: "Vector", doing: str) -> None:
        """Raise `FrameError` unless `other` is in the same frame; `doing` is for the message."""
        if self.frame is not other.frame:
            raise FrameError(
                f"cannot {doing}: one vector is in {self.frame.name}, the other in "
                f"{other.frame.name}; rotate one of them first"
            )


def where(condition: Float[Array, "*batch"], first: Vector, second: Vector) -> Vector:
    """`first` where `condition` holds, else `second`."""
    first.require_frame(second, "choose")
    return Vector(
        jnp.where(condition, first.x, second.x),
        jnp.where(condition, first.y, second.y),
        jnp.where(condition, first.z, second.z),
        first.frame,
    )


def vector(components: Float[Any, "*batch 3"], frame: Frame) -> Vector:
    """A `Vector` from an array whose last axis holds x, y, z."""
    return Vector(components[..., 0], components[..., 1], components[..., 2], frame)


def components(v: Vector) -> np.ndarray:
    """The components of a finished vector on a last axis; host code."""
    return np.stack([np.asarray(v.x), np.asarray(v.y), np.asarray(v.z)], axis=-1)
