"""What a campaign's draws allow one to say: shares, percentiles, scatter and sensitivities.

Shares are judged by exact binomial intervals, percentiles by order statistics: both hold for any
distribution and any number of draws, and cover at least as often as they claim. Sensitivities are
estimates with standard errors, for telling what matters from noise.

Sources, none re-read. Intervals of a share: Clopper and Pearson, Biometrika 26 (1934) 404. Of a
percentile: David and Nagaraja, Order Statistics (3rd ed. 2003), section 7.1. Bounded means:
Hoeffding, J. Am. Stat. Assoc. 58 (1963) 13, theorem 2. Error of a rank correlation: Bonett and
Wright, Psychometrika 65 (2000) 23. Given-data indices: Plischke, Borgonovo and Smith, Eur. J. Oper.
Res. 226 (2013) 536; their bias: Kelley, Proc. Natl. Acad. Sci. 21 (1935) 554. Pick-freeze: Saltelli
and others, Computer Physics Communications 181 (2010) 259, table 2, which also has Jansen's. Ranks
of two groups: Mann and Whitney, Ann. Math. Stat. 18 (1947) 50; Cliff, Psych. Bull. 114 (1993) 494.

Ignores: that a campaign is looked at again and again while it grows, or asked many questions, each
of which adds a chance of error; weighted draws; and that draws of a quasi-random sequence are not
independent, but for `replicated_interval`. Every other function takes independent draws.

Every function raises ValueError for an argument out of the range that its docstring gives, for
shapes that do not match, and for numbers that are not finite where nothing else is said.
"""

import math
from collections.abc import Callable
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, betainccinv, betaincinv, stdtrit

Array = NDArray[np.float64]
Verdict = Literal["held", "failed", "open"]

MOST_MORE: Final = 10_000_000  # further draws, beyond which `more_to_decide` does not look
_TOGETHER: Final = 4096  # numbers of draws that are looked at in one call
_FLAT: Final = 1e-12  # of the furthest coordinate: rounding of points on one line


class Interval(NamedTuple):
    """Both ends of a confidence interval, themselves within."""

    low: float
    high: float


class Estimate(NamedTuple):
    """A point estimate and the ends of its confidence interval."""

    value: float
    low: float
    high: float


class Ellipse(NamedTuple):
    """A probability ellipse on a local plane, lengths in the unit of the points."""

    east: float  # of the centre
    north: float
    semi_major: float
    semi_minor: float  # 0 where the points lie on a line
    angle: float  # of the major axis, from east towards north, above -pi/2 up to pi/2 [rad]
    inside: float  # share of the points that it contains


class Sensitivities(NamedTuple):
    """A measure of each key, and its standard error."""

    values: Array  # [keys]
    errors: Array  # [keys]


class SobolIndices(NamedTuple):
    """First-order and total indices of variance."""

    first: Sensitivities
    total: Sensitivities


def binomial_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """The exact two-sided interval of a probability, of Clopper and Pearson.

    It covers at least as often as `confidence`; each end misses at most half of the rest.

    Args:
        successes: from 0 to `trials`.
        trials: independent, from 0, of which nothing follows: the interval is then 0 to 1.
        confidence: between 0 and 1.
    """
    half = 0.5 * (1.0 + confidence)
    return Interval(lower_bound(successes, trials, half), upper_bound(successes, trials, half))


def lower_bound(successes: int, trials: int, confidence: float = 0.95) -> float:
    """The exact one-sided lower bound of a probability; arguments as of `binomial_interval`."""
    _check(successes, trials, confidence)
    if successes == 0:
        return 0.0
    return float(betaincinv(successes, trials - successes + 1, 1.0 - confidence))


def upper_bound(successes: int, trials: int, confidence: float = 0.95) -> float:
    """The exact one-sided upper bound of a probability; arguments as of `binomial_interval`."""
    _check(successes, trials, confidence)
    if successes == trials:
        return 1.0
    return float(betainccinv(successes + 1, trials - successes, 1.0 - confidence))


def judged(successes: int, trials: int, required: float, confidence: float = 0.95) -> Verdict:
    """Whether a required probability is shown to hold, shown to fail, or open.

    Held where the lower end of `binomial_interval` is at least `required`, failed where its upper
    end is below: each is said wrongly with at most half of 1 - `confidence`. The required
    probability is from 0 to 1, the other arguments are as of `binomial_interval`.
    """
    if not 0.0 <= required <= 1.0:
        raise ValueError(f"a required probability is from 0 to 1, not {required!r}")
    low, high = binomial_interval(successes, trials, confidence)
    if low >= required:
        return "held"
    return "failed" if high < required else "open"


def more_to_decide(
    successes: int, trials: int, required: float, confidence: float = 0.95
) -> int | None:
    """How many further independent draws decide if the observed share stays as it is.

    The smallest number, of n draws in all less `trials`, for which the interval of share times n
    successes, rounded to the nearest and halves up, no longer contains `required`. The exact
    interval moves with n as a saw does: at a few larger n it may contain `required` again. And
    the share will not stay: this plans a campaign, and does not end one. Arguments as of `judged`.

    Returns:
        0 where it is decided; None where the share is `required`, where there is none as yet, or
        where more than `MOST_MORE` draws are needed.
    """
    if judged(successes, trials, required, confidence) != "open":
        return 0
    share = successes / trials if trials else required
    if share == required:
        return None
    most, tail = trials + MOST_MORE, 0.5 * (1.0 - confidence)
    above = share > required

    def decides(n: ArrayLike, k: ArrayLike) -> NDArray[np.bool_]:
        # The interval excludes `required` where so far a count is so rare under it: no inversion.
        found = _at_least(k, n, required) if above else _at_most(k, n, required)
        return np.asarray(found) <= tail

    # Rounding gains half a success at most, and nothing where all draws were alike. So no n decides
    # before the first that does with such a gain; that there is one crossing is taken for granted,
    # and the tests compare with a search of every n.
    gain = 0.0 if successes in (0, trials) else 0.5 if above else -0.5
    if not decides(most, share * most + gain):
        return None
    n = _first(lambda n: bool(decides(n, share * n + gain)), trials + 1, most)
    while n <= most:
        some = np.arange(n, min(n + _TOGETHER, most + 1))
        found = decides(some, (2 * successes * some + trials) // (2 * trials))
        if found.any():
            return n + int(found.argmax()) - trials
        n += _TOGETHER
    return None


def replicated_interval(shares: ArrayLike, confidence: float = 0.95) -> Estimate:
    """A probability from the shares of independently randomised replicates of one design.

    Within a replicate draws may depend on each other, as those of a scrambled Sobol sequence do.
    Student's interval of the mean of the replicates, clipped to 0 to 1. It is approximate: exact
    for normal shares only. Rare failures are not: of 16 replicates with 3 failures among all of
    them, of independent draws, the true value lies below the lower end in 13 % of campaigns and
    not in 2.5 %, with 10 failures still in 4 %; trust `binomial_interval` there. Where all shares
    are equal their spread says nothing, and the interval is Hoeffding's, which holds for every
    distribution and is wide: half of it is sqrt(ln(2 / (1 - confidence)) / (2 replicates)).

    Args:
        shares: from 0 to 1 [replicates], at least 2, each of as many draws.
        confidence: between 0 and 1.
    """
    _check(0, 0, confidence)
    found = _finite(shares, 1, "shares")
    if len(found) < 2 or found.min() < 0.0 or found.max() > 1.0:
        raise ValueError("two or more shares are needed, each from 0 to 1")
    mean, tail = float(found.mean()), 0.5 * (1.0 - confidence)
    if np.all(found == found[0]):
        mean = float(found[0])
        half = math.sqrt(-math.log(tail) / (2.0 * len(found)))
    else:
        error = float(found.std(ddof=1)) / math.sqrt(len(found))
        half = -float(stdtrit(len(found) - 1, tail)) * error
    return Estimate(mean, max(0.0, mean - half), min(1.0, mean + half))


def percentile_interval(values: ArrayLike, p: float, confidence: float = 0.95) -> Estimate:
    """A percentile of a continuous quantity, with an interval free of its distribution.

    The estimate interpolates between order statistics (type 7 of Hyndman and Fan), and takes the
    nearer of them where one is infinite. The ends are order statistics themselves, each missed by
    at most half of 1 - `confidence`, and infinite where the sample is too small for that. It holds
    for discrete quantities too, as too wide.

    Args:
        values: of independent draws [draws], at least 1; they may be infinite.
        p: share at or below the percentile, between 0 and 1.
        confidence: between 0 and 1.
    """
    _check(0, 0, confidence)
    if not 0.0 < p < 1.0:
        raise ValueError(f"a percentile is between 0 and 1, not {p!r}")
    found = np.sort(np.asarray(values, dtype=np.float64))
    if found.ndim != 1 or not len(found) or np.isnan(found).any():
        raise ValueError("a percentile needs one row of values, none of them NaN")
    count, tail = len(found), 0.5 * (1.0 - confidence)
    # Of `count` draws a binomial number is at or below the percentile. The value of rank r, from
    # 1, lies above it where fewer than r are, and below it only where at least r are.
    low = _first(lambda r: float(_at_most(r, count, p)) > tail, 0, count)
    high = _first(lambda r: float(_at_least(r, count, p)) <= tail, 0, count + 1)
    rank = p * (count - 1)
    below, above = found[math.floor(rank)], found[math.ceil(rank)]
    part = rank % 1.0
    if np.isinf(below) or np.isinf(above):
        value = below if part < 0.5 else above
    else:
        value = (1.0 - part) * below + part * above
    return Estimate(
        float(value),
        float(found[low - 1]) if low > 0 else -math.inf,
        float(found[high - 1]) if high <= count else math.inf,
    )


def ellipse(east: ArrayLike, north: ArrayLike, probability: float) -> Ellipse:
    """The ellipse that holds a share of points on a plane, if they are normal.

    Its semi-axes are those of the sample covariance times sqrt(-2 ln(1 - probability)), by
    chi-square of 2 degrees of freedom: mean and covariance are taken as known, so that of few
    points it holds less than it says. `inside` is what it holds of these.

    Args:
        east: of each point [draws], at least 3.
        north: in the same unit [draws].
        probability: between 0 and 1.
    """
    points = np.stack([_finite(east, 1, "points"), _finite(north, 1, "points")])
    if points.shape[1] < 3:
        raise ValueError("an ellipse needs three points or more")
    if not 0.0 < probability < 1.0:
        raise ValueError(f"a probability is between 0 and 1, not {probability!r}")
    centre = points.mean(axis=1)
    off = points - centre[:, None]
    # Singular values, not the eigenvalues of the covariance: those square the rounding of a line.
    axes, spreads, _ = np.linalg.svd(off, full_matrices=False)
    scale = math.sqrt(-2.0 * math.log1p(-probability) / (points.shape[1] - 1))
    spreads[spreads <= _FLAT * np.abs(points).max()] = 0.0
    major, minor = (float(scale * spread) for spread in spreads)
    along = axes.T @ off
    reach = np.zeros(points.shape[1])
    for semi, row in zip((major, minor), along, strict=True):
        if semi > 0.0:
            reach += (row / semi) ** 2
    angle = math.atan2(axes[1, 0], axes[0, 0])
    angle -= math.pi * math.ceil(angle / math.pi - 0.5)
    inside = float(np.mean(reach <= 1.0))
    return Ellipse(float(centre[0]), float(centre[1]), major, minor, angle, inside)


def rank_correlations(inputs: ArrayLike, output: ArrayLike) -> Sensitivities:
    """Spearman's correlation of an output with each input, equal values by their mean rank.

    The errors are approximate, of Fisher's z: (1 - r^2) sqrt((1 + r^2 / 2) / (draws - 3)).

    Args:
        inputs: [draws, keys], at least 4 draws.
        output: [draws].

    Returns:
        From -1 to 1 each; 0 with no error where input or output is constant.
    """
    x, y = _matched(inputs, output, 4)
    ranks = np.stack([_ranks(column) for column in x.T], axis=1) if x.size else x
    ranks, other = ranks - ranks.mean(axis=0), _ranks(y) - 0.5 * (len(y) + 1)
    norm = np.sqrt(np.sum(ranks**2, axis=0) * np.sum(other**2))
    found = np.divide(other @ ranks, norm, out=np.zeros_like(norm), where=norm > 0.0)
    errors = (1.0 - found**2) * np.sqrt((1.0 + 0.5 * found**2) / (len(y) - 3))
    return Sensitivities(found, np.where(norm > 0.0, errors, 0.0))


def first_order_indices(
    inputs: ArrayLike, output: ArrayLike, bins: int | None = None
) -> Sensitivities:
    """The share of an output's variance that each input explains alone, from any sample.

    Correlation ratio of the output over bins of equal probability of the input, less its bias:
    that of an input without effect averages 0 exactly over the orders of the output, so that it
    may be negative. What the mean varies within a bin is lost: of a straight line over a uniform
    input a share of 1 / bins^2. The errors are asymptotic, from the influence of each draw, with
    the noise of an inert input, sqrt(2 (bins - 1) / ((draws - bins) (draws + 1))), in squares.

    Args:
        inputs: [draws, keys], independent of each other: of correlated inputs each index holds
            what it explains with those it correlates with.
        output: [draws], at least 4.
        bins: from 2 to half the draws; if not given, twice the cube root of the draws at most.

    Returns:
        1 at most each; 0 with no error where input or output is constant.
    """
    x, y = _matched(inputs, output, 4)
    count = len(y)
    if bins is None:
        bins = max(2, min(round(2.0 * count ** (1.0 / 3.0)), count // 2))
    if not 2 <= bins <= count // 2:
        raise ValueError(f"bins are from 2 to half the draws, {count // 2}, not {bins}")
    values, errors = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    if np.all(y == y[0]):
        return Sensitivities(values, errors)
    off = y - y.mean()
    variance = float(np.mean(off**2))
    for key, column in enumerate(x.T):
        # Equal values share a mean rank, and so a bin; those left empty are none.
        bin_of = np.floor((_ranks(column) - 0.5) * bins / count).astype(np.int64)
        _, which, sizes = np.unique(bin_of, return_inverse=True, return_counts=True)
        if len(sizes) == 1:
            continue
        explained = (np.bincount(which, weights=off) / sizes)[which]
        ratio = float(np.mean(explained**2)) / variance
        free = count - len(sizes)
        values[key] = 1.0 - (count - 1) / free * (1.0 - ratio)
        influence = explained**2 + 2.0 * explained * (off - explained) - ratio * off**2
        # Of an inert input the means are noise, counted below: only what exceeds it counts here.
        sure = max(0.0, values[key]) / ratio if ratio > 0.0 else 0.0
        square = sure * float(np.mean(influence**2)) / (variance**2 * count)
        errors[key] = math.sqrt(square + 2.0 * (len(sizes) - 1) / (free * (count + 1)))
    return Sensitivities(values, errors)


def sobol_indices(f_a: ArrayLike, f_b: ArrayLike, f_ab: ArrayLike) -> SobolIndices:
    """First-order and total indices of variance of a pick-freeze design, keys + 2 flights a row.

    First order by Saltelli 2010, total by Jansen. The errors are asymptotic, for independent rows;
    rows of a quasi-random sequence mostly do better.

    Args:
        f_a: outputs of a sample A [rows], at least 2.
        f_b: of an independent sample B [rows].
        f_ab: of A with one key taken from B [keys, rows].

    Returns:
        0 with no error where the output is constant or a key changes nothing.
    """
    mixed, a = _matched(np.asarray(f_ab, dtype=np.float64).T, f_a, 2)
    b = _finite(f_b, 1, "f_b")
    if b.shape != a.shape:
        raise ValueError(f"f_a and f_b are of {len(a)} and {len(b)} rows")
    # The first-order estimator is the noisier, the further the mean is from 0.
    mean = 0.5 * (a.mean() + b.mean())
    a, b, mixed = a - mean, b - mean, mixed.T - mean
    squares = 0.5 * (a**2 + b**2)

    def of(parts: Array) -> Sensitivities:
        variance = float(squares.mean())
        if variance == 0.0:
            return Sensitivities(np.zeros(len(parts)), np.zeros(len(parts)))
        found = parts.mean(axis=1) / variance
        influence = (parts - found[:, None] * squares) / variance
        return Sensitivities(found, influence.std(axis=1, ddof=1) / math.sqrt(len(a)))

    return SobolIndices(of(b * (mixed - a)), of(0.5 * (a - mixed) ** 2))


def share_in_common(failed: ArrayLike, inputs: ArrayLike) -> Sensitivities:
    """What the failed draws have in common: of each key, how far its values lie to one side.

    Cliff's delta: the chance that a failed draw has the larger value, less that it has the smaller.
    The errors are those of a key that does not matter, Mann and Whitney's with ties: a delta
    beyond some three of them is no chance. A key that fails at both its ends shows nothing.

    Args:
        failed: [draws], of bool, some and not all of them true.
        inputs: [draws, keys].

    Returns:
        From -1 to 1 each; 0 with no error where the input is constant.
    """
    x, lost = _matched(inputs, failed, 2)
    lost = lost != 0.0
    count, many = len(lost), int(lost.sum())
    if many in (0, count):
        raise ValueError("draws have something in common only where some failed, and not all")
    values, errors = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    pairs = many * (count - many)
    for key, column in enumerate(x.T):
        ranks = _ranks(column)
        values[key] = 2.0 * (ranks[lost].sum() - 0.5 * many * (count + 1)) / pairs
        # The variance of ranks has the correction for ties in it.
        spread = float(ranks.var(ddof=1))
        errors[key] = 2.0 * math.sqrt(spread * pairs / count) / pairs
    return Sensitivities(values, errors)


def _check(successes: int, trials: int, confidence: float) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"successes are from 0 to the trials, not {successes} of {trials}")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"a confidence is between 0 and 1, not {confidence!r}")


def _at_least(k: ArrayLike, n: ArrayLike, p: float) -> Array:
    """Chance of k successes or more of n; 1 where k is 0 and 0 where it is n + 1."""
    return betainc(k, np.subtract(n, k) + 1, p)


def _at_most(k: ArrayLike, n: ArrayLike, p: float) -> Array:
    """Chance of k successes or fewer of n; 0 where k is -1 and 1 where it is n."""
    return betaincc(np.add(k, 1), np.subtract(n, k), p)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first whole number from `low` that holds, where all after it do; `high` unasked."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _ranks(values: Array) -> Array:
    """Ranks from 1 [draws], of equal values their mean."""
    _, which, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - 0.5 * (sizes - 1))[which]


def _finite(values: ArrayLike, dimensions: int, name: str) -> Array:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != dimensions or not np.isfinite(found).all():
        raise ValueError(f"{name}: an array of {dimensions} axes of finite numbers is needed")
    return found


def _matched(inputs: ArrayLike, output: ArrayLike, least: int) -> tuple[Array, Array]:
    """Inputs [draws, keys] and output [draws], checked."""
    x, y = _finite(inputs, 2, "inputs"), _finite(output, 1, "output")
    if len(x) != len(y) or len(y) < least:
        raise ValueError(
            f"{len(x)} draws of inputs and {len(y)} of output: {least} or more, of both"
        )
    return x, y
