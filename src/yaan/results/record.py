"""Records as JSON and back, by the types of their fields.

A record is a frozen dataclass whose fields are texts, numbers, truths, records, or tuples and
mappings of those. A number that is not finite has no word in JSON: it is written as null, and null
is read as NaN. All else is exact: what a file has too much, too little or of another kind is told
by its first place.
"""

import dataclasses
import math
import re
import textwrap
import types
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Final,
    Literal,
    NoReturn,
    TypeVar,
    Union,
    cast,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np

from yaan.base.errors import InputError, Problem, YaanError, nearest, quote

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Record = TypeVar("_Record")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(made: type[_Record]) -> type[_Record]:
    """Make a class a record: a frozen dataclass with slots, built by keywords."""
    return dataclass(frozen=True, slots=True, kw_only=True)(made)


class Radians:
    """A property: the field of its name with `_deg` behind it, in radians."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = f"{name}_deg"

    def __get__(self, owner: object, kind: type | None = None) -> float:
        return math.radians(getattr(owner, self.field))


class RadiansOrNone(Radians):
    """The same of a field that may be None."""

    def __get__(self, owner: object, kind: type | None = None) -> float | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        return None if getattr(owner, self.field) is None else super().__get__(owner, kind)


def notice(old: str, new: str) -> None:
    """Warn the caller of the public function that calls this: `old` is read as `new` now."""
    text = f"{old} is of schema 1, kept for a while; read {new}."
    warnings.warn(text, DeprecationWarning, stacklevel=3)


def to_plain(made: "DataclassInstance") -> dict[str, object]:
    """A record as plain data, in the order of its fields."""
    return {name: plain(getattr(made, name)) for name in _fields(type(made))}


def plain(value: object) -> object:
    """The same with only what JSON knows: of records mappings, of arrays lists, of NaN None.

    Raises:
        YaanError: for what JSON has no word for.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return to_plain(value)
    if isinstance(value, np.generic | np.ndarray):
        value = cast(object, value.tolist())
    if isinstance(value, Mapping):
        pairs = cast(Mapping[object, object], value).items()
        return {str(key): plain(item) for key, item in pairs}
    if isinstance(value, list | tuple):
        return [plain(item) for item in cast(Iterable[object], value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Path):
        return value.as_posix()
    if value is None or isinstance(value, str | bool | int | float):
        # Enumerations of whole numbers and subclasses of float would print their own way.
        return (
            int(value)
            if type(value) not in (str, bool, int, float) and isinstance(value, int)
            else value
        )
    raise YaanError(f"A {type(value).__name__} cannot be written to JSON: {value!r}.")


def from_plain(
    kind: type[_Record], data: object, where: Path | str, *, partial: bool = False
) -> _Record:
    """The record that plain data are.

    Args:
        kind: of the record.
        data: plain data, from `plain` or from JSON.
        where: the file as the user knows it.
        partial: what is missing or null becomes None, NaN or empty, and what is unknown is left
            out: so files of an older Yaan are read.

    Raises:
        InputError: the first place that is wrong: file, key, value and what was expected.
    """
    return cast(_Record, _Reader(str(where), partial).read(kind, data, ""))


@cache
def _fields(kind: type) -> dict[str, object]:
    """Names and types of the fields of a record, in order."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@cache
def _optional(kind: type) -> frozenset[str]:
    """Names of the fields of a record that are None where an older file has not got them."""
    fields = dataclasses.fields(kind)
    return frozenset(field.name for field in fields if field.default is None)


_SCALARS: Final = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number or null",
}


@dataclass(frozen=True)
class _Reader:
    where: str
    partial: bool

    def read(self, hint: object, value: object, key: str) -> object:
        """`value` as what `hint` says that it is; `key` is its dotted address."""
        if value is None and (self.partial or hint is float):
            return self._nothing(hint)
        held = "record" if dataclasses.is_dataclass(hint) else get_origin(hint)
        special = _READERS.get(held)
        if special is not None:
            return special(self, hint, value, key)
        if type(value) is hint:
            return value
        if hint is float and type(value) is int:
            return float(value)
        return self.refuse(key, value, _SCALARS[cast(type, hint)])

    def record(self, hint: object, value: object, key: str) -> object:
        """A record from a mapping of its fields."""
        kind, given = cast(type, hint), self._mapping(value, key)
        hints = _fields(kind)
        for name in () if self.partial else given:
            if name not in hints:
                hint = nearest(name, hints)
                self.refuse(_below(key, name), given[name], "no key of this name", hint)
        left_out = _optional(kind)
        found = {
            name: self._field(hint, given, name, key, left_out) for name, hint in hints.items()
        }
        return kind(**found)

    def _field(
        self,
        hint: object,
        given: Mapping[str, object],
        name: str,
        key: str,
        left_out: frozenset[str],
    ) -> object:
        if name in given:
            return self.read(hint, given[name], _below(key, name))
        if self.partial or name in left_out:
            return self._nothing(hint)
        return self.refuse(
            _below(key, name), "", f"the key is missing, {_words(hint)} belongs there"
        )

    def _nothing(self, hint: object) -> object:
        """What stands for a value that an older file lacks."""
        origin, args = get_origin(hint), get_args(hint)
        if types.NoneType in args:
            return None
        if origin is tuple and Ellipsis not in args:
            return tuple(self._nothing(arg) for arg in args)
        if dataclasses.is_dataclass(hint):
            return self.record(hint, {}, "")
        if origin is Literal:
            return args[0]
        return math.nan if hint is float else cast(Callable[[], object], origin or hint)()

    def optional(self, hint: object, value: object, key: str) -> object:
        """`value` of a hint that allows None."""
        (inner,) = (arg for arg in get_args(hint) if arg is not types.NoneType)
        return None if value is None else self.read(inner, value, key)

    def sequence(self, hint: object, value: object, key: str) -> tuple[object, ...]:
        """A tuple from a list: of any length, or of the length that its type has."""
        args = get_args(hint)
        if not isinstance(value, list):
            self.refuse(key, value, _words(hint))
        items = cast(list[object], value)
        kinds = [args[0]] * len(items) if args[-1] is Ellipsis else args
        if len(kinds) != len(items):
            self.refuse(key, items, _words(hint))
        pairs = enumerate(zip(kinds, items, strict=True))
        return tuple(self.read(kind, item, _below(key, str(i))) for i, (kind, item) in pairs)

    def mapping(self, hint: object, value: object, key: str) -> dict[str, object]:
        """A mapping by name."""
        _, inner = get_args(hint)
        given = self._mapping(value, key)
        return {name: self.read(inner, item, _below(key, name)) for name, item in given.items()}

    def choice(self, hint: object, value: object, key: str) -> object:
        """One of a few values."""
        return value if value in get_args(hint) else self.refuse(key, value, _words(hint))

    def _mapping(self, value: object, key: str) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.refuse(key, value, "a mapping")
        return cast(Mapping[str, object], value)

    def refuse(self, key: str, value: object, expected: str, hint: str = "") -> NoReturn:
        """Raise what is wrong."""
        shown = "" if value == "" else quote(value)
        raise InputError(Problem(self.where, None, key, shown, expected, hint))


_READERS: Final[dict[object, Callable[[_Reader, object, object, str], object]]] = {
    "record": _Reader.record,
    Union: _Reader.optional,
    types.UnionType: _Reader.optional,
    tuple: _Reader.sequence,
    dict: _Reader.mapping,
    Literal: _Reader.choice,
}


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name


def _words(hint: object) -> str:
    """What belongs where `hint` is, in words."""
    origin, args = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint) or origin is dict:
        return "a mapping"
    if origin is tuple:
        return "a list" if Ellipsis in args else f"a list of {len(args)}"
    if origin is Literal:
        return f"one of {', '.join(map(str, args))}"
    if origin is None:
        return _SCALARS[cast(type, hint)]
    (inner,) = (arg for arg in args if arg is not types.NoneType)
    return f"{_words(inner).removesuffix(' or null')} or null"


def json_schema(kind: type) -> dict[str, object]:
    """The JSON schema (draft 2020-12) of a record, with what its docstrings say of each key."""
    known: dict[str, object] = {}
    top = _schema_of(kind, known)
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind.__name__}
    return {**head, **top, "$defs": dict(sorted(known.items()))}


_JSON_TYPES: Final[dict[object, object]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: ["number", "null"],
}


def _schema_of(hint: object, known: dict[str, object]) -> dict[str, object]:
    origin, args = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint):
        kind = cast(type, hint)
        if kind.__name__ not in known:
            known[kind.__name__] = {}  # a record may hold others of its kind
            known[kind.__name__] = _record_schema(kind, known)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if origin is tuple:  # what it holds is of one kind
        size = {} if Ellipsis in args else {"minItems": len(args), "maxItems": len(args)}
        return {"type": "array", "items": _schema_of(args[0], known), **size}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema_of(args[1], known)}
    if origin in (None, Literal):
        return {"enum": list(args)} if args else {"type": _JSON_TYPES[hint]}
    (inner,) = (arg for arg in args if arg is not types.NoneType)
    found = _schema_of(inner, known)
    return found if inner is float else {"anyOf": [found, {"type": "null"}]}


def _record_schema(kind: type, known: dict[str, object]) -> dict[str, object]:
    text = kind.__doc__ or ""
    told = field_texts(kind)
    properties = {
        name: _schema_of(hint, known) | ({"description": told[name]} if told.get(name) else {})
        for name, hint in _fields(kind).items()
    }
    return {
        "description": text.split("\n\n")[0].strip(),
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def field_texts(kind: type) -> dict[str, str]:
    """What the docstring of a record says of each field, in its section `Attributes`."""
    _, _, section = (kind.__doc__ or "").partition("Attributes:\n")
    lines = textwrap.dedent(section).rstrip()
    found = re.split(r"^(\w+): ", lines, flags=re.MULTILINE)[1:]
    return {
        name: " ".join(text.split()) for name, text in zip(found[::2], found[1::2], strict=True)
    }
