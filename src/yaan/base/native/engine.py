"""Native code from a traced function of one lane: compiled by LLVM, run for all lanes.

`Kernel.run` takes the leaves of all lanes and gives those of the results. Lanes go in groups of as
many as a register of the processor holds; groups are shared out to threads.
"""

import ctypes
import itertools
import json
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


class Kernel:
    """A compiled kernel, ready to run."""

    def __init__(self, made: Made) -> None:
        self._made = made
        self._unused = frozenset(made.unused)
        build = llvm.JITLibraryBuilder().add_object_img(made.code).add_current_process()
        self._code = build.export_symbol("run").link(_linker(), f"kernel{next(_NUMBERS)}")
        address = self._code["run"]
        self._run = ctypes.CFUNCTYPE(
            None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64
        )(address)

    def run(self, leaves: Sequence[Any], lanes: int) -> list[Any]:
        """The results of all lanes; one that is given again at the end is flown once."""
        flown = self._different(leaves, lanes)
        if flown < lanes:
            cut = [
                leaf if about.axis is None else _cut(np.asarray(leaf), flown, about.axis)
                for leaf, about in zip(leaves, self._made.arguments, strict=True)
            ]
            return [
                found if about.axis is None else _filled(found, lanes, about.axis)
                for found, about in zip(self.run(cut, flown), self._made.results, strict=True)
            ]
        width = self._made.width
        groups = -(-lanes // width)
        held = [
            _NOTHING if k in self._unused else _grouped(np.asarray(leaf), about, groups, width)
            for k, (leaf, about) in enumerate(zip(leaves, self._made.arguments, strict=True))
        ]
        together = groups <= _TOGETHER
        outs, layout = [], []
        for k, leaf in enumerate(self._made.results):
            shape = (*leaf.shape, groups * width) if together else (groups, *leaf.shape, width)
            made = np.zeros if k in self._made.blank else np.empty
            outs.append(made(leaf.shape if leaf.axis is None else shape, leaf.kind))
            size = np.dtype(leaf.kind).itemsize
            layout += [groups * width, width * size] if together else [width, _size(leaf, width)]
        table = np.array(
            [*(array.ctypes.data for array in (*held, *outs)), *layout], dtype=np.uint64
        )
        self._shared_out(table, groups)
        lay = _side_by_side if together else _lanes
        return [
            lay(array, leaf, lanes) for array, leaf in zip(outs, self._made.results, strict=True)
        ]

    def _different(self, leaves: Sequence[Any], lanes: int) -> int:
        """Lanes without those at the end that are the last one again, as of a filled batch."""
        first = 1
        if lanes > _FILLED:
            return lanes
        for k, (leaf, about) in enumerate(zip(leaves, self._made.arguments, strict=True)):
            if about.axis is None or k in self._unused:
                continue
            rows = np.ascontiguousarray(np.moveaxis(np.asarray(leaf), about.axis, 0))
            seen = rows.reshape(lanes, -1).view(np.uint8)
            other = np.flatnonzero(np.any(seen != seen[-1], axis=1))
            if len(other):
                first = max(first, int(other[-1]) + 2)
            if first >= lanes:
                return lanes
        return first

    def _shared_out(self, table: Any, groups: int) -> None:
        def go(first: int, last: int) -> None:
            scratch = self._scratch()
            start = scratch.ctypes.data
            self._run(table.ctypes.data, start + -start % 64, first, last)

        threads = min(_threads(), groups)
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


def _cut(array: Any, lanes: int, axis: int) -> Any:
    return array[(*[slice(None)] * axis, slice(lanes))]


def _filled(array: Any, lanes: int, axis: int) -> Any:
    """With the last lane once more in each that is missing."""
    if array.shape[axis] == 1:
        return np.broadcast_to(array, (*array.shape[:axis], lanes, *array.shape[axis + 1 :]))
    return np.take(array, np.minimum(np.arange(lanes), array.shape[axis] - 1), axis=axis)


def _grouped(array: Any, leaf: Leaf, groups: int, width: int) -> Any:
    array = np.asarray(array, dtype=leaf.kind)
    if leaf.axis is None:
        return np.ascontiguousarray(array)
    array = np.moveaxis(array, leaf.axis, 0)
    lanes = len(array)
    flat = array.reshape(lanes, -1)
    if lanes < groups * width:
        flat = flat[np.minimum(np.arange(groups * width), lanes - 1)]
    return np.ascontiguousarray(flat.reshape(groups, width, -1).transpose(0, 2, 1))


def _side_by_side(array: Any, leaf: Leaf, lanes: int) -> Any:
    """A result whose lanes are on its last axis, as it stands."""
    if leaf.axis is None:
        return array
    return np.moveaxis(np.squeeze(array[..., :lanes], leaf.axis), -1, leaf.axis)


def _lanes(array: Any, leaf: Leaf, lanes: int) -> Any:
    if leaf.axis is None:
        return array
    moved = np.moveaxis(array, -1, 1)  # groups, width, then the shape of one lane
    flat = moved.reshape(moved.shape[0] * moved.shape[1], *leaf.shape)[:lanes]
    return np.moveaxis(flat, 0, leaf.axis + 1).reshape(
        *leaf.shape[: leaf.axis], lanes, *leaf.shape[leaf.axis + 1 :]
    )
