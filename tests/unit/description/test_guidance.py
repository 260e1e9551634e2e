"""The laws that a file names: what is read, and every mistake in one error."""

import math
from typing import Any

import pytest

import yaan
from yaan.base.errors import InputError
from yaan.description.notes import notes_of
from yaan.flight.guiding import guiding_of


def _refused(mission: str, key: str, value: object) -> str:
    with pytest.raises(InputError) as caught:
        yaan.load(mission).replace(key, value)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_a_word_is_a_law_with_its_usual_parameters() -> None:
    guidance = yaan.load("gaganyaan").replace("guidance.entry", "analytic").plan.guidance
    assert guidance is not None
    assert guidance.entry is not None
    assert guidance.entry.law == "analytic"
    assert guidance.entry.roll_acceleration == pytest.approx(math.radians(15.0))


def test_what_is_left_out_flies_open_loop() -> None:
    assert yaan.load("lvm3-m5").plan.guidance is None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("guidance.entry", "expliciit", "one of open-loop, predictor-corrector, analytic, spin"),
        ("guidance.ascent", "expliciit", "did you mean explicit?"),
        ("guidance.entry.lw", "analytic", "did you mean law?"),
        ("guidance.entry.period", "0 s", "from 0.05 s to 60 s"),
        ("guidance.entry.period", 2.0, "write it with a unit"),
        ("guidance.entry.dead_band", "400 deg", "from 0.1 deg to 45 deg"),
        ("guidance.ascent.turn_rate", "0 deg/s", "above 0 deg/s"),
        ("guidance.ascent.load_relief", "5 kPa", "kPa measures a pressure"),
        ("guidance.entry", {"own": "x.Y", "law": "spin"}, "either a law, or own"),
        ("guidance.entry", {"law": "spin", "spin_rate": "0 deg/s"}, "a rate other than 0"),
        ("guidance.landing", "analytic", "a known key"),
    ],
)
def test_a_mistake_in_a_law_is_one_error(key: str, value: object, told: str) -> None:
    assert told in _refused("gaganyaan", key, value)


@pytest.mark.parametrize(
    ("mission", "key", "value", "told"),
    [
        ("capsule-entry", "guidance.entry", "predictor-corrector", "needs landing.aim"),
        ("apollo10-entry", "guidance.ascent", "explicit", "without an ascent"),
        ("capsule-entry", "guidance.orbit", "re-solved", "without the block orbit"),
    ],
)
def test_a_law_of_what_is_not_flown_is_refused(
    mission: str, key: str, value: object, told: str
) -> None:
    assert told in _refused(mission, key, value)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"entry.motion": "rigid"}, "a rigid entry (entry.motion) flies the designed bank by time"),
        ({"guidance": None}, "navigation guides nothing here: the flight is open loop"),
    ],
)
def test_what_guides_nothing_is_told(changes: dict[str, Any], told: str) -> None:
    mission = yaan.load("gaganyaan")
    assert not any("guid" in note for note in notes_of(mission.plan))
    plan = mission.replace(changes).plan
    assert sum(told in note for note in notes_of(plan)) == 1
    assert guiding_of(plan) is None


def test_explicit_guidance_needs_a_last_burn_that_it_steers() -> None:
    phases = yaan.load("gaganyaan").tree["phases"]
    plain = [dict(phase) for phase in phases]
    for phase in plain:
        if phase["name"] == "cryogenic":
            phase["steer"] = "gravity_turn"
    with pytest.raises(InputError, match="a last burn that is steered by a programme"):
        yaan.load("gaganyaan").replace({"guidance.ascent": "explicit", "phases": plain})
