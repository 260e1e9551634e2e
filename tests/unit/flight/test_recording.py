"""Recordings: pieces become one, rows become columns."""

from dataclasses import MISSING, fields
from typing import Any

import jax.numpy as jnp
import numpy as np

from yaan.dynamics.solve import Tape, blank_tape
from yaan.flight.recording import columns_of, in_blocks, joined, quaternions, relaid, written
from yaan.motion.row import Row
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation


def piece(*lanes: list[float]) -> Tape:
    """A tape of one number a row, which is ten times its time."""
    count = np.array([len(t) for t in lanes])
    t = np.zeros((len(lanes), 5))
    for row, times in zip(t, lanes, strict=True):
        row[: len(times)] = times
    blank = blank_tape(jnp.zeros(len(lanes)), 5)
    return relaid(blank, t, np.zeros_like(t, dtype=int), 10.0 * t[:, :, None], count)


def test_pieces_join_without_the_row_that_both_have():
    tape = joined([piece([0, 1, 2], [0, 1]), piece([2, 3], [1, 4, 5, 6])])

    assert tape.count.tolist() == [4, 5]
    assert tape.t[0].tolist() == [0, 1, 2, 3, 3]  # its last row fills the rest
    assert tape.t[1].tolist() == [0, 1, 4, 5, 6]
    assert np.array_equal(tape.rows[:, :, 0], 10.0 * np.asarray(tape.t))


def test_a_lane_that_has_ended_adds_nothing():
    tape = joined([piece([0, 1, 2], [0, 1]), piece([2], [1, 4, 5])])

    assert tape.count.tolist() == [3, 4]
    assert tape.t[0, :3].tolist() == [0, 1, 2]


def test_quaternions_do_not_jump() -> None:
    angle = np.linspace(0.0, 12.0, 50)
    w, x = np.cos(angle / 2.0), np.sin(angle / 2.0)
    sign = np.where(np.arange(50) % 3 == 0, -1.0, 1.0)
    w, x, zero = jnp.asarray(w * sign), jnp.asarray(x * sign), jnp.zeros(50)
    found = quaternions(Rotation(w, x, zero, zero, Frame.GCRS, Frame.BODY))
    assert found[0, 0] > 0.0
    assert np.max(np.abs(np.diff(found, axis=0))) < 0.2


def test_only_written_rows_are_kept():
    tape = written(piece([0, 1, 2], [0, 1]), 1)

    assert tape.t.tolist() == [0, 1]
    assert int(tape.count) == 2


def test_a_tape_that_was_too_short_keeps_what_it_has():
    full = piece([0, 1, 2, 3, 4])
    over = relaid(full, full.t, full.label, full.rows, np.array([9]))

    assert written(over, 0).t.tolist() == [0, 1, 2, 3, 4]


def test_a_row_becomes_the_columns_that_it_knows():
    one, zero = jnp.ones(4), jnp.zeros(4)
    way = Rotation(one, zero, zero, zero, Frame.GCRS, Frame.BODY)
    rate = Vector(zero, one, 2.0 * one, Frame.BODY)

    known: dict[str, Any] = {f.name: zero for f in fields(Row) if f.default is MISSING}
    known |= {"height": 7.0 * one, "position_gcrs": rate, "velocity_gcrs": rate}

    found = columns_of(Row(**known, attitude=way, rate_body=rate))

    assert sorted(found) == sorted([*known, "attitude", "rate_body"])
    assert found["height"].tolist() == [7.0] * 4
    assert found["attitude"].tolist() == [[1.0, 0.0, 0.0, 0.0]] * 4
    assert found["rate_body"].tolist() == [[0.0, 1.0, 2.0]] * 4


def test_blocks_give_one_entry_a_row():
    sizes = []

    def look(rows: np.ndarray) -> dict[str, np.ndarray]:
        sizes.append(len(rows))
        return {"row": rows, "twice": 2 * rows}

    found = in_blocks(2_500, look)

    assert found["row"].tolist() == list(range(2_500))
    assert np.array_equal(found["twice"], 2 * found["row"])
    assert len(set(sizes)) == 1
