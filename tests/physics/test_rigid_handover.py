"""A point becomes a rigid body and a point again: what is kept, and how it is turned."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.bodies import (
    body,
    body_vector,
    coefficients,
    inertia,
    numbers,
    phases,
    pulses,
    space,
)  # fmt: skip
from yaan.description.body import AttitudeSpec, RateSpec
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.state import State, state_of
from yaan.flight.models.body import facing_of
from yaan.gnc.pointing import Facing
from yaan.motion.base import Legs
from yaan.motion.body import fly_body
from yaan.motion.body_phases import BodyPhases
from yaan.motion.handover import ended, from_rigid, mass_of, to_point, to_rigid
from yaan.results.outcome import OutcomeCode
from yaan.spacetime.earth import uniform_rotation
from yaan.vehicle.body import Configuration, MassProperties

pytestmark = pytest.mark.slow

TENSOR = inertia(40.0, 90.0, 110.0, xy=-3.0)


def world() -> World:
    """A point mass below air that turns."""
    turning = uniform_rotation(duration=600.0)
    return eqx.tree_at(lambda w: w.earth, space(), turning)


def points(height: float = 60e3) -> State:
    """Two lanes, climbing and falling, no attitude known; the third tank is the body's."""
    r = 6378137.0 + height
    place = [[r, 0.0, 0.0], [0.0, r, 1e3]]
    speed = [[400.0, 1500.0, 300.0], [-1200.0, -300.0, 900.0]]
    return jax.tree.map(jnp.asarray, state_of([5.0, 7.0], place, speed, tanks=[3.0, 4.0, 20.0]))


def craft(**air: Any) -> Configuration:
    """One configuration of 80 kg, 30 kg of it propellant; on the first axis."""
    full = MassProperties(jnp.asarray(80.0), body_vector(0, 0, 0), TENSOR)
    one = body(TENSOR, mass=50.0, full=full, air=coefficients(**air))
    return jax.tree.map(lambda leaf: leaf[None], one)


def facing(attitude: Any = None, rate: Any = None) -> Any:
    told = None if attitude is None else AttitudeSpec.model_validate(attitude)
    return facing_of(told, None if rate is None else RateSpec.model_validate(rate))


@eqx.filter_jit
def rigid(one: Configuration, how: Facing, start: State, tank: int | None = 2) -> State:
    """One compilation for all."""
    return to_rigid(world(), one, how, start, [tank])


def flown(begun: State, which: Configuration, seconds: float) -> tuple[Legs, State]:
    """The lanes flown on as rigid bodies."""
    lanes = jax.tree.map(lambda leaf: jnp.stack([leaf] * 2), which)
    legs = _flown(lanes, phases(seconds, step=0.05), begun)
    return legs, ended(begun, legs)


@eqx.filter_jit
def _flown(lanes: Configuration, plan: BodyPhases, begun: State) -> Legs:
    return fly_body(world(), (lanes, plan, pulses()), begun, gradient=False)[0]


def test_position_velocity_time_and_mass_are_kept_to_the_last_digit() -> None:
    start, one = points(), craft()
    begun = rigid(one, facing({"from": "stream"}), start)
    for name in ("t", "position", "velocity", "sums", "aboard"):
        assert jax.tree.all(
            jax.tree.map(jnp.array_equal, getattr(begun, name), getattr(start, name))
        ), name
    assert np.asarray(begun.tanks).tolist() == [[20.0], [20.0]]
    single = jax.tree.map(lambda leaf: leaf[0], one)
    assert np.asarray(mass_of(single, begun.tanks[:, 0])).tolist() == [70.0, 70.0]
    back = to_point(from_rigid(start, begun, [2]))
    assert eqx.tree_equal(back.tanks, start.tanks)
    assert np.all(np.isnan(numbers(back.attitude)))
    assert np.all(np.isnan(numbers(back.rate)))
    used = eqx.tree_at(lambda s: s.tanks, begun, begun.tanks - 5.0)
    assert np.asarray(from_rigid(start, used, [2]).tanks)[0, :3].tolist() == [3.0, 4.0, 15.0]


def test_a_body_that_carries_nothing_of_the_vehicle_is_as_its_file_loads_it() -> None:
    begun = rigid(craft(), facing({"from": "stream"}), points(), None)
    assert np.asarray(begun.tanks).tolist() == [[30.0], [30.0]]
    assert eqx.tree_equal(from_rigid(points(), begun, [None]).tanks, points().tanks)


@pytest.mark.parametrize("axes", ["stream", "prograde"])
def test_the_nose_follows_the_path_and_turns_with_it(axes: str) -> None:
    one = craft(drag=0.8, area=0.4)
    begun = rigid(one, facing({"from": axes}), points())
    for lane in range(2):
        s = jax.tree.map(lambda leaf, k=lane: leaf[k], begun)
        around = surroundings(world(), s.t, s.position, s.velocity)
        motion = around.stream if axes == "stream" else s.velocity
        ahead = numbers(s.attitude.apply(motion)) / np.linalg.norm(numbers(motion))
        np.testing.assert_allclose(ahead, [1.0, 0.0, 0.0], atol=1e-12)
    # Flown on as a rigid body without moments it has hardly left the path that it turned along.
    legs, end = flown(begun, one, 0.5)
    again = rigid(one, facing({"from": axes}), end, 0)
    turn = end.attitude.inverse().then(again.attitude)
    off = 2.0 * np.linalg.norm(numbers(turn)[1:], axis=0)
    spun = np.linalg.norm(numbers(begun.rate), axis=0) * 0.5
    assert np.all(np.asarray(legs.outcome) == OutcomeCode.REACHED)
    assert np.all(spun > 1e-4)
    assert np.all(off < 0.05 * spun)


def test_a_given_rate_is_added_to_what_it_is_told_against() -> None:
    spin = {"x": 0.3, "y": 0.0, "z": 0.0}
    attitude = {"pitch": 0.2, "from": "ned"}
    rates = {
        against: numbers(
            rigid(craft(), facing(attitude, spin | {"against": against}), points()).rate
        )[:, 0]
        for against in ("gcrs", "itrs", "vvlh")
    }
    np.testing.assert_allclose(rates["gcrs"], [0.3, 0.0, 0.0], atol=1e-15)
    assert np.linalg.norm(rates["itrs"] - rates["gcrs"]) == pytest.approx(7.292115e-5, rel=1e-6)
    r, v = numbers(points().position)[:, 0], numbers(points().velocity)[:, 0]
    orbital = np.linalg.norm(np.cross(r, v)) / (r @ r)
    assert np.linalg.norm(rates["vvlh"] - rates["gcrs"]) == pytest.approx(orbital, rel=1e-9)


def test_an_attitude_that_nobody_knows_is_no_flight() -> None:
    begun = rigid(craft(), facing(), points())
    legs, _ = flown(begun, craft(), 1.0)
    assert np.all(np.asarray(legs.outcome)[0] == OutcomeCode.NOT_FINITE)


def test_what_is_known_is_kept_with_a_kick_or_without() -> None:
    begun = rigid(craft(), facing({"yaw": 1.0, "from": "gcrs"}), points())
    kept = rigid(craft(), facing(), begun, 0)
    assert eqx.tree_equal((kept.attitude, kept.rate), (begun.attitude, begun.rate))
    kicked = rigid(craft(), facing(rate={"y": 2.0, "against": "gcrs"}), begun, 0)
    assert eqx.tree_equal(kicked.attitude, begun.attitude)
    np.testing.assert_allclose(numbers(kicked.rate)[:, 0], [0.0, 2.0, 0.0], atol=1e-15)


@pytest.mark.parametrize("size", [0.05, 0.5, 5.0])
def test_a_stage_that_tumbles_off_keeps_its_angular_momentum(size: float) -> None:
    """From a point high above the air, thrown about three axes, its momentum is one in GCRS."""
    start = points(height=2000e3)
    tumble = {"x": 0.3 * size, "y": size, "z": -0.4 * size, "against": "gcrs"}
    begun = rigid(craft(), facing({"from": "prograde"}, tumble), start)
    _, end = flown(begun, craft(), 20.0)

    def momentum(s: State) -> np.ndarray:
        return numbers(
            jax.vmap(lambda a, w: a.inverse().apply(TENSOR.apply(w)))(s.attitude, s.rate)
        )

    unit = numbers(end.attitude)
    before, after = momentum(begun), momentum(end) / np.sum(unit**2, axis=0)
    # RK4 in steps of 0.05 s: 1e-4 rad a step at the limit of 0.25 rad, and none by much below it.
    margin = 1e-9 + 2e-3 * (size / 5.0) ** 4
    assert np.max(np.abs(after - before)) < margin * np.max(np.abs(before))
    assert np.max(np.abs(numbers(end.rate) - numbers(begun.rate))) > 0.01 * size


def test_a_body_that_rolls_falls_as_one_without_lift() -> None:
    """A lifting body at a trim that its roll turns about the stream: its lift averages out."""
    start = points(height=30e3)
    lifting = craft(drag=1.2, area=0.5)
    offset = eqx.tree_at(
        lambda c: c.coefficients.lift, lifting, jnp.full_like(lifting.coefficients.lift, 0.4)
    )

    def lands(one: Configuration, roll: float) -> np.ndarray:
        turning = {"x": roll, "y": 0.0, "z": 0.0, "against": "itrs"}
        begun = rigid(one, facing({"from": "stream"}, turning), start)
        _, end = flown(begun, one, 10.0)
        return numbers(end.position)

    plain = lands(lifting, 0.0)
    off = {roll: np.linalg.norm(lands(offset, roll) - plain) for roll in (0.0, 1.0, 4.0)}
    # The mean of a turning force falls as one over its rate, and what it displaces with it.
    assert off[1.0] < 0.5 * off[0.0]
    assert off[4.0] < 0.4 * off[1.0]
