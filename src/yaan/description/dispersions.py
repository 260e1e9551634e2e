"""The `dispersions:` block: keys of the file, and how the value of each is distributed.

A deviation is written as a text: "1 %" is relative to the value that the file has, "5 kg" is
absolute. A key whose value is a pure number may have a pure number as its deviation.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, NamedTuple, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from yaan.base.units import UNITS
from yaan.description.block import Block, Pair
from yaan.description.quantity import Mistake, Quantity, WindHeight, check_rising, refuse

RELATIVE: Final = "%"
"""The unit of what is relative to the value of the file."""

_NUMBER: Final = re.compile(
    r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*"
)
_EXAMPLE: Final = 'a deviation with its unit, as "1 %" or "5 kg"'
_MOST_UNITS: Final = 20
_MOST_KNOTS: Final = 64
"""Of a profile: each costs every step of every lane."""


class Deviation(NamedTuple):
    """How far a value may be from that of the file.

    Attributes:
        number: in its unit.
        unit: `%`, a unit, or nothing of a pure number.
    """

    number: float
    unit: str

    @property
    def relative(self) -> bool:
        """Whether it is a share of the value of the file."""
        return self.unit == RELATIVE


def deviation(written: str | float) -> Deviation:
    """What a deviation says.

    Raises:
        ValueError: no number.
    """
    if not isinstance(written, str):
        return Deviation(float(written), "")
    found = _NUMBER.fullmatch(written)
    if found is None:
        raise ValueError(written)
    return Deviation(float(found[1]), found[2])


def _read(value: Any) -> Any:
    """A text or a number, which is a number with a unit or without."""
    if type(value) in (int, float):
        return float(value)
    if not isinstance(value, str) or _NUMBER.fullmatch(value) is None:
        raise refuse(Mistake((), _EXAMPLE))
    return value


def _positive(value: str | float) -> str | float:
    if deviation(value).number < 0.0:
        raise refuse(Mistake((), f"{_EXAMPLE}; it is never negative"))
    return value


_WRITTEN: Final = WithJsonSchema(
    {"anyOf": [{"type": "string", "examples": ["1 %"]}, {"type": "number"}]}
)
Signed = Annotated[str | float, BeforeValidator(_read), _WRITTEN]
Sigma = Annotated[Signed, AfterValidator(_positive)]
Spacing = Annotated[float, Quantity("length", "5 km", above=0.0, high=1e6)]
Correlation = Annotated[float, Quantity("length", "10 km", above=0.0, high=1e7)]


def _ends(values: list[str | float]) -> list[str | float]:
    """Two ends of one unit, the lower one first."""
    if len(values) != Pair:
        raise refuse(Mistake((), 'two deviations, the lower one first, as ["-1 %", "1 %"]'))
    low, high = (deviation(value) for value in values)
    if low.unit != high.unit:
        raise refuse(Mistake((1,), f"a deviation in the unit of the first, {low.unit or 'none'}"))
    if low.number > high.number:
        raise refuse(Mistake((0,), "the lower end first"))
    return values


Ends = Annotated[list[Signed], AfterValidator(_ends)]


class DrawnProfileSpec(Block):
    """A profile over height: a Gauss-Markov process whose correlation falls exponentially.

    At heights h1 and h2 it is exp(-|h1 - h2| / correlation).
    """

    height: Annotated[list[WindHeight], Field(min_length=2), AfterValidator(check_rising)] = Field(
        description="heights, rising, at which sigma is told; knots go from the first to the last"
    )
    sigma: list[Sigma] = Field(
        description="standard deviation at each height, linear between: in percent of a density, "
        "a speed of a wind"
    )
    correlation: Correlation = Field(
        description="height over which the correlation falls by a factor of e"
    )
    spacing: Spacing = Field(
        description="between the knots; between them the profile is linear, which spreads less"
    )

    @property
    def knots(self) -> list[float]:
        """Heights of the knots [m]; the last interval may be shorter."""
        first, last = self.height[0], self.height[-1]
        count = int((last - first) / self.spacing * (1.0 - 1e-9)) + 1
        return [*(first + self.spacing * i for i in range(count)), last]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """One sigma a height, all of one unit; not more knots than a flight can carry."""
        mistakes: list[Mistake] = []
        if len(self.sigma) != len(self.height):
            expected = f"{len(self.height)} deviations, one for each height"
            mistakes.append(Mistake(("sigma",), expected))
        units = [deviation(one).unit for one in self.sigma]
        odd = next((i for i, unit in enumerate(units) if unit != units[0]), None)
        if odd is not None:
            mistakes.append(Mistake(("sigma", odd), "a deviation in the unit of the first"))
        if (self.height[-1] - self.height[0]) / self.spacing > _MOST_KNOTS - 1:
            expected = f"a spacing that leaves at most {_MOST_KNOTS} knots"
            mistakes.append(Mistake(("spacing",), expected))
        if mistakes:
            raise refuse(*mistakes)
        return self


KINDS: Final = ("normal", "uniform", "triangular", "log_normal", "profile", "seed")


class DispersionSpec(Block):
    """How the value of one key is distributed about what the file has."""

    normal: Sigma | None = Field(
        default=None, description='one standard deviation, as "1 %" of the value, or "5 kg"'
    )
    truncated: Annotated[float, Field(gt=0.0, le=10.0)] | None = Field(
        default=None,
        description="of a normal one: standard deviations beyond which nothing is drawn",
    )
    uniform: Ends | None = Field(
        default=None, description='lowest and highest deviation, as ["-1 %", "1 %"]'
    )
    triangular: Ends | None = Field(
        default=None,
        description="lowest and highest deviation; the value of the file is the most likely",
    )
    log_normal: Sigma | None = Field(
        default=None,
        description="standard deviation of the logarithm, in percent; the value is the median",
    )
    profile: DrawnProfileSpec | None = Field(
        default=None, description="of a key that holds a profile over height"
    )
    seed: bool | None = Field(
        default=None, description="true: a whole number of its own for each draw, as of noise"
    )
    units: Annotated[int, Field(ge=1, le=_MOST_UNITS)] | None = Field(
        default=None, description="values of the key, one a unit of a stage, each drawn alone"
    )
    follows: str | None = Field(
        default=None,
        description="another key, by whose drawn factor the value is multiplied too: a lift that "
        "follows the drag is drawn as their ratio",
    )

    @property
    def kind(self) -> str:
        """The one distribution that it has."""
        return next(name for name in KINDS if getattr(self, name) is not None)

    @property
    def deviations(self) -> Sequence[tuple[tuple[str | int, ...], str | float]]:
        """Every deviation that it has, and where it stands."""
        value: Any = getattr(self, self.kind)
        if isinstance(value, DrawnProfileSpec):
            return [(("profile", "sigma", i), one) for i, one in enumerate(value.sigma)]
        if isinstance(value, list):
            ends = cast("list[str | float]", value)
            return [((self.kind, i), one) for i, one in enumerate(ends)]
        return [] if self.kind == "seed" else [((self.kind,), value)]

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """One distribution, with the keys that go with it."""
        kinds = [name for name in KINDS if getattr(self, name) is not None]
        if len(kinds) != 1:
            hint = f"it has {' and '.join(kinds)}" if kinds else ""
            raise refuse(Mistake((), f"one of {', '.join(KINDS)}", hint))
        mistakes: list[Mistake] = []
        if self.truncated is not None and self.normal is None:
            mistakes.append(Mistake(("truncated",), "nothing but with normal"))
        if self.seed is False:
            mistakes.append(Mistake(("seed",), "true, or nothing"))
        scalar = self.kind not in ("profile", "seed")
        if self.units is not None and not scalar:
            mistakes.append(Mistake(("units",), f"nothing with {self.kind}"))
        if self.follows is not None and (not scalar or self.units is not None):
            mistakes.append(Mistake(("follows",), "nothing with profile, seed or units"))
        if self.triangular is not None:
            low, high = (deviation(value).number for value in self.triangular)
            if not low <= 0.0 <= high:
                mistakes.append(Mistake(("triangular",), "ends on both sides of 0"))
        if self.log_normal is not None and not deviation(self.log_normal).relative:
            mistakes.append(Mistake(("log_normal",), 'a share, as "5 %"'))
        if mistakes:
            raise refuse(*mistakes)
        return self


Dispersions = dict[str, DispersionSpec]
"""By dotted key."""


def in_si(written: str | float, dimension: str | None) -> float | None:
    """A deviation as a share of its value, or in SI; None where its unit is of another dimension.

    `dimension`: of `base.units`; None of a pure number.
    """
    said = deviation(written)
    if said.relative:
        return said.number / 100.0
    if dimension is None:
        return said.number if said.unit == "" else None
    factor = UNITS[dimension].get(said.unit)
    return None if factor is None else said.number * factor
