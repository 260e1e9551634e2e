"""Why there is no way down: what was tried, what came nearest and what to try."""

from dataclasses import dataclass

import numpy as np

from yaan.design import deorbit
from yaan.design.raising import Raised
from yaan.design.return_plan import ReturnTask
from yaan.flight.approach import LONGEST, Approach
from yaan.motion.orbit import FLOOR
from yaan.results.outcome import OutcomeCode


@dataclass(frozen=True)
class Lost:
    """Why there is no way down."""

    code: OutcomeCode
    text: str
    """Sentences: what was tried, what came nearest and what to try."""


def none_down(task: ReturnTask, down: deorbit.Down, solved: deorbit.Solved) -> Lost:
    """What became of deorbits of which none came down."""
    way, high = task.way, ~down.approach.interface.fired[:, FLOOR]
    near = int(np.argmin(np.where(high, np.inf, np.abs(solved.error))))
    wanted = f"{np.degrees(way.entry_angle):.3g} deg"
    height = f"{way.interface_height / 1e3:g} km"
    tried = f"No deorbit was found that comes down: {len(high)} burns around one revolution were "
    tried += f"solved for {wanted} at {height}"
    if np.all(high):
        told = f"{tried}, and none reaches that height within {LONGEST:g} s. "
        hint = "Try a steeper deorbit.entry_angle, or more of deorbit.engines."
        return Lost(OutcomeCode.NOT_FOUND, told + hint)
    happened = OutcomeCode(int(down.entry.outcome[near])).sentence("entry").split(". ")[0]
    angle = np.degrees(down.approach.entry_angle[near])
    told = f"{tried}; the nearest came in at {angle:.3f} deg. {happened}. "
    hint = "Try a steeper deorbit.entry_angle."
    return Lost(OutcomeCode.NOT_FOUND, told + hint)


def not_raised(raised: Raised) -> Lost:
    """What became of burns of which none raises the orbit."""
    near = int(np.argmin(np.abs(raised.misses)))
    lasts = float(raised.burns.duration[near].max())
    text = (
        f"No burn was found that raises the orbit: the nearest, of {lasts:.0f} s, misses the "
        f"height of {raised.heights[near] / 1e3:.0f} km by {abs(raised.misses[near]) / 1e3:.0f} km"
        ". Try more engines or a stronger one, a later orbit.circularise.apogee, or another orbit."
    )
    return Lost(OutcomeCode.NOT_FOUND, text)


def stays(task: ReturnTask, ignition: float, duration: float) -> Lost:
    """What became of a deorbit that has propellant left and stays up."""
    height = f"{task.way.interface_height / 1e3:g} km"
    text = (
        f"No deorbit burn was found for the chosen pass: the nearest, of {duration:.1f} s from "
        f"T+ {ignition:.0f} s, does not come down to {height}. "
        "Try a steeper deorbit.entry_angle or another landing.time."
    )
    return Lost(OutcomeCode.NOT_FOUND, text)


def too_weak(task: ReturnTask, ignition: float, duration: float) -> Lost:
    """What became of a deorbit by the clock whose engines are too few."""
    some = float(task.craft.whole.thrust) > 0.0
    left = "what is left of them" if some else "none of them left"
    text = (
        f"The deorbit burn of {duration:.1f} s from T+ {ignition:.0f} s was solved for all of its "
        f"engines; with {left} it does not come down to {task.way.interface_height / 1e3:g} km."
    )
    hint = " Try guidance.orbit: re-solved." if some else " Try fewer engines lost."
    return Lost(OutcomeCode.TIMED_OUT, text + hint)


def still_burning(task: ReturnTask, down: Approach) -> Lost:
    """What became of a deorbit whose engines are left behind before they have done their work."""
    lacking = float(down.ignition[0] + down.duration[0] - down.burnt.end.t[0])
    text = (
        f"No deorbit burn was found for the chosen pass: the nearest lasts {down.duration[0]:.0f} s"
        f", {lacking:.0f} s more than the fall to {task.way.separation_height / 1e3:g} km, where "
        "the engines are left. Try more of deorbit.engines, a stronger engine, or a lower orbit."
    )
    return Lost(OutcomeCode.NOT_FOUND, text)


def unsolved(code: OutcomeCode) -> Lost:
    """What became of burns that were solved again in flight, of which one was not."""
    if code is OutcomeCode.RAN_DRY:
        what = "a burn that was solved again in flight ran out of propellant"
    elif code is OutcomeCode.TIMED_OUT:
        what = "a burn that was solved again in flight did not gain its velocity in its time"
    else:
        code = OutcomeCode.NOT_FOUND if code is OutcomeCode.REACHED else code
        what = "no burn was found again in flight that leads to the designed interface"
    hint = "Try more propellant or engines, or guidance.orbit: designed."
    return Lost(code, f"The way home was lost: {what}. {hint}")
