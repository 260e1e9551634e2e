"""The summary of a flight: everything that is told of it in numbers, as one typed record.

Every section is made once, by the part of the flight that it is of; a flight without that part has
None. The same flight gives the same summary, so no time of day and no time spent is in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version

from yaan.analysis import evidence
from yaan.analysis.ascent import ascent
from yaan.analysis.body import body_flight
from yaan.analysis.budget import budgets
from yaan.analysis.contacts import contacts
from yaan.analysis.crew import crew_loads
from yaan.analysis.eclipses import shadow
from yaan.analysis.entry import entry
from yaan.analysis.flown import Flown
from yaan.analysis.guidance import unheard_notes
from yaan.analysis.landing import descent, landing
from yaan.analysis.models import models
from yaan.analysis.orbit import deorbit, end_of_orbit, opportunities, orbit_phase
from yaan.analysis.outcome import conclude, outcome
from yaan.analysis.sequence import sequence
from yaan.analysis.tables import body_excursions
from yaan.analysis.timeline import peaks, timeline
from yaan.analysis.verdict import verdicts
from yaan.base.session import computing
from yaan.results.summary import SCHEMA, Summary


def summarise(flown: Flown) -> Summary:
    """The summary of any flight, whatever its parts and however it ended."""
    plan, free, body = flown.plan, flown.plan.free_flight, flown.body
    with computing():
        summary = _measured(flown)
        summary = replace(summary, published=evidence.published(plan, summary))
        left = None if free is None or body is None else body_excursions(free, body)
        judged = tuple(verdicts(flown, summary, left))
    return replace(
        summary,
        verdicts=judged,
        outcome=conclude(summary.outcome, judged, plan.title or plan.name),
        notes=(*summary.notes, *([] if left is None else left.notes)),
    )


def _measured(flown: Flown) -> Summary:
    """All but what is judged and compared."""
    plan, climb = flown.plan, flown.climb
    orbit, down = orbit_phase(flown), deorbit(flown)
    burns = (*(() if orbit is None else orbit.burns), *(() if down is None else (down.burn,)))
    entered, hung, landed, body = entry(flown), descent(flown), landing(flown), body_flight(flown)
    contact = landed and landed.touchdown and landed.touchdown.contact
    orbits = body is not None and None not in (body.start.orbit, body.end.orbit)
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
        timeline=timeline(flown, touched=contact is not None, orbits=orbits),
        spans=dict(_spans(flown)),
        peaks=peaks(flown),
        budgets=budgets(flown, burns),
        crew=tuple(crew_loads(flown)),
        ascent=ascent(flown),
        orbit_phase=orbit,
        shadow=shadow(flown, orbit),
        contacts=contacts(flown),
        opportunities=opportunities(flown),
        deorbit=down,
        entry=entered,
        descent=hung,
        landing=landed,
        body=body,
        sequence=sequence(flown),
        published=(),
        assumptions=tuple(evidence.assumption(one) for one in flown.ranked),
        sources=flown.provenance.sources,
        notes=(*flown.notes, *unheard_notes(entered)),
        models=tuple(models(flown)),
        integration=evidence.integration(flown.errors, plan.integration),
    )


def _spans(flown: Flown) -> Iterator[tuple[str, tuple[float, float]]]:
    """From when to when each part of the flight lasts [s]; none of an ascent without a return."""
    design, fall, time = flown.return_design, flown.fall, flown.history["time"]
    if design is not None:
        separated, left = float(design.separated.t[0]), end_of_orbit(design)
        yield "ascent", (0.0, separated)
        yield "orbit", (separated, left)
        if fall is not None:
            yield "deorbit", (left, float(fall.landed.interface.t[0]))
    if fall is not None:
        start = 0.0 if design is None else float(fall.landed.interface.t[0])
        handed = float(fall.landed.entry.end.t[0])
        yield "entry", (start, handed)
        if fall.landed.descent is not None:
            yield "descent", (handed, fall.landed.end[0])
    if flown.body is not None:
        yield "body", (float(time[0]), float(time[-1]))
    if flown.chain is not None and flown.chain.flight is not None:
        path = flown.chain.flight.history["time"]
        if flown.climb is not None:
            yield "ascent", (0.0, float(path[0]))
        yield "sequence", (float(path[0]), float(path[-1]))
