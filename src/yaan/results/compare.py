"""What differs between two runs, in input and in result."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yaan.base.errors import YaanError
from yaan.results.record import to_plain
from yaan.results.store import FlightRecord, read_flight

# Lists of records are matched by what they are about, not by place: a phase more must not make
# every later one differ.
_NAMES = ("name", "event", "stage", "phase", "key", "what", "axis", "target", "part", "at")
INPUT_TEXTS = ("source", "why", "title")
"""Keys of a mission that say nothing about what is flown."""

SKIPPED_RESULTS = ("schema", "yaan", "sources", "models", "notes")
"""Keys of a summary that are no result."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs.

    Attributes:
        section: ``input`` (mission.yaml) or ``result`` (summary.json).
        key: dotted path; list items by name where they have one.
        first: value of the first run; None if absent there.
        second: value of the second run; None if absent there.
        absolute: second minus first, where both are numbers.
        relative: the same over the magnitude of the first, where that is not zero.
    """

    section: Literal["input", "result"]
    key: str
    first: object
    second: object
    absolute: float | None = None
    relative: float | None = None


def compare(run_a: Path | str | FlightRecord, run_b: Path | str | FlightRecord) -> list[Difference]:
    """Differences from `run_a` to `run_b`, input first, each in the order of its file.

    Args:
        run_a: run folder, or its record.
        run_b: the same, of the other run.

    Raises:
        YaanError: if one is no run folder.
    """
    a, b = record_of(run_a), record_of(run_b)
    inputs = _differences("input", mission_of(run_a, a), mission_of(run_b, b))
    results = _differences("result", to_plain(a.summary), to_plain(b.summary))
    return [d for d in inputs if d.key.rpartition(".")[2] not in INPUT_TEXTS] + [
        d for d in results if d.key.partition(".")[0] not in SKIPPED_RESULTS
    ]


def flatten(tree: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """The leaves of `tree` with their dotted keys, in order.

    A list of records gives keys by name (``phases.core.step``), two of one name are numbered
    (``timeline.separation#2.time``); other lists give keys by index.
    """
    if isinstance(tree, Mapping):
        pairs = [(str(k), v) for k, v in cast(Mapping[object, object], tree).items()]
    elif isinstance(tree, list | tuple):
        pairs = _named(list(cast(list[object], tree)))
    else:
        yield prefix, tree
        return
    if not pairs and prefix:
        yield prefix, tree
    for key, value in pairs:
        yield from flatten(value, f"{prefix}.{key}" if prefix else key)


def _named(items: list[object]) -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    seen: dict[str, int] = {}
    for index, item in enumerate(items):
        name = str(index)
        if isinstance(item, Mapping):
            record = cast(Mapping[str, object], item)
            name = next((str(record[n]) for n in _NAMES if record.get(n)), name)
        seen[name] = seen.get(name, 0) + 1
        key = name if seen[name] == 1 else f"{name}#{seen[name]}"
        pairs.append((key, cast(object, item)))
    return pairs


def _differences(
    section: Literal["input", "result"], a: Mapping[str, Any], b: Mapping[str, Any]
) -> list[Difference]:
    first, second = dict(flatten(a)), dict(flatten(b))
    keys = list(first) + [key for key in second if key not in first]
    found: list[Difference] = []
    for key in keys:
        x, y = first.get(key), second.get(key)
        if key in first and key in second and same(x, y):
            continue
        if is_number(x) and is_number(y):
            p, q = cast(float, x), cast(float, y)
            found.append(Difference(section, key, x, y, q - p, (q - p) / abs(p) if p else None))
        else:
            found.append(Difference(section, key, x, y))
    return found


def same(x: object, y: object) -> bool:
    """Whether two leaves are equal; a truth is no number."""
    return x == y and isinstance(x, bool) == isinstance(y, bool)


def is_number(value: object) -> bool:
    """Whether it is a finite number, and no truth."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def record_of(run: Path | str | FlightRecord) -> FlightRecord:
    """The record of a run folder, or itself."""
    return run if isinstance(run, FlightRecord) else read_flight(run)


def mission_of(run: Path | str | FlightRecord, record: FlightRecord) -> dict[str, Any]:
    """The mission of a run as plain data; empty if it has lost it.

    Raises:
        YaanError: for what holds no mission.
    """
    if record.mission is None:
        return {}
    name = "mission.yaml" if isinstance(run, FlightRecord) else Path(run) / "mission.yaml"
    reader = cast(Any, YAML)(typ="safe", pure=True)
    try:
        tree: object = reader.load(record.mission)
    except (YAMLError, ValueError, RecursionError) as error:
        raise YaanError(f"{name} is damaged, it is not YAML that can be read.") from error
    if not isinstance(tree, dict):
        raise YaanError(f"{name} is damaged, it holds no mission.")
    return cast(dict[str, Any], tree)
