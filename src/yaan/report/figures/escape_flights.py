"""Escapes one by one: loads against time and duration, heights against speed, and the launcher."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from yaan.crew import load_limits, longest_exposure
from yaan.report.figures.data import told
from yaan.report.figures.escape_modes import Look, look, mode_columns
from yaan.report.figures.grid import Cell, grid
from yaan.report.figures.grid import Look as Sizes
from yaan.report.figures.legend import legend
from yaan.report.figures.style import (
    INK,
    NARROW,
    SOFT,
    WIDE,
    Array,
    Figure,
    Json,
    axis,
    layout,
    line,
    note,
    safe,
    values,
)
from yaan.report.text import SPACE, clock, known, number
from yaan.results.escape import EscapeMode, EscapeRecord

_EVERY: Final = 60.0  # [s], between escapes that are drawn
_FIRST: Final = 15.0  # [s], of the motors
_DRAWN: Final = 60  # escapes of the figure of heights
_LEVELS: Final = (4.0, 8.0, 16.0)  # [g0], round levels; no limits
_FELT: Final = 1.0  # [g0], of air and of nothing else
_LEAST: Final = 1.2  # [g0], more than hanging under canopies
_DASHES: Final = ("solid", "dash", "dot")
_KILO: Final = 1e3  # [1]


@dataclass(frozen=True)
class Escape:
    """One escape by the best mode of its instant.

    Attributes:
        mode: that it flies.
        time: of the command [s].
        path: its histories by name, without ``path_``.
        load: its largest [g0].
    """

    mode: EscapeMode
    time: float
    path: dict[str, Array]
    load: float


def escapes(made: EscapeRecord) -> list[Escape]:
    """The best escape of every instant that has one, with its histories."""
    choice, found = made.groups.get("choice", {}), list[Escape]()
    if "mode" not in choice:
        return []
    for time, index in zip(choice["time"], choice["mode"], strict=True):
        if index < 0:
            continue
        mode = made.summary.modes[int(index)]
        held = mode_columns(made, mode.name)
        if "path_time" not in held:
            continue
        row = int(np.searchsorted(held["time"], time - 1e-9))
        path = {k.removeprefix("path_"): v[row] for k, v in held.items() if k.startswith("path_")}
        load = float(held["peak_load"][row]) if "peak_load" in held else float("nan")
        found.append(Escape(mode, float(time), path, load))
    return found


def picked(found: Sequence[Escape]) -> tuple[list[Escape], Escape | None]:
    """Escapes a minute apart, and the one of the largest load, which is among them."""
    loads = np.array([one.load for one in found])
    if not np.isfinite(loads).any():
        return [], None
    worst = found[int(np.nanargmax(loads))]
    chosen: list[Escape] = []
    for one in found:
        if one is worst or not chosen or one.time >= chosen[-1].time + _EVERY - 1e-9:
            chosen.append(one)
    return chosen, worst


def _keys(made: EscapeRecord, found: Sequence[Escape]) -> list[Look]:
    """A key for each mode, in the order of the record."""
    there = {one.mode.name for one in found}
    return [look(made, one.name) for one in made.summary.modes if one.name in there]


def loads(made: EscapeRecord) -> Figure | None:
    """Load along the couch's +x against time, of escapes a minute apart and the worst."""
    found, worst = picked([one for one in escapes(made) if "load" in one.path])
    if worst is None:
        return None
    data: list[Json] = []
    for one in found:
        drawn, bold = look(made, one.mode.name), one is worst
        words = f"{one.mode.title}, {clock(one.time)}"
        stroke = {"width": 3.0 if bold else 1.3, "dash": drawn.dash}
        first = one.path["time"] <= _FIRST
        for place, rows in enumerate((first, np.ones_like(first))):
            hover = ":.2f} g, %{x:.1f} s after the command"
            x, y = one.path["time"][rows], one.path["load"][rows]
            trace = line(words, x, y, drawn.colour, hover, line=stroke)
            trace |= {"xaxis": "x2" if place else "x", "yaxis": "y2" if place else "y"}
            if place:
                columns = ("Time since the command [s]", "x"), ("Load +x [g]", "y")
                trace |= told(*columns, series="Escape")
            else:
                trace |= {"hoverinfo": "skip"}
            data.append(trace)
    peak = f"{number(worst.load, 1)} g, commanded at {clock(worst.time)} ({worst.mode.title})"
    alt = f"Load along +x of the couch against time since the command. Worst: {peak}."
    caption = (
        "Escapes by the best mode of their instant, one a minute, and in bold the one of the"
        f" largest load: {peak}. The first {number(_FIRST)}{SPACE}s, in which motors burn, stand by"
        " themselves."
    )
    across = "Time since the command, s"
    cells = [
        Cell("Load +x, first seconds", "g", across),
        Cell("Load +x, all of it", "g", across),
    ]
    wide = grid(cells, Sizes(2, 250, 60, (44, 10, 30, 44), 0.94))
    narrow = grid(cells, Sizes(1, 190, 74, (40, 8, 30, 42), 1.0))
    return legend(Figure("loads", alt, caption, data, wide, narrow), _keys(made, found))


def exposure(made: EscapeRecord) -> Figure | None:
    """Longest time at each level of load, of the same escapes, with what is allowed."""
    found, worst = picked([one for one in escapes(made) if "load" in one.path])
    if worst is None:
        return None
    data: list[Json] = []
    columns = ("Continuous time [s]", "x"), ("Load [g]", "y")
    longest, top = 1.0, 1.0
    for one in found:
        peak = float(np.nanmax(one.path["load"]))
        if peak < 1.1 * _LEAST:
            continue
        levels = np.geomspace(_LEAST, peak * (1.0 - 1e-9), 50)
        load = np.nan_to_num(one.path["load"])
        spent = np.array([longest_exposure(one.path["time"], load, g) for g in levels])
        longest, top = max(longest, float(spent.max())), max(top, peak)
        drawn = look(made, one.mode.name)
        stroke = {"width": 3.0 if one is worst else 1.3, "dash": drawn.dash}
        words = f"{one.mode.title}, {clock(one.time)}"
        trace = line(words, spent, levels, drawn.colour, ":.2f} g for %{x:.1f} s", line=stroke)
        data.append(trace | told(*columns, series="Line"))
    if not data:
        return None
    right = 2.0 * longest
    texts: list[Json] = []
    for place, (words, durations, allowed) in enumerate(_allowed(right)):
        stroke = {"width": 2.2, "dash": _DASHES[place % 3]}
        trace = line(words, durations, allowed, INK, ":.1f} g for %{x:.1f} s", line=stroke)
        data.append(trace | told(*columns, series="Line"))
        top = max(top, float(allowed.max()))
        texts.append(_allowed_note(words, durations, allowed))
    alt = "Longest continuous time above each level of +x load, of escapes a minute apart"
    alt += f" and the worst, commanded at {clock(worst.time)}."
    caption = (
        "For each level, the longest continuous time at it or above; an escape is within a limit"
        " where its curve stays below that of its crew. In black the packaged curves with their"
        " standing. From histories of about a hundred rows each; the map grades all rows."
    )
    spans = ((np.log10(0.4), np.log10(right)), (0.0, np.log10(1.4 * top)))
    wide, narrow = (_exposed(spans, texts, width) for width in (WIDE, NARROW))
    return legend(Figure("exposure", alt, caption, data, wide, narrow), _keys(made, found))


def _allowed(right: float) -> Iterator[tuple[str, Array, Array]]:
    """Curves of +x that have points: words, durations [s] and levels [g0]."""
    for curve in load_limits().curves:
        if curve.axis == "+x" and curve.levels:
            durations = np.append(curve.durations, max(right, curve.durations[-1]))
            words = f"allowed, {curve.condition} ({curve.status})"
            yield words, durations, np.append(curve.levels, curve.levels[-1])


def _allowed_note(words: str, durations: Array, allowed: Array) -> Json:
    x, y = (float(np.log10(v[0])) for v in (durations, allowed))
    font = {"size": 11, "color": INK}
    style = {"xref": "x", "yref": "y", "xanchor": "left", "yshift": 2, "font": font}
    return note(safe(words), x, y, **style) | {"bgcolor": "rgba(255,255,255,0.75)"}


def _exposed(spans: tuple[tuple[float, float], ...], texts: Sequence[Json], width: int) -> Json:
    wide = width == WIDE
    made = layout(360 if wide else 310, (44, 12, 30, 46) if wide else (38, 8, 30, 44))
    made["hovermode"] = "closest"
    ticks = {"type": "log", "dtick": 1, "exponentformat": "none", "minexponent": 9}
    steps = {"tickvals": [1, 2, 5, 10, 20, 50], "ticktext": ["1", "2", "5", "10", "20", "50"]}
    title = {"text": "Continuous time, s", "font": {"size": 12}, "standoff": 8}
    made["xaxis"] = axis(range=list(spans[0]), title=title, **ticks)
    made["yaxis"] = axis(range=list(spans[1]), type="log", **steps)
    made["annotations"] = [note("<b>Load +x</b>, g", 0, 1.015), *(texts if wide else ())]
    return made


def altitude_velocity(made: EscapeRecord) -> Figure | None:
    """Height against speed of escapes through the whole ascent, with lines of load and of heat."""
    everything = [one for one in escapes(made) if {"height", "speed"} <= one.path.keys()]
    _, worst = picked(everything)
    if worst is None:
        return None
    found = everything[:: -(-len(everything) // _DRAWN)]
    data: list[Json] = []
    for key in _keys(made, found):
        x, y, when = list[Array](), list[Array](), list[Array]()
        for one in found:
            if one.mode.title != key.name:
                continue
            gap = np.array([np.nan])
            x += [one.path["speed"] / _KILO, gap]
            y += [one.path["height"] / _KILO, gap]
            when += [np.full(len(one.path["speed"]), one.time), gap]
        drawn = line(key.name, np.concatenate(x), np.concatenate(y), key.colour, ":.1f} km")
        drawn["line"] = {"color": key.colour, "width": 0.8, "dash": key.dash}
        drawn["customdata"] = values(np.concatenate(when))
        drawn["hovertemplate"] = (
            f"{safe(key.name)}, commanded at %{{customdata}} s<br>%{{y:.1f}} km at %{{x:.2f}} km/s"
            "<extra></extra>"
        )
        drawn |= told(
            ("Commanded at [s]", "customdata"), ("Speed [km/s]", "x"), ("Height [km]", "y"),
            series="Mode",
        )  # fmt: skip
        data.append(drawn)
    bold = line(
        f"worst, {clock(worst.time)}", worst.path["speed"] / _KILO, worst.path["height"] / _KILO,
        look(made, worst.mode.name).colour, ":.1f} km at %{x:.2f} km/s", line={"width": 3.2},
    )  # fmt: skip
    data.append(bold | told(("Speed [km/s]", "x"), ("Height [km]", "y"), series="Mode"))
    fast = max(float(np.nanmax(one.path["speed"])) for one in found) / _KILO
    top = max(float(np.nanmax(one.path["height"])) for one in found) / _KILO
    launcher = made.columns("choice").get("height", np.zeros(0))
    if np.isfinite(launcher).any():  # those that come from near the orbit rise far above it
        top = min(top, 1.15 * float(np.nanmax(launcher)) / _KILO)
    texts: list[Json] = []
    for place, (words, colour, dash, speed, height) in enumerate(_borders(made, found, fast)):
        drawn = line(words, speed, height, colour, "", line={"width": 1.3, "dash": dash})
        drawn |= {"hoverinfo": "skip"}
        data.append(drawn | told(("Speed [km/s]", "x"), ("Height [km]", "y"), series="Mode"))
        rows = np.flatnonzero(np.isfinite(height))
        # A limit of heat is named at its slow end, where no line of load is.
        row = rows[2] if dash == "dot" else rows[max(-1 - 9 * (place % 3), -len(rows))]
        font = {"size": 10.5, "color": colour}
        style = {"xref": "x", "yref": "y", "xanchor": "right", "yanchor": "middle", "font": font}
        at = float(speed[row]), float(height[row])
        texts.append(note(words, *at, **style) | {"bgcolor": "rgba(255,255,255,0.85)"})
    alt = f"Height against speed of escapes from {clock(found[0].time)} to {clock(found[-1].time)}."
    alt += f" Largest load: {number(worst.load, 1)} g, commanded at {clock(worst.time)}."
    caption = (
        "Height against speed relative to the Earth, a thin line an escape by the best mode of its"
        f" instant; bold: the largest load, {number(worst.load, 1)} g."
    )
    if texts:
        caption += (
            " Dashed: where this capsule would feel a round level of load; dotted: where it would"
            " meet a limit of heat flux; by these escapes' own density. Below a line, more."
        )
    wide, narrow = (_height_speed(texts, (fast, top), width) for width in (WIDE, NARROW))
    figure = Figure("altitude-velocity", alt, caption, data, wide, narrow)
    return legend(figure, _keys(made, found))


def _borders(
    made: EscapeRecord, found: Sequence[Escape], fastest: float
) -> Iterator[tuple[str, str, str, Array, Array]]:
    """Words, colour, dash, speeds [km/s] and heights [km] of lines of equal load and heat flux."""
    rows = [one.path for one in found if {"pressure", "load"} <= one.path.keys()]
    if not rows:
        return
    pressure, speed, height, load = (
        np.concatenate([path[name] for path in rows])
        for name in ("pressure", "speed", "height", "load")
    )
    kept = (pressure > 1.0) & (speed > 1500.0) & (height < 120e3) & np.isfinite(load)
    if kept.sum() < 20:
        return
    log, up = _air(np.log(2.0 * pressure[kept] / speed[kept] ** 2), height[kept] / _KILO)
    felt = kept & (load > _FELT)
    per_pressure = float(np.median(load[felt] / pressure[felt])) if felt.any() else 0.0
    speeds = np.linspace(0.5, fastest, 120)

    def at(wanted: Array) -> Array:
        return np.interp(np.log(wanted), log, up, left=np.nan, right=np.nan)

    if per_pressure > 0.0:
        for level in _LEVELS:
            shown = at(2.0 * level / (per_pressure * (speeds * _KILO) ** 2))
            if np.isfinite(shown).sum() > 4:
                yield f"{number(level)} g", INK, "dash", speeds, shown
    limit = next((c.limit for c in made.summary.constraints if c.name == "heat_flux"), None)
    factor = _heat_factor(made, found)
    if known(limit) and known(factor):
        shown = at((limit / (factor * (speeds * _KILO) ** 3)) ** 2)
        if np.isfinite(shown).sum() > 4:
            words = f"{number(limit / _KILO)} kW/m²"
            yield words, SOFT, "dot", speeds, shown


def _air(log: Array, height: Array) -> tuple[Array, Array]:
    """Height against the logarithm of density, in the middle of what is found at each."""
    edges = np.linspace(float(log.min()), float(log.max()) + 1e-9, 61)
    place = np.digitize(log, edges) - 1
    there = np.unique(place)
    middles = np.array([np.median(height[place == k]) for k in there])
    return (0.5 * (edges[:-1] + edges[1:]))[there], middles


def _heat_factor(made: EscapeRecord, found: Sequence[Escape]) -> float | None:
    """Heat flux over the root of density times speed cubed, of escapes through hot air."""
    factors: list[float] = []
    for one in found:
        held = mode_columns(made, one.mode.name)
        if "peak_flux" not in held or "pressure" not in one.path:
            continue
        flux = float(held["peak_flux"][int(np.searchsorted(held["time"], one.time - 1e-9))])
        speed = np.maximum(one.path["speed"], 1.0)
        heat = np.sqrt(2.0 * np.maximum(one.path["pressure"], 0.0) / speed**2) * speed**3
        if flux > 50e3:
            factors.append(flux / float(np.nanmax(heat)))
    return float(np.median(factors)) if factors else None


def _height_speed(texts: Sequence[Json], ends: tuple[float, float], width: int) -> Json:
    wide = width == WIDE
    made = layout(440 if wide else 340, (48, 12, 30, 46) if wide else (40, 8, 30, 44))
    made["hovermode"] = "closest"
    title = {"text": "Speed relative to the Earth, km/s", "font": {"size": 12}, "standoff": 8}
    made["xaxis"] = axis(range=[0.0, 1.04 * ends[0]], title=title, nticks=9 if wide else 5)
    made["yaxis"] = axis(range=[0.0, 1.04 * ends[1]], nticks=8)
    made["annotations"] = [note("<b>Height</b>, km", 0, 1.015), *texts]
    return made


def separation(made: EscapeRecord) -> Figure | None:
    """Distance to a launcher that thrusts on, and the least of it against the instant."""
    found, _ = picked([one for one in escapes(made) if "apart" in one.path])
    data: list[Json] = []
    for one in found:
        rows = np.isfinite(one.path["apart"]) & (one.path["apart"] > 0.0)
        if rows.sum() < 2:
            continue
        drawn = look(made, one.mode.name)
        words = f"{one.mode.title}, {clock(one.time)}"
        hover = ":,.0f} m, %{x:.1f} s after the command"
        x, y = one.path["time"][rows], one.path["apart"][rows]
        stroke = {"width": 1.3, "dash": drawn.dash}
        trace = line(words, x, y, drawn.colour, hover, line=stroke)
        columns = ("Time since the command [s]", "x"), ("Distance [m]", "y")
        data.append(trace | told(*columns, series="Escape"))
    if not data:
        return None
    limit = next((c.limit for c in made.summary.constraints if c.name == "recontact"), None)
    cells = [Cell("Distance to the launcher", "m", "Time since the command, s")]
    seconds = list(_recontacts(made))
    data += seconds
    if seconds:
        cells.append(Cell("Least distance once left", "m", "Instant of the command, s"))
    wide = grid(cells, Sizes(len(cells), 260, 60, (52, 10, 30, 44), 0.9 if len(cells) > 1 else 1.0))
    narrow = grid(cells, Sizes(1, 200, 74, (46, 8, 30, 42), 1.0))
    for made_ in (wide, narrow):
        for place in range(len(cells)):
            name = "yaxis" if not place else "yaxis2"
            made_[name] |= {"type": "log", "exponentformat": "none", "minexponent": 9, "dtick": 1}
        made_["shapes"] = [_level(limit, place) for place in range(len(cells))] if limit else []
    alt = "Distance to the launcher against time since the command, of escapes a minute apart."
    caption = (
        "Distance to a launcher that flies on as it was to fly, for the half minute in which it is"
        " watched; logarithmic."
    )
    if limit:
        caption += f" Dashed: {number(limit)}{SPACE}m, below which it counts as a contact."
    return legend(Figure("separation", alt, caption, data, wide, narrow), _keys(made, found))


def _recontacts(made: EscapeRecord) -> Iterator[Json]:
    for one in made.summary.modes:
        held = mode_columns(made, one.name)
        least = held.get("recontact", np.zeros(0))
        if not (np.isfinite(least) & (least > 0.0)).any():
            continue
        least = np.where(least > 0.0, least, np.nan)
        drawn = look(made, one.name)
        hover = ":,.0f} m, commanded at %{x:.1f} s"
        stroke = {"dash": drawn.dash}
        trace = line(one.title, held["time"], least, drawn.colour, hover, line=stroke)
        trace |= {"xaxis": "x2", "yaxis": "y2"}
        columns = ("Time [s]", "x"), ("Least distance [m]", "y")
        yield trace | told(*columns, series="Mode")


def _level(limit: float, place: int) -> Json:
    domain = "x2 domain" if place else "x domain"
    return {
        "type": "line", "xref": domain, "yref": "y2" if place else "y", "x0": 0, "x1": 1,
        "y0": limit, "y1": limit, "line": {"color": SOFT, "width": 1, "dash": "dash"},
    }  # fmt: skip
