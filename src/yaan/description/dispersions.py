"""The `dispersions:` block: keys of the file, and how the value of each is distributed.

A deviation is written as a text: "1 %" is relative to the value that the file has, "5 kg" is
absolute. A key whose value is a pure number may have a pure number as its deviation. What is drawn
among given values (`discrete`) and an absolute table hold values of the key, no deviations.
"""

import math
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


_MOST_CHOICES: Final = 100
_LEAST_TABLE: Final = 2
_MOST_TABLE: Final = 10_000
_SUM: Final = 1e-9
"""What probabilities may lack of 1."""
_SHARE: Final = 'a probability from 0 to 1, as 0.02 or "2 %"'


def _read_share(value: Any) -> Any:
    """A number from 0 to 1, or a text in percent."""
    share = float(value) if type(value) in (int, float) else math.nan
    if isinstance(value, str) and (found := _NUMBER.fullmatch(value)) and found[2] == RELATIVE:
        share = float(found[1]) / 100.0
    if not 0.0 <= share <= 1.0:
        raise refuse(Mistake((), _SHARE))
    return share


Share = Annotated[float, BeforeValidator(_read_share), _WRITTEN]


class DiscreteSpec(Block):
    """Values of the key, one of which each draw has, as the file would have them."""

    values: Annotated[list[Any], Field(min_length=2, max_length=_MOST_CHOICES)] = Field(
        description="values of the key, as it would have them: numbers with units, texts, truths; "
        "null is the mission without the key"
    )
    probabilities: list[Share] = Field(
        description="of each value; together 1, or that of the last left out: the rest"
    )

    @property
    def shares(self) -> list[float]:
        """The probability of each value; together 1."""
        told = self.probabilities
        return told if len(told) == len(self.values) else [*told, 1.0 - math.fsum(told)]

    @model_validator(mode="after")
    def _together(self) -> Self:
        """As many probabilities as values or one fewer; together 1."""
        count, told = len(self.values), self.probabilities
        if len(told) not in (count - 1, count):
            expected = f"{count} probabilities, one for each value, or {count - 1} of the first"
            raise refuse(Mistake(("probabilities",), expected))
        total = math.fsum(told)
        if len(told) == count and abs(total - 1.0) > _SUM:
            hint = f"they add up to {total:.9g}; that of the last may be left out"
            raise refuse(Mistake(("probabilities",), "probabilities that add up to 1", hint))
        if len(told) < count and total >= 1.0:
            hint = f"they add up to {total:.9g}, which leaves none for the last value"
            raise refuse(Mistake(("probabilities",), "probabilities below 1 together", hint))
        return self


class TableSpec(Block):
    """A sample of the user's own, whose piecewise linear quantile function is drawn from.

    The file is read where the mission is resolved (`mission.file.samples`): its values stand here.
    """

    values: Annotated[list[Signed], Field(min_length=_LEAST_TABLE, max_length=_MOST_TABLE)] = Field(
        default_factory=list[str | float], description="the sample, in any order; or `file`"
    )
    unit: str | None = Field(
        default=None, description='of values that are written without one, as "kg" or "%"'
    )
    absolute: bool = Field(
        default=False, description="true: values of the key; left out, deviations from it"
    )
    file: str | None = Field(
        default=None, description="a path that ends in .csv, from the folder of this file"
    )
    column: str | None = Field(default=None, description="its column, by the name in its first row")

    @property
    def written(self) -> list[str | float]:
        """Every value with its unit."""
        if self.unit is None:
            return self.values
        return [f"{one!r} {self.unit}" if isinstance(one, float) else one for one in self.values]

    @property
    def deviations(self) -> list[tuple[tuple[str | int, ...], str | float]]:
        """The values with where they stand; those that share `unit` once."""
        pairs = list(zip(self.values, self.written, strict=True))
        found: list[tuple[tuple[str | int, ...], str | float]] = [
            (("table", "values", i), said)
            for i, (one, said) in enumerate(pairs)
            if self.unit is None or isinstance(one, str)
        ]
        plain = next((said for one, said in pairs if isinstance(one, float)), None)
        if self.unit is not None and plain is not None:
            found.insert(0, (("table", "unit"), plain))
        return found

    @model_validator(mode="after")
    def _one_sample(self) -> Self:
        """Values, all of them shares or none."""
        if self.file is not None or self.column is not None:
            hint = "a mission that is loaded reads its files; a plan in Python has values"
            raise refuse(Mistake(("file",), "values, or file and column", hint))
        if not self.values:
            raise refuse(Mistake(("values",), "required: the sample; or file and column"))
        relative = [deviation(one).relative for one in self.written]
        odd = next((i for i, one in enumerate(relative) if one != relative[0]), None)
        if odd is not None:
            raise refuse(Mistake(("values", odd), "percent everywhere, or nowhere"))
        if self.absolute and relative[0]:
            at = ("unit",) if self.unit == RELATIVE else ("values", 0)
            raise refuse(Mistake(at, "a value of the key: with `absolute` nothing is in percent"))
        return self


KINDS: Final = (
    "normal",
    "uniform",
    "triangular",
    "log_normal",
    "discrete",
    "table",
    "profile",
    "seed",
)
_NO_SCALAR: Final = ("profile", "seed")


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
    discrete: DiscreteSpec | None = Field(
        default=None, description="one of given values, by their probabilities"
    )
    table: TableSpec | None = Field(
        default=None, description="a sample of the user's own, in the file or in a table"
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
    correlated: dict[str, Annotated[float, Field(ge=-1.0, le=1.0)]] = Field(
        default_factory=dict[str, float],
        description="other keys of this block, and the correlation with each, of normal scores; "
        "pairs that are not named have none",
    )

    @property
    def kind(self) -> str:
        """The one distribution that it has."""
        return next(name for name in KINDS if getattr(self, name) is not None)

    @property
    def deviations(self) -> Sequence[tuple[tuple[str | int, ...], str | float]]:
        """Every deviation that it has, and where it stands."""
        value: Any = getattr(self, self.kind)
        if isinstance(value, TableSpec):
            return value.deviations
        if isinstance(value, DrawnProfileSpec):
            return [(("profile", "sigma", i), one) for i, one in enumerate(value.sigma)]
        if isinstance(value, list):
            ends = cast("list[str | float]", value)
            return [((self.kind, i), one) for i, one in enumerate(ends)]
        return [] if self.kind in ("seed", "discrete") else [((self.kind,), value)]

    @property
    def absolute(self) -> bool:
        """Whether values of the key are drawn, not deviations from it."""
        return self.discrete is not None or (self.table is not None and self.table.absolute)

    @property
    def correlates(self) -> bool:
        """Whether it is drawn by one number, which may be correlated with another's."""
        return self.kind not in _NO_SCALAR and self.units is None

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
        if self.units is not None and self.kind in (*_NO_SCALAR, "discrete"):
            mistakes.append(Mistake(("units",), f"nothing with {self.kind}"))
        if self.follows is not None and (not self.correlates or self.absolute):
            expected = "nothing with profile, seed, units, discrete or absolute values"
            mistakes.append(Mistake(("follows",), expected))
        if self.correlated and not self.correlates:
            mistakes.append(Mistake(("correlated",), "nothing with profile, seed or units"))
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
