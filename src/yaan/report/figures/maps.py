"""The ground track on a packaged coastline, with a small world beside it."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from yaan.report.figures.shores import SEA, coast
from yaan.report.figures.style import (
    BLUE,
    INK,
    SOFT,
    Array,
    Figure,
    Json,
    Mark,
    axis,
    event_marks,
    layout,
    note,
    safe,
    spread,
    values,
)
from yaan.report.text import NONE, known, number
from yaan.results import FlightRecord
from yaan.spacetime.coastline import shores


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


def track(record: FlightRecord) -> Figure | None:
    """The path over ground, its events, and where on Earth that is."""
    history = record.history
    if history is None or "latitude" not in history or "longitude" not in history:
        return None
    latitude = np.degrees(history["latitude"])
    longitude = np.degrees(np.unwrap(history["longitude"]))
    marks = _places(record, longitude)
    west, east = float(longitude.min()) - 60.0, float(longitude.max()) + 60.0
    data = [coast(west, east), coast(west, east, small=True)]
    data += _path(longitude, latitude, marks)
    wide = _map(longitude, latitude, marks, (800, 460))
    narrow = _map(longitude, latitude, marks, (310, 330))
    first, last = (f"{_degrees(latitude[i], 'NS')} {_degrees(longitude[i], 'EW')}" for i in (0, -1))
    alt = f"Map of the ground track from the launch site at {first} to {last}."
    caption = (
        "Ground track with its events, numbered as in the timeline; the small map shows where on"
        " Earth it lies. "
    )
    caption += (
        "Coastline: Natural Earth, 1:110 million." if shores() else "No coastline is installed."
    )
    return Figure("track", alt, caption, data, wide, narrow)


def _places(record: FlightRecord, longitude: Array) -> list[tuple[Mark, float, float]]:
    """Events with their longitude, unwrapped as the track is, and latitude [deg]."""
    events = [event for event in record.summary.timeline if event.kind != "peak"]
    middle = float(np.mean(longitude))
    found: list[tuple[Mark, float, float]] = []
    for mark in event_marks(record.summary):
        event = events[mark.number - 1]
        east, north = event.longitude_deg, event.latitude_deg
        if known(east) and known(north):
            found.append((mark, east + 360.0 * round((middle - east) / 360.0), north))
    return found


def _path(longitude: Array, latitude: Array, marks: list[tuple[Mark, float, float]]) -> list[Json]:
    path = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
    stroke = {"color": BLUE, "width": 2.2}
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [place[1] for place in marks],
        "y": [place[2] for place in marks],
        "text": [f"{m.number} {safe(m.name)}, T+{number(m.at, 1)} s" for m, _, _ in marks],
        "hovertemplate": "%{text}<br>%{y:.2f}° N, %{x:.2f}° E<extra></extra>",
        "marker": {"size": 7, "color": "#ffffff", "line": {"color": BLUE, "width": 2}},
    }
    x, y = values(longitude), values(latitude)
    around = values((longitude + 180.0) % 360.0 - 180.0)
    jumps = np.flatnonzero(np.abs(np.diff((longitude + 180.0) % 360.0)) > 180.0)
    for jump in jumps:
        around[int(jump)] = None
    return [
        path | {"x": x, "y": y, "line": stroke},
        path | {"x": around, "y": y, "xaxis": "x2", "yaxis": "y2", "line": stroke},
        dots,
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


def _map(
    longitude: Array, latitude: Array, marks: list[tuple[Mark, float, float]], size: tuple[int, int]
) -> Json:
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


def _labels(view: _View, marks: list[tuple[Mark, float, float]], *, named: bool) -> list[Json]:
    """Names beside the events; those closer than a dot's width share one line."""
    groups: list[list[tuple[Mark, float, float]]] = []
    for place in marks:
        if groups and math.dist(groups[-1][0][1:], place[1:]) * view.pixels < 10:
            groups[-1].append(place)
        else:
            groups.append([place])
    groups.sort(key=lambda group: group[0][2])
    heights = [group[0][2] for group in groups]
    inner = view.south + 8 / view.pixels, view.north - 24 / view.pixels
    placed = spread(heights, 16 / view.pixels, *inner)
    return [
        _label(group, (at - group[0][2]) * view.pixels, view, named=named)
        for group, at in zip(groups, placed, strict=True)
    ]


def _label(
    group: list[tuple[Mark, float, float]], rise: float, view: _View, *, named: bool
) -> Json:
    (first, x, y), last = group[0], group[-1][0]
    numbers = f"{first.number}" if first is last else f"{first.number}{NONE}{last.number}"
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
    y = [1 - tall - 0.02, 0.98] if top else [0.02, tall + 0.02]
    bare: dict[str, Any] = {"showticklabels": False, "ticks": "", "mirror": True, "nticks": 0}
    made["xaxis2"] = axis(domain=x, range=[-180, 180], anchor="y2", dtick=60, **bare)
    made["yaxis2"] = axis(domain=y, range=[-90, 90], anchor="x2", dtick=30, **bare)
    box: Json = {"type": "rect", "line": {"color": INK, "width": 1.2}}
    turn = 360.0 * round((view.west + view.east) / 720.0)
    box |= {"xref": "x2", "yref": "y2", "x0": view.west - turn, "x1": view.east - turn}
    made["shapes"] = [box | {"y0": view.south, "y1": view.north}]


def _degrees(value: float, letters: str) -> str:
    return f"{number(abs(float(value)), 2)}° {letters[0] if value >= 0 else letters[1]}"
