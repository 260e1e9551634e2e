"""What an ideal engine gives, as smooth surfaces over mixture ratio, chamber pressure, area ratio.

One surface a pair of propellants: characteristic velocity, vacuum specific impulse and exit
pressure of the one-dimensional nozzle in shifting equilibrium, from an infinite-area chamber and
liquid reactants at their boiling point or 298.15 K. Each is a product of Chebyshev series in the
mixture ratio and the logarithms of pressure and area ratio, made from certified equilibria by
`builders/engine_surfaces.py`, so that every derivative is smooth, and no library of chemistry is
needed to fly. They are ideal: what an engine loses of them is for `losses`.

Interpolation error, at 1,000 random points a pair beside fresh equilibria: at most 3e-5 of the
specific impulse and of the characteristic velocity (2.1e-5 at 95 of 100 points); of the exit
pressure at most 0.8 % (0.1 %). Held-out points are packaged with the table and read by the tests.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float
from numpy.polynomial import chebyshev

from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.errors import YaanError, nearest

TABLE: Final = "engine_surfaces.npz"

PAIRS: Final = {
    ("LOX", "LH2"): "lox-lh2",
    ("LOX", "RP-1"): "lox-rp1",
    ("LOX", "CH4"): "lox-ch4",
    ("N2O4", "UDMH"): "n2o4-udmh",
    ("N2O4", "UH25"): "n2o4-uh25",
    ("N2O4", "MMH"): "n2o4-mmh",
}
"""The table of each oxidiser and fuel."""

PRESSURES: Final = (3e5, 30e6)  # [Pa]
AREA_RATIOS: Final = (2.0, 300.0)


Data = Array | np.ndarray
"""Traced, or of the host: a table that is NumPy's is a constant of what is traced over it."""


Values = float | Sequence[float] | np.ndarray


class Ideal(eqx.Module):
    """An ideal engine at a design point."""

    cstar: Float[Data, "*batch"]
    """Characteristic velocity [m/s]."""
    isp: Float[Data, "*batch"]
    """Vacuum specific impulse [s]."""
    exit_pressure: Float[Data, "*batch"]  # [Pa]
    inside: Bool[Data, "*batch"]
    """Whether the point lies in the range of its surface; where not, this is its nearest edge."""

    @property
    def thrust_coefficient(self) -> Any:
        """Of vacuum thrust: over chamber pressure times throat area. Shaped as the others."""
        return self.isp * STANDARD_GRAVITY / self.cstar


class Surface(eqx.Module):
    """The surfaces of one pair of propellants.

    Valid from 3 bar to 300 bar, area ratios of 2 to 300, and the mixture ratios of `mixtures`;
    they end short of the stoichiometric one, where the equilibrium of a cold exit has a kink.
    Outside, the nearest edge answers and `Ideal.inside` says so. A programme that a surface is
    closed over knows its numbers as constants, which is the fastest.
    """

    cstar: Float[Data, "mixtures pressures"]
    isp: Float[Data, "mixtures pressures ratios"]
    expansion: Float[Data, "mixtures pressures ratios"]
    """Of the logarithm of exit over chamber pressure."""
    mixtures: tuple[float, float] = eqx.field(static=True)

    def __call__(
        self,
        mixture: Float[Data, "*batch"],
        pressure: Float[Data, "*batch"],
        area_ratio: Float[Data, "*batch"],
    ) -> Ideal:
        """The ideal engine at mixture ratios by mass, chamber pressures [Pa] and area ratios."""
        x = _place(mixture, self.mixtures)
        y = _place(jnp.log(pressure), np.log(PRESSURES))
        z = _place(jnp.log(area_ratio), np.log(AREA_RATIOS))
        rows, columns, ratios = self.isp.shape
        inside = (jnp.abs(x) <= _EDGE) & (jnp.abs(y) <= _EDGE) & (jnp.abs(z) <= _EDGE)
        over_x = _chebyshev(jnp.clip(x, -1.0, 1.0), rows)
        over_y = _chebyshev(jnp.clip(y, -1.0, 1.0), columns)
        over_z = _chebyshev(jnp.clip(z, -1.0, 1.0), ratios)
        # Sums of products, written out: lanes stay in registers, and nothing is gathered.
        flat = [b * c for b in over_y for c in over_z]
        expansion = _series(self.expansion.reshape(rows, -1), over_x, flat)
        return Ideal(
            cstar=_series(self.cstar, over_x, over_y),
            isp=_series(self.isp.reshape(rows, -1), over_x, flat),
            exit_pressure=jnp.clip(pressure, *PRESSURES) * jnp.exp(expansion),
            inside=inside,
        )


_SLACK: Final = 1e-9  # an edge is inside, whatever rounding makes of it
_EDGE: Final = 1.0 + _SLACK


def _place(value: Data, limits: tuple[float, float] | np.ndarray) -> Any:
    """A coordinate from -1 to 1."""
    low, high = limits
    return 2.0 * (value - low) / (high - low) - 1.0


def _chebyshev(x: Array, count: int) -> list[Array]:
    """The first polynomials at `x`."""
    found = [jnp.ones_like(x), x]
    for _ in range(count - 2):
        found.append(2.0 * x * found[-1] - found[-2])
    return found[:count]


def _series(table: Array | np.ndarray, rows: list[Array], columns: list[Array]) -> Array:
    total = jnp.zeros_like(rows[0])
    for i, row in enumerate(rows):
        inner = jnp.zeros_like(rows[0])
        for k, column in enumerate(columns):
            inner = inner + table[i, k] * column
        total = total + inner * row
    return total


def surface(oxidiser: str, fuel: str) -> Surface:
    """The surfaces of a pair, by the names of `PAIRS`.

    Raises:
        YaanError: there are none of that pair.
    """
    if (oxidiser, fuel) not in PAIRS:
        known = [f"{a} / {b}" for a, b in PAIRS]
        hint = nearest(f"{oxidiser} / {fuel}", known)
        raise YaanError(f"no surfaces of {oxidiser} / {fuel}; {hint or ', '.join(known)}")
    return _read(PAIRS[oxidiser, fuel])


@cache
def _read(name: str) -> Surface:
    source = resources.files("yaan") / "library" / "tables" / TABLE
    with source.open("rb") as opened, np.load(opened) as file:
        arrays = [file[f"{name}/{key}"] for key in ("cstar", "isp", "expansion")]
        low, high = file[f"{name}/mixtures"]
    return Surface(*arrays, mixtures=(float(low), float(high)))


def ideal(
    oxidiser: str,
    fuel: str,
    mixture: Values,
    pressure: Values,
    area_ratio: Values,
) -> Ideal:
    """The same on the host, by NumPy and in its arrays; an error where a surface does not reach.

    Raises:
        YaanError: no such pair, or a point outside of the range of its surface.
    """
    found = surface(oxidiser, fuel)
    at = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (mixture, pressure, area_ratio)))
    ranges = {
        "mixture ratio": found.mixtures,
        "chamber pressure [Pa]": PRESSURES,
        "area ratio": AREA_RATIOS,
    }
    for (name, (low, high)), value in zip(ranges.items(), at, strict=True):
        beyond = ~((value >= low * (1.0 - _SLACK)) & (value <= high * (1.0 + _SLACK)))
        if np.any(beyond):
            raise YaanError(
                f"{oxidiser} / {fuel}: a {name} of {value[beyond].flat[0]:g} is beyond its "
                f"surfaces, which go from {low:g} to {high:g}"
            )
    x, y, z = at[0], np.log(at[1]), np.log(at[2])
    x, y, z = (
        2.0 * (v - low) / (high - low) - 1.0
        for v, (low, high) in zip(
            (x, y, z), (found.mixtures, np.log(PRESSURES), np.log(AREA_RATIOS)), strict=True
        )
    )
    tables: list[Any] = [np.asarray(t) for t in (found.cstar, found.isp, found.expansion)]
    cstar = chebyshev.chebval2d(x, y, tables[0])
    isp, expansion = (chebyshev.chebval3d(x, y, z, table) for table in tables[1:])
    given = (cstar, isp, at[1] * np.exp(expansion), np.ones_like(x, dtype=bool))
    return Ideal(*(np.asarray(one) for one in given))
