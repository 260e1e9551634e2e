"""Rigid phases in flights of points, from a file: what is kept where one becomes the other."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from tests.physics.chains import data
from yaan.api import Flight

pytestmark = pytest.mark.slow

_MASS = 5300.0  # [kg]

_BODY = {
    "mass": f"{_MASS} kg",
    "inertia": {"xx": "6000 kg m2", "yy": "5500 kg m2", "zz": "5500 kg m2"},
    "aerodynamics": {"area": "9.62 m2", "span": "3.5 m", "chord": "3.5 m", "drag": 1.0},
}

_CAPSULE: dict[str, Any] = {
    "start": {"drop": {"latitude": "13 deg", "longitude": "80 deg", "height": "40 km"}},
    "vehicle": {
        "parts": {
            "module": {
                "capsule": {
                    "from": "gaganyaan-crew-module",
                    "mass": f"{_MASS} kg",
                    "parachutes": {"from": "gaganyaan-parachutes"},
                }
            }
        },
        "bodies": {"turning": _BODY},
    },
    "phases": [
        {
            "name": "point",
            "motion": "entry",
            "bank": {"constant": "0 deg"},
            "until": {"height_below": "30 km"},
        },
        {
            "name": "turning",
            "motion": "rigid",
            "body": "turning",
            "rate": {"x": "5 deg/s", "y": "20 deg/s", "against": "gcrs"},
            "until": {"height_below": "8 km"},
            "step": "0.05 s",
        },
        {"name": "canopies", "motion": "canopies", "event": "splashdown"},
    ],
}

_AIR = {
    "reference_area": "0.018 m2",
    "table": {"mach": [0, 4], "axial_force": [[0.45, 0.4]], "normal_force": [[0, 0]]},
}

_STAGED: dict[str, Any] = {
    "start": {"pad": {"site": {"latitude": "8.5 deg", "longitude": "76.9 deg"}}},
    "vehicle": {
        "stages": {
            "booster": {
                "engine": {
                    "thrust_curve": [["0 s", 0], ["0.1 s", 1], ["3 s", 0.9], ["3.4 s", 0]],
                    "impulse": "30 kN s",
                    "isp": "220 s",
                },
                "propellant": "13.9 kg",
                "dry_mass": "11 kg",
                "aerodynamics": _AIR,
            }
        },
        "parts": {"dart": {"mass": "9 kg", "aerodynamics": _AIR}},
        "bodies": {
            "spent": {
                "mass": "11 kg",
                "inertia": {"xx": "0.03 kg m2", "yy": "1.2 kg m2", "zz": "1.2 kg m2"},
                "aerodynamics": {"area": "0.018 m2", "span": "1 m", "chord": "1 m", "drag": 3.0},
            }
        },
        "source": "invented for this test",
    },
    "phases": [
        {
            "name": "rail",
            "ignite": ["booster"],
            "steer": {"rail": {"length": "6 m", "elevation": "84 deg", "azimuth": "250 deg"}},
            "until": {"off_rail": True},
        },
        {
            "name": "boost",
            "steer": "gravity_turn",
            "until": {"depleted": "booster"},
            "event": "separation",
        },
        {"name": "up", "drop": ["booster"], "until": {"apex": True}},
    ],
    "branches": [
        {
            "name": "spent",
            "at": "separation",
            "flies": ["booster"],
            "phases": [
                {
                    "name": "tumble",
                    "motion": "rigid",
                    "body": "spent",
                    "rate": {"y": "90 deg/s", "against": "gcrs"},
                    "until": {"duration": "4 s"},
                    "step": "0.01 s",
                },
                {"name": "fall", "motion": "fall", "ballistic_coefficient": "200 kg/m2"},
            ],
        }
    ],
}


def _flown(blocks: dict[str, Any], folder: Path) -> Flight:
    """The flight of a file, which alone may take parts from the library."""
    path = folder / "flight.yaml"
    path.write_text(json.dumps(data(**blocks)), encoding="utf-8")
    return yaan.load(path).fly()


@pytest.fixture(scope="module")
def capsule(tmp_path_factory: pytest.TempPathFactory) -> Flight:
    return _flown(_CAPSULE, tmp_path_factory.mktemp("capsule"))


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Flight:
    return _flown(_STAGED, tmp_path_factory.mktemp("staged"))


def _borders(history: dict[str, np.ndarray]) -> np.ndarray:
    """The last row of every phase but the last."""
    return np.flatnonzero(np.diff(history["phase"]))


def test_a_point_turns_and_is_a_point_again_without_a_jump(capsule: Flight) -> None:
    h = capsule.history
    before = _borders(h)
    told = capsule.summary.sequence
    assert told is not None
    assert [phase.motion for phase in told.phases] == ["entry", "rigid", "canopies"]
    assert len(before) == 2
    for name in ("time", "position_gcrs", "velocity_gcrs"):
        # To the last digit: one hands over what the other begins with.
        assert np.array_equal(h[name][before], h[name][before + 1])
    assert np.allclose(h["mass"], _MASS, rtol=1e-12)
    assert capsule.outcome.code == "flown"
    assert h["speed_relative"][-1] == pytest.approx(8.4, abs=0.1)


def test_it_turns_only_where_it_is_a_body(capsule: Flight) -> None:
    h = capsule.history
    turning = h["phase"] == 1
    assert np.all(np.isfinite(h["attitude"][turning]))
    assert np.all(np.isnan(h["attitude"][~turning]))
    first = int(np.argmax(turning))
    assert np.degrees(h["rate_body"][first]) == pytest.approx([5.0, 20.0, 0.0], abs=1e-9)
    # No moment acts on it (the air has none here), so that Euler's equations keep its energy of
    # turning and the length of its angular momentum.
    moments = np.array([6000.0, 5500.0, 5500.0])
    size = np.linalg.norm(h["rate_body"][turning] * moments, axis=1)
    assert size == pytest.approx(size[0], rel=1e-4)  # the gradient of gravity turns it a little


def test_a_stage_tumbles_off_and_falls_as_a_point(staged: Flight) -> None:
    spent = staged.branches["spent"]
    h = {name: np.asarray(spent[name]) for name in ("time", "mass", "height", "rate_body")}
    told = staged.summary.sequence
    assert told is not None
    left = next(phase for phase in told.phases if phase.phase == "boost")
    assert h["time"][0] == left.end
    assert h["mass"] == pytest.approx(11.0, rel=1e-12)
    tumbling = np.isfinite(h["rate_body"][:, 1])
    assert np.degrees(h["rate_body"][tumbling, 1]) == pytest.approx(90.0, abs=0.1)
    assert h["time"][tumbling][-1] - h["time"][0] == pytest.approx(
        4.0, abs=0.011
    )  # one row a time: a step
    assert h["height"][-1] == pytest.approx(0.0, abs=1e-3)
    # Without air on its sides the stage left its rocket where that was, as fast as that was.
    mine, flight = np.asarray(spent["position_gcrs"])[0], staged.history["position_gcrs"]
    row = int(np.argmin(np.abs(staged.history["time"] - left.end)))
    assert np.array_equal(mine, flight[row])
