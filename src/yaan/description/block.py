"""The block: what every mapping of a mission file may carry besides its own keys."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from yaan.base import meant, nearest
from yaan.base.plain import is_list, is_mapping, item, mapping
from yaan.description.exactly import RANGE
from yaan.description.quantity import FILE, Mistake, Quantity, refuse

NOTES: Final = frozenset({"title", "source", "assumed", "calibrated"})
MAPPING: Final = "a mapping of keys to values"

Pair = 2  # ends of a range


class Strict(BaseModel):
    """No unknown keys, no conversions, no infinities, never changed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True
    )


class AssumedSpec(Strict):
    """Why a value that nobody published was chosen, and what it may be."""

    range: Annotated[list[Any], RANGE] | None = Field(
        default=None, description="[low, high], each written like the value itself"
    )
    why: str = Field(min_length=1, description="reason for the value and its range, in words")


class Block(Strict):
    """A mapping with its source and its assumptions."""

    title: str = Field(default="", description="name for people")
    source: str = Field(default="", description="where the values come from")
    assumed: dict[str, AssumedSpec] = Field(
        default_factory=dict, description="keys of this block that nobody published"
    )
    calibrated: dict[str, str] = Field(
        default_factory=dict, description="keys of this block that were fitted, and to what"
    )


def note_mistakes(model: type[BaseModel], block: Mapping[str, Any]) -> list[Mistake]:
    """What is wrong with `assumed` and `calibrated` of a block as it is written in the file.

    They are about keys that are written; a value is within its assumed range.
    """
    names = {info.alias or name: name for name, info in model.model_fields.items()}
    written = sorted(key for key in block if key in names.keys() - NOTES)
    mistakes = [
        Mistake((note, key), "a key of this block", nearest(key, written))
        for note in ("assumed", "calibrated")
        for key in mapping(block, note)
        if key not in written
    ]
    for key, assumed in mapping(block, "assumed").items():
        ends = item(assumed, "range")
        if key in written and is_list(ends) and len(ends) == Pair:
            mistakes += _range_mistakes(model, names[key], key, block[key], ends)
    return mistakes


def or_word(words: tuple[str, ...], key: str, mappings: str) -> Callable[[Any], Any]:
    """Read one of `words` as the mapping that has it at `key`; pass mappings on."""

    def read(value: Any) -> Any:
        if isinstance(value, str) and value in words:
            return {key: value}
        if is_mapping(value) or isinstance(value, Block):
            return value
        hint = meant(value, words) if isinstance(value, str) else ""
        raise refuse(Mistake((), f"one of {', '.join(words)}, or {mappings}", hint))

    return read


def _range_mistakes(
    model: type[BaseModel], name: str, key: str, value: Any, ends: list[Any]
) -> list[Mistake]:
    """What is wrong with the range of an assumed value."""
    at = ("assumed", key, "range")
    adapter = adapter_of(model, name)
    numbers: list[Any] = []
    mistakes: list[Mistake] = []
    for index, end in enumerate(ends):
        try:
            numbers.append(adapter.validate_python(end, context=FILE))
        except ValidationError as error:
            mistakes += [
                Mistake((*at, index, *found.at), found.expected, found.hint)
                for found in mistakes_of(error)
            ]
    try:
        flown = adapter.validate_python(value, context=FILE)
    except ValidationError:
        return mistakes  # the value itself is at fault, which is told
    if mistakes or not all(isinstance(x, (int, float)) for x in (*numbers, flown)):
        return mistakes
    low, high = numbers
    if low > high:
        return [Mistake((*at, 0), "the lower end first")]
    slack = 1e-9 * max(abs(low), abs(high))
    if not low - slack <= flown <= high + slack:
        return [Mistake((key,), f"a value within its assumed range {ends[0]} to {ends[1]}")]
    return []


@functools.cache
def adapter_of(model: type[BaseModel], key: str) -> TypeAdapter[Any]:
    """Validator of one field of a model, for values that stand elsewhere."""
    info = model.model_fields[key]
    kind: Any = info.annotation
    for extra in info.metadata:
        kind = Annotated[kind, extra]
    config = None if is_model(info.annotation) else Strict.model_config
    return TypeAdapter[Any](kind, config=config)


def is_model(kind: Any) -> bool:
    """Whether a type is a model, which brings its own configuration."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def mistakes_of(error: ValidationError) -> list[Mistake]:
    """Turn the complaints of pydantic into mistakes in the words of the mission file."""
    found: list[Mistake] = []
    for told in error.errors(include_url=False):
        if told["type"] == "default_factory_not_called":
            continue  # it follows from another mistake, which is told
        context: Mapping[str, Any] = told.get("ctx", {})
        at = tuple(told["loc"])
        if "mistakes" in context:
            at = at[:-1] if at[-1:] == ("[key]",) else at
            found += [Mistake((*at, *m.at), m.expected, m.hint) for m in context["mistakes"]]
        elif at and at[-1] == "[key]":
            found.append(Mistake(at[:-1], _NAME))
        else:
            found.append(Mistake(at, *_words(told["type"], context)))
    return found


_NAME: Final = "a name of letters, digits, - and _ that starts with a letter"
_FILE_NAME: Final = "a name of letters, digits, -, _ and . that starts with a letter or a digit"

_PLAIN: Final = {
    "missing": "required",
    "extra_forbidden": "a known key",
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "dict_type": MAPPING,
    "list_type": "a list",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number without a unit",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_pattern_mismatch": _NAME,
    "file_name_mismatch": _FILE_NAME,
}


def _words(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """Expected and hint for one type of pydantic's errors."""
    if kind == "literal_error":
        return f"one of {str(context['expected']).replace(chr(39), '').replace(' or ', ', ')}", ""
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        name, bound = next(iter(context.items()))
        words = {"ge": "of at least", "le": "of at most", "gt": "above", "lt": "below"}
        return f"a number {words[name]} {bound:g}", ""
    if kind == "too_short":
        least = context["min_length"]
        return "at least one item" if least == 1 else f"at least {least} items", ""
    if kind == "too_long":
        return f"at most {context['max_length']} items", ""
    if kind == "string_pattern_mismatch" and "." in context["pattern"]:
        kind = "file_name_mismatch"
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters", ""
    return _PLAIN.get(kind, kind.replace("_", " ")), ""


def quantity_in(kind: Any, metadata: list[Any]) -> Quantity | None:
    """The quantity that a field holds, or None."""
    stack = [*metadata, kind]
    while stack:
        part = stack.pop()
        if isinstance(part, Quantity):
            return part
        stack += get_args(part)
        stack += getattr(part, "__metadata__", ())
    return None


_Changed = TypeVar("_Changed", bound=BaseModel)


def with_value(block: _Changed, path: Sequence[str], value: Any) -> _Changed:
    """A checked block with the value at a path below it replaced, as a file writes it.

    The value alone is checked, by the type of its field: that is for values which are known to fit,
    as the ends of the range of an assumption, and takes a hundredth of reading the file anew.

    Raises:
        LookupError: the path leads to no field of a block.
        ValidationError: a value that the field cannot have.
    """
    return cast("_Changed", _replaced(block, tuple(path), value))


_TELLING: Final = frozenset({"design"})
"""Blocks that other fields are worked out from, so that a value in them is none of its own."""

_LEFT_OUT: Final = {"thrust": "exit_area"}
"""Fields of a block with one of those; where the other is left out it is worked out from them."""


def _replaced(here: Any, path: tuple[str, ...], value: Any) -> Any:
    step, rest = path[0], path[1:]
    if isinstance(here, BaseModel):
        name = _field(type(here), step)
        if rest and name in _TELLING:
            raise LookupError(f"other fields may be worked out from {step}")
        if not rest and _tells(here, name):
            raise LookupError(f"{_LEFT_OUT[name]} may be worked out from {step}")
        if rest:
            made = _replaced(getattr(here, name), rest, value)
        else:
            made = adapter_of(type(here), name).validate_python(value, context=FILE)
        return here.model_copy(update={name: made})
    if isinstance(here, dict) and rest:
        known = cast("dict[str, Any]", here)
        return {**known, step: _replaced(known[step], rest, value)}
    if isinstance(here, list) and rest:
        items = cast("list[Any]", here)
        names = [getattr(one, "name", None) for one in items]
        at = names.index(step) if step in names else int(step) if step.isdigit() else len(items)
        if at < len(items):
            return [*items[:at], _replaced(items[at], rest, value), *items[at + 1 :]]
    raise LookupError(f"{step} is no field of a block")


def _tells(here: BaseModel, name: str) -> bool:
    """Whether a field may tell another that the file leaves out."""
    other = _LEFT_OUT.get(name)
    told = any(getattr(here, block, None) is not None for block in _TELLING)
    return other is not None and told and other not in here.model_fields_set


def _field(model: type[BaseModel], key: str) -> str:
    for name, info in model.model_fields.items():
        if key == (info.alias or name):
            return name
    raise LookupError(f"{model.__name__} has no {key}")
