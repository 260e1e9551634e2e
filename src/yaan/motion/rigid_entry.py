"""A lifting entry of a rigid body: the capsule turns, and a control holds it at its trim.

The point entry's path with six degrees of freedom: the air's force is fixed in the capsule's axes
and turns with them, the air's moment brings it back to its trim, and a control law, which sees an
estimate, asks thrusters for a moment towards the prescribed attitude: the trim of the Mach number
and the bank of the programme.

With `pulsing` thrusters that are on or off give that moment: once a period the law is asked, what
lies in the dead-band is left out, and what they fire acts evenly over the period. Without, moments
are continuous.

Ignores: the mass that thrusters use (it is told) and their force, gravity gradient (some
millinewton metres), the Earth's turning in the damping, mass lost by ablation.
"""

import math
from dataclasses import replace
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.aerodynamics.heating import sutton_graves
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.peaks import Peaks, first_peaks, higher
from yaan.dynamics.rigid import angular_acceleration
from yaan.dynamics.solve import Arrival
from yaan.dynamics.state import State, Sums, nothing_added
from yaan.environment.placed import air_over
from yaan.gnc.attitude import (
    AttitudeCommand,
    AttitudeControl,
    EntryEstimate,
    Motion,
    believe,
    command_trim,
    control_moment,
)
from yaan.gnc.bank import BankProfile
from yaan.gnc.thrusters import DeadBand, Thrusters, allocate, burnt, moment_of, pulses, quiet
from yaan.gnc.tracking import attitude_error
from yaan.motion.base import AbstractMotion
from yaan.motion.entry import Handover, has_sunk, heated, leaving, outcome_of
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import angles_of, kinematics, ned, normalised
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.capsule import CapsuleLoad, RigidCapsule

COARSEST = 0.5  # [rad]
"""Largest product of step and swing: the phase is then out by 3e-4 rad a step."""

FARTHEST = math.radians(30.0)  # [rad]
"""Off the trim: further out the linear moments and the fixed force mean nothing."""

_SAME = 1e-9  # [s] within which two instants are one

_AIR = 10.0  # [Pa] of dynamic pressure: below it the angle off the trim does nothing


class Pulsing(eqx.Module):
    """Thrusters that are on or off; leaves have lanes."""

    thrusters: Thrusters
    band: DeadBand
    period: Float[Any, "*lanes"]  # [s]


class Firing(eqx.Module):
    """What they do and did, held between samples."""

    moment: Vector
    """Mean of this period [N m]."""
    owed: Float[Array, "*lanes n"]  # [s]
    used: Float[Array, "*lanes"]
    """Propellant [kg]."""
    pulses: Float[Array, "*lanes"]
    """How many times one of them came on."""
    missed: Float[Array, "*lanes"]
    """The most that was asked for and not allocated [N m]."""
    left: Float[Array, "*lanes"]
    """The most that was left of the equation of an allocation; see `gnc.thrusters`."""
    sample: Float[Array, "*lanes"]
    """When the law is asked next [s]."""


class Turning(eqx.Module):
    """What is integrated; `attitude` is from GCRS to the body, `rate` against GCRS in its axes."""

    position: Vector
    velocity: Vector
    attitude: Rotation
    rate: Vector
    heat_load: Float[Array, "*lanes"]
    sunk: Float[Array, "*lanes"]
    peaks: Peaks
    firing: Firing | None = None
    """Of thrusters that are on or off; None of continuous moments."""

    @property
    def peak_load(self) -> Float[Array, "*lanes"]:
        """Largest load so far, in standard gravities."""
        return self.peaks.best[..., 0]

    @property
    def peak_flux(self) -> Float[Array, "*lanes"]:
        """Largest heat flux at the stagnation point so far [W/m^2]."""
        return self.peaks.best[..., 1]


class _Instant(eqx.Module):
    around: Surroundings
    attitude: Rotation
    speed: Array
    mach: Array
    pressure: Array
    load: CapsuleLoad
    sensed: Vector  # [m/s^2], GCRS
    estimate: EntryEstimate
    command: AttitudeCommand
    moment: Vector
    """Of the control [N m]."""
    flux: Array


class RigidEntry(AbstractMotion):
    """As `motion.entry.Entry`, of a body that turns.

    All steps have the length `step` [s]: the control needs them short above the air as well.
    """

    about: ClassVar[Model] = Model(
        name="entry",
        text="rigid body held at trim and bank by a control, on the bank of a point; "
        "Sutton-Graves flux",
        ignores="thruster pulses and their propellant, slopes of the forces off trim, rarefied "
        "flow, radiation, ablation",
    )

    world: World
    body: RigidCapsule
    control: AttitudeControl
    bank: BankProfile
    start: Float[Any, "*lanes"]  # [s]
    until: Handover
    step: Float[Any, "*lanes"]  # [s]
    pulsing: Pulsing | None = None
    """Thrusters that are on or off; None, and nothing of it is compiled."""

    most_steps: ClassVar[int] = 400_000

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> Turning:
        """A point's state as that of a body: in the attitude that is commanded there, turning so.

        The command takes the point as pulled by gravity alone. An attitude that is known is kept.
        """
        zero = jnp.zeros_like(state.t)
        any_way = Rotation(zero + 1.0, zero, zero, zero, Frame.GCRS, Frame.BODY)
        none = Vector(zero, zero, zero, Frame.BODY)
        peaks = first_peaks(state.t, jnp.stack([zero, zero]))
        firing = None if self.pulsing is None else _unfired(self.pulsing, state.t, none)
        inner = Turning(state.position, state.velocity, any_way, none, zero, zero, peaks, firing)
        command = self._instant(state.t, inner).command
        known = jnp.isfinite(state.attitude.w)
        trimmed, given = (command.attitude, command.rate), (state.attitude, state.rate)
        turned = jax.tree.map(lambda a, b: jnp.where(known, a, b), given, trimmed)
        return eqx.tree_at(lambda s: (s.attitude, s.rate), inner, turned)

    @override
    def evaluate(self, t: Array, inner: Turning) -> tuple[Turning, Array]:
        now = self._instant(t, inner)
        moment = now.load.moment + now.moment
        change = Turning(
            position=inner.velocity,
            velocity=now.around.gravity + now.sensed,
            attitude=kinematics(inner.attitude, inner.rate),
            rate=angular_acceleration(self.body.inertia, inner.rate, moment),
            heat_load=now.flux,
            sunk=jnp.zeros_like(inner.heat_load),
            peaks=jax.tree.map(jnp.zeros_like, inner.peaks),
            firing=jax.tree.map(jnp.zeros_like, inner.firing),
        )
        height = now.around.place.height
        off = jnp.where(now.pressure > _AIR, now.load.off_trim - FARTHEST, -1.0)
        swing = jnp.hypot(now.load.swing, self.control.frequency)
        ends = [
            self.until.due(
                t - self.start,
                height,
                now.speed,
                now.around.stream.dot(now.around.up),
                self.world.ground,
            ),
            leaving(inner.sunk, height),
            off,
            self.step * swing - COARSEST,
        ]
        # The last three end nothing: the events carry them to `switch`, free of an evaluation.
        felt = [height, now.sensed.norm() / STANDARD_GRAVITY, now.flux]
        return change, jnp.stack([*ends, *felt])

    @override
    def switch(self, t: Array, inner: Turning, events: Array, fired: Array) -> Turning:
        del fired
        sunk = has_sunk(inner.sunk, events[4], inner.position.dot(inner.velocity))
        peaks = higher(t, inner.peaks, events[5:])
        inner = eqx.tree_at(lambda s: (s.sunk, s.peaks), inner, (sunk, peaks))
        if self.pulsing is None or inner.firing is None:
            return inner
        fired_now = self._fired(t, inner, self.pulsing, inner.firing)
        return eqx.tree_at(lambda s: s.firing, inner, fired_now)

    @override
    def deadline(self, t: Array, inner: Turning) -> Array:
        if inner.firing is None or self.pulsing is None:
            return t + self.step
        sample = inner.firing.sample
        ahead = jnp.where(sample > t + _SAME, sample, t + self.pulsing.period)
        return jnp.minimum(t + self.step, ahead)

    @override
    def possible(self, t: Array, inner: Turning, begun: Array) -> Array:
        del t, inner, begun
        return jnp.asarray(True)

    @override
    def ending(self) -> Array:
        return jnp.asarray([True, True, True, True, False, False, False])

    @override
    def switching(self) -> tuple[bool, ...]:
        return (False,) * 7

    @override
    def judged(self, inner: Turning) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        del stop
        codes = (
            (1, OutcomeCode.SKIPPED_OUT),
            (0, OutcomeCode.REACHED),
            (2, OutcomeCode.LEFT_TRIM),
            (3, OutcomeCode.STEP_TOO_LONG),
        )
        return outcome_of(arrival, codes)

    @override
    def end(self, t: Array, inner: Turning, start: State) -> State:
        moved = (t, inner.position, inner.velocity, normalised(inner.attitude), inner.rate)
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.attitude, s.rate), start, moved
        )

    @override
    def added(self, inner: Turning) -> Sums:
        nothing = nothing_added(inner.heat_load)
        return eqx.tree_at(lambda s: s.heat_load, nothing, inner.heat_load)

    @override
    def row(self, t: Array, inner: Turning) -> Row:
        now = self._instant(t, inner)
        capsule, load = self.body.capsule, now.load
        weight = capsule.mass * STANDARD_GRAVITY
        ahead = now.around.stream / now.speed
        force = now.sensed * capsule.mass
        drag = -force.dot(ahead)
        across = force + ahead * drag
        at = now.around.to_fixed.inverse().then(now.attitude)
        angles = angles_of(ned(now.around.place).inverse().then(at))
        return row(
            now.around,
            inner.position,
            inner.velocity,
            drag=drag,
            lift=jnp.sqrt(across.dot(across) + 1e-24),
            bank=_bank(now),
            dynamic_pressure=now.pressure,
            mach=now.mach,
            angle_of_attack=load.attack,
            load=now.sensed.norm() / STANDARD_GRAVITY,
            load_axial=-load.force.x / weight,
            load_normal=load.force.z / weight,
            bank_commanded=now.command.bank,
            incidence=load.incidence,
            sideslip=load.sideslip,
            yaw=angles.yaw,
            pitch_body=angles.pitch,
            roll=angles.roll,
            attitude=now.attitude,
            rate_body=inner.rate,
            force_body=load.force,
            moment_body=load.moment,
            moment_control=now.moment,
            **heated(now.around, capsule, now.speed, now.flux, inner.heat_load),
        )

    def _instant(self, t: Array, inner: Turning) -> _Instant:
        body, world = self.body, self.world
        around = surroundings(world, t, inner.position, inner.velocity)
        attitude = normalised(inner.attitude)
        stream = attitude.apply(around.stream)
        speed = jnp.sqrt(stream.dot(stream) + 1e-12)
        mach = speed / around.air.sound_speed
        pressure = 0.5 * around.air.density * speed**2
        load = body.load(stream, inner.rate, pressure, mach)
        sensed = attitude.inverse().apply(load.force) / body.capsule.mass
        motion = Motion(
            spin=around.to_fixed.inverse().apply(world.earth.spin(t)),
            velocity=inner.velocity,
            acceleration=around.gravity + sensed,
            sound_gradient=_sound_gradient(world, t, around.place),
        )
        estimate = believe(t - self.start, attitude, inner.rate, around, motion)
        command = command_trim(estimate, body.capsule, self.bank, self.control)
        moment = control_moment(self.control, estimate, command)
        if inner.firing is not None:
            moment = inner.firing.moment
        flux = sutton_graves(around.air.density, speed, body.capsule.nose_radius)
        met = (around, attitude, speed, mach, pressure, load, sensed)
        return _Instant(*met, estimate, command, moment, flux)

    def _fired(self, t: Array, inner: Turning, pulsing: Pulsing, before: Firing) -> Firing:
        """What the thrusters do from `t` on, where it is time to ask."""
        now = self._instant(t, inner)
        estimate, command = now.estimate, now.command
        between = command.attitude.inverse().then(estimate.attitude)
        slow = between.apply(command.rate) - estimate.rate
        awake = quiet(pulsing.band, attitude_error(estimate.attitude, command.attitude), slow)
        asked = control_moment(self.control, estimate, command)
        wanted = jnp.stack([asked.x * awake.x, asked.y * awake.y, asked.z * awake.z])
        found = allocate(pulsing.thrusters, wanted)
        fired = pulses(pulsing.thrusters, found.share, before.owed, pulsing.period)
        after = Firing(
            moment=moment_of(pulsing.thrusters, fired.on, pulsing.period),
            owed=fired.owed,
            used=before.used + burnt(pulsing.thrusters, fired.on),
            pulses=before.pulses + jnp.sum(fired.on > 0.0),
            missed=jnp.maximum(before.missed, jnp.linalg.norm(found.missed)),
            left=jnp.maximum(before.left, found.left),
            sample=t + pulsing.period,
        )
        due = t >= before.sample - _SAME
        return jax.tree.map(lambda a, b: jnp.where(due, a, b), after, before)


def _unfired(pulsing: Pulsing, t: Array, none: Vector) -> Firing:
    nothing = jnp.zeros_like(t)
    owed = jnp.zeros_like(pulsing.thrusters.thrust)
    return Firing(none, owed, nothing, nothing, nothing, nothing, t)


def _sound_gradient(world: World, t: Array, place: Geodetic) -> Array:
    def speed(height: Array) -> Array:
        return air_over(world.atmosphere, replace(place, height=height), t).sound_speed

    return jax.jvp(speed, (place.height,), (jnp.ones_like(place.height),))[1]


def _bank(now: _Instant) -> Array:
    """The bank that is flown: where the side of the lift stands about the stream."""
    ahead = now.around.stream / now.speed
    zero = jnp.zeros_like(now.speed)
    lifted = now.attitude.inverse().apply(Vector(zero, zero, zero - 1.0, Frame.BODY))
    above = now.around.up - ahead * now.around.up.dot(ahead)
    return jnp.arctan2(lifted.dot(ahead.cross(above)), lifted.dot(above))
