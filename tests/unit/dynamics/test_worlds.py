"""Worlds as lanes: what differs has them, what is the same is shared."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import yaan
from tests.physics.rockets import world
from yaan.base.session import computing
from yaan.dynamics.forces import surroundings, together
from yaan.environment import ConstantWind, ScaledAtmosphere, load_standard_atmosphere
from yaan.flight.models.world import build_worlds
from yaan.spacetime.frame import Frame, Vector


def windy(east: float, scale: float = 1.0):
    air = ScaledAtmosphere(load_standard_atmosphere(), jnp.asarray(scale))
    return world(atmosphere=air, wind=ConstantWind(jnp.asarray(east), jnp.asarray(0.0)))


def test_what_is_the_same_is_shared_and_what_differs_has_lanes():
    one = together([windy(1.0), windy(2.0), windy(3.0)])
    assert one.axes is not None
    assert np.shape(one.wind.east) == (3,)  # pyright: ignore[reportAttributeAccessIssue]
    assert np.shape(one.wind.north) == ()  # pyright: ignore[reportAttributeAccessIssue]
    assert np.shape(one.mu) == ()
    assert sum(one.laned) == 1


def test_worlds_that_are_alike_have_no_lanes():
    assert together([windy(1.0), windy(1.0)]).axes is None


def test_worlds_of_different_kinds_are_refused():
    with pytest.raises(ValueError, match="different kinds"):
        together([windy(1.0), world()])


def test_each_lane_meets_its_own_air():
    lanes = together([windy(1.0, 0.5), windy(4.0, 2.0)])
    zero = jnp.asarray(0.0)
    place = Vector(jnp.asarray(6_388_137.0), zero, zero, Frame.GCRS)
    still = Vector(zero, zero, zero, Frame.GCRS)

    def met(one, t):
        around = surroundings(one, t, place, still)
        return around.air.density, (around.relative - around.stream).norm()

    density, wind = jax.vmap(met, in_axes=(lanes.axes, 0))(lanes, jnp.zeros(2))
    assert density[1] == pytest.approx(4.0 * float(density[0]), rel=1e-12)
    assert np.asarray(wind) == pytest.approx([1.0, 4.0], rel=1e-9)


def test_lanes_are_picked():
    picked = together([windy(1.0), windy(2.0)]).take([1, 1, 0])
    assert picked.wind.east.tolist() == [2.0, 2.0, 1.0]  # pyright: ignore[reportAttributeAccessIssue]
    alike = together([windy(1.0), windy(1.0)])
    assert alike.take([1, 0]) is alike


def test_plans_that_differ_in_their_air_share_their_sky():
    mission = yaan.load("capsule-entry")
    plans = [
        mission.plan,
        mission.replace("environment.density_scale", 1.1).plan,
        mission.replace("environment.wind.east", "5 m/s").plan,
    ]
    with computing():
        worlds = build_worlds(plans)
        assert all(one.earth is worlds[0].earth for one in worlds)
        assert all(one.gravity is worlds[0].gravity for one in worlds)
        lanes = together(worlds)
    assert sum(lanes.laned) == 2
    scale = lanes.atmosphere.scale  # pyright: ignore[reportAttributeAccessIssue]
    assert scale.tolist() == [1.0, 1.1, 1.0]
    assert lanes.wind.east.tolist() == [0.0, 0.0, 5.0]  # pyright: ignore[reportAttributeAccessIssue]


def test_scaled_air_is_denser_at_its_temperature():
    air = load_standard_atmosphere()
    scaled = ScaledAtmosphere(air, jnp.asarray(1.2))
    heights = jnp.asarray([0.0, 11e3, 50e3, 120e3])
    ours, theirs = scaled.at(heights), air.at(heights)
    for one, other in ((ours.density, theirs.density), (ours.pressure, theirs.pressure)):
        assert np.asarray(one) == pytest.approx(1.2 * np.asarray(other), rel=1e-14)
    assert np.array_equal(ours.sound_speed, theirs.sound_speed)
    assert scaled.about.text == "US76, its density times 1.2"
