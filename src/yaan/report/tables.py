"""The tables of the report, from the summary of a flight.

Every function takes `summary.json` as read (SI) and gives a `Table`, or None where the flight has
nothing to put there. Cells are plain text, which the page escapes, or `Markup` made here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from yaan.report.text import (
    NONE,
    SPACE,
    clock,
    label,
    legible,
    number,
    significant,
)
from yaan.results import OutcomeCode

Summary = Mapping[str, Any]
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
    for row in summary.get("timeline") or ():
        peak = row.get("kind") == "peak"
        numbered += not peak
        before, after = row.get("mass_before"), row.get("mass_after")
        rows.append(
            (
                Markup('<abbr title="peak">▲</abbr>') if peak else str(numbered),
                clock(row.get("time")),
                number(row.get("time"), 2),
                label(str(row.get("event", ""))),
                scaled(row.get("height"), 1e3, 1),
                number(row.get("speed_relative")),
                number(row.get("speed_inertial")),
                number(row.get("flight_path_angle_relative_deg"), 2),
                number(row.get("flight_path_angle_deg"), 2),
                scaled(before, scale, 2),
                scaled(after, scale, 2),
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


def _felt(row: Mapping[str, Any]) -> tuple[str, str]:
    """Dynamic pressure [kPa] and load [g]; a peak of either is never shown as zero."""
    pressure, load, name = row.get("dynamic_pressure"), row.get("load_g"), row.get("event")
    shown = (
        (None if pressure is None else pressure / 1e3, "maximum dynamic pressure"),
        (load, "maximum load"),
    )
    first, second = ((legible if name == peak else number)(value, 2) for value, peak in shown)
    return first, second


def mass_unit(summary: Summary) -> tuple[float, str]:
    """Tonnes, or kilograms for what is lighter than one: factor and unit."""
    masses = [row.get("mass_before") or 0.0 for row in summary.get("timeline") or ()]
    return (1.0, "kg") if masses and max(masses) < 1e3 else (1e3, "t")


def mass_ledger(summary: Summary) -> Table | None:
    """What left the vehicle, when, and what stayed."""
    scale, unit = mass_unit(summary)
    rows: list[tuple[Cell, ...]] = [
        (
            label(str(row.get("event", ""))),
            label(str(row.get("item", ""))),
            scaled(row.get("change"), scale, 3, sign=True),
            scaled(row.get("mass"), scale, 3),
        )
        for row in summary.get("mass_ledger") or ()
    ]
    columns = (
        Column("At", kind="text"),
        Column("Item", kind="text"),
        Column("Change", unit),
        Column("Mass after", unit),
    )
    # A mass that never changes has no ledger.
    return make_table("Mass ledger", columns, rows) if len(rows) > 1 else None


def propellant(summary: Summary) -> Table | None:
    """Propellant of each stage, and what the rest is worth."""
    scale, unit = mass_unit(summary)
    rows: list[tuple[Cell, ...]] = [
        (
            label(str(row.get("stage", ""))),
            scaled(row.get("loaded"), scale, 2),
            scaled(row.get("used"), scale, 2),
            scaled(row.get("left"), scale, 2),
            number(row.get("margin_velocity")),
        )
        for row in summary.get("propellant") or ()
    ]
    columns = (
        Column("Stage", kind="text"),
        Column("Loaded", unit),
        Column("Used", unit),
        Column("Left", unit),
        Column("Left, as ideal velocity", "m/s"),
    )
    return make_table("Propellant by stage", columns, rows)


def velocity_ledger(summary: Summary, key: str = "velocity_ledger") -> Table | None:
    """Where the ideal velocity went, by phase: of the ascent, or of the ledger called `key`."""
    ledger = summary.get(key) or {}
    total = ledger.get("total") or {}
    lines = [*(ledger.get("phases") or ())] + ([{"phase": "total", **total}] if total else [])
    rows: list[tuple[Cell, ...]] = [
        (label(str(row.get("phase", ""))), *(number(row.get(k), 1) for k in ("ideal", *COMPONENTS)))
        for row in lines
    ]
    columns = (
        Column("Phase", kind="text"),
        *(Column(label(k), "m/s") for k in ("ideal", *COMPONENTS)),
    )
    what = "Velocity ledger by phase" if key == "velocity_ledger" else "The same of the way home"
    return make_table(what, columns, rows, total=bool(total))


def profiles(summary: Summary) -> Table | None:
    """The steering choices of the mission beside each other, the flown one first."""
    flown = summary.get("profile")
    aborts = (summary.get("abort") or {}).get("profiles") or {}
    given: Mapping[str, Any] = summary.get("profiles") or {}
    rows: list[tuple[Cell, ...]] = []
    for name in sorted(given, key=lambda n: n != flown):
        row, escape = given[name], aborts.get(name) or {}
        tag = Markup(' <span class="tag">flown</span>') if name == flown else ""
        rows.append(
            (
                Markup("{0}{1}").format(label(name), tag),
                number(row.get("cut_off"), 1),
                number(row.get("separation"), 1),
                scaled(row.get("propellant_left"), 1e3, 2),
                scaled(row.get("apex_height"), 1e3, 1),
                scaled(row.get("max_dynamic_pressure"), 1e3, 1),
                number(row.get("max_load_g"), 2),
                number(escape.get("peak_load_g_max"), 1),
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


def aborts(member: Mapping[str, Any]) -> Table | None:
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
    told = summary.get("integration") or {}
    rows: list[tuple[Cell, ...]] = [
        (
            label(row.get("phase")),
            number(row.get("steps")),
            significant(row.get("shortest_step"), 2),
            significant(row.get("position"), 2),
            significant(row.get("speed"), 2),
            *(_percent(row.get(f"{name}_share")) for name in ("load", "dynamic_pressure")),
            _percent(row.get("heat_flux_share")),
            _percent(row.get("excess")),
        )
        for row in told.get("phases") or ()
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
    programmes = (summary.get("steering") or {}).get("programmes") or {}
    rows: list[tuple[Cell, ...]] = [
        (label(name), number(row.get("start"), 2), *(number(row.get(k), 6) for k in "abc"))
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
            capital(str(row.get("target", ""))),
            f"{significant(row.get('miss'), 3, sign=True)}{SPACE}{row.get('unit') or ''}".rstrip(),
        )
        for row in (summary.get("steering") or {}).get("misses") or ()
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


def scaled(value: float | None, scale: float, digits: int, *, sign: bool = False) -> str:
    """`value` over `scale` with so many decimals."""
    return number(None if value is None else value / scale, digits, sign=sign)


def capital(text: str) -> str:
    """`text` with its first letter large and the rest as it stands."""
    return text[:1].upper() + text[1:]
