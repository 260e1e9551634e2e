"""The tables of the methods: order conditions, and another source of the same numbers."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from scipy.integrate._ivp import dop853_coefficients

from yaan.dynamics.method import DOP853, RK4, AbstractMethod, Slope, Step

STAGES = 12


def table() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes, coefficients and weights of DOP853."""
    a = np.zeros((STAGES + 1, STAGES))
    for i, row in enumerate(DOP853.rows):
        a[i, : len(row)] = row
    return np.array(DOP853.nodes), a[:-1], a[-1]


def test_the_table_is_that_of_scipy():
    c, a, b = table()
    np.testing.assert_array_equal(c, dop853_coefficients.C[:STAGES])
    np.testing.assert_array_equal(a, dop853_coefficients.A[:STAGES, :STAGES])
    np.testing.assert_array_equal(b, dop853_coefficients.B)


def test_order_conditions_of_quadrature_and_of_chains():
    c, a, b = table()
    np.testing.assert_allclose(a.sum(axis=1), c, rtol=0, atol=4e-14)
    for k in range(1, 9):
        assert b @ c ** (k - 1) == pytest.approx(1.0 / k, abs=2e-14)
        # Chains b A A ... A 1 = 1 / k!: the method on y' = y.
        chain = np.linalg.matrix_power(a, k - 1) @ np.ones(STAGES)
        assert b @ chain == pytest.approx(1.0 / np.prod(np.arange(1.0, k + 1)), abs=2e-14)
    assert abs(b @ c**8 - 1.0 / 9.0) > 1e-9


@pytest.mark.parametrize(("method", "order"), [(RK4, 4), (DOP853, 8)])
def test_a_step_is_of_its_order_and_evaluates_events_at_its_end(method: AbstractMethod, order: int):
    """y' = y cos t, whose answer is exp(sin t)."""

    def evaluate(t: Array, y: Array) -> tuple[Array, Callable[[], Array]]:
        return y * jnp.cos(t)[:, None], lambda: jnp.stack([t, y[:, 0]], axis=1)

    steps = jnp.asarray([0.4, 0.2])
    start = jnp.full((2, 1), np.exp(np.sin(0.3)))
    unknown = Slope(jnp.zeros_like(start), jnp.asarray(False))

    @jax.jit
    def step(h: Array, slope: Slope) -> Step:
        return method.step(evaluate, jnp.full(2, 0.3), start, h, slope, 2)

    taken = step(steps, unknown)
    y, g = taken.y, taken.events
    np.testing.assert_array_equal(g[:, 0], 0.3 + steps)
    np.testing.assert_array_equal(g[:, 1], y[:, 0])
    error = np.abs(np.asarray(y)[:, 0] - np.exp(np.sin(0.3 + np.asarray(steps))))
    # One step is one order better than the method.
    assert np.log2(error[0] / error[1]) > order + 0.3
    # Told the rate at its start, it does not ask for it, and comes to the same to the last bit.
    told = step(steps, Slope(taken.before, jnp.asarray(True)))
    np.testing.assert_array_equal(taken.before, start * np.cos(0.3))
    np.testing.assert_array_equal(taken.after, y * jnp.cos(0.3 + steps)[:, None])
    for mine, other in zip(jax.tree.leaves(told), jax.tree.leaves(taken), strict=True):
        np.testing.assert_array_equal(mine, other)
    lied = step(steps, Slope(0.0 * taken.before, jnp.asarray(True)))
    assert not np.array_equal(lied.y, y)
