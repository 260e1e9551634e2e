"""Finding the free constants of an ascent: the targets are met, what freedom is left is used.

1. *Guess*: a scan of the kick, then of the slopes of the programmes, keeps the best starts.
2. *Approach*: Levenberg-Marquardt towards easier targets, in the order in which the flight
   meets them. They fix where on the orbit the flight arrives: an orbit's own elements are flat
   or cusped there, and lead a far start astray.
3. *Meet*: the same on the targets themselves.
4. *Improve*: Newton steps of the Lagrangian in the null space of the targets (Nocedal and Wright,
   Numerical Optimization, 2nd ed., section 18.3), with the normal step kept, so that the misses
   stay met while the propellant burnt falls.
5. *Meet* again, to `Tolerance.met`; `refine` does so on the mission's own steps.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from yaan.phases.search import Fly, Search, Solution, Tolerance, Unknown, damped, size_of
from yaan.phases.search_steps import approach, improve, meet

_UNMET = 1e12
_CHORDS = 6  # steps by the Jacobian in hand before a new search


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
    given = None if start is None else [np.asarray(start) / search.scale]
    best: tuple[np.ndarray, float, float] | None = None
    for point in given or approach(search, stages):
        x, miss = meet(search, point, limits.meets, limits.met)
        answers, _, _ = search.linearise(x)
        binding = answers.misses.shape[1] if conditions is None else conditions
        met, free = miss <= limits.accepted, len(x) > binding
        # What is not met ranks by its miss, what is met by its cost.
        key = (float(answers.cost[0]) - _UNMET) if met else miss
        best = (x, miss, key) if best is None or key < best[2] else best
        # With freedom left the search improves what it has; without, roots are compared.
        if met and free:
            break
    assert best is not None
    x, miss, _ = best
    if miss <= limits.accepted and limits.improvements:
        x = improve(search, x)
        x, miss = meet(search, x, limits.meets, limits.met)
    last, jacobian, _ = search.linearise(x)
    return Solution(
        x=x * search.scale,
        misses=last.misses[0],
        cost=float(last.cost[0]),
        met=bool(size_of(last.misses)[0] <= search.tolerance.accepted),
        batches=search.batches,
        jacobian=jacobian,
    )


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
            )
        if not np.all(np.isfinite(here.misses)):
            break
        x = search.clip(x + damped(near.jacobian, here.misses[0], 0.0))
    again = find(fly, unknowns, start=near.x, tolerance=tolerance, watch=watch)
    last = search.ask(again.x[None] / search.scale)  # so that the answer is what was flown last
    return replace(
        again, misses=last.misses[0], batches=near.batches + search.batches + again.batches
    )
