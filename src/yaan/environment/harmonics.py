"""The Earth's field as spherical harmonics.

It follows Pines: the potential is written in r and the direction cosines (s, t, u) = (x, y, z) / r,
where the Legendre functions lose their factor cos(latitude)^m and the poles are ordinary points.
With A_nm(u) the derived functions, fully normalised, and (s + i t)^m = re_m + i im_m, all that
depends on the field is six sums over degree for each order m:

    L_k[m] = sum_n (radius/r)^n A_nm(u) K_k[n, m]

    K = m C_nm,  m S_nm,  f_nm C_n,m-1,  f_nm S_n,m-1,  (n+m+1) C_nm,  (n+m+1) S_nm

and the longitude enters afterwards, once for each order. An order is one loop over its degrees,
which holds the sums, the function and the one before: all in registers. Functions are scaled so
that each is u times the last less a share of the one before; the scale is in the weights.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float
from numpy.typing import ArrayLike
from typing_extensions import override

from yaan.base.lanes import held
from yaan.environment.gravity import AbstractGravity, Acceleration, Lane

Scalar = float | ArrayLike

_UNROLLED = 8
"""The highest degree at which arrays of lanes have their loops written out."""


class HarmonicGravity(AbstractGravity):
    """Spherical harmonics, fully normalised, to the degree and order of the coefficients given.

    Valid: outside the Earth, poles included; tested to degree 70 from the surface to 1,000 km.
    Ignores: tides, and the motion of the pole inside the field.
    Source: S. Pines, Uniform representation of the gravitational potential and its derivatives,
    AIAA Journal 11 (1973) 1508-1511, equations 12 to 30 (the sums), here with the functions of
    degree n + 1 removed by A_n+1,m+1 = (n+m+1) A_nm + u A_n,m+1, as Gottlieb does (NASA CR-188243,
    1993); normalised recursion in degree: Holmes and Featherstone, Journal of Geodesy 76 (2002)
    279-299, equations 11 and 12, whose factor u^m is absent here.
    """

    mu: Float[Any, ""]  # [m^3/s^2]
    radius: Float[Any, ""]  # [m]
    rows: Float[Any, "terms 7"]
    """Order by order, each from its own degree up: how much of the function before goes into the
    next, then K above."""

    def __init__(self, mu: Scalar, radius: Scalar, c: ArrayLike, s: ArrayLike):
        """Make the model from fully normalised coefficients.

        Args:
            mu: gravitational parameter [m^3/s^2].
            radius: reference radius of the coefficients [m].
            c: cosine coefficients, shape [degree + 1, degree + 1], c[0, 0] = 1. Known when the
                model is built (not traced): to disperse a field, disperse `rows`.
            s: sine coefficients, same shape.
        """
        self.mu = held(mu)
        self.radius = held(radius)
        self.rows = held(_rows(np.asarray(c), np.asarray(s)))

    @property
    def degree(self) -> int:
        """Highest degree and order of the field."""
        # terms = (degree + 1) (degree + 2) / 2
        return int(np.sqrt(2 * self.rows.shape[0])) - 1

    @override
    def acceleration(self, x: Lane, y: Lane, z: Lane) -> Acceleration:
        inverse = 1.0 / jnp.sqrt(x * x + y * y + z * z)
        s, t, u = x * inverse, y * inverse, z * inverse
        ratio = self.radius * inverse
        power = re = jnp.ones_like(u)
        im = a1 = a2 = a3 = a4 = jnp.zeros_like(u)
        below, first, degree = (im, im), 0, self.degree
        for order in range(degree + 1):
            last = first + degree + 1 - order
            sums = _sums(self.rows[first:last], ratio, u, power, unroll=degree <= _UNROLLED)
            a1 = a1 + sums[0] * below[0] + sums[1] * below[1]
            a2 = a2 + sums[1] * below[0] - sums[0] * below[1]
            a3 = a3 + sums[2] * below[0] + sums[3] * below[1]
            a4 = a4 - sums[4] * re - sums[5] * im
            below, first = (re, im), last
            re, im, power = re * s - im * t, im * s + re * t, power * ratio
        a4 = a4 - u * a3
        k = self.mu * inverse * inverse
        return k * (a1 + s * a4), k * (a2 + t * a4), k * (a3 + u * a4)


def _sums(
    rows: Float[Any, "degrees 7"], ratio: Array, u: Array, power: Array, *, unroll: bool
) -> Float[Array, "6 *lanes"]:
    """The sums L of one order, whose first function is `power` of radius/r.

    The power rides along in the function, so nothing overflows at any degree.
    """
    first, second = ratio * u, ratio * ratio

    def step(carry: tuple[Array, ...], row: Array) -> tuple[tuple[Array, ...], None]:
        legendre, before, sums = carry
        weights = row[1:].reshape(6, *(1,) * u.ndim)
        after = first * legendre - row[0] * second * before
        return (after, legendre, sums + weights * legendre), None

    start = (power, jnp.zeros_like(u), jnp.zeros((6, *u.shape), u.dtype))
    # Many lanes at once are arrays, of which each operation is a loop: written out, one does all.
    (_, _, sums), _ = lax.scan(step, start, rows, unroll=unroll and u.ndim > 0)
    return sums


def _rows(c: np.ndarray, s: np.ndarray) -> np.ndarray:
    """What `HarmonicGravity.rows` is."""
    rise, fall, seed = _recursion(len(c) - 1)
    weights, made = _weights(c, s), []
    for m in range(len(c)):
        # A_nm = scale_n times the function that is carried.
        scale = seed[m, m] * np.cumprod(np.append(1.0, rise[m + 1 :, m]))
        share = np.zeros_like(scale)
        share[1:-1] = fall[m + 2 :, m] * scale[:-2] / scale[2:]
        made.append(np.column_stack([share, weights[m:, :, m] * scale[:, None]]))
    return np.concatenate(made)


def _recursion(degree: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coefficients of A_n = rise u A_n-1 - fall A_n-2 + seed; zero where a term is absent."""
    n, m = np.indices((degree + 1, degree + 1), dtype=float)
    rise, fall = np.zeros_like(n), np.zeros_like(n)
    i = m < n
    rise[i] = np.sqrt((4 * n * n - 1)[i] / ((n - m) * (n + m))[i])
    i = m < n - 1
    below = ((2 * n - 3) * (n + m) * (n - m))[i]
    fall[i] = np.sqrt(((2 * n + 1) * (n + m - 1) * (n - m - 1))[i] / below)
    # A_nn = (2n-1)!! normalised: a constant, and the only seed of each order.
    k = np.arange(2.0, degree + 1)
    steps = np.concatenate([[1.0, np.sqrt(3.0)], np.sqrt((2 * k + 1) / (2 * k))])
    return rise, fall, np.diag(np.cumprod(steps)[: degree + 1])


def _weights(c: np.ndarray, s: np.ndarray) -> np.ndarray:
    """K of the module's text, shape [degree + 1, 6, degree + 1]."""
    n, m = np.indices(c.shape, dtype=float)
    # A_n,m of norm m, times f, is the derivative of A_n,m-1 of norm m - 1; the normalisation of
    # order zero lacks a factor sqrt(2). Zero above the diagonal, where A itself is zero.
    f = np.sqrt(np.where(m <= n, (n - m + 1) * (n + m), 0.0)) * np.where(m == 1, np.sqrt(0.5), 1.0)
    c_below, s_below = np.zeros_like(c), np.zeros_like(s)
    c_below[:, 1:], s_below[:, 1:] = c[:, :-1], s[:, :-1]
    reach = n + m + 1
    return np.stack([m * c, m * s, f * c_below, f * s_below, reach * c, reach * s], axis=1)
