"""Thrust and flow of engines: the curve, the nozzle, the delay and the end."""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.rockets import engines
from yaan.base.constants import STANDARD_GRAVITY
from yaan.propulsion import Engines, Failures, Firing

SOLID: dict[str, Any] = {
    "curve": ([0.0, 0.5, 20.0, 60.0, 65.0], [0.0, 2e6, 2.4e6, 1.5e6, 0.0]),
    "isp": 270.0,
    "exit_area": 5.0,
    "full_flow_thrust": 1e6,
}
LIQUID: dict[str, Any] = {
    "thrust": 8e5,
    "isp": 300.0,
    "exit_area": 2.0,
    "ignition_delay": 1.5,
    "tail_off": 3.0,
}
INF = np.inf


def fire(
    model: Engines,
    t: np.ndarray | float,
    *,
    pressure: float = 0.0,
    ignition: tuple[float, float] = (0.0, 0.0),
    cut_off: tuple[float, float] = (INF, INF),
    fed: tuple[bool, bool] = (True, True),
) -> Firing:
    """Both stages at instants `t`, [instants, stages]."""

    def at(t: jax.Array) -> Firing:
        return model.fire(
            t, jnp.asarray(pressure), jnp.asarray(ignition), jnp.asarray(cut_off), jnp.asarray(fed)
        )

    return jax.vmap(at)(jnp.atleast_1d(jnp.asarray(t, dtype=float)))


@pytest.fixture(scope="module")
def both() -> Engines:
    return engines(SOLID, LIQUID)


def test_thrust_follows_its_curve(both: Engines):
    t = np.linspace(-1.0, 80.0, 811)
    thrust = np.asarray(fire(both, t).vacuum_thrust)
    wanted = np.where(t < 0.0, 0.0, np.interp(t, *SOLID["curve"]))
    np.testing.assert_allclose(thrust[:, 0], wanted, rtol=1e-12, atol=1e-6)


def test_the_flow_adds_up_to_impulse_over_isp(both: Engines):
    knots = np.asarray(SOLID["curve"][0])
    t = np.unique(np.concatenate([knots, np.linspace(0.0, 65.0, 651)]))
    burnt = np.trapezoid(np.asarray(fire(both, t).flow)[:, 0], t)
    impulse = np.trapezoid(SOLID["curve"][1], knots)
    assert burnt == pytest.approx(impulse / (270.0 * STANDARD_GRAVITY), rel=1e-12)


def test_back_pressure_is_pressure_times_area_while_the_nozzle_flows_full(both: Engines):
    firing = fire(both, np.array([20.0, 63.0, 64.0]), pressure=1e5)
    share = np.minimum(np.interp([20.0, 63.0, 64.0], *SOLID["curve"]) / 1e6, 1.0)
    assert share[1] < share[0] == 1.0
    np.testing.assert_allclose(firing.back_pressure[:, 0], 1e5 * 5.0 * share, rtol=1e-12)
    np.testing.assert_allclose(firing.back_pressure[:, 1], 1e5 * 2.0, rtol=1e-12)
    off = fire(both, -1.0, pressure=1e5)
    np.testing.assert_array_equal(off.back_pressure, 0.0)


def test_nothing_before_ignition_after_cut_off_or_without_propellant(both: Engines):
    t = np.array([9.999, 10.0, 10.6])
    firing = fire(both, t, ignition=(10.0, 10.5))
    assert (np.asarray(firing.vacuum_thrust) > 0.0).tolist() == [
        [False, False],
        [False, False],
        [True, True],
    ]
    dry = fire(both, 20.0, fed=(False, True))
    assert dry.vacuum_thrust[0].tolist() == [0.0, 8e5]
    assert dry.flow[0, 0] == 0.0


def test_the_tail_falls_linearly_and_a_stage_without_one_stops_at_once(both: Engines):
    t = np.array([29.999, 30.0, 31.5, 33.0, 40.0])
    thrust = np.asarray(fire(both, t, cut_off=(30.0, 30.0)).vacuum_thrust)
    np.testing.assert_allclose(thrust[:, 1], 8e5 * np.array([1.0, 1.0, 0.5, 0.0, 0.0]), rtol=1e-12)
    assert thrust[0, 0] > 0.0
    np.testing.assert_array_equal(thrust[1:, 0], 0.0)


def test_the_next_kink_is_the_next_knot_of_any_stage(both: Engines):
    def after(t: float, ignition=(0.0, INF), cut_off=(INF, INF)) -> float:
        return float(both.next_kink(jnp.asarray(t), jnp.asarray(ignition), jnp.asarray(cut_off)))

    assert [after(t) for t in (-1.0, 0.0, 0.3, 0.5, 30.0)] == [0.0, 0.5, 0.5, 20.0, 60.0]
    assert after(61.0, ignition=(0.0, 64.0)) == 64.0
    assert after(61.0, ignition=(INF, 10.0), cut_off=(INF, 62.0)) == 65.0  # the end of the tail
    # A knot within rounding of now is not waited for again.
    assert after(20.0 - 1e-12) == 60.0


def test_what_is_throttled_burns_as_much_less_against_the_same_air(both: Engines):
    full = jax.tree.map(lambda leaf: leaf[0], fire(both, 30.0, pressure=5e4))
    slow = full.throttled(jnp.asarray([1.0, 0.6]))
    np.testing.assert_allclose(slow.vacuum_thrust, full.vacuum_thrust * np.array([1.0, 0.6]))
    np.testing.assert_allclose(slow.flow, full.flow * np.array([1.0, 0.6]))
    np.testing.assert_array_equal(slow.back_pressure, full.back_pressure)


def test_lost_engines_give_nothing_and_take_nothing():
    lost = Failures(jnp.asarray([[np.inf], [20.0]]), jnp.asarray([[0.0], [0.75]]))
    whole = engines(SOLID, LIQUID)
    broken = dataclasses.replace(whole, failures=lost)
    t = np.array([19.0, 20.0, 21.0])
    before, after = fire(whole, t, pressure=1e5), fire(broken, t, pressure=1e5)
    share = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.75]])
    np.testing.assert_allclose(after.vacuum_thrust, before.vacuum_thrust * share, rtol=1e-12)
    np.testing.assert_allclose(after.back_pressure, before.back_pressure * share, rtol=1e-12)
    np.testing.assert_allclose(after.flow, before.flow * share, rtol=1e-12)
    never = jnp.asarray([INF, INF])
    kinks = [float(broken.next_kink(jnp.asarray(t), never, never)) for t in (0.0, 20.0, 21.0)]
    assert kinks == [20.0, 20.001, INF]
