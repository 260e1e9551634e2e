"""Wind: the motion of the air against the turning Earth, as a function of height."""

import abc
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Real
from numpy.typing import ArrayLike
from typing_extensions import override

from yaan.base.model import Model
from yaan.base.tables import Table

Lane = Real[Array, "*lanes"]
Horizontal = tuple[Float[Array, "*lanes"], Float[Array, "*lanes"]]


def _about(text: str) -> Model:
    return Model(name="wind", text=text, ignores="gusts and vertical wind")


class AbstractWind(eqx.Module):
    """Horizontal wind against height; the air never moves vertically."""

    about: ClassVar[Model]
    """What it is, for the summary of a flight."""

    @abc.abstractmethod
    def at(self, height: Lane) -> Horizontal:
        """Velocity of the air against the ground, towards east and towards north [m/s].

        Local geodetic level at the vehicle; `height` [m] above the ellipsoid: a scalar or lanes.
        "Towards", not the meteorologist's "from": a westerly wind has a positive east component.
        """


class NoWind(AbstractWind):
    """The air turns with the Earth."""

    about: ClassVar[Model] = _about("none")

    @override
    def at(self, height: Lane) -> Horizontal:
        zero = jnp.zeros_like(height, dtype=float)
        return zero, zero


class ConstantWind(AbstractWind):
    """The same wind at every height."""

    about: ClassVar[Model] = _about("from the file")

    east: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [m/s]
    north: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [m/s]

    @override
    def at(self, height: Lane) -> Horizontal:
        zero = jnp.zeros_like(height, dtype=float)
        return zero + self.east, zero + self.north


class TableWind(AbstractWind):
    """Linear in height between knots, held beyond the first and the last."""

    about: ClassVar[Model] = _about("from the file")

    east: Table  # [m/s] against height [m]
    north: Table  # [m/s] against height [m]

    def __init__(self, height: ArrayLike, east: ArrayLike, north: ArrayLike):
        """Make the model from a table.

        Args:
            height: heights of the knots [m], rising strictly, at least one.
            east: velocity towards east at the knots [m/s].
            north: velocity towards north at the knots [m/s].

        Raises:
            ValueError: the columns differ in length, or the heights do not rise.
        """
        knots = np.asarray(height, dtype=float)
        if not knots.shape == np.shape(east) == np.shape(north) or knots.ndim != 1:
            raise ValueError("wind table: height, east and north must be columns of one length")
        if knots.size == 0 or np.any(np.diff(knots) <= 0.0):
            raise ValueError("wind table: heights must rise from row to row")
        self.east = Table(knots, np.asarray(east, dtype=float))
        self.north = Table(knots, np.asarray(north, dtype=float))

    @override
    def at(self, height: Lane) -> Horizontal:
        return self.east(height), self.north(height)
