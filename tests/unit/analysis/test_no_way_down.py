"""A way home that is not found: the outcome says what was tried, and nothing is raised."""

from typing import Any

import pytest

import yaan
from yaan.results import Summary

pytestmark = pytest.mark.slow


def flown(changes: dict[str, Any]) -> Summary:
    """By time: what is tested is what the design finds."""
    return yaan.load("gaganyaan", {"guidance": None} | changes).fly().summary


def test_a_shallow_entry_that_comes_down_is_found() -> None:
    """The burn of the reference revolution comes in at -0.66 deg here, and skips out."""
    told = flown({"deorbit.entry_angle": "-0.9 deg"})
    assert told.outcome.code == "flown"
    assert told.landing is not None
    assert told.landing.miss is not None
    assert told.landing.miss < 100.0


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("deorbit.entry_angle", "-0.3 deg", ("16 burns", "left the atmosphere", "a steeper")),
        ("entry.roll_rate", "0.1 deg/s", ("reaches the aim", "km from it", "a nearer aim")),
        (
            "spacecraft.service_module.engine.thrust",
            "100 N",
            ("lasts", "where the engines are left"),
        ),
        ("spacecraft.service_module.engine.thrust", "20 N", ("raises the orbit", "a stronger one")),
    ],
)
def test_what_was_tried_is_told(key: str, value: str, words: tuple[str, ...]) -> None:
    outcome = flown({key: value}).outcome
    assert outcome.code == "not-found"
    for word in words:
        assert word in outcome.text


@pytest.mark.release
def test_a_window_before_the_orbit_is_raised_has_no_landing() -> None:
    told = flown({"landing.time": "3 h", "landing.window": "1 h"})
    assert told.outcome.code == "no-solution"
