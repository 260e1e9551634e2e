"""Zeros and extrema of functions that are known."""

import numpy as np
import pytest

from yaan.access import maxima, minima, samples, zeros
from yaan.access.find import largest_between
from yaan.base.errors import YaanError

AT = samples(0.0, 100.0, 1.0)


def test_zeros_of_a_sine_are_met_and_know_their_sign():
    found = zeros(lambda t: np.sin(2 * np.pi * t / 17.0), AT)
    np.testing.assert_allclose(found.time, np.arange(8.5, 100.0, 8.5), atol=1e-7)
    assert found.rising.tolist() == [i % 2 == 1 for i in range(len(found.time))]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("middle", [50.0, 50.3, 0.4, 99.7])
def test_what_is_shorter_than_a_step_is_found_by_its_height(sign: float, middle: float):
    """A hump across zero for 0.02 s, between samples a second apart, at the ends too."""
    found = zeros(lambda t: sign * (1e-4 - (t - middle) ** 2), AT)
    np.testing.assert_allclose(found.time, [middle - 0.01, middle + 0.01], atol=1e-7)
    assert found.rising.tolist() == [sign > 0.0, sign < 0.0]


def test_what_stays_below_has_no_zeros():
    assert len(zeros(lambda t: -1e-4 - (t - 50.3) ** 2, AT).time) == 0
    assert len(zeros(np.zeros_like, AT).time) == 0


def test_a_jump_is_met_where_it_is():
    found = zeros(lambda t: np.where(t < 33.3, -1.0, 1.0), AT)
    np.testing.assert_allclose(found.time, [33.3], atol=1e-6)


def test_a_zero_that_is_flat_on_one_side_is_met_in_few_steps():
    calls: list[int] = []

    def steep(t: np.ndarray) -> np.ndarray:
        calls.append(len(t))
        return np.exp(t - 33.3) - 1.0 + 1e-12 * t

    found = zeros(steep, samples(0.0, 100.0, 50.0))
    np.testing.assert_allclose(found.time, [33.3], atol=1e-7)
    assert len(calls) < 250


def test_extrema_lie_between_samples():
    top = maxima(lambda t: np.cos((t - 20.25) / 10.0), AT)
    np.testing.assert_allclose(top.time, [20.25, 20.25 + 20 * np.pi], atol=1e-4)
    np.testing.assert_allclose(top.value, 1.0)
    low = minima(lambda t: np.cos((t - 20.25) / 10.0), AT)
    np.testing.assert_allclose(low.time, [20.25 + 10 * np.pi], atol=1e-4)
    assert len(maxima(lambda t: t, AT).time) == 0  # an end is no extremum


def test_the_largest_of_a_span_may_be_its_end():
    spans = np.array([10.0, 40.2, 60.0]), np.array([30.0, 40.6, 70.0])
    found = largest_between(lambda t: -((t - 20.5) ** 2), AT, spans)
    np.testing.assert_allclose(found.time, [20.5, 40.2, 60.0], atol=1e-4)


def test_a_span_that_is_empty_or_endless_is_refused():
    with pytest.raises(YaanError, match="an empty span"):
        samples(1.0, 1.0, 1.0)
    with pytest.raises(YaanError, match="ask for a shorter span"):
        samples(0.0, 1e9, 1.0)
