"""A nozzle against the air: which back pressure tears the flow off its wall.

Two criteria, one old and one of today's practice, each with the spread that is assumed of it. None
of them is a law: below both the flow separates, above both it does not, between them it is open.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["held", "failed", "open"]

IGNORED: Final = (
    "One-dimensional flow: at the lip of a contoured nozzle the wall pressure is another than the"
    " mean, so that some engines run full where this says that they do not. Ignored are the"
    " contour, film cooling, the jet of a turbine, and side loads while starting."
)
"""What the check says nothing of."""


@dataclass(frozen=True)
class Criterion:
    """At which wall pressure the flow leaves the wall.

    Attributes:
        name: whose.
        ratio: of that pressure to the ambient one, by the Mach number there.
        spread: what is assumed to be open on both sides of the ratio, as a share of it.
        mach: lowest and highest Mach number that it is used for.
        source: where it is from, and what was read of it.
    """

    name: str
    ratio: Callable[[float], float]
    spread: tuple[float, float]
    mach: tuple[float, float]
    source: str


@dataclass(frozen=True)
class Judged:
    """One criterion, applied.

    Attributes:
        criterion: its name.
        limit: lowest exit pressure over ambient pressure that it lets run full.
        ratio: that of the nozzle.
        margin: ratio over limit, less one; above zero the nozzle runs full.
        verdict: held, failed, or open where the margin is within what the criterion leaves open
            or the Mach number outside of what it is used for.
        area_ratio: where the flow leaves the wall; None where it does not, or is not known.
        text: in words.
        source: of the criterion.
    """

    criterion: str
    limit: float
    ratio: float
    margin: float
    verdict: Verdict
    area_ratio: float | None
    text: str
    source: str


def _schmucker(mach: float) -> float:
    return (1.88 * mach - 1.0) ** -0.64


def _stark(mach: float) -> float:
    return math.pi / (3.0 * mach)


CRITERIA: Final = (
    Criterion(
        "Summerfield",
        lambda mach: 0.4,
        (0.125, 0.0),  # 0.35 to 0.40 of the ambient pressure
        (2.0, 5.0),
        "Summerfield, Foster and Swan, Jet Propulsion 24 (1954), 319: 0.35 to 0.40 of the ambient"
        " pressure; not re-read. Conical nozzles of half angles near 15 deg.",
    ),
    Criterion(
        "Schmucker",
        _schmucker,
        (0.2, 0.2),
        (2.0, 5.0),
        "Schmucker, NASA TM-77396 (1984, from German of 1973): (1.88 M - 1)^-0.64; formula as two"
        " programs have it, report not re-read, spread of 20 % and Mach range assumed.",
    ),
    Criterion(
        "Stark",
        _stark,
        (0.2, 0.2),
        (2.0, 5.0),
        "Stark, AIAA 2005-3940 and 2009: pi / (3 M); formula as one program has it, papers not"
        " re-read, spread of 20 % and Mach range assumed.",
    ),
)
"""In order of age. Others than the first know that a faster flow separates at a lower pressure."""


def judge(
    pressure: float,
    mach: float,
    ambient: float,
    wall: Sequence[tuple[float, float, float]] = (),
) -> tuple[Judged, ...]:
    """Whether a nozzle runs full against the air, by each criterion.

    Args:
        pressure: at its exit [Pa].
        mach: there, above 1.
        ambient: pressure of the air [Pa]; 0 in vacuum, where nothing separates.
        wall: area ratio, pressure [Pa] and Mach number along the nozzle, for the place.

    Ignores: see `IGNORED`.
    """
    if not ambient > 0.0:
        return ()
    return tuple(_judged(one, pressure, mach, ambient, wall) for one in CRITERIA)


def together(judged: Sequence[Judged]) -> Verdict:
    """One verdict of several: held or failed where all say so, else open."""
    for verdict in ("held", "failed"):
        if all(one.verdict == verdict for one in judged):
            return verdict
    return "open"


def _judged(
    one: Criterion,
    pressure: float,
    mach: float,
    ambient: float,
    wall: Sequence[tuple[float, float, float]],
) -> Judged:
    ratio, limit = pressure / ambient, one.ratio(mach)
    margin = ratio / limit - 1.0
    low, high = one.mach
    sure = low <= mach <= high or ratio >= 1.0
    verdict: Verdict = "open"
    if sure and margin >= one.spread[1]:
        verdict = "held"
    elif sure and margin < -one.spread[0]:
        verdict = "failed"
    place = _place(one, ambient, wall) if margin < 0.0 else None
    words = {
        "held": "runs full",
        "failed": "separates",
        "open": "may separate",
    }[verdict]
    text = f"{words}: exit pressure is {ratio:.3f} of ambient, the limit {limit:.3f}"
    if place is not None:
        text += f"; reached near area ratio {place:.1f}"
    if not low <= mach <= high:
        text += f"; Mach {mach:.2f} is outside {low:g} to {high:g}"
    return Judged(one.name, limit, ratio, margin, verdict, place, text, one.source)


def _place(
    one: Criterion, ambient: float, wall: Sequence[tuple[float, float, float]]
) -> float | None:
    """The area ratio at which the limit is crossed; logarithms between stations."""
    rows = sorted(row for row in wall if row[2] > 1.0)
    over = [math.log(p / ambient / one.ratio(mach)) for _, p, mach in rows]
    for i in range(1, len(rows)):
        if over[i - 1] >= 0.0 > over[i]:
            share = over[i - 1] / (over[i - 1] - over[i])
            first, last = math.log(rows[i - 1][0]), math.log(rows[i][0])
            return math.exp(first + share * (last - first))
    return None
