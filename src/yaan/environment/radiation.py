"""The pressure of sunlight, and the Earth's shadow in which there is none.

The shadow is that of `yaan.environment.sunlight`, here for traced code and for any ellipsoid:
stretched along its axis until it is a sphere, straight rays stay straight, and the lit part of the
Sun's disc follows from three angles.
"""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.environment.sunlight import SUN_RADIUS
from yaan.spacetime.earth import WGS84, Ellipsoid
from yaan.spacetime.ephemeris import ASTRONOMICAL_UNIT, Ephemeris
from yaan.spacetime.frame import Vector

SOLAR_PRESSURE = 4.56e-6
"""Pressure of sunlight at one astronomical unit on what absorbs all of it [N/m^2]
(O. Montenbruck and E. Gill, Satellite Orbits (2000), section 3.4)."""


class Radiation(eqx.Module):
    """Sunlight around the Earth.

    Valid: outside the Earth, from a straight limb across the Sun's disc: below 2,000 km the lit
    fraction is within 0.002 of the true one, and beyond only the seconds of half shadow suffer.
    Ignores: light and heat from the Earth (up to a third of it in low orbit), the air's bending
    and dimming, the Moon's shadow, the change of the Sun's light with its cycle (0.1 %), and the
    0.2 deg between the axes of the Earth and of GCRS.
    """

    about: ClassVar[Model] = Model(
        name="sunlight",
        text="pressure of sunlight at the mean of the solar constant, with the Earth's shadow",
        ignores="light and heat from the Earth",
    )

    sun: Ephemeris
    """The apparent Sun."""
    at_unit: Float[Any, ""] = eqx.field(converter=held, default=SOLAR_PRESSURE)
    """Pressure at one astronomical unit [N/m^2]."""
    shape: Ellipsoid = eqx.field(static=True, default=WGS84)

    def pressure(self, t: Float[Array, ""], position: Vector) -> Vector:
        """Pressure [N/m^2] at `position` [m, GCRS] and `t` [s], along the light, in GCRS.

        On a sphere the force is this times its cross-section times 1 for what absorbs and for
        a mirror alike, up to 1.44 for what scatters.
        """
        sun = self.sun.at(t)
        light = position - sun
        square = light.dot(light)
        size = self.at_unit * ASTRONOMICAL_UNIT**2 / (square * jnp.sqrt(square))
        return light * (size * lit_fraction(position, sun, self.shape))


def lit_fraction(position: Vector, sun: Vector, shape: Ellipsoid = WGS84) -> Float[Array, "*batch"]:
    """Part of the Sun's disc that is seen from `position`, 0 to 1; the `sun` at its apparent place.

    Both [m] from the Earth's centre, in GCRS. Smooth but at the first and the last contact.
    """
    here, light = _rounded(position, shape), _rounded(sun, shape)
    away = light - here
    across, along = here.cross(away), here.dot(away)
    separation = jnp.arctan2(jnp.sqrt(across.dot(across) + 1.0), -along)
    earth = jnp.arcsin(jnp.minimum(shape.equatorial_radius / here.norm(), 1.0 - 1e-12))
    disc = jnp.arcsin(SUN_RADIUS / away.norm())
    bare = (separation - earth) / disc
    # Off the edges, where the slope of a root would be infinite times zero.
    partial = jnp.abs(bare) < 1.0
    seen = jnp.where(partial, bare, 0.0)
    segment = 0.5 + (seen * jnp.sqrt(1.0 - seen * seen) + jnp.arcsin(seen)) / jnp.pi
    return jnp.where(partial, segment, jnp.where(bare > 0.0, 1.0, 0.0))


def _rounded(place: Vector, shape: Ellipsoid) -> Vector:
    """The place after the ellipsoid is stretched to a sphere."""
    return Vector(place.x, place.y, place.z / (1.0 - shape.flattening), place.frame)
