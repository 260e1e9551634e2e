"""The summary of any flight."""

from typing import Any

from yaan.analysis.body import summarise_body
from yaan.analysis.entry import summarise_entry
from yaan.analysis.flown import Flown
from yaan.analysis.summary import summarise_ascent


def summarise(flown: Flown) -> dict[str, Any]:
    """`summary.json`."""
    plan = flown.plan
    if flown.climb is not None:
        return summarise_ascent(flown, flown.climb)
    if flown.body is not None and plan.free is not None:
        return summarise_body(flown, plan.free, flown.body)
    assert plan.entering is not None
    assert flown.lander is not None
    assert flown.landed is not None
    return summarise_entry(flown, plan.entering, flown.lander, flown.landed)
