from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment import (
    AbstractGravity,
    HarmonicGravity,
    PointGravity,
    ZonalJ2Gravity,
    harmonic_gravity,
    load_gravity,
)

MODELS = [("point", 0), ("j2", 2), ("ggm05c", 3), ("egm2008", 13)]


@partial(jax.jit, static_argnames="mapped")
def pull(model: AbstractGravity, x: jax.Array, y: jax.Array, z: jax.Array, mapped: bool = False):
    return (jax.vmap(model.acceleration) if mapped else model.acceleration)(x, y, z)


@pytest.mark.parametrize(("field", "degree"), MODELS)
def test_scalars_lanes_and_vmap_are_one(field: str, degree: int):
    model = load_gravity(field, degree)
    r = np.array([[6.6e6, 1e5, -7e6], [1e6, 6.5e6, 0.0], [0.0, 2e6, 1e5]])
    lanes = np.stack(pull(model, *map(jnp.asarray, r)))
    alone = [np.stack(pull(model, *map(jnp.asarray, place))) for place in r.T]
    mapped = np.stack(pull(model, *map(jnp.asarray, r), mapped=True))
    np.testing.assert_allclose(lanes, np.transpose(alone), rtol=1e-14, atol=1e-18)
    np.testing.assert_allclose(lanes, mapped, rtol=1e-14, atol=1e-18)
    assert lanes.dtype == np.float64


def test_parameters_do_not_recompile():
    traces = 0

    @jax.jit
    def counted(model: AbstractGravity, x: jax.Array) -> jax.Array:
        nonlocal traces
        traces += 1
        return model.acceleration(x, x, x)[0]

    x = jnp.asarray(4e6)
    first = counted(ZonalJ2Gravity(3.98e14, 6.3e6, 1e-3), x)
    assert first != counted(ZonalJ2Gravity(3.99e14, 6.4e6, 2e-3), x)
    assert traces == 1


def test_loading():
    assert isinstance(load_gravity("egm2008", 1), PointGravity)
    assert float(load_gravity("egm2008", 0).mu) == 3.986004415e14
    assert float(load_gravity("j2", 0).mu) == 3.986004418e14
    assert float(load_gravity("ggm05c", 4).mu) == 3.986004415e14
    assert float(load_gravity("point", 8).mu) == float(load_gravity("j2", 0).mu) == 3.986004418e14
    assert isinstance(load_gravity("j2", 8), ZonalJ2Gravity)
    low, high = load_gravity("egm2008", 12), load_gravity("egm2008", 13)
    assert isinstance(low, HarmonicGravity)
    assert isinstance(high, HarmonicGravity)
    assert (low.degree, high.degree) == (12, 13)


@pytest.mark.parametrize(
    ("field", "degree", "said"),
    [
        ("egm96", 8, "egm2008, jgm3, ggm05c, j2, point"),
        ("egm2008", 71, "0 to 70"),
        ("ggm05c", 9, "0 to 8"),
        ("j2", -1, "0 to 70"),
    ],
)
def test_what_does_not_exist_is_refused(field: str, degree: int, said: str):
    with pytest.raises(ValueError, match=said):
        load_gravity(field, degree)


def test_coefficients_of_ones_own_are_cut_at_the_degree():
    c, s = np.zeros((5, 5)), np.zeros((5, 5))
    c[0, 0], c[2, 0], c[4, 4] = 1.0, -4.8e-4, 1e-6
    whole = harmonic_gravity(3.986e14, 6.378e6, c, s, 4)
    flat = harmonic_gravity(3.986e14, 6.378e6, c, s, 3)
    r = [jnp.asarray(part) for part in (6.6e6, 1e5, 2e6)]
    bulge = ZonalJ2Gravity(3.986e14, 6.378e6, 4.8e-4 * np.sqrt(5.0))
    np.testing.assert_allclose(pull(flat, *r), pull(bulge, *r), rtol=1e-13)
    assert np.linalg.norm(np.subtract(pull(whole, *r), pull(flat, *r))) > 1e-7
    assert isinstance(harmonic_gravity(3.986e14, 6.378e6, c, s, 1), PointGravity)
