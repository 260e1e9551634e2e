"""An arc propagated: steps to a stated accuracy, dense output, and what a change would do.

Steps are those of `dynamics.solve`, by Dormand and Prince's method of eighth order, as short as
their own errors ask for. The error of the whole arc is told by a shadow, the same arc in another
lane on steps twice as long; where it is more than is asked for, the arc is flown again on shorter
ones. Each lane of a batch takes the steps that it takes alone.

Every step is a row of the arc, so that between rows the Hermite polynomial of `TabulatedArc` goes
through what was integrated, and errs less than the steps do.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from yaan.base.programme import Lanes, programme
from yaan.dynamics.accuracy import LONGER, allowed, loosened
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853
from yaan.dynamics.solve import Arrival, Tape, blank_tape, solve
from yaan.flight.accuracy import TOLD
from yaan.propagation.motion import PROBLEM, Centre, Craft, Flight, Flown, begin
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.arc import NODES, TabulatedArc
from yaan.spacetime.elements import energy
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.time import Epoch

Array = NDArray[np.float64]

LONGEST: Final = 900.0
"""The longest step [s]: a shadow of the Earth in low orbit lasts two of them."""

_PASSES: Final = 2048  # of one call; an arc goes on in the next
_ROWS: Final = 2304
_MOST: Final = 4_000_000  # steps of one arc
_ERRORS: Final = (0.01, 1e-5)  # [m], [m/s] of one step, at a tolerance of one
_PARTS: Final = (2 * NODES, NODES)  # of a piece between two edges at least; of its shadow
_TRIES: Final = 6
_WORTH: Final = 0.5  # of its error a try must leave no more, else it was in vain
_VAIN: Final = 1  # tries in vain: in short pieces the error of a step does not ask for shorter ones
_FIRST: Final = 30.0  # of a tolerance for each metre that may be told of a day in low orbit
_NOISE: Final = 1e-6  # [m] rounding of a day in low orbit


@dataclass(frozen=True)
class Propagated:
    """One arc as it was propagated, and the columns of its answer."""

    arc: TabulatedArc
    mass: Array
    """[n, kg], at the rows of the arc."""
    outcome: OutcomeCode
    error: float
    """What it is out by in position at most, between its rows too [m], as its shadow tells."""
    columns: tuple[TabulatedArc, ...] = ()
    """The derivative of position and velocity after each changed number, as arcs."""
    steps: int = 0
    answer_error: float = 0.0
    """What the answer is out by at the end, as a share of each column's length, likewise."""

    def answer(self, t: Array) -> Array:
        """Derivatives of the state [m, m/s] at `t` [n, s] after the changed numbers, [n, 6, k]."""
        parts = [np.concatenate(column.at(t), axis=1) for column in self.columns]
        return np.stack(parts, axis=-1)


@dataclass(frozen=True)
class Changed:
    """Numbers that a state is derived after, one a column."""

    centre: Centre
    """Changes of the start; on the last axis one a column."""
    craft: Craft
    """Changes of the craft, likewise."""


@dataclass(frozen=True)
class Scene:
    """What all arcs of a batch have in common."""

    world: World
    """Tabulated to beyond the end."""
    craft: Craft
    epoch: Epoch
    """Where time starts."""
    changed: Changed | None = None
    """What the state is derived after; None: nothing."""
    floor: float = 0.0
    """Geodetic height at which an arc ends [m]."""
    name: str = "arc"
    """For messages."""


Start = tuple[Array, Array, float]
"""Position [3, m] and velocity [3, m/s] in GCRS, and mass [kg], at the epoch."""


def propagate(
    scene: Scene,
    starts: Sequence[Start],
    stop: float,
    accuracy: float,
    told: Callable[[float], None] = lambda share: None,
) -> list[Propagated]:
    """Propagate states from the epoch to `stop` [s]; a batch of them in lanes.

    `accuracy` [m] is what the position may be out by at most, as its shadow tells; `told` is
    called with the share that is done.

    Returns:
        One a state. An arc that came down, or that could not be integrated, says so by its
        outcome and ends there; one whose `error` is above `accuracy` is told by its number alone.
    """
    # Each by its own errors: what flies beside an arc changes none of its steps.
    days = max(stop / 86_400.0, 1.0)
    tolerance = np.full(len(starts), _FIRST * accuracy / days**1.5)
    best: list[Propagated] = []
    before, vain = np.full(len(starts), np.inf), 0
    for _ in range(_TRIES):
        found = _flown(scene, starts, stop, tolerance, told)
        pairs = zip(best or found, found, strict=True)
        best = [_better(kept, new, accuracy) for kept, new in pairs]
        over = np.array([one.error for one in best]) / max(accuracy, _NOISE)
        # A kink, as of what comes down, is not made smaller by shorter steps for ever.
        vain = 0 if np.any((over > 1.0) & (over < _WORTH * before)) else vain + 1
        if not np.any(over > 1.0) or vain > _VAIN:
            break
        before = over
        known = np.where(np.isfinite(over), over, 1e3)
        tolerance = np.where(known > 1.0, tolerance * np.clip(0.3 / known, 1e-3, 0.03), tolerance)
    return best


def _better(kept: Propagated, found: Propagated, accuracy: float) -> Propagated:
    """What was accurate already stays as it is."""
    return kept if kept.error <= max(accuracy, _NOISE, found.error) else found


STATE: Final = 6
"""Columns of a state-transition matrix: three of the position, three of the velocity."""


def changed_state(craft: Craft, *areas: str) -> Changed:
    """The six components of the state in GCRS, then the `areas` of the craft by their names."""
    count = STATE + len(areas)

    def unit(i: int) -> Any:
        return jnp.zeros(count).at[i].set(1.0)

    position = Vector(unit(0), unit(1), unit(2), Frame.GCRS)
    velocity = Vector(unit(3), unit(4), unit(5), Frame.GCRS)
    still = jax.tree.map(lambda leaf: jnp.zeros((*leaf.shape, count)), craft)
    for i, area in enumerate(areas):
        still = _with(still, area, unit(STATE + i))
    return Changed(Centre(position, velocity, jnp.zeros(count)), still)


def _with(craft: Craft, area: str, value: Any) -> Craft:
    known = {name: getattr(craft, name) for name in ("drag_area", "radiation_area")}
    return Craft(**(known | {area: value}), burns=craft.burns, kicks=craft.kicks)


def _flown(
    scene: Scene,
    starts: Sequence[Start],
    stop: float,
    tolerance: Array,
    told: Callable[[float], None],
) -> list[Propagated]:
    """One try: every state twice, itself and its shadow."""
    count, changed = len(starts), scene.changed
    r, v = (np.repeat(np.stack(rows), 2, axis=0) for rows in list(zip(*starts, strict=True))[:2])
    m = np.repeat(np.array([mass for _, _, mass in starts]), 2)
    centre = Centre(_vector(r), _vector(v), jnp.asarray(m))
    columns = None
    if changed is not None:
        columns = jax.tree.map(
            lambda leaf: jnp.broadcast_to(leaf, (2 * count, *leaf.shape)), changed.centre
        )
    flight = Flight(
        world=scene.world,
        craft=scene.craft,
        changed=None if changed is None else changed.craft,
        floor=jnp.asarray(scene.floor),
        begun=energy(centre.position, centre.velocity, scene.world.mu),
        given=jnp.asarray(_given(scene.craft, float(np.min(m)))),
        stops=jnp.asarray(np.tile([_stops(scene.craft, stop, k) for k in _PARTS], (count, 1))),
    )
    longest = np.tile([LONGEST, LONGEST * LONGER], count)
    loose = np.stack([tolerance, tolerance * loosened(DOP853.order)], axis=1).ravel()
    rows: list[list[tuple[Array, Flown]]] = [[] for _ in range(2 * count)]
    t, state, opened = jnp.zeros(2 * count), (centre, columns), True
    steps = np.zeros(2 * count, dtype=int)
    while True:
        paces = jnp.asarray(longest), jnp.asarray(loose)
        arrival, tape = _chunk(flight, state, t, jnp.asarray(stop), paces, opened=opened)
        _collect(rows, jax.device_get(tape), first=opened)
        t, state, opened = arrival.t, arrival.state, False
        steps += np.asarray(arrival.steps)
        told(float(jnp.min(t)) / stop)
        if bool(jnp.all(arrival.done)) or np.max(steps) > _MOST:
            break
    lanes = [_joined(parts, scene) for parts in rows]
    ended = jax.device_get(arrival)
    return [
        _told(lanes[i], lanes[i + 1], _outcome(ended, i, stop), int(steps[i]))
        for i in range(0, 2 * count, 2)
    ]


_AXES: Any = Flight(None, None, None, None, 0, None, 0)  # pyright: ignore[reportArgumentType] - axes, as of vmap


@programme(lanes=lambda *_: Lanes((_AXES, 0, 0, None, 0)))
def _chunk(
    flight: Flight, begun: Any, start: Any, stop: Any, paces: Any, *, opened: bool
) -> tuple[Arrival, Tape | None]:
    """Go on with an arc for so many passes; `opened`: it begins here.

    `paces`: the longest step and the tolerance of each lane.
    """
    longest, tolerance = paces
    state = begun
    if opened:
        centre, columns = begun
        state = jax.vmap(begin, in_axes=(0, 0, 0, _AXES))(start, centre, columns, flight)
    events = 1 + 2 * len(flight.craft.burns.direction) + len(flight.craft.kicks.direction)
    lanes = start.shape[0]
    tape = blank_tape(state, _ROWS).write_state(
        start, jnp.asarray(0), state, jnp.ones(lanes, dtype=bool)
    )
    ending = jnp.zeros((lanes, events), dtype=bool).at[:, 0].set(True)
    return solve(
        PROBLEM,
        state,
        flight,
        start=start,
        stop=jnp.broadcast_to(stop, start.shape),
        step=longest,
        ending=ending,
        switching=jnp.arange(events) > 0,
        max_steps=_PASSES,
        axes=_AXES,
        method=DOP853,
        allowed=allowed(
            state, tolerance, lambda s: (s.centre.position, s.centre.velocity), _ERRORS
        ),
        tape=tape,
    )


def _collect(rows: list[list[tuple[Array, Flown]]], tape: Tape, *, first: bool) -> None:
    """Add the rows of one call to those of each lane; what it began with is there already."""
    states = tape.state
    for lane, parts in enumerate(rows):
        own = slice(0 if first else 1, int(tape.count[lane]))
        part = jax.tree.map(lambda leaf, lane=lane, own=own: np.asarray(leaf[lane, own]), states)
        parts.append((np.asarray(tape.t[lane, own]), part))


@dataclass(frozen=True)
class _Lane:
    arc: TabulatedArc
    mass: Array
    columns: tuple[TabulatedArc, ...]


def _joined(parts: list[tuple[Array, Flown]], scene: Scene) -> _Lane:
    time = np.concatenate([t for t, _ in parts])
    flown: Flown = jax.tree.map(lambda *leaves: np.concatenate(leaves), *(s for _, s in parts))
    centre, name, epoch = flown.centre, scene.name, scene.epoch
    arc = TabulatedArc(name, epoch, time, _rows(centre.position), _rows(centre.velocity))
    columns: tuple[TabulatedArc, ...] = ()
    if flown.columns is not None:
        r, v = _rows(flown.columns.position), _rows(flown.columns.velocity)  # [n, k, 3]
        columns = tuple(
            TabulatedArc(f"{name}, answer", epoch, time, r[:, k], v[:, k])
            for k in range(r.shape[1])
        )
    return _Lane(arc, np.asarray(centre.mass), columns)


def _rows(v: Vector) -> Array:
    return np.stack([np.asarray(v.x), np.asarray(v.y), np.asarray(v.z)], axis=-1)


def _told(lane: _Lane, shadow: _Lane, outcome: OutcomeCode, steps: int) -> Propagated:
    """One arc with its error: the most that its shadow differs by, where both have been.

    They are compared at rows and between them, so that what is interpolated is told too.
    """
    arc = lane.arc
    last = min(arc.stop, shadow.arc.stop)
    middle = 0.5 * (arc.time[1:] + arc.time[:-1])
    times = np.concatenate([arc.time, middle, [last]])
    times = times[times <= last]
    away = arc.at(times)[0] - shadow.arc.at(times)[0]
    error = TOLD * float(np.max(np.linalg.norm(away, axis=1)))
    if abs(arc.stop - shadow.arc.stop) > 0.0:
        # Both came down, each when it did: the way of that time is an error too.
        speed = float(np.linalg.norm(arc.velocity[-1]))
        error += TOLD * abs(arc.stop - shadow.arc.stop) * speed
    answered = 0.0
    for ours, theirs in zip(lane.columns, shadow.columns, strict=True):
        for one, other in zip(ours.at(last), theirs.at(last), strict=True):
            size = max(float(np.linalg.norm(one)), 1e-300)
            answered = max(answered, TOLD * float(np.linalg.norm(one - other)) / size)
    return Propagated(arc, lane.mass, outcome, error, lane.columns, steps, answered)


def _stops(craft: Craft, stop: float, parts: int) -> Array:
    """Edges of burns, and what divides each piece between two into so many `parts`.

    A polynomial ends at an edge, and through the few steps of a short burn it would be of low
    order, however exact the steps are.
    """
    burns, kicks = craft.burns, craft.kicks
    edges = np.concatenate([np.asarray(x) for x in (burns.start, burns.stop, kicks.time)])
    edges = np.unique(np.clip([0.0, stop, *edges], 0.0, stop))
    found = np.concatenate([np.linspace(a, b, parts + 1)[1:] for a, b in pairwise(edges)])
    # As many whatever coincides: what is compiled does not depend on it.
    most = max(_PARTS) * (1 + 2 * len(burns.direction) + len(kicks.direction))
    return np.concatenate([found, np.full(most - found.size, stop)])


def _outcome(arrival: Arrival, lane: int, stop: float) -> OutcomeCode:
    if not arrival.finite[lane]:
        return OutcomeCode.NOT_FINITE
    if not arrival.possible[lane]:
        return OutcomeCode.IMPOSSIBLE
    if arrival.fired[lane, 0]:
        return OutcomeCode.STRUCK_GROUND
    return OutcomeCode.REACHED if arrival.t[lane] >= stop - 1e-6 else OutcomeCode.OUT_OF_STEPS


def _given(craft: Craft, mass: float) -> float:
    """All that the burns may add [m/s], on the mass that they leave."""
    burns, kicks = craft.burns, craft.kicks
    lasts = np.asarray(burns.stop) - np.asarray(burns.start)
    spent = float(np.sum(np.asarray(burns.flow) * lasts))
    left = mass - spent
    for dv, exhaust in zip(np.asarray(kicks.delta_v), np.asarray(kicks.exhaust), strict=True):
        left *= math.exp(-abs(dv) / exhaust)
    return float(np.sum(np.asarray(burns.thrust) * lasts)) / left + float(
        np.sum(np.abs(np.asarray(kicks.delta_v)))
    )


def _vector(rows: Array) -> Vector:
    x, y, z = (jnp.asarray(rows[:, i]) for i in range(3))
    return Vector(x, y, z, Frame.GCRS)
