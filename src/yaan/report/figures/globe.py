"""The whole mission on a globe that turns, heights to scale."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    VERMILION,
    Array,
    Figure,
    Json,
    layout,
    safe,
    values,
)
from yaan.report.span import alone, cut, returns, span
from yaan.report.text import clock, label, number
from yaan.results import FlightRecord, History, Summary
from yaan.spacetime.coastline import Line, shores

EARTH: Final = 6371.0e3  # [m], mean radius; the globe is a sphere, heights stand on it to scale
MOST_ROWS: Final = 4600  # rows drawn of one part; three days at a row a minute
_SIDES: Final = {
    "Lift-off": "bottom left",
    "Insertion": "bottom right",
    "Deorbit": "top left",
    "Entry interface": "top left",
}
_CLOCK: Final = "customdata.0"
_COLUMNS: Final = (
    ("Time [s]", _CLOCK),
    ("Height [km]", "customdata.1"),
    *((f"Earth-fixed {axis} [6371 km]", axis) for axis in "xyz"),
)
_REVOLUTION: Final = 5500.0  # [s], about one revolution in a low orbit
_MESH: Final = 2.5  # [deg]
_ASIDE: Final = 0.44  # [rad] the end of the path is seen from so far beside it
_SEEN: Final = 2.3  # [rad] two places further apart are not on one side of the globe
_RAISED: Final = 0.42  # of the eye above the equator, over its distance from the axis
_HEAD: Final = 1.13  # Earth radii: of the pins' heads
_OUT: Final = 1.17  # Earth radii: how far beside the globe's middle a head is that it must not cut
_CLEARED: Final = 1.05  # Earth radii; a head that stays below cannot be helped
_REACH: Final = 1.5  # Earth radii: what lies further along an axis is not drawn
_CLEAR: Final = 0.012  # Earth radii

PARTS: Final = (
    ("ascent", "Ascent", VERMILION, 6),
    ("orbit", "Orbit", BLUE, 1.0),
    ("deorbit", "Deorbit and coast", PURPLE, 6),
    ("entry", "Entry", ORANGE, 7),
    ("descent", "Under parachutes", GREEN, 7),
    ("body", "Flight", BLUE, 5),
    ("sequence", "Flight", BLUE, 5),
)
"""Parts of a mission as they are drawn: key, words, colour, width of the line [px]."""


def globe(record: FlightRecord) -> Figure | None:
    """The trajectory by parts around a globe, fixed to the Earth."""
    history, summary = record.history, record.summary
    around = returns(summary) or alone(summary) is not None
    if history is None or not around or "latitude" not in history:
        return None
    lines = shores()
    data = [_sphere(lines), _graticule(), *([_coast(lines)] if lines else [])]
    flown: list[str] = []
    for key, words, colour, width in PARTS:
        part = cut(history, span(summary, key))
        if part is not None:
            tangled = key == "orbit" or float(np.ptp(part["time"])) > 3.0 * _REVOLUTION
            if tangled:
                data += _ends(part, words)
            data.append(_path(part, words, colour, 1.0 if tangled else width))
            flown.append(words.lower())
    by_itself = alone(summary) is not None
    eye = _between(history) if by_itself else float(history["longitude"][-1]) - _ASIDE
    data += _spots(history, eye) if by_itself else _pins(history, _marked(summary), eye)
    for name, branch in record.branches.items() if by_itself else ():
        data.append(_path(branch, label(name), ORANGE, 3))
        data.append(_spot(branch, -1, label(name), eye, {"symbol": "square", "color": ORANGE}))
    wide, narrow = (_layout(h, eye, size) for h, size in ((600, 1.71), (400, 1.58)))
    end = f"{number(float(np.degrees(history['latitude'][-1])), 1)}° north"
    end += f", {number(float(np.degrees(history['longitude'][-1])), 1)}° east"
    alt = (
        f"Globe that turns, with the trajectory in {len(flown)} parts: {', '.join(flown)}. It ends"
        f" at {end}."
    )
    caption = (
        "The path around the Earth, fixed to the ground, heights to scale. Drag to turn it."
        " Coastline: Natural Earth, 1:110 million."
    )
    return Figure("globe", alt, caption, data, wide, narrow)


def _xyz(latitude: Array, longitude: Array, radius: Any) -> tuple[Array, Array, Array]:
    """Cartesian places in Earth radii from angles in rad."""
    flat = radius * np.cos(latitude)
    return flat * np.cos(longitude), flat * np.sin(longitude), radius * np.sin(latitude)


def _short(array: Array) -> list[float | None]:
    return values(np.round(array, 4), 5)


def _sphere(lines: Sequence[Line]) -> Json:
    """The ball, land a shade darker than sea."""
    latitude = np.arange(-90.0, 90.0 + _MESH, _MESH)
    longitude = np.arange(-180.0, 180.0 + _MESH, _MESH)
    north, east = np.meshgrid(np.radians(latitude), np.radians(longitude), indexing="ij")
    land = _land(lines, latitude, longitude)
    x, y, z = _xyz(north, east, 0.994)
    return {
        "type": "surface",
        **{key: [_short(row) for row in grid] for key, grid in (("x", x), ("y", y), ("z", z))},
        "surfacecolor": land.astype(int).tolist(),
        "cmin": 0,
        "cmax": 1,
        "colorscale": [[0, "#dfeaf2"], [1, "#c9d0c2"]],
        "showscale": False,
        "showlegend": False,
        "hoverinfo": "skip",
        "contours": {axis: {"highlight": False} for axis in "xyz"},
        "lighting": {"ambient": 0.82, "diffuse": 0.3, "specular": 0.02, "roughness": 1},
    }


def _land(lines: Sequence[Line], latitude: Array, longitude: Array) -> "Array":
    """Whether each place of the grid lies within a shore: crossings counted along its parallel."""
    land = np.zeros((len(latitude), len(longitude)), dtype=bool)
    for shore in lines:
        ring = np.asarray(shore, dtype=float)
        (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
        for row, north in enumerate(latitude):
            met = (y0 > north) != (y1 > north)
            if met.any():
                at = x0[met] + (north - y0[met]) / (y1[met] - y0[met]) * (x1[met] - x0[met])
                land[row] ^= (np.searchsorted(np.sort(at), longitude) % 2).astype(bool)
    return land


def _graticule() -> Json:
    along = np.radians(np.append(np.arange(-180.0, 180.1, 4.0), np.nan))
    across = np.radians(np.append(np.arange(-90.0, 90.1, 4.0), np.nan))
    parallels = [(np.radians(n) + 0 * along, along) for n in (-60, -30, 0, 30, 60)]
    meridians = [(across, np.radians(e) + 0 * across) for e in range(-180, 180, 30)]
    north, east = (np.concatenate(c) for c in zip(*parallels, *meridians, strict=True))
    return _line(_xyz(north, east, 0.997), "#b4c3ce", 1.0)


def _coast(lines: Sequence[Line]) -> Json:
    points = [row for shore in lines for row in [*shore, [np.nan, np.nan]]]
    east, north = np.radians(np.asarray(points, dtype=float)).T
    return _line(_xyz(north, east, 0.9985), "#6f7d88", 1.6)


def _line(places: tuple[Array, Array, Array], colour: str, width: float) -> Json:
    return {
        "type": "scatter3d",
        "mode": "lines",
        **dict(zip("xyz", (_short(p) for p in places), strict=True)),
        "line": {"color": colour, "width": width},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _path(part: History, words: str, colour: str, width: float) -> Json:
    rows = np.unique(np.linspace(0, len(part) - 1, min(len(part), MOST_ROWS)).astype(int))
    height = part["height"][rows]
    places = _xyz(part["latitude"][rows], part["longitude"][rows], 1.0 + height / EARTH)
    return _line(places, colour, width) | {
        "name": words,
        "opacity": 1.0 if width > 1.0 else 0.4,
        "showlegend": True,
        "customdata": [
            [round(float(t), 1), round(float(h) / 1e3, 2)]
            for t, h in zip(part["time"][rows], height, strict=True)
        ],
        "hovertemplate": f"{words}<br>%{{text}}<br>%{{customdata[1]:,.1f}} km<extra></extra>",
        "hoverinfo": "text",
        **told(*_COLUMNS, series="Part", clock=_CLOCK),
    }


def _ends(orbit: History, words: str) -> list[Json]:
    """The first and the last revolution, drawn over the tangle of all of them."""
    time = orbit["time"]
    first = cut(orbit, (float(time[0]), float(time[0]) + _REVOLUTION))
    last = cut(orbit, (float(time[-1]) - _REVOLUTION, float(time[-1])))
    return [
        _path(part, f"{words}, {which} revolution", colour, 4.5) | told(clock=_CLOCK)
        for part, which, colour in ((first, "first", BLUE), (last, "last", INK))
        if part is not None
    ]


def _marked(summary: Summary) -> list[tuple[str, float]]:
    """The ends of the parts, by name and time."""
    names = {"ascent": "Lift-off", "orbit": "Insertion", "deorbit": "Deorbit"}
    names |= {"entry": "Entry interface"}
    marked = [(words, s[0]) for key, words in names.items() if (s := span(summary, key))]
    last = span(summary, "entry", "descent")
    down = "Splashdown" if span(summary, "descent") else "End"
    return [*marked, *([(down, last[1])] if last else [])]


def _pins(history: History, marks: Sequence[tuple[str, float]], eye: float) -> list[Json]:
    """Named pins that stand high enough for the globe not to hide their words."""
    rows = [min(int(np.searchsorted(history["time"], at)), len(history) - 1) for _, at in marks]
    angles = history["latitude"][rows], history["longitude"][rows]
    foot = _xyz(*angles, 1.0 + history["height"][rows] / EARTH)
    tall, sides = _heads(*angles, eye)
    head = _xyz(*angles, tall)
    stems = tuple(
        np.column_stack([a, b, np.full(len(a), np.nan)]).ravel()
        for a, b in zip(foot, head, strict=True)
    )
    names = {
        "type": "scatter3d",
        "mode": "text",
        **dict(zip("xyz", (_short(p) for p in head), strict=True)),
        "text": [f"<b>{safe(words)}</b>" for words, _ in marks],
        "textposition": [
            side or _SIDES.get(words, "top right")
            for (words, _), side in zip(marks, sides, strict=True)
        ],
        "textfont": {"size": 12, "color": INK},
        "hovertext": [f"{safe(words)}, {clock(at)}" for words, at in marks],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }
    return [_line((stems[0], stems[1], stems[2]), INK, 2.5), names]


def _heads(latitude: Array, longitude: Array, eye: float) -> tuple[Array, list[str]]:
    """Radii of the pins' heads, and on which side of those beyond the limb their words stand.

    As the globe is seen at first, a pin beyond the limb is as tall as it must be for the globe not
    to cut its words, if it can be.
    """
    away = np.array([np.cos(eye), np.sin(eye), _RAISED]) / np.hypot(1.0, _RAISED)
    places = np.stack(_xyz(latitude, longitude, 1.0), axis=-1)
    facing = places @ away
    aside = np.sqrt(np.maximum(1.0 - facing**2, 1e-12))
    tall = np.minimum(_OUT / aside, 0.99 * _REACH / np.max(np.abs(places), axis=-1))
    behind = (facing < 0.0) & (tall * aside > _CLEARED)
    right = np.sin(longitude - eye) > 0.0
    sides = np.where(right, "top right", "top left")
    return np.where(behind, tall, _HEAD), np.where(behind, sides, "").tolist()


def _spots(history: History, eye: float) -> list[Json]:
    """A dot at the start and one at the end, each with its word beside it."""
    return [
        _spot(history, row, words, eye, look)
        for row, words, look in (
            (0, "Start", {"symbol": "circle", "color": "#ffffff"}),
            (-1, "End", {"symbol": "square", "color": VERMILION}),
        )
    ]


def _spot(history: History, row: int, words: str, eye: float, look: Json) -> Json:
    angles = history["latitude"][[row]], history["longitude"][[row]]
    # Away from the middle of what is seen: there the globe rises and would cut the word.
    rise = "top" if angles[0][0] > np.arctan(_RAISED) else "bottom"
    side = "right" if np.sin(angles[1][0] - eye) > 0.0 else "left"
    # A little above what is marked, so that neither the path nor the globe cuts it.
    place = _xyz(*angles, 1.0 + history["height"][[row]] / EARTH + _CLEAR)
    return {
        "type": "scatter3d",
        "mode": "markers+text",
        **dict(zip("xyz", (_short(p) for p in place), strict=True)),
        "text": [f"<b>{words}</b>"],
        "textposition": f"{rise} {side}",
        "textfont": {"size": 13, "color": INK},
        "marker": {"size": 7, "line": {"color": INK, "width": 2}, **look},
        "hovertext": [f"{words}, {clock(float(history['time'][row]))}"],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
    }


def _between(history: History) -> float:
    """The longitude [rad] from which start and end are seen; the end if they are far apart."""
    ends = history["longitude"][[0, -1]]
    apart = float(np.angle(np.exp(1j * (ends[0] - ends[1]))))
    return float(ends[1]) + (0.5 * apart if abs(apart) < _SEEN else -_ASIDE)


def _layout(height: int, eye: float, size: float) -> Json:
    made = layout(height, (0, 0, 0, 34), hovermode="closest")
    off = {"visible": False, "range": [-_REACH, _REACH], "showspikes": False}
    made["scene"] = {
        "xaxis": off,
        "yaxis": off,
        "zaxis": off,
        "aspectmode": "manual",
        "aspectratio": dict.fromkeys("xyz", size * _REACH),
        "dragmode": "turntable",
        "uirevision": "kept",
        "camera": {
            "projection": {"type": "orthographic"},
            "eye": {"x": float(np.cos(eye)), "y": float(np.sin(eye)), "z": _RAISED},
        },
    }
    made["showlegend"] = True
    made["legend"] = {"orientation": "h", "x": 0.5, "xanchor": "center", "y": 0, "yanchor": "top"}
    # Read by the page's script, which turns the camera.
    made["meta"] = {"turns": True}
    return made
