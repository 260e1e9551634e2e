"""The figures of crew safety: how long each load lasts, and what an abort would do."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from yaan.crew import longest_exposure
from yaan.report.figures.data import told
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    NARROW,
    PURPLE,
    TEXT_COLOURS,
    VERMILION,
    WIDE,
    Array,
    Figure,
    Json,
    axis,
    event_marks,
    layout,
    line,
    note,
    safe,
)
from yaan.report.span import cut, span
from yaan.report.text import clock, label, number
from yaan.results import FlightRecord
from yaan.results.summary import AxisLoads

_COLOURS: Final = (BLUE, VERMILION, GREEN, PURPLE)
_DASHES: Final = ("solid", "dash", "dot", "solid")
_TITLE: Final = {"text": "Continuous time, s", "font": {"size": 12}, "standoff": 8}
_SPENT: Final = told(("Continuous time [s]", "x"), ("Load [g]", "y"), series="Line")
_LEVELS: Final = (8.0, 12.0, 16.0)  # [g0], round levels for counting seconds; no limits


def exposure(record: FlightRecord, part: str = "ascent") -> Figure | None:
    """Longest time at each level of load along the graded axis, against what is allowed.

    Args:
        record: the flight; of its history, the part that is graded.
        part: ``ascent`` or ``return``.
    """
    if part == "return":
        home = span(record.summary, "deorbit", "entry", "descent")
        record = replace(record, history=cut(record.history, home))
    graded = _shown_axis(record, part)
    spent = None if graded is None else _spent(record, graded)
    if graded is None or spent is None:
        return None
    duration, level = spent
    allowed = graded.allowed
    data = [
        line("This flight", duration, level, BLUE, ":.2f} g for %{x:.1f} s", line={"width": 2.4})
        | _SPENT
    ]
    ends = [float(np.nanmax(duration)), *(k[0] for k in allowed)]
    right = max(ends) * 1.6
    if allowed:
        x, y = zip(*[*allowed, (max(right, allowed[-1][0]), allowed[-1][1])], strict=True)
        data.append(line("Allowed", x, y, VERMILION, ":.1f} g for %{x:.1f} s") | _SPENT)
    if graded.worst_duration is not None and graded.worst_level_g is not None:
        data.append(_worst(graded.worst_duration, graded.worst_level_g))
    name = "exposure" if part == "ascent" else "exposure-return"
    words = _exposure_words(name, graded, float(np.nanmax(level)))
    top = 1.35 * max([float(np.nanmax(level)), *(k[1] for k in allowed)])
    spans = ((np.log10(0.4), np.log10(right)), (np.log10(0.3), np.log10(top)))
    wide, narrow = (_exposure_layout(spans, graded, w) for w in (WIDE, NARROW))
    return Figure(words.name, words.alt, words.caption, data, wide, narrow)


def _worst(duration: float, level: float) -> Json:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Closest to the limit",
        **_SPENT,
        "x": [duration],
        "y": [level],
        "marker": {"symbol": "circle-open", "size": 11, "color": INK, "line": {"width": 2}},
        "hovertemplate": "closest to the limit: %{y:.2f} g for %{x:.1f} s<extra></extra>",
    }


def _shown_axis(record: FlightRecord, part: str = "ascent") -> AxisLoads | None:
    """The axis that is graded, or else the first one with a curve, or the first one."""
    crew = record.summary.crew_in(part)
    if crew is not None and crew.couch:
        return None  # a history tells loads along the vehicle's axes, not along those of a couch
    axes = () if crew is None else crew.axes
    curved = [axis for axis in axes if axis.allowed]
    graded = [axis for axis in curved if axis.verdict != "ungraded"]
    return next(iter([*graded, *curved, *axes]), None)


def _spent(record: FlightRecord, shown: AxisLoads) -> tuple[Array, Array] | None:
    """Longest continuous time [s] at each level [g0] along the axis shown."""
    history, direction = record.history, shown.axis or "+x"
    column = f"load_{direction[-1]}"
    if history is None or column not in history or len(history) < 2:
        return None
    load = np.nan_to_num(history[column]) * (-1.0 if direction[0] == "-" else 1.0)
    peak = float(load.max())
    if peak < 0.4:  # [g0], below what the figure shows
        return None
    levels = np.linspace(0.3, peak * (1.0 - 1e-9), 80)
    return np.array([longest_exposure(history["time"], load, g) for g in levels]), levels


def _exposure_words(name: str, graded: AxisLoads, peak: float) -> Words:
    share = graded.utilisation
    used = f" At its closest it uses {number(100 * share)} % of what is allowed." if share else ""
    status = graded.status or "missing"
    alt = (
        f"Longest continuous time above each level of {graded.axis} load, on"
        f" logarithmic axes; the flight peaks at {number(peak, 2)} g.{used}"
    )
    caption = (
        "For each level, the longest continuous time the crew feels more than it. The flight is"
        f" within the limit where its curve stays below the allowed one, whose status is {status}."
    )
    return Words(name, alt, caption)


def _exposure_layout(
    spans: tuple[tuple[float, float], tuple[float, float]],
    graded: AxisLoads,
    width: int,
) -> Json:
    wide, allowed = width == WIDE, graded.allowed
    made = layout(340 if wide else 300, (58, 16, 30, 48) if wide else (40, 8, 30, 44))
    made["hovermode"] = "closest"
    ticks = {"type": "log", "dtick": 1, "exponentformat": "none", "minexponent": 9}
    steps = {"tickvals": [0.5, 1, 2, 5, 10, 20], "ticktext": ["0.5", "1", "2", "5", "10", "20"]}
    made["xaxis"] = axis(range=list(spans[0]), title=_TITLE, **ticks)
    made["yaxis"] = axis(range=list(spans[1]), type="log", **steps)
    head = note("<b>Load</b>, g", 0, 1.015)
    peak = max(graded.peak_g, 0.1)
    flight = {"xref": "x", "yref": "y", "font": {"color": BLUE, "size": 11.5}, "yshift": 3}
    texts = [head, note("<b>This flight</b>", spans[0][0] + 0.1, float(np.log10(peak)), **flight)]
    if allowed:
        text = f"<b>Allowed</b>, {safe(graded.status)} limit"
        place = {"xref": "x", "yref": "y", "font": {"color": TEXT_COLOURS[VERMILION], "size": 11.5}}
        x = float(np.log10(allowed[0][0]))
        y = float(np.log10(allowed[0][1]))
        texts.append(note(text, x, y, yshift=3, **place))
    made["annotations"] = texts
    return made


def abort(record: FlightRecord) -> Figure | None:
    """Peak load of an unpowered ballistic entry from every second of the ascent."""
    flown = record.summary.profile
    names = [n.split("/", 1)[1] for n in record.groups if n.startswith("abort/")]
    names.sort(key=lambda name: name != flown)
    members = {n: record.groups[f"abort/{n}"] for n in names}
    members = {n: m for n, m in members.items() if np.isfinite(_loads(m)).any()}
    if not members:
        return None
    curves, notes = [], []
    for i, (name, member) in enumerate(members.items()):
        load = _loads(member)
        style = _COLOURS[i % 4], _DASHES[i % 4]
        words = label(name) + (" (flown)" if name == flown else "")
        curves.append(Curve(words, load, *style, against=member["time"]))
        if name == flown and "release_load" in member:
            felt = np.asarray(member["release_load"], dtype=float)
            curves.append(Curve("At the release", felt, INK, "dot", against=member["time"]))
        worst = int(np.nanargmax(load))
        peak, time = float(load[worst]), float(member["time"][worst])
        notes.append((time, peak, f"{label(name)}: {number(peak, 1)} g at {clock(time)}"))
    end = max(float(m["time"][-1]) for m in members.values())
    top = max(peak for _, peak, _ in notes)
    panel = Panel(
        "Peak load",
        "g",
        tuple(curves),
        1,
        floor=0.0,
        notes=tuple(notes),
        levels=tuple(_allowed_levels(record, top)),
        above=True,
    )
    alt = (
        "Peak load of an unpowered ballistic entry against the instant at which the capsule is let"
        f" go. Worst: {'; '.join(n[2] for n in notes)}."
    )
    caption = (
        "The capsule is let go at each second of the ascent, without escape motor, lift or thrust,"
        " and falls to 7 km, or from below that over its highest point; then canopies. A curve is"
        " the largest load from the release on; it ends where the capsule would stay in orbit."
    )
    if panel.levels:
        caption += " Dashed levels are knots of the crew's allowed curve, for scale."
    return stack(
        Words("abort", alt, caption),
        [panel],
        [],
        event_marks(record.summary),
        Axis((0.0, end), "Instant of the abort, s since ignition"),
        (300, 250),
    )


def _allowed_levels(record: FlightRecord, top: float) -> list[tuple[float, str]]:
    graded = _shown_axis(record)
    if graded is None:
        return []
    status = graded.status or "missing"
    return [
        (g, f"{g:g} g: allowed for {number(s)} s ({status})")
        for s, g in graded.allowed
        if s >= 1.0 and g < 1.05 * top
    ]


def seconds_above(record: FlightRecord) -> list[tuple[str, list[tuple[float, float]]]]:
    """For each profile, seconds of the ascent whose abort exceeds some round levels.

    Returns:
        Profile name and pairs of level (over g0) and seconds; the flown profile first.
    """
    flown = record.summary.profile
    rows: list[tuple[str, list[tuple[float, float]]]] = []
    for group, member in record.groups.items():
        kind, _, name = group.partition("/")
        if kind == "abort" and len(member["time"]) > 1:
            load = np.nan_to_num(_loads(member))
            width = np.gradient(member["time"])
            rows.append((name, [(g, float(width[load > g].sum())) for g in _LEVELS]))
    return sorted(rows, key=lambda row: row[0] != flown)


def _loads(member: Mapping[str, Array]) -> Array:
    """Peak loads, with a gap where the capsule stays up."""
    load = np.asarray(member["peak_load"], dtype=float)
    return np.where(np.asarray(member.get("outcome", np.zeros(len(load)))) == 0, load, np.nan)
