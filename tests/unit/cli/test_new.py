"""`yaan new` writes what `yaan check` takes, whatever it is called; shells complete names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Desk, Yaan
from yaan.cli.files import SCHEMA_FILE
from yaan.cli.shelves import complete
from yaan.mission import json_schema, load_tree, name_of


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("my mission.yaml", "my-mission"),
        ("2027.yaml", "2027"),
        ("true.yaml", "true"),
        ("null.yaml", "null"),
        ("~.yaml", "mission"),
        ("1.5.yaml", "1.5"),
        ("1e3.yml", "1e3"),
        ("-x.yaml", "x"),
        (".yaml", "mission"),
        ("..yaml", "mission"),
        ("नमस्ते.yaml", "mission"),
        ("a/b.yaml", "b"),
        ("a'b\".yaml", "a-b"),
        ("x: y.yaml", "x-y"),
        ("CON.yaml", "CON"),
        (f"{'a' * 120}.yaml", "a" * 80),
    ],
)
def test_a_file_of_any_name_is_taken(desk: Desk, yaan_cli: Yaan, file: str, name: str):
    made = yaan_cli("new", "--from", "capsule-entry", "--", file)
    assert made.code == 0
    assert yaan_cli("check", "--", file).code == 0
    assert load_tree(Path(file)).data["name"] == name
    assert name_of(Path(file)) == name


@pytest.mark.parametrize("file", ["x", "x.txt", "X.YAML", "x.yaml/", "yaml"])
def test_a_file_that_check_would_not_take_is_not_written(desk: Desk, yaan_cli: Yaan, file: str):
    made = yaan_cli("new", file)
    if file.endswith("/"):
        assert made.code == 0  # a slash at the end says nothing more
        return
    assert made.code == 2
    assert f'"{file}": expected a path that ends in .yaml (as {file}.yaml)' in made.err
    assert not list(Path().iterdir())


def test_what_to_type_next_can_be_typed(desk: Desk, yaan_cli: Yaan):
    told = yaan_cli("new", "my mission.yaml", "--from", "capsule-entry").out
    assert "yaan check 'my mission.yaml'" in told


def test_an_editor_finds_the_schema_beside_the_file(desk: Desk, yaan_cli: Yaan):
    yaan_cli("new", "a/mine.yaml", "--from", "capsule-entry")
    first = Path("a/mine.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=./{SCHEMA_FILE}"
    beside = Path("a") / SCHEMA_FILE
    assert json.loads(beside.read_text(encoding="utf-8")) == json_schema()
    beside.write_text("{}", encoding="utf-8")  # of an earlier version
    assert yaan_cli("new", "a/other.yaml").code == 0
    assert json.loads(beside.read_text(encoding="utf-8")) == json_schema()


def test_missions_and_files_are_completed(desk: Desk):
    assert complete("ga") == ["gaganyaan"]
    Path("garden.yaml").touch()
    Path("gate.txt").touch()
    (Path("gallery") / "one").mkdir(parents=True)
    (Path("gallery") / "two.yml").touch()
    Path(".hidden.yaml").touch()
    assert complete("ga") == ["gaganyaan", "gallery/", "garden.yaml"]
    assert complete("gallery/") == ["gallery/one/", "gallery/two.yml"]
    assert complete("no/such/") == []
    assert {"gaganyaan", "garden.yaml"} < set(complete(""))
    assert ".hidden.yaml" not in complete("")
    assert complete(".h") == [".hidden.yaml"]


@pytest.mark.parametrize("verb", ["fly", "check", "sources"])
def test_a_shell_is_offered_them(verb: str, tmp_path: Path):
    script = "import sys; sys.argv[0] = 'yaan'; from yaan.cli.app import main; main()"
    asked = {"_YAAN_COMPLETE": "complete_bash", "COMP_WORDS": f"yaan {verb} lvm3-m"}
    command, known = [sys.executable, "-c", script], {**os.environ, **asked, "COMP_CWORD": "2"}
    ended = subprocess.run(
        command, capture_output=True, text=True, check=True, env=known, cwd=tmp_path
    )
    assert ended.stdout.split() == ["lvm3-m4", "lvm3-m5"]
