"""NESC's atmospheric check cases: our trace among those of NASA's simulations.

Each case is thirty seconds of one body; up to six anonymous simulations flew it. What they are
asked here is what all of them print. Left out, and why:

- simulation 2 from cases 2 to 5: it flew another attitude there, 3 to 5 deg off (in cases 4 and 5
  it also started with 0.01 ft/s to the north and prints no gravity);
- simulations 1, 2 and 3 from the air itself (density, pressure, temperature, speed of sound): they
  read tables of their own, 0.03 to 0.3 % off the standard's equations. They stay in all that the
  air does to the body, where they widen the margin;
- simulation 3 from the air forces across the axis: it prints no attitude, and these forces of its
  are in other axes;
- simulation 6 from Mach number, dynamic pressure and side force of case 7: its first row has no
  wind yet.
"""

from dataclasses import dataclass
from functools import cache, partial
from typing import Final

import numpy as np

from yaan.api import Flight
from yaan.validation.case import Array, Case, Fly, Line, data
from yaan.validation.gates import envelope, turned

_DEGREE: Final = np.pi / 180.0  # [rad]
_CENTIMETRE: Final = "a centimetre"
_DIGITS: Final = "the digits that the references print"
_STANDARD: Final = "the standard's constants have five digits"


@dataclass(frozen=True)
class Quantity:
    """A quantity that the references tell.

    Attributes:
        words: for the wall.
        unit: for the wall.
        column: of a history, and the index along its second dimension.
        floor: margin where the references agree, in the unit.
        why: reason for the floor.
        share: further floor, as a share of the largest value.
        factor: SI value of the unit.
    """

    words: str
    unit: str
    column: tuple[str, int | None]
    floor: float
    why: str
    share: float = 0.0
    factor: float = 1.0


def _angle(words: str, column: str) -> Quantity:
    why = "the references step by 0.01 to 0.1 s"
    return Quantity(words, "deg", (column, None), 1e-5, why, factor=_DEGREE)


QUANTITIES: Final = {
    "height": Quantity("height", "m", ("height", None), 0.01, _CENTIMETRE),
    "latitude": Quantity("latitude", "deg", ("latitude", None), 1e-7, _CENTIMETRE, factor=_DEGREE),
    "longitude": Quantity(
        "longitude", "deg", ("longitude", None), 1e-7, _CENTIMETRE, factor=_DEGREE
    ),
    **{
        f"velocity_{way}": Quantity(
            f"velocity {way}", "m/s", ("velocity_ned", i), 1e-4, "a millimetre in ten seconds"
        )
        for i, way in enumerate(("north", "east", "down"))
    },
    "yaw": _angle("yaw", "yaw"),
    "pitch": _angle("pitch", "pitch_body"),
    "roll": _angle("roll", "roll"),
    **{
        f"rate_{axis}": Quantity(
            f"inertial rate about {axis}", "deg/s", ("rate_body", i), 1e-6, _DIGITS, factor=_DEGREE
        )
        for i, axis in enumerate("xyz")
    },
    "gravity": Quantity("gravity", "m/s²", ("gravity", None), 1e-6, "the tenth digit of J2's"),
    "density": Quantity("density", "kg/m³", ("density", None), 0.0, _STANDARD, 1e-5),
    "pressure": Quantity("pressure", "Pa", ("pressure", None), 0.0, _STANDARD, 1e-5),
    "temperature": Quantity("temperature", "K", ("temperature", None), 1e-3, _STANDARD),
    "sound_speed": Quantity("speed of sound", "m/s", ("sound_speed", None), 1e-3, _STANDARD),
    "mach": Quantity("Mach number", "", ("mach", None), 1e-6, _STANDARD),
    "dynamic_pressure": Quantity(
        "dynamic pressure", "Pa", ("dynamic_pressure", None), 1e-3, _STANDARD, 1e-5
    ),
    **{
        f"force_{axis}": Quantity(
            f"air force along {axis}", "N", ("force_body", i), 1e-6, _STANDARD, 1e-5
        )
        for i, axis in enumerate("xyz")
    },
    **{
        f"moment_{axis}": Quantity(
            f"air moment about {axis}", "N m", ("moment_body", i), 1e-9, _STANDARD, 1e-5
        )
        for i, axis in enumerate("xyz")
    },
}
_AIR: Final = ("density", "pressure", "temperature", "sound_speed")
_ATTITUDE: Final = ("yaw", "pitch", "roll")

TITLES: Final = {
    "01": "sphere dropped, no drag",
    "02": "brick dropped tumbling, no damping",
    "03": "brick dropped tumbling, damped",
    "04": "sphere dropped over a round Earth at rest",
    "05": "sphere dropped over a round Earth that turns",
    "06": "sphere dropped through the air",
    "07": "sphere dropped in a steady wind",
    "08": "sphere dropped through a wind that grows with height",
    "09": "sphere thrown eastward and up",
    "10": "sphere thrown northward and up",
}


def cases() -> tuple[Case, ...]:
    """The gated cases."""
    return tuple(
        Case(
            suite="nesc-atmospheric",
            name=name,
            title=title,
            files=(f"nesc-{name}",),
            about=(
                "Each trace against the median of NASA's simulations over the whole run; the"
                " margin is 1.5 times the largest distance of one of them to the median of the"
                " others, and a floor. " + _left_out(name)
            ),
            source="NASA/TM-2015-218675 (NESC), traces from nasa/simupy-flight, NESC_data",
            measure=partial(measure, name),
        )
        for name, title in TITLES.items()
    )


def measure(name: str, fly: Fly) -> list[Line]:
    """Fly one case and compare every quantity."""
    flight = fly(f"nesc-{name}", {})
    lines = [_compare(name, key, flight) for key in QUANTITIES]
    return [_attitude(name, flight), *lines]


def kept(name: str, key: str) -> Array:
    """The traces of `key` that are asked, one a row [SI]; at least three."""
    truth = _truth()
    sims, traces = truth[f"{name}/{key}/sims"], truth[f"{name}/{key}"]
    return traces[~np.isin(sims, _excluded(name, key))]


def _excluded(name: str, key: str) -> list[int]:
    out = [2] if name in ("02", "03", "04", "05") else []
    if key in _AIR:
        out += [1, 2, 3]
    if key in ("force_y", "force_z"):
        out.append(3)
    if name == "07" and key in ("mach", "dynamic_pressure", "force_y"):
        out.append(6)
    return out


def _left_out(name: str) -> str:
    words = ["Left out: simulations 1, 2 and 3 from the air itself (tables of their own)"]
    if name in ("02", "03", "04", "05"):
        words.append("simulation 2 from all (another attitude, another start)")
    if name in ("06", "07", "08", "09", "10"):
        words.append("simulation 3 from forces across the axis (other axes)")
    if name == "07":
        words.append(
            "simulation 6 from Mach number, dynamic pressure, side force (no wind in its first row)"
        )
    return "; ".join(words) + "."


@cache
def _truth() -> dict[str, Array]:
    with np.load(data("nesc_atmospheric.npz")) as file:
        return dict(file)


def _compare(name: str, key: str, flight: Flight) -> Line:
    quantity, time = QUANTITIES[key], _truth()[f"{name}/time"]
    theirs = kept(name, key) / quantity.factor
    ours = _ours(flight, key, time) / quantity.factor
    floor = quantity.floor + quantity.share * float(np.max(np.abs(theirs)))
    words = (quantity.words, quantity.unit)
    return envelope(words, time, ours, theirs, floor=(floor, quantity.why))


def _ours(flight: Flight, key: str, time: Array) -> Array:
    """Our column at `time` [SI]; angles without their jumps."""
    column, index = QUANTITIES[key].column
    values = flight.history[column]
    values = values if index is None else values[:, index]
    if key in ("yaw", "roll", "longitude"):
        values = np.unwrap(values)
    return np.interp(time, flight.history["time"], values)


def _attitude(name: str, flight: Flight) -> Line:
    """The angle of the turn between the attitudes: no quantity of its own jumps or is singular."""
    time = _truth()[f"{name}/time"]
    theirs = np.stack([kept(name, key) for key in _ATTITUDE], axis=1)
    ours = np.stack([_ours(flight, key, time) for key in _ATTITUDE])
    floor = (1e-5, "the references step by 0.01 to 0.1 s")

    def degrees(one: Array, two: Array) -> Array:
        return turned(one, two) / _DEGREE

    return envelope(("attitude", "deg"), time, ours, theirs, floor=floor, measure=degrees)
