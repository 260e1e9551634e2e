"""Free motion: Kepler's ellipse, what it conserves, and the drift of its node by the bulge."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from tests.physics.points import coast, kepler, state
from tests.physics.rockets import array, world
from yaan.base.constants import EARTH_MU, EARTH_RADIUS
from yaan.dynamics.forces import World
from yaan.environment import load_gravity
from yaan.spacetime.elements import elements
from yaan.spacetime.frame import Frame, vector

MU = EARTH_MU
J2 = 1.08262668e-3
STEPS = np.array([40.0, 20.0, 10.0, 5.0, 5.0, 5.0])  # [s], six lanes as elsewhere

# 250 x 2,000 km, inclined, away from its nodes.
NOWHERE = jnp.asarray(-1e6)  # [m] a height that is not reached
PERIGEE, APOGEE, TILT = EARTH_RADIUS + 250e3, EARTH_RADIUS + 2_000e3, np.radians(51.5)
SEMI_MAJOR = 0.5 * (PERIGEE + APOGEE)
PERIOD = 2.0 * np.pi * np.sqrt(SEMI_MAJOR**3 / MU)  # [s]
R0 = PERIGEE * np.array([np.cos(0.3), np.sin(0.3) * np.cos(TILT), np.sin(0.3) * np.sin(TILT)])
V0 = np.sqrt(MU * (2.0 / PERIGEE - 1.0 / SEMI_MAJOR)) * np.array(
    [-np.sin(0.3), np.cos(0.3) * np.cos(TILT), np.cos(0.3) * np.sin(TILT)]
)


def lanes(values: np.ndarray, count: int) -> jax.Array:
    return jnp.asarray(np.repeat(values[None], count, axis=0))


def orbit(place: World, stop: float) -> tuple[np.ndarray, np.ndarray]:
    """The state at `stop` [s], one lane for each of STEPS."""
    n = len(STEPS)
    arrival = coast(
        place,
        lanes(R0, n),
        lanes(V0, n),
        stop=jnp.full(n, stop),
        step=jnp.asarray(STEPS),
        height=NOWHERE,
    )
    assert np.all(arrival.finite)
    return state(arrival)


@pytest.fixture(scope="module")
def flown() -> tuple[np.ndarray, np.ndarray]:
    """Three and a third revolutions."""
    return orbit(world(), 3.35 * PERIOD)


def test_an_ellipse_returns_where_kepler_says(flown):
    r, v = kepler(R0, V0, 3.35 * PERIOD, MU)
    # Fourth order leaves 4 mm at 5 s after three revolutions: the margin is five times that.
    assert np.linalg.norm(flown[0][-1] - r) < 0.02
    assert np.linalg.norm(flown[1][-1] - v) < 2e-5


def test_the_step_is_of_fourth_order(flown):
    r, _ = kepler(R0, V0, 3.35 * PERIOD, MU)
    errors = np.linalg.norm(flown[0] - r, axis=1)
    orders = np.log2(errors[:3] / errors[1:4])
    assert np.all(np.abs(orders[1:] - 4.0) < 0.2), orders


def test_energy_and_angular_momentum_stay(flown):
    r, v = flown
    energy = 0.5 * np.sum(v * v, axis=1) - MU / np.linalg.norm(r, axis=1)
    momentum = np.cross(r, v)
    start = 0.5 * V0 @ V0 - MU / np.linalg.norm(R0)
    # Both are lost at fifth order in the step: three revolutions at 5 s leave 7e-12 and 1e-12.
    drift = np.abs(energy / start - 1.0)
    assert drift[3] < 3e-11
    assert drift[1] / drift[3] > 4.0**4
    turned = np.linalg.norm(momentum - np.cross(R0, V0), axis=1) / np.linalg.norm(np.cross(R0, V0))
    assert turned[3] < 5e-12


def test_forward_gradients_through_an_event_are_the_finite_differences():
    # Thrown up, it comes down through 100 km: where, and when, against the velocity.
    place, h = world(), 1e-2
    up = R0 / np.linalg.norm(R0) * 400.0

    def landing(v: jax.Array) -> jax.Array:
        n = len(v)
        arrival = coast(
            place,
            lanes(R0, n),
            v,
            stop=jnp.full(n, 2_000.0),
            step=jnp.full(n, 20.0),
            height=jnp.asarray(100e3),
        )
        return jnp.concatenate([array(arrival.state.position), arrival.t[:, None]], axis=1)

    def alone(v: jax.Array) -> jax.Array:
        return landing(v[None])[0]

    gradient = np.asarray(jax.jacfwd(alone)(jnp.asarray(up)))
    ends = np.asarray(landing(jnp.asarray(up + h * np.concatenate([np.eye(3), -np.eye(3)]))))
    assert np.all(ends[:, 3] < 500.0)
    assert np.all(np.isfinite(gradient))
    differences = (ends[:3] - ends[3:]).T / (2.0 * h)
    np.testing.assert_allclose(gradient, differences, rtol=1e-4, atol=1e-4)


def test_the_bulge_turns_the_node_as_theory_says():
    # Twice a half: the mean of osculating nodes over a revolution a day apart, so that the
    # short periods (amplitude 0.75 J2 (R/p)^2, 1.5 deg/day if taken from two instants) cancel.
    place = world(load_gravity("j2", 2))
    day, count = 86_400.0, 48
    phases = np.arange(count) / count * PERIOD
    at = np.concatenate([phases, day + phases])
    arrival = coast(
        place,
        lanes(R0, len(at)),
        lanes(V0, len(at)),
        stop=jnp.asarray(at),
        step=jnp.full(len(at), 10.0),
    )
    r, v = (vector(jnp.asarray(x), Frame.GCRS) for x in state(arrival))
    found = elements(r, v, jnp.asarray(MU))
    node = np.unwrap(np.asarray(found.right_ascension))
    drift = (np.mean(node[count:]) - np.mean(node[:count])) / day
    a, e, i = (
        np.mean(np.asarray(x))
        for x in (found.semi_major_axis, found.eccentricity, found.inclination)
    )
    n, p = np.sqrt(MU / a**3), a * (1.0 - e * e)
    secular = -1.5 * J2 * (EARTH_RADIUS / p) ** 2 * n * np.cos(i)
    # What first-order theory leaves out is of relative size J2 (R/p)^2, about 1e-3.
    assert drift == pytest.approx(secular, rel=2e-3)
