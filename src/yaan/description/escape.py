"""Crew escape: from when to when each mode serves, how it flies, what it is judged by.

A mode is a chain of phases, in the words of a flight of phases, begun from any instant of an
ascent within its window. What turns is one of the `bodies`, with their motors; what enters and
hangs under canopies is the `capsule`; what burns where there is no tower is the `service_module`.
"""

import itertools
from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from yaan.base import nearest
from yaan.description.block import Block
from yaan.description.body_shape import ORIGIN, BodyConfigurationSpec, Triple
from yaan.description.craft import CapsuleSpec
from yaan.description.escape_orbit import EscapeBurnSpec, ReturnNowSpec, ServiceModuleEscapeSpec
from yaan.description.failures import Moment
from yaan.description.hazard import HazardsSpec
from yaan.description.parachutes import ParachutesSpec
from yaan.description.phases import FlightPhaseSpec
from yaan.description.quantity import (
    Bank,
    BodyLength,
    Delay,
    Duration,
    DynamicPressure,
    HeatFlux,
    Height,
    Mistake,
    Name,
    Quantity,
    TurnRate,
    Velocity,
    refuse,
)

MOTIONS: Final = ("rigid", "entry", "canopies")
"""Motions of the phases of a mode, in the order in which they may follow each other."""

HeatLoad = Annotated[float, Quantity("heat load", "150 MJ/m2", above=0.0, high=1e12)]
AttackPressure = Annotated[float, Quantity("load product", "200 kPa deg", above=0.0, high=1e7)]
Ahead = Annotated[float, Quantity("length", "45 m", low=0.0, high=500.0)]


class WindowSpec(Block):
    """When a mode may begin; what is left out does not bound it."""

    from_: Moment | None = Field(
        default=None, alias="from", description="time since ignition, or an event of the ascent"
    )
    until: Moment | None = Field(default=None, description="likewise; the window ends before it")
    height_above: Height | None = Field(default=None, description="least geodetic height")
    height_below: Height | None = Field(default=None, description="greatest geodetic height")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        """It begins before it ends."""
        begin, end = self.from_, self.until
        mistakes: list[Mistake] = []
        if isinstance(begin, float) and isinstance(end, float) and begin >= end:
            mistakes.append(Mistake(("until",), f"a time after from, {begin:g} s"))
        low, high = self.height_above, self.height_below
        if low is not None and high is not None and low >= high:
            mistakes.append(Mistake(("height_below",), f"a height above height_above, {low:g} m"))
        if mistakes:
            raise refuse(*mistakes)
        return self


class EscapeModeSpec(Block):
    """A way out: what leaves, how it flies, and when it may be taken."""

    window: WindowSpec = Field(
        default_factory=WindowSpec, description="when it may begin; left out, at any time"
    )
    separation_delay: Delay = Field(
        default=0.0, description="from the command to the separation: the launcher flies on"
    )
    shut_down: bool = Field(
        default=False,
        description="the command stops the launcher's engines: it coasts until the separation",
    )
    separation_speed: Velocity = Field(
        default=0.0, description="that springs give what leaves, along its axis"
    )
    ahead: Ahead = Field(
        default=0.0, description="how far what leaves is ahead of the launcher's centre of mass"
    )
    burn: EscapeBurnSpec | None = Field(
        default=None, description="of the service module, before the phases"
    )
    phases: list[FlightPhaseSpec] = Field(
        default_factory=list[FlightPhaseSpec],
        description="rigid ones of `bodies`, then an entry, then canopies",
    )
    bank: list[Bank] | None = Field(
        default=None,
        min_length=1,
        description="constant banks of the entry, of which the best is chosen at each instant; "
        "left out, that of its phase",
    )
    parachutes: ParachutesSpec | None = Field(
        default=None, description="left out, those of the capsule"
    )
    guided: bool = Field(
        default=True,
        description="its computers and thrusters work, and bank its lift; false: it spins, and "
        "its lift averages to nothing",
    )

    @model_validator(mode="after")
    def _chain(self) -> Self:
        """Rigid phases, then at most one entry, then at most one descent."""
        mistakes = [
            Mistake(("phases", k, "motion"), f"one of {', '.join(MOTIONS)}")
            for k, phase in enumerate(self.phases)
            if phase.motion not in MOTIONS
        ]
        if not mistakes:
            order = [MOTIONS.index(phase.motion) for phase in self.phases]
            for k, (a, b) in enumerate(itertools.pairwise(order), 1):
                if b < a or (a == b and a > 0):
                    expected = "rigid phases first, then one entry, then canopies"
                    mistakes.append(Mistake(("phases", k, "motion"), expected))
        if not self.guided and self.bank is not None:
            mistakes.append(Mistake(("bank",), "nothing with guided: false"))
        mistakes += self._around_burn()
        if mistakes:
            raise refuse(*mistakes)
        return self

    @property
    def ends_in_orbit(self) -> bool:
        """Whether its crew is still in flight at its end."""
        return self.burn is not None and self.burn.then == "orbit"

    def _around_burn(self) -> Iterator[Mistake]:
        """An orbit ends a mode; anything else needs phases, after a burn from the entry on."""
        if self.ends_in_orbit:
            if self.phases:
                yield Mistake(("phases",), "nothing with then: orbit, which ends the mode")
        elif not self.phases:
            yield Mistake(("phases",), "required")
        elif self.burn is not None and self.phases[0].motion != "entry":
            yield Mistake(("phases", 0, "motion"), "entry, after a burn")


class ConstraintSpec(Block):
    """Whether a constraint colours the map."""

    active: bool = Field(default=True, description="false: it is told, and colours nothing")


class CrewLoadSpec(ConstraintSpec):
    """The sustained loads of the crew by their limits, on every axis that has a curve."""

    condition: Literal["fresh", "deconditioned", "emergency"] = Field(
        default="emergency", description="whose limits: emergency is survival, injury possible"
    )


class HeatFluxSpec(ConstraintSpec):
    """Heat flux at the stagnation point."""

    limit: HeatFlux = Field(description="largest")


class HeatLoadSpec(ConstraintSpec):
    """Heat at the stagnation point in all."""

    limit: HeatLoad = Field(description="largest")


class PressureSpec(ConstraintSpec):
    """A dynamic pressure that the structure of what leaves bears."""

    limit: DynamicPressure = Field(description="largest")


class AttackPressureSpec(ConstraintSpec):
    """Dynamic pressure times the angle of incidence while motors burn and after."""

    limit: AttackPressure = Field(description="largest product")


class RateSpec(ConstraintSpec):
    """How fast the capsule may turn as its first canopy is due."""

    limit: TurnRate = Field(description="largest")


class RecontactSpec(ConstraintSpec):
    """How near the launcher may come again once it has been left."""

    limit: BodyLength = Field(description="least distance")


class DeorbitSpec(ConstraintSpec):
    """Whether what ends in an orbit can come down from it again."""

    reserve: Velocity = Field(
        default=10.0,
        description="least delta-v left over what one impulse at the apogee needs; a finite burn "
        "needs some percent of 100 m/s more",
    )


class OpenSpec(ConstraintSpec):
    """How high the canopies that carry to the ground must be full."""

    height: Height = Field(default=300.0, description="least height above the ground")


class ConstraintsSpec(Block):
    """What an escape is judged by; left out, it is not asked."""

    crew_load: CrewLoadSpec = Field(
        default_factory=CrewLoadSpec, description="sustained loads of the crew"
    )
    canopies: ConstraintSpec = Field(
        default_factory=ConstraintSpec, description="every canopy is deployed within its box"
    )
    open: OpenSpec = Field(
        default_factory=OpenSpec, description="the last canopies are full high enough"
    )
    touchdown: ConstraintSpec = Field(
        default_factory=ConstraintSpec, description="speed of the touchdown, by its surface"
    )
    water: ConstraintSpec = Field(
        default_factory=ConstraintSpec, description="it comes down on water"
    )
    heat_flux: HeatFluxSpec | None = Field(default=None, description="heat flux")
    heat_load: HeatLoadSpec | None = Field(default=None, description="heat in all")
    dynamic_pressure: PressureSpec | None = Field(
        default=None, description="dynamic pressure from the separation on, with a body"
    )
    attack_pressure: AttackPressureSpec | None = Field(
        default=None, description="dynamic pressure times incidence, with a body"
    )
    rate: RateSpec | None = Field(default=None, description="turning as canopies are due")
    recontact: RecontactSpec | None = Field(
        default=None, description="distance to a launcher that thrusts on"
    )
    deorbit: DeorbitSpec = Field(
        default_factory=DeorbitSpec, description="an orbit that it ends in can be left again"
    )

    overpressure: ConstraintSpec = Field(
        default_factory=ConstraintSpec,
        description="warning before a burst, by the blast on the capsule (hazards.limits)",
    )
    fragments: ConstraintSpec = Field(
        default_factory=ConstraintSpec, description="likewise, by fragments that hit it"
    )
    canopy_heat: ConstraintSpec = Field(
        default_factory=ConstraintSpec, description="heat of burning pieces on the canopies"
    )
    falling_pieces: ConstraintSpec = Field(
        default_factory=ConstraintSpec, description="burning pieces that fall through the canopies"
    )
    cabin: ConstraintSpec = Field(
        default_factory=ConstraintSpec,
        description="the crew is out before the cabin is not to be borne (failures.survive)",
    )

    @property
    def asked(self) -> dict[str, ConstraintSpec]:
        """Those that are asked, by name, in the order of the form."""
        every = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: one for name, one in every.items() if isinstance(one, ConstraintSpec)}


FailureKind = Literal[
    "thrust-loss",
    "engine-out",
    "no-ignition",
    "early-burn-out",
    "control-loss",
    "explosion",
    "leak",
    "fire",
]


class EscapeFailureSpec(Block):
    """What a crew escapes from: how the launcher goes on, how it is told, what it leads to."""

    kind: FailureKind = Field(description="what fails")
    window: WindowSpec = Field(
        default_factory=WindowSpec, description="when it may happen; left out, at any time"
    )
    thrusting: bool = Field(
        default=False,
        description="the launcher thrusts on, as one of solid motors does, unless the command "
        "stops it (shut_down of a mode)",
    )
    rate: TurnRate | None = Field(
        default=None, description="at which the launcher turns as it is left, in pitch"
    )
    bursts: str | None = Field(
        default=None, description="stage of hazards.explosions that bursts after its delay"
    )
    detector: str | None = Field(
        default=None, description="of hazards.detectors; left out, the command takes `latency`"
    )
    signal: Annotated[float, Field(gt=0.0, le=1e3)] = Field(
        default=3.0, description="what the detector sees at once, over its threshold"
    )
    growth: Annotated[float, Field(ge=0.0, le=1e6)] = Field(
        default=0.0, description="and by how much of its threshold that grows in a second"
    )
    latency: Delay = Field(default=0.0, description="from the failure to the command, untold")
    survive: Duration | None = Field(
        default=None, description="how long the crew may stay aboard, from the failure on"
    )

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        """A detector tells, or a latency is given."""
        if self.detector is not None and "latency" in self.model_fields_set:
            raise refuse(Mistake(("latency",), "nothing with detector, which has its own"))
        return self


class EscapeSpec(Block):
    """How a crew leaves its launcher."""

    name: str = Field(default="", description="name of the escape system")
    capsule: CapsuleSpec = Field(description="what comes down")
    capsule_at: Triple = Field(
        default=ORIGIN,
        description="centre of mass of the capsule, in the structural axes of the bodies",
    )
    surface: Literal["water", "land"] = Field(
        default="water", description="what it is meant to come down on"
    )
    bodies: dict[Name, BodyConfigurationSpec] = Field(
        default_factory=dict, description="what turns in rigid phases, by name"
    )
    service_module: ServiceModuleEscapeSpec | None = Field(
        default=None, description="what burns where there is no tower"
    )
    return_now: ReturnNowSpec | None = Field(
        default=None, description="home from the orbit at once; left out, it is not asked"
    )
    modes: dict[Name, EscapeModeSpec] = Field(min_length=1, description="ways out, by name")
    constraints: ConstraintsSpec = Field(
        default_factory=ConstraintsSpec, description="what an escape is judged by"
    )
    failures: dict[Name, EscapeFailureSpec] = Field(
        default_factory=dict[str, EscapeFailureSpec], description="what is escaped from, by name"
    )
    hazards: HazardsSpec | None = Field(
        default=None, description="bursts, detectors, and what capsule and canopies bear"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Every mode has what flies in it."""
        mistakes = [m for name, mode in self.modes.items() for m in self._of_mode(name, mode)]
        mistakes += [m for name, one in self.failures.items() for m in self._of_failure(name, one)]
        if mistakes:
            raise refuse(*mistakes)
        return self

    def _of_failure(self, name: str, one: EscapeFailureSpec) -> Iterator[Mistake]:
        hazards = self.hazards or HazardsSpec()
        for key, known in (("bursts", hazards.explosions), ("detector", hazards.detectors)):
            given = getattr(one, key)
            if given is not None and given not in known:
                what = "hazards.explosions" if key == "bursts" else "hazards.detectors"
                hint = nearest(given, sorted(known))
                yield Mistake(("failures", name, key), f"one of {what}", hint)

    def _of_mode(self, name: str, mode: EscapeModeSpec) -> Iterator[Mistake]:
        at = ("modes", name)
        if mode.burn is not None:
            if self.service_module is None:
                yield Mistake((*at, "burn"), "nothing without service_module")
            else:
                for one in mode.burn.lacking(self.service_module, self.capsule.mass):
                    yield Mistake((*at, "burn", *one.at), one.expected, one.hint)
        for k, phase in enumerate(mode.phases):
            here = (*at, "phases", k)
            if phase.motion == "rigid":
                if phase.body not in self.bodies:
                    hint = nearest(phase.body or "", sorted(self.bodies))
                    yield Mistake((*here, "body"), "one of bodies", hint)
                elif phase.engine == "on" and not _pushes(self.bodies[phase.body]):
                    hint = f"{phase.body} has no motor"
                    yield Mistake((*here, "engine"), "off, or a body with a motor", hint)
            if phase.motion == "canopies" and self.train(mode) is None:
                yield Mistake((*here, "motion"), "nothing without parachutes")

    def train(self, mode: EscapeModeSpec) -> ParachutesSpec | None:
        """The parachutes of a mode."""
        return mode.parachutes or self.capsule.parachutes


def _pushes(body: BodyConfigurationSpec) -> bool:
    return body.engine is not None or bool(getattr(body, "motors", None))
