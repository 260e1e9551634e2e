"""The forms of the file, schema 1: one for each kind, and the plan that each makes."""

from collections.abc import Iterator
from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from yaan.base import format_quantity
from yaan.description.attitude import AscentAttitudeSpec
from yaan.description.block import Block
from yaan.description.body import BodyPhaseSpec, PulseSpec, StartSpec
from yaan.description.body_shape import BodySpec
from yaan.description.craft import CapsuleSpec, SpacecraftSpec
from yaan.description.dispersions import Dispersions, DispersionSpec
from yaan.description.environment import EnvironmentSpec, world_mistakes
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
from yaan.description.phases import BranchSpec, FlightPhaseSpec
from yaan.description.plan import Plan
from yaan.description.quantity import Epoch, MissionName, Mistake, PastEpoch, Step, refuse
from yaan.description.requirements import Requirements, RequirementSpec
from yaan.description.starts import OriginSpec
from yaan.description.stations import Stations, StationSpec
from yaan.description.steering import PhaseSpec, PublishedSpec, SteeringSpec
from yaan.description.vehicle import VehicleSpec
from yaan.description.written import as_written

_CLOSE: Final = 1e-6
"""Share of a mass within which two are one."""


class LaunchSpec(PadSpec):
    """Where and when."""

    epoch: Epoch = Field(description='lift-off, as "2027-01-15T03:30:00 UTC"')

    @property
    def pad(self) -> PadSpec:
        """The start without its epoch."""
        return PadSpec.model_construct(**_fields(self, PadSpec))


class MissionSpec(Block):
    """A checked mission; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["mission"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    launch: LaunchSpec = Field(description="where and when")
    target: TargetSpec = Field(description="orbit at cut-off")
    vehicle: VehicleSpec = Field(description="launcher and payload")
    spacecraft: SpacecraftSpec | None = Field(
        default=None, description="the payload as a craft of its own, to come home"
    )
    orbit: OrbitSpec | None = Field(default=None, description="orbit that is kept")
    landing: LandingSpec | None = Field(default=None, description="where and when to come down")
    deorbit: DeorbitSpec | None = Field(default=None, description="burn that brings it down")
    entry: ReturnEntrySpec | None = Field(default=None, description="flight through the air")
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
    step: Step = Field(default=0.25, description="integration step")
    reserve: ReserveSpec | None = Field(default=None, description="propellant that must be left")
    attitude: AscentAttitudeSpec | None = Field(
        default=None, description="how the ascent is turned; left out, it is a point's"
    )
    steering: SteeringSpec = Field(description="profiles")
    phases: list[PhaseSpec] = Field(min_length=1, description="phases, in the order of flight")
    failures: list[FailureSpec] = Field(
        default_factory=list[FailureSpec], description="what breaks, and is not foreknown"
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

    @model_validator(mode="after")
    def _world_fits(self) -> Self:
        """The world has what the flight needs, and nothing that it does not feel."""
        mistakes = world_mistakes(self.environment, self.launch.epoch)
        if mistakes:
            raise refuse(*mistakes)
        return self

    def plan(self) -> Plan:
        """What is flown."""
        known = _fields(self, Plan)
        return Plan.model_construct(**known, start=self.launch.pad, epoch=self.launch.epoch)


class FlightSpec(Block):
    """A checked flight of phases; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["flight"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    epoch: PastEpoch = Field(description='where time starts, as "2027-01-15T03:30:00 UTC"')
    start: OriginSpec = Field(description="where it begins")
    vehicle: VehicleSpec = Field(description="what flies: stages, parts, payload, bodies")
    phases: list[FlightPhaseSpec] = Field(min_length=1, description="phases, in order of flight")
    branches: list[BranchSpec] = Field(
        default_factory=list[BranchSpec], description="what leaves the flight and is followed"
    )
    failures: list[FailureSpec] = Field(
        default_factory=list[FailureSpec], description="what breaks, and is not foreknown"
    )
    pulses: list[PulseSpec] = Field(
        default_factory=list[PulseSpec],
        description="forces and torques at given times, on what flies a rigid phase",
    )
    target: TargetSpec | None = Field(
        default=None, description="orbit that an ascent is designed for; it goes with steering"
    )
    steering: SteeringSpec | None = Field(
        default=None, description="profiles of an ascent, or the constants of its laws"
    )
    reserve: ReserveSpec | None = Field(default=None, description="propellant that must be left")
    ground: GroundSpec | None = Field(
        default=None, description="the ground of a flight without a pad; left out, at 0 m, of water"
    )
    crew: CrewSpec | None = Field(default=None, description="crew; left out, no loads are graded")
    environment: EnvironmentSpec = Field(
        default_factory=EnvironmentSpec, description="gravity, air, wind, rotation"
    )
    step: Step = Field(default=0.25, description="integration step of powered phases")
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

    @model_validator(mode="after")
    def _world_fits(self) -> Self:
        """The world has what the flight needs, and nothing that it does not feel."""
        mistakes = [*world_mistakes(self.environment, self.epoch), *self._weight_mistakes()]
        mistakes += self._tank_mistakes()
        if mistakes:
            raise refuse(*mistakes)
        return self

    def _tank_mistakes(self) -> Iterator[Mistake]:
        """No tank holds more than when it is full."""
        for name, stage in self.vehicle.stages.items():
            full = stage.count * stage.usable
            if self.start.tanks.get(name, 0.0) > full * (1.0 + _CLOSE):
                expected = f"at most {format_quantity(full, 'kg', digits=9)}, which fills it"
                yield Mistake(("start", "tanks", name), expected)

    def _weight_mistakes(self) -> Iterator[Mistake]:
        """What is aboard weighs what the start says that it does."""
        start, told = self.start, self.start.mass
        if told is None:
            return
        weight = self.vehicle.weight(start.tanks, start.without)
        if abs(weight - told) > _CLOSE * told:
            found = format_quantity(weight, "kg", digits=9)
            expected = f"what all aboard weighs, {found}"
            hint = "what has left goes to start.without, what is in the tanks to start.tanks"
            yield Mistake(("start", "mass"), expected, hint)

    def plan(self) -> Plan:
        """What is flown."""
        return Plan.model_construct(**_fields(self, Plan))


class EntryLandingSpec(Block):
    """Where an entry is meant to come down."""

    aim: AimSpec = Field(description="point that the bank is solved for, and misses are taken from")


class EntrySpec(Block):
    """A checked entry; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["entry"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    epoch: PastEpoch = Field(description='start of the entry, as "2027-01-18T02:30:00 UTC"')
    interface: InterfaceSpec = Field(description="where it starts, and how it moves")
    capsule: CapsuleSpec = Field(description="what enters")
    entry: EntryPhaseSpec = Field(description="how it is flown")
    landing: EntryLandingSpec | None = Field(default=None, description="where it should come down")
    ground: GroundSpec = Field(
        default_factory=GroundSpec, description="how high the ground lies, and what it is"
    )
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

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Solving needs an aim; the rotation of the Earth is tabulated for the time of UTC."""
        mistakes: list[Mistake] = []
        if self.entry.bank.solve and self.landing is None:
            expected = "{constant: ANGLE} or {time: [..], angle: [..]}"
            mistakes.append(Mistake(("entry", "bank"), expected, "solve needs landing.aim"))
        mistakes += world_mistakes(self.environment, self.epoch)
        if mistakes:
            raise refuse(*mistakes)
        return self

    def plan(self) -> Plan:
        """What is flown."""
        aim = None if self.landing is None else self.landing.aim
        known: dict[str, Any] = _fields(self, Plan) | {"landing": None, "aim": aim}
        return Plan.model_construct(**known, start=self.interface, vehicle=self.capsule)


class BodyFlightSpec(Block):
    """A checked flight of a body; every dimensional value is an SI float."""

    schema_: Literal[1] = Field(alias="schema", description="version of the format")
    kind: Literal["body"] = Field(description="kind of file")
    name: MissionName = Field(description="short name, used for the run folder")
    epoch: PastEpoch = Field(description='start, as "2027-01-18T02:30:00 UTC"')
    body: BodySpec = Field(description="what flies")
    start: StartSpec = Field(description="its state at the epoch")
    phases: list[BodyPhaseSpec] = Field(min_length=1, description="phases, in the order of flight")
    ground: BodyGroundSpec | None = Field(
        default=None,
        description="how high the ground lies; left out, at 0 m, or where it starts if that is "
        "lower",
    )
    pulses: list[PulseSpec] = Field(
        default_factory=list[PulseSpec], description="forces and torques at given times"
    )
    method: Literal["rk4", "dop853"] = Field(
        default="rk4",
        description="integration: Runge-Kutta of fourth order, or Dormand and Prince's of eighth",
    )
    environment: EnvironmentSpec = Field(
        default_factory=EnvironmentSpec, description="gravity, air, wind, rotation"
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

    @model_validator(mode="after")
    def _world_fits(self) -> Self:
        """The world is known at the epoch, and sunlight has something to press on."""
        lit = any(c.radiation is not None for c in self.body.configurations.values())
        mistakes = world_mistakes(self.environment, self.epoch, radiation=lit)
        if mistakes:
            raise refuse(*mistakes)
        return self

    def plan(self) -> Plan:
        """What is flown."""
        return Plan.model_construct(**_fields(self, Plan), vehicle=self.body)


Form = MissionSpec | EntrySpec | BodyFlightSpec | FlightSpec


def form_of(plan: Plan) -> dict[str, Any]:
    """The file that makes a plan, as plain data."""
    told = as_written(plan)
    if isinstance(plan.start, OriginSpec):
        return {"schema": 1, "kind": "flight", **told}
    start, vehicle = told.pop("start"), told.pop("vehicle")
    if isinstance(plan.start, PadSpec):
        launch = start | {"epoch": told.pop("epoch")}
        return {"schema": 1, "kind": "mission", **told, "launch": launch, "vehicle": vehicle}
    if isinstance(plan.start, StartSpec):
        return {"schema": 1, "kind": "body", **told, "start": start, "body": vehicle}
    aim = told.pop("aim", None)
    landing = {} if aim is None else {"landing": {"aim": aim}}
    return {"schema": 1, "kind": "entry", **told, **landing, "interface": start, "capsule": vehicle}


def _fields(block: Block, model: type[Block]) -> dict[str, Any]:
    """The checked fields of a block that a model has too."""
    own = type(block).model_fields
    return {name: getattr(block, name) for name in model.model_fields if name in own}
