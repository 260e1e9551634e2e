"""Mean elements: CCSDS orbit mean-elements messages (502.0-B-3, section 4, not re-read).

The same keywords as rows of a table, in CSV or JSON, as public catalogues give them, are read too.
"""

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from yaan.base.constants import SECONDS_PER_DAY
from yaan.formats import blocks
from yaan.formats.blocks import DEGREE, number
from yaan.formats.clock import write_time
from yaan.formats.kvn import message_text
from yaan.formats.leaf import COMMENT, Leaf, Leaves, Message, Part
from yaan.formats.ndm_xml import Element, element, xml_text
from yaan.formats.record import ElementSet, Header, Spacecraft
from yaan.formats.source import Source
from yaan.formats.tle import REVOLUTION

_THEORY: Final = "MEAN_ELEMENT_THEORY"
_ANGLES: Final = {
    "INCLINATION": ("inclination", (0.0, 180.0)),
    "RA_OF_ASC_NODE": ("node", (-360.0, 360.0)),
    "ARG_OF_PERICENTER": ("argument_of_perigee", (-360.0, 360.0)),
    "MEAN_ANOMALY": ("mean_anomaly", (-360.0, 360.0)),
}
_MEAN: Final = ("EPOCH", "MEAN_MOTION", "SEMI_MAJOR_AXIS", "ECCENTRICITY", *_ANGLES, "GM")
_TLE: Final = (
    "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE",
    "NORAD_CAT_ID",
    "ELEMENT_SET_NO",
    "REV_AT_EPOCH",
    "BSTAR",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
)
_KNOWN: Final = (
    *blocks.HEADER,
    *blocks.METADATA,
    _THEORY,
    *_MEAN,
    *blocks.SPACECRAFT,
    *_TLE,
    "COV_REF_FRAME",
    *blocks.COVARIANCE,
)
_IGNORED: Final = (
    "CCSDS_OMM_VERS",
    "COMMENT",
    "PERIOD",
    "APOAPSIS",
    "PERIAPSIS",
    "OBJECT_TYPE",
    "RCS_SIZE",
    "COUNTRY_CODE",
    "LAUNCH_DATE",
    "SITE",
    "DECAY_DATE",
    "FILE",
    "GP_ID",
    "TLE_LINE0",
    "TLE_LINE1",
    "TLE_LINE2",
    "SEMIMAJOR_AXIS",
)
"""Columns of catalogues that are no keywords of a message: of no orbit, or told twice."""

_LARGEST: Final = 999_999_999  # nine digits of a catalogue number
_FASTEST: Final = 20.0  # [rev/day]; at the ground it is 17.0
_HEADER_OF_ROWS: Final = Header("", "", "2.0")


def set_of_message(source: Source, message: Message) -> ElementSet:
    """The record of a message.

    Raises:
        InputError: what is missing, unknown, or out of range, or elements of another theory.
    """
    blocks.check_version(source, "omm", message.version, message.line)
    leaves = Leaves(source, message.line, message.leaves, _KNOWN)
    return _set(leaves, blocks.header_of(leaves, message.version))


def _set(leaves: Leaves, header: Header) -> ElementSet:
    frame, system, frame_epoch = blocks.check_metadata(leaves)
    if frame != "TEME" or frame_epoch is not None:
        key = "REF_FRAME" if frame != "TEME" else "REF_FRAME_EPOCH"
        raise leaves.refusal(key, "TEME of date, in which SGP4 gives its states")
    leaves.choice(_THEORY, ("SGP4", "SGP", "SDP4", "SGP4-XP"))
    if leaves.text(_THEORY).upper() not in ("SGP4", "SDP4"):
        raise leaves.refusal(_THEORY, "SGP4, the only theory that is flown here")
    if leaves.whole("EPHEMERIS_TYPE", 0, (0, 9)) not in (0, 2, 3):
        # 4 is SGP4-XP: the same columns with other meanings.
        raise leaves.refusal("EPHEMERIS_TYPE", "0, 2 or 3: elements of SGP4")
    if "SEMI_MAJOR_AXIS" in leaves and "MEAN_MOTION" not in leaves:
        raise leaves.refusal("SEMI_MAJOR_AXIS", "MEAN_MOTION, with SGP4")
    day2 = REVOLUTION / SECONDS_PER_DAY
    angles = {
        name: leaves.number(key, "deg", DEGREE, ends=ends) for key, (name, ends) in _ANGLES.items()
    }
    epoch = leaves.epoch("EPOCH", system)
    return ElementSet(
        name=leaves.text("OBJECT_NAME"),
        number=_number(leaves),
        designator=leaves.text("OBJECT_ID"),
        classification=leaves.text("CLASSIFICATION_TYPE", "U"),
        epoch=epoch,
        mean_motion=leaves.number("MEAN_MOTION", "rev/day", REVOLUTION, ends=(1e-3, _FASTEST)),
        eccentricity=leaves.number("ECCENTRICITY", ends=(0.0, 1.0)),
        **angles,
        bstar=leaves.number("BSTAR", "1/ER", ends=(-10.0, 10.0)),
        mean_motion_dot=leaves.number("MEAN_MOTION_DOT", "rev/day**2", day2),
        mean_motion_ddot=(
            leaves.maybe("MEAN_MOTION_DDOT", "rev/day**3", day2 / SECONDS_PER_DAY) or 0.0
        ),
        set_number=leaves.whole("ELEMENT_SET_NO", 0, (0, _LARGEST)),
        revolution=leaves.whole("REV_AT_EPOCH", 0, (0, _LARGEST)),
        spacecraft=blocks.spacecraft_of(leaves),
        covariance=blocks.covariance_of(leaves, epoch),
        user=leaves.user,
        header=header,
        comments=tuple(leaves.comments),
        line=leaves.line,
    )


def _number(leaves: Leaves) -> int:
    if "NORAD_CAT_ID" not in leaves:
        raise leaves.refusal("NORAD_CAT_ID", "required")
    return leaves.whole("NORAD_CAT_ID", 0, (0, _LARGEST))


def sets_of_json(source: Source) -> tuple[ElementSet, ...]:
    """Element sets of a list of objects, or of one.

    Raises:
        InputError: no JSON of that form, or what a message would be refused for.
    """
    try:
        data: Any = json.loads(source.text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise source.refusal(line, "", None, "well-formed JSON", str(error)) from error
    rows: list[Any] = cast("list[Any]", data) if isinstance(data, list) else [data]
    found = list[ElementSet]()
    for k, row in enumerate(rows):
        if not isinstance(row, dict):
            raise source.refusal(None, f"[{k}]", row, "an object of keywords")
        pairs = cast("dict[str, Any]", row).items()
        found.append(_of_row(source, None, {key: _text(value) for key, value in pairs}))
    return _some(source, found)


def sets_of_csv(source: Source) -> tuple[ElementSet, ...]:
    """Element sets of a table whose first row holds keywords.

    Raises:
        InputError: what a message would be refused for, or rows of different lengths.
    """
    reader = csv.reader(io.StringIO(source.text))
    keys = next(reader)
    found = list[ElementSet]()
    for row in reader:
        if not row:
            continue
        if len(row) != len(keys):
            expected = f"{len(keys)} values, one for each keyword of the first row"
            raise source.refusal(reader.line_num, "", f"{len(row)} values", expected)
        pairs = zip(keys, row, strict=True)
        found.append(_of_row(source, reader.line_num, {key.strip(): text for key, text in pairs}))
    return _some(source, found)


def _some(source: Source, found: list[ElementSet]) -> tuple[ElementSet, ...]:
    if not found:
        raise source.refusal(None, "", None, "at least one element set")
    return tuple(found)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _of_row(source: Source, line: int | None, row: Mapping[str, str]) -> ElementSet:
    """A set of a catalogue's row: what all rows have in common it may leave out."""
    common = {
        "CENTER_NAME": "EARTH",
        "REF_FRAME": "TEME",
        "TIME_SYSTEM": "UTC",
        _THEORY: "SGP4",
    }
    told = {key.upper(): text.strip() for key, text in row.items() if text.strip()}
    given = {key: text for key, text in told.items() if key not in _IGNORED}
    leaves = [Leaf(key, text, "", line) for key, text in (common | given).items()]
    taken = Leaves(source, line, leaves, _KNOWN)
    return _set(taken, _HEADER_OF_ROWS)


# Writing.


def omm_text(sets: Sequence[ElementSet], form: str, created: str) -> str:
    """Sets as messages, one after the other, or within one `ndm` where they are more than one."""
    if form == "kvn":
        return "\n".join(
            message_text(
                "omm", _version(one), _header(one, created), [_metadata(one), *_parts(one)]
            )
            for one in sets
        )
    elements = [
        element("omm", _version(one), _header(one, created), [(_metadata(one), list(_parts(one)))])
        for one in sets
    ]
    if len(elements) == 1:
        return xml_text(elements[0])
    top = Element("ndm")
    top.extend(elements)
    return xml_text(top)


def _version(one: ElementSet) -> str:
    return one.header.version if one.header.version in ("2.0", "3.0") else blocks.WRITTEN


def _header(one: ElementSet, created: str) -> Part:
    header = one.header
    if not header.originator:
        header = Header("UNKNOWN", header.created, header.version, header.message)
    return blocks.header_part(header, created)


def _metadata(one: ElementSet) -> Part:
    leaves = blocks.metadata_leaves((one.name, one.designator), "TEME", None, "UTC")
    return Part("metadata", (*leaves, Leaf(_THEORY, "SGP4")))


def _parts(one: ElementSet) -> Iterator[Part]:
    angles = (
        Leaf(key, _digits(getattr(one, name) / DEGREE), "deg") for key, (name, _) in _ANGLES.items()
    )
    yield Part(
        "meanElements",
        (
            *(Leaf(COMMENT, line) for line in one.comments),
            Leaf("EPOCH", write_time(one.epoch)),
            Leaf("MEAN_MOTION", _digits(one.mean_motion / REVOLUTION), "rev/day"),
            Leaf("ECCENTRICITY", number(one.eccentricity)),
            *angles,
        ),
    )
    if one.spacecraft != Spacecraft():
        yield blocks.spacecraft_part(one.spacecraft)
    day2 = REVOLUTION / SECONDS_PER_DAY
    yield Part(
        "tleParameters",
        (
            Leaf("EPHEMERIS_TYPE", "0"),
            Leaf("CLASSIFICATION_TYPE", one.classification),
            Leaf("NORAD_CAT_ID", str(one.number)),
            Leaf("ELEMENT_SET_NO", str(one.set_number)),
            Leaf("REV_AT_EPOCH", str(one.revolution)),
            Leaf("BSTAR", number(one.bstar), "1/ER"),
            Leaf("MEAN_MOTION_DOT", _digits(one.mean_motion_dot / day2), "rev/day**2"),
            Leaf(
                "MEAN_MOTION_DDOT",
                _digits(one.mean_motion_ddot / day2 * SECONDS_PER_DAY),
                "rev/day**3",
            ),
        ),
    )
    yield blocks.covariance_part(one.covariance)
    yield blocks.user_part(list(one.user.items()))


def _digits(value: float) -> str:
    """A number that was turned to SI and back: its last digit is the turning's."""
    return number(value, 14) if math.isfinite(value) else "0"
