"""The bank of an entry, solved: one angle and one change of side that reach the aim."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from yaan.base.model import Model
from yaan.design.deorbit import COARSE, offsets
from yaan.dynamics.forces import World
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Array, Save
from yaan.gnc.bank import BankProfile, rounded, with_reversal
from yaan.motion.base import Leg
from yaan.motion.entry import Handover
from yaan.search.targeting import find, refine
from yaan.search.unknowns import Answers, Solution, Tolerance, Unknown
from yaan.spacetime.zone import distance
from yaan.vehicle.capsule import Capsule

ABOUT: Final = Model(
    name="landing point",
    text="bank size and one reversal solved for the aim with the wind's drift",
    ignores="guidance in flight, navigation errors, dispersions",
)

MET = 100.0
"""A bank reaches its aim if it comes within this [m] of it."""

_MISS = 1e3  # [m] scale of a miss
_STEEPEST = np.radians(100.0)
_GUESSED = 240.0  # [s] after the interface: between the two pulls of a lifting entry
_SCANNED = (120.0, 180.0, 300.0, 360.0, 420.0)  # [s]
_LAST = 900.0  # [s]
_SIZES = tuple(np.radians([45.0, 60.0, 75.0, 90.0]))
"""Banks worth trying where the first one leads nowhere [rad]: less lift up comes down sooner."""


@dataclass(frozen=True)
class Banked:
    """A bank that was solved, and its entry on fine steps."""

    bank: BankProfile
    magnitude: float  # [rad]
    reversal: float  # [s] after the interface
    solution: Solution
    """As the search left it, to start another one from."""
    misses: tuple[float, float]
    """Beyond and to the right of the aim [m]."""
    entry: Leg

    @property
    def met(self) -> bool:
        """Whether the aim is reached."""
        return bool(np.hypot(*self.misses) <= MET)


@dataclass(frozen=True)
class Glider:
    """What enters, from where, and how it may be steered."""

    world: World
    capsule: Capsule
    interface: State
    """One lane."""
    until: Handover
    roll_rate: float  # [rad/s]
    step: float  # [s]
    tolerance: float = 1.0
    """Of `dynamics.accuracy`."""
    easing: float | None = None
    """In which a roll comes up to its rate [s]; at once where it is left out."""


def reach_aim(
    glider: Glider, aim: tuple[float, float], nominal: float, near: Banked | None = None
) -> Banked:
    """The bank that brings the capsule to `aim` (latitude, longitude [rad]) where it ends.

    Starts from the size `nominal` [rad], or from a bank that reached a point nearby. An aim out
    of reach comes back with the misses of the nearest try.
    """
    coarse, fine = _Flown(glider, aim, COARSE), _Flown(glider, aim, glider.step)
    unknowns = [
        Unknown("bank", nominal, np.radians(5.0), 0.0, _STEEPEST),
        Unknown("reversal", _GUESSED, 30.0, 1.0, _LAST, scan=_SCANNED),
    ]
    tolerance = Tolerance(met=1e-3, accepted=MET / _MISS, improvements=0)
    far = find(coarse, unknowns, tolerance=tolerance) if near is None else near.solution
    if not _is_known(far):
        # From the first size nothing comes down, or its neighbours do not.
        bank = replace(unknowns[0], scan=_SIZES)
        far = find(coarse, [bank, unknowns[1]], tolerance=tolerance)
    solution = refine(fine, unknowns, far, tolerance=tolerance) if _is_known(far) else far
    return _banked(glider, fine, solution)


def _is_known(found: Solution) -> bool:
    """Whether its flight came down, and those beside it."""
    return bool(np.all(np.isfinite(found.misses)) and np.all(np.isfinite(found.jacobian)))


def side_reach(right: Leg, left: Leg, lane: int) -> float:
    """How far either side of the middle two falls that never change sides land [m].

    With a tenth kept.
    """
    places = ((fall.place.latitude[lane], fall.place.longitude[lane]) for fall in (right, left))
    one, two = places
    return 0.45 * float(distance(*one, *two))


def _banked(glider: Glider, fine: "_Flown", solution: Solution) -> Banked:
    magnitude, reversal = (float(x) for x in solution.x)
    return Banked(
        bank=written(glider, solution.x[None]),
        magnitude=magnitude,
        reversal=reversal,
        solution=solution,
        misses=(float(solution.misses[0] * _MISS), float(solution.misses[1] * _MISS)),
        entry=fine.flown(solution.x[None], save=Save.STEPS),
    )


def written(glider: Glider, x: Array) -> BankProfile:
    """One bank a row of magnitudes and reversals."""
    rate, sense = np.full(len(x), glider.roll_rate), np.ones(len(x))
    return with_reversal(x[:, 0], x[:, 1], rate, sense)


def _profile(glider: Glider, x: Array) -> BankProfile:
    """The same as it is flown."""
    bank = written(glider, x)
    return bank if glider.easing is None else rounded(bank, glider.easing)


class _Flown:
    """Flies rows of magnitude and reversal from one interface."""

    def __init__(self, glider: Glider, aim: tuple[float, float], step: float) -> None:
        self.glider, self.step = glider, step
        self.aim = aim
        ends = glider.interface
        latitude, longitude, _ = legs.below(glider.world, ends.t, ends.position_gcrs)
        self.origin = (latitude[0], longitude[0])

    def flown(self, x: Array, *, save: Save = Save.ENDS) -> Leg:
        glider = self.glider
        start = glider.interface.take(np.zeros(len(x), dtype=int))
        bank = _profile(glider, x)
        return legs.enter(
            glider.world,
            glider.capsule,
            start,
            bank,
            until=glider.until,
            step=self.step,
            tolerance=glider.tolerance,
            save=save,
        )

    def __call__(self, x: Array) -> Answers:
        fall = self.flown(x)
        place = legs.place_of(fall)
        each = np.ones(len(x))
        origin, aim = ((a * each, b * each) for a, b in (self.origin, self.aim))
        along, right = offsets(origin, aim, place)
        misses = np.stack([along, right], axis=1) / _MISS
        misses = np.where((fall.outcome == 0)[:, None], misses, np.nan)
        return Answers(misses, misses, np.zeros(len(x)))
