"""Design points and claims of engines: what is read, and what is refused with its place."""

from typing import Any

import pytest
from pydantic import ValidationError

from yaan.description.block import mistakes_of
from yaan.description.catalogue import entry_of
from yaan.description.engine_design import CLOSE, CYCLES
from yaan.description.quantity import FILE
from yaan.description.vehicle import EngineSpec
from yaan.description.written import as_written

DESIGN: dict[str, Any] = {
    "oxidiser": "LOX",
    "fuel": "RP-1",
    "cycle": "gas generator",
    "chamber_pressure": "6.77 MPa",
    "mixture_ratio": 2.27,
    "area_ratio": 16,
}
ENGINE: dict[str, Any] = {"thrust": "7895 kN", "isp": "305 s", "source": "handbook"}


def engine(design: dict[str, Any] | None = None, **keys: Any) -> EngineSpec:
    block = {**ENGINE, "design": DESIGN | (design or {}), **keys}
    return EngineSpec.model_validate(block, context=FILE)


def told(design: dict[str, Any] | None = None, **keys: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(ValidationError) as found:
        engine(design, **keys)
    return [(".".join(map(str, m.at)), m.expected, m.hint) for m in mistakes_of(found.value)]


def test_a_design_is_read_to_si():
    design = engine({"flow": "2640 kg/s", "sea_level_thrust": "6770 kN"}).design
    assert design is not None
    assert design.chamber_pressure == 6.77e6
    assert design.area_ratio == 16.0
    assert design.sea_level_thrust == 6.77e6
    assert design.chambers == 1


@pytest.mark.parametrize(
    ("design", "key", "words"),
    [
        ({"chamber_pressure": "0 MPa"}, "design.chamber_pressure", "above 0 MPa"),
        ({"chamber_pressure": "-7 MPa"}, "design.chamber_pressure", "above 0 MPa"),
        ({"chamber_pressure": 6.77e6}, "design.chamber_pressure", "a pressure"),
        ({"area_ratio": 0.9}, "design.area_ratio", "of at least 1"),
        ({"mixture_ratio": 0}, "design.mixture_ratio", "above 0"),
        ({"mixture_ratio": -2.3}, "design.mixture_ratio", "above 0"),
        ({"cycle": "gas-generator"}, "design.cycle", "one of gas generator"),
        ({"grade": "D"}, "design.grade", "one of A, B, C"),
        ({"thrust_coefficient": 1.7}, "design.thrust_coefficient", "a known key"),
        ({"sea_level_thrust": "7895 kN"}, "design.sea_level_thrust", "less than the thrust"),
        ({"sea_level_isp": "306 s"}, "design.sea_level_isp", "less than the specific impulse"),
        ({"flow": "800 kg/s", "fuel_flow": "800 kg/s"}, "design.fuel_flow", "less than flow"),
    ],
    ids=str,
)
def test_what_no_engine_has_is_one_mistake(design: dict[str, Any], key: str, words: str):
    ((found, expected, _),) = told(design)
    assert found == key
    assert words in expected


def test_thrust_flow_and_isp_that_disagree_name_the_contradiction():
    ((key, expected, hint),) = told({"flow": "2000 kg/s"})
    assert key == "design.flow"
    # 7895 kN over 305 s times 9.80665 m/s2; 2000 kg/s by each of the two.
    assert expected == ("2640 kg/s within 1%, which is what thrust 7895 kN and isp 305 s make")
    assert hint == "flow and isp make 5982 kN, flow and thrust 402.5 s: one of the three is wrong"


def test_the_ground_contradicts_flow_too():
    (first,) = told({"flow": "2640 kg/s", "sea_level_thrust": "6000 kN", "sea_level_isp": "265 s"})
    assert first[0] == "design.flow"
    assert "sea-level thrust 6000 kN and sea-level isp 265 s" in first[1]


@pytest.mark.parametrize("share", [1.0 - 0.9 * CLOSE, 1.0 + 0.9 * CLOSE])
def test_roundings_are_no_contradiction(share: float):
    assert engine({"flow": f"{share * 7895e3 / (305 * 9.80665)} kg/s"}).design is not None


@pytest.mark.parametrize(
    ("published", "key", "words"),
    [
        ({"thrsut": [{"grade": "A"}]}, "published.thrsut", "a key of the engine or of its design"),
        ({"isp": [{"value": "305 kN", "grade": "A"}]}, "published.isp.0.value", "a time"),
        ({"isp": [{"value": 305, "grade": "A"}]}, "published.isp.0.value", "a time"),
        ({"isp": [{"value": "305 s"}]}, "published.isp.0.grade", "required"),
        ({"isp": [{"value": "305 s", "grade": "E"}]}, "published.isp.0.grade", "one of A, B, C"),
        ({"isp": [{"grade": "A", "page": 3}]}, "published.isp.0.page", "a known key"),
        ({"isp": {"grade": "A"}}, "published.isp", "a list"),
        ({"area_ratio": [{"value": 0.5, "grade": "A"}]}, "published.area_ratio.0.value", "least 1"),
        ({"cycle": [{"value": "steam", "grade": "C"}]}, "published.cycle.0.value", "one of"),
    ],
    ids=str,
)
def test_claims_are_checked(published: dict[str, Any], key: str, words: str):
    ((found, expected, _),) = told(published=published)
    assert found == key
    assert words in expected


def test_an_unknown_claim_is_told_its_nearest_key():
    ((_, _, hint),) = told(published={"chamber_presure": [{"grade": "A"}]})
    assert "chamber_pressure" in hint


def test_claims_stand_beside_what_is_adopted():
    published: dict[str, Any] = {
        "isp": [
            {"value": "263 s", "grade": "A", "source": "a plate", "refused": "on the ground"},
            {"grade": "B", "note": "as flown"},
        ],
        "mass": [{"value": "8444 kg", "grade": "B", "source": "a book"}],
        "area_ratio": [{"value": 10, "grade": "C"}],
    }
    entry = entry_of("f", engine(published=published))
    isp, mass, ratio = (entry.figures[key] for key in ("isp", "mass", "area_ratio"))
    assert (isp.value, isp.grade, isp.source, isp.published) == (305.0, "B", "handbook", True)
    ((other),) = isp.conflicts
    assert (other.value, other.text, other.source) == (263.0, "263 s", "a plate")
    assert other.refused == "on the ground"
    assert (mass.value, mass.grade, mass.conflicts[0].value) == (None, None, 8444.0)
    # Nobody prints the value that is adopted, where all that is printed is another.
    assert (ratio.value, ratio.grade, ratio.published) == (16.0, "C", False)
    assert entry.value("mass") is None
    assert [figure.key for figure in entry.conflicts] == ["isp", "area_ratio", "mass"]


def test_what_is_assumed_is_of_grade_c_and_says_why():
    why = {"isp": {"why": "a guess"}}
    entry = entry_of("f", engine({"grade": "A"}, assumed=why))
    assert entry.figures["isp"].grade == "C"
    assert entry.figures["isp"].own == "assumed: a guess"
    assert not entry.figures["isp"].published
    assert entry.figures["area_ratio"].grade == "A"


def test_a_claim_that_is_refused_supports_nothing():
    claim = {"value": "305 s", "grade": "A", "source": "a plate", "refused": "of another engine"}
    figure = entry_of("f", engine({"grade": "A"}, published={"isp": [claim]})).figures["isp"]
    assert (figure.grade, figure.published) == ("C", False)
    assert figure.own == "no claim has this value"


def test_a_motor_has_no_design():
    motor = {"thrust_curve": [["0 s", 1.0], ["3 s", 0.0]], "impulse": "2 MN s", "isp": "220 s"}
    entry = entry_of("m", EngineSpec.model_validate(motor, context=FILE))
    with pytest.raises(LookupError, match="m has no design"):
        _ = entry.design


def test_an_engine_is_written_as_it_is_read():
    spec = engine(published={"isp": [{"value": "263 s", "grade": "A"}], "mass": [{"grade": "C"}]})
    again = EngineSpec.model_validate(as_written(spec), context=FILE)
    assert again == spec


def test_cycles_are_words():
    assert len(set(CYCLES)) == len(CYCLES)
