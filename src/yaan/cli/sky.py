"""The verbs on arcs and stations: contacts, events."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from yaan.cli import console
from yaan.cli.exits import ExitCode
from yaan.cli.files import JsonOption
from yaan.cli.fly import prepare_jax
from yaan.cli.writable import require_file

if TYPE_CHECKING:
    from yaan.access import Pass, Station, SunEvent
    from yaan.access.events import Kind
    from yaan.description.stations import StationSpec
    from yaan.intake import Span, Taken

SourceArgument = Annotated[
    Path,
    typer.Argument(help="A run folder, or a file with an arc.", metavar="SOURCE"),
]
StationOption = Annotated[
    list[str] | None,
    typer.Option(
        "--station",
        metavar="NAME",
        help="A station of the library (yaan list), or a YAML file; repeatable.",
    ),
]
DaysOption = Annotated[float | None, typer.Option("--days", min=1e-3, help="For how many days.")]
StartOption = Annotated[
    str | None,
    typer.Option("--start", metavar="UTC", help='From when, as "2027-01-15T03:30:00 UTC".'),
]

_DAYLIGHT: Final = "daylight"
_HOURS_A_DAY: Final = 24.0


def contacts(
    source: SourceArgument,
    *,
    station: StationOption = None,
    start: StartOption = None,
    days: DaysOption = None,
    minimum_elevation: Annotated[
        str | None,
        typer.Option("--minimum-elevation", metavar="ANGLE", help='For all, as "5 deg".'),
    ] = None,
    frequency: Annotated[
        str | None,
        typer.Option("--frequency", metavar="F", help='Of a carrier, as "2.2 GHz", for Doppler.'),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE.csv", help="Write them as CSV.")
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Tell when stations see what flies: rise, culmination and set in UTC.

    Stations are those of the mission, or those that are named. Straight lines: refraction and
    light time are left out.
    """
    if save is not None:
        require_file(save, "--save")
    prepare_jax()
    from dataclasses import replace

    from yaan.access import passes
    from yaan.analysis.contacts import station_of

    least = None if minimum_elevation is None else _quantity(minimum_elevation, "angle")
    carrier = None if frequency is None else _quantity(frequency, "frequency")
    taken = _taken(source, _span(start, days))
    specs = _stations(taken, station)
    search = replace(taken.search, frequency=carrier)
    found = passes(search, [station_of(one, least) for one in specs])
    if save is not None:
        _write(save, found)
    if as_json:
        console.print_json(_document(taken, specs, found))
        return ExitCode.OK
    _head(taken)
    if found:
        console.out().print(_table(found))
    for line in _totals(specs, found):
        print(line)
    for note in taken.notes:
        print(f"note: {note}")
    if save is not None:
        print(f"Passes: {save}")
    return ExitCode.OK


def events(
    source: SourceArgument,
    *,
    kinds: Annotated[
        str,
        typer.Option(
            "--kinds",
            metavar="KIND,..",
            help="node, apsis, eclipse, height, latitude, local-time, beta, highest, lowest,"
            " daylight.",
        ),
    ] = "node,apsis,eclipse",
    at: Annotated[
        list[str] | None,
        typer.Option(
            "--at",
            metavar="KIND=VALUE",
            help='What is crossed: "height=400 km", "latitude=30 deg", "local-time=10:30".',
        ),
    ] = None,
    equator: Annotated[
        str, typer.Option("--equator", help="Of nodes: date (the true one of date) or J2000.")
    ] = "date",
    clock: Annotated[
        str, typer.Option("--clock", help="Of local times: apparent or mean.")
    ] = "apparent",
    station: StationOption = None,
    start: StartOption = None,
    days: DaysOption = None,
    as_json: JsonOption = False,
) -> int:
    """Tell what happens along an arc in UTC: nodes, apsides, eclipses, crossings, daylight.

    Daylight is sunrise and sunset at the stations (the Sun's centre 50' below the horizon).
    """
    asked = _kinds(kinds)
    values = _values(at or [], asked)
    _one_of(equator, ("date", "J2000"), "--equator")
    _one_of(clock, ("apparent", "mean"), "--clock")
    prepare_jax()
    from yaan.access import Question
    from yaan.access import events as find
    from yaan.sights import event_row

    taken = _taken(source, _span(start, days))
    plain: list[Any] = [kind for kind in asked if kind != _DAYLIGHT]
    question = Question(plain, values, equator, clock)  # type: ignore[arg-type]
    found = find(taken.search, question) if plain else []
    light = _daylight(taken, _stations(taken, station)) if _DAYLIGHT in asked else []
    rows = sorted([*map(event_row, found), *map(_light_row, light)], key=lambda row: row["time"])
    if as_json:
        console.print_json({"source": taken.title, "equator": equator, "events": rows})
        return ExitCode.OK
    _head(taken)
    heads = ("event", "UTC", ">latitude deg", ">longitude deg", ">height km", "over")
    cells = [
        (
            row["event"],
            row["utc"],
            _fixed(row["latitude_deg"], 4),
            _fixed(row["longitude_deg"], 4),
            "" if row["height"] is None else _fixed(row["height"] / 1e3, 3),
            row["over"],
        )
        for row in rows
    ]
    if cells:
        console.out().print(console.table("", heads, cells))
    else:
        print("No such event.")
    for note in taken.notes:
        print(f"note: {note}")
    return ExitCode.OK


def _quantity(text: str, dimension: str) -> float:
    from yaan.base.units import parse

    return parse(text, dimension)


def _span(start: str | None, days: float | None) -> "Span":
    from yaan.base.errors import InputError, Problem, YaanError, quote
    from yaan.intake import Span
    from yaan.spacetime.time import parse_utc

    try:
        begin = None if start is None else parse_utc(start)
    except YaanError as error:
        expected = 'a UTC time, as "2027-01-15T03:30:00 UTC"'
        raise InputError(Problem("--start", None, "", quote(start), expected)) from error
    return Span(begin, None if days is None else days * 86_400.0)


def _taken(source: Path, span: "Span") -> "Taken":
    from yaan.intake import take

    return take(source, span)


def _stations(taken: "Taken", named: list[str] | None) -> "Sequence[StationSpec]":
    """Those that are named, else those of the source.

    Raises:
        InputError: an unknown name; or none at all.
    """
    from yaan.base.errors import InputError, Problem
    from yaan.mission.stations import load_stations

    found = load_stations(named) if named else taken.stations
    if not found:
        expected = "a station, as --station bengaluru (yaan list names them)"
        raise InputError(Problem("--station", None, "", "", f"required: {expected}"))
    return found


def _head(taken: "Taken") -> None:
    arc, (start, stop) = taken.search.arc, taken.search.span
    print(f"{taken.title}: {(arc.epoch + start).iso()} to {(arc.epoch + stop).iso()}")


def _table(found: "Sequence[Pass]") -> Any:
    doppler = found[0].rise.doppler is not None
    heads = ["station", "rise UTC", ">az", "highest", ">el", ">az", "set", ">az", ">min", ">km"]
    heads += [">kHz"] if doppler else []
    rows: list[list[str]] = []
    for one in found:
        rise, top, down = (p.epoch.iso() for p in (one.rise, one.culmination, one.set))
        row = [
            one.station.name,
            f"{'<' if one.cut_start else ''}{rise[:10]} {rise[11:21]}",
            _degrees(one.rise.azimuth, 0),
            top[11:21],
            _degrees(one.culmination.elevation, 1),
            _degrees(one.culmination.azimuth, 0),
            f"{down[11:21]}{'>' if one.cut_end else ''}",
            _degrees(one.set.azimuth, 0),
            f"{one.duration / 60.0:.2f}",
            f"{one.culmination.distance / 1e3:.0f}",
        ]
        if one.rise.doppler is not None:
            row.append(f"{one.rise.doppler / 1e3:+.2f}")
        rows.append([*row, _light(one)])
    return console.table("", [*heads, "light"], rows)


def _light(one: "Pass") -> str:
    """What is seen at the culmination."""
    if not math.isfinite(one.lit):
        return ""
    return "visible" if one.visible else ("sunlit" if one.lit > 0.0 else "shadow")


def _totals(specs: "Sequence[StationSpec]", found: "Sequence[Pass]") -> Iterator[str]:
    for spec in specs:
        mine = [one for one in found if one.station.name == spec.name]
        total = sum(one.duration for one in mine)
        away = "" if spec.accuracy is None else f"; its place is within {_length(spec.accuracy)}"
        yield f"{spec.name}: {len(mine)} passes, {total / 60.0:.1f} min{away}"
    if any(one.cut_start or one.cut_end for one in found):
        print("< it was up before, > it is up after what is known.")


def _length(size: float) -> str:
    return f"{size / 1e3:g} km" if size >= 1e3 else f"{size:g} m"


def _degrees(angle: float, digits: int) -> str:
    return f"{math.degrees(angle):.{digits}f}"


def _fixed(value: float | None, digits: int) -> str:
    return "" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def _document(
    taken: "Taken", specs: "Sequence[StationSpec]", found: "Sequence[Pass]"
) -> dict[str, Any]:
    from yaan.sights import pass_row

    arc, (start, stop) = taken.search.arc, taken.search.span
    return {
        "source": taken.title,
        "start": (arc.epoch + start).iso(),
        "end": (arc.epoch + stop).iso(),
        "stations": [
            {
                "name": one.name,
                "latitude_deg": math.degrees(one.latitude),
                "longitude_deg": math.degrees(one.longitude),
                "height": one.height,
                "accuracy": one.accuracy,
            }
            for one in specs
        ],
        "passes": [pass_row(one) for one in found],
        "notes": list(taken.notes),
    }


def _write(path: Path, found: "Sequence[Pass]") -> None:
    from yaan.results.store import write_text
    from yaan.sights import passes_csv

    write_text(path, passes_csv(found))


def _kinds(text: str) -> list[str]:
    from yaan.access.events import KINDS

    known = (*KINDS, _DAYLIGHT)
    found = [word.strip() for word in text.split(",") if word.strip()]
    for word in found:
        _one_of(word, known, "--kinds")
    return found


def _one_of(word: str, known: Sequence[str], option: str) -> None:
    from yaan.base.errors import InputError, Problem, nearest, quote

    if word not in known:
        expected = f"one of {', '.join(known)}"
        raise InputError(Problem(option, None, "", quote(word), expected, nearest(word, known)))


def _values(texts: list[str], kinds: list[str]) -> "dict[Kind, list[float]]":
    """What is crossed, by kind.

    Raises:
        InputError: a text that is no KIND=VALUE, a kind that is not asked for, one without value.
    """
    from dataclasses import replace

    from yaan.base.errors import InputError, Problem, UnitError, quote

    units = {"height": "length", "latitude": "angle", "beta": "angle", "local-time": ""}
    found: dict[Any, list[float]] = {}
    for text in texts:
        kind, _, value = text.partition("=")
        kind = kind.strip()
        _one_of(kind, list(units), "--at")
        if kind not in kinds:
            kinds.append(kind)
        try:
            number = _clock(value) if kind == "local-time" else _quantity(value, units[kind])
        except UnitError as error:
            told = replace(error.problems[0], file="--at", key=kind)
            raise InputError(told) from error
        found.setdefault(kind, []).append(number)
    lacking = [kind for kind in kinds if kind in units and kind not in found]
    if lacking:
        expected = f"required: a value, as --at {quote(lacking[0] + '=...')[1:-1]}"
        raise InputError(Problem("--at", None, lacking[0], "", expected))
    return found


def _clock(text: str) -> float:
    """Hours of a clock such as 10:30."""
    from yaan.base.errors import UnitError, quote

    hours, _, minutes = text.strip().partition(":")
    try:
        found = int(hours) + (float(minutes) if minutes else 0.0) / 60.0
    except ValueError:
        found = math.nan
    if not 0.0 <= found < _HOURS_A_DAY:
        raise UnitError(quote(text), 'a time of the clock, as "10:30"')
    return found


def _daylight(taken: "Taken", specs: "Sequence[StationSpec]") -> "list[SunEvent]":
    from yaan.access import sun_events
    from yaan.analysis.contacts import station_of

    search = taken.search
    places: list[Station] = [station_of(one) for one in specs]
    return [event for place in places for event in sun_events(search.arc.epoch, search.span, place)]


def _light_row(one: "SunEvent") -> dict[str, Any]:
    return {
        "kind": _DAYLIGHT,
        "event": "sunrise" if one.rising else "sunset",
        "time": one.time,
        "utc": one.epoch.iso(),
        "latitude_deg": math.degrees(one.station.latitude),
        "longitude_deg": math.degrees(one.station.longitude),
        "height": None,
        "over": one.station.name,
        "value": None,
    }
