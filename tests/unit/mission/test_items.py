"""Items of a list are changed by name in a file that takes the list from another."""

from pathlib import Path

import pytest

from yaan.base import InputError
from yaan.mission import check, load_tree, sources

CRAFT = """\
schema: 1
kind: entry
from: capsule-entry
name: mine
capsule:
  parachutes:
    from: gaganyaan-parachutes
    steps:
"""


def mission(folder: Path, text: str, name: str = "m.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        check(load_tree(path))
    return str(caught.value)


def test_an_item_is_changed_as_by_an_override(tmp_path: Path) -> None:
    path = mission(tmp_path, f"{CRAFT}      mains: {{working: 1}}\n      0: {{count: 3}}\n")
    by_name = load_tree(path).data["capsule"]["parachutes"]["steps"]
    plain = load_tree("capsule-entry", {"capsule.parachutes": "gaganyaan-parachutes"})
    whole = plain.data["capsule"]["parachutes"]["steps"]
    assert [step["name"] for step in by_name] == [step["name"] for step in whole]
    assert by_name[-1] == whole[-1] | {"working": 1}
    assert by_name[0]["count"] == 3
    check(load_tree(path))


def test_phases_of_a_base_mission_are_changed_by_name(tmp_path: Path) -> None:
    text = "schema: 1\nkind: mission\nfrom: lvm3-leo\nphases: {cryogenic: {step: 0.5 s}}\n"
    tree = load_tree(mission(tmp_path, text))
    steps = {phase["name"]: phase.get("step") for phase in tree.data["phases"]}
    assert steps.pop("cryogenic") == "0.5 s"
    base = load_tree("lvm3-leo").data["phases"]
    assert steps == {p["name"]: p.get("step") for p in base if p["name"] != "cryogenic"}


def test_a_null_removes_an_item(tmp_path: Path) -> None:
    text = "schema: 1\nkind: body\nfrom: tumbling-brick\nphases: {fall: null}\n"
    assert "phases: a list: expected at least one item" in refused(mission(tmp_path, text))
    tree = load_tree("gaganyaan", {"published.0": None})
    assert tree.data["published"] == load_tree("gaganyaan").data["published"][1:]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("drogue: {count: 3}", "m.yaml:9: capsule.parachutes.steps.drogue: a mapping"),
        ("drogue: {count: 3}", "(did you mean drogues?)"),
        ("9: {count: 3}", "expected one of 4 items, by index from 0 or by name, not 9"),
        ("mains: {count: 100}", "m.yaml:9: capsule.parachutes.steps.mains.count: 100: expected"),
        ("mains: 3", "m.yaml:9: capsule.parachutes.steps.3: 3: expected a mapping"),
        ("mains: {colour: red}", "m.yaml:9: capsule.parachutes.steps.mains.colour: "),
    ],
)
def test_a_wrong_item_is_told_at_its_line(tmp_path: Path, change: str, words: str) -> None:
    assert words in refused(mission(tmp_path, f"{CRAFT}      {change}\n"))


def test_a_list_replaces_a_list(tmp_path: Path) -> None:
    text = "schema: 1\nkind: body\nfrom: tumbling-brick\nname: n\nphases: []\n"
    assert "at least one item" in refused(mission(tmp_path, text))


def test_a_mapping_where_no_list_is_known_is_refused(tmp_path: Path) -> None:
    told = refused(
        mission(tmp_path, CRAFT.replace("    from: gag", "    title: gag") + "      a: {}")
    )
    assert "capsule.parachutes.steps: a mapping: expected a list" in told


TABLE = """\
schema: 1
kind: aerodynamics
name: t
source: x
mach: [0.1, 0.5]
axial_force: [[0.1, x]]
normal_force: [[0.1, 0.1]]
"""


def test_a_wrong_row_of_a_file_that_is_used_twice_is_told_once(tmp_path: Path) -> None:
    mission(tmp_path, TABLE, "t.yaml")
    stages = "".join(f"    {s}: {{aerodynamics: {{table: t.yaml}}}}\n" for s in ("s200", "c25"))
    head = "schema: 1\nkind: mission\nfrom: lvm3-leo\nvehicle:\n  stages:\n"
    path = mission(tmp_path, head + stages)
    told = refused(path).splitlines()
    (one,) = told
    assert "t.yaml:6: vehicle.stages.s200.aerodynamics.table.axial_force.0.1: " in one
    mission(tmp_path, TABLE.replace("kind: aero", "kind: areo").replace("x]", "1]"), "t.yaml")
    (one,) = refused(path).splitlines()
    assert "t.yaml:2: " in one


def test_two_wrong_values_on_one_line_are_both_told(tmp_path: Path) -> None:
    text = "schema: 1\nkind: mission\nfrom: lvm3-leo\ntarget: {perigee: 3, apogee: 3}\n"
    assert len(refused(mission(tmp_path, text)).splitlines()) == 2


def test_a_file_is_called_alike_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    train = "schema: 1\nkind: parachutes\nname: p\nsource: mine\nsteps: []\n"
    mission(tmp_path / "b", train, "p.yaml")
    text = "schema: 1\nkind: entry\nfrom: capsule-entry\nsource: mine\n"
    text += f"landing: {{source: {tmp_path.name}}}\ncapsule: {{parachutes: ../b/p.yaml}}\n"
    path = mission(tmp_path / "a", text)

    def files(name: str | Path) -> set[str]:
        return {source.file for source in sources(load_tree(name))}

    told = files(path)
    assert {"m.yaml", "../b/p.yaml"} <= told
    assert not any(str(tmp_path) in file for file in told)
    monkeypatch.chdir(tmp_path / "b")
    assert files("../a/m.yaml") == files(path) == told
    monkeypatch.chdir(tmp_path / "a")
    assert files("m.yaml") == told
    absolute = text.replace("../b/p.yaml", str(tmp_path / "b" / "p.yaml"))
    assert {"m.yaml", "p.yaml"} <= files(mission(tmp_path / "a", absolute))
    override = load_tree(path, {"capsule.parachutes": str(tmp_path / "b" / "p.yaml")})
    assert "p.yaml" in {source.file for source in sources(override)}
