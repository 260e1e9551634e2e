"""What of a state moves, and what its rates rest on, as the traced dynamics tell.

Much of a state only stands by: peaks so far, when an engine was lit, a rate of damping. A method
need not carry what has no rate from stage to stage, and what a step changed of it leaves the rates
as they are, so that the last one found is still the first of the next step.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core
from jaxtyping import Array, PyTree

from yaan.base.lanes import over_lanes, spread
from yaan.base.traced import CALLS, needed


class Rates(NamedTuple):
    """The dynamics of a batch of lanes, traced."""

    evaluate: Callable[[Array, PyTree], tuple[PyTree, Array]]
    """Of t [s] and states with lanes: their rates, and the event functions."""
    moving: tuple[bool, ...]
    """Leaf by leaf of the state: whether it has a rate."""
    felt: tuple[bool, ...]
    """Whether a rate depends on it."""


def rates_of(
    evaluate: Callable[..., Any], t: Array, state: PyTree, parameters: PyTree, axes: PyTree
) -> Rates:
    """Trace `evaluate(t, state, parameters)`, of one lane, once for all stages.

    `t`, `state` and `parameters` have lanes; `axes` are those of `parameters`, as in `jax.vmap`.
    """
    given = (t, state, parameters)
    leaves, tree = jax.tree.flatten(given)
    each = spread((0, 0, axes), given)
    one = [
        jax.ShapeDtypeStruct(_without(jnp.shape(leaf), axis), jnp.result_type(leaf))
        for leaf, axis in zip(leaves, each, strict=True)
    ]
    structures: list[Any] = []

    def flat(*numbers: Array) -> list[Array]:
        rate, events = evaluate(*jax.tree.unflatten(tree, numbers))
        found, structure = jax.tree.flatten((rate, jnp.asarray(events)))
        structures.append(structure)
        return found

    closed = jax.make_jaxpr(flat)(*one)
    run = over_lanes(core.jaxpr_as_fun(closed), each, t.shape[0])

    def lanes(t: Array, y: PyTree) -> tuple[PyTree, Array]:
        return jax.tree.unflatten(structures[-1], run(*jax.tree.leaves((t, y, parameters))))

    count = len(jax.tree.leaves(state))
    out = closed.jaxpr.outvars[:count]
    moving = tuple(not _is_zero(closed.jaxpr, closed.consts, atom) for atom in out)
    asked = [atom for atom, moves in zip(out, moving, strict=True) if moves]
    rests = needed(closed.jaxpr, asked)
    felt = tuple(variable in rests for variable in closed.jaxpr.invars[1 : 1 + count])
    return Rates(lanes, moving, felt)


def _without(shape: Sequence[int], axis: int | None) -> tuple[int, ...]:
    return tuple(shape) if axis is None else (*shape[:axis], *shape[axis + 1 :])


def _is_zero(jaxpr: Any, constants: Sequence[Any], atom: Any) -> bool:
    """Whether it is zero whatever the arguments are; True only if that is plain to see."""
    if isinstance(atom, core.Literal):
        return not np.any(atom.val)
    known = dict(zip(jaxpr.constvars, constants, strict=True))
    if atom in known:
        return not np.any(np.asarray(known[atom]))
    for equation in jaxpr.eqns:
        if atom in equation.outvars:
            name = equation.primitive.name
            if name in ("broadcast_in_dim", "convert_element_type", "reshape"):
                return _is_zero(jaxpr, constants, equation.invars[0])
            if name in CALLS:
                inner = equation.params[CALLS[name]]
                body, place = getattr(inner, "jaxpr", inner), equation.outvars.index(atom)
                return _is_zero(body, getattr(inner, "consts", ()), body.outvars[place])
    return False
