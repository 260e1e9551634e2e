"""The powered ascent of a point mass: phases flown in turn by one compiled loop.

A flight is a list of phases. They are stacked into arrays (`powered_phases`), so that a mission
of any shape costs one compilation. Ignores rotation of the body, thrust misalignment, slosh and
jettison impulses.
"""

from collections.abc import Callable
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree
from typing_extensions import override

from yaan.aerodynamics.heating import free_stream_flux
from yaan.aerodynamics.tables import ForceTable
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.model import Model
from yaan.dynamics.accuracy import POSITION, VELOCITY
from yaan.dynamics.forces import World, airload, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival, Tape
from yaan.dynamics.state import State, Sums
from yaan.gnc.base import AbstractGuidance, Gnc
from yaan.gnc.navigation import AbstractNavigator, Estimate, Perfect, Truth
from yaan.gnc.powered import OpenLoop, Steering, no_memory
from yaan.motion.base import AbstractMotion, Entered, Legs, chosen, fly_in_turn
from yaan.motion.powered_phases import (
    DRIVEN,
    End,
    Instant,
    Outset,
    Phases,
    ends,
    on_rail,
    throttle_of,
)
from yaan.motion.row import Row, row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import geodetic
from yaan.spacetime.elements import Elements, elements, energy
from yaan.spacetime.frame import Vector
from yaan.vehicle.launcher import Launcher

_RESIDUE = 1e-6  # [kg] more than this is not rounding
_DREGS = 1e-7  # [kg] left by rounding where a thrust curve burns exactly what is loaded


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
    navigation: PyTree = None
    """What its navigator remembers; None of one that keeps nothing."""
    held: Float[Array, "*batch stages"] | None = None
    """Throttles that have stuck, below 0 of those that have not; None where none can."""


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
        """Engines that are lit here burn; those that burnt before are out: no state tells them.

        A phase with extras is that of `begun_at`.
        """
        return switched(self, state.t, climbing(self.launcher, state))

    @override
    def evaluate(self, t: Array, inner: Climbing) -> tuple[Climbing, Array]:
        now = self.instant(t, inner)
        return self._rate(now, inner), self._events(t, now, inner)

    @override
    def switch(self, t: Array, inner: Climbing, events: Array, fired: Array) -> Climbing:
        del events
        dry = fired[len(End) :]
        told = self.navigator.update(self.truth(t, inner), inner.navigation)
        inner = _navigated(inner, told)
        memory = self.guidance.update(lambda: self._look(t, inner), inner.memory)
        failures = self.launcher.engines.failures
        if failures is not None and inner.held is not None:
            held = failures.held(t, inner.held, self.instant(t, inner).throttle)
            inner = eqx.tree_at(lambda s: s.held, inner, held)
        return eqx.tree_at(
            lambda s: (s.propellant, s.cut_off, s.memory),
            inner,
            (
                # A motor whose curve is over may leave something unburnt.
                jnp.where(dry & (inner.propellant <= _RESIDUE), 0.0, inner.propellant),
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
        burning = (arrival.t >= arrival.state.ignition) & (arrival.t < arrival.state.cut_off)
        driven = jnp.any(self.phase.ends[jnp.asarray(DRIVEN)])
        dry = driven & ~jnp.any(burning & self.phase.stages_aboard)
        struck = arrival.fired[End.STRUCK] & ~arrival.fired[End.GROUND]
        cases = [
            (~arrival.possible, OutcomeCode.IMPOSSIBLE),
            (struck, OutcomeCode.STRUCK_GROUND),
            (ended, OutcomeCode.REACHED),
            (late & self.phase.on_pad, OutcomeCode.NO_LIFT_OFF),
            (late & dry, OutcomeCode.RAN_DRY),
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
                jnp.asarray(start.tanks).at[:stages].set(inner.propellant),
                jnp.asarray(start.aboard).at[: aboard.shape[0]].set(aboard),
                _remembered(self.guidance.finish(t, inner.memory), inner.navigation),
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
        state = (t, inner.position, inner.velocity)
        estimate = self.navigator.estimate(*state, around, inner.navigation)
        asked = self.guidance.command(estimate, inner.memory).axis
        axis = self.navigator.realised(asked, inner.navigation)
        # Until its cut-off a stage burns on: running dry is an event that sets the cut-off, and a
        # thrust that died inside a step would hide when. What a commanded tail-off burns must
        # exist.
        fed = (inner.propellant > 0.0) | (t < inner.cut_off) | phase.overdraws
        firing = launcher.engines.fire(
            t,
            around.air.pressure,
            inner.ignition,
            inner.cut_off,
            fed & phase.stages_aboard,
            inner.propellant,
        )
        air = airload(self.table, around, axis)
        mass = launcher.mass(inner.propellant, phase.stages_aboard, phase.items_aboard)
        throttle = jnp.ones_like(inner.propellant)
        if phase.extras is not None:
            throttle = throttle_of(phase.extras, firing, axis, air.force, mass, inner.held)
            firing = launcher.engines.throttled(firing, throttle)
        thrust = jnp.sum(firing.vacuum_thrust - firing.back_pressure)
        driven = (axis * thrust + air.force) / mass
        # On the pad the vehicle turns with the Earth, whatever its engines and the local vertical
        # do.
        loose = driven + around.gravity + around.carried
        spare = loose.dot(around.up)
        held = loose * jnp.where(phase.on_pad, -1.0, 0.0)
        if phase.extras is not None:
            spare, railed = on_rail(self.world, phase, t, around, axis, loose)
            held = held + railed
        return Instant(around, firing, air, axis, mass, spare, driven + held, throttle)

    def _look(self, t: Array, inner: Climbing) -> Estimate:
        around = surroundings(self.world, t, inner.position, inner.velocity)
        state = (t, inner.position, inner.velocity)
        return self.navigator.estimate(*state, around, inner.navigation)

    def truth(self, t: Array, inner: Climbing) -> Truth:
        """What instruments meet at `t` [s]."""
        now = self.instant(t, inner)
        return Truth(t, inner.position, inner.velocity, now.sensed, now.around)

    def _rate(self, now: Instant, inner: Climbing) -> Climbing:
        around, mass = now.around, now.mass
        vacuum = jnp.sum(now.firing.vacuum_thrust) * (1.0 / mass)
        back = jnp.sum(now.firing.back_pressure) * (1.0 / mass)
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
            navigation=jax.tree.map(jnp.zeros_like, inner.navigation),
            held=None if inner.held is None else still,
        )

    def _events(self, t: Array, now: Instant, inner: Climbing) -> Float[Array, " events"]:
        phase, ideal = self.phase, inner.losses.ideal
        state = (inner.position, inner.velocity)
        over = t - self.guidance.cut_off(inner.memory)
        values = ends(self.world, phase, self.tilt, now, *state, ideal, over=over)
        burning = (t >= inner.ignition) & (t < inner.cut_off)
        burning = burning & phase.stages_aboard & ~phase.overdraws
        # What was dry before ends at once a phase that waits for it.
        since = self.launcher.engines.since_over(t, inner.ignition)
        spent = (inner.propellant <= 0.0) | ((since > 0.0) & (t >= inner.cut_off))
        left = jnp.where(phase.stages_aboard & ~phase.overdraws & spent, 1.0, -1.0)
        over = jnp.where(burning, since, -1.0) * 1e-3
        dry = jnp.where(burning, jnp.maximum((_DREGS - inner.propellant) * 1e-3, over), left)
        return jnp.concatenate([values, dry])


def climbing(launcher: Launcher, state: State) -> Climbing:
    """A state whose first tanks are the stages', as an ascent integrates it; no engine burns yet.

    One lane.
    """
    stages = launcher.propellant.shape[-1]
    zero, never = jnp.zeros_like(state.t), jnp.full(stages, jnp.inf)
    failures = launcher.engines.failures
    sticks = failures is not None and failures.stuck_at is not None
    memory, navigation = state.memory, None
    if isinstance(memory, Gnc):
        memory, navigation = memory.guidance, memory.navigation
    return Climbing(
        position=state.position,
        velocity=state.velocity,
        propellant=state.tanks[:stages],
        losses=Losses(zero, zero, zero, zero, zero),
        ignition=never,
        cut_off=never,
        memory=no_memory(zero) if memory is None else memory,
        navigation=navigation,
        held=jnp.full(stages, -1.0) if sticks else None,
    )


def _remembered(guidance: PyTree, navigation: PyTree) -> PyTree:
    """What a state hands on of both."""
    return guidance if navigation is None else Gnc(guidance, navigation)


def _navigated(inner: Climbing, navigation: PyTree) -> Climbing:
    return eqx.tree_at(lambda s: s.navigation, inner, navigation, is_leaf=lambda x: x is None)


Guide = Callable[[Steering, Phases, Array, Array], AbstractGuidance]
"""What guides a phase, by its start and the time that ends it [s]; one lane.

One that is a module has lanes: each phase is guided by that of its lane.
"""


def open_loop(steering: Steering, phase: Phases, start: Array, due: Array) -> OpenLoop:
    """The laws of the file."""
    programme = (phase.law, phase.programme, phase.begins, phase.continuous)
    extras = phase.extras
    if extras is None:
        return OpenLoop(steering, *programme, start, due)
    held = None if extras.outset is None else extras.outset.held
    return OpenLoop(steering, *programme, start, due, extras.aims, held)


def phase_of(
    world: World,
    launcher: Launcher,
    steering: Steering,
    phase: Phases,
    start: Array,
    guide: Guide = open_loop,
    navigator: AbstractNavigator | None = None,
) -> Powered:
    """The motion of a phase that began at `start` [s], one lane; with extras see `begun_at`."""
    due = jnp.minimum(phase.time, start + phase.duration)
    guidance = guide(steering, phase, start, due)
    table = launcher.configuration(phase.configuration)
    seen = Perfect() if navigator is None else navigator
    return Powered(world, launcher, phase, table, guidance, seen, steering.kick, due)


def begun_at(world: World, phase: Phases, t: Array, inner: Climbing) -> Phases:
    """A phase with what it must remember of its start at `t` [s], if it has extras; one lane."""
    extras = phase.extras
    if extras is None:
        return phase
    around = surroundings(world, t, inner.position, inner.velocity)
    seen = Perfect().estimate(t, inner.position, inner.velocity, around)
    foot = around.to_fixed.apply(inner.position)
    return with_outset(phase, Outset(inner.losses.ideal, foot, extras.aims.direction(seen)))


def with_outset(phase: Phases, outset: Outset | None) -> Phases:
    """A phase with what it remembers of its start."""
    if phase.extras is None:
        return phase
    return eqx.tree_at(lambda p: p.extras.outset, phase, outset, is_leaf=lambda x: x is None)


def ascend(  # noqa: PLR0913 - a world, a vehicle, what it does and where it starts; how finely
    world: World,
    launcher: Launcher,
    phases: Phases,
    steering: Steering,
    start: State,
    *,
    guide: Guide = open_loop,
    navigator: AbstractNavigator | None = None,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    rows: int | None = None,
) -> tuple[Legs, Tape | None]:
    """Fly all phases in turn from `start`; all have lanes, the world where it says so.

    `guide` makes the guidance of each phase, and its arrays have lanes; what another one than the
    file's laws remembers at the start is the `memory` of the state. It steers by what the
    `navigator` believes; without one that is the truth. `tolerance` is the share of
    `dynamics.accuracy` that each lane abides by, see `motion.base.fly_in_turn`.
    """
    at_rest = -world.mu / EARTH_RADIUS  # one radius up
    begun = jnp.maximum(energy(start.position, start.velocity, world.mu), at_rest)

    def lane(
        world: World,
        launcher: Launcher,
        steering: Steering,
        phase: Phases,
        t: Array,
        inner: Climbing,
        steers: tuple[PyTree, AbstractNavigator],
    ) -> tuple[Powered, Climbing]:
        phase = begun_at(world, phase, t, inner)
        guided: Guide = eqx.combine(steers[0], fixed)
        motion = phase_of(world, launcher, steering, phase, t, guided, steers[1])
        return motion, switched(motion, t, inner)

    # What is the same of the world in every lane is not mapped: that would only copy it.
    axes = Powered(world.axes, 0, 0, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]
    made = jax.vmap(lane, in_axes=(world.axes, 0, 0, 0, 0, 0, 0), out_axes=(axes, 0))
    laned, fixed = eqx.partition(guide, eqx.is_array)
    steers = (laned, Perfect() if navigator is None else navigator)

    def enter(phase: Phases, t: Array, inner: Climbing) -> Entered:
        motion, inner = made(world, launcher, steering, phase, t, inner, steers)
        stop = jnp.minimum(motion.due, t + phase.timeout)
        told = None if motion.phase.extras is None else motion.phase.extras.outset
        return Entered(motion, axes, inner, stop, phase.step, begun, phase.exists, told)

    def settle(entered: Entered, t: Array, inner: Climbing) -> Climbing:
        finish = jax.vmap(lambda m, t, kept: m.guidance.finish(t, kept), in_axes=(axes, 0, 0))
        return eqx.tree_at(lambda s: s.memory, inner, finish(entered.motion, t, inner.memory))

    begin = jax.vmap(_first, in_axes=(world.axes, 0, 0, 0, 0, 0))
    first = jax.tree.map(lambda leaf: leaf[:, 0], phases)
    inner = jax.vmap(climbing)(launcher, start)
    return fly_in_turn(
        enter,
        settle,
        jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 1, 0), phases),
        start.t,
        begin(world, launcher, steering, first, (start.t, inner), steers[1]),
        tolerance=tolerance,
        most_steps=Powered.most_steps,
        rows=rows,
    )


def switched(motion: Powered, t: Array, inner: Climbing) -> Climbing:
    """The state as its phase begins: what it lights and shuts down, what guidance remembers."""
    phase = motion.phase
    cut_off = jnp.where(phase.shut_down, jnp.minimum(t, inner.cut_off), inner.cut_off)
    out = jnp.isinf(inner.ignition) | (cut_off <= t)
    # What has nothing to burn is not lit.
    lit = phase.ignite & out & ((inner.propellant > 0.0) | phase.overdraws)
    ignition = jnp.where(lit, t + motion.launcher.engines.ignition_delay, inner.ignition)
    cut_off = jnp.where(lit, jnp.inf, cut_off)
    begun = eqx.tree_at(
        lambda s: (s.ignition, s.cut_off, s.memory),
        inner,
        (ignition, cut_off, motion.guidance.start(t, inner.memory)),
    )
    told = motion.navigator.start(motion.truth(t, begun), begun.navigation)
    return _navigated(begun, told)


def _first(
    world: World,
    launcher: Launcher,
    steering: Steering,
    phase: Phases,
    begun: tuple[Array, Climbing],
    navigator: AbstractNavigator,
) -> Climbing:
    """The state before the first phase, with what a navigator remembers of nothing; one lane.

    Nothing is believed yet: what is felt there is that of the laws of the file.
    """
    t, inner = begun
    motion = phase_of(world, launcher, steering, begun_at(world, phase, t, inner), t)
    unguided = eqx.tree_at(
        lambda s: (s.memory, s.navigation), inner, (no_memory(t), None), is_leaf=lambda x: x is None
    )
    told = navigator.start(motion.truth(t, unguided), inner.navigation)
    return _navigated(inner, told)


def observe(  # noqa: PLR0913 - what was flown, by whom, and how it went
    world: World,
    launcher: Launcher,
    phases: Phases,
    steering: Steering,
    legs: Legs,
    tape: Tape,
    *,
    guide: Guide = open_loop,
    navigator: AbstractNavigator | None = None,
) -> Row:
    """All rows of one lane's tape; the arguments are of that lane, legs [phases, ...]."""

    def one(t: Array, label: Array, inner: Climbing) -> Row:
        phase, outset = jax.tree.map(lambda leaf: jnp.asarray(leaf)[label], (phases, legs.told))
        phase = with_outset(phase, outset)
        start = legs.start[label]
        motion = phase_of(world, launcher, steering, phase, start, guide, navigator)
        return motion.row(t, inner)

    return jax.vmap(one)(tape.t, tape.label, tape.state)


def ended(launcher: Launcher, phases: Phases, start: State, legs: Legs) -> State:
    """What a run of phases hands on, all lanes: `start` with all that it has changed of it.

    A lane that failed ends where its last phase did. Stages, then items, are the first parts of
    the state, and the stages its first tanks; the others stay as they are. A state that knows of no
    parts is told of these. How the vehicle is turned about its axis no point tells: NaN.
    """
    flew = (legs.outcome != int(OutcomeCode.NO_SOLUTION)) & jnp.moveaxis(phases.exists, 1, 0)
    count = flew.shape[0]
    last = count - 1 - jnp.argmax(flew[::-1], axis=0)
    lane = jnp.arange(last.shape[0])
    end = jax.tree.map(lambda leaf: leaf[-1], legs.inner)
    carried = jnp.concatenate([phases.stages_aboard, phases.items_aboard], axis=-1)[lane, last]
    stages = launcher.propellant.shape[-1]
    parts = carried.shape[-1]
    known = start.aboard if start.aboard.shape[-1] else jnp.ones_like(carried)
    # Nothing comes back aboard that had left before.
    aboard = jnp.asarray(known).at[:, :parts].set(known[:, :parts] & carried)
    unknown = jax.tree.map(lambda x: jnp.full_like(x, jnp.nan), (start.attitude, start.rate))
    return State(
        legs.stop[-1],
        end.position,
        end.velocity,
        *unknown,
        tanks=jnp.asarray(start.tanks).at[:, :stages].set(end.propellant),
        aboard=aboard,
        sums=jax.tree.map(jnp.add, start.sums, end.losses.sums),
        memory=_remembered(end.memory, end.navigation),
    )


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
