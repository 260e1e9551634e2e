from typing import Any

import numpy as np
import pytest

from yaan.hazard import Burst, Regime, arrival, distance_to, overpressure
from yaan.hazard.explosion import FIRST, LAST, PRESSURE, SOUND, TNT_ENERGY

# Swisdak, Simplified Kingery Airblast Calculations (1994), table of the surface burst as a public
# test quotes it: Z [m/kg^(1/3)], incident overpressure [kPa], arrival [ms/kg^(1/3)].
SWISDAK = np.array(
    [
        (0.6, 3613.0, 0.193),
        (0.8, 2129.0, 0.315),
        (1.0, 1354.0, 0.467),
        (1.5, 551.4, 0.989),
        (2.0, 283.7, 1.693),
        (3.0, 115.7, 3.546),
        (5.0, 43.23, 8.242),
        (8.0, 20.42, 16.18),
        (10.0, 14.89, 21.66),
        (15.0, 8.758, 35.64),
        (20.0, 6.102, 49.93),
        (30.0, 3.559, 79.07),
    ]
)
# K [ft/lb^(1/3)] and overpressure [psi], NASA-STD-8719.12A table E-1 as a public note quotes it.
K_FACTORS = np.array([(6, 27.0), (9, 12.0), (18, 3.5), (24, 2.3), (30, 1.7), (40, 1.2), (50, 0.9)])
FOOT_BY_POUND = 0.3048 / np.cbrt(0.45359237)
PSI = 6894.757


@pytest.mark.parametrize("tnt", [1.0, 1e4])
def test_ground_burst_against_the_table_of_swisdak(tnt: float):
    z, kilopascal, milliseconds = SWISDAK.T
    burst, length = Burst(tnt, ground=True), np.cbrt(tnt)
    found = overpressure(burst, z * length)
    # His simpler fit departs by 1 % from the polynomials that it stands for.
    np.testing.assert_allclose(found.overpressure, 1e3 * kilopascal, rtol=0.012)
    assert (found.regime == Regime.SHOCK).all()
    np.testing.assert_allclose(arrival(burst, z * length) / length, 1e-3 * milliseconds, rtol=0.012)


def test_ground_burst_against_the_factors_of_explosives_safety():
    k, psi = K_FACTORS.T
    found = overpressure(Burst(1.0, ground=True), k * FOOT_BY_POUND)
    np.testing.assert_allclose(found.overpressure, psi * PSI, rtol=0.04)  # as they are rounded


@pytest.mark.parametrize("z", [1.0, 2.0, 5.0, 10.0, 20.0])
def test_the_ground_throws_back_what_would_take_1_8_times_the_tnt_in_free_air(z: float):
    free = overpressure(Burst(1.8), z).overpressure
    ground = overpressure(Burst(1.0, ground=True), z).overpressure
    assert free == pytest.approx(ground, rel=0.08)


# The same curves in free air as CONWEP has them, in feet, pounds, psi and milliseconds.
FREE_PRESSURE = (
    (-0.756579301809, 1.35034249993),
    (
        *(1.77284970457, -1.69012801396, 0.00804973591951, 0.336743114941, -0.00516226351334),
        *(-0.0809228619888, -0.00478507266747, 0.00793030472242, 0.0007684469735),
    ),
)
FREE_ARRIVAL = (
    (-0.80501734056, 1.37407043777),
    (
        *(-0.0423733936826, 1.36456871214, -0.0570035692784, -0.182832224796),
        *(0.0118851436014, 0.0432648687627, -0.0007997367834, -0.00436073555033),
    ),
)


def _foot_pound(curve: tuple[tuple[float, float], tuple[float, ...]], z: np.ndarray) -> np.ndarray:
    (start, slope), terms = curve
    u = start + slope * np.log10(z)
    return np.power(10.0, np.polynomial.polynomial.polyval(u, np.array(terms)))


def test_free_air_burst_against_the_curves_in_feet_and_pounds():
    feet = np.geomspace(1.6, 99.0, 40)
    burst, r = Burst(1.0), feet * FOOT_BY_POUND
    psi = _foot_pound(FREE_PRESSURE, feet)
    np.testing.assert_allclose(overpressure(burst, r).overpressure, psi * PSI, rtol=1e-5)
    second = 1e-3 * _foot_pound(FREE_ARRIVAL, feet) / np.cbrt(0.45359237)
    np.testing.assert_allclose(arrival(burst, r), second, rtol=1e-5)


def test_distance_to_a_limit_beyond_the_curves():
    burst = Burst(1e3)
    end = overpressure(burst, 10.0 * LAST).overpressure
    assert distance_to(burst, 0.25 * end) == pytest.approx(40.0 * LAST)


def test_sachs_scaling():
    low, high = Burst(5e3, pressure=2e4, sound=295.0), Burst(5e3)
    stretch = np.cbrt(PRESSURE / 2e4)
    r = np.array([40.0, 100.0, 300.0])
    np.testing.assert_allclose(
        overpressure(low, r * stretch).overpressure * PRESSURE / 2e4,
        overpressure(high, r).overpressure,
    )
    np.testing.assert_allclose(
        arrival(low, r * stretch), arrival(high, r) * stretch * SOUND / 295.0, rtol=1e-12
    )


def test_out_of_range_is_told_and_bounded():
    burst = Burst(1e3)  # 10 m/kg^(1/3) is 100 m
    near, inside, far = 10.0 * np.array([0.3, 5.0, 79.2])
    found = overpressure(burst, [near, inside, far])
    assert found.regime.tolist() == [Regime.GAS, Regime.SHOCK, Regime.FAR]
    assert np.isnan(found.overpressure).tolist() == [True, False, True]
    end = overpressure(burst, 10.0 * LAST).overpressure
    assert found.at_most[2] == pytest.approx(0.5 * end)
    assert found.at_most[1] == found.overpressure[1]


@pytest.mark.parametrize("pressure", [0.0, 1e-3])
def test_in_near_vacuum_there_is_no_shock_but_the_gas_of_the_burst(pressure: float):
    burst = Burst(5.6e3, 28e3, pressure, 280.0)
    found = overpressure(burst, 100.0)
    assert np.isnan(found.overpressure)
    assert found.regime == Regime.GAS
    assert found.at_most == pytest.approx(2.5 * 5.6e3 * TNT_ENERGY / (np.pi * 1e6))
    # An even ball whose energy is all of its motion has an edge at sqrt(10 E / 3 M).
    speed = np.sqrt(10.0 * 5.6e3 * TNT_ENERGY / (3.0 * 28e3))
    assert arrival(burst, 100.0) == pytest.approx(100.0 / speed, rel=1e-3)


def test_the_reach_of_the_gas_is_where_the_air_swept_weighs_as_much():
    burst = Burst(1e3, 10e3)
    reach = np.cbrt(3.0 * 10e3 / (4.0 * np.pi * 1.225))
    regimes = overpressure(burst, reach * np.array([0.999, 1.001])).regime
    assert regimes.tolist() == [Regime.GAS, Regime.SHOCK]


@pytest.mark.parametrize("ground", [False, True])
@pytest.mark.parametrize("pressure", [0.0, 10.0, 1e3, PRESSURE])
def test_the_bound_falls_and_the_arrival_grows_with_distance(pressure: float, ground: bool):
    burst = Burst(2e3, 40e3, pressure, 300.0, ground)
    r = np.geomspace(0.1, 1e6, 4000)
    assert (np.diff(overpressure(burst, r).at_most) <= 0.0).all()
    assert (np.diff(arrival(burst, r)) > 0.0).all()


@pytest.mark.parametrize("limit", [35e2, 35e3, 35e4])
@pytest.mark.parametrize("pressure", [0.0, 100.0, 2e4, PRESSURE])
def test_distance_to_a_limit_is_the_inverse(pressure: float, limit: float):
    burst = Burst(np.array([200.0, 2e3, 2e4]), np.array([2e3, 4e4, 1e5]), pressure, 300.0)
    r = distance_to(burst, limit)
    assert (overpressure(burst, r * 1.0001).at_most <= limit).all()
    assert (overpressure(burst, r * 0.9999).at_most > limit * 0.999).all()


def test_nothing_left_is_no_burst():
    burst = Burst(np.array([0.0, 0.0]), 0.0, np.array([PRESSURE, 0.0]))
    assert overpressure(burst, 1.0).at_most.tolist() == [0.0, 0.0]
    assert distance_to(burst, 1e3).tolist() == [0.0, 0.0]
    assert np.isinf(arrival(burst, 1.0)).all()


def test_the_ends_of_the_curves_are_met_from_both_sides():
    for ground in (False, True):
        burst = Burst(1.0, ground=ground)
        r = LAST * np.array([1.0 - 1e-9, 1.0 + 1e-9])
        low, high = overpressure(burst, r).at_most
        assert low == pytest.approx(high, rel=1e-6)
        early, late = arrival(burst, r)
        assert early == pytest.approx(late, rel=1e-6)
        assert np.isfinite(arrival(burst, FIRST[ground] * 0.5))


@pytest.mark.parametrize("key", ["tnt", "products", "pressure"])
def test_what_is_negative_is_refused(key: str):
    values: dict[str, Any] = {"tnt": 1.0, key: -1.0}
    with pytest.raises(ValueError, match=f"{key}: a value of at least 0"):
        Burst(**values)
    with pytest.raises(ValueError, match="sound"):
        Burst(1.0, sound=0.0)
    with pytest.raises(ValueError, match="distance"):
        overpressure(Burst(1.0), -1.0)
    with pytest.raises(ValueError, match="limit"):
        distance_to(Burst(1.0), 0.0)
