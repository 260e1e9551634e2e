"""A description as a file has it: plain data, quantities as texts with their units."""

import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel

from yaan.base.units import UNITS
from yaan.description.block import quantity_in
from yaan.description.escape import WindowSpec
from yaan.description.failures import FailureSpec
from yaan.description.steer import SteerSpec
from yaan.description.steering import QUANTITIES, MeetSpec, PublishedSpec


def as_written(block: BaseModel) -> dict[str, Any]:
    """The keys that were given, by their names in a file; it is read back to the same numbers."""
    fields = type(block).model_fields
    found: dict[str, Any] = {}
    for name, info in fields.items():
        if name in block.model_fields_set:
            kind: Any = info.annotation
            for extra in info.metadata:
                kind = typing.Annotated[kind, extra]
            found[info.alias or name] = value_as_written(getattr(block, name), kind)
    if isinstance(block, PublishedSpec):
        unit = _unit(QUANTITIES[block.quantity])
        found |= {k: f"{getattr(block, k)!r} {unit}" for k in ("value", "tolerance") if k in found}
    if isinstance(block, MeetSpec) and isinstance(block.at, float):
        found["at"] = f"{block.at!r} s"
    if isinstance(block, (WindowSpec, FailureSpec)):  # an event, or a time since the epoch
        moments = {key: found[key] for key in ("from", "until", "at") if key in found}
        found |= {key: f"{at!r} s" for key, at in moments.items() if isinstance(at, float)}
    return found


def value_as_written(value: Any, kind: Any) -> Any:
    """A value of a type, as a file has it."""
    if isinstance(value, SteerSpec):
        told = as_written(value)
        law = told.pop("law")
        return told or law
    if isinstance(value, BaseModel):
        told = as_written(value)
        return "solve" if told == {"solve": True} else told
    if isinstance(value, float):
        quantity = quantity_in(kind, [])
        return value if quantity is None else f"{value!r} {_unit(quantity.dimension)}"
    inner = _inner(kind, value)
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, Any]", value).items()
        return {key: value_as_written(item, inner[-1] if inner else Any) for key, item in pairs}
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[Any]", value)
        each = inner if isinstance(value, tuple) else inner[-1:] * len(items)
        each = each if len(each) == len(items) else (Any,) * len(items)
        return [value_as_written(item, one) for item, one in zip(items, each, strict=True)]
    return value


def _inner(kind: Any, value: Any) -> tuple[Any, ...]:
    """The types of what a list, tuple or mapping holds."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        bare = typing.get_args(kind)[0]
        # Lists of lists, of any depth, hold the same quantity.
        return (kind,) if bare is Any and isinstance(value, list) else _inner(bare, value)
    if origin in (typing.Union, types.UnionType):
        found = (_inner(arm, value) for arm in typing.get_args(kind))
        return next((one for one in found if one), ())
    return typing.get_args(kind) if origin is type(value) else ()


def _unit(dimension: str) -> str:
    """The SI unit of a dimension."""
    return next(iter(UNITS[dimension]))
