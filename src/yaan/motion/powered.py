"""The powered ascent of a point mass: phases flown in turn by one compiled loop.

Every function of this module that begins with `_` is of one lane; `ascend` flies a batch.
Ignores rotation of the body, thrust misalignment, slosh and jettison impulses.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.aerodynamics.heating import free_stream_flux
from yaan.aerodynamics.tables import ForceTable
from yaan.base.constants import EARTH_RADIUS
from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed
from yaan.dynamics.forces import Airload, Surroundings, World, airload, surroundings
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve
from yaan.gnc.navigation import perfect
from yaan.gnc.powered import Guidance, Law, Steering, command, tangent
from yaan.motion.phases import End, Phases
from yaan.propulsion.engine import Firing
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Vector
from yaan.vehicle.launcher import Launcher

MAX_STEPS = 20_000
"""Of one phase; a phase that needs more has gone wrong, and says so."""

_DREGS = 1e-7  # [kg] left by rounding where a thrust curve burns exactly what is loaded
_DEEP = 10.0  # [m] below the ground: less is what a vehicle that nothing holds sinks at lift-off


class Ledger(eqx.Module):
    """Where the ideal velocity went [m/s], against the turning Earth.

    ideal = gained speed + gravity + drag + steering + back pressure; gravity is the apparent
    one, with the centrifugal term and the hold of the pad.
    """

    ideal: Float[Array, "*batch"]
    gravity: Float[Array, "*batch"]
    drag: Float[Array, "*batch"]
    steering: Float[Array, "*batch"]
    back_pressure: Float[Array, "*batch"]


class State(eqx.Module):
    """What is integrated, and the instants that switch it."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    propellant: Float[Array, "*batch stages"]  # [kg]
    ledger: Ledger
    ignition: Float[Array, "*batch stages"]  # [s], infinite before
    cut_off: Float[Array, "*batch stages"]  # [s], infinite before


class Setting(eqx.Module):
    """The parameters of one phase's dynamics."""

    world: World
    launcher: Launcher
    steering: Steering
    phase: Phases
    table: ForceTable
    guidance: Guidance


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


def instant(t: Array, state: State, setting: Setting) -> Instant:
    """Forces and mass at `t` [s] since ignition, one lane."""
    launcher, phase = setting.launcher, setting.phase
    around = surroundings(setting.world, t, state.position, state.velocity)
    estimate = perfect(t, state.position, state.velocity, around)
    axis = command(estimate, setting.guidance, setting.steering).axis
    # Until its cut-off a stage burns on: running dry is an event that sets the cut-off, and a
    # thrust that died inside a step would hide when. What a commanded tail-off burns must exist.
    fed = (state.propellant > 0.0) | (t < state.cut_off) | phase.overdraws
    firing = launcher.engines.fire(
        t, around.air.pressure, state.ignition, state.cut_off, fed & phase.stages_aboard
    )
    air = airload(setting.table, around, axis)
    mass = launcher.mass(state.propellant, phase.stages_aboard, phase.items_aboard)
    thrust = jnp.sum(firing.vacuum_thrust - firing.back_pressure)
    driven = (axis * thrust + air.force) / mass
    # On the pad the vehicle turns with the Earth, whatever its engines and the local vertical do.
    loose = driven + around.gravity + around.carried
    spare = loose.dot(around.up)
    held = loose * jnp.where(phase.on_pad, -1.0, 0.0)
    return Instant(around, firing, air, axis, mass, spare, driven + held)


def _evaluate(t: Array, state: State, setting: Setting) -> tuple[State, Float[Array, " events"]]:
    now = instant(t, state, setting)
    return _rate(now, state), _events(t, now, state, setting)


def _rate(now: Instant, state: State) -> State:
    around, mass = now.around, now.mass
    vacuum = jnp.sum(now.firing.vacuum_thrust) / mass
    back = jnp.sum(now.firing.back_pressure) / mass
    drag = now.air.force / mass
    held = now.sensed - now.axis * (vacuum - back) - drag
    along = around.relative + around.up * 1e-6
    direction = along / along.norm()
    still = jnp.zeros_like(state.ignition)
    return State(
        position=state.velocity,
        velocity=now.sensed + around.gravity,
        propellant=-now.firing.flow,
        ledger=Ledger(
            ideal=vacuum,
            gravity=-(around.gravity + around.carried + held).dot(direction),
            drag=-drag.dot(direction),
            steering=(vacuum - back) * (1.0 - now.axis.dot(direction)),
            back_pressure=back,
        ),
        ignition=still,
        cut_off=still,
    )


def _events(t: Array, now: Instant, state: State, setting: Setting) -> Float[Array, " events"]:
    phase, around = setting.phase, now.around
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    rise = around.relative.dot(around.up) / jnp.sqrt(around.relative.dot(around.relative) + 1e-6)
    flux = free_stream_flux(around.air.density, speed)
    gained = energy(state.position, state.velocity, setting.world.mu) - phase.energy
    ends = jnp.stack(
        [
            1.0 - flux / phase.heat_flux,
            1.0 - now.air.dynamic_pressure / phase.dynamic_pressure,
            (around.place.height - phase.height) * 1e-3,
            jnp.cos(setting.steering.kick) - rise,
            gained * 1e-6,
            (setting.world.ground - _DEEP - around.place.height) * 1e-3,
            now.spare,
        ]
    )
    burning = (t >= state.ignition) & (t < state.cut_off) & phase.stages_aboard & ~phase.overdraws
    dry = jnp.where(burning, (_DREGS - state.propellant) * 1e-3, -1.0)
    return jnp.concatenate([ends, dry])


def _switch(t: Array, state: State, events: Array, fired: Array, setting: Setting) -> State:
    del events, setting
    dry = fired[len(End) :]
    return eqx.tree_at(
        lambda s: (s.propellant, s.cut_off),
        state,
        (jnp.where(dry, 0.0, state.propellant), jnp.where(dry, t, state.cut_off)),
    )


def _possible(t: Array, state: State, setting: Setting) -> Array:
    del t
    # From the pad: at rest, one Earth's radius up.
    mu, given = setting.world.mu, state.ledger.ideal
    return can_be(state.position, state.velocity, mu, -mu / EARTH_RADIUS, given)


def _deadline(t: Array, state: State, setting: Setting) -> Array:
    return setting.launcher.engines.next_kink(t, state.ignition, state.cut_off)


class Leg(eqx.Module):
    """How one phase went; after `ascend`, [phases, lanes, ...]."""

    start: Float[Array, "*batch"]  # [s]
    stop: Float[Array, "*batch"]  # [s]
    limit: Float[Array, "*batch"]
    """When time would have ended it [s]."""
    outcome: Int[Array, "*batch"]
    """An `OutcomeCode`."""
    fired: Bool[Array, "*batch events"]
    steps: Int[Array, "*batch"]
    coefficients: Float[Array, "*batch 3"]
    origin: Float[Array, "*batch"]
    """The programme in force: its coefficients and its start [s]."""
    state: State
    """At the end."""


class _Carry(eqx.Module):
    t: Array
    state: State
    alive: Array
    coefficients: Array
    origin: Array
    slope: Array
    """Last commanded tan(pitch)."""


def _at_rest(world: World, place: Geodetic, loaded: Array) -> _Carry:
    """The vehicle on its pad, turning with the Earth, at t = 0."""
    zero = jnp.asarray(0.0)
    fixed = place.position(world.shape)
    to_inertial = world.earth.rotation(zero).inverse()
    turning = world.earth.spin(zero).cross(fixed)
    never = jnp.full(loaded.shape, jnp.inf)
    state = State(
        position=to_inertial.apply(fixed),
        velocity=to_inertial.apply(turning),
        propellant=loaded,
        ledger=Ledger(zero, zero, zero, zero, zero),
        ignition=never,
        cut_off=never,
    )
    return _Carry(zero, state, jnp.asarray(True), jnp.zeros(3), zero, zero)


def _begin(launcher: Launcher, steering: Steering, phase: Phases, carry: _Carry) -> _Carry:
    """Light, shut down, and start the programme of the phase."""
    lit = phase.ignite & jnp.isinf(carry.state.ignition)
    ignition = jnp.where(lit, carry.t + launcher.engines.ignition_delay, carry.state.ignition)
    ended = jnp.minimum(carry.t, carry.state.cut_off)
    cut_off = jnp.where(phase.shut_down, ended, carry.state.cut_off)
    state = eqx.tree_at(lambda s: (s.ignition, s.cut_off), carry.state, (ignition, cut_off))
    own = steering.tangent[phase.programme]
    own = own.at[0].set(jnp.where(phase.continuous, carry.slope, own[0]))
    return _Carry(
        t=carry.t,
        state=state,
        alive=carry.alive,
        coefficients=jnp.where(phase.begins, own, carry.coefficients),
        origin=jnp.where(phase.begins, carry.t, carry.origin),
        slope=carry.slope,
    )


def setting_of(
    world: World,
    launcher: Launcher,
    steering: Steering,
    phase: Phases,
    leg: tuple[Array, Array, Array],
) -> Setting:
    """The dynamics of a phase; `leg` is its start [s], coefficients and origin [s]."""
    start, coefficients, origin = leg
    stop = jnp.minimum(phase.time, start + phase.duration)
    guidance = Guidance(phase.law, start, stop, coefficients, origin)
    table = launcher.configuration(phase.configuration)
    return Setting(world, launcher, steering, phase, table, guidance)


def ascend(
    world: World,
    launcher: Launcher,
    phases: Phases,
    steering: Steering,
    pad: Geodetic,
    *,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    rows: int | None = None,
) -> tuple[Leg, Tape | None]:
    """Fly all phases in turn from the pad; all but `world` have lanes on their first axis.

    `tolerance` is the share of `dynamics.accuracy` that each lane abides by; infinite: the steps
    are those of the phases.
    A phase that fails stops its lane: those after it have no length and say so.
    With `rows` the states are kept, up to that many rows; without it only the ends of phases.
    """
    carry = jax.vmap(lambda place, load: _at_rest(world, place, load))(pad, launcher.propellant)
    tape = None if rows is None else blank_tape(carry.state, rows)
    problem = Problem(_evaluate, _switch, _deadline, _possible)
    abides = jnp.broadcast_to(tolerance, carry.t.shape)

    def fly(
        carry: tuple[_Carry, Tape | None], item: tuple[Array, Phases]
    ) -> tuple[tuple[_Carry, Tape | None], Leg]:
        index, phase = item
        models = (world, launcher, steering, abides)
        return _fly_phase(problem, models, carry, index, phase)

    by_phase = jax.tree.map(lambda leaf: jnp.moveaxis(leaf, 1, 0), phases)
    indices = jnp.arange(by_phase.law.shape[0])
    (_, tape), legs = jax.lax.scan(fly, (carry, tape), (indices, by_phase))
    return legs, tape


def _fly_phase(
    problem: Problem,
    models: tuple[World, Launcher, Steering, Array],
    carried: tuple[_Carry, Tape | None],
    index: Array,
    phase: Phases,
) -> tuple[tuple[_Carry, Tape | None], Leg]:
    (world, launcher, steering, tolerance), (carry, tape) = models, carried
    carry = jax.vmap(_begin)(launcher, steering, phase, carry)

    def place(launcher: Launcher, steering: Steering, phase: Phases, carry: _Carry) -> Setting:
        leg = (carry.t, carry.coefficients, carry.origin)
        return setting_of(world, launcher, steering, phase, leg)

    # The world is the same in every lane; mapping its tables would only copy them.
    axes = Setting(None, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]
    lanes = jax.vmap(place, out_axes=axes)(launcher, steering, phase, carry)
    wanted = carry.alive & phase.exists
    if tape is not None:
        tape = tape.write_state(carry.t, index, carry.state, wanted)
    limit = jnp.minimum(lanes.guidance.stop, carry.t + phase.patience)
    arrival, tape = solve(
        problem,
        carry.state,
        lanes,
        start=carry.t,
        stop=jnp.where(wanted, limit, carry.t),
        step=phase.step,
        ending=phase.ends & wanted[:, None],
        switching=jnp.arange(phase.ends.shape[1]) >= len(End),
        max_steps=MAX_STEPS,
        axes=axes,
        allowed=allowed(
            carry.state, tolerance, lambda s: (s.position, s.velocity), (POSITION, VELOCITY)
        ),
        tape=tape,
        label=index,
    )
    outcome = _outcome(wanted, carry, phase, lanes.guidance, arrival)
    slope = jax.vmap(tangent)(lanes.guidance, arrival.t)
    leg = Leg(
        start=carry.t,
        stop=arrival.t,
        limit=limit,
        outcome=outcome,
        fired=arrival.fired,
        steps=arrival.steps,
        coefficients=carry.coefficients,
        origin=carry.origin,
        state=arrival.state,
    )
    after = _Carry(
        t=arrival.t,
        state=arrival.state,
        alive=carry.alive & (outcome == OutcomeCode.REACHED),
        coefficients=carry.coefficients,
        origin=carry.origin,
        slope=jnp.where(phase.law == Law.LINEAR_TANGENT, slope, carry.slope),
    )
    return (after, tape), leg


def _outcome(
    wanted: Array, carry: _Carry, phase: Phases, guidance: Guidance, arrival: Arrival
) -> Int[Array, " lanes"]:
    ended = jnp.any(arrival.fired, axis=1) | (arrival.t >= guidance.stop - 1e-9)
    late = arrival.t >= carry.t + phase.patience - 1e-9
    cases = [
        (~carry.alive, OutcomeCode.NO_SOLUTION),
        (~wanted, OutcomeCode.REACHED),
        (~arrival.possible, OutcomeCode.IMPOSSIBLE),
        (arrival.fired[:, End.GROUND], OutcomeCode.STRUCK_GROUND),
        (ended, OutcomeCode.REACHED),
        (late & phase.on_pad, OutcomeCode.NO_LIFT_OFF),
        (late, OutcomeCode.TIMED_OUT),
        (~arrival.finite, OutcomeCode.NOT_FINITE),
    ]
    codes = [jnp.full(wanted.shape, int(code)) for _, code in cases]
    rest = jnp.full(wanted.shape, int(OutcomeCode.OUT_OF_STEPS))
    return jnp.select([case for case, _ in cases], codes, rest)
