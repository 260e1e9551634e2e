"""The Earth's field as spherical harmonics.

It follows Pines: the potential is written in r and the direction cosines (s, t, u) = (x, y, z) / r,
where the Legendre functions lose their factor cos(latitude)^m and the poles are ordinary points.
With A_nm(u) the derived functions, fully normalised, and (s + i t)^m = re_m + i im_m, all that
depends on the field is six sums over degree for each order m:

    L_k[m] = sum_n (radius/r)^n A_nm(u) K_k[n, m]

    K = m C_nm,  m S_nm,  f_nm C_n,m-1,  f_nm S_n,m-1,  (n+m+1) C_nm,  (n+m+1) S_nm

and the longitude enters afterwards, once for each order. Two models make the sums: one by a pass
over degree with the order as array axis, right for any degree; one by a single product with the
powers of radius/r and u, three to six times faster for few lanes at low degree, where the pass
costs more in its own steps than in arithmetic.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float
from numpy.typing import ArrayLike
from typing_extensions import override

from yaan.environment.gravity import AbstractGravity, Acceleration, Lane

Scalar = float | ArrayLike
Longitude = tuple[Float[Array, "orders *lanes"], Float[Array, "orders *lanes"]]


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

    mu: Float[Array, ""]  # [m^3/s^2]
    radius: Float[Array, ""]  # [m]
    weights: Float[Array, "degrees 6 orders"]  # K above
    rise: Float[Array, "degrees orders"]  # A_n = rise u A_n-1 - fall A_n-2 + seed
    fall: Float[Array, "degrees orders"]
    seed: Float[Array, "degrees orders"]

    def __init__(self, mu: Scalar, radius: Scalar, c: ArrayLike, s: ArrayLike):
        """Make the model from fully normalised coefficients.

        Args:
            mu: gravitational parameter [m^3/s^2].
            radius: reference radius of the coefficients [m].
            c: cosine coefficients, shape [degree + 1, degree + 1], c[0, 0] = 1. Known when the
                model is built (not traced): to disperse a field, disperse `weights`.
            s: sine coefficients, same shape.
        """
        rise, fall, seed = _recursion(np.shape(c)[0] - 1)
        self.mu = jnp.asarray(mu)
        self.radius = jnp.asarray(radius)
        self.weights = jnp.asarray(_weights(np.asarray(c), np.asarray(s)))
        self.rise = jnp.asarray(rise)
        self.fall = jnp.asarray(fall)
        self.seed = jnp.asarray(seed)

    @property
    def degree(self) -> int:
        """Highest degree and order of the field."""
        return self.seed.shape[0] - 1

    @override
    def acceleration(self, x: Lane, y: Lane, z: Lane) -> Acceleration:
        r = jnp.sqrt(x * x + y * y + z * z)
        s, t, u = x / r, y / r, z / r
        sums, longitude = self._sums(self.radius / r, s, t, u)
        return _assemble(self.mu / (r * r), (s, t, u), sums, longitude)

    def _sums(self, ratio: Array, s: Array, t: Array, u: Array) -> tuple[Array, Longitude]:
        """The sums L [6, orders, *lanes], and re, im [orders, *lanes] of (s + i t)^m."""
        orders, lanes = self.seed.shape[0], jnp.shape(u)
        first, second = ratio * u, ratio * ratio

        def step(
            carry: tuple[Array, ...], row: tuple[Array, ...]
        ) -> tuple[tuple[Array, ...], tuple[Array, Array]]:
            before, before2, sums, power, re, im = carry
            rise, fall, seed, weights = (_columns(array, len(lanes)) for array in row)
            # The power of radius/r rides along in `legendre`, so nothing overflows at any degree.
            legendre = rise * first[None] * before - fall * second[None] * before2
            legendre = legendre + seed * power[None]
            sums = sums + weights * legendre[None]
            turned = (re * s - im * t, im * s + re * t)
            return (legendre, before, sums, power * ratio, *turned), (re, im)

        nothing = jnp.zeros((orders, *lanes), dtype=u.dtype)
        one = jnp.ones_like(u)
        start = (nothing, nothing, jnp.stack([nothing] * 6), one, one, jnp.zeros_like(u))
        rows = (self.rise, self.fall, self.seed, self.weights)
        (_, _, sums, *_), longitude = lax.scan(step, start, rows)
        return sums, longitude


class LowDegreeGravity(AbstractGravity):
    """The same field with its sums expanded in powers, for low degrees.

    For order m, the terms of the sums whose degree and power of u are even, or odd, differ from
    polynomials in (radius/r)^2 and u^2 by one common factor, so that all of them are two matrices
    times the products of those powers.

    Valid: outside the Earth, poles included, to degree 20 or so: the coefficients of the Legendre
    polynomials alternate and grow as 2.4^degree, which costs digits of the highest harmonics only.
    Ignores and source: as `HarmonicGravity`.
    """

    mu: Float[Array, ""]  # [m^3/s^2]
    radius: Float[Array, ""]  # [m]
    matrix: Float[Array, "2 6 orders products"]

    def __init__(self, mu: Scalar, radius: Scalar, c: ArrayLike, s: ArrayLike):
        """Make the model from fully normalised coefficients.

        Args:
            mu: gravitational parameter [m^3/s^2].
            radius: reference radius of the coefficients [m].
            c: cosine coefficients, shape [degree + 1, degree + 1], c[0, 0] = 1. Known when the
                model is built (not traced): to disperse a field, disperse `matrix`.
            s: sine coefficients, same shape.
        """
        self.mu = jnp.asarray(mu)
        self.radius = jnp.asarray(radius)
        self.matrix = jnp.asarray(_expanded(np.asarray(c), np.asarray(s)))

    @property
    def degree(self) -> int:
        """Highest degree and order of the field."""
        return self.matrix.shape[2] - 1

    @override
    def acceleration(self, x: Lane, y: Lane, z: Lane) -> Acceleration:
        r = jnp.sqrt(x * x + y * y + z * z)
        s, t, u = x / r, y / r, z / r
        ratio = self.radius / r
        count = self.degree // 2 + 1
        products = _powers(ratio * ratio, count)[:, None] * _powers(u * u, count)[None]
        even, odd = jnp.tensordot(
            self.matrix, products.reshape(-1, *u.shape), axes=1, precision=lax.Precision.HIGHEST
        )
        is_odd = _columns(jnp.arange(self.degree + 1) % 2 == 1, u.ndim)
        # An odd order meets odd degrees with even powers of u, an even order the other way.
        sums = jnp.where(is_odd, ratio[None], 1.0)[None] * even
        sums = sums + jnp.where(is_odd, u[None], (ratio * u)[None])[None] * odd
        longitude = _complex_powers(s, t, self.degree + 1)
        return _assemble(self.mu / (r * r), (s, t, u), sums, longitude)


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


def _expanded(c: np.ndarray, s: np.ndarray) -> np.ndarray:
    """The sums as polynomials, shape [2, 6, orders, count * count].

    The first axis tells even from odd powers of u; the last runs over powers of (radius/r)^2, then
    of u^2.
    """
    degree, count = c.shape[0] - 1, (c.shape[0] - 1) // 2 + 1
    rise, fall, seed = _recursion(degree)
    # legendre[n, m, k]: coefficient of u^k in A_nm.
    legendre = np.zeros((degree + 1, degree + 1, degree + 1))
    for n in range(degree + 1):
        legendre[n, :, 0] = seed[n]
        if n > 0:
            legendre[n, :, 1:] += rise[n, :, None] * legendre[n - 1, :, :-1]
        if n > 1:
            legendre[n] -= fall[n, :, None] * legendre[n - 2]
    terms = np.einsum("nmk,nqm->nkqm", legendre, _weights(c, s))
    matrix = np.zeros((2, 6, degree + 1, count, count))
    for n, k in np.ndindex(degree + 1, degree + 1):
        # Absent powers are zero in `terms`; those present have n - m - k even.
        orders = slice((n + k) % 2, None, 2)
        matrix[k % 2, :, orders, n // 2, k // 2] += terms[n, k, :, orders]
    return matrix.reshape(2, 6, degree + 1, count * count)


def _assemble(
    k: Array, direction: tuple[Array, Array, Array], sums: Array, longitude: Longitude
) -> Acceleration:
    """The acceleration from the sums L and re, im of (s + i t)^m; k = mu / r^2."""
    (s, t, u), (re, im) = direction, longitude
    # Order m meets the longitude factor of order m - 1 in the sums made by differentiation.
    re_below, im_below = _shift(re), _shift(im)
    a1 = jnp.sum(sums[0] * re_below + sums[1] * im_below, axis=0)
    a2 = jnp.sum(sums[1] * re_below - sums[0] * im_below, axis=0)
    a3 = jnp.sum(sums[2] * re_below + sums[3] * im_below, axis=0)
    a4 = -jnp.sum(sums[4] * re + sums[5] * im, axis=0) - u * a3
    return k * (a1 + s * a4), k * (a2 + t * a4), k * (a3 + u * a4)


def _powers(base: Array, count: int) -> Array:
    """base^0 to base^(count-1) in front of the lanes, by doubling: few operations to compile."""
    powers, top = jnp.stack([jnp.ones_like(base), base]), base
    while powers.shape[0] < count:
        top = top * top
        powers = jnp.concatenate([powers, powers * top[None]])
    return powers[:count]


def _complex_powers(s: Array, t: Array, count: int) -> Longitude:
    """Real and imaginary parts of (s + i t)^m, m from 0 to count - 1, by doubling."""
    re = jnp.stack([jnp.ones_like(s), s])
    im = jnp.stack([jnp.zeros_like(t), t])
    while re.shape[0] < count:
        s, t = s * s - t * t, 2.0 * s * t
        re, im = (
            jnp.concatenate([re, re * s[None] - im * t[None]]),
            jnp.concatenate([im, re * t[None] + im * s[None]]),
        )
    return re[:count], im[:count]


def _columns(array: Array, rank: int) -> Array:
    """`array` with `rank` axes of length one behind it, to meet lanes."""
    return array.reshape(array.shape + (1,) * rank)


def _shift(array: Array) -> Array:
    """Row m holds what row m - 1 held; row 0 is zero."""
    return jnp.concatenate([jnp.zeros_like(array[:1]), array[:-1]])
