"""The geoid: how high the level of the sea stands above the ellipsoid of WGS 84.

Heights of the flight are above the ellipsoid; those of maps, and of sites by their surveys, are
above the geoid. NumPy, on the host.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import EARTH_FLATTENING, EARTH_MU, EARTH_RADIUS
from yaan.environment.fields import MAX_DEGREE, PACKAGED, read_field

Array = NDArray[np.float64]
Places = float | ArrayLike

ZERO_DEGREE: Final = -0.41
"""[m] from the ideal ellipsoid of EGM2008 to that of WGS 84 (NGA, EGM2008: WGS 84 version)."""

_C20: Final = -0.484166774985e-3
"""Of the normal field of WGS 84, fully normalised (NIMA TR8350.2, table 3.3; not re-read)."""
_EQUATOR: Final = 9.7803253359  # [m/s^2] normal gravity (NIMA TR8350.2, table 3.4; not re-read)
_GROWTH: Final = 0.00193185265241  # of Somigliana's formula (the same)
_ZONALS: Final = 10  # beyond it the normal field has nothing that a double would show


@dataclass(frozen=True)
class Geoid:
    """The geoid of EGM2008, tide-free, to a degree: 70, all that is packaged, or less.

    Within about 1 m of the whole model in the root mean square at degree 70, by Kaula's rule (64 m
    by the degree), and 3 m and more over trenches and mountains, which are narrower than its
    280 km. Ignores besides: that under high ground the geoid is below the height anomaly, which is
    what the sum is (by a metre or two under Tibet, by nothing at sea).
    Source: Heiskanen and Moritz, Physical Geodesy (1967), section 2-14: Bruns's formula, at the
    ellipsoid; Pavlis et al., J. Geophys. Res. 117 (2012) B04406: the field. Zero degree: -0.41 m.
    """

    mu: float
    radius: float
    c: Array
    """Fully normalised, less the normal field of WGS 84, [degree + 1, degree + 1]."""
    s: Array

    def height(self, latitude: Places, longitude: Places) -> Array:
        """Height of the geoid above the ellipsoid [m] at geodetic places [rad], in their shape."""
        lat, lon = np.broadcast_arrays(
            np.asarray(latitude, dtype=float), np.asarray(longitude, dtype=float)
        )
        shape = lat.shape
        sine, cosine = np.sin(lat.ravel()), np.cos(lat.ravel())
        e2 = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
        normal = EARTH_RADIUS / np.sqrt(1.0 - e2 * sine**2)
        out, up = normal * cosine, normal * (1.0 - e2) * sine
        r = np.hypot(out, up)
        gravity = _EQUATOR * (1.0 + _GROWTH * sine**2) / np.sqrt(1.0 - e2 * sine**2)
        order = np.arange(len(self.c))[:, None] * lon.ravel()
        cos, sin = np.cos(order), np.sin(order)
        total = np.zeros_like(r)
        for n, legendre in enumerate(_legendre(len(self.c) - 1, up / r, out / r)):
            row = self.c[n, : n + 1] @ (legendre * cos[: n + 1])
            row = row + self.s[n, : n + 1] @ (legendre * sin[: n + 1])
            total += (self.radius / r) ** n * row
        return (self.mu / (r * gravity) * total + ZERO_DEGREE).reshape(shape)

    def above(self, latitude: Places, longitude: Places, height: Places) -> Array:
        """Height above the geoid [m] of a `height` above the ellipsoid [m]."""
        return np.asarray(np.subtract(height, self.height(latitude, longitude)))

    def above_ellipsoid(self, latitude: Places, longitude: Places, height: Places) -> Array:
        """Height above the ellipsoid [m] of a `height` above the geoid [m]."""
        return np.asarray(np.add(height, self.height(latitude, longitude)))


@cache
def load_geoid(degree: int = MAX_DEGREE) -> Geoid:
    """The geoid of the packaged EGM2008, cut at `degree`, 2 to 70.

    Raises:
        ValueError: no such degree.
    """
    if not 2 <= degree <= MAX_DEGREE:
        raise ValueError(f"geoid degree {degree}: expected 2 to {MAX_DEGREE}")
    table = read_field(PACKAGED["egm2008"])
    part = slice(degree + 1)
    mu, radius = float(table["mu"]), float(table["radius"])
    c, s = table["c"][part, part].copy(), table["s"][part, part].copy()
    c[0, 0] = 0.0  # its part is in the zero degree
    for n, value in _normal_field().items():
        if n <= degree:
            c[n, 0] -= value * EARTH_MU / mu * (EARTH_RADIUS / radius) ** n
    return Geoid(mu, radius, c, s)


def _normal_field() -> dict[int, float]:
    """Even zonal coefficients of the field of the ellipsoid itself, fully normalised.

    Source: Heiskanen and Moritz, Physical Geodesy (1967), equation 2-92.
    """
    e2, j2 = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING), -np.sqrt(5.0) * _C20
    found: dict[int, float] = {}
    for n in range(1, _ZONALS // 2 + 1):
        sign = (-1.0) ** (n + 1)
        zonal = sign * 3.0 * e2**n / ((2 * n + 1) * (2 * n + 3)) * (1.0 - n + 5.0 * n * j2 / e2)
        found[2 * n] = float(-zonal / np.sqrt(4 * n + 1))
    return found


def _legendre(degree: int, sine: Array, cosine: Array) -> Iterator[Array]:
    """Fully normalised functions P_nm of each degree in turn, [n + 1, places] each.

    Source: Holmes and Featherstone, Journal of Geodesy 76 (2002) 279-299, equations 11 to 13.
    """
    before, last = np.zeros((0, len(sine))), np.ones((1, len(sine)))
    yield last
    for n in range(1, degree + 1):
        m = np.arange(n)[:, None]
        now = np.sqrt((4.0 * n * n - 1.0) / ((n - m) * (n + m))) * sine * last
        if n > 1:
            k = m[:-1]
            fall = (
                (2 * n + 1.0) * (n + k - 1.0) * (n - k - 1.0) / ((n - k) * (n + k) * (2 * n - 3.0))
            )
            now[:-1] -= np.sqrt(fall) * before
        step = np.sqrt(3.0) if n == 1 else np.sqrt((2 * n + 1.0) / (2.0 * n))
        before, last = last, np.concatenate([now, step * cosine * last[-1:]])
        yield last
