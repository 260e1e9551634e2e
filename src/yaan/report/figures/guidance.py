"""The figures of guidance: what was commanded and flown, how it converged, what was believed."""

from typing import Any, Final

import numpy as np

from yaan.report.figures.legend import legend
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import (
    BLUE,
    INK,
    PURPLE,
    VERMILION,
    Array,
    Figure,
    Mark,
    event_marks,
)
from yaan.report.span import Span, column, cut, span
from yaan.report.text import number, plural
from yaan.results import FlightRecord, History

_ROWS: Final = 1_500  # of a curve
_KILO: Final = 1e3
_ARCSEC: Final = 3600.0  # of a degree
_SLIGHT: Final = 0.05  # [deg] an angle that stays below this is shown in seconds of arc
_NOTHING: Final = 1e-9  # [rad] rounding
_HALF: Final = 180.0  # [deg]
_HEIGHTS: Final = (112, 96)  # [px]
_AXES: Final = ("radial", "along the motion", "across it")
_LOOPED: Final = ("ascent", "entry")


def guided_ascent(record: FlightRecord) -> Figure | None:
    """Pitch, what was off the command, and each solution of the law, against time."""
    found = record.groups.get("guidance/ascent")
    if found is None:
        return None
    t = found["time"]
    rows = _few(len(t))
    pitch = tuple(
        Curve(name, np.degrees(found[key][rows]), colour, dash)
        for name, key, colour, dash in (
            ("flown", "pitch", INK, "solid"),
            ("designed, by time", "pitch_designed", PURPLE, "dot"),
        )
    )
    panels = [Panel("Pitch", "deg", pitch, 2), *_off(found["off_command"][rows])]
    panels += _solutions(found)
    marks = [m for m in event_marks(record.summary) if m.at <= float(t[-1]) + 1e-6]
    solved = "solution" in found
    alt = "Pitch as flown and as designed, and the angle off the command, against time."
    alt += " Below, each solution of the law: its cut-off and what it corrected." if solved else ""
    caption = (
        "The guided ascent. What is commanded is what the law asks for before its load relief and"
        " its limit of the rate; a point follows at once, and is off by what navigation is tilted."
    )
    if solved:
        caption += (
            " Each solution predicts its cut-off, and the law corrects what that misses: 1 is 1 km"
            " of radius or 1 m/s, and below 0.05 it has converged."
        )
    words = Words("guidance-ascent", alt, caption)
    return stack(words, panels, t[rows], marks, Axis((0.0, float(t[-1]))), _HEIGHTS)


def _off(angle: Array) -> list[Panel]:
    """The angle off the command; nothing where that is rounding."""
    most = float(np.degrees(np.max(angle)))
    if most <= np.degrees(_NOTHING):
        return []
    small = most < _SLIGHT
    shown = np.degrees(angle) * (_ARCSEC if small else 1.0)
    unit = "arcsec" if small else "deg"
    return [Panel("Off the command", unit, (Curve("angle", shown, VERMILION),), 2, floor=0.0)]


def _solutions(found: dict[str, Array]) -> list[Panel]:
    """What each solution of the law came to; nothing of a law that does not tell."""
    if "solution" not in found:
        return []
    epoch = found["solution"]
    rows = np.flatnonzero(np.isfinite(epoch) & (np.append(np.nan, epoch[:-1]) != epoch))
    if len(rows) < 2:
        return []
    at, cut_off = epoch[rows], found["cut_off"][rows]
    later, weak = cut_off - cut_off[-1], (found["thrust_factor"][rows] - 1.0) * 100.0
    left = np.where(found["residual"][rows] > 0.0, found["residual"][rows], np.nan)
    panels = [
        Panel("Cut-off predicted, less the last", "s", (_steps("cut-off", at, later),), 3),
    ]
    if np.isfinite(left).any():
        exponents = (float(np.log10(np.nanmin(left))), float(np.log10(np.nanmax(left))) + 0.2)
        curve = _steps("miss", at, left)
        panels.append(Panel("Weighted miss to be corrected", "", (curve,), 5, log=exponents))
    if np.ptp(weak) > 0.0:
        panels.append(Panel("Thrust measured", "% more", (_steps("thrust", at, weak),), 3))
    return panels


def guided_entry(record: FlightRecord) -> Figure | None:
    """Bank as commanded and as flown, predicted misses and loads, and what was measured."""
    found, reach = record.groups.get("guidance/entry"), span(record.summary, "entry")
    history = cut(record.history, reach)
    up = record.summary.entry
    if found is None or reach is None or history is None or up is None or up.guidance is None:
        return None
    since = history["time"] - reach[0]
    rows = _few(len(since))
    panels = [_banks(history, since[rows], rows, _reversals(up.guidance.reversal_times, reach))]
    panels += _foreseen(found, reach, up.load_limit_g)
    turns = up.guidance.reversals
    alt = "Bank as commanded and as flown against time in the entry."
    alt += f" The lift changes sides {plural(turns, 'time')}." if turns is not None else ""
    caption = "The guided entry. The capsule rolls to its command with a limited rate."
    if "miss" in found:
        caption += (
            " Triangles mark where the law changed sides. At each update it predicts how far along"
            " the motion it misses where it is to hand over, and how far to the side without"
            " another change; and the largest load to come."
        )
    shared = Axis((0.0, reach[1] - reach[0]), "Time since the interface, s", "%{x:.1f} s")
    marks = _marks(record, reach)
    words = Words("guidance-entry", alt, caption)
    return stack(words, panels, since[rows], marks, shared, _HEIGHTS)


def _reversals(times: tuple[float, ...], reach: Span) -> list[float]:
    return [time - reach[0] for time in times]


def _banks(history: History, since: Array, rows: Any, changes: list[float]) -> Panel:
    """Both banks; the commanded one where it is told."""
    flown = _turned(history["bank"][rows])
    curves = [Curve("flown", flown, INK)]
    asked = column(history, "bank_commanded")
    if asked is not None:
        curves.append(Curve("commanded", _turned(asked[rows]), PURPLE, "dot"))
    level = curves[-1].values
    notes = tuple(
        (at, float(np.interp(at, since, np.nan_to_num(level))), str(place))
        for place, at in enumerate(changes, 1)
    )
    return Panel("Bank", "deg", tuple(curves), 1, notes=notes)


def _foreseen(found: dict[str, Array], reach: Span, limit: float) -> list[Panel]:
    """What each update predicted and measured; nothing of a law that does not tell."""
    if "miss" not in found:
        return []
    told = np.stack([found[k] for k in ("miss", "aside", "load_predicted", "drag_ratio")])
    changed = np.flatnonzero(np.append(True, np.any(np.diff(told, axis=1) != 0.0, axis=0)))
    # Before the first update nothing is predicted.
    rows = changed[1:] if len(changed) > 1 else changed
    at = found["time"][rows] - reach[0]
    sizes = [np.abs(found[key][rows]) / _KILO for key in ("miss", "aside")]
    sizes = [np.where(one > 0.0, one, np.nan) for one in sizes]
    panels: list[Panel] = []
    if np.isfinite(sizes).any():
        low, high = (float(np.log10(f(sizes))) for f in (np.nanmin, np.nanmax))
        exponents = (max(low, high - 5.0), high + 0.2)
        names = (("along", INK), ("to the side", BLUE))
        curves = tuple(
            _steps(name, at, one, colour) for (name, colour), one in zip(names, sizes, strict=True)
        )
        panels.append(Panel("Predicted miss", "km", curves, 3, log=exponents))
    load = found["load_predicted"][rows]
    levels = ((limit, f"limit {number(limit, 1)} g"),) if float(np.max(load)) > 0.5 * limit else ()
    curve = _steps("load", at, load)
    panels.append(Panel("Largest load predicted", "g", (curve,), 2, floor=0.0, levels=levels))
    ratios = tuple(
        _steps(name, at, 100.0 * (found[key][rows] - 1.0), colour)
        for name, key, colour in (("drag", "drag_ratio", INK), ("lift", "lift_ratio", BLUE))
    )
    if any(np.ptp(np.asarray(one.values)) > 0.0 for one in ratios):
        panels.append(Panel("Measured, above the model", "%", ratios, 2))
    return panels


def navigated(record: FlightRecord, part: str) -> Figure | None:
    """Errors of the estimate of position and velocity in their 3-sigma bounds, against time."""
    found = record.groups.get(f"navigation/{part}")
    if found is None or part not in _LOOPED:
        return None
    t = found["time"]
    start = float(t[0])
    rows = _few(len(t))
    since = t[rows] - start
    twice = np.concatenate([since, [np.nan], since])
    panels: list[Panel] = []
    for name, unit, digits in (("position", "m", 1), ("velocity", "m/s", 3)):
        error, sigma = (found[f"{name}_{what}"][rows] for what in ("error", "sigma"))
        for i, axis in enumerate(_AXES):
            bound = 3.0 * sigma[:, i]
            bounds = np.concatenate([bound, [np.nan], -bound])
            curves = (
                Curve("3 sigma, as told", bounds, BLUE, "dot", twice),
                Curve("error", error[:, i], INK),
            )
            words = f"{name.capitalize()}, {axis}"
            panels.append(Panel(words, unit, curves, digits, keyed=False))
    words = "Time since the interface, s" if part == "entry" else "Time since ignition, s"
    shared = Axis(
        (0.0, float(t[-1]) - start), words, "%{x:.1f} s", _silences(t - start, found["silent"])
    )
    alt = f"Errors of the estimate in the {part} against three standard deviations, six panels."
    caption = (
        f"What navigation was out by in the {part}, and three of the standard deviations that it"
        " told. Grey: fixes by satellites were due, and none came."
    )
    drawn = stack(Words(f"navigation-{part}", alt, caption), panels, since, (), shared, (84, 72))
    return legend(drawn, panels[0].curves[::-1])


def _silences(t: Array, silent: Array) -> tuple[tuple[float, float], ...]:
    """Spans in which fixes were due and none came; each reaches back to the row before."""
    steps = np.diff(np.concatenate([[0.0], np.asarray(silent, dtype=float), [0.0]]))
    first, last = np.flatnonzero(steps > 0.0), np.flatnonzero(steps < 0.0) - 1
    return tuple(
        (float(t[max(a - 1, 0)]), float(t[b])) for a, b in zip(first, last, strict=True) if b > a
    )


def _marks(record: FlightRecord, reach: Span) -> list[Mark]:
    """The events of a part, by the time since it began."""
    marks = event_marks(record.summary)
    inside = [m for m in marks if reach[0] - 1e-6 <= m.at <= reach[1] + 1e-6]
    return [Mark(m.number, m.name, m.at - reach[0]) for m in inside]


def _steps(name: str, at: Array, values: Array, colour: str = INK) -> Curve:
    """What stays until the next update."""
    return Curve(name, values, colour, against=at, shape="hv")


def _few(count: int) -> Any:
    return np.unique(np.linspace(0, count - 1, _ROWS).astype(int))


def _turned(bank: Array) -> Array:
    """Degrees within half a turn of zero; a gap where it passes lift down."""
    shown = (np.degrees(bank) + _HALF) % (2.0 * _HALF) - _HALF
    return np.where(np.append(False, np.abs(np.diff(shown)) > _HALF), np.nan, shown)
