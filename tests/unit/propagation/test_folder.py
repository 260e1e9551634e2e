"""The folder of a propagated orbit: its page and tables, and what is asked of it in Python."""

import csv
import json
from pathlib import Path

import pytest

import yaan
from yaan.base.errors import YaanError
from yaan.orbits import SUMMARY, PropagatedOrbit, read_arc

pytestmark = pytest.mark.slow  # it compiles a loop of its own

FILE = {
    "schema": 1,
    "kind": "orbit",
    "name": "low",
    "epoch": "2027-01-15T03:30:00 UTC",
    "start": {
        "elements": {
            "frame": "tod",
            "semi_major_axis": "6800 km",
            "eccentricity": 0.002,
            "inclination": "51.6 deg",
            "true_anomaly": "0 deg",
        }
    },
    "spacecraft": {"mass": "1000 kg"},
    "duration": "4 h",
    "burns": [
        {"name": "raise", "at": "1 h", "along": "prograde", "delta_v": "3 m/s"}
        | {"specific_impulse": "220 s"}
    ],
    "covariance": {"position": ["10 m"] * 3, "velocity": ["0.1 m/s"] * 3},
    "stations": ["kourou", "bengaluru", "svalbard"],
    "environment": {"gravity": {"field": "point"}, "atmosphere": "none"},
}


@pytest.fixture(scope="module")
def orbit(tmp_path_factory: pytest.TempPathFactory) -> PropagatedOrbit:
    folder = tmp_path_factory.mktemp("runs")
    file = folder / "low.yaml"
    file.write_text(json.dumps(FILE), encoding="utf-8")  # which is YAML too
    found = yaan.propagate(file)
    found.save(folder)
    return found


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_folder_has_a_page_and_tables_of_all_that_it_found(orbit):
    folder = orbit.folder
    assert folder is not None
    text = (folder / "orbit.html").read_text("utf-8")
    for name in ("orbit", "track", "elements", "burns", "uncertainty", "events", "contacts"):
        assert f'<section id="{name}"' in text
    found = rows(folder / "events.csv")
    assert [row["event"] for row in found] == [one.name for one in orbit.events()]
    assert [float(row["time_s"]) for row in found] == [one.time for one in orbit.events()]
    seen = rows(folder / "contacts.csv")
    assert [row["station"] for row in seen] == [one.station.name for one in orbit.contacts()]
    assert read_arc(folder).stop == orbit.arc.stop
    # What makes the folder one of an orbit comes last, so that it stands for all the others.
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert max(written, key=lambda path: written[path]).name == SUMMARY


def test_stations_and_kinds_of_events_can_be_asked_for(orbit):
    low = orbit.contacts(["svalbard"], minimum_elevation="0 deg", frequency="2.2 GHz")
    assert {one.station.name for one in low} <= {"svalbard"}
    assert all(one.rise.doppler is not None for one in low)
    crossed = orbit.events(["latitude"], values={"latitude": [0.5]})
    assert crossed
    assert {one.kind for one in crossed} == {"latitude"}
    with pytest.raises(YaanError, match="was given"):
        orbit.events(["latitude"])


def test_axes_of_many_rows_are_those_of_each(orbit):
    t = [0.0, 3000.0, 9000.0]
    for frame in ("rtn", "vnc"):
        together = orbit.covariance(t, frame)
        for i, at in enumerate(t):
            assert together[i] == pytest.approx(orbit.covariance(at, frame)[0], rel=1e-12)
    assert orbit.covariance(0.0, "rtn")[0, 0, 0] == pytest.approx(100.0)


def test_under_no_sky_the_page_has_nodes_and_apsides_and_no_light(tmp_path):
    bare = {key: value for key, value in FILE.items() if key not in ("covariance", "stations")}
    elements = FILE["start"]["elements"] | {"frame": "gcrs"}  # type: ignore[index]
    world = {"gravity": {"field": "point"}, "atmosphere": "none", "earth": "uniform"}
    found = yaan.propagate(bare | {"start": {"elements": elements}, "environment": world})
    folder = found.save(tmp_path)
    assert {one.kind for one in found.events()} == {"node", "apsis"}
    text = (folder / "orbit.html").read_text("utf-8")
    assert '<section id="light"' not in text
    assert not (folder / "contacts.csv").exists()
    with pytest.raises(YaanError, match="names no stations"):
        found.contacts()
