"""A chain of phases and its branches: key numbers, phases, and where each path ended."""

from collections.abc import Iterator, Sequence
from typing import Final

from yaan.report import figures
from yaan.report.cards import Card
from yaan.report.tables import Cell, Column, Table, make_table
from yaan.report.text import (
    SPACE,
    THIN,
    clock,
    known,
    label,
    number,
    quantity,
)
from yaan.results import FlightRecord, OutcomeCode, Summary
from yaan.results.summary_sequence import PathEnd, SequencePhase
from yaan.spacetime.coastline import RESOLUTION

Block = tuple[str, object]

_LEAST_IDEAL: Final = 0.1  # [m/s] with less there is no number to remember
_KINDS: Final = {"land": "land", "sea": "sea", "coast": "land or sea"}


def flight_end(summary: Summary) -> PathEnd | None:
    """Where the flight itself ended; None of an ascent that only branches follow."""
    found = _ends(summary)
    return found[0] if found and not found[0].path else None


def _ends(summary: Summary) -> tuple[PathEnd, ...]:
    return () if summary.sequence is None else summary.sequence.ends


def end_cards(summary: Summary) -> list[Card]:
    """Where and when the flight itself ended, and what it gave, a card each."""
    end = flight_end(summary)
    if end is None:
        return []
    fast = f"{quantity(end.speed_relative, 'm/s', 4)} against the Earth"
    if known(end.flight_path_angle_relative_deg) and end.speed_relative > _LEAST_IDEAL:
        fast += f", {number(end.flight_path_angle_relative_deg, 1)}° to the horizon"
    # A millimetre below the ground is on it.
    height = 0.0 if abs(end.height) < 1e-2 else end.height
    cards = [Card("Height at the end", quantity(height, "m", 5), fast)]
    if end.lies_on:
        cards.append(Card("Came down at", place(end), what_lies(end), broad=True))
    since = f"{number(end.time, 2)} s from {summary.epoch}"
    cards.append(Card("Time flown", clock(end.time), since))
    phases = () if summary.sequence is None else summary.sequence.phases
    ideal = sum(one.ideal for one in phases if not one.path)
    if ideal > _LEAST_IDEAL:
        cards.append(Card("Ideal velocity", quantity(ideal, "m/s", 5), "that its engines gave"))
    return cards


def place(end: PathEnd) -> str:
    """Latitude and longitude in words."""
    north, east = end.latitude_deg, end.longitude_deg
    return (
        f"{number(abs(north), 3)}°{SPACE}{'N' if north >= 0.0 else 'S'},"
        f" {number(abs(east), 3)}°{SPACE}{'E' if east >= 0.0 else 'W'}"
    )


def what_lies(end: PathEnd) -> str:
    """Land or sea, and how far the shore is."""
    if not end.lies_on or not known(end.shore_distance):
        return ""
    words = _KINDS[end.lies_on]
    return f"{words}, {number(end.shore_distance / 1e3)}{SPACE}km from the nearest shore"


def ends(record: FlightRecord) -> Iterator[Block]:
    """Where the flight and its branches ended; of a flight that has phases of its own."""
    if flight_end(record.summary) is not None:
        yield from _told(record)


def branches(record: FlightRecord) -> Iterator[Block]:
    """The same of an ascent that only branches follow."""
    if flight_end(record.summary) is None and _ends(record.summary):
        yield from _told(record)


def _told(record: FlightRecord) -> Iterator[Block]:
    summary = record.summary
    found = _ends(summary)
    yield "table", _table(summary, found)
    down = [end for end in found if end.lies_on]
    if down:
        yield "text", _about(down)
    yield "figure", figures.falls(record)
    yield "fold", branch_phases(summary)


def _table(summary: Summary, found: Sequence[PathEnd]) -> Table | None:
    letters = figures.letters(summary)
    aloft = any(not end.lies_on for end in found)
    rows: list[tuple[Cell, ...]] = [
        (
            letters.get(end.path, ""),
            label(end.path) if end.path else "The flight",
            label(end.at) if end.at else "",
            clock(end.time),
            number(end.latitude_deg, 3),
            number(end.longitude_deg, 3),
            _KINDS.get(end.lies_on, "aloft"),
            number(end.shore_distance / 1e3) if known(end.shore_distance) else "",
            number(end.downrange / 1e3, 1),
            number(end.height / 1e3, 2) if aloft else "",
            number(end.highest / 1e3, 1),
            number(end.speed_relative, 1),
            number(end.flight_path_angle_relative_deg, 1),
            quantity(end.mass, "kg", 4),
            "" if end.outcome == OutcomeCode.REACHED.word else label(end.outcome),
        )
        for end in found
    ]
    columns = (
        Column("#", kind="text"),
        Column("Path", kind="text"),
        Column("Left at", kind="text"),
        Column("Ended at", kind="text"),
        Column("Latitude", "deg"),
        Column("Longitude", "deg"),
        Column("There", kind="text"),
        Column("Shore", "km"),
        Column("Over ground", "km"),
        Column("Height", "km"),
        Column("Highest", "km"),
        Column("Speed", "m/s"),
        Column("Angle", "deg"),
        Column("Mass"),
        Column("Outcome", kind="text"),
    )
    return _without_empty("Where each path ended", columns, rows)


def _without_empty(
    caption: str, columns: tuple[Column, ...], rows: list[tuple[Cell, ...]]
) -> Table | None:
    """A table without the columns that have nothing in any row."""
    kept = [i for i in range(len(columns)) if any(row[i] for row in rows)]
    few = [tuple(row[i] for i in kept) for row in rows]
    return make_table(caption, tuple(columns[i] for i in kept), few)


def _about(down: Sequence[PathEnd]) -> str:
    """What is said of the ground, and how far it can be trusted."""
    told = (
        "Land or sea is told from shores drawn at 1:110 million: small islands are missing, lakes"
        f" are land, and nearer than {number(RESOLUTION / 1e3)}{SPACE}km to a shore it is not told."
    )
    heights = sorted({round(end.height, 1) for end in down})
    ground = number(heights[0], 1) if len(heights) == 1 else "the height in the table"
    unit = f"{SPACE}m" if len(heights) == 1 else ","
    flat = f" The ground is taken as flat, {ground}{unit} above the ellipsoid, wherever it is"
    flat += " (terrain, waves and geoid are ignored)"
    ashore = [label(end.path) if end.path else "the flight" for end in down if end.lies_on != "sea"]
    if ashore:
        flat += (
            f"; {' and '.join(ashore)} may meet land that is higher, and so end earlier and, in"
            " a slanting fall, shorter"
        )
    return f"{told}{flat}. Breaking up is not modelled: what breaks up comes down over an area."


def phases(summary: Summary) -> Table | None:
    """The phases of the flight itself, in the order of flight."""
    given = () if summary.sequence is None else summary.sequence.phases
    rows = [_phase(row) for row in given if not row.path]
    return make_table("Phases in the order of flight", _PHASE, rows)


def branch_phases(summary: Summary) -> Table | None:
    """Those of all branches."""
    given = () if summary.sequence is None else summary.sequence.phases
    rows: list[tuple[Cell, ...]] = [(label(row.path), *_phase(row)) for row in given if row.path]
    columns = (Column("Path", kind="text"), *_PHASE)
    return make_table("Phases of what has left the flight", columns, rows)


_PHASE: Final = (
    Column("Phase", kind="text"),
    Column("Motion", kind="text"),
    Column("What flies", kind="text"),
    Column("From", "s"),
    Column("To", "s"),
    Column("Steps"),
    Column("Mass first"),
    Column("Mass last"),
    Column("Ideal velocity", "m/s"),
    Column("Outcome", kind="text"),
)


def _phase(row: SequencePhase) -> tuple[Cell, ...]:
    """The cells of a phase, in the order of `_PHASE`."""
    return (
        label(row.phase),
        row.motion,
        ", ".join(label(name) for name in row.flies),
        number(row.start, 3),
        number(row.end, 3),
        f"{row.steps:,}".replace(",", THIN),
        quantity(row.mass_start, "kg", 6),
        quantity(row.mass_end, "kg", 6),
        number(row.ideal, 2),
        label(row.outcome),
    )
