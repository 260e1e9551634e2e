"""Assumptions, sources, the schema for editors."""

import functools
import json
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from yaan.analysis.sensitivity import of_ascent
from yaan.base import UNITS, InputError, parse
from yaan.mission import (
    assumptions,
    check,
    json_schema,
    library_text,
    load_tree,
    names,
    override,
    sources,
    template,
)
from yaan.mission.file.library import FOLDERS


@pytest.mark.parametrize("name", names())
def test_every_assumption_can_be_moved_over_its_range(name: str) -> None:
    tree = load_tree(name)
    found = assumptions(tree)
    assert len(found) > {"mission": 10, "entry": 2, "body": 0, "flight": 0}[tree.data["kind"]]
    for item in found:
        for end in (item.low, item.high):
            if end is not None and item.key != "launch.azimuth":
                check(override(tree, {item.key: end}))


def test_an_assumption_says_all() -> None:
    found = {item.key: item for item in assumptions(load_tree("gaganyaan"))}
    area = found["vehicle.stages.s200.engine.exit_area"]
    assert (area.file, area.value) == ("engines/s200.yaml", "7.4 m2")
    assert (area.low, area.high_text) == ("6.9 m2", "7.9 m2")
    assert area.line is not None
    assert "exit_area:" in library_text("engine", "s200").splitlines()[area.line - 1]
    assert found["vehicle.stages.l110.engine.thrust"].calibrated
    assert not area.calibrated
    assert found["launch.epoch"].low is None
    assert found["launch.epoch"].low_text is None
    curve = found["vehicle.stages.s200.engine.thrust_curve"]
    assert len(curve.low) == 12
    assert len(curve.value) <= 60


def test_an_assumption_about_nothing_is_passed_over() -> None:
    about = {"vehicle.payload.assumed.length": "{why: unknown}"}
    found = assumptions(load_tree("gaganyaan", about))
    assert "vehicle.payload.length" not in {item.key for item in found}


def test_what_the_user_sets_is_no_assumption_of_the_library() -> None:
    tree = load_tree("gaganyaan", {"vehicle.payload.mass": "8.3 t"})
    assert "vehicle.payload.mass" not in {item.key for item in assumptions(tree)}


@pytest.mark.parametrize("name", names())
def test_every_block_with_quantities_has_a_source_above_it(name: str) -> None:
    tree = load_tree(name)
    cited = {item.key for item in sources(tree)}
    assert all(item.text and item.file for item in sources(tree))
    if tree.data["kind"] == "entry":
        assert {"interface", "capsule", "capsule.aerodynamics", "entry"} <= cited
        return
    if tree.data["kind"] == "body":
        parts = {f"body.configurations.{key}" for key in tree.data["body"]["configurations"]}
        assert {"start", *parts} <= cited
        return
    if tree.data["kind"] == "flight":
        starts = {"start", *(f"start.{kind}" for kind in tree.data["start"])}
        assert starts & cited
    else:
        assert {"launch", "target", "vehicle", "vehicle.payload"} <= cited
    for stage in tree.data["vehicle"].get("stages", ()):
        assert {f"vehicle.stages.{stage}", f"vehicle.stages.{stage}.engine"} <= cited


@functools.cache
def _schema() -> dict[str, Any]:
    return json_schema()


def _accepts(schema: dict[str, Any], value: Any, root: dict[str, Any]) -> bool:  # noqa: PLR0911, PLR0912
    """The part of JSON schema that ours uses, so that no validator must be installed."""
    if not all(_accepts(part, value, root) for part in schema.get("allOf", ())):
        return False
    if "if" in schema:
        return not _accepts(schema["if"], value, root) or _accepts(schema["then"], value, root)
    if "$ref" in schema:
        return _accepts(root["$defs"][schema["$ref"].rpartition("/")[2]], value, root)
    if "anyOf" in schema:
        return any(_accepts(option, value, root) for option in schema["anyOf"])
    if "const" in schema:
        return value == schema["const"]
    if "enum" in schema:
        return value in schema["enum"]
    types: dict[str, Any] = {"string": str, "array": list, "object": dict, "boolean": bool}
    kind = schema.get("type")
    if kind == "null":
        return value is None
    if kind in ("number", "integer"):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind in types and not isinstance(value, types[kind]):
        return False
    if kind == "string" and "pattern" in schema:
        return re.search(schema["pattern"], value) is not None
    if kind == "array":
        return all(_accepts(schema.get("items", {}), item, root) for item in value)
    if kind != "object" and "properties" not in schema:
        return True
    known = schema.get("properties", {})
    # Names that the author chooses: one pattern for all of them.
    named = next(iter(schema.get("patternProperties", {}).values()), True)
    rest = schema.get("additionalProperties", named) if named is True else named
    if rest is False and not value.keys() <= known.keys():
        return False
    required = set(schema.get("required", ()))
    each = [(known.get(key, rest), item) for key, item in value.items()]
    return required <= value.keys() and all(
        part is True or _accepts(part, item, root) for part, item in each
    )


@pytest.mark.parametrize("name", names())
def test_the_json_schema_accepts_the_library_as_written_and_resolved(name: str) -> None:
    schema = _schema()
    written = YAML(typ="safe", pure=True).load(library_text("mission", name))
    assert _accepts(schema, written, schema)
    assert _accepts(schema, load_tree(name).data, schema)


@pytest.mark.parametrize("value", ["8.2", "8.2 km", 8.3, None, "t"])
def test_the_json_schema_refuses_a_mass_without_a_unit_of_mass(value: Any) -> None:
    schema = _schema()
    mass = schema["$defs"]["PayloadSpec"]["properties"]["mass"]
    assert not _accepts(mass, value, schema)


@pytest.mark.parametrize(
    "block",
    [
        {"vehicle": 3},
        {"vehicle": {"stages": {"s200": {"engine": 3}}}},
        {"launch": {"site": 1}},
        {"environment": {"wind": "gusty"}},
        {"phases": [{"steer": "up"}]},
        {"colour": "blue"},
        {"spacecraft": 3},
        {"spacecraft": {"capsule": {"parachutes": 3}}},
        {"landing": {"zone": 1}},
        {"entry": {"bank": "up"}},
        {"orbit": {"circularise": {"burns": 3}}},
    ],
    ids=str,
)
def test_the_json_schema_refuses_what_is_no_reference(block: dict[str, Any]) -> None:
    schema = _schema()
    assert _accepts(schema, {"schema": 1, "kind": "mission"}, schema)
    assert not _accepts(schema, {"schema": 1, "kind": "mission", **block}, schema)


@pytest.mark.parametrize(
    ("block", "fits"),
    [
        ({"capsule": "apollo-cm"}, True),
        ({"capsule": {"from": "apollo-cm", "parachutes": "gaganyaan-parachutes"}}, True),
        ({"entry": {"bank": {"time": ["0 s"], "angle": ["60 deg"]}}}, True),
        ({"capsule": 3}, False),
        ({"vehicle": "lvm3"}, False),
        ({"entry": {"bank": {"angles": ["60 deg"]}}}, False),
        ({"interface": {"velocity": "absolute"}}, False),
    ],
    ids=str,
)
def test_the_json_schema_of_an_entry(block: dict[str, Any], fits: bool) -> None:
    schema = _schema()
    assert _accepts(schema, {"schema": 1, "kind": "entry", **block}, schema) is fits


@pytest.mark.parametrize(
    ("block", "fits"),
    [
        ({"start": {"attitude": {"from": "vvlh", "yaw": "3 deg"}}}, True),
        ({"body": {"configurations": {"a": {"inertia": {"xx": "1 kg m^2"}}}}}, True),
        ({"body": {"configurations": {"a": {"aerodynamics": {"drag": 0.3}}}}}, True),
        (
            {"body": {"configurations": {"a": {"aerodynamics": {"drag": {"values": [1, 2]}}}}}},
            True,
        ),
        ({"body": {"configurations": {"a": {"aerodynamics": {"drag": "0.3"}}}}}, False),
        ({"body": {"configurations": {"a": {"inertia": {"xx": "1 kg"}}}}}, False),
        ({"start": {"attitude": {"from": "nwu"}}}, False),
        ({"phases": [{"motion": "stiff"}]}, False),
    ],
    ids=str,
)
def test_the_json_schema_of_a_body(block: dict[str, Any], fits: bool) -> None:
    schema = _schema()
    assert _accepts(schema, {"schema": 1, "kind": "body", **block}, schema) is fits


PARTS = [(kind, name) for kind in FOLDERS if kind not in ("entry", "body") for name in names(kind)]


@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_the_json_schema_accepts_every_file_of_the_library(kind: str, name: str) -> None:
    schema = _schema()
    assert _accepts(schema, YAML(typ="safe", pure=True).load(library_text(kind, name)), schema)


@pytest.mark.parametrize(
    ("file", "fits"),
    [
        ({"kind": "entry", "vehicle": "lvm3"}, False),
        ({"kind": "mission", "interface": {}}, False),
        ({"kind": "spaceship"}, False),
        ({"kind": "engine", "isp": "300 s"}, True),
        ({"kind": "engine", "isp": "300 t"}, False),
        ({"kind": "engine", "latitude": "3 deg"}, False),
        ({"kind": "aerodynamics", "axial_force": [[0.1]]}, True),
        ({"kind": "aerodynamics", "lift": [0.1]}, True),
        ({"kind": "aerodynamics", "lift": [0.1], "axial_force": [[0.1]]}, False),
        ({"kind": "mission", "launch": {"site": "kourou"}}, False),
        ({"kind": "mission", "launch": {"site": "my sites/kourou.yml"}}, True),
        ({"kind": "mission", "launch": {"site": "sriharikota-slp"}}, True),
        ({"kind": "mission", "launch": {"site": {"from": "lvm3"}}}, False),
        ({"kind": "mission", "from": "gaganyaan"}, True),
        ({"kind": "mission", "from": "capsule-entry"}, False),
        ({"kind": "entry", "from": "capsule-entry"}, True),
        ({"kind": "entry", "capsule": {"aerodynamics": "lvm3"}}, False),
        ({"kind": "mission", "phases": {"cryogenic": {"step": "1 s"}, "coast": None}}, True),
        ({"kind": "mission", "phases": {"cryogenic": {"steps": "1 s"}}}, False),
        ({"kind": "capsule", "parachutes": {"steps": {"mains": {"working": 1}}}}, True),
        ({"kind": "mission", "steering": {"profiles": {"a": None}}}, True),
        ({"kind": "mission", "step": None}, True),
        ({"kind": None}, False),
    ],
    ids=str,
)
def test_the_json_schema_tells_kinds_and_names_apart(file: dict[str, Any], fits: bool) -> None:
    schema = _schema()
    assert _accepts(schema, {"schema": 1, **file}, schema) is fits


def test_a_wrong_key_of_one_kind_is_held_against_no_other() -> None:
    """An editor reports the branch that it takes: only that of the kind."""
    branches = {part["if"]["properties"]["kind"]["const"]: part for part in json_schema()["allOf"]}
    assert set(branches) == set(FOLDERS)
    assert branches["entry"]["then"] == {"$ref": "#/$defs/EntrySpec"}
    assert all(branch["if"]["required"] == ["kind"] for branch in branches.values())


def test_what_comes_home_is_not_of_the_ascent() -> None:
    tree = load_tree("gaganyaan", {"dispersions": None, "requirements": None})
    found = {item.key: of_ascent(item.key) for item in assumptions(tree)}
    assert found["vehicle.payload.mass"]
    assert found["vehicle.stages.s200.engine.exit_area"]
    assert not found["spacecraft.capsule.parachutes.steps.mains.diameter"]
    assert not found["deorbit.entry_angle"]
    assert sum(found.values()) == 31


def test_examples_in_the_json_schema_are_valid() -> None:
    text = json.dumps(json_schema())
    pairs = re.findall(r'"examples": \["([^"]+)"\], "pattern": "([^"]+)"', text)
    assert len(pairs) > 20
    for example, pattern in pairs:
        assert re.search(json.loads(f'"{pattern}"'), example)
        # What is no quantity is a share, or a text with quantities in it.
        if not example.endswith("%"):
            assert any(_is_of(example, dimension) for dimension in UNITS)


def _is_of(text: str, dimension: str) -> bool:
    try:
        return isinstance(parse(text, dimension), float)
    except InputError:
        return False


def test_a_template_explains_the_rules_and_names_what_it_came_from() -> None:
    text = template("soyuz-fg-leo")
    assert text.startswith("# A Yaan mission file, started from soyuz-fg-leo.")
    assert max(len(line) for line in text.split("schema:")[0].splitlines()) <= 100
    assert "structural axes" in template("tumbling-brick")
    assert "structural axes" not in text
    with pytest.raises(InputError, match="did you mean soyuz-fg-leo"):
        template("soyuz-fg")
