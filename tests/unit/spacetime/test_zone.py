"""Zones on the ground."""

import numpy as np
import pytest

from yaan.spacetime.zone import MEAN_RADIUS, Zone, distance

DEGREE = MEAN_RADIUS * np.pi / 180.0


def square(west: float = 82.0, east: float = 90.0) -> Zone:
    return Zone(
        np.radians(np.array([10.0, 10.0, 18.0, 18.0])), np.radians([west, east, east, west])
    )


def at(latitude: float, longitude: float) -> tuple[float, float]:
    return float(np.radians(latitude)), float(np.radians(longitude))


def test_a_point_inside_has_its_distance_to_the_nearest_edge():
    # The great circle between two corners of one parallel bulges to the north.
    bulge = np.degrees(np.arctan(np.tan(np.radians(10.0)) / np.cos(np.radians(6.0)))) - 10.0
    expected = (4.0 - bulge) * DEGREE

    zone = square(80.0, 92.0)
    assert zone.margin(*at(14.0, 86.0))[0] == pytest.approx(min(expected, 4.0 * DEGREE), rel=5e-3)


def test_a_point_outside_is_negative_and_its_distance_is_that_of_the_corner():
    lat, lon = at(8.0, 80.0)
    corner = distance(lat, lon, *at(10.0, 82.0))

    assert square().margin(lat, lon)[0] == pytest.approx(-corner, rel=1e-6)


def test_the_order_of_the_corners_does_not_matter():
    turned = Zone(square().latitude[::-1], square().longitude[::-1])

    assert turned.margin(*at(14.0, 86.0)) == pytest.approx(square().margin(*at(14.0, 86.0)))


def test_the_far_side_of_the_earth_is_outside():
    assert square().margin(*at(-14.0, -94.0))[0] < -1e7


def test_a_zone_may_lie_across_the_date_line():
    zone = square(176.0, -176.0)

    assert zone.contains(*at(14.0, 180.0))[0]
    assert zone.contains(*at(14.0, -179.0))[0]
    assert not zone.contains(*at(14.0, 174.0))[0]


def test_margins_keep_the_shape_of_the_points():
    lat = np.radians(np.array([[14.0, 8.0], [9.0, 17.0]]))
    lon = np.radians(np.array([[86.0, 80.0], [86.0, 89.0]]))

    assert np.array_equal(square().contains(lat, lon), [[True, False], [False, True]])


def test_the_middle_is_the_mean_direction():
    lat, lon = square().middle

    assert np.degrees(lon) == pytest.approx(86.0)
    assert np.degrees(lat) == pytest.approx(14.0, abs=0.1)
