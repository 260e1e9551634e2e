"""What flights of a sweep ended in, against the keys that were swept.

One key of numbers is the axis; of two, the one of fewer values is a curve a value, and both of many
make a map of colours. All else is drawn against the number of the lane. Flights that did not end as
they should have no value: a cross on the lowest axis, or in the map, is one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from yaan.report.figures.data import heading, titled, told
from yaan.report.figures.grid import Cell, Look, grid, name
from yaan.report.figures.lanes import Key, Lanes
from yaan.report.figures.legend import legend
from yaan.report.figures.overlay import COLOURS
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    COLOUR_SCALE,
    INK,
    VERMILION,
    Array,
    Figure,
    Json,
    safe,
    values,
)
from yaan.report.text import number, plural

MOST_CURVES: Final = 6
_DOTTED: Final = 60  # points of a curve that are marked each
_DRAWN: Final = 2000  # points of a curve; more are thinned
_DASHES: Final = ("solid", "dash", "dot")
_TITLES: Final = {
    "cut-off": "Orbit and propellant at cut-off",
    "entry": "The entry",
    "touchdown": "Canopies and touchdown",
    "end": "The end of the flights",
}


@dataclass(frozen=True)
class Line:
    """One curve of every panel: its name and look, and its flights in the order of the axis."""

    name: str
    colour: str
    dash: str
    lanes: Array


@dataclass(frozen=True)
class View:
    """How a sweep is drawn.

    Attributes:
        along: the value of the shared axis of every flight.
        title: of that axis.
        lines: curves of every panel.
        joined: whether the points of a curve are joined.
        step: of flights that are drawn, every so many.
    """

    along: Array
    title: str
    lines: tuple[Line, ...]
    joined: bool
    step: int = 1

    @property
    def words(self) -> str:
        """The title without its unit."""
        return self.title.rpartition(", ")[0] or self.title

    @property
    def unit(self) -> str:
        """Of the title."""
        return self.title.rpartition(", ")[2] if ", " in self.title else ""


def swept(lanes: Lanes) -> Iterator[Figure]:
    """The figures of a sweep, one for each part of the flight of which a column varies."""
    crossed = both(lanes)
    for group in _TITLES:
        names = lanes.drawn(group)
        if not names or (group == "end" and names != list(lanes.main)):
            continue
        if crossed is not None:
            yield _heat(lanes, crossed, group, names)
        else:
            yield _curves(lanes, group, names)


def both(lanes: Lanes) -> tuple[Key, Key] | None:
    """The two keys whose values cross, if both are numbers and too many for curves."""
    keys = lanes.moving
    if lanes.zipped or len(keys) != 2 or not all(key.even for key in keys):
        return None
    many = all(len(key.labels) > MOST_CURVES for key in keys)
    return (keys[0], keys[1]) if many else None


def view(lanes: Lanes) -> View:
    """What stands along the axis, and which flights make a curve."""
    keys, every = lanes.moving, np.arange(len(lanes))
    at = {key.key: lanes.places[:, i] for i, key in enumerate(lanes.keys)}
    if len(keys) == 1 and keys[0].even:
        along = _numbers(keys[0])[at[keys[0].key]]
        order = every[np.argsort(along, kind="stable")]
        return View(along, keys[0].title, _lines([("", order)]), joined=True, step=_step(lanes))
    if len(keys) == 2 and not lanes.zipped:
        few, many = sorted(keys, key=lambda key: (len(key.labels), key.even))
        if many.even and len(few.labels) <= MOST_CURVES:
            along = _numbers(many)[at[many.key]]
            order = every[np.argsort(along, kind="stable")]
            named = [
                (f"{few.words} {few.told(place)}", order[at[few.key][order] == place])
                for place in range(len(few.labels))
            ]
            return View(along, many.title, _lines(named), joined=True, step=_step(lanes))
    return View(every.astype(float), "Lane", _lines([("", every)]), joined=False, step=_step(lanes))


def _numbers(key: Key) -> Array:
    assert key.numbers is not None
    return key.numbers


def _step(lanes: Lanes) -> int:
    return -(-len(lanes) // _DRAWN)


def _lines(named: Sequence[tuple[str, Array]]) -> tuple[Line, ...]:
    return tuple(
        Line(words, COLOURS[i % len(COLOURS)], _DASHES[i % len(_DASHES)], rows)
        for i, (words, rows) in enumerate(named)
    )


def _curves(lanes: Lanes, group: str, names: Sequence[str]) -> Figure:
    seen = view(lanes)
    panels = [_panel(lanes, seen, column) for column in names]
    lost = int((~lanes.flown).sum())
    against = seen.words.lower() if seen.joined else "the number of the lane, as in the table"
    caption = f"{_TITLES[group]}, against {against}."
    if seen.step > 1:
        caption += f" One flight of every {seen.step} is drawn."
    if lost:
        caption += (
            f" Crosses on the lowest axis: {plural(lost, 'flight')} that did not end as"
            f" {'it' if lost == 1 else 'they'} should; point at one for how."
        )
    alt = "; ".join(_range(lanes, column) for column in names)
    words = Words(f"swept-{group}", f"{alt}, against {against}.", caption)
    span = _span(seen.along)
    hover = f"{safe(seen.words)} %{{x}} {safe(seen.unit)}".rstrip()
    figure = stack(words, panels, [], [], Axis(span, seen.title, hover), (124, 100))
    for trace in figure.data:
        _mark(trace, joined=seen.joined)
    if lost:
        figure = _crossed(figure, lanes, seen, len(panels))
    return legend(figure, [line for line in seen.lines if line.name])


def _panel(lanes: Lanes, seen: View, column: str) -> Panel:
    look, values_ = lanes.shown(column), lanes.good(column)
    curves = tuple(
        Curve(
            line.name,
            values_[line.lanes[:: seen.step]] / look.scale,
            line.colour,
            line.dash if seen.joined else "solid",
            against=seen.along[line.lanes[:: seen.step]],
        )
        for line in seen.lines
    )
    return Panel(look.words, look.unit, curves, look.digits, keyed=not seen.lines[0].name)


def _mark(trace: Json, *, joined: bool) -> None:
    """Show the points of a curve, where they are few enough or not joined."""
    few = len(trace["x"]) <= _DOTTED
    if not joined:
        size = 6 if few else 4
        trace |= {"mode": "markers", "marker": {"size": size, "color": trace["line"]["color"]}}
        del trace["line"]
    elif few:
        trace |= {"mode": "lines+markers"}
        trace["marker"] = {"size": 5, "color": trace["line"]["color"]}


def _span(along: Array) -> tuple[float, float]:
    low, high = float(along.min()), float(along.max())
    room = 0.02 * (high - low or 1.0)
    return low - room, high + room


def _crossed(figure: Figure, lanes: Lanes, seen: View, panels: int) -> Figure:
    """The figure with a cross on its lowest axis for every flight that failed."""
    down = f"y{panels + 1}"
    marks: list[Json] = []
    for row, line in enumerate(seen.lines):
        lost = line.lanes[~lanes.flown[line.lanes]][:_DRAWN]
        if not lost.size:
            continue
        colour = line.colour if line.name else VERMILION
        marks.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": line.name or "Failed",
                "x": values(seen.along[lost], 12),
                "y": [0.085 * row] * lost.size,
                "yaxis": down,
                "cliponaxis": False,
                "text": [safe(f"{lanes.ended(lane)}, lane {lane}") for lane in lost.tolist()],
                "hovertemplate": f"{safe(f'{line.name} '.lstrip())}%{{text}}<extra></extra>",
                "marker": {"symbol": "x-thin", "size": 8}
                | {"color": colour, "line": {"color": colour, "width": 2}},
                **told((titled(seen.title), "x"), ("How it ended", "text")),
            }
        )
    over: Json = {"overlaying": name("y", panels - 1), "range": [0, 1], "visible": False}
    over |= {"fixedrange": True}
    layer = {f"yaxis{panels + 1}": over}
    wide, narrow = figure.wide | layer, figure.narrow | layer
    return replace(figure, data=[*figure.data, *marks], wide=wide, narrow=narrow)


def _heat(lanes: Lanes, keys: tuple[Key, Key], group: str, names: Sequence[str]) -> Figure:
    across, up = sorted(keys, key=lambda key: -len(key.labels))
    x, y = np.sort(_numbers(across)), np.sort(_numbers(up))
    at = {key.key: lanes.places[:, i] for i, key in enumerate(lanes.keys)}
    columns = np.searchsorted(x, _numbers(across)[at[across.key]])
    rows = np.searchsorted(y, _numbers(up)[at[up.key]])
    data: list[Json] = []
    for place, column in enumerate(names):
        look = lanes.shown(column)
        z = np.full((len(y), len(x)), np.nan)
        z[rows, columns] = lanes.good(column) / look.scale
        readout = (
            f"{safe(across.words)} %{{x}} {safe(across.shown_unit)}<br>"
            f"{safe(up.words)} %{{y}} {safe(up.shown_unit)}<br>"
            f"{safe(look.words)} %{{z:,.{look.digits}f}} {safe(look.unit)}<extra></extra>"
        )
        data.append(
            {
                "type": "heatmap",
                "x": values(x, 12),
                "y": values(y, 12),
                "z": [values(line) for line in z],
                "xaxis": name("x", place),
                "yaxis": name("y", place),
                "coloraxis": name("coloraxis", place),
                "hoverongaps": False,
                "hovertemplate": readout,
            }
        )
        data += _gaps(lanes, x[columns], y[rows], place)
    data[0] |= _cells(lanes, (across, up), (x[columns], y[rows]), names)
    lost = int((~lanes.flown).sum())
    caption = f"{_TITLES[group]}, by {across.words.lower()} and {up.words.lower()}."
    if lost:
        caption += f" Crosses: {plural(lost, 'flight')} that did not end as they should."
    alt = f"Maps of colours: {'; '.join(_range(lanes, column) for column in names)}."
    wide = _heat_layout(lanes, (across, up), names, Look(2, 230, 92, (64, 6, 34, 50), 0.74, False))
    narrow = _heat_layout(lanes, (across, up), names, Look(1, 200, 92, (54, 4, 34, 50), 0.8, False))
    return Figure(f"swept-{group}", alt, caption, data, wide, narrow)


def _gaps(lanes: Lanes, x: Array, y: Array, place: int) -> list[Json]:
    """The crosses of flights that failed, in one map."""
    lost = ~lanes.flown
    if not lost.any():
        return []
    texts = [f"{lanes.ended(lane)}, lane {lane}" for lane in np.flatnonzero(lost).tolist()]
    mark = {"symbol": "x-thin", "size": 7, "color": INK, "line": {"color": INK, "width": 1.4}}
    made: Json = {"type": "scatter", "mode": "markers", "x": values(x[lost], 12)}
    made |= {"y": values(y[lost], 12), "xaxis": name("x", place), "yaxis": name("y", place)}
    made |= {"marker": mark, "text": [safe(text) for text in texts]}
    return [made | {"hovertemplate": "%{text}<extra></extra>"}]


def _cells(
    lanes: Lanes, keys: tuple[Key, Key], at: tuple[Array, Array], names: Sequence[str]
) -> Json:
    """The numbers of all maps as columns, a row a flight."""
    pairs = [
        (heading(key.words, key.shown_unit), values(column, 12))
        for key, column in zip(keys, at, strict=True)
    ]
    looks = [(lanes.shown(one), one) for one in names]
    found = [(heading(k.words, k.unit), values(lanes.good(one) / k.scale)) for k, one in looks]
    ended = ("How it ended", [lanes.ended(lane) for lane in range(len(lanes))])
    return told(*pairs, *found, ended)


def _heat_layout(lanes: Lanes, keys: tuple[Key, Key], names: Sequence[str], look: Look) -> Json:
    cells = [
        Cell(shown.words, shown.unit, keys[0].title, keys[1].title)
        for shown in (lanes.shown(column) for column in names)
    ]
    made = grid(cells, look)
    stops = [[i / (len(COLOUR_SCALE) - 1), colour] for i, colour in enumerate(COLOUR_SCALE)]
    for place in range(len(names)):
        x, y = made[name("xaxis", place)], made[name("yaxis", place)]
        x["showgrid"] = y["showgrid"] = False
        bar: Json = {"x": x["domain"][1] + 0.012, "xanchor": "left", "thickness": 11, "nticks": 5}
        bar |= {"y": sum(y["domain"]) / 2.0, "len": y["domain"][1] - y["domain"][0]}
        bar |= {"outlinewidth": 0, "tickfont": {"size": 11}, "xpad": 0, "ypad": 0}
        bar |= {"exponentformat": "power", "minexponent": 5, "separatethousands": True}
        made[name("coloraxis", place)] = {"colorscale": stops, "colorbar": bar}
    return made


def _range(lanes: Lanes, column: str) -> str:
    look, found = lanes.shown(column), lanes.good(column) / lanes.shown(column).scale
    low, high = (number(float(edge), look.digits) for edge in (np.nanmin(found), np.nanmax(found)))
    return f"{look.words} from {low} to {high} {look.unit}".rstrip()
