"""The computing session leaves JAX as it found it."""

import os
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax._src import compilation_cache

from yaan.base import session
from yaan.base.errors import YaanError
from yaan.base.kept import CacheWarning
from yaan.base.session import cache_folder, computing, find_cache, kept_in, require_float64

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
            assert folder_in_use() == tmp_path / "cache"
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


def test_a_cache_that_is_set_already_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path / "cache"))
    chosen = str(tmp_path / "mine")
    old = getattr(jax.config, FOLDER)
    jax.config.update("jax_compilation_cache_dir", chosen)
    try:
        with computing():
            assert getattr(jax.config, FOLDER) == chosen
            assert folder_in_use() == tmp_path / "mine"
    finally:
        jax.config.update("jax_compilation_cache_dir", old)
    assert not (tmp_path / "cache").exists()


def folder_in_use() -> Path | None:
    kept = kept_in()
    return None if kept is None else kept.folder


def computed() -> tuple[float, Path | None]:
    """A number that is compiled in a session of its own, and where that was kept."""
    with computing():
        return float(jax.jit(lambda x: x + 4.25)(1.0)), folder_in_use()


def hooks() -> tuple[object, bool]:
    return compilation_cache._cache, compilation_cache._cache_initialized


@pytest.mark.usefixtures("_own_cache")
def test_jax_asks_the_checked_folder_and_no_longer_than_the_session(tmp_path: Path):
    before = hooks()
    with computing():
        jax.jit(lambda x: x + 1.25)(np.ones(3))
        (file,) = (tmp_path / "cache").glob("jit__lambda*-compiled")
    assert hooks() == before
    jax.jit(lambda x: x + 2.25)(np.ones(3))
    assert list((tmp_path / "cache").glob("jit__lambda*")) == [file]


@pytest.mark.usefixtures("_own_cache")
def test_sessions_that_overlap_restore_jax_with_the_last(tmp_path: Path):
    before = settings(), hooks()
    one, other = computing(), computing()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert folder_in_use() == tmp_path / "cache"
    other.__exit__(None, None, None)
    assert folder_in_use() is None
    assert (settings(), hooks()) == before


@pytest.mark.usefixtures("_own_cache")
def test_a_jax_without_the_known_place_keeps_only_traces(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(session, "_HOOKS", ("_a_cache_of_another_year",))
    before = hooks()
    with computing():
        assert folder_in_use() == tmp_path / "cache"
        assert hooks() == before
        jax.jit(lambda x: x + 3.25)(np.ones(3))
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.usefixtures("_own_cache")
def test_parts_that_were_abandoned_are_swept_when_a_session_opens(tmp_path: Path):
    part = tmp_path / "cache" / ".part-abc"
    part.parent.mkdir(mode=0o700)
    part.touch()
    os.utime(part, (0.0, 0.0))
    with computing():
        assert not part.exists()


@pytest.fixture
def _untold(monkeypatch: pytest.MonkeyPatch):
    """As in a new process: no reason has been told yet."""
    monkeypatch.setattr(session, "_SESSIONS", session._Sessions())


@pytest.mark.usefixtures("_untold")
def test_a_folder_that_may_not_be_used_is_told_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path / "file"))
    before = settings(), hooks()
    with pytest.warns(CacheWarning, match=r"file is not a folder: set YAAN_CACHE") as told:
        assert [computed() for _ in range(3)] == [(5.25, None)] * 3
    assert len(told) == 1
    assert told[0].filename == __file__
    assert (settings(), hooks()) == before


@pytest.mark.usefixtures("_untold")
def test_a_warning_taken_for_an_error_leaves_no_session_open(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path / "file" / "cache"))
    before = settings(), hooks()
    with pytest.raises(CacheWarning, match="cannot be made"), computing():
        pass
    assert (settings(), hooks()) == before


@pytest.mark.skipif(os.name != "posix", reason="POSIX tells who may write")
@pytest.mark.usefixtures("_untold")
def test_a_folder_that_others_may_write_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    tmp_path.chmod(0o770)
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path))
    with pytest.warns(CacheWarning, match="may be written by others"):
        assert computed() == (5.25, None)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_on_no_folder_is_not_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    old = getattr(jax.config, FOLDER)
    jax.config.update("jax_compilation_cache_dir", "gs://bucket/cache")
    try:
        folder, why = find_cache()
    finally:
        jax.config.update("jax_compilation_cache_dir", old)
    assert folder is None
    assert "gs://bucket/cache is not a folder of this machine" in why
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def _no_choice(monkeypatch: pytest.MonkeyPatch):
    for name in ("YAAN_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)


def test_the_folder_is_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


@pytest.mark.usefixtures("_no_choice")
def test_the_folder_is_below_the_home_folder_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    folder = cache_folder()
    assert folder is not None
    assert folder.name == "yaan"
    assert folder.is_relative_to(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the folders of XDG")
@pytest.mark.usefixtures("_no_choice")
def test_a_cache_folder_of_xdg_is_absolute_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "yaan"
    for relative in ("", "xdg"):
        monkeypatch.setenv("XDG_CACHE_HOME", relative)
        assert cache_folder() == tmp_path / ".cache" / "yaan"


def no_account() -> Path:
    raise RuntimeError("Could not determine home directory.")


HOMELESS = {
    "no account": lambda folder: no_account,
    "no such folder": lambda folder: lambda: folder / "absent",
    "a file": lambda folder: lambda: Path(__file__),
}


@pytest.mark.parametrize("how", list(HOMELESS))
@pytest.mark.usefixtures("_no_choice", "_untold")
def test_without_a_home_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str):
    monkeypatch.setattr(Path, "home", HOMELESS[how](tmp_path))
    assert cache_folder() is None
    with pytest.warns(CacheWarning, match="there is no home folder"):
        assert computed() == (5.25, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("_no_choice")
def test_a_chosen_folder_needs_no_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(Path, "home", no_account)
    monkeypatch.setenv("YAAN_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


def test_nothing_is_built_in_32_bits():
    with jax.enable_x64(False), pytest.raises(YaanError, match="64 bits"):
        require_float64()


def test_building_a_world_asks_for_64_bits():
    import yaan
    from yaan.flight.models.world import build_world

    plan = yaan.load("gaganyaan").plan
    with jax.enable_x64(False), pytest.raises(YaanError, match="64 bits"):
        build_world(plan)


def test_importing_yaan_changes_no_setting_of_jax():
    script = (
        "import jax; before = dict(jax.config.values); "
        "import yaan, yaan.api, yaan.analysis.fly; "
        "assert dict(jax.config.values) == before; print(jax.config.jax_enable_x64)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
