"""Sunlight against the shadow of the host code, and against numbers made by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment.radiation import Radiation, lit_fraction
from yaan.environment.sunlight import SUN_RADIUS, shadow
from yaan.spacetime.earth import WGS84, Ellipsoid
from yaan.spacetime.ephemeris import (
    ASTRONOMICAL_UNIT,
    Ephemeris,
    apparent_sun_path,
    apparent_sun_position,
)
from yaan.spacetime.frame import Frame, components, vector
from yaan.spacetime.time import parse_utc

EPOCH = parse_utc("2024-03-20T03:06:00 UTC")
UNIT = np.array([[ASTRONOMICAL_UNIT, 0.0, 0.0]] * 2)
NOW = jnp.asarray(0.0)


def lit(position: np.ndarray, sun: np.ndarray, shape: Ellipsoid = WGS84) -> np.ndarray:
    places = vector(jnp.asarray(position), Frame.GCRS), vector(jnp.asarray(sun), Frame.GCRS)
    return np.asarray(lit_fraction(*places, shape))


def test_the_shadow_is_that_of_the_host_code():
    draw = np.random.default_rng(20240320)
    sun = apparent_sun_position(EPOCH, 0.0)
    behind = -sun / np.linalg.norm(sun)
    # Half of the places close to the edge, where the fraction is neither zero nor one.
    across = np.cross(behind, draw.normal(size=(4_000, 3)))
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    depth = draw.uniform(1e5, 8e6, size=(4_000, 1))
    offset = 6.37e6 + draw.uniform(-6e4, 6e4, size=(4_000, 1))
    edge = behind * depth + across * offset
    anywhere = draw.normal(size=(4_000, 3)) * 1e7
    place = np.concatenate([edge, anywhere])
    place = place[np.linalg.norm(place, axis=1) > 6.5e6]
    ours, theirs = lit(place, sun), shadow(place, np.broadcast_to(sun, place.shape))
    # Angles of 1e-16 rad over the disc's 0.0047, under a root at the edges.
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-8)
    assert np.sum((theirs > 0.01) & (theirs < 0.99)) > 100


def still(distance: float = ASTRONOMICAL_UNIT) -> Radiation:
    path = Ephemeris(600.0, np.array([[distance, 0.0, 0.0]] * 2), np.zeros((2, 3)))
    return Radiation(path)


def test_full_light_at_one_unit_is_the_pressure_there():
    found = components(still().pressure(NOW, vector(jnp.asarray([0.0, 9e6, 0.0]), Frame.GCRS)))
    np.testing.assert_allclose(found, [-4.56e-6, 0.0, 0.0], rtol=1e-8, atol=3e-10)


def test_it_falls_with_the_square_of_the_distance():
    near, far = (
        components(still(d).pressure(NOW, vector(jnp.asarray([0.0, 9e6, 0.0]), Frame.GCRS)))
        for d in (1.0e11, 2.0e11)
    )
    assert near[0] / far[0] == pytest.approx(4.0, rel=1e-7)


def test_behind_the_earth_there_is_none():
    radiation = still()
    dark = vector(jnp.asarray([-7e6, 0.0, 0.0]), Frame.GCRS)
    assert not components(radiation.pressure(NOW, dark)).any()
    # Behind an Earth of half the size in a place beside its shadow there is all of it.
    beside = vector(jnp.asarray([-7e6, 4e6, 0.0]), Frame.GCRS)
    small = Radiation(radiation.sun, shape=Ellipsoid(3.2e6))
    assert components(radiation.pressure(NOW, beside))[0] == 0.0
    assert components(small.pressure(NOW, beside))[0] == pytest.approx(-4.56e-6, rel=1e-3)


def test_a_flat_earth_darkens_less_over_its_poles():
    sun = np.array([ASTRONOMICAL_UNIT, 0.0, 0.0])
    place = np.array([-2e6, 0.0, 6.362e6])  # between the polar and the equatorial radius
    assert lit(place, sun) == pytest.approx(float(shadow(place, sun)), abs=1e-8)
    assert lit(place, sun, Ellipsoid(WGS84.equatorial_radius)) < float(lit(place, sun))


def test_the_real_sun_of_march_is_a_little_nearer_than_one_unit():
    radiation = Radiation(apparent_sun_path(EPOCH, 3_600.0))
    sun = apparent_sun_position(EPOCH, 1_000.0)
    place = sun / np.linalg.norm(sun) * 7e6
    found = components(
        radiation.pressure(jnp.asarray(1_000.0), vector(jnp.asarray(place), Frame.GCRS))
    )
    # Kepler: 0.99972 / (1 + 0.0167 cos 76.6 deg), the days since perihelion on 3 January.
    assert np.linalg.norm(found) == pytest.approx(4.56e-6 / 0.9959**2, rel=3e-4)
    assert found @ sun < 0.0


def test_gradients_are_finite_in_light_shade_and_between():
    def along(x: jax.Array) -> jax.Array:
        return still().pressure(NOW, vector(x, Frame.GCRS)).x

    half = 2e6 * SUN_RADIUS / ASTRONOMICAL_UNIT
    for place in ([7e6, 0.0, 0.0], [-7e6, 0.0, 0.0], [-2e6, 6.378137e6 + half, 0.0], [-8e6, 1, 1]):
        assert np.isfinite(jax.grad(along)(jnp.asarray(place))).all(), place
