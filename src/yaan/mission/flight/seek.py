"""The search of one profile, over long steps: as asked, and where that finds nothing, from beside it.

Attempts follow one another until a flight meets the targets with propellant left. A shortfall is
told only of a flight that meets them, so an overdraft is not believed at once either: the other
attempts may find a better flight.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from yaan.dynamics.forces import World
from yaan.mission.flight import flyer
from yaan.mission.flight.neighbours import Neighbour, continuous, neighbours
from yaan.mission.flight.task import Searched, Task, Watch, make_task
from yaan.mission.spec import MissionSpec
from yaan.phases.search import Attempt, Solution, Tolerance, size_of
from yaan.phases.targeting import find

ROUGH = Tolerance(met=1e-3)  # long steps miss by more than this anyway
_WAY = Tolerance(met=1e-2, improvements=2, meets=12)
_SHORTEST = 1.0 / 16.0  # of the way back from a neighbour, in one step
_STEPS = 14  # on that way


def seek(task: Task, world: World, watch: Watch | None = None) -> Solution:
    """The best that any attempt found; its `attempts` say what was tried."""
    best: Solution | None = None
    attempts: list[Attempt] = []
    for attempt in _attempts(task, world, watch):
        found = attempt()
        if found is None:
            continue
        attempts += found.attempts
        best = found if best is None or _rank(found) < _rank(best) else best
        if found.met and found.cost <= 0.0:
            break
    assert best is not None
    return replace(best, attempts=tuple(attempts))


def _rank(found: Solution) -> tuple[bool, float]:
    """What is met ranks by its cost, what is not by its largest miss."""
    return not found.met, found.cost if found.met else float(size_of(found.misses[None])[0])


def _attempts(
    task: Task, world: World, watch: Watch | None
) -> Iterator[Callable[[], Solution | None]]:
    yield lambda: search(task, world, watch)
    joined = continuous(task.spec, task.name)
    if joined is not None:
        yield lambda: _freed(task, make_task(joined, task.name, world), world, watch)
    for neighbour in neighbours(task.spec):
        yield lambda neighbour=neighbour: _from_beside(task, neighbour, world, watch)


def search(
    task: Task,
    world: World,
    watch: Watch | None,
    start: np.ndarray | None = None,
    tolerance: Tolerance = ROUGH,
) -> Solution:
    """Search one task with long steps."""
    return find(
        Searched(task, world, flyer.lengthened(task.case)),
        list(task.aim.unknowns),
        start=start,
        stages=task.aim.stages(),
        conditions=task.aim.conditions,
        tolerance=tolerance,
        watch=watch,
    )


def _named(found: Solution, name: str) -> Solution:
    renamed = tuple(replace(a, name=f"{name}: {a.name}") for a in found.attempts)
    return replace(found, attempts=renamed)


def _freed(task: Task, joined: Task, world: World, watch: Watch | None) -> Solution | None:
    """With continuous programmes first, which have fewer constants; then with the asked ones."""
    found = _named(search(joined, world, watch), "with continuous programmes")
    if not found.met:
        return replace(found, x=_carried(task, joined, found, world)) if False else None
    freed = search(task, world, watch, start=_carried(task, joined, found, world))
    return replace(freed, attempts=(*found.attempts, *_named(freed, "freed").attempts))


def _carried(task: Task, joined: Task, found: Solution, world: World) -> np.ndarray:
    """The unknowns of `task` that fly as `found` did with the programmes of `joined`."""
    flight = Searched(joined, world, flyer.lengthened(joined.case))
    flight(np.repeat(found.x[None], flyer.LANES, axis=0))
    assert flight.last is not None
    coefficients = np.asarray(flight.last.legs.coefficients)[:, 0]
    known = {u.name: v for u, v in zip(joined.aim.unknowns, found.x, strict=True)}
    for leg, flown in zip(joined.plan.legs, coefficients, strict=False):
        programme = leg.phase.steer.programme
        if programme is not None:
            known.setdefault(f"{programme}.start", float(flown[0]))
    return np.array([known[u.name] for u in task.aim.unknowns])


def _from_beside(
    task: Task, neighbour: Neighbour, world: World, watch: Watch | None
) -> Solution | None:
    """Solve a neighbour, then walk back to what was asked, with shorter steps where one fails."""
    beside = search(_at(task, neighbour.at(0.0), world), world, watch)
    attempts = list(_named(beside, neighbour.name).attempts)
    here, step, x = 0.0, 1.0, beside.x
    found: Solution | None = None
    for _ in range(_STEPS if beside.met else 0):
        there = min(here + step, 1.0)
        last = there == 1.0
        way = _at(task, neighbour.at(there), world)
        tried = search(way, world, watch, x, ROUGH if last else _WAY)
        if tried.met:
            here, x, step = there, tried.x, 2.0 * step
        else:
            step *= 0.5
        if last:
            found = tried
        if here == 1.0 or step < _SHORTEST:
            break
    if found is None:
        return None
    attempts.append(Attempt(f"{neighbour.name}: walked back", 1, int(found.met), _rank(found)[1]))
    return replace(found, attempts=tuple(attempts))


def _at(task: Task, spec: MissionSpec, world: World) -> Task:
    return make_task(spec, task.name, world)
