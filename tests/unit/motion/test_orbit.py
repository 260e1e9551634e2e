"""An orbit's outcomes, its burns at their edges, and what it shows."""

import numpy as np
import pytest

from tests.physics.crafts import TANK, ellipse, end, fly, orbit, recorded
from tests.physics.rockets import columns, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.motion.orbit import FLOOR
from yaan.results.outcome import OutcomeCode

LOW = EARTH_RADIUS + 400e3  # [m]
EXHAUST = 312.0 * STANDARD_GRAVITY  # [m/s]
FLOW = 2_200.0 / EXHAUST  # [kg/s]
ROWS = 128


def test_a_burn_ends_with_its_propellant():
    tanks = np.array([50.0, 100.0, 1e-7, 0.0, FLOW * 200.0, 1_000.0])
    flown = fly(
        world(), ellipse(LOW), 900.0, (100.0, 200.0, 1.0), (500.0, 100.0, 1.0),
        propellant=tanks, rows=ROWS,
    )  # fmt: skip
    used = np.minimum(tanks, FLOW * 300.0)
    wanted = EXHAUST * np.log((7_000.0 + tanks) / (7_000.0 + tanks - used))
    np.testing.assert_allclose(flown.added.ideal, wanted, atol=1e-6)
    assert np.all(np.asarray(flown.inner.propellant) >= 0.0)
    ran_dry = [True, True, True, True, True, False]
    assert (flown.outcome == OutcomeCode.RAN_DRY).tolist() == ran_dry
    assert np.all(flown.end.t == 900.0)
    # The step ends where the propellant does.
    t, _, _ = recorded(flown)
    assert np.min(np.abs(t - (100.0 + 50.0 / FLOW))) < 1e-9


def test_a_burn_that_uses_all_of_it_lacks_none():
    flown = fly(world(), ellipse(LOW), 900.0, (100.0, 200.0, 1.0), propellant=FLOW * 200.0)
    assert flown.outcome[0] == OutcomeCode.REACHED
    assert flown.inner.propellant[0] == pytest.approx(0.0, abs=1e-6)


def test_burns_under_way_at_the_start_and_at_the_stop_are_cut_there():
    flown = fly(world(), ellipse(LOW), 300.0, (-50.0, 100.0, 1.0), (250.0, 100.0, -1.0))
    used = FLOW * 50.0
    assert flown.inner.propellant[0] == pytest.approx(TANK - 2.0 * used, rel=1e-12)
    assert flown.inner.delta_v[0, 0] == pytest.approx(EXHAUST * np.log(8e3 / (8e3 - used)))


def test_two_burns_that_touch_are_one():
    one = fly(world(), ellipse(LOW), 600.0, (100.0, 250.0, -1.0))
    two = fly(world(), ellipse(LOW), 600.0, (100.0, 50.0, -1.0), (150.0, 200.0, -1.0))
    np.testing.assert_allclose(end(one)[0][0], end(two)[0][0], rtol=0, atol=1e-6)


def test_the_floor_is_landed_on_and_the_ground_is_an_outcome():
    state = ellipse(LOW, -0.06)  # its apogee
    floors = np.array([120e3, 90e3, 1.0, -1e9, -1e9, 120e3])
    stops = np.array([4_000.0, 4_000.0, 4_000.0, 4_000.0, 500.0, 0.0])
    flown = fly(world(), state, stops, floor=floors)
    r, _ = end(flown)
    assert flown.fired[:, FLOOR].tolist() == [True, True, True, False, False, False]
    codes = [OutcomeCode.REACHED] * 3 + [OutcomeCode.STRUCK_GROUND] + [OutcomeCode.REACHED] * 2
    assert flown.outcome.tolist() == codes
    # Geodetic height, between those above the equatorial and the polar radius.
    height = np.linalg.norm(r[:2], axis=1) - EARTH_RADIUS
    assert np.all((height < floors[:2]) & (height > floors[:2] - 21.4e3))
    assert flown.end.t[0] < flown.end.t[1] < flown.end.t[2] < flown.end.t[3] < 4_000.0
    assert flown.end.t[4:].tolist() == [500.0, 0.0]


def test_a_state_that_is_no_number_is_reported():
    flown = fly(world(), ellipse(LOW), 100.0, propellant=np.array([np.nan, *[1.0] * 5]))
    assert flown.outcome.tolist()[1:] == [OutcomeCode.REACHED] * 5
    assert flown.outcome[0] == OutcomeCode.NOT_FINITE


def test_steps_are_short_in_the_air():
    flown = fly(world(), ellipse(LOW, -0.06), 4_000.0, floor=100e3, rows=ROWS)
    t, r, _ = recorded(flown)
    low = np.linalg.norm(r[:-1], axis=1) < EARTH_RADIUS + 140e3
    assert low.sum() > 5
    assert np.all(np.diff(t)[low] <= 10.0 + 1e-9)
    assert np.median(np.diff(t)[~low]) == pytest.approx(60.0)


def test_what_a_burn_shows():
    burn = (130.0, 100.0, -1.0)
    flown = fly(world(), ellipse(LOW), 420.0, burn, rows=ROWS)
    t, r, v = recorded(flown)
    seen = columns(orbit(world(), burn), flown)
    burning = (t >= 130.0 - 1e-9) & (t < 230.0 - 1e-9)
    np.testing.assert_array_equal(seen["thrust"], np.where(burning, 2_200.0, 0.0))
    # A row stands right before each switch, so that the thrust is drawn with its steps.
    for switch in (130.0, 230.0):
        assert np.any(np.abs(t - (switch - 1e-3)) < 1e-9)
        assert np.any(np.abs(t - switch) < 1e-9)
    np.testing.assert_allclose(
        seen["load"], seen["thrust"] / seen["mass"] / STANDARD_GRAVITY, atol=1e-12
    )
    # Against the velocity: backwards, and pressing as any thrust does.
    assert np.all(np.isnan(seen["pitch"][~burning]))
    np.testing.assert_allclose(seen["load_axial"][burning], seen["load"][burning], rtol=1e-9)
    assert np.all(seen["angle_of_attack"][burning] > 3.0)
    np.testing.assert_allclose(seen["speed_inertial"], np.linalg.norm(v, axis=1), rtol=1e-14)
    energy = 0.5 * seen["speed_inertial"] ** 2 - EARTH_MU / np.linalg.norm(r, axis=1)
    assert energy[-1] < energy[0]
    assert np.all(np.abs(seen["height"] - 400e3) < 22e3)
    assert np.all(seen["drag"] == pytest.approx(0.0, abs=1e-9))
