"""What a step may be out by, and how long the next one may be.

Every step of a method tells an estimate of its own error (`method.Step.error`). Where a component
of it is larger than what is allowed, the step is taken back and tried shorter; the step that a
caller asks for is an upper bound. What is allowed is small against what steps of library missions
are out by, so that these fly the steps that they name, and every lane of a search the same ones.

The error of a whole flight is not told by this: that is found by a *shadow*, the same flight in
another lane with steps that are longer by `LONGER`, those that their error shortens among them.

Source: Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, 2nd edition (1993),
section II.4, equation (4.13).
"""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PyTree

from yaan.dynamics.packing import columns_of

POSITION = 0.01
"""What a step may be out by in each component of a position [m], at a tolerance of one."""

VELOCITY = 1e-3
"""Likewise of a velocity [m/s]."""

LEAST = 1e-6
"""Steps are not made shorter than this [s]: a jump within one would ask for ever shorter ones."""

LONGER = 2.0
"""How many times longer the steps of a shadow are, the lane that tells the error of a flight."""

_SAFETY = 0.9
_FASTEST, _SLOWEST = 5.0, 0.1  # times the length of the step before


class Allowed(eqx.Module):
    """What a step may be out by."""

    error: Float[np.ndarray, " width"]
    """Of each number of the packed state, known while tracing; infinite where it is not judged."""
    tolerance: Float[Array, " lanes"]
    """By which share of it each lane abides; infinite: steps are as long as asked."""


def allowed(
    state: PyTree,
    tolerance: Float[Array, " lanes"],
    judged: Callable[[PyTree], Sequence[PyTree]],
    errors: Sequence[float],
) -> Allowed:
    """What the parts `judged` of a state of lanes may be out by in one step, in SI."""
    blank = jax.tree.map(lambda leaf: np.full(leaf.shape[1:], np.inf), state)
    parts = [
        jax.tree.map(lambda leaf, e=error: np.full_like(leaf, e), part)
        for part, error in zip(judged(blank), errors, strict=True)
    ]
    filled = eqx.tree_at(judged, blank, parts)
    return Allowed(np.concatenate([leaf.ravel() for leaf in jax.tree.leaves(filled)]), tolerance)


def loosened(order: int) -> float:
    """How many times the tolerance of a shadow is, of a method whose estimate has this `order`.

    So that steps which their error shortens are longer by `LONGER` too.
    """
    return LONGER**order


def shortened(tolerance: float, order: int) -> float:
    """By what the longest step shrinks with a tolerance below one, as those do that it shortens.

    Where kinks within steps make the error, the estimate is small and the tolerance alone does not
    shorten them.
    """
    return min(1.0, tolerance ** (1.0 / order))


def size_of(error: Float[Array, "lanes width"], allowed: Allowed) -> Float[Array, " lanes"]:
    """The error of a step over what is allowed; infinite where it is no number."""
    judged = columns_of(np.isfinite(allowed.error).tolist())
    share = jnp.abs(judged.of(error)) * (1.0 / allowed.error[list(judged.taken)])
    size = jnp.max(share, axis=1, initial=0.0) / allowed.tolerance
    # A lane that is not judged has a size of zero, whatever its error.
    return jnp.where(jnp.isinf(allowed.tolerance), 0.0, jnp.where(jnp.isnan(size), jnp.inf, size))


def _inverse_root(x: Array, order: int) -> Array:
    """x^(-1 / order); by square roots, which are quick in all lanes, where it is a power of two."""
    if order & (order - 1):
        return x ** (-1.0 / order)
    while order > 1:
        x, order = jnp.sqrt(x), order // 2
    return 1.0 / x


def next_pace(
    pace: Float[Array, " lanes"],
    h: Float[Array, " lanes"],
    size: Float[Array, " lanes"],
    order: int,
    *,
    refused: Bool[Array, " lanes"],
) -> Float[Array, " lanes"]:
    """How long the next step may be [s], after one of `h` [s] whose error had this size.

    A step that was cut short by an event or a deadline says little of a long one: it never
    shortens the `pace`.
    """
    best = _SAFETY * _inverse_root(jnp.maximum(size, 1e-30), order)
    grown = h * jnp.clip(best, _SLOWEST, _FASTEST)
    told = jnp.where(best < _FASTEST, grown, jnp.maximum(pace, grown))
    shortened = h * jnp.clip(best, _SLOWEST, _SAFETY)
    return jnp.maximum(jnp.where(refused, shortened, told), LEAST)
