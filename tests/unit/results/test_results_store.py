"""What is written to a run folder is what is read from it, bit by bit."""

import errno
import json
import os
import threading
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from yaan.api import Flight
from yaan.base.errors import OutputError, YaanError
from yaan.results import (
    COLUMNS,
    FlightRecord,
    OutcomeCode,
    make_history,
    new_run_folder,
    read_flight,
    read_json,
    summary_of,
    telling_kept,
    write_flight,
    write_json,
    write_manifest,
    write_run,
    write_text,
)
from yaan.results.record import to_plain

DIGEST = "69a63652bbf38cdfd6b9abd12b928dbaf80960689074397a2a8603c4a3c35845"
SUMMARY = replace(
    summary_of({"schema": 1}), mission="test", title="Größe यान", yaan="0.1.0", profile="lofted"
)


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
    assert to_plain(record.summary) == to_plain(SUMMARY)
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
        assert data.attrs["title"] == SUMMARY.title


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


@pytest.mark.parametrize("schema", [None, 0, 3, "1", True, 1.0, 2.0])
def test_other_schemas_are_refused_with_a_sentence(schema):
    with pytest.raises(YaanError, match="reads schemas 1 and 2"):
        summary_of({"schema": schema})


def test_missing_and_damaged_folders_are_refused(tmp_path):
    with pytest.raises(YaanError, match=r"no summary\.json"):
        read_flight(tmp_path / "nowhere")
    (tmp_path / "summary.json").write_text("{", encoding="utf-8")
    with pytest.raises(YaanError, match="not JSON"):
        read_flight(tmp_path)
    (tmp_path / "summary.json").write_text("[]", encoding="utf-8")
    with pytest.raises(YaanError, match="no JSON object"):
        read_flight(tmp_path)
    write_flight(tmp_path, SUMMARY)
    (tmp_path / "flight.nc").write_bytes(b"nothing")
    with pytest.raises(YaanError, match="netCDF"):
        read_flight(tmp_path)


WHOLE: Any = to_plain(
    summary_of({"schema": 1, "timeline": [{"event": "end"}], "spans": {"orbit": [1.0, 2.0]}})
)


def changed(path, value):
    """The whole summary as bytes with one value changed; an ellipsis takes its key out."""
    document = here = deepcopy(WHOLE)
    *above, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in above:
        here = here[part]
    if value is ...:
        del here[last]
    else:
        here[last] = value
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON from line 1, column 1 on"),
        (json.dumps(WHOLE).encode()[:-20], "not JSON from line 1"),
        (b'{"schema": 1}\n{}', "not JSON from line 2, column 1 on"),
        (json.dumps(WHOLE).encode("utf-16"), "not text in UTF-8"),
        (b"\0" * 100, "not JSON from line 1"),
        (b"[1, 2]", "no JSON object"),
        (b"[" * 100_000, "nested more than 50 levels"),
        (b'{"schema": 1, "x": ' + b"[" * 60 + b"]" * 60 + b"}", "nested more than 50 levels"),
        (b'{"schema": 1, "x": NaN}', "holds NaN"),
        (b'{"schema": 1, "x": -Infinity}', "Infinity"),
        (b'{"schema": 1, "x": ' + b"9" * 5000 + b"}", "thousands of digits"),
        (b'{"schema": 1, "x": {"y": [1e999]}}', "x.y.0: inf: expected a finite number"),
        (b'{"schema": 1, "x": ' + b"9" * 400 + b"}", "x: 999"),
        (b'{"schema": 1, "title": "\\ud800"}', "title: "),
        (b'{"schema": 3}', "reads schemas 1 and 2"),
        (b'{"schema": [1]}', "carries schema a list"),
        (b'{"schema": 1, "kind": "manifest"}', 'kind: "manifest": expected one of flight'),
        (b'{"schema": 1, "title": 1}', "title: 1: expected a text"),
        (b'{"schema": 1, "timeline": {}}', "timeline: a mapping: expected a list"),
        (b'{"schema": 1, "crew": "tired"}', 'crew.0: "tired": expected a mapping'),
        (b'{"schema": 1, "landing": {"aim": [1.0, "x"]}}', 'aim.longitude_deg: "x": expected a n'),
        (b'{"schema": 2}', "kind: the key is missing, one of flight belongs there"),
        (changed("kind", "manifest"), 'kind: "manifest": expected one of flight'),
        (changed("timeline", 3), "timeline: 3: expected a list"),
        (changed("timeline", {}), "timeline: a mapping: expected a list"),
        (changed("verdicts", [None]), "verdicts.0: null: expected a mapping"),
        (changed("timeline.0.time", []), "timeline.0.time: a list: expected a number or null"),
        (changed("timeline.0.time", True), "timeline.0.time: true: expected a number or null"),
        (changed("timeline.0.time", ...), "timeline.0.time: the key is missing, a number or null"),
        (changed("timeline.0.tine", 1.0), "(did you mean time?)"),
        (changed("outcome", "flown"), 'outcome: "flown": expected a mapping'),
        (changed("outcome.verdicts.held", 1.5), "outcome.verdicts.held: 1.5: expected a whole"),
        (changed("title", None), "title: null: expected a text"),
        (changed("notes", [1]), "notes.0: 1: expected a text"),
        (changed("spans.orbit", [1.0]), "spans.orbit: a list: expected a list of 2"),
        (changed("budgets.mass_closure", True), "budgets.mass_closure: true: expected a number"),
        (changed("landing", 3), "landing: 3: expected a mapping"),
    ],
)
def test_a_damaged_summary_is_told_in_one_sentence(tmp_path, content, says):
    (tmp_path / "summary.json").write_bytes(content)
    with pytest.raises(YaanError) as told:
        read_flight(tmp_path)
    text = str(told.value)
    assert says in text
    assert text.startswith(str(tmp_path / "summary.json"))
    assert "\n" not in text


def test_what_a_flight_of_schema_1_lacks_or_knows_more_is_no_damage(tmp_path):
    more = {"schema": 1, "timeline": None, "crew": None, "profile": None, "of a later Yaan": [1]}
    write_json(tmp_path / "summary.json", more)
    assert read_flight(tmp_path).summary.timeline == ()


def test_a_damaged_history_is_told_in_one_sentence(tmp_path):
    write_flight(tmp_path, SUMMARY, full_history())
    good = (tmp_path / "flight.nc").read_bytes()
    random = np.random.default_rng(1)
    for content in (b"", good[:-1], good[: len(good) // 2], b"\0" * 999, random.bytes(5000)):
        (tmp_path / "flight.nc").write_bytes(content)
        with pytest.raises(YaanError, match=r"flight\.nc is not a readable netCDF-4 file") as told:
            read_flight(tmp_path)
        assert "\n" not in str(told.value)
    (tmp_path / "flight.nc").unlink()
    (tmp_path / "flight.nc").mkdir()
    with pytest.raises(YaanError, match=r"flight\.nc is not a readable"):
        read_flight(tmp_path)


def test_a_history_of_another_program_is_told(tmp_path):
    write_flight(tmp_path, SUMMARY)
    with h5py.File(tmp_path / "flight.nc", "w") as file:
        file["time"] = [2.0, 1.0]
    with pytest.raises(YaanError, match=r"flight\.nc is"):
        read_flight(tmp_path)


@pytest.mark.parametrize("name", ["a" * 400, "a\0b", "file", "file/below"])
def test_what_is_no_folder_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(YaanError, match=r"summary\.json"):
        read_flight(tmp_path / name)


FILES = ("mission.yaml", "manifest.json", "flight.nc", "summary.json")


def keep_all(folder):
    with telling_kept(folder):
        write_text(folder / "mission.yaml", "schema: 1\n")
        write_manifest(folder, yaan="0.1.0", inputs={}, timings={})
        write_flight(folder, SUMMARY, full_history(3))


@pytest.mark.parametrize("full", FILES)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_fills_at_a_file_leaves_those_before(tmp_path, monkeypatch, full, number):
    replace, folder = os.replace, new_run_folder(tmp_path, "m")

    def fill(source, target):
        if target.name == full:
            raise OSError(number, os.strerror(number))
        replace(source, target)

    monkeypatch.setattr(os, "replace", fill)
    with pytest.raises(OutputError) as told:
        keep_all(folder)
    text, kept = str(told.value), sorted(FILES[: FILES.index(full)])
    assert text.startswith(f"Cannot write {folder / full}: {os.strerror(number)}. ")
    if kept:
        assert text.endswith(f" Kept in {folder}: {', '.join(kept)}.")
        assert told.value.folder == folder
        assert sorted(path.name for path in folder.iterdir()) == kept
    else:
        assert text.endswith(" Nothing of the flight is kept.")
        assert not folder.exists()


def test_a_part_that_cannot_be_removed_hides_nothing(tmp_path, monkeypatch):
    def refuse(*arguments, **more):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "replace", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(OutputError, match="Read-only file system"):
        write_text(tmp_path / "a.txt", "text")


def test_a_report_that_finds_no_room_can_be_written_again(tmp_path, monkeypatch):
    def full(source, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    flight = Flight(FlightRecord(SUMMARY), {})
    write_flight(tmp_path, SUMMARY)
    monkeypatch.setattr("yaan.results.write_run", lambda *_: tmp_path)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OutputError) as told:
        flight.save(tmp_path)
    assert "report.html: No space left on device. Kept in" in str(told.value)
    assert f"`yaan report {tmp_path}` writes the report." in str(told.value)


def test_folders_count_on(tmp_path):
    assert new_run_folder(tmp_path / "runs", "gaganyaan").name == "gaganyaan-1"
    (tmp_path / "runs" / "gaganyaan-7").mkdir()
    (tmp_path / "runs" / "gaganyaan-old-9").mkdir()
    assert new_run_folder(tmp_path / "runs", "gaganyaan").name == "gaganyaan-8"
    assert new_run_folder(tmp_path, "../../etc/x y").name == "etc-x-y-1"
    assert new_run_folder(tmp_path, "..").name == "mission-1"
    for name in ("a" * 300, "या" * 150):
        for number in (1, 2):
            assert new_run_folder(tmp_path, name).name.endswith(f"-{number}")


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


def test_a_damaged_mission_is_copied_as_it_is(tmp_path):
    write_flight(tmp_path, SUMMARY)
    (tmp_path / "mission.yaml").write_bytes(b"\xff\xfe")
    copy = write_run(tmp_path, read_flight(tmp_path), {})
    assert (copy / "mission.yaml").read_bytes() == b"\xff\xfe"
