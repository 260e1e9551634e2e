"""The segments of a flight of phases: each a run of phases of one motion, flown in lanes.

A segment takes a state and hands one on. Its lanes are the flight and its shadow, whose longer
steps tell the errors. One function a motion; a new motion is one more, and a line in `FLIERS`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import equinox as eqx
import jax
import numpy as np

from yaan.base.programme import programme
from yaan.description import FlightPhaseSpec, PhasedFlight, Plan
from yaan.dynamics.accuracy import LONGER, loosened, shortened
from yaan.dynamics.forces import World
from yaan.dynamics.method import DOP853, RK4
from yaan.dynamics.solve import Tape
from yaan.dynamics.state import State
from yaan.flight import legs
from yaan.flight.legs import Save
from yaan.flight.models.craft import build_bank, handover_of
from yaan.flight.models.parts import Parts
from yaan.flight.models.phases import Leg as RunLeg
from yaan.flight.models.phases import Run, build_phases, legs_of
from yaan.flight.recording import Array, looked_at, written
from yaan.gnc.bank import BankProfile
from yaan.gnc.powered import Steering
from yaan.motion import entry, orbit
from yaan.motion.base import AbstractMotion, Leg, Legs, fly, rows_of
from yaan.motion.descent import CALM, Descent, Until
from yaan.motion.entry import Handover
from yaan.motion.fall import TIMEOUT as FALL_TIMEOUT
from yaan.motion.fall import Fall
from yaan.motion.powered import ascend, observe
from yaan.motion.powered_phases import Phases
from yaan.motion.row import Row
from yaan.results.outcome import OutcomeCode
from yaan.vehicle.launcher import Launcher

LANES: Final = 2
"""The flight and its shadow."""

_ENTRY_STEP: Final = 0.5  # [s] as of an entry that says nothing
_ORBIT_STEP: Final = 60.0  # [s] likewise
_FALL_STEP: Final = 10.0  # [s]
_NEVER: Final = -1e9  # [m]
_FALL_ROWS: Final = 2_048
_DRIVE_ROWS: Final = 4_096


@dataclass(frozen=True)
class Scene:
    """What all segments of a flight share."""

    flight: PhasedFlight
    parts: Parts
    world: World
    tolerance: float
    """Of `dynamics.accuracy`: one, less in another try."""

    def steps(self, longest: float, order: int) -> Array:
        """The longest step of each lane [s], of a method whose estimate has this order."""
        return longest * shortened(self.tolerance, order) * np.array([1.0, LONGER])

    def tolerances(self, order: int) -> Array:
        """The tolerance of each lane."""
        return self.tolerance * np.array([1.0, loosened(order)])


@dataclass(frozen=True)
class PhaseFlown:
    """How one phase went; arrays have the lanes."""

    phase: FlightPhaseSpec
    flies: tuple[str, ...]
    """What was aboard."""
    start: State
    end: State
    outcome: Array
    """An `OutcomeCode` a lane."""
    steps: Array

    @property
    def code(self) -> OutcomeCode:
        """How it ended."""
        return OutcomeCode(int(self.outcome[0]))


@dataclass(frozen=True)
class SegmentFlown:
    """A run of phases of one motion, as flown."""

    phases: list[PhaseFlown]
    """As far as they were flown."""
    rows: list[dict[str, Array]]
    """Columns of each lane, with `time` and, as `phase`, the index of a phase of the run."""


Driving = tuple[World, Launcher, Phases, Steering, State, Array]
"""What a run of powered phases is flown with."""

Flier = Callable[[Scene, Sequence[FlightPhaseSpec], State], SegmentFlown]


def switched(scene: Scene, phase: FlightPhaseSpec, state: State) -> State:
    """The state as a phase begins: without what it drops."""
    return scene.parts.without(state, phase.drop)


def _seen(motion: AbstractMotion, tape: Tape, lane: int, index: int) -> dict[str, Array]:
    """Columns of one lane's rows; `motion` is of that lane."""
    rows = written(tape, lane)
    columns = looked_at(rows, lambda block: _look(motion, block))
    columns.pop("canopy_load", None)
    count = int(rows.count)
    return columns | {"time": np.asarray(rows.t), "phase": np.full(count, index)}


@programme
def _look(motion: AbstractMotion, tape: Tape) -> Row:
    return rows_of(motion, tape)


def _lane(model: AbstractMotion, lane: int) -> AbstractMotion:
    """A motion of one lane; what all lanes share has no axis of them."""
    world = model.world
    bare = eqx.tree_at(lambda m: m.world, model, None)
    one = jax.tree.map(lambda leaf: np.asarray(leaf)[lane], bare)
    return eqx.tree_at(lambda m: m.world, one, world, is_leaf=lambda x: x is None)


def _each(
    scene: Scene,
    phases: Sequence[FlightPhaseSpec],
    state: State,
    one: Callable[[FlightPhaseSpec, State], tuple[AbstractMotion, Leg]],
) -> SegmentFlown:
    """Fly phases one by one: `one` gives the motion, with lanes, and the leg that it flew."""
    flown: list[PhaseFlown] = []
    rows: list[list[dict[str, Array]]] = [[] for _ in range(LANES)]
    for index, phase in enumerate(phases):
        start = switched(scene, phase, state)
        motion, leg = one(phase, start)
        state = leg.end
        flies = tuple(scene.parts.aboard(start))
        flown.append(PhaseFlown(phase, flies, start, state, leg.outcome, leg.steps))
        assert leg.tape is not None
        for lane in range(LANES):
            columns = _seen(_lane(motion, lane), leg.tape, lane, index)
            rows[lane].append(columns | {"propellant": kept(scene, start, lane, columns)})
        if flown[-1].code != OutcomeCode.REACHED:
            break
    return SegmentFlown(flown, [joined_columns(parts) for parts in rows])


def kept(scene: Scene, start: State, lane: int, columns: Mapping[str, Array]) -> Array:
    """Propellant of every stage in rows that burn none; NaN of a stage that is gone."""
    stages = len(scene.parts.tanks)
    left = np.asarray(start.tanks)[lane, :stages]
    there = np.asarray(start.aboard)[lane, :stages]
    return np.repeat(np.where(there, left, np.nan)[None], len(columns["time"]), axis=0)


def joined_columns(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """Columns one after another; where a part lacks one it is NaN."""
    lengths = [len(part["time"]) for part in parts]
    found: dict[str, Array] = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        like = next(part[name] for part in parts if name in part)
        blocks = [
            part[name] if name in part else np.full((n, *like.shape[1:]), np.nan)
            for part, n in zip(parts, lengths, strict=True)
        ]
        found[name] = np.concatenate(blocks)
    return found


def until_of(phase: FlightPhaseSpec, t: Array, otherwise: float) -> Array:
    """When time ends a phase that begins at `t` [s] by lane; `otherwise` [s] after its start."""
    until = phase.until
    lasting = t + (otherwise if until.duration is None else until.duration)
    return lasting if until.time is None else np.minimum(lasting, until.time)


def _timed(leg: Leg, phase: FlightPhaseSpec) -> Leg:
    """The leg, which has reached its end where its own time has ended it."""
    until = phase.until
    if until.duration is None and until.time is None:
        return leg
    outcome = np.where(leg.outcome == OutcomeCode.TIMED_OUT, OutcomeCode.REACHED, leg.outcome)
    return eqx.tree_at(lambda x: x.outcome, leg, outcome)


def coast(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Arcs in orbit, without a burn."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        craft = scene.parts.orbiting(start)
        floor = _NEVER if phase.until.height_below is None else phase.until.height_below
        order = DOP853.order
        leg = legs.coast(
            scene.world,
            craft,
            start,
            legs.Burns.none(LANES),
            stop=until_of(phase, start.t, orbit.MAX_STEPS * _ORBIT_STEP),
            step=scene.steps(phase.step or _ORBIT_STEP, order),
            floor=floor,
            tolerance=legs.ORBIT_TOLERANCE * scene.tolerances(order),
            save=Save.STEPS,
        )
        none = np.zeros((LANES, legs.BURNS))
        burns = orbit.Burns(none, none, none + 1.0)
        return orbit.Orbit(scene.world, craft, burns, np.full(LANES, floor)), leg

    return _each(scene, phases, state, one)


def glide(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Entries of a lifting capsule on a bank profile."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        capsule, until = scene.parts.entering(start), phase.until
        names = scene.parts.aboard(start)
        first = scene.parts.parachutes(names)
        handed = handover_of(first)
        if until.model_fields_set:
            given = {"height": until.height_below, "speed": until.speed_below}
            known = {name: value for name, value in given.items() if value is not None}
            ends = until_of(phase, start.t[:1], entry.NEVER)
            handed = Handover(**known, delay=float(ends[0] - start.t[0]))
        bank = build_bank(phase.bank)
        assert bank is not None
        bank = BankProfile(
            *(np.repeat(np.asarray(x)[None], LANES, 0) for x in (bank.time, bank.angle))
        )
        step, loose = scene.steps(phase.step or _ENTRY_STEP, RK4.order), scene.tolerances(RK4.order)
        leg = legs.enter(
            scene.world,
            capsule,
            start,
            bank,
            until=handed,
            step=step,
            tolerance=loose,
            save=Save.STEPS,
        )
        nothing = np.zeros(LANES)
        motion = entry.Entry(
            scene.world, capsule, bank, start.t, legs.in_lanes(handed, LANES), nothing, nothing
        )
        return motion, leg

    return _each(scene, phases, state, one)


def sink(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Falls of a body with drag alone."""

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        floor = float(scene.world.ground)
        if phase.until.height_below is not None:
            floor = max(floor, phase.until.height_below)
        assert phase.ballistic_coefficient is not None
        beta = np.full(LANES, phase.ballistic_coefficient)
        motion = Fall(scene.world, beta, np.full(LANES, floor))
        step, loose = scene.steps(phase.step or _FALL_STEP, RK4.order), scene.tolerances(RK4.order)
        return motion, legs.saved(
            lambda rows: _sink(motion, start, step, loose, rows=rows), _FALL_ROWS
        )

    found = _each(scene, phases, state, one)
    masses = [scene.parts.mass(one.start)[0] for one in found.phases]
    return replace(found, rows=[_weighed(rows, np.asarray(masses)) for rows in found.rows])


def _weighed(rows: dict[str, Array], masses: Array) -> dict[str, Array]:
    """Rows per kilogram as those of what weighs `masses` [kg], by phase."""
    mass = masses[rows["phase"]]
    return rows | {"mass": mass, "drag": rows["drag"] * mass}


@programme
def _sink(motion: Fall, start: State, step: jax.Array, tolerance: jax.Array, *, rows: int) -> Leg:
    stop = start.t + FALL_TIMEOUT
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)


def hang(scene: Scene, phases: Sequence[FlightPhaseSpec], state: State) -> SegmentFlown:
    """Descents under canopies, one after another: the train goes on as if nothing had been cut."""
    armed = state.t

    def one(phase: FlightPhaseSpec, start: State) -> tuple[AbstractMotion, Leg]:
        parts, until = scene.parts, phase.until
        given = {"height": until.height_below, "speed": until.speed_below}
        known = {name: value for name, value in given.items() if value is not None}
        ends = until_of(phase, start.t, np.inf)
        train = legs.in_lanes(parts.train(start), LANES)
        motion = Descent(
            scene.world,
            parts.hanging(start, phase.ignite),
            train,
            start.t,
            armed,
            scene.steps(phase.step or legs.OPENING_STEP, RK4.order),
            legs.in_lanes(Until(**known), LANES)._replace(time=ends),
            parts.retro(start, phase.ignite),
        )
        loose = scene.tolerances(RK4.order)
        leg = legs.saved(lambda n: _hang(motion, start, loose, rows=n), legs.DESCENT_ROWS)
        return motion, leg

    return _each(scene, phases, state, one)


@programme
def _hang(motion: Descent, start: State, tolerance: jax.Array, *, rows: int) -> Leg:
    step, stop = CALM * motion.step, motion.stop()
    return fly(motion, start, stop=stop, step=step, tolerance=tolerance, rows=rows)


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


@programme
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
    return Steering(*(np.asarray(x) for x in (kick, azimuth, yaw, tangent)))


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


@programme
def _observe(
    world: World, launcher: Launcher, phases: Phases, steering: Steering, went: Legs, tape: Tape
) -> Row:
    return observe(world, launcher, phases, steering, went, tape)


FLIERS: Final[Mapping[str, Flier]] = MappingProxyType(
    {
        "powered": drive,
        "orbit": coast,
        "entry": glide,
        "canopies": hang,
        "fall": sink,
    }
)
"""What flies the phases of each motion."""
