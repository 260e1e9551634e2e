"""States from angles come back as the same angles, inertial or relative."""

import jax.numpy as jnp
import numpy as np
import pytest

from yaan.spacetime import (
    EarthRotation,
    Geodetic,
    Motion,
    geodetic,
    inertial_state,
    relative_state,
    uniform_rotation,
)

PLACE = Geodetic(*(jnp.asarray(v) for v in (np.radians(-23.5), np.radians(174.2), 120e3)))
MOTION = Motion(7800.0, np.radians(-1.4), np.radians(72.0))
T = jnp.asarray(500.0)


@pytest.fixture
def earth() -> EarthRotation:
    """A turning Earth."""
    return uniform_rotation(duration=1200.0)


def test_an_inertial_motion_has_its_speed_and_angle_against_the_radius(earth: EarthRotation):
    position, velocity = inertial_state(earth, T, PLACE.position(), MOTION)
    assert float(velocity.norm()) == pytest.approx(7800.0, rel=1e-14)
    sine = position.dot(velocity) / (position.norm() * velocity.norm())
    assert np.degrees(np.arcsin(float(sine))) == pytest.approx(-1.4, abs=1e-12)


def test_it_starts_over_its_place(earth: EarthRotation):
    position, _ = inertial_state(earth, T, PLACE.position(), MOTION)
    there = geodetic(earth.rotation(T).apply(position))
    assert float(there.height) == pytest.approx(120e3, abs=1e-6)
    assert float(there.longitude) == pytest.approx(np.radians(174.2), abs=1e-12)


def test_the_heading_is_clockwise_from_north(earth: EarthRotation):
    _, velocity = inertial_state(earth, T, PLACE.position(), MOTION)
    fixed = earth.rotation(T).apply(velocity)
    up = PLACE.position().unit()
    east = PLACE.east()
    north = up.cross(east)
    heading = np.degrees(np.arctan2(float(fixed.dot(east)), float(fixed.dot(north))))
    assert heading == pytest.approx(72.0, abs=1e-10)


def test_a_relative_motion_adds_the_turning(earth: EarthRotation):
    position, velocity = relative_state(earth, T, PLACE.position(), MOTION)
    to_fixed = earth.rotation(T)
    turning = to_fixed.inverse().apply(earth.spin(T)).cross(position)
    relative = to_fixed.apply(velocity - turning)
    assert float(relative.norm()) == pytest.approx(7800.0, rel=1e-13)
    rise = float(relative.dot(PLACE.up())) / 7800.0
    assert np.degrees(np.arcsin(rise)) == pytest.approx(-1.4, abs=1e-10)
    # Eastward: the turning Earth helps by 7.292e-5 x 5.97e6 m x sin 72 = 414 m/s.
    assert float(velocity.norm()) - 7800.0 == pytest.approx(414.0, abs=8.0)
