"""An ascent in closed loop, of what its commands tell of the design: nothing is searched here.

In the air it flies the attitude of the design against speed, and above it, in the phases that
linear tangents steer, explicit guidance solves its steering anew towards where the design arrived.
What it believes of its burns is the design's, whatever the vehicle that flies; how it navigates,
and how often it thinks, is the plan's own.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import YaanError
from yaan.description import Plan
from yaan.description.guidance import AscentGuidanceSpec
from yaan.dynamics.forces import World
from yaan.flight.batches import AscentGuidance, Case
from yaan.flight.models.navigation import pad_navigator
from yaan.flight.models.own import model_of
from yaan.flight.models.own_law import ASCENT
from yaan.flight.models.phases import Leg
from yaan.gnc.base import AbstractGuidance
from yaan.gnc.explicit import no_memory
from yaan.gnc.explicit_burns import Burns, Field
from yaan.gnc.explicit_directions import AbstractDirection, Corrected, Primer
from yaan.gnc.explicit_target import Target, arrival
from yaan.gnc.powered import Steering
from yaan.gnc.speed_table import SpeedTable
from yaan.gnc.steered import Part, ascent_memory, load_relief, turn_rate
from yaan.motion.guided import Believed, ExplicitGuide, guided
from yaan.motion.guided_ascent import AscentGuide, Told
from yaan.motion.powered_phases import Guided, Phases
from yaan.results.commands import AscentCommands, AscentGuidanceCommands

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


def known_guidance(plan: Plan, steered: AscentCommands) -> AscentGuidanceCommands | None:
    """What commands tell the guidance of a plan; None of one that flies them by time.

    Raises:
        YaanError: it is guided, and they tell its guidance nothing.
    """
    if closed_loop(plan) is None:
        return None
    if steered.guidance is None:
        raise YaanError(
            f"{plan.name} guides its ascent, and these commands tell its guidance nothing: design "
            "it anew, or set guidance.ascent to open-loop"
        )
    return steered.guidance


def guided_case(
    plan: Plan,
    case: Case,
    legs: Sequence[Leg],
    stages: Sequence[str],
    told: AscentGuidanceCommands,
    yaw: float,
    world: World,
) -> Case:
    """The case of one lane as its plan has it guided, on the host.

    Args:
        plan: which law, how often, by which navigator.
        case: of the flight by time.
        legs: of its ascent.
        stages: names of its launcher's.
        told: by the commands.
        yaw: of the designed steering [rad].
        world: its own, of one lane: where its equator and its gravity are taken from.

    Raises:
        YaanError: commands of another ascent.
        InputError: a law of the user's own that is not given.
    """
    spec = closed_loop(plan)
    assert spec is not None
    known = _believed(legs, stages, told, len(np.asarray(case.phases.law)))
    rate = None if spec.turn_rate is None else turn_rate(spec.turn_rate)
    if spec.own is None:
        phases = guided(case.phases, known)
        guide = _explicit(spec, told, known.burns, yaw, world)
        explicit, kept = _Explicit(guide), no_memory(guide.direction, jnp.zeros(()))
    else:
        phases = eqx.tree_at(
            lambda p: p.guided, case.phases, known.guided, is_leaf=lambda x: x is None
        )
        law = model_of(plan, ASCENT, spec.own, AbstractGuidance)
        explicit, kept = _Own(law), law.start(jnp.zeros(()), None)
    ascent = AscentGuide(
        Told(),
        _table(told),
        None if spec.load_relief is None else load_relief(spec.load_relief),
        rate,
        explicit,
    )
    memory = ascent_memory(jnp.zeros(()), table=True, rate=rate is not None, explicit=kept)
    made = AscentGuidance(ascent, pad_navigator(plan), memory)
    return eqx.tree_at(
        lambda c: (c.phases, c.guidance),
        case,
        (phases, jax.tree.map(np.asarray, made)),
        is_leaf=lambda x: x is None,
    )


def explicit_memory(memory: Any) -> Any:
    """What the law above the air remembers, of what all laws of an ascent do; None without one."""
    parts = getattr(memory, "inner", memory)
    return getattr(parts, "explicit", None)


def _believed(
    legs: Sequence[Leg], stages: Sequence[str], told: AscentGuidanceCommands, padded: int
) -> Believed:
    """What the explicit law believes, by arrays of `padded` phases."""
    names, known = [leg.phase.name for leg in legs], [leg.phase for leg in told.legs]
    if names != known or told.stage not in stages:
        flown, theirs = (", ".join(dict.fromkeys(x)) or "none" for x in (names, known))
        raise YaanError(
            f"the commands are of another ascent: its phases are {flown}, those of their guidance "
            f"{theirs}, which ends a burn of {told.stage}"
        )
    columns: dict[str, Any] = {
        "active": np.zeros(padded, dtype=bool),
        "burn": np.zeros(padded, dtype=int),
        "lit": np.zeros(padded, dtype=bool),
        "part": np.full(padded, int(Part.LAWS)),
    }
    for k, leg in enumerate(told.legs):
        columns["active"][k], columns["burn"][k], columns["lit"][k] = leg.active, leg.burn, leg.lit
        columns["part"][k] = int(Part[leg.part.upper()])
    rows = {
        field.name: jnp.asarray([getattr(burn, field.name) for burn in told.burns])
        for field in fields(Burns)
        if field.name != "stop"
    }
    stop = jnp.asarray([np.inf if burn.stop is None else burn.stop for burn in told.burns])
    guided = Guided(**columns)
    return Believed(Burns(stop=stop, **rows), guided, told.last, list(stages).index(told.stage))


def _explicit(
    spec: AscentGuidanceSpec, told: AscentGuidanceCommands, burns: Burns, yaw: float, world: World
) -> ExplicitGuide:
    """The explicit law, towards where the design has arrived."""
    target = _target(spec, told, world)
    own: AbstractDirection = Primer()
    if spec.shape == "programme":
        rows = [list(one.coefficients) for one in told.programmes]
        begun = [one.origin for one in told.programmes]
        own = Corrected(jnp.asarray(rows), jnp.asarray(begun), jnp.asarray(yaw))
    times = [jnp.asarray(x) for x in (spec.period, _FREEZE, _SETTLING)]
    return ExplicitGuide(own, burns, target, Field(world.mu, target.pole), *times)


def _target(spec: AscentGuidanceSpec, told: AscentGuidanceCommands, world: World) -> Target:
    """The target orbit, as high in it as the design came there."""
    to = told.arrival
    perigee, apogee, inclination, anomaly, node = (
        jnp.asarray(x) for x in (to.perigee, to.apogee, to.inclination, to.true_anomaly, to.node)
    )
    return arrival(
        perigee,
        apogee,
        inclination,
        anomaly,
        node=node if spec.plane == "node" else None,
        of_date=world.earth.of_date,
        mu=world.mu,
    )


def _table(told: AscentGuidanceCommands) -> SpeedTable:
    """The attitude of the design against speed."""
    table = SpeedTable(np.array(told.speed), np.array(told.axis))
    return table.padded(-(-len(told.speed) // _KNOTS) * _KNOTS)
