"""Flight in orbit against what is known without flying it."""

import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.crafts import TANK, ellipse, end, fly, recorded
from tests.physics.points import kepler
from tests.physics.rockets import still_earth, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY
from yaan.dynamics.forces import World
from yaan.environment import PointGravity, load_gravity, load_standard_atmosphere
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import iers_rotation
from yaan.spacetime.elements import elements
from yaan.spacetime.frame import Frame, vector
from yaan.spacetime.time import bundled_orientation, parse_utc
from yaan.vehicle import Spacecraft

DAY = 86_400.0
LOW = EARTH_RADIUS + 400e3  # [m]
PERIOD = 2.0 * np.pi * np.sqrt(LOW**3 / EARTH_MU)  # [s]
EXHAUST = 312.0 * STANDARD_GRAVITY  # [m/s]
FLOW = 2_200.0 / EXHAUST  # [kg/s]


def real(degree: int = 8) -> World:
    """The default world of an orbit: harmonics, the standard atmosphere, the real turning."""
    epoch = parse_utc("2027-01-15T03:30:00 UTC")
    return world(
        load_gravity("egm2008", degree),
        atmosphere=load_standard_atmosphere(),
        earth=iers_rotation(epoch, bundled_orientation(), duration=4.0 * DAY),
    )


def test_three_days_are_keplers():
    r0, v0 = ellipse(LOW, 0.01)
    flown = fly(world(), (r0, v0), 3.0 * DAY)
    r, v = kepler(r0, v0, 3.0 * DAY, EARTH_MU)
    # 60 s leave 6e-5 m; rounding of 4,300 steps and of the mean anomaly of Kepler's answer
    # (1e-16 of 300 rad over 7e6 m) leave as much.
    assert np.linalg.norm(end(flown)[0][0] - r) < 1e-3
    assert np.linalg.norm(end(flown)[1][0] - v) < 1e-6
    assert np.all(flown.outcome == OutcomeCode.REACHED)
    assert flown.added.drag[0] < 1e-12
    assert flown.added.ideal[0] == 0.0


@pytest.mark.parametrize("burns", [(), ((431.7, 397.3, -1.0), (3_333.3, 100.1, 1.0))])
def test_the_step_is_of_eighth_order(burns):
    # With burns too: no step straddles a switch, else the order would be one.
    steps = np.array([600.0, 420.0, 300.0, 210.0, 150.0, 15.0])
    flown = fly(world(), ellipse(LOW, 0.05), 4_200.0, *burns, step=steps, tolerance=np.inf)
    r, _ = end(flown)
    error = np.linalg.norm(r[:-1] - r[-1], axis=1)
    orders = np.log2(error[:-2] / error[2:])  # of steps that are half as long
    assert np.all(orders > 7.0), (orders, error)


def test_halving_the_default_step_is_not_seen_after_three_days():
    steps = np.array([60.0, 30.0, 120.0, 60.0, 60.0, 60.0])
    flown = fly(real(), ellipse(LOW), 3.0 * DAY, (5_000.0, 60.0, 1.0), step=steps)
    r, v = end(flown)
    assert flown.added.drag[0] > 0.03
    # Measured 0.1 mm; ten times that is still a thousandth of what the ascent's steps may cost.
    assert np.linalg.norm(r[0] - r[1]) < 1e-3
    assert np.linalg.norm(v[0] - v[1]) < 1e-6
    # Twice the step, for searches, costs millimetres.
    assert np.linalg.norm(r[2] - r[1]) < 0.02


def test_energy_grows_by_the_work_of_the_burns():
    flown = fly(
        world(), ellipse(LOW), 2_000.0, (400.0, 300.0, 1.0), (1_000.0, 200.0, -1.0), step=1.0,
        rows=2_100,
    )  # fmt: skip
    t, r, v = recorded(flown)
    speed = np.linalg.norm(v, axis=1)
    energy = 0.5 * speed**2 - EARTH_MU / np.linalg.norm(r, axis=1)
    assert np.ptp(energy[t <= 400.0]) < 1e-6  # [m^2/s^2] of 2.9e7
    work = 0.0
    for begin, duration, sense, burnt in ((400.0, 300.0, 1, 0.0), (1_000.0, 200.0, -1, 300.0)):
        on = (t >= begin) & (t <= begin + duration)
        mass = 8_000.0 - FLOW * (burnt + t[on] - begin)
        work += np.trapezoid(sense * 2_200.0 / mass * speed[on], t[on])
    # The trapezoid over 1 s of a rate that changes by 1e-4 a second: 1e-9 of the work.
    assert energy[-1] - energy[0] == pytest.approx(work, rel=1e-7)
    assert flown.outcome[0] == OutcomeCode.REACHED


def test_a_burn_in_free_space_is_tsiolkovskys():
    burn, m0 = 321.0, 8_000.0
    flown = fly(
        world(PointGravity(0.0)), ellipse(LOW), 500.0, (77.7, burn, 1.0), (410.0, 50.0, -1.0)
    )
    m1, m2 = m0 - FLOW * burn, m0 - FLOW * (burn + 50.0)
    first, second = EXHAUST * np.log(m0 / m1), EXHAUST * np.log(m1 / m2)
    np.testing.assert_allclose(flown.inner.delta_v[0], [first, second], rtol=1e-12)
    assert flown.added.ideal[0] == pytest.approx(first + second, rel=1e-12)
    assert flown.inner.propellant[0] == pytest.approx(TANK - FLOW * (burn + 50.0), rel=1e-12)
    r0, v0 = ellipse(LOW)
    r, v = (x[0] for x in end(flown))
    assert np.linalg.norm(v) == pytest.approx(np.linalg.norm(v0) + first - second, rel=1e-13)
    # Distance gained while the mass falls at a constant rate, then coasting between the burns.
    way = EXHAUST * (burn - m1 / FLOW * np.log(m0 / m1)) + first * (500.0 - 77.7 - burn)
    way -= EXHAUST * (50.0 - m2 / FLOW * np.log(m1 / m2)) + second * 40.0
    np.testing.assert_allclose(r, r0 + v0 * 500.0 + v0 / np.linalg.norm(v0) * way, atol=1e-7)


def test_the_bulge_turns_the_node_as_theory_says():
    # The mean of the node over a revolution, sixteen revolutions apart: short periods cancel.
    place, j2 = world(load_gravity("j2", 2)), 1.08262668e-3
    state = ellipse(LOW, 0.001)
    flown = fly(place, state, 17.0 * PERIOD, step=PERIOD / 96.0, rows=2_000)
    t, r, v = recorded(flown)
    where, motion = (vector(jnp.asarray(x), Frame.GCRS) for x in (r, v))
    found = elements(where, motion, jnp.asarray(EARTH_MU))
    node = np.unwrap(np.asarray(found.right_ascension)).astype(float)
    first, last = slice(0, 96), slice(16 * 96, 17 * 96)
    drift = (np.mean(node[last]) - np.mean(node[first])) / (16.0 * PERIOD)
    a, e, i = (
        np.mean(np.asarray(x))
        for x in (found.semi_major_axis, found.eccentricity, found.inclination)
    )
    secular = -1.5 * j2 * (EARTH_RADIUS / (a * (1 - e * e))) ** 2 * np.sqrt(EARTH_MU / a**3)
    # First-order theory leaves out what is of relative size J2 (R/p)^2, about 1e-3.
    assert drift == pytest.approx(secular * np.cos(i), rel=2e-3)
    assert t[16 * 96] == pytest.approx(16.0 * PERIOD, rel=1e-12)


def test_a_circle_shrinks_as_its_air_says():
    # Over the equator of an Earth that does not turn: da/dt = -rho (Cd A / m) a v.
    air = load_standard_atmosphere()
    place = world(atmosphere=air, earth=still_earth())
    low = EARTH_RADIUS + 300e3
    period = 2.0 * np.pi * np.sqrt(low**3 / EARTH_MU)
    craft = Spacecraft(8_000.0, 26.4, 0.0, 300.0)
    flown = fly(place, ellipse(low, 0.0, 0.0), period, craft=craft, propellant=0.0)
    r, v = (x[0] for x in end(flown))
    a = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / EARTH_MU)
    rho = float(air.at(jnp.asarray(300e3)).density)
    lost = 2.0 * np.pi * rho * 26.4 / 8_000.0 * low**2
    # It sinks by 36 m of a scale height of 50 km: 0.07 % more air than at the start, half of it
    # on average; and sinking moves it 2.5 times that within the revolution.
    assert low - a == pytest.approx(lost, rel=2e-3)
    speed = np.sqrt(EARTH_MU / low)
    assert flown.added.drag[0] == pytest.approx(0.5 * speed * lost / low, rel=2e-3)


def test_lanes_do_not_see_each_other():
    starts = np.array([0.0, 100.0, 250.0, 60.0, 1e3, 1e6])
    burns = np.stack([starts, np.full(6, 120.0), np.array([1, -1, 1, -1, 1, 1.0])], axis=1)
    together = fly(world(), ellipse(LOW), 1_200.0, burns)
    for i in (1, 4):
        alone = fly(world(), ellipse(LOW), 1_200.0, burns[i])
        np.testing.assert_array_equal(end(together)[0][i], end(alone)[0][0])
    assert np.ptp(np.linalg.norm(end(together)[1], axis=1)) > 1.0
    assert together.added.ideal[5] == 0.0
