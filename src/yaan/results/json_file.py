"""JSON from a file that may have been cut, edited or made by another program."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn, cast

from yaan.base.errors import InputError, Problem, YaanError, quote

_DEEPEST: Final = 50  # levels of nesting; a summary has eight


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
            expected = "a finite number, or text in Unicode"
            raise InputError(Problem(str(path), None, key, quote(value), expected))
    return cast(dict[str, Any], document)


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
