"""Loads along a vehicle's own axes as those along the axes of a couch.

A couch stands in the vehicle by three angles and a place (`CouchFrame`). Where a mission says only
which couch axes take the load along the vehicle's axis, that is its `Couch`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from yaan.base.constants import STANDARD_GRAVITY


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


@dataclass(frozen=True)
class CouchFrame:
    """One couch in a vehicle whose axes are x forward (towards the nose), y right, z down.

    Attributes:
        name: of the couch.
        axes: its axes x (out of the chest), y (to the left) and z (to the head) as rows, in the
            vehicle's.
        position: of the chest in the vehicle's structural axes [m].
    """

    name: str
    axes: Float[np.ndarray, "3 3"]
    position: Float[np.ndarray, "3"]

    def resolved(self, force: ArrayLike) -> Float[np.ndarray, "*rows 3"]:
        """A vector in the vehicle's axes, [..., 3] of any unit, on the axes of the couch."""
        return np.asarray(force, dtype=float) @ self.axes.T

    def loads(
        self,
        force: ArrayLike,
        rate: ArrayLike | None = None,
        acceleration: ArrayLike | None = None,
        centre: ArrayLike | None = None,
    ) -> Float[np.ndarray, "*rows 3"]:
        """What is felt in the couch [g0] on its axes x, y and z, shape [..., 3].

        The specific force there is that of the centre of mass and what turning adds:
        omega x (omega x r) + alpha x r, r from the centre of mass to the couch.

        Args:
            force: specific force of the centre of mass [m/s2], body axes, shape [..., 3].
            rate: angular velocity of the body against what does not turn [rad/s], likewise; left
                out, it does not turn.
            acceleration: its rate of change [rad/s2], likewise; left out, it turns steadily.
            centre: of mass in structural axes [m], shape [3] or [..., 3]; left out, the origin.
        """
        felt = np.asarray(force, dtype=float)
        arm = self.position - (0.0 if centre is None else np.asarray(centre, dtype=float))
        if rate is not None:
            turn = np.asarray(rate, dtype=float)
            felt = felt + np.cross(turn, np.cross(turn, arm))
        if acceleration is not None:
            felt = felt + np.cross(np.asarray(acceleration, dtype=float), arm)
        return self.resolved(felt) / STANDARD_GRAVITY


def couch_frame(
    name: str,
    recline: float = 0.5 * np.pi,
    cant: float = 0.0,
    clocking: float = 0.0,
    position: ArrayLike | None = None,
) -> CouchFrame:
    """A couch by its angles [rad] and its place [m].

    Args:
        name: of the couch.
        recline: of the back from the vehicle's x axis. At 90 deg it lies flat, chest forward and
            head up, towards -z: thrust is all +x. At 0 it sits upright, head forward: all +z.
        cant: turn about its own z axis, the chest towards its left.
        clocking: last turn, about the vehicle's x axis, the head from -z towards +y.
        position: of the chest, structural axes; left out, their origin.
    """
    lying, upright = np.sin(recline), np.cos(recline)
    chest, head = np.array([lying, 0.0, upright]), np.array([upright, 0.0, -lying])
    left = np.cross(head, chest)
    c, s = np.cos(cant), np.sin(cant)
    axes = np.stack([c * chest + s * left, c * left - s * chest, head])
    c, s = np.cos(clocking), np.sin(clocking)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, c, -s], [0.0, s, c]])
    place = np.zeros(3) if position is None else np.asarray(position, dtype=float)
    return CouchFrame(name, axes @ about_x.T, place)


def body_force(axial: ArrayLike, normal: ArrayLike) -> Float[np.ndarray, "*rows 3"]:
    """A point mass's load along and across its axis on body axes, [..., 3] of the same unit.

    Args:
        axial: along the axis, of a launcher positive forward, of a capsule away from its heat
            shield; so the x axis points to the nose in both.
        normal: across it, towards -z.
    """
    along, across = np.broadcast_arrays(np.asarray(axial, float), np.asarray(normal, float))
    return np.stack([along, np.zeros_like(along), -across], axis=-1)


def nose_forward(vector: ArrayLike) -> Float[np.ndarray, "*rows 3"]:
    """A vector, [..., 3] of any unit, of a capsule that flies heat shield first on such axes.

    The rigid body of an entry has its x axis through the heat shield, y to the right and z down;
    turned by half about y its x axis points to the nose.
    """
    return np.asarray(vector, dtype=float) * np.array([-1.0, 1.0, -1.0])
