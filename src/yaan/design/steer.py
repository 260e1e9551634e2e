"""Steering solved: one profile of a mission, from its file's words to a flight that meets them."""

from dataclasses import dataclass, replace

import equinox as eqx
import jax
import numpy as np

from yaan.design.seek import seek
from yaan.design.task import Searched, Task, Watch
from yaan.dynamics.accuracy import shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.state import State, state_of
from yaan.flight import batches
from yaan.flight.batches import Batch, Lane
from yaan.flight.chain import Before
from yaan.flight.models.launcher import stack_of
from yaan.results.outcome import OutcomeCode
from yaan.search.targeting import refine
from yaan.search.unknowns import LANES, Solution, Tolerance, Unknown
from yaan.spacetime.frame import components

_AT_BOUND = 0.02
"""In scales of the unknown: the last steps to the targets move what is at a bound a little."""

_IN_AIR = 80e3  # [m] what comes below it does not go around again

_NEAR = Tolerance(met=1e-3, improvements=0)


@dataclass(frozen=True)
class Steered:
    """A solved profile and its recorded flight."""

    task: Task
    solution: Solution
    batch: Batch

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
        lane, sequence = self.lane, self.task.sequence
        last = jax.tree.map(lambda leaf: leaf[len(sequence.legs) - 1], (lane.legs, sequence.phases))
        legs, phase = last
        stack = stack_of(self.task.ascent)
        tanks = np.array(stack.loads)
        stages = len(self.task.vehicle.stages)
        tanks[:stages] = legs.inner.propellant
        items = phase.items_aboard
        aboard = np.concatenate(
            [phase.stages_aboard, items[:-1], np.repeat(items[-1:], len(stack.payload))]
        )
        place, motion = components(legs.inner.position), components(legs.inner.velocity)
        state = state_of(np.atleast_1d(legs.stop), place[None], motion[None], tanks, aboard)
        sums = jax.tree.map(lambda leaf: np.asarray(leaf)[None], legs.inner.losses.sums)
        return eqx.tree_at(lambda s: s.sums, state, sums)

    @property
    def orbits(self) -> bool:
        """Whether what the ascent leaves stays above the air for a while."""
        last = len(self.task.sequence.legs) - 1
        flew = np.all(np.asarray(self.lane.legs.outcome)[: last + 1] == OutcomeCode.REACHED)
        return bool(flew and float(self.batch.elements(0, last).perigee) > _IN_AIR)

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

    def _state(self, index: int) -> State:
        """The state at the end of a leg, of one lane: tanks of stages; stages, parts, payload."""
        lane, phases = self.lane, self.task.sequence.phases
        legs, phase = jax.tree.map(lambda leaf: np.asarray(leaf)[index], (lane.legs, phases))
        place, motion = components(legs.inner.position), components(legs.inner.velocity)
        aboard = np.concatenate([phase.stages_aboard, phase.items_aboard])
        tanks = np.where(phase.stages_aboard, legs.inner.propellant, 0.0)
        state = state_of(np.atleast_1d(legs.stop), place[None], motion[None], tanks, aboard)
        sums = jax.tree.map(lambda leaf: np.asarray(leaf)[None], legs.inner.losses.sums)
        return eqx.tree_at(lambda s: s.sums, state, sums)

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


def shadowed(steered: Steered, world: World) -> Steered:
    """The same solution flown once more, with its shadow in the second lane."""
    flat = np.repeat(steered.flat[None], LANES, axis=0)
    x = np.repeat(steered.solution.x[None], LANES, axis=0)
    cases = batches.timed(batches.shadowed(steered.task.case), steered.task.aim.base, x)
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
        return _as_given(task, world)
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
