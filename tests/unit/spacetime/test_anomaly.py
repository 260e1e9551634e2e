"""True, eccentric and mean anomaly: Kepler's equation, and back."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from yaan.base.errors import YaanError
from yaan.spacetime.anomaly import (
    eccentric_from_mean,
    eccentric_from_true,
    mean_from_true,
    true_from_eccentric,
    true_from_mean,
)

derandomised = settings(derandomize=True, deadline=None, max_examples=300)
ellipses = some.one_of(
    some.floats(0.0, 0.99), some.floats(-12.0, -0.5).map(lambda x: 1.0 - 10.0**x)
)
hyperbolas = some.floats(-9.0, 2.0).map(lambda x: 1.0 + 10.0**x)


@derandomised
@given(some.floats(-40.0, 40.0), ellipses)
@example(0.0, 0.0)
@example(np.pi, 0.999)
@example(1e-12, 1.0 - 1e-12)
def test_keplers_equation_of_ellipses(mean: float, e: float):
    found = float(eccentric_from_mean(mean, e))
    assert abs(found - e * np.sin(found) - mean) < 2e-15 * (1.0 + abs(mean))


@derandomised
@given(some.one_of(some.floats(-1e5, 1e5), some.floats(-1e-3, 1e-3)), hyperbolas)
@example(0.0, 2.0)
@example(1e-12, 1.0 + 1e-9)
def test_keplers_equation_of_hyperbolas(mean: float, e: float):
    found = float(eccentric_from_mean(mean, e))
    assert abs(e * np.sinh(found) - found - mean) < 2e-15 * (1.0 + abs(mean)) * (1.0 + abs(found))


@derandomised
@given(some.floats(-20.0, 20.0), some.floats(0.0, 0.999))
def test_anomalies_of_ellipses_come_back(nu: float, e: float):
    # A rounding of the mean anomaly (of up to 20 rad) times d nu / d M at the perigee.
    margin = 1e-13 + 2e-14 * np.sqrt(1.0 + e) / (1.0 - e) ** 1.5
    assert float(true_from_mean(mean_from_true(nu, e), e)) == pytest.approx(nu, abs=margin)
    assert float(true_from_eccentric(eccentric_from_true(nu, e), e)) == pytest.approx(
        nu, abs=margin
    )


@derandomised
@given(some.floats(-0.95, 0.95), some.floats(1.001, 50.0))
def test_anomalies_of_hyperbolas_come_back(part: float, e: float):
    nu = part * np.arccos(-1.0 / e)
    assert float(true_from_mean(mean_from_true(nu, e), e)) == pytest.approx(nu, abs=1e-11)


def test_textbook_values():
    # Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), examples 2-1 and 2-3.
    found = eccentric_from_mean(np.radians(235.4), 0.4)
    assert float(np.degrees(found)) == pytest.approx(220.512074, abs=1e-6)
    found = eccentric_from_mean(np.radians(235.4), 2.4)
    assert float(found) == pytest.approx(1.6013761449, abs=1e-9)


def test_arrays_of_both_kinds():
    e = np.array([[0.1, 1.5], [0.9, 3.0]])
    found = mean_from_true(0.3, e)
    assert found.shape == e.shape
    np.testing.assert_allclose(true_from_mean(found, e), 0.3, rtol=1e-13)


@pytest.mark.parametrize("e", [1.0, -0.1, np.nan])
def test_what_is_no_eccentricity_is_refused(e: float):
    with pytest.raises(YaanError, match="eccentricity"):
        mean_from_true(0.3, e)


def test_beyond_the_asymptote_is_nothing():
    with pytest.raises(YaanError, match="asymptote"):
        mean_from_true(2.5, 1.5)
