"""What an escape does with the service module: burns, an orbit, once around, the way home."""

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from yaan.base.constants import STANDARD_GRAVITY
from yaan.description.block import Block
from yaan.description.landing import ZoneSpec
from yaan.description.quantity import (
    Bank,
    DragArea,
    Duration,
    Height,
    Mass,
    Mistake,
    Nod,
    OrbitHeight,
    Propellant,
    Quantity,
    SpecificImpulse,
    Thrust,
    Velocity,
    refuse,
)

EntryAngle = Annotated[
    float, Quantity("angle", "-1.4 deg", low=math.radians(-10.0), high=math.radians(-0.5))
]

FromCoast = Annotated[float, Quantity("length", "50 km", low=5e3, high=2_000e3)]
Inside = Annotated[float, Quantity("length", "40 km", low=0.0, high=1_000e3)]

_SPARE = 1.0 + 1e-6  # of what propellant gives: a figure that is copied from a report is rounded


class ServiceModuleEscapeSpec(Block):
    """What burns for an escape where there is no tower, and leaves before the entry."""

    dry_mass: Mass = Field(description="mass without propellant")
    propellant: Propellant = Field(description="usable propellant")
    thrust: Thrust = Field(description="of all engines that burn in an escape, together, in vacuum")
    isp: SpecificImpulse = Field(description="vacuum specific impulse")
    longest_burn: Duration = Field(default=350.0, description="longest burn")
    drag_area: DragArea = Field(default=0.0, description="cross section, of module and capsule")
    drag_coefficient: float = Field(
        default=2.2, ge=0.0, le=10.0, description="drag coefficient on drag_area"
    )
    separation_height: Height = Field(
        default=100e3,
        description="a burn that comes down to it ends there, and the module is left",
    )

    def gained(self, carried: float, burnt: float) -> float:
        """What `burnt` [kg] of a full tank give module and `carried` [kg] together [m/s]."""
        full = carried + self.dry_mass + self.propellant
        return self.isp * STANDARD_GRAVITY * math.log(full / (full - min(burnt, self.propellant)))

    def longest(self, carried: float) -> float:
        """What the longest burn of a full tank gives [m/s]."""
        return self.gained(carried, self.thrust / (self.isp * STANDARD_GRAVITY) * self.longest_burn)


class SecondBurnSpec(Block):
    """The burn that ends an orbit."""

    after: list[Duration] = Field(min_length=1, description="coast between the two burns")
    delta_v: list[Velocity] = Field(
        default=[0.0], min_length=1, description="gained along the velocity; negative brakes"
    )


class EscapeBurnSpec(Block):
    """A burn of the service module; of several values the best is chosen at each instant."""

    delta_v: list[Velocity] = Field(
        min_length=1,
        description="gained along the thrust; negative brakes; with until: orbit, at most so much",
    )
    pitch: list[Nod] = Field(
        default=[0.0],
        min_length=1,
        description="of the thrust above its line along the velocity, in the plane of the orbit",
    )
    until: Literal["delta_v", "orbit"] = Field(
        default="delta_v",
        description="delta_v: as long as it takes; orbit: until the perigee is that of `perigee`",
    )
    perigee: OrbitHeight | None = Field(
        default=None, description="of an orbit to be reached, above 6378.137 km"
    )
    then: Literal["entry", "orbit", "once-around"] = Field(
        default="entry",
        description="what follows it: the entry; an orbit, which ends the mode; or an entry after "
        "one revolution, by a second burn",
    )
    entry_angle: EntryAngle = Field(
        default=math.radians(-1.4),
        description="inertial, at 120 km, of the deorbit that must still be possible from an orbit",
    )
    second: SecondBurnSpec | None = Field(
        default=None, description="the burn that ends an orbit; for then: once-around"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A burn to an orbit knows which, and one revolution how it ends."""
        mistakes: list[Mistake] = []
        if self.until == "orbit":
            if self.perigee is None:
                mistakes.append(Mistake(("perigee",), "required with until: orbit"))
            mistakes += [
                Mistake(("delta_v", k), "above 0 with until: orbit")
                for k, value in enumerate(self.delta_v)
                if value <= 0.0
            ]
        elif self.perigee is not None:
            mistakes.append(Mistake(("perigee",), "nothing without until: orbit"))
        if self.then == "orbit" and self.until != "orbit":
            mistakes.append(Mistake(("until",), "orbit, with then: orbit"))
        if (self.then == "once-around") != (self.second is not None):
            expected = "nothing" if self.second is not None else "required"
            relation = "without" if self.second is not None else "with"
            mistakes.append(Mistake(("second",), f"{expected} {relation} then: once-around"))
        if mistakes:
            raise refuse(*mistakes)
        return self

    def lacking(self, module: ServiceModuleEscapeSpec, carried: float) -> list[Mistake]:
        """What of it a module that carries `carried` [kg] has not the propellant for."""
        mistakes: list[Mistake] = []
        longest = module.longest(carried)
        for k, value in enumerate(self.delta_v):
            if abs(value) > longest * _SPARE:
                why = f"at most {longest:.4g} m/s: what propellant and longest_burn give"
                mistakes.append(Mistake(("delta_v", k), why))
        if self.second is not None and not mistakes:
            whole = module.gained(carried, module.propellant)
            left = whole - max(abs(value) for value in self.delta_v)
            for k, value in enumerate(self.second.delta_v):
                if abs(value) > left * _SPARE:
                    why = f"at most {left:.4g} m/s: what the first burn leaves"
                    mistakes.append(Mistake(("second", "delta_v", k), why))
        if self.perigee is not None and self.perigee <= module.separation_height:
            floor = module.separation_height / 1e3
            mistakes.append(Mistake(("perigee",), f"above separation_height, {floor:g} km"))
        return mistakes


class OpenWaterSpec(Block):
    """Water anywhere."""

    coast: FromCoast = Field(default=50e3, description="least distance to any coast")


class ReturnNowSpec(Block):
    """Home from the orbit at once: to the next landing, at any minute of the stay."""

    zones: list[ZoneSpec] = Field(
        default_factory=list[ZoneSpec],
        description="where it may land, beside the landing zone of the mission, which comes first",
    )
    open_water: OpenWaterSpec | None = Field(
        default=None, description="water anywhere will do; left out, only zones"
    )
    inside: Inside = Field(default=40e3, description="how far inside a zone it must land")
    preparation: Duration = Field(
        default=1_800.0, description="from the decision to the ignition of the deorbit burn"
    )
    longest: Duration = Field(
        default=86_400.0, description="how long after the decision a landing is looked for"
    )
    bank: Bank = Field(default=0.0, description="constant bank of the entry")
