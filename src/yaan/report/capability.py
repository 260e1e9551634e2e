"""The page of a launcher's capability: its payload to many circular orbits."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from yaan.report.figures.payload import Payloads, payload
from yaan.report.sections import Block, Section
from yaan.report.tables import Cell, Column, badge, make_table
from yaan.report.text import SPACE, label, number, plural
from yaan.results.outcome import OutcomeCode
from yaan.results.payloads import Point

CAVEAT = (
    "A payload that stands here is shown to be possible: an ascent was found that carries it and"
    " leaves the reserve. A heavier one is not shown to be impossible: the search of the steering"
    " finds a way, and does not prove that there is no better one."
)


def capability_sections(curves: Sequence[Payloads]) -> list[Section]:
    """All sections, in the order of reading."""
    return [
        Section("payload", "Payload by height", tuple(_drawn(curves))),
        Section("points", "Every orbit", tuple(_points(curves))),
        Section("files", "Where all of it is", (("list", list(_FILES)),)),
    ]


def capability_head(
    mission: str, title: str, yaan: str, curves: Sequence[Payloads]
) -> dict[str, Any]:
    """What stands above the sections, as `page.compose` takes it."""
    points = [point for curve in curves for point in curve.points]
    found = [point for point in points if math.isfinite(point.payload)]
    text = (
        f"{plural(len(points), 'orbit')}; a payload was found for {_all(len(found), len(points))}."
    )
    if found:
        most = max(found, key=lambda point: point.payload)
        least = min(found, key=lambda point: point.payload)
        text += f" {_told(most)}"
        text += f"; {_told(least)}." if least is not most else "."
    facts = [("Mission", mission), ("Orbits", number(len(points))), ("Yaan", yaan)]
    return {
        "kicker": "Capability",
        "mission": f"{mission}-capability",
        "epoch": "",
        "title": title or mission,
        "outcome": text,
        "shortfall": "",
        "flown": True,
        "code": "",
        "tone": "good" if len(found) == len(points) else "" if found else "bad",
        "badges": [],
        "facts": [(words, value) for words, value in facts if value],
    }


def _all(found: int, of: int) -> str:
    return ("it" if of == 1 else "each") if found == of else f"{found} of them" if found else "none"


def _told(point: Point) -> str:
    degrees = number(math.degrees(point.inclination), 2)
    payload_ = f"{number(point.payload)}{SPACE}kg"
    return f"{payload_} to {number(point.height / 1e3)}{SPACE}km at {degrees}°"


def _drawn(curves: Sequence[Payloads]) -> Iterator[Block]:
    yield "figure", payload(curves)
    yield "text", CAVEAT
    yield (
        "text",
        "The steering is solved anew for every payload that is tried; burns, staging and azimuth"
        " are those of the mission. Heights are above 6378.137 km.",
    )


def _points(curves: Sequence[Payloads]) -> Iterator[Block]:
    rows: list[tuple[Cell, ...]] = []
    for curve in curves:
        for point in curve.points:
            flown = point.word == OutcomeCode.REACHED.word
            rows.append(
                (
                    number(point.height / 1e3, 1),
                    number(math.degrees(point.inclination), 3),
                    number(point.payload),
                    number(point.left, 1, sign=True),
                    number(point.tries),
                    badge("pass" if flown else "fail", label("found" if flown else point.word)),
                    point.text,
                )
            )
    columns = (
        Column("Height", "km"),
        Column("Inclination", "deg"),
        Column("Payload", "kg"),
        Column("Left beyond the reserve", "kg"),
        Column("Ascents flown"),
        Column("Outcome", kind="text"),
        Column("What is missing", kind="wide"),
    )
    if not any(row[-1] for row in rows):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    yield "table", make_table("Payload to every orbit", columns, rows)


_FILES = (
    "capability.csv: every orbit, in SI.",
    "capability.nc: the same as arrays over height and inclination, with units.",
    "mission.yaml: the mission whose launcher this is.",
)
