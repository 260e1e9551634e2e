"""Parts of arrays at indices that are computed: read, and written."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jax import lax

from yaan.base.native.arrays import FEW, Array
from yaan.base.native.emit import Value
from yaan.base.native.numbers import converted
from yaan.base.native.primitives import Maker


def dynamic_slice(maker: Maker, shape: Sequence[int], a: Array, *starts: Array) -> Array:
    """A part that begins at computed indices, moved to lie within."""
    first = [
        _within(maker, maker.memory.each(start)[0], n - size)
        for start, n, size in zip(starts, a.shape, shape, strict=True)
    ]
    if all(i.constant is not None for i in first) and a.buffer is None:
        cut = tuple(
            slice(int(i.constant or 0), int(i.constant or 0) + n)
            for i, n in zip(first, shape, strict=True)
        )
        items = a.items[cut]
        return Array(items.shape, a.kind, items)
    a = maker.memory.spill(a)
    offset = a.offset
    assert offset is not None
    for i, stride in zip(first, a.strides, strict=True):
        offset = maker.emit.add_index(offset, maker.emit.scale_index(i, stride))
    part = maker.view(a, shape, a.strides, offset)
    if part.size <= FEW and part.size == shape[-1] and offset.wide:  # one row of each lane
        row = maker.memory.run(part, [maker.emit.index(0)] * len(shape), part.size)
        if row is not None:
            return maker.memory.of(row, tuple(shape), a.kind)
    return maker.few(part)


def _within(maker: Maker, index: Value, last: int) -> Value:
    emit = maker.emit
    index = converted(emit, index, "int64")
    if index.constant is not None:
        return emit.index(min(max(int(index.constant), 0), last))
    if last == 0:
        return emit.index(0)
    return emit.call("smin", emit.call("smax", index, emit.index(0)), emit.index(last))


def _inside(maker: Maker, index: Value, last: int) -> Value:
    emit = maker.emit
    index = converted(emit, index, "int64")
    above = emit.compare("ge", index, emit.index(0))
    return emit.both(above, emit.compare("le", index, emit.index(last)))


def gather(maker: Maker, out: Any, a: Array, indices: Array, given: dict[str, Any]) -> Array:
    """Slices of an array that begin at computed indices (`jax.lax.gather`)."""
    numbers, sizes, mode = given["dimension_numbers"], given["slice_sizes"], given["mode"]
    emit, memory = maker.emit, maker.memory
    batch = [axis for axis in range(len(out.shape)) if axis not in numbers.offset_dims]
    gone = (*numbers.collapsed_slice_dims, *numbers.operand_batching_dims)
    windowed = [axis for axis in range(len(a.shape)) if axis not in gone]
    fill = mode == lax.GatherScatterMode.FILL_OR_DROP
    filler = emit.constant(_filler(a.kind, given["fill_value"]), a.kind) if fill else None
    few = out.size <= FEW
    known = a.buffer is None and indices.buffer is None and _constant(indices)
    if not known:
        a = memory.spill(a)
    if not few:
        indices = memory.spill(indices)

    last_axis = len(out.shape) - 1
    runs = few and bool(windowed) and numbers.offset_dims[-1:] == (last_axis,)
    rows: dict[tuple[Value, ...], list[Value] | None] = {}

    def read(place: list[Value], index: list[Value]) -> Value:
        if runs and windowed[-1] == len(a.shape) - 1:
            begin = tuple(index[:-1])
            if begin not in rows:  # its first number comes first
                rows[begin] = memory.run(a, place, out.shape[-1])
            row = rows[begin]
            if row is not None:
                return row[int(index[-1].constant or 0)]
        return memory.get(a, place)

    def number(index: list[Value]) -> Value:
        at = [index[axis] for axis in batch]
        place, inside = [emit.index(0)] * len(a.shape), emit.constant(True, "bool")
        for k, axis in enumerate(numbers.start_index_map):
            start = memory.get(indices, [*at, emit.index(k)])
            last = a.shape[axis] - sizes[axis]
            if fill:
                inside = emit.both(inside, _inside(maker, start, last))
            place[axis] = _within(maker, start, last)
        for axis, i in zip(
            numbers.operand_batching_dims, numbers.start_indices_batching_dims, strict=True
        ):
            place[axis] = at[i]
        for axis, offset in zip(windowed, numbers.offset_dims, strict=True):
            place[axis] = emit.add_index(place[axis], index[offset])
        found = read(place, index)
        return found if filler is None else emit.select(inside, found, filler)

    return maker.make(out.shape, a.kind, a.wide or indices.wide, number)


def _constant(array: Array) -> bool:
    return all(value.constant is not None for value in array.items.flat)


def _filler(kind: str, given: Any) -> Any:
    if given is not None:
        return given
    if kind.startswith("float"):
        return np.nan
    if kind == "bool":
        return True
    return np.iinfo(kind).max if kind.startswith("uint") else np.iinfo(kind).min


def scatter(
    maker: Maker,
    target: Array,
    indices: Array,
    updates: Array,
    given: dict[str, Any],
    join: Callable[[Value, Value], Value] | None,
) -> Array:
    """Write `updates` into `target`, which is in memory and may be written over."""
    numbers, emit, memory = given["dimension_numbers"], maker.emit, maker.memory
    batch = [axis for axis in range(len(updates.shape)) if axis not in numbers.update_window_dims]
    gone = (*numbers.inserted_window_dims, *numbers.operand_batching_dims)
    windowed = [axis for axis in range(len(target.shape)) if axis not in gone]
    sizes = [1] * len(target.shape)
    for axis, i in zip(windowed, numbers.update_window_dims, strict=True):
        sizes[axis] = updates.shape[i]
    if updates.size > FEW:
        indices, updates = memory.spill(indices), memory.spill(updates)
    mask = _mask(maker, target) or emit.constant(True, "bool")
    moved = given["mode"] == lax.GatherScatterMode.CLIP

    def one(index: list[Value]) -> None:
        at = [index[axis] for axis in batch]
        place, inside = [emit.index(0)] * len(target.shape), mask
        for k, axis in enumerate(numbers.scatter_dims_to_operand_dims):
            start = memory.get(indices, [*at, emit.index(k)])
            last = target.shape[axis] - sizes[axis]
            if not moved:
                inside = emit.both(inside, _inside(maker, start, last))
            place[axis] = _within(maker, start, last)
        pairs = zip(
            numbers.operand_batching_dims, numbers.scatter_indices_batching_dims, strict=True
        )
        for axis, i in pairs:
            place[axis] = at[i]
        for axis, i in zip(windowed, numbers.update_window_dims, strict=True):
            place[axis] = emit.add_index(place[axis], index[i])
        value = memory.get(updates, index)
        if join is not None:
            value = join(memory.get(target, place), value)
        memory.put(target, place, value, inside)

    if updates.size <= FEW:
        for at in np.ndindex(*updates.shape):
            one([emit.index(i) for i in at])
    else:
        emit.nest(updates.shape, one)
    return target


def _mask(maker: Maker, target: Array) -> Value | None:
    """The lanes in which to write; what is the same in all of them no loop of some carries."""
    assert target.buffer is not None
    return maker.mask if target.buffer.wide else None


def dynamic_update(maker: Maker, target: Array, update: Array, *starts: Array) -> Array:
    """Write `update` into `target`, in memory, from computed indices on."""
    emit, memory = maker.emit, maker.memory
    first = [
        _within(maker, memory.each(start)[0], n - size)
        for start, n, size in zip(starts, target.shape, update.shape, strict=True)
    ]
    if update.size > FEW:
        update = memory.spill(update)

    def one(index: list[Value]) -> None:
        place = [emit.add_index(i, j) for i, j in zip(first, index, strict=True)]
        memory.put(target, place, memory.get(update, index), _mask(maker, target))

    if update.size <= FEW:
        for at in np.ndindex(*update.shape):
            one([emit.index(i) for i in at])
    else:
        emit.nest(update.shape, one)
    return target
