"""What a campaign says: its requirements judged, its ends in numbers, and what they hang on.

Every number rests on independent draws alone: a nominal draw 0 is left out. Sensitivities are of
the draws that ended as they should, and of keys that are numbers: profiles over height and seeds of
errors are left out, so that shares of the variance need not add up to one. Where they rest on few
draws their errors say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from yaan.campaign.draws import Array, replicate_of
from yaan.campaign.outcomes import Columns, flown, numbers
from yaan.campaign.requirements import Judged, judge
from yaan.campaign.statistics import (
    Sensitivities,
    ellipse,
    first_order_indices,
    percentile_interval,
    rank_correlations,
    share_in_common,
)
from yaan.mission.checks import check
from yaan.mission.dispersed import WHOLE
from yaan.results.ends import ENDS
from yaan.spacetime.zone import MEAN_RADIUS

if TYPE_CHECKING:
    from yaan.campaign.disperse import Dispersed

CONFIDENCE: Final = 0.95

_SHARES: Final = (0.003, 0.05, 0.5, 0.95, 0.997)
_ELLIPSES: Final = (0.5, 0.95, 0.997)
_FEWEST: Final = 8
"""Draws below which nothing is said of what the ends hang on."""


@dataclass(frozen=True)
class Percentile:
    """A percentile and the interval that holds it, infinite where the draws are too few.

    Of a Sobol sequence, whose draws are not independent, the interval is not known: NaN.

    Attributes:
        share: at or below it, from 0 to 1.
        value: [SI; loads over g0].
        low: lower end of the interval.
        high: upper end.
    """

    share: float
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Spread:
    """How a quantity is spread over the draws that have it and ended as they should.

    Attributes:
        name: of `results.ends`.
        unit: of all its numbers.
        draws: that have it.
        mean: of them.
        deviation: their standard deviation.
        percentiles: by rising share.
    """

    name: str
    unit: str
    draws: int
    mean: float
    deviation: float
    percentiles: tuple[Percentile, ...]


@dataclass(frozen=True)
class Footprint:
    """The ellipse of a share of the ends on the ground, were they normal.

    Attributes:
        probability: that share, from 0 to 1.
        latitude: of its centre [rad].
        longitude: of its centre, east positive [rad].
        semi_major: [m].
        semi_minor: [m].
        azimuth: of the major axis, clockwise from north, from 0 up to pi [rad].
        inside: share of the draws that it contains.
    """

    probability: float
    latitude: float
    longitude: float
    semi_major: float
    semi_minor: float
    azimuth: float
    inside: float


@dataclass(frozen=True)
class Influence:
    """What one key does to one quantity.

    Attributes:
        key: dotted, with the number of the unit where each has its own.
        correlation: Spearman's, from -1 to 1.
        correlation_error: its standard error.
        variance: share of the variance that it explains alone; below 0 by noise.
        variance_error: its standard error.
    """

    key: str
    correlation: float
    correlation_error: float
    variance: float
    variance_error: float


@dataclass(frozen=True)
class Lost:
    """What draws that failed have in common.

    Attributes:
        key: dotted.
        delta: chance that a failed draw has the larger value less that it has the smaller.
        noise: standard error of a key that does not matter.
    """

    key: str
    delta: float
    noise: float


@dataclass(frozen=True)
class CampaignSummary:
    """What a campaign says.

    Attributes:
        mission: its name.
        draws: independent ones.
        flown: of them ended as they should.
        confidence: of all intervals.
        requirements: in the order of the file.
        spreads: by the order of `results.ends`.
        footprints: by rising probability; none where nothing comes down.
        influences: by quantity, the strongest first.
        lost: the strongest first; none where no draw failed or none came through.
    """

    mission: str
    draws: int
    flown: int
    confidence: float
    requirements: tuple[Judged, ...]
    spreads: tuple[Spread, ...]
    footprints: tuple[Footprint, ...]
    influences: dict[str, tuple[Influence, ...]]
    lost: tuple[Lost, ...]


def summarise(asked: "Dispersed", columns: Columns) -> CampaignSummary:
    """What the draws say, from their columns; see `outcomes`."""
    if asked.nominal:
        columns = {name: values[1:] for name, values in columns.items()}
    good = flown(columns)
    keys, inputs = _inputs(asked, columns)
    ends = {name: columns[name] for name in ENDS if name != "outcome"}
    told = [name for name, values in ends.items() if np.any(np.isfinite(values[good]))]
    turns = replicate_of(columns["draw"], asked.replicates) if asked.replicates else None
    required = check(asked.tree).requirements if len(good) else {}
    judged = (
        judge(required, ends, good, confidence=CONFIDENCE, replicates=turns) if required else ()
    )
    first = int(columns["draw"][0]) if len(good) else 0
    judged = tuple(_numbered(one, first) for one in judged)
    return CampaignSummary(
        mission=str(asked.tree.data["name"]),
        draws=len(good),
        flown=int(good.sum()),
        confidence=CONFIDENCE,
        requirements=judged,
        spreads=tuple(
            _spread(name, ends[name][good], independent=not asked.replicates) for name in told
        ),
        footprints=_footprints(ends["latitude"][good], ends["longitude"][good]),
        influences={
            name: found for name in told if (found := _influences(keys, inputs, good, ends[name]))
        },
        lost=_lost(keys, inputs, good),
    )


def _numbered(one: Judged, first: int) -> Judged:
    """With the number of its worst draw, where the draws begin at `first`."""
    if one.worst is None:
        return one
    return replace(one, worst=replace(one.worst, draw=one.worst.draw + first))


def in_words(one: Judged) -> str:
    """A requirement and what the draws say of it, in one line."""
    told = f"{one.name}: {one.text}: {one.verdict}; {one.met} of {one.draws} met it"
    told += f", {100.0 * one.low:.2f} to {100.0 * one.high:.2f} % at {100.0 * CONFIDENCE:g} %"
    if one.failed:
        told += f", {one.failed} that did not fly counted against it"
    if one.verdict != "open":
        return f"{told}."
    if one.more is None:
        return f"{told}; no number of further draws is known to decide it."
    return f"{told}; {one.more} more would decide it if their share stays."


def verdicts(judged: Sequence[Judged]) -> str:
    """How many requirements held, failed, and are open, in one sentence."""
    counts = [
        (word, sum(one.verdict == word for one in judged)) for word in ("held", "failed", "open")
    ]
    return f"Requirements: {', '.join(f'{count} {word}' for word, count in counts)}."


def _inputs(asked: "Dispersed", columns: Columns) -> tuple[list[str], Array]:
    """The names of the drawn numbers, and their values [draws, keys]."""
    seeds = {one.drawn.key for one in asked.first if one.drawn.kind == WHOLE}
    keys = [name for name, _, _ in numbers(asked.first) if name not in seeds]
    rows = [np.asarray(columns[name], dtype=float) for name in keys]
    count = len(columns["draw"])
    return keys, np.stack(rows, axis=1) if rows else np.empty((count, 0))


def _spread(name: str, values: Array, *, independent: bool) -> Spread:
    values = values[np.isfinite(values)]
    found = [(share, percentile_interval(values, share, CONFIDENCE)) for share in _SHARES]
    if not independent:
        found = [(share, one._replace(low=np.nan, high=np.nan)) for share, one in found]
    return Spread(
        name=name,
        unit=ENDS[name].unit,
        draws=len(values),
        mean=float(np.mean(values)),
        deviation=float(np.std(values, ddof=1)) if len(values) > 1 else 0.0,
        percentiles=tuple(Percentile(share, *told) for share, told in found),
    )


def _footprints(latitude: Array, longitude: Array) -> tuple[Footprint, ...]:
    """Ellipses on the plane that touches the sphere at the mean of the ends."""
    there = np.isfinite(latitude) & np.isfinite(longitude)
    if there.sum() < _FEWEST:
        return ()
    lat, lon = latitude[there], longitude[there]
    # The mean direction, so that the date line is no border.
    x, y = float(np.mean(np.cos(lon))), float(np.mean(np.sin(lon)))
    centre = float(np.mean(lat)), float(np.arctan2(y, x))
    off = np.angle(np.exp(1j * (lon - centre[1])))
    east, north = MEAN_RADIUS * np.cos(lat) * off, MEAN_RADIUS * (lat - centre[0])
    found: list[Footprint] = []
    for probability in _ELLIPSES:
        one = ellipse(east, north, probability)
        place = centre[0] + one.north / MEAN_RADIUS
        found.append(
            Footprint(
                probability=probability,
                latitude=place,
                longitude=centre[1] + one.east / (MEAN_RADIUS * np.cos(place)),
                semi_major=one.semi_major,
                semi_minor=one.semi_minor,
                azimuth=float((0.5 * np.pi - one.angle) % np.pi),
                inside=one.inside,
            )
        )
    return tuple(found)


def _influences(
    keys: Sequence[str], inputs: Array, good: NDArray[np.bool_], values: Array
) -> tuple[Influence, ...]:
    there = good & np.isfinite(values)
    if there.sum() < _FEWEST or not keys or np.ptp(values[there]) == 0.0:
        return ()
    x, y = inputs[there], values[there]
    ranks, shares = rank_correlations(x, y), first_order_indices(x, y)
    found = [
        Influence(key, *map(float, told))
        for key, *told in zip(
            keys, ranks.values, ranks.errors, shares.values, shares.errors, strict=True
        )
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.correlation)))


def _lost(keys: Sequence[str], inputs: Array, good: NDArray[np.bool_]) -> tuple[Lost, ...]:
    if good.all() or not good.any() or not keys:
        return ()
    told: Sensitivities = share_in_common(~good, inputs)
    found: list[Any] = [
        Lost(key, float(delta), float(noise))
        for key, delta, noise in zip(keys, told.values, told.errors, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.delta)))
