"""How escapes end: landing points, the window of the first canopy, speeds of the splash."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from yaan.base.errors import YaanError
from yaan.base.units import parse
from yaan.crew import water_limit
from yaan.report.figures.data import told
from yaan.report.figures.escape_modes import Look, look, mode_columns
from yaan.report.figures.grid import Cell, grid, name
from yaan.report.figures.grid import Look as Sizes
from yaan.report.figures.legend import legend
from yaan.report.figures.maps import places_on_map
from yaan.report.figures.style import (
    BLUE,
    INK,
    NARROW,
    SOFT,
    VERMILION,
    WIDE,
    Array,
    Figure,
    Json,
    axis,
    layout,
    note,
    safe,
    values,
)
from yaan.report.text import clock, label, number, plural
from yaan.results.escape import EscapeRecord

_POINTS: Final = 240  # of a mode on the map
_CASES: Final = {
    "all": "every canopy open",
    "main-out": "one main out",
    "drogue-out": "one drogue out",
}
_KILO: Final = 1e3  # [1]


def landing(made: EscapeRecord) -> Figure | None:
    """Where escapes come down, by mode."""
    groups: list[tuple[str, str, Array, Array, Sequence[str]]] = []
    keys: list[Look] = []
    middle: float | None = None
    for one in made.summary.modes:
        held = mode_columns(made, one.name)
        if not {"latitude", "longitude", "time"} <= held.keys():
            continue
        down = np.isfinite(held["latitude"]) & np.isfinite(held["longitude"])
        down &= held.get("outcome", np.zeros(len(down))) == 0
        rows = np.flatnonzero(down)
        rows = rows[:: max(1, -(-len(rows) // _POINTS))]
        if not len(rows):
            continue
        east = np.degrees(np.unwrap(held["longitude"][rows]))
        middle = float(east[0]) if middle is None else middle
        east = east + 360.0 * round((middle - float(east[0])) / 360.0)
        texts = [
            f"{one.title}, commanded at {clock(float(held['time'][row]))}" for row in rows.tolist()
        ]
        drawn = look(made, one.name)
        groups.append((drawn.colour, drawn.symbol, east, np.degrees(held["latitude"][rows]), texts))
        keys.append(drawn.key)
    if not groups:
        return None
    caption = (
        "Where escapes come down, of every mode at every instant of its window that it comes down"
        " from; point at one for the second of the command."
    )
    alt = "Map of landing points of escapes: " + "; ".join(
        f"{key.name}, {plural(len(group[2]), 'point')}"
        for key, group in zip(keys, groups, strict=True)
    )
    return legend(places_on_map("landing", groups, (f"{alt}.", caption)), keys)


def drogue_window(made: EscapeRecord) -> Figure | None:
    """Mach number and dynamic pressure as the first canopy is deployed, with its box."""
    data: list[Json] = []
    keys: list[Look] = []
    mach, log = list[Array](), list[Array]()
    for one in made.summary.modes:
        held = mode_columns(made, one.name)
        if not {"drogue_mach", "drogue_pressure"} <= held.keys():
            continue
        rows = np.isfinite(held["drogue_mach"]) & (held["drogue_pressure"] > 0.0)
        if not rows.any():
            continue
        x, y = held["drogue_mach"][rows], held["drogue_pressure"][rows] / _KILO
        mach.append(x)
        log.append(np.log10(y))
        drawn = look(made, one.name)
        keys.append(drawn.key)
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": safe(one.title),
                "x": values(x),
                "y": values(y),
                "customdata": values(held["time"][rows], 9),
                "hovertemplate": f"{safe(one.title)}, commanded at %{{customdata}} s<br>"
                "Mach %{x:.3f}, %{y:.2f} kPa<extra></extra>",
                "marker": {"size": 6, "color": "#ffffff", "symbol": drawn.symbol}
                | {"line": {"color": drawn.colour, "width": 1.6}},
                **told(
                    ("Commanded at [s]", "customdata"),
                    ("Mach number", "x"),
                    ("Dynamic pressure [kPa]", "y"),
                    series="Mode",
                    name=one.title,
                ),
            }
        )
    if not data:
        return None
    step, box = _first_box(made)
    corners = np.array([] if box is None else box[0]), np.array([] if box is None else box[1])
    right = 1.1 * float(np.max(np.concatenate([*mach, corners[0]])))
    tall = np.concatenate([*log, np.log10(corners[1] / _KILO)])
    # Far below the box a canopy does not fill: how far is of no interest.
    ends = (max(float(tall.min()), float(tall.max()) - 3.0) - 0.15, float(tall.max()) + 0.2)
    alt = "Mach number and dynamic pressure as the first canopy is deployed, by mode"
    caption = "Each escape as its first canopy is deployed; dynamic pressure is logarithmic."
    if box is not None:
        (low, high), (least, most) = box
        inside = f"Mach {low:g} to {high:g} and {least / _KILO:g} to {most / _KILO:g} kPa"
        alt += f"; allowed: {inside}"
        caption += f" The frame is the box of the first, {step}: {inside}."
    wide, narrow = (_window(box, step, (right, ends), width) for width in (WIDE, NARROW))
    return legend(Figure("drogue-window", f"{alt}.", caption, data, wide, narrow), keys)


def _first_box(
    made: EscapeRecord,
) -> tuple[str, tuple[tuple[float, float], tuple[float, float]] | None]:
    """Name of the first step of the train, and its Mach numbers and pressures [Pa]; or neither."""
    if made.mission is None:
        return "", None
    try:
        tree: Any = YAML(typ="safe", pure=True).load(made.mission)
        step = tree["escape"]["capsule"]["parachutes"]["steps"][0]
        low, high = (float(one) for one in step["box"]["mach"])
        least, most = (parse(one, "pressure") for one in step["box"]["dynamic_pressure"])
    except (YAMLError, YaanError, KeyError, IndexError, TypeError, ValueError):
        return "", None
    return label(str(step.get("name", ""))).lower(), ((low, high), (least, most))


def _window(
    box: tuple[tuple[float, float], tuple[float, float]] | None,
    step: str,
    ends: tuple[float, tuple[float, float]],
    width: int,
) -> Json:
    wide = width == WIDE
    made = layout(360 if wide else 300, (52, 12, 30, 46) if wide else (46, 8, 30, 44))
    made["hovermode"] = "closest"
    title = {"text": "Mach number", "font": {"size": 12}, "standoff": 8}
    made["xaxis"] = axis(range=[0.0, ends[0]], title=title, nticks=9 if wide else 5)
    decades = {"tickvals": [10.0**k for k in range(-5, 4)], "exponentformat": "none"}
    made["yaxis"] = axis(range=list(ends[1]), type="log", minexponent=9, **decades)
    made["annotations"] = [note("<b>Dynamic pressure</b>, kPa", 0, 1.015)]
    if box is not None:
        (low, high), (least, most) = box
        frame: Json = {"type": "rect", "xref": "x", "yref": "y", "x0": low, "x1": high}
        frame |= {"y0": least / _KILO, "y1": most / _KILO, "layer": "below"}
        frame |= {"line": {"color": INK, "width": 1.6, "dash": "dash"}}
        made["shapes"] = [frame]
        font = {"size": 11, "color": SOFT}
        at = high, float(np.log10(most / _KILO))
        style = {"xref": "x", "yref": "y", "xanchor": "right", "yshift": 2, "font": font}
        made["annotations"].append(note(f"box of the {safe(step)}", *at, **style))
    return made


def splash(made: EscapeRecord) -> Figure | None:
    """How fast it comes down, by what has failed of the canopies, against the limit."""
    cases = [
        (group.partition("/")[2], columns["speed"])
        for group, columns in made.groups.items()
        if group.startswith("splash/") and np.isfinite(columns.get("speed", np.nan)).any()
    ]
    cases.sort(key=lambda case: list(_CASES).index(case[0]) if case[0] in _CASES else 9)
    if not cases:
        return None
    known = [speed[np.isfinite(speed)] for _, speed in cases]
    low, high = min(float(one.min()) for one in known), max(float(one.max()) for one in known)
    limits = [_limit(made, case) for case, _ in cases]
    edges = np.linspace(low, high if high > low else low + 0.1, 33)
    data: list[Json] = []
    cells: list[Cell] = []
    told_: list[str] = []
    for place, ((case, _), speed) in enumerate(zip(cases, known, strict=True)):
        words = _CASES.get(case, label(case).lower())
        counts, _ = np.histogram(speed, edges)
        data.append(
            {
                "type": "bar",
                "x": values(0.5 * (edges[:-1] + edges[1:]), 9),
                "y": counts.tolist(),
                "width": values(np.diff(edges), 9),
                "xaxis": name("x", place),
                "yaxis": name("y", place),
                "customdata": [f"{number(a, 2)} to {number(b, 2)} m/s" for a, b in pairwise(edges)],
                "hovertemplate": "%{customdata}: %{y} draws<extra></extra>",
                "marker": {"color": BLUE, "line": {"color": "#ffffff", "width": 0.6}},
                **told(
                    ("Speed from [m/s]", values(edges[:-1], 9)),
                    ("Speed to [m/s]", values(edges[1:], 9)),
                    (f"Draws: {words}", "y"),
                ),
            }
        )
        limit = limits[place]
        beyond = int(np.sum(speed > limit))
        cells.append(Cell(f"Speed down, {words}", "m/s", ""))
        told_.append(
            f"{words}: {number(float(np.median(speed)), 2)} m/s in the middle, {beyond} of"
            f" {plural(len(speed), 'draw')} beyond {number(limit, 2)} m/s"
        )
    caption = f"How many draws come down how fast. The line is the limit: {'; '.join(told_)}."
    alt = f"Histograms of the speed at the splash. {'; '.join(told_)}."
    across = len(cells)
    wide = grid(cells, Sizes(across, 190, 66, (48, 10, 30, 30), 0.88))
    narrow = grid(cells, Sizes(1, 140, 66, (44, 8, 30, 30), 1.0))
    reach = 0.06 * (max(high, *limits) - min(low, *limits) or 1.0)
    for layout_ in (wide, narrow):
        layout_["bargap"] = 0.0
        layout_["shapes"] = [_mark(limit, place) for place, limit in enumerate(limits)]
        for place in range(len(cells)):
            ends = [min(low, *limits) - reach, max(high, *limits) + reach]
            layout_[name("xaxis", place)]["range"] = ends
    return Figure("splash", alt, caption, data, wide, narrow)


def _limit(made: EscapeRecord, case: str) -> float:
    """Speed down that is allowed [m/s]: that of the record, or else of the class."""
    given = [c.limit for c in made.summary.constraints if c.name == "touchdown"]
    if given and given[0] is not None:
        return given[0]
    return water_limit().down(lost=case != "all")


def _mark(limit: float, place: int) -> Json:
    return {
        "type": "line", "xref": name("x", place), "yref": f"{name('y', place)} domain",
        "x0": limit, "x1": limit, "y0": 0, "y1": 1, "line": {"color": VERMILION, "width": 2},
    }  # fmt: skip
