"""A flight as an arc: where it was against time, between the rows that it saved."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from yaan.base.errors import YaanError
from yaan.results.trajectory import History
from yaan.spacetime.arc import Array, TabulatedArc
from yaan.spacetime.time import Epoch

_LEAST: Final = 2  # rows


@dataclass(frozen=True)
class FlownArc:
    """The arc of a flight, and how far it may be out between rows."""

    arc: TabulatedArc
    interpolation: float
    """[m]: how far every second row is off the arc through the others, taken as an upper bound."""


def arc_of(history: History, epoch: Epoch, name: str) -> FlownArc:
    """The arc through all rows of a history that know where they are.

    Args:
        history: with position and velocity in GCRS.
        epoch: from which its times count.
        name: of what flies.

    Raises:
        YaanError: of a history without states, or with fewer than two rows.
    """
    if "position_gcrs" not in history or "velocity_gcrs" not in history:
        raise YaanError(f"the history of {name} has no positions and velocities in GCRS")
    position, velocity = history["position_gcrs"], history["velocity_gcrs"]
    known = np.isfinite(position).all(axis=1) & np.isfinite(velocity).all(axis=1)
    time = np.asarray(history["time"], dtype=float)
    known &= np.isfinite(time)
    # A row that goes back in time would end the arc there; of equal times an event is made.
    known &= time >= np.maximum.accumulate(np.where(known, time, -np.inf))
    if np.count_nonzero(known) < _LEAST or np.ptp(time[known]) <= 0.0:
        raise YaanError(f"the history of {name} has fewer than {_LEAST} rows that know where it is")
    arc = TabulatedArc(name, epoch, time[known], position[known], velocity[known])
    return FlownArc(arc, interpolation_error(arc))


def interpolation_error(arc: TabulatedArc) -> float:
    """How far every second row is off the arc through the others [m].

    The rows of that arc are twice as far apart, so it is a bound of the arc's own error wherever
    the path is as smooth as its rows are dense.
    """
    breaks = np.flatnonzero(np.diff(arc.time) <= 0.0) + 1
    edges = [0, *breaks.tolist(), len(arc.time)]
    left_out = np.zeros(len(arc.time), dtype=bool)
    for first, last in pairwise(edges):
        left_out[first + 1 : last - 1 : 2] = True
    if not left_out.any():
        return 0.0
    kept = ~left_out
    coarse = TabulatedArc(
        arc.name, arc.epoch, arc.time[kept], arc.position[kept], arc.velocity[kept]
    )
    found: Array = coarse.at(arc.time[left_out])[0] - arc.position[left_out]
    return float(np.max(np.linalg.norm(found, axis=1)))
