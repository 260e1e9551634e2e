"""Flight in orbit: gravity, the thin air, and finite burns along the motion.

Every function of this module that begins with `_` is of one lane; `cruise` flies a batch.
The thrust of a step is a state, set where the step begins: a burn starts and ends on steps, so no
stage of a step sees the other side of the switch.

Ignores: the pull of the Moon and the Sun unless the world has them (1.2e-6 and 0.5e-6 m/s^2 at
400 km), radiation pressure, tides, thrust build-up and attitude errors, propellant for attitude.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PyTree

from yaan.aerodynamics.heating import free_stream_flux
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import DOP853
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve
from yaan.motion.powered_row import Observation
from yaan.motion.row import whereabouts
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Vector
from yaan.vehicle.spacecraft import Spacecraft

STEP = 60.0
"""Default step [s]: halving it moves the end of three days by 0.1 mm (tests/physics)."""

MAX_STEPS = 100_000
"""Of one cruise: 69 days at the default step."""

_AIR = 140e3  # [m] above the equatorial radius: below it the air changes within a step
_AIR_STEP = 10.0  # [s]
_CLOSE = 1e-6  # [s] instants nearer than this are one
_EDGE = 1e-3  # [s] a recorded row stands this long before a switch, so that thrust shows its steps


class Burns(eqx.Module):
    """Finite burns of full thrust along or against the inertial velocity, tracked all the while.

    They must not overlap; one that is not used has no duration.
    """

    start: Float[Array, "*batch burns"] = eqx.field(converter=jnp.asarray)
    """Ignition [s]."""
    duration: Float[Array, "*batch burns"] = eqx.field(converter=jnp.asarray)
    """Length [s]; it ends sooner where the propellant does."""
    sense: Float[Array, "*batch burns"] = eqx.field(converter=jnp.asarray)
    """+1 along the velocity, -1 against it."""


class OrbitState(eqx.Module):
    """Where it is, how it moves, what it still carries."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    propellant: Float[Array, "*batch"]  # [kg]


class Coasting(eqx.Module):
    """What is integrated and recorded."""

    orbit: OrbitState
    thrusting: Float[Array, "*batch burns"]
    """Sense of each burn from here to the end of the next step; zero when it is off."""
    delta_v: Float[Array, "*batch burns"]
    """Thrust over mass so far, by burn [m/s]."""
    drag: Float[Array, "*batch"]
    """Drag over mass so far [m/s]."""
    short: Float[Array, "*batch"]
    """1 once a burn has lacked propellant."""


class Cruise(eqx.Module):
    """How each lane went."""

    t: Float[Array, " lanes"]  # [s]
    state: OrbitState
    floor_reached: Bool[Array, " lanes"]
    outcome: Int[Array, " lanes"]
    """An `OutcomeCode`: REACHED at its stop or floor; RAN_DRY there too, with a burn cut short."""
    steps: Int[Array, " lanes"]
    delta_v: Float[Array, " lanes"]
    """Ideal velocity of all burns: the integral of thrust over mass [m/s]."""
    burn_delta_v: Float[Array, "lanes burns"]
    """The same of each burn [m/s]."""
    drag_loss: Float[Array, " lanes"]
    """The integral of drag over mass [m/s]."""


class _Setting(eqx.Module):
    world: World
    craft: Spacecraft
    burns: Burns
    floor: Array
    begun: Array
    """Specific energy at the start [m^2/s^2]."""


class _Forces(eqx.Module):
    around: Surroundings
    mass: Array
    thrust: Vector  # [m/s^2]
    drag: Vector  # [m/s^2]


def _forces(t: Array, state: Coasting, setting: _Setting) -> _Forces:
    orbit, craft = state.orbit, setting.craft
    around = surroundings(setting.world, t, orbit.position, orbit.velocity)
    mass = craft.dry_mass + orbit.propellant
    speed = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    braking = -0.5 * around.air.density * speed * craft.drag_area / mass
    pushing = jnp.sum(state.thrusting) * craft.thrust / mass
    return _Forces(around, mass, orbit.velocity.unit() * pushing, around.stream * braking)


def _evaluate(t: Array, state: Coasting, setting: _Setting) -> tuple[Coasting, Array]:
    now = _forces(t, state, setting)
    firing = jnp.abs(state.thrusting)
    height = now.around.place.height
    rate = Coasting(
        orbit=OrbitState(
            position=state.orbit.velocity,
            velocity=now.around.gravity + now.thrust + now.drag,
            propellant=-jnp.sum(firing) * setting.craft.flow,
        ),
        thrusting=jnp.zeros_like(firing),
        delta_v=firing * setting.craft.thrust / now.mass,
        drag=jnp.sqrt(now.drag.dot(now.drag) + 1e-300),
        short=jnp.zeros_like(state.short),
    )
    return rate, jnp.stack([setting.floor - height, setting.world.ground - height]) * 1e-3


def _thrusting(t: Array, propellant: Array, setting: _Setting) -> tuple[Array, Array]:
    """The sense of each burn in the step that begins at `t` [s], and whether one goes without."""
    burns = setting.burns
    end = burns.start + burns.duration
    wanted = (t >= burns.start - _CLOSE) & (t < end - _CLOSE)
    fed = ~_empty(propellant, setting)
    return jnp.where(wanted & fed, burns.sense, 0.0), jnp.any(wanted & ~fed)


def _empty(propellant: Array, setting: _Setting) -> Array:
    return propellant <= setting.craft.flow * _CLOSE


def _switch(t: Array, state: Coasting, events: Array, fired: Array, setting: _Setting) -> Coasting:
    del events, fired
    thrusting, lacking = _thrusting(t, state.orbit.propellant, setting)
    # The last step of a burn leaves rounding in the tank, of either sign.
    spent = jnp.any(state.thrusting != 0.0) & _empty(state.orbit.propellant, setting)
    return eqx.tree_at(
        lambda s: (s.orbit.propellant, s.thrusting, s.short),
        state,
        (
            jnp.where(spent, 0.0, state.orbit.propellant),
            thrusting,
            jnp.maximum(state.short, jnp.where(lacking, 1.0, 0.0)),
        ),
    )


def _possible(t: Array, state: Coasting, setting: _Setting) -> Array:
    del t
    orbit, given = state.orbit, jnp.sum(state.delta_v)
    return can_be(orbit.position, orbit.velocity, setting.world.mu, setting.begun, given)


def _deadline(t: Array, state: Coasting, setting: _Setting) -> Array:
    burns, flow = setting.burns, setting.craft.flow
    ends = burns.start + burns.duration
    edges = jnp.where(burns.duration > _CLOSE, jnp.stack([burns.start, ends]), jnp.inf)
    # The flow is known, so the end of the propellant is too: nothing is searched.
    burning = jnp.any(state.thrusting != 0.0)
    dry = jnp.where(burning, t + state.orbit.propellant / flow, jnp.inf)
    switches = jnp.concatenate([edges.ravel(), dry[None]])
    instants = jnp.concatenate([switches, switches - _EDGE])
    ahead = jnp.min(jnp.where(instants > t + _CLOSE, instants, jnp.inf))
    in_air = state.orbit.position.norm() < EARTH_RADIUS + _AIR
    return jnp.minimum(ahead, t + jnp.where(in_air, _AIR_STEP, jnp.inf))


def cruise(  # noqa: PLR0913 - who, where from, where to, and by what step
    world: World,
    craft: Spacecraft,
    burns: Burns,
    t: Float[Array, " lanes"],
    position: Vector,
    velocity: Vector,
    propellant: Float[Array, " lanes"],
    *,
    stop: Float[Array, " lanes"],
    floor: Float[Array, "*batch"] | float = -1e9,
    step: Float[Array, "*batch"] | float = STEP,
    tolerance: Float[Array, "*batch"] | float = 1.0,
    rows: int | None = None,
) -> tuple[Cruise, Tape | None]:
    """Fly from `t` [s], in GCRS [m, m/s], to `stop` [s] or down to the height `floor` [m].

    The orbit must start above its floor. `craft` is shared or has lanes, as have `floor` and
    `step` [s]; a step is shortened to 10 s below 140 km, where its error asks for it by the
    `tolerance` of `dynamics.accuracy`, and ends on every start and end of a burn. A
    dip below the floor and back within one step is not seen.
    With `rows` the states are kept, up to that many rows, the first and the last among them.
    """
    begun = energy(position, velocity, world.mu)
    setting = _Setting(world, _by_lane(craft, t), burns, _by_lane(jnp.asarray(floor), t), begun)
    # The world is the same in every lane; mapping its tables would only copy them.
    axes = _Setting(None, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]
    thrusting, lacking = jax.vmap(_thrusting, in_axes=(0, 0, axes))(t, propellant, setting)
    state = Coasting(
        orbit=OrbitState(position, velocity, propellant),
        thrusting=thrusting,
        delta_v=jnp.zeros_like(thrusting),
        drag=jnp.zeros_like(t),
        short=jnp.where(lacking, 1.0, 0.0),
    )
    tape = None
    if rows is not None:
        tape = blank_tape(state, rows)
        tape = tape.write_state(t, jnp.asarray(0), state, jnp.ones(t.shape, dtype=bool))
    arrival, tape = solve(
        Problem(_evaluate, _switch, _deadline, _possible),
        state,
        setting,
        axes=axes,
        method=DOP853,
        allowed=allowed(
            state,
            _by_lane(jnp.asarray(tolerance), t),
            lambda s: (s.orbit.position, s.orbit.velocity),
            (POSITION, VELOCITY),
        ),
        start=t,
        stop=stop,
        step=_by_lane(jnp.asarray(step), t),
        ending=jnp.ones((t.shape[0], 2), dtype=bool),
        switching=jnp.zeros(2, dtype=bool),
        max_steps=MAX_STEPS,
        tape=tape,
    )
    return _cruise(arrival, stop), tape


def _by_lane(shared: PyTree, t: Array) -> PyTree:
    """What is shared, once a lane."""
    return jax.tree.map(lambda leaf: jnp.broadcast_to(leaf, t.shape), shared)


def _cruise(arrival: Arrival, stop: Array) -> Cruise:
    end: Coasting = arrival.state
    floor, ground = arrival.fired[:, 0], arrival.fired[:, 1]
    cases = [
        (ground & ~floor, OutcomeCode.STRUCK_GROUND),
        (~arrival.finite, OutcomeCode.NOT_FINITE),
        (~arrival.possible, OutcomeCode.IMPOSSIBLE),
        (~floor & (arrival.t < stop - _CLOSE), OutcomeCode.OUT_OF_STEPS),
        (end.short > 0.0, OutcomeCode.RAN_DRY),
    ]
    codes = [jnp.full(stop.shape, int(code)) for _, code in cases]
    reached = jnp.full(stop.shape, int(OutcomeCode.REACHED))
    return Cruise(
        t=arrival.t,
        state=end.orbit,
        floor_reached=floor,
        outcome=jnp.select([case for case, _ in cases], codes, reached),
        steps=arrival.steps,
        delta_v=jnp.sum(end.delta_v, axis=1),
        burn_delta_v=end.delta_v,
        drag_loss=end.drag,
    )


def observe_cruise(world: World, craft: Spacecraft, burns: Burns, tape: Tape) -> Observation:
    """All rows of one lane's tape; the arguments are of that lane.

    Attitude is known only in a burn, whose thrust is along the vehicle's axis: elsewhere what
    depends on it (pitch, angle of attack, axial load) is NaN.
    """
    nothing = jnp.asarray(-jnp.inf)
    setting = _Setting(world, craft, burns, nothing, nothing)
    return jax.vmap(lambda t, state: _row(t, state, setting))(tape.t, tape.state)


def _row(t: Array, state: Coasting, setting: _Setting) -> Observation:
    now = _forces(t, state, setting)
    around, r, v = now.around, state.orbit.position, state.orbit.velocity
    stream = jnp.sqrt(around.stream.dot(around.stream) + 1e-12)
    speed, sense = v.norm(), jnp.sum(state.thrusting)
    rise = r.dot(v) / (r.norm() * speed)
    sensed = now.thrust + now.drag
    ahead = jnp.where(sense == 0.0, jnp.nan, sense)  # of the axis, along the velocity
    drag = jnp.sqrt(now.drag.dot(now.drag) + 1e-300) * now.mass
    return Observation(
        whereabouts=whereabouts(around, r, v),
        mass=now.mass,
        thrust=jnp.abs(sense) * setting.craft.thrust,
        drag=drag,
        dynamic_pressure=0.5 * around.air.density * stream**2,
        mach=stream / around.air.sound_speed,
        heat_flux=free_stream_flux(around.air.density, stream),
        angle_of_attack=jnp.arccos(jnp.clip(ahead * v.dot(around.stream) / speed / stream, -1, 1)),
        load=jnp.sqrt(sensed.dot(sensed)) / STANDARD_GRAVITY,
        load_axial=sensed.dot(v) / speed * ahead / STANDARD_GRAVITY,
        pitch=jnp.arcsin(jnp.clip(ahead * rise, -1.0, 1.0)),
    )
