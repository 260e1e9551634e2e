"""Burns off the velocity: the thrust of a service module is pitched in the plane of the orbit."""

import jax
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.physics.crafts import CRAFT, TANK, ellipse, end, fly, orbit
from tests.physics.rockets import array, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.motion.base import lanes_of

PERIGEE = EARTH_RADIUS + 200e3
ECCENTRICITY = 0.02
BURN = (10.0, 340.0, 1.0)
BRAKE = (10.0, 340.0, -1.0)
PITCH = np.radians([0.0, 10.0, 60.0, -30.0, 90.0, 45.0])
STOP = 400.0


def expected(pitch: float, sense: float) -> tuple[np.ndarray, np.ndarray]:
    """The same flight by another integrator, with its own directions; no air, a point's pull."""
    thrust, flow = float(CRAFT.thrust), float(CRAFT.flow)
    mass = float(CRAFT.dry_mass) + TANK

    def rate(t: float, y: np.ndarray, on: bool) -> np.ndarray:
        r, v = y[:3], y[3:]
        pull = -EARTH_MU * r / np.linalg.norm(r) ** 3
        if on:
            ahead = v / np.linalg.norm(v)
            # Across the velocity in the plane of the orbit, away from the Earth.
            up = np.cross(np.cross(r, v), ahead)
            up = -up / np.linalg.norm(up) if up @ r < 0.0 else up / np.linalg.norm(up)
            axis = np.cos(pitch) * sense * ahead + np.sin(pitch) * up
            pull = pull + thrust / (mass - flow * (t - BURN[0])) * axis
        return np.concatenate([v, pull])

    y = np.concatenate(ellipse(PERIGEE, ECCENTRICITY, along=1.0))
    for span, on in (((0.0, 10.0), False), ((10.0, 350.0), True), ((350.0, STOP), False)):
        told = solve_ivp(rate, span, y, args=(on,), method="DOP853", rtol=1e-12, atol=1e-6)
        y = told.y[:, -1]
    return y[:3], y[3:]


@pytest.mark.parametrize("burn", [BURN, BRAKE], ids=["ahead", "against"])
def test_a_pitched_burn_goes_where_another_integrator_does(burn: tuple[float, float, float]):
    start = ellipse(PERIGEE, ECCENTRICITY, along=1.0)
    flown = fly(world(), start, STOP, burn, pitch=PITCH)
    for lane, pitch in enumerate(PITCH):
        r, v = expected(pitch, burn[2])
        assert np.linalg.norm(end(flown)[0][lane] - r) < 0.01
        assert np.linalg.norm(end(flown)[1][lane] - v) < 1e-4


def test_a_burn_without_pitch_is_the_one_of_pitch_zero():
    start = ellipse(PERIGEE, ECCENTRICITY, along=1.0)
    plain, level = fly(world(), start, STOP, BURN), fly(world(), start, STOP, BURN, pitch=0.0)
    assert np.allclose(end(plain)[0], end(level)[0], rtol=0.0, atol=1e-6)


def test_propellant_and_velocity_gained_do_not_know_of_a_pitch():
    start = ellipse(PERIGEE, ECCENTRICITY, along=1.0)
    flown = fly(world(), start, STOP, BURN, pitch=PITCH)
    left = np.asarray(flown.end.tanks)[:, 0]
    np.testing.assert_allclose(left, TANK - float(CRAFT.flow) * BURN[1], rtol=1e-9)
    full = float(CRAFT.dry_mass) + TANK
    gained = float(CRAFT.isp) * STANDARD_GRAVITY * np.log(full / (full - TANK + left))
    np.testing.assert_allclose(np.asarray(flown.added.ideal), gained, rtol=1e-9)


def test_the_recorded_axis_is_that_of_the_thrust():
    """Its pitch above the horizon is the path's and its own; all of the load is along it."""
    start = ellipse(PERIGEE, ECCENTRICITY, along=1.0)
    tape = fly(world(), start, STOP, BURN, pitch=PITCH, rows=64).tape
    assert tape is not None
    motion = orbit(world(), BURN, pitch=PITCH)
    states = jax.tree.map(lambda leaf: leaf[:, 4], tape.state)
    rows = jax.vmap(lambda one, t, inner: one.row(t, inner), in_axes=(lanes_of(motion), 0, 0))(
        motion, tape.t[:, 4], states
    )
    assert np.all(np.asarray(rows.thrust) > 0.0)
    r, v = np.asarray(array(states.position)), np.asarray(array(states.velocity))
    rise = np.arcsin(np.sum(r * v, axis=1) / np.linalg.norm(r, axis=1) / np.linalg.norm(v, axis=1))
    # Beyond the vertical a pitch comes down again on the other side.
    np.testing.assert_allclose(np.sin(rows.pitch), np.sin(rise + PITCH), atol=1e-9)
    np.testing.assert_allclose(rows.load_axial, rows.load, rtol=1e-9)
