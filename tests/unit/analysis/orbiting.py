"""A body in a Kepler orbit, made without flying: its file and its history."""

import math
from pathlib import Path

import numpy as np

from yaan.description import FreeFlight
from yaan.mission import check, load_tree
from yaan.results import History, make_history

MU = 3.986004418e14  # [m^3/s^2]
RADIUS = 6378137.0  # [m]
SPIN = 7.292115e-5  # [rad/s]

BODY = """\
schema: 1
kind: body
name: stone
source: invented for this test
epoch: "2027-01-18T02:30:00 UTC"
body:
  configurations:
    whole: {mass: "100 kg", inertia: {xx: "10 kg m2", yy: "20 kg m2", zz: "25 kg m2"}}
start:
  frame: gcrs
  position: {x: "7000 km", y: "0 km", z: "0 km"}
  velocity: {x: "0 km/s", y: "6 km/s", z: "5 km/s"}
  attitude: {yaw: "0 deg", pitch: "0 deg", roll: "0 deg", from: gcrs}
phases:
  - {name: drift, motion: rigid, until: {duration: "10000 s"}, step: "20 s"}
  - {name: rest, motion: point, pointing: held, until: {duration: "2000 s"}, step: "20 s"}
environment:
  atmosphere: none
"""


def spec_of(folder: Path, text: str = BODY) -> FreeFlight:
    """The checked file, in `folder`."""
    path = folder / "stone.yaml"
    path.write_text(text, encoding="utf-8")
    free = check(load_tree(path)).free_flight
    assert free is not None
    return free


def orbit(
    time: np.ndarray, perigee: float, apogee: float, inclination: float, anomaly: float
) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity [m, m/s] at `time` [s]; radii, and mean anomaly at the start."""
    a, e = 0.5 * (perigee + apogee), (apogee - perigee) / (apogee + perigee)
    mean = anomaly + math.sqrt(MU / a**3) * time
    big = mean.copy()
    for _ in range(20):
        big -= (big - e * np.sin(big) - mean) / (1.0 - e * np.cos(big))
    b, rate = a * math.sqrt(1.0 - e * e), math.sqrt(MU / a**3) / (1.0 - e * np.cos(big))
    flat = np.stack([a * (np.cos(big) - e), b * np.sin(big)], axis=1)
    swift = np.stack([-a * np.sin(big) * rate, b * np.cos(big) * rate], axis=1)
    plane = np.array([[1.0, 0.0, 0.0], [0.0, math.cos(inclination), math.sin(inclination)]])
    return flat @ plane, swift @ plane


def history(
    time: np.ndarray, position: np.ndarray, velocity: np.ndarray, **columns: np.ndarray
) -> History:
    """A history over a sphere that turns, with no air and nothing that acts."""
    rows, radius = len(time), np.linalg.norm(position, axis=1)
    speed = np.linalg.norm(velocity, axis=1)
    angle = np.arcsin(np.sum(position * velocity, axis=1) / radius / speed)
    turn = SPIN * time
    east = np.arctan2(position[:, 1], position[:, 0]) - turn
    fixed = np.stack(
        [
            position[:, 0] * np.cos(turn) + position[:, 1] * np.sin(turn),
            position[:, 1] * np.cos(turn) - position[:, 0] * np.sin(turn),
            position[:, 2],
        ],
        axis=1,
    )
    zero, none = np.zeros(rows), np.zeros((rows, 3))
    scalars = (
        "drag", "lift", "thrust", "dynamic_pressure", "mach", "load", "density", "pressure",
        "angle_of_attack", "incidence", "sideslip", "yaw", "pitch_body", "roll", "phase",
    )  # fmt: skip
    vectors = ("rate_body", "force_body", "moment_body", "velocity_ned")
    made = dict.fromkeys(scalars, zero) | dict.fromkeys(vectors, none)
    made |= {
        "time": time,
        "height": radius - RADIUS,
        "latitude": np.arcsin(position[:, 2] / radius),
        "longitude": (east + math.pi) % (2.0 * math.pi) - math.pi,
        "downrange": 6371e3 * np.arccos(np.clip(fixed @ fixed[0] / radius / radius[0], -1.0, 1.0)),
        "speed_relative": speed,
        "speed_inertial": speed,
        "flight_path_angle_relative": angle,
        "flight_path_angle_inertial": angle,
        "mass": np.full(rows, 100.0),
        "attitude": np.tile([1.0, 0.0, 0.0, 0.0], (rows, 1)),
        "position_itrs": fixed,
        "position_gcrs": position,
        "velocity_gcrs": velocity,
        "propellant": zero[:, None],
    }
    return make_history(made | columns, stages=["whole"], phases=["drift", "rest"])
