"""The Earth: its shape (WGS 84) and how it turns (IERS, or uniformly).

ERFA is called once, on the host: the rotation from GCRS to ITRS is tabulated, and traced code
interpolates it. Between two nodes the turn is about a fixed axis at a fixed rate, so that a
uniform rotation is exact and the rest of the motion of the axis is all that is interpolated
(tests/unit/spacetime/test_earth.py bounds the error).
"""

import equinox as eqx
import erfa
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS, EARTH_SPIN
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation, about, from_matrix
from yaan.spacetime.time import EarthOrientation, Epoch

_E2 = EARTH_FLATTENING * (2.0 - EARTH_FLATTENING)
_POLAR_RADIUS = EARTH_RADIUS * (1.0 - EARTH_FLATTENING)
_EP2 = _E2 / (1.0 - _E2)


class Geodetic(eqx.Module):
    """A place above the WGS 84 ellipsoid: latitude, longitude [rad], height [m]."""

    latitude: Float[Array, "*batch"]
    longitude: Float[Array, "*batch"]
    height: Float[Array, "*batch"]

    def position(self) -> Vector:
        """Position in ITRS [m]."""
        sin, cos = jnp.sin(self.latitude), jnp.cos(self.latitude)
        normal = EARTH_RADIUS / jnp.sqrt(1.0 - _E2 * sin**2)
        rho = (normal + self.height) * cos
        return Vector(
            rho * jnp.cos(self.longitude),
            rho * jnp.sin(self.longitude),
            (normal * (1.0 - _E2) + self.height) * sin,
            Frame.ITRS,
        )

    def up(self) -> Vector:
        """The outward normal of the ellipsoid, in ITRS."""
        cos = jnp.cos(self.latitude)
        return Vector(
            cos * jnp.cos(self.longitude),
            cos * jnp.sin(self.longitude),
            jnp.sin(self.latitude),
            Frame.ITRS,
        )

    def east(self) -> Vector:
        """The local east, in ITRS."""
        lon = self.longitude
        return Vector(-jnp.sin(lon), jnp.cos(lon), jnp.zeros_like(lon), Frame.ITRS)


def geodetic(position: Vector) -> Geodetic:
    """Geodetic coordinates of a position in ITRS [m].

    Valid: heights from -5 km to 40,000 km, within 1e-9 m and 1e-12 rad off the poles' axis.
    Source: Bowring, Survey Review 23 (1976), 323-327, applied twice.
    """
    x, y, z = position.x, position.y, position.z
    rho = jnp.sqrt(x * x + y * y + 1e-30)
    tan_beta = z / rho * (EARTH_RADIUS / _POLAR_RADIUS)
    above, along = z, rho
    for _ in range(3):
        inverse = 1.0 / jnp.sqrt(1.0 + tan_beta**2)
        sin_beta, cos_beta = tan_beta * inverse, inverse
        above = z + _EP2 * _POLAR_RADIUS * sin_beta**3
        along = rho - _E2 * EARTH_RADIUS * cos_beta**3
        tan_beta = (1.0 - EARTH_FLATTENING) * above / along
    latitude = jnp.arctan2(above, along)
    sin, cos = jnp.sin(latitude), jnp.cos(latitude)
    # The projection on the normal is exact near the poles too, unlike rho / cos - N.
    height = rho * cos + z * sin - EARTH_RADIUS * jnp.sqrt(1.0 - _E2 * sin**2)
    return Geodetic(latitude, jnp.arctan2(y, x), height)


class EarthRotation(eqx.Module):
    """GCRS to ITRS against seconds since an epoch, and the pole of date.

    Valid: from 0 to the end of the table; the last interval continues beyond it.
    """

    step: Float[Array, ""] = eqx.field(converter=jnp.asarray)  # [s]
    w: Float[Array, " n"]
    x: Float[Array, " n"]
    y: Float[Array, " n"]
    z: Float[Array, " n"]
    turn_x: Float[Array, " n"]
    turn_y: Float[Array, " n"]
    turn_z: Float[Array, " n"]
    """Turn to the next node, ITRS components [rad]."""
    of_date: Rotation
    """GCRS to the true equator of date, frozen at the epoch."""

    def rotation(self, t: Float[Array, "*batch"]) -> Rotation:
        """GCRS to ITRS at `t` [s] since the epoch."""
        i, fraction = self._locate(t)
        node = Rotation(self.w[i], self.x[i], self.y[i], self.z[i], Frame.GCRS, Frame.ITRS)
        turn = Vector(self.turn_x[i], self.turn_y[i], self.turn_z[i], Frame.ITRS)
        return node.then(about(turn * fraction, Frame.ITRS))

    def spin(self, t: Float[Array, "*batch"]) -> Vector:
        """Angular velocity of ITRS against GCRS, in ITRS [rad/s]."""
        i, _ = self._locate(t)
        return Vector(self.turn_x[i], self.turn_y[i], self.turn_z[i], Frame.ITRS) / self.step

    def _locate(self, t: Float[Array, "*batch"]) -> tuple[Array, Array]:
        i = jnp.clip(jnp.floor(t / self.step), 0, self.w.shape[0] - 1).astype(int)
        return i, t / self.step - i


def iers_rotation(
    epoch: Epoch, orientation: EarthOrientation, *, duration: float, step: float = 600.0
) -> EarthRotation:
    """The rotation of the IERS conventions (IAU 2006/2000A, CIO based) from `epoch` on.

    `duration` and `step` in [s]. Source: IERS TN 36, equation 5.1, by ERFA.
    """
    count = int(np.ceil(duration / step)) + 2
    matrices = _celestial_to_terrestrial([epoch + i * step for i in range(count)], orientation)
    # The CIRS pole of date; its x axis is the celestial intermediate origin.
    return _tabulated(matrices, step, erfa.c2i06a(*epoch.tt()))


def uniform_rotation(*, duration: float, step: float = 600.0) -> EarthRotation:
    """Constant spin about the z axis of GCRS, aligned with ITRS at the epoch.

    Ignores precession, nutation, polar motion and UT1: for checks against studies that do.
    """
    count = int(np.ceil(duration / step)) + 2
    matrices = np.stack([erfa.rz(EARTH_SPIN * i * step, np.eye(3)) for i in range(count)])
    return _tabulated(matrices, step, np.eye(3))


def still_rotation() -> EarthRotation:
    """No turning at all: ITRS and GCRS are one.

    For checks against studies that leave the turning out.
    """
    return _tabulated(np.stack([np.eye(3)] * 2), 600.0, np.eye(3))


def _celestial_to_terrestrial(epochs: list[Epoch], orientation: EarthOrientation) -> np.ndarray:
    """The matrices of all epochs [n, 3, 3], in one call of each routine."""
    utc, tt, tai = (np.array(times).T for times in zip(*map(_scales, epochs), strict=True))
    now = orientation.at(utc[0] - 2_400_000.5 + utc[1])
    x, y, s = erfa.xys06a(*tt)
    intermediate = erfa.c2ixys(x + now["dx"], y + now["dy"], s)
    angle = erfa.era00(tai[0], tai[1] + now["ut1_tai"] / 86_400.0)
    polar = erfa.pom00(now["xp"], now["yp"], erfa.sp00(*tt))
    return erfa.c2tcio(intermediate, angle, polar)


def _scales(epoch: Epoch) -> tuple[tuple[float, float], ...]:
    return epoch.utc(), epoch.tt(), epoch.tai()


def _tabulated(matrices: np.ndarray, step: float, of_date: np.ndarray) -> EarthRotation:
    nodes = from_matrix(matrices[:-1], Frame.GCRS, Frame.ITRS)
    # erfa.rm2v gives the rotation vector of the axes, the convention of `about`.
    turns = erfa.rm2v(matrices[1:] @ np.swapaxes(matrices[:-1], 1, 2))
    return EarthRotation(
        step=jnp.asarray(step),
        w=nodes.w,
        x=nodes.x,
        y=nodes.y,
        z=nodes.z,
        turn_x=jnp.asarray(turns[:, 0]),
        turn_y=jnp.asarray(turns[:, 1]),
        turn_z=jnp.asarray(turns[:, 2]),
        of_date=from_matrix(of_date, Frame.GCRS, Frame.CIRS),
    )
