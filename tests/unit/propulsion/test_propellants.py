import itertools
import math
from collections.abc import Callable

import pytest

from yaan.base import InputError
from yaan.propulsion import propellants, saturated
from yaan.propulsion.liquid_property import LiquidProperty, of
from yaan.propulsion.mixed import Part, mixed
from yaan.propulsion.propellants import bulk_density, liquid, names

WANTED = "lox lh2 ch4 rp-1 isrosene n2o4 mon-3 udmh uh25 mmh n2h4 h2o2".split()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch):
    """Without CoolProp."""
    monkeypatch.setattr(saturated, "installed", lambda: False)


def test_the_library_has_the_propellants_of_launchers():
    assert set(WANTED) <= set(names())


# kg/m3 at 298 K that RocketProps 0.1.10 gives, and how far apart its sources (USAF handbooks,
# Aerojet, Arnold) are of each other; of peroxide, that it is of another concentration.
@pytest.mark.parametrize(
    ("name", "printed", "apart"),
    [
        ("N2O4", 1429.0, 0.005),
        ("MON-3", 1422.0, 0.005),
        ("UDMH", 785.0, 0.003),
        ("MMH", 874.0, 0.006),
        ("N2H4", 1005.0, 0.003),
        ("RP-1", 806.0, 0.002),
        ("H2O2", 1436.0, 0.006),
    ],
)
def test_densities_are_those_that_others_print(name: str, printed: float, apart: float):
    assert liquid(name).density(298.15) == pytest.approx(printed, rel=apart)


@pytest.mark.parametrize(
    ("name", "temperature", "printed", "near"),
    [
        ("N2O4", 298.15, 120.314e3, 0.002),  # AFRPL-TR-76-76
        ("N2H4", 293.15, 1404.7, 0.005),  # NIST REFPROP
        ("MMH", 293.15, 5017.2, 0.001),  # NIST REFPROP, through which it goes
        ("UDMH", 298.15, 22525.0, 0.07),  # Aerojet, which its file tells to be higher
    ],
)
def test_vapour_pressures_are_those_that_others_print(
    name: str, temperature: float, printed: float, near: float
):
    assert liquid(name).vapour_pressure(temperature) == pytest.approx(printed, rel=near)


def test_mon_3_follows_from_mon_25_without_being_fitted():
    """What dissolved NO adds is taken of MON-25; MON-3 less N2O4 is then as printed."""
    less = liquid("N2O4").density(298.15) - liquid("MON-3").density(298.15)
    assert less == pytest.approx(1429.0 - 1422.0, abs=1.0)


def test_what_libraries_get_wrong_is_not_here():
    """`thermo` has 876 and 498 for these, CoolProp's n-dodecane 746 for kerosene."""
    assert liquid("UDMH").density(298.15) < 800.0
    assert liquid("MMH").density(298.15) > 850.0
    assert liquid("kerosene").density(298.15) > 790.0


@pytest.mark.parametrize("name", [n for n in WANTED if n not in ("rp-1", "isrosene", "uh25")])
def test_a_liquid_boils_where_its_vapour_pressure_says(name: str, bare: None):
    """Within the doubt of the pressure; kerosene's table ends far below, UH25 is ideal only."""
    one = liquid(name)
    curve = one.curve("vapour_pressure")
    if one.boiling_point <= curve.high:
        near = curve.uncertainty if curve.grade == "C" else 0.01
        assert curve(one.boiling_point) == pytest.approx(101325.0, rel=near)


@pytest.mark.parametrize("name", names())
def test_every_curve_is_smooth_positive_and_goes_the_right_way(name: str, bare: None):
    one = liquid(name)
    for what in one.known:
        curve = one.curve(what)
        assert curve.source
        points = [curve.low + (curve.high - curve.low) * i / 40 for i in range(41)]
        values = [curve(t) for t in points]
        assert all(v > 0.0 and math.isfinite(v) for v in values)
        rises = [b - a for a, b in itertools.pairwise(values)]
        if what == "vapour_pressure":
            assert min(rises) > 0.0
        if what in ("density", "viscosity"):
            assert max(rises) < 0.0


@pytest.mark.parametrize("name", ["lox", "lh2", "ch4"])
def test_own_saturated_values_are_those_of_coolprop(name: str, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("CoolProp")
    one = liquid(name)
    theirs = {what: one.curve(what) for what in saturated.OUTPUTS}
    monkeypatch.setattr(saturated, "installed", lambda: False)
    for what, curve in theirs.items():
        own = one.curve(what)
        assert own.source != curve.source
        for i in range(201):
            temperature = own.low + (own.high - own.low) * i / 200
            # Heat capacities climb to the critical point, where cubics follow less closely.
            near = 1e-2 if what == "heat_capacity" else 1e-3
            assert own(temperature) == pytest.approx(curve(temperature), rel=near)


def test_coolprop_agrees_with_the_station_table_of_the_rl10():
    """NASA TM-107318: oxygen and hydrogen in its tanks, subcooled by some kelvin."""
    assert liquid("lox").density(97.06) == pytest.approx(1106.4, rel=2e-3)
    assert liquid("lh2").density(21.44) == pytest.approx(69.47, rel=2e-3)


def test_names_in_any_case_and_by_other_names():
    assert liquid("n2o4") is liquid("NTO")
    assert liquid("LOX") is liquid("Liquid Oxygen")
    assert liquid("MON3") is liquid("mon-3")


def test_a_name_that_is_none_is_told_with_the_nearest():
    with pytest.raises(InputError, match="did you mean n2o4"):
        liquid("N2O5")


@pytest.mark.parametrize("temperature", [100.0, 500.0, math.nan])
def test_a_temperature_out_of_range_is_an_error(temperature: float):
    with pytest.raises(InputError, match=r"from 261\.95 K to 320 K"):
        liquid("n2o4").density(temperature)


def test_a_property_that_is_not_known_is_an_error():
    with pytest.raises(InputError, match="known: density"):
        liquid("n2o4").at("colour")


def test_bulk_density_of_a_pair():
    fuel, oxidiser = liquid("UDMH"), liquid("N2O4")
    volume = 2.0 / oxidiser.density() + 1.0 / fuel.density()
    assert bulk_density(fuel, oxidiser, 2.0) == pytest.approx(3.0 / volume)
    assert bulk_density(fuel, oxidiser, 0.0) == pytest.approx(fuel.density())
    assert bulk_density(liquid("LH2"), liquid("LOX"), 6.0) == pytest.approx(361.0, abs=1.0)
    with pytest.raises(InputError, match="mixture_ratio"):
        bulk_density(fuel, oxidiser, -1.0)


def test_rules_of_mixing_by_hand():
    """Half and half of two made up liquids: volumes, masses, moles and logarithms add up."""
    parts = []
    for name, rho, pressure in (("a", 800.0, 2e3), ("b", 1000.0, 6e3)):
        flat = {"table": {"temperature": [300.0], "value": [0.0]}, "range": (280.0, 320.0)}
        curves = {
            "density": of({**flat, "polynomial": [rho], "table": None}, "density", "kg/m3", name),
            "vapour_pressure": of(
                {"antoine": [math.log(pressure), 0.0, 0.0], "range": (270.0, 310.0)},
                "vapour pressure",
                "Pa",
                name,
            ),
        }
        parts.append((name, curves))

    def curve_of(curves: dict[str, LiquidProperty]) -> Callable[[str], LiquidProperty]:
        def curve(what: str) -> LiquidProperty:
            if what not in curves:
                raise InputError(())
            return curves[what]

        return curve

    made = [
        Part(name, 0.5, curve_of(curves), None, mass)
        for (name, curves), mass in zip(parts, (0.02, 0.06), strict=True)
    ]
    found = mixed("m", made, propellants.UNITS)
    assert found["density"](300.0) == pytest.approx(1.0 / (0.5 / 800.0 + 0.5 / 1000.0))
    assert found["vapour_pressure"](300.0) == pytest.approx(0.75 * 2e3 + 0.25 * 6e3)
    assert (found["vapour_pressure"].low, found["vapour_pressure"].high) == (270.0, 310.0)
    assert set(found) == {"density", "vapour_pressure"}
