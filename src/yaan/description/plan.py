"""The plan of a flight: where it begins, what flies, through which phases, in what world.

It is made from a file (`yaan.mission`), or written in Python with the same blocks. All that flies
takes a plan and knows of no file. A plan has up to five parts, which are its fields taken
together where all of them are there: an *ascent* from a pad whose steering is designed, a *return*
to a landing zone, the *entry* of a capsule, which a return ends with, the *free flight* of one
body, and a *phased flight*: any chain of phases, flown as it is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pydantic import Field, PrivateAttr

from yaan.description.attitude import AscentAttitudeSpec
from yaan.description.block import Block
from yaan.description.body import BodyPhaseSpec, PulseSpec, StartSpec
from yaan.description.body_shape import BodySpec
from yaan.description.craft import CapsuleSpec, SpacecraftSpec
from yaan.description.dispersions import Dispersions, DispersionSpec
from yaan.description.environment import EnvironmentSpec, WindSpec
from yaan.description.escape import EscapeSpec
from yaan.description.failures import FailureSpec
from yaan.description.ground import BodyGroundSpec, GroundSpec
from yaan.description.guidance import GuidanceSpec
from yaan.description.integration import IntegrationSpec
from yaan.description.interface import InterfaceSpec
from yaan.description.landing import (
    AimSpec,
    DeorbitSpec,
    EntryPhaseSpec,
    LandingSpec,
    OrbitSpec,
    ReturnEntrySpec,
)
from yaan.description.launch import CrewSpec, PadSpec, ReserveSpec, TargetSpec
from yaan.description.navigation import Navigation
from yaan.description.own import Given, GivenModels
from yaan.description.phases import BranchSpec, FlightPhaseSpec
from yaan.description.quantity import MissionName, PastEpoch, Step
from yaan.description.requirements import Requirements, RequirementSpec
from yaan.description.starts import OriginSpec
from yaan.description.stations import Stations, StationSpec
from yaan.description.steering import PhaseSpec, PublishedSpec, SteeringSpec
from yaan.description.vehicle import VehicleSpec


class Plan(Block):
    """What is flown; every dimensional value is an SI float."""

    name: MissionName = Field(description="short name, used for the run folder")
    epoch: PastEpoch = Field(description='where time starts, as "2027-01-15T03:30:00 UTC"')
    start: PadSpec | InterfaceSpec | StartSpec | OriginSpec = Field(
        description="where it begins: a pad, an entry interface, a state; or one of many"
    )
    vehicle: VehicleSpec | CapsuleSpec | BodySpec = Field(
        description="what flies: a launcher, a capsule, a body"
    )
    phases: list[FlightPhaseSpec] | list[PhaseSpec] | list[BodyPhaseSpec] = Field(
        default_factory=list[PhaseSpec], description="phases, in the order of flight"
    )
    branches: list[BranchSpec] = Field(
        default_factory=list[BranchSpec], description="what leaves the flight and is followed"
    )
    failures: list[FailureSpec] = Field(
        default_factory=list[FailureSpec], description="what breaks, and is not foreknown"
    )
    target: TargetSpec | None = Field(default=None, description="orbit at cut-off of an ascent")
    steering: SteeringSpec | None = Field(default=None, description="profiles of an ascent")
    attitude: AscentAttitudeSpec | None = Field(
        default=None, description="of an ascent: how it is turned; left out, it is a point's"
    )
    step: Step = Field(default=0.25, description="integration step of an ascent")
    reserve: ReserveSpec | None = Field(default=None, description="propellant that must be left")
    spacecraft: SpacecraftSpec | None = Field(
        default=None, description="the payload as a craft of its own, to come home"
    )
    orbit: OrbitSpec | None = Field(default=None, description="orbit that is kept")
    landing: LandingSpec | None = Field(default=None, description="where and when to come down")
    deorbit: DeorbitSpec | None = Field(default=None, description="burn that brings it down")
    entry: EntryPhaseSpec | None = Field(default=None, description="flight through the air")
    aim: AimSpec | None = Field(default=None, description="where an entry should come down")
    ground: GroundSpec | BodyGroundSpec | None = Field(
        default=None, description="the ground of a flight that has no pad and no landing zone"
    )
    pulses: list[PulseSpec] = Field(
        default_factory=list[PulseSpec], description="forces and torques at given times, of a body"
    )
    method: Literal["rk4", "dop853"] = Field(default="rk4", description="of a body's integration")
    guidance: GuidanceSpec | None = Field(
        default=None, description="laws that guide it; left out, it flies as it was designed"
    )
    navigation: Navigation | None = Field(
        default=None, description="what guidance believes; left out, the truth"
    )
    crew: CrewSpec | None = Field(default=None, description="crew; left out, no loads are graded")
    environment: EnvironmentSpec = Field(
        default_factory=EnvironmentSpec, description="gravity, air, wind, rotation"
    )
    escape: EscapeSpec | None = Field(
        default=None, description="how the crew leaves the launcher; for `yaan escape`"
    )
    integration: IntegrationSpec = Field(
        default_factory=IntegrationSpec, description="what the integration may be out by"
    )
    published: list[PublishedSpec] = Field(
        default_factory=list[PublishedSpec], description="figures to compare with"
    )
    stations: Stations = Field(
        default_factory=list[StationSpec], description="stations whose contacts are told"
    )
    dispersions: Dispersions = Field(
        default_factory=dict[str, DispersionSpec],
        description="dotted keys of this file, and how their values are distributed",
    )
    requirements: Requirements = Field(
        default_factory=dict[str, RequirementSpec],
        description="what the ends of draws must be like, and in which share of them",
    )
    _given: dict[str, Given] = PrivateAttr(default_factory=dict[str, Given])

    @property
    def given(self) -> GivenModels:
        """Models of the user's own that its environment names, as far as they are given."""
        return self._given

    def with_given(self, models: GivenModels) -> "Plan":
        """The same plan with models of the user's own beside it."""
        made = self.model_copy()
        made._given = dict(models)
        return made

    @property
    def own_models(self) -> dict[str, str]:
        """Classes of the user's own that it names, by the words of `OWN_KEYS`."""
        guided = {} if self.guidance is None else self.guidance.own_names
        return self.environment.own_models | guided

    @property
    def ascent(self) -> "Ascent | None":
        """The flight from a pad, where it is one."""
        pad, vehicle, target, steering = self.pad, self.vehicle, self.target, self.steering
        if pad is None or not isinstance(vehicle, VehicleSpec):
            return None
        if target is None or steering is None:
            return None
        phases = [phase for phase in self.phases if isinstance(phase, PhaseSpec)]
        return Ascent(self, pad, vehicle, target, steering, phases[: self._designed])

    @property
    def return_flight(self) -> "ReturnFlight | None":
        """The return to a landing zone, where there is one."""
        craft, orbit, landing, deorbit = self.spacecraft, self.orbit, self.landing, self.deorbit
        if craft is None or orbit is None or landing is None or deorbit is None:
            return None
        if not isinstance(self.entry, ReturnEntrySpec):
            return None
        return ReturnFlight(self, craft, orbit, landing, deorbit, self.entry)

    @property
    def entry_flight(self) -> "EntryFlight | None":
        """The entry, that of a return or one from an interface."""
        asked = self.return_flight
        if asked is not None:
            landing = asked.landing
            parts = (landing.zone.ground, landing.aim, landing.wind)
            return EntryFlight(self, asked.spacecraft.capsule, asked.entry, *parts)
        if not isinstance(self.vehicle, CapsuleSpec) or self.entry is None:
            return None
        ground = self.ground if isinstance(self.ground, GroundSpec) else GroundSpec()
        return EntryFlight(self, self.vehicle, self.entry, ground, self.aim, None)

    @property
    def free_flight(self) -> "FreeFlight | None":
        """The flight of a body from a state, where it is one."""
        if not (isinstance(self.start, StartSpec) and isinstance(self.vehicle, BodySpec)):
            return None
        phases = [phase for phase in self.phases if isinstance(phase, BodyPhaseSpec)]
        return FreeFlight(self, self.start, self.vehicle, phases)

    @property
    def phased_flight(self) -> "PhasedFlight | None":
        """The phases that are flown as they are written: all, or those after a designed ascent."""
        if not isinstance(self.vehicle, VehicleSpec):
            return None
        phases = [phase for phase in self.phases if isinstance(phase, FlightPhaseSpec)]
        rest = phases if self.ascent is None else phases[self._designed :]
        branches = [*self.branches, *self._spent(self.vehicle)]
        if not rest and not branches:
            return None
        return PhasedFlight(self, self.vehicle, rest, branches)

    @property
    def seat(self) -> tuple[float, float, float]:
        """The seat's axes that take the axial load; eyeballs in where no crew is named."""
        if self.crew is None:
            return (1.0, 0.0, 0.0)
        return (self.crew.seat.x, self.crew.seat.y, self.crew.seat.z)

    @property
    def pad(self) -> PadSpec | None:
        """Where it stands at first, if it does."""
        start = self.start
        if isinstance(start, OriginSpec):
            return start.pad
        return start if isinstance(start, PadSpec) else None

    @property
    def surface(self) -> float:
        """Height of the ground where the flight begins [m]."""
        if self.pad is not None:
            return self.pad.site.height
        return 0.0 if self.ground is None else self.ground.height

    @property
    def fallen_flight(self) -> "PhasedFlight | None":
        """What an ascent that misses its orbit leaves: what it dropped, and its payload, fall."""
        if not isinstance(self.vehicle, VehicleSpec):
            return None
        branches, payload = [*self.branches, *self._spent(self.vehicle)], self.vehicle.payload
        last = [phase for phase in self.phases if isinstance(phase, PhaseSpec)][: self._designed]
        if payload.ballistic_coefficient is not None and last:
            branches.append(_fall("payload", last[-1].event, payload.ballistic_coefficient))
        return PhasedFlight(self, self.vehicle, [], branches) if branches else None

    def _spent(self, vehicle: VehicleSpec) -> Iterator[BranchSpec]:
        """What is dropped and has a ballistic coefficient, followed to its impact."""
        both = {**vehicle.stages, **vehicle.parts}
        followed = {name for branch in self.branches for name in branch.flies}
        phases = [phase for phase in self.phases if isinstance(phase, PhaseSpec)]
        for before, phase in pairwise(phases):
            for name in phase.drop:
                fallen = both[name].ballistic_coefficient if name in both else None
                if fallen is not None and name not in followed:
                    yield _fall(name, before.event, fallen)

    @property
    def _designed(self) -> int:
        """How many of the phases a designed ascent takes.

        Those up to the target, and the coasts after it until something is lit or moves otherwise.
        """
        phases = self.phases
        if not isinstance(self.start, OriginSpec):
            return len(phases)
        flown = [p for p in phases if isinstance(p, FlightPhaseSpec)]
        reached = max((i for i, p in enumerate(flown) if p.until.orbit), default=-1)
        for i, phase in enumerate(flown):
            later = i > reached >= 0
            if phase.motion != "powered" or (later and phase.ignite):
                return i
        return len(flown)


@dataclass(frozen=True)
class Ascent:
    """What a plan says of a flight from a pad."""

    plan: Plan
    pad: PadSpec
    vehicle: VehicleSpec
    target: TargetSpec
    steering: SteeringSpec
    phases: list[PhaseSpec]

    def changed(self, **fields: object) -> "Ascent":
        """The ascent of the same plan with some of its checked fields replaced."""
        ascent = self.plan.model_copy(update=fields).ascent
        assert ascent is not None
        return ascent


@dataclass(frozen=True)
class ReturnFlight:
    """What a plan says of the return from an orbit to a landing zone."""

    plan: Plan
    spacecraft: SpacecraftSpec
    orbit: OrbitSpec
    landing: LandingSpec
    deorbit: DeorbitSpec
    entry: ReturnEntrySpec


@dataclass(frozen=True)
class EntryFlight:
    """What a plan says of an entry and what follows it."""

    plan: Plan
    capsule: CapsuleSpec
    entry: EntryPhaseSpec
    ground: GroundSpec
    aim: AimSpec | None
    wind: WindSpec | None
    """Of the return, if it has one of its own."""


@dataclass(frozen=True)
class FreeFlight:
    """What a plan says of the flight of one body."""

    plan: Plan
    start: StartSpec | None
    """None of a body in a chain of phases, which begins with what came before."""
    body: BodySpec
    phases: list[BodyPhaseSpec]

    @property
    def pulses(self) -> list[PulseSpec]:
        """What pushes it at given times."""
        return self.plan.pulses

    def configuration_of(self, phase: BodyPhaseSpec) -> str:
        """The name of what flies in a phase."""
        return phase.configuration or next(iter(self.body.configurations))


@dataclass(frozen=True)
class PhasedFlight:
    """What a plan says of a flight of phases."""

    plan: Plan
    vehicle: VehicleSpec
    phases: list[FlightPhaseSpec]
    """After those of a designed ascent; there may be none."""
    branches: list[BranchSpec]
    """Those of the file, and what is spent and followed to its impact."""

    @property
    def start(self) -> OriginSpec:
        """Where it begins."""
        start = self.plan.start
        return start if isinstance(start, OriginSpec) else OriginSpec(pad=self.plan.pad)


def _fall(name: str, at: str, ballistic_coefficient: float) -> BranchSpec:
    """The branch of what is spent."""
    phase = FlightPhaseSpec(name="fall", motion="fall", ballistic_coefficient=ballistic_coefficient)
    return BranchSpec(name=name, at=at, flies=[name], phases=[phase])
