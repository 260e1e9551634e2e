"""The sequence of a train: what deploys, opens and leaves when, and what is told of it."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from tests.physics.descents import DENSITY, Case, Hung, flown, world
from tests.physics.rockets import columns
from yaan.base.constants import EARTH_RADIUS, STANDARD_GRAVITY
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.canopies import Deployment
from yaan.vehicle.parachute import Reefing, Step

EXACT = 1e-9  # [s], of instants known beforehand
LANDED = 1e-6  # [m], a height that is landed on within 1e-10 s at 120 m/s, with room for rounding

COVER = Step(
    diameter=2.5,
    drag_coefficient=0.6,
    fill_constant=14.0,
    opening_factor=1.05,
    working=2,
    carries=False,
    deploy_height=3e3,
    release_delay=1.5,
)
DROGUES = Step(
    diameter=5.8,
    drag_coefficient=0.52,
    fill_constant=10.0,
    disreef_constant=6.0,
    opening_factor=1.1,
    working=2,
    deploy_delay=2.0,
    release_with=2,
    reefing=(Reefing(0.4, 5.0),),
)
PILOTS = Step(
    diameter=3.4,
    drag_coefficient=0.6,
    fill_constant=14.0,
    opening_factor=1.05,
    working=3,
    carries=False,
    deploy_height=2e3,
    release_height=1.8e3,
)
MAINS = Step(
    diameter=25.0,
    drag_coefficient=0.85,
    cluster_factor=0.95,
    fill_constant=7.0,
    disreef_constant=2.0,
    opening_factor=1.1,
    working=3,
    deploy_delay=1.0,
    reefing=(Reefing(0.05, 6.0), Reefing(0.2, 5.0)),
)
TRAIN = (COVER, DROGUES, PILOTS, MAINS)
CASE = Case(TRAIN, mass=5.3e3, drag_area=8.0, height=3.2e3, down=120.0)


@pytest.fixture(scope="module")
def descents() -> Hung:
    """Nominal; started late; under a kilometre; with speed triggers; without a first trigger."""
    slow = replace(DROGUES, deploy_delay=None, deploy_speed=90.0, release_with=None)
    never = replace(COVER, deploy_height=None, deploy_speed=1.0)
    return flown(
        world(),
        CASE,
        replace(CASE, start=100.0),
        replace(CASE, height=900.0),
        replace(CASE, steps=[slow], drag_area=14.0),
        replace(CASE, steps=[never, DROGUES]),
    )


def test_steps_are_deployed_by_height_and_by_delay(descents: Hung):
    record = descents.canopies.deployed
    np.testing.assert_allclose(record.height[0, [0, 2]], [3e3, 2e3], rtol=0.0, atol=LANDED)
    delays = np.diff(record.time[0])[[0, 2]]
    np.testing.assert_allclose(delays, [2.0, 1.0], rtol=0.0, atol=EXACT)
    assert np.all(np.diff(record.time[0]) > 0.0)
    assert descents.canopies.deployment[0].tolist() == [Deployment.IN_BOX] * 4


def test_steps_are_cut_away_by_delay_with_another_and_by_height(descents: Hung):
    cut, deployed = descents.canopies.released[0], descents.canopies.deployed.time[0]
    assert cut[0] - deployed[0] == pytest.approx(1.5, abs=EXACT)
    assert cut[1] == deployed[2]
    assert deployed[3] < cut[2] < descents.leg.end.t[0]
    assert np.isinf(cut[3])


def test_stages_follow_each_other_and_are_filled_in_their_time(descents: Hung):
    openings = descents.canopies.openings
    start, fill = openings.start[0], openings.fill[0]
    assert start[3, 0] == descents.canopies.deployed.time[0, 3]
    np.testing.assert_allclose(np.diff(start[3, :3]), [6.0, 5.0], rtol=0.0, atol=EXACT)
    assert np.all(np.isinf(start[3, 3:]))
    speed = np.sqrt(2.0 * openings.pressure[0, 3, :3] / DENSITY)
    expected = np.array([7.0, 2.0, 2.0]) * 25.0 / speed * np.sqrt([0.05, 0.15, 0.8])
    np.testing.assert_allclose(fill[3, :3], expected, rtol=1e-12)
    np.testing.assert_allclose(openings.base[0, 3, :3], [0.0, 0.05, 0.2], rtol=1e-12)
    assert descents.canopies.full_open[0, 3] == pytest.approx(start[3, 2] + fill[3, 2], abs=EXACT)


def test_the_clock_does_not_matter(descents: Hung):
    late = descents.canopies.deployed.time[1] - 100.0
    np.testing.assert_allclose(late, descents.canopies.deployed.time[0], rtol=0.0, atol=1e-7)
    np.testing.assert_allclose(
        descents.canopies.peak_load[1], descents.canopies.peak_load[0], rtol=1e-7
    )


def test_below_all_heights_the_train_is_deployed_as_fast_as_its_delays_allow(descents: Hung):
    # The cover at the start; the drogues after their delay, and with them the pilots, already
    # below their height, which cut the drogues away; then the mains.
    np.testing.assert_allclose(descents.canopies.deployed.time[2], [0.0, 2.0, 2.0, 3.0], atol=2e-6)
    assert descents.canopies.released[2, 1] == descents.canopies.deployed.time[2, 2]
    # The pilots are below the height at which they are cut away, too.
    assert descents.canopies.released[2, 2] == descents.canopies.deployed.time[2, 2]
    assert descents.leg.outcome[2] == OutcomeCode.REACHED


def test_a_step_is_deployed_below_a_speed(descents: Hung):
    assert descents.canopies.deployed.speed[3, 0] == pytest.approx(90.0, abs=1e-6)
    assert descents.canopies.deployment[3].tolist() == [Deployment.IN_BOX] + [Deployment.NEVER] * 3


def test_heights_are_landed_on_from_either_side():
    # The search for an event ends a hair before or behind it; neither may cost a step.
    heights = np.array([3e3, 2.9e3, 2.71828e3, 2.5e3, 2.34567e3, 2.2e3])
    cases = [replace(CASE, steps=[replace(COVER, deploy_height=h)]) for h in heights]
    answer = flown(world(), *cases)
    np.testing.assert_allclose(
        answer.canopies.deployed.height[:, 0], heights, rtol=0.0, atol=LANDED
    )


def test_what_waits_in_vain_is_told_and_so_is_what_waits_for_it(descents: Hung):
    assert descents.canopies.deployment[4].tolist() == [Deployment.NEVER] * 4
    assert np.all(np.isinf(descents.canopies.deployed.time[4]))
    assert not np.any(descents.canopies.in_box[4])
    assert np.all(descents.canopies.peak_load[4] == 0.0)
    assert descents.leg.outcome[4] == OutcomeCode.REACHED
    assert descents.canopies.vertical_speed[4] > 80.0


def test_a_lane_does_not_depend_on_its_neighbours(descents: Hung):
    alone = flown(world(), CASE)
    both = (jax.tree.leaves((x.leg, x.canopies)) for x in (descents, alone))
    for together, one in zip(*both, strict=True):
        np.testing.assert_array_equal(together[0], one[0])


def test_the_history_holds_the_loads_and_the_momentum():
    place = world()
    answer = flown(place, CASE, rows=2048)
    rows = columns(answer.motion, answer.leg)
    t, canopies = rows["time"], rows["canopy_load"]
    np.testing.assert_allclose(np.max(canopies, axis=0), answer.canopies.peak_load[0], rtol=1e-12)
    carried = canopies @ np.array([0.0, 2.0, 0.0, 3.0])
    np.testing.assert_allclose(rows["parachute_load"], carried, rtol=1e-12)
    weight = 5.3e3 * STANDARD_GRAVITY
    np.testing.assert_allclose(rows["drag"] / weight, rows["load"], rtol=1e-12)
    # Momentum: gravity's share less the drag's is what the speed gained; the trapezoids of a
    # tenth of an opening are good to some 1e-3 of it.
    pull = np.asarray(place.mu) / (EARTH_RADIUS + rows["height"]) ** 2
    force = 5.3e3 * pull - rows["drag"]
    gained = np.sum(0.5 * (force[1:] + force[:-1]) * np.diff(t))
    lost = 5.3e3 * (float(answer.canopies.vertical_speed[0]) - 120.0)
    assert gained == pytest.approx(lost, rel=5e-3)
    assert float(rows["height"][-1]) == pytest.approx(0.0, abs=LANDED)
