"""Each record comes back from each form with the digits that were written."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from tests.unit.formats import good
from yaan.formats import ElementSets, Oem, Opm, read, text_of, write
from yaan.formats.file import Form, Record

MADE = "2027-01-02T00:00:00"


def again(record: Record, form: Form) -> Record:
    return good.read_text(text_of(record, form, MADE))


@pytest.mark.parametrize("form", ["kvn", "xml"])
@pytest.mark.parametrize("text", [good.OEM, good.OPM, good.OMM, good.TLE])
def test_what_is_written_is_read_and_written_alike(text: str, form: Form) -> None:
    first = text_of(good.read_text(text), form, MADE)
    assert text_of(good.read_text(first), form, MADE) == first


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_an_ephemeris_keeps_all_that_it_says(form: Form) -> None:
    before = good.read_text(good.OEM)
    after = again(before, form)
    assert isinstance(before, Oem)
    assert isinstance(after, Oem)
    assert after.header == before.header
    assert after.spacecraft.mass == 8200.0
    for one, two in zip(before.segments, after.segments, strict=True):
        assert (one.start, one.stop, one.usable) == (two.start, two.stop, two.usable)
        assert (one.frame, one.time_system, one.interpolation) == (
            two.frame,
            two.time_system,
            two.interpolation,
        )
        assert one.comments == two.comments
        assert np.array_equal(one.time, two.time)
        assert np.max(np.abs(one.position - two.position)) < 1e-6  # [m], the last digit
        assert np.max(np.abs(one.velocity - two.velocity)) < 1e-9  # [m/s]
    (kept,) = after.segments[0].covariances
    assert kept.frame == "RTN"
    assert kept.matrix[0, 1] == pytest.approx(10.0)  # [m^2]
    assert np.array_equal(kept.matrix, kept.matrix.T)


@pytest.mark.parametrize("form", ["kvn", "xml"])
def test_a_state_keeps_its_burns_and_its_covariance(form: Form) -> None:
    before = good.read_text(good.OPM)
    after = again(before, form)
    assert isinstance(before, Opm)
    assert isinstance(after, Opm)
    assert after.manoeuvres == before.manoeuvres
    assert after.spacecraft == before.spacecraft
    assert after.user == {"CREW": "3"}
    assert after.comments == ("before the burn",)
    assert after.elements == pytest.approx(before.elements, rel=1e-14)
    assert before.covariance is not None
    assert after.covariance is not None
    assert np.allclose(after.covariance.matrix, before.covariance.matrix, rtol=1e-9, atol=0.0)
    assert before.covariance.matrix[3, 1] == pytest.approx(-0.2)  # [m^2/s]
    assert before.manoeuvres[0].velocity_change == (0.0, 4.0, 0.0)  # [m/s]


def test_two_lines_come_back_in_every_column() -> None:
    record = good.read_text(good.TLE)
    lines = text_of(record, "tle").splitlines()
    for ours, theirs in zip(lines, good.TLE.splitlines(), strict=True):
        # Some print zero as 00000-0, where the sign counts in the checksum.
        assert ours[:68] == theirs[:68].replace("00000-0", "00000+0").rstrip()


@pytest.mark.parametrize("form", ["kvn", "xml", "tle"])
def test_two_lines_go_through_messages_unchanged(form: Form) -> None:
    record = good.read_text(good.TLE)
    lines = text_of(record, "tle")
    assert text_of(again(record, form), "tle") == lines


def test_a_message_and_two_lines_are_one_set() -> None:
    message, lines = good.read_text(good.OMM), good.read_text(good.TLE)
    assert isinstance(message, ElementSets)
    assert isinstance(lines, ElementSets)
    one, two = message.sets[0], lines.sets[0]
    assert one.epoch - two.epoch == pytest.approx(0.0, abs=1e-6)  # [s]
    for name in ("mean_motion", "eccentricity", "inclination", "node", "bstar", "mean_motion_dot"):
        assert getattr(one, name) == pytest.approx(getattr(two, name), rel=1e-13), name
    assert (one.designator, one.number) == (two.designator, two.number)


ROW = {
    "OBJECT_NAME": "RESOURCESAT-2A",
    "OBJECT_ID": "2016-074A",
    "EPOCH": "2026-07-07T14:56:19.622112",
    "MEAN_MOTION": 14.21608143,
    "ECCENTRICITY": 0.0002812,
    "INCLINATION": 98.7516,
    "RA_OF_ASC_NODE": 261.9597,
    "ARG_OF_PERICENTER": 44.1412,
    "MEAN_ANOMALY": 315.999,
    "EPHEMERIS_TYPE": 0,
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": 41877,
    "ELEMENT_SET_NO": 999,
    "REV_AT_EPOCH": 49720,
    "BSTAR": 0.00017095,
    "MEAN_MOTION_DOT": 3.31e-06,
    "MEAN_MOTION_DDOT": 0,
}
"""Keywords as public catalogues give them in JSON and CSV."""


def test_rows_of_catalogues_are_sets_too() -> None:
    import json

    table = ",".join(ROW) + "\n" + ",".join(str(value) for value in ROW.values()) + "\n"
    for text in (json.dumps([ROW]), table):
        record = good.read_text(text)
        assert isinstance(record, ElementSets)
        assert (
            text_of(record, "tle")
            == "\n".join(text_of(good.read_text(good.TLE), "tle").splitlines()[:3]) + "\n"
        )


def test_states_go_through_a_table() -> None:
    before = good.read_text(good.OEM)
    assert isinstance(before, Oem)
    table = text_of(before, "csv")
    after = good.read_text(table)
    assert isinstance(after, Oem)
    (segment,) = after.segments
    # The instant at which two segments meet stands once, with what comes after.
    assert segment.time.tolist() == [0.0, 60.0, 120.0, 240.0, 360.0]
    assert segment.velocity[3, 0] == pytest.approx(-2060.986)
    assert (segment.name, segment.designator) == ("CRAFT", "2027-001A")
    assert text_of(after, "csv") == table


def test_the_station_file_reads_as_it_is() -> None:
    record = read(good.ISS)
    assert isinstance(record, Oem)
    (segment,) = record.segments
    assert (segment.frame, segment.time_system) == ("EME2000", "UTC")
    assert segment.time.size == 61
    assert record.spacecraft.mass == 445386.0
    assert (record.spacecraft.drag_area, record.spacecraft.drag_coefficient) == (1439.7, 3.4)
    assert segment.position[0, 0] == pytest.approx(-4945204.8874258298, abs=1e-8)
    assert segment.epoch.iso() == "2022-02-11T12:00:00.000 UTC"
    assert any("orbits start" in line.lower() for line in segment.comments)


def test_a_file_is_compressed_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "craft.xml.gz"
    write(good.read_text(good.OEM), file, "xml", MADE)
    assert gzip.decompress(file.read_bytes()).startswith(b"<?xml")
    assert text_of(read(file), "xml", MADE) == text_of(good.read_text(good.OEM), "xml", MADE)


def test_a_catalogue_number_of_six_digits() -> None:
    from dataclasses import replace

    record = good.read_text(good.TLE)
    assert isinstance(record, ElementSets)
    six = ElementSets((replace(record.sets[0], number=270_123),))
    lines = text_of(six, "tle")
    assert lines.splitlines()[1].startswith("1 T0123U")
    back = good.read_text(lines)
    assert isinstance(back, ElementSets)
    assert back.sets[0].number == 270_123


def test_a_z_ends_a_time_code_in_any_system() -> None:
    plain, ended = good.read_text(good.OEM), good.read_text(good.OEM.replace(".000 6", ".000Z 6"))
    assert isinstance(plain, Oem)
    assert isinstance(ended, Oem)
    assert ended.segments[0].epoch == plain.segments[0].epoch  # in TAI
