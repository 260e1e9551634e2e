"""Separation at the ground: the limits by hand, and what is said near and beyond them."""

import math

import pytest

from yaan.propulsion.nozzle import CRITERIA, judge, together

AIR = 101_325.0


def by_name(pressure: float, mach: float, **more):
    return {one.criterion: one for one in judge(pressure, mach, AIR, **more)}


def test_the_limits_are_those_of_the_papers():
    ratios = {one.name: one.ratio for one in CRITERIA}
    assert ratios["Summerfield"](3.0) == 0.4
    # (1.88 x 2.7 - 1)^-0.64 = 4.076^-0.64
    assert ratios["Schmucker"](2.7) == pytest.approx(0.40686, abs=1e-5)
    assert ratios["Stark"](3.0) == pytest.approx(math.pi / 9.0)


def test_a_fast_flow_separates_at_a_lower_pressure():
    for one in CRITERIA[1:]:
        assert one.ratio(4.0) < one.ratio(3.0)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.50, "held"), (0.38, "open"), (0.34, "failed"), (0.36, "open")]
)
def test_summerfield_leaves_a_band_open(share: float, verdict: str):
    assert by_name(share * AIR, 3.0)["Summerfield"].verdict == verdict


def test_the_margin_is_against_the_limit():
    one = by_name(0.2 * AIR, 4.0)["Stark"]
    assert one.margin == pytest.approx(0.2 / (math.pi / 12.0) - 1.0)
    assert one.verdict == "failed"


def test_beyond_the_mach_range_nothing_is_sure():
    one = by_name(0.01 * AIR, 5.5)["Schmucker"]
    assert one.verdict == "open"
    assert "outside" in one.text


def test_a_nozzle_that_does_not_overexpand_runs_full_at_any_mach():
    assert {one.verdict for one in judge(1.1 * AIR, 1.5, AIR)} == {"held"}


def test_nothing_separates_in_vacuum():
    assert judge(100.0, 4.0, 0.0) == ()
    assert together(()) == "held"


def test_the_place_is_between_the_stations_around_it():
    wall = [(2.0, 3e5, 2.2), (10.0, 5e4, 3.2), (40.0, 8e3, 4.2)]
    one = by_name(8e3, 4.2, wall=wall)["Summerfield"]
    assert one.area_ratio is not None
    assert 10.0 < one.area_ratio < 40.0
    share = math.log(one.area_ratio / 10.0) / math.log(4.0)
    assert share == pytest.approx(math.log(5e4 / (0.4 * AIR)) / math.log(5e4 / 8e3))


def test_criteria_that_differ_leave_it_open():
    judged = judge(0.32 * AIR, 4.2, AIR)
    found = {one.criterion: one.verdict for one in judged}
    assert (found["Summerfield"], found["Stark"]) == ("failed", "held")
    assert together(judged) == "open"
