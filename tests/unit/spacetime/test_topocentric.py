"""What a place sees: directions, rates, and back, at poles and at the date line."""

import erfa
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yaan.spacetime.earth import Geodetic
from yaan.spacetime.topocentric import Look, Place, look, looked_at

derandomised = settings(derandomize=True, deadline=None, max_examples=150)
latitudes = some.one_of(
    some.sampled_from([-np.pi / 2, 0.0, np.pi / 2]), some.floats(-np.pi / 2, np.pi / 2)
)
longitudes = some.one_of(some.sampled_from([-np.pi, 0.0, np.pi]), some.floats(-np.pi, np.pi))
RATES = (1e-3, -2e-3, 4e3)


def of(*given: float) -> Look:
    return Look(*(np.asarray([one]) for one in given))


@derandomised
@given(
    latitudes,
    longitudes,
    some.floats(-400.0, 9e3),
    some.floats(0.0, 2.0 * np.pi, exclude_max=True),
    some.floats(-1.5, 1.5),
    some.floats(1e3, 4e7),
)
def test_what_is_seen_comes_back(
    latitude: float, longitude: float, height: float, azimuth: float, up: float, away: float
):
    place = Place(latitude, longitude, height)
    found = look(place, *looked_at(place, of(azimuth, up, away, *RATES)))
    # The place is lost in 6.4e6 m of its distance from the centre.
    margin = 4e-9 / away
    turned = (found.azimuth[0] - azimuth + np.pi) % (2.0 * np.pi) - np.pi
    assert abs(turned) * np.cos(up) < margin + 1e-14
    assert found.elevation[0] == pytest.approx(up, abs=margin + 1e-14)
    assert found.range[0] == pytest.approx(away, abs=1e-8 + 1e-15 * away)
    assert found.azimuth_rate[0] == pytest.approx(RATES[0], abs=1e-10)
    assert found.elevation_rate[0] == pytest.approx(RATES[1], abs=1e-10)
    assert found.range_rate[0] == pytest.approx(RATES[2], abs=1e-4)


def test_directions_have_their_names():
    # From zero latitude and longitude north is z, east is y, up is x.
    place = Place(0.0, 0.0, 0.0)
    here = place.position()[0]
    for moved, azimuth, elevation in (
        ([0, 0, 1e3], 0.0, 0.0),
        ([0, 1e3, 0], np.pi / 2, 0.0),
        ([0, 0, -1e3], np.pi, 0.0),
        ([0, -1e3, 0], 1.5 * np.pi, 0.0),
        ([1e3, 1e3, 0], np.pi / 2, np.pi / 4),
        ([-1e3, 0, 1e3], 0.0, -np.pi / 4),
    ):
        found = look(place, here + np.array(moved), np.zeros(3))
        assert found.azimuth[0] == pytest.approx(azimuth, abs=1e-12)
        assert found.elevation[0] == pytest.approx(elevation, abs=1e-12)
    rising = look(place, here + np.array([1e6, 0.0, 1e6]), [1e3, 0.0, 0.0])
    assert rising.range_rate[0] == pytest.approx(1e3 / np.sqrt(2.0))
    assert rising.elevation_rate[0] == pytest.approx(0.5e-3)


def test_azimuths_and_elevations_are_those_of_sofa():
    rng = np.random.default_rng(14)
    place = Place(0.3, -2.0, 100.0)
    position = place.position() + rng.normal(size=(50, 3)) * 1e6
    found = look(place, position, np.zeros((50, 3)))
    hour, declination = erfa.ae2hd(found.azimuth, found.elevation, 0.3)
    away = position - place.position()
    longitude, latitude = np.arctan2(away[:, 1], away[:, 0]), np.arcsin(away[:, 2] / found.range)
    np.testing.assert_allclose(latitude, declination, atol=1e-14)
    np.testing.assert_allclose(np.cos(-2.0 - longitude - hour), 1.0, atol=1e-14)


def test_rates_are_those_of_what_moves():
    place = Place(0.5, 3.1, 200.0)
    r, v = place.position()[0] * 1.1 + np.array([1e5, -2e5, 3e5]), np.array([3e3, -6e3, 2e3])
    h = 1e-2
    early, now, late = (look(place, r + v * d, v) for d in (-h, 0.0, h))
    for name in ("azimuth", "elevation", "range"):
        slope = (getattr(late, name) - getattr(early, name)) / (2.0 * h)
        assert getattr(now, f"{name}_rate")[0] == pytest.approx(slope[0], rel=1e-6)


def test_straight_up_has_no_azimuth():
    place = Place(0.0, 0.0, 0.0)
    seen = look(place, place.position() + np.array([5e5, 0.0, 0.0]), [[10.0, 300.0, 400.0]])
    assert (seen.azimuth[0], seen.elevation[0]) == (0.0, np.pi / 2)
    assert np.isnan(seen.azimuth_rate[0])
    assert seen.elevation_rate[0] == pytest.approx(-1e-3)
    assert seen.range_rate[0] == 10.0


def test_places_are_those_of_a_flight_and_many_serve_many():
    latitude, longitude = np.array([-np.pi / 2, 0.3, np.pi / 2]), np.array([3.1, -3.1, 0.0])
    found = Place(latitude, longitude, 30.0).position()
    flown = Geodetic(*(jnp.asarray(x) for x in (latitude, longitude, np.full(3, 30.0)))).position()
    for i, axis in enumerate("xyz"):
        np.testing.assert_allclose(found[:, i], getattr(flown, axis), rtol=0, atol=1e-8)
    seen = look(Place(latitude, longitude, 30.0), found * 1.1, np.zeros((3, 3)))
    np.testing.assert_allclose(seen.elevation, np.pi / 2, atol=0.01)
    assert look(Place(0.1, 0.2, 0.0), found, np.zeros((3, 3))).range.shape == (3,)
