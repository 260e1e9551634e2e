"""Quantities of the mission file: texts with units and physical bounds, read to SI floats.

`Mass`, `Duration` and the others are `float` to the type checker. In a file they are texts such
as "205 t", and a bare number is refused; where a program gives a number it is in SI. Bounds are
physical, wide enough for any launcher, tight enough to catch a slip of a thousand.
"""

import itertools
import math
import operator
import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Final, NamedTuple

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from yaan.base import UNITS, UnitError, describe, format_quantity, parse

FILE: Final = MappingProxyType({"from": "a file"})
"""The context of what is read from a file: there a quantity is a text with its unit."""


class Mistake(NamedTuple):
    """A mistake at an address; the value is looked up in the tree, where it is as written.

    Attributes:
        at: address, from the root or from the block that is being checked.
        expected: what belongs there.
        hint: the nearest valid name, or what to do.
    """

    at: tuple[str | int, ...]
    expected: str
    hint: str = ""


def refuse(*mistakes: Mistake) -> PydanticCustomError:
    """The error that a validator raises for one or more mistakes, addressed from its block."""
    text = "; ".join(
        f"{'.'.join(map(str, one.at))}: expected {one.expected}".removeprefix(": ")
        + (f" ({one.hint})" if one.hint else "")
        for one in mistakes
    )
    # A template's braces are filled from the context, so the text goes there.
    return PydanticCustomError("yaan", "{text}", {"mistakes": list(mistakes), "text": text})


@dataclass(frozen=True, slots=True)
class Quantity:
    """Reads one quantity within its bounds.

    Attributes:
        dimension: a dimension of `yaan.base.units`.
        example: how it is written, quoted in messages; its unit is used for the bounds.
        low: least value allowed [SI].
        high: greatest value allowed [SI].
        above: the value must be greater than this [SI].
    """

    dimension: str
    example: str
    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf

    def read(self, value: Any, info: ValidationInfo) -> float:
        """Text to SI float; a number, which a file may not have, is one already.

        Raises:
            PydanticCustomError: no quantity of this dimension, or out of bounds.
        """
        if info.context is not FILE and type(value) in (int, float) and math.isfinite(value):
            number = float(value)
        else:
            try:
                number = parse(value, self.dimension, self._unit)
            except UnitError as error:
                raise refuse(Mistake((), self.describe(), error.problems[0].hint)) from error
        if not (self.low <= number <= self.high and number > self.above):
            raise refuse(Mistake((), self.describe()))
        return number

    def describe(self) -> str:
        """What belongs there, as: a mass above 0 t and up to 10000 t, as "205 t"."""
        what = describe(self.dimension, listed=False)
        return f'{what}{self._bounds()}, as "{self.example}"'

    @property
    def _unit(self) -> str:
        """The unit of the example; bounds and hints are written in it."""
        return self.example.split(" ", 1)[1]

    def _bounds(self) -> str:
        unit = self._unit
        low, high = (format_quantity(bound, unit, digits=6) for bound in (self.low, self.high))
        if math.isfinite(self.above):
            above = f" above {format_quantity(self.above, unit, digits=6)}"
            return f"{above} and up to {high}" if math.isfinite(self.high) else above
        if math.isfinite(self.low):
            return f" from {low} to {high}" if math.isfinite(self.high) else f" from {low} up"
        return f" up to {high}" if math.isfinite(self.high) else ""

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Replace the schema of the float: the file holds a text."""
        del source, handler
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A text with one of the units of the dimension, for editors."""
        del schema, handler
        plain = (re.escape(unit).replace("\\ ", " ") for unit in UNITS[self.dimension])
        units = "|".join(re.sub("([23])$", r"\^?\1", unit) for unit in plain)
        number = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
        return {
            "type": "string",
            "pattern": f"^ *{number} *({units}) *$",
            "examples": [self.example],
            "description": self.describe(),
        }


_DEG: Final = math.pi / 180.0  # [rad]

Mass = Annotated[float, Quantity("mass", "205 t", above=0.0, high=1e7)]
Propellant = Annotated[float, Quantity("mass", "0.5 t", low=0.0, high=1e7)]
Thrust = Annotated[float, Quantity("force", "841 kN", above=0.0, high=1e9)]
SpecificImpulse = Annotated[float, Quantity("time", "442 s", low=50.0, high=1000.0)]
TotalImpulse = Annotated[float, Quantity("impulse", "552 MN s", above=0.0, high=1e12)]
ExitArea = Annotated[float, Quantity("area", "7.4 m2", low=0.0, high=100.0)]
ReferenceArea = Annotated[float, Quantity("area", "12.57 m2", above=0.0, high=1000.0)]
Duration = Annotated[float, Quantity("time", "15 s", above=0.0, high=86400.0)]
Delay = Annotated[float, Quantity("time", "3 s", low=0.0, high=100.0)]
CurveTime = Annotated[float, Quantity("time", "20 s", low=0.0, high=3600.0)]
Step = Annotated[float, Quantity("time", "0.5 s", low=1e-3, high=10.0)]
Angle = Annotated[float, Quantity("angle", "30 deg", low=-180 * _DEG, high=180 * _DEG)]
Azimuth = Annotated[float, Quantity("angle", "107 deg", low=0.0, high=360 * _DEG)]
Inclination = Annotated[float, Quantity("angle", "51.5 deg", low=0.0, high=180 * _DEG)]
Latitude = Annotated[float, Quantity("angle", "13.72 deg", low=-90 * _DEG, high=90 * _DEG)]
Longitude = Annotated[float, Quantity("angle", "80.23 deg", low=-180 * _DEG, high=360 * _DEG)]
Kick = Annotated[float, Quantity("angle", "7.31 deg", above=0.0, high=60 * _DEG)]
Yaw = Annotated[float, Quantity("angle", "1.7 deg", low=-90 * _DEG, high=90 * _DEG)]
Attack = Annotated[float, Quantity("angle", "5 deg", low=0.0, high=180 * _DEG)]
ClimbAngle = Annotated[float, Quantity("angle", "2 deg", low=-90 * _DEG, high=90 * _DEG)]
SiteHeight = Annotated[float, Quantity("length", "90 m", low=-500.0, high=9000.0)]
Height = Annotated[float, Quantity("length", "62.3 km", low=0.0, high=1e9)]
OrbitHeight = Annotated[float, Quantity("length", "170 km", low=80e3, high=1e9)]
WindHeight = Annotated[float, Quantity("length", "10 km", low=-1000.0, high=1e6)]
WindSpeed = Annotated[float, Quantity("speed", "10 m/s", low=-300.0, high=300.0)]
HeatFlux = Annotated[float, Quantity("heat flux", "1135 W/m2", above=0.0, high=1e9)]
DynamicPressure = Annotated[float, Quantity("pressure", "10 Pa", above=0.0, high=1e6)]
BallisticCoefficient = Annotated[float, Quantity("mass per area", "400 kg/m2", above=0.0, high=1e6)]
DragArea = Annotated[float, Quantity("area", "12 m2", low=0.0, high=1e4)]
Diameter = Annotated[float, Quantity("length", "3.5 m", above=0.0, high=200.0)]
MissionTime = Annotated[float, Quantity("time", "72 h", above=0.0, high=60 * 86400.0)]
Window = Annotated[float, Quantity("time", "12 h", low=0.0, high=30 * 86400.0)]
OrbitStep = Annotated[float, Quantity("time", "60 s", low=0.1, high=300.0)]
EntryAngle = Annotated[float, Quantity("angle", "-1.4 deg", low=-10 * _DEG, high=-0.1 * _DEG)]
PathAngle = Annotated[float, Quantity("angle", "-6.5 deg", low=-90 * _DEG, high=90 * _DEG)]
Heading = Annotated[float, Quantity("angle", "72 deg", low=-180 * _DEG, high=360 * _DEG)]
Bank = Annotated[float, Quantity("angle", "60 deg", low=-360 * _DEG, high=360 * _DEG)]
BankSize = Annotated[float, Quantity("angle", "60 deg", low=0.0, high=180 * _DEG)]
RollRate = Annotated[float, Quantity("angular rate", "15 deg/s", above=0.0, high=180 * _DEG)]
SpinRate = Annotated[float, Quantity("angular rate", "13 deg/s", low=-180 * _DEG, high=180 * _DEG)]
RollAcceleration = Annotated[
    float, Quantity("angular acceleration", "2.5 deg/s2", above=0.0, high=1e4 * _DEG)
]
ControlFrequency = Annotated[float, Quantity("angular rate", "1.2 rad/s", above=0.0, high=100.0)]
ControlMoment = Annotated[float, Quantity("torque", "300 N m", low=0.0, high=1e7)]
AttitudeStep = Annotated[float, Quantity("time", "0.05 s", low=1e-3, high=1.0)]
PulseWidth = Annotated[float, Quantity("time", "0.02 s", low=1e-4, high=1.0)]
PulsePeriod = Annotated[float, Quantity("time", "0.1 s", low=1e-2, high=1.0)]
DeadAngle = Annotated[float, Quantity("angle", "0.5 deg", low=0.0, high=30 * _DEG)]
DeadRate = Annotated[float, Quantity("angular rate", "0.2 deg/s", low=0.0, high=10 * _DEG)]
ControlPeriod = Annotated[float, Quantity("time", "0.04 s", low=1e-3, high=0.05)]
ActuatorLag = Annotated[float, Quantity("time", "0.05 s", low=0.02, high=2.0)]
Misalignment = Annotated[float, Quantity("angle", "0.25 deg", low=-5 * _DEG, high=5 * _DEG)]
RingRadius = Annotated[float, Quantity("length", "1.2 m", low=0.0, high=100.0)]
EntryHeight = Annotated[float, Quantity("length", "120 km", low=50e3, high=1000e3)]
InterfaceHeight = Annotated[float, Quantity("length", "120 km", low=90e3, high=1000e3)]
EntryTime = Annotated[float, Quantity("time", "90 s", low=0.0, high=86400.0)]
EntryRadius = Annotated[float, Quantity("length", "6498.27 km", low=6.36e6, high=8e6)]
Speed = Annotated[float, Quantity("speed", "250 m/s", above=0.0, high=20e3)]
ApsisHeight = Annotated[float, Quantity("length", "200 km", low=-6378e3, high=1e9)]
LoadLimit = Annotated[float, Quantity("acceleration", "3.5 g0", low=0.980665, high=980.665)]
Elevation = Annotated[float, Quantity("angle", "84 deg", low=-90 * _DEG, high=90 * _DEG)]
RailElevation = Annotated[float, Quantity("angle", "84 deg", low=45 * _DEG, high=90 * _DEG)]
RailLength = Annotated[float, Quantity("length", "12 m", above=0.0, high=1000.0)]
TableAzimuth = Annotated[float, Quantity("angle", "107 deg", low=-360 * _DEG, high=720 * _DEG)]
TableTime = Annotated[float, Quantity("time", "20 s", low=0.0, high=30 * 86400.0)]
EntrySpeed = Annotated[float, Quantity("speed", "7.9 km/s", above=0.0, high=20e3)]
Floor = Annotated[float, Quantity("length", "7 km", low=-500.0, high=200e3)]
DeployHeight = Annotated[float, Quantity("length", "7 km", above=0.0, high=60e3)]
DeploySpeed = Annotated[float, Quantity("speed", "190 m/s", above=0.0, high=5e3)]
DeployDelay = Annotated[float, Quantity("time", "2 s", low=0.0, high=3600.0)]
BoxHeight = Annotated[float, Quantity("length", "3 km", low=-500.0, high=60e3)]
TouchdownSpeed = Annotated[float, Quantity("speed", "9.7 m/s", above=0.0, high=100.0)]
BoxPressure = Annotated[float, Quantity("pressure", "12 kPa", low=0.0, high=1e6)]
BodyMass = Annotated[float, Quantity("mass", "12 kg", above=0.0, high=1e7)]
Coordinate = Annotated[float, Quantity("length", "0.2 m", low=-1e4, high=1e4)]
Moment = Annotated[float, Quantity("moment of inertia", "12 kg m2", above=0.0, high=1e15)]
Product = Annotated[float, Quantity("moment of inertia", "0 kg m2", low=-1e15, high=1e15)]
BodyArea = Annotated[float, Quantity("area", "12 m2", above=0.0, high=1e5)]
BodyLength = Annotated[float, Quantity("length", "3.5 m", above=0.0, high=1e4)]
TableAngle = Annotated[float, Quantity("angle", "10 deg", low=-180 * _DEG, high=180 * _DEG)]
Gimbal = Annotated[float, Quantity("angle", "2 deg", low=-90 * _DEG, high=90 * _DEG)]
TurnRange = Annotated[float, Quantity("angle", "6 deg", above=0.0, high=45 * _DEG)]
TurnRate = Annotated[float, Quantity("angular rate", "20 deg/s", above=0.0, high=360 * _DEG)]
TailImpulse = Annotated[float, Quantity("impulse", "40 kN s", low=0.0, high=1e9)]
MassFlow = Annotated[float, Quantity("mass flow", "300 kg/s", above=0.0, high=1e6)]
ChamberPressure = Annotated[float, Quantity("pressure", "6 MPa", above=0.0, high=1e8)]
ExitPressure = Annotated[float, Quantity("pressure", "5 kPa", above=0.0, high=1e7)]
StartHeight = Annotated[float, Quantity("length", "9 km", low=-500.0, high=1e9)]
Place = Annotated[float, Quantity("length", "6778 km", low=-1e9, high=1e9)]
Velocity = Annotated[float, Quantity("speed", "10 m/s", low=-1e5, high=1e5)]
Turn = Annotated[float, Quantity("angle", "30 deg", low=-360 * _DEG, high=360 * _DEG)]
Nod = Annotated[float, Quantity("angle", "10 deg", low=-90 * _DEG, high=90 * _DEG)]
BodyRate = Annotated[float, Quantity("angular rate", "10 deg/s", low=-1e5 * _DEG, high=1e5 * _DEG)]
FlightTime = Annotated[float, Quantity("time", "30 s", above=0.0, high=30 * 86400.0)]
PulseTime = Annotated[float, Quantity("time", "1000 s", low=0.0, high=30 * 86400.0)]
BodyStep = Annotated[float, Quantity("time", "0.02 s", low=1e-4, high=300.0)]
Push = Annotated[float, Quantity("force", "20 N", low=-1e9, high=1e9)]
Torque = Annotated[float, Quantity("torque", "0.5 N m", low=-1e9, high=1e9)]


MinimumElevation = Annotated[float, Quantity("angle", "5 deg", low=-10 * _DEG, high=90 * _DEG)]
MaskAzimuth = Annotated[float, Quantity("angle", "120 deg", low=0.0, high=360 * _DEG)]
Accuracy = Annotated[float, Quantity("length", "1 km", low=0.0, high=1e7)]


def parsed(value: Any, dimension: str) -> float | None:
    """A quantity in SI, or None where there is none or it is wrong, which the models tell."""
    try:
        return parse(value, dimension)
    except UnitError:
        return None


_EPOCH: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})? UTC"
)
FIRST_YEAR, _LAST_YEAR = 1972, 2100
_MONTHS, _HOURS, _LEAP = 12, 24, 60
_LAST_MINUTE: Final = (23, 59)
_FIRST_CAPSULE: Final = 1960  # UTC begins; no capsule had come back before


def read_epoch(text: str, first: int = FIRST_YEAR) -> str:
    """Check an epoch; it stays text, since only `spacetime` knows of leap seconds.

    Raises:
        PydanticCustomError: another form, no such instant, or out of `first` to 2100.
    """
    match = _EPOCH.fullmatch(text)
    expected = f'a UTC time from {first} to {_LAST_YEAR}, as "2027-01-15T03:30:00 UTC"'
    if match is None:
        raise refuse(Mistake((), expected))
    year, month, day, hour, minute, second = map(int, match.groups())
    if not (1 <= month <= _MONTHS and 1 <= day <= monthrange(max(year, 1), month)[1]):
        raise refuse(Mistake((), expected, "the calendar has no such day"))
    if not first <= year <= _LAST_YEAR:
        raise refuse(Mistake((), expected))
    if second == _LEAP and (hour, minute) == _LAST_MINUTE:
        if not _ends_in_leap_second(year, month, day):
            raise refuse(Mistake((), expected, "no leap second was inserted on that day"))
    elif not (hour < _HOURS and minute < _LEAP and second < _LEAP):
        raise refuse(Mistake((), expected, "the clock has no such time"))
    return text


def _ends_in_leap_second(year: int, month: int, day: int) -> bool:
    # Here and not above: to check is to load no array library, and the table comes with one.
    from yaan.spacetime.time import ends_in_leap_second

    return ends_in_leap_second(year, month, day)


def _read_epoch(text: str) -> str:
    return read_epoch(text)


def _read_past_epoch(text: str) -> str:
    return read_epoch(text, _FIRST_CAPSULE)


Epoch = Annotated[str, AfterValidator(_read_epoch)]
PastEpoch = Annotated[str, AfterValidator(_read_past_epoch)]
Name = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60),
]
MissionName = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=80),
]


def rising(values: Sequence[float]) -> int | None:
    """Index of the first value that is not greater than the one before it; None if all rise."""
    if all(map(operator.gt, values[1:], values)):  # the quick way of almost all
        return None
    pairs = itertools.pairwise(values)
    return next((i for i, (a, b) in enumerate(pairs, 1) if not b > a), None)


def check_rising(values: list[float]) -> list[float]:
    """Refuse a grid that does not rise.

    Raises:
        PydanticCustomError: at the first value that does not.
    """
    index = rising(values)
    if index is not None:
        raise refuse(Mistake((index,), "a value greater than the one before it"))
    return values


MachGrid = Annotated[
    list[Annotated[float, Field(ge=0.0, le=100.0)]],
    Field(min_length=2),
    AfterValidator(check_rising),
]
"""Mach numbers, rising."""
