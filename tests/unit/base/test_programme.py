"""A programme read back from the cache is the one that was traced."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from yaan.base.programme import programme, traced_anew
from yaan.base.session import computing


class Pair(eqx.Module):
    """Arrays beside a constant, and a structure of its own kind as one."""

    first: Array
    second: Array
    name: str = eqx.field(static=True)
    shape: object = eqx.field(static=True)


def body(pair: Pair, by: Array | np.ndarray, *, power: int) -> tuple[Pair, Array | None, Array]:
    grown = Pair(pair.first * by**power, jnp.sin(pair.second), pair.name, jax.tree.structure(pair))
    return grown, None, jnp.sum(grown.first)


def make(traced: list[str]) -> Callable[..., tuple[Pair, Array | None, Array]]:
    """A new programme, as a new process would have it; `traced` tells its tracings."""

    def spied(
        pair: Pair, by: Array | np.ndarray, *, power: int
    ) -> tuple[Pair, Array | None, Array]:
        traced.append(pair.name)
        return body(pair, by, power=power)

    return programme(spied)


def ask(size: int = 3, name: str = "a") -> tuple[Pair, np.ndarray]:
    start = np.arange(float(size))
    return Pair(jnp.asarray(start), jnp.asarray(start), name, None), np.asarray(1.1)


@pytest.fixture(autouse=True)
def _session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path))
    with computing():
        yield


def test_what_is_read_back_gives_the_same_numbers_and_structure():
    first: list[str] = []
    second: list[str] = []
    made, none, total = make(first)(*ask(), power=3)
    again, none_again, total_again = make(second)(*ask(), power=3)
    assert (first, second) == (["a"], [])
    assert none is none_again is None
    assert total == total_again
    np.testing.assert_array_equal(again.first, made.first)
    assert again.name == "a"
    rebuilt = jax.tree.unflatten(again.shape, (1.0, 2.0))  # a structure within is whole too
    assert isinstance(rebuilt, Pair)
    np.testing.assert_allclose(made.first, body(*ask(), power=3)[0].first, rtol=1e-15)


def test_another_shape_structure_or_constant_is_another_programme():
    traced: list[str] = []
    call = make(traced)
    for arguments, power in [(ask(), 3), (ask(4), 3), (ask(name="b"), 3), (ask(), 2), (ask(), 3)]:
        _, _, total = call(*arguments, power=power)
        expected = body(*arguments, power=power)[2]
        np.testing.assert_allclose(total, expected, rtol=1e-15)
    assert traced == ["a", "a", "b", "a"]


def test_other_sources_are_not_mistaken(monkeypatch: pytest.MonkeyPatch):
    traced: list[str] = []
    make(traced)(*ask(), power=3)
    monkeypatch.setattr("yaan.base.programme._sources", lambda: "after an edit")
    make(traced)(*ask(), power=3)
    assert len(traced) == 2


def test_a_spoilt_file_is_made_anew(tmp_path: Path):
    traced: list[str] = []
    make(traced)(*ask(), power=3)
    (file,) = tmp_path.glob("*-trace")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    make(traced)(*ask(), power=3)
    assert len(traced) == 2
    assert len(file.read_bytes()) == len(whole)


def test_threads_share_one_tracing():
    traced: list[str] = []
    call = make(traced)

    def one(_: int) -> float:
        with computing():
            return float(call(*ask(), power=3)[2])

    with ThreadPoolExecutor(max_workers=4) as pool:
        totals = set(pool.map(one, range(8)))
    assert (len(totals), len(traced)) == (1, 1)


def test_nothing_is_kept_where_nothing_can_be(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("yaan.base.programme.kept_in", lambda: None)
    traced: list[str] = []
    make(traced)(*ask(), power=3)
    make(traced)(*ask(), power=3)
    assert len(traced) == 2


FACTOR = 1.0


def scaled(x: Array | np.ndarray) -> Array:
    return FACTOR * jnp.asarray(x)


def test_a_planted_fault_is_seen_while_traced_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    call, one = programme(scaled), np.asarray(1.0)
    assert float(call(one)) == 1.0
    monkeypatch.setattr(f"{__name__}.FACTOR", 2.0)
    assert float(call(one)) == 1.0  # what is kept knows of no fault
    with traced_anew():
        assert float(call(one)) == 2.0
    assert float(call(one)) == 1.0
    assert len(list(tmp_path.glob("*-trace"))) == 1


def test_an_option_that_this_xla_does_not_know_is_left_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("yaan.base.programme.OPTIONS", {"xla_cpu_of_another_year": True})
    pair, _, total = make([])(*ask(), power=2)
    assert float(total) == pytest.approx(1.1**2 * 3.0)
    assert pair.name == "a"
