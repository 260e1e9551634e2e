"""Where the flights of a sweep ended: on a map, or in kilometres around their middle."""

from typing import Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.lanes import Lanes
from yaan.report.figures.maps import places_on_map
from yaan.report.figures.style import (
    BLUE,
    SOFT,
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
from yaan.report.text import number
from yaan.spacetime.zone import distance

_NEAR: Final = 50e3  # [m], from the middle; within it a coastline of 1:110 million says nothing
_LEAST: Final = 10.0  # [m], likewise, below which they ended at one place
_LOW: Final = 100.0  # [m], of the height of an end that is a landing
_DRAWN: Final = 5000


def landed(lanes: Lanes) -> Figure | None:
    """The places where flights ended; None where they all ended at one, or nobody knows where."""
    if not {"latitude", "longitude", "height"} <= lanes.columns.keys():
        return None
    north, east = lanes.columns["latitude"], lanes.columns["longitude"]
    known = np.flatnonzero(np.isfinite(north) & np.isfinite(east))
    if known.size < 2:
        return None
    known = known[:: -(-known.size // _DRAWN)]
    middle = _middle(north[known], east[known])
    far = np.asarray(distance(*middle, north[known], east[known]))
    if far.max() < _LEAST:
        return None
    low = bool(np.all(np.abs(lanes.columns["height"][known]) < _LOW))
    what = "landed" if low else "ended"
    kilometres = far.max() / 1e3
    alt = (
        f"Where {known.size} flights {what}: around {_place(middle)}, up to"
        f" {number(kilometres, 1)} km from there."
    )
    caption = f"Where the flights {what}{'' if low else _aloft(lanes.columns['height'][known])}."
    if not lanes.flown[known].all():
        caption += " Squares: flights that did not end as they should."
    if far.max() < _NEAR:
        return _around(lanes, known, middle, (alt, caption))
    groups: list[tuple[str, str, Array, Array, list[str]]] = []
    for good, colour, symbol in ((True, BLUE, "circle"), (False, VERMILION, "square")):
        rows = known[lanes.flown[known] == good]
        if rows.size:
            x = np.degrees(_unwrapped(east[rows], middle[1]))
            groups.append((colour, symbol, x, np.degrees(north[rows]), _texts(lanes, rows)))
    return places_on_map("places", groups, (alt, caption))


def _middle(north: Array, east: Array) -> tuple[float, float]:
    turn = np.arctan2(np.mean(np.sin(east)), np.mean(np.cos(east)))
    return float(np.mean(north)), float(turn)


def _aloft(height: Array) -> str:
    """At which heights flights ended that came to no ground."""
    edges = [number(float(edge) / 1e3, 1) for edge in (np.nanmin(height), np.nanmax(height))]
    if edges[0] == edges[1]:
        return f" at a height of {edges[0]} km"
    return f" at heights from {edges[0]} km to {edges[1]} km"


def _place(middle: tuple[float, float]) -> str:
    north, east = (float(np.degrees(angle)) for angle in middle)
    east = (east + 180.0) % 360.0 - 180.0
    words = f"{number(abs(north), 3)}° {'north' if north >= 0 else 'south'}"
    return f"{words}, {number(abs(east), 3)}° {'east' if east >= 0 else 'west'}"


def _unwrapped(east: Array, middle: float) -> Array:
    return middle + (east - middle + np.pi) % (2.0 * np.pi) - np.pi


def _texts(lanes: Lanes, rows: Array) -> list[str]:
    return [
        f"Lane {lane}: {lanes.told(lane)}"
        + ("" if lanes.flown[lane] else f"; {lanes.ended(lane).lower()}")
        for lane in rows.tolist()
    ]


def _around(
    lanes: Lanes, known: Array, middle: tuple[float, float], words: tuple[str, str]
) -> Figure:
    """The places in a plane that touches their middle."""
    north, east = lanes.columns["latitude"], lanes.columns["longitude"]
    data: list[Json] = []
    reach = 0.0
    for good, colour, symbol in ((True, BLUE, "circle"), (False, VERMILION, "square")):
        rows = known[lanes.flown[known] == good]
        if not rows.size:
            continue
        up, over = north[rows] - middle[0], _unwrapped(east[rows], middle[1]) - middle[1]
        y = np.copysign(distance(*middle, north[rows], middle[1]), up) / 1e3
        x = np.copysign(distance(*middle, middle[0], east[rows]), over) / 1e3
        reach = max(reach, float(np.abs(x).max()), float(np.abs(y).max()))
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": values(x),
                "y": values(y),
                "text": [safe(text) for text in _texts(lanes, rows)],
                "hovertemplate": "%{text}<br>%{y:.3f} km north, %{x:.3f} km east<extra></extra>",
                "marker": {"size": 7, "color": "#ffffff", "symbol": symbol}
                | {"line": {"color": colour, "width": 2}},
                **told(("Flight", "text"), ("East [km]", "x"), ("North [km]", "y")),
            }
        )
    caption = f"{words[1]} Kilometres around their middle, {_place(middle)}."
    wide, narrow = (_plane(reach, size) for size in ((800, 460), (310, 310)))
    return Figure("places", words[0], caption, data, wide, narrow)


def _plane(reach: float, size: tuple[int, int]) -> Json:
    named = size[0] > 500
    made = layout(size[1] + 74, (60, 12, 26, 48) if named else (46, 6, 26, 44), hovermode="closest")
    room = 1.12 * reach
    title = {"text": "East, km", "font": {"size": 12}, "standoff": 6}
    made["xaxis"] = axis(range=[-room * size[0] / size[1], room * size[0] / size[1]], title=title)
    made["yaxis"] = axis(range=[-room, room], scaleanchor="x", scaleratio=1.0, nticks=7)
    made["xaxis"] |= {"nticks": 9 if named else 5}
    head = note("<b>North</b>, km", 0, 1, yshift=4, font={"size": 12, "color": SOFT})
    made["annotations"] = [head]
    return made
