"""Two rockets of students from rail to ground, as chains of phases, beside RocketPy and altimeters.

As a point each flies along its velocity against the Earth; as a rigid body it turns into the wind
as RocketPy's does, and is handed over to its canopies at the apogee.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from yaan.api import Flight, load
from yaan.base.constants import STANDARD_GRAVITY
from yaan.validation.case import Array, Case, Fly, Line, number, path

_SHARE: Final = 0.3e-2
"""What is asked of an apogee against RocketPy as released."""

_DESCENT: Final = 5e-2
"""What is asked of a rate of descent."""


@dataclass(frozen=True)
class Rocket:
    """A rocket and what is known of its flight.

    Attributes:
        name: of the case that flies it as a rigid body; its point has `-point` behind.
        title: one line.
        apogee: RocketPy's, above the pad [m].
        between: heights above the pad [m] between which the altimeter's descent is taken.
        descent: mean rate there [m/s], a straight line through the altimeter.
        hangs: what carries it there [m2]: drag areas of canopy and airframe.
        mass: burnt out [kg].
        alike: whether the flown rate can be asked for: the inputs hold all that slowed it.
        bends: whether wind turns it so far that no point can show it.
    """

    name: str
    title: str
    apogee: float
    between: tuple[float, float]
    descent: float
    hangs: float
    mass: float
    alike: bool
    bends: bool


_ROCKETS: Final = (
    Rocket(
        name="bella-lui",
        title="Bella Lui of the EPFL Rocket Team",
        apogee=460.54,
        between=(440.0, 20.0),
        descent=20.39,
        hangs=0.25 * np.pi + 0.43 * 0.01911345,
        mass=18.227,
        alike=True,
        bends=False,
    ),
    Rocket(
        name="ndrt-2020",
        title="the rocket of the Notre Dame Rocket Team",
        apogee=1293.4,
        between=(1250.0, 300.0),
        descent=25.31,
        hangs=1.5 * 0.25 * np.pi * 0.6096**2 + 0.44 * 0.03236547,
        mass=20.846,
        alike=False,
        bends=True,
    ),
)


def cases() -> tuple[Case, ...]:
    """Both."""
    return tuple(
        Case(
            suite="sounding",
            name=f"{rocket.name}-recovered",
            title=f"{rocket.title}, from its rail to the ground",
            files=(f"{rocket.name}-point",),
            about=(
                "A chain of phases from one file: rail, thrust curve, weather of the day, canopies."
                " Flown as a point, and once more with the rigid body of the case beside, which"
                " is handed over to the canopies at its apogee. A point keeps to its path, so"
                " it shows no turning into the wind: Bella Lui left its rail in 1 m/s, NDRT in 4."
            ),
            source="RocketPy-Team/RocketPy, examples, inputs and flight data (MIT)",
            measure=lambda fly, rocket=rocket: measure(fly, rocket),
        )
        for rocket in _ROCKETS
    )


def measure(fly: Fly, rocket: Rocket) -> list[Line]:
    """Apogee of the point and of the rigid body; descent."""
    file = f"{rocket.name}-point"
    point, rigid = fly(file, {}), fly(file, turning(rocket.name))
    asked = _SHARE * rocket.apogee
    told = "0.3 %: half of it is the sign of a lever arm in RocketPy, see the case beside"
    bent = "only reported: a point does not turn into the wind, which costs it 1.4 %"
    return [
        number(
            "apogee as a rigid body", "m", (rocket.apogee, _apogee(rigid)), asked, told,
        ),
        number(
            "apogee as a point", "m", (rocket.apogee, _apogee(point)),
            None if rocket.bends else asked, bent if rocket.bends else told,
        ),
        _terminal(rigid, rocket),
        _descent(rigid, rocket),
    ]  # fmt: skip


def turning(name: str) -> dict[str, Any]:
    """What makes a rigid body of a point: the body of another case, and its phases."""
    body = _body(name)
    phase = {"motion": "rigid", "body": "rocket"}
    burning = phase | {"engine": "on"}
    rail = {"attitude": body["start"]["attitude"], "rail": body["phases"][0]["rail"]}
    return {
        "vehicle.bodies": {"rocket": body["body"]["configurations"]["rocket"]},
        "phases": [
            burning | rail | {"name": "rail", "step": "0.005 s"},
            burning | {"name": "burn", "until": {"depleted": "rocket"}, "step": "0.01 s"},
            phase | {"name": "coast", "until": {"apex": True}, "event": "apogee", "step": "0.01 s"},
            {"name": "descent", "motion": "canopies", "event": "touchdown"},
        ],
        "environment.gravity_gradient": False,
    }


@cache
def _body(name: str) -> Mapping[str, Any]:
    return load(path(name)).tree


def _heights(flight: Flight) -> Array:
    return flight.history["height"] - flight.history["height"][0]


def _apogee(flight: Flight) -> float:
    return float(np.max(_heights(flight)))


def _falling(flight: Flight, rocket: Rocket) -> tuple[Array, Array]:
    """Times and heights above the pad of the descent that is measured."""
    time, height = flight.history["time"], _heights(flight)
    high, low = rocket.between
    inside = (time > time[np.argmax(height)]) & (height < high) & (height > low)
    return time[inside], height[inside]


def _terminal(flight: Flight, rocket: Rocket) -> Line:
    """The rate at the lower of the two heights, by a closed form."""
    low = rocket.between[1] + float(flight.history["height"][0])
    air: Any = flight.mission.plan.environment
    table = air.atmosphere.table
    density = float(np.exp(np.interp(low, table.height, np.log(table.density))))
    weight = rocket.mass * STANDARD_GRAVITY
    speed = float(np.sqrt(2.0 * weight / (density * rocket.hangs)))
    time, height = _falling(flight, rocket)
    last = time > time[-1] - 2.0
    rate = -float(np.polyfit(time[last], height[last], 1)[0])
    why = "1 %: the last 2 s of it fall through 0.4 % of density, and 9.81 m/s2 are 0.03 % more"
    return number("rate of descent at the end of it", "m/s", (speed, rate), 1e-2 * speed, why)


def _descent(flight: Flight, rocket: Rocket) -> Line:
    time, height = _falling(flight, rocket)
    rate = -float(np.polyfit(time, height, 1)[0])
    share = _DESCENT * rocket.descent if rocket.alike else None
    why = "5 %: drag areas of canopies are told to no better"
    if not rocket.alike:
        why = "only reported: 0.11 m2 of airframe that hangs broadside would close it, not told"
    numbers = rocket.descent, rate
    return number("rate of descent by the altimeter", "m/s", numbers, share, why)
