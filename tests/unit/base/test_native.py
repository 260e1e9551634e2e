"""Native code gives what XLA gives, primitive by primitive, alone and in lanes."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base import programme as programmes
from yaan.base.lanes import over_lanes
from yaan.base.native import engine
from yaan.base.native.emit import UnsupportedError
from yaan.base.programme import Lanes, programme
from yaan.base.session import computing

FLOATS = np.array([0.0, -0.0, 1.0, -1.5, 2.5, 1e-300, -7e200, np.inf, -np.inf, np.nan, 0.3, 40.0])
WHOLE = np.array([0, 1, -1, 5, -7, 2**40, -(2**62), 3])


def both(function: Callable[..., Any], *given: Any, lanes: Any = None) -> tuple[Any, Any]:
    """The leaves of `function` as native code and as XLA compiles it."""

    def asked(*arguments: Any) -> Any:
        return function(*arguments)

    patch = pytest.MonkeyPatch()
    with computing(), patch.context() as m:
        m.setattr(programmes, "_open", _never)
        native = programme(asked, lanes=lanes)(*given)
        m.undo()
        m.setenv("YAAN_COMPILER", "xla")
        other = programme(asked, lanes=lanes)(*given)
    return jax.tree.leaves(native), [np.asarray(x) for x in jax.tree.leaves(other)]


def _never(*_: Any) -> Any:
    raise AssertionError("XLA was asked")


def alike(
    function: Callable[..., Any], *given: Any, lanes: Any = None, within: float = 4e-16
) -> None:
    """The same numbers to rounding, in the same kinds and shapes."""
    native, other = both(function, *given, lanes=lanes)
    assert len(native) == len(other)
    for a, b in zip(native, other, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        if a.dtype.kind == "f":
            np.testing.assert_allclose(a, b, rtol=within, atol=1e-300)
        else:
            np.testing.assert_array_equal(a, b)


def abreast(count: int) -> Callable[..., Lanes]:
    """All arguments have lanes."""
    return lambda *_: Lanes((0,) * count)


UNARY: dict[str, tuple[Callable[[Any], Any], float]] = {
    "neg": (lambda x: -x, 0.0),
    "abs": (jnp.abs, 0.0),
    "sign": (jnp.sign, 0.0),
    "floor": (jnp.floor, 0.0),
    "ceil": (jnp.ceil, 0.0),
    "round": (jnp.round, 0.0),
    "away": (lambda x: jax.lax.round(x, jax.lax.RoundingMethod.AWAY_FROM_ZERO), 0.0),
    "sqrt": (lambda x: jnp.sqrt(jnp.abs(x)), 0.0),
    "square": (jnp.square, 0.0),
    "rsqrt": (lambda x: jax.lax.rsqrt(jnp.abs(x)), 4e-16),
    "cube": (lambda x: x**3, 4e-16),
    "minus": (lambda x: x**-2, 4e-16),
    "exp": (jnp.exp, 1e-15),
    "expm1": (jnp.expm1, 1e-15),
    "log": (lambda x: jnp.log(jnp.abs(x)), 1e-15),
    "log1p": (lambda x: jnp.log1p(jnp.abs(x)), 1e-15),
    "sin": (lambda x: jnp.sin(jnp.clip(x, -9.0, 50.0)), 1e-14),
    "cos": (lambda x: jnp.cos(jnp.clip(x, -9.0, 50.0)), 1e-14),
    "tan": (lambda x: jnp.tan(jnp.clip(x, -9.0, 50.0)), 1e-13),
    "tanh": (jnp.tanh, 1e-14),
    "asin": (lambda x: jnp.arcsin(jnp.clip(x, -1.0, 1.0)), 1e-15),
    "acos": (lambda x: jnp.arccos(jnp.clip(x, -1.0, 1.0)), 1e-15),
    "atan": (jnp.arctan, 1e-15),
    "finite": (jnp.isfinite, 0.0),
    "not": (lambda x: ~(x > 0.0), 0.0),
    "whole": (lambda x: jnp.where(jnp.isfinite(x), x, 0.0).astype(int), 0.0),
    "truth": (lambda x: x.astype(bool), 0.0),
    "single": (lambda x: x.astype("float32"), 1e-7),
    "erf_inv": (lambda x: jax.scipy.special.erfinv(jnp.tanh(x)), 1e-13),
}


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("wide", [False, True])
def test_a_function_of_one_number(name: str, wide: bool) -> None:
    function, within = UNARY[name]
    alike(function, FLOATS, lanes=abreast(1) if wide else None, within=within)


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "rem": lambda a, b: jnp.fmod(a, jnp.where(b == 0.0, 3.0, b)),
    "mod": lambda a, b: jnp.mod(jnp.clip(a, -1e9, 1e9), 2.5),
    "max": jnp.maximum,
    "min": jnp.minimum,
    "above": lambda a, b: jnp.maximum(a, 0.25) + jnp.maximum(0.0, b),
    "below": lambda a, b: jnp.minimum(a, 0.25) + jnp.minimum(0.0, b),
    "pow": lambda a, b: jnp.abs(a) ** jnp.clip(b, -3.0, 3.0),
    "atan2": jnp.arctan2,
    "compared": lambda a, b: (a < b, a <= b, a > b, a >= b, a == b, a != b),
    "select": lambda a, b: jnp.where(a < b, a, 2.0 * b),
    "clamp": lambda a, b: jnp.clip(a, -1.0, jnp.abs(b)),
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("wide", [False, True])
def test_a_function_of_two_numbers(name: str, wide: bool) -> None:
    a, b = (x.ravel() for x in np.meshgrid(FLOATS, FLOATS))
    alike(BINARY[name], a, b, lanes=abreast(2) if wide else None, within=1e-15)


def test_one_side_may_be_the_same_in_all_lanes() -> None:
    for function in BINARY.values():
        alike(function, FLOATS, np.asarray(0.75), lanes=lambda *_: Lanes((0, None)), within=1e-15)


@pytest.mark.parametrize("wide", [False, True])
def test_whole_numbers(wide: bool) -> None:
    def function(a: Any) -> Any:
        u = a.astype("uint32")
        return (
            a + 3,
            a * a,
            a // 7,
            a % 7,
            jnp.abs(a),
            jnp.minimum(a, 2),
            a & 6,
            a | 9,
            a ^ 5,
            ~a,
            a > 2,
            a.astype("int32"),
            a.astype(float),
            jnp.clip(a, -1, 1).astype("uint8"),
            u << jnp.uint32(3),
            u >> jnp.uint32(32),
            u >> jnp.uint32(5),
            jnp.right_shift(a, 70),
            jnp.right_shift(a, 3),
            jax.lax.bitcast_convert_type(u, "int32"),
            u < jnp.uint32(7),
            u.astype(float),
        )

    alike(function, WHOLE, lanes=abreast(1) if wide else None)


def test_what_is_too_large_becomes_the_largest_whole_number() -> None:
    alike(lambda x: jnp.where(jnp.isnan(x), 0.0, x).astype("int32"), FLOATS, lanes=abreast(1))


def _shapes(x: Any) -> Any:
    y = jnp.reshape(x, (-1, 3, 4))
    return (
        jnp.transpose(y, (0, 2, 1)),
        y[:, ::2, 1:3],
        y[:, ::-1],
        jnp.concatenate([y, 2.0 * y[:, :1]], axis=1),
        jnp.stack([y[:, 0], y[:, 1]], axis=-1),
        jnp.pad(y, ((0, 0), (1, 2), (0, 1)), constant_values=7.0),
        jnp.broadcast_to(y[:, None], (y.shape[0], 5, 3, 4)).sum(axis=1),
        jnp.cumsum(y, axis=1),
        jnp.cumprod(y, axis=2),
        jax.lax.cumsum(y, axis=2, reverse=True),
        jnp.split(y, [1], axis=1),
        jnp.max(y, axis=(1, 2)),
        jnp.min(y, axis=1),
        jnp.prod(y, axis=2),
        jnp.any(y > 0.5, axis=2),
        jnp.all(y > 0.1, axis=2),
        jnp.argmax(y, axis=2),
        jnp.argmin(y, axis=1),
        jnp.squeeze(y[:, :1], 1) + jnp.arange(4.0),
    )


@pytest.mark.parametrize("wide", [False, True])
def test_shapes_and_sums(wide: bool) -> None:
    rng = np.random.default_rng(1)
    x = rng.random((6, 12)) if wide else rng.random((1, 12))
    alike(_shapes, x, lanes=abreast(1) if wide else None, within=1e-15)


@pytest.mark.parametrize("wide", [False, True])
def test_shapes_and_sums_of_many_numbers(wide: bool) -> None:
    """In memory, by loops."""

    def function(x: Any) -> Any:
        y = jnp.reshape(x, (-1, 20, 30))
        z = jnp.sin(y) * y[:, :1] + jnp.arange(30.0)
        return (
            jnp.transpose(z, (0, 2, 1)) * 2.0,
            z[:, 3:18:2, ::3],
            jnp.concatenate([z, y], axis=2),
            z.sum(axis=1),
            z.max(axis=2),
            jnp.where(z > 0.5, z, y[:, :, :1]),
            jnp.pad(z, ((0, 0), (2, 1), (0, 0))),
            jnp.reshape(jnp.transpose(z, (0, 2, 1)), (-1, 600))[:, 5:9],
            z[:, :, :2].reshape(-1, 2, 20),
            jnp.broadcast_to(z[:, 2:3], z.shape),
        )

    rng = np.random.default_rng(2)
    x = rng.random((5 if wide else 1, 600))
    alike(function, x, lanes=abreast(1) if wide else None, within=2e-14)


def test_products_of_matrices() -> None:
    rng = np.random.default_rng(3)
    for n, m in ((3, 3), (9, 25)):
        a, b = rng.random((4, n, m)), rng.random((4, m, 5))
        alike(lambda a, b: a @ b, a, b, lanes=abreast(2), within=1e-14)
        alike(lambda a, b: jnp.einsum("lij,ljk->lki", a, b), a, b, lanes=abreast(2), within=1e-14)
        alike(lambda a, b: a @ b, a[0], b, lanes=lambda *_: Lanes((None, 0)), within=1e-14)


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("size", [9, 90])
def test_places_that_are_computed(shared: bool, size: int) -> None:
    rng = np.random.default_rng(4)
    table = rng.random((size, 12)) if shared else rng.random((7, size, 12))
    at = np.array([0, 3, -2, 8, 400, -400, 5])

    def function(table: Any, at: Any) -> Any:
        def one(table: Any, i: Any) -> Any:
            return (
                table[i],
                table[jnp.clip(i, 0, size - 1), 3],
                table.at[i].get(mode="fill"),
                table.at[i, 2].get(mode="fill", fill_value=5.0),
                jax.lax.dynamic_slice(table, (i, 2), (2, 3)),
                jnp.take(table[:, 1], jnp.stack([i, i + 1]), mode="clip"),
            )

        return jax.vmap(one, in_axes=(None if shared else 0, 0))(table, at)

    alike(function, table, at, lanes=lambda *_: Lanes((None if shared else 0, 0)), within=1e-14)


@pytest.mark.parametrize("size", [6, 60])
def test_places_that_are_written(size: int) -> None:
    rng = np.random.default_rng(5)
    x, at = rng.random((9, size, 3)), np.array([0, 3, -1, 5, 400, -400, 2, 2, 1])

    def function(x: Any, at: Any) -> Any:
        def one(x: Any, i: Any) -> Any:
            row = jnp.arange(3.0) + i
            pair = jnp.stack([i, i + 1])
            return (
                x.at[i].set(row),
                x.at[i, 1].add(2.0, mode="drop"),
                x.at[pair].add(jnp.stack([row, 2.0 * row])),
                x.at[2].set(row),
                jax.lax.dynamic_update_slice(x, jnp.ones((2, 2)), (i, 1)),
                x.at[i].set(row).at[i].add(x[0]),
            )

        return jax.vmap(one)(x, at)

    alike(function, x, at, lanes=abreast(2))


def test_an_array_that_is_read_later_is_not_written_over() -> None:
    def function(x: Any, n: Any) -> Any:
        def body(carried: Any) -> Any:
            i, x, seen = carried
            new = x.at[i % 50].set(x[(i + 1) % 50] + 1.0)
            other = x.at[0].add(1.0)  # of the array as it was
            return i + 1, new, seen + new.sum() - other.sum() + x[3]

        def one(x: Any, n: Any) -> Any:
            return jax.lax.while_loop(lambda c: c[0] < n, body, (0, x, 0.0))

        return jax.vmap(one)(x, n)

    x = np.random.default_rng(6).random((7, 50))
    alike(function, x, np.array([3, 0, 60, 1, 7, 7, 12]), lanes=abreast(2), within=1e-12)


def test_two_arrays_that_change_places() -> None:
    def function(x: Any, y: Any, n: Any) -> Any:
        def one(x: Any, y: Any, n: Any) -> Any:
            turn = lambda c: (c[0] + 1, c[2], c[1].at[c[0] % 50].add(1.0))  # noqa: E731
            return jax.lax.while_loop(lambda c: c[0] < n, turn, (0, x, y))

        return jax.vmap(one)(x, y, n)

    x, y = np.random.default_rng(7).random((2, 5, 50))
    alike(function, x, y, np.array([1, 2, 3, 0, 9]), lanes=abreast(3))


@pytest.mark.parametrize("turned", ["reversed", "transposed", "first"])
def test_an_array_that_is_carried_on_turned(turned: str) -> None:
    def function(x: Any, n: Any) -> Any:
        ways = {
            "reversed": lambda y: y[::-1],
            "transposed": lambda y: y.T,
            "first": lambda y: jnp.broadcast_to(y[:1] + 0.0, y.shape),
        }

        def one(x: Any, n: Any) -> Any:
            go = lambda c: (c[0] + 1, ways[turned](c[1]))  # noqa: E731
            return jax.lax.while_loop(lambda c: c[0] < n, go, (0, x))

        return jax.vmap(one)(x, n)

    x = np.random.default_rng(13).random((5, 8, 8))
    alike(function, x, np.array([1, 2, 3, 0, 9]), lanes=abreast(2))


def test_the_largest_of_some_that_are_none() -> None:
    x = np.array([[1.0, np.nan, 3.0, np.nan], [2.0, 7.0, 7.0, -1.0], [np.nan, 1.0, 2.0, 9.0]])
    alike(lambda x: (jnp.argmax(x, axis=1), jnp.argmin(x, axis=1)), x, lanes=abreast(1))


def test_kinds_that_native_code_does_not_know_are_left_to_xla() -> None:
    with computing():
        for function, x in (
            (lambda x: jnp.abs(x * 1j), np.ones(3)),
            (lambda x: x + 1, np.ones(3, "int16")),
            (jnp.bitwise_and.reduce, np.arange(3, 60)),
            (lambda x: jax.lax.reduce_precision(x, 8, 7), np.full(3, 1.0 / 3.0)),
        ):
            np.testing.assert_array_equal(programme(function)(x), function(jnp.asarray(x)))


def test_lanes_leave_a_loop_one_by_one() -> None:
    def function(x: Any, n: Any) -> Any:
        def one(x: Any, n: Any) -> Any:
            def body(c: Any) -> Any:
                i, y = c
                inner = jax.lax.fori_loop(0, i % 3, lambda k, z: z * 1.1 + k, y)
                return i + 1, inner + 0.25

            return jax.lax.while_loop(lambda c: (c[0] < n) & (c[1] < 90.0), body, (0, x))

        return jax.vmap(one)(x, n)

    x, n = np.linspace(0.0, 50.0, 11), np.array([0, 1, 2, 3, 5, 8, 13, 21, 34, 2, 0])
    alike(function, x, n, lanes=abreast(2), within=1e-13)
    alike(function, x, n, within=1e-13)  # rows of one lane, each with a loop of its own


def test_rows_of_a_lane_leave_a_loop_one_by_one() -> None:
    """Of few numbers, and of arrays in memory that the loop writes."""

    def function(x: Any, n: Any) -> Any:
        def row(x: Any, n: Any) -> Any:
            def body(c: Any) -> Any:
                i, y = c
                return i + 1, y.at[i % y.shape[0]].add(y[0])

            return jax.lax.while_loop(lambda c: c[0] < n, body, (0, x))

        return jax.vmap(jax.vmap(row))(x, n)

    rng = np.random.default_rng(8)
    for size in (3, 50):
        x, n = rng.random((5, 4, size)), rng.integers(0, 9, (5, 4))
        alike(function, x, n, lanes=abreast(2), within=1e-13)


@pytest.mark.parametrize("size", [2, 50])
def test_branches_and_scans(size: int) -> None:
    def function(x: Any, k: Any) -> Any:
        def branch(x: Any, k: Any) -> Any:
            one, two = (lambda x: x * 2.0), (lambda x: x.at[0].set(9.0))
            return jax.lax.switch(k, [one, two, lambda x: -x], x)

        def lane(x: Any, k: Any) -> Any:
            chosen = branch(x, k)
            total, rows = jax.lax.scan(
                lambda c, r: (c + r.sum(), c * r), 1.0, jnp.stack([chosen, x, x])
            )
            back, _ = jax.lax.scan(
                lambda c, r: (c * 0.5 + r, r), 0.0, jnp.arange(5.0), reverse=True
            )
            some = jax.lax.cond(total > 3.0, lambda: rows[0], lambda: x)
            return total, rows, back, some

        return lane(x[0], k[0])

    rng = np.random.default_rng(9)
    for k in (-3, 0, 1, 2, 7):
        alike(function, rng.random((1, size)), np.array([k]), lanes=None, within=1e-13)

    def laned(x: Any, k: Any) -> Any:
        return jax.tree.map(lambda y: y[None], function(x, k))

    native = [
        both(laned, rng.random((1, size)), np.array([k]), lanes=abreast(2)) for k in (0, 1, 2)
    ]
    for a, b in native:
        for one, other in zip(a, b, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-13)


def test_random_numbers_are_the_same() -> None:
    def function(key: Any, n: Any) -> Any:
        def one(key: Any, n: Any) -> Any:
            known = jax.random.fold_in(jax.random.wrap_key_data(key), n)
            return (
                jax.random.bits(known, (5,), "uint32"),
                jax.random.uniform(known, (3,)),
                jax.random.normal(known, (7,)),
                jax.random.key_data(jax.random.split(known)),
            )

        return jax.vmap(one)(key, n)

    keys = np.random.default_rng(10).integers(0, 2**32, (6, 2)).astype("uint32")
    alike(function, keys, np.arange(6), lanes=abreast(2), within=1e-13)


def test_linear_systems() -> None:
    rng = np.random.default_rng(11)
    a, b = rng.standard_normal((6, 4, 4)), rng.standard_normal((6, 4))
    alike(
        lambda a, b: jnp.linalg.solve(a, b[..., None])[..., 0], a, b, lanes=abreast(2), within=1e-10
    )


@pytest.mark.parametrize("transposed", [0, 1])
def test_triangular_systems(transposed: int) -> None:
    rng = np.random.default_rng(12)
    upper = np.triu(rng.standard_normal((6, 4, 4))) + 4.0 * np.eye(4)
    solve = jax.vmap(lambda a, b: jax.scipy.linalg.solve_triangular(a, b, trans=transposed))
    alike(solve, upper, rng.standard_normal((6, 4)), lanes=abreast(2), within=1e-12)


def test_a_lane_is_the_same_alone_and_in_any_company() -> None:
    def function(x: Any) -> Any:
        def one(x: Any) -> Any:
            done = jax.lax.while_loop(
                lambda c: c < 40.0, lambda c: c * jnp.exp(0.01 * jnp.sin(c)) + x + 0.5, x
            )
            return done, done**0.3

        return jax.vmap(one)(x)

    x = np.linspace(0.3, 9.0, 101)
    with computing():
        flown = programme(function, lanes=abreast(1))
        whole = flown(x)
        for i in (0, 17, 100):
            alone = flown(x[i : i + 1])
            for a, b in zip(whole, alone, strict=True):
                assert a[i] == b[0]


def test_copies_at_the_end_of_a_batch_are_flown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.array([1.0, 2.0, np.nan, np.nan, np.nan])
    seen: list[int] = []
    grouped = engine._grouped  # pyright: ignore[reportPrivateUsage]

    def counted(rows: Any, lanes: int, groups: int, width: int) -> Any:
        seen.append(lanes)
        return grouped(rows, lanes, groups, width)

    monkeypatch.setattr(engine, "_grouped", counted)
    with computing():
        found = programme(lambda x: (x * 2.0, x[:, None] + jnp.arange(3.0)), lanes=abreast(1))(x)
    assert seen == [3]
    np.testing.assert_array_equal(found[0], 2.0 * x)
    np.testing.assert_array_equal(found[1], x[:, None] + np.arange(3.0))


def test_what_native_code_does_not_know_is_compiled_by_xla() -> None:
    x = np.array([3.0, 1.0, 2.0])
    with computing():
        np.testing.assert_array_equal(programme(jnp.sort)(x), [1.0, 2.0, 3.0])


def test_it_says_what_it_does_not_know() -> None:
    closed = jax.make_jaxpr(jnp.sort)(np.zeros(3))
    with pytest.raises(UnsupportedError, match="sort"):
        engine.made(closed, [engine.Leaf((3,), "float64", None)], [None])


def test_lanes_on_another_axis_than_said_are_found_out() -> None:
    with computing(), pytest.raises(ValueError, match="has lanes on another axis"):
        programme(lambda x: x[0], lanes=abreast(1))(np.zeros((4, 3)))


def test_a_kernel_read_back_gives_the_same_digits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = jax.make_jaxpr(lambda x: jnp.exp(x) * jnp.sin(x))(np.zeros(1))
    made = engine.made(closed, [engine.Leaf((1,), "float64", 0)], [0])
    again = engine.Made.read(made.written())
    assert again == made
    x = np.linspace(-2.0, 2.0, 37)
    first, second = (engine.Kernel(one).run([x], 37)[0] for one in (made, again))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_allclose(first, np.exp(x) * np.sin(x), rtol=1e-15)


def _scaled(x: Any) -> Any:
    return {"twice": 2.0 * x, "sum": jnp.sum(x)}


@pytest.mark.parametrize("spoil", ["empty", "half", "none"])
def test_what_is_kept_of_it_is_read_back_or_made_anew(
    spoil: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    anew = engine.made
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path))
    monkeypatch.setattr(programmes, "is_ours", lambda _: True)
    monkeypatch.setattr(engine, "made", lambda *given: made.append(given) or anew(*given))
    x = np.arange(5.0)
    with computing():
        first = programme(_scaled)(x)
        (file,) = tmp_path.glob("*-trace")
        content = file.read_bytes()
        file.write_bytes({"empty": b"", "half": content[: len(content) // 2]}.get(spoil, content))
        again = programme(_scaled)(x)
    assert len(made) == (1 if spoil == "none" else 2)
    for name in ("twice", "sum"):
        np.testing.assert_array_equal(first[name], again[name])


def test_many_lanes_are_shared_out_to_threads_and_put_together() -> None:
    x = np.arange(10_007.0)
    with computing():
        found = programme(lambda x: jnp.sqrt(x) + 1.0, lanes=abreast(1))(x)
    np.testing.assert_array_equal(found, np.sqrt(x) + 1.0)
    assert math.isclose(found[-1], math.sqrt(10_006.0) + 1.0)


@pytest.mark.parametrize("wide", [False, True])
def test_the_exponential_and_the_logarithm_are_right_to_the_last_place(wide: bool) -> None:
    rng = np.random.default_rng(5)
    asked = {
        "exp": np.concatenate([rng.uniform(-745.0, 709.7, 400), rng.uniform(-1.0, 1.0, 400)]),
        "log": np.concatenate(
            [np.exp(rng.uniform(-740.0, 709.0, 400)), rng.uniform(0.5, 2.0, 400)]
        ),
    }
    for name, x in asked.items():
        with computing():
            made = getattr(jnp, name)
            function = programme(made, lanes=abreast(1)) if wide else programme(made)
            found = np.asarray(function(x if wide else x[:, None]))
        exact = np.array([float(getattr(math, name)(one)) for one in x])
        # Of the library half a unit, of ours one.
        assert np.max(np.abs(found.ravel() - exact) / np.spacing(np.abs(exact))) <= 2.0


@pytest.mark.parametrize("wide", [False, True])
def test_the_arc_tangent_is_right_to_the_last_places(wide: bool) -> None:
    rng = np.random.default_rng(6)
    y, x = rng.standard_normal((2, 600)) * np.exp(rng.uniform(-20.0, 20.0, (2, 600)))
    with computing():
        function = programme(jnp.arctan2, lanes=abreast(2) if wide else None)
        found = np.asarray(function(y, x) if wide else function(y[:, None], x[:, None]))
    exact = np.arctan2(y, x)
    assert np.max(np.abs(found.ravel() - exact) / np.spacing(np.abs(exact))) <= 3.0


def test_what_nobody_asks_for_is_not_written() -> None:
    @jax.jit
    def two(a: Any, b: Any) -> tuple[Any, Any]:
        return a + 1.0, jnp.sort(b)

    def asked(a: Any) -> Any:
        # A sort has no native code: neither it nor what leads to it is written.
        first, _ = two(a, jnp.sort(jnp.stack([a, 2.0 * a])))
        jnp.sort(jnp.exp(a)[None])
        return first

    alike(asked, FLOATS[:, None], within=0.0)


def test_lanes_that_have_left_a_loop_keep_what_is_asked_of_them() -> None:
    def one(x: Any) -> Any:
        def go(s: tuple[Any, ...]) -> tuple[Any, ...]:
            n, total, _, passes = s
            return n + 1.0, total + 1.0 / n, 1.0 / (n - 3.0), passes + 1

        end = jax.lax.while_loop(lambda s: s[1] < x, go, (1.0, 0.0, x, 0))
        return end[1], end[3]

    alike(jax.vmap(one), jnp.linspace(0.5, 3.5, 13), lanes=abreast(1))


def _loop(text: str) -> str:
    """What is in the innermost loop of a text: the last that begins."""
    inside = re.split(r"\ndo\d+:\n", text)[-1]
    return inside[: inside.index("br label %while")]


def test_what_a_loop_leaves_as_it_is_is_divided_once() -> None:
    def outer(x: Any, a: Any, b: Any) -> Any:
        def inner(_: Any, y: Any) -> Any:
            return y * (1.0 / (a[1:] - a[:-1]))[0] + jnp.sqrt(b) + 1.0 / y

        def one(_: Any, y: Any) -> Any:
            return jax.lax.fori_loop(0, jnp.asarray(b, int), inner, y)

        return jax.lax.fori_loop(0, jnp.asarray(b, int), one, x)

    given = (jnp.asarray([1.0, 2.0, 3.0]), jnp.asarray([[1.0, 3.0]] * 3), jnp.full(3, 4.0))
    mapped = jax.vmap(outer)
    alike(mapped, *given, lanes=abreast(3), within=1e-13)
    with computing():
        one = [jax.ShapeDtypeStruct((1, *x.shape[1:]), x.dtype) for x in given]
        traced = jax.make_jaxpr(mapped)(*one)
        leaves = [engine.Leaf(x.shape, str(x.dtype), 0) for x in one]
        text = engine.text_of(traced, leaves, (0,)).text
    loop = _loop(text)
    assert loop.count("fdiv") == 1  # that of y, which changes
    assert "llvm.sqrt" not in loop
    assert text.count("fdiv") == 2


def test_a_branch_of_one_lane_is_only_taken_where_a_lane_takes_it() -> None:
    def one(x: Any) -> Any:
        return jax.lax.cond(x > 1.0, jnp.sqrt, lambda y: y - 1.0, x)

    given = jnp.asarray([0.5, 4.0, -3.0, np.nan, 9.0])
    alike(over_lanes_of(one), given, lanes=abreast(1))


def over_lanes_of(one: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """As the loop maps it: not at all, where one lane is traced."""
    return lambda x: over_lanes(one, (0,), x.shape[0])(x)
