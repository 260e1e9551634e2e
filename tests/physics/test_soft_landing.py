"""Engines under canopies: closed forms, an independent integration, and landings that fail."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.physics.descents import DENSITY, GRAVITY, PRESSURE, Case, Hung, flown, world
from tests.physics.rockets import columns
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.motion.descent import Until
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.parachute import APEX, Step, stack

pytestmark = pytest.mark.slow

SINK = 7.0  # [m/s] under the canopy
DRY, LOADED = 2_900.0, 22.0  # [kg]
MAIN = Step(
    diameter=30.0,
    drag_coefficient=2.0 * (DRY + LOADED) * GRAVITY / (DENSITY * SINK**2) / (np.pi * 225.0),
    fill_constant=0.0,
    opening_factor=1.0,
    deploy_height=APEX,
)
AREA = float(stack([MAIN]).drag_area[0])
# Made up: some 4 g for a third of a second. The nozzle fills with the thrust: no kink but knots.
MOTOR: dict[str, Any] = {
    "curve": ([0.0, 0.02, 0.2, 0.3, 0.34], [0.0, 150e3, 135e3, 120e3, 0.0]),
    "isp": 200.0,
    "exit_area": 0.02,
    "full_flow_thrust": 150e3,
    "propellant": LOADED,
}
BURNT = 1.5 * (0.02 * 50e3 + 0.18 * 95e3 + 0.1 * 85e3 + 0.04 * 40e3) / (200.0 * STANDARD_GRAVITY)
SOFT = Case([MAIN], mass=DRY, height=0.6, down=SINK, engine=MOTOR)


def other(case: Case, thrust: dict[str, Any] = MOTOR, *, end: float = 4.0) -> Any:
    """The same by SciPy: straight down, piece by piece between the kinks of the thrust."""
    times, values = thrust["curve"]
    delay = thrust.get("ignition_delay", 0.0)
    lit = thrust.get("lit", True)

    def rate(t: float, y: np.ndarray) -> list[float]:
        height, down, left = y
        vacuum = float(np.interp(t - delay, times, values)) if lit and t >= delay else 0.0
        push = vacuum - (
            PRESSURE * thrust["exit_area"] * min(vacuum / thrust["full_flow_thrust"], 1.0)
        )
        # Taut while it sinks; it is carried by nothing while it rises.
        drag = 0.5 * DENSITY * down * abs(down) * AREA if down > 0.0 or not lit else 0.0
        gravity = EARTH_MU / (EARTH_RADIUS + height) ** 2
        mass = case.mass + left
        return [-down, gravity - (drag + push) / mass, -vacuum / (thrust["isp"] * STANDARD_GRAVITY)]

    def ground(_: float, y: np.ndarray) -> float:
        return y[0]

    def stopped(_: float, y: np.ndarray) -> float:
        return y[1]

    ground.terminal = True  # pyright: ignore[reportFunctionMemberAccess]
    y, t = np.array([case.height, case.down, thrust["propellant"]]), 0.0
    turns = []
    for knot in [*(delay + np.asarray(times)), end]:
        if knot <= t:
            continue
        how: dict[str, Any] = {"rtol": 1e-10, "atol": 1e-12, "events": [ground, stopped]}
        part = solve_ivp(rate, (t, knot), y, "DOP853", max_step=0.01, **how)
        turns += list(zip(part.t_events[1], part.y_events[1], strict=True))
        t, y = float(part.t[-1]), part.y[:, -1]
        if len(part.t_events[0]):
            break
    return t, y, turns


@pytest.fixture(scope="module")
def landings() -> Hung:
    """Soft; not lit; lit too low; too high; far too high; late by a delay."""
    return flown(
        world(),
        SOFT,
        replace(SOFT, engine=MOTOR | {"lit": False}),
        replace(SOFT, height=0.3),
        replace(SOFT, height=0.9),
        replace(SOFT, height=12.0),
        replace(SOFT, engine=MOTOR | {"ignition_delay": 0.05}),
    )


CASES = [
    (0, SOFT, MOTOR),
    (1, SOFT, MOTOR | {"lit": False}),
    (2, replace(SOFT, height=0.3), MOTOR),
    (3, replace(SOFT, height=0.9), MOTOR),
    (4, replace(SOFT, height=12.0), MOTOR),
    (5, SOFT, MOTOR | {"ignition_delay": 0.05}),
]


@pytest.mark.parametrize(("lane", "case", "motor"), CASES)
def test_touchdowns_are_those_of_another_integration(
    landings: Hung, lane: int, case: Case, motor: dict[str, Any]
):
    t, (_, down, left), turns = other(case, motor)
    assert landings.leg.outcome[lane] == OutcomeCode.REACHED
    # Steps of 20 ms are out by up to 7e-5 m/s here, of 5 ms by 2e-5, which is the microsecond
    # that passes before a canopy that is due at the start carries, times 7 m/s over the touchdown.
    assert landings.canopies.vertical_speed[lane] == pytest.approx(down, abs=1.5e-4)
    assert landings.leg.end.t[lane] == pytest.approx(t, abs=2e-5)
    assert landings.leg.end.tanks[lane, 0] == pytest.approx(left, abs=1e-3)  # of 75 kg/s
    assert landings.leg.place.height[lane] == pytest.approx(0.0, abs=1e-8)
    first = turns[0] if turns else (np.inf, [np.inf])
    assert landings.canopies.stopped[lane] == pytest.approx(first[0], abs=1e-5)
    assert landings.canopies.stopped_height[lane] == pytest.approx(first[1][0], abs=1e-5)


def test_failed_landings_are_as_hard_as_they_are(landings: Hung):
    soft, unlit, low, high, far, late = landings.canopies.vertical_speed
    assert soft < 1.5
    assert unlit == pytest.approx(SINK, rel=1e-5)
    assert 3.0 < late < SINK
    assert 3.0 < low < SINK
    # Stopped above the ground it has climbed, and fallen again.
    assert np.isinf(landings.canopies.stopped[:3]).all()
    assert np.isfinite(landings.canopies.stopped[[3, 4]]).all()
    assert high > 4.0
    assert far == pytest.approx(SINK, rel=0.05)


def test_the_rocket_equation_without_air():
    # No canopy, no drag: v = v0 + g t - (T - p A) / mdot ln(m0 / m), and its integral.
    thrust, isp, exit_area, loaded = 60e3, 200.0, 0.05, 12.0
    engine = {"curve": ([0.0, 1e-9], [thrust, thrust]), "isp": isp, "exit_area": exit_area}
    engine |= {"propellant": loaded}
    bare = Case(mass=DRY, height=10.0, down=15.0, engine=engine)
    answer = flown(world(density=0.0), bare, replace(bare, height=3.0), rows=512)
    flow, m0 = thrust / (isp * STANDARD_GRAVITY), DRY + loaded
    push, last = thrust - PRESSURE * exit_area, loaded / flow
    # Burnt out above the ground, then free.
    down = 15.0 + GRAVITY * last - push / flow * np.log(m0 / DRY)
    x = last * flow / m0
    fallen = 15.0 * last + 0.5 * GRAVITY * last**2
    fallen -= push * m0 / flow**2 * ((1.0 - x) * np.log(1.0 - x) + x)
    wanted = np.sqrt(down**2 + 2.0 * GRAVITY * (10.0 - fallen))
    # Gravity over 10 m: 2 h / R, 3e-6 of some of it.
    assert answer.canopies.vertical_speed[0] == pytest.approx(wanted, rel=3e-6)
    assert answer.leg.end.tanks[0, 0] == 0.0
    # What is left of 1e-7 kg is dregs, and is thrown away.
    gained = isp * STANDARD_GRAVITY * np.log(m0 / DRY)
    assert answer.leg.added.ideal[0] == pytest.approx(gained, abs=2e-7 * gained / loaded)
    assert answer.leg.end.sums.ideal[0] == answer.leg.added.ideal[0]
    # The second is still burning as it lands.
    burnt = flow * answer.leg.end.t[1]
    assert answer.leg.end.tanks[1, 0] == pytest.approx(loaded - burnt, rel=1e-9)
    rows = columns(answer.motion, answer.leg, 1)
    np.testing.assert_allclose(rows["thrust"][2:], push, rtol=1e-12)
    np.testing.assert_allclose(rows["mass"], DRY + rows["propellant"][:, 0], rtol=1e-14)
    felt = push / (rows["mass"][2:] * STANDARD_GRAVITY)
    np.testing.assert_allclose(rows["load_axial"][2:], felt, rtol=1e-12)


def test_an_engine_takes_what_its_curve_tells_and_no_more(landings: Hung):
    assert landings.leg.end.tanks[4, 0] == pytest.approx(LOADED - BURNT, rel=1e-9)
    assert landings.leg.end.tanks[1, 0] == LOADED
    assert landings.leg.added.ideal[1] == 0.0


def test_an_empty_tank_lights_nothing():
    empty = replace(SOFT, engine=MOTOR | {"propellant": 0.0})
    answer = flown(world(), empty)
    assert answer.leg.added.ideal[0] == 0.0
    assert answer.leg.end.tanks[0, 0] == 0.0
    assert answer.canopies.vertical_speed[0] == pytest.approx(SINK, rel=2e-3)


@pytest.mark.slow
def test_a_hover_that_would_dip_below_the_ground_between_two_steps_lands():
    # Constant thrust that would stop it 1 mm below the ground, in the middle of a step.
    decel = 3.0 * GRAVITY
    engine = {"curve": ([0.0, 1e-9], [1.0, 1.0]), "isp": 1e9, "propellant": 1.0}
    push = DRY * (decel + GRAVITY)
    engine["curve"] = ([0.0, 1e-9], [push, push])
    stop = SINK**2 / (2.0 * decel)
    case = Case(mass=DRY - 1.0, height=stop - 1e-3, down=SINK, engine=engine, step=0.05)
    above = replace(case, height=stop + 1e-3)
    answer = flown(world(density=0.0), case, above)
    assert answer.canopies.vertical_speed[0] == pytest.approx(np.sqrt(2e-3 * decel), rel=1e-4)
    assert np.isinf(answer.canopies.stopped[0])
    assert answer.canopies.stopped_height[1] == pytest.approx(1e-3, rel=1e-3)


def test_an_engine_lit_while_its_canopy_fills():
    slow = replace(MAIN, fill_constant=9.0, deploy_height=900.0)
    case = Case([slow], mass=DRY, height=1e3, down=90.0, drag_area=5.0, engine=None)
    still = replace(case, engine=MOTOR | {"lit": False})
    filling = Until(time=2.0, ground=False)
    before = flown(world(), replace(still, until=filling), replace(still, until=filling))
    assert np.isinf(before.canopies.full_open[0, 0])
    both = flown(world(), replace(case, engine=MOTOR), still, after=before)
    lit, unlit = both.canopies.peak_load[:, 0]
    assert np.all(both.leg.outcome == OutcomeCode.REACHED)
    # The engine takes some 10 m/s off while the canopy fills, but most of what the canopy would
    # have taken itself by its peak.
    assert 0.9 * unlit < lit < unlit
    assert both.leg.end.t[0] > both.leg.end.t[1] + 0.3
    assert both.canopies.vertical_speed[0] < both.canopies.vertical_speed[1]
    assert both.canopies.vertical_speed[1] == pytest.approx(SINK, rel=0.05)


def test_a_burn_goes_on_across_a_border(landings: Hung):
    ends = [Until(time=0.05), Until(time=0.17724), Until(time=0.25), Until(height=0.4)]
    high = replace(SOFT, height=0.9)
    first = flown(world(), *[replace(high, until=end) for end in ends])
    assert first.leg.outcome.tolist() == [OutcomeCode.REACHED] * 4
    second = flown(world(), *[replace(high, engine=MOTOR | {"lit": False})] * 4, after=first)
    # Steps are cut elsewhere; they are out by up to 7e-5 m/s.
    whole = landings.canopies.vertical_speed[3]
    np.testing.assert_allclose(second.canopies.vertical_speed, whole, rtol=0.0, atol=1.5e-4)
    np.testing.assert_allclose(second.leg.end.tanks[:, 0], LOADED - BURNT, rtol=1e-9)
    ideal = landings.leg.end.sums.ideal[3]
    np.testing.assert_allclose(second.leg.end.sums.ideal, ideal, rtol=1e-7)
    np.testing.assert_allclose(second.canopies.stopped, landings.canopies.stopped[3], atol=2e-5)


def test_the_thrust_keeps_the_line_of_the_risers():
    # In a wind that carries it along, the stream is straight up, and so is the thrust.
    blown = replace(SOFT, east=12.0, height=12.0)
    answer = flown(world(wind=12.0), blown, rows=512)
    assert answer.canopies.horizontal_speed[0] == pytest.approx(12.0, rel=1e-6)
    assert np.isfinite(answer.canopies.stopped[0])
