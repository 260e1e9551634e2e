"""What an engine is besides its thrust: its design point, and who published what of it.

It moves a flight only where an engine leaves out what it tells: its specific impulse (`derived`),
or a table of its own for throttles and mixtures (`off_design`). The value of a key is the one that
is adopted; what others print of the same key stands beside it under `published`, and is judged by
`yaan.analysis.engine_audit`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator

from yaan.base import format_quantity, nearest
from yaan.base.constants import STANDARD_GRAVITY
from yaan.description.block import NOTES, Block, Strict, adapter_of, mistakes_of
from yaan.description.exactly import RANGE
from yaan.description.quantity import (
    FILE,
    BodyLength,
    ChamberPressure,
    Duration,
    ExitPressure,
    Mass,
    MassFlow,
    Mistake,
    SpecificImpulse,
    Thrust,
    check_rising,
    refuse,
)

Cycle = Literal[
    "gas generator",
    "oxidiser-rich staged combustion",
    "fuel-rich staged combustion",
    "full-flow staged combustion",
    "expander",
    "expander bleed",
    "tap-off",
    "peroxide turbine",
    "electric pump",
    "pressure fed",
]
CYCLES: Final[tuple[str, ...]] = get_args(Cycle)

Grade = Literal["A", "B", "C"]

CLOSE: Final = 0.01
"""Share within which thrust, flow and specific impulse are one engine's: each is printed to three
digits, so out by up to 0.5 %; three of them are by 0.9 %, their errors being independent."""

ThrottleRange = Annotated[
    list[Annotated[float, Field(gt=0.0, le=1.5)]], RANGE, AfterValidator(check_rising)
]


class ClaimSpec(Strict):
    """What one source prints of a key."""

    value: Any = Field(
        default=None,
        description="value, written like that of the key; left out, the claim is the adopted value",
    )
    grade: Grade = Field(
        description="A agency, maker or report, read; B compilation, read; C recalled or guessed"
    )
    source: str = Field(default="", description="who says so; left out, the source of the block")
    note: str = Field(default="", description="what it is of, in words")
    refused: str = Field(default="", description="why it is known to be wrong, in words")


class EngineDesignSpec(Block):
    """Design point of an engine, as it was published."""

    grade: Grade = Field(
        default="C", description="of every value that has no claim under published"
    )
    maker: str = Field(default="", description="who makes it")
    country: str = Field(default="", description="where")
    used_on: str = Field(default="", description="what flies it")
    oxidiser: str = Field(min_length=1, description="oxidiser, as LOX")
    fuel: str = Field(min_length=1, description="fuel, as LH2")
    cycle: Cycle = Field(description="what drives its propellants")
    family: Cycle | None = Field(
        default=None, description="cycle whose losses it is judged by; left out, its own"
    )
    chambers: int = Field(default=1, ge=1, le=40, description="chambers that one engine has")
    chamber_pressure: ChamberPressure | None = Field(
        default=None, description="pressure of the chamber"
    )
    mixture_ratio: float | None = Field(
        default=None, gt=0.0, le=100.0, description="mass of oxidiser over that of fuel"
    )
    area_ratio: float | None = Field(
        default=None, ge=1.0, le=2000.0, description="exit area over throat area"
    )
    throat_diameter: BodyLength | None = Field(
        default=None, description="diameter of one chamber's throat"
    )
    exit_diameter: BodyLength | None = Field(
        default=None, description="diameter of one chamber's exit"
    )
    flow: MassFlow | None = Field(
        default=None, description="flow of all that it takes from its tanks"
    )
    fuel_flow: MassFlow | None = Field(default=None, description="flow of fuel alone")
    sea_level_thrust: Thrust | None = Field(default=None, description="thrust at 101,325 Pa")
    sea_level_isp: SpecificImpulse | None = Field(
        default=None, description="specific impulse at 101,325 Pa"
    )
    exit_pressure: ExitPressure | None = Field(
        default=None, description="pressure at the nozzle's exit"
    )
    mass: Mass | None = Field(default=None, description="mass of one engine, dry")
    burn_time: Duration | None = Field(default=None, description="longest burn that is published")
    ignitions: int | None = Field(default=None, ge=1, le=100000, description="how often it is lit")

    @model_validator(mode="after")
    def _fuel_is_a_part(self) -> Self:
        """Fuel is a part of all that flows."""
        if self.flow is not None and self.fuel_flow is not None and self.fuel_flow >= self.flow:
            raise refuse(Mistake(("fuel_flow",), "less than flow, which holds the oxidiser too"))
        return self


Published = dict[str, list[ClaimSpec]]

OF_ENGINE: Final = ("thrust", "isp", "exit_area", "throttle")
"""Keys beside `design` that may have claims."""

NO_CLAIMS: Final = frozenset({*NOTES, "grade", "family"})


def claimable() -> list[str]:
    """The keys of an engine that may have claims, in the order in which they are told."""
    return [*OF_ENGINE, *(key for key in EngineDesignSpec.model_fields if key not in NO_CLAIMS)]


def read_claim(engine: type[BaseModel], key: str, value: Any) -> Any:
    """The value [SI] of a claim of a key, as the key itself is read from a file.

    Raises:
        ValidationError: what the key cannot have.
    """
    model = engine if key in OF_ENGINE else EngineDesignSpec
    return adapter_of(model, key).validate_python(value, context=FILE)


def claim_mistakes(engine: type[BaseModel], published: Mapping[str, Any]) -> Iterator[Mistake]:
    """Claims of keys that an engine has not, and values that no such key can have."""
    known = claimable()
    for key, claims in published.items():
        if key not in known:
            hint = nearest(key, known)
            yield Mistake(("published", key), "a key of the engine or of its design", hint)
            continue
        for index, claim in enumerate(claims):
            if claim.value is None:
                continue
            try:
                read_claim(engine, key, claim.value)
            except ValidationError as error:
                at = ("published", key, index, "value")
                yield from (Mistake((*at, *m.at), m.expected, m.hint) for m in mistakes_of(error))


def contradictions(
    thrust: float | None, isp: float, design: EngineDesignSpec | None
) -> Iterator[Mistake]:
    """Figures of one engine that cannot all be right: thrust [N], specific impulse [s], flow.

    Thrust is flow times specific impulse times 9.80665 m/s2, in vacuum as on the ground; and the
    ground's pressure takes from both.
    """
    if design is None or thrust is None:
        return
    ground, worse = design.sea_level_thrust, design.sea_level_isp
    if ground is not None and ground >= thrust:
        yield Mistake(("design", "sea_level_thrust"), "less than the thrust in vacuum")
    if worse is not None and worse >= isp:
        yield Mistake(("design", "sea_level_isp"), "less than the specific impulse in vacuum")
    if design.flow is not None:
        yield from _flow_mistakes("", thrust, isp, design.flow)
        if ground is not None and worse is not None:
            yield from _flow_mistakes("sea-level ", ground, worse, design.flow)


def _flow_mistakes(where: str, thrust: float, isp: float, flow: float) -> Iterator[Mistake]:
    implied = thrust / (isp * STANDARD_GRAVITY)
    if abs(flow / implied - 1.0) <= CLOSE:
        return

    def told(value: float, unit: str) -> str:
        return format_quantity(value, unit, digits=4)

    hint = (
        f"flow and {where}isp make {told(flow * isp * STANDARD_GRAVITY, 'kN')}, flow and "
        f"{where}thrust {told(thrust / (flow * STANDARD_GRAVITY), 's')}: one of the three is wrong"
    )
    expected = (
        f"{told(implied, 'kg/s')} within {CLOSE:.0%}, which is what {where}thrust "
        f"{told(thrust, 'kN')} and {where}isp {told(isp, 's')} make"
    )
    yield Mistake(("design", "flow"), expected, hint)
