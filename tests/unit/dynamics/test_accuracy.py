"""Steps that know their error: estimates, the pace that follows, and what the loop makes of it."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from yaan.base.constants import EARTH_MU
from yaan.dynamics.accuracy import LEAST, Allowed, allowed, next_pace, size_of
from yaan.dynamics.method import DOP853, RK4, AbstractMethod, ExponentialRungeKutta, Slope, Step
from yaan.dynamics.possible import can_be
from yaan.dynamics.solve import Arrival, Problem, Tape, blank_tape, solve
from yaan.spacetime.frame import Frame, Vector

PULL = 9.8  # [m/s^2]


def step_of(method: AbstractMethod, rate, h: list[float], start: np.ndarray) -> Step:
    """One step of each length from the same state [width]."""
    y = jnp.tile(jnp.asarray(start), (len(h), 1))

    def evaluate(t: Array, y: Array) -> tuple[Array, Callable[[], Array]]:
        return rate(t, y), lambda: jnp.zeros((len(h), 1))

    unknown = Slope(jnp.zeros_like(y), jnp.asarray(False))
    return jax.jit(
        lambda: method.step(evaluate, jnp.zeros(len(h)), y, jnp.asarray(h), unknown, 1)
    )()


@pytest.mark.parametrize("method", [RK4, DOP853])
def test_the_estimate_is_of_its_order_and_of_the_size_of_the_true_error(method: AbstractMethod):
    # y' = y cos t, at steps that are long for it.
    h = [0.8, 0.4]
    taken = step_of(method, lambda t, y: y * jnp.cos(t)[:, None], h, np.array([1.0]))
    true = np.abs(np.asarray(taken.y)[:, 0] - np.exp(np.sin(h)))
    told = np.abs(np.asarray(taken.error)[:, 0])
    assert np.all(told > true / 3.0)
    assert np.log2(told[0] / told[1]) == pytest.approx(method.order, abs=1.0)


def test_a_cubic_leaves_no_error():
    # Both of RK4's methods are of order three or more: a quadrature of t^2 is exact.
    taken = step_of(RK4, lambda t, y: (t**2)[:, None], [2.0], np.array([0.0]))
    assert float(taken.y[0, 0]) == pytest.approx(8.0 / 3.0, rel=1e-15)
    assert abs(float(taken.error[0, 0])) < 1e-15


def test_without_damping_the_exponential_method_is_the_classical_one():
    start = np.array([0.3, 1.2, 0.0])

    def rate(t: Array, y: Array) -> Array:
        return jnp.stack([y[:, 1], -jnp.sin(y[:, 0]) + t, 0.0 * t], axis=1)

    ours = step_of(ExponentialRungeKutta(damped=(1, 2), rate=2), rate, [0.3], start)
    theirs = step_of(RK4, rate, [0.3], start)
    np.testing.assert_allclose(ours.y, theirs.y, rtol=1e-15)
    np.testing.assert_allclose(ours.error, theirs.error, rtol=1e-12, atol=1e-18)


@pytest.mark.parametrize("damping", [0.5, 45.0, 4.5e3])
def test_a_linear_drag_is_solved_exactly_by_any_step(damping: float):
    # v' = g - c v: what the exponential takes out is all that there is.
    taken = step_of(
        ExponentialRungeKutta(damped=(0, 1), rate=1),
        lambda t, y: jnp.stack([PULL - damping * y[:, 0], 0.0 * t], axis=1),
        [0.7],
        np.array([2.0, damping]),
    )
    steady = PULL / damping
    wanted = steady + (2.0 - steady) * np.exp(-damping * 0.7)
    assert float(taken.y[0, 0]) == pytest.approx(wanted, rel=1e-11)


def test_a_steady_motion_that_itself_changes_is_followed_without_a_lag():
    # v' = a t - c v with c h = 50: v follows (a t - a / c) / c, and z the sum of it.
    c, a, h = 100.0, 3.0, 0.5
    method = ExponentialRungeKutta(damped=(1, 2), rate=2)
    start = np.array([0.0, -a / c**2, c])

    def rate(t: Array, y: Array) -> Array:
        return jnp.stack([y[:, 1], a * t - c * y[:, 1], 0.0 * t], axis=1)

    end = np.asarray(step_of(method, rate, [h], start).y)[0]
    assert end[1] == pytest.approx((a * h - a / c) / c, rel=1e-9)
    assert end[0] == pytest.approx(0.5 * a * h**2 / c - a * h / c**2, rel=1e-9)


def test_the_size_of_an_error_is_that_of_its_worst_component():
    bounds = Allowed(np.asarray([0.1, np.inf, 2.0]), jnp.asarray([1.0, 0.5, jnp.inf, 1.0]))
    error = jnp.asarray(
        [[0.05, 9.0, -3.0], [0.05, 0.0, jnp.nan], [1e9, 0.0, 0.0], [0.05, jnp.inf, 0.0]]
    )
    size = size_of(error, bounds)
    assert float(size[0]) == pytest.approx(1.5)
    assert np.isinf(size[1])  # what is no number is as large as can be
    assert float(size[2]) == 0.0  # a lane that is not judged
    assert float(size[3]) == pytest.approx(0.5)  # a number that is not judged


def test_a_step_that_was_cut_short_does_not_shorten_the_next():
    pace, refused = jnp.asarray([1.0, 1.0, 1.0, 1e-6]), jnp.asarray([False, False, True, True])
    h, size = jnp.asarray([1e-3, 1.0, 1.0, 1e-6]), jnp.asarray([1e-12, 16.0**-1, 16.0, 1e9])
    after = np.asarray(next_pace(pace, h, size, 4, refused=refused))
    assert after[0] == 1.0
    assert after[1] == pytest.approx(1.8)  # 0.9 times 16 to the quarter
    assert after[2] == pytest.approx(0.45)
    assert after[3] == LEAST


class Thrown(eqx.Module):
    """A stone in air that begins at a height."""

    height: Array
    speed: Array


def _drop(step: float, tolerance: float, rows: int | None = None) -> tuple[Arrival, Tape | None]:
    """From 20 km at 2 km/s downwards, drag of an exponential air; one lane."""

    def evaluate(t: Array, state: Thrown, nothing: Array) -> tuple[Thrown, Array]:
        drag = 1.2 * jnp.exp(-state.height / 7e3) * state.speed * jnp.abs(state.speed) / 800.0
        return Thrown(state.speed, -PULL - drag), jnp.stack([-state.height * 1e-3])

    state = Thrown(jnp.asarray([20e3]), jnp.asarray([-2e3]))
    tape = None if rows is None else blank_tape(state, rows)
    return solve(
        Problem(evaluate, lambda t, s, e, f, p: s, lambda t, s, p: jnp.asarray(jnp.inf)),
        state,
        jnp.zeros(1),
        start=jnp.zeros(1),
        stop=jnp.full(1, 1e4),
        step=jnp.full(1, step),
        ending=jnp.ones((1, 1), dtype=bool),
        switching=jnp.zeros(1, dtype=bool),
        max_steps=20_000,
        allowed=allowed(state, jnp.full(1, tolerance), lambda s: (s.height, s.speed), (0.1, 0.01)),
        tape=tape,
    )


def test_a_step_too_long_is_shortened_and_never_believed():
    fine, _ = _drop(0.01, np.inf)
    coarse, tape = _drop(30.0, 1.0, rows=512)
    lost, _ = _drop(30.0, np.inf)
    assert float(coarse.t[0]) == pytest.approx(float(fine.t[0]), abs=0.01)
    assert float(coarse.state.speed[0]) == pytest.approx(float(fine.state.speed[0]), rel=1e-4)
    assert coarse.steps[0] < 400
    assert 0.0 < float(coarse.shortest[0]) < 3.0
    # Left as long as asked the same steps are wrong by far: the case tests what it should.
    assert not abs(float(lost.state.speed[0]) - float(fine.state.speed[0])) < 1.0
    assert tape is not None
    assert np.all(np.diff(np.asarray(tape.t)[0, : int(tape.count[0])]) > 0.0)


def test_a_step_short_enough_is_taken_as_it_is_asked():
    asked, _ = _drop(0.02, np.inf)
    judged, _ = _drop(0.02, 1.0)
    assert int(asked.steps[0]) == int(judged.steps[0])
    assert float(asked.state.speed[0]) == float(judged.state.speed[0])


def test_a_lane_takes_the_same_steps_as_the_flight_alone():
    one, _ = _drop(30.0, 1.0)
    again, _ = _drop(30.0, 1.0, rows=512)
    assert int(one.steps[0]) == int(again.steps[0])
    assert float(one.t[0]) == float(again.t[0])


def test_no_state_is_faster_than_gravity_and_engines_make_it():
    zero = jnp.asarray(0.0)
    mu = jnp.asarray(EARTH_MU)
    place = Vector(jnp.asarray(6.5e6), zero, zero, Frame.GCRS)
    begun = -mu / 7e6  # at rest at 7,000 km
    fall = float(np.sqrt(2.0 * EARTH_MU * (1.0 / 6.5e6 - 1.0 / 7e6)))

    def at(speed: float, given: float = 0.0) -> bool:
        moving = Vector(jnp.asarray(-speed), zero, zero, Frame.GCRS)
        return bool(can_be(place, moving, mu, begun, given))

    assert at(fall)
    assert at(fall + 600.0)  # carried by the air
    assert not at(fall + 3e3)
    assert at(fall + 3e3, given=1.5e3)
    assert not at(6.4e10)
    assert not at(np.nan)


def test_a_burn_near_the_earth_is_worth_more_speed_far_from_it():
    zero, mu = jnp.asarray(0.0), jnp.asarray(EARTH_MU)
    low, high = 6.578e6, 40e6
    circular, given = float(np.sqrt(EARTH_MU / low)), 2.9e3
    begun = jnp.asarray(0.5 * circular**2 - EARTH_MU / low)
    place = Vector(jnp.asarray(high), zero, zero, Frame.GCRS)
    there = float(np.sqrt((circular + given) ** 2 - 2.0 * EARTH_MU * (1.0 / low - 1.0 / high)))
    moving = Vector(jnp.asarray(there), zero, zero, Frame.GCRS)
    assert can_be(place, moving, mu, begun, given)
    assert not can_be(place, moving, mu, begun, 0.0)
