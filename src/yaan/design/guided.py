"""An ascent as solved, flown once more in closed loop, and what its guidance is told of it.

What breaks, and what is off its design, it meets as it flies: `flight.ascent_guiding`.
"""

from dataclasses import fields, replace
from typing import Any, Final, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import NoSolutionError
from yaan.base.programme import programme
from yaan.design.aim import settled
from yaan.design.steer import Steered
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.ascent_guiding import closed_loop, guided_case
from yaan.flight.batches import Case, Lane, of_lane_rows
from yaan.gnc.explicit_burns import Burns
from yaan.gnc.speed_table import SpeedTable, speed_table
from yaan.gnc.steered import Part
from yaan.motion.guided import Believed, believed, programmes
from yaan.motion.powered import phase_of
from yaan.results.commands import (
    ArrivalCommand,
    AscentGuidanceCommands,
    BelievedBurn,
    GuidedLeg,
    SteeredProgramme,
)
from yaan.search.unknowns import LANES

_PARTS: Final[dict[Part, Literal["laws", "table", "explicit"]]] = {
    Part.LAWS: "laws",
    Part.TABLE: "table",
    Part.EXPLICIT: "explicit",
}


def guided(
    designed: Steered,
    flown: Steered,
    world: World,
    told: AscentGuidanceCommands | None = None,
) -> Steered:
    """`flown`, a flight by the constants of `designed`, in closed loop; itself if nothing guides.

    `told` is what commands have told its guidance; None, and it is told of `designed`.

    Raises:
        NoSolutionError: a design that explicit guidance cannot follow.
    """
    plan, task = flown.task.ascent.plan, flown.task
    if closed_loop(plan) is None or not (told or designed.solution.met):
        return flown
    known = told or told_of(designed, world)
    names = task.sequence.legs, task.vehicle.stages
    case = guided_case(plan, _timed(flown), *names, known, float(designed.flat[2]), world)
    again = flown_again(flown, case, world)
    # What commands have led to was a solution: where this flight arrives is judged, not searched.
    met = replace(again.solution, met=True)
    return replace(again, solution=met, designed=designed, guidance=known)


def _timed(steered: Steered) -> Case:
    """The case of a solved flight, with the coasts that were solved as long as they were."""
    base, case = steered.task.aim.base, steered.task.case
    if base.coasts:
        duration = np.array(case.phases.duration)
        duration[list(base.coasts)] = base.durations(steered.solution.x)
        case = eqx.tree_at(lambda c: c.phases.duration, case, duration)
    return case


def flown_again(steered: Steered, case: Case, world: World) -> Steered:
    """The constants of a solved flight, flown with another case in every lane."""
    flat = np.repeat(steered.flat[None], LANES, axis=0)
    batch = batches.fly(world, batches.repeat(case), flat)
    nothing = np.zeros((LANES, 0))
    task = replace(steered.task, case=case, aim=settled(steered.task.aim, steered.flat))
    misses = task.aim.misses(batch.ends, nothing)[0]
    solution = replace(steered.solution, x=nothing[0], misses=misses)
    return replace(steered, task=task, batch=batch, solution=solution)


def told_of(designed: Steered, world: World) -> AscentGuidanceCommands:
    """What guidance is told of a design.

    Raises:
        NoSolutionError: a design that it cannot follow.
    """
    lane, task = designed.lane, designed.task
    last, _ = task.aim.saves
    try:
        known = believed(lane.case.launcher, lane.case.phases, lane.legs, last)
    except ValueError as error:
        name = task.ascent.plan.name
        raise NoSolutionError(f"{name} cannot fly closed loop: {error}") from error
    table = _table(world, lane, known)
    steered = programmes(lane.case.phases, lane.legs, lane.steering)
    by_leg = jax.tree.map(np.asarray, known.guided)
    want, flown = task.ascent.target, designed.batch.elements(0, last)
    return AscentGuidanceCommands(
        speed=tuple(np.asarray(table.speed).tolist()),
        axis=tuple(_three(row) for row in np.asarray(table.axis)),
        burns=tuple(_burn(known.burns, k) for k in range(len(np.asarray(known.burns.thrust)))),
        legs=tuple(
            GuidedLeg(
                phase=leg.phase.name,
                part=_PARTS[Part(int(by_leg.part[k]))],
                active=bool(by_leg.active[k]),
                burn=int(by_leg.burn[k]),
                lit=bool(by_leg.lit[k]),
            )
            for k, leg in enumerate(task.sequence.legs)
        ),
        last=last,
        stage=task.vehicle.stages[known.stage],
        arrival=ArrivalCommand(
            perigee=float(want.perigee),
            apogee=float(want.apogee),
            inclination=float(want.inclination),
            node=float(flown.right_ascension),
            true_anomaly=float(flown.true_anomaly),
        ),
        programmes=tuple(
            SteeredProgramme(coefficients=_three(row), origin=float(begun))
            for row, begun in zip(
                np.asarray(steered.coefficients), np.asarray(steered.origins), strict=True
            )
        ),
    )


def _three(row: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in row)
    return x, y, z


def _burn(burns: Burns, k: int) -> BelievedBurn:
    row: dict[str, Any] = {
        one.name: np.asarray(getattr(burns, one.name))[k].item() for one in fields(Burns)
    }
    stop = row.pop("stop")
    return BelievedBurn(stop=stop if np.isfinite(stop) else None, **row)


def _table(world: World, lane: Lane, known: Believed) -> SpeedTable:
    """The attitude of a design against speed, up to the first phase that is steered above it."""
    count = int(lane.tape.count)
    speed, axis = jax.device_get(_axes(world, lane))
    first = int(np.argmax(np.asarray(known.guided.active)))
    rows = np.asarray(lane.tape.label)[:count] < first
    return speed_table(speed[:count][rows], axis[:count][rows]).table


@programme(lanes=of_lane_rows)
def _axes(world: World, lane: Lane) -> tuple[Any, Any]:
    """Speed against the Earth, and the axis towards east, north and up, of the rows of a lane."""
    case, legs = lane.case, lane.legs

    def one(t: Any, label: Any, inner: Any) -> tuple[Any, Any]:
        phase = jax.tree.map(lambda leaf: leaf[label], case.phases)
        motion = phase_of(world, case.launcher, lane.steering, phase, legs.start[label])
        now = motion.instant(t, inner)
        around = now.around
        axis = jnp.stack([now.axis.dot(x) for x in (around.east, around.north, around.up)])
        return jnp.sqrt(around.relative.dot(around.relative) + 1e-12), axis

    return jax.vmap(one)(lane.tape.t, lane.tape.label, lane.tape.state)
