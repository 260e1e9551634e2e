"""Recordings of flights: cut to rows, and looked at as columns of a history."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from yaan.dynamics.solve import Tape
from yaan.motion.row import Row
from yaan.spacetime.frame import Vector, components
from yaan.spacetime.rotation import Rotation

Array = NDArray[np.float64]

_BLOCK = 1_024  # rows that are looked at in one call: each number would be a programme of its own


def relaid(tape: Tape, t: Any, label: Any, rows: Any, count: Any) -> Tape:
    """A tape with other rows; they may be on the host, and of one lane."""
    return eqx.tree_at(lambda x: (x.t, x.label, x.rows, x.count), tape, (t, label, rows, count))


def cut(tape: Tape, rows: Any, count: int) -> Tape:
    """The tape at an index of its rows, which are `count` rows of one lane."""
    return relaid(tape, tape.t[rows], tape.label[rows], tape.rows[rows], np.asarray(count))


def written(tape: Tape, lane: int) -> Tape:
    """The written rows of one lane."""
    count = min(int(tape.count[lane]), tape.t.shape[1])
    return cut(tape, (lane, slice(count)), count)


def joined(pieces: list[Tape]) -> Tape:
    """One tape of pieces that follow each other; a piece repeats the last row before it."""
    lanes = pieces[0].t.shape[0]
    parts: list[list[tuple[Array, Array, Array]]] = [[] for _ in range(lanes)]
    for k, piece in enumerate(pieces):
        for i in range(lanes):
            rows = slice(1 if k else 0, int(piece.count[i]))
            columns = (piece.t, piece.label, piece.rows)
            t, label, values = (np.asarray(column)[i, rows] for column in columns)
            parts[i].append((t, label, values))
    whole = [[np.concatenate(column) for column in zip(*part, strict=True)] for part in parts]
    count = np.array([len(t) for t, _, _ in whole])
    most = int(count.max())

    def padded(column: int) -> Array:
        filled = [
            np.concatenate([w[column], np.repeat(w[column][-1:], most - len(w[column]), axis=0)])
            for w in whole
        ]
        return np.stack(filled)

    return relaid(pieces[0], padded(0), padded(1), padded(2), count)


def looked_at(tape: Tape, look: Callable[[Tape], Row]) -> dict[str, Array]:
    """Columns of all that `look` sees in the rows of one lane's tape."""
    return columns_of(in_blocks(int(tape.count), lambda rows: look(cut(tape, rows, len(rows)))))


def in_blocks(count: int, look: Callable[[NDArray[np.int64]], Any]) -> Any:
    """What `look` finds at `count` rows, one entry a row; it is asked for a block of them at once.

    The last block is filled with its last row.
    """
    parts = []
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        found = jax.device_get(look(np.minimum(np.arange(start, start + _BLOCK), count - 1)))
        parts.append(jax.tree.map(lambda leaf, n=size: leaf[:n], found))
    return jax.tree.map(lambda *leaves: np.concatenate(leaves), *parts)


def columns_of(record: Row) -> dict[str, Array]:
    """The columns that a row knows."""
    found: dict[str, Array] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Vector):
            found[field.name] = components(value)
        elif isinstance(value, Rotation):
            found[field.name] = quaternions(value)
        elif value is not None:
            found[field.name] = np.asarray(value)
    return found


def quaternions(attitude: Rotation) -> Array:
    """Unit quaternions [n, 4], scalar first, without jumps of sign from row to row."""
    q = np.stack([np.asarray(c) for c in (attitude.w, attitude.x, attitude.y, attitude.z)], axis=-1)
    with np.errstate(invalid="ignore", over="ignore"):  # the last row of a flight that is lost
        turned = np.sum(q[1:] * q[:-1], axis=1) < 0.0
    sign = np.cumprod(np.concatenate([[1.0], np.where(turned, -1.0, 1.0)]))
    first: float = -1.0 if q[0, 0] < 0.0 else 1.0
    return np.asarray(q * (first * sign)[:, None], dtype=float)
