"""What is asked of a flight or an orbit and the stations that see it, as a user writes it."""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from yaan.access import ArcEvent, Pass, PassPoint, Question, Search, passes
from yaan.access import events as events_of
from yaan.access.events import PLAIN, Kind
from yaan.analysis.arcs import arc_of
from yaan.analysis.contacts import search_in, station_of
from yaan.base.errors import YaanError
from yaan.base.session import computing
from yaan.base.units import parse
from yaan.description import Plan
from yaan.description.stations import StationSpec
from yaan.flight.models.world import epoch_of
from yaan.mission.stations import load_stations
from yaan.results.trajectory import History


def search_of(history: History, plan: Plan) -> Search:
    """The arc of a flight over the Earth that it flew over.

    Raises:
        YaanError: of a history without states.
    """
    path = arc_of(history, epoch_of(plan), plan.name)
    with computing():
        return search_in(plan, path.arc)


def contacts(
    search: Search,
    stations: Sequence[str | StationSpec],
    minimum_elevation: str | None,
    frequency: str | None,
) -> list[Pass]:
    """Passes over stations, which may be names, paths or written in Python.

    Raises:
        InputError: a station that is not known, or a quantity that is none.
        YaanError: no station.
    """
    loaded = iter(load_stations([one for one in stations if isinstance(one, str)]))
    specs = [next(loaded) if isinstance(one, str) else one for one in stations]
    if not specs:
        name = search.arc.name
        raise YaanError(f"{name} names no stations: give some, as .contacts(['kourou'])")
    least = None if minimum_elevation is None else parse(minimum_elevation, "angle")
    carrier = None if frequency is None else parse(frequency, "frequency")
    return passes(replace(search, frequency=carrier), [station_of(one, least) for one in specs])


def events(
    search: Search,
    kinds: Sequence[Kind] = (),
    values: Mapping[Kind, Sequence[float]] | None = None,
    equator: Literal["date", "J2000"] = "date",
    clock: Literal["apparent", "mean"] = "apparent",
) -> list[ArcEvent]:
    """Nodes, apsides, edges of the shadow and crossings, in order of time.

    Raises:
        YaanError: a kind without its values, or one that needs the Sun under no sky.
    """
    return events_of(search, Question(kinds or PLAIN, values or {}, equator, clock))


def pass_row(one: Pass) -> dict[str, Any]:
    """A pass as plain data: SI, but for angles in degrees."""
    sky = math.isfinite(one.lit)
    return {
        "station": one.station.name,
        "minimum_elevation_deg": math.degrees(one.station.minimum_elevation),
        "rise": _point(one.rise),
        "culmination": _point(one.culmination),
        "set": _point(one.set),
        "duration": one.duration,
        "cut_start": one.cut_start,
        "cut_end": one.cut_end,
        "lit": one.lit if sky else None,
        "sun_elevation_deg": math.degrees(one.sun_elevation) if sky else None,
        "visible": one.visible,
    }


def _point(one: PassPoint) -> dict[str, Any]:
    return {
        "time": one.time,
        "utc": one.epoch.iso(),
        "azimuth_deg": math.degrees(one.azimuth),
        "elevation_deg": math.degrees(one.elevation),
        "distance": one.distance,
        "range_rate": one.range_rate,
        "doppler": one.doppler,
    }


def event_row(one: ArcEvent) -> dict[str, Any]:
    """An event as plain data: SI, but for angles in degrees."""
    return {
        "kind": one.kind,
        "event": one.name,
        "time": one.time,
        "utc": one.epoch.iso(),
        "latitude_deg": math.degrees(one.latitude),
        "longitude_deg": math.degrees(one.longitude),
        "height": one.height,
        "over": one.country or ("sea" if one.kind == "node" else ""),
        "value": None if math.isnan(one.value) else one.value,
    }


_POINTS: Final = ("rise", "culmination", "set")
_OF_POINT: Final = {
    "utc": "utc",
    "time": "time_s",
    "azimuth_deg": "azimuth_deg",
    "elevation_deg": "elevation_deg",
    "distance": "distance_m",
    "range_rate": "range_rate_m_s",
    "doppler": "doppler_hz",
}
_OF_PASS: Final = ("cut_start", "cut_end", "lit", "sun_elevation_deg", "visible")


def passes_csv(found: Iterable[Pass]) -> str:
    """One line a pass, its units in the heads of the columns."""
    heads = [f"{point}_{head}" for point in _POINTS for head in _OF_POINT.values()]
    rows: list[list[Any]] = []
    for row in map(pass_row, found):
        cells = [row[point][key] for point in _POINTS for key in _OF_POINT]
        rows.append([row["station"], *cells, row["duration"], *(row[k] for k in _OF_PASS)])
    return _csv(["station", *heads, "duration_s", *_OF_PASS], rows)


def events_csv(found: Iterable[ArcEvent]) -> str:
    """One line an event, its units in the heads of the columns."""
    heads = ("utc", "time_s", "kind", "event", "latitude_deg", "longitude_deg", "height_m", "over")
    keys = ("utc", "time", "kind", "event", "latitude_deg", "longitude_deg", "height", "over")
    return _csv(heads, [[row[key] for key in keys] for row in map(event_row, found)])


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return file.getvalue()
