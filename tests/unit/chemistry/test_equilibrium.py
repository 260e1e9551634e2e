"""Equilibria of states, with and without what is condensed; answers that are wrong on purpose."""

from typing import Any

import numpy as np
import pytest

from tests.cea_there import needs_cea
from yaan.base.errors import YaanError
from yaan.chemistry import State, equilibrate, equilibrium, process, shifting
from yaan.chemistry.equilibrium import Equilibrium
from yaan.chemistry.feed import feed
from yaan.chemistry.products import ProductList, products
from yaan.chemistry.stations import Point, Raw, Stations, certify

pytestmark = needs_cea


def hydrolox(**changes: Any) -> State:
    asked: dict[str, Any] = {"fuel": "LH2", "oxidiser": "LOX", "mixture": 6.0, "pressure": 7e6}
    return State(**asked | changes)


def test_enthalpy_entropy_and_temperature_lead_to_one_state():
    by_enthalpy = equilibrium(hydrolox())
    by_entropy = equilibrium(hydrolox(entropy=by_enthalpy.entropy))
    by_temperature = equilibrium(hydrolox(temperature=by_enthalpy.temperature))
    for other in (by_entropy, by_temperature):
        assert other.temperature == pytest.approx(
            by_enthalpy.temperature, rel=3e-8
        )  # a trimmed list leaves 1e-8 of a gas
        assert other.enthalpy == pytest.approx(by_enthalpy.enthalpy, rel=1e-7)
        assert other.mole_fractions["OH"] == pytest.approx(by_enthalpy.mole_fractions["OH"])


def test_heat_capacity_and_exponent_are_derivatives():
    state = equilibrium(hydrolox())
    step = 0.5  # [K]
    low, high = (equilibrium(hydrolox(temperature=state.temperature + d)) for d in (-step, step))
    slope = (high.enthalpy - low.enthalpy) / (2.0 * step)
    assert state.heat_capacity == pytest.approx(slope, rel=1e-5)
    thin, thick = (
        equilibrium(hydrolox(entropy=state.entropy, pressure=7e6 * f)) for f in (0.999, 1.001)
    )
    exponent = np.log(thick.pressure / thin.pressure) / np.log(thick.density / thin.density)
    assert state.gamma == pytest.approx(exponent, rel=1e-5)


def test_water_condenses_and_freezes():
    states = equilibrate([hydrolox(mixture=8.0, temperature=t) for t in (700.0, 400.0, 250.0)])
    gas, liquid, ice = (s.mole_fractions for s in states if isinstance(s, Equilibrium))
    assert gas["H2O"] > 0.99
    assert liquid["H2O(L)"] > 0.9
    assert ice["H2O(cr)"] > 0.9
    assert "H2O(L)" not in ice


def test_fuel_rich_kerosene_makes_graphite():
    state = equilibrium(State(fuel="RP-1", oxidiser="LOX", mixture=0.416, pressure=67e5))
    assert state.temperature == pytest.approx(1242.0, abs=1.0)  # cea, run for the facts
    assert state.mole_fractions["C(gr)"] == pytest.approx(0.36, abs=0.01)
    (note,) = state.certificate.notes
    assert "36 % of the moles are graphite" in note


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pressure": 0.0}, "pressure 0.0 Pa: above zero"),
        ({"pressure": float("nan")}, "pressure nan Pa"),
        ({"temperature": 50.0}, "temperature 50.0 K: 160 to 20000 K"),
        ({"temperature": 500.0, "entropy": 1e4}, "one was expected"),
        ({"enthalpy": float("inf")}, "a finite enthalpy"),
    ],
)
def test_an_impossible_state_is_told(changes, said):
    with pytest.raises(YaanError, match=said):
        equilibrium(hydrolox(**changes))


def asked() -> Point:
    return Point(feed("UDMH", "N2O4", 2.1), 58e5, supersonic=(40.0,))


def expand(point):
    (found,) = shifting.expand([point])
    assert isinstance(found, Stations), found
    return found


def test_the_common_case_needs_no_search():
    assert expand(asked()).certificate.notes == ()


def _planted(monkeypatch, change):
    """The library's answers, changed before the guard sees them."""
    real = process.solve

    def solve(*args, **kwargs):
        for part in real(*args, **kwargs):
            for answer in part:
                if isinstance(answer, dict):
                    change(answer)
            yield part

    monkeypatch.setattr(process, "solve", solve)


def scrambled(answer):
    answer["T"][:] = 884.0
    answer["nj"][:] = answer["nj"][:, ::-1]


def without_a_gas(answer):
    answer["nj"][:, np.argsort(answer["nj"][0])[-6]] = 0.0


def hotter(answer):
    answer["T"] *= 1.2


def another_place(answer):
    answer["P"][-1] *= 1.5


def no_number(answer):
    answer["T"][1] = np.nan


@pytest.mark.parametrize("change", [scrambled, without_a_gas, hotter, another_place, no_number])
def test_wrong_answers_of_the_library_are_corrected(monkeypatch, change):
    right = expand(asked())
    _planted(monkeypatch, change)
    found = expand(asked())
    np.testing.assert_allclose(found.mixture.temperature, right.mixture.temperature, rtol=1e-6)
    np.testing.assert_allclose(found.velocity, right.velocity, rtol=1e-6, atol=1e-3)


def test_the_right_state_at_another_place_is_refused():
    point, farther = asked(), Point(asked().feed, 58e5, supersonic=(60.0,))
    found = expand(farther)
    raw = Raw(found.mixture.temperature, found.mixture.pressure, found.mixture.amounts)
    listed = products(point.feed.system)
    (right,) = certify([farther], [raw], found.table, listed.full)
    assert isinstance(right, Stations)
    (wrong,) = certify([point], [raw], found.table, listed.full)
    assert not isinstance(wrong, Stations)
    assert str(wrong.error).endswith("certified: an area or the momentum is out by 5.0e-01")


def test_products_in_a_wrong_order_are_refused_by_the_guard():
    point = asked()
    listed = products(point.feed.system)
    names = listed.full.names
    # cea 3.3.4 with a gas behind what is condensed: converged, and 884 K instead of 3280 K.
    system: dict[str, Any] = {
        "formulas": point.feed.system.formulas,
        "products": ("C(gr)", "H2O(L)", *(n for n in names if "(gr)" not in n and "(L)" not in n)),
        "ions": False,
        "transport": False,
        "insert": (),
    }
    ((answer,),) = process.solve("rocket", system, [shifting.problem(point)])
    if isinstance(answer, YaanError):
        return  # the worker refuses an order that the library changed
    order = [system["products"].index(name) for name in names]
    answer["nj"] = answer["nj"][:, order]
    raw = shifting._raw(point, answer)
    assert isinstance(raw, Raw)
    (judged,) = certify([point], [raw], listed.full, listed.full)
    assert not isinstance(judged, Stations) or judged.mixture.temperature[0] > 3200.0


def test_the_trimmed_list_gives_what_the_full_list_gives(monkeypatch):
    trimmed = expand(asked())
    whole = ProductList(asked().feed.system.elements)
    whole.keep(whole.full.names)
    monkeypatch.setattr(shifting, "products", lambda system: whole)
    full = expand(asked())
    assert len(trimmed.table.names) < 0.3 * len(full.table.names)
    np.testing.assert_allclose(trimmed.mixture.temperature, full.mixture.temperature, rtol=1e-6)
    np.testing.assert_allclose(trimmed.velocity, full.velocity, rtol=1e-6)


def test_species_that_begin_to_matter_are_added():
    listed = ProductList(("C", "H", "N", "O"))
    listed.keep(("CO2", "H2O", "N2", "O2", "CO", "H2"))
    before = len(listed.kept.names)
    assert listed.keep(("OH",))
    assert not listed.keep(("OH",))
    assert len(listed.kept.names) == before + 1


def test_water_that_condenses_in_an_oxidiser_rich_exit():
    point = Point(feed("RP-1", "LOX", 60.0), 550e5, supersonic=(5.0,))
    found = expand(point)
    exit_ = found.mixture.temperature[-1]
    # Ice and water at the melting point, where cea says 280 K and converged.
    assert exit_ == pytest.approx(273.15, abs=0.1)
    names = {n for n, x in zip(found.table.names, found.mixture.amounts[-1], strict=True) if x > 0}
    assert {"H2O(cr)", "H2O(L)"} <= names
    assert "search of Yaan's own" in found.certificate.notes[0]
    assert np.ptp(found.mixture.entropy) < 1e-6  # [J/(kg K)]


def test_what_is_colder_than_all_data_is_refused():
    (found,) = shifting.expand([Point(feed("LH2", "LOX", 0.5), 7e6, supersonic=(40.0,))])
    assert isinstance(found, YaanError)
    assert "no data hold below 160 K" in str(found)
