"""Inertial navigation against closed forms, against many draws, and without errors."""

from dataclasses import replace
from functools import cache
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import chi2

from tests.physics.rockets import array, free_space, world
from yaan.base.constants import EARTH_MU
from yaan.dynamics.forces import surroundings
from yaan.environment.gravity import PointGravity
from yaan.environment.wind import ConstantWind
from yaan.gnc import Inertial, InertialMemory, InertialParameters, Truth, drawn, in_orbit, nominal
from yaan.gnc.inertial import GAP
from yaan.gnc.inertial_errors import HORIZON
from yaan.results.consistency import consistency
from yaan.spacetime.frame import Frame, Vector, vector

STEPS, STEP = 400, 1.0  # [s]: one shape for all paths, so that they share what is compiled
TIMES = STEP * np.arange(STEPS + 1)
PLACE = np.array([6.5e6, 0.0, 0.0])  # [m]: up is x, east y, north z
SPEED = np.array([0.0, 3e3, 0.0])  # [m/s]
PUSH = np.array([30.0, 0.0, 0.0])  # [m/s^2]
GRAVITY = EARTH_MU / PLACE[0] ** 2
DEAF: dict[str, Any] = {"outage_start": -np.inf, "outage_end": np.inf}
"""Of the parameters: no satellite is ever heard."""


def gcrs(x: Any) -> Vector:
    return vector(jnp.asarray(x, dtype=float), Frame.GCRS)


@cache
def around():
    """Of a place on the x axis of an Earth that stands still."""
    with jax.ensure_compile_time_eval():
        return surroundings(free_space(), jnp.asarray(0.0), gcrs(PLACE), gcrs(SPEED))


class Path(eqx.Module):
    """What is true at instants: a place that does not move, under forces as they come."""

    t: Any
    force: Any
    gravity: Any
    height: Any
    stream: Any

    def truth(self) -> Truth:
        there = eqx.tree_at(
            lambda a: (a.gravity, a.place.height, a.stream),
            around(),
            (gcrs(self.gravity), self.height, gcrs(self.stream)),
        )
        return Truth(self.t, gcrs(PLACE), gcrs(0.0 * SPEED), gcrs(self.force), there)


def path(force: Any = PUSH, gravity: float = 0.0, **more: Any) -> Path:
    still = np.zeros((STEPS + 1, 3))
    given = {"height": still[:, 0], "stream": still} | more
    pull = still - np.array([gravity, 0.0, 0.0])
    return Path(TIMES, np.broadcast_to(force, still.shape), pull, **given)


def _run(navigator: Inertial, way: Path) -> InertialMemory:
    """What is remembered at all instants of a path."""
    begun = navigator.start(jax.tree.map(lambda x: x[0], way).truth(), None)

    def one(memory: InertialMemory, now: Path) -> tuple[InertialMemory, InertialMemory]:
        memory = navigator.update(now.truth(), memory)
        return memory, memory

    _, after = jax.lax.scan(one, begun, jax.tree.map(lambda x: x[1:], way))
    return jax.tree.map(lambda a, b: jnp.concatenate([a[None], b]), begun, after)


single = jax.jit(_run)
lanes = jax.jit(jax.vmap(_run, in_axes=(0, None)))


def only(name: str, value: Any, **parameters: Any) -> Inertial:
    """A navigator with one error alone, in standard deviations."""
    silent = nominal(InertialParameters(**(DEAF | parameters)))
    return eqx.tree_at(lambda n: getattr(n.draw, name), silent, jnp.asarray(value, dtype=float))


def test_each_error_grows_as_its_closed_form_says():
    t, push = TIMES, PUSH[0]
    cases = {
        "bias": (only("accelerometer", [0, 1, 0]), 1, 0.5 * 4.9e-4 * t**2),
        "tilt": (only("alignment", [0, 1, 0]), 1, 0.5 * 9.7e-5 * push * t**2),
        "azimuth": (only("alignment", [0, 0, 1]), 1, 0.0 * t),  # about the force: not felt
        "drift": (only("gyro", [0, 0, 1]), 1, 4.8e-8 * push * t**3 / 6.0),
        "scale": (only("scale", 1.0), 0, 0.5 * 1e-4 * push * t**2),
        "speed": (only("velocity", [0, 0, 1]), 2, 0.01 * t),
    }
    for name, (navigator, axis, expected) in cases.items():
        error = np.asarray(single(navigator, path()).error)
        # The leapfrog is exact for squares of time; of a cube it misses a twelfth a step, as here.
        missed = 4.8e-8 * push * t / 12.0 if name == "drift" else 0.0
        found = error[:, axis] - missed
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12, err_msg=name)
        others = np.delete(error[:, 0:3], axis, axis=1)
        np.testing.assert_allclose(others, 0.0, atol=1e-12, err_msg=name)


def test_an_error_of_place_feels_the_gradient_of_gravity():
    # The leapfrog is out by (w dt)^2/24 of the angle that is turned through, which is half.
    w, t = np.sqrt(GRAVITY / PLACE[0]), TIMES
    up = single(only("position", [1, 0, 0]), path(0.0 * PUSH, GRAVITY)).error
    side = single(only("position", [0, 1, 0]), path(0.0 * PUSH, GRAVITY)).error
    np.testing.assert_allclose(up[:, 0], 2.0 * np.cosh(np.sqrt(2.0) * w * t), rtol=2e-7)
    np.testing.assert_allclose(side[:, 1], 2.0 * np.cos(w * t), rtol=1e-7)
    np.testing.assert_allclose(side[:, 4], -2.0 * w * np.sin(w * t), rtol=3e-7, atol=1e-12)


def ascent() -> Path:
    """Forces of an ascent: up at first, then ever more to the east, with two stages."""
    lean = 0.5 * np.pi * np.sqrt(TIMES / TIMES[-1])
    size = np.where(TIMES < 150.0, 15.0 + 0.1 * TIMES, 8.0 + 0.06 * (TIMES - 150.0))
    force = size[:, None] * np.stack([np.cos(lean), np.sin(lean), 0.0 * lean], axis=1)
    return path(force, GRAVITY)


@cache
def many(**parameters: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors and covariances of 500 draws along an ascent, and when the last fix was."""
    found = lanes(drawn(InertialParameters(**parameters), 16, 500), ascent())
    return tuple(np.asarray(x) for x in (found.error, found.covariance, found.fixed))  # type: ignore[return-value]


def within_chance(error: np.ndarray, covariance: np.ndarray) -> None:
    """The mean of 500 normalised squares of nine numbers is one of chi-square, but for 1e-4."""
    told = consistency(error, covariance)
    low, high = chi2.ppf([5e-5, 1.0 - 5e-5], 9 * told.rows) / told.rows
    assert told.rows == 500
    assert low < told.nees < high
    # 99.73 % of a normal; five standard deviations of the share of 500.
    assert np.all(np.abs(told.within - 0.9973) < 5.0 * np.sqrt(0.9973 * 0.0027 / 500))


@pytest.mark.slow
def test_the_covariance_is_that_of_many_draws_without_a_fix():
    error, covariance, _ = many(**DEAF)
    for row in (0, 20, 150, 400):
        within_chance(error[:, row], covariance[:, row])
    # What an ascent leaves: kilometres after hours, hundreds of metres here.
    assert 50.0 < np.std(error[:, -1, 0:3], axis=0).max() < 1_000.0


OUTAGE: dict[str, Any] = {"outage_start": 150.0, "outage_end": 300.0}


@pytest.mark.slow
def test_the_covariance_is_that_of_many_draws_with_fixes_and_without_them_for_a_while():
    error, covariance, _ = many(**OUTAGE)
    for row in (5, 60, 149, 299, 305, 400):
        within_chance(error[:, row], covariance[:, row])


@pytest.mark.slow
def test_fixes_bound_the_error_and_an_outage_lets_it_grow():
    error, covariance, fixed = many(**OUTAGE)
    spread = np.sqrt(np.mean(np.sum(error[..., 0:3] ** 2, axis=-1), axis=0))
    told = np.sqrt(np.trace(covariance[0, :, 0:3, 0:3], axis1=1, axis2=2))
    free = np.std(many(**DEAF)[0][:, -1, 0:3], axis=0).max()
    # Slow errors of 10 m an axis: 17 m in all, and no less by many fixes within 120 s.
    assert spread[149] < 20.0
    assert spread[-1] < 20.0 < free
    assert spread[299] > 2.0 * spread[149]
    assert np.all(np.diff(told[150:300]) > 0.0)
    assert told[301] < told[299]
    assert np.all(fixed[:, 150:300] == 149.0)
    assert np.all(fixed[:, 301] == 301.0)


def test_a_blackout_is_a_box_of_speed_and_height():
    fast = np.where(TIMES[:, None] > 100.0, np.array([0.0, 5e3, 0.0]), 0.0)
    high = np.where(TIMES < 200.0, 60e3, 30e3)
    orbit = nominal(in_orbit())
    found = single(orbit, path(GRAVITY / PLACE[0] * PLACE, height=high, stream=fast))
    fixed, told = np.asarray(found.fixed), np.asarray(found.covariance)
    heard = (TIMES <= 100.0) | (TIMES >= 200.0)
    np.testing.assert_array_equal(fixed[1:][heard[1:]], TIMES[1:][heard[1:]])
    assert np.all(fixed[101:200] == 100.0)
    assert np.all(np.diff(told[100:200, 0, 0]) > 0.0)
    assert told[200, 0, 0] < told[199, 0, 0]


def smooth(step: float) -> Path:
    """A flight of 126 s as a function of time, met at the ends of steps [s]; then at its end."""
    t = np.minimum(step * np.arange(STEPS + 1), 126.0)
    still = np.zeros((len(t), 3))
    lean = t / 100.0
    force = (15.0 + 0.1 * t)[:, None] * np.stack([np.cos(lean), np.sin(lean), 0.0 * t], axis=1)
    stream = still + np.array([0.0, 1.0, 0.0]) * (3_000.0 + 20.0 * t)[:, None]
    pull = still - np.array([GRAVITY, 0.0, 0.0])
    return Path(t, force, pull, 110e3 - 500.0 * t, stream)


def test_errors_are_those_of_the_time_whatever_the_steps():
    """Fixes come each 0.8 s but from 22.3 to 33 s, and from 50 s, where a blackout begins."""
    given: dict[str, Any] = {"outage_start": 22.3, "outage_end": 33.0, "blackout_high": 85e3}
    batch = drawn(InertialParameters(satellite_period=0.8, **given), 3, 1)
    navigator = jax.tree.map(lambda x: x[0], batch)
    paths = [(single(navigator, smooth(step)), round(21.0 / step)) for step in (0.35, 0.7, 3.0)]
    fine, *others = (
        jax.tree.map(lambda x, n=n: np.asarray(x)[n : 6 * n + 1 : n], memory) for memory, n in paths
    )
    np.testing.assert_array_equal(fine.fixes, [26.0, 38.0, 48.0, 48.0, 48.0, 48.0])
    np.testing.assert_allclose(fine.fixed, [20.8, 41.6, 49.6, 49.6, 49.6, 49.6], rtol=1e-12)
    for coarse in others:
        np.testing.assert_allclose(coarse.t, 21.0 * np.arange(1, 7), rtol=1e-12)
        np.testing.assert_array_equal(coarse.fixes, fine.fixes)
        np.testing.assert_allclose(coarse.fixed, fine.fixed, rtol=1e-12)
        # What steps of 3 s are out by; a fix at another instant moves metres.
        for part, off in ((slice(0, 3), 5e-3), (slice(3, 6), 5e-5), (slice(6, 9), 2e-7)):
            np.testing.assert_allclose(coarse.error[:, part], fine.error[:, part], atol=off)
        ours, theirs = (
            np.sqrt(np.diagonal(m.covariance, axis1=1, axis2=2)) for m in (coarse, fine)
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-3)


def test_a_draw_of_zeros_is_the_truth_to_the_last_bit():
    navigator, way = nominal(InertialParameters(), None), ascent()
    memory = jax.tree.map(lambda x: x[-1], single(navigator, way))
    assert np.all(np.asarray(memory.error) == 0.0)
    # The covariance does not know that nothing went wrong.
    assert np.all(np.linalg.eigvalsh(np.asarray(memory.covariance)) > 0.0)
    there = gcrs([6.6e6, 1e5, 2e6]), gcrs([100.0, 7e3, -1e3])
    sky = world(wind=ConstantWind(30.0, -10.0))

    @jax.jit
    def seen(memory: InertialMemory):
        t = memory.t + 0.3
        met = surroundings(sky, t, *there)
        axis = met.up
        known = navigator.estimate(t, *there, met, memory), navigator.realised(axis, memory)
        return met, known

    met, (found, axis) = seen(memory)
    expected = (*there, met.relative, met.stream, met.up, met.east, met.north, met.up)
    told = (found.position, found.velocity, found.relative, found.stream)
    told = (*told, found.up, found.east, found.north, axis)
    for one, other in zip(told, expected, strict=True):
        np.testing.assert_array_equal(array(one), array(other))
    assert found.sensed is not None
    np.testing.assert_array_equal(array(found.sensed), way.force[-1])


def test_what_is_believed_is_what_surrounds_the_believed_state():
    gale = ConstantWind(30.0, -10.0)
    sky = world(wind=gale)
    position, velocity = gcrs([5.5e6, 2e6, 3e6]), gcrs([1e3, 6e3, 2e3])
    off = jnp.asarray([600.0, -700.0, 400.0, 2.0, -1.0, 3.0, 1e-4, -2e-4, 3e-4])
    navigator = replace(nominal(), forecast=jax.tree.map(jnp.asarray, gale))

    @jax.jit
    def seen():
        t = jnp.asarray(100.0)
        met = surroundings(sky, t, position, velocity)
        truth = Truth(t, position, velocity, gcrs(PUSH), met)
        memory = eqx.tree_at(lambda m: m.error, navigator.start(truth, None), off)
        moved, faster = position + gcrs(off[0:3]), velocity + gcrs(off[3:6])
        found = navigator.estimate(t, position, velocity, met, memory)
        realised = navigator.realised(met.north, memory)
        return found, surroundings(sky, t, moved, faster), (moved, faster), realised, met.north

    found, there, (moved, faster), realised, asked = seen()
    np.testing.assert_allclose(array(found.position), array(moved), rtol=1e-15)
    np.testing.assert_allclose(array(found.velocity), array(faster), rtol=1e-15)
    np.testing.assert_allclose(array(found.relative), array(there.relative), atol=1e-4)
    # 1 km beside the place the vertical is 1.6e-4 rad off; 0.7 % of that is not known.
    for one, other in ((found.up, there.up), (found.east, there.east), (found.north, there.north)):
        np.testing.assert_allclose(array(one), array(other), atol=2e-6)
        assert float(one.norm()) == pytest.approx(1.0, abs=1e-14)
    np.testing.assert_allclose(array(found.stream), array(there.stream), atol=1e-3)
    believed = array(realised) + jnp.cross(off[6:9], array(realised))
    np.testing.assert_allclose(believed, array(asked), atol=2e-7)  # squares of the tilt


@pytest.mark.slow
def test_a_lane_of_a_batch_is_the_lane_alone_however_often_it_is_fixed():
    periods = np.linspace(1.0, 20.0, 500)
    batch = drawn(InertialParameters(satellite_period=periods), 3, 500)
    together = lanes(batch, ascent())
    for lane in (0, 7, 499):
        alone = single(jax.tree.map(lambda x, i=lane: x[i], batch), ascent())
        for one, other in zip(jax.tree.leaves(alone), jax.tree.leaves(together), strict=True):
            scale = np.abs(np.asarray(other[lane])).max()
            np.testing.assert_allclose(one, other[lane], rtol=1e-9, atol=1e-9 * scale)


def test_a_draw_is_the_same_in_any_batch():
    whole, some = drawn(InertialParameters(), 5, 6), drawn(InertialParameters(), 5, [4, 1])
    other = drawn(InertialParameters(), 6, 6)
    for x, y in zip(jax.tree.leaves(whole), jax.tree.leaves(some), strict=True):
        np.testing.assert_array_equal(np.asarray(x)[[4, 1]], y)
    assert np.all(np.asarray(other.draw.gyro) != np.asarray(whole.draw.gyro))


def test_noise_of_the_instruments_grows_as_the_root_of_time():
    batch = drawn(InertialParameters(), 1, 2_000)
    walk = jax.jit(jax.vmap(lambda n, t: n._walk(t), in_axes=(0, None)))
    for t in (400.0, 1_200.0, HORIZON, 2.0 * HORIZON):
        variance = np.mean(np.asarray(walk(batch, jnp.asarray(t))) ** 2, axis=0)
        expected = np.repeat([9.8e-5**2, 5.8e-7**2], 3) * min(t, HORIZON)
        # Sixteen terms lack at most 1/(16 pi^2) of the horizon's; then five of 2,000 draws' 3.2 %.
        np.testing.assert_allclose(variance, expected, rtol=0.16 + 0.0064 * HORIZON / t)


def test_errors_of_satellites_forget_themselves_in_their_correlation_time():
    slow = drawn(InertialParameters(), 2, 2_000).draw.slow
    at = jax.jit(jax.vmap(lambda w, t: w.at(t), in_axes=(0, None)))
    first = np.asarray(at(slow, jnp.asarray(500.0)))
    for lag in (0.0, 60.0, 120.0, 600.0):
        later = np.asarray(at(slow, jnp.asarray(500.0 + lag)))
        # 6,000 products of unit normals: five standard deviations are 0.09.
        assert np.mean(first * later) == pytest.approx(np.exp(-lag / 120.0), abs=0.09)


def test_a_leg_goes_on_with_what_is_known_and_aligns_anew_after_a_gap():
    navigator = only("position", [1, 0, 0])
    memory = jax.tree.map(lambda x: x[-1], single(navigator, path()))
    memory = eqx.tree_at(lambda m: m.error, memory, memory.error + 7.0)

    @jax.jit
    def begun(t: jax.Array) -> InertialMemory:
        now = jax.tree.map(lambda x: jnp.asarray(x[-1]), path())
        return navigator.start(replace(now, t=t).truth(), memory)

    same, anew = begun(memory.t + 1.0), begun(memory.t + GAP + 1.0)
    np.testing.assert_array_equal(same.error, memory.error)
    assert float(same.t) == float(memory.t)
    assert float(anew.error[0]) == 2.0
    assert float(anew.begun) == float(memory.t) + GAP + 1.0


def test_parameters_that_cannot_be_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="gyro_bias is -1 rad/s") as told:
        InertialParameters(gyro_bias=-1.0, satellite_velocity=0.0, position=np.nan)
    assert "satellite_velocity is 0 m/s, not within 0.001 to 100 m/s" in str(told.value)
    assert "position is nan m" in str(told.value)
    with pytest.raises(ValueError, match="blackout_low is above blackout_high"):
        InertialParameters(blackout_low=95e3)
    with pytest.raises(ValueError, match="outage_start is after outage_end"):
        InertialParameters(outage_start=5.0, outage_end=4.0)


def test_lanes_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="no lanes"):
        drawn(InertialParameters(), 1, 0)
    with pytest.raises(ValueError, match="position: one value, or 3"):
        drawn(InertialParameters(position=np.ones(2)), 1, 3)


def test_nothing_is_estimated_before_the_start():
    met = around()
    with pytest.raises(ValueError, match="started"):
        nominal().estimate(jnp.asarray(0.0), gcrs(PLACE), gcrs(SPEED), met)


def test_a_world_without_gravity_is_not_the_end_of_numbers():
    found = single(only("position", [1, 1, 1], position=0.0), path(0.0 * PUSH, 0.0))
    assert all(np.all(np.isfinite(np.asarray(leaf))) for leaf in jax.tree.leaves(found))
    assert PointGravity(0.0).mu == 0.0
