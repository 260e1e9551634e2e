"""Arrays of a lane: a few numbers each with a name, or many in memory, seen through strides."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from yaan.base.native.emit import KINDS, Emitter, Value

_LARGE = 2048
"""Numbers of a lane from which on an array may become a result where it stands."""

FEW = 48
"""Numbers of an array that each have a name; an array of more is in memory."""


@dataclass(eq=False, slots=True)
class Buffer:
    """Memory of so many numbers."""

    pointer: str
    kind: str
    wide: bool
    fixed: bool
    """Whether nothing writes to it."""
    scope: int = -1
    """The body of a loop which made it, and may write over it."""
    stride: str | None = None
    """Numbers from one of a lane to the next; None: as many as go side by side."""
    size: int = 0
    """How many numbers a lane has, of one in scratch memory."""
    place: int = 0
    """Of the two lines that say where a large one is and what its stride is."""
    fill: tuple[int, int] | None = None
    """The lines that fill it with zeros, and nothing else."""


@dataclass(eq=False, slots=True)
class Array:
    """An array of a lane; either `items`, or a view of `buffer`."""

    shape: tuple[int, ...]
    kind: str
    items: Any = None
    """Values, as an object array of NumPy."""
    buffer: Buffer | None = None
    offset: Value | None = None
    """In numbers; may differ from lane to lane."""
    strides: tuple[int, ...] = ()
    spilled: "Array | None" = field(default=None)

    @property
    def size(self) -> int:
        """How many numbers."""
        return math.prod(self.shape)

    @property
    def wide(self) -> bool:
        """Whether lanes differ."""
        if self.buffer is None:
            return any(value.wide for value in self.items.flat)
        return self.buffer.wide or (self.offset is not None and self.offset.wide)

    @property
    def contiguous(self) -> bool:
        """Whether its numbers lie one after the other."""
        expected = 1
        for size, stride in zip(reversed(self.shape), reversed(self.strides), strict=True):
            if size != 1 and stride != expected:
                return False
            expected *= size
        return True


def strides_of(shape: Sequence[int]) -> tuple[int, ...]:
    """Of numbers one after the other."""
    made: list[int] = []
    step = 1
    for size in reversed(shape):
        made.append(step)
        step *= size
    return tuple(reversed(made))


class Memory:
    """Where arrays are: named, in scratch memory, or among the constants of the programme."""

    def __init__(self, emit: Emitter) -> None:
        self.emit = emit
        self.scratch = 0  # [bytes]
        self.scope = 0
        self._constants: dict[bytes, Buffer] = {}
        self._zeros: set[str] = set()

    def of(self, values: Any, shape: tuple[int, ...], kind: str) -> Array:
        """An array of named values."""
        items = np.empty(len(values), dtype=object)
        items[:] = values
        return Array(shape, kind, items.reshape(shape))

    def known(self, numbers: Any) -> Array:
        """An array of numbers that are known now."""
        numbers = np.asarray(numbers)
        kind = str(numbers.dtype)
        if numbers.size <= FEW:
            values = [self.emit.constant(number, kind) for number in numbers.flat]
            return self.of(values, numbers.shape, kind)
        return Array(
            numbers.shape,
            kind,
            None,
            self._constant(numbers),
            self.emit.index(0),
            strides_of(numbers.shape),
        )

    def _constant(self, numbers: Any) -> Buffer:
        kind = str(numbers.dtype)
        key = kind.encode() + np.ascontiguousarray(numbers).tobytes()
        if key not in self._constants:
            name = f"@c{len(self._constants)}"
            held = "i8" if kind == "bool" else KINDS[kind]
            values = [self.emit.constant(x, kind).name for x in numbers.flat]
            if kind == "bool":
                values = ["1" if x == "true" else "0" for x in values]
            text = ", ".join(f"{held} {value}" for value in values)
            kind_of_all = f"[{numbers.size} x {held}]"
            self.emit.globals.append(
                f"{name} = private unnamed_addr constant {kind_of_all} [{text}], align 64"
            )
            self._constants[key] = Buffer(name, kind, False, True)
            if not np.any(numbers):
                self._zeros.add(name)
        return self._constants[key]

    def new(self, shape: tuple[int, ...], kind: str, wide: bool) -> Array:
        """An array in memory whose numbers are not yet set."""
        pointer = f"%m{self.emit.fresh()}"
        self.emit.allocated.append(
            f"  {pointer} = getelementptr inbounds i8, ptr %scratch, i64 {self.scratch}"
        )
        width, count = self.emit.width if wide else 1, math.prod(shape)
        self.scratch += -(-(count * width * np.dtype(kind).itemsize) // 64) * 64
        buffer = Buffer(pointer, kind, wide, False, self.scope, size=count)
        if wide and count >= _LARGE:
            buffer.stride, buffer.place = f"{pointer}s", len(self.emit.allocated) - 1
            self.emit.allocated.append(f"  {buffer.stride} = add i64 0, {width}")
        return Array(shape, kind, None, buffer, self.emit.index(0), strides_of(shape))

    # Numbers of an array

    def get(self, array: Array, index: Sequence[Value]) -> Value:
        """The number at an index, whose values are within the array."""
        if array.buffer is None:
            if all(i.constant is not None for i in index):
                at = tuple(
                    int(i.constant or 0) if n > 1 else 0
                    for i, n in zip(index, array.shape, strict=True)
                )
                return array.items[at]
            if array.size == 1:
                return array.items.flat[0]
            return self.get(self.spill(array), index)
        return self._load(array.buffer, self._linear(array, index))

    def _linear(self, array: Array, index: Sequence[Value]) -> Value:
        at = array.offset
        assert at is not None
        for i, stride, size in zip(index, array.strides, array.shape, strict=True):
            if size > 1:
                at = self.emit.add_index(at, self.emit.scale_index(i, stride))
        return at

    def _held(self, kind: str) -> str:
        return "i8" if kind == "bool" else KINDS[kind]

    def _load(self, buffer: Buffer, at: Value) -> Value:
        emit, held, width = self.emit, self._held(buffer.kind), self.emit.width
        size = np.dtype(buffer.kind).itemsize
        if at.wide:
            pointers = self._pointers(buffer, at)
            short = {"double": "f64", "float": "f32"}.get(held, held)
            name = f"@llvm.masked.gather.v{width}{short}.v{width}p0"
            vector = f"<{width} x {held}>"
            emit.declared[name] = (
                f"declare {vector} {name}(<{width} x ptr>, <{width} x i1>, {vector})"
            )
            text = (
                f"call {vector} {name}(<{width} x ptr> align {size} {pointers.name},"
                f" <{width} x i1> splat (i1 true), {vector} poison)"
            )
            loaded, wide = text, True
        else:
            wide = buffer.wide
            kind = f"<{width} x {held}>" if wide else held
            where = self._pointer(buffer, at)
            loaded = f"load {kind}, ptr {where}, align {size}"
        if buffer.kind != "bool":
            return emit.put(loaded, buffer.kind, wide, pure=buffer.fixed)
        byte = emit.put(loaded, "uint8", wide, pure=buffer.fixed)
        kind = emit.type_of("uint8", wide)
        return emit.put(f"trunc {kind} {byte.name} to {emit.type_of('bool', wide)}", "bool", wide)

    def run(self, array: Array, index: Sequence[Value], count: int) -> list[Value] | None:
        """`count` numbers from an index on, each lane's one after the other in memory.

        As many as a register holds are loaded at once, lane by lane, and turned into registers of
        one number of all lanes; None where they do not lie so.
        """
        buffer, emit, width = array.buffer, self.emit, self.emit.width
        if buffer is None or buffer.wide or buffer.kind != "float64" or array.strides[-1] != 1:
            return None
        at = self._linear(array, index)
        if not at.wide or 2 * count < width:
            return None
        vector = emit.type_of("float64", True)
        first = [
            emit.put(f"extractelement {emit.typed(at)}, i64 {lane}", "int64", False)
            for lane in range(width)
        ]
        made: list[Value] = []
        while len(made) < count:
            begin = max(min(len(made), count - width), 0)
            rows = []
            for lane in first:
                place = self._pointer(buffer, emit.add_index(lane, emit.index(begin)))
                text = f"load {vector}, ptr {place}, align 8"
                if count < width:
                    text = self._beginning(place, count)
                rows.append(emit.put(text, "float64", True, pure=buffer.fixed))
            made = made[:begin] + self._turned(rows)
        return made[:count]

    def _beginning(self, place: str, count: int) -> str:
        """A load of fewer numbers than a register holds."""
        emit, width = self.emit, self.emit.width
        vector, name = f"<{width} x double>", f"@llvm.masked.load.v{width}f64.p0"
        emit.declared[name] = f"declare {vector} {name}(ptr, <{width} x i1>, {vector})"
        mask = ", ".join(f"i1 {'true' if k < count else 'false'}" for k in range(width))
        return (
            f"call {vector} {name}(ptr align 8 {place}, <{width} x i1> <{mask}>,"
            f" {vector} zeroinitializer)"
        )

    def _turned(self, rows: list[Value]) -> list[Value]:
        """The columns of a square of registers, from pairs of them, pairs of pairs and so on."""
        emit, width = self.emit, self.emit.width
        vector, half = emit.type_of("float64", True), 1
        while half < width:
            turned = list(rows)
            for i in range(width):
                if i & half:
                    continue
                a, b = rows[i], rows[i + half]
                low = [k if not k & half else width + k - half for k in range(width)]
                high = [k + half if not k & half else width + k for k in range(width)]
                for place, mask in ((i, low), (i + half, high)):
                    picked = ", ".join(f"i32 {k}" for k in mask)
                    turned[place] = emit.put(
                        f"shufflevector {vector} {a.name}, {vector} {b.name},"
                        f" <{width} x i32> <{picked}>",
                        "float64",
                        True,
                    )
            rows, half = turned, 2 * half
        return rows

    def _pointers(self, buffer: Buffer, at: Value) -> Value:
        """Where the number of each lane is."""
        emit, width = self.emit, self.emit.width
        if buffer.wide:
            lanes = "<" + ", ".join(f"i64 {i}" for i in range(width)) + ">"
            at = emit.binary("add", self._scaled(buffer, at), Value(lanes, "int64", True))
        held = self._held(buffer.kind)
        text = f"getelementptr inbounds {held}, ptr {buffer.pointer}, {emit.typed(at)}"
        return emit.put(text, "int64", True)

    def _scaled(self, buffer: Buffer, at: Value) -> Value:
        """Where the number `at` of the first lane is, among those of all."""
        if buffer.stride is None or at.constant == 0:
            return self.emit.scale_index(at, self.emit.width)
        return self.emit.binary("mul", at, Value(buffer.stride, "int64", False))

    def _pointer(self, buffer: Buffer, at: Value) -> str:
        held = self._held(buffer.kind)
        scaled = self._scaled(buffer, at) if buffer.wide else at
        if scaled.constant == 0:
            return buffer.pointer
        text = f"getelementptr inbounds {held}, ptr {buffer.pointer}, i64 {scaled.name}"
        return self.emit.put(text, "int64", False).name

    def put(
        self, array: Array, index: Sequence[Value], value: Value, when: Value | None = None
    ) -> None:
        """Set the number at an index, in the lanes in which `when` holds."""
        buffer = array.buffer
        assert buffer is not None
        self._store(buffer, self._linear(array, index), value, when)

    def _store(self, buffer: Buffer, at: Value, value: Value, when: Value | None) -> None:
        emit, held, width = self.emit, self._held(buffer.kind), self.emit.width
        size = np.dtype(buffer.kind).itemsize
        if when is not None and when.constant is True:
            when = None
        if at.wide:
            assert buffer.wide
            pointers = self._pointers(buffer, at)
            value = self._byte(emit.wide(value))
            mask = "splat (i1 true)" if when is None else emit.wide(when).name
            short = {"double": "f64", "float": "f32"}.get(held, held)
            name = f"@llvm.masked.scatter.v{width}{short}.v{width}p0"
            vector = f"<{width} x {held}>"
            emit.declared[name] = f"declare void {name}({vector}, <{width} x ptr>, <{width} x i1>)"
            emit.do(
                f"call void {name}({vector} {value.name}, <{width} x ptr> align {size}"
                f" {pointers.name}, <{width} x i1> {mask})"
            )
            return
        if when is not None:
            value = emit.select(when, value, self._load(buffer, at))
        if buffer.wide:
            value = emit.wide(value)
        assert buffer.wide or not value.wide
        value = self._byte(value)
        emit.do(f"store {emit.typed(value)}, ptr {self._pointer(buffer, at)}, align {size}")

    def _byte(self, value: Value) -> Value:
        if value.kind != "bool":
            return value
        emit = self.emit
        into = emit.type_of("uint8", value.wide)
        return emit.put(f"zext {emit.typed(value)} to {into}", "uint8", value.wide)

    # Whole arrays

    def spill(self, array: Array) -> Array:
        """The array in memory."""
        if array.buffer is not None:
            return array
        if array.spilled is None:
            if all(value.constant is not None for value in array.items.flat):
                numbers = np.array(
                    [value.constant for value in array.items.flat], dtype=array.kind
                ).reshape(array.shape)
                made = Array(
                    array.shape,
                    array.kind,
                    None,
                    self._constant(numbers),
                    self.emit.index(0),
                    strides_of(array.shape),
                )
                array.spilled = made
                return made
            made = self.new(array.shape, array.kind, array.wide)
            for index in np.ndindex(*array.shape):
                self.put(made, [self.emit.index(i) for i in index], array.items[index])
            # Not remembered: another block may not come by here.
            return made
        return array.spilled

    def each(self, array: Array) -> list[Value]:
        """All numbers, by name."""
        if array.buffer is None:
            return list(array.items.flat)
        index = self.emit.index
        return [self.get(array, [index(i) for i in at]) for at in np.ndindex(*array.shape)]

    def copy(self, source: Array, target: Array, when: Value | None = None) -> None:
        """Copy into an array in memory, in the lanes in which `when` holds."""
        if source.buffer is None and source.size <= FEW:
            for at in np.ndindex(*source.shape):
                self.put(target, [self.emit.index(i) for i in at], source.items[at], when)
            return
        begin = len(self.emit.lines)
        blank = when is None and self._is_blank(source) and is_whole(target)
        shape, source, target = _joined(source, target)
        self.emit.nest(shape, lambda index: self.put(target, index, self.get(source, index), when))
        # In a loop it would have to be done again.
        if blank and self.scope == 0 and target.buffer is not None:
            target.buffer.fill = (begin, len(self.emit.lines))

    def _is_blank(self, array: Array) -> bool:
        return array.buffer is not None and array.buffer.pointer in self._zeros

    def fresh(self, source: Array, wide: bool) -> Array:
        """A copy in memory of its own."""
        made = self.new(source.shape, source.kind, wide)
        self.copy(source, made)
        return made


def is_whole(array: Array) -> bool:
    """Whether it is all of a large one in scratch memory, as it lies there."""
    buffer, offset = array.buffer, array.offset
    return (
        buffer is not None
        and buffer.stride is not None
        and buffer.size == array.size
        and array.contiguous
        and offset is not None
        and offset.constant == 0
    )


def _joined(source: Array, target: Array) -> tuple[tuple[int, ...], Array, Array]:
    """As one run of numbers, where both are."""
    one = all(stride == 0 for stride, n in zip(source.strides, source.shape, strict=True) if n > 1)
    if source.buffer is not None and target.contiguous and (source.contiguous or one):
        size = (source.size,)

        def run(array: Array, stride: int) -> Array:
            return Array(size, array.kind, None, array.buffer, array.offset, (stride,))

        return size, run(source, 0 if one else 1), run(target, 1)
    return source.shape, source, target
