"""The figures of the descent: the canopies' force against time, and their deployment boxes."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    TEXT_COLOURS,
    VERMILION,
    Figure,
    Json,
    Mark,
    axis,
    layout,
    note,
    safe,
    spread,
)
from yaan.report.span import column, cut, span
from yaan.report.text import known, label, number, plural
from yaan.results import FlightRecord, Summary
from yaan.results.summary_return import Deployment, DeploymentBox, ParachuteStep

KILO: Final = 1e3  # [1]
_COLOURS: Final = (BLUE, VERMILION, GREEN, PURPLE, ORANGE)
_DECADES: Final = {"tickvals": [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50], "exponentformat": "none"}
_SYMBOLS: Final = ("circle", "square", "diamond", "triangle-up", "cross")


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
    pulled = [step for step in found if known(step.peak_load)]
    alt = "Force of the canopies, load, speed and height against time under parachutes"
    alt += f"; {plural(len(found), 'step')} deployed." if found else "."
    if pulled:
        hardest = max(pulled, key=lambda step: step.peak_load)
        alt += f" Hardest: {number(hardest.peak_load / KILO, 1)} kN on each of the"
        alt += f" {label(hardest.name).lower()}."
    caption = (
        "Under parachutes, against time since the hand-over. Dotted lines mark deployments,"
        " numbered as in the table; speed is on a logarithmic axis."
    )
    marks = [
        Mark(i, label(step.name), step.deploy.time - reach[0])
        for i, step in enumerate(found, 1)
        if step.deploy is not None
    ]
    shared = Axis((0.0, reach[1] - reach[0]), "Time since the hand-over, s", "%{x:.1f} s")
    since = history["time"] - reach[0]
    return stack(Words("parachutes", alt, caption), panels, since, marks, shared, (120, 100))


def boxes(record: FlightRecord) -> Figure | None:
    """Where each step was deployed in Mach number and dynamic pressure, and where it may be."""
    found = [(s, s.deploy) for s in steps(record.summary) if s.deploy and s.deploy.dynamic_pressure]
    boxed = [(i, step.box) for i, (step, _) in enumerate(found) if step.box]
    if not boxed:
        return None
    reach = _reach([deploy for _, deploy in found], [box for _, box in boxed])
    data = [_point(i, *pair) for i, pair in enumerate(found)]
    shapes = [_box(i, box) for i, box in boxed]
    out = [step.name for step, deploy in found if not deploy.in_box]
    verdict = f"outside its box: {', '.join(out)}" if out else "all within their boxes"
    alt = f"Deployments in Mach number and dynamic pressure with the allowed boxes; {verdict}."
    caption = (
        "Each step's deployment (marker) and the box of Mach number and dynamic pressure it is"
        f" allowed in (frame of the same colour): {verdict}."
    )
    wide, narrow = (_frame(found, shapes, reach, named=n) for n in (True, False))
    return Figure("boxes", alt, caption, data, wide, narrow)


def steps(summary: Summary) -> Sequence[ParachuteStep]:
    """The steps of the train in the order of deployment."""
    given = () if summary.descent is None else summary.descent.steps
    return sorted(given, key=lambda step: np.inf if step.deploy is None else step.deploy.time)


def _reach(
    found: Sequence[Deployment], boxed: Sequence[DeploymentBox]
) -> tuple[tuple[float, float], ...]:
    """Range of the Mach axis, and of the exponents of dynamic pressure in kPa."""
    mach = [deploy.mach for deploy in found] + [m for box in boxed for m in box.mach]
    given = [deploy.dynamic_pressure for deploy in found]
    given += [q for box in boxed for q in box.dynamic_pressure]
    logs = np.log10(np.maximum(np.asarray(given, dtype=float), 1.0) / KILO)
    return (0.0, 1.12 * max(mach)), (float(logs.min()) - 0.25, float(logs.max()) + 0.25)


def _point(place: int, step: ParachuteStep, deploy: Deployment) -> Json:
    name, out = safe(label(step.name)), not deploy.in_box
    symbol = _SYMBOLS[place % len(_SYMBOLS)]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [round(deploy.mach, 4)],
        "y": [round(deploy.dynamic_pressure / KILO, 4)],
        "marker": {
            "size": 11,
            "symbol": "x" if out else symbol,
            "color": _COLOURS[place % len(_COLOURS)],
            "line": {"color": "#ffffff", "width": 1},
        },
        "hovertemplate": f"{name}: Mach %{{x:.2f}}, %{{y:.2f}} kPa<extra></extra>",
        **_columns(step),
    }


def _columns(step: ParachuteStep) -> Json:
    """The deployment, and the box that it may be in."""
    box, name = step.box, label(step.name)
    mach = [[None], [None]] if box is None else [[one] for one in box.mach]
    pressure = [[None], [None]] if box is None else [[q / KILO] for q in box.dynamic_pressure]
    return told(
        ("Mach number", "x"),
        ("Dynamic pressure [kPa]", "y"),
        ("Least Mach number", mach[0]),
        ("Largest Mach number", mach[1]),
        ("Least dynamic pressure [kPa]", pressure[0]),
        ("Largest dynamic pressure [kPa]", pressure[1]),
        series="Step",
        name=name,
    )


def _box(place: int, box: DeploymentBox) -> Json:
    colour = _COLOURS[place % len(_COLOURS)]
    low, high = (max(q, 1.0) / KILO for q in box.dynamic_pressure)
    dash = ("solid", "dash", "dot", "dashdot", "longdash")[place % 5]
    return {
        "type": "rect",
        "xref": "x",
        "yref": "y",
        "x0": box.mach[0],
        "x1": box.mach[1],
        "y0": low,
        "y1": high,
        "line": {"color": colour, "width": 1.8, "dash": dash},
        "fillcolor": colour,
        "opacity": 0.1,
        "layer": "below",
    }


def _apart(heights: Sequence[float], pixels: float) -> list[float]:
    """How far each name is lifted [px] so that no two of them lie on each other."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    wanted = [heights[i] * pixels for i in order]
    placed = spread(wanted, 15.0, wanted[0] - 8.0, wanted[-1] + 8.0)
    lift = dict(zip(order, (b - a for a, b in zip(wanted, placed, strict=True)), strict=True))
    return [round(lift[i], 1) for i in range(len(heights))]


def _frame(
    found: Sequence[tuple[ParachuteStep, Deployment]],
    shapes: list[Json],
    reach: Sequence[tuple[float, float]],
    *,
    named: bool,
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
    heights = [float(np.log10(deploy.dynamic_pressure / KILO)) for _, deploy in found]
    apart = _apart(heights, (made["height"] - 80) / (reach[1][1] - reach[1][0]))
    for place, (step, deploy) in enumerate(found):
        x, y = deploy.mach, heights[place]
        right = x < 0.6 * reach[0][1]
        style: Json = {"xanchor": "left" if right else "right", "xshift": 9 if right else -9}
        style["yshift"] = apart[place]
        text = note(safe(label(step.name)), x, y, xref="x", yref="y", **style)
        colour = _COLOURS[place % len(_COLOURS)]
        font = {"size": 11.5, "color": TEXT_COLOURS[colour]}
        texts.append(text | {"yanchor": "middle", "font": font})
    made["annotations"] = texts
    return made
