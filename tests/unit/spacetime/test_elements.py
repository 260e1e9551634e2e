"""Osculating elements against a textbook, and where the angles are not defined."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.spacetime.elements import Elements, elements, energy
from yaan.spacetime.frame import Frame, vector

found_from = jax.jit(elements)


def of(r: np.ndarray, v: np.ndarray, mu: float = EARTH_MU) -> Elements:
    return found_from(
        vector(jnp.asarray(r), Frame.CIRS), vector(jnp.asarray(v), Frame.CIRS), jnp.asarray(mu)
    )


def placed(a: float, e: float, *angles: float) -> tuple[np.ndarray, np.ndarray]:
    """State of elements (Vallado, algorithm 10): inclination, node, perigee, anomaly [rad]."""
    tilt, node, perigee, anomaly = angles
    p = a * (1.0 - e * e)
    r = p / (1.0 + e * np.cos(anomaly)) * np.array([np.cos(anomaly), np.sin(anomaly), 0.0])
    v = np.sqrt(EARTH_MU / p) * np.array([-np.sin(anomaly), e + np.cos(anomaly), 0.0])

    def about(axis: int, angle: float) -> np.ndarray:
        c, s = np.cos(angle), np.sin(angle)
        i, j = [(1, 2), (2, 0), (0, 1)][axis]
        m = np.eye(3)
        m[i, i] = m[j, j] = c
        m[i, j], m[j, i] = -s, s
        return m

    turn = about(2, node) @ about(0, tilt) @ about(2, perigee)
    return turn @ r, turn @ v


def test_vallados_example():
    # Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), example 2-5.
    found = of(
        np.array([6_524.834e3, 6_862.875e3, 6_448.296e3]),
        np.array([4.901327e3, 5.533756e3, -1.976341e3]),
        3.986004418e14,
    )
    assert float(found.semi_major_axis) == pytest.approx(36_127.343e3, rel=1e-6)
    assert float(found.eccentricity) == pytest.approx(0.832853, abs=1e-6)
    angles = [
        found.inclination,
        found.right_ascension,
        found.argument_of_perigee,
        found.true_anomaly,
    ]
    np.testing.assert_allclose(np.degrees(angles), [87.870, 227.898, 53.38, 92.335], atol=6e-3)


@pytest.mark.parametrize("tilt", [0.1, 1.0, 1.7, 3.0])
@pytest.mark.parametrize("e", [1e-3, 0.4])
def test_elements_come_back(tilt: float, e: float):
    for node in (0.2, 2.0, 4.0):
        for anomaly in (0.0, 1.0, 3.5, 6.0):
            given = (7e6, e, tilt, node, 2.5, anomaly)
            found = of(*placed(*given))
            names = Elements.__dataclass_fields__
            values = [float(getattr(found, name)) for name in names]
            np.testing.assert_allclose(values[:3], given[:3], rtol=1e-10)
            wrapped = (np.array(values[3:]) - given[3:] + np.pi) % (2 * np.pi) - np.pi
            np.testing.assert_allclose(wrapped, 0.0, atol=1e-10)


@pytest.mark.parametrize("tilt", [0.0, 1e-9, 0.9, np.pi])
@pytest.mark.parametrize("e", [0.0, 1e-10, 0.2])
def test_circular_and_equatorial_orbits_keep_their_sums(tilt: float, e: float):
    node, perigee, anomaly = 1.0, 0.7, 2.0
    r, v = placed(7e6, e, tilt, node, perigee, anomaly)
    found = of(r, v)
    assert all(np.isfinite(float(leaf)) for leaf in jax.tree.leaves(found))
    assert float(found.perigee) == pytest.approx(7e6 * (1.0 - e) - EARTH_RADIUS, abs=0.01)
    # The place on the orbit: argument of latitude, or longitude where there is no node.
    argument = float(found.argument_of_perigee + found.true_anomaly)
    ahead = np.cos(float(found.inclination)) > 0.0
    along = argument + (1.0 if ahead else -1.0) * float(found.right_ascension)
    wanted = np.arctan2(r[1], r[0])
    if tilt in (0.0, 1e-9, np.pi):
        along = along if ahead else -along
        assert np.cos(along - wanted) == pytest.approx(1.0, abs=1e-9)
    else:
        assert np.cos(argument - perigee - anomaly) == pytest.approx(1.0, abs=1e-9)


def test_energy_is_that_of_the_axis():
    r, v = placed(8e6, 0.1, 0.5, 0.1, 0.2, 0.3)
    found = energy(
        vector(jnp.asarray(r), Frame.GCRS),
        vector(jnp.asarray(v), Frame.GCRS),
        jnp.asarray(EARTH_MU),
    )
    assert float(found) == pytest.approx(-EARTH_MU / 16e6, rel=1e-14)
    assert float(of(r, v).apogee) == pytest.approx(8.8e6 - EARTH_RADIUS, abs=1e-6)
