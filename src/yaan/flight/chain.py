"""A flight of phases: segments one after another, and what leaves them followed as branches.

The graph is at the host: a state goes from segment to segment, each one compiled programme. What
is dropped at an event and named by a branch flies on from the state it left in.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

import jax.numpy as jnp
import numpy as np

from yaan.base.session import computing
from yaan.crew.couch import couch
from yaan.description import BranchSpec, FlightPhaseSpec, ParachutesSpec, PhasedFlight, Plan
from yaan.description.broken import broken, losses_of
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight.accuracy import PhaseError, accurately, compare
from yaan.flight.models.origin import build_origin
from yaan.flight.models.parts import Parts
from yaan.flight.models.world import HORIZON, build_world
from yaan.flight.models.world import horizon as return_horizon
from yaan.flight.progress import Clock, Progress, Report, before
from yaan.flight.recording import Array
from yaan.flight.segments import (
    FLIERS,
    LANES,
    PhaseFlown,
    Scene,
    SegmentFlown,
    joined_columns,
    sink_together,
)
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History, make_history
from yaan.spacetime.earth import geodetic
from yaan.spacetime.zone import distance

_LATE: Final = 1_000.0  # [s] that a phase may last beyond what is known of it

_LOST: Final = frozenset({OutcomeCode.NOT_FINITE, OutcomeCode.OUT_OF_STEPS})


@dataclass(frozen=True)
class Before:
    """What an ascent leaves to the phases and branches after it: states of one lane."""

    end: State
    events: Mapping[str, State]
    """The state at each of its named events, before what is dropped there has left."""


@dataclass(frozen=True)
class PathFlown:
    """Phases one after another: those of the flight, or of a branch."""

    name: str
    """Of the branch; empty of the flight itself."""
    at: str
    """Event that it begins at; empty of the flight itself."""
    phases: list[PhaseFlown]
    """As far as they were flown."""
    asked: list[FlightPhaseSpec]
    history: History
    parachutes: ParachutesSpec | None = None
    """Those that it hung from at last."""

    @property
    def code(self) -> OutcomeCode:
        """How it ended."""
        return self.phases[-1].code

    @property
    def end(self) -> State:
        """The last state, of the flight and its shadow."""
        return self.phases[-1].end


@dataclass(frozen=True)
class ChainFlown:
    """A flight of phases, flown."""

    world: World
    parts: Parts
    flight: PathFlown | None
    """None of an ascent that only branches follow."""
    branches: list[PathFlown]
    errors: list[PhaseError]

    @property
    def paths(self) -> list[PathFlown]:
        """The flight and its branches."""
        return [*([] if self.flight is None else [self.flight]), *self.branches]


def fly_chain(
    flight: PhasedFlight,
    tell: Report,
    clock: Clock,
    world: World | None = None,
    left: Before | None = None,
) -> ChainFlown:
    """Fly all phases and branches; in the `world` of an ascent, and on from what it has `left`.

    Raises:
        YaanError: of phases that do not join.
    """
    plan = flight.plan
    with computing():
        with clock.on("build models"):
            tell(Progress("build", f"building models{before(plan)}"))
            world = world or build_world(plan, horizon(flight))
            if left is None:
                start = build_origin(flight, world, LANES)
                world = grounded(flight, world, start)
                left = Before(start, {})
            known = Before(_doubled(left.end), left.events)
        asked = broken(plan).phased_flight or flight
        parts = Parts(asked.vehicle)
        if plan.failures:
            with clock.on("fly"):
                parts = _failing(Scene(asked, parts, world, 1.0), known, tell)

        def fly(tolerance: float) -> tuple[ChainFlown, list[PhaseError]]:
            with clock.on("fly"):
                found = _flown(Scene(asked, parts, world, tolerance), known, tell)
            return found, found.errors

        flown, _ = accurately(fly, plan.integration, _lost)
    return flown


def _failing(scene: Scene, before: Before, tell: Report) -> Parts:
    """The parts with the engines that fail; those that do at an event, as it is found to come.

    What comes before a failure does not know of it: each flight tells when the next one comes.
    """
    plan, parts = scene.flight.plan, scene.parts
    losses = losses_of(plan, lambda event: None)
    for _ in plan.failures:
        parts = replace(parts, losses=losses)
        if not any(isinstance(failure.at, str) for failure in plan.failures):
            break
        flown = _flown(replace(scene, parts=parts), before, tell)
        times = {name: float(state.t[0]) for name, state in before.events.items()}
        for one in [] if flown.flight is None else flown.flight.phases:
            if one.code == OutcomeCode.REACHED:
                times[one.phase.event] = float(one.end.t[0])
        known = losses_of(plan, times.get)
        if known == losses:
            break
        losses = known
    return replace(parts, losses=losses)


def _doubled(state: State) -> State:
    """The first lane, as that of the flight and of its shadow."""
    return state.take([0] * LANES)


def grounded(flight: PhasedFlight, world: World, start: State) -> World:
    """The world with the ground where the flight starts, if that is lower and none is told."""
    if flight.plan.ground is not None or flight.plan.pad is not None:
        return world
    place = geodetic(world.earth.rotation(jnp.zeros(1)).apply(start.position), world.shape)
    return replace(world, ground=jnp.minimum(place.height[0], 0.0))


def horizon(flight: PhasedFlight) -> float:
    """How long after the epoch the world must be known [s]."""
    ends = [phase.until for phase in flight.phases]
    known = sum(until.duration or _LATE for until in ends)
    return max([HORIZON, known, *(until.time or 0.0 for until in ends)]) + HORIZON


def known_for(plan: Plan) -> float:
    """How long after lift-off the world of a launch, and of what follows, must be known [s]."""
    phased = plan.phased_flight
    after = 0.0 if phased is None else horizon(phased)
    return max(return_horizon(plan.return_flight), after)


def _lost(flown: ChainFlown) -> bool:
    """Whether no shorter step would save it."""
    return any(path.code in _LOST for path in flown.paths)


def _flown(scene: Scene, before: Before, tell: Report) -> ChainFlown:
    flight, path = scene.flight, None
    errors: list[PhaseError] = []
    if flight.phases:
        path, shadow = _path(scene, "", "", flight.phases, before.end, tell)
        errors = compare(path.history, shadow, orbital=True)
    branches: list[PathFlown] = []
    for found, shadow in _branches(scene, path, before, tell):
        branches.append(found)
        errors += [
            replace(error, phase=f"{found.name}: {error.phase}")
            for error in compare(found.history, shadow, orbital=True)
        ]
    return ChainFlown(scene.world, scene.parts, path, branches, errors)


def _branches(
    scene: Scene, path: PathFlown | None, before: Before, tell: Report
) -> Iterator[tuple[PathFlown, History]]:
    """Every branch that the flight came to, and its shadow; those that only fall in one batch."""
    left: list[tuple[BranchSpec, State]] = []
    for branch in scene.flight.branches:
        state = _leaving(path, before, branch.at)
        if state is not None:
            left.append((branch, scene.parts.alone(state, branch.flies)))
    falls = [(branch, state) for branch, state in left if _only_falls(branch)]
    fallen: dict[str, SegmentFlown] = {}
    if len(falls) > 1:
        names = ", ".join(branch.name for branch, _ in falls)
        tell(Progress("fly", f"flying {names}: falls", phase="falls"))
        phases, states = zip(*((b.phases[0], state) for b, state in falls), strict=True)
        segments = sink_together(scene, phases, states)
        fallen = {b.name: one for (b, _), one in zip(falls, segments, strict=True)}
    for branch, state in left:
        what = (scene, branch.name, branch.at, branch.phases)
        one = fallen.get(branch.name)
        yield _path(*what, state, tell) if one is None else _paths(*what, one.phases, one.rows)


def _only_falls(branch: BranchSpec) -> bool:
    """Whether a branch is one fall."""
    return len(branch.phases) == 1 and branch.phases[0].motion == "fall"


def _leaving(path: PathFlown | None, before: Before, event: str) -> State | None:
    """The state at an event; None where the flight did not come to it."""
    if event in before.events:
        return _doubled(before.events[event])
    for one in () if path is None else path.phases:
        if one.phase.event == event and one.code == OutcomeCode.REACHED:
            return one.end
    return None


def _path(
    scene: Scene,
    name: str,
    at: str,
    phases: Sequence[FlightPhaseSpec],
    start: State,
    tell: Report,
) -> tuple[PathFlown, History]:
    """Phases one after another, and the history of their shadow."""
    flown: list[PhaseFlown] = []
    rows: list[list[dict[str, Array]]] = [[] for _ in range(LANES)]
    state, done = start, 0
    for motion, run in _segments(phases):
        words = f"{name}: {run[0].name}" if name else run[0].name
        tell(Progress("fly", f"flying {words}", fraction=done / len(phases), phase=words))
        found = FLIERS[motion](scene, run, state)
        for lane, columns in enumerate(found.rows):
            rows[lane].append(columns | {"phase": columns["phase"] + done})
        flown += found.phases
        done += len(run)
        state = flown[-1].end
        if flown[-1].code != OutcomeCode.REACHED:
            break
    return _paths(scene, name, at, phases, flown, [joined_columns(parts) for parts in rows])


def _paths(
    scene: Scene,
    name: str,
    at: str,
    phases: Sequence[FlightPhaseSpec],
    flown: list[PhaseFlown],
    rows: Sequence[dict[str, Array]],
) -> tuple[PathFlown, History]:
    """What was flown, as the path and its shadow."""
    first, shadow = (_history(scene, phases, columns) for columns in rows)
    hung = [one for one in flown if one.canopies is not None]
    train = scene.parts.parachutes(hung[-1].flies) if hung else None
    return PathFlown(name, at, flown, list(phases), first, train), shadow


def _segments(
    phases: Sequence[FlightPhaseSpec],
) -> Iterator[tuple[str, list[FlightPhaseSpec]]]:
    """Runs of phases of one motion."""
    for motion, run in groupby(phases, key=lambda phase: phase.motion):
        yield motion, list(run)


def followed(first: History, then: History) -> History:
    """One history of an ascent and of the phases after it, with the stages of both."""
    phases = [*first.phases, *then.phases]
    later = dict(then.columns) | {"phase": then["phase"] + len(first.phases)}
    columns = joined_columns([first.columns, later])
    north, east = columns["latitude"], columns["longitude"]
    columns["downrange"] = distance(north, east, north[0], east[0])
    return make_history(columns, stages=first.stages, phases=phases)


def _history(scene: Scene, phases: Sequence[FlightPhaseSpec], columns: dict[str, Array]) -> History:
    """One row a step, two where phases meet."""
    north, east = columns["latitude"], columns["longitude"]
    columns["downrange"] = distance(north, east, north[0], east[0])
    axial = columns.pop("load_axial", np.full(len(north), np.nan))
    normal = columns.pop("load_normal", np.zeros(len(north)))
    columns |= couch(scene.flight.plan.seat).loads(axial, np.nan_to_num(normal))
    stages = scene.parts.tanks
    if "propellant" not in columns and stages:
        columns["propellant"] = np.full((len(north), len(stages)), np.nan)
    return make_history(columns, stages=stages, phases=[phase.name for phase in phases])
