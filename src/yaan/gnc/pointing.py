"""Pointing: the attitude that is prescribed to a body flown as a point.

Each function is of one lane.
"""

import enum

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int

from yaan.dynamics.forces import Surroundings
from yaan.spacetime.attitude import from_axes, ned, normalised, vvlh
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation


class Pointing(enum.IntEnum):
    """Where a point's axes are."""

    STREAM = 0
    """x into the air that it meets, y level."""
    HELD = 1
    """As they were, against the stars."""
    NED = 2
    """As they were, against north, east and down."""
    VVLH = 3
    """As they were, against the orbit."""
    PROGRADE = 4
    """x along the inertial velocity, y level."""


class Pointed(eqx.Module):
    """A pointing and what it keeps."""

    pointing: Int[Array, "*batch"]
    offset: Rotation
    """From the pointing's frame to the body."""
    held: Rotation | None = None
    """GCRS to BODY, where a control may hold it."""

    def attitude(
        self, around: Surroundings, position: Vector, velocity: Vector, own: Rotation
    ) -> Rotation:
        """GCRS to BODY at a position and velocity [m, m/s, GCRS]; `own` is the one that is held."""
        chosen = normalised(own)
        for pointing, frame in _frames(around, position, velocity).items():
            kept = frame if frame.target is Frame.BODY else _kept(frame, self.offset)
            wanted = self.pointing == int(pointing)
            chosen = jax.tree.map(lambda a, b, w=wanted: jnp.where(w, a, b), kept, chosen)
        return chosen


def pointed(
    pointing: Array, around: Surroundings, position: Vector, velocity: Vector, own: Rotation
) -> Pointed:
    """The pointing that goes on from the attitude `own`."""
    frames = _frames(around, position, velocity)
    now = normalised(own)
    level = frames[Pointing.NED].inverse().then(now)
    orbital = frames[Pointing.VVLH].inverse().then(now)
    is_level = pointing == int(Pointing.NED)
    pairs = ((level.w, orbital.w), (level.x, orbital.x), (level.y, orbital.y), (level.z, orbital.z))
    w, x, y, z = (jnp.where(is_level, a, b) for a, b in pairs)
    return Pointed(pointing, Rotation(w, x, y, z, Frame.VVLH, Frame.BODY))


class Axes(enum.IntEnum):
    """What the attitude of a body is told against, as it begins to turn by itself."""

    KEPT = 0
    """The attitude that its state has."""
    GCRS = 1
    NED = 2
    VVLH = 3
    STREAM = 4
    PROGRADE = 5


class Against(enum.IntEnum):
    """What the rate of a body is told against, as it begins to turn by itself."""

    KEPT = 0
    """The rate that its state has."""
    AXES = 1
    """The axes of its attitude, which follow its path."""
    GCRS = 2
    ITRS = 3
    VVLH = 4


class Facing(eqx.Module):
    """How a body is turned, and turns, as it begins to turn by itself."""

    axes: Int[Array, "*batch"]
    turn: Rotation
    """From those axes to the body."""
    against: Int[Array, "*batch"]
    rate: Vector
    """In body axes [rad/s]."""

    def attitude(
        self, around: Surroundings, position: Vector, velocity: Vector, own: Rotation
    ) -> Rotation:
        """GCRS to BODY at a position and velocity [m, m/s, GCRS]; `own` is the one of the state."""
        frames = _frames(around, position, velocity)
        turn = self.turn
        chosen = normalised(own)
        inertial = Rotation(turn.w, turn.x, turn.y, turn.z, Frame.GCRS, Frame.BODY)
        found = {Axes.GCRS: inertial} | {
            axes: _kept(frames[Pointing[axes.name]], turn)
            for axes in (Axes.NED, Axes.VVLH, Axes.STREAM, Axes.PROGRADE)
        }
        for axes, attitude in found.items():
            wanted = self.axes == int(axes)
            chosen = jax.tree.map(lambda a, b, w=wanted: jnp.where(w, a, b), attitude, chosen)
        return chosen


def _frames(around: Surroundings, position: Vector, velocity: Vector) -> dict[Pointing, Rotation]:
    """From GCRS to the frame of each pointing that has one."""
    return {
        Pointing.STREAM: _ahead(around, around.stream),
        Pointing.PROGRADE: _ahead(around, velocity),
        Pointing.NED: around.to_fixed.then(ned(around.place)),
        Pointing.VVLH: vvlh(position, velocity),
    }


def _kept(frame: Rotation, offset: Rotation) -> Rotation:
    """The attitude of a body that keeps `offset` to a frame."""
    o = offset
    return frame.then(Rotation(o.w, o.x, o.y, o.z, frame.target, Frame.BODY))


def _ahead(around: Surroundings, motion: Vector) -> Rotation:
    """X along a velocity [m/s, GCRS], y level to the right; falling, north is up."""
    speed = jnp.sqrt(motion.dot(motion) + 1e-12)
    ahead = where(speed < 1e-3, around.north, motion / jnp.maximum(speed, 1e-3))
    upright = jnp.abs(ahead.dot(around.up)) > 1.0 - 1e-10
    top = where(upright, around.north, around.up)
    right = ahead.cross(top).unit()
    return from_axes(ahead, right, ahead.cross(right), Frame.BODY)
