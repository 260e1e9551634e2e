"""Fragments of a burst: how fast they are, how far they come, and the chance that one hits.

Speeds from the burst are lognormal. In air a fragment slows down with the distance,
v = v0 exp(-x / L), over a length L = 2 beta / rho; in vacuum not at all. All leave the burst at
once and evenly in all directions, so of N fragments N A / (4 pi R^2) meet an area A at a distance R
on average.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.hazard.data import FragmentKind

Lanes = NDArray[np.float64]

_NINETEEN_OF_TWENTY: Final = NormalDist().inv_cdf(0.95)
CLASSES: Final = 32  # of speed, equally many fragments each


@dataclass(frozen=True)
class Fragments:
    """What flies from a burst; numbers, or one a lane.

    Attributes:
        number: of fragments that count.
        speed: from the burst, that half of them exceed [m/s].
        fast: that one in twenty exceeds [m/s].
        ballistic_coefficient: of one [kg/m^2].
        density: of the air [kg/m^3]; 0 for none.
    """

    number: ArrayLike
    speed: float
    fast: float
    ballistic_coefficient: float
    density: ArrayLike

    def __post_init__(self) -> None:
        if not 0.0 < self.speed < self.fast:
            raise ValueError(
                f"fragments: speed {self.speed} and fast {self.fast}: must rise from 0"
            )
        if not self.ballistic_coefficient > 0.0:
            raise ValueError("fragments: ballistic_coefficient must be above 0 kg/m2")
        if not np.all(np.asarray(self.density) >= 0.0):
            raise ValueError("fragments: density must be at least 0 kg/m3")

    @property
    def slowing(self) -> Lanes:
        """Length over which the air takes all but 1/e of the speed [m]; infinite in vacuum."""
        with np.errstate(divide="ignore"):
            return 2.0 * self.ballistic_coefficient / np.asarray(self.density, dtype=float)

    def classes(self) -> Lanes:
        """Speeds of `CLASSES` equal shares of the fragments, the middle of each [m/s]."""
        width = np.log(self.fast / self.speed) / _NINETEEN_OF_TWENTY
        shares = (np.arange(CLASSES) + 0.5) / CLASSES
        return self.speed * np.exp(width * np.array([NormalDist().inv_cdf(s) for s in shares]))


def fragments(kind: FragmentKind, mass: ArrayLike, density: ArrayLike) -> Fragments:
    """The fragments of a mass [kg], of propellant or of a dry stage as the kind has it."""
    number = kind.per_mass * np.asarray(mass, dtype=float)
    return Fragments(number, kind.speed, kind.fast, kind.ballistic_coefficient, density)


def slowed(speed: ArrayLike, distance: ArrayLike, slowing: ArrayLike) -> Lanes:
    """Speed [m/s] that is left of `speed` after a distance [m]; arrays that broadcast."""
    return np.asarray(speed) * np.exp(-np.asarray(distance, dtype=float) / np.asarray(slowing))


def flight_time(speed: ArrayLike, distance: ArrayLike, slowing: ArrayLike) -> Lanes:
    """Time [s] from the burst over a distance [m] at an initial speed; arrays that broadcast."""
    r, length = np.asarray(distance, dtype=float), np.asarray(slowing, dtype=float)
    with np.errstate(invalid="ignore", over="ignore"):
        path = np.where(np.isinf(length), r, length * np.expm1(r / length))
    return path / np.asarray(speed, dtype=float)


def hits(what: Fragments, area: ArrayLike, distance: ArrayLike) -> Lanes:
    """Fragments that meet an area at rest [m^2] at a distance [m], on average."""
    with np.errstate(divide="ignore"):
        return np.asarray(
            np.asarray(what.number) * np.asarray(area) / (4.0 * np.pi * np.square(distance))
        )


def chance(expected: ArrayLike) -> Lanes:
    """Probability of one hit at least, of their mean number; fragments fly on their own."""
    return -np.expm1(-np.asarray(expected, dtype=float))
