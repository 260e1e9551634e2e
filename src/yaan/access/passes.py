"""Passes: when a craft stands above the horizon of a station, and where.

Straight lines: refraction is left out (0.5 deg at the horizon, 0.16 deg at 5 deg of elevation,
which lets a low orbit be seen some seconds longer), and so is light time (some milliseconds).

A function of time is searched, elevation less floor, by samples `STEP` apart and by its tops
between them (`yaan.access.find`): a pass however short is found, as long as the elevation turns at
most once within two steps. Over a horizon mask the floor turns as often as the mask does, and a
notch that the craft crosses within `MASK_STEP` may be missed.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yaan.access.find import largest_between, samples, zeros
from yaan.access.sky import AbstractTurning, IersTurning, SunPath
from yaan.access.stations import Station
from yaan.environment.sunlight import shadow
from yaan.spacetime.arc import AbstractArc
from yaan.spacetime.ephemeris import SPEED_OF_LIGHT
from yaan.spacetime.time import Epoch

Array = NDArray[np.float64]

STEP: Final = 30.0
"""Between samples [s]: a low orbit rises and culminates no faster than in some minutes."""
MASK_STEP: Final = 5.0
"""The same over a horizon mask [s]."""
DARK: Final = -math.radians(6.0)
"""Elevation of the Sun [rad] below which a lit craft can be seen: the end of civil twilight."""


@dataclass(frozen=True)
class PassPoint:
    """An instant of a pass.

    Attributes:
        time: since the arc's epoch [s].
        epoch: the same as an instant.
        azimuth: from north through east [rad].
        elevation: [rad].
        distance: [m].
        range_rate: [m/s], positive of what goes away.
        doppler: change of the frequency [Hz], to first order; None without a frequency.
    """

    time: float
    epoch: Epoch
    azimuth: float
    elevation: float
    distance: float
    range_rate: float
    doppler: float | None


@dataclass(frozen=True)
class Pass:
    """A craft above the horizon of a station.

    Attributes:
        station: which one.
        craft: name of the arc.
        rise: where it comes up; where the arc begins, if `cut_start`.
        culmination: where it stands highest.
        set: where it goes down; where the arc ends, if `cut_end`.
        cut_start: it was up already as the span began.
        cut_end: it was still up as the span ended.
        lit: share of the Sun's disc that the craft sees as it culminates; NaN under no sky.
        sun_elevation: of the Sun over the station then [rad]; NaN under no sky.
    """

    station: Station
    craft: str
    rise: PassPoint
    culmination: PassPoint
    set: PassPoint
    cut_start: bool
    cut_end: bool
    lit: float
    sun_elevation: float

    @property
    def duration(self) -> float:
        """From rise to set [s]."""
        return self.set.time - self.rise.time

    @property
    def visible(self) -> bool:
        """Whether it is in sunlight over a dark station as it culminates."""
        return self.lit > 0.0 and self.sun_elevation < DARK


@dataclass(frozen=True)
class Search:
    """What passes are looked for in.

    Attributes:
        arc: of the craft.
        turning: of the Earth; the IERS conventions if left out.
        start: [s] since the arc's epoch; that of the arc if left out.
        stop: likewise.
        step: between samples [s].
        frequency: of a carrier [Hz], for Doppler; None without.
        sky: whether the arc's inertial axes are those of the sky, so that the Sun is where it is.
    """

    arc: AbstractArc
    turning: AbstractTurning | None = None
    start: float | None = None
    stop: float | None = None
    step: float = STEP
    frequency: float | None = None
    sky: bool = True

    @property
    def span(self) -> tuple[float, float]:
        """First and last instant [s]."""
        arc = self.arc
        start = arc.start if self.start is None else self.start
        return start, arc.stop if self.stop is None else self.stop

    def turns(self) -> AbstractTurning:
        """How the Earth turns."""
        return self.turning or IersTurning(self.arc.epoch, *self.span)


def passes(search: Search, stations: Sequence[Station]) -> list[Pass]:
    """All passes over all stations, in the order in which they rise.

    Raises:
        YaanError: an empty span, or one outside the arc.
    """
    turning = search.turns()
    sun = SunPath(search.arc.epoch, *search.span) if search.sky else None
    grids = {step: _Grid.of(search, turning, step) for step in {_step(search, s) for s in stations}}
    found = [
        one
        for station in stations
        for one in _over(search, turning, sun, station, grids[_step(search, station)])
    ]
    return sorted(found, key=lambda one: (one.rise.time, one.station.name))


@dataclass(frozen=True)
class _Grid:
    """Samples of a search, which all stations share."""

    at: Array
    position: Array
    """[n, 3, m], ITRS."""

    @classmethod
    def of(cls, search: Search, turning: AbstractTurning, step: float) -> "_Grid":
        at = samples(*search.span, step)
        return cls(at, turning.earth_fixed(at, search.arc.at(at)[0]))


def _step(search: Search, station: Station) -> float:
    return search.step if station.mask is None else min(search.step, MASK_STEP)


def _over(
    search: Search, turning: AbstractTurning, sun: SunPath | None, station: Station, grid: _Grid
) -> Iterator[Pass]:
    arc, at = search.arc, grid.at
    start, stop = search.span

    def elevation(t: Array) -> Array:
        return station.look(turning.earth_fixed(t, arc.at(t)[0])).elevation

    def above(t: Array) -> Array:
        return _clear(station, turning.earth_fixed(t, arc.at(t)[0]))

    known = _clear(station, grid.position)
    edges = zeros(above, at, known)
    up = bool(known[0] >= 0.0)
    rises = edges.time[edges.rising]
    sets = edges.time[~edges.rising]
    if up:
        rises = np.concatenate([[start], rises])
    if len(sets) < len(rises):
        sets = np.concatenate([sets, [stop]])
    tops = largest_between(elevation, at, (rises, sets))
    points = [_points(search, turning, station, t) for t in (rises, tops.time, sets)]
    lit, day = _light(search, turning, sun, station, tops.time)
    for i, (rise, top, down) in enumerate(zip(*points, strict=True)):
        yield Pass(
            station=station,
            craft=arc.name,
            rise=rise,
            culmination=top,
            set=down,
            cut_start=up and i == 0,
            cut_end=bool(sets[i] == stop and known[-1] >= 0.0),
            lit=float(lit[i]),
            sun_elevation=float(day[i]),
        )


def _clear(station: Station, position: Array) -> Array:
    """Elevation above what hides it [n, rad]."""
    seen = station.look(position)
    return seen.elevation - station.floor(seen.azimuth)


def _points(
    search: Search, turning: AbstractTurning, station: Station, t: Array
) -> list[PassPoint]:
    if not len(t):
        return []
    position, velocity = turning.relative(t, *search.arc.at(t))
    seen, rate = station.look(position), station.range_rate(position, velocity)
    frequency = search.frequency
    return [
        PassPoint(
            time=float(t[i]),
            epoch=search.arc.epoch + float(t[i]),
            azimuth=float(seen.azimuth[i]),
            elevation=float(seen.elevation[i]),
            distance=float(seen.distance[i]),
            range_rate=float(rate[i]),
            doppler=None if frequency is None else -frequency * float(rate[i]) / SPEED_OF_LIGHT,
        )
        for i in range(len(t))
    ]


def _light(
    search: Search, turning: AbstractTurning, sun: SunPath | None, station: Station, t: Array
) -> tuple[Array, Array]:
    """Lit share of the Sun's disc at the craft, elevation of the Sun over the station."""
    if sun is None or not len(t):
        return np.full(len(t), np.nan), np.full(len(t), np.nan)
    light = sun.at(t)
    lit = shadow(search.arc.at(t)[0], light)
    # From the station, not from the Earth's centre: the parallax costs nothing here.
    return lit, station.look(turning.earth_fixed(t, light)).elevation
