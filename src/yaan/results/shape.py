"""What a run folder's JSON may look like: whoever reads one asks here first.

A file that was cut, edited or made by another program is told by its first place that is wrong,
before a table or a figure trips over it. What is absent or null is left to the readers.
"""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from yaan.base.errors import InputError, Problem, YaanError, quote

_DEEPEST: Final = 50  # levels of nesting; a summary has eight

_TEXTS: Final = ("mission", "title", "yaan", "profile", "epoch")
_NUMBERS: Final = ("mass_closure",)
_MAPPINGS: Final = (
    *("outcome", "liftoff", "steering", "orbit", "target", "peaks", "velocity_ledger", "crew"),
    *("abort", "profiles", "integration", "spans", "entry", "descent", "landing", "touchdown"),
    *("orbit_phase", "deorbit", "crew_return", "return_velocity_ledger", "start", "end"),
)
_ROWS: Final = (
    *("timeline", "mass_ledger", "propellant", "assumptions", "sources", "models", "published"),
    *("verdicts", "opportunities", "phases"),
)
_NUMERIC_ROWS: Final = ("timeline", "propellant", "mass_ledger")
"""Rows that hold nothing but texts and numbers."""


def read_json(path: Path | str) -> dict[str, Any]:
    """Read a JSON object whose numbers are finite.

    Raises:
        YaanError: if the file is absent, damaged or no object.
    """
    path = Path(path)
    document = _parsed(path)
    if not isinstance(document, dict):
        raise YaanError(f"{path} is damaged, it holds no JSON object.")
    for key, value, depth in _leaves(document):
        if depth > _DEEPEST:
            raise YaanError(f"{path} is damaged, it is nested more than {_DEEPEST} levels deep.")
        if not _sound(value):
            raise _wrong(path, key, value, "a finite number, or text in Unicode")
    return cast(dict[str, Any], document)


def check_summary(summary: Mapping[str, Any], path: Path) -> None:
    """Refuse a summary whose parts are not of the kind that a flight leaves.

    Raises:
        InputError: the first part that is wrong: file, key, value and what was expected.
    """
    if summary.get("kind", "flight") != "flight":
        raise _wrong(path, "kind", summary["kind"], "flight")
    for key, value in summary.items():
        expected = _expected(key, value)
        if value is not None and expected:
            raise _wrong(path, key, value, expected)
    for name in _NUMERIC_ROWS:
        rows: list[dict[str, object]] = summary.get(name) or []
        for index, row in enumerate(rows):
            for key, value in row.items():
                if isinstance(value, dict | list):
                    raise _wrong(path, f"{name}.{index}.{key}", value, "a text or a number")


def _expected(key: str, value: object) -> str:
    """What belongs at `key` of a summary; "" where `value` is that, or nothing is known."""
    if key in _TEXTS and not isinstance(value, str):
        return "a text"
    if key in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
        return "a number"
    if key in _MAPPINGS and not isinstance(value, dict):
        return "a mapping"
    items: list[object] = cast(list[object], value) if isinstance(value, list) else [None]
    if key in _ROWS and not all(isinstance(item, dict) for item in items):
        return "a list of mappings"
    if key == "notes" and not all(isinstance(item, str) for item in items):
        return "a list of texts"
    return ""


def _parsed(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise YaanError(f"Cannot read {path}: {error.strerror}.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise YaanError(f"{path} is damaged, it is not JSON from {place} on.") from error
    except UnicodeDecodeError as error:
        raise YaanError(f"{path} is damaged, it is not text in UTF-8.") from error
    except RecursionError as error:
        words = f"it is nested more than {_DEEPEST} levels deep"
        raise YaanError(f"{path} is damaged, {words}.") from error
    except ValueError as error:
        words = "it is not JSON: it holds NaN, Infinity or a number of thousands of digits"
        raise YaanError(f"{path} is damaged, {words}.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _leaves(document: object) -> Iterator[tuple[str, object, int]]:
    """Every value that holds no other, with its dotted key and its depth; those too deep once."""
    waiting: list[tuple[str, object, int]] = [("", document, 0)]
    while waiting:
        key, value, depth = waiting.pop()
        if isinstance(value, dict | list) and depth <= _DEEPEST:
            held = value if isinstance(value, dict) else dict(enumerate(value))
            for name, item in cast(dict[object, object], held).items():
                waiting.append((f"{key}.{name}".lstrip("."), item, depth + 1))
        else:
            yield key, value, depth


def _sound(value: object) -> bool:
    """Whether a value can be computed with and written again."""
    if isinstance(value, str):
        return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, int | float):
        try:
            return math.isfinite(value)
        except OverflowError:
            return False
    return True


def _wrong(path: Path, key: str, value: object, expected: str) -> InputError:
    return InputError(Problem(str(path), None, key, quote(value), expected))
