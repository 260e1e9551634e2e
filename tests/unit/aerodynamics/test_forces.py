"""Force tables, the direction of the forces they make, and the free-stream flux."""

import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import array, world
from yaan.aerodynamics import ForceTable, free_stream_flux
from yaan.dynamics.forces import Airload, airload, surroundings
from yaan.environment import ConstantWind, NoWind, load_standard_atmosphere
from yaan.spacetime.frame import Frame, vector

TABLE = ForceTable(
    angles=jnp.radians(jnp.asarray([0.0, 5.0, 20.0])),
    mach=jnp.asarray([0.0, 0.9, 1.2, 5.0]),
    axial=jnp.asarray([[0.3, 0.4, 0.6, 0.3], [0.31, 0.42, 0.63, 0.33], [0.4, 0.5, 0.7, 0.4]]),
    normal=jnp.asarray([[0.0] * 4, [0.4, 0.5, 0.6, 0.5], [1.5, 1.9, 2.2, 2.0]]),
    reference_area=jnp.asarray(10.0),
)


@pytest.mark.parametrize("angle", [0.0, 2.5, 5.0, 12.5, 40.0])
def test_areas_are_bilinear_and_flat_beyond_the_edges(angle: float):
    angles, mach = np.degrees(TABLE.angles), np.asarray(TABLE.mach)
    for m in (0.0, 0.45, 1.05, 3.0, 9.0):
        areas = TABLE.areas(jnp.radians(jnp.asarray(angle)), jnp.asarray(m))
        for found, block in zip(areas, (TABLE.axial, TABLE.normal), strict=True):
            rows = [np.interp(m, mach, row) for row in np.asarray(block)]
            assert float(found) == pytest.approx(10.0 * np.interp(angle, angles, rows), abs=1e-12)


def test_flux_is_half_density_times_speed_cubed():
    flux = free_stream_flux(jnp.asarray([1e-7, 2e-7]), jnp.asarray([4e3, 2e3]))
    np.testing.assert_allclose(flux, [3.2e3, 0.8e3], rtol=1e-15)


def load(axis: np.ndarray, speed: float = 500.0, wind=None) -> Airload:
    """The load on a body 10 km above the equator that moves up at `speed` against the ground."""
    place = world(atmosphere=load_standard_atmosphere(), wind=wind or NoWind())
    position = jnp.asarray([6_378_137.0 + 1e4, 0.0, 0.0])
    velocity = jnp.asarray([speed, 7.292115e-5 * position[0], 0.0])
    around = surroundings(
        place, jnp.asarray(0.0), vector(position, Frame.GCRS), vector(velocity, Frame.GCRS)
    )
    return airload(TABLE, around, vector(jnp.asarray(axis), Frame.GCRS))


def test_drag_opposes_the_motion_at_no_angle():
    found = load(np.array([1.0, 0.0, 0.0]))
    density, sound = 0.41351, 299.53  # [kg/m^3], [m/s], US Standard Atmosphere 1976 at 10 km
    pressure = 0.5 * density * 500.0**2
    assert float(found.dynamic_pressure) == pytest.approx(pressure, rel=1e-4)
    assert float(found.mach) == pytest.approx(500.0 / sound, rel=1e-4)
    area = 10.0 * np.interp(500.0 / sound, np.asarray(TABLE.mach), np.asarray(TABLE.axial)[0])
    np.testing.assert_allclose(array(found.force), [-pressure * area, 0, 0], rtol=1e-4, atol=1e-3)


def test_the_normal_force_is_to_leeward():
    # The nose is 5 deg east of the way up: the air, coming from ahead, pushes the body east.
    tilt = np.radians(5.0)
    found = load(np.array([np.cos(tilt), np.sin(tilt), 0.0]))
    assert float(found.angle) == pytest.approx(tilt, abs=1e-9)
    axial, normal = TABLE.areas(jnp.asarray(tilt), found.mach)
    q = float(found.dynamic_pressure)
    across = np.array([-np.sin(tilt), np.cos(tilt), 0.0])
    along = np.array([np.cos(tilt), np.sin(tilt), 0.0])
    wanted = q * (float(normal) * across - float(axial) * along)
    np.testing.assert_allclose(array(found.force), wanted, rtol=1e-9, atol=1e-6)


def test_wind_is_taken_off_the_speed():
    blown = load(np.array([1.0, 0.0, 0.0]), wind=ConstantWind(50.0, 0.0))
    assert float(blown.angle) == pytest.approx(np.arctan(50.0 / 500.0), rel=1e-6)
    assert float(blown.force.y) > 0.0  # carried along with the wind


def test_still_air_makes_no_force_and_no_nan():
    found = load(np.array([1.0, 0.0, 0.0]), speed=0.0)
    np.testing.assert_allclose(array(found.force), 0.0, atol=1e-6)
    assert np.isfinite(float(found.angle))
