"""The packaged limits, and what becomes of them under those of a file of one's own."""

import numpy as np
import pytest

from yaan.crew import Curve, load_limits
from yaan.crew.limits import fitting

FRESH = Curve("c", "+x", "fresh", "primary", "s", (0.5, 5.0, 300.0), (19.0, 16.0, 7.5))


def test_packaged_curves():
    curves = {curve.name: curve for curve in load_limits().curves}
    fresh = curves["ax_plus_conditioned"]
    assert (fresh.durations, fresh.levels) == (FRESH.durations, FRESH.levels)
    assert (fresh.axis, fresh.condition, fresh.status) == ("+x", "fresh", "second-hand")
    # Every direction of the seat is there, and those without points are said to be missing.
    assert {c.axis for c in curves.values()} == {"+x", "-x", "+y", "-y", "+z", "-z"}
    assert all((c.status == "missing") == (not c.levels) for c in curves.values())
    assert all(c.document and c.clause and c.source for c in curves.values())
    assert fresh.cited == (
        "NASA-STD-3001 Vol 2 Rev F, Table 6.5-1 (seated, Ax), [V2 6064], as tabulated in a public"
        " engineering note that reports opening the document"
    )


def test_packaged_turning_and_blows():
    limits = load_limits()
    assert {c.axis: c.status for c in limits.turning} == {
        "rate": "missing",
        "acceleration": "recalled",
        "transient_acceleration": "recalled",
    }
    assert fitting(limits.turning, "transient_acceleration", "emergency").levels == (3800.0,)
    assert fitting(limits.turning, "transient_acceleration", "fresh").levels == (2200.0,)
    assert limits.response.status == "recalled"
    assert not limits.response.grades("fresh")
    assert limits.response.levels["low"][2] == (-13.4, 15.2)


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


def test_what_is_higher_than_the_curve_starts_is_not_allowed():
    # The curve speaks from 60 s on; 25 g0 for 30 s is beyond what it allows for any time.
    late = Curve("c", "+x", "all", "primary", "s", (60.0, 300.0), (19.0, 7.5))
    assert late.allowed_duration(25.0) == 0.5
    assert late.allowed_level(30.0) == pytest.approx(19.0)


def test_own_curves_replace_those_of_their_axis_and_condition():
    own = Curve("mine", "+x", "fresh", "primary", "s", (1.0,), (3.0,))
    limits = load_limits().overlaid((own,))
    assert fitting(limits.curves, "+x", "fresh") is own
    assert "ax_plus_conditioned" not in {c.name for c in limits.curves}
    assert fitting(limits.curves, "+x", "emergency").name == "ax_plus_emergency"
    every = Curve("mine", "+x", "all", "recalled", "s", (1.0,), (3.0,))
    limits = load_limits().overlaid((every,))
    # A worse standing does not bring back what was replaced.
    assert {fitting(limits.curves, "+x", c).name for c in ("fresh", "emergency")} == {"mine"}


def test_a_curve_of_its_condition_comes_before_one_for_all():
    every = Curve("all", "+z", "all", "primary", "s", (1.0,), (3.0,))
    close = Curve("close", "+z", "fresh", "primary", "s", (1.0,), (2.0,))
    assert fitting((every, close), "+z", "fresh") is close
    better = Curve("close", "+z", "fresh", "second-hand", "s", (1.0,), (2.0,))
    assert fitting((every, better), "+z", "fresh") is every
