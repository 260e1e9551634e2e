"""The search on problems whose answers are known."""

import numpy as np
import pytest

from yaan.base.programme import fewest
from yaan.search.starts import distance
from yaan.search.targeting import find
from yaan.search.unknowns import LANES, Answers, Fly, Solution, Tolerance, Unknown, damped


def problem(misses, cost, approach=None) -> Fly:
    """A batch from functions of one point."""

    def fly(x: np.ndarray) -> Answers:
        assert fewest(LANES) <= x.shape[0] <= LANES  # where XLA compiles, nothing does so twice
        m = np.array([misses(row) for row in x]).reshape(len(x), -1)
        near = m if approach is None else np.array([approach(row) for row in x]).reshape(len(x), -1)
        return Answers(m, near, np.array([cost(row) for row in x]))

    return fly


def unknowns(*guesses: float, scale: float = 1.0, reach: float = 100.0) -> list[Unknown]:
    return [
        Unknown(f"x{i}", guess, scale, guess - reach, guess + reach)
        for i, guess in enumerate(guesses)
    ]


def bowl(x: np.ndarray) -> float:
    """Least at (1, 2, 3)."""
    return float((x[0] - 1.0) ** 2 + 2.0 * (x[1] - 2.0) ** 2 + 0.5 * (x[2] - 3.0) ** 2)


def check(solution: Solution, wanted: list[float], atol: float = 1e-4) -> None:
    assert solution.met
    assert np.max(np.abs(solution.misses), initial=0.0) < 1e-6
    np.testing.assert_allclose(solution.x, wanted, atol=atol)


def test_a_quadratic_with_a_linear_constraint():
    # By Lagrange: x + y + z = 9 moves (1, 2, 3) by 3 (1/2, 1/4, 1) / 1.75.
    solution = find(problem(lambda x: [x.sum() - 9.0], bowl), unknowns(0.0, 0.0, 0.0))
    check(solution, [1.0 + 6 / 7, 2.0 + 3 / 7, 3.0 + 12 / 7], atol=2e-3)
    assert solution.cost == pytest.approx(bowl(np.array([13 / 7, 17 / 7, 33 / 7])), abs=1e-5)


def test_a_quadratic_with_a_nonlinear_constraint():
    # The point of a circle of radius 5 that is nearest to (6, 8) is (3, 4).
    solution = find(
        problem(lambda x: [(x @ x - 25.0) / 10.0], lambda x: float(np.sum((x - [6.0, 8.0]) ** 2))),
        unknowns(1.0, 4.0),
    )
    check(solution, [3.0, 4.0], atol=5e-3)
    assert solution.cost == pytest.approx(25.0, abs=1e-4)


def test_as_many_targets_as_unknowns_are_met_and_nothing_is_left_to_save():
    solution = find(
        problem(lambda x: [np.exp(x[0]) - 2.0, x[0] * x[1] - 1.0], lambda x: 0.0),
        unknowns(0.2, 3.0),
    )
    check(solution, [np.log(2.0), 1.0 / np.log(2.0)], atol=1e-6)


def test_without_targets_the_cost_is_least():
    solution = find(problem(lambda x: [], bowl), unknowns(0.0, 0.0, 0.0))
    check(solution, [1.0, 2.0, 3.0], atol=5e-3)


def test_scales_do_not_matter():
    free = [
        Unknown("small", 0.0, 1e-4, -1.0, 1.0),
        Unknown("large", 0.0, 1e4, -1e9, 1e9),
    ]
    solution = find(
        problem(
            lambda x: [x[0] * 1e4 + x[1] * 1e-4 - 2.0],
            lambda x: (x[0] * 1e4) ** 2 + (x[1] * 1e-4) ** 2,
        ),
        free,
    )
    check(solution, [1e-4, 1e4], atol=1e2)
    assert solution.x[0] == pytest.approx(1e-4, rel=1e-2)


def test_what_cannot_be_met_says_so():
    solution = find(problem(lambda x: [x[0] ** 2 + 1.0], lambda x: x[0]), unknowns(3.0))
    assert not solution.met
    assert abs(solution.x[0]) < 0.2  # and the nearest is shown
    assert solution.misses[0] == pytest.approx(1.0, abs=0.04)


def test_targets_beyond_the_bounds_are_not_met():
    free = [Unknown("x", 0.0, 1.0, -1.0, 1.0)]
    solution = find(problem(lambda x: [x[0] - 2.0], lambda x: 0.0), free)
    assert not solution.met
    assert solution.x[0] == pytest.approx(1.0)


def test_flights_that_are_not_numbers_are_stepped_around():
    # Beyond x = 2.5 nothing flies; the target lies at 2, a full step would leap over it.
    def misses(x: np.ndarray) -> list[float]:
        return [np.nan if x[0] > 2.5 else (x[0] - 2.0) * (1.0 + 0.1 * (x[0] - 2.0) ** 2)]

    scanned = [Unknown("x", -4.0, 1.0, -9.0, 9.0, (3.0, -3.0, 8.0))]
    check(find(problem(misses, lambda x: 0.0), scanned), [2.0], atol=1e-5)


def test_nothing_but_nan_is_a_failure_and_no_exception():
    solution = find(problem(lambda x: [np.nan], lambda x: np.nan), unknowns(0.0, 1.0))
    assert not solution.met
    assert solution.batches < 100


def test_a_scan_finds_the_right_basin():
    # Two dips; the target is in the far one and the slope at the guess leads away from it.
    def misses(x: np.ndarray) -> list[float]:
        return [1.0 - np.exp(-((x[0] - 6.0) ** 2)) if x[0] > 3 else 1.5 + 0.1 * x[0]]

    free = [Unknown("x", 0.0, 1.0, -5.0, 9.0, (1.0, 3.0, 5.5, 7.5))]
    solution = find(problem(misses, lambda x: 0.0), free)
    assert solution.met
    assert solution.x[0] == pytest.approx(6.0, abs=0.15)


def test_the_approach_is_heeded_in_stages():
    heard: list[str] = []
    free = [
        Unknown("early", 0.0, 1.0, -9.0, 9.0, (2.0, 4.0), 0),
        Unknown("late", 0.0, 1.0, -9.0, 9.0, (1.0, 5.0), 1),
    ]
    fly = problem(
        lambda x: [x[0] - 3.0, x[0] * x[1] - 6.0],
        lambda x: 0.0,
        lambda x: [x[0] - 3.0, x[1] - 1.5],
    )
    solution = find(fly, free, stages=[[0], [0, 1]], watch=lambda text, miss: heard.append(text))
    check(solution, [3.0, 2.0], atol=1e-6)
    assert heard[0] == "first guess"
    assert heard.index("approaching") < heard.index("meeting the targets")


def test_a_start_skips_the_guess_and_is_kept_when_nothing_shall_be_met():
    fly = problem(lambda x: [x[0] - 1.0], lambda x: 0.0)
    kept = find(
        fly, unknowns(0.0), start=np.array([5.0]), tolerance=Tolerance(meets=0, improvements=0)
    )
    assert kept.x[0] == 5.0
    assert not kept.met
    check(find(fly, unknowns(0.0), start=np.array([5.0])), [1.0])


SWEPT = (0.0, 2.0, 4.0, 6.0, 8.0)


def two_valleys(x: np.ndarray) -> float:
    """A valley of depth 1 at x = 1 and one of depth 3 at x = 7."""
    return float(-np.exp(-((x[0] - 1.0) ** 2)) - 3.0 * np.exp(-((x[0] - 7.0) ** 2) / 2.0))


def test_a_sweep_finds_the_deeper_of_two_basins():
    # The guess lies in the shallow one; the target can be met everywhere.
    free = [
        Unknown("x", 1.0, 1.0, -1.0, 9.0, sweep=SWEPT),
        Unknown("y", 0.0, 1.0, -9.0, 9.0),
    ]
    fly = problem(lambda x: [x[1] - 0.5 * x[0]], lambda x: 100.0 * two_valleys(x))
    solution = find(fly, free, conditions=1)
    assert solution.met
    assert solution.x[0] == pytest.approx(7.0, abs=0.05)
    assert [a.name for a in solution.attempts] == ["swept"]
    assert solution.attempts[0].met > 1


def test_a_bound_that_binds_does_not_hold_up_the_other_unknowns():
    # Without the bound x would be 9; at its bound of 2 the least is where y - z = 2.
    free = [
        Unknown("x", 0.0, 1.0, -1.0, 2.0),
        Unknown("y", 3.0, 1.0, -9.0, 9.0),
        Unknown("z", -3.0, 1.0, -9.0, 9.0),
    ]
    fly = problem(
        lambda x: [x[1] + x[2] - 2.0],
        lambda x: float((x[0] - 9.0) ** 2 + (x[1] - x[2] - x[0]) ** 2),
    )
    solution = find(fly, free)
    check(solution, [2.0, 2.0, 0.0], atol=0.02)


def test_what_was_tried_is_told_of_a_search_that_finds_nothing():
    free = [Unknown("x", 0.0, 1.0, -9.0, 9.0, (1.0, 5.0), sweep=SWEPT), *unknowns(0.0)]
    solution = find(problem(lambda x: [x[0] ** 2 + 1.0], lambda x: 0.0), free, conditions=1)
    assert not solution.met
    assert [a.name for a in solution.attempts] == ["swept", "from everywhere"]
    assert all(a.starts > 1 and a.met == 0 for a in solution.attempts)
    assert solution.attempts[0].miss == pytest.approx(1.0, abs=0.1)


def test_a_step_from_what_is_no_number_is_none():
    assert np.all(damped(np.array([[np.nan, 1.0]]), np.array([1.0]), 0.0) == 0.0)
    assert np.all(damped(np.ones((1, 2)), np.array([np.inf]), 1e-2) == 0.0)


def test_no_single_miss_rules_how_far_a_flight_is():
    # By squares the first would be nearer, though both of its targets are missed by far.
    near = distance(np.array([[300.0, 300.0], [500.0, 0.0], [np.nan, 0.0]]))
    assert near[1] < near[0] < near[2] * 2.0


def test_a_target_at_its_least_value_is_kept_while_the_cost_falls():
    # As an inclination of 0: its derivative at the target is noise, and must not steer.
    noise = np.random.default_rng(3)

    def misses(x: np.ndarray) -> list[float]:
        return [x[0] + x[2] - 3.0, 1e4 * abs(x[1]) + 1e-5 * noise.standard_normal()]

    fly = problem(misses, lambda x: float((x[0] - 1.0) ** 2))
    solution = find(fly, unknowns(4.0, 0.0, 0.0), conditions=2)
    assert solution.met
    assert solution.x[0] == pytest.approx(1.0, abs=0.05)
