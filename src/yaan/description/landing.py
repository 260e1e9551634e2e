"""The way home: the orbit that is kept, where to land, the deorbit burn, the entry."""

import itertools
import math
from typing import Annotated, Any, Literal, Self

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
from yaan.description.block import Block, Pair, Strict, mistakes_of
from yaan.description.environment import Wind
from yaan.description.exactly import RANGE
from yaan.description.ground import GroundSpec
from yaan.description.polygon import corners_mistake
from yaan.description.quantity import (
    AttitudeStep,
    Bank,
    BankSize,
    EntryAngle,
    EntryHeight,
    EntryTime,
    Floor,
    InterfaceHeight,
    Latitude,
    Longitude,
    MissionTime,
    Mistake,
    OrbitHeight,
    OrbitStep,
    RollRate,
    SpinRate,
    Step,
    Window,
    check_rising,
    refuse,
)


class CirculariseSpec(Block):
    """The burn that raises the perigee, near an apogee; two burns trim the apogee as well."""

    apogee: int = Field(
        ge=1, le=200, description="near which apogee, counted from the first after separation"
    )
    perigee: OrbitHeight = Field(description="perigee height to reach, above 6378.137 km")
    burns: Literal[1, 2] = Field(default=1, description="1, or 2 to trim the apogee too")
    apogee_height: OrbitHeight | None = Field(
        default=None, description="with two burns: apogee height; the perigee's if left out"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One burn leaves the apogee; two leave it above the perigee."""
        if self.apogee_height is None:
            return self
        if self.burns == 1:
            raise refuse(Mistake(("apogee_height",), "nothing with burns: 1", "write burns: 2"))
        if self.apogee_height < self.perigee:
            raise refuse(Mistake(("apogee_height",), "an apogee that is not below the perigee"))
        return self


PerigeeBand = Annotated[list[OrbitHeight], RANGE, AfterValidator(check_rising)]


class OrbitSpec(Block):
    """The orbit between separation and the deorbit burn."""

    circularise: CirculariseSpec = Field(description="the burn that raises the perigee")
    perigee_band: PerigeeBand | None = Field(
        default=None,
        description="[least, greatest] perigee height that the landing may choose; "
        "left out, the named one is flown",
    )
    step: OrbitStep = Field(default=60.0, description="integration step")

    @model_validator(mode="after")
    def _band_holds(self) -> Self:
        """The named perigee is one that may be chosen."""
        if self.perigee_band is not None:
            low, high = self.perigee_band
            if not low <= self.circularise.perigee <= high:
                expected = "a band that holds orbit.circularise.perigee"
                raise refuse(Mistake(("perigee_band",), expected))
        return self


def _read_corner(value: Any) -> Any:
    """YAML has lists only; a corner is a pair."""
    if isinstance(value, (list, tuple)) and len(value) == Pair:
        return tuple(value)
    raise refuse(Mistake((), 'a pair of latitude and longitude, as ["10 deg", "82 deg"]'))


Corner = Annotated[tuple[Latitude, Longitude], BeforeValidator(_read_corner)]


def _check_polygon(corners: list[tuple[float, float]]) -> list[tuple[float, float]]:
    mistake = corners_mistake(corners)
    if mistake is not None:
        raise refuse(mistake)
    return corners


Light = Literal["prefer", "require", "ignore", "night"]


class ZoneSpec(Block):
    """A landing zone on the ground."""

    name: str = Field(default="", description="name of the zone")
    polygon: Annotated[list[Corner], Field(min_length=3), AfterValidator(_check_polygon)] = Field(
        description="corners [latitude, longitude] in order, either way round; edges do not cross"
    )
    ground: GroundSpec = Field(
        default_factory=GroundSpec, description="how high it lies, and what it is: water or land"
    )


class AimSpec(Block):
    """A fixed point to come down at."""

    latitude: Latitude = Field(description="geodetic latitude")
    longitude: Longitude = Field(description="longitude east")


class LandingSpec(Block):
    """Where and when to come down."""

    zone: ZoneSpec = Field(description="landing zone")
    time: MissionTime = Field(description="wanted time of landing after lift-off")
    window: Window = Field(default=43_200.0, description="either side of that time")
    light: Light = Field(
        default="prefer",
        description="daylight is preferred, required, or not looked at; or night is required",
    )
    wind: Wind | None = Field(
        default=None, description="wind on the way home; left out, that of the environment"
    )
    aim: AimSpec | None = Field(
        default=None, description="fixed point; left out, one inside the zone is chosen"
    )

    @model_validator(mode="after")
    def _window_fits(self) -> Self:
        """The window opens after lift-off."""
        if self.window >= self.time:
            raise refuse(Mistake(("window",), "a window shorter than landing.time"))
        return self


class DeorbitSpec(Block):
    """The burn that brings the craft down, and the parting from the service module."""

    engines: int = Field(ge=1, le=40, description="engines that burn")
    entry_angle: EntryAngle = Field(
        description="inertial flight-path angle at the entry interface, below the horizontal"
    )
    separation_height: EntryHeight = Field(
        description="geodetic height at which the service module is left"
    )


class BankSpec(Strict):
    """Bank angle through the entry; positive turns the lift to the right of the motion."""

    solve: bool = Field(default=False, description="find one that comes down at the aim")
    constant: Bank | None = Field(default=None, description="one angle, all the way")
    time: Annotated[list[EntryTime], Field(min_length=1), AfterValidator(check_rising)] | None = (
        Field(default=None, description="since the start of the entry, rising")
    )
    angle: list[Bank] | None = Field(default=None, description="one for each time, linear between")
    spin: SpinRate | None = Field(
        default=None,
        description="rolls at this rate from lift up on, so that lift averages out; positive to "
        "the right",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One angle for each time."""
        if self.time is not None and self.angle is not None and len(self.time) != len(self.angle):
            raise refuse(Mistake(("angle",), f"{len(self.time)} angles, one for each time"))
        if self.spin == 0.0:
            hint = "without a spin lift does not average out; or {constant: ANGLE}"
            raise refuse(Mistake(("spin",), 'a rate other than 0, as "13 deg/s"', hint))
        return self


_BANK_KEYS = (["constant"], ["time", "angle"], ["spin"])
_BANK = "solve, {constant: ANGLE}, {spin: RATE}, or {time: [..], angle: [..]}"


def _read_bank(value: Any, info: ValidationInfo) -> BankSpec:
    """`solve`, `{constant: "60 deg"}`, `{spin: "13 deg/s"}`, or times and angles."""
    if value == "solve":
        return BankSpec(solve=True)
    if isinstance(value, BankSpec):
        return value
    if not is_mapping(value):
        hint = meant(value, ["solve"]) if isinstance(value, str) else ""
        raise refuse(Mistake((), _BANK, hint))
    known = [key for keys in _BANK_KEYS for key in keys]
    unknown = [key for key in value if key not in known]
    if unknown:
        raise refuse(Mistake((unknown[0],), _BANK, nearest(unknown[0], known)))
    if sorted(value) not in (sorted(keys) for keys in _BANK_KEYS):
        raise refuse(Mistake((), _BANK))
    try:
        return BankSpec.model_validate(value, context=info.context)
    except ValidationError as error:
        raise refuse(*mistakes_of(error)) from error


_TEXT = {"type": "string"}
_BANK_SCHEMA = {
    "anyOf": [
        {"const": "solve"},
        {
            "type": "object",
            "properties": {
                "constant": _TEXT,
                "spin": _TEXT,
                "time": {"type": "array", "items": _TEXT},
                "angle": {"type": "array", "items": _TEXT},
            },
            "additionalProperties": False,
        },
    ]
}
BankOrSolve = Annotated[BankSpec, BeforeValidator(_read_bank), WithJsonSchema(_BANK_SCHEMA)]


def _steps(values: list[float]) -> list[float]:
    return [b - a for a, b in itertools.pairwise(values)]


class EntryPhaseSpec(Block):
    """Flight through the air, steered by bank, down to the parachutes or to `floor`."""

    bank: BankOrSolve = Field(
        default_factory=lambda: BankSpec(solve=True),
        description="solve, {constant: ANGLE}, {spin: RATE}, or {time: [..], angle: [..]} from its "
        "start on",
    )
    nominal_bank: BankSize = Field(
        default=math.radians(60.0), description="size of the bank that an aim point is chosen for"
    )
    roll_rate: RollRate = Field(default=math.radians(15.0), description="rate of bank reversals")
    load_limit: float = Field(
        default=4.0, gt=0.0, le=100.0, description="greatest load, in standard gravities"
    )
    floor: Floor = Field(
        default=0.0, description="height at which the entry ends where there is no parachute"
    )
    step: Step = Field(default=0.5, description="integration step below 130 km")
    motion: Literal["point", "rigid"] = Field(
        default="point",
        description="point: at trim, as the bank says; rigid: a body that turns, held by a control",
    )
    attitude_step: AttitudeStep = Field(
        default=0.05, description="integration step of a rigid entry"
    )

    @model_validator(mode="after")
    def _rolls_in_time(self) -> Self:
        """A programme that a capsule is to follow turns no faster than it may."""
        time, angle, spin = self.bank.time, self.bank.angle, self.bank.spin
        if self.motion == "rigid" and spin is not None:
            expected = "nothing with motion: rigid, whose control holds a bank"
            raise refuse(Mistake(("bank", "spin"), expected))
        if self.motion == "point" or time is None or angle is None or len(time) != len(angle):
            return self
        most = self.roll_rate * (1.0 + 1e-9)
        for i, (span, turn) in enumerate(zip(_steps(time), _steps(angle), strict=True)):
            if abs(turn) > most * span:
                rate = f"{math.degrees(abs(turn) / span):.4g} deg/s"
                expected = "an angle reached at entry.roll_rate or slower, as motion is rigid"
                raise refuse(Mistake(("bank", "angle", i + 1), expected, f"it asks for {rate}"))
        return self


class ReturnEntrySpec(EntryPhaseSpec):
    """The entry that follows a deorbit; it starts where the interface is passed."""

    interface_height: InterfaceHeight = Field(
        default=120e3, description="geodetic height that is called the entry interface"
    )
