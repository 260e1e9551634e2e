"""Assumptions of a return ranked: each moved over its range, the way home flown anew.

From shortly before the deorbit burn on, by the burns and the bank that were found: what is told is
what a value that turns out otherwise would change. The orbit before is known by then, so that what
acts on it alone moves nothing here; nor does a wish of the design, as the entry angle that a burn
is solved for. An entry that is guided is guided here too, told of the mission as it is. Ignores:
that burns in orbit are solved again, which would take back part of it.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from yaan.analysis.sensitivity import ESCAPE, Vary, grouped, of_ascent
from yaan.base.provenance import Provenance
from yaan.description import Plan
from yaan.dynamics.state import State
from yaan.flight.legs import LANES
from yaan.flight.run import run
from yaan.results.commands import Commands
from yaan.results.ends import Ends
from yaan.results.outcome import OutcomeCode
from yaan.results.summary_evidence import ReturnEffect, ReturnEffects
from yaan.spacetime.zone import distance

_STRETCH = 10.0
"""Of the longest steps: a difference to what is flown alike hardly knows it."""

_NOISE = ReturnEffect(
    miss=1.0, entry_load_g=1e-4, touchdown_speed=1e-3, canopy_load=1.0, propellant_left=0.01
)
"""Changes that are none."""

_SIZES = frozenset(
    {
        "diameter",
        "drag_coefficient",
        "fill_constant",
        "growth_exponent",
        "opening_factor",
        "cluster_factor",
        "disreef_constant",
    }
)
"""Of a canopy, what does not say when it comes."""

_SPENT = ("vehicle.stages", "vehicle.parts")

Variants = list[tuple[str, str, Plan]]
"""Key, end of its range, and the plan with that."""


def variants(plan: Plan, provenance: Provenance, vary: Vary) -> Variants:
    """The plans of the assumptions that act on the way home, at both ends of their ranges.

    A canopy that drags something away from the capsule pulls at nothing of it: its size moves
    nothing, only when it comes does.
    """
    entering = plan.entry_flight
    train = None if entering is None else entering.capsule.parachutes
    aside = [step.name for step in (train.steps if train else ()) if step.drags != "capsule"]
    return list(_variants(provenance, vary, aside))


def _variants(
    provenance: Provenance, vary: Vary, aside: Sequence[str]
) -> Iterator[tuple[str, str, Plan]]:
    for ranked in grouped(provenance):
        key = ranked.assumption.key
        if of_ascent(key) or key.startswith((*_SPENT, f"{ESCAPE}.")):
            continue
        *_, step, field = ("", *key.split("."))
        if ".parachutes.steps." in key and step in aside and field in _SIZES:
            continue
        ends = {"low": ranked.assumption.low, "high": ranked.assumption.high}
        for side, value in ends.items():
            plan = None if value is None else vary(dict.fromkeys(ranked.keys, value))
            if plan is not None:
                yield key, side, plan


def rank_return(
    plan: Plan, moved: Variants, commands: Commands, parting: State
) -> tuple[dict[str, ReturnEffects], list[str]]:
    """Effects by key, of those that have any; and notes on variants that do not come down."""
    if not moved or commands.orbit is None or commands.entry is None:
        return {}, []
    plans = [plan, *(one for _, _, one in moved)]
    ends = run(plans, commands, batch=LANES, parting=parting, stretch=_STRETCH)
    found: dict[str, dict[str, ReturnEffect | None]] = {}
    lost: list[str] = []
    if ends["outcome"][0] != OutcomeCode.REACHED:
        return {}, []
    for lane, (key, side, _) in enumerate(moved, start=1):
        down = ends["outcome"][lane] == OutcomeCode.REACHED
        found.setdefault(key, {})[side] = _effect(ends, lane) if down else None
        if not down:
            code = OutcomeCode(int(ends["outcome"][lane]))
            lost.append(f"With {key} at its {side} end the return {code.word.replace('-', ' ')}.")
    effects = {
        key: ReturnEffects(low=sides.get("low"), high=sides.get("high"))
        for key, sides in found.items()
        if any(_moves(end) for end in sides.values())
    }
    return effects, lost


def _effect(ends: Ends, lane: int) -> ReturnEffect:
    """What a lane ended in beside the first."""

    def change(name: str) -> float:
        return float(ends[name][lane] - ends[name][0])

    hung = bool(np.isfinite(ends["speed_down"][0]))
    place = [(float(ends["latitude"][i]), float(ends["longitude"][i])) for i in (0, lane)]
    return ReturnEffect(
        miss=float(distance(*place[0], *place[1])),
        entry_load_g=change("peak_load"),
        touchdown_speed=change("speed_down") if hung else None,
        canopy_load=change("canopy_load") if hung else None,
        propellant_left=change("module_propellant_left"),
    )


def _moves(end: ReturnEffect | None) -> bool:
    """Whether an end of a range has an effect that is no noise; that none comes down is one."""
    return end is None or (
        end.miss > _NOISE.miss
        or abs(end.entry_load_g) > _NOISE.entry_load_g
        or abs(end.touchdown_speed or 0.0) > (_NOISE.touchdown_speed or 0.0)
        or abs(end.canopy_load or 0.0) > (_NOISE.canopy_load or 0.0)
        or abs(end.propellant_left) > _NOISE.propellant_left
    )
