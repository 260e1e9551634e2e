"""The sections of the way home, each left out where the flight has nothing to put there."""

from collections.abc import Iterator
from typing import Final

from yaan.report import evidence, figures, home_tables
from yaan.report.span import returns
from yaan.report.text import number, plural
from yaan.results import FlightRecord

Block = tuple[str, object]

MOST_PASSES: Final = 8  # through the shadow, that are shown without being asked for


def overview(record: FlightRecord) -> Iterator[Block]:
    """The mission at a glance: globe and height against time."""
    if not returns(record.summary):
        return
    yield "figure", figures.globe(record)
    yield "figure", figures.mission(record)


def orbit(record: FlightRecord) -> Iterator[Block]:
    """The orbit, its burns, and its light."""
    found = record.summary.orbit_phase
    if found is None:
        return
    named, chosen = found.named_perigee, found.chosen_perigee
    sentence = ""
    if found.revolutions is not None:
        sentence = f"The spacecraft stays up for {number(found.revolutions)} revolutions."
    if abs(named - chosen) > 1.0:
        word = "more" if found.cost > 0 else "less"
        sentence += (
            f" The landing asks for a perigee of {number(chosen / 1e3, 1)} km instead of the"
            f" {number(named / 1e3, 1)} km named. That takes {number(abs(found.cost), 1)} m/s"
            f" {word}."
        )
    yield "text", sentence.strip()
    yield "table", home_tables.elements(record.summary)
    yield "table", home_tables.burns(record.summary)
    yield "figure", figures.revolutions(record)
    yield "figure", figures.sunlight(record)


def shadow(record: FlightRecord) -> Iterator[Block]:
    """When what is in orbit is in the Earth's shadow."""
    found = record.summary.shadow
    if found is None or not found.passes:
        return
    yield (
        "text",
        f"In {number((found.end - found.start) / 3600.0, 1)} h in orbit the Earth's shadow is met"
        f" {plural(len(found.passes), 'time')}. {number(100.0 * found.umbra_share, 1)} % of the"
        f" time is without the Sun, {number(found.longest_umbra / 60.0, 1)} min at the longest."
        " In the penumbra a part of the Sun is seen, in the umbra none. The shadow is that of the"
        " ellipsoid: the air, which is left out, dims the Sun for some seconds more.",
    )
    table = home_tables.shadow(record.summary)
    yield "fold" if len(found.passes) > MOST_PASSES else "table", table


def opportunities(record: FlightRecord) -> Iterator[Block]:
    """Every pass in the landing window."""
    given = record.summary.opportunities
    if not given:
        return
    reach = sum(one.reachable for one in given)
    day = sum(one.reachable and one.light == "day" for one in given)
    chosen = any(one.chosen for one in given)
    yield (
        "text",
        f"{len(given)} passes were looked at; {reach} can reach the landing zone, {day} of them"
        f" in daylight." + ("" if chosen else " None was chosen."),
    )
    yield "table", home_tables.opportunities(record.summary)


def deorbit(record: FlightRecord) -> Iterator[Block]:
    """The burn that ends the orbit, to the interface."""
    yield "facts", home_tables.deorbit(record.summary)


def entry(record: FlightRecord) -> Iterator[Block]:
    """The entry: state, corridor, histories."""
    yield "facts", home_tables.entry(record.summary)
    yield "figure", figures.corridor(record)
    yield "figure", figures.entry(record)
    yield "figure", figures.attitude(record)


def crew(record: FlightRecord) -> Iterator[Block]:
    """The loads of the return on the crew."""
    found = record.summary.crew_in("return")
    if found is None or not found.axes:
        return
    yield (
        "text",
        f"The return graded for a {found.condition or 'deconditioned'} crew along the couch"
        " axes: deorbit, entry, parachutes and touchdown.",
    )
    yield "figure", figures.exposure(record, "return")
    for couch in record.summary.couches_in("return"):
        yield "table", evidence.crew(couch)


def descent(record: FlightRecord) -> Iterator[Block]:
    """The parachutes: table, force, boxes."""
    yield "table", home_tables.parachutes(record.summary)
    yield "figure", figures.parachutes(record)
    yield "figure", figures.boxes(record)


def landing(record: FlightRecord) -> Iterator[Block]:
    """Where it came down."""
    yield "figure", figures.landing(record)
    yield "facts", home_tables.touchdown(record.summary)
