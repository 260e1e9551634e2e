"""Files of orbits: read whatever kind they are, by what they hold, and written."""

import datetime
import re
from pathlib import Path
from typing import Final, Literal

from yaan.base.errors import OutputError, YaanError
from yaan.formats import kvn, ndm_xml, omm, opm, states, tle
from yaan.formats.gate import admitted
from yaan.formats.leaf import Message
from yaan.formats.oem import oem_of_source, oem_text
from yaan.formats.record import ElementSet, ElementSets, Oem, Opm
from yaan.formats.source import Source, packed, source_of

Record = Oem | Opm | ElementSets
Form = Literal["kvn", "xml", "tle", "csv"]

_LINE_ONE: Final = re.compile(r"^1 [ \dA-Z]{5}", re.MULTILINE)
_KINDS: Final = (
    "an OEM, OPM or OMM in key-value notation or XML, two-line elements, "
    "element sets in CSV or JSON, or a table of states"
)


def read(path: Path | str, label: str | None = None) -> Record:
    """The record of a file of orbits, whatever its kind and form; gzip is unpacked.

    Element sets have passed the gate; what is doubtful of them is in their notes.

    Args:
        path: the file.
        label: what errors call it; left out, its path.

    Raises:
        InputError: one mistake, with file, line, keyword and value: the first that was found.
    """
    return record_of(source_of(path, label))


def record_of(source: Source) -> Record:
    """The same of a text."""
    text = source.text.lstrip()
    if not text:
        raise source.refusal(None, "", None, f"a file that holds something: {_KINDS}")
    if text.startswith("<"):
        first = ndm_xml.message_nodes(source)[0]
        if first.tag == "oem":
            return oem_of_source(source)
        return _of_messages(source, ndm_xml.messages(source))
    if text.startswith("CCSDS_OEM_VERS"):
        return oem_of_source(source)
    if re.match(r"CCSDS_\w+_VERS", text):
        return _of_messages(source, _known(source))
    head = next((line for line in text.splitlines() if not line.startswith("#")), "")
    if head.startswith("epoch,") or text.startswith(("# object:", "# frame:", "# time system:")):
        return states.oem_of_table(source)
    return admitted(ElementSets(_sets(source, text, head), source.label, source.digest), source)


def _sets(source: Source, text: str, head: str) -> tuple[ElementSet, ...]:
    """The element sets of a text that holds nothing else."""
    if text[0] in "[{":
        return omm.sets_of_json(source)
    if "MEAN_MOTION" in head and "," in head:
        return omm.sets_of_csv(source)
    if _LINE_ONE.search(text) or text.startswith("2 "):
        return tle.element_sets(source)
    raise source.refusal(1, "", head, _KINDS)


def _known(source: Source) -> list[Message]:
    found = kvn.messages(source)
    for message in found:
        if message.kind not in ("opm", "omm"):
            key = f"CCSDS_{message.kind.upper()}_VERS"
            raise source.refusal(message.line, key, message.version, "messages of one kind")
    return found


def _of_messages(source: Source, messages: list[Message]) -> Record:
    kinds = {message.kind for message in messages}
    if len(kinds) > 1 or (kinds == {"opm"} and len(messages) > 1):
        second = messages[1]
        expected = "one OPM, or OMMs alone, in a file"
        raise source.refusal(second.line, second.kind, second.version, expected)
    if kinds == {"opm"}:
        return opm.opm_of_message(source, messages[0])
    sets = tuple(omm.set_of_message(source, message) for message in messages)
    return admitted(ElementSets(sets, source.label, source.digest), source)


def text_of(record: Record, form: Form = "kvn", created: str = "") -> str:
    """A record as text.

    Args:
        record: what to write.
        form: kvn and xml of any; tle of element sets, csv of an ephemeris.
        created: date of creation where the record has none; left out, now.

    Raises:
        YaanError: a form that this record has not, or that cannot hold it.
    """
    now = created or datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    try:
        if isinstance(record, ElementSets) and form == "tle":
            return tle.tle_text(record.sets)
        if isinstance(record, Oem) and form == "csv":
            return states.table_text(record)
    except ValueError as error:
        raise YaanError(f"cannot be written as {form}: {error}") from error
    if form not in ("kvn", "xml"):
        kinds = {Oem: "kvn, xml or csv", Opm: "kvn or xml", ElementSets: "kvn, xml or tle"}
        raise YaanError(f"form {form}: expected {kinds[type(record)]}")
    if isinstance(record, Oem):
        return oem_text(record, form, now)
    if isinstance(record, Opm):
        return opm.opm_text(record, form, now)
    return omm.omm_text(record.sets, form, now)


def write(record: Record, path: Path | str, form: Form = "kvn", created: str = "") -> None:
    """Write a record to a file, see `text_of`; compressed where its name ends in .gz.

    Raises:
        YaanError: a form that this record has not, or that cannot hold it.
        OutputError: a place that cannot be written to.
    """
    text, file = text_of(record, form, created), Path(path)
    content = packed(text) if file.suffix == ".gz" else text.encode("utf-8")
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OutputError(f"{file}: {error.strerror}") from error
