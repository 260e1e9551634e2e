"""Zones on the ground: polygons of latitude and longitude, and how far a point is inside.

Distances are taken on a plane that touches a sphere of the mean radius near the point asked for
(azimuthal equidistant at that point): exact from the point, so that the distance to an edge is
within 0.5 % for edges up to 1,500 km away. The ellipsoid adds up to 0.3 %.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MEAN_RADIUS = 6_371_008.8
"""Mean radius of the Earth [m]. Source: Moritz, Geodetic Reference System 1980, R1."""

Angles = NDArray[np.float64]


@dataclass(frozen=True)
class Zone:
    """A polygon on the Earth; corners in order, either way round, edges great circles.

    Valid: up to some 3,000 km across; no pole inside.
    """

    latitude: Angles
    """Of the corners [rad], shape [n]."""
    longitude: Angles  # [rad], [n]

    def margin(self, latitude: ArrayLike, longitude: ArrayLike) -> Angles:
        """Distance of points to the nearest edge [m]: positive inside, negative outside.

        `latitude` and `longitude` [rad] of one shape; the answer has that shape.
        """
        lat, lon = np.atleast_1d(*np.broadcast_arrays(latitude, longitude))
        shape = lat.shape
        x, y, near = _around(lat.ravel(), lon.ravel(), self.latitude, self.longitude)
        # Seen from the far side of the Earth the plane is no map: the nearest corner must do.
        edge = np.where(near, _nearest_edge(x, y), np.min(np.hypot(x, y), axis=1))
        inside = _encircles(x, y) & near
        return np.where(inside, edge, -edge).reshape(shape)

    def contains(self, latitude: ArrayLike, longitude: ArrayLike) -> NDArray[np.bool_]:
        """Whether points [rad] are inside."""
        return self.margin(latitude, longitude) >= 0.0

    @property
    def middle(self) -> tuple[float, float]:
        """The mean direction of the corners: latitude and longitude [rad]."""
        cos = np.cos(self.latitude)
        x = np.mean(cos * np.cos(self.longitude))
        y = np.mean(cos * np.sin(self.longitude))
        z = np.mean(np.sin(self.latitude))
        return float(np.arctan2(z, np.hypot(x, y))), float(np.arctan2(y, x))


@dataclass(frozen=True)
class Disc:
    """A point on the Earth and what can be reached around it."""

    latitude: float  # [rad]
    longitude: float  # [rad]
    radius: float  # [m]

    def margin(self, latitude: ArrayLike, longitude: ArrayLike) -> Angles:
        """Distance of points to the edge [m]: positive inside, negative outside."""
        return self.radius - distance(latitude, longitude, self.latitude, self.longitude)


Area = Zone | Disc


def distance(
    latitude: ArrayLike, longitude: ArrayLike, other_latitude: ArrayLike, other_longitude: ArrayLike
) -> Angles:
    """Great-circle distance between points [rad] on the mean sphere [m]; haversine."""
    lat, lon = np.asarray(latitude), np.asarray(longitude)
    other, east = np.asarray(other_latitude), np.asarray(other_longitude)
    half = np.sin(0.5 * (other - lat)) ** 2
    root = half + np.cos(lat) * np.cos(other) * np.sin(0.5 * (east - lon)) ** 2
    return 2.0 * MEAN_RADIUS * np.arcsin(np.sqrt(np.clip(root, 0.0, 1.0)))


def _around(
    lat: Angles, lon: Angles, corners: Angles, meridians: Angles
) -> tuple[Angles, Angles, NDArray[np.bool_]]:
    """Corners as seen from each point: east and north on its tangent plane [m], [points, n].

    And whether all of them are within a quarter of the way round.
    """
    lat, east = lat[:, None], meridians[None, :] - lon[:, None]
    sin, cos = np.sin(corners)[None, :], np.cos(corners)[None, :]
    right = cos * np.sin(east)
    ahead = np.cos(lat) * sin - np.sin(lat) * cos * np.cos(east)
    down = np.sin(lat) * sin + np.cos(lat) * cos * np.cos(east)
    across = np.hypot(right, ahead)
    angle = np.arctan2(across, down)
    stretch = MEAN_RADIUS * angle / np.where(across > 0.0, across, 1.0)
    return right * stretch, ahead * stretch, np.all(down > 0.0, axis=1)


def _nearest_edge(x: Angles, y: Angles) -> Angles:
    """Least distance of the origin to the edges of each polygon [points, n]."""
    dx, dy = np.roll(x, -1, axis=1) - x, np.roll(y, -1, axis=1) - y
    length = dx**2 + dy**2
    along = -(x * dx + y * dy) / np.where(length > 0.0, length, 1.0)
    along = np.clip(along, 0.0, 1.0)
    return np.min(np.hypot(x + along * dx, y + along * dy), axis=1)


def _encircles(x: Angles, y: Angles) -> NDArray[np.bool_]:
    """Whether each polygon [points, n] winds around the origin."""
    angle = np.arctan2(y, x)
    turn = np.roll(angle, -1, axis=1) - angle
    turn = (turn + np.pi) % (2.0 * np.pi) - np.pi
    return np.abs(np.sum(turn, axis=1)) > np.pi
