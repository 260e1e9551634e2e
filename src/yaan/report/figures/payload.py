"""What a launcher carries to orbits of many heights."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yaan.report.figures.data import told
from yaan.report.figures.legend import legend
from yaan.report.figures.overlay import COLOURS
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import Figure, Json, safe, values
from yaan.report.text import number
from yaan.results.payloads import Point

_DASHES = ("solid", "dash", "dot")


@dataclass(frozen=True)
class Payloads:
    """The points of one inclination, by height.

    Attributes:
        name: what is said of the inclination.
        points: one a height.
    """

    name: str
    points: tuple[Point, ...]


def payload(curves: Sequence[Payloads]) -> Figure:
    """Payload against height, a curve an inclination; what was not found is a cross."""
    every = [point for curve in curves for point in curve.points]
    found = [point.payload for point in every if math.isfinite(point.payload)]
    scale, unit, digits = (1e3, "t", 3) if max(found, default=0.0) >= 1e4 else (1.0, "kg", 0)
    lines = [
        Curve(
            curve.name,
            [point.payload / scale for point in curve.points],
            COLOURS[i % len(COLOURS)],
            _DASHES[(i // len(COLOURS)) % len(_DASHES)],
            against=[point.height / 1e3 for point in curve.points],
        )
        for i, curve in enumerate(curves)
    ]
    many = len(lines) > 1
    panel = Panel("Payload", unit, tuple(lines), digits, floor=0.0, keyed=not many)
    heights = [point.height / 1e3 for point in every]
    room = 0.03 * (max(heights) - min(heights) or 1.0)
    shared = Axis(
        (min(heights) - room, max(heights) + room),
        "Height of the circular orbit, km",
        "%{x:,.1f} km",
    )
    lost = [point for point in every if not math.isfinite(point.payload)]
    told_all = [
        f"{curve.name}: "
        + ", ".join(
            f"{_payload(point, scale, digits, unit)} to {number(point.height / 1e3)} km"
            for point in curve.points
        )
        for curve in curves
    ]
    alone = "" if many else f" ({curves[0].name})"
    caption = f"Payload to circular orbits{alone} that leaves just the reserve of propellant."
    if lost:
        caption += " Crosses on the axis: no payload was found; the table says what is missing."
    words = Words("payload", f"{'; '.join(told_all)}.", caption)
    figure = stack(words, [panel], [], [], shared, (340, 250))
    for trace in figure.data:
        trace |= {"mode": "lines+markers"}
        trace["marker"] = {"size": 6, "color": trace["line"]["color"]}
    if lost:
        figure = replace(figure, data=[*figure.data, *_lost(curves, lines)])
    return legend(figure, lines if many else [])


def _payload(point: Point, scale: float, digits: int, unit: str) -> str:
    known = math.isfinite(point.payload)
    return f"{number(point.payload / scale, digits)} {unit}" if known else "none found"


def _lost(curves: Sequence[Payloads], lines: Sequence[Curve]) -> list[Json]:
    """Crosses where no payload was found, on the axis, which begins at zero."""
    made: list[Json] = []
    for curve, line in zip(curves, lines, strict=True):
        lost = [point for point in curve.points if not math.isfinite(point.payload)]
        if not lost:
            continue
        look = {"symbol": "x-thin", "size": 9, "color": line.colour}
        made.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": curve.name,
                "x": values([point.height / 1e3 for point in lost]),
                "y": [0.0] * len(lost),
                "cliponaxis": False,
                "text": [f"{safe(curve.name)}: not found" for _ in lost],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": look | {"line": {"color": line.colour, "width": 2}},
                **told(("Height not found [km]", "x"), ("Inclination", "text")),
            }
        )
    return made
