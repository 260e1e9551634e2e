"""The start of a body, the phases it flies through, and what pushes it."""

import math
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from yaan.description.block import NOTES, Block, or_word
from yaan.description.body_shape import Triple
from yaan.description.exactly import TRIPLE, Exactly
from yaan.description.quantity import (
    BodyRate,
    BodyStep,
    ControlFrequency,
    ControlMoment,
    DynamicPressure,
    EntrySpeed,
    FlightTime,
    Latitude,
    Longitude,
    MassFlow,
    Mistake,
    Name,
    Place,
    PulseTime,
    Push,
    Quantity,
    SpecificImpulse,
    StartHeight,
    Torque,
    Turn,
    Velocity,
    refuse,
)

MOST_ROWS = 500_000
"""Steps that one file may take: each is a row of the history."""

_LEAST_RADIUS = 6.0e6  # [m] nearer to the Earth's centre nothing flies
_GEODETIC = ("latitude", "longitude", "height")
_GROUND = ("north", "east", "down")
_AXES = ("x", "y", "z")

_QUATERNION_MARGIN = 1e-6  # written with seven digits it passes; it is made one all the same

_TURNS = ("yaw", "pitch", "roll", "order")

TurnOrder = Literal[
    "yaw-pitch-roll",
    "yaw-roll-pitch",
    "pitch-yaw-roll",
    "pitch-roll-yaw",
    "roll-yaw-pitch",
    "roll-pitch-yaw",
]

EndMach = Annotated[float, Field(gt=0.0, le=100.0)]
RailLength = Annotated[float, Quantity("length", "5 m", above=0.0, high=500.0)]
Pushes = Annotated[list[Push], TRIPLE]
Torques = Annotated[list[Torque], TRIPLE]


class PlaceSpec(Block):
    """Where it starts: latitude, longitude and height, or x, y and z in the frame of the start."""

    latitude: Latitude | None = Field(default=None, description="geodetic latitude")
    longitude: Longitude | None = Field(default=None, description="longitude east")
    height: StartHeight | None = Field(default=None, description="geodetic height")
    x: Place | None = Field(default=None, description="component along x of the frame")
    y: Place | None = Field(default=None, description="component along y of the frame")
    z: Place | None = Field(default=None, description="component along z of the frame")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        """One form, whole, outside the Earth's core."""
        form, mistakes = _form(self, _GEODETIC, _AXES)
        if form == _AXES and not mistakes:
            radius = math.hypot(self.x or 0.0, self.y or 0.0, self.z or 0.0)
            if radius < _LEAST_RADIUS:
                expected = "a place at least 6000 km from the Earth's centre"
                mistakes.append(Mistake((), expected, f"it is at {radius / 1e3:.6g} km"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class StartVelocitySpec(Block):
    """How it moves at the start: north, east and down, or x, y and z in the frame of the start."""

    north: Velocity | None = Field(
        default=None, description="velocity to the north, against the turning Earth"
    )
    east: Velocity | None = Field(
        default=None, description="velocity to the east, against the turning Earth"
    )
    down: Velocity | None = Field(
        default=None, description="velocity downwards, against the turning Earth"
    )
    x: Velocity | None = Field(default=None, description="component along x of the frame")
    y: Velocity | None = Field(default=None, description="component along y of the frame")
    z: Velocity | None = Field(default=None, description="component along z of the frame")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        """One form, whole."""
        _, mistakes = _form(self, _GROUND, _AXES)
        if mistakes:
            raise refuse(*mistakes)
        return self


def _form(
    block: Block, first: tuple[str, ...], second: tuple[str, ...]
) -> tuple[tuple[str, ...], list[Mistake]]:
    """Which of two sets of keys a block has, and what is wrong with it."""
    has = [any(getattr(block, key) is not None for key in keys) for keys in (first, second)]
    choice = f"{', '.join(first)}; or {', '.join(second)}"
    if all(has):
        return first, [Mistake((), choice, "one of the two: a state has one frame")]
    if not any(has):
        return first, [Mistake((), choice)]
    form = first if has[0] else second
    missing = [key for key in form if getattr(block, key) is None]
    return form, [Mistake((key,), "required") for key in missing]


class AttitudeSpec(Block):
    """Attitude by yaw, pitch and roll, each about an axis turned already; or by a quaternion."""

    yaw: Turn | None = Field(default=None, description="about z; left out, zero")
    pitch: Turn | None = Field(default=None, description="about y; left out, zero")
    roll: Turn | None = Field(default=None, description="about x; left out, zero")
    order: TurnOrder | None = Field(
        default=None, description="which turn comes first; left out, yaw-pitch-roll"
    )
    quaternion: Annotated[list[float], Exactly(4, "four numbers: w, x, y and z")] | None = Field(
        default=None, description="instead of angles: of length one, scalar first, to body axes"
    )
    from_: Literal["ned", "vvlh", "gcrs", "stream", "prograde"] = Field(
        default="ned",
        alias="from",
        description="axes that it starts from: north, east, down; or along the velocity, against "
        "the orbit's normal, to the Earth's centre; or GCRS; or with x into the air (stream) or "
        "along the inertial velocity (prograde), y level to the right",
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        """Angles or a quaternion; this one of length one."""
        mistakes = []
        if self.quaternion is not None:
            length = math.hypot(*self.quaternion)
            if abs(length - 1.0) > _QUATERNION_MARGIN:
                expected = "a quaternion of length one, within 1e-6"
                mistakes.append(Mistake(("quaternion",), expected, f"its length is {length:.9g}"))
            doubled = [key for key in _TURNS if getattr(self, key) is not None]
            hint = "the quaternion is the whole attitude"
            mistakes += [Mistake((key,), "nothing with a quaternion", hint) for key in doubled]
        if mistakes:
            raise refuse(*mistakes)
        return self


Facing = Annotated[
    AttitudeSpec,
    BeforeValidator(
        or_word(("stream", "prograde"), "from", "{yaw: .., pitch: .., roll: .., from: ..}"),
        json_schema_input_type=Literal["stream", "prograde"] | AttitudeSpec,
    ),
]
"""An attitude; `stream` or `prograde` alone is the one along those axes."""


class RateSpec(Block):
    """Angular velocity in body axes."""

    x: BodyRate = Field(default=0.0, description="about x: roll")
    y: BodyRate = Field(default=0.0, description="about y: pitch")
    z: BodyRate = Field(default=0.0, description="about z: yaw")
    against: Literal["gcrs", "itrs", "vvlh"] = Field(
        default="itrs", description="what the body turns against"
    )


class StartSpec(Block):
    """Position, velocity, attitude and rate at the epoch."""

    frame: Literal["gcrs", "eme2000", "mod", "tod", "teme", "itrs"] | None = Field(
        default=None,
        description="frame of x, y and z; an itrs velocity is against the turning Earth, the "
        "others are inertial: gcrs, the mean equator and equinox of J2000 (eme2000) or of date "
        "(mod), the true ones of date (tod), or those of two-line elements (teme)",
    )
    position: PlaceSpec = Field(description="where it starts")
    velocity: StartVelocitySpec = Field(description="how it moves")
    attitude: Facing | None = Field(
        default=None, description="where it points; left out, the first phase must say so"
    )
    rate: RateSpec = Field(
        default_factory=RateSpec, description="left out, none against the turning Earth"
    )


class BodyUntilSpec(Block):
    """What ends a phase; the first that happens.

    Heights are geodetic, speeds against the turning Earth, Mach numbers against the air.
    """

    duration: FlightTime | None = Field(default=None, description="this long after its start")
    height_below: StartHeight | None = Field(default=None, description="geodetic height, falling")
    depleted: bool = Field(
        default=False,
        description="the configuration has no propellant left, or its thrust curve is over",
    )
    time: FlightTime | None = Field(default=None, description="this time since the epoch")
    height_above: StartHeight | None = Field(default=None, description="geodetic height, rising")
    apex: bool = Field(default=False, description="it does not rise any more")
    speed_above: EntrySpeed | None = Field(
        default=None, description="speed against the turning Earth"
    )
    speed_below: EntrySpeed | None = Field(
        default=None, description="speed against the turning Earth"
    )
    mach_above: EndMach | None = Field(default=None, description="Mach number, against the air")
    mach_below: EndMach | None = Field(default=None, description="Mach number, against the air")
    dynamic_pressure_above: DynamicPressure | None = Field(
        default=None, description="dynamic pressure, against the air"
    )
    dynamic_pressure_below: DynamicPressure | None = Field(
        default=None, description="dynamic pressure, against the air; at once where it is lower"
    )
    ground: bool = Field(
        default=False,
        description="it comes down to the ground, and is meant to; left out, that is a failure",
    )

    @property
    def given(self) -> list[str]:
        """The keys that end something."""
        told = {key: getattr(self, key) for key in type(self).model_fields if key not in NOTES}
        # A height of 0 m is an end, though it equals False.
        return [key for key, value in told.items() if value is not None and value is not False]

    @model_validator(mode="after")
    def _ends(self) -> Self:
        """Something ends it; an engine that burns surely empties its tank."""
        if not self.given:
            hint = "or height_below, apex, ground, or depleted: true where the engine burns"
            raise refuse(Mistake(("duration",), "required", hint))
        return self


class RailSpec(Block):
    """A launch rail along the body's x axis as it stands at the start, fixed to the Earth.

    Only what acts along it moves the body, once that carries it; nothing turns it. Ignores
    friction, and the tip-off while the upper lug is still on.
    """

    length: RailLength = Field(
        description="how far the body travels on it: from where its lower lug stands to the end"
    )


class BodyMomentSpec(Block):
    """Largest moment of the control about each body axis."""

    roll: ControlMoment = Field(default=0.0, description="about x; left out, none")
    pitch: ControlMoment = Field(default=0.0, description="about y; left out, none")
    yaw: ControlMoment = Field(default=0.0, description="about z; left out, none")

    @model_validator(mode="after")
    def _some(self) -> Self:
        """It turns something."""
        if not (self.roll or self.pitch or self.yaw):
            raise refuse(Mistake((), "a moment about some axis"))
        return self


class BodyControlSpec(Block):
    """What turns a rigid body: thrusters, as a moment on each axis within its limit."""

    point: Literal["stream", "opposed", "velocity", "up", "held", "rates-only"] = Field(
        description="where its x axis goes: stream, into the air; opposed, away from it, so that "
        "the base goes first; velocity, along that against the turning Earth; up; held keeps an "
        "attitude against the stars; rates-only stops its turning alone"
    )
    frequency: ControlFrequency = Field(
        description="natural frequency of attitude under control, without air"
    )
    damping_ratio: float = Field(
        default=1.0, gt=0.0, le=10.0, description="of the attitude under control"
    )
    moment: BodyMomentSpec = Field(description="largest moments")
    attitude: AttitudeSpec | None = Field(
        default=None,
        description="of held: the attitude that it turns to and keeps, told against axes as they "
        "are when the phase begins; left out, the one that it has then",
    )

    @model_validator(mode="after")
    def _held(self) -> Self:
        """Only what is held has an attitude."""
        if self.attitude is not None and self.point != "held":
            raise refuse(Mistake(("attitude",), f"nothing with point: {self.point}"))
        return self


class BodyPhaseSpec(Block):
    """A phase: what flies, how it turns, and what ends it."""

    name: Name = Field(description="name of the phase")
    configuration: str | None = Field(
        default=None, description="what flies; left out, the only configuration"
    )
    motion: Literal["rigid", "point"] = Field(
        default="rigid", description="rigid turns by its moments, point is turned by `pointing`"
    )
    pointing: Literal["stream", "held", "ned", "vvlh"] | None = Field(
        default=None,
        description="of a point: stream has the nose into the air, held keeps its attitude in "
        "space, ned and vvlh keep their angles to those axes; left out, stream",
    )
    engine: Literal["on", "off"] = Field(default="off", description="the configuration's engine")
    rail: RailSpec | None = Field(
        default=None, description="a launch rail; the phase ends at its end"
    )
    control: BodyControlSpec | None = Field(
        default=None, description="what turns it besides; of a rigid body"
    )
    separates: bool = Field(
        default=False,
        description="something leaves as it begins: position and velocity become those of the "
        "centre of mass of what flies on, on the same structural axes",
    )
    until: BodyUntilSpec = Field(
        default_factory=BodyUntilSpec.model_construct,
        description="what ends it; the first that happens; on a rail it may be left out",
    )
    step: BodyStep = Field(description="integration step")

    @model_validator(mode="after")
    def _pointing_of_a_point(self) -> Self:
        """A rigid body points where its moments turn it, one on a rail where that points."""
        mistakes: list[Mistake] = []
        if self.rail is not None and self.pointing is not None:
            mistakes.append(Mistake(("pointing",), "nothing on a rail"))
        elif self.motion == "rigid" and self.pointing is not None:
            mistakes.append(Mistake(("pointing",), "nothing with motion: rigid"))
        if self.control is not None and (self.rail is not None or self.motion == "point"):
            where = "on a rail" if self.rail is not None else "with motion: point"
            mistakes.append(Mistake(("control",), f"nothing {where}"))
        if self.rail is None and not self.until.given:
            mistakes.append(Mistake(("until",), "required"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class PulseSpec(Block):
    """A constant force and torque, on body axes, for a while: of thrusters, or of anything."""

    name: Name = Field(description="name of the pulse")
    from_: PulseTime = Field(alias="from", description="start, since the epoch")
    to: PulseTime = Field(description="end, since the epoch")
    force: Pushes = Field(default=[0.0, 0.0, 0.0], description="x, y and z, body axes")
    torque: Torques = Field(default=[0.0, 0.0, 0.0], description="x, y and z, body axes")
    at: Triple | None = Field(
        default=None,
        description="where the force acts, structural axes; left out, at the centre of mass",
    )
    specific_impulse: SpecificImpulse | None = Field(
        default=None, description="of the thrusters; this and flow left out, nothing is burnt"
    )
    flow: MassFlow | None = Field(default=None, description="propellant burnt; or the impulse")

    @property
    def burns(self) -> bool:
        """Whether it burns propellant."""
        return self.specific_impulse is not None or self.flow is not None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        """It ends after it starts, does something, and burns what can be told."""
        mistakes: list[Mistake] = []
        if self.to <= self.from_:
            mistakes.append(Mistake(("to",), "a time after from"))
        if not any((*self.force, *self.torque)):
            mistakes.append(Mistake((), "a force or a torque"))
        if self.specific_impulse is not None and self.flow is not None:
            mistakes.append(Mistake(("flow",), "specific_impulse or flow, one of them"))
        if self.specific_impulse is not None and not any(self.force):
            hint = "a torque alone does not tell what is burnt"
            mistakes.append(Mistake(("specific_impulse",), "flow instead", hint))
        if mistakes:
            raise refuse(*mistakes)
        return self
