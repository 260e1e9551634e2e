"""The sections of a flight as it is written, of a body or a chain, each left out if it is empty."""

import math
from collections.abc import Iterator
from typing import Final

from yaan.report import figures, sequence
from yaan.report.cards import Card
from yaan.report.span import alone
from yaan.report.tables import Cell, Column, Table, make_table
from yaan.report.text import (
    MINUS,
    NONE,
    SPACE,
    THIN,
    TIMES,
    clock,
    known,
    label,
    number,
    quantity,
    significant,
)
from yaan.results import FlightRecord, Summary
from yaan.results.summary import BodyState, Peaks
from yaan.results.summary_ascent import Elements

Block = tuple[str, object]

_LEAST_PRESSURE: Final = 1.0  # [Pa] with less there is no number to remember
_LEAST_LOAD: Final = 1e-4  # [g0], likewise


def _components(state: BodyState) -> Iterator[tuple[str, str, float]]:
    """The state number by number: words, unit, value."""
    for words, unit, axes, values in (
        ("Position, GCRS", "m", "xyz", state.position_gcrs),
        ("Velocity, GCRS", "m/s", "xyz", state.velocity_gcrs),
        ("Position, ITRS", "m", "xyz", state.position_itrs),
        ("Velocity, ITRS", "m/s", "xyz", state.velocity_itrs),
        ("Velocity, local", "m/s", ("north", "east", "down"), state.velocity_ned),
        ("Attitude, GCRS to body", "", "wxyz", state.quaternion),
        ("Rate, body axes", "rad/s", "xyz", state.rate_body),
    ):
        for axis, value in zip(axes, values, strict=True):
            yield f"{words}, {axis}", unit, value
    yield "Latitude", "deg", state.latitude_deg
    yield "Longitude", "deg", state.longitude_deg
    yield "Height", "m", state.height
    yield "Yaw", "deg", state.yaw_deg
    yield "Pitch", "deg", state.pitch_deg
    yield "Roll", "deg", state.roll_deg
    yield "Mass", "kg", state.mass


def _elements(orbit: Elements) -> Iterator[tuple[str, str, float]]:
    """An orbit number by number: words, unit, value."""
    yield "Perigee, above 6378.137 km", "m", orbit.perigee
    yield "Apogee, above 6378.137 km", "m", orbit.apogee
    yield "Eccentricity", "", orbit.eccentricity
    yield "Inclination", "deg", orbit.inclination_deg
    yield "Right ascension of the node", "deg", orbit.raan_deg
    yield "Argument of perigee", "deg", orbit.argument_of_perigee_deg
    yield "True anomaly", "deg", orbit.true_anomaly_deg


def body_numbers(summary: Summary) -> list[Card]:
    """The key numbers of a body's flight, a card each."""
    if summary.body is None:
        return []
    end, peaks = summary.body.end, summary.peaks
    since = f"{number(end.time, 2)} s from {summary.epoch}"
    return [
        Card("Height at the end", quantity(end.height, "m", 6), _motion(end)),
        Card("Time flown", clock(end.time), since),
        reach(end.orbit, peaks),
        *peak_cards(peaks),
    ]


def sequence_numbers(summary: Summary) -> list[Card]:
    """The key numbers of a chain of phases, a card each."""
    end = sequence.flight_end(summary)
    if end is None:
        return []
    felt = [] if summary.ascent is not None else peak_cards(summary.peaks)
    first, *rest = sequence.end_cards(summary)
    return [first, *rest, *([] if summary.ascent else [reach(end.orbit, summary.peaks)]), *felt]


def peak_cards(peaks: Peaks) -> list[Card]:
    """The largest values that a body or a chain has, a card each."""
    cards: list[Card] = []
    turn, pressure, load = peaks.rate, peaks.dynamic_pressure, peaks.load
    # A flight that left the numbers at once has peaks of nothing.
    if turn is not None and known(turn.value_deg):
        value = f"{significant(turn.value_deg)}°/s"
        cards.append(Card("Fastest turn", value, f"at {clock(turn.time)}"))
    if pressure is not None and pressure.value >= _LEAST_PRESSURE:
        below = f"{clock(pressure.time)}, Mach {number(pressure.mach, 3)}"
        value = quantity(pressure.value, "Pa", 4)
        cards.append(Card("Maximum dynamic pressure", value, below))
    if load is not None and load.value_g >= _LEAST_LOAD:
        value = f"{quantity(load.value_g, '', 3)} g"
        cards.append(Card("Peak load", value, f"at {clock(load.time)}"))
    return cards


def reach(orbit: Elements | None, peaks: Peaks) -> Card:
    """The orbit that it is left in, or its highest point."""
    high = peaks.height
    if orbit is None:
        value, time = (None, None) if high is None else (high.value, high.time)
        return Card("Highest point", quantity(value, "m", 6), f"at {clock(time)}")
    low, far = number(orbit.perigee / 1e3, 1), number(orbit.apogee / 1e3, 1)
    below = f"osculating, inclined {number(orbit.inclination_deg, 3)}°"
    return Card("Orbit at the end", f"{low} {TIMES} {far}{SPACE}km", below)


def _motion(end: BodyState) -> str:
    fast = math.hypot(*end.velocity_ned)
    if not known(fast):
        return "its speed cannot be told"
    return f"{quantity(fast, 'm/s', 5)} against the Earth, {_sense(end.velocity_ned[2])}"


def _sense(down: float) -> str:
    return f"{quantity(abs(down), 'm/s', 5)} {'down' if down >= 0.0 else 'up'}"


def orbits(summary: Summary) -> bool:
    """Whether the timeline of a body tells the apogees and perigees of an orbit."""
    body = summary.body
    return body is not None and body.start.orbit is not None and body.end.orbit is not None


def flight(record: FlightRecord) -> Iterator[Block]:
    """The phases, the motion, and where it went."""
    yield "table", _phases(record.summary)
    yield "table", sequence.phases(record.summary)
    yield "figure", figures.body_motion(record)


def attitude(record: FlightRecord) -> Iterator[Block]:
    """How it points and turns."""
    yield "figure", figures.body_attitude(record)


def air(record: FlightRecord) -> Iterator[Block]:
    """How it meets the air, and the forces and moments by their source."""
    yield "figure", figures.body_air(record)
    yield "figure", figures.body_loads(record)


def path(record: FlightRecord) -> Iterator[Block]:
    """Where it went: on a globe or a map if it goes far, else from its start."""
    if alone(record.summary) is None:
        return
    if figures.goes_around(record):
        yield "figure", figures.globe(record)
        yield "figure", figures.revolutions(record)
        return
    if figures.goes_far(record):
        yield "figure", figures.track(record)
    else:
        yield "figure", figures.body_path(record)
    if record.summary.sequence is not None:
        yield "figure", figures.downrange(record, "the start")


def states(record: FlightRecord) -> Iterator[Block]:
    """The state at the start and at the end, component by component."""
    if record.summary.body is None:
        return
    start, end = record.summary.body.start, record.summary.body.end
    pairs = [*zip(_components(start), _components(end), strict=True)]
    if start.orbit is not None and end.orbit is not None:
        pairs += zip(_elements(start.orbit), _elements(end.orbit), strict=True)
    rows = [
        (words, unit, _full(first), _full(last)) for (words, unit, first), (_, _, last) in pairs
    ]
    columns = (
        Column("Quantity", kind="text"),
        Column("Unit", kind="text"),
        Column(f"Start, {start.utc}"),
        Column(f"End, {end.utc}"),
    )
    yield "fold", Table("The state at the start and at the end", columns, tuple(rows))


def _full(value: float) -> str:
    """So many digits that nothing of worth is lost; a dash for what is no number."""
    if not known(value):
        return NONE
    return f"{value:.15g}".replace("-", MINUS)


def _phases(summary: Summary) -> Table | None:
    rows: list[tuple[Cell, ...]] = [
        (
            label(row.phase),
            label(row.configuration),
            row.motion + (f", {row.pointing}" if row.pointing else ""),
            row.engine,
            number(row.start, 3),
            number(row.end, 3),
            f"{row.steps:,}".replace(",", THIN),
            quantity(row.step, "s"),
        )
        for row in (() if summary.body is None else summary.body.phases)
    ]
    columns = (
        Column("Phase", kind="text"),
        Column("Configuration", kind="text"),
        Column("Motion", kind="text"),
        Column("Engine", kind="text"),
        Column("From", "s"),
        Column("To", "s"),
        Column("Steps"),
        Column("Step"),
    )
    return make_table("Phases in the order of flight", columns, rows)
