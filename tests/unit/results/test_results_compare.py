"""Two runs are compared by what their values are about."""

import pytest

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
    assert found["orbit.perigee"].absolute is None
    assert found["timeline.x#2.time"].first is None
    assert not any(key.startswith("notes") for key in found)
