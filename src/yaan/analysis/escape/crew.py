"""What escapes do to the crew beside what colours the map: every limit, and the blows."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yaan.analysis.escape.judged import Escaped, Judged
from yaan.analysis.escape.margins import Judge, crew_loads, felt
from yaan.crew.couch import CouchFrame
from yaan.crew.dynamic_response import dynamic_response, event_window
from yaan.crew.lanes import LaneLoads
from yaan.crew.limits import Condition, Level
from yaan.crew.splash import WaterBody, splash, splash_response
from yaan.description.craft import CapsuleSpec
from yaan.results.escape import EscapeCrewLimit

Array = NDArray[np.float64]

_IGNITION: Final = 1.0
"""How long after the separation the blow of the motors is looked for [s]."""

_SNATCH: Final = 1.5
"""Span about the largest load under canopies in which their blow is looked for [s]."""

_ALIKE: Final = 0.05
"""Splashes whose speeds differ by less [m/s] are told as one."""

_SWELL: Final = np.radians(6.0)
"""Slope of the water that a splash is told for: assumed, of a moderate sea; 0 to 10 deg."""

_SHIELD: Final = 0.95
"""Radius of the cap's edge over that of the capsule, assumed."""

LEVEL: Final[Level] = "low"
"""The level of risk of the betas that are told: injury of one in two hundred (recalled)."""


def blows(judge: Judge, one: Judged) -> dict[str, Array]:
    """Brinkley's beta of the ignition, the canopies and the splash of each instant of a mode.

    Screening: NaN where a mode has no such blow. The worst couch counts.
    """
    flown, lanes = one.flown, len(one.time)
    limits, condition = judge.limits.response, _condition(judge)
    time, found = np.asarray(flown.seen.time), np.full((3, lanes), np.nan)
    rigid = any(phase.motion == "rigid" for phase in flown.asked.mode.phases)

    def beta_of(times: Array, loads: Array) -> Array:
        return dynamic_response(times, loads, limits, condition, levels=[LEVEL]).beta[LEVEL]

    for name, loads in felt(judge, flown).items():
        if rigid:
            t, f = event_window(time, loads, np.asarray(flown.start.t), _IGNITION)
            found[0] = np.fmax(found[0], beta_of(t, f))
        if flown.canopies is None:
            continue
        first = np.min(np.asarray(flown.canopies.deployed.time), axis=1)
        hung = np.isfinite(first)
        if np.any(hung):
            below = time >= np.where(hung, first, np.inf)[:, None]
            size = np.where(below, np.linalg.norm(loads, axis=2), -1.0)
            peak = time[np.arange(lanes), np.argmax(size, axis=1)]
            t, f = event_window(time, loads, peak - 0.5 * _SNATCH, _SNATCH)
            found[1] = np.fmax(found[1], np.where(hung, beta_of(t, f), np.nan))
        frame = CouchFrame(name, judge.couches[name], np.zeros(3))
        met = _splashes(judge, one, frame)
        found[2] = np.fmax(found[2], met)
    return dict(zip(("beta_ignition", "beta_snatch", "beta_splash"), found, strict=True))


def _splashes(judge: Judge, one: Judged, frame: CouchFrame) -> Array:
    """Beta of the touchdown on a moderate swell; NaN of what does not come down on water."""
    became = one.flown.canopies
    found = np.full(len(one.time), np.nan)
    if became is None or judge.spec.surface != "water":
        return found
    down, across = np.asarray(became.vertical_speed), np.asarray(became.horizontal_speed)
    wet = one.flown.came_down & (down > 0.0)
    if np.any(wet):
        body = water_body(judge.spec.capsule)
        speeds = np.round(np.stack([down[wet], across[wet]], axis=1) / _ALIKE) * _ALIKE
        each, again = np.unique(speeds, axis=0, return_inverse=True)
        blow = splash(body, each[:, 0], each[:, 1], slope=_SWELL)
        who = (judge.limits.response, _condition(judge))
        response = splash_response(blow, frame, *who, levels=[LEVEL])
        found[wet] = response.beta[LEVEL][again.reshape(-1)]
    return found


def water_body(capsule: CapsuleSpec) -> WaterBody:
    """A capsule as the water meets it."""
    return WaterBody(capsule.mass, capsule.nose_radius, 0.5 * _SHIELD * capsule.diameter)


def _condition(judge: Judge) -> Condition:
    """Blows know no emergency: those of a fresh crew."""
    asked = judge.spec.constraints.crew_load.condition
    return "fresh" if asked == "emergency" else asked


def limits_of_chosen(found: Escaped, mode: NDArray[np.int64]) -> tuple[EscapeCrewLimit, ...]:
    """Every limit of the crew, and the worst of the best modes against it."""
    return tuple(_sustained(found, mode))


def _sustained(found: Escaped, mode: NDArray[np.int64]) -> Iterator[EscapeCrewLimit]:
    """Of each couch and axis the instant that uses most."""
    worst: dict[tuple[str, str], EscapeCrewLimit] = {}
    for k, one in enumerate(found.judged):
        chosen = np.flatnonzero(mode[found.at(one)] == k)
        if not len(chosen):
            continue
        for couch, graded in crew_loads(found.judge, one.flown.take(chosen)).items():
            for row in _rows(couch, one, graded, chosen, found):
                key = couch, row.axis
                known = worst.get(key)
                if known is None or (row.utilisation or row.peak) > (
                    known.utilisation or known.peak
                ):
                    worst[key] = row
    yield from worst.values()


def _rows(
    couch: str, one: Judged, graded: LaneLoads, chosen: NDArray[np.int64], found: Escaped
) -> Iterator[EscapeCrewLimit]:
    condition = found.judge.spec.constraints.crew_load.condition
    for k, (axis, curve) in enumerate(zip(graded.axes, graded.curves, strict=True)):
        grades = curve.grades
        measure = graded.utilisation[:, k] if grades else graded.peak[:, k]
        lane = int(np.argmax(np.nan_to_num(measure)))
        used = float(graded.utilisation[lane, k]) if grades else None
        verdict = "ungraded"
        if used is not None:
            verdict = "pass" if bool(graded.passed[lane, k]) else "fail"
            verdict = f"provisional-{verdict}" if curve.status == "second-hand" else verdict
        yield EscapeCrewLimit(
            couch=couch,
            axis=axis,
            condition=condition,
            curve=curve.name,
            document=curve.document,
            clause=curve.clause,
            revision=curve.revision,
            status=curve.status,
            verdict=verdict,
            time=float(one.time[chosen[lane]]),
            mode=one.name,
            utilisation=used,
            level=float(graded.level[lane, k]) if grades else None,
            duration=float(graded.duration[lane, k]) if grades else None,
            peak=float(graded.peak[lane, k]),
            source=curve.source,
        )
