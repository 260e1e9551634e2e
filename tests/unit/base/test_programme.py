"""A programme read back from the cache is the one that was traced; as XLA compiles it."""

import enum
import importlib
import os
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

import yaan.base.programme as module
from yaan.base.errors import YaanError
from yaan.base.kept import Kept
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
    monkeypatch.setenv("YAAN_COMPILER", "xla")  # of native code: test_native
    monkeypatch.setattr("yaan.base.structure._ROOT", __name__.split(".")[0])  # Yaan, as it were
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


def trace(folder: Path) -> Path:
    (file,) = folder.glob("*-trace")
    return file


def flipped(whole: bytes, at: int) -> bytes:
    return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]


SPOILT = {
    "first byte": lambda whole: flipped(whole, 0),
    "digest": lambda whole: flipped(whole, 20),
    "structure": lambda whole: flipped(whole, 60),
    "trace": lambda whole: flipped(whole, len(whole) // 2),
    "last byte": lambda whole: flipped(whole, -1),
    "half": lambda whole: whole[: len(whole) // 2],
    "head alone": lambda whole: whole[:44],
    "longer": lambda whole: whole + b"\0",
    "empty": lambda whole: b"",
    "noise": lambda whole: bytes(range(256)) * 40,
    "pickle": lambda whole: pickle.dumps(Trap()),
}


class Trap:
    """What must not be made: it says so when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return exec, ("raise SystemExit('a file was unpickled')",)


@pytest.mark.parametrize("kind", ["trace", "compiled"])
@pytest.mark.parametrize("how", list(SPOILT))
def test_a_spoilt_file_is_made_anew(tmp_path: Path, kind: str, how: str):
    traced: list[str] = []
    before = make(traced)(*ask(), power=3)
    (file,) = tmp_path.glob("*-trace" if kind == "trace" else "jit_call-*-compiled")
    whole = file.read_bytes()
    file.write_bytes(SPOILT[how](whole))
    again = make(traced)(*ask(), power=3)
    assert len(traced) == (2 if kind == "trace" else 1)
    np.testing.assert_array_equal(again[0].first, before[0].first)
    assert Kept(tmp_path).read(file.name) is not None


def test_two_traces_that_change_places_are_made_anew(tmp_path: Path):
    traced: list[str] = []
    call = make(traced)
    asked = [(ask(), 2), (ask(), 3)]
    before = [float(call(*pair, power=power)[2]) for pair, power in asked]
    one, other = sorted(tmp_path.glob("*-trace"))
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)
    again = make(traced)
    assert [float(again(*pair, power=power)[2]) for pair, power in asked] == before
    assert len(traced) == 4


@pytest.mark.skipif(os.name != "posix", reason="POSIX tells who may write")
def test_a_file_that_others_may_write_is_made_anew(tmp_path: Path):
    traced: list[str] = []
    make(traced)(*ask(), power=3)
    file = trace(tmp_path)
    file.chmod(0o660)
    make(traced)(*ask(), power=3)
    assert len(traced) == 2
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_whole_but_no_trace_is_made_anew(tmp_path: Path):
    traced: list[str] = []
    make(traced)(*ask(), power=3)
    file = trace(tmp_path)
    for content in (b"", b"[1]\n", b'["leaf"]\nof another JAX', b'["fields", "os:system", {}]\n'):
        Kept(tmp_path).write(file.name, content)
        make(traced)(*ask(), power=3)
    assert len(traced) == 5
    make(traced)(*ask(), power=3)
    assert len(traced) == 5


def failing(*leaves: object) -> list[jax.Array]:
    raise RuntimeError("compiled for another processor")


@pytest.mark.parametrize("fault", [{"call": failing}, {"structure": jax.tree.structure((1, 2))}])
def test_what_fails_in_its_first_call_is_made_anew(
    monkeypatch: pytest.MonkeyPatch, fault: dict[str, Any]
):
    traced: list[str] = []
    before = make(traced)(*ask(), power=3)
    whole = module._read
    monkeypatch.setattr(module, "_read", lambda *given: whole(*given)._replace(**fault))
    call = make(traced)
    for _ in range(2):
        np.testing.assert_array_equal(call(*ask(), power=3)[0].first, before[0].first)
    assert len(traced) == 2


def test_what_was_made_anew_may_fail(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "compiled", lambda lowered: failing)
    traced: list[str] = []
    for tracings in (1, 2):  # nothing is kept at first, then a trace is
        with pytest.raises(RuntimeError, match="another processor"):
            make(traced)(*ask(), power=3)
        assert len(traced) == tracings


def test_what_is_whole_but_not_compiled_is_made_anew(tmp_path: Path):
    traced: list[str] = []
    before = make(traced)(*ask(), power=3)
    (file,) = tmp_path.glob("jit_call-*-compiled")
    Kept(tmp_path).write(file.name, b"of another JAX")  # JAX warns of it, an error in tests
    again = make(traced)(*ask(), power=3)
    np.testing.assert_array_equal(again[0].first, before[0].first)
    assert Kept(tmp_path).read(file.name) != b"of another JAX"
    assert len(traced) == 2


OUTSIDE = """
import equinox as eqx
from jaxtyping import Array

class Air(eqx.Module):
    density: Array

    def drag(self, speed):
        return {factor} * self.density * speed**2
"""


def drag(air: Any, speed: np.ndarray) -> Array:
    return air.drag(speed)


def test_a_model_from_outside_flies_as_it_is_written_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two edits in one second look alike
    call, flown = programme(drag), []
    for factor in ("0.5", "0.75"):
        (tmp_path / "outside_air.py").write_text(OUTSIDE.format(factor=factor), encoding="utf-8")
        sys.modules.pop("outside_air", None)
        importlib.invalidate_caches()
        air = importlib.import_module("outside_air").Air(jnp.asarray(1.0))
        flown += [float(call(air, np.asarray(2.0))), float(programme(drag)(air, np.asarray(2.0)))]
    assert flown == [2.0, 2.0, 3.0, 3.0]
    assert not list(tmp_path.glob("*-trace"))


class Law(eqx.Module):
    """A model that holds a function."""

    gain: Array
    law: Callable[[Array], Array] = eqx.field(static=True)


def steered(law: Law) -> Array:
    return law.law(law.gain)


def test_a_programme_that_holds_a_function_is_not_kept(tmp_path: Path):
    one = jnp.asarray(1.0)
    assert float(programme(steered)(Law(one, lambda x: 2.0 * x))) == 2.0
    assert float(programme(steered)(Law(one, lambda x: 3.0 * x))) == 3.0
    assert not list(tmp_path.glob("*-trace"))


class Sides(enum.Flag):
    LEFT = 1
    RIGHT = 2


def sided(x: np.ndarray) -> Pair:
    half = jnp.asarray(x)
    return Pair(half, half, "a", Sides.LEFT | Sides.RIGHT)  # both have a name, and no member


def test_a_result_that_no_text_tells_is_flown_and_not_kept(tmp_path: Path):
    for _ in range(2):
        assert programme(sided)(np.asarray(1.0)).shape == Sides.LEFT | Sides.RIGHT
    assert not list(tmp_path.glob("*-trace"))


def test_a_programme_from_outside_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("yaan.base.structure._ROOT", "yaan")
    for _ in range(2):
        assert float(programme(scaled)(np.asarray(1.0))) == 1.0
    assert not list(tmp_path.glob("*-trace"))


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


def test_outside_of_a_session_nothing_is_computed_in_32_bits():
    call = make([])
    with jax.enable_x64(False), pytest.raises(YaanError, match=r"outside of computing\(\)"):
        call(*ask(), power=2)
