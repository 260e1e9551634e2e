"""Rockets of students up to their apogee and down, against RocketPy on the same inputs.

RocketPy 1.13.0 applies the arms of the centre of mass and of the nozzle about the centre of dry
mass the wrong way round (its issue 1186): a rocket whose motor is aft turns into the wind by a
third too fast while it burns. Of the nozzle's arm squared, by which the jet damps, it takes a
quarter (its pull request 1188). So it flew twice, as released and corrected; the difference is what
separates it from Yaan. What is left is how its surfaces are turned into tables, and inertia that is
linear in the propellant here and follows the grain there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import numpy as np

from yaan.api import Flight
from yaan.validation.case import Case, Fly, Line, data, number

_SHARE: Final = 0.3e-2
"""What is asked of an apogee against RocketPy as released."""

_ABOUT: Final = (
    "A rigid body on a rail, with a thrust curve whose flow follows the thrust, the coefficients of"
    " RocketPy's surfaces, and the weather of the day. RocketPy 1.13.0 turns a burning rocket into"
    " the wind too fast (its issue 1186: two arms of the wrong sign); corrected, the two agree. The"
    " altimeter of the flight is reported: neither knows the day's thrust and drag to better."
)


@dataclass(frozen=True)
class Rocket:
    """A flight and what is known of it.

    Attributes:
        title: one line.
        file: that flies it.
        given: apogee above the pad [m] of RocketPy that was given with the inputs.
        alike: whether that was flown with these inputs: else it is only reported.
        flown: apogee above the pad [m] by its altimeter.
        changes: of the file, with dotted keys.
        about: what is told beside `_ABOUT`.
        down: what is asked of the rate at which it meets the ground, and why.
    """

    title: str
    file: str
    given: float | None = None
    alike: bool = True
    flown: float | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    down: tuple[float, str] | None = None


_BALLISTIC: Final = (1e-3, "0.1 %, as of the apogee: it falls nose down, at rest with its weight")
_DROGUE: Final = (
    5e-3,
    "0.5 %: the airframe hangs in the stream here, 0.6 % of the canopy's drag area; not there",
)
_PLANE: Final = (
    " It leaves its rail at 35 deg to a wind of 10.8 m/s. Tables against angle of attack and"
    " sideslip hold for both at once only while both are small: at 35 deg half way between the two"
    " planes they turn this rocket by 12 % too much, 0.3 deg of path and 5 m of apogee. It is"
    " round, so it stands rolled by 41 deg, with that wind in the plane of one table."
)
_GUESSED: Final = (
    " The weather of the example was not at hand: a guess from what it prints for the pad, and the"
    " same guess in both. RocketPy with the example's own weather is reported, and the altimeter,"
    " as it stood when the pressure of its charge had settled."
)

_ROCKETS: Final = {
    "bella-lui": Rocket(
        "Bella Lui of the EPFL Rocket Team, from its rail to its apogee",
        "bella-lui",
        given=460.54,
        flown=458.97,
    ),
    "ndrt-2020": Rocket(
        "the rocket of the Notre Dame Rocket Team, from its rail to its apogee",
        "ndrt-2020",
        given=1293.4,
        flown=1320.37,
    ),
    "erebus": Rocket(
        "EREBUS-11 of the BME Suborbitals Rocket Team, from its rail to the ground",
        "erebus",
        given=2750.904,
        flown=3001.75,
        about=" It has no parachute in the example, and falls as it is.",
        down=_BALLISTIC,
    ),
    "erebus-mean": Rocket(
        "EREBUS-11 with its mean thrust for as long as it burns",
        "erebus",
        changes={
            # Scaled to the impulse of the file: 661.3 N.
            "body.configurations.rocket.engine.thrust_curve": [["0 s", 1.0], ["3.657 s", 1.0]]
        },
        about=" Its impulse and flow as they are, its thrust the same all along, in both.",
        down=_BALLISTIC,
    ),
    "juno3": Rocket(
        "Juno III of Projeto Jupiter, from its rail to the ground, in a guessed wind",
        "juno3",
        given=2977.0,
        alike=False,
        flown=3161.0,
        about=_GUESSED + _PLANE,
        down=_DROGUE,
    ),
    "juno3-wind": Rocket(
        "Juno III in a guessed wind that rises with height",
        "juno3",
        given=2977.0,
        alike=False,
        flown=3161.0,
        changes={
            "environment.wind.table.east": ["8.99432 m/s", "16.66171 m/s"],
            "environment.wind.table.north": ["4.42575 m/s", "8.19858 m/s"],
        },
        about=_GUESSED + _PLANE,
        down=_DROGUE,
    ),
}


def cases() -> tuple[Case, ...]:
    """All of them."""
    return tuple(
        Case(
            suite="sounding",
            name=name,
            title=rocket.title,
            files=(rocket.file,),
            about=_ABOUT + rocket.about,
            source="RocketPy-Team/RocketPy 1.13.0, examples and inputs (MIT)",
            measure=lambda fly, name=name: measure(fly, name),
        )
        for name, rocket in _ROCKETS.items()
    )


def measure(fly: Fly, name: str) -> list[Line]:
    """Rail, burnout, apogee; the ground where it was flown to."""
    rocket, told = _ROCKETS[name], truth()[name]
    flight, right = fly(rocket.file, rocket.changes), told["corrected"]
    h = flight.history
    rail, burn, top = (int(np.flatnonzero(h["phase"] == k)[-1]) for k in (0, 1, 2))
    path = float(np.degrees(h["flight_path_angle_relative"][burn]))
    apogee, height = float(h["height"][top] - h["height"][0]), right["apogee"]
    lines = [
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
            "apogee, RocketPy 1.13.0 corrected", "m", (height, apogee), 1e-3 * height,
            "0.1 %: the path at burnout to 0.2 deg, the speed to 0.1 %",
        ),
        number(
            "apogee, RocketPy 1.13.0 as released", "m", (told["released"]["apogee"], apogee), None,
            "its issue 1186; the corrected line is gated",
        ),
    ]  # fmt: skip
    return lines + _given(rocket, apogee) + _ground(rocket, flight, right)


def _given(rocket: Rocket, apogee: float) -> list[Line]:
    """Apogees that came from elsewhere."""
    lines: list[Line] = []
    if rocket.given is not None:
        share = _SHARE * rocket.given if rocket.alike else None
        why = "0.3 %: the signs of its arms move these by up to 0.32 %"
        why = why if rocket.alike else "another version, in the example's own weather"
        numbers = rocket.given, apogee
        lines.append(number("apogee, as RocketPy was given", "m", numbers, share, why))
    if rocket.flown is not None:
        why = "thrust and drag of the day are not known"
        numbers = rocket.flown, apogee
        lines.append(number("apogee of the altimeter", "m", numbers, None, why))
    return lines


def _ground(rocket: Rocket, flight: Flight, right: Mapping[str, float]) -> list[Line]:
    """How it comes down."""
    if rocket.down is None:
        return []
    (share, why), rate, time = rocket.down, right["ground_rate"], right["ground_time"]
    path = float(flight.history["flight_path_angle_relative"][-1])
    ours, landed = -_speed(flight, -1) * np.sin(path), float(flight.history["time"][-1])
    return [
        number("rate of descent at the ground", "m/s", (rate, ours), share * rate, why),
        number("on the ground at", "s", (time, landed), share * time, why),
    ]


@cache
def truth() -> dict[str, dict[str, Any]]:
    """The rockets as RocketPy flew them, as released and corrected [SI, deg]."""
    return json.loads(data("rocketpy.json").read_text(encoding="utf-8"))


def _speed(flight: Flight, row: int) -> float:
    return float(flight.history["speed_relative"][row])
