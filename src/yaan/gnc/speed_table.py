"""A table of attitude against speed: made of a flight, thinned, with what it leaves out told."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import ArrayLike

from yaan.base.lanes import held
from yaan.base.tables import ramps
from yaan.gnc.navigation import Estimate
from yaan.spacetime.frame import Vector

TOLERANCE = 1e-4
"""Of a thinned table against its flight [rad]: over 60 km of height it moves the path some 6 m."""

_RISING = 1e-3  # [m/s] by which a speed must exceed those before to be a row of a table


class SpeedTable(eqx.Module):
    """Where the axis points, against the speed over the turning Earth.

    By components and not by angles: straight up, an azimuth is none. Between its knots they are
    linear, then made a unit vector; beyond its ends they are held. Made by `speed_table`, or of
    angles by `table_of`.
    """

    speed: Float[Any, " knots"] = eqx.field(converter=held)
    """Against the Earth, rising [m/s]."""
    axis: Float[Any, "knots 3"] = eqx.field(converter=held)
    """Unit vectors: towards the local geodetic east, north and up."""

    def at(self, speed: Float[Array, ""], estimate: Estimate) -> Vector:
        """The axis at a `speed` [m/s]; a unit vector, GCRS."""
        crossed = ramps(speed, self.speed)
        steps = self.axis[1:] - self.axis[:-1]
        east, north, up = self.axis[0] + jnp.sum(crossed[:, None] * steps, axis=0)
        return (estimate.east * east + estimate.north * north + estimate.up * up).unit()

    def padded(self, knots: int) -> "SpeedTable":
        """The same with as many `knots`: tables of several flights fly in one programme; host.

        Raises:
            ValueError: it has more than that.
        """
        more = knots - self.speed.shape[0]
        if more < 0:
            raise ValueError(f"speed table: {self.speed.shape[0]} knots are more than {knots}")
        beyond = self.speed[-1] + jnp.arange(1.0, more + 1.0)  # [m/s]
        axis = jnp.concatenate([self.axis, jnp.repeat(self.axis[-1:], more, axis=0)])
        return SpeedTable(jnp.concatenate([self.speed, beyond]), axis)

    @property
    def elevation(self) -> Float[Array, " knots"]:
        """Above the local geodetic horizon [rad]."""
        return jnp.arcsin(jnp.clip(self.axis[:, 2], -1.0, 1.0))

    @property
    def azimuth(self) -> Float[Array, " knots"]:
        """Clockwise from north [rad]; it means nothing straight up."""
        return jnp.arctan2(self.axis[:, 0], self.axis[:, 1])


class Tabled(eqx.Module):
    """A table that was made of a flight, and what it leaves out."""

    table: SpeedTable
    error: float = eqx.field(static=True)
    """The largest angle between the table and the flight [rad], over all rows of it."""
    held: float = eqx.field(static=True)
    """Likewise of the rows in which the speed does not rise, where the last value is held [rad]."""


def speed_table(speed: ArrayLike, axis: ArrayLike, tolerance: float = TOLERANCE) -> Tabled:
    """The table of a flight, with as few knots as are within a tolerance of its rows; host.

    Rows whose speed does not exceed that of all rows before are left out: there the last value
    holds, and `Tabled.held` says what that makes.

    Args:
        speed: against the Earth, in the order of the flight [m/s], [n].
        axis: unit vectors towards the local east, north and up, [n, 3].
        tolerance: angle within which the rows that are not left out are met [rad].

    Raises:
        ValueError: rows that are not such, or fewer than two speeds that rise.
    """
    v, u = np.asarray(speed, dtype=float), np.asarray(axis, dtype=float)
    if v.ndim != 1 or u.shape != (v.size, 3):
        raise ValueError("speed table: an axis of three components is needed for each speed")
    if not (np.all(np.isfinite(v)) and np.all(np.isfinite(u))):
        raise ValueError("speed table: speeds and axes must be finite")
    if not tolerance > 0.0:
        raise ValueError(f"speed table: the tolerance must be above 0 rad, not {tolerance:g}")
    if np.any(np.abs(np.linalg.norm(u, axis=1) - 1.0) > 1e-6):
        raise ValueError("speed table: axes must be unit vectors")
    before = np.concatenate([[-np.inf], np.maximum.accumulate(v)[:-1]])
    rises = v > before + _RISING
    rows = np.flatnonzero(rises)
    if rows.size < 2:
        raise ValueError("speed table: the speed does not rise, so nothing can be read by it")
    knots = rows[_thinned(v[rows], u[rows], tolerance)]
    table = table_of_axes(v[knots], u[knots])
    off = _off(_read(v[knots], u[knots], np.maximum.accumulate(v)), u)
    held = float(np.max(off[~rises])) if np.any(~rises) else 0.0
    return Tabled(table, float(np.max(off)), held)


def table_of(speed: ArrayLike, elevation: ArrayLike, azimuth: ArrayLike) -> SpeedTable:
    """The table of given angles [rad] at given speeds [m/s]: against the local horizon; host.

    Raises:
        ValueError: as of `table_of_axes`.
    """
    high, heading = np.asarray(elevation, dtype=float), np.asarray(azimuth, dtype=float)
    if np.shape(speed) != high.shape or high.shape != heading.shape:
        raise ValueError("speed table: speed, elevation and azimuth must be of one length")
    level = np.cos(high)
    axis = [level * np.sin(heading), level * np.cos(heading), np.sin(high)]
    return table_of_axes(speed, np.stack(axis, axis=-1))


def table_of_axes(speed: ArrayLike, axis: ArrayLike) -> SpeedTable:
    """The table of given unit vectors at given speeds [m/s]; host.

    Raises:
        ValueError: speeds that do not rise, or axes between two of which no middle is defined.
    """
    v, u = np.asarray(speed, dtype=float), np.asarray(axis, dtype=float)
    if v.ndim != 1 or v.size < 2 or u.shape != (v.size, 3):
        raise ValueError("speed table: two speeds at least, and an axis for each, are needed")
    if not (np.all(np.isfinite(v)) and np.all(np.isfinite(u))):
        raise ValueError("speed table: speeds and axes must be finite")
    if np.any(np.diff(v) <= 0.0):
        raise ValueError("speed table: speeds must rise from row to row")
    if np.any(np.sum(u[1:] * u[:-1], axis=1) <= 0.0):
        raise ValueError("speed table: the axis turns by 90 deg or more between two speeds")
    return SpeedTable(v, u)


def _read(speed: np.ndarray, axis: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The unit vectors of a table `at` speeds [m/s]."""
    found = np.stack([np.interp(at, speed, axis[:, k]) for k in range(3)], axis=-1)
    return found / np.maximum(np.linalg.norm(found, axis=-1, keepdims=True), 1e-12)


def _off(found: np.ndarray, axis: np.ndarray) -> np.ndarray:
    """Angles between rows of unit vectors [rad]."""
    across = np.linalg.norm(np.cross(found, axis), axis=-1)
    return np.arctan2(across, np.sum(found * axis, axis=-1))


def _thinned(speed: np.ndarray, axis: np.ndarray, tolerance: float) -> list[int]:
    """Rows that are knots: the worst of those between two is one, until none is out by more.

    Source: Douglas and Peucker, Cartographica 10 (1973) 112 to 122, not re-read.
    """
    keep, open_spans = {0, len(speed) - 1}, [(0, len(speed) - 1)]
    while open_spans:
        a, b = open_spans.pop()
        if b - a < 2:
            continue
        inside = slice(a + 1, b)
        ends = [a, b]
        off = _off(_read(speed[ends], axis[ends], speed[inside]), axis[inside])
        worst = a + 1 + int(np.argmax(off))
        # A middle is defined of ends that are less than 90 deg apart.
        if off[worst - a - 1] > tolerance or float(axis[a] @ axis[b]) < 0.5:
            keep.add(worst)
            open_spans += [(a, worst), (worst, b)]
    return sorted(keep)
