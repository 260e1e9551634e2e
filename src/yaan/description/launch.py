"""Where a launch begins and what orbit it is to reach; who rides, and what must be left."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from yaan.description.block import Block
from yaan.description.exactly import RANGE
from yaan.description.quantity import (
    Azimuth,
    Inclination,
    Latitude,
    Longitude,
    Mistake,
    OrbitHeight,
    Propellant,
    SiteHeight,
    check_rising,
    refuse,
)

_UNIT_TOLERANCE = 1e-3

AzimuthLimits = Annotated[list[Azimuth], RANGE, AfterValidator(check_rising)]


class SiteSpec(Block):
    """A launch pad, on WGS 84."""

    name: str = Field(default="", description="name of the site")
    latitude: Latitude = Field(description="geodetic latitude")
    longitude: Longitude = Field(description="longitude east")
    height: SiteHeight = Field(default=0.0, description="height above the ellipsoid")
    azimuth_limits: AzimuthLimits | None = Field(
        default=None, description="[least, greatest] launch azimuth that range safety allows"
    )


class PadSpec(Block):
    """A start from the ground."""

    site: SiteSpec = Field(description="launch pad")
    hold_down: bool = Field(
        default=True,
        description="the pad holds the vehicle until thrust exceeds weight; "
        "false lets it go at ignition, as some studies do",
    )
    azimuth: Azimuth | None = Field(
        default=None,
        description="launch azimuth; if given, a yaw is solved; if left out, the azimuth is",
    )

    @model_validator(mode="after")
    def _azimuth_allowed(self) -> Self:
        """A given azimuth keeps to the limits of the site."""
        limits = self.site.azimuth_limits
        if limits is not None and self.azimuth is not None:
            low, high = limits
            if not low <= self.azimuth <= high:
                low_deg, high_deg = math.degrees(low), math.degrees(high)
                expected = (
                    f"an azimuth from {low_deg:g} deg to {high_deg:g} deg, the limits of the site"
                )
                raise refuse(Mistake(("azimuth",), expected, "see launch.site.azimuth_limits"))
        return self


class TargetSpec(Block):
    """The osculating orbit at cut-off; heights are above 6378.137 km."""

    perigee: OrbitHeight = Field(description="perigee height above 6378.137 km")
    apogee: OrbitHeight = Field(description="apogee height above 6378.137 km")
    inclination: Inclination = Field(description="inclination to the true equator of date")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """The perigee is the lower one."""
        if self.perigee > self.apogee:
            raise refuse(Mistake(("perigee",), "a perigee that is not above the apogee"))
        return self


class SeatSpec(Block):
    """Direction of the vehicle's thrust in couch axes (x: chest to back pushes, "eyeballs in")."""

    x: float = Field(default=1.0, ge=-1.0, le=1.0, description="component along +x")
    y: float = Field(default=0.0, ge=-1.0, le=1.0, description="component along +y")
    z: float = Field(default=0.0, ge=-1.0, le=1.0, description="component along +z")

    @model_validator(mode="after")
    def _unit(self) -> Self:
        """It is a direction."""
        length = math.hypot(self.x, self.y, self.z)
        if abs(length - 1.0) > _UNIT_TOLERANCE:
            raise refuse(Mistake((), f"x, y, z of length 1, not {length:.4g}"))
        return self


class CrewSpec(Block):
    """Who rides, for grading the loads."""

    condition: Literal["fresh", "deconditioned"] = Field(
        default="fresh", description="fresh, or deconditioned by weightlessness"
    )
    return_condition: Literal["fresh", "deconditioned"] = Field(
        default="deconditioned", description="the same, on the way home"
    )
    seat: SeatSpec = Field(default_factory=SeatSpec, description="thrust axis in couch axes")


class ReserveSpec(Block):
    """Propellant that must be left for the verdict to pass."""

    stage: str = Field(description="stage that keeps it")
    propellant: Propellant = Field(description="least propellant left at cut-off")
