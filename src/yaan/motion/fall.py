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
from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.peaks import Peaks, first_peaks, higher
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Problem, solve
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Vector

FLOOR = 7e3
"""Height [m] at which the fall is given to the parachutes."""

PATIENCE = 5_700.0
"""A capsule that has not come down after this long [s], about one revolution, stays up."""

_AIR = 130e3  # [m] above the equatorial radius: below it steps are short
_COAST_STEP = 10.0  # [s]
_ENTRY_STEP = 2.0  # [s]; both are the longest, the error of a step shortens them
_LOW = 1.0  # [m]
_MAX_STEPS = 40_000


class Fall(eqx.Module):
    """How each fall went, lane by lane."""

    release_load: Float[Array, " lanes"]
    """Specific force of the air at the instant of release, in units of standard gravity."""
    peak_load: Float[Array, " lanes"]
    """The largest one from the release on."""
    later_load: Float[Array, " lanes"]
    """The largest one after the load had fallen from that of the release; zero if it never rose."""
    landed: Bool[Array, " lanes"]
    """Came down to `FLOOR`, or sank below it; false: still up after `PATIENCE`, or not flown."""
    low: Bool[Array, " lanes"]
    """Never came as high as `FLOOR`: there the canopies follow at once."""
    flown: Bool[Array, " lanes"]
    """Its integration came to an end; false: its loads are not known."""
    duration: Float[Array, " lanes"]  # [s]
    latitude: Float[Array, " lanes"]  # [rad]
    longitude: Float[Array, " lanes"]  # [rad]


class _State(eqx.Module):
    position: Vector
    velocity: Vector
    peaks: Peaks
    """Of the load, and of the load since it was least."""
    least: Array
    """The smallest load so far."""


class _Setting(eqx.Module):
    world: World
    ballistic_coefficient: Array
    begun: Array
    """Specific energy at the start [m^2/s^2]."""


def _evaluate(t: Array, state: _State, setting: _Setting) -> tuple[_State, Array]:
    around = surroundings(setting.world, t, state.position, state.velocity)
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    factor = 0.5 * around.air.density * speed / setting.ballistic_coefficient
    rate = _State(
        position=state.velocity,
        velocity=around.gravity - around.stream * factor,
        peaks=jax.tree.map(jnp.zeros_like, state.peaks),
        least=jnp.zeros_like(state.least),
    )
    load = factor * speed / STANDARD_GRAVITY
    height = around.place.height
    # Low and sinking: what is let go below the floor and rises has not come down to it.
    down = jnp.minimum(FLOOR - height, -around.relative.dot(around.up)) * 1e-3
    return rate, jnp.stack([down, load, height])


def _switch(t: Array, state: _State, events: Array, fired: Array, setting: _Setting) -> _State:
    del fired, setting
    load = events[1]
    least = jnp.minimum(state.least, load)
    later = jnp.where(load > least, load, 0.0)
    peaks = higher(t, state.peaks, jnp.stack([load, later]))
    return _State(state.position, state.velocity, peaks, least)


def _deadline(t: Array, state: _State, setting: _Setting) -> Array:
    del setting
    in_air = state.position.norm() < EARTH_RADIUS + _AIR
    return t + jnp.where(in_air, _ENTRY_STEP, _COAST_STEP)


def _possible(t: Array, state: _State, setting: _Setting) -> Array:
    del t
    return can_be(state.position, state.velocity, setting.world.mu, setting.begun)


def fall(
    world: World,
    t: Float[Array, " lanes"],
    position: Vector,
    velocity: Vector,
    ballistic_coefficient: Float[Array, " lanes"],
) -> Fall:
    """Let go at `t` [s] in a state in GCRS [m, m/s]; mass over drag area is in [kg/m^2].

    Loads are right to some 0.2 %: steps are as short as their error asks for, and a summit is that
    of a parabola through the steps around it.
    """
    lanes, still = t.shape[0], jnp.zeros_like(t)
    # The world is not mapped: every lane meets the same one.
    axes = _Setting(None, 0, 0)  # pyright: ignore[reportArgumentType]
    setting = _Setting(world, ballistic_coefficient, energy(position, velocity, world.mu))
    state = _State(position, velocity, first_peaks(t, jnp.stack([still, still], axis=1)), still)
    _, at_once = jax.vmap(_evaluate, in_axes=(0, 0, axes))(t, state, setting)
    release = at_once[:, 1]
    peaks = first_peaks(t, jnp.stack([release, still], axis=1))
    state = _State(position, velocity, peaks, release)
    arrival, _ = solve(
        Problem(_evaluate, _switch, _deadline, _possible),
        state,
        setting,
        axes=axes,
        allowed=allowed(
            state, still + 1.0, lambda s: (s.position, s.velocity), (POSITION, VELOCITY)
        ),
        start=t,
        stop=t + PATIENCE,
        step=jnp.full_like(t, _COAST_STEP),
        ending=jnp.broadcast_to(jnp.asarray([True, False, False]), (lanes, 3)),
        switching=jnp.zeros(3, dtype=bool),
        max_steps=_MAX_STEPS,
    )

    def place(t: Array, position: Vector) -> Geodetic:
        return geodetic(world.earth.rotation(t).apply(position), world.shape)

    landing = jax.vmap(place)(arrival.t, arrival.state.position)
    return Fall(
        release_load=release,
        peak_load=arrival.state.peaks.best[:, 0],
        later_load=arrival.state.peaks.best[:, 1],
        landed=arrival.fired[:, 0],
        low=arrival.fired[:, 0] & (landing.height < FLOOR - _LOW),
        flown=arrival.done & arrival.finite & arrival.possible,
        duration=arrival.t - t,
        latitude=landing.latitude,
        longitude=landing.longitude,
    )
