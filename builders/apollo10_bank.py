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

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from tests.validation.entry_cases import APOLLO10, APOLLO10_HISTORY, KFT
from tests.validation.entry_models import apollo10, earth
from yaan.gnc import BankProfile
from yaan.motion import enter, observe_entry

KNOTS = np.array([56.0, 76, 96, 116, 141, 171, 201, 236, 271, 306, 341, 376, 411])  # [s]
GUESS = np.radians([0.0, 30, 85, 100, 100, 40, 20, 35, 50, 70, 50, 50, 20])
LANES = 16
SMOOTH = 3.0  # [1/rad]
ROWS = 900
LOWEST = 2.5e3  # [m]


@eqx.filter_jit
def _fly(angles: jax.Array) -> tuple[jax.Array, ...]:
    world = earth()
    lanes = apollo10(world, LANES)
    bank = BankProfile(jnp.broadcast_to(KNOTS, angles.shape), angles)
    start, floor = jnp.zeros(LANES), jnp.full(LANES, LOWEST)
    entry, tape = enter(world, lanes[0], bank, start, *lanes[1:], floor=floor, step=1.0, rows=ROWS)
    assert tape is not None
    seen = jax.vmap(observe_entry, in_axes=(None, 0, 0, 0, 0))(world, lanes[0], bank, start, tape)
    return tape.t, seen.height / KFT, tape.count, entry.peak_load


def residuals(angles: np.ndarray) -> np.ndarray:
    """Weighed residuals [lanes, 20 + knots - 1] of sixteen programmes [rad]."""
    times, heights, counts, peaks = (np.asarray(v) for v in _fly(jnp.asarray(angles)))
    rows = []
    for angle, t, kft, count, peak in zip(angles, times, heights, counts, peaks, strict=True):
        t, kft = t[:count], kft[:count]  # noqa: PLW2901 - what was written of each tape
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
