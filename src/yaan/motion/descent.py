"""Descent under a train of parachutes: from the hand-over to the ground, one integration.

A point mass with the drag of the body and of every canopy that carries it, in the world's
wind. Deployments, disreefings and releases switch within the integration: those by height or
speed are landed on as events, those by time are instants that steps end on.

Trains may differ from lane to lane, so that a flight with a main lost is one beside the nominal.

Ignores what `yaan.vehicle.parachute` does, and: lift, pendulum motion and the length of the risers
(capsule and canopies are one point), the mass of what is released, waves: the ground is
flat.
"""

from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int
from typing_extensions import override

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import AbstractMethod, ExponentialRungeKutta
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.motion.base import AbstractMotion, Leg, chosen, lanes_of
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector
from yaan.vehicle.canopies import (
    Canopies,
    Deployment,
    Met,
    Openings,
    Record,
    advance,
    areas,
    deadline,
    deployment,
    full_open,
    opening,
    packed,
    triggers,
)
from yaan.vehicle.forebody import Forebody
from yaan.vehicle.parachute import Train

TIMEOUT = 10_000.0
"""A descent that lasts longer [s] has gone wrong, and says so."""

CALM = 10.0
"""Steps are this many times longer while no canopy opens."""

_FIRST = 1e-6  # [s]; the first step is this short: what is due at the start happens at its end
_STIFF = 1.5  # of step and damping: RK4 begins to swing at 2.8
_TOLD = ("fading", "speed", "pressure", "mach", "height", "sink")
"""What the events carry to `switch`, free of another evaluation: those of `Met` and one more."""


class Hanging(eqx.Module):
    """What is integrated, and what has been switched."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    damping: Float[Array, "*lanes"]
    """How fast the speed comes to the terminal one [1/s], where that is fast against a step."""
    canopies: Canopies


class _Instant(eqx.Module):
    around: Surroundings
    met: Met
    drag: Array
    """Of the forebody alone [N]."""
    canopies: Array
    """Load of one canopy of each step [N]."""
    riser: Array
    """Of all that carry the forebody [N]."""
    sensed: Vector
    """Specific force [m/s^2], GCRS."""


class Descent(AbstractMotion):
    """A descent under canopies; it ends on the ground.

    What is due at the start, such as a height already passed, happens at once.
    """

    about: ClassVar[Model] = Model(
        name="parachutes",
        text="a train of reefed canopies that fill by Knacke's times, finite mass by motion",
        ignores="snatch, apparent mass, pendulum, lag within a cluster, lift of the capsule",
    )

    world: World
    forebody: Forebody
    """What hangs: a capsule, a stage, a rocket."""
    train: Train
    start: Float[Any, "*lanes"]  # [s]
    armed: Float[Any, "*lanes"]
    """From when the delay of the first step counts [s]."""
    step: Float[Any, "*lanes"]
    """The longest of the openings [s], 0.02 s to 0.05 s."""

    most_steps: ClassVar[int] = 400_000

    @override
    def method(self) -> AbstractMethod:
        return ExponentialRungeKutta(damped=(3, 6), rate=6)

    @override
    def begin(self, state: State) -> Hanging:
        canopies = packed(self.armed, self.train)
        return Hanging(state.position, state.velocity, jnp.zeros_like(state.t), canopies)

    @override
    def evaluate(self, t: Array, inner: Hanging) -> tuple[Hanging, Array]:
        now = self._instant(t, inner)
        still = jax.tree.map(jnp.zeros_like, inner.canopies)
        pull = now.sensed + now.around.gravity
        rate = Hanging(inner.velocity, pull, jnp.zeros_like(inner.damping), still)
        met = now.met
        # The ground, the triggers of the train, and then, for `switch`, what the capsule meets.
        fading = 2.0 * now.sensed.norm() / met.speed
        told = jnp.stack([fading, met.speed, met.pressure, met.mach, met.height, met.sink])
        switches = triggers(t, met, inner.canopies, self.train)
        above = (self.world.ground - met.height) * 1e-3
        return rate, jnp.concatenate([above[None], switches, told])

    @override
    def switch(self, t: Array, inner: Hanging, events: Array, fired: Array) -> Hanging:
        told = len(_TOLD)
        fading, *met = events[-told:]
        canopies = advance(t, inner.canopies, Met(*met), fired[1:-told], self.train)
        stiff = fading * CALM * self.step > _STIFF
        damping = jnp.where(stiff, fading, 0.0)
        return Hanging(inner.position, inner.velocity, damping, canopies)

    @override
    def deadline(self, t: Array, inner: Hanging) -> Array:
        pace = jnp.where(opening(t, inner.canopies), 1.0, CALM) * self.step
        pace = jnp.where(t <= self.start, _FIRST, pace)
        return jnp.minimum(t + pace, deadline(t, inner.canopies, self.train))

    @override
    def possible(self, t: Array, inner: Hanging, begun: Array) -> Array:
        del t
        return can_be(inner.position, inner.velocity, self.world.mu, begun)

    @override
    def ending(self) -> Array:
        return jnp.arange(len(self.switching())) == 0

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False, *[True] * (2 * self.train.exists.shape[-1]), *[False] * len(_TOLD))

    @override
    def judged(self, inner: Hanging) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        del stop
        cases = [
            (arrival.fired[0], OutcomeCode.REACHED),
            (~arrival.finite, OutcomeCode.NOT_FINITE),
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (arrival.done, OutcomeCode.TIMED_OUT),
        ]
        return chosen(cases, OutcomeCode.OUT_OF_STEPS)

    @override
    def end(self, t: Array, inner: Hanging, start: State) -> State:
        moved = (t, inner.position, inner.velocity)
        return eqx.tree_at(lambda s: (s.t, s.position, s.velocity), start, moved)

    @override
    def added(self, inner: Hanging) -> Sums:
        return nothing_added(inner.damping)

    @override
    def row(self, t: Array, inner: Hanging) -> Row:
        """Loads press on the heat-shield side: the capsule hangs along the stream."""
        now = self._instant(t, inner)
        around, met = now.around, now.met
        load = now.sensed.norm() / STANDARD_GRAVITY
        return row(
            around,
            inner.position,
            inner.velocity,
            mass=self.forebody.mass,
            thrust=jnp.zeros_like(load),
            drag=now.drag + now.riser,
            dynamic_pressure=met.pressure,
            mach=met.mach,
            heat_flux=free_stream_flux(around.air.density, met.speed),
            load=load,
            load_axial=load,
            load_normal=jnp.zeros_like(load),
            parachute_load=now.riser,
            canopy_load=now.canopies,
        )

    def _instant(self, t: Array, inner: Hanging) -> _Instant:
        body, train = self.forebody, self.train
        around = surroundings(self.world, t, inner.position, inner.velocity)
        speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        pressure = 0.5 * around.air.density * speed**2
        mach = speed / around.air.sound_speed
        drag = pressure * body.drag_coefficient(mach) * body.area
        canopies = pressure * areas(t, inner.canopies, train)
        riser = jnp.sum(jnp.where(train.carries, train.working, 0.0) * canopies)
        sensed = around.stream * (-(drag + riser) / (body.mass * speed))
        met = Met(speed, pressure, mach, around.place.height, -around.stream.dot(around.up))
        return _Instant(around, met, drag, canopies, riser, sensed)


class Descended(eqx.Module):
    """What became of the canopies, lane by lane; steps are those of the train, padding included.

    What has not happened is infinite.
    """

    deployed: Record
    deployment: Int[Array, "*lanes steps"]
    """A `Deployment`; padding is never deployed."""
    in_box: Bool[Array, "*lanes steps"]
    released: Float[Array, "*lanes steps"]  # [s]
    openings: Openings
    full_open: Float[Array, "*lanes steps"]
    """When each step was first at full size [s]."""
    peak_load: Float[Array, "*lanes steps"]
    """Of one canopy [N]."""
    vertical_speed: Float[Array, "*lanes"]
    """At the end, downwards against the ground [m/s]."""
    horizontal_speed: Float[Array, "*lanes"]  # [m/s]


def descended(motion: Descent, leg: Leg) -> Descended:
    """What became of the canopies of a leg."""
    told = jax.vmap(_descended, in_axes=(lanes_of(motion), 0))
    return told(motion, leg)


def _descended(motion: Descent, leg: Leg) -> Descended:
    canopies, train, end = leg.inner.canopies, motion.train, leg.end
    earth = motion.world.earth
    to_fixed = earth.rotation(end.t)
    turning = to_fixed.inverse().apply(earth.spin(end.t)).cross(end.position)
    relative = to_fixed.apply(end.velocity - turning)
    down = -relative.dot(leg.place.up())
    across = relative.dot(relative) - down**2
    codes = deployment(canopies.deployed, train)
    return Descended(
        deployed=canopies.deployed,
        deployment=codes,
        in_box=codes == Deployment.IN_BOX,
        released=canopies.released,
        openings=canopies.openings,
        full_open=full_open(end.t, canopies, train),
        peak_load=jnp.where(train.working > 0.0, jnp.max(canopies.openings.peak, axis=1), 0.0),
        vertical_speed=down,
        horizontal_speed=jnp.sqrt(jnp.maximum(across, 0.0)),
    )
