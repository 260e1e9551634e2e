"""Stations on maps, and the sky over each with the passes across it."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from yaan.access.sky import place_of
from yaan.access.stations import Station
from yaan.base.constants import EARTH_RADIUS
from yaan.report.figures.data import told
from yaan.report.figures.grid import name as axis_name
from yaan.report.figures.style import (
    BLUE,
    GRID,
    INK,
    SOFT,
    VERMILION,
    Array,
    Figure,
    Json,
    layout,
    note,
    safe,
)
from yaan.report.text import number, plural
from yaan.results import FlightRecord, History
from yaan.results.summary_contacts import Contacts, ContactStation, StationContact

MOST_SKIES: Final = 12  # of stations that are drawn, those with the most contacts
MOST_PASSES: Final = 40  # that are drawn over each

_POINTS: Final = 33  # of a pass that are drawn
_CORNERS: Final = 73  # of a circle on the map
_EDGE: Final = 112.0  # [deg of zenith distance] from the middle of a sky to the edge of its square
_LETTERS: Final = (("N", 0.0), ("E", 90.0), ("S", 180.0), ("W", 270.0))
_NEAR: Final = 9.0  # [deg] on the map within which two numbers would meet
_SIDES: Final = ("top center", "bottom center", "middle right", "middle left")


def numbered(contacts: Contacts) -> dict[str, int]:
    """The number of each station, as in the table, by its name."""
    return {station.name: i for i, station in enumerate(contacts.stations, 1)}


def middle_height(height: Array) -> float:
    """The height [m] that circles are drawn for: the median of what is above the air."""
    high = height[np.isfinite(height) & (height > 80e3)]
    return float(np.median(high)) if len(high) else 0.0


def on_map(contacts: Contacts, height: float) -> Iterator[Json]:
    """Stations as numbered marks, each in the circle within which it sees what flies at `height`.

    The circle is that of a round Earth: its edge is off by some tenths of a degree.
    """
    for station in contacts.stations if height > 0.0 else ():
        x, y = _circle(station, height)
        yield {
            "type": "scatter",
            "mode": "lines",
            "name": f"Seen from {station.title}",
            "x": x,
            "y": y,
            "line": {"color": SOFT, "width": 1, "dash": "dot"},
            "hoverinfo": "skip",
        }
    x = [round(station.longitude_deg, 3) for station in contacts.stations]
    y = [round(station.latitude_deg, 3) for station in contacts.stations]
    yield {
        "type": "scatter",
        "mode": "markers+text",
        "name": "Stations",
        "x": x,
        "y": y,
        "text": [str(i) for i in numbered(contacts).values()],
        "textposition": list(_sides(contacts.stations)),
        "textfont": {"size": 10, "color": INK},
        "customdata": [
            f"{safe(one.title)}: {plural(one.contacts, 'contact')}" for one in contacts.stations
        ],
        "hovertemplate": "%{customdata}<br>%{y:.2f}° N, %{x:.2f}° E<extra></extra>",
        "marker": {"size": 7, "symbol": "triangle-up", "color": INK},
        **told(
            ("Longitude [deg]", "x"),
            ("Latitude [deg]", "y"),
            ("Station", [one.name for one in contacts.stations]),
            series="Place",
        ),
    }


def _circle(
    station: ContactStation, height: float
) -> tuple[list[float | None], list[float | None]]:
    """Longitudes and latitudes [deg] of the edge, with a gap at the date line."""
    least = max(station.minimum_elevation, 0.0)
    reach = math.acos(EARTH_RADIUS * math.cos(least) / (EARTH_RADIUS + height)) - least
    turn = np.linspace(0.0, 2.0 * np.pi, _CORNERS)
    lat, lon = station.latitude, station.longitude
    sine = np.sin(lat) * np.cos(reach) + np.cos(lat) * np.sin(reach) * np.cos(turn)
    north = np.arcsin(np.clip(sine, -1.0, 1.0))
    east = lon + np.arctan2(
        np.sin(turn) * np.sin(reach) * np.cos(lat), np.cos(reach) - np.sin(lat) * sine
    )
    x: list[float | None] = []
    y: list[float | None] = []
    around = np.degrees((east + np.pi) % (2.0 * np.pi) - np.pi)
    for i, (a, b) in enumerate(zip(around, np.degrees(north), strict=True)):
        if i and abs(a - around[i - 1]) > 180.0:
            # To the edge of the map and in again from the other.
            side = math.copysign(180.0, around[i - 1])
            x += [side, None, -side]
            y += [round(float(b), 2), None, round(float(b), 2)]
        x.append(round(float(a), 2))
        y.append(round(float(b), 2))
    return x, y


def _sides(stations: Sequence[ContactStation]) -> Iterator[str]:
    """On which side of its mark each number stands: not where that of a near one does."""
    for i, one in enumerate(stations):
        near = sum(
            math.hypot(
                math.remainder(one.longitude_deg - other.longitude_deg, 360.0),
                one.latitude_deg - other.latitude_deg,
            )
            < _NEAR
            for other in stations[:i]
        )
        yield _SIDES[near % len(_SIDES)]


def skies(record: FlightRecord) -> Figure | None:
    """The sky over each station with the passes across it, the zenith in the middle."""
    contacts, history = record.summary.contacts, record.history
    if contacts is None or history is None or not contacts.passes or "height" not in history:
        return None
    path = _path(history)
    return None if path is None else across(contacts, path)


def across(contacts: Contacts, path: Callable[[Array], Array]) -> Figure | None:
    """The sky over each station with the passes across it; None without any.

    Args:
        contacts: of the stations.
        path: where it is at times [n, s]: in ITRS [n, 3, m].
    """
    if not contacts.passes:
        return None
    seen = sorted((s for s in contacts.stations if s.contacts), key=lambda s: -s.contacts)
    shown = [s for s in contacts.stations if s in seen[:MOST_SKIES]]
    numbers = numbered(contacts)
    data: list[Json] = []
    crowded = 0  # passes that are left out
    for place, station in enumerate(shown):
        mine = [one for one in contacts.passes if one.station == station.name]
        crowded += max(len(mine) - MOST_PASSES, 0)
        data += [_drawn(path, station, one, place) for one in mine[:MOST_PASSES]]
    wide = _layout(shown, numbers, across=4, size=186, margin=(8, 8, 26, 8))
    narrow = _layout(shown, numbers, across=2, size=142, margin=(4, 4, 26, 6))
    best = max(contacts.passes, key=lambda one: one.culmination.elevation_deg)
    alt = (
        f"The sky over {plural(len(shown), 'station')} with {plural(len(data), 'pass', 'passes')}."
        f" The highest is over {best.station}, {number(best.culmination.elevation_deg)} degrees"
        f" above the horizon at {best.culmination.utc}."
    )
    left = len(seen) - len(shown)
    caption = (
        "The sky over each station: the zenith in the middle, rings at 60°, 30° and 0° of"
        " elevation, north up, east to the right, as on a map. The dashed ring is the station's"
        " least elevation; a dot marks where a pass is highest. Point at a pass to read when."
    )
    caption += f" {plural(left, 'station')} with fewer contacts left out." if left else ""
    if crowded:
        caption += f" The first {MOST_PASSES} passes over each are drawn, {crowded} are left out."
    return Figure("skies", alt, caption, data, wide, narrow)


def _path(history: History) -> Callable[[Array], Array] | None:
    """Positions in ITRS between the rows of a history."""
    columns = [history[key] for key in ("latitude", "longitude", "height")]
    time = history["time"]
    known = np.isfinite([time, *columns]).all(axis=0)
    rows = np.flatnonzero(known)
    _, first = np.unique(time[rows], return_index=True)
    rows = rows[first]
    if len(rows) < 2:
        return None
    lat, lon, height = (column[rows] for column in columns)
    from scipy.interpolate import CubicSpline  # a third of a second that most reports do without

    path: Callable[[Array], Array] = CubicSpline(time[rows], place_of(lat, lon, height).T)
    return path


def _drawn(
    path: Callable[[Array], Array], station: ContactStation, one: StationContact, place: int
) -> Json:
    """A pass as a line, its highest point marked."""
    ends = np.linspace(one.rise.time, one.set.time, _POINTS)
    time = np.unique(np.append(ends, one.culmination.time))
    over = Station(station.name, station.latitude, station.longitude, station.height)
    look = over.look(path(time))
    away = 90.0 - np.degrees(look.elevation)
    top = time == one.culmination.time
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": f"{station.title}, {one.rise.utc}",
        "x": _rounded(away * np.sin(look.azimuth)),
        "y": _rounded(away * np.cos(look.azimuth)),
        "customdata": np.stack(
            [np.round(np.degrees(look.azimuth), 1), np.round(np.degrees(look.elevation), 1)], axis=1
        ).tolist(),
        "text": [_clock(one.rise.utc, t - one.rise.time) for t in time],
        "xaxis": axis_name("x", place),
        "yaxis": axis_name("y", place),
        "line": {"color": VERMILION if one.visible else BLUE, "width": 1.4},
        "marker": {
            "size": [6 if here else 0 for here in top],
            "color": VERMILION if one.visible else BLUE,
            "line": {"width": 0},
        },
        "hovertemplate": (
            "<b>%{text}</b><br>%{customdata[1]:.1f}° up, azimuth %{customdata[0]:.1f}°"
            "<extra></extra>"
        ),
        **told(
            ("Time [s]", _rounded(time)),
            ("Azimuth [deg]", "customdata.0"),
            ("Elevation [deg]", "customdata.1"),
            series="Pass",
        ),
    }


def _clock(utc: str, later: float) -> str:
    """A UTC text some seconds later, on the same day or the next."""
    hours, minutes, seconds = utc[11:23].split(":")
    total = round(int(hours) * 3600 + int(minutes) * 60 + float(seconds) + later) % 86_400
    return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d} UTC"


def _rounded(values: Array) -> list[float]:
    return [round(float(v), 2) for v in values]


def _layout(
    shown: Sequence[ContactStation],
    numbers: dict[str, int],
    *,
    across: int,
    size: int,
    margin: tuple[int, int, int, int],
) -> Json:
    """A square a station, with rings, letters and its name."""
    across = min(across, max(len(shown), 2))
    rows, gap = -(-len(shown) // across), 28
    plot = rows * size + (rows - 1) * gap
    made = layout(plot + margin[2] + margin[3], margin, hovermode="closest")
    made["shapes"], made["annotations"] = list[Json](), list[Json]()
    for place, station in enumerate(shown):
        row, column = divmod(place, across)
        top = 1.0 - row * (size + gap) / plot
        left, right = column / across, (column + 1) / across
        x, y = axis_name("x", place), axis_name("y", place)
        bare = {"visible": False, "fixedrange": True, "range": [-_EDGE, _EDGE]}
        made[f"xaxis{x[1:]}"] = bare | {"domain": [left, right], "anchor": y}
        made[f"yaxis{y[1:]}"] = bare | {
            "domain": [top - size / plot, top],
            "anchor": x,
            "scaleanchor": x,
        }
        made["shapes"] += _rings(station, x, y)
        font = {"size": 9, "color": SOFT}
        for letter, azimuth in _LETTERS:
            turn = math.radians(azimuth)
            at = (101.0 * math.sin(turn), 101.0 * math.cos(turn))
            more = {"xref": x, "yref": y, "xanchor": "center", "yanchor": "middle", "font": font}
            made["annotations"].append(note(letter, *at, **more))
        words = f"<b>{numbers[station.name]}</b> {safe(_short(station.title))}"
        title = {"xanchor": "center", "font": {"size": 11, "color": INK}}
        made["annotations"].append(note(words, 0.5 * (left + right), top + 6 / plot, **title))
    return made


def _short(title: str) -> str:
    """What stands before the first comma, within a square's width."""
    name = title.split(",", maxsplit=1)[0].split("(", maxsplit=1)[0].strip()
    return name if len(name) <= 24 else name[:23] + "…"


def _rings(station: ContactStation, x: str, y: str) -> Iterator[Json]:
    least = 90.0 - station.minimum_elevation_deg
    for radius, colour, dash in (
        (90.0, "#8a96a1", "solid"),
        (60.0, GRID, "solid"),
        (30.0, GRID, "solid"),
        (least, "#8a96a1", "dash"),
    ):
        yield {
            "type": "circle",
            "xref": x,
            "yref": y,
            "x0": -radius,
            "x1": radius,
            "y0": -radius,
            "y1": radius,
            "layer": "below",
            "line": {"color": colour, "width": 1, "dash": dash},
        }
