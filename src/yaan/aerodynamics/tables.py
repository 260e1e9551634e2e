"""Force coefficients of a configuration."""

from functools import partial
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.model import Model
from yaan.base.tables import hats


class ForceTable(eqx.Module):
    """Axial and normal force coefficients against angle of attack and Mach number.

    Body axes: axial force against the vehicle's axis, normal force across it, in the plane of
    the axis and the stream. At zero angle of attack the axial coefficient is the drag
    coefficient. Flat beyond the edges; the flight record shows whether they were left.
    """

    about: ClassVar[Model] = Model(
        name="aerodynamics",
        text="axial and normal force by Mach number and angle of attack",
        ignores="plume, roll, Reynolds number",
    )

    angles: Float[Any, " angles"]  # [rad]
    mach: Float[Any, " machs"]
    axial: Float[Any, "angles machs"]
    normal: Float[Any, "angles machs"]
    reference_area: Float[Any, ""]  # [m^2]

    def areas(
        self, angle: Float[Array, ""], mach: Float[Array, ""]
    ) -> tuple[Float[Array, ""], Float[Array, ""]]:
        """Force areas [m^2], axial and normal: times dynamic pressure they are the forces."""
        lines, weights = hats(angle, self.angles), hats(mach, self.mach)

        def line(i: int) -> Array:
            both = jnp.stack([self.axial[i], self.normal[i]])
            return lines[i] * jnp.sum(both * weights, axis=-1)

        total = jnp.zeros(2)
        for i in range(lines.shape[-1]):
            # An angle lies between two lines: the others are branches that are not taken.
            told = jax.lax.cond(lines[i] != 0.0, partial(line, i), lambda: jnp.zeros(2))
            total = total + told
        return self.reference_area * total[0], self.reference_area * total[1]
