"""Drops from rest in the air, until the first canopy: closed forms, and an integration of its own.

From 3 and from 40 km, down to 1 km, over an Earth that turns, with J2 and the air of 1976.
"""

from dataclasses import replace

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.descents import Case, flown
from tests.physics.descents import world as plain_world
from tests.physics.plain_entry import Capsule as Body
from tests.physics.plain_entry import dropped, place
from tests.physics.rockets import stacked, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.dynamics.state import State, state_of
from yaan.environment import load_gravity, load_standard_atmosphere
from yaan.motion.base import Leg, fly
from yaan.motion.descent import CALM, Descended, Descent, Until, descended
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import Geodetic, uniform_rotation
from yaan.spacetime.frame import components
from yaan.vehicle import Forebody
from yaan.vehicle.parachute import Step, stack

HEIGHTS = np.array([3e3, 40e3])
FLOOR = 1e3
# A made-up blunt body, whose drag rises through Mach 1.
BODY = Body(3.8e3, 3.8, [0.0, 0.6, 0.9, 1.2, 3.0], [0.0] * 5, [0.75, 0.8, 1.0, 1.35, 1.3])
MAIN = Step(
    diameter=25.0,
    drag_coefficient=0.8,
    fill_constant=8.0,
    opening_factor=1.1,
    deploy_height=FLOOR,
)


def start() -> State:
    north, east = np.radians([[15.0], [78.0]])
    places = (north + 0.0 * HEIGHTS, east + 0.0 * HEIGHTS, HEIGHTS)
    r = components(Geodetic(*map(jnp.asarray, places)).position())
    return state_of(np.zeros(2), r, np.cross([0.0, 0.0, 7.292115e-5], r))


@eqx.filter_jit
def fall(motion: Descent, begun: State) -> tuple[Leg, Descended]:
    leg = fly(motion, begun, stop=motion.stop(), step=CALM * motion.step)
    return leg, descended(motion, leg)


@pytest.fixture(scope="module")
def drops() -> tuple[Leg, Descended]:
    """Two lanes, to the ground."""
    here = world(
        load_gravity("egm2008", 2),
        atmosphere=load_standard_atmosphere(),
        earth=uniform_rotation(duration=900.0),
    )
    body = Forebody(BODY.mass, BODY.area, BODY.mach, BODY.drag)
    begun, until = start(), Until()
    motion = Descent(
        here,
        stacked(body, body),
        stacked(*[stack([MAIN])] * 2),
        start=begun.t,
        armed=begun.t,
        step=np.full(2, 0.05),
        until=Until(*[np.full(2, value) for value in until]),
    )
    return fall(motion, begun)


@pytest.mark.parametrize("lane", [0, 1])
def test_a_drop_is_that_of_another_integration(drops: tuple[Leg, Descended], lane: int):
    leg, canopies = drops
    r = start().position_gcrs[lane]
    t, at, moving = dropped(BODY, r, FLOOR)
    record = canopies.deployed
    assert int(leg.outcome[lane]) == OutcomeCode.REACHED
    assert record.height[lane, 0] == pytest.approx(FLOOR, abs=1e-6)
    # Steps of half a second may be out by 1 mm/s and 1 cm each, and the kinks of the drag table
    # lie within them: 1 mm/s and 1 ms are found from either height, three times that is allowed.
    assert float(record.time[lane, 0]) == pytest.approx(t, abs=3e-3)
    assert float(record.speed[lane, 0]) == pytest.approx(float(np.linalg.norm(moving)), rel=2e-5)
    assert place(at)[0] == pytest.approx(FLOOR, abs=1e-3)
    assert float(canopies.vertical_speed[lane]) < 13.0


def test_a_drop_without_air_is_in_closed_form():
    # v^2 = 2 mu (1 / r - 1 / r0); the time of a fall to nearby: Kepler's along a line.
    cases = [Case(height=h, down=0.0) for h in (10.0, 3e3, 40e3)]
    answer = flown(plain_world(density=0.0), *cases)
    for lane, case in enumerate(cases):
        near, far = EARTH_RADIUS, EARTH_RADIUS + case.height
        speed = np.sqrt(2.0 * EARTH_MU * (1.0 / near - 1.0 / far))
        x = np.arcsin(np.sqrt((far - near) / far))
        time = np.sqrt(far**3 / (2.0 * EARTH_MU)) * (x + np.sqrt(near * (far - near)) / far)
        # Steps of 0.2 s of a gravity that hardly changes: rounding of a height, 1e-9 m over v.
        assert answer.canopies.vertical_speed[lane] == pytest.approx(speed, rel=1e-8)
        assert answer.leg.end.t[lane] == pytest.approx(time, rel=1e-8)


def test_a_drop_in_even_air_is_in_closed_form():
    # v = V tanh(g t / V), h = V^2 / g ln cosh(g t / V), with V the terminal speed.
    case = Case(mass=100.0, drag_area=0.5, height=1e3, down=0.0)
    answer = flown(plain_world(), case, replace(case, height=200.0))
    gravity = EARTH_MU / EARTH_RADIUS**2
    terminal = np.sqrt(2.0 * 100.0 * gravity / (1.2 * 0.5))
    for lane, height in enumerate([1e3, 200.0]):
        time = terminal / gravity * np.arccosh(np.exp(gravity * height / terminal**2))
        # Gravity over the height: h / R of it, 1.6e-4 from 1 km.
        assert answer.leg.end.t[lane] == pytest.approx(time, rel=2e-4)
        speed = terminal * np.tanh(gravity * time / terminal)
        assert answer.canopies.vertical_speed[lane] == pytest.approx(speed, rel=2e-4)
