"""Runs are held against the first: what counts, in what order, by which unit."""

from dataclasses import replace

import pytest

from tests.unit.cli.conftest import SUMMARY
from yaan.base.errors import YaanError
from yaan.results import Change, FlightRecord, compare_runs, summary_of, write_flight, write_text


def record(left: float, load: float = 3.0, *, at: float = 0.0, payload: str = "8 t"):
    told = SUMMARY | {
        "propellant": [{"stage": "c25", "loaded": 28e3, "used": 28e3 - left, "left": left}],
        "max_load": {"time": 100.0, "value": load},
        "timeline": [SUMMARY["timeline"][0] | {"time": at}],
    }
    return FlightRecord(summary_of(told), mission=f"vehicle: {{payload: {{mass: {payload}}}}}")


def test_results_are_ranked_by_relative_change_and_carry_their_unit():
    found = compare_runs([record(800.0), record(600.0, payload="9 t"), record(1600.0)])
    first = found.ranked[0]
    assert (first.key, first.unit) == ("budgets.propellant.c25.left", "kg")
    assert first.values == (800.0, 600.0, 1600.0)
    assert first.absolute == (0.0, -200.0, 800.0)
    assert first.relative == (0.0, -0.25, 1.0)
    sizes = [change.size for change in found.ranked]
    assert sizes == sorted(sizes, reverse=True)
    assert [(c.key, c.values) for c in found.inputs] == [
        ("vehicle.payload.mass", ("8 t", "9 t", "8 t"))
    ]


def test_a_number_told_twice_is_ranked_once():
    keys = [change.key for change in compare_runs([record(8.0), record(6.0)]).ranked]
    assert keys == ["budgets.propellant.c25.left", "budgets.propellant.c25.used"]


@pytest.mark.parametrize(
    ("change", "matters"),
    [
        (Change("result", "a", (170e3, 170e3 + 1e-6), "m"), False),
        (Change("result", "a", (170e3, 170.2e3), "m"), True),
        (Change("result", "a", (1.0, 1.0 + 1e-9)), False),
        (Change("result", "a", (0.0, 0.5), "g"), True),
        (Change("input", "a", ("8 t", "9 t")), True),
        (Change("result", "a", (1.0, None), "kg"), True),
    ],
)
def test_the_last_digits_do_not_matter(change: Change, matters: bool):
    assert change.matters is matters


def test_a_residue_is_no_scale_and_no_result():
    change = Change("result", "sequence.ends.s200.height", (1e-9, -8e-8, None), "m")
    assert change.relative == (None, None, None)
    assert not change.moved
    assert change.matters  # one run has none


def test_a_longitude_has_no_share():
    change = Change("result", "landing.touchdown.longitude_deg", (10.0, 20.0), "deg")
    assert change.relative == (None, None)
    assert change.absolute == (0.0, 10.0)


def test_events_of_one_name_are_held_against_each_other():
    found = compare_runs([record(8.0), record(8.0, at=2.5)])
    (event,) = found.events
    assert (event.name, event.shifts) == ("escape-system-jettison", (0.0, 2.5))
    other = record(8.0)
    alone = replace(other, summary=replace(other.summary, timeline=()))
    assert compare_runs([other, alone]).events[0].times == (0.0, None)


def test_what_a_run_lacks_is_told():
    whole = record(8.0)
    without = replace(whole, summary=replace(whole.summary, ascent=None))
    assert compare_runs([whole, without]).missing == {"paper (2)": ("ascent",)}


def test_folders_of_one_name_are_told_apart(tmp_path):
    for parent in ("x", "y"):
        (tmp_path / parent / "paper-1").mkdir(parents=True)
        write_flight(tmp_path / parent / "paper-1", record(8.0).summary)
        write_text(tmp_path / parent / "paper-1" / "mission.yaml", "name: paper\n")
    folders = [tmp_path / "x" / "paper-1", tmp_path / "y" / "paper-1" / "summary.json"]
    assert compare_runs(folders).names == ("x/paper-1", "y/paper-1")
    assert compare_runs(folders, ("a", "b")).names == ("a", "b")
    assert compare_runs([folders[0]] * 2).names == ("x/paper-1", "x/paper-1 (2)")


def test_one_run_and_names_that_do_not_fit_are_refused():
    with pytest.raises(YaanError, match="two runs or more"):
        compare_runs([record(8.0)])
    with pytest.raises(YaanError, match="2 runs are compared, and 1 names"):
        compare_runs([record(8.0), record(8.0)], ("a",))
