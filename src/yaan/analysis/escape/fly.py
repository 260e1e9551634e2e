"""Every escape from one ascent: flown, judged, and the best way out at each instant."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yaan.analysis.crew import couches_of, limits_of
from yaan.analysis.escape.failures import FailureJudged, judge_failure
from yaan.analysis.escape.judged import Escaped, Judged, active_of, size
from yaan.analysis.escape.margins import Judge, Margins, ranks
from yaan.analysis.escape.returns import Returning, returning
from yaan.analysis.escape.splashes import splash_cases
from yaan.analysis.escape.told import groups_of, summary_of
from yaan.analysis.sides import Sides, aside
from yaan.base.errors import InputError, NoSolutionError, Problem, YaanError, nearest
from yaan.base.provenance import Provenance
from yaan.base.session import computing
from yaan.crew.couch import couch
from yaan.description import Plan
from yaan.description.escape import EscapeSpec
from yaan.design.failing import failing
from yaan.design.guided import guided
from yaan.design.history import told
from yaan.design.steer import Steered, by_commands, solve
from yaan.design.task import make_task
from yaan.dynamics.forces import World
from yaan.escape.instants import AscentPath, at_rest, path_of
from yaan.escape.modes import Asked, ModeFlown, asked_of, fly_mode, instants, joined
from yaan.flight.ascent_guiding import known_guidance
from yaan.flight.chain import known_for
from yaan.flight.models.world import build_world
from yaan.flight.progress import Clock, Progress, Report
from yaan.results.commands import Commands
from yaan.results.escape import EscapeRecord
from yaan.spacetime.zone import distance

Array = NDArray[np.float64]

SHORTEST: Final = 0.1
"""Shortest step between instants [s]."""

LONGEST: Final = 100.0
"""Longest one [s]."""

_TRIED: Final = 8
"""Every so manieth instant all choices of a mode are tried."""

_SHADOWS: Final = 32
"""Lanes of a mode that are flown again on longer steps, to tell what the integration is out by."""


def escape(
    plan: Plan,
    provenance: Provenance,
    *,
    step: float = 1.0,
    only: Sequence[str] = (),
    commands: Commands | None = None,
    report: Report | None = None,
    mission: str | None = None,
) -> tuple[EscapeRecord, dict[str, float]]:
    """Escapes from every `step` [s] of the ascent of a plan, and returns at once from its orbit.

    `only` some of its modes: then nothing is said of the orbit.

    Raises:
        YaanError: a plan without an ascent or without an escape system.
        NoSolutionError: an ascent that is not found.
    """
    spec = plan.escape
    if spec is None or plan.ascent is None:
        lacks = "an escape system (escape:)" if spec is None else "an ascent"
        raise YaanError(f"{plan.name} has no {lacks}: there is nothing to escape from or by.")
    tell, clock = report or (lambda progress: None), Clock()
    names = [name for name in spec.modes if not only or name in only]
    returns = spec.return_now is not None and not only
    with computing():
        with clock.on("ascent"):
            tell(Progress("solve", "the ascent that is escaped from"))
            world = build_world(plan, known_for(plan))
            # What flies the modes compiles while the ascent is solved.
            ready = aside(lambda: _prepare(world, plan, spec, names))
            steered, path = _ascent(plan, world, commands)
        judge = _judge(plan, spec, path)
        watch = partial(_tell_return, tell)
        home = aside(lambda: returning(plan, world, steered, commands, watch)) if returns else None
        with clock.on("modes"):
            judged = _modes(world, plan, judge, names, step, tell)
            ready.exception()
        with clock.on("failures"):
            tell(Progress("fly", "escaping from failures", fraction=0.95, phase="failures"))
            failures = _failures(world, plan, spec, judge, judged, step)
            drawn = splash_cases(world, judge, path.states(np.zeros(1)))
        with clock.on("wait for the return at once"):
            home_made = None if home is None else _returned(home)
    with clock.on("judge"):
        every = np.arange(0.0, np.floor(path.end / step) + 0.5) * step
        found = Escaped(plan, judge, tuple(judged), failures, every, home_made)
        summary = summary_of(found, provenance, step, steered.task.name)
        made = EscapeRecord(summary, groups_of(found) | drawn, mission)
    return made, clock.spent


def check_asked(plan: Plan, step: float, modes: Sequence[str], without: Sequence[str]) -> None:
    """Refuse what a plan cannot answer.

    Raises:
        InputError: a step that is too short, or a mode or constraint that is not there.
    """
    problems: list[Problem] = []
    if not SHORTEST <= step <= LONGEST:
        expected = f"a step from {SHORTEST:g} s to {LONGEST:g} s"
        problems.append(Problem("--step", None, "step", f"{step:g}", expected))
    spec = plan.escape
    known = {
        "--mode": [] if spec is None else sorted(spec.modes),
        "--without": [] if spec is None else sorted(spec.constraints.asked),
    }
    for option, names in (("--mode", modes), ("--without", without)):
        for name in names if spec is not None else ():
            if name not in known[option]:
                what = f"one of {', '.join(known[option])}"
                hint = nearest(name, known[option])
                problems.append(Problem(option, None, "", name, what, hint))
    if problems:
        raise InputError(problems)


def _failures(
    world: World,
    plan: Plan,
    spec: EscapeSpec,
    judge: Judge,
    judged: Sequence[Judged],
    step: float,
) -> tuple[FailureJudged, ...]:
    """Every failure with every mode; those that turn the launcher are flown from its turning."""

    def refly(
        index: int, rate: float, rows: NDArray[np.int64]
    ) -> tuple[ModeFlown, Margins, NDArray[np.int64]]:
        each, again = np.unique(rows, return_inverse=True)
        asked = judged[index].flown.asked.take(each)
        turning = np.zeros((len(asked), 3))
        turning[:, 1] = -rate  # nose down, as the ascent turns
        flown = fly_mode(world, plan, spec, judge.path, replace(asked, rate=turning))
        return flown, judge.margins(flown), again

    flown = [(one.flown, one.margins) for one in judged]

    def one(name: str) -> FailureJudged:
        with computing():
            return judge_failure(judge, name, flown, step, refly)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return tuple(pool.map(one, spec.failures))


def _prepare(world: World, plan: Plan, spec: EscapeSpec, names: Sequence[str]) -> None:
    """Compile what flies the modes, or fetch it compiled, by escapes from a launcher at rest."""
    ascent = plan.ascent
    assert ascent is not None
    path = at_rest(world, ascent.pad.site)
    for name in names:
        asked = asked_of(name, spec.modes[name], np.zeros(1))
        fly_mode(world, plan, spec, path, asked.take(np.zeros(1, dtype=int)))


def _modes(
    world: World, plan: Plan, judge: Judge, names: Sequence[str], step: float, tell: Report
) -> list[Judged]:
    """All modes that have an instant, two at a time."""
    spec, path = judge.spec, judge.path
    jobs = {name: instants(path, spec.modes[name].window, step) for name in names}
    jobs = {name: times for name, times in jobs.items() if len(times)}
    shares = dict.fromkeys(jobs, 0.0)

    def one(name: str) -> Judged:
        def watch(share: float) -> None:
            shares[name] = share
            title, done = name.replace("-", " "), sum(shares.values()) / len(shares)
            tell(Progress("fly", f"escaping: {title}", fraction=done, phase=name))

        with computing():
            asked = asked_of(name, spec.modes[name], jobs[name])
            return _mode(world, plan, spec, judge, asked, watch)

    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(one, jobs))


def _returned(home: "Future[Returning]") -> Returning:
    """What became of the return at once; a defect of it costs no escape."""
    sides = Sides()
    made = sides.attempt("the return at once", home.result)
    return made or Returning(None, " ".join(sides.notes))


def _tell_return(tell: Report, share: float) -> None:
    tell(Progress("fly", "returning at once", fraction=share, phase="return at once"))


def _ascent(plan: Plan, world: World, commands: Commands | None) -> tuple[Steered, AscentPath]:
    """The ascent as it is flown: solved, or by commands; in closed loop where the plan has one."""
    ascent = plan.ascent
    assert ascent is not None
    steering = None if commands is None else commands.ascent
    name = ascent.steering.profile if steering is None else steering.profile
    task = make_task(ascent, name, world)
    solved = solve(task, world) if steering is None else by_commands(task, steering, world)
    if not solved.solution.met:
        raise NoSolutionError(f"{plan.name}: no steering to its target was found to escape from")
    known = None if steering is None else known_guidance(plan, steering)
    flown: Steered = guided(solved, failing(solved, world), world, known)
    flown, history, _ = told(ascent, world, flown)
    solids = [n for n, s in ascent.vehicle.stages.items() if s.engine.thrust_curve is not None]
    return flown, path_of(world, flown.lane, history, flown.event_times, solids)


def _judge(plan: Plan, spec: EscapeSpec, path: AscentPath) -> Judge:
    placed = {one.name: one.axes for one in couches_of(plan.crew)}
    if not placed:
        seat = couch(plan.seat)
        nose, down = np.array(seat.axial), -np.array(seat.normal)
        placed = {"": np.stack([nose, np.cross(down, nose), down], axis=1)}
    return Judge(spec, placed, limits_of(plan.crew), path)


def _mode(
    world: World,
    plan: Plan,
    spec: EscapeSpec,
    judge: Judge,
    asked: Asked,
    watch: Callable[[float], None],
) -> Judged:
    """All lanes of a mode, and of each instant the best."""
    active = active_of(judge)

    def fly(rows: NDArray[np.int64]) -> tuple[ModeFlown, Margins, NDArray[np.int64]]:
        flown = fly_mode(world, plan, spec, judge.path, asked.take(rows), watch)
        margins = judge.margins(flown)
        return flown, margins, rows[best_of(asked.time[rows], ranks(margins.margin, active))]

    # What is best of many choices changes slowly: all are flown at some instants, and in between
    # those that are best at either end.
    rows = _first_tried(asked)
    flown, margins, chosen = fly(rows)
    rest = _then_tried(asked, chosen)
    if len(rest):
        more, judged, _ = fly(rest)
        flown, margins = joined(flown, more), margins.with_(judged)
    best = best_of(flown.asked.time, ranks(margins.margin, active))
    kept, found = flown.take(best), margins.take(best)
    rows = np.unique(np.linspace(0, len(best) - 1, _SHADOWS).astype(int))
    shadow = fly_mode(world, plan, spec, judge.path, kept.asked.take(rows), shadow=True)
    return Judged(asked.name, kept, found, *_errors(kept.take(rows), shadow))


def best_of(time: Array, rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """The lane that stands best at each instant; of equals the first."""
    order = np.lexsort((np.arange(len(time)), -rank, time))
    first = np.append(True, np.diff(time[order]) > 0.0)
    return order[first]


def _first_tried(asked: Asked) -> NDArray[np.int64]:
    """Every lane without a choice; else those of every `_TRIED`th instant, and the last."""
    instant = np.unique(asked.time, return_inverse=True)[1]
    if len(asked) == instant[-1] + 1:
        return np.arange(len(asked))
    return np.flatnonzero((instant % _TRIED == 0) | (instant == instant[-1]))


def _then_tried(asked: Asked, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lanes between the instants of which one is `chosen`, of the choices at either end."""
    times, instant = np.unique(asked.time, return_inverse=True)
    choices = len(asked) // len(times)
    at, which = instant[chosen], chosen % choices
    if len(at) == len(times):
        return np.zeros(0, dtype=int)
    found: list[int] = []
    for k in range(len(times)):
        if k in at:
            continue
        after = int(np.searchsorted(at, k))
        both = {int(which[after - 1]), int(which[min(after, len(which) - 1)])}
        found += [k * choices + one for one in sorted(both)]
    return np.array(found, dtype=int)


def _errors(kept: ModeFlown, shadow: ModeFlown) -> tuple[float | None, float | None]:
    """Largest change of a peak load [g0] and of a place [m] on longer steps; None of none."""
    both = kept.came_down & shadow.came_down
    if not np.any(both):
        return None, None
    peaks = [size(one).max(axis=1)[both] for one in (kept, shadow)]
    ends = [
        (np.asarray(one.seen.latitude)[both, -1], np.asarray(one.seen.longitude)[both, -1])
        for one in (kept, shadow)
    ]
    place = float(np.max(distance(*ends[0], *ends[1])))
    return float(np.max(np.abs(peaks[0] - peaks[1]))), place
