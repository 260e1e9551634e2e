"""Columns of a history against time, each its own panel, with the phases marked."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

import numpy as np

from yaan.base.errors import YaanError
from yaan.report.figures.histories import thinned
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.quantities import largest, parts, shown
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    PURPLE,
    VERMILION,
    Figure,
    Mark,
)
from yaan.report.text import label, number
from yaan.results import COLUMNS, History

_COLOURS: Final = (BLUE, VERMILION, GREEN, PURPLE)
_DASHES: Final = ("solid", "dash", "dot")


def columns(
    history: History,
    names: Sequence[str],
    *,
    since: str = "ignition",
    between: tuple[float, float] | None = None,
) -> Figure:
    """Columns against time, one panel each, from top to bottom.

    Args:
        history: of the flight.
        names: of the columns; of one with components every component is a curve.
        since: what time counts from, in words.
        between: first and last time to show [s]; without it all of it.

    Raises:
        YaanError: for a column that the history does not have, naming the nearest that it has, or
            for a span without two rows.
    """
    _refuse(history, names)
    span = (float(history["time"][0]), float(history["time"][-1])) if between is None else between
    time = history["time"]
    rows = history.rows((time >= span[0]) & (time <= span[1]))
    drawn = thinned(rows)
    if drawn is None:
        raise YaanError(
            f"There are no two rows between {span[0]:g} s and {span[1]:g} s; the history runs from"
            f" {time[0]:g} s to {time[-1]:g} s."
        )
    panels = [_panel(drawn, name) for name in names]
    marks = _phases(history)
    told = "; ".join(f"{p.words} {_range(p)}" for p in panels)
    caption = f"{', '.join(p.words for p in panels)} against time; the phases are numbered."
    return stack(
        Words("columns", f"{told}.", caption),
        panels,
        drawn["time"],
        marks,
        Axis(span, f"Time since {since}, s"),
        (190 if len(panels) < 3 else 140, 130),
    )


def _refuse(history: History, names: Sequence[str]) -> None:
    """Raise for every name that cannot be drawn, all of them at once."""
    known = [name for name in history.columns if name != "time"]
    wrong: list[str] = []
    for name in names:
        if name in known:
            continue
        if name == "time":
            wrong.append("'time' is what the others are drawn against")
        elif name in COLUMNS:
            wrong.append(f"this flight has no {name!r} ({COLUMNS[name].long_name})")
        else:
            near = _nearest(name, known)
            wrong.append(f"there is no column {name!r}" + (f" (near: {near})" if near else ""))
    if wrong:
        text = "; ".join(wrong)
        raise YaanError(f"{text[0].upper()}{text[1:]}. It has {', '.join(known)}.")


def _nearest(name: str, known: Sequence[str]) -> str:
    """The columns that are spelt like `name`, or have a word of it in them."""
    asked = set(name.casefold().split("_"))
    alike = get_close_matches(name.casefold(), known, 3)
    return ", ".join(dict.fromkeys([*alike, *(k for k in known if asked & set(k.split("_")))]))


def _panel(history: History, name: str) -> Panel:
    curves = list(parts(history, name))
    look = shown(name, max((largest(values) for _, values in curves), default=0.0))
    whole = COLUMNS[name].integer
    made = tuple(
        Curve(
            part,
            values / look.scale,
            _COLOURS[place % len(_COLOURS)],
            _DASHES[place % len(_DASHES)],
            shape="hv" if whole else "linear",
        )
        for place, (part, values) in enumerate(curves)
    )
    low = min((float(np.nanmin(v)) for _, v in curves if np.isfinite(v).any()), default=0.0)
    return Panel(look.words, look.unit, made, look.digits, floor=0.0 if low >= 0.0 else None)


def _range(panel: Panel) -> str:
    values = np.concatenate([np.asarray(curve.values, dtype=float) for curve in panel.curves])
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "is never known"
    low, high = (number(float(edge), panel.digits) for edge in (finite.min(), finite.max()))
    return f"from {low} to {high} {panel.unit}".rstrip()


def _phases(history: History) -> list[Mark]:
    """Where each phase begins, numbered in the order of flight."""
    if "phase" not in history or not history.phases:
        return []
    phase = np.asarray(history["phase"], dtype=int)
    first = np.flatnonzero(np.diff(phase, prepend=phase[0] - 1))
    return [
        Mark(place, label(history.phases[phase[row]]), float(history["time"][row]))
        for place, row in enumerate(first, 1)
    ]
