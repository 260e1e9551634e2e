"""The pull of Sun, Moon and planets: what they do to a vehicle beyond what they do to the Earth.

The frame of a flight falls with the Earth's centre, so that only the difference of two pulls is
felt, the tide: 1e-6 m/s^2 in low orbit. Taken as that difference it loses eight digits for the Sun;
with q from (1 + q) = (distance to the body / distance of the body from the Earth)^2 and Battin's

    f(q) = (1 + q)^(3/2) - 1 = q (3 + 3 q + q^2) / (1 + (1 + q)^(3/2))

nothing cancels.
"""

import abc
from types import MappingProxyType
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.base.lanes import held
from yaan.spacetime.ephemeris import Ephemeris
from yaan.spacetime.frame import Frame, Vector

SUN_MU = 1.32712440041e20
"""[m^3/s^2], compatible with TDB (IERS TN 36, table 1.1)."""

MOON_MU = 0.0123000371 * 3.986004418e14
"""[m^3/s^2]: the ratio of the masses times the Earth's (IERS TN 36, table 1.1)."""

PLANET_MU = MappingProxyType(
    {
        "venus": 3.24858592e14,
        "mars": 4.2828375816e13,
        "jupiter": 1.267127641e17,
        "saturn": 3.79405848418e16,
    }
)
"""[m^3/s^2], of planets with their moons (Park et al., Astronomical Journal 161 (2021) 105, DE440;
table not re-read)."""


class AbstractThirdBodies(eqx.Module):
    """Bodies other than the Earth that pull on a vehicle."""

    @abc.abstractmethod
    def acceleration(self, t: Float[Array, ""], position: Vector) -> Vector:
        """Their tidal acceleration [m/s^2] at `t` [s] since the epoch, at `position` [m], GCRS."""


class ThirdBody(eqx.Module):
    """A point mass on its path."""

    path: Ephemeris
    mu: Float[Any, ""] = eqx.field(converter=held)  # [m^3/s^2]


class PointBodies(AbstractThirdBodies):
    """Point masses on tabulated paths.

    Valid: away from the bodies; of low orbits within 1e-4 of the tide (the Moon's series, 30 km).
    Ignores: the bodies' own shapes, planets that are not among them (1e-4 of the Sun's tide), the
    tides of the solid Earth and of its seas, which answer with a tenth of this and more near the
    ground, relativity.
    Source: R. H. Battin, An Introduction to the Mathematics and Methods of Astrodynamics, revised
    edition (1999), section 8.4 (equation number not re-read).
    """

    bodies: tuple[ThirdBody, ...]

    @override
    def acceleration(self, t: Float[Array, ""], position: Vector) -> Vector:
        zero = jnp.zeros_like(position.x)
        total = Vector(zero, zero, zero, Frame.GCRS)
        for body in self.bodies:
            total = total + tide(body.mu, body.path.at(t), position)
        return total


def tide(mu: Float[Any, ""], body: Vector, position: Vector) -> Vector:
    """Pull of a point mass at `body` on `position` less its pull on the origin [m/s^2].

    Both places [m] from the origin, in one frame; `mu` in [m^3/s^2].
    """
    square = body.dot(body)
    q = position.dot(position - body * 2.0) / square
    ratio = 1.0 + q  # of the squares of two distances: to the vehicle, to the origin
    cube = ratio * jnp.sqrt(ratio)
    battin = q * (3.0 + 3.0 * q + q * q) / (1.0 + cube)
    return (position + body * battin) * (-mu / (square * jnp.sqrt(square) * cube))
