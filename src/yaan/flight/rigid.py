"""A solved ascent flown once more as a body that turns, by what was commanded to its point.

The body replays the axis that the point had, by time, and its phases end when the point's did: so
the two differ by nothing but what turning does. Of the point's laws one that follows the motion, as
a gravity turn does, would amplify every difference: 0.2 s at its start become kilometres.
"""

from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import numpy as np
from numpy.typing import NDArray

from yaan.base.programme import Lanes, programme
from yaan.description.attitude import AscentAttitudeSpec
from yaan.dynamics.forces import World
from yaan.dynamics.solve import Tape, rows_abreast
from yaan.flight.batches import Case, Lane
from yaan.flight.models.attitude import build_ascent_control, build_rigid_launcher
from yaan.flight.models.launcher import Vehicle
from yaan.flight.recording import cut, in_blocks, written
from yaan.gnc.replay import Replay
from yaan.motion.base import Legs
from yaan.motion.powered import Climbing, phase_of, with_outset
from yaan.motion.powered_phases import End, Phases
from yaan.motion.rigid_ascent import Ascending, Told, Turned, ascend_turning, tell_turning
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector, components

Array = NDArray[np.float64]

_ROWS = 16_384
_TOLD = 0.2  # [s] between rows that are kept, but for those where a leg begins or ends


@dataclass(frozen=True)
class RigidFlown:
    """How the body flew; rows are those of its one lane."""

    time: Array  # [s]
    leg: NDArray[np.int64]
    """To which leg of the sequence each row belongs."""
    told: Told
    outcomes: tuple[OutcomeCode, ...]
    """Of each leg that was flown."""
    ends: tuple[float, ...]
    """When each of them ended [s]."""
    position: Array
    """At the end of each [m], GCRS, [legs, 3]."""
    velocity: Array  # [m/s], likewise

    @property
    def code(self) -> OutcomeCode:
        """How it ended."""
        return next((o for o in self.outcomes if o != OutcomeCode.REACHED), OutcomeCode.REACHED)


def fly_turning(
    world: World, spec: AscentAttitudeSpec, vehicle: Vehicle, lane: Lane, legs: int
) -> RigidFlown:
    """Fly the first `legs` legs of a solved and recorded lane as a rigid body."""
    body, control = build_rigid_launcher(spec, vehicle), build_ascent_control(spec)
    case = lane.case
    phases = _by_time(case.phases, np.asarray(lane.legs.stop), legs)
    axes = _axes(world, lane, legs)
    models: Turned = (case.launcher, lane.steering, body, control)
    one = _in_lane((Case(case.launcher, phases, case.start, case.tolerance), models))
    rows = _ROWS
    while True:
        went, tape = jax.device_get(_fly(world, *one, axes, rows=rows))
        if int(np.max(tape.count)) <= rows:
            break
        rows *= 2
    went = jax.tree.map(lambda leaf: leaf[:, 0], went)
    kept = _thinned(written(tape, 0))
    told = in_blocks(
        len(kept.t),
        lambda rows: _tell(world, models, phases, went, axes, cut(kept, rows, len(rows))),
    )
    inner: Ascending = went.inner
    codes = [OutcomeCode(int(code)) for code in went.outcome[:legs]]
    failed = [code != OutcomeCode.REACHED for code in codes]
    flown = failed.index(True) + 1 if any(failed) else legs
    return RigidFlown(
        time=np.asarray(kept.t),
        leg=np.asarray(kept.label),
        told=told,
        outcomes=tuple(codes[:flown]),
        ends=tuple(float(t) for t in went.stop[:flown]),
        position=components(inner.climb.position)[:flown],
        velocity=components(inner.climb.velocity)[:flown],
    )


def _by_time(phases: Phases, stops: Array, legs: int) -> Phases:
    """The first `legs` phases, each of which ends when it did for the point.

    Lift-off is an event as ever; the ground, and what runs dry, end a phase too.
    """
    ends, time = np.zeros_like(phases.ends), np.array(phases.time)
    kept = [End.STRUCK, End.LIFT_OFF]
    ends[:, kept] = np.asarray(phases.ends)[:, kept]
    timed = ~ends[:, End.LIFT_OFF]
    time[timed] = stops[: len(time)][timed]
    exists = np.array(phases.exists)
    exists[legs:] = False
    # A point that was to burn more than it has did so: the answer of a search.
    return eqx.tree_at(lambda p: (p.exists, p.ends, p.time), phases, (exists, ends, time))


def _axes(world: World, lane: Lane, legs: int) -> Replay:
    """The axis of the point by time in the first `legs`, at the steps it was recorded at."""
    rows = written(jax.tree.map(lambda leaf: np.asarray(leaf)[None], lane.tape), 0)
    found = in_blocks(len(rows.t), lambda index: _look(world, lane, cut(rows, index, len(index))))
    mine = np.asarray(rows.label) < legs
    times, axes = jax.tree.map(lambda leaf: leaf[mine], (np.asarray(rows.t), found))
    return Replay(times, axes)  # pyright: ignore[reportArgumentType]


@programme(lanes=lambda world, lane, tape: Lanes((None, None, rows_abreast(tape))))
def _look(world: World, lane: Lane, tape: Tape) -> Vector:
    case, legs, who = lane.case, lane.legs, lane.case.guidance
    guided: dict[str, Any] = {} if who is None else {"guide": who.guide, "navigator": who.navigator}

    def one(t: jax.Array, label: jax.Array, inner: Climbing) -> Vector:
        phase, outset = jax.tree.map(lambda leaf: leaf[label], (case.phases, legs.told))
        phase = with_outset(phase, outset)
        flown = (case.launcher, lane.steering, phase, legs.start[label])
        return phase_of(world, *flown, **guided).instant(t, inner).axis

    return jax.vmap(one)(tape.t, tape.label, tape.state)


@programme
def _fly(
    world: World, case: Case, models: Turned, axes: Replay, *, rows: int
) -> tuple[Legs, Tape | None]:
    begin = jax.vmap(lambda w, start, loads: start.state(w, loads), in_axes=(world.axes, 0, 0))
    start = begin(world, case.start, case.launcher.propellant)
    return ascend_turning(
        world,
        models,
        case.phases,
        start,
        guide=lambda *_: axes,
        tolerance=case.tolerance,
        rows=rows,
    )


@programme(lanes=lambda *given: Lanes((*[None] * 5, rows_abreast(given[5]))))
def _tell(
    world: World, models: Turned, phases: Phases, legs: Legs, axes: Replay, tape: Tape
) -> Told:
    return tell_turning(world, models, phases, legs, tape, guide=lambda *_: axes)


def _in_lane(tree: tuple[Case, Turned]) -> tuple[Case, Turned]:
    return jax.tree.map(lambda leaf: np.asarray(leaf)[None], tree)


def _thinned(rows: Tape) -> Tape:
    """Rows about every `_TOLD`, with the first of every leg and the very last.

    The last row of a leg is the instant of the next one's first, whose command may have jumped.
    """
    t, label = np.asarray(rows.t), np.asarray(rows.label)
    slot = np.floor(t / _TOLD)
    new = np.append(True, (np.diff(slot) > 0) | (np.diff(label) != 0))
    last = np.append(np.diff(label) != 0, False)
    kept = new & ~last
    kept[-1] = True
    index = np.flatnonzero(kept)
    return eqx.tree_at(
        lambda tape: (tape.t, tape.label, tape.rows),
        rows,
        (t[index], label[index], np.asarray(rows.rows)[index]),
    )
