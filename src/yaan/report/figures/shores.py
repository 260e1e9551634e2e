"""The packaged coastline, for maps and the globe."""

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

Line = Sequence[Sequence[float]]

COASTLINE: Final = "library/tables/coastline_110m.json"
LAND, SHORE, SEA = "#e8ebe4", "#9aa6ae", "#f3f7fa"
_POLAR: Final = 80.0  # [deg], a shore that ends beyond it goes round the pole


@cache
def shores() -> tuple[Line, ...]:
    """Shores as rings of longitude and latitude [deg]; empty if no coastline is installed."""
    file = resources.files("yaan").joinpath(COASTLINE)
    if not file.is_file():
        return ()
    lines: list[Line] = json.loads(file.read_text(encoding="utf-8"))["lines"]
    return tuple(_closed(shore) for shore in lines)


def _closed(shore: Line) -> Line:
    """A shore as a ring; what is cut at the date line is closed there, or round the pole."""
    first, last = shore[0], shore[-1]
    if abs(first[1]) > _POLAR and abs(last[1]) > _POLAR and first != last:
        pole = math.copysign(90.0, first[1])
        return [*shore, [last[0], pole], [first[0], pole], first]
    return shore if first == last else [*shore, first]


def coast(west: float, east: float, *, small: bool = False) -> dict[str, object]:
    """The trace of the land between two longitudes [deg], repeated past the date line.

    Args:
        west: western edge of what is drawn.
        east: eastern edge.
        small: for the small world in a corner: once round, on the second axes, islands left out.
    """
    turns = [0] if small else [t for t in (-360, 0, 360) if west < 180 + t and east > -180 + t]
    x: list[float | None] = []
    y: list[float | None] = []
    for turn in turns:
        for shore in shores():
            if small and len(shore) < 12:
                continue
            x += [round(point[0] + turn, 2) for point in shore] + [None]
            y += [round(point[1], 2) for point in shore] + [None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "xaxis": "x2" if small else "x",
        "yaxis": "y2" if small else "y",
        "fill": "toself",
        "fillcolor": LAND,
        "line": {"color": SHORE, "width": 0.5 if small else 0.8},
        "hoverinfo": "skip",
    }
