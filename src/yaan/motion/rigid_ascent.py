"""The powered ascent of a body that turns: gimballed engines point it where guidance asks.

It shares all forces with the point of `motion.powered`, whose phases, engines, events and guidance
it flies. What differs: the axis is that of the integrated attitude, not the commanded one; gimbals
deflect the thrust; the air's force acts at a centre of pressure and turns the vehicle.

The control is sampled. Once a period it takes the command of guidance, turns its reference towards
it, and asks the gimbals for deflections, which they follow with their lag and limits meanwhile.

Ignores: bending, slosh, the inertia of the engines (tail-wags-dog), an actuator beyond a first
order, errors of the attitude's measurement and of the thrust and inertia that the control reckons
with, the time it takes to compute, the air's damping of a turn (a hundredth of the control's),
thrust imbalance of a pair. The pad holds the attitude until lift-off.
"""

from typing import Any, ClassVar, Final

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.base.constants import EARTH_RADIUS
from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.rigid import Exhaust, angular_acceleration
from yaan.dynamics.solve import Arrival, Tape
from yaan.dynamics.state import State, Sums
from yaan.gnc.gimbal import Deflection, Gimbals, allocate, authority, centred, levers, moving, push
from yaan.gnc.powered import Steering, tilted
from yaan.gnc.replay import along
from yaan.gnc.tracking import (
    Reference,
    Tracking,
    error_angle,
    followed,
    pointing_error,
    still,
    track_axis,
)
from yaan.motion.base import AbstractMotion, Entered, Legs, fly_in_turn
from yaan.motion.powered import (
    Climbing,
    Guide,
    Powered,
    begun_at,
    climbing,
    open_loop,
    phase_of,
    switched,
    with_outset,
)
from yaan.motion.powered_phases import Instant, Phases
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import from_axes, kinematics, normalised
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import MassProperties
from yaan.vehicle.cylinders import Cylinders
from yaan.vehicle.launcher import Launcher

LOST: Final = 0.5235987755982988
"""Off its reference by more than this [rad], 30 deg, the vehicle is out of control."""

MOST_TOLD: Final = 1e3
"""The largest ratio of authority to disturbance that is told; more of it means nothing."""

_SLIGHT = 0.017453292519943295  # [rad] of the angle of attack by which a slope is taken, 1 deg


class RigidLauncher(eqx.Module):
    """What a launcher must be known by beyond a point, to turn."""

    shapes: Cylinders
    """Of its stages, then its items."""
    gimbals: Gimbals
    pressure_centre: Float[Array, " shapes"]
    """Of the air's force by configuration, along the axis from the structural origin [m]."""
    misalignment: Float[Array, " stages"]
    """Of the thrust in pitch and in yaw [rad]; the control does not know of it."""


class AscentControl(eqx.Module):
    """The control of an ascent."""

    tracking: Tracking
    period: Float[Any, "*lanes"] = eqx.field(converter=held)
    """Between samples [s]."""


class Ascending(eqx.Module):
    """What is integrated, and what the control holds between its samples."""

    climb: Climbing
    attitude: Rotation
    """From GCRS to the body."""
    rate: Vector
    """Against GCRS [rad/s], body axes."""
    gimbal: Deflection
    wanted: Deflection
    """What the gimbals are asked for."""
    reference: Reference
    sample: Float[Array, "*lanes"]
    """When the control looks next [s]."""


class Told(eqx.Module):
    """What an instant of a rigid ascent shows beyond its history; SI, one row each."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    height: Float[Array, "*rows"]
    mach: Float[Array, "*rows"]
    dynamic_pressure: Float[Array, "*rows"]
    angle_of_attack: Float[Array, "*rows"]
    attitude_error: Float[Array, "*rows"]
    """Between the axis flown and the one that guidance asks for [rad]."""
    tracking_error: Float[Array, "*rows"]
    """Between the axis flown and the limited reference [rad]."""
    roll_rate: Float[Array, "*rows"]  # [rad/s]
    turn_rate: Float[Array, "*rows"]
    """Of the axis [rad/s]."""
    gimbal: Float[Array, "*rows"]
    """Largest deflection of any engine about one of its axes, roll included [rad]."""
    gimbal_rate: Float[Array, "*rows"]  # [rad/s], likewise
    authority: Float[Array, "*rows"]
    """Largest moment about y or z over what disturbs there, air and misalignment; capped."""
    held_angle: Float[Array, "*rows"]
    """Angle of attack whose moment all of the gimbals' angle balances [rad]; capped at pi / 2."""
    mu_alpha: Float[Array, "*rows"]
    """Pitch acceleration by angle of attack [1/s^2]; positive turns away from the stream."""
    mu_control: Float[Array, "*rows"]
    """Pitch acceleration by deflection [1/s^2]."""
    lag: Float[Array, "*rows"]
    """Of the actuators, by what each turns [s]."""
    centre: Float[Array, "*rows"]
    """Of mass, along the axis [m]."""
    inertia_roll: Float[Array, "*rows"]  # [kg m^2]
    inertia_pitch: Float[Array, "*rows"]  # [kg m^2]


class _Now(eqx.Module):
    """What acts and how the body is, at an instant."""

    instant: Instant
    attitude: Rotation
    properties: MassProperties
    thrust: Float[Array, " stages"]
    """Along the axis, without deflection [N]."""
    force: Vector
    """Of the deflections [N], body axes."""
    control: Vector
    """Moment of the deflections [N m]."""
    air: Vector
    """Moment of the air [N m]."""
    astray: Vector
    """Moment of the misalignment [N m]."""
    arm: Float[Array, ""]
    """Of the centre of pressure ahead of that of mass [m]."""


class RigidAscent(AbstractMotion):
    """One phase of a powered flight of a body that turns."""

    about: ClassVar[Model] = Model(
        name="attitude",
        text="rigid body of cylinders; axis tracked by gimbals with lag, angle and rate limits",
        ignores="bending, slosh, inertia of the engines, errors of attitude measurement, damping "
        "by air",
    )

    world: World
    point: Powered
    """The same phase as a point flies it, in the same world."""
    body: RigidLauncher
    control: AscentControl

    most_steps: ClassVar[int] = 200_000

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> Ascending:
        climb = self.point.begin(state)
        return _as_given(self.upright(state.t, climb, jnp.zeros_like(state.t)), state)

    @override
    def evaluate(self, t: Array, inner: Ascending) -> tuple[Ascending, Array]:
        now = self._now(t, inner)
        point, climb = self._along(now.instant.axis), inner.climb
        rate, events = point.evaluate(t, climb)
        free = jnp.where(self.point.phase.on_pad, 0.0, 1.0)
        pushed = now.attitude.inverse().apply(now.force) * (free / now.properties.mass)
        rate = eqx.tree_at(lambda s: s.velocity, rate, rate.velocity + pushed)
        torque = now.control + now.air + now.astray
        spin = angular_acceleration(
            now.properties.inertia, inner.rate, torque, self._exhaust(now, climb)
        )
        error = error_angle(pointing_error(now.attitude, inner.reference.axis))
        still_now = jax.tree.map(jnp.zeros_like, (inner.wanted, inner.reference, inner.sample))
        change = Ascending(
            rate,
            kinematics(inner.attitude, inner.rate),
            spin * free,
            moving(self.body.gimbals, inner.wanted, inner.gimbal),
            *still_now,
        )
        return change, jnp.append(events, error - LOST)

    @override
    def switch(self, t: Array, inner: Ascending, events: Array, fired: Array) -> Ascending:
        climb = self.point.switch(t, inner.climb, events[:-1], fired[:-1])
        inner = eqx.tree_at(lambda s: s.climb, inner, climb)
        due = t >= inner.sample - 1e-9
        period = self.control.period
        reference = followed(
            inner.reference, self.commanded(t, climb), period, self.control.tracking.turn_rate
        )
        now = self._now(t, inner)
        moment = track_axis(
            self.control.tracking, now.properties.inertia, now.attitude, inner.rate, reference
        )
        wanted = allocate(self.body.gimbals, moment, now.thrust, now.properties.centre.x)
        # Held down, nothing is followed: the pad decides where it points.
        held = self.point.phase.on_pad
        wanted = jax.tree.map(lambda x: jnp.where(held, 0.0, x), wanted)
        sampled = (wanted, reference, t + period)
        kept = (inner.wanted, inner.reference, inner.sample)
        chosen = jax.tree.map(lambda a, b: jnp.where(due, a, b), sampled, kept)
        return eqx.tree_at(lambda s: (s.wanted, s.reference, s.sample), inner, chosen)

    @override
    def deadline(self, t: Array, inner: Ascending) -> Array:
        ahead = jnp.where(inner.sample > t + 1e-9, inner.sample, t + self.control.period)
        return jnp.minimum(ahead, self.point.deadline(t, inner.climb))

    @override
    def possible(self, t: Array, inner: Ascending, begun: Array) -> Array:
        return self.point.possible(t, inner.climb, begun)

    @override
    def ending(self) -> Array:
        return jnp.append(self.point.ending(), True)

    @override
    def switching(self) -> tuple[bool, ...]:
        return (*self.point.switching(), False)

    @override
    def judged(self, inner: Ascending) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return self.point.judged(inner.climb)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        fired = arrival.fired[:-1]
        there = (arrival.state.climb, fired)
        as_point = eqx.tree_at(lambda a: (a.state, a.fired), arrival, there)
        code = self.point.outcome(as_point, stop)
        lost = arrival.fired[-1] & ~jnp.any(fired) & arrival.possible
        return jnp.where(lost, int(OutcomeCode.LOST_ATTITUDE), code)

    @override
    def end(self, t: Array, inner: Ascending, start: State) -> State:
        moved = self.point.end(t, inner.climb, start)
        turned = (normalised(inner.attitude), inner.rate)
        return eqx.tree_at(lambda s: (s.attitude, s.rate), moved, turned)

    @override
    def added(self, inner: Ascending) -> Sums:
        return self.point.added(inner.climb)

    @override
    def row(self, t: Array, inner: Ascending) -> Row:
        now = self._now(t, inner)
        made = self._along(now.instant.axis).row(t, inner.climb)
        known = (now.attitude, inner.rate, now.control)
        return eqx.tree_at(
            lambda r: (r.attitude, r.rate_body, r.moment_control),
            made,
            known,
            is_leaf=lambda x: x is None,
        )

    def tell(self, t: Array, inner: Ascending) -> Told:
        """What the control does at an instant, and what it could do."""
        now, gimbals = self._now(t, inner), self.body.gimbals
        at, axis, rate = now.instant, now.instant.axis, inner.rate
        inertia, centre = now.properties.inertia, now.properties.centre.x
        asked = self.commanded(t, inner.climb)
        most = authority(gimbals, now.thrust, centre).y
        disturbing = now.air + now.astray
        against = jnp.sqrt(disturbing.y**2 + disturbing.z**2 + 1e-12)
        _, normal = self.point.table.areas(jnp.asarray(_SLIGHT), at.air.mach)
        stiff = at.air.dynamic_pressure * normal / _SLIGHT * now.arm
        turning = now.thrust * levers(gimbals, centre) * self._gimballed
        slews = moving(gimbals, inner.wanted, inner.gimbal)
        return Told(
            position=inner.climb.position,
            velocity=inner.climb.velocity,
            height=at.around.place.height,
            mach=at.air.mach,
            dynamic_pressure=at.air.dynamic_pressure,
            angle_of_attack=at.air.angle,
            attitude_error=_between(axis, asked),
            tracking_error=_between(axis, inner.reference.axis),
            roll_rate=rate.x,
            turn_rate=jnp.sqrt(rate.y**2 + rate.z**2),
            gimbal=_largest(inner.gimbal),
            gimbal_rate=_largest(slews),
            authority=jnp.minimum(most / against, MOST_TOLD),
            held_angle=jnp.where(
                stiff > 0.0,
                jnp.minimum(most / jnp.where(stiff > 0.0, stiff, 1.0), 0.5 * jnp.pi),
                0.5 * jnp.pi,
            ),
            mu_alpha=stiff / inertia.yy,
            mu_control=jnp.sum(turning) / inertia.yy,
            lag=jnp.sum(jnp.abs(turning) * gimbals.lag)
            / jnp.maximum(jnp.sum(jnp.abs(turning)), 1e-9),
            centre=centre,
            inertia_roll=inertia.xx,
            inertia_pitch=inertia.yy,
        )

    def commanded(self, t: Array, climb: Climbing) -> Vector:
        """The axis that guidance asks for, by what navigation believes."""
        point = self.point
        around = surroundings(point.world, t, climb.position, climb.velocity)
        estimate = point.navigator.estimate(t, climb.position, climb.velocity, around)
        return point.guidance.command(estimate, climb.memory).axis

    def upright(self, t: Array, climb: Climbing, azimuth: Array) -> Ascending:
        """A point's state as that of a body: along the commanded axis, turning with the Earth.

        The z axis leans towards the launch `azimuth` [rad], so that the pitch-over is a turn
        about -y.
        """
        world, point = self.world, self.point
        around = surroundings(world, t, climb.position, climb.velocity)
        estimate = point.navigator.estimate(t, climb.position, climb.velocity, around)
        axis = point.guidance.command(estimate, climb.memory).axis
        ahead = tilted(estimate, azimuth, jnp.asarray(0.5 * jnp.pi))
        lying = jnp.abs(axis.dot(ahead)) > 0.99
        right = where(lying, axis.cross(around.up), ahead.cross(axis)).unit()
        attitude = from_axes(axis, right, axis.cross(right), Frame.BODY)
        spin = attitude.apply(around.to_fixed.inverse().apply(world.earth.spin(t)))
        none = centred(climb.propellant)
        return Ascending(climb, attitude, spin, none, none, still(axis), t)

    @property
    def _gimballed(self) -> Float[Array, " stages"]:
        return jnp.where(self.body.gimbals.angle > 0.0, 1.0, 0.0)

    def _along(self, axis: Vector) -> Powered:
        return eqx.tree_at(lambda p: p.guidance, self.point, along(axis))

    def _masses(self, propellant: Float[Array, " stages"]) -> Float[Array, " parts"]:
        launcher, phase = self.point.launcher, self.point.phase
        stages = jnp.where(phase.stages_aboard, launcher.dry_mass + propellant, 0.0)
        items = jnp.where(phase.items_aboard, launcher.item_mass, 0.0)
        return jnp.concatenate([stages, items])

    def _now(self, t: Array, inner: Ascending) -> _Now:
        body, phase, climb = self.body, self.point.phase, inner.climb
        attitude = normalised(inner.attitude)
        zero = jnp.zeros_like(attitude.w)
        axis = attitude.inverse().apply(Vector(zero + 1.0, zero, zero, Frame.BODY))
        instant = self._along(axis).instant(t, climb)
        properties = body.shapes.properties(self._masses(climb.propellant))
        centre = properties.centre.x
        thrust = instant.firing.vacuum_thrust - instant.firing.back_pressure
        given = push(body.gimbals, inner.gimbal, thrust, centre)
        off = Deflection(body.misalignment, body.misalignment, 0.0 * body.misalignment)
        astray = push(body.gimbals, off, thrust, centre)
        arm = body.pressure_centre[phase.configuration] - centre
        pressed = attitude.apply(instant.air.force)
        air = Vector(arm, zero, zero, Frame.BODY).cross(pressed)
        force = given.force + astray.force
        return _Now(
            instant, attitude, properties, thrust, force, given.moment, air, astray.moment, arm
        )

    def _exhaust(self, now: _Now, climb: Climbing) -> Exhaust:
        """What leaves, half of it on either side of the ring that the engines stand on."""
        flow = now.instant.firing.flow
        slow = jnp.concatenate([-flow, jnp.zeros_like(self.point.launcher.item_mass)])
        masses = (self._masses(climb.propellant),)
        shapes = self.body.shapes
        _, changed = jax.jvp(lambda m: shapes.properties(m).inertia, masses, (slow,))
        gimbals = self.body.gimbals
        behind = -levers(gimbals, now.properties.centre.x)
        x = jnp.concatenate([behind, behind])
        y = jnp.concatenate([gimbals.radius, -gimbals.radius])
        exits = Vector(x, y, jnp.zeros_like(x), Frame.BODY)
        # One rate against many exits: each component has the jets on its axis.
        return Exhaust(0.5 * jnp.concatenate([flow, flow]), exits, changed)


def _as_given(made: Ascending, state: State) -> Ascending:
    """The same in the attitude and at the rate of a state that knows them."""
    known = jnp.isfinite(state.attitude.w)
    told, own = (state.attitude, state.rate), (made.attitude, made.rate)
    turned = jax.tree.map(lambda a, b: jnp.where(known, a, b), told, own)
    return eqx.tree_at(lambda s: (s.attitude, s.rate), made, turned)


def _between(one: Vector, other: Vector) -> Float[Array, ""]:
    """The angle between two unit vectors [rad]."""
    across = one.cross(other)
    return jnp.arctan2(jnp.sqrt(across.dot(across) + 1e-300), one.dot(other))


def _largest(at: Deflection) -> Float[Array, ""]:
    """Of any engine: roll is in the plane of pitch."""
    return jnp.max(jnp.maximum(jnp.abs(at.pitch) + jnp.abs(at.roll), jnp.abs(at.yaw)))


Turned = tuple[Launcher, Steering, RigidLauncher, AscentControl]
"""What flies, the constants it is steered by, what makes it turn, and what holds it."""


def ascend_turning(
    world: World,
    models: Turned,
    phases: Phases,
    start: State,
    *,
    guide: Guide = open_loop,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    rows: int | None = None,
) -> tuple[Legs, Tape | None]:
    """Fly all phases in turn from `start`, all with lanes, as `powered.ascend` does a point.

    The first phase begins in the attitude of `start`, or where that is not known along its
    commanded axis, at rest against the Earth.
    """
    at_rest = -world.mu / EARTH_RADIUS  # one radius up
    begun = jnp.maximum(energy(start.position, start.velocity, world.mu), at_rest)

    def motion_of(
        world: World, models: Turned, phase: Phases, t: Array, climb: Climbing
    ) -> RigidAscent:
        launcher, steering, body, control = models
        phase = begun_at(world, phase, t, climb)
        point = phase_of(world, launcher, steering, phase, t, guide)
        return RigidAscent(world, point, body, control)

    def lane(
        world: World, models: Turned, phase: Phases, t: Array, inner: Ascending
    ) -> tuple[RigidAscent, Ascending]:
        motion = motion_of(world, models, phase, t, inner.climb)
        climb = switched(motion.point, t, inner.climb)
        return motion, eqx.tree_at(lambda s: s.climb, inner, climb)

    def first(world: World, models: Turned, phase: Phases, state: State) -> Ascending:
        bare = climbing(models[0], state)
        motion = motion_of(world, models, phase, state.t, bare)
        lit = switched(motion.point, state.t, bare)
        upright = _as_given(motion.upright(state.t, lit, models[1].azimuth), state)
        return eqx.tree_at(lambda s: s.climb, upright, bare)

    point = Powered(world.axes, 0, 0, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]
    axes = RigidAscent(world.axes, point, 0, 0)  # pyright: ignore[reportArgumentType]
    made = jax.vmap(lane, in_axes=(world.axes, 0, 0, 0, 0), out_axes=(axes, 0))

    def enter(phase: Phases, t: Array, inner: Ascending) -> Entered:
        motion, inner = made(world, models, phase, t, inner)
        stop = jnp.minimum(motion.point.due, t + phase.timeout)
        extras = motion.point.phase.extras
        told = None if extras is None else extras.outset
        return Entered(motion, axes, inner, stop, phase.step, begun, phase.exists, told)

    def settle(entered: Entered, t: Array, inner: Ascending) -> Ascending:
        finish = jax.vmap(lambda m, t, kept: m.point.guidance.finish(t, kept), in_axes=(axes, 0, 0))
        memory = finish(entered.motion, t, inner.climb.memory)
        return eqx.tree_at(lambda s: s.climb.memory, inner, memory)

    upright = jax.vmap(first, in_axes=(world.axes, 0, 0, 0))
    each = jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 1, 0), phases)
    opening = jax.tree.map(lambda leaf: leaf[0], each)
    return fly_in_turn(
        enter,
        settle,
        each,
        start.t,
        upright(world, models, opening, start),
        tolerance=tolerance,
        most_steps=RigidAscent.most_steps,
        rows=rows,
    )


def tell_turning(
    world: World,
    models: Turned,
    phases: Phases,
    legs: Legs,
    tape: Tape,
    *,
    guide: Guide = open_loop,
) -> Told:
    """All rows of one lane's tape; the arguments are of that lane, legs [phases, ...]."""
    launcher, steering, body, control = models

    def one(t: Array, label: Array, inner: Ascending) -> Told:
        phase, outset = jax.tree.map(lambda leaf: jnp.asarray(leaf)[label], (phases, legs.told))
        phase = with_outset(phase, outset)
        point = phase_of(world, launcher, steering, phase, legs.start[label], guide)
        return RigidAscent(world, point, body, control).tell(t, inner)

    return jax.vmap(one)(tape.t, tape.label, tape.state)
