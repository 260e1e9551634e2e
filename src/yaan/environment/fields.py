"""Fields of gravity by their name, or of one's own coefficients."""

from importlib import resources

import numpy as np

from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS
from yaan.environment.gravity import AbstractGravity, PointGravity, ZonalJ2Gravity
from yaan.environment.harmonics import HarmonicGravity, Scalar

MAX_DEGREE = 70
"""Of any packaged field."""

PACKAGED = {"egm2008": "egm2008_70", "jgm3": "jgm3_70", "ggm05c": "ggm05c_8"}
"""Fields with a table of coefficients, and the table's name."""


def load_gravity(field: str, degree: int) -> AbstractGravity:
    """A gravity field by its name.

    Args:
        field: "egm2008" (EGM2008, tide-free, to degree 70), "jgm3" (JGM-3, tide-free as GMAT has
            it, to degree 70) or "ggm05c" (GGM05C, zero-tide, to degree 8), all with mu
            3.986004415e14 m^3/s^2 and radius 6378136.3 m; "j2" (mu 3.986004418e14 m^3/s^2, radius
            6378137 m, J2 1.08262668e-3) or "point" (that mu).
        degree: highest degree and order; 0 and 1 give the point mass with the field's mu; "j2"
            knows nothing above 2 and takes any higher degree as 2, "point" any as 0.

    Returns:
        The model, its arrays in the precision that is active when it is built.

    Raises:
        ValueError: the field is not known, or it has no such degree.
    """
    if not 0 <= degree <= MAX_DEGREE:
        raise ValueError(f"gravity degree {degree}: expected 0 to {MAX_DEGREE}")
    if field == "point" or (field == "j2" and degree < 2):  # a bulge needs degree two
        return PointGravity(EARTH_MU)
    if field == "j2":
        return ZonalJ2Gravity(EARTH_MU, EARTH_RADIUS, EARTH_J2)
    if field in PACKAGED:
        table = read_field(PACKAGED[field])
        return harmonic_gravity(table["mu"], table["radius"], table["c"], table["s"], degree)
    known = ", ".join([*PACKAGED, "j2", "point"])
    raise ValueError(f"gravity field {field!r}: expected one of {known}")


def harmonic_gravity(
    mu: Scalar, radius: Scalar, c: np.ndarray, s: np.ndarray, degree: int
) -> AbstractGravity:
    """The field of fully normalised coefficients, cut at `degree`.

    Args:
        mu: gravitational parameter [m^3/s^2].
        radius: reference radius of the coefficients [m].
        c: cosine coefficients, shape [n, n], c[0, 0] = 1.
        s: sine coefficients, same shape.
        degree: highest degree and order kept, 0 to n - 1; 0 and 1 give the point mass, since
            degree one is zero by the choice of origin.

    Raises:
        ValueError: the coefficients do not reach the degree.
    """
    if not 0 <= degree < len(c):
        raise ValueError(f"gravity degree {degree}: expected 0 to {len(c) - 1}")
    if degree < 2:
        return PointGravity(mu)
    part = slice(degree + 1)
    return HarmonicGravity(mu, radius, c[part, part], s[part, part])


def read_field(name: str) -> dict[str, np.ndarray]:
    """The packaged table `name`: mu [m^3/s^2], radius [m], c and s [degree + 1, degree + 1]."""
    source = resources.files("yaan") / "library" / "tables" / f"{name}.npz"
    with source.open("rb") as file, np.load(file) as table:
        return dict(table)
