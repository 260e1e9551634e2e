"""A chain of phases that does not join is refused, with one clear mistake each."""

import json
from pathlib import Path
from typing import Any

import pytest

import yaan
from tests.physics.chains import CANOPY, ball, chain, data
from yaan.base import InputError

STAGE: dict[str, Any] = {
    "engine": {"thrust": "10 kN", "isp": "250 s"},
    "propellant": "50 kg",
    "dry_mass": "20 kg",
}
ROCKET: dict[str, Any] = {"stages": {"motor": STAGE}, "parts": {"nose": {"mass": "10 kg"}}}
BURN: dict[str, Any] = {"name": "burn", "ignite": ["motor"], "until": {"depleted": "motor"}}
COAST: dict[str, Any] = {"name": "up", "until": {"duration": "10 s"}}
FALL: dict[str, Any] = {
    "name": "down",
    "motion": "fall",
    "ballistic_coefficient": "500 kg/m2",
}


def told(**blocks: Any) -> list[tuple[str, str]]:
    """Where a chain is wrong, and what was expected there."""
    with pytest.raises(InputError) as refused:
        chain(**blocks)
    return [(problem.key, problem.expected) for problem in refused.value.problems]


def only(**blocks: Any) -> tuple[str, str]:
    """The one mistake of a chain."""
    (mistake,) = told(**blocks)
    return mistake


def test_a_phase_that_lights_what_was_dropped() -> None:
    again = {"name": "again", "ignite": ["motor"], "until": {"duration": "5 s"}}
    phases = [BURN, COAST | {"drop": ["motor"]}, again]
    key, expected = only(vehicle=ROCKET, phases=phases)
    assert key == "phases.again.ignite.0"
    assert "aboard" in expected


def test_what_is_dropped_twice() -> None:
    phases = [BURN, COAST | {"drop": ["motor"]}, FALL | {"drop": ["motor"]}]
    key, expected = only(vehicle=ROCKET, phases=phases)
    assert key == "phases.down.drop.0"
    assert "aboard" in expected


def test_canopies_of_nobody() -> None:
    key, expected = only(phases=[{"name": "hang", "motion": "canopies"}])
    assert key == "phases.hang.motion"
    assert "parachutes" in expected


def test_canopies_that_left_with_their_vehicle() -> None:
    vehicle = {"parts": {"ball": {"mass": "1 kg", "parachutes": CANOPY}, "rest": {"mass": "2 kg"}}}
    phases = [FALL | {"until": {"height_below": "3 km"}}]
    phases.append({"name": "hang", "motion": "canopies", "drop": ["ball"]})
    key, _ = only(vehicle=vehicle, phases=phases)
    assert key == "phases.hang.motion"


def test_an_entry_of_what_is_no_capsule() -> None:
    key, expected = only(phases=[{"name": "entry", "motion": "entry"}])
    assert key == "phases.entry.motion"
    assert "capsule" in expected


def test_a_target_that_no_phase_meets() -> None:
    target = {"perigee": "200 km", "apogee": "200 km", "inclination": "20 deg"}
    keys = [key for key, _ in told(target=target)]
    assert "target" in keys
    assert "steering" in keys


def test_an_orbit_without_a_target() -> None:
    phases = [{"name": "burn", "ignite": ["motor"], "until": {"orbit": "target"}}]
    key, expected = only(vehicle=ROCKET, phases=phases)
    assert key == "phases.burn.until.orbit"
    assert "target" in expected


def test_a_branch_at_an_unknown_event() -> None:
    branch = {"name": "stage", "at": "separation-x", "flies": ["motor"], "phases": [FALL]}
    phases = [BURN | {"event": "separation"}, COAST | {"drop": ["motor"]}]
    with pytest.raises(InputError) as refused:
        chain(vehicle=ROCKET, phases=phases, branches=[branch])
    (problem,) = refused.value.problems
    assert problem.key == "branches.stage.at"
    assert "separation" in problem.hint


def test_a_branch_of_what_stays() -> None:
    branch = {"name": "nose", "at": "burn-end", "flies": ["nose"], "phases": [FALL]}
    phases = [BURN, COAST | {"drop": ["motor"]}]
    key, expected = only(vehicle=ROCKET, phases=phases, branches=[branch])
    assert key == "branches.nose.flies.0"
    assert "dropped" in expected


def test_two_starts() -> None:
    place = {"latitude": "0 deg", "longitude": "0 deg"}
    start = {"drop": place | {"height": "1 km"}, "orbit": {"perigee": "200 km"}}
    keys = [key for key, _ in told(start=start)]
    assert any(key.startswith("start") for key in keys)


def test_keys_of_another_motion() -> None:
    key, expected = only(phases=[FALL | {"ignite": ["motor"]}], vehicle=ROCKET)
    assert key == "phases.down.ignite"
    assert expected == "nothing with motion: fall"


def test_ends_of_another_motion() -> None:
    key, expected = only(phases=[FALL | {"until": {"heat_flux_below": "1 kW/m2"}}])
    assert key == "phases.down.until.heat_flux_below"
    assert "ground" in expected


def test_a_phase_without_an_end() -> None:
    key, expected = only(phases=[{"name": "up"}], vehicle=ball())
    assert key == "phases.up.until"
    assert expected.startswith("required")


def test_a_run_that_is_not_there(tmp_path: Any) -> None:
    from ruamel.yaml import YAML

    from tests.physics.chains import data
    from yaan.mission.load import load_tree

    file = tmp_path / "on.yaml"
    with file.open("w") as out:
        YAML(typ="safe", pure=True).dump(data(start={"run": {"folder": "no-run"}}, epoch=None), out)
    with pytest.raises(InputError) as refused:
        load_tree(file)
    (problem,) = refused.value.problems
    assert problem.key == "start.run.folder"
    assert problem.expected == "a run folder that can be read"


def test_a_tank_that_holds_more_than_it_can() -> None:
    start = {"drop": {"latitude": "0 deg", "longitude": "0 deg", "height": "5 km"}}
    key, expected = only(start=start | {"tanks": {"motor": "51 kg"}}, vehicle=ROCKET)
    assert key == "start.tanks.motor"
    assert "at most 50 kg" in expected


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ({"jettison": "nose"}, "what a phase drops"),
        ({"jettison": "payload"}, "a stage or part"),
        ({"jettison": "nise"}, "a stage or part"),
    ],
)
def test_a_jettison_that_nobody_asks_for(failure: dict[str, Any], words: str) -> None:
    phases = [BURN, COAST | {"drop": ["motor"]}, FALL]
    key, expected = only(vehicle=ROCKET, phases=phases, failures=[failure])
    assert key == "failures.0.jettison"
    assert words in expected


def test_an_ignition_that_nobody_asks_for() -> None:
    key, expected = only(vehicle=ROCKET, failures=[{"ignition": "motor"}])
    assert key == "failures.0.ignition"
    assert "what a phase lights" in expected


@pytest.mark.parametrize(("key", "value"), [("time", "3 s"), ("mass", "10 kg")])
def test_a_run_has_its_own_time_and_mass(key: str, value: str, tmp_path: Path) -> None:
    file = tmp_path / "again.yaml"
    start = {"run": {"folder": "nowhere", "at": "end"}, key: value}
    file.write_text(json.dumps(data(start=start, epoch=None)), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        yaan.load(file)
    (problem,) = refused.value.problems
    assert problem.key == f"start.{key}"
    assert "nothing with start.run" in problem.expected
