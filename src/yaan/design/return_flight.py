"""Flying home: the search and the flight of a mission that comes back, or of an entry alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from yaan.base.constants import EARTH_RADIUS
from yaan.crew.couch import couch
from yaan.description import Ascent, EntryFlight, InterfaceSpec, Plan, ReturnFlight
from yaan.description.broken import broken, of_craft
from yaan.design.choice import Elevation
from yaan.design.home_commands import entry_commands, return_commands
from yaan.design.landing import Landed, Lander, Point, Tell, flown_again, land, prepare_rounded
from yaan.design.lost import too_weak
from yaan.design.record import (
    along_motion,
    landing_rows,
    path_rows,
    return_rows,
    whole_history,
)
from yaan.design.resolving import resolve
from yaan.design.return_plan import bank_of, make_return
from yaan.design.return_search import ReturnDesign, design_return, follow, lander_of
from yaan.design.shadow import landing_errors, orbit_errors
from yaan.dynamics.forces import World
from yaan.dynamics.state import State, state_of
from yaan.flight import legs
from yaan.flight.accuracy import PhaseError, accurately
from yaan.flight.approach import craft_left
from yaan.flight.guiding import guiding_of
from yaan.flight.legs import Save
from yaan.flight.models.craft import (
    CIRCULARISE,
    build_capsule,
    build_failed,
    build_interface,
    build_train,
    handover_of,
)
from yaan.flight.models.launcher import MODULE, stack_of
from yaan.flight.models.navigation import orbit_estimates
from yaan.flight.models.world import build_world, epoch_of
from yaan.flight.turning import turning_of
from yaan.gnc.bank import BankProfile
from yaan.results.commands import COMMANDS_SCHEMA, Commands, EntryCommands
from yaan.results.trajectory import History
from yaan.spacetime.ephemeris import sun_elevation
from yaan.spacetime.frame import components
from yaan.spacetime.time import bundled_orientation
from yaan.vehicle.parachute import Train


@dataclass(frozen=True)
class Entered:
    """An entry of its own, flown."""

    world: World
    lander: Lander
    landed: Landed
    history: History
    errors: list[PhaseError]


@dataclass(frozen=True)
class Returned:
    """The way home of a mission, flown."""

    design: ReturnDesign
    history: History
    """Of the whole mission."""
    errors: list[PhaseError]


def fly_return(  # noqa: PLR0913 - where, what, whence; and by what
    world: World,
    ascent: Ascent,
    asked: ReturnFlight,
    before: History,
    inserted: State,
    tell: Tell,
    commands: Commands | None = None,
    *,
    found: Callable[[ReturnDesign], None] | None = None,
) -> Returned:
    """Fly home from `inserted`, the end of the ascent, as the spacecraft leaves its launcher.

    `before` is the history of the ascent. By `commands` nothing is searched. `found` is
    told of the design as soon as it is there, before its errors are. Canopies that are
    lost are not foreknown: the bank is solved as if all opened.
    """
    plan, stack = ascent.plan, stack_of(ascent)
    separated = inserted.dropping(*stack.launcher)
    loaded = float(separated.tanks[0, stack.tank(MODULE)])
    task, sun = make_return(ascent, asked), elevation_of(plan)
    if commands is None:
        design = design_return(world, task, separated, sun, tell)
    else:
        design = follow(world, task, separated, commands, sun, tell)
    designed = _left_weaker(world, ascent, asked, design, sun, tell, commands)
    if found is not None:
        found(designed)
    design = _resolved(plan, designed, commands, tell)
    tell("flying its shadow, which tells its errors")
    errors, interface = orbit_errors(world, design)
    if designed.landed is not None and design.landed is not None and interface is not None:
        known, begun = designed.landed, design.landed.interface

        def fly(tolerance: float) -> tuple[tuple[Lander, Landed], list[PhaseError]]:
            lander, landed = design.lander.finer(tolerance), known
            if tolerance != 1.0:
                landed = land(lander, known.interface, known.aim, design.nominal_bank, tell)
            if plan.failures:
                lander = replace(lander, train=_left_of(plan))
            if plan.failures or design is not designed:
                landed = flown_again(lander, landed, begun)
            return (lander, landed), landing_errors(lander, landed, interface)

        (lander, landed), more = accurately(fly, plan.integration)
        way = replace(design.task.way, entry_tolerance=lander.tolerance)
        task = replace(design.task, way=way, train=lander.train)
        design = replace(design, task=task, landed=landed)
        errors += more
    site = ascent.pad.site
    rows = return_rows(world, design, couch(plan.seat))
    whole = whole_history(before, rows, (site.latitude, site.longitude), loaded)
    return Returned(design, whole, errors)


def _resolved(
    plan: Plan, design: ReturnDesign, commands: Commands | None, tell: Tell
) -> ReturnDesign:
    """The return by burns that are solved again in flight; itself where they are flown as designed.

    So it is where nothing has landed, or no engine is left.
    """
    resolves = plan.guidance is not None and plan.guidance.resolves
    able = (
        float(design.task.raising.craft.thrust) > 0.0
        and float(design.task.craft.whole.thrust) > 0.0
    )
    back = return_commands(design) if commands is None else commands.orbit
    if not resolves or not able or back is None or design.landed is None:
        return design
    seeing = partial(orbit_estimates([plan]), lanes=np.zeros(1, dtype=int))
    return resolve(design, plan, back, seeing, tell)


def _left_weaker(
    world: World,
    ascent: Ascent,
    asked: ReturnFlight,
    design: ReturnDesign,
    sun: Elevation,
    tell: Tell,
    commands: Commands | None,
) -> ReturnDesign:
    """The return with what is left of the spacecraft's engines; itself where none of them fails.

    Burns that are re-solved are those of a design that knows what has failed, as long as an engine
    is left; others are flown by the clock as they were designed without it.
    """
    plan, task = ascent.plan, design.task
    if not any(of_craft(plan, one) for one in plan.failures):
        return design
    back = return_commands(design) if commands is None else commands.orbit
    if back is None or design.landed is None:
        return design
    first = back.raising[0].start if back.raising else np.inf
    raising = build_failed(ascent, asked, CIRCULARISE, first)
    left = craft_left(ascent, asked, back.ignition)
    weaker = replace(task, raising=replace(task.raising, craft=raising), craft=left)
    able = float(raising.thrust) > 0.0 and float(left.whole.thrust) > 0.0
    resolves = plan.guidance is not None and plan.guidance.resolves
    if resolves and able and commands is None:
        tell("solving the burns again for the engines that are left")
        return design_return(world, weaker, design.separated, sun, tell)
    given = commands or Commands(
        schema=COMMANDS_SCHEMA,
        mission=plan.name,
        events={},
        ascent=None,
        orbit=back,
        entry=entry_commands(design.landed, task.way.entry_tolerance),
    )
    flown = follow(world, weaker, design.separated, given, sun, tell)
    if flown.landed is None:
        flown = replace(flown, lost=too_weak(weaker, back.ignition, back.duration))
    return flown


def _left_of(plan: Plan) -> Train | None:
    """The parachutes without the canopies that are lost."""
    entering = broken(plan).entry_flight
    train = None if entering is None else entering.capsule.parachutes
    return None if train is None else build_train(train)


def prepare_return(world: World, ascent: Ascent, asked: ReturnFlight) -> None:
    """Compile every programme of the way home, or fetch it compiled, by legs that end at once."""
    task = make_return(ascent, asked)
    lander, seat = lander_of(world, task), couch(ascent.plan.seat)
    state = (np.zeros(1), np.array([[EARTH_RADIUS, 0.0, 0.0]]), np.array([[0.0, 7.5e3, 0.0]]))
    up = np.array([[1.0, 0.0, 0.0]])
    stack = stack_of(ascent)
    high = state_of(state[0], state[1] + 400e3 * up, state[2], *stack.empty)
    low = state_of(state[0], state[1] + 100.0 * up, state[2] * 0.0 - 10.0 * up, *stack.empty)
    kept = legs.coast(
        world, task.raising.craft, high, legs.Burns.none(1), stop=0.0, step=1.0, save=Save.STEPS
    )
    path_rows(world, task.raising.craft, kept, seat)
    landed = land(lander, low, None, task.bank.nominal, lambda text: None)
    prepare_rounded(lander, low)
    rows = landing_rows(lander, landed, seat)
    along_motion(world, whole_history(None, rows), np.zeros(1, dtype=int))


def lander_alone(world: World, entering: EntryFlight) -> Lander:
    """What comes down from an interface."""
    parachutes, asked = entering.capsule.parachutes, entering.entry
    return Lander(
        world=world,
        capsule=build_capsule(entering.capsule),
        train=None if parachutes is None else build_train(parachutes),
        bank=bank_of(asked),
        until=handover_of(parachutes, asked.floor),
        step=asked.step,
        turning=turning_of(entering.capsule, asked),
        guiding=guiding_of(entering.plan),
    )


def interface_of(start: InterfaceSpec, world: World) -> State:
    """The state at an interface, one lane."""
    position, velocity = build_interface(start, world)
    return state_of(np.zeros(1), components(position)[None], components(velocity)[None])


def aim_of(entering: EntryFlight) -> Point | None:
    """Where an entry alone should come down, if that is told."""
    return None if entering.aim is None else (entering.aim.latitude, entering.aim.longitude)


def enter_alone(
    entering: EntryFlight, start: InterfaceSpec, tell: Tell, commands: EntryCommands | None = None
) -> Entered:
    """Fly an entry from an interface; by `commands` its bank is not searched."""
    plan, world = entering.plan, build_world(entering.plan)
    lander = lander_alone(world, entering)
    if commands is not None:
        given = BankProfile(np.asarray(commands.time), np.asarray(commands.angle))
        lander = replace(lander, bank=replace(lander.bank, given=given))
    first, aim = interface_of(start, world), aim_of(entering)
    tell("flying the entry")

    def fly(tolerance: float) -> tuple[tuple[Lander, Landed], list[PhaseError]]:
        finer = lander.finer(tolerance)
        landed = land(finer, first, aim, finer.bank.nominal, tell)
        return (finer, landed), landing_errors(finer, landed)

    (finer, landed), errors = accurately(fly, plan.integration)
    rows = landing_rows(finer, landed, couch(plan.seat))
    return Entered(world, finer, landed, whole_history(None, rows), errors)


def elevation_of(plan: Plan) -> Elevation:
    """The elevation of the Sun over the ground, against the mission's time."""
    epoch, orientation = epoch_of(plan), bundled_orientation()

    def elevation(t: float, latitude: float, longitude: float) -> float:
        return float(sun_elevation(epoch, orientation, t, latitude, longitude)[0])

    return elevation
