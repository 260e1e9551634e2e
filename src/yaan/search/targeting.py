"""Finding the free constants of an ascent: the targets are met, what freedom is left is used.

1. *Start.* Where one unknown decides the basin and no early target fixes it, it is swept: held at
   a value of its own in each lane of a batch, while the others meet the targets. Else a scan,
   first of the kick, then of the slopes of the programmes, keeps the best few starts.
2. *Approach*: Levenberg-Marquardt towards easier targets, in the order in which the flight
   meets them. They fix where on the orbit the flight arrives: an orbit's own elements are flat
   or cusped there, and lead a far start astray.
3. *Meet*: the same on the targets themselves.
4. *Improve*: Newton steps of the Lagrangian in the null space of the targets (Nocedal and Wright,
   Numerical Optimization, 2nd ed., section 18.3), with the normal step kept, so that the misses
   stay met while the propellant burnt falls. The best two basins are improved.
5. *Meet* again, to `Tolerance.met`; `refine` does so on the mission's own steps.

Where the first way meets nothing, every start of a wider scan is tried.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from yaan.search.starts import gather, spread, sweep
from yaan.search.steps import approach, improve, meet
from yaan.search.unknowns import (
    Attempt,
    Fly,
    Search,
    Solution,
    Tolerance,
    Unknown,
    damped,
    size_of,
)

_UNMET = 1e12
_CHORDS = 6  # steps by the Jacobian in hand before a new search
_BASINS = 2  # are improved
_APART = 1e-2  # scaled distance within which two points are one
_ROUNDS = 12
_RESWEEPS = 4
_AROUND = np.array([-4.0, -2.0, -1.0, -0.4, 0.4, 1.0, 2.0, 4.0])  # in scales of what is swept


@dataclass(frozen=True)
class _Found:
    """A point and how good it is; what is not met ranks by its miss, what is met by its cost."""

    x: np.ndarray
    miss: float
    cost: float
    met: bool

    @property
    def key(self) -> float:
        return self.cost - _UNMET if self.met else self.miss


def find(
    fly: Fly,
    unknowns: list[Unknown],
    *,
    start: np.ndarray | None = None,
    stages: Sequence[Sequence[int]] = (),
    conditions: int | None = None,
    tolerance: Tolerance | None = None,
    watch: Callable[[str, float], None] | None = None,
) -> Solution:
    """Solve for the unknowns; `start` skips the guess.

    `stages` are the columns of the approach's misses that are heeded, first to last.
    `conditions` are the targets that bind, where some only guard; all do if left out.
    Never raises for a hard case: `Solution.met` says whether the targets are met.
    """
    search = Search(fly, unknowns, tolerance or Tolerance(), watch)
    limits = search.tolerance
    attempts: list[Attempt] = []
    best: list[_Found] = []
    for name, way in _ways(search, start, stages, conditions):
        found = list(way())
        met = [f for f in found if f.met]
        miss = min((f.miss for f in found), default=np.inf)
        attempts.append(Attempt(name, len(found), len(met), miss))
        best = sorted([*best, *found], key=lambda f: f.key)
        if met:
            break
    if best[0].met and limits.improvements:
        best = sorted((_improved(search, f) for f in _basins(best)), key=lambda f: f.key)
        best = [_settled(search, best[0]), *best] if attempts[-1].name == "swept" else best
    x = best[0].x
    last, jacobian, _ = search.linearise(x)
    return Solution(
        x=x * search.scale,
        misses=last.misses[0],
        cost=float(last.cost[0]),
        met=bool(size_of(last.misses)[0] <= limits.accepted),
        batches=search.batches,
        jacobian=jacobian,
        attempts=tuple(attempts),
    )


_Way = tuple[str, Callable[[], Iterator[_Found]]]


def _ways(
    search: Search,
    start: np.ndarray | None,
    stages: Sequence[Sequence[int]],
    conditions: int | None,
) -> Iterator[_Way]:
    """The ways to try in turn; the first that meets the targets is the last."""
    if start is not None:
        given = np.asarray(start) / search.scale
        yield "as given", lambda: iter([_met(search, given)])
        return
    swept = [i for i, u in enumerate(search.unknowns) if u.sweep]
    roomy = conditions is not None and len(search.unknowns) > conditions
    if swept and roomy and len(stages) <= 1:
        yield "swept", lambda: _swept(search, swept)
    else:
        yield "approached", lambda: _approached(search, stages, conditions)
    if any(u.scan for u in search.unknowns):
        yield "from everywhere", lambda: _swept(search, [])


def _met(search: Search, point: np.ndarray) -> _Found:
    x, _ = meet(search, point, search.tolerance.meets, search.tolerance.met)
    answers, _, _ = search.linearise(x)
    miss = float(size_of(answers.misses)[0])
    return _Found(x, miss, float(answers.cost[0]), miss <= search.tolerance.accepted)


def _approached(
    search: Search, stages: Sequence[Sequence[int]], conditions: int | None
) -> Iterator[_Found]:
    """Starts one after another, until one meets the targets with freedom left to improve it."""
    for point in approach(search, stages):
        found = _met(search, point)
        yield found
        binding = len(search.linearise(found.x)[0].misses[0]) if conditions is None else conditions
        # With freedom left the search improves what it has; without, roots are compared.
        if found.met and len(found.x) > binding:
            return


def _swept(search: Search, held: list[int]) -> Iterator[_Found]:
    """Starts side by side: half of them approach, half go straight for the targets."""
    limits = search.tolerance
    starts = sweep(search, held) if held else spread(search)
    half = (len(starts) + 1) // 2
    search.approaching = True
    search.watch("approaching side by side", float(len(starts)))
    near, _, _ = gather(search, starts[:half], held=held, rounds=_ROUNDS, met=limits.approached)
    search.approaching = False
    search.watch("meeting the targets side by side", float(len(starts)))
    starts = np.concatenate([near, starts[half:]])
    points, sizes, costs = gather(search, starts, held=held, rounds=_ROUNDS, met=limits.met)
    for x, miss, cost in zip(points, sizes, costs, strict=True):
        yield _Found(x, float(miss), float(cost), bool(miss <= limits.accepted))


def _basins(found: list[_Found]) -> list[_Found]:
    """The best points that are met and are not one and the same."""
    kept: list[_Found] = []
    for f in found:
        apart = all(np.max(np.abs(f.x - k.x), initial=0.0) > _APART for k in kept)
        if f.met and apart and len(kept) < _BASINS:
            kept.append(f)
    return kept


def _settled(search: Search, found: _Found) -> _Found:
    """The best of sweeps around a point, as long as they find better.

    Newton steps along the targets come to rest at kinks, where a step of what is swept does not.
    """
    held = [i for i, u in enumerate(search.unknowns) if u.sweep]
    signs = np.array([-1.0 if u.mirrored else 1.0 for u in search.unknowns])
    for _ in range(_RESWEEPS):
        starts = np.repeat(found.x[None], len(_AROUND), axis=0)
        starts[:, held[0]] += _AROUND
        if any(signs < 0.0):
            starts = np.concatenate([starts, starts * signs])
        starts = search.clip(starts)
        points, sizes, costs = gather(
            search, starts, held=held, rounds=_ROUNDS // 2, met=search.tolerance.met
        )
        good = np.where(sizes <= search.tolerance.accepted, costs, np.inf)
        k = int(np.argmin(good))
        if not good[k] < found.cost - search.tolerance.gain:
            break
        near = _Found(points[k], float(sizes[k]), float(costs[k]), met=True)
        after = _improved(search, near)
        found = min(near, after, key=lambda f: f.key)
    return found


def _improved(search: Search, found: _Found) -> _Found:
    """The point after improvement; itself where that leads astray."""
    after = _met(search, improve(search, found.x))
    return after if after.met or not found.met else found


def refine(
    fly: Fly,
    unknowns: list[Unknown],
    near: Solution,
    *,
    tolerance: Tolerance | None = None,
    watch: Callable[[str, float], None] | None = None,
) -> Solution:
    """Carry a solution over to a slightly different problem, by its own Jacobian.

    Falls back on a new search from there where those steps do not lead to the targets.
    """
    search = Search(fly, unknowns, tolerance or Tolerance(), watch)
    x = near.x / search.scale
    for _ in range(_CHORDS):
        here = search.ask(x[None])
        miss = float(size_of(here.misses)[0])
        search.watch("refining", miss)
        if miss <= search.tolerance.met:
            return Solution(
                x=x * search.scale,
                misses=here.misses[0],
                cost=float(here.cost[0]),
                met=True,
                batches=near.batches + search.batches,
                jacobian=near.jacobian,
                attempts=near.attempts,
            )
        if not np.all(np.isfinite(here.misses)):
            break
        x = search.clip(x + damped(near.jacobian, here.misses[0], 0.0))
    again = find(fly, unknowns, start=near.x, tolerance=tolerance, watch=watch)
    last = search.ask(again.x[None] / search.scale)  # so that the answer is what was flown last
    return replace(
        again,
        misses=last.misses[0],
        batches=near.batches + search.batches + again.batches,
        attempts=near.attempts,
    )
