"""Tables of a flight, from its summary: what `yaan fly` prints and `yaan report` repeats.

Every function takes the summary as `summary.json` holds it (SI) and converts at the door.
A part that the summary lacks gives no table.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yaan.cli import console
from yaan.cli.console import table
from yaan.cli.home_tables import number, way_home

if TYPE_CHECKING:
    from rich.table import Table

Summary = Mapping[str, Any]

# Units of results that people read in another one: [factor, unit shown].
_SHOWN = {"m": (1e3, "km"), "kg": (1e3, "t"), "Pa": (1e3, "kPa")}

_MOST_SWITCHED = 6
"""Switchings of pulses that the timeline of a terminal shows: a handful."""

_WIDE = 100
"""Characters of a terminal on which the timeline has what is inertial beside what is relative."""

_INERTIAL = ("speed_inertial", "flight_path_angle_deg")
_LEDGER = ("ideal", "achieved", "gravity", "drag", "steering", "back_pressure")


def overview(summary: Summary) -> Iterator["Table"]:
    """Timeline, budgets and profiles of one flight, in the order of reading."""
    for make in (timeline, propellant, velocity, profiles):
        made = make(summary)
        if made is not None:
            yield made
    yield from way_home(summary)
    compared = published(summary)
    if compared is not None:
        yield compared


def timeline(summary: Summary) -> "Table | None":
    """Events and peaks in the order of time; of many pulses only how many there are."""
    scale, unit = mass_unit(summary)
    pulsed = _switched(summary)
    left_out = pulsed if len(pulsed) > _MOST_SWITCHED else set[str]()
    columns = [
        (">height\nkm", "height", 2, 1e3),  # [m/km]
        (">v rel\nm/s", "speed_relative", 0, 1.0),
        (">v in\nm/s", "speed_inertial", 0, 1.0),
        (">gamma\nrel deg", "flight_path_angle_relative_deg", 2, 1.0),
        (">gamma\nin deg", "flight_path_angle_deg", 2, 1.0),
        (f">mass\n{unit}", "mass_after", 2, scale),
        (">q\nkPa", "dynamic_pressure", 2, 1e3),  # [Pa/kPa]
        (">load\ng", "load_g", 2, 1.0),
    ]
    if console.out().width < _WIDE:  # names of events are not cut for what the report has too
        columns = [column for column in columns if column[1] not in _INERTIAL]
    rows = [
        (
            number(row["time"], 2),
            row["event"] if row.get("kind") != "peak" else f"({row['event']})",
            *(number(row.get(key), digits, by) for _, key, digits, by in columns),
        )
        for row in summary.get("timeline", ())
        if row["event"] not in left_out
    ]
    made = _table("Timeline", (">T+\ns", "event", *(column[0] for column in columns)), rows)
    if made is not None and left_out:
        made.caption = f"Without {len(left_out)} switchings of pulses; summary.json has them."
        made.caption_justify = "left"
    return made


def _switched(summary: Summary) -> set[str]:
    """Events that switch a pulse of a body on or off."""
    if "body" not in summary.get("spans", {}):
        return set()
    rows = [row["event"] for row in summary.get("timeline", ()) if not row.get("phase")]
    on = [event.removesuffix("-on") for event in rows if event.endswith("-on")]
    return {f"{name}-{word}" for name in on for word in ("on", "off")} & set(rows)


def propellant(summary: Summary) -> "Table | None":
    """Propellant of each stage."""
    scale, unit = mass_unit(summary)
    rows = [
        (
            row["stage"],
            number(row["loaded"], 2, scale),
            number(row["used"], 2, scale),
            number(row["left"], 2, scale),
            number(row.get("margin_velocity")),
        )
        for row in summary.get("propellant", ())
    ]
    heads = (f">{words}\n{unit}" for words in ("loaded", "used", "left"))
    return _table("Propellant", ("stage", *heads, ">worth\nm/s"), rows)


def mass_unit(summary: Summary) -> tuple[float, str]:
    """Tonnes, or kilograms for what is lighter than one: factor and unit."""
    masses = [row.get("mass_before") or 0.0 for row in summary.get("timeline", ())]
    return (1.0, "kg") if masses and max(masses) < 1e3 else (1e3, "t")


def velocity(summary: Summary) -> "Table | None":
    """Where the rocket's ideal velocity went: ideal = achieved + losses."""
    ledger = summary.get("velocity_ledger") or {}
    total = ledger.get("total")
    if not total:
        return None
    lines: list[Summary] = [*ledger.get("phases", ()), {"phase": "total", **total}]
    rows = [(line["phase"], *(number(line.get(key), 1) for key in _LEDGER)) for line in lines]
    heads = ("phase", *(f">{key.replace('_', ' ')}" for key in _LEDGER))
    return _table("Velocity ledger, m/s", heads, rows)


def profiles(summary: Summary) -> "Table | None":
    """The steering choices of this mission beside each other."""
    aborts = (summary.get("abort") or {}).get("profiles") or {}
    flown = summary.get("profile")
    rows = [
        (
            f"{name} (flown)" if name == flown else name,
            number(row.get("cut_off"), 1),
            number(row.get("propellant_left"), 2, 1e3),  # [kg/t]
            number(row.get("apex_height"), 1, 1e3),  # [m/km]
            number(row.get("max_dynamic_pressure"), 1, 1e3),  # [Pa/kPa]
            number(row.get("max_load_g"), 2),
            number((aborts.get(name) or {}).get("peak_load_g_max"), 1),
        )
        for name, row in (summary.get("profiles") or {}).items()
    ]
    heads = (">cut-off\ns", ">left\nt", ">apex\nkm", ">max q\nkPa", ">max\ng", ">worst abort\ng")
    return _table("Ascent profiles", ("profile", *heads), rows)


def published(summary: Summary) -> "Table | None":
    """Published figures beside ours."""
    rows: list[tuple[str, ...]] = []
    for row in summary.get("published", ()):
        scale, unit = _SHOWN.get(row.get("unit", ""), (1.0, row.get("unit", "")))
        judged = {True: "within", False: "outside", None: "not judged"}[row.get("within")]
        judged = "never came" if row.get("ours") is None else judged
        figures = [number(row.get(key), 2, scale) for key in ("ours", "published", "difference")]
        rows.append((row["what"], *figures, unit, judged, "calibrated" * row.get("calibrated", 0)))
    heads = ("figure", ">ours", ">published", ">difference", "", "tolerance", "")
    return _table("Published figures", heads, rows)


def assumptions(summary: Summary) -> "Table | None":
    """Assumed values, the most telling one first."""
    ranked = sorted(summary.get("assumptions", ()), key=lambda row: row.get("rank") or 10**6)
    rows = [(row["key"], _short(row["value"]), _range(row), row.get("why", "")) for row in ranked]
    return _table("Assumed values", ("key", "value", "range", "why"), rows)


def verdicts(summary: Summary) -> Iterator[tuple[str, str]]:
    """Each verdict as a word and a sentence."""
    words = {True: "held", False: "FAILED", None: "open"}
    for row in summary.get("verdicts", ()):
        text = f"{row['name']}: {row['value']}; {row['limit']}. {row.get('text', '')}"
        yield words[row.get("passed")], text.rstrip()


def timings(seconds: Mapping[str, float]) -> "Table | None":
    """Wall time by phase of the computation."""
    rows = [(name.replace("_", " "), number(value, 2)) for name, value in seconds.items()]
    rows.append(("in all", number(sum(seconds.values()), 2)))
    return _table("Time spent", ("on", ">s"), rows)


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> "Table | None":
    return table(title, heads, rows) if rows else None


def _short(value: object, width: int = 28) -> str:
    text = str(value)
    return text if len(text) <= width else text[: width - 3] + "..."


def _range(row: Mapping[str, Any]) -> str:
    if row.get("low") is None:
        return "-"
    return f"{_short(row['low'])} to {_short(row['high'])}"
