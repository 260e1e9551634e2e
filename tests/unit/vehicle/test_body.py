"""Inertia and mass properties against NumPy."""

import jax.numpy as jnp
import numpy as np

from tests.physics.bodies import body, body_vector, inertia, numbers
from yaan.vehicle.body import MassProperties

MATRIX = np.array([[102.0, -6.96, -5.48], [-6.96, 91.0, 0.59], [-5.48, 0.59, 164.0]])
TENSOR = inertia(102.0, 91.0, 164.0, xy=-6.96, xz=-5.48, yz=0.59)


def test_a_tensor_is_applied_and_solved_like_its_matrix():
    v = np.array([0.3, -2.0, 1.1])
    np.testing.assert_allclose(numbers(TENSOR.apply(body_vector(*v))), MATRIX @ v, rtol=1e-14)
    solved = np.linalg.solve(MATRIX, v)
    np.testing.assert_allclose(numbers(TENSOR.solve(body_vector(*v))), solved, rtol=1e-13)


def test_mass_properties_are_linear_in_the_propellant():
    full = MassProperties(jnp.asarray(30.0), body_vector(-4, 0, 0), inertia(5, 60, 70))
    flown = body(inertia(1, 20, 30), mass=10.0, full=full)
    half = flown.properties(jnp.asarray(10.0))
    assert float(flown.load) == 20.0
    assert float(half.mass) == 20.0
    np.testing.assert_allclose(numbers(half.centre), [-2, 0, 0])
    assert float(half.inertia.yy) == 40.0
    # 2 kg/s of 20 kg: a tenth of the difference a second, downwards.
    assert float(flown.inertia_rate(jnp.asarray(2.0)).yy) == -4.0
    solid = body(inertia(1, 2, 3))
    assert float(solid.properties(jnp.asarray(0.0)).inertia.yy) == 2.0
    assert float(solid.inertia_rate(jnp.asarray(0.0)).yy) == 0.0
