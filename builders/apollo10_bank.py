"""Find the bank programme of Apollo 10 that `tests/validation/entry_cases.py` holds.

    python -m builders.apollo10_bank

Knots are chosen, about one a turn of the flown height history; their angles, between lift up and
lift down, are found by least squares (Levenberg and Marquardt, sixteen trials a batch) from

  the eighteen flown heights, each weighed by its error of digitising, 5 kft;
  the planned peak load, weighed by 0.025 g, and the planned time of 24 kft (drogues), by 1.7 s:
  two numbers against eighteen, so they must weigh more to count at all;
  a small charge on changes between neighbouring knots, since a capsule rolls no more than it must.

Heights and plan do not agree. In the first 16 s no bank can change the fall, and there the history
falls 72 kft where any flight from the planned interface falls 61; at its end it passes 24 kft 35 s
before the plan's drogues. So the fit is a compromise, and the residuals say so.
"""

import jax
import jax.numpy as jnp
import numpy as np

from tests.physics.rockets import columns
from tests.validation.entry_cases import APOLLO10, APOLLO10_HISTORY, KFT
from tests.validation.entry_models import apollo10, earth, enter, entry
from yaan.gnc import BankProfile
from yaan.motion import Handover

KNOTS = np.array([56.0, 76, 96, 116, 141, 171, 201, 236, 271, 306, 341, 376, 411])  # [s]
GUESS = np.radians([0.0, 30, 85, 100, 100, 40, 20, 35, 50, 70, 50, 50, 20])
LANES = 16
SMOOTH = 3.0  # [1/rad]
ROWS = 900
LOWEST = 2.5e3  # [m]


def _fly(angles: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, float]]:
    """Times [s] and heights [kft] of each programme's rows, and its peak load [g]."""
    world = earth()
    body, start = apollo10(world, LANES)
    bank = BankProfile(jnp.broadcast_to(KNOTS, angles.shape), jnp.asarray(angles))
    way = entry(world, body, bank, start, until=Handover(height=LOWEST), step=1.0)
    leg = enter(way, start, rows=ROWS)
    rows = [columns(way, leg, lane) for lane in range(LANES)]
    peaks = np.asarray(leg.inner.peak_load)
    return [(r["time"], r["height"] / KFT, p) for r, p in zip(rows, peaks, strict=True)]


def residuals(angles: np.ndarray) -> np.ndarray:
    """Weighed residuals [lanes, 20 + knots - 1] of sixteen programmes [rad]."""
    rows = []
    for angle, (t, kft, peak) in zip(angles, _fly(angles), strict=True):
        falling = int(np.argmax(kft < 350.0))
        first = np.interp(-APOLLO10_HISTORY[0, 1], -kft[:falling], t[:falling])
        clock = np.interp(-400.0, -kft[:falling], t[:falling])
        history = np.interp(first + APOLLO10_HISTORY[:, 0], t, kft) - APOLLO10_HISTORY[:, 1]
        drogue = np.interp(-24.0, -kft[-150:], t[-150:]) - clock - APOLLO10["planned_drogue"]
        load = peak - APOLLO10["planned_peak_load"]
        rows.append([*history / 5.0, drogue / 1.7, load / 0.025, *SMOOTH * np.diff(angle)])
    return np.array(rows)


def fit() -> np.ndarray:
    """The angles [rad] at `KNOTS`."""
    x, n, d = GUESS, len(KNOTS), 1e-3
    damping = 1.0
    for _ in range(40):
        trials = np.concatenate([x[None], x + d * np.eye(n), np.repeat(x[None], LANES - n - 1, 0)])
        r = residuals(trials)
        jacobian = ((r[1 : n + 1] - r[0]) / d).T
        normal, slope = jacobian.T @ jacobian, jacobian.T @ r[0]
        dampings = damping * np.geomspace(1e-3, 1e3, LANES)
        steps = [np.linalg.solve(normal + k * np.diag(np.diag(normal)), slope) for k in dampings]
        trials = np.clip(x - np.clip(steps, -0.3, 0.3), 0.0, np.pi)
        costs = np.sum(residuals(trials) ** 2, axis=1)
        best = int(np.nanargmin(costs))
        gain = np.sum(r[0] ** 2) - costs[best]
        if gain < 1e-4 * costs[best]:
            break
        x, damping = trials[best], dampings[best]
    return x


def main() -> None:
    """Print the programme and how well it does."""
    x = fit()
    rounded = np.round(np.degrees(x))
    r = residuals(np.repeat(np.radians(rounded)[None], LANES, 0))[0]
    for t, angle in zip(KNOTS, rounded, strict=True):
        print(f"        ({t:.1f}, {angle:.1f}),")
    print("history [kft]", np.round(5.0 * r[:18], 1), "rms", np.sqrt(np.mean(25.0 * r[:18] ** 2)))
    print("drogues [s]", 1.7 * r[18], "peak load [g]", 0.025 * r[19])


if __name__ == "__main__":
    jax.config.update("jax_enable_x64", True)
    main()
