"""Mean orbits: what J2 does within a revolution is taken out, on every kind of orbit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.integrate import solve_ivp

from yaan.base.errors import YaanError
from yaan.spacetime.keplerian import Keplerian, keplerian, state_of_keplerian
from yaan.spacetime.mean_elements import Oblate, mean_elements, mean_state, osculating_state

EARTH = Oblate()
derandomised = settings(derandomize=True, deadline=None, max_examples=60)
turns = some.floats(0.0, 2.0 * np.pi)


def of(a: float, e: float, degrees: float, *angles: float) -> Keplerian:
    return Keplerian(*(np.asarray(x) for x in (a, e, np.radians(degrees), *angles)))


def revolution(orbit: Keplerian, revolutions: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """States along an orbit about an oblate body, integrated."""

    def change(_: float, y: np.ndarray) -> np.ndarray:
        r = y[:3]
        d = np.linalg.norm(r)
        pull, bulge = -EARTH.mu / d**3, 1.5 * EARTH.j2 * EARTH.radius**2 / d**2
        polar = 5.0 * r[2] ** 2 / d**2
        return np.concatenate([y[3:], pull * r * (1.0 + bulge * (np.array([1, 1, 3]) - polar))])

    start = np.concatenate(state_of_keplerian(orbit, EARTH.mu), axis=1)[0]
    period = 2.0 * np.pi * np.sqrt(float(orbit.semi_major_axis) ** 3 / EARTH.mu)
    times = np.linspace(0.0, revolutions * period, 120)
    found = solve_ivp(
        change, times[[0, -1]], start, method="DOP853", rtol=1e-11, atol=1e-5, t_eval=times
    ).y.T
    return found[:, :3], found[:, 3:]


@pytest.mark.parametrize(
    "orbit",
    [
        of(6.778e6, 1e-3, 51.6, 1.0, 2.0, 0.5),
        of(6.778e6, 1e-5, 0.001, 1.0, 2.0, 0.5),  # in the equator, nearly a circle
        of(6.9e6, 0.0, 90.0, 1.0, 2.0, 0.5),  # over the poles
        of(7.0e6, 0.01, 63.4349, 1.0, 2.0, 0.5),  # at the critical inclination
        of(7.2e6, 0.05, 98.6, 1.0, 2.0, 0.5),
        of(2.66e7, 0.74, 63.4, 1.0, 2.0, 0.5),
        of(7.0e6, 0.02, 180.0, 1.0, 2.0, 0.5),
    ],
)
def test_the_waves_of_a_revolution_are_gone(orbit: Keplerian):
    states = revolution(orbit)
    osculating, mean = keplerian(*states, EARTH.mu), mean_elements(*states, EARTH)
    near = float(orbit.semi_major_axis * (1.0 - orbit.eccentricity))
    second = (EARTH.j2 * (EARTH.radius / near) ** 2) ** 2
    # First order: what is left is of the order of J2 squared.
    assert np.ptp(mean.semi_major_axis) < 5.0 * second * float(orbit.semi_major_axis) / (
        1.0 - float(orbit.eccentricity)
    )
    assert np.ptp(mean.inclination) < 2.0 * second
    waves = np.ptp(osculating.semi_major_axis)
    assert np.ptp(mean.semi_major_axis) < 0.01 * waves


def test_twenty_kilometres_become_twenty_metres():
    states = revolution(of(7.2e6, 0.05, 98.6, 1.0, 2.0, 0.5))
    assert np.ptp(keplerian(*states, EARTH.mu).semi_major_axis) == pytest.approx(20e3, rel=0.05)
    assert np.ptp(mean_elements(*states, EARTH).semi_major_axis) < 25.0


def test_the_node_drifts_evenly_as_theory_says():
    orbit = of(7.2e6, 0.01, 98.6, 1.0, 2.0, 0.5)
    found = mean_elements(*revolution(orbit, 5.0), EARTH)
    node = np.unwrap(found.right_ascension)
    a, e = float(found.semi_major_axis.mean()), float(found.eccentricity.mean())
    pace = np.sqrt(EARTH.mu / a**3)
    size = 1.5 * EARTH.j2 * (EARTH.radius / (a * (1 - e * e))) ** 2 * pace
    t = np.linspace(0.0, 5.0 * 2.0 * np.pi * np.sqrt(7.2e6**3 / EARTH.mu), len(node))
    wanted = node[0] - size * np.cos(np.radians(98.6)) * t
    # A degree of longitude a day, straight within what the second order does.
    assert (node[-1] - node[0]) > 5e-3
    np.testing.assert_allclose(node, wanted, rtol=0, atol=2e-5)


@derandomised
@given(
    some.floats(6.6e6, 4e7),
    some.one_of(some.sampled_from([0.0, 1e-12]), some.floats(0.0, 0.8)),
    some.one_of(some.sampled_from([0.0, 63.4349488, 90.0, 180.0]), some.floats(0.0, 180.0)),
    some.tuples(turns, turns, turns),
)
def test_osculating_states_come_back(
    near: float, e: float, tilt: float, angles: tuple[float, float, float]
):
    states = state_of_keplerian(of(near / (1.0 - e), e, tilt, *angles), EARTH.mu)
    back = osculating_state(*mean_state(*states, EARTH), EARTH)
    for one, other in zip(back, states, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-13 * float(np.linalg.norm(other)))


def test_a_sphere_has_no_waves():
    states = state_of_keplerian(of(7e6, 0.1, 50.0, 1.0, 2.0, 3.0), EARTH.mu)
    found = mean_state(*states, Oblate(j2=0.0))
    np.testing.assert_array_equal(found[0], states[0])
    np.testing.assert_array_equal(found[1], states[1])


def test_what_has_no_mean_orbit_is_refused():
    with pytest.raises(YaanError, match="on none"):
        mean_state([7e6, 0.0, 0.0], [0.0, 12e3, 0.0], EARTH)
    with pytest.raises(YaanError, match=r"no mean orbit|on none"):
        mean_state([1e6, 0.0, 0.0], [10.0, 5e3, 1e3], EARTH)
