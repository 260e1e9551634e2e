"""What every segment of a flight of phases is: a run of phases of one motion, flown in lanes.

A segment takes a state and hands one on. Its lanes are the flight and its shadow, whose longer
steps tell the errors.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import equinox as eqx
import jax
import numpy as np

from yaan.base.programme import programme
from yaan.description import FlightPhaseSpec, PhasedFlight
from yaan.dynamics.accuracy import LONGER, loosened, shortened
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight.models.parts import Parts
from yaan.flight.recording import Array, looked_at, written
from yaan.motion.base import AbstractMotion, Leg, of_rows, rows_of
from yaan.motion.descent import Descended
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode

LANES: Final = 2
"""The flight and its shadow."""


@dataclass(frozen=True)
class Scene:
    """What all segments of a flight share."""

    flight: PhasedFlight
    parts: Parts
    world: World
    tolerance: float
    """Of `dynamics.accuracy`: one, less in another try."""

    def steps(self, longest: float, order: int) -> Array:
        """The longest step of each lane [s], of a method whose estimate has this order."""
        return longest * shortened(self.tolerance, order) * np.array([1.0, LONGER])

    def tolerances(self, order: int) -> Array:
        """The tolerance of each lane."""
        return self.tolerance * np.array([1.0, loosened(order)])


@dataclass(frozen=True)
class PhaseFlown:
    """How one phase went; arrays have the lanes."""

    phase: FlightPhaseSpec
    flies: tuple[str, ...]
    """What was aboard."""
    start: State
    end: State
    outcome: Array
    """An `OutcomeCode` a lane."""
    steps: Array
    canopies: Descended | None = None
    """What has become of its canopies by its end, of one under them."""

    @property
    def code(self) -> OutcomeCode:
        """How it ended."""
        return OutcomeCode(int(self.outcome[0]))


@dataclass(frozen=True)
class SegmentFlown:
    """A run of phases of one motion, as flown."""

    phases: list[PhaseFlown]
    """As far as they were flown."""
    rows: list[dict[str, Array]]
    """Columns of each lane, with `time` and, as `phase`, the index of a phase of the run."""


Flier = Callable[[Scene, Sequence[FlightPhaseSpec], State], SegmentFlown]
"""What flies the phases of one motion."""


def switched(scene: Scene, phase: FlightPhaseSpec, state: State) -> State:
    """The state as a phase begins: without what it drops."""
    return scene.parts.without(state, phase.drop)


def _seen(motion: AbstractMotion, tape: Tape, lane: int, index: int) -> dict[str, Array]:
    """Columns of one lane's rows; `motion` is of that lane."""
    rows = written(tape, lane)
    columns = looked_at(rows, lambda block: _look(motion, block))
    columns.pop("canopy_load", None)
    count = int(rows.count)
    return columns | {"time": np.asarray(rows.t), "phase": np.full(count, index)}


@programme(lanes=of_rows)
def _look(motion: AbstractMotion, tape: Tape) -> Row:
    return rows_of(motion, tape)


def _lane(model: AbstractMotion, lane: int) -> AbstractMotion:
    """A motion of one lane; what all lanes share has no axis of them."""
    world = model.world
    bare = eqx.tree_at(lambda m: m.world, model, None)
    one = jax.tree.map(lambda leaf: np.asarray(leaf)[lane], bare)
    return eqx.tree_at(lambda m: m.world, one, world, is_leaf=lambda x: x is None)


def each(
    scene: Scene,
    phases: Sequence[FlightPhaseSpec],
    state: State,
    one: Callable[[FlightPhaseSpec, State], tuple[AbstractMotion, Leg]],
) -> SegmentFlown:
    """Fly phases one by one: `one` gives the motion, with lanes, and the leg that it flew."""
    flown: list[PhaseFlown] = []
    rows: list[list[dict[str, Array]]] = [[] for _ in range(LANES)]
    for index, phase in enumerate(phases):
        start = switched(scene, phase, state)
        motion, leg = one(phase, start)
        state = leg.end
        found, columns = told(scene, phase, start, (motion, leg), index=index)
        flown.append(found)
        for lane in range(LANES):
            rows[lane].append(columns[lane])
        if found.code != OutcomeCode.REACHED:
            break
    return SegmentFlown(flown, [joined_columns(parts) for parts in rows])


def told(
    scene: Scene,
    phase: FlightPhaseSpec,
    start: State,
    flown: tuple[AbstractMotion, Leg],
    *,
    index: int = 0,
    first: int = 0,
) -> tuple[PhaseFlown, list[dict[str, Array]]]:
    """A phase from its own `start`, and its columns: the lanes from the `first` on of a leg."""
    motion, leg = flown
    lanes = np.arange(first, first + LANES)
    flies, end = tuple(scene.parts.aboard(start)), leg.end.take(lanes)
    outcome, steps = np.asarray(leg.outcome)[lanes], np.asarray(leg.steps)[lanes]
    found = PhaseFlown(phase, flies, start, end, outcome, steps)
    assert leg.tape is not None
    rows: list[dict[str, Array]] = []
    for own, lane in enumerate(lanes.tolist()):
        columns = _seen(_lane(motion, lane), leg.tape, lane, index)
        rows.append(columns | {"propellant": kept(scene, start, own, columns)})
    return found, rows


def kept(scene: Scene, start: State, lane: int, columns: Mapping[str, Array]) -> Array:
    """Propellant of every stage in rows that burn none; NaN of a stage that is gone."""
    stages = len(scene.parts.tanks)
    left = np.asarray(start.tanks)[lane, :stages]
    there = np.asarray(start.aboard)[lane, :stages]
    return np.repeat(np.where(there, left, np.nan)[None], len(columns["time"]), axis=0)


def joined_columns(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Columns one after another; where a part lacks one it is NaN."""
    lengths = [len(part["time"]) for part in parts]
    found: dict[str, Array] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        like = next(part[name] for part in parts if name in part)
        blocks = [
            part[name] if name in part else np.full((n, *like.shape[1:]), np.nan)
            for part, n in zip(parts, lengths, strict=True)
        ]
        found[name] = np.concatenate(blocks)
    return found


def until_of(phase: FlightPhaseSpec, t: Array, otherwise: float) -> Array:
    """When time ends a phase that begins at `t` [s] by lane; `otherwise` [s] after its start."""
    until = phase.until
    lasting = t + (otherwise if until.duration is None else until.duration)
    return lasting if until.time is None else np.minimum(lasting, until.time)
