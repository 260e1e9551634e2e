"""Functions of one lane for batches of them: `jax.vmap`, and less where one flies alone."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


def spread(prefix: Any, tree: Any) -> tuple[Any, ...]:
    """The axis of each leaf of a tree, from the beginning of a tree of them."""
    axes: list[Any] = []

    def note(axis: Any, part: Any) -> None:
        axes.extend([axis] * len(jax.tree.leaves(part)))

    jax.tree.map(note, prefix, tree, is_leaf=lambda x: x is None)
    return tuple(axes)


def over_lanes(function: Callable[..., Any], axes: tuple[Any, ...], lanes: int) -> Any:
    """`function` of one lane over so many `lanes`; its results have them first.

    One lane is not mapped: a branch of the function stays a branch then, of which only the side
    that is taken costs anything, and there is less to trace.
    """
    if lanes != 1:
        return jax.vmap(function, in_axes=axes)

    def alone(*given: Any) -> Any:
        leaves, tree = jax.tree.flatten(given)
        one = [
            leaf if axis is None else jnp.squeeze(leaf, axis)
            for leaf, axis in zip(leaves, spread(axes, given), strict=True)
        ]
        result = function(*jax.tree.unflatten(tree, one))
        return jax.tree.map(lambda leaf: jnp.expand_dims(leaf, 0), result)

    return alone


def held(value: Any) -> Any:
    """A field as an array: of JAX where it is one, else of NumPy.

    What is built on the host, lanes by lanes, would be compiled by JAX for every new shape.
    """
    return value if isinstance(value, jax.Array) else np.asarray(value)
