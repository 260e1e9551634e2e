"""What serves and what is taken: margins, light, and the order of choice."""

from typing import Any

import numpy as np
import pytest

from yaan.design.choice import INSIDE, Opportunity, Wish, choose, opportunities, refused
from yaan.design.passes import Pass, Track
from yaan.spacetime.zone import Area, Disc, Zone

KM = 1e3 / 6_371_008.8  # [rad] on the mean sphere
HOUR = 3600.0
NORTH, EAST = np.radians([10.0, 80.0])


def square(half: float) -> Zone:
    """A zone around 10 N 80 E, `half` its side [km]."""
    north, east = half * KM * np.array([-1, -1, 1, 1]), half * KM * np.array([-1, 1, 1, -1])
    return Zone(NORTH + north, EAST + east / np.cos(NORTH))


def track(west: float) -> Track:
    """Straight north through 10 N at 10 h, `west` [km] of 80 E there."""
    time = 10.0 * HOUR + np.arange(-120.0, 121.0, 1.0)
    ahead = 7.0 * KM * (time - 10.0 * HOUR)
    return Track(time, NORTH + ahead, np.full(len(time), EAST - west * KM / np.cos(NORTH)))


def wish(area: Area, light: Any = "prefer", time: float = 10.0) -> Wish:
    return Wish(area, time * HOUR, 2.0 * HOUR, light)


def sun(degrees: float):
    return lambda time, latitude, longitude: np.radians(degrees)


@pytest.mark.parametrize(("west", "margin"), [(0.0, 300.0), (250.0, 50.0), (-270.0, 30.0)])
def test_a_pass_serves_from_so_far_inside_on(west, margin):
    (found,) = opportunities([track(west)], wish(square(300.0)), sun(30.0))

    assert found.passed.margin / 1e3 == pytest.approx(margin, abs=3.0)
    assert found.reachable == (margin * 1e3 > INSIDE)
    assert found.why == "" if found.reachable else "of being 40 km inside the zone" in found.why


def test_a_fixed_aim_needs_no_margin_of_a_zone():
    aim = Disc(NORTH, EAST, 130e3)
    found = opportunities([track(w) for w in (125.0, 135.0)], wish(aim), sun(30.0))

    assert [o.reachable for o in found] == [True, False]
    assert "reach of the aim" in found[1].why


@pytest.mark.parametrize(
    ("elevation", "light"),
    [
        (-0.8, "day"),  # the upper limb is still seen
        (-0.9, "twilight"),
        (-5.9, "twilight"),
        (-6.1, "night"),
    ],
)
def test_light_by_the_height_of_the_sun(elevation, light):
    (found,) = opportunities([track(0.0)], wish(square(300.0), "require"), sun(elevation))

    assert found.light == light
    assert found.reachable == (light == "day")
    assert found.why == ("" if light == "day" else "no daylight")


def test_without_daylight_a_pass_serves_where_it_is_only_preferred():
    for light in ("prefer", "ignore"):
        (found,) = opportunities([track(0.0)], wish(square(300.0), light), sun(-40.0))
        assert found.reachable


def one(orbit: int, hours: float, margin: float, elevation: float, *, reachable: bool = True):
    passed = Pass(1, ascending=True, time=hours * HOUR, latitude=0.0, longitude=0.0, margin=margin)
    return Opportunity(orbit, passed, np.radians(elevation), reachable, "")


CHANGES = [-20e3, -7e3, 0.0, 13e3]

ORDERS = {
    "daylight before room": [one(0, 9.0, 60e3, 20.0), one(2, 10.0, 300e3, -20.0)],
    "room before the orbit": [one(3, 9.0, 130e3, 20.0), one(2, 10.0, 60e3, 20.0)],
    "the orbit before the time": [one(1, 9.0, 130e3, 20.0), one(3, 10.0, 300e3, 20.0)],
    "the time last": [one(2, 10.1, 130e3, 20.0), one(2, 9.8, 300e3, 20.0)],
    "only what serves": [one(3, 9.0, 60e3, -20.0), one(2, 10.0, 300e3, 20.0, reachable=False)],
}


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_choice(name):
    better, worse = ORDERS[name]
    area = wish(square(300.0))

    assert choose([worse, better], area, CHANGES) is better
    assert choose([better, worse], area, CHANGES) is better


def test_where_light_is_ignored_the_night_is_as_good():
    night, day = one(2, 10.0, 300e3, -20.0), one(0, 10.0, 300e3, 20.0)
    assert choose([day, night], wish(square(300.0), "ignore"), CHANGES) is night


def test_nothing_is_chosen_where_nothing_serves():
    assert choose([one(2, 10.0, 0.0, 20.0, reachable=False)], wish(square(300.0)), CHANGES) is None


def test_an_orbit_that_leaves_too_little_propellant_is_out_of_reach():
    both = opportunities([track(0.0), track(10.0)], wish(square(300.0)), sun(30.0))
    found = refused(both, [False, True], "dry")

    assert [o.reachable for o in found] == [False, True]
    assert [o.why for o in found] == ["dry", ""]
    best = choose(found, wish(square(300.0)), [0.0, 1e3])
    assert best is not None
    assert best.orbit == 1


@pytest.mark.parametrize(("elevation", "serves"), [(20.0, False), (-3.0, False), (-20.0, True)])
def test_a_landing_at_night_may_be_required(elevation: float, serves: bool):
    (found,) = opportunities([track(0.0)], wish(square(300.0), "night"), sun(elevation))

    assert found.reachable == serves
    assert found.why == ("" if serves else "it is not night")
