"""Signs and sizes of the air's force and moment."""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from tests.physics.bodies import body_vector, coefficients, numbers
from yaan.aerodynamics.coefficients import Coefficients, meet
from yaan.spacetime.frame import Vector

DENSITY, SOUND = jnp.asarray(0.8), jnp.asarray(300.0)  # [kg/m^3] [m/s]
STILL = body_vector(0, 0, 0)


def load(table: Coefficients, air: Vector, rate: Vector = STILL) -> tuple[np.ndarray, np.ndarray]:
    """Force and moment."""
    found = table.load(air, DENSITY, SOUND, rate)
    return numbers(found.force), numbers(found.moment)


def test_angles_of_the_stream():
    stream = meet(body_vector(100.0, 20.0, 30.0), DENSITY, SOUND)
    speed = np.sqrt(100.0**2 + 20.0**2 + 30.0**2)
    assert float(stream.incidence) == pytest.approx(np.arctan2(30, 100))
    assert float(stream.sideslip) == pytest.approx(np.arcsin(20 / speed))
    assert float(stream.angle) == pytest.approx(np.arccos(100 / speed))
    assert float(stream.mach) == pytest.approx(speed / 300.0)
    assert float(stream.pressure) == pytest.approx(0.4 * speed**2)


def test_drag_is_against_the_velocity_whatever_the_attitude():
    air = body_vector(30.0, -40.0, 120.0)
    force, moment = load(coefficients(area=2.0, drag=0.5), air)
    np.testing.assert_allclose(force, -0.4 * 130.0 * numbers(air) * 2.0 * 0.5, rtol=1e-12)
    np.testing.assert_array_equal(moment, 0.0)


def test_lift_and_side_force_are_square_to_the_velocity_up_and_to_the_right():
    air = body_vector(100.0, 10.0, 20.0)  # nose up and wind from the right
    up, _ = load(coefficients(lift_slope=3.0), air)
    side, _ = load(coefficients(side_slope=-2.0), air)
    stream = meet(air, DENSITY, SOUND)
    pressure = float(stream.pressure)
    assert abs(up @ numbers(air)) < 1e-9
    assert up[2] < 0.0
    assert up[1] == 0.0
    assert np.linalg.norm(up) == pytest.approx(pressure * 3.0 * float(stream.incidence))
    assert abs(side @ numbers(air)) < 1e-9
    assert side[1] < 0.0
    assert np.linalg.norm(side) == pytest.approx(pressure * 2.0 * float(stream.sideslip))


def test_moments_turn_the_nose_up_and_to_the_right_by_chord_and_span():
    air = body_vector(100.0, 10.0, 20.0)
    table = coefficients(length=3.0, pitch_slope=-1.5, yaw_slope=0.7)
    table = eqx.tree_at(lambda c: c.chord, table, jnp.asarray(2.0))
    _, moment = load(table, air)
    stream = meet(air, DENSITY, SOUND)
    q, alpha, beta = (float(v) for v in (stream.pressure, stream.incidence, stream.sideslip))
    np.testing.assert_allclose(moment, [0.0, -1.5 * alpha * 2.0 * q, 0.7 * beta * 3.0 * q])


def test_damping_is_per_reduced_rate_and_is_there_at_rest_only_with_wind():
    rate = body_vector(0.1, -0.2, 0.3)
    table = coefficients(area=2.0, length=4.0, damping=-1.0)
    _, moment = load(table, body_vector(100.0, 0, 0), rate)
    # q S b (p b / 2V) with q = 0.5 rho V^2.
    expected = -0.5 * 0.8 * 100.0**2 * 2.0 * 4.0 * numbers(rate) * 4.0 / 200.0
    np.testing.assert_allclose(moment, expected, rtol=1e-12)
    _, nothing = load(table, STILL, rate)
    np.testing.assert_allclose(nothing, 0.0, atol=1e-10)


def test_tables_are_bilinear_and_held_beyond_their_ends():
    nodes, machs = np.array([-0.4, -0.1, 0.0, 0.2, 0.5]), np.array([0.5, 1.0, 3.0])
    values = np.random.default_rng(7).normal(size=(5, 3))
    within = RegularGridInterpolator((nodes, machs), values)
    table = eqx.tree_at(
        lambda c: (c.angle, c.mach, c.drag, c.lift, c.side, c.roll, c.pitch, c.yaw),
        coefficients(),
        (jnp.asarray(nodes), jnp.asarray(machs), *[jnp.asarray(values)] * 6),
    )
    for angle, mach in [(-0.25, 0.7), (0.0, 1.0), (0.19, 2.9), (0.5, 3.0), (0.9, 0.1), (-1.2, 9.0)]:
        air = body_vector(np.cos(angle), 0.0, np.sin(angle)) * (300.0 * mach)
        _, moment = load(table, air)
        pressure = 0.4 * (300.0 * mach) ** 2
        held = (np.clip(angle, -0.4, 0.5), np.clip(mach, 0.5, 3.0))
        assert moment[1] / pressure == pytest.approx(within(held).item(), rel=1e-9)
