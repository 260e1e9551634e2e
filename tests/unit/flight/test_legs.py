"""Batches of legs: burns, pieces, and what is saved of them."""

import numpy as np
import pytest

from tests.physics.crafts import ellipse
from tests.physics.rockets import world
from yaan.base.constants import EARTH_RADIUS
from yaan.dynamics.state import State, state_of
from yaan.environment import load_standard_atmosphere
from yaan.flight import legs
from yaan.flight.legs import Burns, Save
from yaan.gnc import constant_bank
from yaan.motion import Handover
from yaan.vehicle import Capsule, Spacecraft

CRAFT = Spacecraft(7_200.0, 0.0, 2_200.0, 312.0, tank=1)
TANK = 1


def start() -> State:
    """In a circle at 400 km, with a tank that is not the spacecraft's before its own."""
    position, velocity = ellipse(EARTH_RADIUS + 400e3)
    full = {"tanks": [30.0, 500.0], "aboard": [False, True, True]}
    return state_of(np.zeros(1), position[None], velocity[None], **full)


def test_a_burn_is_set_in_a_copy():
    none = Burns.none(2)
    made = none.with_burn(1, [5.0, 6.0], 30.0, -1.0)

    assert made.start.tolist() == [[0, 5, 0], [0, 6, 0]]
    assert made.duration.tolist() == [[0, 30, 0], [0, 30, 0]]
    assert made.sense.tolist() == [[1, -1, 1], [1, -1, 1]]
    assert not np.any(none.duration)


def test_a_leg_of_more_steps_than_one_may_take_is_flown_in_pieces(monkeypatch):
    """The shadow of an orbit on steps of 1 s ran out of them, and told an error of 7500 km."""

    def end() -> State:
        flown = (world(), CRAFT, start(), Burns.none(1))
        return legs.coast(*flown, stop=3_000.0, step=10.0).end

    whole = end()
    monkeypatch.setattr(legs, "_LONG_PIECE", 30)
    pieces = end()
    assert pieces.t[0] == whole.t[0] == 3_000.0
    assert pieces.position_gcrs[0] == pytest.approx(whole.position_gcrs[0], abs=1e-3)


def test_two_legs_in_orbit_are_one():
    burns = Burns.none(1).with_burn(0, 1_000.0, 200.0, 1.0)
    whole = legs.coast(world(), CRAFT, start(), burns, stop=3_000.0, step=60.0)
    half = legs.coast(world(), CRAFT, start(), burns, stop=1_111.1, step=60.0)
    rest = legs.coast(world(), CRAFT, half.end, burns, stop=3_000.0, step=60.0)

    # Steps end elsewhere; at 60 s they are out by less than a micrometre a revolution.
    assert rest.end.position_gcrs == pytest.approx(whole.end.position_gcrs, rel=0.0, abs=1e-6)
    assert rest.end.velocity_gcrs == pytest.approx(whole.end.velocity_gcrs, rel=0.0, abs=1e-9)
    np.testing.assert_allclose(rest.end.tanks, whole.end.tanks, rtol=0.0, atol=1e-9)
    np.testing.assert_allclose(rest.end.sums.ideal, whole.end.sums.ideal, rtol=1e-12)
    np.testing.assert_allclose(half.added.ideal + rest.added.ideal, whole.added.ideal, rtol=1e-12)
    assert whole.end.aboard.tolist() == start().aboard.tolist()


def test_a_saved_row_is_a_state_to_fly_on_from():
    two = start().take([0, 0])
    burns = Burns.none(2).with_burn(0, [0.0, 600.0], 100.0, -1.0)
    leg = legs.coast(world(), CRAFT, two, burns, stop=900.0, step=60.0, save=Save.STEPS)
    assert leg.tape is not None
    rows = np.array([4, int(leg.tape.count[1]) - 1])

    saved = legs.saved_at(leg, rows, TANK)
    assert saved.t.tolist() == [leg.tape.t[0, 4], 900.0]
    for column in ("position_gcrs", "velocity_gcrs", "tanks"):
        np.testing.assert_array_equal(getattr(saved, column)[1], getattr(leg.end, column)[1])
    on = legs.coast(world(), CRAFT, saved, burns, stop=900.0, step=60.0)
    assert on.end.position_gcrs == pytest.approx(leg.end.position_gcrs, rel=0.0, abs=1e-6)
    # What a coast does not burn from, and what it does not know, is that of its start.
    assert saved.tanks[:, 0].tolist() == two.tanks[:, 0].tolist()
    assert np.all(np.isnan(saved.rate.x))


def test_a_leg_that_saves_its_steps_is_flown_again_until_the_rows_hold_them(monkeypatch):
    place = world(atmosphere=load_standard_atmosphere())
    flat = np.ones(2)
    capsule = Capsule(5e3, 9.62, 4.2, 0.85, np.array([0.0, 30.0]), 0.0 * flat, flat, 0.0 * flat)
    r, v = ellipse(EARTH_RADIUS + 120e3)
    begin = state_of(np.zeros(2), np.stack([r, r]), np.stack([v, 0.9 * v]))
    flown = (place, capsule, begin, constant_bank(np.zeros(2)))
    until = Handover(delay=20.0, climbing=1.0)
    monkeypatch.setattr(legs, "ENTRY_ROWS", 8)

    leg = legs.enter(*flown, until=until, step=0.5, save=Save.STEPS)
    assert leg.tape is not None
    assert leg.tape.count.tolist() == [41, 41]
    assert leg.tape.t.shape == (2, 128)
    np.testing.assert_allclose(leg.tape.t[:, :41], np.tile(np.arange(0.0, 20.1, 0.5), (2, 1)))
    np.testing.assert_array_equal(leg.tape.state.velocity.x[:, 40], leg.end.velocity.x)
    assert legs.enter(*flown, until=until, step=0.5).tape is None


@pytest.mark.slow
def test_the_ends_of_many_lanes_of_which_no_row_is_made_are_those_of_few():
    place = world(atmosphere=load_standard_atmosphere())
    flat = np.ones(2)
    capsule = Capsule(5e3, 9.62, 4.2, 0.85, np.array([0.0, 30.0]), 0.0 * flat, flat, 0.0 * flat)
    r, v = ellipse(EARTH_RADIUS + 120e3)
    few, many = (
        legs.enter(
            place,
            capsule,
            state_of(np.zeros(n), np.tile(r, (n, 1)), np.linspace(1.0, 0.9, n)[:, None] * v),
            constant_bank(np.zeros(n)),
            until=Handover(delay=20.0, climbing=1.0),
            step=0.5,
        )
        for n in (2, 130)
    )
    assert few.tape is None
    assert many.tape is None
    np.testing.assert_allclose(many.end.position_gcrs[[0, -1]], few.end.position_gcrs, rtol=1e-14)
    np.testing.assert_array_equal(many.steps[[0, -1]], few.steps)
