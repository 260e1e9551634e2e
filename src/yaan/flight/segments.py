"""The segments of a flight of phases: each a run of phases of one motion, flown in lanes.

A segment takes a state and hands one on. Its lanes are the flight and its shadow, whose longer
steps tell the errors. One function a motion; a new motion is one more, and a line in `FLIERS`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import equinox as eqx
import jax
import numpy as np

from yaan.base.programme import programme
from yaan.description import FlightPhaseSpec, PhasedFlight
from yaan.dynamics.accuracy import LONGER, loosened, shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853, RK4
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.flight.models.craft import build_bank, handover_of
from yaan.flight.models.parts import Parts
from yaan.flight.recording import Array, looked_at, written
from yaan.gnc.bank import BankProfile
from yaan.motion import entry, orbit
from yaan.motion.base import AbstractMotion, Leg, fly, rows_of
from yaan.motion.entry import Handover
from yaan.motion.fall import TIMEOUT as FALL_TIMEOUT
from yaan.motion.fall import Fall
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode

LANES: Final = 2
"""The flight and its shadow."""

_ENTRY_STEP: Final = 0.5  # [s] as of an entry that says nothing
_ORBIT_STEP: Final = 60.0  # [s] likewise
_FALL_STEP: Final = 10.0  # [s]
_NEVER: Final = -1e9  # [m]
_FALL_ROWS: Final = 2_048


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


def _switched(scene: Scene, phase: FlightPhaseSpec, state: State) -> State:
    """The state as a phase begins: without what it drops."""
    return scene.parts.without(state, phase.drop)


def _seen(motion: AbstractMotion, tape: Tape, lane: int, index: int) -> dict[str, Array]:
    """Columns of one lane's rows; `motion` is of that lane."""
    rows = written(tape, lane)
    columns = looked_at(rows, lambda block: _look(motion, block))
    columns.pop("canopy_load", None)
    count = int(rows.count)
    return columns | {"time": np.asarray(rows.t), "phase": np.full(count, index)}


@programme
def _look(motion: AbstractMotion, tape: Tape) -> Row:
    return rows_of(motion, tape)


def _lane(model: AbstractMotion, lane: int) -> AbstractMotion:
    """A motion of one lane; what all lanes share has no axis of them."""
    world = model.world
    bare = eqx.tree_at(lambda m: m.world, model, None)
    one = jax.tree.map(lambda leaf: np.asarray(leaf)[lane], bare)
    return eqx.tree_at(lambda m: m.world, one, world, is_leaf=lambda x: x is None)


def _each(
    scene: Scene,
    phases: Sequence[FlightPhaseSpec],
    state: State,
    one: Callable[[FlightPhaseSpec, State], tuple[AbstractMotion, Leg]],
) -> SegmentFlown:
    """Fly phases one by one: `one` gives the motion, with lanes, and the leg that it flew."""
    flown: list[PhaseFlown] = []
    rows: list[list[dict[str, Array]]] = [[] for _ in range(LANES)]
    for index, phase in enumerate(phases):
        start = _switched(scene, phase, state)
        motion, leg = one(phase, start)
        state = leg.end
        flies = tuple(scene.parts.aboard(start))
        flown.append(PhaseFlown(phase, flies, start, state, leg.outcome, leg.steps))
        assert leg.tape is not None
        for lane in range(LANES):
            columns = _seen(_lane(motion, lane), leg.tape, lane, index)
            rows[lane].append(columns | {"propellant": _kept(scene, start, lane, columns)})
        if flown[-1].code != OutcomeCode.REACHED:
            break
    return SegmentFlown(flown, [joined_columns(parts) for parts in rows])


def _kept(scene: Scene, start: State, lane: int, columns: Mapping[str, Array]) -> Array:
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


def _timed(leg: Leg, phase: FlightPhaseSpec) -> Leg:
    """The leg, which has reached its end where its own time has ended it."""
    until = phase.until
    if until.duration is None and until.time is None:
        return leg
    outcome = np.where(leg.outcome == OutcomeCode.TIMED_OUT, OutcomeCode.REACHED, leg.outcome)
    return eqx.tree_at(lambda x: x.outcome, leg, outcome)


def coast(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Arcs in orbit, without a burn."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        craft = scene.parts.orbiting(start)
        floor = _NEVER if phase.until.height_below is None else phase.until.height_below
        order = DOP853.order
        leg = legs.coast(
            scene.world,
            craft,
            start,
            legs.Burns.none(LANES),
            stop=until_of(phase, start.t, orbit.MAX_STEPS * _ORBIT_STEP),
            step=scene.steps(phase.step or _ORBIT_STEP, order),
            floor=floor,
            tolerance=legs.ORBIT_TOLERANCE * scene.tolerances(order),
            save=Save.STEPS,
        )
        none = np.zeros((LANES, legs.BURNS))
        burns = orbit.Burns(none, none, none + 1.0)
        return orbit.Orbit(scene.world, craft, burns, np.full(LANES, floor)), leg

    return _each(scene, phases, state, one)


def glide(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Entries of a lifting capsule on a bank profile."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        capsule, until = scene.parts.entering(start), phase.until
        names = scene.parts.aboard(start)
        first = scene.parts.parachutes(names)
        handed = handover_of(first)
        if until.model_fields_set:
            given = {"height": until.height_below, "speed": until.speed_below}
            known = {name: value for name, value in given.items() if value is not None}
            ends = until_of(phase, start.t[:1], entry.NEVER)
            handed = Handover(**known, delay=float(ends[0] - start.t[0]))
        bank = build_bank(phase.bank)
        assert bank is not None
        bank = BankProfile(
            *(np.repeat(np.asarray(x)[None], LANES, 0) for x in (bank.time, bank.angle))
        )
        step, loose = scene.steps(phase.step or _ENTRY_STEP, RK4.order), scene.tolerances(RK4.order)
        leg = legs.enter(
            scene.world,
            capsule,
            start,
            bank,
            until=handed,
            step=step,
            tolerance=loose,
            save=Save.STEPS,
        )
        nothing = np.zeros(LANES)
        motion = entry.Entry(
            scene.world, capsule, bank, start.t, legs.in_lanes(handed, LANES), nothing, nothing
        )
        return motion, leg

    return _each(scene, phases, state, one)


def sink(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Falls of a body with drag alone."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        floor = float(scene.world.ground)
        if phase.until.height_below is not None:
            floor = max(floor, phase.until.height_below)
        assert phase.ballistic_coefficient is not None
        beta = np.full(LANES, phase.ballistic_coefficient)
        motion = Fall(scene.world, beta, np.full(LANES, floor))
        step, loose = scene.steps(phase.step or _FALL_STEP, RK4.order), scene.tolerances(RK4.order)
        return motion, legs.saved(
            lambda rows: _sink(motion, start, step, loose, rows=rows), _FALL_ROWS
        )

    found = _each(scene, phases, state, one)
    masses = [scene.parts.mass(one.start)[0] for one in found.phases]
    return replace(found, rows=[_weighed(rows, np.asarray(masses)) for rows in found.rows])


def _weighed(rows: dict[str, Array], masses: Array) -> dict[str, Array]:
    """Rows per kilogram as those of what weighs `masses` [kg], by phase."""
    mass = masses[rows["phase"]]
    return rows | {"mass": mass, "drag": rows["drag"] * mass}


@programme
def _sink(motion: Fall, start: State, step: jax.Array, tolerance: jax.Array, *, rows: int) -> Leg:
    stop = start.t + FALL_TIMEOUT
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)


FLIERS: Final[Mapping[str, Flier]] = MappingProxyType(
    {"orbit": coast, "entry": glide, "fall": sink}
)
"""What flies the phases of each motion."""
