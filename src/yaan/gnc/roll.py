"""The roll of a capsule as it follows a commanded bank, with limited rate and acceleration.

Of all rolls within the limits the quickest is taken: at the largest acceleration up to the largest
rate, then down to that of the command. It is known in closed form between two commands, so that
no step of an integration has to resolve it and both limits are kept exactly.

Ignores: thrusters, their dead-band and propellant; moments of the air.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

Scalar = Float[Array, ""]

_KEPT = 0.95
"""Share of the largest rate that a command may have: the rest catches up with it."""


class RollLimits(eqx.Module):
    """How fast a capsule may roll; both are above zero."""

    rate: Float[Any, "*lanes"]  # [rad/s]
    acceleration: Float[Any, "*lanes"]  # [rad/s^2]


class Rolling(eqx.Module):
    """A bank on its way to a command; leaves may have lanes. Angles are not wrapped."""

    since: Float[Array, "*lanes"]
    """When it was commanded last [s]."""
    angle: Float[Array, "*lanes"]
    """Then [rad]."""
    rate: Float[Array, "*lanes"]
    """Then [rad/s]."""
    command: Float[Array, "*lanes"]
    """Then [rad]."""
    command_rate: Float[Array, "*lanes"]
    """At which the command goes on [rad/s]."""

    def commanded(self, t: Scalar) -> Scalar:
        """The command at `t` [s], as it was known [rad]."""
        return self.command + self.command_rate * (t - self.since)

    def at(self, t: Scalar, limits: RollLimits) -> tuple[Scalar, Scalar]:
        """Bank [rad] and its rate [rad/s] at `t` [s], not before it was commanded; one lane."""
        most = limits.acceleration
        moving = jnp.clip(self.command_rate, -_KEPT * limits.rate, _KEPT * limits.rate)
        # Against the moving command, whose rate takes its part of the limit.
        left, slip = self.command - self.angle, self.rate - moving
        sense = jnp.where(left - 0.5 * slip * jnp.abs(slip) / most < 0.0, -1.0, 1.0)
        left, slip = sense * left, sense * slip
        top = limits.rate - sense * moving
        peak = jnp.minimum(jnp.sqrt(jnp.maximum(most * left + 0.5 * slip**2, 0.0)), top)
        up, down = jnp.abs(peak - slip) / most, peak / most
        pull = jnp.where(peak < slip, -most, most)
        gained, braked = 0.5 * (peak + slip) * up, 0.5 * peak * down
        cruise = jnp.maximum(left - gained - braked, 0.0) / jnp.maximum(peak, 1e-12)
        passed = jnp.maximum(t - self.since, 0.0)
        a = jnp.minimum(passed, up)
        b = jnp.clip(passed - up, 0.0, cruise)
        c = jnp.clip(passed - up - cruise, 0.0, down)
        arrived = passed >= up + cruise + down
        way = slip * a + 0.5 * pull * a**2 + peak * (b + c) - 0.5 * most * c**2
        speed = jnp.where(passed < up, slip + pull * a, peak - most * c)
        way, speed = jnp.where(arrived, left, way), jnp.where(arrived, 0.0, speed)
        return self.angle + sense * way + moving * passed, sense * speed + moving

    def told(
        self, t: Scalar, command: Scalar, command_rate: Scalar, limits: RollLimits
    ) -> "Rolling":
        """The same from `t` [s] on, by another command; one that is not finite is not heard."""
        angle, rate = self.at(t, limits)
        heard = jnp.isfinite(command) & jnp.isfinite(command_rate)
        return Rolling(
            since=t,
            angle=angle,
            rate=rate,
            command=jnp.where(heard, command, self.commanded(t)),
            command_rate=jnp.where(heard, command_rate, 0.0),
        )


def at_rest(t: Scalar, bank: Scalar) -> Rolling:
    """A bank that is held [rad]; zero where it is not finite."""
    zero = jnp.zeros_like(t)
    known = jnp.where(jnp.isfinite(bank), bank, 0.0) + zero
    return Rolling(t, known, zero, known, zero)
