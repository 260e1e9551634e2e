import jax
import jax.numpy as jnp
import numpy as np

from yaan.environment import AbstractAtmosphere, Air, NoAtmosphere, load_standard_atmosphere


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
