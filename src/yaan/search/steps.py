"""Steps of a search: a scan of guesses, Levenberg-Marquardt to targets, Newton along them."""

from collections.abc import Iterator, Sequence

import numpy as np

from yaan.search.unknowns import (
    Answers,
    Search,
    damped,
    mended,
    merit_of,
    null_space,
    off_bounds,
    reduced_hessian,
    size_of,
)

_STARTS = 3  # of a scan are tried before the search looks elsewhere
_GOOD = 0.1  # of the merit left by a step that needs no help
_CREEP = 0.9  # of the merit left by a step that hardly helped
_FAR = 100.0  # scaled misses
_PATIENCE = 3  # such steps in a row
# A Hessian that is too stiff, as beside a kink, asks for less than there is: longer steps are free.
_LINE = np.array(
    [12.0, 8.0, 5.0, 3.0, 2.0, 1.4, 1.0, 0.7, 0.5, 0.35, 0.25, 0.15, 0.08, 0.04, 0.02, 0.01]
)
_LENGTHS = (1.0, 0.5, 0.2, 0.05)
_MENDS = 2
_DEARLY = 0.1  # of the gain that a step promises may not be bought by a scaled miss
_DAMPINGS = np.array([0.0, 1e-6, 1e-4, 1e-2])


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
    order = np.argsort(merit_of(answers.misses), kind="stable")
    search.watch("first guess", float(size_of(answers.misses)[order[0]]))
    return [points[i] for i in order[:_STARTS]]


def approach(search: Search, stages: Sequence[Sequence[int]]) -> Iterator[np.ndarray]:
    """Starts from nothing, best first.

    The first group of unknowns acts before the first target and meets it alone; then the others
    are scanned, judged by all targets, and the targets are met one after another.
    """
    heeded = [np.array(stage) for stage in stages] or [slice(None)]
    limits = search.tolerance
    search.approaching, search.heeded = True, heeded[0]
    x = _guess(search, 0, np.array([u.guess for u in search.unknowns]) / search.scale)[0]
    if len(heeded) > 1:
        x, _ = meet(search, x, limits.approaches, limits.approached)
    search.heeded = slice(None)
    for start in _guess(search, 1, x):
        search.approaching, point = True, start
        for stage in heeded:
            search.heeded = stage
            point, _ = meet(search, point, limits.approaches, limits.approached)
        search.approaching, search.heeded = False, slice(None)
        yield point


def meet(search: Search, x: np.ndarray, limit: int, met: float) -> tuple[np.ndarray, float]:
    """Levenberg-Marquardt; all dampings and lengths of a step are flown at once."""
    miss, slow = np.inf, 0
    for _ in range(limit):
        here, jacobian, _ = search.linearise(x)
        merit, miss = merit_of(here.misses)[0], float(size_of(here.misses)[0])
        search.watch("approaching" if search.approaching else "meeting the targets", miss)
        if miss <= met or not np.all(np.isfinite(jacobian)):
            break
        steps = [damped(jacobian, here.misses[0], damping) for damping in _DAMPINGS]
        trials = search.clip(np.array([x + a * step for step in steps for a in _LENGTHS]))
        answers = search.ask(trials)
        merits = merit_of(answers.misses)
        best = int(np.argmin(merits))
        if merits[best] > _GOOD * merit:
            # The way is curved: long steps are brought back to it by the Jacobian in hand.
            back = mended(search, trials, answers, jacobian)
            again = search.ask(back)
            if np.min(merit_of(again.misses)) < merits[best]:
                trials, answers = back, again
                merits = merit_of(answers.misses)
                best = int(np.argmin(merits))
        if merits[best] >= merit * (1.0 - 1e-9):
            break
        # A start that creeps while it is far off leads nowhere; another one is better.
        slow = slow + 1 if merits[best] > _CREEP * merit and miss > _FAR else 0
        if slow > _PATIENCE:
            break
        x = trials[best]
        miss = float(size_of(answers.misses)[best])
        if miss <= met:
            break
    return x, miss


def improve(search: Search, x: np.ndarray) -> np.ndarray:
    """Newton steps along the targets while the cost falls."""
    for _ in range(search.tolerance.improvements):
        here, jacobian, gradient = search.linearise(x)
        if not (np.all(np.isfinite(jacobian)) and np.all(np.isfinite(gradient))):
            return x
        free = off_bounds(search, x, jacobian, gradient)
        jacobian = jacobian * free
        space = null_space(jacobian[:, free])
        if space.shape[1] == 0:
            return x
        space = np.eye(len(x))[:, free] @ space
        multipliers = -np.linalg.lstsq(jacobian.T, gradient * free, rcond=1e-10)[0]
        slope = space.T @ gradient
        curve = reduced_hessian(search, x, space, multipliers)
        if not np.all(np.isfinite(curve)):
            return x
        values, vectors = np.linalg.eigh(curve)
        # A saddle is left downhill; a flat direction is not followed far.
        floor = max(1e-3 * np.max(np.abs(values)), 1e-9)
        along = -vectors @ ((vectors.T @ slope) / np.maximum(np.abs(values), floor))
        normal = damped(jacobian, here.misses[0], 0.0)
        along *= min(1.0, search.tolerance.reach / max(float(np.linalg.norm(along)), 1e-12))
        gain = -float(slope @ along) / 2.0
        # What a miss is worth, and far from an optimum, where that is not known, the gain itself.
        weight = 2.0 * np.max(np.abs(multipliers), initial=0.0) + _DEARLY * max(gain, 1e-5)

        def merit(answers: Answers, weight: float = weight) -> np.ndarray:
            return np.nan_to_num(
                answers.cost + weight * np.sum(np.abs(answers.misses), axis=1), nan=1e30
            )

        search.watch("saving propellant", gain)
        if gain < search.tolerance.gain:
            return x
        trials = np.array([search.clip(x + normal + a * (space @ along)) for a in _LINE])
        answers = search.ask(trials)
        # The second-order correction of the misses, by the Jacobian in hand. The way is curved:
        # a step of full length needs it twice, and without it only short ones are good.
        for _ in range(_MENDS):
            trials = mended(search, trials, answers, jacobian)
            answers = search.ask(trials)
        best = int(np.argmin(merit(answers)))
        if merit(answers)[best] >= merit(here)[0] - 1e-3 * search.tolerance.gain:
            return x
        x = trials[best]
    return x
