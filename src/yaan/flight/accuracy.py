"""What a flight is out by, told by its shadow.

A shadow is the same flight in another lane, with steps twice as long, those that their error
shortens among them. With a method of order p the shadow is out by about 2^p times as much, so that
the two differ by nearly all that the shadow is out by. Two thirds of the difference are told as
the error of the flight: ten times too much for RK4 on smooth arcs, 170 times for DOP853, and right
where kinks within steps, as of a table over the Mach number, leave little but the first order.

Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd edition (1993),
section II.4, equation (4.4), Runge's and Richardson's doubling.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from yaan.description import IntegrationSpec
from yaan.dynamics.accuracy import LONGER
from yaan.dynamics.method import RK4
from yaan.results.extremes import peak
from yaan.results.trajectory import Array, History
from yaan.spacetime.zone import MEAN_RADIUS

PEAKS: Mapping[str, float] = MappingProxyType(
    {"load": 0.01, "dynamic_pressure": 10.0, "heat_flux": 100.0, "heat_flux_stagnation": 100.0}
)
"""Columns whose largest value is told, and the least that counts as one [g0, Pa, W/m^2]."""

TOLD = 2.0 / 3.0
"""Share of the difference to a shadow that is told as an error."""

NOISE = (1e-4, 1e-7, 1e-7)
"""Rounding: errors of position [m], speed [m/s] and peaks below these are not told apart."""

_DAY = 86_400.0  # [s]
_LEAST_DAYS = 0.1  # an arc that lasts less may be out by as much as one of so many days
_AIRLESS = 1.0  # [Pa] of dynamic pressure: a phase that meets no more is in orbit


@dataclass(frozen=True)
class PhaseError:
    """What one phase of a flight is out by; it adds to the errors of the phases before."""

    phase: str
    steps: int
    shortest: float
    """Step [s]."""
    position: float
    """At its end [m]: of the place, or of the way in the error of its time if that is more."""
    speed: float
    """Likewise [m/s]."""
    time: float
    """Of its end [s]."""
    peaks: Mapping[str, float]
    """Of each told peak, as a share of it."""
    lasts: float  # [s]
    airless: bool

    def excess(self, bounds: IntegrationSpec) -> float:
        """The largest of its errors over its bound; infinite where it is not known."""
        shares = [value / bounds.peak for value in self.peaks.values()]
        if self.airless:
            shares.append(self.position / (bounds.orbit * max(self.lasts / _DAY, _LEAST_DAYS)))
        else:
            shares += [self.position / bounds.position, self.speed / bounds.speed]
        worst = max(shares)
        return worst if np.isfinite(worst) else np.inf


_TRIES = 4
"""So often a flight is flown before an error that is too large is told as a failed verdict."""

_WORTH = 0.8
"""A try that leaves more of the error than this is the last: halved steps should leave a half."""

_Made = TypeVar("_Made")


def accurately(
    fly: Callable[[float], tuple[_Made, list[PhaseError]]],
    bounds: IntegrationSpec,
    lost: Callable[[_Made], bool] = lambda made: False,
    order: int = RK4.order,
) -> tuple[_Made, list[PhaseError]]:
    """What `fly` makes at a tolerance, and its errors; tighter while these exceed their bounds.

    `order` is that of the method's estimate, which says what a tolerance does to its steps.
    Each try halves the steps, and so doubles the cost; it is the last where that does not help.
    What is `lost`, which no step would save, is not tried again.
    """
    tolerance, best = 1.0, fly(1.0)
    least = excess(best[1], bounds)
    for _ in range(_TRIES - 1):
        if least <= 1.0 or lost(best[0]):
            break
        tolerance *= LONGER**-order
        found = fly(tolerance)
        over = excess(found[1], bounds)
        hopeless = np.isfinite(over) and over > _WORTH * least
        if over < least:
            best, least = found, over
        if hopeless:
            break
    return best


def excess(errors: list[PhaseError], bounds: IntegrationSpec) -> float:
    """The largest error of any phase over its bound."""
    return max((error.excess(bounds) for error in errors), default=0.0)


def compare(flown: History, shadow: History, *, orbital: bool = False) -> list[PhaseError]:
    """What each phase of `flown` is out by; both histories have the same phases.

    `orbital`: phases that meet no air are arcs in orbit, whose bound is that of a day's drift.
    """
    return list(_compared(flown, shadow, orbital))


def _compared(flown: History, shadow: History, orbital: bool) -> Iterator[PhaseError]:
    for index, name in enumerate(flown.phases):
        ours, theirs = (np.flatnonzero(h["phase"] == index) for h in (flown, shadow))
        if len(ours) < 2:
            continue
        time = flown["time"][ours]
        steps = np.diff(time)
        airless = orbital and bool(np.nanmax(flown["dynamic_pressure"][ours]) < _AIRLESS)
        position, speed, late = _apart(flown, int(ours[-1]), shadow, theirs, inertial=airless)
        yield PhaseError(
            phase=name,
            steps=int(np.sum(steps > 0.0)),
            shortest=float(np.min(steps[steps > 0.0], initial=np.inf)),
            position=position,
            speed=speed,
            time=late,
            peaks=dict(_peaks(flown, ours, shadow, theirs)),
            lasts=float(time[-1] - time[0]),
            airless=airless,
        )


def _apart(
    flown: History, end: int, shadow: History, theirs: Array, *, inertial: bool
) -> tuple[float, float, float]:
    """Position [m], speed [m/s] and time [s] of the end of a phase, each at its own instant."""
    if not len(theirs):
        return np.inf, np.inf, np.inf
    position, speed, _ = NOISE
    other = int(theirs[-1])
    late = TOLD * float(abs(flown["time"][end] - shadow["time"][other]))
    away = _place(flown, end, inertial) - _place(shadow, other, inertial)
    faster = flown["speed_relative"][end] - shadow["speed_relative"][other]
    moving = flown["speed_inertial" if inertial else "speed_relative"][end]
    told = TOLD * float(np.linalg.norm(away)), TOLD * float(abs(faster))
    return max(told[0], late * float(moving), position), max(told[1], speed), late


def _place(history: History, row: int, inertial: bool) -> Array:
    """Where a row is [m]: in GCRS, or as a place over the ground that turns on until it comes."""
    if inertial:
        return history["position_gcrs"][row]
    latitude, longitude = history["latitude"][row], history["longitude"][row]
    flat = np.cos(latitude)
    up = np.array([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
    return up * (MEAN_RADIUS + history["height"][row])


def _peaks(
    flown: History, ours: Array, shadow: History, theirs: Array
) -> Iterator[tuple[str, float]]:
    for column, least in PEAKS.items():
        if column not in flown.columns:
            continue
        values = flown[column][ours]
        if not np.any(values > least):
            continue
        found = peak(flown["time"][ours], values)
        if not len(theirs) or not np.any(np.isfinite(shadow[column][theirs])):
            yield column, np.inf
            continue
        other = peak(shadow["time"][theirs], shadow[column][theirs]).value
        away = max(TOLD * abs(found.value - other), found.doubt)
        yield column, max(away / found.value, NOISE[2])
