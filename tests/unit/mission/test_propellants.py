from pathlib import Path

import pytest

from yaan.base import InputError
from yaan.mission.propellants import load_propellant, load_propellant_spec
from yaan.propulsion.propellants import liquid, names, of_plain

OWN = """\
schema: 1
kind: propellant
name: mine
role: fuel
storability: storable
molar_mass: "46 g/mol"
freezing_point: "159 K"
boiling_point: "351.4 K"
stored_at: "293.15 K"
density: {table: {temperature: ["273 K", "293 K"], value: ["806 kg/m3", "789 kg/m3"]}}
reactant: {formula: {C: 2, H: 6, O: 1}, enthalpy: "-277.6 kJ/mol", temperature: "298.15 K"}
source: a textbook
"""


def written(folder: Path, old: str = "", new: str = "") -> str:
    assert old in OWN
    path = folder / "mine.yaml"
    path.write_text(OWN.replace(old, new) if old else OWN, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("name", names())
def test_every_file_of_the_library_is_right_and_is_read_alike_by_both_ways(name: str):
    spec = load_propellant_spec(name)
    one, other = of_plain(spec.plain()), liquid(name)
    assert spec.name == name
    assert one.title
    assert one.source
    assert one.known == other.known
    for what in one.known:
        here, there = one.curve(what), other.curve(what)
        middle = 0.5 * (here.low + here.high)
        if not other.fluid:
            assert (here.low, here.high, here.source) == (there.low, there.high, there.source)
        assert here(middle) == pytest.approx(there(middle), rel=3e-3)
        assert here.source
    constants = ("molar_mass", "freezing_point", "boiling_point", "stored_at", "exposure")
    for key in (*constants, "reactant", "role", "storability", "grade", "aliases"):
        assert getattr(one, key) == getattr(other, key), key


def test_a_propellant_of_ones_own(tmp_path: Path):
    mine = load_propellant(written(tmp_path))
    assert mine.density(283.0) == pytest.approx(797.5)
    assert mine.reactant is not None
    assert mine.reactant.formula == {"C": 2.0, "H": 6.0, "O": 1.0}
    assert mine.reactant.enthalpy == pytest.approx(-277.6e3)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"806 kg/m3", ', "", "density.table.value"),
        ('"806 kg/m3"', '"806 K"', "density"),
        ('["273 K", "293 K"]', '["293 K", "273 K"]', "greater than the one before"),
        ('"159 K"', '"359 K"', "above the freezing point"),
        ('enthalpy: "-277.6 kJ/mol", ', "", "reactant.enthalpy"),
        ("density: {table:", 'density: {range: ["1 K", "2 K"], table:', "within those"),
        ("role: fuel", "role: engine", "one of oxidiser, fuel, monopropellant"),
        ("source: a", "mixture: [{propellant: lox, share: 0.5}]\nsource: a", "add up to 1"),
        ("table:", "assumed: {colour: {why: none}}, table:", "density.assumed.colour"),
        ("source: a", "assumed: {colour: {why: none}}\nsource: a", "assumed.colour"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str):
    with pytest.raises(InputError) as error:
        load_propellant(written(tmp_path, old, new))
    assert "mine.yaml:" in str(error.value)
    assert told in str(error.value)


def test_a_propellant_that_is_not_there():
    with pytest.raises(InputError, match="did you mean n2o4"):
        load_propellant_spec("n2o5")
