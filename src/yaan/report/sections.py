"""What the report says, section by section, from the record of a flight.

A section whose data is absent is left out. Nothing is computed here that is not a sum, a
difference or a count: the numbers are the flight's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from yaan.report import (
    attitude,
    body,
    contacts,
    evidence,
    figures,
    guidance,
    home,
    prose,
    sequence,
    tables,
)
from yaan.report.body import body_numbers, sequence_numbers
from yaan.report.cards import LOAD, Card, key_numbers
from yaan.report.return_cards import return_numbers
from yaan.report.span import aloft, ascent
from yaan.report.tables import Column, Table, badge, state
from yaan.report.text import SPACE, known, label, number, significant
from yaan.results import FlightRecord

Block = tuple[str, Any]


@dataclass(frozen=True)
class Section:
    """A heading with its blocks, each the name of a way to set it and what is set."""

    name: str
    title: str
    blocks: tuple[Block, ...]


def sections(record: FlightRecord) -> list[Section]:
    """All sections that have something to say, in the order of reading."""
    found: list[Section] = []
    for name, title, make in _SECTIONS:
        blocks = tuple(block for block in make(record) if block[1])
        if any(kind not in _WORDS for kind, _ in blocks) or (blocks and name in _PROSE):
            found.append(Section(name, title, blocks))
    return found


def key_cards(record: FlightRecord) -> list[Card]:
    """The key numbers, in the order of the page."""
    return [card for kind, cards in _key_numbers(record) if kind == "cards" for card in cards]


def _key_numbers(record: FlightRecord) -> Iterator[Block]:
    own = body_numbers(record.summary)
    if own:
        yield "cards", own
        return
    up, back = key_numbers(record.summary), return_numbers(record.summary)
    own = sequence_numbers(record.summary)
    if own:
        if record.summary.ascent is not None:
            yield "heading", "Ascent"
            yield "cards", up
            yield "heading", "The phases after it"
        yield "cards", own
        return
    if aloft(record.summary):  # the return's own cards tell the load
        yield "cards", [*back, *(card for card in up if card.words != LOAD)]
        return
    if up and back:
        yield "heading", "Ascent"
    yield "cards", up
    if up and back:
        yield "heading", "Orbit and return"
    yield "cards", back


def _verdicts(record: FlightRecord) -> Iterator[Block]:
    rows = tuple(
        (
            badge(row.state or state(row.passed)),
            label(row.name),
            row.value,
            row.limit,
            row.text,
        )
        for row in record.summary.verdicts
    )
    columns = (
        Column("Verdict", kind="text"),
        Column("On", kind="text"),
        Column("Found", kind="text"),
        Column("Asked for", kind="text"),
        Column("In words", kind="wide"),
    )
    yield "table", Table("What was asked for, and what was found", columns, rows) if rows else None


def _unknown(record: FlightRecord) -> Iterator[Block]:
    summary = record.summary
    yield "list", [*prose.open_figures(summary), *prose.assumed(summary), *prose.limits(summary)]


def _timeline(record: FlightRecord) -> Iterator[Block]:
    yield "table", tables.timeline(record.summary)
    since = "the epoch" if aloft(record.summary) else "ignition"
    yield (
        "text",
        f"T+ is the time since {since}. What is relative is against the rotating Earth and the"
        " horizon, what is inertial in GCRS and against the plane across the radius. Load is the"
        " specific force over 9.80665 m/s².",
    )
    if body.orbits(record.summary):
        yield (
            "text",
            "Apogee and perigee are where the distance from the Earth's centre is greatest and"
            " least, which over an oblate Earth is not where the height is.",
        )


def _histories(record: FlightRecord) -> Iterator[Block]:
    part = ascent(record)
    for make in (figures.motion, figures.environment, figures.downrange):
        yield "figure", make(part)


def _track(record: FlightRecord) -> Iterator[Block]:
    yield "figure", figures.track(ascent(record))


def _budgets(record: FlightRecord) -> Iterator[Block]:
    summary, budgets = record.summary, record.summary.budgets
    yield "figure", figures.velocity(summary)
    for part in ("ascent", "return"):
        yield "table", tables.velocity_budget(summary, part)
        for total in budgets.velocity_totals:
            if total.part == part and known(total.residual):
                yield "text", prose.velocity_closure(total)
    yield "table", tables.propellant(summary)
    masses = tables.mass_budget(summary)
    yield "table", masses
    if masses is not None and known(budgets.mass_closure):
        closure = budgets.mass_closure
        words = f"within {significant(closure, 2)} kg" if closure else "exactly"
        yield "text", f"The mass budget closes {words}."


def _crew(record: FlightRecord) -> Iterator[Block]:
    crew = record.summary.crew_in("ascent")
    if crew is None or not crew.axes:
        return
    yield (
        "text",
        f"Graded for a {crew.condition or 'fresh'} crew along the couch axes: for each level"
        " of load, the longest continuous time above it. A primary limit grades, a second-hand one"
        " grades provisionally, a missing one grades nothing.",
    )
    yield "figure", figures.exposure(ascent(record))
    for couch in record.summary.couches_in("ascent"):
        yield "table", evidence.crew(couch)


def _escape(record: FlightRecord) -> Iterator[Block]:
    up, flown = record.summary.ascent, record.summary.profile or ""
    abort = None if up is None else up.abort
    if up is not None and abort is not None and flown in abort.profiles:
        yield "text", prose.escape_lead(abort, abort.profiles[flown])
        yield "text", prose.escape_choice(up, abort, flown)
    yield "figure", figures.abort(ascent(record))
    yield "table", tables.aborts(record.groups.get(f"abort/{flown}") or {})
    rows = figures.seconds_above(record)
    if rows:
        levels = [level for level, _ in rows[0][1]]
        columns = (
            Column("Profile", kind="text"),
            *(Column(f"Above {number(g)}{SPACE}g", "s") for g in levels),
        )
        cells = tuple((label(name), *(number(s) for _, s in pairs)) for name, pairs in rows)
        yield (
            "table",
            Table("Seconds of the ascent whose ballistic abort exceeds a level", columns, cells),
        )
        yield "text", prose.escape_consequence(rows[0])


def _profiles(record: FlightRecord) -> Iterator[Block]:
    yield "table", tables.profiles(record.summary)
    yield "figure", figures.profiles(record)


def _published(record: FlightRecord) -> Iterator[Block]:
    yield "table", evidence.published(record.summary)


def _assumptions(record: FlightRecord) -> Iterator[Block]:
    yield "figure", figures.tornado(record.summary)
    yield "figure", figures.homeward(record.summary)
    yield "table", evidence.assumptions(record.summary)
    text = (
        "Effects are changes from the flight reported here, upper number at the low end of the"
        " range, lower number at the high end, the steering solved again each time."
    )
    if evidence.moves_return(record.summary):
        text += (
            " Those on the way home are told from shortly before the deorbit burn on, its burns and"
            " its bank as they were; the landing is moved by a distance, in whatever direction."
        )
    yield "text", text


def _steering(record: FlightRecord) -> Iterator[Block]:
    programmes = tables.steering(record.summary)
    if record.summary.ascent is not None:
        steering = record.summary.ascent.steering
        yield (
            "text",
            f"Steering of this flight: kick {number(steering.kick_deg, 3)}°, azimuth"
            f" {number(steering.azimuth_deg, 3)}°, yaw {number(steering.yaw_deg, 3)}°. What the"
            " mission leaves open is solved at run time and is stored in no file.",
        )
    yield "table", programmes
    if programmes is not None:
        yield (
            "text",
            "tan(pitch above the geocentric horizon) = a + b s + c s², with s the time since the"
            " programme's start in units of 100 s.",
        )
    yield "table", tables.misses(record.summary)


def _models(record: FlightRecord) -> Iterator[Block]:
    yield "table", evidence.models(record.summary.models)
    yield "table", tables.integration(record.summary)


def _notes(record: FlightRecord) -> Iterator[Block]:
    yield "list", list(record.summary.notes)


def _sources(record: FlightRecord) -> Iterator[Block]:
    yield "fold", evidence.sources(record.summary)


def _provenance(record: FlightRecord) -> Iterator[Block]:
    summary, manifest = record.summary, record.manifest
    reached = None if summary.ascent is None else summary.ascent.orbit
    facts = [
        ("Mission", summary.mission),
        ("Profile", summary.profile),
        ("Epoch", summary.epoch),
        ("Orbit's frame", reached.frame if reached else ""),
        ("Yaan", manifest.get("yaan") or summary.yaan),
        ("Python", manifest.get("python")),
        ("Platform", manifest.get("platform")),
        ("Cores", manifest.get("cores")),
        ("Seed", manifest.get("seed")),
        ("Command", manifest.get("command")),
        ("Packages", ", ".join(f"{k} {v}" for k, v in (manifest.get("packages") or {}).items())),
    ]
    yield "facts", [(words, str(value)) for words, value in facts if value not in (None, "")]
    yield "table", evidence.timings(manifest)
    yield "table", evidence.inputs(manifest)


_SECTIONS: Final = (
    ("numbers", "Key numbers", _key_numbers),
    ("unknown", "What is not known", _unknown),
    ("verdicts", "Verdicts", _verdicts),
    ("overview", "The mission at a glance", home.overview),
    ("timeline", "Timeline", _timeline),
    ("flight", "The flight", body.flight),
    ("attitude", "Attitude", body.attitude),
    ("air", "What acts on it", body.air),
    ("path", "Path over ground", body.path),
    ("ends", "Where it ended", sequence.ends),
    ("states", "Start and end", body.states),
    ("histories", "Ascent", _histories),
    ("turning", "Attitude in the ascent", attitude.rigid_ascent),
    ("track", "Ground track of the ascent", _track),
    ("branches", "What was left behind", sequence.branches),
    ("orbit", "Orbit", home.orbit),
    ("shadow", "Eclipses", home.shadow),
    ("contacts", "Contacts with stations", contacts.contacts),
    ("opportunities", "Landing opportunities", home.opportunities),
    ("deorbit", "Deorbit", home.deorbit),
    ("entry", "Entry", home.entry),
    ("crew-return", "Crew loads on the return", home.crew),
    ("descent", "Parachutes", home.descent),
    ("landing", "Landing", home.landing),
    ("guidance", "Guidance", guidance.guidance),
    ("budgets", "Budgets", _budgets),
    ("crew", "Crew loads in the ascent", _crew),
    ("escape", "First sight of crew escape", _escape),
    ("profiles", "Profiles compared", _profiles),
    ("published", "Published figures", _published),
    ("assumptions", "Assumptions by effect", _assumptions),
    ("steering", "Steering solution", _steering),
    ("models", "Models", _models),
    ("notes", "Notes", _notes),
    ("sources", "Sources", _sources),
    ("provenance", "Provenance", _provenance),
)
_WORDS: Final = ("text", "heading")
_PROSE: Final = ("steering", "escape")
