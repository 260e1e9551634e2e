"""Passes over a landing zone: where each revolution could bring the crew down, and in what light.

A capsule that leaves its orbit lands near the track of the revolution it left from, some minutes
after the orbit itself would have passed. The Earth has turned by then, and at the end the air has
taken the capsule along. Both are taken from flown descents (`offset`), and so a pass is judged
without flying it. What is chosen is flown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.base.constants import EARTH_SPIN
from yaan.spacetime.zone import Area

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Track:
    """Where an orbit passes overhead, finely sampled: [n] s, rad, rad."""

    time: Column
    latitude: Column
    longitude: Column
    before: int = 0
    """Ascending nodes that were passed before it."""

    def landed(self, lag: float, carried: float = 0.0) -> "Track":
        """The landing points and times of descents that follow this track `lag` [s] later.

        Of that time the air has carried the capsule with it for `carried` [s].
        """
        longitude = _wrap(self.longitude - EARTH_SPIN * (lag - carried))
        return Track(self.time + lag, self.latitude, longitude, self.before)


@dataclass(frozen=True)
class Pass:
    """The best landing point of half a revolution: the farthest inside, or the least outside."""

    revolution: int
    """Ascending nodes passed since the orbit began."""
    ascending: bool
    time: float  # [s]
    latitude: float  # [rad]
    longitude: float  # [rad]
    margin: float
    """Distance to the edge of the area [m], positive inside."""


def revolutions(track: Track) -> NDArray[np.int64]:
    """The revolution of each sample: one more at every ascending node."""
    south = track.latitude < 0.0
    crossed = np.flatnonzero(south[:-1] & ~south[1:]) + 1
    count = np.zeros(len(track.time), dtype=np.int64)
    count[crossed] = 1
    return track.before + np.cumsum(count)


def passes(track: Track, area: Area, window: tuple[float, float], reach: float) -> list[Pass]:
    """Passes of a landing track whose best point is within `reach` [m] outside the area.

    Args:
        track: where descents land.
        area: where they shall land.
        window: first and last landing time [s].
        reach: how far outside a pass is still listed [m].
    """
    if len(track.time) == 0:
        return []
    timely = (track.time >= window[0]) & (track.time <= window[1])
    margin = np.full(len(track.time), -np.inf)
    margin[timely] = area.margin(track.latitude[timely], track.longitude[timely])
    number = revolutions(track)
    northward = np.gradient(track.latitude, track.time) > 0.0
    wanted = timely & (margin > -reach)
    found: list[Pass] = []
    # Both halves of one revolution may come near: each is a pass of its own.
    key = 2 * number + northward
    for value in np.unique(key[wanted]):
        rows = np.flatnonzero(wanted & (key == value))
        best = int(rows[np.argmax(margin[rows])])
        found.append(
            Pass(
                revolution=int(number[best]),
                ascending=bool(northward[best]),
                time=float(track.time[best]),
                latitude=float(track.latitude[best]),
                longitude=float(track.longitude[best]),
                margin=float(margin[best]),
            )
        )
    return sorted(found, key=lambda p: p.time)


def _wrap(longitude: Column) -> Column:
    """Longitude within -pi to pi."""
    return (longitude + np.pi) % (2.0 * np.pi) - np.pi
