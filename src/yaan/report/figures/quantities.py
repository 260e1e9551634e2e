"""How each column of a history is shown: its words, and the unit that suits its size."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from yaan.report.figures.style import Array
from yaan.report.text import label
from yaan.results import COLUMNS, History

_WORDS: Final = {
    "speed_relative": "Speed, relative",
    "speed_inertial": "Speed, inertial",
    "speed_air": "Speed, true air",
    "flight_path_angle_relative": "Flight-path angle, relative",
    "flight_path_angle_inertial": "Flight-path angle, inertial",
    "mach": "Mach number",
    "heat_flux": "Heat flux, free stream",
    "heat_flux_stagnation": "Heat flux, nose",
    "load_x": "Load, couch x",
    "load_y": "Load, couch y",
    "load_z": "Load, couch z",
}
_LOADS: Final = ("load", "load_x", "load_y", "load_z")

# Unit of a column -> (from this largest magnitude on, factor, unit shown), the first that fits.
_SCALES: Final[dict[str, tuple[tuple[float, float, str], ...]]] = {
    "m": ((1e4, 1e3, "km"), (0.0, 1.0, "m")),
    "m s-1": ((2e3, 1e3, "km/s"), (0.0, 1.0, "m/s")),
    "kg": ((1e3, 1e3, "t"), (0.0, 1.0, "kg")),
    "Pa": ((1e3, 1e3, "kPa"), (0.0, 1.0, "Pa")),
    "N": ((1e6, 1e6, "MN"), (1e3, 1e3, "kN"), (0.0, 1.0, "N")),
    "W m-2": ((1e3, 1e3, "kW/m²"), (0.0, 1.0, "W/m²")),
    "J m-2": ((1e6, 1e6, "MJ/m²"), (1e3, 1e3, "kJ/m²"), (0.0, 1.0, "J/m²")),
    "rad": ((0.0, np.pi / 180.0, "deg"),),
    "rad s-1": ((0.0, np.pi / 180.0, "deg/s"),),
    "m s-2": ((0.0, 1.0, "m/s²"),),
    "kg m-3": ((0.0, 1.0, "kg/m³"),),
    "N m": ((1e3, 1e3, "kN m"), (0.0, 1.0, "N m")),
    "kg m2": ((0.0, 1.0, "kg m²"),),
    "1": ((0.0, 1.0, ""),),
}


@dataclass(frozen=True)
class Shown:
    """How a quantity is shown.

    Attributes:
        words: what it is.
        unit: shown; empty for a pure number.
        scale: what values in SI are divided by.
        digits: decimals of a readout.
    """

    words: str
    unit: str
    scale: float
    digits: int

    @property
    def named(self) -> str:
        """What it is and its unit."""
        return f"{self.words}, {self.unit}" if self.unit else self.words


def shown(name: str, largest: float) -> Shown:
    """How the column `name` is shown where its largest magnitude is `largest` [SI]."""
    unit = "g" if name in _LOADS else COLUMNS[name].unit
    return fitted(words(name), unit, largest)


def fitted(said: str, unit: str, largest: float) -> Shown:
    """How a quantity of `unit` [SI] is shown where its largest magnitude is `largest`.

    Args:
        said: what it is.
        unit: as the catalogue of columns has it, `1` of a pure number.
        largest: magnitude, finite.
    """
    scales = _SCALES.get(unit, ((0.0, 1.0, unit),))
    _, scale, text = next(row for row in scales if largest >= row[0])
    size = largest / scale
    digits = 3 if size < 20.0 else 2 if size < 1e3 else 1
    return Shown(said, text, scale, digits)


def words(name: str) -> str:
    """What a person calls the column, short."""
    return _WORDS.get(name, label(name))


def largest(values: Array) -> float:
    """The largest magnitude that is finite; zero of nothing."""
    finite = values[np.isfinite(values)]
    return float(np.max(np.abs(finite))) if finite.size else 0.0


def parts(history: History, name: str) -> Iterator[tuple[str, Array]]:
    """The curves of a column in SI, each with its name: one, or one a component or stage.

    Args:
        history: that has the column.
        name: of the column.
    """
    values = np.asarray(history[name], dtype=float)
    if values.ndim == 1:
        yield words(name), values
        return
    labels = {"axis": ("x", "y", "z"), "quaternion": ("w", "x", "y", "z")}
    names = labels.get(COLUMNS[name].dimensions[1], tuple(label(s) for s in history.stages))
    for place, part in enumerate(names):
        yield part, values[:, place]
