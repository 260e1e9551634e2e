"""The steering laws of a phase, by their words and tables."""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from yaan.base import meant, nearest
from yaan.base.plain import is_mapping
from yaan.description.block import Strict, mistakes_of
from yaan.description.quantity import (
    Azimuth,
    Elevation,
    Mistake,
    RailElevation,
    RailLength,
    TableAzimuth,
    TableTime,
    check_rising,
    refuse,
)

MOST_KNOTS = 2_000
"""Of a table: steps end on each of them."""

Word = Literal[
    "vertical",
    "pitch_over",
    "pitch_hold",
    "gravity_turn",
    "weathercock",
    "prograde",
    "retrograde",
    "coast",
]
Law = Literal[Word, "programme", "attitude", "flight_path", "fixed", "rail"]

_WORDS: tuple[Word, ...] = get_args(Word)
_TEXT: dict[str, Any] = {"type": "string"}
_TIMES = Annotated[
    list[TableTime], Field(min_length=1, max_length=MOST_KNOTS), AfterValidator(check_rising)
]


class _TableSpec(Strict):
    """Angles against time, linear between, held beyond the ends."""

    time: _TIMES = Field(description="since the flight began, rising")
    azimuth: list[TableAzimuth] | None = Field(
        default=None,
        description="clockwise from north, one for each time; that of the motion if left out",
    )
    since: Literal["start", "phase"] = Field(
        default="start", description="what times count from: the start of the flight, or the phase"
    )

    def misfits(self, key: str, angles: list[float]) -> list[Mistake]:
        """What has not one value for each time."""
        size = len(self.time)
        given = {key: angles, "azimuth": self.time if self.azimuth is None else self.azimuth}
        return [
            Mistake((name,), f"{size} angles, one for each time")
            for name, values in given.items()
            if len(values) != size
        ]


class AttitudeTableSpec(_TableSpec):
    """Where the axis points, by table: the replay of a measured attitude."""

    pitch: list[Elevation] = Field(description="of the axis above the local geodetic horizon")

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One angle for each time."""
        mistakes = self.misfits("pitch", self.pitch)
        if mistakes:
            raise refuse(*mistakes)
        return self


class FlightPathSpec(_TableSpec):
    """The path that the axis is put along, by table: the replay of a measured flight path."""

    angle: list[Elevation] = Field(
        description="flight-path angle against the turning Earth, above the geodetic horizon"
    )

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One angle for each time."""
        mistakes = self.misfits("angle", self.angle)
        if mistakes:
            raise refuse(*mistakes)
        return self


class FixedSpec(Strict):
    """A direction that is taken as the phase begins, and held in space."""

    elevation: Elevation = Field(description="above the local geodetic horizon, at its start")
    azimuth: Azimuth = Field(description="clockwise from north, at its start")


class RailSpec(Strict):
    """A launch rail, fixed to the Earth; without friction."""

    length: RailLength = Field(description="that the vehicle slides along it")
    elevation: RailElevation = Field(description="above the horizon")
    azimuth: Azimuth = Field(description="clockwise from north")


class SteerSpec(Strict):
    """A steering law; the key of its name holds what it needs, if it needs something."""

    law: Law
    programme: str | None = None
    attitude: AttitudeTableSpec | None = None
    flight_path: FlightPathSpec | None = None
    fixed: FixedSpec | None = None
    rail: RailSpec | None = None


_KEYS = {
    "programme": "{programme: NAME}",
    "attitude": "{attitude: {time: [..], pitch: [..]}}",
    "flight_path": "{flight_path: {time: [..], angle: [..]}}",
    "fixed": "{fixed: {elevation: .., azimuth: ..}}",
    "rail": "{rail: {length: .., elevation: .., azimuth: ..}}",
}


def _read_steer(value: Any, info: ValidationInfo) -> SteerSpec:
    """`gravity_turn`, `{programme: NAME}`, or the mapping of another law."""
    expected = f"one of {', '.join(_WORDS)}, {', '.join(_KEYS.values())}"
    if isinstance(value, SteerSpec):
        return value
    if isinstance(value, str):
        if value in _WORDS:
            return SteerSpec(law=value)
        raise refuse(Mistake((), expected, meant(value, list(_WORDS))))
    if not is_mapping(value) or len(value) == 0:
        raise refuse(Mistake((), expected))
    unknown = next((key for key in value if key not in _KEYS), None)
    if unknown is not None:
        raise refuse(Mistake((unknown,), expected, nearest(unknown, list(_KEYS))))
    (key, *more) = value
    if more:
        raise refuse(Mistake((more[0],), f"one law; {key} is given"))
    if key == "programme" and not isinstance(value[key], str):
        raise refuse(Mistake(("programme",), "the name of a programme"))
    try:
        return SteerSpec.model_validate({"law": key, **value}, context=info.context)
    except ValidationError as error:
        raise refuse(*mistakes_of(error)) from error


def _object(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _by_time(angle: str) -> dict[str, Any]:
    texts = {"type": "array", "items": _TEXT}
    named = {angle: texts}
    return _object(
        ("time", angle),
        time=texts,
        azimuth=texts,
        since={"enum": ["start", "phase"]},
        **named,
    )


_STEER_SCHEMA = {
    "anyOf": [
        {"enum": list(_WORDS)},
        _object(("programme",), programme=_TEXT),
        _object(("attitude",), attitude=_by_time("pitch")),
        _object(("flight_path",), flight_path=_by_time("angle")),
        _object(
            ("fixed",), fixed=_object(("elevation", "azimuth"), elevation=_TEXT, azimuth=_TEXT)
        ),
        _object(
            ("rail",),
            rail=_object(
                ("length", "elevation", "azimuth"), length=_TEXT, elevation=_TEXT, azimuth=_TEXT
            ),
        ),
    ]
}

Steer = Annotated[SteerSpec, BeforeValidator(_read_steer), WithJsonSchema(_STEER_SCHEMA)]
