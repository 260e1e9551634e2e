"""Two rockets of students up to their apogee, against RocketPy on the same inputs.

RocketPy 1.13.0 applies the lever arm of the centre of mass about that of the dry mass the wrong
way round (its issue 1186): a rocket whose motor is aft turns into the wind by a third too fast
while it burns. So it flew twice, as released and with that sign turned; the difference is what
separates it from Yaan. What is left is how its surfaces are turned into tables, and inertia that is
linear in the propellant here and follows the grain there.
"""

import json
from functools import cache
from typing import Any, Final

import numpy as np

from yaan.api import Flight
from yaan.validation.case import Case, Fly, Line, data, number

_SHARE: Final = 0.3e-2
"""What is asked of an apogee against RocketPy as released."""

_TITLES: Final = {
    "bella-lui": "Bella Lui of the EPFL Rocket Team",
    "ndrt-2020": "the rocket of the Notre Dame Rocket Team",
}
_GIVEN: Final = {"bella-lui": 460.54, "ndrt-2020": 1293.4}  # [m]
"""Apogees above the pad of RocketPy that were given with the inputs."""

_FLOWN: Final = {"bella-lui": 458.97, "ndrt-2020": 1320.37}  # [m] by their altimeters


def cases() -> tuple[Case, ...]:
    """Both."""
    return tuple(
        Case(
            suite="sounding",
            name=name,
            title=f"{title}, from its rail to its apogee",
            files=(name,),
            about=(
                "A rigid body on a rail, with a thrust curve whose flow follows the thrust, the"
                " coefficients of RocketPy's surfaces, and the weather of the day. RocketPy 1.13.0"
                " turns a burning rocket into the wind too fast (its issue 1186: the sign of a"
                " lever arm); with that sign turned the two agree. The altimeter of the flight is"
                " reported: neither knows the day's thrust and drag to better."
            ),
            source="RocketPy-Team/RocketPy 1.13.0, examples and inputs (MIT)",
            measure=lambda fly, name=name: measure(fly, name),
        )
        for name, title in _TITLES.items()
    )


def measure(fly: Fly, name: str) -> list[Line]:
    """Rail, burnout, apogee."""
    flight, told = fly(name, {}), truth()[name]
    right, released = told["corrected"], told["released"]
    h = flight.history
    rail, burn = (int(np.flatnonzero(h["phase"] == k)[-1]) for k in (0, 1))
    path = float(np.degrees(h["flight_path_angle_relative"][burn]))
    apogee = float(h["height"][-1] - h["height"][0])
    given, height = _GIVEN[name], right["apogee"]
    return [
        number(
            "off the rail at", "s", (right["rail_time"], float(h["time"][rail])), 2e-4,
            "neither has friction; its drag there is that of its first step",
        ),
        number(
            "speed off the rail", "m/s", (right["rail_speed"], _speed(flight, rail)), 0.02,
            "one part in a thousand, as the time",
        ),
        number(
            "speed at burnout", "m/s", (right["burnout_speed"], _speed(flight, burn)),
            2e-3 * right["burnout_speed"], "drag turned to tables; inertia linear in propellant",
        ),
        number(
            "flight path at burnout", "deg", (right["burnout_path"], path), 0.2,
            "inertia is linear in the propellant, damping one number; Bella Lui's inertia halves",
        ),
        number(
            "apogee, its lever arm's sign turned", "m", (height, apogee), 1e-3 * height,
            "0.1 %: the path at burnout to 0.2 deg, the speed to 0.1 %",
        ),
        number(
            "apogee, as RocketPy was given", "m", (given, apogee), _SHARE * given,
            "0.3 %: the sign of its lever arm moves it by up to 0.41 %",
        ),
        number(
            "apogee, RocketPy 1.13.0 as released", "m", (released["apogee"], apogee), None,
            "its issue 1186; the line with the sign turned is gated",
        ),
        number(
            "apogee of the altimeter", "m", (_FLOWN[name], apogee), None,
            "thrust and drag of the day are not known",
        ),
    ]  # fmt: skip


@cache
def truth() -> dict[str, dict[str, Any]]:
    """Both rockets as RocketPy flew them, as released and corrected [SI, deg]."""
    return json.loads(data("rocketpy.json").read_text(encoding="utf-8"))


def _speed(flight: Flight, row: int) -> float:
    return float(flight.history["speed_relative"][row])
