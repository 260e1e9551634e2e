"""A launcher that is throttled: for the dynamic pressure, and for the load."""

from functools import cache

import numpy as np
import pytest

import yaan
from yaan.api import Flight
from yaan.base.constants import STANDARD_GRAVITY

pytestmark = pytest.mark.slow

LIMIT = 4.0
"""Of the library's flight [g0]."""


@cache
def flown(**changes: str) -> Flight:
    """The library's flight with a change to its phases."""
    return yaan.load("falcon-9-throttled", {f"phases.{k}": v for k, v in changes.items()}).fly()


def rows(flight: Flight, *phases: str) -> np.ndarray:
    """Rows of some phases."""
    names = [phase.name for phase in flight.mission.plan.phases]
    return np.isin(flight.history["phase"], [names.index(name) for name in phases])


def test_the_load_limit_is_held_at_every_row() -> None:
    """The load climbs to the limit and stays there to a hundredth of a g until burn-out."""
    flight = flown()
    load = flight.history["load"][rows(flight, "first-stage")]
    assert np.max(load) < LIMIT + 0.01
    held = np.flatnonzero(load > LIMIT - 1e-3)
    assert len(held) > 60  # for half a minute, a row each quarter of a second or more
    # Once there it stays, to burn-out, where the last row has no thrust left.
    assert np.ptp(load[held[0] : -1]) < 0.01
    assert {v.name: v.passed for v in flight.verdicts}["load limit"]


def test_held_by_less_thrust_for_less_mass() -> None:
    """Thrust less drag over mass is the limit: engines alone hold it."""
    flight = flown()
    inside = rows(flight, "first-stage") & (flight.history["load"] > LIMIT - 1e-3)
    felt = (flight.history["thrust"] - flight.history["drag"]) / flight.history["mass"]
    assert felt[inside] == pytest.approx(LIMIT * STANDARD_GRAVITY, rel=1e-3)


def test_the_bucket_lowers_the_largest_pressure() -> None:
    """By a third, for which some propellant is paid."""
    flight, full = flown(), flown(**{"throttle-bucket.throttle": "{first: 1.0}"})
    pressure = [float(np.max(one.history["dynamic_pressure"])) for one in (flight, full)]
    assert pressure[0] < 0.75 * pressure[1]
    left = [one.budgets.propellant[1].left for one in (flight, full)]
    assert 0.0 < left[1] - left[0] < 1.5e3


def test_a_limit_below_what_engines_can_give_is_told() -> None:
    """At 57 % of its thrust the first stage loads 3.2 g as it burns out."""
    flight = flown(**{"first-stage.load_limit": "2 g0"})
    verdict = next(v for v in flight.verdicts if v.name == "load limit")
    assert verdict.passed is False
    assert verdict.value == "3.22 g in first-stage"
