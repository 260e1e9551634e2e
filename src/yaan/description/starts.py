"""Where a flight of phases begins: a pad, an orbit, a drop, a state, another run, a file."""

from typing import Literal, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.body import StartSpec
from yaan.description.interface import InterfaceSpec
from yaan.description.launch import PadSpec
from yaan.description.quantity import (
    Inclination,
    Latitude,
    Longitude,
    Mass,
    MissionTime,
    Mistake,
    OrbitHeight,
    Propellant,
    StartHeight,
    Turn,
    refuse,
)


class OrbitStartSpec(Block):
    """Osculating elements at the epoch, against the true equator of date.

    Heights are above 6378.137 km. At a circular orbit the argument of perigee and the true anomaly
    count together, from the node.
    """

    perigee: OrbitHeight = Field(description="perigee height above 6378.137 km")
    apogee: OrbitHeight = Field(description="apogee height above 6378.137 km")
    inclination: Inclination = Field(description="inclination")
    node: Turn = Field(default=0.0, description="right ascension of the ascending node")
    argument_of_perigee: Turn = Field(default=0.0, description="from the node")
    true_anomaly: Turn = Field(default=0.0, description="from the perigee")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """The perigee is the lower one."""
        if self.perigee > self.apogee:
            raise refuse(Mistake(("perigee",), "a perigee that is not above the apogee"))
        return self


class DropSpec(Block):
    """At rest at a height: let go from a helicopter, a crane or a balloon."""

    latitude: Latitude = Field(description="geodetic latitude")
    longitude: Longitude = Field(description="longitude east")
    height: StartHeight = Field(description="geodetic height")
    at_rest: Literal["ground", "air"] = Field(
        default="ground", description="against the ground, or carried by the wind as a balloon is"
    )


class RunStartSpec(Block):
    """An event of another run."""

    folder: str = Field(description="its run folder, a path from this file")
    at: str = Field(
        default="end", description="an event of its timeline that is not a peak, or end"
    )


class OriginSpec(Block):
    """Where a flight begins, by one of its keys, and what is in the tanks then."""

    pad: PadSpec | None = Field(default=None, description="on a launch pad")
    orbit: OrbitStartSpec | None = Field(default=None, description="in an orbit, by its elements")
    interface: InterfaceSpec | None = Field(default=None, description="above the air, going down")
    drop: DropSpec | None = Field(default=None, description="at rest in the air")
    state: StartSpec | None = Field(default=None, description="position and velocity")
    run: RunStartSpec | None = Field(
        default=None, description="an event of another run; it is replaced by the state there"
    )
    oem: str | None = Field(
        default=None,
        description="an ephemeris, a path from this file; replaced by the state there at `at`",
    )
    opm: str | None = Field(
        default=None, description="a file of one state, likewise; its mass is checked"
    )
    tle: str | None = Field(
        default=None, description="element sets of one craft, likewise, by SGP4"
    )
    at: str | None = Field(
        default=None,
        description="with oem or tle, a time in UTC; left out, the epoch, or that of the last set",
    )
    time: MissionTime | None = Field(
        default=None, description="of a state: since the epoch; left out, at the epoch"
    )
    mass: Mass | None = Field(
        default=None, description="what all aboard must weigh at the start; left out, not checked"
    )
    tanks: dict[str, Propellant] = Field(
        default_factory=dict,
        description="propellant of stages [kg] at the start; left out, they are full",
    )
    without: list[str] = Field(
        default_factory=list, description="stages and parts that are gone already"
    )

    @property
    def kinds(self) -> list[str]:
        """The keys that say where."""
        kinds = ("pad", "orbit", "interface", "drop", "state")
        return [kind for kind in kinds if getattr(self, kind) is not None]

    @model_validator(mode="after")
    def _one(self) -> Self:
        """It begins in one place."""
        if len(self.kinds) != 1:
            expected = "one of pad, orbit, interface, drop, state, run, oem, opm, tle"
            at = (self.kinds[1],) if self.kinds else ()
            raise refuse(Mistake(at, expected))
        if self.at is not None:
            raise refuse(Mistake(("at",), "nothing without oem, opm or tle"))
        if self.time is not None and self.state is None:
            raise refuse(Mistake(("time",), "nothing without state: time starts at the epoch"))
        return self
