"""The prescribed attitude of an entry, how fast it turns, and the moment that is asked for it."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import world
from yaan.dynamics.forces import surroundings
from yaan.environment import AbstractAtmosphere, load_standard_atmosphere
from yaan.gnc import (
    AirPath,
    AttitudeControl,
    BankProfile,
    EntryEstimate,
    command_trim,
    control_moment,
)
from yaan.gnc.attitude import Motion, believe, trim_attitude
from yaan.spacetime import Frame, Rotation, Vector, vector
from yaan.spacetime.frame import components
from yaan.spacetime.rotation import about
from yaan.vehicle import Capsule
from yaan.vehicle.body import Inertia

ANGLE = np.radians(20.0)
ROLLING = BankProfile([0.0, 10.0], np.radians([0.0, 150.0]))  # 15 deg/s


def gcrs(x: Any, y: Any, z: Any) -> Vector:
    return vector(jnp.asarray([x, y, z], float), Frame.GCRS)


def body(x: Any, y: Any, z: Any) -> Vector:
    return vector(jnp.asarray([x, y, z], float), Frame.BODY)


def capsule() -> Capsule:
    """Its trim changes from 20 to 25 deg between Mach 10 and 20."""
    ones = np.ones(2)
    return Capsule(5300.0, 9.6, 4.2, 0.85, [10.0, 20.0], 0.4 * ones, 1.3 * ones, [ANGLE, 0.4363])


def control(limit: float = 1e9) -> AttitudeControl:
    inertia = Inertia(*(jnp.asarray(v) for v in (6200.0, 5500.0, 5000.0, 0.0, 0.0, 0.0)))
    return AttitudeControl(1.2, 0.8, 0.0, body(limit, limit, limit), inertia)


# Eastward along x, north is y, up is z.
EAST = AirPath(gcrs(5e3, 0, 0), gcrs(0, 0, 1), jnp.asarray(10.0))
STILL = AirPath(gcrs(0, 0, 0), gcrs(0, 0, 0), jnp.asarray(0.0))


def estimate(attitude: Rotation, rate: Vector, path_rate: AirPath = STILL) -> EntryEstimate:
    return EntryEstimate(jnp.asarray(5.0), EAST, path_rate, attitude, rate)


def axis(attitude: Rotation, x: float, y: float, z: float) -> np.ndarray:
    """A body axis in GCRS."""
    v = attitude.inverse().apply(body(x, y, z))
    return np.array([float(v.x), float(v.y), float(v.z)])


def test_lift_up_leans_the_heat_shield_down_and_lift_right_to_the_left():
    upright = trim_attitude(EAST, jnp.asarray(0.0), jnp.asarray(ANGLE))
    s, c = np.sin(ANGLE), np.cos(ANGLE)
    np.testing.assert_allclose(axis(upright, 1, 0, 0), [c, 0, -s], atol=1e-15)
    np.testing.assert_allclose(axis(upright, 0, 1, 0), [0, -1, 0], atol=1e-15)  # right is south
    np.testing.assert_allclose(axis(upright, 0, 0, 1), [-s, 0, -c], atol=1e-15)
    right = trim_attitude(EAST, jnp.asarray(np.pi / 2), jnp.asarray(ANGLE))
    np.testing.assert_allclose(axis(right, 1, 0, 0), [c, s, 0], atol=1e-15)  # shield to the north


def test_a_roll_to_the_right_is_a_positive_turn_about_the_stream():
    attitude = trim_attitude(EAST, jnp.asarray(np.radians(75.0)), jnp.asarray(ANGLE))
    asked = command_trim(estimate(attitude, body(0, 0, 0)), capsule(), ROLLING, control())
    stream = asked.attitude.apply(EAST.stream.unit())
    assert float(asked.bank) == pytest.approx(np.radians(75.0))
    assert float(asked.rate.dot(stream)) == pytest.approx(np.radians(15.0))
    assert float(asked.rate.cross(stream).norm()) == pytest.approx(0.0, abs=1e-12)


def test_the_commanded_rate_is_the_change_of_the_commanded_attitude():
    path = AirPath(gcrs(5e3, 0, -400), gcrs(0, 0.1, 0.99), jnp.asarray(12.0))
    rate = AirPath(gcrs(-40.0, 12.0, -9.0), gcrs(8e-4, 1e-4, 0), jnp.asarray(0.3))
    any_way = trim_attitude(EAST, jnp.asarray(0.0), jnp.asarray(ANGLE))

    def at(h: float) -> Any:
        later = jax.tree.map(lambda a, b: a + h * b, path, rate)
        seen = EntryEstimate(jnp.asarray(5.0 + h), later, rate, any_way, body(0, 0, 0))
        return command_trim(seen, capsule(), ROLLING, control())

    h = 1e-4
    turned = at(-h).attitude.inverse().then(at(h).attitude)
    found = np.array([float(c) for c in (turned.x, turned.y, turned.z)]) / h
    told = at(0.0).rate
    np.testing.assert_allclose(found, [float(c) for c in (told.x, told.y, told.z)], atol=1e-7)


@pytest.mark.parametrize("index", range(3))
def test_the_moment_turns_back_about_each_axis_and_keeps_its_limit(index: int):
    asked = command_trim(
        estimate(trim_attitude(EAST, jnp.asarray(0.0), jnp.asarray(ANGLE)), body(0, 0, 0)),
        capsule(),
        BankProfile([0.0, 1.0], [0.0, 0.0]),
        control(),
    )
    off = np.eye(3)[index] * 0.01
    turned = asked.attitude.then(about(body(*off), Frame.BODY))
    inertia = (6200.0, 5500.0, 5000.0)[index]
    for limit, size in ((1e9, inertia * 1.2**2 * 0.01), (50.0, 50.0)):
        moment = control_moment(control(limit), estimate(turned, body(0, 0, 0)), asked)
        found = np.array([float(c) for c in (moment.x, moment.y, moment.z)])
        np.testing.assert_allclose(found, -np.eye(3)[index] * size, rtol=1e-4, atol=1e-9)


def test_the_moment_slows_a_turn_that_was_not_asked_and_nothing_asks_nothing():
    attitude = trim_attitude(EAST, jnp.asarray(0.0), jnp.asarray(ANGLE))
    level = BankProfile([0.0, 1.0], [0.0, 0.0])
    asked = command_trim(estimate(attitude, body(0, 0, 0)), capsule(), level, control())
    none = control_moment(control(), estimate(attitude, body(0, 0, 0)), asked)
    assert float(none.norm()) == pytest.approx(0.0, abs=1e-9)
    slowed = control_moment(control(), estimate(attitude, body(0, 0.02, 0)), asked)
    assert float(slowed.y) == pytest.approx(-5500.0 * 2.0 * 0.8 * 1.2 * 0.02)


def test_the_other_sign_of_a_quaternion_is_the_same_attitude():
    attitude = trim_attitude(EAST, jnp.asarray(0.3), jnp.asarray(ANGLE))
    other = jax.tree.map(lambda leaf: -leaf, attitude)
    asked = command_trim(
        estimate(attitude, body(0, 0, 0)), capsule(), BankProfile([0.0, 1.0], [0, 0]), control()
    )
    one, two = (
        control_moment(control(), estimate(a, body(0, 0, 0)), asked) for a in (attitude, other)
    )
    assert float((one - two).norm()) == pytest.approx(0.0, abs=1e-9)
    assert float(one.norm()) > 100.0


def test_the_roll_is_given_its_acceleration():
    eased = eqx.tree_at(lambda c: c.easing, control(), jnp.asarray(6.0))
    attitude = trim_attitude(EAST, jnp.asarray(0.0), jnp.asarray(ANGLE))
    start = eqx.tree_at(lambda e: e.elapsed, estimate(attitude, body(0, 0, 0)), jnp.asarray(-1.0))
    asked = command_trim(start, capsule(), ROLLING, eased)
    along = asked.attitude.apply(EAST.stream.unit())
    assert float(asked.acceleration.dot(along)) == pytest.approx(np.radians(2.5))
    held = EntryEstimate(start.elapsed, EAST, STILL, asked.attitude, asked.rate)
    moment = control_moment(eased, held, asked)
    # x leads the stream's direction by the cosine of the trim, z by minus its sine.
    assert float(moment.x) == pytest.approx(6200.0 * np.radians(2.5) * np.cos(ANGLE), rel=1e-6)
    assert float(moment.z) == pytest.approx(-5000.0 * np.radians(2.5) * np.sin(ANGLE), rel=1e-6)


def test_what_is_believed_of_the_path_changes_as_the_path_does():
    there = world(atmosphere=load_standard_atmosphere())  # it turns
    position, velocity = gcrs(6.43e6, 2e4, 1e6), gcrs(-900.0, 5e3, 2e3)
    pull, still = gcrs(-6.0, 2.0, 1.0), jnp.asarray(0.0)
    upright = trim_attitude(EAST, still, jnp.asarray(ANGLE))

    def at(h: float) -> EntryEstimate:
        r = position + velocity * h + pull * (0.5 * h * h)
        around = surroundings(there, still + h, r, velocity + pull * h)
        spin = around.to_fixed.inverse().apply(there.earth.spin(still + h))
        height, low = around.place.height, 1.0
        assert isinstance(there.atmosphere, AbstractAtmosphere)
        sound = [there.atmosphere.at(height + d).sound_speed for d in (-low, low)]
        gradient = (sound[1] - sound[0]) / (2.0 * low)
        motion = Motion(spin, velocity + pull * h, pull, gradient)
        return believe(still + h, upright, body(0, 0, 0), around, motion)

    h = 0.01
    before, now, after = at(-h), at(0.0), at(h)
    found = jax.tree.map(lambda a, b: (b - a) / (2.0 * h), before.path, after.path)
    rate = now.path_rate
    np.testing.assert_allclose(components(found.stream), components(rate.stream), atol=1e-6)
    # The ellipsoid's normal turns as a sphere's within the flattening.
    np.testing.assert_allclose(components(found.up), components(rate.up), atol=6e-6)
    assert float(rate.up.norm()) > 5e-4
    assert float(found.mach) == pytest.approx(float(rate.mach), rel=1e-5)
