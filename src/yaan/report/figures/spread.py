"""How the ends of many flights are spread: a histogram a column."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.report.figures.data import heading, told
from yaan.report.figures.grid import Cell, Look, grid, name
from yaan.report.figures.lanes import Lanes
from yaan.report.figures.style import BLUE, Array, Figure, Json, safe, values
from yaan.report.text import plural

MANY: Final = 200
"""More flights than these are told by their spread too."""

DRAWN: Final = 15
"""The same of draws, whose spread is what is asked for."""

PERCENTILES: Final = (5.0, 50.0, 95.0)
_BINS: Final = (12, 48)  # least and most of a histogram


def spread(lanes: Lanes) -> Figure | None:
    """How many flights ended in which part of the range of each column."""
    least = MANY if lanes.drawing is None else DRAWN
    if len(lanes) <= least or not lanes.main:
        return None
    data = [_histogram(lanes, column, place) for place, column in enumerate(lanes.main)]
    count = int(lanes.flown.sum())
    looks = [lanes.shown(column) for column in lanes.main]
    cells = [Cell(look.words, look.unit, "") for look in looks]
    named = ", ".join(look.words.lower() for look in looks)
    alt = f"Histograms of {plural(count, 'flight')}: {named}."
    caption = f"How many of the {count} flights that ended as they should ended in which range."
    wide = grid(cells, Look(2, 170, 66, (54, 10, 30, 28), 0.92))
    narrow = grid(cells, Look(1, 140, 66, (46, 8, 30, 28), 1.0))
    for made in (wide, narrow):
        made["bargap"] = 0.0
    return Figure("spread", alt, caption, data, wide, narrow)


def statistics(lanes: Lanes, column: str) -> tuple[float, ...]:
    """Mean, standard deviation and the percentiles of a column, of those that flew [SI]."""
    known = _known(lanes, column)
    return (
        float(known.mean()),
        float(known.std(ddof=1)) if known.size > 1 else 0.0,
        *(float(x) for x in np.percentile(known, PERCENTILES)),
    )


def _known(lanes: Lanes, column: str) -> Array:
    found = lanes.good(column)
    return found[np.isfinite(found)]


def _histogram(lanes: Lanes, column: str, place: int) -> Json:
    look = lanes.shown(column)
    counts, edges = np.histogram(_known(lanes, column) / look.scale, _bins(_known(lanes, column)))
    low, high = (_short(edge, look.digits) for edge in (edges[:-1], edges[1:]))
    return {
        "type": "bar",
        "x": values(0.5 * (edges[:-1] + edges[1:]), 9),
        "y": counts.tolist(),
        "width": values(np.diff(edges), 9),
        "xaxis": name("x", place),
        "yaxis": name("y", place),
        "customdata": [f"{a} to {b} {safe(look.unit)}" for a, b in zip(low, high, strict=True)],
        "hovertemplate": "%{customdata}: %{y} flights<extra></extra>",
        "marker": {"color": BLUE, "line": {"color": "#ffffff", "width": 0.6}},
        **told(
            (heading(f"{look.words} from", look.unit), values(edges[:-1], 9)),
            (heading(f"{look.words} to", look.unit), values(edges[1:], 9)),
            (heading(f"{look.words}: flights"), "y"),
        ),
    }


def _bins(known: Array) -> int:
    """By the rule of Freedman and Diaconis (1981), within reason."""
    quarter, rest = np.percentile(known, (25.0, 75.0))
    width = 2.0 * float(rest - quarter) / known.size ** (1.0 / 3.0)
    wanted = float(np.ptp(known)) / width if width > 0.0 else _BINS[1]
    return int(np.clip(round(wanted), *_BINS))


def _short(edges: Sequence[float] | Array, digits: int) -> list[str]:
    return [f"{float(edge):,.{digits}f}".replace(",", "\u202f") for edge in edges]
