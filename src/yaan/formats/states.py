"""A table of states as CSV: what spreadsheets and scripts take.

# object: ISS (1998-067-A)
# frame: EME2000
# time system: UTC
epoch,x_km,y_km,z_km,vx_km_s,vy_km_s,vz_km_s
2022-02-11T12:00:00.000,-4945.204887426,...
"""

import re
from collections.abc import Iterator
from typing import Final

from yaan.formats import blocks
from yaan.formats.blocks import km, km_s
from yaan.formats.clock import SYSTEMS, write_time
from yaan.formats.leaf import Leaf
from yaan.formats.oem import Raw, Row, segment_of
from yaan.formats.record import Header, Oem
from yaan.formats.source import Source

COLUMNS: Final = ("epoch", "x_km", "y_km", "z_km", "vx_km_s", "vy_km_s", "vz_km_s")

_OBJECT: Final = re.compile(r"(.*?)(?:\s*\(([^()]*)\))?")


def oem_of_table(source: Source) -> Oem:
    """The states of a table, as an ephemeris of one segment.

    Raises:
        InputError: a header that is not that of such a table, or states that no ephemeris may have.
    """
    told, rows = dict[str, tuple[int, str]](), list[tuple[int, str]]()
    for number, text in enumerate(source.text.splitlines(), 1):
        line = text.strip()
        if line.startswith("#"):
            key, _, value = line.lstrip("# ").partition(":")
            told[key.strip().lower()] = (number, value.strip())
        elif line:
            rows.append((number, line))
    if not rows or tuple(part.strip() for part in rows[0][1].split(",")) != COLUMNS:
        line, value = rows[0] if rows else (1, "")
        raise source.refusal(line, "", value, f"the header {','.join(COLUMNS)}")
    _check(source, told)
    made = Raw(rows[0][0], list(_metadata(told)))
    for number, line in rows[1:]:
        values = [part.strip() for part in line.split(",")]
        if len(values) != len(COLUMNS):
            raise source.refusal(number, "", line, f"{len(COLUMNS)} values, divided by commas")
        made.rows.append(Row(number, values[0], values[1:]))
    if not made.rows:
        raise source.refusal(rows[0][0], "", None, "at least one row of values")
    for key, row in (("START_TIME", made.rows[0]), ("STOP_TIME", made.rows[-1])):
        made.metadata.append(Leaf(key, row.epoch, "", row.line))
    return Oem((segment_of(source, made),), Header(""), source.label, source.digest)


def _check(source: Source, told: dict[str, tuple[int, str]]) -> None:
    for key, known in (("frame", blocks.FRAMES), ("time system", SYSTEMS)):
        line, value = told.get(key, (1, ""))
        good = blocks.frame_of(value) is not None if key == "frame" else value.upper() in SYSTEMS
        if not good:
            expected = f"a line as # {key}: {known[0]}; one of {', '.join(known)}"
            raise source.refusal(line, key, value or None, expected)


def _metadata(told: dict[str, tuple[int, str]]) -> Iterator[Leaf]:
    line, text = told.get("object", (1, "UNKNOWN"))
    match = _OBJECT.fullmatch(text)
    assert match is not None
    yield Leaf("OBJECT_NAME", match[1] or "UNKNOWN", "", line)
    yield Leaf("OBJECT_ID", match[2] or "UNKNOWN", "", line)
    yield Leaf("CENTER_NAME", "EARTH", "", line)
    for key, word in (("REF_FRAME", "frame"), ("TIME_SYSTEM", "time system")):
        yield Leaf(key, told[word][1], "", told[word][0])


def table_text(oem: Oem) -> str:
    """The states of all segments; those of one instant at which two meet stand once, the later.

    Raises:
        ValueError: segments in several frames or time systems: a table has one.
    """
    first = oem.segments[0]
    if any((s.frame, s.time_system) != (first.frame, first.time_system) for s in oem.segments):
        raise ValueError("segments in several frames or time systems: a table of states has one")
    head = [
        f"# object: {first.name} ({first.designator})",
        f"# frame: {first.frame}",
        f"# time system: {first.time_system}",
        ",".join(COLUMNS),
    ]
    rows = dict(_rows(oem))
    return "\n".join([*head, *(f"{at},{rest}" for at, rest in rows.items())]) + "\n"


def _rows(oem: Oem) -> Iterator[tuple[str, str]]:
    for segment in oem.segments:
        for k, t in enumerate(segment.time):
            at = write_time(segment.epoch + float(t), segment.time_system)
            place = [km(value) for value in segment.position[k]]
            motion = [km_s(value) for value in segment.velocity[k]]
            yield at, ",".join((*place, *motion))
