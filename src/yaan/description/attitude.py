"""What a launcher is known by when its ascent is flown as a body that turns, beside the point."""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from yaan.base import nearest
from yaan.base.plain import is_mapping, mapping
from yaan.description.block import Block
from yaan.description.quantity import (
    ActuatorLag,
    BodyLength,
    ControlFrequency,
    ControlPeriod,
    Coordinate,
    Diameter,
    Misalignment,
    Mistake,
    Name,
    RingRadius,
    TurnRange,
    TurnRate,
)


class CylinderSpec(Block):
    """The uniform solid cylinder that a stage or part is taken for."""

    base: Coordinate = Field(description="lower end, along the axis from the origin of this block")
    length: BodyLength = Field(description="length")
    diameter: Diameter = Field(description="diameter")
    offset: RingRadius = Field(
        default=0.0, description="of each of a pair from the vehicle's axis; nothing: on the axis"
    )


class GimbalSpec(Block):
    """How the engines of a stage are gimballed."""

    angle: TurnRange = Field(description="largest deflection about each of two axes")
    rate: TurnRate = Field(description="largest rate of it")
    lag: ActuatorLag = Field(description="time constant of the actuators")
    pivot: Coordinate = Field(description="where thrust acts, along the axis")
    radius: RingRadius = Field(
        default=0.0,
        description="of the ring on which the engines stand, for roll; nothing: a single one",
    )


class AscentAttitudeSpec(Block):
    """How the vehicle is turned in its ascent, and what is needed to fly it so.

    Lengths along the axis are from one origin, the plane of the lowest nozzles, forward.
    """

    motion: Literal["point", "rigid"] = Field(
        default="point", description="rigid: the ascent is flown once more, as a body that turns"
    )
    until: str | None = Field(
        default=None, description="event at which that flight ends; left out, it goes to the end"
    )
    frequency: ControlFrequency = Field(
        description="natural frequency of attitude under control, without air"
    )
    damping_ratio: float = Field(gt=0.0, le=10.0, description="of the attitude under control")
    turn_rate: TurnRate = Field(description="largest rate of what the control follows")
    period: ControlPeriod = Field(default=0.04, description="between samples of the control")
    misalignment: Misalignment = Field(
        default=0.0, description="of every thrust, in pitch and in yaw; the control is not told"
    )
    shapes: dict[Name, CylinderSpec] = Field(
        min_length=1, description="cylinders, by stage and part; payload is one"
    )
    gimbals: dict[Name, GimbalSpec] = Field(min_length=1, description="gimbals, by stage")
    pressure_centre: dict[Name, Coordinate] = Field(
        min_length=1,
        description="of the air's force along the axis, by what has aerodynamics: what is lowest",
    )


def attitude_mistakes(data: Any) -> Iterator[Mistake]:
    """What of a mission's attitude does not fit its vehicle and its phases."""
    block = mapping(data).get("attitude")
    vehicle = mapping(data, "vehicle")
    stages, parts = mapping(vehicle, "stages"), mapping(vehicle, "parts")
    if not is_mapping(block) or not stages:
        return
    both = {**stages, **parts}
    shaped = [n for n, one in both.items() if is_mapping(one) and "aerodynamics" in one]
    yield from _named(block, "shapes", [*both, "payload"], needed=[*both, "payload"])
    yield from _named(block, "gimbals", list(stages))
    yield from _named(block, "pressure_centre", list(both), needed=shaped)
    phases = [phase for phase in mapping(data).get("phases") or [] if is_mapping(phase)]
    events = [str(phase.get("event", f"{phase.get('name', '')}-end")) for phase in phases]
    until = block.get("until")
    if isinstance(until, str) and until not in events:
        yield Mistake(("attitude", "until"), "an event that ends a phase", nearest(until, events))
    if block.get("motion") == "rigid" and any("rail" in mapping(p, "steer") for p in phases):
        yield Mistake(("attitude", "motion"), "point: what slides along a rail does not turn")


def _named(
    block: dict[str, Any], key: str, known: list[str], needed: list[str] | None = None
) -> Iterator[Mistake]:
    """Names below a key that are none, and those that are missing."""
    given = mapping(block, key)
    for name in given:
        if name not in known:
            expected = f"one of {', '.join(known)}"
            yield Mistake(("attitude", key, name), expected, nearest(name, known))
    for name in needed or []:
        if name not in given:
            yield Mistake(("attitude", key, name), "required")
