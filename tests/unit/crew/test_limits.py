from pathlib import Path

import numpy as np
import pytest

from yaan.base import UnitError
from yaan.crew import Curve, load_limits

FRESH = Curve("c", "+x", "fresh", "primary", "s", (0.5, 5.0, 300.0), (19.0, 16.0, 7.5))
FILE = """
schema: 1
sustained_acceleration:
  curves:
    one: {axis: +x, condition: all, status: primary, source: s, points: POINTS}
"""


def test_packaged_curves():
    curves = {curve.name: curve for curve in load_limits()}
    fresh = curves["ax_plus_conditioned"]
    assert (fresh.durations, fresh.levels) == (FRESH.durations, FRESH.levels)
    assert (fresh.axis, fresh.condition, fresh.status) == ("+x", "fresh", "second-hand")
    # Every direction of the seat is there, and those without points are said to be missing.
    assert {c.axis for c in curves.values()} == {"+x", "-x", "+y", "-y", "+z", "-z"}
    assert all((c.status == "missing") == (not c.levels) for c in curves.values())
    assert all(c.source for c in curves.values())


def test_straight_in_logarithms_between_points():
    np.testing.assert_allclose(FRESH.allowed_level([0.5, 5.0, 300.0]), FRESH.levels)
    middle, level = np.sqrt(5.0 * 300.0), np.sqrt(16.0 * 7.5)
    np.testing.assert_allclose(FRESH.allowed_level(middle), level)
    np.testing.assert_allclose(FRESH.allowed_duration(level), middle)


def test_flat_beyond_the_points():
    np.testing.assert_allclose(FRESH.allowed_level([0.1, 9e3]), [19.0, 7.5])
    np.testing.assert_array_equal(FRESH.allowed_duration([7.5, 1.0]), [np.inf, np.inf])
    np.testing.assert_allclose(FRESH.allowed_duration([7.5 + 1e-9, 25.0]), [300.0, 0.5])


@pytest.mark.parametrize(
    ("status", "levels", "grades"),
    [
        ("primary", (2.0,), True),
        ("second-hand", (2.0,), True),
        ("recalled", (2.0,), False),
        ("missing", (), False),
        ("primary", (), False),
    ],
)
def test_what_grades(status, levels: tuple[float, ...], grades: bool):
    assert Curve("c", "+x", "all", status, "s", (1.0,) * len(levels), levels).grades is grades


def test_a_file_of_ones_own(tmp_path: Path):
    file = tmp_path / "limits.yaml"
    file.write_text(FILE.replace("POINTS", '[["1 min", "4 g0"], ["1 h", "29.41995 m/s2"]]'))
    (curve,) = load_limits(file)
    assert curve.durations == (60.0, 3600.0)
    assert curve.levels == (4.0, 3.0)


@pytest.mark.parametrize(
    ("points", "error", "said"),
    [
        ('[["1 s", "4 g0"], ["1 s", "3 g0"]]', ValueError, "one: durations must rise"),
        ('[["1 s", "4 g0"], ["2 s", "5 g0"]]', ValueError, "levels fall"),
        # "g" is a gram.
        ('[["1 s", "4 g"]]', UnitError, "4 g"),
        ('[["1 s", 4]]', UnitError, "acceleration"),
    ],
)
def test_bad_points_are_refused(tmp_path: Path, points: str, error: type, said: str):
    file = tmp_path / "limits.yaml"
    file.write_text(FILE.replace("POINTS", points))
    with pytest.raises(error, match=said):
        load_limits(file)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema: 1", "schema: 2", "schema 2"),
        ("primary", "certain", "status 'certain'"),
        ("axis: +x", "axis: x", "axis 'x'"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, old: str, new: str, said: str):
    file = tmp_path / "limits.yaml"
    file.write_text(FILE.replace("POINTS", "null").replace(old, new))
    with pytest.raises(ValueError, match=said):
        load_limits(file)
