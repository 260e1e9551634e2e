"""How a place on the Earth sees a craft: azimuth, elevation, range, and their rates; and back.

NumPy, on the host, in ITRS. Geometric: no refraction (0.5 degrees at the horizon), no light time.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.spacetime.earth import WGS84, Ellipsoid

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Geodetic latitude, longitude east [rad] and height [m] above the ellipsoid; one, or n."""

    latitude: ArrayLike
    longitude: ArrayLike
    height: ArrayLike

    def position(self, shape: Ellipsoid = WGS84) -> Array:
        """Positions in ITRS [n, 3, m]."""
        lat, lon, height = self._rows()
        sin, cos = np.sin(lat), np.cos(lat)
        normal = shape.equatorial_radius / np.sqrt(1.0 - shape.eccentricity2 * sin**2)
        rho = (normal + height) * cos
        up = (normal * (1.0 - shape.eccentricity2) + height) * sin
        return np.stack([rho * np.cos(lon), rho * np.sin(lon), up], axis=1)

    def axes(self) -> Array:
        """Matrices from ITRS to north, east and up [n, 3, 3]; at a pole as the longitude says."""
        lat, lon, _ = self._rows()
        zero = np.zeros_like(lat)
        cos = np.cos(lat)
        north = [-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), cos]
        east = [-np.sin(lon), np.cos(lon), zero]
        up = [cos * np.cos(lon), cos * np.sin(lon), np.sin(lat)]
        return np.stack([np.stack(row, axis=1) for row in (north, east, up)], axis=1)

    def _rows(self) -> tuple[Array, Array, Array]:
        rows = (np.atleast_1d(np.asarray(getattr(self, f.name), dtype=float)) for f in fields(self))
        latitude, longitude, height = np.broadcast_arrays(*rows)
        return latitude, longitude, height


@dataclass(frozen=True)
class Look:
    """What a place sees of a craft, [n] each.

    Azimuth from north by east, from 0 to 2 pi, and elevation [rad]; range [m]; their rates [rad/s,
    m/s]. Straight up an azimuth is zero and its rate is not a number.
    """

    azimuth: Array
    elevation: Array
    range: Array
    azimuth_rate: Array
    elevation_rate: Array
    range_rate: Array


def look(place: Place, position: ArrayLike, velocity: ArrayLike, shape: Ellipsoid = WGS84) -> Look:
    """How `place` sees positions [n, 3, m] that move by `velocity` [n, 3, m/s], both in ITRS.

    The velocity is against the turning Earth, as `convert` gives it. One place, or one for each.
    """
    r, v = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (position, velocity))
    north, east, up = _split(place.axes(), r - place.position(shape))
    to_north, to_east, to_up = _split(place.axes(), v)
    level2 = north**2 + east**2
    level, away = np.sqrt(level2), np.sqrt(level2 + up**2)
    overhead = level2 == 0.0
    turn = np.where(overhead, np.nan, north * to_east - east * to_north)
    turn = turn / np.where(overhead, 1.0, level2)
    # How fast it leaves along the ground; straight up, the whole of it.
    outwards = np.where(
        overhead, np.hypot(to_north, to_east), north * to_north + east * to_east
    ) / np.where(overhead, 1.0, level)
    return Look(
        azimuth=np.arctan2(east, north) % (2.0 * np.pi),
        elevation=np.arctan2(up, level),
        range=away,
        azimuth_rate=turn,
        elevation_rate=(level * to_up - up * outwards) / away**2,
        range_rate=(north * to_north + east * to_east + up * to_up) / away,
    )


def looked_at(place: Place, seen: Look, shape: Ellipsoid = WGS84) -> tuple[Array, Array]:
    """Position [n, 3, m] and velocity [n, 3, m/s] in ITRS of what a place sees.

    A velocity is not a number where the rate of the azimuth is not.
    """
    cos, sin = np.cos(seen.elevation), np.sin(seen.elevation)
    north, east = np.cos(seen.azimuth), np.sin(seen.azimuth)
    towards = np.stack([cos * north, cos * east, sin], axis=-1)
    rising = np.stack([-sin * north, -sin * east, cos], axis=-1)
    turning = np.stack([-cos * east, cos * north, np.zeros_like(cos)], axis=-1)
    moved = (
        _column(seen.range_rate) * towards
        + _column(seen.range * seen.elevation_rate) * rising
        + _column(seen.range * seen.azimuth_rate) * turning
    )
    back = np.swapaxes(place.axes(), 1, 2)
    position = place.position(shape) + _turned(back, _column(seen.range) * towards)
    return position, _turned(back, moved)


def _split(axes: Array, vectors: Array) -> tuple[Array, Array, Array]:
    north, east, up = _turned(axes, vectors).T
    return north, east, up


def _turned(matrices: Array, vectors: Array) -> Array:
    rows = np.atleast_2d(vectors)
    count = max(len(matrices), len(rows))
    parts = np.broadcast_to(matrices, (count, 3, 3)), np.broadcast_to(rows, (count, 3))
    return np.einsum("nij,nj->ni", *parts)


def _column(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=float)[..., None]
