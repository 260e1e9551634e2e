"""Which pass brings the crew home: all that the window holds, and the one that is chosen.

A pass serves if its landing track runs far enough inside the landing zone (or near enough to a
fixed aim) at the right time and, where it is required, in daylight or at night. Of those that
serve daylight comes first where it is preferred, then room around the landing point, then the
least change of the orbit, then the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from yaan.design.passes import Pass, Track, passes
from yaan.spacetime.zone import Area, Disc

INSIDE = 40e3
"""A landing point is at least so far inside its zone [m]: what wind and steering need."""

ROOMY = 120e3
"""A pass that runs so far inside its zone is as good as one farther inside [m]."""

LISTED = 600e3
"""Passes that miss by up to this are listed [m]."""

Light = Literal["day", "twilight", "night"]

_HORIZON = np.radians(-0.833)  # the upper limb, refracted: the convention of sunrise
_CIVIL = np.radians(-6.0)

Elevation = Callable[[float, float, float], float]
"""Elevation of the Sun [rad] at a time [s], latitude and longitude [rad]."""


@dataclass(frozen=True)
class Wish:
    """When and where to land."""

    area: Area
    time: float  # [s]
    window: float
    """Either side of it [s]."""
    light: Literal["prefer", "require", "ignore", "night"]

    @property
    def margin(self) -> float:
        """How far inside the area a landing point must be [m]."""
        return 0.0 if isinstance(self.area, Disc) else INSIDE


@dataclass(frozen=True)
class Opportunity:
    """One pass of one orbit."""

    orbit: int
    """Index of the orbit it is flown from."""
    passed: Pass
    sun_elevation: float  # [rad]
    reachable: bool
    why: str
    """What speaks against it; empty if nothing does."""

    @property
    def light(self) -> Light:
        """Day, civil twilight, or night."""
        return light(self.sun_elevation)


def light(elevation: float) -> Light:
    """Day, civil twilight or night, by the Sun's elevation [rad]."""
    if elevation >= _HORIZON:
        return "day"
    return "twilight" if elevation >= _CIVIL else "night"


def opportunities(tracks: Sequence[Track], wish: Wish, elevation: Elevation) -> list[Opportunity]:
    """Every pass of every orbit's landing track, in order of orbit and time."""
    window = (wish.time - wish.window, wish.time + wish.window)
    found: list[Opportunity] = []
    for i, track in enumerate(tracks):
        for one in passes(track, wish.area, window, LISTED):
            sun = elevation(one.time, one.latitude, one.longitude)
            found.append(_judged(i, one, sun, wish))
    return found


def _judged(orbit: int, one: Pass, sun: float, wish: Wish) -> Opportunity:
    inside = one.margin >= wish.margin
    seen = Opportunity(orbit, one, sun, inside, "")
    lit = {"require": seen.light == "day", "night": seen.light == "night"}.get(wish.light, True)
    if not inside:
        what = "reach of the aim" if isinstance(wish.area, Disc) else "zone"
        short = (wish.margin - one.margin) / 1e3
        why = f"{short:.0f} km short of being {wish.margin / 1e3:.0f} km inside the {what}"
    else:
        why = "" if lit else "it is not night" if wish.light == "night" else "no daylight"
    return Opportunity(orbit, one, sun, inside and lit, why)


def refused(found: Sequence[Opportunity], able: Sequence[bool], why: str) -> list[Opportunity]:
    """The same passes, those of orbits that are not `able` out of reach for the reason `why`."""
    return [
        one if able[one.orbit] or not one.reachable else replace(one, reachable=False, why=why)
        for one in found
    ]


def choose(
    found: Sequence[Opportunity], wish: Wish, changes: Sequence[float]
) -> Opportunity | None:
    """The best of what serves; `changes` are the orbits' distances from the wanted one."""
    able = [o for o in found if o.reachable]
    if not able:
        return None

    def rank(one: Opportunity) -> tuple[bool, bool, float, float]:
        dark = wish.light in ("prefer", "require") and one.light != "day"
        tight = not isinstance(wish.area, Disc) and one.passed.margin < ROOMY
        return dark, tight, abs(changes[one.orbit]), abs(one.passed.time - wish.time)

    return min(able, key=rank)
