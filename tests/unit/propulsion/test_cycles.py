import dataclasses
import json
import math

import pytest

from yaan.base import InputError, NoSolutionError
from yaan.propulsion import saturated
from yaan.propulsion.cycles import (
    ASSUMPTIONS,
    CYCLES,
    Balance,
    DriveGas,
    EnginePoint,
    balance,
    gas_of,
    kerosene_rich,
)
from yaan.propulsion.cycles.fluid import RealFluid, StiffLiquid
from yaan.propulsion.cycles.parts import close, ideal_turbine, pump, real_turbine, suction
from yaan.propulsion.propellants import liquid

G0 = 9.80665
HOT_OXYGEN = DriveGas(772.0, 1062.0, 1.325, mixture_ratio=53.0, molar_mass=0.03193)
RICH_HYDROGEN = DriveGas(900.0, 8034.0, 1.366, mixture_ratio=0.92, molar_mass=3.86e-3)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch):
    """Without CoolProp."""
    monkeypatch.setattr(saturated, "installed", lambda: False)


@dataclasses.dataclass
class Entry:
    """As a file's design is."""

    fuel: str = "LH2"
    oxidiser: str = "LOX"
    chamber_pressure: float | None = 6e6
    mixture_ratio: float | None = 5.05


def kerosene() -> EnginePoint:
    return EnginePoint("RP-1", "LOX", 6.77e6, 2.27, 2640.0, 305.0)


def hydrogen() -> EnginePoint:
    return EnginePoint("LH2", "LOX", 6e6, 5.05, 43.0, 442.0)


def closed(cycle: str) -> Balance:
    if cycle == "gas generator":
        return balance(cycle, kerosene())
    if cycle == "oxidiser-rich staged combustion":
        point = EnginePoint("RP-1", "LOX", 24.5e6, 2.63, 2391.0, 337.1)
        return balance(cycle, point, HOT_OXYGEN)
    if cycle == "fuel-rich staged combustion":
        return balance(cycle, hydrogen(), RICH_HYDROGEN)
    if cycle == "expander":
        pytest.importorskip("CoolProp")
        return balance(cycle, EnginePoint("LH2", "LOX", 3.3e6, 5.0, 16.7, 444.0))
    return balance(cycle, EnginePoint("MMH", "MON-3", 0.8e6, 1.65, 0.14, 318.0))


@pytest.mark.parametrize("cycle", CYCLES)
def test_a_balance_closes_and_shows_what_is_left_over(cycle: str):
    made = closed(cycle)
    assert made.outcome == "closed"
    assert made.required() is made
    assert made.shortfall == 0.0
    for one in made.residuals:
        assert abs(one.share) < 1e-8, one
    assert {one.name for one in made.residuals} <= {"power", "flow", "energy"}
    assert made.quantities()
    for one in made.inputs:
        assert one.low <= one.value <= one.high, one
        assert not one.assumed or one.why


@pytest.mark.parametrize("cycle", CYCLES)
def test_pressures_fall_from_pumps_to_the_chamber(cycle: str):
    made = closed(cycle)
    for one in made.pumps:
        assert one.outlet_pressure > made.point.chamber_pressure
        assert one.outlet_temperature > one.inlet_temperature
    if made.turbine is not None:
        assert made.turbine.outlet_temperature < made.turbine.inlet_temperature
        assert made.turbine.pressure_ratio > 1.0
        power = made.turbine.power * next(
            one.value for one in made.inputs if one.name == "mechanical_efficiency"
        )
        assert power == pytest.approx(made.pump_power, rel=1e-9)


def test_a_pump_of_a_stiff_liquid_by_hand():
    one = StiffLiquid(liquid("RP-1"), 293.15)
    made = pump("fuel", one, 10.0, (3e5, 293.15), 10.3e6, 0.5)
    density = liquid("RP-1").density(293.15)
    assert made.power == pytest.approx(10.0 * 10e6 / density / 0.5)
    heat = (made.power / 10.0 - 10e6 / density) / liquid("RP-1").heat_capacity(293.15)
    assert made.outlet_temperature - 293.15 == pytest.approx(heat)


def test_a_real_pump_takes_less_than_a_stiff_one():
    pytest.importorskip("CoolProp")
    real = pump("oxidiser", RealFluid("Oxygen"), 1.0, (1.2e6, 90.0), 60e6, 1.0)
    stiff = pump("oxidiser", StiffLiquid(liquid("LOX"), 90.0), 1.0, (1.2e6, 90.0), 60e6, 1.0)
    assert 0.94 < real.power / stiff.power < 0.98


def test_an_ideal_turbine_is_a_real_one_of_dilute_gas():
    pytest.importorskip("CoolProp")
    constant = 8.314462618 / 31.9988e-3
    capacity = saturated.number("C", "Oxygen", P=2e5, T=300.0)
    gas = DriveGas(300.0, capacity, capacity / (capacity - constant))
    one = ideal_turbine(gas, 2.0, 2e5, 1.6, 0.7)
    other = real_turbine(RealFluid("Oxygen"), 2.0, (2e5, 300.0), 2e5 / 1.6, 0.7)
    assert one.power == pytest.approx(other.power, rel=2e-3)
    assert one.outlet_temperature == pytest.approx(other.outlet_temperature, rel=1e-3)


def test_suction_by_hand():
    one = liquid("N2O4")
    made = suction(one, (5e5, 293.15), 0.1, (1000.0, 5.0))
    weight = one.density(293.15) * G0
    assert made.available == pytest.approx((5e5 - one.vapour_pressure(293.15)) / weight)
    assert made.required is not None
    assert 1000.0 * 0.1**0.5 / (G0 * made.required) ** 0.75 == pytest.approx(5.0)
    assert made.margin == pytest.approx(made.available - made.required)


def test_a_generator_takes_what_its_turbine_needs():
    made = balance("gas generator", kerosene())
    turbine, gas = made.turbine, made.drive
    assert turbine is not None
    assert gas is not None
    assert gas.assumed
    assert "rates" in made.notes[0]
    work = 0.55 * gas.heat_capacity * gas.temperature
    work *= 1.0 - 16.0 ** (-(gas.gamma - 1.0) / gas.gamma)
    assert made.generator_flow == pytest.approx(made.pump_power / 0.98 / work)
    assert made.dumped == pytest.approx(made.generator_flow / 2640.0)


def test_what_is_dumped_costs_impulse_and_thrust_is_kept():
    made = balance("gas generator", kerosene())
    assert made.isp_cost is not None
    assert made.exhaust_isp is not None
    chamber = (2640.0 - made.generator_flow) * (305.0 + made.isp_cost)
    assert chamber + made.generator_flow * made.exhaust_isp == pytest.approx(2640.0 * 305.0)
    assert made.isp_cost > 0.0
    without = balance("gas generator", dataclasses.replace(kerosene(), isp=None))
    assert without.isp_cost is None


def test_the_exhaust_by_its_mach_number():
    """Speed and pressure on the area of a nozzle that ends at a fifth of the turbine's outlet."""
    made = balance("gas generator", hydrogen(), RICH_HYDROGEN)
    assert made.turbine is not None
    assert made.exhaust_isp is not None
    constant, gamma = 8.314462618 / 3.86e-3, 1.366
    stretch = 5.0 ** ((gamma - 1.0) / gamma)
    mach = math.sqrt(2.0 / (gamma - 1.0) * (stretch - 1.0))
    cold = made.turbine.outlet_temperature / stretch
    speed = mach * math.sqrt(gamma * constant * cold)
    # The given heat capacity is that of this gas within a tenth of a per cent.
    assert made.exhaust_isp == pytest.approx((speed + constant * cold / speed) / G0, rel=1e-3)


def test_a_fuel_rich_generator_leaves_the_chamber_leaner():
    made = balance("gas generator", kerosene())
    assert made.chamber_mixture_ratio is not None
    assert made.chamber_mixture_ratio > 2.27


def test_the_correlation_of_kerosene_is_anchored_and_ends():
    assert kerosene_rich(mixture_ratio=0.416).temperature == pytest.approx(1063.0)
    assert kerosene_rich(temperature=1063.0).mixture_ratio == pytest.approx(0.416)
    for wrong in (0.1, 0.6):
        with pytest.raises(InputError, match=r"0\.29 to 0\.47"):
            kerosene_rich(mixture_ratio=wrong)
    with pytest.raises(InputError, match="mixture ratio or a temperature"):
        kerosene_rich()


def test_staged_combustion_cannot_close_when_it_is_too_cold_and_says_by_how_much(bare: None):
    point = EnginePoint("RP-1", "LOX", 24.5e6, 2.63, 2391.0, 337.1)
    cold = dataclasses.replace(HOT_OXYGEN, temperature=500.0)
    made = balance("oxidiser-rich staged combustion", point, cold)
    assert made.outcome == "cannot close"
    assert made.shortfall > 1e6
    assert "MW" in made.sentence
    assert "cannot close" in made.sentence
    power = next(one for one in made.residuals if one.name == "power")
    assert power.value == pytest.approx(-made.shortfall)
    with pytest.raises(NoSolutionError, match="cannot close"):
        made.required()
    # At other settings it lacks more: this is the least.
    best = made.turbine
    assert best is not None
    assert 1.1 < best.pressure_ratio < 7.9


def test_an_expander_cannot_drive_any_pressure():
    pytest.importorskip("CoolProp")
    made = balance("expander", EnginePoint("LH2", "LOX", 25e6, 5.0, 100.0))
    assert made.outcome == "cannot close"
    assert made.shortfall > 0.0


def test_what_was_not_found_is_not_called_impossible(bare: None):
    made = balance("expander", EnginePoint("LH2", "LOX", 3e6, 5.0, 16.0))
    assert made.outcome == "not found"
    assert "yaan[engines]" in made.sentence
    made = balance("expander", EnginePoint("RP-1", "LOX", 3e6, 2.5, 16.0))
    assert made.outcome == "not found"
    assert "rp-1" in made.sentence


def test_closing_finds_the_first_zero_the_top_and_the_gap():
    found = close(lambda x: (x - 2.0) * (5.0 - x), 1.0, 8.0)
    assert found.closed
    assert found.at == pytest.approx(2.0)
    top = close(lambda x: -1.0 - (x - 3.0) ** 2, 1.0, 8.0)
    assert not top.closed
    assert top.at == pytest.approx(3.0, abs=1e-4)
    assert top.surplus == pytest.approx(-1.0)
    assert not top.failed
    narrow = close(lambda x: 1e-4 - (x - 3.0) ** 2, 1.0, 8.0)
    assert narrow.closed
    assert narrow.at == pytest.approx(2.99)

    def gap(x: float) -> float:
        if 2.0 < x < 4.0:
            raise NoSolutionError("no such state")
        return -1.0 - abs(x - 3.0)

    assert close(gap, 1.0, 8.0).failed == "no such state"

    def end(x: float) -> float:
        if x > 6.0:
            raise NoSolutionError("no such state")
        return -1.0 - (x - 3.0) ** 2

    assert not close(end, 1.0, 8.0).failed


def test_the_stiff_liquid_is_enough_without_coolprop(bare: None):
    made = balance("gas generator", hydrogen(), RICH_HYDROGEN)
    assert made.outcome == "closed"


def test_pressure_fed_tanks_by_hand():
    made = closed("pressure fed")
    told = {one.name: one.value for one in made.extra}
    injector, line = 0.2 * 0.8e6, 0.1 * 0.8e6
    assert told["fuel tank, pressure"] == pytest.approx(0.8e6 + injector + line)
    pressure = told["fuel tank, pressure"]
    point = made.point
    volume = point.fuel_flow / liquid("MMH").density()
    volume += point.oxidiser_flow / liquid("MON-3").density()
    helium = pressure * volume / (8.314462618 / 4.002602e-3 * 290.0)
    assert told["helium"] == pytest.approx(helium)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"fuel_pump_efficiency": 1.2}, "fuel_pump_efficiency: 1.2: expected a number above 0"),
        ({"fuel_pump_efficiency": 0.0}, "at most 1"),
        ({"turbine_efficiency": -0.1}, "turbine_efficiency: -0.1"),
        ({"turbine_pressure_ratio": 0.9}, "above 1"),
        ({"turbine_pressure_ratio": 1.0}, "above 1"),
        ({"jacket_drop": -1e5}, "jacket_drop: -100000 Pa: expected a number at least 0 Pa"),
        ({"fuel_temperature": math.nan}, "fuel_temperature: nan K"),
        ({"generator_pressure": math.inf}, "generator_pressure"),
        ({"turbine_eficiency": 0.5}, "did you mean turbine_efficiency?"),
        ({"jacket_heat": 1e6}, "a balance of gas generator uses"),
        ({"fuel_temperature": 500.0}, "from 240 K to 360 K"),
        ({"turbine_temperature": 700.0}, "from 850 K to 1150 K"),
    ],
)
def test_bad_numbers_are_one_clear_error(given: dict[str, float], told: str):
    with pytest.raises(InputError) as error:
        balance("gas generator", kerosene(), None, **given)
    assert len(error.value.problems) == 1
    assert told in str(error.value)


def test_every_wrong_number_is_told_at_once():
    with pytest.raises(InputError) as error:
        balance("gas generator", kerosene(), turbine_efficiency=2.0, jacket_drop=-1.0)
    assert len(error.value.problems) == 2


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"fuel": "RP-3"}, "did you mean rp-1?"),
        ({"mixture_ratio": 0.0}, "mixture_ratio: 0: expected a number above 0"),
        ({"chamber_pressure": -1.0}, "chamber_pressure"),
        ({"flow": math.nan}, "flow"),
        ({"isp": -300.0}, "isp"),
    ],
)
def test_bad_engines_are_one_clear_error(changed: dict[str, object], told: str):
    with pytest.raises(InputError) as error:
        dataclasses.replace(kerosene(), **changed)  # pyright: ignore[reportArgumentType]
    assert told in str(error.value)


def test_bad_cycles_and_gases():
    with pytest.raises(InputError, match="did you mean gas generator"):
        balance("gas generators", kerosene())
    with pytest.raises(InputError, match="no gas is burnt"):
        balance("expander", hydrogen(), RICH_HYDROGEN)
    with pytest.raises(InputError, match="through the preburner"):
        balance("fuel-rich staged combustion", hydrogen(), DriveGas(900.0, 8000.0, 1.36))
    with pytest.raises(InputError, match=r"drive\.gamma"):
        DriveGas(900.0, 8000.0, 1.0)
    with pytest.raises(InputError, match="thrust"):
        EnginePoint.of_thrust("LH2", "LOX", 6e6, 5.0, -1.0, 440.0)


def test_a_catalogue_entry_is_enough():
    made = EnginePoint.of_thrust("LH2", "LOX", 6e6, 5.05, 186.36e3, 442.0, "ce-20")
    assert made.flow == pytest.approx(186.36e3 / 442.0 / G0)
    assert made.oxidiser_flow / made.fuel_flow == pytest.approx(5.05)
    told = balance("gas generator", made, RICH_HYDROGEN)
    assert {one.name for one in told.inputs if one.assumed} <= set(ASSUMPTIONS)
    assert not [one for one in told.inputs if not one.assumed]


def test_spellings_of_the_catalogue():
    made = balance("Pressure-Fed", EnginePoint("MMH", "MON-3", 0.8e6, 1.65, 0.14))
    assert made.cycle == "pressure fed"


def test_an_entry_of_the_catalogue_tells_what_it_lacks():
    entry = Entry()
    made = EnginePoint.of_entry(entry, 186.36e3, 442.0, "ce-20")
    assert made == EnginePoint.of_thrust("LH2", "LOX", 6e6, 5.05, 186.36e3, 442.0, "ce-20")
    entry.chamber_pressure = entry.mixture_ratio = None
    with pytest.raises(InputError) as error:
        EnginePoint.of_entry(entry, 186.36e3, 442.0, "ce-20")
    assert len(error.value.problems) == 2


@pytest.mark.parametrize("cycle", CYCLES)
def test_a_summary_is_plain_and_whole(cycle: str):
    made = closed(cycle)
    told = json.loads(json.dumps(made.summary(), allow_nan=False))
    assert told["outcome"] == "closed"
    assert len(told["quantities"]) == len(made.quantities())
    assert {"name", "value", "unit", "assumed", "low", "high", "why"} == set(told["inputs"][0])


@pytest.fixture
def burning():
    """Equilibrium by NASA's library."""
    pytest.importorskip("cea")
    pytest.importorskip("yaan.chemistry")


def test_oxidiser_rich_gas_is_that_of_equilibrium(burning: None):
    """Run with cea 3.3.4 at 550 bar: 675 K at a mixture ratio of 55, 615 K at 60."""
    point = EnginePoint("RP-1", "LOX", 24.5e6, 2.63, 2391.0)
    for temperature, mixture in ((675.0, 55.0), (615.0, 60.0)):
        gas = gas_of(point, temperature, 550e5, oxidiser_rich=True)
        assert gas.mixture_ratio == pytest.approx(mixture, abs=1.0)
        assert not gas.assumed
        warmed = gas_of(point, temperature, 550e5, oxidiser_rich=True, pumped=lambda _: 7e4)
        assert warmed.mixture_ratio is not None
        assert warmed.mixture_ratio > mixture + 2.0


def test_a_gas_that_no_mixture_has(burning: None):
    point = EnginePoint("UH25", "N2O4", 5.85e6, 1.71, 278.0)
    with pytest.raises(NoSolutionError, match="all are hotter"):
        gas_of(point, 700.0, 5e6, oxidiser_rich=False)
    made = balance("gas generator", point, turbine_temperature=700.0)
    assert made.outcome == "not found"
    assert "700 K" in made.sentence
    assert "rates" in balance("gas generator", point).notes[0]


def test_staged_combustion_with_its_own_gas(burning: None):
    pytest.importorskip("CoolProp")
    point = EnginePoint.of_thrust("RG-1", "LOX", 24.52e6, 2.63, 7904e3, 337.1)
    made = balance("oxidiser-rich staged combustion", point).required()
    assert made.turbine is not None
    assert made.turbine.power == pytest.approx(190e6, rel=0.1)
    for one in made.residuals:
        assert abs(one.share) < 1e-8


@pytest.mark.slow
def test_every_engine_of_the_catalogue_closes(burning: None):
    """By its entry alone, with what is assumed; four of forty have no cycle that is balanced."""
    pytest.importorskip("CoolProp")
    from yaan.mission.engines import catalogue

    balanced = 0
    for name, entry in catalogue().items():
        design, spec = entry.spec.design, entry.spec
        assert design is not None
        assert spec.thrust is not None
        known = design.chamber_pressure is not None and design.mixture_ratio is not None
        if design.cycle not in CYCLES or not known:
            continue
        made = balance(design.cycle, EnginePoint.of_entry(design, spec.thrust, spec.isp, name))
        assert made.outcome == "closed", made.sentence
        assert all(abs(one.share) < 1e-8 for one in made.residuals)
        balanced += 1
    assert balanced >= 36
