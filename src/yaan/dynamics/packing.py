"""States of named fields as one array, and parts of it."""

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree, Shaped


class Packing(eqx.Module):
    """How a state of named fields is laid out as one array with its numbers on the last axis.

    The loop does its arithmetic on that array: one operation instead of one for each field.
    """

    structure: Any = eqx.field(static=True)
    shapes: tuple[tuple[int, ...], ...] = eqx.field(static=True)

    def pack(self, state: PyTree) -> Float[Array, "lanes width"]:
        """The numbers of a state of lanes."""
        leaves = jax.tree.leaves(state)
        return jnp.concatenate([leaf.reshape(leaf.shape[0], -1) for leaf in leaves], axis=1)

    def unpack(self, packed: Float[Array | np.ndarray, "*batch width"]) -> PyTree:
        """The state of those numbers."""
        leaves, start = [], 0
        for shape in self.shapes:
            size = math.prod(shape)
            part = packed[..., start : start + size]
            leaves.append(part.reshape(*packed.shape[:-1], *shape))
            start += size
        return jax.tree.unflatten(self.structure, leaves)

    def columns(self, chosen: Sequence[bool]) -> "Columns":
        """The columns of the leaves that are `chosen`."""
        pairs = zip(chosen, self.shapes, strict=True)
        return columns_of([taken for taken, shape in pairs for _ in range(math.prod(shape))])


class Columns(NamedTuple):
    """Some columns of a packed state, or of its events, as runs of those taken and those not."""

    runs: tuple[tuple[bool, int], ...]

    @property
    def taken(self) -> tuple[bool, ...]:
        """Column by column."""
        return tuple(taken for taken, size in self.runs for _ in range(size))

    def of(self, packed: Shaped[Array, "*batch width"]) -> Shaped[Array, "*batch chosen"]:
        """Their numbers."""
        parts = [
            part for (taken, _), part in zip(self.runs, self._cut(packed), strict=True) if taken
        ]
        if not parts:
            return packed[..., :0]
        return parts[0] if len(parts) == 1 else jnp.concatenate(parts, axis=-1)

    def within(
        self, packed: Shaped[Array, "*batch width"], own: Shaped[Array, "*batch chosen"]
    ) -> Shaped[Array, "*batch width"]:
        """The packed state with other numbers in these columns."""
        parts, first = self._cut(packed), 0
        for i, (taken, size) in enumerate(self.runs):
            if taken:
                parts[i] = own[..., first : first + size]
                first += size
        return parts[0] if len(parts) == 1 else jnp.concatenate(parts, axis=-1)

    def _cut(self, packed: Array) -> list[Array]:
        parts, first = [], 0
        for _, size in self.runs:
            parts.append(packed[..., first : first + size])
            first += size
        return parts


def columns_of(taken: Sequence[bool]) -> Columns:
    """Those that are `taken`."""
    return Columns(tuple((one, len(list(run))) for one, run in groupby(taken)))


def packing_of(state: PyTree) -> Packing:
    """The packing of states like this one of lanes."""
    leaves, structure = jax.tree.flatten(state)
    return Packing(structure, tuple(leaf.shape[1:] for leaf in leaves))
