"""Far at sea or not, for thousands of places at once."""

import numpy as np

from yaan.spacetime import land
from yaan.spacetime.land import coast_distance, country_at, far_at_sea


def test_it_tells_what_countries_and_coasts_tell_one_by_one():
    draw = np.random.default_rng(17)
    # Half of them around the Maldives and India, where coasts are near and islands small.
    lat = np.concatenate([np.arcsin(draw.uniform(-0.9, 0.9, 60)), draw.uniform(0.0, 0.3, 60)])
    lon = np.concatenate([draw.uniform(-np.pi, np.pi, 60), draw.uniform(1.2, 1.5, 60)])
    for distance in (20e3, 50e3, 300e3):
        told = far_at_sea(lat, lon, distance)
        sea = np.array([name == "" for name in country_at(lat, lon)])
        assert np.array_equal(told, sea & (coast_distance(lat, lon) >= distance))
        assert 10 < np.sum(told) < 110


def test_the_middle_of_the_bay_of_bengal_is_far_at_sea_and_of_india_is_not():
    lat, lon = np.radians([14.0, 20.0, 13.1]), np.radians([87.0, 78.0, 80.5])
    assert far_at_sea(lat, lon, 50e3).tolist() == [True, False, False]


def test_the_nearest_edge_is_among_those_that_are_looked_at():
    """Of places all over the Earth and close to coasts, against all edges at once."""
    draw = np.random.default_rng(8)
    lat, lon = np.arcsin(draw.uniform(-1.0, 1.0, 300)), draw.uniform(-np.pi, np.pi, 300)
    edges = land._countries().coast
    some = edges[draw.integers(0, len(edges), 300)].mean(axis=1) + draw.normal(0.0, 2e-3, (300, 3))
    lat = np.append(lat, np.arcsin(some[:, 2] / np.linalg.norm(some, axis=1)))
    lon = np.append(lon, np.arctan2(some[:, 1], some[:, 0]))
    places = land._unit(np.stack([lon, lat], axis=-1))
    wanted = [land.MEAN_RADIUS * land._from_edges(place, edges) for place in places]
    np.testing.assert_allclose(coast_distance(lat, lon), wanted, rtol=0, atol=1e-6)
