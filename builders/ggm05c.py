"""Make `library/tables/ggm05c_8.npz` from the GGM05C field as NASA's JEOD carries it.

The input is JEOD's `models/environment/gravity/data/src/earth_GGM05C.cc`, of which the assignments
`Cnm[n][m] = ...`, `Snm[n][m] = ...`, `mu = ...` and `radius = ...` are read, to degree and order 8.

    python builders/ggm05c.py earth_GGM05C.cc src/yaan/library/tables/ggm05c_8.npz
"""

import re
import sys
from pathlib import Path

import numpy as np

DEGREE = 8
_NUMBER = r"([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?);"


def read(text: str) -> dict[str, np.ndarray]:
    """Fully normalised coefficients, and the two scale constants."""
    tables = {"C": np.zeros((DEGREE + 1, DEGREE + 1)), "S": np.zeros((DEGREE + 1, DEGREE + 1))}
    # One and zero by definition of mu and origin.
    tables["C"][0, 0] = 1.0
    for kind, n, m, value in re.findall(r"([CS])nm\[(\d+)\]\[(\d+)\] = " + _NUMBER, text):
        if int(n) <= DEGREE:
            tables[kind][int(n), int(m)] = float(value)
    mu, radius = (re.search(rf"\b{name} = {_NUMBER}", text) for name in ("mu", "radius"))
    assert mu is not None
    assert radius is not None
    # GGM05C is zero-tide: C20 holds the permanent tide, 4.173e-9 of it.
    assert tables["C"][2, 0] == -4.8416945732e-4, tables["C"][2, 0]
    assert np.all(tables["C"][2:][np.tril_indices(DEGREE - 1, 2, DEGREE + 1)] != 0.0)
    return {
        "mu": np.asarray(float(mu[1])),  # [m^3/s^2]
        "radius": np.asarray(float(radius[1])),  # [m]
        "c": tables["C"],
        "s": tables["S"],
    }


if __name__ == "__main__":
    source, table = map(Path, sys.argv[1:])
    np.savez_compressed(table, **read(source.read_text(encoding="utf-8")))
    print(f"{table}: degree {DEGREE}, {table.stat().st_size} bytes")
