"""What lies between two rows: peaks and turnings whose answers are known."""

import numpy as np
import pytest

from yaan.results.extremes import peak, turning_height, turning_radius


def test_a_smooth_summit_is_found_between_its_rows():
    t = np.arange(0.0, 10.0, 0.5)
    found = peak(t, np.exp(-(((t - 4.13) / 2.0) ** 2)))
    assert found.time == pytest.approx(4.13, abs=2e-3)
    assert found.value == pytest.approx(1.0, abs=1e-4)
    assert found.row == 8
    # The row itself is 0.4 % low.
    assert np.max(np.exp(-(((t - 4.13) / 2.0) ** 2))) < 0.997


@pytest.mark.parametrize("kink", [-1.6, -0.7, -0.2, 0.0, 0.1, 0.6, 0.95, 1.4])
@pytest.mark.parametrize("slope", [0.2, 1.0])
def test_a_kink_near_a_summit_is_not_rounded_off(kink, slope):
    """As of a throttled thrust, an open canopy, a layer of the air: 5 rows are 0.5 % out there."""
    step = 0.02

    def values(t):
        smooth = 5.0 + 0.1 * t - 0.9 * t**2 + 0.5 * t**3
        return smooth - (0.1 + slope) * np.maximum(t - kink * step, 0.0)

    t = np.linspace(-9.0 * step, 9.0 * step, 19)
    found = peak(t, values(t))
    fine = np.linspace(-3.0 * step, 3.0 * step, 120_001)
    assert found.value == pytest.approx(np.max(values(fine)), abs=3.0 * found.doubt + 1e-9)
    assert found.doubt < 1e-4  # of a jump that the rows see as 0.02


def test_a_summit_of_three_rows_is_a_parabola():
    t = np.array([0.0, 1.0, 3.0])
    found = peak(t, 5.0 - (t - 1.2) ** 2)
    assert found.value == pytest.approx(5.0, rel=1e-14)
    assert found.time == pytest.approx(1.2, rel=1e-14)


def test_borders_edges_and_spikes_are_told_by_their_row():
    t = np.array([0.0, 1.0, 1.0, 2.0, 3.0])
    jump = peak(t, np.array([1.0, 4.0, 2.0, 1.5, 1.0]))
    assert (jump.row, jump.time, jump.value) == (1, 1.0, 4.0)
    assert peak(t, np.array([5.0, 4.0, 3.0, 2.0, 1.0])).value == 5.0
    spike = peak(np.arange(5.0), np.array([0.0, 0.1, 9.0, 0.1, 0.0]))
    assert spike.value == 9.0  # two rows beside it do not resolve it


def test_values_that_are_no_numbers_are_left_out():
    t = np.arange(5.0)
    assert peak(t, np.array([np.nan, 1.0, 2.0, np.nan, 0.0])).value == 2.0
    assert np.isnan(peak(t, np.full(5, np.nan)).value)


@pytest.mark.parametrize("absent", [1, 7])
def test_a_summit_three_rows_from_what_is_no_number_is_found(absent):
    t = np.linspace(0.0, 8.0, 9)
    values = 5.0 - 0.1 * (t - 4.2) ** 2
    values[absent] = np.nan
    assert peak(t, values).value == pytest.approx(5.0, abs=1e-12)


def test_a_throw_turns_where_its_rate_is_zero():
    t = np.array([0.0, 3.0, 7.0, 12.0, 14.0])
    found = turning_height(t, 60.0 * t - 4.9 * t**2, 60.0 - 9.8 * t, np.arange(5), 2)
    assert found.time == pytest.approx(60.0 / 9.8, abs=1e-9)
    top = found.with_rate(t, 60.0 * t - 4.9 * t**2, 60.0 - 9.8 * t)
    assert float(top) == pytest.approx(60.0**2 / 19.6, rel=1e-12)


def test_an_ellipse_about_its_middle_turns_at_its_ends():
    t = np.linspace(-0.4, 0.5, 7)
    place = np.stack([3.0 * np.cos(t), 2.0 * np.sin(t)], axis=1)
    rate = np.stack([-3.0 * np.sin(t), 2.0 * np.cos(t)], axis=1)
    found = turning_radius(t, place, rate, np.arange(7), 3)
    assert found.time == pytest.approx(0.0, abs=1e-9)
    assert np.linalg.norm(found.with_rate(t, place, rate)) == pytest.approx(3.0, rel=1e-12)
    assert found.at(t, np.sin(t)) == pytest.approx(0.0, abs=1e-6)


def test_a_row_that_crowds_another_does_not_spoil_a_turning():
    """A leg that begins just after an apex does so with a step of a microsecond."""
    t = np.array([-0.5136, -0.2636, -0.0136, 1e-4, 1.01e-4])
    height = 16_691.9 - 4.9 * t**2 + 1e-9 * np.array([0, 0, 0, 1, -1])
    found = turning_height(t, height, -9.8 * t, np.arange(5), 3)
    assert found.time == pytest.approx(0.0, abs=1e-6)
    top = found.with_rate(t, height, -9.8 * t)
    assert float(top) == pytest.approx(16_691.9, abs=1e-6)


def test_of_a_value_that_is_held_the_beginning_is_told():
    """A load that a throttle holds at its limit, with the rounding of a flight on it."""
    time = np.linspace(0.0, 20.0, 81)
    held = np.minimum(1.0 + 0.25 * time, 3.81)
    rounded = held * (1.0 + 2e-15 * np.random.default_rng(3).standard_normal(len(time)))
    first = np.flatnonzero(held == 3.81)[0]
    assert peak(time, rounded).row == first
    assert peak(time, rounded).value == pytest.approx(3.81, rel=1e-12)
    nothing = np.full(5, np.nan)
    assert np.isnan(peak(np.arange(5.0), nothing).value)
