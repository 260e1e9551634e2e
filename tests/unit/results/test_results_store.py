"""What is written to a run folder is what is read from it, bit by bit."""

import json
import threading

import numpy as np
import pytest

from yaan.base.errors import YaanError
from yaan.results import (
    COLUMNS,
    OutcomeCode,
    make_history,
    new_run_folder,
    read_flight,
    read_json,
    upgrade,
    write_flight,
    write_json,
    write_manifest,
)

DIGEST = "69a63652bbf38cdfd6b9abd12b928dbaf80960689074397a2a8603c4a3c35845"
SUMMARY = {"schema": 1, "kind": "flight", "mission": "test", "title": "Größe यान", "yaan": "0.1.0"}


def full_history(rows: int = 37):
    random = np.random.default_rng(1)
    sizes = {"time": rows, "axis": 3, "quaternion": 4, "stage": 2}
    columns = {}
    for name, column in COLUMNS.items():
        shape = [sizes[d] for d in column.dimensions]
        columns[name] = (
            random.integers(0, 2, shape) if column.integer else random.normal(size=shape)
        )
    columns["time"] = np.sort(columns["time"])
    return make_history(columns, stages=["s200", "c25"], phases=["vertical rise", "coast"])


def test_round_trip_is_bitwise(tmp_path):
    history = full_history()
    groups = {
        "abort/crew-shaped": {"time": np.arange(3.0), "peak_load": np.pi ** np.arange(3.0)},
        "profiles/crew-shaped": {"time": np.arange(2.0), "height": np.array([0.1, 0.2])},
    }
    groups["abort/crew-shaped"]["outcome"] = np.array([0, 0, 1])
    write_flight(tmp_path, SUMMARY, history, groups)
    record = read_flight(tmp_path)
    assert record.summary == SUMMARY
    assert record.history is not None
    assert (record.history.stages, record.history.phases) == (history.stages, history.phases)
    assert list(record.history.columns) == list(COLUMNS)
    for name, array in history.columns.items():
        assert record.history[name].dtype == array.dtype
        assert record.history[name].tobytes() == array.tobytes(), name
    assert record.groups.keys() == groups.keys()
    for name, columns in groups.items():
        for key, array in columns.items():
            np.testing.assert_array_equal(record.groups[name][key], array)


def test_the_same_flight_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_flight(tmp_path / name, SUMMARY, full_history())
    for file in ("flight.nc", "summary.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_variables_carry_units_and_frames(tmp_path):
    xarray = pytest.importorskip("xarray")
    write_flight(tmp_path, SUMMARY, full_history())
    with xarray.open_dataset(tmp_path / "flight.nc", engine="h5netcdf") as data:
        assert data["position_gcrs"].dims == ("time", "axis")
        assert data["position_gcrs"].attrs["frame"] == "GCRS"
        assert data["heat_flux"].attrs["units"] == "W m-2"
        assert list(data["stage"].values) == ["s200", "c25"]
        assert data.attrs["title"] == SUMMARY["title"]


def test_no_temporary_file_is_left(tmp_path):
    write_flight(tmp_path, SUMMARY, full_history())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["flight.nc", "summary.json"]


def test_a_failed_write_keeps_the_old_file(tmp_path):
    write_json(tmp_path / "summary.json", {"schema": 1})
    with pytest.raises(YaanError, match="cannot be written to JSON"):
        write_json(tmp_path / "summary.json", {"schema": 1, "x": object()})
    assert read_json(tmp_path / "summary.json") == {"schema": 1}


def test_json_knows_no_nan_and_keeps_every_bit(tmp_path):
    numbers = {"third": 1 / 3, "tiny": 5e-324, "nan": float("nan"), "inf": np.float64("-inf")}
    write_json(
        tmp_path / "x.json",
        numbers | {"array": np.array([1.5, np.nan]), "code": OutcomeCode.RAN_DRY},
    )
    text = (tmp_path / "x.json").read_bytes().decode("utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text) == {
        "third": 1 / 3, "tiny": 5e-324, "nan": None, "inf": None, "array": [1.5, None], "code": 4,
    }  # fmt: skip


@pytest.mark.parametrize("schema", [None, 0, 2, "1", True, 1.0])
def test_other_schemas_are_refused_with_a_sentence(tmp_path, schema):
    with pytest.raises(YaanError, match="reads schema 1"):
        upgrade({"schema": schema})


def test_missing_and_damaged_folders_are_refused(tmp_path):
    with pytest.raises(YaanError, match=r"no summary\.json"):
        read_flight(tmp_path / "nowhere")
    (tmp_path / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(YaanError, match="not JSON"):
        read_flight(tmp_path)
    (tmp_path / "summary.json").write_text("[]", encoding="utf-8")
    with pytest.raises(YaanError, match="no JSON object"):
        read_flight(tmp_path)
    write_json(tmp_path / "summary.json", SUMMARY)
    (tmp_path / "flight.nc").write_bytes(b"nothing")
    with pytest.raises(YaanError, match="netCDF"):
        read_flight(tmp_path)


def test_folders_count_on(tmp_path):
    assert new_run_folder(tmp_path / "runs", "gaganyaan").name == "gaganyaan-1"
    (tmp_path / "runs" / "gaganyaan-7").mkdir()
    (tmp_path / "runs" / "gaganyaan-old-9").mkdir()
    assert new_run_folder(tmp_path / "runs", "gaganyaan").name == "gaganyaan-8"
    assert new_run_folder(tmp_path, "../../etc/x y").name == "etc-x-y-1"
    assert new_run_folder(tmp_path, "..").name == "mission-1"


def test_runs_started_together_get_a_folder_each(tmp_path):
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(new_run_folder(tmp_path, "m").name))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 8


def test_manifest_names_what_made_the_numbers(tmp_path):
    write_manifest(
        tmp_path, yaan="0.1.0", inputs={"mission": b"schema: 1\n"}, timings={"solve": 1.5}
    )
    manifest = read_json(tmp_path / "manifest.json")
    assert manifest["inputs"][0]["sha256"] == DIGEST
    assert manifest["packages"]["numpy"] == np.__version__
    assert manifest["timings"] == {"solve": 1.5}
