"""A capsule that flies at its trim angle: mass, shape and force coefficients against Mach."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.tables import hats


class Trim(eqx.Module):
    """Coefficients of a trimmed capsule."""

    lift: Float[Array, "*batch"]
    drag: Float[Array, "*batch"]
    angle: Float[Array, "*batch"]
    """Between the axis, heat shield forward, and the stream it meets [rad]."""


class Capsule(eqx.Module):
    """A blunt body whose centre of mass off its axis holds it at an angle to the stream.

    Lift and drag coefficients are those of the trimmed capsule, across and along the stream, on
    `area`; the lift lies in the plane of axis and stream and is turned about the stream by the
    bank. Tables are linear in Mach number and flat beyond their ends.

    Ignores: the motion about the trim angle, the change of trim with the centre of mass, and
    rarefied flow (above some 90 km the true drag is larger, the lift nearly nothing; neither
    bends a path there).
    """

    mass: Float[Array, "*batch"] = eqx.field(converter=jnp.asarray)  # [kg]
    area: Float[Array, "*batch"] = eqx.field(converter=jnp.asarray)  # [m^2] reference area
    nose_radius: Float[Array, "*batch"] = eqx.field(converter=jnp.asarray)  # [m]
    emissivity: Float[Array, "*batch"] = eqx.field(converter=jnp.asarray)
    """Of the hot face, for its radiative equilibrium."""
    mach: Float[Array, "*batch n"] = eqx.field(converter=jnp.asarray)
    """Rising."""
    lift: Float[Array, "*batch n"] = eqx.field(converter=jnp.asarray)
    drag: Float[Array, "*batch n"] = eqx.field(converter=jnp.asarray)
    angle: Float[Array, "*batch n"] = eqx.field(converter=jnp.asarray)
    """Trim angle from the heat-shield-forward axis [rad]: 180 deg less Apollo's angle of attack."""

    def trim(self, mach: Float[Array, ""]) -> Trim:
        """The trimmed coefficients of one capsule at a Mach number."""
        weights = hats(mach, self.mach)
        return Trim(
            lift=jnp.sum(weights * self.lift),
            drag=jnp.sum(weights * self.drag),
            angle=jnp.sum(weights * self.angle),
        )
