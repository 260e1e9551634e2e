"""How guided parts of a flight went, beside what they were designed as."""

import numpy as np

from yaan.analysis.flown import Climb, Fall
from yaan.analysis.history import degrees
from yaan.flight.ascent_guiding import explicit_memory
from yaan.results.summary_ascent import AscentGuidance
from yaan.results.summary_return import EntryGuidance


def ascent_guidance(climb: Climb) -> AscentGuidance | None:
    """Of an ascent; None of one that was flown by time."""
    steered, plan = climb.steered, climb.ascent.plan
    designed = steered.designed
    spec = None if plan.guidance is None else plan.guidance.ascent
    if designed is None or spec is None:
        return None
    leg, stage = steered.task.aim.saves
    flown, before = steered.batch.ends, designed.batch.ends
    want, explicit = climb.ascent.target, explicit_memory(steered.lane.legs.inner.memory)
    known = explicit if hasattr(explicit, "shortfall") else None
    return AscentGuidance(
        law=spec.own or spec.law,
        converged=None if known is None else bool(np.asarray(known.converged)[leg] > 0.5),
        shortfall=0.0 if known is None else float(np.asarray(known.shortfall)[leg]),
        perigee_miss=float(flown.perigee[0, leg] - want.perigee),
        apogee_miss=float(flown.apogee[0, leg] - want.apogee),
        inclination_miss_deg=degrees(float(flown.inclination[0, leg] - want.inclination)),
        cut_off_later=float(flown.time[0, leg] - before.time[0, leg]),
        propellant_more=float(flown.propellant[0, leg, stage] - before.propellant[0, leg, stage]),
    )


def entry_guidance(fall: Fall) -> EntryGuidance | None:
    """Of an entry; None of one that was flown by time."""
    landed = fall.landed
    guided = landed.guided
    if guided is None:
        return None
    spec, point = guided.guiding.spec, guided.point
    told = getattr(landed.entry.inner.guidance, "reversals", None)
    return EntryGuidance(
        law=spec.own or spec.law,
        reversals=None if told is None else int(np.asarray(told)[0]),
        miss=landed.miss,
        miss_by_time=point.miss,
        peak_load_by_time=float(np.asarray(point.entry.inner.peak_load)[0]),
    )
