"""What a search for free constants is made of: unknowns, answers, and batches of flights asked.

One flight is one lane of a compiled batch, and every question is asked of a whole batch at once:
a scan over first guesses, a Jacobian by central differences, a Hessian in the directions that
keep the targets, a line search. So a solution costs some tens of batched flights and no
derivative is ever compiled.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yaan.base.programme import fewest

LANES = 16
"""Flights in a batch; every question is padded to it, so that nothing compiles twice."""

_JACOBIAN_STEP = 1e-3
_HESSIAN_STEP = 3e-2
_DEAF = 0.1  # scaled miss for a scale of the unknown that moves it most
_AT_BOUND = 1e-6  # in scales of the unknown


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
    sweep: tuple[float, ...] = ()
    """Values at which it is held while the others meet the targets: it decides the basin."""
    mirrored: bool = False
    """Whether its other sign is another basin, as of an arrival before the perigee or after it."""


@dataclass(frozen=True)
class Answers:
    """What a batch of flights answers, one row a flight.

    `misses` of the targets and of the easier `approach` are scaled; `cost` shall be small.
    """

    misses: np.ndarray
    approach: np.ndarray
    cost: np.ndarray


Fly = Callable[[np.ndarray], Answers]
"""Flies up to LANES rows of unknowns [rows, n] in their own units."""


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
    improvements: int = 30
    reach: float = 4.0
    """Longest step of an improvement, in scales of the unknowns."""


@dataclass(frozen=True)
class Attempt:
    """One way that was tried."""

    name: str
    starts: int
    met: int
    """How many of the starts met the targets."""
    miss: float
    """The smallest largest scaled miss."""


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
    attempts: tuple[Attempt, ...] = ()
    """What was tried, in turn."""


Linear = tuple[Answers, np.ndarray, np.ndarray]


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
        self._last: tuple[np.ndarray, Linear] | None = None
        """The latest point linearised on the targets: a step begins where the one before ended."""

    def ask(self, points: np.ndarray) -> "Answers":
        """Fly scaled `points`, any number of them, in padded batches."""
        misses, costs = [], []
        for start in range(0, len(points), LANES):
            part = points[start : start + LANES]
            more = max(fewest(LANES) - len(part), 0)
            padded = np.concatenate([part, np.repeat(part[-1:], more, axis=0)])
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

    def linearise(self, x: np.ndarray) -> Linear:
        """Answers at `x`, the Jacobian of the misses and the gradient of the cost."""
        everything = isinstance(self.heeded, slice) and not self.approaching
        if everything and self._last is not None and np.array_equal(self._last[0], x):
            return self._last[1]
        n = len(x)
        steps = _JACOBIAN_STEP * np.eye(n)
        here = self.ask(np.concatenate([x[None], x + steps, x - steps]))
        width = 2.0 * _JACOBIAN_STEP
        jacobian = heard((here.misses[1 : n + 1] - here.misses[n + 1 :]).T / width)
        gradient = (here.cost[1 : n + 1] - here.cost[n + 1 :]) / width
        one = here.misses[:1]
        linear = Answers(one, one, here.cost[:1]), jacobian, gradient
        if everything:
            self._last = x.copy(), linear
        return linear


def heard(jacobian: np.ndarray) -> np.ndarray:
    """The Jacobian without the rows that nothing moves: what is left there is noise.

    An inclination of 0 is such a row when it is met, since it has its least value there.
    """
    largest = np.max(np.abs(jacobian), axis=1, initial=0.0, keepdims=True)
    return np.where(largest < _DEAF, 0.0, jacobian)


def size_of(misses: np.ndarray) -> np.ndarray:
    """Largest scaled miss of each row; a flight that is not finite is as bad as can be."""
    size = np.max(np.abs(misses), axis=1) if misses.shape[1] else np.zeros(len(misses))
    return np.where(np.isfinite(size), size, 1e30)


def merit_of(misses: np.ndarray) -> np.ndarray:
    """Sum of squares of each row; a flight that is not finite is as bad as can be."""
    bounded = np.where(np.isfinite(misses), misses, 1e15)
    return np.sum(bounded**2, axis=1)


def mended(
    search: Search, points: np.ndarray, answers: Answers, jacobian: np.ndarray
) -> np.ndarray:
    """Points brought back to the targets by the Jacobian in hand."""
    steps = [damped(jacobian, misses, 0.0) for misses in answers.misses]
    return search.clip(points + np.array(steps))


def damped(jacobian: np.ndarray, misses: np.ndarray, damping: float) -> np.ndarray:
    """The least-squares step; the shortest one where there is freedom.

    None at all where a neighbour did not fly: no step can be told from what is not a number.
    """
    if not (np.all(np.isfinite(jacobian)) and np.all(np.isfinite(misses))):
        return np.zeros(jacobian.shape[1])
    if damping == 0.0:
        return -np.linalg.lstsq(jacobian, misses, rcond=1e-10)[0]
    normal = jacobian.T @ jacobian
    weight = damping * max(np.trace(normal) / len(normal), 1e-12)
    return -np.linalg.solve(normal + weight * np.eye(len(normal)), jacobian.T @ misses)


def off_bounds(
    search: Search, x: np.ndarray, jacobian: np.ndarray, gradient: np.ndarray
) -> np.ndarray:
    """Which unknowns may move: not one at its bound that the falling cost would push beyond it."""
    free = np.ones(len(x), dtype=bool)
    for _ in range(len(x)):
        space = null_space(jacobian[:, free])
        along = np.zeros(len(x))
        along[free] = -space @ (space.T @ gradient[free])
        low = (x <= search.low + _AT_BOUND) & (along < 0.0)
        high = (x >= search.high - _AT_BOUND) & (along > 0.0)
        stuck = free & (low | high)
        if not np.any(stuck):
            break
        free &= ~stuck
    return free


def null_space(jacobian: np.ndarray) -> np.ndarray:
    """Orthonormal directions that change no miss to first order."""
    if jacobian.shape[0] == 0:
        return np.eye(jacobian.shape[1])
    _, values, rows = np.linalg.svd(jacobian)
    rank = int(np.sum(values > 1e-9 * max(values[0], 1e-30)))
    return rows[rank:].T


def reduced_hessian(
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
