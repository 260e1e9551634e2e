"""Unpowered ballistic fall, mapped over many starts: the first look at an abort.

A capsule is let go at some instant of the ascent and falls with its drag alone. Ignores lift, the
escape motors, the abort burn, rotation, winds other than the world's, and what happens below
`FLOOR`, where parachutes take over.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.solve import Problem, solve
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Vector

FLOOR = 7e3
"""Height [m] at which the fall is given to the parachutes."""

PATIENCE = 5_700.0
"""A capsule that has not come down after this long [s], about one revolution, stays up."""

_AIR = 130e3  # [m] above the equatorial radius: below it steps are short
_COAST_STEP = 10.0  # [s]
_ENTRY_STEP = 2.0  # [s]
_MAX_STEPS = 20_000


class Fall(eqx.Module):
    """How each fall went, lane by lane."""

    peak_load: Float[Array, " lanes"]
    """Largest specific force of the air, in units of standard gravity."""
    landed: Bool[Array, " lanes"]
    """False: still up after `PATIENCE`."""
    duration: Float[Array, " lanes"]  # [s]
    latitude: Float[Array, " lanes"]  # [rad]
    longitude: Float[Array, " lanes"]  # [rad]


class _State(eqx.Module):
    position: Vector
    velocity: Vector
    peak: Array
    last: Array
    before: Array
    """Loads at the ends of the last two steps."""


class _Setting(eqx.Module):
    world: World
    ballistic_coefficient: Array


def _evaluate(t: Array, state: _State, setting: _Setting) -> tuple[_State, Array]:
    around = surroundings(setting.world, t, state.position, state.velocity)
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    factor = 0.5 * around.air.density * speed / setting.ballistic_coefficient
    rate = _State(
        position=state.velocity,
        velocity=around.gravity - around.stream * factor,
        peak=jnp.zeros_like(state.peak),
        last=jnp.zeros_like(state.peak),
        before=jnp.zeros_like(state.peak),
    )
    load = factor * speed / STANDARD_GRAVITY
    return rate, jnp.stack([(FLOOR - around.place.height) * 1e-3, load])


def _keep_peak(t: Array, state: _State, events: Array, fired: Array, setting: _Setting) -> _State:
    del t, fired, setting
    a, b, c = state.before, state.last, events[1]
    # Through three equal steps around a summit the vertex of their parabola is the peak.
    bend = 2.0 * b - a - c
    summit = (b > a) & (b > c) & (c > 0.2 * b) & (a > 0.2 * b)
    vertex = jnp.where(summit, b + (a - c) ** 2 / (8.0 * jnp.where(summit, bend, 1.0)), b)
    peak = jnp.maximum(state.peak, jnp.maximum(vertex, c))
    return _State(state.position, state.velocity, peak, c, b)


def _shorten(t: Array, state: _State, setting: _Setting) -> Array:
    del setting
    in_air = state.position.norm() < EARTH_RADIUS + _AIR
    return t + jnp.where(in_air, _ENTRY_STEP, _COAST_STEP)


def fall(
    world: World,
    t: Float[Array, " lanes"],
    position: Vector,
    velocity: Vector,
    ballistic_coefficient: Float[Array, " lanes"],
) -> Fall:
    """Let go at `t` [s] in a state in GCRS [m, m/s]; mass over drag area is in [kg/m^2].

    Peak load is that of a parabola through steps of 2 s, within about 0.1 % of the true peak.
    """
    lanes, still = t.shape[0], jnp.zeros_like(t)
    # The world is not mapped: every lane meets the same one.
    axes = _Setting(None, 0)  # pyright: ignore[reportArgumentType]
    arrival, _ = solve(
        Problem(_evaluate, _keep_peak, _shorten),
        _State(position, velocity, still, still, still),
        _Setting(world, ballistic_coefficient),
        axes=axes,
        start=t,
        stop=t + PATIENCE,
        step=jnp.full_like(t, _COAST_STEP),
        ending=jnp.broadcast_to(jnp.asarray([True, False]), (lanes, 2)),
        switching=jnp.asarray([False, False]),
        max_steps=_MAX_STEPS,
    )

    def place(t: Array, position: Vector) -> Geodetic:
        return geodetic(world.earth.rotation(t).apply(position), world.shape)

    landing = jax.vmap(place)(arrival.t, arrival.state.position)
    return Fall(
        peak_load=arrival.state.peak,
        landed=arrival.fired[:, 0],
        duration=arrival.t - t,
        latitude=landing.latitude,
        longitude=landing.longitude,
    )
