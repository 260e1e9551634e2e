"""The phases of an escape, flown in lanes: bodies that turn, entries, descents under canopies.

What flies a phase takes the states of its lanes and gives their ends and what was seen on the way.
Every batch has `LANES` lanes, the last one repeated, so that each kind of phase is compiled once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.programme import Lanes, programme
from yaan.description import FlightPhaseSpec, FreeFlight, Plan
from yaan.description.body import AttitudeSpec
from yaan.description.body_shape import BodyConfigurationSpec, BodySpec
from yaan.description.craft import CapsuleSpec
from yaan.description.parachutes import ParachutesSpec
from yaan.dynamics.accuracy import LONGER, loosened
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.flight.models.body import build_body, build_phases, build_pulses, facing_of
from yaan.flight.models.craft import build_capsule, build_train, handover_of
from yaan.flight.segments.body import as_body_phase
from yaan.gnc.bank import BankProfile
from yaan.gnc.pointing import Facing
from yaan.motion import entry
from yaan.motion.base import AbstractMotion, Legs, lanes_of, of_motion
from yaan.motion.body import Cast, Fineness, fly_body, observe_body, of_body
from yaan.motion.body_phases import parted
from yaan.motion.descent import Descended, Descent, Until
from yaan.motion.handover import ended, to_rigid
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.body import Configuration

Array = NDArray[np.float64]

LANES: Final = 64
"""Lanes of a batch."""

ENTRY_STEP: Final = 1.0
"""Longest step of an entry in the air [s]; its error shortens it."""

OPENING_STEP: Final = 0.4
"""Likewise of a descent while a canopy opens [s]."""

TOLERANCE: Final = 10.0
"""Of `dynamics.accuracy`: an escape may be out by metres, and what it is out by is told."""

HANGING: Final[Mapping[str, Any]] = MappingProxyType(
    {"step": OPENING_STEP, "tolerance": TOLERANCE, "rows": 1_024}
)
"""How a descent is flown."""

_BODY_STEP: Final = 0.05  # [s] of a rigid phase that names none
_BODY_ROWS: Final = 2_048
_BLOCK: Final = 256
"""Rows that are looked at in one call."""

_MOST_BODY_ROWS: Final = 65_536


class Seen(eqx.Module):
    """What is looked at on the way, [lanes, rows] each; of what a motion does not know, NaN."""

    time: Any  # [s], of the ascent
    height: Any  # [m]
    latitude: Any  # [rad]
    longitude: Any  # [rad]
    speed: Any
    """Against the turning Earth [m/s]."""
    mach: Any
    dynamic_pressure: Any  # [Pa]
    incidence: Any
    """Between the stream and the axis of what flies [rad]."""
    load: Vector
    """Specific force over standard gravity, on its axes: x to the nose, y right, z down."""
    rate: Any
    """How fast it turns [rad/s]."""
    heat_flux: Any
    """At the stagnation point [W/m^2]."""
    heat_load: Any  # [J/m^2]
    position: Vector  # [m], GCRS


@dataclass(frozen=True)
class Flown:
    """One phase of all lanes of a batch."""

    end: State
    outcome: NDArray[np.int64]
    """An `OutcomeCode` a lane."""
    seen: Seen
    count: NDArray[np.int64]
    """Rows of each lane."""
    canopies: Descended | None = None


@programme
def _begin(world: World, body: Configuration, facing: Facing, start: State) -> State:
    return to_rigid(world, body, facing, start, [None])


@programme
def _part(left: Configuration, tanks: jax.Array, centre: Vector, start: State) -> State:
    """The lanes of `start`, moved from the centre of mass of what has `left` to `centre` [m]."""
    flies = jax.tree.map(lambda leaf: leaf[0], left)

    def lane(kg: jax.Array, state: State) -> State:
        return parted(state, centre - flies.properties(kg).centre)

    return jax.vmap(lane)(tanks[:, 0], start)


@programme(lanes=of_body)
def _turn(
    world: World, cast: Cast, start: State, fine: Fineness, *, rows: int, gradient: bool
) -> tuple[Legs, Tape | None]:
    return fly_body(world, cast, start, fineness=fine, gradient=gradient, rows=rows)


def _of_legs(world: World, cast: Cast, went: Legs, tape: Tape) -> Lanes:
    # Where a point would have its axes is the same in all lanes.
    return Lanes((world.axes, None, jax.tree.map(_lane_of_leg, went), 0))


def _lane_of_leg(leaf: Any) -> int | None:
    return 1 if np.ndim(leaf) > 1 else None


@programme(lanes=_of_legs)
def _watch_body(world: World, cast: Cast, went: Legs, tape: Tape, *, gradient: bool) -> Seen:
    def lane(legs: Legs, rows: Tape) -> Seen:
        row = observe_body(world, cast, legs, rows, gradient=gradient)
        return seen_of(rows.t, row, _body_load(row))

    return jax.vmap(lane, in_axes=(jax.tree.map(_lane_of_leg, went), 0))(went, tape)


def _body_load(row: Row) -> Vector:
    """Specific force of a body, body axes, in standard gravities."""
    assert row.force_body is not None
    assert row.force_engine is not None
    assert row.force_pulses is not None
    force = row.force_body + row.force_engine + row.force_pulses
    return force / (row.mass * STANDARD_GRAVITY)


@programme(lanes=of_motion)
def _watch(motion: AbstractMotion, tape: Tape) -> Seen:
    def lane(one: AbstractMotion, rows: Tape) -> Seen:
        row = jax.vmap(one.row)(rows.t, rows.state)
        axial, across = row.load_axial, row.load_normal
        assert axial is not None
        assert across is not None
        level = jnp.zeros_like(axial)
        return seen_of(rows.t, row, Vector(axial, level, -across, Frame.BODY))

    return jax.vmap(lane, in_axes=(lanes_of(motion), 0))(motion, tape)


def seen_of(t: jax.Array, row: Row, load: Vector) -> Seen:
    """What is looked at of rows of any motion, with its `load` in standard gravities."""
    unknown = jnp.full_like(row.height, jnp.nan)

    def known(column: Any) -> Any:
        return unknown if column is None else column

    turning = row.rate_body
    return Seen(
        time=t,
        height=row.height,
        latitude=row.latitude,
        longitude=row.longitude,
        speed=row.speed_relative,
        mach=row.mach,
        dynamic_pressure=row.dynamic_pressure,
        incidence=known(row.incidence if row.incidence is not None else row.angle_of_attack),
        load=load,
        rate=unknown if turning is None else turning.norm(),
        heat_flux=known(row.heat_flux_stagnation),
        heat_load=known(row.heat_load),
        position=row.position_gcrs,
    )


@dataclass(frozen=True)
class Crafts:
    """What flies in the phases of one mode, as models."""

    plan: Plan
    capsule: CapsuleSpec
    train: ParachutesSpec | None
    bodies: Mapping[str, BodyConfigurationSpec]
    capsule_at: Sequence[float]
    """Centre of mass of the capsule in the structural axes of the bodies [m]."""
    lifts: bool = True
    """False of a capsule that spins: its lift averages to nothing."""
    shadow: bool = False
    """Flown on longer steps, which tell what the integration is out by."""

    @property
    def _stretch(self) -> float:
        return LONGER if self.shadow else 1.0

    @property
    def _tolerance(self) -> float:
        return TOLERANCE * (loosened(RK4.order) if self.shadow else 1.0)

    def turn(
        self, world: World, phase: FlightPhaseSpec, start: State, *, same: bool, rate: Array | None
    ) -> Flown:
        """A rigid phase; `same`: of the body that flew before it, which keeps what it has left.

        A `rate` [lanes, 3; rad/s, body axes] is added to that of the start.
        """
        cast = self._cast(phase)
        body, gradient = cast[0], self.plan.environment.gravity_gradient
        begun = start
        if not same:
            kept = phase.attitude is not None or bool(np.all(np.isfinite(start.attitude.w)))
            stream = None if kept else AttitudeSpec.model_validate({"from": "stream"})
            facing = facing_of(phase.attitude or stream, phase.rate)
            begun = jax.device_get(_begin(world, body, facing, start))
        if rate is not None:
            now = begun.rate
            spun = Vector(now.x + rate[:, 0], now.y + rate[:, 1], now.z + rate[:, 2], now.frame)
            begun = eqx.tree_at(lambda s: s.rate, begun, spun)
        ones, rows = jnp.ones(LANES), _BODY_ROWS
        fine = Fineness(ones * self._stretch, ones * self._tolerance)
        lanes = (legs.in_lanes(body, len(begun)), *cast[1:])
        while True:
            flown = _turn(world, lanes, begun, fine, rows=rows, gradient=gradient)
            went, tape = jax.device_get(flown)
            out = np.any(np.asarray(went.outcome) == OutcomeCode.OUT_OF_STEPS)
            if rows >= _MOST_BODY_ROWS or not (out or int(np.max(tape.count)) > rows):
                break
            rows *= 4
        tape, count = cut(tape)
        seen = looked_at(tape, lambda b: _watch_body(world, cast, went, b, gradient=gradient))
        end = jax.device_get(ended(jax.tree.map(jnp.asarray, begun), went))
        return Flown(end, np.asarray(went.outcome)[0], seen, count)

    def part(self, body: str, state: State, onto: str | None) -> State:
        """What goes on from a `body`, at its own centre of mass: another body, or the capsule.

        What is left of a rigid body keeps its motion; its centre lies elsewhere in the same axes.
        """
        flew = build_body(FreeFlight(self.plan, None, _alone(body, self.bodies), []))
        if onto is None:
            there = self.capsule_at
        else:
            there = self.bodies[onto].ends()[1].centre_of_mass
        x, y, z = (jnp.asarray(one) for one in there)
        centre = Vector(x, y, z, Frame.BODY)
        return jax.device_get(_part(flew, state.tanks, centre, state))

    def _cast(self, phase: FlightPhaseSpec) -> Cast:
        body = _alone(phase.body or "", self.bodies)
        asked = phase if phase.step is not None else phase.model_copy(update={"step": _BODY_STEP})
        free = FreeFlight(self.plan, None, body, [as_body_phase(asked)])
        return build_body(free), build_phases(free), build_pulses(free)

    def enter(self, world: World, start: State, bank: BankProfile) -> Flown:
        """An entry to where its first canopy is due; `bank` has one profile a lane."""
        capsule = legs.in_lanes(build_capsule(self.capsule), LANES)
        if not self.lifts:
            capsule = eqx.tree_at(lambda c: c.lift, capsule, np.zeros_like(capsule.lift))
        handed = handover_of(self.train, floor=float(world.ground))
        leg = legs.enter(
            world,
            capsule,
            start,
            bank,
            until=handed,
            step=ENTRY_STEP * self._stretch,
            tolerance=self._tolerance,
            save=Save.STEPS,
        )
        nothing = np.zeros(LANES)
        ends = legs.in_lanes(handed, LANES)
        motion = entry.Entry(world, capsule, bank, start.t, ends, nothing, nothing)
        assert leg.tape is not None
        tape, count = cut(leg.tape)
        seen = looked_at(tape, lambda block: _watch(motion, block))
        return Flown(leg.end, np.asarray(leg.outcome), seen, count)

    def hang(self, world: World, start: State, armed: Array) -> Flown:
        """A descent under canopies to the ground."""
        assert self.train is not None
        forebody = legs.in_lanes(build_capsule(self.capsule).forebody, LANES)
        train = legs.in_lanes(build_train(self.train), LANES)
        step = OPENING_STEP * self._stretch
        given: dict[str, Any] = {**HANGING, "step": step, "tolerance": self._tolerance}
        leg, became = legs.descend(world, forebody, train, start, armed, **given)
        until, steps = legs.in_lanes(Until(), LANES), np.full(LANES, step)
        motion = Descent(world, forebody, train, start.t, armed, steps, until)
        assert leg.tape is not None
        tape, count = cut(leg.tape)
        seen = looked_at(tape, lambda block: _watch(motion, block))
        return Flown(leg.end, np.asarray(leg.outcome), seen, count, became)


def _alone(name: str, bodies: Mapping[str, BodyConfigurationSpec]) -> BodySpec:
    return BodySpec.model_construct(configurations={name: bodies[name]})


def cut(tape: Tape) -> tuple[Tape, NDArray[np.int64]]:
    """A tape without rows that no lane has written, to whole blocks; rows of each lane.

    What a lane has not written is its last row again.
    """
    count = np.minimum(np.asarray(tape.count), tape.t.shape[1])
    wanted = -(-max(int(np.max(count)), 1) // _BLOCK) * _BLOCK
    rows = np.minimum(np.arange(wanted)[None, :], np.maximum(count - 1, 0)[:, None])
    lanes = np.arange(len(count))[:, None]
    held = (np.asarray(x)[lanes, rows] for x in (tape.t, tape.label, tape.rows))
    return eqx.tree_at(lambda x: (x.t, x.label, x.rows), tape, tuple(held)), count


def looked_at(tape: Tape, look: Callable[[Tape], Seen]) -> Seen:
    """What `look` sees in a tape that was `cut`, block by block: it is compiled for one of them."""
    parts: list[Seen] = []
    for first in range(0, tape.t.shape[1], _BLOCK):
        rows = slice(first, first + _BLOCK)
        held = (tape.t[:, rows], tape.label[:, rows], tape.rows[:, rows])
        block = eqx.tree_at(lambda x: (x.t, x.label, x.rows), tape, held)
        parts.append(jax.device_get(look(block)))
    return chained(parts)


def chained(parts: Sequence[Seen]) -> Seen:
    """What was seen in phases that follow each other."""
    return jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=1), *parts)
