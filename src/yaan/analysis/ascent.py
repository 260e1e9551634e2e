"""The ascent: the vehicle on the pad, the steering as solved, the orbit, every profile, aborts."""

import numpy as np

from yaan.analysis.attitude import attitude_record
from yaan.analysis.flown import Climb, Flown
from yaan.analysis.guidance import ascent_guidance
from yaan.analysis.history import degrees, elements_record
from yaan.base.constants import STANDARD_GRAVITY
from yaan.design.dogleg import DogLeg
from yaan.design.steer import Steered
from yaan.results import summary_ascent as records
from yaan.results.extremes import peak
from yaan.results.trajectory import History

_FRAME = "true equator of date (CIRS), osculating at cut-off, above 6378.137 km"
_NOT_A_NUMBER = 1e20
"""A miss above it stands for a flight that left the numbers."""


def ascent(flown: Flown) -> records.Ascent | None:
    """The flown profile, and beside it the figures of all others; None of what begins aloft."""
    climb = flown.climb
    if climb is None:
        return None
    steered, target = climb.steered, climb.ascent.target
    leg = steered.task.sequence.orbit_leg
    reached = None if leg is None else steered.batch.elements(0, leg)
    return records.Ascent(
        lift_off=_lift_off(steered, climb.history),
        steering=_steering(steered, climb.dog_leg),
        target=records.Target(
            perigee=target.perigee,
            apogee=target.apogee,
            inclination_deg=degrees(target.inclination),
        ),
        orbit=None if reached is None else elements_record(reached, _FRAME),
        profiles={name: _profile(climb, name) for name in climb.profiles},
        abort=_abort(climb),
        attitude=attitude_record(climb),
        guidance=ascent_guidance(climb),
    )


def _lift_off(steered: Steered, history: History) -> records.LiftOff:
    # Thrust has come up, and little has burnt yet.
    early = history["time"] <= 1.0  # [s]
    weight = history["mass"][early] * STANDARD_GRAVITY
    return records.LiftOff(
        mass=float(history["mass"][0]),
        thrust_to_weight=float(np.max(history["thrust"][early] / weight)),
        azimuth_deg=degrees(steered.flat[1]),
    )


def _steering(steered: Steered, dog_leg: DogLeg | None) -> records.Steering:
    flat, task, solution = steered.flat, steered.task, steered.solution
    durations = task.aim.base.durations(solution.x)
    misses = zip(task.aim.targets, solution.misses, strict=True)
    return records.Steering(
        kick_deg=degrees(flat[0]),
        azimuth_deg=degrees(flat[1]),
        yaw_deg=degrees(flat[2]),
        pitch_programmes=_programmes(steered),
        misses=tuple(
            records.TargetMiss(target=t.name, miss=float(m * t.scale), unit=t.unit)
            for t, m in misses
        ),
        batches=solution.batches,
        attempts=tuple(
            records.SearchAttempt(
                name=a.name, starts=a.starts, met=a.met, largest_miss=min(a.miss, _NOT_A_NUMBER)
            )
            for a in solution.attempts
        ),
        at_bounds=tuple(unknown.name for unknown, _ in steered.at_bounds),
        dog_leg=None
        if dog_leg is None
        else records.DogLegPrice(
            price=dog_leg.price,
            straight_azimuth_deg=degrees(dog_leg.azimuth),
            straight_inclination_deg=degrees(dog_leg.inclination),
        ),
        coasts={name: float(d) for name, d in zip(task.sequence.coasts, durations, strict=True)},
    )


def _programmes(steered: Steered) -> dict[str, records.PitchProgramme]:
    sequence, memory = steered.task.sequence, steered.design.lane.legs.inner.memory
    found: dict[str, records.PitchProgramme] = {}
    for name in sequence.programmes:
        used = [k for k, leg in enumerate(sequence.legs) if leg.phase.steer.programme == name]
        if used:
            a, b, c = (float(v) for v in np.asarray(memory.coefficients)[used[0]])
            start = float(memory.origin[used[0]])
            found[name] = records.PitchProgramme(start=start, a=a, b=b, c=c)
    return found


def _profile(climb: Climb, name: str) -> records.Profile:
    steered, history = climb.profiles[name], climb.histories[name]
    leg, stage = steered.task.aim.saves
    ends = steered.batch.ends
    return records.Profile(
        title=climb.ascent.steering.profiles[name].title,
        met=steered.solution.met,
        cut_off=float(ends.time[0, leg]),
        separation=float(history["time"][-1]),
        propellant_left=float(ends.propellant[0, leg, stage]),
        max_dynamic_pressure=peak(history["time"], history["dynamic_pressure"]).value,
        max_load_g=peak(history["time"], history["load"]).value,
        apex_height=float(np.max(history["height"])),
    )


def _abort(climb: Climb) -> records.AbortMap | None:
    beta = climb.ascent.vehicle.payload.ballistic_coefficient
    if not climb.aborts or beta is None:
        return None
    worst: dict[str, records.WorstAbort] = {}
    for name, fall in climb.aborts.items():
        time, load = fall.worst
        released, release = fall.worst_release
        worst[name] = records.WorstAbort(
            peak_load_g=load,
            peak_time=time,
            release_load_g=release,
            release_time=released,
            canopies_until=fall.canopies_until,
            not_flown=int(np.sum(~fall.flown)),
        )
    return records.AbortMap(ballistic_coefficient=beta, profiles=worst)
