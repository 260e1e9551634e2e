"""The section on contacts: which stations see what flies, and when."""

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from yaan.report import figures
from yaan.report.tables import Cell, Column, Table, make_table, scaled
from yaan.report.text import NONE, clock, number, plural
from yaan.results import FlightRecord
from yaan.results.summary_contacts import ContactPoint, Contacts, ContactStation, StationContact

Block = tuple[str, object]

MOST_PASSES: Final = 12  # that are shown without being asked for


def contacts(record: FlightRecord) -> Iterator[Block]:
    """What the stations of the mission see of it."""
    found = record.summary.contacts
    if found is None:
        return
    off = number(max(found.interpolation, 0.01), 2)
    yield "text", lead(found, f"Between saved rows the path is within {off} m.")
    yield "table", stations(found)
    yield "figure", figures.stations(record)
    yield "figure", figures.skies(record)
    yield "fold" if len(found.passes) > MOST_PASSES else "table", passes(found)


def lead(found: Contacts, accuracy: str) -> str:
    """What is told, and what is left out; `accuracy`, how good the path is, as a sentence."""
    hours = (found.end - found.start) / 3600.0
    text = (
        f"In {number(hours, 1)} h {plural(len(found.stations), 'station')} see"
        f"{'s' if len(found.stations) == 1 else ''} it"
        f" {plural(len(found.passes), 'time')}, {number(100.0 * found.share, 1)} % of the time; it"
        f" is out of sight for {number(found.longest_gap / 60.0, 1)} min at the longest. Straight"
        " lines"
        " over the horizon of the ellipsoid: refraction, which would lengthen a contact by some"
        f" seconds, and light time are left out. {accuracy}"
    )
    far = [one for one in found.stations if one.accuracy is not None and one.accuracy > 3e3]
    if far:
        names = "; ".join(one.title for one in far)
        text += (
            f" The places of {names} are not published to better than the table says; a low orbit"
            " flies 7 km in a second."
        )
    return text


def stations(found: Contacts) -> Table | None:
    """Who looks up, from where, and how often it saw something."""
    columns = (
        Column("#", kind="text"),
        Column("Station", kind="text"),
        Column("Network", kind="text"),
        Column("Latitude", "°"),
        Column("Longitude", "°"),
        Column("Place within", "km"),
        Column("Least elevation", "°"),
        Column("Contacts"),
        Column("In all", "min"),
    )
    rows = [_station(i, one) for i, one in enumerate(found.stations, 1)]
    return make_table("Stations", columns, rows)


def _station(place: int, one: ContactStation) -> tuple[Cell, ...]:
    least = number(one.minimum_elevation_deg, 1)
    return (
        number(place),
        one.title,
        one.network or "its own",
        number(one.latitude_deg, 3),
        number(one.longitude_deg, 3),
        NONE if one.accuracy is None else scaled(one.accuracy, 1e3, 1),
        f"{least}, mask" if one.masked else least,
        number(one.contacts),
        scaled(one.time, 60.0, 1),
    )


def passes(found: Contacts, most: int | None = None) -> Table | None:
    """Every contact in the order in which it begins; or the first so many."""
    titles = {one.name: one.title for one in found.stations}
    columns = (
        Column("Station", kind="text"),
        Column("Rise"),
        Column("Highest"),
        Column("Set"),
        Column("Azimuths", "°"),
        Column("Elevation", "°"),
        Column("Distance", "km"),
        Column("Lasts", "min"),
        Column("Light", kind="text"),
    )
    rows = [_pass(titles[one.station], one) for one in found.passes[:most]]
    return make_table("Contacts, clock since the start and dates in UTC", columns, rows)


def _pass(title: str, one: StationContact) -> tuple[Cell, ...]:
    return (
        title,
        "in sight before" if one.cut_start else _instant(one.rise, dated=True),
        _instant(one.culmination),
        "in sight after" if one.cut_end else _instant(one.set),
        f"{number(one.rise.azimuth_deg)} to {number(one.set.azimuth_deg)}",
        number(one.culmination.elevation_deg, 1),
        scaled(one.culmination.distance, 1e3, 0),
        scaled(one.duration, 60.0, 2),
        _light(one),
    )


def _light(one: StationContact) -> str:
    if one.lit is None:
        return ""
    if one.visible:
        return "sunlit, by night"
    return "sunlit" if one.lit > 0.0 else "in the shadow"


def _instant(point: ContactPoint, *, dated: bool = False) -> Cell:
    """An instant as clock and time of day, with its date."""
    date = point.utc.replace("T", " ")[: len("2027-01-15 03:30:00.0")]
    return Markup("{0}<br>{1}").format(clock(point.time), date if dated else date[11:])
