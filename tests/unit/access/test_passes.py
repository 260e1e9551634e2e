"""Passes beside brute force: another way to say elevation, asked every 0.01 s near each edge."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.access.arcs import EPOCH, KeplerArc
from yaan.access import Mask, Pass, Search, Station, TabulatedTurning, passes
from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS, EARTH_SPIN
from yaan.base.session import computing
from yaan.spacetime.earth import uniform_rotation

ARC = KeplerArc(stop=10 * 3600.0)
PLACES = {
    "bengaluru": (13.03, 77.51, 810.0),
    "lucknow": (26.9, 80.95, 60.0),
    "mauritius": (-20.2, 57.5, 400.0),
    "kourou": (5.25, -52.8, -15.0),
    "kiruna": (67.86, 20.96, 400.0),
}
STATIONS = [
    Station(name, np.radians(lat), np.radians(lon), height, np.radians(5.0))
    for name, (lat, lon, height) in PLACES.items()
]


@pytest.fixture(scope="module")
def turning() -> TabulatedTurning:
    """The Earth turns uniformly about the z axis of GCRS, aligned at the epoch."""
    with computing():
        return TabulatedTurning(EPOCH, uniform_rotation(duration=ARC.stop))


def elevation(arc: KeplerArc, t: np.ndarray, place: tuple[float, float, float]) -> np.ndarray:
    """By the station carried around in inertial space: nothing of `yaan.access` is used."""
    lat, lon, height = np.radians(place[0]), np.radians(place[1]), place[2]
    e2 = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
    normal = EARTH_RADIUS / np.sqrt(1.0 - e2 * np.sin(lat) ** 2)
    east = lon + EARTH_SPIN * t
    up = np.stack(
        [np.cos(lat) * np.cos(east), np.cos(lat) * np.sin(east), np.full_like(t, np.sin(lat))], 1
    )
    there = (normal + height) * up - np.array([0.0, 0.0, e2 * normal * np.sin(lat)])
    away = arc.at(t)[0] - there
    return np.arcsin(np.sum(away * up, axis=1) / np.linalg.norm(away, axis=1))


def brute(arc: KeplerArc, place: tuple[float, float, float], floor: float) -> list[np.ndarray]:
    """Rises, sets and tops: every second, then every 0.01 s around what was found."""
    coarse = np.arange(0.0, arc.stop, 1.0)
    seen = elevation(arc, coarse, place)
    up = seen > floor
    tops = (seen[1:-1] > seen[:-2]) & (seen[1:-1] >= seen[2:]) & up[1:-1]
    found: list[np.ndarray] = []
    for rows in (
        np.flatnonzero(~up[:-1] & up[1:]),
        np.flatnonzero(up[:-1] & ~up[1:]),
        np.flatnonzero(tops) + 1,
    ):
        times = []
        for row in rows:
            fine = coarse[row] + np.arange(-2.0, 2.0, 0.01)
            near = elevation(arc, fine, place)
            if len(found) == 2:
                times.append(fine[np.argmax(near)])
            else:
                times.append(fine[np.flatnonzero((near[:-1] > floor) != (near[1:] > floor))[0]])
        found.append(np.array(times))
    return found


def test_passes_are_those_of_brute_force(turning: TabulatedTurning):
    found = passes(Search(ARC, turning, sky=False), STATIONS)
    assert len(found) > 5
    for station in STATIONS:
        own = [one for one in found if one.station is station]
        rises, sets, tops = brute(ARC, PLACES[station.name], np.radians(5.0))
        np.testing.assert_allclose([p.rise.time for p in own], rises, atol=0.011)
        np.testing.assert_allclose([p.set.time for p in own], sets, atol=0.011)
        np.testing.assert_allclose([p.culmination.time for p in own], tops, atol=0.02)


def test_edges_are_met_to_a_microsecond(turning: TabulatedTurning):
    for one in passes(Search(ARC, turning, sky=False), STATIONS):
        place = PLACES[one.station.name]
        for edge in (one.rise, one.set):
            around = np.array([edge.time - 1e-6, edge.time + 1e-6])
            low, high = np.sign(elevation(ARC, around, place) - np.radians(5.0))
            assert low != high
            assert edge.elevation == pytest.approx(np.radians(5.0), abs=1e-9)


def test_range_rate_and_doppler_are_the_slope_of_the_distance(turning: TabulatedTurning):
    search = Search(ARC, turning, sky=False, frequency=2.2e9)
    station = STATIONS[0]
    for one in passes(search, [station]):
        t = one.rise.time + np.array([-0.05, 0.05])
        near, far = station.look(turning.earth_fixed(t, ARC.at(t)[0])).distance
        assert one.rise.range_rate == pytest.approx((far - near) / 0.1, rel=1e-6)
        assert one.rise.doppler == pytest.approx(-2.2e9 * one.rise.range_rate / 299_792_458.0)
        assert one.rise.range_rate < 0.0 < one.set.range_rate
        assert one.rise.doppler is not None
        assert one.rise.doppler > 0.0


def test_a_pass_of_a_second_just_above_the_mask_is_found(turning: TabulatedTurning):
    """A floor just below the top of each pass leaves passes far shorter than the samples' step."""
    station = replace(STATIONS[0], minimum_elevation=0.0)
    tops = [one.culmination for one in passes(Search(ARC, turning, sky=False), [station])]
    assert len(tops) > 1
    for top in tops:
        high = replace(station, minimum_elevation=top.elevation - 1e-7)
        short = passes(Search(ARC, turning, sky=False), [high])
        mine = [one for one in short if abs(one.culmination.time - top.time) < 1.0]
        assert len(mine) == 1
        assert 0.0 < mine[0].duration < 5.0
        none = replace(station, minimum_elevation=top.elevation + 1e-7)
        left = passes(Search(ARC, turning, sky=False), [none])
        assert all(abs(one.culmination.time - top.time) > 1.0 for one in left)


def test_a_pass_that_the_span_cuts_says_so(turning: TabulatedTurning):
    whole = passes(Search(ARC, turning, sky=False), STATIONS[:1])[0]
    middle = whole.culmination.time
    before = passes(Search(ARC, turning, sky=False, stop=middle), STATIONS[:1])[-1]
    after = passes(Search(ARC, turning, sky=False, start=middle), STATIONS[:1])[0]
    assert (before.cut_start, before.cut_end) == (False, True)
    assert (after.cut_start, after.cut_end) == (True, False)
    assert before.set.time == after.rise.time == middle
    assert not whole.cut_start
    assert not whole.cut_end
    assert after.set.time == pytest.approx(whole.set.time, abs=1e-6)


def test_what_never_sets_is_one_open_pass(turning: TabulatedTurning):
    high = KeplerArc(semi_major_axis=42_164_172.0, inclination=1e-4, node=np.radians(80.0))
    found = passes(Search(replace(high, stop=ARC.stop), turning, sky=False), STATIONS)
    seen = {one.station.name: one for one in found}
    assert "kourou" not in seen
    for name in ("bengaluru", "lucknow", "mauritius"):
        one = seen[name]
        assert one.cut_start
        assert one.cut_end
        assert (one.rise.time, one.set.time) == (0.0, ARC.stop)


def test_a_mask_hides_what_is_below_it(turning: TabulatedTurning):
    free = replace(STATIONS[0], minimum_elevation=0.0)
    first = passes(Search(ARC, turning, sky=False), [free])[0]
    azimuth = first.rise.azimuth
    around = sorted((azimuth + d) % (2 * np.pi) for d in np.radians([-90, -45, 45, 90]))
    wall = [np.radians(12.0) if abs(np.sin((a - azimuth) / 2)) < 0.5 else 0.0 for a in around]
    hidden = replace(free, mask=Mask(tuple(around), tuple(wall)))
    later = passes(Search(ARC, turning, sky=False), [hidden])[0]
    assert later.rise.time > first.rise.time + 30.0
    assert later.rise.elevation == pytest.approx(np.radians(12.0), abs=1e-8)


def test_a_mask_goes_on_through_north():
    mask = Mask((np.radians(10.0), np.radians(350.0)), (np.radians(4.0), np.radians(8.0)))
    found = np.degrees(mask.at(np.radians(np.array([0.0, 355.0, 5.0, 180.0]))))
    np.testing.assert_allclose(found, [6.0, 7.0, 5.0, 6.0])


def test_light_at_the_culmination_is_told():
    """Over a day there are passes by night of a lit craft, in the shadow, and by day."""
    arc = replace(ARC, stop=86_400.0)
    found = passes(Search(arc), STATIONS)

    def of(one: Pass) -> tuple[bool, bool]:
        return one.lit > 0.0, one.sun_elevation < -np.radians(6.0)

    assert {(True, False), (False, True)} <= {of(one) for one in found}
    assert all(one.visible == (of(one) == (True, True)) for one in found)
