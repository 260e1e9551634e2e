"""Navigation: what the vehicle believes of itself, and what its instruments are out by."""

import math
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from yaan.description.block import Block, or_word
from yaan.description.quantity import Mistake, Quantity, refuse

_DEG = math.pi / 180.0

Misalignment = Annotated[float, Quantity("angle", "20 arcsec", low=0.0, high=0.1)]
Drift = Annotated[float, Quantity("angular rate", "0.01 deg/h", low=0.0, high=1e-4)]
Bias = Annotated[float, Quantity("acceleration", "50 ug", low=0.0, high=0.1)]
PositionError = Annotated[float, Quantity("length", "10 m", low=0.0, high=1e4)]
SpeedError = Annotated[float, Quantity("speed", "0.1 m/s", low=0.0, high=100.0)]
FixError = Annotated[float, Quantity("length", "1 m", low=0.1, high=1e4)]
FixSpeedError = Annotated[float, Quantity("speed", "0.1 m/s", low=1e-3, high=100.0)]
FixPeriod = Annotated[float, Quantity("time", "1 s", low=0.01, high=1e4)]
Correlation = Annotated[float, Quantity("time", "120 s", low=1.0, high=1e5)]
BlackoutSpeed = Annotated[float, Quantity("speed", "3.5 km/s", low=0.0, high=20e3)]
BlackoutHeight = Annotated[float, Quantity("length", "90 km", low=-1e3, high=1e6)]


class NavigationSpec(Block):
    """What makes the estimates that guidance sees; every value is a standard deviation.

    `perfect` is the truth. `inertial` is a strapdown platform with satellites; what is left out
    has its usual value, which is assumed. The block is of the whole flight: before an entry the
    platform is aligned anew by stars and satellites.
    """

    model: Literal["perfect", "inertial"] = Field(
        default="inertial", description="perfect: the truth; inertial: instruments that err"
    )
    draw: int = Field(
        default=0,
        ge=0,
        le=2**31,
        description="which errors are drawn; 0: none, though the vehicle does not know it",
    )
    alignment_level: Misalignment | None = Field(
        default=None, description="tilt about east and north at the alignment"
    )
    alignment_azimuth: Misalignment | None = Field(
        default=None, description="tilt about the vertical at the alignment on the pad"
    )
    gyro_bias: Drift | None = Field(default=None, description="of each gyro")
    accelerometer_bias: Bias | None = Field(default=None, description="of each accelerometer")
    accelerometer_scale: Annotated[float, Field(ge=0.0, le=0.01)] | None = Field(
        default=None, description="error of scale, as a share of the specific force"
    )
    satellites: bool = Field(default=True, description="whether there are fixes by satellites")
    satellite_position: PositionError | None = Field(
        default=None, description="slow error of a fix, of each axis"
    )
    satellite_correlation: Correlation | None = Field(
        default=None, description="time in which the slow error forgets itself"
    )
    satellite_noise: FixError | None = Field(
        default=None, description="white error of a fix, of each axis"
    )
    satellite_velocity: FixSpeedError | None = Field(
        default=None, description="error of the velocity of a fix, of each axis"
    )
    satellite_period: FixPeriod | None = Field(default=None, description="between fixes")
    blackout_speed: BlackoutSpeed | None = Field(
        default=None, description="no fixes where it is faster than this through the air"
    )
    blackout_low: BlackoutHeight | None = Field(
        default=None, description="... and higher than this"
    )
    blackout_high: BlackoutHeight | None = Field(
        default=None, description="... and lower than this"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A perfect navigator has no errors; a blackout has a height."""
        told = sorted(self.errors)
        if self.model == "perfect" and (told or self.draw):
            at = told[0] if told else "draw"
            raise refuse(Mistake((at,), "nothing with model: perfect"))
        low, high = self.blackout_low, self.blackout_high
        if low is not None and high is not None and low > high:
            raise refuse(Mistake(("blackout_low",), "a height that is not above blackout_high"))
        return self

    @property
    def errors(self) -> dict[str, float]:
        """Values that the file has, by name [SI]."""
        own = set(NavigationSpec.model_fields) - set(Block.model_fields)
        own -= {"model", "draw", "satellites"}
        values = {name: getattr(self, name) for name in own}
        return {name: value for name, value in values.items() if value is not None}


Navigation = Annotated[
    NavigationSpec,
    BeforeValidator(or_word(("perfect", "inertial"), "model", "{model: .., draw: ..}")),
]
