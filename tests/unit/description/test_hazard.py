import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from yaan.description.block import mistakes_of
from yaan.description.hazard import MEASURES, STANDING, HazardLimitsSpec, HazardsSpec
from yaan.description.quantity import FILE
from yaan.hazard import load_hazards

FULL = {"noise": 0.1, "period": "10 ms", "persistence": 2, "latency": "0 s"}


def _read(data: dict[str, Any]) -> HazardsSpec:
    return HazardsSpec.model_validate(data, context=FILE)


def _wrong(data: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as told:
        _read(data)
    return [(".".join(map(str, one.at)), one.expected) for one in mistakes_of(told.value)]


def test_bursts():
    stages = {
        "s200": {"propellant": "solid", "delay": "0.5 s"},
        "c25": {"propellant": "lox-lh2", "level": "high"},
        "own": {"propellant": "solid", "tnt_equivalent": 0.3},
    }
    found = _read({"explosions": stages}).explosions
    assert [one.fraction for one in found.values()] == [0.02, 0.6, 0.3]
    assert found["s200"].delay == 0.5
    burst = found["c25"].burst([10e3, 20e3], 1e3, 300.0)
    assert np.asarray(burst.tnt).tolist() == [6e3, 12e3]
    assert np.asarray(burst.products).tolist() == [10e3, 20e3]


def test_detectors_of_the_library_and_of_the_file():
    given = {
        "plain": {"like": "apollo-roll"},
        "own": {"like": "apollo-roll", "rate": "10 deg/s", "persistence": 5},
        "all": {"pressure": "1 MPa", **FULL},
        "wire": {"broken": True, **FULL},
    }
    found = {name: one.detector() for name, one in _read({"detectors": given}).detectors.items()}
    library = load_hazards().detectors["apollo-roll"].detector
    assert found["plain"] == library
    assert found["own"].threshold == pytest.approx(0.5 * library.threshold)
    assert found["own"].noise == pytest.approx(0.5 * library.noise)
    assert (found["own"].persistence, found["own"].both_sides) == (5, True)
    assert (found["all"].threshold, found["all"].noise) == (1e6, 1e5)
    assert (found["all"].period, found["all"].latency, found["all"].both_sides) == (
        0.01,
        0.0,
        False,
    )
    assert found["wire"].threshold == 0.5


def test_what_the_library_measures_is_known_without_it():
    assert {name: one.measures for name, one in load_hazards().detectors.items()} == MEASURES


@pytest.mark.parametrize(
    ("detector", "at", "expected"),
    [
        ({"like": "breakwire", "persistence": -1, "latency": "0 s"}, "persistence", "at least 1"),
        ({"like": "breakwire", "latency": "-1 s"}, "latency", "a time from 0"),
        ({"like": "breakwire", "rate": "4 deg/s"}, "rate", "the threshold that breakwire has"),
        ({"rate": "4 deg/s", "broken": True, **FULL}, "broken", "one threshold"),
        ({"rate": "4 deg/s"}, "noise", "required"),
        ({"rate": "0 deg/s", **FULL}, "rate", "above 0"),
        (FULL, "", "one of rate, pressure, leak, broken"),
    ],
)
def test_detectors_that_cannot_be(detector: dict[str, Any], at: str, expected: str):
    told = _wrong({"detectors": {"one": detector}})
    address = f"detectors.one.{at}".removesuffix(".")
    assert any(place == address and expected in what for place, what in told), told


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({"explosions": {"a": {"propellant": "tnt"}}}, "explosions.a.propellant"),
        ({"explosions": {"a": {"propellant": "solid", "tnt_equivalent": -0.1}}}, "explosions.a."),
        ({"limits": {"overpressure": "0 kPa"}}, "limits.overpressure"),
        ({"limits": {"hit_chance": 2.0}}, "limits.hit_chance"),
        ({"limits": {"cloth_temperature": "250 kg"}}, "limits.cloth_temperature"),
    ],
)
def test_other_mistakes(data: dict[str, Any], at: str):
    assert any(place.startswith(at) for place, _ in _wrong(data))


def test_every_default_limit_has_its_standing():
    own = set(HazardLimitsSpec.model_fields) - {"title", "source", "assumed", "calibrated"}
    assert own == set(STANDING)
    assert HazardLimitsSpec().cloth_temperature == load_hazards().cloth["nylon"].limit


def test_describing_loads_no_array_library():
    script = "import sys, yaan.description.hazard; print('numpy' in sys.modules)"
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip() == "False"
