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
"""

import enum

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

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


class Steering(eqx.Module):
    """The constants that are solved for a flight."""

    kick: Float[Array, ""]  # [rad]
    azimuth: Float[Array, ""]  # [rad], clockwise from north
    yaw: Float[Array, ""]  # [rad], to the right of the inertial velocity
    tangent: Float[Array, "programmes 3"]
    """a, b, c of each programme; a is ignored where a programme continues the last one."""


class Guidance(eqx.Module):
    """What one phase asks of the guidance, and where its programme began."""

    law: Int[Array, ""]
    start: Float[Array, ""]  # [s], of the phase
    stop: Float[Array, ""]  # [s], of the phase; end of the pitch-over
    coefficients: Float[Array, " 3"]  # a, b, c in force
    origin: Float[Array, ""]  # [s], start of the programme


class Command(eqx.Module):
    """Where the vehicle's axis shall point."""

    axis: Vector
    """Unit vector, GCRS."""


def tangent(guidance: Guidance, t: Float[Array, ""]) -> Float[Array, ""]:
    """tan(pitch) of the linear tangent at `t` [s]."""
    s = (t - guidance.origin) / TANGENT_UNIT
    a, b, c = guidance.coefficients
    return a + s * (b + s * c)


def tilted(estimate: Estimate, azimuth: Float[Array, ""], tilt: Float[Array, ""]) -> Vector:
    """The vertical tilted by `tilt` [rad] towards `azimuth` [rad]."""
    ahead = estimate.east * jnp.sin(azimuth) + estimate.north * jnp.cos(azimuth)
    return estimate.up * jnp.cos(tilt) + ahead * jnp.sin(tilt)


def _turn(estimate: Estimate) -> Vector:
    # At rest the velocity has no direction: the vertical takes over within 1 mm/s.
    v = estimate.relative + estimate.up * 1e-6
    return v / v.norm()


def _linear_tangent(estimate: Estimate, guidance: Guidance, yaw: Float[Array, ""]) -> Vector:
    vertical = estimate.position.unit()
    ahead = (estimate.velocity - vertical * estimate.velocity.dot(vertical)).unit()
    right = ahead.cross(vertical)
    slope = tangent(guidance, estimate.t)
    heading = ahead * jnp.cos(yaw) + right * jnp.sin(yaw)
    return (heading + vertical * slope) / jnp.sqrt(1.0 + slope**2)


def command(estimate: Estimate, guidance: Guidance, steering: Steering) -> Command:
    """The axis that the phase's law commands."""
    duration = jnp.maximum(guidance.stop - guidance.start, 1e-3)
    done = jnp.clip((estimate.t - guidance.start) / duration, 0.0, 1.0)
    share = jnp.where(
        guidance.law == Law.VERTICAL, 0.0, jnp.where(guidance.law == Law.PITCH_OVER, done, 1.0)
    )
    climbing = tilted(estimate, steering.azimuth, steering.kick * share)
    turning = _is(guidance, Law.GRAVITY_TURN)
    above = _is(guidance, Law.LINEAR_TANGENT)
    lower = where(turning, _turn(estimate), climbing)
    return Command(where(above, _linear_tangent(estimate, guidance, steering.yaw), lower))


def _is(guidance: Guidance, law: Law) -> Bool[Array, ""]:
    return guidance.law == law
