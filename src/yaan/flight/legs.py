"""Batches of legs on the way home: states in, states and recordings out.

Each kind of leg is one compiled programme for `LANES` lanes, whatever is asked of it: a search
over orbits, a deorbit burn tried sixteen ways, or the one flight that is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.programme import programme
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.flight.recording import joined
from yaan.gnc.bank import BankProfile
from yaan.motion import entry, orbit
from yaan.motion.descent import Descent, descend
from yaan.motion.entering import Handover
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Frame, components, vector
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.parachute import Train
from yaan.vehicle.spacecraft import Spacecraft

LANES = 16
"""Lanes of every batch; a question is padded to it, so that nothing compiles twice."""

LEG_ROWS = 1_024
"""Rows of one piece of a leg in orbit."""

ENTRY_ROWS = 2_048
"""Rows of a recorded entry; one that needs more is flown again with twice as many."""

HANG_ROWS = 4_096
"""Rows of a recorded descent; as for an entry."""

_PIECE = 900
"""Steps of a piece: burns add a few rows, and thin air divides steps."""

_LONG_PIECE = 40_000
"""Steps of a piece of a leg that is not recorded: half of what one may take at most."""

_CLOSE = 1e-6  # [s]

ORBIT_TOLERANCE = 1e-2
"""Share of `dynamics.accuracy` by which legs in orbit abide: errors grow for days there."""

OPENING_STEP = 0.05
"""Step of a descent while a canopy opens [s]."""

_GROUND_ROWS = 8_192

Array = NDArray[np.float64]


@dataclass(frozen=True)
class States:
    """Where lanes are and when, on the host: [n] s, [n, 3] m and m/s in GCRS, [n] kg."""

    t: Array
    position: Array
    velocity: Array
    propellant: Array

    def __len__(self) -> int:
        """Number of lanes."""
        return len(self.t)

    def take(self, rows: ArrayLike) -> "States":
        """The lanes `rows`, which may repeat."""
        index = np.atleast_1d(np.asarray(rows))
        return States(
            self.t[index], self.position[index], self.velocity[index], self.propellant[index]
        )

    def emptied(self) -> "States":
        """The same states without propellant."""
        return replace(self, propellant=np.zeros_like(self.propellant))


@dataclass(frozen=True)
class Burns:
    """Burns of each lane: start and duration [s], sense +1 along the velocity; [n, burns]."""

    start: Array
    duration: Array
    sense: Array

    @classmethod
    def none(cls, lanes: int) -> "Burns":
        """No burn in any lane."""
        nothing = np.zeros((lanes, BURNS))
        return cls(nothing, nothing, nothing + 1.0)

    def with_burn(self, index: int, start: ArrayLike, duration: ArrayLike, sense: float) -> "Burns":
        """The same with burn `index` set in every lane."""
        made = Burns(self.start.copy(), self.duration.copy(), self.sense.copy())
        made.start[:, index] = start
        made.duration[:, index] = duration
        made.sense[:, index] = sense
        return made


BURNS = 2
"""Burns that one leg may have."""


@dataclass(frozen=True)
class Coast:
    """A leg in orbit: its ends, and its recording if one was asked for."""

    ends: States
    outcome: NDArray[np.int64]
    floor_reached: NDArray[np.bool_]
    delta_v: Array
    tape: Tape | None


@dataclass(frozen=True)
class Fall:
    """An entry: its ends, what it felt, and its recording if one was asked for."""

    ends: States
    outcome: NDArray[np.int64]
    latitude: Array
    longitude: Array
    peak_load: Array
    peak_flux: Array
    heat_load: Array
    tape: Tape | None


def coast(  # noqa: PLR0913 - who, where from, where to, and by what step
    world: World,
    craft: Spacecraft,
    start: States,
    burns: Burns,
    *,
    stop: ArrayLike,
    step: float,
    floor: float = -1e9,
    tolerance: float = ORBIT_TOLERANCE,
    record: bool = False,
    watch: Callable[[float], None] | None = None,
) -> Coast:
    """Fly lanes in orbit until `stop` [s] or down to `floor` [m].

    `step` [s] is the longest; `tolerance` is that of `dynamics.accuracy`.

    The flight is made in pieces: with `record` such as fit the recording, which are joined, else
    such as one leg may take. `watch` is told after each which share of the way is flown.
    """
    count, index = len(start), _padded(len(start))
    now = start.take(index)
    last = np.broadcast_to(np.asarray(stop, dtype=float), (count,))[index]
    flown = orbit.Burns(burns.start[index], burns.duration[index], burns.sense[index])
    pieces: list[Tape] = []
    outcome = np.zeros(LANES, dtype=np.int64)
    delta_v = np.zeros(LANES)
    while True:
        until = np.minimum(last, now.t + (_PIECE if record else _LONG_PIECE) * step)
        state = (now.t, now.position, now.velocity, now.propellant)
        limits = tuple(np.full(LANES, x) for x in (floor, step, tolerance))
        ended, tape = _coast(world, craft, flown, state, until, limits)
        if record:
            pieces.append(jax.device_get(tape))
        ended = jax.device_get(ended)
        now = States(
            ended.t,
            components(ended.state.position),
            components(ended.state.velocity),
            ended.state.propellant,
        )
        if watch is not None:
            watch(
                float(np.min((now.t - start.t[index]) / np.maximum(last - start.t[index], _CLOSE)))
            )
        # A burn that once ran dry stays so, whatever comes after.
        outcome = np.where(outcome == OutcomeCode.RAN_DRY, outcome, ended.outcome)
        delta_v = delta_v + ended.delta_v
        able = np.isin(outcome, (OutcomeCode.REACHED, OutcomeCode.RAN_DRY))
        if not np.any(able & ~ended.floor_reached & (now.t < last - _CLOSE)):
            break
    return Coast(
        ends=now.take(np.arange(count)),
        outcome=outcome[:count],
        floor_reached=ended.floor_reached[:count],
        delta_v=delta_v[:count],
        tape=joined(pieces) if record else None,
    )


@programme
def _coast(
    world: World,
    craft: Spacecraft,
    burns: orbit.Burns,
    start: tuple[jax.Array, ...],
    stop: jax.Array,
    limits: tuple[jax.Array, jax.Array, jax.Array],
) -> tuple[Any, Tape | None]:
    (t, position, velocity, propellant), (floor, step, tolerance) = start, limits
    return orbit.cruise(
        world,
        craft,
        burns,
        t,
        vector(position, Frame.GCRS),
        vector(velocity, Frame.GCRS),
        propellant,
        stop=stop,
        floor=floor,
        step=step,
        tolerance=tolerance,
        rows=LEG_ROWS,
    )


def fall(  # noqa: PLR0913 - who, where from, where to, and by what step
    world: World,
    capsule: Capsule,
    start: States,
    bank: BankProfile,
    *,
    until: Handover,
    step: float,
    tolerance: float = 1.0,
    record: bool = False,
) -> Fall:
    """Fly lanes through the air to where the entry ends; `bank` has one profile a lane.

    `step` [s] is the longest; `tolerance` is that of `dynamics.accuracy`.
    """
    count, index = len(start), _padded(len(start))
    lanes = start.take(index)
    profile = BankProfile(np.asarray(bank.time)[index], np.asarray(bank.angle)[index])
    state = (lanes.t, lanes.position, lanes.velocity)
    limits = (in_lanes(until), *(np.full(LANES, x) for x in (step, tolerance)))
    rows = ENTRY_ROWS
    while True:
        ended, tape = _fall(world, in_lanes(capsule), profile, state, limits, rows=rows)
        if not record or int(np.max(tape.count)) <= rows:
            break
        rows = enough(rows, tape)
    ended, tape = jax.device_get((ended, tape if record else None))
    state = ended.state
    ends = States(ended.t, components(state.position), components(state.velocity), np.zeros(LANES))
    return Fall(
        ends=ends.take(np.arange(count)),
        outcome=ended.outcome[:count],
        latitude=ended.latitude[:count],
        longitude=ended.longitude[:count],
        peak_load=ended.peak_load[:count],
        peak_flux=ended.peak_flux[:count],
        heat_load=ended.heat_load[:count],
        tape=tape,
    )


@programme
def _fall(
    world: World,
    capsule: Capsule,
    bank: BankProfile,
    start: tuple[jax.Array, ...],
    limits: tuple[Handover, jax.Array, jax.Array],
    *,
    rows: int,
) -> tuple[Any, Any]:
    (t, position, velocity), (until, step, tolerance) = start, limits
    return entry.enter(
        world,
        capsule,
        bank,
        t,
        vector(position, Frame.GCRS),
        vector(velocity, Frame.GCRS),
        until=until,
        step=step,
        tolerance=tolerance,
        rows=rows,
    )


def hang(
    world: World,
    capsule: Capsule,
    train: Train,
    start: States,
    armed: Array,
    *,
    step: float = OPENING_STEP,
    tolerance: float = 1.0,
) -> tuple[Descent, Tape]:
    """Descend on parachutes from one state; the answers are those of its lane.

    `armed` [1] s is when the entry began, from which the first step may have its delay; `step` [s]
    is the longest of an opening; `tolerance` is that of `dynamics.accuracy`.
    """
    one = jax.tree.map(lambda leaf: np.asarray(leaf)[None], (capsule, train))
    state = (start.t[:1], start.position[:1], start.velocity[:1])
    rows, limits = HANG_ROWS, (armed, np.full(1, step), np.full(1, tolerance))
    while True:
        ended, tape = jax.device_get(_hang(world, *one, state, limits, rows=rows))
        if int(np.max(tape.count)) <= rows:
            return jax.tree.map(lambda leaf: leaf[0], (ended, tape))
        rows = enough(rows, tape)


@programme
def _hang(
    world: World,
    capsule: Capsule,
    train: Train,
    start: tuple[jax.Array, ...],
    limits: tuple[jax.Array, jax.Array, jax.Array],
    *,
    rows: int,
) -> tuple[Any, Any]:
    (t, position, velocity), (armed, step, tolerance) = start, limits
    return descend(
        world,
        capsule,
        train,
        t,
        vector(position, Frame.GCRS),
        vector(velocity, Frame.GCRS),
        step=step,
        armed=armed,
        tolerance=tolerance,
        rows=rows,
    )


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


@programme
def _below(world: World, t: jax.Array, position: jax.Array) -> Geodetic:
    fixed = world.earth.rotation(t).apply(vector(position, Frame.GCRS))
    return geodetic(fixed, world.shape)


def enough(rows: int, tape: Tape) -> int:
    """Rows that hold all that the tape of too few has counted, doubled until they do."""
    most = int(np.max(tape.count))
    while rows < most:
        rows *= 2
    return rows


def in_lanes(model: Any) -> Any:
    """A model that every lane shares, in as many copies."""
    return jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], LANES, axis=0), model)


def _padded(count: int) -> NDArray[np.int64]:
    """Lanes of a batch: all of `count`, the last one repeated."""
    return np.minimum(np.arange(LANES), count - 1)
