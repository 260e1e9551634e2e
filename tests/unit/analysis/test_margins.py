"""Margins against loops whose margins are known in closed form."""

import numpy as np
import pytest

from yaan.analysis.margins import PitchPlane, margins

W, Z = 1.5, 0.8


def crossover(mu: float) -> float:
    """|L| = 1 without lag and delay: x^2 + 2 (mu - 2 z^2 w^2) x + mu^2 - w^4 = 0 of a square x."""
    half = mu - 2.0 * Z**2 * W**2
    return float(np.sqrt(-half + np.sqrt(half**2 - mu**2 + W**4)))


@pytest.mark.parametrize("mu", [-0.5, 0.0, 0.3, 0.9, 2.0])
def test_a_second_order_loop_has_its_closed_form(mu: float):
    found = margins(PitchPlane(mu, W, Z, 0.0, 0.0))
    assert found.stable
    assert found.crossover == pytest.approx(crossover(mu), rel=1e-9)
    assert found.phase == pytest.approx(np.arctan(2.0 * Z * crossover(mu) / W), rel=1e-9)
    assert found.gain_rise is None
    if mu > 0.0:
        assert found.gain_fall == pytest.approx(20.0 * np.log10(W**2 / mu), rel=1e-12)
    else:
        assert found.gain_fall is None


@pytest.mark.parametrize("mu", [0.0, 0.9])
def test_lag_and_delay_take_their_phase(mu: float):
    free = PitchPlane(mu, W, Z, 0.0, 0.0)
    at = margins(free).crossover
    assert at is not None
    delayed = margins(PitchPlane(mu, W, Z, 0.0, 0.02))
    assert delayed.phase == pytest.approx(np.arctan(2.0 * Z * at / W) - 0.02 * at, rel=1e-9)
    assert delayed.delay == pytest.approx(np.arctan(2.0 * Z * at / W) / at - 0.02, rel=1e-9)
    lagged = margins(PitchPlane(mu, W, Z, 0.05, 0.0)).phase
    assert lagged is not None
    assert lagged < np.arctan(2.0 * Z * at / W)


@pytest.mark.parametrize(("lag", "delay"), [(0.05, 0.02), (0.1, 0.1)])
@pytest.mark.parametrize("mu", [-0.4, 0.0, 0.9])
def test_a_loop_at_its_margin_is_at_the_edge(mu: float, lag: float, delay: float):
    loop = PitchPlane(mu, W, Z, lag, delay)
    found = margins(loop)
    assert found.stable
    assert found.gain_rise is not None

    def scaled(by: float) -> complex:
        """The least-damped closed-loop pole as the whole loop's gain is scaled."""
        rest = PitchPlane(mu, W * np.sqrt(by), Z * np.sqrt(by), lag, delay)
        return max(rest.poles, key=lambda p: p.real)

    rise = 10.0 ** (found.gain_rise / 20.0)
    # The Padé approximation is out by 1e-3 of the frequency where it is nearest to the edge.
    assert abs(scaled(rise).real) < 5e-3 * abs(scaled(rise))
    assert scaled(1.02 * rise).real > 0.0 > scaled(0.98 * rise).real
    if found.gain_fall is not None:
        fall = 10.0 ** (-found.gain_fall / 20.0)
        assert abs(scaled(fall).real) < 1e-9
        assert scaled(0.98 * fall).real > 0.0
    assert found.delay is not None
    late = PitchPlane(mu, W, Z, lag, delay + found.delay)
    pole = max(late.poles, key=lambda p: p.real)
    assert abs(pole.real) < 2e-2 * abs(pole)


def test_a_loop_that_is_too_weak_or_too_late_says_so():
    weak = margins(PitchPlane(3.0, W, Z, 0.0, 0.0))
    assert not weak.stable
    assert weak.gain_fall is None
    late = margins(PitchPlane(0.5, W, Z, 0.1, 1.0))
    assert not late.stable
    assert late.delay is None
    assert late.phase is None or late.phase < 0.0
