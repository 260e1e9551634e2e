"""What hangs from canopies: a body with a mass and a drag, whatever it is.

A capsule, a spent stage, a sounding rocket or an instrument in a box: to its canopies each is a
mass that the air also takes hold of. Forebody is the field's word for it (Knacke, Parachute
Recovery Systems Design Manual, NWC TP 6575).
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.aerodynamics.tables import ForceTable
from yaan.base.lanes import held
from yaan.base.tables import hats


class Forebody(eqx.Module):
    """A body ahead of its canopies; each field is shared by all lanes or one a lane.

    The drag coefficient is linear in Mach number and flat beyond its table. It is that of one
    attitude: whether the body holds it while it hangs, or tumbles, is for its maker to say.
    """

    mass: Float[Any, "*batch"] = eqx.field(converter=held)
    """All of it [kg], but what is in tanks that its own engines burn from."""
    area: Float[Any, "*batch"] = eqx.field(converter=held)  # [m^2] reference area
    mach: Float[Any, "*batch n"] = eqx.field(converter=held)
    """Rising."""
    drag: Float[Any, "*batch n"] = eqx.field(converter=held)
    """Drag coefficient on `area` at each Mach number."""

    def drag_coefficient(self, mach: Float[Array, ""]) -> Float[Array, ""]:
        """Of one body at a Mach number."""
        return jnp.sum(hats(mach, self.mach) * self.drag)


def blunt(mass: Any, drag_area: Any) -> Forebody:
    """A body of `mass` [kg] with one `drag_area` CdS [m^2] at every Mach number; [lanes] or one."""
    area = np.asarray(drag_area, dtype=float)
    ones = np.ones((*area.shape, 2))
    return Forebody(mass, area, ones * [0.0, 1.0], ones)


def along_stream(mass: Any, table: ForceTable) -> Forebody:
    """A stage or rocket of `mass` [kg] that falls with its axis along the stream.

    Its drag is the axial force at the first angle of its table, which is zero: nose first.
    One that falls base first or tumbles has another, usually larger; give it as `blunt`.
    """
    return Forebody(mass, table.reference_area, table.mach, table.axial[..., 0, :])
