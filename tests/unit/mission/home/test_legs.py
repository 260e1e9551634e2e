"""Pieces of a recording become one; lanes keep their own lengths."""

import jax.numpy as jnp
import numpy as np

from yaan.dynamics.solve import Tape, blank_tape
from yaan.mission.home import legs
from yaan.mission.home.legs import Burns, States


def piece(*lanes: list[float]) -> Tape:
    """A tape of one number a row, which is ten times its time."""
    count = np.array([len(t) for t in lanes])
    t = np.zeros((len(lanes), 5))
    for row, times in zip(t, lanes, strict=True):
        row[: len(times)] = times
    blank = blank_tape(jnp.zeros(len(lanes)), 5)
    return legs.relaid(blank, t, np.zeros_like(t, dtype=int), 10.0 * t[:, :, None], count)


def test_pieces_join_without_the_row_that_both_have():
    tape = legs.joined([piece([0, 1, 2], [0, 1]), piece([2, 3], [1, 4, 5, 6])])

    assert tape.count.tolist() == [4, 5]
    assert tape.t[0].tolist() == [0, 1, 2, 3, 3]  # its last row fills the rest
    assert tape.t[1].tolist() == [0, 1, 4, 5, 6]
    assert np.array_equal(tape.rows[:, :, 0], 10.0 * np.asarray(tape.t))


def test_a_lane_that_has_ended_adds_nothing():
    tape = legs.joined([piece([0, 1, 2], [0, 1]), piece([2], [1, 4, 5])])

    assert tape.count.tolist() == [3, 4]
    assert tape.t[0, :3].tolist() == [0, 1, 2]


def test_states_are_taken_and_emptied():
    states = States(np.arange(3.0), np.ones((3, 3)), np.ones((3, 3)), np.full(3, 7.0))

    assert states.take([2, 2, 0]).t.tolist() == [2, 2, 0]
    assert len(states.take(1)) == 1
    assert states.emptied().propellant.tolist() == [0, 0, 0]
    assert states.propellant.tolist() == [7, 7, 7]


def test_a_burn_is_set_in_a_copy():
    none = Burns.none(2)
    made = none.with_burn(1, [5.0, 6.0], 30.0, -1.0)

    assert made.start.tolist() == [[0, 5], [0, 6]]
    assert made.duration.tolist() == [[0, 30], [0, 30]]
    assert made.sense.tolist() == [[1, -1], [1, -1]]
    assert not np.any(none.duration)
