"""The best way out of every failure, second by second."""

from typing import Any, Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.escape_modes import margin
from yaan.report.figures.escape_strips import (
    BLACK,
    EDGES,
    MOST,
    OUTSIDE,
    Sheet,
    column_edges,
    legend_strip,
    stand,
    strip_layout,
    strip_map,
    told_margins,
)
from yaan.report.figures.style import NARROW, WIDE, Array, Figure, safe, values
from yaan.report.text import NONE, clock
from yaan.results.escape import EscapeRecord

_BEGUN: Final = "Time of the failure or of the command, s since ignition"


def by_failure(made: EscapeRecord) -> Figure | None:
    """The best way out of every failure, at each instant of it."""
    times = made.groups.get("choice", {}).get("time", np.zeros(0))
    given = [
        (one, made.groups[f"failure/{one.name}"])
        for one in made.summary.failures
        if {"time", "margin"} <= made.groups.get(f"failure/{one.name}", {}).keys()
    ]
    given = [(one, held) for one, held in given if len(held["time"])]
    if not given or not len(times):
        return None
    strips, pool = stand(len(given), (34, 15)), -(-len(times) // MOST)
    width = -(-len(times) // pool)
    z: list[list[int | None]] = [[None] * width for _ in strips.edges[1:]]
    text = [[""] * width for _ in strips.edges[1:]]
    rows = [("a command in time", strips.best, made.groups["choice"])]
    rows += [(f.title, k, held) for (f, held), k in zip(given, strips.modes, strict=True)]
    columns: list[list[Any]] = [[] for _ in range(5)]
    for title, row, held in rows:
        z[row] = [OUTSIDE] * width
        text[row] = [f"{safe(title)}: it cannot be here"] * width
        at = np.searchsorted(times, held["time"] - 1e-9)
        found = held["margin"]
        least = np.where(np.isnan(found), -np.inf, found)
        readouts = [_chosen(made, title, held, k) for k in range(len(found))]
        for k in np.argsort(-least, kind="stable"):
            column = int(at[k]) // pool
            z[row][column] = int(np.digitize(found[k], EDGES)) if found[k] >= 0.0 else BLACK
            text[row][column] = "<br>".join(readouts[k])
        told_ = [[title] * len(found), values(held["time"], 9), told_margins(found)]
        told_ += [[one[1] for one in readouts], [one[2] for one in readouts]]
        for held_, more in zip(columns, told_, strict=True):
            held_.extend(more)
    step = made.summary.step
    heads = ("Failure", "Time [s]", "Margin", "Best mode", "Worst constraint")
    trace = strip_map(column_edges(times[::pool], times[-1], step), strips, z, text) | told(
        *zip(heads, columns, strict=True)
    )
    dark = [f"{f.title} {f.instants - f.survivable} of {f.instants}" for f, _ in given]
    alt = f"Map of failures against mission time; instants without a survivable mode: {dark}."
    alt = alt.replace("[", "").replace("]", "").replace("'", "")
    caption = (
        "The best way out of each failure as it begins at each instant, warning, blast and fire"
        " included, beside that of a command without a failure; black where there is none."
    )
    titles = ["A command in time", *(f.title for f, _ in given)]
    sheet = Sheet(titles, title=_BEGUN, framed=True)
    wide, narrow = (strip_layout(made, strips, sheet, width) for width in (WIDE, NARROW))
    return Figure("failures", alt, caption, [trace, *legend_strip()], wide, narrow)


def _chosen(made: EscapeRecord, title: str, held: dict[str, Array], row: int) -> tuple[str, ...]:
    """What is told of one instant of a failure: itself, the mode, and what is worst in it."""
    modes, constraints = made.summary.modes, made.summary.constraints
    mode, worst = (int(held[k][row]) if k in held else -1 for k in ("mode", "constraint"))
    head = f"<b>{safe(title)}</b>, {clock(float(held['time'][row]))}"
    if mode < 0:
        return head, "no mode has its window here", NONE
    found = float(held["margin"][row])
    way = "best: " if found >= 0.0 else "none survivable, nearest: "
    least = f"margin {margin(found)}"
    if 0 <= worst < len(constraints):
        least += f", least of: {safe(constraints[worst].words)}"
    return head, f"{way}{safe(modes[mode].title)}", least
