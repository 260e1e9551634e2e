"""From phases as they are described to the arrays that `motion.powered` flies.

    legs_of(phases) -> legs -> build_phases(run, legs) -> Phases

Neither a pad nor an orbit is needed: a run of phases may begin wherever a state does.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import jax
import numpy as np

from yaan.description import LIFT_OFF, PhaseSpec, ProgrammeSpec, UntilSpec, VehicleSpec
from yaan.flight.models.launcher import Vehicle, burn_time, payload_beyond
from yaan.gnc.powered import Aims, Law
from yaan.motion.powered_phases import LAUNCH_ENDS, End, Extras, Phases

PADDED: Final = 8
"""Phases are padded to a multiple of this, so that missions share a compiled flight."""

_KNOTS: Final = 64  # tables of attitude are padded to a power of two times this
_TIMEOUT: Final = 4_000.0  # [s] of a phase that nothing ends
_PAD_TIMEOUT: Final = 20.0  # [s] of full thrust that does not lift the vehicle
_LONGEST_IN_AIR: Final = 1.0  # [s]; a peak of dynamic pressure lasts some twenty
_LAWS: Final = {
    "vertical": Law.VERTICAL,
    "pitch_over": Law.PITCH_OVER,
    "pitch_hold": Law.PITCH_HOLD,
    "gravity_turn": Law.GRAVITY_TURN,
    "coast": Law.GRAVITY_TURN,
    "programme": Law.LINEAR_TANGENT,
    "weathercock": Law.WEATHERCOCK,
    "prograde": Law.PROGRADE,
    "retrograde": Law.RETROGRADE,
    "attitude": Law.TABLE,
    "flight_path": Law.TABLE,
    "fixed": Law.FIXED,
    "rail": Law.RAIL,
}
"""A coast follows the velocity too: without thrust only its attitude differs from a turn."""


@dataclass(frozen=True)
class Leg:
    """One phase as flown: a phase of the file, or a part of it that ends at a waypoint."""

    phase: PhaseSpec
    event: str | None
    """Named event at its end; None at a waypoint."""
    begins: bool
    """Whether the file's phase begins here, with what it lights and shuts down."""
    until: float | None = None
    """Waypoint at which it ends [s]."""
    on_pad: bool = False
    """The wait for thrust to exceed weight."""


@dataclass(frozen=True)
class Run:
    """What flies the phases, and how."""

    spec: VehicleSpec
    vehicle: Vehicle
    """Made of `spec`."""
    step: float
    """The longest one of a phase that names none [s]."""
    programmes: Mapping[str, ProgrammeSpec] = field(default_factory=dict[str, ProgrammeSpec])
    """Of which the phases fly some, in the order of the steering constants."""
    energy: float = 0.0
    """Specific orbital energy of the target [m^2/s^2], which `until: {orbit: target}` waits for."""
    gone: Collection[str] = ()
    """Stages and parts that are not aboard as it begins."""
    stuck: Collection[str] = ()
    """Those that stay aboard though a phase drops them: their jettison fails."""
    searched: bool = False
    """The stage that reaches the orbit may burn more than it has: a search asks how much."""


def legs_of(
    phases: Sequence[PhaseSpec], *, hold_down: bool = False, waypoints: Collection[float] = ()
) -> tuple[Leg, ...]:
    """The legs of phases; with `hold_down` the first one waits on its pad for thrust.

    Phases that time ends are split at `waypoints` [s] within them.
    """
    legs = [Leg(phases[0], LIFT_OFF, begins=True, on_pad=True)] if hold_down else []
    start = 0.0
    for phase in phases:
        until = phase.until
        stop = until.time if until.time is not None else np.inf
        if until.duration is not None:
            stop = min(stop, start + until.duration)
        if until.off_rail:
            stop = start  # within a second or two: no waypoint lies on a rail
        begins = not (hold_down and phase is phases[0])
        for at in [w for w in sorted(waypoints) if start < w < stop]:
            legs.append(Leg(phase, None, begins, at))
            begins = False
        legs.append(Leg(phase, phase.event or f"{phase.name}-end", begins))
        start = stop
    return tuple(legs)


def build_phases(run: Run, legs: Sequence[Leg]) -> Phases:
    """The arrays of legs, one flight; NumPy, since batches are put together on the host."""
    carried = _Carried(run)
    running: str | None = None
    dropped = {name for leg in legs for name in leg.phase.drop}
    knots = _knots(legs) if any(_has_extras(leg.phase) for leg in legs) else 0
    rows: list[Phases] = []
    for leg in legs:
        carried.enter(leg)
        programme = leg.phase.steer.programme
        begins = programme is not None and programme != running
        running = programme or running
        rows.append(_row(run, carried, leg, dropped, begins=begins, knots=knots))
    nothing = np.zeros_like(rows[-1].ignite)
    filler = replace(rows[-1], exists=False, ignite=nothing, begins=False)
    rows += [filler] * (-len(rows) % PADDED)
    return jax.tree.map(lambda *leaves: np.stack(leaves), *rows)


class _Carried:
    """What is attached and what burns, as the legs go by."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.gone: set[str] = set(run.gone)
        self.burning: set[str] = set()
        self.fading: dict[str, float] = {}
        """Of stages that are shut down: the throttle at which they were."""
        self.last: PhaseSpec | None = None

    def enter(self, leg: Leg) -> None:
        """Switch and drop what its phase does, if it begins with this leg."""
        phase, before = leg.phase, self.last
        self.last = phase
        if before is not None and before is not phase:
            self.burning -= _spent(before)
        if leg.begins:
            self.gone |= set(phase.drop) - set(self.run.stuck)
            self.burning = (self.burning - set(phase.shut_down)) | set(phase.ignite)
            self.burning -= self.gone
            was = {} if before is None else before.throttle
            self.fading |= {name: was[name] for name in phase.shut_down if name in was}
            self.fading = {k: v for k, v in self.fading.items() if k not in phase.ignite}


def _row(
    run: Run, carried: _Carried, leg: Leg, dropped: set[str], *, begins: bool, knots: int
) -> Phases:
    """The entry of one leg; `dropped` is all that the phases ever drop."""
    phase, vehicle, gone = leg.phase, run.vehicle, carried.gone
    until = UntilSpec.model_construct() if leg.on_pad else phase.until
    stages, names = vehicle.stages, list(run.programmes)
    programme = phase.steer.programme
    # In the order of the vehicle's stages.
    burning = [s for s in stages if s in carried.burning and run.searched and until.orbit]
    times = [t for t in (until.time, leg.until) if t is not None]
    entry: dict[str, Any] = {
        "law": int(_LAWS[phase.steer.law]),
        "programme": names.index(programme) if programme in names else 0,
        "begins": begins,
        "continuous": programme in names and run.programmes[programme].continuous,
        "ignite": _flags(leg.begins and s in phase.ignite for s in stages),
        "shut_down": _flags(leg.begins and s in phase.shut_down for s in stages),
        "stages_aboard": _flags(s not in gone for s in stages),
        "items_aboard": _flags(name not in gone for name in vehicle.items),
        "configuration": _shape(run, gone),
        "time": min(times, default=np.inf),
        "duration": (duration_of(until) or np.inf) if leg.until is None else np.inf,
        "timeout": _timeout(run, leg, burning, dropped),
        "ends": _ends(leg, until, stages),
        "thresholds": np.array([_threshold(end, phase, run.energy) for end in End]),
        "overdraws": _flags(s in burning for s in stages),
        "on_pad": leg.on_pad,
        "step": _step(run, phase),
        "exists": True,
        "extras": _extras(run, phase, carried.fading, knots) if knots else None,
    }
    return Phases(**entry)


def _flags(values: Iterable[bool]) -> Any:
    return np.array(list(values), dtype=bool)


def duration_of(until: UntilSpec) -> float | None:
    """How long a phase lasts [s], or lasts at first where that is solved; None if not by time."""
    between = until.duration_between
    return until.duration if between is None else float(np.sqrt(between[0] * between[1]))


def _step(run: Run, phase: PhaseSpec) -> float:
    """The longest step: as asked, but in the air as short as its peaks need their rows."""
    asked = phase.step or run.step
    return asked if _LAWS[phase.steer.law] == Law.LINEAR_TANGENT else min(asked, _LONGEST_IN_AIR)


def _ends(leg: Leg, until: UntilSpec, stages: tuple[str, ...]) -> np.ndarray:
    ends = np.zeros(len(End) + len(stages), dtype=bool)
    ends[list(_wanted(until))] = True
    ends[End.STRUCK] = True
    ends[End.LIFT_OFF] = leg.on_pad
    if until.depleted is not None:
        ends[len(End) + stages.index(until.depleted)] = True
    return ends


def _wanted(until: UntilSpec) -> set[End]:
    """The ends that a phase names, by the names of its keys."""
    return {end for end in End if getattr(until, end.name.lower(), None) is not None}


def _threshold(end: End, phase: PhaseSpec, energy: float) -> float:
    """The threshold of an end; 1 where it has none, or is not asked for."""
    if end is End.ORBIT:
        return energy
    if end is End.OFF_RAIL and phase.steer.rail is not None:
        return phase.steer.rail.length
    value = getattr(phase.until, end.name.lower(), None)
    return 1.0 if value is None else float(value)


def _shape(run: Run, gone: set[str]) -> int:
    """The configuration with the largest area among what is aboard; 0 where none declares one."""
    parts = {**run.spec.stages, **run.spec.parts}
    shapes = [(parts[name].aerodynamics, name) for name in run.vehicle.shapes]
    aboard = [
        (shape.reference_area, i)
        for i, (shape, name) in enumerate(shapes)
        if shape is not None and name not in gone
    ]
    return max(aboard, default=(0.0, 0))[1]


def _spent(phase: PhaseSpec) -> set[str]:
    """The stage that surely has run dry as a phase ends."""
    end = phase.until
    return {end.depleted} if end.depleted and end.model_fields_set == {"depleted"} else set()


def _timeout(run: Run, leg: Leg, burning: list[str], dropped: set[str]) -> float:
    """How long a stage may burn for its orbit: until half of what it pushes is burnt too.

    A motor with a thrust curve is out by then, so a phase with a time of its own lasts it.
    """
    if leg.on_pad:
        return _PAD_TIMEOUT
    until = leg.phase.until
    timed = until.time is not None or until.duration is not None
    solids = all(run.spec.stages[name].engine.thrust_curve for name in burning)
    if not burning or (timed and solids):
        lengths = [until.time, until.duration, *(until.duration_between or ())]
        return max(_TIMEOUT, *(length or 0.0 for length in lengths))
    carried = payload_beyond(run.spec, dropped, burning[-1])
    return burn_time(run.spec.stages[burning[-1]], 0.5 * carried)


def _has_extras(phase: PhaseSpec) -> bool:
    """Whether a phase does what few do."""
    lawful = _LAWS[phase.steer.law] <= Law.LINEAR_TANGENT
    ended = _wanted(phase.until) <= LAUNCH_ENDS
    return not (lawful and ended) or bool(phase.throttle) or phase.load_limit is not None


def _knots(legs: Sequence[Leg]) -> int:
    """The length of the longest table, padded."""
    most = max((len(_table(leg.phase)[0]) for leg in legs), default=1)
    return _KNOTS * 2 ** int(np.ceil(np.log2(max(most / _KNOTS, 1.0))))


def _table(phase: PhaseSpec) -> tuple[list[float], list[float], list[float] | None, bool]:
    """Times, elevations, azimuths of the table of a phase, and whether it counts from its start."""
    attitude, path = phase.steer.attitude, phase.steer.flight_path
    if attitude is not None:
        return attitude.time, attitude.pitch, attitude.azimuth, attitude.since == "phase"
    if path is not None:
        return path.time, path.angle, path.azimuth, path.since == "phase"
    return [0.0], [0.0], [0.0], False


def _extras(run: Run, phase: PhaseSpec, fading: Mapping[str, float], knots: int) -> Extras:
    """What few phases do, of one phase; `fading` are throttles from which thrust dies away."""
    times, elevations, azimuths, since_phase = _table(phase)
    missing = knots - len(times)

    def held(angles: list[float]) -> np.ndarray:
        return np.pad(np.unwrap(angles), (0, missing), mode="edge")

    pointed = phase.steer.rail or phase.steer.fixed
    stages = run.spec.stages
    shares = {**fading, **phase.throttle}
    share = np.array([shares.get(name, 1.0) for name in stages])
    least = np.array(
        [stage.engine.throttle[0] if stage.engine.throttle else np.inf for stage in stages.values()]
    )
    entry: dict[str, Any] = {
        "throttle": share,
        "least": np.minimum(least, share),
        "load_limit": np.inf if phase.load_limit is None else phase.load_limit,
    }
    aims: dict[str, Any] = {
        "elevation": 0.0 if pointed is None else pointed.elevation,
        "azimuth": 0.0 if pointed is None else pointed.azimuth,
        "times": np.concatenate([times, times[-1] + 1e6 * np.arange(1, missing + 1)]),
        "elevations": held(elevations),
        "azimuths": held(azimuths or [0.0] * len(times)),
        "follows": azimuths is None,
        "since_phase": since_phase,
    }
    return Extras(Aims(**aims), **entry)
