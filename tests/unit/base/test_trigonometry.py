"""Sine and cosine against those of the mathematical library."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base.trigonometry import cos, sin, sincos


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1.0, 10.0, 1e3, 1e8])
def test_they_are_those_of_the_library(size: float) -> None:
    draws = jnp.asarray(np.random.default_rng(5).uniform(-size, size, 200_000))
    sines, cosines = jax.jit(sincos)(draws)
    assert np.max(np.abs(sines - np.sin(np.asarray(draws)))) < 2.3e-16
    assert np.max(np.abs(cosines - np.cos(np.asarray(draws)))) < 2.3e-16
    np.testing.assert_allclose(sin(draws), sines, rtol=0, atol=2.3e-16)
    np.testing.assert_allclose(cos(draws), cosines, rtol=0, atol=2.3e-16)


def test_a_small_angle_keeps_its_digits() -> None:
    draws = np.random.default_rng(6).uniform(-1.0, 1.0, 10_000) * 10.0 ** np.arange(-300, 0, 0.03)
    np.testing.assert_allclose(sincos(jnp.asarray(draws))[0], np.sin(draws), rtol=4e-16)


def test_quarter_turns_and_their_neighbours() -> None:
    draws = np.arange(-40, 41) * (np.pi / 4.0)
    draws = np.concatenate([np.nextafter(draws, -np.inf), draws, np.nextafter(draws, np.inf)])
    sines, cosines = sincos(jnp.asarray(draws))
    np.testing.assert_allclose(sines, np.sin(draws), rtol=0, atol=3e-16)
    np.testing.assert_allclose(cosines, np.cos(draws), rtol=0, atol=3e-16)


def test_slopes_are_those_of_the_library() -> None:
    draws = np.linspace(-7.0, 7.0, 1001)
    slope = jax.vmap(jax.grad(lambda x: sincos(x)[0]))(jnp.asarray(draws))
    np.testing.assert_allclose(slope, np.cos(draws), rtol=0, atol=1e-13)


def test_what_is_no_number_has_none() -> None:
    assert np.isnan(sincos(jnp.asarray([np.nan, np.inf, -np.inf]))).all()
