"""Tables of the way home for the terminal: burns, passes, entry, parachutes, landing."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from yaan.cli.console import table

if TYPE_CHECKING:
    from rich.table import Table

    from yaan.results import Summary
    from yaan.results.summary_return import ParachuteStep

Fact = tuple[str, float | None, int, float, str]
"""Words, value, digits, what it is over, unit."""


def way_home(summary: "Summary") -> Iterator["Table"]:
    """The tables that the summary has numbers for, in the order of flight."""
    for make in (burns, opportunities, entry, parachutes, landing):
        made = make(summary)
        if made is not None:
            yield made


def burns(summary: "Summary") -> "Table | None":
    """Burns of the service module."""
    raising = () if summary.orbit_phase is None else summary.orbit_phase.burns
    braking = () if summary.deorbit is None else (summary.deorbit.burn,)
    rows = [
        (
            row.name,
            number(row.start, 1),
            number(row.duration, 1),
            number(row.delta_v, 2),
            number(row.propellant, 1),
            number(row.engines),
        )
        for row in (*raising, *braking)
    ]
    heads = ("burn", ">T+\ns", ">for\ns", ">delta-v\nm/s", ">propellant\nkg", ">engines")
    return table("Burns in orbit", heads, rows) if rows else None


def opportunities(summary: "Summary") -> "Table | None":
    """Passes in the landing window: those in reach, or all of them where none is."""
    given = summary.opportunities
    shown = [row for row in given if row.reachable or row.chosen] or given
    rows = [
        (
            f"{row.revolution}{' (chosen)' if row.chosen else ''}",
            row.utc,
            number(row.latitude_deg, 2),
            number(row.longitude_deg, 2),
            number(row.cross_track, 0, 1e3),  # [m/km]
            row.light,
            number(row.entry_angle_deg, 2),
        )
        for row in shown
    ]
    words = f"Landing opportunities, {len(shown)} of {len(given)} passes"
    heads = ("revolution", "UTC", ">lat\ndeg", ">lon\ndeg", ">miss\nkm", "light", ">entry\ndeg")
    return table(words, heads, rows) if rows else None


def entry(summary: "Summary") -> "Table | None":
    """The interface and what the entry gave."""
    given = summary.entry
    if given is None:
        return None
    door = given.interface
    facts = (
        ("height of the interface", door.height, 1, 1e3, "km"),  # [m/km]
        ("speed there, inertial", door.speed_inertial, 1, 1.0, "m/s"),
        ("angle there, inertial", door.flight_path_angle_inertial_deg, 3, 1.0, "deg"),
        ("peak load", given.peak_load.value_g, 2, 1.0, "g"),
        ("load limit", given.load_limit_g, 1, 1.0, "g"),
        ("peak heat flux", given.peak_flux.value, 1, 1e4, "W/cm2"),  # [W m-2 over W cm-2]
        ("heat load", given.heat_load, 1, 1e6, "MJ/m2"),  # [J/MJ]
    )
    return _facts("Entry", facts)


def parachutes(summary: "Summary") -> "Table | None":
    """The steps of the parachute train."""
    rows = [_step(step) for step in (() if summary.descent is None else summary.descent.steps)]
    heads = ("step", ">open", ">T+\ns", ">height\nkm", ">speed\nm/s", ">q\nkPa", "in box")
    return table("Parachutes", (*heads, ">peak each\nkN"), rows) if rows else None


def _step(step: "ParachuteStep") -> tuple[str, ...]:
    deploy, cells, inside = step.deploy, ("-",) * 4, "yes"
    if deploy is not None:
        cells = (
            number(deploy.time, 1),
            number(deploy.height, 2, 1e3),  # [m/km]
            number(deploy.speed, 1),
            number(deploy.dynamic_pressure, 2, 1e3),  # [Pa/kPa]
        )
        inside = "yes" if deploy.in_box else "NO"
    box, peak = inside if step.box else "-", number(step.peak_load, 1, 1e3)  # [N/kN]
    return step.name, f"{step.working}/{step.count}", *cells, box, peak


def landing(summary: "Summary") -> "Table | None":
    """Where and how fast it came down."""
    given = summary.landing
    if given is None or given.touchdown is None:
        return None
    down, contact = given.touchdown, given.touchdown.contact
    facts = (
        ("latitude", down.latitude_deg, 4, 1.0, "deg"),
        ("longitude", down.longitude_deg, 4, 1.0, "deg"),
        ("miss of the aim", given.miss, 2, 1e3, "km"),  # [m/km]
        ("height of the Sun", down.sun_elevation_deg, 1, 1.0, "deg"),
        ("speed down", None if contact is None else contact.vertical, 2, 1.0, "m/s"),
        ("speed across", None if contact is None else contact.horizontal, 2, 1.0, "m/s"),
    )
    where = f"Landing, {given.zone}" if given.zone else "Landing"
    return _facts(f"{where}, {down.utc}", facts)


def number(value: float | None, digits: int = 0, scale: float = 1.0) -> str:
    """`value / scale` with so many digits; a dash where there is no value."""
    if value is None or math.isnan(value):
        return "-"
    text = f"{value / scale:,.{digits}f}".replace(",", " ")
    return text.removeprefix("-") if float(text.replace(" ", "")) == 0 else text


def _facts(title: str, facts: tuple[Fact, ...]) -> "Table | None":
    rows = [
        (words, number(value, digits, scale), unit)
        for words, value, digits, scale, unit in facts
        if value is not None and not math.isnan(value)
    ]
    return table(title, ("", ">", ""), rows) if rows else None
