"""What all figures share: the record, colours, axes, and marks of events that never overlap.

Figures are plain plotly JSON (data and layout), built without plotly's own classes: those check
every field and take longer than the whole page. Each figure has two layouts, for a page and for a
phone; the page's script picks one by the width it finds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from yaan.report.text import known, label
from yaan.results import Summary
from yaan.results.summary import Event

Json = dict[str, Any]
Array = npt.NDArray[Any]

# Okabe and Ito, "Color Universal Design" (2008): told apart by people who see colours differently.
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
SKY: Final = "#56B4E9"
PURPLE: Final = "#CC79A7"
INK: Final = "#1b2733"
TEXT_COLOURS: Final = {
    BLUE: BLUE,
    VERMILION: "#a94800",
    GREEN: "#00714f",
    PURPLE: "#9a4a78",
    ORANGE: "#8a5a00",
    INK: INK,
}
"""The same for words, which need more contrast than lines."""
STAGE_COLOURS: Final = (VERMILION, GREEN, ORANGE, PURPLE, BLUE)
COLOUR_SCALE: Final = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
"""Cividis, for maps of colours: even in lightness, alike to people who see colours differently.

Source: Nunez, Anderton and Renslow, Optimizing colormaps with consideration for color vision
deficiency, PLoS ONE 13(7), 2018.
"""
MARGIN_COLOURS: Final = (
    "#7f2704", "#b3420b", "#d9691e", "#f0a068", "#fad3b0",
    "#cfe4f3", "#94c3e3", "#559dce", "#0a72b0", "#063f6b",
)  # fmt: skip
"""Of margins: orange below zero, blue above; told apart by people who see colours differently."""
BLACK_COLOUR: Final = "#000000"
"""Of instants without a survivable mode."""
SOFT: Final = "#5b6875"
GRID: Final = "#e4e8ec"
SHADE: Final = "#d9dee6"

FONT: Final = '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# Widths of the plot inside its margins that labels are spread for; a wider one only loosens them.
WIDE: Final = 700  # [px]
NARROW: Final = 270  # [px]


@dataclass(frozen=True)
class Figure:
    """One figure: what plotly draws, and what is said to those who do not see it.

    Attributes:
        name: identifier in the page.
        alt: one sentence with what is seen, numbers included.
        caption: the sentence below the figure.
        data: plotly's traces.
        wide: plotly's layout on a page.
        narrow: plotly's layout on a phone.
    """

    name: str
    alt: str
    caption: str
    data: list[Json]
    wide: Json
    narrow: Json

    @property
    def heights(self) -> tuple[int, int]:
        """Heights on a page and on a phone, kept free before the script runs [px]."""
        return self.wide["height"], self.narrow["height"]


@dataclass(frozen=True)
class Mark:
    """An event to mark: its number in the timeline, its name, where on the axis."""

    number: int
    name: str
    at: float


def event_time(event: Event) -> float:
    """When an event is [s]."""
    return event.time


def event_marks(
    summary: Summary, place: Callable[[Event], float] = event_time, scale: float = 1.0
) -> list[Mark]:
    """The events of the timeline, numbered as there, at their `place` over `scale`."""
    events = (event for event in summary.timeline if event.kind != "peak")
    return [
        Mark(number, label(event.name), place(event) / scale)
        for number, event in enumerate(events, 1)
        if known(place(event))
    ]


def values(array: npt.ArrayLike, digits: int = 6) -> list[float | None]:
    """Numbers for JSON with so many significant digits; what is not finite becomes a gap."""
    column = np.atleast_1d(np.asarray(array, dtype=float))
    known = np.isfinite(column)
    size = np.abs(np.where(known & (column != 0.0), column, 1.0))
    power = 10.0 ** np.abs(digits - 1 - np.floor(np.log10(size)))
    # Multiplying or dividing by a whole power of ten keeps the result short when it is printed.
    small = size < 10.0 ** (digits - 1)
    rounded = np.where(small, np.round(column * power) / power, np.round(column / power) * power)
    shown: list[float] = rounded.tolist()
    return [v if k else None for v, k in zip(shown, known.tolist(), strict=True)]


def layout(height: int, margin: tuple[int, int, int, int], **more: Any) -> Json:
    """A bare layout; `margin` is left, right, top, bottom [px]."""
    left, right, top, bottom = margin
    return {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "font": {"family": FONT, "size": 12, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "showlegend": False,
        "separators": ".\u202f",
        "hovermode": "x unified",
        # Without a colour the words of a readout are as pale as its edge.
        "hoverlabel": {
            "bgcolor": "#ffffff",
            "bordercolor": "#c3ccd4",
            "font": {"size": 12, "color": INK},
        },
        "dragmode": False,
        **more,
    }


def axis(**more: Any) -> Json:
    """An axis with a line, outer ticks and a light grid."""
    return {
        "gridcolor": GRID,
        "linecolor": "#8a96a1",
        "tickcolor": "#8a96a1",
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "zeroline": False,
        "automargin": False,
        "separatethousands": True,
        # Plotly's own choice is a prefix of SI, which a number without a unit cannot have.
        "exponentformat": "power",
        "minexponent": 5,
        "fixedrange": True,
        **more,
    }


def note(text: str, x: float, y: float, **more: Any) -> Json:
    """A text on the paper, its left lower corner at x, y."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "align": "left",
        **more,
    }


def safe(text: str) -> str:
    """Text that plotly, which knows a few tags, shows as it stands."""
    return escape(text, quote=False)


def line(
    name: str, x: npt.ArrayLike, y: npt.ArrayLike, colour: str, hover: str, **more: Any
) -> Json:
    """A line trace; `hover` is the text behind the value, with its d3 format, e.g. ``:.1f} km``."""
    stroke = {"color": colour, "width": 1.8, **more.pop("line", {})}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": values(x),
        "y": values(y),
        "line": stroke,
        "hovertemplate": f"{safe(name)} %{{y{hover}<extra></extra>",
        **more,
    }


def spread(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move sorted `places` as little as possible so that neighbours are `gap` apart in [low, high].

    Least squares under the ordering: runs that collide are pooled around their mean (pool adjacent
    violators). If they cannot all fit, the gap shrinks until they do.
    """
    if not places:
        return []
    if len(places) > 1:
        gap = min(gap, (high - low) / (len(places) - 1))
    pools: list[tuple[float, int]] = []
    for index, place in enumerate(places):
        mean, count = min(max(place, low), high) - index * gap, 1
        while pools and pools[-1][0] > mean:
            other, size = pools.pop()
            mean, count = (mean * count + other * size) / (count + size), count + size
        pools.append((mean, count))
    flat = [mean for mean, count in pools for _ in range(count)]
    top = high - (len(places) - 1) * gap
    # Plotly hides what is beyond its axis by the last bit of a sum.
    return [min(min(max(mean, low), top) + i * gap, high) for i, mean in enumerate(flat)]


def rail(
    marks: Sequence[Mark],
    span: tuple[float, float],
    plot: tuple[int, int],
    *,
    named: bool,
    above: int = 0,
) -> tuple[list[Json], list[Json], int]:
    """Vertical lines at the events, and their labels on a rail above the plot.

    Args:
        marks: the events, in the order of their place.
        span: range of the x axis.
        plot: width and height of the plot [px].
        named: with names, set upright; else with their numbers only.
        above: room that the uppermost panel's heading needs beyond its line [px].

    Returns:
        Shapes, annotations, and the height of the rail above the plot [px].
    """
    width, height = plot
    marks = [mark for mark in marks if span[0] <= mark.at <= span[1]]
    scale = (span[1] - span[0]) / width
    places = spread([m.at for m in marks], 15 * scale, *span)
    foot, knee = 1 + (24 + above) / height, 1 + (40 + above) / height
    shapes: list[Json] = []
    texts: list[Json] = []
    for mark, place in zip(marks, places, strict=True):
        stroke = {"color": "#a9b4be", "width": 1, "dash": "dot"}
        path = f"M{mark.at:.6g},0 L{mark.at:.6g},{foot:.5f} L{place:.6g},{knee:.5f}"
        shapes.append({"type": "path", "path": path, "line": stroke, "layer": "below"} | _PAPER_Y)
        text = f"<b>{mark.number}</b>" + (f"  {safe(mark.name)}" if named else "")
        texts.append(
            note(text, place, knee, xref="x", xanchor="center", font={"size": 11, "color": SOFT})
            | ({"textangle": -90} if named else {})
        )
    longest = max((len(mark.name) for mark in marks), default=0)
    return shapes, texts, 44 + above + (round(6.3 * longest) + 24 if named else 18)


_PAPER_Y: Final = {"xref": "x", "yref": "paper"}
