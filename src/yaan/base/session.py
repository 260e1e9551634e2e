"""The computing session: 64-bit numbers and the compilation cache, for as long as it lasts.

Importing Yaan changes nothing in JAX. Every public call that computes runs inside `computing()`;
a worker thread opens its own, since JAX keeps the width of numbers by thread.

JAX's own cache of what is compiled checks nothing of what it reads, and writes in place. So a
session has JAX ask Yaan's folder instead, whose files are checked: `base.kept`.
"""

import os
import sys
import threading
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import jax

from yaan.base.errors import YaanError
from yaan.base.kept import CacheWarning, Kept, hindrance

_FOLDER: Final = "jax_compilation_cache_dir"
_SETTINGS: Final = {
    "jax_persistent_cache_min_compile_time_secs": 0.0,  # [s]: a flight has dozens of small ones
    "jax_persistent_cache_min_entry_size_bytes": 0,
}
_HOOKS: Final = ("_cache", "_cache_initialized")
_ANEW: ContextVar[bool] = ContextVar("yaan_compiled_anew", default=False)


def cache_folder() -> Path | None:
    """Where compiled programmes are kept between runs: the user's cache folder.

    `YAAN_CACHE` overrides it; it changes no number, only the time to the first one. None where
    the user has no home folder.
    """
    chosen = os.environ.get("YAAN_CACHE")
    if chosen:
        return Path(chosen)
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    named = os.environ.get(variable, "")
    if sys.platform != "darwin" and os.path.isabs(named):
        return Path(named) / "yaan"
    try:
        home = Path.home()
    except RuntimeError:  # a user without an account
        return None
    below = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache")
    return home / below / "yaan" if os.path.isdir(home) else None


def find_cache() -> tuple[Path | None, str]:
    """The folder that a session uses, or None and the sentence that says why."""
    chosen = getattr(jax.config, _FOLDER)
    if chosen and "://" in chosen:
        return None, _unused(f"{chosen} is not a folder of this machine")
    folder = Path(chosen) if chosen else cache_folder()
    if folder is None:
        return None, _unused("there is no home folder")
    why = hindrance(folder)
    return (folder, "") if why is None else (None, _unused(why))


def _unused(why: str) -> str:
    mend = "set YAAN_CACHE to a folder of your own"
    return f"Nothing compiled is kept, and each run takes longer, since {why}: {mend}."


class _Compiled:
    """What JAX has compiled, as it asks for it, in a folder whose files are checked."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._path = kept.folder  # JAX names it in its log

    def get(self, key: str) -> bytes | None:
        return None if _ANEW.get() else self._kept.read(f"{key}-compiled")

    def put(self, key: str, value: bytes) -> None:
        self._kept.write(f"{key}-compiled", value)


class _Sessions:
    """All sessions of this process: the first sets up JAX's one cache, the last restores it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._settings: dict[str, Any] = {}
        self._hooks: dict[str, Any] = {}
        self._told: set[str] = set()
        self.kept: Kept | None = None

    def enter(self) -> str:
        """Open one more; why nothing is kept, where it is not told yet, else ""."""
        with self._lock:
            self._count += 1
            if self._count > 1:
                return ""
            folder, why = find_cache()
            self.kept = None if folder is None else Kept(folder)
            if self.kept is not None:
                self.kept.sweep()
            self._settings = {name: getattr(jax.config, name) for name in _SETTINGS}
            for name, value in _SETTINGS.items():
                jax.config.update(name, value)
            self._hook(None if self.kept is None else _Compiled(self.kept))
            told = why in self._told
            self._told.add(why)
            return "" if told else why

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count > 0:
                return
            self.kept = None
            for name, value in self._settings.items():
                jax.config.update(name, value)
            for name, value in self._hooks.items():
                setattr(_jax_cache(), name, value)

    def _hook(self, compiled: _Compiled | None) -> None:
        """Have JAX ask `compiled`; of a JAX that knows no such place, only traces are kept."""
        module = _jax_cache()
        if module is None:
            self._hooks = {}
            return
        self._hooks = {name: getattr(module, name) for name in _HOOKS}
        for name, value in zip(_HOOKS, (compiled, True), strict=True):
            setattr(module, name, value)


def _jax_cache() -> ModuleType | None:
    """The module that holds JAX's cache. It is not public: no public place takes another cache."""
    try:
        from jax._src import compilation_cache
    except ImportError:
        return None
    return compilation_cache if all(hasattr(compilation_cache, name) for name in _HOOKS) else None


_SESSIONS: Final = _Sessions()


@contextmanager
def computing() -> Generator[None]:
    """Run JAX in float64 with the checked compilation cache; restore its settings after.

    Warns:
        CacheWarning: once for each reason why nothing can be kept between runs.
    """
    why = _SESSIONS.enter()
    try:
        if why:
            warnings.warn(why, CacheWarning, stacklevel=3)
        with jax.enable_x64(True):
            yield
    finally:
        _SESSIONS.leave()


@contextmanager
def compiled_anew() -> Generator[None]:
    """Fetch nothing compiled in this thread, but keep what is compiled."""
    token = _ANEW.set(True)
    try:
        yield
    finally:
        _ANEW.reset(token)


def kept_in() -> Kept | None:
    """Where this session keeps its compiled programmes; None where nothing is kept."""
    return _SESSIONS.kept


def require_float64() -> None:
    """Refuse to build models outside a 64-bit context.

    Raises:
        YaanError: when JAX would compute in 32 bits.
    """
    if jax.dtypes.canonicalize_dtype(float).itemsize < 8:
        raise YaanError("Yaan computes in 64 bits: call it inside yaan.base.session.computing().")
