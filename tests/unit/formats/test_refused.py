"""Each of eighty spoilt files is refused by one clear sentence, with the line and what is wrong."""

import re

import pytest

from tests.unit.formats import good
from yaan.base.errors import InputError
from yaan.formats.tle import checksum

ONE = good.TLE.splitlines()[1]
TWO = good.TLE.splitlines()[2]
SET = f"RESOURCESAT-2A\n{ONE}\n{TWO}\n"


def summed(line: str) -> str:
    """The line with the checksum that belongs to it."""
    return line[:68] + str(checksum(line))


def one(old: str, new: str) -> str:
    """The set with line 1 changed, its checksum right."""
    assert old in ONE
    return SET.replace(ONE, summed(ONE.replace(old, new, 1)))


def two(old: str, new: str) -> str:
    """The set with line 2 changed, its checksum right."""
    assert old in TWO
    return SET.replace(TWO, summed(TWO.replace(old, new, 1)))


SPOILT_LINES: dict[str, tuple[str, int | None, str]] = {
    # What was done: the text, the line that is told, words of the message.
    "a digit of line 1 changed": (SET.replace("26188", "26189"), 2, "checksum"),
    "a digit of line 2 changed": (SET.replace("98.7516", "98.7517"), 3, "checksum"),
    "a checksum that is a letter": (SET.replace(ONE, f"{ONE[:68]}X"), 2, "checksum"),
    "line 2 of another craft": (two("41877", "41878"), 3, "two craft"),
    "lines in the other order": (f"{TWO}\n{ONE}\n", 1, "line 2 follows"),
    "line 1 twice": (f"{ONE}\n{ONE}\n", 2, "line 2 of a set"),
    "line 2 missing": (f"{ONE}\n", 1, "line 2"),
    "cut short": (SET.replace(TWO, TWO[:60]), 3, "69 characters"),
    "a character too many": (SET.replace(ONE, f"{ONE} 1"), 2, "69 characters"),
    "columns moved by one": (SET.replace(TWO, TWO[:8] + TWO[9:] + "1"), 3, "column"),
    "a letter O for a zero": (one("00000331", "O0000331"), 2, "derivative"),
    "a comma in the inclination": (two("98.7516", "98,7516"), 3, "inclination"),
    "no leading columns in the epoch": (one("26188.62244933", "26188.6224493 "), 2, "epoch"),
    "day 367": (one("26188", "26367"), 2, "day of 2026"),
    "day 0": (one("26188", "26000"), 2, "day of 2026"),
    "day 366 of a year of 365": (one("26188", "26366"), 2, "1 to 365"),
    "an inclination of 198 deg": (two(" 98.7516", "198.7516"), 2, "inclination"),
    "a mean motion of 18.2 rev/day": (two("14.21608143", "18.21608143"), 2, "mean motion"),
    "a perigee below the ground": (two("0002812", "3502812"), 2, "decayed"),
    "an epoch before the launch": (one("16074A", "27074A"), 2, "launch"),
    "invented angles": (
        two(
            "98.7516 261.9597 0002812  44.1412 315.9990",
            "98.7000 120.0000 0001000  90.0000 270.0000",
        ),
        2,
        "invented",
    ),
    "a name that says so": (SET.replace("RESOURCESAT-2A", "RESOURCESAT-2 SYNTHETIC"), 2, "name"),
    "another craft's set under a new number": (
        SET
        + SET.replace(ONE, summed(ONE.replace("41877", "37387"))).replace(
            TWO, summed(TWO.replace("41877", "37387").replace("315.9990", "135.9990"))
        ),
        5,
        "copy",
    ),
    "a name alone": ("RESOURCESAT-2A\n", 1, "expected"),
}


def omm(old: str, new: str) -> str:
    assert old in good.OMM
    return good.OMM.replace(old, new)


SPOILT_OMM: dict[str, tuple[str, str, str]] = {
    # What was done: the text, the keyword that is told, words of the message.
    "no version": (omm("CCSDS_OMM_VERS = 2.0\n", ""), "", "expected"),
    "a version to come": (omm("VERS = 2.0", "VERS = 9.0"), "CCSDS_OMM_VERS", "one of"),
    "no name": (omm("OBJECT_NAME = RESOURCESAT-2A\n", ""), "OBJECT_NAME", "required"),
    "no epoch": (omm("EPOCH = 2026-07-07T14:56:19.622112\n", ""), "EPOCH", "required"),
    "no drag term": (omm("BSTAR = 0.00017095\n", ""), "BSTAR", "required"),
    "no mean motion": (omm("MEAN_MOTION = 14.21608143\n", ""), "MEAN_MOTION", "required"),
    "no number": (omm("NORAD_CAT_ID = 41877\n", ""), "NORAD_CAT_ID", "required"),
    "another centre": (omm("CENTER_NAME = EARTH", "CENTER_NAME = MARS"), "CENTER_NAME", "EARTH"),
    "another frame": (omm("REF_FRAME = TEME", "REF_FRAME = EME2000"), "REF_FRAME", "TEME"),
    "another theory": (omm("THEORY = SGP4", "THEORY = DSST"), "MEAN_ELEMENT_THEORY", "SGP4"),
    "a time system of nobody": (omm("= UTC", "= MST"), "TIME_SYSTEM", "one of"),
    "30 February": (omm("2026-07-07T14", "2026-02-30T14"), "EPOCH", "a time in UTC"),
    "25 o'clock": (omm("T14:56", "T25:56"), "EPOCH", "a time in UTC"),
    "an eccentricity of two": (omm("= 0.0002812", "= 2.0002812"), "ECCENTRICITY", "from 0 to 1"),
    "an inclination of 190 deg": (omm("= 98.7516", "= 190.1234"), "INCLINATION", "0 to 180"),
    "a comma for a point": (omm("98.7516", "98,7516"), "INCLINATION", "a number of deg"),
    "a mean motion of 31 rev/day": (omm("14.21608143", "31.21608143"), "MEAN_MOTION", "rev/day"),
    "not a number": (omm("0.00017095", "NaN"), "BSTAR", "a number"),
    "a unit that is another": (
        omm("= 14.21608143", "= 14.21608143 [rad/s]"),
        "MEAN_MOTION",
        "unit",
    ),
    "a keyword misspelt": (omm("RA_OF_ASC_NODE", "RA_OF_ASC_NOD"), "RA_OF_ASC_NOD", "did you mean"),
    "a keyword twice": (omm("BSTAR =", "BSTAR = 0.1\nBSTAR ="), "BSTAR", "already"),
    "a line that is none": (omm("ELEMENT_SET_NO = 999", "ELEMENT SET 999"), "", "KEY = value"),
    "a decayed orbit": (omm("0.0002812", "0.3502812"), "perigee", "decayed"),
    "a set of SGP4-XP": (omm("TYPE = 0", "TYPE = 4"), "EPHEMERIS_TYPE", "SGP4"),
}


def oem(old: str, new: str, count: int = -1) -> str:
    assert old in good.OEM
    return good.OEM.replace(old, new, count)


ROW = "2027-01-01T00:02:00.000 6715.762 569.974 718.266 -1.038226 4.719516 5.947391"
JOIN = "STOP_TIME = 2027-01-01T00:06:00.000\nMETA_STOP\n2027-01-01T00:04:00.000"
SPOILT_OEM: dict[str, tuple[str, str, str]] = {
    "no version": (oem("CCSDS_OEM_VERS = 2.0\n", ""), "", "expected"),
    "a version to come": (oem("VERS = 2.0", "VERS = 7"), "CCSDS_OEM_VERS", "one of"),
    "no originator": (oem("ORIGINATOR = YAAN\n", ""), "ORIGINATOR", "required"),
    "metadata that do not end": (oem("META_STOP\n\n", "\n", 1), "", "KEY = value"),
    "the frame of nobody": (oem("EME2000", "B1950", 1), "REF_FRAME", "one of GCRF"),
    "a time system of nobody": (oem("= TAI", "= LST", 1), "TIME_SYSTEM", "one of UTC"),
    "about the Moon": (oem("= EARTH", "= MOON", 1), "CENTER_NAME", "EARTH"),
    "no frame": (oem("REF_FRAME = EME2000\n", "", 1), "REF_FRAME", "required"),
    "a number too few": (oem(" 5.947391", ""), "EPOCH", "6 numbers"),
    "a number that is none": (oem("569.974", "569.97.4"), "Y", "a number of km"),
    "metres for kilometres": (oem("6715.762 569.974", "67157620 569.974"), "X", "up to 1e+07"),
    "times out of order": (
        oem("T00:02:00.000 67", "T00:00:30.000 67"),
        "EPOCH",
        "after the one before",
    ),
    "a time twice": (oem("T00:02:00.000 67", "T00:01:00.000 67"), "EPOCH", "after the one before"),
    "month 13": (oem("2027-01-01T00:02", "2027-13-01T00:02"), "EPOCH", "a time in TAI"),
    "second 60 of a scale without": (oem("T00:02:00.000 67", "T00:01:60.000 67"), "EPOCH", "time"),
    "stops before its states": (
        oem("STOP_TIME = 2027-01-01T00:06", "STOP_TIME = 2027-01-01T00:05"),
        "STOP_TIME",
        "last state",
    ),
    "starts after its states": (
        oem("\nSTART_TIME = 2027-01-01T00:00:00.000", "\nSTART_TIME = 2027-01-01T00:00:30.000"),
        "START_TIME",
        "first state",
    ),
    "usable beyond its states": (
        oem("USEABLE_STOP_TIME = 2027-01-01T00:04", "USEABLE_STOP_TIME = 2027-01-01T00:05"),
        "USEABLE_STOP_TIME",
        "nothing is known",
    ),
    "a gap between segments": (
        oem(JOIN, JOIN.replace("T00:04", "T00:05")).replace(
            "\nSTART_TIME = 2027-01-01T00:04", "\nSTART_TIME = 2027-01-01T00:05"
        ),
        "START_TIME",
        "a gap of 60 s",
    ),
    "an overlap of segments": (
        oem(JOIN, JOIN.replace("T00:04", "T00:03")).replace(
            "\nSTART_TIME = 2027-01-01T00:04", "\nSTART_TIME = 2027-01-01T00:03"
        ),
        "START_TIME",
        "an overlap of 60 s",
    ),
    "two craft": ("2027-002A".join(good.OEM.rsplit("2027-001A", 1)), "OBJECT_ID", "one craft"),
    "a covariance cut short": (
        oem("0.0 0.0 1.0e-4\n", "0.0 0.0\n"),
        "COVARIANCE_START",
        "3 numbers",
    ),
    "a covariance of nothing": (oem("9.0e-4", "-9.0e-4"), "CX_X", "positive semidefinite"),
    "no states": ("\n".join(good.OEM.splitlines()[:18]) + "\n", "EPOCH", "at least one state"),
}


def opm(old: str, new: str) -> str:
    assert old in good.OPM
    return good.OPM.replace(old, new, 1)


SPOILT_OPM: dict[str, tuple[str, str, str]] = {
    "no version": (opm("CCSDS_OPM_VERS = 2.0\n", ""), "", "expected"),
    "a version to come": (opm("VERS = 2.0", "VERS = 4.0"), "CCSDS_OPM_VERS", "one of"),
    "no date": (opm("CREATION_DATE = 2027-01-01T00:00:00\n", ""), "CREATION_DATE", "required"),
    "no identifier": (opm("OBJECT_ID = 2027-001A\n", ""), "OBJECT_ID", "required"),
    "about the Sun": (opm("= EARTH", "= SUN"), "CENTER_NAME", "EARTH"),
    "a frame of the orbit": (opm("= GCRF", "= RTN"), "REF_FRAME", "one of GCRF"),
    "a time system of nobody": (opm("= UTC", "= MET"), "TIME_SYSTEM", "one of UTC"),
    "no epoch": (opm("\nEPOCH = 2027-01-01T00:00:00.000", ""), "EPOCH", "required"),
    "24:00:01": (
        opm("EPOCH = 2027-01-01T00:00:00", "EPOCH = 2027-01-01T24:00:01"),
        "EPOCH",
        "a time",
    ),
    "no z": (opm("Z = 0.0 [km]\n", ""), "Z", "required"),
    "at the centre": (opm("X = 6778.137", "X = 0.0"), "X", "centre"),
    "a position in metres": (opm("6778.137 [km]", "6778137.0 [m]"), "X", "the unit km"),
    "faster than anything": (opm("= 4.763350 [", "= 47633.50 ["), "Y_DOT", "km/s"),
    "elements of another orbit": (
        opm("= 6773.0", "= 7673.0"),
        "SEMI_MAJOR_AXIS",
        "semi-major axis",
    ),
    "two anomalies": (
        opm(
            "TRUE_ANOMALY = 180.0 [deg]\n",
            "TRUE_ANOMALY = 180.0 [deg]\nMEAN_ANOMALY = 180.0 [deg]\n",
        ),
        "MEAN_ANOMALY",
        "one of",
    ),
    "no constant of gravity": (opm("GM = 398600.4418 [km**3/s**2]\n", ""), "GM", "required"),
    "a negative mass": (opm("= 8200.0 [kg]", "= -8200.0 [kg]"), "MASS", "from 0 up"),
    "a covariance with a hole": (opm("CZ_Z = 1.0e-4 [km**2]\n", ""), "CZ_Z", "required"),
    "a covariance of nothing": (
        opm("CY_X = 1.0e-5", "CY_X = 1.0e-3"),
        "CX_X",
        "positive semidefinite",
    ),
    "a burn without an ignition": (
        opm("MAN_EPOCH_IGNITION = 2027-01-01T01:00:00.000\n", ""),
        "MAN_EPOCH_IGNITION",
        "required",
    ),
    "a burn that adds mass": (opm("= -11.5", "= 11.5"), "MAN_DELTA_MASS", "kg"),
    "a burn of negative length": (opm("= 60.0 [s]", "= -60.0 [s]"), "MAN_DURATION", "from 0 up"),
    "a burn without a frame": (opm("MAN_REF_FRAME = RTN\n", ""), "MAN_REF_FRAME", "required"),
    "two states in a file": (good.OPM + good.OPM, "opm", "one OPM"),
}


def sentence(text: str) -> str:
    """What the user reads: one problem, one line."""
    with pytest.raises(InputError) as refused:
        good.read_text(text, "spoilt.txt")
    assert len(refused.value.problems) == 1
    told = str(refused.value)
    assert "\n" not in told
    assert re.match(r"spoilt\.txt(:\d+)?: ", told)
    return told


@pytest.mark.parametrize("name", SPOILT_LINES)
def test_two_lines(name: str) -> None:
    text, line, words = SPOILT_LINES[name]
    told = sentence(text)
    assert words in told
    assert line is None or told.startswith(f"spoilt.txt:{line}: ")


@pytest.mark.parametrize(
    ("key", "words", "text"),
    [
        pytest.param(key, words, text, id=f"{kind}, {name}")
        for kind, table in (("omm", SPOILT_OMM), ("oem", SPOILT_OEM), ("opm", SPOILT_OPM))
        for name, (text, key, words) in table.items()
    ],
)
def test_messages(key: str, words: str, text: str) -> None:
    told = sentence(text)
    assert words in told
    assert key in told
    assert re.match(r"spoilt\.txt:\d+: ", told), told


def test_there_are_twenty_of_each() -> None:
    tables = (SPOILT_LINES, SPOILT_OMM, SPOILT_OEM, SPOILT_OPM)
    assert all(len(table) >= 20 for table in tables)


def test_good_ones_pass() -> None:
    for text in (SET, good.OMM, good.OEM, good.OPM):
        good.read_text(text)


SPOILT_XML = {
    "no end": ("<oem id='CCSDS_OEM_VERS' version='2.0'><header>", "well-formed XML"),
    "entities": ('<!DOCTYPE a [<!ENTITY b "c">]><oem>&b;</oem>', "document type"),
    "another message": ("<ndm><cdm/></ndm>", "a message that is read"),
    "nothing within": ("<ndm></ndm>", "a message within"),
    "no identifier": ("<oem version='2.0'><header/><body/></oem>", "CCSDS_OEM_VERS"),
    "no body": ("<oem id='CCSDS_OEM_VERS' version='2.0'><header/></oem>", "one element body"),
    "no segments": (
        "<oem id='CCSDS_OEM_VERS' version='2.0'><header><CREATION_DATE>2027-001T00:00:00"
        "</CREATION_DATE><ORIGINATOR>A</ORIGINATOR></header><body/></oem>",
        "at least one segment",
    ),
}


@pytest.mark.parametrize("name", SPOILT_XML)
def test_xml(name: str) -> None:
    text, words = SPOILT_XML[name]
    assert words in sentence(text)


@pytest.mark.parametrize(
    "text",
    ["", "   \n", "hello\n", "{", "[]", "[1]", "epoch,x_km\n", "EPOCH,MEAN_MOTION\n", "2 \n"],
)
def test_what_is_no_file_of_orbits(text: str) -> None:
    sentence(text)


TABLE = """# object: CRAFT (2027-001A)
# frame: GCRF
# time system: UTC
epoch,x_km,y_km,z_km,vx_km_s,vy_km_s,vz_km_s
2027-01-01T00:00:00,6778.137,0.0,0.0,0.0,4.763350,6.002630
2027-01-01T00:01:00,6762.525,285.645,359.962,-0.520311,4.752379,5.988804
"""
SPOILT_TABLE = {
    "no frame": (TABLE.replace("# frame: GCRF\n", ""), 1, "# frame: GCRF"),
    "no time system": (TABLE.replace("# time system: UTC\n", ""), 1, "# time system: UTC"),
    "a frame of nobody": (TABLE.replace("GCRF", "B1950"), 2, "one of GCRF"),
    "a time system of nobody": (TABLE.replace("UTC", "LST"), 3, "one of UTC"),
    "columns in other units": (TABLE.replace("x_km", "x_m"), 4, "the header epoch,x_km"),
    "a value too few": (TABLE.replace(",6.002630", ""), 5, "7 values"),
    "no rows": ("\n".join(TABLE.splitlines()[:4]), 4, "at least one row"),
    "times out of order": (TABLE.replace("T00:01", "T00:00"), 6, "after the one before"),
}


@pytest.mark.parametrize("name", SPOILT_TABLE)
def test_tables(name: str) -> None:
    text, line, words = SPOILT_TABLE[name]
    told = sentence(text)
    assert words in told
    assert told.startswith(f"spoilt.txt:{line}: ")


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    from yaan.formats import read, source

    monkeypatch.setattr(source, "LARGEST", 1_000_000)
    file = tmp_path / "bomb.gz"
    file.write_bytes(gzip.compress(b" " * 10_000_000))
    with pytest.raises(InputError, match="at most 1 MB"):
        read(file)
    file.write_bytes(gzip.compress(good.OEM.encode())[:-9])
    with pytest.raises(InputError, match="a whole file"):
        read(file)


def test_a_count_of_another_craft_is_doubted() -> None:
    record = good.read_text(
        f"RESOURCESAT-2\n{summed(ONE.replace('41877', '37387').replace('16074A', '11015A'))}\n"
        f"{summed(TWO.replace('41877', '37387'))}\n"
    )
    (note,) = record.notes  # type: ignore[union-attr]
    assert "another craft" in note
    assert good.read_text(SET).notes == ()  # type: ignore[union-attr]
