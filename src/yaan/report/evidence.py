"""The tables that say how far the numbers can be trusted: limits, evidence, assumptions, origin."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from yaan.report.tables import Cell, Column, Summary, Table, badge, capital, make_table
from yaan.report.text import NONE, difference, label, number, plural, quantity

# A published figure without a tolerance is said not to close when it is off by more than this.
UNCLOSED: Final = 5e-3  # [1], share of the published figure


def crew(summary: Summary, key: str = "crew") -> Table | None:
    """The verdict on each couch axis, of the ascent or of the return (``crew_return``)."""
    rows: list[tuple[Cell, ...]] = [
        (
            str(row.get("axis", "")),
            badge(str(row.get("verdict", "ungraded"))),
            number(row.get("peak_g"), 2),
            number(row.get("worst_level_g"), 2),
            number(row.get("worst_duration"), 1),
            _allowed(row),
            number(100.0 * row["utilisation"] if row.get("utilisation") is not None else None),
            Markup('<b>{0}</b>: {1} <span class="soft">{2}</span>').format(
                row.get("status") or "missing", row.get("text") or "", row.get("source") or ""
            ),
        )
        for row in (summary.get(key) or {}).get("axes") or ()
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
    return make_table("Crew loads by couch axis", columns, rows)


def _allowed(row: Mapping[str, Any]) -> str:
    """Time allowed at the worst level; a graded axis without one may bear it for ever."""
    if row.get("allowed_duration") is None and row.get("worst_level_g") is not None:
        return "no end"
    return number(row.get("allowed_duration"), 1)


def published(summary: Summary) -> Table | None:
    """Published figures beside ours, and which of them are no evidence."""
    rows: list[tuple[Cell, ...]] = []
    for row in summary.get("published") or ():
        unit = str(row.get("unit") or "")
        tolerance = row.get("tolerance")
        rows.append(
            (
                capital(str(row.get("what", ""))),
                quantity(row.get("ours"), unit),
                quantity(row.get("published"), unit),
                difference(row.get("difference"), unit),
                "none given" if tolerance is None else f"±{quantity(tolerance, unit)}",
                badge(closing(row), "" if row.get("ours") is not None else "never came"),
                Markup('{0}<span class="soft">{1}</span>').format(
                    Markup("<b>calibrated, so no evidence</b>. ") if row.get("calibrated") else "",
                    row.get("source") or "",
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


def closing(row: Mapping[str, Any]) -> str:
    """Whether a published figure closes: the state of its badge."""
    within, ours = row.get("within"), row.get("ours")
    if ours is None:
        return "ungraded"
    if within is None:
        reference, off = row.get("published"), row.get("difference")
        if reference and off is not None:
            return "open" if abs(off) > UNCLOSED * abs(reference) else "none"
        return "ungraded"
    if row.get("calibrated") and within:
        return "calibrated"
    return "within" if within else "outside"


def assumptions(summary: Summary) -> Table | None:
    """Every assumed value, the one that matters most first."""
    rows: list[tuple[Cell, ...]] = []
    given: Sequence[Mapping[str, Any]] = summary.get("assumptions") or ()
    for place, row in enumerate(sorted(given, key=lambda r: r.get("rank") or len(given) + 1), 1):
        low, high = row.get("low"), row.get("high")
        where = f"{row.get('file') or ''}:{row.get('line') or ''}".strip(":")
        rows.append(
            (
                str(place),
                Markup('<code>{0}</code><span class="soft">{1} <code>{2}</code></span>').format(
                    breakable(str(row.get("key", ""))), row.get("why") or "", where
                ),
                str(row.get("value", NONE)),
                "not given" if low is None and high is None else f"{low} to {high}",
                *(_effect(row, *effect) for effect in _EFFECTS),
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
    )
    return make_table("Assumptions ranked by effect, at the low and high end", columns, rows)


_EFFECTS: Final = (
    ("propellant_left", 0),
    ("cut_off", 1),
    ("max_load_g", 2),
    ("abort_load_g", 2),
)


def _effect(row: Mapping[str, Any], key: str, digits: int) -> Cell:
    effect = row.get("effect") or {}
    ends = [(effect.get(side) or {}).get(key) for side in ("low", "high")]
    if ends == [None, None]:
        return NONE
    return Markup("{0}<br>{1}").format(*(number(end, digits, sign=True) for end in ends))


def models(summary: Summary) -> Table | None:
    """What was computed with, and what that leaves out."""
    rows: list[tuple[Cell, ...]] = [
        (capital(str(r.get("name", ""))), str(r.get("text") or ""), str(r.get("ignores") or ""))
        for r in summary.get("models") or ()
    ]
    columns = (
        Column("Model", kind="text"),
        Column("What is used", kind="wide"),
        Column("What it ignores", kind="wide"),
    )
    return make_table("Models and what they ignore", columns, rows)


def sources(summary: Summary) -> Table | None:
    """Where every number came from."""
    rows: list[tuple[Cell, ...]] = [
        (
            Markup("<code>{0}</code>").format(breakable(str(row.get("key", "")))),
            str(row.get("source") or ""),
            f"{row.get('file') or ''}:{row.get('line') or ''}".strip(":"),
        )
        for row in summary.get("sources") or ()
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
    axes = (summary.get("crew") or {}).get("axes") or ()
    names = [str(row.get("axis")) for row in axes if row.get("verdict") == "ungraded"]
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return f"{plural(len(names), 'couch axis', 'couch axes')} ({', '.join(names)}) {verb} ungraded."
