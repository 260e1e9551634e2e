"""The equation of Bartz: against itself in the units of its paper, and at its limits."""

import math
from dataclasses import replace

import pytest

from yaan.propulsion.heat import (
    BAND,
    WALL_BAND,
    Gas,
    Throat,
    adiabatic_wall,
    coefficient,
    flux,
    sigma,
    throat_heat,
)

GAS = Gas(70e5, 3500.0, 2300.0, 1.15, 4000.0, 1.0e-4, 0.6)
THROAT = Throat(0.26, 0.13, 800.0)


def test_the_paper_s_own_units_give_the_same():
    """Inches, pounds, Btu, degrees of Fahrenheit; the paper multiplies by g inside the bracket."""
    inch, pound, psi, btu, rankine = 0.0254, 0.45359237, 6894.757293168, 1055.05585262, 5.0 / 9.0
    g = 9.80665 / inch  # [in/s^2]
    diameter, bend = THROAT.diameter / inch, THROAT.curvature / inch
    viscosity = GAS.viscosity * inch / pound  # [lb/(in s)]
    heat = GAS.heat_capacity * pound * rankine / btu  # [Btu/(lb F)]
    flow = (GAS.pressure / psi) * g / (GAS.cstar / inch)
    by_hand = 0.026 / diameter**0.2 * viscosity**0.2 * heat / GAS.prandtl**0.6
    by_hand *= flow**0.8 * (diameter / bend) ** 0.1
    by_hand *= btu / (inch**2 * rankine)  # [W/(m^2 K)]
    assert coefficient(GAS, THROAT) / sigma(GAS, 800.0, 1.0) == pytest.approx(by_hand, rel=1e-12)


def test_a_wall_as_hot_as_gas_at_rest_needs_no_correction():
    assert sigma(GAS, GAS.temperature, 0.0) == pytest.approx(1.0, abs=1e-15)


def test_sigma_by_hand():
    # Tw/T0 = 0.5, gamma 1.2, Mach 1: (0.25 x 1.1 + 0.5)^-0.68 x 1.1^-0.12
    gas = replace(GAS, temperature=2000.0, gamma=1.2)
    assert sigma(gas, 1000.0, 1.0) == pytest.approx(0.775**-0.68 * 1.1**-0.12, rel=1e-12)


def test_a_wall_that_takes_no_heat_is_between_flow_and_rest():
    still = GAS.temperature / (1.0 + 0.5 * 0.15)
    assert still < adiabatic_wall(GAS, 1.0) < GAS.temperature
    assert adiabatic_wall(replace(GAS, prandtl=1.0), 2.0) == pytest.approx(GAS.temperature)
    hot = replace(THROAT, wall=adiabatic_wall(GAS, 1.0))
    assert flux(GAS, hot) == pytest.approx(0.0, abs=1e-6)


def test_pressure_and_size_go_with_their_powers():
    doubled = coefficient(replace(GAS, pressure=2.0 * GAS.pressure), THROAT)
    assert doubled / coefficient(GAS, THROAT) == pytest.approx(2.0**0.8)
    larger = Throat(2.0 * THROAT.diameter, 2.0 * THROAT.curvature, THROAT.wall)
    assert coefficient(GAS, larger) / coefficient(GAS, THROAT) == pytest.approx(2.0**-0.2)
    wide = coefficient(GAS, THROAT, 1.0, 4.0)
    assert wide / coefficient(GAS, THROAT) == pytest.approx(4.0**-0.9)


def test_what_is_assumed_widens_the_range():
    known = throat_heat(GAS, 0.26, 800.0, 0.13)
    assert known.low == pytest.approx(BAND[0] * known.flux)
    assert known.high == pytest.approx(BAND[1] * known.flux)
    assert len(known.assumed) == 1
    unknown = throat_heat(GAS, 0.26)
    assert unknown.low < known.low
    assert unknown.high > known.high
    assert len(unknown.assumed) == 3
    assert f"{WALL_BAND[0]:g}" in unknown.assumed[0]
    assert math.isclose(unknown.flux, known.flux)  # the middle is what was given here


def test_a_wall_hotter_than_the_gas_is_told_and_its_range_in_order():
    hot = throat_heat(GAS, 0.26, 4000.0)
    assert hot.low < hot.flux < hot.high < 0.0
    assert "takes no heat" in hot.warning
    cold_gas = throat_heat(replace(GAS, temperature=900.0), 0.26)  # the wall may have 1200 K
    assert cold_gas.low < 0.0 < cold_gas.flux < cold_gas.high
    worst = Throat(0.26, 0.4 * 0.13, WALL_BAND[1])
    assert cold_gas.low == pytest.approx(BAND[1] * flux(replace(GAS, temperature=900.0), worst))
    assert "would take no heat" in cold_gas.warning
    assert throat_heat(GAS, 0.26).warning == ""
