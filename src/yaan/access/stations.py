"""Stations on the ground, and how a craft stands above their horizons."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yaan.access.sky import horizon_axes, place_of

Array = NDArray[np.float64]

_TURN = 2.0 * np.pi


@dataclass(frozen=True)
class Mask:
    """A horizon: elevation against azimuth, straight between points, on around through north.

    Attributes:
        azimuth: of the points [n, rad], rising, from 0 to less than a turn.
        elevation: of the points [n, rad].
    """

    azimuth: tuple[float, ...]
    elevation: tuple[float, ...]

    def at(self, azimuth: Array) -> Array:
        """Elevation of the horizon [rad] at `azimuth` [rad]."""
        return np.interp(azimuth, self.azimuth, self.elevation, period=_TURN)


@dataclass(frozen=True)
class Station:
    """A place on WGS 84 that looks up.

    Attributes:
        name: of the station.
        latitude: geodetic [rad].
        longitude: east positive [rad].
        height: above the ellipsoid [m].
        minimum_elevation: below which it does not track [rad].
        mask: its horizon; what is lower than either is not seen.
        title: name for people.
    """

    name: str
    latitude: float
    longitude: float
    height: float = 0.0
    minimum_elevation: float = 0.0
    mask: Mask | None = None
    title: str = ""

    @cached_property
    def position(self) -> Array:
        """In ITRS [3, m]."""
        return place_of(self.latitude, self.longitude, self.height)

    @cached_property
    def axes(self) -> Array:
        """East, north and up as rows [3, 3], in ITRS."""
        return horizon_axes(self.latitude, self.longitude)

    def look(self, position: Array) -> "Look":
        """Where positions in ITRS [n, 3, m] stand."""
        east, north, up = self.axes @ (position - self.position).T
        level = np.hypot(east, north)
        return Look(
            azimuth=np.arctan2(east, north) % _TURN,
            elevation=np.arctan2(up, level),
            distance=np.hypot(level, up),
        )

    def range_rate(self, position: Array, velocity: Array) -> Array:
        """How fast the distance grows [n, m/s], of positions and relative velocities in ITRS."""
        away = position - self.position
        return np.sum(away * velocity, axis=1) / np.linalg.norm(away, axis=1)

    def floor(self, azimuth: Array) -> Array:
        """Elevation below which nothing is seen [n, rad], at `azimuth` [n, rad]."""
        if self.mask is None:
            return np.full(np.shape(azimuth), self.minimum_elevation)
        return np.maximum(self.mask.at(azimuth), self.minimum_elevation)


@dataclass(frozen=True)
class Look:
    """Where something stands over a station, straight: no refraction, no light time.

    Attributes:
        azimuth: from north through east [n, rad], 0 to a turn.
        elevation: above the plane across the ellipsoid's normal [n, rad].
        distance: [n, m].
    """

    azimuth: Array
    elevation: Array
    distance: Array
