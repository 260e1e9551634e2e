"""Least propellant of powered flights, found without anything of `yaan.gnc`.

- `coplanar`: the two-point boundary problem of the calculus of variations for one burn in a plane,
  by shooting. Source: Bryson and Ho, Applied Optimal Control, 1975, section 2.4 and 2.7 (Euler and
  Lagrange equations, transversality); the equations are derived here in polar coordinates.
- `direct`: pitch and yaw as broken lines in time, in as many burns as there are, by sequential
  quadratic programming; its optimum is above the true one by what the lines cannot follow.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import least_squares, minimize

from yaan.base.constants import EARTH_J2, EARTH_MU, EARTH_RADIUS, STANDARD_GRAVITY


def coplanar(
    start: tuple[float, float, float],
    end: tuple[float, float, float],
    mass: float,
    thrust: float,
    isp: float,
    guess: tuple[float, float, float],
) -> float:
    """Time of the shortest burn [s] between two (radius, climb, level speed) [m, m/s].

    `guess` is tan(pitch), its rate [1/s] and the time.
    """
    scale = np.array([EARTH_RADIUS, np.sqrt(EARTH_MU / EARTH_RADIUS)])
    unit = scale[0] / scale[1]
    a0 = thrust / mass / (scale[1] / unit)
    shrink = thrust / (isp * STANDARD_GRAVITY) / mass * unit

    def rates(t: float, y: np.ndarray) -> list[float]:
        r, u, w, lr, lu, lw = y
        a = a0 / (1.0 - shrink * t)
        size = np.hypot(lu, lw)
        return [
            u,
            w**2 / r - 1.0 / r**2 + a * lu / size,
            -u * w / r + a * lw / size,
            lu * (w**2 / r**2 - 2.0 / r**3) - lw * u * w / r**2,
            -lr + lw * w / r,
            -lu * 2.0 * w / r + lw * u / r,
        ]

    first = np.array([start[0] / scale[0], start[1] / scale[1], start[2] / scale[1]])
    last = np.array([end[0] / scale[0], end[1] / scale[1], end[2] / scale[1]])

    def misses(x: np.ndarray) -> np.ndarray:
        # With lw = 1 at the start; lr from the rate of tan(pitch) = lu / lw.
        pitch, rate, time = x
        r, u, w = first
        lr = (w / r - rate) + pitch * (pitch * 2.0 * w / r - u / r)
        y = np.concatenate([first, [lr, pitch, 1.0]])
        found = solve_ivp(rates, (0.0, time), y, rtol=1e-11, atol=1e-12)
        return (found.y[:3, -1] - last) * 1e3

    x0 = np.array([guess[0], guess[1] * unit, guess[2] / unit])
    found = least_squares(misses, x0, xtol=1e-14, ftol=1e-14, gtol=1e-14, x_scale=[0.1, 0.1, 0.05])
    assert np.max(np.abs(found.fun)) < 1e-7
    return float(found.x[2] * unit)


class Burnt(NamedTuple):
    """One burn of the truth: from when to when [s], with what; the last one has no end."""

    start: float
    end: float
    mass: float  # [kg]
    thrust: float  # [N]
    isp: float  # [s]
    ramp: float = 0.0  # [s]


def direct(
    parts: Sequence[Burnt],
    begun: tuple[float, np.ndarray, np.ndarray],
    target: tuple[float, float, float, float],
    guess: np.ndarray,
    nodes: Sequence[int],
    steps: int = 40,
    *,
    j2: float = EARTH_J2,
    dry: float | None = None,
) -> tuple[float, np.ndarray]:
    """Instant of the earliest end of the last burn [s], and the constants.

    With `dry`, an instant at which it has run dry [s], the least that the speed there lacks [m/s].

    `target`: radius [m], speed [m/s], flight-path angle, inclination [rad]. `guess` holds the
    pitch above the level [rad] at the nodes of each burn, then the yaw likewise, then the end [s].
    """
    count = sum(nodes)
    cuts = np.cumsum([0, *nodes])

    def fly(x: np.ndarray) -> np.ndarray:
        """Lanes of unknowns -> lanes of misses."""
        t0, r, v = begun
        r, v = (np.repeat(y[None], len(x), axis=0) for y in (r, v))
        clock = np.full(len(x), t0)
        for k, part in enumerate(parts):
            final = k == len(parts) - 1
            r, v = _coast(r, v, part.start - clock, j2)
            last = x[:, -1] if dry is None else np.full(len(x), dry)
            end = last if final else np.full(len(x), part.end)
            angles = [x[:, cuts[k] : cuts[k + 1]], x[:, count + cuts[k] : count + cuts[k + 1]]]
            r, v = _burn(part, r, v, end, angles, steps, j2)
            clock = end
        size, speed = np.linalg.norm(r, axis=1), np.linalg.norm(v, axis=1)
        angle = np.arcsin(np.sum(r * v, axis=1) / size / speed)
        h = np.cross(r, v)
        tilt = np.arccos(np.clip(h[:, 2] / np.linalg.norm(h, axis=1), -1.0, 1.0))
        if target[3] == 0.0:  # along the equator no yaw is needed, and a tilt has no slope
            tilt = np.mean(x[:, count : 2 * count], axis=1)
        goal = np.array(target)
        if dry is not None:  # what is lacking is the unknown that is least
            speed = np.sqrt(speed**2 + 2.0 * EARTH_MU * (1.0 / goal[0] - 1.0 / size)) + x[:, -1]
        return (np.stack([size, speed, angle, tilt], axis=1) - goal) / [1e4, 10.0, 1e-2, 1e-2]

    steps_of = np.concatenate([np.full(2 * count, 1e-5), [1e-2]])

    def gradient(x: np.ndarray) -> np.ndarray:
        lanes = np.concatenate([x + np.diag(steps_of), x - np.diag(steps_of)])
        found = fly(lanes)
        return ((found[: len(x)] - found[len(x) :]) / (2.0 * steps_of[:, None])).T

    unit = np.concatenate([np.full(2 * count, 0.1), [10.0]])
    found = minimize(
        lambda z: z[-1],
        guess / unit,
        jac=lambda z: np.eye(len(z))[-1],
        constraints={
            "type": "eq",
            "fun": lambda z: fly((z * unit)[None])[0],
            "jac": lambda z: gradient(z * unit) * unit,
        },
        method="SLSQP",
        options={"maxiter": 300, "ftol": 1e-9},
    )
    x = found.x * unit
    assert np.max(np.abs(fly(x[None]))) < 1e-5
    return float(x[-1]), x


def _pull(r: np.ndarray, j2: float) -> np.ndarray:
    square = np.sum(r * r, axis=1, keepdims=True)
    bulge = 1.5 * j2 * EARTH_RADIUS**2 / square
    polar = 5.0 * r[:, 2:] ** 2 / square
    factors = 1.0 + bulge * (np.array([1.0, 1.0, 3.0]) - polar)
    return -EARTH_MU * r * factors / square**1.5


def _coast(r: Any, v: Any, lasts: Any, j2: float) -> tuple[np.ndarray, np.ndarray]:
    return _stepped(lambda s, r, v: _pull(r, j2), r, v, lasts, 4)


def _stepped(push: Any, r: Any, v: Any, lasts: Any, steps: int) -> tuple[np.ndarray, np.ndarray]:
    h = (lasts / steps)[:, None]
    for k in range(steps):
        s = k * h
        a1 = push(s, r, v)
        v2 = v + 0.5 * h * a1
        a2 = push(s + 0.5 * h, r + 0.5 * h * v, v2)
        v3 = v + 0.5 * h * a2
        a3 = push(s + 0.5 * h, r + 0.5 * h * v2, v3)
        v4 = v + h * a3
        a4 = push(s + h, r + h * v3, v4)
        r = r + h / 6.0 * (v + 2.0 * v2 + 2.0 * v3 + v4)
        v = v + h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4)
    return r, v


def _burn(
    part: Burnt, r: Any, v: Any, end: Any, angles: list[np.ndarray], steps: int, j2: float
) -> tuple[np.ndarray, np.ndarray]:
    flow = part.thrust / (part.isp * STANDARD_GRAVITY)
    length = end - part.start
    lanes = np.arange(len(r))

    def at(values: np.ndarray, share: np.ndarray) -> np.ndarray:
        last = values.shape[1] - 1
        place = np.clip(share[:, 0] * last, 0.0, last)
        low = np.minimum(place.astype(int), max(last - 1, 0))
        high = np.minimum(low + 1, last)
        return (values[lanes, low] + (values[lanes, high] - values[lanes, low]) * (place - low))[
            :, None
        ]

    def push(s: np.ndarray, r: np.ndarray, v: np.ndarray) -> np.ndarray:
        risen = np.clip(s / part.ramp, 0.0, 1.0) if part.ramp else 1.0
        spent = np.where(s < part.ramp, 0.5 * s * risen, s - 0.5 * part.ramp)
        a = part.thrust * risen / (part.mass - flow * spent)
        share = s / length[:, None]
        pitch, yaw = (at(x, share) for x in angles)
        up = r / np.linalg.norm(r, axis=1, keepdims=True)
        level = v - up * np.sum(v * up, axis=1, keepdims=True)
        ahead = level / np.linalg.norm(level, axis=1, keepdims=True)
        right = np.cross(ahead, up)
        heading = ahead * np.cos(yaw) + right * np.sin(yaw)
        return a * (up * np.sin(pitch) + heading * np.cos(pitch)) + _pull(r, j2)

    if part.ramp:
        r, v = _stepped(push, r, v, np.full(len(r), part.ramp), 2)
        late = lambda s, r, v: push(s + part.ramp, r, v)  # noqa: E731 - the same, later
        return _stepped(late, r, v, length - part.ramp, steps)
    return _stepped(push, r, v, length, steps)
