import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment import ConstantWind, NoWind, TableWind

HEIGHT, EAST, NORTH = [0.0, 1e3, 5e3], [1.0, 2.0, -3.0], [0.0, -5.0, 10.0]


def test_table_is_linear_between_knots_and_held_outside():
    wind = TableWind(HEIGHT, EAST, NORTH)
    height = np.array([-1e3, 0.0, 250.0, 1e3, 3e3, 5e3, 9e3])
    east, north = wind.at(jnp.asarray(height))
    np.testing.assert_allclose(east, np.interp(height, HEIGHT, EAST), rtol=1e-14)
    np.testing.assert_allclose(north, np.interp(height, HEIGHT, NORTH), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(wind.at(jnp.asarray(3e3)), (east[4], north[4]), rtol=1e-14)


def test_a_table_of_one_row_is_constant():
    wind = TableWind([2e3], [7.0], [-1.0])
    np.testing.assert_allclose(wind.at(jnp.asarray([0.0, 9e3])), ([7.0, 7.0], [-1.0, -1.0]))


@pytest.mark.parametrize(
    "wind", [NoWind(), ConstantWind(3.0, -4.0), TableWind(HEIGHT, EAST, NORTH)]
)
def test_shapes_follow_the_height(wind):
    for height in (jnp.asarray(2e3), jnp.asarray([2e3, 3e3])):
        east, north = wind.at(height)
        assert east.shape == north.shape == height.shape
    slope = jax.grad(lambda h: wind.at(h)[0])(jnp.asarray(2e3))
    assert np.isfinite(slope)


def test_constant_is_towards():
    assert [float(v) for v in ConstantWind(3.0, -4.0).at(jnp.asarray(1.0))] == [3.0, -4.0]


@pytest.mark.parametrize(
    "columns",
    [([0.0, 1.0], [1.0], [1.0, 2.0]), ([1.0, 1.0], [1.0, 2.0], [1.0, 2.0]), ([], [], [])],
)
def test_a_bad_table_is_refused(columns):
    with pytest.raises(ValueError, match="wind table"):
        TableWind(*columns)
