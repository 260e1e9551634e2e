"""The packaged countries: on which one a place lies, or on the sea, and how far the coast is.

Natural Earth at 1:50 million, kept to 0.01 deg (`builders/land.py`), with borders as Natural Earth
draws them, which are those that are held, not those that are claimed. Beside the coastline at
1:110 million, which the report draws (`yaan.spacetime.coastline`), this one has the small islands.
Lakes are land, but for the Caspian, which is sea; ice shelves are land.

Against land at 1:10 million, of places drawn at random over the Earth, it takes land for sea or sea
for land: of those within 5 km of a drawn coast 16 %,
from 5 to 20 km 1 %, farther one of 57,000 (tests/unit/spacetime/test_land.py keeps some).
"""

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.spacetime.zone import MEAN_RADIUS

if TYPE_CHECKING:  # a sixth of a second that most commands do without
    from scipy.spatial import KDTree

Array = NDArray[np.float64]

COUNTRIES: Final = "library/tables/countries_50m.npz"

RESOLUTION: Final = 5e3
"""Distance [m] to the drawn coast below which it cannot tell land from sea."""

_UNIT: Final = 0.01  # [deg]
_EDGE: Final = 0.011  # [deg]: what runs along the date line or the South Pole is no coast
_PIECE: Final = 10e3  # [m] of a coast between points of it, some more where an edge is long
_CHUNK: Final = 4_000_000  # products of places and edges at once


@dataclass(frozen=True)
class _Ring:
    """A closed line on a flat map, with its country and its frame."""

    country: int
    points: Array
    """[n, 2; deg], longitude, which may go on beyond the date line, and latitude;
    the first point last again."""
    west: float
    east: float
    south: float
    north: float


@dataclass(frozen=True)
class _Countries:
    names: tuple[str, ...]
    rings: tuple[_Ring, ...]
    coast: Array
    """Edges [n, 2, 3] from the Earth's centre, of unit length, that only one country has."""


@cache
def _countries() -> _Countries:
    with resources.as_file(resources.files("yaan").joinpath(COUNTRIES)) as path, np.load(path) as f:
        held = {key: f[key] for key in f.files}
    # The steps wrap around in 16 bits where one arc ends and the next begins; so does their sum.
    points = np.cumsum(held["steps"], axis=0, dtype=np.int16).astype(np.float64) * _UNIT
    arcs = [points[a:b] for a, b in pairwise(held["first"])]
    used = np.zeros(len(arcs), int)
    rings: list[_Ring] = []
    start = 0
    for end, country in zip(held["ring_ends"], held["ring_country"], strict=True):
        lines: list[Array] = []
        for index in held["rings"][start:end]:
            used[index if index >= 0 else ~index] += 1
            lines.append(arcs[index] if index >= 0 else arcs[~index][::-1])
        line = _on_a_map(np.concatenate([lines[0], *(one[1:] for one in lines[1:])]))
        (west, south), (east, north) = line.min(axis=0), line.max(axis=0)
        rings.append(_Ring(int(country), line, west, east, south, north))
        start = int(end)
    shores = [
        np.stack([arc[:-1], arc[1:]], axis=1) for arc, n in zip(arcs, used, strict=True) if n == 1
    ]
    coast = _without_frame(np.concatenate(shores))
    return _Countries(tuple(map(str, held["names"])), tuple(rings), _unit(np.radians(coast)))


def _on_a_map(ring: Array) -> Array:
    """A ring as a closed line: longitudes go on beyond the date line, round a pole by that pole."""
    line = ring.copy()
    line[:, 0] = np.unwrap(line[:, 0], period=360.0)
    if abs(line[-1, 0] - line[0, 0]) > 180.0:
        pole = np.copysign(90.0, np.mean(line[:, 1]))
        ends = np.array([[line[-1, 0], pole], [line[0, 0], pole], line[0]])
        line = np.concatenate([line, ends])
    return line


def _without_frame(edges: Array) -> Array:
    """Edges [n, 2, 2; deg] that do not run along the date line or the South Pole."""
    longitude, latitude = edges[:, :, 0], edges[:, :, 1]
    along = np.all(np.abs(longitude) > 180.0 - _EDGE, axis=1)
    along |= np.all(latitude < -90.0 + _EDGE, axis=1)
    return edges[~along]


def _unit(angles: Array) -> Array:
    """Directions [..., 3] of longitudes and latitudes [..., 2; rad]."""
    longitude, latitude = angles[..., 0], angles[..., 1]
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=-1)


def countries() -> tuple[str, ...]:
    """The names of all countries, as Natural Earth writes them in short."""
    return _countries().names


def country_at(latitude: ArrayLike, longitude: ArrayLike) -> list[str]:
    """The country on which each place lies, empty of one on the sea.

    Args:
        latitude: geodetic [n, rad].
        longitude: east positive [n, rad].
    """
    y = np.degrees(np.atleast_1d(np.asarray(latitude, dtype=float)))
    x = (np.degrees(np.atleast_1d(np.asarray(longitude, dtype=float))) + 180.0) % 360.0 - 180.0
    held = _countries()
    odd = np.zeros((len(held.names), len(x)), dtype=bool)
    for ring in held.rings:
        for turn in (-360.0, 0.0, 360.0):
            east = x + turn
            near = (east >= ring.west) & (east <= ring.east)
            near &= (y >= ring.south) & (y <= ring.north)
            if np.any(near):
                odd[ring.country, near] ^= _inside(ring.points, east[near], y[near])
    return [held.names[int(np.argmax(column))] if np.any(column) else "" for column in odd.T]


def _inside(ring: Array, x: Array, y: Array) -> NDArray[np.bool_]:
    """Whether places are inside a ring on a flat map: edges met on the way north."""
    west, east = ring[:-1], ring[1:]
    found = np.empty(len(x), dtype=bool)
    block = max(_CHUNK // len(west), 1)
    for first in range(0, len(x), block):
        part = slice(first, first + block)
        here, up = x[part, None], y[part, None]
        # Asked of each corner alone, so that the edges that meet there agree on which side it is.
        met = (west[:, 0] > here) != (east[:, 0] > here)
        run = np.where(met, east[:, 0] - west[:, 0], 1.0)
        height = west[:, 1] + (here - west[:, 0]) / run * (east[:, 1] - west[:, 1])
        found[part] = np.sum(met & (height > up), axis=1) % 2 == 1
    return found


def coast_distance(latitude: ArrayLike, longitude: ArrayLike) -> Array:
    """Great-circle distance [n, m] from each place to the nearest drawn coast.

    On a sphere of the Earth's mean radius: 0.3 % of the distance.
    """
    lat, lon = np.broadcast_arrays(np.atleast_1d(latitude), np.atleast_1d(longitude))
    places = _unit(np.stack([lon, lat], axis=-1).astype(float))
    points, edge_of = _shore()
    nearest, _ = points.query(places)
    # The nearest edge has a point no farther from its nearest place than half a piece.
    near = points.query_ball_point(places, nearest + 0.5 * _PIECE / MEAN_RADIUS)
    edges = _countries().coast
    found = np.empty(len(places))
    for i, (place, rows) in enumerate(zip(places, near, strict=True)):
        found[i] = MEAN_RADIUS * _from_edges(place, edges[np.unique(edge_of[rows])])
    return found


def _from_edges(place: Array, edges: Array) -> float:
    """Angle [rad] from a place to the nearest of some edges [n, 2, 3]."""
    first, last = edges[:, 0], edges[:, 1]
    normal = np.cross(first, last)
    size = np.linalg.norm(normal, axis=1)
    normal = normal / np.where(size > 0.0, size, 1.0)[:, None]
    # Not the sine of an arc near a quarter turn, nor the cosine of a short one.
    gap = math.sqrt(float(np.min(np.sum((place - edges) ** 2, axis=2))))
    corner = 2.0 * math.asin(min(0.5 * gap, 1.0))
    beside = (np.cross(normal, first) @ place > 0.0) & (np.cross(last, normal) @ place > 0.0)
    across = np.abs(normal[beside & (size > 0.0)] @ place)
    return min(corner, math.asin(min(float(np.min(across, initial=1.0)), 1.0)))


def far_at_sea(latitude: ArrayLike, longitude: ArrayLike, distance: float) -> NDArray[np.bool_]:
    """Whether each place [n, rad] is at sea, `distance` [m] or more from every drawn coast.

    As `country_at` and `coast_distance` tell, and for thousands of places as fast as the former.
    """
    lat, lon = np.atleast_1d(*np.broadcast_arrays(latitude, longitude))
    far = np.array([name == "" for name in country_at(lat, lon)], dtype=bool)
    places = _unit(np.stack([lon, lat], axis=-1).astype(float))
    chord = _shore()[0].query(places[far])[0]
    nearest = MEAN_RADIUS * 2.0 * np.arcsin(np.clip(0.5 * chord, 0.0, 1.0))
    rows = np.flatnonzero(far)
    far[rows[nearest < distance]] = False
    # Between two points of a coast it may be nearer than to either.
    close = rows[(nearest >= distance) & (nearest < distance + 0.5 * _PIECE)]
    far[close] = coast_distance(lat[close], lon[close]) >= distance
    return far


@cache
def _shore() -> "tuple[KDTree, NDArray[np.int64]]":
    """Points of all coasts, no two neighbours farther apart than a piece; the edge of each."""
    from scipy.spatial import KDTree

    edges = _countries().coast
    first, last = edges[:, 0], edges[:, 1]
    length = MEAN_RADIUS * np.linalg.norm(last - first, axis=1)
    count = np.maximum(np.ceil(length / (0.99 * _PIECE)).astype(int), 1)
    which = np.repeat(np.arange(len(edges)), count)
    share = (np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)) / count[which]
    points = first[which] + share[:, None] * (last - first)[which]
    points = np.concatenate([points, last])
    tree = KDTree(points / np.linalg.norm(points, axis=1)[:, None])
    return tree, np.concatenate([which, np.arange(len(edges))])


@dataclass(frozen=True)
class Ground:
    """What lies at a place.

    Attributes:
        country: on which it lies; empty of the sea.
        coast_distance: to the nearest drawn coast [m]; below `RESOLUTION` it may be the other.
    """

    country: str
    coast_distance: float

    @property
    def told(self) -> bool:
        """Whether the coast is far enough to tell land from sea."""
        return self.coast_distance >= RESOLUTION


def ground_at(latitude: float, longitude: float) -> Ground:
    """What lies at a place [rad], and how far the coast is."""
    (country,) = country_at(latitude, longitude)
    return Ground(country, float(coast_distance(latitude, longitude)[0]))
