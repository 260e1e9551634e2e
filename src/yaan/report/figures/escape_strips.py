"""Strips of colour against mission time: how they stand, their colours, legend and events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from yaan.report.figures.escape_modes import ROW, events
from yaan.report.figures.style import (
    BLACK_COLOUR,
    INK,
    MARGIN_COLOURS,
    PURPLE,
    SHADE,
    SOFT,
    WIDE,
    Array,
    Json,
    axis,
    layout,
    note,
    safe,
    values,
)
from yaan.report.text import number
from yaan.results.escape import EscapeRecord

EDGES: Final = (-0.5, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.5)
"""Margins between which a colour stays; none spans zero."""

BLACK, OPEN, OUTSIDE = 10, 11, 12
_COLOURS: Final = (*MARGIN_COLOURS, BLACK_COLOUR, PURPLE, SHADE)

MOST: Final = 1200  # columns of the map; of more instants, each shows the worst of several
NOT_ASKED: Final = "n/a"
"""A margin of a constraint that does not apply."""

TITLE: Final = "Time of the command to escape, s since ignition"


@dataclass(frozen=True)
class Strips:
    """Where the strips stand, from the bottom up [px].

    Attributes:
        edges: of all rows of the colour map, rising.
        best: its row of the best mode.
        modes: its rows of the modes; below each is the row that tells what is open.
        tops: upper edges of the strips, the best first.
    """

    edges: list[float]
    best: int
    modes: list[int]
    tops: list[float]

    @property
    def tall(self) -> float:
        """All of it."""
        return self.edges[-1]


def column_edges(starts: Array, last: float, step: float) -> Array:
    """Edges of the columns: half a step before and after each instant."""
    return np.append(starts - 0.5 * step, last + 0.5 * step)


def scale_of_colours() -> list[list[Any]]:
    """A colour for each code, without anything between them."""
    size = len(_COLOURS)
    return [
        [edge / size, colour]
        for place, colour in enumerate(_COLOURS)
        for edge in (place, place + 1)
    ]


def stand(modes: int, sizes: tuple[int, int]) -> Strips:
    """Where the strips stand; `sizes` are the heights of the best and of each other [px]."""
    best, tall = sizes
    name, low = 17.0, 4.0  # [px] of the name above a strip, and of what is open below it
    edges, rows, tops = [0.0], list[int](), list[float]()
    for _ in range(modes):
        edges += [edges[-1] + low, edges[-1] + low + tall, edges[-1] + low + tall + name]
        rows.append(len(edges) - 3)
        tops.append(edges[-2])
    edges += [edges[-1] + low, edges[-1] + low + best]
    return Strips(edges, len(edges) - 2, rows[::-1], [edges[-1], *tops[::-1]])


def told_margins(column: Array) -> list[float | str | None]:
    """Margins for the page: what does not apply as a word, what was not judged as a gap."""
    shown = values(column, 4)
    return [NOT_ASKED if np.isposinf(m) else s for m, s in zip(column, shown, strict=True)]


def legend_strip() -> list[Json]:
    """The colours of the margins, as a strip of their own."""
    size = len(MARGIN_COLOURS)
    return [
        {
            "type": "heatmap",
            "x": [i - 0.5 for i in range(size + 1)],
            "y": [0, 1],
            "z": [list(range(size))],
            "xaxis": "x2",
            "yaxis": "y2",
            "zmin": -0.5,
            "zmax": len(_COLOURS) - 0.5,
            "colorscale": scale_of_colours(),
            "showscale": False,
            "hoverinfo": "skip",
        }
    ]


def strip_map(x: Array, strips: Strips, z: list[list[int | None]], text: list[list[str]]) -> Json:
    """The trace of strips: codes of colours, and what a reader is shown who points at a cell."""
    return {
        "type": "heatmap",
        "x": values(x),
        "y": strips.edges,
        "z": z,
        "text": text,
        "zmin": -0.5,
        "zmax": len(_COLOURS) - 0.5,
        "colorscale": scale_of_colours(),
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": "%{text}<extra></extra>",
    }


@dataclass(frozen=True)
class Sheet:
    """What a map shows beside its strips.

    Attributes:
        titles: of the strips, the best first.
        span: first and last instant [s]; None for all of them.
        below: room of a panel under it [px].
        title: of its axis.
        framed: whether every strip has an outline; else the best alone.
    """

    titles: Sequence[str]
    span: tuple[float, float] | None = None
    below: int = 0
    title: str = TITLE
    framed: bool = False


def strip_layout(made: EscapeRecord, strips: Strips, sheet: Sheet, width: int) -> Json:
    """The layout of a map on a page or on a phone."""
    summary, wide, below = made.summary, width == WIDE, sheet.below
    half = 0.5 * summary.step
    ends = sheet.span or (summary.begin, summary.end)
    ends = (ends[0] - half, ends[1] + half)
    lines, texts, rows = events(summary.events, ends, width)
    keys = 1 if wide else 2
    apart = 78  # [px] between the strips and the legend's bar
    bar, under = 10, (below + 40 if below else 0)
    plot = strips.tall + under + apart + bar
    top = 20 + 17 + ROW * rows
    made_ = layout(round(plot + top + 28 + 20 * keys), (4, 8, top, 28 + 20 * keys))
    made_["hovermode"] = "closest"
    low = (apart + bar + under) / plot
    made_["xaxis"] = axis(
        range=list(ends),
        anchor="y3" if below else "y",
        title={"text": sheet.title, "font": {"size": 12}, "standoff": 6},
        nticks=12 if wide else 6,
        showgrid=False,
    )
    made_["yaxis"] = axis(domain=[low, 1], range=[0, strips.tall], visible=False)
    size = len(MARGIN_COLOURS)
    bare: Json = {"showgrid": False, "showline": False}
    made_["xaxis2"] = axis(
        domain=[0, 0.56 if wide else 1],
        range=[-0.5, size - 0.5],
        anchor="y2",
        tickvals=[i + 0.5 for i in range(size - 1)],
        ticktext=[number(edge, 2 if abs(edge) == 0.05 else 1) for edge in EDGES],
        tickfont={"size": 11},
        **bare,
    )
    made_["yaxis2"] = axis(domain=[0, bar / plot], range=[0, 1], visible=False)
    if below:
        foot = (apart + bar) / plot
        made_["yaxis3"] = axis(domain=[foot, foot + below / plot], nticks=5, rangemode="tozero")
        head = "<b>Velocity needed</b>, m/s"
        texts.append(note(head, 0, (apart + bar + below + 4) / plot))
        made_["margin"] |= {"l": 44}
    scale = 1.0 - low
    for place, (name, upper) in enumerate(zip(sheet.titles, strips.tops, strict=True)):
        words = f"<b>{safe(name)}</b>" if not place else safe(name)
        at = low + scale * upper / strips.tall
        size_ = 12.5 if not place else 12
        style = {"size": size_, "color": INK}
        texts.append(note(words, 0, at, font=style, bgcolor="rgba(255,255,255,0.75)", borderpad=0))
    texts.append(
        note(
            "<b>Margin</b> of the worst constraint; below 0 it is not met", 0, bar / plot,
            yshift=3, font={"size": 11.5, "color": SOFT},
        )
    )  # fmt: skip
    rows = [strips.best, *strips.modes] if sheet.framed else [strips.best]
    shapes = [*lines, *(_frame(low, scale, strips, row) for row in rows), _zero(bar / plot)]
    made_["shapes"], made_["annotations"] = [*shapes, *_keys(width, plot)], texts
    made_["annotations"] += _key_words(width, plot)
    for shape in lines:
        shape |= {"y0": low, "y1": 1.0 + (shape["y1"] + 2) / plot}
    return made_


def _frame(low: float, scale: float, strips: Strips, row: int) -> Json:
    """The outline of a strip, so that black stands out on any paper."""
    y0, y1 = (low + scale * strips.edges[i] / strips.tall for i in (row, row + 1))
    return {
        "type": "rect", "xref": "paper", "yref": "paper", "x0": 0, "x1": 1, "y0": y0, "y1": y1,
        "line": {"color": INK, "width": 1 if row == strips.best else 0.6},
    }  # fmt: skip


def _zero(top: float) -> Json:
    """The mark of zero in the legend."""
    middle = len(MARGIN_COLOURS) / 2.0 - 0.5
    return {
        "type": "line", "xref": "x2", "yref": "paper", "x0": middle, "x1": middle,
        "y0": -0.012, "y1": top + 0.008, "line": {"color": INK, "width": 2},
    }  # fmt: skip


_KEYS: Final = (
    ("no mode survivable", BLACK_COLOUR),
    ("outside its window", SHADE),
    ("not judged by all", PURPLE),
)


def _places(width: int) -> list[tuple[float, float]]:
    """Place of each key: share of the width, and pixels above the bar's foot."""
    if width == WIDE:
        return [(0.60, 20.0), (0.60, 3.0), (0.60, -14.0)]
    return [(0.0, -36.0), (0.52, -36.0), (0.0, -54.0)]


def _keys(width: int, plot: float) -> list[Json]:
    """Small boxes of what is not on the scale of margins."""
    return [
        {
            "type": "rect", "xref": "paper", "yref": "paper", "xsizemode": "pixel",
            "ysizemode": "pixel", "xanchor": x, "yanchor": 0, "x0": 0, "x1": 14,
            "y0": up + (4 if colour == PURPLE else 0), "y1": up + (8 if colour == PURPLE else 11),
            "fillcolor": colour, "line": {"color": INK, "width": 0.6},
        }
        for (_, colour), (x, up) in zip(_KEYS, _places(width), strict=True)
    ]  # fmt: skip


def _key_words(width: int, plot: float) -> list[Json]:
    return [
        note(words, x, 0, xshift=19, yshift=up - 3, font={"size": 11.5, "color": SOFT})
        for (words, _), (x, up) in zip(_KEYS, _places(width), strict=True)
    ]
