"""A launcher as the flight sees it: engines, masses, and the shapes it takes."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from yaan.aerodynamics.tables import ForceTable
from yaan.propulsion.engine import Engines


class Launcher(eqx.Module):
    """Stages, what else is aboard, and one force table a configuration.

    Entries are in the order of the vehicle's file: first `stages` (a set of strap-ons counts as
    one), then all items that have mass but no engine (parts and payload).
    """

    engines: Engines
    propellant: Float[Any, " stages"]  # [kg], loaded
    dry_mass: Float[Any, " stages"]  # [kg]
    item_mass: Float[Any, " items"]  # [kg]
    configurations: ForceTable
    """Stacked on a first axis, one for each shape that flies."""

    def mass(
        self,
        propellant: Float[Array, " stages"],
        stages_aboard: Bool[Array, " stages"],
        items_aboard: Bool[Array, " items"],
    ) -> Float[Array, ""]:
        """Mass of what is aboard [kg]."""
        stages = jnp.sum(jnp.where(stages_aboard, propellant + self.dry_mass, 0.0))
        return stages + jnp.sum(jnp.where(items_aboard, self.item_mass, 0.0))

    def configuration(self, index: Int[Array, ""]) -> ForceTable:
        """The force table of one configuration."""
        return jax.tree.map(lambda leaf: jnp.asarray(leaf)[index], self.configurations)
