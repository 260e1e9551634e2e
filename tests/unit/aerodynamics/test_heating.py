"""Heat fluxes against numbers worked by hand and published levels."""

import jax.numpy as jnp
import pytest

from yaan.aerodynamics import free_stream_flux, radiative_equilibrium_temperature, sutton_graves


def value(x: float):
    """A scalar array."""
    return jnp.asarray(x)


def test_free_stream_flux_is_half_rho_v_cubed():
    assert float(free_stream_flux(value(1e-7), value(3e3))) == pytest.approx(1350.0)


def test_sutton_graves_has_its_printed_constant_and_powers():
    # 1.7415e-4 sqrt(1e-4 / 1) (7e3)^3 = 597.3 kW/m^2
    one = float(sutton_graves(value(1e-4), value(7e3), value(1.0)))
    assert one == pytest.approx(597_334.5, rel=1e-6)
    assert float(sutton_graves(value(1e-4), value(7e3), value(4.0))) == pytest.approx(0.5 * one)
    assert float(sutton_graves(value(4e-4), value(14e3), value(1.0))) == pytest.approx(16.0 * one)


def test_sutton_graves_agrees_with_detra_kemp_and_riddell():
    # Their correlation (Jet Propulsion 27-12 (1957)), in W/m^2: 1.103e8 / sqrt(R) (rho/1.225)^0.5
    # (V/7925)^3.15, for a cold wall. 15 %: two fits of scattered data, constants a few per cent
    # apart and powers of V that part by 3 % from 6 to 8 km/s.
    for density, speed in ((1e-4, 7.5e3), (3e-4, 6e3), (5e-5, 7.8e3)):
        other = 1.103e8 / 4.2**0.5 * (density / 1.225) ** 0.5 * (speed / 7925.0) ** 3.15
        found = float(sutton_graves(value(density), value(speed), value(4.2)))
        assert found == pytest.approx(other, rel=0.15)


def test_a_wall_radiates_what_it_takes():
    # A black wall at 1000 K radiates 56.70 kW/m^2.
    assert float(radiative_equilibrium_temperature(value(56_703.74419), value(1.0))) == (
        pytest.approx(1000.0, rel=1e-9)
    )
    half = float(radiative_equilibrium_temperature(value(0.5 * 56_703.74419), value(0.5)))
    assert half == pytest.approx(1000.0, rel=1e-9)
