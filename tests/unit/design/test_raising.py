"""Burns near an apogee around one mass without air, where Kepler says what they must do."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.physics.rockets import still_earth, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.base.errors import YaanError
from yaan.design import raising
from yaan.design.raising import Raised
from yaan.dynamics.state import State, state_of
from yaan.flight.legs import LANES
from yaan.vehicle import Spacecraft

PERIGEE, APOGEE = 170e3, 430e3
LOW, HIGH = EARTH_RADIUS + PERIGEE, EARTH_RADIUS + APOGEE
AXIS = 0.5 * (LOW + HIGH)
PERIOD = 2.0 * np.pi * np.sqrt(AXIS**3 / EARTH_MU)
CRAFT = Spacecraft(7_200.0, 0.0, 2_200.0, 312.0)
STEP = 60.0

# Below the perigee it was, and up to beyond the burn's own height.
HEIGHTS = np.linspace(150e3, 480e3, LANES)


def separated(propellant: float = 1_000.0, slowed: float = 1.0) -> State:
    """At the perigee, at t = 100 s, with a share of its speed."""
    speed = slowed * np.sqrt(EARTH_MU * (2.0 / LOW - 1.0 / AXIS))
    direction = np.array([[0.0, np.cos(0.9), np.sin(0.9)]])
    place = np.array([[LOW, 0.0, 0.0]])
    return state_of([100.0], place, speed * direction, tanks=[propellant])


def lanes(state: State) -> State:
    return state.take(np.zeros(LANES, dtype=int))


def shape(states: State) -> np.ndarray:
    """Heights of perigee and apogee [lanes, 2]."""
    r, v = states.position_gcrs, states.velocity_gcrs
    size = np.linalg.norm(r, axis=1)
    axis = 1.0 / (2.0 / size - np.sum(v * v, axis=1) / EARTH_MU)
    momentum = np.sum(np.cross(r, v) ** 2, axis=1)
    eccentricity = np.sqrt(np.maximum(1.0 - momentum / (EARTH_MU * axis), 0.0))
    return np.stack([axis * (1 - eccentricity), axis * (1 + eccentricity)], axis=1) - EARTH_RADIUS


@dataclass(frozen=True)
class Flown:
    apogee: float
    raised: Raised


@pytest.fixture(scope="module")
def flown() -> Flown:
    place = world(earth=still_earth())
    apogee = float(raising.apogees(place, CRAFT, separated(), 2, STEP)[-1])
    made = raising.raise_orbit(place, CRAFT, lanes(separated()), apogee, HEIGHTS, step=STEP)
    return Flown(apogee, made)


def test_the_second_apogee_is_a_revolution_and_a_half_on(flown: Flown):
    # Between rows of 60 s the radial speed is within 0.02 m/s; gravity makes 0.16 m/s a second.
    assert flown.apogee == pytest.approx(100.0 + 1.5 * PERIOD, abs=0.3)


def test_every_height_is_met(flown: Flown):
    assert np.max(np.abs(flown.raised.misses)) < raising.MET
    sides = np.sort(np.stack([HEIGHTS, np.full(LANES, APOGEE)], axis=1), axis=1)
    # The other side is met; this one moves as the burn of 5 min is no impulse: by a (n t)^2 / 24.
    assert shape(flown.raised.end) == pytest.approx(sides, abs=2e3)


def test_burns_are_centred_and_go_the_right_way(flown: Flown):
    burns, asked = flown.raised.burns, HEIGHTS
    middle = burns.start[:, 0] + 0.5 * burns.duration[:, 0]
    assert middle == pytest.approx(flown.apogee)
    assert np.array_equal(burns.sense[:, 0], np.where(asked > PERIGEE, 1.0, -1.0))
    assert not np.any(burns.duration[:, 1])


def test_the_price_is_that_of_the_impulse(flown: Flown):
    axis = 0.5 * (HIGH + EARTH_RADIUS + HEIGHTS)
    before = np.sqrt(EARTH_MU * (2.0 / HIGH - 1.0 / AXIS))
    impulse = np.abs(np.sqrt(EARTH_MU * (2.0 / HIGH - 1.0 / axis)) - before)
    # A burn of up to 5 min loses 0.6 % to turning away from the apogee.
    assert flown.raised.delta_v == pytest.approx(impulse, rel=0.01)
    exhaust = 312.0 * STANDARD_GRAVITY
    spent = 8_200.0 * -np.expm1(-flown.raised.delta_v / exhaust)
    assert 1_000.0 - flown.raised.end.tanks[:, 0] == pytest.approx(spent, abs=1e-6)


def test_a_second_burn_makes_a_circle_of_400_km(flown: Flown):
    place = world(earth=still_earth())
    start = lanes(separated())
    wanted = np.full(LANES, 400e3)
    first = raising.raise_orbit(place, CRAFT, start, flown.apogee, wanted, step=STEP)
    half = 0.5 * raising.period(EARTH_MU, first.end)
    second = raising.raise_orbit(
        place, CRAFT, start, flown.apogee + half, wanted, step=STEP, index=1, burns=first.burns
    )
    assert np.max(np.abs(second.misses)) < raising.MET
    assert np.all(second.burns.sense[:, :2] == [1.0, -1.0])
    assert shape(second.end) == pytest.approx(400e3, abs=1e3)


def test_a_burn_that_runs_dry_has_no_end(flown: Flown):
    place = world(earth=still_earth())
    start = lanes(separated(120.0))
    made = raising.raise_orbit(place, CRAFT, start, flown.apogee, HEIGHTS, step=STEP)
    spent = (1_000.0 - flown.raised.end.tanks[:, 0]) * 7_320.0 / 8_200.0  # of the lighter craft
    enough = spent < 120.0
    assert 0 < np.sum(enough) < LANES
    assert np.array_equal(np.isfinite(made.misses), enough)


def test_an_orbit_that_has_too_few_apogees_says_so():
    down = separated(slowed=0.9)
    with pytest.raises(YaanError, match=r"orbit\.circularise\.apogee asks for number 2"):
        raising.apogees(world(earth=still_earth()), CRAFT, down, 2, STEP)
