"""What a search without a solution says: the nearest flight, what was tried, what to try next."""

from typing import Any

import numpy as np

from yaan.base.units import format_quantity
from yaan.design.aim import least_inclination
from yaan.design.dogleg import dog_leg_words
from yaan.design.steer import Steered
from yaan.search.unknowns import Attempt

_NOT_A_NUMBER = 1e20
"""A miss above it stands for a flight that left the numbers."""


def nearest(steered: Steered) -> str:
    """How far the nearest flight is from its targets."""
    misses = np.asarray(steered.solution.misses)
    if not np.all(np.isfinite(misses)):
        return "No steering was found that meets the targets: no flight gave numbers."
    target = steered.task.aim.targets[int(np.argmax(np.abs(misses)))]
    miss = abs(float(misses[np.argmax(np.abs(misses))])) * target.scale
    unit = {"m": "km", "rad": "deg"}.get(target.unit, target.unit)
    return (
        "No steering was found that meets the targets; in the nearest flight the "
        f"{target.name} is missed most, by {format_quantity(miss, unit, digits=3)}."
    )


def tried(steered: Steered) -> str:
    """How many starts were flown, and from where."""
    attempts = steered.solution.attempts
    starts = sum(a.starts for a in attempts)
    beside = list(
        dict.fromkeys(a.name.split(":")[0].split(",")[0] for a in attempts if ":" in a.name)
    )
    text = f"Tried: {starts} starts"
    return f"{text}, also with {'; '.join(beside)}." if beside else f"{text}."


def advice(steered: Steered) -> str:
    """What to try next."""
    ascent = steered.task.ascent
    least = least_inclination(ascent)
    if abs(least - ascent.target.inclination) > np.radians(0.05):
        return dog_leg_words(least, ascent.target.inclination) + " Ask for that, or carry less."
    return (
        "Try less payload, a lower orbit, another azimuth or a shorter coast; from one that flies "
        "the asked one can be approached step by step. That none was found is no proof."
    )


def told(attempts: tuple[Attempt, ...]) -> list[dict[str, Any]]:
    """The attempts, as they are written."""
    return [
        {
            "name": a.name,
            "starts": a.starts,
            "met": a.met,
            "largest_miss": min(a.miss, _NOT_A_NUMBER),
        }
        for a in attempts
    ]
