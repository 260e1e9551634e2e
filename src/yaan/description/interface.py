"""Where an entry starts, and how it moves."""

from typing import Literal, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.quantity import (
    EntryHeight,
    EntryRadius,
    EntrySpeed,
    Heading,
    Latitude,
    Longitude,
    Mistake,
    PathAngle,
    refuse,
)


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
