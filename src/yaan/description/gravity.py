"""The gravity field of the `environment:` block: a name, or numbers of one's own."""

import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from yaan.base.plain import is_mapping
from yaan.description.block import Block, Pair, or_word
from yaan.description.own import OwnName
from yaan.description.quantity import Mistake, Quantity, refuse

FIELDS: Final = {"egm2008": 70, "j2": 2, "point": 0, "ggm05c": 8, "jgm3": 70}
"""Gravity fields known by name, and their greatest degrees."""

_DEFAULT_DEGREE: Final = 8
_HIGHEST: Final = 70  # degree of any field
_ORDER: Final = re.compile(r"(0|[1-9][0-9]*),(0|[1-9][0-9]*)")

Mu = Annotated[
    float, Quantity("gravitational parameter", "398600.4415 km3/s2", low=1e14, high=1e15)
]
EarthRadius = Annotated[float, Quantity("length", "6378.137 km", low=6.2e6, high=6.5e6)]


class GravityFieldSpec(Block):
    """A gravity field by its name, or by numbers of one's own."""

    name: Literal["egm2008", "j2", "point", "ggm05c", "jgm3"] | None = Field(
        default=None, description="a known field: the same as the word alone"
    )
    mu: Mu | None = Field(default=None, description="gravitational parameter")
    radius: EarthRadius | None = Field(
        default=None, description="reference radius of j2 or of the coefficients"
    )
    j2: float | None = Field(
        default=None, ge=0.0, le=0.01, description="J2, not normalised (about 1.0826e-3)"
    )
    coefficients: dict[str, list[float]] | None = Field(
        default=None,
        description='fully normalised [C, S] by "degree,order", as "2,0": [-4.84e-4, 0]; '
        "those left out are zero",
    )
    own: OwnName | None = Field(
        default=None,
        description="class of a model that is given from Python, or by --model; it is never "
        "loaded by this name",
    )

    @property
    def highest(self) -> int:
        """The greatest degree that the field has."""
        if self.name is not None:
            return FIELDS[self.name]
        if self.coefficients is not None:
            return max(degree_and_order(key)[0] for key in self.coefficients)
        return 2 if self.j2 is not None else 0

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """A name or a class alone; or mu, with a radius where something is scaled by it."""
        own = sorted(self.model_fields_set & {"mu", "radius", "j2", "coefficients"})
        if self.name is not None and own:
            raise refuse(Mistake((own[0],), "either a name, or numbers of one's own"))
        if self.own is not None and (own or self.name is not None):
            raise refuse(Mistake(("own",), "a model that is given, without other keys"))
        if self.name is not None or self.own is not None:
            return self
        mistakes = [] if self.mu is not None else [Mistake(("mu",), "required")]
        shaped = self.j2 is not None or self.coefficients is not None
        if self.j2 is not None and self.coefficients is not None:
            mistakes.append(Mistake(("j2",), "either j2, or coefficients"))
        if shaped and self.radius is None:
            mistakes.append(Mistake(("radius",), "required"))
        if self.radius is not None and not shaped:
            mistakes.append(Mistake(("radius",), "no radius without j2 or coefficients"))
        mistakes += _coefficient_mistakes(self.coefficients)
        if mistakes:
            raise refuse(*mistakes)
        return self


def degree_and_order(key: str) -> tuple[int, int]:
    """Degree and order of a coefficient's key, as "2,0"; (-1, -1) if it is none."""
    match = _ORDER.fullmatch(key)
    return (int(match[1]), int(match[2])) if match else (-1, -1)


def _coefficient_mistakes(given: dict[str, list[float]] | None) -> list[Mistake]:
    if given is None:
        return []
    if not given:
        return [Mistake(("coefficients",), 'at least one, as "2,0": [-4.84e-4, 0]')]
    mistakes: list[Mistake] = []
    for key, pair in given.items():
        at, (degree, order) = ("coefficients", key), degree_and_order(key)
        if not (2 <= degree <= _HIGHEST and 0 <= order <= degree):
            expected = f'a key of a degree from 2 to {_HIGHEST} and an order up to it, as "2,0"'
            mistakes.append(Mistake(at, expected))
        elif len(pair) != Pair:
            mistakes.append(Mistake(at, "two numbers [C, S], fully normalised"))
        elif order == 0 and pair[1] != 0.0:
            mistakes.append(Mistake((*at, 1), "0: there is no sine of order 0"))
    return mistakes


class GravitySpec(Block):
    """The gravity field."""

    field: Annotated[
        GravityFieldSpec,
        BeforeValidator(
            or_word(tuple(FIELDS), "name", "{mu: .., radius: .., j2: .. or coefficients: ..}")
        ),
    ] = Field(
        default_factory=lambda: GravityFieldSpec(name="egm2008"),
        description="which field: egm2008 (the default), jgm3, j2, point, ggm05c, or numbers "
        "of one's own",
    )
    degree: int = Field(
        default=_DEFAULT_DEGREE,
        ge=0,
        le=_HIGHEST,
        description="degree and order of the harmonics, up to 70 for egm2008 and jgm3, 8 for "
        "ggm05c; 0 is a point mass; all of them for j2, point and numbers of one's own",
    )

    @model_validator(mode="before")
    @classmethod
    def _default_degree(cls, data: Any) -> Any:
        """A field of few harmonics is flown with all of them."""
        if is_mapping(data) and "field" in data and "degree" not in data:
            return {**data, "degree": _natural_degree(data["field"])}
        return data

    @model_validator(mode="after")
    def _degree_fits(self) -> Self:
        """A degree that a field does not have is not ignored in silence."""
        name, highest = self.field.name, self.field.highest
        if name == "j2" and self.degree not in (0, 2):
            raise refuse(Mistake(("degree",), "2 with field: j2, or 0 for a point mass"))
        if self.degree > highest:
            raise refuse(Mistake(("degree",), f"at most {highest}, all that the field has"))
        return self


def _natural_degree(field: Any) -> int:
    """Degree of a field, as it is written, where the file gives none."""
    name = field.get("name") if is_mapping(field) else field
    if isinstance(name, str) or not is_mapping(field):
        return min(FIELDS.get(str(name), _DEFAULT_DEGREE), _DEFAULT_DEGREE)
    given = field.get("coefficients")
    if is_mapping(given) and given:
        highest = max(degree_and_order(key)[0] for key in given)
        return min(max(highest, 0), _HIGHEST)
    return 2 if field.get("j2") is not None else 0
