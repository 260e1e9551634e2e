"""The sections of the way home, each left out where the flight has nothing to put there."""

from collections.abc import Iterator

from yaan.report import evidence, figures, home_tables
from yaan.report.span import returns
from yaan.report.text import number
from yaan.results import FlightRecord

Block = tuple[str, object]


def overview(record: FlightRecord) -> Iterator[Block]:
    """The mission at a glance: globe and height against time."""
    if not returns(record.summary):
        return
    yield "figure", figures.globe(record)
    yield "figure", figures.mission(record)


def orbit(record: FlightRecord) -> Iterator[Block]:
    """The orbit, its burns, and its light."""
    found = record.summary.get("orbit_phase") or {}
    if not found:
        return
    named, chosen = found.get("named_perigee"), found.get("chosen_perigee")
    sentence = ""
    if found.get("revolutions") is not None:
        sentence = f"The spacecraft stays up for {number(found['revolutions'])} revolutions."
    if named is not None and chosen is not None and abs(named - chosen) > 1.0:
        sentence += (
            f" The landing asks for a perigee of {number(chosen / 1e3, 1)} km instead of the"
            f" {number(named / 1e3, 1)} km named."
        )
        if found.get("cost") is not None:
            word = "more" if found["cost"] > 0 else "less"
            sentence += f" That takes {number(abs(found['cost']), 1)} m/s {word}."
    yield "text", sentence.strip()
    yield "table", home_tables.elements(record.summary)
    yield "table", home_tables.burns(record.summary)
    yield "figure", figures.sunlight(record)


def opportunities(record: FlightRecord) -> Iterator[Block]:
    """Every pass in the landing window."""
    given = record.summary.get("opportunities") or ()
    if not given:
        return
    reach = sum(1 for row in given if row.get("reachable"))
    day = sum(1 for row in given if row.get("reachable") and row.get("light") == "day")
    chosen = any(row.get("chosen") for row in given)
    yield (
        "text",
        f"{len(given)} passes were looked at; {reach} can reach the landing zone, {day} of them"
        f" in daylight." + ("" if chosen else " None was chosen."),
    )
    yield "table", home_tables.opportunities(record.summary)


def deorbit(record: FlightRecord) -> Iterator[Block]:
    """The burn that ends the orbit, to the interface."""
    if record.summary.get("deorbit"):
        yield "facts", home_tables.deorbit(record.summary)


def entry(record: FlightRecord) -> Iterator[Block]:
    """The entry: state, corridor, histories."""
    yield "facts", home_tables.entry(record.summary)
    yield "figure", figures.corridor(record)
    yield "figure", figures.entry(record)
    yield "figure", figures.attitude(record)


def crew(record: FlightRecord) -> Iterator[Block]:
    """The loads of the return on the crew."""
    found = record.summary.get("crew_return") or {}
    if not found.get("axes"):
        return
    yield (
        "text",
        f"The return graded for a {found.get('condition') or 'deconditioned'} crew along the couch"
        " axes: deorbit, entry, parachutes and touchdown.",
    )
    yield "figure", figures.exposure(record, "crew_return")
    yield "table", evidence.crew(record.summary, "crew_return")


def descent(record: FlightRecord) -> Iterator[Block]:
    """The parachutes: table, force, boxes."""
    yield "table", home_tables.parachutes(record.summary)
    yield "figure", figures.parachutes(record)
    yield "figure", figures.boxes(record)


def landing(record: FlightRecord) -> Iterator[Block]:
    """Where it came down."""
    yield "figure", figures.landing(record)
    yield "facts", home_tables.touchdown(record.summary)
