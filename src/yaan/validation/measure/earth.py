"""The air and the field that all flights fly through, against what others publish of them."""

from collections.abc import Sequence
from typing import Final

import jax.numpy as jnp
import numpy as np

from yaan.base.session import computing
from yaan.environment import load_standard_atmosphere
from yaan.environment.atmosphere import EFFECTIVE_RADIUS
from yaan.environment.fields import read_field
from yaan.validation.case import Array, Case, Fly, Line, data, number

_DEGREE: Final = 8
_TOP: Final = 84852.0  # [m] geopotential height of 86 km
_HIGH: Final = "0.1 %: the standard was tabulated from rounded constants, by a coarser integration"
_SIX: Final = "1e-5: densities are printed with six digits"


def cases() -> tuple[Case, ...]:
    """The atmosphere and the gravity field."""
    return (
        Case(
            suite="earth",
            name="us76",
            title="US Standard Atmosphere 1976, its published rows",
            files=(),
            about=(
                "Every row of the table, relative to what is printed; below 86 km its heights are"
                " geopotential, and read as geometric ones they miss by 2 K and 23 %."
            ),
            source="NOAA-S/T 76-1562; rows below 86 km as carried by AVSLab/basilisk",
            measure=standard_atmosphere,
        ),
        Case(
            suite="earth",
            name="egm2008",
            title="EGM2008 to degree 8 against another field, EGM96",
            files=(),
            about=(
                "Each coefficient against EGM96's, in units of EGM96's own sigma. The fields are"
                " of other data and another epoch: what is looked for is a coefficient of another"
                " place, sign or normalisation."
            ),
            source="EGM96, NASA and NIMA, as carried by CS-SI/Orekit",
            measure=field,
        ),
    )


def standard_atmosphere(fly: Fly) -> Sequence[Line]:
    """Temperature, density and pressure at the heights of the published rows."""
    del fly
    low = _rows("us76_below_86km.csv")
    geopotential, temperature, density = low[low[:, 0] <= _TOP].T
    height = EFFECTIVE_RADIUS * geopotential / (EFFECTIVE_RADIUS - geopotential)
    high, dense, pressure = _rows("us76_above_86km.csv").T
    with computing():
        model = load_standard_atmosphere()
        below, above = (model.at(jnp.asarray(h)) for h in (height, 1e3 * high))
    return [
        _worst("temperature below 86 km", "K", temperature, below.temperature, 1e-12, "rounding"),
        _worst("density below 86 km", "kg/m³", density, below.density, 1e-5, _SIX),
        _worst("density above 86 km", "kg/m³", dense, above.density, 1e-3, _HIGH),
        _worst("pressure above 86 km", "Pa", pressure, above.pressure, 1e-3, _HIGH),
    ]


def _rows(name: str) -> Array:
    return np.loadtxt(data(name), delimiter=",", skiprows=2)


def _worst(words: str, unit: str, theirs: Array, ours: object, share: float, why: str) -> Line:
    """The row that is furthest off, relative to its value."""
    found = np.asarray(ours)
    at = int(np.argmax(np.abs(found / theirs - 1.0)))
    pair = (float(theirs[at]), float(found[at]))
    return number(words, unit, pair, share * float(theirs[at]), f"{share:.0e} of it: {why}")


def field(fly: Fly) -> Sequence[Line]:
    """The coefficient that differs most, in EGM96's sigmas, and J2."""
    del fly
    ours = read_field("egm2008_70")
    tables = (ours["c"], ours["s"])
    rows = np.loadtxt(data("egm96_21x21.txt"))[1:]
    rows = rows[rows[:, 0] <= _DEGREE]
    at = (rows[:, 0].astype(int), rows[:, 1].astype(int))
    off = [
        np.abs(table[at] - rows[:, 2 + k]) / np.maximum(rows[:, 4 + k], 4e-11)
        for k, table in enumerate(tables)
    ]
    why = (
        "EGM96's sigmas are formal: 6.4 of them are met by C20, of another epoch; where it gives"
        " none (C21, S21), 4e-11 stands for the pole's mean place"
    )
    zonal = (rows[0, 2], tables[0][2, 0])
    return [
        number("largest difference of a coefficient", "sigma", (0.0, np.max(off)), 7.0, why),
        number("C20", "", zonal, 1e-9, "tide systems and epochs differ by less"),
    ]
