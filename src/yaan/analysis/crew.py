"""What a crew bears in a flight, against its limits: the packaged ones and those of its file."""

from collections.abc import Iterator, Mapping

import numpy as np

from yaan.analysis.flown import Flown
from yaan.analysis.history import cut_to
from yaan.base.constants import STANDARD_GRAVITY
from yaan.crew import grade, load_limits
from yaan.crew.couch import CouchFrame, body_force, couch, couch_frame
from yaan.crew.limits import (
    Axis,
    Condition,
    Curve,
    Level,
    Limits,
    Oscillator,
    ResponseLimits,
    Status,
    Turning,
    cited,
    worse,
)
from yaan.description import CrewSpec, Plan
from yaan.description.limits import (
    CurveSpec,
    DynamicResponseSpec,
    LimitsSpec,
    ResponseLevelSpec,
    RotationSpec,
    StandingSpec,
)
from yaan.results.summary import CrewLoads
from yaan.results.trajectory import History


def limits_of(crew: CrewSpec | None) -> Limits:
    """The limits that a crew is graded by: the packaged ones, and its own over them."""
    packaged = load_limits()
    own = None if crew is None else crew.limits
    if own is None:
        return packaged
    return packaged.overlaid(
        tuple(_loads(own)), tuple(_turning(own.rotation)), _response(own, packaged.response)
    )


def couches_of(crew: CrewSpec | None) -> tuple[CouchFrame, ...]:
    """The couches of a crew as they stand in the vehicle; none where only a seat is told."""
    return tuple(
        couch_frame(name, one.recline, one.cant, one.clocking, one.position)
        for name, one in (crew.couches if crew is not None else {}).items()
    )


def crew_loads(flown: Flown) -> Iterator[CrewLoads]:
    """The loads graded, of the ascent and from the interface down, of each couch."""
    crew, climb = flown.plan.crew, flown.climb
    if crew is None:
        return
    if climb is not None:
        yield from _graded(flown.plan, "ascent", climb.history, crew.condition)
    if flown.chain is not None and climb is None:
        yield from _graded(flown.plan, "ascent", flown.history, crew.condition)
    if flown.fall is not None:
        condition = crew.condition if climb is None else crew.return_condition
        yield from _graded(
            flown.plan, "return", cut_to(flown.history, "entry", "descent"), condition
        )


def _graded(plan: Plan, part: str, history: History, condition: Condition) -> Iterator[CrewLoads]:
    loads = np.stack([history[f"load_{axis}"] for axis in "xyz"], axis=1)
    known = np.isfinite(loads).all(axis=1)  # nobody says which way a coast in orbit is turned
    time, loads = history["time"][known], loads[known]
    curves = limits_of(plan.crew).curves
    placed = couches_of(plan.crew)
    if not placed:
        axes = grade(time, loads, curves, condition)
        yield CrewLoads(part=part, condition=condition, axes=tuple(axes))
        return
    seat = couch(plan.seat)  # on whose axes the history tells the loads
    force = body_force(loads @ np.array(seat.axial), loads @ np.array(seat.normal))
    for one in placed:
        axes = grade(time, one.loads(force * STANDARD_GRAVITY), curves, condition)
        yield CrewLoads(part=part, condition=condition, axes=tuple(axes), couch=one.name)


def _loads(own: LimitsSpec) -> Iterator[Curve]:
    block = own.sustained_acceleration
    for name, spec in ({} if block is None else block.curves).items():
        yield _curve(name, spec.axis, spec, STANDARD_GRAVITY)


def _turning(block: RotationSpec | None) -> Iterator[Curve]:
    if block is None:
        return
    kinds: dict[Turning, Mapping[str, CurveSpec]] = {
        "rate": block.rate,
        "acceleration": block.acceleration,
        "transient_acceleration": block.transient_acceleration,
    }
    for axis, specs in kinds.items():
        for name, spec in specs.items():
            yield _curve(name, axis, spec, 1.0)


def _curve(name: str, axis: Axis | Turning, spec: CurveSpec, unit: float) -> Curve:
    points = spec.given()
    return Curve(
        name=name,
        axis=axis,
        condition=spec.condition,
        status=spec.status,
        source=spec.source,
        durations=tuple(time for time, _ in points),
        levels=tuple(round(level / unit, 12) for _, level in points),
        document=spec.document,
        clause=spec.clause,
        revision=spec.revision,
    )


def _response(own: LimitsSpec, packaged: ResponseLimits) -> ResponseLimits:
    """The packaged limits of blows, and over them what a file has of its own."""
    block = own.dynamic_response or DynamicResponseSpec()
    masses, levels, weaker = block.oscillators, block.levels, block.deconditioned
    body = packaged.oscillators
    allowed: Mapping[Level, tuple[tuple[float, float], ...]] = packaged.levels
    if masses is not None:
        x, y, z = (Oscillator(m.frequency, m.damping) for m in (masses.x, masses.y, masses.z))
        body = (x, y, z)
    if levels is not None:
        allowed = {
            "very-low": _bounds(levels.very_low),
            "low": _bounds(levels.low),
            "moderate": _bounds(levels.moderate),
            "high": _bounds(levels.high),
        }
    told = [one for one in (masses, levels) if one is not None]
    standings: list[Status] = [one.status for one in told]
    sources = [_cited(one) for one in told]
    if len(told) < 2:  # the rest is the packaged one's
        standings.append(packaged.status)
        sources.append(packaged.source)
    return ResponseLimits(
        body,
        allowed,
        packaged.deconditioned if weaker is None else weaker.factor,
        worse(*standings),
        "; ".join(sources),
        packaged.weaker_status if weaker is None else weaker.status,
    )


def _bounds(spec: ResponseLevelSpec) -> tuple[tuple[float, float], ...]:
    return tuple((least, greatest) for least, greatest in (spec.x, spec.y, spec.z))


def _cited(spec: StandingSpec) -> str:
    return cited(spec.document, spec.revision, spec.clause, spec.source)
