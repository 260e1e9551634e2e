"""Where a launch begins and what orbit it is to reach; who rides, and what must be left."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from yaan.description.block import Block
from yaan.description.body_shape import ORIGIN, Triple
from yaan.description.exactly import RANGE
from yaan.description.limits import LimitsSpec
from yaan.description.quantity import (
    Azimuth,
    Inclination,
    Latitude,
    Longitude,
    Mistake,
    Name,
    OrbitHeight,
    Propellant,
    Quantity,
    SiteHeight,
    check_rising,
    refuse,
)

_UNIT_TOLERANCE = 1e-3
_DEG = math.pi / 180.0

Recline = Annotated[float, Quantity("angle", "80 deg", low=0.0, high=110 * _DEG)]
Cant = Annotated[float, Quantity("angle", "10 deg", low=-45 * _DEG, high=45 * _DEG)]
Clocking = Annotated[float, Quantity("angle", "30 deg", low=-180 * _DEG, high=180 * _DEG)]
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


class CouchSpec(Block):
    """How one couch stands in the vehicle, whose axes are x forward, y right, z down.

    At 90 deg it lies on its back, chest forward and head up (towards -z), so that thrust presses
    the chest to the back; at 0 deg it sits upright on its seat, head forward.
    """

    recline: Recline = Field(
        default=math.pi / 2.0, description="of the back from the vehicle's x axis; 90 deg lies flat"
    )
    cant: Cant = Field(default=0.0, description="turn about the back, chest towards its left")
    clocking: Clocking = Field(
        default=0.0, description="turn about the vehicle's x axis, head from -z towards +y"
    )
    position: Triple = Field(
        default=ORIGIN, description="of the chest, structural axes: x forward, y right, z down"
    )


class CrewSpec(Block):
    """Who rides, for grading the loads."""

    condition: Literal["fresh", "deconditioned", "emergency"] = Field(
        default="fresh",
        description="fresh, deconditioned by weightlessness, or an emergency: an escape, in which "
        "injury is possible and survival intended",
    )
    return_condition: Literal["fresh", "deconditioned"] = Field(
        default="deconditioned", description="the same, on the way home"
    )
    seat: SeatSpec = Field(default_factory=SeatSpec, description="thrust axis in couch axes")
    couches: dict[Name, CouchSpec] = Field(
        default_factory=dict[str, CouchSpec],
        description="couches by name, each graded; left out, all sit as `seat` says",
    )
    limits: LimitsSpec | None = Field(
        default=None, description="limits of your own, over the packaged ones"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        """Couches say how they stand themselves."""
        if self.couches and "seat" in self.model_fields_set:
            raise refuse(
                Mistake(
                    ("seat",),
                    "either seat or couches, not both",
                    "`seat: null` takes away that of a base file",
                )
            )
        return self


class ReserveSpec(Block):
    """Propellant that must be left for the verdict to pass."""

    stage: str = Field(description="stage that keeps it")
    propellant: Propellant = Field(description="least propellant left at cut-off")
