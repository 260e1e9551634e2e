"""A roll follows its command within its rate and its acceleration, as quickly as they let it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.gnc.roll import Rolling, RollLimits, at_rest

RATE, ACCELERATION = np.radians(15.0), np.radians(10.0)
LIMITS = RollLimits(RATE, ACCELERATION)


def rolls(rolling: Rolling, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bank and rate at times."""
    filled = np.pad(times, (0, -len(times) % 12_000), mode="edge")  # so that one compiles
    angle, rate = _rolls(rolling, jnp.asarray(filled))
    return np.asarray(angle)[: len(times)], np.asarray(rate)[: len(times)]


@jax.jit
def _rolls(rolling: Rolling, times: jax.Array) -> tuple[jax.Array, jax.Array]:
    return jax.vmap(lambda t: rolling.at(t, LIMITS))(times)


@jax.jit
def _told(rolling: Rolling, t: jax.Array, command: jax.Array, rate: jax.Array) -> Rolling:
    return rolling.told(t, command, rate, LIMITS)


def told(rolling: Rolling, t: float, command: float, rate: float = 0.0) -> Rolling:
    """Another command from `t` on."""
    return _told(rolling, *(jnp.asarray(float(x)) for x in (t, command, rate)))


REST = at_rest(jnp.asarray(0.0), jnp.asarray(1.0))


def test_a_reversal_takes_the_shortest_time_that_the_limits_leave():
    turn = np.radians(120.0)
    rolling = told(REST, 0.0, 1.0 - turn)
    lasts = turn / RATE + RATE / ACCELERATION
    angle, _ = rolls(rolling, np.array([0.0, 0.5 * lasts, lasts - 0.05, lasts, 100.0]))
    np.testing.assert_allclose(angle[:2], [1.0, 1.0 - 0.5 * turn], atol=1e-12)
    assert angle[2] > 1.0 - turn + 1e-4
    np.testing.assert_allclose(angle[3:], 1.0 - turn, atol=1e-12)


@pytest.mark.parametrize("seed", range(4))
def test_rate_and_acceleration_keep_their_limits_whatever_is_commanded(seed: int):
    # Commands at random, moving ones too, at intervals at random.
    random = np.random.default_rng(seed)
    rolling, now, step = REST, 0.0, 1e-3
    last = (1.0, 0.0)
    for _ in range(12):
        moving = random.uniform(-2.0 * RATE, 2.0 * RATE) * random.integers(2)
        rolling = told(rolling, now, random.uniform(-4.0, 4.0), moving)
        lasts = float(random.uniform(0.2, 12.0))
        times = np.arange(now, now + lasts, step)
        angle, rate = rolls(rolling, times)
        np.testing.assert_allclose((angle[0], rate[0]), last, atol=1e-9)  # without a jump
        assert np.max(np.abs(rate)) <= RATE * (1.0 + 1e-9)
        assert np.max(np.abs(np.diff(rate))) <= ACCELERATION * step * (1.0 + 1e-6)
        # The rate is that of the angle, but for two corners within a step.
        slope, corner = np.diff(angle) / step, 0.26 * ACCELERATION * step
        np.testing.assert_allclose(slope, 0.5 * (rate[1:] + rate[:-1]), atol=corner)
        now = float(now + lasts)
        last = tuple(float(x[0]) for x in rolls(rolling, np.array([now])))


def test_a_command_that_moves_is_followed_without_delay():
    rolling = told(REST, 0.0, 1.0, 0.5 * RATE)
    for t in np.arange(1.0, 60.0, 1.0):
        rolling = told(rolling, t, 1.0 + 0.5 * RATE * t, 0.5 * RATE)
    angle, rate = rolls(rolling, np.array([60.0]))
    assert angle[0] == pytest.approx(1.0 + 0.5 * RATE * 60.0, abs=1e-6)
    assert rate[0] == pytest.approx(0.5 * RATE, abs=1e-6)


def test_to_be_told_the_same_again_changes_nothing():
    once = told(REST, 0.0, -1.3)
    again = once
    for t in (0.7, 2.0, 5.1, 9.9, 15.0):
        again = told(again, t, -1.3)
    times = np.linspace(15.0, 30.0, 40)
    np.testing.assert_allclose(rolls(again, times)[0], rolls(once, times)[0], atol=1e-9)


def test_what_is_not_finite_is_not_heard():
    rolling = told(told(REST, 0.0, 2.0), 1.0, np.nan)
    assert float(rolling.command) == 2.0
    assert np.all(np.isfinite(rolls(rolling, np.array([5.0]))[0]))
    assert float(at_rest(jnp.asarray(0.0), jnp.asarray(np.nan)).angle) == 0.0
