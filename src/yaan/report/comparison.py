"""What the page of a comparison says: the runs, what differs in them, their curves, events."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from markupsafe import Markup

from yaan.report.figures import overlay
from yaan.report.figures.overlay import Flown, Part
from yaan.report.sections import Block, Section
from yaan.report.span import cut, span
from yaan.report.tables import Cell, Column, Table, badge, capital, make_table, state
from yaan.report.text import NONE, SPACE, difference, label, number, plural, quantity, significant
from yaan.results import Change, Comparison, FlightRecord

_SHOWN: Final = 16  # results that are shown, before the rest is folded away
_NAMED: Final = 3  # of them in the headline
_BAR: Final = 84  # [px], width of a bar
_FULL: Final = 1.0  # [1], relative change from which on a bar is full


def comparison_sections(found: Comparison) -> list[Section]:
    """All sections that have something to say, in the order of reading."""
    made = [
        Section("runs", "Runs", tuple(_runs(found))),
        Section("input", "What differs in input", tuple(_inputs(found))),
        *_curves(found),
        Section("results", "What differs in results", tuple(_results(found))),
        Section("events", "When events came", tuple(_events(found))),
        Section("verdicts", "Verdicts", tuple(_verdicts(found))),
    ]
    return [
        Section(one.name, one.title, tuple(block for block in one.blocks if block[1]))
        for one in made
        if any(block for _, block in one.blocks)
    ]


def headline(found: Comparison) -> dict[str, Any]:
    """What stands above the sections, as `page.compose` takes it."""
    count = len(found.names)
    missions = list(dict.fromkeys(record.summary.mission for record in found.records))
    versions = list(dict.fromkeys(record.summary.yaan for record in found.records))
    alike = f"{missions[0]}: " if len(missions) == 1 else ""
    title = " and ".join(found.names) if count == 2 else f"{alike}{count} runs compared"
    facts = [
        ("Missions" if len(missions) > 1 else "Mission", ", ".join(missions)),
        ("Against", found.names[0]),
        ("Yaan", ", ".join(versions)),
    ]
    return {
        "kicker": "Comparison",
        "mission": "compare",
        "epoch": "",
        "title": title,
        "outcome": _sentence(found),
        "shortfall": "",
        "flown": True,
        "code": "",
        "tone": "",
        "badges": [],
        "facts": [(words, value) for words, value in facts if value],
    }


def _sentence(found: Comparison) -> str:
    """The whole comparison in a sentence or two."""
    if not found.inputs and not found.results:
        return "The runs do not differ, neither in input nor in result."
    told = [f"{plural(len(found.inputs), 'key')} of the input {_differ(len(found.inputs))}."]
    if len(found.inputs) == 1:
        only = found.inputs[0]
        told = [f"{only.key}: {', '.join(_plain(v) for v in only.values)}."]
    elif not found.inputs:
        told = ["The input is the same."]
    ranked = found.ranked
    top = [change for change in ranked[:_NAMED] if change.size]
    if top:
        shares = "; ".join(
            f"{_words(change.key)} {', '.join(map(_percent, change.relative[1:]))}"
            for change in top
        )
        told.append(f"Most changed: {shares}.")
    return " ".join(told)


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _runs(found: Comparison) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for place, (name, record) in enumerate(zip(found.names, found.records, strict=True)):
        summary = record.summary
        counts = summary.outcome.verdicts
        title = summary.title or summary.mission
        rows.append(
            (
                Markup('{0}{1}<span class="soft">{2}</span>').format(_swatch(place), name, title),
                summary.outcome.text or NONE,
                number(counts.held),
                number(counts.failed),
                number(counts.open),
            )
        )
    columns = (
        Column("Run", kind="wide"),
        Column("How it ended", kind="wide"),
        Column("Held", "verdicts"),
        Column("Failed"),
        Column("Open"),
    )
    yield "table", make_table("What is compared, each in its colour", columns, rows)
    lacking = [f"{name} has no {_list(parts)}." for name, parts in found.missing.items()]
    yield "list", lacking


def _inputs(found: Comparison) -> Iterator[Block]:
    if not found.inputs:
        yield "text", "The same in input."
        return
    columns = (Column("Key", kind="text"), *(_run_columns(found, kind="text")))

    def table(changes: Sequence[Change], caption: str) -> Table | None:
        rows: list[tuple[Cell, ...]] = [
            (Markup("<code>{0}</code>").format(change.key), *map(_plain, change.values))
            for change in changes
        ]
        return make_table(caption, columns, rows)

    yield "table", table(found.inputs[:_SHOWN], "Keys of the mission whose values differ")
    yield "fold", table(found.inputs[_SHOWN:], "The other keys")


def _results(found: Comparison) -> Iterator[Block]:
    ranked = found.ranked
    if not ranked:
        yield "text", "No number of the results differs by more than its last digits."
        return
    caption = "Numbers that changed, the largest relative change first"
    yield "table", _ranking(found, ranked[:_SHOWN], caption)
    yield "fold", _ranking(found, ranked[_SHOWN:], "Smaller changes")
    yield (
        "text",
        f"Changes are against {found.names[0]}, a bar is full at {100 * _FULL:.0f}{SPACE}%. A dash"
        " stands where a share means nothing: the first is zero, or it is an angle from an"
        " arbitrary zero. A number that the summary tells in several places is here once; errors of"
        " the integration and effects of assumptions are left out (yaan compare prints them).",
    )


def _ranking(found: Comparison, changes: Sequence[Change], caption: str) -> Table | None:
    rows: list[tuple[Cell, ...]] = []
    for change in changes:
        first = change.values[0]
        like = float(first) if isinstance(first, int | float) else None
        told: list[Cell] = []
        for value, absolute in zip(change.values[1:], change.absolute[1:], strict=True):
            delta = NONE if absolute is None else difference(absolute, change.unit, like)
            told.append(
                Markup('{0}<br><span class="soft">{1}</span>').format(_value(value, change), delta)
            )
        key = Markup('{0}<code class="hash soft key">{1}</code>').format(
            capital(_words(change.key)), change.key
        )
        rows.append((key, _bars(change), _value(first, change), *told))
    columns = (
        Column("Result", kind="text"),
        Column("Relative change", kind="text"),
        *_run_columns(found),
    )
    return make_table(caption, columns, rows)


def _events(found: Comparison) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for event in found.events:
        told = [
            NONE
            if time is None
            else number(time, 2)
            if shift is None
            else Markup('{0}<br><span class="soft">{1}</span>').format(
                number(time, 2), number(shift, 2, sign=True)
            )
            for time, shift in zip(event.times[1:], event.shifts[1:], strict=True)
        ]
        mark = Markup('<abbr title="peak">▲</abbr> ') if event.peak else ""
        words = Markup("{0}{1}").format(mark, label(event.name.replace("#", " ")))
        rows.append((words, number(event.times[0], 2), *told))
    classes = tuple("peak" if event.peak else "" for event in found.events)
    columns = (Column("Event", kind="text"), *_run_columns(found, unit="s"))
    caption = "Events and peaks (▲) of the same name, and how much later they came"
    yield "table", make_table(caption, columns, rows, classes)
    yield (
        "text",
        "Times count from the first ignition, of a flight that starts aloft from its epoch. A dash:"
        " the run has no event of this name."
        if rows
        else "",
    )


def _verdicts(found: Comparison) -> Iterator[Block]:
    names = dict.fromkeys(v.name for record in found.records for v in record.summary.verdicts)
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        cells: list[Cell] = []
        for record in found.records:
            one = next((v for v in record.summary.verdicts if v.name == name), None)
            cells.append(
                NONE
                if one is None
                else Markup('{0}<br><span class="soft">{1}</span>').format(
                    badge(one.state or state(one.passed)), one.value
                )
            )
        rows.append((label(name), *cells))
    columns = (Column("On", kind="text"), *_run_columns(found, kind="text"))
    yield "table", make_table("What each run had to hold, and what was found", columns, rows)


def _curves(found: Comparison) -> Iterator[Section]:
    parts = list(_parts(found))
    for part in parts:
        title = "Curves" if len(parts) == 1 else f"Curves: {part.words}"
        blocks = tuple(("figure", make(part)) for make in overlay.MAKERS)
        yield Section(f"curves-{part.name}", title, blocks)


def _parts(found: Comparison) -> Iterator[Part]:
    """What of the flights can be laid over each other: parts that two runs have, or all of it."""
    named = list(zip(found.names, found.records, strict=True))
    if not all(_alone(record) for _, record in named):
        shared = [part for window in _WINDOWS if (part := _part(named, *window)) is not None]
        if shared:
            yield from shared
            return
    whole = _part(named, "flight", "the flight", "the start", ())
    if whole is not None:
        yield whole


_WINDOWS: Final = (
    ("ascent", "the ascent", "ignition", ("ascent",)),
    ("orbit", "the orbit", "the separation", ("orbit",)),
    ("return", "the return", "the start of the entry", ("entry", "descent")),
)


def _part(
    named: Sequence[tuple[str, FlightRecord]],
    name: str,
    words: str,
    since: str,
    spans: Sequence[str],
) -> Part | None:
    runs: list[Flown] = []
    for place, (run, record) in enumerate(named):
        window = _window(record, name, spans)
        history = cut(record.history, window)
        if window is None or history is None or len(history) < 2:
            continue
        # The ascent counts from ignition, though nothing is recorded before the lift-off.
        start = 0.0 if name == "ascent" else float(history["time"][0])
        events = tuple(
            event
            for event in record.summary.timeline
            if event.kind != "peak" and window[0] <= event.time <= window[1]
        )
        runs.append(Flown(run, place, history, start, events))
    if len(runs) < 2:
        return None
    there = {run.place for run in runs}
    absent = tuple(run for place, (run, _) in enumerate(named) if place not in there)
    return Part(name, words, since, tuple(runs), absent)


def _window(record: FlightRecord, name: str, spans: Sequence[str]) -> tuple[float, float] | None:
    """First and last instant [s] of a part of one run; None where it has none."""
    summary, history = record.summary, record.history
    if history is None or len(history) < 2:
        return None
    everything = float(history["time"][0]), float(history["time"][-1])
    if not spans:
        return everything
    if name == "ascent" and not summary.spans and summary.ascent is not None:
        return everything
    found = span(summary, *spans)
    if found is None and name == "return" and summary.sequence is not None:
        entered = [one for one in summary.sequence.phases if not one.path and one.motion == "entry"]
        return (entered[0].start, everything[1]) if entered else None
    return found


def _alone(record: FlightRecord) -> bool:
    """Whether it is flown as it is written: a body, or a chain of phases."""
    return span(record.summary, "body", "sequence") is not None


def _run_columns(found: Comparison, unit: str = "", kind: str = "number") -> tuple[Column, ...]:
    return tuple(
        Column(Markup("{0}{1}").format(_swatch(place), name), unit, kind)
        for place, name in enumerate(found.names)
    )


def _swatch(place: int) -> Markup:
    return Markup('<span class="swatch" style="{0}"></span>').format(overlay.css_colour(place))


def _bars(change: Change) -> Markup:
    """A bar a run from the middle, to the right for more, in its colour; the share beside it."""
    rows = [
        Markup('<span class="bar">{0}{1}</span>').format(_bar(share, place), _percent(share))
        for place, share in enumerate(change.relative)
        if place
    ]
    return Markup("").join(rows)


def _bar(share: float | None, place: int) -> Markup:
    middle = _BAR / 2
    wide = 0.0 if share is None else min(abs(share) / _FULL, 1.0) * middle
    left = middle - (wide if share is not None and share < 0.0 else 0.0)
    return Markup(
        '<svg style="{4}" width="{0}" height="10" aria-hidden="true">'
        '<path d="M{1} 0v10" class="zero"></path>'
        '<path d="M{2:.1f} 2h{3:.1f}v6h-{3:.1f}z" fill="currentcolor"></path></svg>'
    ).format(_BAR, middle, left, wide, overlay.css_colour(place))


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{significant(100.0 * share, 3, sign=True)}{SPACE}%"


def _value(value: object, change: Change) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _plain(value)
    return quantity(float(value), change.unit, 5)


def _plain(value: object) -> str:
    if value is None:
        return NONE
    return f"{value:.7g}" if isinstance(value, float) else str(value)


def _words(key: str) -> str:
    """The telling end of a dotted key."""
    skipped = (
        "budgets",
        "ascent",
        "profiles",
        "return",
        "axes",
        "ends",
        "sequence",
        "peaks",
        "value",
    )
    parts = [part.removesuffix("_deg").removesuffix("_g") for part in key.split(".")]
    text = " ".join(
        [part for part in parts if part not in skipped and not part.isdigit()][-3:]
    ).replace("_", " ")
    # What is largest is only called so by the block that it stands in.
    return f"largest {text}" if key.startswith("peaks.") else text or key


def _list(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + " and no " + parts[-1] if len(parts) > 1 else parts[0]
