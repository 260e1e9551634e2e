"""Where Sun, Moon and planets are: from the Earth, and above a horizon.

ERFA's series are host code; what flies reads a table of them, made once for a flight.

Two positions differ by 20.5 arcseconds, a tenth of a second of a low orbit: the geometric one is
where the Sun is, the apparent one where its light seems to come from to who moves with the Earth.
Shadows and elevations take the apparent one.
"""

import warnings
from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import equinox as eqx
import erfa
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array as Traced
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import SECONDS_PER_DAY
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.time import EarthOrientation, Epoch

Array = NDArray[np.float64]

ASTRONOMICAL_UNIT = 149_597_870_700.0
"""[m] (IAU 2012 B2, exact)."""

SPEED_OF_LIGHT = 299_792_458.0
"""[m/s], exact."""


def sun_position(epoch: Epoch, t: ArrayLike) -> Array:
    """Geometric position of the Sun from the Earth's centre at `t` [n, s], GCRS [n, 3, m].

    Valid: 1900 to 2100, within 12 km of JPL's DE405 (0.02 arcseconds). Source: eraEpv00, after
    VSOP2000. TT stands for TDB, within 2 ms.
    """
    return -_earth(epoch, t)[0]


def apparent_sun_position(epoch: Epoch, t: ArrayLike) -> Array:
    """The same as its light arrives: along the apparent direction, GCRS [n, 3, m].

    From the heliocentric Earth of one light time ago: to first order in v/c, light time and annual
    aberration together. Ignores deflection and diurnal aberration (0.3 arcseconds).
    """
    position, velocity = _earth(epoch, t)
    late = np.linalg.norm(position, axis=-1, keepdims=True) / SPEED_OF_LIGHT
    return velocity * late - position


def moon_position(epoch: Epoch, t: ArrayLike) -> Array:
    """Geometric position of the Moon from the Earth's centre at `t` [n, s], GCRS [n, 3, m].

    Valid: 1950 to 2100, within 32 km of ELP/MPP02, 6 km in the root mean square (as ERFA says).
    Source: eraMoon98, after Meeus, Astronomical Algorithms (1998), chapter 47.
    """
    start, part = epoch.tt()
    found = erfa.moon98(start, part + np.asarray(t, dtype=float) / SECONDS_PER_DAY)
    return found["p"] * ASTRONOMICAL_UNIT


PLANETS: Final = MappingProxyType({"venus": 2, "mars": 4, "jupiter": 5, "saturn": 6})
"""Planets that have a path, and their numbers in `eraPlan94`."""


def planet_position(name: str, epoch: Epoch, t: ArrayLike) -> Array:
    """Geometric position of a planet from the Earth's centre at `t` [n, s], GCRS [n, 3, m].

    `name` is one of `PLANETS`. Valid: 1900 to 2100; the planet from the Sun within 6 arcseconds for
    Venus, 71 for Jupiter, 86 for Saturn (as ERFA says, 1000 to 3000), ample for its pull on what is
    near the Earth. The axes are those of J2000, 0.02 arcseconds from GCRS.
    Source: eraPlan94, after Simon et al., Astronomy and Astrophysics 282 (1994) 663.
    """
    start, part = epoch.tt()
    days = part + np.asarray(t, dtype=float) / SECONDS_PER_DAY
    with warnings.catch_warnings():
        # Of years far from ours, where the series is worse.
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        found = erfa.plan94(start, days, PLANETS[name])
    return found["p"] * ASTRONOMICAL_UNIT - _earth(epoch, t)[0]


class Ephemeris(eqx.Module):
    """A path through the sky against seconds since an epoch: a cubic between two nodes.

    Valid: from 0 to the end of the table; the last cubic continues beyond it.
    """

    step: Float[Traced, ""] = eqx.field(converter=jnp.asarray)  # [s]
    position: Float[Traced, "n 3"] = eqx.field(converter=jnp.asarray)  # [m], GCRS
    velocity: Float[Traced, "n 3"] = eqx.field(converter=jnp.asarray)  # [m/s]

    def at(self, t: Float[Traced, ""]) -> Vector:
        """Position from the Earth's centre [m] at `t` [s] since the epoch, GCRS."""
        i = jnp.clip(jnp.floor(t / self.step), 0, self.position.shape[0] - 2).astype(int)
        u = t / self.step - i
        v = 1.0 - u
        first, second = self.position[i], self.position[i + 1]
        go, come = self.velocity[i] * self.step, self.velocity[i + 1] * self.step
        # Hermite's cubic, its ends written as first + (second - first) to keep their digits.
        found = first + u * u * (3.0 - 2.0 * u) * (second - first) + u * v * (v * go - u * come)
        return Vector(found[0], found[1], found[2], Frame.GCRS)


def sun_path(epoch: Epoch, duration: float, step: float = 1800.0) -> Ephemeris:
    """The geometric Sun for `duration` [s], nodes every `step` [s]; its table adds under 1 m."""
    return _tabulated(lambda t: sun_position(epoch, t), duration, step)


def apparent_sun_path(epoch: Epoch, duration: float, step: float = 1800.0) -> Ephemeris:
    """The same for the Sun as its light arrives."""
    return _tabulated(lambda t: apparent_sun_position(epoch, t), duration, step)


def moon_path(epoch: Epoch, duration: float, step: float = 900.0) -> Ephemeris:
    """The Moon for `duration` [s], nodes every `step` [s]; its table adds under 1 cm."""
    return _tabulated(lambda t: moon_position(epoch, t), duration, step)


def planet_path(name: str, epoch: Epoch, duration: float, step: float = 1800.0) -> Ephemeris:
    """A planet of `PLANETS` for `duration` [s], nodes every `step` [s]."""
    return _tabulated(lambda t: planet_position(name, epoch, t), duration, step)


def _tabulated(place: Callable[[Array], Array], duration: float, step: float) -> Ephemeris:
    nodes = np.arange(np.ceil(duration / step) + 2) * step
    # From positions, so that the path is the derivative of nothing but itself.
    beside = 30.0  # [s]
    velocity = (place(nodes + beside) - place(nodes - beside)) / (2.0 * beside)
    return Ephemeris(step, place(nodes), velocity)


def _earth(epoch: Epoch, t: ArrayLike) -> tuple[Array, Array]:
    """Heliocentric position and velocity of the Earth [m, m/s]."""
    start, part = epoch.tt()
    helio, _ = erfa.epv00(start, part + np.asarray(t, dtype=float) / SECONDS_PER_DAY)
    position = helio["p"] * ASTRONOMICAL_UNIT
    return position, helio["v"] * (ASTRONOMICAL_UNIT / SECONDS_PER_DAY)


def sun_over_ground(epoch: Epoch, orientation: EarthOrientation, t: ArrayLike) -> Array:
    """Apparent position of the Sun in ITRS at `t` [n, s], [n, 3, m]: over the real Earth.

    Whatever rotation a mission flies with: its own inertial frame gets the Sun from here, by the
    inverse of its rotation. Pole offsets are left out (0.3 milliarcseconds).
    """
    days = np.atleast_1d(np.asarray(t, dtype=float)) / SECONDS_PER_DAY
    tt, tai, utc = epoch.tt(), epoch.tai(), epoch.utc()
    now = orientation.at(utc[0] - 2_400_000.5 + utc[1] + days)
    ut1 = tai[1] + days + now["ut1_tai"] / SECONDS_PER_DAY
    turned = erfa.c2t06a(tt[0], tt[1] + days, tai[0], ut1, now["xp"], now["yp"])
    return np.einsum("nij,nj->ni", turned, apparent_sun_position(epoch, t).reshape(-1, 3))


def sun_elevation(
    epoch: Epoch,
    orientation: EarthOrientation,
    t: ArrayLike,
    latitude: ArrayLike,
    longitude: ArrayLike,
) -> Array:
    """Elevation [n, rad] of the Sun's centre above the ellipsoid's horizon.

    `t` [s], geodetic `latitude` and `longitude` [rad] are numbers or of one length.
    Ignores refraction (0.57 deg at the horizon) and parallax (0.002 deg).
    """
    place = np.broadcast_arrays(*(np.atleast_1d(x) for x in (t, latitude, longitude)))
    at, lat, lon = (np.asarray(x, dtype=float) for x in place)
    sun = sun_over_ground(epoch, orientation, at)
    up = np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)
    return np.arcsin(np.einsum("ni,ni->n", up, sun) / np.linalg.norm(sun, axis=-1))
