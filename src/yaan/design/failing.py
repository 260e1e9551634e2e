"""An ascent as solved, flown with what breaks: nothing of it was foreknown.

The steering stays as it was found. Where no engine is left to reach the orbit with, the phase that
waits for it ends as its stage runs dry, and the flight goes on with what is left.
"""

from dataclasses import replace

import equinox as eqx
import numpy as np

from yaan.description import Ascent
from yaan.description.broken import broken, losses_of, of_craft
from yaan.design.aim import settled
from yaan.design.steer import Steered
from yaan.design.task import Task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import Case
from yaan.flight.models.launcher import build_start, build_vehicle
from yaan.flight.models.parts import Losses, lossy
from yaan.flight.models.sequence import make_sequence
from yaan.search.unknowns import LANES


def failing(steered: Steered, world: World) -> Steered:
    """The flight of a solved profile with the failures of its plan; itself where it has none.

    An engine that fails at an event does so when that comes in the flight with the failures
    before it.
    """
    plan = steered.task.ascent.plan
    flown = broken(plan).ascent
    # The spacecraft's own engines are none of the ascent's.
    if flown is None or all(of_craft(plan, one) for one in plan.failures):
        return steered
    losses = losses_of(plan, lambda event: None)
    found = _flown(steered, flown, losses, world)
    for _ in plan.failures:
        known = losses_of(plan, found.event_times.get)
        if known == losses:
            break
        losses = known
        found = _flown(steered, flown, losses, world)
    return found


def _flown(steered: Steered, flown: Ascent, losses: Losses, world: World) -> Steered:
    task = _fixed(steered, flown, losses, world)
    flat = np.repeat(steered.flat[None], LANES, axis=0)
    batch = batches.fly(world, batches.repeat(task.case), flat)
    nothing = np.zeros((LANES, 0))
    misses = task.aim.misses(batch.ends, nothing)[0]
    solution = replace(steered.solution, x=nothing[0], misses=misses)
    return replace(steered, task=task, batch=batch, solution=solution)


def _fixed(steered: Steered, flown: Ascent, losses: Losses, world: World) -> Task:
    """The task with all that is steered as solved, and nothing left to search for."""
    name, aim = steered.task.name, steered.task.aim
    vehicle = lossy(build_vehicle(flown.vehicle), losses)
    profile = flown.steering.profiles[name]
    sequence = make_sequence(flown, profile, vehicle, float(world.mu), searched=False)
    base = aim.base
    case = Case(vehicle.launcher, sequence.phases, build_start(flown), np.asarray(1.0))
    if base.coasts:
        duration = np.array(case.phases.duration)
        duration[list(base.coasts)] = base.durations(steered.solution.x)
        case = eqx.tree_at(lambda c: c.phases.duration, case, duration)
    return Task(name, vehicle, sequence, settled(aim, steered.flat), case, steered.task.ascent)
