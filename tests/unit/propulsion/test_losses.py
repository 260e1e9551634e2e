"""Families of engines, their bands, and the factors that must cover them."""

import math

import pytest

from yaan.description.engine_design import CYCLES
from yaan.propulsion.losses import (
    FAMILIES,
    Family,
    family_of,
    pressure_range,
    propellant_class,
    reactants,
)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.name)
def test_the_factors_of_a_family_cover_its_band_and_its_members(family: Family):
    low, high = family.limits
    band = family.band
    assert low <= band.low < band.high <= high
    # Not by the bound alone: where the family lies, give or take one deviation, is covered too.
    assert low <= band.mean - band.deviation
    assert band.mean + band.deviation <= high
    for factor in family.factors:
        assert 0.9 < factor.low < factor.high < 1.0
        assert factor.source


def test_the_band_is_the_interval_of_one_more_engine():
    """By hand: closed kerolox, with the deviation of three families pooled."""
    family = family_of("kerolox", "oxidiser-rich staged combustion")
    assert family is not None
    pooled = math.sqrt((5 * 0.00196**2 + 1 * 0.00203**2 + 1 * 0.00312**2) / 7)
    half = 2.365 * pooled * math.sqrt(1.0 + 1.0 / 6.0)
    assert family.band.freedom == 7
    assert family.band.low == pytest.approx(0.94167 - half, abs=1e-9)
    assert family.band.high == pytest.approx(0.94167 + half, abs=1e-9)
    assert not family.band.clipped
    assert family.band.mean in family.band
    assert 0.925 not in family.band


def test_a_cycle_that_dumps_its_exhaust_loses_more():
    closed = family_of("hydrolox", "expander")
    dumped = family_of("hydrolox", "gas generator")
    assert closed is not None
    assert dumped is not None
    assert {factor.name for factor in dumped.factors} - {f.name for f in closed.factors} == {
        "turbine exhaust"
    }
    assert dumped.limits[0] < closed.limits[0]


def test_propellants_have_a_class_and_names_of_chemistry():
    assert propellant_class("LOX", "RG-1") == "kerolox"
    assert propellant_class("MON-3", "MMH") == "storable"
    assert propellant_class("N2O4", "LH2") is None
    assert propellant_class("LOX", "tallow") is None
    assert reactants("LOX", "Isrosene") == ("LOX", "RP-1")
    assert reactants("MON-3", "MMH") == ("MON-3", "MMH")
    assert reactants("fluorine", "LH2") is None


def test_families_are_of_known_cycles_and_are_found():
    for family in FAMILIES:
        assert family.cycle in CYCLES
        assert family_of(family.propellants, family.cycle) is family
    assert family_of("methalox", "expander") is None
    assert family_of(None, "expander") is None


def test_chamber_pressures_have_a_range_where_engines_are_known():
    low, high = pressure_range("gas generator") or (0.0, 0.0)
    assert 3e6 < low < 3.66e6  # HM7B
    assert 11.5e6 < high < 15.5e6  # Vulcain 2; a pressure that no such engine has
    assert pressure_range("tap-off") is None
