"""Keplerian and equinoctial elements: textbook, round trips, and where an angle is missing."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as some

from yaan.base.constants import EARTH_MU
from yaan.base.errors import YaanError
from yaan.spacetime.elements import elements
from yaan.spacetime.equinoctial import equinoctial, state_of_equinoctial
from yaan.spacetime.frame import Frame, vector
from yaan.spacetime.keplerian import (
    Keplerian,
    keplerian,
    require_above_ground,
    state_of_keplerian,
)

derandomised = settings(derandomize=True, deadline=None, max_examples=200)
turns = some.floats(0.0, 2.0 * np.pi, exclude_max=True)
tilts = some.one_of(
    some.sampled_from([0.0, 1e-12, 1e-9, np.pi / 2, np.pi - 1e-9, np.pi]), some.floats(0.0, np.pi)
)
flat = some.one_of(some.sampled_from([0.0, 1e-15, 1e-12, 1e-8]), some.floats(0.0, 0.95))
orbits = some.tuples(some.floats(6.5e6, 5e7), flat, tilts, turns, turns, turns)


def of(*given: float) -> Keplerian:
    return Keplerian(*(np.asarray(one) for one in given))


def close(found: np.ndarray, wanted: np.ndarray, margin: float) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=margin * float(np.linalg.norm(wanted)))


def test_vallados_example():
    # Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), example 2-5.
    position = [6_524.834e3, 6_862.875e3, 6_448.296e3]
    velocity = [4.901327e3, 5.533756e3, -1.976341e3]
    found = keplerian(position, velocity, EARTH_MU)
    assert float(found.semi_major_axis[0]) == pytest.approx(36_127.343e3, rel=1e-6)
    assert float(found.eccentricity[0]) == pytest.approx(0.832853, abs=1e-6)
    angles = [
        found.inclination,
        found.right_ascension,
        found.argument_of_perigee,
        found.true_anomaly,
    ]
    np.testing.assert_allclose(
        np.degrees(angles)[:, 0], [87.870, 227.898, 53.38, 92.335], atol=6e-3
    )
    assert float(np.degrees(found.mean_anomaly[0])) == pytest.approx(7.6, abs=0.1)
    assert float(found.perigee[0]) < 0.0 < float(found.apogee[0])


@derandomised
@given(orbits)
@example((7e6, 0.0, 0.0, 0.0, 0.0, 0.0))
@example((7e6, 0.0, np.pi, 1.0, 2.0, 3.0))
@example((7e6, 0.1, np.pi / 2, 0.0, 0.0, np.pi))
def test_ellipses_come_back(given: tuple[float, ...]):
    position, velocity = state_of_keplerian(of(*given), EARTH_MU)
    found = keplerian(position, velocity, EARTH_MU)
    back = state_of_keplerian(found, EARTH_MU)
    # Near escape a digit of the semi-major axis is one of the speed, twentyfold.
    close(back[0], position, 2e-14 / (1.0 - given[1]))
    close(back[1], velocity, 2e-14 / (1.0 - given[1]))
    assert float(found.semi_major_axis[0]) == pytest.approx(given[0], rel=1e-14 / (1.0 - given[1]))
    assert float(found.eccentricity[0]) == pytest.approx(given[1], abs=2e-15 / (1.0 - given[1]))
    assert float(found.inclination[0]) == pytest.approx(given[2], abs=2e-15)


@derandomised
@given(
    some.floats(6.5e6, 5e7), some.floats(1.01, 20.0), tilts, turns, turns, some.floats(-0.9, 0.9)
)
def test_hyperbolas_come_back(
    near: float, e: float, tilt: float, node: float, perigee: float, part: float
):
    axis, anomaly = -near / (e - 1.0), part * np.arccos(-1.0 / e)
    position, velocity = state_of_keplerian(of(axis, e, tilt, node, perigee, anomaly), EARTH_MU)
    found = keplerian(position, velocity, EARTH_MU)
    back = state_of_keplerian(found, EARTH_MU)
    close(back[0], position, 1e-12)
    close(back[1], velocity, 1e-12)
    assert float(found.semi_major_axis[0]) == pytest.approx(axis, rel=1e-11)
    assert float(found.apogee[0]) == np.inf


@derandomised
@given(orbits, some.sampled_from([1, -1]))
@example((7e6, 0.0, 0.0, 0.0, 0.0, 0.0), 1)
@example((7e6, 0.0, np.pi, 0.0, 0.0, 0.0), -1)
def test_equinoctial_elements_come_back(orbit: tuple[float, ...], factor: int):
    assume(1.0 + factor * np.cos(orbit[2]) > 1e-3)
    position, velocity = state_of_keplerian(of(*orbit), EARTH_MU)
    found = equinoctial(position, velocity, EARTH_MU, factor)
    back = state_of_equinoctial(found, EARTH_MU)
    close(back[0], position, 1e-13 / (1.0 - orbit[1]) ** 2)
    close(back[1], velocity, 1e-13 / (1.0 - orbit[1]) ** 2)


@pytest.mark.parametrize("factor", [1, -1])
def test_equinoctial_elements_are_those_of_their_definition(factor: int):
    orbit = (9e6, 0.2, 1.1, 0.7, 2.0, 4.0)
    a, e, tilt, node, perigee, _ = orbit
    found = equinoctial(*state_of_keplerian(of(*orbit), EARTH_MU), EARTH_MU, factor)
    along = perigee + factor * node
    side = np.tan(tilt / 2.0) ** factor
    wanted = [
        a,
        e * np.sin(along),
        e * np.cos(along),
        side * np.sin(node),
        side * np.cos(node),
        (float(of(*orbit).mean_anomaly) + along) % (2.0 * np.pi),
    ]
    names = ("semi_major_axis", "h", "k", "p", "q", "mean_longitude")
    np.testing.assert_allclose([getattr(found, n)[0] for n in names], wanted, rtol=1e-13)


def test_angles_that_are_missing_are_zero():
    position, velocity = state_of_keplerian(of(7e6, 0.0, 0.9, 1.0, 0.5, 1.5), EARTH_MU)
    circle = keplerian(position, velocity, EARTH_MU)
    assert float(circle.argument_of_perigee[0]) % (2 * np.pi) == pytest.approx(0.0, abs=1e-12)
    assert float(circle.true_anomaly[0]) == pytest.approx(2.0, abs=1e-12)
    position, velocity = state_of_keplerian(of(7e6, 0.1, 0.0, 1.0, 0.5, 1.5), EARTH_MU)
    level = keplerian(position, velocity, EARTH_MU)
    assert float(level.right_ascension[0]) == 0.0
    assert float(level.argument_of_perigee[0]) == pytest.approx(1.5, abs=1e-12)


def test_what_flies_has_the_same_elements():
    orbit = of(9e6, 0.2, 1.1, 0.7, 2.0, 4.0)
    position, velocity = state_of_keplerian(orbit, EARTH_MU)
    place, motion = (vector(jnp.asarray(x[0]), Frame.CIRS) for x in (position, velocity))
    flown = elements(place, motion, jnp.asarray(EARTH_MU))
    found = keplerian(position, velocity, EARTH_MU)
    for name in Keplerian.__dataclass_fields__:
        assert float(getattr(flown, name)) == pytest.approx(
            float(getattr(found, name)[0]), rel=1e-13
        )


def test_many_orbits_at_once_and_mean_anomalies():
    axes = np.array([7e6, 2e7])
    orbit = Keplerian.of_mean_anomaly(axes, 0.3, 1.0, 0.1, 0.2, [1.0, 2.0])
    np.testing.assert_allclose(orbit.mean_anomaly, [1.0, 2.0], rtol=1e-14)
    position, velocity = state_of_keplerian(orbit, EARTH_MU)
    assert position.shape == velocity.shape == (2, 3)
    found = keplerian(position, velocity, EARTH_MU)
    np.testing.assert_allclose(found.semi_major_axis, axes, rtol=1e-14)
    np.testing.assert_allclose(found.eccentric_anomaly, orbit.eccentric_anomaly, rtol=1e-13)


@pytest.mark.parametrize(
    ("orbit", "why"),
    [
        ((7e6, 1.0, 0.1, 0.0, 0.0, 0.0), "expected 0 <= e < 1"),
        ((7e6, 1.5, 0.1, 0.0, 0.0, 0.0), "expected 0 <= e < 1"),
        ((-7e6, 0.5, 0.1, 0.0, 0.0, 0.0), "expected 0 <= e < 1"),
        ((np.nan, 0.5, 0.1, 0.0, 0.0, 0.0), "expected 0 <= e < 1"),
        ((-7e6, 1.5, 0.1, 0.0, 0.0, 2.5), "asymptote"),
    ],
)
def test_what_is_no_orbit_is_refused(orbit: tuple[float, ...], why: str):
    with pytest.raises(YaanError, match=why):
        state_of_keplerian(of(*orbit), EARTH_MU)


def test_states_without_elements_are_refused():
    r = np.array([7e6, 0.0, 0.0])
    escape = np.sqrt(2.0 * EARTH_MU / 7e6)
    with pytest.raises(YaanError, match="parabola"):
        keplerian(r, [0.0, escape, 0.0], EARTH_MU)
    for read in (keplerian, equinoctial):
        with pytest.raises(YaanError, match=r"along its position|on none"):
            read(r, [1e3, 0.0, 0.0], EARTH_MU)
    with pytest.raises(YaanError, match="on none"):
        equinoctial(r, [0.0, 1.1 * escape, 0.0], EARTH_MU)
    with pytest.raises(YaanError, match="take factor=-1"):
        equinoctial(r, [0.0, -7e3, 0.0], EARTH_MU)
    with pytest.raises(YaanError, match="expected 1 or -1"):
        equinoctial(r, [0.0, 7e3, 1e3], EARTH_MU, 2)


def test_an_orbit_below_the_ground_is_refused():
    require_above_ground(of(6.7e6, 0.05, 0.0, 0.0, 0.0, 0.0))
    with pytest.raises(YaanError, match=r"below the ground: -348.137 km"):
        require_above_ground(of(6.7e6, 0.1, 0.0, 0.0, 0.0, 0.0))
    with pytest.raises(YaanError, match="below the ground"):
        require_above_ground(of(-6.7e6, 1.5, 0.0, 0.0, 0.0, 0.0))
