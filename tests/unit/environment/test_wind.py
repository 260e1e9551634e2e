import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from yaan.environment import ConstantWind, NoWind, PlacedTableWind, TableWind, wind_over
from yaan.spacetime.earth import Geodetic

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


def test_a_table_by_place_is_linear_between_knots_and_held_outside():
    height, latitude, time = [0.0, 1e4], [-0.5, 0.0, 1.0], [0.0, 3600.0]
    rng = np.random.default_rng(1)
    east, north = rng.normal(size=(2, 2, 3, 2))
    wind = PlacedTableWind((height, latitude, time), east, north)
    h, la, t = rng.uniform(-5e3, 2e4, 40), rng.uniform(-1.2, 1.4, 40), rng.uniform(-1e3, 5e3, 40)
    place = Geodetic(jnp.asarray(la), jnp.zeros(40), jnp.asarray(h))
    clipped = np.stack(
        [np.clip(x, k[0], k[-1]) for x, k in ((h, height), (la, latitude), (t, time))]
    )
    for found, table in zip(wind.over(place, jnp.asarray(t)), (east, north), strict=True):
        known = RegularGridInterpolator((height, latitude, time), table)(clipped.T)
        np.testing.assert_allclose(found, known, rtol=1e-12)
    one = wind.over(
        Geodetic(*(jnp.asarray(float(x[0])) for x in (la, h * 0.0, h))), jnp.asarray(t[0])
    )
    np.testing.assert_allclose(one, [x[0] for x in wind.over(place, jnp.asarray(t))], rtol=1e-14)


def test_an_axis_may_be_left_out():
    speeds = [[1.0, 2.0], [3.0, 6.0]]
    place = Geodetic(jnp.asarray(0.2), jnp.asarray(0.0), jnp.asarray(500.0))
    over_time = PlacedTableWind(([0.0, 1e3], None, [0.0, 10.0]), speeds, speeds)
    assert float(over_time.over(place, jnp.asarray(5.0))[0]) == pytest.approx(3.0)
    over_latitude = PlacedTableWind(([0.0, 1e3], [0.0, 0.4], None), speeds, speeds)
    assert float(wind_over(over_latitude, place, jnp.asarray(99.0))[1]) == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("axes", "speeds", "told"),
    [
        (([0.0, 1.0], [0.0, 1.0], None), [1.0, 2.0], "shape"),
        (([0.0, 1.0], [1.0, 0.0], None), [[1.0, 2.0], [1.0, 2.0]], "rise"),
    ],
)
def test_a_crooked_table_by_place_is_refused(axes, speeds, told):
    with pytest.raises(ValueError, match=told):
        PlacedTableWind(axes, speeds, speeds)
