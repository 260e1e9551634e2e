"""What a reader must know of a search that found a flight: its bounds, its dog-leg, its detours."""

import numpy as np

from yaan.design.aim import least_inclination
from yaan.design.dogleg import DogLeg, dog_leg_words
from yaan.design.steer import Steered
from yaan.search.unknowns import Unknown

_WORTH_TELLING = 1.0  # [m/s]
_GRAZING = 100e3  # [m]
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
