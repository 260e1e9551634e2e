"""Small multiples: quantities above each other against one axis, with the events marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy.typing as npt

from yaan.report.figures.style import (
    INK,
    NARROW,
    SOFT,
    WIDE,
    Figure,
    Json,
    Mark,
    axis,
    layout,
    line,
    note,
    rail,
    safe,
)

_DASHES: Final = {"solid": "━━", "dash": "╍╍", "dot": "┅┅"}


@dataclass(frozen=True)
class Curve:
    """One line of a panel."""

    name: str
    values: npt.ArrayLike
    colour: str
    dash: str = "solid"
    against: npt.ArrayLike | None = None
    shape: str = "linear"
    """``linear``, or ``hv`` for a value that stays until the next one."""


@dataclass(frozen=True)
class Panel:
    """One quantity against the shared axis.

    Attributes:
        words: what it is.
        unit: its unit; empty for a pure number.
        curves: the lines.
        digits: decimals of the readout.
        log: for a logarithmic axis, the exponents of its range.
        floor: lowest value shown; None to fit the values.
        notes: marked points, each x, y and words.
        levels: values drawn across, each with its words.
        above: whether the words of marked points stand above them, not beside.
    """

    words: str
    unit: str
    curves: tuple[Curve, ...]
    digits: int = 1
    log: tuple[float, float] | None = None
    floor: float | None = None
    notes: tuple[tuple[float, float, str], ...] = field(default=())
    levels: tuple[tuple[float, str], ...] = field(default=())
    above: bool = False


@dataclass(frozen=True)
class Words:
    """What is said about a figure."""

    name: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Axis:
    """The shared axis: its range, its title with unit, and the heading of the readout."""

    span: tuple[float, float]
    title: str = "Time since ignition, s"
    hover: str = "T+ %{x:.1f} s"


def stack(
    words: Words,
    panels: Sequence[Panel],
    x: npt.ArrayLike,
    marks: Sequence[Mark],
    shared: Axis,
    heights: tuple[int, int] = (128, 104),
) -> Figure:
    """A figure of `panels` above each other.

    Args:
        words: name, alternative text and caption.
        panels: from top to bottom.
        x: values on the shared axis, for curves without their own.
        marks: events to mark on the shared axis.
        shared: the axis that all panels stand on.
        heights: height of a panel on a page and on a phone [px].
    """
    data: list[Json] = []
    for row, panel in enumerate(panels, 1):
        for curve in panel.curves:
            data.append(_trace(panel, curve, x if curve.against is None else curve.against, row))
        if panel.notes:
            data.append(_points(panel, row))
    wide, narrow = (
        _layout(panels, marks, shared, (width, height))
        for width, height in zip((WIDE, NARROW), heights, strict=True)
    )
    return Figure(words.name, words.alt, words.caption, data, wide, narrow)


def _trace(panel: Panel, curve: Curve, x: npt.ArrayLike, row: int) -> Json:
    hover = f":,.{panel.digits}f}} {safe(panel.unit)}"
    name = panel.words if len(panel.curves) == 1 else f"{panel.words}, {curve.name}"
    more: Json = {"yaxis": _name("y", row), "line": {"dash": curve.dash, "shape": curve.shape}}
    return line(name, x, curve.values, curve.colour, hover, **more)


def _points(panel: Panel, row: int) -> Json:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [n[0] for n in panel.notes],
        "y": [n[1] for n in panel.notes],
        "yaxis": _name("y", row),
        "hoverinfo": "skip",
        "marker": {"symbol": "triangle-down", "size": 8, "color": INK},
    }


def _layout(
    panels: Sequence[Panel],
    marks: Sequence[Mark],
    shared: Axis,
    size: tuple[int, int],
) -> Json:
    width, height = size
    span = shared.span
    named = width == WIDE
    gap = 34  # [px], room for the panel's heading
    plot = len(panels) * height + (len(panels) - 1) * gap
    shapes, texts, top = rail(marks, span, (width, plot), named=named)
    left, right, bottom = (58, 16, 46) if named else (50, 8, 42)
    made = layout(plot + top + bottom, (left, right, top, bottom))
    made["hoversubplots"] = "axis"
    made["xaxis"] = axis(
        range=list(span),
        title={"text": shared.title, "font": {"size": 12}, "standoff": 8},
        unifiedhovertitle={"text": shared.hover},
        anchor=_name("y", len(panels)),
        showspikes=True,
        spikemode="across",
        spikethickness=1,
        spikedash="solid",
        spikecolor="#8a96a1",
        nticks=12 if named else 5,
    )
    for row, panel in enumerate(panels, 1):
        high = 1 - (row - 1) * (height + gap) / plot
        domain = [max(high - height / plot, 0.0), high]
        made[_name("yaxis", row)] = _y_axis(panel, domain)
        texts += _headings(panel, high, plot, named=named)
        for at, value, text in panel.notes:
            texts.append(_pointer(panel, text, (at, value), span, row))
        for level, text in panel.levels:
            stroke = {"color": "#8a96a1", "width": 1, "dash": "dash"}
            y = _name("y", row)
            shapes.append(
                {"type": "line", "xref": "paper", "yref": y, "x0": 0, "x1": 1, "line": stroke}
                | {"y0": level, "y1": level, "layer": "below"}
            )
            texts.append(
                note(safe(text), 0.004, level, yref=y, font={"size": 10.5, "color": SOFT})
                | {"bgcolor": "rgba(255,255,255,0.85)", "borderpad": 1}
            )
    made["shapes"], made["annotations"] = shapes, texts
    return made


def _y_axis(panel: Panel, domain: list[float]) -> Json:
    made = axis(domain=domain, nticks=5, tickfont={"size": 11})
    if panel.log:
        made |= {"type": "log", "range": list(panel.log), "dtick": 1, "nticks": 0}
        made |= {"exponentformat": "none", "minexponent": 9}
    elif panel.above:
        made["range"] = [panel.floor or 0.0, 1.16 * max(value for _, value, _ in panel.notes)]
    elif panel.floor is not None:
        made["rangemode"] = "tozero"
    return made


def _headings(panel: Panel, high: float, plot: int, *, named: bool) -> list[Json]:
    y = high + 5 / plot
    unit = f", {safe(panel.unit)}" if panel.unit else ""
    head = note(f"<b>{safe(panel.words)}</b>{unit}", 0, y, bgcolor="#ffffff", borderpad=1)
    if len(panel.curves) == 1:
        return [head]
    keys = "   ".join(
        f'<span style="color:{c.colour}">{_DASHES[c.dash]}</span> {safe(c.name)}'
        for c in panel.curves
    )
    size = 11.5 if named else 10
    right: dict[str, Any] = {"xanchor": "right", "font": {"size": size, "color": SOFT}}
    return [head, note(keys, 1, y, bgcolor="#ffffff", borderpad=1, **right)]


def _pointer(
    panel: Panel, text: str, at: tuple[float, float], span: tuple[float, float], row: int
) -> Json:
    """The words beside a marked point, on the side that has room."""
    left = at[0] < span[0] + 0.62 * (span[1] - span[0])
    # Plotly places annotations on a logarithmic axis by the exponent, markers by the value.
    height = math.log10(at[1]) if panel.log else at[1]
    text_at = note(safe(text), at[0], height, xref="x", yref=_name("y", row))
    text_at |= {"font": {"size": 11, "color": INK}, "bgcolor": "rgba(255,255,255,0.8)"}
    if panel.above:
        return text_at | {"xanchor": "center", "yshift": 5}
    shift = {"xanchor": "left", "xshift": 9} if left else {"xanchor": "right", "xshift": -9}
    return text_at | shift | {"yanchor": "middle"}


def _name(letter: str, row: int) -> str:
    """Plotly's name of an axis: the first has no number."""
    return letter if row == 1 else f"{letter}{row}"
