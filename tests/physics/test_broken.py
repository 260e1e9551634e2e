"""Flights in which something breaks: what became of them is told, and is what must be."""

from typing import Any

import pytest

import yaan
from tests.physics.chains import chain
from yaan.api import Flight

pytestmark = pytest.mark.slow


def broken(*failures: dict[str, Any]) -> Flight:
    """Soyuz on its way home, with what breaks."""
    return yaan.load("soyuz-descent", {"failures": list(failures)}).fly()


def end(flight: Flight) -> Any:
    """Where the flight itself ended."""
    assert flight.summary.sequence is not None
    return flight.summary.sequence.ends[0]


@pytest.mark.release
def test_half_of_the_thrust_takes_the_rest_twice_as_long() -> None:
    """From 200 s on: 139.5 s of full thrust are left, which become 279."""
    flight = broken({"engine": "service", "at": "200 s", "thrust_left": 0.5})
    cut = next(event for event in flight.timeline if event.name == "deorbit-cut-off")
    assert cut.time == pytest.approx(200.0 + 2.0 * 139.5, abs=0.1)
    assert flight.outcome.code == "flown"
    assert flight.outcome.text.count("50 % of its thrust") == 1


def test_an_engine_that_dies_leaves_it_in_orbit() -> None:
    """No propellant has run out: the sentence says so, and what broke."""
    flight = broken({"engine": "service", "at": "200 s"})
    assert flight.outcome.code != "flown"
    assert "loses all of its engines at 200 s" in flight.outcome.text
    assert "though there is propellant aboard" in flight.outcome.text
    assert end(flight).orbit.perigee > 150e3


def test_without_the_motors_it_comes_down_at_seven_metres_a_second() -> None:
    """The touchdown fails, and nothing else of the flight changes."""
    flight = broken({"ignition": "soft_landing"})
    assert end(flight).speed_relative == pytest.approx(7.27, abs=0.05)
    assert {v.name: v.passed for v in flight.verdicts}["touchdown speed"] is False


@pytest.mark.release
def test_without_its_main_canopy_it_falls() -> None:
    """At more than 100 m/s, which no verdict holds."""
    flight = broken({"canopy": "main"})
    assert end(flight).speed_relative > 100.0
    passed = {verdict.name: verdict.passed for verdict in flight.verdicts}
    assert passed["parachutes"] is False
    assert passed["touchdown speed"] is False


def test_modules_that_stay_are_carried_down() -> None:
    """What does not come off weighs on the canopy, and no branch of it is flown."""
    flight = broken({"jettison": "service"})
    assert flight.summary.sequence is not None
    assert "service" not in {one.path for one in flight.summary.sequence.ends}
    assert "service" in end(flight).flies
    assert end(flight).mass > 4_500.0


def test_a_canopy_below_which_something_is_dropped_and_falls() -> None:
    """Two falls beside each other, one from under a canopy: it takes no canopy along."""
    canopy = {
        "steps": [
            {
                "name": "main",
                "diameter": "8 m",
                "drag_coefficient": 0.8,
                "fill_constant": 8,
                "deploy": {"height": "3 km"},
            }
        ]
    }
    hang = {"motion": "canopies"}
    fall = [{"name": "fall", "motion": "fall", "ballistic_coefficient": "100 kg/m2"}]
    flight = chain(
        vehicle={
            "parts": {
                "ball": {"mass": "100 kg", "parachutes": canopy},
                "tip": {"mass": "5 kg"},
                "plate": {"mass": "20 kg"},
            }
        },
        phases=[
            {**hang, "name": "free", "until": {"height_below": "4 km"}},
            {
                "name": "out",
                "drop": ["tip"],
                "motion": "canopies",
                "until": {"height_below": "1 km"},
            },
            {**hang, "name": "down", "drop": ["plate"]},
        ],
        branches=[
            {"name": "tip", "at": "free-end", "flies": ["tip"], "phases": fall},
            {"name": "plate", "at": "out-end", "flies": ["plate"], "phases": fall},
        ],
    ).fly()
    assert flight.summary.sequence is not None
    assert {one.outcome for one in flight.summary.sequence.ends} == {"flown"}
    slow = {one.path: one.speed_relative for one in flight.summary.sequence.ends}
    assert slow["plate"] == pytest.approx(slow["tip"], rel=0.01)
    assert slow["plate"] > 3.0 * slow[""]


@pytest.mark.release
def test_a_coast_that_never_comes_down_has_not_been_flown() -> None:
    """A tenth of the burn leaves it in orbit: what waits for 140 km waits in vain, and is told."""
    late = {"phases.deorbit-burn.until": {"delta_v": "12.8 m/s"}}
    flight = yaan.load("soyuz-descent", late).fly()
    assert flight.outcome.code == "timed-out"
    assert "Phase 'coast'" in flight.outcome.text


def test_air_that_is_left_out_is_told() -> None:
    """Ten times the burn ends in the ground: there is no drag on what has no shape."""
    hard = {"phases.deorbit-burn.until": {"delta_v": "1280 m/s"}}
    flight = yaan.load("soyuz-descent", hard).fly()
    assert flight.outcome.code == "struck-ground"
    assert "kick" not in flight.outcome.text
    assert any("felt no air" in note for note in flight.summary.notes)


@pytest.mark.release
def test_canopies_that_are_lost_on_the_way_home_are_not_foreknown() -> None:
    """The bank is solved for canopies that drift in the wind; without them it lands beside."""
    wind = {"landing.wind": {"east": "5 m/s"}}
    flight = yaan.load("gaganyaan", {"failures": [{"canopy": "mains"}], **wind}).fly()
    assert flight.outcome.code == "flown"
    assert "Mains loses all of its canopies. Splashdown after" in flight.outcome.text
    passed = {verdict.name: verdict.passed for verdict in flight.verdicts}
    beside = ("landing", "parachutes", "touchdown speed")
    assert [passed[name] for name in beside] == [False, False, False]
