"""An ascent as solved, flown once more in closed loop: by what its guidance believes and corrects.

In the air it flies the attitude of the design against speed, and above it, in the phases that
linear tangents steer, explicit guidance solves its steering anew towards where the design arrived.
What breaks, and what is off its design, it meets as it flies.
"""

from dataclasses import replace
from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import NoSolutionError
from yaan.base.programme import programme
from yaan.description import Plan
from yaan.description.guidance import AscentGuidanceSpec
from yaan.design.aim import settled
from yaan.design.steer import Steered
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.batches import AscentGuidance, Case, Lane
from yaan.flight.models.navigation import pad_navigator
from yaan.flight.models.own import model_of
from yaan.flight.models.own_law import ASCENT
from yaan.gnc.base import AbstractGuidance
from yaan.gnc.explicit import no_memory
from yaan.gnc.explicit_burns import Field
from yaan.gnc.explicit_directions import AbstractDirection, Primer
from yaan.gnc.explicit_target import Target, arrival
from yaan.gnc.powered import Steering
from yaan.gnc.speed_table import SpeedTable, speed_table
from yaan.gnc.steered import ascent_memory, load_relief, turn_rate
from yaan.motion.guided import Believed, ExplicitGuide, believed, programmes
from yaan.motion.guided import guided as guided_phases
from yaan.motion.guided_ascent import AscentGuide, Told
from yaan.motion.powered import phase_of
from yaan.motion.powered_phases import Phases
from yaan.search.unknowns import LANES

_FREEZE: Final = 8.0  # [s] before the cut-off
_SETTLING: Final = 3.0  # [s] over which thrust is measured
_KNOTS: Final = 32  # a table has a multiple of so many: another flight compiles nothing


class _Explicit(eqx.Module):
    """The explicit law of a phase, as `AscentGuide` asks for it."""

    guide: ExplicitGuide

    def __call__(self, steering: Steering, phase: Phases, start: Any, due: Any) -> AbstractGuidance:
        del steering, start, due
        return self.guide.law(phase)


class _Own(eqx.Module):
    """A law of the user's own in the place of the explicit one."""

    law: AbstractGuidance

    def __call__(self, steering: Steering, phase: Phases, start: Any, due: Any) -> AbstractGuidance:
        del steering, phase, start, due
        return self.law


def closed_loop(plan: Plan) -> AscentGuidanceSpec | None:
    """What guides the ascent of a plan; None where it flies its design by time."""
    spec = None if plan.guidance is None else plan.guidance.ascent
    return None if spec is None or (spec.own is None and spec.law == "open-loop") else spec


def guided(designed: Steered, flown: Steered, world: World) -> Steered:
    """`flown`, a flight by the constants of `designed`, in closed loop; itself if nothing guides.

    Raises:
        NoSolutionError: a design that explicit guidance cannot follow.
    """
    plan = flown.task.ascent.plan
    spec = closed_loop(plan)
    if spec is None or not designed.solution.met:
        return flown
    known, guidance = guidance_of(spec, plan, designed, world)
    phases = flown.task.case.phases
    if spec.own is None:
        phases = guided_phases(phases, known)
    else:
        phases = eqx.tree_at(lambda p: p.guided, phases, known.guided, is_leaf=lambda x: x is None)
    case = eqx.tree_at(
        lambda c: (c.phases, c.guidance),
        _timed(flown, phases),
        (phases, guidance),
        is_leaf=lambda x: x is None,
    )
    return replace(flown_again(flown, case, world), designed=designed)


def _timed(steered: Steered, phases: Phases) -> Case:
    """The case of a solved flight, with the coasts that were solved as long as they were."""
    base, case = steered.task.aim.base, steered.task.case
    if base.coasts:
        duration = np.array(phases.duration)
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


def guidance_of(
    spec: AscentGuidanceSpec, plan: Plan, designed: Steered, world: World
) -> tuple[Believed, AscentGuidance]:
    """What explicit guidance believes of a design, and who guides; one lane, on the host.

    Raises:
        NoSolutionError: a design that it cannot follow.
    """
    lane, (last, _) = designed.lane, designed.task.aim.saves
    try:
        known = believed(lane.case.launcher, lane.case.phases, lane.legs, last)
    except ValueError as error:
        raise NoSolutionError(f"{plan.name} cannot fly closed loop: {error}") from error
    relief = None if spec.load_relief is None else load_relief(spec.load_relief)
    rate = None if spec.turn_rate is None else turn_rate(spec.turn_rate)
    if spec.own is not None:
        law = model_of(plan, ASCENT, spec.own, AbstractGuidance)
        explicit, kept = _Own(law), law.start(jnp.zeros(()), None)
    else:
        guide = explicit_of(spec, designed, known, world)
        explicit, kept = _Explicit(guide), no_memory(guide.direction, jnp.zeros(()))
    table = _table(world, lane, known)
    ascent = AscentGuide(Told(), table, relief, rate, explicit)
    memory = ascent_memory(jnp.zeros(()), table=True, rate=rate is not None, explicit=kept)
    made = AscentGuidance(ascent, pad_navigator(plan), memory)
    return known, jax.tree.map(np.asarray, made)


def explicit_of(
    spec: AscentGuidanceSpec, designed: Steered, known: Believed, world: World
) -> ExplicitGuide:
    """The explicit law, towards where a design has arrived."""
    lane, (last, _) = designed.lane, designed.task.aim.saves
    target = target_of(spec, designed, last, world)
    field = Field(world.mu, target.pole)
    own: AbstractDirection = Primer()
    if spec.shape == "programme":
        own = programmes(lane.case.phases, lane.legs, lane.steering)
    times = [jnp.asarray(x) for x in (spec.period, _FREEZE, _SETTLING)]
    return ExplicitGuide(own, known.burns, target, field, *times)


def target_of(spec: AscentGuidanceSpec, designed: Steered, last: int, world: World) -> Target:
    """Where explicit guidance is to arrive: the target orbit, as high in it as the design did."""
    want, flown = designed.task.ascent.target, designed.batch.elements(0, last)
    node = jnp.asarray(flown.right_ascension) if spec.plane == "node" else None
    perigee, apogee, inclination = (
        jnp.asarray(x) for x in (want.perigee, want.apogee, want.inclination)
    )
    return arrival(
        perigee,
        apogee,
        inclination,
        jnp.asarray(flown.true_anomaly),
        node=node,
        of_date=world.earth.of_date,
        mu=world.mu,
    )


def _table(world: World, lane: Lane, known: Believed) -> SpeedTable:
    """The attitude of a design against speed, up to the first phase that is steered above it."""
    count = int(lane.tape.count)
    speed, axis = jax.device_get(_axes(world, lane))
    first = int(np.argmax(np.asarray(known.guided.active)))
    rows = np.asarray(lane.tape.label)[:count] < first
    table = speed_table(speed[:count][rows], axis[:count][rows]).table
    knots = len(np.asarray(table.speed))
    return table.padded(-(-knots // _KNOTS) * _KNOTS)


@programme
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
