"""A lifting entry: a capsule at its trim angle flies a bank programme down to its parachutes.

A point mass with lift and drag in air that moves with the world's wind. The lift stands on the
velocity against the air and is turned about it by the bank: zero in the vertical plane and up,
positive to the right. Where the capsule falls within `_UPRIGHT` of the vertical a bank means
nothing, and the lift fades there; lift that rolled on would average out as well.

Ignores: the motion about the trim angle, the roll's own dynamics (a programme is followed
exactly), thrusters, mass lost by ablation.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.aerodynamics.heating import sutton_graves
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.accuracy import POSITION, VELOCITY, allowed, loosened
from yaan.dynamics.forces import Surroundings, World, surroundings
from yaan.dynamics.method import RK4
from yaan.dynamics.peaks import Peaks, first_peaks, higher
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Problem, Tape, blank_tape, solve
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
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Vector
from yaan.vehicle.capsule import Capsule, Trim

STEP = 0.5
"""Step [s] in the air: halving it moves the load by 1e-5 (tests/physics/test_entry.py)."""

PATIENCE = 5_700.0
"""An entry that has not come down after this long [s], about one revolution, has timed out."""

_AIR = 130e3  # [m] above the equatorial radius: below it steps are those that were asked for
_COAST_STEP = 10.0  # [s]
_UPRIGHT = 0.01  # [rad]
_MAX_STEPS = 400_000
_TOLD = (False, False, False)  # height, load and flux end nothing


class EntryState(eqx.Module):
    """What is integrated, in GCRS [m, m/s, J/m^2], and what is kept beside it."""

    position: Vector
    velocity: Vector
    heat_load: Float[Array, "*lanes"]
    sunk: Float[Array, "*lanes"]
    """One after it has come down through the height at which it could skip out."""
    peaks: Peaks


class _Setting(eqx.Module):
    world: World
    capsule: Capsule
    bank: BankProfile
    start: Array
    until: Handover
    step: Array
    coast: Array
    """The longest step above the air [s]."""
    begun: Array
    """Specific energy at the start [m^2/s^2]."""


class _Instant(eqx.Module):
    """The air on a capsule at one instant."""

    around: Surroundings
    speed: Array
    mach: Array
    pressure: Array
    trim: Trim
    lift: Array
    """Lift coefficient, faded near the vertical."""
    bank: Array
    sensed: Vector  # [m/s^2]
    flux: Array


def enter(  # noqa: PLR0913 - a world, a flight and its start; then where it ends, and how fine
    world: World,
    capsule: Capsule,
    bank: BankProfile,
    t: Float[Array, " lanes"],
    position: Vector,
    velocity: Vector,
    *,
    until: Handover,
    step: Float[Array, " lanes"] | float = STEP,
    tolerance: Float[Array, " lanes"] | float = 1.0,
    patience: float = PATIENCE,
    rows: int | None = None,
) -> tuple[Entry, Tape | None]:
    """Fly from a state in GCRS [m, m/s] at `t` [s] to where the entry ends by `until`.

    Everything but the world has lanes, `capsule` and `bank` too; the bank's time counts from `t`.
    `step` [s] is the longest below some 130 km, above it 10 s is, at a `tolerance` of one; steps
    are shorter where their error asks for it by the `tolerance` of `dynamics.accuracy`, and end on
    the bank's knots.
    With `rows` a tape of as many rows is written, the first of them the start.
    """
    still, tape = jnp.zeros_like(t), None
    # The world is not mapped: every lane meets the same one.
    axes = _Setting(None, 0, 0, 0, 0, 0, 0, 0)  # pyright: ignore[reportArgumentType]
    begun = energy(position, velocity, world.mu)
    step, tolerance = jnp.broadcast_to(step, t.shape), jnp.broadcast_to(tolerance, t.shape)
    # A shadow's steps are longer everywhere, and those of another try shorter.
    coast = _COAST_STEP * jnp.minimum(tolerance, loosened(RK4.order)) ** (1.0 / RK4.order)
    until = by_lane(until, t)
    setting = _Setting(world, capsule, bank, t, until, step, coast, begun)
    state = EntryState(position, velocity, still, still, first_peaks(t, jnp.zeros((*t.shape, 2))))
    _, at_once = jax.vmap(_evaluate, in_axes=(0, 0, axes))(t, state, setting)
    state = eqx.tree_at(lambda s: s.peaks, state, first_peaks(t, at_once[:, 3:]))
    if rows is not None:
        tape = blank_tape(state, rows).write_state(t, jnp.asarray(0), state, still == 0.0)
    arrival, tape = solve(
        Problem(_evaluate, _keep, _next_end, _possible),
        state,
        setting,
        axes=axes,
        allowed=allowed(
            state,
            tolerance,
            lambda s: (s.position, s.velocity),
            (POSITION, VELOCITY),
        ),
        start=t,
        stop=t + patience,
        step=coast,
        ending=jnp.broadcast_to(jnp.asarray([True, True, *_TOLD]), (*t.shape, 5)),
        switching=jnp.zeros(5, dtype=bool),
        max_steps=_MAX_STEPS,
        tape=tape,
    )
    codes = ((1, OutcomeCode.SKIPPED_OUT), (0, OutcomeCode.REACHED))
    return entry_of(world, arrival, codes), tape


def observe_entry(
    world: World, capsule: Capsule, bank: BankProfile, start: Float[Array, ""], tape: Tape
) -> EntryObservation:
    """All rows of one lane's tape; the arguments are of that lane, `start` [s] its first time."""
    nothing = jnp.asarray(0.0)
    setting = _Setting(world, capsule, bank, start, Handover(), nothing, nothing, nothing)

    def row(t: Array, state: EntryState) -> EntryObservation:
        return _row(t, state, setting)

    return jax.vmap(row)(tape.t, tape.state)


def _instant(t: Array, state: EntryState, setting: _Setting) -> _Instant:
    around = surroundings(setting.world, t, state.position, state.velocity)
    capsule, stream, density = setting.capsule, around.stream, around.air.density
    speed = jnp.sqrt(stream.dot(stream) + 1e-12)
    mach = speed / around.air.sound_speed
    trim, bank = capsule.trim(mach), setting.bank.at(t - setting.start)
    pressure = 0.5 * density * speed**2
    ahead = stream / speed
    above = around.up - ahead * around.up.dot(ahead)
    slant = jnp.sqrt(above.dot(above) + 1e-24)  # cosine of the flight-path angle
    above = above / slant
    lift = trim.lift * jnp.minimum(slant / _UPRIGHT, 1.0)
    lifted = above * jnp.cos(bank) + ahead.cross(above) * jnp.sin(bank)
    sensed = (lifted * lift - ahead * trim.drag) * (pressure * capsule.area / capsule.mass)
    flux = sutton_graves(density, speed, capsule.nose_radius)
    return _Instant(around, speed, mach, pressure, trim, lift, bank, sensed, flux)


def _evaluate(t: Array, state: EntryState, setting: _Setting) -> tuple[EntryState, Array]:
    now = _instant(t, state, setting)
    still = jnp.zeros_like(state.heat_load)
    rate = EntryState(
        position=state.velocity,
        velocity=now.around.gravity + now.sensed,
        heat_load=now.flux,
        sunk=still,
        peaks=jax.tree.map(jnp.zeros_like, state.peaks),
    )
    height = now.around.place.height
    left = leaving(state.sunk, height)
    load = now.sensed.norm() / STANDARD_GRAVITY
    rise = now.around.stream.dot(now.around.up)
    ground, elapsed = setting.world.ground, t - setting.start
    end = setting.until.due(elapsed, height, now.speed, rise, ground)
    # The last three end nothing: the events carry them to `_keep`, free of another evaluation.
    return rate, jnp.stack([end, left, height, load, now.flux])


def _keep(
    t: Array, state: EntryState, events: Array, fired: Array, setting: _Setting
) -> EntryState:
    del fired, setting
    sunk = has_sunk(state.sunk, events[2], state.position.dot(state.velocity))
    peaks = higher(t, state.peaks, events[3:])
    return EntryState(state.position, state.velocity, state.heat_load, sunk, peaks)


def _possible(t: Array, state: EntryState, setting: _Setting) -> Array:
    del t
    return can_be(state.position, state.velocity, setting.world.mu, setting.begun)


def _next_end(t: Array, state: EntryState, setting: _Setting) -> Array:
    in_air = state.position.norm() < EARTH_RADIUS + _AIR
    end = t + jnp.where(in_air, setting.step, setting.coast)
    knots = setting.start + setting.bank.time
    return jnp.minimum(end, jnp.min(jnp.where(knots > t + 1e-6, knots, jnp.inf)))


def _row(t: Array, state: EntryState, setting: _Setting) -> EntryObservation:
    now = _instant(t, state, setting)
    force, weight = now.pressure * setting.capsule.area, setting.capsule.mass * STANDARD_GRAVITY
    drag, lift = now.trim.drag, now.lift
    sine, cosine = jnp.sin(now.trim.angle), jnp.cos(now.trim.angle)
    felt = Felt(
        drag=force * drag,
        lift=force * lift,
        bank=now.bank,
        pressure=now.pressure,
        mach=now.mach,
        angle=now.trim.angle,
        load=now.sensed.norm() / STANDARD_GRAVITY,
        load_axial=force * (drag * cosine + lift * sine) / weight,
        load_normal=force * (drag * sine - lift * cosine) / weight,
        flux=now.flux,
        speed=now.speed,
    )
    return observed(
        state.position, state.velocity, state.heat_load, now.around, setting.capsule, felt
    )
