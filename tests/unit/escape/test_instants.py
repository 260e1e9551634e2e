"""States of a launcher at instants between its rows, and where it goes once it is left."""

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from yaan.base.constants import EARTH_MU, EARTH_RADIUS, EARTH_SPIN
from yaan.description.escape import WindowSpec
from yaan.escape.instants import AscentPath, _across, _falling, _pull
from yaan.escape.modes import instants
from yaan.spacetime.frame import Frame, Vector, components
from yaan.spacetime.path import Path

TURN = 0.02  # [rad/s]


def straight_up() -> AscentPath:
    """A launcher that climbs at 20 m/s2 along x and turns its nose towards y."""
    time = np.linspace(0.0, 60.0, 61)
    position = np.zeros((61, 3))
    position[:, 0] = EARTH_RADIUS + 10.0 * time**2
    velocity = np.zeros((61, 3))
    velocity[:, 0] = 20.0 * time
    axis = np.stack([np.cos(TURN * time), np.sin(TURN * time), np.zeros(61)], axis=1)
    left = np.clip(1000.0 - 50.0 * time, 0.0, None)[:, None]
    columns = {"height": 10.0 * time**2, "propellant": left}
    return AscentPath(
        Path(time, position, velocity),
        time,
        axis,
        _across(axis),
        columns,
        {"burn-out": 20.0},
        ("motor",),
        ("motor",),
    )


def test_what_sits_ahead_moves_with_the_turning_axis():
    path = straight_up()
    state, there = path.states([10.25]), path.states([10.25], ahead=30.0)
    gone = components(there.position) - components(state.position)
    assert np.linalg.norm(gone) == pytest.approx(30.0, rel=1e-9)
    assert gone[0] / 30.0 == pytest.approx(path.axis_at([10.25])[0], abs=1e-9)
    swept = components(there.velocity) - components(state.velocity)
    assert np.linalg.norm(swept) == pytest.approx(30.0 * TURN, rel=1e-3)


def test_the_attitude_is_that_of_the_axis_and_the_rate_is_nose_down():
    path = straight_up()
    state = path.states([10.0])
    one: Any = np.ones(1)
    none: Any = np.zeros(1)
    nose = state.attitude.inverse().apply(Vector(one, none, none, Frame.BODY))
    assert np.allclose(components(nose)[0], path.axis_at([10.0])[0])
    right = state.attitude.inverse().apply(Vector(none, one, none, Frame.BODY))
    assert np.allclose(components(right)[0], path.across)
    # Nose down, about the axis to the right: negative.
    assert float(np.asarray(state.rate.y)[0]) == pytest.approx(-TURN, rel=1e-3)
    assert abs(float(np.asarray(state.rate.x)[0])) < 1e-9


def test_windows_by_events_and_heights():
    path = straight_up()
    until = instants(path, WindowSpec(until="burn-out"), 1.0)
    assert until[0] == 0.0
    assert until[-1] == 19.0
    above = instants(path, WindowSpec(height_above=4000.0), 0.5)
    assert above[0] == 20.0
    assert len(instants(path, WindowSpec.model_validate({"from": "never"}), 1.0)) == 0


def test_a_motor_that_burns_cannot_be_stopped():
    path = straight_up()
    assert path.unstoppable([10.0]).tolist() == [True]
    assert path.unstoppable([30.0]).tolist() == [False]
    times = np.array([[30.0, 40.0]])
    on = path.launcher(np.array([30.0]), times, np.array([True]))
    off = path.launcher(np.array([30.0]), times, np.array([False]))
    assert on[0, 1, 0] == pytest.approx(EARTH_RADIUS + 10.0 * 40.0**2)
    fallen = EARTH_RADIUS + 9000.0 + 600.0 * 10.0 - 0.5 * 9.8 * 100.0
    assert off[0, 1, 0] == pytest.approx(fallen, abs=5.0)


def test_free_fall_is_that_of_another_integrator():
    position, velocity = np.array([[6.55e6, 0.0, 0.0]]), np.array([[0.0, 6800.0, 3700.0]])
    since = np.array([[10.3, 33.7, 60.0]])

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        del t
        return np.concatenate([y[3:], _pull(y[None, :3])[0]])

    begun = np.concatenate([position[0], velocity[0]])
    exact = solve_ivp(rate, (0.0, 60.0), begun, rtol=1e-12, atol=1e-6, t_eval=since[0])
    assert np.allclose(
        _falling(position, velocity, since, np.zeros(1))[0], exact.y[:3].T, atol=1e-4
    )
    assert np.linalg.norm(_pull(position)) == pytest.approx(EARTH_MU / 6.55e6**2, rel=2e-3)


def test_a_launcher_that_stops_is_held_back_by_the_air_it_is_in():
    """At 500 m/s and 8 km: 2.5 m/s2 at first, less as it climbs and slows."""
    position = np.array([[EARTH_RADIUS + 8e3, 0.0, 0.0]])
    turns = np.array([0.0, 0.0, EARTH_SPIN])
    velocity = np.array([[400.0, 300.0, 0.0]]) + np.cross(turns, position)
    since = np.array([[5.0, 20.0, 30.0]])
    held = 2.5 / 500.0**2

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        del t
        wind = y[3:] - np.cross(turns, y[:3])
        thin = np.exp((EARTH_RADIUS + 8e3 - np.linalg.norm(y[:3])) / 7e3)
        slowed = held * thin * np.linalg.norm(wind) * wind
        return np.concatenate([y[3:], _pull(y[None, :3])[0] - slowed])

    begun = np.concatenate([position[0], velocity[0]])
    exact = solve_ivp(rate, (0.0, 60.0), begun, rtol=1e-12, atol=1e-6, t_eval=since[0])
    found = _falling(position, velocity, since, np.array([held]))
    assert np.allclose(found[0], exact.y[:3].T, atol=0.02)
    free = _falling(position, velocity, since, np.zeros(1))
    assert np.linalg.norm(found[0, 0] - free[0, 0]) == pytest.approx(0.5 * 2.5 * 25.0, rel=0.15)
