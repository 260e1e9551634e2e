"""Flights whose end is a formula: what no other simulation's case asks for.

- An engine pushes a body through air of one pressure, far from any gravity: the rocket equation
  with the back pressure taken off.
- A body that turns freely burns half its inertia away through its centre of mass: what leaves
  takes no angular momentum along, so that of the rest stays.
"""

from typing import Final

import numpy as np

from yaan.validation.case import Array, Case, Fly, Line, number

_OWN: Final = "a formula; rounding of some 1e4 steps"


def cases() -> tuple[Case, ...]:
    """Both."""
    return (
        Case(
            suite="analytic",
            name="back-pressure",
            title="rocket equation against a constant pressure",
            files=("back-pressure",),
            about=(
                "Thrust is vacuum thrust less exit area times pressure; the velocity gained is"
                " thrust over flow times the logarithm of the masses, the way its integral."
            ),
            source="K. E. Tsiolkovsky's equation, with p A taken off the thrust",
            measure=back_pressure,
        ),
        Case(
            suite="analytic",
            name="shrinking-inertia",
            title="free turning while the inertia shrinks",
            files=("shrinking-inertia",),
            about=(
                "No torque acts, and the propellant leaves at the centre of mass: the angular"
                " momentum of the body stays what it was, in size and direction."
            ),
            source="balance of angular momentum",
            measure=shrinking_inertia,
        ),
    )


def back_pressure(fly: Fly) -> list[Line]:
    """Velocity and way along x, across the little gravity that is left, against the formula."""
    told = fly("back-pressure", {}).history
    time, mass = told["time"], told["mass"]
    first, last = float(mass[0]), float(mass[-1])
    flow = (first - last) / float(time[-1])
    thrust = _VACUUM - _EXIT * _PRESSURE
    gained = thrust / flow * np.log(first / last)
    way = thrust / flow**2 * (first - last - last * np.log(first / last))
    place, speed = told["position_gcrs"][:, 0], told["velocity_gcrs"][:, 0]
    faster, moved = speed[-1] - speed[0], place[-1] - place[0] - speed[0] * time[-1]
    return [
        number("thrust", "N", (thrust, float(told["thrust"][0])), 1e-6 * thrust, _OWN),
        number("velocity gained", "m/s", (gained, faster), 1e-6, _OWN),
        number("way gained", "m", (way, moved), 1e-4, _OWN),
    ]


# Of cases/back-pressure.yaml; the pressure is of 1.225 kg/m^3 at 288.15 K by the gas law.
_VACUUM: Final = 1000.0  # [N]
_EXIT: Final = 0.004  # [m^2]
_PRESSURE: Final = 1.225 * 8314.32 / 28.9644 * 288.15  # [Pa]
# Of cases/shrinking-inertia.yaml [kg m^2], full and empty.
_FULL: Final = np.array([4.0, 10.0, 12.0])
_EMPTY: Final = np.array([2.0, 4.0, 5.0])


def shrinking_inertia(fly: Fly) -> list[Line]:
    """Angular momentum against that of the start, and the rate about the axis of a plain spin."""
    told = fly("shrinking-inertia", {}).history
    left = told["propellant"][:, 0] / told["propellant"][0, 0]
    inertia = _EMPTY + left[:, None] * (_FULL - _EMPTY)
    momentum = _to_stars(told["attitude"], inertia * told["rate_body"])
    size = float(np.linalg.norm(momentum[0]))
    off = np.linalg.norm(momentum - momentum[0], axis=1)
    worst = int(np.argmax(off))
    margin = 1e-8 * size
    sizes = (size, float(np.linalg.norm(momentum[worst])))
    why = f"1e-8 of it: {_OWN}"
    line = Line("angular momentum", "kg m²/s", *sizes, float(off[worst]), margin, why)
    return [line]


def _to_stars(attitude: Array, body: Array) -> Array:
    """Body components against the axes that do not turn; quaternions have their scalar first."""
    w, v = attitude[:, :1], attitude[:, 1:]
    twice = 2.0 * np.cross(v, body)
    return body + w * twice + np.cross(v, twice)
