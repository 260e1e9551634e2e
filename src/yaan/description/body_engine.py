"""The engine of a body, or its motors: of constant thrust, or along a thrust curve."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema
from typing_extensions import override

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.plain import is_list, item, items
from yaan.description.block import Block, Pair
from yaan.description.exactly import TRIPLE
from yaan.description.quantity import (
    FILE,
    Coordinate,
    CurveTime,
    ExitArea,
    Gimbal,
    MassFlow,
    Mistake,
    Quantity,
    SpecificImpulse,
    Thrust,
    TotalImpulse,
    refuse,
    rising,
)

Place = Annotated[list[Coordinate], TRIPLE]
_MOST_POINTS = 1000
MOST_MOTORS = 64
"""That one body may have, each of those that are alike counted."""

_JUMP = 1e-4  # [s]


@dataclass(frozen=True, slots=True)
class _CurveThrust(Quantity):
    """A thrust, or a number without a unit that an impulse gives its size."""

    @override
    def read(self, value: Any, info: ValidationInfo) -> float:
        if type(value) in (int, float) and math.isfinite(value) and 0.0 <= value <= self.high:
            return float(value)
        # Not super(): a class with slots is made anew, and would not be found.
        return Quantity.read(self, value, info)

    @override
    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        text = Quantity.__get_pydantic_json_schema__(self, schema, handler)
        return {"anyOf": [{"type": "number", "minimum": 0}, text]}


def _as_point(value: Any) -> Any:
    """YAML has lists only; a point of a curve is a pair."""
    if isinstance(value, (list, tuple)) and len(value) == Pair:
        return tuple(value)
    expected = 'a pair of time and thrust, as ["0.2 s", "1500 N"] or, with impulse, ["0.2 s", 1.1]'
    raise refuse(Mistake((), expected))


def _check_curve(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """It starts at 0 s, its times rise, and it holds some thrust."""
    times = [time for time, _ in points]
    if times[0] != 0.0:
        raise refuse(Mistake((0, 0), 'the first time to be "0 s"'))
    index = rising(times)
    if index is not None:
        raise refuse(Mistake((index, 0), "a time later than the one before it"))
    if not any(thrust > 0.0 for _, thrust in points):
        raise refuse(Mistake((), "some thrust above 0"))
    return points


CurveForce = Annotated[float, _CurveThrust("force", "1500 N", low=0.0, high=1e9)]
CurvePoint = Annotated[tuple[CurveTime, CurveForce], BeforeValidator(_as_point)]
MotorCurve = Annotated[
    list[CurvePoint],
    Field(min_length=2, max_length=_MOST_POINTS),
    AfterValidator(_check_curve),
]


class GimbalSpec(Block):
    """Direction of the thrust: +x, turned by pitch about +y, then by yaw about +z."""

    pitch: Gimbal = Field(default=0.0, description="turn about +y")
    yaw: Gimbal = Field(default=0.0, description="turn about +z")


class BodyEngineSpec(Block):
    """An engine that burns the propellant of its configuration.

    Its vacuum thrust is constant, or follows a curve from the first phase on that has it on.
    """

    vacuum_thrust: Thrust | None = Field(default=None, description="constant thrust in vacuum")
    thrust_curve: MotorCurve | None = Field(
        default=None,
        description="[time since ignition, thrust], linear between its points; with impulse the "
        "thrusts may be relative, and are scaled to it",
    )
    impulse: TotalImpulse | None = Field(
        default=None, description="vacuum impulse that thrust_curve is scaled to"
    )
    exit_area: ExitArea = Field(
        default=0.0, description="of the nozzle; back pressure takes exit_area times pressure off"
    )
    full_flow_thrust: Thrust | None = Field(
        default=None, description="below this vacuum thrust back pressure falls with thrust"
    )
    specific_impulse: SpecificImpulse | None = Field(
        default=None,
        description="vacuum specific impulse; or flow; with thrust_curve left out, the curve burns "
        "all propellant",
    )
    flow: MassFlow | None = Field(default=None, description="propellant burnt; or the impulse")
    position: Place = Field(
        default=[0.0, 0.0, 0.0], description="of the nozzle's exit, structural axes"
    )
    gimbal: GimbalSpec = Field(default_factory=GimbalSpec, description="direction of the thrust")

    @model_validator(mode="before")
    @classmethod
    def _thrusts_or_shares(cls, data: Any, info: ValidationInfo) -> Any:
        """A curve in a file has thrusts or, with an impulse, numbers that are scaled to it."""
        curve = items(data, "thrust_curve")
        if info.context is not FILE:
            return data
        plain = [
            k
            for k, point in enumerate(curve)
            if is_list(point) and len(point) == Pair and type(point[1]) in (int, float)
        ]
        if plain and len(plain) < len(curve):
            hint = "a curve has thrusts or, with impulse, relative ones: not both"
            raise refuse(Mistake(("thrust_curve", plain[0], 1), 'a thrust, as "1500 N"', hint))
        if plain and item(data, "impulse") is None:
            hint = "or impulse, which relative thrusts are scaled to"
            raise refuse(Mistake(("thrust_curve", plain[0], 1), 'a thrust, as "1500 N"', hint))
        return data

    @model_validator(mode="after")
    def _one_thrust(self) -> Self:
        """A constant thrust or a curve, and what is burnt for it."""
        mistakes: list[Mistake] = []
        if self.thrust_curve is None:
            if self.vacuum_thrust is None:
                mistakes.append(Mistake(("vacuum_thrust",), "required, or thrust_curve"))
            if self.impulse is not None:
                mistakes.append(Mistake(("impulse",), "thrust_curve and impulse together"))
            if (self.specific_impulse is None) == (self.flow is None):
                mistakes.append(Mistake((), "specific_impulse or flow, one of them"))
        else:
            if self.vacuum_thrust is not None:
                expected = "either vacuum_thrust or thrust_curve, not both"
                mistakes.append(Mistake(("thrust_curve",), expected))
            if self.flow is not None:
                hint = "the flow of a curve follows its thrust"
                mistakes.append(Mistake(("flow",), "specific_impulse, or neither", hint))
            if self.exit_area > 0.0 and self.full_flow_thrust is None:
                hint = "as the curve ends, back pressure would else be more than the thrust"
                mistakes.append(Mistake(("full_flow_thrust",), "required with exit_area", hint))
        if mistakes:
            raise refuse(*mistakes)
        return self

    @property
    def curve(self) -> list[tuple[float, float]]:
        """Time since ignition [s] and vacuum thrust [N], one point where it is constant."""
        if self.thrust_curve is None:
            assert self.vacuum_thrust is not None
            return [(0.0, self.vacuum_thrust)]
        held = _area(self.thrust_curve)
        scale = 1.0 if self.impulse is None else self.impulse / held
        return [(time, scale * thrust) for time, thrust in self.thrust_curve]

    @property
    def peak(self) -> float:
        """The largest vacuum thrust [N]."""
        return max(thrust for _, thrust in self.curve)

    @property
    def given(self) -> float:
        """Vacuum impulse of the thrust curve [N s]."""
        return _area(self.curve)

    def exhaust(self, load: float, given: float) -> float:
        """Vacuum thrust over flow [m/s]; else the curves give `given` [N s] by `load` [kg]."""
        if self.specific_impulse is not None:
            return self.specific_impulse * STANDARD_GRAVITY
        if self.flow is not None:
            return self.peak / self.flow
        return given / load


class BodyMotorSpec(BodyEngineSpec):
    """One of several motors of a body, or some that are alike, evenly around its x axis."""

    delay: CurveTime = Field(
        default=0.0, description="it is lit this long after the engine of its phase is on"
    )
    count: Annotated[int, Field(ge=1, le=MOST_MOTORS)] = Field(
        default=1,
        description="so many alike, each turned on about the x axis from position and gimbal",
    )

    @property
    @override
    def curve(self) -> list[tuple[float, float]]:
        """Time since the engine was on [s] and vacuum thrust [N] of one; nothing before its delay.

        A curve that begins at some thrust comes up to it within `_JUMP`.
        """
        own = super().curve
        if self.delay == 0.0:
            return own
        waits = [(0.0, 0.0)]
        if own[0][1] > 0.0:
            waits.append((self.delay - min(_JUMP, 0.5 * self.delay), 0.0))
        return waits + [(self.delay + time, thrust) for time, thrust in own]


def _area(curve: Sequence[tuple[float, float]]) -> float:
    """The integral of a curve of straight lines."""
    pairs = itertools.pairwise(curve)
    return sum(0.5 * (a + b) * (end - start) for (start, a), (end, b) in pairs)
