"""Small multiples: quantities above each other against one axis, with the events marked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy.typing as npt

from yaan.report.figures.data import heading, titled, told
from yaan.report.figures.style import (
    INK,
    NARROW,
    SHADE,
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

_LINE: Final = 15  # [px], of keys
_LEFT: Final = 0.62  # of the axis: up to there words stand on the right of their point
_LETTER: Final = 0.56  # of a letter's height: its width, on the side of too much
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
        keyed: whether the heading names several curves; not where a legend names them for all.
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
    keyed: bool = True


@dataclass(frozen=True)
class Words:
    """What is said about a figure."""

    name: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Axis:
    """The shared axis: its range, title with unit, heading of the readout, and grey bands."""

    span: tuple[float, float]
    title: str = "Time since ignition, s"
    hover: str = "T+ %{x:.1f} s"
    bands: tuple[tuple[float, float], ...] = ()


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
            along = x if curve.against is None else curve.against
            data.append(_trace(panel, curve, along, row) | _columns(panel, curve, shared))
        if panel.notes:
            data.append(_points(panel, row))
    wide, narrow = (
        _layout(panels, marks, shared, (width, height))
        for width, height in zip((WIDE, NARROW), heights, strict=True)
    )
    return Figure(words.name, words.alt, words.caption, data, wide, narrow)


def _trace(panel: Panel, curve: Curve, x: npt.ArrayLike, row: int) -> Json:
    hover = f":,.{panel.digits}f}} {safe(panel.unit)}"
    more: Json = {"yaxis": _name("y", row), "line": {"dash": curve.dash, "shape": curve.shape}}
    return line(_called(panel, curve), x, curve.values, curve.colour, hover, **more)


def _columns(panel: Panel, curve: Curve, shared: Axis) -> Json:
    return told((titled(shared.title), "x"), (heading(_called(panel, curve), panel.unit), "y"))


def _called(panel: Panel, curve: Curve) -> str:
    alone = len(panel.curves) == 1 and panel.keyed
    return panel.words if alone else f"{panel.words}, {curve.name}"


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
    # Keys that have no room beside the heading stand in lines of their own below it.
    keys = [_keys(panel, width, named=named) for panel in panels]
    below = max(len(lines) for lines in keys) * _LINE
    gap = 34 + below  # [px], room for the panel's heading
    plot = len(panels) * height + (len(panels) - 1) * gap
    shapes, texts, top = rail(marks, span, (width, plot), named=named, above=below)
    shapes = [*(_band(*ends) for ends in shared.bands), *shapes]
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
        texts += _headings(panel, keys[row - 1], high, plot, named=named)
        for at, value, text in panel.notes:
            texts.append(_pointer(panel, text, (at, value), shared, (row, width)))
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


def _band(start: float, end: float) -> Json:
    """A span of the shared axis, grey behind all panels."""
    place = {"xref": "x", "yref": "paper", "x0": start, "x1": end, "y0": 0, "y1": 1}
    return place | {
        "type": "rect",
        "line": {"width": 0},
        "fillcolor": SHADE,
        "layer": "below",
    }


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


def _keys(panel: Panel, width: int, *, named: bool) -> list[list[Curve]]:
    """The curves line by line as their keys are set; no line where they go beside the heading."""
    if len(panel.curves) == 1 or not panel.keyed:
        return []
    pixel = (11.5 if named else 10) * 0.5
    sizes = [pixel * (len(curve.name) + 5) for curve in panel.curves]
    head = 12 * 0.5 * (len(panel.words) + len(panel.unit) + 2)
    if head + sum(sizes) <= width:
        return []
    lines: list[list[Curve]] = [[]]
    taken = 0.0
    for curve, size in zip(panel.curves, sizes, strict=True):
        if lines[-1] and taken + size > width:
            lines.append([])
            taken = 0.0
        lines[-1].append(curve)
        taken += size
    return lines


def _headings(
    panel: Panel, lines: Sequence[Sequence[Curve]], high: float, plot: int, *, named: bool
) -> list[Json]:
    y = high + (5 + len(lines) * _LINE) / plot
    unit = f", {safe(panel.unit)}" if panel.unit else ""
    head = note(f"<b>{safe(panel.words)}</b>{unit}", 0, y, bgcolor="#ffffff", borderpad=1)
    style: Json = {"bgcolor": "#ffffff", "borderpad": 1}
    style["font"] = {"size": 11.5 if named else 10, "color": SOFT}
    if lines:
        rows = enumerate(reversed(lines))
        return [
            head,
            *(note(_key(line), 0, high + (5 + i * _LINE) / plot, **style) for i, line in rows),
        ]
    if len(panel.curves) == 1 or not panel.keyed:
        return [head]
    return [head, note(_key(panel.curves), 1, y, xanchor="right", **style)]


def _key(curves: Sequence[Curve]) -> str:
    return "   ".join(
        f'<span style="color:{c.colour}">{_DASHES[c.dash]}</span> {safe(c.name)}' for c in curves
    )


def _pointer(
    panel: Panel, text: str, at: tuple[float, float], shared: Axis, where: tuple[int, int]
) -> Json:
    """The words beside a marked point, on the side that has room; in a row so many [px] wide."""
    (row, width), (start, end) = where, shared.span
    share = (at[0] - start) / (end - start)
    # Plotly places annotations on a logarithmic axis by the exponent, markers by the value.
    height = math.log10(at[1]) if panel.log else at[1]
    text_at = note(safe(text), at[0], height, xref="x", yref=_name("y", row))
    text_at |= {"font": {"size": 11, "color": INK}, "bgcolor": "rgba(255,255,255,0.8)"}
    if panel.above:
        half = 0.5 * 11 * _LETTER * len(text)
        inside = min(max(share * width, half), max(width - half, half))
        return text_at | {"xanchor": "center", "yshift": 5, "xshift": inside - share * width}
    shift = (
        {"xanchor": "left", "xshift": 9} if share < _LEFT else {"xanchor": "right", "xshift": -9}
    )
    return text_at | shift | {"yanchor": "middle"}


def _name(letter: str, row: int) -> str:
    """Plotly's name of an axis: the first has no number."""
    return letter if row == 1 else f"{letter}{row}"
