"""Gimballed engines: a commanded moment to deflections, and what these truly give.

Entries are stages, a cluster of engines each that moves as one: in pitch and in yaw all its engines
together, in roll those on a ring about the vehicle's axis against one another. A thrust F at a
lever l behind the centre of mass, deflected so that it pushes along body z, turns about y by
F l sin(pitch); along minus y, about z by F l sin(yaw); and F r sin(roll) about x on a ring of
radius r.

Of the stages that burn each is asked for the same sine, up to its own limit; what one cannot give
the others do. Pitch and yaw come first, roll takes what they leave of the angle. An actuator lags
by a first order and is limited in its rate.

Ignores: tail-wags-dog (the inertia of the engines), compliance and backlash, an actuator's second
order, the loss of axial thrust by roll deflections, skew axes of gimbals, an engine out of a
cluster.

Source: Greensite, Analysis and Design of Space Vehicle Flight Control Systems, volume I, NASA
CR-820 (1967) (not re-read); the sums are those of forces at rest.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.spacetime.frame import Frame, Vector

Stages = Float[Array, " stages"]
Scalar = Float[Array, ""]


class Gimbals(eqx.Module):
    """What the engines of each stage can do; a stage that is fixed has an angle of zero."""

    angle: Stages
    """Largest deflection about each axis [rad]."""
    rate: Stages
    """Largest rate of it [rad/s]."""
    lag: Stages
    """Time constant of the actuators [s], above zero."""
    pivot: Stages
    """Where the thrust acts, along the axis from the origin of the structural axes [m]."""
    radius: Stages
    """Of the ring on which the engines of a stage stand [m]; zero of a single one."""


class Deflection(eqx.Module):
    """Angles of each stage [rad], or their rates [rad/s]."""

    pitch: Stages
    yaw: Stages
    roll: Stages


class Push(eqx.Module):
    """What deflected engines give beyond straight ones, body axes."""

    force: Vector  # [N]
    moment: Vector  # [N m]


def centred(like: Stages) -> Deflection:
    """No deflection."""
    nothing = jnp.zeros_like(like)
    return Deflection(nothing, nothing, nothing)


def levers(gimbals: Gimbals, centre: Scalar) -> Stages:
    """How far each pivot is behind a centre of mass at `centre` [m, along the axis]."""
    return centre - gimbals.pivot


def authority(gimbals: Gimbals, thrust: Stages, centre: Scalar) -> Vector:
    """The largest moments [N m] about the body axes, each without the two others.

    `thrust` [N] of each stage, not below zero.
    """
    sine = jnp.sin(gimbals.angle)
    turning = jnp.sum(jnp.abs(thrust * levers(gimbals, centre)) * sine)
    return Vector(jnp.sum(thrust * gimbals.radius * sine), turning, turning, Frame.BODY)


def allocate(gimbals: Gimbals, moment: Vector, thrust: Stages, centre: Scalar) -> Deflection:
    """The deflections [rad] that give a `moment` [N m, body axes], or as much of it as they can.

    Where nothing burns they are zero; so they are of a moment that is no number.
    """
    turning, rolling = thrust * levers(gimbals, centre), thrust * gimbals.radius
    limit = jnp.sin(gimbals.angle)
    pitch, yaw = (_shared(part, turning, limit) for part in (moment.y, moment.z))
    pitch_angle = jnp.arcsin(pitch)
    # An engine on the ring takes roll in the plane of its pitch.
    spare = jnp.sin(jnp.maximum(gimbals.angle - jnp.abs(pitch_angle), 0.0))
    roll = _shared(moment.x, rolling, spare)
    return Deflection(pitch_angle, jnp.arcsin(yaw), jnp.arcsin(roll))


def push(gimbals: Gimbals, at: Deflection, thrust: Stages, centre: Scalar) -> Push:
    """What engines at those deflections [rad] give, beyond their `thrust` [N] along the axis."""
    up, side = jnp.sin(at.pitch), jnp.sin(at.yaw)
    axial = jnp.sqrt(jnp.maximum(1.0 - up**2 - side**2, 0.0))
    lever = levers(gimbals, centre)
    force = Vector(
        jnp.sum(thrust * (axial - 1.0)),
        -jnp.sum(thrust * side),
        jnp.sum(thrust * up),
        Frame.BODY,
    )
    moment = Vector(
        jnp.sum(thrust * gimbals.radius * jnp.sin(at.roll)),
        jnp.sum(thrust * lever * up),
        jnp.sum(thrust * lever * side),
        Frame.BODY,
    )
    return Push(force, moment)


def moving(gimbals: Gimbals, wanted: Deflection, at: Deflection) -> Deflection:
    """How fast the deflections change [rad/s] that lag behind `wanted`, within their rate.

    What is wanted beyond the angle is the angle.
    """

    def one(goal: Stages, now: Stages) -> Stages:
        goal = jnp.clip(goal, -gimbals.angle, gimbals.angle)
        return jnp.clip((goal - now) / gimbals.lag, -gimbals.rate, gimbals.rate)

    return Deflection(
        one(wanted.pitch, at.pitch), one(wanted.yaw, at.yaw), one(wanted.roll, at.roll)
    )


def _shared(moment: Scalar, effect: Stages, limit: Stages) -> Stages:
    """Sines of each stage, equal up to their limits, whose effects [N m] add up to `moment`.

    One pass a stage: each settles those that cannot give their share, the rest share anew.
    """
    size = jnp.abs(effect)
    moment = jnp.where(jnp.isfinite(moment), moment, 0.0)
    wanted = jnp.abs(moment)
    full = jnp.zeros(effect.shape, dtype=bool)
    share = jnp.zeros_like(limit)
    for _ in range(effect.shape[0]):
        free = jnp.sum(jnp.where(full, 0.0, size))
        left = jnp.maximum(wanted - jnp.sum(jnp.where(full, size * limit, 0.0)), 0.0)
        level = jnp.where(free > 0.0, left / jnp.where(free > 0.0, free, 1.0), 0.0)
        full = full | (level >= limit)
        share = jnp.where(full, limit, level)
    return jnp.where(size > 0.0, share, 0.0) * jnp.sign(moment) * jnp.sign(effect)
