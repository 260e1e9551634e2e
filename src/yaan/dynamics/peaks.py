"""The largest values on a path, between the ends of steps too."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float


class Peaks(eqx.Module):
    """The largest values so far: the vertex of three rows' parabola where there is one."""

    best: Float[Array, "*lanes values"]
    last: Float[Array, "*lanes values"]
    before: Float[Array, "*lanes values"]
    t_last: Float[Array, "*lanes"]
    t_before: Float[Array, "*lanes"]


def first_peaks(t: Float[Array, ""], value: Float[Array, " values"]) -> Peaks:
    """What is felt at the start `t` [s] is the largest so far."""
    return Peaks(value, value, value, t, t)


def higher(t: Float[Array, ""], peaks: Peaks, value: Float[Array, " values"]) -> Peaks:
    """The peaks after a step that ended at `t` with `value`."""
    a, b, c = peaks.before, peaks.last, value
    first = jnp.maximum(peaks.t_last - peaks.t_before, 1e-9)
    second = jnp.maximum(t - peaks.t_last, 1e-9)
    rise, fall = (b - a) * (1.0 / first), (c - b) * (1.0 / second)
    inverse = 1.0 / (first + second)
    slope = (rise * second + fall * first) * inverse
    bend = (fall - rise) * inverse
    # Only around a summit that is resolved.
    summit = (b > a) & (b > c) & (a > 0.2 * b) & (c > 0.2 * b)
    vertex = jnp.where(summit, b - slope**2 / (4.0 * jnp.where(summit, bend, -1.0)), b)
    best = jnp.maximum(peaks.best, jnp.maximum(vertex, c))
    return Peaks(best, c, b, t, peaks.t_last)
