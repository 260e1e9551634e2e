"""The list of passes of an independent study: 400 km, 51.5 deg, launched 2027-01-15 03:30 UTC.

Source: an independent J2 study made for this project (its figures are transcribed below), whose
orbit starts at insertion over 12.8 S 100.1 E. The orbit is repeated here by its closed form (mean
motion, node and perigee drifting with J2), so that only the geometry of `passes` is on trial. The
study prints a tenth of an hour, so a pass is met within 3 min of what it prints, plus rounding.
"""

import numpy as np
import pytest

from yaan.base.constants import EARTH_RADIUS, EARTH_SPIN
from yaan.design.passes import Track, passes
from yaan.spacetime.zone import Zone

_MU, _J2 = 3.986004418e14, 1.08262668e-3
_INSERTION = 938.5  # [s]

_LISTED = [
    # hours after launch, revolution, ascending
    (13.4, 9, True),
    (23.2, 15, False),
    (36.5, 24, True),
    (71.0, 46, False),
    (84.3, 55, True),
    (94.1, 61, False),
]


def _track(height: float) -> Track:
    """Ground track of a circular orbit with secular J2 rates, every 5 s for four days."""
    a, inclination = EARTH_RADIUS + height, np.radians(51.5)
    n = np.sqrt(_MU / a**3)
    factor = 0.75 * n * _J2 * (EARTH_RADIUS / a) ** 2
    sin2 = np.sin(inclination) ** 2
    rate = n + factor * (2.0 - 3.0 * sin2) + factor * (4.0 - 5.0 * sin2)
    node_rate = -2.0 * factor * np.cos(inclination)
    t = np.arange(_INSERTION, 96.0 * 3600.0, 5.0)
    start = np.pi - np.arcsin(np.sin(np.radians(-12.8)) / np.sin(inclination))
    u = start + rate * (t - _INSERTION)
    latitude = np.arcsin(np.sin(inclination) * np.sin(u))
    from_node = np.arctan2(np.cos(inclination) * np.sin(u), np.cos(u))
    first = np.radians(100.1) - from_node[0]
    longitude = first + from_node + (node_rate - EARTH_SPIN) * (t - _INSERTION)
    return Track(t, latitude, (longitude + np.pi) % (2.0 * np.pi) - np.pi)


def _zone() -> Zone:
    degrees = np.radians
    return Zone(
        degrees(np.array([10.0, 10.0, 18.0, 18.0])), degrees(np.array([82.0, 90.0, 90.0, 82.0]))
    )


def test_the_study_s_passes_are_found_and_no_others():
    found = passes(_track(400e3), _zone(), (0.0, 96.0 * 3600.0), reach=80e3)

    hours = [p.time / 3600.0 for p in found]
    assert [p.ascending for p in found] == [asc for _, _, asc in _LISTED]
    assert hours == pytest.approx([h for h, _, _ in _LISTED], abs=0.06)
    assert [p.revolution for p in found] == [r for _, r, _ in _LISTED]


def test_day_three_moves_25_km_east_for_each_km_lower():
    crossing = []
    for height in (370e3, 380e3, 390e3, 400e3):
        near = passes(_track(height), _zone(), (68 * 3600.0, 74 * 3600.0), reach=2e6)
        day3 = next(p for p in near if not p.ascending and abs(p.time / 3600.0 - 71.0) < 0.6)
        track = _track(height)
        rows = np.abs(track.time - day3.time) < 400.0
        order = np.argsort(track.latitude[rows])
        lon = np.interp(np.radians(14.0), track.latitude[rows][order], track.longitude[rows][order])
        crossing.append(np.degrees(lon))

    # The insertion is printed to 0.1 deg, which is up to 0.16 deg along the orbit; the figures too.
    assert crossing == pytest.approx([86.2, 83.9, 81.7, 79.2], abs=0.25)
