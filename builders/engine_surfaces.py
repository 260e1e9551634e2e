"""Make `library/tables/engine_surfaces.npz`: ideal engines over mixture, pressure and area ratio.

    python builders/engine_surfaces.py src/yaan/library/tables/engine_surfaces.npz

It needs the extra `engines` (NASA's `cea`, Apache-2.0). Every pair of propellants is solved in
shifting equilibrium at the Chebyshev points of a finer grid than is kept, whose series are cut
where their terms fall below the error that `propulsion.surfaces` states; 64 random points a pair
are packaged beside them for the tests. Prints the error at these and 1,000 others.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.polynomial import chebyshev

from yaan.base.errors import YaanError
from yaan.propulsion.chamber import Design, rocket_many
from yaan.propulsion.surfaces import AREA_RATIOS, PAIRS, PRESSURES

MIXTURES = {
    "lox-lh2": (3.0, 7.8),
    "lox-rp1": (1.8, 3.3),
    "lox-ch4": (2.2, 3.9),
    "n2o4-udmh": (1.3, 2.95),
    "n2o4-uh25": (1.2, 2.4),
    "n2o4-mmh": (1.1, 2.4),
}
"""Short of the stoichiometric ratio: 7.94, 3.41, 3.99, 3.06, 2.52 and 2.50."""

SOLVED = (24, 6, 12)
"""Degrees of the grid that is solved."""

KEPT = (13, 4, 9)
"""Terms that are kept."""

HELD_OUT, CHECKED = 64, 1_000
SEED = 15


def ideal(pair: tuple[str, str], points: np.ndarray) -> np.ndarray:
    """Characteristic velocity [m/s], vacuum Isp [s], log of exit over chamber pressure, by point.

    `points`: mixture ratio, chamber pressure [Pa], area ratio.
    """
    oxidiser, fuel = pair
    designs = [
        Design(fuel=fuel, oxidiser=oxidiser, pressure=p, mixture=r, area_ratios=(a,))
        for r, p, a in points.tolist()
    ]
    rows = []
    for design, found in zip(designs, rocket_many(designs), strict=True):
        if isinstance(found, YaanError):
            raise SystemExit(f"{design}: {found}")
        last, chamber = found.stations[-1], found.stations[0]
        rows.append((found.cstar, found.isp_vacuum, np.log(last.pressure / chamber.pressure)))
    return np.array(rows)


def series(pair: tuple[str, str], mixtures: tuple[float, float]) -> list[np.ndarray]:
    """Coefficients of the three surfaces."""
    logs = [np.log(PRESSURES), np.log(AREA_RATIOS)]
    nodes = [np.cos(np.pi * np.arange(n + 1) / n)[::-1] for n in SOLVED]
    axes = [
        _stretch(nodes[0], mixtures),
        *(np.exp(_stretch(x, a)) for x, a in zip(nodes[1:], logs, strict=True)),
    ]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    values = ideal(pair, points.reshape(-1, 3)).reshape(*points.shape[:-1], 3)
    for axis, x in enumerate(nodes):
        solved = np.linalg.inv(chebyshev.chebvander(x, len(x) - 1))
        values = np.moveaxis(np.tensordot(solved, values, (1, axis)), 0, axis)
    i, j, k = KEPT
    return [values[:i, :j, 0, 0], values[:i, :j, :k, 1], values[:i, :j, :k, 2]]


def random_points(mixtures: tuple[float, float], count: int, seed: int) -> np.ndarray:
    """Points anywhere in range, even in the logarithms of pressure and area ratio."""
    rng = np.random.default_rng(seed)
    logs = [np.exp(rng.uniform(*np.log(limits), count)) for limits in (PRESSURES, AREA_RATIOS)]
    return np.stack([rng.uniform(*mixtures, count), *logs], axis=-1)


def evaluated(
    tables: Sequence[np.ndarray], mixtures: tuple[float, float], points: np.ndarray
) -> np.ndarray:
    """The series at points, by NumPy's own evaluation: a twin of `propulsion.surfaces`."""
    scaled = [points[:, 0], np.log(points[:, 1]), np.log(points[:, 2])]
    limits = [mixtures, np.log(PRESSURES), np.log(AREA_RATIOS)]
    x, y, z = (2.0 * (v - a) / (b - a) - 1.0 for v, (a, b) in zip(scaled, limits, strict=True))
    return np.stack(
        [
            chebyshev.chebval2d(x, y, tables[0]),
            *(chebyshev.chebval3d(x, y, z, table) for table in tables[1:]),
        ],
        axis=-1,
    )


def _stretch(x: np.ndarray, limits: Sequence[float] | np.ndarray) -> np.ndarray:
    low, high = limits
    return low + (high - low) * (x + 1.0) / 2.0


if __name__ == "__main__":
    arrays: dict[str, np.ndarray] = {}
    for pair, name in PAIRS.items():
        mixtures = MIXTURES[name]
        tables = series(pair, mixtures)
        points = random_points(mixtures, HELD_OUT + CHECKED, SEED)
        truth, found = ideal(pair, points), evaluated(tables, mixtures, points)
        error = np.abs(found - truth) / np.where([True, True, False], truth, 1.0)
        worst, usual = error.max(axis=0), np.quantile(error, 0.95, axis=0)
        print(
            name,
            "largest error",
            *(f"{e:.1e}" for e in worst),
            "95 %",
            *(f"{e:.1e}" for e in usual),
        )
        for key, table in zip(("cstar", "isp", "expansion"), tables, strict=True):
            arrays[f"{name}/{key}"] = table
        arrays[f"{name}/mixtures"] = np.array(mixtures)
        arrays[f"{name}/points"], arrays[f"{name}/truth"] = points[:HELD_OUT], truth[:HELD_OUT]
    np.savez_compressed(Path(sys.argv[1]), **arrays)
    print(f"{sys.argv[1]}: {Path(sys.argv[1]).stat().st_size} bytes")
