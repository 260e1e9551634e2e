from importlib import resources
from pathlib import Path

import pytest

from yaan.base import UnitError
from yaan.hazard import load_hazards

PACKAGED = resources.files("yaan") / "library" / "hazards" / "launcher.yaml"


def test_packaged_figures():
    data = load_hazards()
    assert set(data.propellants) == {"solid", "hypergolic", "lox-rp1", "lox-lh2"}
    for one in data.propellants.values():
        assert 0.0 <= one.fraction.low < one.fraction.high <= 0.6
        assert one.source
    # 28 t of hydrogen and oxygen: 8 W^(2/3) in pounds is what is taken.
    pounds = 28e3 / 0.45359237
    rule = 8.0 * pounds ** (2.0 / 3.0) / pounds
    assert data.propellants["lox-lh2"].fraction.mean == pytest.approx(rule, abs=0.01)
    assert data.cloth["nylon"].areal_density == pytest.approx(1.10 * 0.0339, rel=0.01)  # oz/yd2


@pytest.mark.parametrize(
    ("right", "wrong", "error", "match"),
    [
        ("schema: 1", "schema: 2", ValueError, "schema"),
        ("[0.05, 0.075, 0.1]", "[0.1, 0.075, 0.1]", ValueError, "rising"),
        ("yield_status: recalled", "yield_status: rumour", ValueError, "rumour"),
        ('heat: "6 MJ/kg"', 'heat: "6 kg"', UnitError, "specific energy"),
        ("persistence: 5", "persistence: -5", ValueError, "persistence"),
    ],
)
def test_mistakes_of_a_file_are_told(
    tmp_path: Path, right: str, wrong: str, error: type[Exception], match: str
):
    text = PACKAGED.read_text(encoding="utf-8")
    assert right in text
    file = tmp_path / "own.yaml"
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(error, match=match):
        load_hazards(file)
