"""A descent in legs: cut where nothing happens and where everything does, and what ends each."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.descents import DENSITY, GRAVITY, SOUND, Case, Hung, flown, world
from yaan.motion.descent import Until
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.canopies import Deployment
from yaan.vehicle.parachute import APEX, Reefing, Step, stack, terminal_speed

DROGUES = Step(
    diameter=5.8,
    drag_coefficient=0.52,
    fill_constant=10.0,
    disreef_constant=6.0,
    opening_factor=1.1,
    working=2,
    deploy_height=3e3,
    release_with=1,
    reefing=(Reefing(0.4, 5.0),),
)
MAINS = Step(
    diameter=25.0,
    drag_coefficient=0.85,
    cluster_factor=0.95,
    fill_constant=7.0,
    disreef_constant=2.0,
    opening_factor=1.1,
    working=3,
    deploy_height=2e3,
    reefing=(Reefing(0.05, 6.0), Reefing(0.2, 5.0)),
)
TRAIN = (DROGUES, MAINS)
WHOLE = Case(TRAIN, mass=5.3e3, drag_area=8.0, height=3.2e3, down=120.0)
CUTS = (
    Until(height=2.5e3, ground=False),  # under drogues
    Until(height=3e3, ground=False),  # as the drogues are deployed
    Until(height=2e3, ground=False),  # as the mains are, and the drogues are cut
    Until(deployed=1, ground=False),
    Until(time=17.0, ground=False),  # while the mains are reefed
    Until(opened=1, ground=False),
)


@pytest.fixture(scope="module")
def whole() -> Hung:
    return flown(world(), WHOLE)


@pytest.fixture(scope="module")
def first() -> Hung:
    return flown(world(), *[replace(WHOLE, until=cut) for cut in CUTS])


@pytest.fixture(scope="module")
def second(first: Hung) -> Hung:
    return flown(world(), *[WHOLE] * len(CUTS), after=first)


def test_a_leg_ends_where_it_is_told(whole: Hung, first: Hung):
    assert first.leg.outcome.tolist() == [OutcomeCode.REACHED] * len(CUTS)
    height = first.leg.place.height
    # Landed on within 1e-10 s at 150 m/s.
    np.testing.assert_allclose(height[:3], [2.5e3, 3e3, 2e3], rtol=0.0, atol=1e-6)
    assert first.leg.end.t[4] == 17.0
    # A microsecond after it, and as much as the integrations differ.
    out, full = whole.canopies.deployed.time[0, 1], whole.canopies.full_open[0, 1]
    np.testing.assert_allclose(first.leg.end.t[[3, 5]], [out, full], rtol=0.0, atol=5e-6)
    assert np.isfinite(first.leg.end.canopies.deployed.time[3, 1])
    assert first.canopies.full_open[5, 1] <= first.leg.end.t[5]


def test_a_descent_cut_in_two_is_the_one_that_was_not_cut(whole: Hung, second: Hung):
    # A cut moves the steps after it, so that numbers differ by what a step is out by: halving the
    # steps moves a touchdown by 6 us and peaks by 1e-4 (docs/models/parachutes.md); a peak is
    # that of the steps' ends. Ten times that for times, whose steps of the calm are ten times
    # longer; a cut beside a deployment adds the microsecond of the first step.
    assert second.leg.outcome.tolist() == [OutcomeCode.REACHED] * len(CUTS)
    np.testing.assert_allclose(second.leg.end.t, whole.leg.end.t[0], rtol=0.0, atol=6e-5)
    for name, margin in (("vertical_speed", 1e-7), ("peak_load", 2e-4)):
        found, wanted = (getattr(x.canopies, name) for x in (second, whole))
        np.testing.assert_allclose(found, wanted[[0] * len(CUTS)], rtol=margin, err_msg=name)
    for name in ("time", "height", "speed", "dynamic_pressure", "mach"):
        found, wanted = (getattr(x.canopies.deployed, name)[:, :2] for x in (second, whole))
        same = wanted[[0] * len(CUTS)]
        np.testing.assert_allclose(found, same, rtol=1e-7, atol=2e-5, err_msg=name)
    found, wanted = (x.canopies.released[:, 0] for x in (second, whole))
    np.testing.assert_allclose(found, wanted[0], rtol=0.0, atol=2e-5)
    found, wanted = (x.canopies.openings.start[:, :2, :3] for x in (second, whole))
    np.testing.assert_allclose(found, wanted[[0] * len(CUTS)], rtol=0.0, atol=2e-5)


def test_what_the_first_leg_has_seen_is_told_by_the_second(first: Hung, second: Hung):
    peaks = first.canopies.peak_load[5]
    np.testing.assert_array_equal(second.canopies.peak_load[5], peaks)
    assert np.all(peaks[:2] > 1e4)
    times = first.canopies.deployed.time[5]
    np.testing.assert_array_equal(second.canopies.deployed.time[5], times)


def test_a_canopy_lost_on_the_way_keeps_the_load_that_it_had(first: Hung):
    lost = replace(WHOLE, steps=(DROGUES, replace(MAINS, working=0)))
    one_of_three = replace(WHOLE, steps=(DROGUES, replace(MAINS, working=2)))
    both = flown(world(), *[WHOLE] * 4, one_of_three, lost, after=first)
    # Lane 5 was at full size, lane 4 reefed, as it was lost.
    np.testing.assert_array_equal(both.canopies.peak_load[5], first.canopies.peak_load[5])
    bare = terminal_speed(*map(jnp.asarray, (5.3e3 * GRAVITY, DENSITY, 8.0)))
    # exp(-2 g s / v^2) of the square is missing after the 1.2 km below full size.
    assert 0.85 * bare < both.canopies.vertical_speed[5] < bare
    area = 8.0 + 2.0 * float(stack(TRAIN).drag_area[1])
    two = terminal_speed(*map(jnp.asarray, (5.3e3 * GRAVITY, DENSITY, area)))
    assert both.canopies.vertical_speed[4] == pytest.approx(float(two), rel=1e-4)


def test_what_is_dropped_at_a_border_is_not_carried_on(first: Hung):
    # The heat shield goes under open mains, and its drag with it.
    light = replace(WHOLE, mass=4.1e3, drag_area=5.0)
    after = flown(world(), *[light] * len(CUTS), after=first, rows=2_048)
    area = 5.0 + 3.0 * float(stack(TRAIN).drag_area[1])
    wanted = terminal_speed(*map(jnp.asarray, (4.1e3 * GRAVITY, DENSITY, area)))
    # The lag behind a gravity that grows: 1e-6 (test_parachutes.py).
    np.testing.assert_allclose(after.canopies.vertical_speed, wanted, rtol=1e-5)


def test_a_leg_that_comes_to_the_ground_before_its_end_has_struck_it():
    ends = (
        Until(speed=1.0, ground=False),  # never so slow
        Until(deployed=1, ground=False),  # never deployed
        Until(time=1e4, ground=False),
        Until(height=-50.0),  # the ground is an end, too
        Until(speed=90.0, ground=False),
        Until(height=3.3e3, ground=False),  # it starts below
    )
    only = replace(WHOLE, steps=(DROGUES,))
    answer = flown(world(), *[replace(only, until=end) for end in ends])
    struck, reached = OutcomeCode.STRUCK_GROUND, OutcomeCode.REACHED
    assert answer.leg.outcome.tolist() == [struck] * 3 + [reached] * 3
    np.testing.assert_allclose(answer.leg.place.height[:4], 0.0, atol=1e-6)
    speed = np.hypot(answer.canopies.vertical_speed[4], answer.canopies.horizontal_speed[4])
    assert speed == pytest.approx(90.0, abs=1e-6)
    assert answer.leg.end.t[5] == 0.0


def test_a_body_that_climbs_does_not_end_at_a_height_below_it():
    up = replace(WHOLE, steps=(), drag_area=0.01, height=1e3, down=-100.0)
    answer = flown(world(), replace(up, until=Until(height=1.2e3)))
    top = 1e3 + 100.0**2 / (2.0 * GRAVITY)
    fall = np.sqrt(2.0 * (top - 1.2e3) / GRAVITY)
    # Hardly any drag: 0.006 m^2 of 1.2 kg/m^3 at 100 m/s on 5.3 t is 1e-3 g.
    assert answer.leg.end.t[0] == pytest.approx(100.0 / GRAVITY + fall, rel=1e-3)


AT_APEX = Step(
    diameter=2.0,
    drag_coefficient=0.8,
    fill_constant=0.0,
    opening_factor=1.0,
    deploy_height=APEX,
)


def test_an_escape_test_climbs_over_its_top_before_its_canopies_open():
    # 45 deg up at Mach 1.2, far below the height that the first step waits for.
    fast = 1.2 * SOUND * np.sqrt(0.5)
    boxed = replace(DROGUES, release_with=None, mach=(0.1, 0.6), deploy_height=9e3)
    kinds = [
        boxed,
        replace(boxed, lag=1.5),
        replace(boxed, climbing=True),
        replace(boxed, deploy_height=APEX, lag=1.5),
        replace(boxed, deploy_height=None, deploy_delay=2.0),
        replace(boxed, deploy_height=None, deploy_speed=300.0),
    ]
    case = Case(mass=5.3e3, drag_area=0.002, height=100.0, down=-fast, east=fast)
    answer = flown(world(), *[replace(case, steps=[kind]) for kind in kinds])
    time, record = answer.canopies.deployed.time[:, 0], answer.canopies.deployed
    top = time[0]
    # Hardly any drag: 4e-4 g at first; the level motion's centrifugal share is v^2 / (g R), 1e-3.
    assert top == pytest.approx(fast / GRAVITY, rel=2e-3)
    np.testing.assert_allclose(time[[1, 3]], top + 1.5, rtol=0.0, atol=1e-6)
    assert time[2] == pytest.approx(0.0, abs=2e-6)
    # By time it waits for the fall as well; slow enough it is long before, and waits.
    np.testing.assert_allclose(time[[4, 5]], top, rtol=0.0, atol=1e-6)
    assert np.all(answer.leg.outcome == OutcomeCode.REACHED)
    assert record.height[0, 0] > record.height[1, 0] > 1e3
    assert record.mach[2, 0] == pytest.approx(1.2, abs=1e-3)
    codes = answer.canopies.deployment[:, 0]
    assert codes.tolist() == [
        Deployment.IN_BOX if m <= 0.6 else Deployment.ABOVE for m in record.mach[:, 0]
    ]
    assert codes[2] == Deployment.ABOVE


def test_a_lag_counts_from_the_trigger_also_across_a_border():
    late = replace(AT_APEX, lag=3.0)
    case = Case([late], mass=20.0, drag_area=0.02, height=460.0, down=-0.01)
    cut = flown(world(), case, replace(case, until=Until(time=2.0, ground=False)))
    on = flown(world(), case, case, after=cut)
    whole, two = cut.canopies.deployed.time[0, 0], on.canopies.deployed.time[1, 0]
    # The fall begins after 1 ms: 0.01 m/s over g.
    assert whole == pytest.approx(3.0 + 0.01 / GRAVITY, abs=1e-6)
    assert two == pytest.approx(whole, abs=1e-9)


def test_a_canopy_without_a_fill_time_is_full_and_loaded_at_once():
    fast = replace(AT_APEX, deploy_height=300.0)
    case = Case([fast], mass=20.0, drag_area=0.02, height=460.0, down=40.0)
    answer = flown(world(), case)
    area, speed = float(stack([fast]).drag_area[0]), answer.canopies.deployed.speed[0, 0]
    peak = 0.5 * DENSITY * speed**2 * area
    assert answer.canopies.peak_load[0, 0] == pytest.approx(peak, rel=1e-12)
    assert answer.canopies.full_open[0, 0] == answer.canopies.deployed.time[0, 0]
    wanted = np.sqrt(2.0 * 20.0 * GRAVITY / (DENSITY * (area + 0.02)))
    assert answer.canopies.vertical_speed[0] == pytest.approx(wanted, rel=1e-4)


def test_the_absurd_comes_down_at_its_terminal_speed():
    huge, tiny = 1000.0, 1.0  # [m^2]
    sheet = replace(AT_APEX, diameter=np.sqrt(huge / 0.8 * 4.0 / np.pi), fill_constant=7.0)
    rag = replace(AT_APEX, diameter=np.sqrt(tiny / 0.8 * 4.0 / np.pi), fill_constant=7.0)
    cases = [
        Case([sheet], mass=5.0, height=300.0, down=30.0),
        Case([replace(sheet, fill_constant=0.0)], mass=5.0, height=300.0, down=30.0),
        Case([rag], mass=1e4, height=3e3, down=10.0),
        Case([replace(rag, fill_constant=0.0)], mass=1e4, height=3e3, down=10.0),
    ]
    answer = flown(world(), *cases)
    assert np.all(answer.leg.outcome == OutcomeCode.REACHED)
    light = np.sqrt(2.0 * 5.0 * GRAVITY / (DENSITY * huge))
    np.testing.assert_allclose(answer.canopies.vertical_speed[:2], light, rtol=1e-6)
    # Free from 3 km, less what a square metre takes: v^2 = u^2 (1 - e) + v0^2 e, e of 3 km.
    square = 2.0 * 1e4 * GRAVITY / (DENSITY * tiny)
    left = np.exp(-2.0 * GRAVITY * 3e3 / square)
    heavy = np.sqrt(square * (1.0 - left) + 100.0 * left)
    # Gravity is less by 2 h / R = 1e-3 at the top; the canopy fills over the first metres.
    np.testing.assert_allclose(answer.canopies.vertical_speed[2:], heavy, rtol=2e-3)
