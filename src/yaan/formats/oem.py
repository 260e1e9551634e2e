"""Ephemerides: CCSDS orbit ephemeris messages (502.0-B-3, section 5, not re-read).

Either written form is first taken apart into `Raw` segments, whose texts are then read alike.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from yaan.base.errors import YaanError
from yaan.formats import blocks
from yaan.formats.blocks import KM, km, km_s
from yaan.formats.clock import read_time, write_time
from yaan.formats.kvn import leaf_of, lines_of, written
from yaan.formats.leaf import COMMENT, Leaf, Leaves, Part, number_of
from yaan.formats.ndm_xml import Node, element, message_nodes, only, version_of, xml_text
from yaan.formats.record import Array, Covariance, Header, Oem, Segment
from yaan.formats.source import Source
from yaan.spacetime.time import Epoch

_METADATA: Final = (
    *blocks.METADATA,
    "START_TIME",
    "USEABLE_START_TIME",
    "USEABLE_STOP_TIME",
    "STOP_TIME",
    "INTERPOLATION",
    "INTERPOLATION_DEGREE",
)
_STATE: Final = 6  # numbers of a row without an acceleration
_FULL: Final = 9  # with one
_ACCELERATION: Final = ("X_DDOT", "Y_DDOT", "Z_DDOT")
_COLUMNS: Final = (*blocks.AXES, *_ACCELERATION)
_ENDS: Final = (*(1e7,) * 3, *(1e3,) * 3, *(1.0,) * 3)  # [km, km/s, km/s^2]
_SAME: Final = 1e-6  # [s] instants nearer than this are one


@dataclass(slots=True)
class Row:
    """A state as texts."""

    line: int
    epoch: str
    values: list[str]


@dataclass(slots=True)
class Raw:
    """A segment as texts."""

    line: int
    metadata: list[Leaf] = field(default_factory=list[Leaf])
    comments: list[str] = field(default_factory=list[str])
    rows: list[Row] = field(default_factory=list[Row])
    covariances: list[list[Leaf]] = field(default_factory=list[list[Leaf]])


def oem_of_source(source: Source) -> Oem:
    """The record of a text in key-value notation or XML.

    Raises:
        InputError: what is missing, unknown, out of range, not in order, or said twice.
    """
    parse = _from_xml if source.text.lstrip().startswith("<") else _from_kvn
    version, line, head, raws = parse(source)
    blocks.check_version(source, "oem", version, line)
    leaves = Leaves(source, line, head, blocks.HEADER)
    made = blocks.header_of(leaves, version)
    header = Header(made.originator, made.created, version, made.message, tuple(leaves.comments))
    if not raws:
        raise source.refusal(line, "META_START", None, "at least one segment")
    segments = tuple(segment_of(source, raw) for raw in raws)
    for before, after in pairwise(segments):
        _check_following(source, before, after)
    return Oem(segments, header, source.label, source.digest)


# The two forms.

_Parsed = tuple[str, int, list[Leaf], list[Raw]]


def _from_xml(source: Source) -> _Parsed:
    nodes = message_nodes(source)
    if len(nodes) != 1 or nodes[0].tag != "oem":
        raise source.refusal(nodes[0].line, nodes[0].tag, None, "one oem, and no other message")
    top = nodes[0]
    head, body = only(source, top, "header"), only(source, top, "body")
    raws = [_segment_of_node(source, node) for node in body.all("segment")]
    return version_of(source, top), top.line, list(head.leaves()), raws


def _segment_of_node(source: Source, node: Node) -> Raw:
    data = only(source, node, "data")
    raw = Raw(node.line, list(only(source, node, "metadata").leaves()))
    for child in data.children:
        if child.tag == COMMENT:
            raw.comments.append(child.text)
        elif child.tag == "covarianceMatrix":
            raw.covariances.append(list(child.leaves()))
        elif child.tag == "stateVector":
            raw.rows.append(_row_of_node(source, child))
        else:
            raise source.refusal(child.line, child.tag, None, "stateVector or covarianceMatrix")
    return raw


def _row_of_node(source: Source, node: Node) -> Row:
    leaves = Leaves(source, node.line, node.leaves(), ("EPOCH", *_COLUMNS))
    full = any(key in leaves for key in _ACCELERATION)
    values = [leaves.text(key) for key in (_COLUMNS if full else blocks.AXES)]
    return Row(node.line, leaves.text("EPOCH"), values)


class _Kvn:
    """Takes the lines of a message in turn; where it is decides what a line may be."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.version, self.line = "", 0
        self.head: list[Leaf] = []
        self.raws: list[Raw] = []
        self.place = "header"

    def take(self, number: int, text: str) -> None:
        """One line."""
        if text in _MARKS:
            self._turn(number, text)
        elif self.place == "covariance":
            self._covariance(number, text)
        elif self.place == "data" and not _is_comment(text):
            epoch, *values = text.split()
            self.raws[-1].rows.append(Row(number, epoch, values))
        else:
            self._leaf(leaf_of(self.source, number, text))

    def _turn(self, number: int, text: str) -> None:
        came, goes = _MARKS[text]
        if self.place not in came or (self.place == "header" and not self.version):
            expected = f"{text} after {' or '.join(came)}, not within {self.place}"
            raise self.source.refusal(number, text, None, expected)
        self.place = goes
        if text == "META_START":
            self.raws.append(Raw(number))

    def _leaf(self, leaf: Leaf) -> None:
        if self.place == "metadata":
            self.raws[-1].metadata.append(leaf)
        elif self.place == "data":
            self.raws[-1].comments.append(leaf.value)
        elif leaf.key == "CCSDS_OEM_VERS":
            if self.version:
                raise self.source.refusal(leaf.line, leaf.key, leaf.value, "one message in a file")
            self.version, self.line = leaf.value, leaf.line or 1
        elif not self.version:
            raise self.source.refusal(leaf.line, leaf.key, leaf.value, "CCSDS_OEM_VERS first")
        else:
            self.head.append(leaf)

    def _covariance(self, number: int, text: str) -> None:
        """A keyword, or the next row of a lower triangle."""
        found = self.raws[-1].covariances
        if "=" in text or _is_comment(text):
            leaf = leaf_of(self.source, number, text)
            if leaf.key == COMMENT:
                self.raws[-1].comments.append(leaf.value)
                return
            if leaf.key == "EPOCH" or not found:
                found.append([])
            found[-1].append(leaf)
            return
        taken = sum(leaf.key in blocks.COVARIANCE for leaf in found[-1]) if found else 0
        size = round((math.sqrt(8 * taken + 1) + 1) / 2)
        keys, values = blocks.COVARIANCE[taken : taken + size], text.split()
        if not found or len(keys) != size or len(values) != size:
            expected = f"{size} numbers, row {size} of a lower triangle of six, after an EPOCH"
            raise self.source.refusal(number, "COVARIANCE_START", text, expected)
        found[-1] += [Leaf(key, value, "", number) for key, value in zip(keys, values, strict=True)]


_MARKS: Final = {
    "META_START": (("header", "data"), "metadata"),
    "META_STOP": (("metadata",), "data"),
    "COVARIANCE_START": (("data",), "covariance"),
    "COVARIANCE_STOP": (("covariance",), "data"),
}
"""Mark: where it may stand, and what it begins."""


def _is_comment(text: str) -> bool:
    return text == COMMENT or text.startswith(f"{COMMENT} ")


def _from_kvn(source: Source) -> _Parsed:
    kvn = _Kvn(source)
    number = 1
    for number, text in lines_of(source):
        kvn.take(number, text)
    if kvn.place in ("metadata", "covariance"):
        mark = {"metadata": "META_STOP", "covariance": "COVARIANCE_STOP"}[kvn.place]
        raise source.refusal(number, mark, None, f"{mark} before the end of the file")
    if not kvn.version:
        raise source.refusal(1, "CCSDS_OEM_VERS", None, "required")
    return kvn.version, kvn.line, kvn.head, kvn.raws


# What both hold.


def segment_of(source: Source, raw: Raw) -> Segment:
    """The record of a segment.

    Raises:
        InputError: what is missing, unknown, out of range, or not in order.
    """
    leaves = Leaves(source, raw.line, raw.metadata, _METADATA)
    frame, system, frame_epoch = blocks.check_metadata(leaves)
    if not raw.rows:
        raise source.refusal(raw.line, "EPOCH", None, "at least one state in a segment")
    epoch, time = _times(source, raw.rows, system)
    values = _values(source, raw.rows)
    given = {
        key: leaves.epoch(key, system)
        for key in _METADATA
        if key.endswith("_TIME") and key in leaves
    }
    for key in ("START_TIME", "STOP_TIME"):
        if key not in given:
            raise leaves.refusal(key, "required")
    usable = (given.get("USEABLE_START_TIME"), given.get("USEABLE_STOP_TIME"))
    made = Segment(
        name=leaves.text("OBJECT_NAME"),
        designator=leaves.text("OBJECT_ID"),
        frame=frame,
        time_system=system,
        epoch=epoch,
        time=time,
        position=values[:, :3] * KM,
        velocity=values[:, 3:6] * KM,
        acceleration=values[:, 6:9] * KM if values.shape[1] == _FULL else None,
        start=given["START_TIME"],
        stop=given["STOP_TIME"],
        usable=usable,
        frame_epoch=frame_epoch,
        interpolation=(
            leaves.text("INTERPOLATION", "").upper(),
            leaves.whole("INTERPOLATION_DEGREE", 0, (0, 99)),
        ),
        comments=(*leaves.comments, *raw.comments),
        covariances=tuple(_covariance(source, one, system) for one in raw.covariances),
        line=raw.line,
    )
    _check_spans(leaves, made)
    return made


def _times(source: Source, rows: Sequence[Row], system: str) -> tuple[Epoch, Array]:
    """The first instant, and all of them in seconds after it; each later than the one before."""
    instants = list[Epoch]()
    for row in rows:
        try:
            instants.append(read_time(row.epoch, system))
        except YaanError as error:
            expected = f"a time in {system}"
            raise source.refusal(row.line, "EPOCH", row.epoch, expected, str(error)) from error
    time = np.array([(one - instants[0]) for one in instants])
    late = np.flatnonzero(np.diff(time) <= 0.0)
    if late.size:
        row = rows[int(late[0]) + 1]
        hint = "two segments where an event ends one and begins another"
        raise source.refusal(row.line, "EPOCH", row.epoch, "a time after the one before", hint)
    return instants[0], time


def _values(source: Source, rows: Sequence[Row]) -> Array:
    """The numbers of all rows [km, km/s, km/s^2]; as many in each."""
    count = len(rows[0].values)
    found = np.empty((len(rows), count))
    for k, row in enumerate(rows):
        if len(row.values) not in (_STATE, _FULL) or len(row.values) != count:
            expected = "6 numbers, or 9 with accelerations, in each state of a segment"
            raise source.refusal(row.line, "EPOCH", f"{len(row.values)} numbers", expected)
        for i, text in enumerate(row.values):
            value = number_of(text)
            if value is None or abs(value) > _ENDS[i]:
                unit = ("km", "km/s", "km/s**2")[i // 3]
                expected = f"a number of {unit} up to {_ENDS[i]:g}"
                raise source.refusal(row.line, _COLUMNS[i], text, expected)
            found[k, i] = value
        if np.linalg.norm(found[k, :3]) < 1.0:
            expected = "a position that is not at the Earth's centre"
            raise source.refusal(row.line, "X", row.values[0], expected)
    return found


def _covariance(source: Source, leaves: list[Leaf], system: str) -> Covariance:
    known = ("EPOCH", "COV_REF_FRAME", *blocks.COVARIANCE)
    taken = Leaves(source, leaves[0].line, leaves, known)
    epoch = taken.epoch("EPOCH", system)
    made = blocks.covariance_of(taken, epoch)
    if made is None:
        raise taken.refusal("CX_X", "required")
    return made


def _check_spans(leaves: Leaves, segment: Segment) -> None:
    """START_TIME and STOP_TIME hold the states, and those the usable span."""
    assert segment.start is not None
    assert segment.stop is not None
    length = float(segment.time[-1])
    start = segment.start - segment.epoch
    stop = segment.stop - segment.epoch
    if start > _SAME:
        raise leaves.refusal("START_TIME", "not after the first state of the segment")
    if stop < length - _SAME:
        raise leaves.refusal("STOP_TIME", "not before the last state of the segment")
    low, high = span(segment)
    if low < -_SAME:
        key = "USEABLE_START_TIME" if segment.usable[0] is not None else "START_TIME"
        raise leaves.refusal(key, "not before the first state: nothing is known there")
    if high > length + _SAME:
        key = "USEABLE_STOP_TIME" if segment.usable[1] is not None else "STOP_TIME"
        raise leaves.refusal(key, "not after the last state: nothing is known there")
    if low > high:
        raise leaves.refusal("USEABLE_STOP_TIME", "after USEABLE_START_TIME")


def span(segment: Segment) -> tuple[float, float]:
    """First and last usable instant of a segment [s] since its epoch."""
    low, high = segment.usable
    first = low if low is not None else segment.start
    last = high if high is not None else segment.stop
    start = 0.0 if first is None else (first - segment.epoch)
    stop = float(segment.time[-1]) if last is None else (last - segment.epoch)
    return start, stop


def _check_following(source: Source, before: Segment, after: Segment) -> None:
    """One craft; the usable spans of its segments follow one another without a gap or overlap."""
    if after.designator != before.designator:
        hint = f"the segment before has {before.designator}: a file is of one craft"
        raise source.refusal(after.line, "OBJECT_ID", after.designator, before.designator, hint)
    ends = before.epoch + span(before)[1]
    begins = after.epoch + span(after)[0]
    gap = begins - ends
    if abs(gap) <= _SAME:
        return
    key = "USEABLE_START_TIME" if after.usable[0] is not None else "START_TIME"
    what = f"a gap of {gap:.6g} s" if gap > 0.0 else f"an overlap of {-gap:.6g} s"
    at = write_time(begins, after.time_system)
    expected = f"{write_time(ends, after.time_system)}, the end of the segment before"
    raise source.refusal(after.line, key, at, expected, f"{what} between two segments")


# Writing.


def oem_text(oem: Oem, form: str, created: str) -> str:
    """The message, in key-value notation or XML."""
    version = oem.header.version if oem.header.version in ("2.0", "3.0") else blocks.WRITTEN
    header = blocks.header_part(oem.header, created)
    if form == "xml":
        segments = [
            (Part("metadata", tuple(_metadata(one))), list(_data_parts(one)))
            for one in oem.segments
        ]
        return xml_text(element("oem", version, header, segments))
    lines = [f"CCSDS_OEM_VERS = {version}", *written(header.leaves)]
    for segment in oem.segments:
        lines += ["", "META_START", *written(_metadata(segment)), "META_STOP", ""]
        lines += _data_lines(segment)
    return "\n".join(lines) + "\n"


def _metadata(segment: Segment) -> Iterator[Leaf]:
    craft, system = (segment.name, segment.designator), segment.time_system
    yield from blocks.metadata_leaves(craft, segment.frame, segment.frame_epoch, system)
    start = segment.start or segment.epoch
    stop = segment.stop or segment.epoch + float(segment.time[-1])
    yield Leaf("START_TIME", write_time(start, system))
    for key, at in zip(("START", "STOP"), segment.usable, strict=True):
        if at is not None:
            yield Leaf(f"USEABLE_{key}_TIME", write_time(at, system))
    yield Leaf("STOP_TIME", write_time(stop, system))
    method, degree = segment.interpolation
    if method:
        yield Leaf("INTERPOLATION", method)
        yield Leaf("INTERPOLATION_DEGREE", str(degree))


def _rows(segment: Segment) -> Iterator[tuple[str, list[str]]]:
    """Time and numbers of each state, as texts."""
    accelerations = segment.acceleration
    for k, t in enumerate(segment.time):
        texts = [km(value) for value in segment.position[k]]
        texts += [km_s(value) for value in segment.velocity[k]]
        if accelerations is not None:
            texts += [f"{value / KM:.15f}" for value in accelerations[k]]
        yield write_time(segment.epoch + float(t), segment.time_system), texts


def _data_parts(segment: Segment) -> Iterator[Part]:
    if segment.comments:
        yield Part("", tuple(Leaf(COMMENT, line) for line in segment.comments))
    units = ("km", "km/s", "km/s**2")
    for at, texts in _rows(segment):
        leaves = [Leaf(_COLUMNS[i], text, units[i // 3]) for i, text in enumerate(texts)]
        yield Part("stateVector", (Leaf("EPOCH", at), *leaves))
    for one in segment.covariances:
        assert one.epoch is not None
        at = Leaf("EPOCH", write_time(one.epoch, segment.time_system))
        yield Part("covarianceMatrix", (at, *blocks.covariance_part(one).leaves))


def _data_lines(segment: Segment) -> Iterator[str]:
    yield from written(Leaf(COMMENT, line) for line in segment.comments)
    for at, texts in _rows(segment):
        yield " ".join((at, *texts))
    if segment.covariances:
        yield from ("", "COVARIANCE_START")
    for one in segment.covariances:
        assert one.epoch is not None
        yield f"EPOCH = {write_time(one.epoch, segment.time_system)}"
        if one.frame:
            yield f"COV_REF_FRAME = {one.frame}"
        for row in range(_STATE):
            yield " ".join(blocks.covariance_text(v) for v in one.matrix[row, : row + 1])
    if segment.covariances:
        yield "COVARIANCE_STOP"
