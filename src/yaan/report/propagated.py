"""The page of a propagated orbit: where it went, what it met, who saw it, and how well it is known.

Nothing is computed here that is not a count or a sum.
"""

import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from markupsafe import Markup

from yaan.report import contacts as seen
from yaan.report.course import DAY, Course
from yaan.report.evidence import models
from yaan.report.figures.course import elements, uncertainty
from yaan.report.figures.revolutions import Legend, around, below, track_of
from yaan.report.figures.skies import across, middle_height
from yaan.report.sections import Block, Section
from yaan.report.tables import Cell, Column, Table, badge, make_table, scaled
from yaan.report.text import NONE, SPACE, clock, label, number, plural, quantity
from yaan.results.outcome import OutcomeCode

MOST_EVENTS: Final = 300  # of the table; events.csv has all
MOST_CONTACTS: Final = 300  # likewise
_DEGREES: Final = 180.0 / math.pi
_OPEN: Final = 12  # rows of a table that are shown without being asked for
_PLURALS: Final = {"apogee": "apogees", "perigee": "perigees"}


def orbit_sections(course: Course) -> list[Section]:
    """All sections that have something to say, in the order of reading."""
    made = (
        Section("orbit", "The orbit", tuple(_orbit(course))),
        Section("track", "Ground track", tuple(_track(course))),
        Section("elements", "Against time", (("figure", elements(course)),)),
        Section("burns", "Burns", tuple(_burns(course))),
        Section("uncertainty", "How well it is known", (("figure", uncertainty(course)),)),
        Section("events", "Events", tuple(_events(course))),
        Section("light", "Eclipses", tuple(_light(course))),
        Section("contacts", "Contacts with stations", tuple(_contacts(course))),
        Section("models", "Models", (("table", models(course.models)),)),
        Section("notes", "Notes", (("list", list(course.notes)),)),
        Section("files", "Where all of it is", (("list", _files(course)),)),
    )
    kept = [
        Section(one.name, one.title, tuple(block for block in one.blocks if block[1]))
        for one in made
    ]
    return [one for one in kept if one.blocks]


def orbit_head(course: Course) -> dict[str, Any]:
    """What stands above the sections, as `page.compose` takes it."""
    spec, reached = course.spec, course.outcome is OutcomeCode.REACHED
    facts = [
        ("Orbit", spec.name),
        ("Epoch", course.epoch.iso()),
        ("End", (course.epoch + course.stop).iso()),
        ("Span", _span(course.stop)),
        ("Yaan", course.yaan),
    ]
    asked = f"within {quantity(spec.accuracy, 'm')}"
    badges = [badge("pass" if course.accurate else "fail", asked)] if reached else []
    return {
        "kicker": "Propagated orbit",
        "mission": f"{spec.name}-orbit",
        "epoch": course.epoch.iso(),
        "title": spec.title or spec.name,
        "outcome": course.text,
        "shortfall": "",
        "flown": reached,
        "code": label(course.outcome.word),
        "tone": "good" if course.accurate else "bad",
        "badges": badges,
        "facts": facts,
    }


def _span(seconds: float) -> str:
    for size, word in ((DAY, "day"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size:
            many = "s" if word == "day" and seconds != DAY else ""
            return f"{seconds / size:.6g}{SPACE}{word}{many}"
    return f"{seconds:.6g}{SPACE}s"


def _orbit(course: Course) -> Iterator[Block]:
    craft, world = course.spec.spacecraft, course.spec.environment
    bodies = ", ".join(body.capitalize() for body in world.third_bodies)
    told = {model.name: model.text for model in course.models}
    facts = [
        ("Mass", "any" if craft.mass is None else quantity(craft.mass, "kg", 6)),
        ("Drag", _pressed(craft.drag, "no drag is felt")),
        ("Sunlight", _pressed(craft.radiation, "it does not press")),
        ("Gravity", told.get("gravity", "").split(", with ", maxsplit=1)[0]),
        ("Third bodies", bodies or "none"),
        ("Atmosphere", told.get("atmosphere", "")),
        ("Accuracy asked for", quantity(course.spec.accuracy, "m")),
        ("Error told", quantity(course.error, "m", 2)),
    ]
    yield "facts", [(words, value) for words, value in facts if value]
    yield "table", _ends(course)


def _ends(course: Course) -> Table | None:
    """Both ends of it, side by side."""
    ends = course.ends
    quantities = (
        ("Semi-major axis, km", "semi_major_axis", 1e-3, 4),
        ("Eccentricity", "eccentricity", 1.0, 8),
        ("Inclination, °", "inclination", _DEGREES, 5),
        ("Node, °", "node", _DEGREES, 5),
        ("Argument of perigee, °", "argument_of_perigee", _DEGREES, 4),
        ("True anomaly, °", "true_anomaly", _DEGREES, 4),
        ("Geodetic latitude, °", "latitude", _DEGREES, 5),
        ("Longitude, °", "longitude", _DEGREES, 5),
        ("Geodetic height, km", "height", 1e-3, 4),
        ("Mass, kg", "mass", 1.0, 3),
    )
    instants = ((course.epoch + float(t)).iso() for t in ends["time"])
    dates = (Markup("{0}<br>{1}").format(*_utc(one).split(" ")) for one in instants)
    rows: list[tuple[Cell, ...]] = [("UTC", *dates)]
    for words, key, scale, digits in quantities:
        if key in ends:
            rows.append((words, *(number(float(x) * scale, digits) for x in ends[key])))
    columns = (Column("", kind="text"), Column("Start"), Column("End"))
    return make_table("Osculating elements, against the equator of GCRS", columns, rows)


def _pressed(spec: Any, without: str) -> str:
    if spec is None:
        return without
    return f"{quantity(spec.area, 'm²', 6)}, coefficient {spec.coefficient:.6g}"


def _utc(text: str) -> str:
    return text.removesuffix(" UTC").replace("T", " ")


def _track(course: Course) -> Iterator[Block]:
    track = track_of(*(course.track[key] for key in ("time", "latitude", "longitude")))
    height = middle_height(course.columns["height"])
    down = course.outcome is OutcomeCode.STRUCK_GROUND
    ends = ("Start", "Down" if down else "End")
    legend = Legend("the epoch", ends, course.contacts, height, course.left_out)
    yield "figure", around(track, float(track.time[0]), legend) or below(track, legend)


def _burns(course: Course) -> Iterator[Block]:
    rows = [
        (
            number(i),
            label(one.name),
            _utc(one.epoch.iso()),
            clock(one.time),
            number(one.duration, 3) if one.finite else "an instant",
            number(one.delta_v, 4),
            number(one.used, 3),
        )
        for i, one in enumerate(course.burns, 1)
    ]
    columns = (
        Column("#", kind="text"),
        Column("Burn", kind="text"),
        Column("Start, UTC"),
        Column("Since the epoch"),
        Column("Duration", "s"),
        Column("Ideal velocity", "m/s"),
        Column("Mass used", "kg"),
    )
    yield "table", make_table("As they were flown", columns, rows)
    left = len(course.spec.burns) - len(course.burns)
    if left:
        yield "text", f"It ended before {plural(left, 'burn')} of the file came."


def _events(course: Course) -> Iterator[Block]:
    found = course.events
    if not found:
        return
    counts = Counter(one.name for one in found)
    words = ", ".join(
        plural(count, name, _PLURALS.get(name, _many(name))) for name, count in counts.items()
    )
    yield (
        "text",
        f"{number(len(found))} events: {words}. Nodes are those of the true equator of date,"
        " apsides those of the distance from the Earth's centre; the shadow is that of the"
        " ellipsoid, without air. All of them are in events.csv.",
    )
    rows = [
        (
            label(one.name),
            Markup("{0}<br>{1}").format(_utc(one.epoch.iso()), clock(one.time)),
            number(math.degrees(one.latitude), 3),
            number(math.degrees(one.longitude), 3),
            scaled(one.height, 1e3, 2),
            one.country or ("sea" if one.kind == "node" else ""),
        )
        for one in found[:MOST_EVENTS]
    ]
    columns = (
        Column("Event", kind="text"),
        Column("UTC"),
        Column("Latitude", "°"),
        Column("Longitude", "°"),
        Column("Height", "km"),
        Column("Over", kind="text"),
    )
    caption = f"The first {MOST_EVENTS} of {number(len(found))} events"
    caption = caption if len(found) > MOST_EVENTS else "Every event"
    table = make_table(f"{caption}, dates in UTC, clock since the epoch", columns, rows)
    yield "fold" if len(rows) > _OPEN else "table", table


def _many(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def _light(course: Course) -> Iterator[Block]:
    if not course.days:
        return
    dark = [one.end - one.start for one in course.spells if one.kind == "umbra"]
    total, span = sum(dark), sum(one.lasts for one in course.days)
    if not course.spells:
        yield "text", "It is in sunlight all the time."
        return
    yield (
        "text",
        f"The umbra is met {plural(len(dark), 'time')}, for {number(total / 60.0, 1)} min in all,"
        f" {number(100.0 * total / span, 1)} % of the time, and"
        f" {number(max(dark, default=0.0) / 60.0, 2)} min at the longest.",
    )
    rows = [
        (
            one.date,
            scaled(one.lasts, 3600.0, 2),
            number(one.eclipses),
            scaled(one.umbra, 60.0, 2),
            scaled(one.partial, 60.0, 2),
            scaled(one.longest, 60.0, 2) if one.eclipses else NONE,
        )
        for one in course.days
    ]
    columns = (
        Column("Day, UTC", kind="text"),
        Column("Propagated", "h"),
        Column("Eclipses"),
        Column("Umbra", "min"),
        Column("Penumbra alone", "min"),
        Column("Longest umbra", "min"),
    )
    caption = "The light of every day; a stay that midnight cuts counts on both"
    table = make_table(caption, columns, rows)
    yield "fold" if len(rows) > _OPEN else "table", table


def _contacts(course: Course) -> Iterator[Block]:
    found = course.contacts
    if found is None:
        return
    path = f"The orbit itself is out by {quantity(course.error, 'm', 2)} at its end."
    yield "text", seen.lead(found, path)
    yield "table", seen.stations(found)
    yield "figure", across(found, course.path)
    if len(found.passes) > MOST_CONTACTS:
        yield (
            "text",
            f"The first {MOST_CONTACTS} of {number(len(found.passes))} contacts are below;"
            " contacts.csv has all of them.",
        )
    table = seen.passes(found, MOST_CONTACTS)
    yield "fold" if len(found.passes) > seen.MOST_PASSES else "table", table


def _files(course: Course) -> list[Markup]:
    told = {
        "states.csv": "states, place and osculating elements every"
        f" {quantity(course.spec.rows_step, 's')}, in SI.",
        "states.nc": "the same as arrays over time, with units and frames.",
        "arc.nc": "every step of the integration; between them a polynomial goes through.",
        "events.csv": "every event.",
        "contacts.csv": "every contact." if course.contacts is not None else "",
        "orbit.json": "both ends, the outcome and the error.",
        "mission.yaml": "the file that was propagated, its references replaced.",
        "manifest.json": "versions, hashes and times.",
    }
    return [Markup("<code>{0}</code>: {1}").format(k, v) for k, v in told.items() if v]
