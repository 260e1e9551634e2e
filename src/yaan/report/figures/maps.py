"""The ground track on a packaged coastline, with a small world beside it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.shores import SEA, coast
from yaan.report.figures.style import (
    BLUE,
    INK,
    SOFT,
    VERMILION,
    Array,
    Figure,
    Json,
    axis,
    event_marks,
    layout,
    note,
    safe,
    spread,
    values,
)
from yaan.report.span import aloft
from yaan.report.text import NONE, known, label, number
from yaan.results import FlightRecord, History, Summary
from yaan.spacetime.coastline import shores

_LETTERS: Final = 26
_DEGREES: Final = (("Longitude [deg]", "x"), ("Latitude [deg]", "y"))
_MANY: Final = 400  # places of a group, beyond which they are drawn small
_AT_ONCE: Final = 1e-6  # [s]


@dataclass(frozen=True)
class _View:
    """What a map shows: ranges [deg], and the size it is drawn for [px]."""

    west: float
    east: float
    south: float
    north: float
    width: int
    height: int

    @property
    def pixels(self) -> float:
        """Pixels to a degree of latitude."""
        return self.height / (self.north - self.south)


@dataclass(frozen=True)
class _Place:
    """What is marked on a map: its number or letter, its name, longitude and latitude [deg]."""

    tag: str
    name: str
    x: float
    y: float
    told: str
    """What a reader is shown who points at it."""


def track(record: FlightRecord) -> Figure | None:
    """The path over ground and those of its branches, events, and where on Earth that is."""
    history = record.history
    if history is None or "latitude" not in history or "longitude" not in history:
        return None
    latitude = np.degrees(history["latitude"])
    longitude = np.degrees(np.unwrap(history["longitude"]))
    middle = float(np.mean(longitude))
    branches = list(_branches(record, middle))
    marks = [*_places(record, middle), *(place for _, _, place in branches)]
    all_east = np.concatenate([longitude, *(x for x, _, _ in branches)])
    all_north = np.concatenate([latitude, *(y for _, y, _ in branches)])
    west, east = float(all_east.min()) - 60.0, float(all_east.max()) + 60.0
    data = [coast(west, east), coast(west, east, small=True)]
    for x, y, end in branches:
        data += _path(end.name, (x, y), {"color": VERMILION, "width": 1.4, "dash": "dot"})
    data += _path("The flight", (longitude, latitude), {"color": BLUE, "width": 2.2})
    ends = [place for _, _, place in branches]
    data += [_dots(marks[: len(marks) - len(ends)], BLUE, "circle")]
    data += [_dots(ends, VERMILION, "square")] if ends else []
    wide = _map(all_east, all_north, marks, (800, 460))
    narrow = _map(all_east, all_north, marks, (310, 330))
    first, last = (f"{_degrees(latitude[i], 'NS')} {_degrees(longitude[i], 'EW')}" for i in (0, -1))
    start = "start" if aloft(record.summary) else "launch site"
    alt = f"Map of the ground track from the {start} at {first} to {last}."
    alt += "".join(
        f" {place.name}: {_degrees(place.y, 'NS')} {_degrees(place.x, 'EW')}." for place in ends
    )
    caption = (
        "Ground track with its events, numbered as in the timeline; the small map shows where on"
        " Earth it lies. "
    )
    if ends:
        caption += "Dotted: what has left it, with letters as in the table of where it ended. "
    caption += (
        "Coastline: Natural Earth, 1:110 million." if shores() else "No coastline is installed."
    )
    return Figure("track", alt, caption, data, wide, narrow)


def paths_over_ground(name: str, runs: Sequence[tuple[str, str, History]], caption: str) -> Figure:
    """The paths over ground of several runs on one map.

    Args:
        name: of the figure.
        runs: of each its name, its colour, and rows with latitude and longitude.
        caption: the sentence below it, but for where the coastline is from.
    """
    east, north, data, told = list[Array](), list[Array](), list[Json](), list[str]()
    for run, colour, history in runs:
        x, y = np.degrees(np.unwrap(history["longitude"])), np.degrees(history["latitude"])
        if east:
            x = x + 360.0 * round((float(np.mean(east[0])) - float(np.mean(x))) / 360.0)
        data += _path(run, (x, y), {"color": colour, "width": 2.0})
        for row, symbol, words in ((0, "circle", "start"), (-1, "square", "end")):
            told_at = f"{safe(run)}, {words}"
            place = _Place("", run, float(x[row]), float(y[row]), told_at)
            data.append(_dots([place], colour, symbol))
        ends = (f"{_degrees(y[i], 'NS')} {_degrees(x[i], 'EW')}" for i in (0, -1))
        told.append(f"{run} from {' to '.join(ends)}")
        east.append(x)
        north.append(y)
    all_east, all_north = np.concatenate(east), np.concatenate(north)
    west, far = float(all_east.min()) - 60.0, float(all_east.max()) + 60.0
    data = [coast(west, far), coast(west, far, small=True), *data]
    wide = _map(all_east, all_north, [], (800, 400))
    narrow = _map(all_east, all_north, [], (310, 290))
    shore = "Natural Earth, 1:110 million." if shores() else "none is installed."
    alt = f"Map of the ground tracks: {'; '.join(told)}."
    return Figure(name, alt, f"{caption} Coastline: {shore}", data, wide, narrow)


def places_on_map(
    name: str,
    groups: Sequence[tuple[str, str, Array, Array, Sequence[str]]],
    words: tuple[str, str],
    rings: Sequence[tuple[str, str, Array, Array]] = (),
) -> Figure:
    """Places on one map, those of a group alike, and lines around them.

    Args:
        name: of the figure.
        groups: of each the colour and the symbol, longitude and latitude [deg], and what a reader
            is shown who points at a place.
        words: the sentence for those who do not see it, and the one below it.
        rings: of each its name and dash, longitude and latitude [deg], NaN where it is broken.
    """
    east = np.concatenate([*(x for _, _, x, _, _ in groups), *(x for _, _, x, _ in rings)])
    north = np.concatenate([*(y for _, _, _, y, _ in groups), *(y for _, _, _, y in rings)])
    east, north = east[np.isfinite(east)], north[np.isfinite(north)]
    west, far = float(east.min()) - 60.0, float(east.max()) + 60.0
    data = [coast(west, far), coast(west, far, small=True)]
    for colour, symbol, x, y, texts in groups:
        places = [
            _Place("", text, float(a), float(b), safe(text))
            for a, b, text in zip(x, y, texts, strict=True)
        ]
        data.append(_dots(places, colour, symbol, small=len(places) > _MANY))
    for ring, dash, x, y in rings:
        data.append(_path(ring, (x, y), {"color": INK, "width": 1.4, "dash": dash})[0])
    wide = _map(east, north, [], (800, 400))
    narrow = _map(east, north, [], (310, 290))
    shore = "Natural Earth, 1:110 million." if shores() else "none is installed."
    return Figure(name, words[0], f"{words[1]} Coastline: {shore}", data, wide, narrow)


def letters(summary: Summary) -> dict[str, str]:
    """A letter for each branch that was followed, as maps and tables name it."""
    ends = () if summary.sequence is None else summary.sequence.ends
    names = [end.path for end in ends if end.path]
    return {name: chr(ord("a") + i) if i < _LETTERS else f"a{i}" for i, name in enumerate(names)}


def _branches(record: FlightRecord, middle: float) -> Iterator[tuple[Array, Array, _Place]]:
    """Longitude, latitude [deg] and the end of each branch that has left the flight as shown."""
    shown = record.history
    for name, tag in letters(record.summary).items():
        history = record.branches.get(name)
        if history is None or shown is None or history["time"][0] > shown["time"][-1] + _AT_ONCE:
            continue
        east = np.degrees(np.unwrap(history["longitude"]))
        east = east + 360.0 * round((middle - float(east[0])) / 360.0)
        north = np.degrees(history["latitude"])
        told = f"{tag} {safe(label(name))}, T+{number(float(history['time'][-1]), 1)} s"
        yield east, north, _Place(tag, label(name), float(east[-1]), float(north[-1]), told)


def _places(record: FlightRecord, middle: float) -> list[_Place]:
    """Events with their longitude, unwrapped as the track is, and latitude [deg]."""
    events = [event for event in record.summary.timeline if event.kind != "peak"]
    found: list[_Place] = []
    for mark in event_marks(record.summary):
        event = events[mark.number - 1]
        east, north = event.longitude_deg, event.latitude_deg
        if known(east) and known(north):
            east += 360.0 * round((middle - east) / 360.0)
            told = f"{mark.number} {safe(mark.name)}, T+{number(mark.at, 1)} s"
            found.append(_Place(str(mark.number), mark.name, east, north, told))
    return found


def _dots(marks: Sequence[_Place], colour: str, symbol: str, *, small: bool = False) -> Json:
    size, width = (4, 1) if small else (7, 2)
    look: Json = {"size": size, "color": "#ffffff", "symbol": symbol}
    look["line"] = {"color": colour, "width": width}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [place.x for place in marks],
        "y": [place.y for place in marks],
        "text": [place.told for place in marks],
        "hovertemplate": "%{text}<br>%{y:.2f}° N, %{x:.2f}° E<extra></extra>",
        "marker": look,
        **told(("Place", [f"{place.tag} {place.name}" for place in marks]), *_DEGREES),
    }


def _path(name: str, places: tuple[Array, Array], stroke: Json) -> list[Json]:
    longitude, latitude = places
    path = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    x, y = values(longitude), values(latitude)
    around = values((longitude + 180.0) % 360.0 - 180.0)
    jumps = np.flatnonzero(np.abs(np.diff((longitude + 180.0) % 360.0)) > 180.0)
    for jump in jumps:
        around[int(jump)] = None
    return [
        path | {"x": x, "y": y, "line": stroke} | told(*_DEGREES, series="Path", name=name),
        path | {"x": around, "y": y, "xaxis": "x2", "yaxis": "y2", "line": stroke},
    ]


def _view(longitude: Array, latitude: Array, size: tuple[int, int]) -> _View:
    """Ranges around the track, with the plot's proportions at the middle latitude."""
    width, height = size
    west, east = float(longitude.min()), float(longitude.max())
    south, north = float(latitude.min()), float(latitude.max())
    shrink = max(math.cos(math.radians((south + north) / 2.0)), 0.2)
    tall = max((north - south) * 1.3, (east - west) * shrink * 1.5 * height / width, 4.0)
    broad = tall / shrink * width / height
    middle = (west + east) / 2.0, min(max((south + north) / 2.0, -90 + tall / 2), 90 - tall / 2)
    return _View(
        middle[0] - broad / 2, middle[0] + broad / 2, middle[1] - tall / 2, middle[1] + tall / 2,
        width, height,
    )  # fmt: skip


def _map(longitude: Array, latitude: Array, marks: list[_Place], size: tuple[int, int]) -> Json:
    view = _view(longitude, latitude, size)
    named = size[0] > 500
    made = layout(size[1] + 44, (46, 12, 10, 34) if named else (36, 6, 8, 30), hovermode="closest")
    made["plot_bgcolor"] = SEA
    step = next((s for s in (1, 2, 5, 10, 20, 30) if (view.north - view.south) / s < 7), 45)
    grid: Json = {"dtick": step, "tick0": 0, "gridcolor": "#dbe3e9", "mirror": True}
    ratio = (view.east - view.west) / view.width * view.pixels
    made["xaxis"] = axis(range=[view.west, view.east], ticksuffix="°", **grid)
    made["yaxis"] = axis(range=[view.south, view.north], ticksuffix="°", **grid)
    made["yaxis"] |= {"scaleanchor": "x", "scaleratio": ratio}
    words = "<b>Latitude</b> north against <b>longitude</b> east, deg"
    head = note(words, 0.01, 0.99, yanchor="top", font={"size": 11, "color": SOFT})
    head["bgcolor"] = "rgba(255,255,255,0.75)"
    made["annotations"] = [head, *_labels(view, marks, named=named)]
    _inset(made, view, longitude, latitude)
    return made


def _labels(view: _View, marks: list[_Place], *, named: bool) -> list[Json]:
    """Names beside the events; those closer than a dot's width share one line."""
    groups: list[list[_Place]] = []
    for place in marks:
        first = groups[-1][0] if groups else place
        apart = math.dist((first.x, first.y), (place.x, place.y)) * view.pixels
        if groups and apart < 10 and first.tag.isdigit() == place.tag.isdigit():
            groups[-1].append(place)
        else:
            groups.append([place])
    groups.sort(key=lambda group: group[0].y)
    heights = [group[0].y for group in groups]
    inner = view.south + 8 / view.pixels, view.north - 24 / view.pixels
    placed = spread(heights, 16 / view.pixels, *inner)
    return [
        _label(group, (at - group[0].y) * view.pixels, view, named=named)
        for group, at in zip(groups, placed, strict=True)
    ]


def _label(group: list[_Place], rise: float, view: _View, *, named: bool) -> Json:
    first, last = group[0], group[-1]
    x, y = first.x, first.y
    numbers = first.tag if first is last else f"{first.tag}{NONE}{last.tag}"
    names = first.name if first is last else f"{first.name} to {last.name}"
    right = x < view.west + 0.6 * (view.east - view.west)
    return {
        "text": f"<b>{numbers}</b>" + (f"  {safe(names)}" if named else ""),
        "x": x,
        "y": y,
        "xanchor": "left" if right else "right",
        "yanchor": "middle",
        "ax": 24 if right else -24,
        "ay": -rise,
        "arrowhead": 0,
        "arrowwidth": 0.8,
        "arrowcolor": SOFT,
        "standoff": 4,
        "font": {"size": 11, "color": INK},
        "bgcolor": "rgba(255,255,255,0.7)",
        "borderpad": 1,
    }


def _inset(made: Json, view: _View, longitude: Array, latitude: Array) -> None:
    """Put the small world into the corner that the track leaves free."""
    share = 0.27 if view.width > 500 else 0.40
    tall = share * view.width / view.height / 2.0
    across = (longitude - view.west) / (view.east - view.west)
    up = (latitude - view.south) / (view.north - view.south)

    def crowd(corner: tuple[float, float]) -> float:
        return float(np.min(np.hypot(across - corner[0], up - corner[1])))

    right, top = max(((1.0, 0.0), (0.0, 0.0), (1.0, 1.0)), key=crowd)
    x = [1 - share - 0.012, 0.988] if right else [0.012, share + 0.012]
    # On a phone the words at the top reach as far as the small world.
    high = 0.98 if view.width > 500 else 0.91
    y = [high - tall, high] if top else [0.02, tall + 0.02]
    bare: dict[str, Any] = {"showticklabels": False, "ticks": "", "mirror": True, "nticks": 0}
    made["xaxis2"] = axis(domain=x, range=[-180, 180], anchor="y2", dtick=60, **bare)
    made["yaxis2"] = axis(domain=y, range=[-90, 90], anchor="x2", dtick=30, **bare)
    box: Json = {"type": "rect", "line": {"color": INK, "width": 1.2}}
    turn = 360.0 * round((view.west + view.east) / 720.0)
    box |= {"xref": "x2", "yref": "y2", "x0": view.west - turn, "x1": view.east - turn}
    made["shapes"] = [box | {"y0": view.south, "y1": view.north}]


def _degrees(value: float, letters: str) -> str:
    return f"{number(abs(float(value)), 2)}° {letters[0] if value >= 0 else letters[1]}"
