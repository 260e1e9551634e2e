"""Tables against NumPy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from yaan.base.tables import Table, Table2, hats

derandomised = settings(derandomize=True, deadline=None, max_examples=40)
NODES = np.array([-2.0, -1.0, 0.5, 0.75, 3.0, 10.0])
VALUES = np.array([1.0, 4.0, -3.0, -3.0, 8.0, 0.5])
ROWS = np.array([0.0, 1.0, 4.0])
BLOCK = np.arange(18.0).reshape(3, 6) ** 1.5


@derandomised
@given(some.floats(-5.0, 15.0))
def test_a_table_is_numpys_interp(x: float):
    found = Table(NODES, VALUES)(jnp.asarray(x))
    assert float(found) == pytest.approx(np.interp(x, NODES, VALUES), abs=1e-12)


def test_a_table_takes_lanes_and_is_exact_at_its_nodes():
    table = Table(NODES, VALUES)
    np.testing.assert_array_equal(table(jnp.asarray(NODES)), VALUES)
    x = np.linspace(-5.0, 15.0, 24).reshape(2, 3, 4)
    found = table(jnp.asarray(x))
    assert found.shape == x.shape
    np.testing.assert_allclose(found, np.interp(x, NODES, VALUES), atol=1e-12)


@derandomised
@given(some.floats(-1.0, 6.0), some.floats(-5.0, 15.0))
def test_a_table_of_two_is_interp_twice(row: float, column: float):
    found = Table2(ROWS, NODES, BLOCK)(jnp.asarray(row), jnp.asarray(column))
    along = [np.interp(column, NODES, values) for values in BLOCK]
    assert float(found) == pytest.approx(np.interp(row, ROWS, along), abs=1e-11)


def test_weights_add_up_to_one_and_are_not_negative():
    weights = np.asarray(hats(jnp.linspace(-5.0, 15.0, 101), jnp.asarray(NODES)))
    np.testing.assert_allclose(weights.sum(axis=-1), 1.0, atol=1e-15)
    assert np.all(weights >= 0.0)


def test_the_slope_is_that_of_the_interval_and_nothing_beyond():
    slope = jax.vmap(jax.grad(Table(NODES, VALUES)))
    found = slope(jnp.asarray([-3.0, -1.5, 0.6, 2.0, 11.0]))
    np.testing.assert_allclose(found, [0.0, 3.0, 0.0, 11.0 / 2.25, 0.0], atol=1e-12)


def test_a_table_of_one_value_is_constant():
    assert float(Table(np.array([3.0]), np.array([7.0]))(jnp.asarray(100.0))) == 7.0
