"""The catalogue of engines on the shelf of the library, and engines in files."""

from pathlib import Path

import pytest

from yaan.base.errors import InputError
from yaan.mission import assumptions, load_tree, sources
from yaan.mission.engines import catalogue, load_engine
from yaan.mission.file.library import library_text, names
from yaan.mission.part import kind_at

CATALOGUE = catalogue()


def test_the_catalogue_holds_the_liquid_engines():
    assert len(CATALOGUE) == 40
    assert {"ce-20", "rd-180", "rs-25", "rl10a-3-3a", "vinci", "lam-440"} <= CATALOGUE.keys()
    assert "s200" not in CATALOGUE


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_entry_has_grades_and_sources(name: str):
    entry = CATALOGUE[name]
    assert entry.file == f"engines/{name}.yaml"
    assert entry.title
    assert {"thrust", "isp", "oxidiser", "fuel", "cycle"} <= entry.figures.keys()
    for figure in entry.figures.values():
        assert (figure.grade is None) is (figure.value is None)
        assert figure.value is None or figure.source
        for claim in figure.claims:
            assert claim.source or claim.note or claim.adopted
            assert not (claim.adopted and claim.refused)


@pytest.mark.parametrize(
    ("name", "key", "adopted", "refused"),
    [
        ("rd-0110", "chamber_pressure", 6.8e6, 15.53e6),
        ("rd-0110", "isp", 326.0, 330.4),
        ("rd-170", "isp", 337.1, 331.0),
        ("rd-0124", "area_ratio", None, 82.2),
        ("vulcain-2", "fuel_flow", None, 235.0),
        ("ce-7-5", "mass", None, 165.0),
    ],
)
def test_what_is_known_to_be_wrong_is_refused_with_a_reason(
    name: str, key: str, adopted: float | None, refused: float
):
    figure = CATALOGUE[name].figures[key]
    assert figure.value == adopted
    (claim,) = (one for one in figure.conflicts if one.refused)
    assert claim.value == refused


def test_engines_that_fly_have_the_thrust_that_they_flew_with():
    flown = {
        "ce-20": (186.36e3, 442.0),
        "ce-7-5": (77.5e3, 454.0),
        "merlin-1d": (914.1e3, 311.0),
        "merlin-1d-vacuum": (934e3, 348.0),
        "rd-0110": (297.926e3, 326.0),
        "rd-107a": (1019.89e3, 319.99),
        "rd-108a": (990.47e3, 320.39),
        "s5-80": (2.95e3, 302.0),
        "s5-92": (19.61e3, 327.0),
        "vikas-htve": (841e3, 293.0),
        "vikas-l40h": (765.5e3, 286.0),
        "vikas-ps2": (804e3, 300.0),
    }
    for name, (thrust, isp) in flown.items():
        spec = CATALOGUE[name].spec
        assert (spec.thrust, spec.isp) == (thrust, isp)
    # A throttle would let load limits act on them; what is published of one is a claim.
    assert {n for n in flown if CATALOGUE[n].spec.throttle} == {"merlin-1d"}


def test_claims_are_no_part_of_what_a_mission_rests_on():
    tree = load_tree("gaganyaan")
    told = [*(one.key for one in sources(tree)), *(one.key for one in assumptions(tree))]
    assert "vehicle.stages.c25.engine" in told
    assert not [key for key in told if ".design" in key or "engine.published" in key]


def planted(folder: Path, name: str, *changes: tuple[str, str]) -> str:
    text = library_text("engine", name)
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('flow: "16.71 kg/s"', 'flow: "20 kg/s"', "within 1%, which is what thrust 73.4 kN"),
        ('chamber_pressure: "3.275 MPa"', 'chamber_pressure: "0 MPa"', "above 0 MPa"),
        ("mixture_ratio: 5\n", "mixture_ratio: 0\n", "above 0"),
        ("area_ratio: 61\n", "area_ratio: 0.5\n", "of at least 1"),
        ("cycle: expander\n", "cycle: expnader\n", "one of gas generator"),
        ("value: 56.1", "value: wide", "number"),
        ("  ignitions: 20", "  ignitions: 20\n  igntions: 20", "a known key"),
        ("  ignitions: 20", "  igntions:", "a known key"),
    ],
)
def test_a_mistake_has_its_line(tmp_path: Path, old: str, new: str, words: str):
    path = planted(tmp_path, "rl10a-3-3a", (old, new))
    with pytest.raises(InputError) as found:
        load_engine(path)
    (problem,) = found.value.problems
    assert problem.file == path
    assert problem.line is not None
    line = Path(path).read_text(encoding="utf-8").splitlines()[problem.line - 1]
    assert new.splitlines()[-1].strip() in line
    assert words in f"{problem.expected} {problem.hint}"


def test_a_file_is_an_engine_if_it_says_so(tmp_path: Path):
    path = planted(tmp_path, "rd-180")
    assert kind_at(path) == "engine"
    assert load_engine(path).spec == CATALOGUE["rd-180"].spec
    assert kind_at("rd-180") is None  # a name is one of a mission
    assert kind_at(str(tmp_path / "none.yaml")) is None
    with pytest.raises(InputError, match="did you mean rd-180"):
        load_engine("rd-18O")


def test_every_motor_and_engine_of_the_library_is_checked_alone():
    for name in names("engine"):
        assert load_engine(name).name == name
