"""Sweeps from the front door: what is refused, what is kept, what goes on."""

import json
from pathlib import Path

import numpy as np
import pytest

import yaan
from yaan.base.errors import InputError, YaanError
from yaan.campaign.folder import Folder
from yaan.campaign.study import resume
from yaan.campaign.sweep import REFUSED, Sweep, lane_of

pytestmark = pytest.mark.slow

ANGLES = ["-3 deg", "-2 deg", "-1.4 deg"]
OVER = {"interface.flight_path_angle": ANGLES, "capsule.mass": ["5 t", "5.6 t"]}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("sweeps")
    return Path(yaan.load("capsule-entry").sweep(OVER, save=parent).attrs["folder"])


def test_every_combination_has_its_end(kept: Path):
    import xarray

    with xarray.open_dataset(kept / "sweep.nc", engine="scipy") as found:
        assert dict(found.sizes)["interface.flight_path_angle"] == 3
        load = found["peak_load"]
        assert load.shape == (3, 2)
        assert load.attrs["units"] == "1"
        assert found.attrs["judged"].startswith("ends only")
        assert found["interface.flight_path_angle"].attrs["units"] == "deg"
        # Steeper is harder.
        assert np.all(load.values[0] > load.values[1])
    lines = (kept / "sweep.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 7
    assert lines[0].startswith("lane,interface.flight_path_angle,capsule.mass,outcome,phase,time")


def test_each_end_is_that_of_the_flight_alone(kept: Path):
    asked = Sweep(*Folder(kept).asked())
    values = lane_of(asked, 3)
    assert values == {"interface.flight_path_angle": "-2 deg", "capsule.mass": "5.6 t"}
    flight = yaan.load("capsule-entry", values).fly()
    ends = Folder(kept).finished()[3][3]
    assert flight.entry is not None
    assert ends["peak_load"] == pytest.approx(flight.entry.peak_load.value_g, rel=1e-5)
    with pytest.raises(YaanError, match="lanes 0 to 5; 6 is none"):
        lane_of(asked, 6)


def test_a_sweep_that_was_killed_goes_on_where_it_was(kept: Path, tmp_path: Path):
    again = tmp_path / "again"
    again.mkdir()
    for name in ("mission.yaml", "sweep.json"):
        (again / name).write_bytes((kept / name).read_bytes())
    lines = (kept / "lanes.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    marked = [json.loads(line) for line in lines[:2]]
    marked[0]["ends"]["peak_load"] = 99.0  # a mark that a flight of its own would not have
    half = "".join(json.dumps(one) + "\n" for one in marked) + lines[2][:20]
    (again / "lanes.jsonl").write_text(half, encoding="utf-8")
    found, whole = resume(again), resume(kept)
    assert float(found["peak_load"].values.ravel()[0]) == 99.0
    ours, theirs = found["peak_load"].values.ravel()[1:], whole["peak_load"].values.ravel()[1:]
    assert ours == pytest.approx(theirs, rel=1e-12)


def test_values_that_are_refused_stop_no_other():
    over = {"capsule.mass": ["5 t", "-1 t", "5.6 t"]}
    found = yaan.load("capsule-entry").sweep(over)
    assert found["outcome"].values.tolist() == ["flown", REFUSED, "flown"]
    assert "capsule.mass" in str(found["text"].values[1])
    assert np.isnan(found["peak_load"].values[1])


@pytest.mark.parametrize(
    ("over", "zipped", "words"),
    [
        ({"capsule.mas": ["5 t"]}, False, r"capsule\.mas.*known key"),
        ({"capsule.mass": ["5 km", "6 km"]}, False, r"capsule\.mass"),
        ({"capsule.mass": ["5 t"], "capsule.emissivity": [0.8, 0.9]}, True, "as many as"),
        ({}, False, "at least one key"),
    ],
)
def test_what_no_flight_can_have_is_told_before_anything_flies(
    over: dict[str, list[object]], zipped: bool, words: str, tmp_path: Path
):
    with pytest.raises(InputError, match=words):
        yaan.load("capsule-entry").sweep(over, zipped=zipped, save=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_no_folder_of_a_sweep_says_so(tmp_path: Path):
    with pytest.raises(YaanError, match="no folder of a sweep"):
        resume(tmp_path)


def test_designed_anew_reaches_the_aim_and_by_kept_commands_it_does_not():
    mission = yaan.load("lvm3-leo")
    over = {"vehicle.payload.mass": ["7.9 t", "8 t"]}
    anew, kept = mission.sweep(over), mission.sweep(over, redesign=False)
    target = float(mission.plan.target.perigee)  # pyright: ignore[reportOptionalMemberAccess]
    assert anew["perigee"].values == pytest.approx([target] * 2, abs=1e3)
    assert np.abs(kept["perigee"].values - target).max() > 1e3
    left = anew["propellant_left"].values
    assert left[0] > left[1]


def test_a_payload_that_was_found_leaves_its_reserve():
    from yaan.campaign.capability import MET, capability

    mission = yaan.load("lvm3-leo")
    low, high = capability(mission.source, ["300 km", "500 km"], [])
    assert low.word == high.word == "flown"
    assert low.payload > high.payload
    changes = {
        "target.perigee": "300 km",
        "target.apogee": "300 km",
        "vehicle.payload.mass": f"{low.payload!r} kg",
    }
    flight = yaan.load("lvm3-leo", changes).fly()
    reserve = mission.plan.reserve
    wanted = 0.0 if reserve is None else float(reserve.propellant)
    assert flight.ascent is not None
    left = flight.budgets.propellant[-1].left
    assert left == pytest.approx(wanted, abs=MET + 0.5)
