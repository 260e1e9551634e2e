"""Batches of legs of the return: states in, states and recordings out.

Each kind of leg is one compiled programme for `LANES` lanes, whatever is asked of it: a search
over orbits, a deorbit burn tried sixteen ways, or the one flight that is kept. A batch of more
lanes is flown as it is, by a programme of its own.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.programme import Lanes, fewest, programme
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State, nothing_added
from yaan.flight.recording import joined
from yaan.gnc.bank import BankProfile
from yaan.gnc.base import AbstractEntryGuidance
from yaan.gnc.navigation import AbstractNavigator
from yaan.gnc.roll import RollLimits
from yaan.motion import descent, entry, orbit
from yaan.motion.base import Leg, fly, of_motion
from yaan.motion.descent import Descended
from yaan.motion.entry import Handover
from yaan.motion.guided_entry import GuidedEntry
from yaan.motion.rigid_entry import RigidEntry
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Frame, vector
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.forebody import Forebody
from yaan.vehicle.parachute import Train
from yaan.vehicle.spacecraft import Spacecraft

LANES = 16
"""Lanes of a batch of up to so many; a question is padded to it, so that nothing compiles twice."""

LEG_ROWS = 1_024
"""Rows of one piece of a leg in orbit."""

ENTRY_ROWS = 2_048
"""Rows of a recorded entry; one that needs more is flown again with twice as many."""

GUIDED_ROWS = 2_048
"""Rows of a recorded entry that is guided; likewise."""

DESCENT_ROWS = 4_096
"""Rows of a recorded descent; as for an entry."""

_PIECE = 900
"""Steps of a piece: burns add a few rows, and thin air divides steps."""

_LONG_PIECE = 40_000
"""Steps of a piece of a leg that is not recorded: half of what one may take at most."""

_CLOSE = 1e-6  # [s]
_GAINED = 1e-6  # [m/s] what a burn lacks less of has ended

ORBIT_TOLERANCE = 1e-2
"""Share of `dynamics.accuracy` by which legs in orbit abide: errors grow for days there."""

OPENING_STEP = 0.05
"""Step of a descent while a canopy opens [s]."""

_FEW = 64
"""Lanes whose rows are made even where only their ends are saved."""

_GROUND_ROWS = 8_192

Array = NDArray[np.float64]


class Save(enum.Enum):
    """What is saved of a leg besides its ends."""

    ENDS = enum.auto()
    """Nothing."""
    STEPS = enum.auto()
    """Every step."""


@dataclass(frozen=True)
class Burns:
    """Burns of each lane: start and duration [s], sense +1 along the velocity; [n, burns]."""

    start: Array
    duration: Array
    sense: Array
    delta_v: Array | None = None
    """Velocity gained at which each ends [m/s]; None: by the clock."""
    pitch: Array | None = None
    """Of the thrust above its line along the velocity [rad]; None: none."""

    @classmethod
    def none(cls, lanes: int) -> "Burns":
        """No burn in any lane."""
        nothing = np.zeros((lanes, BURNS))
        return cls(nothing, nothing, nothing + 1.0)

    def with_burn(self, index: int, start: ArrayLike, duration: ArrayLike, sense: float) -> "Burns":
        """The same with burn `index` set in every lane."""
        made = replace(
            self,
            start=self.start.copy(),
            duration=self.duration.copy(),
            sense=self.sense.copy(),
        )
        made.start[:, index] = start
        made.duration[:, index] = duration
        made.sense[:, index] = sense
        return made

    @classmethod
    def gaining(cls, ignition: Array, delta_v: Array) -> "Burns":
        """One burn in each lane, from `ignition` [s], that ends by its `delta_v` [m/s].

        A negative one is against the velocity; one of 0 is none.
        """
        made = cls.none(len(ignition)).with_burn(0, ignition, 0.0, 1.0)
        made.sense[:, 0] = np.where(delta_v < 0.0, -1.0, 1.0)
        wanted = np.zeros_like(made.start)
        wanted[:, 0] = np.abs(delta_v)
        return replace(made, delta_v=wanted)


BURNS = 3
"""Burns that one leg may have: two that raise an orbit, and one that moves its time."""


def coast(  # noqa: PLR0913 - who, where from, where to, and by what step
    world: World,
    craft: Spacecraft,
    start: State,
    burns: Burns,
    *,
    stop: ArrayLike,
    step: ArrayLike,
    floor: ArrayLike = -1e9,
    tolerance: ArrayLike = ORBIT_TOLERANCE,
    save: Save = Save.ENDS,
    watch: Callable[[float], None] | None = None,
) -> Leg:
    """Fly lanes in orbit until `stop` [s] or down to `floor` [m].

    `step` [s] is the longest; `tolerance` is that of `dynamics.accuracy`; both, the floor and the
    fields of the craft, may be one a lane. What the leg added is that of all pieces; its inner
    state is that of the last.

    The flight is made in pieces: those that are saved fit the recording, and are joined, others
    are as long as one leg may be. `watch` is told after each which share of the way is flown.
    """
    count, index = len(start), _padded(len(start))
    first = now = start.take(index)
    last, longest, loose, low = (
        np.broadcast_to(np.asarray(given, dtype=float), (count,))[index]
        for given in (stop, step, tolerance, floor)
    )
    flies = craft if np.ndim(craft.dry_mass) else in_lanes(craft, count)
    flies = jax.tree.map(lambda leaf: np.asarray(leaf)[index], flies)
    around = world.take(index)
    wanted = None if burns.delta_v is None else burns.delta_v[index]
    tilted = None if burns.pitch is None else burns.pitch[index]
    start_of, lasting, sense = (x[index] for x in (burns.start, burns.duration, burns.sense))
    flown = orbit.Burns(start_of, lasting, sense, wanted, tilted)
    saved = save is Save.STEPS
    pieces: list[Tape] = []
    outcome = np.zeros(len(index), dtype=np.int64)
    added = nothing_added(np.zeros(len(index)))
    while True:
        until = np.minimum(last, now.t + (_PIECE if saved else _LONG_PIECE) * longest)
        motion = orbit.Orbit(around, flies, flown, low)
        leg = _coast(motion, now, until, longest, loose, rows=LEG_ROWS if saved else None)
        if saved:
            pieces.append(jax.device_get(leg.tape))
        leg = jax.device_get(without_rows(leg))
        now = leg.end
        if watch is not None:
            watch(float(np.min((now.t - first.t) / np.maximum(last - first.t, _CLOSE))))
        # A burn that once ran dry stays so, whatever comes after.
        outcome = np.where(outcome == OutcomeCode.RAN_DRY, outcome, leg.outcome)
        added = jax.tree.map(np.add, added, leg.added)
        if wanted is not None:
            # What a piece has gained of a burn the next one need not.
            wanted = np.maximum(wanted - np.asarray(leg.inner.delta_v), 0.0)
            wanted = np.where(wanted > _GAINED, wanted, 0.0)
            flown = eqx.tree_at(lambda x: x.delta_v, flown, wanted)
        able = np.isin(outcome, (OutcomeCode.REACHED, OutcomeCode.RAN_DRY))
        if not np.any(able & ~leg.fired[:, orbit.FLOOR] & (now.t < last - _CLOSE)):
            break
    tape = joined(pieces) if saved else None
    whole = (first, outcome, added, tape)
    leg = eqx.tree_at(
        lambda x: (x.start, x.outcome, x.added, x.tape), leg, whole, is_leaf=lambda x: x is None
    )
    return leg.take(np.arange(count))


@programme(lanes=of_motion)
def _coast(
    motion: orbit.Orbit,
    start: State,
    stop: jax.Array,
    step: jax.Array,
    tolerance: jax.Array,
    *,
    rows: int | None,
) -> Leg:
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)


def enter(  # noqa: PLR0913 - who, where from, where to, and by what step
    world: World,
    capsule: Capsule,
    start: State,
    bank: BankProfile,
    *,
    until: Handover,
    step: ArrayLike,
    tolerance: ArrayLike = 1.0,
    save: Save = Save.ENDS,
) -> Leg:
    """Fly lanes through the air to where the entry ends; `bank` has one profile a lane.

    `step` [s] is the longest; `tolerance` is that of `dynamics.accuracy`; both, and the fields of
    the capsule, may be one a lane.
    """
    count, index = len(start), _padded(len(start))
    lanes = start.take(index)
    longest, loose = (
        np.broadcast_to(np.asarray(given, dtype=float), (count,))[index]
        for given in (step, tolerance)
    )
    enters = capsule if np.ndim(capsule.mass) else in_lanes(capsule, count)
    motion = entry.Entry(
        world.take(index),
        jax.tree.map(lambda leaf: np.asarray(leaf)[index], enters),
        BankProfile(np.asarray(bank.time)[index], np.asarray(bank.angle)[index]),
        lanes.t,
        until_of(until, index),
        longest,
        entry.coasting_step(loose),
    )
    leg = saved(lambda rows: _enter(motion, lanes, loose, rows=rows), ENTRY_ROWS, save, len(index))
    return leg.take(np.arange(count))


@programme(lanes=of_motion)
def _enter(motion: entry.Entry, start: State, tolerance: jax.Array, *, rows: int | None) -> Leg:
    stop = start.t + entry.TIMEOUT
    return fly(motion, start, stop=stop, step=motion.coast, tolerance=tolerance, rows=rows)


def enter_guided(  # noqa: PLR0913 - who, guided by what, where from, where to, by what step
    world: World,
    capsule: Capsule,
    start: State,
    guidance: AbstractEntryGuidance,
    navigator: AbstractNavigator,
    limits: RollLimits,
    *,
    until: Handover,
    step: ArrayLike,
    tolerance: ArrayLike = 1.0,
    save: Save = Save.ENDS,
) -> Leg:
    """Fly lanes through the air by a law of their own, to where the entry ends.

    As `enter`. The fields of the guidance and of the limits are those of all lanes, or one a lane,
    as their first one (the period, the rate) is; those of the navigator have lanes. What guidance
    and navigation remember is in the inner states, and in the `memory` of the end.
    """
    count, index = len(start), _padded(len(start))
    lanes = start.take(index)
    longest, loose = (
        np.broadcast_to(np.asarray(given, dtype=float), (count,))[index]
        for given in (step, tolerance)
    )

    def laned(model: Any, first: Any) -> Any:
        every = model if np.ndim(first) else in_lanes(model, count)
        return jax.tree.map(lambda leaf: np.asarray(leaf)[index], every)

    motion = GuidedEntry(
        world.take(index),
        laned(capsule, capsule.mass),
        laned(guidance, guidance.period),
        jax.tree.map(lambda leaf: np.asarray(leaf)[index], navigator),
        laned(limits, limits.rate),
        lanes.t,
        until_of(until, index),
        longest,
        entry.coasting_step(loose),
    )
    leg = saved(
        lambda rows: _enter_guided(motion, lanes, loose, rows=rows), GUIDED_ROWS, save, len(index)
    )
    return leg.take(np.arange(count))


@programme(lanes=of_motion)
def _enter_guided(
    motion: GuidedEntry, start: State, tolerance: jax.Array, *, rows: int | None
) -> Leg:
    stop = start.t + entry.TIMEOUT
    return fly(motion, start, stop=stop, step=motion.coast, tolerance=tolerance, rows=rows)


def descend(  # noqa: PLR0913 - who, under what, where from, and by what step
    world: World,
    forebody: Forebody,
    train: Train,
    start: State,
    armed: Array,
    *,
    step: float = OPENING_STEP,
    tolerance: float = 1.0,
    save: Save = Save.STEPS,
    rows: int = DESCENT_ROWS,
) -> tuple[Leg, Descended]:
    """Descend under canopies to the ground, with no more lanes than `start` has.

    `armed` [s] is when the entry began, from which the first step may have its delay; `step` [s] is
    the longest of an opening; `tolerance` is that of `dynamics.accuracy`. The models have lanes, or
    are the same in all of them. What became of the canopies has lanes. `rows` of a recording are
    made, and more where it needs them.
    """
    count = len(start)
    flown: tuple[Forebody, Train] = (
        forebody if np.ndim(forebody.mass) else in_lanes(forebody, count),
        train if np.ndim(train.exists) > 1 else in_lanes(train, count),
    )
    until = in_lanes(descent.Until(), count)
    motion = descent.Descent(world, *flown, start.t, armed, np.full(count, step), until)
    loose = np.full(count, tolerance)
    leg = saved(lambda rows: _descend(motion, start, loose, rows=rows), rows, save, count)
    return leg, descended(motion, leg)


@programme(lanes=of_motion)
def _descend(
    motion: descent.Descent, start: State, tolerance: jax.Array, *, rows: int | None
) -> Leg:
    step, stop = descent.CALM * motion.step, motion.stop()
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)


def descended(motion: descent.Descent, leg: Leg) -> Descended:
    """What became of the canopies of a leg, on the host."""
    return jax.device_get(_descended(motion, leg))


@programme(lanes=of_motion)
def _descended(motion: descent.Descent, leg: Leg) -> Descended:
    return descent.descended(motion, leg)


def turn(motion: RigidEntry, start: State, tolerance: Array, rows: int) -> Leg:
    """Fly a batch of entries of rigid bodies, saved step by step."""
    return saved(lambda rows: _turn(motion, start, tolerance, rows=rows), rows, Save.STEPS)


@programme(lanes=of_motion)
def _turn(motion: RigidEntry, start: State, tolerance: jax.Array, *, rows: int | None) -> Leg:
    stop = start.t + entry.TIMEOUT
    return fly(motion, start, stop=stop, step=motion.step, tolerance=tolerance, rows=rows)


def saved(
    flown: Callable[[int | None], Leg], rows: int, save: Save = Save.STEPS, lanes: int = 1
) -> Leg:
    """A leg on the host: flown again with more rows until these hold what is saved of it.

    Of more than `_FEW` `lanes` that save nothing no row is made: for few of them the programme that
    saves serves, which then compiles once.
    """
    if save is Save.ENDS:
        return jax.device_get(without_rows(flown(rows if lanes <= _FEW else None)))
    leg = flown(rows)
    while leg.tape is not None and int(np.max(leg.tape.count)) > rows:
        rows = enough(rows, leg.tape)
        leg = flown(rows)
    return jax.device_get(leg)


def saved_at(leg: Leg, rows: NDArray[np.int64], tank: int) -> State:
    """The states of saved rows of a coast, one a lane; sums are those of its start."""
    assert leg.tape is not None
    pick = (np.arange(len(rows)), rows)
    inner = jax.tree.map(lambda leaf: np.asarray(leaf)[pick], leg.tape.state)
    left = leg.start.tanks.copy()
    left[:, tank] = inner.propellant
    return eqx.tree_at(
        lambda s: (s.t, s.position, s.velocity, s.tanks),
        leg.start,
        (np.asarray(leg.tape.t)[pick], inner.position, inner.velocity, left),
    )


def place_of(leg: Leg) -> tuple[Array, Array]:
    """Latitude and longitude [rad] of the end of each lane, on the host."""
    return np.asarray(leg.place.latitude), np.asarray(leg.place.longitude)


def without_rows(leg: Leg) -> Leg:
    """The leg without what it has saved."""
    return leg if leg.tape is None else eqx.tree_at(lambda x: x.tape, leg, None)


def below(world: World, t: Array, position: Array) -> tuple[Array, Array, Array]:
    """Latitude, longitude [rad] and height [m] of positions in GCRS [n, 3] at `t` [n]."""
    count = len(t)
    padded = -count % _GROUND_ROWS
    index = np.concatenate([np.arange(count), np.full(padded, count - 1)])
    chunks = [
        jax.device_get(_below(world, t[rows], position[rows]))
        for rows in index.reshape(-1, _GROUND_ROWS)
    ]
    latitude, longitude, height = (
        np.concatenate([getattr(c, name) for c in chunks])[:count]
        for name in ("latitude", "longitude", "height")
    )
    return latitude, longitude, height


@programme(lanes=lambda *_: Lanes((None, 0, 0)))
def _below(world: World, t: jax.Array, position: jax.Array) -> Geodetic:
    fixed = world.earth.rotation(t).apply(vector(position, Frame.GCRS))
    return geodetic(fixed, world.shape)


def enough(rows: int, tape: Tape) -> int:
    """Rows that hold all that the tape of too few has counted: four times as many until they do."""
    most = int(np.max(tape.count))
    while rows < most:
        rows *= 4
    return rows


def in_lanes(model: Any, lanes: int = LANES) -> Any:
    """A model that every lane shares, in as many copies."""
    return jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], lanes, axis=0), model)


def until_of(until: Handover, index: NDArray[np.int64]) -> Handover:
    """Where entries end, in the lanes `index`: the same everywhere, or one a lane."""
    if np.ndim(until.height):
        return jax.tree.map(lambda leaf: np.asarray(leaf)[index], until)
    return in_lanes(until, len(index))


def _padded(count: int) -> NDArray[np.int64]:
    """Lanes of a batch: all of `count`, the last one repeated up to the fewest of a programme."""
    return np.minimum(np.arange(max(count, fewest(LANES))), count - 1)
