"""An attitude by time: the axis that another flight had, as a table of a reference trajectory.

What flies by it repeats the commands and not the laws that made them: a law that looks at the
motion, as a gravity turn does, would follow every error of this flight away from that one.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float
from typing_extensions import override

from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Vector


class Replay(AbstractGuidance):
    """The axis of a table, straight between its knots and held beyond its ends.

    Where two knots have one instant, the axis jumps there. It remembers nothing, and hands on what
    other laws remember.
    """

    times: Float[Array, " knots"]
    """Never falling [s]."""
    axes: Vector
    """Unit vectors at the knots, GCRS."""

    @override
    def start(self, t: Array, memory: Any) -> Any:
        del t
        return memory

    @override
    def update(self, look: Callable[[], Estimate], memory: Any) -> Any:
        del look
        return memory

    @override
    def finish(self, t: Array, memory: Any) -> Any:
        del t
        return memory

    @override
    def command(self, estimate: Estimate, memory: Any) -> Command:
        del memory
        knots = self.times.shape[0]
        # The interval that an instant begins, so that after a jump the later axis holds.
        after = jnp.searchsorted(self.times, estimate.t, side="right")
        low, high = jnp.maximum(after - 1, 0), jnp.minimum(after, knots - 1)
        span = self.times[high] - self.times[low]
        part = (estimate.t - self.times[low]) / jnp.where(span > 0.0, span, 1.0)
        part = jnp.where(span > 0.0, part, 0.0)
        a, b = (
            Vector(self.axes.x[i], self.axes.y[i], self.axes.z[i], self.axes.frame)
            for i in (low, high)
        )
        axis = a + (b - a) * part
        return Command(axis / jnp.sqrt(axis.dot(axis) + 1e-300))

    @override
    def deadline(self, t: Array, memory: Any) -> Array:
        del memory
        return jnp.full_like(t, jnp.inf)


def along(axis: Vector) -> Replay:
    """One axis [GCRS] all the time."""
    one = Vector(axis.x[None], axis.y[None], axis.z[None], axis.frame)
    return Replay(jnp.zeros(1), one)
