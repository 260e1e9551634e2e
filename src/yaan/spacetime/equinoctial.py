"""Equinoctial elements of states and back: no angle is lost on a circle or in the equator.

NumPy, on the host. With I the retrograde factor, 1 or -1,

    h = e sin(w + I W)    p = tan(i/2)^I sin W
    k = e cos(w + I W)    q = tan(i/2)^I cos W    mean longitude = M + w + I W

I = 1 fails at an inclination of 180 degrees alone, I = -1 at zero.

Source: Danielson, Sagovac, Neta and Early, Semianalytic Satellite Theory (Naval Postgraduate
School, NPS-MA-95-002, 1995), section 2.1 (equation numbers not re-read).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.errors import YaanError
from yaan.spacetime.anomaly import eccentric_from_mean

Array = NDArray[np.float64]

_POLE: Final = 1e-10  # of 1 + I cos i, which a double keeps to 1e-16
_STRAIGHT: Final = 1e-12  # of r times v


@dataclass(frozen=True)
class Equinoctial:
    """Osculating equinoctial elements of n ellipses, or of one, in the frame of their states.

    Semi-major axis [m], mean longitude [rad], the others without unit.
    """

    semi_major_axis: Array
    h: Array
    k: Array
    p: Array
    q: Array
    mean_longitude: Array
    factor: int = 1
    """The retrograde factor: -1 for orbits near an inclination of 180 degrees."""


def equinoctial(
    position: ArrayLike, velocity: ArrayLike, mu: float, factor: int = 1
) -> Equinoctial:
    """Elements [n] of states [n, 3, m] and [n, 3, m/s] in one inertial frame.

    Raises:
        YaanError: no ellipse, or an inclination at which `factor` has no elements.
    """
    r, v = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (position, velocity))
    distance, square = np.linalg.norm(r, axis=1), _dot(v, v)
    momentum = np.cross(r, v)
    size = np.linalg.norm(momentum, axis=1)
    a = 1.0 / (2.0 / distance - square / mu)
    if np.any(a <= 0.0) or np.any(size <= _STRAIGHT * distance * np.sqrt(square)):
        raise YaanError("equinoctial elements are of ellipses; this state is on none")
    w = momentum / size[:, None]
    tilt = 1.0 + factor * w[:, 2]
    if np.any(tilt < _POLE):
        raise YaanError(f"no equinoctial elements at this inclination: take factor={-factor}")
    p, q = w[:, 0] / tilt, -w[:, 1] / tilt
    f, g = _axes(p, q, factor)
    eccentricity = np.cross(v, momentum) / mu - r / distance[:, None]
    h, k = _dot(eccentricity, g), _dot(eccentricity, f)
    x, y = _dot(r, f), _dot(r, g)
    root = np.sqrt(1.0 - h * h - k * k)
    b = 1.0 / (1.0 + root)
    sine = h + ((1.0 - h * h * b) * y - h * k * b * x) / (a * root)
    cosine = k + ((1.0 - k * k * b) * x - h * k * b * y) / (a * root)
    longitude = np.arctan2(sine, cosine) + h * cosine - k * sine
    return Equinoctial(a, h, k, p, q, longitude % (2.0 * np.pi), factor)


def state_of_equinoctial(orbit: Equinoctial, mu: float) -> tuple[Array, Array]:
    """Position [n, 3, m] and velocity [n, 3, m/s] of elements, in the frame that they are of.

    Raises:
        YaanError: elements of no ellipse.
    """
    names = ("semi_major_axis", "h", "k", "p", "q", "mean_longitude")
    rows = (np.atleast_1d(np.asarray(getattr(orbit, name), dtype=float)) for name in names)
    a, h, k, p, q, longitude = np.broadcast_arrays(*rows)
    e = np.hypot(h, k)
    if np.any(a <= 0.0) or np.any(e >= 1.0):
        raise YaanError("expected h^2 + k^2 < 1 and a semi-major axis above 0 m")
    perigee = np.arctan2(h, k)
    eccentric = eccentric_from_mean(longitude - perigee, e) + perigee
    sine, cosine = np.sin(eccentric), np.cos(eccentric)
    b = 1.0 / (1.0 + np.sqrt((1.0 - e) * (1.0 + e)))
    x = a * ((1.0 - h * h * b) * cosine + h * k * b * sine - k)
    y = a * ((1.0 - k * k * b) * sine + h * k * b * cosine - h)
    pace = np.sqrt(mu / a) / (1.0 - h * sine - k * cosine)
    dx = pace * (h * k * b * cosine - (1.0 - h * h * b) * sine)
    dy = pace * ((1.0 - k * k * b) * cosine - h * k * b * sine)
    f, g = _axes(p, q, orbit.factor)
    return x[:, None] * f + y[:, None] * g, dx[:, None] * f + dy[:, None] * g


def _axes(p: Array, q: Array, factor: int) -> tuple[Array, Array]:
    """The two unit vectors f and g in the plane of the orbit, [n, 3] each."""
    if factor not in (1, -1):
        raise YaanError(f"a retrograde factor of {factor}: expected 1 or -1")
    square = 1.0 + p * p + q * q
    f = np.stack([1.0 - p * p + q * q, 2.0 * p * q, -2.0 * factor * p], axis=1)
    g = np.stack([2.0 * factor * p * q, (1.0 + p * p - q * q) * factor, 2.0 * q], axis=1)
    return f / square[:, None], g / square[:, None]


def _dot(a: Array, b: Array) -> Array:
    return np.einsum("ni,ni->n", a, b)
