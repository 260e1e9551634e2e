"""What lies at places that everyone knows."""

import numpy as np
import pytest

from yaan.spacetime.land import coast_distance, countries, country_at, ground_at

PLACES = {
    "India": (12.97, 77.6),
    "Lesotho": (-29.5, 28.2),  # inside another country
    "South Africa": (-29.5, 25.0),
    "Antarctica": (-85.0, 50.0),  # round the pole
    "Fiji": (-17.8, 178.0),
    "Russia": (67.0, -178.0),  # beyond the date line
    "Mauritius": (-20.25, 57.55),
    "France": (4.5, -53.0),
}
SEA = [(14.0, 87.0), (42.0, 51.0), (90.0, 0.0), (0.0, -140.0), (-12.19, 96.9)]


def test_countries_are_those_of_the_map():
    lat, lon = np.radians(list(PLACES.values())).T
    assert country_at(lat, lon) == list(PLACES)
    assert country_at(lat, lon + 2 * np.pi) == list(PLACES)
    lat, lon = np.radians(SEA).T
    assert country_at(lat, lon) == [""] * len(SEA)


def test_there_are_all_countries_once():
    assert len(countries()) == len(set(countries())) == 241
    assert {"India", "Brazil", "China", "Russia", "South Africa"} <= set(countries())


def test_a_share_of_the_earth_is_land():
    """29.2 % by the textbooks; 20,000 places by chance know it to 0.3 %."""
    rng = np.random.default_rng(3)
    lat, lon = np.arcsin(rng.uniform(-1, 1, 20_000)), rng.uniform(-np.pi, np.pi, 20_000)
    share = np.mean([name != "" for name in country_at(lat, lon)])
    assert share == pytest.approx(0.290, abs=0.012)


def test_the_coast_is_as_far_as_on_the_map():
    """Nagpur lies in the middle of India; Point Nemo is 2,690 km from land (Lukatela, 1992)."""
    nagpur, nemo = np.radians([(21.15, 79.09), (-48.877, -123.393)])
    assert coast_distance(*nagpur)[0] == pytest.approx(580e3, rel=0.05)
    assert coast_distance(*nemo)[0] == pytest.approx(2_690e3, rel=0.01)


def test_near_a_coast_nothing_is_told():
    kourou = ground_at(*np.radians([5.16, -52.64]))
    assert not kourou.told
    assert ground_at(*np.radians([14.0, 87.0])).told
    assert ground_at(*np.radians([14.0, 87.0])).country == ""
