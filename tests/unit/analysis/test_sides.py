"""What fails beside a flight is a note: the ranking, the abort map, another profile."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from yaan.analysis import abort_map, fly
from yaan.analysis.sides import Sides
from yaan.description.landing_cross import HOME_BLOCKS
from yaan.design import steer
from yaan.results import Summary
from yaan.results.summary_evidence import Effects

TITLE = "An assumed apogee whose range reaches the perigee, where other targets are met"
FILE = f"""
schema: 1
kind: mission
name: near-circular-range
title: {TITLE}
from: lvm3-leo
vehicle: {{payload: {{ballistic_coefficient: 400 kg/m2}}}}
target:
  perigee: "300 km"
  apogee: "400 km"
  assumed: {{apogee: {{range: ["300 km", "400 km"], why: circular or not}}}}
"""


def singular(*ignored: Any) -> Any:
    return np.linalg.inv(np.zeros((2, 2)))


def flown(tmp_path: Path) -> Summary:
    file = tmp_path / "range.yaml"
    file.write_text(FILE, encoding="utf-8")
    return yaan.load(file).fly().summary


def effects(summary: Summary, key: str) -> Effects:
    return next(row.effect for row in summary.assumptions if row.key == key)


def test_what_fails_is_told_with_its_place() -> None:
    sides = Sides()
    assert sides.attempt("the ranking", singular) is None
    (note,) = sides.notes
    assert note.startswith("Left out: the ranking; it failed with LinAlgError")
    assert "Singular matrix" in note


def test_what_works_is_handed_on_without_a_note() -> None:
    sides = Sides()
    assert sides.attempt("a sum", partial(sum, [1, 2])) == 3
    assert sides.notes == []


def test_an_interrupt_is_no_failure() -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Sides().attempt("the ranking", stop)


@pytest.mark.slow
def test_an_end_of_a_range_with_other_targets_is_ranked(tmp_path: Path, monkeypatch: Any) -> None:
    """A circular orbit is met by four targets, an elliptic one by three."""
    monkeypatch.setattr(abort_map, "map_ascent", singular)
    told = flown(tmp_path)
    assert told.outcome.code == "flown"
    low, high = effects(told, "target.apogee").low, effects(told, "target.apogee").high
    assert low is not None
    assert high is not None
    assert high.propellant_left == pytest.approx(0.0, abs=1e-3)
    # Solved by itself for 300 km the mission has 97.8 kg more left.
    assert low.propellant_left == pytest.approx(97.8, abs=1.0)
    assert any("the abort map of profile" in note for note in told.notes)
    assert told.ascent is not None
    assert told.ascent.abort is None


@pytest.mark.slow
def test_a_ranking_that_fails_leaves_the_flight(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(fly, "rank", singular)
    told = flown(tmp_path)
    assert told.outcome.code == "flown"
    assert effects(told, "target.apogee") == Effects(low=None, high=None)
    assert any("the ranking" in note for note in told.notes)


@pytest.mark.slow
def test_another_profile_that_fails_leaves_the_flight(monkeypatch: Any) -> None:
    solve = steer.solve

    def one_fails(task: Any, *rest: Any) -> Any:
        return singular() if task.name == "propellant-optimal" else solve(task, *rest)

    monkeypatch.setattr(fly, "solve", one_fails)
    # Without its way home, which is flown elsewhere.
    gone: dict[str, Any] = {key: None for key in HOME_BLOCKS}
    told = yaan.load("gaganyaan", gone).fly().summary
    assert told.outcome.code == "flown"
    assert told.ascent is not None
    assert list(told.ascent.profiles) == ["crew-shaped"]
    assert any("profile propellant-optimal" in note for note in told.notes)
