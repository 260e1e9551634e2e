"""The verbs on mission files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.unit.cli.conftest import Desk, Yaan
from yaan.cli.files import KINDS
from yaan.cli.shelves import library_titles


def test_check_says_ok(yaan_cli: Yaan):
    ended = yaan_cli("check", "gaganyaan")
    assert ended.code == 0
    assert "ok" in ended.out
    assert json.loads(yaan_cli("check", "gaganyaan", "--json").out)["ok"] is True


def test_check_tells_the_mistake(yaan_cli: Yaan):
    ended = yaan_cli("check", "gaganyaan", "--set", "target.perigee=170")
    assert ended.code == 2
    assert "target.perigee" in ended.err
    assert "Traceback" not in ended.err


def test_check_loads_no_array_library():
    script = (
        "import sys; from yaan.mission import check, load_tree; check(load_tree('gaganyaan'));"
        "print([m for m in ('jax', 'numpy', 'xarray') if m in sys.modules])"
    )
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_list_names_every_shelf(yaan_cli: Yaan):
    ended = yaan_cli("list")
    assert ended.code == 0
    for text in ("missions:", "gaganyaan", "vehicles:", "lvm3", "engines:", "sites:"):
        assert text in ended.out
    assert set(json.loads(yaan_cli("list", "--json").out)) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_titles_are_those_of_the_files(kind: str):
    import yaan.cli

    shelf = Path(yaan.cli.__file__).parents[1] / "library" / kind
    for name, title in library_titles(kind):
        tree = YAML(typ="safe", pure=True).load((shelf / f"{name}.yaml").read_text("utf-8"))
        assert (tree["name"], tree["title"]) == (name, title)


def test_new_writes_a_commented_file_once(desk: Desk, yaan_cli: Yaan):
    ended = yaan_cli("new", "mine.yaml", "--from", "gaganyaan")
    assert ended.code == 0
    text = Path("mine.yaml").read_text(encoding="utf-8")
    assert "name: mine\n" in text
    assert text.count("#") >= 8
    assert yaan_cli("check", "mine.yaml").code == 0
    again = yaan_cli("new", "mine.yaml")
    assert again.code == 2
    assert "mine.yaml" in again.err


def test_new_writes_an_entry(desk: Desk, yaan_cli: Yaan):
    assert yaan_cli("new", "back.yaml", "--from", "apollo10-entry").code == 0
    text = Path("back.yaml").read_text(encoding="utf-8")
    assert "name: back\n" in text
    assert "# Where the entry starts, and how it moves.\ninterface:\n" in text
    assert "entry.bank: solve" in text
    assert "Phases follow each other" not in text
    assert yaan_cli("check", "back.yaml").code == 0


def test_the_verbs_know_both_kinds(yaan_cli: Yaan):
    assert "apollo10-entry" in yaan_cli("list").out
    assert json.loads(yaan_cli("check", "apollo10-entry", "--json").out)["ok"] is True
    document = json.loads(yaan_cli("sources", "apollo10-entry", "--json").out)
    assert {"interface", "capsule", "capsule.aerodynamics"} <= {
        row["key"] for row in document["sources"]
    }
    wrong = yaan_cli("check", "apollo10-entry", "--set", "interface.speed=11 km")
    assert wrong.code == 2
    assert "interface.speed" in wrong.err


def test_new_from_nothing_known(desk: Desk, yaan_cli: Yaan):
    ended = yaan_cli("new", "mine.yaml", "--from", "saturn-v")
    assert ended.code == 2
    assert "yaan list" in ended.err


def test_sources_and_assumptions(yaan_cli: Yaan):
    ended = yaan_cli("sources", "gaganyaan")
    assert ended.code == 0
    for text in ("Sources", "Assumed values", "vehicle.payload.mass"):
        assert text in ended.out
    document = json.loads(yaan_cli("sources", "gaganyaan", "--json").out)
    assert set(document) == {"sources", "assumptions"}
    assert all(row["why"] for row in document["assumptions"])


def test_schema_is_json(yaan_cli: Yaan):
    definitions = json.loads(yaan_cli("schema").out)["$defs"]
    assert "vehicle" in definitions["MissionSpec"]["properties"]
    assert "interface" in definitions["EntrySpec"]["properties"]


def test_the_published_schema_of_a_summary_is_that_of_its_types(yaan_cli: Yaan):
    page = Path(__file__).parents[3] / "docs" / "reference" / "summary.schema.json"
    assert yaan_cli("schema", "--summary").out == page.read_text(encoding="utf-8")


def test_an_unknown_option_is_bad_input(yaan_cli: Yaan):
    assert yaan_cli("check", "paper", "--colour").code == 2
    assert yaan_cli("flie").code == 2


def test_list_tells_what_kind_of_file_a_mission_is(yaan_cli: Yaan):
    lines = {line.split()[0]: line.split()[1] for line in _missions(yaan_cli("list").out)}
    assert lines["gaganyaan"] == "mission"
    assert lines["apollo10-entry"] == "entry"
    assert lines["tumbling-brick"] == "body"


def _missions(text: str) -> list[str]:
    return text.split("missions:\n")[1].split("vehicles:", maxsplit=1)[0].splitlines()


def test_a_body_of_the_library_starts_a_file_of_ones_own(yaan_cli: Yaan, tmp_path: Path):
    made = tmp_path / "stone.yaml"
    assert yaan_cli("new", str(made), "--from", "tumbling-brick").code == 0
    text = made.read_text(encoding="utf-8")
    assert "name: stone" in text
    assert "# What flies: by configuration" in text
    assert yaan_cli("check", str(made)).code == 0
    heavy = ("--set", 'body.configurations.whole.mass="3 kg"')
    assert yaan_cli("check", str(made), *heavy).code == 0
    wrong = yaan_cli("check", str(made), "--set", "body.configurations.whole.mass=3")
    assert wrong.code == 2
    assert "body.configurations.whole.mass" in wrong.err


def test_check_takes_the_file_of_an_engine(yaan_cli: Yaan, tmp_path: Path):
    from yaan.mission import library_text

    path = tmp_path / "own.yaml"
    path.write_text(library_text("engine", "rl10a-3-3a"), encoding="utf-8")
    ended = yaan_cli("check", str(path))
    assert ended.code == 0
    assert f"{path}: ok. RL10A-3-3A; 0 assumed values." in ended.out
    assert "note: sources differ on area_ratio." in ended.out
    assert json.loads(yaan_cli("check", str(path), "--json").out)["engine"] == "rl10a-3-3a"
    path.write_text(path.read_text("utf-8").replace("16.71 kg/s", "20 kg/s"), encoding="utf-8")
    ended = yaan_cli("check", str(path))
    assert ended.code == 2
    assert f"{path}:" in ended.err
    assert "one of the three is wrong" in " ".join(ended.err.split())


def test_check_takes_the_file_of_a_propellant(yaan_cli: Yaan, tmp_path: Path):
    from yaan.mission.file.library import library_text

    path, text = tmp_path / "mine.yaml", library_text("propellant", "uh25")
    path.write_text(text, encoding="utf-8")
    assert "mine.yaml: ok. UH25, " in yaan_cli("check", str(path)).out
    assert json.loads(yaan_cli("check", str(path), "--json").out)["propellant"] == "uh25"
    path.write_text(text.replace("share: 0.75", "share: 0.85"), encoding="utf-8")
    ended = yaan_cli("check", str(path))
    assert ended.code == 2
    assert "mixture: a list: expected shares that add up to 1, not 1.1" in ended.err
