"""How a vehicle is steered: phases in order, and the profiles that shape the powered arcs."""

from typing import Annotated, Any, Literal, Self, TypeGuard

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from yaan.base import UnitError, parse
from yaan.description.block import Block, Strict
from yaan.description.quantity import (
    FILE,
    ApsisHeight,
    ClimbAngle,
    Duration,
    DynamicPressure,
    HeatFlux,
    Height,
    Kick,
    LoadLimit,
    Mistake,
    Name,
    Speed,
    Step,
    Yaw,
    refuse,
)
from yaan.description.steer import Steer

Mach = Annotated[float, Field(gt=0.0, le=50.0)]


class UntilSpec(Strict):
    """What ends a phase: the first of these that happens.

    A condition that holds as the phase begins ends it at once. Heights are geodetic but those of
    apsides, which are of the osculating orbit and above 6378.137 km.
    """

    time: Duration | None = Field(default=None, description="time since ignition")
    duration: Duration | None = Field(default=None, description="time since the phase began")
    duration_between: list[Duration] | None = Field(
        default=None,
        min_length=2,
        max_length=2,
        description="of a coast: its duration is solved, between these two",
    )
    heat_flux_below: HeatFlux | None = Field(
        default=None, description="free-stream heat flux 0.5 rho v^3 falls below this"
    )
    dynamic_pressure_below: DynamicPressure | None = Field(
        default=None, description="dynamic pressure falls below this"
    )
    dynamic_pressure_above: DynamicPressure | None = Field(
        default=None, description="dynamic pressure rises above this"
    )
    height_above: Height | None = Field(default=None, description="geodetic height reaches this")
    height_below: Height | None = Field(
        default=None, description="sinking, it is below this geodetic height"
    )
    apex: Literal[True] | None = Field(
        default=None, description="it rises no more: its vertical speed falls through zero"
    )
    speed_above: Speed | None = Field(
        default=None, description="speed against the turning Earth rises above this"
    )
    speed_below: Speed | None = Field(
        default=None, description="speed against the turning Earth falls below this"
    )
    mach_above: Mach | None = Field(default=None, description="Mach number rises above this")
    mach_below: Mach | None = Field(default=None, description="Mach number falls below this")
    delta_v: Speed | None = Field(
        default=None, description="engines have given this ideal velocity since the phase began"
    )
    apogee_above: ApsisHeight | None = Field(
        default=None, description="osculating apogee rises above this height"
    )
    apogee_below: ApsisHeight | None = Field(
        default=None, description="osculating apogee falls below this height"
    )
    perigee_above: ApsisHeight | None = Field(
        default=None, description="osculating perigee rises above this height"
    )
    perigee_below: ApsisHeight | None = Field(
        default=None, description="osculating perigee falls below this height"
    )
    circular: Literal[True] | None = Field(
        default=None, description="it is as fast as a circular orbit of its height asks for"
    )
    ground: Literal[True] | None = Field(
        default=None, description="it comes down to the ground, which is meant to be the end"
    )
    off_rail: Literal[True] | None = Field(
        default=None, description="it has slid the length of its rail"
    )
    depleted: str | None = Field(
        default=None, description="a stage runs out of propellant, or the body of a rigid phase"
    )
    aligned: Literal[True] | None = Field(
        default=None, description="the relative velocity has turned to the thrust axis"
    )
    orbit: Literal["target"] | None = Field(default=None, description="the target orbit is reached")

    @model_validator(mode="after")
    def _ends(self) -> Self:
        """A phase ends."""
        if not self.model_fields_set:
            keys = ", ".join(type(self).model_fields)
            raise refuse(Mistake((), f"at least one of {keys}"))
        if (
            self.duration_between is not None
            and self.duration_between[0] >= self.duration_between[1]
        ):
            raise refuse(Mistake(("duration_between", 1), "a time after the first one"))
        if self.duration_between is not None and len(self.model_fields_set) > 1:
            raise refuse(Mistake(("duration_between",), "the only condition of its phase"))
        return self


class PhaseSpec(Block):
    """A stretch of flight with one steering law; switching and dropping happen as it begins."""

    name: Name = Field(description="name, once in a mission")
    ignite: list[str] = Field(default_factory=list, description="stages lit as it begins")
    shut_down: list[str] = Field(default_factory=list, description="stages shut down")
    drop: list[str] = Field(default_factory=list, description="stages and parts dropped")
    steer: Steer = Field(description="steering law")
    until: UntilSpec = Field(description="what ends it")
    event: Name = Field(
        default_factory=lambda data: f"{data.get('name', '')}-end",
        description="name of the event that ends it; the phase's name and -end if left out",
    )
    throttle: dict[str, Annotated[float, Field(gt=0.0, le=1.5)]] = Field(
        default_factory=dict,
        description="share of full vacuum thrust by stage, while the phase lasts",
    )
    load_limit: LoadLimit | None = Field(
        default=None,
        description="engines are throttled so that the load, all that is felt, stays below this",
    )
    step: Step | None = Field(
        default=None, description="integration step; the mission's if left out"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Only a coast has a duration to solve; only a rail is left."""
        if self.until.duration_between is not None and self.steer.law != "coast":
            at = ("until", "duration_between")
            raise refuse(Mistake(at, "nothing here: only a phase with steer: coast has it"))
        if (self.until.off_rail is not None) != (self.steer.rail is not None):
            wanted = "nothing without" if self.steer.rail is None else "true with"
            at = ("until", "off_rail")
            raise refuse(Mistake(at, f"{wanted} steer: {{rail: ..}}, which it ends"))
        return self


class CoefficientsSpec(Strict):
    """Fixed coefficients of a programme, for replays: tan(pitch) = a + b s + c s^2."""

    a: float = Field(description="tan(pitch) at the start of the programme")
    b: float = Field(description="per 100 s")
    c: float = Field(default=0.0, description="per (100 s)^2")


class ProgrammeSpec(Block):
    """tan(pitch above geocentric horizontal) as a polynomial of s = (t - start) / 100 s."""

    order: Literal[1, 2] = Field(default=1, description="degree of the polynomial, 1 or 2")
    continuous: bool = Field(
        default=False, description="start at the tan(pitch) where the previous programme ended"
    )
    coefficients: CoefficientsSpec | None = Field(
        default=None, description="fixed coefficients; they are solved if left out"
    )

    @model_validator(mode="after")
    def _order_fits(self) -> Self:
        """A programme of order 1 has no square term."""
        if self.order == 1 and self.coefficients is not None and self.coefficients.c != 0.0:
            raise refuse(Mistake(("coefficients", "c"), "0 with order 1"))
        return self


def _is_number(value: Any, info: ValidationInfo) -> TypeGuard[float]:
    """Whether it is a number in SI, as a program gives it."""
    return info.context is not FILE and isinstance(value, float)


_LATEST = 86_400.0  # [s]; an ascent is over within a day


def _read_at(value: Any, info: ValidationInfo) -> str | float:
    """An event by name, or a time since ignition."""
    expected = 'the name of an event, or a time since ignition, as "517 s"'
    if isinstance(value, str) and value[:1].isalpha():
        return value
    try:
        time = value if _is_number(value, info) else parse(value, "time")
    except UnitError as error:
        raise refuse(Mistake((), expected, error.problems[0].hint)) from error
    if not 0.0 < time <= _LATEST:
        raise refuse(Mistake((), expected))
    return time


At = Annotated[str | float, BeforeValidator(_read_at), WithJsonSchema({"type": "string"})]


class MeetSpec(Block):
    """A shape target: at an event or a time, one quantity of the trajectory."""

    at: At = Field(description="event by name (str), or time since ignition (float) [s]")
    height: Height | None = Field(default=None, description="geodetic height")
    flight_path_angle: ClimbAngle | None = Field(
        default=None, description="inertial flight-path angle"
    )

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        """Each row is one equation."""
        if (self.height is None) == (self.flight_path_angle is None):
            raise refuse(Mistake((), "height or flight_path_angle, one of them"))
        return self


class ProfileSpec(Block):
    """A named steering choice: the programmes flown, what is fixed, and what must be met."""

    programmes: dict[Name, ProgrammeSpec] = Field(
        default_factory=dict, description="programmes, by the names that phases use"
    )
    kick: Kick | None = Field(default=None, description="pitch-over angle; solved if left out")
    yaw: Yaw | None = Field(
        default=None, description="constant yaw; solved if left out and an azimuth is given"
    )
    meet: list[MeetSpec] = Field(default_factory=list[MeetSpec], description="shape targets")


class SteeringSpec(Block):
    """The profiles of a mission, and the one that is flown."""

    profile: str = Field(description="name of the profile that is flown")
    profiles: dict[Name, ProfileSpec] = Field(min_length=1, description="profiles, by name")


QUANTITIES = {
    "time": "time",
    "height": "length",
    "latitude": "angle",
    "longitude": "angle",
    "downrange": "length",
    "speed_inertial": "speed",
    "speed_relative": "speed",
    "flight_path_angle": "angle",
    "flight_path_angle_relative": "angle",
    "mass": "mass",
    "dynamic_pressure": "pressure",
    "liftoff_mass": "mass",
    "propellant_used": "mass",
    "propellant_left": "mass",
    "perigee": "length",
    "apogee": "length",
    "inclination": "angle",
    "max_dynamic_pressure": "pressure",
    "max_load": "acceleration",
    "max_opening_load": "acceleration",
}
"""What can be compared with a published value, and its dimension."""

AT_EVENT = frozenset(
    {
        "time",
        "height",
        "latitude",
        "longitude",
        "downrange",
        "speed_inertial",
        "speed_relative",
        "flight_path_angle",
        "flight_path_angle_relative",
        "mass",
        "dynamic_pressure",
    }
)
OF_STAGE = frozenset({"propellant_used", "propellant_left"})

PublishedQuantity = Literal[
    "time",
    "height",
    "latitude",
    "longitude",
    "downrange",
    "speed_inertial",
    "speed_relative",
    "flight_path_angle",
    "flight_path_angle_relative",
    "mass",
    "dynamic_pressure",
    "liftoff_mass",
    "propellant_used",
    "propellant_left",
    "perigee",
    "apogee",
    "inclination",
    "max_dynamic_pressure",
    "max_load",
    "max_opening_load",
]

_TEXT_SCHEMA = WithJsonSchema({"type": "string", "description": "a text with a unit"})


class PublishedSpec(Strict):
    """A published figure to compare with; it never steers the flight."""

    what: str = Field(min_length=1, description="what was published, in words")
    quantity: PublishedQuantity = Field(description="which of our figures it is compared with")
    at: str | None = Field(default=None, description="event, for a quantity of the trajectory")
    stage: str | None = Field(default=None, description="stage, for a propellant")
    value: Annotated[float, _TEXT_SCHEMA] = Field(description="published value, with its unit")
    tolerance: Annotated[float | None, _TEXT_SCHEMA] = Field(
        default=None, description="difference that is accepted; left out, nothing is judged"
    )
    calibrated: bool = Field(
        default=False, description="our value was fitted to this one, so agreement proves nothing"
    )
    source: str = Field(min_length=1, description="who published it")

    @field_validator("value", "tolerance", mode="before")
    @classmethod
    def _read_quantity(cls, value: Any, info: ValidationInfo) -> Any:
        """Read a text of the dimension that goes with `quantity`."""
        dimension = QUANTITIES.get(info.data.get("quantity", ""))
        if dimension is None:
            return 0.0  # the quantity is wrong, which is told already
        try:
            number = value if _is_number(value, info) else parse(value, dimension)
        except UnitError as error:
            problem = error.problems[0]
            raise refuse(Mistake((), problem.expected, problem.hint)) from error
        if number < 0.0 and info.field_name == "tolerance":
            raise refuse(Mistake((), "a tolerance of 0 or more"))
        return number

    @model_validator(mode="after")
    def _place_fits(self) -> Self:
        """A quantity of the trajectory needs an event, a propellant needs a stage."""
        for key, group in (("at", AT_EVENT), ("stage", OF_STAGE)):
            if (getattr(self, key) is not None) != (self.quantity in group):
                wanted = "required with" if self.quantity in group else "nothing with"
                raise refuse(Mistake((key,), f"{wanted} quantity: {self.quantity}"))
        return self
