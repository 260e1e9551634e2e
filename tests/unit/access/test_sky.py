"""The Earth turns on the host as it does in what is compiled."""

import erfa
import jax.numpy as jnp
import numpy as np
import pytest

from tests.unit.access.arcs import EPOCH
from yaan.access import IersTurning, SunPath, TabulatedTurning
from yaan.access.sky import geodetic_of, place_of
from yaan.base.constants import SECONDS_PER_DAY
from yaan.base.session import computing
from yaan.spacetime.earth import iers_rotation
from yaan.spacetime.ephemeris import apparent_sun_position
from yaan.spacetime.frame import Frame, vector
from yaan.spacetime.time import bundled_orientation

T = np.linspace(0.0, 3.0 * SECONDS_PER_DAY, 97)
ARCSECOND = np.pi / 648_000.0


def angles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """How far two rotations are apart [rad]."""
    return np.linalg.norm(erfa.rm2v(first @ np.swapaxes(second, 1, 2)), axis=1)


def test_hourly_nodes_are_as_good_as_each_instant():
    """Beside ERFA's whole chain at each instant, with the offsets of the pole."""
    turning = IersTurning(EPOCH, 0.0, float(T[-1]))
    tt, tai = EPOCH.tt(), EPOCH.tai()
    days = T / SECONDS_PER_DAY
    now = bundled_orientation().at(sum(EPOCH.utc()) - 2_400_000.5 + days)
    x, y, s = erfa.xys06a(tt[0], tt[1] + days)
    inner = erfa.c2ixys(x + now["dx"], y + now["dy"], s)
    spun = erfa.era00(tai[0], tai[1] + days + now["ut1_tai"] / SECONDS_PER_DAY)
    polar = erfa.pom00(now["xp"], now["yp"], erfa.sp00(tt[0], tt[1] + days))
    apart = angles(turning.matrices(T), erfa.c2tcio(inner, spun, polar))
    assert apart.max() < 1e-4 * ARCSECOND


def test_a_flights_own_rotation_is_met_on_the_host():
    with computing():
        rotation = iers_rotation(EPOCH, bundled_orientation(), duration=float(T[-1]))
        every = rotation.rotation(jnp.asarray(T))
        axes = [vector(jnp.tile(axis, (len(T), 1)), Frame.GCRS) for axis in jnp.eye(3)]
        turned = [np.stack([v.x, v.y, v.z], axis=-1) for v in map(every.apply, axes)]
    table = TabulatedTurning(EPOCH, rotation)
    np.testing.assert_allclose(table.matrices(T), np.stack(turned, axis=-1), atol=1e-14)
    exact = IersTurning(EPOCH, 0.0, float(T[-1]))
    assert angles(table.matrices(T), exact.matrices(T)).max() < 1e-3 * ARCSECOND
    # The pole of date is off the Earth's own axis by the polar motion, less than 0.6 arcseconds.
    assert np.linalg.norm(table.poles(T) - exact.poles(T), axis=1).max() < 0.6 * ARCSECOND


def test_relative_velocity_is_the_slope_of_the_place():
    turning = IersTurning(EPOCH, 0.0, 7200.0)
    position, velocity = np.array([[7e6, 1e6, 2e6]]), np.array([[1e3, -2e3, 5e3]])
    t = np.array([3000.0])
    _, found = turning.relative(t, position, velocity)
    step = 1.0
    ends = [turning.earth_fixed(t + d, position + d * velocity)[0] for d in (-step, step)]
    np.testing.assert_allclose(found[0], (ends[1] - ends[0]) / (2 * step), atol=1e-4)


def test_the_sun_between_nodes_is_within_a_kilometre():
    exact = apparent_sun_position(EPOCH, T)
    found = SunPath(EPOCH, 0.0, float(T[-1])).at(T)
    assert np.linalg.norm(found - exact, axis=1).max() < 1e3


@pytest.mark.parametrize("place", [(0.3, 1.2, 5e5), (-1.2, -3.0, -20.0), (1.5, 0.0, 3.6e7)])
def test_places_come_back(place: tuple[float, float, float]):
    found = geodetic_of(place_of(*place)[None])
    np.testing.assert_allclose([x[0] for x in found], place, rtol=1e-12, atol=1e-8)
