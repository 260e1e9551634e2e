"""Mean orbits of an oblate Earth: without what J2 does within a revolution, to first order.

Brouwer's generating function of the short periods W, whose rate along a Keplerian orbit is the
periodic part of the perturbing potential, is a function of position and velocity; they are
canonical, so that to first order

    r_osculating = r + dW/dv        v_osculating = v - dW/dr        at the mean r and v

and no element is singular: circles, the equator and the critical inclination are places like any
other. With f the true anomaly, l the mean one, u = f + w the argument of latitude, s = sin i:

    W = mu J2 R^2 / (2 p h) {  (3 s^2 / 2 - 1) (f - l + e sin f)
        - 3 s^2 / 2 [ sin(2u) / 2 + e sin(2u - f) / 2 + e sin(2u + f) / 6 ] }

Source: Brouwer, Solution of the problem of artificial satellite theory without drag, AJ 64 (1959)
378-396: S1 (equation number not re-read; derived here anew, and checked against integrations).
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS
from yaan.base.errors import YaanError
from yaan.spacetime.keplerian import Keplerian, keplerian

Array = NDArray[np.float64]
Complex = NDArray[np.complexfloating[Any, Any]]

_ROUNDS: Final = 30  # each wins three digits
_CLOSE: Final = 1e-14
_HAIR: Final = 1e-30  # a step into the imaginary: no difference is taken, no digit lost


@dataclass(frozen=True)
class Oblate:
    """A body with a bulge: mu [m^3/s^2], its radius [m], and J2, not normalised."""

    mu: float = EARTH_MU
    radius: float = EARTH_RADIUS
    j2: float = EARTH_J2


def osculating_state(position: ArrayLike, velocity: ArrayLike, body: Oblate) -> tuple[Array, Array]:
    """The osculating state of a mean one, [n, 3, m] and [n, 3, m/s] each.

    Axes: z along the pole of the body, so those of an equator of date. What the first order leaves
    out is of the order of J2 squared: over a revolution of a low orbit the mean semi-major axis of
    its states varies by 20 m, where the osculating one varies by 20 km.
    Ignores: long periods, J3 and above, drag.

    Raises:
        YaanError: a state that is on no ellipse.
    """
    mean = _joined(position, velocity)
    found = mean + _short_period(mean, body)
    return found[:, :3], found[:, 3:]


def mean_state(position: ArrayLike, velocity: ArrayLike, body: Oblate) -> tuple[Array, Array]:
    """The mean state of an osculating one: that of which `osculating_state` makes it, to rounding.

    Raises:
        YaanError: a state that is on no ellipse, or so deep that the iteration does not settle.
    """
    osculating = _joined(position, velocity)
    scale = np.repeat(
        np.stack([np.linalg.norm(osculating[:, i : i + 3], axis=1) for i in (0, 3)], axis=1),
        3,
        axis=1,
    )
    mean = osculating
    for _ in range(_ROUNDS):
        before, mean = mean, osculating - _short_period(mean, body)
        if np.all(np.abs(mean - before) <= _CLOSE * scale):
            return mean[:, :3], mean[:, 3:]
    raise YaanError("no mean orbit was found: this one is too low, or too near to a parabola")


def mean_elements(position: ArrayLike, velocity: ArrayLike, body: Oblate) -> Keplerian:
    """Mean Keplerian elements [n] of osculating states, against the equator of their axes.

    Raises:
        YaanError: as `mean_state`.
    """
    return keplerian(*mean_state(position, velocity, body), body.mu)


def _joined(position: ArrayLike, velocity: ArrayLike) -> Array:
    rows = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (position, velocity))
    return np.concatenate(list(rows), axis=1)


def _short_period(state: Array, body: Oblate) -> Array:
    """What is added to a mean state [n, 6]: dW/dv and -dW/dr."""
    r, v = state[:, :3], state[:, 3:]
    distance = np.linalg.norm(r, axis=1)
    energy = 0.5 * np.einsum("ni,ni->n", v, v) - body.mu / distance
    if not np.all(energy < 0.0):
        raise YaanError("mean orbits are of ellipses; this state is on none")
    rise = np.empty_like(state)
    for i in range(6):
        beside = state.astype(complex)
        beside[:, i] += 1j * _HAIR
        rise[:, i] = _generator(beside, body).imag / _HAIR
    return np.concatenate([rise[:, 3:], -rise[:, :3]], axis=1)


def _generator(state: Complex, body: Oblate) -> Complex:
    """W [m^2/s] of states [n, 6], along which an imaginary hair may lie."""
    r, v = state[:, :3], state[:, 3:]
    distance, h = np.sqrt(_dot(r, r)), np.cross(r, v)
    momentum = np.sqrt(_dot(h, h))
    p = momentum * momentum / body.mu
    a = 1.0 / (2.0 / distance - _dot(v, v) / body.mu)
    radial = _dot(r, v) / distance
    e_cos, e_sin = p / distance - 1.0, radial * momentum / body.mu
    root = np.sqrt(p / a)
    # f - l by way of the eccentric anomaly, each step smooth through a circle.
    ahead = 2.0 * _arctan(e_sin / (1.0 + root + e_cos)) + _dot(r, v) / np.sqrt(body.mu * a)
    square = 1.0 - (h[:, 2] / momentum) ** 2  # s^2
    # s sin u and s cos u: how far the place and the way ahead are out of the equator.
    up, on = r[:, 2] / distance, np.cross(h, r)[:, 2] / (momentum * distance)
    sin2, cos2 = 2.0 * up * on, on * on - up * up  # times s^2
    waves = 0.5 * sin2 + 0.5 * (sin2 * e_cos - cos2 * e_sin) + (sin2 * e_cos + cos2 * e_sin) / 6.0
    size = body.mu * body.j2 * body.radius**2 / (2.0 * p * momentum)
    return size * ((1.5 * square - 1.0) * (ahead + e_sin) - 1.5 * waves)


def _dot(a: Complex, b: Complex) -> Complex:
    return np.einsum("ni,ni->n", a, b)


def _arctan(x: Complex) -> Complex:
    """The arc tangent of what has an imaginary hair, which NumPy's would lose."""
    return np.arctan(x.real) + 1j * x.imag / (1.0 + x.real**2)
