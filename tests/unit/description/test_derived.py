"""An engine from five numbers: what its design tells of the rest."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from tests.physics import chains
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.provenance import Assumption
from yaan.description import EngineSpec, VehicleSpec
from yaan.description.block import mistakes_of
from yaan.description.off_design import pair_of, surfaced
from yaan.description.quantity import FILE
from yaan.mission.checks import check, varied
from yaan.mission.engines import catalogue
from yaan.mission.load import override, tree_of
from yaan.mission.provenance import assumptions
from yaan.propulsion.losses import family_of, reactants

VIKAS: dict[str, Any] = {
    "oxidiser": "N2O4",
    "fuel": "UH25",
    "cycle": "gas generator",
    "chamber_pressure": "5.85 MPa",
    "mixture_ratio": 1.7,
    "area_ratio": 30,
}


def engine(**keys: Any) -> EngineSpec:
    """An engine of a file; None leaves a key out."""
    made = {"thrust": "800 kN", "design": VIKAS} | keys
    return EngineSpec.model_validate({k: v for k, v in made.items() if v is not None}, context=FILE)


def told(**keys: Any) -> str:
    with pytest.raises(ValidationError) as error:
        engine(**keys)
    return "; ".join(
        f"{'.'.join(map(str, m.at))}: {m.expected} {m.hint}" for m in mistakes_of(error.value)
    )


def test_specific_impulse_is_the_ideal_one_less_what_its_family_loses():
    """320.74 s by NASA's program at this point; the range is the family's band."""
    made, family = engine(), family_of("storable", "gas generator")
    assert family is not None
    assert made.isp == pytest.approx(320.74 * family.band.mean, rel=1e-4)
    found = made.derived["isp"]
    assert found.low == pytest.approx(320.74 * family.band.low, rel=1e-4)
    assert found.high == pytest.approx(320.74 * family.band.high, rel=1e-4)
    assert "storable, gas generator" in found.why
    assert set(made.derived) == {"isp", "exit_area"}


def test_thrust_is_that_of_a_flow_or_of_a_throat():
    by_flow = engine(thrust=None, design=VIKAS | {"flow": "280 kg/s"})
    assert by_flow.thrust == pytest.approx(280.0 * by_flow.isp * STANDARD_GRAVITY)
    across = engine(thrust=None, design=VIKAS | {"throat_diameter": "0.3 m"})
    pushes = across.derived["thrust"]
    assert across.thrust is not None
    # All of the greatest loss is the nozzle's, half of the usual one, or none.
    assert pushes.low < across.thrust < pushes.high
    assert pushes.low / pushes.high == pytest.approx(across.derived["isp"].low / 320.74, rel=1e-3)
    assert across.thrust / pushes.high == pytest.approx(math.sqrt(across.isp / 320.74), rel=1e-3)
    area = 0.25 * math.pi * 0.3**2
    assert across.exit_area == pytest.approx(30.0 * area)
    wide = engine(thrust=None, design=VIKAS | {"exit_diameter": f"{0.3 * math.sqrt(30.0)!r} m"})
    assert wide.thrust == pytest.approx(across.thrust)


def test_an_exit_area_by_thrust_is_near_that_of_its_throat():
    across = engine(thrust=None, design=VIKAS | {"throat_diameter": "0.3 m"})
    by_thrust = engine(thrust=f"{across.thrust!r} N")
    assert by_thrust.exit_area == pytest.approx(across.exit_area, rel=1e-9)


def test_what_is_written_is_not_derived():
    """An isp of the file's own leaves the exit area out, as files without a design do."""
    made = engine(isp="293 s")
    assert (made.isp, made.exit_area, made.derived) == (293.0, 0.0, {})


@pytest.mark.parametrize(
    "change",
    [
        {"area_ratio": None},
        {"fuel": "N2H4"},
        {"mixture_ratio": 3.0},
        {"chamber_pressure": "1 bar"},
        {"cycle": "electric pump"},
    ],
)
def test_a_design_that_does_not_tell_it_is_refused(change: dict[str, Any]):
    design = {k: v for k, v in (VIKAS | change).items() if v is not None}
    assert "isp: required design tells it with chamber_pressure" in told(design=design)
    assert told(design=None) == "isp: required "


def test_a_derived_impulse_that_flow_and_thrust_contradict_is_told():
    assert "design.flow" in told(design=VIKAS | {"flow": "400 kg/s"})


def test_published_engines_lie_in_the_derived_range():
    """Of the catalogue, those whose ratio makes their family; the others are for its audit."""
    seen = 0
    for name, entry in catalogue().items():
        family = family_of_design(entry.design)
        if family is None or name not in family.anchors or surfaced(entry.design) is None:
            continue
        free = {"flow": None, "sea_level_thrust": None, "sea_level_isp": None}
        bare = entry.design.model_copy(update=free)
        derived = EngineSpec(thrust=entry.spec.thrust, design=bare).derived["isp"]
        assert derived.low <= entry.spec.isp <= derived.high, name
        seen += 1
    assert seen > 15


def family_of_design(design: Any) -> Any:
    from yaan.propulsion.losses import propellant_class

    kind = propellant_class(design.oxidiser, design.fuel)
    return family_of(kind, design.family or design.cycle)


def test_names_are_those_of_the_losses():
    for oxidiser in ("LOX", "N2O4", "MON-3"):
        for fuel in ("RP-1", "RG-1", "T-1", "Isrosene", "LH2", "CH4", "LCH4", "LNG", "UDMH", "MMH"):
            known = pair_of(oxidiser, fuel)
            solved = reactants("N2O4" if oxidiser == "MON-3" else oxidiser, fuel)
            assert known is None or known == solved


def test_what_is_derived_at_the_ratio_of_its_design_has_no_other_nominal_one():
    """Factors are 1 at the nominal ratio, and the specific impulse is of that of the design."""
    shifted = {"shift": 0.1, "ratio": 2.0}
    assert "mixture.ratio: 1.7, that of design" in told(mixture=shifted)
    assert engine(mixture={"shift": 0.1, "ratio": 1.7}).mixture_ratio == 1.7
    assert engine(isp="293 s", mixture=shifted).mixture_ratio == 2.0


def test_a_derived_thrust_is_an_assumption_beside_an_isp_of_the_file():
    """With its range, as of an engine that leaves both out; what is written is none."""
    block: dict[str, Any] = {"isp": "293 s", "design": VIKAS | {"throat_diameter": "0.3 m"}}
    (one,) = assumed(block)
    assert one.key == "vehicle.stages.lift.engine.thrust"
    assert one.low is not None
    assert one.high is not None
    assert assumed(block | {"thrust": "800 kN"}) == []


def test_another_thrust_has_the_exit_area_that_its_file_would_have():
    tree = tree_of(flight({"thrust": "800 kN", "design": VIKAS}), "flight.yaml")
    values = {"vehicle.stages.lift.engine.thrust": "900 kN"}
    areas = [
        plan.vehicle.stages["lift"].engine.exit_area
        for plan in (check(override(tree, values)), varied(tree, check(tree), values))
        if isinstance(plan.vehicle, VehicleSpec)
    ]
    assert areas == [pytest.approx(900.0 / 800.0 * engine().exit_area)] * 2


def assumed(block: dict[str, Any]) -> list[Assumption]:
    """What is assumed in a flight with such an engine."""
    return assumptions(tree_of(flight(block), "flight.yaml"))


def flight(block: dict[str, Any]) -> dict[str, Any]:
    """A file of a flight with such an engine."""
    stage = {"engine": block, "propellant": "40 t", "dry_mass": "5 t"}
    return chains.data(vehicle={"stages": {"lift": stage}, "parts": {"box": {"mass": "1 t"}}})
