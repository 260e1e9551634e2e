"""The price of a dog-leg: what a turn out of the plane of launch costs in velocity.

A fixed azimuth, limits of the site, or an inclination below the latitude can force a turn that the
vehicle would not fly by itself. The same mission is flown without them, to the nearest inclination
that needs no turn, and the difference in propellant left is told as ideal velocity.
"""

from dataclasses import dataclass

import numpy as np

from yaan.base.constants import STANDARD_GRAVITY
from yaan.description import Ascent
from yaan.design.aim import least_inclination
from yaan.design.seek import search
from yaan.design.steer import Steered
from yaan.design.task import Task, make_task
from yaan.dynamics.forces import World
from yaan.flight.models.launcher import payload_beyond
from yaan.search.unknowns import Solution

_BESIDE = np.radians(0.05)
"""At the least inclination itself every azimuth but one misses: a little more is flown."""


@dataclass(frozen=True)
class DogLeg:
    """What a turn costs, against the flight that needs none."""

    price: float  # [m/s]
    azimuth: float
    """Of the flight without it [rad]."""
    inclination: float
    """That it reaches [rad]."""


def dog_leg_words(least: float, wanted: float) -> str:
    """That an inclination needs a dog-leg; both in [rad]."""
    which = "least" if least > wanted else "most"
    return (
        f"{np.degrees(least):.2f} deg is the {which} without a dog-leg; "
        f"{np.degrees(wanted):g} deg needs one."
    )


def price(steered: Steered, world: World) -> DogLeg | None:
    """The dog-leg of a solved flight; None where it flies as it would by itself."""
    task = steered.task
    straight = _straight(steered)
    if straight is None or not steered.solution.met or task.sequence.orbit_leg is None:
        return None
    beside = make_task(straight, task.name, world)
    found = _solved(beside, steered, world)
    if not found.met:
        return None
    stage = task.vehicle.stages[task.aim.saves[1]]
    dropped = {name for phase in task.ascent.phases for name in phase.drop}
    empty = payload_beyond(task.ascent.vehicle, dropped, stage)
    speed = task.ascent.vehicle.stages[stage].isp * STANDARD_GRAVITY
    left = [-cost * task.aim.total / 1e3 for cost in (found.cost, steered.solution.cost)]
    gained = speed * float(np.log((empty + left[0]) / (empty + left[1])))
    azimuth = float(beside.aim.base.place(found.x)[1])
    return DogLeg(max(gained, 0.0), azimuth, straight.target.inclination)


def _straight(steered: Steered) -> Ascent | None:
    """The mission without what forces a turn; None where nothing does."""
    task, ascent = steered.task, steered.task.ascent
    wanted = ascent.target.inclination
    least = least_inclination(ascent)
    beyond = abs(least - wanted) > _BESIDE
    limited = any(unknown.name == "azimuth" for unknown, _ in steered.at_bounds)
    fixed_yaw = task.ascent.steering.profiles[task.name].yaw is not None
    if fixed_yaw or not (beyond or limited or ascent.pad.azimuth is not None):
        return None
    limits = None if limited else ascent.pad.site.azimuth_limits
    site = ascent.pad.site.model_copy(update={"azimuth_limits": limits})
    pad = ascent.pad.model_copy(update={"azimuth": None, "site": site})
    reached = least + _BESIDE * np.sign(least - wanted) if beyond else wanted
    target = ascent.target.model_copy(update={"inclination": float(reached)})
    return ascent.changed(start=pad, target=target)


def _solved(beside: Task, steered: Steered, world: World) -> Solution:
    """From the flight with the turn where that leads there, else from nothing."""
    found = search(beside, world, None, steered.start_of(beside))
    return found if found.met else search(beside, world, None)
