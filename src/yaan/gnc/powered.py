"""Steering laws of powered flight: an estimate in, the direction of the vehicle's axis out.

A launch is steered open loop near the pad and by two or three constants above the air:

- VERTICAL: along the local vertical.
- PITCH_OVER: tilted from the vertical towards the launch azimuth, from zero to the kick at a
  constant rate over the phase; PITCH_HOLD keeps the kick.
- GRAVITY_TURN: along the velocity against the turning Earth, so that without wind the angle of
  attack is zero.
- LINEAR_TANGENT: tan(pitch) = a + b s + c s^2 with s in hundreds of seconds, pitch above the
  geocentric horizontal, heading along the inertial velocity turned by a constant yaw. With c = 0
  it is the optimal law in a flat uniform field (Lawden, Optimal Trajectories for Space
  Navigation, 1963, not re-read); c lets it bend over a round Earth.

The constants are unknowns of a flight, found by `yaan.search.targeting`, never stored in a file.

What is not searched has laws of its own (`Aims`):

- PROGRADE, RETROGRADE: along the inertial velocity, and against it.
- WEATHERCOCK: along the velocity against the air, so that in wind too the angle of attack is zero.
- TABLE: elevation above the local geodetic horizon and azimuth clockwise from north, by time.
- FIXED: a direction that is taken as the phase begins, and held in space.
- RAIL: along a direction that turns with the Earth.
"""

import enum
from collections.abc import Callable
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int
from typing_extensions import override

from yaan.base.model import Model
from yaan.base.trigonometry import sincos
from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Vector, where

TANGENT_UNIT = 100.0  # [s]
"""Unit of time of the coefficients of a linear tangent."""


class Law(enum.IntEnum):
    """The steering laws, in the order in which compiled code knows them."""

    VERTICAL = 0
    PITCH_OVER = 1
    PITCH_HOLD = 2
    GRAVITY_TURN = 3
    LINEAR_TANGENT = 4
    PROGRADE = 5
    RETROGRADE = 6
    WEATHERCOCK = 7
    TABLE = 8
    FIXED = 9
    RAIL = 10


class Steering(eqx.Module):
    """The constants that are solved for a flight."""

    kick: Float[Any, ""]  # [rad]
    azimuth: Float[Any, ""]  # [rad], clockwise from north
    yaw: Float[Any, ""]  # [rad], to the right of the inertial velocity
    tangent: Float[Any, "programmes 3"]
    """a, b, c of each programme; a is ignored where a programme continues the last one."""


class Memory(eqx.Module):
    """What the open loop remembers: the programme in force."""

    coefficients: Float[Array, "*lanes 3"]
    """a, b, c of tan(pitch)."""
    origin: Float[Array, "*lanes"]
    """When it began [s]."""
    slope: Float[Array, "*lanes"]
    """The last tan(pitch) that was commanded."""


class Aims(eqx.Module):
    """What the laws beyond those of a launch point at, in one phase."""

    elevation: Float[Array, "*phases"]
    """Of a rail or a fixed direction, above the local geodetic horizon [rad]."""
    azimuth: Float[Array, "*phases"]
    """Likewise, clockwise from north [rad]."""
    times: Float[Array, "*phases knots"]
    """Of the table, rising [s]; its angles are held beyond its ends."""
    elevations: Float[Array, "*phases knots"]  # [rad]
    azimuths: Float[Array, "*phases knots"]  # [rad], without jumps
    follows: Bool[Array, "*phases"]
    """The table has no azimuth: that of the motion against the Earth serves."""
    since_phase: Bool[Array, "*phases"]
    """Times of the table count from the start of the phase, not from that of the flight."""

    def direction(self, estimate: Estimate) -> Vector:
        """That of `elevation` and `azimuth` at a place."""
        return tilted(estimate, self.azimuth, 0.5 * jnp.pi - self.elevation)

    def knots(self, began: Float[Array, ""]) -> Float[Array, " knots"]:
        """Times of the table [s], of a phase that `began` at an instant [s]."""
        return self.times + jnp.where(self.since_phase, began, 0.0)

    def tabled(self, estimate: Estimate, began: Float[Array, ""], ahead: Vector) -> Vector:
        """What the table asks for; where nothing moves, its heading is that of `ahead`."""
        times = self.knots(began)
        elevation = jnp.interp(estimate.t, times, self.elevations)
        azimuth = jnp.interp(estimate.t, times, self.azimuths)
        level = estimate.relative - estimate.up * estimate.relative.dot(estimate.up)
        level = level + ahead * 1e-6
        heading = level / level.norm()
        sine, cosine = sincos(elevation)
        free = estimate.up * sine + heading * cosine
        return where(self.follows, free, tilted(estimate, azimuth, 0.5 * jnp.pi - elevation))


class OpenLoop(AbstractGuidance):
    """The laws of an ascent by time alone, with the constants that were solved for it."""

    about: ClassVar[Model] = Model(
        name="steering",
        text="vertical rise, pitch-over, gravity turn, linear tangent; constants solved",
        ignores="limits on attitude rate, navigation errors",
    )

    steering: Steering
    law: Int[Array, ""]
    programme: Int[Array, ""]
    """Which linear tangent the leg flies; it is only read under that law."""
    begins: Bool[Array, ""]
    """The programme starts with this leg."""
    continuous: Bool[Array, ""]
    """A programme that begins here starts at the last commanded tan(pitch)."""
    began: Float[Array, ""]
    """The leg [s]."""
    stop: Float[Array, ""]
    """When time ends the leg [s]; end of the pitch-over."""
    aims: Aims | None = None
    """Of the laws that no launch needs; None, and nothing of them is compiled."""
    held: Vector | None = None
    """Where a fixed direction pointed as the leg began, GCRS; there with `aims`."""

    @override
    def start(self, t: Array, memory: Memory) -> Memory:
        own = self.steering.tangent[self.programme]
        own = own.at[0].set(jnp.where(self.continuous, memory.slope, own[0]))
        return Memory(
            coefficients=jnp.where(self.begins, own, memory.coefficients),
            origin=jnp.where(self.begins, t, memory.origin),
            slope=memory.slope,
        )

    @override
    def update(self, look: Callable[[], Estimate], memory: Memory) -> Memory:
        del look
        return memory

    @override
    def finish(self, t: Array, memory: Memory) -> Memory:
        steered = self.law == Law.LINEAR_TANGENT
        slope = jnp.where(steered, tangent(memory, t), memory.slope)
        return Memory(memory.coefficients, memory.origin, slope)

    @override
    def command(self, estimate: Estimate, memory: Memory) -> Command:
        steering = self.steering
        duration = jnp.maximum(self.stop - self.began, 1e-3)
        done = jnp.clip((estimate.t - self.began) * (1.0 / duration), 0.0, 1.0)
        over = jnp.where(self.law == Law.PITCH_OVER, done, 1.0)
        share = jnp.where(self.law == Law.VERTICAL, 0.0, over)
        laws = (
            lambda: tilted(estimate, steering.azimuth, steering.kick * share),
            lambda: _turn(estimate),
            lambda: _linear_tangent(estimate, memory, steering.yaw),
        )
        # Of one lane only the law that it flies costs anything.
        programmed = jnp.where(self.law == Law.LINEAR_TANGENT, 2, 0)
        axis = jax.lax.switch(jnp.where(self.law == Law.GRAVITY_TURN, 1, programmed), laws)
        return Command(axis if self.aims is None else self._aimed(estimate, self.aims, axis))

    def _aimed(self, estimate: Estimate, aims: Aims, axis: Vector) -> Vector:
        """The axis of a law of `Aims`; of any other law it is `axis`."""
        velocity = estimate.velocity
        forward = velocity / jnp.sqrt(velocity.dot(velocity) + 1e-12)
        stream = estimate.stream + estimate.up * 1e-6
        ahead = tilted(estimate, self.steering.azimuth, jnp.asarray(0.5 * jnp.pi))
        laws = {
            Law.PROGRADE: forward,
            Law.RETROGRADE: -forward,
            Law.WEATHERCOCK: stream / stream.norm(),
            Law.TABLE: aims.tabled(estimate, self.began, ahead),
            Law.FIXED: axis if self.held is None else self.held,
            Law.RAIL: aims.direction(estimate),
        }
        for law, wanted in laws.items():
            axis = where(self.law == law, wanted, axis)
        return axis

    @override
    def deadline(self, t: Array, memory: Memory) -> Array:
        del memory
        never = jnp.full_like(t, jnp.inf)
        if self.aims is None:
            return never
        knots = self.aims.knots(self.began)
        bends = (self.law == Law.TABLE) & (knots > t + 1e-9)
        return jnp.min(jnp.where(bends, knots, never))

    @override
    def cut_off(self, memory: Memory) -> Array:
        return jnp.full_like(memory.origin, jnp.inf)


def no_memory(like: Float[Array, "*lanes"]) -> Memory:
    """Before any programme, of the shape of `like`."""
    still = jnp.zeros_like(like)
    return Memory(jnp.zeros((*like.shape, 3)), still, still)


def tangent(memory: Memory, t: Float[Array, ""]) -> Float[Array, ""]:
    """tan(pitch) of the linear tangent in force at `t` [s]."""
    s = (t - memory.origin) * (1.0 / TANGENT_UNIT)
    a, b, c = memory.coefficients
    return a + s * (b + s * c)


def tilted(estimate: Estimate, azimuth: Float[Array, ""], tilt: Float[Array, ""]) -> Vector:
    """The vertical tilted by `tilt` [rad] towards `azimuth` [rad]."""
    (east, north), (along, up) = sincos(azimuth), sincos(tilt)
    ahead = estimate.east * east + estimate.north * north
    return estimate.up * up + ahead * along


def _turn(estimate: Estimate) -> Vector:
    # At rest the velocity has no direction: the vertical takes over within 1 mm/s.
    v = estimate.relative + estimate.up * 1e-6
    return v / v.norm()


def _linear_tangent(estimate: Estimate, memory: Memory, yaw: Float[Array, ""]) -> Vector:
    vertical = estimate.position.unit()
    ahead = (estimate.velocity - vertical * estimate.velocity.dot(vertical)).unit()
    right = ahead.cross(vertical)
    slope = tangent(memory, estimate.t)
    sine, cosine = sincos(yaw)
    heading = ahead * cosine + right * sine
    return (heading + vertical * slope) / jnp.sqrt(1.0 + slope**2)
