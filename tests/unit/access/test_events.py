"""Events of circles and ellipses beside what is known of them without a search."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from tests.unit.access.arcs import EPOCH, KeplerArc
from yaan.access import Question, Search, Station, events, sun_events
from yaan.access.sky import IersTurning, geodetic_of
from yaan.base.errors import YaanError
from yaan.environment.sunlight import eclipses
from yaan.spacetime.ephemeris import apparent_sun_position, sun_elevation
from yaan.spacetime.time import bundled_orientation

ARC = KeplerArc(semi_major_axis=7_000e3, eccentricity=0.02, perigee=0.7, stop=43_200.0)
SEARCH = Search(ARC)


def times(question: Question, name: str, search: Search = SEARCH) -> np.ndarray:
    return np.array([one.time for one in events(search, question) if one.name == name])


def known(anomaly: float) -> np.ndarray:
    """When a true anomaly [rad] is passed, by Kepler's equation."""
    e = ARC.eccentricity
    eccentric = 2.0 * np.arctan(np.sqrt((1 - e) / (1 + e)) * np.tan(0.5 * anomaly))
    first = (eccentric - e * np.sin(eccentric)) % (2 * np.pi) / ARC.rate
    return np.arange(first, ARC.stop, 2.0 * np.pi / ARC.rate)


def test_nodes_of_j2000_and_apsides_are_those_of_kepler():
    nodes, apses = Question(("node",), equator="J2000"), Question(("apsis",))
    for question, name, anomaly in (
        (nodes, "ascending node", -ARC.perigee),
        (nodes, "descending node", np.pi - ARC.perigee),
        (apses, "apogee", np.pi),
    ):
        np.testing.assert_allclose(times(question, name), known(anomaly), atol=1e-6)
    # The first perigee is where the arc begins, and not between two samples.
    np.testing.assert_allclose(times(apses, "perigee")[-5:], known(0.0)[-5:], atol=1e-6)


def test_the_equator_of_date_is_not_that_of_j2000():
    """Precession has turned the pole by 20 arcseconds a year: 0.15 deg in 27 years."""
    date = times(Question(("node",)), "ascending node")
    fixed = times(Question(("node",), equator="J2000"), "ascending node")
    apart = np.abs(date - fixed)
    tilt = 27.04 * 20.04 / 3600.0
    assert 0.05 < apart.max() < np.radians(tilt) / ARC.rate / np.sin(ARC.inclination) * 1.05
    turning = IersTurning(EPOCH, 0.0, ARC.stop)
    north = turning.earth_fixed(date, ARC.at(date)[0])[:, 2]
    assert np.abs(north).max() < 30.0  # [m]: polar motion, which moves the Earth below its pole


def test_a_node_knows_its_place_and_its_country():
    found = events(SEARCH, Question(("node",)))
    turning = IersTurning(EPOCH, 0.0, ARC.stop)
    for one in found:
        fixed = turning.earth_fixed(np.array([one.time]), ARC.at(one.time)[0])[0]
        assert one.longitude == pytest.approx(np.arctan2(fixed[1], fixed[0]), abs=1e-9)
        assert abs(one.latitude) < 1e-5
    assert {one.country for one in found} > {""}
    assert {one.epoch.iso()[:10] for one in found} == {"2027-01-15"}


def test_edges_of_the_shadow_are_those_of_the_recorded_flight():
    t = np.arange(0.0, ARC.stop + 1.0, 30.0)
    sun = apparent_sun_position(EPOCH, t)
    spells = eclipses(t, *ARC.at(t), sun)
    for cone in ("penumbra", "umbra"):
        mine = [one for one in spells if one.kind == cone]
        entry, out = (times(Question(("eclipse",)), f"{cone} {way}") for way in ("entry", "exit"))
        assert len(entry) > 5
        starts = [one.start for one in mine if one.start > 0.0]
        ends = [one.end for one in mine if one.end < ARC.stop]
        np.testing.assert_allclose(entry, starts, atol=1e-3)
        np.testing.assert_allclose(out, ends, atol=1e-3)


def test_crossings_have_the_value_that_was_asked_for():
    values = {"height": (600e3,), "latitude": (0.5, -0.5), "beta": (0.0,)}
    kinds = ("height", "latitude", "beta")
    found = events(SEARCH, Question(kinds, values))  # type: ignore[arg-type]
    heights = [one for one in found if one.kind == "height"]
    latitudes = [one for one in found if one.kind == "latitude"]
    assert len(heights) >= 10
    assert len(latitudes) >= 20
    for one in heights:
        assert one.height == pytest.approx(600e3, abs=1e-3)
    for one in latitudes:
        assert one.latitude == pytest.approx(one.value, abs=1e-9)
    names = [one.name for one in heights]
    assert all(a != b for a, b in pairwise(names))


def test_local_times_are_those_of_the_sun():
    apparent = events(SEARCH, Question(("local-time",), {"local-time": (10.5,)}))
    mean = events(SEARCH, Question(("local-time",), {"local-time": (10.5,)}, clock="mean"))
    assert len(apparent) == len(mean) > 5
    for one in apparent:
        sun = apparent_sun_position(EPOCH, np.array([one.time]))
        fixed = IersTurning(EPOCH, 0.0, ARC.stop).earth_fixed(np.array([one.time]), sun)[0]
        hours = 12.0 + np.degrees(one.longitude - np.arctan2(fixed[1], fixed[0])) / 15.0
        assert hours % 24.0 == pytest.approx(10.5, abs=1e-6)
    for one in mean:  # UT1 is UTC within a second
        clock = one.epoch.iso()
        utc = int(clock[11:13]) + int(clock[14:16]) / 60.0 + float(clock[17:23]) / 3600.0
        assert (utc + np.degrees(one.longitude) / 15.0) % 24.0 == pytest.approx(10.5, abs=3e-4)


def test_heights_turn_where_no_neighbour_is_higher():
    for name, sign in (("highest", 1.0), ("lowest", -1.0)):
        found = events(SEARCH, Question((name,)))  # type: ignore[arg-type]
        assert len(found) >= 7
        turning = IersTurning(EPOCH, 0.0, ARC.stop)
        for one in found:
            t = one.time + np.array([-1.0, 0.0, 1.0])
            height = geodetic_of(turning.earth_fixed(t, ARC.at(t)[0]))[2] * sign
            assert height[1] > max(height[0], height[2])


def test_a_flight_under_no_sky_has_no_shadow_and_says_so():
    with pytest.raises(YaanError, match="no sky"):
        events(replace(SEARCH, sky=False), Question(("eclipse",)))
    assert events(replace(SEARCH, sky=False), Question(("apsis",)))


def test_a_kind_that_crosses_nothing_says_so():
    with pytest.raises(YaanError, match="height are crossings of a value: none was given"):
        events(SEARCH, Question(("height",)))


def test_the_sun_rises_where_its_elevation_says():
    place = Station("bengaluru", np.radians(13.03), np.radians(77.51))
    found = sun_events(EPOCH, (0.0, 2 * 86_400.0), place)
    assert [one.rising for one in found] == [False, True, False, True][: len(found)] or len(
        found
    ) == 4
    t = np.array([one.time for one in found])
    seen = sun_elevation(EPOCH, bundled_orientation(), t, place.latitude, place.longitude)
    np.testing.assert_allclose(np.degrees(seen), -50.0 / 60.0, atol=0.003)  # the Sun's parallax
    assert found[0].epoch.iso()[:15] == "2027-01-15T12:4"  # 18:10 of the clock there
