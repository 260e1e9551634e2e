"""What a launcher is made of: stages, engines, parts, payload, force coefficients."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from yaan.base.constants import STANDARD_GRAVITY
from yaan.description.block import Block, Pair
from yaan.description.body_shape import BodyConfigurationSpec
from yaan.description.craft import CapsuleSpec
from yaan.description.derived import (
    DESIGN_TELLS,
    Derived,
    Found,
    default_exit_area,
    default_isp,
    default_thrust,
    exit_area_of,
    isp_of,
    thrust_of,
)
from yaan.description.engine_design import (
    EngineDesignSpec,
    Published,
    ThrottleRange,
    claim_mistakes,
    contradictions,
)
from yaan.description.off_design import (
    GimbalRangeSpec,
    MixtureSpec,
    Outage,
    StartTransient,
    ThrottleTable,
    burn_down,
    outage,
    surfaced,
)
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
    TailImpulse,
    Thrust,
    TotalImpulse,
    check_rising,
    refuse,
    rising,
)

_LEAST_RAMP: Final = 1e-3  # [s] a jump in thrust is flown as a short ramp


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
Scale = Annotated[float, Field(gt=0.0, le=10.0)]
AngleGrid = Annotated[list[Attack], Field(min_length=1), AfterValidator(check_rising)]
Coefficients = list[list[Annotated[float, Field(ge=-100.0, le=100.0)]]]


class EngineSpec(Block):
    """One engine or solid motor; thrust and specific impulse are those in vacuum."""

    name: str = Field(default="", description="name of the engine")
    propellants: str = Field(default="", description="propellants, in words")
    design: EngineDesignSpec | None = Field(
        default=None, description="its design point: propellants, cycle, chamber, nozzle"
    )
    isp: SpecificImpulse = Field(
        default_factory=default_isp,
        description="vacuum specific impulse; left out, that of its design and its family",
    )
    thrust: Thrust | None = Field(
        default_factory=default_thrust,
        description="constant vacuum thrust; left out, that of the flow or a diameter of design",
    )
    thrust_curve: ThrustCurve | None = Field(
        default=None, description="[time since ignition, relative thrust], scaled to the impulse"
    )
    impulse: TotalImpulse | None = Field(
        default=None, description="vacuum impulse of one motor; goes with thrust_curve"
    )
    exit_area: ExitArea = Field(
        default_factory=default_exit_area,
        description="nozzle exit area of one engine; 0 leaves back pressure out; left out with "
        "isp, that of its design",
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
    throttle_isp: ThrottleTable | None = Field(
        default=None,
        description="[throttle, share of the specific impulse]; left out, that of the ideal engine "
        "of design, or 1",
    )
    start_transient: StartTransient | None = Field(
        default=None,
        description="[time since ignition, share of thrust] in place of ignition_ramp",
    )
    tail_off_impulse: TailImpulse | None = Field(
        default=None, description="vacuum impulse of one engine after the command to stop"
    )
    mixture: MixtureSpec | None = Field(
        default=None, description="mixture ratio in flight, where it is not the nominal one"
    )
    gimbal: GimbalRangeSpec | None = Field(
        default=None, description="how far and how fast it is swivelled; shown, not flown"
    )
    published: Published = Field(
        default_factory=Published, description="what sources print, by keys of it or its design"
    )

    @property
    def mixture_ratio(self) -> float | None:
        """The nominal one, if the file has it."""
        known = None if self.design is None else self.design.mixture_ratio
        return known if self.mixture is None or self.mixture.ratio is None else self.mixture.ratio

    @property
    def names(self) -> tuple[str, str]:
        """Of its oxidiser and its fuel, for people."""
        told = [part.strip() for part in self.propellants.split("/")]
        if self.design is not None:
            return self.design.oxidiser, self.design.fuel
        return (told[0], told[1]) if len(told) == Pair and all(told) else ("oxidiser", "fuel")

    @property
    def fall(self) -> float:
        """How long thrust falls after the command to stop [s], linearly."""
        if self.tail_off_impulse is None:
            return self.tail_off
        return 2.0 * self.tail_off_impulse / (self.thrust or math.inf)

    @property
    def rise(self) -> list[tuple[float, float]]:
        """Share of thrust against time since ignition [s] of a liquid engine."""
        if self.start_transient is not None:
            return self.start_transient
        return [(0.0, 0.0), (max(self.ignition_ramp, _LEAST_RAMP), 1.0)]

    @property
    def derived(self) -> dict[str, Derived]:
        """What of isp, thrust and exit_area its file leaves out and its design tells."""
        if not isinstance(self.isp, Found) and not isinstance(self.thrust, Found):
            return {}
        told = {
            "isp": isp_of(self.design),
            "thrust": thrust_of(self.design, self.isp),
            "exit_area": exit_area_of(self.design, self.thrust),
        }
        return {
            key: one
            for key, one in told.items()
            if one is not None and getattr(self, key) == one.value
        }

    @model_validator(mode="after")
    def _has_an_impulse(self) -> Self:
        """Its specific impulse is written, or its design tells it."""
        if not self.isp > 0.0:
            hint = "" if self.design is None else DESIGN_TELLS
            raise refuse(Mistake(("isp",), "required", hint))
        return self

    @model_validator(mode="after")
    def _runs(self) -> Self:
        """What a liquid engine does beside its design point is told once, and no motor's."""
        mistakes: list[Mistake] = []
        if self.thrust_curve is not None:
            told = ("throttle_isp", "start_transient", "tail_off_impulse", "mixture")
            expected = "nothing: a motor with a thrust_curve burns by it"
            given = [key for key in told if getattr(self, key) is not None]
            mistakes += [Mistake((key,), expected) for key in given]
        elif self.mixture is not None:
            known = surfaced(self.design)
            found = [*self._ratio_mistakes(), *self.mixture.mistakes(self.mixture_ratio, known)]
            mistakes += [Mistake(("mixture", *m.at), m.expected, m.hint) for m in found]
        if self.start_transient is not None and self.ignition_ramp:
            mistakes.append(Mistake(("ignition_ramp",), '"0 s": start_transient holds the rise'))
        if self.tail_off_impulse is not None and self.tail_off:
            mistakes.append(Mistake(("tail_off_impulse",), "tail_off or its impulse, one of them"))
        if self.throttle_isp is not None and self.thrust_curve is None:
            mistakes += self._map_mistakes(self.throttle_isp)
        if mistakes:
            raise refuse(*mistakes)
        return self

    def _ratio_mistakes(self) -> list[Mistake]:
        """A derived specific impulse is that at the ratio of the design, which is nominal then."""
        ratio = None if self.design is None else self.design.mixture_ratio
        if not isinstance(self.isp, Found) or ratio is None or self.mixture_ratio == ratio:
            return []
        hint = "isp is derived at that ratio: shift it, or write isp"
        return [Mistake(("ratio",), f"{ratio:g}, that of design, or nothing", hint)]

    def _map_mistakes(self, table: Sequence[tuple[float, float]]) -> list[Mistake]:
        """A throttle map covers the throttles that there are."""
        if self.throttle is None:
            return [Mistake(("throttle",), "required with throttle_isp")]
        least, most = self.throttle
        if table[0][0] <= least and most <= table[-1][0]:
            return []
        return [Mistake(("throttle_isp",), f"throttles from {least:g} to {most:g}, as throttle")]

    @model_validator(mode="after")
    def _figures_agree(self) -> Self:
        """Claims are of its keys; thrust, flow and specific impulse are one engine's."""
        mistakes = list(claim_mistakes(EngineSpec, self.published))
        mistakes += contradictions(self.thrust, self.isp, self.design)
        if mistakes:
            raise refuse(*mistakes)
        return self

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
    thrust_scale: Scale | list[Scale] = Field(
        default=1.0,
        description="factor on thrust and flow, at the same specific impulse; or a list of one for "
        "each of `count`",
    )
    flow_scale: Scale | list[Scale] = Field(
        default=1.0,
        description="factor on the flow alone, so that specific impulse falls by it; likewise",
    )
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

    @property
    def stronger(self) -> float:
        """Thrust of all its units over what their engines are described to have."""
        return sum(self._shares(self.thrust_scale)) / self.count

    @property
    def isp(self) -> float:
        """Vacuum specific impulse of all its units together [s]: their thrust over their flow."""
        thrusts = self._shares(self.thrust_scale)
        flows = [t * f for t, f in zip(thrusts, self._shares(self.flow_scale), strict=True)]
        return self.engine.isp * (sum(thrusts) / sum(flows))

    def _shares(self, scale: float | list[float]) -> list[float]:
        return scale if isinstance(scale, list) else [scale] * self.count

    @model_validator(mode="after")
    def _one_scale_a_unit(self) -> Self:
        """A list of factors has one for each unit."""
        wrong = [
            Mistake((key,), f"{self.count} factors, one for each unit, or one number")
            for key in ("thrust_scale", "flow_scale")
            for scale in [getattr(self, key)]
            if isinstance(scale, list) and len(scale) != self.count  # pyright: ignore[reportUnknownArgumentType]
        ]
        if wrong:
            raise refuse(*wrong)
        return self

    @property
    def burnt_at(self) -> list[tuple[float, float]]:
        """The mixture ratio against what one stage has burnt [kg]; empty where nothing shifts."""
        engine = self.engine
        if engine.mixture is None or engine.mixture_ratio is None or engine.thrust is None:
            return []
        flow = self.engine_count * engine.thrust * self.stronger / (self.isp * STANDARD_GRAVITY)
        return burn_down(engine.mixture, engine.mixture_ratio, flow, engine.rise)

    @property
    def outage(self) -> Outage | None:
        """What a shifted mixture leaves in its tanks; None where it does not shift."""
        engine = self.engine
        if engine.mixture is None or engine.mixture_ratio is None:
            return None
        loaded = engine.mixture.loaded or engine.mixture_ratio
        return outage(self.burnt_at, self.propellant, loaded)

    @property
    def usable(self) -> float:
        """Propellant of each stage that can be burnt before one of the two runs out [kg]."""
        found = self.outage
        return self.propellant if found is None else found.usable

    @property
    def burnt_out(self) -> float:
        """Mass of each stage when it can burn no more [kg]: dry, and what is left of the other."""
        found = self.outage
        return self.dry_mass if found is None else self.dry_mass + found.left


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
            s.count * s.burnt_out + tanks.get(name, s.count * s.usable)
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
