"""The whole mission: where, when, to what orbit, with what vehicle, in what world."""

import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from yaan.description.block import Block
from yaan.description.craft import SpacecraftSpec
from yaan.description.environment import EnvironmentSpec, world_mistakes
from yaan.description.exactly import RANGE
from yaan.description.integration import IntegrationSpec
from yaan.description.landing import DeorbitSpec, HomeEntrySpec, LandingSpec, OrbitSpec
from yaan.description.quantity import (
    Azimuth,
    Epoch,
    Inclination,
    Latitude,
    Longitude,
    MissionName,
    Mistake,
    OrbitHeight,
    Propellant,
    SiteHeight,
    Step,
    check_rising,
    refuse,
)
from yaan.description.steering import PhaseSpec, PublishedSpec, SteeringSpec
from yaan.description.vehicle import VehicleSpec

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


class LaunchSpec(Block):
    """Where and when."""

    site: SiteSpec = Field(description="launch pad")
    epoch: Epoch = Field(description='lift-off, as "2027-01-15T03:30:00 UTC"')
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


class MissionSpec(Block):
    """A checked mission; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["mission"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    launch: LaunchSpec = Field(description="where and when")
    target: TargetSpec = Field(description="orbit at cut-off")
    vehicle: VehicleSpec = Field(description="launcher and payload")
    spacecraft: SpacecraftSpec | None = Field(
        default=None, description="the payload as a craft of its own, to come home"
    )
    orbit: OrbitSpec | None = Field(default=None, description="orbit that is kept")
    landing: LandingSpec | None = Field(default=None, description="where and when to come down")
    deorbit: DeorbitSpec | None = Field(default=None, description="burn that brings it down")
    entry: HomeEntrySpec | None = Field(default=None, description="flight through the air")
    crew: CrewSpec | None = Field(default=None, description="crew; left out, no loads are graded")
    environment: EnvironmentSpec = Field(
        default_factory=EnvironmentSpec, description="gravity, air, wind, rotation"
    )
    step: Step = Field(default=0.25, description="integration step")
    reserve: ReserveSpec | None = Field(default=None, description="propellant that must be left")
    steering: SteeringSpec = Field(description="profiles")
    phases: list[PhaseSpec] = Field(min_length=1, description="phases, in the order of flight")
    integration: IntegrationSpec = Field(
        default_factory=IntegrationSpec, description="what the integration may be out by"
    )
    published: list[PublishedSpec] = Field(
        default_factory=list[PublishedSpec], description="figures to compare with"
    )

    @model_validator(mode="after")
    def _world_fits(self) -> Self:
        """The world has what the flight needs, and nothing that it does not feel."""
        mistakes = world_mistakes(self.environment, self.launch.epoch)
        if mistakes:
            raise refuse(*mistakes)
        return self
