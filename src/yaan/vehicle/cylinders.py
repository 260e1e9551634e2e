"""Mass properties of a stack of cylinders: what an inertia is taken for that nobody publishes.

Every stage and part is a uniform solid cylinder on the vehicle's axis; of a pair of strap-ons each
is one, beside the axis to the right and to the left. Propellant thins its cylinder evenly as it
burns, as the grain of a motor with a hole along its axis does.

Ignores: how a liquid settles and sloshes, shells (a hollow cylinder has up to twice the moment
about its own axis), what is off the axis but strap-ons, products of inertia.
Source: moments of a cylinder and the parallel-axis theorem.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.spacetime.frame import Frame, Vector
from yaan.vehicle.body import Inertia, MassProperties

Parts = Float[Array, " parts"]


class Cylinders(eqx.Module):
    """Where the mass is, one entry for each stage and then each item of a launcher."""

    base: Parts
    """Of the lower end, along the axis from the origin of the structural axes [m]."""
    length: Parts  # [m]
    radius: Parts  # [m]
    offset: Parts
    """Of each of a pair from the vehicle's axis, along body y [m]; zero on the axis."""

    def properties(self, mass: Parts) -> MassProperties:
        """Of masses [kg], zero of what is not aboard; not all of them zero."""
        total = jnp.sum(mass)
        middle = self.base + 0.5 * self.length
        centre = jnp.sum(mass * middle) / total
        lever = (middle - centre) ** 2
        across = 0.25 * self.radius**2 + self.length**2 / 12.0 + lever
        side = self.offset**2
        zero = jnp.zeros_like(total)
        return MassProperties(
            mass=total,
            centre=Vector(centre, zero, zero, Frame.BODY),
            inertia=Inertia(
                xx=jnp.sum(mass * (0.5 * self.radius**2 + side)),
                yy=jnp.sum(mass * across),
                zz=jnp.sum(mass * (across + side)),
                xy=zero,
                xz=zero,
                yz=zero,
            ),
        )
