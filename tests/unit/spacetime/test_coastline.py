"""What lies at a place, and how far the shore is."""

import numpy as np
import pytest

from yaan.spacetime import coastline
from yaan.spacetime.coastline import at_place, shores
from yaan.spacetime.zone import MEAN_RADIUS

LAND = {
    "Nagpur": (21.1, 79.1),
    "Baikonur": (45.9, 63.3),
    "South Pole": (-90.0, 0.0),
    "South Pole, another meridian": (-90.0, 123.0),
    "Antarctica beside the date line": (-86.0, -179.9),
    "Antarctica on the date line": (-86.0, 180.0),
    "Chukotka west of the date line": (67.0, 178.0),
    "Chukotka east of the date line": (67.0, -178.5),
    "Chukotka on the date line": (67.0, 180.0),
    "Alice Springs": (-23.7, 133.9),
}
SEA = {
    "Bay of Bengal": (13.0, 85.0),
    "North Pole": (90.0, 0.0),
    "North Pole, another meridian": (90.0, -77.0),
    "Pacific on the date line": (0.0, 180.0),
    "Pacific beside the date line": (30.0, -179.99),
    "Southern Ocean": (-60.0, 0.0),
    "Mid-Atlantic": (30.0, -40.0),
}


@pytest.mark.parametrize("name", LAND)
def test_land(name):
    assert at_place(*np.radians(LAND[name]))[0] == "land"


@pytest.mark.parametrize("name", SEA)
def test_sea(name):
    assert at_place(*np.radians(SEA[name]))[0] == "sea"


def test_a_turn_more_is_the_same_place():
    for latitude, longitude in [*LAND.values(), *SEA.values()]:
        here = at_place(*np.radians([latitude, longitude]))
        assert at_place(*np.radians([latitude, longitude + 360.0]))[0] == here[0]
        assert at_place(*np.radians([latitude, longitude - 360.0]))[1] == pytest.approx(here[1])


def test_near_a_shore_it_does_not_tell():
    assert at_place(*np.radians([13.72, 80.23]))[0] == "coast"  # the pads of Sriharikota


def test_a_shore_that_is_a_square_is_known_from_all_sides(monkeypatch):
    """Astride the date line, its corners on one meridian with the places that are asked for."""
    ring = [[179.0, -1.0], [-179.0, -1.0], [-179.0, 1.0], [179.0, 1.0], [179.0, -1.0]]
    monkeypatch.setattr(coastline, "_lines", lambda: (ring,))
    coastline._edges.cache_clear()
    try:
        degree = MEAN_RADIUS * np.pi / 180.0
        for east in (179.0, 179.5, 180.0, -180.0, -179.5, -179.0):
            kind, away = at_place(*np.radians([3.0, east]))
            assert kind == "sea"
            assert away == pytest.approx(2.0 * degree, rel=1e-3)
        assert at_place(0.0, np.pi) == ("land", pytest.approx(degree))
        kind, away = at_place(0.0, np.radians(178.0))
        assert (kind, away) == ("sea", pytest.approx(degree))
        # Beyond the corners the nearest place is a corner.
        _, away = at_place(*np.radians([2.0, 178.0]))
        assert away == pytest.approx(np.sqrt(2.0) * degree, rel=2e-3)
        # From the far side of the Earth, likewise.
        assert at_place(0.0, 0.0)[1] == pytest.approx((180.0 - np.sqrt(2.0)) * degree, rel=1e-5)
    finally:
        coastline._edges.cache_clear()


def test_without_a_coastline_nothing_is_told(monkeypatch):
    monkeypatch.setattr(coastline, "_lines", lambda: ())
    coastline._edges.cache_clear()
    try:
        kind, away = at_place(0.0, 0.0)
        assert kind == ""
        assert np.isnan(away)
    finally:
        coastline._edges.cache_clear()


def test_every_shore_is_closed_on_the_sphere():
    """Each corner is met by as many edges that end there as begin there."""
    ends = np.degrees(coastline._edges()).round(2)
    first, last = (sorted(map(tuple, ends[:, end].tolist())) for end in (0, 1))
    assert first == last
    assert len(shores()) == 128
