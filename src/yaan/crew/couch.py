"""Loads along a vehicle's own axes as those along the axes of a couch."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Couch:
    """Where a vehicle's axes point in couch axes, each (x, y, z)."""

    axial: tuple[float, float, float]
    """The load along the axis: of a capsule that which presses on the heat shield."""
    normal: tuple[float, float, float]
    """The load across it."""

    def loads(self, axial: np.ndarray, normal: np.ndarray) -> dict[str, Any]:
        """Columns `load_x`, `load_y` and `load_z` of loads along and across the axis."""
        return {
            f"load_{name}": axial * along + normal * across
            for name, along, across in zip("xyz", self.axial, self.normal, strict=True)
        }


def couch(seat: tuple[float, float, float]) -> Couch:
    """Couch axes of a seat whose x, y, z components take the axial load.

    The load across the axis is felt along the couch axis nearest to the head's that is square to
    it: which way a capsule lies in its trim is assumed, since it decides the sign only.
    """
    along = np.array(seat)
    head = np.array([0.0, 0.0, 1.0]) if abs(along[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    across = head - along * (head @ along)
    across /= np.linalg.norm(across)
    x, y, z = (float(c) for c in across)
    return Couch(seat, (x, y, z))
