"""The Earth: its shape (WGS 84 or another ellipsoid) and how it turns (IERS, older, uniformly).

ERFA is called once, on the host: the rotation from GCRS to ITRS is tabulated, and traced code
interpolates it. Between two nodes the turn is about a fixed axis at a fixed rate, so that a
uniform rotation is exact and the rest of the motion of the axis is all that is interpolated
(tests/unit/spacetime/test_earth.py bounds the error).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import equinox as eqx
import erfa
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from yaan.base.constants import EARTH_FLATTENING, EARTH_RADIUS, EARTH_SPIN
from yaan.base.lanes import held
from yaan.base.model import Model
from yaan.base.units import format_quantity
from yaan.spacetime.frame import Frame, Vector
from yaan.spacetime.rotation import Rotation, about, from_matrix
from yaan.spacetime.time import EarthOrientation, Epoch


@dataclass(frozen=True)
class Ellipsoid:
    """An ellipsoid of revolution, which heights are above; a sphere has no flattening.

    No array leaves but constants of what is compiled, as the numbers of WGS 84 always were: a
    campaign disperses fields and air, never the zero of height.
    """

    equatorial_radius: float
    """[m]"""
    flattening: float = 0.0

    @property
    def eccentricity2(self) -> float:
        """Square of the first eccentricity."""
        return self.flattening * (2.0 - self.flattening)

    @property
    def polar_radius(self) -> float:
        """Distance from the centre to a pole [m]."""
        return self.equatorial_radius * (1.0 - self.flattening)

    def normal(self, sine: Float[Array, "*batch"]) -> Float[Array, "*batch"]:
        """Length of the normal from the ground to the axis [m], at the sine of a latitude."""
        return self.equatorial_radius / jnp.sqrt(1.0 - self.eccentricity2 * sine**2)


WGS84: Final = Ellipsoid(EARTH_RADIUS, EARTH_FLATTENING)


class Geodetic(eqx.Module):
    """A place above an ellipsoid: latitude, longitude [rad], height [m]."""

    latitude: Float[Any, "*batch"]
    longitude: Float[Any, "*batch"]
    height: Float[Any, "*batch"]

    def position(self, shape: Ellipsoid = WGS84) -> Vector:
        """Position in ITRS [m], where the latitude and the height are those of `shape`."""
        sin, cos = jnp.sin(self.latitude), jnp.cos(self.latitude)
        normal = shape.normal(sin)
        rho = (normal + self.height) * cos
        return Vector(
            rho * jnp.cos(self.longitude),
            rho * jnp.sin(self.longitude),
            (normal * (1.0 - shape.eccentricity2) + self.height) * sin,
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


def geodetic(position: Vector, shape: Ellipsoid = WGS84) -> Geodetic:
    """Geodetic coordinates of a position in ITRS [m], above `shape`.

    Valid: heights from -5 km to 40,000 km, within 1e-9 m and 1e-12 rad off the poles' axis, for
    the Earth's flattening; a sphere exactly.
    Source: Bowring, Survey Review 23 (1976), 323-327, applied twice.
    """
    return placed(position, shape)[0]


def placed(position: Vector, shape: Ellipsoid = WGS84) -> tuple[Geodetic, Vector, Vector]:
    """The same, with up and east of the place, in ITRS.

    Both are those of `Geodetic`, without the sines of angles that were just taken apart: a
    compiler repeats such a sine wherever it is used, and a flight asks at every stage.
    """
    a, b, e2 = shape.equatorial_radius, shape.polar_radius, shape.eccentricity2
    ep2 = e2 / (1.0 - e2)
    x, y, z = position.x, position.y, position.z
    rho = jnp.sqrt(x * x + y * y + 1e-30)
    above, along = z * (a / b), rho  # of the reduced latitude, then of the geodetic one
    for _ in range(2):
        inverse = 1.0 / jnp.sqrt(above * above + along * along)
        sin_beta, cos_beta = above * inverse, along * inverse
        above = (1.0 - shape.flattening) * (z + ep2 * b * sin_beta**3)
        along = rho - e2 * a * cos_beta**3
    above = above * (1.0 / (1.0 - shape.flattening))
    scale = 1.0 / jnp.sqrt(above * above + along * along)
    sin, cos = above * scale, along * scale
    # The projection on the normal is exact near the poles too, unlike rho / cos - N.
    height = rho * cos + z * sin - a * jnp.sqrt(1.0 - e2 * sin**2)
    place = Geodetic(jnp.arctan2(above, along), jnp.arctan2(y, x), height)
    on_axis = x * x + y * y < 1e-20  # [m^2] where longitude is zero by convention
    inverse = 1.0 / rho
    sin_lon = jnp.where(on_axis, 0.0, y * inverse)
    cos_lon = jnp.where(on_axis, 1.0, x * inverse)
    up = Vector(cos * cos_lon, cos * sin_lon, sin, Frame.ITRS)
    return place, up, Vector(-sin_lon, cos_lon, jnp.zeros_like(x), Frame.ITRS)


class EarthRotation(eqx.Module):
    """GCRS to ITRS against seconds since an epoch, and the pole of date.

    Valid: from 0 to the end of the table; the last interval continues beyond it.
    """

    step: Float[Any, ""] = eqx.field(converter=held)  # [s]
    nodes: Float[Any, "n 7"] = eqx.field(converter=held)
    """The rotation at each node, w x y z, and the turn from there to the next, of ITRS [rad]."""
    of_date: Rotation
    """GCRS to the true equator of date, frozen at the epoch."""

    def rotation(self, t: Float[Array, "*batch"]) -> Rotation:
        """GCRS to ITRS at `t` [s] since the epoch."""
        node, turn, fraction = self._locate(t)
        return node.then(about(turn * fraction, Frame.ITRS))

    def spin(self, t: Float[Array, "*batch"]) -> Vector:
        """Angular velocity of ITRS against GCRS, in ITRS [rad/s]."""
        return self._locate(t)[1] / self.step

    def _locate(self, t: Float[Array, "*batch"]) -> tuple[Rotation, Vector, Array]:
        """The last node before `t`, the turn to the next, and how far on it is."""
        place = t * (1.0 / self.step)
        i = jnp.clip(jnp.floor(place), 0, self.nodes.shape[0] - 1)
        w, x, y, z, *turn = jnp.moveaxis(jnp.asarray(self.nodes)[i.astype(int)], -1, 0)
        node = Rotation(w, x, y, z, Frame.GCRS, Frame.ITRS)
        return node, Vector(turn[0], turn[1], turn[2], Frame.ITRS), place - i


def iers_rotation(
    epoch: Epoch, orientation: EarthOrientation, *, duration: float, step: float = 600.0
) -> EarthRotation:
    """The rotation of the IERS conventions (IAU 2006/2000A, CIO based) from `epoch` on.

    `duration` and `step` in [s]. Source: IERS TN 36, equation 5.1, by ERFA.
    """
    matrices = _celestial_to_terrestrial(_nodes(epoch, duration, step), orientation)
    # The CIRS pole of date; its x axis is the celestial intermediate origin.
    return _tabulated(matrices, step, erfa.c2i06a(*epoch.tt()))


def iau1980_rotation(
    epoch: Epoch,
    orientation: EarthOrientation,
    *,
    tai_ut1: float | None = None,
    duration: float,
    step: float = 600.0,
) -> EarthRotation:
    """The rotation of the older conventions: IAU 1976 precession, IAU 1980 nutation, GAST.

    `tai_ut1` [s] is TAI - UT1, held; without it UT1 is that of `orientation`. `duration` and
    `step` in [s]. For checks against studies that fly by these: what is called GCRS is then
    the mean equator and equinox of J2000 (0.02 arcseconds away), and the pole of date comes with
    the true equinox as x axis.

    Ignores: polar motion, the observed offsets of the pole, the frame bias.
    Source: Lieske et al., A&A 58 (1977) 1; Seidelmann, Celestial Mechanics 27 (1982) 79; Aoki
    et al., A&A 105 (1982) 359, with the equation of the equinoxes of IAU 1994; by ERFA.
    """
    epochs = _nodes(epoch, duration, step)
    utc, tt, tai = _times(epochs)
    late = orientation.at(utc[0] - 2_400_000.5 + utc[1])["ut1_tai"]
    ut1 = tai[1] + (late if tai_ut1 is None else -tai_ut1) / 86_400.0
    # Not erfa.gst94, which takes the nutation at UT1: a millimetre at the surface.
    turn = erfa.gmst82(tai[0], ut1) + erfa.eqeq94(*tt)
    matrices = erfa.rz(turn, erfa.pnm80(*tt))
    return _tabulated(matrices, step, erfa.pnm80(*epoch.tt()))


def uniform_rotation(
    *, duration: float, step: float = 600.0, spin: float = EARTH_SPIN
) -> EarthRotation:
    """Constant spin [rad/s] about the z axis of GCRS, aligned with ITRS at the epoch.

    Ignores precession, nutation, polar motion and UT1: for checks against studies that do.
    """
    count = int(np.ceil(duration / step)) + 2
    matrices = np.stack([erfa.rz(spin * i * step, np.eye(3)) for i in range(count)])
    return _tabulated(matrices, step, np.eye(3))


def still_rotation() -> EarthRotation:
    """No turning at all: ITRS and GCRS are one.

    For checks against studies that leave the turning out.
    """
    return _tabulated(np.stack([np.eye(3)] * 2), 600.0, np.eye(3))


_TEXTS: Final[dict[Callable[..., EarthRotation], str]] = {
    iers_rotation: "IERS 2010 conventions by ERFA, orientation from IERS Bulletin A",
    uniform_rotation: "uniform spin about the z axis",
    still_rotation: "an Earth that does not turn",
    iau1980_rotation: "IAU 1976 precession and IAU 1980 nutation by ERFA, from J2000",
}


def about_earth(made_by: Callable[..., EarthRotation], shape: Ellipsoid) -> Model:
    """What the Earth is: a rotation by the function that makes it, and a shape."""
    text = _TEXTS[made_by]
    if shape != WGS84:
        kind = "a sphere" if shape.flattening == 0.0 else "an ellipsoid"
        text += f"; {kind} of {format_quantity(shape.equatorial_radius, 'km')}"
    return Model(name="Earth", text=text, ignores="diurnal and semidiurnal tides")


def _celestial_to_terrestrial(epochs: list[Epoch], orientation: EarthOrientation) -> np.ndarray:
    """The matrices of all epochs [n, 3, 3], in one call of each routine."""
    utc, tt, tai = _times(epochs)
    now = orientation.at(utc[0] - 2_400_000.5 + utc[1])
    x, y, s = erfa.xys06a(*tt)
    intermediate = erfa.c2ixys(x + now["dx"], y + now["dy"], s)
    angle = erfa.era00(tai[0], tai[1] + now["ut1_tai"] / 86_400.0)
    polar = erfa.pom00(now["xp"], now["yp"], erfa.sp00(*tt))
    return erfa.c2tcio(intermediate, angle, polar)


def _nodes(epoch: Epoch, duration: float, step: float) -> list[Epoch]:
    """Where a table has its nodes: every `step` [s], and one beyond the end."""
    return [epoch + i * step for i in range(int(np.ceil(duration / step)) + 2)]


def _times(epochs: list[Epoch]) -> Iterable[np.ndarray]:
    """UTC, TT and TAI of all epochs, each [2, n]: two-part Julian dates [day]."""
    return (np.array(times).T for times in zip(*map(_scales, epochs), strict=True))


def _scales(epoch: Epoch) -> tuple[tuple[float, float], ...]:
    return epoch.utc(), epoch.tt(), epoch.tai()


def _tabulated(matrices: np.ndarray, step: float, of_date: np.ndarray) -> EarthRotation:
    nodes = from_matrix(matrices[:-1], Frame.GCRS, Frame.ITRS)
    # erfa.rm2v gives the rotation vector of the axes, the convention of `about`.
    turns = erfa.rm2v(matrices[1:] @ np.swapaxes(matrices[:-1], 1, 2))
    quaternions = np.stack([nodes.w, nodes.x, nodes.y, nodes.z], axis=-1)
    return EarthRotation(
        step=np.asarray(step),
        nodes=np.concatenate([quaternions, np.asarray(turns)], axis=-1),
        of_date=from_matrix(of_date, Frame.GCRS, Frame.CIRS),
    )
