"""Histories whose longest exposures are known in closed form."""

import json

import numpy as np
import pytest

from yaan.crew import Curve, grade, load_limits, longest_exposure
from yaan.crew.limits import Condition, fitting
from yaan.results.record import to_plain
from yaan.results.summary import AxisLoads

# One straight line in logarithms: allowed duration = 1000 s (10 / level)^4 from 10 to 20 g0.
LINE = Curve("line", "+x", "fresh", "primary", "s", (62.5, 1000.0), (20.0, 10.0))


def along_x(time, load, *curves: Curve, condition: Condition = "fresh") -> AxisLoads:
    history = np.stack([load, np.zeros_like(load), np.zeros_like(load)], axis=1)
    return grade(time, history, curves or (LINE,), condition)[0]


def square(level: float, length: float, gap: float | None = None) -> tuple[np.ndarray, np.ndarray]:
    """A pulse from t = 10 s, or two of them with a pause; jumps are double times."""
    time, load = [0.0, 10.0, 10.0, 10.0 + length], [1.0, 1.0, level, level]
    if gap is not None:
        second = 10.0 + length + gap
        time += [10.0 + length, second, second, second + length]
        load += [1.0, 1.0, level, level]
    return np.array([*time, time[-1], time[-1] + 5.0]), np.array([*load, 1.0, 1.0])


def test_square_pulse():
    time, load = square(20.0, 31.25)
    assert longest_exposure(time, load, 20.0) == 31.25
    assert longest_exposure(time, load, 10.0) == 31.25
    assert longest_exposure(time, load, 20.0 + 1e-9) == 0.0
    assert longest_exposure(time, load, 0.5) == time[-1]
    found = along_x(time, load)
    assert found.verdict == "pass"
    assert found.utilisation == pytest.approx(0.5, rel=1e-12)
    assert found.worst_level_g == pytest.approx(20.0, rel=1e-12)
    assert found.allowed_duration == pytest.approx(62.5, rel=1e-12)
    assert found.worst_duration == 31.25
    assert found.peak_g == 20.0


def test_two_pulses_are_not_joined():
    time, load = square(20.0, 40.0, gap=2.0**-10)
    assert longest_exposure(time, load, 15.0) == 40.0
    assert along_x(time, load).verdict == "pass"
    assert along_x(*square(20.0, 80.0)).verdict == "fail"


def test_pulses_over_a_floor_are_joined_below_it():
    # Between two pulses of 20 g0 the load stays at 14 g0: there it is one exposure of 120 s.
    time, load = square(20.0, 40.0, gap=40.0)
    load[(time >= 50.0) & (time <= 90.0) & (load == 1.0)] = 14.0
    assert longest_exposure(time, load, 14.0) == 120.0
    assert longest_exposure(time, load, 14.0 + 1e-9) == 40.0
    # 40 / 62.5 = 0.64 at 20 g0; 120 / (1000 (10/14)^4) = 0.461 at 14 g0.
    assert along_x(time, load).utilisation == pytest.approx(0.64, rel=1e-12)


def test_a_split_decides_when_it_is_worst():
    # A dip to 15 g0 for an instant in 90 s of 16 g0; joined at 15 g0, where 197.5 s are allowed.
    time, load = np.array([0.0, 45.0, 90.0]), np.array([16.0, 15.0, 16.0])
    found = along_x(time, load)
    assert found.worst_level_g == pytest.approx(15.0, rel=1e-12)
    assert found.utilisation == pytest.approx(90.0 / (1000.0 / 1.5**4), rel=1e-12)


def test_ramp():
    # Rises to 20 g0 in T and drops: T (1 - L/20) at or above L. Times L^4 it is largest at L = 16.
    time, load = np.array([0.0, 400.0, 400.0]), np.array([0.0, 20.0, 0.0])
    np.testing.assert_allclose(longest_exposure(time, load, 15.0), 100.0, rtol=1e-14)
    found = along_x(time, load)
    worst = 400.0 * (1.0 - 16.0 / 20.0) / (1000.0 / 1.6**4)
    assert found.utilisation == pytest.approx(worst, rel=1e-4)
    assert found.worst_level_g == pytest.approx(16.0, rel=0.01)


def test_the_peak_between_points_is_cut_by_straight_lines():
    time, load = np.array([0.0, 10.0, 30.0]), np.array([0.0, 20.0, 0.0])
    np.testing.assert_allclose(longest_exposure(time, load, 5.0), 7.5 + 15.0, rtol=1e-14)


def test_a_gentle_flight_uses_nothing():
    time = np.linspace(0.0, 900.0, 500)
    found = along_x(time, np.full(500, 3.0))
    assert (found.verdict, found.utilisation, found.allowed_duration) == ("pass", 0.0, None)
    assert found.worst_duration == 900.0
    assert found.worst_level_g == pytest.approx(3.0, rel=1e-12)
    assert "without end" in found.text


def test_a_blow_is_not_a_sustained_load():
    time, load = square(60.0, 0.5)
    found = along_x(time, load)
    assert found.verdict == "pass"
    assert found.peak_g == 60.0
    assert "too short" in found.text
    # Above the curve's first point no sustained load is allowed.
    assert along_x(*square(60.0, 0.6)).verdict == "fail"


@pytest.mark.parametrize("condition", ["fresh", "deconditioned", "emergency"])
def test_each_curve_passes_just_below_and_fails_just_above(condition: Condition):
    curve = fitting(load_limits().curves, "+x", condition)
    for duration, level in zip(curve.durations, curve.levels, strict=True):
        for share, verdict in ((0.999, "provisional-pass"), (1.001, "provisional-fail")):
            # A pulse of a level just off the point's; its last point is for as long as one likes.
            length = max(duration, 0.5001) * (1.0 if duration < curve.durations[-1] else 3.0)
            allowed = float(curve.allowed_level(length))
            found = along_x(*square(share * allowed, length), curve, condition=condition)
            assert found.verdict == verdict, (level, share)
            assert found.curve == curve.name


@pytest.mark.parametrize("axis", ["+x", "-x", "+y", "-y", "+z", "-z"])
def test_an_invented_curve_grades_on_each_axis(axis):
    own = Curve("own", axis, "all", "primary", "s", (0.5, 10.0), (4.0, 2.0))
    limits = load_limits().overlaid((own,))
    side, sign = "xyz".index(axis[1]), 1.0 if axis[0] == "+" else -1.0
    for level, verdict in ((1.99, "pass"), (2.01, "fail")):
        time, load = square(level, 20.0)
        seat = np.zeros((len(time), 3))
        seat[:, side] = sign * load
        found = {one.axis: one for one in grade(time, seat, limits.curves, "fresh")}
        assert found[axis].verdict == verdict
        others = [one.verdict for key, one in found.items() if key != axis]
        assert others.count("ungraded") == (5 if axis == "+x" else 4)


@pytest.mark.parametrize("condition", ["fresh", "deconditioned", "emergency"])
def test_how_densely_a_history_is_written_changes_nothing(condition: Condition):
    def pulse(step: float) -> AxisLoads:
        time = np.arange(0.0, 40.0 + 0.5 * step, step)
        load = 12.0 * np.sin(np.pi * time / 40.0) ** 2
        return along_x(time, load, *load_limits().curves, condition=condition)

    fine, coarse = pulse(1e-3), pulse(1e-2)
    assert fine.verdict == coarse.verdict
    assert coarse.utilisation == pytest.approx(fine.utilisation, rel=1e-5)
    assert coarse.worst_duration == pytest.approx(fine.worst_duration, rel=1e-2)


@pytest.mark.parametrize(
    ("status", "easy", "hard"),
    [
        ("primary", "pass", "fail"),
        ("second-hand", "provisional-pass", "provisional-fail"),
        ("recalled", "ungraded", "ungraded"),
        ("missing", "ungraded", "ungraded"),
    ],
)
def test_status_rules(status, easy: str, hard: str):
    curve = Curve("c", "+x", "all", status, "s", LINE.durations, LINE.levels)
    mild, harsh = along_x(*square(20.0, 10.0), curve), along_x(*square(20.0, 100.0), curve)
    assert (mild.verdict, harsh.verdict) == (easy, hard)
    assert harsh.peak_g == 20.0
    if easy == "ungraded":
        assert harsh.utilisation is None
        assert harsh.text.startswith("ungraded")
    if status == "second-hand":
        assert "second-hand" in harsh.text


def test_signs_and_axes():
    time = np.array([0.0, 100.0])
    load = np.array([[-3.0, 2.0, -1.0]] * 2)
    peaks = {v.axis: v.peak_g for v in grade(time, load, load_limits().curves, "fresh")}
    assert peaks == {"+x": 0.0, "-x": 3.0, "+y": 2.0, "-y": 0.0, "+z": 0.0, "-z": 1.0}


def test_condition_picks_the_curve():
    # 9 g0 for 30 s: the fresh may bear it for 100 s and more, the deconditioned for 17 s.
    time, load = square(9.0, 30.0)
    found = {
        c: along_x(time, load, *load_limits().curves, condition=c)
        for c in ("fresh", "deconditioned")
    }
    assert found["fresh"].verdict == "provisional-pass"
    assert found["deconditioned"].verdict == "provisional-fail"
    assert found["deconditioned"].curve == "ax_plus_deconditioned"


def test_no_axis_passes_in_silence():
    time = np.array([0.0, 1.0])
    verdicts = grade(time, np.zeros((2, 3)), (), "fresh")
    assert [v.verdict for v in verdicts] == ["ungraded"] * 6
    assert {v.status for v in verdicts} == {"missing"}


def test_row_is_plain_data():
    row = to_plain(along_x(*square(9.0, 30.0), *load_limits().curves))
    wanted = "axis curve status verdict worst_level_g worst_duration allowed_duration utilisation"
    assert set(row) == {
        *wanted.split(),
        *("peak_g", "source", "text", "allowed", "document", "clause", "revision"),
    }
    assert json.loads(json.dumps(row))["allowed"][0] == [0.5, 19.0]


@pytest.mark.parametrize(
    ("time", "load", "said"),
    [
        ([0.0, 1.0], np.zeros((3, 3)), "expected"),
        ([0.0, 1.0], np.zeros((2, 2)), "expected"),
        ([], np.zeros((0, 3)), "expected"),
        ([1.0, 0.0], np.zeros((2, 3)), "must not fall"),
        ([0.0, 1.0], np.full((2, 3), np.nan), "finite"),
    ],
)
def test_bad_histories_are_refused(time, load: np.ndarray, said: str):
    with pytest.raises(ValueError, match=said):
        grade(time, load, load_limits().curves, "fresh")
