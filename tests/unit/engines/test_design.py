"""Engines for users: what is asked, sweeps, the best mixture, and what is written; of paper."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import yaan
from tests.unit import paper_engine as paper
from yaan.base.errors import InputError, NoSolutionError, YaanError
from yaan.chemistry import Reactant
from yaan.engines import EngineDesign, EngineSweep, Stopped, engine

POINT: dict[str, Any] = {
    "fuel": "LH2",
    "oxidiser": "LOX",
    "pressure": "70 bar",
    "mixture": 6,
    "area_ratio": 40,
}


@pytest.fixture(autouse=True)
def _of_paper(monkeypatch):
    monkeypatch.setattr("yaan.analysis.engine_point.rocket_many", paper.rocket_many)
    monkeypatch.setattr("yaan.engines.sweep.rocket_many", paper.rocket_many)
    monkeypatch.setattr("yaan.engines.propellant._installed", lambda: False)


def asked(**changed: Any) -> Any:
    """The point with some options changed; None leaves one out."""
    options: dict[str, Any] = POINT | changed
    return engine(**{key: value for key, value in options.items() if value is not None})


def wrong(**changed: Any) -> dict[str, str]:
    """The mistakes of a question, by key."""
    with pytest.raises(InputError) as caught:
        asked(**changed)
    return {one.key: one.sentence() for one in caught.value.problems}


def test_a_point_is_the_ideal_gas_by_hand():
    made = yaan.engine(**POINT)
    assert isinstance(made, EngineDesign)
    hot = paper.HOTTEST - 40.0 * (6.0 - paper.BEST) ** 2
    g = paper.GAMMA
    cstar = math.sqrt(paper.GAS * hot / g) * (0.5 * (g + 1.0)) ** (0.5 * (g + 1.0) / (g - 1.0))
    assert made.shifting.cstar == pytest.approx(cstar, rel=1e-12)
    assert made.frozen.isp_vacuum == pytest.approx(
        math.sqrt(0.99) * made.shifting.isp_vacuum, rel=1e-12
    )
    assert made.title == "LOX/LH2, 70 bar, mixture 6, area ratio 40"


def test_a_band_beyond_the_engines_that_made_it_says_so():
    """Mixtures of hydrogen engines are 4.86 to 6.1, pressures 32.75 to 218.7 bar."""
    assert not any("extrapolated" in note for note in asked().notes)
    (told,) = [note for note in asked(mixture=8, pressure="10 bar").notes if "extrap" in note]
    assert "mixtures of 4.86 to 6.1, not 8" in told
    assert "pressures of 32.75 to 218.7 bar, not 10" in told
    assert "area ratio" not in told


def test_floats_are_si():
    one = asked(pressure=70e5)
    assert one.point.main.design == asked().point.main.design


def test_a_thrust_makes_a_throat_that_gives_it():
    made = asked(thrust="200 kN", height="12 km", ambient="0.4 bar")
    assert made.point.thrust(0.0) == pytest.approx(200e3, rel=1e-12)
    assert made.point.throat is not None
    words = [where.words for where in made.point.outside]
    assert words == ["sea level", "0.4 bar", "12 km"]
    # Table I of the standard, at a geometric height of 12,000 m.
    assert made.point.outside[-1].pressure == pytest.approx(19_399.0, abs=1.0)
    assert made.point.heat is not None
    assert made.point.heat.low < made.point.heat.flux < made.point.heat.high
    assert asked().point.heat is None


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("mixture", 0, "a number above 0"),
        ("mixture", "-2", "a number above 0"),
        ("mixture", float("nan"), "a number above 0"),
        ("mixture", "six", "a number above 0"),
        ("pressure", "0 bar", "a pressure above 0"),
        ("pressure", "-1 bar", "a pressure above 0"),
        ("pressure", "70 kg", "kg measures a mass"),
        ("pressure", "70", "write it with a unit"),
        ("pressure", "1..2 bar", "FIRST:LAST:STEP"),
        ("pressure", "2:1:0.5 bar", "two values or more"),
        ("area_ratio", 0.5, "a number above 1"),
        ("area_ratio", "1", "a number above 1"),
        ("contraction", "0.9", "a number above 1"),
        ("freeze", "50", "an area ratio from 1 to 40"),
        ("freeze", "troat", "did you mean throat?"),
        ("flow", "shift", "did you mean shifting?"),
        ("optimum", "density", "did you mean density-isp?"),
        ("throat", "0 m", "a length above 0"),
        ("wall", "800", "write it with a unit"),
        ("fuel", "C12H24 h=abc", "a formula with its enthalpy"),
        ("fuel", "C12H24 T=298K", "h is missing"),
        ("fuel", "c12 h=3kJ/mol", "a formula of elements"),
        ("fuel", "60 % UDMH + 30 % N2H4", "they add up to 90 %"),
        ("oxidiser", None, "required: a propellant"),
    ],
)
def test_bad_input_is_told_with_its_key(key, value, told):
    assert told in wrong(**{key: value})[key]


def test_all_mistakes_are_told_at_once():
    assert set(wrong(pressure="70 kg", mixture=0, area_ratio=0.1)) == {
        "pressure",
        "mixture",
        "area_ratio",
    }
    assert "not both" in wrong(throat="20 cm", thrust="1 MN")["thrust"]
    assert "100,000 points at most" in wrong(pressure="1..2bar:400", mixture="4..5:300")["pressure"]
    many = {"pressure": [50e5, 60e5], "mixture": [4, 5], "area_ratio": [20, 30]}
    assert "at most two" in wrong(**many)["area_ratio"]


def test_a_propellant_of_ones_own_is_not_warmed_without_its_heat():
    """Its enthalpy would be told at 350 K, and be that of 298 K."""
    own = Reactant("pinene", {"C": 10, "H": 16}, -16_400.0, 298.15)
    assert "298.15 K, at which" in wrong(fuel=own, fuel_temperature="350 K")["fuel"]
    assert asked(fuel=own, fuel_temperature="298.15 K").asked.fuel.chemistry.temperature == 298.15


def test_what_would_be_ignored_is_refused():
    assert "the bounds of the search" in wrong(mixture=6, optimum="isp")["mixture"]
    told = wrong(mixture="4..8:9", throat="20 cm", height="12 km")
    assert set(told) == {"throat", "height"}
    assert "a single point" in told["throat"]


def test_a_formula_and_a_mixture_reach_the_chemistry():
    made = asked(fuel="C12H24 h=-25.6kJ/mol T=298K rho=0.81g/cm3")
    fuel = made.asked.fuel
    assert fuel.chemistry.formula == {"C": 12.0, "H": 24.0}
    assert (fuel.chemistry.enthalpy, fuel.chemistry.temperature) == (-25_600.0, 298.0)
    assert fuel.density == pytest.approx(810.0)
    mixed = asked(fuel="75 % UDMH + 25 % N2H4").asked.fuel.chemistry
    assert [(one.name, share) for one, share in mixed] == [("UDMH", 0.75), ("N2H4", 0.25)]
    warm = asked(oxidiser_temperature="95 K").asked.oxidiser.chemistry
    assert (warm.name, warm.temperature) == ("LOX", 95.0)


def test_numbers_without_a_unit_stay_numbers():
    assert list(asked(mixture="5, 6, 0.65e1").asked.axes["mixture"]) == [
        5.0,
        6.0,
        6.5,
    ]


@pytest.mark.parametrize("text", ["4..8:5", "4:8:1", "4, 5, 6, 7, 8"])
def test_a_sweep_has_every_point_of_both_flows(text):
    made = asked(mixture=text)
    assert isinstance(made, EngineSweep)
    data = made.data()
    assert data["mixture"].values.tolist() == [4.0, 5.0, 6.0, 7.0, 8.0]
    assert data["isp_vacuum"].dims == ("mixture", "flow")
    alone = asked(mixture=7).shifting.isp_vacuum
    assert float(data["isp_vacuum"].sel(mixture=7, flow="shifting")) == alone


def test_two_axes_cross_and_share_their_unit():
    made = asked(mixture=[5, 6], pressure="50, 100, 200 bar", flow="frozen")
    data = made.data()
    assert data["pressure"].values.tolist() == [50e5, 100e5, 200e5]
    assert data["cstar"].shape == (3, 2, 1)
    assert np.isfinite(data["cstar"].values).all()


def test_a_nozzle_too_wide_for_the_ground_has_no_isp_there():
    data = asked(pressure="1 bar, 200 bar").data()["isp_sea_level"]
    assert np.isnan(data.sel(pressure=1e5).values).all()
    assert (data.sel(pressure=200e5).values > 0.0).all()


def test_what_has_no_answer_is_told_and_leaves_a_gap():
    made = asked(mixture=[6, 9.8])
    assert made.swept.rows[-1].text == "paper does not burn so rich"
    assert np.isnan(made.data()["isp_vacuum"].sel(mixture=9.8).values).all()
    with pytest.raises(YaanError, match="so rich"):
        asked(mixture=9.8)


def test_a_sweep_of_refusals_is_an_error():
    with pytest.raises(YaanError, match=r"^paper does not burn so rich$"):
        asked(mixture=[9.6, 9.8])
    with pytest.raises(YaanError, match=r"^paper does not burn so rich$"):
        asked(mixture="9.6..20", optimum="isp")


def test_the_best_mixture_is_found_as_well_as_it_says():
    made = asked(mixture=None, optimum="isp")
    best = made.best
    assert best is not None
    assert best.inside
    assert abs(best.mixture - paper.BEST) <= best.within < 0.01
    assert made.point.main.design.mixture == best.mixture
    assert best.refused > 0  # of the widest bounds


def test_the_edge_of_the_bounds_is_told():
    best = asked(mixture="6..8", optimum="isp").best
    assert best is not None
    assert not best.inside
    assert best.mixture == 6.0
    assert "edge" in best.text


def test_density_pulls_the_best_mixture_to_the_heavier_side():
    dense = {
        "fuel": "C1H2 h=-25.6kJ/mol rho=100kg/m3",
        "oxidiser": "O2 h=-13kJ/mol T=90K rho=1141kg/m3",
        "mixture": "3..9",
    }
    best = asked(**dense, optimum="density-isp").best
    assert best is not None
    assert best.mixture > paper.BEST + 1.0

    def value(x: float) -> float:
        hot = paper.HOTTEST - 40.0 * (x - paper.BEST) ** 2
        return (1.0 + x) / (x / 1141.0 + 0.01) * math.sqrt(hot)

    fine = np.linspace(3.0, 9.0, 60_001)
    truth = float(fine[np.argmax([value(x) for x in fine])])
    assert abs(best.mixture - truth) <= best.within + 1e-4
    unknown = {"fuel": "C1H2 h=-25.6kJ/mol", "mixture": "3..9", "optimum": "density-isp"}
    with pytest.raises(NoSolutionError, match="bulk density"):
        asked(**unknown)


def test_a_folder_holds_all_of_it(tmp_path: Path):
    made = asked(throat="26 cm")
    folder = made.save(tmp_path)
    kept = json.loads((folder / "engine.json").read_text("utf-8"))
    assert kept["flows"]["shifting"]["isp_vacuum"] == made.shifting.isp_vacuum
    assert kept["separation"]["verdict"] in ("held", "failed", "open")
    assert kept["heat"]["flux"] > 0.0
    assert kept["flows"]["shifting"]["stations"][0]["area_ratio"] is None
    page = (folder / "engine.html").read_text("utf-8")
    for text in ("Bartz", "Summerfield", "Driving force", "of paper"):
        assert text in page
    text = (folder / "stations.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert {row["flow"] for row in rows} == {"shifting", "frozen"}
    assert (folder / "manifest.json").is_file()


def test_a_sweep_that_is_stopped_keeps_what_is_done(tmp_path: Path):
    def stop(done: int, of: int) -> None:
        if done >= 32:
            raise KeyboardInterrupt

    with pytest.raises(Stopped) as caught:
        asked(mixture="4..8:40", told=stop)
    made = EngineSweep(caught.value.swept)
    folder = made.save(tmp_path)
    kept = json.loads((folder / "engine.json").read_text("utf-8"))
    assert not kept["whole"]
    assert len(kept["points"]) == 32
    assert made.data()["cstar"].shape == (40, 2)
    assert "stopped before its end" in (folder / "engine.html").read_text("utf-8")
