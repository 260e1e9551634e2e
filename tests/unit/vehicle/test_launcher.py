"""Masses and shapes of a launcher."""

import jax
import jax.numpy as jnp
import numpy as np

from tests.physics.rockets import force_tables, launcher

FIRST = {"propellant": 100.0, "dry": 10.0, "thrust": 1.0}
SECOND = {"propellant": 20.0, "dry": 3.0, "thrust": 1.0}


def test_mass_is_what_is_aboard():
    vehicle = launcher(FIRST, SECOND, payload=5.0)

    def mass(propellant: list[float], stages: list[bool], items: list[bool]) -> float:
        return float(vehicle.mass(jnp.asarray(propellant), jnp.asarray(stages), jnp.asarray(items)))

    assert mass([100.0, 20.0], [True, True], [True]) == 138.0
    assert mass([40.0, 20.0], [True, True], [True]) == 78.0
    # Propellant left in a stage leaves with it.
    assert mass([40.0, 20.0], [False, True], [True]) == 28.0
    assert mass([0.0, 20.0], [False, True], [False]) == 23.0
    # An overdrawn stage is lighter than its dry mass: the shortfall of an orbit out of reach.
    assert mass([0.0, -1.0], [False, True], [True]) == 7.0


def test_each_configuration_has_its_own_table():
    one, two = force_tables(axial=0.3, area=2.0), force_tables(axial=0.7, normal=1.0, area=5.0)
    both = jax.tree.map(lambda *leaves: jnp.concatenate(leaves), one, two)
    vehicle = launcher(FIRST, table=both)
    zero = jnp.asarray(0.0)
    axial = [float(vehicle.configuration(jnp.asarray(i)).areas(zero, zero)[0]) for i in (0, 1)]
    np.testing.assert_allclose(axial, [0.6, 3.5], rtol=1e-15)
