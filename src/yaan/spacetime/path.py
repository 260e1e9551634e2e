"""A recorded path between its rows: cubic Hermite, on the host."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Path:
    """Positions [m] and velocities [m/s] in one inertial frame at rising instants [s].

    Two rows at one instant are an event; the later one counts. Between rows h [s] apart in a low
    orbit the position is within n^4 r h^4 / 384 of the true one, 0.4 m for a minute.
    """

    time: Array
    """[n]"""
    position: Array
    """[n, 3]"""
    velocity: Array
    """[n, 3]"""

    @classmethod
    def of(cls, time: ArrayLike, position: ArrayLike, velocity: ArrayLike) -> "Path":
        """The path of recorded rows, which may repeat an instant."""
        t = np.asarray(time, dtype=float)
        keep = np.append(np.diff(t) > 0.0, True)
        return cls(t[keep], np.asarray(position)[keep], np.asarray(velocity)[keep])

    def at(self, times: ArrayLike) -> tuple[Array, Array]:
        """Position and velocity at `times` [m] within the path: [m, 3] each."""
        wanted = np.asarray(times, dtype=float)
        t, r, v = self.time, self.position, self.velocity
        i = np.clip(np.searchsorted(t, wanted, side="right") - 1, 0, len(t) - 2)
        h = (t[i + 1] - t[i])[:, None]
        s = (wanted - t[i])[:, None] / h
        r0, r1, v0, v1 = r[i], r[i + 1], v[i], v[i + 1]
        position = (
            (1 + 2 * s) * (1 - s) ** 2 * r0
            + s * (1 - s) ** 2 * h * v0
            + s**2 * (3 - 2 * s) * r1
            + s**2 * (s - 1) * h * v1
        )
        velocity = (6 * s * (s - 1) * (r0 - r1)) / h
        velocity += (1 - s) * (1 - 3 * s) * v0 + s * (3 * s - 2) * v1
        return position, velocity
