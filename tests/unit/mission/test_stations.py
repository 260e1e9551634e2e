"""Stations in a mission file, and the shelf of the library."""

import math

import pytest

from yaan.base.errors import InputError
from yaan.mission import load_tree
from yaan.mission.checks import check
from yaan.mission.file.library import names
from yaan.mission.load import override
from yaan.mission.stations import load_stations

OWN = {"name": "mine", "latitude": "10 deg", "longitude": "20 deg"}
TREE = load_tree("upper-stage-relight")


def told(stations: object) -> str:
    with pytest.raises(InputError) as found:
        check(override(TREE, {"stations": stations}))
    return str(found.value)


def test_every_station_of_the_library_is_right_and_says_where_it_is_from():
    found = load_stations(names("station"))
    assert len(found) >= 40
    for station, name in zip(found, names("station"), strict=True):
        assert station.name == name
        assert station.title
        assert station.network
        assert station.accuracy is not None
        assert station.source
        far = station.accuracy > 3e3
        assert far <= ({"latitude", "longitude"} <= station.assumed.keys())
    assert {"bengaluru", "byalalu", "kourou", "svalbard", "goldstone", "bear-lakes"} <= {
        station.name for station in found
    }


def test_a_mission_names_stations_changes_them_and_makes_its_own():
    mask = {"azimuth": ["0 deg", "90 deg"], "elevation": ["3 deg", "8 deg"]}
    named = ["bengaluru", {"from": "kourou", "minimum_elevation": "10 deg"}, {**OWN, "mask": mask}]
    plan = check(override(TREE, {"stations": named}))
    assert [one.name for one in plan.stations] == ["bengaluru", "kourou", "mine"]
    assert plan.stations[1].minimum_elevation == pytest.approx(math.radians(10.0))
    assert plan.stations[2].minimum_elevation == pytest.approx(math.radians(5.0))
    changed = override(TREE, {"stations": named})
    changed = override(changed, {"stations.bengaluru.minimum_elevation": "2 deg"})
    assert check(changed).stations[0].minimum_elevation == pytest.approx(math.radians(2.0))
    assert not check(TREE).stations


@pytest.mark.parametrize(
    ("station", "words"),
    [
        ("bengalru", 'stations.0: "bengalru": expected a station from the library'),
        ({**OWN, "latitude": "100 deg"}, 'stations.mine.latitude: "100 deg"'),
        ({"name": "mine", "latitude": "1 deg"}, "stations.mine.longitude: required"),
        ({**OWN, "hight": "3 m"}, "did you mean height?"),
        (
            {**OWN, "mask": {"azimuth": ["0 deg", "90 deg"], "elevation": ["3 deg"]}},
            "one for each azimuth",
        ),
        (
            {**OWN, "mask": {"azimuth": ["90 deg", "0 deg"], "elevation": ["3 deg", "3 deg"]}},
            "greater than the one before",
        ),
        (
            {**OWN, "mask": {"azimuth": ["0 deg", "360 deg"], "elevation": ["3 deg", "3 deg"]}},
            "below 360 deg",
        ),
    ],
)
def test_what_is_wrong_with_a_station_is_told(station: object, words: str):
    assert words in told([station])


def test_two_stations_have_two_names():
    assert "a name that no other station has" in told(["kourou", {**OWN, "name": "kourou"}])


def test_what_is_wrong_with_a_file_of_a_station_is_told(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("schema: 1\nkind: station\nname: mine\nlatitude: 1 km\n", encoding="utf-8")
    with pytest.raises(InputError) as found:
        load_stations([str(file), "nowhere"])
    text = str(found.value)
    assert 'mine.yaml:4: latitude: "1 km": expected an angle' in text
    assert "nowhere" in text
