"""Tables of a flight, from its summary: what `yaan fly` prints and `yaan report` repeats.

Every function takes the summary (SI) and converts at the door.
A part that the summary lacks gives no table.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from yaan.cli import console
from yaan.cli.console import table
from yaan.cli.home_tables import number, way_home

if TYPE_CHECKING:
    from rich.table import Table

    from yaan.base.provenance import Assumption
    from yaan.results import Summary
    from yaan.results.summary import VelocityLosses, VelocityTotal
    from yaan.results.summary_evidence import RankedAssumption

# Units of results that people read in another one: [factor, unit shown].
_SHOWN = {"m": (1e3, "km"), "kg": (1e3, "t"), "Pa": (1e3, "kPa")}

_MOST_SWITCHED = 6
"""Switchings of pulses that the timeline of a terminal shows: a handful."""

_WIDE = 100
"""Characters of a terminal on which the timeline has what is inertial beside what is relative."""


def overview(summary: "Summary") -> Iterator["Table"]:
    """Timeline, ends, budgets and profiles of one flight, in the order of reading."""
    for make in (timeline, ends, propellant, velocity, profiles):
        made = make(summary)
        if made is not None:
            yield made
    yield from way_home(summary)
    compared = published(summary)
    if compared is not None:
        yield compared


def timeline(summary: "Summary") -> "Table | None":
    """Events and peaks in the order of time; of many pulses only how many there are."""
    scale, unit = mass_unit(summary)
    pulsed = _switched(summary)
    left_out = pulsed if len(pulsed) > _MOST_SWITCHED else set[str]()
    # Names of events are not cut for what the report has too.
    wide = console.out().width >= _WIDE
    heads = [">T+\ns", "event", ">height\nkm", ">v rel\nm/s", *([">v in\nm/s"] if wide else [])]
    heads += [">gamma\nrel deg", *([">gamma\nin deg"] if wide else [])]
    heads += [f">mass\n{unit}", ">q\nkPa", ">load\ng"]
    rows = [
        (
            number(row.time, 2),
            row.name if row.kind != "peak" else f"({row.name})",
            number(row.height, 2, 1e3),  # [m/km]
            number(row.speed_relative),
            *([number(row.speed_inertial)] if wide else []),
            number(row.flight_path_angle_relative_deg, 2),
            *([number(row.flight_path_angle_inertial_deg, 2)] if wide else []),
            number(row.mass_after, 2, scale),
            number(row.dynamic_pressure, 2, 1e3),  # [Pa/kPa]
            number(row.load_g, 2),
        )
        for row in summary.timeline
        if row.name not in left_out
    ]
    made = _table("Timeline", heads, rows)
    if made is not None and left_out:
        made.caption = f"Without {len(left_out)} switchings of pulses; summary.json has them."
        made.caption_justify = "left"
    return made


def _switched(summary: "Summary") -> set[str]:
    """Events that switch a pulse of a body on or off."""
    if "body" not in summary.spans:
        return set()
    rows = [row.name for row in summary.timeline if not row.phase]
    on = [event.removesuffix("-on") for event in rows if event.endswith("-on")]
    return {f"{name}-{word}" for name in on for word in ("on", "off")} & set(rows)


def ends(summary: "Summary") -> "Table | None":
    """Where the flight and its branches ended; nothing where it has no branches."""
    found = () if summary.sequence is None else summary.sequence.ends
    if not any(end.path for end in found):
        return None
    rows = [
        (
            end.path or "the flight",
            end.at,
            number(end.time, 1),
            number(end.latitude_deg, 2),
            number(end.longitude_deg, 2),
            number(end.downrange, 0, 1e3),  # [m/km]
            number(end.height, 1, 1e3),  # [m/km]
            number(end.speed_relative),
            end.lies_on or "aloft",
            number(end.shore_distance, 0, 1e3),  # [m/km]
        )
        for end in found
    ]
    heads = ("path", "left at", ">T+\ns", ">lat\ndeg", ">lon\ndeg", ">over\nground km")
    heads += (">height\nkm", ">v rel\nm/s", "there", ">shore\nkm")
    made = _table("Where each path ended", heads, rows)
    if made is not None:
        made.caption = "Land or sea by shores at 1:110 million: small islands are missing.\n"
        made.caption_justify = "left"
    return made


def propellant(summary: "Summary") -> "Table | None":
    """Propellant of each stage."""
    scale, unit = mass_unit(summary)
    rows = [
        (
            row.stage,
            number(row.loaded, 2, scale),
            number(row.used, 2, scale),
            number(row.left, 2, scale),
            number(row.margin_velocity),
        )
        for row in summary.budgets.propellant
    ]
    heads = (f">{words}\n{unit}" for words in ("loaded", "used", "left"))
    return _table("Propellant", ("stage", *heads, ">worth\nm/s"), rows)


def mass_unit(summary: "Summary") -> tuple[float, str]:
    """Tonnes, or kilograms for what is lighter than one: factor and unit."""
    masses = [0.0 if math.isnan(row.mass_before) else row.mass_before for row in summary.timeline]
    return (1.0, "kg") if masses and max(masses) < 1e3 else (1e3, "t")


def velocity(summary: "Summary") -> "Table | None":
    """Where the rocket's ideal velocity went: ideal = achieved + losses."""
    budgets = summary.budgets
    rows = [(row.phase, *_losses(row)) for row in budgets.velocity if row.part == "ascent"]
    rows += [("total", *_losses(row)) for row in budgets.velocity_totals if row.part == "ascent"]
    heads = (">ideal", ">achieved", ">gravity", ">drag", ">steering", ">back pressure")
    return _table("Velocity budget, m/s", ("phase", *heads), rows)


def _losses(row: "VelocityLosses | VelocityTotal") -> tuple[str, ...]:
    parts = (row.ideal, row.achieved, row.gravity, row.drag, row.steering, row.back_pressure)
    return tuple(number(value, 1) for value in parts)


def profiles(summary: "Summary") -> "Table | None":
    """The steering choices of this mission beside each other."""
    if summary.ascent is None:
        return None
    aborts = {} if summary.ascent.abort is None else summary.ascent.abort.profiles
    rows = [
        (
            f"{name} (flown)" if name == summary.profile else name,
            number(row.cut_off, 1),
            number(row.propellant_left, 2, 1e3),  # [kg/t]
            number(row.apex_height, 1, 1e3),  # [m/km]
            number(row.max_dynamic_pressure, 1, 1e3),  # [Pa/kPa]
            number(row.max_load_g, 2),
            number(aborts[name].peak_load_g if name in aborts else None, 1),
        )
        for name, row in summary.ascent.profiles.items()
    ]
    heads = (">cut-off\ns", ">left\nt", ">apex\nkm", ">max q\nkPa", ">max\ng", ">worst abort\ng")
    return _table("Ascent profiles", ("profile", *heads), rows)


def published(summary: "Summary") -> "Table | None":
    """Published figures beside ours."""
    rows: list[tuple[str, ...]] = []
    for row in summary.published:
        scale, unit = _SHOWN.get(row.unit, (1.0, row.unit))
        judged = {True: "within", False: "outside", None: "not judged"}[row.within]
        judged = "never came" if row.ours is None else judged
        figures = [number(value, 2, scale) for value in (row.ours, row.published, row.difference)]
        rows.append((row.what, *figures, unit, judged, "calibrated" * row.calibrated))
    heads = ("figure", ">ours", ">published", ">difference", "", "tolerance", "")
    return _table("Published figures", heads, rows)


def ranked(summary: "Summary") -> "Table | None":
    """Assumed values, the most telling one first."""
    rows = sorted(summary.assumptions, key=lambda row: row.rank or 10**6)
    moved = any(row.on_return is not None for row in rows)
    landing = [_landing(row) for row in rows] if moved else None
    return _assumed(((row, row.low, row.high) for row in rows), landing)


def _landing(row: "RankedAssumption") -> str:
    """How far the landing is moved at the worse end of a range [km]."""
    effects = row.on_return
    if effects is None:
        return number(None)
    ends = [(row.low, effects.low), (row.high, effects.high)]
    if any(value is not None and end is None for value, end in ends):
        return "not down"
    return number(max((end.miss for _, end in ends if end), default=None), 1, 1e3)  # [m/km]


def assumptions(found: "Iterable[Assumption]") -> "Table | None":
    """Assumed values, in the order of the file."""
    return _assumed((row, row.low_text, row.high_text) for row in found)


def _assumed(
    given: "Iterable[tuple[RankedAssumption | Assumption, str | None, str | None]]",
    landing: Sequence[str] | None = None,
) -> "Table | None":
    rows: list[tuple[str, ...]] = []
    for place, (row, low, high) in enumerate(given):
        reach = "-" if low is None else f"{_short(low)} to {_short(str(high))}"
        moved = () if landing is None else (landing[place],)
        rows.append((row.key, _short(row.value), reach, *moved, row.why))
    heads = ("key", "value", "range", *(() if landing is None else (">landing\nmoved km",)), "why")
    return _table("Assumed values", heads, rows)


def verdicts(summary: "Summary") -> Iterator[tuple[str, str]]:
    """Each verdict as a word and a sentence."""
    words = {True: "held", False: "FAILED", None: "open"}
    for row in summary.verdicts:
        text = f"{row.name}: {row.value}; {row.limit}. {row.text}"
        yield words[row.passed], text.rstrip()


def timings(seconds: Mapping[str, float]) -> "Table | None":
    """Wall time by phase of the computation."""
    rows = [(name.replace("_", " "), number(value, 2)) for name, value in seconds.items()]
    rows.append(("in all", number(sum(seconds.values()), 2)))
    return _table("Time spent", ("on", ">s"), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table | None":
    return table(title, heads, rows) if rows else None


def _short(text: str, width: int = 28) -> str:
    return text if len(text) <= width else text[: width - 3] + "..."
