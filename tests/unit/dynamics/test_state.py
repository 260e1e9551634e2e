"""The state that is handed over: made, padded, taken by lanes, dropped of."""

import numpy as np
import pytest

from yaan.dynamics.state import PARTS, TANKS, State, state_of

AWAY = np.arange(6.0).reshape(2, 3) + 7e6
MOVING = -np.arange(6.0).reshape(2, 3)


def state() -> State:
    return state_of([5.0, 6.0], AWAY, MOVING, tanks=[3.0, 4.0], aboard=[True, False, True])


def test_a_state_is_what_it_was_made_of_and_knows_no_more():
    made = state()
    assert len(made) == 2
    assert made.t.tolist() == [5.0, 6.0]
    np.testing.assert_array_equal(made.position_gcrs, AWAY)
    np.testing.assert_array_equal(made.velocity_gcrs, MOVING)
    assert np.all(np.isnan(made.attitude.w))
    assert np.all(np.isnan(made.rate.z))
    assert made.sums.ideal.tolist() == made.sums.heat_load.tolist() == [0.0, 0.0]
    assert made.memory is None


@pytest.mark.parametrize(("tanks", "columns"), [(0, TANKS), (8, TANKS), (9, 2 * TANKS)])
def test_tanks_are_padded_to_whole_units(tanks: int, columns: int):
    made = state_of([0.0], AWAY[:1], MOVING[:1], tanks=np.ones(tanks))
    assert made.tanks.shape == (1, columns)
    assert made.tanks.sum() == tanks
    assert made.aboard.shape == (1, PARTS)
    assert not np.any(made.aboard)


def test_tanks_may_differ_from_lane_to_lane():
    made = state_of([0.0, 0.0], AWAY, MOVING, tanks=[[1.0], [2.0]], aboard=[[True], [False]])
    assert made.tanks[:, 0].tolist() == [1.0, 2.0]
    assert made.aboard[:, 0].tolist() == [True, False]


def test_lanes_are_taken_and_may_repeat():
    made = state()
    assert made.take([1, 1, 0]).t.tolist() == [6.0, 6.0, 5.0]
    assert len(made.take(1)) == 1
    np.testing.assert_array_equal(made.take(1).position_gcrs, AWAY[1:])
    assert len(made.take(np.arange(0))) == 0


def test_what_is_dropped_takes_its_propellant_along():
    made = state()
    left = made.dropping([2], tanks=[1])
    assert left.aboard[:, :3].tolist() == [[True, False, False]] * 2
    assert left.tanks[:, :2].tolist() == [[3.0, 0.0]] * 2
    # The one before is as it was.
    assert made.aboard[:, 2].tolist() == [True, True]
    assert made.tanks[:, 1].tolist() == [4.0, 4.0]
    np.testing.assert_array_equal(left.position_gcrs, AWAY)
