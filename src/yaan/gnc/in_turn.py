"""Two laws of one flight, of which each leg is steered by one."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool
from typing_extensions import override

from yaan.gnc.base import AbstractGuidance, Command
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import where


class Both(eqx.Module):
    """What two laws remember."""

    first: Any
    second: Any


class InTurn(AbstractGuidance):
    """The `second` of two laws where it is `active`, else the first; each keeps its memory."""

    first: AbstractGuidance
    second: AbstractGuidance
    active: Bool[Array, ""]

    @override
    def start(self, t: Array, memory: Both) -> Both:
        own = Both(self.first.start(t, memory.first), self.second.start(t, memory.second))
        # The first goes on remembering, as it would without the other.
        second = self._kept(own.second, memory.second)
        return Both(own.first, second)

    @override
    def update(self, look: Callable[[], Estimate], memory: Both) -> Both:
        second = self._kept(self.second.update(look, memory.second), memory.second)
        return Both(self.first.update(look, memory.first), second)

    @override
    def finish(self, t: Array, memory: Both) -> Both:
        second = self._kept(self.second.finish(t, memory.second), memory.second)
        return Both(self.first.finish(t, memory.first), second)

    @override
    def command(self, estimate: Estimate, memory: Both) -> Command:
        axes = (self.second, memory.second), (self.first, memory.first)
        second, first = (law.command(estimate, kept).axis for law, kept in axes)
        return Command(where(self.active, second, first))

    @override
    def deadline(self, t: Array, memory: Both) -> Array:
        second = self.second.deadline(t, memory.second)
        return jnp.where(self.active, second, self.first.deadline(t, memory.first))

    @override
    def cut_off(self, memory: Both) -> Array:
        second = self.second.cut_off(memory.second)
        return jnp.where(self.active, second, self.first.cut_off(memory.first))

    def _kept(self, new: Any, old: Any) -> Any:
        return jax.tree.map(lambda x, y: jnp.where(self.active, x, y), new, old)
