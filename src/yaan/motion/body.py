"""The flight of one body from a given state, as a point or as a rigid body, phase by phase.

A point's attitude is prescribed by its pointing; a rigid body turns under the torques of the air,
of its engine, of pulses and of gravity. A phase hands its state to the next: a point hands over
the attitude it was pointing at and the rate at which that turned, so that a rigid phase goes on
from there; a rigid phase hands its attitude to a point that is held, or keeps its angles.

"""

from typing import Any, ClassVar, Final

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PyTree
from typing_extensions import override

from yaan.aerodynamics.coefficients import meet
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.base.programme import Lanes
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.body import BodyState, Instant, Pulses, Scene, instant
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.possible import can_be
from yaan.dynamics.rigid import angular_acceleration
from yaan.dynamics.solve import Arrival, Tape
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.gnc.pointing import Pointed, pointed
from yaan.gnc.pointing_control import PointingEstimate
from yaan.motion.base import AbstractMotion, Entered, Legs, chosen, fly_in_turn
from yaan.motion.body_phases import BodyEnd, BodyPhases, parted
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import angles_of, kinematics, ned, normalised, orbital_rate, vvlh
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import NEVER, Configuration

MAX_STEPS = 600_000
"""Of one phase; of one that is recorded not many more than it has rows."""

_SPARE = 1.2  # steps a row: those that seek an event are not kept

_DEEP = 0.01  # [m] below the ground: what stands on it has not come down to it
_CLOSE = 1e-9  # [s] instants nearer than this are one
_BESIDE = 1e-3  # [s]
_SINKS = 1e-3  # [m/s] an apex is told 0.1 ms late, and 0.05 um low
_CREEP = 1e-6  # [m/s] what glides no faster stands on its rail
_EDGE = 1e-3  # [s]


TURN = 1e-4
"""What a step may be out by in each component of an attitude's quaternion."""

RATE = 1e-3
"""Likewise of a rate [rad/s]."""


RIGID: Final = Model(
    name="body",
    text="rigid body: quaternion and rate against GCRS; inertia linear in the propellant",
    ignores="slosh, flexibility, the centre of mass moving within the body",
)

POINT: Final = Model(
    name="point",
    text="point mass whose axes are prescribed: into the stream, held, or kept to a frame",
    ignores="moments, and what turns the axes",
)

TURNED: Final = Model(
    name="torque of gravity",
    text="gravity turns the body: that of all mass at the Earth's centre",
    ignores="harmonics, the Sun and the Moon in the torque",
)

RAIL: Final = Model(
    name="rail",
    text="a rail along the body's x axis, fixed to the Earth: only what acts along it moves the "
    "body, once that carries it, until it has travelled the length",
    ignores="friction, tip-off while the upper lug is still on, a rail that bends or is let go",
)

CONTROL: Final = Model(
    name="attitude control",
    text="moments within their limits by a law of attitude and rate",
    ignores="what its thrusters burn and push, their pulsing, delay, errors of sensors",
)

NOT_TURNED: Final = Model(
    name="torque of gravity",
    text="gravity does not turn the body",
    ignores="the gradient of gravity",
)


class Fineness(eqx.Module):
    """How finely each lane is integrated."""

    stretch: Float[Array, " lanes"]
    """Its longest step over that of the phase."""
    tolerance: Float[Array, " lanes"]
    """Of `dynamics.accuracy`."""


class Body(AbstractMotion):
    """One phase of a body, as a point or rigid."""

    world: World
    body: Configuration
    """The configuration that flies."""
    pulses: Pulses
    phase: BodyPhases
    """Of this phase alone."""
    pointed: Pointed
    """Where a point's axes are."""
    foot: Vector
    """Where the phase began [m, ITRS]: the foot of its rail."""
    gradient: bool = eqx.field(static=True)
    """Gravity turns a rigid body."""
    carrier: AbstractMethod = eqx.field(static=True)
    """The method of its steps."""
    tanks: int = eqx.field(static=True)
    """One a configuration: the first ones of a state."""

    most_steps: ClassVar[int] = MAX_STEPS

    @override
    def method(self) -> AbstractMethod:
        return self.carrier

    @override
    def begin(self, state: State) -> BodyState:
        own = self.phase.configuration
        lit = jnp.full(self.tanks, NEVER).at[own].set(self.body.lit(state.t, state.tanks[own]))
        around = surroundings(self.world, state.t, state.position, state.velocity)
        return self.entered(state.t, turning_state(state, lit, self.pulses), around)

    @override
    def evaluate(self, t: Array, inner: BodyState) -> tuple[BodyState, Array]:
        now = self.instant(t, inner)
        return self._rate(t, now, inner), self._events(t, now, inner)

    @override
    def switch(self, t: Array, inner: BodyState, events: Array, fired: Array) -> BodyState:
        del events, fired
        return self.switched(t, inner)

    @override
    def deadline(self, t: Array, inner: BodyState) -> Array:
        pulses, phase = self.pulses, self.phase
        edges = jnp.concatenate([pulses.start, pulses.stop])
        ahead = jnp.min(jnp.where(edges > t + _CLOSE, edges, jnp.inf), initial=jnp.inf)
        # The flow is known, so the end of the propellant is too: nothing is searched.
        nozzle, lit = self.body.nozzle, inner.lit[phase.configuration]
        left = inner.propellant[phase.configuration]
        others = jnp.sum(pulses.flow * inner.pulsing)
        lasting = nozzle.lasting(t - lit, inner.burning, left, others)
        dry = jnp.where(lasting > _CLOSE, t + lasting, jnp.inf)
        knots = jnp.where(inner.burning > 0.0, lit + nozzle.level.nodes, jnp.inf)
        kink = jnp.min(jnp.where(knots > t + _CLOSE, knots, jnp.inf))
        # Thrust and load are told at the ends of steps: one stands just before each switch.
        before = jnp.concatenate([edges, dry[None]]) - _EDGE
        beside = jnp.min(jnp.where(before > t + _CLOSE, before, jnp.inf))
        return jnp.minimum(jnp.minimum(jnp.minimum(ahead, dry), beside), kink)

    @override
    def possible(self, t: Array, inner: BodyState, begun: Array) -> Array:
        """Engine and pulses may have added all that they have, on the empty body."""
        del t
        body, phase, pulses = self.body, self.phase, self.pulses
        nozzle, lightest = body.nozzle, body.empty.mass
        carried = body.full.mass - lightest
        burning = jnp.minimum(phase.duration, carried / jnp.maximum(nozzle.flow, 1e-300))
        engine = jnp.sum(jnp.where(nozzle.thrust > 0.0, nozzle.thrust * burning, 0.0))
        push = jnp.sqrt(pulses.force.dot(pulses.force))
        pushed = jnp.sum(jnp.where(push > 0.0, push * (pulses.stop - pulses.start), 0.0))
        given = (engine + pushed) / lightest
        return can_be(inner.position, inner.velocity, self.world.mu, begun, given)

    @override
    def ending(self) -> Array:
        return ~jnp.isnan(self.phase.limits.at[BodyEnd.GROUND].set(0.0))

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False,) * len(BodyEnd)

    @override
    def judged(self, inner: BodyState) -> tuple[tuple[Vector | Rotation, ...], tuple[float, ...]]:
        turning = (inner.position, inner.velocity, inner.attitude, inner.rate)
        return turning, (POSITION, VELOCITY, TURN, RATE)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        fired = arrival.fired
        wanted = ~jnp.isnan(self.phase.limits)
        ground = fired[BodyEnd.GROUND] & ~jnp.any(fired & wanted)
        cases = [
            (~arrival.finite, OutcomeCode.NOT_FINITE),
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (fired[BodyEnd.STUCK], OutcomeCode.NO_LIFT_OFF),
            (ground, OutcomeCode.STRUCK_GROUND),
            (~jnp.any(fired) & (arrival.t < stop - _CLOSE), OutcomeCode.OUT_OF_STEPS),
        ]
        return chosen(cases, OutcomeCode.REACHED)

    @override
    def end(self, t: Array, inner: BodyState, start: State) -> State:
        done = self.settled(t, inner)
        moved = (t, done.position, done.velocity, done.attitude, done.rate)
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.attitude, s.rate, s.tanks),
            start,
            (*moved, jnp.asarray(start.tanks).at[: self.tanks].set(done.propellant)),
        )

    @override
    def added(self, inner: BodyState) -> Sums:
        return nothing_added(inner.burning)

    @override
    def row(self, t: Array, inner: BodyState) -> Row:
        now = self.instant(t, inner)
        around, air, r = now.around, now.air.force, inner.position
        stream = meet(now.stream, around.air.density, around.air.sound_speed)
        drag = -air.dot(now.stream) / stream.speed
        across = air + now.stream * (drag / stream.speed)
        level = ned(around.place)
        angles = angles_of(around.to_fixed.then(level).inverse().then(now.attitude))
        orbital = angles_of(vvlh(r, inner.velocity).inverse().then(now.attitude))
        rate = self.turning(t, inner, now)
        return row(
            around,
            r,
            inner.velocity,
            mass=now.properties.mass,
            thrust=now.engine.force.norm(),
            drag=drag,
            lift=across.norm(),
            speed_air=stream.speed,
            dynamic_pressure=stream.pressure,
            mach=stream.mach,
            angle_of_attack=stream.angle,
            incidence=stream.incidence,
            sideslip=stream.sideslip,
            load=self._felt(t, inner, now),
            density=around.air.density,
            pressure=around.air.pressure,
            temperature=around.air.temperature,
            sound_speed=around.air.sound_speed,
            gravity=around.gravity.norm(),
            yaw=angles.yaw,
            pitch_body=angles.pitch,
            roll=angles.roll,
            yaw_vvlh=orbital.yaw,
            pitch_vvlh=orbital.pitch,
            roll_vvlh=orbital.roll,
            attitude=now.attitude,
            rate_body=rate,
            rate_vvlh=rate - now.attitude.apply(orbital_rate(r, inner.velocity)),
            force_body=air,
            moment_body=now.air.moment,
            force_engine=now.engine.force,
            moment_engine=now.engine.moment,
            force_pulses=now.pulses.force,
            moment_pulses=now.pulses.moment,
            moment_gravity=now.gravity,
            moment_control=now.control,
            velocity_ned=level.apply(around.to_fixed.apply(around.relative)),
            position_itrs=around.to_fixed.apply(r),
            inertia_pitch=now.properties.inertia.yy,
            centre_forward=now.properties.centre.x,
            propellant=inner.propellant,
        )

    def instant(self, t: Array, inner: BodyState) -> Instant:
        """Everything that acts at `t` [s]."""
        around = surroundings(self.world, t, inner.position, inner.velocity)
        own = normalised(inner.attitude)
        index, met = self.phase.configuration, (inner.position, inner.velocity)
        # The phase is one for all lanes: a rigid one works out no pointing, nor what that asks.
        aimed = lambda: self.pointed.attitude(surroundings(self.world, t, *met), *met, own)  # noqa: E731
        attitude: Rotation = jax.lax.cond(self._free, lambda: own, aimed)
        scene = Scene(self.world, self.body, index, self.pulses, self.gradient)
        now = instant(around, t, inner, scene, attitude)
        return now if self.phase.control is None else self._controlled(now, inner)

    def _controlled(self, now: Instant, inner: BodyState) -> Instant:
        """The instant with the moment of the control."""
        control = self.phase.control
        assert control is not None
        assert self.pointed.held is not None
        around, own = now.around, now.attitude
        known = (around.stream, around.relative, around.up, own, inner.rate, self.pointed.held)
        moment = control.moment(PointingEstimate(*known), now.properties.inertia)
        return eqx.tree_at(
            lambda i: (i.control, i.torque),
            now,
            (moment, now.torque + moment),
            is_leaf=lambda x: x is None,
        )

    def turning(self, t: Array, inner: BodyState, now: Instant) -> Vector:
        """The rate [rad/s] of a state, whether it is its own or prescribed; `now` is its instant.

        The prescribed rate is the turn of the attitude over `_BESIDE` before and after, on the path
        as its acceleration bends it: within 1e-9 rad/s in the air, 1e-12 in orbit. A derivative
        would be exact and takes three times as long to compile as the whole flight.
        """
        own = normalised(inner.attitude)
        r, v = inner.position, inner.velocity
        pull = self._rate(t, now, inner).velocity

        def attitude(dt: Array) -> Rotation:
            position, velocity = r + v * dt + pull * (0.5 * dt * dt), v + pull * dt
            around = surroundings(self.world, t + dt, position, velocity)
            return self.pointed.attitude(around, position, velocity, own)

        told = jax.lax.map(attitude, jnp.asarray([-_BESIDE, _BESIDE]))
        before, after = (jax.tree.map(lambda leaf, i=i: leaf[i], told) for i in (0, 1))
        turned = before.inverse().then(after)
        sense = jnp.where(turned.w < 0.0, -1.0, 1.0)
        rate = Vector(turned.x, turned.y, turned.z, Frame.BODY) * (sense / _BESIDE)
        return where(self._free, inner.rate, rate)

    def entered(self, t: Array, inner: BodyState, around: Surroundings) -> BodyState:
        """The state as the phase begins: on a rail at rest across it, turning with the Earth."""
        own = normalised(inner.attitude)
        spin = around.to_fixed.inverse().apply(self.world.earth.spin(t))
        along = _along(own)
        gliding = along * jnp.maximum(along.dot(around.relative), 0.0)
        railed = (spin.cross(inner.position) + gliding, own.apply(spin))
        kept = (inner.velocity, inner.rate)
        held = tuple(where(self._railed, a, b) for a, b in zip(railed, kept, strict=True))
        return self.switched(t, eqx.tree_at(lambda s: (s.velocity, s.rate), inner, held))

    @property
    def _railed(self) -> Bool[Array, ""]:
        return ~jnp.isnan(self.phase.limits[BodyEnd.RAIL])

    @property
    def _free(self) -> Bool[Array, ""]:
        """Its attitude is a state of its own, not prescribed."""
        return self.phase.rigid | self._railed

    def switched(self, t: Array, inner: BodyState) -> BodyState:
        """The state with what is on in the step that begins at `t` [s]."""
        phase, pulses = self.phase, self.pulses
        empty = inner.propellant[phase.configuration] <= self._least()
        burnt = jnp.sum(self.body.nozzle.flow) * inner.burning
        burnt = burnt + jnp.sum(pulses.flow * inner.pulsing)
        spent = empty & (burnt > 0.0)
        own = jnp.arange(inner.propellant.shape[0]) == phase.configuration
        burning = phase.engine & ~empty & (self._over(t, inner) < 0.0)
        lit = jnp.where(own & burning & (inner.lit >= NEVER), t, inner.lit)
        on = (t >= pulses.start - _CLOSE) & (t < pulses.stop - _CLOSE)
        on = on & ~(empty & (pulses.flow > 0.0))
        return eqx.tree_at(
            lambda s: (s.propellant, s.lit, s.burning, s.pulsing),
            inner,
            (
                jnp.where(own & spent, 0.0, inner.propellant),
                lit,
                jnp.where(burning, 1.0, 0.0),
                jnp.where(on, 1.0, 0.0),
            ),
        )

    def settled(self, t: Array, inner: BodyState) -> BodyState:
        """The state as it is handed on: with attitude and rate at which a point was pointing."""
        now = self.instant(t, inner)
        pointing = (now.attitude, self.turning(t, inner, now))
        return eqx.tree_at(lambda s: (s.attitude, s.rate), inner, pointing)

    def _rate(self, t: Array, now: Instant, inner: BodyState) -> BodyState:
        pushed = now.attitude.inverse().apply(now.force) / now.properties.mass
        turned = angular_acceleration(now.properties.inertia, inner.rate, now.torque, now.exhaust)
        loose = jnp.where(self._free, 1.0, 0.0)
        twisted = jnp.where(self.phase.rigid & ~self._railed, 1.0, 0.0)
        burnt = jnp.arange(inner.propellant.shape[0]) == self.phase.configuration
        spinning = kinematics(inner.attitude, inner.rate)
        return BodyState(
            position=inner.velocity,
            velocity=self._held(t, inner, now, now.around.gravity + pushed),
            attitude=jax.tree.map(lambda leaf: leaf * loose, spinning),
            rate=turned * twisted,
            propellant=jnp.where(burnt, -jnp.sum(now.exhaust.flow), 0.0),
            lit=jnp.zeros_like(inner.lit),
            burning=jnp.zeros_like(inner.burning),
            pulsing=jnp.zeros_like(inner.pulsing),
        )

    def _held(self, t: Array, inner: BodyState, now: Instant, pull: Vector) -> Vector:
        """The acceleration [m/s^2, GCRS] that `pull` makes: on a rail only along it.

        The rail turns with the Earth: across it the body moves as a point of the turning Earth.
        """
        around = now.around
        spin = around.to_fixed.inverse().apply(self.world.earth.spin(t))
        along = _along(now.attitude)
        turning = spin.cross(around.relative) * 2.0 - around.carried
        size, gliding = along.dot(pull - turning), along.dot(around.relative)
        size = jnp.where(gliding > _CREEP, size, jnp.maximum(size, 0.0))
        return where(self._railed, turning + along * size, pull)

    def _felt(self, t: Array, inner: BodyState, now: Instant) -> Array:
        """The load in standard gravities; on a rail with that which the rail carries."""
        carried = self._rate(t, now, inner).velocity - now.around.gravity
        free = now.force.norm() / (now.properties.mass * STANDARD_GRAVITY)
        return jnp.where(self._railed, carried.norm() / STANDARD_GRAVITY, free)

    def _events(self, t: Array, now: Instant, inner: BodyState) -> Float[Array, " ends"]:
        ends = self._ends(t, now, inner)
        return jnp.stack([ends[end] for end in BodyEnd])

    def _ends(self, t: Array, now: Instant, inner: BodyState) -> dict[BodyEnd, Array]:
        """What rises through zero as each end is met."""
        phase, around = self.phase, now.around
        at = jnp.nan_to_num(phase.limits)
        height, sinking = around.place.height, -around.relative.dot(around.up)
        speed, airspeed = around.relative.norm(), around.stream.norm()
        left = self._least() - inner.propellant[phase.configuration]
        over = jnp.where(phase.engine, self._over(t, inner), -NEVER)
        along = _along(now.attitude)
        gone = around.to_fixed.apply(inner.position) - self.foot
        # By the speed of sound, not Mach numbers: where it is nothing there are none.
        sound, pressure = around.air.sound_speed, 0.5 * around.air.density * airspeed**2
        return {
            # Low and sinking: what begins below and rises has not come down to it.
            BodyEnd.HEIGHT_BELOW: jnp.minimum(at[BodyEnd.HEIGHT_BELOW] - height, sinking) * 1e-3,
            BodyEnd.DEPLETED: jnp.maximum(left, over),
            BodyEnd.HEIGHT_ABOVE: jnp.minimum(height - at[BodyEnd.HEIGHT_ABOVE], -sinking) * 1e-3,
            # What stands still has not passed its apex, whatever its last digits say.
            BodyEnd.APEX: (sinking - _SINKS) * 1e-2,
            BodyEnd.SPEED_ABOVE: (speed - at[BodyEnd.SPEED_ABOVE]) * 1e-2,
            BodyEnd.SPEED_BELOW: (at[BodyEnd.SPEED_BELOW] - speed) * 1e-2,
            BodyEnd.MACH_ABOVE: (airspeed - at[BodyEnd.MACH_ABOVE] * sound) * 1e-2,
            BodyEnd.MACH_BELOW: (at[BodyEnd.MACH_BELOW] * sound - airspeed) * 1e-2,
            BodyEnd.RAIL: around.to_fixed.apply(along).dot(gone) - at[BodyEnd.RAIL],
            # At rest on the rail with nothing that burns: nothing will carry it any more.
            BodyEnd.STUCK: jnp.minimum(
                0.5 - inner.burning, 2.0 * _CREEP - along.dot(around.relative)
            ),
            BodyEnd.DYNAMIC_PRESSURE_BELOW: (at[BodyEnd.DYNAMIC_PRESSURE_BELOW] - pressure) * 1e-3,
            BodyEnd.DYNAMIC_PRESSURE_ABOVE: (pressure - at[BodyEnd.DYNAMIC_PRESSURE_ABOVE]) * 1e-3,
            BodyEnd.GROUND: (self.world.ground - _DEEP - height) * 1e-3,
        }

    def _over(self, t: Array, inner: BodyState) -> Array:
        """How long the thrust curve has been over [s]; negative before."""
        age = t - inner.lit[self.phase.configuration]
        return age - self.body.nozzle.lasts + _CLOSE

    def _least(self) -> Array:
        """Propellant that is none [kg]."""
        return (jnp.sum(self.body.nozzle.flow) + jnp.sum(self.pulses.flow)) * _CLOSE


def _along(attitude: Rotation) -> Vector:
    """The body's x axis in GCRS."""
    one, zero = jnp.ones_like(attitude.w), jnp.zeros_like(attitude.w)
    return attitude.inverse().apply(Vector(one, zero, zero, Frame.BODY))


def turning_state(state: State, lit: Float[Array, " tanks"], pulses: Pulses) -> BodyState:
    """A state as a body integrates it, nothing on yet; one lane.

    The first tanks of the state are those of the configurations, whose engines were `lit` [s].
    """
    still = jnp.zeros_like(state.t)
    return BodyState(
        position=state.position,
        velocity=state.velocity,
        attitude=state.attitude,
        rate=state.rate,
        propellant=state.tanks[: lit.shape[0]],
        lit=lit,
        burning=still,
        pulsing=jnp.zeros_like(pulses.start),
    )


def _separated(
    phase: BodyPhases, body: Configuration, flying: Configuration, inner: BodyState
) -> BodyState:
    """The state as a phase begins, moved to the centre of mass of what flies on; one lane."""
    before = jax.tree.map(lambda leaf: leaf[phase.before], body)
    whole = before.properties(inner.propellant[phase.before]).centre
    left = flying.properties(inner.propellant[phase.configuration]).centre
    assert phase.separates is not None
    parts = jnp.where(phase.separates, 1.0, 0.0)
    return parted(inner, (left - whole) * parts)


Cast = tuple[Configuration, BodyPhases, Pulses]
"""What flies, when, and what pushes it."""


def of_body(world: World, cast: Cast, start: State, *rest: PyTree) -> Lanes:
    """The lanes of a programme of `fly_body`, whose other arguments have lanes."""
    held = None if cast[1].control is None else 1
    told: Any = Pointed(None, 1, held)  # pyright: ignore[reportArgumentType] - axes, as of vmap
    legs: Any = Legs(1, 1, 1, 1, 1, 1, told)  # pyright: ignore[reportArgumentType]
    return Lanes((world.axes, (0, None, None), *[0] * (1 + len(rest))), (legs, 0))


def fly_body(  # noqa: PLR0913 - what flies, from where, and how finely
    world: World,
    cast: Cast,
    start: State,
    *,
    gradient: bool = True,
    fineness: Fineness | None = None,
    method: AbstractMethod = RK4,
    rows: int | None = None,
    lit: Float[Array, "lanes configurations"] | None = None,
) -> tuple[Legs, Tape | None]:
    """Fly all phases in turn from `start`, whose tanks are those of the configurations.

    The body of the `cast` and `start` have lanes on their first axis, the body its configurations
    on the second; phases and pulses are shared. `gradient`: gravity turns rigid bodies. The step
    of a phase is its longest one: steps are shorter where their error asks for it. `lit`: when the
    motors of each configuration were lit [s], `vehicle.body.NEVER` before that; NaN or left out, as
    what they have burnt tells. What is told of each leg is where a point's axes were. See
    `motion.base.fly_in_turn`.
    """
    body, phases, pulses = cast
    t = start.t
    fine = fineness or Fineness(jnp.ones_like(t), jnp.ones_like(t))
    kinds = (gradient, method, body.empty.mass.shape[-1])
    # What all lanes share is not mapped: that would only copy it.
    held_at = None if phases.control is None else 0
    aimed: Any = Pointed(None, 0, held_at)  # pyright: ignore[reportArgumentType]
    axes = Body(world.axes, 0, None, None, aimed, 0, *kinds)  # pyright: ignore[reportArgumentType]

    def enter(phase: BodyPhases, t: Array, inner: BodyState) -> Entered:
        def lane(
            world: World, body: Configuration, t: Array, inner: BodyState
        ) -> tuple[Body, BodyState, Array]:
            around = surroundings(world, t, inner.position, inner.velocity)
            flying = jax.tree.map(lambda leaf: jnp.asarray(leaf)[phase.configuration], body)
            if phase.separates is not None:
                inner = _separated(phase, body, flying, inner)
                around = surroundings(world, t, inner.position, inner.velocity)
            aim = pointed(phase.pointing, around, inner.position, inner.velocity, inner.attitude)
            if phase.control is not None:
                facing = (around, inner.position, inner.velocity, inner.attitude)
                held = phase.control.held.attitude(*facing)
                aim = eqx.tree_at(lambda a: a.held, aim, held, is_leaf=lambda x: x is None)
            begun = energy(inner.position, inner.velocity, world.mu)
            foot = around.to_fixed.apply(inner.position)
            motion = Body(world, flying, pulses, phase, aim, foot, *kinds)
            return motion, motion.entered(t, inner, around), begun

        made = jax.vmap(lane, in_axes=(world.axes, 0, 0, 0), out_axes=(axes, 0, 0))
        motion, inner, begun = made(world, body, t, inner)
        step = phase.step * fine.stretch
        stop = jnp.maximum(jnp.minimum(t + phase.duration, phase.time), t)
        return Entered(motion, axes, inner, stop, step, begun, told=motion.pointed)

    def begun(body: Configuration, state: State, lit: Array | None) -> BodyState:
        told = jax.vmap(lambda one, left: one.lit(state.t, left))(body, state.tanks[: kinds[-1]])
        lit = told if lit is None else jnp.where(jnp.isnan(lit), told, lit)
        return turning_state(state, lit, pulses)

    def settle(entered: Entered, t: Array, inner: BodyState) -> BodyState:
        return jax.vmap(lambda m, t, y: m.settled(t, y), in_axes=(axes, 0, 0))(
            entered.motion, t, inner
        )

    return fly_in_turn(
        enter,
        settle,
        phases,
        t,
        jax.vmap(begun)(body, start, lit),
        tolerance=fine.tolerance,
        most_steps=MAX_STEPS if rows is None else min(MAX_STEPS, int(_SPARE * rows)),
        rows=rows,
    )


def observe_body(world: World, cast: Cast, legs: Legs, tape: Tape, *, gradient: bool = True) -> Row:
    """All rows of one lane's tape; the arguments are of that lane, legs [phases, ...]."""
    body, phases, pulses = cast

    def one(t: Array, label: Array, inner: BodyState) -> Row:
        phase, aim = jax.tree.map(lambda leaf: jnp.asarray(leaf)[label], (phases, legs.told))
        flying = jax.tree.map(lambda leaf: jnp.asarray(leaf)[phase.configuration], body)
        tanks = inner.propellant.shape[-1]
        # A row does not tell how far along its rail it is.
        foot = Vector(t, t, t, Frame.ITRS)
        return Body(world, flying, pulses, phase, aim, foot, gradient, RK4, tanks).row(t, inner)

    return jax.vmap(one)(tape.t, tape.label, tape.state)
