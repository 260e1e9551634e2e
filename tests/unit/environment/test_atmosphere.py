import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment import (
    AbstractAtmosphere,
    Air,
    ExponentialAtmosphere,
    NoAtmosphere,
    TableAtmosphere,
    UniformAtmosphere,
    load_standard_atmosphere,
)


@jax.jit
def at(model: AbstractAtmosphere, height: jax.Array) -> Air:
    return model.at(height)


def test_scalars_lanes_and_vmap_are_one():
    model = load_standard_atmosphere()
    height = jnp.asarray([-4e3, 0.0, 5e4, 9.3e4, 4e5, 2e6])
    lanes = at(model, height)
    mapped = jax.jit(jax.vmap(at, in_axes=(None, 0)))(model, height)
    alone = [at(model, h) for h in height]
    for field in lanes._fields:
        ours = getattr(lanes, field)
        np.testing.assert_allclose(ours, getattr(mapped, field), rtol=1e-13)
        np.testing.assert_allclose(ours, [getattr(one, field) for one in alone], rtol=1e-13)
    assert lanes.density.dtype == np.float64


def test_a_vacuum_is_harmless():
    air = NoAtmosphere().at(jnp.asarray([0.0, 1e5]))
    assert air.density.shape == (2,)
    assert not air.density.any()
    assert not air.pressure.any()
    assert (air.sound_speed > 0.0).all()


def test_valid_range_is_a_fact_of_the_class():
    assert type(load_standard_atmosphere()).valid_range == (-5e3, 1e6)
    assert NoAtmosphere.valid_range == (-np.inf, np.inf)


def test_one_density_is_everywhere_the_same():
    air = at(UniformAtmosphere(1.4e-12), jnp.asarray([-1e3, 0.0, 4e5, 4e7]))
    np.testing.assert_array_equal(air.density, np.full(4, 1.4e-12))
    # The speed of sound at 288.15 K, and Boyle's law with the standard's sea level.
    np.testing.assert_allclose(air.sound_speed, 340.294, rtol=1e-6)
    np.testing.assert_allclose(air.pressure, 1.4e-12 * 101_325.0 / 1.225, rtol=1e-6)


def test_two_rows_are_an_exponential_atmosphere():
    model = TableAtmosphere([0.0, 7e3], [1.2, 1.2 / np.e], [250.0, 250.0])
    height = jnp.asarray([-5e3, 0.0, 1e3, 7e3, 6e4])
    np.testing.assert_allclose(at(model, height).density, 1.2 * np.exp(-height / 7e3), rtol=1e-13)
    assert model.valid_range == (0.0, 7e3)


def test_a_table_of_the_standard_is_the_standard_between_its_rows():
    rows = np.arange(0.0, 86e3 + 1.0, 1e3)
    standard = load_standard_atmosphere()
    exact = standard.at(jnp.asarray(rows))
    model = TableAtmosphere(rows, exact.density)
    height = jnp.linspace(0.0, 86e3, 999)
    ours, theirs = at(model, height), at(standard, height)
    # A logarithm bends between rows by (1 km)^2 / 8 times its second derivative.
    np.testing.assert_allclose(ours.density, theirs.density, rtol=3e-3)
    np.testing.assert_allclose(at(model, jnp.asarray(rows)).density, exact.density, rtol=1e-12)
    # Its temperature is that of the standard, unless it has its own.
    np.testing.assert_allclose(ours.sound_speed, theirs.sound_speed, rtol=2e-4)
    own = TableAtmosphere(rows[:2], exact.density[:2], [300.0, 310.0])
    np.testing.assert_allclose(
        at(own, jnp.asarray([-9e3, 500.0, 9e9])).temperature, [300, 305, 310]
    )


def test_the_standards_temperature_is_kept_above_the_layers_too():
    standard, model = load_standard_atmosphere(), TableAtmosphere([0.0, 1e6], [1.0, 1e-15])
    for low, high, margin in ((86e3, 5e5, 0.015), (5e5, 1e6, 0.035)):
        height = jnp.linspace(low, high, 999)
        sound = at(model, height).sound_speed / at(standard, height).sound_speed
        assert np.abs(np.asarray(sound) - 1.0).max() < margin


def test_scalars_and_lanes_of_a_table_are_one():
    model = TableAtmosphere([0.0, 7e3, 1e4], [1.2, 0.5, 0.4])
    height = jnp.asarray([-4e3, 0.0, 8e3, 9.3e4])
    lanes = at(model, height)
    alone = [at(model, h) for h in height]
    for field in lanes._fields:
        expected = [getattr(one, field) for one in alone]
        np.testing.assert_allclose(getattr(lanes, field), expected, rtol=1e-13)


@pytest.mark.parametrize(
    ("height", "density"),
    [([0.0], [1.0]), ([0.0, 1.0], [1.0]), ([1.0, 1.0], [1.0, 0.5]), ([0.0, 1.0], [1.0, 0.0])],
)
def test_what_is_no_table_is_refused(height: list[float], density: list[float]):
    with pytest.raises(ValueError, match="air table"):
        TableAtmosphere(height, density)


def test_an_exponential_falls_by_e_over_its_scale_height():
    model = ExponentialAtmosphere(1.2, 1e3, 7e3)
    air = model.at(jnp.asarray([1e3, 8e3, 1e9, -1e9]))
    np.testing.assert_allclose(air.density[:2], [1.2, 1.2 / np.e], rtol=1e-14)
    assert np.isfinite(air.density).all()
    slope = jax.grad(lambda h: model.at(h).pressure)(jnp.asarray(5e3))
    np.testing.assert_allclose(slope, -9.80665 * model.at(jnp.asarray(5e3)).density, rtol=1e-12)
    assert model.about.text == "exponential, 1.2 kg/m3 at 1 km, scale height 7 km"
