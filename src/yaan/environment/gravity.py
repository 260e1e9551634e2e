"""Gravity: the pull of the Earth at a place fixed to the Earth.

Every model takes the three ITRS components of a position and returns the three ITRS components of
the acceleration, so that lanes of a batch are plain arrays of one shape. Centrifugal and Coriolis
terms are not gravity: they belong to whoever integrates in a turning frame.
"""

import abc
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Real
from typing_extensions import override

from yaan.base.lanes import held
from yaan.base.model import Model

Lane = Real[Array, "*lanes"]
Acceleration = tuple[Float[Array, "*lanes"], Float[Array, "*lanes"], Float[Array, "*lanes"]]


def about_gravity(field: str, degree: int, others: Sequence[str], missed: Sequence[str]) -> Model:
    """What gravity is: that of a field by its name, with the pull of `others`, without `missed`."""
    text = f"{field} to degree {degree}{', with ' if others else ''}{' and '.join(others)}"
    return Model(name="gravity", text=text, ignores=", ".join([*missed, "tides"]))


class AbstractGravity(eqx.Module):
    """The gravitational acceleration of the Earth.

    One of the user's own has a class attribute `about`, a `Model`, for the summary of a flight.
    Of those here it is told by the names of their fields (`about_gravity`).
    """

    mu: eqx.AbstractVar[Float[Array, ""]]  # [m^3/s^2], the two-body constant of the field

    @abc.abstractmethod
    def acceleration(self, x: Lane, y: Lane, z: Lane) -> Acceleration:
        """Gravitational acceleration [m/s^2] on ITRS axes, at ITRS position x, y, z [m].

        Scalars or lane arrays of one shape in, three arrays of that shape out. Not defined at the
        centre of the Earth.
        """


class PointGravity(AbstractGravity):
    """All mass at the centre: a = -mu r / |r|^3.

    Ignores: the Earth's shape (J2 alone is 1.6e-3 of the acceleration at low orbit).
    """

    mu: Float[Any, ""] = eqx.field(converter=held)  # [m^3/s^2]

    @override
    def acceleration(self, x: Lane, y: Lane, z: Lane) -> Acceleration:
        inverse = 1.0 / (x * x + y * y + z * z)
        k = -self.mu * inverse * jnp.sqrt(inverse)
        return k * x, k * y, k * z


class ZonalJ2Gravity(AbstractGravity):
    """A point mass and the equatorial bulge, J2 unnormalised (J2 = -sqrt(5) C20).

    Valid: outside the Earth. Ignores: everything above degree 2 (1e-5 of the acceleration).
    Source: Vallado, Fundamentals of Astrodynamics and Applications, 4th ed., section 8.7.1:
    the gradient of the zonal potential of degree 2.
    """

    mu: Float[Any, ""] = eqx.field(converter=held)  # [m^3/s^2]
    radius: Float[Any, ""] = eqx.field(converter=held)  # [m]
    j2: Float[Any, ""] = eqx.field(converter=held)

    @override
    def acceleration(self, x: Lane, y: Lane, z: Lane) -> Acceleration:
        inverse = 1.0 / (x * x + y * y + z * z)
        k = -self.mu * inverse * jnp.sqrt(inverse)
        bulge = 1.5 * self.j2 * self.radius * self.radius * inverse
        polar = 5.0 * z * z * inverse
        equatorial = k * (1.0 + bulge * (1.0 - polar))
        return equatorial * x, equatorial * y, k * z * (1.0 + bulge * (3.0 - polar))
