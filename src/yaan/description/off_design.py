"""A liquid engine away from its design point, described: throttle map, mixture shift, its start.

What a shift does to the tanks is worked out here, in plain Python, since a file is checked without
any array library: how much can be burnt before one propellant runs out, and what is left of the
other.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from yaan.base.plain import is_list
from yaan.description.block import Block, Pair
from yaan.description.engine_design import EngineDesignSpec
from yaan.description.quantity import (
    CurveTime,
    Mistake,
    TurnRange,
    TurnRate,
    refuse,
    rising,
)

LEAST_RISE: Final = 0.999e-3
"""What a jump in thrust takes at least [s], a millisecond but for rounding: a shorter one is lost
between the steps of an integration."""

_GREATEST_SHARE: Final = 1.2
_PIECES = 4  # parts of a straight piece of a shift, between which its factors are straight
_STEPS = 16  # of the integration over a part
_CERTAIN = 1e-9  # relative
_NOMINAL = 1e-6

Share = Annotated[float, Field(ge=0.0, le=_GREATEST_SHARE)]
Factor = Annotated[float, Field(gt=0.5, le=_GREATEST_SHARE)]
Ratio = Annotated[float, Field(gt=0.0, le=100.0)]
Offset = Annotated[float, Field(ge=-50.0, le=50.0)]


@dataclass(frozen=True, slots=True)
class _Paired:
    """YAML has lists only; a point of a table is a pair."""

    expected: str

    def read(self, value: Any) -> Any:
        if isinstance(value, (list, tuple)) and len(value) == Pair:
            return tuple(value)
        raise refuse(Mistake((), self.expected))


def _pair(expected: str) -> BeforeValidator:
    return BeforeValidator(_Paired(expected).read)


def _check_start(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A start begins at nothing at 0 s, its times rise, and it ends at full thrust."""
    if points[0] != (0.0, 0.0):
        raise refuse(Mistake((0,), '["0 s", 0]: a start begins without thrust'))
    _check_times(points)
    pairs = itertools.pairwise(time for time, _ in points)
    index = next((k for k, (a, b) in enumerate(pairs, 1) if b - a < LEAST_RISE), None)
    if index is not None:
        raise refuse(Mistake((index, 0), "a time at least 1 ms later than the one before it"))
    if points[-1][1] != 1.0:
        raise refuse(Mistake((len(points) - 1, 1), "1: a start ends at full thrust"))
    return points


def _check_times(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    index = rising([time for time, _ in points])
    if index is not None:
        raise refuse(Mistake((index, 0), "a time later than the one before it"))
    return points


def _check_throttles(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Throttles rise from above 0, and full thrust has the specific impulse of the engine."""
    shares = [share for share, _ in points]
    index = rising(shares)
    if index is not None:
        raise refuse(Mistake((index, 0), "a throttle greater than the one before it"))
    full = next((k for k, share in enumerate(shares) if share == 1.0), None)
    if full is None:
        raise refuse(Mistake((), "a point at throttle 1, which is [1, 1]"))
    if points[full][1] != 1.0:
        raise refuse(Mistake((full, 1), "1: full thrust has the isp of the engine"))
    return points


def _check_ratios(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    index = rising([ratio for ratio, _ in points])
    if index is not None:
        raise refuse(Mistake((index, 0), "a mixture ratio greater than the one before it"))
    return points


StartPoint = Annotated[
    tuple[CurveTime, Share],
    _pair('a pair of time and share of full thrust, as ["0.8 s", 0.3]'),
]
StartTransient = Annotated[list[StartPoint], Field(min_length=2), AfterValidator(_check_start)]
_Throttle = Annotated[float, Field(gt=0.0, le=_GREATEST_SHARE)]
ThrottlePoint = Annotated[
    tuple[_Throttle, Factor],
    _pair("a pair of throttle and share of the specific impulse, as [0.6, 0.985]"),
]
ThrottleTable = Annotated[
    list[ThrottlePoint], Field(min_length=2), AfterValidator(_check_throttles)
]
FactorPoint = Annotated[
    tuple[Ratio, Factor], _pair("a pair of mixture ratio and factor, as [5.5, 0.99]")
]
FactorTable = Annotated[list[FactorPoint], Field(min_length=2), AfterValidator(_check_ratios)]
_Shift = tuple[CurveTime, Offset]
ShiftPoint = Annotated[
    _Shift,
    _pair('a pair of time since ignition and what is added to the ratio, as ["200 s", -0.5]'),
]


def _as_table(value: Any) -> Any:
    """One number is a shift that holds throughout."""
    if type(value) in (int, float):
        return [("0 s", float(value))]
    if is_list(value):
        return value
    expected = 'a number, as 0.1, or pairs of time and number, as [["0 s", 0], ["200 s", -0.5]]'
    raise refuse(Mistake((), expected))


Shift = Annotated[
    list[ShiftPoint],
    Field(min_length=1),
    AfterValidator(_check_times),
    BeforeValidator(_as_table, json_schema_input_type=float | list[tuple[str, float]]),
]


SURFACES: Final = {
    ("LOX", "LH2"): (3.0, 7.8),
    ("LOX", "RP-1"): (1.8, 3.3),
    ("LOX", "CH4"): (2.2, 3.9),
    ("N2O4", "UDMH"): (1.3, 2.95),
    ("N2O4", "UH25"): (1.2, 2.4),
    ("N2O4", "MMH"): (1.1, 2.4),
}
"""Mixture ratios of `propulsion.surfaces`, again: a file is checked without any array library."""

_PRESSURES, _AREAS = (3e5, 30e6), (2.0, 300.0)  # [Pa], likewise


_NAMES: Final = {
    "MON-3": "N2O4",
    "RG-1": "RP-1",
    "T-1": "RP-1",
    "Isrosene": "RP-1",
    "LCH4": "CH4",
    "LNG": "CH4",
}
"""Propellants that are taken as another: kerosenes as `propulsion.losses` does; of MON-3 the 3 % of
nitric oxide move the ideal specific impulse by less than 0.1 %."""


def pair_of(oxidiser: str, fuel: str) -> tuple[str, str] | None:
    """The surfaces of a pair, by the names of `SURFACES`; None where there are none."""
    pair = (_NAMES.get(oxidiser, oxidiser), _NAMES.get(fuel, fuel))
    return pair if pair in SURFACES else None


def surfaced(design: EngineDesignSpec | None) -> tuple[float, float] | None:
    """The mixture ratios of the surfaces of a design point; None where they do not hold it."""
    if design is None or None in (design.chamber_pressure, design.area_ratio, design.mixture_ratio):
        return None
    pressure, area = design.chamber_pressure or 0.0, design.area_ratio or 0.0
    pair = pair_of(design.oxidiser, design.fuel)
    known = None if pair is None else SURFACES[pair]
    inside = _PRESSURES[0] <= pressure <= _PRESSURES[1] and _AREAS[0] <= area <= _AREAS[1]
    if known is None or not inside or not known[0] <= (design.mixture_ratio or 0.0) <= known[1]:
        return None
    return known


class MixtureSpec(Block):
    """The mixture ratio of an engine in flight: what it is, how it shifts, what that does."""

    ratio: Ratio | None = Field(
        default=None,
        description="nominal mixture ratio, oxidiser over fuel by mass; left out, that of design",
    )
    shift: Shift = Field(
        description="added to the ratio: a number, or [time since ignition, number], linear; an "
        "engine that is throttled comes to it when as much has been burnt",
    )
    loaded: Ratio | None = Field(
        default=None, description="ratio at which the tanks are filled; left out, the nominal one"
    )
    thrust: FactorTable | None = Field(
        default=None,
        description="[mixture ratio, factor on thrust]; goes with isp; left out, that of the "
        "specific impulse, so that the whole flow is held",
    )
    isp: FactorTable | None = Field(
        default=None,
        description="[mixture ratio, factor on specific impulse]; left out, that of the ideal "
        "engine of design",
    )

    @model_validator(mode="after")
    def _tables_fit(self) -> Self:
        """Thrust goes with specific impulse, and the filled tanks are of a ratio."""
        if self.thrust is not None and self.isp is None:
            hint = "thrust over specific impulse is the flow, which must be told whole"
            raise refuse(Mistake(("isp",), "required with thrust", hint))
        return self

    def mistakes(self, nominal: float | None, known: tuple[float, float] | None) -> list[Mistake]:
        """What is wrong of it, in an engine of a `nominal` ratio; `known` are those of surfaces."""
        if nominal is None:
            return [Mistake(("ratio",), "required", "or design.mixture_ratio")]
        if self.isp is None and known is None:
            hint = (
                "or a design with chamber_pressure, area_ratio and propellants that have surfaces"
            )
            return [Mistake(("isp",), "required", hint)]
        least, most = nominal, nominal
        for _, offset in self.shift:
            least, most = min(least, nominal + offset), max(most, nominal + offset)
        if least <= 0.0:
            return [Mistake(("shift",), f"a ratio above 0; {nominal:g} less so much is {least:g}")]
        found: list[Mistake] = []
        if self.isp is None and known is not None and not known[0] <= least <= most <= known[1]:
            expected = f"ratios from {known[0]:g} to {known[1]:g}, the range of its surfaces"
            found.append(Mistake(("shift",), expected, f"they are {least:g} to {most:g}"))
        for key, table in (("thrust", self.thrust), ("isp", self.isp)):
            if table is None:
                continue
            if not table[0][0] <= least <= most <= table[-1][0]:
                expected = f"ratios from {least:g} to {most:g}, all that the shift comes to"
                found.append(Mistake((key,), expected))
            elif abs(between(table, nominal) - 1.0) > _NOMINAL:
                expected = f"factor 1 at the nominal ratio {nominal:g}"
                found.append(Mistake((key,), expected, f"it is {between(table, nominal):g}"))
        return found


class GimbalRangeSpec(Block):
    """How far and how fast an engine is swivelled. Checked and shown; no motion uses it yet."""

    range: TurnRange = Field(description="largest angle off its axis, to every side")
    rate: TurnRate | None = Field(default=None, description="largest angular rate")


@dataclass(frozen=True, slots=True)
class Outage:
    """What a shifted mixture leaves in a tank.

    Attributes:
        usable: propellant that can be burnt until one of the two runs out [kg].
        left: of the other, which stays aboard as dead mass [kg].
        dry: which runs out first, "oxidiser" or "fuel"; empty where both do at once.
    """

    usable: float
    left: float
    dry: str


def between(table: Sequence[tuple[float, float]], at: float) -> float:
    """A table of straight lines, held beyond its ends."""
    if at <= table[0][0]:
        return table[0][1]
    for (low, a), (high, b) in itertools.pairwise(table):
        if at <= high:
            return a + (b - a) * (at - low) / (high - low)
    return table[-1][1]


def burn_down(
    mixture: MixtureSpec,
    nominal: float,
    flow: float,
    start: Sequence[tuple[float, float]],
) -> list[tuple[float, float]]:
    """The mixture ratio against what has been burnt [kg], of an engine at full throttle.

    `flow` [kg/s] is that at the nominal ratio; `start` is the share of thrust against time [s].
    """

    def ratio(time: float) -> float:
        return nominal + between(mixture.shift, time)

    def burning(time: float) -> float:
        r, factor = ratio(time), 1.0
        if mixture.thrust is not None and mixture.isp is not None:
            factor = between(mixture.thrust, r) / between(mixture.isp, r)
        return flow * between(start, time) * factor

    if len(mixture.shift) == 1:
        return [(0.0, ratio(0.0))]
    last = mixture.shift[-1][0]
    edges = sorted({0.0, *(t for t, _ in mixture.shift), *(t for t, _ in start if t < last)})
    burnt, knots = 0.0, [(0.0, ratio(0.0))]
    for begin, end in itertools.pairwise(edges):
        for piece in range(_PIECES):
            step = (end - begin) / _PIECES
            burnt += _simpson(burning, begin + piece * step, step)
            # What stands still at the start of a ramp has burnt nothing yet.
            if burnt > knots[-1][0]:
                knots.append((burnt, ratio(begin + (piece + 1) * step)))
    return knots


def _simpson(rate: Callable[[float], float], begin: float, span: float) -> float:
    step = span / _STEPS
    inner = sum((4.0 if k % 2 else 2.0) * rate(begin + k * step) for k in range(1, _STEPS))
    return (rate(begin) + inner + rate(begin + span)) * step / 3.0


def outage(knots: Sequence[tuple[float, float]], load: float, loaded: float) -> Outage:
    """What `load` [kg], filled at the ratio `loaded`, gives an engine that burns along `knots`."""
    oxidiser = load * loaded / (1.0 + loaded)
    fuel = load - oxidiser
    used, at = 0.0, 0.0  # oxidiser and all, burnt [kg]
    for (begin, r), (end, s) in itertools.pairwise([*knots, (math.inf, knots[-1][1])]):
        over = min(end, load) - begin

        def gone(m: float, r: float = r, s: float = s, span: float = end - begin) -> float:
            return _oxidiser(m, r, r + (s - r) * m / span if math.isfinite(span) else r)

        if over <= 0.0:
            break
        # Both rise with what is burnt: the first that meets its tank ends it.
        if used + gone(over) > oxidiser or at + over - used - gone(over) > fuel:
            low, high = 0.0, over
            while high - low > _CERTAIN * load:
                mid = 0.5 * (low + high)
                dry = used + gone(mid) > oxidiser or at + mid - used - gone(mid) > fuel
                low, high = (low, mid) if dry else (mid, high)
            used, at = used + gone(low), at + low
            break
        used, at = used + gone(over), at + over
    left = load - at
    if left <= 10.0 * _CERTAIN * load:
        return Outage(load, 0.0, "")
    return Outage(at, left, "oxidiser" if oxidiser - used < fuel - (at - used) else "fuel")


def _oxidiser(burnt: float, first: float, last: float) -> float:
    """Of what is burnt [kg] while the ratio goes from `first` to `last`, straight."""
    change = last - first
    if abs(change) < _CERTAIN:
        return burnt * first / (1.0 + first)
    return burnt * (1.0 - math.log1p(change / (1.0 + first)) / change)
