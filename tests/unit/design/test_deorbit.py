"""Where deorbits land, seen from the way; and burns that land where one is known to."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.crafts import ellipse
from tests.physics.rockets import world
from yaan.base.constants import EARTH_RADIUS
from yaan.design import deorbit
from yaan.design.deorbit import Down, Solved, offsets
from yaan.dynamics.state import State, state_of
from yaan.environment import load_standard_atmosphere
from yaan.flight import legs
from yaan.flight.approach import Case, Craft, Way, fly_approach
from yaan.gnc import with_reversal
from yaan.motion.entry import Handover
from yaan.spacetime.earth import uniform_rotation
from yaan.spacetime.zone import MEAN_RADIUS
from yaan.vehicle import Capsule, Spacecraft

Point = tuple[np.ndarray, np.ndarray]


def at(north: float, east: float) -> Point:
    """A point [deg]."""
    return np.radians([north]), np.radians([east])


@pytest.mark.parametrize(
    ("point", "beyond", "right"),
    [
        # From 0 N 0 E to 10 N 0 E, so the way runs north.
        (at(11.0, 0.0), 1.0, 0.0),
        (at(8.0, 0.0), -2.0, 0.0),
        (at(10.0, 0.5), 0.0, 0.5 * np.cos(np.radians(10.0))),
        (at(10.0, -0.5), 0.0, -0.5 * np.cos(np.radians(10.0))),
    ],
)
def test_beyond_and_right_of_an_aim(point, beyond, right):
    along, across = offsets(at(0.0, 0.0), at(10.0, 0.0), point)

    # Half a degree aside is 4e-4 deg of arc beyond its own latitude.
    assert np.degrees(along[0] / MEAN_RADIUS) == pytest.approx(beyond, abs=1e-3)
    assert np.degrees(across[0] / MEAN_RADIUS) == pytest.approx(right, abs=1e-3)


def test_the_right_hand_turns_with_the_way():
    """The same point is to the left of a way that runs south."""
    _, going_north = offsets(at(0.0, 0.0), at(10.0, 0.0), at(9.0, 1.0))
    _, going_south = offsets(at(20.0, 0.0), at(10.0, 0.0), at(9.0, 1.0))

    assert going_north[0] > 0.0 > going_south[0]
    assert going_north == pytest.approx(-going_south, rel=1e-9)


def test_the_date_line_is_no_edge():
    along, right = offsets(at(0.0, 175.0), at(0.0, 179.9), at(0.5, -179.9))

    assert np.degrees(along[0] / MEAN_RADIUS) == pytest.approx(0.2, abs=1e-3)
    assert np.degrees(right[0] / MEAN_RADIUS) == pytest.approx(-0.5, abs=1e-3)


IGNITION = 200.0  # [s]


def start(propellant: float = 1_000.0) -> State:
    position, velocity = ellipse(EARTH_RADIUS + 400e3, tilt=np.radians(51.5))
    return state_of(np.zeros(1), position[None], velocity[None], tanks=[propellant])


def case(angle: float = -1.4) -> Case:
    place = world(atmosphere=load_standard_atmosphere(), earth=uniform_rotation(duration=9_000.0))
    flat = np.ones(2)
    capsule = Capsule(
        5_300.0, 9.62, 4.2, 0.85, np.array([0.0, 30.0]), 0.33 * flat, 1.3 * flat, 0.3 * flat
    )
    whole = Spacecraft(7_200.0, 26.4, 2_200.0, 312.0)
    way = Way(
        np.radians(angle), 170e3, 120e3, Handover(height=7e3), orbit_step=60.0, entry_step=0.5
    )
    return Case(place, Craft(whole, capsule), way)


def place(down: Down) -> tuple[float, float]:
    """Where the first lane came down [rad]."""
    north, east = legs.place_of(down.entry)
    return float(north[0]), float(east[0])


def bank():
    return with_reversal(*(jnp.full(1, x) for x in (1.0, 240.0, 0.26, 1.0)))


@dataclass(frozen=True)
class Flown:
    solved: Solved
    down: Down


@pytest.fixture(scope="module")
def flown() -> Flown:
    at = np.array([IGNITION])
    solved = deorbit.solve_burns(case(), start(), at)
    return Flown(solved, deorbit.fly_down(case(), start(), at, solved.duration, bank()))


def test_the_burn_meets_the_angle_with_the_service_module_gone(flown: Flown):
    assert np.abs(flown.solved.error[0]) <= deorbit.ANGLE_MET
    # The burn is solved with the module on: 400 kg/m^2 fall from 170 to 120 km but little later.
    angle = float(flown.down.approach.entry_angle[0])
    assert np.degrees(angle) == pytest.approx(-1.4, abs=2e-3)


def test_a_longer_burn_comes_in_steeper(flown: Flown):
    """And the slope that the search leaves is that of two flights."""
    duration = flown.solved.duration + 5.0
    again = fly_approach(case(), start(), np.array([IGNITION]), duration)
    change = again.entry_angle - flown.down.approach.entry_angle
    assert change[0] < 0.0
    # The slope is the last secant's; five seconds bend it by some percent.
    assert change == pytest.approx(5.0 * flown.solved.slope, rel=0.1)


def test_what_lacks_propellant_is_told_by_its_miss():
    solved = deorbit.solve_burns(case(), start(150.0), np.array([IGNITION]))
    assert np.abs(solved.error[0]) > 100.0 * deorbit.ANGLE_MET


@pytest.mark.parametrize("off", [(-90.0, 8.0), (60.0, -5.0)])
def test_a_landing_is_aimed_back_to_its_burn(flown: Flown, off):
    aim = place(flown.down)
    burn = float(flown.solved.duration[0])
    # The flown descent's own angle, so that its burn is the answer.
    one = case(float(np.degrees(flown.down.approach.entry_angle[0])))
    guess = (IGNITION + off[0], burn + off[1])

    ignition, duration = deorbit.aim_along(one, start(), guess, bank(), aim)

    # 200 m of ground are 0.03 s; 2e-6 rad of angle, some 0.1 s of burn and as much of the way.
    assert ignition == pytest.approx(IGNITION, abs=1.0)
    assert duration == pytest.approx(burn, abs=0.2)
    landed = deorbit.fly_down(one, start(), np.array([ignition]), np.array([duration]), bank())
    along, right = deorbit.misses(one.world, landed, (np.array([aim[0]]), np.array([aim[1]])))
    assert abs(along[0]) <= deorbit.ALONG_MET
    assert abs(right[0]) < 1e3


def test_an_aim_that_no_burn_reaches_ends_the_search(flown: Flown):
    guess = (IGNITION, float(flown.solved.duration[0]))
    assert deorbit.aim_along(case(), start(20.0), guess, bank(), (0.2, 1.5)) == guess


def test_a_burn_that_skips_out_is_solved_anew_where_it_is():
    """The burn of another place of an orbit that is not round; it came in too shallow."""
    steep, shallow = case(-0.9), case(-0.5)
    at = np.array([IGNITION])
    burn = deorbit.solve_burns(steep, start(), at).duration
    landed = deorbit.fly_down(steep, start(), at, burn, bank())
    aim = place(landed)
    little = deorbit.solve_burns(shallow, start(), at).duration
    missed = deorbit.fly_down(steep, start(), at, little, bank())
    assert not deorbit.came(missed)[0]

    guess = (IGNITION - 60.0, float(little[0]))
    ignition, duration = deorbit.aim_along(steep, start(), guess, bank(), aim)
    again = deorbit.fly_down(steep, start(), np.array([ignition]), np.array([duration]), bank())
    along, _ = deorbit.misses(steep.world, again, (np.array([aim[0]]), np.array([aim[1]])))
    assert abs(along[0]) <= deorbit.ALONG_MET
    assert ignition == pytest.approx(IGNITION, abs=1.0)
