"""Limits of a crew in a file of the user's own: what it may bear, and how well that is known."""

from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from yaan.base.plain import is_list
from yaan.description.block import Block, Strict
from yaan.description.exactly import RANGE
from yaan.description.quantity import MissionName, Mistake, Name, Quantity, refuse

LimitTime = Annotated[float, Quantity("time", "5 s", above=0.0, high=86400.0)]
LimitLoad = Annotated[float, Quantity("acceleration", "16 g0", above=0.0, high=9806.65)]
LimitRate = Annotated[float, Quantity("angular rate", "3 rad/s", above=0.0, high=1e3)]
LimitTurn = Annotated[float, Quantity("angular acceleration", "2 rad/s2", above=0.0, high=1e6)]
LimitFrequency = Annotated[float, Quantity("angular rate", "62.8 rad/s", above=1.0, high=1e3)]

Status = Literal["primary", "second-hand", "recalled", "missing"]
CrewCondition = Literal["fresh", "deconditioned", "emergency", "all"]


class StandingSpec(Block):
    """Where a limit stands, and how well it is known."""

    status: Status = Field(
        description="primary (read in the document) and second-hand (read in a text that quotes "
        "it) grade; recalled and missing do not"
    )
    document: str = Field(min_length=1, description="document that sets it, or who invented it")
    clause: str = Field(default="", description="clause, table or figure of the document")
    revision: str = Field(default="", description="revision of the document")


class CurveSpec(StandingSpec):
    """Levels, and how long each may last without a pause."""

    condition: CrewCondition = Field(description="of the crew that it is for")

    def given(self) -> list[tuple[float, float]]:
        """Its points: duration [s] and level [SI]."""
        return [(time, level) for time, level in getattr(self, "points", None) or ()]

    @model_validator(mode="after")
    def _falls(self) -> Self:
        """Durations rise and levels fall; what grades has points, what is missing has none."""
        points, wrong = self.given(), list[Mistake]()
        for i, (one, two) in enumerate(pairwise(points), 1):
            if not two[0] > one[0]:
                wrong.append(Mistake(("points", i, 0), "a time above that of the point before"))
            if not two[1] < one[1]:
                wrong.append(Mistake(("points", i, 1), "a level below that of the point before"))
        if not points and self.status != "missing":
            wrong.append(Mistake(("points",), "points, unless the status is missing"))
        if points and self.status == "missing":
            wrong.append(Mistake(("status",), "another status than missing, since it has points"))
        if wrong:
            raise refuse(*wrong)
        return self


def _as_point(value: Any) -> Any:
    if is_list(value) and len(value) == 2:
        return tuple(value)
    raise refuse(Mistake((), "a pair [duration, level]"))


LoadPoint = Annotated[tuple[LimitTime, LimitLoad], BeforeValidator(_as_point)]
RatePoint = Annotated[tuple[LimitTime, LimitRate], BeforeValidator(_as_point)]
TurnPoint = Annotated[tuple[LimitTime, LimitTurn], BeforeValidator(_as_point)]


class LoadCurveSpec(CurveSpec):
    """Sustained load along one direction of the seat."""

    axis: Literal["+x", "-x", "+y", "-y", "+z", "-z"] = Field(
        description="direction: +x eyeballs in, +y to the left, +z eyeballs down"
    )
    points: list[LoadPoint] | None = Field(
        default=None, description='[duration, level] rising in time, as [["5 s", "16 g0"]]'
    )


class RateCurveSpec(CurveSpec):
    """How fast the seat may turn."""

    points: list[RatePoint] | None = Field(
        default=None, description='[duration, rate] rising in time, as [["5 s", "3 rad/s"]]'
    )


class TurnCurveSpec(CurveSpec):
    """How suddenly the seat may turn."""

    points: list[TurnPoint] | None = Field(
        default=None, description='[duration, acceleration], as [["0.5 s", "2 rad/s2"]]'
    )


class SustainedSpec(Block):
    """Limits of load that lasts longer than 0.5 s."""

    curves: dict[Name, LoadCurveSpec] = Field(description="curves by name")


class RotationSpec(Block):
    """Limits of turning about any axis."""

    rate: dict[Name, RateCurveSpec] = Field(
        default_factory=dict[str, RateCurveSpec], description="curves of angular rate, by name"
    )
    acceleration: dict[Name, TurnCurveSpec] = Field(
        default_factory=dict[str, TurnCurveSpec],
        description="curves of angular acceleration for longer than 0.5 s, by name",
    )
    transient_acceleration: dict[Name, TurnCurveSpec] = Field(
        default_factory=dict[str, TurnCurveSpec],
        description="curves of angular acceleration for up to 0.5 s, by name",
    )


class OscillatorSpec(Strict):
    """The body along one axis of the seat, as a mass on a damped spring."""

    frequency: LimitFrequency = Field(description="undamped natural frequency")
    damping: float = Field(gt=0.0, lt=1.0, description="ratio to the critical damping")


class OscillatorsSpec(StandingSpec):
    """The body along the three axes of the seat."""

    x: OscillatorSpec = Field(description="along x, chest to back")
    y: OscillatorSpec = Field(description="along y, sideways")
    z: OscillatorSpec = Field(description="along z, head to foot")


Response = Annotated[float, Field(ge=-1e3, le=1e3)]
Responses = Annotated[list[Response], RANGE]


class ResponseLevelSpec(Strict):
    """Least and greatest response of each axis, in multiples of g0."""

    x: Responses = Field(description="[least, greatest] along x")
    y: Responses = Field(description="[least, greatest] along y")
    z: Responses = Field(description="[least, greatest] along z")

    @model_validator(mode="after")
    def _around_nothing(self) -> Self:
        """What is at rest is allowed."""
        wrong = [
            Mistake((axis,), "a least below zero and a greatest above")
            for axis in "xyz"
            if not getattr(self, axis)[0] < 0.0 < getattr(self, axis)[1]
        ]
        if wrong:
            raise refuse(*wrong)
        return self


class ResponseLevelsSpec(StandingSpec):
    """Responses that are allowed, by level of risk."""

    very_low: ResponseLevelSpec = Field(alias="very-low", description="for a nominal flight")
    low: ResponseLevelSpec = Field(description="for an off-nominal flight")
    moderate: ResponseLevelSpec = Field(description="moderate risk")
    high: ResponseLevelSpec = Field(description="high risk")


class WeakerSpec(StandingSpec):
    """A deconditioned crew."""

    factor: float = Field(gt=0.0, le=1.0, description="by which its limits are multiplied")


class DynamicResponseSpec(Block):
    """Limits of blows of up to 0.5 s; what is left out is the packaged one."""

    oscillators: OscillatorsSpec | None = Field(default=None, description="the body, by axis")
    levels: ResponseLevelsSpec | None = Field(default=None, description="allowed responses")
    deconditioned: WeakerSpec | None = Field(default=None, description="a deconditioned crew")


class LimitsSpec(Block):
    """What a crew may bear; it replaces the packaged limits of the same axis and condition."""

    name: MissionName = Field(default="own", description="name of the limits")
    sustained_acceleration: SustainedSpec | None = Field(
        default=None, description="loads that last longer than 0.5 s"
    )
    rotation: RotationSpec | None = Field(default=None, description="turning of the seat")
    dynamic_response: DynamicResponseSpec | None = Field(default=None, description="blows")
