"""Keplerian elements of states and back, ellipses and hyperbolas; NumPy, on the host.

What flies has `elements` beside it, traced. Here the angles that an orbit does not have are zero:
of a circle the true anomaly counts from the node, of an equatorial orbit the argument of perigee
from the x axis, along the motion.
"""

from dataclasses import astuple, dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import EARTH_RADIUS
from yaan.base.errors import YaanError
from yaan.base.units import format_quantity
from yaan.spacetime.anomaly import eccentric_from_true, mean_from_true, true_from_mean
from yaan.spacetime.earth import WGS84

Array = NDArray[np.float64]

_FLAT: Final = 1e-15  # sine of an inclination that is rounding
_ROUND: Final = 1e-14  # an eccentricity that is rounding: 1e-7 m
_PARABOLA: Final = 1e-12  # of r / a
_STRAIGHT: Final = 1e-12  # of r times v


@dataclass(frozen=True)
class Keplerian:
    """Osculating Keplerian elements of n orbits, or of one, in the frame of their states.

    The semi-major axis [m] of a hyperbola is negative; angles in [rad]. Perigee and apogee are
    heights above 6378.137 km.
    """

    semi_major_axis: Array
    eccentricity: Array
    inclination: Array
    right_ascension: Array
    argument_of_perigee: Array
    true_anomaly: Array

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))

    @classmethod
    def of_mean_anomaly(cls, *elements: ArrayLike) -> "Keplerian":
        """The same with a mean anomaly [rad] in the last place."""
        a, e, tilt, node, perigee, mean = (np.asarray(one, dtype=float) for one in elements)
        return cls(a, e, tilt, node, perigee, true_from_mean(mean, e))

    @property
    def perigee(self) -> Array:
        """Height of perigee [m]."""
        return np.asarray(self.semi_major_axis * (1.0 - self.eccentricity) - EARTH_RADIUS)

    @property
    def apogee(self) -> Array:
        """Height of apogee [m]; infinite for a hyperbola."""
        height = self.semi_major_axis * (1.0 + self.eccentricity) - EARTH_RADIUS
        return np.where(np.asarray(self.eccentricity) < 1.0, height, np.inf)

    @property
    def eccentric_anomaly(self) -> Array:
        """Eccentric anomaly [rad], or the hyperbolic one."""
        return eccentric_from_true(self.true_anomaly, self.eccentricity)

    @property
    def mean_anomaly(self) -> Array:
        """Mean anomaly [rad]."""
        return mean_from_true(self.true_anomaly, self.eccentricity)


def keplerian(position: ArrayLike, velocity: ArrayLike, mu: float) -> Keplerian:
    """Elements [n] of states [n, 3, m] and [n, 3, m/s] in one inertial frame.

    Within 1e-15 (1 + 1/|1 - e|) or so of each length; the angles of a nearly circular or nearly
    equatorial orbit are as sharp as e or sin i times themselves, and their sums are sharp.
    Source: Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), algorithm 9.

    Raises:
        YaanError: a parabola, or a state that moves along its position.
    """
    r, v = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (position, velocity))
    distance, speed = _length(r), _length(v)
    h = np.cross(r, v)
    momentum = _length(h)
    if np.any(momentum <= _STRAIGHT * distance * speed):
        raise YaanError("a state that moves along its position, or not at all, has no elements")
    inverse = 2.0 / distance - speed**2 / mu
    if np.any(np.abs(inverse * distance) < _PARABOLA):
        raise YaanError("a state at escape speed is on a parabola, which has no semi-major axis")
    level = np.hypot(h[:, 0], h[:, 1])
    node = np.where(level > _FLAT * momentum, np.arctan2(h[:, 0], -h[:, 1]), 0.0)
    normal = h / momentum[:, None]
    # Angles in the plane are measured from the node towards motion.
    towards = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=1)
    ahead = np.cross(normal, towards)
    along = np.arctan2(_dot(r, ahead), _dot(r, towards))
    # e cos and e sin of the true anomaly: no difference of vectors that nearly cancel.
    outwards = _dot(r, v) / distance
    e_cos, e_sin = momentum**2 / (mu * distance) - 1.0, outwards * momentum / mu
    e = np.hypot(e_cos, e_sin)
    anomaly = np.where(e > _ROUND, np.arctan2(e_sin, e_cos), along)
    return Keplerian(
        semi_major_axis=1.0 / inverse,
        eccentricity=e,
        inclination=np.arctan2(level, h[:, 2]),
        right_ascension=node % (2.0 * np.pi),
        argument_of_perigee=(along - anomaly) % (2.0 * np.pi),
        true_anomaly=anomaly % (2.0 * np.pi),
    )


def state_of_keplerian(orbit: Keplerian, mu: float) -> tuple[Array, Array]:
    """Position [n, 3, m] and velocity [n, 3, m/s] of elements, in the frame that they are of.

    Source: Vallado, Fundamentals of Astrodynamics, 4th ed. (2013), algorithm 10.

    Raises:
        YaanError: an eccentricity and a semi-major axis that are of no orbit, or an anomaly beyond
            the asymptote of a hyperbola.
    """
    rows = (np.atleast_1d(np.asarray(one, dtype=float)) for one in astuple(orbit))
    a, e, tilt, node, perigee, anomaly = np.broadcast_arrays(*rows)
    if not np.all(((a > 0.0) & (e >= 0.0) & (e < 1.0)) | ((a < 0.0) & (e > 1.0))):
        raise YaanError(
            "expected 0 <= e < 1 with a semi-major axis above 0 m, or e > 1 with one below"
        )
    out = 1.0 + e * np.cos(anomaly)
    if np.any(out <= 0.0):
        raise YaanError("a true anomaly beyond the asymptote of its hyperbola")
    parameter = a * (1.0 - e) * (1.0 + e)
    along = perigee + anomaly
    towards = np.stack([np.cos(node), np.sin(node), np.zeros_like(node)], axis=1)
    ahead = np.stack(
        [-np.sin(node) * np.cos(tilt), np.cos(node) * np.cos(tilt), np.sin(tilt)], axis=1
    )
    cos, sin = np.cos(along)[:, None], np.sin(along)[:, None]
    fast = (np.cos(along) + e * np.cos(perigee))[:, None]
    slow = (np.sin(along) + e * np.sin(perigee))[:, None]
    radius, pace = (parameter / out)[:, None], np.sqrt(mu / parameter)[:, None]
    return (towards * cos + ahead * sin) * radius, (ahead * fast - towards * slow) * pace


def require_above_ground(orbit: Keplerian) -> None:
    """Refuse an orbit that somebody gives and that passes through the Earth.

    Raises:
        YaanError: its perigee is closer to the centre than a pole.
    """
    near = np.asarray(orbit.semi_major_axis) * (1.0 - np.asarray(orbit.eccentricity))
    lowest = float(np.min(near))
    if lowest < WGS84.polar_radius:
        height = format_quantity(lowest - EARTH_RADIUS, "km", digits=6)
        raise YaanError(f"the perigee of the orbit is below the ground: {height}")


def _length(vectors: Array) -> Array:
    return np.linalg.norm(vectors, axis=1)


def _dot(a: Array, b: Array) -> Array:
    return np.einsum("ni,ni->n", a, b)
