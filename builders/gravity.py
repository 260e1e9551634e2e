"""Make `library/tables/egm2008_70.npz` from the EGM2008 field inside the package `brahe`.

Run in an environment of its own (Yaan never imports brahe):

    python -m venv side && side/bin/pip install brahe==1.8.0 numpy
    side/bin/python builders/gravity.py src/yaan/library/tables/egm2008_70.npz
"""

import sys
from pathlib import Path

import brahe
import numpy as np

DEGREE = 70


def read(degree: int) -> dict[str, np.ndarray]:
    """Fully normalised coefficients up to `degree`, and the two scale constants."""
    model = brahe.GravityModel.from_model_type(brahe.GravityModelType.EGM2008_120)
    c = np.zeros((degree + 1, degree + 1))
    s = np.zeros((degree + 1, degree + 1))
    for n in range(degree + 1):
        for m in range(n + 1):
            c[n, m], s[n, m] = model.get(n, m)
    # The file may leave out the degrees that are one and zero by definition of mu and origin.
    c[0, 0] = 1.0
    print(model.model_name, model.tide_system, model.normalization, model.gm, model.radius)
    # C20 tells the tide system: -4.841651437e-4 is tide-free, -4.841693173e-4 zero-tide.
    assert abs(c[2, 0] + 4.84165143790815e-4) < 1e-18, c[2, 0]
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
