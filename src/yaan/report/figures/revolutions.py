"""The ground track of every revolution, from ascending node to ascending node, on one map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from yaan.report.figures.body import goes_around
from yaan.report.figures.data import told
from yaan.report.figures.shores import SEA, coast
from yaan.report.figures.skies import middle_height, on_map
from yaan.report.figures.style import (
    BLUE,
    INK,
    SOFT,
    VERMILION,
    Array,
    Figure,
    Json,
    axis,
    layout,
    note,
)
from yaan.report.span import aloft, alone, span
from yaan.report.text import number, plural
from yaan.results import FlightRecord, History, Summary
from yaan.results.summary_contacts import Contacts
from yaan.spacetime.coastline import shores

MOST_ROWS: Final = 20_000  # drawn of all revolutions together

GAP: Final = 40.0  # [s] between rows that are drawn, 2.5 deg of a low orbit
_FAINTEST: Final = 0.22  # opacity of the first revolution; the last has 1
_BEYOND: Final = 12.0  # [deg] of latitude shown beyond the track
_APART: Final = 22  # [px] between the numbers of two nodes


@dataclass(frozen=True)
class Track:
    """Places over the ground in the order of time; the longitude goes on beyond the date line."""

    time: Array
    """[n, s]"""
    longitude: Array
    """[n, deg], unwrapped"""
    latitude: Array
    """[n, deg]"""


@dataclass(frozen=True)
class Legend:
    """What is said of a track, and the stations that are drawn below it.

    Attributes:
        since: what its times count from.
        ends: names of its first place and its last.
        contacts: of the stations; None without any.
        height: that their circles are drawn for [m].
        left_out: revolutions before the first that is drawn.
    """

    since: str
    ends: tuple[str, str]
    contacts: Contacts | None = None
    height: float = 0.0
    left_out: int = 0


def revolutions(record: FlightRecord) -> Figure | None:
    """Every revolution on a map of the world; None of what passes no ascending node."""
    history, begin = record.history, _begin(record.summary)
    if history is None or begin is None or "latitude" not in history:
        return None
    return around(_track(history), begin, _legend(record, history))


def around(track: Track, begin: float, legend: Legend) -> Figure | None:
    """Every revolution on a map of the world; None of what passes no ascending node.

    Args:
        track: places over the ground.
        begin: from when ascending nodes are counted [s].
        legend: what is said of it.
    """
    parts = split(track, begin)
    if len(parts) < 2:
        return None
    before, last = legend.left_out, len(parts) - 1
    data = [coast(-180.0, 180.0), *_stations(legend)]
    data += [_drawn(i, part, last, legend) for i, part in enumerate(parts)]
    ends = [_end(track, 0), _end(track, -1)]
    names = ("" if before else legend.ends[0], legend.ends[1])
    marks = [(name, place) for name, place in zip(names, ends, strict=True) if name]
    data += [_dot(name, *place) for name, place in marks]
    nodes = [(before + i, float(_around(part.longitude[0]))) for i, part in enumerate(parts) if i]
    reach = max(float(np.max(np.abs(part.latitude))) for part in parts)
    seen_by = () if legend.contacts is None else legend.contacts.stations
    top = min(max([reach, *(abs(one.latitude_deg) for one in seen_by)]) + _BEYOND, 90.0)
    wide, narrow = (_map(top, nodes, marks, size) for size in ((824, 360), (300, 210)))
    alt = (
        f"Map of the world with the ground track of {plural(len(parts), 'revolution')}, up to"
        f" {number(reach, 1)} degrees of latitude. The first ascending node lies at"
        f" {number(nodes[0][1], 1)} degrees east, the last at {number(nodes[-1][1], 1)}."
    )
    which, zero = "every revolution", "; revolution 0 leads to the first node"
    if before:
        which, zero = f"the last {len(parts)} of {before + len(parts)} revolutions", ""
    caption = (
        f"The ground track of {which} from ascending node to ascending node, the early ones"
        " faint, the last one orange. A number stands at the node where its revolution begins, as"
        f" far as there is room{zero}. Point at a track to read its"
        " revolution and time."
    )
    return Figure("revolutions", alt, caption + _told(legend), data, wide, narrow)


def stations(record: FlightRecord) -> Figure | None:
    """The stations below the ground track, where no map of revolutions has them."""
    history, contacts = record.history, record.summary.contacts
    if history is None or contacts is None or "latitude" not in history:
        return None
    if _drawn_there(record):
        return None
    return below(_track(history), replace(_legend(record, history), ends=("Start", "End")))


def below(track: Track, legend: Legend) -> Figure:
    """The ground track in one piece, with the stations that look up."""
    data = [coast(-180.0, 180.0), *_stations(legend)]
    data += [_drawn(0, track, 1, legend)]
    marks = [*zip(legend.ends, (_end(track, 0), _end(track, -1)), strict=True)]
    data += [_dot(name, *place) for name, place in marks]
    seen_by = () if legend.contacts is None else legend.contacts.stations
    north = [*track.latitude, *(one.latitude_deg for one in seen_by)]
    top = min(float(np.max(np.abs(north))) + _BEYOND, 90.0)
    wide, narrow = (_map(top, [], marks, size) for size in ((824, 360), (300, 210)))
    alt = "Map of the world with the ground track"
    alt += f" and {plural(len(seen_by), 'station')}." if seen_by else "."
    caption = "The ground track, and the stations that look up."
    if not seen_by:
        caption = "The ground track."
    return Figure("stations", alt, caption + _told(legend), data, wide, narrow)


def _end(track: Track, row: int) -> tuple[float, float]:
    return float(track.longitude[row]), float(track.latitude[row])


def _drawn_there(record: FlightRecord) -> bool:
    """Whether the report has a map of revolutions."""
    summary = record.summary
    if summary.orbit_phase is None and not (alone(summary) and goes_around(record)):
        return False
    return revolutions(record) is not None


def _legend(record: FlightRecord, history: History) -> Legend:
    """What is said of the track of a flight."""
    up = aloft(record.summary)
    return Legend(
        since="the epoch" if up else "ignition",
        ends=("Start", "End") if up else ("Lift-off", _down(record.summary)),
        contacts=record.summary.contacts,
        height=middle_height(history["height"]) if record.summary.contacts is not None else 0.0,
    )


def _stations(legend: Legend) -> Iterator[Json]:
    if legend.contacts is not None:
        yield from on_map(legend.contacts, legend.height)


def _told(legend: Legend) -> str:
    """What the caption says of stations and shores."""
    text = " "
    if legend.contacts is not None:
        text += (
            "Triangles are stations, numbered as in their table; within a dotted circle the"
            f" station sees what flies at {number(legend.height / 1e3)} km, above its"
            " least elevation. "
        )
    shore = "Coastline: Natural Earth, 1:110 million." if shores() else "No coastline is installed."
    return text + shore


def _begin(summary: Summary) -> float | None:
    """From when nodes are counted [s]; None of a flight that never is in orbit."""
    found = span(summary, "orbit") or alone(summary)
    return None if found is None else found[0]


def _down(summary: Summary) -> str:
    return "Splashdown" if span(summary, "descent") else "End"


def _track(history: History) -> Track:
    return track_of(history["time"], history["latitude"], history["longitude"])


def track_of(time: Array, latitude: Array, longitude: Array) -> Track:
    """Few rows of columns [s; rad], the first and the last among them."""
    known = np.isfinite(latitude) & np.isfinite(longitude)
    time = time[known]
    gap = max(GAP, float(np.ptp(time)) / MOST_ROWS)
    _, rows = np.unique(np.floor((time - time[0]) / gap), return_index=True)
    rows = np.unique(np.append(rows, len(time) - 1))
    # Before rows are left out: a capsule turns by less than half a turn between two.
    east = np.degrees(np.unwrap(longitude[known]))
    return Track(time[rows], east[rows], np.degrees(latitude[known])[rows])


def split(track: Track, begin: float) -> list[Track]:
    """The track cut at the ascending nodes after `begin` [s], which both parts have."""
    time, east, north = track.time, track.longitude, track.latitude
    rises = np.flatnonzero((north[:-1] < 0.0) & (north[1:] >= 0.0) & (time[1:] > begin))
    share = -north[rises] / (north[rises + 1] - north[rises])
    at = time[rises] + share * (time[rises + 1] - time[rises])
    node = east[rises] + share * (east[rises + 1] - east[rises])
    cuts = [0, *(rises + 1).tolist(), len(time)]
    parts: list[Track] = []
    for i, (a, b) in enumerate(pairwise(cuts)):
        before, after = slice(i - 1, i) if i else slice(0), slice(i, i + 1)
        parts.append(
            Track(
                np.concatenate([at[before], time[a:b], at[after]]),
                np.concatenate([node[before], east[a:b], node[after]]),
                np.concatenate([0.0 * at[before], north[a:b], 0.0 * at[after]]),
            )
        )
    return parts


def _around(longitude: Array) -> Array:
    """Within half a turn of Greenwich [deg]."""
    return np.asarray((longitude + 180.0) % 360.0 - 180.0)


def broken(track: Track) -> tuple[list[float | None], list[float | None], list[float | None]]:
    """Longitude, latitude [deg] and time [s], with a gap at the date line and its edges drawn."""
    turn = np.floor((track.longitude + 180.0) / 360.0)
    x: list[float | None] = []
    y: list[float | None] = []
    t: list[float | None] = []
    for i in range(len(track.time)):
        if i and turn[i] != turn[i - 1]:
            edge = 360.0 * max(turn[i], turn[i - 1]) - 180.0
            way = track.longitude[i] - track.longitude[i - 1]
            share = (edge - track.longitude[i - 1]) / way
            north = track.latitude[i - 1] + share * (track.latitude[i] - track.latitude[i - 1])
            when = track.time[i - 1] + share * (track.time[i] - track.time[i - 1])
            side = 180.0 if way > 0.0 else -180.0
            x += [side, None, -side]
            y += [round(float(north), 2), None, round(float(north), 2)]
            t += [round(float(when), 1), None, round(float(when), 1)]
        x.append(round(float(track.longitude[i] - 360.0 * turn[i]), 2))
        y.append(round(float(track.latitude[i]), 2))
        t.append(round(float(track.time[i]), 1))
    return x, y, t


def _drawn(place: int, part: Track, last: int, legend: Legend) -> Json:
    x, y, t = broken(part)
    fade = place / last
    faintest = max(_FAINTEST, 1.0 - 0.12 * last)  # of few, none need be faint
    columns = (f"Time since {legend.since} [s]", "customdata"), ("Longitude [deg]", "x")
    called = place + legend.left_out
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"Revolution {called}",
        "x": x,
        "y": y,
        "customdata": t,
        "opacity": round(faintest + (1.0 - faintest) * fade, 3),
        "line": {"color": VERMILION if place == last else BLUE, "width": round(1.0 + fade, 2)},
        "hovertemplate": (
            f"<b>Revolution {called}</b><br>%{{text}}<br>%{{y:.2f}}° N, %{{x:.2f}}° E"
            "<extra></extra>"
        ),
        **told(
            *columns,
            ("Latitude [deg]", "y"),
            series="Revolution",
            name=str(called),
            clock="customdata",
        ),
    }


def _dot(name: str, longitude: float, latitude: float) -> Json:
    look = {"size": 7, "color": "#ffffff", "line": {"color": VERMILION, "width": 2}}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [round(float(_around(np.asarray(longitude))), 3)],
        "y": [round(float(latitude), 3)],
        "hovertemplate": f"{name}<br>%{{y:.2f}}° N, %{{x:.2f}}° E<extra></extra>",
        "marker": look,
        **told(("Longitude [deg]", "x"), ("Latitude [deg]", "y"), series="Place"),
    }


def _map(
    top: float,
    nodes: Sequence[tuple[int, float]],
    marks: Sequence[tuple[str, tuple[float, float]]],
    size: tuple[int, int],
) -> Json:
    width, height = size
    named = width > 500
    margin = (46, 18, 10, 34) if named else (36, 18, 8, 30)
    made = layout(height + margin[2] + margin[3], margin, hovermode="closest")
    made["plot_bgcolor"] = SEA
    made["meta"] = {"map": True}
    grid: Json = {"gridcolor": "#dbe3e9", "mirror": True, "ticksuffix": "°"}
    made["xaxis"] = axis(range=[-180, 180], **_meridians(named=named), **grid)
    made["yaxis"] = axis(range=[-top, top], tick0=0, dtick=30, **grid)
    made["shapes"] = [
        {"type": "line", "x0": -180, "x1": 180, "y0": 0, "y1": 0, "layer": "below"}
        | {"line": {"color": "#8a96a1", "width": 1}}
    ]
    made["annotations"] = [
        *_numbers(nodes, 360.0 / width),
        *_names(marks, 360.0 / width),
    ]
    return made


def _meridians(*, named: bool) -> Json:
    """Ticks at both edges too, which plotly leaves out."""
    at = list(range(-180, 181, 30 if named else 90))
    return {"tickvals": at, "ticktext": [f"{number(east)}°" for east in at]}


def _numbers(nodes: Sequence[tuple[int, float]], pixel: float) -> Iterator[Json]:
    """The numbers of as many revolutions as have room, the last ones first."""
    taken: list[float] = []
    for place, east in reversed(nodes):
        if all(abs(east - other) > _APART * pixel for other in taken):
            taken.append(east)
            font = {"size": 10, "color": SOFT}
            text = note(str(place), east, 0.0, xref="x", yref="y", xanchor="center", font=font)
            yield text | {"yanchor": "middle", "bgcolor": "rgba(255,255,255,0.7)", "borderpad": 1}


def _names(marks: Sequence[tuple[str, tuple[float, float]]], pixel: float) -> Iterator[Json]:
    """The words at both ends of the track, away from each other and inside the map."""
    places = [float(_around(np.asarray(east))) for _, (east, _) in marks]
    north = [float(latitude) for _, (_, latitude) in marks]
    for i, (name, _) in enumerate(marks):
        room = 8.0 * len(name) * pixel
        left = places[i] <= places[-1 - i]
        left = (left and places[i] - room > -180.0) or places[i] + room > 180.0
        high = north[i] > north[-1 - i] or (north[i] == north[-1 - i] and i == 0)
        at = {"xref": "x", "yref": "y", "xanchor": "right" if left else "left"}
        text = note(f"<b>{name}</b>", places[i], north[i], **at, font={"size": 11, "color": INK})
        shift = {"xshift": -7 if left else 7, "yshift": 8 if high else -8, "yanchor": "middle"}
        yield text | shift | {"bgcolor": "rgba(255,255,255,0.7)", "borderpad": 1}
