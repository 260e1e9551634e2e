"""Runs of powered phases: one compiled loop, through which engines burn on."""

from collections.abc import Iterator, Sequence
from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.programme import Lanes, programme
from yaan.description import FlightPhaseSpec, Plan
from yaan.dynamics.forces import World
from yaan.dynamics.method import RK4
from yaan.dynamics.solve import Tape, rows_abreast
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.models.parts import Parts
from yaan.flight.models.phases import Leg as RunLeg
from yaan.flight.models.phases import Run, build_phases, legs_of
from yaan.flight.recording import Array, looked_at, written
from yaan.flight.segments.base import (
    LANES,
    PhaseFlown,
    Scene,
    SegmentFlown,
)
from yaan.gnc.powered import Steering
from yaan.motion.base import Legs
from yaan.motion.powered import ascend, observe
from yaan.motion.powered_phases import Phases
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.launcher import Launcher

_DRIVE_ROWS: Final = 4_096

Driving = tuple[World, Launcher, Phases, Steering, State, Array]
"""What a run of powered phases is flown with."""


def drive(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """A run of powered phases: one compiled loop, through which engines burn on."""
    parts, plan = scene.parts, scene.flight.plan
    vehicle = parts.vehicle()
    profile = None if plan.steering is None else plan.steering.profiles[plan.steering.profile]
    aboard = parts.aboard(state)
    run = Run(
        parts.spec,
        vehicle,
        plan.step,
        {} if profile is None else profile.programmes,
        gone=[name for name in parts.names if name not in aboard],
    )
    first = scene.flight.phases[:1] == [phases[0]] and plan.ascent is None
    held = first and plan.pad is not None and plan.pad.hold_down and phases[0].steer.rail is None
    flown = legs_of(phases, hold_down=held)
    arrays = build_phases(run, flown)
    lanes = legs.in_lanes(arrays, LANES)
    stretched = np.asarray(lanes.step) * scene.steps(1.0, RK4.order)[:, None]
    lanes = eqx.tree_at(lambda p: p.step, lanes, stretched)
    launcher = legs.in_lanes(vehicle.launcher, LANES)
    steering = legs.in_lanes(constants_of(plan), LANES)
    given = (scene.world, launcher, lanes, steering, state, scene.tolerances(RK4.order))
    rows = _DRIVE_ROWS
    while True:
        went, tape = jax.device_get(_drive(*given, rows=rows))
        if int(np.max(tape.count)) <= rows:
            break
        rows *= 2
    owner = [phases.index(leg.phase) for leg in flown]
    states = [_left(state, lanes, went, k) for k in range(len(flown))]
    found = list(_driven(phases, flown, parts, state, states, went))
    columns = [_driven_rows(given, went, tape, lane, np.asarray(owner)) for lane in range(LANES)]
    return SegmentFlown(found, columns)


@programme(lanes=lambda world, *_: Lanes((world.axes, 0, 0, 0, 0, 0), (1, 0)))
def _drive(
    world: World,
    launcher: Launcher,
    phases: Phases,
    steering: Steering,
    start: State,
    tolerance: jax.Array,
    *,
    rows: int,
) -> tuple[Legs, Tape | None]:
    flown = (launcher, phases, steering, start)
    return ascend(world, *flown, tolerance=tolerance, rows=rows)


def constants_of(plan: Plan) -> Steering:
    """The constants of the laws of a plan whose steering is not solved; zero where none is told."""
    steering = plan.steering
    profile = None if steering is None else steering.profiles[steering.profile]
    kick, yaw, programmes = 0.0, 0.0, list[list[float]]()
    if profile is not None:
        kick, yaw = profile.kick or 0.0, profile.yaw or 0.0
        given = [one.coefficients for one in profile.programmes.values()]
        programmes = [[c.a, c.b, c.c] for c in given if c is not None]
    azimuth = 0.0 if plan.pad is None else plan.pad.azimuth or 0.0
    tangent = np.asarray(programmes or [[0.0] * 3])
    return Steering(*(jnp.asarray(x) for x in (kick, azimuth, yaw, tangent)))


def _left(start: State, phases: Phases, went: Legs, index: int) -> State:
    """The state of all lanes at the end of a leg, before what the next one drops has left."""
    inner = jax.tree.map(lambda leaf: leaf[index], went.inner)
    there = np.concatenate([phases.stages_aboard, phases.items_aboard], axis=-1)[:, index]
    tanks, aboard = np.array(start.tanks), np.array(start.aboard)
    stages = inner.propellant.shape[-1]
    tanks[:, :stages] = np.where(phases.stages_aboard[:, index], inner.propellant, 0.0)
    aboard[:, : there.shape[-1]] &= there
    sums = jax.tree.map(np.add, start.sums, inner.losses.sums)
    return eqx.tree_at(
        lambda s: (s.t, s.position, s.velocity, s.tanks, s.aboard, s.sums),
        start,
        (went.stop[index], inner.position, inner.velocity, tanks, aboard, sums),
    )


def _driven(
    phases: Sequence[FlightPhaseSpec],
    flown: Sequence[RunLeg],
    parts: Parts,
    start: State,
    states: Sequence[State],
    went: Legs,
) -> Iterator[PhaseFlown]:
    """Each phase of a run, as far as they were flown."""
    before = start
    for phase in phases:
        mine = [k for k, leg in enumerate(flown) if leg.phase is phase]
        codes = np.asarray(went.outcome)[mine]
        failed = codes != OutcomeCode.REACHED
        worst = codes[np.argmax(failed, axis=0), np.arange(codes.shape[1])]
        begun = parts.without(before, phase.drop)
        end = states[mine[-1]]
        if failed[:, 0].any():
            end = states[mine[int(np.argmax(failed[:, 0]))]]
        steps = np.sum(np.asarray(went.steps)[mine], axis=0)
        yield PhaseFlown(phase, tuple(parts.aboard(begun)), begun, end, worst, steps)
        if worst[0] != OutcomeCode.REACHED:
            return
        before = end


def _driven_rows(
    given: Driving, went: Legs, tape: Tape, lane: int, owner: Array
) -> dict[str, Array]:
    """Columns of one lane of a run; `owner` is the phase of each leg."""
    world, models = given[0], jax.tree.map(lambda leaf: np.asarray(leaf)[lane], given[1:4])
    mine = jax.tree.map(lambda leaf: np.asarray(leaf)[:, lane], went)
    rows = written(tape, lane)
    columns = looked_at(rows, lambda block: _observe(world, *models, mine, block))
    label = np.asarray(rows.label)
    phases: Phases = models[1]
    columns["propellant"] = np.where(phases.stages_aboard[label], columns["propellant"], np.nan)
    return columns | {"time": np.asarray(rows.t), "phase": owner[label]}


@programme(lanes=lambda *given: Lanes((*[None] * 5, rows_abreast(given[5]))))
def _observe(
    world: World, launcher: Launcher, phases: Phases, steering: Steering, went: Legs, tape: Tape
) -> Row:
    return observe(world, launcher, phases, steering, went, tape)
