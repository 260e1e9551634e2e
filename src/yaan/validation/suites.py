"""All cases, in the order of the wall: a plain list."""

from typing import Final

from yaan.validation.case import Case
from yaan.validation.measure import (
    analytic,
    atmospheric,
    earth,
    entry,
    launch,
    orbital,
    recovered,
    rocket,
    sounding,
)

CASES: Final[tuple[Case, ...]] = (
    *atmospheric.cases(),
    *rocket.cases(),
    *sounding.cases(),
    *recovered.cases(),
    *orbital.cases(),
    *analytic.cases(),
    *entry.cases(),
    *earth.cases(),
    *launch.cases(),
)
