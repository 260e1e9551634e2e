"""A measured flight path, flown again: the webcast of TESS, 2018."""

from functools import cache

import numpy as np
import pytest

import yaan
from yaan.api import Flight
from yaan.description import FlightPhaseSpec

MEASURED = {
    # [s]: speed [m/s] and height [m] of the telemetry
    30.0: (118.9, 1_560.0),
    70.0: (356.4, 10_560.0),
    100.0: (737.2, 24_850.0),
    120.0: (1_125.6, 39_720.0),
    140.0: (1_659.8, 59_420.0),
}
"""From TESS__analysed.json of github.com/shahar603/Telemetry-Data, b245d3b, public domain."""


@cache
def flown(share: str = "") -> Flight:
    """The library's flight, with another share of thrust outside of the bucket."""
    phases = ("vertical-rise", "climb", "boost") if share else ()
    changes = {f"phases.{name}.throttle": f"{{first: {share}}}" for name in phases}
    return yaan.load("falcon-9-tess", changes).fly()


@pytest.mark.parametrize("time", MEASURED)
def test_speed_and_height_along_the_way(time: float) -> None:
    """Within 5 % of the speed, and within 5 % of the height and a lag of the display of 1 s."""
    speed, height = MEASURED[time]
    history = flown().history
    ours = [
        float(np.interp(time, history["time"], history[k])) for k in ("speed_relative", "height")
    ]
    assert ours[0] == pytest.approx(speed, rel=0.05)
    assert ours[1] == pytest.approx(height, abs=0.05 * height + speed * 1.0)


def test_what_is_published() -> None:
    """Its verdicts hold: speed at cut-off within the 4 % of display and masses."""
    passed = {verdict.name: verdict.passed for verdict in flown().verdicts}
    assert passed["published figures"]
    assert passed["load limit"]


def test_the_axis_is_along_the_table_and_the_path_above_it() -> None:
    """No feedback holds the path: it stays above the axis, by less than 6 deg."""
    boost = flown().mission.plan.phases[3]
    assert isinstance(boost, FlightPhaseSpec)
    table = boost.steer.flight_path
    assert table is not None
    history = flown().history
    inside = (history["phase"] == 3) & (history["time"] < 149.0)
    asked = np.interp(history["time"][inside], table.time, table.angle)
    above = np.degrees(history["flight_path_angle_relative"][inside] - asked)
    assert 0.0 < np.mean(above) < 6.0
    assert np.max(np.abs(above)) < 6.0
    attack = np.degrees(history["angle_of_attack"][inside])
    assert attack == pytest.approx(np.abs(above), abs=0.5)


def test_the_published_thrust_is_too_much_for_that_flight() -> None:
    """At the full thrust of the library it is too fast: 7 % of thrust are seen in the telemetry."""
    verdict = next(v for v in flown("1.0").verdicts if v.name == "published figures")
    assert verdict.passed is False
