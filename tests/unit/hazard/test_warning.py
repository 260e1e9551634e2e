from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from yaan.hazard import (
    Bearable,
    Burst,
    Canopies,
    Fragments,
    Pieces,
    arrival,
    available_warning,
    blast_at,
    blast_contour,
    canopies_at,
    caught,
    chance,
    fireball,
    fireball_at,
    flight_time,
    fragments,
    hits,
    hits_at,
    load_hazards,
    overpressure,
    required_warning,
    required_warnings,
    slowed,
)

DATA = load_hazards()
TIME = np.linspace(0.0, 8.0, 161)
AWAY = 0.5 * 50.0 * np.minimum(TIME, 3.0) ** 2 + 150.0 * np.maximum(TIME - 3.0, 0.0)
BURST = Burst(8e3, 400e3)


def test_the_shock_meets_a_moving_capsule_where_both_are():
    found = blast_at(TIME, AWAY, BURST)[0]
    for row in (20, 40, 60):

        def ahead(t: float, row: int = row) -> float:
            return float(arrival(BURST, np.interp(TIME[row] + t, TIME, AWAY))) - t

        met = np.interp(TIME[row] + brentq(ahead, 1e-4, 3.0), TIME, AWAY)
        assert met > 1.05 * AWAY[row]
        assert found[row] == pytest.approx(float(overpressure(BURST, met).at_most), rel=0.02)


def test_a_capsule_at_rest_feels_the_load_of_its_distance():
    still = np.full((1, 161), 150.0)
    found = blast_at(TIME, still, BURST)[0, :-20]
    np.testing.assert_allclose(found, overpressure(BURST, 150.0).at_most)


def test_what_is_slower_than_the_capsule_never_comes():
    away = 50.0 + 200.0 * TIME[None]
    assert np.isnan(caught(TIME, away, away / 150.0)).all()
    met = caught(TIME, away, away / 400.0)[0]
    # 400 t = 50 + 200 (t0 + t), at t = (50 + 200 t0) / 200: twice as far as at the burst.
    np.testing.assert_allclose(met[:70], 2.0 * away[0, :70], rtol=1e-9)
    assert np.isnan(met[100:]).all()


def test_what_comes_first_counts_where_a_capsule_outruns_and_is_caught_again():
    speed = np.where((TIME > 2.0) & (TIME < 3.0), 900.0, 100.0)
    away = 50.0 + np.concatenate([[0.0], np.cumsum(0.05 * speed[1:])])
    met = caught(TIME, away, away / 400.0)[0]
    fine = np.linspace(0.0, 8.0, 160_001)
    place = np.interp(fine, TIME, away)
    for row in (0, 20, 36, 39, 45, 80):
        left = 400.0 * (fine - TIME[row])
        there = (left >= place) & (fine >= TIME[row])
        expected = place[np.argmax(there)] if there.any() else np.nan
        assert met[row] == pytest.approx(expected, abs=0.5, nan_ok=True)
    assert np.isfinite(met[[0, 20]]).all()


def test_required_warning_of_a_falling_hazard():
    hazard = np.stack([8.0 - TIME, TIME - 8.0, 0.0 * TIME + 9.0, np.where(TIME < 1.0, np.inf, 0.0)])
    found = required_warning(TIME, hazard, 3.0)
    np.testing.assert_allclose(found, [5.0, 0.0, np.inf, 1.0])
    hazard[0, 120] = np.nan  # not known at 6 s: only what comes after it is safe
    assert required_warning(TIME, hazard, 3.0)[0] == pytest.approx(6.05)


def test_a_hazard_that_comes_back_is_waited_for():
    hazard = np.interp(TIME, [0.0, 2.0, 4.0, 6.0, 8.0], [9.0, 1.0, 9.0, 1.0, 1.0])
    assert required_warning(TIME, hazard, 5.0)[0] == pytest.approx(5.0)


@pytest.mark.parametrize("limit", [35e2, 35e3, 35e4])
def test_more_burst_and_less_to_bear_need_more_warning(limit: float):
    lanes = np.tile(AWAY, (4, 1))
    needed = required_warning(
        TIME, blast_at(TIME, lanes, Burst(np.array([8e2, 8e3, 8e4, 8e5]), 0.0)), limit
    )
    assert (needed[1:] >= needed[:-1]).all()
    assert needed[1] > needed[0]
    less = required_warning(TIME, blast_at(TIME, AWAY, BURST), limit / 10.0)
    assert less > required_warning(TIME, blast_at(TIME, AWAY, BURST), limit)


def test_the_warning_that_each_hazard_asks_for():
    kind, ball = DATA.fragments["solid"], fireball(DATA.propellants["solid"], 4e5)
    what = fragments(kind, 4e5, 1.2)
    found = required_warnings(TIME, AWAY, BURST, what, ball, Bearable(35e3, 0.01, 9.6))
    assert found.blast == required_warning(TIME, blast_at(TIME, AWAY, BURST), 35e3)
    expected = -np.log1p(-0.01)
    hit = required_warning(TIME, hits_at(TIME, AWAY, what, 9.6), expected)
    assert found.fragments == pytest.approx(hit, abs=0.05)
    # Out of the fireball where the distance is its radius.
    out = float(np.interp(0.5 * ball.diameter[0], AWAY, TIME))
    assert found.fireball == pytest.approx(out, abs=0.01)
    assert found.all == max(found.blast[0], found.fragments[0], found.fireball[0])


def test_contour_over_yield_height_and_warning():
    lanes = np.tile(AWAY, (3, 1))
    found = blast_contour(
        TIME, lanes, 28e3, [0.14, 0.2, 0.6], np.array([1e5, 1e3, 0.0]), np.array([340.0, 300, 280])
    )
    assert found.shape == (3, 3, 161)
    assert (found[1:] >= found[:-1]).all()
    late = found[:, :, 40:100]
    assert (np.diff(late, axis=-1) <= 1e-9).all()
    np.testing.assert_allclose(found[1, 1], blast_at(TIME, AWAY, Burst(5.6e3, 28e3, 1e3, 300.0))[0])


def test_warning_that_there_is():
    told = np.array([0.5, 3.0, np.inf, np.nan, 1.0])
    burst = np.array([2.0, 2.0, 2.0, 2.0, np.inf])
    assert available_warning(told, burst).tolist() == [1.5, -1.0, -np.inf, -np.inf, np.inf]


def test_fragments_slow_down_in_air_and_not_in_vacuum():
    t = flight_time(200.0, 300.0, 400.0)
    steps = np.linspace(0.0, float(t), 200_001)
    v = 200.0 / (1.0 + 200.0 * steps / 400.0)  # of v' = -v^2 / L
    assert np.trapezoid(v, steps) == pytest.approx(300.0, rel=1e-6)
    assert slowed(200.0, 300.0, 400.0) == pytest.approx(v[-1], rel=1e-9)
    assert flight_time(200.0, 300.0, np.inf) == pytest.approx(1.5)
    assert Fragments(1.0, 40.0, 90.0, 100.0, 2.0).slowing == 100.0
    assert fragments(DATA.fragments["liquid"], 9e3, 0.0).slowing == np.inf


def test_speeds_of_the_classes():
    what = Fragments(1.0, 40.0, 90.0, 540.0, 1.2)
    speeds = what.classes()
    assert np.median(speeds) == pytest.approx(40.0, rel=0.02)
    assert np.mean(speeds > 90.0) == pytest.approx(0.05, abs=0.02)


def test_every_fragment_meets_a_sphere_around_the_burst():
    what = fragments(DATA.fragments["solid"], 1e5, 1.2)
    sphere = 4.0 * np.pi * 50.0**2
    assert hits(what, sphere, 50.0) == pytest.approx(2100.0)
    assert chance(0.0) == 0.0
    assert chance(2.0) == pytest.approx(1.0 - np.exp(-2.0))
    still = np.full((1, 161), 50.0)
    found = hits_at(TIME, still, replace(what, density=0.0), 12.0)[0, 0]
    assert found == pytest.approx(float(hits(what, 12.0, 50.0)))


def test_only_fragments_that_catch_up_hit():
    what = Fragments(1e4, 40.0, 90.0, 540.0, 0.0)
    away = 20.0 + 45.0 * TIME[None]
    found = hits_at(TIME, away, what, 12.0)[0]
    fast = what.classes()
    caught_by = fast[(fast > 45.0) & ((20.0 / (fast - 45.0)) <= 8.0)]
    met = 20.0 * caught_by / (caught_by - 45.0)
    assert found[0] == pytest.approx(
        1e4 / fast.size * np.sum(12.0 / (4.0 * np.pi * met**2)), rel=1e-6
    )
    assert found[0] < hits(what, 12.0, 20.0)
    assert hits_at(TIME, away, what, 120.0)[0] == pytest.approx(10.0 * found)


def test_refusals():
    with pytest.raises(ValueError, match="must rise from 0"):
        Fragments(1.0, 90.0, 40.0, 540.0, 1.2)
    with pytest.raises(ValueError, match="ballistic"):
        Fragments(1.0, 40.0, 90.0, 0.0, 1.2)
    with pytest.raises(ValueError, match="density"):
        Fragments(1.0, 40.0, 90.0, 540.0, -1.0)
    with pytest.raises(ValueError, match="history"):
        blast_at(TIME[::-1], AWAY, BURST)


def test_heat_of_a_fireball_on_the_way():
    ball = fireball(DATA.propellants["lox-rp1"], 1e5)
    still = np.full((1, 161), 300.0)
    reach, dose = fireball_at(TIME, still, ball)
    np.testing.assert_allclose(reach, np.full((1, 161), 0.5 * ball.diameter[0] / 300.0))
    # The distance is held beyond the end of the history, so every row has the whole duration.
    whole = ball.power * (0.5 * ball.diameter / 300.0) ** 2 * ball.duration
    np.testing.assert_allclose(dose, np.full((1, 161), whole[0]))
    reach, dose = fireball_at(TIME, AWAY, ball)
    assert reach[0, 0] == np.inf
    assert (np.diff(dose[0]) <= 0.0).all()


def _ride(rows: int = 601) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An escape at 5 km that rides down at 8 m/s from 20 s on, over a launcher that flies up."""
    t = np.linspace(0.0, 60.0, rows)
    zero = np.zeros_like(t)
    launcher = np.stack([zero, zero, 5e3 + 100.0 * t], axis=-1)
    capsule = np.stack([40.0 * np.minimum(t, 20.0), zero, 5.5e3 - 8.0 * t], axis=-1)
    return t[None], capsule[None], launcher[None]


def test_canopies_are_heated_once_they_are_out():
    t, capsule, launcher = _ride()
    what = Pieces(8e3, 8e5, 90.0, 540.0, 100.0)
    nylon = DATA.cloth["nylon"]
    early, fallen = canopies_at(t, capsule, launcher, 1.0, what, Canopies(nylon, 1e3, 10.0))
    late, fewer = canopies_at(t, capsule, launcher, 1.0, what, Canopies(nylon, 1e3, 30.0))
    stowed, none = canopies_at(t, capsule, launcher, 1.0, what, Canopies(nylon, 1e3, 100.0))
    assert early > late > 288.15
    assert fallen >= fewer >= none == 0.0
    assert stowed == pytest.approx(288.15)
    cool = canopies_at(t, capsule, launcher, 1.0, what, Canopies(nylon, 1e3, 10.0, 20.0))[0]
    assert cool < early
    both = canopies_at(t, capsule, launcher, [1.0, 100.0], what, Canopies(nylon, 1e3, 10.0))
    assert both[0].shape == both[1].shape == (1, 2)
    assert both[0][0, 0] == early
    needed = required_warning([1.0, 100.0], both[0], 300.0)
    assert 1.0 < needed < 100.0
    never = canopies_at(t, capsule, launcher, 100.0, what, Canopies(nylon, 1e3, 10.0))
    assert never[0] == pytest.approx(288.15)
    assert never[1] == 0.0
    with pytest.raises(ValueError, match="places"):
        canopies_at(t, capsule[:, :5], launcher, 1.0, what, Canopies(nylon, 1e3, 10.0))
