"""Text of LLVM's intermediate language, instruction by instruction.

A value is one number of a lane: *wide*, one for each of the lanes that go side by side, or the same
in all of them. What has been computed in a block, or in one that leads to it, is not computed
again; what is constant is folded here, by NumPy, so that indices stay numbers of Python.
"""

import struct
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

KINDS = {
    "float64": "double",
    "float32": "float",
    "int64": "i64",
    "int32": "i32",
    "uint64": "i64",
    "uint32": "i32",
    "int8": "i8",
    "uint8": "i8",
    "bool": "i1",
}
"""Types of LLVM by the names of those of NumPy."""

Number = bool | int | float


class UnsupportedError(Exception):
    """What no native code is made of; XLA compiles it."""


@dataclass(frozen=True, slots=True)
class Value:
    """One number of a lane."""

    name: str
    """As an operand, without its type."""
    kind: str
    """Of NumPy."""
    wide: bool
    constant: Number | None = None

    @property
    def is_float(self) -> bool:
        """Whether it is a floating-point number."""
        return self.kind.startswith("float")

    @property
    def is_unsigned(self) -> bool:
        """Whether it is an integer without a sign."""
        return self.kind.startswith("uint")


class Emitter:
    """Instructions of one function, in blocks."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[str] = []
        self.allocated: list[str] = []
        self.declared: dict[str, str] = {}
        self.globals: list[str] = []
        self._known: list[dict[str, Value]] = [{}]
        self._count = 0

    # Names and types

    def fresh(self, hint: str = "") -> str:
        """A name that nothing else has."""
        self._count += 1
        return f"{hint}{self._count}"

    def type_of(self, kind: str, wide: bool) -> str:
        """The type of a value."""
        if kind not in KINDS:
            raise UnsupportedError(kind)
        return f"<{self.width} x {KINDS[kind]}>" if wide else KINDS[kind]

    def typed(self, value: Value) -> str:
        """The value as an operand with its type."""
        return f"{self.type_of(value.kind, value.wide)} {value.name}"

    # Values

    def constant(self, number: Any, kind: str) -> Value:
        """A number that is known now."""
        held: Number = np.dtype(kind).type(number).item()
        return Value(_literal(held, kind), kind, False, held)

    def index(self, number: int) -> Value:
        """A known index."""
        return self.constant(number, "int64")

    def wide(self, value: Value) -> Value:
        """The value in all lanes."""
        if value.wide:
            return value
        if value.constant is not None:
            return Value(f"splat ({KINDS[value.kind]} {value.name})", value.kind, True)
        kind, vector = KINDS[value.kind], self.type_of(value.kind, True)
        first = self.put(
            f"insertelement {vector} poison, {kind} {value.name}, i64 0", value.kind, True
        )
        none = f"<{self.width} x i32> zeroinitializer"
        return self.put(
            f"shufflevector {vector} {first.name}, {vector} poison, {none}", value.kind, True
        )

    def put(self, text: str, kind: str, wide: bool, *, pure: bool = True) -> Value:
        """The value of an instruction; one that is pure is made once."""
        if pure:
            for known in reversed(self._known):
                if text in known:
                    return known[text]
        name = f"%v{self.fresh()}"
        self.lines.append(f"  {name} = {text}")
        value = Value(name, kind, wide)
        if pure:
            self._known[-1][text] = value
        return value

    def do(self, text: str) -> None:
        """An instruction without a value."""
        self.lines.append(f"  {text}")

    def alike(self, *values: Value) -> tuple[list[Value], bool]:
        """The values all wide, if one is, and whether."""
        wide = any(value.wide for value in values)
        return ([self.wide(value) for value in values] if wide else list(values)), wide

    def binary(self, name: str, a: Value, b: Value) -> Value:
        """Arithmetic `name` of LLVM."""
        (a, b), wide = self.alike(a, b)
        kind = self.type_of(a.kind, wide)
        return self.put(f"{name} {kind} {a.name}, {b.name}", a.kind, wide)

    def call(self, name: str, *values: Value) -> Value:
        """An intrinsic `name` of LLVM, which takes and gives values of one width."""
        values_, wide = self.alike(*values)
        result = values[0].kind
        suffix = (f"v{self.width}" if wide else "") + _short(values[0].kind)
        full = f"@llvm.{name}.{suffix}"
        given = ", ".join(self.type_of(value.kind, wide) for value in values_)
        gives = self.type_of(result, wide)
        self.declared[full] = f"declare {gives} {full}({given})"
        passed = ", ".join(self.typed(value) for value in values_)
        return self.put(f"call {gives} {full}({passed})", result, wide)

    def compare(self, name: str, a: Value, b: Value) -> Value:
        """A comparison: eq, ne, lt, le, gt, ge."""
        if a.constant is not None and b.constant is not None:
            found = getattr(np, _COMPARED[name])(a.constant, b.constant)
            return self.constant(bool(found), "bool")
        (a, b), wide = self.alike(a, b)
        if a.is_float:
            word = "fcmp " + ("une" if name == "ne" else f"o{name}")
        elif name in ("eq", "ne"):
            word = f"icmp {name}"
        else:
            word = f"icmp {'u' if a.is_unsigned or a.kind == 'bool' else 's'}{name}"
        return self.put(f"{word} {self.type_of(a.kind, wide)} {a.name}, {b.name}", "bool", wide)

    def select(self, when: Value, a: Value, b: Value) -> Value:
        """`a` where `when` holds, else `b`."""
        if when.constant is not None:
            return a if when.constant else b
        if a == b:
            return a
        if a.kind == "bool" and a.constant is True and b.constant is False:
            return when
        wide = when.wide or a.wide or b.wide
        if wide:
            a, b = self.wide(a), self.wide(b)
        chosen = f"{self.typed(when)}, {self.typed(a)}, {self.typed(b)}"
        return self.put(f"select {chosen}", a.kind, wide)

    def both(self, a: Value, b: Value) -> Value:
        """Whether both hold; of integers, bit by bit."""
        for one, other in ((a, b), (b, a)):
            if one.kind == "bool" and one.constant is not None:
                return other if one.constant else one
        return self.binary("and", a, b)

    def either(self, a: Value, b: Value) -> Value:
        """Whether one holds; of integers, bit by bit."""
        for one, other in ((a, b), (b, a)):
            if one.kind == "bool" and one.constant is not None:
                return one if one.constant else other
        return self.binary("or", a, b)

    def some(self, value: Value) -> Value:
        """Whether it holds in any lane."""
        if not value.wide:
            return value
        name = f"@llvm.vector.reduce.or.v{self.width}i1"
        self.declared[name] = f"declare i1 {name}({self.type_of('bool', True)})"
        return self.put(f"call i1 {name}({self.typed(value)})", "bool", False)

    # Indices

    def add_index(self, a: Value, b: Value) -> Value:
        """The sum."""
        if a.constant is not None and b.constant is not None:
            return self.index(int(a.constant + b.constant))
        if a.constant == 0:
            return b
        return a if b.constant == 0 else self.binary("add", a, b)

    def scale_index(self, a: Value, by: int) -> Value:
        """The product."""
        if a.constant is not None:
            return self.index(int(a.constant) * by)
        if by == 0:
            return self.index(0)
        return a if by == 1 else self.binary("mul", a, self.index(by))

    # Blocks

    def begin(self, label: str) -> None:
        """Begin the block `label`."""
        self.lines.append(f"{label}:")

    @contextmanager
    def scope(self) -> Generator[None]:
        """What is computed within is not known after."""
        self._known.append({})
        try:
            yield
        finally:
            self._known.pop()

    def slot(self, kind: str, wide: bool) -> str:
        """A place on the stack for one value."""
        name = f"%s{self.fresh()}"
        self.allocated.append(f"  {name} = alloca {self.type_of(kind, wide)}")
        return name

    def load_slot(self, slot: str, kind: str, wide: bool) -> Value:
        """What the place holds."""
        return self.put(f"load {self.type_of(kind, wide)}, ptr {slot}", kind, wide, pure=False)

    def store_slot(self, slot: str, value: Value, wide: bool) -> None:
        """Put a value there."""
        self.do(f"store {self.typed(self.wide(value) if wide else value)}, ptr {slot}")

    def loop(self, count: int, body: Callable[[Value], None]) -> None:
        """`body` for each index below `count`."""
        if count <= 0:
            return
        if count == 1:
            body(self.index(0))
            return
        slot, (head, inner, after) = self.slot("int64", False), self.labels("head", "body", "after")
        self.store_slot(slot, self.index(0), False)
        self.do(f"br label %{head}")
        self.begin(head)
        i = self.load_slot(slot, "int64", False)
        more = self.put(f"icmp slt i64 {i.name}, {count}", "bool", False, pure=False)
        self.do(f"br i1 {more.name}, label %{inner}, label %{after}")
        self.begin(inner)
        with self.scope():
            body(i)
            following = self.put(f"add nuw nsw i64 {i.name}, 1", "int64", False, pure=False)
        self.store_slot(slot, following, False)
        self.do(f"br label %{head}")
        self.begin(after)

    def nest(self, shape: Sequence[int], body: Callable[[list[Value]], None]) -> None:
        """`body` for each index into `shape`."""

        def level(index: list[Value]) -> None:
            if len(index) == len(shape):
                body(index)
            else:
                self.loop(shape[len(index)], lambda i: level([*index, i]))

        level([])

    def labels(self, *hints: str) -> tuple[str, ...]:
        """Names of blocks."""
        number = self.fresh()
        return tuple(f"{hint}{number}" for hint in hints)


def _literal(number: Number, kind: str) -> str:
    if kind == "bool":
        return "true" if number else "false"
    if kind == "float64":
        return f"0x{struct.pack('>d', number).hex().upper()}"
    if kind == "float32":
        return f"0x{struct.pack('>d', float(np.float32(number))).hex().upper()}"
    return str(int(number))


def _short(kind: str) -> str:
    return {"double": "f64", "float": "f32"}.get(KINDS[kind], KINDS[kind])


_COMPARED = {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
