"""Draws of a mission's dispersions: draw i of a key is the same whatever else is drawn.

Each key has a counter-based generator of its own, Philox 4x64-10 (Salmon et al., Parallel random
numbers: as easy as 1, 2, 3, SC11, 2011; not re-read) with a key of 128 bits that is a BLAKE2b
digest of the seed and the name; its counter is the number of the draw. So a draw depends neither
on how many there are, nor on their order, nor on the other keys. Uniform numbers are of 53 bits
between 0 and 1, neither of which is reached; all else is made of them by inverse distribution
functions, a number for a number, so that scaled sigmas move the same draws further out.

Keys of a group of `correlated` share a Gaussian copula: their normal scores are mixed by the
Cholesky factor of the group's matrix, in the order of their names, so that a draw depends on the
keys of its group too. A Sobol sequence (`sobol`) replaces the numbers of single values; there a
draw depends on which keys there are.

Ignores: correlation over time: a profile is that of the whole flight. Between its knots a profile
is linear, and spreads less than at them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from yaan.campaign.sobol import points, scores
from yaan.description.correlated import cholesky, groups_of
from yaan.description.dispersions import DispersionSpec, DrawnProfileSpec, in_si
from yaan.mission.dispersed import DENSITY, EPOCH, WHOLE, WIND, Drawn

Array = NDArray[np.float64]

_WORDS: Final = 4  # of a block of Philox
_BITS: Final = 53
_WHOLE: Final = 2**31
MOST_SEED: Final = 2**63 - 1
_LEAST: Final = 2.0 ** -(_BITS + 1)
"""The lowest of the uniform numbers; 1 less it the highest."""

Kind = Literal["random", "sobol"]


@dataclass(frozen=True)
class Column:
    """What was drawn of one key.

    Attributes:
        drawn: the key.
        values: in SI [draws], [draws, units], or of a profile [draws, components, knots].
            Of a choice (`Drawn.choices`) its place in the list, from 0.
        knots: heights of a profile [m].
        places: of a discrete key, which value it was [draws], from 0; -1 as the file has it.
    """

    drawn: Drawn
    values: Array
    knots: tuple[float, ...] = ()
    places: NDArray[np.int64] | None = None

    def written(self, row: int) -> Any:
        """The value of one draw as a file has it."""
        drawn, values = self.drawn, self.values[row]
        if self.places is not None and drawn.spec.discrete is not None:
            place = int(self.places[row])
            return drawn.told if place < 0 else drawn.spec.discrete.values[place]
        if drawn.kind in (DENSITY, WIND):
            heights = [f"{height!r} m" for height in self.knots]
            names = ("scale",) if drawn.kind == DENSITY else ("east", "north")
            unit = "" if drawn.kind == DENSITY else " m/s"
            parts = {
                name: [f"{x!r}{unit}" if unit else x for x in line]
                for name, line in zip(names, values.tolist(), strict=True)
            }
            return {"height": heights, **parts}
        if drawn.kind == EPOCH:
            assert isinstance(drawn.nominal, str)
            return _later(drawn.nominal, float(values))
        if drawn.kind == WHOLE:
            return int(values)
        if drawn.dimension is None:
            return values.tolist()
        return f"{float(values)!r} {drawn.unit}"


def uniforms(seed: int, key: str, first: int, count: int, width: int) -> Array:
    """Independent uniform numbers between 0 and 1, draws `first` to `first + count - 1`.

    Args:
        seed: of the campaign, from 0 to `MOST_SEED`.
        key: name of what is drawn.
        first: number of the first draw, from 0.
        count: how many draws.
        width: numbers of each draw.

    Returns:
        [count, width], above 0 and below 1.
    """
    bits = _raw(seed, key, first, count, width) >> np.uint64(64 - _BITS)
    return (bits.astype(np.float64) + 0.5) * 2.0**-_BITS


def _raw(seed: int, key: str, first: int, count: int, width: int) -> NDArray[np.uint64]:
    """Random words of 64 bits [count, width]; see `uniforms`."""
    digest = blake2b(f"{seed}\n{key}".encode(), digest_size=16).digest()
    words = np.frombuffer(digest, dtype="<u8").astype(np.uint64)
    blocks: list[NDArray[np.uint64]] = []
    for block in range(-(-width // _WORDS)):
        counter = np.array([first, block, 0, 0], dtype=np.uint64)
        raw = np.random.Philox(key=words, counter=counter).random_raw(_WORDS * count)
        blocks.append(np.asarray(raw, dtype=np.uint64).reshape(count, _WORDS))
    return np.concatenate(blocks, axis=1)[:, :width]


def deviations(spec: DispersionSpec, dimension: str | None, u: Array) -> Array:
    """Deviations of a distribution at probabilities `u`: shares, or SI.

    Of an absolute table the values of the key. A sample x(1) to x(n), sorted, has the quantiles
    Q((k - 1) / (n - 1)) = x(k), linear between: definition 7 of Hyndman and Fan, Sample quantiles
    in statistical packages, American Statistician 50 (1996; not re-read).
    """

    def si(written: str | float) -> float:
        found = in_si(written, dimension)
        assert found is not None  # the check has seen to it
        return found

    if spec.normal is not None:
        if spec.truncated is not None:
            u = ndtr(-spec.truncated) + u * (ndtr(spec.truncated) - ndtr(-spec.truncated))
        return si(spec.normal) * ndtri(u)
    if spec.log_normal is not None:
        return si(spec.log_normal) * ndtri(u)
    if spec.uniform is not None:
        low, high = map(si, spec.uniform)
        return low + (high - low) * u
    if spec.table is not None:
        sample = np.sort([si(one) for one in spec.table.written])
        return np.interp(u, np.linspace(0.0, 1.0, len(sample)), sample)
    assert spec.triangular is not None
    low, high = map(si, spec.triangular)
    width, rise = high - low, -low
    left = low + np.sqrt(u * width * rise)
    right = high - np.sqrt((1.0 - u) * width * high)
    return np.where(u * width < rise, left, right)


def markov(knots: Sequence[float], correlation: float, u: Array) -> Array:
    """A Gauss-Markov process of mean 0 and variance 1 at heights, from probabilities.

    Between heights h1 and h2 it correlates by exp(-|h1 - h2| / correlation), all in one unit.
    Source: Gelb, Applied Optimal Estimation (1974), section 3.8 (not re-read).

    Args:
        knots: heights, rising.
        correlation: over which correlation falls by a factor of e.
        u: [.., knots], above 0 and below 1.
    """
    z = ndtri(u)
    found = np.empty_like(z)
    found[..., 0] = z[..., 0]
    for k in range(1, len(knots)):
        share = math.exp(-(knots[k] - knots[k - 1]) / correlation)
        new = math.sqrt(-math.expm1(2.0 * math.log(share)))
        found[..., k] = share * found[..., k - 1] + new * z[..., k]
    return found


def replicate_of(draws: NDArray[np.int64], replicates: int) -> NDArray[np.int64]:
    """Which replicate of a Sobol sequence each draw belongs to, from 0 [draws].

    Draw i is point i // R of replicate i % R: a campaign that goes on keeps its first draws, and
    each replicate grows by a point where the campaign grows by R.

    Args:
        draws: numbers of draws, from 0.
        replicates: how many there are, R.
    """
    return np.asarray(draws, dtype=np.int64) % replicates


def draw(  # noqa: PLR0913 - what a campaign is asked for, each by its name
    drawn: Sequence[Drawn],
    seed: int,
    first: int,
    count: int,
    *,
    scale: float = 1.0,
    nominal: bool = False,
    sequence: Kind = "random",
    replicates: int = 1,
) -> tuple[Column, ...]:
    """What is drawn of each key, draws `first` to `first + count - 1`.

    Args:
        drawn: the keys.
        seed: from 0 to `MOST_SEED`.
        first: number of the first draw, from 0.
        count: how many.
        scale: times every deviation, and every sigma with it.
        nominal: draw 0 is as the file is; the others stay what they are.
        sequence: `random`; or `sobol`, scrambled points in one dimension for each single value,
            the keys in the order of their names. Profiles and seeds stay random.
        replicates: of `sobol`, independent sequences that draws belong to in turn, from 1;
            `replicate_of` tells which.

    Raises:
        ValueError: another sequence, or no replicate.
    """
    if sequence not in ("random", "sobol") or replicates < 1:
        raise ValueError(f"no draws of {replicates} replicates of a {sequence} sequence")
    which, calm = (first, count), nominal and first == 0 and count > 0
    single = [one for one in drawn if one.spec.kind not in ("profile", "seed")]
    numbers = _probabilities(single, seed, which, 0 if sequence == "random" else replicates)
    _correlate(single, numbers)
    factors: dict[str, Array] = {}
    columns: dict[str, Column] = {}
    for one in sorted(drawn, key=lambda one: one.spec.follows is not None):
        if one.spec.discrete is not None:
            columns[one.key] = _choice(one, numbers[one.key][:, 0], calm)
        elif one.kind == WHOLE:
            values = np.floor(uniforms(seed, one.key, first, count, 1)[:, 0] * _WHOLE)
            if calm:
                values[0] = one.nominal
            columns[one.key] = Column(one, values)
        elif one.spec.profile is not None:
            columns[one.key] = _profile(one, one.spec.profile, seed, which, scale, calm)
        else:
            columns[one.key] = _numbers(one, numbers[one.key], scale, calm, factors)
    return tuple(columns[one.key] for one in drawn)


def _probabilities(
    single: Sequence[Drawn], seed: int, which: tuple[int, int], replicates: int
) -> dict[str, Array]:
    """Uniform numbers of each key [draws, units]: random ones, or of Sobol sequences."""
    widths = {one.key: one.spec.units or 1 for one in single}
    found = {key: uniforms(seed, key, *which, width) for key, width in widths.items()}
    if replicates == 0:
        return found
    draws = np.arange(which[0], sum(which))
    turns, index = replicate_of(draws, replicates), draws // replicates
    dimension = 0
    for key in sorted(widths):
        for place in range(widths[key]):
            plain = points(index, dimension)
            if plain is None:  # beyond the last dimension: random, as they are
                return found
            # By name, so that a scramble stays with its key: (seed, key, unit, replicate) alone.
            scramble = _raw(seed, f"{key}\nsobol", 0, replicates, widths[key])[:, place]
            found[key][:, place] = scores(plain, scramble[turns])
            dimension += 1
    return found


def _correlate(single: Sequence[Drawn], numbers: dict[str, Array]) -> None:
    """Put into groups of correlated keys the numbers of a Gaussian copula.

    Source: Nelsen, An Introduction to Copulas (2006), section 2.3 (not re-read).
    """
    for group in groups_of({one.key: one.spec for one in single}):
        factor = cholesky(group.matrix)
        assert factor is not None  # the check has seen to it
        scores = {key: ndtri(numbers[key][:, 0]) for key in group.keys}
        for row, key in zip(factor, group.keys, strict=True):
            if row[group.keys.index(key)] == 1.0:
                continue  # its own number, to the last bit
            # Number by number: a matrix product rounds by how many draws there are.
            mixed = np.zeros_like(scores[key])
            for share, other in zip(row, group.keys, strict=True):
                mixed = mixed + share * scores[other]
            numbers[key] = np.clip(ndtr(mixed), _LEAST, 1.0 - 2.0 * _LEAST)[:, None]


def _choice(one: Drawn, u: Array, calm: bool) -> Column:
    """Which of its values a key has in each draw."""
    assert one.spec.discrete is not None
    edges = np.cumsum(one.spec.discrete.shares)[:-1]
    places = np.searchsorted(edges, u, side="right").astype(np.int64)
    values = np.array(one.choices)[places]
    if calm:
        places[0], values[0] = -1, one.nominal
    return Column(one, values, places=places)


def _numbers(
    one: Drawn,
    u: Array,
    scale: float,
    calm: bool,
    factors: dict[str, Array],
) -> Column:
    """What is drawn of a key of one number, or of one a unit."""
    dimension = "time" if one.kind == EPOCH else one.dimension
    off = deviations(one.spec, dimension, u)
    if one.spec.absolute:
        assert isinstance(one.nominal, float)
        # The same number as the table has, where nothing is scaled.
        values = off if scale == 1.0 else one.nominal + scale * (off - one.nominal)
        if calm:
            values[0] = one.nominal
        return Column(one, values[:, 0] if one.spec.units is None else values)
    off = scale * off
    if calm:
        off[0] = 0.0
    if one.spec.units is None:
        off = off[:, 0]
    if one.kind == EPOCH:
        return Column(one, off)
    assert isinstance(one.nominal, float)
    _, written = one.spec.deviations[0]
    if one.spec.log_normal is not None:
        factor = np.exp(off)
    elif isinstance(written, str) and written.rstrip().endswith("%"):
        factor = 1.0 + off
    else:
        return Column(one, one.nominal + off)
    factors[one.key] = factor
    if one.spec.follows is not None:
        factor = factor * factors[one.spec.follows]
    return Column(one, one.nominal * factor)


def _profile(
    one: Drawn,
    spec: DrawnProfileSpec,
    seed: int,
    which: tuple[int, int],
    scale: float,
    calm: bool,
) -> Column:
    """A profile of each draw.

    Of a density a log-normal factor of mean 1, of a wind both components, normal of mean 0.
    """
    knots = spec.knots
    parts = 1 if one.kind == DENSITY else 2
    u = uniforms(seed, one.key, *which, parts * len(knots)).reshape(-1, parts, len(knots))
    told = [in_si(written, "speed" if one.kind == WIND else None) for written in spec.sigma]
    sigma = scale * np.interp(knots, spec.height, np.array(told, dtype=float))
    process = markov(knots, spec.correlation, u)
    if one.kind == WIND:
        values = sigma * process
        still = 0.0
    else:
        spread = np.sqrt(np.log1p(sigma**2))
        values = np.exp(spread * process - 0.5 * spread**2)
        still = 1.0
    if calm:
        values[0] = still
    return Column(one, values, tuple(knots))


_EPOCH: Final = "%Y-%m-%dT%H:%M:%S"


def _later(epoch: str, seconds: float) -> str:
    """An epoch some seconds later, as a file has it; to the microsecond, without leap seconds."""
    text = epoch.removesuffix(" UTC")
    whole, _, part = text.partition(".")
    begun = datetime.strptime(whole, _EPOCH).replace(tzinfo=UTC)
    moved = begun + timedelta(seconds=seconds + float(f"0.{part or 0}"))
    return f"{moved.strftime(_EPOCH)}.{moved.microsecond:06d} UTC"


def told_kind(spec: DispersionSpec) -> str:
    """A distribution in words."""
    if spec.normal is not None:
        cut = "" if spec.truncated is None else f", cut off at {spec.truncated:g} sigma"
        words = f"normal, sigma {spec.normal}{cut}"
    elif spec.log_normal is not None:
        words = f"log-normal, sigma {spec.log_normal}"
    elif spec.uniform is not None:
        words = f"uniform, {spec.uniform[0]} to {spec.uniform[1]}"
    elif spec.triangular is not None:
        words = f"triangular, {spec.triangular[0]} to {spec.triangular[1]}"
    elif spec.discrete is not None:
        pairs = zip(spec.discrete.values, spec.discrete.shares, strict=True)
        told = (f"{_short(one)} ({share * 100.0:.6g} %)" for one, share in pairs)
        words = f"one of {', '.join(told)}"
    elif spec.table is not None:
        what = "values" if spec.table.absolute else "deviations"
        of = f" of {spec.table.source}" if spec.table.source else ""
        words = f"a sample of {len(spec.table.values)} {what}{of}"
    elif spec.profile is not None:
        ends = dict.fromkeys(str(one) for one in spec.profile.sigma)
        words = (
            f"profile over height, sigma {' to '.join(ends)}, correlation over "
            f"{spec.profile.correlation / 1e3:g} km"
        )
    else:
        words = "a number of its own for each draw"
    if spec.units is not None:
        words += f", each of {spec.units} units alone"
    for other, value in spec.correlated.items():
        words += f", correlated with {other} by {value:g}"
    return words if spec.follows is None else f"{words}, about {spec.follows}"


def _short(value: Any) -> str:
    """A value of a file in a few words."""
    if isinstance(value, (Mapping, list)):
        return "a block" if isinstance(value, Mapping) else "a list"
    return (
        "nothing" if value is None else str(value).lower() if value in (True, False) else f"{value}"
    )
