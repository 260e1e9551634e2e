"""Errors against their covariance."""

import numpy as np
import pytest

from yaan.results.consistency import consistency

ROOT = np.array([[10.0, 0.0, 0.0], [3.0, 0.1, 0.0], [2e-4, 1e-4, 1e-4]])
"""Of metres, metres a second and radians, which know of each other."""
COVARIANCE = ROOT @ ROOT.T


def drawn(count: int) -> np.ndarray:
    return np.random.default_rng(4).standard_normal((count, 3)) @ ROOT.T


def test_errors_that_are_as_told_have_a_nees_of_their_axes():
    error = drawn(20_000)
    told = consistency(error.reshape(100, 200, 3), np.broadcast_to(COVARIANCE, (100, 200, 3, 3)))
    # Five standard deviations of the mean of 20,000 squares of three axes, and of the share.
    assert told.nees == pytest.approx(3.0, abs=5.0 * np.sqrt(6.0 / 20_000))
    np.testing.assert_allclose(told.within, 0.9973, atol=0.002)
    assert (told.rows, told.left_out) == (20_000, 0)


def test_a_covariance_that_is_too_small_is_seen():
    error = drawn(2_000)
    told = consistency(error, np.broadcast_to(COVARIANCE / 4.0, (2_000, 3, 3)))
    assert told.nees == pytest.approx(12.0, rel=0.1)
    assert np.all(told.within < 0.9)


def test_it_is_that_of_the_inverse():
    error = drawn(3)
    told = consistency(error[:1], COVARIANCE[None])
    assert told.nees == pytest.approx(error[0] @ np.linalg.solve(COVARIANCE, error[0]), rel=1e-9)


def test_a_direction_without_variance_adds_nothing_without_an_error():
    covariance = np.diag([4.0, 0.0])
    assert consistency(np.array([[2.0, 0.0]]), covariance[None]).nees == pytest.approx(1.0)
    assert consistency(np.array([[2.0, 1e-3]]), covariance[None]).nees == np.inf


def test_rows_that_tell_nothing_are_left_out_and_counted():
    error = np.array([[1.0, 1.0], [np.nan, 1.0], [1.0, 1.0], [1.0, 1.0]])
    one, bent = np.eye(2), np.array([[1.0, 2.0], [2.0, 1.0]])
    told = consistency(error, np.stack([one, one, np.diag([1.0, -1.0]), bent]))
    assert (told.rows, told.left_out, told.nees) == (1, 3, 2.0)
    nothing = consistency(error[1:2], one[None])
    assert nothing.rows == 0
    assert np.isnan(nothing.nees)


def test_shapes_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match=r"errors of shape \(4, 3\)"):
        consistency(np.zeros((4, 3)), np.zeros((4, 2, 2)))
