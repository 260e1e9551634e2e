"""Steering solved: one profile of a mission, from its file's words to a flight that meets them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yaan.dynamics.forces import World
from yaan.mission.flight import flyer
from yaan.mission.flight.flyer import Batch, Case, Lane
from yaan.mission.model.aim import Aim, make_aim
from yaan.mission.model.build import Vehicle, build_pad, build_vehicle
from yaan.mission.model.plan import Plan, make_plan
from yaan.mission.spec import MissionSpec
from yaan.phases.search import LANES, Answers, Solution, Tolerance
from yaan.phases.targeting import find, refine

Watch = Callable[[str, float], None]


@dataclass(frozen=True)
class Task:
    """One profile, ready to fly."""

    name: str
    vehicle: Vehicle
    plan: Plan
    aim: Aim
    case: Case


@dataclass(frozen=True)
class Steered:
    """A solved profile and its recorded flight."""

    task: Task
    solution: Solution
    batch: Batch

    @property
    def flat(self) -> np.ndarray:
        """Steering constants: kick, azimuth, yaw [rad], then a, b, c of each programme."""
        return self.task.aim.base.place(self.solution.x)

    @property
    def lane(self) -> Lane:
        """The recorded flight."""
        return self.batch.lane(0)


def make_task(spec: MissionSpec, name: str, world: World) -> Task:
    """The models, unknowns and targets of one profile."""
    vehicle = build_vehicle(spec.vehicle)
    profile = spec.steering.profiles[name]
    plan = make_plan(spec, profile, vehicle, float(world.mu))
    aim = make_aim(spec, profile, plan, vehicle.stages)
    return Task(name, vehicle, plan, aim, Case(vehicle.launcher, plan.phases, build_pad(spec)))


def solve(task: Task, world: World, watch: Watch | None = None) -> Steered:
    """Find the free constants with long steps, then with the mission's own.

    A case without a solution comes back with `solution.met` false and its best flight.
    """
    unknowns = list(task.aim.unknowns)
    if not unknowns:
        return _as_given(task, world)
    coarse = _Searched(task, world, flyer.lengthened(task.case))
    rough = Tolerance(met=1e-3)  # long steps miss by more than this anyway
    far = find(
        coarse,
        unknowns,
        stages=task.aim.stages(),
        conditions=task.aim.conditions,
        tolerance=rough,
        watch=watch,
    )
    near = Tolerance(met=1e-3, improvements=0)
    fine = _Searched(task, world, task.case)
    solution = refine(fine, unknowns, far, tolerance=near, watch=watch)
    # The last thing a search flies is its answer, in every lane.
    assert fine.last is not None
    return Steered(task, solution, fine.last)


class _Searched:
    """Flies rows of unknowns of one case, and keeps the last batch."""

    def __init__(self, task: Task, world: World, case: Case) -> None:
        self.task, self.world, self.lanes = task, world, flyer.repeat(case)
        self.last: Batch | None = None

    def __call__(self, x: np.ndarray) -> Answers:
        self.last = flyer.fly(self.world, self.lanes, self.task.aim.base.place(x))
        return self.task.aim.answers(self.last.ends)


def _as_given(task: Task, world: World) -> Steered:
    """A replay: the file fixes every constant, so the flight is flown and judged as it is."""
    flat = np.repeat(task.aim.base.place(np.zeros(0))[None], LANES, axis=0)
    batch = flyer.fly(world, flyer.repeat(task.case), flat)
    misses = task.aim.misses(batch.ends)[0]
    solution = Solution(
        x=np.zeros(0),
        misses=misses,
        cost=float(task.aim.cost(batch.ends)[0]),
        met=True,
        batches=1,
        jacobian=np.zeros((len(misses), 0)),
    )
    return Steered(task, solution, batch)
