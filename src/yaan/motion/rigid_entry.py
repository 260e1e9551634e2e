"""A lifting entry of a rigid body: the capsule turns, and a control holds it at its trim.

The point entry's path with six degrees of freedom: the air's force is fixed in the capsule's axes
and turns with them, the air's moment brings it back to its trim, and a control law, which sees an
estimate, asks thrusters for a moment towards the prescribed attitude: the trim of the Mach number
and the bank of the programme.

Ignores: the thrusters' pulses and the mass they use, gravity gradient (some millinewton metres),
the Earth's turning in the damping, mass lost by ablation.
"""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.heating import sutton_graves
from yaan.base.constants import STANDARD_GRAVITY
from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.peaks import Peaks, first_peaks, higher
from yaan.dynamics.rigid import angular_acceleration
from yaan.dynamics.solve import Problem, Tape, blank_tape, solve
from yaan.gnc.attitude import (
    AttitudeCommand,
    AttitudeControl,
    Motion,
    believe,
    command_trim,
    control_moment,
)
from yaan.gnc.bank import BankProfile
from yaan.motion.entering import (
    Entry,
    EntryObservation,
    Felt,
    Handover,
    by_lane,
    entry_of,
    has_sunk,
    leaving,
    observed,
)
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import angles_of, kinematics, ned, normalised
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.capsule import CapsuleLoad, RigidCapsule

COARSEST = 0.5  # [rad]
"""Largest product of step and swing: the phase is then out by 3e-4 rad a step."""

FARTHEST = math.radians(30.0)  # [rad]
"""Off the trim: further out the linear moments and the fixed force mean nothing."""

_AIR = 10.0  # [Pa] of dynamic pressure: below it the angle off the trim does nothing
_MAX_STEPS = 400_000


class RigidState(eqx.Module):
    """What is integrated; `attitude` is from GCRS to the body, `rate` against GCRS in its axes."""

    position: Vector
    velocity: Vector
    attitude: Rotation
    rate: Vector
    heat_load: Float[Array, "*lanes"]
    sunk: Float[Array, "*lanes"]
    peaks: Peaks


class RigidObservation(eqx.Module):
    """Rows of a history: those of any entry, and what only a body that turns has."""

    entry: EntryObservation
    bank_commanded: Float[Array, " rows"]
    incidence: Float[Array, " rows"]
    sideslip: Float[Array, " rows"]
    yaw: Float[Array, " rows"]
    pitch_body: Float[Array, " rows"]
    roll: Float[Array, " rows"]
    attitude: Rotation
    rate_body: Vector
    force_body: Vector
    moment_body: Vector
    moment_control: Vector


class _Setting(eqx.Module):
    world: World
    body: RigidCapsule
    control: AttitudeControl
    bank: BankProfile
    start: Array
    until: Handover
    step: Array


# The world is not mapped: every lane meets the same one.
_AXES = _Setting(None, 0, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]


class _Instant(eqx.Module):
    around: Surroundings
    attitude: Rotation
    speed: Array
    mach: Array
    pressure: Array
    load: CapsuleLoad
    sensed: Vector  # [m/s^2], GCRS
    command: AttitudeCommand
    moment: Vector
    """Of the control [N m]."""
    flux: Array


def trimmed(
    world: World,
    body: RigidCapsule,
    control: AttitudeControl,
    bank: BankProfile,
    t: Float[Array, " lanes"],
    position: Vector,
    velocity: Vector,
) -> RigidState:
    """A point's state as that of a body: in the attitude that is commanded there, turning with it.

    Everything but the world has lanes. The command takes the point as pulled by gravity alone.
    """
    setting = _Setting(world, body, control, bank, t, by_lane(Handover(), t), jnp.zeros_like(t))
    return jax.vmap(_trimmed, in_axes=(0, 0, 0, _AXES))(t, position, velocity, setting)


def enter_rigid(  # noqa: PLR0913 - a world, a body and its control, a start; then where it ends
    world: World,
    body: RigidCapsule,
    control: AttitudeControl,
    bank: BankProfile,
    t: Float[Array, " lanes"],
    state: RigidState,
    *,
    until: Handover,
    step: Float[Array, " lanes"],
    tolerance: Float[Array, " lanes"] | float = 1.0,
    patience: float,
    rows: int | None = None,
) -> tuple[Entry, Tape | None]:
    """As `entry.enter`, of a body that turns.

    All steps have the length `step` [s]: the control needs them short above the air as well.
    """
    setting = _Setting(world, body, control, bank, t, by_lane(until, t), step)
    still = jnp.zeros_like(t)
    tape = None
    if rows is not None:
        tape = blank_tape(state, rows).write_state(t, jnp.asarray(0), state, still == 0.0)
    ending = jnp.asarray([True, True, True, True, False, False, False])
    arrival, tape = solve(
        Problem(_evaluate, _keep, _next_end),
        state,
        setting,
        axes=_AXES,
        allowed=allowed(
            state,
            jnp.broadcast_to(tolerance, t.shape),
            lambda s: (s.position, s.velocity),
            (POSITION, VELOCITY),
        ),
        start=t,
        stop=t + patience,
        step=step,
        ending=jnp.broadcast_to(ending, (*t.shape, 7)),
        switching=jnp.zeros(7, dtype=bool),
        max_steps=_MAX_STEPS,
        tape=tape,
    )
    codes = (
        (1, OutcomeCode.SKIPPED_OUT),
        (0, OutcomeCode.REACHED),
        (2, OutcomeCode.LEFT_TRIM),
        (3, OutcomeCode.STEP_TOO_LONG),
    )
    return entry_of(world, arrival, codes), tape


def observe_rigid(
    world: World,
    body: RigidCapsule,
    control: AttitudeControl,
    bank: BankProfile,
    start: Float[Array, ""],
    tape: Tape,
) -> RigidObservation:
    """All rows of one lane's tape; the arguments are of that lane, `start` [s] its first time."""
    nothing = jnp.asarray(0.0)
    setting = _Setting(world, body, control, bank, start, Handover(), nothing)

    def row(t: Array, state: RigidState) -> RigidObservation:
        return _row(t, state, setting)

    return jax.vmap(row)(tape.t, tape.state)


def _trimmed(t: Array, position: Vector, velocity: Vector, setting: _Setting) -> RigidState:
    """The commanded attitude of a point that only gravity pulls yet, turning as commanded."""
    zero = jnp.zeros_like(t)
    any_way = Rotation(zero + 1.0, zero, zero, zero, Frame.GCRS, Frame.BODY)
    none = Vector(zero, zero, zero, Frame.BODY)
    peaks = first_peaks(t, jnp.stack([zero, zero]))
    state = RigidState(position, velocity, any_way, none, zero, zero, peaks)
    command = _instant(t, state, setting).command
    return RigidState(position, velocity, command.attitude, command.rate, zero, zero, peaks)


def _instant(t: Array, state: RigidState, setting: _Setting) -> _Instant:
    body, world = setting.body, setting.world
    around = surroundings(world, t, state.position, state.velocity)
    attitude = normalised(state.attitude)
    stream = attitude.apply(around.stream)
    speed = jnp.sqrt(stream.dot(stream) + 1e-12)
    mach = speed / around.air.sound_speed
    pressure = 0.5 * around.air.density * speed**2
    load = body.load(stream, state.rate, pressure, mach)
    sensed = attitude.inverse().apply(load.force) / body.capsule.mass
    motion = Motion(
        spin=around.to_fixed.inverse().apply(world.earth.spin(t)),
        velocity=state.velocity,
        acceleration=around.gravity + sensed,
        sound_gradient=_sound_gradient(world, around.place.height),
    )
    estimate = believe(t - setting.start, attitude, state.rate, around, motion)
    command = command_trim(estimate, body.capsule, setting.bank, setting.control)
    moment = control_moment(setting.control, estimate, command)
    flux = sutton_graves(around.air.density, speed, body.capsule.nose_radius)
    return _Instant(around, attitude, speed, mach, pressure, load, sensed, command, moment, flux)


def _sound_gradient(world: World, height: Array) -> Array:
    def speed(height: Array) -> Array:
        return world.atmosphere.at(height).sound_speed

    return jax.jvp(speed, (height,), (jnp.ones_like(height),))[1]


def _evaluate(t: Array, state: RigidState, setting: _Setting) -> tuple[RigidState, Array]:
    now = _instant(t, state, setting)
    moment = now.load.moment + now.moment
    change = RigidState(
        position=state.velocity,
        velocity=now.around.gravity + now.sensed,
        attitude=kinematics(state.attitude, state.rate),
        rate=angular_acceleration(setting.body.inertia, state.rate, moment),
        heat_load=now.flux,
        sunk=jnp.zeros_like(state.heat_load),
        peaks=jax.tree.map(jnp.zeros_like, state.peaks),
    )
    height = now.around.place.height
    off = jnp.where(now.pressure > _AIR, now.load.off_trim - FARTHEST, -1.0)
    swing = jnp.hypot(now.load.swing, setting.control.frequency)
    ends = [
        setting.until.due(
            t - setting.start,
            height,
            now.speed,
            now.around.stream.dot(now.around.up),
            setting.world.ground,
        ),
        leaving(state.sunk, height),
        off,
        setting.step * swing - COARSEST,
    ]
    # The last three end nothing: the events carry them to `_keep`, free of another evaluation.
    felt = [height, now.sensed.norm() / STANDARD_GRAVITY, now.flux]
    return change, jnp.stack([*ends, *felt])


def _keep(
    t: Array, state: RigidState, events: Array, fired: Array, setting: _Setting
) -> RigidState:
    del fired, setting
    sunk = has_sunk(state.sunk, events[4], state.position.dot(state.velocity))
    peaks = higher(t, state.peaks, events[5:])
    return eqx.tree_at(lambda s: (s.sunk, s.peaks), state, (sunk, peaks))


def _next_end(t: Array, state: RigidState, setting: _Setting) -> Array:
    del state
    return t + setting.step


def _row(t: Array, state: RigidState, setting: _Setting) -> RigidObservation:
    now = _instant(t, state, setting)
    capsule, load = setting.body.capsule, now.load
    weight = capsule.mass * STANDARD_GRAVITY
    place = (state.position, state.velocity, state.heat_load)
    ahead = now.around.stream / now.speed
    force = now.sensed * capsule.mass
    drag = -force.dot(ahead)
    across = force + ahead * drag
    felt = Felt(
        drag=drag,
        lift=jnp.sqrt(across.dot(across) + 1e-24),
        bank=_bank(now),
        pressure=now.pressure,
        mach=now.mach,
        angle=load.attack,
        load=now.sensed.norm() / STANDARD_GRAVITY,
        load_axial=-load.force.x / weight,
        load_normal=load.force.z / weight,
        flux=now.flux,
        speed=now.speed,
    )
    at = now.around.to_fixed.inverse().then(now.attitude)
    angles = angles_of(ned(now.around.place).inverse().then(at))
    return RigidObservation(
        entry=observed(*place, now.around, capsule, felt),
        bank_commanded=now.command.bank,
        incidence=load.incidence,
        sideslip=load.sideslip,
        yaw=angles.yaw,
        pitch_body=angles.pitch,
        roll=angles.roll,
        attitude=now.attitude,
        rate_body=state.rate,
        force_body=load.force,
        moment_body=load.moment,
        moment_control=now.moment,
    )


def _bank(now: _Instant) -> Array:
    """The bank that is flown: where the side of the lift stands about the stream."""
    ahead = now.around.stream / now.speed
    zero = jnp.zeros_like(now.speed)
    lifted = now.attitude.inverse().apply(Vector(zero, zero, zero - 1.0, Frame.BODY))
    above = now.around.up - ahead * now.around.up.dot(ahead)
    return jnp.arctan2(lifted.dot(ahead.cross(above)), lifted.dot(above))
