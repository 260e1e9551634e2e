"""What a launcher is made of: stages, engines, parts, payload, force coefficients."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from yaan.description.block import Block, Pair
from yaan.description.body_shape import BodyConfigurationSpec
from yaan.description.craft import CapsuleSpec
from yaan.description.exactly import RANGE
from yaan.description.parachutes import ParachutesSpec
from yaan.description.quantity import (
    Attack,
    BallisticCoefficient,
    CurveTime,
    Delay,
    ExitArea,
    MachGrid,
    Mass,
    Mistake,
    Name,
    ReferenceArea,
    SpecificImpulse,
    Thrust,
    TotalImpulse,
    check_rising,
    refuse,
    rising,
)


def _as_pair(value: Any) -> Any:
    """YAML has lists only; a point of a curve is a pair."""
    if isinstance(value, (list, tuple)) and len(value) == Pair:
        return tuple(value)
    raise refuse(Mistake((), 'a pair of time and relative thrust, as ["20 s", 1.1]'))


CurvePoint = Annotated[
    tuple[CurveTime, Annotated[float, Field(ge=0.0, le=100.0)]], BeforeValidator(_as_pair)
]


def _check_curve(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A thrust curve starts at 0 s, its times rise, and it holds some thrust."""
    times = [time for time, _ in points]
    if times[0] != 0.0:
        raise refuse(Mistake((0, 0), 'the first time to be "0 s"'))
    index = rising(times)
    if index is not None:
        raise refuse(Mistake((index, 0), "a time later than the one before it"))
    if not any(thrust > 0.0 for _, thrust in points):
        raise refuse(Mistake((), "some thrust above 0"))
    return points


ThrustCurve = Annotated[list[CurvePoint], Field(min_length=2), AfterValidator(_check_curve)]
AngleGrid = Annotated[list[Attack], Field(min_length=1), AfterValidator(check_rising)]
ThrottleRange = Annotated[
    list[Annotated[float, Field(gt=0.0, le=1.5)]], RANGE, AfterValidator(check_rising)
]
Coefficients = list[list[Annotated[float, Field(ge=-100.0, le=100.0)]]]


class EngineSpec(Block):
    """One engine or solid motor; thrust and specific impulse are those in vacuum."""

    name: str = Field(default="", description="name of the engine")
    propellants: str = Field(default="", description="propellants, in words")
    thrust: Thrust | None = Field(default=None, description="constant vacuum thrust")
    thrust_curve: ThrustCurve | None = Field(
        default=None, description="[time since ignition, relative thrust], scaled to the impulse"
    )
    impulse: TotalImpulse | None = Field(
        default=None, description="vacuum impulse of one motor; goes with thrust_curve"
    )
    isp: SpecificImpulse = Field(description="vacuum specific impulse")
    exit_area: ExitArea = Field(
        default=0.0, description="nozzle exit area of one engine; 0 leaves back pressure out"
    )
    full_flow_thrust: Thrust | None = Field(
        default=None, description="below this vacuum thrust back pressure falls with thrust"
    )
    ignition_delay: Delay = Field(default=0.0, description="from the command to first thrust")
    ignition_ramp: Delay = Field(default=0.0, description="linear rise to full thrust")
    tail_off: Delay = Field(default=0.0, description="linear fall after the command to stop")
    throttle: ThrottleRange | None = Field(
        default=None,
        description="[least, greatest] share of its thrust; left out, it cannot be throttled",
    )

    @model_validator(mode="after")
    def _one_thrust(self) -> Self:
        """Constant thrust, or a curve with its impulse."""
        has_curve = self.thrust_curve is not None
        if self.thrust is None and not has_curve:
            raise refuse(Mistake(("thrust",), "required, or thrust_curve with impulse"))
        if self.thrust is not None and has_curve:
            raise refuse(Mistake(("thrust_curve",), "either thrust or thrust_curve, not both"))
        if has_curve != (self.impulse is not None):
            raise refuse(Mistake(("impulse",), "thrust_curve and impulse together"))
        if has_curve and (self.ignition_ramp or self.tail_off):
            key = "ignition_ramp" if self.ignition_ramp else "tail_off"
            raise refuse(Mistake((key,), '"0 s": the thrust curve holds rise and fall'))
        return self

    @model_validator(mode="after")
    def _throttles(self) -> Self:
        """Only liquid engines are throttled, and with a nozzle that flows full."""
        if self.throttle is None:
            return self
        if self.thrust is None:
            raise refuse(Mistake(("throttle",), "nothing: a motor with a thrust_curve burns by it"))
        least, most = self.throttle
        if not least <= 1.0 <= most:
            raise refuse(Mistake(("throttle",), "a range with 1, which is its thrust"))
        if (self.full_flow_thrust or 0.0) > least * self.thrust:
            expected = "no more than the least thrust that throttle gives"
            raise refuse(Mistake(("full_flow_thrust",), expected))
        return self


class AeroTableSpec(Block):
    """Force coefficients on one reference area, over Mach number and total angle of attack."""

    name: str = Field(default="", description="name of the table")
    mach: MachGrid = Field(description="Mach numbers, rising")
    angle_of_attack: AngleGrid = Field(
        default_factory=lambda: [0.0], description="total angles of attack, rising"
    )
    axial_force: Coefficients = Field(
        description="axial force: a row for each angle of attack, a column for each Mach number"
    )
    normal_force: Coefficients = Field(
        description="normal force: a row for each angle of attack, a column for each Mach number"
    )

    @model_validator(mode="after")
    def _shapes_fit(self) -> Self:
        """Tables are as large as their grids."""
        rows, columns = len(self.angle_of_attack), len(self.mach)
        mistakes: list[Mistake] = []
        for key in ("axial_force", "normal_force"):
            table: list[list[float]] = getattr(self, key)
            if len(table) != rows:
                mistakes.append(Mistake((key,), f"{rows} rows, one for each angle of attack"))
            mistakes += [
                Mistake((key, index), f"{columns} numbers, one for each Mach number")
                for index, row in enumerate(table)
                if len(row) != columns
            ]
        if mistakes:
            raise refuse(*mistakes)
        return self


class ConfigurationSpec(Block):
    """Force coefficients while this stage or part is the widest that is still attached."""

    reference_area: ReferenceArea = Field(description="area that the coefficients are on")
    table: AeroTableSpec = Field(description="force coefficients")


class StageSpec(Block):
    """One or several equal stages that are lit and dropped together."""

    count: int = Field(default=1, ge=1, le=20, description="how many equal stages")
    engine: EngineSpec = Field(description="its engine")
    engine_count: int = Field(default=1, ge=1, le=60, description="engines on each stage")
    propellant: Mass = Field(description="usable propellant of each stage")
    dry_mass: Mass = Field(description="mass of each stage without propellant")
    aerodynamics: ConfigurationSpec | None = Field(
        default=None, description="shape of the vehicle while this stage is attached"
    )
    parachutes: ParachutesSpec | None = Field(
        default=None, description="parachutes that it carries"
    )
    ballistic_coefficient: BallisticCoefficient | None = Field(
        default=None, description="mass over drag area once spent, to follow it to its impact"
    )


class PartSpec(Block):
    """Dead mass that is dropped by name, or stays; a capsule is a part that can enter."""

    capsule: CapsuleSpec | None = Field(
        default=None, description="its shape in an entry, its heating and its parachutes"
    )
    mass: Mass = Field(
        default_factory=lambda data: _mass_of(data.get("capsule")),
        description="mass; left out, that of its capsule",
    )
    aerodynamics: ConfigurationSpec | None = Field(
        default=None, description="shape of the vehicle while this part is attached"
    )
    parachutes: ParachutesSpec | None = Field(
        default=None, description="parachutes that it carries; a capsule has its own"
    )

    ballistic_coefficient: BallisticCoefficient | None = Field(
        default=None, description="mass over drag area once dropped, to follow it to its impact"
    )

    @model_validator(mode="after")
    def _weighs(self) -> Self:
        """It has a mass, once."""
        if not self.mass > 0.0:
            raise refuse(Mistake(("mass",), "required"))
        if self.capsule is not None and self.mass != self.capsule.mass:
            raise refuse(Mistake(("mass",), "the mass of its capsule, or nothing"))
        if self.capsule is not None and self.parachutes is not None:
            raise refuse(Mistake(("parachutes",), "nothing with capsule, which has its own"))
        return self

    @property
    def train(self) -> ParachutesSpec | None:
        """Its parachutes."""
        return self.parachutes if self.capsule is None else self.capsule.parachutes


def _mass_of(capsule: CapsuleSpec | None) -> float:
    """Of a part that does not say it [kg]; zero where nobody does."""
    return 0.0 if capsule is None else capsule.mass


class PayloadSpec(Block):
    """What is carried to the end."""

    name: str = Field(min_length=1, description="name of the payload")
    mass: Mass = Field(description="mass")
    ballistic_coefficient: BallisticCoefficient | None = Field(
        default=None, description="mass over drag area, for entry after an abort"
    )


class ScaleSpec(Block):
    """Factors on every table of the vehicle."""

    axial_scale: float = Field(default=1.0, ge=0.0, le=10.0, description="factor on axial force")
    normal_scale: float = Field(default=1.0, ge=0.0, le=10.0, description="factor on normal force")


_NOTHING: Final = PayloadSpec.model_construct(name="nothing", mass=0.0)


class VehicleSpec(Block):
    """A launcher with its payload; without stages, what is dropped or flies on."""

    name: str = Field(default="", description="name of the vehicle")
    stages: dict[Name, StageSpec] = Field(
        default_factory=dict, description="stages, by name; a launch needs one"
    )
    parts: dict[Name, PartSpec] = Field(default_factory=dict, description="dead masses, by name")
    payload: PayloadSpec = Field(
        default=_NOTHING, description="what is brought to orbit; a launch needs one"
    )
    aerodynamics: ScaleSpec = Field(
        default_factory=ScaleSpec, description="factors on force coefficients"
    )
    bodies: dict[Name, BodyConfigurationSpec] = Field(
        default_factory=dict, description="what turns in a rigid phase, by name"
    )

    def weight(self, tanks: Mapping[str, float], without: Collection[str]) -> float:
        """Mass [kg] with `tanks` [kg] of some stages, those left out full, and `without` parts."""
        stages = sum(
            s.count * s.dry_mass + tanks.get(name, s.count * s.propellant)
            for name, s in self.stages.items()
            if name not in without
        )
        parts = sum(part.mass for name, part in self.parts.items() if name not in without)
        payload = 0.0 if "payload" in without else self.payload.mass
        return stages + parts + payload

    @model_validator(mode="after")
    def _weighs(self) -> Self:
        """Nothing flies without mass."""
        if not (self.stages or self.parts or self.bodies or self.payload.mass > 0.0):
            raise refuse(Mistake(("payload",), "required, or stages, or parts"))
        return self
