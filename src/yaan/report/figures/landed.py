"""Where the flights of a sweep ended: on a map, or in kilometres around their middle.

Both are drawn from bearings and great-circle distances on the mean sphere, so that neither the date
line nor a pole is a border.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.lanes import Ellipse, Lanes
from yaan.report.figures.maps import places_on_map
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
    safe,
    values,
)
from yaan.report.text import number
from yaan.spacetime.zone import MEAN_RADIUS, distance

_NEAR: Final = 50e3  # [m], from the middle; within it a coastline of 1:110 million says nothing
_LEAST: Final = 10.0  # [m], likewise, below which they ended at one place
_LOW: Final = 100.0  # [m], of the height of an end that is a landing
_DRAWN: Final = 4000  # places, beyond which they are thinned
_FAR: Final = 500  # of them, those farthest out, that are always drawn
_LOST: Final = 500  # likewise, of flights that did not end as they should
_FEW: Final = 400  # places that are drawn large
_SIDES: Final = 180  # of an ellipse
_DASHES: Final = ("solid", "dash", "dot")
_WIDEST: Final = 3000e3  # [m]; a longer semi-axis is of ends all over the Earth, no scatter


def landed(lanes: Lanes) -> Figure | None:
    """The places where flights ended; None where they all ended at one, or nobody knows where."""
    if not {"latitude", "longitude", "height"} <= lanes.columns.keys():
        return None
    north, east = lanes.columns["latitude"], lanes.columns["longitude"]
    known = np.flatnonzero(np.isfinite(north) & np.isfinite(east))
    if known.size < 2:
        return None
    middle = _middle(north[known], east[known])
    far = np.asarray(distance(*middle, north[known], east[known]))
    if far.max() < _LEAST:
        return None
    low = bool(np.all(np.abs(lanes.columns["height"][known]) < _LOW))
    what = "landed" if low else "ended"
    kilometres = far.max() / 1e3
    rings = footprints(lanes)
    alt = (
        f"Where {known.size} flights {what}: around {_place(middle)}, up to"
        f" {number(kilometres, 1)} km from there."
    )
    alt += "".join(
        f" Ellipse of {100.0 * one.probability:g} %: {number(one.semi_major / 1e3, 2)} by"
        f" {number(one.semi_minor / 1e3, 2)} km from its centre."
        for one in rings
    )
    caption = f"Where the flights {what}{'' if low else _aloft(lanes.columns['height'][known])}."
    if not lanes.flown[known].all():
        caption += " Squares: flights that did not end as they should."
    shown = _thinned(lanes, known, far)
    if shown.size < known.size:
        caption += (
            f" {number(shown.size)} of {number(known.size)} places are drawn: those farthest out,"
            " the worst of each requirement, and of the rest one of every so many."
        )
    caption += _ringed(rings)
    if far.max() < _NEAR:
        return _around(lanes, shown, middle, (alt, caption))
    groups: list[tuple[str, str, Array, Array, list[str]]] = []
    for good, colour, symbol in ((True, BLUE, "circle"), (False, VERMILION, "square")):
        rows = shown[lanes.flown[shown] == good]
        if rows.size:
            x = np.degrees(_unwrapped(east[rows], middle[1]))
            groups.append((colour, symbol, x, np.degrees(north[rows]), _texts(lanes, rows)))
    return places_on_map("places", groups, (alt, caption), _on_map(rings, middle))


def footprints(lanes: Lanes) -> tuple[Ellipse, ...]:
    """The ellipses that are drawn; none where the ends are all over the Earth."""
    found = () if lanes.said is None else lanes.said.footprints
    return tuple(one for one in found if 0.0 < one.semi_major < _WIDEST)


def ring(one: Ellipse) -> tuple[Array, Array]:
    """Latitudes and longitudes of an ellipse [rad], by great circles from its centre."""
    turn = np.linspace(0.0, 2.0 * np.pi, _SIDES + 1)
    along, across = one.semi_major * np.cos(turn), one.semi_minor * np.sin(turn)
    bearing = one.azimuth + np.arctan2(across, along)
    arc = np.hypot(along, across) / MEAN_RADIUS
    # By directions in space: bearings and differences of longitude lose their digits at a pole.
    sine, cosine = np.sin(one.latitude), np.cos(one.latitude)
    towards, over = np.cos(one.longitude), np.sin(one.longitude)
    up, east = np.array([cosine * towards, cosine * over, sine]), np.array([-over, towards, 0.0])
    away = np.outer(np.cos(bearing), np.cross(up, east)) + np.outer(np.sin(bearing), east)
    x, y, z = (np.cos(arc)[:, None] * up + np.sin(arc)[:, None] * away).T
    return np.arctan2(z, np.hypot(x, y)), np.arctan2(y, x)


def _ringed(rings: Sequence[Ellipse]) -> str:
    """What the ellipses are, and what they really hold."""
    if not rings:
        return ""
    asked = _listed([f"{100.0 * one.probability:g}" for one in rings])
    held = _listed([f"{100.0 * one.inside:.1f}" for one in rings])
    return (
        f" Ellipses, solid, dashed and dotted: of normal scatter they would hold {asked} % of the"
        f" flights that ended as they should; of these they hold {held} %."
    )


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def _on_map(
    rings: Sequence[Ellipse], middle: tuple[float, float]
) -> list[tuple[str, str, Array, Array]]:
    """The ellipses in degrees around the middle, with a gap where one goes round the Earth."""
    found: list[tuple[str, str, Array, Array]] = []
    for one, dash in zip(rings, _DASHES, strict=False):
        latitude, longitude = ring(one)
        x, y = np.degrees(_unwrapped(longitude, middle[1])), np.degrees(latitude)
        jumps = np.flatnonzero(np.abs(np.diff(x)) > 180.0) + 1
        found.append((_told(one), dash, np.insert(x, jumps, np.nan), np.insert(y, jumps, np.nan)))
    return found


def _told(one: Ellipse) -> str:
    return f"Ellipse of {100.0 * one.probability:g} %"


def _thinned(lanes: Lanes, known: Array, far: Array) -> Array:
    """Of so many places those that are drawn: the extreme ones always, the rest evenly."""
    if known.size <= _DRAWN:
        return known
    kept = np.zeros(len(lanes), dtype=bool)
    kept[known[np.argsort(-far, kind="stable")[:_FAR]]] = True
    lost = known[~lanes.flown[known]]
    if lost.size:
        kept[lost[:: -(-lost.size // _LOST)]] = True
    for one in () if lanes.said is None else lanes.said.required:
        if one.worst is not None:
            kept[one.worst[0]] = True
    rest = known[~kept[known]]
    kept[rest[:: -(-rest.size // (_DRAWN - int(kept[known].sum())))]] = True
    return known[kept[known]]


def _middle(north: Array, east: Array) -> tuple[float, float]:
    """The mean direction of places."""
    x, y = (float(np.mean(np.cos(north) * part)) for part in (np.cos(east), np.sin(east)))
    return float(np.arctan2(np.mean(np.sin(north)), np.hypot(x, y))), float(np.arctan2(y, x))


def _offsets(middle: tuple[float, float], north: Array, east: Array) -> tuple[Array, Array]:
    """Kilometres east and north of the middle: distance and bearing there."""
    over = east - middle[1]
    x = np.cos(north) * np.sin(over)
    y = np.cos(middle[0]) * np.sin(north) - np.sin(middle[0]) * np.cos(north) * np.cos(over)
    size = np.hypot(x, y)
    share = distance(*middle, north, east) / 1e3 / np.where(size > 0.0, size, 1.0)
    return share * x, share * y


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
    reach, few = 0.0, known.size <= _FEW
    for good, colour, symbol in ((True, BLUE, "circle"), (False, VERMILION, "square")):
        rows = known[lanes.flown[known] == good]
        if not rows.size:
            continue
        x, y = _offsets(middle, north[rows], east[rows])
        reach = max(reach, float(np.abs(x).max()), float(np.abs(y).max()))
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": values(x),
                "y": values(y),
                "text": [safe(text) for text in _texts(lanes, rows)],
                "hovertemplate": "%{text}<br>%{y:.3f} km north, %{x:.3f} km east<extra></extra>",
                "marker": {"size": 7 if few else 4, "color": "#ffffff", "symbol": symbol}
                | {"line": {"color": colour, "width": 2 if few else 1}},
                **told(("Flight", "text"), ("East [km]", "x"), ("North [km]", "y")),
            }
        )
    for one, dash in zip(footprints(lanes), _DASHES, strict=False):
        x, y = _offsets(middle, *ring(one))
        reach = max(reach, float(np.abs(x).max()), float(np.abs(y).max()))
        data.append(_outline(one, dash, x, y))
    caption = f"{words[1]} Kilometres around their middle, {_place(middle)}."
    wide, narrow = (_plane(reach, size) for size in ((800, 460), (310, 310)))
    return Figure("places", words[0], caption, data, wide, narrow)


def _outline(one: Ellipse, dash: str, x: Array, y: Array) -> Json:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _told(one),
        "x": values(x),
        "y": values(y),
        "line": {"color": INK, "width": 1.4, "dash": dash},
        "hoverinfo": "skip",
        **told(("East [km]", "x"), ("North [km]", "y"), series="Ellipse", name=_told(one)),
    }


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
