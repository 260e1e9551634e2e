"""Gimbals: the moment that is asked for, limits of angle and rate, and engines that are out."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.gnc import gimbal
from yaan.spacetime.frame import Frame, Vector, components, vector

DEG = np.pi / 180.0
CENTRE = jnp.asarray(14.0)
GIMBALS = gimbal.Gimbals(
    angle=jnp.asarray([5.0, 4.0, 0.0]) * DEG,
    rate=jnp.asarray([10.0, 10.0, 10.0]) * DEG,
    lag=jnp.asarray([0.05, 0.05, 0.05]),
    pivot=jnp.asarray([1.0, 2.0, 24.0]),
    radius=jnp.asarray([3.6, 1.2, 0.0]),
)
allocate, push = jax.jit(gimbal.allocate), jax.jit(gimbal.push)
BOTH = jnp.asarray([9e6, 1.7e6, 0.0])


def moment(*xyz: float) -> Vector:
    return vector(jnp.asarray(xyz, dtype=float), Frame.BODY)


@pytest.mark.parametrize("share", [0.0, 0.3, -0.9, 0.99999, 1.0])
def test_a_moment_within_the_limits_is_given(share: float):
    most = gimbal.authority(GIMBALS, BOTH, CENTRE)
    wanted = moment(0.0, float(most.y) * share, -float(most.z) * share)
    at = allocate(GIMBALS, wanted, BOTH, CENTRE)
    given = push(GIMBALS, at, BOTH, CENTRE)
    assert np.allclose(components(given.moment), components(wanted), atol=1e-6 * float(most.y))
    for angles in (at.pitch, at.yaw):
        assert np.all(np.abs(angles) <= GIMBALS.angle * (1 + 1e-12))


def test_roll_takes_what_pitch_leaves():
    most = gimbal.authority(GIMBALS, BOTH, CENTRE)
    small = allocate(GIMBALS, moment(1e6, 1e6, 0.0), BOTH, CENTRE)
    assert float(push(GIMBALS, small, BOTH, CENTRE).moment.x) == pytest.approx(1e6)
    full = allocate(GIMBALS, moment(1e6, float(most.y), 0.0), BOTH, CENTRE)
    assert np.allclose(full.roll, 0.0, atol=1e-12)
    assert np.all(np.abs(full.pitch) + np.abs(full.roll) <= GIMBALS.angle + 1e-12)


def test_more_than_there_is_gives_all_of_it():
    most = gimbal.authority(GIMBALS, BOTH, CENTRE)
    at = allocate(GIMBALS, moment(0.0, -1e12, 0.0), BOTH, CENTRE)
    assert np.allclose(at.pitch, [-5.0 * DEG, -4.0 * DEG, 0.0])
    given = push(GIMBALS, at, BOTH, CENTRE).moment
    assert float(given.y) == pytest.approx(-float(most.y))


@pytest.mark.parametrize("thrust", [[0.0, 0.0, 0.0], [0.0, 0.0, 2e5]])
def test_without_thrust_or_gimbal_nothing_moves(thrust: list[float]):
    at = allocate(GIMBALS, moment(1e6, 1e6, 1e6), jnp.asarray(thrust), CENTRE)
    assert all(np.all(np.asarray(leaf) == 0.0) for leaf in jax.tree.leaves(at))


def test_an_engine_ahead_of_the_centre_turns_the_other_way():
    ahead = jnp.asarray([0.0, 1.7e6, 0.0])
    at = allocate(GIMBALS, moment(0.0, 1e5, 0.0), ahead, jnp.asarray(1.0))
    assert float(at.pitch[1]) < 0.0
    given = push(GIMBALS, at, ahead, jnp.asarray(1.0)).moment
    assert float(given.y) == pytest.approx(1e5)


def test_no_number_asks_for_nothing():
    at = allocate(GIMBALS, moment(np.nan, np.nan, np.inf), BOTH, CENTRE)
    assert np.all(np.asarray(at.pitch) == 0.0)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(at))


def test_the_force_is_that_of_the_deflected_thrust():
    at = gimbal.Deflection(*(jnp.asarray([a, 0.0, 0.0]) for a in (0.05, 0.03, 0.0)))
    thrust = jnp.asarray([1e6, 0.0, 0.0])
    force = np.array([1e6, 0.0, 0.0]) + components(push(GIMBALS, at, thrust, CENTRE).force)
    assert np.linalg.norm(force) == pytest.approx(1e6)
    arm = np.array([-(14.0 - 1.0), 0.0, 0.0])
    turned = components(push(GIMBALS, at, thrust, CENTRE).moment)
    assert turned == pytest.approx(np.cross(arm, force), abs=1e-6)


def test_an_actuator_lags_within_its_rate():
    far = gimbal.Deflection(*(jnp.asarray([0.5, 0.5, 0.5]),) * 3)
    rates = gimbal.moving(GIMBALS, far, gimbal.centred(BOTH))
    # What is wanted beyond the angle is the angle; a stage that is fixed stays.
    assert np.asarray(rates.pitch) == pytest.approx([10 * DEG, 10 * DEG, 0.0])
    near = gimbal.Deflection(*(jnp.asarray([1e-3, 0.0, 0.0]),) * 3)
    rates = gimbal.moving(GIMBALS, near, gimbal.centred(BOTH))
    assert float(rates.yaw[0]) == pytest.approx(1e-3 / 0.05)


def test_a_batch_is_its_lanes():
    asked = np.array([[1e5, 2e6, -3e6], [0.0, 1e12, 1e12], [0.0, 0.0, 0.0]])
    lanes = vector(jnp.asarray(asked), Frame.BODY)
    batch = jax.vmap(lambda m: allocate(GIMBALS, m, BOTH, CENTRE))(lanes)
    for k, row in enumerate(asked):
        alone = allocate(GIMBALS, moment(*row), BOTH, CENTRE)
        for one, all_ in zip(jax.tree.leaves(alone), jax.tree.leaves(batch), strict=True):
            assert np.allclose(one, all_[k], rtol=0.0, atol=1e-9)
