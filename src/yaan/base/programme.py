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
from typing import Any, NamedTuple, TypeVar, overload

import jax
import numpy as np
from jax import export

from yaan.base.errors import YaanError
from yaan.base.kept import Kept
from yaan.base.lanes import spread
from yaan.base.native import engine
from yaan.base.native.emit import UnsupportedError
from yaan.base.native.engine import Kernel, Leaf, Made
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


def fewest(lanes: int) -> int:
    """The fewest lanes to ask a programme for: `lanes` of XLA, which compiles each number anew."""
    return 1 if engine.wanted() else lanes


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


class Lanes(NamedTuple):
    """Which axes of a programme's arguments and results have lanes, as `jax.vmap` has them."""

    arguments: Any
    """A tree like the arguments, or the beginning of one: the axis of leaves, or None."""
    results: Any = 0


class _Opened(NamedTuple):
    """A programme for arguments of one structure: from leaves to leaves of `structure`."""

    call: Callable[..., list[jax.Array]]
    structure: Any
    doubtful: bool
    """Something of it was read from a file, and it has not run yet."""

    def run(self, leaves: list[Any]) -> Any:
        return jax.tree.unflatten(self.structure, self.call(*leaves))


class _Native(NamedTuple):
    """A kernel for arguments of one structure, of any number of lanes."""

    kernel: Kernel
    structure: Any

    def run(self, leaves: list[Any], lanes: int) -> Any:
        return jax.tree.unflatten(self.structure, self.kernel.run(leaves, lanes))


@overload
def programme(function: Callable[..., _Result]) -> Callable[..., _Result]: ...


@overload
def programme(
    *, lanes: Callable[..., Lanes]
) -> Callable[[Callable[..., _Result]], Callable[..., _Result]]: ...


@overload
def programme(
    function: Callable[..., _Result], *, lanes: Callable[..., Lanes] | None
) -> Callable[..., _Result]: ...


def programme(
    function: Callable[..., Any] | None = None, *, lanes: Callable[..., Lanes] | None = None
) -> Any:
    """Compile `function`; positional arguments hold arrays, those by keyword are constants.

    It may depend on nothing else: what it closes over is not part of its name. What is read back
    and fails, in the first call at the latest, is made anew once; what was made anew may fail.

    On a processor it becomes native code, traced for one lane and flown in as many as there are,
    where `lanes` of the arguments tells their axes and no lane asks after another; XLA compiles
    what native code knows no instruction for, and all of it elsewhere: decision 0031.
    """
    if function is None:
        return lambda wrapped: _called(wrapped, lanes)
    return _called(function, lanes)


def _called(
    function: Callable[..., _Result], lanes: Callable[..., Lanes] | None
) -> Callable[..., _Result]:
    opened: dict[Any, _Opened] = {}
    natives: dict[Any, _Native | None] = {}
    _OPENED.append(opened)
    _OPENED.append(natives)
    lock = threading.Lock()  # two threads would trace and compile the same programme twice

    def native(leaves: list[Any], about: "_About") -> Any:
        count = about.lanes()
        if _ANEW.get():
            made = _native(about, None)
            return None if made is None else made.run(leaves, count)
        key = (about.tree, about.one(), about.axes, tuple(sorted(about.constants.items())))
        with lock:
            if key not in natives:
                natives[key] = _native(about, kept_in())
            found = natives[key]
        return None if found is None else found.run(leaves, count)

    @functools.wraps(function)
    def call(*arguments: Any, **constants: Any) -> _Result:
        if jax.dtypes.canonicalize_dtype(float).itemsize < 8:  # no session could call its trace
            raise YaanError(f"{function.__qualname__} was called outside of computing().")
        leaves, tree = jax.tree.flatten(arguments)
        shapes = tuple(map(_kind, leaves))
        about = _about(function, arguments, tree, shapes, constants, lanes)
        if engine.wanted():
            result = native(leaves, about)
            if result is not None:
                return result
        key = (tree, shapes, tuple(sorted(constants.items())))
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


def _kind(leaf: Any) -> tuple[Any, Any]:
    if not isinstance(leaf, np.ndarray | np.generic | jax.Array):
        leaf = jax.typeof(leaf)
    return leaf.shape, leaf.dtype


def _about(
    function: Callable[..., Any],
    arguments: tuple[Any, ...],
    tree: Any,
    shapes: tuple[Any, ...],
    constants: dict[str, Any],
    lanes: Callable[..., Lanes] | None,
) -> "_About":
    if lanes is None:
        return _About(function, tree, shapes, constants, (None,) * len(shapes), None)
    told = lanes(*arguments)
    axes = spread(told.arguments, arguments)
    return _About(function, tree, shapes, constants, axes, told.results)


class _About(NamedTuple):
    """What a programme is made of."""

    function: Callable[..., Any]
    tree: Any
    shapes: tuple[Any, ...]
    constants: dict[str, Any]
    axes: tuple[int | None, ...]
    """That of the lanes of each argument."""
    results: Any
    """Those of the results."""

    def lanes(self) -> int:
        """How many lanes."""
        for (shape, _), axis in zip(self.shapes, self.axes, strict=True):
            if axis is not None:
                return shape[axis]
        return 1

    def one(self) -> tuple[Any, ...]:
        """The shapes of one lane."""
        return tuple(
            (shape if axis is None else (*shape[:axis], 1, *shape[axis + 1 :]), kind)
            for (shape, kind), axis in zip(self.shapes, self.axes, strict=True)
        )

    def kinds(self) -> list[jax.ShapeDtypeStruct]:
        return [jax.ShapeDtypeStruct(shape, dtype) for shape, dtype in self.shapes]


def _native(about: _About, kept: Kept | None) -> _Native | None:
    """Read native code back, or make and keep it; None where there is none for it."""
    one = about._replace(shapes=about.one())
    name = None if kept is None else _name(one, f"native {about.axes} {engine.named()}")
    if kept is not None and name is not None:
        content = kept.read(name)
        if content is not None:
            with suppress(Exception):  # another version of what wrote it: whatever fails is anew
                text, _, rest = content.partition(b"\n")
                return _Native(Kernel(Made.read(rest)), read(text.decode()))
    structures: list[Any] = []
    axes: list[tuple[Any, ...]] = []

    def flat(*leaves: jax.Array) -> list[jax.Array]:
        result = about.function(*jax.tree.unflatten(about.tree, leaves), **about.constants)
        found, structure = jax.tree.flatten(result)
        structures.append(structure)
        axes.append(spread(about.results, result))
        return found

    traced = jax.make_jaxpr(flat)(*one.kinds())
    structure = structures[-1]
    arguments = [
        Leaf(shape, str(kind), axis)
        for (shape, kind), axis in zip(one.shapes, about.axes, strict=True)
    ]
    try:
        made = engine.made(traced, arguments, axes[-1])
    except UnsupportedError:
        return None
    if kept is not None and name is not None:
        with suppress(Exception):
            text = write(structure)
            if read(text) == structure:
                kept.write(name, text.encode() + b"\n" + made.written())
    return _Native(Kernel(made), structure)


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


def _name(about: _About, also: str = "") -> str | None:
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
        also,
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
