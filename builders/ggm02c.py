"""Make `library/tables/ggm02c_12.npz` from the GGM02C field as NASA's JEOD carries it.

The input is a JSON file with `mu_m3_s2`, `radius_m` and `coefficients`, which maps "n,m" to the
fully normalised [C, S]; the numbers are those of `earth_GGM02C.cc` in JEOD's
`models/environment/gravity/data/src`, to degree and order 12.

    python builders/ggm02c.py ggm02c_12x12.json src/yaan/library/tables/ggm02c_12.npz
"""

import json
import sys
from pathlib import Path

import numpy as np

DEGREE = 12


def read(file: Path) -> dict[str, np.ndarray]:
    """Fully normalised coefficients, and the two scale constants."""
    given = json.loads(file.read_text(encoding="utf-8"))
    c = np.zeros((DEGREE + 1, DEGREE + 1))
    s = np.zeros((DEGREE + 1, DEGREE + 1))
    # One and zero by definition of mu and origin.
    c[0, 0] = 1.0
    for name, pair in given["coefficients"].items():
        n, m = map(int, name.split(","))
        c[n, m], s[n, m] = pair
    # GGM02C as released is zero-tide: C20 holds the permanent tide, 4.173e-9 of it.
    assert abs(c[2, 0] + 4.8416938905481e-4) < 1e-18, c[2, 0]
    assert np.all(c[2:][np.tril_indices(DEGREE - 1, 2, DEGREE + 1)] != 0.0)
    return {
        "mu": np.asarray(given["mu_m3_s2"]),  # [m^3/s^2]
        "radius": np.asarray(given["radius_m"]),  # [m]
        "c": c,
        "s": s,
    }


if __name__ == "__main__":
    source, table = map(Path, sys.argv[1:])
    np.savez_compressed(table, **read(source))
    print(f"{table}: degree {DEGREE}, {table.stat().st_size} bytes")
