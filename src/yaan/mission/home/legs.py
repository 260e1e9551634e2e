"""Batches of legs on the way home: states in, states and recordings out.

Each kind of leg is one compiled programme for `LANES` lanes, whatever is asked of it: a search
over orbits, a deorbit burn tried sixteen ways, or the one flight that is kept.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.gnc.bank import BankProfile
from yaan.phases import entry, orbit
from yaan.phases.descent import Descent, descend
from yaan.spacetime.earth import Geodetic, geodetic
from yaan.spacetime.frame import Frame, components, vector
from yaan.vehicle.capsule import Capsule
from yaan.vehicle.parachute import Train
from yaan.vehicle.spacecraft import Spacecraft

LANES = 16
"""Lanes of every batch; a question is padded to it, so that nothing compiles twice."""

ENTRY_ROWS = 4_096
"""Rows of a recorded entry: half a second each for half an hour."""

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


def coast(
    world: World,
    craft: Spacecraft,
    start: States,
    burns: Burns,
    *,
    stop: ArrayLike,
    step: float,
    floor: float = -1e9,
    rows: int | None = None,
) -> Coast:
    """Fly lanes in orbit until `stop` [s] or down to `floor` [m]."""
    count = len(start)
    lanes = start.take(_padded(count))
    index = _padded(count)
    ended, tape = jax.device_get(
        _coast(
            world,
            craft,
            orbit.Burns(burns.start[index], burns.duration[index], burns.sense[index]),
            (lanes.t, lanes.position, lanes.velocity, lanes.propellant),
            np.broadcast_to(np.asarray(stop, dtype=float), (count,))[index],
            np.full(LANES, floor),
            np.full(LANES, step),
            rows,
        )
    )
    state = ended.state
    ends = States(
        ended.t, components(state.position), components(state.velocity), state.propellant
    )
    return Coast(
        ends=ends.take(np.arange(count)),
        outcome=ended.outcome[:count],
        floor_reached=ended.floor_reached[:count],
        delta_v=ended.delta_v[:count],
        tape=tape,
    )


@partial(jax.jit, static_argnames="rows")
def _coast(
    world: World,
    craft: Spacecraft,
    burns: orbit.Burns,
    start: tuple[jax.Array, ...],
    stop: jax.Array,
    floor: jax.Array,
    step: jax.Array,
    rows: int | None,
) -> tuple[Any, Tape | None]:
    t, position, velocity, propellant = start
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
        rows=rows,
    )


def fall(
    world: World,
    capsule: Capsule,
    start: States,
    bank: BankProfile,
    *,
    floor: float,
    step: float,
    rows: int | None = None,
) -> Fall:
    """Fly lanes through the air to the height `floor` [m]; `bank` has one profile a lane."""
    count = len(start)
    index = _padded(count)
    lanes = start.take(index)
    profile = BankProfile(np.asarray(bank.time)[index], np.asarray(bank.angle)[index])
    ended, tape = jax.device_get(
        _fall(
            world,
            in_lanes(capsule),
            profile,
            (lanes.t, lanes.position, lanes.velocity),
            np.full(LANES, floor),
            np.full(LANES, step),
            rows,
        )
    )
    state = ended.state
    ends = States(
        ended.t, components(state.position), components(state.velocity), np.zeros(LANES)
    )
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


@partial(jax.jit, static_argnames="rows")
def _fall(
    world: World,
    capsule: Capsule,
    bank: BankProfile,
    start: tuple[jax.Array, ...],
    floor: jax.Array,
    step: jax.Array,
    rows: int | None,
) -> tuple[Any, Tape | None]:
    t, position, velocity = start
    return entry.enter(
        world,
        capsule,
        bank,
        t,
        vector(position, Frame.GCRS),
        vector(velocity, Frame.GCRS),
        floor=floor,
        step=step,
        rows=rows,
    )


def hang(
    world: World, capsule: Capsule, train: Train, start: States, *, rows: int
) -> tuple[Descent, Tape]:
    """Descend on parachutes from one state; the answers are those of its lane."""
    lanes = start.take(_padded(1))
    ended, tape = jax.device_get(
        _hang(
            world,
            in_lanes(capsule),
            in_lanes(train),
            (lanes.t, lanes.position, lanes.velocity),
            np.full(LANES, OPENING_STEP),
            rows,
        )
    )
    return jax.tree.map(lambda leaf: leaf[0], (ended, tape))


@partial(jax.jit, static_argnames="rows")
def _hang(
    world: World,
    capsule: Capsule,
    train: Train,
    start: tuple[jax.Array, ...],
    step: jax.Array,
    rows: int,
) -> tuple[Descent, Tape | None]:
    t, position, velocity = start
    return descend(
        world,
        capsule,
        train,
        t,
        vector(position, Frame.GCRS),
        vector(velocity, Frame.GCRS),
        step=step,
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


@jax.jit
def _below(world: World, t: jax.Array, position: jax.Array) -> Geodetic:
    return geodetic(world.earth.rotation(t).apply(vector(position, Frame.GCRS)))


def in_lanes(model: Any) -> Any:
    """A model that every lane shares, in as many copies."""
    return jax.tree.map(lambda leaf: np.repeat(np.asarray(leaf)[None], LANES, axis=0), model)


def _padded(count: int) -> NDArray[np.int64]:
    """Lanes of a batch: all of `count`, the last one repeated."""
    return np.minimum(np.arange(LANES), count - 1)
