"""What a loop would compute anew at each pass, computed once ahead of it.

Only what costs several instructions is worth a register from there on: a quotient, a root, a
sine, a sum of many. It is written ahead of the loop and found there by its text, since what has
been computed is not computed again.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jax.extend import core

from yaan.base.native.arrays import FEW, Array
from yaan.base.traced import CALLS

_COSTLY = frozenset(
    {
        *("div", "sqrt", "rsqrt", "pow", "exp", "exp2", "expm1", "log", "log1p", "cbrt"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh"),
    }
)
_FREE = frozenset(
    {
        *("broadcast_in_dim", "concatenate", "convert_element_type", "reshape", "rev", "slice"),
        *("split", "squeeze", "stack", "stop_gradient", "transpose"),
    }
)
_MUCH = 16.0  # instructions of a costly one
_WORTH = 4.0  # instructions for each number, from which on it is computed ahead
_LOOPS: Mapping[str, Callable[[Any], tuple[Any, int, int]]] = {
    "while": lambda p: (p["body_jaxpr"], p["cond_nconsts"], p["body_nconsts"]),
    "scan": lambda p: (p["jaxpr"], 0, p["num_consts"]),
}
"""Of a loop: its body, and which of its arguments the body leaves as they are."""
_APART = frozenset({"gather", "scatter", "scatter-add", "dynamic_update_slice"})

Equation = Callable[[Any, list[Array]], list[Array]]


class _Later:
    """A result that may be asked for."""

    def __init__(self, equation: Any, given: list[Any], index: int, others: list[Any]) -> None:
        self.equation = equation
        self.given = given
        self.index = index
        self.others = others
        """What is computed once for all results."""
        name, size = equation.primitive.name, equation.outvars[index].aval.size
        asked = max([size, *(v.aval.size for v in equation.invars)])
        each = _MUCH if name in _COSTLY else 0.0 if name in _FREE else 1.0
        before = sum(one.cost for one in given if isinstance(one, _Later))
        self.cost = each * asked + before
        """In instructions, with all that leads to it."""
        self.worth = size > 0 and self.cost >= _WORTH * size


class Ahead:
    """Writes what is worth it of a loop's body and rests on what the loop leaves as it is."""

    def __init__(
        self,
        equation: Equation,
        alive: Callable[[Any, Sequence[bool] | None], set[Any]],
        known: Callable[[Any], Array],
    ) -> None:
        self._equation = equation
        self._alive = alive
        self._known = known

    def body(
        self, closed: Any, given: list[Any], wanted: Sequence[bool] | None = None
    ) -> list[Any]:
        """The results of a body, None where they change from pass to pass; writes what is worth it.

        `given` likewise: an array that stays, or None.
        """
        jaxpr = getattr(closed, "jaxpr", closed)
        env: dict[Any, Any] = {}
        for variable, constant in zip(jaxpr.constvars, getattr(closed, "consts", ()), strict=True):
            env[variable] = self._known(constant) if np.size(constant) <= FEW else None
        env.update(zip(jaxpr.invars, given, strict=True))

        def of(atom: Any) -> Any:
            if isinstance(atom, core.Literal):
                kind: Any = atom.aval
                return self._known(np.asarray(atom.val, kind.dtype))
            return env.get(atom)

        alive = self._alive(jaxpr, wanted)
        for equation in jaxpr.eqns:
            wants = [variable in alive for variable in equation.outvars]
            if not any(wants):
                continue
            inputs = [of(atom) for atom in equation.invars]
            env.update(zip(equation.outvars, self._results(equation, inputs, wants), strict=True))
        return [of(atom) for atom in jaxpr.outvars]

    def _results(self, equation: Any, inputs: list[Any], wants: list[bool]) -> list[Any]:
        name, params = equation.primitive.name, equation.params
        nothing = [None] * len(equation.outvars)
        if all(one is None for one in inputs):
            return nothing
        if name in CALLS:
            return self.body(params[CALLS[name]], inputs, wants)
        if name in _LOOPS:
            body, first, count = _LOOPS[name](params)
            if any(one is not None for one in inputs[first : first + count]):
                rest = len(body.jaxpr.invars) - count
                self.body(body, [*inputs[first : first + count], *[None] * rest])
            return nothing
        if name == "cond":
            for branch in params["branches"]:
                self.body(branch, inputs[1:])
            return nothing
        if any(one is None for one in inputs) or name in _APART or not _small(equation):
            # It changes from pass to pass: what it takes that does not is wanted at each.
            for one in inputs:
                if isinstance(one, _Later) and one.worth:
                    self._now(one)
            return nothing
        others: list[Any] = []
        return [_Later(equation, inputs, k, others) for k in range(len(equation.outvars))]

    def _now(self, one: Any) -> Array:
        if isinstance(one, Array):
            return one
        one.worth = False
        if not one.others:
            one.others.extend(self._equation(one.equation, [self._now(x) for x in one.given]))
        return one.others[one.index]


def _small(equation: Any) -> bool:
    return all(v.aval.size <= FEW for v in (*equation.invars, *equation.outvars))
