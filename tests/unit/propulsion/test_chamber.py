"""Rocket performance of design points: definitions, limits, frozen flow, and what is refused."""

import math
from typing import Any

import numpy as np
import pytest

from tests.cea_there import needs_cea
from yaan.base.constants import STANDARD_GRAVITY
from yaan.base.errors import YaanError
from yaan.chemistry import Reactant
from yaan.chemistry.species import GAS_CONSTANT
from yaan.propulsion.chamber import Design, Performance, rocket, rocket_many

pytestmark = needs_cea

SOLID = (
    (Reactant("AP"), 68.0),
    (Reactant("Al"), 18.0),
    (Reactant("HTPB", {"C": 7.332, "H": 10.962, "O": 0.058}, -1046.0), 14.0),
)


def design(**changes: Any) -> Design:
    asked: dict[str, Any] = {
        "fuel": "LH2",
        "oxidiser": "LOX",
        "mixture": 6.0,
        "pressure": 70e5,
        "area_ratios": (40.0,),
    }
    return Design(**asked | changes)


def solved(**changes: Any) -> Performance:
    (answer,) = rocket_many([design(**changes)])
    if isinstance(answer, YaanError):
        raise answer
    return answer


def test_the_readme_case():
    found = rocket("LH2", "LOX", pressure=70e5, mixture=6.0, area_ratios=(40.0,))
    assert found.cstar == pytest.approx(2304.58, abs=0.01)  # [m/s], cea and RocketCEA
    assert found.isp_vacuum == pytest.approx(451.69, abs=0.01)  # [s]
    assert [s.name for s in found.stations] == ["chamber", "throat", "exit"]
    assert found.certificate.element_balance < 1e-12
    assert found.certificate.notes == ()
    throat = found.stations[1]
    assert throat.mach == pytest.approx(1.0, abs=1e-6)
    assert throat.viscosity == pytest.approx(1.0155e-4, rel=1e-3)  # [Pa s]
    assert throat.prandtl == pytest.approx(0.5369, rel=1e-3)


def test_stations_obey_the_laws():
    found = solved()
    chamber, *rest = found.stations
    flux = rest[0].density * rest[0].velocity
    for station in rest:
        energy = station.enthalpy + station.velocity**2 / 2.0
        assert energy == pytest.approx(chamber.enthalpy, rel=1e-9)
        assert station.entropy == pytest.approx(chamber.entropy, rel=1e-9)
        through = station.density * station.velocity * station.area_ratio
        assert through == pytest.approx(flux, rel=1e-9)
        gas = station.pressure * station.molar_mass / (GAS_CONSTANT * station.temperature)
        assert station.density == pytest.approx(gas, rel=1e-9)
        assert sum(station.mole_fractions.values()) == pytest.approx(1.0, abs=1e-9)
    assert chamber.area_ratio == math.inf
    assert chamber.pressure / flux == pytest.approx(found.cstar, rel=1e-12)


def test_ambient_pressure_takes_its_area_of_thrust():
    found = solved()
    exit_ = found.stations[-1]
    flow = exit_.density * exit_.velocity  # a unit of exit area
    for ambient in (0.0, exit_.pressure, 101_325.0):
        lost = ambient / flow
        vacuum = STANDARD_GRAVITY * found.isp_vacuum
        assert STANDARD_GRAVITY * found.isp(ambient) == pytest.approx(vacuum - lost, rel=1e-12)
    matched = STANDARD_GRAVITY * found.isp(exit_.pressure)
    assert matched == pytest.approx(exit_.velocity, rel=1e-12)
    ratio = found.thrust_coefficient(1e4) * found.cstar
    assert ratio == pytest.approx(STANDARD_GRAVITY * found.isp(1e4), rel=1e-12)
    with pytest.raises(YaanError, match=r"ambient pressure -1.0 Pa"):
        found.isp(-1.0)


def test_frozen_flow_gives_less_the_earlier_it_freezes():
    impulses = [
        solved(flow="frozen", freeze=freeze).isp_vacuum for freeze in ("chamber", "throat", 5.0)
    ]
    shifting = solved().isp_vacuum
    assert impulses == sorted(impulses)
    assert impulses[-1] < shifting


def test_what_freezes_behind_the_exit_is_shifting():
    late = solved(flow="frozen", freeze=41.0)
    # The trimmed list may have grown between the two: 1e-8 of a gas.
    assert late.isp_vacuum == pytest.approx(solved().isp_vacuum, rel=1e-7)


def test_what_there_is_almost_nothing_of_says_nothing():
    # At 800 K amounts fall below the smallest number of the machine.
    late = {"fuel": "N2H4", "oxidiser": None, "mixture": None, "area_ratios": (3.0, 40.0)}
    found = solved(flow="frozen", freeze=27.0, **late)
    assert found.isp_vacuum == pytest.approx(solved(**late).isp_vacuum, rel=0.02)


def test_the_composition_is_kept_from_where_it_freezes():
    found = solved(flow="frozen", freeze=10.0, area_ratios=(5.0, 40.0, 80.0))
    near, far, farther = found.stations[2:]
    assert far.mole_fractions == pytest.approx(farther.mole_fractions)
    assert near.mole_fractions["H"] > far.mole_fractions["H"]
    assert near.temperature == pytest.approx(solved(area_ratios=(5.0,)).stations[2].temperature)
    assert [s.area_ratio for s in found.stations[2:]] == pytest.approx([5.0, 40.0, 80.0])


def test_frozen_from_the_chamber_the_throat_is_frozen_too():
    found = solved(flow="frozen", freeze="chamber", subsonic_ratios=(2.0,))
    chamber, throat, *exits = found.stations
    assert throat.mach == pytest.approx(1.0, abs=1e-8)
    for station in (throat, *exits):
        assert station.mole_fractions == pytest.approx(chamber.mole_fractions)
        assert station.entropy == pytest.approx(chamber.entropy, rel=1e-9)
    assert exits[0].mach < 1.0 < exits[1].mach
    perfect = throat.heat_capacity / (throat.heat_capacity - GAS_CONSTANT / throat.molar_mass)
    assert throat.gamma == pytest.approx(perfect)


@pytest.mark.parametrize("ratio", [2.5, 4.0, 12.0, 60.0])
def test_alumina_freezes_in_frozen_flow(ratio):
    frozen = solved(
        fuel=SOLID, oxidiser=None, mixture=None, pressure=60e5, area_ratios=(ratio,), flow="frozen"
    )
    _, throat, exit_ = frozen.stations
    assert exit_.entropy == pytest.approx(throat.entropy, rel=1e-9)
    energy = exit_.enthalpy + exit_.velocity**2 / 2.0
    assert energy == pytest.approx(frozen.stations[0].enthalpy, rel=1e-9)
    assert exit_.area_ratio == pytest.approx(ratio, rel=1e-8)
    alumina = {k: v for k, v in exit_.mole_fractions.items() if k.startswith("AL2O3(")}
    there = sum(v for k, v in throat.mole_fractions.items() if k.startswith("AL2O3("))
    assert sum(alumina.values()) == pytest.approx(there, rel=1e-9)
    melting = 2327.0  # [K]
    if "AL2O3(L)" in alumina and "AL2O3(a)" in alumina:
        assert exit_.temperature == pytest.approx(melting)
    else:
        assert ("AL2O3(L)" in alumina) is (exit_.temperature > melting)
    shifting = solved(fuel=SOLID, oxidiser=None, mixture=None, pressure=60e5, area_ratios=(ratio,))
    assert 0.96 < frozen.isp_vacuum / shifting.isp_vacuum < 1.0


def test_frozen_alumina_gains_speed_steadily_over_its_melting_point():
    ratios = tuple(np.geomspace(2.0, 12.0, 25).tolist())
    found = solved(
        fuel=SOLID, oxidiser=None, mixture=None, pressure=60e5, area_ratios=ratios, flow="frozen"
    )
    exits = found.stations[2:]
    velocity = [s.velocity for s in exits]
    temperature = [s.temperature for s in exits]
    assert velocity == sorted(velocity)
    assert temperature == sorted(temperature, reverse=True)
    standing = [s for s in exits if s.temperature == pytest.approx(2327.0)]
    assert len(standing) >= 2  # it freezes over a length of the nozzle
    assert all(s.gamma == 1.0 for s in standing)


def test_a_wide_chamber_is_an_infinite_one():
    wide, infinite = solved(contraction=60.0), solved()
    assert wide.isp_vacuum == pytest.approx(infinite.isp_vacuum, rel=1e-4)
    narrow = solved(contraction=1.5)
    chamber, end, throat, _ = narrow.stations
    assert [s.name for s in narrow.stations] == ["chamber", "combustor end", "throat", "exit"]
    assert end.area_ratio == pytest.approx(1.5, rel=2e-4)
    pushed = end.pressure + end.density * end.velocity**2
    assert pushed == pytest.approx(chamber.pressure, rel=2e-4)
    assert end.entropy > chamber.entropy
    assert throat.entropy == pytest.approx(end.entropy, rel=1e-9)


def test_many_points_are_the_points_one_by_one():
    designs = [
        design(mixture=m, pressure=p, area_ratios=(r,))
        for m, p, r in ((4.0, 1e6, 10.0), (6.0, 7e6, 40.0), (7.0, 2e7, 100.0))
    ]
    mixed = [*designs, design(pressure=-1.0), design(fuel="CH4", mixture=3.4)]
    together = rocket_many(mixed)
    assert isinstance(together[3], YaanError)
    for one, answer in zip(mixed, together, strict=True):
        (alone,) = rocket_many([one])
        if isinstance(alone, YaanError):
            assert str(alone) == str(answer)
        else:
            assert isinstance(answer, Performance)
            # The list may have grown between, and cea ends its search for an area at 4e-5.
            assert answer.isp_vacuum == pytest.approx(alone.isp_vacuum, rel=2e-6)


@pytest.mark.parametrize(
    ("changes", "lowest", "highest"),
    [
        ({"pressure": 1e3}, 300.0, 460.0),
        ({"pressure": 1e8}, 440.0, 470.0),
        ({"mixture": 2.0}, 400.0, 440.0),
        ({"mixture": 100.0}, 130.0, 150.0),
        ({"area_ratios": (1.0001,)}, 280.0, 300.0),
        ({"area_ratios": (1000.0,)}, 480.0, 500.0),
    ],
)
def test_far_from_any_engine_it_still_holds(changes, lowest, highest):
    assert lowest < solved(**changes).isp_vacuum < highest


def test_what_is_found_by_search_has_transport_of_its_chamber_too():
    # The exit needs the search: ice and water.
    found = solved(fuel="RP-1", mixture=60.0, pressure=550e5, area_ratios=(5.0,), transport=True)
    assert "search" in found.certificate.notes[0]
    chamber, throat, _ = found.stations
    assert chamber.viscosity is not None
    assert throat.prandtl is not None
    plain = solved(fuel="RP-1", mixture=60.0, pressure=550e5, area_ratios=(1.5,), transport=True)
    assert not plain.certificate.notes
    assert chamber.viscosity == pytest.approx(plain.stations[0].viscosity, rel=1e-6)
    assert throat.prandtl == pytest.approx(plain.stations[1].prandtl, rel=1e-5)


def test_colder_oxygen_gives_a_little_less():
    boiling = solved(fuel="RP-1", mixture=2.6)
    cold = solved(fuel="RP-1", mixture=2.6, oxidiser=Reactant("LOX", temperature=66.0))
    # 41 kJ/kg of oxygen taken out of 9 MJ/kg: less than a second.
    assert 0.1 < boiling.isp_vacuum - cold.isp_vacuum < 1.0
    assert 3.0 < boiling.stations[0].temperature - cold.stations[0].temperature < 20.0


def test_a_monopropellant_and_a_mixture_by_name():
    peroxide = solved(fuel="H2O2-90", oxidiser=None, mixture=None, pressure=20e5)
    assert peroxide.stations[0].temperature == pytest.approx(1029.6, abs=1.0)
    by_name = solved(fuel="UH25", oxidiser="N2O4", mixture=1.71)
    by_parts = solved(
        fuel=((Reactant("UDMH"), 0.75), (Reactant("N2H4"), 0.16), (Reactant("H2O"), 0.09)),
        oxidiser="N2O4",
        mixture=1.71,
    )
    assert by_name.isp_vacuum == pytest.approx(by_parts.isp_vacuum, rel=1e-9)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pressure": 0.0}, "chamber pressure 0 Pa: 100 to 2e"),
        ({"pressure": -1.0}, "chamber pressure -1 Pa"),
        ({"pressure": math.nan}, "chamber pressure nan Pa"),
        ({"pressure": 1e12}, r"chamber pressure 1e\+12 Pa"),
        ({"mixture": 0.0}, "mixture 0.0"),
        ({"mixture": None}, "mixture None"),
        ({"area_ratios": (0.5,)}, "area ratio 0.5: above 1"),
        ({"area_ratios": (1.0,)}, "area ratio 1: above 1"),
        ({"area_ratios": (math.inf,)}, "area ratio inf"),
        ({"pressure_ratios": (0.5,)}, "pressure ratio 0.5"),
        ({"fuel": "LH3"}, "LH3: no propellant"),
        ({"flow": "melting"}, "flow 'melting'"),
        ({"flow": "frozen", "freeze": "exit"}, "freeze 'exit'"),
        ({"flow": "frozen", "freeze": 0.5}, "freeze 0.5"),
        ({"contraction": 1.0}, "contraction 1: above 1"),
        ({"contraction": 2.0, "mass_flux": 500.0}, "not both"),
        ({"mass_flux": 9000.0}, "mass flux is more than the throat lets through"),
        ({"mass_flux": -1.0}, "mass flux -1"),
        ({"mixture": 0.2}, "cea's numbers are not finite|could not be certified"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(changes, said):
    (answer,) = rocket_many([design(**changes)])
    assert isinstance(answer, YaanError)
    with pytest.raises(YaanError, match=said):
        raise answer
