"""Tracking: the shorter way round, half turns, limited references, and a loop that is stable."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from yaan.gnc import tracking as law
from yaan.spacetime.attitude import kinematics, normalised
from yaan.spacetime.frame import Frame, Vector, components, vector
from yaan.spacetime.rotation import Rotation, about
from yaan.vehicle.body import Inertia

INERTIA = Inertia(*(jnp.asarray(x) for x in (2e6, 5e7, 6e7, 0.0, 0.0, 0.0)))


def gcrs(*xyz: float) -> Vector:
    return vector(jnp.asarray(xyz, dtype=float), Frame.GCRS)


def body(*xyz: float) -> Vector:
    return vector(jnp.asarray(xyz, dtype=float), Frame.BODY)


def turned(*angles: float) -> Rotation:
    """GCRS to a body turned by a vector angle [rad]."""
    return about(gcrs(*angles), Frame.BODY)


LEVEL = turned(0.0, 0.0, 0.0)
_error, _followed, _track = (
    jax.jit(one) for one in (law.pointing_error, law.followed, law.track_axis)
)
FIRM = law.Tracking(1.5, 0.8, np.radians(5.0))


@pytest.mark.parametrize("angle", [1e-9, 1e-3, 0.5, 2.0, np.pi - 1e-4])
@pytest.mark.parametrize("heading", [0.0, 1.0, 4.0])
def test_turning_by_the_error_brings_the_axis_to_its_command(angle: float, heading: float):
    goal = gcrs(np.cos(angle), np.sin(angle) * np.cos(heading), np.sin(angle) * np.sin(heading))
    error = _error(LEVEL, goal)
    # The arc sine of a number near one loses half of the digits that the cosine has left.
    close = 1e-9 if angle < 3.0 else 1e-3
    assert float(law.error_angle(error)) == pytest.approx(angle, rel=close, abs=1e-15)
    whole = components(error) / np.linalg.norm(components(error)) * angle
    there = LEVEL.then(about(body(*whole), Frame.BODY))
    # Near half a turn the cosine has lost its digits: 1e-16 / 1e-4.
    assert np.allclose(components(there.apply(goal)), [1.0, 0.0, 0.0], atol=1e-8)
    assert float(error.x) == 0.0


def test_half_a_turn_is_about_pitch_and_finite():
    error = _error(LEVEL, gcrs(-1.0, 0.0, 0.0))
    assert components(error) == pytest.approx([0.0, 2.0, 0.0])
    assert float(law.error_angle(error)) == pytest.approx(np.pi)
    behind = _followed(law.still(gcrs(1, 0, 0)), gcrs(-1, 0, 0), jnp.asarray(1.0), jnp.asarray(0.1))
    assert np.isfinite(components(behind.axis)).all()
    assert float(behind.rate.norm()) == pytest.approx(0.1)


def test_the_quaternion_goes_the_shorter_way():
    goal = turned(0.0, 0.0, 0.3)
    for sense in (1.0, -1.0):
        same = jax.tree.map(lambda q, s=sense: q * s, goal)
        error = components(law.attitude_error(LEVEL, same))
        assert error == pytest.approx([0.0, 0.0, 2.0 * np.sin(0.15)])


def test_the_reference_turns_no_faster_than_it_may_and_then_arrives():
    held = law.still(gcrs(1.0, 0.0, 0.0))
    goal, period = gcrs(np.cos(0.1), np.sin(0.1), 0.0), jnp.asarray(0.5)
    on_way = _followed(held, goal, period, jnp.asarray(0.1))
    assert np.arctan2(float(on_way.axis.y), float(on_way.axis.x)) == pytest.approx(0.05)
    assert components(on_way.rate) == pytest.approx([0.0, 0.0, 0.1])
    there = _followed(on_way, goal, period, jnp.asarray(0.4))
    assert components(there.axis) == pytest.approx(components(goal), abs=1e-15)
    assert float(there.rate.z) == pytest.approx(0.1)  # 0.05 rad in half a second
    stands = _followed(there, goal, period, jnp.asarray(0.4))
    assert float(stands.rate.norm()) < 1e-12


@pytest.mark.parametrize("bad", [(0.0, 0.0, 0.0), (np.nan, 0.0, 1.0), (np.inf, 0.0, 0.0)])
def test_what_is_no_direction_leaves_the_reference(bad: tuple[float, float, float]):
    held = law.still(gcrs(0.6, 0.8, 0.0))
    kept = _followed(held, gcrs(*bad), jnp.asarray(0.5), jnp.asarray(0.1))
    assert components(kept.axis) == pytest.approx([0.6, 0.8, 0.0], abs=1e-15)
    assert components(kept.rate) == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)


def test_no_number_asks_for_no_moment():
    lost = jax.tree.map(lambda q: q * jnp.nan, LEVEL)
    moment = _track(FIRM, INERTIA, lost, body(0, 0, 0), law.still(gcrs(1, 0, 0)))
    assert components(moment) == pytest.approx([0.0, 0.0, 0.0])


def closed_loop(roll: float, steps: int, dt: float) -> tuple[np.ndarray, np.ndarray]:
    """Pitch error and roll rate after a start 0.05 rad off, by the law on its own inertia."""

    def step(carry: Any, _: Any) -> Any:
        q, w = carry

        def rate(q: Rotation, w: Vector) -> tuple[Rotation, Vector]:
            m = law.track_axis(FIRM, INERTIA, normalised(q), w, law.still(gcrs(1, 0, 0)))
            return kinematics(q, w), INERTIA.solve(m - w.cross(INERTIA.apply(w)))

        # Midpoint rule.
        dq, dw = rate(q, w)
        half = jax.tree.map(lambda y, d: y + 0.5 * dt * d, (q, w), (dq, dw))
        carry = jax.tree.map(lambda y, d: y + dt * d, (q, w), rate(*half))
        return carry, (law.pointing_error(normalised(carry[0]), gcrs(1, 0, 0)).y, carry[1].x)

    start = (turned(0.0, 0.05, 0.0), body(roll, 0, 0))
    _, (error, rolling) = jax.jit(lambda: jax.lax.scan(step, start, length=steps))()
    return np.asarray(error), np.asarray(rolling)


def test_the_loop_swings_as_its_frequency_and_damping_say():
    dt, steps = 0.005, 1200
    error, _ = closed_loop(0.0, steps, dt)
    t = dt * np.arange(1, steps + 1)
    w, z = 1.5, 0.8
    swing = w * np.sqrt(1.0 - z**2)
    wave = np.cos(swing * t) + z * w / swing * np.sin(swing * t)
    expected = -0.05 * np.exp(-z * w * t) * wave
    # The quaternion's vector part is 2 sin(angle / 2): 1e-4 of an angle of 0.05 rad.
    assert np.max(np.abs(error - expected)) < 1e-4 * 0.05 * 4


def test_a_free_roll_dies_and_the_gyroscopic_moment_is_met():
    error, rolling = closed_loop(0.2, 1200, 0.005)
    assert rolling[-1] == pytest.approx(0.2 * np.exp(-2.4 * 6.0), abs=1e-4)
    assert np.abs(error[-1]) < 1e-4


def test_a_batch_is_its_lanes():
    angles = np.array([0.0, 1e-12, 0.4, 3.0, np.pi])
    goals = vector(jnp.stack([jnp.cos(angles), jnp.sin(angles), 0.0 * angles], axis=1), Frame.GCRS)

    def one(goal: Vector) -> Vector:
        reference = _followed(law.still(gcrs(1, 0, 0)), goal, jnp.asarray(0.1), FIRM.turn_rate)
        return _track(FIRM, INERTIA, LEVEL, body(0.01, 0.02, 0.03), reference)

    batch = components(jax.vmap(one)(goals))
    for k in range(len(angles)):
        alone = components(one(jax.tree.map(lambda leaf, k=k: leaf[k], goals)))
        assert np.max(np.abs(batch[k] - alone)) <= 1e-9 * np.max(np.abs(alone))
