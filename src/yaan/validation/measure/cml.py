"""NASA's Common Model Library: where a fall ends, and what a motor does, against its own logs."""

from functools import partial
from typing import Final

import numpy as np

from yaan.api import Flight
from yaan.validation.case import Array, Case, Fly, Line, number
from yaan.validation.gates import state

_IMPACTS: Final = {
    "impact": (206.8006790995177, 0.1292953330007966, 0.09704743877872654),
    "impact-equatorial": (29.57556623070175, 0.01390848956847179, 0.0),
}
"""Time of impact [s], longitude and latitude of it [rad]: first rows of RUN_verif, _equatorial."""
_MOTORS: Final[dict[str, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    "motor-01": (
        (481129.9629319506, 54184.04208301634, -124812.0521129502),
        (-108368.0841660327, 712635.8216380008, -108368.0841660327),
    ),
    "motor-04": (
        (692.820323027551, 399.9999999999999, 600.0),
        (2000.0, 5171.281292110204, -5756.921938165306),
    ),
}
"""Thrust [N] and moment about the centre of mass [N m], structural axes, of RUN_01 and RUN_04."""
_LEFT: Final = ((1.0, 25.0), (3.0, 15.0), (5.0, 10.025), (7.0, 5.025), (8.0, 0.025), (12.0, 0.0))
"""Time [s] and consumable mass [kg] of RUN_03: shut down, relit, run dry."""
_KEPLER: Final = "the same conic; 1e-9 of it is the print of the epoch and rounding"
_PRINT: Final = "the angles of the file have twelve decimals of a degree"
_STEPS: Final = "5 kg/s for the nanosecond within which instants are one, and their own rounding"


def cases() -> tuple[Case, ...]:
    """Impacts and motors."""
    source = "nasa/cml at d50f4c4, verification logs (NASA Open Source Agreement 1.3; numbers only)"
    impacts = tuple(
        Case(
            "cml",
            name,
            f"impact point of an ellipse{', in the equator' if 'eq' in name else ''}",
            (f"cml-{name}",),
            "Where and when a fall without air meets the ellipsoid of an Earth that stands still.",
            source,
            partial(_impact, name),
        )
        for name in _IMPACTS
    )
    motors = tuple(
        Case(
            "cml",
            name,
            "thrust and moment of a motor that is turned and set off the axis",
            (f"cml-{name}",),
            "Thrust and its moment about the centre of mass, propellant after five seconds.",
            source,
            partial(_motor, name),
        )
        for name in _MOTORS
    )
    relit = Case(
        "cml",
        "motor-03",
        "a motor that is shut down, relit, and runs dry",
        ("cml-motor-03",),
        "The propellant left.",
        source,
        _relit,
    )
    return (*impacts, *motors, relit)


def _impact(name: str, fly: Fly) -> list[Line]:
    flight = fly(f"cml-{name}", {})
    time, longitude, latitude = _IMPACTS[name]
    ours = [float(flight.history[key][-1]) for key in ("time", "longitude", "latitude")]
    return [
        number("time of impact", "s", (time, ours[0]), 1e-7, _KEPLER),
        number("longitude", "rad", (longitude, ours[1]), 1e-10, _KEPLER),
        number("latitude", "rad", (latitude, ours[2]), 1e-10, _KEPLER),
    ]


def _motor(name: str, fly: Fly) -> list[Line]:
    flight = fly(f"cml-{name}", {})
    thrust, moment = (np.array(row) for row in _MOTORS[name])
    row = int(np.searchsorted(flight.history["time"], 2.5))
    ours = (flight.history["force_engine"][row], flight.history["moment_engine"][row])
    left = float(_propellant(flight)[-1])
    return [
        state(("thrust", "N"), ours[0], thrust, 1e-8 * float(np.max(np.abs(thrust))), _PRINT),
        state(("moment", "N m"), ours[1], moment, 1e-8 * float(np.max(np.abs(moment))), _PRINT),
        number("propellant after 5 s", "kg", (75.0, left), 1e-8, _STEPS),
    ]


def _relit(fly: Fly) -> list[Line]:
    flight = fly("cml-motor-03", {})
    time, left = flight.history["time"], _propellant(flight)
    found = [(t, kg, float(np.interp(t, time, left))) for t, kg in _LEFT]
    return [
        number(f"propellant at {t:g} s", "kg", (kg, ours), 1e-8, _STEPS) for t, kg, ours in found
    ]


def _propellant(flight: Flight) -> Array:
    return np.asarray(flight.history["propellant"])[:, 0]
