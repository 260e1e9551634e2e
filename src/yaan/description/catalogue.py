"""An engine of the catalogue as plain records: each key with its value, its claims, its grade."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yaan.base import format_quantity
from yaan.base.units import UNITS
from yaan.description.block import quantity_in
from yaan.description.engine_design import (
    OF_ENGINE,
    EngineDesignSpec,
    Grade,
    claimable,
    read_claim,
)
from yaan.description.vehicle import EngineSpec

_SAME = 1e-6  # share within which two values are one


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source prints of a key.

    Attributes:
        value: [SI] for a quantity; a text, a number or a list for other keys.
        text: the same for people.
        grade: A agency, maker or report, read; B compilation, read; C recalled or guessed.
        source: who says so.
        note: what it is of, in words.
        refused: why it is known to be wrong; empty where it is not.
        adopted: whether it is the value of the key.
    """

    value: Any
    text: str
    grade: Grade
    source: str
    note: str
    refused: str
    adopted: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One key of an engine.

    Attributes:
        key: as in the file; those of `design` without it.
        value: [SI] what is adopted; None where nothing is.
        text: the same for people.
        grade: of the adopted value; None where nothing is adopted.
        source: of the adopted value.
        own: why the file itself chose the value (assumed, calibrated); empty if it is published.
        claims: what sources print, those that are adopted first.
    """

    key: str
    value: Any
    text: str
    grade: Grade | None
    source: str
    own: str
    claims: tuple[Claim, ...]

    @property
    def conflicts(self) -> tuple[Claim, ...]:
        """The claims that say something else than what is adopted."""
        return tuple(claim for claim in self.claims if not claim.adopted)

    @property
    def published(self) -> bool:
        """Whether a source prints the adopted value, and not this file alone."""
        return self.value is not None and not self.own


@dataclass(frozen=True, slots=True)
class Entry:
    """An engine of the catalogue.

    Attributes:
        name: as files refer to it.
        title: name for people.
        spec: the engine as it is checked.
        file: where it stands, for people.
        figures: its keys that have a value or a claim, by key, in the order of the format.
    """

    name: str
    title: str
    spec: EngineSpec
    file: str
    figures: Mapping[str, Figure]

    @property
    def design(self) -> EngineDesignSpec:
        """Its design point.

        Raises:
            LookupError: it has none, as solid motors.
        """
        if self.spec.design is None:
            raise LookupError(f"{self.name} has no design")
        return self.spec.design

    @property
    def conflicts(self) -> tuple[Figure, ...]:
        """The keys that sources disagree on."""
        return tuple(figure for figure in self.figures.values() if figure.conflicts)

    def value(self, key: str) -> Any:
        """What is adopted of a key [SI]; None where nothing is."""
        figure = self.figures.get(key)
        return None if figure is None else figure.value


def entry_of(name: str, spec: EngineSpec, file: str = "") -> Entry:
    """The entry of a checked engine."""
    figures = {figure.key: figure for figure in _figures(spec)}
    return Entry(name, spec.title or spec.name or name, spec, file, figures)


def _figures(spec: EngineSpec) -> Iterator[Figure]:
    for key in claimable():
        block = spec if key in OF_ENGINE else spec.design
        value = None if block is None else getattr(block, key)
        if value in (None, "", 0.0):  # an exit area of nought leaves back pressure out
            value = None
        elif block is not None and key not in block.model_fields_set:
            value = None  # a default that nobody wrote is no figure of this engine
        if value is not None or key in spec.published:
            yield _figure(spec, key, value)


def _figure(spec: EngineSpec, key: str, value: Any) -> Figure:
    block = spec if key in OF_ENGINE else spec.design
    source = (spec.source if block is None else block.source) or spec.source
    claims = sorted(_claims(spec, key, value, source), key=lambda claim: not claim.adopted)
    adopted = next((claim for claim in claims if claim.adopted), None)
    chosen = _chosen(spec, key)
    if value is None:
        grade, own = None, ""
    elif adopted is not None:
        grade, source, own = adopted.grade, adopted.source, ""
    else:
        # What others print differs, or the file says why it took the value.
        own = chosen or ("no claim has this value" if claims else "")
        grade = "C" if own else ("C" if spec.design is None else spec.design.grade)
    return Figure(key, value, text_of(key, value), grade, source, own, tuple(claims))


def _claims(spec: EngineSpec, key: str, value: Any, source: str) -> Iterator[Claim]:
    for claim in spec.published.get(key, []):
        said = value if claim.value is None else read_claim(EngineSpec, key, claim.value)
        yield Claim(
            value=said,
            text=text_of(key, said),
            grade=claim.grade,
            source=claim.source or (source if claim.value is None else ""),
            note=claim.note,
            refused=claim.refused,
            adopted=_same(said, value) and not claim.refused,
        )


def _chosen(spec: EngineSpec, key: str) -> str:
    """Why the file itself chose a value; empty where it does not say so."""
    block = spec if key in OF_ENGINE else spec.design
    if block is None:
        return ""
    if key in block.calibrated:
        return f"calibrated: {block.calibrated[key]}"
    return f"assumed: {block.assumed[key].why}" if key in block.assumed else ""


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (int, float)):
        return abs(one - other) <= _SAME * max(abs(one), abs(other))
    return one == other


_SHOWN = {
    "thrust": "kN",
    "sea_level_thrust": "kN",
    "chamber_pressure": "MPa",
    "exit_pressure": "kPa",
}


def text_of(key: str, value: Any) -> str:
    """A value of a key for people: "186.36 kN"; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " to ".join(f"{end:g}" for end in value)
    model = EngineSpec if key in OF_ENGINE else EngineDesignSpec
    info = model.model_fields[key]
    quantity = quantity_in(info.annotation, info.metadata)
    if quantity is None:
        return f"{value:g}" if isinstance(value, float) else str(value)
    unit = _SHOWN.get(key) or next(iter(UNITS[quantity.dimension]))
    return format_quantity(value, unit, digits=6)
