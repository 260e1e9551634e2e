"""Phases of one of a vehicle's bodies: rigid, or a point whose axes are prescribed."""

from collections.abc import Sequence
from typing import Final

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from yaan.base.errors import YaanError
from yaan.base.programme import Lanes, programme
from yaan.description import (
    AttitudeSpec,
    BodyPhaseSpec,
    BodySpec,
    BodyUntilSpec,
    FlightPhaseSpec,
    FreeFlight,
    Plan,
)
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853, RK4
from yaan.dynamics.solve import Tape, rows_abreast
from yaan.dynamics.state import State
from yaan.flight.legs import in_lanes
from yaan.flight.models.body import build_body, build_phases, build_pulses, facing_of, failing
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
from yaan.gnc.pointing import Facing
from yaan.motion.base import Legs
from yaan.motion.body import Cast, Fineness, fly_body, observe_body, of_body
from yaan.motion.body_phases import parted
from yaan.motion.handover import ended, from_rigid, to_rigid
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import Vector
from yaan.vehicle.body import Configuration

_METHODS: Final = {"rk4": RK4, "dop853": DOP853}
_BODY_STEP: Final = 0.02  # [s] of a phase that names none
_TURN_ROWS: Final = 16_384
_MOST_TURN_ROWS: Final = 524_288
_CLOSE: Final = 1e-6
"""Share of a mass within which two are one."""


def turn(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Phases of one of the vehicle's bodies, rigid or with its axes prescribed.

    What is in the tanks aboard is the propellant of the body; what is left of it goes back. Of a
    body without a stage, what is left waits for its next phase of the run.

    Raises:
        YaanError: of a body that does not weigh what is aboard.
    """
    plan, world, method = scene.flight.plan, scene.world, _METHODS[scene.flight.plan.method]
    fine = Fineness(
        jnp.asarray(scene.steps(1.0, method.order)), jnp.asarray(scene.tolerances(method.order))
    )
    flown: list[PhaseFlown] = []
    rows: list[list[dict[str, Array]]] = [[] for _ in range(LANES)]
    own: dict[str, Array] = {}
    lit: dict[str, Array] = {}
    before: tuple[Configuration, jax.Array] | None = None
    for index, phase in enumerate(phases):
        start = switched(scene, phase, state)
        cast = _cast(scene, phase)
        _weigh(scene, phase, start, cast[0])
        tank = _tank(scene.parts, start)
        tanks = [tank if float(cast[0].load[0]) > 0.0 else None]
        begun = _begin(world, cast[0], _facing(phase, start), start, tanks)
        if tanks[0] is None and phase.body in own:
            begun = eqx.tree_at(lambda s: s.tanks, begun, jnp.asarray(own[phase.body]))
        if phase.separates and before is not None:
            begun = _part(begun, before, (cast[0], begun.tanks))
        cast = (_failing(scene, phase, cast[0], begun), *cast[1:])
        went, tape = _turned(world, cast, begun, fine, plan, lit.get(phase.body or ""))
        end = ended(begun, went)
        own[phase.body or ""], lit[phase.body or ""] = np.asarray(end.tanks), went.inner.lit[-1]
        before = cast[0], end.tanks
        state = jax.device_get(from_rigid(start, end, tanks))
        code, steps = np.asarray(went.outcome)[0], np.asarray(went.steps)[0]
        flies = tuple(scene.parts.aboard(start))
        flown.append(PhaseFlown(phase, flies, start, state, code, steps))
        for lane in range(LANES):
            told = _turned_rows(world, cast, went, tape, lane, gradient=_gradient(plan))
            left = kept(scene, start, lane, told)
            if tanks[0] is not None:
                left[:, tanks[0]] = told["propellant"][:, 0]
            rows[lane].append(told | {"propellant": left, "phase": np.full(len(left), index)})
        if flown[-1].code != OutcomeCode.REACHED:
            break
    return SegmentFlown(flown, [joined_columns(found) for found in rows])


def _cast(scene: Scene, phase: FlightPhaseSpec) -> Cast:
    """The body of a phase, the phase, and what pushes it."""
    name = phase.body or ""
    body = BodySpec.model_construct(configurations={name: scene.parts.spec.bodies[name]})
    free = FreeFlight(scene.flight.plan, None, body, [as_body_phase(phase)])
    return build_body(free), build_phases(free), build_pulses(free)


def _failing(
    scene: Scene, phase: FlightPhaseSpec, body: Configuration, begun: State
) -> Configuration:
    """The body with an engine that fails; itself where none of it does."""
    faults = scene.parts.losses.get(phase.body or "")
    if faults is None or not faults.lost or phase.engine != "on":
        return body
    left = float(begun.tanks[0, 0])
    return failing(body, faults, float(begun.t[0]), float(body.load[0]) - left)


def _facing(phase: FlightPhaseSpec, state: State) -> Facing:
    """How the body stands and turns as it begins: as told, as it came, or into the stream."""
    known = bool(np.all(np.isfinite(state.attitude.w)))
    stream = None if known else AttitudeSpec.model_validate({"from": "stream"})
    return facing_of(phase.attitude or stream, phase.rate)


@programme
def _begin(
    world: World, body: Configuration, facing: Facing, start: State, tanks: list[int | None]
) -> State:
    return to_rigid(world, body, facing, start, tanks)


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
        control=phase.control,
        separates=False,
        until=BodyUntilSpec.model_construct(None, **until),
        step=phase.step or _BODY_STEP,
    )


@programme
def _part(
    start: State, before: tuple[Configuration, jax.Array], now: tuple[Configuration, jax.Array]
) -> State:
    """The lanes of `start`, moved to the centre of mass of what flies on.

    Of what flew and of what flies now: one configuration, and what it has left [kg, lanes by
    configurations].
    """

    def centre(one: tuple[Configuration, jax.Array]) -> Vector:
        flies = jax.tree.map(lambda leaf: leaf[0], one[0])
        return jax.vmap(lambda kg: flies.properties(kg).centre)(one[1][:, 0])

    return jax.vmap(parted)(start, centre(now) - centre(before))


def _weigh(scene: Scene, phase: FlightPhaseSpec, state: State, body: Configuration) -> None:
    """Refuse a body that does not weigh what is aboard: nothing may be lost at the border."""
    if not scene.parts.massive:
        return
    load, empty = float(body.load[0]), float(body.empty.mass[0])
    left = float(np.sum(np.asarray(state.tanks)[0]))
    ours, aboard = empty + (left if load > 0.0 else 0.0), float(scene.parts.mass(state)[0])
    if abs(ours - aboard) > _CLOSE * aboard or left > load + _CLOSE * aboard:
        raise YaanError(
            f"Phase {phase.name!r} cannot begin: {phase.body} of vehicle.bodies weighs {ours:.9g} "
            f"kg with what is in the tanks, what is aboard weighs {aboard:.9g} kg"
        )


def _tank(parts: Parts, state: State) -> int | None:
    """The tank that a body burns from: the only one aboard that holds something, or did."""
    there = np.asarray(state.aboard)[0, : len(parts.tanks)]
    full = there & (np.asarray(state.tanks)[0, : len(parts.tanks)] > 0.0)
    found = np.flatnonzero(full if np.any(full) else there)
    return int(found[0]) if len(found) else None


def _gradient(plan: Plan) -> bool:
    return plan.environment.gravity_gradient


def _turned(
    world: World, cast: Cast, start: State, fine: Fineness, plan: Plan, lit: Array | None
) -> tuple[Legs, Tape]:
    """One phase of a body in all lanes, with as many rows as it needs.

    `lit`: when its motors were, where a phase before has it [s, lanes by configurations].
    """
    rows = _TURN_ROWS
    body, phases, pulses = cast
    lanes = (in_lanes(body, len(start)), phases, pulses)
    given = (world, lanes, start, fine, np.full((len(start), 1), np.nan) if lit is None else lit)
    while True:
        went, tape = _turn(*given, rows=rows, gradient=_gradient(plan), method=plan.method)
        assert tape is not None
        out = np.any(np.asarray(went.outcome) == OutcomeCode.OUT_OF_STEPS)
        if rows >= _MOST_TURN_ROWS or not (out or int(np.max(tape.count)) > rows):
            return jax.device_get((went, tape))
        rows *= 8


@programme(lanes=of_body)
def _turn(  # noqa: PLR0913 - what flies, from where, and how finely
    world: World,
    cast: Cast,
    start: State,
    fine: Fineness,
    lit: jax.Array,
    *,
    rows: int,
    gradient: bool,
    method: str,
) -> tuple[Legs, Tape | None]:
    by = _METHODS[method]
    return fly_body(
        world, cast, start, fineness=fine, gradient=gradient, method=by, rows=rows, lit=lit
    )


def _turned_rows(
    world: World, cast: Cast, went: Legs, tape: Tape, lane: int, *, gradient: bool
) -> dict[str, Array]:
    """Columns of one lane of a body's phase."""
    mine = jax.tree.map(lambda leaf: leaf[:, lane] if np.ndim(leaf) > 1 else leaf, went)
    rows = written(tape, lane)
    seen = looked_at(rows, lambda block: _watch(world, cast, mine, block, gradient=gradient))
    return seen | {"time": np.asarray(rows.t)}


@programme(lanes=lambda world, cast, went, tape: Lanes((None, None, None, rows_abreast(tape))))
def _watch(world: World, cast: Cast, went: Legs, tape: Tape, *, gradient: bool) -> Row:
    return observe_body(world, cast, went, tape, gradient=gradient)
