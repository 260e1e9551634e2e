"""Force and moment coefficients of a body: numbers, or tables against angle and Mach number."""

import math
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from yaan.base.plain import is_list, is_mapping
from yaan.description.block import Block
from yaan.description.exactly import TRIPLE
from yaan.description.quantity import (
    BodyArea,
    BodyLength,
    Coordinate,
    Mistake,
    TableAngle,
    check_rising,
    refuse,
)

_LARGEST = 1e3  # of any coefficient
_NUMBER = f"a number from {-_LARGEST:g} to {_LARGEST:g}"


def _is_coefficient(value: Any) -> bool:
    return (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and abs(value) <= _LARGEST
    )


def _read_row(value: Any) -> list[float]:
    """The values at one angle: a number, or one for each Mach number."""
    if not is_list(value):
        if not _is_coefficient(value):
            raise refuse(Mistake((), _NUMBER))
        return [float(value)]
    wrong = [k for k, number in enumerate(value) if not _is_coefficient(number)]
    if wrong or not value:
        raise refuse(*(Mistake((k,), _NUMBER) for k in wrong or [0]))
    return [float(number) for number in value]


_ROW_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}}]}
)
TableRow = Annotated[list[float], PlainValidator(_read_row), _ROW_SCHEMA]
Machs = Annotated[
    list[Annotated[float, Field(ge=0.0, le=100.0)]],
    Field(min_length=2),
    AfterValidator(check_rising),
]
Angles = Annotated[list[TableAngle], Field(min_length=2), AfterValidator(check_rising)]


class CoefficientSpec(Block):
    """A coefficient: a number, or a table that is linear between its nodes.

    With angles only, `values` is a list with one number an angle; with Mach numbers only, one a
    Mach number; with both, a list of rows, one row an angle, one number a Mach number.
    """

    angle: Angles | None = Field(default=None, description="angles, rising")
    mach: Machs | None = Field(default=None, description="Mach numbers, rising")
    values: list[TableRow] = Field(description="values, one for each node")

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One value for each node."""
        mistakes: list[Mistake] = []
        rows, row = self.angle or self.mach, self.mach if self.angle is not None else None
        what = "angle" if self.angle is not None else "Mach number"
        if self._is_turned():
            expected = (
                f"{len(self.values[0])} rows, one for each angle, of {len(self.values)} values"
            )
            hint = "rows are Mach numbers here: they belong the other way round"
            raise refuse(Mistake(("values",), expected, hint))
        if rows is None:
            if len(self.values) != 1 or len(self.values[0]) != 1:
                mistakes.append(Mistake((), "a number, or a table with angle or mach"))
        elif len(self.values) != len(rows):
            expected = f"{len(rows)} values, one for each {what}, not {len(self.values)}"
            mistakes.append(Mistake(("values",), expected))
        size = 1 if row is None else len(row)
        words = "a number" if row is None else f"{size} values, one for each Mach number"
        mistakes += [
            Mistake(("values", k), words)
            for k, found in enumerate(self.values)
            if rows is not None and len(found) != size
        ]
        if mistakes:
            raise refuse(*mistakes)
        return self

    def _is_turned(self) -> bool:
        """Whether there is a row for each Mach number, with a value for each angle."""
        if self.angle is None or self.mach is None or len(self.angle) == len(self.mach):
            return False
        sizes = {len(row) for row in self.values}
        return len(self.values) == len(self.mach) and sizes == {len(self.angle)}

    @property
    def grid(self) -> list[list[float]]:
        """Values by angle, then by Mach number; one of either where there is no axis."""
        if self.angle is None and self.mach is not None:
            return [[row[0] for row in self.values]]
        return self.values


def _thrusting(drag: CoefficientSpec | None) -> list[Mistake]:
    """Where a drag is negative, addressed as it is written: a number, a list, or rows."""
    if drag is None:
        return []
    expected, hint = "0 or more", "a negative drag would push the body on"
    if drag.angle is None and drag.mach is None:
        return [Mistake(("drag",), expected, hint)] if drag.values[0][0] < 0.0 else []
    in_rows = drag.angle is not None and drag.mach is not None
    return [
        Mistake(("drag", "values", i, k) if in_rows else ("drag", "values", i), expected, hint)
        for i, row in enumerate(drag.values)
        for k, value in enumerate(row)
        if value < 0.0
    ]


def _read_coefficient(value: Any) -> Any:
    """A number is a table of one node."""
    if is_mapping(value):
        return value
    if not _is_coefficient(value):
        raise refuse(Mistake((), f"{_NUMBER}, or a table {{angle: [..], values: [..]}}"))
    return {"values": [value]}


Coefficient = Annotated[
    CoefficientSpec,
    BeforeValidator(_read_coefficient, json_schema_input_type=float | CoefficientSpec),
]


class DampingSpec(Block):
    """Change of the moment coefficients with the reduced rates p b / 2V, q c / 2V, r b / 2V."""

    roll: Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)] = Field(
        default=0.0, description="Clp; negative damps"
    )
    pitch: Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)] = Field(
        default=0.0, description="Cmq; negative damps"
    )
    yaw: Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)] = Field(
        default=0.0, description="Cnr; negative damps"
    )


class BodyAirSpec(Block):
    """Coefficients of a body free to turn: forces along and across the stream, moments on its axes.

    Positive lift is up, positive side force to the right; positive moments roll the right side
    down, pitch the nose up and yaw it to the right.
    """

    area: BodyArea = Field(description="reference area of all coefficients")
    span: BodyLength | None = Field(
        default=None, description="reference length of roll, yaw and their damping"
    )
    chord: BodyLength | None = Field(
        default=None, description="reference length of pitch and its damping"
    )
    symmetric: bool = Field(
        default=False,
        description="round about x: lift and pitch are against the total angle of attack, from "
        "0 deg on, in its plane; without side and yaw",
    )
    reference_point: Annotated[list[Coordinate], TRIPLE] | None = Field(
        default=None,
        description="moments are about it, structural axes; left out, the centre of mass",
    )
    drag: Coefficient | None = Field(
        default=None, description="against the total angle of attack, from 0 deg on"
    )
    lift: Coefficient | None = Field(default=None, description="against the angle of attack")
    side: Coefficient | None = Field(default=None, description="against the sideslip")
    roll: Coefficient | None = Field(default=None, description="moment against the sideslip")
    pitch: Coefficient | None = Field(
        default=None, description="moment against the angle of attack"
    )
    yaw: Coefficient | None = Field(default=None, description="moment against the sideslip")
    damping: DampingSpec = Field(
        default_factory=DampingSpec, description="moments by the rates of the body"
    )
    name: str = Field(default="", description="name of the table")

    @model_validator(mode="after")
    def _lengths_and_angles(self) -> Self:
        """Moments have their lengths; the total angle of attack is never negative."""
        mistakes: list[Mistake] = []
        for length, keys in (("chord", ("pitch",)), ("span", ("roll", "yaw"))):
            users = [key for key in keys if getattr(self, key) is not None]
            users += [f"damping.{key}" for key in keys if getattr(self.damping, key) != 0.0]
            if length == "span" and self.symmetric and self.chord is not None:
                continue  # that of all planes is the chord
            if getattr(self, length) is None and users:
                mistakes.append(Mistake((length,), "required", f"needed by {', '.join(users)}"))
        for key in ("drag", "lift", "pitch") if self.symmetric else ("drag",):
            table: CoefficientSpec | None = getattr(self, key)
            if table is not None and table.angle is not None and table.angle[0] < 0.0:
                expected = f"angles from 0 deg on: {key} is against the total angle of attack"
                mistakes.append(Mistake((key, "angle", 0), expected))
        if self.symmetric:
            given = [key for key in ("side", "roll", "yaw") if getattr(self, key) is not None]
            hint = "lift and pitch are those of every plane"
            mistakes += [Mistake((key,), "nothing with symmetric", hint) for key in given]
            if self.damping.yaw != 0.0:
                mistakes.append(Mistake(("damping", "yaw"), "nothing with symmetric", hint))
        mistakes += _thrusting(self.drag)
        if mistakes:
            raise refuse(*mistakes)
        return self
