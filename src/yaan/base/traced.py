"""What of a traced function a result rests on."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from jax.extend import core

CALLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "jit": "jaxpr",
        "pjit": "jaxpr",
        "closed_call": "call_jaxpr",
        "core_call": "call_jaxpr",
        "custom_jvp_call": "call_jaxpr",
        "custom_vjp_call": "call_jaxpr",
        "custom_vmap_call": "call",
        "remat": "jaxpr",
        "checkpoint": "jaxpr",
    }
)
"""Primitives that only call a body, and by which parameter."""


def needed(jaxpr: Any, asked: Sequence[Any]) -> set[Any]:
    """Every variable of a body that what is `asked` of it depends on, itself among them.

    Through calls exactly; of a loop or a branch all results are taken to rest on all arguments.
    """
    found = {atom for atom in asked if not isinstance(atom, core.Literal)}
    for equation in reversed(jaxpr.eqns):
        places = [k for k, variable in enumerate(equation.outvars) if variable in found]
        if not places:
            continue
        given = equation.invars
        if equation.primitive.name in CALLS:
            body = equation.params[CALLS[equation.primitive.name]]
            inner = getattr(body, "jaxpr", body)
            within = needed(inner, [inner.outvars[k] for k in places])
            given = [atom for atom, own in zip(given, inner.invars, strict=True) if own in within]
        found.update(atom for atom in given if not isinstance(atom, core.Literal))
    return found
