"""What comes home: the spacecraft, its service module, the capsule and its force coefficients."""

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from yaan.mission.spec.block import Block
from yaan.mission.spec.parachutes import ParachutesSpec
from yaan.mission.spec.quantity import (
    Attack,
    Diameter,
    DragArea,
    Mass,
    Mistake,
    Propellant,
    SpecificImpulse,
    Thrust,
    refuse,
)
from yaan.mission.spec.vehicle import MachGrid


class TrimSpec(Block):
    """Force coefficients of a capsule at its trim angle, by Mach number; flat beyond the ends."""

    name: str = Field(default="", description="name of the table")
    mach: MachGrid = Field(description="Mach numbers, rising")
    angle_of_attack: list[Attack] = Field(
        description="trim angle of attack, 180 deg with the heat shield straight ahead"
    )
    lift: list[Annotated[float, Field(ge=-10.0, le=10.0)]] = Field(
        description="lift coefficient on the disc of the heat shield"
    )
    drag: list[Annotated[float, Field(gt=0.0, le=10.0)]] = Field(
        description="drag coefficient on the disc of the heat shield"
    )
    lift_scale: float = Field(default=1.0, ge=0.0, le=10.0, description="factor on every lift")
    drag_scale: float = Field(default=1.0, gt=0.0, le=10.0, description="factor on every drag")

    @model_validator(mode="after")
    def _lengths_fit(self) -> Self:
        """One value for each Mach number."""
        size = len(self.mach)
        mistakes = [
            Mistake((key,), f"{size} values, one for each Mach number")
            for key in ("angle_of_attack", "lift", "drag")
            if len(getattr(self, key)) != size
        ]
        if mistakes:
            raise refuse(*mistakes)
        return self


class CapsuleSpec(Block):
    """What enters the air: a body of revolution that flies heat shield first."""

    name: str = Field(default="", description="name of the capsule")
    mass: Mass = Field(description="mass at entry")
    diameter: Diameter = Field(description="of the heat shield; its disc is the reference area")
    nose_radius: Diameter = Field(description="radius of curvature at the stagnation point")
    emissivity: float = Field(gt=0.0, le=1.0, description="of the heat shield, for its temperature")
    aerodynamics: TrimSpec = Field(description="force coefficients at trim")
    parachutes: ParachutesSpec | None = Field(
        default=None, description="the parachutes; left out, the flight ends with the entry"
    )

    @property
    def area(self) -> float:
        """Reference area [m^2]: the disc of the heat shield."""
        return 0.25 * math.pi * self.diameter**2


class ThrusterSpec(Block):
    """One engine of the service module, in vacuum."""

    name: str = Field(default="", description="name of the engine")
    thrust: Thrust = Field(description="thrust")
    isp: SpecificImpulse = Field(description="specific impulse")


class ServiceModuleSpec(Block):
    """What burns, and leaves before the entry; its dry mass is what the payload's mass leaves."""

    propellant: Propellant = Field(description="usable propellant at separation from the launcher")
    engine: ThrusterSpec = Field(description="one engine")
    engines: int = Field(ge=1, le=40, description="how many of them")


class SpacecraftSpec(Block):
    """The payload as a craft of its own: what it is in orbit, and what of it comes home."""

    name: str = Field(default="", description="name of the spacecraft")
    drag_area: DragArea = Field(description="cross section in orbit")
    drag_coefficient: float = Field(ge=0.0, le=10.0, description="drag coefficient on drag_area")
    service_module: ServiceModuleSpec = Field(description="engines and propellant")
    capsule: CapsuleSpec = Field(description="what comes home")
