"""Batches of states and burns."""

import numpy as np

from yaan.mission.home.legs import Burns, States


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
