"""The computing session leaves JAX as it found it."""

import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from yaan.base.errors import YaanError
from yaan.base.session import cache_folder, computing, require_float64

FOLDER = "jax_compilation_cache_dir"
SETTINGS = (
    FOLDER,
    "jax_persistent_cache_min_compile_time_secs",
    "jax_persistent_cache_min_entry_size_bytes",
)


def settings() -> dict[str, object]:
    return {name: getattr(jax.config, name) for name in SETTINGS}


@pytest.fixture
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("_own_cache")
def test_computing_is_64_bit_and_restores_everything(tmp_path: Path):
    before = settings()
    with jax.enable_x64(False):
        assert jnp.asarray(1.0).dtype == jnp.float32
        with computing():
            assert jnp.asarray(1.0).dtype == jnp.float64
            assert getattr(jax.config, FOLDER) == str(tmp_path / "cache")
            require_float64()
        assert jnp.asarray(1.0).dtype == jnp.float32
    assert settings() == before


@pytest.mark.usefixtures("_own_cache")
def test_computing_restores_after_an_error():
    before = settings()

    def fail() -> None:
        with computing():
            raise RuntimeError("flown into a bug")

    with jax.enable_x64(False):
        with pytest.raises(RuntimeError):
            fail()
        assert not jnp.asarray(1.0).dtype == jnp.float64
    assert settings() == before


@pytest.mark.usefixtures("_own_cache")
def test_a_cache_that_is_set_already_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    chosen = str(tmp_path / "mine")
    old = getattr(jax.config, FOLDER)
    jax.config.update("jax_compilation_cache_dir", chosen)
    try:
        with computing():
            assert getattr(jax.config, FOLDER) == chosen
    finally:
        jax.config.update("jax_compilation_cache_dir", old)


def test_a_folder_that_cannot_be_made_is_no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path / "file" / "cache"))
    with computing():
        assert getattr(jax.config, FOLDER) is None


def test_the_folder_is_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("YAAN_CACHE")
    assert cache_folder().name == "yaan"


def test_nothing_is_built_in_32_bits():
    with jax.enable_x64(False), pytest.raises(YaanError, match="64 bits"):
        require_float64()


def test_building_a_world_asks_for_64_bits():
    import yaan
    from yaan.mission.model.world import build_world

    spec = yaan.load("gaganyaan").spec
    with jax.enable_x64(False), pytest.raises(YaanError, match="64 bits"):
        build_world(spec)


def test_importing_yaan_changes_no_setting_of_jax():
    script = (
        "import jax; before = dict(jax.config.values); "
        "import yaan, yaan.api, yaan.mission.flight.fly; "
        "assert dict(jax.config.values) == before; print(jax.config.jax_enable_x64)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
