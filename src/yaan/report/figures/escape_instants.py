"""What escapes meet, against the instant of their command: blows, pressures, warning times."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from yaan.report.figures.escape_modes import ROW, Look, events, look, mode_columns
from yaan.report.figures.escape_strips import TITLE
from yaan.report.figures.legend import legend
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.quantities import fitted, largest
from yaan.report.figures.style import (
    BLUE,
    GREEN,
    INK,
    NARROW,
    ORANGE,
    PURPLE,
    VERMILION,
    WIDE,
    Array,
    Figure,
    Json,
)
from yaan.report.text import label, number
from yaan.results.escape import COLUMNS, EscapeRecord

_BETA: Final = (
    ("beta_ignition", "Motors ignite"),
    ("beta_snatch", "Canopies snatch"),
    ("beta_splash", "Splash"),
)
_PRESSURES: Final = (
    ("peak_pressure", "Largest dynamic pressure"),
    ("peak_attack", "Largest dynamic pressure times incidence"),
    ("peak_rate", "Fastest turning"),
)
_LIMITED: Final = {
    "peak_pressure": "dynamic_pressure",
    "peak_attack": "attack_pressure",
}
_HAZARDS: Final = (ORANGE, PURPLE, GREEN, INK)
_DOTTED: Final = 60  # points of a curve that are marked each
_BEGUN: Final = "Time of the failure, s since ignition"


def response(made: EscapeRecord) -> Figure | None:
    """Brinkley's response to ignition, snatch and splash, against the instant."""
    level = ((1.0, "level low"),)
    panels = list(_panels(made, _BETA, {name: level for name, _ in _BETA}))
    if not panels:
        return None
    alt = f"Dynamic response of the crew against the instant of the command: {_most(panels)}."
    caption = (
        "Brinkley's dynamic response, 1 at the level called low: a screening, ungraded, which"
        " colours nothing in the map."
    )
    return _against(made, Words("response", alt, caption), panels)


def pressure(made: EscapeRecord) -> Figure | None:
    """Dynamic pressure, its product with incidence, and turning, largest of each escape."""
    levels: dict[str, tuple[tuple[float, str], ...]] = {}
    limits = {c.name: c.limit for c in made.summary.constraints}
    for name, constraint in _LIMITED.items():
        limit = limits.get(constraint)
        if limit is not None:
            levels[name] = ((limit, "limit"),)
    panels = list(_panels(made, _PRESSURES, levels))
    if not panels:
        return None
    alt = f"What escapes meet in the air, against the instant of the command: {_most(panels)}."
    caption = (
        "The largest of each escape, against the instant of its command; pressures while it flies"
        " as a body with motors, turning in degrees a second."
    )
    return _against(made, Words("pressure", alt, caption), panels)


def warning(made: EscapeRecord) -> Figure | None:
    """Warning time required and available, of each failure, against the instant."""
    panels: list[Panel] = []
    keys = [Look("available", BLUE), Look("required", VERMILION)]
    hazards: list[str] = []
    for one in made.summary.failures:
        held = made.groups.get(f"failure/{one.name}", {})
        if not _warned(held):
            continue
        curves: list[Curve] = []
        names = [name for name in held if name.startswith("required_")]
        for name in ("available", "required", *names):
            if name not in held or not np.isfinite(held[name]).any():
                continue
            hazard = name.removeprefix("required_")
            if name in names and hazard not in hazards:
                hazards.append(hazard)
            colour = BLUE if name == "available" else VERMILION
            dash = "solid"
            if name in names:
                colour, dash = _HAZARDS[hazards.index(hazard) % len(_HAZARDS)], "dot"
            words = label(hazard) if name in names else name
            curves.append(Curve(words, held[name], colour, dash, against=held["time"]))
        if curves:
            panels.append(Panel(one.title, "s", tuple(curves), 2, floor=0.0, keyed=False))
    if not panels:
        return None
    keys += [
        Look(f"required by {label(hazard).lower()}", _HAZARDS[place % len(_HAZARDS)], "dot")
        for place, hazard in enumerate(hazards)
    ]
    short = [one.title for one in made.summary.failures if _short(made, one.name)]
    alt = "Warning time required and available of each failure, against mission time."
    alt += f" Too little somewhere: {', '.join(short)}." if short else " It suffices everywhere."
    caption = (
        "Of failures that end in a burst: the time from the command to the burst, and what the best"
        " mode needs; where required is above available the warning is too short. A gap: no time"
        " would do, or no mode has its window."
    )
    return _against(made, Words("warning", alt, caption), panels, keys, (110, 96), _BEGUN)


def overpressure(made: EscapeRecord) -> Figure | None:
    """Load of the blast on the capsule, of failures that burst, against the instant."""
    panels: list[Panel] = []
    for one in made.summary.failures:
        held = made.groups.get(f"failure/{one.name}", {})
        blast = held.get("overpressure", np.zeros(0))
        felt = np.log10(blast[np.isfinite(blast) & (blast > 0.0)] / 1e3)
        if felt.size:
            shown = np.where(blast > 0.0, blast / 1e3, np.nan)
            curve = Curve("overpressure", shown, VERMILION, against=held["time"])
            top = float(np.ceil(felt.max()))
            log = (min(max(float(np.floor(felt.min())), top - 4.0), top - 2.0), top)
            panels.append(Panel(one.title, "kPa", (curve,), 1, log=log))
    if not panels:
        return None
    tops = [f"{p.words} {number(largest(np.asarray(p.curves[0].values)), 1)} kPa" for p in panels]
    alt = f"Overpressure at the capsule against mission time, at most: {'; '.join(tops)}."
    caption = "Load of the blast on the capsule as the best mode leaves, of failures that burst;"
    caption += " logarithmic."
    return _against(made, Words("overpressure", alt, caption), panels, (), (96, 84), _BEGUN)


def _warned(held: dict[str, Array]) -> bool:
    """Whether a failure is one that must be told of in time: one that bursts."""
    found = (held.get(name, np.zeros(0)) for name in ("available", "required"))
    return any(bool(np.any(np.isfinite(one) & (one > 0.0))) for one in found)


def _short(made: EscapeRecord, name: str) -> bool:
    held = made.groups.get(f"failure/{name}", {})
    if not {"available", "required"} <= held.keys():
        return False
    return bool(np.any(held["required"] > held["available"]))


def _panels(
    made: EscapeRecord,
    columns: Sequence[tuple[str, str]],
    levels: dict[str, tuple[tuple[float, str], ...]],
) -> Iterator[Panel]:
    """A panel for each column that any mode has, a curve a mode."""
    for name, words in columns:
        held = [(one, mode_columns(made, one.name)) for one in made.summary.modes]
        held = [(one, c) for one, c in held if name in c and np.isfinite(c[name]).any()]
        if not held:
            continue
        unit = COLUMNS[name].unit if name in COLUMNS else "1"
        top = max(largest(c[name]) for _, c in held)
        if unit == "Pa rad":
            scale, shown, digits = 1e3 * np.pi / 180.0, "kPa deg", 2
        else:
            suited = fitted(words, unit, top)
            scale, shown, digits = suited.scale, suited.unit, suited.digits
        looks = [look(made, one.name) for one, _ in held]
        curves = tuple(
            Curve(drawn.name, c[name] / scale, drawn.colour, drawn.dash, against=c["time"])
            for drawn, (_, c) in zip(looks, held, strict=True)
        )
        found = tuple((level / scale, text) for level, text in levels.get(name, ()))
        yield Panel(words, shown, curves, digits, floor=0.0, levels=found, keyed=False)


def _most(panels: Sequence[Panel]) -> str:
    """The largest value of each panel."""
    tops: list[str] = []
    for panel in panels:
        top = max(largest(np.asarray(curve.values, dtype=float)) for curve in panel.curves)
        most = f"{number(top, panel.digits)} {panel.unit}".rstrip()
        tops.append(f"{panel.words.lower()} at most {most}")
    return "; ".join(tops)


def _against(
    made: EscapeRecord,
    words: Words,
    panels: Sequence[Panel],
    more: Sequence[Look] = (),
    heights: tuple[int, int] = (130, 106),
    title: str = TITLE,
) -> Figure:
    """Panels against the instant, with the events that matter; modes in the legend above."""
    known = [
        np.asarray(c.against)[np.isfinite(np.asarray(c.values, dtype=float))]
        for p in panels
        for c in p.curves
    ]
    when = np.concatenate(known)
    room = 0.02 * float(np.ptp(when)) or made.summary.step
    span = (float(when.min()) - room, float(when.max()) + room)
    figure = stack(words, panels, [], [], Axis(span, title, "T+%{x:.1f} s"), heights)
    for trace in figure.data:
        if len(trace["x"]) <= _DOTTED:
            trace |= {"mode": "lines+markers"}
            trace["marker"] = {"size": 5, "color": trace["line"]["color"]}
    names = {c.name for p in panels for c in p.curves}
    modes = made.summary.modes
    keys = [look(made, m.name) for m in modes if m.title in names]
    return with_events(figure, made.summary.events, span, [*keys, *more])


def with_events(
    figure: Figure, events_: dict[str, float], span: tuple[float, float], keys: Sequence[Look]
) -> Figure:
    """The figure with the events that matter through its plot, and `keys` in the legend above."""

    def marked(layout: Json, width: int) -> Json:
        lines, texts, rows = events(events_, span, width)
        margin = layout["margin"]
        plot = layout["height"] - margin["t"] - margin["b"]
        head = 24  # [px] of the heading of the first panel
        tall = head + ROW * rows + 10
        for line in lines:
            line["y1"] = 1.0 + (head - 19 + line["y1"] + 2) / plot
        for text in texts:
            text["yshift"] += head - 17
        return layout | {
            "height": plot + tall + margin["b"],
            "margin": margin | {"t": tall},
            "shapes": [*layout.get("shapes", []), *(one | {"layer": "below"} for one in lines)],
            "annotations": [*layout.get("annotations", []), *texts],
        }

    wide, narrow = marked(figure.wide, WIDE), marked(figure.narrow, NARROW)
    made = replace(figure, wide=wide, narrow=narrow)
    return legend(made, keys, events=True) if keys else made
