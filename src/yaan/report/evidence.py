"""The tables that say how far the numbers can be trusted: limits, evidence, assumptions, origin."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from markupsafe import Markup

from yaan.base.model import Model
from yaan.report.tables import Cell, Column, Table, badge, capital, make_table
from yaan.report.text import NONE, difference, label, number, plural, quantity
from yaan.results import Summary
from yaan.results.summary import AxisLoads, CrewLoads
from yaan.results.summary_evidence import Effects, PublishedFigure, RankedAssumption

# A published figure without a tolerance is said not to close when it is off by more than this.
UNCLOSED: Final = 5e-3  # [1], share of the published figure


def crew(loads: CrewLoads) -> Table | None:
    """The verdict on each couch axis."""
    rows: list[tuple[Cell, ...]] = [
        (
            row.axis,
            badge(row.verdict),
            number(row.peak_g, 2),
            number(row.worst_level_g, 2),
            number(row.worst_duration, 1),
            _allowed(row),
            number(None if row.utilisation is None else 100.0 * row.utilisation),
            Markup('<b>{0}</b>: {1} <span class="soft">{2}</span>').format(
                row.status or "missing", row.text, row.source
            ),
        )
        for row in loads.axes
    ]
    columns = (
        Column("Axis", kind="mark"),
        Column("Verdict", kind="text"),
        Column("Peak", "g"),
        Column("Worst level", "g"),
        Column("Held for", "s"),
        Column("Allowed", "s"),
        Column("Used", "%"),
        Column("Status of the limit, and why", kind="wide"),
    )
    of = f" of {loads.couch}" if loads.couch else ""
    return make_table(f"Crew loads by couch axis{of}", columns, rows)


def _allowed(row: AxisLoads) -> str:
    """Time allowed at the worst level; a graded axis without one may bear it for ever."""
    if row.allowed_duration is None and row.worst_level_g is not None:
        return "no end"
    return number(row.allowed_duration, 1)


def published(summary: Summary) -> Table | None:
    """Published figures beside ours, and which of them are no evidence."""
    rows: list[tuple[Cell, ...]] = []
    for row in summary.published:
        unit, tolerance = row.unit, row.tolerance
        rows.append(
            (
                capital(row.what),
                quantity(row.ours, unit),
                quantity(row.published, unit),
                difference(row.difference, unit),
                "none given" if tolerance is None else f"±{quantity(tolerance, unit)}",
                badge(closing(row), "" if row.ours is not None else "never came"),
                Markup('{0}<span class="soft">{1}</span>').format(
                    Markup("<b>calibrated, so no evidence</b>. ") if row.calibrated else "",
                    row.source,
                ),
            )
        )
    columns = (
        Column("Figure", kind="text"),
        Column("Here"),
        Column("Published"),
        Column("Difference"),
        Column("Tolerance"),
        Column("Closes", kind="text"),
        Column("Source", kind="wide"),
    )
    return make_table("Published figures compared", columns, rows)


def closing(row: PublishedFigure) -> str:
    """Whether a published figure closes: the state of its badge."""
    if row.ours is None:
        return "ungraded"
    if row.within is None:
        reference, off = row.published, row.difference
        if reference and off is not None:
            return "open" if abs(off) > UNCLOSED * abs(reference) else "none"
        return "ungraded"
    if row.calibrated and row.within:
        return "calibrated"
    return "within" if row.within else "outside"


def assumptions(summary: Summary) -> Table | None:
    """Every assumed value, the one that matters most first."""
    rows: list[tuple[Cell, ...]] = []
    given, home = summary.assumptions, moves_return(summary)
    for place, row in enumerate(sorted(given, key=lambda r: r.rank or len(given) + 1), 1):
        low, high = row.low, row.high
        where = f"{row.file}:{row.line or ''}".strip(":")
        rows.append(
            (
                str(place),
                Markup('<code>{0}</code><span class="soft">{1} <code>{2}</code></span>').format(
                    breakable(row.key), row.why, where
                ),
                row.value or NONE,
                "not given" if low is None and high is None else f"{low} to {high}",
                *_effects(row.effect),
                *(_homeward(row) if home else ()),
            )
        )
    columns = (
        Column("Rank"),
        Column("Assumed value, why, where", kind="wide"),
        Column("Value", kind="text"),
        Column("Range", kind="text"),
        Column("Propellant left", "kg"),
        Column("Cut-off", "s"),
        Column("Max load", "g"),
        Column("Abort load", "g"),
        *(_HOMEWARD if home else ()),
    )
    return make_table("Assumptions ranked by effect, at the low and high end", columns, rows)


def moves_return(summary: Summary) -> bool:
    """Whether any assumption is known to move something on the way home."""
    return any(row.on_return is not None for row in summary.assumptions)


_HOMEWARD: Final = (
    Column("Landing moved", "km"),
    Column("Entry load", "g"),
    Column("Touchdown speed", "m/s"),
    Column("Canopy load", "kN"),
    Column("Module propellant", "kg"),
)


def _effects(effect: Effects) -> Iterator[Cell]:
    """Each kind of effect at both ends, with its decimals."""
    ends = (effect.low, effect.high)
    yield _both((end and end.propellant_left for end in ends), 0)
    yield _both((end and end.cut_off for end in ends), 1)
    yield _both((end and end.max_load_g for end in ends), 2)
    yield _both((end and end.abort_load_g for end in ends), 2)


def _homeward(row: RankedAssumption) -> Iterator[Cell]:
    """The same of the way home; a range of which an end does not come down says so."""
    effects = row.on_return
    if effects is None:
        yield from [NONE] * len(_HOMEWARD)
        return
    ends = (effects.low, effects.high)
    given = (row.low, row.high)
    lost = [e is None and v is not None for e, v in zip(ends, given, strict=True)]
    moved = [None if end is None else end.miss / 1e3 for end in ends]
    texts = [
        "not down" if gone else number(value, 1) for gone, value in zip(lost, moved, strict=True)
    ]
    yield Markup("{0}<br>{1}").format(*texts)
    yield _both((end and end.entry_load_g for end in ends), 2)
    yield _both((end and end.touchdown_speed for end in ends), 2)
    yield _both((_over(end and end.canopy_load, 1e3) for end in ends), 2)
    yield _both((end and end.propellant_left for end in ends), 0)


def _over(value: float | None, scale: float) -> float | None:
    return None if value is None else value / scale


def _both(ends: Iterable[float | None], digits: int) -> Cell:
    low, high = ends
    if low is None and high is None:
        return NONE
    return Markup("{0}<br>{1}").format(*(number(end, digits, sign=True) for end in (low, high)))


def models(used: Iterable[Model]) -> Table | None:
    """What was computed with, and what that leaves out."""
    rows: list[tuple[Cell, ...]] = [
        (capital(model.name), _used(model), model.ignores) for model in used
    ]
    columns = (
        Column("Model", kind="text"),
        Column("What is used", kind="wide"),
        Column("What it ignores", kind="wide"),
    )
    return make_table("Models and what they ignore", columns, rows)


def _used(model: Model) -> str:
    """What a model is, and whether it is of the user's own."""
    return model.text if model.own is None else f"{model.text} (the user's own: {model.own.name})"


def sources(summary: Summary) -> Table | None:
    """Where every number came from."""
    rows: list[tuple[Cell, ...]] = [
        (
            Markup("<code>{0}</code>").format(breakable(row.key)),
            row.text,
            f"{row.file}:{row.line or ''}".strip(":"),
        )
        for row in summary.sources
    ]
    columns = (
        Column("Key", kind="text"),
        Column("Source", kind="wide"),
        Column("Where", kind="text"),
    )
    return make_table("Sources", columns, rows)


def timings(manifest: Mapping[str, Any]) -> Table | None:
    """Wall time by part of the computation."""
    given: Mapping[str, Any] = manifest.get("timings") or {}
    known = {k: v for k, v in given.items() if isinstance(v, int | float) and k != "total"}
    whole = given.get("total") or sum(known.values())
    rows: list[tuple[Cell, ...]] = [
        (label(name), number(value, 2), number(100.0 * value / whole if whole else None))
        for name, value in known.items()
    ]
    if rows:
        rows.append(("Total", number(whole, 2), ""))
    columns = (Column("Part", kind="text"), Column("Wall time", "s"), Column("Share", "%"))
    return make_table("Time spent by part of the computation", columns, rows, total=True)


def inputs(manifest: Mapping[str, Any]) -> Table | None:
    """The files that went in, by content."""
    rows: list[tuple[Cell, ...]] = [
        (str(r.get("name", "")), Markup('<code class="hash">{0}</code>').format(r.get("sha256")))
        for r in manifest.get("inputs") or ()
    ]
    columns = (Column("Input", kind="text"), Column("SHA-256", kind="wide"))
    return make_table("Inputs by content", columns, rows)


def breakable(key: str) -> Markup:
    """A dotted key that may be broken after its dots and underscores."""
    return Markup("<wbr>").join(
        Markup("{0}").format(part)
        for part in key.replace(".", ".\0").replace("_", "_\0").split("\0")
    )


def ungraded(summary: Summary) -> str:
    """A sentence about the axes without a sourced limit; empty if there are none."""
    crew = summary.crew_in("ascent")
    names = [row.axis for row in (crew.axes if crew else ()) if row.verdict == "ungraded"]
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{plural(len(names), 'couch axis', 'couch axes')} ({', '.join(names)}) {verb} ungraded."
