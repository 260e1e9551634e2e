"""The flight of one body from a given state, as a point or as a rigid body, phase by phase.

A point's attitude is prescribed by its pointing; a rigid body turns under the torques of the air,
of its engine, of pulses and of gravity. A phase hands its state to the next: a point hands over
the attitude it was pointing at and the rate at which that turned, so that a rigid phase goes on
from there; a rigid phase hands its attitude to a point that is held, or keeps its angles.

Every function of this module that begins with `_` is of one lane; `fly_body` flies a batch.
"""

import enum
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree

from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed
from yaan.dynamics.body import BodyState, Instant, Pulses, Scene, instant
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.method import RK4, AbstractMethod
from yaan.dynamics.possible import can_be
from yaan.dynamics.rigid import angular_acceleration
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve
from yaan.gnc.pointing import Pointed, pointed
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.attitude import kinematics, normalised
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Frame, Vector, where
from yaan.spacetime.rotation import Rotation
from yaan.vehicle.body import Configuration

MAX_STEPS = 600_000
"""Of one phase; of one that is recorded not many more than it has rows."""

_SPARE = 1.2  # steps a row: those that seek an event are not kept

_DEEP = 0.01  # [m] below the ground: what stands on it has not come down to it
_CLOSE = 1e-9  # [s] instants nearer than this are one
_BESIDE = 1e-3  # [s]
_EDGE = 1e-3  # [s]


TURN = 1e-4
"""What a step may be out by in each component of an attitude's quaternion."""

RATE = 1e-3
"""Likewise of a rate [rad/s]."""


class Fineness(eqx.Module):
    """How finely each lane is integrated."""

    stretch: Float[Array, " lanes"]
    """Its longest step over that of the phase."""
    tolerance: Float[Array, " lanes"]
    """Of `dynamics.accuracy`."""


class BodyEnd(enum.IntEnum):
    """What can end a phase besides its time, in the order of the event functions."""

    HEIGHT = 0
    DEPLETED = 1
    GROUND = 2


class BodyPhases(eqx.Module):
    """Phases in turn, one entry each on the first axis; shared by all lanes."""

    rigid: Bool[Array, "*phases"]
    pointing: Int[Array, "*phases"]
    configuration: Int[Array, "*phases"]
    engine: Bool[Array, "*phases"]
    duration: Float[Array, "*phases"]  # [s]
    height_below: Float[Array, "*phases"]
    """Ends once below this height [m] and sinking; far below the ground: it does not."""
    depleted: Bool[Array, "*phases"]
    """Ends when its configuration has no propellant left."""
    step: Float[Array, "*phases"]  # [s]


class BodyLeg(eqx.Module):
    """How one phase went; after `fly_body`, [phases, lanes, ...]."""

    start: Float[Array, "*batch"]  # [s]
    stop: Float[Array, "*batch"]  # [s]
    outcome: Int[Array, "*batch"]
    """An `OutcomeCode`: REACHED, STRUCK_GROUND, OUT_OF_STEPS, NOT_FINITE, or NO_SOLUTION where an
    earlier phase failed."""
    fired: Bool[Array, "*batch ends"]
    steps: Int[Array, "*batch"]
    pointed: Pointed
    """Where a point's axes were."""
    state: BodyState
    """At the end."""


class Setting(eqx.Module):
    """The dynamics of one phase, of one lane."""

    world: World
    body: Configuration
    """The configuration that flies."""
    pulses: Pulses
    phase: BodyPhases
    pointed: Pointed
    begun: Array
    """Specific energy at its start [m^2/s^2]."""
    gradient: bool = eqx.field(static=True)


def fly_body(  # noqa: PLR0913 - a world, a body, what it does and where it starts
    world: World,
    body: Configuration,
    phases: BodyPhases,
    pulses: Pulses,
    t: Float[Array, " lanes"],
    state: BodyState,
    *,
    gradient: bool = True,
    fineness: Fineness | None = None,
    method: AbstractMethod = RK4,
    rows: int | None = None,
) -> tuple[BodyLeg, Tape | None]:
    """Fly all phases in turn from `state` at `t` [s] since the epoch.

    `body` and `state` have lanes on their first axis, `body` its configurations on the second;
    `burning` and `pulsing` of the state are set here. `gradient`: gravity turns rigid bodies.
    The step of a phase is its longest one: steps are shorter where their error asks for it.
    With `rows` the states are kept, up to that many rows; without it only the ends of phases.
    A phase that fails stops its lane: those after it have no length and say so.
    """
    tape = None if rows is None else blank_tape(state, rows)
    problem = Problem(_evaluate, _switch, _deadline, _possible)
    fine = fineness or Fineness(jnp.ones_like(t), jnp.ones_like(t))

    def fly(carried: PyTree, item: tuple[Array, BodyPhases]) -> tuple[PyTree, BodyLeg]:
        return _fly_phase(problem, (world, body, pulses, gradient), method, fine, carried, item)

    indices = jnp.arange(phases.rigid.shape[0])
    alive = jnp.ones(t.shape, dtype=bool)
    (_, _, _, tape), legs = jax.lax.scan(fly, (t, state, alive, tape), (indices, phases))
    return legs, tape


def now_of(t: Array, state: BodyState, setting: Setting) -> Instant:
    """Everything that acts at `t` [s]."""
    around = surroundings(setting.world, t, state.position, state.velocity)
    own = normalised(state.attitude)
    aim, index = setting.pointed, setting.phase.configuration
    # The phase is one for all lanes, so a rigid one never works out a pointing.
    attitude: Rotation = jax.lax.cond(
        setting.phase.rigid,
        lambda: own,
        lambda: aim.attitude(around, state.position, state.velocity, own),
    )
    scene = Scene(setting.world, setting.body, index, setting.pulses, setting.gradient)
    return instant(around, t, state, scene, attitude)


def turning(t: Array, state: BodyState, setting: Setting, now: Instant) -> Vector:
    """The rate [rad/s] of a state, whether it is its own or prescribed; `now` is its instant.

    The prescribed rate is the turn of the attitude over `_BESIDE` before and after, on the path
    as its acceleration bends it: within 1e-9 rad/s in the air, 1e-12 in orbit. A derivative would
    be exact and takes three times as long to compile as the whole flight.
    """
    own = normalised(state.attitude)
    r, v = state.position, state.velocity
    pull = _rate(now, state, setting).velocity

    def attitude(dt: Array) -> Rotation:
        position, velocity = r + v * dt + pull * (0.5 * dt * dt), v + pull * dt
        around = surroundings(setting.world, t + dt, position, velocity)
        return setting.pointed.attitude(around, position, velocity, own)

    told = jax.lax.map(attitude, jnp.asarray([-_BESIDE, _BESIDE]))
    before, after = (jax.tree.map(lambda leaf, i=i: leaf[i], told) for i in (0, 1))
    turned = before.inverse().then(after)
    sense = jnp.where(turned.w < 0.0, -1.0, 1.0)
    rate = Vector(turned.x, turned.y, turned.z, Frame.BODY) * (sense / _BESIDE)
    return where(setting.phase.rigid, state.rate, rate)


def _evaluate(t: Array, state: BodyState, setting: Setting) -> tuple[BodyState, Array]:
    now = now_of(t, state, setting)
    return _rate(now, state, setting), _events(now, state, setting)


def _rate(now: Instant, state: BodyState, setting: Setting) -> BodyState:
    pushed = now.attitude.inverse().apply(now.force) / now.properties.mass
    turned = angular_acceleration(now.properties.inertia, state.rate, now.torque, now.exhaust)
    loose = jnp.where(setting.phase.rigid, 1.0, 0.0)
    burnt = jnp.arange(state.propellant.shape[0]) == setting.phase.configuration
    spinning = kinematics(state.attitude, state.rate)
    return BodyState(
        position=state.velocity,
        velocity=now.around.gravity + pushed,
        attitude=jax.tree.map(lambda leaf: leaf * loose, spinning),
        rate=turned * loose,
        propellant=jnp.where(burnt, -jnp.sum(now.exhaust.flow), 0.0),
        burning=jnp.zeros_like(state.burning),
        pulsing=jnp.zeros_like(state.pulsing),
    )


def _events(now: Instant, state: BodyState, setting: Setting) -> Float[Array, " ends"]:
    phase, around = setting.phase, now.around
    height, sinking = around.place.height, -around.relative.dot(around.up)
    left = state.propellant[phase.configuration]
    return jnp.stack(
        [
            # Low and sinking: what begins below and rises has not come down to it.
            jnp.minimum(phase.height_below - height, sinking) * 1e-3,
            _least(setting) - left,
            (setting.world.ground - _DEEP - height) * 1e-3,
        ]
    )


def _switch(t: Array, state: BodyState, events: Array, fired: Array, setting: Setting) -> BodyState:
    del events, fired
    return _switched(t, state, setting)


def _switched(t: Array, state: BodyState, setting: Setting) -> BodyState:
    """The state with what is on in the step that begins at `t` [s]."""
    phase, pulses = setting.phase, setting.pulses
    empty = state.propellant[phase.configuration] <= _least(setting)
    spent = empty & (_flow(state, setting) > 0.0)
    own = jnp.arange(state.propellant.shape[0]) == phase.configuration
    on = (t >= pulses.start - _CLOSE) & (t < pulses.stop - _CLOSE)
    on = on & ~(empty & (pulses.flow > 0.0))
    return eqx.tree_at(
        lambda s: (s.propellant, s.burning, s.pulsing),
        state,
        (
            jnp.where(own & spent, 0.0, state.propellant),
            jnp.where(phase.engine & ~empty, 1.0, 0.0),
            jnp.where(on, 1.0, 0.0),
        ),
    )


def _possible(t: Array, state: BodyState, setting: Setting) -> Array:
    """What engine and pulses may have added is bounded by all that they have, on the empty body."""
    del t
    body, phase, pulses = setting.body, setting.phase, setting.pulses
    nozzle, lightest = body.nozzle, body.empty.mass
    carried = body.full.mass - lightest
    burning = jnp.minimum(phase.duration, carried / jnp.maximum(nozzle.flow, 1e-300))
    engine = jnp.where(nozzle.thrust > 0.0, nozzle.thrust * burning, 0.0)
    push = jnp.sqrt(pulses.force.dot(pulses.force))
    pushed = jnp.sum(jnp.where(push > 0.0, push * (pulses.stop - pulses.start), 0.0))
    given = (engine + pushed) / lightest
    return can_be(state.position, state.velocity, setting.world.mu, setting.begun, given)


def _deadline(t: Array, state: BodyState, setting: Setting) -> Array:
    pulses, phase = setting.pulses, setting.phase
    edges = jnp.concatenate([pulses.start, pulses.stop])
    ahead = jnp.min(jnp.where(edges > t + _CLOSE, edges, jnp.inf), initial=jnp.inf)
    # The flow is known, so the end of the propellant is too: nothing is searched.
    flow = _flow(state, setting)
    lasting = state.propellant[phase.configuration] / jnp.maximum(flow, 1e-300)
    dry = jnp.where((flow > 0.0) & (lasting > _CLOSE), t + lasting, jnp.inf)
    # Thrust and load are told at the ends of steps: one stands just before each switch.
    before = jnp.concatenate([edges, dry[None]]) - _EDGE
    beside = jnp.min(jnp.where(before > t + _CLOSE, before, jnp.inf))
    return jnp.minimum(jnp.minimum(ahead, dry), beside)


def _flow(state: BodyState, setting: Setting) -> Array:
    """What is burnt in the step that has begun [kg/s]."""
    engine = setting.body.nozzle.flow * state.burning
    return engine + jnp.sum(setting.pulses.flow * state.pulsing)


def _least(setting: Setting) -> Array:
    """Propellant that is none [kg]."""
    return (setting.body.nozzle.flow + jnp.sum(setting.pulses.flow)) * _CLOSE


def _fly_phase(
    problem: Problem,
    scene: tuple[World, Configuration, Pulses, bool],
    method: AbstractMethod,
    fine: Fineness,
    carried: Any,
    item: tuple[Array, BodyPhases],
) -> tuple[Any, BodyLeg]:
    world, body, pulses, gradient = scene
    (t, state, alive, tape), (index, phase) = carried, item

    def begin(body: Configuration, t: Array, state: BodyState) -> tuple[Setting, BodyState]:
        around = surroundings(world, t, state.position, state.velocity)
        aim = pointed(phase.pointing, around, state.position, state.velocity, state.attitude)
        flying = jax.tree.map(lambda leaf: leaf[phase.configuration], body)
        begun = energy(state.position, state.velocity, world.mu)
        setting = Setting(world, flying, pulses, phase, aim, begun, gradient)
        return setting, _switched(t, state, setting)

    # What all lanes share is not mapped: that would only copy it.
    axes = Setting(None, 0, None, None, Pointed(None, 0), 0, gradient)  # pyright: ignore[reportArgumentType]
    setting, state = jax.vmap(begin, out_axes=(axes, 0))(body, t, state)
    if tape is not None:
        tape = tape.write_state(t, index, state, alive)
    limit = t + phase.duration
    ends = jnp.stack([jnp.asarray(True), phase.depleted, jnp.asarray(True)])
    arrival, tape = solve(
        problem,
        state,
        setting,
        axes=axes,
        method=method,
        start=t,
        stop=jnp.where(alive, limit, t),
        step=phase.step * fine.stretch,
        allowed=allowed(
            state,
            fine.tolerance,
            lambda s: (s.position, s.velocity, s.attitude, s.rate),
            (POSITION, VELOCITY, TURN, RATE),
        ),
        ending=ends & alive[:, None],
        switching=jnp.zeros(len(BodyEnd), dtype=bool),
        max_steps=MAX_STEPS if tape is None else min(MAX_STEPS, int(_SPARE * tape.t.shape[1])),
        tape=tape,
        label=index,
    )
    settled = jax.vmap(_settled, in_axes=(0, 0, axes))(arrival.t, arrival.state, setting)
    outcome = _outcome(alive, limit, arrival)
    leg = BodyLeg(t, arrival.t, outcome, arrival.fired, arrival.steps, setting.pointed, settled)
    alive = alive & (outcome == OutcomeCode.REACHED)
    return (arrival.t, settled, alive, tape), leg


def _settled(t: Array, state: BodyState, setting: Setting) -> BodyState:
    """The state as it is handed on: with the attitude and rate at which a point was pointing."""
    now = now_of(t, state, setting)
    pointing = (now.attitude, turning(t, state, setting, now))
    return eqx.tree_at(lambda s: (s.attitude, s.rate), state, pointing)


def _outcome(alive: Array, limit: Array, arrival: Arrival) -> Int[Array, " lanes"]:
    ground = arrival.fired[:, BodyEnd.GROUND] & ~jnp.any(arrival.fired[:, : BodyEnd.GROUND], axis=1)
    late = arrival.t < limit - _CLOSE
    cases = [
        (~alive, OutcomeCode.NO_SOLUTION),
        (~arrival.finite, OutcomeCode.NOT_FINITE),
        (~arrival.possible, OutcomeCode.IMPOSSIBLE),
        (ground, OutcomeCode.STRUCK_GROUND),
        (~jnp.any(arrival.fired, axis=1) & late, OutcomeCode.OUT_OF_STEPS),
    ]
    codes = [jnp.full(limit.shape, int(code)) for _, code in cases]
    reached = jnp.full(limit.shape, int(OutcomeCode.REACHED))
    return jnp.select([case for case, _ in cases], codes, reached)
