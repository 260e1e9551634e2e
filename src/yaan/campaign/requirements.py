"""Requirements of a mission judged by the ends of its draws.

A draw meets a requirement that flew as it should and whose quantity lies strictly within the
bounds. One that failed, or did not come to the quantity, does not meet it: none is ever dropped.
So a share of draws estimates the probability that a flight meets the requirement, and the verdict
says whether the draws are enough to know it (`campaign.statistics`).

Ignores: that several requirements are judged by the same draws, each with its own chance of error;
and how far beyond its bound a draw lies, but for the worst.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yaan.campaign.statistics import (
    Verdict,
    binomial_interval,
    judged,
    more_to_decide,
    replicated_interval,
)
from yaan.description.requirements import RequirementSpec

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_REPLICATES = 2  # the fewest that tell a spread


@dataclass(frozen=True)
class Worst:
    """The draw that lies nearest to a bound, or farthest beyond it.

    Attributes:
        draw: its number, from 0; the first of several that lie alike.
        value: of the quantity [SI; loads over g0].
    """

    draw: int
    value: float


@dataclass(frozen=True)
class Judged:
    """A requirement, and what draws say of it.

    Attributes:
        name: in the file.
        text: the requirement in words.
        quantity: a name of `results.ends`.
        met: draws that meet it.
        draws: all of them.
        share: that meet it, from 0 to 1.
        low: lower end of the interval of the probability.
        high: upper end.
        required: probability that is asked for, between 0 and 1.
        verdict: held, failed, or open: not decided by so many draws.
        more: further independent draws that decide if the share stays as it is; 0 where it is
            decided, None where no number is known, and of replicates.
        failed: draws that did not fly as they should, counted against it.
        untold: draws that flew and have no such quantity, counted against it too.
        worst: of the draws that flew and have the quantity; None where there is none.
    """

    name: str
    text: str
    quantity: str
    met: int
    draws: int
    share: float
    low: float
    high: float
    required: float
    verdict: Verdict
    more: int | None
    failed: int
    untold: int
    worst: Worst | None


def judge(
    requirements: Mapping[str, RequirementSpec],
    ends: Mapping[str, Array],
    flown: Flags,
    *,
    confidence: float = 0.95,
    replicates: NDArray[np.integer] | None = None,
) -> tuple[Judged, ...]:
    """What draws say of requirements, in the order of the file.

    Args:
        requirements: by name.
        ends: columns of `results.ends` by name [draws], NaN of what a draw did not come to; one
            that is left out no draw came to.
        flown: whether each draw flew as it should [draws], at least one.
        confidence: of the intervals, between 0 and 1.
        replicates: which replicate each draw is of, where draws of one depend on each other, as
            those of a Sobol sequence [draws]; each has as many draws, and there are two or more.
            The interval is then one of the spread between them.

    Raises:
        ValueError: no draws, columns of other lengths, or replicates that cannot be.
    """
    count = len(flown)
    if flown.shape != (count,) or count == 0:
        raise ValueError("requirements are judged by one row of draws, at least one")
    for name in {one.quantity for one in requirements.values()} & ends.keys():
        if np.shape(ends[name]) != (count,):
            raise ValueError(f"{name} has {np.shape(ends[name])} values of {count} draws")
    parts = None if replicates is None else _parts(replicates, count)
    missing = np.full(count, np.nan)
    return tuple(
        _judged(name, one, ends.get(one.quantity, missing), flown, confidence, parts)
        for name, one in requirements.items()
    )


def meets(one: RequirementSpec, values: Array, flown: Flags) -> Flags:
    """Which draws meet a requirement [draws]; NaN does not."""
    return flown & (values > one.low) & (values < one.high)


def _judged(
    name: str,
    one: RequirementSpec,
    values: Array,
    flown: Flags,
    confidence: float,
    parts: list[Flags] | None,
) -> Judged:
    known = flown & ~np.isnan(values)
    met = meets(one, values, flown)
    count, draws = int(met.sum()), len(flown)
    if parts is None:
        low, high = binomial_interval(count, draws, confidence)
        verdict = judged(count, draws, one.probability, confidence)
        more = more_to_decide(count, draws, one.probability, confidence)
    else:
        _, low, high = replicated_interval([float(met[part].mean()) for part in parts], confidence)
        verdict = _verdict(low, high, one.probability)
        more = None if verdict == "open" else 0
    return Judged(
        name=name,
        text=one.words,
        quantity=one.quantity,
        met=count,
        draws=draws,
        share=count / draws,
        low=low,
        high=high,
        required=one.probability,
        verdict=verdict,
        more=more,
        failed=int((~flown).sum()),
        untold=int((flown & ~known).sum()),
        worst=_worst(one, values, known),
    )


def _verdict(low: float, high: float, required: float) -> Verdict:
    """As `judged` has it, of an interval."""
    if low >= required:
        return "held"
    return "failed" if high < required else "open"


def _worst(one: RequirementSpec, values: Array, known: Flags) -> Worst | None:
    if not known.any():
        return None
    which = np.flatnonzero(known)
    margins = np.minimum(values[which] - one.low, one.high - values[which])
    draw = int(which[np.argmin(margins)])
    return Worst(draw, float(values[draw]))


def _parts(replicates: NDArray[np.integer], count: int) -> list[Flags]:
    """The draws of each replicate."""
    if replicates.shape != (count,):
        raise ValueError(f"replicates: {replicates.shape} numbers of {count} draws")
    parts = [replicates == number for number in np.unique(replicates)]
    sizes = {int(part.sum()) for part in parts}
    if len(parts) < _REPLICATES or len(sizes) > 1:
        raise ValueError("two replicates or more are needed, each of as many draws")
    return parts
