"""Payloads of a launcher: orbits that are asked for, and the step from one try to the next."""

import numpy as np
import pytest

import yaan
from yaan.base.errors import InputError
from yaan.campaign.capability import _next, capability, curve, sun_synchronous
from yaan.results.payloads import Point


@pytest.mark.parametrize(
    ("height", "degrees"),
    # Landsat 8 (705 km, 98.2), Resourcesat-2 (817 km, 98.7): published, rounded to a tenth.
    [(705e3, 98.2), (817e3, 98.7)],
)
def test_sun_synchronous_orbits_are_those_that_fly(height: float, degrees: float):
    assert np.degrees(sun_synchronous(height)) == pytest.approx(degrees, abs=0.06)


def test_none_is_sun_synchronous_too_high():
    with pytest.raises(ValueError, match="sun-synchronous"):
        sun_synchronous(7_000e3)


def test_a_secant_meets_a_line_in_one_step():
    tried = [(1000.0, 300.0), (1100.0, 180.0)]
    assert _next(1100.0, tried, lost=False) == pytest.approx(1250.0)


def test_what_does_not_fly_is_made_lighter():
    assert _next(1000.0, [], lost=True) == pytest.approx(700.0)
    assert _next(1000.0, [(800.0, 50.0)], lost=True) == pytest.approx(900.0)


def test_no_step_is_bold():
    assert _next(1000.0, [(1000.0, 1e6)], lost=False) == pytest.approx(1500.0)


def test_what_has_no_ascent_is_refused():
    with pytest.raises(InputError, match="target"):
        capability(yaan.load("capsule-entry").source, ["400 km"], [])


def test_an_orbit_that_cannot_be_asked_for_is_refused_before_anything_flies():
    with pytest.raises(InputError, match=r"target\.perigee"):
        capability(yaan.load("lvm3-leo").source, ["400 kg"], [])
    with pytest.raises(InputError, match="sun-synchronous"):
        capability(yaan.load("lvm3-leo").source, ["9000 km"], ["sun-synchronous"])


def test_a_curve_has_its_units():
    points = [
        Point(300e3, 0.9, 1000.0, 0.5, 3, "flown"),
        Point(400e3, 0.9, float("nan"), float("nan"), 12, "not-found", "No payload."),
    ]
    found = curve(points, "paper")
    assert found["payload"].shape == (2, 1)
    assert found["payload"].attrs["units"] == "kg"
    assert found["outcome"].values.ravel().tolist() == ["flown", "not-found"]
    assert np.isnan(found["payload"].values[1, 0])
