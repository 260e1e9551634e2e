"""Unpowered ballistic fall, mapped over many starts: the first look at an abort.

A capsule is let go at some instant of the ascent and falls with its drag alone. Ignores lift, the
escape motors, the abort burn, rotation, winds other than the world's, and what happens below
`FLOOR`, where parachutes take over.
"""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float
from typing_extensions import override

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.peaks import Peaks, first_peaks, higher
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.motion.base import AbstractMotion, chosen, fly
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector

FLOOR = 7e3
"""Height [m] at which the fall is given to the parachutes."""

TIMEOUT = 5_700.0
"""A capsule that has not come down after this long [s], about one revolution, stays up."""

_AIR = 130e3  # [m] above the equatorial radius: below it steps are short
_COAST_STEP = 10.0  # [s]
_ENTRY_STEP = 2.0  # [s]; both are the longest, the error of a step shortens them
_LOW = 1.0  # [m]


class Fallen(eqx.Module):
    """How each fall went, lane by lane."""

    release_load: Float[Array, " lanes"]
    """Specific force of the air at the instant of release, in units of standard gravity."""
    peak_load: Float[Array, " lanes"]
    """The largest one from the release on."""
    later_load: Float[Array, " lanes"]
    """The largest one after the load had fallen from that of the release; zero if it never rose."""
    landed: Bool[Array, " lanes"]
    """Came down to `FLOOR`, or sank below it; false: still up after `TIMEOUT`, or not flown."""
    low: Bool[Array, " lanes"]
    """Never came as high as `FLOOR`: there the canopies follow at once."""
    flown: Bool[Array, " lanes"]
    """Its integration came to an end; false: its loads are not known."""
    duration: Float[Array, " lanes"]  # [s]
    latitude: Float[Array, " lanes"]  # [rad]
    longitude: Float[Array, " lanes"]  # [rad]


class Falling(eqx.Module):
    """What is integrated, and what is kept beside it."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    peaks: Peaks
    """Of the load, and of the load since it was least."""
    least: Array
    """The smallest load so far."""
    release: Array
    """That of the start."""


class Fall(AbstractMotion):
    """A fall with drag alone; it ends at `floor`."""

    about: ClassVar[Model] = Model(
        name="fall",
        text="point mass with drag by its ballistic coefficient",
        ignores="lift, tumbling, break-up, the change of drag with Mach number",
    )

    world: World
    ballistic_coefficient: Float[Any, "*lanes"]
    """Mass over drag area [kg/m^2]."""
    floor: Float[Any, "*lanes"]
    """Geodetic height [m]."""

    most_steps: ClassVar[int] = 40_000

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> Falling:
        still = jnp.zeros_like(state.t)
        nothing = first_peaks(state.t, jnp.stack([still, still]))
        inner = Falling(state.position, state.velocity, nothing, still, still)
        _, at_once = self.evaluate(state.t, inner)
        peaks = first_peaks(state.t, jnp.stack([at_once[1], still]))
        return Falling(state.position, state.velocity, peaks, at_once[1], at_once[1])

    @override
    def evaluate(self, t: Array, inner: Falling) -> tuple[Falling, Array]:
        around = surroundings(self.world, t, inner.position, inner.velocity)
        speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        factor = 0.5 * around.air.density * speed / self.ballistic_coefficient
        rate = Falling(
            position=inner.velocity,
            velocity=around.gravity - around.stream * factor,
            peaks=jax.tree.map(jnp.zeros_like, inner.peaks),
            least=jnp.zeros_like(inner.least),
            release=jnp.zeros_like(inner.release),
        )
        load = factor * speed / STANDARD_GRAVITY
        height = around.place.height
        # Low and sinking: what is let go below the floor and rises has not come down to it.
        down = jnp.minimum(self.floor - height, -around.relative.dot(around.up)) * 1e-3
        return rate, jnp.stack([down, load, height])

    @override
    def switch(self, t: Array, inner: Falling, events: Array, fired: Array) -> Falling:
        del fired
        load = events[1]
        least = jnp.minimum(inner.least, load)
        later = jnp.where(load > least, load, 0.0)
        peaks = higher(t, inner.peaks, jnp.stack([load, later]))
        return Falling(inner.position, inner.velocity, peaks, least, inner.release)

    @override
    def deadline(self, t: Array, inner: Falling) -> Array:
        in_air = inner.position.norm() < EARTH_RADIUS + _AIR
        return t + jnp.where(in_air, _ENTRY_STEP, _COAST_STEP)

    @override
    def possible(self, t: Array, inner: Falling, begun: Array) -> Array:
        del t
        return can_be(inner.position, inner.velocity, self.world.mu, begun)

    @override
    def ending(self) -> Array:
        return jnp.asarray([True, False, False])

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False,) * 3

    @override
    def judged(self, inner: Falling) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        del stop
        cases = [
            (~arrival.finite, OutcomeCode.NOT_FINITE),
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (~arrival.done, OutcomeCode.OUT_OF_STEPS),
            (arrival.fired[0], OutcomeCode.REACHED),
        ]
        return chosen(cases, OutcomeCode.TIMED_OUT)

    @override
    def end(self, t: Array, inner: Falling, start: State) -> State:
        moved = (t, inner.position, inner.velocity)
        return eqx.tree_at(lambda s: (s.t, s.position, s.velocity), start, moved)

    @override
    def added(self, inner: Falling) -> Sums:
        return nothing_added(inner.least)

    @override
    def row(self, t: Array, inner: Falling) -> Row:
        """Per kilogram: what falls has no mass of its own."""
        around = surroundings(self.world, t, inner.position, inner.velocity)
        speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        pressure = 0.5 * around.air.density * speed**2
        drag = pressure / self.ballistic_coefficient
        return row(
            around,
            inner.position,
            inner.velocity,
            mass=jnp.ones_like(speed),
            thrust=jnp.zeros_like(speed),
            load=drag / STANDARD_GRAVITY,
            drag=drag,
            dynamic_pressure=pressure,
            mach=speed / around.air.sound_speed,
            heat_flux=free_stream_flux(around.air.density, speed),
        )


def fall(world: World, start: State, ballistic_coefficient: Float[Array, " lanes"]) -> Fallen:
    """Let go in `start`; mass over drag area is in [kg/m^2].

    Loads are right to some 0.2 %: steps are as short as their error asks for, and a summit is that
    of a parabola through the steps around it.
    """
    motion = Fall(world, ballistic_coefficient, jnp.full_like(start.t, FLOOR))
    step = jnp.full_like(start.t, _COAST_STEP)
    leg = fly(motion, start, stop=start.t + TIMEOUT, step=step)
    unknown = (OutcomeCode.NOT_FINITE, OutcomeCode.IMPOSSIBLE, OutcomeCode.OUT_OF_STEPS)
    landed, peaks = leg.fired[:, 0], leg.inner.peaks
    return Fallen(
        release_load=leg.inner.release,
        peak_load=peaks.best[:, 0],
        later_load=peaks.best[:, 1],
        landed=landed,
        low=landed & (leg.place.height < FLOOR - _LOW),
        flown=~jnp.isin(leg.outcome, jnp.asarray([int(code) for code in unknown])),
        duration=leg.end.t - start.t,
        latitude=leg.place.latitude,
        longitude=leg.place.longitude,
    )
