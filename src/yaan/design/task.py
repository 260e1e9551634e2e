"""One profile as the search sees it: models, unknowns, targets, and what flies them."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import numpy as np

from yaan.description import Ascent
from yaan.design.aim import Aim, make_aim
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import Batch, Case
from yaan.flight.models.launcher import Vehicle, build_start, build_vehicle
from yaan.flight.models.sequence import Sequence, make_sequence
from yaan.search.unknowns import Answers

Watch = Callable[[str, float], None]


@dataclass(frozen=True)
class Task:
    """One profile, ready to fly."""

    name: str
    vehicle: Vehicle
    sequence: Sequence
    aim: Aim
    case: Case
    ascent: Ascent
    """What it was made from."""


def make_task(ascent: Ascent, name: str, world: World) -> Task:
    """The models, unknowns and targets of one profile."""
    vehicle = build_vehicle(ascent.vehicle)
    profile = ascent.steering.profiles[name]
    plan = make_sequence(ascent, profile, vehicle, float(world.mu))
    aim = make_aim(ascent, profile, plan, vehicle.stages)
    case = Case(vehicle.launcher, plan.phases, build_start(ascent), np.asarray(1.0))
    return Task(name, vehicle, plan, aim, case, ascent)


class Searched:
    """Flies rows of unknowns of one case, and keeps the last batch."""

    def __init__(self, task: Task, world: World, case: Case) -> None:
        self.task, self.world, self.lanes = task, world, batches.repeat(case)
        self.last: Batch | None = None

    def __call__(self, x: np.ndarray) -> Answers:
        """Fly the rows and answer what the search asks."""
        base = self.task.aim.base
        lanes = jax.tree.map(lambda leaf: leaf[: len(x)], self.lanes)
        self.last = batches.fly(self.world, batches.timed(lanes, base, x), base.place(x))
        return self.task.aim.answers(self.last.ends, x)
