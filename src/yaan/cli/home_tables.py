"""Tables of the way home for the terminal: burns, passes, entry, parachutes, landing."""

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from yaan.cli.console import table

if TYPE_CHECKING:
    from rich.table import Table

Summary = Mapping[str, Any]


def way_home(summary: Summary) -> Iterator["Table"]:
    """The tables that the summary has numbers for, in the order of flight."""
    for make in (burns, opportunities, entry, parachutes, landing):
        made = make(summary)
        if made is not None:
            yield made


def burns(summary: Summary) -> "Table | None":
    """Burns of the service module."""
    brake = (summary.get("deorbit") or {}).get("burn")
    given = [*((summary.get("orbit_phase") or {}).get("burns") or ()), *([brake] if brake else [])]
    rows = [
        (
            str(row.get("name") or "deorbit"),
            number(row.get("start"), 1),
            number(row.get("duration"), 1),
            number(row.get("delta_v"), 2),
            number(row.get("propellant"), 1),
            number(row.get("engines")),
        )
        for row in given
    ]
    heads = ("burn", ">T+\ns", ">for\ns", ">delta-v\nm/s", ">propellant\nkg", ">engines")
    return table("Burns in orbit", heads, rows) if rows else None


def opportunities(summary: Summary) -> "Table | None":
    """Passes in the landing window: those in reach, or all of them where none is."""
    given = summary.get("opportunities") or ()
    shown = [row for row in given if row.get("reachable") or row.get("chosen")] or given
    rows = [
        (
            f"{row.get('revolution')}{' (chosen)' if row.get('chosen') else ''}",
            str(row.get("utc") or "-"),
            number(row.get("latitude_deg"), 2),
            number(row.get("longitude_deg"), 2),
            number(row.get("cross_track"), 0, 1e3),  # [m/km]
            str(row.get("light") or "-"),
            number(row.get("entry_angle_deg"), 2),
        )
        for row in shown
    ]
    words = f"Landing opportunities, {len(shown)} of {len(given)} passes"
    heads = ("revolution", "UTC", ">lat\ndeg", ">lon\ndeg", ">miss\nkm", "light", ">entry\ndeg")
    return table(words, heads, rows) if rows else None


def entry(summary: Summary) -> "Table | None":
    """The interface and what the entry gave."""
    given = summary.get("entry") or {}
    door = given.get("interface") or (summary.get("deorbit") or {}).get("interface") or {}
    load, flux = given.get("peak_load") or {}, given.get("peak_flux") or {}
    facts = (
        ("height of the interface", door.get("height"), 1, 1e3, "km"),  # [m/km]
        ("speed there, inertial", door.get("speed_inertial"), 1, 1.0, "m/s"),
        ("angle there, inertial", door.get("flight_path_angle_inertial_deg"), 3, 1.0, "deg"),
        ("peak load", load.get("value_g"), 2, 1.0, "g"),
        ("load limit", given.get("load_limit_g"), 1, 1.0, "g"),
        ("peak heat flux", flux.get("value"), 1, 1e4, "W/cm2"),  # [W m-2 over W cm-2]
        ("heat load", given.get("heat_load"), 1, 1e6, "MJ/m2"),  # [J/MJ]
    )
    return _facts("Entry", facts)


def parachutes(summary: Summary) -> "Table | None":
    """The steps of the parachute train."""
    rows: list[tuple[str, ...]] = []
    for step in (summary.get("descent") or {}).get("steps") or ():
        deploy = step.get("deploy") or {}
        inside = "NO" if deploy.get("in_box") is False else "yes"
        rows.append(
            (
                str(step.get("name") or "-"),
                f"{number(step.get('working'))}/{number(step.get('count'))}",
                number(deploy.get("time"), 1),
                number(deploy.get("height"), 2, 1e3),  # [m/km]
                number(deploy.get("speed"), 1),
                number(deploy.get("dynamic_pressure"), 2, 1e3),  # [Pa/kPa]
                inside if step.get("box") else "-",
                number(step.get("peak_load"), 1, 1e3),  # [N/kN]
            )
        )
    heads = ("step", ">open", ">T+\ns", ">height\nkm", ">speed\nm/s", ">q\nkPa", "in box")
    return table("Parachutes", (*heads, ">peak each\nkN"), rows) if rows else None


def landing(summary: Summary) -> "Table | None":
    """Where and how fast it came down."""
    given, down = (
        summary.get("landing") or {},
        summary.get("touchdown") or {},
    )
    place = given.get("touchdown") or (None, None)
    facts = (
        ("latitude", place[0], 4, 1.0, "deg"),
        ("longitude", place[1], 4, 1.0, "deg"),
        ("miss of the aim", given.get("miss"), 2, 1e3, "km"),  # [m/km]
        ("height of the Sun", given.get("sun_elevation_deg"), 1, 1.0, "deg"),
        ("speed down", down.get("vertical"), 2, 1.0, "m/s"),
        ("speed across", down.get("horizontal"), 2, 1.0, "m/s"),
    )
    where = f"Landing, {given['zone']}" if given.get("zone") else "Landing"
    return _facts(f"{where}, {given['utc']}" if given.get("utc") else where, facts)


def number(value: float | None, digits: int = 0, scale: float = 1.0) -> str:
    """`value / scale` with so many digits; a dash where there is no value."""
    if value is None or math.isnan(value):
        return "-"
    text = f"{value / scale:,.{digits}f}".replace(",", " ")
    return text.removeprefix("-") if float(text.replace(" ", "")) == 0 else text


def _facts(title: str, facts: tuple[tuple[str, Any, int, float, str], ...]) -> "Table | None":
    rows = [
        (words, number(value, digits, scale), unit)
        for words, value, digits, scale, unit in facts
        if value is not None
    ]
    return table(title, ("", ">", ""), rows) if rows else None
