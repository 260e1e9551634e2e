"""The day in orbit of `speed_flights.py` by heyoka's batch integrator of eight orbits.

EGM2008 to 20x20 in an Earth that turns evenly, drag in exponential air, Sun and Moon on circles:
no frames and no ephemerides, which Yaan has. Tolerance 1e-12, which is 1e-10 after a day.
Its argument: LANES
"""

import json
import sys
import time
from importlib import import_module
from typing import Any

import numpy as np

hy = import_module("heyoka")

TURN = 7.292115e-5  # [rad/s]
AU, MONTH, YEAR = 1.495978707e11, 2.6616995e-6, 1.99098659277e-7
MOON = 384_400e3  # [m]
BODIES = ((AU, YEAR, 0.917, 0.398, 1.32712440018e20), (MOON, MONTH, 0.9, 0.436, 4.9028e12))
WIDTH = 8


def system() -> list[tuple[Any, Any]]:
    """The equations of motion."""
    x, y, z, u, v, w = hy.make_vars("x", "y", "z", "u", "v", "w")
    c, s = hy.cos(TURN * hy.time), hy.sin(TURN * hy.time)
    fixed = (c * x + s * y, c * y - s * x, z)
    ax, ay, az = hy.model.egm2008_acc(fixed, 20, 20)
    pull = [c * ax - s * ay, s * ax + c * ay, az]
    for far, rate, along, up, mu in BODIES:
        turn = rate * hy.time
        place = (far * hy.cos(turn), far * along * hy.sin(turn), far * up * hy.sin(turn))
        apart = [p - q for p, q in zip(place, (x, y, z), strict=True)]
        near = hy.sum([d * d for d in apart]) ** -1.5
        own = hy.sum([p * p for p in place]) ** -1.5
        pull = [a + mu * (d * near - p * own) for a, d, p in zip(pull, apart, place, strict=True)]
    density = 4e-12 * hy.exp((hy.sqrt(x * x + y * y + z * z) - 6_778_136.3) * (-1.0 / 58e3))
    stream = (u + TURN * y, v - TURN * x, w)
    speed = hy.sqrt(hy.sum([q * q for q in stream]))
    pull = [a - 0.5 * 8.8 / 500.0 * density * speed * q for a, q in zip(pull, stream, strict=True)]
    return [(x, u), (y, v), (z, w), *zip((u, v, w), pull, strict=True)]


def main() -> None:
    """Fly a day in batches of eight."""
    from speed_flights import circular

    lanes = int(sys.argv[1])
    place, motion = circular(lanes)
    states = np.concatenate([place, motion], axis=1)
    first = np.ascontiguousarray(states[:WIDTH].T)
    flown = hy.taylor_adaptive_batch(
        system(), first, tol=1e-12, compact_mode=True, high_accuracy=False
    )
    begin = time.process_time()
    for i in range(0, lanes, WIDTH):
        flown.set_time([0.0] * WIDTH)
        flown.state[:] = states[i : i + WIDTH].T
        flown.propagate_until([86_400.0] * WIDTH)
    spent = time.process_time() - begin
    print(json.dumps({"flights": lanes / spent}))


if __name__ == "__main__":
    main()
