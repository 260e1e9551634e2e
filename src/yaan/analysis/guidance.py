"""How guided parts of a flight went, beside what they were designed as.

Columns are those of the groups `guidance` and `navigation`, read from what a flight has recorded of
its laws' memories.
"""

from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray

from yaan.analysis.flown import Climb, Fall
from yaan.analysis.history import degrees
from yaan.analysis.navigated import Columns, Looped, navigation_columns, navigation_record
from yaan.base.programme import programme
from yaan.description import Plan
from yaan.design.steer import Steered
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.solve import Tape
from yaan.flight import batches
from yaan.flight.ascent_guiding import explicit_memory
from yaan.flight.batches import Lane, of_lane_rows
from yaan.flight.recording import written
from yaan.gnc.base import AbstractGuidance
from yaan.gnc.steered import Limited, Relieved, angle_between
from yaan.motion.powered import Climbing, phase_of, with_outset
from yaan.results.summary_guidance import AscentGuidance, EntryGuidance
from yaan.results.summary_return import Entry
from yaan.spacetime.frame import components

Array = NDArray[np.float64]

_ENTRY = {
    "miss": "miss",
    "aside": "aside",
    "load_predicted": "load",
    "reversals": "reversals",
    "drag_ratio": "drag_ratio",
    "lift_ratio": "lift_ratio",
    "status": "status",
}
"""Columns of an entry, and what the closed-loop laws call them."""


def watch_ascent(steered: Steered, world: World) -> Looped | None:
    """What a guided ascent did step by step; None of one that was flown by time."""
    lane, designed = steered.lane, steered.designed
    who = lane.case.guidance
    if designed is None or who is None:
        return None
    count = int(lane.tape.count)
    state: Climbing = jax.tree.map(lambda leaf: np.asarray(leaf)[:count], lane.tape.state)
    t = np.asarray(lane.tape.t)[:count]
    before = designed.lane
    rows = int(before.tape.count)
    pitch = np.asarray(batches.observe_lane(world, before).pitch)[:rows]
    columns = {
        "time": t,
        "pitch": np.asarray(batches.observe_lane(world, lane).pitch)[:count],
        "pitch_designed": np.interp(t, np.asarray(before.tape.t)[:rows], pitch),
        "off_command": np.asarray(jax.device_get(_off_command(world, lane)))[:count],
    }
    place = components(state.position), components(state.velocity)
    navigated = navigation_columns(who.navigator, t, place, state.navigation)
    told = navigation_record(navigated, state.navigation, _draw(steered.task.ascent.plan))
    return Looped(columns | _solutions(explicit_memory(state.memory)), navigated, told)


def _solutions(known: Any) -> Columns:
    """What the explicit law has recorded; nothing of another law."""
    if not hasattr(known, "shortfall"):
        return {}
    solved = np.isfinite(np.asarray(known.epoch))

    def told(values: Any) -> Array:
        return np.where(solved, np.asarray(values), np.nan)

    return {
        "solution": told(known.epoch),
        "cut_off": told(known.cut_off),
        "residual": told(known.residual),
        "converged": np.where(solved, np.asarray(known.converged), 0.0),
        "looks": np.where(solved, np.asarray(known.looks), 0.0),
        "shortfall": told(known.shortfall),
        "thrust_factor": told(known.factor),
    }


@programme(lanes=of_lane_rows)
def _off_command(world: World, lane: Lane) -> Any:
    """Between the axis flown and what the law asks for before it is limited [rad], of all rows."""
    case, who = lane.case, lane.case.guidance
    assert who is not None

    def one(t: Any, label: Any, inner: Climbing) -> Any:
        phase, outset = jax.tree.map(lambda leaf: leaf[label], (case.phases, lane.legs.told))
        phase = with_outset(phase, outset)
        start = lane.legs.start[label]
        flown = (case.launcher, lane.steering, phase, start, who.guide, who.navigator)
        motion = phase_of(world, *flown)
        around = surroundings(world, t, inner.position, inner.velocity)
        state = (t, inner.position, inner.velocity, around, inner.navigation)
        estimate = motion.navigator.estimate(*state)
        axis = motion.guidance.command(estimate, inner.memory).axis
        law, memory = _free(motion.guidance, inner.memory)
        asked = law.command(estimate, memory).axis
        return angle_between(motion.navigator.realised(axis, inner.navigation), asked)

    return jax.vmap(one)(lane.tape.t, lane.tape.label, lane.tape.state)


def _free(law: AbstractGuidance, memory: Any) -> tuple[AbstractGuidance, Any]:
    """The law without its limits, and what it remembers."""
    if isinstance(law, Limited):
        return _free(law.inner, memory.inner)
    if isinstance(law, Relieved):
        return _free(law.inner, memory)
    return law, memory


def ascent_guidance(climb: Climb) -> AscentGuidance | None:
    """Of an ascent; None of one that was flown by time."""
    steered, plan = climb.steered, climb.ascent.plan
    designed, looped = steered.designed, climb.looped
    spec = None if plan.guidance is None else plan.guidance.ascent
    if designed is None or spec is None or looped is None:
        return None
    leg, stage = steered.task.aim.saves
    flown, before = steered.batch.ends, designed.batch.ends
    want, explicit = climb.ascent.target, explicit_memory(steered.lane.legs.inner.memory)
    known = explicit if hasattr(explicit, "shortfall") else None
    columns = looped.guidance
    solved = solutions(columns)
    off = int(np.argmax(columns["off_command"]))
    return AscentGuidance(
        law=spec.own or spec.law,
        converged=None if known is None else bool(np.asarray(known.converged)[leg] > 0.5),
        shortfall=0.0 if known is None else float(np.asarray(known.shortfall)[leg]),
        perigee_miss=float(flown.perigee[0, leg] - want.perigee),
        apogee_miss=float(flown.apogee[0, leg] - want.apogee),
        inclination_miss_deg=degrees(float(flown.inclination[0, leg] - want.inclination)),
        cut_off_later=float(flown.time[0, leg] - before.time[0, leg]),
        propellant_more=float(flown.propellant[0, leg, stage] - before.propellant[0, leg, stage]),
        solutions=None if known is None else len(solved),
        unconverged=None if known is None else int(np.sum(columns["converged"][solved] < 0.5)),
        off_command_deg=degrees(columns["off_command"][off]),
        off_command_time=float(columns["time"][off]),
        navigation=looped.told,
    )


def solutions(columns: Columns) -> NDArray[np.int64]:
    """The first row of each solution of the explicit law."""
    if "solution" not in columns:
        return np.zeros(0, dtype=int)
    epoch = columns["solution"]
    new = np.isfinite(epoch) & (np.concatenate([[np.nan], epoch[:-1]]) != epoch)
    return np.flatnonzero(new)


def watch_entry(fall: Fall) -> Looped | None:
    """What a guided entry did step by step; None of one that was flown by time."""
    landed, guided = fall.landed, fall.landed.guided
    if guided is None or landed.entry.tape is None:
        return None
    tape: Tape = written(landed.entry.tape, 0)
    t, state = np.asarray(tape.t), tape.state
    columns: Columns = {"time": t, "unheard": np.asarray(state.unheard)}
    if hasattr(state.guidance, "reversals"):
        columns |= {name: np.asarray(getattr(state.guidance, own)) for name, own in _ENTRY.items()}
    place = components(state.point.position), components(state.point.velocity)
    navigator, memory = guided.guiding.navigator, state.navigation
    navigated = navigation_columns(navigator, t, place, memory)
    told = navigation_record(navigated, memory, _draw(fall.entering.plan))
    return Looped(columns, navigated, told)


def entry_guidance(fall: Fall) -> EntryGuidance | None:
    """Of an entry; None of one that was flown by time."""
    landed = fall.landed
    guided, looped = landed.guided, watch_entry(fall)
    if guided is None or looped is None:
        return None
    spec, point = guided.guiding.spec, guided.point
    columns = looped.guidance
    unheard, turns = columns["unheard"], columns.get("reversals")
    deaf = np.flatnonzero(unheard > 0.0)
    changed = [] if turns is None else np.flatnonzero(np.diff(turns) > 0.0) + 1
    return EntryGuidance(
        law=spec.own or spec.law,
        reversals=None if turns is None else int(turns[-1]),
        reversal_times=tuple(float(columns["time"][row]) for row in changed),
        miss=landed.miss,
        miss_by_time=point.miss,
        peak_load_by_time=float(np.asarray(point.entry.inner.peak_load)[0]),
        commands=len(unheard),
        unheard=int(unheard[-1]),
        unheard_first=float(columns["time"][deaf[0]]) if len(deaf) else None,
        navigation=looped.told,
    )


def unheard_notes(entry: Entry | None) -> Iterator[str]:
    """That a law asked for what is no number."""
    told = None if entry is None else entry.guidance
    if told is None or told.unheard_first is None:
        return
    yield (
        f"{told.law}: {told.unheard} of {told.commands} commands of the guidance of the entry were "
        f"no finite number, the first at {told.unheard_first:.1f} s; the command before went on."
    )


def _draw(plan: Plan) -> int:
    return 0 if plan.navigation is None else plan.navigation.draw
