"""Landings made from a known offset give it back."""

import numpy as np
import pytest

from yaan.base.constants import EARTH_MU, EARTH_SPIN
from yaan.design.offset import Offset, offset_of
from yaan.design.passes import Track
from yaan.dynamics.state import State, state_of
from yaan.spacetime.path import Path
from yaan.spacetime.zone import MEAN_RADIUS

RADIUS, TILT = 6_778e3, np.radians(51.5)
RATE = np.sqrt(EARTH_MU / RADIUS**3)
LAG, CARRIED, ASIDE = 130.0, 210.0, -120e3


def orbit(times: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions, velocities and the direction to the right of a circular orbit."""
    u, sin, cos = RATE * times, np.sin(TILT), np.cos(TILT)
    out = np.stack([np.cos(u), np.sin(u) * cos, np.sin(u) * sin], axis=1)
    ahead = np.stack([-np.sin(u), np.cos(u) * cos, np.cos(u) * sin], axis=1)
    return RADIUS * out, RADIUS * RATE * ahead, np.tile([0.0, sin, -cos], (len(times), 1))


def turned(place: np.ndarray, seconds: float) -> np.ndarray:
    """Directions after the Earth has turned for `seconds`."""
    c, s = np.cos(EARTH_SPIN * seconds), np.sin(EARTH_SPIN * seconds)
    x, y, z = place.T
    return np.stack([c * x - s * y, s * x + c * y, z], axis=1)


def landings(aside: float) -> State:
    """Abreast of where the orbit passed LAG ago; carried with the Earth at the end."""
    passed = np.linspace(3_000.0, 8_500.0, 16)
    position, _, right = orbit(passed)
    angle = aside / MEAN_RADIUS
    place = np.cos(angle) * position / RADIUS + np.sin(angle) * right
    zero = np.zeros_like(position)
    return state_of(passed + LAG, 6_385e3 * turned(place, CARRIED), zero)


def path() -> Path:
    times = np.arange(0.0, 12_000.0, 30.0)
    return Path.of(times, *orbit(times)[:2])


@pytest.mark.parametrize("aside", [0.0, ASIDE])
def test_a_made_offset_is_found(aside):
    found = offset_of([path()] * 16, landings(aside))

    # East is taken where the landing is, not half way back to the plane: 0.8 % of an angle squared.
    assert found.carried == pytest.approx(CARRIED, abs=1.0)
    assert found.lag == pytest.approx(LAG, abs=1.0)
    assert found.aside == pytest.approx(aside, abs=500.0)


def test_nothing_that_landed_says_nothing():
    assert offset_of([], landings(ASIDE).take(np.arange(0))) == Offset(0.0, 0.0, 0.0)


def test_the_track_of_an_offset_runs_through_the_landings():
    made = landings(ASIDE)
    times = made.t - LAG
    places = Offset(LAG, CARRIED, ASIDE).beside(*orbit(times)[:2])
    x, y, z = turned(places, 0.0).T
    longitude = np.arctan2(y, x) - EARTH_SPIN * times
    track = Track(times, np.arctan2(z, np.hypot(x, y)), longitude).landed(LAG, CARRIED)

    x, y, z = made.position_gcrs.T
    landed = np.arctan2(y, x) - EARTH_SPIN * made.t
    assert track.time == pytest.approx(made.t)
    assert track.latitude == pytest.approx(np.arctan2(z, np.hypot(x, y)), abs=1e-9)
    assert np.sin(track.longitude - landed) == pytest.approx(0.0, abs=1e-9)


def test_the_right_of_an_orbit_to_the_north_is_east():
    north = Offset(0.0, 0.0, 100e3).beside(np.array([[7e6, 0.0, 0.0]]), np.array([[0.0, 0, 7e3]]))
    assert MEAN_RADIUS * np.arctan2(north[0, 1], north[0, 0]) == pytest.approx(100e3)
