"""Batches of states and burns."""

import numpy as np
import pytest

from tests.physics.crafts import ellipse
from tests.physics.rockets import world
from yaan.base.constants import EARTH_RADIUS
from yaan.flight import legs
from yaan.flight.legs import Burns, States
from yaan.vehicle import Spacecraft


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


def test_a_leg_of_more_steps_than_one_may_take_is_flown_in_pieces(monkeypatch):
    """The shadow of an orbit on steps of 1 s ran out of them, and told an error of 7500 km."""
    position, velocity = ellipse(EARTH_RADIUS + 400e3)
    start = States(np.zeros(1), position[None], velocity[None], np.zeros(1))
    craft = Spacecraft(7_200.0, 0.0, 2_200.0, 312.0)

    def end() -> States:
        flown = (world(), craft, start, Burns.none(1))
        return legs.coast(*flown, stop=3_000.0, step=10.0).ends

    whole = end()
    monkeypatch.setattr(legs, "_LONG_PIECE", 30)
    pieces = end()
    assert pieces.t[0] == whole.t[0] == 3_000.0
    assert pieces.position[0] == pytest.approx(whole.position[0], abs=1e-3)
