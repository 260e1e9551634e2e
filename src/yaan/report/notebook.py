"""What a notebook shows of a flight or a comparison, and the figures that it asks for."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup

from yaan.base.errors import YaanError
from yaan.report.escape import ESCAPE_FIGURES
from yaan.report.figures import Figure
from yaan.report.figures.columns import columns
from yaan.report.figures.histories import thinned
from yaan.report.figures.quantities import largest, shown
from yaan.report.sections import key_cards
from yaan.report.span import aloft
from yaan.report.text import NONE, clock, label, number, quantity, significant
from yaan.results import Change, Comparison, FlightRecord, History, Summary
from yaan.results.escape import EscapeRecord

if TYPE_CHECKING:
    import plotly.graph_objects as go

_USUAL: Final = ("height", "speed_relative", "load")
_SMALL: Final = (420, 96)  # [px], width and height of the small figure
_MOST: Final = 900  # rows of it; dozens of orbits must not blur
_ROW: Final = 6  # key numbers in a row
_SHOWN: Final = 10  # results that a comparison tells


def plot(
    summary: Summary,
    history: History,
    names: Sequence[str],
    between: tuple[float, float] | None = None,
) -> "go.Figure":
    """Columns of a history against time, as a figure of plotly; see `Flight.plot`.

    Args:
        summary: of the flight.
        history: of the flight.
        names: of columns; without any, the usual ones that there are.
        between: first and last time to show [s].

    Raises:
        YaanError: for what the history does not have, or where plotly is missing.
    """
    usual = [name for name in _USUAL if name in history]
    since = "the epoch" if aloft(summary) else "ignition"
    return _shown(columns(history, names or usual, since=since, between=between))


def plot_escapes(made: EscapeRecord, name: str) -> "go.Figure":
    """A figure of the report of escapes, as a figure of plotly; see `Escapes.plot`.

    Raises:
        YaanError: for a figure that is not there or has no data, or where plotly is missing.
    """
    make = ESCAPE_FIGURES.get(name)
    if make is None:
        near = get_close_matches(name.casefold(), ESCAPE_FIGURES, 1)
        hint = f" (near: {near[0]})" if near else ""
        known = ", ".join(ESCAPE_FIGURES)
        raise YaanError(f"There is no figure {name!r} of escapes{hint}. There are {known}.")
    drawn = make(made)
    if drawn is None:
        raise YaanError(f"These escapes have no data for the figure {name!r}.")
    return _shown(drawn)


def _shown(drawn: Figure) -> "go.Figure":
    """A figure of the report as one of plotly, whose axes may be zoomed."""
    try:
        import plotly.graph_objects as go
    except ImportError as error:
        raise YaanError("To plot takes plotly, which is missing; `pip install plotly`.") from error
    # The style is all in the layout; a template of the user's would only mix in another.
    layout = drawn.wide | {"template": "none", "dragmode": "zoom"}
    axes = [key for key in drawn.wide if key.startswith(("xaxis", "yaxis"))]
    layout |= {key: drawn.wide[key] | {"fixedrange": False} for key in axes}
    return go.Figure({"data": drawn.data, "layout": layout})


def flight_html(record: FlightRecord) -> str:
    """Outcome, key numbers, a small figure and the timeline of a flight; it needs no script."""
    summary = record.summary
    cards = [
        Markup("<td style='text-align:left'><small>{0}</small><br><b>{1}</b></td>").format(
            card.words, card.value
        )
        for card in key_cards(record)
    ]
    rows = [
        Markup("<tr>{0}</tr>").format(Markup("").join(cards[i : i + _ROW]))
        for i in range(0, len(cards), _ROW)
    ]
    made = [
        Markup("<p><b>{0}</b></p>").format(summary.outcome.text or NONE),
        Markup("<table>{0}</table>").format(Markup("").join(rows)) if rows else "",
        _small(record),
        _timeline(summary),
    ]
    return str(Markup("").join(made))


def _timeline(summary: Summary) -> Markup:
    heads = ("event", "T+ s", "height km", "inertial speed m/s", "mass t", "load g")
    rows = (
        (
            label(e.name),
            number(e.time, 2),
            number(e.height / 1e3, 2),
            number(e.speed_inertial, 1),
            number(e.mass_after / 1e3, 2),
            number(e.load_g, 2),
        )
        for e in summary.timeline
    )
    return _table(heads, rows)


def _small(record: FlightRecord) -> Markup:
    """Height against time as a drawing of a few lines; nothing of a flight without a history."""
    history = thinned(record.history, _MOST)
    if history is None or "height" not in history or not np.isfinite(history["height"]).any():
        return Markup("")
    wide, tall = _SMALL
    time, height = history["time"], history["height"]
    top, past = largest(height), float(time[-1] - time[0])
    if not top or not past:
        return Markup("")
    look = shown("height", top)
    x = (time - time[0]) / past * (wide - 2) + 1.0
    y = (1.0 - height / top) * (tall - 16) + 14.0
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True) if np.isfinite(b))
    words = f"Height, at most {number(top / look.scale, 1)} {look.unit}; {clock(float(time[-1]))}"
    return Markup(
        '<svg width="{0}" height="{1}" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">'
        '<path d="M1 {3}h{0}" stroke="currentColor" stroke-opacity="0.3"></path>'
        '<polyline points="{4}" fill="none" stroke="#0072B2" stroke-width="1.6"></polyline>'
        '<text x="1" y="10" font-size="11" fill="currentColor">{2}</text></svg>'
    ).format(wide, tall, words, tall - 2, points)


def comparison_text(found: Comparison) -> str:
    """What differs in input, and the results that changed most, a line each."""
    lines = [f"{', '.join(found.names[1:])} against {found.names[0]}"]
    for change in found.inputs:
        lines.append(f"  {change.key}: {' | '.join(map(_text, change.values))}")
    for change in found.ranked[:_SHOWN]:
        values = " | ".join(_cell(value, change) for value in change.values)
        lines.append(f"  {change.key}: {values} ({', '.join(_shares(change))})")
    more = len(found.ranked) - _SHOWN
    return "\n".join([*lines, *([f"  and {more} more results"] if more > 0 else [])])


def comparison_html(found: Comparison) -> str:
    """The same as two tables, with the events as a third."""
    inputs = [(change.key, *map(_text, change.values)) for change in found.inputs]
    results = [
        (change.key, *(_cell(value, change) for value in change.values), ", ".join(_shares(change)))
        for change in found.ranked[:_SHOWN]
    ]
    events = [
        (label(event.name), *(number(time, 2) for time in event.times)) for event in found.events
    ]
    made = [
        _table(("input", *found.names), inputs) if inputs else Markup("<p>The same in input.</p>"),
        _table(("result", *found.names, "change"), results)
        if results
        else Markup("<p>The same in result.</p>"),
        _table(("event, s", *found.names), events),
    ]
    return str(Markup("").join(made))


def _shares(change: Change) -> Iterator[str]:
    for share in change.relative[1:]:
        yield NONE if share is None else f"{significant(100.0 * share, 3, sign=True)} %"


def _cell(value: object, change: Change) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _text(value)
    return quantity(float(value), change.unit, 5)


def _text(value: object) -> str:
    return NONE if value is None else str(value)


def _table(heads: Sequence[str], rows: "Iterator[Sequence[str]] | list[tuple[str, ...]]") -> Markup:
    head = Markup("").join(Markup("<th>{0}</th>").format(text) for text in heads)
    lines = [
        Markup("<tr>{0}</tr>").format(
            Markup("").join(Markup("<td>{0}</td>").format(text) for text in row)
        )
        for row in rows
    ]
    return Markup("<table><tr>{0}</tr>{1}</table>").format(head, Markup("").join(lines))
