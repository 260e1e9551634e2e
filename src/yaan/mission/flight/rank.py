"""Assumptions ranked: each moved over its range, the flight steered anew, the change kept.

The nominal steering is mended by Broyden's method from the nominal Jacobian, every variant in a
lane of its own, which meets the same targets again in a few batches. At an optimum the propellant
is flat in the free constants, so that optimising anew would change the ranking only to second
order.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yaan.base.errors import InputError
from yaan.base.session import computing
from yaan.dynamics.forces import World
from yaan.mission.account import Assumption, assumptions, of_ascent
from yaan.mission.file.tree import Tree
from yaan.mission.flight import abort, flyer
from yaan.mission.flight.steer import Steered, Task, make_task
from yaan.mission.load import override
from yaan.mission.spec import MissionSpec, check_mission
from yaan.phases.targeting import LANES

STEPS = 12.0
"""Steps are this much longer than the mission's: only differences are kept."""

_TRIES = 10
_REACH = 3.0  # longest step, in scales of the unknowns
_MET = 0.05
"""Scaled miss below which the moved flight counts as meeting the targets."""

_ABORTS = np.linspace(150.0, 900.0, 16)  # [s] from which falls are compared


@dataclass
class Effect:
    """What one end of a range changes; None where that end does not fly."""

    propellant_left: float  # [kg]
    cut_off: float  # [s]
    max_load: float  # standard gravities
    abort_load: float | None  # standard gravities


@dataclass
class Ranked:
    """One assumption and its effects, in the order of the largest change of propellant left."""

    keys: list[str]
    assumption: Assumption
    low: Effect | None = None
    high: Effect | None = None
    rank: int = field(default=0)

    @property
    def weight(self) -> float:
        """Size that ranks: propellant, with a load of a tenth of g worth as much as 10 kg."""
        sizes = [0.0]
        for effect in (self.low, self.high):
            if effect is not None:
                abort_load = abs(effect.abort_load or 0.0)
                loads = 100.0 * (abs(effect.max_load) + abort_load)
                sizes.append(abs(effect.propellant_left) + loads)
        return max(sizes)


@dataclass(frozen=True)
class _Variant:
    ranked: Ranked
    side: str
    task: Task
    beta: float | None


def grouped(tree: Tree) -> list[Ranked]:
    """Assumptions, those of one place in a file that is used twice taken together."""
    found: dict[tuple[str, int | None, str], Ranked] = {}
    for a in assumptions(tree):
        place = (a.file, a.line, a.key.rsplit(".", 1)[-1])
        if place in found and a.line is not None:
            found[place].keys.append(a.key)
        else:
            found[place] = Ranked([a.key], a)
    return list(found.values())


def rank(tree: Tree, spec: MissionSpec, world: World, steered: Steered) -> list[Ranked]:
    """All assumptions; those with a range carry their effects on the flown profile."""
    every = grouped(tree)
    variants = [v for r in every for v in _variants(tree, r, steered.task.name, world)]
    beta = spec.vehicle.payload.ballistic_coefficient
    nominal = _Variant(Ranked([], every[0].assumption), "", steered.task, beta) if every else None
    if nominal is not None and steered.solution.met:
        _measure(world, steered, [nominal, *variants])
    every.sort(key=lambda r: -r.weight)
    for i, ranked in enumerate(every):
        ranked.rank = i + 1
    return every


def _variants(tree: Tree, ranked: Ranked, profile: str, world: World) -> list[_Variant]:
    made = []
    if not of_ascent(ranked.assumption.key):
        return made
    ends: dict[str, Any] = {"low": ranked.assumption.low, "high": ranked.assumption.high}
    for side, value in ends.items():
        if value is None:
            continue
        try:
            spec = check_mission(override(tree, dict.fromkeys(ranked.keys, value)))
        except InputError:
            continue  # an end of the range that the file's own rules refuse is not flown
        task = make_task(spec, profile, world)
        made.append(_Variant(ranked, side, task, spec.vehicle.payload.ballistic_coefficient))
    return made


def _measure(world: World, steered: Steered, variants: list[_Variant]) -> None:
    """Fly all variants, the first being the nominal one, and keep the differences."""
    jacobian = _jacobian(world, steered)
    figures: list[tuple[float, float, float] | None] = [None] * len(variants)
    lanes: list[flyer.Lane | None] = [None] * len(variants)

    def one(start: int) -> tuple[flyer.Batch, np.ndarray]:
        with computing():
            return _mend(world, steered, variants[start : start + LANES], jacobian)

    starts = range(0, len(variants), LANES)
    with ThreadPoolExecutor(max_workers=2) as pool:
        mended = list(pool.map(one, starts))
    for start, (batch, misses) in zip(starts, mended, strict=True):
        for k, variant in enumerate(variants[start : start + LANES]):
            if np.max(np.abs(misses[k]), initial=0.0) <= _MET:
                lane = batch.lane(k)
                lanes[start + k] = lane
                figures[start + k] = _figures(world, variant.task, batch, lane, k)
    _keep(variants, figures, _falls(world, variants, lanes))


def _mend(
    world: World, steered: Steered, variants: list[_Variant], jacobian: np.ndarray
) -> tuple[flyer.Batch, np.ndarray]:
    """Steer every variant back to its targets; the last batch and its misses [variants, m]."""
    scale = np.array([u.scale for u in steered.task.aim.unknowns])
    cases = flyer.stack([flyer.coarse(v.task.case, STEPS) for v in variants])
    x = np.repeat(steered.solution.x[None] / scale, len(variants), axis=0)
    slopes = np.repeat(jacobian[None], len(variants), axis=0)
    steps = np.zeros_like(x)
    before: np.ndarray | None = None
    tries = 0
    while True:
        flat = np.stack(
            [v.task.aim.base.place(row * scale) for v, row in zip(variants, x, strict=True)]
        )
        filled = np.concatenate([flat, np.repeat(flat[-1:], LANES - len(flat), axis=0)])
        batch = flyer.fly(world, cases, filled)
        misses = np.stack([v.task.aim.misses(batch.ends)[k] for k, v in enumerate(variants)])
        if tries == _TRIES or np.max(np.abs(misses)) < _MET:
            return batch, misses
        for k in range(len(variants)):
            if before is not None:
                slopes[k] = _updated(slopes[k], steps[k], misses[k] - before[k])
            step = -np.linalg.lstsq(slopes[k], misses[k], rcond=1e-9)[0]
            steps[k] = step * min(1.0, _REACH / max(float(np.linalg.norm(step)), 1e-12))
        before, tries = misses, tries + 1
        x = x + steps


def _updated(slope: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Broyden's good update (Nocedal and Wright, equation 11.27)."""
    size = float(step @ step)
    return slope if size < 1e-20 else slope + np.outer(change - slope @ step, step) / size


def _jacobian(world: World, steered: Steered) -> np.ndarray:
    """Scaled Jacobian of the misses at the nominal solution."""
    task, x = steered.task, steered.solution.x
    scale = np.array([u.scale for u in task.aim.unknowns])
    cases = flyer.repeat(flyer.coarse(task.case, STEPS))
    n = len(x)
    points = np.concatenate([x + 1e-3 * np.diag(scale), np.repeat(x[None], LANES - n, axis=0)])
    misses = task.aim.misses(flyer.fly(world, cases, task.aim.base.place(points)).ends)
    return (misses[:n] - misses[n]).T / 1e-3


def _figures(
    world: World, task: Task, batch: flyer.Batch, lane: flyer.Lane | None, k: int
) -> tuple[float, float, float]:
    assert lane is not None
    leg, stage = task.aim.saves
    seen = flyer.observe_lane(world, lane)
    load = np.asarray(seen.load)[: int(lane.tape.count)]
    return (
        float(batch.ends.propellant[k, leg, stage]),
        float(batch.ends.time[k, leg]),
        float(np.max(load)),
    )


def _falls(
    world: World, variants: list[_Variant], lanes: list[flyer.Lane | None]
) -> list[float | None]:
    """The worst fall of each variant, over a few instants."""
    flown = [i for i, lane in enumerate(lanes) if lane is not None and variants[i].beta]
    if not flown:
        return [None] * len(variants)
    states = [abort.states_at(lanes[i], _ABORTS) for i in flown]  # pyright: ignore[reportArgumentType]
    shape = (len(flown), len(_ABORTS))
    # By instant, not by flight: neighbours then last about as long.
    betas = np.array([variants[i].beta or np.nan for i in flown])
    beta = np.repeat(betas, len(_ABORTS)).reshape(shape).T.ravel()
    falls = abort.fall_from(
        abort.falling_world(world),
        np.repeat(_ABORTS, len(flown)),
        np.stack([r for r, _ in states], axis=1).reshape(-1, 3),
        np.stack([v for _, v in states], axis=1).reshape(-1, 3),
        beta,
    )
    worst = falls.peak_load.reshape(len(_ABORTS), len(flown)).max(axis=0)
    found: list[float | None] = [None] * len(variants)
    for i, load in zip(flown, worst, strict=True):
        found[i] = float(load)
    return found


def _keep(
    variants: list[_Variant],
    figures: list[tuple[float, float, float] | None],
    falls: list[float | None],
) -> None:
    nominal, fallen = figures[0], falls[0]
    if nominal is None:
        return
    for variant, figure, load in zip(variants[1:], figures[1:], falls[1:], strict=True):
        if figure is None:
            continue
        left, cut_off, worst = (a - b for a, b in zip(figure, nominal, strict=True))
        abort_load = None if load is None or fallen is None else load - fallen
        setattr(variant.ranked, variant.side, Effect(left, cut_off, worst, abort_load))
