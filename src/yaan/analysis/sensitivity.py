"""Assumptions ranked: each moved over its range, the flight steered anew, the change kept.

The nominal steering is mended by Broyden's method from the nominal Jacobian, every variant in a
lane of its own, which meets the same targets again in a few batches. At an optimum the propellant
is flat in the free constants, so that optimising anew would change the ranking only to second
order.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import jax
import numpy as np

from yaan.analysis import abort_map
from yaan.base.programme import fewest
from yaan.base.provenance import Assumption, Provenance
from yaan.base.session import computing
from yaan.description import Ascent, Plan
from yaan.description.landing_cross import HOME_BLOCKS
from yaan.design.steer import Steered
from yaan.design.task import Task, make_task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.results.summary_evidence import Effect, ReturnEffects
from yaan.search.unknowns import LANES, damped

_TRIES = 10
_REACH = 3.0  # longest step, in scales of the unknowns
_MET = 0.01
"""Scaled miss at which a moved flight is mended no further."""

_ACCEPTED = 0.05
"""Scaled miss below which it counts as meeting the targets, after the last try."""

_ABORTS = np.linspace(150.0, 900.0, 16)  # [s] from which falls are compared


@dataclass
class Ranked:
    """One assumption and its effects, in the order of the largest change of propellant left."""

    keys: list[str]
    assumption: Assumption
    low: Effect | None = None
    high: Effect | None = None
    rank: int = field(default=0)
    on_return: ReturnEffects | None = None

    @property
    def weight(self) -> float:
        """Size that ranks: propellant, with a load of a tenth of g worth as much as 10 kg.

        On the way home so are 10 km of the landing and 1 m/s of the touchdown.
        """
        sizes = [0.0]
        for end in () if self.on_return is None else (self.on_return.low, self.on_return.high):
            if end is not None:
                size = abs(end.propellant_left) + 100.0 * abs(end.entry_load_g) + 1e-3 * end.miss
                sizes.append(size + 10.0 * abs(end.touchdown_speed or 0.0))
        for effect in (self.low, self.high):
            if effect is not None:
                abort_load = abs(effect.abort_load_g or 0.0)
                loads = 100.0 * (abs(effect.max_load_g) + abort_load)
                sizes.append(abs(effect.propellant_left) + loads)
        return max(sizes)


@dataclass(frozen=True)
class _Variant:
    ranked: Ranked
    side: str
    task: Task
    beta: float | None

    @property
    def name(self) -> str:
        """The assumption and its end, for people."""
        return f"{self.ranked.assumption.key} at its {self.side} end"


_LOOKING_ON: Final = ("stations.", "requirements.")

Vary = Callable[[Mapping[str, object]], Plan | None]
"""The plan with the values at some keys replaced; None where its own rules refuse them."""


def grouped(provenance: Provenance) -> list[Ranked]:
    """Assumptions, those of one place in a file that is used twice taken together.

    But for those of stations, which look on, and of requirements, by which flights are judged:
    they move no flight.
    """
    every = (same for same in provenance.assumptions if not same[0].key.startswith(_LOOKING_ON))
    return [Ranked([a.key for a in same], same[0]) for same in every]


def ranked_by_place(provenance: Provenance) -> list[Ranked]:
    """The same in their order, for a flight of which none is moved."""
    every = grouped(provenance)
    for i, ranked in enumerate(every):
        ranked.rank = i + 1
    return every


def rank(
    provenance: Provenance, vary: Vary, ascent: Ascent, world: World, steered: Steered
) -> tuple[list[Ranked], list[str]]:
    """All assumptions, and notes on what could not be ranked.

    Those with a range carry their effects on the flown profile.
    """
    every = grouped(provenance)
    variants = [v for r in every for v in _variants(vary, r, steered.task.name, world)]
    beta = ascent.vehicle.payload.ballistic_coefficient
    nominal = _Variant(Ranked([], every[0].assumption), "", steered.task, beta) if every else None
    notes: list[str] = []
    if nominal is not None and steered.solution.met:
        alike = [v for v in variants if _is_alike(v.task, steered.task)]
        odd = [v.name for v in variants if not _is_alike(v.task, steered.task)]
        notes += _left_out(odd, "it leaves other constants free, or flies in another shape")
        lost = _measure(world, steered, [nominal, *alike])
        notes += _left_out([v.name for v in lost], "no steering near the nominal one was found")
    return ordered(every), notes


def ordered(every: list[Ranked]) -> list[Ranked]:
    """Assumptions in the order of what they move."""
    every.sort(key=lambda r: -r.weight)
    for i, ranked in enumerate(every):
        ranked.rank = i + 1
    return every


def _left_out(names: list[str], why: str) -> list[str]:
    return [f"Not ranked: {', '.join(names)}; {why}."] if names else []


def _is_alike(one: Task, other: Task) -> bool:
    """Whether two tasks leave the same free and fly in one batch; their targets may differ."""
    shapes = [jax.tree.map(np.shape, task.case) for task in (one, other)]
    return _steering(one) == _steering(other) and shapes[0] == shapes[1]


def _steering(task: Task) -> list[str]:
    """Unknowns that steer; where an orbit is arrived at does not, and only an ellipse asks it."""
    acting = np.any(task.aim.base.spread != 0.0, axis=0)
    unknowns = zip(task.aim.unknowns, acting, strict=True)
    return [u.name for u, acts in unknowns if acts]


def _variants(vary: Vary, ranked: Ranked, profile: str, world: World) -> list[_Variant]:
    made = []
    if not of_ascent(ranked.assumption.key):
        return made
    ends: dict[str, object] = {"low": ranked.assumption.low, "high": ranked.assumption.high}
    for side, value in ends.items():
        if value is None:
            continue
        plan = vary(dict.fromkeys(ranked.keys, value))
        varied = None if plan is None else plan.ascent
        if varied is None:
            continue  # an end of the range that the file's own rules refuse is not flown
        task = make_task(varied, profile, world)
        made.append(_Variant(ranked, side, task, varied.vehicle.payload.ballistic_coefficient))
    return made


@dataclass
class _Mending:
    """A variant on its way back to its targets."""

    variant: _Variant
    x: np.ndarray
    """Scaled unknowns of its own task, flown next."""
    slope: np.ndarray
    """Its Jacobian, as far as it is known."""
    step: np.ndarray | None = None
    misses: np.ndarray | None = None
    """Of the flight before `step`."""
    lane: batches.Lane | None = None
    figures: tuple[float, float, float] | None = None
    lost: bool = False
    """It has left the numbers, and no step leads back."""

    @property
    def at(self) -> np.ndarray:
        """The unknowns that are flown next."""
        return self.x * _scale(self.variant.task)

    def advance(self, misses: np.ndarray) -> None:
        """Take the next step of Broyden's method."""
        if not (np.all(np.isfinite(misses)) and np.all(np.isfinite(self.slope))):
            self.lost = True
            return
        if self.step is not None and self.misses is not None:
            change = misses - self.misses
            self.slope = _updated(self.slope, self.step, change)
        step = damped(self.slope, misses, 0.0)
        self.step = step * min(1.0, _REACH / max(float(np.linalg.norm(step)), 1e-12))
        self.misses, self.x = misses, self.x + self.step


def _measure(world: World, steered: Steered, variants: list[_Variant]) -> list[_Variant]:
    """Fly all variants, the first being the nominal one, and note the differences.

    Returns those that did not meet their targets.
    """
    nominal = _jacobian(world, steered.task, steered.solution.x)
    every: list[_Mending] = []
    for v in variants:
        x = steered.start_of(v.task)
        # A nearly circular orbit has targets of its own, and so another Jacobian.
        alike = _targets(v.task) == _targets(steered.task)
        slope = nominal if alike else _jacobian(world, v.task, x)
        every.append(_Mending(v, x / _scale(v.task), slope))

    def one(group: list[_Mending], last: bool) -> None:
        with computing():
            _fly_group(world, group, _ACCEPTED if last else _MET)

    going = every
    with ThreadPoolExecutor(max_workers=2) as pool:
        for tries in range(_TRIES + 1):
            # Those that are left close ranks: a lane that has arrived would fly in vain.
            groups = [going[i : i + LANES] for i in range(0, len(going), LANES)]
            list(pool.map(one, groups, [tries == _TRIES] * len(groups)))
            going = [m for m in going if m.lane is None and not m.lost]
    _note(variants, [m.figures for m in every], _falls(world, variants, [m.lane for m in every]))
    return [m.variant for m in every if m.lane is None]


def _scale(task: Task) -> np.ndarray:
    return np.array([u.scale for u in task.aim.unknowns])


def _targets(task: Task) -> list[str]:
    return [target.name for target in task.aim.targets]


def _fly_group(world: World, group: list[_Mending], met: float) -> None:
    """Fly at most a batch of variants: those that miss by less than `met` stay, others move on."""
    lanes = max(len(group), fewest(LANES))
    cases = batches.stack([batches.lengthened(m.variant.task.case) for m in group], lanes)
    filled = [*group, *[group[-1]] * (lanes - len(group))]
    bases = [m.variant.task.aim.base for m in filled]
    flat = np.stack([base.place(m.at) for base, m in zip(bases, filled, strict=True)])
    if bases[0].coasts:
        durations = [base.durations(m.at) for base, m in zip(bases, filled, strict=True)]
        cases = batches.lasting(cases, bases[0].coasts, np.stack(durations))
    batch = batches.fly(world, cases, flat)
    for k, mending in enumerate(group):
        rows = np.repeat(mending.at[None], lanes, axis=0)
        misses = mending.variant.task.aim.misses(batch.ends, rows)[k]
        if np.max(np.abs(misses), initial=0.0) <= met:
            mending.lane = batch.lane(k)
            mending.figures = _figures(world, mending.variant.task, batch, mending.lane, k)
        else:
            mending.advance(misses)


def _updated(slope: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Broyden's good update (Nocedal and Wright, equation 11.27)."""
    size = float(step @ step)
    return slope if size < 1e-20 else slope + np.outer(change - slope @ step, step) / size


def _jacobian(world: World, task: Task, x: np.ndarray) -> np.ndarray:
    """Scaled Jacobian of the misses at the nominal solution `x`."""
    scale = _scale(task)
    n = len(x)
    lanes = max(n + 1, fewest(LANES))
    cases = batches.repeat(batches.lengthened(task.case), lanes)
    points = np.concatenate([x + 1e-3 * np.diag(scale), np.repeat(x[None], lanes - n, axis=0)])
    cases = batches.timed(cases, task.aim.base, points)
    ends = batches.fly(world, cases, task.aim.base.place(points)).ends
    misses = task.aim.misses(ends, points)
    return (misses[:n] - misses[n]).T / 1e-3


def _figures(
    world: World, task: Task, batch: batches.Batch, lane: batches.Lane, k: int
) -> tuple[float, float, float]:
    leg, stage = task.aim.saves
    seen = batches.observe_lane(world, lane)
    load = np.asarray(seen.load)[: int(lane.tape.count)]
    return (
        float(batch.ends.propellant[k, leg, stage]),
        float(batch.ends.time[k, leg]),
        float(np.max(load)),
    )


def _falls(
    world: World, variants: list[_Variant], lanes: list[batches.Lane | None]
) -> list[float | None]:
    """The worst fall of each variant, over a few instants."""
    flown = [i for i, lane in enumerate(lanes) if lane is not None and variants[i].beta]
    if not flown:
        return [None] * len(variants)
    states = [abort_map.states_at(lanes[i], _ABORTS) for i in flown]  # pyright: ignore[reportArgumentType]
    shape = (len(flown), len(_ABORTS))
    # By instant, not by flight: neighbours then last about as long.
    betas = np.array([variants[i].beta or np.nan for i in flown])
    beta = np.repeat(betas, len(_ABORTS)).reshape(shape).T.ravel()
    falls = abort_map.fall_from(
        abort_map.falling_world(world),
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


def _note(
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
        found = Effect(
            propellant_left=left, cut_off=cut_off, max_load_g=worst, abort_load_g=abort_load
        )
        setattr(variant.ranked, variant.side, found)


ESCAPE: Final = "escape"
"""The block of what a crew escapes by: no assumption of it moves a flight."""


def of_ascent(key: str) -> bool:
    """Whether the ascent can depend on the value at a dotted key.

    What comes home is flown after the ascent, which sees it only as the payload's mass; a crew
    escapes from it. How what is spent falls is flown beside it; that of the payload is moved, for
    its aborts.
    """
    block, *_, last = key.split(".")
    spent = last == "ballistic_coefficient" and key.startswith(("vehicle.stages", "vehicle.parts"))
    return block not in (*HOME_BLOCKS, ESCAPE) and not spent
