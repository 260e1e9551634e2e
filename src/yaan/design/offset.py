"""Where a descent lands, seen from the orbit that it left: later, carried east, and to one side.

On its last part a capsule moves with the air, which turns with the Earth: up to 80 km away from
the plane of the orbit at the equator, nothing where the orbit runs east. A bank that is not
reversed in the middle adds a distance of its own, to the same hand everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yaan.base.constants import EARTH_SPIN
from yaan.dynamics.state import State
from yaan.flight.legs import Array
from yaan.spacetime.path import Path
from yaan.spacetime.zone import MEAN_RADIUS

_POLE = np.array([0.0, 0.0, 1.0])  # of the Earth, within 0.2 deg of it in GCRS


@dataclass(frozen=True)
class Offset:
    """How landings lie to the orbit that was left."""

    lag: float
    """Behind the orbit's own passing [s]; it varies by 15 s with the latitude."""
    carried: float
    """Of which the place on the ground has been out of the orbit's plane, moving east [s]."""
    aside: float
    """To the right of that [m]: what the bank did."""

    def beside(self, position: Array, velocity: Array) -> Array:
        """Places of an orbit [n, 3] moved to the right by `aside`."""
        right = np.cross(velocity, position)
        size = np.linalg.norm(position, axis=1) / np.linalg.norm(right, axis=1)
        return position + np.tan(self.aside / MEAN_RADIUS) * size[:, None] * right


def offset_of(paths: Sequence[Path], landed: State) -> Offset:
    """What best describes landings spread around an orbit, each from a path of its own.

    Across the plane of the orbit two unknowns are fitted by least squares; the lag is a mean.
    Nothing is known, and nothing added, where nothing has landed.
    """
    if len(landed) == 0:
        return Offset(0.0, 0.0, 0.0)
    place = landed.position_gcrs / np.linalg.norm(landed.position_gcrs, axis=1)[:, None]
    east = EARTH_SPIN * np.cross(_POLE, place)
    right = np.array([_right(path, t) for path, t in zip(paths, landed.t, strict=True)])
    moved = np.stack([np.einsum("ij,ij->i", right, east), np.ones(len(paths))], axis=1)
    across = np.arcsin(np.einsum("ij,ij->i", right, place))
    (carried, aside), *_ = np.linalg.lstsq(moved, across)
    before = place - carried * east
    lags = [
        t - _passing(path, one, t) for path, one, t in zip(paths, before, landed.t, strict=True)
    ]
    return Offset(float(np.mean(lags)), float(carried), float(MEAN_RADIUS * aside))


def _right(path: Path, time: float) -> Array:
    """To the right of the orbit at `time` [s]: against its angular momentum."""
    r, v = (x[0] for x in path.at([min(time, path.time[-1])]))
    right = np.cross(v, r)
    return right / np.linalg.norm(right)


def _passing(path: Path, place: Array, guess: float) -> float:
    """When the orbit passes abreast of a direction, near `guess` [s]."""
    at = min(guess, path.time[-1])
    for _ in range(3):
        r, v = (x[0] for x in path.at([at]))
        ahead = np.cross(np.cross(r, v), r)
        angle = np.arctan2(place @ ahead / np.linalg.norm(ahead), place @ r / np.linalg.norm(r))
        at += float(angle * (r @ r) / np.linalg.norm(np.cross(r, v)))
    return at
