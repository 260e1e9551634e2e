"""Trains as data: how steps are stacked, and the laws of an opening."""

import math
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from yaan.vehicle.parachute import (
    OPENINGS,
    Reefing,
    Step,
    finite_mass_factor,
    stack,
    terminal_speed,
)

PLAIN = Step(diameter=10.0, drag_coefficient=0.8, fill_constant=8.0, opening_factor=1.2)
REEFED = Step(
    diameter=25.0,
    drag_coefficient=0.85,
    cluster_factor=0.95,
    fill_constant=7.0,
    disreef_constant=2.0,
    opening_factor=1.1,
    reefing=(Reefing(0.05, 6.0), Reefing(0.2, 5.0, fill_constant=3.0, opening_factor=1.3)),
)


def skipped(*stages: int) -> Step:
    """The reefed step with stages that fail."""
    return replace(REEFED, skip=stages)


@pytest.mark.parametrize(("steps", "padded"), [(0, 4), (1, 4), (4, 4), (5, 8)])
def test_trains_are_padded_to_a_multiple_of_four(steps: int, padded: int):
    train = stack([PLAIN] * steps)
    assert train.ratio.shape == (padded, OPENINGS)
    assert train.exists.tolist() == [True] * steps + [False] * (padded - steps)
    assert np.all(train.ratio[:, -1] == 1.0)


def test_drag_area_is_of_one_canopy_on_its_nominal_area():
    train = stack([PLAIN, REEFED])
    areas = [0.8 * math.pi * 25.0, 0.85 * 0.95 * math.pi * 156.25]
    np.testing.assert_allclose(train.drag_area[:2], areas, rtol=1e-14)


def test_stages_come_in_turn_and_the_last_opening_is_full():
    train = stack([REEFED])
    assert train.ratio[0].tolist() == [0.05, 0.2, 1.0, 1.0, 1.0]
    assert train.duration[0, :2].tolist() == [6.0, 5.0]
    assert np.all(np.isinf(train.duration[0, 2:]))
    assert train.fill_constant[0, :3].tolist() == [7.0, 3.0, 2.0]
    assert train.opening_factor[0, :3].tolist() == [1.1, 1.3, 1.1]


@pytest.mark.parametrize(
    ("stages", "ratio", "duration", "constant"),
    [
        ((1,), [0.2, 1.0], 11.0, [7.0, 2.0]),
        ((2,), [0.05, 1.0], 6.0, [7.0, 2.0]),
        ((1, 2), [1.0, 1.0], math.inf, [7.0, 2.0]),
    ],
)
def test_a_skipped_stage_leaves_the_cutters_of_the_others_alone(
    stages: tuple[int, ...], ratio: list[float], duration: float, constant: list[float]
):
    train = stack([skipped(*stages)])
    assert train.ratio[0, :2].tolist() == ratio
    assert train.duration[0, 0] == duration
    assert train.fill_constant[0, :2].tolist() == constant


def test_more_stages_than_there_is_room_for_are_refused():
    stages = tuple(Reefing(0.1 * k, 1.0) for k in range(1, 6))
    with pytest.raises(ValueError, match="5 reefing stages, at most 4"):
        stack([replace(PLAIN, reefing=stages)])


def test_fill_times_share_out_by_the_root_of_the_area():
    times = stack([REEFED]).fill_time(jnp.asarray(50.0))[0]
    expected = np.array([7.0, 3.0, 2.0]) * 0.5 * np.sqrt([0.05, 0.15, 0.8])
    np.testing.assert_allclose(times[:3], expected, rtol=1e-14)


def test_an_opening_grows_overshoots_and_settles():
    train = stack([REEFED])
    shape = train.ratio.shape
    base = jnp.zeros(shape).at[0, 1].set(0.05)

    def at(elapsed: float) -> np.ndarray:
        return np.asarray(train.opened(jnp.full(shape, elapsed), jnp.full(shape, 2.0), base))[0]

    np.testing.assert_allclose(at(0.0)[:3], [0.0, 0.05, 0.0], atol=1e-15)
    np.testing.assert_allclose(at(1.0)[:2], [0.25 * 0.055, 0.05 + 0.25 * 0.21], rtol=1e-14)
    np.testing.assert_allclose(at(2.0)[:3], [0.055, 0.26, 1.1], rtol=1e-14)
    np.testing.assert_allclose(at(3.0)[:3], [0.0525, 0.23, 1.05], rtol=1e-14)
    np.testing.assert_allclose(at(9.0)[:3], [0.05, 0.2, 1.0], rtol=1e-14)


@pytest.mark.parametrize("exponent", [1.0, 2.0, 6.0])
def test_the_finite_mass_factor_is_the_peak_of_its_own_motion(exponent: float):
    ballistic = np.array([0.01, 0.1, 0.5, 1.0, 5.0, 1e6])
    x = np.linspace(1e-6, 1.0, 400_001)
    peaks = [
        np.max(x**exponent / (1.0 + x ** (exponent + 1.0) / ((exponent + 1.0) * a)) ** 2)
        for a in ballistic
    ]
    factor = finite_mass_factor(jnp.asarray(ballistic), jnp.full(6, exponent))
    np.testing.assert_allclose(factor, peaks, rtol=1e-8)
    assert factor[-1] == pytest.approx(1.0, abs=1e-5)


def test_terminal_speed_of_known_figures():
    # 5.3 t under three of 25.7 m with 0.85: 8.0 m/s, from the published check of the train.
    area = 3.0 * 0.85 * math.pi * 25.7**2 / 4.0
    assert terminal_speed(*map(jnp.asarray, (5.3e3 * 9.80665, 1.225, area))) == pytest.approx(
        8.0, abs=0.05
    )
