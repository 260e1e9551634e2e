"""Thrusters that are on or off: which of them fire, and for how long, to give a moment.

`allocate` finds shares u of the thrusters, each from 0 to 1, that come nearest to a wanted moment
(and force):  minimise  1/2 |B u - m|^2 + 1/2 s |u|^2 , with B and m scaled by what the strongest
thruster gives. Small as s is, it chooses the gentlest of many answers, which fires no two against
each other. The optimum is known by its residual y = m - B u alone,

    u(y) = clip(B^T y / s, 0, 1),    y + B u(y) - m = 0,

the gradient of a strictly convex function of three unknowns (six with forces). Newton's method of
fixed length, with an exact line search, solves it in every lane at once; what is left of the
equation is told (`Shares.left`), and whoever flies says so where it is not small.

`pulses` makes on-times of shares: what is shorter than the least pulse is kept back until it is
long enough, so that the mean is right and a small moment becomes a slow train of least pulses. The
dead-band of angle and rate keeps them quiet near the command.

Ignores: rise and decay of thrust beyond the least pulse, plumes on the vehicle, thrust and specific
impulse of short pulses, valve delay, failed thrusters, what the shift of the centre of mass does to
the levers, when within the period a thruster fires: the impulse of a period acts evenly over it.

Source: the dual of a least-squares allocation, as in Bodson, Evaluation of Optimization Methods for
Control Allocation, J. Guidance 25-4 (2002), 703-711 (not re-read); pulse modulation as in Wie,
Space Vehicle Dynamics and Control (2008), section 7.6 (not re-read).
"""

from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.lanes import held
from yaan.spacetime.frame import Frame, Vector

Scalar = Float[Array, ""]

SOFTNESS = 1e-8
"""s above. An answer of n thrusters misses by no more than (least^2 + n s)^(1/2) of the strongest
thruster's, where the least-squares answer misses by `least`: within the hull 3.5e-4 of twelve."""

CONVERGED = 1e-6
"""What may be left of the equation, in the strongest thruster's moment, of a solved allocation:
far beyond the hull y is ten or so, and its last digit over s is some 1e-7 of a share."""

_PASSES = 24
_HELD_BACK = 0.5
"""Of the least pulse: of two that are kept back the longer has fired, so the mean stays right."""


class Thrusters(eqx.Module):
    """Thrusters of one kind, fixed to the body."""

    effect: Float[Array, "axes n"]
    """Moment [N m] of each about x, y and z of the body; then its force [N], where that counts."""
    thrust: Float[Array, " n"]  # [N]
    isp: Float[Array, ""]  # [s]
    least: Float[Array, ""]
    """Shortest time that one is on [s]."""


class Shares(eqx.Module):
    """An allocation."""

    share: Float[Array, " n"]
    """Of the thrust of each, from 0 to 1."""
    missed: Float[Array, " axes"]
    """Wanted less given: what is beyond the hull."""
    left: Float[Array, ""]
    """Of the equation, in the strongest thruster's moment; beyond `CONVERGED` it is not solved."""


class Fired(eqx.Module):
    """What thrusters do in a period."""

    on: Float[Array, " n"]  # [s]
    owed: Float[Array, " n"]
    """On-time that is kept back [s]."""


class DeadBand(eqx.Module):
    """Where nothing is asked of the thrusters; leaves may have lanes."""

    angle: Float[Any, "*lanes"] = eqx.field(converter=held)  # [rad]
    rate: Float[Any, "*lanes"] = eqx.field(converter=held)  # [rad/s]


def placed(
    positions: Sequence[Sequence[float]] | np.ndarray,
    directions: Sequence[Sequence[float]] | np.ndarray,
    thrust: float,
    isp: float,
    least: float,
    *,
    forces: bool = False,
) -> Thrusters:
    """Thrusters of `thrust` [N] at `positions` [m] that push along `directions`; host code.

    Body axes from the centre of mass, [n, 3] each; directions of any length.

    Raises:
        ValueError: directions of no length, or not as many as positions.
    """
    where, along = np.asarray(positions, dtype=float), np.asarray(directions, dtype=float)
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    if where.shape != along.shape or where.ndim != 2 or not np.all(length > 0.0):
        raise ValueError("as many directions as positions, each with a length")
    force = thrust * along / length
    rows = [np.cross(where, force), *([force] if forces else [])]
    effect = np.concatenate(rows, axis=1).T
    return Thrusters(
        jnp.asarray(effect),
        jnp.full(len(where), float(thrust)),
        jnp.asarray(float(isp)),
        jnp.asarray(float(least)),
    )


def couples(moments: Sequence[float], thrust: float, isp: float, least: float) -> Thrusters:
    """Twelve thrusters: about each axis a pair either way that gives a pure couple; host code.

    `moments` [N m] are those of one pair about x, y and z: 2 thrust times its lever.

    Raises:
        ValueError: a moment that is not above zero.
    """
    if len(moments) != 3 or not all(moment > 0.0 for moment in moments):
        raise ValueError("a moment above zero about each of three axes")
    levers = np.asarray(moments, dtype=float) / (2.0 * thrust)
    positions: list[np.ndarray] = []
    directions: list[np.ndarray] = []
    unit = np.eye(3)
    for axis in range(3):
        out, push = unit[(axis + 1) % 3], unit[(axis + 2) % 3]
        for sense in (1.0, -1.0):
            for side in (1.0, -1.0):
                positions.append(out * side * levers[axis])
                directions.append(push * side * sense)
    return placed(np.array(positions), np.array(directions), thrust, isp, least)


def allocate(
    thrusters: Thrusters, wanted: Float[Array, " axes"], may: Bool[Array, " n"] | None = None
) -> Shares:
    """Shares that give `wanted` [N m, N] or come nearest to it; `may` says which can fire.

    What is no number is not asked for. Moments and forces are each weighed by the strongest
    thruster's.
    """
    wanted = jnp.where(jnp.isfinite(wanted), wanted, 0.0)
    scale = _scales(thrusters.effect)
    able = jnp.ones(thrusters.thrust.shape) if may is None else may.astype(float)
    b = thrusters.effect / scale[:, None] * able
    m = wanted / scale

    def share(y: Array) -> Array:
        return jnp.clip(b.T @ y / SOFTNESS, 0.0, 1.0)

    def improved(_: Array, y: Array) -> Array:
        pull = b.T @ y / SOFTNESS
        gradient = y + b @ jnp.clip(pull, 0.0, 1.0) - m
        free = ((pull > 0.0) & (pull < 1.0)).astype(float)
        curvature = jnp.eye(b.shape[0]) + (b * free) @ b.T / SOFTNESS
        step = -jnp.linalg.solve(curvature, gradient)
        return y + step * _lowest(y, step, b, m)

    # A first guess on the scale on which shares are between 0 and 1.
    y = jax.lax.fori_loop(0, _PASSES, improved, SOFTNESS * m)
    found = share(y)
    left = jnp.linalg.norm(y + b @ found - m)
    given = thrusters.effect @ (found * able)
    return Shares(found * able, wanted - given, left)


def _lowest(y: Array, step: Array, b: Array, m: Array) -> Array:
    """How far along a descending step the convex function is least, exactly.

    Its slope there is linear between the points at which a thruster comes on or is full on.
    """
    pull, rise = b.T @ y, b.T @ step
    divisor = jnp.where(rise == 0.0, 1.0, rise)
    bends = jnp.concatenate([-pull / divisor, (SOFTNESS - pull) / divisor])
    moves = jnp.concatenate([rise, rise]) != 0.0
    at = jnp.sort(jnp.where(moves & (bends > 0.0), bends, 0.0))
    share = jnp.clip((pull + at[:, None] * rise) / SOFTNESS, 0.0, 1.0)
    slope = step @ (y - m) + at * (step @ step) + share @ rise
    after = jnp.sum(slope < 0.0)
    low, high = jnp.maximum(after - 1, 0), jnp.minimum(after, at.shape[0] - 1)
    # Beyond the last bend nothing changes any more but y itself.
    gained = jnp.where(high > low, slope[high] - slope[low], step @ step)
    length = jnp.where(high > low, at[high] - at[low], 1.0)
    ahead = -slope[low] * length / jnp.where(gained > 0.0, gained, 1.0)
    return at[low] + jnp.maximum(ahead, 0.0)


def pulses(
    thrusters: Thrusters, share: Float[Array, " n"], owed: Float[Array, " n"], period: Scalar
) -> Fired:
    """On-times of one `period` [s] for shares of it, with what is `owed` [s] from before.

    None is on for less than the least pulse, nor off for less within the period, unless that is
    the whole of it. What is owed stays below the least pulse, either way.
    """
    wanted = share * period + jnp.where(share > 0.0, owed, 0.0)
    shortest = jnp.minimum(thrusters.least, period)
    long = wanted >= period - _HELD_BACK * shortest
    # Between a gap that is too short and a whole period the nearer is taken.
    held = jnp.minimum(wanted, jnp.maximum(period - shortest, shortest))
    on = jnp.where(long, period, jnp.where(wanted >= _HELD_BACK * shortest, held, 0.0))
    on = jnp.where((on > 0.0) & ~long, jnp.maximum(on, shortest), on)
    # A thruster that is asked for nothing owes nothing: a debt that is old is paid amiss.
    left = jnp.where(share > 0.0, wanted - on, 0.0)
    return Fired(on, jnp.clip(left, -shortest, shortest))


def burnt(thrusters: Thrusters, on: Float[Array, " n"]) -> Scalar:
    """Propellant of on-times [s]: [kg]."""
    return jnp.sum(thrusters.thrust * on) / (thrusters.isp * STANDARD_GRAVITY)


def moment_of(thrusters: Thrusters, on: Float[Array, " n"], period: Scalar) -> Vector:
    """The mean moment over a `period` [s] of on-times [s]: [N m], body axes."""
    x, y, z = thrusters.effect[:3] @ (on / period)
    return Vector(x, y, z, Frame.BODY)


def quiet(band: DeadBand, error: Vector, slow: Vector) -> Vector:
    """Which axes ask for something: 1 outside the dead-band, 0 within, by axis.

    `error` [rad] and `slow` [rad/s] are what is left to turn and to speed up, body axes. Within
    lies what is nearer than the angle and will not leave it soon: |error - slow / k| below the
    angle with k the ratio of the two bands, and the rate below its own: a hexagon of the phase
    plane.
    """

    def asks(angle: Array, rate: Array) -> Array:
        size = jnp.maximum(band.angle, 1e-300)
        speed = jnp.maximum(band.rate, 1e-300)
        # A body that lacks rate turns away from the command: both count the same way.
        lies = (
            (jnp.abs(angle) <= band.angle)
            & (jnp.abs(rate) <= band.rate)
            & (jnp.abs(angle / size + rate / speed) <= 1.0)
        )
        return jnp.where(lies, 0.0, 1.0)

    return Vector(asks(error.x, slow.x), asks(error.y, slow.y), asks(error.z, slow.z), error.frame)


def _scales(effect: Float[Array, "axes n"]) -> Float[Array, " axes"]:
    """What a row is divided by: the strongest thruster's moment, and its force."""
    size = [jnp.max(jnp.linalg.norm(effect[i : i + 3], axis=0)) for i in range(0, len(effect), 3)]
    each = jnp.concatenate([jnp.full(3, jnp.where(s > 0.0, s, 1.0)) for s in size])
    return each
