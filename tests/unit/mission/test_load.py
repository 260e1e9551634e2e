"""Files, references, merging and overrides."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from yaan.base import InputError
from yaan.mission import (
    Tree,
    check,
    check_ascent,
    library_text,
    load_tree,
    names,
    override,
    template,
)
from yaan.mission.file.library import FOLDERS

MISSIONS = names()
MAINS = "capsule.parachutes.steps.mains"
STEPS = ("spacecraft", "capsule", "parachutes", "steps")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def problems_of(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.sentence() for problem in error.value.problems]


def refused(name_or_path: str | Path, overrides: dict[str, Any] | None = None) -> str:
    with pytest.raises(InputError) as caught:
        check(load_tree(name_or_path, overrides))
    return str(caught.value)


def test_the_library_has_the_missions_of_the_first_flight() -> None:
    expected = {"gaganyaan", "lvm3-m5", "lvm3-d1", "lvm3-m4", "lvm3-leo", "soyuz-fg-leo"}
    assert expected <= set(MISSIONS)
    assert {"lvm3", "soyuz-fg"} <= set(names("vehicle"))


def test_the_library_has_launchers_beside_the_crewed_ones() -> None:
    expected = {"pslv-xl-sso", "sslv-leo", "gslv-f05"}
    expected |= {"falcon-9-leo", "falcon-9-gto", "falcon-9-landing"}
    assert expected <= set(MISSIONS)
    assert {"pslv-xl", "sslv", "gslv-mk2", "falcon-9"} <= set(names("vehicle"))


@pytest.mark.parametrize("name", MISSIONS)
def test_every_library_mission_is_valid(name: str) -> None:
    spec = check(load_tree(name))
    assert spec.name == name
    assert spec.title
    assert spec.source


FLOWN = ("mission", "entry", "body", "flight", "orbit")
"""They share a folder."""


@pytest.mark.parametrize("kind", [kind for kind in FOLDERS if kind not in FLOWN[1:]])
def test_every_library_file_says_its_name_and_source(kind: str) -> None:
    assert names(kind)
    for name in names(kind):
        data = YAML(typ="safe", pure=True).load(library_text(kind, name))
        assert data["name"] == name
        assert data["kind"] == kind or (kind == "mission" and data["kind"] in FLOWN)
        assert data["source"]


@pytest.mark.parametrize("name", ["lvm3-d1", "lvm3-m4"])
def test_only_payload_epoch_and_target_differ_from_the_calibrated_flight(name: str) -> None:
    base, tree = load_tree("lvm3-m5").data, load_tree(name).data
    free = ("name", "title", "source", "target", "published", "launch", "requirements")
    for key in base.keys() - set(free) - {"vehicle"}:
        assert tree[key] == base[key]
    # What is required of the apogee is about that of the target.
    required = {key: one for key, one in base["requirements"].items() if key != "apogee"}
    assert tree["requirements"] == required
    assert tree["launch"]["site"] == base["launch"]["site"]
    assert {**tree["vehicle"], "payload": {}} == {**base["vehicle"], "payload": {}}


def test_references_are_replaced_by_what_they_refer_to() -> None:
    tree = load_tree("gaganyaan")
    assert tree.data["vehicle"]["stages"]["s200"]["engine"]["isp"] == "274.5 s"
    assert tree.data["vehicle"]["stages"]["c25"]["aerodynamics"]["table"]["mach"][0] == 0
    assert tree.data["launch"]["site"]["latitude"] == "13.7199 deg"
    assert "from" not in tree.data["vehicle"]


@pytest.mark.parametrize(
    ("path", "file", "text"),
    [
        (("vehicle", "payload", "mass"), "missions/gaganyaan.yaml", "mass:"),
        (("vehicle", "stages", "s200", "engine", "isp"), "engines/s200.yaml", "isp:"),
        (("vehicle", "stages", "s200", "count"), "vehicles/lvm3.yaml", "count:"),
        (("launch", "site", "latitude"), "sites/sriharikota-slp.yaml", "latitude:"),
        (("phases", 2, "until", "aligned"), "missions/gaganyaan.yaml", "aligned:"),
        (("vehicle", "payload", "no such key"), "missions/gaganyaan.yaml", "payload:"),
    ],
)
def test_every_value_knows_its_file_and_line(path: Any, file: str, text: str) -> None:
    label, line = load_tree("gaganyaan").origin(path)
    assert label == file
    folder, name = file.removesuffix(".yaml").split("/")
    kind = {"missions": "mission", "engines": "engine", "vehicles": "vehicle", "sites": "site"}
    assert line is not None
    assert text in library_text(kind[folder], name).splitlines()[line - 1]


def test_a_file_starts_from_another_and_changes_it(tmp_path: Path) -> None:
    text = (
        "schema: 1\nkind: mission\nfrom: gaganyaan\n"
        'vehicle:\n  payload: {mass: "7 t"}\n  stages:\n    s200:\n      engine: {isp: "275 s"}\n'
        "crew: null\npublished: []\n"
    )
    tree = load_tree(write(tmp_path, "my mission.yaml", text))
    spec = check_ascent(tree)
    assert spec.plan.name == "my-mission"
    assert spec.vehicle.payload.mass == 7000.0
    assert spec.vehicle.payload.name == "orbital module"
    assert spec.vehicle.stages["s200"].engine.isp == 275.0
    assert spec.vehicle.stages["s200"].engine.exit_area == 7.4
    assert spec.plan.crew is None
    assert spec.plan.published == []
    assert tree.origin(("vehicle", "payload", "mass"))[1] == 5
    assert tree.origin(("vehicle", "payload", "name"))[0] == "missions/gaganyaan.yaml"


def test_paths_start_from_the_file_that_they_are_written_in(tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    engine = library_text("engine", "ce-20").replace('"442 s"', '"443 s"')
    write(below, "mine.yaml", engine)
    stage = "stages: {c25: {engine: mine.yaml}}"
    vehicle = f"schema: 1\nkind: vehicle\nfrom: lvm3\n{stage}\n"
    # A vehicle's own `from` is the mission's business; a stage replaced in a mission is too.
    write(below, "vehicle.yaml", vehicle)
    mission = (
        "schema: 1\nkind: mission\nfrom: gaganyaan\n"
        "vehicle: {stages: {c25: {engine: below/mine.yaml}}}\n"
    )
    spec = check_ascent(load_tree(write(tmp_path, "m.yaml", mission)))
    assert spec.vehicle.stages["c25"].engine.isp == 443.0


def test_a_reference_in_an_override_replaces_the_whole() -> None:
    tree = load_tree("gaganyaan", {"vehicle.stages.c25.engine": "{from: rd-0110, isp: 327 s}"})
    engine = check_ascent(tree).vehicle.stages["c25"].engine
    assert engine.name == "rd-0110"
    assert engine.isp == 327.0
    assert engine.thrust == pytest.approx(297926.0)


def test_a_reference_in_a_file_replaces_the_whole(tmp_path: Path) -> None:
    stage = "stages: {s200: {engine: rd-0110}}"
    text = f"schema: 1\nkind: mission\nfrom: gaganyaan\nvehicle: {{{stage}}}\n"
    engine = check_ascent(load_tree(write(tmp_path, "m.yaml", text))).vehicle.stages["s200"].engine
    assert engine.thrust_curve is None
    assert engine.full_flow_thrust is None
    assert set(engine.assumed) == {"isp", "exit_area", "ignition_ramp"}


@pytest.mark.parametrize(
    ("key", "value", "path", "result"),
    [
        ("vehicle.payload.mass", "8.4 t", ("vehicle", "payload", "mass"), "8.4 t"),
        ("spacecraft.mass", "8.4 t", ("vehicle", "payload", "mass"), "8.4 t"),
        ("spacecraft.drag_area", "13 m2", ("spacecraft", "drag_area"), "13 m2"),
        (f"spacecraft.{MAINS}.working", "2", (*STEPS, 3, "working"), 2),
        (f"{MAINS}.working", "2", (*STEPS, 3, "working"), 2),
        ("capsule.parachutes.steps.1.count", "2", (*STEPS, 1, "count"), 2),
        ("phases.core.step", "2 s", ("phases", 6, "step"), "2 s"),
        ("phases.6.step", "2 s", ("phases", 6, "step"), "2 s"),
        ("environment.gravity.degree", "20", ("environment", "gravity", "degree"), 20),
        ("environment.gravity.degree", 20, ("environment", "gravity", "degree"), 20),
        ("phases.vertical-rise.ignite", "[s200]", ("phases", 0, "ignite"), ["s200"]),
        ("reserve.propellant", "1 t", ("reserve", "propellant"), "1 t"),
    ],
)
def test_overrides_by_dotted_key(key: str, value: Any, path: tuple[Any, ...], result: Any) -> None:
    tree = load_tree("gaganyaan", {key: value})
    found: Any = tree.data
    for step in path:
        found = found[step]
    assert found == result
    assert tree.origin(path) == ("--set", None)
    check(tree)


def test_null_removes_a_key() -> None:
    assert check_ascent(load_tree("gaganyaan", {"launch.azimuth": "null"})).pad.azimuth is None
    assert check_ascent(load_tree("gaganyaan", {"launch.azimuth": None})).pad.azimuth is None


def test_an_override_leaves_the_tree_that_it_came_from() -> None:
    tree = load_tree("gaganyaan")
    override(tree, {"vehicle.payload.mass": "9 t"})
    assert tree.data["vehicle"]["payload"]["mass"] == "8.2 t"
    assert load_tree("gaganyaan").data == tree.data


def test_a_replaced_value_loses_what_was_assumed_about_the_old_one(tmp_path: Path) -> None:
    tree = load_tree("gaganyaan", {"vehicle.payload.mass": "9 t"})
    assert "mass" not in tree.data["vehicle"]["payload"]["assumed"]
    assert "ballistic_coefficient" in tree.data["vehicle"]["payload"]["assumed"]
    thrust = override(tree, {"vehicle.stages.l110.engine.thrust": "800 kN"})
    assert thrust.data["vehicle"]["stages"]["l110"]["engine"]["calibrated"] == {}
    text = 'schema: 1\nkind: mission\nfrom: gaganyaan\nvehicle: {payload: {mass: "9 t"}}\n'
    merged = load_tree(write(tmp_path, "m.yaml", text))
    assert "mass" not in merged.data["vehicle"]["payload"]["assumed"]
    # The vehicle in the mission restates what it assumes, so that stays.
    scale = load_tree("gaganyaan").data["vehicle"]["aerodynamics"]
    assert scale["assumed"]["axial_scale"]["range"] == [0.85, 1.55]


@pytest.mark.parametrize("name", MISSIONS)
def test_the_resolved_tree_written_out_is_the_same_mission(name: str, tmp_path: Path) -> None:
    tree = load_tree(name)
    path = tmp_path / "mission.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(tree.data, stream)
    again = load_tree(path)
    assert again.data == tree.data
    assert check(again) == check(tree)


@pytest.mark.parametrize("name", MISSIONS)
def test_a_template_passes_wherever_it_is_saved(name: str, tmp_path: Path) -> None:
    path = write(tmp_path, "anything.yaml", template(name))
    assert check(load_tree(path)) == check(load_tree(name))


def test_a_byte_order_mark_and_other_line_ends_are_read(tmp_path: Path) -> None:
    text = "\ufeffschema: 1\r\nkind: mission\r\nfrom: gaganyaan\r\ntitle: यान\r\n"
    tree = load_tree(write(tmp_path, "m.yaml", text))
    assert tree.data["title"] == "यान"
    assert tree.origin(("title",)) == (str(tmp_path / "m.yaml"), 4)


@pytest.mark.parametrize(
    ("text", "line", "fragment"),
    [
        ("schema: 2\nkind: mission\n", 1, "update Yaan"),
        ("schema: 0\nkind: mission\n", 1, "reads version 1"),
        ('schema: "1"\nkind: mission\n', 1, "schema"),
        ("schema: true\nkind: mission\n", 1, "schema"),
        ("kind: mission\n", 1, "write schema: 1"),
        ("schema: 1\n", 1, "write kind: mission"),
        ("schema: 1\nkind: engine\n", 2, "expected mission"),
        ("", 1, "empty"),
        ("- a\n- b\n", 1, "no mapping"),
        ("just words\n", 1, "no mapping"),
        ("a: 1\n\tb: 2\n", 2, "tabs"),
        ("a: [1, 2\n", 1, "the [ of this line is not closed"),
        ('a: {b: "1 m"\nc: d\n', 1, "the { of this line is not closed, or a comma is missing"),
        ('a:\n - [1, 2]\n - {b: "x}\n', 3, "the quote of this line is not closed"),
        ("a: {b: 1 c: 2}\n", 1, "a { or a [ is not closed, or a comma is missing"),
        ("a:\n  b: 1\n c: 2\n", 3, "look at its indentation"),
        ("a: 1\nb: c: d\n", 2, "quote a text with"),
        ("a: @x\n", 1, "quote a text that begins with such a character"),
        ("a: 1\na: 2\n", 2, "written twice"),
        ("a: &x 1\nb: *x\n", 1, "no anchors"),
        ("a: 1\nb: *x\n", 2, "no aliases"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "no tags"),
        ("a: !!str 1\n", 1, "no tags"),
        ("? [a, b]\n: 1\n", 1, "a word as a key"),
        ("a: 1\n---\nb: 2\n", 2, "one document"),
        ("a: " + "[" * 100 + "]" * 100, 1, "levels of nesting"),
        ('a: "\\ud800"\n', 1, "surrogate"),
    ],
)
def test_a_file_that_is_no_mission(text: str, line: int, fragment: str, tmp_path: Path) -> None:
    path = write(tmp_path, "m.yaml", text)
    with pytest.raises(InputError) as caught:
        check(load_tree(path))
    problem = caught.value.problems[0]
    assert fragment in problem.sentence()
    assert problem.file == str(path)
    assert problem.line == line


def test_other_encodings_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes("schema: 1\ntitle: café\n".encode("latin-1"))
    assert refused(path).endswith("save it as UTF-8, without other encodings)")
    assert f"{path}:2:" in refused(path)


def test_a_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "m.yaml", "a: 1\n" * 400_000)
    assert "too large" in refused(path)


@pytest.mark.parametrize(
    ("name", "fragment"),
    [
        ("gagnyaan", "did you mean gaganyaan?"),
        ("no-such.yaml", "a file that exists"),
        (".", "a mission from the library"),
        ("./", "a path that ends in .yaml"),
        ("a\0b.yaml", "a file that"),
        ("../../etc/passwd", "a path that ends in .yaml"),
        ("", "a mission from the library"),
    ],
)
def test_missions_that_do_not_exist(name: str, fragment: str) -> None:
    assert fragment in refused(name)


def test_the_nearest_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, "mission.yaml", "schema: 1\n")
    assert "did you mean mission.yaml?" in refused(tmp_path / "missionn.yaml")


def test_a_file_that_only_ends_alike_is_not_near(tmp_path: Path) -> None:
    write(tmp_path, "wind-both.yaml", "schema: 1\n")
    message = refused(tmp_path / "nothere.yaml")
    assert "did you mean" not in message
    assert f"looked in {tmp_path}" in message


@pytest.mark.parametrize(
    ("kind", "start", "hint"),
    [
        ("body", "gaganyaan", "gaganyaan is of kind mission"),
        ("body", "site.yaml", "site.yaml is of kind site"),
        ("body", "nothere", "known: tumbling-brick"),
        ("entry", "tumbling-brick", "tumbling-brick is of kind body"),
        ("entry", "apollo10", "did you mean apollo10-entry?"),
    ],
)
def test_a_base_of_another_kind_is_told_where_it_is_named(
    kind: str, start: str, hint: str, tmp_path: Path
) -> None:
    write(tmp_path, "site.yaml", "schema: 1\nkind: site\n")
    path = write(tmp_path, "m.yaml", f"schema: 1\nkind: {kind}\nfrom: {start}\n")
    message = refused(path)
    assert message.startswith(f'{path}:3: from: "{start}": expected a')
    assert hint in message


def test_a_part_of_another_kind_is_told_where_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, "site.yaml", "schema: 1\nkind: site\n")
    text = "schema: 1\nkind: mission\nfrom: gaganyaan\nvehicle: site.yaml\n"
    path = write(tmp_path, "m.yaml", text)
    assert f'{path}:4: vehicle: "site.yaml": expected a vehicle' in refused(path)
    # A kind that nobody knows is a slip in the file itself.
    write(tmp_path, "site.yaml", "schema: 1\nkind: vehicel\n")
    assert "site.yaml:2: vehicle.kind:" in refused(path)


def test_references_that_lead_nowhere_are_told_where_they_stand(tmp_path: Path) -> None:
    text = "schema: 1\nkind: mission\nfrom: gaganyaan\nlaunch:\n  site: sriharikota\nstep: 3\n"
    path = write(tmp_path, "m.yaml", text)
    with pytest.raises(InputError) as caught:
        check(load_tree(path))
    lines = problems_of(caught)
    assert len(lines) == 2  # the site and the step, and no complaint about what the site lacks
    assert lines[0].startswith(f"{path}:5: launch.site:")
    assert "did you mean sriharikota-slp?" in lines[0]
    assert lines[1].startswith(f"{path}:6: step: 3")


def test_a_reference_of_the_wrong_kind() -> None:
    message = refused("gaganyaan", {"vehicle.stages.c25.engine": "[1]"})
    assert "vehicle.stages.c25.engine: a list: expected a mapping" in message
    message = refused("gaganyaan", {"vehicle.stages.c25.engine": "{from: 3}"})
    assert "vehicle.stages.c25.engine.from: 3: expected an engine" in message


def test_circles_are_named(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "schema: 1\nkind: mission\nfrom: b.yaml\n")
    write(tmp_path, "b.yaml", "schema: 1\nkind: mission\nfrom: ./a.yaml\n")
    message = refused(tmp_path / "a.yaml")
    assert "no circle" in message
    assert "a.yaml -> " in message
    write(tmp_path, "self.yaml", "schema: 1\nkind: mission\nfrom: self.yaml\n")
    assert "no circle" in refused(tmp_path / "self.yaml")


def test_a_long_chain_of_files_ends(tmp_path: Path) -> None:
    for i in range(40):
        write(tmp_path, f"{i}.yaml", f"schema: 1\nkind: mission\nfrom: {i + 1}.yaml\n")
    assert "at most 20 files" in refused(tmp_path / "0.yaml")


@pytest.mark.parametrize(
    ("key", "value", "fragment"),
    [
        ("", "1", "a dotted address"),
        ("a..b", "1", "a dotted address"),
        ("phases.cor.step", "1 s", "did you mean core?"),
        ("phases.99.step", "1 s", "one of 11 items"),
        ("phases.-1.step", "1 s", "one of 11 items"),
        ("vehicle.payload.mass.value", "1 t", "vehicle.payload.mass is a single value"),
        ("vehicle.payload.mass", "[1", "a value in YAML"),
        ("vehicle.payload.mass", "!!python/none x", "a value in YAML"),
        ("vehicle.payload.mass", object(), "a text, a number, a list or a mapping"),
        ("vehicle.payload.mas", "8 t", "did you mean mass?"),
        ("vehicel.payload.mass", "8 t", "did you mean vehicle?"),
    ],
)
def test_overrides_without_a_place_or_a_value(key: str, value: Any, fragment: str) -> None:
    message = refused("gaganyaan", {key: value})
    assert message.startswith("--set: ")
    assert fragment in message


def test_all_wrong_overrides_are_told() -> None:
    message = refused("gaganyaan", {"phases.x.step": "1 s", "phases.y.step": "1 s"})
    assert len(message.splitlines()) == 2


def test_blocks_are_walked_with_their_addresses() -> None:
    tree: Tree = load_tree("gaganyaan")
    addresses = [path for path, _ in tree.blocks()]
    assert addresses[0] == ()
    assert ("vehicle", "stages", "s200", "engine", "assumed", "isp") in addresses
    assert ("phases", 3, "until") in addresses
