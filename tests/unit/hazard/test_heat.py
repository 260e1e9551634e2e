from dataclasses import replace

import numpy as np
import pytest

from yaan.hazard import (
    Cloth,
    Fireball,
    Pieces,
    Spread,
    cloud,
    cloud_flux,
    falling_through,
    film,
    fireball,
    flux,
    load_hazards,
    pieces,
    temperature,
)

DATA = load_hazards()
KEROSENE, SOLID = DATA.propellants["lox-rp1"], DATA.propellants["solid"]
NYLON = DATA.cloth["nylon"]
BLACK = Cloth(0.04, 1500.0, Spread(1.0, 1.0, 1.0), 0.0, 500.0, "assumed", "")
NO_AIR = 1e-30  # [kg/m^3]


def test_fireball_by_the_law_in_feet_and_pounds():
    # Gayle and Bransford: D = 9.82 W^0.320 ft, t = 0.232 W^0.320 s, W in lb (recalled).
    mass = np.array([1e2, 1e4, 5e5])
    found = fireball(KEROSENE, mass)
    pounds = mass / 0.45359237
    np.testing.assert_allclose(found.diameter, 9.82 * 0.3048 * pounds**0.32, rtol=2e-3)
    np.testing.assert_allclose(found.duration, 0.232 * pounds**0.32, rtol=2e-3)


def test_flux_of_a_ball():
    ball = Fireball(np.array([100.0]), np.array([8.0]), np.array([3e5]))
    r = np.array([[0.0, 20.0, 50.0, 100.0, 500.0]])
    np.testing.assert_allclose(flux(ball, r), [[3e5, 3e5, 3e5, 7.5e4, 3e3]])


def test_a_fireball_gives_off_no_more_than_its_share_of_the_heat():
    pressure = np.array([101325.0, 1e4, 1e2, 1.0])
    found = fireball(KEROSENE, 1e5, pressure)
    given = np.pi * found.diameter**2 * found.power * found.duration
    bound = KEROSENE.radiated.high * KEROSENE.heat * 1e5
    assert (given <= bound * (1.0 + 1e-12)).all()
    np.testing.assert_allclose(given[1:], bound)
    np.testing.assert_allclose(found.diameter[3] / found.diameter[0], np.cbrt(101325.0))
    vacuum = fireball(KEROSENE, 1e5, 0.0)
    assert flux(vacuum, np.array([100.0])) == 0.0
    assert fireball(KEROSENE, 0.0).power == 0.0
    with pytest.raises(ValueError, match="at least 0"):
        fireball(KEROSENE, -1.0)


def test_cloth_that_loses_nothing_warms_by_what_it_takes():
    time = np.linspace(0.0, 4.0, 9)
    heat = np.array([np.full(9, 2e3), 1e3 * time])
    found = temperature(time, heat, BLACK, air=300.0)
    np.testing.assert_allclose(found[0], 300.0 + 2e3 * time / 60.0, rtol=1e-6)
    np.testing.assert_allclose(found[1], 300.0 + 500.0 * time**2 / 60.0, rtol=1e-6)


def test_cloth_comes_to_where_it_loses_what_it_takes():
    time = np.linspace(0.0, 60.0, 61)
    for cooling in (0.0, 20.0):
        hot = temperature(time, np.full((1, 61), 1e4), NYLON, cooling=cooling)[0, -1]
        lost = 2.0 * cooling * (hot - 288.15)
        lost += 2.0 * NYLON.emissivity * 5.670374e-8 * (hot**4 - 288.15**4)
        assert lost == pytest.approx(NYLON.absorptivity.high * 1e4, rel=1e-6)


def test_cloth_is_told_the_same_on_finer_rows():
    coarse, fine = np.linspace(0.0, 10.0, 11), np.linspace(0.0, 10.0, 2001)
    heat = np.interp(fine, [0.0, 3.0, 10.0], [0.0, 3e4, 0.0])
    one = temperature(coarse, np.interp(coarse, fine, heat)[None], NYLON)[0]
    other = temperature(fine, heat[None], NYLON)[0, ::200]
    np.testing.assert_allclose(one, other, atol=0.5)  # [K]
    with pytest.raises(ValueError, match="must rise"):
        temperature([0.0, 0.0], [[1.0, 1.0]], NYLON)


def test_air_along_a_canopy():
    assert film(8.0, 1.2) == pytest.approx(20.0, rel=0.15)
    assert film(16.0, 1.2) / film(8.0, 1.2) == pytest.approx(2.0**0.8)


def test_a_cloud_without_air_flies_as_points_do():
    what = Pieces(100.0, 1e6, 50.0, 500.0, 10.0)
    found = cloud([0.0, 0.0, 9e3], [100.0, 0.0, 20.0], what, lambda h: np.full_like(h, NO_AIR))
    t = found.time
    np.testing.assert_allclose(found.radius[0], 50.0 * t, rtol=1e-9)
    np.testing.assert_allclose(found.centre[0, :, 0], 100.0 * t, rtol=1e-9)
    np.testing.assert_allclose(
        found.centre[0, :, 2], 9e3 + 20.0 * t - 0.5 * 9.80665 * t**2, rtol=1e-9
    )
    assert found.time[-1] == pytest.approx(10.0)


def test_pieces_fall_at_their_terminal_speed_and_stop_on_the_ground():
    what = Pieces(100.0, 1e6, 0.0, 540.0, 120.0)
    found = cloud([0.0, 0.0, 4e3], [0.0, 0.0, 0.0], what, lambda h: np.full_like(h, 1.2))
    terminal = np.sqrt(2.0 * 540.0 * 9.80665 / 1.2)
    falling = found.centre[0, :, 2] > 100.0
    assert found.sinking[0][falling][-1] == pytest.approx(terminal, rel=2e-3)
    assert found.centre[0, -1, 2] == 0.0
    assert found.sinking[0, -1] == 0.0


def test_drag_on_the_spread():
    # Where nothing falls the spread alone meets the air: r = L ln(1 + v t / L), L = 2 beta/rho.
    what = Pieces(1.0, 1.0, 200.0, 100.0, 1.0)
    found = cloud([0.0, 0.0, 5e3], [0.0, 0.0, 0.0], what, lambda h: np.full_like(h, 1.0))
    length = 200.0
    np.testing.assert_allclose(found.radius[0, -1], length * np.log1p(200.0 / length), rtol=0.01)


@pytest.mark.parametrize("place", [0.0, 0.5, 0.99, 1.5, 30.0])
def test_flux_of_a_cloud_against_the_sum_over_its_pieces(place: float):
    rng = np.random.default_rng(17)
    points = rng.normal(size=(400_000, 3))
    points *= (rng.random(400_000) ** (1.0 / 3.0) / np.linalg.norm(points, axis=1))[:, None]
    summed = np.mean(1.0 / np.sum((points - [place, 0.0, 0.0]) ** 2, axis=1)) / (4.0 * np.pi)
    found = cloud([0.0, 0.0, 1e4], [0.0, 0.0, 0.0], Pieces(7.0, 3.0, 100.0, np.inf, 2.0))
    radius = found.radius[0, -1]
    told = cloud_flux(found, np.full_like(found.radius, place * radius))[0, -1]
    assert told == pytest.approx(21.0 * summed / radius**2, rel=0.02)


def test_flux_is_smooth_where_its_forms_meet():
    found = cloud([0.0, 0.0, 1e4], [0.0, 0.0, 0.0], Pieces(7.0, 3.0, 100.0, np.inf, 1.0))
    radius = found.radius
    for share in (1e-4, 1.0, 1e3):
        low = cloud_flux(found, radius * share * (1.0 - 1e-6))[0, -1]
        high = cloud_flux(found, radius * share * (1.0 + 1e-6))[0, -1]
        assert low == pytest.approx(high, rel=1e-4)


def test_pieces_fall_through_what_lies_below_them():
    what = Pieces(1000.0, 1.0, 100.0, np.inf, 10.0)
    found = cloud([0.0, 0.0, 1e4], [0.0, 0.0, -50.0], what)
    fallen = falling_through(found, np.where(found.time > 9.0, 0.0, np.inf)[None], 300.0)[0]
    assert fallen[found.time < 9.0].max() == 0.0
    radius, sinking = 100.0 * 9.5, 50.0 + 9.80665 * 9.5
    packed = 1000.0 * 3.0 / (4.0 * np.pi * radius**3)
    assert fallen[-1] == pytest.approx(packed * sinking * 300.0 * 1.0, rel=0.05)
    outside = falling_through(found, 1.01 * found.radius, 300.0)
    assert outside.max() == 0.0


def test_pieces_of_a_motor_give_off_no_more_than_their_share():
    kind = DATA.fragments["solid"]
    found = pieces(kind, SOLID, 1e5)
    assert found.number == pytest.approx(2100.0)
    assert np.asarray(found.power) * kind.burning <= SOLID.radiated.high * SOLID.heat * kind.mass
    dull = replace(SOLID, emissive_power=Spread(1.0, 1.0, 1.0))
    area = 4.0 * np.pi * (3.0 * 47.0 / (4.0 * np.pi * 1750.0)) ** (2.0 / 3.0)
    assert pieces(kind, dull, 1e5).power == pytest.approx(area)
    bright = replace(SOLID, emissive_power=Spread(1e9, 1e9, 1e9))
    given = SOLID.radiated.high * SOLID.heat * kind.mass / kind.burning
    assert pieces(kind, bright, 1e5).power == pytest.approx(given)
    with pytest.raises(ValueError, match="at least 0"):
        cloud([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], replace(found, number=-1.0))


def test_burning_pieces_of_delta_241_fell_within_914_m():
    kind = DATA.fragments["solid"]
    found = cloud([0.0, 0.0, 490.0], [10.0, 0.0, 65.0], pieces(kind, SOLID, 106e3))
    assert found.pieces.number == pytest.approx(2250.0, rel=0.05)
    assert found.radius[0, -1] == pytest.approx(914.0, rel=0.1)


def test_order_of_the_statement_on_ares():
    # Titan IV A20, 12 August 1998: destroyed near 40 s and 5 km with some 350 t of solid left:
    # burning pieces over nearly three miles, and a capsule within until the water, says the study.
    kind = DATA.fragments["solid"]
    found = cloud([0.0, 0.0, 5.2e3], [150.0, 0.0, 250.0], pieces(kind, SOLID, 350e3))
    down = int(np.argmax(found.centre[0, :, 2] <= 0.0))
    across = 2.0 * found.radius[0, down]
    assert 0.5 < across / (3.0 * 1609.344) < 2.0
    assert 45.0 < found.time[down] < 110.0
    # Canopies of 1,000 m^2 that ride down within it from 20 s on: pieces fall through them. The
    # radiation of all pieces would melt cloth that lost nothing, not cloth that gives off heat.
    out = np.where((found.time >= 20.0) & (found.time <= 60.0), 0.0, np.inf)[None]
    assert falling_through(found, out, 1e3)[0, -1] > 1.0
    heat = np.where(np.isfinite(out), cloud_flux(found, np.zeros_like(out)), 0.0)
    assert temperature(found.time, heat, NYLON).max() < NYLON.limit
    taken = NYLON.absorptivity.high * np.trapezoid(heat[0], found.time)
    assert taken > NYLON.areal_density * NYLON.heat_capacity * (NYLON.limit - 288.15)
