"""What real engines lose against the ideal: families, their bands, and named factors.

A family is a class of propellants with a cycle. Its band is where the ratio of published to ideal
vacuum specific impulse (one-dimensional, shifting, infinite chamber) of a further engine of the
family lies with 95 %: mean +/- t s sqrt(1 + 1/n), where n engines gave the mean, and the spread s
and the degrees of freedom of Student's t are pooled over the families of one class, because a
family alone has two to six engines. No band goes beyond what the factors of the family allow.

Engines count (`anchors`) whose specific impulse, chamber pressure and mixture ratio are all of
grade A or B, so that no recalled number makes a band; `builders/engine_bands.py` recomputes them,
and a test holds these numbers to it. Factors hold for a family, never for one engine.

Ignores: size, throttling, and that engines of one maker resemble each other.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

KEROLOX, HYDROLOX, METHALOX, STORABLE = "kerolox", "hydrolox", "methalox", "storable"

_FUELS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "RP-1": ("RP-1", KEROLOX),
        "RG-1": ("RP-1", KEROLOX),
        "T-1": ("RP-1", KEROLOX),
        "Isrosene": ("RP-1", KEROLOX),
        "LH2": ("LH2", HYDROLOX),
        "CH4": ("CH4", METHALOX),
        "LCH4": ("CH4", METHALOX),
        "LNG": ("CH4", METHALOX),
        "UDMH": ("UDMH", STORABLE),
        "UH25": ("UH25", STORABLE),
        "MMH": ("MMH", STORABLE),
        "N2H4": ("N2H4", STORABLE),
        "Aerozine-50": ("Aerozine-50", STORABLE),
    }
)
_OXIDISERS: Final[Mapping[str, tuple[str, frozenset[str]]]] = MappingProxyType(
    {
        "LOX": ("LOX", frozenset({KEROLOX, HYDROLOX, METHALOX})),
        "N2O4": ("N2O4", frozenset({STORABLE})),
        "MON-3": ("MON-3", frozenset({STORABLE})),
    }
)


def reactants(oxidiser: str, fuel: str) -> tuple[str, str] | None:
    """Names by which equilibrium knows them: kerosenes are RP-1; None if unknown."""
    if oxidiser not in _OXIDISERS or fuel not in _FUELS:
        return None
    return _OXIDISERS[oxidiser][0], _FUELS[fuel][0]


def propellant_class(oxidiser: str, fuel: str) -> str | None:
    """kerolox, hydrolox, methalox or storable; None for a pair that is none of them."""
    if oxidiser not in _OXIDISERS or fuel not in _FUELS:
        return None
    kind = _FUELS[fuel][1]
    return kind if kind in _OXIDISERS[oxidiser][1] else None


@dataclass(frozen=True, slots=True)
class Factor:
    """One loss as a factor on specific impulse.

    Attributes:
        name: what is lost.
        low: the most that is lost.
        high: the least that is lost.
        source: where the range is from.
    """

    name: str
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class Spread:
    """Numbers of several engines, as ratios of published to ideal specific impulse.

    Attributes:
        mean: of them.
        deviation: standard deviation of one engine, with n - 1.
        count: how many engines.
    """

    mean: float
    deviation: float
    count: int


@dataclass(frozen=True, slots=True)
class Band:
    """Where the ratio of a further engine of a family lies.

    Attributes:
        low: least ratio.
        high: greatest ratio.
        mean: of the family.
        deviation: standard deviation of one engine, pooled over the class.
        freedom: degrees of freedom of that deviation.
        clipped: whether the factors of the family bound it.
    """

    low: float
    high: float
    mean: float
    deviation: float
    freedom: int
    clipped: bool

    def __contains__(self, ratio: float) -> bool:
        return self.low <= ratio <= self.high


@dataclass(frozen=True, slots=True)
class Family:
    """Engines that lose alike.

    Attributes:
        propellants: class of propellants.
        cycle: as the files of engines call it.
        anchors: the engines whose ratios make the band, by their names in the library.
        shifting: ratios to the ideal of shifting equilibrium.
        frozen: ratios to the ideal that is frozen at the throat.
        factors: what is lost, by name.
    """

    propellants: str
    cycle: str
    anchors: tuple[str, ...]
    shifting: Spread
    frozen: Spread
    factors: tuple[Factor, ...]

    @property
    def name(self) -> str:
        """The family in words."""
        return f"{self.propellants}, {self.cycle}"

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest product of its factors."""
        return (
            math.prod(factor.low for factor in self.factors),
            math.prod(factor.high for factor in self.factors),
        )

    @property
    def band(self) -> Band:
        """Where the ratio of one more engine lies with 95 %."""
        kin = [family.shifting for family in FAMILIES if family.propellants == self.propellants]
        deviation, freedom = pooled(kin)
        low, high = interval(self.shifting, kin)
        least, most = self.limits
        clipped = low < least or high > most
        mean = self.shifting.mean
        return Band(max(low, least), min(high, most), mean, deviation, freedom, clipped)


def pooled(kin: Sequence[Spread]) -> tuple[float, int]:
    """Deviation of one engine, pooled over families of one class, and its degrees of freedom."""
    freedom = sum(spread.count - 1 for spread in kin)
    squares = sum((spread.count - 1) * spread.deviation**2 for spread in kin)
    return math.sqrt(squares / freedom), freedom


def interval(own: Spread, kin: Sequence[Spread]) -> tuple[float, float]:
    """Within what one more engine of a family lies with 95 %; `kin`: its class, itself in it."""
    deviation, freedom = pooled(kin)
    half = _STUDENT[freedom] * deviation * math.sqrt(1.0 + 1.0 / own.count)
    return own.mean - half, own.mean + half


_STUDENT: Final[Mapping[int, float]] = MappingProxyType(
    {
        1: 12.706,
        2: 4.303,
        3: 3.182,
        4: 2.776,
        5: 2.571,
        6: 2.447,
        7: 2.365,
        8: 2.306,
        9: 2.262,
        10: 2.228,
        11: 2.201,
        12: 2.179,
        13: 2.160,
        14: 2.145,
        15: 2.131,
        16: 2.120,
        18: 2.101,
        20: 2.086,
    }
)
"""Student's t of 97.5 % by degrees of freedom."""

_RECALLED: Final = "general literature, recalled and not re-read"

_CSTAR: Final = Factor("characteristic velocity", 0.97, 0.995, _RECALLED)
_DIVERGENCE: Final = Factor(
    "divergence",
    0.983,
    0.995,
    "(1 + cos a) / 2 of a cone, for half angles a of 15 and 8 deg, which contoured nozzles equal",
)
_LAYER: Final = Factor(
    "boundary layer",
    0.98,
    0.99,
    "NASA SP-8120, figure 4 (recalled, not re-read), which gives 1 to 2 % for pump-fed engines",
)
_KINETICS: Final = Factor("kinetics", 0.99, 0.998, _RECALLED)
_DUMP: Final = Factor(
    "turbine exhaust",
    0.97,
    0.99,
    f"2 to 5 % of the flow leave with some 40 % of the specific impulse; {_RECALLED}",
)
_CLOSED: Final = (_CSTAR, _DIVERGENCE, _LAYER, _KINETICS)
_OPEN: Final = (*_CLOSED, _DUMP)
_SMALL: Final = (
    Factor("characteristic velocity", 0.93, 0.98, f"film-cooled walls; {_RECALLED}"),
    _DIVERGENCE,
    Factor("boundary layer", 0.97, 0.99, f"throats of centimetres, below 1 MPa; {_RECALLED}"),
    Factor(
        "kinetics",
        0.985,
        0.998,
        "a third of what frozen flow loses at most (AFRPL-TR-75-36, not re-read), which is 4 %",
    ),
)

FAMILIES: Final[tuple[Family, ...]] = (
    Family(
        HYDROLOX,
        "expander",
        ("le-5b-2", "rl10a-3-3a", "rl10b-2", "rl10c-1"),
        shifting=Spread(0.95795, 0.00810, 4),
        frozen=Spread(0.98930, 0.01583, 4),
        factors=_CLOSED,
    ),
    Family(
        HYDROLOX,
        "fuel-rich staged combustion",
        ("ce-7-5", "kvd-1", "le-7a", "rd-0120", "rs-25"),
        shifting=Spread(0.96699, 0.01006, 5),
        frozen=Spread(0.99972, 0.00698, 5),
        factors=_CLOSED,
    ),
    Family(
        HYDROLOX,
        "gas generator",
        ("hm7b", "j-2", "vulcain-2"),
        shifting=Spread(0.94997, 0.00784, 3),
        frozen=Spread(0.97573, 0.00325, 3),
        factors=_OPEN,
    ),
    Family(
        KEROLOX,
        "gas generator",
        ("f-1", "merlin-1d-v1-1"),
        shifting=Spread(0.91069, 0.00203, 2),
        frozen=Spread(0.93872, 0.00014, 2),
        factors=_OPEN,
    ),
    Family(
        KEROLOX,
        "oxidiser-rich staged combustion",
        ("nk-33", "rd-120", "rd-170", "rd-180", "rd-191", "yf-100"),
        shifting=Spread(0.94167, 0.00196, 6),
        frozen=Spread(0.98618, 0.00272, 6),
        factors=_CLOSED,
    ),
    Family(
        KEROLOX,
        "peroxide turbine",
        ("rd-107a", "rd-108a"),
        shifting=Spread(0.94084, 0.00312, 2),
        frozen=Spread(0.97972, 0.00080, 2),
        factors=_OPEN,
    ),
    Family(
        STORABLE,
        "gas generator",
        ("viking-4c", "viking-5c"),
        shifting=Spread(0.91434, 0.00515, 2),
        frozen=Spread(0.92530, 0.00299, 2),
        factors=_OPEN,
    ),
    Family(
        STORABLE,
        "pressure fed",
        ("r-4d-11", "s5-80"),
        shifting=Spread(0.89557, 0.00493, 2),
        frozen=Spread(0.92579, 0.00860, 2),
        factors=_SMALL,
    ),
)


def family_of(propellants: str | None, cycle: str) -> Family | None:
    """The family of a class of propellants and a cycle; None if none is known."""
    for family in FAMILIES:
        if (family.propellants, family.cycle) == (propellants, cycle):
            return family
    return None


_PRESSURES: Final[Mapping[str, Spread]] = MappingProxyType(
    {
        "expander": Spread(15.2518, 0.2375, 5),
        "fuel-rich staged combustion": Spread(16.2374, 0.6515, 5),
        "gas generator": Spread(15.7578, 0.3309, 15),
        "oxidiser-rich staged combustion": Spread(16.7824, 0.2414, 8),
        "pressure fed": Spread(14.1033, 1.0991, 4),
    }
)
"""By cycle, of the chamber pressures [Pa] of the catalogue: mean and deviation of the logarithm,
and how many."""


def pressure_range(cycle: str) -> tuple[float, float] | None:
    """Chamber pressures [Pa] within which one more engine of a cycle lies with 95 %.

    Pressures are positive and spread over a factor, so their logarithms are taken as normal. None
    of a cycle of fewer than three engines.
    """
    if cycle not in _PRESSURES:
        return None
    own = _PRESSURES[cycle]
    low, high = interval(own, [own])
    return math.exp(low), math.exp(high)
