"""A point that falls freely through a world, and Kepler's answer to it in plain NumPy."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from tests.physics.rockets import array
from yaan.dynamics.forces import World, surroundings
from yaan.dynamics.solve import Arrival, Problem, solve
from yaan.spacetime.frame import Frame, Vector, vector


class Point(eqx.Module):
    """What is integrated."""

    position: Vector  # [m], GCRS
    velocity: Vector  # [m/s], GCRS


def _evaluate(t: Array, state: Point, setting: tuple[World, Array]) -> tuple[Point, Array]:
    place, height = setting
    around = surroundings(place, t, state.position, state.velocity)
    below = (height - around.place.height) * 1e-3
    return Point(state.velocity, around.gravity), below[None]


def _keep(t: Array, state: Point, events: Array, fired: Array, setting: object) -> Point:
    del t, events, fired, setting
    return state


def _never(t: Array, state: Point, setting: object) -> Array:
    del state, setting
    return jnp.full_like(t, jnp.inf)


@eqx.filter_jit
def coast(
    place: World,
    position: Float[Array, "lanes 3"],
    velocity: Float[Array, "lanes 3"],
    *,
    stop: Float[Array, " lanes"],
    step: Float[Array, " lanes"],
    height: Float[Array, ""] | None = None,
) -> Arrival:
    """Fall from a state in GCRS [m, m/s] to `stop` [s], or down to `height` [m]."""
    lanes = stop.shape[0]
    floor = jnp.asarray(-1e6) if height is None else height
    arrival, _ = solve(
        Problem(_evaluate, _keep, _never),
        Point(vector(position, Frame.GCRS), vector(velocity, Frame.GCRS)),
        (place, jnp.broadcast_to(floor, (lanes,))),
        axes=(None, 0),
        start=jnp.zeros(lanes),
        stop=stop,
        step=step,
        ending=jnp.ones((lanes, 1), dtype=bool),
        switching=jnp.asarray([False]),
        max_steps=200_000,
    )
    return arrival


def state(arrival: Arrival) -> tuple[np.ndarray, np.ndarray]:
    """Position [lanes, 3] and velocity [lanes, 3]."""
    here: Point = arrival.state
    return np.asarray(array(here.position)), np.asarray(array(here.velocity))


def kepler(r0: np.ndarray, v0: np.ndarray, t: float, mu: float) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity on an ellipse after `t` [s]: Lagrange's f and g.

    Source: Battin, An Introduction to the Mathematics and Methods of Astrodynamics (1999),
    section 4.3: x is the change of the eccentric anomaly, found by Newton's method.
    """
    r = np.linalg.norm(r0)
    a = 1.0 / (2.0 / r - v0 @ v0 / mu)
    n, s = np.sqrt(mu / a**3), r0 @ v0 / np.sqrt(mu * a)
    c = 1.0 - r / a  # e cos E0
    x = n * t
    for _ in range(50):
        x -= (x - c * np.sin(x) + s * (1.0 - np.cos(x)) - n * t) / (
            1.0 - c * np.cos(x) + s * np.sin(x)
        )
    now = a * (1.0 - c * np.cos(x) + s * np.sin(x))
    f = 1.0 - a / r * (1.0 - np.cos(x))
    g = t - (x - np.sin(x)) / n
    df = -np.sqrt(mu * a) / (now * r) * np.sin(x)
    dg = 1.0 - a / now * (1.0 - np.cos(x))
    return f * r0 + g * v0, df * r0 + dg * v0


def inertial(place: World, fixed: np.ndarray) -> jax.Array:
    """GCRS components at t = 0 of a vector in ITRS."""
    there = place.earth.rotation(jnp.asarray(0.0)).inverse()
    return array(there.apply(vector(jnp.asarray(fixed), Frame.ITRS)))
