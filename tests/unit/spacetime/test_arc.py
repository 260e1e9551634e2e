"""Arcs between their rows, at their ends, and beside an event."""

import numpy as np
import pytest

from yaan.base.errors import YaanError
from yaan.spacetime.arc import TabulatedArc
from yaan.spacetime.time import parse_utc

_RADIUS, _RATE = 6.8e6, 1.126e-3  # [m], [rad/s] of a circle
EPOCH = parse_utc("2027-01-15T03:30:00 UTC")


def _circle(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    turn, zero = _RATE * t, np.zeros_like(t)
    position = _RADIUS * np.stack([np.cos(turn), np.sin(turn), zero], axis=-1)
    velocity = _RADIUS * _RATE * np.stack([-np.sin(turn), np.cos(turn), zero], axis=-1)
    return position, velocity


def test_between_rows_four_minutes_apart():
    time = np.arange(0.0, 7200.1, 240.0)
    arc = TabulatedArc("circle", EPOCH, time, *_circle(time))
    wanted = np.linspace(720.0, 6480.0, 1001)
    position, velocity = arc.at(wanted)
    true, speed = _circle(wanted)
    assert np.max(np.abs(position - true)) < 1e-5  # [m]
    assert np.max(np.abs(velocity - speed)) < 1e-7  # [m/s]
    ends = np.array([0.0, 10.0, 120.0, 7190.0, 7200.0])
    assert np.max(np.abs(arc.at(ends)[0] - _circle(ends)[0])) < 0.01  # [m]


def test_rows_themselves_and_few_of_them():
    time = np.array([0.0, 60.0])
    arc = TabulatedArc("circle", EPOCH, time, *_circle(time))
    assert np.array_equal(arc.at(time)[0], _circle(time)[0])
    # Between two rows it is the cubic: n^4 r h^4 / 384.
    middle = np.abs(arc.at(30.0)[0] - _circle(np.array([30.0]))[0])
    assert 0.1 < np.max(middle) < 0.45  # [m]


def test_an_event_breaks_it():
    time = np.array([0.0, 10.0, 20.0, 20.0, 30.0, 40.0])
    speed = np.where(np.arange(6) < 3, 1.0, 2.0)
    x = np.array([0.0, 10.0, 20.0, 20.0, 40.0, 60.0])
    zero = np.zeros(6)
    position, velocity = (np.stack([one, zero, zero], axis=-1) for one in (x, speed))
    arc = TabulatedArc("kick", EPOCH, time, position, velocity)
    r, v = arc.at([15.0, 20.0, 25.0])
    assert r[:, 0] == pytest.approx([15.0, 20.0, 30.0], abs=1e-12)
    assert v[:, 0] == pytest.approx([1.0, 2.0, 2.0], abs=1e-12)


def test_outside_is_an_error():
    time = np.arange(0.0, 601.0, 60.0)
    arc = TabulatedArc("circle", EPOCH, time, *_circle(time))
    with pytest.raises(YaanError, match=r"2027-01-15T03:40:01.000 UTC is outside its arc"):
        arc.at([5.0, 601.0])


def test_dense_rows_beside_wide_ones_do_not_blow_up_a_kink():
    # A burn of 20 s in rows of 2 s, then rows of 240 s: what the file of a reboost looks like.
    dense, wide = np.arange(0.0, 20.1, 2.0), 20.0 + 240.0 * np.arange(1, 8)
    time = np.concatenate([-240.0 * np.arange(7, 0, -1), dense, wide])
    pushed = np.clip(time, 0.0, 20.0)
    position, velocity = _circle(time)
    far = 0.5e-3 * pushed**2 + 1e-3 * pushed * np.maximum(time - 20.0, 0.0)  # [m] of 1 mm/s^2
    position[:, 2], velocity[:, 2] = far, 1e-3 * pushed
    arc = TabulatedArc("reboost", EPOCH, time, position, velocity)
    wanted = np.linspace(-1000.0, 1500.0, 2501)
    true = _circle(wanted)[0]
    on = np.clip(wanted, 0.0, 20.0)
    true[:, 2] = 0.5e-3 * on**2 + 1e-3 * on * np.maximum(wanted - 20.0, 0.0)
    # The wide rows beside the kink are met from one side: with less order, and no more.
    assert np.max(np.abs(arc.at(wanted)[0] - true)) < 0.3  # [m]
