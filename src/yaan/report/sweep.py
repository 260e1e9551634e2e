"""The page of a sweep: what was swept, how its flights ended, and what they ended in."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from yaan.report.evidence import breakable
from yaan.report.figures.landed import landed
from yaan.report.figures.lanes import BETTER, FLOWN, Drawing, Key, Lanes
from yaan.report.figures.spread import spread, statistics
from yaan.report.figures.style import Array
from yaan.report.figures.swept import swept
from yaan.report.said import footprints, hangs, in_common, percentiles, required, verdicts
from yaan.report.sections import Block, Section
from yaan.report.tables import Cell, Column, Table, badge, make_table
from yaan.report.text import NONE, label, number, plural
from yaan.results.outcome import OutcomeCode

_OPEN: Final = 40  # lanes of the table, before the rest is folded away
_LISTED: Final = 200  # lanes of both
_VALUES: Final = 8  # of a key, that are named one by one
_EVEN: Final = 5  # likewise, where they are evenly apart
_GOOD: Final = ", of the flights that ended as they should"
_SENTENCES: Final = 3  # of one kind of end

_DESIGNS: Final = {
    "kept": (
        "Kept commands: steering, burns and bank were searched once, for the mission as it is, and"
        " every flight went by them, open loop. The ends show what a value does that turns out"
        " otherwise than it was planned for, with nobody there to correct it."
    ),
    "anew": (
        "Designed anew: steering, burns and bank were searched for each flight by itself. The ends"
        " show what a mission does that was designed for these values."
    ),
    "none": "Nothing had to be searched: each flight follows from its values.",
}
_KEPT: Final = (
    "What had to be searched was searched once, for the mission as it is; every draw was flown by"
    " what was found."
)
NOT_JUDGED: Final = (
    "Only ends are told: limits on loads, landing and crew, and the errors of the integration, were"
    " not judged. One flight with all its verdicts: yaan fly FOLDER --lane K."
)
_DESIGN_WORDS: Final = {"kept": "once, kept for all", "anew": "anew for each", "none": ""}


def sweep_sections(lanes: Lanes) -> list[Section]:
    """All sections that have something to say, in the order of reading."""
    made = (
        Section("required", "Requirements", tuple(required(lanes))),
        Section("swept", "What was swept", tuple(_swept(lanes)))
        if lanes.drawing is None
        else Section("drawn", "What was drawn", tuple(_drawn(lanes, lanes.drawing))),
        Section("ended", "How the flights ended", tuple(_ended(lanes))),
        Section("curves", "What they ended in", tuple(_curves(lanes))),
        Section("spread", "How far they spread", tuple(_spread(lanes))),
        Section("places", "Where they ended", (("figure", landed(lanes)), *footprints(lanes))),
        Section("hangs", "What it hangs on", tuple(hangs(lanes))),
        Section("lost", "What the lost draws have in common", tuple(in_common(lanes))),
        Section("flights", "The flights", tuple(_flights(lanes))),
        Section("files", "Where all of it is", tuple(_files(lanes))),
    )
    kept = [
        Section(one.name, one.title, tuple(block for block in one.blocks if block[1]))
        for one in made
    ]
    return [one for one in kept if one.blocks]


def sweep_head(lanes: Lanes) -> dict[str, Any]:
    """What stands above the sections, as `page.compose` takes it."""
    facts = [
        ("Mission", lanes.mission),
        ("Flights", number(len(lanes))),
        ("Designed", _DESIGN_WORDS[lanes.design]),
        ("Yaan", lanes.yaan),
    ]
    every = bool(lanes.flown.all())
    judged = [] if lanes.said is None else [one.verdict for one in lanes.said.required]
    return {
        "kicker": "Sweep" if lanes.drawing is None else "Dispersed mission",
        "mission": f"{lanes.mission}-{_file(lanes)}",
        "epoch": "",
        "title": lanes.title or lanes.mission,
        "outcome": _sentence(lanes),
        "shortfall": "",
        "flown": True,
        "code": "",
        "tone": "bad"
        if "failed" in judged or not lanes.flown.any()
        else "good"
        if every and "open" not in judged
        else "",
        "badges": [],
        "facts": [(words, value) for words, value in facts if value],
    }


def _sentence(lanes: Lanes) -> str:
    """How many flights of what ended how."""
    if lanes.drawing is not None:
        told = [f"{plural(len(lanes), 'draw')} of {plural(len(lanes.drawing.kinds), 'key')}."]
    else:
        *most, last = (key.words.lower() for key in lanes.keys)
        keys = f"{', '.join(most)} and {last}" if most else last
        flights = plural(len(lanes), "flight")
        told = [f"{flights} over {keys}."]
    if lanes.said is not None and lanes.said.required:
        told.append(verdicts(lanes.said.required))
    if lanes.flown.all():
        told.append("All ended as they should." if len(lanes) > 1 else "It ended as it should.")
        return " ".join(told)
    counts = [f"{count} {label(word).lower()}" for word, count in lanes.counts.items()]
    told.append(f"{', '.join(counts)}.")
    return " ".join(told)


def _file(lanes: Lanes) -> str:
    """The stem of the files of a folder."""
    return "sweep" if lanes.drawing is None else "dispersions"


def _drawn(lanes: Lanes, drawing: Drawing) -> Iterator[Block]:
    """The distributions, and what the draws have of them."""
    found: dict[str, list[str]] = {}
    for key in lanes.keys:
        name = key.key if key.key in drawing.kinds else key.key.rpartition(".")[0]
        if key.numbers is not None and key.numbers.size:
            unit = key.shown_unit
            mean, spread = (f"{float(x):.6g} {unit}".rstrip() for x in _moments(key.numbers))
            found.setdefault(name, []).append(f"{mean} ± {spread}")
    rows: list[tuple[Cell, ...]] = [
        (
            Markup("<code>{0}</code>").format(breakable(name)),
            told,
            "; ".join(found.get(name, [])) or NONE,
        )
        for name, told in drawing.kinds.items()
    ]
    columns = (
        Column("Key", kind="text"),
        Column("Distribution", kind="wide"),
        Column("Drawn, mean ± standard deviation", kind="wide"),
    )
    yield "table", make_table("The keys that were drawn", columns, rows)
    times = "" if drawing.scale == 1.0 else f" Every sigma is {drawing.scale:g} times the file's."
    first = " Draw 0 is the mission as it is." if drawing.nominal else ""
    yield (
        "text",
        f"Seed {drawing.seed}: a draw is the same however many there are.{times}{first}"
        " Probabilities are those of these distributions.",
    )
    if lanes.design == "kept":
        yield "text", _KEPT
    yield "text", NOT_JUDGED


def _moments(numbers: Array) -> tuple[float, float]:
    return float(numbers.mean()), float(numbers.std(ddof=1)) if numbers.size > 1 else 0.0


def _swept(lanes: Lanes) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for key in lanes.keys:
        count = len(key.labels)
        named = [key.told(place) for place in range(count)]
        text = ", ".join(named)
        if count > _VALUES:
            text = f"{', '.join(named[: _VALUES // 2])}, … {named[-1]}"
        if count > _EVEN and key.numbers is not None and _regular(key.numbers):
            text = f"{named[0]} to {named[-1]}, evenly"
        rows.append((Markup("<code>{0}</code>").format(breakable(key.key)), number(count), text))
    columns = (Column("Key", kind="text"), Column("Values"), Column("Which", kind="wide"))
    yield "table", make_table("The keys that were swept", columns, rows)
    if len(lanes.keys) > 1:
        how = (
            "The values go side by side: the first of every key together, then the second, and so"
            " on."
            if lanes.zipped
            else "All combinations were flown, the last key changing fastest."
        )
        yield "text", how
    yield "text", _DESIGNS[lanes.design]
    yield "text", NOT_JUDGED


def _regular(numbers: Array) -> bool:
    steps = np.diff(numbers)
    return bool(np.allclose(steps, steps[0], rtol=1e-6, atol=0.0)) and bool(steps[0])


def _ended(lanes: Lanes) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for word, count in lanes.counts.items():
        these = [lane for lane, found in enumerate(lanes.words) if found == word]
        phases = dict.fromkeys(lanes.phases[i] for i in these)
        rows.append(
            (
                badge("pass" if word == FLOWN else "fail", label(word or "not flown")),
                number(count),
                f"{number(100.0 * count / len(lanes), 1)}",
                ", ".join(label(phase) for phase in phases if phase) or NONE,
                _why(lanes, word, these),
            )
        )
    columns = (
        Column("Outcome", kind="text"),
        Column("Flights"),
        Column("Share", "%"),
        Column("Ended in", kind="text"),
        Column("In words", kind="wide"),
    )
    yield "table", make_table("Each kind of outcome", columns, rows)


def _why(lanes: Lanes, word: str, these: list[int]) -> str:
    """What is said of the flights of one outcome, the most frequent sentences first."""
    if word == FLOWN:
        return (
            OutcomeCode.REACHED.sentence()
            .replace("The flight", "The flights")
            .replace("its end", "their end")
        )
    found: dict[str, int] = {}
    for lane in these:
        text = " ".join(lanes.texts[lane].split())
        found[text] = found.get(text, 0) + 1
    texts = [text for text in sorted(found, key=lambda text: -found[text]) if text]
    shown = " ".join(texts[:_SENTENCES])
    rest = len(texts) - _SENTENCES
    return (
        f"{shown} And {plural(rest, 'other reason')}, see {_file(lanes)}.nc." if rest > 0 else shown
    )


def _curves(lanes: Lanes) -> Iterator[Block]:
    for figure in swept(lanes) if lanes.drawing is None else ():
        yield "figure", figure
    rows: list[tuple[Cell, ...]] = []
    for name in lanes.main:
        look, found = lanes.shown(name), lanes.good(name)
        better = BETTER.get(name, 0)
        ends = [int(np.nanargmin(found)), int(np.nanargmax(found))]
        cells: list[Cell] = []
        for side, lane in zip((-1, 1), ends, strict=True):
            tag = ", best" if better == side else ", worst" if better == -side else ""
            cells.append(number(float(found[lane]) / look.scale, look.digits))
            cells.append(
                Markup('lane {0}{1}<span class="soft">{2}</span>').format(
                    lane, tag, lanes.told(lane)
                )
            )
        rows.append((look.named, *cells))
    columns = (
        Column("Quantity", kind="text"),
        Column("Smallest"),
        Column("By", kind="wide"),
        Column("Largest"),
        Column("By", kind="wide"),
    )
    yield "table", make_table(f"Smallest and largest{_GOOD}", columns, rows)
    if not lanes.main and lanes.flown.any():
        yield "text", "No number of the ends varies."


def _spread(lanes: Lanes) -> Iterator[Block]:
    figure = spread(lanes)
    yield "figure", figure
    if lanes.said is not None:
        yield from percentiles(lanes, lanes.said)
        return
    if figure is None:
        return
    rows: list[tuple[Cell, ...]] = []
    for name in lanes.main:
        look = lanes.shown(name)
        told = (number(x / look.scale, look.digits) for x in statistics(lanes, name))
        rows.append((look.named, *told))
    columns = (
        Column("Quantity", kind="text"),
        Column("Mean"),
        Column("Standard deviation"),
        *(Column(f"{share} % below") for share in (5, 50, 95)),
    )
    yield "table", make_table(f"The spread in numbers{_GOOD}", columns, rows)
    yield (
        "text",
        "Shares are of the flights that were asked for. They are probabilities only where the"
        " values were drawn as nature draws them.",
    )


def _flights(lanes: Lanes) -> Iterator[Block]:
    rows = [_row(lanes, lane) for lane in range(min(len(lanes), _LISTED))]
    columns = (
        Column("Lane" if lanes.drawing is None else "Draw"),
        *(Column(key.words, key.shown_unit if key.numbers is not None else "", _kind(key.numbers))
          for key in _columns(lanes)),
        Column("Outcome", kind="text"),
        *(Column(look.words, look.unit) for look in map(lanes.shown, lanes.main)),
    )  # fmt: skip
    rest = f"the rest is in {_file(lanes)}.csv"
    caption = f"The first {_LISTED} of {number(len(lanes))} flights, {rest}"
    if len(lanes) <= _LISTED:
        caption = "Every flight"
    yield "table", make_table(caption, columns, rows[:_OPEN])
    folded = f"Lanes {_OPEN} to {len(rows) - 1}"
    yield "fold", Table(folded, columns, tuple(rows[_OPEN:])) if rows[_OPEN:] else None


def _kind(numbers: Array | None) -> str:
    return "text" if numbers is None else "number"


def _columns(lanes: Lanes) -> tuple[Key, ...]:
    """The keys that a table of flights has; those of draws are too many."""
    return lanes.keys if lanes.drawing is None else ()


def _row(lanes: Lanes, lane: int) -> tuple[Cell, ...]:
    keys: list[Cell] = []
    places = lanes.places[lane].tolist()[: len(_columns(lanes))]
    for key, place in zip(_columns(lanes), places, strict=True):
        told = key.told(place)
        keys.append(told if key.numbers is None else told.removesuffix(key.shown_unit).rstrip())
    word: Cell = lanes.ended(lane)
    if not lanes.flown[lane]:
        word = Markup('<span class="loud">{0}</span>').format(word)
    return (number(lane), *keys, word, *(_cell(lanes, name, lane) for name in lanes.main))


def _cell(lanes: Lanes, name: str, lane: int) -> Cell:
    """A value, and whether it is the best or the worst of all flights."""
    look = lanes.shown(name)
    value = float(lanes.columns[name][lane])
    text = number(value / look.scale, look.digits)
    better = BETTER.get(name, 0)
    if not better or not lanes.flown[lane]:
        return text
    found = better * lanes.good(name)
    tag = {float(np.nanmax(found)): "best", float(np.nanmin(found)): "worst"}.get(better * value)
    return Markup('{0}<br><span class="soft">{1}</span>').format(text, tag) if tag else text


_KEPT_LANES: Final = (
    "<code>lanes.jsonl</code>: a line for each that was flown, with what is said of it.",
)
_KEPT_DRAWS: Final = (
    "<code>statistics.json</code>: requirements, percentiles with their intervals, footprints and"
    " sensitivities.",
    "<code>shards</code>: every draw as it ended, as Parquet files; <code>yaan query FOLDER"
    " &quot;select ...&quot;</code> asks them in SQL.",
)


def _files(lanes: Lanes) -> Iterator[Block]:
    first = 0 if lanes.flown.all() else int(np.flatnonzero(~lanes.flown)[0])
    yield (
        "list",
        [
            Markup(
                "<code>{0}.csv</code>: every flight with its values and all its ends, in SI."
            ).format(_file(lanes)),
            Markup("<code>{0}.nc</code>: the same as arrays{1}, with units.").format(
                _file(lanes), " over the keys" if lanes.drawing is None else ""
            ),
            *map(Markup, _KEPT_LANES if lanes.drawing is None else _KEPT_DRAWS),
            Markup("<code>yaan fly FOLDER --lane {0}</code> flies one of them in full.").format(
                first
            ),
        ],
    )
