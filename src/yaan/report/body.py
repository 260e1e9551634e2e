"""The sections of a body's flight, each left out where the flight has nothing to put there."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from yaan.report import figures
from yaan.report.cards import Card
from yaan.report.span import span
from yaan.report.tables import Cell, Column, Table, make_table
from yaan.report.text import (
    MINUS,
    NONE,
    SPACE,
    THIN,
    TIMES,
    clock,
    label,
    number,
    quantity,
    significant,
)
from yaan.results import FlightRecord

Block = tuple[str, object]
Summary = Mapping[str, Any]

_LEAST_PRESSURE: Final = 1.0  # [Pa] with less there is no number to remember
_LEAST_LOAD: Final = 1e-4  # [g0], likewise

_COMPONENTS: Final = (
    ("position_gcrs", "Position, GCRS", "m", "xyz"),
    ("velocity_gcrs", "Velocity, GCRS", "m/s", "xyz"),
    ("position_itrs", "Position, ITRS", "m", "xyz"),
    ("velocity_itrs", "Velocity, ITRS", "m/s", "xyz"),
    ("velocity_ned", "Velocity, local", "m/s", ("north", "east", "down")),
    ("quaternion", "Attitude, GCRS to body", "", "wxyz"),
    ("rate_body", "Rate, body axes", "rad/s", "xyz"),
)
_SCALARS: Final = (
    ("latitude_deg", "Latitude", "deg"),
    ("longitude_deg", "Longitude", "deg"),
    ("height", "Height", "m"),
    ("yaw_deg", "Yaw", "deg"),
    ("pitch_deg", "Pitch", "deg"),
    ("roll_deg", "Roll", "deg"),
    ("mass", "Mass", "kg"),
)
_ORBIT: Final = (
    ("perigee", "Perigee, above 6378.137 km", "m"),
    ("apogee", "Apogee, above 6378.137 km", "m"),
    ("eccentricity", "Eccentricity", ""),
    ("inclination_deg", "Inclination", "deg"),
    ("raan_deg", "Right ascension of the node", "deg"),
    ("argument_of_perigee_deg", "Argument of perigee", "deg"),
    ("true_anomaly_deg", "True anomaly", "deg"),
)


def body_numbers(summary: Summary) -> list[Card]:
    """The key numbers of a body's flight, a card each."""
    if span(summary, "body") is None:
        return []
    end, peaks = summary["end"], summary["peaks"]
    since = f"{number(end['time'], 2)} s from {summary['epoch']}"
    cards = [
        Card("Height at the end", quantity(end["height"], "m", 6), _motion(end)),
        Card("Time flown", clock(end["time"]), since),
        _reach(summary),
    ]
    turn, pressure, load = peaks["rate"], peaks["dynamic_pressure"], peaks["load"]
    # A flight that left the numbers at once has peaks of nothing.
    if turn["value_deg"] is not None:
        value = f"{significant(turn['value_deg'])}°/s"
        cards.append(Card("Fastest turn", value, f"at {clock(turn['time'])}"))
    if (pressure["value"] or 0.0) >= _LEAST_PRESSURE:
        below = f"{clock(pressure['time'])}, Mach {number(pressure['mach'], 3)}"
        value = quantity(pressure["value"], "Pa", 4)
        cards.append(Card("Maximum dynamic pressure", value, below))
    if (load["value_g"] or 0.0) >= _LEAST_LOAD:
        value = f"{quantity(load['value_g'], '', 3)} g"
        cards.append(Card("Peak load", value, f"at {clock(load['time'])}"))
    return cards


def _reach(summary: Summary) -> Card:
    """The orbit that it is left in, or its highest point."""
    orbit, high = summary["end"].get("orbit"), summary["peaks"]["height"]
    if not orbit:
        return Card("Highest point", quantity(high["value"], "m", 6), f"at {clock(high['time'])}")
    low, far = (number(orbit[key] / 1e3, 1) for key in ("perigee", "apogee"))
    below = f"osculating, inclined {number(orbit['inclination_deg'], 3)}°"
    return Card("Orbit at the end", f"{low} {TIMES} {far}{SPACE}km", below)


def _motion(end: Mapping[str, Any]) -> str:
    velocity = end["velocity_ned"]
    if None in velocity:
        return "its speed cannot be told"
    fast = sum(v * v for v in velocity) ** 0.5
    return f"{quantity(fast, 'm/s', 5)} against the Earth, {_sense(velocity[2])}"


def _sense(down: float) -> str:
    return f"{quantity(abs(down), 'm/s', 5)} {'down' if down >= 0.0 else 'up'}"


def orbits(summary: Summary) -> bool:
    """Whether the timeline of a body tells the apogees and perigees of an orbit."""
    ends = summary.get("start") or {}, summary.get("end") or {}
    return all(state.get("orbit") for state in ends)


def flight(record: FlightRecord) -> Iterator[Block]:
    """The phases, the motion, and where it went."""
    yield "table", _phases(record.summary)
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
    if span(record.summary, "body") is None:
        return
    if figures.goes_around(record):
        yield "figure", figures.globe(record)
    elif figures.goes_far(record):
        yield "figure", figures.track(record)
    else:
        yield "figure", figures.body_path(record)


def states(record: FlightRecord) -> Iterator[Block]:
    """The state at the start and at the end, component by component."""
    start, end = record.summary.get("start"), record.summary.get("end")
    if span(record.summary, "body") is None or not start or not end:
        return
    rows: list[tuple[Cell, ...]] = [
        (f"{words}, {axis}", unit, *(_full(state[key][k]) for state in (start, end)))
        for key, words, unit, axes in _COMPONENTS
        for k, axis in enumerate(axes)
    ]
    rows += [
        (words, unit, *(_full(state[key]) for state in (start, end)))
        for key, words, unit in _SCALARS
    ]
    if orbits(record.summary):
        rows += [
            (words, unit, *(_full(state["orbit"][key]) for state in (start, end)))
            for key, words, unit in _ORBIT
        ]
    columns = (
        Column("Quantity", kind="text"),
        Column("Unit", kind="text"),
        Column(f"Start, {start['utc']}"),
        Column(f"End, {end['utc']}"),
    )
    yield "fold", Table("The state at the start and at the end", columns, tuple(rows))


def _full(value: float | None) -> str:
    """So many digits that nothing of worth is lost; a dash for what is no number."""
    if value is None:
        return NONE
    return f"{value:.15g}".replace("-", MINUS)


def _phases(summary: Summary) -> Table | None:
    rows: list[tuple[Cell, ...]] = [
        (
            label(str(row["phase"])),
            label(str(row["configuration"])),
            row["motion"] + (f", {row['pointing']}" if row.get("pointing") else ""),
            str(row["engine"]),
            number(row["start"], 3),
            number(row["end"], 3),
            f"{row['steps']:,}".replace(",", THIN),
            quantity(row["step"], "s"),
        )
        for row in summary.get("phases") or ()
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
