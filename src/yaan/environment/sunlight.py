"""The Earth's shadow: how much of the Sun is seen from orbit, and when it is eclipsed.

Host code, on recorded states. The shadow is that of the WGS 84 ellipsoid: stretched along its axis
until it is a sphere, straight rays stay straight, and the shadow is two cones. A sphere instead
would move edges by 4 s in the mean at 51.5 deg, and by half a minute when the Sun grazes the limb.

Ignores the air, which dims and bends the light within some 50 km of the limb, and the 0.2 deg
between the axes of the Earth and of GCRS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS
from yaan.spacetime.path import Path

Array = NDArray[np.float64]

SUN_RADIUS = 695_700e3
"""Nominal solar radius [m] (IAU 2015 B3)."""

_ROUND = np.array([1.0, 1.0, 1.0 / (1.0 - EARTH_FLATTENING)])
"""Makes the ellipsoid a sphere; the Sun's disc grows by 0.3 % at most, which is 0.01 s."""

_SAMPLE = 10.0  # [s] an eclipse that is shorter may be missed
_HALVINGS = 40  # of a sample: to 1e-11 s

Kind = Literal["umbra", "penumbra"]


@dataclass(frozen=True)
class Eclipse:
    """An interval [s] in shadow; a penumbra holds the umbra within it."""

    kind: Kind
    start: float
    end: float


def shadow(position: ArrayLike, sun: ArrayLike) -> Array:
    """Lit fraction of the Sun's disc, 0 to 1, from `position` [..., 3, m]; `sun` likewise.

    Both from the Earth's centre in GCRS, the Sun at its apparent place. The limb is taken
    as straight across the disc: within 0.002 below 2,000 km.
    """
    separation, earth, disc = _angles(np.asarray(position, float), np.asarray(sun, float))
    bare = np.clip((separation - earth) / disc, -1.0, 1.0)
    return np.asarray(0.5 + (bare * np.sqrt(1.0 - bare * bare) + np.arcsin(bare)) / np.pi)


def clearance(position: ArrayLike, sun: ArrayLike, kind: Kind) -> Array:
    """Angle [rad] by which the Sun is out of the umbra or the penumbra; negative within it.

    `position` and the apparent `sun` [..., 3, m] from the Earth's centre, in GCRS.
    """
    separation, earth, disc = _angles(np.asarray(position, float), np.asarray(sun, float))
    return separation - earth + (disc if kind == "umbra" else -disc)


def eclipses(
    t: ArrayLike, position: ArrayLike, velocity: ArrayLike, sun: ArrayLike
) -> list[Eclipse]:
    """All eclipses of a recorded flight, in the order of their starts.

    `t` [n, s]; `position`, `velocity` [n, 3; m, m/s] and the apparent `sun` [n, 3, m], in
    GCRS. Between rows the path is a cubic. An eclipse under way at the first or the last
    row starts or ends there.
    """
    times, path = np.asarray(t, dtype=float), Path.of(t, position, velocity)
    places = np.asarray(sun, dtype=float)

    def clear(at: Array, kind: Kind) -> Array:
        light = np.stack([np.interp(at, times, places[:, i]) for i in range(3)], axis=-1)
        return clearance(path.at(at)[0], light, kind)

    found: list[Eclipse] = []
    for kind in ("penumbra", "umbra"):
        found += _spells(kind, _samples(path.time), clear)
    return sorted(found, key=lambda eclipse: eclipse.start)


def _angles(position: Array, sun: Array) -> tuple[Array, Array, Array]:
    """Between the centres of Earth and Sun, and their apparent radii [rad], the Earth rounded."""
    position, sun = position * _ROUND, sun * _ROUND
    away = sun - position
    distance, radius = np.linalg.norm(away, axis=-1), np.linalg.norm(position, axis=-1)
    across = np.linalg.norm(np.cross(-position, away), axis=-1)
    separation = np.arctan2(across, -np.sum(position * away, axis=-1))
    earth = np.arcsin(np.minimum(EARTH_RADIUS / radius, 1.0))
    return np.asarray(separation), np.asarray(earth), np.asarray(np.arcsin(SUN_RADIUS / distance))


def _samples(rows: Array) -> Array:
    """The rows' instants and enough between them."""
    parts = [
        np.linspace(a, b, int(np.ceil((b - a) / _SAMPLE)), endpoint=False)
        for a, b in pairwise(rows)
    ]
    return np.concatenate([*parts, rows[-1:]])


def _spells(kind: Kind, at: Array, clear: Callable[[Array, Kind], Array]) -> list[Eclipse]:
    """The intervals in which the clearance is negative."""
    dark = clear(at, kind) < 0.0
    turn = np.flatnonzero(dark[1:] != dark[:-1])
    low, high, was_dark = at[turn], at[turn + 1], dark[turn]
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        same = (clear(middle, kind) < 0.0) == was_dark
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    edges = 0.5 * (low + high)
    starts = [*([at[0]] if dark[0] else []), *edges[~was_dark]]
    ends = [*edges[was_dark], *([at[-1]] if dark[-1] else [])]
    pairs = zip(starts, ends, strict=True)
    return [Eclipse(kind, float(start), float(end)) for start, end in pairs]
