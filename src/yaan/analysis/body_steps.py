"""Whether the steps of a body's flight were short enough for how fast it turned."""

from typing import Any, Final

import numpy as np

from yaan.analysis.body_budget import legs_of
from yaan.analysis.verdict import verdict
from yaan.description import FreeFlight
from yaan.results.trajectory import History

COARSEST: Final = 0.5  # [rad]
"""Largest turn within a step: RK4 is then out by up to some 1e-4 rad a step, DOP853 by 1e-9."""


def judge_steps(free: FreeFlight, history: History) -> list[dict[str, Any]]:
    """The verdict on the turn within a step of the rigid phases, none where there are none."""
    turned = [
        (_turn(history, first, last), free.phases[index].name)
        for index, first, last in legs_of(history)
        if free.phases[index].motion == "rigid" and last > first
    ]
    if not turned:
        return []
    most, name = max(turned)
    passed = most <= COARSEST
    error = "1e-4" if free.plan.method == "rk4" else "1e-9"
    words = f"In phase {name}; at the limit the attitude is out by up to {error} rad a step."
    if not passed:
        words = f"Shorten the `step` of phase {name}, or compare its attitude with half of it."
    value, limit = f"{most:.3g} rad at most", f"at most {COARSEST:g} rad"
    return [verdict("turns little within a step", passed, value, limit, words)]


def _turn(history: History, first: int, last: int) -> float:
    """The largest turn within a step of a phase [rad]: the step times the faster of its ends."""
    rows = slice(first, last + 1)
    rate = np.linalg.norm(history["rate_body"][rows], axis=1)
    faster = np.maximum(rate[1:], rate[:-1])
    return float(np.max(np.diff(history["time"][rows]) * faster))
