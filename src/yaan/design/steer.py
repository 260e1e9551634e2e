"""Steering solved: one profile of a mission, from its file's words to a flight that meets them."""

from dataclasses import dataclass, replace

import equinox as eqx
import numpy as np

from yaan.design.aim import settled
from yaan.design.seek import search, seek
from yaan.design.task import Searched, Task, Watch
from yaan.dynamics.accuracy import shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State
from yaan.flight import batches
from yaan.flight.batches import Batch, Lane
from yaan.flight.chain import Before
from yaan.flight.lanes import commanded, flat_of
from yaan.flight.models.launcher import stack_of
from yaan.results.commands import AscentCommands, AscentGuidanceCommands
from yaan.results.outcome import OutcomeCode
from yaan.search.targeting import refine
from yaan.search.unknowns import LANES, Solution, Tolerance, Unknown

_AT_BOUND = 0.02
"""In scales of the unknown: the last steps to the targets move what is at a bound a little."""

_NEAR = Tolerance(met=1e-3, improvements=0)


@dataclass(frozen=True)
class Steered:
    """A solved profile and its recorded flight."""

    task: Task
    solution: Solution
    batch: Batch
    designed: "Steered | None" = None
    """The flight by time that it was designed as, of one that is guided."""
    guidance: AscentGuidanceCommands | None = None
    """What its guidance was told of that."""

    @property
    def design(self) -> "Steered":
        """The flight by time: itself, but for one that is guided."""
        return self.designed or self

    @property
    def flat(self) -> np.ndarray:
        """Steering constants: kick, azimuth, yaw [rad], then a, b, c of each programme."""
        return self.task.aim.base.place(self.solution.x)

    @property
    def at_bounds(self) -> list[tuple[Unknown, float]]:
        """The unknowns that ended at a bound, and that bound."""
        if not self.solution.met:
            return []
        return [
            (unknown, limit)
            for unknown, x in zip(self.task.aim.unknowns, self.solution.x, strict=True)
            for limit in (unknown.low, unknown.high)
            if abs(x - limit) <= _AT_BOUND * unknown.scale
        ]

    def start_of(self, task: Task) -> np.ndarray:
        """The unknowns of another task at this steering; its guess of what is free there alone."""
        known = {"azimuth": float(self.flat[1]), "yaw": float(self.flat[2])}
        mine = zip(self.task.aim.unknowns, self.solution.x, strict=True)
        known |= {unknown.name: float(value) for unknown, value in mine}
        return np.array([known.get(u.name, u.guess) for u in task.aim.unknowns])

    @property
    def end(self) -> State:
        """Where the ascent hands over: what it has not dropped, what is left in the tanks.

        What its guidance remembers ends with it: the return steers by laws of its own.
        """
        stack, last = stack_of(self.task.ascent), len(self.task.sequence.legs) - 1
        tanks = np.repeat(np.array(stack.loads)[None], len(self.batch.ends.time), axis=0)
        return batches.left_at(self.batch, last, tanks, len(stack.payload)).take(0)

    @property
    def orbits(self) -> bool:
        """Whether what the ascent leaves stays above the air for a while."""
        last = len(self.task.sequence.legs) - 1
        flew = np.all(np.asarray(self.lane.legs.outcome)[: last + 1] == OutcomeCode.REACHED)
        return bool(flew and float(self.batch.elements(0, last).perigee) > batches.IN_AIR)

    @property
    def handed_on(self) -> Before:
        """What phases and branches after the ascent begin with: its end, and its named events."""
        legs = self.task.sequence.legs
        codes = np.asarray(self.lane.legs.outcome)[: len(legs)]
        events = {
            leg.event: self._state(k)
            for k, leg in enumerate(legs)
            if leg.event is not None and codes[k] == OutcomeCode.REACHED
        }
        return Before(self._state(len(legs) - 1), events)

    @property
    def event_times(self) -> dict[str, float]:
        """When its named events came [s]."""
        return {name: float(state.t[0]) for name, state in self.handed_on.events.items()}

    def _state(self, index: int) -> State:
        """The state at the end of a leg, of one lane: tanks of stages; stages, parts, payload."""
        return batches.left_at(self.batch, index).take(0)

    @property
    def lane(self) -> Lane:
        """The recorded flight."""
        return self.batch.lane(0)


def solve(task: Task, world: World, watch: Watch | None = None) -> Steered:
    """Find the free constants with long steps, then with the mission's own.

    A case without a solution comes back with `solution.met` false and its nearest flight; one that
    is met with an overdraft of the last stage is the best of all that was tried.
    """
    unknowns = list(task.aim.unknowns)
    if not unknowns:
        return _as_given(task, world)
    far = seek(task, world, watch)
    return _refined(task, far, world, watch)


def solve_beside(task: Task, world: World, near: Steered) -> Steered:
    """The same from the solution of a task nearby; as `solve` where that leads nowhere."""
    far = search(task, world, None, near.start_of(task))
    return _refined(task, far, world, None) if far.met else solve(task, world)


def by_commands(task: Task, commands: AscentCommands, world: World) -> Steered:
    """The flight by known constants: nothing of it is searched, and its targets are judged."""
    aim = task.aim
    flat = flat_of(commands, aim.base.programmes)
    case = commanded(task.case, task.sequence.coasts, commands)
    steered = _as_given(replace(task, aim=settled(aim, flat), case=case), world)
    met = aim.within(steered.batch.ends, np.zeros((LANES, 0)))
    return replace(steered, solution=replace(steered.solution, met=met))


def shadowed(steered: Steered, world: World) -> Steered:
    """The same solution flown once more, with its shadow in the second lane."""
    lanes = batches.shadowed(steered.task.case)
    flat, x = (
        np.repeat(row[None], len(lanes.tolerance), axis=0)
        for row in (steered.flat, steered.solution.x)
    )
    cases = batches.timed(lanes, steered.task.aim.base, x)
    batch = batches.fly(world, cases, flat)
    return replace(steered, batch=batch)


def refined(
    steered: Steered, tolerance: float, world: World, watch: Watch | None = None
) -> Steered:
    """The solution carried over to steps of another `tolerance`."""
    asked = steered.task.case
    steps = (asked.phases.step * shortened(tolerance, RK4.order), np.asarray(tolerance))
    case = eqx.tree_at(lambda c: (c.phases.step, c.tolerance), asked, steps)
    task = replace(steered.task, case=case)
    if not task.aim.unknowns:
        again = _as_given(task, world)
        return replace(again, designed=steered.designed, guidance=steered.guidance)
    return _refined(task, steered.solution, world, watch)


def _refined(task: Task, near: Solution, world: World, watch: Watch | None) -> Steered:
    """A solution nearby carried over to the steps of the task."""
    fine = Searched(task, world, task.case)
    unknowns = list(task.aim.unknowns)
    solution = refine(fine, unknowns, near, tolerance=_NEAR, watch=watch)
    # The last thing a search flies is its answer, in every lane.
    assert fine.last is not None
    met = solution.met or task.aim.within(fine.last.ends, solution.x[None])
    return Steered(task, replace(solution, met=met), fine.last)


def _as_given(task: Task, world: World) -> Steered:
    """A replay: the file fixes every constant, so the flight is flown and judged as it is."""
    flat = np.repeat(task.aim.base.place(np.zeros(0))[None], LANES, axis=0)
    batch = batches.fly(world, batches.repeat(task.case), flat)
    misses = task.aim.misses(batch.ends, np.zeros((LANES, 0)))[0]
    solution = Solution(
        x=np.zeros(0),
        misses=misses,
        cost=float(task.aim.cost(batch.ends)[0]),
        met=True,
        batches=1,
        jacobian=np.zeros((len(misses), 0)),
    )
    return Steered(task, solution, batch)
