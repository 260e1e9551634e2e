"""The tables of escapes, from their record."""

import math
import re
from typing import Final

from markupsafe import Markup

from yaan.crew.limits import cited
from yaan.report import evidence
from yaan.report.figures.escape_modes import margin
from yaan.report.tables import Cell, Column, Table, badge, capital, make_table
from yaan.report.text import MINUS, NONE, known, label, number, quantity
from yaan.results.escape import BlackZone, EscapeConstraint, EscapeSummary

__all__ = [
    "assumptions",
    "capital",
    "constraints",
    "crew",
    "failures",
    "limit",
    "margin",
    "modes",
    "returns",
    "sources",
    "standing",
    "told_zone",
    "zones",
]

_UNITS: Final = {"m s-1": "m/s", "J m-2": "J/m2", "W m-2": "W/m2", "1": ""}
_TURNED: Final = {"rad s-1": (1.0, "deg/s"), "Pa rad": (1e-3, "kPa deg"), "rad": (1.0, "deg")}


def limit(one: EscapeConstraint) -> str:
    """The size of a constraint; empty of a curve, a box or a yes."""
    if one.limit is None:
        return ""
    if one.unit in _TURNED:
        scale, shown = _TURNED[one.unit]
        return quantity(math.degrees(one.limit) * scale, shown)
    return quantity(one.limit, _UNITS.get(one.unit, one.unit))


def standing(one: EscapeConstraint) -> Markup:
    """The mark of how well a limit is known; nothing of what needs no source."""
    if not one.status:
        return Markup("")
    return Markup('<span class="standing {0}">{0}</span>').format(one.status)


def modes(summary: EscapeSummary) -> Table | None:
    """Every mode: its window, what became of it, and what its flights are out by."""
    words = {one.name: one.words for one in summary.constraints}
    rows: list[tuple[Cell, ...]] = [
        (
            one.title,
            _span(one.begin, one.end),
            number(one.instants),
            number(one.survivable),
            number(one.chosen),
            margin(one.worst_margin),
            Markup('{0}<span class="soft">{1}</span>').format(
                _worst(one.worst_time, words.get(one.worst_constraint, one.worst_constraint)),
                f"{number(one.lost)} lost: {one.lost_text}" if one.lost else "",
            ),
            number(one.error_load, 3),
            number(one.error_place, 1),
        )
        for one in summary.modes
    ]
    columns = (
        Column("Mode", kind="text"),
        Column("Window", "s"),
        Column("Flown"),
        Column("Survivable"),
        Column("Best"),
        Column("Least margin"),
        Column("At and by; what did not come to its end", kind="wide"),
        Column("Load out by", "g"),
        Column("Landing out by", "m"),
    )
    caption = "Modes: instants flown, survivable and chosen, the worst of them, and the integration"
    return make_table(caption, columns, rows)


def _span(begin: float, end: float) -> str:
    """From the first to the last instant, once where they are one."""
    first, last = (f"{time:.1f}".removesuffix(".0") for time in (begin, end))
    return first if first == last else f"{first} to {last}"


def _worst(time: float | None, words: str) -> str:
    return f"{_span(time, time)} s: {words}" if known(time) else NONE


def zones(summary: EscapeSummary) -> Table | None:
    """Instants in a row without a survivable mode, and why."""
    titles = {one.name: one.title for one in summary.modes}
    failures_ = {one.name: one.title for one in summary.failures}
    rows: list[tuple[Cell, ...]] = [
        (
            _span(one.begin, one.end),
            failures_.get(one.failure, one.failure) or "any",
            titles.get(one.mode, one.mode) or "none",
            margin(one.margin),
            capital(re.sub(r"(?<![\w.])-(?=\d)", MINUS, one.text)),
        )
        for one in summary.zones
    ]
    columns = (
        Column("Span, s", kind="text"),
        Column("Failure", kind="text"),
        Column("Nearest mode", kind="text"),
        Column("Its margin"),
        Column("Why", kind="wide"),
    )
    return make_table("Black zones, and why they are", columns, rows)


def told_zone(summary: EscapeSummary, zone: BlackZone) -> Markup:
    """One black zone in a line: when, why, and by how much the nearest mode misses."""
    titles = {one.name: one.title for one in summary.modes}
    words = {one.name: one.words for one in summary.constraints}
    why = words.get(zone.constraint, zone.constraint)
    if zone.mode:
        nearest = titles.get(zone.mode, zone.mode)
        why = f"{why}: margin {margin(zone.margin)} in {nearest}, the nearest mode"
    return Markup("<b>{0} s</b> {1}").format(_span(zone.begin, zone.end), why)


def crew(summary: EscapeSummary) -> Table | None:
    """Every limit of the crew, with what it stands on, and the worst of the best modes."""
    titles = {one.name: one.title for one in summary.modes}
    couches = any(one.couch for one in summary.crew)
    rows: list[tuple[Cell, ...]] = [
        (
            one.axis,
            *((one.couch or NONE,) if couches else ()),
            badge(one.verdict),
            number(one.peak, 2),
            number(None if one.utilisation is None else 100.0 * one.utilisation),
            number(one.level, 2),
            number(one.duration, 1),
            _worst(one.time, titles.get(one.mode, one.mode)),
            Markup('{0} {1}<span class="soft">{2}</span>').format(
                one.condition,
                Markup('<span class="standing {0}">{0}</span>').format(one.status or "missing"),
                cited(one.document, one.revision, one.clause, one.source),
            ),
        )
        for one in summary.crew
    ]
    columns = (
        Column("Axis", kind="mark"),
        *((Column("Couch", kind="text"),) if couches else ()),
        Column("Verdict", kind="text"),
        Column("Peak", "g"),
        Column("Used", "%"),
        Column("By the level", "g"),
        Column("Held for", "s"),
        Column("Worst at, and in", kind="text"),
        Column("Condition and standing of the limit; document, clause, source", kind="wide"),
    )
    return make_table("Limits of the crew, against the best mode of each instant", columns, rows)


def failures(summary: EscapeSummary) -> Table | None:
    """What is escaped from, and how it is told."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.title,
            _span(one.begin, one.end),
            number(one.instants),
            number(one.survivable),
            one.detector or NONE,
            number(one.latency, 2),
            one.text,
        )
        for one in summary.failures
    ]
    columns = (
        Column("Failure", kind="text"),
        Column("Window", "s"),
        Column("Judged"),
        Column("Survivable"),
        Column("Told by", kind="text"),
        Column("Latency", "s"),
        Column("What is assumed of it", kind="wide"),
    )
    return make_table("Failures that are escaped from", columns, rows)


def returns(summary: EscapeSummary) -> Table | None:
    """Home from the orbit at once, target by target, and what is told is out by."""
    rows: list[tuple[Cell, ...]] = [
        (
            label(one.title),
            number(one.found),
            number(one.first),
            _hours(one.median),
            _hours(one.longest),
            _hours(one.longest_time),
            f"{one.by_day}, {one.by_twilight}, {one.by_night}",
            number(one.largest_load, 2),
            number(one.largest_delta_v),
            number(one.least_propellant),
        )
        for one in summary.returns
    ]
    if not rows:
        return None
    one = summary.returns[0]
    caption = (
        f"Returns at once, from {one.instants} instants a minute apart. Told between deorbits that"
        f" are flown; out, of {one.checked} checked, by at most {number(one.error_place / 1e3)} km,"
        f" {number(one.error_time)} s, {number(one.error_load, 3)} g,"
        f" {number(one.error_delta_v, 1)} m/s"
    )
    columns = (
        Column("Target", kind="text"),
        Column("Found"),
        Column("First"),
        Column("Median wait", "h"),
        Column("Longest wait", "h"),
        Column("Longest at T+", "h"),
        Column("By day, at twilight, by night", kind="text"),
        Column("Load at most", "g"),
        Column("Deorbit at most", "m/s"),
        Column("Propellant left", "kg"),
    )
    return make_table(caption, columns, rows)


def _hours(seconds: float | None) -> str:
    return number(None if seconds is None else seconds / 3_600.0, 2)


def constraints(summary: EscapeSummary) -> Table | None:
    """What escapes are judged by, and how well each limit is known."""
    rows: list[tuple[Cell, ...]] = [
        (
            capital(one.words),
            limit(one) or NONE,
            standing(one) or NONE,
            "yes" if one.coloured else "no" if not one.active else "no, it does not grade",
            number(one.binding),
            number(one.black_without) if one.coloured else NONE,
            one.source or NONE,
        )
        for one in summary.constraints
    ]
    columns = (
        Column("Constraint", kind="text"),
        Column("Limit"),
        Column("Known", kind="text"),
        Column("Colours the map", kind="text"),
        Column("Worst at"),
        Column("Black without it"),
        Column("Source of the limit", kind="wide"),
    )
    return make_table("Constraints; counts are of instants", columns, rows)


def assumptions(summary: EscapeSummary) -> Table | None:
    """What nobody published, with its range."""
    rows: list[tuple[Cell, ...]] = [
        (
            Markup('<code>{0}</code><span class="soft">{1} <code>{2}</code></span>').format(
                evidence.breakable(one.key), one.why, f"{one.file}:{one.line or ''}".strip(":")
            ),
            one.value or NONE,
            "not given" if one.low is None and one.high is None else f"{one.low} to {one.high}",
        )
        for one in summary.assumptions
    ]
    columns = (
        Column("Assumed value, why, where", kind="wide"),
        Column("Value", kind="text"),
        Column("Range", kind="text"),
    )
    return make_table("What is assumed of the escape", columns, rows)


def sources(summary: EscapeSummary) -> Table | None:
    """Where every number came from."""
    rows: list[tuple[Cell, ...]] = [
        (
            Markup("<code>{0}</code>").format(evidence.breakable(one.key or "mission")),
            one.text,
            f"{one.file}:{one.line or ''}".strip(":"),
        )
        for one in summary.sources
    ]
    columns = (
        Column("Key", kind="text"),
        Column("Source", kind="wide"),
        Column("Where", kind="text"),
    )
    return make_table("Sources", columns, rows)
