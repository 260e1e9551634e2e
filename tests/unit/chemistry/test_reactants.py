"""Reactants: names, recipes, formulas, and their enthalpies at other temperatures."""

import pytest

from tests.cea_there import needs_cea
from yaan.base.errors import YaanError
from yaan.chemistry import Reactant, names
from yaan.chemistry.feed import feed
from yaan.chemistry.liquids import LIQUIDS
from yaan.chemistry.reactants import mixture
from yaan.chemistry.species import library

pytestmark = needs_cea


def test_every_name_is_known():
    for name in names():
        shares = [share for _, share in mixture(name)]
        assert sum(shares) == pytest.approx(1.0)


def test_names_of_propellants_come_before_gases():
    ((liquid, _),), ((gas, _),) = mixture("N2H4"), mixture("N2H4(g)")
    assert liquid.enthalpy * liquid.molar_mass == pytest.approx(50_380.0, rel=0.01)  # [J/mol]
    assert gas.enthalpy > liquid.enthalpy


def test_uh25_is_three_quarters_of_udmh():
    parts = {one.name: share for one, share in mixture("UH25")}
    assert parts == {"UDMH": 0.75, "N2H4": 0.16, "H2O": 0.09}


def test_mon_3_has_three_parts_of_oxide():
    parts = {one.name: share for one, share in mixture("MON-3")}
    assert parts == {"N2O4": pytest.approx(0.97), "NO dissolved": pytest.approx(0.03)}
    # NO in solution has given off more than half of the heat between the gases.
    ((_, _), (oxide, _)) = mixture("MON-3")
    assert 50e3 < oxide.enthalpy * oxide.molar_mass < 91.3e3  # [J/mol]


def test_shares_of_mass_are_scaled_to_one():
    parts = mixture(((Reactant("AP"), 68.0), (Reactant("Al"), 18.0), (Reactant("RP-1"), 14.0)))
    assert [share for _, share in parts] == pytest.approx([0.68, 0.18, 0.14])


def test_a_reactant_of_ones_own():
    own = Reactant("HTPB", {"C": 7.332, "H": 10.962, "O": 0.058}, -1046.0)
    ((one, _),) = mixture(own)
    assert one.molar_mass == pytest.approx(0.10004, rel=1e-3)  # [kg/mol]
    assert one.enthalpy * one.molar_mass == pytest.approx(-1046.0)


@pytest.mark.parametrize(
    ("side", "said"),
    [
        ("LH3", r"LH3: no propellant or species of this name is known"),
        ("kerosine", r"did you mean kerosene\?"),
        (Reactant("X", {"Qq": 1.0}, 0.0), r"X: QQ: no element"),
        (Reactant("X", {"C": -1.0}, 0.0), r"X: a formula of atoms with counts above zero"),
        (Reactant("X", {"C": 1.0}), r"X: a formula needs an enthalpy"),
        (Reactant("X", {"C": 1.0}, 0.0, -5.0), r"X: a temperature above 0 K"),
        (Reactant("LOX", enthalpy=1.0), r"LOX: an enthalpy without a formula"),
        (Reactant("LOX", temperature=300.0), r"LOX at 300 K: as a liquid .* 54.4 to 120 K"),
        (Reactant("H2O", temperature=700.0), r"H2O at 700 K: its data hold from 273.15 to 600 K"),
        (Reactant("IRFNA", temperature=320.0), r"IRFNA: .*298.15 K only and no heat capacity"),
        ("MON-80", r"MON-80: mixed oxides of nitrogen hold 1 to 30 %"),
        ("HTP20", r"HTP20: a strength of 50 to 100 %"),
        ((), r"a mixture needs reactants"),
        (((Reactant("LOX"), -1.0), (Reactant("LH2"), 2.0)), r"a mixture needs reactants"),
    ],
)
def test_what_cannot_be_burnt_is_told(side, said):
    with pytest.raises(YaanError, match=said):
        mixture(side)


def test_colder_oxygen_has_less_enthalpy():
    ((boiling, _),) = mixture("LOX")
    ((cold, _),) = mixture(Reactant("LOX", temperature=66.0))
    assert (boiling.enthalpy - cold.enthalpy) / (90.17 - 66.0) == pytest.approx(1684.0, rel=5e-3)


_FLUIDS = {
    "O2(L)": "Oxygen",
    "H2(L)": "ParaHydrogen",
    "CH4(L)": "Methane",
    "N2(L)": "Nitrogen",
    "NH3(L)": "Ammonia",
    "C3H8(L)": "Propane",
}


@pytest.mark.parametrize("name", _FLUIDS)
def test_liquids_are_those_of_the_equations_of_state(name):
    properties = pytest.importorskip("CoolProp.CoolProp").PropsSI
    liquid = LIQUIDS[name]
    start = library()[name].ranges[0][0]
    for end in (liquid.lowest + 0.1, liquid.highest - 0.1):
        change = liquid.enthalpy_between(name, start, end)
        enthalpy = [properties("H", "T", t, "Q", 0, _FLUIDS[name]) for t in (start, end)]
        assert change == pytest.approx(enthalpy[1] - enthalpy[0], rel=5e-3)


def test_every_liquid_is_a_reactant_that_is_known_at_one_temperature():
    for name, liquid in LIQUIDS.items():
        reference = library()[name].ranges[0][0]
        assert library()[name].enthalpy is not None
        assert liquid.lowest <= reference <= liquid.highest
        assert liquid.source


@pytest.mark.parametrize(
    ("ratio", "oxidiser", "said"),
    [
        (None, "LOX", "mixture None"),
        (0.0, "LOX", "mixture 0.0"),
        (-1.0, "LOX", "mixture -1.0"),
        (float("nan"), "LOX", "mixture nan"),
        (6.0, None, "without an oxidiser"),
    ],
)
def test_an_impossible_mixture_is_told(ratio, oxidiser, said):
    with pytest.raises(YaanError, match=said):
        feed("LH2", oxidiser, ratio)


def test_atoms_of_a_mixture():
    mixed = feed("LH2", "LOX", 8.0)
    per_kilogram = dict(zip(mixed.system.elements, mixed.atoms.tolist(), strict=True))
    assert per_kilogram["H"] == pytest.approx(1.0 / 9.0 / 1.00794e-3, rel=1e-6)
    assert per_kilogram["O"] == pytest.approx(8.0 / 9.0 / 15.9994e-3, rel=1e-6)
