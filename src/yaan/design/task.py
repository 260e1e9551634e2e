"""One profile as the search sees it: models, unknowns, targets, and what flies them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from yaan.description import MissionSpec
from yaan.design.aim import Aim, make_aim
from yaan.design.sequence import Plan, make_plan
from yaan.dynamics.forces import World
from yaan.flight import ascent
from yaan.flight.ascent import Batch, Case
from yaan.flight.models.launcher import Vehicle, build_pad, build_vehicle
from yaan.search.unknowns import Answers

Watch = Callable[[str, float], None]


@dataclass(frozen=True)
class Task:
    """One profile, ready to fly."""

    name: str
    vehicle: Vehicle
    plan: Plan
    aim: Aim
    case: Case
    spec: MissionSpec
    """What it was made from."""


def make_task(spec: MissionSpec, name: str, world: World) -> Task:
    """The models, unknowns and targets of one profile."""
    vehicle = build_vehicle(spec.vehicle)
    profile = spec.steering.profiles[name]
    plan = make_plan(spec, profile, vehicle, float(world.mu))
    aim = make_aim(spec, profile, plan, vehicle.stages)
    case = Case(vehicle.launcher, plan.phases, build_pad(spec), np.asarray(1.0))
    return Task(name, vehicle, plan, aim, case, spec)


class Searched:
    """Flies rows of unknowns of one case, and keeps the last batch."""

    def __init__(self, task: Task, world: World, case: Case) -> None:
        self.task, self.world, self.lanes = task, world, ascent.repeat(case)
        self.last: Batch | None = None

    def __call__(self, x: np.ndarray) -> Answers:
        """Fly the rows and answer what the search asks."""
        base = self.task.aim.base
        self.last = ascent.fly(self.world, ascent.timed(self.lanes, base, x), base.place(x))
        return self.task.aim.answers(self.last.ends, x)
