"""The state that is handed over at every border between legs, whatever flies them.

Each motion integrates a state of its own and keeps it packed; only this one crosses a border.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Bool, Float, PyTree
from numpy.typing import ArrayLike

from yaan.spacetime.frame import Frame, Vector, components, vector
from yaan.spacetime.rotation import Rotation

TANKS = 8
"""Tanks are padded to a multiple of this, so that missions share a compiled flight."""

PARTS = 16
"""Likewise parts."""


class Sums(eqx.Module):
    """What a flight has added up since it began: named additional states."""

    ideal: Float[Any, "*lanes"]
    """Ideal velocity of all engines, the integral of thrust in vacuum over mass [m/s]."""
    drag: Float[Any, "*lanes"]
    """The integral of drag over mass [m/s], along the motion."""
    gravity: Float[Any, "*lanes"]
    """Of apparent gravity against the motion, in powered flight [m/s]."""
    steering: Float[Any, "*lanes"]
    """Of thrust that is not along the motion, in powered flight [m/s]."""
    back_pressure: Float[Any, "*lanes"]
    """Of what the air takes off the thrust, in powered flight [m/s]."""
    heat_load: Float[Any, "*lanes"]
    """Of the heat flux at the stagnation point [J/m^2], in entries."""


def nothing_added(like: Float[Any, "*lanes"]) -> Sums:
    """Sums of zero, of the shape of `like`."""
    return Sums(*([0.0 * like] * len(fields(Sums))))


class State(eqx.Module):
    """Where a vehicle is, how it moves, what it carries; lanes are the first axis of every leaf.

    Its leaves are JAX's arrays in a flight, and NumPy's on the host. What no motion before has
    told is NaN.
    """

    t: Float[Any, "*lanes"]
    """Since the epoch [s]."""
    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS
    attitude: Rotation
    """GCRS to BODY; NaN where no motion has told it."""
    rate: Vector
    """[rad/s] against GCRS, BODY; NaN likewise."""
    tanks: Float[Any, "*lanes tanks"]
    """Propellant left [kg], in the order of the vehicle's tanks."""
    aboard: Bool[Any, "*lanes parts"]
    """What has not been dropped, in the order of the vehicle's parts."""
    sums: Sums
    memory: PyTree = None
    """Of guidance and navigation; None where they keep nothing."""
    canopies: PyTree = None
    """What has happened to its parachutes, a `vehicle.canopies.Canopies`; None: all are packed."""

    def __len__(self) -> int:
        """Number of lanes."""
        return len(self.t)

    @property
    def position_gcrs(self) -> np.ndarray:
        """Position [m], GCRS, [lanes, 3]; on the host."""
        return components(self.position)

    @property
    def velocity_gcrs(self) -> np.ndarray:
        """Velocity [m/s], GCRS, [lanes, 3]; on the host."""
        return components(self.velocity)

    def dropping(self, parts: Sequence[int], tanks: Sequence[int] = ()) -> "State":
        """The same without some parts, which take what is in their tanks along; on the host."""
        aboard, left = self.aboard.copy(), self.tanks.copy()
        aboard[:, list(parts)] = False
        left[:, list(tanks)] = 0.0
        return eqx.tree_at(lambda s: (s.aboard, s.tanks), self, (aboard, left))

    def take(self, rows: int | ArrayLike) -> "State":
        """The lanes `rows`, which may repeat."""
        index = np.atleast_1d(np.asarray(rows))
        return jax.tree.map(lambda leaf: leaf[index], self)


def state_of(
    t: ArrayLike,
    position: ArrayLike,
    velocity: ArrayLike,
    tanks: ArrayLike = (),
    aboard: ArrayLike = (),
) -> State:
    """A state of lanes on the host: [n] s, [n, 3] m and m/s in GCRS, [n, tanks] kg, [n, parts]."""
    time: Any = np.asarray(t, dtype=float)
    moved: list[Any] = [np.asarray(x, dtype=float) for x in (position, velocity)]
    unknown: Any = np.full((len(time), 3), np.nan)
    w = unknown[:, 0]
    return State(
        t=time,
        position=vector(moved[0], Frame.GCRS),
        velocity=vector(moved[1], Frame.GCRS),
        attitude=Rotation(w, w, w, w, Frame.GCRS, Frame.BODY),
        rate=vector(unknown, Frame.BODY),
        tanks=_padded(np.asarray(tanks, dtype=float), len(time), TANKS),
        aboard=_padded(np.asarray(aboard, dtype=bool), len(time), PARTS),
        sums=nothing_added(time),
    )


def _padded(values: np.ndarray, lanes: int, unit: int) -> Any:
    """The same in every lane, filled up to a multiple of `unit` columns, one unit at least."""
    rows = np.broadcast_to(values, (lanes, values.shape[-1]))
    missing = max(unit, -(-rows.shape[1] // unit) * unit) - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, missing)))
