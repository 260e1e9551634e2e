"""A return as designed, flown by burns that are solved again on the way, from estimates.

The design knows the orbit that the ascent has left, and its burns are timed for it. What flies
solves each of them once more from what it believes there (`flight.resolved`), and the capsule is
guided as the design has told it. What was flown is kept as burns by the clock, so that it is
recorded, and its error told, as any other flight.
"""

from dataclasses import replace
from typing import Final

from yaan.description import Plan
from yaan.design.landing import Tell, flown_again
from yaan.design.lost import unsolved
from yaan.design.return_search import ReturnDesign, deorbited, kept_by
from yaan.flight.approach import Craft
from yaan.flight.correcting import lasting
from yaan.flight.legs import BURNS, Burns, in_lanes
from yaan.flight.resolved import Estimating, Flyer, Models, Resolved, fly_resolved, orders_of
from yaan.motion.orbit import FLOOR
from yaan.results.commands import ReturnCommands
from yaan.results.outcome import OutcomeCode

_PHASING: Final = BURNS - 1  # column of the burn that brings the interface to its time


def resolve(
    design: ReturnDesign, plan: Plan, back: ReturnCommands, estimating: Estimating, tell: Tell
) -> ReturnDesign:
    """The `design`, which has landed, flown by burns that are solved again from estimates.

    `back` is what was designed. A burn without a solution, or one that lacks propellant, is a
    return that is lost there and says so.
    """
    assert design.landed is not None
    tell("solving the burns again from the estimate")
    task, own = design.task, design.task.craft
    craft = Craft(in_lanes(own.whole, 1), in_lanes(own.capsule, 1), own.module)
    flyer = Flyer(in_lanes(task.raising.craft, 1), craft, in_lanes(task.way, 1))
    models = Models(flyer, design.world)
    found = fly_resolved(models, models, design.separated, orders_of(plan, back), estimating)
    burns, ignition = _raising(design, found, len(back.raising)), found.deorbit.burn.ignition
    before = found.approach.burnt.start
    duration = lasting(flyer.craft.whole, before.tanks, found.deorbit.burn.delta_v)
    raised, kept = kept_by(design.world, task, design.separated, burns, design.perigees)
    flown = replace(design, raised=raised, kept=kept, down=None, landed=None, designed=back)
    code = OutcomeCode(int(found.orbit[0]))
    if code is not OutcomeCode.REACHED or found.unsolved[0]:
        return replace(flown, lost=unsolved(code))
    tell("deorbiting by what was solved")
    down = deorbited(flown, float(before.t[0]), float(ignition[0]), float(duration[0]))
    if not down.interface.fired[0, FLOOR]:
        return replace(flown, lost=unsolved(OutcomeCode(int(down.burnt.outcome[0]))))
    landed = flown_again(design.lander, design.landed, down.interface.end)
    return replace(flown, down=down, landed=landed)


def _raising(design: ReturnDesign, found: Resolved, designed: int) -> Burns:
    """The burns of all orbits, those of the one that is flown as they were solved, by the clock."""
    craft, burns, lane = design.task.raising.craft, design.raised.burns, design.orbit
    start, duration, sense = (x.copy() for x in (burns.start, burns.duration, burns.sense))
    start[lane], duration[lane], sense[lane] = 0.0, 0.0, 1.0
    tanks, flow = design.separated.tanks.copy(), float(craft.flow)
    for k, burn in enumerate(found.burns):
        column = k if k < designed else _PHASING
        left = float(craft.propellant(tanks)[0])
        lasts = min(float(lasting(craft, tanks, burn.delta_v)[0]), left / flow if flow else 0.0)
        start[lane, column], duration[lane, column] = burn.ignition[0], lasts
        sense[lane, column] = -1.0 if burn.delta_v[0] < 0.0 else 1.0
        tanks[:, int(craft.tank)] -= flow * lasts
    return Burns(start, duration, sense)
