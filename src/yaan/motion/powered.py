"""The powered ascent of a point mass: phases flown in turn by one compiled loop.

A flight is a list of phases. They are stacked into arrays, so that a mission of any shape costs
one compilation. Ignores rotation of the body, thrust misalignment, slosh and jettison impulses.
"""

import enum
from collections.abc import Callable
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree
from typing_extensions import override

from yaan.aerodynamics.heating import free_stream_flux
from yaan.aerodynamics.tables import ForceTable
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import Airload, Surroundings, World, airload, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival, Tape
from yaan.dynamics.state import State, Sums
from yaan.gnc.base import AbstractGuidance
from yaan.gnc.navigation import AbstractNavigator, Estimate, Perfect
from yaan.gnc.powered import OpenLoop, Steering, no_memory
from yaan.motion.base import AbstractMotion, Entered, Legs, chosen, fly_in_turn
from yaan.motion.row import Row, row
from yaan.propulsion.engine import Firing
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import geodetic
from yaan.spacetime.elements import Elements, elements, energy
from yaan.spacetime.frame import Vector
from yaan.vehicle.launcher import Launcher

_DREGS = 1e-7  # [kg] left by rounding where a thrust curve burns exactly what is loaded
_DEEP = 10.0  # [m] below the ground: less is what a vehicle that nothing holds sinks at lift-off


class End(enum.IntEnum):
    """What can end a phase, in the order of the compiled event functions.

    The depletion of stage i follows the last of these, at `len(End) + i`.
    """

    HEAT_FLUX_BELOW = 0
    DYNAMIC_PRESSURE_BELOW = 1
    HEIGHT_ABOVE = 2
    ALIGNED = 3
    ORBIT = 4
    GROUND = 5
    LIFT_OFF = 6


class Phases(eqx.Module):
    """Phases in turn, one entry each on the first axis."""

    law: Int[Array, " phases"]
    programme: Int[Array, " phases"]
    """Which linear tangent is in force; it is only read under that law."""
    begins: Bool[Array, " phases"]
    """The programme starts with this phase."""
    continuous: Bool[Array, " phases"]
    """A programme that begins here starts at the last commanded tan(pitch)."""
    ignite: Bool[Array, "phases stages"]
    shut_down: Bool[Array, "phases stages"]
    stages_aboard: Bool[Array, "phases stages"]
    items_aboard: Bool[Array, "phases items"]
    configuration: Int[Array, " phases"]
    time: Float[Array, " phases"]
    """Ends at this time since ignition [s]; infinite: it does not."""
    duration: Float[Array, " phases"]
    """Ends after this long [s]; infinite: it does not."""
    timeout: Float[Array, " phases"]
    """Fails when nothing has ended it after this long [s]."""
    ends: Bool[Array, "phases ends"]
    heat_flux: Float[Array, " phases"]  # [W/m^2]
    dynamic_pressure: Float[Array, " phases"]  # [Pa]
    height: Float[Array, " phases"]  # [m]
    energy: Float[Array, " phases"]
    """Specific orbital energy of the target [m^2/s^2]."""
    overdraws: Bool[Array, "phases stages"]
    """The stage may burn more than it carries: the shortfall is the answer."""
    on_pad: Bool[Array, " phases"]
    """The pad holds the vehicle up until thrust does."""
    step: Float[Array, " phases"]  # [s]
    exists: Bool[Array, " phases"]
    """False for padding."""


class Losses(eqx.Module):
    """Where the ideal velocity went [m/s], against the turning Earth.

    ideal = gained speed + gravity + drag + steering + back pressure; gravity is the apparent
    one, with the centrifugal term and the hold of the pad.
    """

    ideal: Float[Array, "*batch"]
    gravity: Float[Array, "*batch"]
    drag: Float[Array, "*batch"]
    steering: Float[Array, "*batch"]
    back_pressure: Float[Array, "*batch"]

    @property
    def sums(self) -> Sums:
        """The same as what a flight adds up."""
        return Sums(
            ideal=self.ideal,
            drag=self.drag,
            gravity=self.gravity,
            steering=self.steering,
            back_pressure=self.back_pressure,
            heat_load=0.0 * self.ideal,
        )


class Climbing(eqx.Module):
    """What is integrated, the instants that switch it, and what guidance remembers."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    propellant: Float[Array, "*batch stages"]  # [kg]
    losses: Losses
    ignition: Float[Array, "*batch stages"]  # [s], infinite before
    cut_off: Float[Array, "*batch stages"]  # [s], infinite before
    memory: PyTree
    """Of its guidance; of the open loop the programme in force."""


class Instant(eqx.Module):
    """Everything that acts at an instant."""

    around: Surroundings
    firing: Firing
    air: Airload
    axis: Vector
    mass: Float[Array, ""]
    spare: Float[Array, ""]
    """Upward acceleration of thrust and air beyond weight [m/s^2]."""
    sensed: Vector
    """Specific force [m/s^2], GCRS."""


class Powered(AbstractMotion):
    """One phase of a powered flight."""

    about: ClassVar[Model] = Model(
        name="launcher",
        text="point mass; thrust by curve less back pressure, flow by specific impulse",
        ignores="rotation, slosh, thrust misalignment, jettison impulses, residuals",
    )

    world: World
    launcher: Launcher
    phase: Phases
    """Of this phase alone."""
    table: ForceTable
    """Of the shape that flies."""
    guidance: AbstractGuidance
    navigator: AbstractNavigator
    tilt: Float[Array, ""]
    """From the vertical, at which the velocity is aligned [rad]."""
    due: Float[Array, ""]
    """When time ends it, if it has not timed out before [s]."""

    most_steps: ClassVar[int] = 20_000

    @override
    def method(self) -> AbstractMethod:
        return RK4

    @override
    def begin(self, state: State) -> Climbing:
        """Engines that are lit here burn; those that burnt before are out: no state tells them."""
        return _switched(self, state.t, climbing(self.launcher, state))

    @override
    def evaluate(self, t: Array, inner: Climbing) -> tuple[Climbing, Array]:
        now = self.instant(t, inner)
        return self._rate(now, inner), self._events(t, now, inner)

    @override
    def switch(self, t: Array, inner: Climbing, events: Array, fired: Array) -> Climbing:
        del events
        dry = fired[len(End) :]
        memory = self.guidance.update(lambda: self._look(t, inner), inner.memory)
        return eqx.tree_at(
            lambda s: (s.propellant, s.cut_off, s.memory),
            inner,
            (
                jnp.where(dry, 0.0, inner.propellant),
                jnp.where(dry, t, inner.cut_off),
                memory,
            ),
        )

    @override
    def deadline(self, t: Array, inner: Climbing) -> Array:
        kink = self.launcher.engines.next_kink(t, inner.ignition, inner.cut_off)
        return jnp.minimum(kink, self.guidance.deadline(t, inner.memory))

    @override
    def possible(self, t: Array, inner: Climbing, begun: Array) -> Array:
        del t
        return can_be(inner.position, inner.velocity, self.world.mu, begun, inner.losses.ideal)

    @override
    def ending(self) -> Array:
        return self.phase.ends

    @override
    def switching(self) -> tuple[bool, ...]:
        return tuple(i >= len(End) for i in range(self.phase.ends.shape[-1]))

    @override
    def judged(self, inner: Climbing) -> tuple[tuple[Vector, ...], tuple[float, ...]]:
        return (inner.position, inner.velocity), (POSITION, VELOCITY)

    @override
    def outcome(self, arrival: Arrival, stop: Array) -> Array:
        ended = jnp.any(arrival.fired) | (arrival.t >= self.due - 1e-9)
        late = arrival.t >= stop - 1e-9
        cases = [
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (arrival.fired[End.GROUND], OutcomeCode.STRUCK_GROUND),
            (ended, OutcomeCode.REACHED),
            (late & self.phase.on_pad, OutcomeCode.NO_LIFT_OFF),
            (late, OutcomeCode.TIMED_OUT),
            (~arrival.finite, OutcomeCode.NOT_FINITE),
        ]
        return chosen(cases, OutcomeCode.OUT_OF_STEPS)

    @override
    def end(self, t: Array, inner: Climbing, start: State) -> State:
        stages = self.launcher.propellant.shape[-1]
        aboard = jnp.concatenate([self.phase.stages_aboard, self.phase.items_aboard])
        return eqx.tree_at(
            lambda s: (s.t, s.position, s.velocity, s.tanks, s.aboard, s.memory),
            start,
            (
                t,
                inner.position,
                inner.velocity,
                start.tanks.at[:stages].set(inner.propellant),
                start.aboard.at[: aboard.shape[0]].set(aboard),
                self.guidance.finish(t, inner.memory),
            ),
            is_leaf=lambda x: x is None,
        )

    @override
    def added(self, inner: Climbing) -> Sums:
        return inner.losses.sums

    @override
    def row(self, t: Array, inner: Climbing) -> Row:
        now = self.instant(t, inner)
        around, r = now.around, inner.position
        stream = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        return row(
            around,
            r,
            inner.velocity,
            mass=now.mass,
            thrust=jnp.sum(now.firing.vacuum_thrust - now.firing.back_pressure),
            drag=-now.air.force.dot(around.stream) / stream,
            dynamic_pressure=now.air.dynamic_pressure,
            mach=now.air.mach,
            heat_flux=free_stream_flux(around.air.density, stream),
            angle_of_attack=now.air.angle,
            load=now.sensed.norm() / STANDARD_GRAVITY,
            load_axial=now.sensed.dot(now.axis) / STANDARD_GRAVITY,
            pitch=jnp.arcsin(jnp.clip(now.axis.dot(r) / r.norm(), -1.0, 1.0)),
            propellant=inner.propellant,
        )

    def instant(self, t: Array, inner: Climbing) -> Instant:
        """Forces and mass at `t` [s] since ignition."""
        launcher, phase = self.launcher, self.phase
        around = surroundings(self.world, t, inner.position, inner.velocity)
        estimate = self.navigator.estimate(t, inner.position, inner.velocity, around)
        axis = self.guidance.command(estimate, inner.memory).axis
        # Until its cut-off a stage burns on: running dry is an event that sets the cut-off, and a
        # thrust that died inside a step would hide when. What a commanded tail-off burns must
        # exist.
        fed = (inner.propellant > 0.0) | (t < inner.cut_off) | phase.overdraws
        firing = launcher.engines.fire(
            t, around.air.pressure, inner.ignition, inner.cut_off, fed & phase.stages_aboard
        )
        air = airload(self.table, around, axis)
        mass = launcher.mass(inner.propellant, phase.stages_aboard, phase.items_aboard)
        thrust = jnp.sum(firing.vacuum_thrust - firing.back_pressure)
        driven = (axis * thrust + air.force) / mass
        # On the pad the vehicle turns with the Earth, whatever its engines and the local vertical
        # do.
        loose = driven + around.gravity + around.carried
        spare = loose.dot(around.up)
        held = loose * jnp.where(phase.on_pad, -1.0, 0.0)
        return Instant(around, firing, air, axis, mass, spare, driven + held)

    def _look(self, t: Array, inner: Climbing) -> Estimate:
        around = surroundings(self.world, t, inner.position, inner.velocity)
        return self.navigator.estimate(t, inner.position, inner.velocity, around)

    def _rate(self, now: Instant, inner: Climbing) -> Climbing:
        around, mass = now.around, now.mass
        vacuum = jnp.sum(now.firing.vacuum_thrust) / mass
        back = jnp.sum(now.firing.back_pressure) / mass
        drag = now.air.force / mass
        held = now.sensed - now.axis * (vacuum - back) - drag
        along = around.relative + around.up * 1e-6
        direction = along / along.norm()
        still = jnp.zeros_like(inner.ignition)
        return Climbing(
            position=inner.velocity,
            velocity=now.sensed + around.gravity,
            propellant=-now.firing.flow,
            losses=Losses(
                ideal=vacuum,
                gravity=-(around.gravity + around.carried + held).dot(direction),
                drag=-drag.dot(direction),
                steering=(vacuum - back) * (1.0 - now.axis.dot(direction)),
                back_pressure=back,
            ),
            ignition=still,
            cut_off=still,
            memory=jax.tree.map(jnp.zeros_like, inner.memory),
        )

    def _events(self, t: Array, now: Instant, inner: Climbing) -> Float[Array, " events"]:
        phase, around = self.phase, now.around
        speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
        pace = jnp.sqrt(around.relative.dot(around.relative) + 1e-6)
        rise = around.relative.dot(around.up) / pace
        flux = free_stream_flux(around.air.density, speed)
        gained = energy(inner.position, inner.velocity, self.world.mu) - phase.energy
        ends = jnp.stack(
            [
                1.0 - flux / phase.heat_flux,
                1.0 - now.air.dynamic_pressure / phase.dynamic_pressure,
                (around.place.height - phase.height) * 1e-3,
                jnp.cos(self.tilt) - rise,
                gained * 1e-6,
                (self.world.ground - _DEEP - around.place.height) * 1e-3,
                now.spare,
            ]
        )
        burning = (t >= inner.ignition) & (t < inner.cut_off)
        burning = burning & phase.stages_aboard & ~phase.overdraws
        dry = jnp.where(burning, (_DREGS - inner.propellant) * 1e-3, -1.0)
        return jnp.concatenate([ends, dry])


def climbing(launcher: Launcher, state: State) -> Climbing:
    """A state whose first tanks are the stages', as an ascent integrates it; no engine burns yet.

    One lane.
    """
    stages = launcher.propellant.shape[-1]
    zero, never = jnp.zeros_like(state.t), jnp.full(stages, jnp.inf)
    return Climbing(
        position=state.position,
        velocity=state.velocity,
        propellant=state.tanks[:stages],
        losses=Losses(zero, zero, zero, zero, zero),
        ignition=never,
        cut_off=never,
        memory=no_memory(zero) if state.memory is None else state.memory,
    )


Guide = Callable[[Steering, Phases, Array, Array], AbstractGuidance]
"""What guides a phase, by its start and the time that ends it [s]; one lane."""


def open_loop(steering: Steering, phase: Phases, start: Array, due: Array) -> OpenLoop:
    """The laws of the file."""
    programme = (phase.law, phase.programme, phase.begins, phase.continuous)
    return OpenLoop(steering, *programme, start, due)


def phase_of(
    world: World,
    launcher: Launcher,
    steering: Steering,
    phase: Phases,
    start: Array,
    guide: Guide = open_loop,
) -> Powered:
    """The motion of a phase that began at `start` [s], one lane."""
    due = jnp.minimum(phase.time, start + phase.duration)
    guidance = guide(steering, phase, start, due)
    table = launcher.configuration(phase.configuration)
    return Powered(world, launcher, phase, table, guidance, Perfect(), steering.kick, due)


def ascend(  # noqa: PLR0913 - a world, a vehicle, what it does and where it starts; how finely
    world: World,
    launcher: Launcher,
    phases: Phases,
    steering: Steering,
    start: State,
    *,
    guide: Guide = open_loop,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    rows: int | None = None,
) -> tuple[Legs, Tape | None]:
    """Fly all phases in turn from `start`; all but `world` have lanes on their first axis.

    `guide` makes the guidance of each phase; what another one than the file's laws remembers at
    the start is the `memory` of the state. `tolerance` is the share of `dynamics.accuracy` that
    each lane abides by; infinite: the steps are those of the phases. See `motion.base.fly_in_turn`.
    """
    begun = jnp.broadcast_to(-world.mu / EARTH_RADIUS, start.t.shape)  # at rest, one radius up

    def lane(
        launcher: Launcher, steering: Steering, phase: Phases, t: Array, inner: Climbing
    ) -> tuple[Powered, Climbing]:
        motion = phase_of(world, launcher, steering, phase, t, guide)
        return motion, _switched(motion, t, inner)

    # The world is the same in every lane; mapping its tables would only copy them.
    axes = Powered(None, 0, 0, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]

    def enter(phase: Phases, t: Array, inner: Climbing) -> Entered:
        motion, inner = jax.vmap(lane, out_axes=(axes, 0))(launcher, steering, phase, t, inner)
        stop = jnp.minimum(motion.due, t + phase.timeout)
        return Entered(motion, axes, inner, stop, phase.step, begun, phase.exists)

    def settle(entered: Entered, t: Array, inner: Climbing) -> Climbing:
        finish = jax.vmap(lambda m, t, kept: m.guidance.finish(t, kept), in_axes=(axes, 0, 0))
        return eqx.tree_at(lambda s: s.memory, inner, finish(entered.motion, t, inner.memory))

    return fly_in_turn(
        enter,
        settle,
        jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 1, 0), phases),
        start.t,
        jax.vmap(climbing)(launcher, start),
        tolerance=tolerance,
        most_steps=Powered.most_steps,
        rows=rows,
    )


def _switched(motion: Powered, t: Array, inner: Climbing) -> Climbing:
    """The state as its phase begins: what it lights and shuts down, what guidance remembers."""
    phase = motion.phase
    lit = phase.ignite & jnp.isinf(inner.ignition)
    ignition = jnp.where(lit, t + motion.launcher.engines.ignition_delay, inner.ignition)
    ended = jnp.minimum(t, inner.cut_off)
    cut_off = jnp.where(phase.shut_down, ended, inner.cut_off)
    return eqx.tree_at(
        lambda s: (s.ignition, s.cut_off, s.memory),
        inner,
        (ignition, cut_off, motion.guidance.start(t, inner.memory)),
    )


def observe(
    world: World, launcher: Launcher, phases: Phases, steering: Steering, legs: Legs, tape: Tape
) -> Row:
    """All rows of one lane's tape; the arguments are of that lane, legs [phases, ...]."""

    def one(t: Array, label: Array, inner: Climbing) -> Row:
        phase = jax.tree.map(lambda leaf: leaf[label], phases)
        return phase_of(world, launcher, steering, phase, legs.start[label]).row(t, inner)

    return jax.vmap(one)(tape.t, tape.label, tape.state)


class Reached(eqx.Module):
    """How a leg ended, for targets: a light part of an observation."""

    height: Float[Array, "*batch"]
    speed: Float[Array, "*batch"]
    flight_path_angle: Float[Array, "*batch"]
    elements: Elements
    """Against the true equator of date."""


def reached(world: World, t: Array, position: Vector, velocity: Vector) -> Reached:
    """The end of a leg, of one lane."""
    place = geodetic(world.earth.rotation(t).apply(position), world.shape)
    of_date = world.earth.of_date
    speed = velocity.norm()
    return Reached(
        height=place.height,
        speed=speed,
        flight_path_angle=jnp.arcsin(position.dot(velocity) / (position.norm() * speed)),
        elements=elements(of_date.apply(position), of_date.apply(velocity), world.mu),
    )
