"""The summary of a flight: everything that is told of it in numbers, as one typed record.

Every section is made once, by the part of the flight that it is of; a flight without that part has
None. The same flight gives the same summary, so no time of day and no time spent is in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from yaan.analysis import evidence
from yaan.analysis.ascent import ascent
from yaan.analysis.body import body_flight
from yaan.analysis.budget import budgets
from yaan.analysis.entry import entry
from yaan.analysis.flown import Flown
from yaan.analysis.history import cut_to
from yaan.analysis.landing import descent, landing
from yaan.analysis.models import models
from yaan.analysis.orbit import deorbit, end_of_orbit, opportunities, orbit_phase
from yaan.analysis.outcome import conclude, outcome
from yaan.analysis.tables import body_excursions
from yaan.analysis.timeline import peaks, timeline
from yaan.analysis.verdict import verdicts
from yaan.base.session import computing
from yaan.crew import grade, load_limits
from yaan.crew.limits import Condition
from yaan.results.summary import SCHEMA, CrewLoads, Summary
from yaan.results.trajectory import History


def summarise(flown: Flown) -> Summary:
    """The summary of any flight, whatever its parts and however it ended."""
    with computing():
        told = _told(flown)
        told = replace(told, published=evidence.published(flown.plan, told))
        free, body = flown.plan.free, flown.body
        left = None if free is None or body is None else body_excursions(free, body)
        judged = tuple(verdicts(flown, told, left))
    return replace(
        told,
        verdicts=judged,
        outcome=conclude(told.outcome, judged, flown.plan.title or flown.plan.name),
        notes=(*told.notes, *([] if left is None else left.notes)),
    )


def _told(flown: Flown) -> Summary:
    """All but what is judged and compared."""
    plan, climb, home, history, fall = (
        flown.plan,
        flown.climb,
        flown.home,
        flown.history,
        flown.fall,
    )
    asked, free = plan.homeward, plan.free
    back = None if asked is None or home is None else (asked, home)
    orbit = None if back is None else orbit_phase(*back, history)
    down = None if back is None else deorbit(*back, history)
    entered = None if fall is None else entry(history, fall)
    hung = None if fall is None else descent(history, fall)
    landed = None if back is None and fall is None else landing(plan, history, fall)
    body = None if free is None or flown.body is None else body_flight(free, flown.body)
    burns = (*(() if orbit is None else orbit.burns), *(() if down is None else (down.burn,)))
    contact = landed and landed.touchdown and landed.touchdown.contact
    return Summary(
        schema=SCHEMA,
        kind="flight",
        mission=plan.name,
        title=plan.title,
        yaan=version("yaan"),
        profile=None if climb is None else climb.profile,
        epoch=plan.epoch,
        outcome=outcome(flown, entered, hung, landed),
        verdicts=(),
        timeline=timeline(
            flown,
            touched=contact is not None,
            orbits=body is not None and None not in (body.start.orbit, body.end.orbit),
        ),
        spans=dict(_spans(flown)),
        peaks=peaks(flown),
        budgets=budgets(flown, burns),
        crew=tuple(_crew(flown)),
        ascent=None if climb is None else ascent(climb),
        orbit_phase=orbit,
        opportunities=() if back is None else opportunities(*back),
        deorbit=down,
        entry=entered,
        descent=hung,
        landing=landed,
        body=body,
        published=(),
        assumptions=tuple(evidence.assumption(one) for one in flown.ranked),
        sources=flown.provenance.sources,
        notes=tuple(flown.notes),
        models=tuple(models(flown)),
        integration=evidence.integration(flown.errors, plan.integration),
    )


def _spans(flown: Flown) -> Iterator[tuple[str, tuple[float, float]]]:
    """From when to when each part of the flight lasts [s]; none of an ascent without a return."""
    home, fall, time = flown.home, flown.fall, flown.history["time"]
    if home is not None:
        separated, left = float(home.separated.t[0]), end_of_orbit(home)
        yield "ascent", (0.0, separated)
        yield "orbit", (separated, left)
        if fall is not None:
            yield "deorbit", (left, float(fall.landed.interface.t[0]))
    if fall is not None:
        start = 0.0 if home is None else float(fall.landed.interface.t[0])
        handed = float(fall.landed.entry.end.t[0])
        yield "entry", (start, handed)
        if fall.landed.descent is not None:
            yield "descent", (handed, fall.landed.end[0])
    if flown.body is not None:
        yield "body", (float(time[0]), float(time[-1]))


def _crew(flown: Flown) -> Iterator[CrewLoads]:
    """The loads graded, of the ascent and from the interface down."""
    crew, climb = flown.plan.crew, flown.climb
    if crew is None:
        return
    if climb is not None:
        yield _graded("ascent", climb.history, crew.condition)
    if flown.fall is not None:
        condition = crew.condition if climb is None else crew.return_condition
        yield _graded("return", cut_to(flown.history, "entry", "descent"), condition)


def _graded(part: str, history: History, condition: Condition) -> CrewLoads:
    loads = np.stack([history[f"load_{axis}"] for axis in "xyz"], axis=1)
    axes = grade(history["time"], loads, load_limits(), condition)
    return CrewLoads(part=part, condition=condition, axes=tuple(axes))
