"""Mutations of valid mission files: one scalar of one file, replaced in the text of the file.

Only what must be refused is made: each mutant comes with the key that has to be named, the file
and the line.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from yaan.base import UNITS, UnitError, dimension_of, parse
from yaan.mission import library_text
from yaan.mission.file.library import FOLDERS

# File of the library -> mission that uses it, and where it stands in the mission's tree.
PLACES: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("mission", "gaganyaan"): ("gaganyaan", ()),
    ("mission", "lvm3-m5"): ("lvm3-m5", ()),
    ("mission", "soyuz-fg-leo"): ("soyuz-fg-leo", ()),
    ("vehicle", "lvm3"): ("lvm3-m5", ("vehicle",)),
    ("vehicle", "soyuz-fg"): ("soyuz-fg-leo", ("vehicle",)),
    ("site", "sriharikota-slp"): ("gaganyaan", ("launch", "site")),
    ("site", "baikonur-1-5"): ("soyuz-fg-leo", ("launch", "site")),
    ("engine", "s200"): ("gaganyaan", ("vehicle", "stages", "s200", "engine")),
    ("engine", "ce-20"): ("gaganyaan", ("vehicle", "stages", "c25", "engine")),
    ("engine", "rd-0110"): ("soyuz-fg-leo", ("vehicle", "stages", "third", "engine")),
    ("aerodynamics", "lvm3"): (
        "gaganyaan",
        ("vehicle", "stages", "s200", "aerodynamics", "table"),
    ),
    ("entry", "capsule-entry"): ("capsule-entry", ()),
    ("entry", "apollo10-entry"): ("apollo10-entry", ()),
    ("body", "tumbling-brick"): ("tumbling-brick", ()),
    ("spacecraft", "gaganyaan-orbital-module"): ("gaganyaan", ("spacecraft",)),
    ("capsule", "gaganyaan-crew-module"): ("gaganyaan", ("spacecraft", "capsule")),
    ("parachutes", "gaganyaan-parachutes"): (
        "gaganyaan",
        ("spacecraft", "capsule", "parachutes"),
    ),
    ("aerodynamics", "apollo-trim"): ("apollo10-entry", ("capsule", "aerodynamics")),
    ("zone", "bay-of-bengal"): ("gaganyaan", ("landing", "zone")),
}
# Roots of a mission that are about the way home.
HOME = {"spacecraft", "orbit", "landing", "deorbit", "entry"}
# Free words: any text serves, so only another type is a mistake.
WORDS = {
    *("title", "source", "why", "what", "name", "event", "propellants"),
    *("maker", "country", "used_on", "oxidiser", "fuel", "note", "refused"),
}
REFERENCES = {"from", "engine", "site", "table", "zone", "parachutes"}
# Blocks that may be a reference: one that is written as a word is one.
REFERENCE_BLOCKS = {"spacecraft", "capsule", "aerodynamics"}
# Keys that must be there; the others have a default or an alternative.
REQUIRED = {
    *("perigee", "apogee", "inclination", "epoch", "mass", "propellant", "dry_mass", "isp"),
    *("latitude", "longitude", "reference_area", "steer", "why", "what", "profile", "quantity"),
    *("schema", "kind", "stage"),
    *("drag_coefficient", "diameter", "nose_radius", "emissivity", "thrust", "engines"),
    *("entry_angle", "separation_height", "zone", "speed", "heading", "flight_path_angle"),
    *("fill_constant", "ratio", "duration", "drag_area"),
}


@dataclass(frozen=True)
class Scalar:
    """A scalar in a file: its address there, its place in the text, its line, what it says."""

    path: tuple[str | int, ...]
    start: int
    end: int
    line: int
    value: str
    is_key: bool


@dataclass(frozen=True)
class Mutant:
    """One changed file, and the complaint that it must bring."""

    kind: str
    name: str
    mission: str
    change: str
    text: str
    key: tuple[str | int, ...]
    line: int

    @property
    def file(self) -> str:
        return f"{FOLDERS[self.kind]}/{self.name}.yaml"

    def __str__(self) -> str:
        return f"{self.name}-{'.'.join(map(str, self.key))}-{self.change}"


def scalars(text: str) -> list[Scalar]:
    """Every key and value of a file with its place."""
    reader: Any = YAML(typ="safe", pure=True)
    found: list[Scalar] = []
    # A frame for each open collection: its address, and the key or the index that comes next.
    frames: list[list[Any]] = []
    for event in reader.parse(text):
        name = type(event).__name__
        if name in ("MappingStartEvent", "SequenceStartEvent"):
            path = _next(frames)
            frames.append([path, None if name[0] == "M" else 0, 0])
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            frames.pop()
            _advance(frames)
        elif name == "ScalarEvent":
            start, end = event.start_mark.index, event.end_mark.index
            is_key = bool(frames) and frames[-1][1] is None
            if is_key:
                frames[-1][1], frames[-1][2] = event.value, event.start_mark.line + 1
            line = frames[-1][2] or event.start_mark.line + 1
            found.append(Scalar(_next(frames), start, end, line, event.value, is_key))
            if not is_key:
                _advance(frames)
    return found


def _next(frames: list[list[Any]]) -> tuple[str | int, ...]:
    return (*frames[-1][0], frames[-1][1]) if frames else ()


def _advance(frames: list[list[Any]]) -> None:
    """Go on to the next item of a list, or wait for the next key of a mapping."""
    if frames:
        frame = frames[-1]
        frame[1], frame[2] = (frame[1] + 1, 0) if isinstance(frame[1], int) else (None, 0)


def mutants() -> list[Mutant]:
    """All mutants of all files, in order."""
    found: list[Mutant] = []
    for (kind, name), (mission, prefix) in PLACES.items():
        text = library_text(kind, name)
        for scalar in scalars(text):
            for change, new, below in changes(scalar, kind):
                # A block of text ends with its line, which must stay.
                end = "\n" if text[scalar.start] in "|>" else ""
                changed = text[: scalar.start] + new + end + text[scalar.end :]
                key = (*prefix, *scalar.path[: len(scalar.path) - bool(below)], *below)
                mutant = Mutant(kind, name, mission, change, changed, key, scalar.line)
                found.append(mutant)
    return found


def is_body(mutant: Mutant) -> bool:
    """Whether a mutant is of a body's flight."""
    return mutant.kind == "body"


def is_home(mutant: Mutant) -> bool:
    """Whether a mutant is of the way home: its blocks in a mission, or an entry."""
    return mutant.mission.endswith("-entry") or mutant.key[0] in HOME


def sample(count: int, of: Callable[[Mutant], bool]) -> list[Mutant]:
    """A fixed choice of mutants, of every file and of every kind of change."""
    groups: dict[tuple[str, str, str], list[Mutant]] = {}
    for mutant in filter(of, mutants()):
        groups.setdefault((mutant.kind, mutant.name, mutant.change), []).append(mutant)
    generator = random.Random(20270115)
    for group in groups.values():
        generator.shuffle(group)
    chosen: dict[str, Mutant] = {}
    while len(chosen) < count and any(groups.values()):
        for group in groups.values():
            if group:
                mutant = group.pop()
                chosen[str(mutant)] = mutant
    return list(chosen.values())[:count]


def changes(scalar: Scalar, kind: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name of the change, the new text, and the last step of the key if that changes too."""
    path = scalar.path
    last = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    if scalar.is_key and path in (("schema",), ("kind",)):
        yield "misspelt-key", f"{scalar.value}x", (scalar.value,)
        return
    if scalar.is_key:
        # A name that the author chooses is not misspelt by being another one.
        if not _is_free_name(path, kind):
            yield "misspelt-key", f"{scalar.value}x", (f"{scalar.value}x",)
        return
    if _is_open_text(path, last):
        yield "number-for-text", "7", ()
        yield "list-for-text", "[a]", ()
        return
    # A design point may leave out the engine's mass, and tells what its file leaves out.
    if last in REQUIRED and path[-1] == last and "design" not in path and last != "isp":
        yield "missing", "null", ()
    if last in REFERENCES or (path[-1] == last and last in REFERENCE_BLOCKS):
        yield "unknown-reference", "zzz", ()
        yield "number-for-reference", "7", ()
        return
    yield "wrong-type-list", "[[x]]", ()
    dimension = _dimension(scalar.value)
    if dimension is not None:
        for change in _quantity_changes(scalar.value, dimension):
            # Nothing bounds what somebody else has published.
            if last not in ("value", "tolerance") or change[0] not in ("negative", "too-large"):
                yield change
    elif _is_number(scalar.value):
        yield "unit-on-a-number", f'"{scalar.value} kg"', ()
        yield "out-of-range", "1e30", ()
        yield "not-a-number", ".nan", ()
        yield "word-for-a-number", "many", ()
    else:
        yield "unknown-word", "zzz", ()
        # A pure number may be a deviation of a pure number.
        if path[0] != "dispersions":
            yield "number-for-word", "7", ()


def _quantity_changes(value: str, dimension: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    number, unit = value.split(" ", 1)
    other = "kg" if dimension != "mass" else "km"
    yield "bare-number", number, ()
    yield "number-as-text", f'"{number}"', ()
    yield "wrong-unit", f'"{number} {other}"', ()
    yield "unknown-unit", f'"{number} {unit}q"', ()
    yield "negative", f'"-1e30 {unit}"', ()
    yield "too-large", f'"1e30 {unit}"', ()
    yield "no-number", f'"{unit}"', ()
    yield "not-finite", f'"nan {unit}"', ()


def _dimension(value: str) -> str | None:
    _, _, unit = value.partition(" ")
    try:
        dimension = dimension_of(unit)
        parse(value, dimension)
    except UnitError:
        return None
    return dimension if unit in UNITS[dimension] else None


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True


def _is_open_text(path: tuple[str | int, ...], last: str) -> bool:
    return last in WORDS or path[-2:-1] == ("calibrated",)


def _is_free_name(path: tuple[str | int, ...], kind: str) -> bool:
    """Whether a key is a name of the author's: a stage, a part, a profile, a requirement."""
    named = {"stages", "parts", "programmes", "profiles"}
    if len(path) > 1 and path[-2] == "requirements":
        return True
    return len(path) > 1 and path[-2] in named and kind in ("vehicle", "mission")
