"""True, eccentric and mean anomaly, of ellipses and hyperbolas; NumPy, on the host.

Angles are in radians and keep their revolution: pi + 0.1 stays beyond pi. Of a hyperbola the
eccentric anomaly is the hyperbolic one. A parabola has none of them.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from yaan.base.errors import YaanError

Array = NDArray[np.float64]

_ROUNDS: Final = 25
"""Newton's method, which comes from one side, is at rounding after 12 for every orbit tried."""


def mean_from_true(true_anomaly: ArrayLike, eccentricity: ArrayLike) -> Array:
    """Mean anomaly [rad] of a true one [rad].

    Raises:
        YaanError: a parabola, or an anomaly beyond the asymptote of a hyperbola.
    """
    nu, e = _checked(true_anomaly, eccentricity)
    return _by_kind(e, _ellipse_mean, _hyperbola_mean, eccentric_from_true(nu, e))


def true_from_mean(mean_anomaly: ArrayLike, eccentricity: ArrayLike) -> Array:
    """True anomaly [rad] of a mean one [rad], within 1e-14 (1 + 1/|1 - e|) or so."""
    m, e = _checked(mean_anomaly, eccentricity)
    return true_from_eccentric(eccentric_from_mean(m, e), e)


def eccentric_from_true(true_anomaly: ArrayLike, eccentricity: ArrayLike) -> Array:
    """Eccentric anomaly [rad], or hyperbolic, of a true one [rad].

    Raises:
        YaanError: a parabola, or an anomaly beyond the asymptote of a hyperbola.
    """
    nu, e = _checked(true_anomaly, eccentricity)
    if np.any((e > 1.0) & (1.0 + e * np.cos(nu) <= 0.0)):
        raise YaanError("a true anomaly beyond the asymptote of its hyperbola")
    return _by_kind(e, _ellipse_eccentric, _hyperbola_eccentric, nu)


def true_from_eccentric(eccentric_anomaly: ArrayLike, eccentricity: ArrayLike) -> Array:
    """True anomaly [rad] of an eccentric or a hyperbolic one [rad]."""
    anomaly, e = _checked(eccentric_anomaly, eccentricity)
    return _by_kind(e, _ellipse_true, _hyperbola_true, anomaly)


def eccentric_from_mean(mean_anomaly: ArrayLike, eccentricity: ArrayLike) -> Array:
    """Eccentric anomaly [rad], or hyperbolic, of a mean one [rad]: Kepler's equation.

    Newton's method from above the root, where the function is convex, so that no step overshoots.
    Source: the starts are bounds: E - e sin E >= E - sin E >= E^3/11.9 up to pi, and
    e sinh H - H >= H^3/6.
    """
    m, e = _checked(mean_anomaly, eccentricity)
    return _by_kind(e, _kepler_ellipse, _kepler_hyperbola, m)


def _checked(anomaly: ArrayLike, eccentricity: ArrayLike) -> tuple[Array, Array]:
    found, e = np.broadcast_arrays(
        np.asarray(anomaly, dtype=float), np.asarray(eccentricity, dtype=float)
    )
    if np.any((e < 0.0) | (e == 1.0) | np.isnan(e)):
        raise YaanError("expected an eccentricity of 0 or more that is not 1, a parabola")
    return found, e


def _by_kind(
    e: Array,
    ellipse: Callable[[Array, Array], Array],
    hyperbola: Callable[[Array, Array], Array],
    anomaly: Array,
) -> Array:
    found, open_ = np.empty(e.shape), e > 1.0
    found[~open_] = ellipse(anomaly[~open_], e[~open_])
    found[open_] = hyperbola(anomaly[open_], e[open_])
    return found


def _ellipse_eccentric(nu: Array, e: Array) -> Array:
    b = e / (1.0 + np.sqrt((1.0 - e) * (1.0 + e)))
    return nu - 2.0 * np.arctan2(b * np.sin(nu), 1.0 + b * np.cos(nu))


def _ellipse_true(anomaly: Array, e: Array) -> Array:
    b = e / (1.0 + np.sqrt((1.0 - e) * (1.0 + e)))
    return anomaly + 2.0 * np.arctan2(b * np.sin(anomaly), 1.0 - b * np.cos(anomaly))


def _ellipse_mean(anomaly: Array, e: Array) -> Array:
    return anomaly - e * np.sin(anomaly)


def _hyperbola_eccentric(nu: Array, e: Array) -> Array:
    half = 0.5 * np.arctan2(np.sin(nu), np.cos(nu))
    return 2.0 * np.arctanh(np.sqrt((e - 1.0) / (e + 1.0)) * np.tan(half))


def _hyperbola_true(anomaly: Array, e: Array) -> Array:
    return 2.0 * np.arctan(np.sqrt((e + 1.0) / (e - 1.0)) * np.tanh(0.5 * anomaly))


def _hyperbola_mean(anomaly: Array, e: Array) -> Array:
    return e * np.sinh(anomaly) - anomaly


def _kepler_ellipse(mean: Array, e: Array) -> Array:
    turns = np.round(mean / (2.0 * np.pi)) * (2.0 * np.pi)
    m = np.abs(mean - turns)
    start = np.minimum.reduce([m + e, m / (1.0 - e), np.cbrt(11.9 * m), np.full_like(m, np.pi)])

    def step(x: Array) -> Array:
        return (x - e * np.sin(x) - m) / (1.0 - e * np.cos(x))

    return turns + np.copysign(_newton(start, step), mean - turns)


def _kepler_hyperbola(mean: Array, e: Array) -> Array:
    m = np.abs(mean)
    start = np.arcsinh((m + np.cbrt(6.0 * m)) / e)

    def step(x: Array) -> Array:
        return (e * np.sinh(x) - x - m) / (e * np.cosh(x) - 1.0)

    return np.copysign(_newton(start, step), mean)


def _newton(start: Array, step: Callable[[Array], Array]) -> Array:
    x = start
    for _ in range(_ROUNDS):
        change = step(x)
        x = x - change
        if np.all(change <= 1e-15 * (1.0 + x)):
            break
    return x
