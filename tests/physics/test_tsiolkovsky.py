"""A stage burning in free space gains what Tsiolkovsky says, and burns out when it must."""

import jax
import numpy as np
import pytest

from tests.physics.rockets import fly, free_space, launcher, pad, phases, stacked, steering
from yaan.base.constants import STANDARD_GRAVITY
from yaan.motion.base import Legs
from yaan.motion.powered_phases import End
from yaan.results.outcome import OutcomeCode

STAGE = {"propellant": 8_000.0, "dry": 1_000.0, "thrust": 2e5, "isp": 320.0}
IDEAL = 320.0 * STANDARD_GRAVITY * np.log(10_000.0 / 2_000.0)  # [m/s], with 1 t of payload
# Thrust rises over the first millisecond: half a millisecond of burning is missing there.
BURN = 8_000.0 * 320.0 * STANDARD_GRAVITY / 2e5 + 0.5e-3  # [s]
DRY = len(End)  # the depletion of the only stage
STEPS = (0.02, 0.05, 1.0, 4.0)


@pytest.fixture(scope="module")
def legs() -> Legs:
    """A burn to depletion that ends its phase, then a coast, [phases, lanes] by step."""

    def plan(step: float):
        burn = {"ignite": np.array([True]), "ends": {DRY: 1.0}, "step": step}
        return phases(burn, {"duration": 10.0, "step": step})

    vehicle = launcher(STAGE, payload=1_000.0)
    lanes = stacked(*[(vehicle, plan(step), steering(), pad()) for step in STEPS])
    return fly(free_space(), *lanes)


def test_gain_of_a_burn_to_depletion(legs: Legs):
    gained = np.asarray(legs.inner.velocity.norm())[0]
    ideal = np.asarray(legs.inner.losses.ideal)[0]
    assert np.all(legs.outcome == OutcomeCode.REACHED)
    # 1e-9 at 0.02 s; the error of the step itself is a three-hundredth of m/s at 4 s.
    np.testing.assert_allclose(gained[:2], IDEAL, rtol=1e-9)
    np.testing.assert_allclose(gained, IDEAL, rtol=1e-6)
    np.testing.assert_allclose(ideal, gained, rtol=1e-12)


def test_nothing_is_lost_where_there_is_nothing_to_lose(legs: Legs):
    losses = legs.inner.losses
    for lost in (losses.gravity, losses.drag, losses.steering, losses.back_pressure):
        assert np.max(np.abs(lost)) < 1e-6


def test_a_stage_runs_dry_when_its_propellant_is_burnt(legs: Legs):
    # Whatever the step: a known flow is no reason to be late. The last 1e-7 kg count as none.
    np.testing.assert_allclose(legs.stop[0], BURN, rtol=0.0, atol=3e-9)
    np.testing.assert_allclose(legs.inner.cut_off[0, :, 0], BURN, rtol=0.0, atol=3e-9)


def test_an_empty_stage_stays_empty_and_silent(legs: Legs):
    burnt, coasted = jax.tree.map(lambda leaf: leaf[0], legs), jax.tree.map(lambda x: x[1], legs)
    np.testing.assert_array_equal(burnt.inner.propellant, 0.0)
    np.testing.assert_array_equal(coasted.inner.propellant, 0.0)
    np.testing.assert_array_equal(coasted.inner.velocity.x, burnt.inner.velocity.x)
