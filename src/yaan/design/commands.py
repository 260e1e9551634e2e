"""Design without a flight: what is searched for, as the commands that it is flown by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yaan.base.errors import NoSolutionError
from yaan.base.session import computing
from yaan.description import Ascent, InterfaceSpec, Plan
from yaan.design.failing import failing
from yaan.design.guided import guided
from yaan.design.home_commands import entry_commands, return_commands
from yaan.design.landing import Landed, Tell, land
from yaan.design.return_flight import aim_of, elevation_of, interface_of, lander_alone
from yaan.design.return_plan import make_return
from yaan.design.return_search import ReturnDesign, design_return
from yaan.design.steer import Steered, solve
from yaan.design.task import make_task
from yaan.flight.models.launcher import stack_of
from yaan.flight.models.world import build_world, horizon, landing_world
from yaan.results.commands import (
    COMMANDS_SCHEMA,
    AscentCommands,
    AscentGuidanceCommands,
    Commands,
)
from yaan.results.outcome import OutcomeCode


def commands_of(
    mission: str,
    steered: Steered | None = None,
    design: ReturnDesign | None = None,
    landed: Landed | None = None,
    events: Mapping[str, float] | None = None,
    tolerance: float = 1.0,
    guidance: AscentGuidanceCommands | None = None,
) -> Commands:
    """The commands of a flight, as far as they were found.

    `landed` is that of an entry alone, flown by steps of a `tolerance`; `guidance` is what that of
    the ascent was told.
    """
    if design is not None:
        landed, tolerance = design.landed, design.task.way.entry_tolerance
    return Commands(
        schema=COMMANDS_SCHEMA,
        mission=mission,
        events=dict(events or {}),
        ascent=None if steered is None else _ascent(steered, guidance),
        # Burns that were solved again in flight are solved again whenever it is flown.
        orbit=None if design is None else design.designed or return_commands(design),
        entry=None if landed is None else entry_commands(landed, tolerance),
    )


def _ascent(steered: Steered, guidance: AscentGuidanceCommands | None) -> AscentCommands:
    base, task = steered.task.aim.base, steered.task
    flat = [float(x) for x in steered.flat]
    rows = (flat[3 + 3 * k : 6 + 3 * k] for k in range(len(base.programmes)))
    names = task.sequence.legs
    solved = base.durations(steered.solution.x)
    lasting = np.asarray(task.case.phases.duration)
    # Of a flight with failures they are no unknowns any more: they stand in its phases.
    coasts = {name: float(lasting[leg]) for name, leg in task.sequence.coasts.items()}
    coasts |= {
        names[leg].phase.name: float(time) for leg, time in zip(base.coasts, solved, strict=True)
    }
    return AscentCommands(
        profile=task.name,
        kick=flat[0],
        azimuth=flat[1],
        yaw=flat[2],
        programmes={
            name: (row[0], row[1], row[2]) for name, row in zip(base.programmes, rows, strict=True)
        },
        coasts=coasts,
        tolerance=float(np.ravel(task.case.tolerance)[0]),
        guidance=guidance,
    )


@dataclass(frozen=True)
class Designed:
    """The commands of a plan, as far as they were found, and how the search ended."""

    commands: Commands
    code: OutcomeCode = OutcomeCode.REACHED
    text: str = ""
    """What is missing, in a sentence; empty where nothing is."""


def design(plan: Plan, tell: Tell = lambda text: None) -> Designed:
    """Search for all that the flight of a plan needs: steering, burns, bank. Nothing is told of it.

    What breaks is not foreknown. A plan that needs nothing has commands without any part.
    """
    with computing():
        if plan.ascent is not None:
            return _launch(plan, plan.ascent, tell)
        entering, start = plan.entry_flight, plan.start
        if entering is None or not isinstance(start, InterfaceSpec):
            return Designed(commands_of(plan.name))
        world = build_world(plan)
        lander, aim = lander_alone(world, entering), aim_of(entering)
        interface = interface_of(start, world)
        landed = land(lander, interface, aim, lander.bank.nominal, tell)
        found = landed.banked is None or landed.banked.met
        code = OutcomeCode.REACHED if found else OutcomeCode.NOT_FOUND
        text = "" if found else "No bank was found that reaches the aim."
        return Designed(commands_of(plan.name, landed=landed), code, text)


def _launch(plan: Plan, ascent: Ascent, tell: Tell) -> Designed:
    asked, entering = plan.return_flight, plan.entry_flight
    world = build_world(plan, horizon(asked))
    tell("solving the steering")
    solved = solve(make_task(ascent, ascent.steering.profile, world), world)
    leg, stage = solved.task.aim.saves
    left = float(solved.batch.ends.propellant[0, leg, stage])
    if not solved.solution.met:
        text = "No steering was found that meets the targets."
        return Designed(commands_of(plan.name, solved), OutcomeCode.NOT_FOUND, text)
    if left < 0.0:
        text = f"The ascent lacks {-left:.0f} kg of propellant."
        return Designed(commands_of(plan.name, solved), OutcomeCode.NO_SOLUTION, text)
    try:
        flown = guided(solved, failing(solved, world), world)
    except NoSolutionError as error:
        return Designed(commands_of(plan.name, solved), OutcomeCode.NO_SOLUTION, f"{error}.")
    told: dict[str, Any] = {"events": flown.event_times, "guidance": flown.guidance}
    if asked is None or entering is None or not flown.orbits:
        return Designed(commands_of(plan.name, solved, **told))
    there, stack = landing_world(world, entering), stack_of(ascent)
    separated = flown.end.dropping(*stack.launcher)
    task, sun = make_return(ascent, asked), elevation_of(plan)
    way = design_return(there, task, separated, sun, tell)
    commands = commands_of(plan.name, solved, way, **told)
    if way.landed is None:
        lost = way.lost
        code = OutcomeCode.NO_SOLUTION if lost is None else lost.code
        text = "No way home was found." if lost is None else lost.text
        return Designed(commands, code, text)
    return Designed(commands)
