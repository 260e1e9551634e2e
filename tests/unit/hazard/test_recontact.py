import numpy as np
import pytest

from yaan.hazard import recontact

TIME = np.linspace(0.0, 10.0, 11)[None]


def _along(x: np.ndarray, y: float = 0.0) -> np.ndarray:
    return np.stack([x, np.full_like(x, y), np.zeros_like(x)], axis=-1)


def test_one_that_draws_away_does_not_close():
    found = recontact(TIME, _along(20.0 * TIME), _along(0.0 * TIME), 30.0)
    assert found.parted == 2.0
    assert not found.closes
    assert found.distance == np.inf
    assert found.time == np.inf


def test_a_launcher_that_goes_on_thrusting_comes_back():
    # 40 t ahead, less 5 t^2: apart 80 m at 4 s, met again at 8 s, and passed 7 m to the side.
    found = recontact(TIME, _along(40.0 * TIME, 7.0), _along(5.0 * TIME**2), 20.0)
    assert found.closes
    assert found.time == pytest.approx(8.0)
    assert found.distance == pytest.approx(7.0)


def test_the_least_distance_between_two_rows_is_found():
    escape = np.array([[[0.0, 0.0, 0.0], [100.0, 5.0, 0.0], [-60.0, 5.0, 0.0]]])
    found = recontact([[0.0, 1.0, 3.0]], escape, np.zeros((1, 3, 3)), 50.0)
    assert found.distance == pytest.approx(5.0)
    assert found.time == pytest.approx(1.0 + 2.0 * 100.0 / 160.0)


def test_what_never_parted_is_told():
    found = recontact(TIME, _along(np.sin(TIME)), _along(0.0 * TIME), np.array([5.0]))
    assert found.parted == np.inf
    assert not found.closes


def test_lanes_and_refusals():
    escape = np.concatenate([_along(20.0 * TIME), _along(40.0 * TIME, 7.0)])
    launcher = np.concatenate([_along(0.0 * TIME), _along(5.0 * TIME**2)])
    times = np.tile(TIME, (2, 1))
    assert recontact(times, escape, launcher, 20.0).closes.tolist() == [False, True]
    with pytest.raises(ValueError, match="rise"):
        recontact(times[:, ::-1], escape, launcher, 20.0)
    with pytest.raises(ValueError, match="shapes"):
        recontact(TIME, escape, launcher, 20.0)
