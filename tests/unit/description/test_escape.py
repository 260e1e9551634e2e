"""What is wrong in a file of an escape system is told before anything flies."""

import pytest

import yaan
from yaan.base.errors import InputError


def refused(key: str, value: object) -> str:
    with pytest.raises(InputError) as caught:
        yaan.load("gaganyaan", {key: value})
    return str(caught.value)


def test_a_mode_without_a_motor_for_its_window():
    told = refused("escape.modes.low-altitude.phases.0.body", "module")
    assert "escape.modes.low-altitude.phases.boost.engine" in told
    assert "module has no motor" in told


def test_boxes_of_deployment_that_overlap():
    key = "escape.modes.low-altitude.parachutes.steps.3.box.height"
    told = refused(key, ["0.9 km", "19 km"])
    assert "lower than that of drogues, which it overlaps" in told


def test_a_couch_at_no_angle():
    told = refused("crew.couches", {"pilot": {"recline": "400 deg"}})
    assert "crew.couches.pilot.recline" in told


def test_a_detector_that_listens_to_nothing():
    told = refused("escape.hazards.detectors.rates.persistence", -1)
    assert "escape.hazards.detectors.rates.persistence" in told
    told = refused("escape.hazards.detectors.rates.latency", "-1 s")
    assert "escape.hazards.detectors.rates.latency" in told


def test_a_window_that_ends_before_it_begins():
    key = "escape.modes.high-altitude.window"
    told = refused(key, {"from": "60 s", "until": "50 s"})
    assert "a time after from" in told


def test_a_body_that_is_not_there_is_told_with_the_nearest():
    told = refused("escape.modes.low-altitude.phases.0.body", "low-stak")
    assert "low-stack" in told


def test_phases_out_of_order():
    told = refused("escape.modes.ballistic.phases.0.motion", "canopies")
    assert "rigid phases first, then one entry, then canopies" in told


def test_a_failure_without_its_stage():
    told = refused("escape.failures.s200-explosion.bursts", "s20")
    assert "one of hazards.explosions" in told


def test_a_capsule_that_spins_is_not_banked():
    told = refused("escape.modes.ballistic.bank", ["0 deg", "60 deg"])
    assert "nothing with guided: false" in told


@pytest.mark.parametrize(
    ("mission", "escape"), [("soyuz-fg-leo", "soyuz-tower"), ("falcon-9-leo", "dragon")]
)
def test_systems_of_others_load(mission: str, escape: str):
    plan = yaan.load(mission, {"escape": escape}).plan
    assert plan.escape is not None
    assert plan.escape.modes
