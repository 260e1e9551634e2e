"""How the Earth turns below an arc, and where the Sun stands: NumPy, for many instants at once.

`EarthRotation` serves what is compiled; this serves the host, over years as well as hours. What
turns slowly (precession, nutation, the observed offsets of the pole, polar motion, UT1) is
tabulated every hour and interpolated; the angle of rotation is exact.
"""

import abc
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray
from typing_extensions import override

from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS, SECONDS_PER_DAY
from yaan.spacetime.earth import EarthRotation
from yaan.spacetime.ephemeris import apparent_sun_position
from yaan.spacetime.time import EarthOrientation, Epoch, bundled_orientation

Array = NDArray[np.float64]

EARTH_TURN: Final = 2.0 * np.pi * 1.00273781191135448 / SECONDS_PER_DAY
"""Rate of the Earth rotation angle [rad/s of UT1] (IERS TN 36, equation 5.15)."""

_NODE: Final = 3600.0  # [s]; the nutation of 13.7 days, straight between, is off by 1e-5 arcseconds
_SUN_NODE: Final = 600.0  # [s]; the Sun, straight between, is off by 0.3 km
_E2: Final = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)


class AbstractTurning(abc.ABC):
    """The rotation from GCRS to the Earth-fixed frame against seconds since an epoch."""

    epoch: Epoch

    @abc.abstractmethod
    def matrices(self, t: Array) -> Array:
        """The matrices [n, 3, 3] that take components in GCRS to ITRS, at `t` [n, s]."""

    @abc.abstractmethod
    def poles(self, t: Array) -> Array:
        """The axis about which the Earth turns, the pole of date [n, 3], in GCRS."""

    def earth_fixed(self, t: Array, position: Array) -> Array:
        """Positions [n, 3] in ITRS of those in GCRS."""
        return np.einsum("nij,nj->ni", self.matrices(t), position)

    def relative(self, t: Array, position: Array, velocity: Array) -> tuple[Array, Array]:
        """Position [m] and velocity [m/s] against the turning Earth, in ITRS, [n, 3] each.

        The rate of polar motion is left out: 1e-6 m/s.
        """
        turned = self.matrices(t)
        against = velocity - np.cross(EARTH_TURN * self.poles(t), position)
        return np.einsum("nij,nj->ni", turned, position), np.einsum("nij,nj->ni", turned, against)


@dataclass(frozen=True)
class IersTurning(AbstractTurning):
    """The rotation of the IERS conventions (IAU 2006/2000A, CIO based), as `iers_rotation`.

    Valid: between `start` and `stop`. Within 1e-5 arcseconds of the same evaluated at each instant
    (tests/unit/access/test_sky.py). Ignores: diurnal and semidiurnal tides.
    Source: IERS TN 36, equation 5.1, by ERFA.
    """

    epoch: Epoch
    start: float
    """[s] since the epoch."""
    stop: float
    """[s] since the epoch."""
    orientation: EarthOrientation = field(default_factory=bundled_orientation, repr=False)

    @override
    def matrices(self, t: Array) -> Array:
        x, y, s, xp, yp, late = self._now(t)
        tai, part = self.epoch.tai()
        angle = erfa.era00(tai, part + (t + late) / SECONDS_PER_DAY)
        tt = self.epoch.tt()
        polar = erfa.pom00(xp, yp, erfa.sp00(tt[0], tt[1] + t / SECONDS_PER_DAY))
        return erfa.c2tcio(erfa.c2ixys(x, y, s), angle, polar)

    @override
    def poles(self, t: Array) -> Array:
        x, y = self._now(t)[:2]
        return np.stack([x, y, np.sqrt(1.0 - x * x - y * y)], axis=-1)

    def ut1_days(self, t: Array) -> Array:
        """UT1 as a Julian date without its whole days since noon: fraction of a day from noon."""
        tai, part = self.epoch.tai()
        late = self._now(t)[5]
        return (tai % 1.0) + part + (t + late) / SECONDS_PER_DAY

    def _now(self, t: Array) -> tuple[Array, ...]:
        nodes, columns = self._table
        return tuple(np.interp(t, nodes, column) for column in columns)

    @cached_property
    def _table(self) -> tuple[Array, Array]:
        count = int(np.ceil((self.stop - self.start) / _NODE)) + 2
        nodes = np.linspace(self.start, self.stop, count)
        days = nodes / SECONDS_PER_DAY
        tt = self.epoch.tt()
        # A leap second between the ends moves what is looked up by nothing that counts.
        ends = [sum((self.epoch + float(end)).utc()) for end in (nodes[0], nodes[-1])]
        mjd = np.interp(nodes, nodes[[0, -1]], ends) - 2_400_000.5
        now = self.orientation.at(mjd)
        x, y, s = erfa.xys06a(tt[0], tt[1] + days)
        columns = (x + now["dx"], y + now["dy"], s, now["xp"], now["yp"], now["ut1_tai"])
        return nodes, np.stack(columns)


@dataclass(frozen=True)
class TabulatedTurning(AbstractTurning):
    """The rotation that a flight flew with, whatever its kind; the pole is the Earth's own axis."""

    epoch: Epoch
    rotation: EarthRotation = field(repr=False)

    @override
    def matrices(self, t: Array) -> Array:
        w, turn, step = self._table
        i = np.clip(np.floor(t / step), 0, len(w) - 1).astype(int)
        angle = turn[i] * (t / step - i)[:, None]
        return erfa.rv2m(angle) @ w[i]

    @override
    def poles(self, t: Array) -> Array:
        return self.matrices(t)[:, 2, :]

    @cached_property
    def _table(self) -> tuple[Array, Array, float]:
        nodes = np.asarray(self.rotation.nodes)
        return _matrices(*nodes[:, :4].T), nodes[:, 4:], float(self.rotation.step)


def _matrices(w: Array, x: Array, y: Array, z: Array) -> Array:
    """Direction cosine matrices [n, 3, 3] of passive unit quaternions."""
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
        [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
        [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)],
    ]
    return np.moveaxis(np.array(rows), -1, 0)


@dataclass(frozen=True)
class SunPath:
    """The apparent Sun between two instants: tabulated every ten minutes, straight between."""

    epoch: Epoch
    start: float
    stop: float

    def at(self, t: Array) -> Array:
        """The Sun as its light arrives, GCRS [n, 3, m], at `t` [n, s]."""
        nodes, places = self._table
        return np.stack([np.interp(t, nodes, places[:, i]) for i in range(3)], axis=-1)

    @cached_property
    def _table(self) -> tuple[Array, Array]:
        count = int(np.ceil((self.stop - self.start) / _SUN_NODE)) + 2
        nodes = np.linspace(self.start, self.stop, count)
        return nodes, apparent_sun_position(self.epoch, nodes)


def geodetic_of(position: ArrayLike) -> tuple[Array, Array, Array]:
    """Geodetic latitude, longitude [rad] and height [m] on WGS 84 of positions [n, 3] in ITRS.

    Source: eraGc2gd, after Fukushima, J. Geodesy 79 (2006) 689.
    """
    longitude, latitude, height = erfa.gc2gd(1, np.asarray(position, dtype=float))
    return np.asarray(latitude), np.asarray(longitude), np.asarray(height)


def place_of(latitude: ArrayLike, longitude: ArrayLike, height: ArrayLike) -> Array:
    """Position [3, or 3, n; m] in ITRS of geodetic places on WGS 84 [rad, m]."""
    sine, cosine = np.sin(latitude), np.cos(latitude)
    normal = EARTH_RADIUS / np.sqrt(1.0 - _E2 * sine * sine)
    up = np.asarray(height)
    across = (normal + up) * cosine
    return np.array(
        [
            across * np.cos(longitude),
            across * np.sin(longitude),
            (normal * (1.0 - _E2) + up) * sine,
        ]
    )


def horizon_axes(latitude: float, longitude: float) -> Array:
    """East, north and up of a geodetic place as rows [3, 3], in ITRS."""
    sp, cp = np.sin(latitude), np.cos(latitude)
    sl, cl = np.sin(longitude), np.cos(longitude)
    return np.array([[-sl, cl, 0.0], [-sp * cl, -sp * sl, cp], [cp * cl, cp * sl, sp]])
