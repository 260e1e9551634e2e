"""The landing zone with the passes, the aim and the touchdown."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.shores import SEA, coast
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    SOFT,
    TEXT_COLOURS,
    VERMILION,
    Array,
    Figure,
    Json,
    axis,
    layout,
    note,
    safe,
    values,
)
from yaan.report.span import cut, span
from yaan.report.text import number, proper
from yaan.results import FlightRecord
from yaan.results.summary_ascent import Opportunity, Place
from yaan.results.summary_return import Landing, Touchdown

View = tuple[float, float, float, float]
HOUR: Final = 3600.0  # [s]

_LIGHTS: Final = {"day": ("white", "circle"), "twilight": ("#aab4be", "circle")}
_ENDS: Final = {"aim": ("cross-thin", INK, 16), "touchdown": ("star", ORANGE, 15)}
_DEGREES: Final = (("Longitude [deg]", "x"), ("Latitude [deg]", "y"))
_DARK: Final = ("#3d4a58", "circle")


def landing(record: FlightRecord) -> Figure | None:
    """Map of the zone, the tracks of the passes, the aim and the touchdown."""
    found = record.summary.landing
    if found is None or found.touchdown is None:
        return None
    down, miss = found.touchdown, found.miss
    passes = _near(record.summary.opportunities, down)
    views = [_view(found.polygon, passes, down, ratio) for ratio in (0.62, 1.1)]
    data = [coast(views[0][0] - 15.0, views[0][1] + 15.0), *_zone(found.polygon)]
    data += _tracks(record, views[0])
    data.append(_passes(passes))
    data += [*_end("aim", found.aim), *_end("touchdown", down)]
    north, east = down.latitude_deg, down.longitude_deg
    words = f"{number(abs(north), 2)}° {'north' if north >= 0 else 'south'}"
    words += f", {number(abs(east), 2)}° {'east' if east >= 0 else 'west'}"
    alt = f"Map of the landing zone with the ground track; touchdown at {words}"
    alt += f", {number(miss / 1e3, 2)} km from the aim." if miss is not None else "."
    caption = (
        "Landing zone (outlined), the orbit's tracks of the last day (thin), the track of the"
        " return (thick), each pass where it comes nearest, numbered by revolution and filled by"
        " its light (white: day, dark: night), the aim (cross) and the touchdown (star)."
        if passes
        else "The track of the return (thick), the aim (cross) and the touchdown (star)."
    )
    sizes = ((800, 496), (310, 341))
    wide, narrow = (
        _map(view, passes, (found, down), size) for view, size in zip(views, sizes, strict=True)
    )
    return Figure("landing", alt, caption, data, wide, narrow)


def _near(passes: Sequence[Opportunity], down: Touchdown) -> list[Opportunity]:
    """The passes that a map around the touchdown can show."""
    return [
        p
        for p in passes
        if abs(p.latitude_deg - down.latitude_deg) < 14.0
        and abs(p.longitude_deg - down.longitude_deg) < 22.0
    ]


def _view(
    polygon: Sequence[Place], passes: Sequence[Opportunity], down: Touchdown, ratio: float
) -> View:
    """West, east, south and north of the map [deg], `ratio` high to wide."""
    shown = (down, *polygon, *passes)
    north, east = [p.latitude_deg for p in shown], [p.longitude_deg for p in shown]
    middle = (min(north) + max(north)) / 2.0, (min(east) + max(east)) / 2.0
    shrink = max(math.cos(math.radians(middle[0])), 0.2)
    broad = max((max(east) - min(east)) * 1.25, (max(north) - min(north)) * 1.3 / ratio / shrink, 8)
    tall = broad * shrink * ratio
    return (
        middle[1] - broad / 2,
        middle[1] + broad / 2,
        middle[0] - tall / 2,
        middle[0] + tall / 2,
    )


def _zone(polygon: Sequence[Place]) -> list[Json]:
    if not polygon:
        return []
    ring = [*polygon, polygon[0]]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [p.longitude_deg for p in ring],
            "y": [p.latitude_deg for p in ring],
            "fill": "toself",
            "fillcolor": "rgba(0,158,115,0.13)",
            "line": {"color": GREEN, "width": 1.8, "dash": "dash"},
            "hoverinfo": "skip",
            **_columns("Zone"),
        }
    ]


def _columns(name: str) -> Json:
    return told(*_DEGREES, series="Line", name=name)


def _tracks(record: FlightRecord, view: View) -> list[Json]:
    """The orbit's tracks across the map in the last day, and the way of the return."""
    summary, history = record.summary, record.history
    made: list[Json] = []
    back = span(summary, "deorbit", "entry", "descent")
    orbit = span(summary, "orbit")
    if orbit is not None:
        part = cut(history, (max(orbit[0], orbit[1] - 24 * HOUR), orbit[1]))
        if part is not None:
            made.append(_track(part["longitude"], part["latitude"], view, "#7d8b98", 1.0))
            made[-1] |= _columns("Orbit of the last day")
    part = cut(history, back)
    if part is not None:
        made.append(_track(part["longitude"], part["latitude"], view, BLUE, 2.8))
        made[-1] |= _columns("Return")
    return made


def _track(longitude: Array, latitude: Array, view: View, colour: str, width: float) -> Json:
    """A track within the map and a little beyond, with gaps where it is elsewhere."""
    middle = (view[0] + view[1]) / 2.0
    east = (np.degrees(longitude) - middle + 180.0) % 360.0 - 180.0 + middle
    north = np.degrees(latitude)
    inside = (np.abs(east - middle) < 0.5 * (view[1] - view[0]) + 12.0) & (
        np.abs(north - (view[2] + view[3]) / 2.0) < 0.5 * (view[3] - view[2]) + 12.0
    )
    seen = inside | np.roll(inside, 1) | np.roll(inside, -1)
    jumps = np.append(np.abs(np.diff(east)) > 60.0, False)
    keep = seen & ~jumps
    return {
        "type": "scatter",
        "mode": "lines",
        "x": values(np.where(keep, east, np.nan)[seen]),
        "y": values(np.where(keep, north, np.nan)[seen]),
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
    }


def _passes(passes: Sequence[Opportunity]) -> Json:
    styles = [_LIGHTS.get(p.light, _DARK) for p in passes]
    edge = [GREEN if p.reachable else VERMILION for p in passes]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [p.longitude_deg for p in passes],
        "y": [p.latitude_deg for p in passes],
        "text": [f"revolution {p.revolution}, {safe(p.light)}: {safe(p.why)}" for p in passes],
        "hovertemplate": "%{text}<extra></extra>",
        **told(("Pass", "text"), *_DEGREES),
        "marker": {
            "size": 10,
            "color": [fill for fill, _ in styles],
            "line": {"color": edge, "width": 2},
        },
    }


def _end(words: str, at: Place | Touchdown | None) -> list[Json]:
    """The mark of the aim or of the touchdown."""
    if at is None:
        return []
    symbol, colour, size = _ENDS[words]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [at.longitude_deg],
            "y": [at.latitude_deg],
            "hovertemplate": f"{words}: %{{y:.4f}}° N, %{{x:.4f}}° E<extra></extra>",
            **_columns(words.capitalize()),
            "marker": {"symbol": symbol, "size": size, "color": colour}
            | {"line": {"color": INK, "width": 1.6}},
        }
    ]


def _map(
    view: View,
    passes: Sequence[Opportunity],
    found: tuple[Landing, Touchdown],
    size: tuple[int, int],
) -> Json:
    land, down = found
    named = size[0] > 500
    made = layout(size[1] + 44, (46, 12, 10, 34) if named else (36, 6, 8, 30), hovermode="closest")
    made["plot_bgcolor"] = SEA
    west, east, south, north = view
    step = next((s for s in (1, 2, 5, 10) if (north - south) / s < 8), 20)
    grid: Json = {"dtick": step, "tick0": 0, "gridcolor": "#dbe3e9", "mirror": True}
    made["xaxis"] = axis(range=[west, east], ticksuffix="°", **grid)
    made["yaxis"] = axis(range=[south, north], ticksuffix="°", **grid)
    shrink = max(math.cos(math.radians((south + north) / 2.0)), 0.2)
    made["yaxis"] |= {"scaleanchor": "x", "scaleratio": 1.0 / shrink}
    words = "<b>Latitude</b> north against <b>longitude</b> east, deg"
    head = note(words, 0.01, 0.99, yanchor="top", font={"size": 11, "color": SOFT})
    texts = [head | {"bgcolor": "rgba(255,255,255,0.75)"}]
    texts += [_tag(row, named=named) for row in passes]
    at = down.longitude_deg, down.latitude_deg
    named_end = note("<b>Touchdown</b>", *at, xref="x", yref="y", xanchor="center")
    font = {"size": 11.5, "color": INK}
    texts.append(named_end | {"yanchor": "top", "yshift": -9, "font": font})
    if land.zone and land.polygon:
        north, east = max((p.latitude_deg, p.longitude_deg) for p in land.polygon)
        style = {"xref": "x", "yref": "y", "xanchor": "right", "yanchor": "top"}
        font = {"size": 11.5, "color": TEXT_COLOURS[GREEN]}
        name = note(f"<b>{safe(proper(land.zone))}</b>", east, north, **style, font=font)
        texts.append(name | {"xshift": -5, "yshift": -4})
    made["annotations"] = texts
    return made


def _tag(row: Opportunity, *, named: bool) -> Json:
    words = f"{row.revolution}"
    if named:
        words += f", {safe(row.light)}"
    if row.chosen:
        words = f"<b>{words}</b>"
    text = note(words, row.longitude_deg, row.latitude_deg, xref="x", yref="y")
    text |= {"xshift": 9, "yshift": 5, "font": {"size": 11, "color": INK}}
    return text | {"bgcolor": "rgba(255,255,255,0.7)"}
