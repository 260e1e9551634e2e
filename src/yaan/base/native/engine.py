"""Native code from a traced function of one lane: compiled by LLVM, run for all lanes.

`Kernel.run` takes the leaves of all lanes and gives those of the results. Lanes go in groups of as
many as a register of the processor holds; groups are shared out to threads.
"""

import ctypes
import itertools
import json
import math
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

import jax
import llvmlite.binding as llvm
import numpy as np

from yaan.base.native.arrays import Array, Buffer, Memory, is_whole, strides_of
from yaan.base.native.control import Evaluator
from yaan.base.native.emit import KINDS, Emitter, UnsupportedError
from yaan.base.native.primitives import Maker

_EFFORT = 1
"""Of code generation: at 2 it takes a third longer, and flies no faster."""


class Leaf(NamedTuple):
    """An argument or a result of one lane."""

    shape: tuple[int, ...]
    kind: str
    axis: int | None
    """That of the lanes, where it has one; its length here is 1."""


class Made(NamedTuple):
    """A compiled kernel as it can be kept."""

    code: bytes
    width: int
    scratch: int
    arguments: tuple[Leaf, ...]
    results: tuple[Leaf, ...]
    blank: tuple[int, ...]
    """Results that must be zeros before it runs."""
    unused: tuple[int, ...]
    """Arguments that it never reads."""

    def written(self) -> bytes:
        """As bytes: a line of what it takes and gives, then the code."""
        known = (self.width, self.scratch, self.blank, self.unused)
        about = (*known, self.arguments, self.results)
        return json.dumps(about).encode() + b"\n" + self.code

    @classmethod
    def read(cls, content: bytes) -> "Made":
        """What `written` gave."""
        text, _, code = content.partition(b"\n")
        width, scratch, blank, unused, *leaves = json.loads(text)
        arguments, results = (
            tuple(Leaf(tuple(shape), kind, axis) for shape, kind, axis in each) for each in leaves
        )
        return cls(code, width, scratch, arguments, results, tuple(blank), tuple(unused))


def wanted() -> bool:
    """Whether programmes become native code: on a processor, unless YAAN_COMPILER says `xla`."""
    return os.environ.get("YAAN_COMPILER", "native") != "xla" and jax.default_backend() == "cpu"


@cache
def _machine() -> tuple[Any, int]:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features()
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=features.flatten(),
        opt=_EFFORT,
        reloc="pic",
        codemodel="default",
    )
    wide = 8 if features.get("avx512f") else 4 if features.get("avx2") else 2
    return machine, wide


def width() -> int:
    """How many numbers one register of this processor holds."""
    return _machine()[1]


def named() -> str:
    """What compiled code rests on of this machine."""
    machine = _machine()[0]
    version = ".".join(map(str, llvm.llvm_version_info))
    features = llvm.get_host_cpu_features().flatten()
    return f"{version} {width()} {machine.triple} {llvm.get_host_cpu_name()} {features}"


class Text(NamedTuple):
    """The code of a body traced for one lane."""

    text: str
    scratch: int
    """Its scratch memory [bytes]."""
    results: tuple[Leaf, ...]
    blank: tuple[int, ...]
    """Results that must be zeros before it runs."""
    unused: tuple[int, ...]
    """Arguments that it never reads."""


def text_of(closed: Any, arguments: Sequence[Leaf], axes: Sequence[int | None]) -> Text:
    """Write the code of a body traced for one lane; `axes` are those of its results."""
    emit = Emitter(width())
    memory = Memory(emit)
    maker = Maker(emit, memory)
    evaluator = Evaluator(emit, memory, maker)
    given: list[Array] = []
    loads: list[str] = []
    for k, leaf in enumerate(arguments):
        pointer, wide = f"%a{k}", leaf.axis is not None
        loads += _address(pointer, k, leaf, _size(leaf, emit.width))
        buffer = Buffer(pointer, leaf.kind, wide, True)
        array = Array(leaf.shape, leaf.kind, None, buffer, emit.index(0), strides_of(leaf.shape))
        given.append(array)
    given = [maker.few(array) for array in given]
    found = evaluator.body(closed, given)
    results: list[Leaf] = []
    blank: list[int] = []
    laid: set[str] = set()
    count = len(arguments) + len(found)
    for k, (array, axis) in enumerate(zip(found, axes, strict=True)):
        leaf = Leaf(array.shape, array.kind, axis)
        results.append(leaf)
        pointer, stride = f"%r{k}", f"%r{k}s"
        loads += _loaded(stride, count + 2 * k) + _loaded(f"{pointer}g", count + 2 * k + 1)
        loads += _address(pointer, len(arguments) + k, leaf, f"{pointer}g")
        if array.wide if axis is None else array.shape[axis] != 1:
            raise ValueError(f"Result {k}, {array.shape}, has lanes on another axis than {axis}.")
        own = array.buffer
        if axis is not None and own is not None and is_whole(array) and own.pointer not in laid:
            # It is made where it is given: nothing is copied, and no page touched for nothing.
            laid.add(own.pointer)
            emit.allocated[own.place] = f"  {own.pointer} = getelementptr i8, ptr {pointer}, i64 0"
            emit.allocated[own.place + 1] = f"  {own.stride} = add i64 0, {stride}"
            if own.fill is not None:
                first, last = own.fill
                emit.lines[first:last] = [""] * (last - first)
                blank.append(k)
        elif array.size:
            wide = axis is not None
            buffer = Buffer(pointer, leaf.kind, wide, False, stride=stride if wide else None)
            target = Array(
                leaf.shape, leaf.kind, None, buffer, emit.index(0), strides_of(leaf.shape)
            )
            memory.copy(array, target)
    lines = [
        *emit.globals,
        *emit.declared.values(),
        "define void @group(ptr %table, ptr %scratch, i64 %group) {",
        "entry:",
        *loads,
        *emit.allocated,
        "  br label %begin",
        "begin:",
        *emit.lines,
        "  ret void",
        "}",
        _DRIVER,
    ]
    alive = evaluator.alive(closed.jaxpr, None)
    unused = tuple(k for k, v in enumerate(closed.jaxpr.invars) if v not in alive)
    return Text("\n".join(lines), memory.scratch, tuple(results), tuple(blank), unused)


def _size(leaf: Leaf, lanes: int) -> int:
    """Bytes of so many lanes."""
    return int(np.prod(leaf.shape)) * lanes * np.dtype(leaf.kind).itemsize


def _loaded(name: str, k: int) -> list[str]:
    return [
        f"  {name}t = getelementptr inbounds i64, ptr %table, i64 {k}",
        f"  {name} = load i64, ptr {name}t",
    ]


def _address(pointer: str, k: int, leaf: Leaf, step: int | str) -> list[str]:
    """Where a leaf is; with lanes a `step` [bytes] further for each group."""
    lines = [
        f"  {pointer}t = getelementptr inbounds ptr, ptr %table, i64 {k}",
        f"  {pointer}{'b' if leaf.axis is not None else ''} = load ptr, ptr {pointer}t",
    ]
    if leaf.axis is not None:
        lines += [
            f"  {pointer}o = mul i64 %group, {step}",
            f"  {pointer} = getelementptr inbounds i8, ptr {pointer}b, i64 {pointer}o",
        ]
    return lines


_DRIVER = """
define void @run(ptr %table, ptr %scratch, i64 %first, i64 %last) {
entry:
  br label %head
head:
  %i = phi i64 [ %first, %entry ], [ %next, %body ]
  %more = icmp slt i64 %i, %last
  br i1 %more, label %body, label %done
body:
  call void @group(ptr %table, ptr %scratch, i64 %i)
  %next = add i64 %i, 1
  br label %head
done:
  ret void
}
"""


def compiled(text: str) -> bytes:
    """Object code of a text."""
    machine = _machine()[0]
    module = llvm.parse_assembly(text)
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    _optimised(module, machine)
    return machine.emit_object(module)


def _optimised(module: Any, machine: Any) -> None:
    """Names for what is on the stack, and simpler instructions: more passes made slower code."""
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.add_instruction_combine_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))


def made(closed: Any, arguments: Sequence[Leaf], axes: Sequence[int | None]) -> Made:
    """The kernel of a body traced for one lane; `axes` are those of its results."""
    strange = {leaf.kind for leaf in arguments} - KINDS.keys()
    if strange:
        raise UnsupportedError(f"arguments of {strange}")
    text, scratch, results, blank, unused = text_of(closed, arguments, axes)
    return Made(compiled(text), width(), scratch, tuple(arguments), results, blank, unused)


class _Taken(NamedTuple):
    """An argument that is read."""

    place: int
    kind: np.dtype[Any]
    axis: int | None


class _Given(NamedTuple):
    """A result."""

    shape: tuple[int, ...]
    kind: np.dtype[Any]
    axis: int | None
    blank: bool
    one: tuple[Any, ...]
    """What leaves out the axis of the lanes, of one lane."""
    order: tuple[int, ...]
    """Of the axes, where the lanes are the last one."""


class Kernel:
    """A compiled kernel, ready to run."""

    def __init__(self, made: Made) -> None:
        self._made = made
        self._taken = [
            _Taken(k, np.dtype(leaf.kind), leaf.axis)
            for k, leaf in enumerate(made.arguments)
            if k not in made.unused
        ]
        self._given = [_given(leaf, blank=k in made.blank) for k, leaf in enumerate(made.results)]
        build = llvm.JITLibraryBuilder().add_object_img(made.code).add_current_process()
        self._code = build.export_symbol("run").link(_linker(), f"kernel{next(_NUMBERS)}")
        address = self._code["run"]
        self._run = ctypes.CFUNCTYPE(
            None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
        )(address)

    def run(self, leaves: Sequence[Any], lanes: int) -> list[Any]:
        """The results of all lanes; one that is given again at the end is flown once."""
        rows = [
            _rows(np.asarray(leaves[one.place], one.kind), one.axis, lanes) for one in self._taken
        ]
        flown = self._different(rows, lanes)
        width = self._made.width
        groups = -(-flown // width)
        places = [_address_of(_NOTHING)] * len(self._made.arguments)
        held: list[Any] = []  # for as long as the kernel runs
        for one, each in zip(self._taken, rows, strict=True):
            laid = each if one.axis is None else _grouped(each, flown, groups, width)
            held.append(laid)
            places[one.place] = _address_of(laid)
        together = groups <= _TOGETHER
        outs: list[Any] = []
        layout: list[int] = []
        for one in self._given:
            shape = (*one.shape, groups * width) if together else (groups, *one.shape, width)
            made = np.zeros if one.blank else np.empty
            outs.append(made(one.shape if one.axis is None else shape, one.kind))
            step = width * one.kind.itemsize
            layout += [groups * width, step] if together else [width, step * math.prod(one.shape)]
        table = np.array([*places, *map(_address_of, outs), *layout], dtype=np.uint64)
        self._shared_out(table, groups)
        del held
        lay = _side_by_side if together else _lanes
        return [
            array if one.axis is None else _filled(lay(array, one, flown), lanes, one.axis)
            for array, one in zip(outs, self._given, strict=True)
        ]

    def _different(self, rows: Sequence[Any], lanes: int) -> int:
        """Lanes without those at the end that are the last one again, as of a filled batch."""
        if not 1 < lanes <= _FILLED:
            return lanes
        wide = [each for one, each in zip(self._taken, rows, strict=True) if one.axis is not None]
        if any(each[-1].tobytes() != each[-2].tobytes() for each in wide):
            return lanes
        first = 1
        for each in wide:
            seen = np.ascontiguousarray(each).view(np.uint8)
            other = np.flatnonzero(np.any(seen != seen[-1], axis=1))
            if len(other):
                first = max(first, int(other[-1]) + 2)
        return first

    def _shared_out(self, table: Any, groups: int) -> None:
        place = _address_of(table)

        def go(first: int, last: int) -> None:
            scratch = self._scratch()
            start = _address_of(scratch)
            self._run(place, start + -start % 64, first, last)

        threads = 1 if groups < 2 else min(_threads(), groups)
        if threads < 2:
            go(0, groups)
            return
        pieces = min(groups, 8 * threads)
        edges = [groups * i // pieces for i in range(pieces + 1)]
        list(_pool().map(go, edges[:-1], edges[1:]))

    def _scratch(self) -> Any:
        """This thread's memory for it."""
        needed = self._made.scratch + 64
        held: Any = getattr(_MINE, "scratch", None)
        if held is None or len(held) < needed:
            held = np.empty(needed, dtype=np.uint8)
            if needed <= _HELD:
                _MINE.scratch = held
        return held


_NOTHING = np.zeros(1)
_NUMBERS = itertools.count()
_MINE = threading.local()
_FILLED = 64  # lanes of the largest batch that is filled up with copies
_TOGETHER = 8
"""Groups whose results are laid side by side, so that none is copied; more are copied into order,
which whoever looks at lanes one by one is quicker with."""
_HELD = 1 << 28  # [bytes] of memory that a thread holds from call to call


@cache
def _linker() -> Any:
    """Links code into this process, each kernel in memory of one piece."""
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=_EFFORT
    )
    return llvm.create_lljit_compiler(machine, use_jit_link=sys.platform != "win32")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_threads(), thread_name_prefix="yaan")


def _threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _given(leaf: Leaf, *, blank: bool) -> _Given:
    kind, axis, rank = np.dtype(leaf.kind), leaf.axis, len(leaf.shape)
    if axis is None:
        return _Given(leaf.shape, kind, None, blank, (), ())
    one = (*[slice(None)] * axis, 0)
    order = [*range(rank - 1)]
    order.insert(axis, rank - 1)
    return _Given(leaf.shape, kind, axis, blank, one, tuple(order))


def _address_of(array: Any) -> int:
    return array.__array_interface__["data"][0]


def _rows(array: Any, axis: int | None, lanes: int) -> Any:
    """An argument with a row for each lane; one without lanes in one piece."""
    if axis is None:
        return np.ascontiguousarray(array)
    return (np.moveaxis(array, axis, 0) if axis else array).reshape(lanes, -1)


def _grouped(rows: Any, lanes: int, groups: int, width: int) -> Any:
    """The first `lanes` rows, number by number those of a group side by side; the last fills up."""
    size, whole = rows.shape[1], lanes // width
    made = np.empty((groups, size, width), rows.dtype)
    if whole:
        apart = rows[: whole * width].reshape(whole, width, size)
        made[:whole] = apart.transpose(0, 2, 1)
    rest = lanes - whole * width
    if rest:
        made[-1, :, :rest] = rows[whole * width : lanes].T
        made[-1, :, rest:] = rows[lanes - 1][:, None]
    return made


def _filled(array: Any, lanes: int, axis: int) -> Any:
    """With the last lane once more in each that is missing."""
    found = array.shape[axis]
    if found == lanes:
        return array
    if found == 1:
        return np.broadcast_to(array, (*array.shape[:axis], lanes, *array.shape[axis + 1 :]))
    return np.take(array, np.minimum(np.arange(lanes), found - 1), axis=axis)


def _side_by_side(array: Any, leaf: _Given, lanes: int) -> Any:
    """A result whose lanes are on its last axis, as it stands."""
    return array[leaf.one][..., :lanes].transpose(leaf.order)


def _lanes(array: Any, leaf: _Given, lanes: int) -> Any:
    moved = np.moveaxis(array, -1, 1)  # groups, width, then the shape of one lane
    flat = moved.reshape(moved.shape[0] * moved.shape[1], *leaf.shape)[:lanes]
    axis = leaf.axis or 0
    return np.moveaxis(flat, 0, axis + 1).reshape(
        *leaf.shape[:axis], lanes, *leaf.shape[axis + 1 :]
    )
