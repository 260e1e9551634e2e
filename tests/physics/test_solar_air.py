"""A low orbit through air that knows the Sun: it sinks as the air on its way says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan

ORBIT = """
schema: 1
kind: body
name: low-orbit
title: A sphere at 400 km, invented
source: invented for a test
epoch: "2026-03-01T00:00:00 UTC"
body:
  name: sphere
  configurations:
    whole:
      mass: "500 kg"
      aerodynamics: {area: "5 m2", drag: 2.2, source: invented}
      source: invented
start:
  frame: gcrs
  position: {x: "6778.137 km", y: "0 km", z: "0 km"}
  velocity: {x: "0 m/s", y: "4.8 km/s", z: "5.9705 km/s"}
  source: invented
phases:
  - {name: orbit, motion: point, until: {duration: "4 h"}, step: "60 s", source: invented}
method: dop853
environment:
  gravity: {field: point}
  atmosphere: {model: nrlmsise00, solar_activity: low}
  source: invented
"""
MU = 3.986004418e14  # [m^3/s^2]


def _energy(flight: Any) -> np.ndarray:
    """Of a kilogram about a point mass [J/kg]."""
    r, v = (np.linalg.norm(flight.history[f"{x}_gcrs"], axis=-1) for x in ("position", "velocity"))
    return v**2 / 2.0 - MU / r


@pytest.mark.slow
def test_a_low_orbit_sinks_as_its_air_is_dense(tmp_path: Path):
    file = tmp_path / "low-orbit.yaml"
    file.write_text(ORBIT, encoding="utf-8")
    mission, key = yaan.load(str(file)), "environment.atmosphere.solar_activity"
    lost, met = [], []
    for word in ("low", "high"):
        flight = mission.replace(key, word).fly()
        energy, time = _energy(flight), flight.history["time"]
        lost.append(energy[0] - energy[-1])
        met.append(np.trapezoid(flight.history["density"] * flight.history["speed_air"] ** 3, time))
        told = {model.name: model.text for model in flight.summary.models}["atmosphere"]
        assert told.startswith("NRLMSISE-00, F10.7 " + {"low": "65", "high": "250"}[word])
    assert lost[1] > 10.0 * lost[0] > 0.0
    # Air turns with the Earth, at most 0.5 km/s of 7.7: its share differs by places of dense air.
    assert lost[1] / lost[0] == pytest.approx(met[1] / met[0], rel=5e-3)
    # Half of rho v^3 A C_d / m is the power that drag takes; the wind of the turning Earth 6 %.
    assert lost[1] == pytest.approx(0.5 * met[1] * 5.0 * 2.2 / 500.0, rel=0.06)
