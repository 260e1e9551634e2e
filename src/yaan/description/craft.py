"""What comes home: the spacecraft, its service module, the capsule and its force coefficients."""

import math
from typing import Annotated, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.body_air import DampingSpec
from yaan.description.body_shape import InertiaSpec
from yaan.description.parachutes import ParachutesSpec
from yaan.description.quantity import (
    Attack,
    ControlFrequency,
    ControlMoment,
    DeadAngle,
    DeadRate,
    Diameter,
    DragArea,
    MachGrid,
    Mass,
    Mistake,
    Propellant,
    PulsePeriod,
    PulseWidth,
    RollAcceleration,
    SpecificImpulse,
    Thrust,
    TouchdownSpeed,
    refuse,
)


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


class ControlMomentSpec(Block):
    """The largest moment that the thrusters give about each axis, either way."""

    roll: ControlMoment = Field(description="about x, the axis through the heat shield")
    pitch: ControlMoment = Field(description="about y, across the plane of the lift")
    yaw: ControlMoment = Field(description="about z")


class OnOffSpec(Block):
    """Twelve thrusters that are on or off: about each axis a pair either way, a pure couple.

    A pair gives the moment of its axis. They are asked once a period, for what the dead-band
    leaves.
    """

    thrust: Thrust = Field(description="thrust of one")
    isp: SpecificImpulse = Field(description="specific impulse")
    least_pulse: PulseWidth = Field(description="shortest time that one is on")
    period: PulsePeriod = Field(default=0.1, description="between instants at which they are asked")
    dead_angle: DeadAngle = Field(default=0.0, description="of the dead-band")
    dead_rate: DeadRate = Field(default=0.0, description="of the dead-band")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """A pulse is shorter than the period; a dead-band has two sides or none."""
        mistakes: list[Mistake] = []
        if self.least_pulse > self.period:
            mistakes.append(Mistake(("least_pulse",), "a time that is not above the period"))
        if (self.dead_angle == 0.0) != (self.dead_rate == 0.0):
            mistakes.append(Mistake(("dead_rate",), "above zero with dead_angle, else neither"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class AttitudeControlSpec(Block):
    """How the capsule is held at its trim and its bank."""

    frequency: ControlFrequency = Field(
        description="natural frequency of attitude under control, without air"
    )
    damping_ratio: float = Field(gt=0.0, le=10.0, description="of the attitude under control")
    moment: ControlMomentSpec = Field(description="largest moments")
    roll_acceleration: RollAcceleration = Field(
        description="at which a bank reversal is begun and ended"
    )
    thrusters: OnOffSpec | None = Field(
        default=None, description="that are on or off; left out, moments are continuous"
    )


class RigidCapsuleSpec(Block):
    """What an entry with `motion: rigid` needs to know of a capsule; a point entry leaves it.

    Body axes: x through the heat shield, z away from the lift, y to the right. Coefficients are
    on the disc of the heat shield and its diameter.
    """

    inertia: InertiaSpec = Field(description="inertia about the centre of mass, body axes")
    pitch_stiffness: float = Field(
        ge=0.0, le=10.0, description="-Cm_alpha at trim, per rad: positive turns it back"
    )
    yaw_stiffness: float = Field(
        ge=0.0, le=10.0, description="Cn_beta at trim, per rad: positive turns it back"
    )
    damping: DampingSpec = Field(
        default_factory=DampingSpec, description="moments against the rates; negative damps"
    )
    control: AttitudeControlSpec = Field(description="what holds it")


class TouchdownLimitSpec(Block):
    """The largest speeds at which a capsule may come down on one kind of surface.

    On water, `vertical` and `vertical_lost` are those of the class of capsules where they are left
    out (`library/limits/touchdown/water.yaml`); what is left out beside has no class, and is judged
    open.
    """

    vertical: TouchdownSpeed | None = Field(
        default=None, description="speed down with every canopy open"
    )
    vertical_lost: TouchdownSpeed | None = Field(
        default=None, description="speed down with a canopy lost; as vertical if left out"
    )
    horizontal: TouchdownSpeed | None = Field(default=None, description="speed across the surface")
    total: TouchdownSpeed | None = Field(
        default=None, description="speed in all; left out, it is judged by its two parts"
    )


class TouchdownSpec(Block):
    """What a capsule may bear as it comes down, by surface."""

    water: TouchdownLimitSpec | None = Field(default=None, description="on water")
    land: TouchdownLimitSpec | None = Field(default=None, description="on land")


class CapsuleSpec(Block):
    """What enters the air: a body of revolution that flies heat shield first."""

    name: str = Field(default="", description="name of the capsule")
    mass: Mass = Field(description="mass at entry")
    diameter: Diameter = Field(description="of the heat shield; its disc is the reference area")
    nose_radius: Diameter = Field(description="radius of curvature at the stagnation point")
    emissivity: float = Field(
        ge=0.01,
        le=1.0,
        description="of the heat shield, for its temperature; polished metal has 0.02 or more",
    )
    aerodynamics: TrimSpec = Field(description="force coefficients at trim")
    parachutes: ParachutesSpec | None = Field(
        default=None, description="the parachutes; left out, the flight ends with the entry"
    )
    touchdown: TouchdownSpec | None = Field(
        default=None, description="speeds at which it may come down"
    )
    rigid: RigidCapsuleSpec | None = Field(
        default=None, description="what an entry with motion: rigid needs, which turns the capsule"
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
