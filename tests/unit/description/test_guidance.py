"""The laws that a file names: what is read, and every mistake in one error."""

import math

import pytest

import yaan
from yaan.base.errors import InputError


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
        ("lvm3-m5", "guidance.entry", "analytic", "without an entry"),
        ("lvm3-m5", "guidance.orbit", "re-solved", "without the block orbit"),
    ],
)
def test_a_law_of_what_is_not_flown_is_refused(
    mission: str, key: str, value: object, told: str
) -> None:
    assert told in _refused(mission, key, value)


def test_a_rigid_entry_takes_no_law() -> None:
    with pytest.raises(InputError, match="follows a bank that is known beforehand"):
        yaan.load("gaganyaan").replace({"guidance.entry": "analytic", "entry.motion": "rigid"})


def test_what_nothing_flies_by_is_refused() -> None:
    with pytest.raises(InputError, match="without guidance"):
        yaan.load("gaganyaan").replace("navigation", "inertial")
    with pytest.raises(InputError, match="follows a flight by time"):
        yaan.load("gaganyaan").replace({"guidance.ascent": "explicit", "attitude.motion": "rigid"})


def test_explicit_guidance_needs_a_last_burn_that_it_steers() -> None:
    phases = yaan.load("gaganyaan").tree["phases"]
    plain = [dict(phase) for phase in phases]
    for phase in plain:
        if phase["name"] == "cryogenic":
            phase["steer"] = "gravity_turn"
    with pytest.raises(InputError, match="a last burn that is steered by a programme"):
        yaan.load("gaganyaan").replace({"guidance.ascent": "explicit", "phases": plain})
