"""The tables of the report, from the summary of a flight.

Every function takes the summary (SI) and gives a `Table`, or None where the flight has nothing to
put there. Cells are plain text, which the page escapes, or `Markup` made here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from markupsafe import Markup

from yaan.report.text import (
    NONE,
    SPACE,
    clock,
    known,
    label,
    legible,
    number,
    significant,
)
from yaan.results import OutcomeCode, Summary
from yaan.results.summary import Event, VelocityLosses, VelocityTotal
from yaan.results.trajectory import Array

Cell = str | Markup

COMPONENTS: Final = ("achieved", "gravity", "drag", "steering", "back_pressure")
"""What the ideal velocity went into, in the order in which it is drawn and printed."""

_ABORTS_APART: Final = 20  # seconds of the ascent between rows of the aborts

_STATES: Final = {
    "pass": "passed",
    "fail": "failed",
    "provisional-pass": "provisional pass",
    "provisional-fail": "provisional fail",
    "ungraded": "ungraded",
    "open": "does not close",
    "calibrated": "calibrated",
    "within": "within",
    "outside": "outside",
    "none": "no tolerance",
}


@dataclass(frozen=True)
class Column:
    """Heading of a column: words, unit, and ``text``, ``number`` or ``wide``."""

    words: str
    unit: str = ""
    kind: str = "number"


@dataclass(frozen=True)
class Table:
    """What the page needs to set a table.

    Attributes:
        caption: what the table shows; read out by screen readers.
        columns: headings.
        rows: cells, one tuple a row; the first cell is the row's heading.
        classes: style of each row, or empty.
        total: whether the last row is a sum.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    classes: tuple[str, ...] = ()
    total: bool = False

    @property
    def small(self) -> bool:
        """Whether it would look lost over the whole width."""
        return len(self.columns) <= 5 and all(c.kind != "wide" for c in self.columns)


def badge(state: str, words: str = "") -> Markup:
    """A verdict as symbol, word and colour, so that none of them has to be seen alone."""
    known = state if state in _STATES else "ungraded"
    return Markup(
        '<span class="badge {0}"><svg aria-hidden="true"><use href="#icon-{0}"/></svg>{1}</span>'
    ).format(known, words or _STATES[known])


def state(passed: bool | None) -> str:
    """The badge of a verdict that passed, failed or was not graded."""
    return "ungraded" if passed is None else "pass" if passed else "fail"


def timeline(summary: Summary) -> Table | None:
    """Events and peaks in the order of time; events are numbered as in the figures."""
    rows: list[tuple[Cell, ...]] = []
    classes: list[str] = []
    scale, unit = mass_unit(summary)
    numbered = 0
    for row in summary.timeline:
        peak = row.kind == "peak"
        numbered += not peak
        rows.append(
            (
                Markup('<abbr title="peak">▲</abbr>') if peak else str(numbered),
                clock(row.time),
                number(row.time, 2),
                label(row.name),
                scaled(row.height, 1e3, 1),
                number(row.speed_relative),
                number(row.speed_inertial),
                number(row.flight_path_angle_relative_deg, 2),
                number(row.flight_path_angle_inertial_deg, 2),
                scaled(row.mass_before, scale, 2),
                scaled(row.mass_after, scale, 2),
                *_felt(row),
            )
        )
        classes.append("peak" if peak else "")
    columns = (
        Column("#", kind="mark"),
        Column("Clock"),
        Column("Time", "s"),
        Column("Event", kind="text"),
        Column("Height", "km"),
        Column("Speed, relative", "m/s"),
        Column("Speed, inertial", "m/s"),
        Column("Flight-path angle, relative", "deg"),
        Column("Flight-path angle, inertial", "deg"),
        Column("Mass before", unit),
        Column("Mass after", unit),
        Column("Dynamic pressure", "kPa"),
        Column("Load", "g"),
    )
    caption = "Events (numbered as in the figures) and peaks (▲) in the order of time"
    return make_table(caption, columns, rows, tuple(classes))


def _felt(row: Event) -> tuple[str, str]:
    """Dynamic pressure [kPa] and load [g]; a peak of either is never shown as zero."""
    shown = (
        (row.dynamic_pressure / 1e3, "maximum dynamic pressure"),
        (row.load_g, "maximum load"),
    )
    first, second = ((legible if row.name == peak else number)(value, 2) for value, peak in shown)
    return first, second


def mass_unit(summary: Summary) -> tuple[float, str]:
    """Tonnes, or kilograms for what is lighter than one: factor and unit."""
    masses = [row.mass_before if known(row.mass_before) else 0.0 for row in summary.timeline]
    return (1.0, "kg") if masses and max(masses) < 1e3 else (1e3, "t")


def mass_budget(summary: Summary) -> Table | None:
    """What left the vehicle, when, and what stayed."""
    scale, unit = mass_unit(summary)
    rows: list[tuple[Cell, ...]] = [
        (
            label(row.event),
            label(row.item),
            scaled(row.change, scale, 3, sign=True),
            scaled(row.mass, scale, 3),
        )
        for row in summary.budgets.mass
    ]
    columns = (
        Column("At", kind="text"),
        Column("Item", kind="text"),
        Column("Change", unit),
        Column("Mass after", unit),
    )
    # A mass that never changes has no budget.
    return make_table("Mass budget", columns, rows) if len(rows) > 1 else None


def propellant(summary: Summary) -> Table | None:
    """Propellant of each stage, and what the rest is worth."""
    scale, unit = mass_unit(summary)
    rows: list[tuple[Cell, ...]] = [
        (
            label(row.stage),
            scaled(row.loaded, scale, 2),
            scaled(row.used, scale, 2),
            scaled(row.left, scale, 2),
            number(row.margin_velocity),
        )
        for row in summary.budgets.propellant
    ]
    columns = (
        Column("Stage", kind="text"),
        Column("Loaded", unit),
        Column("Used", unit),
        Column("Left", unit),
        Column("Left, as ideal velocity", "m/s"),
    )
    return make_table("Propellant by stage", columns, rows)


def velocity_budget(summary: Summary, part: str) -> Table | None:
    """Where the ideal velocity of a part of the flight, `ascent` or `return`, went, by phase."""
    phases = [row for row in summary.budgets.velocity if row.part == part]
    total = [row for row in summary.budgets.velocity_totals if row.part == part]
    rows = [(label(row.phase), *_losses(row)) for row in phases]
    rows += [("Total", *_losses(row)) for row in total]
    columns = (
        Column("Phase", kind="text"),
        *(Column(label(k), "m/s") for k in ("ideal", *COMPONENTS)),
    )
    what = "Velocity budget by phase" if part == "ascent" else "The same of the return"
    return make_table(what, columns, rows, total=bool(total))


def _losses(row: VelocityLosses | VelocityTotal) -> tuple[str, ...]:
    """Ideal velocity and what it went into [m/s], in the order of `COMPONENTS`."""
    parts = (row.achieved, row.gravity, row.drag, row.steering, row.back_pressure)
    return tuple(number(value, 1) for value in (row.ideal, *parts))


def profiles(summary: Summary) -> Table | None:
    """The steering choices of the mission beside each other, the flown one first."""
    if summary.ascent is None:
        return None
    flown, given, abort = summary.profile, summary.ascent.profiles, summary.ascent.abort
    rows: list[tuple[Cell, ...]] = []
    for name in sorted(given, key=lambda n: n != flown):
        row, escape = given[name], None if abort is None else abort.profiles.get(name)
        tag = Markup(' <span class="tag">flown</span>') if name == flown else ""
        rows.append(
            (
                Markup("{0}{1}").format(label(name), tag),
                number(row.cut_off, 1),
                number(row.separation, 1),
                scaled(row.propellant_left, 1e3, 2),
                scaled(row.apex_height, 1e3, 1),
                scaled(row.max_dynamic_pressure, 1e3, 1),
                number(row.max_load_g, 2),
                number(None if escape is None else escape.peak_load_g, 1),
            )
        )
    columns = (
        Column("Profile", kind="text"),
        Column("Cut-off", "s"),
        Column("Separation", "s"),
        Column("Propellant left", "t"),
        Column("Highest point", "km"),
        Column("Max dynamic pressure", "kPa"),
        Column("Max load, ascent", "g"),
        Column("Worst abort load", "g"),
    )
    return make_table("Ascent profiles compared", columns, rows)


def aborts(member: Mapping[str, Array]) -> Table | None:
    """What a fall from instants of the ascent loads: at the release, after it, and what follows.

    Every twentieth second, and that of the largest load; every second is in ``flight.nc``.
    """
    if "release_load" not in member:
        return None
    time, peaks = np.asarray(member["time"]), np.asarray(member["peak_load"], dtype=float)
    shown = set(range(0, len(time), _ABORTS_APART))
    if np.any(np.isfinite(peaks)):
        shown.add(int(np.nanargmax(peaks)))
    rows: list[tuple[Cell, ...]] = [
        (
            clock(time[i]),
            number(member["release_load"][i], 2),
            number(member["later_load"][i], 2) if member["later_load"][i] > 0.0 else NONE,
            _after(int(member["outcome"][i]), int(member["canopies"][i])),
        )
        for i in sorted(shown)
    ]
    columns = (
        Column("Let go at", kind="text"),
        Column("Load at the release", "g"),
        Column("Largest after it", "g"),
        Column("Then", kind="text"),
    )
    return make_table("A ballistic fall from instants of the ascent", columns, rows)


def _after(outcome: int, low: int) -> str:
    """What follows a fall."""
    if outcome == int(OutcomeCode.REACHED):
        return "canopies; it never comes as high as 7 km" if low else "canopies at 7 km"
    return "stays up" if outcome == int(OutcomeCode.TIMED_OUT) else "not known"


def integration(summary: Summary) -> Table | None:
    """What each phase is out by, as its shadow tells."""
    rows: list[tuple[Cell, ...]] = [
        (
            label(row.phase),
            number(row.steps),
            significant(row.shortest_step, 2),
            significant(row.position, 2),
            significant(row.speed, 2),
            _percent(row.load_share),
            _percent(row.dynamic_pressure_share),
            _percent(row.heat_flux_share),
            _percent(row.excess),
        )
        for row in (() if summary.integration is None else summary.integration.phases)
    ]
    columns = (
        Column("Phase", kind="text"),
        Column("Steps"),
        Column("Shortest", "s"),
        Column("Position", "m"),
        Column("Speed", "m/s"),
        Column("Peak load", "%"),
        Column("Peak pressure", "%"),
        Column("Peak flux", "%"),
        Column("Of the bound", "%"),
    )
    return make_table(
        "Estimated errors of the integration, at the end of each phase", columns, rows
    )


def _percent(share: float | None) -> str:
    return NONE if share is None else significant(100.0 * share, 2)


def steering(summary: Summary) -> Table | None:
    """The solved programmes: tan(pitch) = a + b s + c s^2."""
    programmes = {} if summary.ascent is None else summary.ascent.steering.pitch_programmes
    rows: list[tuple[Cell, ...]] = [
        (label(name), number(row.start, 2), *(number(k, 6) for k in (row.a, row.b, row.c)))
        for name, row in programmes.items()
    ]
    columns = (
        Column("Programme", kind="text"),
        Column("Starts at", "s"),
        Column("a"),
        Column("b"),
        Column("c"),
    )
    return make_table("Steering programmes, solved for this flight", columns, rows)


def misses(summary: Summary) -> Table | None:
    """How far the solution stayed from each target."""
    rows: list[tuple[Cell, ...]] = [
        (
            capital(row.target),
            f"{significant(row.miss, 3, sign=True)}{SPACE}{row.unit}".rstrip(),
        )
        for row in (() if summary.ascent is None else summary.ascent.steering.misses)
    ]
    return make_table("Misses", (Column("Target", kind="text"), Column("Miss")), rows)


def make_table(
    caption: str,
    columns: tuple[Column, ...],
    rows: Sequence[tuple[Cell, ...]],
    classes: tuple[str, ...] = (),
    *,
    total: bool = False,
) -> Table | None:
    """A table, or None if it would have no rows."""
    return Table(caption, columns, tuple(rows), classes, total) if rows else None


def scaled(value: float, scale: float, digits: int, *, sign: bool = False) -> str:
    """`value` over `scale` with so many decimals."""
    return number(value / scale, digits, sign=sign)


def capital(text: str) -> str:
    """`text` with its first letter large and the rest as it stands."""
    return text[:1].upper() + text[1:]
