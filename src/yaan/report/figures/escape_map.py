"""The coverage map of crew escape: modes against mission time, coloured by their worst constraint.

A cell is a mode at an instant, its colour the least margin of the constraints that are switched on.
The strip on top is the best mode of each instant, black where none is survivable. The trace's
`meta` holds every margin, so that the page's switches can colour it anew, and the data button is of
the same columns.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.escape_modes import Look, last_cut_off, look, mode_columns
from yaan.report.figures.escape_modes import margin as told_margin
from yaan.report.figures.escape_strips import (
    BLACK,
    EDGES,
    MOST,
    OPEN,
    OUTSIDE,
    Sheet,
    Strips,
    column_edges,
    legend_strip,
    stand,
    strip_layout,
    strip_map,
    told_margins,
)
from yaan.report.figures.legend import legend
from yaan.report.figures.style import NARROW, WIDE, Array, Figure, Json, line, safe, values
from yaan.report.text import NONE, SPACE, clock, known, label, number
from yaan.results.escape import EscapeMode, EscapeRecord

_LAST: Final = 60.0  # [s], of the last stage
_AFTER: Final = 15.0  # [s], after it has been cut off

_BEST: Final = "Best mode of each instant"


@dataclass(frozen=True)
class _Cell:
    """Rows of all modes in one list, as the columns of the data have them.

    Attributes:
        mode: index of each row's mode.
        at: index of its instant, among those of the map.
        columns: by name, of each row.
    """

    mode: Array
    at: Array
    columns: dict[str, Array]


def coverage(made: EscapeRecord) -> Figure | None:
    """Which modes are survivable at every instant, and by how much."""
    summary = made.summary
    found = _drawn(made, (summary.begin, summary.end), (34, 15))
    if found is None:
        return None
    data, strips, shown = found
    zones = "; ".join(
        f"{number(z.begin, 1)} to {number(z.end, 1)} s: {z.text}" for z in summary.zones
    )
    alt = f"Map of escape modes against mission time. {summary.sentence}"
    alt += f" Without a survivable mode: {zones}." if zones else ""
    caption = (
        "Each strip is a mode, its colour the margin of whatever constraint is nearest: 1 at rest,"
        " 0 at the limit, below zero beyond it. The uppermost is the best mode of each instant."
    )
    pool = -(-summary.instants // MOST)
    if pool > 1:
        caption += f" Each column is the worst of {pool} instants."
    titles = [_BEST, *(one.title for one in shown)]
    sheet = Sheet(titles)
    wide, narrow = (strip_layout(made, strips, sheet, width) for width in (WIDE, NARROW))
    return Figure("coverage", alt, caption, data, wide, narrow)


def last_minute(made: EscapeRecord) -> Figure | None:
    """Which modes there are in the last minute of the last stage, and what they must give."""
    end = last_cut_off(made)
    if end is None:
        return None
    name, at = end
    times = made.groups.get("choice", {}).get("time", np.zeros(0))
    shown_ = times[(times >= at - _LAST - 1e-9) & (times <= at + _AFTER)]
    if not len(shown_):
        return None
    span = float(shown_[0]), float(shown_[-1])
    found = _drawn(made, span, (34, 18))
    if found is None:
        return None
    data, strips, shown = found
    needed, keys = _delta_v(made, shown, span)
    data += needed
    there = [one.title for one in shown]
    alt = (
        f"Map of escape modes from {number(span[0], 1)} s to {number(span[1], 1)} s, around"
        f" {label(name)} at {number(at, 1)} s: {', '.join(there)}."
    )
    caption = f"The last {number(_LAST)} s before {label(name)}, in the colours of the map above."
    if needed:
        caption += " Below: the velocity that the service module must give."
    titles = [_BEST, *there]
    sheet = Sheet(titles, span, below=130 if needed else 0)
    wide, narrow = (strip_layout(made, strips, sheet, width) for width in (WIDE, NARROW))
    figure = Figure("last-minute", alt, caption, data, wide, narrow)
    return legend(figure, keys, events=True) if keys else figure


def cells_of(made: EscapeRecord) -> _Cell:
    """The rows of all modes below each other, each with its instant."""
    summary, times = made.summary, made.groups.get("choice", {}).get("time", np.zeros(0))
    names = ["time", "margin", "constraint", "latitude", "longitude", "duration", "peak_load"]
    names += [f"margin_{one.name}" for one in summary.constraints]
    mode: list[Array] = []
    at: list[Array] = []
    columns: dict[str, list[Array]] = {name: [] for name in names}
    for k, one in enumerate(summary.modes):
        held = mode_columns(made, one.name)
        time = held.get("time", np.zeros(0))
        mode.append(np.full(len(time), k))
        at.append(np.searchsorted(times, time - 1e-9))
        for name in names:
            columns[name].append(held.get(name, np.full(len(time), np.nan)))
    if not mode:
        return _Cell(np.zeros(0, int), np.zeros(0, int), {name: np.zeros(0) for name in names})
    return _Cell(
        np.concatenate(mode),
        np.concatenate(at),
        {name: np.concatenate(parts) for name, parts in columns.items()},
    )


def judged(made: EscapeRecord, cells: _Cell, on: Sequence[bool]) -> tuple[Array, Array, Array]:
    """Of each row the least margin of the constraints that are `on`, which it is, and what is open.

    Returns:
        Margin, infinite of a row that nothing limits; index of its constraint; and whether one of
        the constraints was not judged.
    """
    names = [one.name for one in made.summary.constraints]
    margins = np.array([cells.columns[f"margin_{name}"] for name in names]).reshape(
        len(names), len(cells.mode)
    )
    asked = np.asarray(on, dtype=bool)[:, None]
    held = np.where(asked & ~np.isnan(margins), margins, np.inf)
    if not names:
        nothing = np.zeros(len(cells.mode))
        return nothing + np.inf, nothing.astype(int), nothing.astype(bool)
    return held.min(axis=0), held.argmin(axis=0), np.any(np.isnan(margins) & asked, axis=0)


def best_rows(cells: _Cell, margin: Array, instants: int) -> Array:
    """Of each instant the row of the best mode; -1 where no mode has its window."""
    best = np.full(instants, -1)
    for row, at in enumerate(cells.at):
        if best[at] < 0 or margin[row] > margin[best[at]]:
            best[at] = row
    return best


def _drawn(
    made: EscapeRecord, span: tuple[float, float], sizes: tuple[int, int]
) -> tuple[list[Json], Strips, list[EscapeMode]] | None:
    """The traces of a map, where its strips stand, and the modes that it shows."""
    summary, times = made.summary, made.groups.get("choice", {}).get("time", np.zeros(0))
    inside = (times >= span[0] - 1e-9) & (times <= span[1] + 1e-9)
    cells = cells_of(made)
    if not inside.any() or not len(cells.mode):
        return None
    first = int(np.flatnonzero(inside)[0])
    times = times[inside]
    kept = (cells.at >= first) & (cells.at < first + len(times))
    cells = _Cell(
        cells.mode[kept], cells.at[kept] - first, {k: v[kept] for k, v in cells.columns.items()}
    )
    shown = [k for k in range(len(summary.modes)) if np.any(cells.mode == k)]
    if not shown:
        return None
    strips = stand(len(shown), sizes)
    on = [one.coloured for one in summary.constraints]
    pool = -(-len(times) // MOST)
    z, text = _painted(made, cells, on, (times, shown, strips, pool))
    lines = dict(zip(shown, strips.modes, strict=True))
    rows = {
        "map": {
            "modes": [lines.get(k, -1) for k in range(len(summary.modes))],
            "best": strips.best,
            "pool": pool,
            "edges": list(EDGES),
            "instants": len(times),
            "at": cells.at.tolist(),
            "mode": cells.mode.tolist(),
            "constraints": [[one.name, one.words] for one in summary.constraints],
            "margins": _LEADING,
        }
    }  # fmt: skip
    trace = strip_map(
        column_edges(times[::pool], times[-1], summary.step), strips, z, text
    ) | _columns(made, cells)
    trace["meta"] |= rows
    return [trace, *legend_strip()], strips, [summary.modes[k] for k in shown]


def _painted(
    made: EscapeRecord,
    cells: _Cell,
    on: Sequence[bool],
    drawn: tuple[Array, list[int], Strips, int],
) -> tuple[list[list[int | None]], list[list[str]]]:
    """Codes and readouts of all cells, row by row from the bottom."""
    times, shown, strips, pool = drawn
    summary = made.summary
    margin, worst, open_ = judged(made, cells, on)
    columns = -(-len(times) // pool)
    z: list[list[int | None]] = [[None] * columns for _ in strips.edges[1:]]
    text = [[""] * columns for _ in strips.edges[1:]]
    code = np.digitize(margin, EDGES)

    def told(row: int, lead: str) -> str:
        one = summary.modes[int(cells.mode[row])]
        head = f"{lead}<b>{safe(one.title)}</b>, {clock(float(cells.columns['time'][row]))}"
        nearest = safe(summary.constraints[int(worst[row])].words)
        least = f"margin {told_margin(float(margin[row]))}, least of: {nearest}"
        least = least if np.isfinite(margin[row]) else "nothing limits it"
        more = "<br>not judged by all that is asked" if open_[row] else ""
        return f"{head}<br>{least}{more}<br>{_ending(cells, row)}"

    for place, k in enumerate(shown):
        line_, one = strips.modes[place], summary.modes[k]
        z[line_] = [OUTSIDE] * columns
        text[line_] = [f"{safe(one.title)}: outside its window"] * columns
        rows = np.flatnonzero(cells.mode == k)
        for row in rows[np.argsort(-margin[rows], kind="stable")]:  # the worst is written last
            column = int(cells.at[row]) // pool
            z[line_][column], text[line_][column] = int(code[row]), told(row, "")
            z[line_ - 1][column] = OPEN if open_[row] else None
            text[line_ - 1][column] = text[line_][column] if open_[row] else ""
    best = best_rows(cells, margin, len(times))
    least = np.where(best < 0, -np.inf, margin[best])
    for instant in np.argsort(-least, kind="stable"):
        row, column = int(best[instant]), int(instant) // pool
        survivable = row >= 0 and margin[row] >= 0.0
        z[strips.best][column] = int(code[row]) if survivable else BLACK
        nobody = f"{clock(float(times[instant]))}: no mode has its window here"
        lead = "best: " if survivable else "none survivable, nearest: "
        text[strips.best][column] = told(row, lead) if row >= 0 else nobody
        unsure = row >= 0 and bool(open_[row])
        z[strips.best - 1][column] = OPEN if unsure else None
        text[strips.best - 1][column] = text[strips.best][column] if unsure else ""
    return z, text


def _ending(cells: _Cell, row: int) -> str:
    """Where it comes down, after how long, and its largest load."""
    north, east, lasts, load = (
        float(cells.columns[name][row])
        for name in ("latitude", "longitude", "duration", "peak_load")
    )
    place = ""
    if known(north) and known(east):
        place = f"ends at {_degrees(north, 'NS')}, {_degrees(east, 'EW')}, "
    return f"{place}after {number(lasts)}{SPACE}s; at most {number(load, 1)}{SPACE}g"


def _degrees(angle: float, letters: str) -> str:
    return f"{number(abs(np.degrees(angle)), 1)}°{SPACE}{letters[0] if angle >= 0 else letters[1]}"


_LEADING: Final = 8  # columns before the margins of each constraint


def _columns(made: EscapeRecord, cells: _Cell) -> Json:
    """The numbers of the map, a row a mode and instant, and the margins of every constraint."""
    summary, given = made.summary, cells.columns
    words = [one.words for one in summary.constraints]
    leading = (
        ("Mode", [summary.modes[int(k)].name for k in cells.mode]),
        ("Time [s]", values(given["time"], 9)),
        ("Margin", told_margins(given["margin"])),
        ("Worst constraint", [words[int(k)] if known(k) else NONE for k in given["constraint"]]),
        ("Latitude [deg]", values(np.degrees(given["latitude"]))),
        ("Longitude [deg]", values(np.degrees(given["longitude"]))),
        ("Duration [s]", values(given["duration"])),
        ("Peak load [g]", values(given["peak_load"], 4)),
    )
    each = (
        (f"Margin {c.name}", told_margins(given[f"margin_{c.name}"])) for c in summary.constraints
    )
    return told(*leading, *each)


def _delta_v(
    made: EscapeRecord, shown: Sequence[EscapeMode], span: tuple[float, float]
) -> tuple[list[Json], list[Look]]:
    """Lines of the velocity that each mode needs, and how they are named."""
    found: list[Json] = []
    keys: list[Look] = []
    for one in shown:
        held = mode_columns(made, one.name)
        if "delta_v" not in held or not np.isfinite(held["delta_v"]).any():
            continue
        rows = (held["time"] >= span[0]) & (held["time"] <= span[1])
        if not np.isfinite(held["delta_v"][rows]).any():
            continue
        drawn = look(made, one.name)
        x, y = held["time"][rows], held["delta_v"][rows]
        hover = ":.1f} m/s, T+%{x:.1f} s"
        trace = line(one.title, x, y, drawn.colour, hover, line={"dash": drawn.dash})
        trace |= {"yaxis": "y3", "mode": "lines+markers"}
        trace["marker"] = {"size": 4, "color": drawn.colour}
        trace |= told(("Time [s]", "x"), ("Velocity needed [m/s]", "y"), series="Mode")
        found.append(trace)
        keys.append(drawn)
    return found, keys
