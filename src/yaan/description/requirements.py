"""The `requirements:` block: what the end of a flight must be like, and with which probability.

A requirement bounds one quantity that is told of an end (`yaan.results.ends`), and says in which
share of all draws it must lie there. A draw that failed counts against every requirement, so that
how a flight ended is no quantity of its own. Bounds are strict: a value on its bound is not met.

Nothing here moves a flight.
"""

import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema

from yaan.base import UNITS, UnitError, describe, format_quantity, meant, parse, quote
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.plain import is_mapping
from yaan.description.block import MAPPING, Block, mistakes_of
from yaan.description.quantity import FILE, Mistake, refuse

LOAD: Final = "load"
"""What stands for a dimension of a load: a pure number, over g0, that is written as "4 g"."""

RequiredQuantity = Literal[
    "time",
    "height",
    "latitude",
    "longitude",
    "perigee",
    "apogee",
    "inclination",
    "propellant_left",
    "velocity_lacking",
    "module_propellant_left",
    "interface_time",
    "interface_speed",
    "interface_angle",
    "peak_load",
    "peak_heat_flux",
    "heat_load",
    "canopy_load",
    "speed_down",
    "speed_across",
    "miss",
]


class Bounded(NamedTuple):
    """How a bound of a quantity is written.

    Attributes:
        dimension: of `base.units`; `LOAD` of loads.
        example: quoted in messages; hints are in its unit.
    """

    dimension: str
    example: str

    @property
    def unit(self) -> str:
        """The unit of the example."""
        return self.example.split(" ", 1)[1]

    @property
    def si(self) -> str:
        """The unit in which values are told."""
        return "g" if self.dimension == LOAD else next(iter(UNITS[self.dimension]))

    def describe(self) -> str:
        """What belongs there, as: a length in m, km, .. up to 1e+06 km either way, as "10 km"."""
        most = _MOST[self.dimension]
        if self.dimension == LOAD:
            told, reach = "a load in g, g0, m/s2", f"{most:g} g"
        else:
            told, reach = describe(self.dimension), format_quantity(most, self.unit, digits=6)
        return f'{told} up to {reach} either way, as "{self.example}"'

    def read(self, written: object) -> float:
        """A bound in SI; of a load, over g0.

        Raises:
            UnitError: no quantity of this dimension, or one that no flight comes near.
        """
        value = self._read(written)
        if abs(value) > _MOST[self.dimension]:
            raise UnitError(quote(written), self.describe())
        return value

    def _read(self, written: object) -> float:
        if self.dimension != LOAD:
            return parse(written, self.dimension, self.unit)
        # A gram is no load: "4 g" is four times g0 here, and nowhere else.
        spelt = _GRAVITIES.sub("g0", written) if isinstance(written, str) else written
        over = parse(spelt, "acceleration", self.unit) / STANDARD_GRAVITY
        return float(f"{over:.15g}")  # 3.3 g is 3.3, and not a neighbour of it


_MOST: Final[Mapping[str, float]] = MappingProxyType(
    {
        LOAD: 1000.0,
        "time": 60 * 86400.0,
        "length": 1e9,
        "angle": 2.0 * math.pi,
        "mass": 1e7,
        "speed": 1e5,
        "force": 1e9,
        "heat flux": 1e9,
        "heat load": 1e12,
    }
)
"""Largest size of a bound [SI; loads over g0]: wide, and tight enough to catch slips."""

_GRAVITIES: Final = re.compile(r"(?<![A-Za-z])g(?=\s*$)")

QUANTITIES: Final[Mapping[str, Bounded]] = MappingProxyType(
    {
        "time": Bounded("time", "1000 s"),
        "height": Bounded("length", "120 km"),
        "latitude": Bounded("angle", "10 deg"),
        "longitude": Bounded("angle", "87 deg"),
        "perigee": Bounded("length", "140 km"),
        "apogee": Bounded("length", "450 km"),
        "inclination": Bounded("angle", "51.6 deg"),
        "propellant_left": Bounded("mass", "200 kg"),
        "velocity_lacking": Bounded("speed", "10 m/s"),
        "module_propellant_left": Bounded("mass", "50 kg"),
        "interface_time": Bounded("time", "72 h"),
        "interface_speed": Bounded("speed", "7.9 km/s"),
        "interface_angle": Bounded("angle", "-1.2 deg"),
        "peak_load": Bounded(LOAD, "4 g"),
        "peak_heat_flux": Bounded("heat flux", "1 MW/m2"),
        "heat_load": Bounded("heat load", "100 MJ/m2"),
        "canopy_load": Bounded("force", "50 kN"),
        "speed_down": Bounded("speed", "9 m/s"),
        "speed_across": Bounded("speed", "15 m/s"),
        "miss": Bounded("length", "10 km"),
    }
)
"""What can be required of an end, all that `yaan.results.ends` tells but for the outcome.

It is repeated here, since to check a file is to load no array library, and that one comes with it.
"""

_SHORT: Final = re.compile(r"\s*(\w+)\s*([<>])\s*([^<>]+?)\s+at\s+(.+?)\s*")
_SHORT_EXAMPLE: Final = "miss < 10 km at 99.7 %"
_SHARE: Final = 'a share above 0 % and below 100 %, as "99.7 %"'
_PERCENT: Final = re.compile(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*%\s*")
_NAME: Final = re.compile(r"[^\W_](?:[\w -]{0,58}\w)?")


def _read_share(value: Any) -> float:
    """A share: of a text in percent, or a number between 0 and 1."""
    hint = ""
    if type(value) in (int, float):
        share = float(value)
        hint = f'write it with its unit, as "{value:g} %"' if 1.0 < share < 100.0 else ""
    else:
        found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
        try:
            # By way of decimals: 99.7 % is 0.997 and not a neighbour of it.
            share = float(Decimal(found[1]).scaleb(-2)) if found is not None else math.nan
        except InvalidOperation:
            share = math.nan
    if not 0.0 < share < 1.0:
        raise refuse(Mistake((), _SHARE, hint))
    return share


Probability = Annotated[
    float,
    BeforeValidator(_read_share),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^ *[0-9.]+ *% *$", "examples": ["99.7 %"]},
                {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
            ]
        }
    ),
]

_BOUND: Final = WithJsonSchema({"type": "string", "examples": ["10 km"]})


class RequirementSpec(Block):
    """What one quantity of the end must be, and in which share of all draws."""

    quantity: RequiredQuantity = Field(description="what is told of the end of a flight")
    below: Annotated[str, _BOUND] | None = Field(
        default=None, description='what it must be below, in a unit of the quantity, as "10 km"'
    )
    above: Annotated[str, _BOUND] | None = Field(
        default=None, description="what it must be above, likewise"
    )
    probability: Probability = Field(
        description='share of all draws that must meet it, failed ones among them, as "99.7 %"'
    )

    @property
    def low(self) -> float:
        """What it must be above [SI; loads over g0]; minus infinity if nothing."""
        return -math.inf if self.above is None else QUANTITIES[self.quantity].read(self.above)

    @property
    def high(self) -> float:
        """What it must be below [SI; loads over g0]; infinity if nothing."""
        return math.inf if self.below is None else QUANTITIES[self.quantity].read(self.below)

    @property
    def words(self) -> str:
        """The requirement in words, as: miss below 10 km in 99.7 % of draws."""
        pairs = (("above", self.above), ("below", self.below))
        bounds = " and ".join(f"{word} {bound}" for word, bound in pairs if bound is not None)
        share = f"{Decimal(repr(self.probability)).scaleb(2).normalize():f} %"
        return f"{self.quantity.replace('_', ' ')} {bounds} in {share} of draws"

    @field_validator("quantity", mode="before")
    @classmethod
    def _no_outcome(cls, value: Any) -> Any:
        """How a flight ended is asked of every draw already."""
        if value == "outcome":
            hint = "a draw that fails counts against every requirement"
            raise refuse(Mistake((), f"one of {', '.join(QUANTITIES)}", hint))
        return value

    @field_validator("below", "above", mode="before")
    @classmethod
    def _read_bound(cls, value: Any, info: ValidationInfo) -> Any:
        """A text of the dimension that goes with `quantity`; it stays one, for people."""
        told = QUANTITIES.get(info.data.get("quantity", ""))
        if told is None or value is None:
            return None  # the quantity is wrong, which is told already
        if info.context is not FILE and type(value) in (int, float) and math.isfinite(value):
            return f"{float(value)!r} {told.si}"
        try:
            told.read(value)
        except UnitError as error:
            raise refuse(Mistake((), told.describe(), error.problems[0].hint)) from error
        return " ".join(value.split())

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        """One bound, or two with something between them."""
        if self.below is None and self.above is None:
            expected = f'below or above, or both, as below: "{QUANTITIES[self.quantity].example}"'
            raise refuse(Mistake((), expected, "it has no bound"))
        if not self.low < self.high:
            raise refuse(Mistake(("above",), f"a bound lower than below, {self.below}"))
        return self


class _TextToo:
    """Adds the short form to the JSON schema of a requirement."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        short = {
            "type": "string",
            "pattern": r"^ *\w+ *[<>] *[^<>]+ at .+$",
            "examples": [_SHORT_EXAMPLE],
        }
        return {"anyOf": [short, handler(schema)]}


def _read_short(value: Any, info: ValidationInfo) -> Any:
    """A text as "miss < 10 km at 99.7 %" as the block that it is short for."""
    if not isinstance(value, str):
        if is_mapping(value) or isinstance(value, RequirementSpec):
            return value
        raise refuse(Mistake((), f'{MAPPING}, or a text as "{_SHORT_EXAMPLE}"'))
    found = _SHORT.fullmatch(value)
    if found is None:
        hint = "" if re.search(r"\sat\s", value) else "with its probability after `at`"
        raise refuse(Mistake((), f'a text as "{_SHORT_EXAMPLE}"', hint))
    quantity, sign, bound, probability = found.groups()
    side = "below" if sign == "<" else "above"
    spelt = {"quantity": quantity, side: bound, "probability": probability}
    try:
        return RequirementSpec.model_validate(spelt, context=info.context)
    except ValidationError as error:
        # The text has no keys of its own, so that it is at fault as a whole.
        raise refuse(*(_whole(one, spelt) for one in mistakes_of(error))) from error


def _whole(one: Mistake, spelt: dict[str, str]) -> Mistake:
    """A mistake in a part of a text, told of the text."""
    key = str(one.at[0]) if one.at else ""
    if key != "quantity":
        return Mistake((), one.expected, one.hint)
    return Mistake((), one.expected, one.hint or meant(spelt[key], QUANTITIES))


def _check_name(name: str) -> str:
    """A name that can be a step of a dotted key, and stand in a table."""
    if not _NAME.fullmatch(name):
        expected = "a name of letters, digits, spaces, - and _ that starts with a letter or digit"
        raise refuse(Mistake((), expected))
    return name


RequirementName = Annotated[str, AfterValidator(_check_name)]
Requirement = Annotated[RequirementSpec, BeforeValidator(_read_short), _TextToo()]
Requirements = dict[RequirementName, Requirement]
"""By name, in the order of the file."""
