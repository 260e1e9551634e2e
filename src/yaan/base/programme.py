"""Programmes: compiled functions whose tracing is kept between runs too.

JAX keeps what it has compiled, but finds it again only by tracing, and to trace a flight takes
longer than to fetch it. So the trace is kept beside it, as `jax.export` writes it, named by all
that it rests on: every source file of Yaan, the versions of what traces, the platform, and the
structure and shapes of the arguments. A trace just made and one read back are compiled alike, so
a full cache gives the numbers of an empty one.
"""

import copyreg
import functools
import hashlib
import io
import os
import pickle
import platform
import tempfile
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

import jax
from jax import export

from yaan.base.session import kept_in

_Result = TypeVar("_Result")
_TRACERS = ("equinox", "jax", "jaxlib", "numpy")
_PACKAGE = Path(__file__).parents[1]
OPTIONS: Mapping[str, bool] = MappingProxyType({"xla_cpu_use_fusion_emitters": False})
"""Compiled in two thirds of the time and memory, and flown about as fast: decision 0012."""

_ANEW: ContextVar[bool] = ContextVar("yaan_traced_anew", default=False)


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


def programme(function: Callable[..., _Result]) -> Callable[..., _Result]:
    """Compile `function`; positional arguments hold arrays, those by keyword are constants.

    It may depend on nothing else: what it closes over is not part of its name.
    """
    opened: dict[Any, _Opened] = {}
    lock = threading.Lock()  # two threads would trace and compile the same programme twice

    @functools.wraps(function)
    def call(*arguments: Any, **constants: Any) -> _Result:
        leaves, tree = jax.tree.flatten(arguments)
        kinds = [jax.typeof(leaf) for leaf in leaves]
        shapes = tuple((kind.shape, kind.dtype) for kind in kinds)
        key = (tree, shapes, tuple(sorted(constants.items())))
        if _ANEW.get():
            found = _open(function, tree, shapes, constants, None)
        else:
            with lock:
                if key not in opened:
                    opened[key] = _open(function, tree, shapes, constants, kept_in())
            found = opened[key]
        return jax.tree.unflatten(found.structure, found.call(*leaves))

    return call


def _open(
    function: Callable[..., Any],
    tree: Any,
    shapes: tuple[Any, ...],
    constants: dict[str, Any],
    folder: Path | None,
) -> _Opened:
    """Read the trace from `folder`, or make and keep it; then compile it, or fetch it compiled."""
    kinds = [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in shapes]
    name = _name(function, tree, shapes, constants)
    kept = None if folder is None else _read(folder / name)
    if kept is None:
        structures: list[Any] = []

        def flat(*leaves: jax.Array) -> list[jax.Array]:
            result = function(*jax.tree.unflatten(tree, leaves), **constants)
            found, structure = jax.tree.flatten(result)
            structures.append(structure)
            return found

        traced = export.export(jax.jit(flat))(*kinds)
        kept = traced, structures[-1]
        if folder is not None:
            _write(folder / name, *kept)
    traced, structure = kept
    return _Opened(_compiled(jax.jit(traced.call).lower(*kinds)), structure)


def _compiled(lowered: Any) -> Callable[..., list[jax.Array]]:
    try:
        return lowered.compile(compiler_options=dict(OPTIONS))
    except jax.errors.JaxRuntimeError as error:
        if "No such compile option" not in str(error):
            raise
        return lowered.compile()  # another XLA: what it does by itself is right too, only slower


def _name(
    function: Callable[..., Any], tree: Any, shapes: tuple[Any, ...], constants: dict[str, Any]
) -> str:
    about = (
        _sources(),
        [version(name) for name in _TRACERS],
        (jax.default_backend(), platform.machine()),
        (function.__module__, function.__qualname__, sorted(constants.items())),
        (str(tree), [(shape, str(dtype)) for shape, dtype in shapes]),
    )
    digest = hashlib.sha256(repr(about).encode()).hexdigest()
    return f"{function.__module__}.{function.__qualname__}-{digest}-trace"


@functools.cache
def _sources() -> str:
    """Digest of every source file of Yaan."""
    digest = hashlib.sha256()
    for file in sorted(_PACKAGE.rglob("*.py")):
        digest.update(str(file.relative_to(_PACKAGE)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _read(file: Path) -> tuple[export.Exported, Any] | None:
    try:
        trace, structure = pickle.loads(file.read_bytes())
        return export.deserialize(trace), structure
    except FileNotFoundError:
        return None
    except Exception:  # a file cut short or by another hand fails anywhere: it is made anew
        return None


def _write(file: Path, traced: export.Exported, structure: Any) -> None:
    """Put a complete file in place at once: another process may be reading it."""
    data = io.BytesIO()
    pickler = pickle.Pickler(data)
    pickler.dispatch_table = copyreg.dispatch_table | {type(structure): _reduced}
    pickler.dump((bytes(traced.serialize()), structure))
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
            part.write(data.getvalue())
        os.replace(part.name, file)
    except OSError:
        return  # a full disk costs time, not a flight


def _reduced(structure: Any) -> tuple[Callable[..., Any], tuple[Any]]:
    """A structure as a tree that has it: Equinox's marks of what is absent outlive no pickling."""
    return jax.tree.structure, (jax.tree.unflatten(structure, range(structure.num_leaves)),)
