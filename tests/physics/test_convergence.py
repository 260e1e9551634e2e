"""A smooth powered ascent converges at the order of its method."""

import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import array, fly, launcher, pad, phases, stacked, steering, world
from yaan.environment import load_gravity
from yaan.gnc import Law
from yaan.motion.base import Legs
from yaan.results.outcome import OutcomeCode

STEPS = np.array([8.0, 4.0, 2.0, 1.0, 0.5, 0.0625])  # [s], the last one stands for the truth
ROCKET = {"propellant": 80_000.0, "dry": 6_000.0, "thrust": 1.5e6, "isp": 310.0}
LIT = {"ignite": np.array([True]), "duration": 8.0}


@pytest.fixture(scope="module")
def legs() -> Legs:
    """Rise, pitch-over, gravity turn and linear tangent in a vacuum, [phases, lanes] by step."""

    def plan(step: float):
        rows = [
            LIT,
            {"law": Law.PITCH_OVER, "duration": 16.0},
            {"law": Law.GRAVITY_TURN, "duration": 56.0},
            {"law": Law.LINEAR_TANGENT, "begins": True, "duration": 64.0},
        ]
        return phases(*[{**row, "step": step} for row in rows])

    constants = steering(kick=0.1, azimuth=2.4, yaw=0.1, tangent=((0.5, -0.4, 0.1),))
    vehicle, site = launcher(ROCKET, payload=4_000.0), pad(0.24, 1.4, 10.0)
    lanes = [(vehicle, plan(step), constants, site) for step in STEPS]
    # The longest steps would be shortened: their error is what the order is told from.
    return fly(world(load_gravity("j2", 2)), *stacked(*lanes), tolerance=jnp.inf)


def test_order_of_a_powered_ascent(legs: Legs):
    assert np.all(legs.outcome == OutcomeCode.REACHED)
    for vector in (legs.inner.position, legs.inner.velocity):
        end = np.asarray(array(vector))[-1]
        errors = np.linalg.norm(end[:-1] - end[-1], axis=1)
        orders = np.log2(errors[:-1] / errors[1:])
        assert np.all(np.abs(orders[1:] - 4.0) < 0.2), orders


def test_the_budget_closes_at_the_same_order(legs: Legs):
    # From the second leg on: the first begins at rest, where speed has no derivative.
    losses, relative = legs.inner.losses, []
    for phase in range(4):
        velocity = np.asarray(array(legs.inner.velocity))[phase]
        position = np.asarray(array(legs.inner.position))[phase]
        relative.append(np.linalg.norm(velocity - np.cross([0, 0, 7.292115e-5], position), axis=1))
    gained = losses.ideal - losses.gravity - losses.drag - losses.steering - losses.back_pressure
    residual = np.abs((gained[3] - gained[0]) - (relative[3] - relative[0]))
    assert residual[3] < 1e-5
    assert residual[1] / residual[3] > 4.0**3.5
    assert jnp.all(losses.back_pressure == 0.0)
