"""`yaan engine`: what it prints, what it refuses and by which code; engines are of paper."""

import json
from pathlib import Path

import pytest

from tests.unit import paper_engine as paper
from tests.unit.cli.conftest import Yaan
from yaan.base.errors import YaanError

POINT = (
    *("engine", "--fuel", "LH2", "--oxidiser", "LOX", "--pressure", "70 bar"),
    *("--mixture", "6", "--area-ratio", "40"),
)


@pytest.fixture(autouse=True)
def _of_paper(monkeypatch):
    monkeypatch.setattr("yaan.analysis.engine_point.rocket_many", paper.rocket_many)
    monkeypatch.setattr("yaan.engines.sweep.rocket_many", paper.rocket_many)
    monkeypatch.setattr("yaan.engines.propellant._installed", lambda: False)


def test_a_design_point_is_a_table(yaan_cli: Yaan):
    ended = yaan_cli(*POINT, "--thrust", "200 kN", "--ambient", "0.4 bar")
    assert ended.code == 0
    for text in (
        "LOX/LH2, 70 bar, mixture 6, area ratio 40",
        "shifting",
        "frozen",
        "Isp, sea level",
        "Isp, 0.4 bar",
        "Summerfield",
        "Heat flux at the throat (Bartz)",
        "measured over computed 0.6 to 1.2",
        "Certificate, shifting",
        "no absent phase would form",
        "fuel-rich staged combustion",
        "note: of paper",
    ):
        assert text in ended.out


def test_json_is_one_document(yaan_cli: Yaan):
    made = json.loads(yaan_cli(*POINT, "--json").out)
    flow = made["flows"]["shifting"]
    assert flow["isp_vacuum"] > flow["isp"]["sea level"]
    assert flow["certificate"]["worst_driving_force"] == -3.5
    assert {one["family"] for one in made["real"]} >= {"hydrolox, gas generator"}
    assert made["heat"] is None


def test_a_sweep_tells_its_best_and_what_is_refused(yaan_cli: Yaan):
    ended = yaan_cli(*POINT, "--mixture", "4, 5, 9.9", "--flow", "shifting")
    assert ended.code == 0
    assert "Largest vacuum Isp, shifting" in ended.out
    assert "at mixture ratio 5." in ended.out
    assert "note: 1 refused: paper does not burn so rich" in ended.out


def test_a_best_mixture_is_told_with_its_error(yaan_cli: Yaan):
    ended = yaan_cli(*POINT[:-4], "--area-ratio", "40", "--optimum", "isp")
    assert "at mixture 5.2" in ended.out
    assert "+/-" in ended.out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--mixture", "0"), '--mixture: "0": expected a number above 0'),
        (("--mixture", "nan"), "--mixture"),
        (("--pressure", "-3 bar"), '--pressure: "-3 bar": expected a pressure above 0'),
        (("--pressure", "3 m"), "m measures a length"),
        (("--area-ratio", "0.9"), '--area-ratio: "0.9": expected a number above 1'),
        (("--freeze", "60"), '--freeze: "60": expected throat, chamber'),
        (("--fuel-temperature", "20"), "--fuel-temperature"),
        (("--family", "steam"), "--family"),
    ],
)
def test_bad_input_names_the_option(yaan_cli: Yaan, more, told):
    ended = yaan_cli(*POINT, *more)
    assert ended.code == 2
    assert told in ended.err
    assert "Traceback" not in ended.err


def test_a_design_point_needs_its_options(yaan_cli: Yaan):
    ended = yaan_cli("engine", "--fuel", "LH2")
    assert ended.code == 2
    for option in ("--oxidiser", "--pressure", "--mixture", "--area-ratio"):
        assert f"{option}: required" in ended.err


def test_without_any_option_it_says_what_to_do(yaan_cli: Yaan):
    ended = yaan_cli("engine")
    assert ended.code == 2
    assert "--fuel: required" in ended.err


def test_a_folder_is_written_and_named(yaan_cli: Yaan, tmp_path: Path):
    ended = yaan_cli(*POINT, "--output", str(tmp_path), "-q")
    (folder,) = ended.out.split()
    assert {path.name for path in Path(folder).iterdir()} == {
        "engine.html",
        "engine.json",
        "manifest.json",
        "stations.csv",
    }


def test_a_sweep_that_is_stopped_says_what_it_keeps(yaan_cli: Yaan, tmp_path: Path, monkeypatch):
    asked = iter([False, True, True, True])
    monkeypatch.setattr("yaan.cli.engine.STOP.asked", lambda: next(asked))
    monkeypatch.setattr("yaan.cli.engine.STOP.hold", lambda: None)
    ended = yaan_cli(*POINT, "--mixture", "4..8:100", "--output", str(tmp_path))
    assert ended.code == 130
    assert "Stopped; 64 points are kept in" in ended.err
    (folder,) = tmp_path.iterdir()
    kept = json.loads((folder / "engine.json").read_text("utf-8"))
    assert (kept["whole"], len(kept["points"])) == (False, 64)


def test_an_engine_of_the_catalogue_has_sources_and_conflicts(yaan_cli: Yaan):
    ended = yaan_cli("engine", "ce-20")
    assert ended.code == 0
    for text in (
        "186.36 kN",
        "or",
        "[2]",
        "Published beside ideal",
        "within the band of its family",
        "held",
    ):
        assert text in ended.out
    made = json.loads(yaan_cli("engine", "ce-20", "--json").out)
    assert made["verdict"] == "held"
    assert made["family"]["name"] == "hydrolox, gas generator"
    assert any(not claim["adopted"] for claim in made["figures"]["thrust"]["claims"])


def test_an_unknown_engine_has_a_neighbour(yaan_cli: Yaan):
    ended = yaan_cli("engine", "ce-21")
    assert ended.code == 2
    assert "did you mean ce-20?" in ended.err


def test_a_motor_has_no_design_point(yaan_cli: Yaan):
    ended = yaan_cli("engine", "s200")
    assert ended.code == 2
    assert '"s200": expected an engine with a block design' in ended.err


def test_a_file_of_ones_own_is_told_like_an_engine(yaan_cli: Yaan, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    text = """schema: 1
kind: engine
name: mine
thrust: "800 kN"
isp: "290 s"
source: a study
design:
  {oxidiser: N2O4, fuel: UH25, cycle: gas generator, chamber_pressure: "5.85 MPa",
   mixture_ratio: 1.7, area_ratio: 30, flow: "FLOW"}
"""
    file.write_text(text.replace("FLOW", "281.3 kg/s"), encoding="utf-8")
    assert "[1] a study" in yaan_cli("engine", str(file)).out
    file.write_text(text.replace("FLOW", "200 kg/s"), encoding="utf-8")
    ended = yaan_cli("engine", str(file))
    assert ended.code == 2
    assert "one of the three is wrong" in ended.err


def test_a_name_and_a_design_point_are_two_questions(yaan_cli: Yaan):
    ended = yaan_cli("engine", "ce-20", "--mixture", "5")
    assert ended.code == 2
    assert "nothing of a design point beside ce-20" in ended.err


def test_the_list_and_the_audit(yaan_cli: Yaan):
    assert "vikas-htve" in yaan_cli("engine", "--list").out
    ended = yaan_cli("engine", "--audit")
    assert ended.code == 0
    assert "kerolox, oxidiser-rich staged combustion" in ended.out
    assert "0 failed" in ended.out


def test_the_balance_of_a_cycle_is_told(yaan_cli: Yaan):
    ended = yaan_cli("engine", "f-1", "--cycle")
    assert ended.code == 0
    assert "turbine, power" in ended.out
    assert "What does not add up" in ended.out
    json.loads(yaan_cli("engine", "f-1", "--cycle", "--json").out)


def test_without_the_extra_the_error_says_what_to_install(yaan_cli: Yaan, monkeypatch):
    def missing(designs):
        return [YaanError("chemical equilibrium needs NASA's cea") for _ in designs]

    monkeypatch.setattr("yaan.analysis.engine_point.rocket_many", missing)
    monkeypatch.setattr("yaan.engines.sweep.rocket_many", missing)
    for more in ((), ("--mixture", "4, 5"), ("--optimum", "isp", "--mixture", "4..5")):
        ended = yaan_cli(*POINT, *more)
        assert ended.code == 2
        assert ended.err.strip() == "chemical equilibrium needs NASA's cea"


def test_a_cycle_needs_the_name_of_an_engine(yaan_cli: Yaan):
    ended = yaan_cli(*POINT, "--cycle")
    assert ended.code == 2
    assert "--cycle: the name of an engine beside it" in ended.err
