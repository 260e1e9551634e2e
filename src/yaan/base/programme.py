"""Programmes: compiled functions whose tracing is kept between runs too.

JAX keeps what it has compiled, but finds it again only by tracing, and to trace a flight takes
longer than to fetch it. So the trace is kept beside it, as `jax.export` writes it, named by all
that it rests on: every source file of Yaan, the versions of what traces, the platform, and the
structure and shapes of the arguments. A trace just made and one read back are compiled alike, so
a full cache gives the numbers of an empty one. A programme that holds a class or a function from
outside Yaan is not kept, since no name tells one version of it from the next: decision 0015.
"""

import functools
import hashlib
import platform
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import jax
from jax import export

from yaan.base.errors import YaanError
from yaan.base.kept import Kept
from yaan.base.session import compiled_anew, kept_in
from yaan.base.structure import UnwritableError, is_ours, read, write

_Result = TypeVar("_Result")
_TRACERS = ("equinox", "jax", "jaxlib", "numpy")
_PACKAGE = Path(__file__).parents[1]
OPTIONS: Mapping[str, bool] = MappingProxyType({"xla_cpu_use_fusion_emitters": False})
"""Compiled in two thirds of the time and memory, and flown about as fast: decision 0012."""

_ANEW: ContextVar[bool] = ContextVar("yaan_traced_anew", default=False)
_OPENED: list[dict[Any, Any]] = []
"""What each programme has open."""


def forget() -> None:
    """Close every programme of this process, and what JAX itself holds compiled.

    A compiled programme holds some 150 of the 65,530 memory maps that Linux lets a process
    have; JAX crashes where none is left.
    """
    for opened in _OPENED:
        opened.clear()
    jax.clear_caches()


@contextmanager
def traced_anew() -> Generator[None]:
    """Trace every programme at each call of this thread, and keep nothing of it.

    For tests that plant a fault in a model: no name of a programme knows of it. JAX's own caches
    hold traces of functions too, so they are emptied before and after.
    """
    jax.clear_caches()
    token = _ANEW.set(True)
    try:
        yield
    finally:
        _ANEW.reset(token)
        jax.clear_caches()


class _Opened(NamedTuple):
    """A programme for arguments of one structure: from leaves to leaves of `structure`."""

    call: Callable[..., list[jax.Array]]
    structure: Any
    doubtful: bool
    """Something of it was read from a file, and it has not run yet."""

    def run(self, leaves: list[Any]) -> Any:
        return jax.tree.unflatten(self.structure, self.call(*leaves))


def programme(function: Callable[..., _Result]) -> Callable[..., _Result]:
    """Compile `function`; positional arguments hold arrays, those by keyword are constants.

    It may depend on nothing else: what it closes over is not part of its name. What is read back
    and fails, in the first call at the latest, is made anew once; what was made anew may fail.
    """
    opened: dict[Any, _Opened] = {}
    _OPENED.append(opened)
    lock = threading.Lock()  # two threads would trace and compile the same programme twice

    @functools.wraps(function)
    def call(*arguments: Any, **constants: Any) -> _Result:
        if jax.dtypes.canonicalize_dtype(float).itemsize < 8:  # no session could call its trace
            raise YaanError(f"{function.__qualname__} was called outside of computing().")
        leaves, tree = jax.tree.flatten(arguments)
        kinds = [jax.typeof(leaf) for leaf in leaves]
        shapes = tuple((kind.shape, kind.dtype) for kind in kinds)
        key = (tree, shapes, tuple(sorted(constants.items())))
        about = _About(function, tree, shapes, constants)
        if _ANEW.get():
            return _open(about, None).run(leaves)
        with lock:
            if key not in opened:
                opened[key] = _open(about, kept_in())
            found = opened[key]
        if not found.doubtful:
            return found.run(leaves)
        with suppress(Exception):  # whatever fails here, the one made anew tells of
            result = jax.block_until_ready(found.run(leaves))
            opened[key] = found._replace(doubtful=False)
            return result
        with lock:
            if opened[key] is found:
                opened[key] = _open_anew(about, kept_in())
        return opened[key].run(leaves)

    return call


class _About(NamedTuple):
    """What a programme is made of."""

    function: Callable[..., Any]
    tree: Any
    shapes: tuple[Any, ...]
    constants: dict[str, Any]

    def kinds(self) -> list[jax.ShapeDtypeStruct]:
        return [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in self.shapes]


def _open(about: _About, kept: Kept | None) -> _Opened:
    """Read the trace back, or make and keep it; then compile it, or fetch it compiled."""
    name = None if kept is None else _name(about)
    if kept is None or name is None:
        return _make(about, kept, None)
    content = kept.read(name)
    if content is None:
        return _make(about, kept, name)
    try:
        return _read(about, content)
    except Exception:  # another JAX, another processor: whatever fails is made anew
        return _open_anew(about, kept)


def _open_anew(about: _About, kept: Kept | None) -> _Opened:
    """Make the trace and compile it, whatever is kept, and keep both in its place."""
    with compiled_anew():
        return _make(about, kept, None if kept is None else _name(about))


def _make(about: _About, kept: Kept | None, name: str | None) -> _Opened:
    structures: list[Any] = []

    def flat(*leaves: jax.Array) -> list[jax.Array]:
        result = about.function(*jax.tree.unflatten(about.tree, leaves), **about.constants)
        found, structure = jax.tree.flatten(result)
        structures.append(structure)
        return found

    traced = export.export(jax.jit(flat))(*about.kinds())
    structure = structures[-1]
    if kept is not None and name is not None:
        _keep(kept, name, traced, structure)
    taken = 0 if kept is None else kept.taken
    made = compiled(jax.jit(traced.call).lower(*about.kinds()))
    return _Opened(made, structure, kept is not None and kept.taken > taken)


def _keep(kept: Kept, name: str, traced: export.Exported, structure: Any) -> None:
    """Keep a trace; one that no file can tell in full costs time at each start, not a flight."""
    with suppress(Exception):
        text = write(structure)
        if read(text) == structure:
            kept.write(name, text.encode() + b"\n" + traced.serialize())


def _read(about: _About, content: bytes) -> _Opened:
    text, _, trace = content.partition(b"\n")
    traced = export.deserialize(bytearray(trace))
    made = compiled(jax.jit(traced.call).lower(*about.kinds()))
    return _Opened(made, read(text.decode()), True)


def compiled(lowered: Any) -> Any:
    """Compile by `OPTIONS`, where this XLA knows them."""
    try:
        return lowered.compile(compiler_options=dict(OPTIONS))
    except jax.errors.JaxRuntimeError as error:
        if "No such compile option" not in str(error):
            raise
        return lowered.compile()  # another XLA: what it does by itself is right too, only slower


def _name(about: _About) -> str | None:
    """The name of the file of a trace; None where no name can tell all that it rests on."""
    function = about.function
    if not is_ours(function.__module__):
        return None
    try:
        constants, tree = write(dict(sorted(about.constants.items()))), write(about.tree)
    except UnwritableError:
        return None
    rests = (
        _sources(),
        [version(name) for name in _TRACERS],
        (jax.default_backend(), platform.machine()),
        (function.__module__, function.__qualname__, constants),
        (tree, [(shape, str(dtype)) for shape, dtype in about.shapes]),
    )
    digest = hashlib.sha256(repr(rests).encode()).hexdigest()
    return f"{function.__module__}.{function.__qualname__}-{digest}-trace"


@functools.cache
def _sources() -> str:
    """Digest of every source file of Yaan."""
    digest = hashlib.sha256()
    for file in sorted(_PACKAGE.rglob("*.py")):
        digest.update(str(file.relative_to(_PACKAGE)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
