"""What is said of a search for the steering: of one that found a flight, and of one in vain."""

from collections.abc import Sequence

import numpy as np

from yaan.analysis.history import phase_rows
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.units import format_quantity
from yaan.description import PhaseSpec
from yaan.design.aim import least_inclination
from yaan.design.dogleg import DogLeg, dog_leg_words
from yaan.design.steer import Steered
from yaan.results.trajectory import History
from yaan.search.unknowns import Unknown

_WORTH_TELLING = 1.0  # [m/s]
_GRAZING = 100e3  # [m]
_HELD = 0.01  # [g0] within which a load limit is held
_NEARLY = np.radians(0.05)

_WHY = {
    "kick": "propellant left would grow beyond it; begin the pitch-over earlier, or give it longer",
    "azimuth": "propellant left would grow beyond it, were the site's limit elsewhere",
    "yaw": "the turn that the target needs is larger; another azimuth needs less of one",
}


def remarks(steered: Steered, dog_leg: DogLeg | None) -> list[str]:
    """Notes on one solved profile."""
    notes = [bound_note(u, limit) for u, limit in steered.at_bounds]
    notes += dog_leg_notes(steered, dog_leg)
    if (
        steered.task.sequence.orbit_leg is not None
        and steered.task.ascent.target.perigee < _GRAZING
    ):
        height = steered.task.ascent.target.perigee / 1e3
        notes.append(
            f"A perigee of {height:g} km lies in the air: the orbit is met at cut-off, and does "
            "not last a revolution."
        )
    return notes


def load_notes(phases: Sequence[PhaseSpec], history: History) -> list[str]:
    """That a load limit was passed, since no engine could be throttled far enough."""
    notes: list[str] = []
    for phase in phases:
        rows = phase_rows(history, phase.name)
        if phase.load_limit is None or len(rows) == 0:
            continue
        load, limit = history["load"][rows], phase.load_limit / STANDARD_GRAVITY
        if np.max(load) > limit + _HELD:
            at = history["time"][rows[np.argmax(load)]]
            notes.append(
                f"{phase.name}: the load reaches {np.max(load):.2f} g0 at {at:.1f} s, above its "
                f"load_limit of {limit:.2f} g0; its engines cannot be throttled further."
            )
    return notes


def bound_note(unknown: Unknown, limit: float) -> str:
    """That an unknown is at its bound."""
    if unknown.name in ("kick", "azimuth", "yaw"):
        value = f"{np.degrees(limit):g} deg"
    elif unknown.name.startswith("duration"):
        value = f"{limit:g} s"
    else:
        value = f"{limit:g} in tan(pitch)"
    why = _WHY.get(unknown.name, "the best flight may lie beyond it")
    return f"{unknown.name} is at its bound of {value}: {why}."


def dog_leg_notes(steered: Steered, dog_leg: DogLeg | None) -> list[str]:
    """That a turn is flown, and what it costs."""
    ascent, notes = steered.task.ascent, []
    least, wanted = least_inclination(ascent), ascent.target.inclination
    if abs(least - wanted) > _NEARLY:
        notes.append(dog_leg_words(least, wanted))
    if dog_leg is None or dog_leg.price < _WORTH_TELLING:
        return notes
    straight = f"azimuth {np.degrees(dog_leg.azimuth):.1f} deg"
    if abs(dog_leg.inclination - wanted) > _NEARLY:
        straight += f" to {np.degrees(dog_leg.inclination):.2f} deg"
    azimuth = np.degrees(steered.flat[1])
    notes.append(
        f"The dog-leg from azimuth {azimuth:.1f} deg costs {dog_leg.price:.0f} m/s "
        f"against {straight}."
    )
    return notes


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
