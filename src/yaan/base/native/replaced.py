"""Primitives that are functions of others: linear algebra of few numbers, and random ones."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import jaxpr_as_fun
from jax.extend.random import threefry_prng_impl

Traced = Callable[..., Any]


def traced(equation: Any) -> Any:
    """The body that an equation stands for."""
    avals = tuple(
        jax.ShapeDtypeStruct((*v.aval.shape, 2), "uint32")
        if jnp.issubdtype(v.aval.dtype, jax.dtypes.prng_key)
        else jax.ShapeDtypeStruct(v.aval.shape, v.aval.dtype)
        for v in equation.invars
    )
    name, params = equation.primitive.name, equation.params
    try:
        return _traced(name, avals, tuple(sorted(params.items())))
    except TypeError:  # a parameter that is a body of its own
        return _anew(name, avals, params)


@functools.cache
def _traced(name: str, avals: tuple[Any, ...], params: tuple[tuple[str, Any], ...]) -> Any:
    return _anew(name, avals, dict(params))


def _anew(name: str, avals: tuple[Any, ...], params: Mapping[str, Any]) -> Any:
    return jax.make_jaxpr(lambda *given: FUNCTIONS[name](*given, **params))(*avals)


def _mapped(function: Traced, axes: int) -> Traced:
    for _ in range(axes):
        function = jax.vmap(function)
    return function


def _random_bits(keys: Any, *, bit_width: int, shape: tuple[int, ...]) -> Any:
    one = lambda key: threefry_prng_impl.random_bits(key, bit_width, shape)  # noqa: E731
    return _mapped(one, keys.ndim - 1)(keys)


def _fold_in(keys: Any, data: Any) -> Any:
    return _mapped(threefry_prng_impl.fold_in, keys.ndim - 1)(keys, data)


def _split(keys: Any, *, shape: tuple[int, ...]) -> Any:
    return _mapped(lambda key: threefry_prng_impl.split(key, shape), keys.ndim - 1)(keys)


def _seed(seeds: Any, *, impl: Any) -> Any:
    return _mapped(threefry_prng_impl.seed, seeds.ndim)(seeds)


def _threefry(first: Any, second: Any, x: Any, y: Any) -> Any:
    """Twenty rounds of Threefry-2x32.

    Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011), section 3.3.
    """
    keys = jnp.stack([first, second, first ^ second ^ jnp.uint32(0x1BD11BDA)])
    turns = jnp.asarray(_TURNS, "uint32")

    def block(i: Any, carried: Any) -> Any:
        x, y = carried
        for k in range(4):
            turn = turns[i % 2, k]
            x = x + y
            y = x ^ ((y << turn) | (y >> (jnp.uint32(32) - turn)))
        after = jnp.asarray(i + 1, "uint32")
        return x + keys[(i + 1) % 3], y + keys[(i + 2) % 3] + after

    return jax.lax.fori_loop(0, 5, block, (x + keys[0], y + keys[1]))


def _counted(*, shape: tuple[int, ...]) -> Any:
    """The numbers from 0 in two halves, the upper one first."""
    count = np.arange(np.prod(shape, dtype=int), dtype=np.uint64).reshape(shape)
    return jnp.asarray(count >> 32, "uint32"), jnp.asarray(count & 0xFFFFFFFF, "uint32")


def _lu(matrix: Any, **_: Any) -> Any:
    def one(a: Any) -> Any:
        n = a.shape[-1]
        order = jnp.arange(n, dtype="int32")
        swaps = []
        for k in range(n):
            below = jnp.where(jnp.arange(n) >= k, jnp.abs(a[:, k]), -jnp.inf)
            pivot = jnp.argmax(below).astype("int32")
            swaps.append(pivot)
            row, other = a[k], a[pivot]
            at_pivot = (jnp.arange(n) == pivot)[:, None]
            a = jnp.where(at_pivot, row, a).at[k].set(other)
            first, second = order[k], order[pivot]
            order = jnp.where(jnp.arange(n) == pivot, first, order).at[k].set(second)
            factor = jnp.where(jnp.arange(n) > k, a[:, k] / a[k, k], 0.0)
            rest = jnp.where(jnp.arange(n) > k, a[k], 0.0)
            a = a - factor[:, None] * rest[None, :]
            a = a.at[:, k].set(jnp.where(jnp.arange(n) > k, factor, a[:, k]))
        return a, jnp.stack(swaps), order

    return _mapped(one, matrix.ndim - 2)(matrix)


def _triangular_solve(
    a: Any,
    b: Any,
    *,
    left_side: bool,
    lower: bool,
    transpose_a: bool,
    conjugate_a: bool,
    unit_diagonal: bool,
    **_: Any,
) -> Any:
    def one(a: Any, b: Any) -> Any:
        if transpose_a:
            a = a.T
        below = lower != transpose_a
        if not left_side:
            a, b, below = a.T, b.T, not below
        n = a.shape[0]
        rows: list[Any] = [None] * n
        order = range(n) if below else range(n - 1, -1, -1)
        for i in order:
            total = b[i]
            for j in range(n):
                if rows[j] is not None:
                    total = total - a[i, j] * rows[j]
            rows[i] = total if unit_diagonal else total / a[i, i]
        found = jnp.stack(rows)
        return found if left_side else found.T

    return _mapped(one, a.ndim - 2)(a, b)


def _erf_inv(x: Any) -> Any:
    """Source: Giles, Approximating the erfinv function (2010), in double precision, as of XLA."""
    w = -jnp.log1p(-x * x)
    root = jnp.sqrt(w)

    def series(table: tuple[float, ...], at: Any) -> Any:
        total = jnp.full_like(at, table[0])
        for c in table[1:]:
            total = c + total * at
        return total

    far = jnp.where(w < 16.0, series(_MIDDLE, root - 3.25), series(_FAR, root - 5.0))
    found = jnp.where(w < 6.25, series(_NEAR, w - 3.125), far)
    return jnp.where(jnp.abs(x) == 1.0, x * jnp.inf, found * x)


def _platform(*, platforms: Any, **_: Any) -> Any:
    index = next((i for i, names in enumerate(platforms) if names is None or "cpu" in names), 0)
    return jnp.asarray(index, "int32")


def _linear_solve(*given: Any, const_lengths: Any, jaxprs: Any) -> Any:
    n = const_lengths.matvec + const_lengths.vecmat
    solve = given[n : n + const_lengths.solve]
    rest = given[sum(const_lengths) :]
    return jaxpr_as_fun(jaxprs.solve)(*solve, *rest)


_TURNS = ((13, 15, 26, 6), (17, 29, 16, 24))

_NEAR = (
    -3.6444120640178196996e-21, -1.685059138182016589e-19, 1.2858480715256400167e-18,
    1.115787767802518096e-17, -1.333171662854620906e-16, 2.0972767875968561637e-17,
    6.6376381343583238325e-15, -4.0545662729752068639e-14, -8.1519341976054721522e-14,
    2.6335093153082322977e-12, -1.2975133253453532498e-11, -5.4154120542946279317e-11,
    1.051212273321532285e-09, -4.1126339803469836976e-09, -2.9070369957882005086e-08,
    4.2347877827932403518e-07, -1.3654692000834678645e-06, -1.3882523362786468719e-05,
    0.0001867342080340571352, -0.00074070253416626697512, -0.0060336708714301490533,
    0.24015818242558961693, 1.6536545626831027356,
)  # fmt: skip
_MIDDLE = (
    2.2137376921775787049e-09, 9.0756561938885390979e-08, -2.7517406297064545428e-07,
    1.8239629214389227755e-08, 1.5027403968909827627e-06, -4.013867526981545969e-06,
    2.9234449089955446044e-06, 1.2475304481671778723e-05, -4.7318229009055733981e-05,
    6.8284851459573175448e-05, 2.4031110387097893999e-05, -0.0003550375203628474796,
    0.00095328937973738049703, -0.0016882755560235047313, 0.0024914420961078508066,
    -0.0037512085075692412107, 0.005370914553590063617, 1.0052589676941592334,
    3.0838856104922207635,
)  # fmt: skip
_FAR = (
    -2.7109920616438573243e-11, -2.5556418169965252055e-10, 1.5076572693500548083e-09,
    -3.7894654401267369937e-09, 7.6157012080783393804e-09, -1.4960026627149240478e-08,
    2.9147953450901080826e-08, -6.7711997758452339498e-08, 2.2900482228026654717e-07,
    -9.9298272942317002539e-07, 4.5260625972231537039e-06, -1.9681778105531670567e-05,
    7.5995277030017761139e-05, -0.00021503011930044477347, -0.00013871931833623122026,
    1.0103004648645343977, 4.8499064014085844221,
)  # fmt: skip

FUNCTIONS: dict[str, Traced] = {
    "random_bits": _random_bits,
    "random_fold_in": _fold_in,
    "random_split": _split,
    "random_seed": _seed,
    "threefry2x32": _threefry,
    "iota_2x32_shape": _counted,
    "erf_inv": _erf_inv,
    "lu": _lu,
    "triangular_solve": _triangular_solve,
    "platform_index": _platform,
    "custom_linear_solve": _linear_solve,
}
