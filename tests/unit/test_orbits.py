"""Orbits for users: from files of all kinds, in a folder, as an ephemeris, with a covariance."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from yaan.base.errors import InputError, YaanError
from yaan.formats import Oem, arcs_of, oem_of, opm_of, read, write
from yaan.intake import take
from yaan.orbits import read_arc, sigmas
from yaan.results.outcome import OutcomeCode

pytestmark = pytest.mark.slow  # what is propagated is compiled

PLAIN: dict[str, Any] = {
    "schema": 1,
    "kind": "orbit",
    "name": "survey",
    "epoch": "2027-01-15T03:30:00 UTC",
    "start": {
        "elements": {
            "frame": "eme2000",
            "semi_major_axis": "7000 km",
            "eccentricity": 0.001,
            "inclination": "97.9 deg",
            "true_anomaly": "0 deg",
        }
    },
    "duration": "2 h",
    "environment": {"gravity": {"field": "j2"}, "atmosphere": "none"},
}
SET = """\
LANDSAT 8
1 39084U 13008A   25225.93518726  .00000330  00000-0  83304-4 0  9991
2 39084  98.2219 295.6904 0001221  90.8808 269.2530 14.57106224653150
"""
WORLD = {"environment.gravity": {"field": "j2"}, "environment.third_bodies": "null"}


def test_a_folder_holds_the_orbit(tmp_path: Path):
    orbit = yaan.propagate(PLAIN)
    assert orbit.accurate
    folder = orbit.save(tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert {"mission.yaml", "manifest.json", "states.csv", "states.nc", "orbit.json"} <= names
    arc = read_arc(folder)
    assert np.array_equal(arc.position, orbit.arc.position)
    assert arc.epoch == orbit.epoch
    told = json.loads((folder / "orbit.json").read_text())
    assert told["outcome"] == "flown"
    assert told["end"] == "2027-01-15T05:30:00.000 UTC"
    # What was propagated is propagated again from its folder's input, to the same numbers.
    again = yaan.propagate(folder / "mission.yaml")
    assert np.array_equal(again.arc.position, orbit.arc.position)
    states = orbit.states(step=600.0)
    assert states.sizes["time"] == 13
    assert states["position"].attrs == {"units": "m", "frame": "GCRS"}


def test_a_covariance_begins_as_it_is_told_and_grows_along_the_track():
    known = {
        "frame": "rtn",
        "position": ["10 m", "20 m", "30 m"],
        "velocity": ["0.01 m/s", "0.02 m/s", "0.03 m/s"],
    }
    orbit = yaan.propagate(PLAIN | {"covariance": known})
    first, last = sigmas(orbit.covariance([0.0, 7200.0], "rtn"))
    assert first == pytest.approx([10.0, 20.0, 30.0, 0.01, 0.02, 0.03], rel=1e-9)
    assert last[1] > 5.0 * last[0]
    # A change of coordinates keeps what is known in all: the determinant.
    gcrs, vnc = (orbit.covariance([7200.0], frame)[0] for frame in ("gcrs", "vnc"))
    assert np.linalg.slogdet(gcrs)[1] == pytest.approx(np.linalg.slogdet(vnc)[1], rel=1e-9)
    assert 0.0 < orbit.made.answer_error < 1e-6
    with pytest.raises(YaanError, match="expected one of gcrs"):
        orbit.covariance([0.0], "lvlh")
    with pytest.raises(YaanError, match="no block covariance"):
        yaan.propagate(PLAIN).covariance([0.0])


def test_a_covariance_is_that_of_before_a_burn_at_the_epoch():
    known = {
        "frame": "rtn",
        "position": ["1 m", "2 m", "3 m"],
        "velocity": ["0.01 m/s", "0.02 m/s", "0.03 m/s"],
    }
    turn = {"name": "turn", "at": "0 s", "along": "normal", "delta_v": "3 km/s"}
    heavy = {"spacecraft": {"mass": "900 kg"}}
    turned = yaan.propagate(PLAIN | heavy | {"covariance": known, "burns": [turn]})
    still = yaan.propagate(PLAIN | heavy | {"covariance": known})
    # The place is not moved by it: what is known of it at the epoch stays as it was.
    one, other = (orbit.covariance([0.0])[0, :3, :3] for orbit in (turned, still))
    assert one == pytest.approx(other, rel=1e-9, abs=1e-9)


def test_what_is_written_is_read_and_goes_on(tmp_path: Path):
    orbit = yaan.propagate(PLAIN)
    oem = orbit.export(tmp_path / "survey.oem", frame="TEME")
    record = read(oem)
    assert isinstance(record, Oem)
    (arc,) = arcs_of(record)
    assert np.max(np.abs(arc.at([3600.0])[0] - orbit.arc.at([3600.0])[0])) < 1e-3  # [m]
    overrides = {**WORLD, "environment.atmosphere": "none"}
    half = yaan.propagate(oem, at="2027-01-15T04:30:00 UTC", days=1 / 24, overrides=overrides)
    # The same forces go on to the same place: the file has its states to a micrometre.
    end = orbit.arc.at([7200.0])[0][0]
    assert np.linalg.norm(half.arc.position[-1] - end) < 0.01  # [m]
    message = tmp_path / "survey.opm"
    write(opm_of(orbit.arc, 3600.0), message, "kvn")
    other = yaan.propagate(message, days=1 / 24, overrides=overrides)
    assert np.linalg.norm(other.arc.position[-1] - half.arc.position[-1]) < 0.01
    assert other.spec.spacecraft.mass is None


def test_an_element_set_is_a_state_by_sgp4(tmp_path: Path):
    file = tmp_path / "landsat.tle"
    file.write_text(SET)
    overrides = {**WORLD, "environment.atmosphere": "none"}
    orbit = yaan.propagate(file, days=0.05, overrides=overrides)
    assert orbit.spec.epoch.startswith("2025-08-13T22:26:40.179")
    search = yaan.arc_from(file, days=0.05)
    away = search.arc.at([0.0])[0] - orbit.arc.at([0.0])[0]
    assert np.linalg.norm(away) < 1e-3  # [m]
    with pytest.raises(InputError, match=r"start\.at"):
        yaan.propagate(file, at="tomorrow")


def test_no_source_is_told(tmp_path: Path):
    with pytest.raises(InputError, match="a file of kind orbit, an OEM"):
        yaan.propagate(tmp_path / "none.yaml")
    file = tmp_path / "orbit.yaml"
    file.write_text("schema: 1\n")
    with pytest.raises(InputError, match=r"start\.at says it"):
        yaan.propagate(file, at="end")
    with pytest.raises(YaanError, match="no finished folder of an orbit"):
        read_arc(tmp_path)


def test_a_burn_breaks_the_ephemeris(tmp_path: Path):
    kick = {"name": "kick", "at": "1800 s", "along": "prograde", "delta_v": "5 m/s"}
    orbit = yaan.propagate(PLAIN | {"burns": [kick], "spacecraft": {"mass": "900 kg"}})
    assert orbit.outcome is OutcomeCode.REACHED
    record = read(orbit.export(tmp_path / "kick.xml"))
    assert len(oem_of(orbit.arc, 60.0).segments) == 2
    assert isinstance(record, Oem)
    before, after = arcs_of(record)
    jump = after.at([after.start])[1] - before.at([before.stop])[1]
    assert np.linalg.norm(jump) == pytest.approx(5.0, abs=1e-8)


def test_a_folder_is_seen_over_its_own_earth(tmp_path: Path):
    plain = {**PLAIN, "stations": ["bengaluru"]}
    plain["start"] = {"elements": {**PLAIN["start"]["elements"], "frame": "gcrs"}}
    plain["environment"] = {**PLAIN["environment"], "earth": "still"}
    taken = take(yaan.propagate(plain).save(tmp_path))
    assert [one.name for one in taken.stations] == ["bengaluru"]
    # An Earth that stands still is not turned in the two hours; that of IERS would be, by 30 deg.
    turning = taken.search.turning
    assert turning is not None
    first, last = turning.matrices(np.array([0.0, 7200.0]))
    assert np.array_equal(first, last)
