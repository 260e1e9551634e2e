"""Descent under a train of parachutes: to the ground or to another end, one integration.

A point mass with the drag of the body and of every canopy that carries it, in the world's
wind. Deployments, disreefings and releases switch within the integration: those by height or
speed are landed on as events, those by time are instants that steps end on. Until its first canopy
is out a body falls freely, by its drag alone.

A descent may be cut into legs, each with a mass, a drag, engines and an end of its own: what has
happened to the train goes from one to the next in `State.canopies`. Trains may differ from lane to
lane, so that a flight with a main lost is one beside the nominal, and from leg to leg, where one is
lost on the way.

Ignores what `yaan.vehicle.parachute` and `yaan.vehicle.retro` do, and: lift, pendulum motion and
the length of the risers (body and canopies are one point), the mass of what is released, waves:
the ground is flat.
"""

from typing import Any, ClassVar, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
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
from yaan.vehicle import retro
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
    happened,
    opening,
    packed,
    triggers,
)
from yaan.vehicle.forebody import Forebody
from yaan.vehicle.parachute import Train
from yaan.vehicle.retro import Burning, Retro

TIMEOUT = 10_000.0
"""A descent that lasts longer [s] has gone wrong, and says so."""

CALM = 10.0
"""Steps are this many times longer while no canopy opens and no engine burns."""

NEVER = 1e9
"""A height [m] or speed [m/s], made negative, that no descent comes to."""

GROUND, UNTIL = 0, 1
"""The events that end a leg."""

_FIRST = 1e-6  # [s]; the first step is this short: what is due at the start happens at its end
_STIFF = 1.5  # of step and damping: RK4 begins to swing at 2.8
_TOLD = ("fading", "speed", "pressure", "mach", "height", "sink")
"""What the events carry to `switch`, free of another evaluation: those of `Met` and one more."""


class Until(NamedTuple):
    """What ends a leg besides the ground: the first of these that holds.

    Numbers on the host, arrays of lanes in a flight. What is left out never holds; what holds at
    the start ends the leg there.
    """

    height: Any = -NEVER
    """Sinking, and not above this geodetic height [m]."""
    speed: Any = -NEVER
    """Not faster than this against the air [m/s]."""
    time: Any = np.inf
    """Since the epoch [s]."""
    deployed: Any = -1
    """The step of the train, from 0, that has been deployed; a microsecond after it."""
    opened: Any = -1
    """The step whose canopies are at full size; likewise."""
    ground: Any = True
    """The ground is an end that is wanted too. False: a leg that comes to it has failed."""

    def due(self, t: Array, met: Met, canopies: Canopies, train: Train) -> Float[Array, ""]:
        """Event: rises through zero as the leg ends, but by time."""
        low = jnp.minimum((self.height - met.height) * 1e-3, met.sink * 1e-2)
        slow = (self.speed - met.speed) * 1e-2
        since = jnp.clip(t - self._happened(canopies, train) - 0.5 * _FIRST, -1.0, 1.0)
        return jnp.maximum(jnp.maximum(low, slow), since)

    def deadline(self, t: Array, canopies: Canopies, train: Train) -> Float[Array, ""]:
        """A step ends here, so that what a switch has brought about is seen at once [s]."""
        soon = self._happened(canopies, train) + _FIRST
        return jnp.where(soon > t, soon, jnp.inf)

    def _happened(self, canopies: Canopies, train: Train) -> Array:
        return happened(canopies, train, self.deployed, self.opened)


class Hanging(eqx.Module):
    """What is integrated, and what has been switched."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    damping: Float[Array, "*lanes"]
    """How fast the speed comes to the terminal one [1/s], where that is fast against a step."""
    canopies: Canopies
    burning: Burning | None
    """None where nothing could burn."""


class _Instant(eqx.Module):
    around: Surroundings
    met: Met
    drag: Array
    """Of the forebody alone [N]."""
    canopies: Array
    """Load of one canopy of each step [N]."""
    riser: Array
    """Of all that carry the forebody [N]."""
    mass: Array
    """[kg]"""
    slowed: Vector
    """Of the air alone [m/s^2], GCRS."""
    sensed: Vector
    """Specific force [m/s^2], GCRS."""
    push: retro.Push | None
    """Of the engines."""


class Descent(AbstractMotion):
    """A descent under canopies; it ends on the ground, or by `until`.

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
    start: Float[Any, "*lanes"]
    """Of this leg [s]."""
    armed: Float[Any, "*lanes"]
    """From when the delay of the first step counts [s]; read where no leg before has told it."""
    step: Float[Any, "*lanes"]
    """The longest of the openings and of burns [s], 0.02 s to 0.05 s."""
    until: Until
    retro: Retro | None = None
    """Engines that may burn; None, and nothing of them is compiled."""

    most_steps: ClassVar[int] = 400_000

    @override
    def method(self) -> AbstractMethod:
        return ExponentialRungeKutta(damped=(3, 6), rate=6)

    @override
    def begin(self, state: State) -> Hanging:
        canopies = state.canopies
        if canopies is None:
            canopies = packed(self.armed, self.train)
        burning = None
        if self.retro is not None:
            around = surroundings(self.world, state.t, state.position, state.velocity)
            axis = retro.risers(around.stream, around.up)
            burning = retro.lit(state.t, self.retro, state.tanks, axis)
        still = jnp.zeros_like(state.t)
        return Hanging(state.position, state.velocity, still, canopies, burning)

    @override
    def evaluate(self, t: Array, inner: Hanging) -> tuple[Hanging, Array]:
        now = self._instant(t, inner)
        still = jax.tree.map(jnp.zeros_like, inner.canopies)
        pull = now.sensed + now.around.gravity
        burnt = None
        if inner.burning is not None and now.push is not None:
            burnt = retro.rate(inner.burning, now.push, now.mass)
        rate = Hanging(inner.velocity, pull, jnp.zeros_like(inner.damping), still, burnt)
        met = now.met
        # The ends, the triggers of the train, the engines', and then, for `switch`, what it meets.
        fading = 2.0 * now.slowed.norm() / met.speed
        told = jnp.stack([fading, met.speed, met.pressure, met.mach, met.height, met.sink])
        switches = triggers(t, met, inner.canopies, self.train)
        above = (self.world.ground - met.height) * 1e-3
        due = self.until.due(t, met, inner.canopies, self.train)
        groups = [jnp.stack([above, due]), switches, told]
        if self.retro is not None and inner.burning is not None:
            groups.insert(2, retro.events(t, inner.burning, met.sink))
        return rate, jnp.concatenate(groups)

    @override
    def switch(self, t: Array, inner: Hanging, events: Array, fired: Array) -> Hanging:
        fading, *told = events[-len(_TOLD) :]
        met, steps = Met(*told), 2 * self.train.exists.shape[-1]
        canopies = advance(t, inner.canopies, met, fired[2 : 2 + steps], self.train)
        stiff = fading * CALM * self.step > _STIFF
        damping = jnp.where(stiff, fading, 0.0)
        burning = inner.burning
        if burning is not None:
            burning = retro.switched(t, burning, fired[2 + steps : -len(_TOLD)], met.height)
        return Hanging(inner.position, inner.velocity, damping, canopies, burning)

    @override
    def deadline(self, t: Array, inner: Hanging) -> Array:
        busy, kink = opening(t, inner.canopies), jnp.inf
        if self.retro is not None and inner.burning is not None:
            busy = busy | retro.burns(t, inner.burning, self.retro)
            kink = retro.deadline(t, inner.burning, self.retro)
        pace = jnp.where(busy, 1.0, CALM) * self.step
        pace = jnp.where(t <= self.start, _FIRST, pace)
        known = jnp.minimum(deadline(t, inner.canopies, self.train), kink)
        known = jnp.minimum(known, self.until.deadline(t, inner.canopies, self.train))
        return jnp.minimum(t + pace, known)

    @override
    def possible(self, t: Array, inner: Hanging, begun: Array) -> Array:
        del t
        given = 0.0 if inner.burning is None else inner.burning.ideal
        return can_be(inner.position, inner.velocity, self.world.mu, begun, given)

    @override
    def ending(self) -> Array:
        return jnp.arange(len(self.switching())) <= UNTIL

    @override
    def switching(self) -> tuple[bool, ...]:
        switched = 2 * self.train.exists.shape[-1]
        if self.retro is not None:
            switched += self.retro.ignite.shape[-1] + 1
        return (False, False, *[True] * switched, *[False] * len(_TOLD))

    @override
    def judged(self, inner: Hanging) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        del stop
        struck = arrival.fired[GROUND]
        cases = [
            (arrival.fired[UNTIL] | (struck & (self.until.ground > 0)), OutcomeCode.REACHED),
            (struck, OutcomeCode.STRUCK_GROUND),
            (~arrival.finite, OutcomeCode.NOT_FINITE),
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (arrival.t >= self.until.time - 1e-9, OutcomeCode.REACHED),
            (arrival.done, OutcomeCode.TIMED_OUT),
        ]
        return chosen(cases, OutcomeCode.OUT_OF_STEPS)

    @override
    def end(self, t: Array, inner: Hanging, start: State) -> State:
        tanks = start.tanks
        if self.retro is not None and inner.burning is not None:
            tanks = jnp.asarray(tanks).at[self.retro.tank].set(inner.burning.propellant)
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.tanks, s.canopies),
            start,
            (t, inner.position, inner.velocity, tanks, inner.canopies),
            is_leaf=lambda x: x is None,
        )

    @override
    def added(self, inner: Hanging) -> Sums:
        nothing = nothing_added(inner.damping)
        if inner.burning is None:
            return nothing
        return eqx.tree_at(lambda s: s.ideal, nothing, inner.burning.ideal)

    @override
    def row(self, t: Array, inner: Hanging) -> Row:
        """Loads press on the heat-shield side: the body hangs along the stream."""
        now = self._instant(t, inner)
        around, met, burning = now.around, now.met, inner.burning
        load = now.sensed.norm() / STANDARD_GRAVITY
        axial, thrust, burnt = load, jnp.zeros_like(load), {}
        if burning is not None and now.push is not None:
            axial, thrust = now.sensed.dot(burning.axis) / STANDARD_GRAVITY, now.push.thrust
            burnt = {"propellant": burning.propellant}
        return row(
            around,
            inner.position,
            inner.velocity,
            mass=now.mass,
            thrust=thrust,
            drag=now.drag + now.riser,
            dynamic_pressure=met.pressure,
            mach=met.mach,
            heat_flux=free_stream_flux(around.air.density, met.speed),
            load=load,
            load_axial=axial,
            load_normal=jnp.zeros_like(load),
            parachute_load=now.riser,
            canopy_load=now.canopies,
            **burnt,
        )

    def stop(self) -> Array:
        """When time ends the leg, or it has gone wrong [s]: the `stop` of `motion.base.fly`."""
        return jnp.minimum(self.until.time, self.start + TIMEOUT)

    def _instant(self, t: Array, inner: Hanging) -> _Instant:
        body, train, burning = self.forebody, self.train, inner.burning
        around = surroundings(self.world, t, inner.position, inner.velocity)
        speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        pressure = 0.5 * around.air.density * speed**2
        mach = speed / around.air.sound_speed
        drag = pressure * body.drag_coefficient(mach) * body.area
        canopies = pressure * areas(t, inner.canopies, train)
        mass, push, taut = body.mass, None, 1.0
        if self.retro is not None and burning is not None:
            mass = mass + jnp.sum(burning.propellant)
            push = retro.push(t, around.air.pressure, burning, self.retro)
            taut = retro.taut(t, burning, around.stream, around.up)
        canopies = canopies * taut
        riser = jnp.sum(jnp.where(train.carries, train.working, 0.0) * canopies)
        slowed = around.stream * (-(drag + riser) / (mass * speed))
        sensed = slowed
        if burning is not None and push is not None:
            sensed = slowed + burning.axis * (push.thrust / mass)
        met = Met(speed, pressure, mach, around.place.height, -around.stream.dot(around.up))
        return _Instant(around, met, drag, canopies, riser, mass, slowed, sensed, push)


class Descended(eqx.Module):
    """What became of the canopies, lane by lane; steps are those of the train, padding included.

    Of a descent in several legs its last one tells all of it. What has not happened is infinite.
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
    stopped: Float[Array, "*lanes"]
    """When engines of this leg first stopped the fall above the ground [s]: it climbed then."""
    stopped_height: Float[Array, "*lanes"]  # [m]


def descended(motion: Descent, leg: Leg) -> Descended:
    """What became of the canopies by the end of a leg."""
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
    burning: Burning | None = leg.inner.burning
    never = jnp.full_like(down, jnp.inf)
    return Descended(
        deployed=canopies.deployed,
        deployment=codes,
        in_box=codes == Deployment.IN_BOX,
        released=canopies.released,
        openings=canopies.openings,
        full_open=full_open(end.t, canopies, train),
        peak_load=jnp.max(canopies.openings.peak, axis=1),
        vertical_speed=down,
        horizontal_speed=jnp.sqrt(jnp.maximum(across, 0.0)),
        stopped=never if burning is None else burning.stopped,
        stopped_height=never if burning is None else burning.stopped_height,
    )
