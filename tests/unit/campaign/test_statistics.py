"""Statistics of campaigns beside closed forms, SciPy, exact sums and models of known indices."""

import math

import numpy as np
import pytest
from scipy import stats

from yaan.campaign.statistics import (
    MOST_MORE,
    binomial_interval,
    ellipse,
    first_order_indices,
    judged,
    lower_bound,
    more_to_decide,
    percentile_interval,
    rank_correlations,
    replicated_interval,
    share_in_common,
    sobol_indices,
    upper_bound,
)

FAR = 5.0
"""Standard errors; beyond lies one in a million of what is right."""


def ishigami(x: np.ndarray) -> np.ndarray:
    """Of three uniform numbers from -pi to pi [.., 3]; Ishigami and Homma (1990), a 7, b 0.1."""
    return np.sin(x[..., 0]) * (1.0 + 0.1 * x[..., 2] ** 4) + 7.0 * np.sin(x[..., 1]) ** 2


_PARTS = (0.5 * (1.0 + 0.1 * math.pi**4 / 5.0) ** 2, 49.0 / 8.0, 0.01 * math.pi**8 * 8.0 / 225.0)
FIRST = np.array([_PARTS[0], _PARTS[1], 0.0]) / sum(_PARTS)
TOTAL = np.array([_PARTS[0] + _PARTS[2], _PARTS[1], _PARTS[2]]) / sum(_PARTS)


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 9), (9, 9), (1, 9), (37, 60), (997, 1000), (99_990, 100_000)]
)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.9973])
def test_intervals_are_those_of_scipy(successes: int, trials: int, confidence: float):
    def oracle(side: str):
        found = stats.binomtest(successes, trials, alternative=side)
        return found.proportion_ci(confidence, method="exact")

    found = binomial_interval(successes, trials, confidence)
    np.testing.assert_allclose(found, oracle("two-sided"), rtol=1e-9)
    low = lower_bound(successes, trials, confidence)
    high = upper_bound(successes, trials, confidence)
    np.testing.assert_allclose(low, oracle("greater").low, rtol=1e-9)
    np.testing.assert_allclose(high, oracle("less").high, rtol=1e-9)


def test_intervals_without_failures_are_closed_forms():
    low, high = binomial_interval(50, 50)
    assert low == pytest.approx(0.025 ** (1 / 50), rel=1e-12)
    assert high == 1.0
    assert binomial_interval(0, 50)[1] == pytest.approx(1.0 - low, rel=1e-12)
    # The rule of three.
    assert upper_bound(0, 1000) == pytest.approx(-math.expm1(math.log(0.05) / 1000), rel=1e-12)


def test_nothing_follows_of_no_trials():
    assert binomial_interval(0, 0) == (0.0, 1.0)
    assert (lower_bound(0, 0), upper_bound(0, 0)) == (0.0, 1.0)
    assert judged(0, 0, 0.9) == "open"
    assert more_to_decide(0, 0, 0.9) is None


def test_intervals_cover_as_often_as_exact_sums_say():
    trials, p, campaigns = 80, 0.93, 1000
    counts = np.arange(trials + 1)
    ends = np.array([binomial_interval(int(k), trials) for k in counts])
    covers = (ends[:, 0] <= p) & (p <= ends[:, 1])
    exact = float(stats.binom.pmf(counts[covers], trials, p).sum())
    rng = np.random.default_rng(20)
    flown = (rng.random((campaigns, trials)) < p).sum(axis=1)
    met = float(covers[flown].mean())
    assert exact >= 0.95
    assert abs(met - exact) < 0.02
    assert met > 0.95 - 3.0 * math.sqrt(0.95 * 0.05 / campaigns)


def test_a_requirement_is_held_failed_or_open():
    low, high = binomial_interval(990, 1000)
    assert judged(990, 1000, low) == "held"
    assert judged(990, 1000, math.nextafter(low, 1.0)) == "open"
    assert judged(990, 1000, high) == "open"
    assert judged(990, 1000, math.nextafter(high, 1.0)) == "failed"
    assert judged(1000, 1000, 1.0) == "open"
    assert judged(0, 1000, 0.0) == "held"


def every_one(successes: int, trials: int, required: float, most: int) -> int | None:
    """Further draws that decide, by the verdict of every number of them."""
    for n in range(trials, trials + most):
        if judged((2 * successes * n + trials) // (2 * trials), n, required) != "open":
            return n - trials
    return None


def test_more_draws_are_the_fewest_that_decide():
    rng = np.random.default_rng(3)
    asked = 0
    for _ in range(150):
        trials = int(rng.integers(1, 60))
        successes = int(rng.integers(0, trials + 1))
        required = float(rng.uniform(0.01, 0.99))
        right = every_one(successes, trials, required, 2000)
        found = more_to_decide(successes, trials, required)
        if right is None:
            assert found is None or found >= 2000
        else:
            assert found == right, (successes, trials, required)
            asked += right > 0
    assert asked > 30


@pytest.mark.parametrize("required", [0.9, 0.99, 0.9987, 0.99999])
def test_without_failures_the_count_is_a_closed_form(required: float):
    whole = math.ceil(math.log(0.025) / math.log(required))
    assert more_to_decide(10, 10, required) == whole - 10
    assert more_to_decide(0, 10, 1.0 - required) == whole - 10
    assert judged(whole, whole, required) == "held"
    assert judged(whole - 1, whole - 1, required) == "open"


def test_no_count_decides_what_is_met_exactly_or_nearly():
    assert more_to_decide(9, 10, 0.9) is None
    assert more_to_decide(9, 10, 0.9 + 1e-5) is None
    assert more_to_decide(10, 10, 1.0) is None
    assert more_to_decide(990, 1000, 0.5) == 0
    # Nearly all that is looked at: as the normal approximation has it, within a hundredth.
    off = 1e-3 * 0.2
    found = more_to_decide(900, 1000, 0.9 + off)
    assert found is not None
    assert found == pytest.approx(1.96**2 * 0.09 / off**2, rel=0.01)
    assert found < MOST_MORE


def test_replicates_have_the_interval_of_student():
    shares = np.array([0.981, 0.992, 0.979, 0.988, 0.990])
    value, *ends = replicated_interval(shares, 0.9)
    error = stats.sem(shares)
    assert value == pytest.approx(shares.mean())
    np.testing.assert_allclose(ends, stats.t.interval(0.9, 4, shares.mean(), error), rtol=1e-9)
    assert replicated_interval([1.0, 0.9]).high == 1.0


@pytest.mark.parametrize(("failures", "missed"), [(3.2, 0.13), (10.0, 0.04)])
def test_replicates_of_rare_failures_miss_as_often_as_they_say(failures: float, missed: float):
    rng, p = np.random.default_rng(4), 1.0 - failures / (16 * 256)
    lows = [replicated_interval(one).low for one in rng.binomial(256, p, (3000, 16)) / 256]
    assert np.mean(np.array(lows) > p) == pytest.approx(missed, abs=0.015)


def test_equal_replicates_are_not_taken_for_certain():
    value, low, high = replicated_interval([1.0] * 16)
    assert (value, high) == (1.0, 1.0)
    assert low == pytest.approx(1.0 - math.sqrt(math.log(40.0) / 32.0))


@pytest.mark.parametrize(("count", "p"), [(10, 0.5), (60, 0.9), (500, 0.02), (2000, 0.9973)])
def test_percentiles_lie_between_the_closest_ranks_that_cover(count: int, p: float):
    values = np.random.default_rng(1).permutation(np.arange(1.0, count + 1.0))
    value, low, high = percentile_interval(values, p)
    assert value == pytest.approx(np.quantile(values, p))
    # The values are their ranks. Above the percentile lies rank r if fewer than r draws are below.
    at = stats.binom(count, p)
    r, s = (int(low) if low > 0 else 0), (int(high) if math.isfinite(high) else count + 1)
    assert at.cdf(r - 1) <= 0.025 < at.cdf(r)
    assert at.sf(s - 1) <= 0.025 < at.sf(s - 2)
    assert at.cdf(s - 1) - at.cdf(r - 1) >= 0.95


def test_a_percentile_beyond_the_sample_has_an_open_end():
    # 0.9 to the power of n is above 0.025 up to n = 35.
    values = np.arange(35.0)
    assert percentile_interval(values, 0.9).high == math.inf
    assert percentile_interval(values, 0.1).low == -math.inf
    assert percentile_interval(np.arange(36.0), 0.9).high == 35.0
    assert percentile_interval([4.0], 0.5) == (4.0, -math.inf, math.inf)


def test_lost_draws_count_as_infinite_and_none_as_nan():
    values = [*range(95), *[math.inf] * 5]
    assert percentile_interval(values, 0.99).value == math.inf
    assert percentile_interval(values, 0.5).value == 49.5
    assert percentile_interval(values, 94.3 / 99.0).value == 94.0
    assert percentile_interval(values, 94.7 / 99.0).value == math.inf
    with pytest.raises(ValueError, match="NaN"):
        percentile_interval([1.0, math.nan], 0.5)


@pytest.mark.parametrize("angle", [-1.2, 0.0, 0.4, 0.5 * math.pi])
def test_an_ellipse_of_known_covariance_has_its_axes_and_angle(angle: float):
    z = np.random.default_rng(5).normal(size=(2, 500))
    z -= z.mean(axis=1, keepdims=True)
    z = np.linalg.solve(np.linalg.cholesky(np.cov(z)), z)  # of unit covariance exactly
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    east, north = turn @ (np.array([[3e3], [1e3]]) * z) + np.array([[7.0], [-2.0]])
    found = ellipse(east, north, 0.95)
    scale = math.sqrt(stats.chi2(2).ppf(0.95))
    right = (7.0, -2.0, 3e3 * scale, 1e3 * scale)
    np.testing.assert_allclose(found[:4], right, rtol=1e-9)
    assert math.sin(found.angle - angle) == pytest.approx(0.0, abs=1e-9)
    assert -0.5 * math.pi < found.angle <= 0.5 * math.pi + 1e-9
    assert found.inside == np.mean(np.sum(z**2, axis=0) <= scale**2)
    assert abs(found.inside - 0.95) < FAR * math.sqrt(0.95 * 0.05 / 500)


def test_points_on_a_line_and_in_one_place_have_flat_ellipses():
    along = np.arange(-5.0, 6.0)
    line = ellipse(3.0 * along, 4.0 * along, 0.5)
    assert line.semi_minor == 0.0
    assert line.angle == pytest.approx(math.atan2(4.0, 3.0))
    assert line.inside == np.mean(5.0 * np.abs(along) <= line.semi_major)
    for count in range(3, 12):
        place = ellipse(np.full(count, 0.1), np.full(count, -3e3 / 7.0), 0.5)
        assert (place.semi_major, place.semi_minor, place.inside) == (0.0, 0.0, 1.0)


def test_rank_correlations_are_those_of_scipy_with_ties():
    rng = np.random.default_rng(6)
    x = np.stack([rng.normal(size=200), rng.integers(0, 4, 200), np.ones(200)], axis=1)
    y = np.round(np.exp(x[:, 0]) + x[:, 1], 1)
    found = rank_correlations(x, y)
    right = np.array([stats.spearmanr(x[:, key], y)[0] for key in range(2)])
    np.testing.assert_allclose(found.values, np.append(right, 0.0), rtol=1e-12)
    assert found.errors[2] == 0.0
    assert rank_correlations(x[:, :1], np.exp(x[:, 0])).values[0] == pytest.approx(1.0)


def spread_of(values: list[np.ndarray], errors: list[np.ndarray]) -> np.ndarray:
    """Mean told error over what repetitions show [..]."""
    return np.sqrt(np.mean(np.square(errors), axis=0)) / np.std(values, axis=0, ddof=1)


def test_errors_of_rank_correlations_are_what_repetitions_show():
    rng = np.random.default_rng(7)
    found = []
    for _ in range(300):
        x = rng.normal(size=(100, 3))
        found.append(rank_correlations(x, x @ [1.0, 0.5, 0.0] + rng.normal(size=100)))
    told = spread_of([one.values for one in found], [one.errors for one in found])
    np.testing.assert_allclose(told, 1.0, atol=0.15)


def test_first_order_indices_of_a_line_are_its_shares_of_variance():
    x = np.random.default_rng(8).uniform(size=(20_000, 4))
    x[:, 3] = 2.0
    slopes = np.array([3.0, 2.0, 1.0, 5.0])
    found = first_order_indices(x, x @ slopes, bins=8)
    right = slopes[:3] ** 2 / 14.0 * (1.0 - 1.0 / 8**2)  # less what varies within a bin
    assert (np.abs(found.values[:3] - right) < FAR * found.errors[:3]).all()
    assert (found.errors[:3] < 0.01).all()
    assert (found.values[3], found.errors[3]) == (0.0, 0.0)


def test_first_order_indices_of_ishigami_are_the_known_ones():
    x = np.random.default_rng(9).uniform(-math.pi, math.pi, (20_000, 3))
    found = first_order_indices(x, ishigami(x))
    assert (np.abs(found.values - FIRST) < 4.0 * found.errors + 0.005).all()
    assert (found.errors < 0.01).all()


def test_an_inert_input_averages_nothing_and_errors_are_what_repetitions_show():
    rng = np.random.default_rng(10)
    found = []
    for _ in range(300):
        x = rng.normal(size=(300, 3))
        x[:, 2] = np.floor(x[:, 2])  # of few values: ties
        y = 2.0 * x[:, 0] + rng.exponential(size=300)
        found.append(first_order_indices(x, y))
    values = np.array([one.values for one in found])
    inert = values[:, 1:]
    # Uncorrected it would be (bins - 1) / (draws - 1): 12 of 299, or 50 of these errors.
    assert (np.abs(inert.mean(axis=0)) < 4.0 * inert.std(axis=0) / math.sqrt(300)).all()
    assert 12.0 / 299.0 > 20.0 * inert[:, 0].std() / math.sqrt(300)
    told = spread_of(list(values), [one.errors for one in found])
    np.testing.assert_allclose(told, 1.0, atol=0.3)


def test_two_values_are_two_bins_and_their_index_is_that_of_two_groups():
    x = np.repeat([0.0, 1.0], [70, 30])
    y = np.where(x > 0.0, 1.0, -1.0)
    assert first_order_indices(x[:, None], y).values[0] == pytest.approx(1.0)
    y = np.tile([1.0, -1.0], 50)  # as often in both
    assert first_order_indices(x[:, None], y).values[0] == pytest.approx(1.0 - 99.0 / 98.0)


def pick_freeze(rng: np.random.Generator, rows: int):
    a, b = rng.uniform(-math.pi, math.pi, (2, rows, 3))
    mixed = np.repeat(a[None], 3, axis=0)
    for key in range(3):
        mixed[key, :, key] = b[:, key]
    return sobol_indices(ishigami(a), ishigami(b), ishigami(mixed))


def test_pick_freeze_finds_the_indices_of_ishigami():
    found = pick_freeze(np.random.default_rng(11), 50_000)
    for one, right in ((found.first, FIRST), (found.total, TOTAL)):
        assert (np.abs(one.values - right) < 4.0 * one.errors).all()
        assert (one.errors < 0.02).all()


def test_errors_of_pick_freeze_are_what_repetitions_show():
    rng = np.random.default_rng(12)
    found = [pick_freeze(rng, 500) for _ in range(300)]
    for part in ("first", "total"):
        some = [getattr(one, part) for one in found]
        told = spread_of([one.values for one in some], [one.errors for one in some])
        np.testing.assert_allclose(told, 1.0, atol=0.15)


def test_pick_freeze_of_what_changes_nothing_is_zero():
    f = np.random.default_rng(13).normal(size=(2, 50))
    found = sobol_indices(f[0], f[1], f[:1])
    assert found.first == found.total == (0.0, 0.0)
    flat = sobol_indices(np.ones(5), np.ones(5), np.ones((2, 5)))
    assert not np.any([*flat.first, *flat.total])


def test_what_failed_draws_share_is_the_delta_of_mann_and_whitney():
    rng = np.random.default_rng(14)
    x = np.stack([rng.normal(size=300), rng.integers(0, 5, 300), np.zeros(300)], axis=1)
    failed = x[:, 0] + 0.5 * rng.normal(size=300) > 1.0
    found = share_in_common(failed, x)
    for key in range(2):
        one = stats.mannwhitneyu(
            x[failed, key], x[~failed, key], method="asymptotic", use_continuity=False
        )
        pairs = failed.sum() * (~failed).sum()
        delta = 2.0 * one.statistic / pairs - 1.0
        assert found.values[key] == pytest.approx(delta)
        chance = 2.0 * stats.norm.sf(abs(delta) / found.errors[key])
        assert chance == pytest.approx(one.pvalue, rel=1e-9)
    assert found.values[0] > 0.8 > 4.0 * found.errors[0]
    assert (found.values[2], found.errors[2]) == (0.0, 0.0)


def test_failed_draws_above_all_others_have_a_delta_of_one():
    x = np.arange(10.0)
    assert share_in_common(x > 6.5, x[:, None]).values[0] == 1.0
    assert share_in_common(x < 1.5, x[:, None]).values[0] == -1.0
    with pytest.raises(ValueError, match="only where some failed"):
        share_in_common(x > 10.0, x[:, None])


WRONG = {
    "successes": lambda: binomial_interval(3, 2),
    "not -1 of 2": lambda: binomial_interval(-1, 2),
    "a confidence": lambda: lower_bound(1, 2, 1.0),
    "a required probability": lambda: judged(1, 2, 1.1),
    "two or more shares": lambda: replicated_interval([0.5]),
    "each from 0 to 1": lambda: replicated_interval([0.5, 1.5]),
    "a percentile is between": lambda: percentile_interval([1.0], 1.0),
    "one row of values": lambda: percentile_interval([], 0.5),
    "three points": lambda: ellipse([0.0, 1.0], [0.0, 1.0], 0.5),
    "finite numbers": lambda: ellipse([0.0, 1.0, 3.0], [0.0, 1.0, math.nan], 0.5),
    "5 draws of inputs and 6": lambda: rank_correlations(np.ones((5, 1)), np.ones(6)),
    "half the draws": lambda: first_order_indices(np.ones((5, 1)), np.arange(5.0), bins=3),
    "5 and 4 rows": lambda: sobol_indices(np.ones(5), np.ones(4), np.ones((1, 5))),
}


@pytest.mark.parametrize("told", WRONG)
def test_what_is_out_of_range_is_refused(told: str):
    with pytest.raises(ValueError, match=told):
        WRONG[told]()
