"""A small plot per case: distance over margin, as it grows with time, drawn as plain SVG.

Plotly would be ten times the page; these need no script and print as they are seen.
"""

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from yaan.report.figures.style import BLUE, GREEN, GRID, INK, ORANGE, PURPLE, SOFT, VERMILION
from yaan.report.text import significant
from yaan.validation.case import Line

_WIDTH, _HEIGHT = 640.0, 168.0  # [px]
_LEFT, _RIGHT, _TOP, _BOTTOM = 44.0, 8.0, 10.0, 26.0  # [px]
_LOW, _HIGH = -5.0, 1.0  # powers of ten of distance over margin
_GROUPS: Final = (
    ("place", BLUE, ("height", "latitude", "longitude", "position")),
    ("velocity", VERMILION, ("velocity",)),
    ("attitude", GREEN, ("attitude", "yaw", "pitch", "roll")),
    ("rate", PURPLE, ("inertial rate", "body rate")),
)
_OTHER: Final = ("air, gravity, mass", ORANGE)
_RAISED: Final = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_POINTS: Final = 76  # of one line


def plot(lines: Sequence[Line]) -> Markup:
    """The gated traces of a case against their margins; empty where no line has a trace."""
    drawn = [line for line in lines if line.trace is not None and line.margin and line.distance]
    if not drawn:
        return Markup("")
    end = max(float(line.time[-1]) for line in drawn if line.time is not None)
    worst = max(drawn, key=lambda line: line.distance / (line.margin or 1.0))
    told = f"{worst.quantity} comes closest, at {_share(worst)} of its margin"
    alt = f"Distance over margin for {len(drawn)} quantities over {significant(end)} s; {told}."
    parts = [*_frame(end), *(_trace(line, end) for line in drawn)]
    picture = Markup(
        '<svg class="trace" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}">{}</svg>'
    ).format(_WIDTH, _HEIGHT, alt, Markup("").join(parts))
    words = Markup("Distance over margin, each quantity a line: {}. {}.")
    caption = words.format(_legend(drawn), told[:1].upper() + told[1:])
    return Markup("<figure>{}<figcaption>{}</figcaption></figure>").format(picture, caption)


def _share(line: Line) -> str:
    return significant(line.distance / (line.margin or 1.0), 2)


def group(line: Line) -> tuple[str, str]:
    """Family of a quantity and its colour."""
    for name, colour, starts in _GROUPS:
        if line.quantity.startswith(starts):
            return name, colour
    return _OTHER


def _legend(lines: Sequence[Line]) -> Markup:
    found = dict(group(line) for line in lines)
    mark = Markup('<span style="color:{}">&#9644;</span>&nbsp;{}')
    return Markup(", ").join(mark.format(colour, name) for name, colour in found.items())


def _x(time: float, end: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * time / end


def _y(ratio: float) -> float:
    power = min(max(math.log10(max(ratio, 1e-30)), _LOW), _HIGH)
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (_HIGH - power) / (_HIGH - _LOW)


def _frame(end: float) -> list[Markup]:
    """Grid, names of the axes, and the margin itself."""
    rule = '<path d="M{:.1f} {:.1f}H{:.1f}" stroke="{}" stroke-width="{}"{}/>'
    text = '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" fill="{}">{}</text>'
    parts: list[Markup] = []
    for power in range(int(_LOW), int(_HIGH) + 1, 2):
        at = _y(10.0**power)
        parts.append(Markup(rule).format(_LEFT, at, _WIDTH - _RIGHT, GRID, 1, ""))
        words = "10" + str(power).translate(_RAISED)
        parts.append(Markup(text).format(_LEFT - 6, at + 4, "end", SOFT, words))
    at = _y(1.0)
    dashed = Markup(' stroke-dasharray="5 4"')
    parts.append(Markup(rule).format(_LEFT, at, _WIDTH - _RIGHT, INK, 1.4, dashed))
    parts.append(Markup(text).format(_WIDTH - _RIGHT, at - 5, "end", INK, "margin"))
    for part in range(5):
        time = end * part / 4
        anchor = "end" if part == 4 else "middle"
        words = f"{time:g}{' s' if part == 4 else ''}"
        parts.append(Markup(text).format(_x(time, end), _HEIGHT - 8, anchor, SOFT, words))
    return parts


def _trace(line: Line, end: float) -> Markup:
    assert line.time is not None
    assert line.trace is not None
    assert line.margin
    last = len(line.time) - 1
    count = min(_POINTS, last + 1)
    picked = [round(last * k / max(count - 1, 1)) for k in range(count)]
    points = " ".join(
        f"{_x(line.time[k], end):.1f},{_y(line.trace[k] / line.margin):.1f}" for k in picked
    )
    return Markup(
        '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.3" stroke-opacity="0.8">'
        "<title>{}</title></polyline>"
    ).format(points, group(line)[1], escape(line.quantity))
