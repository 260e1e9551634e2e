"""Species data: what the file says, and what the polynomials give."""

import importlib.util

import numpy as np
import pytest

from tests.cea_there import needs_cea
from yaan.base.errors import YaanError
from yaan.chemistry import species
from yaan.chemistry.species import GAS_CONSTANT, SpeciesTable, library, possible


@pytest.fixture
def no_cea(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    library.cache_clear()
    yield
    library.cache_clear()


def test_without_cea_one_sentence_names_the_extra(no_cea):
    with pytest.raises(YaanError, match=r"pip install 'yaan\[engines\]'.*arm64"):
        library()


def test_a_file_of_another_form_is_refused(tmp_path, monkeypatch):
    file = tmp_path / "thermo.lib"
    file.write_bytes(
        b"\x36\x00\x00\x00" + bytes(54) + b"\x36\x00\x00\x00" + b"\x07\x00\x00\x00" * 9
    )
    monkeypatch.setattr(species, "installed", lambda: file)
    library.cache_clear()
    with pytest.raises(YaanError, match="cannot be read as species data"):
        library()
    library.cache_clear()


@needs_cea
def test_elements_at_rest_have_no_enthalpy():
    table = SpeciesTable.of(("N2", "O2", "H2", "H2O"), ("H", "N", "O"))
    _, h, _ = table.dimensionless(np.array([298.15]))
    enthalpy = h[0] * GAS_CONSTANT * 298.15
    assert enthalpy[:3] == pytest.approx(0.0, abs=0.1)
    assert enthalpy[3] == pytest.approx(-241_826.0, abs=1.0)  # [J/mol], CODATA


@needs_cea
def test_heat_capacity_of_nitrogen_is_that_of_a_stiff_rotor():
    table = SpeciesTable.of(("N2",), ("N",))
    cp, _, s = table.dimensionless(np.array([298.15]))
    assert cp[0, 0] == pytest.approx(3.5, abs=0.01)
    assert s[0, 0] * GAS_CONSTANT == pytest.approx(191.61, abs=0.02)  # [J/(mol K)], CODATA


@needs_cea
def test_intervals_meet():
    table = SpeciesTable.of(possible(("C", "H", "N", "O")), ("C", "H", "N", "O"))
    gases = ~table.condensed
    below, above = table.dimensionless(np.array([1000.0, 1000.0 + 1e-6]))[1][:, gases]
    assert np.max(np.abs(below - above) / np.abs(above)) < 1e-3


@needs_cea
def test_a_row_does_not_depend_on_its_neighbours():
    table = SpeciesTable.of(("H2O", "C(gr)", "H2O(L)", "H2O(cr)"), ("C", "H", "O"))
    t = np.array([250.0, 900.0, 1500.0, 3500.0, 7000.0])
    together = table.dimensionless(t)
    for i, one in enumerate(t):
        for found, alone in zip(together, table.dimensionless(np.array([one])), strict=True):
            np.testing.assert_allclose(found[i], alone[0], rtol=1e-14)


@needs_cea
@pytest.mark.parametrize(
    ("cold", "hot", "melting", "slack"),
    [("AL2O3(a)", "AL2O3(L)", 2327.0, 2e-4), ("H2O(cr)", "H2O(L)", 273.15, 2e-3)],
)
def test_phases_are_in_equilibrium_where_they_melt(cold, hot, melting, slack):
    elements = ("AL", "O") if "AL" in cold else ("H", "O")
    table = SpeciesTable.of((cold, hot), elements)
    _, h, s = table.dimensionless(np.array([melting]))
    assert (h - s)[0, 0] == pytest.approx((h - s)[0, 1], abs=slack)
    assert h[0, 1] > h[0, 0]


@needs_cea
def test_the_coldest_phase_holds_on_down_and_no_other():
    table = SpeciesTable.of(("H2O(cr)", "H2O(L)", "AL2O3(a)"), ("AL", "H", "O"))
    assert table.within(np.array([170.0])).tolist() == [[True, False, True]]
    assert table.within(np.array([650.0])).tolist() == [[False, False, True]]


@needs_cea
def test_gases_come_before_what_is_condensed_and_reactants_do_not_form():
    names = possible(("C", "H", "O"))
    phases = [library()[name].condensed for name in names]
    assert phases == sorted(phases)
    assert {"H2O", "C(gr)", "H2O(L)"} < set(names)
    assert not {"O2(L)", "RP-1", "C6H6(L)", "H2O2(L)"} & set(names)
    assert "H2O+" not in names
    assert "H2O+" in possible(("C", "H", "O"), ions=True)


@needs_cea
def test_a_name_that_is_nearly_right_is_told():
    with pytest.raises(YaanError, match=r"H20: no species.*did you mean H2"):
        species.species("H20")
