"""Finding the free constants of an ascent: the targets are met, what freedom is left is used.

One flight is one lane of a compiled batch, and every question is asked of a whole batch at once:
a scan over first guesses, a Jacobian by central differences, a Hessian in the directions that
keep the targets, a line search. So a solution costs some tens of batched flights and no
derivative is ever compiled.

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

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

LANES = 16
"""Flights in a batch; every question is padded to it, so that nothing compiles twice."""

_UNMET = 1e12
_CHORDS = 6  # steps by the Jacobian in hand before a new search
_STARTS = 3  # of a scan are tried before the search gives up
_GOOD = 0.1  # of the merit left by a step that needs no help
_CREEP = 0.9  # of the merit left by a step that hardly helped
_FAR = 100.0  # scaled misses
_PATIENCE = 3  # such steps in a row
_JACOBIAN_STEP = 1e-3
_HESSIAN_STEP = 3e-2
_BACKTRACK = np.array([1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.08, 0.04, 0.02, 0.01])
_LENGTHS = (1.0, 0.5, 0.2, 0.05)
_MENDS = 2
_DAMPINGS = np.array([0.0, 1e-6, 1e-4, 1e-2])


@dataclass(frozen=True)
class Unknown:
    """One free constant: where it starts, its natural scale and its bounds."""

    name: str
    guess: float
    scale: float
    low: float
    high: float
    scan: tuple[float, ...] = ()
    """Other values worth trying first; scanned unknowns are scanned together in `group`s."""
    group: int = 0


@dataclass(frozen=True)
class Answers:
    """What a batch of flights answers, one row a flight.

    `misses` of the targets and of the easier `approach` are scaled; `cost` shall be small.
    """

    misses: np.ndarray
    approach: np.ndarray
    cost: np.ndarray


Fly = Callable[[np.ndarray], Answers]
"""Flies LANES rows of unknowns [LANES, n] in their own units."""


@dataclass(frozen=True)
class Tolerance:
    """When to stop."""

    met: float = 1e-6
    """Largest scaled miss of a solution."""
    accepted: float = 1e-2
    """Largest scaled miss that still counts as met when no step helps any more."""
    gain: float = 1e-2
    """Predicted scaled gain below which improvement stops."""
    approached: float = 0.3
    """Largest scaled miss at which the approach goes on to its next target."""
    approaches: int = 4
    meets: int = 25
    improvements: int = 12
    reach: float = 4.0
    """Longest step of an improvement, in scales of the unknowns."""


@dataclass(frozen=True)
class Solution:
    """The constants found, how well the targets are met, and how it went."""

    x: np.ndarray
    misses: np.ndarray
    cost: float
    met: bool
    batches: int
    jacobian: np.ndarray
    """Of the scaled misses against the scaled unknowns, at the solution."""


_Linear = tuple[Answers, np.ndarray, np.ndarray]


class Search:
    """One search: the batch that flies, its unknowns, and a count of the batches flown."""

    def __init__(
        self,
        fly: Fly,
        unknowns: list[Unknown],
        tolerance: Tolerance,
        watch: Callable[[str, float], None] | None = None,
    ) -> None:
        self.fly = fly
        self.unknowns = unknowns
        self.tolerance = tolerance
        self.watch = watch or (lambda text, miss: None)
        self.scale = np.array([u.scale for u in unknowns])
        self.low = np.array([u.low for u in unknowns]) / self.scale
        self.high = np.array([u.high for u in unknowns]) / self.scale
        self.batches = 0
        self.approaching = False
        self.heeded: np.ndarray | slice = slice(None)
        """Which of the misses count now."""
        self._last: tuple[np.ndarray, _Linear] | None = None
        """The latest point linearised on the targets: a step begins where the one before ended."""

    def ask(self, points: np.ndarray) -> "Answers":
        """Fly scaled `points`, any number of them, in padded batches."""
        misses, costs = [], []
        for start in range(0, len(points), LANES):
            part = points[start : start + LANES]
            padded = np.concatenate([part, np.repeat(part[-1:], LANES - len(part), axis=0)])
            answers = self.fly(padded * self.scale)
            self.batches += 1
            wanted = answers.approach if self.approaching else answers.misses
            misses.append(wanted[: len(part), self.heeded])
            costs.append(answers.cost[: len(part)])
        found = np.concatenate(misses)
        return Answers(found, found, np.concatenate(costs))

    def clip(self, x: np.ndarray) -> np.ndarray:
        """`x` within its bounds."""
        return np.clip(x, self.low, self.high)

    def linearise(self, x: np.ndarray) -> _Linear:
        """Answers at `x`, the Jacobian of the misses and the gradient of the cost."""
        everything = isinstance(self.heeded, slice) and not self.approaching
        if everything and self._last is not None and np.array_equal(self._last[0], x):
            return self._last[1]
        n = len(x)
        steps = _JACOBIAN_STEP * np.eye(n)
        here = self.ask(np.concatenate([x[None], x + steps, x - steps]))
        width = 2.0 * _JACOBIAN_STEP
        jacobian = (here.misses[1 : n + 1] - here.misses[n + 1 :]).T / width
        gradient = (here.cost[1 : n + 1] - here.cost[n + 1 :]) / width
        one = here.misses[:1]
        linear = Answers(one, one, here.cost[:1]), jacobian, gradient
        if everything:
            self._last = x.copy(), linear
        return linear


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
    for point in given or _approach(search, stages):
        x, miss = _meet(search, point, limits.meets, limits.met)
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
        x = _improve(search, x)
        x, miss = _meet(search, x, limits.meets, limits.met)
    last, jacobian, _ = search.linearise(x)
    return Solution(
        x=x * search.scale,
        misses=last.misses[0],
        cost=float(last.cost[0]),
        met=bool(_size(last.misses)[0] <= search.tolerance.accepted),
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
        miss = float(_size(here.misses)[0])
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
        x = search.clip(x + _damped(near.jacobian, here.misses[0], 0.0))
    again = find(fly, unknowns, start=near.x, tolerance=tolerance, watch=watch)
    last = search.ask(again.x[None] / search.scale)  # so that the answer is what was flown last
    return replace(
        again, misses=last.misses[0], batches=near.batches + search.batches + again.batches
    )


def _size(misses: np.ndarray) -> np.ndarray:
    """Largest scaled miss of each row; a flight that is not finite is as bad as can be."""
    size = np.max(np.abs(misses), axis=1) if misses.shape[1] else np.zeros(len(misses))
    return np.where(np.isfinite(size), size, 1e30)


def _merit(misses: np.ndarray) -> np.ndarray:
    """Sum of squares of each row; a flight that is not finite is as bad as can be."""
    bounded = np.where(np.isfinite(misses), misses, 1e15)
    return np.sum(bounded**2, axis=1)


def _guess(search: Search, group: int, x: np.ndarray) -> list[np.ndarray]:
    """The best starts of a scan over one group of unknowns, best first."""
    members = [i for i, u in enumerate(search.unknowns) if u.scan and u.group == group]
    if not members:
        return [x]
    grids = np.meshgrid(*[search.unknowns[i].scan for i in members], indexing="ij")
    points = np.repeat(x[None], grids[0].size, axis=0)
    for i, values in zip(members, grids, strict=True):
        points[:, i] = values.ravel() / search.scale[i]
    points = np.concatenate([x[None], points])
    answers = search.ask(points)
    order = np.argsort(_merit(answers.misses), kind="stable")
    search.watch("first guess", float(_size(answers.misses)[order[0]]))
    return [points[i] for i in order[:_STARTS]]


def _approach(search: Search, stages: Sequence[Sequence[int]]) -> Iterator[np.ndarray]:
    """Starts from nothing, best first.

    The first group of unknowns acts before the first target and meets it alone; then the others
    are scanned, judged by all targets, and the targets are met one after another.
    """
    heeded = [np.array(stage) for stage in stages] or [slice(None)]
    limits = search.tolerance
    search.approaching, search.heeded = True, heeded[0]
    x = _guess(search, 0, np.array([u.guess for u in search.unknowns]) / search.scale)[0]
    if len(heeded) > 1:
        x, _ = _meet(search, x, limits.approaches, limits.approached)
    search.heeded = slice(None)
    for start in _guess(search, 1, x):
        search.approaching, point = True, start
        for stage in heeded:
            search.heeded = stage
            point, _ = _meet(search, point, limits.approaches, limits.approached)
        search.approaching, search.heeded = False, slice(None)
        yield point


def _meet(search: Search, x: np.ndarray, limit: int, met: float) -> tuple[np.ndarray, float]:
    """Levenberg-Marquardt; all dampings and lengths of a step are flown at once."""
    miss, slow = np.inf, 0
    for _ in range(limit):
        here, jacobian, _ = search.linearise(x)
        merit, miss = _merit(here.misses)[0], float(_size(here.misses)[0])
        search.watch("approaching" if search.approaching else "meeting the targets", miss)
        if miss <= met or not np.all(np.isfinite(jacobian)):
            break
        steps = [_damped(jacobian, here.misses[0], damping) for damping in _DAMPINGS]
        trials = search.clip(np.array([x + a * step for step in steps for a in _LENGTHS]))
        answers = search.ask(trials)
        merits = _merit(answers.misses)
        best = int(np.argmin(merits))
        if merits[best] > _GOOD * merit:
            # The way is curved: long steps are brought back to it by the Jacobian in hand.
            back = _mended(search, trials, answers, jacobian)
            again = search.ask(back)
            if np.min(_merit(again.misses)) < merits[best]:
                trials, answers = back, again
                merits = _merit(answers.misses)
                best = int(np.argmin(merits))
        if merits[best] >= merit * (1.0 - 1e-9):
            break
        # A start that creeps while it is far off leads nowhere; another one is better.
        slow = slow + 1 if merits[best] > _CREEP * merit and miss > _FAR else 0
        if slow > _PATIENCE:
            break
        x = trials[best]
        miss = float(_size(answers.misses)[best])
        if miss <= met:
            break
    return x, miss


def _mended(
    search: Search, points: np.ndarray, answers: Answers, jacobian: np.ndarray
) -> np.ndarray:
    """Points brought back to the targets by the Jacobian in hand."""
    steps = [_damped(jacobian, misses, 0.0) for misses in answers.misses]
    return search.clip(points + np.array(steps))


def _damped(jacobian: np.ndarray, misses: np.ndarray, damping: float) -> np.ndarray:
    """The least-squares step; the shortest one where there is freedom."""
    if damping == 0.0:
        return -np.linalg.lstsq(jacobian, misses, rcond=1e-10)[0]
    normal = jacobian.T @ jacobian
    weight = damping * max(np.trace(normal) / len(normal), 1e-12)
    return -np.linalg.solve(normal + weight * np.eye(len(normal)), jacobian.T @ misses)


def _improve(search: Search, x: np.ndarray) -> np.ndarray:
    """Newton steps along the targets while the cost falls."""
    for _ in range(search.tolerance.improvements):
        here, jacobian, gradient = search.linearise(x)
        space = _null_space(jacobian)
        if space.shape[1] == 0:
            return x
        multipliers = -np.linalg.lstsq(jacobian.T, gradient, rcond=1e-10)[0]
        slope = space.T @ gradient
        curve = _reduced_hessian(search, x, space, multipliers)
        values, vectors = np.linalg.eigh(curve)
        # A saddle is left downhill; a flat direction is not followed far.
        floor = max(1e-3 * np.max(np.abs(values)), 1e-9)
        along = -vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), floor))
        normal = _damped(jacobian, here.misses[0], 0.0)
        along *= min(1.0, search.tolerance.reach / max(float(np.linalg.norm(along)), 1e-12))
        gain = -float(slope @ along) / 2.0
        weight = 2.0 * np.max(np.abs(multipliers), initial=0.0) + 1e-6

        def merit(answers: Answers, weight: float = weight) -> np.ndarray:
            return np.nan_to_num(
                answers.cost + weight * np.sum(np.abs(answers.misses), axis=1), nan=1e30
            )

        search.watch("saving propellant", gain)
        if gain < search.tolerance.gain:
            return x
        trials = np.array([search.clip(x + normal + a * (space @ along)) for a in _BACKTRACK])
        answers = search.ask(trials)
        # The second-order correction of the misses, by the Jacobian in hand. The way is curved:
        # a step of full length needs it twice, and without it only short ones are good.
        for _ in range(_MENDS):
            trials = _mended(search, trials, answers, jacobian)
            answers = search.ask(trials)
        best = int(np.argmin(merit(answers)))
        if merit(answers)[best] >= merit(here)[0] - 1e-3 * search.tolerance.gain:
            return x
        x = trials[best]
    return x


def _null_space(jacobian: np.ndarray) -> np.ndarray:
    """Orthonormal directions that change no miss to first order."""
    if jacobian.shape[0] == 0:
        return np.eye(jacobian.shape[1])
    _, values, rows = np.linalg.svd(jacobian)
    rank = int(np.sum(values > 1e-9 * max(values[0], 1e-30)))
    return rows[rank:].T


def _reduced_hessian(
    search: Search, x: np.ndarray, space: np.ndarray, multipliers: np.ndarray
) -> np.ndarray:
    """Second derivatives of the Lagrangian along the columns of `space`."""
    h, r = _HESSIAN_STEP, space.shape[1]
    pairs = [(i, j) for i in range(r) for j in range(i + 1, r)]
    offsets = [np.zeros_like(x)]
    offsets += [s * h * space[:, i] for i in range(r) for s in (1.0, -1.0)]
    offsets += [h * (space[:, i] + space[:, j]) for i, j in pairs]
    answers = search.ask(x + np.array(offsets))
    value = answers.cost + answers.misses @ multipliers
    up, down, both = value[1 : 2 * r + 1 : 2], value[2 : 2 * r + 1 : 2], value[2 * r + 1 :]
    hessian = np.diag((up - 2.0 * value[0] + down) / h**2)
    for (i, j), mixed in zip(pairs, both, strict=True):
        # f(a + b) - f(a) - f(b) + f(0) is h^2 times the mixed derivative.
        hessian[i, j] = hessian[j, i] = (mixed - up[i] - up[j] + value[0]) / h**2
    return hessian
