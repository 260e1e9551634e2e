"""Many histories graded at once, against the one that is graded alone."""

import time as clock

import numpy as np
import pytest

from yaan.crew import Curve, grade, grade_lanes, grade_turning, load_limits, longest_exposure
from yaan.crew.limits import Condition, fitting
from yaan.crew.loads import worst_exposure

CURVES = load_limits().curves


def entries(lanes: int, rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Smooth pulses with a ripple, of peaks and widths around the limits; uneven rows."""
    draw = np.random.default_rng(seed)
    time = np.cumsum(draw.uniform(0.05, 0.4, (lanes, rows)), axis=1)
    peak, width = draw.uniform(2.0, 25.0, (lanes, 1)), draw.uniform(3.0, 60.0, (lanes, 1))
    load = peak * np.exp(-(((time - time[:, rows // 2 : rows // 2 + 1]) / width) ** 2))
    load += draw.uniform(0.0, 2.0, (lanes, 1)) + 0.3 * np.sin(3.0 * time)
    return time, np.stack([load, 0.1 * load, -0.2 * load], axis=2)


def in_level(time: np.ndarray, load: np.ndarray, curve: Curve) -> float:
    """Utilisation in level by a dense scan, every row's among the levels, denser at the worst."""
    levels, best = np.unique([*np.geomspace(0.02, load.max(), 300), *load[load > 0.02]]), 0.0
    for _ in range(2):
        held = np.array([longest_exposure(time, load, level) for level in levels])
        used = np.where(held > 0.5, levels / curve.allowed_level(np.maximum(held, 0.1)), 0.0)
        best = max(best, float(used.max()))
        worst = levels[np.argmax(used)]
        levels = np.geomspace(0.96 * worst, min(1.04 * worst, load.max()), 300)
    return best


@pytest.mark.parametrize("condition", ["fresh", "deconditioned", "emergency"])
def test_each_lane_is_graded_as_alone(condition: Condition):
    time, load = entries(12, 300)
    curve = fitting(CURVES, "+x", condition)
    found = grade_lanes(time, load, CURVES, condition)
    for lane in range(len(time)):
        alone = grade(time[lane], load[lane], CURVES, condition)[0]
        assert found.passed[lane, 0] == (alone.verdict == "provisional-pass")
        assert found.peak[lane, 0] == alone.peak_g
        wanted = in_level(time[lane], load[lane, :, 0], curve)
        assert found.utilisation[lane, 0] == pytest.approx(wanted, rel=6e-4)
        level, held = found.level[lane, 0], found.duration[lane, 0]
        assert held == pytest.approx(longest_exposure(time[lane], load[lane, :, 0], level))
        assert found.allowed[lane, 0] == pytest.approx(curve.allowed_level(held))
        start = found.start[lane, 0]
        felt = np.interp([start + 1e-6, start + held - 1e-6], time[lane], load[lane, :, 0])
        assert np.all(felt >= level * (1.0 - 1e-4))
    assert 0 < found.passed[:, 0].sum() < len(time)


def test_it_fails_exactly_where_one_alone_does():
    # Pulses within 1e-5 of the limit of 100 s of 8.81 g0 or so, on both sides.
    curve = fitting(CURVES, "+x", "fresh")
    limit = float(curve.allowed_level(100.0))
    levels = limit * (1.0 + np.array([-1e-3, -1e-5, -1e-9, 1e-9, 1e-5, 1e-3]))
    # A blow on top of each, so that the level that decides is none that is looked at first.
    time = np.tile([0.0, 10.0, 10.0, 50.0, 50.0, 50.4, 50.4, 110.0, 110.0, 120.0], (6, 1))
    load = np.zeros((6, 10, 3))
    load[:, 2:8, 0] = levels[:, None]
    load[:, 4:6, 0] = 30.0
    found = grade_lanes(time, load, CURVES, "fresh")
    alone = [worst_exposure(t, x[:, 0], curve).used <= 1.0 for t, x in zip(time, load, strict=True)]
    np.testing.assert_array_equal(found.passed[:, 0], alone)
    np.testing.assert_array_equal(found.passed[:, 0], [True] * 3 + [False] * 3)
    np.testing.assert_array_equal(found.utilisation[:, 0] <= 1.0, alone)
    np.testing.assert_allclose(found.utilisation[:, 0], levels / limit, rtol=1e-6)
    np.testing.assert_allclose(found.duration[:, 0], 100.0, rtol=1e-5)
    np.testing.assert_allclose(found.start[:, 0], 10.0)


def test_it_moves_smoothly_from_one_flight_to_the_next():
    # In time the utilisation of these is without bound where the curve turns flat.
    time = np.tile(np.linspace(0.0, 600.0, 601), (40, 1))
    size = np.linspace(3.9, 4.3, 40)[:, None]
    load = np.zeros((40, 601, 3))
    load[:, :, 0] = size * np.sin(np.pi * time / 600.0)
    used = grade_lanes(time, load, CURVES, "deconditioned").utilisation[:, 0]
    steps = np.diff(used)
    np.testing.assert_allclose(steps, steps.mean(), rtol=2e-3)


def test_rows_that_do_not_count_change_nothing():
    time, load = entries(6, 200)
    counts = np.array([200, 150, 90, 60, 2, 1])
    spoilt_time, spoilt_load = time.copy(), load.copy()
    for lane, count in enumerate(counts):
        spoilt_time[lane, count:], spoilt_load[lane, count:] = np.nan, np.nan
    found = grade_lanes(spoilt_time, spoilt_load, CURVES, "fresh", counts=counts)
    for lane, count in enumerate(counts):
        alone = grade_lanes(
            time[lane : lane + 1, :count], load[lane : lane + 1, :count], CURVES, "fresh"
        )
        assert found.utilisation[lane, 0] == pytest.approx(alone.utilisation[0, 0], rel=1e-9)
        np.testing.assert_array_equal(found.peak[lane], alone.peak[0])


def test_a_blow_is_neither_passed_nor_failed_by_its_peak():
    time = np.array([[0.0, 10.0, 10.0, 10.4, 10.4, 20.0]])
    load = np.zeros((1, 6, 3))
    load[0, :, 0] = [1.0, 1.0, 80.0, 80.0, 1.0, 1.0]
    found = grade_lanes(time, load, CURVES, "fresh")
    assert found.peak[0, 0] == 80.0
    assert found.peak_time[0, 0] == 10.0
    assert found.utilisation[0, 0] == pytest.approx(1.0 / 7.5 * (7.5 / 7.5), rel=0.4)
    assert found.passed[0, 0]
    short = grade_lanes(time[:, 2:4], load[:, 2:4], CURVES, "fresh")
    assert short.utilisation[0, 0] == 0.0
    assert np.isnan(short.level[0, 0])


def test_what_has_no_curve_is_not_graded_and_never_worst():
    time, load = entries(4, 100)
    found = grade_lanes(time, load, CURVES, "fresh")
    np.testing.assert_array_equal(found.graded, [True] + [False] * 5)
    assert np.isnan(found.utilisation[:, 1:]).all()
    assert not found.passed[:, 1:].any()
    margin, axis = found.worst()
    np.testing.assert_array_equal(axis, 0)
    np.testing.assert_array_equal(margin, 1.0 - found.utilisation[:, 0])
    margin, axis = grade_lanes(time, load, (), "fresh").worst()
    assert np.isnan(margin).all()
    np.testing.assert_array_equal(axis, -1)


def test_an_invented_curve_on_each_axis_grades_lanes():
    own = [
        Curve(axis, axis, "all", "primary", "s", (0.5, 10.0), (4.0, 2.0))
        for axis in ("+x", "-x", "+y", "-y", "+z", "-z")
    ]
    time = np.tile([0.0, 20.0], (12, 1))
    load = np.zeros((12, 2, 3))
    for i in range(6):
        for k, level in enumerate((1.99, 2.01)):
            load[2 * i + k, :, i // 2] = level if i % 2 == 0 else -level
    found = grade_lanes(time, load, own, "fresh")
    for i in range(6):
        np.testing.assert_array_equal(found.passed[2 * i : 2 * i + 2, i], [True, False])
        assert found.passed[2 * i, [k for k in range(6) if k != i]].all()


def test_the_seat_may_turn_as_fast_as_a_curve_says():
    time = np.tile(np.linspace(0.0, 20.0, 201), (2, 1))
    rate = np.zeros((2, 201, 3))
    rate[:, :, 1], rate[:, :, 2] = 3.0, [[4.0], [4.0]]  # 5 rad/s in all
    sudden = np.zeros_like(rate)
    sudden[1, 100:108, 0] = 2.1
    packaged = grade_turning(time, rate, sudden, load_limits().turning, "fresh")
    assert not packaged.graded.any()
    assert np.isnan(packaged.margin).all()
    np.testing.assert_allclose(packaged.peak[:, 0], 5.0)
    for level, passes in ((5.01, True), (4.99, False)):
        own = [
            Curve("r", "rate", "all", "primary", "s", (0.5,), (level,)),
            Curve("a", "acceleration", "all", "primary", "s", (0.5,), (2.0,)),
            Curve("t", "transient_acceleration", "all", "primary", "s", (1e-3,), (2.0,)),
        ]
        found = grade_turning(time, rate, sudden, own, "fresh")
        np.testing.assert_array_equal(found.passed[:, 0], passes)
        # 2.1 rad/s2 for 0.7 s is more than is allowed of either.
        np.testing.assert_array_equal(found.passed[:, 1:], [[True, True], [False, False]])


def test_a_millisecond_and_ten_grade_the_same():
    def graded(step: float) -> np.ndarray:
        time = np.arange(0.0, 40.0 + 0.5 * step, step)[None]
        load = np.zeros((1, time.size, 3))
        load[0, :, 0] = 12.0 * np.sin(np.pi * time[0] / 40.0) ** 2
        return grade_lanes(time, load, CURVES, "fresh").utilisation[:, 0]

    np.testing.assert_allclose(graded(1e-2), graded(1e-3), rtol=1e-5)


@pytest.mark.parametrize(
    ("time", "load", "counts", "said"),
    [
        ([[0.0, 1.0]], np.zeros((1, 3, 3)), None, "expected"),
        ([0.0, 1.0], np.zeros((2, 3)), None, "expected"),
        ([[1.0, 0.0]], np.zeros((1, 2, 3)), None, "must not fall"),
        ([[0.0, np.nan]], np.zeros((1, 2, 3)), None, "finite"),
        ([[0.0, 1.0]], np.zeros((1, 2, 3)), [3], "counts"),
        ([[0.0, 1.0]], np.zeros((1, 2, 3)), [0], "counts"),
    ],
)
def test_bad_histories_are_refused(time, load: np.ndarray, counts, said: str):
    with pytest.raises(ValueError, match=said):
        grade_lanes(time, load, CURVES, "fresh", counts=counts)


@pytest.mark.slow
def test_a_thousand_flights_are_graded_in_a_second_or_two():
    time, load = entries(1000, 1500)
    start = clock.process_time()
    grade_lanes(time, load, CURVES, "emergency")
    assert clock.process_time() - start < 4.0
