"""What the `dispersions:` block of a file is about: its keys, their values and their units."""

import math
import types
import typing
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from yaan.base import UNITS, InputError, describe, meant
from yaan.description.block import Strict, is_model, mistakes_of, quantity_in
from yaan.description.correlated import Group, cholesky, feasible, groups_of
from yaan.description.dispersions import (
    RELATIVE,
    DispersionSpec,
    deviation,
    in_si,
)
from yaan.description.environment import DensityProfileSpec, WindProfileSpec
from yaan.description.quantity import FILE, Mistake, read_epoch
from yaan.description.written import value_as_written
from yaan.mission.file.address import steps

BLOCK: Final = "dispersions"

DENSITY: Final = "density profile"
WIND: Final = "wind profile"
EPOCH: Final = "epoch"
WHOLE: Final = "whole number"
NUMBER: Final = "number"
CHOICE: Final = "choice"
"""One of values that are not all numbers: its column has the place in the list, from 0."""

_MOST_DENSITY: Final = 100.0
"""Standard deviation of a density [%]: its logarithm is drawn."""
_MOST_WIND: Final = 200.0
"""Standard deviation of a wind [m/s]."""

_SEEDS: Final = ("draw", "seed")
"""Last words of keys whose whole number only tells one noise from another."""


@dataclass(frozen=True)
class Drawn:
    """One key that is drawn.

    Attributes:
        key: its dotted address.
        spec: its distribution.
        kind: of its value: a number, a profile, an epoch, a whole number, a choice.
        nominal: the value of the file [SI]; an epoch as its text; 0 of a profile, and of a whole
            number that is left out; of a choice its place, -1 of none; NaN where nothing is told.
        dimension: of `base.units`; None of a pure number.
        choices: of a discrete one, each of its values [SI]; places, from 0, of a choice.
        told: of a discrete one, the value of the file as it has it; None where it is left out.
    """

    key: str
    spec: DispersionSpec
    kind: str
    nominal: float | str
    dimension: str | None
    choices: tuple[float, ...] = ()
    told: Any = None

    @property
    def unit(self) -> str:
        """The SI unit of its values; 1 of pure numbers."""
        return "1" if self.dimension is None else next(iter(UNITS[self.dimension]))


@dataclass(frozen=True)
class _Field:
    """A key of a checked file: its value and its type, and whether the file may leave it out."""

    value: Any
    kind: Any
    dimension: str | None
    metadata: tuple[Any, ...] = ()
    removable: bool = False

    @property
    def type(self) -> Any:
        """Its type with all that is told of it."""
        kind = self.kind
        for extra in self.metadata:
            kind = Annotated[kind, extra]
        return kind

    def read(self, written: Any) -> Any:
        """Another value of the key, as a file has it.

        Raises:
            ValidationError: none of its type.
        """
        config = None if is_model(self.kind) else Strict.model_config
        return TypeAdapter[Any](self.type, config=config).validate_python(written, context=FILE)


_LEFT_OUT: Final = "it is left out, so nothing is about it"
_NOTHING: Final = "the value of the file is 0, of which there is no share"
_VALUELESS: Final = (_LEFT_OUT, _NOTHING)
"""Hints of what hinders draws alone: a mission whose values are others still flies."""


class _Unknown(Exception):
    """A step of an address that leads nowhere, and what is known there."""

    def __init__(self, depth: int, known: Sequence[str]) -> None:
        super().__init__(depth)
        self.depth, self.known = depth, known


def dispersion_mistakes(form: BaseModel) -> list[Mistake]:
    """What is wrong between the `dispersions` of a checked form and the rest of it."""
    return [one for one in _all_mistakes(form) if one.hint not in _VALUELESS]


def undrawn_mistakes(form: BaseModel) -> list[Mistake]:
    """What cannot be drawn as the values of a checked form are; a flight of its own needs not."""
    return [one for one in _all_mistakes(form) if one.hint in _VALUELESS]


def _all_mistakes(form: BaseModel) -> list[Mistake]:
    specs = _specs(form)
    found = [
        Mistake((BLOCK, key, *one.at), one.expected, one.hint)
        for key, spec in specs.items()
        for one in (*_mistakes(form, key, spec, specs), *_partners(key, spec, specs))
    ]
    return found + [_apart(group, specs) for group in groups_of(specs) if not _fit(group)]


def drawn_keys(form: BaseModel) -> tuple[Drawn, ...]:
    """What is drawn of a checked form, in the order of the file: no mistakes are left in it."""
    return tuple(_drawn(form, key, spec) for key, spec in _specs(form).items())


def _specs(form: BaseModel) -> dict[str, DispersionSpec]:
    return cast("dict[str, DispersionSpec]", getattr(form, BLOCK, {}))


def _drawn(form: BaseModel, key: str, spec: DispersionSpec) -> Drawn:
    found = _found(form, _address(form, key))
    kind = _kind_of(found)
    if spec.discrete is not None:
        return _discrete(key, spec, found)
    assert kind is not None  # the check has seen to it
    value = found.value
    if isinstance(value, list):  # each unit has its own already: drawn about their mean
        value = sum(value) / len(value)
    if not isinstance(value, str):
        value = float(value or 0) if kind in (NUMBER, WHOLE) else 0.0
    return Drawn(key, spec, kind, value, found.dimension)


def _discrete(key: str, spec: DispersionSpec, found: _Field) -> Drawn:
    """A key that has one of given values: numbers as they are, all else by its place."""
    assert spec.discrete is not None
    values: list[Any] = [None if one is None else found.read(one) for one in spec.discrete.values]
    told = None if found.value is None else value_as_written(found.value, found.type)
    if all(isinstance(one, (int, float)) for one in values):  # truths too
        nominal = found.value if isinstance(found.value, (int, float)) else math.nan
        choices = tuple(map(float, values))
        return Drawn(key, spec, NUMBER, float(nominal), found.dimension, choices, told)
    place = values.index(found.value) if found.value in values else -1
    places = tuple(float(place) for place in range(len(values)))
    return Drawn(key, spec, CHOICE, float(place), None, places, told)


def _address(form: BaseModel, key: str) -> tuple[str, ...]:
    path = steps(key)
    if path[0] == "capsule" and "spacecraft" in type(form).model_fields:
        return ("spacecraft", *path)
    return path


def _mistakes(
    form: BaseModel, key: str, spec: DispersionSpec, specs: dict[str, DispersionSpec]
) -> Iterator[Mistake]:
    try:
        path = _address(form, key)
        found = _found(form, path)
    except InputError:
        yield Mistake((), "a dotted key, as vehicle.payload.mass")
        return
    except _Unknown as lost:
        path = _address(form, key)
        close = meant(path[lost.depth], lost.known)
        if close:
            word = close.removeprefix("did you mean ").removesuffix("?")
            mended = ".".join((*path[: lost.depth], word, *path[lost.depth + 1 :]))
            close = f"did you mean {mended}?"
        hint = close or (f"known there: {', '.join(lost.known)}" if lost.known else "")
        yield Mistake((), "a key of this mission", hint)
        return
    if spec.discrete is not None and path[0] != BLOCK:
        yield from _choices(spec.discrete.values, found)
        return
    kind = _kind_of(found)
    if path[0] == BLOCK or kind is None:
        yield Mistake((), "a key with a number", f"{key} is none")
        return
    yield from _fits(key, spec, found, kind)
    if spec.units is not None and _listed(found):
        count = getattr(_found(form, path[:-1]).value, "count", None)
        if count != spec.units:
            yield Mistake(("units",), f"{count}, as many as there are")
    yield from _follows(spec, key, specs)


def _choices(values: Sequence[Any], found: _Field) -> Iterator[Mistake]:
    """Whether each value is one that the key may have."""
    for place, written in enumerate(values):
        at = ("discrete", "values", place)
        if written is None:
            if not found.removable:
                hint = "items are not removed alone: draw their whole list, or the key that has it"
                yield Mistake(at, "a value: the mission needs one here", hint)
            continue
        try:
            found.read(written)
        except ValidationError as error:
            # Of the arms of a union each complains: the first says enough.
            one = mistakes_of(error)[0]
            inner = tuple(s for s in one.at if isinstance(s, int) or s in _keys_in(written))
            yield Mistake((*at, *inner), one.expected, one.hint)


def _keys_in(written: Any) -> set[str]:
    """Every key that stands in a value, however deep."""
    if isinstance(written, dict):
        below = cast("dict[str, Any]", written)
        return set(below).union(*map(_keys_in, below.values()))
    if isinstance(written, list):
        return set[str]().union(*map(_keys_in, cast("list[Any]", written)))
    return set()


def _partners(
    key: str, spec: DispersionSpec, specs: dict[str, DispersionSpec]
) -> Iterator[Mistake]:
    """Whether what it is correlated with is drawn, by one number, and told alike by both."""
    for other, value in spec.correlated.items():
        at, partner = ("correlated", other), specs.get(other)
        if partner is None or other == key:
            hint = meant(other, [name for name in specs if name != key])
            yield Mistake(at, "another key of this block", hint)
        elif not partner.correlates:
            yield Mistake(at, "a key that is drawn by one number", f"{other} is not")
        elif partner.correlated.get(key, value) != value:
            yield Mistake(at, f"{partner.correlated[key]:g}, as {other} says; once is enough")


def _fit(group: Group) -> bool:
    return cholesky(group.matrix) is not None


def _apart(group: Group, specs: dict[str, DispersionSpec]) -> Mistake:
    """Correlations that no numbers can have together; told where the last of them stands."""
    key = [key for key, spec in specs.items() if key in group.keys and spec.correlated][-1]
    pairs = [(a, b) for i, a in enumerate(group.keys) for b in group.keys[:i]]
    missing = [f"{b} with {a}" for a, b in pairs if not _told(specs, a, b)]
    hint = f"times {math.floor(100.0 * feasible(group.matrix)) / 100.0:g} all of them can be"
    if missing:
        hint += f"; 0 as nothing is told: {', '.join(missing[:3])}"
    expected = f"correlations of {', '.join(group.keys)} that can be together (semi-definite)"
    return Mistake((BLOCK, key, "correlated"), expected, hint)


def _told(specs: dict[str, DispersionSpec], a: str, b: str) -> bool:
    return b in specs[a].correlated or a in specs[b].correlated


def _fits(key: str, spec: DispersionSpec, found: _Field, kind: str) -> Iterator[Mistake]:
    """Whether a distribution is one of such a value."""
    profiled = kind in (DENSITY, WIND)
    if profiled != (spec.kind == "profile"):
        hint = "" if profiled else f"{key} holds no profile over height"
        yield Mistake((spec.kind,), "profile" if profiled else "a distribution of one number", hint)
        return
    if (kind == WHOLE) != (spec.kind == "seed"):
        hint = f"{key} is a whole number" if kind == WHOLE else f"{key} is none"
        yield Mistake((spec.kind,), "seed, for a whole number alone", hint)
        return
    if kind == WHOLE and key.rpartition(".")[2] not in _SEEDS:
        yield Mistake(("seed",), f"a key named {' or '.join(_SEEDS)}", f"{key} counts something")
    if kind == WHOLE:
        return
    if found.value is None and not profiled:
        yield Mistake((), "a key that has a value", _LEFT_OUT)
        return
    if kind == EPOCH and spec.absolute:
        yield Mistake(("table", "absolute"), "nothing: a table of an epoch has times from it")
        return
    if spec.units is not None and not _listed(found):
        yield Mistake(("units",), "nothing: the key has one value")
    for at, written in spec.deviations:
        yield from _measures(at, written, found, kind)


def _measures(
    at: tuple[str | int, ...], written: str | float, found: _Field, kind: str
) -> Iterator[Mistake]:
    """Whether a deviation is in a unit of its key, and relative to something."""
    relative = deviation(written).relative
    if kind == DENSITY:
        if not relative or deviation(written).number > _MOST_DENSITY:
            yield Mistake(at, f'a share of the density up to {_MOST_DENSITY:g} %, as "5 %"')
        return
    dimension = {WIND: "speed", EPOCH: "time"}.get(kind, found.dimension)
    if kind in (WIND, EPOCH) and relative:
        yield Mistake(at, describe(dimension or ""))
        return
    if relative and not _nonzero(found.value):
        what = "a number" if dimension is None else describe(dimension)
        yield Mistake(at, what, _NOTHING)
    elif in_si(written, dimension) is None:
        told = "a pure number" if dimension is None else describe(dimension)
        yield Mistake(at, f'{told}, or a share, as "1 {RELATIVE}"')
    elif kind == WIND and (in_si(written, dimension) or 0.0) > _MOST_WIND:
        yield Mistake(at, f"at most {_MOST_WIND:g} m/s")


def _nonzero(value: Any) -> bool:
    return any(value) if isinstance(value, list) else bool(value)


def _follows(spec: DispersionSpec, key: str, specs: dict[str, DispersionSpec]) -> Iterator[Mistake]:
    """Whether the key that it follows has a factor of its own."""
    if spec.follows is None:
        return
    other = specs.get(spec.follows)
    if other is None or spec.follows == key:
        hint = meant(spec.follows, [name for name in specs if name != key])
        yield Mistake(("follows",), "another key of this block", hint)
    elif other.follows is not None or not other.correlates or other.absolute:
        yield Mistake(("follows",), "a key of one number that follows none")
    elif not all(deviation(one).relative for _, one in other.deviations):
        yield Mistake(("follows",), "a key whose deviations are in percent")
    else:
        for at, one in spec.deviations:
            if not deviation(one).relative:
                yield Mistake(at, "a deviation in percent, as it follows another key")


def _found(form: BaseModel, path: Sequence[str]) -> _Field:
    """The value at an address of a checked form, and its type; None of what is left out.

    Raises:
        _Unknown: there is no such key.
    """
    value: Any = form
    kind: Any = type(form)
    metadata: list[Any] = []
    removable = False
    for depth, step in enumerate(path):
        bare = _bare(kind)
        if is_model(bare):
            model: type[BaseModel] = type(value) if isinstance(value, BaseModel) else bare
            fields = {info.alias or name: name for name, info in model.model_fields.items()}
            if step not in fields:
                raise _Unknown(depth, [name for name in fields if name != BLOCK])
            info = model.model_fields[fields[step]]
            kind, metadata = info.annotation, list(info.metadata)
            removable = not info.is_required()
            value = getattr(value, fields[step]) if isinstance(value, BaseModel) else None
        elif isinstance(value, dict):
            below = cast("dict[str, Any]", value)
            if step not in below:
                raise _Unknown(depth, list(below))
            value, kind, metadata = below[step], typing.get_args(bare)[-1], []
            removable = True
        elif isinstance(value, list) and (len(typing.get_args(bare)) or value):
            items = cast("list[Any]", value)
            names = [str(getattr(one, "name", "")) for one in items]
            at = names.index(step) if step in names else int(step) if step.isdigit() else len(items)
            if at >= len(items):
                raise _Unknown(depth, [name for name in names if name])
            value, metadata, removable = items[at], [], False
            kind = type(value) if isinstance(value, BaseModel) else typing.get_args(bare)[-1]
        else:
            raise _Unknown(depth, [])
    quantity = quantity_in(kind, metadata)
    dimension = None if quantity is None else quantity.dimension
    return _Field(value, kind, dimension, tuple(metadata), removable)


def _kind_of(found: _Field) -> str | None:
    """What a key holds; None of what cannot be drawn."""
    arms = list(_arms(found.kind))
    for model, word in ((DensityProfileSpec, DENSITY), (WindProfileSpec, WIND)):
        if model in arms:
            return word
    if isinstance(found.value, str):
        try:
            read_epoch(found.value, 1)
        except PydanticCustomError:
            return None
        return EPOCH
    if isinstance(found.value, bool) or bool in arms:
        return None
    if isinstance(found.value, int) or (found.value is None and int in arms):
        return WHOLE
    numbers = isinstance(found.value, float) or _listed(found)
    return NUMBER if numbers or (found.value is None and float in arms) else None


def _listed(found: _Field) -> bool:
    """Whether it may be one number for all units, or a list of one for each."""
    arms = list(_arms(found.kind))
    return float in arms and any(typing.get_origin(arm) is list for arm in arms)


def _arms(kind: Any) -> Iterator[Any]:
    """The types that a value may have."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        yield from _arms(typing.get_args(kind)[0])
    elif origin in (typing.Union, types.UnionType):
        for arm in typing.get_args(kind):
            yield from _arms(arm)
    else:
        yield kind


def _bare(kind: Any) -> Any:
    """A type without Annotated and without None."""
    return next((arm for arm in _arms(kind) if arm is not type(None)), kind)
