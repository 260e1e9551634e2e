import numpy as np
import pytest

from yaan.environment.solar_activity import LEVELS, MINIMA, PERCENTILES, in_cycle, load_cycle


def test_a_cycle_begins_and_ends_quiet_and_low_is_below_high():
    low, mean, high = (load_cycle(word) for word in PERCENTILES)
    assert (mean.year[0], mean.f107[0], mean.f107[-1]) == (0.0, 70.0, 70.1)
    assert mean.year[np.argmax(mean.f107)] == 3.75
    for name in ("f107", "ap"):
        assert np.all(getattr(low, name) < getattr(mean, name))
        assert np.all(getattr(mean, name) < getattr(high, name))
    assert all(np.all(np.diff(one.year) > 0.0) for one in (low, mean, high))


@pytest.mark.parametrize("year", MINIMA[1:])
def test_known_minima_are_quiet(year: float):
    assert in_cycle("mean", year)[0] < 73.0
    assert in_cycle("mean", year + 4.0)[0] > 140.0


def test_later_cycles_have_the_mean_length():
    length = load_cycle("mean").year[-1]
    assert in_cycle("high", 2027.3) == pytest.approx(in_cycle("high", 2027.3 + 2.0 * length))


def test_levels_rise():
    assert LEVELS["low"] < LEVELS["mean"] < LEVELS["high"]
