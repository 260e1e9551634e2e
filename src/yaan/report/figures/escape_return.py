"""Home from the orbit at once: the wait for a landing, its light, load and cost."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from yaan.report.figures.escape_modes import Look
from yaan.report.figures.legend import legend
from yaan.report.figures.overlay import COLOURS
from yaan.report.figures.panels import Axis, Curve, Panel, Words, stack
from yaan.report.figures.style import Array, Figure
from yaan.report.text import label, number
from yaan.results.escape import EscapeRecord, EscapeReturn

Columns = Mapping[str, Array]

_HOUR: Final = 3_600.0  # [s]
_PANELS: Final = (
    ("landing", "From the decision to the touchdown", "h", 2),
    ("sun", "Sun above the horizon at the landing", "deg", 0),
    ("peak_load", "Largest load of the entry", "g", 2),
    ("delta_v", "Delta-v of the deorbit", "m/s", 0),
)
"""Column, words, unit and decimals."""

_TITLE: Final = "Decision to return, h since ignition"


def returns(made: EscapeRecord) -> Figure | None:
    """The time from the decision to the touchdown, against the time of the decision."""
    held = [(one, made.groups.get(f"return/{one.name}", {})) for one in made.summary.returns]
    held = [(one, each) for one, each in held if one.found and "time" in each]
    if not held:
        return None
    looks = [Look(label(one.title), COLOURS[k % len(COLOURS)]) for k, (one, _) in enumerate(held)]
    every = list(zip(looks, (each for _, each in held), strict=True))
    shown = [one for one in _PANELS if all(one[0] in each for _, each in held)]
    if not shown:
        return None
    panels = [_panel(*one, every) for one in shown]
    times = np.concatenate([each["time"] for _, each in held]) / _HOUR
    span = float(times.min()), float(times.max())
    told = "; ".join(_told(one) for one, _ in held)
    caption = (
        "If the crew must come home now: the next landing in each target, by the minute of the"
        " decision. A gap: none within the time that is looked through."
    )
    words = Words("returns", f"Time to the next landing by the decision. {told}.", caption)
    figure = stack(words, panels, [], [], Axis(span, _TITLE, "T+%{x:.2f} h"), (130, 106))
    return legend(figure, looks)


def _panel(
    column: str, words: str, unit: str, digits: int, held: Sequence[tuple[Look, Columns]]
) -> Panel:
    curves = tuple(
        Curve(drawn.name, _shown(each, column), drawn.colour, against=each["time"] / _HOUR)
        for drawn, each in held
    )
    levels = ((0.0, "horizon"),) if column == "sun" else ()
    floor = 0.0 if column == "landing" else None
    return Panel(words, unit, curves, digits, floor=floor, levels=levels, keyed=False)


def _shown(held: Columns, column: str) -> Array:
    """A column in the unit of its panel; of the landing how long it takes from the decision."""
    if column == "landing":
        return (held["landing"] - held["time"]) / _HOUR
    return np.degrees(held["sun"]) if column == "sun" else held[column]


def _told(one: EscapeReturn) -> str:
    """What a target comes to, in words."""
    longest, median = (None if x is None else x / _HOUR for x in (one.longest, one.median))
    return (
        f"{one.title}: found at {one.found} of {one.instants} instants, after"
        f" {number(median, 1)} h in the median of these, {number(longest, 1)} h at most"
    )
