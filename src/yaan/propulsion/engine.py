"""Thrust and flow of the engines of a vehicle, one entry a stage.

A stage's engines burn together, so that one curve of vacuum thrust against time since ignition
stands for all of them: a solid motor's table, or a liquid engine's ramp and level.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from yaan.base.constants import STANDARD_GRAVITY

_LOSING = 1e-3  # [s] in which a lost engine dies: a jump is flown as a short ramp
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


class Failures(eqx.Module):
    """Engines lost on the way, by stage: from an instant on only a share of a stage's burns.

    What is lost gives no thrust and takes no propellant. Ignores the torque of those that are
    left, and what a failure does to its neighbours.
    """

    lost_at: Float[Array, " stages"]
    """[s]; infinite: none is; minus infinity: from the start, as of a stage that does not light."""
    left: Float[Array, " stages"]
    """Share of the stage's engines that burns on."""

    def share(self, t: Float[Array, ""]) -> Float[Array, " stages"]:
        """The engines that burn at `t` [s], of all."""
        gone = jnp.clip((t - self.lost_at) / _LOSING, 0.0, 1.0)
        return 1.0 - gone * (1.0 - self.left)

    @property
    def kinks(self) -> Float[Array, " instants"]:
        """When the share bends [s]."""
        return jnp.concatenate([self.lost_at, self.lost_at + _LOSING])


class Engines(eqx.Module):
    """Engines of all stages.

    Thrust is vacuum thrust less exit area times ambient pressure; flow is vacuum thrust over
    specific impulse. Below `full_flow_thrust` the nozzle is taken as not flowing full and the
    pressure term falls in proportion to thrust (assumed; it acts in the tail-off of a solid).
    Ignores mixture-ratio drift and the dependence of Isp on thrust, throttled or not.
    Source: Sutton and Biblarz, Rocket Propulsion Elements, 9th ed., equations 2-13 and 2-6.
    """

    times: Float[Array, "stages knots"]
    """Time since ignition [s], rising; the first is zero, the last thrust is held."""
    thrusts: Float[Array, "stages knots"]
    """Vacuum thrust of all engines of the stage [N]."""
    isp: Float[Array, " stages"]  # [s], vacuum
    exit_area: Float[Array, " stages"]  # [m^2], all engines of the stage
    full_flow_thrust: Float[Array, " stages"]  # [N]
    ignition_delay: Float[Array, " stages"]  # [s]
    tail_off: Float[Array, " stages"]  # [s]
    failures: Failures | None = None
    """None, and nothing of it is compiled."""

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
        since = t - ignition - self.burn_out - _LOSING
        if self.failures is not None:
            lost_at, left = self.failures.lost_at, self.failures.left
            lost = jnp.isfinite(lost_at) & (left <= 0.0)
            since = jnp.maximum(since, jnp.where(lost, t - lost_at - _LOSING, -jnp.inf))
        return jnp.maximum(since, -_LONG)

    def fire(
        self,
        t: Float[Array, ""],
        pressure: Float[Array, ""],
        ignition: Float[Array, " stages"],
        cut_off: Float[Array, " stages"],
        fed: Bool[Array, " stages"],
    ) -> Firing:
        """Thrust and flow at `t` [s] under ambient `pressure` [Pa].

        `ignition` and `cut_off` are instants [s] (infinite: not yet); `fed`: has propellant.
        """
        age = (t - ignition)[:, None]
        crossed = jnp.clip(
            (age - self.times[:, :-1]) / (self.times[:, 1:] - self.times[:, :-1]), 0.0, 1.0
        )
        rises = self.thrusts[:, 1:] - self.thrusts[:, :-1]
        level = self.thrusts[:, 0] + jnp.sum(rises * crossed, axis=1)
        fading = jnp.clip(1.0 - (t - cut_off) / jnp.maximum(self.tail_off, 1e-9), 0.0, 1.0)
        share = jnp.where(t < cut_off, 1.0, jnp.where(self.tail_off > 0.0, fading, 0.0))
        thrust = jnp.where(fed & (t >= ignition), level * share, 0.0)
        flowing = jnp.minimum(thrust / self.full_flow_thrust, 1.0)
        if self.failures is not None:
            burning = self.failures.share(t)
            thrust, flowing = thrust * burning, flowing * burning
        return Firing(
            vacuum_thrust=thrust,
            back_pressure=pressure * self.exit_area * flowing,
            flow=thrust / (self.isp * STANDARD_GRAVITY),
        )

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
