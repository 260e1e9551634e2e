"""Flying a plan: steering solved for every profile, the aborts mapped, assumptions ranked."""

from concurrent.futures import Future
from dataclasses import replace
from functools import partial

import numpy as np

from yaan.analysis import abort_map
from yaan.analysis.attitude import fly_rigid
from yaan.analysis.flown import Climb, Flown
from yaan.analysis.guidance import watch_ascent
from yaan.analysis.homeward import Homeward
from yaan.analysis.sensitivity import Ranked, Vary, grouped, rank, ranked_by_place
from yaan.analysis.sequence import air_notes, passed_over
from yaan.analysis.sides import Sides, aside, interrupted
from yaan.analysis.steering import load_notes, remarks
from yaan.analysis.tables import ascent_excursions
from yaan.base.errors import YaanError
from yaan.base.provenance import Provenance
from yaan.base.session import computing
from yaan.description import Ascent, FreeFlight, InterfaceSpec, PhasedFlight, Plan
from yaan.description.notes import notes_of
from yaan.design import dogleg
from yaan.design.commands import commands_of
from yaan.design.failing import failing
from yaan.design.guided import guided
from yaan.design.history import history, told
from yaan.design.return_flight import Returned, enter_alone, prepare_return
from yaan.design.steer import Steered, by_commands, solve
from yaan.design.task import Task, Watch, make_task
from yaan.dynamics.forces import World
from yaan.flight import batches
from yaan.flight.ascent_guiding import known_guidance
from yaan.flight.body import fly_free
from yaan.flight.chain import ChainFlown, fly_chain, followed, known_for
from yaan.flight.models.world import build_world, landing_world, left_table, orientation_notes
from yaan.flight.progress import Clock, Progress, Report, before
from yaan.results.commands import AscentCommands, Commands
from yaan.results.outcome import OutcomeCode
from yaan.results.trajectory import History


def fly(
    plan: Plan,
    provenance: Provenance,
    vary: Vary,
    report: Report | None = None,
    commands: Commands | None = None,
) -> tuple[Flown, dict[str, float]]:
    """Fly a plan; returns what was flown and the time spent by stage [s].

    Of an ascent every profile is flown, and assumptions are ranked by plans that `vary` makes. A
    flight without a solution is flown as far as it goes: its outcome says what is missing. By
    `commands` nothing is searched: the profile they name is flown, nothing is ranked.
    """
    tell = report or (lambda progress: None)
    clock = Clock()
    if plan.ascent is not None:
        flown = _fly_ascent(plan.ascent, provenance, vary, tell, clock, commands)
    elif plan.free_flight is not None:
        flown = _fly_free(plan.free_flight, provenance, tell, clock)
    elif plan.phased_flight is not None:
        flown = _fly_phased(plan.phased_flight, provenance, tell, clock)
    else:
        flown = _fly_entry(plan, provenance, tell, clock, commands)
    of = replace(flown.history, epoch=plan.epoch, vehicle=plan.vehicle.name if plan.vehicle else "")
    return replace(flown, history=of), clock.spent


def _fly_entry(
    plan: Plan, provenance: Provenance, tell: Report, clock: Clock, commands: Commands | None
) -> Flown:
    """An entry from an interface, and what follows it."""
    entering, start = plan.entry_flight, plan.start
    if entering is None or not isinstance(start, InterfaceSpec):
        raise YaanError(f"{plan.name} has no pad, no interface and no state that it could fly from")
    tell(Progress("build", f"building models{before(plan)}"))
    with computing(), clock.on("fly"):
        banked = None if commands is None else commands.entry
        entered = enter_alone(entering, start, lambda text: tell(Progress("home", text)), banked)
    history = entered.history
    beyond = left_table(entered.world, history["height"])
    notes = [*notes_of(plan), *orientation_notes(plan), *([] if beyond is None else [beyond])]
    what = (entered.world, history, entered.errors, ranked_by_place(provenance), notes)
    made = commands_of(plan.name, landed=entered.landed, tolerance=entered.lander.tolerance)
    came = (entered.lander, entered.landed)
    return Flown(plan, provenance, *what, lander=came[0], landed=came[1], commands=made)


def _fly_free(free: FreeFlight, provenance: Provenance, tell: Report, clock: Clock) -> Flown:
    """One body from a state."""
    body = fly_free(free, tell, clock)
    notes = [*notes_of(free.plan), *orientation_notes(free.plan)]
    what = (body.world, body.history, body.errors, ranked_by_place(provenance), notes)
    return Flown(free.plan, provenance, *what, body=body)


def _fly_phased(flight: PhasedFlight, provenance: Provenance, tell: Report, clock: Clock) -> Flown:
    """Any chain of phases, and its branches."""
    chain, plan = fly_chain(flight, tell, clock), flight.plan
    assert chain.flight is not None
    history = chain.flight.history
    beyond = left_table(chain.world, history["height"])
    notes = [*notes_of(plan), *orientation_notes(plan), *([] if beyond is None else [beyond])]
    notes += [*passed_over(chain), *air_notes(chain)]
    what = (chain.world, history, chain.errors, ranked_by_place(provenance), notes)
    return Flown(plan, provenance, *what, chain=chain)


def _fly_ascent(
    ascent: Ascent,
    provenance: Provenance,
    vary: Vary,
    tell: Report,
    clock: Clock,
    commands: Commands | None,
) -> Flown:
    """Every profile of a launch, and its return beside them; by commands the one they name."""
    plan, steered = ascent.plan, _steering(ascent, commands)
    with computing():
        with clock.on("build models"):
            tell(Progress("build", f"building models{before(plan)}"))
            world = build_world(plan, known_for(plan))
            flown = ascent.steering.profile
            flies = ascent.steering.profiles if steered is None else [steered.profile]
            tasks = {name: make_task(ascent, name, world) for name in flies}
            # What is flown later compiles while the steering is searched for.
            aside(lambda: _prepare(ascent, world))
        with clock.on("compile and solve steering"):
            solving = _start_solving(tasks, flown, world, tell, steered)
            solved = solving[flown].result()
            chosen = guided(
                solved, failing(solved, world), world, steered and known_guidance(plan, steered)
            )
        with clock.on("observe"):
            chosen, seen, errors = told(ascent, world, chosen)
            histories = {flown: seen}
            _replay(seen, tell)
        aborts: dict[str, abort_map.AbortMap] = {}
        ranked, sides = grouped(provenance), Sides()
        stopped = False
        home = Homeward(ascent, provenance, None if commands else vary)
        home.start(world, chosen, seen, tell, commands)
        following = _start_chain(plan, world, chosen, tell)
        turning, rigid = (
            aside(lambda: dogleg.price(solved, world)),
            aside(lambda: fly_rigid(chosen, world)),
        )
        try:
            with clock.on("rank assumptions"):
                tell(Progress("rank", "moving every assumption over its range"))
                if commands is None:
                    ranked = _rank(provenance, vary, ascent, world, solved, sides)
            with clock.on("map aborts"):
                for steered in (_solved(solving, sides) | {flown: chosen}).values():
                    aborts |= _map_abort(ascent, world, steered, tell, sides)
        except KeyboardInterrupt:
            stopped = True  # the flight is there: it is kept, and says what is missing from it
        profiles = _solved(solving, sides) | {flown: chosen}
        histories |= _histories(ascent, world, profiles, sides)
        with clock.on("wait for the return"):
            returned, lost = home.result()
            ranked = home.ranked(ranked, sides)
        stopped = sides.add_if(home.interrupted, lost) or stopped
        dog_leg, turned, looped = (
            sides.attempt("price of the dog-leg", turning.result),
            sides.attempt("the ascent of a body that turns", rigid.result),
            watch_ascent(chosen, world),
        )
        chain = following and sides.attempt("what follows the ascent", following.result)
        made = _commands(solved, chosen, returned)
    profiles = {name: one for name, one in profiles.items() if name in histories}
    notes = [*notes_of(plan), *_notes(ascent, world, chosen, histories[flown])]
    notes += [*remarks(chosen, dog_leg), *sides.notes, *([] if chain is None else air_notes(chain))]
    errors += [error for one in (returned, chain) if one is not None for error in one.errors]
    climb = Climb(ascent, profiles, histories, aborts, dog_leg, turned, looped)
    what = (world, _whole(climb, returned, chain), errors, ranked, notes, stopped, climb)
    design = returned and returned.design
    return Flown(plan, provenance, *what, design, lost, chain=chain, commands=made)


def _commands(solved: Steered, chosen: Steered, returned: Returned | None) -> Commands:
    """Those of a launch that was `solved` and flown as `chosen`."""
    name, design = solved.task.ascent.plan.name, returned and returned.design
    events, guidance = chosen.event_times, chosen.guidance
    return commands_of(name, solved, design, events=events, guidance=guidance)


def _steering(ascent: Ascent, commands: Commands | None) -> AscentCommands | None:
    """That of the commands; None where it is searched for."""
    if commands is None:
        return None
    if commands.ascent is None:
        raise YaanError(f"{ascent.plan.name} cannot fly by these commands: none steers its ascent")
    return commands.ascent


def _whole(climb: Climb, returned: Returned | None, chain: ChainFlown | None) -> History:
    """The history of a launch and of what followed it."""
    if returned is not None:
        return returned.history
    if chain is None or chain.flight is None:
        return climb.history
    return followed(climb.history, chain.flight.history)


def _start_chain(
    plan: Plan, world: World, steered: Steered, tell: Report
) -> "Future[ChainFlown] | None":
    """What follows the ascent as it is written, and what is spent, flown beside the ranking.

    A payload that failures leave in no orbit is followed to its impact instead.
    """
    lost = bool(plan.failures) and not steered.orbits
    phased = plan.fallen_flight if lost else plan.phased_flight
    if phased is None:
        return None
    clock = Clock()
    return aside(lambda: fly_chain(phased, tell, clock, world, steered.handed_on))


def _prepare(ascent: Ascent, world: World) -> None:
    asked, entering = ascent.plan.return_flight, ascent.plan.entry_flight
    if ascent.vehicle.payload.ballistic_coefficient is not None:
        abort_map.prepare(world)
    if asked is not None and entering is not None:
        prepare_return(landing_world(world, entering), ascent, asked)


def _start_solving(
    tasks: dict[str, Task],
    flown: str,
    world: World,
    tell: Report,
    steered: AscentCommands | None,
) -> "dict[str, Future[Steered]]":
    """All profiles side by side, the flown one first; by commands nothing is searched."""
    if steered is not None:
        tell(Progress("solve", f"{flown}: flying by commands", phase=flown))
        return {flown: aside(lambda: by_commands(tasks[flown], steered, world))}

    def watch(name: str) -> Watch:
        def told(stage: str, miss: float) -> None:
            tell(Progress("solve", f"{name}: {stage}, largest miss {miss:.3g}", phase=name))

        return told

    order = [flown, *[name for name in tasks if name != flown]]
    # The first batch compiles the flight for all profiles; two threads would compile it twice.
    tell(Progress("compile", "compiling the ascent (kept in the cache for the next time)"))
    first = tasks[flown]
    nothing = np.zeros((batches.LANES, len(first.aim.unknowns)))
    flat = first.aim.base.place(nothing)
    batches.fly(world, batches.repeat(batches.coarse(first.case, 64.0)), flat)
    begun = {name: aside(partial(solve, tasks[name], world, watch(name))) for name in order}
    return {name: begun[name] for name in tasks}


def _solved(solving: "dict[str, Future[Steered]]", sides: Sides) -> dict[str, Steered]:
    """Every profile whose search came to an end, met or not."""
    ended = {name: one for name, one in solving.items() if not interrupted(one)}
    found = {name: sides.attempt(f"profile {name}", one.result) for name, one in ended.items()}
    return {name: steered for name, steered in found.items() if steered is not None}


def _histories(
    ascent: Ascent, world: World, profiles: dict[str, Steered], sides: Sides
) -> dict[str, History]:
    """What the profiles that are not flown would have recorded."""
    others = {name: one for name, one in profiles.items() if name != ascent.steering.profile}
    found = {
        name: sides.attempt(f"profile {name}", partial(history, ascent, world, one))
        for name, one in others.items()
    }
    return {name: made for name, made in found.items() if made is not None}


def _map_abort(
    ascent: Ascent, world: World, steered: Steered, tell: Report, sides: Sides
) -> dict[str, abort_map.AbortMap]:
    """The falls of one profile; nothing where the file gives no ballistic coefficient."""
    beta = ascent.vehicle.payload.ballistic_coefficient
    if beta is None:
        return {}
    name = steered.task.name
    tell(Progress("abort", f"{name}: a ballistic entry from every second", phase=name))
    leg, _ = steered.task.aim.saves
    end = float(steered.batch.ends.time[0, leg])
    work = partial(abort_map.map_ascent, abort_map.falling_world(world), steered.lane, beta, end)
    mapped = sides.attempt(f"the abort map of profile {name}", work)
    return {} if mapped is None else {name: mapped}


def _rank(
    provenance: Provenance,
    vary: Vary,
    ascent: Ascent,
    world: World,
    steered: Steered,
    sides: Sides,
) -> list[Ranked]:
    if not steered.solution.met:
        return grouped(provenance)
    made = sides.attempt("the ranking", lambda: rank(provenance, vary, ascent, world, steered))
    if made is None:
        return grouped(provenance)
    ranked, notes = made
    for note in notes:
        sides.add(note)
    return ranked


def _replay(history: History, tell: Report) -> None:
    """Tell the flown ascent, event by event, to whoever watches."""
    phase = np.asarray(history["phase"])
    last = np.append(np.flatnonzero(np.diff(phase)), len(phase) - 1)
    for row in last:
        tell(
            Progress(
                "fly",
                "ascent flown",
                fraction=float(row + 1) / len(phase),
                time=float(history["time"][row]),
                height=float(history["height"][row]),
                speed=float(history["speed_inertial"][row]),
                phase=history.phases[int(phase[row])],
            )
        )


def _notes(ascent: Ascent, world: World, steered: Steered, history: History) -> list[str]:
    """What a reader must know: ranges left, stages run dry, data held past its end."""
    notes = orientation_notes(ascent.plan)
    lane = steered.lane
    legs, vehicle = steered.task.sequence.legs, steered.task.vehicle
    beyond = left_table(world, history["height"])
    notes += [beyond] if beyond else []
    cut_off = np.asarray(lane.legs.inner.cut_off)[: len(legs)]
    left = np.asarray(lane.legs.inner.propellant)[: len(legs)]
    commanded = {s for p in ascent.phases for s in p.shut_down}
    for i, name in enumerate(vehicle.stages):
        dry = np.flatnonzero((left[:, i] == 0.0) & np.isfinite(cut_off[:, i]))
        if len(dry) and name in commanded:
            at = cut_off[dry[0], i]
            notes.append(f"{name} ran dry at {at:.1f} s, before its commanded cut-off.")
    notes += ascent_excursions(ascent, history)
    notes += load_notes(ascent.phases, history)
    codes = np.asarray(lane.legs.outcome)[: len(legs)]
    notes += [
        OutcomeCode(int(code)).sentence(leg.phase.name)
        for code, leg in zip(codes, legs, strict=True)
        if code not in (OutcomeCode.REACHED, OutcomeCode.NO_SOLUTION)
    ]
    return notes
