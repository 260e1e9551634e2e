"""A file of kind `entry`: a capsule from given interface conditions down."""

from typing import Literal, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.craft import CapsuleSpec
from yaan.description.environment import EnvironmentSpec, world_mistakes
from yaan.description.ground import GroundSpec
from yaan.description.integration import IntegrationSpec
from yaan.description.landing import AimSpec, EntryPhaseSpec
from yaan.description.mission import CrewSpec
from yaan.description.quantity import (
    EntryHeight,
    EntryRadius,
    EntrySpeed,
    Heading,
    Latitude,
    Longitude,
    MissionName,
    Mistake,
    PastEpoch,
    PathAngle,
    refuse,
)
from yaan.description.steering import PublishedSpec


class InterfaceSpec(Block):
    """Where an entry starts, and how it moves.

    Inertial angles are against the plane across the radius, relative ones against the horizon of
    the ellipsoid.
    """

    radius: EntryRadius | None = Field(default=None, description="distance from the Earth's centre")
    height: EntryHeight | None = Field(default=None, description="geodetic height")
    latitude: Latitude = Field(description="latitude, of the kind that latitude_kind says")
    latitude_kind: Literal["geodetic", "geocentric"] = Field(
        default="geodetic", description="geodetic, or geocentric as declination is"
    )
    longitude: Longitude = Field(description="longitude east, at the epoch")
    speed: EntrySpeed = Field(description="speed, inertial or relative as velocity says")
    flight_path_angle: PathAngle = Field(description="above the horizontal, negative downwards")
    heading: Heading = Field(description="direction of the motion, clockwise from north")
    velocity: Literal["inertial", "relative"] = Field(
        default="inertial",
        description="speed and angles are inertial, or relative to the turning Earth",
    )

    @model_validator(mode="after")
    def _one_distance(self) -> Self:
        """A radius or a height."""
        if (self.radius is None) == (self.height is None):
            raise refuse(Mistake((), "radius or height, one of them"))
        return self


class EntryLandingSpec(Block):
    """Where an entry is meant to come down."""

    aim: AimSpec = Field(description="point that the bank is solved for, and misses are taken from")


class EntrySpec(Block):
    """A checked entry; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["entry"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    epoch: PastEpoch = Field(description='start of the entry, as "2027-01-18T02:30:00 UTC"')
    interface: InterfaceSpec = Field(description="where it starts, and how it moves")
    capsule: CapsuleSpec = Field(description="what enters")
    entry: EntryPhaseSpec = Field(description="how it is flown")
    landing: EntryLandingSpec | None = Field(default=None, description="where it should come down")
    ground: GroundSpec = Field(
        default_factory=GroundSpec, description="how high the ground lies, and what it is"
    )
    crew: CrewSpec | None = Field(default=None, description="crew; left out, no loads are graded")
    environment: EnvironmentSpec = Field(
        default_factory=EnvironmentSpec, description="gravity, air, wind, rotation"
    )
    integration: IntegrationSpec = Field(
        default_factory=IntegrationSpec, description="what the integration may be out by"
    )
    published: list[PublishedSpec] = Field(
        default_factory=list[PublishedSpec], description="figures to compare with"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Solving needs an aim; the rotation of the Earth is tabulated for the time of UTC."""
        mistakes: list[Mistake] = []
        if self.entry.bank.solve and self.landing is None:
            expected = "{constant: ANGLE} or {time: [..], angle: [..]}"
            mistakes.append(Mistake(("entry", "bank"), expected, "solve needs landing.aim"))
        mistakes += world_mistakes(self.environment, self.epoch)
        if mistakes:
            raise refuse(*mistakes)
        return self
