"""The guard: what is wrong on purpose is seen, and what is right is not."""

import numpy as np
import pytest

from tests.cea_there import needs_cea
from yaan.chemistry import gibbs
from yaan.chemistry.feed import feed
from yaan.chemistry.guard import BALANCE, DRIVING, TRACE, Mixture, judge
from yaan.chemistry.minimum import Goal, guess, settle
from yaan.chemistry.products import ProductList
from yaan.chemistry.species import SpeciesTable

pytestmark = needs_cea

PRESSURE = 7e6  # [Pa]


@pytest.fixture(scope="module")
def burnt():
    """Oxygen and hydrogen in equilibrium: the full list, atoms, temperature, amounts."""
    mixed = feed("LH2", "LOX", 6.0)
    full = ProductList(mixed.system.elements).full
    goal = Goal(gibbs.HP, mixed.enthalpy, PRESSURE, mixed.atoms)
    temperature, amounts = settle(full, goal, 3000.0, guess(full))
    return full, mixed.atoms, temperature, amounts


def found(burnt, *, table=None, temperature=None, amounts=None):
    full, atoms, heat, there = burnt
    table = full if table is None else table
    heat = np.array([heat if temperature is None else temperature])
    mixture = Mixture.of(
        table, heat, np.array([PRESSURE]), (there if amounts is None else amounts)[None]
    )
    return judge(mixture, table, full, atoms[None])


def test_an_equilibrium_holds(burnt):
    judged = found(burnt)
    assert judged.holds[0]
    assert judged.balance[0] < 1e-13
    assert judged.stationarity[0] < 1e-10


def test_an_imbalance_is_seen(burnt):
    amounts = burnt[3].copy()
    amounts[burnt[0].names.index("H2O")] *= 1.0 + 1e-7
    judged = found(burnt, amounts=amounts)
    assert judged.balance[0] > BALANCE
    assert not judged.holds[0]


def test_a_composition_of_another_temperature_is_seen(burnt):
    judged = found(burnt, temperature=burnt[2] * 1.001)
    assert judged.balance[0] < 1e-13
    assert not judged.holds[0]


def test_a_gas_that_is_left_out_is_seen(burnt):
    full, _, _, amounts = burnt
    keep = [i for i, name in enumerate(full.names) if name != "OH"]
    table = SpeciesTable.of([full.names[i] for i in keep], full.elements)
    judged = found(burnt, table=table, amounts=amounts[keep])
    assert judged.trace[0] == pytest.approx(0.04467, rel=0.03)  # the fraction it has
    assert judged.trace[0] > TRACE
    assert [full.names[i] for i in np.flatnonzero(judged.missing[0])] == ["OH"]


def test_an_equilibrium_of_a_list_that_lacks_a_gas_does_not_hold(burnt):
    full, atoms, heat, _ = burnt
    table = SpeciesTable.of([name for name in full.names if name != "HO2"], full.elements)
    _, amounts = settle(table, Goal(gibbs.TP, heat, PRESSURE, atoms), heat, guess(table))
    judged = found(burnt, table=table, amounts=amounts)
    assert judged.stationarity[0] < 1e-10
    assert judged.trace[0] == pytest.approx(3.16e-5, rel=0.01)
    assert not judged.holds[0]


def test_a_gas_of_the_list_with_nothing_of_it_is_seen(burnt):
    amounts = burnt[3].copy()
    amounts[burnt[0].names.index("H2O2")] = 0.0  # a hundred thousandth: the elements hardly tell
    assert not found(burnt, amounts=amounts).holds[0]


def test_a_phase_that_would_form_is_seen():
    mixed = feed("LH2", "LOX", 8.0)
    full = ProductList(mixed.system.elements).full
    gases = SpeciesTable.of([n for n in full.names if "(" not in n], full.elements)
    goal = Goal(gibbs.TP, 400.0, PRESSURE, mixed.atoms)
    temperature, amounts = settle(gases, goal, 400.0, guess(gases))
    at = np.array([temperature]), np.array([PRESSURE])
    judged = judge(Mixture.of(gases, *at, amounts[None]), gases, full, mixed.atoms[None])
    assert judged.driving[0] > DRIVING
    assert full.names[judged.absent[0]] == "H2O(L)"
    # ln of 70 bar over the vapour pressure of 2.4 bar
    assert judged.driving[0] == pytest.approx(3.36, abs=0.1)


def test_a_phase_beyond_its_range_is_seen():
    mixed = feed("LH2", "LOX", 8.0)
    full = ProductList(mixed.system.elements).full
    goal = Goal(gibbs.TP, 250.0, PRESSURE, mixed.atoms)
    _, amounts = settle(full, goal, 250.0, guess(full))
    ice, water = full.names.index("H2O(cr)"), full.names.index("H2O(L)")
    assert amounts[ice] > 50.0  # [mol/kg]
    at = np.array([250.0]), np.array([PRESSURE])
    assert judge(Mixture.of(full, *at, amounts[None]), full, full, mixed.atoms[None]).holds[0]
    # Above its range too, where no other phase has a force.
    hot = np.array([650.0]), np.array([PRESSURE])
    judged = judge(Mixture.of(full, *hot, amounts[None]), full, full, mixed.atoms[None])
    assert judged.misplaced[0]
    amounts[[ice, water]] = amounts[[water, ice]]
    judged = judge(Mixture.of(full, *at, amounts[None]), full, full, mixed.atoms[None])
    assert judged.misplaced[0]
    assert not judged.holds[0]
