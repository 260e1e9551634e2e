"""Whether corners on the ground make a polygon."""

import itertools
import math
from collections.abc import Sequence

from yaan.description.quantity import Mistake

Point = tuple[float, float]

_SAME = 1e-9  # [rad] corners closer than this are one: 6 mm
_HALF_TURN = math.pi


def corners_mistake(corners: Sequence[Point]) -> Mistake | None:
    """What is wrong with corners (latitude, longitude) [rad] in order; None if nothing is.

    Edges are taken straight in latitude and longitude, which decides about crossing as great
    circles do unless two edges pass each other within a few kilometres.
    """
    points = _unwrapped(corners)
    lons = [lon for _, lon in points]
    if max(lons) - min(lons) >= _HALF_TURN:
        return Mistake((), "corners within half a turn of longitude")
    edges = list(zip(points, [*points[1:], points[0]], strict=True))
    for i, (start, end) in enumerate(edges):
        if math.dist(start, end) < _SAME:
            return Mistake(((i + 1) % len(points),), "a corner other than the one before it")
    for (i, first), (j, second) in itertools.combinations(enumerate(edges), 2):
        neighbours = j == i + 1 or (i == 0 and j == len(edges) - 1)
        if not neighbours and _cross(first, second):
            reason = f"the edge from corner {i} crosses the edge from corner {j}, counted from 0"
            return Mistake((), "a polygon whose edges do not cross", reason)
    if abs(_area(points)) < _SAME:
        return Mistake((), "corners that are not all on one line")
    return None


def _unwrapped(corners: Sequence[Point]) -> list[Point]:
    """Longitudes within half a turn of the first one."""
    start = corners[0][1]
    return [(lat, start + math.remainder(lon - start, 2.0 * math.pi)) for lat, lon in corners]


def _area(points: Sequence[Point]) -> float:
    """Twice the signed area [rad^2]."""
    pairs = itertools.pairwise([*points, points[0]])
    return sum(a[1] * b[0] - b[1] * a[0] for a, b in pairs)


def _side(a: Point, b: Point, c: Point) -> float:
    """Positive where c is to one side of the line from a to b, negative on the other."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two edges meet, be it with an end."""
    (a, b), (c, d) = first, second
    sides = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    if sides[0] * sides[1] > 0.0 or sides[2] * sides[3] > 0.0:
        return False
    # On one line they meet only where their extents do.
    return all(
        max(min(a[k], b[k]), min(c[k], d[k])) <= min(max(a[k], b[k]), max(c[k], d[k]))
        for k in (0, 1)
    )
