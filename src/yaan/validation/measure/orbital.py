"""NESC's orbital check cases, as flown by JEOD: state, attitude and rate after eight hours.

JEOD is one of the simulations of the study, and its last lines are kept in its repository. It
flew them with TAI - UTC of 32 s, where 33 s were due, and TAI - UT1 of 32.469 s. The mission
files repeat that: their epoch is the true UTC of the same instant of TT, and they give TAI - UT1.
"""

import json
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import numpy as np

from yaan.api import Flight
from yaan.validation.case import Array, Case, Fly, Line, data, number
from yaan.validation.gates import state

_HOURS: Final = 28800.0  # [s]
_RATE_MARGIN: Final = 1e-9  # [rad/s]
_DEGREE: Final = np.pi / 180.0  # [rad]
_DENSITY: Final = "environment.atmosphere.density"
_MOTION: Final = 1.2e-3
"""Of an orbit [rad/s]: by it a distance that turns once an orbit is a difference of velocity."""


@dataclass(frozen=True)
class Orbit:
    """A case: its margin in position [m], None where it is reported, and the reason."""

    title: str
    margin: float | None
    why: str


_TIGHT: Final = "the same equations: what is left is JEOD's own step and print"
_FIELD: Final = (
    "0.5 m were asked; with the field that JEOD flew (GGM05C) the equations are the same"
)
_AIR: Final = (
    "0.5 m were asked; with air that turns about the pole of J2000, as JEOD's does, the equations"
    " are the same (about the pole of date the end is 78 mm away)"
)
_EPHEMERIS: Final = (
    "5 m were asked; Sun and Moon move this orbit by 26 m, of which six arc minutes, far more than"
    " ERFA's series are off by, are this much"
)
_MET: Final = "MET's density is not modelled: one constant density stands for it"
ORBITS: Final = {
    "2": Orbit("station, spherical Earth", 0.005, _TIGHT),
    "3A": Orbit("station, 4x4 field", 0.005, _FIELD),
    "3B": Orbit("station, 8x8 field", 0.005, _FIELD),
    "4": Orbit("station, Sun and Moon", 0.05, _EPHEMERIS),
    "6A": Orbit("sphere in a constant density", 0.005, _AIR),
    "6B": Orbit("sphere in MET's density", None, _MET),
    "6C": Orbit("cylinder, a burn across the orbit", 0.005, _TIGHT),
    "6D": Orbit("cylinder that burns and escapes", 0.005, _TIGHT),
    "7A": Orbit("sphere, 4x4 field, Sun and Moon", 0.05, _EPHEMERIS),
    "7B": Orbit("sphere, 8x8 field, Sun and Moon", 0.05, _EPHEMERIS),
    "7C": Orbit("sphere, 4x4 field, Sun, Moon, MET's density", None, _MET),
    "7D": Orbit("sphere, 8x8 field, Sun, Moon, MET's density", None, _MET),
    "9B": Orbit("station turned by a torque", 0.005, _TIGHT),
    "9D": Orbit("station turned by a torque and pushed by a force", 0.005, _TIGHT),
    "10A": Orbit("cylinder swung by the gravity gradient", 0.005, _TIGHT),
    "10D": Orbit("cylinder swung in an ellipse, begun at a rate", 0.005, _TIGHT),
}
_RATE_WHY: Final = "of 1e-3 rad/s turned for eight hours"


def cases() -> tuple[Case, ...]:
    """The gated and the reported cases."""
    return tuple(
        Case(
            suite="nesc-orbital",
            name=name,
            title=orbit.title,
            files=(f"nesc-orbital-{name.lower()}",),
            about=f"The state after eight hours against JEOD's. Position: {orbit.why}.",
            source=f"nasa/jeod, {_truth()['cases'][name]['file']}",
            measure=partial(measure, name),
        )
        for name, orbit in ORBITS.items()
    )


def measure(name: str, fly: Fly) -> list[Line]:
    """Fly one case, and twice where the density is to be varied."""
    orbit, file = ORBITS[name], f"nesc-orbital-{name.lower()}"
    flight = fly(file, {})
    lines = _final(orbit, _truth()["cases"][name], flight)
    if orbit.margin is None:
        lines += _denser(fly, file, flight, lines[0].distance)
    return lines


@cache
def _truth() -> dict[str, Any]:
    return json.loads(data("nesc_orbital.json").read_text(encoding="utf-8"))


def _end(flight: Flight, column: str) -> Array:
    return np.asarray(flight.history[column][-1])


def _final(orbit: Orbit, told: dict[str, Any], flight: Flight) -> list[Line]:
    margin, why = orbit.margin, orbit.why
    place = (_end(flight, "position_gcrs"), np.array(told["r_inertial_m"]))
    speed = (_end(flight, "velocity_gcrs"), np.array(told["v_inertial_m_s"]))
    rate = (_end(flight, "rate_body"), np.array(told["body_rate_wrt_inertial_in_body_rad_s"]))
    slow = None if margin is None else margin * _MOTION
    return [
        state(("position", "m"), *place, margin, why),
        state(("velocity", "m/s"), *speed, slow, f"the margin of position at 1.2e-3 rad/s; {why}"),
        state(("body rate", "rad/s"), *rate, _RATE_MARGIN, _RATE_WHY),
        _attitude(flight, np.array(told["T_inertial_to_body_rows"])),
        number("time", "s", (_HOURS, float(_end(flight, "time"))), 1e-6, "of eight hours"),
    ]


def _attitude(flight: Flight, rows: Array) -> Line:
    """The angle of the rotation from their body axes to ours."""
    size = np.linalg.norm(_rows(_end(flight, "attitude")) - rows) / np.sqrt(8.0)
    off = 2.0 * float(np.arcsin(min(size, 1.0))) / _DEGREE
    margin = _RATE_MARGIN * _HOURS / _DEGREE
    why = "the margin of the rate, kept up for eight hours"
    return number("attitude", "deg", (0.0, off), margin, why)


def _rows(quaternion: Array) -> Array:
    """Direction cosines, GCRS to body, of a quaternion with its scalar first."""
    w, x, y, z = quaternion / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _denser(fly: Fly, file: str, flight: Flight, distance: float) -> list[Line]:
    """What one per cent of density explains."""
    density = 1.01 * float(np.max(flight.history["density"]))
    other = fly(file, {_DENSITY: f"{density:.9g} kg/m3"})
    one, two = _end(flight, "position_gcrs"), _end(other, "position_gcrs")
    moved = float(np.linalg.norm(two - one))
    why = "what this much more of the same density moves: a scale for the distance in position"
    share = distance / moved
    return [
        number("position moved by 1 % of density", "m", (0.0, moved), None, why),
        number("density that the distance stands for", "%", (0.0, share), None, why),
    ]
