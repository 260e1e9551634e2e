"""A body comes down on the ground of its file: below the sea, on high fields."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from yaan import Flight

BALL = """
schema: 1
kind: body
name: ball
epoch: "2027-03-01T04:00:00 UTC"
body:
  configurations:
    whole:
      mass: "10 kg"
      aerodynamics: {area: "0.05 m2", span: "0.25 m", chord: "0.25 m", drag: 0.5, source: invented}
      source: invented
start:
  position: {latitude: "31.5 deg", longitude: "35.5 deg", height: "100 m"}
  velocity: {north: "0 m/s", east: "0 m/s", down: "0 m/s"}
  source: invented
phases:
  - {name: flight, motion: point, pointing: stream, until: {duration: "60 s"}, step: "0.1 s"}
environment: {gravity: {field: point}, atmosphere: us76, wind: none, earth: still}
"""


@pytest.fixture(scope="module")
def ball(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("ground") / "ball.yaml"
    file.write_text(BALL, encoding="utf-8")
    return file


def fly(file: Path, **changes: Any) -> Flight:
    return yaan.load(file, {key.replace("__", "."): v for key, v in changes.items()}).fly()


@pytest.mark.parametrize(
    ("height", "down", "ground", "end"),
    [
        ("100 m", "0 m/s", None, 0.0),
        ("100 m", "0 m/s", "60 m", 60.0),
        ("100 m", "0 m/s", "-420 m", -420.0),
        ("-420 m", "-50 m/s", None, -420.0),  # thrown up from the shore of the Dead Sea
        ("1500 m", "-50 m/s", "1500 m", 1500.0),
    ],
)
def test_the_ground_is_where_the_file_says(
    ball: Path, height: str, down: str, ground: str | None, end: float
) -> None:
    given = {} if ground is None else {"ground": {"height": ground}}
    flight = fly(ball, start__position__height=height, start__velocity__down=down, **given)
    assert flight.outcome.code == "struck-ground"
    assert flight.history["height"][-1] == pytest.approx(end, abs=0.02)
    assert np.all(flight.history["height"] >= end - 0.02)


def test_both_angles_of_the_path_are_told(ball: Path) -> None:
    flight = fly(ball, environment__earth="uniform", start__velocity__down="-50 m/s")
    row = flight.timeline[0]
    assert row.flight_path_angle_relative_deg == pytest.approx(90.0, abs=1e-6)
    assert row.flight_path_angle_inertial_deg < 10.0  # against the stars it goes east at 390 m/s


@pytest.mark.parametrize(("epoch", "noted"), [("1972-03-01", True), ("2024-03-01", False)])
def test_an_unmeasured_turning_of_the_earth_is_noted(ball: Path, epoch: str, noted: bool) -> None:
    flight = fly(ball, epoch=f"{epoch}T00:00:00 UTC", environment__earth="iers")
    assert any("orientation" in note for note in flight.summary.notes) is noted
