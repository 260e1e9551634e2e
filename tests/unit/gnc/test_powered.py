"""Each steering law in closed form."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import array, steering, world
from yaan.dynamics.forces import surroundings
from yaan.gnc import Aims, Estimate, Law, Perfect, Steering
from yaan.gnc.powered import Memory, OpenLoop, tangent
from yaan.spacetime.frame import Frame, vector

# A place off every axis, and a velocity off every plane. Local directions are made by hand.
LATITUDE, LONGITUDE = 0.5, 0.8
UP = np.array(
    [
        np.cos(LATITUDE) * np.cos(LONGITUDE),
        np.cos(LATITUDE) * np.sin(LONGITUDE),
        np.sin(LATITUDE),
    ]
)
EAST = np.array([-np.sin(LONGITUDE), np.cos(LONGITUDE), 0.0])
NORTH = np.cross(UP, EAST)
POSITION = np.array([4.1e6, 4.2e6, 3.0e6])
VELOCITY = np.array([-3e3, 4e3, 1.5e3])
RELATIVE = np.array([-2.7e3, 3.7e3, 1.5e3])
STREAM = RELATIVE - np.array([10.0, -40.0, 5.0])
STEER = steering(
    kick=0.1,
    azimuth=2.4,
    yaw=0.2,
    tangent=((9.0, 9.0, 9.0),),  # of which none is in force
)
IN_FORCE = Memory(jnp.asarray([0.4, -0.2, 0.05]), jnp.asarray(30.0), jnp.asarray(0.0))

pointed = jax.jit(lambda guidance, estimate, memory: guidance.command(estimate, memory).axis)


def estimate(t: float = 50.0, relative: np.ndarray = RELATIVE) -> Estimate:
    vectors = (POSITION, VELOCITY, relative, STREAM, UP, EAST, NORTH)
    return Estimate(jnp.asarray(t), *(vector(jnp.asarray(v), Frame.GCRS) for v in vectors))


def open_loop(law: Law, constants: Steering = STEER) -> OpenLoop:
    """On a leg from 40 s to 80 s that goes on with what it finds."""
    number, flag, began, stop = (jnp.asarray(x) for x in (0, False, 40.0, 80.0))
    return OpenLoop(constants, jnp.asarray(int(law)), number, flag, flag, began, stop)


def axis(law: Law, constants: Steering = STEER, **given: object) -> np.ndarray:
    found = pointed(open_loop(law, constants), estimate(**given), IN_FORCE)  # type: ignore[arg-type]
    assert found.frame is Frame.GCRS
    assert float(found.norm()) == pytest.approx(1.0, abs=1e-14)
    return np.asarray(array(found))


def tilted(tilt: float) -> np.ndarray:
    ahead = np.sin(2.4) * EAST + np.cos(2.4) * NORTH
    return np.cos(tilt) * UP + np.sin(tilt) * ahead


def test_vertical_is_up():
    np.testing.assert_allclose(axis(Law.VERTICAL), UP, atol=1e-15)


@pytest.mark.parametrize(
    ("t", "share"), [(30.0, 0.0), (40.0, 0.0), (50.0, 0.25), (80.0, 1.0), (90.0, 1.0)]
)
def test_pitch_over_tilts_at_a_constant_rate_towards_the_azimuth(t: float, share: float):
    np.testing.assert_allclose(axis(Law.PITCH_OVER, t=t), tilted(0.1 * share), atol=1e-14)


def test_azimuth_is_clockwise_from_north():
    east = axis(Law.PITCH_HOLD, steering(kick=np.pi / 2, azimuth=np.pi / 2))
    np.testing.assert_allclose(east, EAST, atol=1e-14)
    north = axis(Law.PITCH_HOLD, steering(kick=np.pi / 2, azimuth=0.0))
    np.testing.assert_allclose(north, NORTH, atol=1e-14)


@pytest.mark.parametrize("t", [0.0, 50.0, 500.0])
def test_hold_keeps_the_kick(t: float):
    np.testing.assert_allclose(axis(Law.PITCH_HOLD, t=t), tilted(0.1), atol=1e-14)


def test_a_gravity_turn_follows_the_relative_velocity():
    wanted = RELATIVE / np.linalg.norm(RELATIVE)
    np.testing.assert_allclose(axis(Law.GRAVITY_TURN), wanted, atol=1e-9)
    # At rest there is no direction to follow: the vertical serves.
    np.testing.assert_allclose(axis(Law.GRAVITY_TURN, relative=np.zeros(3)), UP, atol=1e-14)


@pytest.mark.parametrize("t", [30.0, 130.0, 230.0])
def test_a_linear_tangent_pitches_and_yaws_as_told(t: float):
    found = axis(Law.LINEAR_TANGENT, t=t)
    vertical = POSITION / np.linalg.norm(POSITION)
    across = np.cross(VELOCITY, vertical)
    right = across / np.linalg.norm(across)
    ahead = np.cross(vertical, right)
    s = (t - 30.0) / 100.0
    slope = 0.4 - 0.2 * s + 0.05 * s * s
    level = found - (found @ vertical) * vertical
    assert (found @ vertical) / np.linalg.norm(level) == pytest.approx(slope, abs=1e-13)
    assert np.arctan2(level @ right, level @ ahead) == pytest.approx(0.2, abs=1e-13)
    # Right of the motion: moving north, right is east.
    assert right @ np.cross(VELOCITY, POSITION) > 0.0


def test_the_tangent_counts_in_hundreds_of_seconds_from_its_origin():
    memory = Memory(jnp.asarray([1.0, 2.0, 3.0]), jnp.asarray(50.0), jnp.asarray(0.0))
    assert float(tangent(memory, jnp.asarray(250.0))) == pytest.approx(1.0 + 4.0 + 12.0)


def test_perfect_navigation_is_the_truth():
    position, velocity = (vector(jnp.asarray(v), Frame.GCRS) for v in (POSITION, VELOCITY))
    around = surroundings(world(), jnp.asarray(0.0), position, velocity)
    found = Perfect().estimate(jnp.asarray(7.0), position, velocity, around)
    assert float(found.t) == 7.0
    assert found.position is position
    turning = np.cross([0.0, 0.0, 7.292115e-5], POSITION)
    np.testing.assert_allclose(array(found.relative), VELOCITY - turning, atol=1e-9)
    triad = [np.asarray(array(v)) for v in (found.east, found.north, found.up)]
    np.testing.assert_allclose(np.cross(triad[0], triad[1]), triad[2], atol=1e-14)


def aims(**given: object) -> Aims:
    """Angles of a table of two knots, of which the second is past the leg's own start."""
    usual: dict[str, object] = {
        "elevation": 0.3,
        "azimuth": 2.0,
        "times": [40.0, 60.0],
        "elevations": [1.0, 0.6],
        "azimuths": [0.2, 0.4],
        "follows": False,
        "since_phase": False,
    }
    return Aims(**{key: jnp.asarray(value) for key, value in (usual | given).items()})


def aimed(
    law: Law, t: float = 50.0, relative: np.ndarray = RELATIVE, **given: object
) -> np.ndarray:
    held = vector(jnp.asarray([0.0, 0.6, 0.8]), Frame.GCRS)
    number, flag, began, stop = (jnp.asarray(x) for x in (0, False, 40.0, 80.0))
    law_now = jnp.asarray(int(law))
    loop = OpenLoop(STEER, law_now, number, flag, flag, began, stop, aims(**given), held)
    return np.asarray(array(pointed(loop, estimate(t, relative), IN_FORCE)))


def towards(elevation: float, azimuth: float) -> np.ndarray:
    level = np.sin(azimuth) * EAST + np.cos(azimuth) * NORTH
    return np.sin(elevation) * UP + np.cos(elevation) * level


def test_orbital_laws_follow_the_inertial_velocity():
    forward = VELOCITY / np.linalg.norm(VELOCITY)
    np.testing.assert_allclose(aimed(Law.PROGRADE), forward, atol=1e-14)
    np.testing.assert_allclose(aimed(Law.RETROGRADE), -forward, atol=1e-14)


def test_a_weathercock_points_into_the_stream():
    wanted = STREAM / np.linalg.norm(STREAM)
    np.testing.assert_allclose(aimed(Law.WEATHERCOCK), wanted, atol=1e-9)


@pytest.mark.parametrize(
    ("t", "share"), [(0.0, 0.0), (40.0, 0.0), (45.0, 0.25), (60.0, 1.0), (99.0, 1.0)]
)
def test_a_table_is_followed_and_held_beyond_its_ends(t: float, share: float):
    wanted = towards(1.0 - 0.4 * share, 0.2 + 0.2 * share)
    np.testing.assert_allclose(aimed(Law.TABLE, t), wanted, atol=1e-14)
    # Of the phase: it began at 40 s.
    late = aimed(Law.TABLE, t + 40.0, since_phase=True)
    np.testing.assert_allclose(late, wanted, atol=1e-14)


def test_a_table_without_azimuth_heads_where_the_motion_does():
    level = RELATIVE - (RELATIVE @ UP) * UP
    heading = level / np.linalg.norm(level)
    found = aimed(Law.TABLE, follows=True)
    np.testing.assert_allclose(found, np.sin(0.8) * UP + np.cos(0.8) * heading, atol=1e-9)
    # Where nothing moves, towards the launch azimuth.
    still = aimed(Law.TABLE, relative=np.zeros(3), follows=True)
    np.testing.assert_allclose(still, towards(0.8, 2.4), atol=1e-14)


def test_a_rail_turns_with_the_horizon_and_a_fixed_direction_does_not():
    np.testing.assert_allclose(aimed(Law.RAIL), towards(0.3, 2.0), atol=1e-14)
    np.testing.assert_allclose(aimed(Law.FIXED), [0.0, 0.6, 0.8], atol=1e-15)


@pytest.mark.parametrize("law", [x for x in Law if x <= Law.LINEAR_TANGENT])
def test_a_law_of_a_launch_is_the_same_beside_the_others(law: Law):
    # Compiled within other expressions: a last digit.
    np.testing.assert_allclose(aimed(law), axis(law), rtol=0, atol=2.3e-16)


def test_steps_end_on_the_knots_of_a_table():
    def due(t: float, law: Law = Law.TABLE, **given: object) -> float:
        number, flag, began, stop = (jnp.asarray(x) for x in (0, False, 40.0, 80.0))
        law_now = jnp.asarray(int(law))
        loop = OpenLoop(STEER, law_now, number, flag, flag, began, stop, aims(**given))
        return float(loop.deadline(jnp.asarray(t), IN_FORCE))

    assert [due(t) for t in (0.0, 40.0, 50.0, 60.0)] == [40.0, 60.0, 60.0, np.inf]
    assert due(0.0, since_phase=True) == 80.0
    assert due(0.0, Law.PROGRADE) == np.inf
