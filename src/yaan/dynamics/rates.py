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

    evaluate: Callable[[Array, PyTree], tuple[PyTree, Callable[[], Array]]]
    """Of t [s] and states with lanes: their rates, and what gives the event functions."""
    moving: tuple[bool, ...]
    """Leaf by leaf of the state: whether it has a rate."""
    felt: tuple[bool, ...]
    """Whether a rate depends on it."""
    fixed: tuple[float | None, ...]
    """Event by event, what those always are that never rise through zero, as is plain to see."""


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
        found, structure = jax.tree.flatten(rate)
        structures.append(structure)
        return [*found, jnp.asarray(events)]

    closed = jax.make_jaxpr(flat)(*one)
    count = len(jax.tree.leaves(state))
    first, then = _halves(closed, count)
    run = over_lanes(core.jaxpr_as_fun(first), each, t.shape[0])
    beyond = len(first.jaxpr.outvars) - count
    ask = over_lanes(core.jaxpr_as_fun(then), (*each, *[0] * beyond), t.shape[0])

    def lanes(t: Array, y: PyTree) -> tuple[PyTree, Callable[[], Array]]:
        given = jax.tree.leaves((t, y, parameters))
        found = run(*given)
        rate, rest = found[:count], found[count:]
        return jax.tree.unflatten(structures[-1], rate), lambda: ask(*given, *rest)[0]

    out = closed.jaxpr.outvars[:count]
    moving = tuple(not _is_zero(closed.jaxpr, closed.consts, atom) for atom in out)
    asked = [atom for atom, moves in zip(out, moving, strict=True) if moves]
    rests = needed(closed.jaxpr, asked)
    felt = tuple(variable in rests for variable in closed.jaxpr.invars[1 : 1 + count])
    fixed = _constants(closed.jaxpr, closed.consts, closed.jaxpr.outvars[count])
    below = tuple(value if value is not None and value < 0.0 else None for value in fixed)
    return Rates(lanes, moving, felt, below)


def _halves(closed: Any, count: int) -> tuple[Any, Any]:
    """A body in two: up to its first `count` results, and on from there to the others.

    The first gives what the second goes on from after its results; the second takes all
    arguments and those.
    """
    body = closed.jaxpr
    # Whole equations: what a call needs for its other results is computed before it too.
    wanted = {a for a in body.outvars[:count] if not isinstance(a, core.Literal)}
    early = [False] * len(body.eqns)
    for k, equation in reversed(list(enumerate(body.eqns))):
        # What has an effect is done each time.
        if equation.effects or any(v in wanted for v in equation.outvars):
            early[k] = True
            wanted.update(a for a in equation.invars if not isinstance(a, core.Literal))
    halves = [
        [e for e, soon in zip(body.eqns, early, strict=True) if soon is half]
        for half in (True, False)
    ]
    made = {variable for equation in halves[0] for variable in equation.outvars}
    asked = [
        atom
        for atom in (*(a for e in halves[1] for a in e.invars), *body.outvars[count:])
        if not isinstance(atom, core.Literal) and atom in made
    ]
    over = list(dict.fromkeys(asked))
    first = _body(closed, body.invars, [*body.outvars[:count], *over], halves[0])
    return first, _body(closed, [*body.invars, *over], body.outvars[count:], halves[1])


def _body(closed: Any, invars: Sequence[Any], outvars: Sequence[Any], eqns: Sequence[Any]) -> Any:
    body = closed.jaxpr
    # Names of as many arguments and results as there are; nobody reads them.
    names = {"arg_names": ("",) * len(invars), "result_paths": ("",) * len(outvars)}
    parts = {"invars": invars, "outvars": outvars, "eqns": eqns}
    body = body.replace(**parts, debug_info=body.debug_info._replace(**names))
    return core.ClosedJaxpr(body, closed.consts)


def _without(shape: Sequence[int], axis: int | None) -> tuple[int, ...]:
    return tuple(shape) if axis is None else (*shape[:axis], *shape[axis + 1 :])


_SAME = ("broadcast_in_dim", "convert_element_type", "reshape", "squeeze")
_JOINED = ("concatenate", "stack")


def _constants(jaxpr: Any, constants: Sequence[Any], atom: Any) -> list[float | None]:
    """The numbers of an array of one axis, each None unless plain to see."""
    size = atom.aval.size
    known = dict(zip(jaxpr.constvars, constants, strict=True))
    if isinstance(atom, core.Literal) or atom in known:
        value = atom.val if isinstance(atom, core.Literal) else known[atom]
        return [float(one) for one in np.ravel(np.asarray(value))]
    for equation in jaxpr.eqns:
        if atom not in equation.outvars:
            continue
        name = equation.primitive.name
        if name in _SAME:
            parts = _constants(jaxpr, constants, equation.invars[0])
            return parts * size if len(parts) == 1 else parts
        if name in _JOINED and len(atom.aval.shape) == 1:
            each = [_constants(jaxpr, constants, part) for part in equation.invars]
            return [number for part in each for number in part]
        if name in CALLS:
            inner = equation.params[CALLS[name]]
            body, place = getattr(inner, "jaxpr", inner), equation.outvars.index(atom)
            return _constants(body, getattr(inner, "consts", ()), body.outvars[place])
    return [None] * size


def _is_zero(jaxpr: Any, constants: Sequence[Any], atom: Any) -> bool:
    """Whether it is zero whatever the arguments are; True only if that is plain to see."""
    return all(number == 0.0 for number in _constants(jaxpr, constants, atom))
