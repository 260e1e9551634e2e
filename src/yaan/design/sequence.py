"""From the phases of a mission file to the arrays that fly, one profile at a time."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from yaan.base.constants import EARTH_RADIUS
from yaan.description import LIFT_OFF, Ascent, PhaseSpec, ProfileSpec, UntilSpec
from yaan.flight.models.launcher import Vehicle, burn_time, payload_beyond
from yaan.gnc.powered import Law
from yaan.motion.powered import End, Phases

PADDED = 8
"""Phases are padded to a multiple of this, so that missions share a compiled flight."""

_TIMEOUT = 4_000.0  # [s] of a phase that nothing ends
_PAD_TIMEOUT = 20.0  # [s] of full thrust that does not lift the vehicle
_LONGEST_IN_AIR = 1.0  # [s]; a peak of dynamic pressure lasts some twenty
_LAWS = {
    "vertical": Law.VERTICAL,
    "pitch_over": Law.PITCH_OVER,
    "pitch_hold": Law.PITCH_HOLD,
    "gravity_turn": Law.GRAVITY_TURN,
    "coast": Law.GRAVITY_TURN,
    "programme": Law.LINEAR_TANGENT,
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
class Sequence:
    """The legs of a profile, as names and as arrays."""

    legs: tuple[Leg, ...]
    programmes: tuple[str, ...]
    phases: Phases
    orbit_leg: int | None
    """The leg that the orbit ends."""
    spans: dict[str, float]
    """About how long each programme steers [s]."""
    coasts: dict[str, int]
    """The legs, by their phases, of which the duration is solved."""

    def index(self, at: str | float) -> int:
        """The leg that ends at a named event or at a waypoint [s]."""
        for i, leg in enumerate(self.legs):
            if leg.event == at if isinstance(at, str) else leg.until == at:
                return i
        raise KeyError(at)


def make_sequence(ascent: Ascent, profile: ProfileSpec, vehicle: Vehicle, mu: float) -> Sequence:
    """The sequence of one steering profile; `mu` [m^3/s^2] sets the energy of the target."""
    legs = _legs(ascent, profile)
    programmes = tuple(profile.programmes)
    orbits = [
        i
        for i, leg in enumerate(legs)
        if leg.event not in (None, LIFT_OFF) and leg.phase.until.orbit
    ]
    return Sequence(
        legs=legs,
        programmes=programmes,
        phases=_arrays(ascent, profile, vehicle, legs, mu),
        orbit_leg=orbits[-1] if orbits else None,
        spans=_spans(ascent),
        coasts={
            leg.phase.name: i for i, leg in enumerate(legs) if leg.phase.until.duration_between
        },
    )


def _spans(ascent: Ascent) -> dict[str, float]:
    spans: dict[str, float] = {}
    start, stages = 0.0, ascent.vehicle.stages
    lit: list[str] = []
    for phase in ascent.phases:
        lit = phase.ignite or lit
        until = phase.until
        burn = max((burn_time(stages[name]) for name in lit), default=100.0)
        length = duration_of(until) or burn
        length = length if until.time is None else until.time - start
        programme = phase.steer.programme
        if programme is not None:
            spans[programme] = spans.get(programme, 0.0) + max(length, 1.0)
        start += length
    return spans


def duration_of(until: UntilSpec) -> float | None:
    """How long a phase lasts [s], or lasts at first where that is solved; None if not by time."""
    between = until.duration_between
    return until.duration if between is None else float(np.sqrt(between[0] * between[1]))


def _legs(ascent: Ascent, profile: ProfileSpec) -> tuple[Leg, ...]:
    waypoints = sorted({m.at for m in profile.meet if isinstance(m.at, float)})
    held = ascent.pad.hold_down
    legs = [Leg(ascent.phases[0], LIFT_OFF, begins=True, on_pad=True)] if held else []
    start = 0.0
    for phase in ascent.phases:
        until = phase.until
        stop = until.time if until.time is not None else np.inf
        if until.duration is not None:
            stop = min(stop, start + until.duration)
        begins = not (held and phase is ascent.phases[0])
        for at in [w for w in waypoints if start < w < stop]:
            legs.append(Leg(phase, None, begins, at))
            begins = False
        legs.append(Leg(phase, phase.event or f"{phase.name}-end", begins))
        start = stop
    return tuple(legs)


def _arrays(
    ascent: Ascent, profile: ProfileSpec, vehicle: Vehicle, legs: tuple[Leg, ...], mu: float
) -> Phases:
    rows = []
    dropped: set[str] = set()
    running: str | None = None
    for leg in legs:
        if leg.begins:
            dropped |= set(leg.phase.drop)
        programme = leg.phase.steer.programme
        begins = programme is not None and programme != running
        running = programme or running
        rows.append(_row(ascent, profile, vehicle, leg, dropped, begins=begins))
        rows[-1]["energy"] = -mu / (
            2.0 * EARTH_RADIUS + ascent.target.perigee + ascent.target.apogee
        )
    padding = -len(rows) % PADDED
    last = dict(rows[-1], exists=False, ignite=np.zeros_like(rows[-1]["ignite"]), begins=False)
    rows += [last] * padding
    # NumPy: batches are put together on the host, case by case.
    stacked: dict[str, Any] = {key: np.stack([row[key] for row in rows]) for key in rows[0]}
    return Phases(**stacked)


def _row(
    ascent: Ascent,
    profile: ProfileSpec,
    vehicle: Vehicle,
    leg: Leg,
    dropped: set[str],
    *,
    begins: bool,
) -> dict[str, Any]:
    """The arrays' entries of one leg."""
    phase = leg.phase
    until = UntilSpec.model_construct() if leg.on_pad else phase.until
    stages = vehicle.stages
    names = list(profile.programmes)
    programme = phase.steer.programme
    final = bool(until.orbit)
    before = ascent.phases[: ascent.phases.index(phase)]
    lit = {s for p in (*before, phase) for s in p.ignite}
    shut = {s for p in (*before, phase) for s in p.shut_down}
    burning = [s for s in stages if s in lit - shut - dropped - _spent(before)]
    times = [t for t in (until.time, leg.until) if t is not None]
    return {
        "law": int(_LAWS[phase.steer.law]),
        "programme": names.index(programme) if programme in names else 0,
        "begins": begins,
        "continuous": programme in names and profile.programmes[programme].continuous,
        "ignite": np.array([leg.begins and s in phase.ignite for s in stages]),
        "shut_down": np.array([leg.begins and s in phase.shut_down for s in stages]),
        "stages_aboard": np.array([s not in dropped for s in stages]),
        "items_aboard": np.array([name not in dropped for name in vehicle.items]),
        "configuration": _shape(ascent, vehicle, dropped),
        "time": min(times, default=np.inf),
        "duration": (duration_of(until) or np.inf) if leg.until is None else np.inf,
        "timeout": _timeout(ascent, leg, burning if final else []),
        "ends": _ends(leg, until, stages),
        "heat_flux": until.heat_flux_below or 1.0,
        "dynamic_pressure": until.dynamic_pressure_below or 1.0,
        "height": until.height_above or 0.0,
        "overdraws": np.array([final and s in burning for s in stages]),
        "on_pad": leg.on_pad,
        "step": _step(ascent, phase),
        "exists": True,
    }


def _step(ascent: Ascent, phase: PhaseSpec) -> float:
    """The longest step: as asked, but in the air as short as its peaks need their rows."""
    asked = phase.step or ascent.plan.step
    return asked if _LAWS[phase.steer.law] == Law.LINEAR_TANGENT else min(asked, _LONGEST_IN_AIR)


def _ends(leg: Leg, until: UntilSpec, stages: tuple[str, ...]) -> np.ndarray:
    ends = np.zeros(len(End) + len(stages), dtype=bool)
    ends[End.HEAT_FLUX_BELOW] = until.heat_flux_below is not None
    ends[End.DYNAMIC_PRESSURE_BELOW] = until.dynamic_pressure_below is not None
    ends[End.HEIGHT_ABOVE] = until.height_above is not None
    ends[End.ALIGNED] = bool(until.aligned)
    ends[End.ORBIT] = bool(until.orbit)
    ends[End.GROUND] = True
    ends[End.LIFT_OFF] = leg.on_pad
    if until.depleted is not None:
        ends[len(End) + stages.index(until.depleted)] = True
    return ends


def _shape(ascent: Ascent, vehicle: Vehicle, dropped: set[str]) -> int:
    """The configuration with the largest area among what is aboard; 0 where none declares one."""
    parts = {**ascent.vehicle.stages, **ascent.vehicle.parts}
    shapes = [(parts[name].aerodynamics, name) for name in vehicle.shapes]
    aboard = [
        (shape.reference_area, i)
        for i, (shape, name) in enumerate(shapes)
        if shape is not None and name not in dropped
    ]
    return max(aboard, default=(0.0, 0))[1]


def _spent(phases: list[PhaseSpec]) -> set[str]:
    """The stages that surely have run dry in some phases."""
    ends = [phase.until for phase in phases]
    return {end.depleted for end in ends if end.depleted and end.model_fields_set == {"depleted"}}


def _timeout(ascent: Ascent, leg: Leg, burning: list[str]) -> float:
    """How long a stage may burn for its orbit: until half of what it pushes is burnt too.

    A motor with a thrust curve is out by then, so a phase with a time of its own lasts it.
    """
    if leg.on_pad:
        return _PAD_TIMEOUT
    until = leg.phase.until
    timed = until.time is not None or until.duration is not None
    solids = all(ascent.vehicle.stages[name].engine.thrust_curve for name in burning)
    if not burning or (timed and solids):
        return _TIMEOUT
    carried = payload_beyond(ascent, burning[-1])
    return burn_time(ascent.vehicle.stages[burning[-1]], 0.5 * carried)
