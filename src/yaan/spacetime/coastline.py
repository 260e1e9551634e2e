"""The packaged coastline: shores as lines, and what lies at a place, land or sea.

Drawn at 1:110 million. Against the same shores at 1:10 million (world-atlas 2.0.2), of places drawn
at random over the Earth it takes land for sea or sea for land: of those within 20 km of a drawn
shore 21 %, from 20 to 50 km 3 %, from 50 to 100 km 1.3 %, from 100 to 400 km 0.2 %. What is missing
far from a shore are islands: the Andamans, most of the Pacific. Lakes are land, ice shelves too.
"""

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from yaan.spacetime.zone import MEAN_RADIUS

Line = Sequence[Sequence[float]]

COASTLINE: Final = "library/tables/coastline_110m.json"

RESOLUTION: Final = 20e3
"""Distance [m] to the drawn shore below which it cannot tell land from sea."""

LiesOn = Literal["land", "sea", "coast", ""]
"""What lies at a place; coast: too near a shore to tell; empty: no coastline is installed."""

_POLAR: Final = 80.0  # [deg], a shore that ends beyond it goes round the pole


@cache
def shores() -> tuple[Line, ...]:
    """Shores as rings of longitude and latitude [deg]; empty if no coastline is installed.

    What is cut at the date line is closed there, or round the pole: rings for a flat map.
    """
    return tuple(_closed(shore) for shore in _lines())


def at_place(latitude: float, longitude: float) -> tuple[LiesOn, float]:
    """What lies at a place [rad], and how far the nearest drawn shore is [m].

    The Earth is a sphere here and the edges of a shore are great circles: 0.3 % of the distance.
    NaN without a coastline.
    """
    edges = _edges()
    if not len(edges):
        return "", math.nan
    away = _distance(edges, latitude, longitude)
    if away < RESOLUTION:
        return "coast", away
    return ("land" if _encloses(edges, latitude, longitude) else "sea"), away


@cache
def _lines() -> tuple[Line, ...]:
    file = resources.files("yaan").joinpath(COASTLINE)
    if not file.is_file():
        return ()
    lines: list[Line] = json.loads(file.read_text(encoding="utf-8"))["lines"]
    return tuple(lines)


def _closed(shore: Line) -> Line:
    first, last = shore[0], shore[-1]
    if abs(first[1]) > _POLAR and abs(last[1]) > _POLAR and first != last:
        pole = math.copysign(90.0, first[1])
        return [*shore, [last[0], pole], [first[0], pole], first]
    return shore if first == last else [*shore, first]


@cache
def _edges() -> NDArray[np.float64]:
    """Every edge of every shore: longitude and latitude of both ends [rad], [edges, 2, 2].

    The table cuts shores at the date line. Each end of a piece is joined to the beginning of a
    piece, which may be its own, the nearest first, so that all shores are closed.
    """
    lines = [_of_date_line(np.asarray(line, dtype=float)) for line in _lines()]
    if not lines:
        return np.empty((0, 2, 2))
    edges = [np.stack([line[:-1], line[1:]], axis=1) for line in lines]
    cut = [line for line in lines if not np.array_equal(line[0], line[-1])]
    starts = np.array([line[0] for line in cut]).reshape(-1, 2)
    ends = np.array([line[-1] for line in cut]).reshape(-1, 2)
    far = np.linalg.norm(_unit(*ends.T)[:, None] - _unit(*starts.T)[None], axis=-1)
    for _ in cut:
        end, start = np.unravel_index(np.argmin(far), far.shape)
        edges.append(np.stack([ends[end], starts[start]])[None])
        far[end], far[:, start] = np.inf, np.inf
    return np.concatenate(edges)


def _of_date_line(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees as radians, the date line once, as a half turn west."""
    return np.radians(np.where(line == [180.0, np.inf], -180.0, line))


def _unit(longitude: NDArray[np.float64], latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions [..., 3] of angles [rad]."""
    flat = np.cos(latitude)
    return np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=-1)


def _encloses(edges: NDArray[np.float64], latitude: float, longitude: float) -> bool:
    """Whether the way north, along the meridian to the pole, which is sea, meets an odd number."""
    (west, south), (east, north) = edges[:, 0].T, edges[:, 1].T
    # Asked of each corner alone, so that the edges that meet there agree on which side it is.
    first, last = _turn(west - longitude), _turn(east - longitude)
    met = ((first >= 0.0) != (last >= 0.0)) & (np.abs(last - first) < np.pi)
    first, last, south, north = (x[met] for x in (first, last, south, north))
    height = np.tan(south) * np.sin(last) - np.tan(north) * np.sin(first)
    return bool(np.sum(np.arctan(height / np.sin(last - first)) > latitude) % 2)


def _turn(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """An angle [rad] between half a turn back and half a turn on."""
    return (angle + np.pi) % (2.0 * np.pi) - np.pi


def _distance(edges: NDArray[np.float64], latitude: float, longitude: float) -> float:
    """Great-circle distance to the nearest edge [m]."""
    place = _unit(np.asarray(longitude), np.asarray(latitude))
    first, last = (_unit(*edges[:, end].T) for end in (0, 1))
    normal = np.cross(first, last)
    size = np.linalg.norm(normal, axis=1)
    # Not the sine of an arc near a quarter turn, nor the cosine of a short one.
    corner = 2.0 * np.arcsin(np.clip(0.5 * np.linalg.norm(place - first, axis=1), 0.0, 1.0))
    beside = (np.cross(normal, first) @ place > 0.0) & (np.cross(last, normal) @ place > 0.0)
    along = np.abs(normal @ place) / np.where(size > 0.0, size, 1.0)
    edge = np.where(beside & (size > 0.0), np.arcsin(np.clip(along, 0.0, 1.0)), np.inf)
    return float(MEAN_RADIUS * min(np.min(corner), np.min(edge)))
