"""Tables that need no search.

A piecewise linear table is written as a sum of clipped ramps,

    f(x) = f0 + sum_i (f[i+1] - f[i]) / (x[i+1] - x[i]) clip(x - x[i], 0, x[i+1] - x[i]),

which is exact, flat beyond its ends, free of gathers and differentiable. A binary search would
be a gather in every lane at every step, several times slower for the sizes flown here.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from yaan.base.lanes import held


def ramps(x: Float[Array, "*batch"], nodes: Float[Any, " n"]) -> Float[Array, "*batch n-1"]:
    """How far `x` has crossed each interval of the rising `nodes`, from 0 to 1."""
    # Times the inverse, which is the same wherever a flight asks: it is taken once.
    return jnp.clip((x[..., None] - nodes[:-1]) * (1.0 / (nodes[1:] - nodes[:-1])), 0.0, 1.0)


def hats(x: Float[Array, "*batch"], nodes: Float[Any, " n"]) -> Float[Array, "*batch n"]:
    """Weights of linear interpolation at `x` on rising `nodes`; they add up to one."""
    crossed = ramps(x, nodes)
    # From x, since one node alone has no interval.
    ahead = jnp.concatenate([jnp.ones_like(x[..., None]), crossed], axis=-1)
    behind = jnp.concatenate([crossed, jnp.zeros_like(x[..., None])], axis=-1)
    return ahead - behind


def weighed(
    values: Float[Any, "m n"], rows: Float[Array, "*batch m"], columns: Float[Array, "*batch n"]
) -> Float[Array, "*batch"]:
    """The sum of `values` by weights of its rows and of its columns.

    Line by line along the longer side: the product of all weights would be a table of its own.
    """
    if values.shape[0] > values.shape[1]:
        return weighed(values.T, columns, rows)
    total = jnp.zeros(rows.shape[:-1])
    for i in range(values.shape[0]):
        total = total + rows[..., i] * jnp.sum(values[i] * columns, axis=-1)
    return total


def along(
    x: Float[Array, "*batch"], nodes: Float[Any, " n"], values: Float[Any, "*tables n"]
) -> Float[Array, "..."]:
    """Value at `x` of what is linear between the rising `nodes`, flat beyond them.

    The clipped part of each interval is the difference of how far `x` has come at both its ends.
    """
    slopes = (values[..., 1:] - values[..., :-1]) / (nodes[1:] - nodes[:-1])
    x, ends = jnp.maximum(x[..., None], nodes[0]), nodes[1:]
    # A comparison, where a minimum would ask whether the nodes are numbers, at each of them.
    reached = jnp.where(ends < x, ends, x)
    first = jnp.broadcast_to(nodes[:1], (*reached.shape[:-1], 1))
    return values[..., 0] + jnp.sum(slopes * jnp.diff(reached, prepend=first, axis=-1), axis=-1)


class Table(eqx.Module):
    """A piecewise linear function of one variable, flat beyond its ends.

    Valid: rising nodes; up to some 20 of them (cost is linear in their number).
    """

    nodes: Float[Any, " n"] = eqx.field(converter=held)
    values: Float[Any, "*tables n"] = eqx.field(converter=held)
    """Of one function, or of several on the same nodes, which are told at one number."""

    def __call__(self, x: Float[Array, "*batch"]) -> Float[Array, "..."]:
        """Value at `x`, in the unit of `values`."""
        return along(x, self.nodes, self.values)


class Table2(eqx.Module):
    """A bilinear function of two variables, flat beyond its edges.

    `values[i, j]` belongs to `rows[i]` and `columns[j]`, both rising.
    """

    rows: Float[Any, " m"] = eqx.field(converter=held)
    columns: Float[Any, " n"] = eqx.field(converter=held)
    values: Float[Any, "m n"] = eqx.field(converter=held)

    def __call__(
        self, row: Float[Array, "*batch"], column: Float[Array, "*batch"]
    ) -> Float[Array, "*batch"]:
        """Value at (`row`, `column`), in the unit of `values`."""
        return weighed(self.values, hats(row, self.rows), hats(column, self.columns))
