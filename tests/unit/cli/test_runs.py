"""The verbs on run folders."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.conftest import SUMMARY, Yaan
from yaan.results import summary_of, write_flight, write_text


@pytest.fixture
def runs(tmp_path: Path) -> tuple[str, str]:
    """Two run folders that differ in the payload, the propellant left, and the last digit."""
    folders: list[str] = []
    for name, payload, left, miss in (("a", "8.2 t", 831.0, 1e-9), ("b", "8.4 t", 640.0, 2e-9)):
        folder = tmp_path / name
        folder.mkdir()
        rows = [{"stage": "c25", "loaded": 28e3, "used": 28e3 - left, "left": left}]
        misses = [{"target": "perigee", "miss": miss, "unit": "m"}]
        told = SUMMARY | {"propellant": rows, "steering": {"misses": misses}}
        write_flight(folder, summary_of(told))
        write_text(
            folder / "mission.yaml", f"schema: 1\nvehicle:\n  payload: {{mass: {payload}}}\n"
        )
        folders.append(str(folder))
    return folders[0], folders[1]


def test_compare_tells_what_differs_in_input_and_result(runs: tuple[str, str], yaan_cli: Yaan):
    ended = yaan_cli("compare", *runs)
    assert ended.code == 0
    for text in ("In input", "vehicle.payload.mass", "8.4 t", "In result", "propellant.c25.left"):
        assert text in ended.out
    miss = "ascent.steering.misses.perigee.miss"
    assert miss not in ended.out
    assert miss in yaan_cli("compare", *runs, "--all").out


def test_compare_as_json(runs: tuple[str, str], yaan_cli: Yaan):
    found = json.loads(yaan_cli("compare", *runs, "--json").out)["differences"]
    left = next(d for d in found if d["key"] == "budgets.propellant.c25.left")
    assert left["absolute"] == -191.0


def test_a_run_equals_itself(runs: tuple[str, str], yaan_cli: Yaan):
    assert "The same in result" in yaan_cli("compare", runs[0], runs[0]).out


def test_no_run_folder_is_bad_input(tmp_path: Path, yaan_cli: Yaan):
    for verb in (("compare", str(tmp_path), str(tmp_path)), ("report", str(tmp_path))):
        ended = yaan_cli(*verb)
        assert ended.code == 2
        assert "summary.json" in ended.err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"passed": true', '"passed": []', "verdicts.0.passed: a list: expected true or false"),
        ('"ideal": 9400.0', '"ideal": {}', "budgets.velocity_totals.0.ideal: a mapping: expected"),
        ('"mission": ', '"missions": ', "missions: "),
        (
            '"kind": "event"',
            '"kind": "event", "colour": 1',
            "timeline.0.colour: 1: expected no",
        ),
    ],
)
def test_a_damaged_summary_is_told_by_its_first_place(
    runs: tuple[str, str], yaan_cli: Yaan, old: str, new: str, says: str
):
    path = Path(runs[0]) / "summary.json"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    ended = yaan_cli("report", runs[0])
    assert ended.code == 2
    assert ended.err.startswith(f"{path}: {says}")
    assert ended.err.count("\n") == 1


def test_a_run_that_cannot_be_drawn_is_told_in_one_sentence(runs: tuple[str, str], yaan_cli: Yaan):
    (Path(runs[0]) / "manifest.json").write_text('{"packages": 3, "inputs": [1]}')
    ended = yaan_cli("report", runs[0])
    assert ended.code == 2
    assert ended.err.startswith(f"{runs[0]} is damaged: the report cannot be drawn")
    assert ended.err.count("\n") == 1


def test_a_run_of_schema_1_is_drawn(runs: tuple[str, str], yaan_cli: Yaan):
    (Path(runs[0]) / "summary.json").write_text(json.dumps(SUMMARY))
    ended = yaan_cli("report", runs[0])
    assert ended.code == 0
    assert "escape-system-jettison" in ended.out


def test_three_runs_have_a_column_each(runs: tuple[str, str], yaan_cli: Yaan):
    told = yaan_cli("compare", *runs, runs[0])
    assert told.code == 0
    line = next(text for text in told.out.splitlines() if "budgets.propellant.c25.left" in text)
    assert [word for word in line.split() if word[0].isdigit()] == ["831", "640", "831"]
    assert "-22.98%" in line
    found = json.loads(yaan_cli("compare", *runs, runs[0], "--json").out)
    left = next(d for d in found["differences"] if d["key"] == "budgets.propellant.c25.left")
    assert left["values"] == [831.0, 640.0, 831.0]
    assert left["absolute"] == [0.0, -191.0, 0.0]
    assert len(found["runs"]) == 3


def test_the_page_is_written_here_or_where_it_is_asked_for(
    runs: tuple[str, str], yaan_cli: Yaan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    told = yaan_cli("compare", *runs, "--page")
    assert told.out.endswith("Page: compare.html\n")
    assert "vehicle.payload.mass" in (tmp_path / "compare.html").read_text(encoding="utf-8")
    there = tmp_path / "other.html"
    assert json.loads(yaan_cli("compare", *runs, "--json", "--out", str(there)).out)["page"]
    assert there.is_file()


def test_a_page_shows_itself_where_asked(
    runs: tuple[str, str], yaan_cli: Yaan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    monkeypatch.chdir(tmp_path)
    yaan_cli("compare", *runs, "--open")
    assert shown == [(tmp_path / "compare.html").as_uri()]


@pytest.mark.parametrize("place", ["a/summary.json", "a/mission.yaml", "no/such/folder/x.html"])
def test_a_page_that_would_harm_a_run_or_has_no_place_is_refused(
    runs: tuple[str, str], yaan_cli: Yaan, tmp_path: Path, place: str
):
    kept = (tmp_path / "a" / "summary.json").read_bytes()
    ended = yaan_cli("compare", *runs, "--out", str(tmp_path / place))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("--out: ")
    assert (tmp_path / "a" / "summary.json").read_bytes() == kept


def test_one_run_is_nothing_to_compare(runs: tuple[str, str], yaan_cli: Yaan):
    ended = yaan_cli("compare", runs[0])
    assert (ended.code, ended.err) == (2, "To compare takes two runs or more.\n")
