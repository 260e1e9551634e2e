"""Thrust and flow of the engines of a vehicle, one entry a stage.

A stage's engines burn together, so that one curve of vacuum thrust against time since ignition
stands for all of them: a solid motor's table, or a liquid engine's ramp and level.
"""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.tables import along
from yaan.propulsion.failures import Failures
from yaan.propulsion.off_design import Mixture, ThrottleMap

_LATER = 1e-3  # [s] after its curve a burn counts as over
_LONG = 1e6  # [s] to go for a burn that no curve ends: what marks an event must be finite


class Firing(eqx.Module):
    """What the engines do at an instant, by stage."""

    vacuum_thrust: Float[Array, " stages"]  # [N]
    back_pressure: Float[Array, " stages"]
    """Thrust lost to the ambient pressure [N]."""
    flow: Float[Array, " stages"]
    """Propellant burnt [kg/s]."""

    def throttled(self, share: Float[Array, " stages"]) -> "Firing":
        """The same at shares of that thrust, with nozzles that still flow full."""
        return Firing(self.vacuum_thrust * share, self.back_pressure, self.flow * share)


class Engines(eqx.Module):
    """Engines of all stages.

    Thrust is vacuum thrust less exit area times ambient pressure; flow is vacuum thrust over
    specific impulse. Below `full_flow_thrust` the nozzle is taken as not flowing full and the
    pressure term falls in proportion to thrust (assumed; it acts in the tail-off of a solid).
    A throttle map and a shift of the mixture ratio act where a vehicle has them; without, Isp does
    not depend on either. Ignores what they do to a start and a tail-off, and gimbals.
    Source: Sutton and Biblarz, Rocket Propulsion Elements, 9th ed., equations 2-13 and 2-6.
    """

    times: Float[Any, "stages knots"]
    """Time since ignition [s], rising; the first is zero, the last thrust is held."""
    thrusts: Float[Any, "stages knots"]
    """Vacuum thrust of all engines of the stage [N]."""
    isp: Float[Any, " stages"]  # [s], vacuum
    exit_area: Float[Any, " stages"]  # [m^2], all engines of the stage
    full_flow_thrust: Float[Any, " stages"]  # [N]
    ignition_delay: Float[Any, " stages"]  # [s]
    tail_off: Float[Any, " stages"]  # [s]
    failures: Failures | None = None
    """None, and nothing of it is compiled; so of the next two."""
    throttle: ThrottleMap | None = None
    mixture: Mixture | None = None

    @property
    def burn_out(self) -> Float[Array, " stages"]:
        """When a thrust curve that falls to nothing is over, since ignition [s]; else infinite."""
        held = self.thrusts[:, -1] > 0.0
        last = jnp.max(jnp.where(self.thrusts[:, :-1] > 0.0, self.times[:, 1:], 0.0), axis=1)
        return jnp.where(held, jnp.inf, last)

    def since_over(
        self, t: Float[Array, ""], ignition: Float[Array, " stages"]
    ) -> Float[Array, " stages"]:
        """How long ago [s] the burn was over: its curve, or the last of its engines; else below 0.

        Whatever is left in the tank. A burn that never began is not over. Finite.
        """
        # A little later than the curve: what runs dry with it has run dry first.
        since = t - ignition - self.burn_out - _LATER
        if self.failures is not None:
            since = jnp.maximum(since, self.failures.since_lost(t))
        return jnp.maximum(since, -_LONG)

    def fire(
        self,
        t: Float[Array, ""],
        pressure: Float[Array, ""],
        ignition: Float[Array, " stages"],
        cut_off: Float[Array, " stages"],
        fed: Bool[Array, " stages"],
        left: Float[Array, " stages"] | None = None,
    ) -> Firing:
        """Thrust and flow at `t` [s] under ambient `pressure` [Pa].

        `ignition` and `cut_off` are instants [s] (infinite: not yet); `fed`: has propellant, of
        which `left` [kg] is read where the mixture shifts.
        """
        burning = fed & (t >= ignition)
        level = self._levels(t - ignition, burning)
        faded = (t - cut_off) * (1.0 / jnp.maximum(self.tail_off, 1e-9))
        fading = jnp.clip(1.0 - faded, 0.0, 1.0)
        share = jnp.where(t < cut_off, 1.0, jnp.where(self.tail_off > 0.0, fading, 0.0))
        thrust = jnp.where(burning, level * share, 0.0)
        flowing = jnp.minimum(thrust * (1.0 / self.full_flow_thrust), 1.0)
        if self.failures is not None:
            left_burning = self.failures.share(t)
            thrust, flowing = thrust * left_burning, flowing * left_burning
        isp = self.isp
        if self.mixture is not None and left is not None:
            stronger, better = self.mixture.factors(left)
            thrust, isp = thrust * stronger, isp * better
        return Firing(
            vacuum_thrust=thrust,
            back_pressure=pressure * self.exit_area * flowing,
            flow=thrust * (1.0 / (isp * STANDARD_GRAVITY)),
        )

    def _levels(
        self, age: Float[Array, " stages"], burning: Bool[Array, " stages"]
    ) -> Float[Array, " stages"]:
        """Thrust by the curves of those that burn [N], each its own branch: most do not."""

        def level(k: int) -> Array:
            curve = (age[k], self.times[k], self.thrusts[k])
            return jax.lax.cond(burning[k], lambda: along(*curve), lambda: jnp.zeros_like(age[k]))

        return jnp.stack([level(k) for k in range(age.shape[0])]) if age.shape[0] else age

    def throttled(self, firing: Firing, share: Float[Array, " stages"]) -> Firing:
        """What they give at shares of that thrust, by their throttle map."""
        slow = firing.throttled(share)
        if self.throttle is None:
            return slow
        worse = self.throttle.share(share)
        return Firing(slow.vacuum_thrust, slow.back_pressure, slow.flow / worse)

    def next_kink(
        self,
        t: Float[Array, ""],
        ignition: Float[Array, " stages"],
        cut_off: Float[Array, " stages"],
    ) -> Float[Array, ""]:
        """The first instant after `t` [s] at which a thrust curve bends."""
        knots = ignition[:, None] + self.times
        bends = [knots.ravel(), cut_off + self.tail_off]
        if self.failures is not None:
            bends.append(self.failures.kinks)
        ahead = jnp.concatenate(bends)
        # A knot within rounding of now has been passed. Without stages nothing bends.
        return jnp.min(jnp.where(ahead > t + 1e-9, ahead, jnp.inf), initial=jnp.inf)
