"""Soyuz home from the station, with lift and without, beside what is told of such flights."""

import math
from functools import cache

import numpy as np
import pytest

import yaan
from yaan.api import Flight
from yaan.base.constants import STANDARD_GRAVITY
from yaan.results.summary_sequence import PathEnd, SequencePhase
from yaan.spacetime.zone import distance

pytestmark = pytest.mark.slow

START = 6_570.01
"""Of all that is aboard at first [kg]."""


@cache
def flown(name: str) -> Flight:
    """A flight of the library."""
    return yaan.load(name).fly()


def phase(flight: Flight, name: str) -> SequencePhase:
    """A phase of the flight, as it was flown."""
    assert flight.summary.sequence is not None
    return next(one for one in flight.summary.sequence.phases if one.phase == name)


def ends(flight: Flight) -> dict[str, PathEnd]:
    """Where its paths ended, the flight's own as an empty name."""
    assert flight.summary.sequence is not None
    return {end.path: end for end in flight.summary.sequence.ends}


def apart(one: PathEnd, other: PathEnd) -> float:
    """Between two ends along the ground [m]."""
    return float(distance(one.latitude, one.longitude, other.latitude, other.longitude))


def entry_peak(flight: Flight) -> float:
    """The largest load of the entry [g0]."""
    names = [one.name for one in flight.mission.plan.phases]
    return float(np.max(flight.history["load"][flight.history["phase"] == names.index("entry")]))


@pytest.mark.parametrize("name", ["soyuz-descent", "soyuz-ballistic"])
def test_all_phases_and_what_is_published(name: str) -> None:
    """It comes to the steppe, its modules to the ground, within what is told."""
    flight = flown(name)
    assert flight.summary.sequence is not None
    assert {one.outcome for one in flight.summary.sequence.phases} == {"flown"}
    passed = {verdict.name: verdict.passed for verdict in flight.verdicts}
    for verdict in ("published figures", "parachutes", "touchdown speed", "integration"):
        assert passed[verdict], verdict
    own = ends(flight)
    assert set(own) == {"", "service", "orbital", "heat_shield"}
    assert {end.surface for end in own.values()} == {"land"}


def test_the_burn_by_the_rocket_equation() -> None:
    """128 m/s take what Tsiolkovsky says, in the time that thrust and flow say."""
    burn = phase(flown("soyuz-descent"), "deorbit-burn")
    exhaust = 302.0 * STANDARD_GRAVITY
    left = START * math.exp(-128.0 / exhaust)
    assert burn.ideal == pytest.approx(128.0, abs=1e-6)
    assert burn.mass_end == pytest.approx(left, abs=1e-3)
    lasting = (START - left) * exhaust / 2_950.0 + 0.5  # half of the ramp of 1 s
    assert burn.end - burn.start == pytest.approx(lasting, abs=1e-3)


def test_under_the_canopy_it_sinks_as_drag_and_weight_say() -> None:
    """Terminal speed just above the ground, within the 0.3 % of an air that still thickens."""
    flight = flown("soyuz-descent")
    end = next(event for event in flight.timeline if event.name == "motors")
    mass, density = 2_550.0, 1.225 * (1.0 - 2.25577e-5 * 400.0) ** 4.2559
    area = 0.80 * math.pi / 4.0 * 35.7**2 + 0.85 * math.pi / 4.0 * 2.2**2
    gravity = 9.8085 - 3.086e-6 * 400.0  # at 48 N
    sinking = math.sqrt(2.0 * mass * gravity / (density * area))
    assert end.speed_relative == pytest.approx(sinking, rel=3e-3)


def test_motors_take_most_of_the_last_speed() -> None:
    """From 7 m/s to some 2 in 0.8 m; without them it would touch down at 7."""
    motors, landed = (
        next(event for event in flown("soyuz-descent").timeline if event.name == name)
        for name in ("motors", "touchdown")
    )
    assert landed.speed_relative < 0.4 * motors.speed_relative
    assert 0.1 < landed.time - motors.time < 0.25
    assert motors.height - landed.height == pytest.approx(0.8, abs=1e-6)


def test_a_spin_takes_the_lift_away() -> None:
    """Twice the load, some 500 km short, and as a capsule without lift to a few kilometres."""
    lifting, spinning = flown("soyuz-descent"), flown("soyuz-ballistic")
    assert 3.0 < entry_peak(lifting) < 4.2
    assert entry_peak(spinning) == pytest.approx(8.5, abs=0.5)
    short = apart(ends(lifting)[""], ends(spinning)[""])
    assert 350e3 < short < 650e3
    flat = {"vehicle.parts.descent.capsule.aerodynamics.lift_scale": 0.0}
    without = yaan.load("soyuz-ballistic", flat).fly()
    assert entry_peak(spinning) == pytest.approx(entry_peak(without), abs=0.15)
    assert apart(ends(spinning)[""], ends(without)[""]) < 10e3
