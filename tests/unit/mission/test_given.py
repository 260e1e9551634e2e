"""A flight that starts from somebody else's file."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.physics.chains import data
from tests.unit.formats import good
from yaan.base import InputError
from yaan.formats import Oem, arcs_of, gcrs_of, read
from yaan.formats.record import Opm
from yaan.mission.load import load_tree
from yaan.spacetime.time import parse_utc

NOON = "2022-02-11T12:10:00 UTC"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(good.ISS, tmp_path / "iss.xml.gz")
    (tmp_path / "craft.opm").write_text(good.OPM)
    (tmp_path / "craft.tle").write_text("\n".join(good.TLE.splitlines()[:3]) + "\n")
    (tmp_path / "many.tle").write_text(good.TLE)
    return tmp_path


def loaded(folder: Path, start: dict[str, Any], **blocks: Any) -> dict[str, Any]:
    file = folder / "mission.yaml"
    file.write_text(json.dumps(data(start=start, **({"epoch": None} | blocks))), encoding="utf-8")
    return load_tree(file).data


def vector(block: dict[str, str]) -> np.ndarray:
    return np.array([float(block[axis].split()[0]) for axis in "xyz"])


def test_an_ephemeris_at_an_instant(folder: Path) -> None:
    tree = loaded(folder, {"oem": "iss.xml.gz", "at": NOON})
    record = read(good.ISS)
    assert isinstance(record, Oem)
    (arc,) = arcs_of(record)
    place, motion = arc.at(parse_utc(NOON) - arc.epoch)
    state = tree["start"]["state"]
    assert state["frame"] == "gcrs"
    assert np.array_equal(vector(state["position"]), place[0])
    assert np.array_equal(vector(state["velocity"]), motion[0])
    assert parse_utc(tree["epoch"]) == parse_utc(NOON)
    assert set(tree["start"]) == {"state"}
    assert "iss.xml.gz (SHA-256 " in state["source"]
    assert "by JSC" in state["source"]


def test_the_epoch_is_the_instant_where_none_is_asked(folder: Path) -> None:
    asked = loaded(folder, {"oem": "iss.xml.gz", "at": NOON})
    tree = loaded(folder, {"oem": "iss.xml.gz"}, epoch=NOON)
    assert tree["start"]["state"]["position"] == asked["start"]["state"]["position"]
    assert "time" not in tree["start"]


def test_an_instant_after_the_epoch_is_a_time(folder: Path) -> None:
    tree = loaded(folder, {"oem": "iss.xml.gz", "at": NOON}, epoch="2022-02-11T12:00:00 UTC")
    assert tree["start"]["time"] == "600.0 s"
    assert tree["epoch"] == "2022-02-11T12:00:00 UTC"


def test_a_state_brings_its_mass(folder: Path) -> None:
    tree = loaded(folder, {"opm": "craft.opm"})
    record = read(folder / "craft.opm")
    assert isinstance(record, Opm)
    assert np.array_equal(vector(tree["start"]["state"]["position"]), gcrs_of(record)[0])
    assert tree["start"]["mass"] == "8200.0 kg"
    assert tree["epoch"].startswith("2027-01-01T00:00:00")
    tree = loaded(folder, {"opm": "craft.opm", "mass": "100 kg"})
    assert tree["start"]["mass"] == "100 kg"


def test_element_sets_begin_at_their_epoch(folder: Path) -> None:
    tree = loaded(folder, {"tle": "craft.tle"})
    assert tree["epoch"].startswith("2026-07-07T14:56:19.622112")
    assert "by SGP4" in tree["start"]["state"]["source"]
    radius = np.linalg.norm(vector(tree["start"]["state"]["position"]))
    assert 7.18e6 < radius < 7.22e6  # [m]


@pytest.mark.parametrize(
    ("start", "key", "words"),
    [
        ({"oem": "none.xml"}, "start.oem", "a file that is there"),
        ({"oem": "craft.opm"}, "start.oem", "start.opm"),
        ({"opm": "iss.xml.gz"}, "start.opm", "start.oem"),
        ({"tle": "many.tle"}, "start.tle", "one craft"),
        ({"oem": 7}, "start.oem", "the path of a file"),
        ({"oem": "iss.xml.gz"}, "start.at", "required"),
        ({"oem": "iss.xml.gz", "at": "noon"}, "start.at", "a time in UTC"),
        ({"oem": "iss.xml.gz", "at": "2022-02-12T12:00:00 UTC"}, "start.at", "outside what"),
        ({"opm": "craft.opm", "at": NOON}, "start.at", "one state"),
        ({"oem": "iss.xml.gz", "at": NOON, "time": "3 s"}, "start.time", "nothing with start.oem"),
        ({"oem": "iss.xml.gz", "opm": "craft.opm"}, "start.opm", "nothing with start.oem"),
        ({"oem": "iss.xml.gz", "drop": {"height": "1 km"}}, "start.drop", "nothing with"),
    ],
)
def test_what_cannot_begin(folder: Path, start: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        loaded(folder, start)
    (problem,) = refused.value.problems
    assert problem.key == key
    assert problem.line == 1
    assert words in problem.sentence()


def test_what_begins_before_the_epoch(folder: Path) -> None:
    with pytest.raises(InputError, match="after the epoch"):
        loaded(folder, {"oem": "iss.xml.gz", "at": NOON}, epoch="2022-02-11T13:00:00 UTC")


def test_a_file_that_is_wrong_is_told_at_its_own_line(folder: Path) -> None:
    (folder / "craft.opm").write_text(good.OPM.replace("= EARTH", "= MARS"))
    with pytest.raises(InputError) as refused:
        loaded(folder, {"opm": "craft.opm"})
    (problem,) = refused.value.problems
    assert problem.file.endswith("craft.opm")
    assert (problem.line, problem.key) == (8, "CENTER_NAME")


def test_a_time_of_no_file(folder: Path) -> None:
    from yaan.api import load

    loaded_start = {"drop": {"latitude": "0 deg", "longitude": "0 deg", "height": "1 km"}}
    file = folder / "mission.yaml"
    file.write_text(json.dumps(data(start=loaded_start | {"at": NOON})), encoding="utf-8")
    with pytest.raises(InputError, match="nothing without oem"):
        load(file)
