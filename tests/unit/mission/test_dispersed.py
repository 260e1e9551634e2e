"""What is wrong with dispersions is told at once: where, what, and what was meant."""

import re
from pathlib import Path

import pytest

import yaan
from yaan.base.errors import InputError
from yaan.mission.checks import drawn_of
from yaan.mission.dispersed import CHOICE, DENSITY, NUMBER

FILE = """\
schema: 1
kind: entry
from: capsule-entry
name: falling
dispersions:
  capsule.mass: {}
"""


def told(tmp_path: Path, block: str) -> str:
    """What is said of a file with a block of dispersions."""
    file = tmp_path / "falling.yaml"
    file.write_text(FILE.replace("  capsule.mass: {}\n", block), encoding="utf-8")
    with pytest.raises(InputError) as error:
        drawn_of(yaan.load(file).source)
    return str(error.value)


@pytest.mark.parametrize(
    ("block", "line", "sentence"),
    [
        ('capsule.mas: {normal: "1 %"}', 6, "did you mean capsule.mass?"),
        ('capsul.mass: {normal: "1 %"}', 6, "did you mean capsule.mass?"),
        ('capsule.mass.of: {normal: "1 %"}', 6, "expected a key of this mission"),
        ('capsule.mass: {normal: "-5 kg"}', 6, "it is never negative"),
        ("capsule.mass: {normal: -5.0}", 6, "it is never negative"),
        ('capsule.mass: {normal: "5 km"}', 6, 'expected a mass in kg.*or a share, as "1 %"'),
        ("capsule.mass: {normal: 5.0}", 6, "expected a mass in kg"),
        ('capsule.mass: {normal: "heavy"}', 6, 'as "1 %" or "5 kg"'),
        ('capsule.mass: {gauss: "1 %"}', 6, "expected a known key"),
        ('capsule.mass: {normalx: "1 %"}', 6, "did you mean normal?"),
        ("capsule.mass: {}", 6, "expected one of normal, uniform, triangular"),
        ('capsule.mass: "1 %"', 6, "expected a mapping of keys to values"),
        ('capsule.mass: {normal: "1 %", uniform: ["0 kg", "1 kg"]}', 6, "normal and uniform"),
        ('capsule.mass: {uniform: ["1 kg", "-1 kg"]}', 6, "expected the lower end first"),
        ('capsule.mass: {uniform: ["1 kg", "2 %"]}', 6, "in the unit of the first, kg"),
        ('capsule.mass: {uniform: ["1 kg"]}', 6, "two deviations"),
        ('capsule.mass: {triangular: ["1 kg", "2 kg"]}', 6, "ends on both sides of 0"),
        ('capsule.mass: {log_normal: "2 kg"}', 6, 'a share, as "5 %"'),
        ('capsule.mass: {uniform: ["1 kg", "2 kg"], truncated: 3}', 6, "nothing but with normal"),
        ('capsule.mass: {normal: "1 %", truncated: 0}', 6, "a number above 0"),
        ('capsule.mass: {normal: "1 %", units: 2}', 6, "the key has one value"),
        ("capsule.mass: {seed: true}", 6, "for a whole number alone"),
        ('capsule.name: {normal: "1 %"}', 6, "expected a key with a number"),
        ('capsule: {normal: "1 %"}', 6, "expected a key with a number"),
        ('interface.latitude: {normal: "1 %"}', 6, "of which there is no share"),
        ('interface.radius: {normal: "1 km"}', 6, "is left out, so nothing is about it"),
        ('environment.density_profile: {normal: "1 %"}', 6, "expected profile"),
        ('capsule.mass: {normal: "1 %", follows: entry.step}', 6, "another key of this block"),
        ('dispersions: {normal: "1 %"}', 6, "expected a key with a number"),
        ("capsule.mass: {discrete: {values: [5.3 t, 5 km], probabilities: [0.9]}}", 6, "a mass"),
        ("capsule.mass: {discrete: {values: [5.3 t, 5.4], probabilities: [0.9]}}", 6, "a unit"),
        ("capsule.mass: {discrete: {values: [5.3 t, null], probabilities: [0.9]}}", 6, "needs one"),
        (
            "capsule.mass: {discrete: {values: [5.3 t, 5 t], probabilities: [0.9, 0.2]}}",
            6,
            "add up to 1 .they add up to 1.1",
        ),
        ("capsule.mass: {discrete: {values: [5 t, 6 t], probabilities: []}}", 6, "2 probabilities"),
        ("capsule.mass: {discrete: {values: [5 t, 6 t], probabilities: [1]}}", 6, "leaves none"),
        ("capsule.mass: {discrete: {values: [5 t, 6 t], probabilities: [2]}}", 6, "from 0 to 1"),
        ("capsule.mass: {discrete: {values: [5 t], probabilities: [1]}}", 6, "at least 2 items"),
        (
            "capsule.mass: {discrete: {values: [5 t, 6 t], probabilities: [0.5], p: 1}}",
            6,
            "known key",
        ),
        ("capsule.mass: {table: {values: [1, 2 kg]}}", 6, "expected a mass in kg"),
        ("capsule.mass: {table: {values: [1, 2], unit: km}}", 6, "expected a mass in kg"),
        ("capsule.mass: {table: {values: [1 kg]}}", 6, "at least 2 items"),
        ("capsule.mass: {table: {}}", 6, "the sample; or file and column"),
        ('capsule.mass: {table: {values: [1 kg, "1 %"]}}', 6, "percent everywhere"),
        ('capsule.mass: {table: {values: [1, 2], unit: "%", absolute: true}}', 6, "in percent"),
        ("capsule.mass: {table: {file: mass.csv}}", 6, "required: the name of a column"),
        ("capsule.mass: {table: {file: mass.txt, column: m}}", 6, "ends in .csv"),
        ("capsule.mass: {table: {file: mass.csv, column: m}}", 6, "a file that can be read"),
        ('capsule.mass: {normal: "1 %", correlated: {capsule.mas: 0.5}}', 6, "of this block"),
        ('capsule.mass: {normal: "1 %", correlated: {capsule.mass: 1}}', 6, "another key"),
        ('a..b: {normal: "1 %"}', 6, "a dotted key, as vehicle.payload.mass"),
    ],
)
def test_each_mistake_has_its_line_and_its_sentence(
    block: str, line: int, sentence: str, tmp_path: Path
):
    text = told(tmp_path, f"  {block}\n")
    assert f"falling.yaml:{line}: dispersions" in text
    assert re.search(sentence, text), text
    assert len(text.splitlines()) == 1


TWO = """\
  capsule.mass: {normal: "1 %"}
  interface.speed: {normal: "5 m/s", correlated: {capsule.mass: 0.9}}
  interface.height: {normal: "1 km", correlated: {capsule.mass: 0.9}}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ("", "", 8, "times 0.78 all of them can be; 0 as nothing is told: interface.height with"),
        ("capsule.mass: 0.9}", "capsule.mas: 0.9}", 7, "did you mean capsule.mass?"),
        ("capsule.mass: 0.9}", "capsule.mass: 1.9}", 7, "a number of at most 1"),
        ('"1 %"}', '"1 %", correlated: {interface.speed: 0.8}}', 6, "0.9, as interface.speed says"),
    ],
)
def test_correlations(old: str, new: str, line: int, sentence: str, tmp_path: Path):
    text = told(tmp_path, TWO.replace(old, new, 1) if old else TWO)
    assert f"falling.yaml:{line}: dispersions" in text
    assert sentence in text


def test_a_table_is_read_from_beside_the_mission_and_stands_in_it(tmp_path: Path):
    (tmp_path / "mass.csv").write_text("n, m\n1,-5\n2,7.5\n\n3,1e1\n", encoding="utf-8")
    block = "  capsule.mass: {table: {file: mass.csv, column: m, unit: kg}}\n"
    file = tmp_path / "falling.yaml"
    file.write_text(FILE.replace("  capsule.mass: {}\n", block), encoding="utf-8")
    mission = yaan.load(file)
    told_ = mission.source.data["dispersions"]["capsule.mass"]["table"]
    expected = {"values": [-5.0, 7.5, 10.0], "unit": "kg", "source": "mass.csv, column m"}
    assert told_ == expected
    (tmp_path / "over.yaml").write_text(
        "schema: 1\nkind: entry\nfrom: falling.yaml\nname: over\n", encoding="utf-8"
    )
    over = yaan.load(tmp_path / "over.yaml")
    assert over.source.data["dispersions"]["capsule.mass"]["table"] == expected
    (tmp_path / "mass.csv").write_text("n, mm\n1,-5\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"falling.yaml:6: .*column: .*a column of mass.csv"):
        yaan.load(file)
    (tmp_path / "mass.csv").write_text("m\n1\nheavy\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"mass.csv:3: .*a number, or one with a unit"):
        yaan.load(file)


def test_given_values_are_numbers_or_choices():
    mission = yaan.load("capsule-entry")
    key = "capsule.mass"
    drawn = {
        key: {"discrete": {"values": ["5.3 t", "5500 kg"], "probabilities": ["90 %"]}},
        "crew": {
            "discrete": {"values": [None, mission.source.data["crew"]], "probabilities": [0.5]}
        },
        "name": {"discrete": {"values": ["one", "two"], "probabilities": [0.5]}},
    }
    found = {one.key: one for one in drawn_of(mission.replace("dispersions", drawn).source)}
    assert found[key].choices == (5300.0, 5500.0)
    assert (found[key].kind, found[key].unit) == (NUMBER, "kg")
    assert found["name"].kind == CHOICE
    assert found["name"].told == "capsule-entry"
    assert found["crew"].choices == (0.0, 1.0)


PROFILE = """\
  environment.density_profile:
    profile:
      height: ["0 km", "100 km"]
      sigma: ["5 %", "15 %"]
      correlation: "10 km"
      spacing: "5 km"
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "sentence"),
    [
        ('["5 %", "15 %"]', '["5 %"]', 9, "2 deviations, one for each height"),
        ('["5 %", "15 %"]', '["5 m/s", "6 m/s"]', 9, "a share of the density"),
        ('["5 %", "15 %"]', '["5 %", 0.15]', 9, "in the unit of the first"),
        ('["5 %", "15 %"]', '["5 %", "-15 %"]', 9, "never negative"),
        ('["5 %", "15 %"]', '["5 %", "1e30 %"]', 9, "up to 100 %"),
        ('["0 km", "100 km"]', '["100 km", "0 km"]', 8, "greater than the one before"),
        ('spacing: "5 km"', 'spacing: "1 km"', 11, "at most 64 knots"),
        ('correlation: "10 km"', 'correlation: "0 km"', 10, "a length above 0 km"),
        ('correlation: "10 km"', "correlation: 10", 10, "write it with a unit"),
    ],
)
def test_profiles(old: str, new: str, line: int, sentence: str, tmp_path: Path):
    text = told(tmp_path, PROFILE.replace(old, new))
    assert f"falling.yaml:{line}: dispersions" in text
    assert sentence in text


def test_all_mistakes_are_told_at_once(tmp_path: Path):
    text = told(tmp_path, '  capsule.mas: {normal: "1 %"}\n  capsule.mass: {normal: "1 km"}\n')
    assert [line.split(":")[1] for line in text.splitlines()] == ["6", "7"]


def test_units_are_as_many_as_the_stage_has():
    mission = yaan.load("gaganyaan")
    key = "vehicle.stages.s200.thrust_scale"
    with pytest.raises(InputError, match="expected 2, as many as there are"):
        mission.replace("dispersions", {key: {"normal": "1 %", "units": 3}})
    with pytest.raises(InputError, match=r"did you mean vehicle\.stages\.s200\.thrust_scale\?"):
        mission.replace("dispersions", {key.replace("s200", "s20"): {"normal": "1 %"}})
    with pytest.raises(InputError, match="2 factors, one for each unit"):
        mission.replace(key, [1.0, 1.0, 1.0])
    with pytest.raises(InputError, match="counts something"):
        mission.replace("dispersions", {"vehicle.stages.s200.count": {"seed": True}})


def test_keys_have_the_values_of_the_mission():
    found = {one.key: one for one in drawn_of(yaan.load("gaganyaan").source)}
    payload = found["vehicle.payload.mass"]
    assert (payload.kind, payload.nominal, payload.unit) == (NUMBER, 8200.0, "kg")
    assert found["vehicle.aerodynamics.axial_scale"].nominal == 1.2
    assert found["environment.density_profile"].kind == DENSITY
    heat = found["phases.core-with-escape-system.until.heat_flux_below"]
    assert heat.nominal == pytest.approx(1400.0)
    short = yaan.load("gaganyaan").replace(
        "dispersions", {"capsule.mass": {"normal": "1 %"}, "spacecraft.mass": {"normal": "1 kg"}}
    )
    assert [one.nominal for one in drawn_of(short.source)] == [5300.0, 8200.0]


@pytest.mark.parametrize("name", ["gaganyaan", "capsule-entry"])
def test_every_number_of_the_shipped_sets_is_assumed(name: str):
    mission = yaan.load(name)
    assert mission.plan.dispersions
    for key, spec in mission.plan.dispersions.items():
        assert spec.kind in spec.assumed, key
        assert spec.assumed[spec.kind].why


def test_a_plan_in_python_keeps_its_dispersions():
    mission = yaan.load("capsule-entry")
    again = yaan.Mission.of(mission.plan)
    assert again.plan.dispersions == mission.plan.dispersions
