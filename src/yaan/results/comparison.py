"""Several runs beside each other: what differs, ranked by how much, and when events came."""

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast

from yaan.base.errors import YaanError
from yaan.results.compare import (
    INPUT_TEXTS,
    SKIPPED_RESULTS,
    flatten,
    is_number,
    mission_of,
    record_of,
    same,
)
from yaan.results.record import field_texts
from yaan.results.store import FlightRecord

Run = Path | str | FlightRecord

# A change below this is that of a solver's last digits, by unit of the result.
_FLOORS: Final = {
    "m": 0.1, "s": 1e-3, "m/s": 0.01, "kg": 0.01, "deg": 1e-4, "g": 1e-4, "Pa": 0.1, "W/m2": 1.0,
    "J/m2": 10.0, "N": 1.0, "K": 0.01,
}  # fmt: skip
_RESIDUE: Final = 1e-3  # [1], of the floor, below which a value is as good as zero
_LEAST: Final = 1e-6  # [1] of a result without a unit, and of every relative change

# What ranks nothing: told elsewhere on their own, or how well it was computed.
_APART: Final = (
    "timeline", "spans", "verdicts", "outcome", "published", "assumptions", "integration",
)  # fmt: skip
_NUMERICS: Final = re.compile(
    r"^budgets\.mass\.|^(peaks|entry|descent|landing)\..*\.time$|\.attempts\.|\.(residual|mass_closure|miss|largest_miss|steps|step|rank)$"
)
# An angle from an arbitrary zero, a date: to differ by a share of it means nothing.
_PLACES: Final = re.compile(
    r"(latitude|longitude|raan|argument_of_perigee|true_anomaly|azimuth|heading|yaw|roll"
    r"|sun_elevation)(_deg)?$|\.(position|velocity)_\w+\.|\.(quaternion|matrix)\."
)

_PARTS: Final = (
    ("ascent", "ascent"),
    ("orbit_phase", "orbit"),
    ("deorbit", "deorbit"),
    ("entry", "entry"),
    ("descent", "descent under parachutes"),
    ("landing", "landing"),
    ("body", "flight of a body"),
)

_MOTIONS: Final = {"entry": "entry", "descent": "canopies"}
"""Parts that a chain of phases flies without a record of its own, by the motion of a phase."""


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs between runs.

    Attributes:
        section: ``input`` (mission.yaml) or ``result`` (summary.json).
        key: dotted path; list items by name where they have one.
        values: of each run; None where it is absent.
        unit: of a result, as ``m/s``; empty of a pure number, a text or an input.
    """

    section: Literal["input", "result"]
    key: str
    values: tuple[object, ...]
    unit: str = ""

    @property
    def absolute(self) -> tuple[float | None, ...]:
        """Of each run, its value minus that of the first; None where one is no number."""
        first = self.values[0]
        return tuple(_minus(value, first) for value in self.values)

    @property
    def relative(self) -> tuple[float | None, ...]:
        """The same over the magnitude of the first; None where that is nothing or no scale."""
        first = self.values[0]
        scale = abs(cast(float, first)) if is_number(first) else 0.0
        # A residue of a solver, as the height of what has come down, is no scale either.
        if not scale or scale < _RESIDUE * self._floor or _PLACES.search(self.key):
            return tuple(None for _ in self.values)
        return tuple(None if d is None else d / scale for d in self.absolute)

    @property
    def size(self) -> float:
        """The largest relative change of a run; 0 where none is known."""
        return max((abs(share) for share in self.relative if share is not None), default=0.0)

    @property
    def matters(self) -> bool:
        """Whether a person would call it a difference: not the last digits of a solved number."""
        return None in self.absolute or self.moved

    @property
    def moved(self) -> bool:
        """Whether a number changed by more than its last digits."""
        changes = [abs(d) for d in self.absolute[1:] if d is not None]
        if not changes or max(changes) < self._floor:
            return False
        return all(share is None for share in self.relative[1:]) or self.size > _LEAST

    @property
    def _floor(self) -> float:
        return _FLOORS.get(self.unit, _LEAST)


@dataclass(frozen=True, slots=True)
class EventTimes:
    """When an event, or a peak, came in each run.

    Attributes:
        name: of the event; the second of a name has ``#2`` behind it.
        peak: whether it is a peak.
        times: of each run [s]; None where it has none of this name.
    """

    name: str
    peak: bool
    times: tuple[float | None, ...]

    @property
    def shifts(self) -> tuple[float | None, ...]:
        """Of each run, its time minus that of the first [s]; None where one has none."""
        return tuple(_minus(time, self.times[0]) for time in self.times)


@dataclass(frozen=True)
class Comparison:
    """Runs beside each other; the first is what the others are held against.

    Attributes:
        names: of the runs, none twice.
        records: what the run folders hold.
        inputs: what differs in the mission, in the order of its file.
        results: what differs in the summary, in its order.
        events: every event of any run, in order of time.
    """

    names: tuple[str, ...]
    records: tuple[FlightRecord, ...]
    inputs: tuple[Change, ...]
    results: tuple[Change, ...]
    events: tuple[EventTimes, ...]

    @property
    def ranked(self) -> tuple[Change, ...]:
        """Numbers of the results that changed, the largest relative change first.

        Events, verdicts, assumptions and errors of the integration are not among them. A number
        that the summary tells in several places is there once.
        """
        found: dict[object, Change] = {}
        for change in self.results:
            if not _ranks(change):
                continue
            digits = tuple(f"{v:.8g}" if is_number(v) else None for v in change.values)
            found.setdefault((change.unit, digits), change)
        return tuple(sorted(found.values(), key=lambda change: -change.size))

    @property
    def missing(self) -> dict[str, tuple[str, ...]]:
        """Of each run that lacks what another has, the parts that it lacks, in words."""
        held = [set(_parts(record)) for record in self.records]
        order = [*(words for _, words in _PARTS), "history"]
        all_parts = [words for words in order if any(words in one for one in held)]
        lacks = {
            name: tuple(words for words in all_parts if words not in one)
            for name, one in zip(self.names, held, strict=True)
        }
        return {name: parts for name, parts in lacks.items() if parts}


def compare_runs(runs: Sequence[Run], names: Sequence[str] = ()) -> Comparison:
    """Hold runs against the first of them.

    Args:
        runs: run folders, or their records; two at least.
        names: of the runs; without them those of their folders, or of their missions.

    Raises:
        YaanError: for fewer than two, for other than a name each, or if one is no run folder.
    """
    if len(runs) < 2:
        raise YaanError("To compare takes two runs or more.")
    if names and len(names) != len(runs):
        raise YaanError(f"{len(runs)} runs are compared, and {len(names)} names are given.")
    records = tuple(record_of(run) for run in runs)
    inputs = [
        dict(flatten(mission_of(run, record))) for run, record in zip(runs, records, strict=True)
    ]
    told = [dict(_measured(record)) for record in records]
    plain = [{key: value for key, (value, _) in one.items()} for one in told]
    units = {key: unit for one in told for key, (_, unit) in one.items() if unit}
    return Comparison(
        names=run_names(runs, names),
        records=records,
        inputs=tuple(
            change
            for change in _changes("input", inputs, {})
            if change.key.rpartition(".")[2] not in INPUT_TEXTS
        ),
        results=tuple(
            change
            for change in _changes("result", plain, units)
            if change.key.partition(".")[0] not in SKIPPED_RESULTS
        ),
        events=tuple(_events(records)),
    )


def run_names(runs: Sequence[Run], names: Sequence[str] = ()) -> tuple[str, ...]:
    """Names that tell the runs apart: given, of their folders, or numbered."""
    if names:
        found = list(names)
    else:
        paths = [None if isinstance(run, FlightRecord) else Path(run).resolve() for run in runs]
        paths = [p.parent if p is not None and p.name == "summary.json" else p for p in paths]
        found = [
            cast(FlightRecord, run).summary.mission or "flight" if path is None else path.name
            for run, path in zip(runs, paths, strict=True)
        ]
        twice = {name for name, count in Counter(found).items() if count > 1}
        found = [
            f"{path.parent.name}/{name}" if path is not None and name in twice else name
            for name, path in zip(found, paths, strict=True)
        ]
    seen = Counter[str]()
    for place, name in enumerate(found):
        seen[name] += 1
        found[place] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return tuple(found)


def _changes(
    section: Literal["input", "result"],
    trees: Sequence[Mapping[str, object]],
    units: Mapping[str, str],
) -> Iterator[Change]:
    keys = dict.fromkeys(key for tree in trees for key in tree)
    for key in keys:
        values = tuple(tree.get(key) for tree in trees)
        there = [key in tree for tree in trees]
        if len(set(there)) == 1 and all(same(value, values[0]) for value in values):
            continue
        yield Change(section, key, values, units.get(key, ""))


def _ranks(change: Change) -> bool:
    if change.key.partition(".")[0] in _APART or _NUMERICS.search(change.key):
        return False
    return change.moved


def _events(records: Sequence[FlightRecord]) -> list[EventTimes]:
    found: dict[tuple[str, bool], list[float | None]] = {}
    for place, record in enumerate(records):
        seen = Counter[str]()
        for event in record.summary.timeline:
            seen[event.name] += 1
            name = event.name if seen[event.name] == 1 else f"{event.name}#{seen[event.name]}"
            row = found.setdefault((name, event.kind == "peak"), [None] * len(records))
            row[place] = event.time if math.isfinite(event.time) else None
    rows = [EventTimes(name, peak, tuple(times)) for (name, peak), times in found.items()]
    return sorted(rows, key=lambda row: next((t for t in row.times if t is not None), math.inf))


def _parts(record: FlightRecord) -> Iterator[str]:
    chain = record.summary.sequence
    flown = set() if chain is None else {one.motion for one in chain.phases if not one.path}
    for name, words in _PARTS:
        if getattr(record.summary, name) is not None or _MOTIONS.get(name) in flown:
            yield words
    if record.history is not None:
        yield "history"


@dataclass(frozen=True, slots=True)
class _Leaf:
    value: object
    unit: str


def _measured(record: FlightRecord) -> Iterator[tuple[str, tuple[object, str]]]:
    """The leaves of the summary with their dotted keys, each with its unit."""
    for key, leaf in flatten(_with_units(record.summary, "")):
        yield key, ((leaf.value, leaf.unit) if isinstance(leaf, _Leaf) else (leaf, ""))


def _with_units(value: object, unit: str) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        told = _units(type(value))
        return {
            name: _with_units(getattr(value, name), unit if found == "SI" else found)
            for name, found in told.items()
        }
    if isinstance(value, Mapping):
        pairs = cast(Mapping[object, object], value).items()
        return {str(key): _with_units(item, unit) for key, item in pairs}
    if isinstance(value, list | tuple):
        return [_with_units(item, unit) for item in cast(Sequence[object], value)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return _Leaf(value, unit) if is_number(value) else value


@cache
def _units(kind: type) -> dict[str, str]:
    """The unit of each field of a record, from its name and its docstring."""
    texts = field_texts(kind)
    return {
        field.name: _unit(field.name, texts.get(field.name, ""))
        for field in dataclasses.fields(cast("type[FlightRecord]", kind))
    }


def _unit(name: str, text: str) -> str:
    if name.endswith("_deg"):
        return "deg/s" if text.startswith("a second") else "deg"
    if name.endswith("_g"):
        return "g"
    found = re.search(r"\[([^\]]+)\]", text)
    if found:
        return found[1].replace("^", "").removesuffix("1") or ""
    return "SI" if re.match(r"SI\b", text) else ""


def _minus(value: object, first: object) -> float | None:
    if not is_number(value) or not is_number(first):
        return None
    return float(cast(float, value)) - float(cast(float, first))
