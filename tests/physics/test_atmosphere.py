"""The standard atmosphere against its published numbers, its equations and hydrostatics."""

import importlib.util
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.environment import Air, load_standard_atmosphere
from yaan.environment.atmosphere import EFFECTIVE_RADIUS, G0

HERE = Path(__file__).parent
TABLE = np.loadtxt(HERE / "data" / "us76_below_86km.csv", delimiter=",", skiprows=2)
AT = jax.jit(lambda model, height: model.at(height))
TOP_OF_LAYERS = 84852.0  # [m] geopotential height of 86 km


@pytest.fixture(scope="module")
def builder():
    """The script that made the upper table: the integration which the cubics stand for."""
    spec = importlib.util.spec_from_file_location("us76", HERE.parents[1] / "builders" / "us76.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def air(height: np.ndarray) -> Air:
    return AT(load_standard_atmosphere(), jnp.asarray(height, dtype=float))


def test_below_86_km_every_row_of_the_published_table():
    geopotential, temperature, density = TABLE[TABLE[:, 0] <= TOP_OF_LAYERS].T
    height = EFFECTIVE_RADIUS * geopotential / (EFFECTIVE_RADIUS - geopotential)
    ours = air(height)
    np.testing.assert_allclose(ours.temperature, temperature, rtol=1e-12)
    np.testing.assert_allclose(ours.density, density, rtol=1e-5)


def test_the_table_read_as_geometric_height_is_wrong():
    # The trap: geopotential and geometric heights differ by 1.1 km at 86 km.
    ours = air(TABLE[:, 0])
    assert np.abs(ours.temperature - TABLE[:, 1]).max() > 2.0
    assert np.abs(ours.density / TABLE[:, 2] - 1.0).max() > 0.2


def test_sea_level_and_the_published_pressures_of_the_layers():
    # U.S. Standard Atmosphere 1976, table 1 [Pa], at these geopotential heights [m].
    feet = np.array([0.0, 11e3, 20e3, 32e3, 47e3, 51e3, 71e3])
    published = [101325.0, 22632.0, 5474.8, 868.01, 110.90, 66.938, 3.9564]
    ours = air(EFFECTIVE_RADIUS * feet / (EFFECTIVE_RADIUS - feet))
    # The standard prints five digits, and not all of them are rounded.
    np.testing.assert_allclose(ours.pressure, published, rtol=1e-4)
    np.testing.assert_allclose(ours.density[0], 1.2250, rtol=1e-5)
    np.testing.assert_allclose(ours.sound_speed[0], 340.294, rtol=1e-6)


def test_above_86_km_the_published_densities_and_pressures(builder):
    km, published = np.array(list(builder.PUBLISHED)), np.array(list(builder.PUBLISHED.values()))
    ours = air(km * 1e3)
    # 0.09 %: the standard was tabulated from rounded constants and a coarser integration.
    np.testing.assert_allclose(ours.density, published[:, 0], rtol=1e-3)
    np.testing.assert_allclose(ours.pressure, published[:, 1], rtol=1e-3)
    low = km <= 500
    np.testing.assert_allclose(ours.density[low], published[low, 0], rtol=3e-4)


def test_the_cubics_keep_to_the_integration(builder):
    fine = builder.Profile(step=50.0)
    exact = fine.air()
    # Heights where two pieces meet are held twice; the model belongs to the upper one there.
    once = np.append(np.diff(fine.z) > 0.0, True)
    ours = air(fine.z[once])
    for name, theirs in (
        ("density", exact["density"]),
        ("pressure", np.exp(exact["log_pressure"])),
        ("temperature", exact["temperature"]),
    ):
        np.testing.assert_allclose(getattr(ours, name), theirs[once], rtol=1e-5, err_msg=name)


def test_the_seam_at_86_km():
    below, above = air(np.array([86e3 - 1e-3])), air(np.array([86e3]))
    assert 0.0 < above.pressure[0] / below.pressure[0] - 1.0 < 1.1e-5
    assert 0.0 < above.density[0] / below.density[0] - 1.0 < 0.9e-5
    assert abs(below.temperature[0] - above.temperature[0] - 0.0787) < 1e-4


def test_outside_the_standard():
    top, over, deep = air(np.array([1e6])), air(np.array([1e6 + 1.0])), air(np.array([-6e3]))
    assert top.density[0] > 3.5e-15
    assert over.density[0] == over.pressure[0] == 0.0
    assert over.sound_speed[0] == top.sound_speed[0]
    assert over.temperature[0] == top.temperature[0]
    # The first layer continues: 6.5 K more for a geopotential kilometre.
    assert abs(deep.temperature[0] - (288.15 + 6.5 * 6.00567)) < 1e-3


@pytest.mark.parametrize(
    ("low", "high", "margin"),
    [
        (-5e3, 86e3, 1e-11),
        # Above, each gas settles by itself or is carried, and the sum is hydrostatic only nearly:
        # the standard's eddy term takes one mean molar mass for all gases.
        (86e3, 100e3, 0.02),
        (150e3, 1000e3, 0.01),
    ],
)
def test_the_air_carries_its_own_weight(low: float, high: float, margin: float):
    model = load_standard_atmosphere()
    height = jnp.linspace(low + 1.0, high - 1.0, 2001)
    slope = jax.jit(jax.vmap(jax.grad(lambda h: jnp.log(model.at(h).pressure))))(height)
    now = AT(model, height)
    pull = G0 * (EFFECTIVE_RADIUS / (EFFECTIVE_RADIUS + np.asarray(height))) ** 2
    weight = np.asarray(now.density) / np.asarray(now.pressure) * pull
    np.testing.assert_allclose(slope, -weight, rtol=margin)


def test_gradients_are_finite_everywhere():
    model = load_standard_atmosphere()
    edges = jnp.asarray([0.0, 11019.0, 86e3, 100e3, 150e3, 1e6, 2e6, 3.6e7])
    height = jnp.concatenate([edges, jnp.linspace(-5e3, 1.1e6, 500)])
    slopes = jax.jit(jax.vmap(jax.jacfwd(model.at)))(height)
    assert all(np.isfinite(field).all() for field in slopes)
