"""All cases, in the order of the wall: a plain list."""

from typing import Final

from yaan.validation.case import Case
from yaan.validation.measure import (
    analytic,
    atmospheric,
    cml,
    cycles,
    earth,
    elements,
    entry,
    equilibrium,
    fields,
    launch,
    orbital,
    propagated,
    recovered,
    rocket,
    sounding,
    station,
    stream,
)

CASES: Final[tuple[Case, ...]] = (
    *atmospheric.cases(),
    *rocket.cases(),
    *sounding.cases(),
    *recovered.cases(),
    *cml.cases(),
    *stream.cases(),
    *orbital.cases(),
    *propagated.cases(),
    *station.cases(),
    *analytic.cases(),
    *entry.cases(),
    *earth.cases(),
    *fields.cases(),
    *cycles.cases(),
    *elements.cases(),
    *launch.cases(),
    *equilibrium.cases(),
)
