"""A liquid engine away from its design point: throttled, and at another mixture ratio.

Both are tables that the host makes, of the engine's file or of `surfaces`; where a vehicle has
none, nothing of them is compiled.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float


class ThrottleMap(eqx.Module):
    """Specific impulse against throttle, by stage, linear between its knots, flat beyond."""

    throttle: Float[Any, "stages knots"]
    """Share of full vacuum thrust, rising."""
    isp: Float[Any, "stages knots"]
    """Share of the specific impulse at full thrust."""

    def share(self, throttle: Float[Array, " stages"]) -> Float[Array, " stages"]:
        """Of the specific impulse at full thrust, at shares of that thrust."""
        return _between(self.throttle, self.isp, throttle)


class Mixture(eqx.Module):
    """Thrust and specific impulse as the mixture ratio shifts, by stage.

    The shift is a function of what has been burnt, so that an engine that is throttled or lit
    again goes on where it was. The factors are linear between their knots, and held beyond.
    """

    loaded: Float[Any, " stages"]
    """Propellant at the start [kg]."""
    burnt: Float[Any, "stages knots"]
    """Of it, rising [kg]."""
    thrust: Float[Any, "stages knots"]
    """Factor on vacuum thrust."""
    isp: Float[Any, "stages knots"]
    """Factor on specific impulse."""

    def factors(
        self, left: Float[Array, " stages"]
    ) -> tuple[Float[Array, " stages"], Float[Array, " stages"]]:
        """Factors on thrust and on specific impulse with `left` [kg] in the tanks."""
        burnt = self.loaded - left
        return _between(self.burnt, self.thrust, burnt), _between(self.burnt, self.isp, burnt)


def _between(
    knots: Float[Any, "stages knots"],
    values: Float[Any, "stages knots"],
    at: Float[Array, " stages"],
) -> Float[Array, " stages"]:
    """A table a stage: sums of ramps, which need no search."""
    crossed = jnp.clip((at[:, None] - knots[:, :-1]) / (knots[:, 1:] - knots[:, :-1]), 0.0, 1.0)
    return values[:, 0] + jnp.sum((values[:, 1:] - values[:, :-1]) * crossed, axis=1)
