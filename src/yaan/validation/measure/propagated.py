"""Orbits of other simulators, propagated from one file each: GMAT, JPL's Monte, another code.

States are compared in EME2000, the axes in which they were printed: 23 milliarcseconds from GCRS,
0.9 m in a low orbit.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import numpy as np

from yaan.orbits import PropagatedOrbit, propagate
from yaan.spacetime.axes import convert
from yaan.spacetime.frame import Frame
from yaan.validation.case import Array, Case, Fly, Line, data, path
from yaan.validation.gates import state

_J2: Final = {"2,0": [-4.84165374886470e-04, 0.0]}
_GMAT: Final = (
    "5 cm were asked; the equations are the same but for the orientation of the Earth, which GMAT"
    " takes from a table of its own"
)
_MONTE: Final = (
    "Monte's orientation of the Earth is not told; an independent integrator agrees with us"
)
_BURN: Final = "1 cm was asked; the equations are the same but for the ephemerides (GMAT has JPL's)"
_SLOW: Final = 1e-3
"""Of these orbits [rad/s]: by it a distance that turns once an orbit is a difference of speed."""


@dataclass(frozen=True)
class Day:
    """A day of one orbit: the file, what is changed of it, the margin in position [m]."""

    title: str
    file: str
    changes: Mapping[str, Any]
    margin: float | None
    why: str


def _numbers(mu: float, c20: float) -> dict[str, Any]:
    return {
        "mu": f"{mu!r} km3/s2",
        "radius": "6378.1363 km",
        "coefficients": {"2,0": [c20, 0.0]},
    }


DAYS: Final = {
    "J2_GMAT": Day(
        "GMAT, J2 alone",
        "gmat-day",
        {"environment.gravity": {"field": _numbers(398600.4415, _J2["2,0"][0])}},
        0.05,
        _GMAT,
    ),
    "JGM3_12x12_GMAT": Day("GMAT, JGM-3 to 12x12", "gmat-day", {}, 0.05, _GMAT),
    "JGM3_70x70_GMAT": Day(
        "GMAT, JGM-3 to 70x70", "gmat-day", {"environment.gravity.degree": 70}, 0.05, _GMAT
    ),
    "J2_MONTE": Day(
        "JPL's Monte, its own J2",
        "gmat-day",
        {"environment.gravity": {"field": _numbers(398600.4328969392, -4.84169325971e-04)}},
        None,
        _MONTE,
    ),
    "EGM2008": Day("another code, EGM2008 to 10x10, Sun and Moon", "egm2008-day", {}, None, _MONTE),
}


def cases() -> tuple[Case, ...]:
    """Days of orbits, and a burn."""
    source = "nyx-space/nyx at f31c037a, numbers only"
    days = tuple(
        Case(
            suite="orbits",
            name=name.lower().replace("_", "-"),
            title=day.title,
            files=(day.file,),
            about=f"The state after a day, in EME2000. Position: {day.why}.",
            source=source,
            measure=partial(_day, name),
        )
        for name, day in DAYS.items()
    )
    burn = Case(
        suite="orbits",
        name="gmat-burn",
        title="GMAT's finite burn along the inertial velocity, with Sun, Moon and Jupiter",
        files=("gmat-burn",),
        about=f"Seven states in 3,000 s of thrust, in EME2000. Position: {_BURN}.",
        source=source,
        measure=_burn,
    )
    return (*days, burn)


@cache
def _truth() -> dict[str, Any]:
    return json.loads(data("orbits.json").read_text(encoding="utf-8"))


def _day(name: str, fly: Fly) -> list[Line]:
    del fly
    day = DAYS[name]
    orbit = propagate(path(day.file), overrides=day.changes)
    known = _truth()
    told = known["days"].get(name) or [
        *known["egm2008"]["position_km"],
        *known["egm2008"]["velocity_km_s"],
    ]
    ours = _eme2000(orbit, np.array([orbit.arc.stop]))[0]
    return _lines(ours, np.array(told) * 1e3, day.margin, day.why)


def _burn(fly: Fly) -> list[Line]:
    del fly
    orbit, known = propagate(path("gmat-burn")), _truth()["burn"]
    told = np.array(known["state_km_km_s"]) * 1e3
    ours = _eme2000(orbit, np.array(known["time_s"], dtype=float))
    worst = int(np.argmax(np.linalg.norm(ours[:, :3] - told[:, :3], axis=1)))
    return _lines(ours[worst], told[worst], 0.01, _BURN)


def _eme2000(orbit: PropagatedOrbit, t: Array) -> Array:
    """Position and velocity [n, 6]."""
    found = convert(*orbit.arc.at(t), (orbit.epoch, t), Frame.GCRS, Frame.EME2000)
    return np.concatenate(found, axis=1)


def _lines(ours: Array, told: Array, margin: float | None, why: str) -> list[Line]:
    slow = None if margin is None else margin * _SLOW
    about = f"the margin of position at 1e-3 rad/s; {why}"
    return [
        state(("position", "m"), ours[:3], told[:3], margin, why),
        state(("velocity", "m/s"), ours[3:], told[3:], slow, about),
    ]
