"""The figures of the orbit: the mission at a glance, and sunlight and shadow day by day."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from yaan.report.figures.data import heading, told
from yaan.report.figures.globe import PARTS
from yaan.report.figures.style import (
    INK,
    ORANGE,
    SHADE,
    SOFT,
    Figure,
    Json,
    axis,
    layout,
    line,
    note,
    safe,
)
from yaan.report.span import Span, cut, span
from yaan.report.text import clock, label, number, plural
from yaan.results import FlightRecord, Summary
from yaan.results.summary_ascent import Burn, Eclipse

HOUR: Final = 3600.0  # [s]
DAY: Final = 86400.0  # [s]
KILO: Final = 1e3  # [1]

_PANELS: Final = (
    (("ascent",), "Ascent", "min since ignition", 60.0, "m"),
    (("orbit",), "Orbit", "h since ignition", HOUR, "h"),
    (("deorbit", "entry", "descent"), "Return", "min since the deorbit burn", 60.0, "m"),
)


def mission(record: FlightRecord) -> Figure | None:
    """Height against time in three parts, each on its own scale of time."""
    summary = record.summary
    if record.history is None or span(summary, "orbit") is None:
        return None
    parts = [p for p in _PANELS if span(summary, *p[0]) is not None]
    top = float(np.nanmax(record.history["height"])) / KILO * 1.12
    data: list[Json] = []
    for place, (keys, _, title, unit, _) in enumerate(parts, 1):
        first = span(summary, *keys)
        origin = first[0] if first is not None and "deorbit" in keys else 0.0
        data += [c | _columns(c, title) for c in _curves(record, keys, (origin, unit), place)]
    data.append(_burn_marks(record))
    last = span(summary, "orbit", "deorbit", "entry", "descent")
    ends = clock(last[1]) if last else "its end"
    alt = (
        f"Height against time for the {plural(len(parts), 'part')} of the mission, ignition to"
        f" {ends}, highest at {number(top / 1.12)} km; Earth's shadow as grey bands in the orbit."
    )
    caption = (
        "The whole mission, each part on its own scale of time. Grey bands: the spacecraft is in"
        " the Earth's umbra. Triangles: burns in orbit."
    )
    wide, narrow = (_glance(summary, parts, top, stacked=s) for s in (False, True))
    return Figure("mission", alt, caption, data, wide, narrow)


def _curves(
    record: FlightRecord, keys: Sequence[str], scale: tuple[float, float], place: int
) -> list[Json]:
    found: list[Json] = []
    styles = {key: (words, colour) for key, words, colour, _ in PARTS}
    for key in keys:
        part = cut(record.history, span(record.summary, key))
        if part is None:
            continue
        words, colour = styles[key]
        x = (part["time"] - scale[0]) / scale[1]
        more: Json = {"xaxis": _axis("x", place), "yaxis": _axis("y", place)}
        more["line"] = {"width": 1.2 if key == "orbit" else 2.2}
        found.append(line(words, x, part["height"] / KILO, colour, ":,.1f} km", **more))
    return found


def _columns(curve: Json, title: str) -> Json:
    """Of a curve against an axis whose title begins with its unit."""
    unit, words = title.split(" ", 1)
    return told((f"Time {words} [{unit}]", "x"), (heading(f"Height {curve['name']}", "km"), "y"))


def _burn_marks(record: FlightRecord) -> Json:
    history, burns = record.history, _burns(record.summary)
    assert history is not None
    at = [burn.start for burn in burns]
    known = np.isfinite(history["height"])
    height = np.interp(at, history["time"][known], history["height"][known]) / KILO
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(t / HOUR, 4) for t in at],
        "y": [round(float(h), 1) for h in height],
        "xaxis": "x2",
        "yaxis": "y2",
        "text": [safe(label(burn.name)) for burn in burns],
        "hovertemplate": "%{text} burn<extra></extra>",
        "marker": {"symbol": "triangle-down", "size": 10, "color": INK},
        **told(("Burn", "text"), ("Time since ignition [h]", "x"), ("Height [km]", "y")),
    }


def _glance(summary: Summary, parts: Sequence[Any], top: float, *, stacked: bool) -> Json:
    count = len(parts)
    made = layout(620 if stacked else 320, (44, 8, 26, 46) if stacked else (52, 12, 30, 52))
    made["hovermode"] = "closest"
    gap = 0.11 if stacked else 0.045
    texts: list[Json] = []
    shapes: list[Json] = []
    for place, (keys, words, title, unit, _) in enumerate(parts, 1):
        size = (1 - gap * (count - 1)) / count
        low = (place - 1) * (size + gap)
        across = [0.0, 1.0] if stacked else [low, low + size]
        up = [1 - low - size, 1 - low] if stacked else [0.0, 1.0]
        reach = span(summary, *keys) or (0.0, 1.0)
        origin = reach[0] if "deorbit" in keys else 0.0
        made[_axis("xaxis", place)] = axis(
            domain=across,
            anchor=_axis("y", place),
            range=[(reach[0] - origin) / unit, (reach[1] - origin) / unit],
            title={"text": title, "font": {"size": 12}, "standoff": 6},
            nticks=7,
        )
        made[_axis("yaxis", place)] = axis(
            domain=up,
            anchor=_axis("x", place),
            range=[0, top],
            showticklabels=stacked or place == 1,
            nticks=6,
        )
        unit_words = ", height in km" if stacked or place == 1 else ""
        texts.append(note(f"<b>{words}</b>{unit_words}", across[0], up[1], yshift=3))
        if keys == ("orbit",):
            shapes = [_band(e, place) for e in _umbras(summary)]
    made["annotations"], made["shapes"] = texts, shapes
    return made


def _band(eclipse: Eclipse, place: int) -> Json:
    return {
        "type": "rect",
        "xref": _axis("x", place),
        "yref": f"{_axis('y', place)} domain",
        "x0": eclipse.start / HOUR,
        "x1": eclipse.end / HOUR,
        "y0": 0,
        "y1": 1,
        "line": {"width": 0},
        "fillcolor": SHADE,
        "layer": "below",
    }


def _umbras(summary: Summary) -> list[Eclipse]:
    given = () if summary.orbit_phase is None else summary.orbit_phase.eclipses
    return [eclipse for eclipse in given if eclipse.kind == "umbra"]


def _burns(summary: Summary) -> Sequence[Burn]:
    """Those that raise the orbit."""
    return () if summary.orbit_phase is None else summary.orbit_phase.burns


def sunlight(record: FlightRecord) -> Figure | None:
    """Sunlight and shadow along the mission, a row a day."""
    summary, orbit = record.summary, record.summary.orbit_phase
    reach = span(summary, "ascent", "orbit", "deorbit", "entry", "descent")
    dark = _umbras(summary)
    if reach is None or orbit is None or not dark:
        return None
    days = int(np.ceil(reach[1] / DAY))
    lit = [(reach[0], reach[1])]
    data = [
        _bars("sunlight", lit, "#f6d58a", ORANGE, days),
        _bars("umbra", [(e.start, e.end) for e in dark], "#3d4a58", INK, days),
    ]
    found = f"{plural(len(dark), 'eclipse')}, the longest {number(orbit.longest_eclipse / 60.0, 1)}"
    found += f" min, {number(100.0 * orbit.eclipse_fraction, 1)} % of the time in orbit"
    alt = f"Bars of sunlight and shadow along the mission, a row a day: {found}."
    caption = f"Sunlight (light) and umbra (dark) along the mission, a row a day: {found}."
    wide, narrow = (_days(summary, days, reach, named=n) for n in (True, False))
    return Figure("sunlight", alt, caption, data, wide, narrow)


def _bars(name: str, pieces: Sequence[Span], fill: str, edge: str, days: int) -> Json:
    """Pieces of time as bars, cut at midnights of the mission."""
    rows = [
        (day, max(a, day * DAY) / HOUR - 24 * day, min(b, (day + 1) * DAY) / HOUR - 24 * day)
        for a, b in pieces
        for day in range(days)
        if a < (day + 1) * DAY and b > day * DAY
    ]
    days_told = ("Day", [day + 1 for day, _, _ in rows])
    return {
        "type": "bar",
        "orientation": "h",
        "name": name,
        **told(days_told, ("From hour [h]", "base"), ("Lasts [h]", "x"), series="Light"),
        "base": [round(a, 4) for _, a, _ in rows],
        "x": [round(b - a, 4) for _, a, b in rows],
        "y": [day for day, _, _ in rows],
        "width": 0.62,
        "marker": {"color": fill, "line": {"color": edge, "width": 0.5}},
        "hovertemplate": f"{name}, %{{base:.2f}} h, for %{{x:.2f}} h<extra></extra>",
    }


def _days(summary: Summary, days: int, reach: Span, *, named: bool) -> Json:
    pitch = 44
    made = layout(days * pitch + 82, (58, 16, 32, 50) if named else (48, 8, 32, 46))
    made["hovermode"], made["barmode"] = "closest", "overlay"
    title = {"text": "h of each day since ignition", "font": {"size": 12}, "standoff": 6}
    made["xaxis"] = axis(range=[0, 24], dtick=3 if named else 6, title=title)
    names = [f"Day {day + 1}" for day in range(days)]
    made["yaxis"] = axis(range=[days - 0.5, -0.62], tickvals=list(range(days)), ticktext=names)
    made["yaxis"] |= {"showgrid": False, "ticks": ""}
    deorbit, down = span(summary, "deorbit"), span(summary, "descent")
    marks = [(burn.name, burn.start) for burn in _burns(summary)]
    marks += [("deorbit", deorbit[0])] if deorbit else []
    marks += [("splashdown", down[1])] if down else []
    made["annotations"] = [_flag(name, at) for name, at in marks]
    if "ascent" in summary.spans:
        made["annotations"].append(_flag("lift-off", reach[0]))
    made["annotations"] = _apart(made["annotations"])
    return made


def _flag(name: str, at: float) -> Json:
    day = int(at // DAY)
    hour = at / HOUR - 24 * day
    text = note(f"▾ {safe(label(name))}", hour, day - 0.29, xref="x", yref="y")
    text["font"] = {"size": 11, "color": SOFT}
    # A flag late in its day is written to the left of its place.
    if hour > 16.0:
        text |= {"xanchor": "right", "text": f"{safe(label(name))} ▾"}
        return text | {"xshift": 5}
    return text | {"xshift": -5}


def _apart(flags: list[Json]) -> list[Json]:
    """Flags that would lie on each other share one text."""
    kept: list[Json] = []
    for flag in sorted(flags, key=lambda f: (f["y"], f["x"])):
        last = kept[-1] if kept else None
        if last is not None and last["y"] == flag["y"] and abs(last["x"] - flag["x"]) < 3.0:
            # The mark stays where the place is: at the end of what is written to the left of it.
            words = f", {flag['text'].strip('▾ ').lower()}"
            ends = last["text"].endswith(" ▾")
            last["text"] = last["text"].removesuffix(" ▾") + words + (" ▾" if ends else "")
        else:
            kept.append(flag)
    return kept


def _axis(name: str, place: int) -> str:
    """Plotly's name of an axis: the first has no number."""
    return name if place == 1 else f"{name}{place}"
