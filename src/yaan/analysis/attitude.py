"""What is told of an ascent that was flown as a body that turns, beside its point."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from yaan.analysis.flown import Climb
from yaan.analysis.margins import Margins, PitchPlane, margins
from yaan.description.attitude import AscentAttitudeSpec
from yaan.design.steer import Steered
from yaan.dynamics.forces import World
from yaan.flight.rigid import RigidFlown, fly_turning
from yaan.motion.rigid_ascent import MOST_TOLD
from yaan.results import summary_ascent as records
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.frame import components

Array = NDArray[np.float64]

_EVERY = 1.0  # [s] between instants at which margins are found
_NEARLY = 0.99  # of a limit


def fly_rigid(steered: Steered, world: World) -> RigidFlown | None:
    """The solved profile as a body that turns; None where that is not asked for."""
    ascent, task = steered.task.ascent, steered.task
    spec = ascent.plan.attitude
    if spec is None or spec.motion == "point":
        return None
    legs = len(task.sequence.legs)
    if spec.until is not None:
        legs = task.sequence.index(spec.until) + 1
    return fly_turning(world, spec, task.vehicle, steered.lane, legs)


def turning_columns(climb: Climb, turned: RigidFlown) -> dict[str, Array]:
    """Its rows, and the margins of its loop between instants at which they were found."""
    spec = climb.ascent.plan.attitude
    assert spec is not None
    told = turned.told
    names = (
        "height dynamic_pressure mach angle_of_attack attitude_error tracking_error turn_rate "
        "roll_rate gimbal gimbal_rate authority held_angle mu_alpha mu_control"
    ).split()
    columns = {name: np.asarray(getattr(told, name), dtype=float) for name in names}
    columns["q_alpha"] = columns["dynamic_pressure"] * columns["angle_of_attack"]
    at, found = margins_along(spec, turned)
    nothing = [np.nan] * len(found)
    ratios = {
        "gain_rise": [_ratio(one.gain_rise) for one in found],
        "gain_fall": [_ratio(one.gain_fall) for one in found],
        "phase_margin": [np.nan if one.phase is None else one.phase for one in found],
    }
    for name, values in ratios.items():
        known = np.array(values or nothing)
        columns[name] = np.full(len(turned.time), np.nan)
        columns[name][at] = known
    return {"time": turned.time, **columns}


def margins_along(
    spec: AscentAttitudeSpec, turned: RigidFlown
) -> tuple[NDArray[np.int64], list[Margins]]:
    """Rows about a second apart in which engines turn the vehicle, and the margins there."""
    told = turned.told
    steered = np.asarray(told.mu_control) > 1e-3
    slot = np.floor(turned.time / _EVERY)
    first = np.append(True, np.diff(slot) > 0)
    index = np.flatnonzero(first & steered)
    loops = [
        PitchPlane(
            mu_alpha=float(told.mu_alpha[i]),
            frequency=spec.frequency,
            damping_ratio=spec.damping_ratio,
            lag=float(told.lag[i]),
            delay=0.5 * spec.period,
        )
        for i in index
    ]
    return index, [margins(loop) for loop in loops]


def attitude_record(climb: Climb) -> records.AscentAttitude | None:
    """The same in numbers; None where no body was flown."""
    spec, turned = climb.ascent.plan.attitude, climb.turned
    if spec is None or turned is None:
        return None
    told, time = turned.told, turned.time
    at, found = margins_along(spec, turned)
    instants = time[at]
    degrees = np.degrees
    # The attitude is nobody's while no engine turns the vehicle.
    steered = np.asarray(told.mu_control) > 1e-3
    code = turned.code
    phases = [leg.phase.name for leg in climb.steered.task.sequence.legs]
    last = phases[len(turned.outcomes) - 1]
    reached = "The body that turns came to the end of its flight."
    phase = _worst(
        instants, [np.nan if one.phase is None else float(degrees(one.phase)) for one in found]
    )
    unstable = np.array([not one.stable for one in found], dtype=bool)
    return records.AscentAttitude(
        code=code.word,
        text=reached if code is OutcomeCode.REACHED else code.sentence(last),
        until=turned.ends[-1],
        period=spec.period,
        from_point=tuple(_from_point(climb, turned)),
        attitude_error=_angle(_most(time, degrees(told.attitude_error), steered)),
        tracking_error=_angle(_most(time, degrees(told.tracking_error), steered)),
        gimbal=_angle(_most(time, degrees(told.gimbal), steered)),
        gimbal_rate=_angle(_most(time, degrees(told.gimbal_rate), steered)),
        at_limit=_at_limit(spec, turned),
        q_alpha=_most(
            time, np.asarray(told.dynamic_pressure) * np.asarray(told.angle_of_attack), steered
        ),
        authority=_least(time, np.minimum(told.authority, MOST_TOLD), steered),
        held_angle=_angle(_least(time, degrees(told.held_angle), steered)),
        gain_rise=_worst(instants, [_ratio(one.gain_rise) for one in found]),
        gain_fall=_worst(instants, [_ratio(one.gain_fall) for one in found]),
        phase_margin=phase and _angle(phase),
        unstable=float(np.sum(unstable) * _EVERY),
    )


def _from_point(climb: Climb, turned: RigidFlown) -> list[records.PointDistance]:
    """How far the body is from the point at every named event that both came to."""
    lane, legs = climb.steered.lane, climb.steered.task.sequence.legs
    place, motion = (
        components(getattr(lane.legs.inner, name)) for name in ("position", "velocity")
    )
    return [
        records.PointDistance(
            event=legs[k].event or "",
            time=turned.ends[k],
            distance=float(np.linalg.norm(turned.position[k] - place[k])),
            speed=float(np.linalg.norm(turned.velocity[k] - motion[k])),
        )
        for k, code in enumerate(turned.outcomes)
        if code is OutcomeCode.REACHED and legs[k].event is not None
    ]


def _at_limit(spec: AscentAttitudeSpec, turned: RigidFlown) -> float:
    """How long the gimbals are at a limit [s], of the most that any stage may."""
    told = turned.told
    angle = min(one.angle for one in spec.gimbals.values())
    rate = min(one.rate for one in spec.gimbals.values())
    at = (np.asarray(told.gimbal) >= _NEARLY * angle) | (
        np.asarray(told.gimbal_rate) >= _NEARLY * rate
    )
    span = np.diff(turned.time, append=turned.time[-1])
    return float(np.sum(span[at]))


def _ratio(decibel: float | None) -> float:
    return np.nan if decibel is None else float(10.0 ** (decibel / 20.0))


def _most(time: Array, values: Array, where: NDArray[np.bool_]) -> records.TurningPeak:
    found = np.where(where & np.isfinite(values), values, -np.inf)
    row = int(np.argmax(found))
    value = float(found[row])
    return records.TurningPeak(time=float(time[row]), value=value if value > -np.inf else np.nan)


def _least(time: Array, values: Array, where: NDArray[np.bool_]) -> records.TurningPeak:
    most = _most(time, -np.asarray(values), where)
    return records.TurningPeak(time=most.time, value=-most.value)


def _angle(peak: records.TurningPeak) -> records.TurningAngle:
    """A peak in degrees."""
    return records.TurningAngle(time=peak.time, value_deg=peak.value)


def _worst(time: Array, values: Sequence[float]) -> records.TurningPeak | None:
    """The least of those that are numbers; None where none is."""
    known = np.isfinite(np.array(values, dtype=float))
    return _least(time, np.array(values, dtype=float), known) if known.any() else None
