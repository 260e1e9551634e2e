"""What fails of the engines of a vehicle, by stage, as data of a lane."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

LOSING = 1e-3
"""In what time a lost engine dies [s]: a jump is flown as a short ramp."""


class Failures(eqx.Module):
    """Engines lost or degraded on the way, and throttles that stick.

    From each instant of `lost_at` on only a share of a stage's thrust is `left`, and as much of its
    flow: what is lost gives no thrust and takes no propellant. From `stuck_at` on the throttle of
    a stage stays where it is then, whatever is commanded.
    Ignores the torque of the engines that are left, that a degraded engine may waste propellant,
    and what a failure does to its neighbours.
    """

    lost_at: Float[Any, "stages faults"]
    """[s], one after the other; infinite: none is; minus infinity: from the start, as of a stage
    that does not light."""
    left: Float[Any, "stages faults"]
    """Share of the stage's full thrust from then on, not above that before."""
    stuck_at: Float[Any, " stages"] | None = None
    """[s]; infinite: it is not. None where none is, and nothing of it is compiled."""

    def share(self, t: Float[Array, ""]) -> Float[Array, " stages"]:
        """What is left at `t` [s], of all."""
        gone = jnp.clip((t - self.lost_at) / LOSING, 0.0, 1.0)
        before = jnp.concatenate([jnp.ones_like(self.left[:, :1]), self.left[:, :-1]], axis=1)
        # A fault that does not come takes nothing, though its share is written.
        return 1.0 - jnp.sum(gone * (before - self.left), axis=1)

    def since_lost(self, t: Float[Array, ""]) -> Float[Array, " stages"]:
        """How long ago [s] nothing was left; below 0 before, minus infinity where it never is."""
        dead = jnp.isfinite(self.lost_at) & (self.left <= 0.0)
        return jnp.max(jnp.where(dead, t - self.lost_at - LOSING, -jnp.inf), axis=1)

    def held(
        self,
        t: Float[Array, ""],
        held: Float[Array, " stages"],
        share: Float[Array, " stages"],
    ) -> Float[Array, " stages"]:
        """The throttles that have stuck by `t` [s]: `held` before, now at `share`; below 0: not."""
        if self.stuck_at is None:
            return held
        return jnp.where((held < 0.0) & (t >= self.stuck_at - 1e-9), share, held)

    @property
    def kinks(self) -> Float[Array, " instants"]:
        """When a share bends, or a throttle sticks [s]."""
        bends = [self.lost_at.ravel(), self.lost_at.ravel() + LOSING]
        return jnp.concatenate(bends if self.stuck_at is None else [*bends, self.stuck_at])
