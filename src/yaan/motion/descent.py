"""Descent under a train of parachutes: from the hand-over to the ground, one integration.

A point mass with the drag of the capsule and of every canopy that carries it, in the world's
wind. Deployments, disreefings and releases switch within the integration: those by height or
speed are landed on as events, those by time are instants that steps end on.

Every function that begins with `_` is of one lane; `descend` flies a batch, in which trains may
differ, so that a flight with a main lost is a lane beside the nominal one.

Ignores what `yaan.vehicle.parachute` does, and: lift, pendulum motion and the length of the risers
(capsule and canopies are one point), the mass of what is released, waves: the ground is
flat.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import STANDARD_GRAVITY
from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import ExponentialRungeKutta
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve
from yaan.motion.row import Whereabouts, whereabouts
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import geodetic
from yaan.spacetime.elements import energy
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
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.parachute import Train

PATIENCE = 10_000.0
"""A descent that lasts longer [s] has gone wrong, and says so."""

CALM = 10.0
"""Steps are this many times longer while no canopy opens."""

_FIRST = 1e-6  # [s]; the first step is this short: what is due at the start happens at its end
_STIFF = 1.5  # of step and damping: RK4 begins to swing at 2.8
_MAX_STEPS = 400_000
_TOLD = ("fading", "speed", "pressure", "mach", "height", "sink")
"""What the events carry to `_switch`, free of another evaluation: those of `Met` and one more."""


class DescentState(eqx.Module):
    """What is integrated, and what has been switched."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    damping: Float[Array, "*lanes"]
    """How fast the speed comes to the terminal one [1/s], where that is fast against a step."""
    canopies: Canopies


class _Setting(eqx.Module):
    world: World
    capsule: Capsule
    train: Train
    step: Array
    start: Array
    begun: Array
    """Specific energy at the start [m^2/s^2]."""


class _Instant(eqx.Module):
    around: Surroundings
    met: Met
    drag: Array
    """Of the capsule alone [N]."""
    canopies: Array
    """Load of one canopy of each step [N]."""
    riser: Array
    """Of all that carry the capsule [N]."""
    sensed: Vector
    """Specific force [m/s^2], GCRS."""


def _instant(t: Array, state: DescentState, setting: _Setting) -> _Instant:
    capsule, train = setting.capsule, setting.train
    around = surroundings(setting.world, t, state.position, state.velocity)
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    pressure = 0.5 * around.air.density * speed**2
    mach = speed / around.air.sound_speed
    drag = pressure * capsule.trim(mach).drag * capsule.area
    canopies = pressure * areas(t, state.canopies, train)
    riser = jnp.sum(jnp.where(train.carries, train.working, 0.0) * canopies)
    sensed = around.stream * (-(drag + riser) / (capsule.mass * speed))
    met = Met(speed, pressure, mach, around.place.height, -around.stream.dot(around.up))
    return _Instant(around, met, drag, canopies, riser, sensed)


def _evaluate(t: Array, state: DescentState, setting: _Setting) -> tuple[DescentState, Array]:
    now = _instant(t, state, setting)
    still = jax.tree.map(jnp.zeros_like, state.canopies)
    pull = now.sensed + now.around.gravity
    rate = DescentState(state.velocity, pull, jnp.zeros_like(state.damping), still)
    met = now.met
    # The ground, the triggers of the train, and then, for `_switch`, what the capsule meets.
    fading = 2.0 * now.sensed.norm() / met.speed
    told = jnp.stack([fading, met.speed, met.pressure, met.mach, met.height, met.sink])
    switches = triggers(t, met, state.canopies, setting.train)
    above = (setting.world.ground - met.height) * 1e-3
    return rate, jnp.concatenate([above[None], switches, told])


def _switch(
    t: Array, state: DescentState, events: Array, fired: Array, setting: _Setting
) -> DescentState:
    told = len(_TOLD)
    fading, *met = events[-told:]
    canopies = advance(t, state.canopies, Met(*met), fired[1:-told], setting.train)
    stiff = fading * CALM * setting.step > _STIFF
    damping = jnp.where(stiff, fading, 0.0)
    return DescentState(state.position, state.velocity, damping, canopies)


def _possible(t: Array, state: DescentState, setting: _Setting) -> Array:
    del t
    return can_be(state.position, state.velocity, setting.world.mu, setting.begun)


def _deadline(t: Array, state: DescentState, setting: _Setting) -> Array:
    pace = jnp.where(opening(t, state.canopies), 1.0, CALM) * setting.step
    pace = jnp.where(t <= setting.start, _FIRST, pace)
    return jnp.minimum(t + pace, deadline(t, state.canopies, setting.train))


class Descent(eqx.Module):
    """How each descent went, lane by lane; steps are those of the train, padding included.

    What has not happened is infinite.
    """

    t: Float[Array, " lanes"]  # [s]
    outcome: Int[Array, " lanes"]
    """An `OutcomeCode`: reached is the ground."""
    state: DescentState
    deployed: Record
    deployment: Int[Array, "lanes steps"]
    """A `Deployment`; padding is never deployed."""
    in_box: Bool[Array, "lanes steps"]
    released: Float[Array, "lanes steps"]  # [s]
    openings: Openings
    full_open: Float[Array, "lanes steps"]
    """When each step was first at full size [s]."""
    peak_load: Float[Array, "lanes steps"]
    """Of one canopy [N]."""
    vertical_speed: Float[Array, " lanes"]
    """At the end, downwards against the ground [m/s]."""
    horizontal_speed: Float[Array, " lanes"]  # [m/s]
    latitude: Float[Array, " lanes"]  # [rad]
    longitude: Float[Array, " lanes"]  # [rad]
    steps: Int[Array, " lanes"]
    """Of the integration."""


def descend(  # noqa: PLR0913 - what flies, from where, and how finely: each its own
    world: World,
    capsule: Capsule,
    train: Train,
    t: Float[Array, " lanes"],
    position: Vector,
    velocity: Vector,
    *,
    step: Float[Array, " lanes"],
    armed: Float[Array, " lanes"] | None = None,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    rows: int | None = None,
) -> tuple[Descent, Tape | None]:
    """Descend from `t` [s] and a state in GCRS [m, m/s]; all but `world` have lanes first.

    `step` [s] is the longest of the openings, 0.02 s to 0.05 s; steps are shorter where their error
    asks for it by the `tolerance` of `dynamics.accuracy`. What is due at the start, such as a
    height already passed, happens at once. The delay of the first step counts from `armed` [s], or
    from the start if it is left out. With `rows` up to that many states are kept.
    """
    # The world is not mapped: every lane meets the same one.
    axes = _Setting(None, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]
    setting = _Setting(world, capsule, train, step, t, energy(position, velocity, world.mu))
    canopies = jax.vmap(packed)(t if armed is None else armed, train)
    state = DescentState(position, velocity, jnp.zeros_like(t), canopies)
    tape = None
    if rows is not None:
        always = jnp.ones(t.shape, dtype=bool)
        tape = blank_tape(state, rows).write_state(t, jnp.asarray(0), state, always)
    switches = 2 * train.exists.shape[1]
    kinds = jnp.arange(1 + switches + len(_TOLD))
    arrival, tape = solve(
        Problem(_evaluate, _switch, _deadline, _possible),
        state,
        setting,
        axes=axes,
        start=t,
        stop=t + PATIENCE,
        step=CALM * step,
        ending=jnp.broadcast_to(kinds == 0, (t.shape[0], kinds.size)),
        switching=(kinds > 0) & (kinds <= switches),
        max_steps=_MAX_STEPS,
        method=ExponentialRungeKutta(damped=(3, 6), rate=6),
        allowed=allowed(
            state,
            jnp.broadcast_to(tolerance, t.shape),
            lambda s: (s.position, s.velocity),
            (POSITION, VELOCITY),
        ),
        tape=tape,
    )
    return jax.vmap(_told, in_axes=(0, axes))(arrival, setting), tape


def _told(arrival: Arrival, setting: _Setting) -> Descent:
    canopies, train = arrival.state.canopies, setting.train
    position, world = arrival.state.position, setting.world
    earth = world.earth
    to_fixed = earth.rotation(arrival.t)
    place = geodetic(to_fixed.apply(position), world.shape)
    turning = to_fixed.inverse().apply(earth.spin(arrival.t)).cross(position)
    relative = to_fixed.apply(arrival.state.velocity - turning)
    down = -relative.dot(place.up())
    across = relative.dot(relative) - down**2
    codes = deployment(canopies.deployed, train)
    return Descent(
        t=arrival.t,
        outcome=_outcome(arrival),
        state=arrival.state,
        deployed=canopies.deployed,
        deployment=codes,
        in_box=codes == Deployment.IN_BOX,
        released=canopies.released,
        openings=canopies.openings,
        full_open=full_open(arrival.t, canopies, train),
        peak_load=jnp.where(train.working > 0.0, jnp.max(canopies.openings.peak, axis=1), 0.0),
        vertical_speed=down,
        horizontal_speed=jnp.sqrt(jnp.maximum(across, 0.0)),
        latitude=place.latitude,
        longitude=place.longitude,
        steps=arrival.steps,
    )


def _outcome(arrival: Arrival) -> Int[Array, ""]:
    cases = [
        (arrival.fired[0], OutcomeCode.REACHED),
        (~arrival.finite, OutcomeCode.NOT_FINITE),
        (~arrival.possible, OutcomeCode.IMPOSSIBLE),
        (arrival.done, OutcomeCode.TIMED_OUT),
    ]
    codes = [jnp.asarray(int(code)) for _, code in cases]
    rest = jnp.asarray(int(OutcomeCode.OUT_OF_STEPS))
    return jnp.select([case for case, _ in cases], codes, rest)


class DescentObservation(eqx.Module):
    """Rows of a history; names and units are those of `yaan.results.trajectory`."""

    whereabouts: Whereabouts
    mass: Float[Array, " rows"]
    thrust: Float[Array, " rows"]
    drag: Float[Array, " rows"]
    """Of the capsule and of what carries it [N]."""
    dynamic_pressure: Float[Array, " rows"]
    mach: Float[Array, " rows"]
    heat_flux: Float[Array, " rows"]
    load: Float[Array, " rows"]
    load_axial: Float[Array, " rows"]
    """Pressing on the heat-shield side: the capsule hangs along the stream."""
    load_normal: Float[Array, " rows"]
    parachute_load: Float[Array, " rows"]
    """Of all canopies that carry the capsule [N]."""
    canopy_load: Float[Array, "rows steps"]
    """Of one canopy of each step [N]; no column of the catalogue."""


def observe_descent(world: World, capsule: Capsule, train: Train, tape: Tape) -> DescentObservation:
    """All rows of one lane's tape; the arguments are of that lane."""
    nothing = jnp.asarray(0.0)
    setting = _Setting(world, capsule, train, nothing, nothing, nothing)
    return jax.vmap(lambda t, state: _observed(t, state, setting))(tape.t, tape.state)


def _observed(t: Array, state: DescentState, setting: _Setting) -> DescentObservation:
    now = _instant(t, state, setting)
    around, met = now.around, now.met
    load = now.sensed.norm() / STANDARD_GRAVITY
    return DescentObservation(
        whereabouts=whereabouts(around, state.position, state.velocity),
        mass=setting.capsule.mass,
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
