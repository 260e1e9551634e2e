"""Wind: the motion of the air against the turning Earth, by height, or by place and time too."""

import abc
from dataclasses import replace
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Real
from numpy.typing import ArrayLike
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.tables import Table, hats
from yaan.spacetime.earth import Geodetic

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


class AbstractPlacedWind(eqx.Module):
    """Horizontal wind against place and time; the air never moves vertically."""

    about: ClassVar[Model]
    """What it is, for the summary of a flight."""

    @abc.abstractmethod
    def over(self, place: Geodetic, t: Lane) -> Horizontal:
        """Velocity of the air against the ground, towards east and towards north [m/s].

        As of `AbstractWind.at`, at `place` (geodetic, [rad] and [m]), `t` [s] after the epoch.
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

    east: Float[Any, ""] = eqx.field(converter=held)  # [m/s]
    north: Float[Any, ""] = eqx.field(converter=held)  # [m/s]

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


class AddedWind(AbstractWind):
    """Another wind with a table over height added to it.

    For what the day's wind differs by from the mean. Source: none; the table is the user's.
    """

    base: AbstractWind
    east: Table  # [m/s] against height [m]
    north: Table  # [m/s] against height [m]

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its base
        """What it is."""
        return _added(self.base.about)

    @override
    def at(self, height: Lane) -> Horizontal:
        east, north = self.base.at(height)
        return east + self.east(height), north + self.north(height)


class AddedPlacedWind(AbstractPlacedWind):
    """As `AddedWind`, to a wind that knows the place."""

    base: AbstractPlacedWind
    east: Table  # [m/s] against height [m]
    north: Table  # [m/s] against height [m]

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its base
        """What it is."""
        return _added(self.base.about)

    @override
    def over(self, place: Geodetic, t: Lane) -> Horizontal:
        east, north = self.base.over(place, t)
        height = jnp.asarray(place.height)
        return east + self.east(height), north + self.north(height)


def _added(known: Model) -> Model:
    return replace(known, text=f"{known.text}, with a profile added")


class PlacedTableWind(AbstractPlacedWind):
    """Linear in height, latitude and time between knots, held beyond the first and the last.

    Ignores: longitude; gusts and vertical wind. Cost grows with the number of knots, all of which
    are weighed at every call: some hundreds are little beside a gravity field.
    Source: the table's.
    """

    about: ClassVar[Model] = Model(
        name="wind",
        text="a table by place from the file",
        ignores="longitude, gusts, vertical wind",
    )

    height: Float[Any, " h"] = eqx.field(converter=held)  # [m]
    latitude: Float[Any, " l"] = eqx.field(converter=held)  # [rad]
    time: Float[Any, " t"] = eqx.field(converter=held)  # [s] after the epoch
    east: Float[Any, "h l t"] = eqx.field(converter=held)  # [m/s]
    north: Float[Any, "h l t"] = eqx.field(converter=held)  # [m/s]

    def __init__(
        self,
        axes: tuple[ArrayLike, ArrayLike | None, ArrayLike | None],
        east: ArrayLike,
        north: ArrayLike,
    ):
        """Make the model from a table.

        Args:
            axes: heights [m], latitudes [rad] and times [s after the epoch], each rising strictly;
                None of the last two where the wind does not depend on it.
            east: velocity towards east [m/s], one axis for each of those that are given.
            north: velocity towards north [m/s], in the same shape.

        Raises:
            ValueError: the shapes differ, or an axis does not rise.
        """
        knots = [np.zeros(1) if axis is None else np.asarray(axis, dtype=float) for axis in axes]
        given = tuple(k.size for k, axis in zip(knots, axes, strict=True) if axis is not None)
        if not given == np.shape(east) == np.shape(north):
            raise ValueError(f"wind table: east and north must have the shape {given}")
        if any(k.ndim != 1 or k.size == 0 or np.any(np.diff(k) <= 0.0) for k in knots):
            raise ValueError("wind table: heights, latitudes and times must rise")
        self.height, self.latitude, self.time = (jnp.asarray(k) for k in knots)
        shape = tuple(k.size for k in knots)
        self.east = jnp.reshape(jnp.asarray(east, dtype=float), shape)
        self.north = jnp.reshape(jnp.asarray(north, dtype=float), shape)

    @override
    def over(self, place: Geodetic, t: Lane) -> Horizontal:
        height, latitude = jnp.asarray(place.height), jnp.asarray(place.latitude)
        at = jnp.broadcast_to(jnp.asarray(t, dtype=float), height.shape)
        weights = hats(height, self.height)[..., :, None, None]
        weights = weights * hats(latitude, self.latitude)[..., None, :, None]
        weights = weights * hats(at, self.time)[..., None, None, :]
        axes = (-3, -2, -1)
        tables = (jnp.expand_dims(x, range(height.ndim)) for x in (self.east, self.north))
        east, north = (jnp.sum(weights * table, axis=axes) for table in tables)
        return east, north
