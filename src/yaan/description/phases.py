"""Phases of a flight from the first to the last, whatever flies them, and its branches.

A phase of an ascent (`steering.PhaseSpec`) is one of them; here each also says which motion it is.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from yaan.description.block import Block
from yaan.description.body import AttitudeSpec, BodyControlSpec, RailSpec, RateSpec
from yaan.description.landing import BankOrSolve, BankSpec
from yaan.description.quantity import BallisticCoefficient, Mistake, Name, refuse
from yaan.description.steer import Steer, SteerSpec
from yaan.description.steering import PhaseSpec, UntilSpec

MotionName = Literal["powered", "orbit", "entry", "canopies", "rigid", "point", "fall"]

OWN_END: Final = frozenset({"entry", "canopies", "fall"})
"""Motions that end by themselves: as the first canopy is due, or on the ground."""

TURNING: Final = frozenset({"rigid", "point"})
"""Motions of one of the vehicle's bodies."""

_GROUND: Final = frozenset({"height_below", "speed_below", "duration", "time", "ground"})
_RIGID: Final = frozenset(
    {"time", "duration", "height_above", "height_below", "speed_above", "speed_below", "mach_above"}
    | {"mach_below", "apex", "depleted", "ground", "dynamic_pressure_above"}
    | {"dynamic_pressure_below"}
)

ENDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "orbit": frozenset({"time", "duration", "height_below"}),
        "entry": _GROUND,
        "canopies": _GROUND,
        "rigid": _RIGID,
        "point": _RIGID,
        "fall": frozenset({"height_below", "ground"}),
    }
)
"""What may end a phase by its motion; one that is powered knows every end."""

KEYS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "powered": frozenset({"ignite", "steer", "throttle", "load_limit"}),
        "orbit": frozenset[str](),
        "entry": frozenset({"bank"}),
        "canopies": frozenset({"ignite"}),
        "rigid": frozenset({"body", "engine", "attitude", "rate", "rail", "control", "separates"}),
        "point": frozenset({"body", "engine", "pointing"}),
        "fall": frozenset({"ballistic_coefficient"}),
    }
)
"""Keys that only phases of some motions have."""


class FlightPhaseSpec(PhaseSpec):
    """A stretch of flight in one motion; switching and dropping happen as it begins."""

    motion: MotionName = Field(
        default="powered",
        description="powered: a point with engines; orbit: a coasting arc of any length; entry: a "
        "lifting capsule; canopies: under parachutes; rigid: a body that turns; point: the same "
        "body with its axes prescribed; fall: drag alone",
    )
    steer: Steer = Field(
        default_factory=lambda: SteerSpec.model_validate({"law": "coast"}),
        description="steering law",
    )
    until: UntilSpec = Field(
        default_factory=UntilSpec.model_construct,
        description="what ends it; left out, an entry ends as its first canopy is due, canopies "
        "and falls on the ground",
    )
    bank: BankOrSolve = Field(
        default_factory=lambda: BankSpec(constant=0.0),
        description="of an entry: {constant: ANGLE}, or {time: [..], angle: [..]} from its start",
    )
    body: str | None = Field(
        default=None, description="of a rigid phase: which of vehicle.bodies flies"
    )
    attitude: AttitudeSpec | None = Field(
        default=None,
        description="of a rigid phase: how it stands as it begins; left out, as it came, after a "
        "point with its nose into the stream",
    )
    rate: RateSpec | None = Field(
        default=None,
        description="of a rigid phase: how it turns as it begins; left out, as it came",
    )
    rail: RailSpec | None = Field(
        default=None, description="of a rigid phase: a launch rail along its nose"
    )
    control: BodyControlSpec | None = Field(
        default=None, description="of a rigid phase: what turns it besides, within its moments"
    )
    separates: bool = Field(
        default=False,
        description="of a rigid phase after one of another body: something leaves as it begins, "
        "so position and velocity become those of the centre of mass of what flies on; both "
        "bodies are told on the same structural axes",
    )
    pointing: Literal["stream", "held", "ned", "vvlh"] | None = Field(
        default=None, description="of a point with axes: what they keep to; left out, stream"
    )
    engine: Literal["on", "off"] = Field(
        default="off", description="of a rigid phase: its engine or motors"
    )
    ballistic_coefficient: BallisticCoefficient | None = Field(
        default=None, description="of a fall: mass over drag area"
    )

    @model_validator(mode="after")
    def _of_its_motion(self) -> Self:
        """It has the keys and the ends of its motion."""
        own = KEYS[self.motion]
        others = frozenset().union(*KEYS.values()) - own
        mistakes = [
            Mistake((key,), f"nothing with motion: {self.motion}")
            for key in sorted(others & self.model_fields_set)
        ]
        ends = ENDS.get(self.motion)
        if ends is not None:
            listed = f"one of {', '.join(sorted(ends))}, the ends of motion: {self.motion}"
            wrong = sorted(self.until.model_fields_set - ends)
            mistakes += [Mistake(("until", key), listed) for key in wrong]
        railed = self.rail is not None
        if not self.until.model_fields_set and self.motion not in OWN_END and not railed:
            mistakes.append(Mistake(("until",), "required"))
        if self.motion == "entry" and self.bank.solve:
            hint = "solve belongs to a return with landing and deorbit"
            mistakes.append(Mistake(("bank",), "{constant: ANGLE} or {time, angle}", hint))
        if self.motion == "fall" and self.ballistic_coefficient is None:
            mistakes.append(Mistake(("ballistic_coefficient",), "required"))
        if self.motion in TURNING and self.body is None:
            mistakes.append(Mistake(("body",), "required"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class BranchSpec(Block):
    """What leaves the flight at an event and is followed by phases of its own."""

    name: Name = Field(description="name, once in a mission")
    at: str = Field(description="event at which it leaves, as it is dropped")
    flies: list[str] = Field(min_length=1, description="stages and parts that leave together")
    phases: list[FlightPhaseSpec] = Field(min_length=1, description="phases, in order of flight")
