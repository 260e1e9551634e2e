"""Phases of one of a vehicle's bodies: rigid, or a point whose axes are prescribed."""

from collections.abc import Sequence
from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import YaanError
from yaan.base.programme import programme
from yaan.description import (
    BodyPhaseSpec,
    BodySpec,
    BodyUntilSpec,
    FlightPhaseSpec,
    FreeFlight,
    Plan,
)
from yaan.dynamics.body import BodyState
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853, RK4
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight.models.body import build_body, build_phases, build_pulses, handed_over
from yaan.flight.models.parts import Parts
from yaan.flight.recording import Array, looked_at, written
from yaan.flight.segments.base import (
    LANES,
    PhaseFlown,
    Scene,
    SegmentFlown,
    joined_columns,
    kept,
    switched,
)
from yaan.motion.base import Legs
from yaan.motion.body import Cast, Fineness, fly_body, observe_body
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.body import Configuration

_METHODS: Final = {"rk4": RK4, "dop853": DOP853}
_BODY_STEP: Final = 0.02  # [s] of a phase that names none
_TURN_ROWS: Final = 16_384
_MOST_TURN_ROWS: Final = 524_288
_CLOSE: Final = 1e-6
"""Share of a mass within which two are one."""


def turn(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Phases of one of the vehicle's bodies, rigid or with its axes prescribed.

    What is in the tanks aboard is the propellant of the body; what is left of it goes back.

    Raises:
        YaanError: of a body that does not weigh what is aboard.
    """
    parts, plan, world = scene.parts, scene.flight.plan, scene.world
    body = BodySpec.model_construct(configurations=parts.spec.bodies)
    names = list(parts.spec.bodies)
    flown: list[PhaseFlown] = []
    rows: list[list[dict[str, Array]]] = [[] for _ in range(LANES)]
    method = _METHODS[plan.method]
    for index, phase in enumerate(phases):
        start = switched(scene, phase, state)
        start = handed_over(world, start, phase.attitude, phase.rate)
        free = FreeFlight(plan, None, body, [as_body_phase(phase)])
        cast = (build_body(free), build_phases(free), build_pulses(free))
        column, held = names.index(phase.body or ""), np.sum(np.asarray(start.tanks), axis=1)
        _weigh(scene, phase, start, cast[0], column)
        loads = np.asarray(cast[0].load)
        tanks = np.where(loads > 0.0, held[:, None], 0.0)
        if not parts.massive:
            tanks = np.where(np.asarray(start.tanks)[:, :1] > 0.0, tanks, loads[None])
        inside = eqx.tree_at(lambda s: s.tanks, start, tanks)
        fine = Fineness(
            jnp.asarray(scene.steps(1.0, method.order)),
            jnp.asarray(scene.tolerances(method.order)),
        )
        went, tape = _turned(world, cast, inside, fine, plan)
        end = _turned_end(parts, start, went, column)
        code, steps = np.asarray(went.outcome)[0], np.asarray(went.steps)[0]
        flown.append(PhaseFlown(phase, tuple(parts.aboard(start)), start, end, code, steps))
        for lane in range(LANES):
            told = _turned_rows(world, cast, went, tape, lane, gradient=_gradient(plan))
            tanks_kept = kept(scene, start, lane, told)
            burnt = _tank(parts, start)
            if burnt is not None:
                tanks_kept[:, burnt] = told["propellant"][:, column]
            rows[lane].append(
                told | {"propellant": tanks_kept, "phase": np.full(len(tanks_kept), index)}
            )
        state = end
        if flown[-1].code != OutcomeCode.REACHED:
            break
    return SegmentFlown(flown, [joined_columns(found) for found in rows])


def as_body_phase(phase: FlightPhaseSpec) -> BodyPhaseSpec:
    """A phase of a flight as one of a body."""
    known = BodyUntilSpec.model_fields
    given = {key: getattr(phase.until, key) for key in phase.until.model_fields_set}
    until = {k: v is not None if k == "depleted" else v for k, v in given.items() if k in known}
    return BodyPhaseSpec.model_construct(
        name=phase.name,
        configuration=phase.body,
        motion="point" if phase.motion == "point" else "rigid",
        pointing=phase.pointing,
        engine=phase.engine,
        rail=phase.rail,
        until=BodyUntilSpec.model_construct(None, **until),
        step=phase.step or _BODY_STEP,
    )


def _weigh(
    scene: Scene, phase: FlightPhaseSpec, state: State, body: Configuration, column: int
) -> None:
    """Refuse a body that does not weigh what is aboard: nothing may be lost at the border."""
    if not scene.parts.massive:
        return
    load, empty = (float(np.asarray(x)[column]) for x in (body.load, body.empty.mass))
    left = float(np.sum(np.asarray(state.tanks)[0]))
    ours, aboard = empty + (left if load > 0.0 else 0.0), float(scene.parts.mass(state)[0])
    if abs(ours - aboard) > _CLOSE * aboard or left > load * (1.0 + _CLOSE) + _CLOSE:
        raise YaanError(
            f"Phase {phase.name!r} cannot begin: {phase.body} of vehicle.bodies weighs {ours:.9g} "
            f"kg with what is in the tanks, what is aboard weighs {aboard:.9g} kg"
        )


def _tank(parts: Parts, state: State) -> int | None:
    """The tank that a body burns from: the only one aboard that holds something, or the first."""
    there = np.asarray(state.aboard)[0, : len(parts.tanks)]
    full = np.flatnonzero(there & (np.asarray(state.tanks)[0, : len(parts.tanks)] > 0.0))
    return int(full[0]) if len(full) else None


def _turned_end(parts: Parts, start: State, went: Legs, column: int) -> State:
    inner: BodyState = jax.tree.map(lambda leaf: np.asarray(leaf)[0], went.inner)
    tanks = np.array(start.tanks)
    burnt = _tank(parts, start)
    if burnt is not None:
        tanks[:] = 0.0
        tanks[:, burnt] = inner.propellant[:, column]
    return eqx.tree_at(
        lambda s: (s.t, s.position, s.velocity, s.attitude, s.rate, s.tanks),
        start,
        (went.stop[0], inner.position, inner.velocity, inner.attitude, inner.rate, tanks),
    )


def _gradient(plan: Plan) -> bool:
    return plan.environment.gravity_gradient


def _turned(
    world: World, cast: Cast, start: State, fine: Fineness, plan: Plan
) -> tuple[Legs, Tape]:
    """One phase of a body in all lanes, with as many rows as it needs."""
    rows = _TURN_ROWS
    given = (world, cast, start, fine)
    while True:
        went, tape = _turn(*given, rows=rows, gradient=_gradient(plan), method=plan.method)
        assert tape is not None
        out = np.any(np.asarray(went.outcome) == OutcomeCode.OUT_OF_STEPS)
        if rows >= _MOST_TURN_ROWS or not (out or int(np.max(tape.count)) > rows):
            return jax.device_get((went, tape))
        rows *= 8


@programme
def _turn(
    world: World,
    cast: Cast,
    start: State,
    fine: Fineness,
    *,
    rows: int,
    gradient: bool,
    method: str,
) -> tuple[Legs, Tape | None]:
    body, phases, pulses = cast
    lanes = jax.tree.map(lambda leaf: jnp.stack([leaf] * LANES), body)
    by, cast = _METHODS[method], (lanes, phases, pulses)
    return fly_body(world, cast, start, fineness=fine, gradient=gradient, method=by, rows=rows)


def _turned_rows(
    world: World, cast: Cast, went: Legs, tape: Tape, lane: int, *, gradient: bool
) -> dict[str, Array]:
    """Columns of one lane of a body's phase."""
    mine = jax.tree.map(lambda leaf: leaf[:, lane] if np.ndim(leaf) > 1 else leaf, went)
    rows = written(tape, lane)
    seen = looked_at(rows, lambda block: _watch(world, cast, mine, block, gradient=gradient))
    return seen | {"time": np.asarray(rows.t)}


@programme
def _watch(world: World, cast: Cast, went: Legs, tape: Tape, *, gradient: bool) -> Row:
    return observe_body(world, cast, went, tape, gradient=gradient)
