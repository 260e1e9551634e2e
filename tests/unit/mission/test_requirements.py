"""What is wrong with requirements is told at once, and one mission takes over another's."""

import json
import re
from pathlib import Path

import pytest

import yaan
from yaan.analysis.sensitivity import grouped
from yaan.base.errors import InputError
from yaan.mission import json_schema
from yaan.mission.provenance import provenance_of

FILE = """\
schema: 1
kind: entry
from: capsule-entry
name: falling
requirements:
"""


def loaded(tmp_path: Path, block: str) -> yaan.Mission:
    """A mission with a block of requirements."""
    file = tmp_path / "falling.yaml"
    file.write_text(FILE + block, encoding="utf-8")
    return yaan.load(file)


def told(tmp_path: Path, block: str) -> str:
    """What is said of a file with such a block."""
    with pytest.raises(InputError) as error:
        loaded(tmp_path, block)
    return str(error.value)


@pytest.mark.parametrize(
    ("block", "key", "sentence"),
    [
        ('{quantity: misss, below: "1 km", probability: "9 %"}', ".quantity", "did you mean miss"),
        ('{quantity: outcome, below: "1", probability: "9 %"}', ".quantity", "counts against"),
        ('{below: "1 km", probability: "9 %"}', ".quantity", "required: what is told of the end"),
        ('{quantity: miss, below: "1 kg", probability: "9 %"}', ".below", "kg measures a mass"),
        ('{quantity: miss, below: "1", probability: "9 %"}', ".below", 'with a unit, as "1 km"'),
        ('{quantity: miss, below: 1.0, probability: "9 %"}', ".below", 'with a unit, as "1 km"'),
        ('{quantity: miss, below: "1e7 km", probability: "9 %"}', ".below", "to 1e.06 km either"),
        ('{quantity: peak_load, above: "-1001 g", probability: "9 %"}', ".above", "to 1000 g"),
        ('{quantity: miss, below: [], probability: "9 %"}', ".below", "expected a length"),
        ('{quantity: peak_load, below: "4 kg", probability: "9 %"}', ".below", 'load .* as "4 g"'),
        ('{quantity: peak_load, below: 4, probability: "9 %"}', ".below", 'with a unit, as "4 g"'),
        ('{quantity: miss, probability: "9 %"}', "", "below or above, or both.*it has no bound"),
        ('{quantity: miss, below: null, probability: "9 %"}', "", "it has no bound"),
        ('{quantity: miss, above: "2 km", below: "1 km", probability: "9 %"}', ".above", "lower"),
        ('{quantity: miss, above: "1 km", below: "1 km", probability: "9 %"}', ".above", "lower"),
        ('{quantity: miss, below: "1 km", probability: "100 %"}', ".probability", "below 100 %"),
        ('{quantity: miss, below: "1 km", probability: 99.7}', ".probability", 'as "99.7 %"'),
        ('{quantity: miss, below: "1 km"}', ".probability", "required: share of all draws"),
        ('{quantity: miss, belo: "1 km", probability: "9 %"}', ".belo", "did you mean below"),
        ('"misss < 1 km at 9 %"', "", "did you mean miss"),
        ('"miss < 1 kg at 9 %"', "", "kg measures a mass"),
        ('"miss < 1 km at 9"', "", "a share above 0 %"),
        ('"miss < 1 km"', "", "with its probability"),
        ('"miss at 9 %"', "", 'a text as "miss < 10 km'),
        ("3", "", "a mapping of keys to values, or a text as"),
    ],
)
def test_each_mistake_has_its_line_and_its_sentence(
    block: str, key: str, sentence: str, tmp_path: Path
):
    text = told(tmp_path, f"  landing: {block}\n")
    assert f"falling.yaml:6: requirements.landing{key}: " in text
    assert re.search(sentence, text), text
    wrong = {line.split(": ")[1] for line in text.splitlines()}
    assert f"requirements.landing{key}" in wrong


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    block = '  a: "misss < 1 km at 9 %"\n  b.c: "miss < 1 km at 9 %"\n  d: "miss < 1 t at 0 %"\n'
    lines = told(tmp_path, block).splitlines()
    assert [line.split(":")[1] for line in lines] == ["6", "7", "8", "8"]
    assert re.search(r"requirements\.b\.c: .*a name of letters, digits, spaces", lines[1])


def test_a_mission_takes_over_the_requirements_of_another_key_by_key(tmp_path: Path):
    own = loaded(tmp_path, '  flux: "peak_heat_flux < 1 MW/m2 at 99 %"\n').plan.requirements
    assert list(own) == ["entry-load", "flux"]
    one = loaded(tmp_path, '  entry-load: {quantity: miss, above: "1 m", probability: "9 %"}\n')
    spec = one.plan.requirements["entry-load"]
    # It replaces: nothing of the load is left in it.
    assert (spec.quantity, spec.below, spec.source) == ("miss", None, "")
    assert loaded(tmp_path, "  entry-load: null\n").plan.requirements == {}
    assert yaan.load("lvm3-leo").plan.requirements == {}
    assert list(yaan.load("lvm3-m4").plan.requirements) == ["perigee", "inclination"]


def test_one_value_of_a_requirement_can_be_set():
    mission = yaan.load("gaganyaan").replace("requirements.landing.below", "5 km")
    spec = mission.plan.requirements["landing"]
    assert (spec.high, spec.probability) == (5e3, 0.99)
    assert "below" not in spec.assumed
    with pytest.raises(InputError, match=r"requirements\.landing\.below: \"5 kg\""):
        mission.replace("requirements.landing.below", "5 kg")


@pytest.mark.parametrize("name", ["gaganyaan", "capsule-entry", "lvm3-m5"])
def test_every_number_of_the_shipped_requirements_is_assumed(name: str):
    requirements = yaan.load(name).plan.requirements
    assert requirements
    for key, spec in requirements.items():
        given = {"below", "above", "probability"} & spec.model_fields_set
        assert spec.assumed.keys() == given, key
        assert all(one.why for one in spec.assumed.values())


def test_a_plan_in_python_keeps_its_requirements(tmp_path: Path):
    mission = loaded(tmp_path, '  entry flux: "peak_heat_flux < 1 MW/m2 at 99.7 %"\n')
    again = yaan.Mission.of(mission.plan)
    assert again.plan.requirements == mission.plan.requirements


def test_a_mission_flown_from_its_resolved_file_has_them_too(tmp_path: Path):
    mission = loaded(tmp_path, '  flux: "peak_heat_flux < 1 MW/m2 at 99.7 %"\n')
    file = tmp_path / "resolved.yaml"
    file.write_text(provenance_of(mission.source).text, encoding="utf-8")
    assert yaan.load(file).plan.requirements == mission.plan.requirements


def test_what_is_assumed_of_a_requirement_is_told_and_moved_by_nobody():
    made = provenance_of(yaan.load("gaganyaan").source)
    keys = [one.key for same in made.assumptions for one in same]
    assert "requirements.landing.below" in keys
    ranked = [key for one in grouped(made) for key in one.keys]
    assert ranked
    assert not any(key.startswith("requirements.") for key in ranked)


def test_editors_know_both_forms():
    definitions = json_schema()["$defs"]
    for root in ("MissionSpec", "EntrySpec", "BodyFlightSpec", "FlightSpec"):
        text = json.dumps(definitions[root]["properties"]["requirements"])
        assert "#/$defs/RequirementSpec" in text
        assert "miss < 10 km at 99.7 %" in text
    assert "miss" in definitions["RequirementSpec"]["properties"]["quantity"]["enum"]
