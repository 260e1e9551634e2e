"""Two runs are compared by what their values are about."""

import pytest

from yaan.base.errors import YaanError
from yaan.results import compare, write_json, write_text

MISSION = """
vehicle: {payload: {mass: 8.2 t, source: a paper}}
phases:
  - {name: coast, until: {time: 3 s}}
  - {name: core, step: 1 s}
"""


@pytest.fixture
def runs(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_text(tmp_path / name / "mission.yaml", MISSION)
        summary = {
            "schema": 1,
            "orbit": {"perigee": 170e3},
            "timeline": [{"event": "x", "time": 1.0}],
        }
        write_json(tmp_path / name / "summary.json", summary)
    return tmp_path


def test_the_same_run_twice_does_not_differ(runs):
    assert compare(runs / "a", runs / "b") == []


def test_input_is_compared_by_name_and_without_sources(runs):
    text = MISSION.replace("8.2 t", "8.4 t").replace("a paper", "a book")
    text = text.replace("phases:\n", "phases:\n  - {name: rise}\n")
    write_text(runs / "b" / "mission.yaml", text)
    found = {d.key: (d.section, d.first, d.second) for d in compare(runs / "a", runs / "b")}
    assert found == {
        "vehicle.payload.mass": ("input", "8.2 t", "8.4 t"),
        "phases.rise.name": ("input", None, "rise"),
    }


def test_results_carry_absolute_and_relative_differences(runs):
    timeline = [{"event": "x", "time": 3.0}, {"event": "x", "time": 9.0}]
    summary = {"schema": 1, "orbit": {"perigee": None}, "timeline": timeline, "notes": ["new"]}
    write_json(runs / "b" / "summary.json", summary)
    found = {d.key: d for d in compare(runs / "a", runs / "b")}
    assert (found["timeline.x.time"].absolute, found["timeline.x.time"].relative) == (2.0, 2.0)
    assert found["ascent.orbit.perigee"].absolute is None
    assert found["timeline.x#2.time"].first is None
    assert not any(key.startswith("notes") for key in found)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it holds no mission"),
        (b"hello", "it holds no mission"),
        (b"- 1", "it holds no mission"),
        (b"\xff\xfe", "not YAML"),
        (b"\0\0", "not YAML"),
        (b"\t: ]", "not YAML"),
        (b"[" * 600, "not YAML"),
        (b"a: 2020-99-99", "not YAML"),
    ],
)
def test_a_damaged_mission_is_told_in_one_sentence(runs, content, says):
    (runs / "b" / "mission.yaml").write_bytes(content)
    with pytest.raises(YaanError, match=says) as told:
        compare(runs / "a", runs / "b")
    assert str(told.value).startswith(f"{runs / 'b' / 'mission.yaml'} is damaged")
    assert "\n" not in str(told.value)


def test_a_mission_that_is_a_folder_is_told(runs):
    (runs / "b" / "mission.yaml").unlink()
    (runs / "b" / "mission.yaml").mkdir()
    with pytest.raises(YaanError, match="Cannot read"):
        compare(runs / "a", runs / "b")
