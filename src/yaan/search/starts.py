"""Many starts at once: every start is a lane that goes its own way to the targets.

A start that leads nowhere costs no more than one that does, since all fly in the same batches. One
unknown, the kick, decides where a rocket goes more than all others together: it is held at a
value of its own in each lane, so that the lanes cannot all fall into one basin.
"""

from collections.abc import Sequence

import numpy as np

from yaan.search.unknowns import Search, damped, heard, size_of

_STEP = 1e-3
_TRIALS = ((0.0, 1.0), (0.0, 0.5), (0.0, 0.2), (1e-3, 1.0), (1e-1, 1.0))
"""Damping and length of the steps that each lane tries."""

_HARDLY = 1e-6
_PROGRAMMES = 31  # points of the programmes' scans, beside the guess
_WIDE = 511
_SPREAD = 32  # starts of a wide scan that are followed


def distance(misses: np.ndarray) -> np.ndarray:
    """How far from the targets; each miss counts by its order of magnitude.

    A sum of squares would serve the largest miss at the cost of all others, and which one is the
    largest far away is a matter of units.
    """
    return np.sum(np.log1p(np.where(np.isfinite(misses), misses, 1e9) ** 2), axis=-1)


def gather(
    search: Search, starts: np.ndarray, *, held: Sequence[int], rounds: int, met: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lead every start to the targets with the unknowns `held` kept.

    Returns the points, the largest miss of each, and the cost of each.
    """
    points = np.array(starts)
    free = [i for i in range(points.shape[1]) if i not in held]
    answers = search.ask(points)
    misses, cost = answers.misses, answers.cost
    going = np.all(np.isfinite(misses), axis=1)
    for _ in range(rounds):
        lanes = np.flatnonzero(going & (size_of(misses) > met))
        if not len(lanes) or not free:
            break
        trials = _trials(search, points[lanes], misses[lanes], free)
        answers = search.ask(trials.reshape(-1, points.shape[1]))
        shape = trials.shape[:2]
        away = distance(answers.misses).reshape(shape)
        best = np.argmin(away, axis=1)
        better = away[np.arange(len(lanes)), best] < distance(misses[lanes]) * (1.0 - _HARDLY)
        going[lanes[~better]] = False
        moved = lanes[better]
        rows = (np.arange(len(lanes)) * shape[1] + best)[better]
        points[moved] = trials.reshape(-1, points.shape[1])[rows]
        misses[moved], cost[moved] = answers.misses[rows], answers.cost[rows]
    return points, size_of(misses), cost


def _trials(search: Search, points: np.ndarray, misses: np.ndarray, free: list[int]) -> np.ndarray:
    """The steps that each lane tries, [lanes, trials, unknowns]."""
    n = points.shape[1]
    moved = points[:, None] + _STEP * np.eye(n)[free][None]
    there = search.ask(moved.reshape(-1, n)).misses.reshape(len(points), len(free), -1)
    trials = np.repeat(points[:, None], len(_TRIALS), axis=1)
    for i, (near, miss) in enumerate(zip(there, misses, strict=True)):
        slope = heard(((near - miss) / _STEP).T)
        for k, (damping, length) in enumerate(_TRIALS):
            trials[i, k, free] += length * damped(slope, miss, damping)
    return search.clip(trials)


def sweep(search: Search, held: Sequence[int]) -> np.ndarray:
    """Starts with the unknowns `held` at each of their values: the best ones first, then others.

    A value of what is held can have roots of several kinds; the second half of the starts are
    the best that are far from the first.
    """
    values = np.array(search.unknowns[held[0]].sweep) / search.scale[held[0]]
    programmes = _programmes(search, _PROGRAMMES)
    points = np.repeat(programmes[None], len(values), axis=0)
    points[:, :, held[0]] = values[:, None]
    away = _scanned(search, points.reshape(-1, points.shape[2])).reshape(points.shape[:2])
    first, second = [], []
    for rows, distances in zip(points, away, strict=True):
        best = rows[np.argmin(distances)]
        gap = np.max(np.abs(rows - best), axis=1)
        other = np.where(gap >= np.median(gap), distances, np.inf)
        first.append(best)
        second.append(rows[np.argmin(other)])
    return np.array(first + second)


def spread(search: Search) -> np.ndarray:
    """The best starts of a wide scan of everything that can be scanned."""
    points = _programmes(search, _WIDE)
    away = _scanned(search, points)
    order = np.argsort(away, kind="stable")[:_SPREAD]
    return points[np.concatenate([order[::2], order[1::2]])]


def _scanned(search: Search, points: np.ndarray) -> np.ndarray:
    search.approaching = True
    answers = search.ask(points)
    search.approaching = False
    search.watch("first guesses", float(np.min(size_of(answers.misses))))
    return distance(answers.misses)


def _programmes(search: Search, most: int) -> np.ndarray:
    """Points of the grid of all scans, at most so many, drawn without a pattern and for ever so."""
    guess = np.array([u.guess for u in search.unknowns])
    grids = np.meshgrid(*[u.scan or (u.guess,) for u in search.unknowns], indexing="ij")
    points = np.stack([grid.ravel() for grid in grids], axis=1)
    if len(points) > most:
        points = points[np.random.default_rng(1).permutation(len(points))[:most]]
    return np.concatenate([guess[None], points]) / search.scale
