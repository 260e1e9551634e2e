"""The figures of the descent: the canopies' force against time, and their deployment boxes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    VERMILION,
    Figure,
    Json,
    Mark,
    axis,
    layout,
    note,
    safe,
)
from yaan.report.span import column, cut, span
from yaan.report.text import label, number, plural
from yaan.results import FlightRecord

KILO: Final = 1e3  # [1]
_COLOURS: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)
_DECADES: Final = {"tickvals": [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50], "exponentformat": "none"}
_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross")

Step = Mapping[str, Any]


def parachutes(record: FlightRecord) -> Figure | None:
    """Force on the risers, load, speed and height against time under parachutes."""
    reach = span(record.summary, "descent")
    history = cut(record.history, reach)
    if reach is None or history is None or len(history) < 2:
        return None
    panels: list[Panel] = []
    pull, load = column(history, "parachute_load"), column(history, "load")
    if pull is not None:
        curve = Curve("force", pull / KILO, BLUE)
        panels.append(Panel("Force of the canopies", "kN", (curve,), 1, floor=0.0))
    if load is not None:
        panels.append(Panel("Load", "g", (Curve("load", load, INK),), 2, floor=0.0))
    speed = column(history, "speed_relative")
    if speed is not None:
        curve = Curve("speed", speed, VERMILION)
        low, high = float(np.nanmin(speed)), float(np.nanmax(speed))
        log = (float(np.log10(max(low, 1.0))) - 0.1, float(np.log10(high)) + 0.1)
        panels.append(Panel("Speed", "m/s", (curve,), 1, log=log))
    curve = Curve("height", history["height"] / KILO, BLUE)
    panels.append(Panel("Height", "km", (curve,), 2, floor=0.0))
    found = steps(record.summary)
    hardest = max(found, key=lambda s: s.get("peak_load") or 0.0, default={})
    alt = "Force of the canopies, load, speed and height against time under parachutes"
    alt += f"; {plural(len(found), 'step')} deployed." if found else "."
    if hardest.get("peak_load") is not None:
        alt += f" Hardest: {number(hardest['peak_load'] / KILO, 1)} kN on each of the"
        alt += f" {label(str(hardest.get('name'))).lower()}."
    caption = (
        "Under parachutes, against time since the hand-over. Dotted lines mark deployments,"
        " numbered as in the table; speed is on a logarithmic axis."
    )
    marks = [
        Mark(i, label(str(s.get("name"))), float(s["deploy"]["time"]) - reach[0])
        for i, s in enumerate(found, 1)
        if (s.get("deploy") or {}).get("time") is not None
    ]
    shared = Axis((0.0, reach[1] - reach[0]), "Time since the hand-over, s", "%{x:.1f} s")
    since = history["time"] - reach[0]
    return stack(Words("parachutes", alt, caption), panels, since, marks, shared, (120, 100))


def boxes(record: FlightRecord) -> Figure | None:
    """Where each step was deployed in Mach number and dynamic pressure, and where it may be."""
    found = [s for s in steps(record.summary) if _mach(s) is not None]
    boxed = [(i, s) for i, s in enumerate(found) if s.get("box")]
    if not boxed:
        return None
    reach = _reach(found, [s for _, s in boxed])
    data = [_point(i, s) for i, s in enumerate(found)]
    shapes = [_box(i, s["box"]) for i, s in boxed]
    out = [str(s.get("name")) for s in found if s["deploy"].get("in_box") is False]
    verdict = f"outside its box: {', '.join(out)}" if out else "all within their boxes"
    alt = f"Deployments in Mach number and dynamic pressure with the allowed boxes; {verdict}."
    caption = (
        "Each step's deployment (marker) and the box of Mach number and dynamic pressure it is"
        f" allowed in (frame of the same colour): {verdict}."
    )
    wide, narrow = (_frame(found, shapes, reach, named=n) for n in (True, False))
    return Figure("boxes", alt, caption, data, wide, narrow)


def steps(summary: Mapping[str, Any]) -> Sequence[Step]:
    """The steps of the train in the order of deployment."""
    given: Sequence[Step] = (summary.get("descent") or {}).get("steps") or ()
    return sorted(given, key=lambda s: (s.get("deploy") or {}).get("time") or np.inf)


def _mach(step: Step) -> float | None:
    deploy = step.get("deploy") or {}
    return deploy.get("mach") if deploy.get("dynamic_pressure") else None


def _reach(found: Sequence[Step], boxed: Sequence[Step]) -> tuple[tuple[float, float], ...]:
    """Range of the Mach axis, and of the exponents of dynamic pressure in kPa."""
    mach = [s["deploy"]["mach"] for s in found] + [m for s in boxed for m in s["box"]["mach"]]
    given = [s["deploy"]["dynamic_pressure"] for s in found]
    given += [q for s in boxed for q in s["box"]["dynamic_pressure"]]
    logs = np.log10(np.maximum(np.asarray(given, dtype=float), 1.0) / KILO)
    return (0.0, 1.12 * max(mach)), (float(logs.min()) - 0.25, float(logs.max()) + 0.25)


def _point(place: int, step: Step) -> Json:
    deploy = step["deploy"]
    out = deploy.get("in_box") is False
    symbol = _SYMBOLS[place % len(_SYMBOLS)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": safe(label(str(step.get("name")))),
        "x": [round(float(deploy["mach"]), 4)],
        "y": [round(float(deploy["dynamic_pressure"]) / KILO, 4)],
        "marker": {
            "size": 11,
            "symbol": "x" if out else symbol,
            "color": _COLOURS[place % len(_COLOURS)],
            "line": {"color": "#ffffff", "width": 1},
        },
        "hovertemplate": f"{safe(label(str(step.get('name'))))}: Mach %{{x:.2f}}, %{{y:.2f}} kPa"
        "<extra></extra>",
    }


def _box(place: int, box: Mapping[str, Sequence[float]]) -> Json:
    colour = _COLOURS[place % len(_COLOURS)]
    low, high = (max(q, 1.0) / KILO for q in box["dynamic_pressure"])
    dash = ("solid", "dash", "dot", "dashdot", "longdash")[place % 5]
    return {
        "type": "rect",
        "xref": "x",
        "yref": "y",
        "x0": box["mach"][0],
        "x1": box["mach"][1],
        "y0": low,
        "y1": high,
        "line": {"color": colour, "width": 1.8, "dash": dash},
        "fillcolor": colour,
        "opacity": 0.1,
        "layer": "below",
    }


def _frame(
    found: Sequence[Step], shapes: list[Json], reach: Sequence[tuple[float, float]], *, named: bool
) -> Json:
    made = layout(340 if named else 320, (54, 16, 30, 50) if named else (46, 8, 30, 46))
    made["hovermode"] = "closest"
    title = {"text": "Mach number", "font": {"size": 12}, "standoff": 8}
    made["xaxis"] = axis(range=list(reach[0]), title=title, nticks=8)
    made["yaxis"] = axis(type="log", range=list(reach[1]), **_DECADES)
    # The frame is opaque though the fill is faint: drawn twice.
    edges = [s | {"opacity": 1, "fillcolor": "rgba(0,0,0,0)"} for s in shapes]
    made["shapes"] = [*shapes, *edges]
    texts = [note("<b>Dynamic pressure</b>, kPa", 0, 1.015)]
    for place, step in enumerate(found):
        deploy = step["deploy"]
        x, y = float(deploy["mach"]), float(np.log10(deploy["dynamic_pressure"] / KILO))
        right = x < 0.6 * reach[0][1]
        style = {"xanchor": "left" if right else "right", "xshift": 9 if right else -9}
        style["yshift"] = -8 if place % 2 else 8
        text = note(safe(label(str(step.get("name")))), x, y, xref="x", yref="y", **style)
        colour = _COLOURS[place % len(_COLOURS)]
        font = {"size": 11.5, "color": INK if colour in (ORANGE, PURPLE) else colour}
        texts.append(text | {"yanchor": "middle", "font": font})
    made["annotations"] = texts
    return made
