"""Stations that look up at what flies: places on the ground, and what they see."""

import math
from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from yaan.description.block import Block
from yaan.description.quantity import (
    Accuracy,
    Latitude,
    Longitude,
    MaskAzimuth,
    MinimumElevation,
    MissionName,
    Mistake,
    SiteHeight,
    check_rising,
    refuse,
)

_TURN = 2.0 * math.pi


class MaskSpec(Block):
    """A horizon: straight between its points, on around through north."""

    azimuth: Annotated[list[MaskAzimuth], Field(min_length=1), AfterValidator(check_rising)] = (
        Field(description="azimuths of its points, rising, from 0 to less than 360 deg")
    )
    elevation: list[MinimumElevation] = Field(description="elevation at each of them")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One elevation for each azimuth, and no point twice around north."""
        if len(self.elevation) != len(self.azimuth):
            raise refuse(Mistake(("elevation",), f"{len(self.azimuth)}, one for each azimuth"))
        if self.azimuth[-1] >= _TURN:
            expected = "azimuths below 360 deg, which is 0 deg"
            raise refuse(Mistake(("azimuth", len(self.azimuth) - 1), expected))
        return self


class StationSpec(Block):
    """A station on the ground, or a ship that stays where it is."""

    name: MissionName = Field(description="name of the station")
    network: str = Field(default="", description="who runs it")
    latitude: Latitude = Field(description="geodetic latitude")
    longitude: Longitude = Field(description="longitude east")
    height: SiteHeight = Field(default=0.0, description="height above the ellipsoid")
    accuracy: Accuracy | None = Field(default=None, description="how far its place may be out")
    minimum_elevation: MinimumElevation = Field(
        default=math.radians(5.0), description="elevation from which on it tracks"
    )
    mask: MaskSpec | None = Field(
        default=None, description="its horizon; what is lower than either is not seen"
    )


def _named_once(stations: Sequence[StationSpec]) -> Sequence[StationSpec]:
    names = [station.name for station in stations]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise refuse(Mistake((i, "name"), "a name that no other station has"))
    return stations


Stations = Annotated[list[StationSpec], AfterValidator(_named_once)]
