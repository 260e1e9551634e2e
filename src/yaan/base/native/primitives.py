"""What each primitive of JAX is in native code: numbers in, numbers out."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jax import lax

from yaan.base.native.arrays import FEW, Array, Memory, strides_of
from yaan.base.native.emit import Emitter, UnsupportedError, Value
from yaan.base.native.numbers import (
    BINARY,
    UNARY,
    added,
    converted,
    finite,
    larger,
    multiplied,
    powered,
    smaller,
)

Rule = Callable[..., Array]


class Maker:
    """Arrays from arrays."""

    def __init__(self, emit: Emitter, memory: Memory) -> None:
        self.emit = emit
        self.memory = memory
        self.mask: Value | None = None
        """The lanes that are in the loops which lead here; None: all."""

    def make(
        self,
        shape: Sequence[int],
        kind: str,
        wide: bool,
        number: Callable[[list[Value]], Value],
    ) -> Array:
        """The array whose number at an index is `number`."""
        shape, emit = tuple(shape), self.emit
        if math.prod(shape) <= FEW:
            values = [number([emit.index(i) for i in at]) for at in np.ndindex(*shape)]
            return self.memory.of(values, shape, kind)
        made = self.memory.new(shape, kind, wide)
        emit.nest(shape, lambda index: self.memory.put(made, index, number(index)))
        return made

    def each(self, function: Callable[..., Value], kind: str, *arrays: Array) -> Array:
        """`function` of the numbers of arrays of one shape, or of none."""
        shape = np.broadcast_shapes(*[array.shape for array in arrays])
        wide = any(array.wide for array in arrays)
        arrays = tuple(self.ready(array, shape) for array in arrays)

        def number(index: list[Value]) -> Value:
            return function(
                *[self.memory.get(array, index if array.shape else []) for array in arrays]
            )

        if math.prod(shape) > FEW and all(array.shape in (shape, ()) for array in arrays):
            flat = [self._flat(array) for array in arrays]
            if all(found is not None for found in flat):
                count = (math.prod(shape),)
                made = self.memory.new(count, kind, wide)

                def one(index: list[Value]) -> None:
                    values = [
                        self.memory.get(array, index if array.shape else [])
                        for array in flat
                        if array is not None
                    ]
                    self.memory.put(made, index, function(*values))

                self.emit.nest(count, one)
                return self.reshaped(made, shape)
        return self.make(shape, kind, wide, number)

    def _flat(self, array: Array) -> Array | None:
        if array.size == 1 or not array.shape:
            return array
        if array.buffer is None:
            return None
        if array.contiguous:
            return Array((array.size,), array.kind, None, array.buffer, array.offset, (1,))
        if all(s == 0 for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
            return Array((array.size,), array.kind, None, array.buffer, array.offset, (0,))
        return None

    def ready(self, array: Array, shape: Sequence[int]) -> Array:
        """The array in memory, if the numbers of so large a result are asked of it by loops."""
        few = math.prod(shape) <= FEW
        return (
            array
            if few or array.buffer is not None or array.size == 1
            else self.memory.spill(array)
        )

    # Views

    def reshaped(self, array: Array, shape: Sequence[int]) -> Array:
        """The same numbers in another shape."""
        shape = tuple(shape)
        if array.buffer is None:
            return Array(shape, array.kind, array.items.reshape(shape))
        if array.size == 1:
            return Array(shape, array.kind, None, array.buffer, array.offset, strides_of(shape))
        if all(s == 0 for s, n in zip(array.strides, array.shape, strict=True) if n > 1):
            return Array(shape, array.kind, None, array.buffer, array.offset, (0,) * len(shape))
        kept = [(n, s) for n, s in zip(array.shape, array.strides, strict=True) if n != 1]
        if [n for n, _ in kept] == [n for n in shape if n != 1]:
            strides = iter([s for _, s in kept])
            given = tuple(next(strides) if n != 1 else 0 for n in shape)
            return Array(shape, array.kind, None, array.buffer, array.offset, given)
        if not array.contiguous:
            array = self.memory.fresh(array, array.wide)
        return Array(shape, array.kind, None, array.buffer, array.offset, strides_of(shape))

    def view(
        self, array: Array, shape: Sequence[int], strides: Sequence[int], offset: Value
    ) -> Array:
        """A view of an array in memory."""
        return Array(tuple(shape), array.kind, None, array.buffer, offset, tuple(strides))

    def few(self, array: Array) -> Array:
        """The array, its numbers named if they are few."""
        if array.buffer is None or array.size > FEW:
            return array
        made = self.memory.of(self.memory.each(array), array.shape, array.kind)
        if array.buffer.fixed:
            made.spilled = array  # where an index that is computed finds its numbers
        return made


_COMPARISONS = ("eq", "ne", "lt", "le", "gt", "ge")
_SAME = ("stop_gradient", "copy", "copy_p", "random_wrap", "random_unwrap")


def apply(
    maker: Maker, name: str, given: dict[str, Any], arrays: list[Array], out: Any
) -> list[Array]:
    """The results of primitive `name` with its parameters; `out` are the kinds that JAX tells."""
    emit = maker.emit
    if name in BINARY:
        made = BINARY[name]
        return [maker.each(lambda a, b: made(emit, a, b), arrays[0].kind, *arrays)]
    if name in UNARY:
        one = UNARY[name]
        return [maker.each(lambda a: one(emit, a), arrays[0].kind, *arrays)]
    if name in _COMPARISONS:
        return [maker.each(lambda a, b: emit.compare(name, a, b), "bool", *arrays)]
    if name in _SAME:
        return arrays[:1]
    if name == "optimization_barrier":
        return arrays
    if name in _RULES:
        return [_RULES[name](maker, out[0], *arrays, **given)]
    raise UnsupportedError(name)


def _integer_pow(maker: Maker, out: Any, a: Array, *, y: int) -> Array:
    return maker.each(lambda x: powered(maker.emit, x, y), a.kind, a)


def _is_finite(maker: Maker, out: Any, a: Array) -> Array:
    return maker.each(lambda x: finite(maker.emit, x), "bool", a)


def _round(maker: Maker, out: Any, a: Array, *, rounding_method: Any) -> Array:
    even = rounding_method == lax.RoundingMethod.TO_NEAREST_EVEN
    return maker.each(lambda x: maker.emit.call("roundeven" if even else "round", x), a.kind, a)


def _clamp(maker: Maker, out: Any, low: Array, a: Array, high: Array) -> Array:
    emit = maker.emit
    return maker.each(lambda x, y, z: smaller(emit, larger(emit, x, y), z), a.kind, low, a, high)


def _select(maker: Maker, out: Any, which: Array, *cases: Array) -> Array:
    emit = maker.emit

    def number(i: Value, *values: Value) -> Value:
        if i.kind == "bool":
            return emit.select(i, values[1], values[0])
        chosen = values[-1]
        for k in range(len(values) - 2, -1, -1):
            chosen = emit.select(emit.compare("le", i, emit.constant(k, i.kind)), values[k], chosen)
        return chosen

    return maker.each(number, cases[0].kind, which, *cases)


def _convert(maker: Maker, out: Any, a: Array, *, new_dtype: Any, **_: Any) -> Array:
    kind = str(np.dtype(new_dtype))
    return a if kind == a.kind else maker.each(lambda x: converted(maker.emit, x, kind), kind, a)


def _bitcast(maker: Maker, out: Any, a: Array, *, new_dtype: Any) -> Array:
    kind, emit = str(np.dtype(new_dtype)), maker.emit
    if np.dtype(kind).itemsize != np.dtype(a.kind).itemsize:
        raise UnsupportedError("bits of another size")

    def number(x: Value) -> Value:
        into = emit.type_of(kind, x.wide)
        return emit.put(f"bitcast {emit.typed(x)} to {into}", kind, x.wide)

    return maker.each(number, kind, a)


# Shapes


def _broadcast(
    maker: Maker, out: Any, a: Array, *, shape: Any, broadcast_dimensions: Any, **_: Any
) -> Array:
    shape = tuple(shape)
    if a.buffer is None and math.prod(shape) <= FEW:
        placed = [1] * len(shape)
        for axis, n in zip(broadcast_dimensions, a.shape, strict=True):
            placed[axis] = n
        return Array(shape, a.kind, np.broadcast_to(a.items.reshape(placed), shape))
    a = maker.memory.spill(a)
    strides = [0] * len(shape)
    for axis, n, stride in zip(broadcast_dimensions, a.shape, a.strides, strict=True):
        strides[axis] = stride if n == shape[axis] and n > 1 else 0
    assert a.offset is not None
    return maker.view(a, shape, strides, a.offset)


def _reshape(maker: Maker, out: Any, a: Array, *, new_sizes: Any = None, **_: Any) -> Array:
    return maker.reshaped(a, out.shape)


def _transpose(maker: Maker, out: Any, a: Array, *, permutation: Any) -> Array:
    if a.buffer is None:
        return Array(out.shape, a.kind, a.items.transpose(permutation))
    assert a.offset is not None
    return maker.view(
        a, [a.shape[i] for i in permutation], [a.strides[i] for i in permutation], a.offset
    )


def _rev(maker: Maker, out: Any, a: Array, *, dimensions: Any) -> Array:
    if a.buffer is None:
        return Array(a.shape, a.kind, np.flip(a.items, dimensions))
    strides, offset = list(a.strides), a.offset
    assert offset is not None
    for axis in dimensions:
        offset = maker.emit.add_index(offset, maker.emit.index((a.shape[axis] - 1) * strides[axis]))
        strides[axis] = -strides[axis]
    return maker.view(a, a.shape, strides, offset)


def sliced(
    maker: Maker, a: Array, start: Sequence[int], stop: Sequence[int], by: Any = None
) -> Array:
    """A part of an array."""
    by = by or [1] * len(start)
    cut = tuple(slice(i, j, k) for i, j, k in zip(start, stop, by, strict=True))
    if a.buffer is None:
        items = a.items[cut]
        return Array(items.shape, a.kind, items)
    shape = [-(-(j - i) // k) for i, j, k in zip(start, stop, by, strict=True)]
    first = sum(i * s for i, s in zip(start, a.strides, strict=True))
    assert a.offset is not None
    offset = maker.emit.add_index(a.offset, maker.emit.index(first))
    part = maker.view(a, shape, [k * s for k, s in zip(by, a.strides, strict=True)], offset)
    return part


def _slice(
    maker: Maker, out: Any, a: Array, *, start_indices: Any, limit_indices: Any, strides: Any
) -> Array:
    return sliced(maker, a, start_indices, limit_indices, strides)


def split(maker: Maker, given: dict[str, Any], a: Array) -> list[Array]:
    """Parts of an array along an axis."""
    parts, first, axis = [], 0, given["axis"]
    for size in given["sizes"]:
        start, stop = [0] * len(a.shape), list(a.shape)
        start[axis], stop[axis] = first, first + size
        parts.append(sliced(maker, a, start, stop))
        first += size
    return parts


def _concatenate(maker: Maker, out: Any, *arrays: Array, dimension: int) -> Array:
    if math.prod(out.shape) <= FEW:
        parts = [np.asarray(maker.few(array).items) for array in arrays]
        return Array(out.shape, arrays[0].kind, np.concatenate(parts, axis=dimension))
    made = maker.memory.new(out.shape, arrays[0].kind, any(array.wide for array in arrays))
    first = 0
    for array in arrays:
        start, stop = [0] * len(out.shape), list(out.shape)
        start[dimension], stop[dimension] = first, first + array.shape[dimension]
        if array.size:
            maker.memory.copy(array, sliced(maker, made, start, stop))
        first = stop[dimension]
    return made


def _stack(maker: Maker, out: Any, *arrays: Array, axis: int) -> Array:
    shape = list(arrays[0].shape)
    shape.insert(axis, 1)
    return _concatenate(maker, out, *[maker.reshaped(a, shape) for a in arrays], dimension=axis)


def _pad(maker: Maker, out: Any, a: Array, value: Array, *, padding_config: Any) -> Array:
    if any(low < 0 or high < 0 or inner for low, high, inner in padding_config):
        raise UnsupportedError("a padding that takes away or lies between")
    start = [low for low, _, _ in padding_config]
    stop = [low + n for (low, _, _), n in zip(padding_config, a.shape, strict=True)]
    filler = maker.memory.each(value)[0]
    if math.prod(out.shape) <= FEW:
        items = np.full(out.shape, filler, dtype=object)
        items[tuple(slice(i, j) for i, j in zip(start, stop, strict=True))] = maker.few(a).items
        return Array(out.shape, a.kind, items)
    made = maker.memory.new(out.shape, a.kind, a.wide or filler.wide)
    maker.emit.nest(out.shape, lambda index: maker.memory.put(made, index, filler))
    maker.memory.copy(a, sliced(maker, made, start, stop))
    return made


def _iota(maker: Maker, out: Any, *, dtype: Any, shape: Any, dimension: int, **_: Any) -> Array:
    numbers = np.arange(shape[dimension], dtype=dtype)
    placed = [1] * len(shape)
    placed[dimension] = shape[dimension]
    return maker.memory.known(np.broadcast_to(numbers.reshape(placed), shape))


# Sums


def _reduced(maker: Maker, out: Any, a: Array, axes: Sequence[Any], join: Any, start: Any) -> Array:
    axes = [int(axis) for axis in axes]
    rest = [axis for axis in range(len(a.shape)) if axis not in axes]
    ranges = [a.shape[axis] for axis in axes]
    first = maker.emit.constant(start, a.kind)

    def number(index: list[Value]) -> Value:
        def at(inner: Sequence[Value]) -> Value:
            full: list[Any] = [None] * len(a.shape)
            for axis, i in zip(rest, index, strict=True):
                full[axis] = i
            for axis, i in zip(axes, inner, strict=True):
                full[axis] = i
            return maker.memory.get(a, full)

        return joined(maker, ranges, at, join, first, a.kind, a.wide)

    a = maker.few(maker.ready(a, out.shape))
    return maker.make(out.shape, a.kind, a.wide, number)


def joined(
    maker: Maker,
    ranges: Sequence[int],
    at: Callable[[Sequence[Value]], Value],
    join: Callable[[Emitter, Value, Value], Value],
    first: Value,
    kind: str,
    wide: bool,
) -> Value:
    """All numbers of `ranges` joined, one after the other."""
    emit = maker.emit
    if math.prod(ranges) <= FEW:
        total: Value | None = None
        for i in np.ndindex(*ranges):
            one = at([emit.index(k) for k in i])
            total = one if total is None else join(emit, total, one)
        return first if total is None else total
    slot = emit.slot(kind, wide)
    emit.store_slot(slot, first, wide)

    def body(index: list[Value]) -> None:
        so_far = emit.load_slot(slot, kind, wide)
        emit.store_slot(slot, join(emit, so_far, at(index)), wide)

    emit.nest(ranges, body)
    return emit.load_slot(slot, kind, wide)


def _reduction(join: Any, start: Callable[[Any], Any], *, truth: bool = False) -> Rule:
    def made(maker: Maker, out: Any, a: Array, *, axes: Any, **_: Any) -> Array:
        if truth and a.kind != "bool":
            raise UnsupportedError("whole numbers joined bit by bit")
        return _reduced(maker, out, a, axes, join, start(np.dtype(a.kind)))

    return made


def _lowest(kind: Any) -> Any:
    return -math.inf if kind.kind == "f" else (False if kind.kind == "b" else np.iinfo(kind).min)


def _highest(kind: Any) -> Any:
    return math.inf if kind.kind == "f" else (True if kind.kind == "b" else np.iinfo(kind).max)


def _arg(name: str) -> Rule:
    def made(maker: Maker, out: Any, a: Array, *, axes: Any, index_dtype: Any) -> Array:
        (axis,) = axes
        emit, kind = maker.emit, str(np.dtype(index_dtype))
        if a.shape[axis] > FEW:
            raise UnsupportedError("the largest of many")
        a = maker.ready(a, out.shape)

        def number(index: list[Value]) -> Value:
            def at(i: int) -> Value:
                return maker.memory.get(a, [*index[:axis], emit.index(i), *index[axis:]])

            best, where = at(0), emit.constant(0, kind)
            for i in range(1, a.shape[axis]):
                one = at(i)
                better = emit.compare(name, one, best)
                if one.is_float:  # the first NaN is the largest, and the smallest
                    nan = emit.both(emit.compare("ne", one, one), emit.compare("eq", best, best))
                    better = emit.either(better, nan)
                    better = emit.both(better, emit.compare("eq", best, best))
                best = emit.select(better, one, best)
                where = emit.select(better, emit.constant(i, kind), where)
            return where

        return maker.make(out.shape, kind, a.wide, number)

    return made


def _cumulative(join: Any) -> Rule:
    def made(maker: Maker, out: Any, a: Array, *, axis: int, reverse: bool) -> Array:
        if a.size > FEW:
            raise UnsupportedError("a running sum of many")
        items = maker.few(a).items.copy()
        moved, last = np.moveaxis(items, axis, 0), a.shape[axis] - 1
        for i in range(1, last + 1):
            here, before = (last - i, last - i + 1) if reverse else (i, i - 1)
            for at in np.ndindex(*moved.shape[1:]):
                moved[(here, *at)] = join(maker.emit, moved[(before, *at)], moved[(here, *at)])
        return Array(a.shape, a.kind, items)

    return made


def _dot_general(
    maker: Maker, out: Any, a: Array, b: Array, *, dimension_numbers: Any, **_: Any
) -> Array:
    (left, right), (batch_left, batch_right) = dimension_numbers
    kept_left = [i for i in range(len(a.shape)) if i not in (*left, *batch_left)]
    kept_right = [i for i in range(len(b.shape)) if i not in (*right, *batch_right)]
    ranges = [a.shape[axis] for axis in left]
    work = math.prod(out.shape) * math.prod(ranges)
    if work > 8 * FEW:
        a, b = maker.memory.spill(a), maker.memory.spill(b)
    emit, get, wide = maker.emit, maker.memory.get, a.wide or b.wide

    def product(index: list[Value], inner: Sequence[Value]) -> Value:
        one: list[Any] = [None] * len(a.shape)
        other: list[Any] = [None] * len(b.shape)
        for k, (i, j) in enumerate(zip(batch_left, batch_right, strict=True)):
            one[i] = other[j] = index[k]
        for k, i in enumerate(kept_left):
            one[i] = index[len(batch_left) + k]
        for k, j in enumerate(kept_right):
            other[j] = index[len(batch_left) + len(kept_left) + k]
        for k, (i, j) in enumerate(zip(left, right, strict=True)):
            one[i] = other[j] = inner[k]
        return multiplied(emit, get(a, one), get(b, other))

    none = emit.constant(0, a.kind)

    def number(index: list[Value]) -> Value:
        def at(inner: Sequence[Value]) -> Value:
            return product(index, inner)

        return joined(maker, ranges, at, added, none, a.kind, wide)

    if work > 8 * FEW and math.prod(out.shape) <= FEW:
        made = maker.memory.new(out.shape, a.kind, wide)
        emit.nest(out.shape, lambda index: maker.memory.put(made, index, number(index)))
        return maker.few(made)
    return maker.make(out.shape, a.kind, wide, number)


_RULES: dict[str, Rule] = {
    "integer_pow": _integer_pow,
    "is_finite": _is_finite,
    "round": _round,
    "clamp": _clamp,
    "select_n": _select,
    "convert_element_type": _convert,
    "bitcast_convert_type": _bitcast,
    "broadcast_in_dim": _broadcast,
    "reshape": _reshape,
    "squeeze": lambda maker, out, a, **_: maker.reshaped(a, out.shape),
    "expand_dims": lambda maker, out, a, **_: maker.reshaped(a, out.shape),
    "transpose": _transpose,
    "rev": _rev,
    "slice": _slice,
    "concatenate": _concatenate,
    "stack": _stack,
    "pad": _pad,
    "iota": _iota,
    "reduce_sum": _reduction(added, lambda kind: 0),
    "reduce_prod": _reduction(multiplied, lambda kind: 1),
    "reduce_max": _reduction(larger, _lowest),
    "reduce_min": _reduction(smaller, _highest),
    "reduce_and": _reduction(Emitter.both, lambda kind: True, truth=True),
    "reduce_or": _reduction(Emitter.either, lambda kind: False, truth=True),
    "argmax": _arg("gt"),
    "argmin": _arg("lt"),
    "cumsum": _cumulative(added),
    "cumprod": _cumulative(multiplied),
    "cummax": _cumulative(larger),
    "cummin": _cumulative(smaller),
    "dot_general": _dot_general,
}
