"""Make `library/tables/jgm3_70.npz` from the JGM-3 field inside the package `brahe`.

Run in an environment of its own (Yaan never imports brahe):

    python -m venv side && side/bin/pip install brahe==1.8.0 numpy
    side/bin/python builders/jgm3.py src/yaan/library/tables/jgm3_70.npz

The coefficients are those of the package (and of `satkit` 0.24.1, whose accelerations they give),
but for C20: there it holds the permanent tide, and here it is without it, as GMAT flies the field.
"""

import sys
from pathlib import Path

import brahe
import numpy as np

DEGREE = 70
TIDE_FREE = -4.84165374886470e-04
"""C20 of GMAT's JGM-3."""
PERMANENT_TIDE = 4.1736e-9
"""What the permanent tide makes of C20 (IERS TN 36, section 6.2.2, with k20 = 0.3)."""


def read(degree: int) -> dict[str, np.ndarray]:
    """Fully normalised coefficients up to `degree`, and the two scale constants."""
    model = brahe.GravityModel.from_model_type(brahe.GravityModelType.JGM3)
    c = np.zeros((degree + 1, degree + 1))
    s = np.zeros((degree + 1, degree + 1))
    for n in range(2, degree + 1):
        for m in range(n + 1):
            c[n, m], s[n, m] = model.get(n, m)
    assert abs(c[2, 0] + PERMANENT_TIDE - TIDE_FREE) < 1e-12, c[2, 0]
    c[0, 0], c[2, 0] = 1.0, TIDE_FREE
    return {
        "mu": np.asarray(model.gm),  # [m^3/s^2]
        "radius": np.asarray(model.radius),  # [m]
        "c": c,
        "s": s,
    }


if __name__ == "__main__":
    table = Path(sys.argv[1])
    np.savez_compressed(table, **read(DEGREE))
    print(f"{table}: degree {DEGREE}, {table.stat().st_size} bytes")
