"""The page of escapes: the coverage map first, then what it rests on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from yaan.report import escape_tables as tables
from yaan.report.figures import Figure
from yaan.report.figures.escape_ends import drogue_window, landing, splash
from yaan.report.figures.escape_failures import by_failure
from yaan.report.figures.escape_flights import altitude_velocity, exposure, loads, separation
from yaan.report.figures.escape_instants import (
    overpressure,
    pressure,
    response,
    warning,
)
from yaan.report.figures.escape_map import coverage, last_minute
from yaan.report.figures.escape_modes import last_cut_off
from yaan.report.figures.escape_return import returns
from yaan.report.sections import Block, Section
from yaan.report.tables import Cell
from yaan.report.text import NONE, SPACE, label, number, plural
from yaan.results.escape import EscapeConstraint, EscapeRecord

ESCAPE_FIGURES: Final[dict[str, Callable[[EscapeRecord], Figure | None]]] = {
    "coverage": coverage,
    "last-minute": last_minute,
    "loads": loads,
    "exposure": exposure,
    "response": response,
    "failures": by_failure,
    "warning": warning,
    "overpressure": overpressure,
    "separation": separation,
    "pressure": pressure,
    "altitude-velocity": altitude_velocity,
    "landing": landing,
    "drogue-window": drogue_window,
    "splash": splash,
    "returns": returns,
}
"""Every figure of escapes by its name; None of one whose data is absent."""


_ZONES: Final = 6  # told below the map


@dataclass(frozen=True)
class Switch:
    """One constraint beside the map.

    Attributes:
        name: of the constraint.
        words: what it asks for.
        limit: its size and standing.
        worst: at how many instants it is the worst of the best mode.
        without: how many instants are black without it; less than with it is set off.
        on: whether it colours the map.
        able: whether it may: what is recalled or missing does not.
    """

    name: str
    words: str
    limit: Cell
    worst: str
    without: Cell
    on: bool
    able: bool


@dataclass(frozen=True)
class Switches:
    """The constraints beside the map, each with its switch.

    Attributes:
        figures: names of those that they colour.
        title: above them.
        count: what the map shows with those that are on.
        rows: the constraints.
        below: what is said under them.
    """

    figures: tuple[str, ...]
    title: str
    count: str
    rows: tuple[Switch, ...]
    below: str


@dataclass(frozen=True)
class Beside:
    """A figure and what stands beside and below it.

    Attributes:
        figure: on the left.
        switches: on the right.
        title: of what is below the figure.
        below: below it, as a list.
    """

    figure: Figure
    switches: Switches
    title: str
    below: tuple[Markup, ...]


def escape_head(made: EscapeRecord) -> dict[str, Any]:
    """What stands above the sections, as `page.compose` takes it."""
    summary = made.summary
    good = summary.black == 0
    facts = [
        ("Mission", summary.mission),
        ("Profile", summary.profile),
        ("Lift-off", summary.epoch),
        ("Every", f"{summary.step:g} s"),
        ("Yaan", summary.yaan),
    ]
    return {
        "kicker": "Crew escape",
        "mission": f"{summary.mission}-escape",
        "epoch": summary.epoch,
        "title": summary.title or summary.mission,
        "outcome": summary.sentence,
        "shortfall": "",
        "flown": True,
        "code": "escape",
        "tone": "good" if good else "bad",
        "badges": [],
        "facts": [(words, value) for words, value in facts if value],
    }


def escape_sections(made: EscapeRecord) -> list[Section]:
    """All sections that have something to say, in the order of reading."""
    end = last_cut_off(made)
    last = f"The last minute before {label(end[0])}" if end else ""
    parts = (
        Section("coverage", "Which way out, second by second", tuple(_coverage(made))),
        Section("zones", "Black zones", (("table", tables.zones(made.summary)),)),
        Section("last-minute", last, (("figure", last_minute(made)),)),
        Section("modes", "Modes of escape", (("table", tables.modes(made.summary)),)),
        Section("loads", "Loads of the crew", tuple(_loads(made))),
        Section("crew", "Limits of the crew", tuple(_crew(made))),
        Section("failures", "Failures and warning", tuple(_failures(made))),
        Section("parting", "Leaving the launcher", tuple(_parting(made))),
        Section("entry", "Falling back", (("figure", altitude_velocity(made)),)),
        Section("landing", "Coming down", tuple(_ends(made))),
        Section("returns", "Home from the orbit at once", tuple(_returns(made))),
        Section("constraints", "Constraints", (("table", tables.constraints(made.summary)),)),
        Section("assumptions", "Assumptions", (("table", tables.assumptions(made.summary)),)),
        Section("notes", "Notes", (("list", list(made.summary.notes)),)),
        Section("sources", "Sources", (("fold", tables.sources(made.summary)),)),
    )
    kept = [
        Section(one.name, one.title, tuple(block for block in one.blocks if block[1]))
        for one in parts
    ]
    return [one for one in kept if any(kind != "text" for kind, _ in one.blocks)]


def _loads(made: EscapeRecord) -> Iterator[Block]:
    yield "figure", loads(made)
    yield "figure", exposure(made)
    yield "figure", response(made)


def _crew(made: EscapeRecord) -> Iterator[Block]:
    yield (
        "text",
        "For each level of load, the longest time at or above it, against what is allowed. A peak"
        " alone passes or fails nothing; what nobody has read in its document, or has no curve, is"
        " ungraded and colours nothing.",
    )
    yield "table", tables.crew(made.summary)


def _failures(made: EscapeRecord) -> Iterator[Block]:
    yield "figure", by_failure(made)
    yield "figure", warning(made)
    yield "figure", overpressure(made)
    yield "table", tables.failures(made.summary)


def _parting(made: EscapeRecord) -> Iterator[Block]:
    yield "figure", separation(made)
    yield "figure", pressure(made)


def _ends(made: EscapeRecord) -> Iterator[Block]:
    yield "figure", landing(made)
    yield "figure", drogue_window(made)
    yield "figure", splash(made)


def _returns(made: EscapeRecord) -> Iterator[Block]:
    yield "figure", returns(made)
    yield "table", tables.returns(made.summary)


def _coverage(made: EscapeRecord) -> Iterator[Block]:
    drawn = coverage(made)
    if drawn is None:
        return
    summary = made.summary
    zones = [tables.told_zone(summary, one) for one in summary.zones if not one.failure]
    more = len(zones) - _ZONES
    if more > 0:
        link = Markup('<a href="#zones">{0}</a>').format(plural(more, "more zone"))
        zones = [*zones[:_ZONES], link]
    yield "beside", Beside(drawn, _switches(made), "Why it is black", tuple(zones))


def _switches(made: EscapeRecord) -> Switches:
    """The constraints, those that matter most first."""
    summary = made.summary
    failing = sum(one.instants - one.survivable for one in summary.failures)
    dark = summary.black + failing
    asked = sorted(
        summary.constraints, key=lambda c: (not c.coloured, c.black_without - dark, -c.binding)
    )
    count = f"{summary.black} of {plural(summary.instants, 'instant')} black"
    if failing:
        count += f", and {failing} over all failures"
    return Switches(
        ("coverage", "last-minute"),
        "What colours the map",
        f"{count}. Switch a constraint off to see the map without it.",
        tuple(_switch(one, dark) for one in asked),
        f"Black with all of them: {dark}, of commands and failures together." if failing else "",
    )


def _switch(one: EscapeConstraint, black: int) -> Switch:
    parts = [part for part in (tables.limit(one), tables.standing(one)) if part]
    limit = Markup(f"{SPACE} ").join(parts)
    if not one.grades:
        limit = Markup("{0}, colours nothing").format(limit)
    without: Cell = number(one.black_without) if one.coloured else NONE
    if one.coloured and one.black_without < black:
        without = Markup('<span class="less">{0}</span>').format(without)
    words = tables.capital(one.words)
    return Switch(one.name, words, limit, number(one.binding), without, one.coloured, one.grades)
