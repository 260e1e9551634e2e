"""Descents against closed forms: terminal speeds, opening loads, drift; and convergence."""

from dataclasses import replace

import numpy as np
import pytest

from tests.physics.descents import DENSITY, GRAVITY, SOUND, Case, flown, world
from yaan.base.constants import EARTH_RADIUS
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.canopies import Deployment
from yaan.vehicle.parachute import Reefing, Step

AT_ONCE = 1e9  # [m]: a step with this height is deployed at the start
MAINS = Step(
    diameter=25.0,
    drag_coefficient=0.85,
    cluster_factor=0.95,
    working=3,
    fill_constant=7.0,
    disreef_constant=2.0,
    opening_factor=1.1,
    deploy_height=AT_ONCE,
    reefing=(Reefing(0.05, 6.0), Reefing(0.2, 5.0)),
)
ONE_MAIN = 0.85 * 0.95 * np.pi * 25.0**2 / 4.0  # [m^2]


def single(area: float, fill_time: float, speed: float, **changes: float) -> Step:
    """One canopy of drag area `area` [m^2] that fills in `fill_time` [s] at `speed` [m/s]."""
    return Step(
        diameter=10.0,
        drag_coefficient=area / (np.pi * 25.0),
        fill_constant=fill_time * speed / 10.0,
        opening_factor=changes.pop("opening_factor", 1.0),
        deploy_height=AT_ONCE,
        **changes,  # pyright: ignore[reportArgumentType]
    )


def test_touchdown_is_at_the_terminal_speed_in_closed_form():
    bare = Case(drag_area=8.0, height=4e3, down=100.0)
    three = Case([MAINS], drag_area=8.0)
    two = Case([replace(MAINS, working=2)], drag_area=8.0)
    none = Case([replace(MAINS, working=0)], drag_area=8.0, height=4e3, down=100.0)
    drogues = Case([single(30.0, 0.5, 50.0)], mass=5.3e3, drag_area=8.0, height=2e3)
    answer = flown(world(), bare, three, two, none, drogues)
    areas = 8.0 + np.array([0.0, 3.0 * ONE_MAIN, 2.0 * ONE_MAIN, 0.0, 30.0])
    masses = np.array([5e3, 5e3, 5e3, 5e3, 5.3e3])
    expected = np.sqrt(2.0 * masses * GRAVITY / (DENSITY * areas))
    # Gravity grows on the way down and the speed lags by v / 2 g: v^2 / (2 g R) of it.
    expected = expected * (1.0 - expected**2 / (2.0 * GRAVITY * EARTH_RADIUS))
    speeds = answer.canopies.vertical_speed
    np.testing.assert_allclose(speeds[[1, 2, 4]], expected[[1, 2, 4]], rtol=1e-6)
    # A bare capsule has come within exp(-2 g s / v^2) of it after s, 4e-4 after these 4 km.
    np.testing.assert_allclose(speeds[[0, 3]], expected[[0, 3]], rtol=4e-4)
    assert np.all(answer.leg.outcome == OutcomeCode.REACHED)
    assert answer.canopies.peak_load[3, 0] == 0.0


def test_one_main_of_three_out_is_faster_by_the_root_of_three_halves():
    # Without the capsule's own drag the ratio is exact.
    answer = flown(world(), *[Case([replace(MAINS, working=n)]) for n in (3, 2)])
    three, two = answer.canopies.vertical_speed
    assert two / three == pytest.approx(np.sqrt(1.5), rel=1e-6)


@pytest.mark.parametrize("opening_factor", [1.0, 1.7])
def test_a_heavy_load_meets_knackes_infinite_mass_limit(opening_factor: float):
    area, speed = 50.0, 100.0
    canopy = single(area, 1.0, speed, opening_factor=opening_factor)
    heavy = Case([canopy], mass=1e9, height=500.0, down=speed)
    reefed = replace(canopy, reefing=(Reefing(0.3, 2.0),))
    answer = flown(world(gravity=0.0), heavy, replace(heavy, steps=[reefed]))
    steady = 0.5 * DENSITY * speed**2 * area
    # Speed lost in the opening: rho CdS tf V / 2 m, 3e-6 of it.
    np.testing.assert_allclose(answer.canopies.peak_load[:, 0], opening_factor * steady, rtol=1e-5)
    by_stage = answer.canopies.openings.peak[1, 0, :2]
    np.testing.assert_allclose(by_stage, opening_factor * steady * np.array([0.3, 1.0]), rtol=1e-5)
    # Where filled, steady; each stage takes the root of its share of the area.
    fills = answer.canopies.openings.fill[1, 0, :2]
    np.testing.assert_allclose(fills, np.sqrt([0.3, 0.7]), rtol=1e-5)
    assert answer.canopies.full_open[0, 0] == pytest.approx(1.0, abs=1e-4)
    assert answer.canopies.full_open[1, 0] == pytest.approx(2.0 + np.sqrt(0.7), abs=1e-4)


def pflanz(ballistic: float, exponent: float) -> float:
    """The peak of x^j (v / V)^2 on a fine grid, v from the integral of the drag."""
    x = np.linspace(0.0, 1.0, 100_001)
    area = x**exponent
    covered = np.concatenate([[0.0], np.cumsum(0.5 * (area[1:] + area[:-1]) * np.diff(x))])
    slowed = 1.0 / (1.0 + covered / ballistic)
    return float(np.max(area * slowed**2))


@pytest.mark.slow
@pytest.mark.parametrize("exponent", [1.0, 2.0, 4.0])
def test_a_light_load_meets_the_finite_mass_limit(exponent: float):
    area, fill, speed = 50.0, 1.0, 100.0
    ballistic = np.array([0.02, 0.1, 0.3, 1.0, 10.0])
    masses = ballistic * DENSITY * area * speed * fill / 2.0
    canopy = single(area, fill, speed, growth_exponent=exponent)
    cases = [Case([canopy], mass=m, height=150.0, down=speed, step=0.01) for m in masses]
    answer = flown(world(gravity=0.0), *cases)
    factor = answer.canopies.peak_load[:, 0] / (0.5 * DENSITY * speed**2 * area)
    # The peak is that of the steps' ends: beside it by half a step at most, where the curve is
    # 1 - c x^2 with c up to 40 per tf^2 at the lightest load: 40 x 0.005^2 = 1e-3.
    expected = [pflanz(a, exponent) for a in ballistic]
    np.testing.assert_allclose(factor, expected, rtol=1.5e-3)
    assert factor[0] < 0.25
    assert np.all(np.diff(factor) > 0.0)


def test_a_skipped_reefing_stage_raises_the_load():
    entry = Case([MAINS], drag_area=8.0, height=2.5e3, down=60.0)
    cases = [replace(entry, steps=[replace(MAINS, skip=skip)]) for skip in ((), (1,), (2,), (1, 2))]
    nominal, first, second, both = flown(world(), *cases).canopies.peak_load[:, 0]
    assert first > 1.3 * nominal
    assert second > 1.1 * nominal
    # A canopy grows as fast whatever it is reefed to; this load is past its peak before either.
    assert both == pytest.approx(first, rel=1e-3)


def test_a_deployment_outside_its_box_is_told_and_flown():
    boxed = replace(
        MAINS, deploy_height=2e3, mach=(0.1, 0.4), dynamic_pressure=(300.0, 6e3), skip=(1,)
    )
    speeds = np.array([150.0, 60.0, 20.0])
    # A capsule at its terminal speed keeps it.
    areas = 2.0 * 5e3 * GRAVITY / (DENSITY * speeds**2)
    cases = [
        Case([boxed], drag_area=a, height=2.5e3, down=v) for a, v in zip(areas, speeds, strict=True)
    ]
    answer = flown(world(), *cases)
    codes = [Deployment.ABOVE, Deployment.IN_BOX, Deployment.BELOW]
    assert answer.canopies.deployment[:, 0].tolist() == codes
    assert answer.canopies.in_box[:, 0].tolist() == [False, True, False]
    assert answer.leg.outcome.tolist() == [OutcomeCode.REACHED] * 3
    np.testing.assert_allclose(answer.canopies.deployed.mach[:, 0], speeds / SOUND, rtol=1e-3)
    np.testing.assert_allclose(answer.canopies.deployed.speed[:, 0], speeds, rtol=1e-3)
    # It opened all the same.
    assert np.all(np.isfinite(answer.canopies.full_open[:, 0]))
    assert np.all(answer.canopies.vertical_speed < 9.0)


TRAIN = (
    single(2.5, 0.2, 120.0, carries=False, release_delay=1.5),
    replace(
        single(14.0, 0.5, 120.0, deploy_delay=2.0, working=2, release_with=2),
        deploy_height=None,
        reefing=(Reefing(0.4, 5.0),),
    ),
    replace(single(5.0, 0.3, 60.0, carries=False, release_with=3), deploy_height=3e3),
    replace(MAINS, deploy_height=None, deploy_delay=1.0),
)


def test_halving_the_steps_changes_nothing_that_matters():
    case = Case(TRAIN, mass=5.3e3, drag_area=8.0, height=7e3, down=120.0, step=0.04)
    answer = flown(world(), case, replace(case, step=0.02))
    assert np.all(answer.canopies.deployment == Deployment.IN_BOX)
    # A peak between two steps is missed by half a step: 2 % of the shortest filling, squared.
    np.testing.assert_allclose(*answer.canopies.peak_load, rtol=2e-3)
    np.testing.assert_allclose(*answer.canopies.deployed.time, rtol=0.0, atol=5e-3)
    assert abs(np.diff(answer.leg.end.t)[0]) < 0.01
    assert abs(np.diff(answer.canopies.vertical_speed)[0]) < 1e-6


def test_the_wind_carries_for_as_long_as_it_lasts():
    wind = 10.0
    case = Case([MAINS], height=800.0, down=8.0, east=wind)
    answer = flown(world(wind=wind), case, replace(case, steps=[replace(MAINS, working=2)]))
    drift = answer.leg.place.longitude * EARTH_RADIUS
    # Distance is over ground, the wind blows up to 800 m above it: at most h / R, 1.3e-4.
    np.testing.assert_allclose(drift, wind * answer.leg.end.t, rtol=1.5e-4)
    np.testing.assert_allclose(answer.canopies.horizontal_speed, wind, rtol=1e-5)


def test_no_step_opens_in_a_climb_unless_it_says_so():
    due = replace(single(5.0, 0.3, 60.0), deploy_height=3e3)
    later = replace(single(5.0, 0.3, 60.0), deploy_height=None, deploy_delay=1.0)
    cases = [
        Case([step], drag_area=0.01, height=1e3, down=-100.0)
        for step in (due, later, replace(due, climbing=True))
    ]
    answer = flown(world(), *cases)
    top = 1e3 + 100.0**2 / (2.0 * GRAVITY)  # hardly any drag
    np.testing.assert_allclose(answer.canopies.deployed.height[:2, 0], top, rtol=1e-3)
    np.testing.assert_allclose(answer.canopies.deployed.height[2, 0], 1e3, rtol=1e-3)
