"""A body in a stream: its angles against NASA's Common Model Library, its fall by its equations."""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from scipy.integrate import solve_ivp

from yaan.validation.case import Array, Case, Fly, Line, data, number

_LOGGED: Final = {
    "speed in the air": ("free_stream_vel_mag", "m/s"),
    "flight path": ("free_stream_flight_path", "rad"),
    "azimuth": ("free_stream_azimuth", "rad"),
    "angle of attack": ("angle_of_attack", "rad"),
    "sideslip": ("angle_of_sideslip", "rad"),
    "total angle of attack": ("total_angle_of_attack", "rad"),
    "Mach number": ("mach_number", ""),
    "dynamic pressure": ("dynamic_pressure", "Pa"),
}
"""Quantities, their names in the log, their units."""

_ROUNDING: Final = "1e-10 of the largest: the same formulas; rounding, and the written temperature"
_STEPS: Final = "steps of 0.1 s of fourth order, and 1e-12 a step beside them"


def cases() -> tuple[Case, ...]:
    """Both."""
    return (
        Case(
            suite="cml",
            name="stream",
            title="what a body knows of the stream that it meets",
            files=("cml-stream",),
            about=(
                "Ten states, attitude and velocity taken from the log, each flown for 0.02 s; the"
                " first row is compared: angles on body axes, Mach number, dynamic pressure. Not"
                " compared: sensed accelerations, which the run is given, and bank angle and"
                " Reynolds number, which no history here has."
            ),
            source="nasa/cml at d50f4c4, atmos_rel_state, SIM_verif, RUN_02_complete_calc",
            measure=stream,
        ),
        Case(
            suite="cml",
            name="air",
            title="a fall through the air",
            files=("cml-air",),
            about=(
                "From 12 km to 1 km above the equator of a turning Earth, with drag in the US"
                " Standard Atmosphere. No log of the library has such a fall: it is compared with"
                " an integration of its own (SciPy's DOP853 at 1e-12, the atmosphere by the"
                " standard's equations), in the plane of the equator and in inertial axes."
            ),
            source="U.S. Standard Atmosphere, 1976, equations 18, 23, 33; DOP853 of SciPy",
            measure=fall,
        ),
    )


def stream(fly: Fly) -> list[Line]:
    """Of each quantity the state where it is furthest off."""
    states: list[dict[str, Any]] = json.loads(data("cml.json").read_text(encoding="utf-8"))
    found = [_of(fly("cml-stream", _started(state)).history) for state in states]
    return [
        _furthest(words, unit, [s[key] for s in states], [ours[words] for ours in found])
        for words, (key, unit) in _LOGGED.items()
    ]


def _furthest(words: str, unit: str, told: list[float], ours: list[float]) -> Line:
    worst = int(np.argmax(np.abs(np.subtract(ours, told))))
    margin = 1e-10 * float(np.max(np.abs(told)))
    return number(words, unit, (told[worst], ours[worst]), margin, _ROUNDING)


def _started(state: Mapping[str, Any]) -> dict[str, Any]:
    """The start of a state: its velocity, and its attitude against north, east, down."""
    north, east, down = state["ned"]
    azimuth, path = state["free_stream_azimuth"], state["free_stream_flight_path"]
    turned = np.array(state["to_body"]) @ _about_y(path) @ _about_z(azimuth)
    return {
        "start.velocity": {"north": f"{north} m/s", "east": f"{east} m/s", "down": f"{down} m/s"},
        "start.attitude": {"quaternion": _quaternion(turned), "from": "ned"},
    }


def _about_z(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _about_y(angle: float) -> Array:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]])


def _quaternion(m: Array) -> list[float]:
    """Scalar first, of direction cosines to body axes.

    One of the four columns of q q^T, which the cosines give, is never small: the longest is taken.
    """
    trace = float(np.trace(m))
    product = np.array(
        [
            [1.0 + trace, m[1, 2] - m[2, 1], m[2, 0] - m[0, 2], m[0, 1] - m[1, 0]],
            [0.0, 1.0 + 2.0 * m[0, 0] - trace, m[0, 1] + m[1, 0], m[0, 2] + m[2, 0]],
            [0.0, 0.0, 1.0 + 2.0 * m[1, 1] - trace, m[1, 2] + m[2, 1]],
            [0.0, 0.0, 0.0, 1.0 + 2.0 * m[2, 2] - trace],
        ]
    )
    product = product + np.triu(product, 1).T
    column = product[int(np.argmax(np.diag(product)))]
    return [float(value) for value in column / np.linalg.norm(column)]


def _of(h: Mapping[str, Array]) -> dict[str, float]:
    """The first row, in the words of the wall."""
    north, east, _ = h["velocity_ned"][0]
    return {
        "speed in the air": float(h["speed_air"][0]),
        "flight path": float(h["flight_path_angle_relative"][0]),
        "azimuth": float(np.arctan2(east, north)),
        # A history's angle of attack is the total one; that in the plane of symmetry, incidence.
        "angle of attack": float(h["incidence"][0]),
        "sideslip": float(h["sideslip"][0]),
        "total angle of attack": float(h["angle_of_attack"][0]),
        "Mach number": float(h["mach"][0]),
        "dynamic pressure": float(h["dynamic_pressure"][0]),
    }


# Of cases/cml-air.yaml and of the models that it names.
_MU, _RADIUS, _J2, _SPIN = 3.986004418e14, 6_378_137.0, 1.08262668e-3, 7.292115e-5
_DRAG: Final = 0.5 / 300.0  # [m2/kg]
_HIGH, _LOW, _DOWN = 12e3, 1e3, 100.0  # [m] [m] [m/s]


def fall(fly: Fly) -> list[Line]:
    """Time, speed and place at the end."""
    h = fly("cml-air", {}).history
    beginning = np.array([_RADIUS + _HIGH, 0.0, -_DOWN, _SPIN * (_RADIUS + _HIGH)])
    low: Any = lambda _, s: np.hypot(s[0], s[1]) - _RADIUS - _LOW  # noqa: E731
    low.terminal = True
    end = solve_ivp(
        _falling, (0.0, 300.0), beginning, method="DOP853", events=low, rtol=1e-12, atol=1e-9
    )
    time, (x, y, *_) = float(end.t_events[0][0]), end.y_events[0][0]
    east = float(np.arctan2(y, x)) - _SPIN * time
    speed = float(np.linalg.norm(_in_air(end.y_events[0][0])))
    ours = [float(h[key][-1]) for key in ("time", "speed_air", "longitude")]
    return [
        number("time to 1 km", "s", (time, ours[0]), 1e-6, _STEPS),
        number("speed there", "m/s", (speed, ours[1]), 1e-6, _STEPS),
        number(
            "drift to the east", "m", (east * _RADIUS, ours[2] * _RADIUS), 1e-4,
            "1e-11 of the Earth's radius: the longitude is a difference of two large angles",
        ),
    ]  # fmt: skip


def _in_air(state: Array) -> Array:
    """Velocity [m/s] against air that turns with the Earth."""
    x, y, u, v = state
    return np.array([u + _SPIN * y, v - _SPIN * x])


def _falling(_: float, state: Array) -> Array:
    x, y = state[:2]
    radius = float(np.hypot(x, y))
    pull = _MU / radius**2 * (1.0 + 1.5 * _J2 * (_RADIUS / radius) ** 2)
    air = _in_air(state)
    slowed = 0.5 * _density(radius - _RADIUS) * _DRAG * float(np.hypot(*air)) * air
    return np.array([*state[2:], *(-pull / radius * state[:2] - slowed)])


def _density(height: float) -> float:
    """Of the standard below 20 km [kg/m3], by its equations 18, 23, 33a and 33b."""
    gas, r0 = 8314.32 / 28.9644, 6_356_766.0
    level = r0 * height / (r0 + height)
    warm = max(288.15 - 6.5e-3 * level, 216.65)
    pressure = 101325.0 * (warm / 288.15) ** (9.80665 / gas / 6.5e-3)
    pressure *= np.exp(-9.80665 / gas * max(level - 11e3, 0.0) / warm)
    return float(pressure / gas / warm)
