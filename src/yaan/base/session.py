"""The computing session: 64-bit numbers and the compilation cache, for as long as it lasts.

Importing Yaan changes nothing in JAX. Every public call that computes runs inside `computing()`;
a worker thread opens its own, since JAX keeps these settings by thread.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import jax

from yaan.base.errors import YaanError


def cache_folder() -> Path:
    """Where compiled programmes are kept between runs: the user's cache folder.

    `YAAN_CACHE` overrides it; it changes no number, only the time to the first one.
    """
    chosen = os.environ.get("YAAN_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return root / "yaan"


_CACHE_FOLDER = "jax_compilation_cache_dir"
_CACHE_SETTINGS = {
    "jax_persistent_cache_min_compile_time_secs": 0.0,  # [s]: a flight has dozens of small ones
    "jax_persistent_cache_min_entry_size_bytes": 0,
}


@contextmanager
def computing() -> Generator[None]:
    """Run JAX in float64 with the persistent compilation cache; restore its settings after."""
    settings: dict[str, object] = dict(_CACHE_SETTINGS)
    if getattr(jax.config, _CACHE_FOLDER) is None and _writable(cache_folder()):
        settings[_CACHE_FOLDER] = str(cache_folder())
    before = {name: getattr(jax.config, name) for name in settings}
    for name, value in settings.items():
        jax.config.update(name, value)
    try:
        with jax.enable_x64(True):
            yield
    finally:
        for name, value in before.items():
            jax.config.update(name, value)


def kept_in() -> Path | None:
    """The folder of this session's compiled programmes; None where nothing is kept."""
    folder = getattr(jax.config, _CACHE_FOLDER)
    return None if folder is None else Path(folder)


def require_float64() -> None:
    """Refuse to build models outside a 64-bit context.

    Raises:
        YaanError: when JAX would compute in 32 bits.
    """
    if jax.numpy.asarray(0.0).dtype != jax.numpy.float64:
        raise YaanError("Yaan computes in 64 bits: call it inside yaan.base.session.computing().")


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
