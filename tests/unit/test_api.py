"""Missions changed at several keys, flights drawn and compared; nothing is flown."""

import pickle

import pytest

import yaan
from tests.unit.report import synthetic


@pytest.fixture(scope="module")
def mission():
    return yaan.load("capsule-entry")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    return [synthetic.write_run(folder / name) for name in ("up-1", "up-2")]


ANGLE = "interface.flight_path_angle"


def test_several_keys_are_replaced_together(mission):
    changed = mission.replace({ANGLE: "-2 deg", "capsule.mass": "6 t"})
    assert changed.tree["capsule"]["mass"] == "6 t"
    assert changed.tree["interface"]["flight_path_angle"] == "-2 deg"
    assert mission.tree["capsule"]["mass"] == "5.3 t"
    assert mission.replace({}).tree == mission.tree


def test_what_is_only_right_together_can_be_replaced():
    launch = yaan.load("lvm3-leo")
    with pytest.raises(yaan.InputError, match="apogee"):
        launch.replace("target.perigee", "400 km")
    both = launch.replace({"target.perigee": "400 km", "target.apogee": "400 km"})
    assert both.tree["target"]["perigee"] == "400 km"


def test_every_wrong_key_is_told_at_once(mission):
    wrong = {"entry.bank.constant.deep": "1", ANGLE: "-2 km", "capsule.mas": "6 t"}
    with pytest.raises(yaan.InputError) as told:
        mission.replace(wrong)
    assert {problem.key for problem in told.value.problems} == set(wrong)


def test_one_key_takes_a_value_and_several_take_none(mission):
    assert "rigid" not in mission.replace("capsule.rigid", None).tree["capsule"]
    with pytest.raises(TypeError, match="a key and a value, or a mapping"):
        mission.replace("capsule.mass")
    with pytest.raises(TypeError, match="a key and a value, or a mapping"):
        mission.replace({"capsule.mass": "6 t"}, "7 t")


def test_a_flight_is_drawn_and_shown(folders):
    flight = yaan.open(folders[0])
    assert [one["name"] for one in flight.plot("load").to_dict()["data"]] == ["Load"]
    with pytest.raises(yaan.YaanError, match=r"no column 'lode' \(near: load, "):
        flight.plot("lode")
    assert "Peak load" in flight._repr_html_()


def test_flights_and_folders_are_compared(folders, tmp_path):
    flight = yaan.open(folders[0])
    found = yaan.compare(flight, folders[1], names=("here", "there"))
    assert found.names == ("here", "there")
    assert (found.inputs, found.results, found.missing) == ((), (), {})
    assert {shift for event in found.events for shift in event.shifts} == {0.0}
    assert str(found) == "there against here"
    assert found.save(tmp_path).name == "compare.html"
    assert yaan.compare(flight, folders[1]).names == ("up-1", "up-2")
    again = pickle.loads(pickle.dumps(flight))
    assert yaan.compare(again, yaan.open(folders[1])).names == ("up-1", "up-2")
    with pytest.raises(yaan.YaanError, match="two runs or more"):
        yaan.compare(flight)
