"""Modes of escape, flown: a chain of phases from every instant of a window, in lanes.

Lanes are instants times choices of the bank. They are flown in batches of neighbours in time, which
last about as long. A lane whose phase fails goes no further; its outcome says why.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, Final

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from yaan.base.session import computing
from yaan.description import Plan
from yaan.description.escape import EscapeModeSpec, EscapeSpec, WindowSpec
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.escape.burning import Burnt, Choice, burn, coasted
from yaan.escape.flying import LANES, Crafts, Flown, Seen, chained
from yaan.escape.instants import AscentPath
from yaan.flight.models.craft import build_bank
from yaan.gnc.bank import BankProfile
from yaan.motion.descent import Descended
from yaan.motion.handover import to_point
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Frame, components, vector

Array = NDArray[np.float64]

_KNOTS: Final = 2  # of a bank profile, so that a constant one and a spin are compiled once

BURN: Final = -1
"""Index of what comes before the first phase: the burns of the service module."""


@dataclass(frozen=True)
class Asked:
    """Lanes of one mode to be flown: instants, banks, and how they are disturbed."""

    name: str
    mode: EscapeModeSpec
    time: Array
    """Of the command to escape [s]."""
    bank: Array
    """Of the entry [rad]; NaN: that of its phase."""
    choice: Choice | None = None
    """Of the burns of the service module; None: it has none."""
    rate: Array | None = None
    """Added to the rate of the launcher at the separation [n, 3; rad/s, body axes]."""

    def __len__(self) -> int:
        """How many lanes."""
        return len(self.time)

    def take(self, rows: Any) -> "Asked":
        """Some of them."""
        rate = None if self.rate is None else self.rate[rows]
        choice = jax.tree.map(lambda column: column[rows], self.choice)
        return Asked(self.name, self.mode, self.time[rows], self.bank[rows], choice, rate)


@dataclass(frozen=True)
class ModeFlown:
    """Lanes of one mode, flown; arrays have the lanes first, histories [lanes, rows]."""

    asked: Asked
    start: State
    """At the separation."""
    end: State
    outcome: NDArray[np.int64]
    """An `OutcomeCode`: REACHED where every phase did."""
    last: NDArray[np.int64]
    """Index of the phase that a lane came to; `BURN` before the first."""
    seen: Seen
    """Rows beyond those of a lane repeat its last one."""
    phase: NDArray[np.int64]
    """Of each row; `BURN` before the first."""
    canopies: Descended | None
    burnt: Burnt | None
    """By the service module; None of a mode without a burn."""

    def take(self, rows: NDArray[np.int64]) -> "ModeFlown":
        """Some of the lanes."""
        return _some(self, rows)

    @property
    def came_down(self) -> NDArray[np.bool_]:
        """Whether each reached the end of its last phase."""
        return self.outcome == int(OutcomeCode.REACHED)


def instants(path: AscentPath, window: WindowSpec, step: float) -> Array:
    """Instants of an ascent at which a mode may begin [s], `step` [s] apart, from ignition on."""
    every = np.arange(0.0, np.floor(path.end / step) + 0.5) * step
    height = path.column("height", every)
    begin, end = _when(path, window.from_, 0.0), _when(path, window.until, np.inf)
    inside = (every >= begin - 1e-9) & (every < end - 1e-9)
    if window.height_above is not None:
        inside &= height >= window.height_above
    if window.height_below is not None:
        inside &= height <= window.height_below
    return every[inside]


def _when(path: AscentPath, moment: str | float | None, otherwise: float) -> float:
    if moment is None:
        return otherwise
    return path.events.get(moment, np.inf) if isinstance(moment, str) else float(moment)


def asked_of(name: str, mode: EscapeModeSpec, times: Array) -> Asked:
    """All lanes of a mode: every instant with every choice of its burns and of its bank."""
    banks, given = [np.nan] if mode.bank is None else mode.bank, mode.burn
    if given is None:
        each = np.array([[bank] for bank in banks])
    else:
        after, second = ([0.0], [0.0])
        if given.second is not None:
            after, second = given.second.after, given.second.delta_v
        columns = (banks, given.delta_v, given.pitch, after, second)
        each = np.array(list(itertools.product(*columns)))
    rows = np.tile(each, (len(times), 1))
    choice = None if given is None else Choice(*rows[:, 1:].T)
    return Asked(name, mode, np.repeat(times, len(each)), rows[:, 0], choice)


def fly_mode(
    world: World,
    plan: Plan,
    spec: EscapeSpec,
    path: AscentPath,
    asked: Asked,
    watch: Callable[[float], None] | None = None,
    *,
    shadow: bool = False,
) -> ModeFlown:
    """Fly all lanes of a mode in batches, on two threads.

    `watch` is told after each batch which share of them is flown. A `shadow` is flown on longer
    steps.
    """
    train = spec.train(asked.mode)
    what = (plan, spec.capsule, train, spec.bodies, spec.capsule_at)
    crafts = Crafts(*what, lifts=asked.mode.guided, shadow=shadow)
    count = len(asked)
    batches = [np.arange(at, min(at + LANES, count)) for at in range(0, count, LANES)]
    done: list[int] = []

    def one(rows: NDArray[np.int64]) -> ModeFlown:
        filled = np.concatenate([rows, np.repeat(rows[-1:], LANES - len(rows))])
        with computing():
            flown = _batch(world, spec, crafts, path, asked.take(filled))
        done.append(len(rows))
        if watch is not None:
            watch(sum(done) / count)
        return _some(flown, np.arange(len(rows)))

    first = one(batches[0])  # compiled once, before the threads share it
    with ThreadPoolExecutor(max_workers=2) as pool:
        rest = list(pool.map(one, batches[1:]))
    return _joined(asked, [first, *rest])


def _separated(world: World, spec: EscapeSpec, path: AscentPath, asked: Asked) -> State:
    """The states at the separation; a launcher whose engines are shut down coasts to it."""
    mode = asked.mode
    start = path.states(asked.time + mode.separation_delay, mode.ahead)
    if not mode.shut_down:
        return _sprung(start, path, mode.separation_speed)
    at = path.states(asked.time, mode.ahead)
    # It stands as it would have: nothing turns it, and nothing is known of how it drifts.
    begun = eqx.tree_at(lambda s: (s.attitude, s.rate), at, (start.attitude, start.rate))
    delay = np.full(LANES, mode.separation_delay)
    left = coasted(world, begun, delay, spec.capsule.mass)
    return _sprung(left, path, mode.separation_speed)


def _sprung(state: State, path: AscentPath, speed: float) -> State:
    """A state with what springs give along the axis of the launcher."""
    if speed == 0.0:
        return state
    push = path.axis_at(np.minimum(state.t, path.end)) * speed
    speeds: Any = components(state.velocity) + push
    return eqx.tree_at(lambda s: s.velocity, state, vector(speeds, Frame.GCRS))


def _batch(
    world: World, spec: EscapeSpec, crafts: Crafts, path: AscentPath, asked: Asked
) -> ModeFlown:
    """One batch, phase by phase; lanes that have failed fly on as copies of one that has not."""
    mode = asked.mode
    start = _separated(world, spec, path, asked)
    state, outcome = start, np.full(LANES, int(OutcomeCode.REACHED))
    last, alive = np.zeros(LANES, dtype=int), np.ones(LANES, dtype=bool)
    end, became, body, armed, burnt = start, None, "", start.t, None
    rows: list[tuple[Seen, int]] = []
    if mode.burn is not None:
        assert asked.choice is not None
        flown, burnt = burn(world, spec, mode.burn, start, asked.choice)
        rows.append((flown.seen, BURN))
        outcome, last, state = flown.outcome, last + BURN, flown.end
        end, alive = state, outcome == int(OutcomeCode.REACHED)
    for index, phase in enumerate(mode.phases):
        if not np.any(alive):
            break
        # What has failed is flown no further: its place is taken by a lane that has not.
        index_of = np.where(alive, np.arange(LANES), int(np.argmax(alive)))
        now = state.take(index_of)
        if body and phase.body != body:
            now = crafts.part(body, now, phase.body)
        if phase.motion == "rigid":
            turned = asked.rate if index == 0 else None
            flown = crafts.turn(world, phase, now, same=phase.body == body, rate=turned)
            body = phase.body or ""
        elif phase.motion == "entry":
            armed, body = now.t, ""
            banked = _banks(phase.bank, asked.bank[index_of])
            flown = crafts.enter(world, _as_point(now, start), banked)
        else:
            body = ""
            flown = crafts.hang(world, _as_point(now, start), np.minimum(armed, now.t))
            became = flown.canopies
        rows.append((_held(flown, alive, rows), index))
        outcome = np.where(alive, flown.outcome, outcome)
        last = np.where(alive, index, last)
        end = _either(alive, _like(flown.end, start), end)
        alive = alive & (flown.outcome == int(OutcomeCode.REACHED))
        state = flown.end
    seen = chained([one for one, _ in rows])
    widths = [one.time.shape[1] for one, _ in rows]
    index = np.repeat([which for _, which in rows], widths)[None] + 0 * last[:, None]
    return ModeFlown(asked, start, end, outcome, last, seen, index, became, burnt)


def _as_point(state: State, like: State) -> State:
    """What goes on as a point, with the tanks and canopies of one that has not flown."""
    return eqx.tree_at(lambda s: s.tanks, to_point(state), like.tanks)


def _like(state: State, start: State) -> State:
    """A state with the tanks and canopies of the start, so that lanes of all phases are alike."""
    return eqx.tree_at(
        lambda s: (s.tanks, s.canopies), state, (start.tanks, None), is_leaf=lambda x: x is None
    )


def _either(alive: NDArray[np.bool_], new: State, old: State) -> State:
    """The new state of lanes that flew, the old one of others."""

    def chosen(a: Any, b: Any) -> Any:
        return np.where(alive.reshape(-1, *[1] * (np.ndim(a) - 1)), a, b)

    return jax.tree.map(chosen, new, old)


def _held(flown: Flown, alive: NDArray[np.bool_], before: Sequence[tuple[Seen, Any]]) -> Seen:
    """What was seen of lanes that flew; those that did not stay where they were."""
    if np.all(alive):
        return flown.seen
    last = before[-1][0]

    def column(new: Any, old: Any) -> Any:
        still = np.repeat(np.asarray(old)[:, -1:], new.shape[1], axis=1)
        return np.where(alive[:, None], new, still)

    return jax.tree.map(column, flown.seen, last)


def _banks(spec: Any, chosen: Array) -> BankProfile:
    """The bank of each lane: the chosen one, or that of the phase."""
    given = build_bank(spec)
    assert given is not None
    time, angle = np.asarray(given.time), np.asarray(given.angle)
    if len(time) < _KNOTS:
        time = np.concatenate([time, time[-1] + np.arange(1.0, _KNOTS - len(time) + 1)])
        angle = np.concatenate([angle, np.repeat(angle[-1:], _KNOTS - len(angle))])
    lanes = len(chosen)
    angles = np.repeat(angle[None], lanes, axis=0)
    angles = np.where(np.isnan(chosen)[:, None], angles, chosen[:, None])
    return BankProfile(np.repeat(time[None], lanes, axis=0), angles)


def _some(flown: ModeFlown, rows: NDArray[np.int64]) -> ModeFlown:
    def some(leaf: Any) -> Any:
        return np.asarray(leaf)[rows]

    parts = (flown.start, flown.end, flown.seen, flown.canopies, flown.burnt)
    start, end, seen, *became = jax.tree.map(some, parts)
    told = (flown.outcome[rows], flown.last[rows])
    return ModeFlown(flown.asked.take(rows), start, end, *told, seen, flown.phase[rows], *became)


def joined(first: ModeFlown, second: ModeFlown) -> ModeFlown:
    """Lanes of one mode, and after them others of it."""
    a, b = first.asked, second.asked

    def both(x: Any, y: Any) -> Any:
        return None if x is None else np.concatenate([x, y])

    choice = None
    if a.choice is not None and b.choice is not None:
        choice = jax.tree.map(both, a.choice, b.choice)
    time, bank, rate = both(a.time, b.time), both(a.bank, b.bank), both(a.rate, b.rate)
    return _joined(Asked(a.name, a.mode, time, bank, choice, rate), [first, second])


def _joined(asked: Asked, parts: Iterable[ModeFlown]) -> ModeFlown:
    """Batches side by side; histories as long as the longest."""
    given = list(parts)
    most = max(one.phase.shape[1] for one in given)

    def row_wise(*leaves: Any) -> Any:
        filled = [
            np.concatenate([leaf, np.repeat(leaf[:, -1:], most - leaf.shape[1], axis=1)], axis=1)
            for leaf in map(np.asarray, leaves)
        ]
        return np.concatenate(filled)

    def lane_wise(*leaves: Any) -> Any:
        return np.concatenate([np.asarray(leaf) for leaf in leaves])

    hung = [one.canopies for one in given if one.canopies is not None]
    # A batch of which no lane came to its canopies tells nothing of them.
    full = [_canopies(one, hung) for one in given] if hung else []
    canopies = None if not hung else jax.tree.map(lane_wise, *full)
    names = {field.name for field in fields(ModeFlown)} - {"asked", "seen", "phase", "canopies"}
    told = {n: jax.tree.map(lane_wise, *(getattr(one, n) for one in given)) for n in names}
    seen = jax.tree.map(row_wise, *(one.seen for one in given))
    phase = row_wise(*(one.phase for one in given))
    return ModeFlown(asked=asked, seen=seen, phase=phase, canopies=canopies, **told)


def _canopies(one: ModeFlown, hung: Sequence[Descended]) -> Descended:
    if one.canopies is not None:
        return one.canopies
    lanes = len(one.outcome)
    return jax.tree.map(lambda leaf: np.full((lanes, *np.shape(leaf)[1:]), np.nan), hung[0])
