"""Air and wind that know more than a height: the place and the time too.

Most models of the air are functions of height alone, and so are a user's own; they stay that. A
model that needs latitude, longitude or the hour is of another abstract class, and whoever flies
through either asks `air_over` or `wind_over`. The choice is made while tracing, so that nothing of
the one is compiled where the other flies.
"""

import abc
from dataclasses import replace
from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.tables import Table
from yaan.environment.atmosphere import AbstractAtmosphere, Air, Lane, ScaledAtmosphere
from yaan.environment.wind import (
    AbstractPlacedWind,
    AbstractWind,
    AddedPlacedWind,
    AddedWind,
    Horizontal,
)
from yaan.spacetime.earth import Geodetic


class AbstractPlacedAtmosphere(eqx.Module):
    """The air a vehicle meets, as a function of place and time."""

    about: ClassVar[Model]
    """What it is, for the summary of a flight."""
    # Heights [m] between which the model is what its source says.
    valid_range: ClassVar[tuple[float, float]]

    @abc.abstractmethod
    def over(self, place: Geodetic, t: Float[Array, "*lanes"]) -> Air:
        """The air at `place` (geodetic, [rad] and [m]), `t` [s] after the epoch."""


Atmosphere = AbstractAtmosphere | AbstractPlacedAtmosphere
Wind = AbstractWind | AbstractPlacedWind


class ScaledPlacedAtmosphere(AbstractPlacedAtmosphere):
    """Another atmosphere with its density and pressure times a factor, at its temperature.

    As `ScaledAtmosphere`, of air that knows the place. Source: none; the factor is the user's.
    """

    base: AbstractPlacedAtmosphere
    scale: Float[Any, "*lanes"] = eqx.field(converter=held)

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - with its factor
        """What it is."""
        known = self.base.about
        return replace(known, text=f"{known.text}, its density times {float(self.scale):g}")

    @property
    def valid_range(self) -> tuple[float, float]:  # pyright: ignore[reportIncompatibleVariableOverride] - that of its base
        """Heights of its base [m]."""
        return self.base.valid_range

    @override
    def over(self, place: Geodetic, t: Float[Array, "*lanes"]) -> Air:
        air = self.base.over(place, t)
        return air._replace(density=air.density * self.scale, pressure=air.pressure * self.scale)


def scaled(air: Atmosphere, scale: Float[Any, "*lanes"]) -> Atmosphere:
    """An atmosphere with its density and pressure times `scale`."""
    if isinstance(air, AbstractPlacedAtmosphere):
        return ScaledPlacedAtmosphere(air, scale)
    return ScaledAtmosphere(air, scale)


class ProfiledAtmosphere(AbstractAtmosphere):
    """Another atmosphere with its density and pressure times a factor of the height.

    At its temperature, so that pressure no longer carries the weight of the air above: as for
    `ScaledAtmosphere`. Source: none; the table is the user's.
    """

    base: AbstractAtmosphere
    factor: Table
    """Against height [m]."""

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - of its base
        """What it is."""
        return _profiled(self.base.about)

    @property
    def valid_range(self) -> tuple[float, float]:  # pyright: ignore[reportIncompatibleVariableOverride] - that of its base
        """Heights of its base [m]."""
        return self.base.valid_range

    @override
    def at(self, height: Lane) -> Air:
        return _times(self.base.at(height), self.factor(jnp.asarray(height, dtype=float)))


class ProfiledPlacedAtmosphere(AbstractPlacedAtmosphere):
    """As `ProfiledAtmosphere`, of air that knows the place."""

    base: AbstractPlacedAtmosphere
    factor: Table
    """Against height [m]."""

    @property
    def about(self) -> Model:  # pyright: ignore[reportIncompatibleVariableOverride] - of its base
        """What it is."""
        return _profiled(self.base.about)

    @property
    def valid_range(self) -> tuple[float, float]:  # pyright: ignore[reportIncompatibleVariableOverride] - that of its base
        """Heights of its base [m]."""
        return self.base.valid_range

    @override
    def over(self, place: Geodetic, t: Float[Array, "*lanes"]) -> Air:
        return _times(self.base.over(place, t), self.factor(jnp.asarray(place.height)))


def _profiled(known: Model) -> Model:
    return replace(known, text=f"{known.text}, its density times a profile")


def _times(air: Air, factor: Float[Array, "*lanes"]) -> Air:
    return air._replace(density=air.density * factor, pressure=air.pressure * factor)


def profiled(air: Atmosphere, factor: Table) -> Atmosphere:
    """An atmosphere with its density and pressure times `factor` of the height [m]."""
    if isinstance(air, AbstractPlacedAtmosphere):
        return ProfiledPlacedAtmosphere(air, factor)
    return ProfiledAtmosphere(air, factor)


def with_wind(wind: Wind, east: Table, north: Table) -> Wind:
    """A wind with tables over the height [m] added to it [m/s]."""
    if isinstance(wind, AbstractPlacedWind):
        return AddedPlacedWind(wind, east, north)
    return AddedWind(wind, east, north)


def air_over(air: Atmosphere, place: Geodetic, t: Float[Array, "*lanes"]) -> Air:
    """What any atmosphere says of `place`, `t` [s] after the epoch."""
    if isinstance(air, AbstractPlacedAtmosphere):
        return air.over(place, t)
    return air.at(place.height)


def wind_over(wind: Wind, place: Geodetic, t: Float[Any, "*lanes"]) -> Horizontal:
    """What any wind says of `place`, `t` [s] after the epoch: towards east and north [m/s]."""
    if isinstance(wind, AbstractPlacedWind):
        return wind.over(place, t)
    return wind.at(place.height)
