"""The figures of the entry: the corridor in height and speed, and the histories."""

from typing import Final

import numpy as np

from yaan.report.figures.data import told
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    INK,
    PURPLE,
    SOFT,
    TEXT_COLOURS,
    VERMILION,
    Array,
    Figure,
    Json,
    axis,
    event_marks,
    layout,
    line,
    note,
)
from yaan.report.span import column, cut, span
from yaan.report.text import clock, known, number
from yaan.results import FlightRecord, History
from yaan.results.summary_return import Entry, EntryLoad

KILO: Final = 1e3  # [1]
_LOADS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)  # [g0], lines of equal load
_FLUXES: Final = (50e3, 100e3, 200e3, 400e3, 800e3, 1600e3, 3200e3)  # [W/m2]


def entry(record: FlightRecord) -> Figure | None:
    """Load, heat, wall temperature, bank and height against time, interface to parachutes."""
    reach = span(record.summary, "entry")
    history = cut(record.history, reach)
    if reach is None or history is None or len(history) < 2:
        return None
    found = record.summary.entry
    panels = [p for p in (_load(history, found), *_heats(history, found), _bank(history)) if p]
    panels.append(_height(history))
    peak = None if found is None else found.peak_load.value_g
    alt = "Load, heat flux, heat load, wall temperature, bank and height against time in the entry."
    alt += f" The load peaks at {number(peak, 2)} g." if known(peak) else ""
    caption = (
        "The entry against time since the interface. Heat flux and heat load are convective, at"
        " the stagnation point; the wall temperature is that of radiative equilibrium. Positive"
        " bank turns the lift to the right of the motion."
    )
    marks = [m for m in event_marks(record.summary) if reach[0] - 1e-6 <= m.at <= reach[1] + 1e-6]
    shifted = [type(m)(m.number, m.name, m.at - reach[0]) for m in marks]
    shared = Axis((0.0, reach[1] - reach[0]), "Time since the interface, s", "%{x:.1f} s")
    since = history["time"] - reach[0]
    return stack(Words("entry", alt, caption), panels, since, shifted, shared, (112, 96))


def _load(history: History, found: Entry | None) -> Panel | None:
    load = column(history, "load")
    if load is None:
        return None
    notes: tuple[tuple[float, float, str], ...] = ()
    levels: tuple[tuple[float, str], ...] = ()
    if found is not None:
        limit, peak = found.load_limit_g, found.peak_load
        at = peak.time - float(history["time"][0])
        notes = ((at, peak.value_g, f"{number(peak.value_g, 2)} g at {clock(peak.time)}"),)
        levels = ((limit, f"limit {number(limit, 1)} g"),) if known(limit) else ()
    curve = Curve("load", load, BLUE)
    return Panel("Load", "g", (curve,), 2, floor=0.0, notes=notes, levels=levels)


def _heats(history: History, found: Entry | None) -> list[Panel]:
    panels: list[Panel] = []
    flux, total = column(history, "heat_flux_stagnation"), column(history, "heat_load")
    wall = column(history, "wall_temperature")
    if flux is not None:
        notes: tuple[tuple[float, float, str], ...] = ()
        if found is not None:
            time, value = found.peak_flux.time, found.peak_flux.value / KILO
            words = f"{number(value)} kW/m² at {clock(time)}"
            notes = ((time - float(history["time"][0]), value, words),)
        curve = Curve("heat flux", flux / KILO, VERMILION)
        panels.append(Panel("Heat flux", "kW/m²", (curve,), 0, floor=0.0, notes=notes))
    if total is not None:
        curve = Curve("heat load", total / 1e6, VERMILION)
        panels.append(Panel("Heat load", "MJ/m²", (curve,), 1, floor=0.0))
    if wall is not None:
        curve = Curve("wall temperature", wall, PURPLE)
        panels.append(Panel("Wall temperature", "K", (curve,), 0))
    return panels


def _bank(history: History) -> Panel | None:
    bank = column(history, "bank")
    if bank is None:
        return None
    return Panel("Bank", "deg", (Curve("bank", np.degrees(bank), INK),), 1)


def _height(history: History) -> Panel:
    return Panel("Height", "km", (Curve("height", history["height"] / KILO, BLUE),), 1, floor=0.0)


def corridor(record: FlightRecord) -> Figure | None:
    """Height against relative speed, with lines of equal load and equal heat flux."""
    history = cut(record.history, span(record.summary, "entry"))
    if history is None or len(history) < 8 or "speed_relative" not in history:
        return None
    speed, height = history["speed_relative"] / KILO, history["height"] / KILO
    top, right = float(np.nanmax(height)) * 1.04, float(np.nanmax(speed)) * 1.08
    found = record.summary.entry
    limit = found.load_limit_g if found is not None and known(found.load_limit_g) else None
    data: list[Json] = []
    texts: list[Json] = []
    for kind, level, curve in _contours(history, right * KILO, limit):
        allowed = kind == "limit"
        colour = VERMILION if kind != "flux" else PURPLE
        words = (
            number(level / KILO)
            if kind == "flux"
            else f"{number(level, 1 if level < 1.0 else 0)} g"
        )
        dash = {"limit": "solid", "load": "dash", "flux": "dot"}[kind]
        stroke = {"dash": dash, "width": 2.2 if allowed else 1.2}
        drawn = line(words, *curve, colour, ":.1f} km", line=stroke, hoverinfo="skip")
        data.append(drawn | _columns(f"{words} kW/m2" if kind == "flux" else words))
        texts += _level(
            ("limit " if allowed else "") + words, curve, top, (colour, kind, len(data))
        )
    flown = line("This flight", speed, height, BLUE, ":.1f} km", line={"width": 3})
    data.append(flown | _columns("This flight"))
    alt = (
        "Height against speed relative to the Earth in the entry, with lines of equal load and"
        " equal heat flux."
    )
    if found is not None:
        peak = found.peak_load
        data.append(_peak(peak))
        alt += f" The load peaks at {number(peak.value_g, 2)} g at"
        alt += f" {number(peak.height / KILO, 1)} km."
    caption = (
        "The entry corridor. Lines of equal load (dashed) and equal stagnation heat flux (dotted)"
        " are drawn for this capsule with this flight's own density against height, load to"
        " dynamic pressure and heat flux to \u221a\u03c1 v³: below a line, more. Triangles: the"
        " peaks."
    )
    wide, narrow = (_frame(texts, (right, top), named=n) for n in (True, False))
    return Figure("corridor", alt, caption, data, wide, narrow)


def _contours(
    history: History, fastest: float, limit: float | None
) -> list[tuple[str, float, tuple[Array, Array]]]:
    """Kind, level, and the speeds [km/s] and heights [km] of each line of equal load or flux."""
    speed, pressure = history["speed_relative"], column(history, "dynamic_pressure")
    load, flux = column(history, "load"), column(history, "heat_flux_stagnation")
    if pressure is None or load is None:
        return []
    rows = (pressure > 1.0) & (speed > 500.0) & np.isfinite(load)
    if rows.sum() < 8:
        return []
    density = 2.0 * pressure[rows] / speed[rows] ** 2
    order = np.argsort(density)
    log, height = np.log(density[order]), history["height"][rows][order] / KILO
    fast = rows & (speed > 0.4 * np.nanmax(speed[rows]))
    per_pressure = float(np.median(load[fast] / pressure[fast]))
    found: list[tuple[str, float, tuple[Array, Array]]] = []

    def at(wanted: Array, speeds: Array) -> tuple[Array, Array]:
        shown = np.interp(np.log(wanted), log, height, left=np.nan, right=np.nan)
        return speeds / KILO, shown

    speeds = np.linspace(500.0, fastest, 120)
    levels = [("load", g) for g in _LOADS if g != limit]
    levels += [("limit", limit)] if limit else []
    for kind, level in levels:
        wanted = 2.0 * float(level) / (per_pressure * speeds**2)
        found.append((kind, float(level), at(wanted, speeds)))
    if flux is not None:
        known = fast & np.isfinite(flux) & (flux > 0.1 * np.nanmax(flux))
        rho = 2.0 * pressure[known] / speed[known] ** 2
        factor = float(np.median(flux[known] / (np.sqrt(rho) * speed[known] ** 3)))
        peak = float(np.nanmax(flux[known]))
        for level in [f for f in _FLUXES if 0.1 * peak < f < 2.6 * peak]:
            found.append(("flux", level, at((level / (factor * speeds**3)) ** 2, speeds)))
    return [f for f in found if np.isfinite(f[2][1]).sum() > 4]


def _level(
    words: str, curve: tuple[Array, Array], top: float, style: tuple[str, str, int]
) -> list[Json]:
    """The words of a line: of a load at its fast end, staggered; of a heat flux at its lowest."""
    (x, y), (colour, kind, place) = curve, style
    known = np.flatnonzero(np.isfinite(y) & (y < 0.97 * top))
    if not len(known):
        return []
    # Every other heat flux a little further on: they begin close to each other.
    further = known[min(4 * (place % 2), len(known) - 1)]
    row = known[max(-1 - 8 * place, -len(known))] if kind != "flux" else further
    place = {"xref": "x", "yref": "y", "xanchor": "right" if kind != "flux" else "center"}
    text = note(words, float(x[row]), float(y[row]), **place, yanchor="middle")
    return [
        text
        | {
            "font": {"size": 10.5, "color": TEXT_COLOURS[colour]},
            "bgcolor": "rgba(255,255,255,0.85)",
        }
    ]


def _columns(name: str) -> Json:
    speed = ("Speed relative to the Earth [km/s]", "x")
    return told(speed, ("Height [km]", "y"), series="Line", name=name)


def _peak(peak: EntryLoad) -> Json:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [peak.speed_relative / KILO],
        "y": [peak.height / KILO],
        "text": ["peak load"],
        "hovertemplate": "%{text}: %{y:.1f} km, %{x:.2f} km/s<extra></extra>",
        **_columns("Peak load"),
        "marker": {"symbol": "triangle-down", "size": 10, "color": INK},
    }


def _frame(texts: list[Json], ends: tuple[float, float], *, named: bool) -> Json:
    made = layout(460 if named else 380, (52, 16, 34, 52) if named else (40, 8, 34, 46))
    made["hovermode"] = "closest"
    title = {"text": "Speed relative to the Earth, km/s", "font": {"size": 12}, "standoff": 8}
    made["xaxis"] = axis(range=[0, ends[0]], title=title, nticks=10)
    made["yaxis"] = axis(range=[0, ends[1]], nticks=8)
    keys = (
        f'<span style="color:{BLUE}">━━</span> this flight'
        f'   <span style="color:{VERMILION}">╍╍</span> load, g'
        f'   <span style="color:{PURPLE}">┅┅</span> heat flux, kW/m²'
    )
    right = {"xanchor": "right", "font": {"size": 11.5 if named else 10, "color": SOFT}}
    made["annotations"] = [
        note("<b>Height</b>, km", 0, 1.012),
        note(keys, 1, 1.012, **right),
        *texts,
    ]
    return made
