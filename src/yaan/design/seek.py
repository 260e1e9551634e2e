"""The search of one profile, over long steps: as asked, else from beside what is asked.

Attempts follow one another until a flight meets the targets with propellant left. A shortfall is
told only of a flight that meets them, so an overdraft is not believed at once either: the other
attempts may find a better flight.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from yaan.description import Ascent
from yaan.design.neighbours import Neighbour, continuous, neighbours
from yaan.design.task import Searched, Task, Watch, make_task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.results.outcome import OutcomeCode
from yaan.search.targeting import find
from yaan.search.unknowns import LANES, Attempt, Solution, Tolerance, size_of

ROUGH = Tolerance(met=1e-3)  # long steps miss by more than this anyway
_WAY = Tolerance(met=1e-2, improvements=2, meets=12)
_SHORTEST = 1.0 / 16.0  # of the way back from a neighbour, in one step
_STEPS = 14  # on that way


@dataclass
class _Log:
    """What is flown by, and what was tried with it."""

    task: Task
    world: World
    watch: Watch | None
    attempts: list[Attempt] = field(default_factory=list[Attempt])

    def search(
        self,
        task: Task,
        name: str = "",
        start: np.ndarray | None = None,
        tolerance: Tolerance = ROUGH,
    ) -> Solution:
        """Search one task, and remember what came of it."""
        found = search(task, self.world, self.watch, start, tolerance)
        prefix = f"{name}: " if name else ""
        self.attempts += [replace(a, name=prefix + a.name) for a in found.attempts]
        return found

    def task_of(self, ascent: Ascent) -> Task:
        """The asked profile of a mission beside the asked one."""
        return make_task(ascent, self.task.name, self.world)


def seek(task: Task, world: World, watch: Watch | None = None) -> Solution:
    """The best that any attempt found; its `attempts` say what was tried."""
    log = _Log(task, world, watch)
    best = log.search(task)
    if not best.met and not _lifts_off(task, world, best):
        return best  # however it is steered
    for attempt in _restarts(log):
        if best.met and best.cost <= 0.0:
            break
        found = attempt()
        if found is not None and rank_of(found) < rank_of(best):
            best = found
    return replace(best, attempts=tuple(log.attempts))


def search(
    task: Task,
    world: World,
    watch: Watch | None,
    start: np.ndarray | None = None,
    tolerance: Tolerance = ROUGH,
) -> Solution:
    """Search one task with long steps."""
    return find(
        Searched(task, world, batches.lengthened(task.case)),
        list(task.aim.unknowns),
        start=start,
        stages=task.aim.stages(),
        conditions=task.aim.conditions,
        tolerance=tolerance,
        watch=watch,
    )


def _lifts_off(task: Task, world: World, found: Solution) -> bool:
    flight = Searched(task, world, batches.lengthened(task.case))
    flight(np.repeat(found.x[None], LANES, axis=0))
    assert flight.last is not None
    return not np.any(flight.last.ends.outcome == OutcomeCode.NO_LIFT_OFF)


def rank_of(found: Solution) -> tuple[bool, float]:
    """What is met ranks by its cost, what is not by its largest miss."""
    return not found.met, found.cost if found.met else float(size_of(found.misses[None])[0])


def _restarts(log: _Log) -> Iterator[Callable[[], Solution | None]]:
    """Other ways to the same targets, in turn."""
    joined = continuous(log.task.ascent, log.task.name)
    if joined is not None:
        yield partial(_freed, log, log.task_of(joined))
    for neighbour in neighbours(log.task.ascent):
        yield partial(_from_beside, log, neighbour)


def _freed(log: _Log, joined: Task) -> Solution | None:
    """With continuous programmes first, which have fewer constants; then with the asked ones."""
    found = log.search(joined, "continuous programmes")
    if not found.met:
        return None
    start = _carried(log, joined, found)
    return log.search(log.task, "programmes freed again", start)


def _carried(log: _Log, joined: Task, found: Solution) -> np.ndarray:
    """The unknowns of the asked task that fly as `found` did with the programmes of `joined`."""
    flight = Searched(joined, log.world, batches.lengthened(joined.case))
    flight(np.repeat(found.x[None], LANES, axis=0))
    assert flight.last is not None
    coefficients = np.asarray(flight.last.legs.inner.memory.coefficients)[:, 0]
    known = {u.name: v for u, v in zip(joined.aim.unknowns, found.x, strict=True)}
    for leg, flown in zip(joined.sequence.legs, coefficients, strict=False):
        programme = leg.phase.steer.programme
        if programme is not None:
            known.setdefault(f"{programme}.start", float(flown[0]))
    return np.array([known[u.name] for u in log.task.aim.unknowns])


def _from_beside(log: _Log, neighbour: Neighbour) -> Solution | None:
    """Solve a neighbour, then walk back to what was asked, with shorter steps where one fails."""
    beside = log.search(log.task_of(neighbour.at(0.0)), neighbour.name)
    here, step, x = 0.0, 1.0, beside.x
    found: Solution | None = None
    for _ in range(_STEPS if beside.met else 0):
        there = min(here + step, 1.0)
        name, last = f"{neighbour.name}, {there:.0%} of the way back", there == 1.0
        tried = log.search(log.task_of(neighbour.at(there)), name, x, ROUGH if last else _WAY)
        found = tried if last else found
        here, x, step = (there, tried.x, 2.0 * step) if tried.met else (here, x, 0.5 * step)
        if here == 1.0 or step < _SHORTEST:
            break
    return found
